/* One data set from the cells of several threads. The first thread's codes, groups and cells come first in the file and keep their
   numbers: the others' are added to them. */
#include "core/base/memory.h"
#include "core/read/collapse.h"

#include <string.h>

/* ---- codes --------------------------------------------------------------------------------------------------------- */

typedef struct merge {
    ic_fold_end *end;
    uint32_t **codes; /* [fold * n_kept + dim]: a fold's code -> the result's */
} merge;

static ic_status copy_codes(ic_intern *to, const ic_intern *from, uint32_t *map) {
    uint32_t number;
    for (size_t c = 0; c < from->count; c++) {
        IC_TRY(ic_intern_add(to, from->items[c].text, from->items[c].length, &number));
        if (map != NULL) map[c] = number;
    }
    return IC_OK;
}

/* A dimension that is gone or recoded: what was met there. */
static ic_status tell(const ic_fold_end *end, size_t d) {
    const size_t n_dims = end->plan->n_dims;
    ic_folded *folded = &end->dataset->folded[end->dataset->n_folded++];
    folded->name = end->dataset->dims[d].name;
    for (size_t i = 0; i < end->n; i++) IC_TRY(copy_codes(&folded->codes, end->codes[i * n_dims + d], NULL));
    folded->refused = ic_alloc_zeroed(folded->codes.count, sizeof *folded->refused);
    if (folded->refused == NULL) return IC_MEMORY;
    for (size_t i = 0; i < end->n; i++) {
        const ic_fold *fold = end->folds[i];
        const ic_intern *codes = end->codes[i * n_dims + d];
        for (size_t c = 0; c < codes->count && c < fold->n_refused[d]; c++) {
            if (fold->refused[d][c] == 0) continue;
            const uint32_t number = ic_intern_find(&folded->codes, codes->items[c].text, codes->items[c].length);
            folded->refused[number] += fold->refused[d][c];
        }
    }
    return IC_OK;
}

static ic_status copy_labels(ic_dataset *dataset, ic_dimension *to, const ic_dimension *from, const uint32_t *map) {
    for (size_t c = 0; c < from->codes.count && c < from->labels_capacity; c++)
        if (from->labels[c].text != NULL)
            IC_TRY(ic_dimension_label(to, &dataset->arena, map[c], from->labels[c].text, from->labels[c].length));
    return IC_OK;
}

/* A dimension that stays: `dim`, which is empty. */
static ic_status merge_codes(merge *m, size_t d, ic_dimension *dim) {
    const ic_fold_end *end = m->end;
    const ic_fold_dim *planned = &end->plan->dims[d];
    IC_TRY(copy_codes(&dim->codes, &planned->codes, NULL));
    for (size_t i = 0; i < end->n; i++) {
        const size_t place = i * end->plan->n_dims + d;
        const ic_intern *codes = planned->recode != NULL ? &end->folds[i]->codes[d] : end->codes[place];
        uint32_t *map = ic_alloc(codes->count, sizeof *map);
        if (map == NULL) return IC_MEMORY;
        m->codes[i * end->plan->n_kept + planned->kept] = map;
        IC_TRY(copy_codes(&dim->codes, codes, map));
        if (planned->recode == NULL && end->labels != NULL)
            IC_TRY(copy_labels(end->dataset, dim, end->labels[place], map));
    }
    return IC_OK;
}

static ic_status merge_dims(merge *m) {
    const ic_fold_plan *plan = m->end->plan;
    ic_dataset *dataset = m->end->dataset;
    ic_dimension *dims = dataset->dims, *kept = ic_alloc_zeroed(plan->n_kept, sizeof *kept);
    dataset->folded = ic_alloc_zeroed(plan->n_dims, sizeof *dataset->folded);
    ic_status status = kept == NULL || dataset->folded == NULL ? IC_MEMORY : IC_OK;
    for (size_t d = 0; d < plan->n_dims && status == IC_OK; d++) {
        const ic_fold_dim *planned = &plan->dims[d];
        if (planned->kept == IC_GONE || planned->recode != NULL) status = tell(m->end, d);
        if (planned->kept == IC_GONE || status != IC_OK) continue;
        ic_dimension *dim = &kept[planned->kept];
        dim->name = dims[d].name;
        dim->title = dims[d].title;
        status = merge_codes(m, d, dim);
    }
    if (kept == NULL) return status;
    ic_free(dims); /* their names live in the arena; codes and labels they had none */
    dataset->dims = kept;
    dataset->n_dims = plan->n_kept;
    return status;
}

#define FORGET ((size_t)1 << 16) /* cells that are done with are given back by so many */

/* ---- cells --------------------------------------------------------------------------------------------------------- */

ic_status ic_folds_differ(const ic_fold_end *end, size_t unit, uint32_t text, uint32_t other) {
    const ic_attribute *attribute = &end->dataset->attributes[end->units[unit]];
    const ic_text *a = &attribute->values.items[other], *b = &attribute->values.items[text];
    char first[60], second[60];
    return ic_fail(end->error, IC_ARGUMENT, "rows of %s \"%s\" and \"%s\" would be added up", attribute->name,
                   ic_quote(first, sizeof first, a->text, a->length),
                   ic_quote(second, sizeof second, b->text, b->length));
}

static ic_status join_units(const ic_fold_end *end, const ic_fold *from, uint32_t group, uint32_t into) {
    for (size_t u = 0; u < from->n_units; u++) {
        const size_t place = group * from->n_units + u;
        const uint32_t text = place < from->unit_room ? from->units[place] : IC_ABSENT;
        uint32_t before;
        if (text == IC_ABSENT) continue;
        IC_TRY(ic_fold_unit(end->folds[0], into, u, text, &before));
        if (before != IC_ABSENT && before != text) return ic_folds_differ(end, u, text, before);
    }
    return IC_OK;
}

static ic_status join(const merge *m, size_t i) {
    const ic_fold_end *end = m->end;
    ic_fold *into = end->folds[0], *from = end->folds[i];
    const size_t n_kept = end->plan->n_kept;
    uint32_t *const *maps = m->codes + i * n_kept;
    uint32_t *groups = ic_alloc(from->groups.count, sizeof *groups), cell;
    ic_status status = groups == NULL ? IC_MEMORY : IC_OK;
    for (size_t g = 0; g < from->groups.count && status == IC_OK; g++) {
        memcpy(into->key, from->groups.items[g].text, (n_kept + 2) * sizeof *into->key);
        for (size_t d = 0; d < n_kept; d++)
            if (d != end->x_dim) into->key[d] = (int32_t)maps[d][into->key[d]];
        status = ic_fold_group(into, &groups[g]);
        if (status == IC_OK) status = join_units(end, from, (uint32_t)g, groups[g]);
    }
    for (uint32_t c = 0; c < from->cells.count && status == IC_OK; c++) {
        const ic_cell *said = &from->cells.cells[c];
        const int32_t x = end->x_dim != IC_GONE ? (int32_t)maps[end->x_dim][said->x] : said->x;
        status = ic_cells_find(&into->cells, groups[said->group], x, &cell);
        if (status == IC_OK) status = ic_cells_join(&into->cells, cell, &from->cells, c);
        if ((c + 1) % FORGET == 0) ic_cells_forget(&from->cells, c + 1);
    }
    into->rows += from->rows;
    ic_free(groups);
    ic_cells_free(&from->cells);
    ic_intern_free(&from->groups);
    return status;
}

static ic_status merge_cells(merge *m) {
    const ic_fold_end *end = m->end;
    for (size_t i = 1; i < end->n; i++) IC_TRY(join(m, i));
    const size_t cells = end->folds[0]->cells.count;
    if (cells > end->options->limits.cells)
        return ic_fail(end->error, IC_LIMIT, "%zu cells (limits={\"cells\": ...} allows more than %llu)", cells,
                       (unsigned long long)end->options->limits.cells);
    if (end->folds[0]->rows > UINT32_MAX)
        return ic_fail(end->error, IC_LIMIT, "more than %llu rows to fold", (unsigned long long)UINT32_MAX);
    return IC_OK;
}

/* ---- rows ---------------------------------------------------------------------------------------------------------- */

IC_INLINE int32_t part_of(const ic_fold *fold, uint32_t group, size_t i) {
    int32_t number;
    memcpy(&number, fold->groups.items[group].text + i * sizeof number, sizeof number);
    return number;
}

IC_INLINE void put_code(void *to, uint8_t width, size_t row, uint32_t code) {
    if (width == 1)
        ((uint8_t *)to)[row] = (uint8_t)code;
    else if (width == 2)
        ((uint16_t *)to)[row] = (uint16_t)code;
    else
        ((uint32_t *)to)[row] = code;
}

static ic_status make_columns(ic_dataset *dataset, size_t n) {
    dataset->positions = ic_alloc_zeroed(dataset->n_dims, sizeof *dataset->positions);
    dataset->widths = ic_alloc_zeroed(dataset->n_dims, 1);
    if (dataset->positions == NULL || dataset->widths == NULL) return IC_MEMORY;
    for (size_t d = 0; d < dataset->n_dims; d++) {
        dataset->widths[d] = ic_width_for(dataset->dims[d].codes.count);
        IC_TRY(ic_block_make(&dataset->positions[d], n, dataset->widths[d]));
    }
    IC_TRY(ic_block_make(&dataset->ordinals, n, sizeof(int32_t)));
    IC_TRY(ic_block_make(&dataset->values, n, sizeof(double)));
    return ic_block_make(&dataset->flags, n, sizeof(uint32_t));
}

/* Frequencies, where there are several. */
static ic_status fill_freqs(const ic_fold_end *end) {
    const ic_fold *fold = end->folds[0];
    const size_t n = fold->cells.count, place = end->plan->n_kept + 1;
    int mixed = 0;
    for (uint32_t g = 0; g < fold->groups.count; g++) {
        const char freq = (char)part_of(fold, g, place);
        if (g == 0) end->dataset->freq = freq;
        mixed |= freq != end->dataset->freq;
    }
    if (!mixed) return IC_OK;
    end->dataset->freq = 0;
    IC_TRY(ic_block_make(&end->dataset->freqs, n, 1));
    for (size_t c = 0; c < n; c++)
        ((char *)end->dataset->freqs.data)[c] = (char)part_of(fold, fold->cells.cells[c].group, place);
    return IC_OK;
}

static uint32_t fill_row(const ic_fold_end *end, size_t c) {
    const ic_fold *fold = end->folds[0];
    const ic_cell *cell = &fold->cells.cells[c];
    ic_dataset *dataset = end->dataset;
    uint32_t flags = 0;
    for (size_t d = 0; d < dataset->n_dims; d++) {
        const int32_t code = d == end->x_dim ? cell->x : part_of(fold, cell->group, d);
        put_code(dataset->positions[d].data, dataset->widths[d], c, (uint32_t)code);
    }
    ((int32_t *)dataset->ordinals.data)[c] = end->x_time ? cell->x : part_of(fold, cell->group, dataset->n_dims);
    ((double *)dataset->values.data)[c] = ic_cells_value(&fold->cells, (uint32_t)c, end->plan->asked->coverage, &flags);
    if (flags != 0) ((uint32_t *)dataset->flags.data)[c] = flags;
    return flags;
}

static ic_status fill_rows(const ic_fold_end *end) {
    ic_dataset *dataset = end->dataset;
    ic_cells *cells = &end->folds[0]->cells;
    uint32_t any_flags = 0;
    IC_TRY(fill_freqs(end));
    ic_cells_forget(cells, 0);
    IC_TRY(make_columns(dataset, cells->count));
    for (size_t c = 0; c < cells->count; c++) {
        any_flags |= fill_row(end, c);
        if ((c + 1) % FORGET == 0) ic_cells_forget(cells, c + 1);
    }
    if (any_flags == 0) ic_block_free(&dataset->flags);
    dataset->rows = cells->count;
    dataset->collapsed = 1;
    return IC_OK;
}

/* ---- series -------------------------------------------------------------------------------------------------------- */

/* The series of each group, numbered by first appearance: a group is a series at one frequency. */
static ic_status number_series(const ic_fold_end *end, uint32_t *series) {
    const ic_intern *groups = &end->folds[0]->groups;
    ic_dataset *dataset = end->dataset;
    const size_t size = dataset->n_dims * sizeof(uint32_t);
    ic_intern table = {0};
    ic_status status = IC_OK;
    for (size_t g = 0; g < groups->count && status == IC_OK; g++)
        status = ic_intern_add(&table, groups->items[g].text, size, &series[g]);
    dataset->series = table.count;
    dataset->series_codes = status == IC_OK ? ic_alloc(table.count, size) : NULL;
    if (dataset->series_codes == NULL) status = IC_MEMORY;
    for (size_t s = 0; status == IC_OK && size > 0 && s < table.count; s++)
        memcpy(dataset->series_codes + s * dataset->n_dims, table.items[s].text, size);
    ic_intern_free(&table);
    return status;
}

static ic_status say_unit(const ic_fold_end *end, size_t unit, const uint32_t *series) {
    const ic_fold *fold = end->folds[0];
    ic_attribute *attribute = &end->dataset->attributes[end->units[unit]];
    attribute->level = IC_LEVEL_SERIES;
    attribute->numbers = ic_alloc(end->dataset->series, sizeof *attribute->numbers);
    if (attribute->numbers == NULL) return IC_MEMORY;
    memset(attribute->numbers, 0xFF, end->dataset->series * sizeof *attribute->numbers);
    for (size_t g = 0; g < fold->groups.count; g++) {
        const size_t place = g * fold->n_units + unit;
        if (place < fold->unit_room && fold->units[place] != IC_ABSENT)
            attribute->numbers[series[g]] = fold->units[place];
    }
    for (size_t s = 0; s < end->dataset->series; s++)
        if (attribute->numbers[s] != attribute->numbers[0]) return IC_OK;
    if (end->dataset->series > 0) attribute->level = IC_LEVEL_DATASET;
    return IC_OK;
}

static ic_status fill_series(const ic_fold_end *end, int8_t decimals) {
    uint32_t *series = ic_alloc(end->folds[0]->groups.count, sizeof *series);
    ic_status status = series == NULL ? IC_MEMORY : number_series(end, series);
    for (size_t u = 0; u < end->folds[0]->n_units && status == IC_OK; u++) status = say_unit(end, u, series);
    ic_free(series);
    IC_TRY(status);
    end->dataset->decimals = ic_alloc(end->dataset->series, 1);
    if (end->dataset->decimals == NULL) return IC_MEMORY;
    memset(end->dataset->decimals, decimals, end->dataset->series);
    return IC_OK;
}

ic_status ic_folds_merge(ic_fold_end *end) {
    const size_t maps = end->n * end->plan->n_kept;
    merge m = {end, ic_alloc_zeroed(maps, sizeof *m.codes)};
    if (m.codes == NULL) return ic_fail_memory(end->error);
    ic_status status = merge_dims(&m);
    if (status == IC_OK) status = merge_cells(&m);
    if (status == IC_OK && end->by_series) status = fill_series(end, end->decimals);
    if (status == IC_OK) status = fill_rows(end);
    for (size_t i = 0; i < maps; i++) ic_free(m.codes[i]);
    ic_free(m.codes);
    return status == IC_MEMORY ? ic_fail_memory(end->error) : status;
}
