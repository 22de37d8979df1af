/* Keys that are there twice. A series that comes once, with rising periods, has none, and that is nearly every series:
   only the rows of the others are looked at one by one. */
#include "core/period/period.h"
#include "core/read/sink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct place {
    uint32_t series;
    char freq;
    int32_t ordinal;
    uint64_t row;
} place;

static int by_key_then_row(const void *x, const void *y) {
    const place *a = x, *b = y;
    if (a->series != b->series) return a->series < b->series ? -1 : 1;
    if (a->freq != b->freq) return a->freq < b->freq ? -1 : 1;
    if (a->ordinal != b->ordinal) return a->ordinal < b->ordinal ? -1 : 1;
    return a->row < b->row ? -1 : a->row > b->row;
}

static int by_number(const void *x, const void *y) {
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return a < b ? -1 : a > b;
}

typedef struct past {
    int32_t last;
    char freq; /* 0: not seen yet */
    char doubtful;
} past;

/* Marks the doubtful series; gives the number of their rows. */
static size_t doubt(ic_merge *m, past *series) {
    size_t rows = 0;
    for (size_t i = 0; i < m->n; i++) {
        for (size_t r = 0; r < m->sinks[i].n_runs; r++) {
            const ic_run *run = &m->sinks[i].runs[r];
            past *s = &series[m->run_series[i][r]];
            if (!run->rising || (s->freq != 0 && (s->freq != run->freq || run->first <= s->last))) s->doubtful = 1;
            s->freq = run->freq;
            s->last = run->last;
        }
    }
    for (size_t i = 0; i < m->n; i++)
        for (size_t r = 0; r < m->sinks[i].n_runs; r++)
            if (series[m->run_series[i][r]].doubtful) rows += ic_run_length(&m->sinks[i], r);
    return rows;
}

static void collect(ic_merge *m, const past *series, place *places) {
    size_t row = 0, n = 0;
    for (size_t i = 0; i < m->n; i++) {
        for (size_t r = 0; r < m->sinks[i].n_runs; r++) {
            uint32_t s = m->run_series[i][r];
            size_t length = ic_run_length(&m->sinks[i], r);
            for (size_t k = 0; series[s].doubtful && k < length; k++)
                places[n++] = (place){s, m->sinks[i].runs[r].freq, m->ordinals[row + k], row + k};
            row += length;
        }
    }
}

static int same_key(const place *a, const place *b) {
    return a->series == b->series && a->freq == b->freq && a->ordinal == b->ordinal;
}

/* One group of rows with the same key: which of them go, and what the one that stays becomes. */
static void settle(const place *group, size_t n, ic_duplicates rule, double *values, uint32_t *flags, uint64_t *drop,
                   size_t *n_drop) {
    size_t keep = rule == IC_DUPLICATES_LAST ? n - 1 : 0;
    for (size_t k = 0; k < n; k++)
        if (k != keep) drop[(*n_drop)++] = group[k].row;
    if (rule != IC_DUPLICATES_SUM) return;
    for (size_t k = 1; k < n; k++) {
        values[group[0].row] += values[group[k].row];
        if (flags != NULL) flags[group[0].row] |= flags[group[k].row];
    }
}

/* The line of a row, counted over all sinks. */
static uint64_t line_of(const ic_merge *m, uint64_t row) {
    uint64_t line = m->first_line;
    for (size_t i = 0; i < m->n; i++) {
        const ic_sink *sink = &m->sinks[i];
        if (row < sink->used) {
            size_t low = 0, high = sink->n_runs;
            while (high - low > 1) {
                size_t middle = low + (high - low) / 2;
                if (sink->runs[middle].row <= row)
                    low = middle;
                else
                    high = middle;
            }
            return line + sink->runs[low].line + (row - sink->runs[low].row) * sink->runs[low].step;
        }
        row -= sink->used;
        line += sink->lines;
    }
    return line;
}

/* Says what is there twice: the codes, the period, both lines. */
static ic_status twice(ic_merge *m, const place *earlier, const place *later) {
    char key[IC_MESSAGE_SIZE / 2], code[40];
    size_t used = 0;
    key[0] = '\0';
    for (size_t i = 0, row = 0; i < m->n; row += m->sinks[i++].used) {
        const ic_sink *sink = &m->sinks[i];
        if (later->row < row || later->row >= row + sink->used) continue;
        size_t r = 0;
        while (r + 1 < sink->n_runs && sink->runs[r + 1].row <= later->row - row) r++;
        for (size_t d = 0; d < sink->n_dims && used < sizeof key; d++) {
            const ic_text *text = &sink->dims[d].codes.items[sink->key_codes[sink->runs[r].key * sink->n_dims + d]];
            ic_quote(code, sizeof code, text->text, text->length);
            int n =
                snprintf(key + used, sizeof key - used, "%s%s=%s", d == 0 ? "" : ", ", m->dataset->dims[d].name, code);
            used += n < 0 ? 0 : (size_t)n;
        }
    }
    char period[IC_PERIOD_TEXT] = "";
    if (m->dataset->has_time) ic_period_format(later->freq, later->ordinal, period);
    m->error->line = line_of(m, later->row);
    m->error->column = 1;
    return ic_fail(
        m->error, IC_FORMAT,
        "%s%s%s is there twice, on line %llu and line %llu (duplicates=\"first\", \"last\" or \"sum\" settles it)", key,
        period[0] == '\0' || used == 0 ? "" : ", ", period, (unsigned long long)line_of(m, earlier->row),
        (unsigned long long)m->error->line);
}

ic_status ic_merge_duplicates(ic_merge *m, double *values, uint32_t *flags, uint64_t **drop, size_t *n_drop) {
    ic_status status = IC_OK;
    past *series = ic_alloc_zeroed(m->dataset->series, sizeof *series);
    if (series == NULL) return IC_MEMORY;
    size_t rows = doubt(m, series);
    place *places = rows == 0 ? NULL : ic_alloc(rows, sizeof *places);
    if (rows > 0 && places == NULL) status = IC_MEMORY;
    if (places != NULL) {
        collect(m, series, places);
        qsort(places, rows, sizeof *places, by_key_then_row);
        size_t extra = 0, second = 0; /* the later of the pair that comes first in the file */
        for (size_t k = 1; k < rows; k++) {
            if (!same_key(&places[k - 1], &places[k])) continue;
            if (extra++ == 0 || places[k].row < places[second].row) second = k;
        }
        if (extra > 0 && m->options->duplicates == IC_DUPLICATES_ERROR)
            status = twice(m, &places[second - 1], &places[second]);
        if (extra > 0 && status == IC_OK) {
            *drop = ic_alloc(extra, sizeof **drop);
            if (*drop == NULL) status = IC_MEMORY;
            for (size_t k = 0, end; k < rows && status == IC_OK; k = end) {
                for (end = k + 1; end < rows && same_key(&places[k], &places[end]);) end++;
                if (end - k > 1) settle(&places[k], end - k, m->options->duplicates, values, flags, *drop, n_drop);
            }
            if (status == IC_OK) qsort(*drop, *n_drop, sizeof **drop, by_number);
        }
    }
    ic_free(places);
    ic_free(series);
    return status;
}
