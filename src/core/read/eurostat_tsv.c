/* eurostat-tsv: "unit,geo\time" and the periods in the head row; the parts that threads read; what comes of them. */
#include "core/read/eurostat_tsv.h"
#include "core/base/utf8.h"
#include "core/scan/scan.h"

#include <string.h>

static int is_time(const char *text, size_t length) {
    while (length > 0 && text[length - 1] == ' ') length--;
    return (length == 4 && memcmp(text, "time", 4) == 0) || (length == 11 && memcmp(text, "TIME_PERIOD", 11) == 0);
}

int ic_eurostat_tsv_sniff(const char *head, size_t length) {
    size_t start = ic_utf8_mark(head, length), mark = 0;
    for (size_t i = start; i < length && head[i] != '\n'; i++) {
        if (head[i] == '\\') mark = i + 1;
        if (head[i] == '\t') return mark > 0 && is_time(head + mark, i - mark) ? 98 : 0;
    }
    return 0;
}

typedef struct whole {
    ic_tsv_head head;
    ic_parts parts;
    ic_tsv_part *each; /* of the parts */
    ic_grid grid;
} whole;

/* ---- the head ------------------------------------------------------------------------------------------------ */

typedef struct span {
    const char *text;
    size_t length;
} span;

static span trimmed(const char *text, const char *end) {
    while (text < end && (*text == ' ' || *text == '\r')) text++;
    while (end > text && (end[-1] == ' ' || end[-1] == '\r')) end--;
    return (span){text, (size_t)(end - text)};
}

static ic_status bad_head(ic_error *error, const ic_window *window, const char *place, const char *what, span text) {
    char quoted[60];
    ic_error_place(error, window->begin, window->offset, 1, place);
    return ic_fail(error, IC_FORMAT, what, ic_quote(quoted, sizeof quoted, text.text, text.length));
}

/* "freq,unit,geo\TIME_PERIOD" */
static ic_status read_dims(ic_tsv_head *head, const ic_window *window, const char *text, const char *end,
                           const ic_options *options, ic_intern *names, ic_error *error) {
    const char *mark = end;
    while (mark > text && *mark != '\\') mark--;
    if (*mark != '\\' || !is_time(mark + 1, (size_t)(end - mark - 1)))
        return bad_head(error, window, text,
                        "the head row begins with \"%s\"; expected dimensions, then \\time or \\TIME_PERIOD",
                        trimmed(text, end));
    size_t n = 1;
    for (const char *p = text; p < mark; p++) n += *p == ',';
    if (n > options->limits.columns)
        return ic_fail(error, IC_LIMIT, "%zu dimensions; limits={\"columns\": ...} allows more than %llu", n,
                       (unsigned long long)options->limits.columns);
    head->dims = ic_arena_take(&head->arena, n * sizeof *head->dims);
    if (head->dims == NULL) return ic_fail_memory(error);
    for (const char *p = text; p <= mark;) {
        const char *stop = p;
        while (stop < mark && *stop != ',') stop++;
        span name = trimmed(p, stop);
        if (name.length == 0 || ic_utf8_valid(name.text, name.length) != name.length ||
            memchr(name.text, '\0', name.length) != NULL)
            return bad_head(error, window, p, "\"%s\" is no name of a dimension", name);
        const char *called = ic_dimension_name(&head->arena, name.text, name.length); /* in the result */
        uint32_t number = 0;
        if (called == NULL || ic_intern_add(names, called, strlen(called), &number) != IC_OK)
            return ic_fail_memory(error);
        if (number != head->n_dims) return bad_head(error, window, p, "two dimensions are called \"%s\"", name);
        head->dims[head->n_dims] = ic_arena_text(&head->arena, name.text, name.length);
        if (head->dims[head->n_dims++] == NULL) return ic_fail_memory(error);
        p = stop + 1;
    }
    return IC_OK;
}

/* What the columns' heads say. */
typedef struct said {
    ic_period *periods;
    uint8_t *wanted;
} said;

static ic_status read_columns(whole *w, const ic_window *window, const char *text, const char *end,
                              const ic_options *options, said *columns, ic_error *error) {
    ic_tsv_head *head = &w->head;
    for (size_t c = 0; c < head->n_columns; c++) {
        const char *stop = text + ic_scan.find_any(text, (size_t)(end - text), '\t', '\n', '\n');
        span name = trimmed(text, stop);
        head->texts[c] = ic_arena_text(&head->arena, name.text, name.length);
        if (head->texts[c] == NULL) return ic_fail_memory(error);
        switch (ic_period_parse(name.text, name.length, NULL, &columns->periods[c])) {
        case IC_PERIOD_OK:
            columns->wanted[c] =
                (uint8_t)ic_period_wanted(options, columns->periods[c].freq, columns->periods[c].ordinal);
            break;
        case IC_PERIOD_UNPLACED: head->unplaced[c] = 1; break;
        case IC_PERIOD_UNSUPPORTED:
            (void)bad_head(error, window, text, "the frequency of \"%s\" is not one of A, S, Q, M, W, D", name);
            return error->status = IC_UNSUPPORTED;
        default: return bad_head(error, window, text, "\"%s\" is no period", name);
        }
        text = stop + 1;
    }
    return IC_OK;
}

/* The calendar of the columns: one contiguous axis, or the columns as they are when they have several frequencies. */
static ic_status lay_out(whole *w, const said *columns, const ic_options *options, ic_error *error) {
    ic_tsv_head *head = &w->head;
    int64_t first = INT64_MAX, last = INT64_MIN;
    size_t n_wanted = 0;
    int mixed = 0;
    w->grid.freq = 0;
    for (size_t c = 0; c < head->n_columns; c++) {
        if (!columns->wanted[c]) continue;
        const ic_period *period = &columns->periods[c];
        if (n_wanted++ == 0) w->grid.freq = period->freq;
        mixed |= period->freq != w->grid.freq;
        if (period->ordinal < first) first = period->ordinal;
        if (period->ordinal > last) last = period->ordinal;
    }
    if (mixed) w->grid.freq = 0;
    w->grid.width = n_wanted == 0 ? 0 : mixed ? n_wanted : (size_t)(last - first + 1);
    w->grid.first = n_wanted == 0 || mixed ? 0 : (int32_t)first;
    if (w->grid.width > options->limits.cells)
        return ic_fail(error, IC_LIMIT,
                       "the periods of the head row span %zu; limits={\"cells\": ...} allows more than %llu",
                       w->grid.width, (unsigned long long)options->limits.cells);
    head->columns = mixed ? ic_arena_take(&head->arena, n_wanted * sizeof *head->columns) : NULL;
    uint8_t *taken = ic_alloc_zeroed(w->grid.width, 1);
    if (taken == NULL || (mixed && head->columns == NULL)) {
        ic_free(taken);
        return ic_fail_memory(error);
    }
    ic_status status = IC_OK;
    size_t next = 0;
    for (size_t c = 0; c < head->n_columns && status == IC_OK; c++) {
        head->slots[c] = IC_NO_SLOT;
        if (!columns->wanted[c]) continue;
        size_t slot = mixed ? next++ : (size_t)(columns->periods[c].ordinal - first);
        if (mixed) head->columns[slot] = columns->periods[c];
        if (taken[slot]) status = ic_fail(error, IC_FORMAT, "the period %s is there twice", head->texts[c]);
        taken[slot] = 1;
        head->slots[c] = (uint32_t)slot;
    }
    ic_free(taken);
    head->gaps = n_wanted < w->grid.width;
    w->grid.columns = head->columns;
    return status;
}

static ic_status parse_head(whole *w, ic_window *window, const ic_options *options, ic_error *error) {
    ic_tsv_head *head = &w->head;
    const char *text = window->begin, *line_end = text + ic_scan.find(text, (size_t)(window->rows_end - text), '\n');
    const char *tab = text + ic_scan.find(text, (size_t)(line_end - text), '\t');
    ic_intern names = {0};
    ic_status dims_read = read_dims(head, window, text, tab, options, &names, error);
    ic_intern_free(&names);
    IC_TRY(dims_read);
    head->n_columns = ic_scan.count(text, (size_t)(line_end - text), '\t');
    if (head->n_columns == 0) return bad_head(error, window, tab, "no period behind \"%s\"", trimmed(text, tab));
    if (head->n_columns > options->limits.columns)
        return ic_fail(error, IC_LIMIT, "%zu columns; limits={\"columns\": ...} allows more than %llu", head->n_columns,
                       (unsigned long long)options->limits.columns);
    head->slots = ic_arena_take(&head->arena, head->n_columns * sizeof *head->slots);
    head->texts = ic_arena_take(&head->arena, head->n_columns * sizeof *head->texts);
    head->unplaced = ic_arena_take(&head->arena, head->n_columns);
    said s = {ic_alloc(head->n_columns, sizeof *s.periods), ic_alloc_zeroed(head->n_columns, 1)};
    ic_status status = IC_OK;
    if (head->slots == NULL || head->texts == NULL || head->unplaced == NULL || s.periods == NULL || s.wanted == NULL)
        status = ic_fail_memory(error);
    if (status == IC_OK) {
        memset(head->unplaced, 0, head->n_columns);
        status = read_columns(w, window, tab + 1, line_end, options, &s, error);
    }
    if (status == IC_OK) status = lay_out(w, &s, options, error);
    ic_free(s.periods);
    ic_free(s.wanted);
    if (status == IC_OK) ic_window_advance(window, line_end + 1);
    return status;
}

/* What this format has not got can't be asked for. */
static ic_status check_options(const ic_options *options, ic_error *error) {
    const char *word = options->attributes.count > 0                           ? "attributes"
                       : options->measures.count > 0                           ? "measures"
                       : options->dims.count > 0                               ? "dims"
                       : options->dataset != NULL                              ? "dataset"
                       : options->no_time                                      ? "time"
                       : options->separator != 0 && options->separator != '\t' ? "separator"
                       : options->decimal != 0 && options->decimal != '.'      ? "decimal"
                                                                               : NULL;
    if (word != NULL) return ic_fail(error, IC_ARGUMENT, "%s=: eurostat-tsv has no choice of it", word);
    if (options->time != NULL && !is_time(options->time, strlen(options->time)))
        return ic_fail(error, IC_ARGUMENT, "time=: what is time in eurostat-tsv stands behind the \\ of its head row");
    return IC_OK;
}

static ic_status read_head(whole *w, ic_window *window, const ic_options *options, ic_error *error) {
    IC_TRY(check_options(options, error));
    IC_TRY(ic_window_fill(window, error));
    ic_window_advance(window, window->begin + ic_utf8_mark(window->begin, (size_t)(window->end - window->begin)));
    ic_status status;
    if (window->begin == window->end || (window->end - window->begin == 1 && window->unended))
        status = ic_fail(error, IC_FORMAT, "the file is empty; expected a head row");
    else
        status = parse_head(w, window, options, error);
    if (status == IC_OK && window->begin == window->end) {
        status = ic_window_fill(window, error);
        if (status != IC_OK) {
            error->line = 2;
            error->column = 1;
        }
    }
    if (status == IC_OK && window->begin == window->end) {
        error->line = 2;
        error->column = 1;
        error->offset = window->offset;
        status = ic_fail(error, IC_FORMAT, "no row behind the head row");
    }
    if (status != IC_OK && error->line == 0) error->line = error->column = 1;
    return status;
}

/* ---- the parts ------------------------------------------------------------------------------------------------- */

static ic_status find_filters(whole *w, const ic_options *options, const ic_filter **filters, ic_error *error) {
    char word[60];
    for (size_t f = 0; f < options->n_filters; f++) {
        const char *dim = options->filters[f].dim;
        size_t d = 0;
        while (d < w->head.n_dims && !ic_dimension_is(w->head.dims[d], dim)) d++;
        if (d == w->head.n_dims)
            return ic_fail(error, IC_ARGUMENT, "where names \"%s\": there is no such dimension",
                           ic_quote(word, sizeof word, dim, strlen(dim)));
        filters[d] = &options->filters[f];
    }
    return IC_OK;
}

static ic_status count_part(void *context, size_t i) {
    whole *w = context;
    ic_tsv_part *part = &w->each[i];
    return part->status = ic_parts_count(&w->parts, i, &part->rows, &part->error);
}

static ic_status read_part(void *context, size_t i) {
    ic_tsv_part *part = &((whole *)context)->each[i];
    return part->status = ic_tsv_part_read(part);
}

static ic_status divide(whole *w, const ic_source *source, const ic_options *options, ic_window *window,
                        const ic_filter **filters, ic_error *error) {
    const int known = w->parts.known;
    w->each = ic_alloc_zeroed(w->parts.n, sizeof *w->each);
    if (w->each == NULL) return ic_fail_memory(error);
    for (size_t i = 0; i < w->parts.n; i++) {
        ic_tsv_part *part = &w->each[i];
        part->head = &w->head;
        part->options = options;
        part->source = source;
        part->grid = &w->grid;
        part->from = ic_parts_from(&w->parts, i);
        part->until = ic_parts_until(&w->parts, i);
        part->inside = i > 0;
        part->cancel = ic_parts_cancel(&w->parts, i);
        part->may_grow = w->parts.n == 1;
        part->filters = filters;
        part->codes = ic_alloc(w->head.n_dims, sizeof *part->codes);
        if (part->codes == NULL || ic_grid_part_open(&part->sink, w->head.n_dims) != IC_OK)
            return ic_fail_memory(error);
    }
    w->each[0].window = *window;
    w->each[0].window.polls = (int)w->parts.n;
    window->buffer = NULL;
    const uint64_t most = w->grid.width == 0 ? UINT64_MAX : options->limits.cells / w->grid.width;
    /* no row is shorter than a byte for every cell; pages that are not touched cost nothing */
    const uint64_t guess = 64 + (known ? 0 : source->expected / w->head.n_columns);
    size_t rows = (size_t)(guess < most ? guess : most);
    uint64_t counted = 0;
    if (known) { /* rows are counted first, so that every part can write its own to their place at once */
        rows = 0;
        w->parts.done = 0;
        IC_TRY(ic_parts_run(&w->parts, options->threads, count_part, w, error));
        w->parts.done = source->size;
        for (size_t i = 0; i < w->parts.n; i++) {
            ic_tsv_part *part = &w->each[i];
            if (part->status != IC_OK) {
                *error = part->error;
                error->status = part->status;
                error->line = 1 + counted + part->rows; /* the row that was last begun */
                error->column = 1;
                return part->status;
            }
            counted += part->rows;
            part->sink.base = rows;
            part->sink.room = (size_t)(part->rows < most ? part->rows : most);
            rows += part->sink.room;
        }
        if (counted > most && options->n_filters == 0) {
            error->line = error->column = 1;
            return ic_fail(error, IC_LIMIT,
                           "%llu rows of %zu periods (limits={\"cells\": ...} allows more than %llu cells)",
                           (unsigned long long)counted, w->grid.width, (unsigned long long)options->limits.cells);
        }
    }
    w->each[0].sink.room = known ? w->each[0].sink.room : rows;
    ic_status status = ic_grid_make(&w->grid, rows);
    if (status != IC_OK && !known && rows > 64) { /* then it grows */
        w->each[0].sink.room = 64;
        status = ic_grid_make(&w->grid, 64);
    }
    return status == IC_OK ? IC_OK : ic_fail_memory(error);
}

static ic_status read_parts(whole *w, const ic_options *options, ic_error *error) {
    uint64_t lines = 1;
    IC_TRY(ic_parts_run(&w->parts, options->threads, read_part, w, error));
    for (size_t i = 0; i < w->parts.n; i++) {
        ic_tsv_part *part = &w->each[i];
        if (part->status != IC_OK) {
            *error = part->error;
            error->status = part->status;
            error->line += lines + 1;
            return part->status;
        }
        lines += part->sink.lines;
    }
    return IC_OK;
}

static ic_status finish(whole *w, const ic_options *options, ic_dataset *dataset, ic_error *error) {
    ic_grid_part *sinks = ic_alloc(w->parts.n, sizeof *sinks);
    dataset->dims = ic_alloc_zeroed(w->head.n_dims, sizeof *dataset->dims);
    ic_status status = sinks == NULL || dataset->dims == NULL ? ic_fail_memory(error) : IC_OK;
    if (dataset->dims != NULL) dataset->n_dims = w->head.n_dims;
    for (size_t d = 0; status == IC_OK && d < w->head.n_dims; d++) {
        dataset->dims[d].name = ic_dimension_name(&dataset->arena, w->head.dims[d], strlen(w->head.dims[d]));
        if (dataset->dims[d].name == NULL) status = ic_fail_memory(error);
    }
    uint64_t rows = 0;
    for (size_t i = 0; status == IC_OK && i < w->parts.n; i++) {
        sinks[i] = w->each[i].sink;
        rows += sinks[i].used;
    }
    if (status == IC_OK && w->grid.width > 0 && rows > options->limits.cells / w->grid.width) {
        error->line = error->column = 1;
        status =
            ic_fail(error, IC_LIMIT, "%llu rows of %zu periods (limits={\"cells\": ...} allows more than %llu cells)",
                    (unsigned long long)rows, w->grid.width, (unsigned long long)options->limits.cells);
    }
    if (status == IC_OK) status = ic_grid_finish(dataset, &w->grid, sinks, w->parts.n, options, 2, error);
    ic_free(sinks);
    return status;
}

ic_status ic_eurostat_tsv_read(const ic_source *source, const ic_options *options, ic_dataset *dataset,
                               ic_error *error) {
    whole w = {0};
    ic_window window;
    const ic_filter **filters = NULL;
    ic_status status = ic_window_open(&window, source, 0, 0, (size_t)options->limits.line, error);
    window.polls = 1;
    if (status == IC_OK) status = read_head(&w, &window, options, error);
    if (status == IC_OK) {
        w.parts = ic_parts_of(source, window.offset, options->threads);
        filters = ic_alloc_zeroed(w.head.n_dims, sizeof *filters);
        status = filters == NULL ? ic_fail_memory(error) : find_filters(&w, options, filters, error);
    }
    if (status == IC_OK) status = divide(&w, source, options, &window, filters, error);
    ic_window_close(&window);
    if (status == IC_OK) status = read_parts(&w, options, error);
    if (status == IC_OK) status = finish(&w, options, dataset, error);
    for (size_t i = 0; w.each != NULL && i < w.parts.n; i++) {
        ic_window_close(&w.each[i].window);
        ic_grid_part_close(&w.each[i].sink);
        ic_free(w.each[i].codes);
    }
    ic_free(w.each);
    ic_free(filters);
    ic_grid_free(&w.grid);
    ic_arena_free(&w.head.arena);
    return status;
}
