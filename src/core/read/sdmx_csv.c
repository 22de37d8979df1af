/* sdmx-csv: the head row, the parts that threads read, and what comes of them. */
#include "core/read/sdmx_csv.h"
#include "core/base/parallel.h"
#include "core/base/utf8.h"

#define ROOM_LEAST ((size_t)4096)      /* rows, where nobody knows how many there will be */
#define PART_LEAST ((uint64_t)1 << 20) /* a thread costs more than it gives below this */

static size_t after_bom(const char *text, size_t length) {
    return length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

static int word_at(const char *head, size_t length, const char *word) {
    size_t n = strlen(word);
    return length >= n && memcmp(head, word, n) == 0;
}

int ic_sdmx_csv_sniff(const char *head, size_t length) {
    size_t start = after_bom(head, length), end = start;
    while (end < length && head[end] != '\n') end++;
    const char *row = head + start;
    size_t n = end - start, quoted = n > 0 && row[0] == '"';
    if (ic_sdmx_csv_separator(row, n) == 0) return 0;
    if (word_at(row + quoted, n - quoted, "STRUCTURE") || word_at(row + quoted, n - quoted, "DATAFLOW")) return 95;
    int period = 0, value = 0;
    for (size_t i = 0; i < n; i++) {
        period |= word_at(row + i, n - i, "TIME_PERIOD");
        value |= word_at(row + i, n - i, "OBS_VALUE");
    }
    return period && value ? 90 : 0;
}

typedef struct whole {
    int cancel;         /* see the parts */
    int stopped;        /* by the source's poll, while the first part was done already */
    ic_status *results; /* per part */
    const ic_source *source;
    ic_sdmx_csv_plan plan;
    ic_sdmx_csv_part *parts;
    size_t n;
    ic_columns columns;
    uint64_t start;      /* of the first row behind the head */
    uint64_t head_lines; /* lines before it */
} whole;

/* ---- the head ------------------------------------------------------------------------------------------------ */

static ic_status split_head(whole *w, ic_window *window, ic_row *row, const ic_options *options, const char **next,
                            ic_error *error) {
    for (;;) {
        IC_TRY(ic_window_fill(window, error));
        if (window->offset == 0)
            ic_window_advance(window, window->begin + after_bom(window->begin, (size_t)(window->end - window->begin)));
        if (window->begin == window->end || (window->end - window->begin == 1 && window->unended)) {
            error->line = error->column = 1;
            return ic_fail(error, IC_FORMAT, "the file is empty; expected a head row");
        }
        size_t length = 0, held = (size_t)(window->rows_end - window->begin);
        while (length < held && window->begin[length] != '\n') length++;
        w->plan.separator = options->separator != 0 ? options->separator : ic_sdmx_csv_separator(window->begin, length);
        if (w->plan.separator == 0) w->plan.separator = ','; /* one column: what is missing is said below */
        ic_row_result result = ic_row_split(row, window->begin, window->rows_end, w->plan.separator,
                                            (size_t)options->limits.columns, next);
        if (result == IC_ROW_WHOLE) return IC_OK;
        if (result == IC_ROW_NO_MEMORY) return ic_fail_memory(error);
        error->line = error->column = 1;
        if (result == IC_ROW_TOO_WIDE)
            return ic_fail(error, IC_LIMIT, "more than %llu columns (limits={\"columns\": ...} allows more)",
                           (unsigned long long)options->limits.columns);
        if (window->finished || result == IC_ROW_STRAY) {
            ic_error_place(error, window->begin, window->offset, 1, *next == NULL ? window->begin : *next);
            return ic_fail(error, IC_FORMAT,
                           result == IC_ROW_STRAY ? "text behind a closing quote in the head row"
                                                  : "a quote in the head row is never closed");
        }
        error->line = error->column = 0;
    }
}

/* Whether the source ends here: asked when the window has been used up, since a source may not know its size. */
static ic_status ends(ic_window *window, int *end, ic_error *error) {
    if (window->begin == window->end) IC_TRY(ic_window_fill(window, error));
    *end = window->begin == window->end;
    return IC_OK;
}

#define DECIMAL_BYTES ((size_t)32 << 10) /* behind the head row, by which the decimal mark is decided */

/* The rows that are looked at are the same however the bytes arrive. */
static ic_status find_decimal(whole *w, ic_window *window, ic_row *row, ic_error *error) {
    while (w->plan.separator != ',' && (size_t)(window->end - window->begin) < DECIMAL_BYTES && !window->finished) {
        size_t held = (size_t)(window->end - window->begin);
        if (held >= window->row_limit) break; /* the next row may be longer than it ought to be: told when it is read */
        IC_TRY(ic_window_fill(window, error));
    }
    size_t held = (size_t)(window->rows_end - window->begin);
    const char *end = window->begin + (held < DECIMAL_BYTES ? held : DECIMAL_BYTES);
    return ic_sdmx_csv_plan_decimal(&w->plan, window->begin, end, row) == IC_OK ? IC_OK : ic_fail_memory(error);
}

static ic_status read_head(whole *w, ic_window *window, const ic_options *options, ic_error *error) {
    ic_row row = {0};
    const char *next = NULL;
    ic_status status = split_head(w, window, &row, options, &next, error);
    if (status == IC_OK) {
        status = ic_sdmx_csv_plan_make(&w->plan, &row, options, error);
        if (status == IC_FORMAT) error->line = error->column = 1;
    }
    if (status == IC_OK) {
        w->head_lines = 1 + row.line_feeds;
        ic_window_advance(window, next);
        w->start = window->offset;
        int end = 0;
        status = ends(window, &end, error);
        if (status == IC_OK && end) {
            error->line = w->head_lines + 1;
            error->column = 1;
            error->offset = window->offset;
            status = ic_fail(error, IC_FORMAT, "no row behind the head row");
        }
        if (options->decimal != 0)
            w->plan.decimal = options->decimal;
        else if (status == IC_OK)
            status = find_decimal(w, window, &row, error);
    }
    ic_row_free(&row);
    return status;
}

/* The filters must name dimensions that are there. */
static ic_status check_filters(const whole *w, const ic_options *options, ic_error *error) {
    char word[60];
    for (size_t f = 0; f < options->n_filters; f++) {
        const char *dim = options->filters[f].dim;
        int found = 0;
        for (size_t i = 0; i < w->plan.n_columns; i++)
            found |= w->plan.columns[i].kind == IC_COLUMN_DIM && ic_dimension_is(w->plan.columns[i].name, dim);
        if (!found)
            return ic_fail(error, IC_ARGUMENT, "where names \"%s\": there is no such dimension",
                           ic_quote(word, sizeof word, dim, strlen(dim)));
    }
    if (options->days != NULL && !w->plan.has_time)
        return ic_fail(error, IC_ARGUMENT, "where names \"time\": the file has none");
    return IC_OK;
}

/* ---- the parts ------------------------------------------------------------------------------------------------- */

/* The first part goes on with the head's window: what cannot be sought is read once. */
static ic_status divide(whole *w, const ic_source *source, const ic_options *options, ic_window *window,
                        ic_error *error) {
    int known = source->size != IC_SIZE_UNKNOWN && source->seekable;
    uint64_t bytes = known ? source->size - w->start : 0, n = 1;
    size_t least_row = w->plan.n_columns; /* separators and a line feed */
    if (known && options->threads > 1)
        n = bytes / PART_LEAST < (uint64_t)options->threads ? bytes / PART_LEAST : (uint64_t)options->threads;
    if (n == 0) n = 1;
    w->source = source;
    w->parts = ic_alloc_zeroed((size_t)n, sizeof *w->parts);
    if (w->parts == NULL) return ic_fail_memory(error);
    w->n = (size_t)n;
    size_t base = 0;
    for (size_t i = 0; i < w->n; i++) {
        ic_sdmx_csv_part *part = &w->parts[i];
        part->plan = &w->plan;
        part->options = options;
        part->source = source;
        part->columns = &w->columns;
        part->from = w->start + bytes / n * i;
        part->until = !known ? IC_SIZE_UNKNOWN : i + 1 == w->n ? source->size : w->start + bytes / n * (i + 1);
        part->inside = i > 0;
        part->cancel = i > 0 ? &w->cancel : NULL;
        if (i == 0) {
            part->window = *window;
            part->window.polls = (int)w->n;
            window->buffer = NULL;
        }
        part->may_grow = w->n == 1;
        part->sink.base = base;
        /* no row is shorter than its separators, so no part can run into the next one's place; pages that are not
           touched cost nothing */
        const uint64_t rows = (known ? part->until - part->from : source->expected) / least_row + 2;
        part->sink.room =
            (size_t)(known || rows < options->limits.cells ? rows : options->limits.cells) * w->plan.n_measures;
        if (!known && part->sink.room < ROOM_LEAST) part->sink.room = ROOM_LEAST;
        base += part->sink.room;
        ic_status status = ic_sdmx_csv_part_open(part);
        if (status != IC_OK) {
            *error = part->error;
            return status;
        }
    }
    ic_status status = ic_columns_make(&w->columns, base);
    if (status != IC_OK && !known && base > ROOM_LEAST) { /* then they grow */
        w->parts[0].sink.room = ROOM_LEAST;
        status = ic_columns_make(&w->columns, ROOM_LEAST);
    }
    return status == IC_OK ? IC_OK : ic_fail_memory(error);
}

static void read_part(void *context, size_t i) {
    whole *w = context;
    w->results[i] = ic_sdmx_csv_part_read(&w->parts[i]);
    if (i == 0 && w->results[i] != IC_OK) __atomic_store_n(&w->cancel, 1, __ATOMIC_RELAXED);
}

/* While the caller's thread waits for others. */
static void look_up(void *context) {
    whole *w = context;
    if (w->source->poll == NULL || __atomic_load_n(&w->cancel, __ATOMIC_RELAXED)) return;
    if (w->source->poll(w->source->context, w->source->size) == 0) return;
    w->stopped = 1;
    __atomic_store_n(&w->cancel, 1, __ATOMIC_RELAXED);
}

/* Reads all parts. A part that began inside quotes, where a line feed ends no row, does not begin where the one before ended:
   it is read again from there. The first error in the file is the one that is told. */
static ic_status read_parts(whole *w, const ic_options *options, ic_error *error) {
    ic_status *results = ic_alloc_zeroed(w->n, sizeof *results);
    if (results == NULL) return ic_fail_memory(error);
    w->results = results;
    ic_parallel_watched(w->n, options->threads, read_part, look_up, w);
    ic_status status = w->stopped ? ic_fail(error, IC_STOPPED, "stopped") : IC_OK;
    uint64_t lines = w->head_lines;
    for (size_t i = 0; i < w->n && status == IC_OK; i++) {
        ic_sdmx_csv_part *part = &w->parts[i];
        if (i > 0 && (part->began != w->parts[i - 1].ended || w->parts[i - 1].behind)) {
            results[i] = ic_sdmx_csv_part_again(part, w->parts[i - 1].ended);
            part->behind = w->parts[i - 1].behind;
            part->remarks = w->parts[i - 1].remarks;
            if (results[i] == IC_OK) results[i] = ic_sdmx_csv_part_read(part);
        }
        status = results[i];
        if (status != IC_OK) {
            *error = part->error;
            error->status = status;
            if (status == IC_FORMAT || status == IC_LIMIT || status == IC_UNSUPPORTED) error->line += lines + 1;
        }
        lines += part->sink.lines;
    }
    ic_free(results);
    return status;
}

static ic_status finish(whole *w, const ic_options *options, ic_dataset *dataset, ic_error *error) {
    uint64_t rows = 0;
    ic_sink *sinks = ic_alloc(w->n, sizeof *sinks);
    if (sinks == NULL) return ic_fail_memory(error);
    for (size_t i = 0; i < w->n; i++) {
        sinks[i] = w->parts[i].sink;
        rows += sinks[i].used;
    }
    ic_status status = IC_OK;
    if (rows > options->limits.cells)
        status = ic_fail(error, IC_LIMIT, "%llu rows (limits={\"cells\": ...} allows more than %llu)",
                         (unsigned long long)rows, (unsigned long long)options->limits.cells);
    if (status == IC_OK && ic_sdmx_csv_plan_name(&w->plan, dataset) != IC_OK) status = ic_fail_memory(error);
    if (status == IC_OK)
        status =
            ic_sinks_merge(dataset, &w->columns, sinks, w->n, options, w->parts[0].source, w->head_lines + 1, error);
    if (status == IC_OK && !dataset->has_time) dataset->freq = 0;
    ic_free(sinks);
    return status;
}

static ic_status read_rows(whole *w, ic_window *window, const ic_source *source, const ic_options *options,
                           ic_dataset *dataset, ic_error *error) {
    ic_status status = check_filters(w, options, error);
    if (status == IC_OK) status = divide(w, source, options, window, error);
    if (status == IC_OK) status = read_parts(w, options, error);
    return status == IC_OK ? finish(w, options, dataset, error) : status;
}

static void close_all(whole *w, ic_window *window) {
    ic_window_close(window);
    for (size_t i = 0; w->parts != NULL && i < w->n; i++) ic_sdmx_csv_part_close(&w->parts[i]);
    ic_free(w->parts);
    ic_columns_free(&w->columns);
    ic_sdmx_csv_plan_free(&w->plan);
}

ic_status ic_sdmx_csv_read_rows(ic_sdmx_csv_plan *plan, ic_window *window, uint64_t lines, const ic_source *source,
                                const ic_options *options, ic_dataset *dataset, ic_error *error) {
    whole w = {.plan = *plan, .start = window->offset, .head_lines = lines};
    *plan = (ic_sdmx_csv_plan){0};
    ic_status status = read_rows(&w, window, source, options, dataset, error);
    close_all(&w, window);
    return status;
}

ic_status ic_sdmx_csv_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error) {
    whole w = {0};
    ic_window window;
    ic_status status = ic_window_open(&window, source, 0, 0, (size_t)options->limits.line, error);
    window.polls = 1;
    if (status == IC_OK) status = read_head(&w, &window, options, error);
    if (status != IC_OK && error->line == 0) { /* the source's end or a row too long: behind the head, or in it */
        error->line = w.head_lines + 1;
        error->column = 1;
    }
    if (status == IC_OK) status = read_rows(&w, &window, source, options, dataset, error);
    close_all(&w, &window);
    return status;
}
