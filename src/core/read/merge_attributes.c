/* Attributes find their level: one value for the whole file, one per series, or one per row. */
#include "core/read/sink.h"

#include <string.h>

static int wanted(const ic_options *options, const char *name) {
    for (size_t i = 0; i < options->attributes.count; i++)
        if (strcmp(options->attributes.texts[i], name) == 0) return 1;
    return 0;
}

/* Calls for every run, in order: its value of attribute `a` as a number in the data set's table. */
typedef struct walk {
    ic_merge *merge;
    size_t a;
    uint32_t **maps; /* per sink: local value -> value */
} walk;

static uint32_t value_of(const walk *w, size_t i, size_t r) {
    const ic_sink *sink = &w->merge->sinks[i];
    uint32_t local = sink->tail_numbers[sink->runs[r].tail * sink->n_attributes + w->a];
    return local == IC_ABSENT ? IC_ABSENT : w->maps[i][local];
}

static ic_level level_of(const walk *w, uint32_t *by_series) {
    const ic_merge *m = w->merge;
    int one = 1, seen = 0, by_row = 0;
    uint32_t first = IC_ABSENT;
    uint8_t *met = (uint8_t *)(by_series + m->dataset->series); /* the caller made room for both */
    memset(met, 0, m->dataset->series);
    for (size_t i = 0; i < m->n; i++) {
        for (size_t r = 0; r < m->sinks[i].n_runs; r++) {
            uint32_t value = value_of(w, i, r), s = m->run_series[i][r];
            if (!seen) first = value;
            seen = 1;
            one &= value == first;
            by_row |= met[s] && by_series[s] != value;
            by_series[s] = value;
            met[s] = 1;
        }
    }
    return by_row ? IC_LEVEL_ROW : one ? IC_LEVEL_DATASET : IC_LEVEL_SERIES;
}

static ic_status fill_rows(const walk *w, ic_attribute *attribute) {
    const ic_merge *m = w->merge;
    size_t row = 0;
    attribute->rows = ic_alloc(m->total, sizeof *attribute->rows);
    if (attribute->rows == NULL) return IC_MEMORY;
    for (size_t i = 0; i < m->n; i++) {
        for (size_t r = 0; r < m->sinks[i].n_runs; r++) {
            uint32_t value = value_of(w, i, r);
            for (size_t k = ic_run_length(&m->sinks[i], r); k > 0; k--) attribute->rows[row++] = value;
        }
    }
    return IC_OK;
}

static ic_status place(const walk *w, ic_attribute *attribute) {
    const ic_merge *m = w->merge;
    size_t series = m->dataset->series;
    if (wanted(m->options, attribute->name)) IC_TRY(fill_rows(w, attribute));
    uint32_t *by_series = ic_alloc(series + (series + 3) / 4, sizeof *by_series);
    if (by_series == NULL) return IC_MEMORY;
    attribute->level = level_of(w, by_series);
    if (attribute->level == IC_LEVEL_SERIES) {
        attribute->numbers = by_series;
        return IC_OK;
    }
    if (attribute->level == IC_LEVEL_DATASET) {
        attribute->numbers = ic_alloc(1, sizeof *attribute->numbers);
        if (attribute->numbers != NULL) attribute->numbers[0] = series == 0 ? IC_ABSENT : by_series[0];
    }
    ic_free(by_series); /* varies by row: the reader's caller learns its name and level */
    return attribute->level == IC_LEVEL_DATASET && attribute->numbers == NULL ? IC_MEMORY : IC_OK;
}

static ic_status merge_one(ic_merge *m, size_t a, uint32_t **maps) {
    ic_attribute *attribute = &m->dataset->attributes[a];
    for (size_t i = 0; i < m->n; i++) {
        if (m->sinks[i].varied[a]) {
            attribute->level = IC_LEVEL_ROW;
            return IC_OK;
        }
    }
    for (size_t i = 0; i < m->n; i++) {
        const ic_intern *local = &m->sinks[i].attributes[a];
        maps[i] = ic_alloc(local->count, sizeof **maps);
        if (maps[i] == NULL) return IC_MEMORY;
        for (size_t v = 0; v < local->count; v++)
            IC_TRY(ic_intern_add(&attribute->values, local->items[v].text, local->items[v].length, &maps[i][v]));
    }
    if (attribute->values.count > IC_VALUES_MOST && !wanted(m->options, attribute->name)) {
        ic_intern_free(&attribute->values); /* too many in all, whatever they were in each sink */
        attribute->level = IC_LEVEL_ROW;
        return IC_OK;
    }
    walk w = {m, a, maps};
    return place(&w, attribute);
}

ic_status ic_merge_attributes(ic_merge *m) {
    uint32_t **maps = ic_alloc_zeroed(m->n, sizeof *maps);
    ic_status status = maps == NULL ? IC_MEMORY : IC_OK;
    for (size_t a = 0; a < m->dataset->n_attributes && status == IC_OK; a++) {
        status = merge_one(m, a, maps);
        for (size_t i = 0; i < m->n; i++) {
            ic_free(maps[i]);
            maps[i] = NULL;
        }
    }
    ic_free(maps);
    return status;
}
