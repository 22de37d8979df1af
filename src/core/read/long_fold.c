/* Rows of long tables folded into cells: a group is the codes of a key as they have become, at one frequency; x is the
   period. */
#include "core/base/memory.h"
#include "core/read/long.h"

#include <string.h>

typedef ic_long_part part;

#define VARIES  (IC_ABSENT - 1)  /* an attribute that says this and that */
#define DROPPED (IC_REFUSED - 1) /* in the place of a group */

static int is_unit(const char *name) {
    static const char *const names[] = {"UNIT_MEASURE", "UNIT", "unit", "UNIT_MULT", "UNIT_MULTIPLIER", "multiplier"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) return 1;
    return 0;
}

ic_status ic_long_fold_open(part *p) {
    const ic_long_plan *plan = p->plan;
    p->units = ic_alloc(plan->n_attributes, sizeof *p->units);
    p->constants = ic_alloc(plan->n_attributes, sizeof *p->constants);
    p->decimals = -1;
    if (p->units == NULL || p->constants == NULL || ic_fold_open(&p->fold, p->folding) != IC_OK) return IC_MEMORY;
    for (size_t i = 0; i < plan->n_columns && p->folding->asked->rule != IC_RULE_COUNT; i++)
        if (plan->columns[i].attribute != IC_NO_ATTRIBUTE && is_unit(plan->columns[i].name))
            p->units[p->fold.n_units++] = plan->columns[i].attribute;
    return IC_OK;
}

void ic_long_fold_close(part *p) {
    ic_fold_close(&p->fold);
    ic_free(p->groups);
    ic_free(p->group_freqs);
    ic_free(p->units);
    ic_free(p->constants);
}

/* ---- groups -------------------------------------------------------------------------------------------------------- */

static ic_status make_group(part *p, const ic_run *run, uint32_t *group) {
    ic_fold *fold = &p->fold;
    const ic_fold_plan *plan = p->folding;
    const uint32_t *codes = p->sink.key_codes + run->key * p->sink.n_dims;
    for (size_t d = 0; d < plan->n_dims; d++) {
        *group = ic_fold_code(fold, d, codes[d]);
        if (*group == IC_ABSENT) *group = DROPPED; /* a measure: codes of columns were looked at before */
        if (*group == IC_REFUSED || *group == DROPPED) return IC_OK;
        if (plan->dims[d].kept != IC_GONE) fold->key[plan->dims[d].kept] = (int32_t)*group;
    }
    fold->key[plan->n_kept] = 0;
    fold->key[plan->n_kept + 1] = run->freq;
    return ic_fold_group(fold, group);
}

static ic_status room_for_groups(part *p) {
    void *groups = p->groups, *freqs = p->group_freqs;
    ic_status status = ic_grow(&groups, &p->group_room, p->sink.keys, sizeof *p->groups);
    p->groups = groups;
    IC_TRY(status);
    status = ic_grow(&freqs, &p->freq_room, p->sink.keys, 1);
    p->group_freqs = freqs;
    IC_TRY(status);
    memset(p->groups + p->n_groups, 0xFF, (p->sink.keys - p->n_groups) * sizeof *p->groups);
    p->n_groups = p->sink.keys;
    return IC_OK;
}

static ic_status group_of(part *p, const ic_run *run, uint32_t *group) {
    if (run->key >= p->n_groups) IC_TRY(room_for_groups(p));
    if (p->groups[run->key] == IC_ABSENT || p->group_freqs[run->key] != run->freq) {
        IC_TRY(make_group(p, run, &p->groups[run->key]));
        p->group_freqs[run->key] = run->freq;
    }
    *group = p->groups[run->key];
    return IC_OK;
}

static ic_status refuse(part *p, const ic_run *run, size_t rows) {
    const uint32_t *codes = p->sink.key_codes + run->key * p->sink.n_dims;
    for (size_t d = 0; d < p->folding->n_dims; d++)
        if (ic_fold_code(&p->fold, d, codes[d]) == IC_REFUSED) IC_TRY(ic_fold_refuse(&p->fold, d, codes[d], rows));
    return IC_OK;
}

/* ---- attributes ------------------------------------------------------------------------------------------------ */

/* What is the same in all rows is kept; units must be the same in all rows of a group. */
static void see_tails(part *p) {
    const size_t n = p->sink.n_attributes;
    for (size_t t = p->tails_seen; t < p->sink.tails; t++) {
        const uint32_t *numbers = p->sink.tail_numbers + t * n;
        if (!p->any_tail)
            memcpy(p->constants, numbers, n * sizeof *numbers);
        else
            for (size_t a = 0; a < n; a++)
                if (p->constants[a] != numbers[a]) p->constants[a] = VARIES;
        p->any_tail = 1;
    }
    p->tails_seen = p->sink.tails;
}

static ic_status see_units(part *p, const ic_run *run, uint32_t group) {
    for (size_t u = 0; u < p->fold.n_units; u++) {
        const size_t a = p->units[u];
        const uint32_t text = p->sink.tail_numbers[run->tail * p->sink.n_attributes + a];
        uint32_t before;
        if (text == IC_ABSENT) continue;
        IC_TRY(ic_fold_unit(&p->fold, group, u, text, &before));
        if (before == IC_ABSENT || before == text) continue;
        const ic_text *one = &p->sink.attributes[a].items[before], *other = &p->sink.attributes[a].items[text];
        char first[60], second[60], *name = "";
        for (size_t i = 0; i < p->plan->n_columns; i++)
            if (p->plan->columns[i].attribute == a) name = (char *)p->plan->columns[i].name;
        return ic_fail(&p->error, IC_ARGUMENT, "rows of %s \"%s\" and \"%s\" would be added up", name,
                       ic_quote(first, sizeof first, one->text, one->length),
                       ic_quote(second, sizeof second, other->text, other->length));
    }
    return IC_OK;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static ic_status fold_run(part *p, size_t r) {
    const ic_run *run = &p->sink.runs[r];
    const size_t from = p->sink.base + (size_t)run->row, n = ic_run_length(&p->sink, r);
    const uint32_t *flags = p->sink.any_flags != 0 ? (const uint32_t *)p->columns->flags.data + from : NULL;
    uint32_t group;
    IC_TRY(group_of(p, run, &group));
    if (group == DROPPED) return IC_OK;
    if (group == IC_REFUSED) return refuse(p, run, n);
    if (p->fold.n_units > 0) IC_TRY(see_units(p, run, group));
    if (run->decimals > p->decimals) p->decimals = run->decimals;
    if (run->digits > p->digits) p->digits = run->digits;
    return ic_fold_rows(&p->fold, group, (const int32_t *)p->columns->ordinals.data + from, 0,
                        (const double *)p->columns->values.data + from, flags, n);
}

static ic_status fold_runs(part *p) {
    for (size_t d = 0; d < p->folding->n_dims; d++) IC_TRY(ic_fold_learn(&p->fold, d, &p->sink.dims[d].codes));
    see_tails(p);
    for (size_t r = 0; r < p->sink.n_runs; r++) IC_TRY(fold_run(p, r));
    return IC_OK;
}

ic_status ic_long_fold(part *p) {
    const ic_status status = fold_runs(p);
    ic_sink *sink = &p->sink;
    if (status == IC_MEMORY) return ic_fail_memory(&p->error);
    if (status == IC_ARGUMENT) return status;
    if (status != IC_OK || p->fold.cells.count > p->options->limits.cells)
        return ic_fail(&p->error, IC_LIMIT, "%zu cells of %llu rows (limits={\"cells\": ...} allows more cells)",
                       p->fold.cells.count, (unsigned long long)p->fold.rows);
    sink->used = sink->n_runs = 0;
    sink->any_flags = 0;
    p->run_open = 0;
    if (p->key_texts.count > IC_FOLD_KEYS) {
        ic_intern_free(&p->key_texts);
        sink->keys = p->n_groups = 0;
        p->key = IC_ABSENT;
    }
    if (sink->tails > IC_FOLD_KEYS) {
        ic_intern_free(&p->tail_texts);
        sink->tails = p->tails_seen = 0;
        p->tail = IC_ABSENT;
    }
    return IC_OK;
}

/* ---- the result -------------------------------------------------------------------------------------------------- */

static ic_status copy_texts(ic_intern *to, const ic_intern *from, uint32_t *map) {
    for (size_t c = 0; c < from->count; c++)
        IC_TRY(ic_intern_add(to, from->items[c].text, from->items[c].length, &map[c]));
    return IC_OK;
}

/* One attribute, of all parts: their units in the data set's numbers, and what is the same in all rows. */
static ic_status merge_attribute(part *parts, size_t n, ic_dataset *dataset, size_t a, size_t unit) {
    ic_attribute *attribute = &dataset->attributes[a];
    uint32_t constant = VARIES;
    int any = 0;
    attribute->level = IC_LEVEL_ROW;
    for (size_t i = 0; i < n; i++) {
        part *p = &parts[i];
        const ic_intern *values = &p->sink.attributes[a];
        uint32_t *map = ic_alloc(values->count, sizeof *map);
        const ic_status status = map == NULL ? IC_MEMORY : copy_texts(&attribute->values, values, map);
        if (status == IC_OK && p->any_tail) {
            const uint32_t here = p->constants[a] < values->count ? map[p->constants[a]] : p->constants[a];
            constant = !any || constant == here ? here : VARIES;
            any = 1;
        }
        for (size_t k = unit; status == IC_OK && k < p->fold.unit_room; k += p->fold.n_units)
            if (p->fold.units[k] != IC_ABSENT) p->fold.units[k] = map[p->fold.units[k]];
        ic_free(map);
        IC_TRY(status);
    }
    if (unit != SIZE_MAX || constant == VARIES || constant == IC_ABSENT) return IC_OK;
    attribute->level = IC_LEVEL_DATASET;
    attribute->numbers = ic_alloc(1, sizeof *attribute->numbers);
    if (attribute->numbers == NULL) return IC_MEMORY;
    attribute->numbers[0] = constant;
    return IC_OK;
}

static ic_status merge_attributes(part *parts, size_t n, ic_dataset *dataset) {
    for (size_t a = 0; a < dataset->n_attributes; a++) {
        size_t unit = SIZE_MAX;
        for (size_t u = 0; u < parts[0].fold.n_units; u++)
            if (parts[0].units[u] == a) unit = u;
        IC_TRY(merge_attribute(parts, n, dataset, a, unit));
    }
    return IC_OK;
}

static ic_status merge_notes(const part *parts, size_t n, ic_dataset *dataset) {
    for (size_t i = 0; i < n; i++) IC_TRY(ic_sink_notes(dataset, &parts[i].sink));
    return IC_OK;
}

static int8_t decimals_of(const part *parts, size_t n) {
    int8_t decimals = -1;
    uint8_t digits = 0;
    for (size_t i = 0; i < n; i++) {
        if (parts[i].decimals > decimals) decimals = parts[i].decimals;
        if (parts[i].digits > digits) digits = parts[i].digits;
    }
    if (digits > IC_PRINTED_DIGITS) decimals = -1;
    ic_rule_decimals(parts->folding->asked->rule, &decimals);
    return decimals;
}

static ic_status merge(part *parts, size_t n, ic_dataset *dataset, ic_fold_end *end, ic_fold **folds,
                       const ic_intern **codes, const ic_dimension **labels) {
    const size_t n_dims = end->plan->n_dims;
    for (size_t i = 0; i < n; i++) {
        folds[i] = &parts[i].fold;
        for (size_t d = 0; d < n_dims; d++) {
            labels[i * n_dims + d] = &parts[i].sink.dims[d];
            codes[i * n_dims + d] = &parts[i].sink.dims[d].codes;
        }
    }
    IC_TRY(merge_attributes(parts, n, dataset));
    IC_TRY(merge_notes(parts, n, dataset));
    const ic_source *source = parts->source;
    if (source->poll != NULL && source->poll(source->context, source->size == IC_SIZE_UNKNOWN ? 0 : source->size) != 0)
        return ic_fail(end->error, IC_STOPPED, "stopped");
    end->folds = folds;
    end->codes = codes;
    end->labels = labels;
    return ic_folds_merge(end);
}

ic_status ic_long_folds_merge(part *parts, size_t n, ic_dataset *dataset, ic_error *error) {
    ic_fold_end end = {.plan = parts->folding,
                       .n = n,
                       .x_dim = IC_GONE,
                       .x_time = parts->plan->has_time,
                       .units = parts->units,
                       .by_series = 1,
                       .decimals = decimals_of(parts, n),
                       .options = parts->options,
                       .dataset = dataset,
                       .error = error};
    ic_fold **folds = ic_alloc(n, sizeof *folds);
    const ic_intern **codes = ic_alloc(n * end.plan->n_dims, sizeof *codes);
    const ic_dimension **labels = ic_alloc(n * end.plan->n_dims, sizeof *labels);
    ic_status status = folds == NULL || codes == NULL || labels == NULL
                           ? IC_MEMORY
                           : merge(parts, n, dataset, &end, folds, codes, labels);
    ic_free(folds);
    ic_free(codes);
    ic_free(labels);
    if (status == IC_OK && !dataset->has_time) dataset->freq = 0;
    return status == IC_MEMORY ? ic_fail_memory(error) : status;
}
