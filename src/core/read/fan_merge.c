/* One data set from the parts of several threads. */
#include "core/base/parallel.h"
#include "core/read/fan.h"

#include <string.h>

static size_t run_length(const ic_fan_part *part, size_t r) {
    return (size_t)((r + 1 < part->n_runs ? part->runs[r + 1].row : part->used) - part->runs[r].row);
}

static ic_status look_up(const ic_fans *f) {
    const ic_source *source = f->source;
    const uint64_t done = source->size == IC_SIZE_UNKNOWN ? 0 : source->size;
    const int stop = source->poll != NULL && source->poll(source->context, done) != 0;
    return stop ? ic_fail(f->error, IC_STOPPED, "stopped") : IC_OK;
}

static ic_status merge_codes(ic_fans *f) {
    const size_t n_dims = f->dataset->n_dims;
    for (size_t i = 0; i < f->n; i++) {
        for (size_t d = 0; d < n_dims; d++) {
            const ic_intern *local = &f->parts[i].dims[d].codes;
            uint32_t *map = ic_alloc(local->count, sizeof *map);
            if (map == NULL) return IC_MEMORY;
            f->codes[i * n_dims + d] = map;
            for (size_t c = 0; c < local->count; c++)
                IC_TRY(
                    ic_intern_add(&f->dataset->dims[d].codes, local->items[c].text, local->items[c].length, &map[c]));
        }
    }
    return IC_OK;
}

/* The handles in the data set's codes. */
static ic_status merge_handles(ic_fans *f) {
    const size_t n_dims = f->dataset->n_dims;
    int32_t *handle = ic_alloc_zeroed(n_dims + 1, sizeof *handle);
    if (handle == NULL) return IC_MEMORY;
    ic_status status = IC_OK;
    for (size_t i = 0; i < f->n && status == IC_OK; i++) {
        const ic_intern *local = &f->parts[i].handles;
        uint32_t *map = ic_alloc(local->count, sizeof *map);
        f->handles[i] = map;
        if (map == NULL) status = IC_MEMORY;
        for (size_t h = 0; h < local->count && status == IC_OK; h++) {
            memcpy(handle, local->items[h].text, (n_dims + 1) * sizeof *handle);
            for (size_t d = 0; d < n_dims; d++)
                if (d != f->shape->dim) handle[d] = (int32_t)f->codes[i * n_dims + d][handle[d]];
            status = ic_intern_add(&f->table, (const char *)handle, (n_dims + 1) * sizeof *handle, &map[h]);
        }
    }
    ic_free(handle);
    return status;
}

static ic_status merge_facts(ic_fans *f) {
    ic_dataset *dataset = f->dataset;
    uint8_t digits = 0;
    dataset->decimals = ic_alloc(1, 1);
    if (dataset->decimals == NULL) return IC_MEMORY;
    dataset->series = f->rows > 0 || f->options->collapse != NULL; /* all have the same facts, and are not told apart */
    dataset->decimals[0] = -1;
    for (size_t i = 0; i < f->n; i++) {
        const ic_fan_part *part = &f->parts[i];
        if (part->decimals > dataset->decimals[0]) dataset->decimals[0] = part->decimals;
        if (part->digits > digits) digits = part->digits;
        if (part->freq == 0) continue;
        if (dataset->freq != 0 && dataset->freq != part->freq) {
            f->error->line = f->first_line;
            f->error->column = 1;
            return ic_fail(f->error, IC_FORMAT, "periods of two frequencies, %c and %c", dataset->freq, part->freq);
        }
        dataset->freq = part->freq;
    }
    if (digits > IC_PRINTED_DIGITS) dataset->decimals[0] = -1;
    if (f->options->collapse != NULL) ic_rule_decimals(f->options->collapse->rule, dataset->decimals);
    for (size_t i = 0; i < f->n; i++) {
        for (size_t k = 0; k < f->parts[i].aside.n_notes; k++) {
            const ic_note *note = &f->parts[i].aside.notes[k];
            IC_TRY(ic_dataset_note(dataset, note->name, note->text, strlen(note->text), note->count));
        }
    }
    return IC_OK;
}

/* ---- columns ------------------------------------------------------------------------------------------------------ */

typedef struct fill {
    ic_fans *fans;
    ic_columns *columns;
    uint32_t any_flags;
} fill;

static void put_codes(void *to, uint8_t width, size_t row, uint32_t code, size_t n) {
    switch (width) {
    case 1: memset((uint8_t *)to + row, (int)code, n); break;
    case 2:
        for (size_t k = 0; k < n; k++) ((uint16_t *)to)[row + k] = (uint16_t)code;
        break;
    default:
        for (size_t k = 0; k < n; k++) ((uint32_t *)to)[row + k] = code;
    }
}

#define FORGOTTEN ((size_t)1 << 20) /* rows whose varying codes are given back together */

static void fill_varying(const ic_fans *f) {
    const size_t d = f->shape->dim;
    void *to = f->dataset->positions[d].data;
    const uint8_t width = f->dataset->widths[d];
    size_t row = 0;
    for (size_t i = 0; i < f->n; i++) {
        ic_fan_part *part = &f->parts[i];
        const size_t size = part->wide != NULL ? sizeof *part->wide : sizeof *part->narrow;
        const uint32_t *map = f->codes[i * f->dataset->n_dims + d];
        for (size_t r = 0; r < part->used; r++, row++) {
            if (r > 0 && r % FORGOTTEN == 0) ic_block_forget(&part->varying, (r - FORGOTTEN) * size, r * size);
            const uint32_t code = map[part->wide != NULL ? part->wide[r] : part->narrow[r]];
            if (width == 1)
                ((uint8_t *)to)[row] = (uint8_t)code;
            else if (width == 2)
                ((uint16_t *)to)[row] = (uint16_t)code;
            else
                ((uint32_t *)to)[row] = code;
        }
    }
}

/* A dimension of the handle, or (d == n_dims) the period. */
static void fill_from_handles(const fill *w, size_t d) {
    const ic_fans *f = w->fans;
    const size_t n_dims = f->dataset->n_dims;
    void *to = d == n_dims ? w->columns->ordinals.data : f->dataset->positions[d].data;
    const uint8_t width = d == n_dims ? 4 : f->dataset->widths[d];
    size_t row = 0;
    for (size_t i = 0; i < f->n; i++) {
        const ic_fan_part *part = &f->parts[i];
        for (size_t r = 0; r < part->n_runs; r++) {
            int32_t code;
            memcpy(&code, f->table.items[f->handles[i][part->runs[r].handle]].text + d * sizeof code, sizeof code);
            const size_t n = run_length(part, r);
            put_codes(to, width, row, (uint32_t)code, n);
            row += n;
        }
    }
}

/* Closes the gaps between the parts' rows in one column. */
static void close_gaps(const ic_fans *f, ic_block *block, size_t size) {
    size_t row = 0;
    for (size_t i = 0; i < f->n; i++) {
        const ic_fan_part *part = &f->parts[i];
        if (row != part->base) ic_block_lower(block, row * size, part->base * size, part->used * size);
        row += part->used;
    }
}

/* Task d <= n_dims: a dimension, or the period; then values and flags. */
static void fill_column(void *context, size_t task) {
    const fill *w = context;
    const size_t n_dims = w->fans->dataset->n_dims;
    if (task == n_dims + 1)
        close_gaps(w->fans, &w->columns->values, sizeof(double));
    else if (task == n_dims + 2)
        close_gaps(w->fans, &w->columns->flags, sizeof(uint32_t));
    else if (task == w->fans->shape->dim)
        fill_varying(w->fans);
    else
        fill_from_handles(w, task);
}

static ic_status fill_columns(ic_fans *f, ic_columns *columns) {
    ic_dataset *dataset = f->dataset;
    fill w = {f, columns, 0};
    for (size_t i = 0; i < f->n; i++) w.any_flags |= f->parts[i].any_flags;
    dataset->positions = ic_alloc_zeroed(dataset->n_dims, sizeof *dataset->positions);
    dataset->widths = ic_alloc_zeroed(dataset->n_dims, 1);
    if (dataset->positions == NULL || dataset->widths == NULL) return IC_MEMORY;
    for (size_t d = 0; d < dataset->n_dims; d++) {
        dataset->widths[d] = ic_width_for(dataset->dims[d].codes.count);
        IC_TRY(ic_block_make(&dataset->positions[d], f->rows, dataset->widths[d]));
    }
    ic_parallel_for(dataset->n_dims + 2 + (w.any_flags != 0), f->options->threads, fill_column, &w);
    ic_block_trim(&columns->ordinals, f->rows * sizeof(int32_t));
    ic_block_trim(&columns->values, f->rows * sizeof(double));
    ic_block_trim(&columns->flags, f->rows * sizeof(uint32_t));
    if (w.any_flags == 0) ic_block_free(&columns->flags);
    dataset->ordinals = columns->ordinals;
    dataset->values = columns->values;
    dataset->flags = columns->flags;
    *columns = (ic_columns){0};
    dataset->rows = f->rows;
    return IC_OK;
}

static ic_status merge(ic_fans *f, ic_columns *columns) {
    IC_TRY(merge_codes(f));
    IC_TRY(merge_handles(f));
    IC_TRY(merge_facts(f));
    IC_TRY(look_up(f));
    IC_TRY(fill_columns(f, columns));
    IC_TRY(look_up(f));
    return ic_fans_twice(f);
}

ic_status ic_fans_merge(ic_fans *f, ic_columns *columns) {
    const size_t maps = f->n * f->dataset->n_dims;
    f->codes = ic_alloc_zeroed(maps, sizeof *f->codes);
    f->handles = ic_alloc_zeroed(f->n, sizeof *f->handles);
    ic_status status = f->codes == NULL || f->handles == NULL ? IC_MEMORY : merge(f, columns);
    for (size_t i = 0; f->codes != NULL && i < maps; i++) ic_free(f->codes[i]);
    for (size_t i = 0; f->handles != NULL && i < f->n; i++) ic_free(f->handles[i]);
    ic_free(f->codes);
    ic_free(f->handles);
    ic_intern_free(&f->table);
    return status == IC_MEMORY ? ic_fail_memory(f->error) : status;
}

/* ---- parts that folded their rows ------------------------------------------------------------------------------- */

ic_status ic_fans_merge_folds(ic_fans *f) {
    const ic_fold_plan *plan = f->parts[0].folding;
    ic_fold **folds = ic_alloc(f->n, sizeof *folds);
    const ic_intern **codes = ic_alloc(f->n * plan->n_dims, sizeof *codes);
    ic_status status = folds == NULL || codes == NULL ? IC_MEMORY : IC_OK;
    for (size_t i = 0; i < f->n && status == IC_OK; i++) {
        folds[i] = &f->parts[i].fold;
        for (size_t d = 0; d < plan->n_dims; d++) codes[i * plan->n_dims + d] = &f->parts[i].dims[d].codes;
    }
    if (status == IC_OK) status = merge_facts(f);
    if (status == IC_OK) status = look_up(f);
    if (status == IC_OK) {
        ic_fold_end end = {.plan = plan,
                           .folds = folds,
                           .n = f->n,
                           .codes = codes,
                           .x_dim = plan->dims[f->shape->dim].kept,
                           .options = f->options,
                           .dataset = f->dataset,
                           .error = f->error};
        status = ic_folds_merge(&end);
    }
    ic_free(folds);
    ic_free(codes);
    return status == IC_MEMORY ? ic_fail_memory(f->error) : status;
}
