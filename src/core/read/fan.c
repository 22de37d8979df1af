/* Tables of fans: which ones are, and the parts that threads read. */
#include "core/read/fan.h"
#include "core/read/long.h"

#define ROOM_LEAST ((size_t)4096) /* rows, where nobody knows how many there will be */

typedef struct whole {
    ic_parts parts;
    ic_fan_part *each;
    ic_long_plan plan;
    ic_fan_shape shape;
    ic_fold_plan folding;
    ic_columns columns;
    uint64_t head_lines;
} whole;

/* Whether the columns are as they must be: the handle's, the varying dimension, one value; attributes that nobody asked for
   may stand anywhere. */
static int is_fan(const ic_long_plan *plan, const ic_options *options, ic_fan_shape *shape) {
    size_t value = plan->n_columns, vary = plan->n_columns;
    if (plan->n_measures != 1 || plan->labelled || plan->remarks || options->attributes.count > 0) return 0;
    if (plan->freq_dim < plan->n_dims || !plan->has_time || plan->n_dims < 2) return 0;
    for (size_t i = 0; i < plan->n_columns; i++) {
        switch (plan->columns[i].kind) {
        case IC_COLUMN_VALUE: value = i; break;
        case IC_COLUMN_DIM:
            if (value < plan->n_columns) return 0;
            vary = i;
            break;
        case IC_COLUMN_TIME:
            if (value < plan->n_columns) return 0;
            vary = plan->n_columns; /* the varying dimension comes behind it */
            break;
        case IC_COLUMN_ATTRIBUTE:
        case IC_COLUMN_SKIPPED: break;
        default: return 0;
        }
    }
    if (vary == plan->n_columns) return 0;
    *shape = (ic_fan_shape){vary, value, plan->columns[vary].number};
    return 1;
}

static void set_up(whole *w, ic_fan_part *part, size_t i, const ic_options *options) {
    part->plan = &w->plan;
    part->shape = &w->shape;
    part->options = options;
    part->source = w->parts.source;
    part->columns = &w->columns;
    part->from = ic_parts_from(&w->parts, i);
    part->until = ic_parts_until(&w->parts, i);
    part->inside = i > 0;
    part->cancel = ic_parts_cancel(&w->parts, i);
    part->may_grow = w->parts.n == 1;
    part->folding = options->collapse != NULL ? &w->folding : NULL;
}

/* The first part goes on with the head's window: what cannot be sought is read once. */
static ic_status divide(whole *w, const ic_options *options, ic_window *window, ic_error *error) {
    const ic_source *source = w->parts.source;
    const size_t n = w->parts.n, least_row = w->plan.n_columns; /* separators and a line feed */
    const int known = w->parts.known;
    w->each = ic_alloc_zeroed(n, sizeof *w->each);
    if (w->each == NULL) return ic_fail_memory(error);
    size_t base = 0;
    for (size_t i = 0; i < n; i++) {
        ic_fan_part *part = &w->each[i];
        set_up(w, part, i, options);
        const uint64_t rows = (known ? part->until - part->from : source->expected) / least_row + 2;
        part->room = (size_t)(known || rows < options->limits.cells ? rows : options->limits.cells);
        if (!known && part->room < ROOM_LEAST) part->room = ROOM_LEAST;
        if (part->folding != NULL) part->room = IC_FOLD_ROWS;
        part->base = base;
        base += part->room;
    }
    w->each[0].window = *window;
    w->each[0].window.polls = (int)n;
    window->buffer = NULL;
    ic_status status = ic_columns_make(&w->columns, base);
    if (status != IC_OK && !known && base > ROOM_LEAST) { /* then they grow */
        w->each[0].room = ROOM_LEAST;
        status = ic_columns_make(&w->columns, ROOM_LEAST);
    }
    for (size_t i = 0; i < n && status == IC_OK; i++) status = ic_fan_part_open(&w->each[i]);
    return status == IC_OK ? IC_OK : ic_fail_memory(error);
}

static ic_status read_part(void *context, size_t i) { return ic_fan_part_read(&((whole *)context)->each[i]); }

/* A part that began inside quotes does not begin where the one before ended: it is read again from there. */
static ic_status read_again(whole *w, size_t i, const ic_options *options) {
    ic_fan_part *part = &w->each[i], fresh = {.base = part->base, .room = part->room};
    set_up(w, &fresh, i, options);
    fresh.from = part[-1].ended;
    fresh.inside = 0;
    fresh.again = 1;
    fresh.cancel = NULL;
    if (part->any_flags != 0) memset((uint32_t *)w->columns.flags.data + part->base, 0, part->used * sizeof(uint32_t));
    ic_fan_part_close(part);
    *part = fresh;
    part->status = ic_fan_part_open(part);
    return part->status == IC_OK ? ic_fan_part_read(part) : part->status;
}

/* The first error in the file is the one that is told. */
static ic_status read_parts(whole *w, const ic_options *options, ic_error *error) {
    IC_TRY(ic_parts_run(&w->parts, options->threads, read_part, w, error));
    uint64_t lines = w->head_lines;
    for (size_t i = 0; i < w->parts.n; i++) {
        ic_fan_part *part = &w->each[i];
        ic_status status = i > 0 && part->began != part[-1].ended ? read_again(w, i, options) : part->status;
        if (status != IC_OK) {
            *error = part->error;
            error->status = status;
            if (status == IC_FORMAT || status == IC_LIMIT || status == IC_UNSUPPORTED) error->line += lines + 1;
            return status;
        }
        lines += part->lines;
    }
    return IC_OK;
}

static ic_status finish(whole *w, const ic_options *options, ic_dataset *dataset, ic_error *error) {
    ic_fans fans = {.parts = w->each,
                    .n = w->parts.n,
                    .shape = &w->shape,
                    .options = options,
                    .source = w->parts.source,
                    .first_line = w->head_lines + 1,
                    .dataset = dataset,
                    .error = error};
    uint64_t rows = 0;
    for (size_t i = 0; i < fans.n; i++) rows += fans.parts[i].used;
    if (rows > options->limits.cells)
        return ic_fail(error, IC_LIMIT, "%llu rows (limits={\"cells\": ...} allows more than %llu)",
                       (unsigned long long)rows, (unsigned long long)options->limits.cells);
    fans.rows = (size_t)rows;
    if (ic_long_plan_name(&w->plan, dataset) != IC_OK) return ic_fail_memory(error);
    if (options->collapse != NULL) return ic_fans_merge_folds(&fans);
    for (size_t a = 0; a < dataset->n_attributes; a++) dataset->attributes[a].level = IC_LEVEL_ROW;
    return ic_fans_merge(&fans, &w->columns);
}

ic_status ic_fan_read(ic_long_plan *plan, ic_window *window, uint64_t lines, const ic_source *source,
                      const ic_options *options, ic_dataset *dataset, ic_error *error) {
    whole w = {.head_lines = lines};
    if (!is_fan(plan, options, &w.shape)) return ic_long_read(plan, window, lines, source, options, dataset, error);
    w.parts = ic_parts_of(source, window->offset, options->threads);
    w.plan = *plan;
    *plan = (ic_long_plan){0};
    ic_status status = ic_long_plan_filters(&w.plan, options, error);
    if (status == IC_OK && options->collapse != NULL) status = ic_fold_plan_make(&w.folding, &w.plan, options, error);
    if (status == IC_OK) status = divide(&w, options, window, error);
    if (status == IC_OK) status = read_parts(&w, options, error);
    if (status == IC_OK) status = finish(&w, options, dataset, error);
    ic_window_close(window);
    for (size_t i = 0; w.each != NULL && i < w.parts.n; i++) ic_fan_part_close(&w.each[i]);
    ic_free(w.each);
    ic_columns_free(&w.columns);
    ic_fold_plan_free(&w.folding);
    ic_long_plan_free(&w.plan);
    return status;
}
