/* From what was said about a data set, in any order, to dimensions with their codes in order; and what else it said. */
#include "core/read/json_stat.h"

#include <stdio.h>
#include <string.h>

#define DIMS_MOST 62 /* axes of an array that NumPy bears, less some */

static void at(const ic_stat *s, const ic_json_mark *place) { ic_json_at(&s->json, place, s->error); }

/* Puts the codes of one dimension into their order. */
static ic_status order(ic_stat *s, const ic_stat_dim *from, uint64_t size, int sized, ic_dense_dim *to) {
    char name[60], code[60];
    size_t n = from->indexed ? from->n : from->codes.count;
    ic_quote(name, sizeof name, from->name, strlen(from->name));
    if (!from->described && sized && size == 1) { /* a dimension of one category may go without a description */
        uint32_t number;
        return ic_intern_add(&to->codes, from->name, strlen(from->name), &number);
    }
    if (sized && size != n) {
        at(s, from->described ? &from->place : &s->set->size_place);
        return ic_fail(s->error, IC_FORMAT, "%s: expected %llu categories, as its size says, not %zu", name,
                       (unsigned long long)size, n);
    }
    uint32_t *numbers = ic_arena_take(&s->arena, (n + 1) * sizeof *numbers);
    to->labels = ic_arena_take(&s->arena, (n + 1) * sizeof *to->labels);
    if (numbers == NULL || to->labels == NULL) return IC_MEMORY;
    memset(numbers, 0xFF, n * sizeof *numbers);
    for (size_t c = 0; c < from->codes.count; c++) {
        uint64_t position = from->indexed ? from->about[c].position : c;
        const ic_text *text = &from->codes.items[c];
        if (position == IC_NOWHERE) continue; /* it has a label, and is nowhere in the index */
        if (position < n && numbers[position] == IC_ABSENT) {
            numbers[position] = (uint32_t)c;
            continue;
        }
        at(s, &from->place);
        ic_quote(code, sizeof code, text->text, text->length);
        return position >= n ? ic_fail(s->error, IC_FORMAT, "%s: expected positions below %zu, not %llu (code \"%s\")",
                                       name, n, (unsigned long long)position, code)
                             : ic_fail(s->error, IC_FORMAT, "%s: expected one code at position %llu, not \"%s\" too",
                                       name, (unsigned long long)position, code);
    }
    for (size_t p = 0; p < n; p++) { /* n codes, and no two at one position: every position is taken */
        const ic_text *text = &from->codes.items[numbers[p]];
        uint32_t number;
        IC_TRY(ic_intern_add(&to->codes, text->text, text->length, &number));
        to->labels[p] = from->about[numbers[p]].label;
    }
    return IC_OK;
}

ic_status ic_stat_settle(ic_stat *s, ic_stat_set *set) {
    char name[60];
    size_t n = set->has_ids ? set->n_ids : set->names.count;
    if (n > DIMS_MOST) {
        at(s, &set->place);
        return ic_fail(s->error, IC_LIMIT, "%zu dimensions; at most %d are read", n, DIMS_MOST);
    }
    if (set->has_sizes && set->n_sizes != n) {
        at(s, &set->size_place);
        return ic_fail(s->error, IC_FORMAT, "expected %zu sizes, one for each dimension, not %zu", n, set->n_sizes);
    }
    s->dense.dims = ic_arena_take(&s->arena, (n + 1) * sizeof *s->dense.dims);
    if (s->dense.dims == NULL) return IC_MEMORY;
    memset(s->dense.dims, 0, (n + 1) * sizeof *s->dense.dims);
    s->dense.n_dims = n;
    uint64_t cells = 1, most = s->options->limits.cells;
    for (size_t d = 0; set->has_sizes && d < n; d++) { /* before anything of that size is made */
        uint64_t size = set->sizes[d];
        if (size != 0 && cells > most / size) {
            at(s, &set->size_place);
            return ic_fail(s->error, IC_LIMIT,
                           "the sizes multiply to more than %llu cells (limits={\"cells\": ...} allows more)",
                           (unsigned long long)most);
        }
        cells *= size;
    }
    for (size_t d = 0; d < n; d++) {
        const ic_stat_dim *from = &set->dims[set->has_ids ? set->ids[d] : d];
        ic_dense_dim *to = &s->dense.dims[d];
        if (!from->described && !(set->has_sizes && set->sizes[d] == 1)) {
            at(s, &set->place);
            return ic_fail(s->error, IC_FORMAT, "expected a description of dimension \"%s\"",
                           ic_quote(name, sizeof name, from->name, strlen(from->name)));
        }
        to->name = from->name;
        to->title = from->label == NULL ? NULL : ic_arena_text(&s->dataset->arena, from->label, strlen(from->label));
        if (from->label != NULL && to->title == NULL) return IC_MEMORY;
        to->said_time = from->said_time;
        IC_TRY(order(s, from, set->has_sizes ? set->sizes[d] : 0, set->has_sizes, to));
    }
    ic_status status = ic_dense_lay_out(&s->dense, s->dataset, s->options, s->error);
    if (status == IC_FORMAT || status == IC_LIMIT) at(s, set->has_sizes ? &set->size_place : &set->place);
    return status;
}

/* ---- what else it says --------------------------------------------------------------------------------------------- */

static ic_status say(ic_dataset *dataset, const char *name, const ic_text *text) {
    return text->length == 0 ? IC_OK : ic_dataset_say(dataset, name, text->text, text->length);
}

/* Whether the multiplier holds: where there is a label, it says "thousands" itself, unless there is a base. */
static int is_scaled(const ic_stat_code *about) {
    return about->multiplier != INT16_MIN && (about->base.length > 0 || about->unit.length == 0);
}

static ic_status power_text(ic_stat *s, const ic_stat_code *about, ic_text *power) {
    char text[16];
    int length = snprintf(text, sizeof text, "%d", about->multiplier);
    *power = (ic_text){ic_arena_text(&s->arena, text, (size_t)length), (uint32_t)length, 0};
    return power->text == NULL ? IC_MEMORY : IC_OK;
}

/* What the extension says about all values. */
static ic_status say_all(ic_stat *s, const ic_stat_code *all) {
    ic_dataset *dataset = s->dataset;
    const int scaled = is_scaled(all);
    ic_text power;
    IC_TRY(say(dataset, "unit", scaled ? &all->base : &all->unit));
    for (size_t i = 0; all->decimals >= 0 && i < dataset->series; i++) dataset->decimals[i] = all->decimals;
    if (!scaled) return IC_OK;
    IC_TRY(power_text(s, all, &power));
    return say(dataset, "multiplier", &power);
}

/* What is said about the codes of dimension `d` of the source, dimension `result` of the data set. */
static ic_status say_units(ic_stat *s, const ic_stat_dim *dim, size_t d, size_t result) {
    const ic_dense_dim *codes = &s->dense.dims[d];
    size_t n = s->dataset->dims[result].codes.count;
    int8_t *decimals = ic_arena_take(&s->arena, n + 1);
    ic_text *units = ic_arena_take(&s->arena, (n + 1) * sizeof *units);
    ic_text *powers = ic_arena_take(&s->arena, (n + 1) * sizeof *powers);
    if (decimals == NULL || units == NULL || powers == NULL) return IC_MEMORY;
    int has_units = 0, has_powers = 0, has_decimals = 0;
    memset(units, 0, (n + 1) * sizeof *units);
    memset(powers, 0, (n + 1) * sizeof *powers);
    memset(decimals, -1, n + 1);
    for (size_t p = 0; p < codes->codes.count; p++) {
        const ic_text *code = &codes->codes.items[p];
        uint32_t c = codes->places[p], number = ic_intern_find(&dim->codes, code->text, code->length);
        if (c == IC_ABSENT || number == IC_ABSENT) continue;
        const ic_stat_code *about = &dim->about[number];
        int scaled = is_scaled(about);
        units[c] = scaled ? about->base : about->unit;
        if (units[c].length == 0) units[c].text = NULL;
        decimals[c] = about->decimals;
        if (scaled) {
            IC_TRY(power_text(s, about, &powers[c]));
            has_powers |= about->multiplier != 0 || about->unit.length == 0;
        }
        has_units |= units[c].text != NULL;
        has_decimals |= decimals[c] >= 0;
    }
    if (has_units) IC_TRY(ic_dataset_say_by_code(s->dataset, result, "unit", units));
    if (has_powers) IC_TRY(ic_dataset_say_by_code(s->dataset, result, "multiplier", powers));
    if (has_decimals) ic_dataset_round(s->dataset, result, decimals);
    return IC_OK;
}

static ic_status say_children(ic_stat *s, const ic_stat_dim *dim, const char *name) {
    if (dim->children_length == 0) return IC_OK;
    char *full = ic_arena_take(&s->arena, strlen(name) + 16);
    if (full == NULL) return IC_MEMORY;
    memcpy(full, "children/", 9);
    memcpy(full + 9, name, strlen(name) + 1);
    return ic_dataset_say(s->dataset, full, dim->children, dim->children_length);
}

ic_status ic_stat_finish(ic_stat *s, ic_stat_set *set) {
    size_t result = 0;
    IC_TRY(say(s->dataset, "title", set->label.length > 0 ? &set->label : &set->title));
    IC_TRY(say(s->dataset, "source", &set->source));
    IC_TRY(say(s->dataset, "updated", &set->updated));
    IC_TRY(say(s->dataset, "href", &set->href));
    if (set->notes_length > 0) IC_TRY(ic_dataset_say(s->dataset, "notes", set->notes, set->notes_length));
    IC_TRY(say_all(s, &set->all));
    for (size_t d = 0; d < s->dense.n_dims; d++) {
        const ic_stat_dim *dim = &set->dims[set->has_ids ? set->ids[d] : d];
        int time = d == s->dense.time;
        IC_TRY(say_children(s, dim, time ? "time" : s->dataset->dims[result].name));
        if (!time) IC_TRY(say_units(s, dim, d, result++));
    }
    return IC_OK;
}
