/* Long tables: the parts that threads read, and what comes of them. */
#include "core/read/long.h"

#define ROOM_LEAST ((size_t)4096) /* rows, where nobody knows how many there will be */

typedef struct whole {
    ic_parts parts;
    ic_long_part *each; /* of the parts */
    ic_long_plan plan;
    ic_fold_plan folding;
    ic_columns columns;
    uint64_t head_lines; /* before the first row */
} whole;

/* ---- the parts ------------------------------------------------------------------------------------------------- */

/* The first part goes on with the head's window: what cannot be sought is read once. */
static ic_status divide(whole *w, const ic_source *source, const ic_options *options, ic_window *window,
                        ic_error *error) {
    const size_t n = w->parts.n, least_row = w->plan.n_columns; /* separators and a line feed */
    const int known = w->parts.known;
    w->each = ic_alloc_zeroed(n, sizeof *w->each);
    if (w->each == NULL) return ic_fail_memory(error);
    size_t base = 0;
    for (size_t i = 0; i < n; i++) {
        ic_long_part *part = &w->each[i];
        part->plan = &w->plan;
        part->options = options;
        part->source = source;
        part->columns = &w->columns;
        part->from = ic_parts_from(&w->parts, i);
        part->until = ic_parts_until(&w->parts, i);
        part->inside = i > 0;
        part->cancel = ic_parts_cancel(&w->parts, i);
        if (i == 0) {
            part->window = *window;
            part->window.polls = (int)n;
            window->buffer = NULL;
        }
        part->may_grow = n == 1;
        part->folding = options->collapse != NULL ? &w->folding : NULL;
        part->sink.base = base;
        /* no row is shorter than its separators, so no part can run into the next one's place; pages that are not
           touched cost nothing */
        const uint64_t rows = (known ? part->until - part->from : source->expected) / least_row + 2;
        part->sink.room =
            (size_t)(known || rows < options->limits.cells ? rows : options->limits.cells) * w->plan.n_measures;
        if (!known && part->sink.room < ROOM_LEAST) part->sink.room = ROOM_LEAST;
        if (part->folding != NULL) part->sink.room = IC_FOLD_ROWS + w->plan.n_measures;
        base += part->sink.room;
        ic_status status = ic_long_part_open(part);
        if (status != IC_OK) {
            *error = part->error;
            return status;
        }
    }
    ic_status status = ic_columns_make(&w->columns, base);
    if (status != IC_OK && !known && base > ROOM_LEAST) { /* then they grow */
        w->each[0].sink.room = ROOM_LEAST;
        status = ic_columns_make(&w->columns, ROOM_LEAST);
    }
    return status == IC_OK ? IC_OK : ic_fail_memory(error);
}

static ic_status read_part(void *context, size_t i) {
    ic_long_part *part = &((whole *)context)->each[i];
    return part->status = ic_long_part_read(part);
}

/* A part that began inside quotes, where a line feed ends no row, does not begin where the one before ended; and behind the end
   of the table there are only remarks. It is read again from there. */
static void read_again(ic_long_part *part, const ic_long_part *before) {
    part->status = ic_long_part_again(part, before->ended);
    part->behind = before->behind;
    part->remarks = before->remarks;
    if (part->status == IC_OK) part->status = ic_long_part_read(part);
}

/* The first error in the file is the one that is told. */
static ic_status read_parts(whole *w, const ic_options *options, ic_error *error) {
    IC_TRY(ic_parts_run(&w->parts, options->threads, read_part, w, error));
    uint64_t lines = w->head_lines;
    for (size_t i = 0; i < w->parts.n; i++) {
        ic_long_part *part = &w->each[i];
        if (i > 0 && (part->began != part[-1].ended || part[-1].behind)) read_again(part, part - 1);
        if (part->status != IC_OK) {
            *error = part->error;
            error->status = part->status;
            if (part->status == IC_FORMAT || part->status == IC_LIMIT || part->status == IC_UNSUPPORTED)
                error->line += lines + 1;
            return part->status;
        }
        lines += part->sink.lines;
    }
    return IC_OK;
}

static ic_status finish(whole *w, const ic_options *options, ic_dataset *dataset, ic_error *error) {
    uint64_t rows = 0;
    if (options->collapse != NULL) {
        if (ic_long_plan_name(&w->plan, dataset) != IC_OK) return ic_fail_memory(error);
        return ic_long_folds_merge(w->each, w->parts.n, dataset, error);
    }
    ic_sink *sinks = ic_alloc(w->parts.n, sizeof *sinks);
    if (sinks == NULL) return ic_fail_memory(error);
    for (size_t i = 0; i < w->parts.n; i++) {
        sinks[i] = w->each[i].sink;
        rows += sinks[i].used;
    }
    ic_status status = IC_OK;
    if (rows > options->limits.cells)
        status = ic_fail(error, IC_LIMIT, "%llu rows (limits={\"cells\": ...} allows more than %llu)",
                         (unsigned long long)rows, (unsigned long long)options->limits.cells);
    if (status == IC_OK && ic_long_plan_name(&w->plan, dataset) != IC_OK) status = ic_fail_memory(error);
    if (status == IC_OK)
        status =
            ic_sinks_merge(dataset, &w->columns, sinks, w->parts.n, options, w->parts.source, w->head_lines + 1, error);
    if (status == IC_OK && !dataset->has_time) dataset->freq = 0;
    ic_free(sinks);
    return status;
}

static void close_all(whole *w, ic_window *window) {
    ic_window_close(window);
    for (size_t i = 0; w->each != NULL && i < w->parts.n; i++) ic_long_part_close(&w->each[i]);
    ic_free(w->each);
    ic_columns_free(&w->columns);
    ic_fold_plan_free(&w->folding);
    ic_long_plan_free(&w->plan);
}

ic_status ic_long_read(ic_long_plan *plan, ic_window *window, uint64_t lines, const ic_source *source,
                       const ic_options *options, ic_dataset *dataset, ic_error *error) {
    whole w = {.parts = ic_parts_of(source, window->offset, options->threads), .plan = *plan, .head_lines = lines};
    *plan = (ic_long_plan){0};
    ic_status status = ic_long_plan_filters(&w.plan, options, error);
    if (status == IC_OK && options->collapse != NULL) status = ic_fold_plan_make(&w.folding, &w.plan, options, error);
    if (status == IC_OK) status = divide(&w, source, options, window, error);
    if (status == IC_OK) status = read_parts(&w, options, error);
    if (status == IC_OK) status = finish(&w, options, dataset, error);
    close_all(&w, window);
    return status;
}
