/* One data set from the sinks of several threads. Everything here goes by run or by key, except the filling of positions. */
#include "core/base/parallel.h"
#include "core/read/sink.h"

#include <string.h>

/* Whether to go on: asked between the steps, and within those that go by run. */
static ic_status look_up(const ic_merge *m) {
    const ic_source *source = m->source;
    int stop =
        source->poll != NULL && source->poll(source->context, source->size == IC_SIZE_UNKNOWN ? 0 : source->size) != 0;
    return stop ? ic_fail(m->error, IC_STOPPED, "stopped") : IC_OK;
}

#define RUNS_BETWEEN_LOOKS 8192

/* ---- codes ---------------------------------------------------------------------------------------------- */

static ic_status merge_codes(ic_merge *m) {
    ic_dataset *dataset = m->dataset;
    for (size_t i = 0; i < m->n; i++) {
        for (size_t d = 0; d < dataset->n_dims; d++) {
            ic_dimension *local = &m->sinks[i].dims[d], *dim = &dataset->dims[d];
            uint32_t *map = ic_alloc(local->codes.count, sizeof *map);
            if (map == NULL) return IC_MEMORY;
            m->codes[i * dataset->n_dims + d] = map;
            for (size_t c = 0; c < local->codes.count; c++) {
                const ic_text *code = &local->codes.items[c];
                IC_TRY(ic_intern_add(&dim->codes, code->text, code->length, &map[c]));
                if (c < local->labels_capacity && local->labels[c].text != NULL)
                    IC_TRY(ic_dimension_label(dim, &dataset->arena, map[c], local->labels[c].text,
                                              local->labels[c].length));
            }
        }
    }
    return IC_OK;
}

/* ---- series ----------------------------------------------------------------------------------------------- */

/* Numbers the series by their first row: a key is a text, a series is its codes, and two keys can be the same series. */
static ic_status number_series(ic_merge *m) {
    ic_dataset *dataset = m->dataset;
    size_t n_dims = dataset->n_dims;
    ic_intern table = {0};
    ic_status status = IC_OK;
    uint32_t *codes = ic_alloc(n_dims, sizeof *codes);
    if (codes == NULL) return IC_MEMORY;
    for (size_t i = 0; i < m->n && status == IC_OK; i++) {
        ic_sink *sink = &m->sinks[i];
        uint32_t *known = ic_alloc(sink->keys, sizeof *known);
        m->run_series[i] = ic_alloc(sink->n_runs, sizeof **m->run_series);
        if (known == NULL || m->run_series[i] == NULL) {
            ic_free(known);
            status = IC_MEMORY;
            break;
        }
        memset(known, 0xFF, sink->keys * sizeof *known);
        for (size_t r = 0; r < sink->n_runs && status == IC_OK; r++) {
            uint32_t key = sink->runs[r].key;
            if (r % RUNS_BETWEEN_LOOKS == 0) status = look_up(m);
            if (known[key] == IC_ABSENT) {
                for (size_t d = 0; d < n_dims; d++)
                    codes[d] = m->codes[i * n_dims + d][sink->key_codes[key * n_dims + d]];
                if (status == IC_OK)
                    status = ic_intern_add(&table, (const char *)codes, n_dims * sizeof *codes, &known[key]);
            }
            m->run_series[i][r] = known[key];
        }
        ic_free(known);
    }
    dataset->series = table.count;
    dataset->series_codes = ic_alloc(table.count * n_dims, sizeof *codes);
    if (dataset->series_codes == NULL) status = IC_MEMORY;
    for (size_t s = 0; status == IC_OK && s < table.count; s++)
        if (n_dims > 0) memcpy(dataset->series_codes + s * n_dims, table.items[s].text, n_dims * sizeof *codes);
    ic_intern_free(&table);
    ic_free(codes);
    return status;
}

static ic_status merge_decimals(ic_merge *m) {
    ic_dataset *dataset = m->dataset;
    dataset->decimals = ic_alloc(dataset->series, 1);
    uint8_t *unrounded = ic_alloc_zeroed(dataset->series, 1);
    if (dataset->decimals == NULL || unrounded == NULL) {
        ic_free(unrounded);
        return IC_MEMORY;
    }
    memset(dataset->decimals, -1, dataset->series);
    for (size_t i = 0; i < m->n; i++) {
        for (size_t r = 0; r < m->sinks[i].n_runs; r++) {
            const ic_run *run = &m->sinks[i].runs[r];
            uint32_t s = m->run_series[i][r];
            if (run->decimals > dataset->decimals[s]) dataset->decimals[s] = run->decimals;
            unrounded[s] |= run->digits > IC_PRINTED_DIGITS;
        }
    }
    for (size_t s = 0; s < dataset->series; s++)
        if (unrounded[s]) dataset->decimals[s] = -1;
    ic_free(unrounded);
    return IC_OK;
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

typedef struct fill {
    ic_merge *merge;
    ic_columns *columns;
} fill;

/* Task 0, 1, 2: closes the gaps between the sinks' rows in one column. */
static void close_gaps(void *context, size_t task) {
    fill *f = context;
    ic_block *block = task == 0 ? &f->columns->values : task == 1 ? &f->columns->ordinals : &f->columns->flags;
    size_t size = task == 0 ? sizeof(double) : sizeof(int32_t), row = 0;
    for (size_t i = 0; i < f->merge->n; i++) {
        const ic_sink *sink = &f->merge->sinks[i];
        if (row != sink->base) ic_block_lower(block, row * size, sink->base * size, sink->used * size);
        row += sink->used;
    }
}

/* Task d: the positions of dimension d. */
static void fill_positions(void *context, size_t d) {
    ic_merge *m = ((fill *)context)->merge;
    ic_dataset *dataset = m->dataset;
    size_t row = 0;
    for (size_t i = 0; i < m->n; i++) {
        const ic_sink *sink = &m->sinks[i];
        const uint32_t *map = m->codes[i * dataset->n_dims + d];
        for (size_t r = 0; r < sink->n_runs; r++) {
            size_t length = ic_run_length(sink, r);
            uint32_t code = map[sink->key_codes[sink->runs[r].key * dataset->n_dims + d]];
            void *data = dataset->positions[d].data;
            switch (dataset->widths[d]) {
            case 1: memset((uint8_t *)data + row, (int)code, length); break;
            case 2:
                for (size_t k = 0; k < length; k++) ((uint16_t *)data)[row + k] = (uint16_t)code;
                break;
            default:
                for (size_t k = 0; k < length; k++) ((uint32_t *)data)[row + k] = code;
            }
            row += length;
        }
    }
}

static ic_status make_positions(ic_merge *m, fill *f) {
    ic_dataset *dataset = m->dataset;
    dataset->positions = ic_alloc_zeroed(dataset->n_dims, sizeof *dataset->positions);
    dataset->widths = ic_alloc_zeroed(dataset->n_dims, 1);
    if (dataset->positions == NULL || dataset->widths == NULL) return IC_MEMORY;
    for (size_t d = 0; d < dataset->n_dims; d++) {
        dataset->widths[d] = ic_width_for(dataset->dims[d].codes.count);
        IC_TRY(ic_block_make(&dataset->positions[d], m->total, dataset->widths[d]));
    }
    ic_parallel_for(dataset->n_dims, m->options->threads, fill_positions, f);
    return IC_OK;
}

static ic_status merge_frequencies(ic_merge *m) {
    ic_dataset *dataset = m->dataset;
    int mixed = 0;
    for (size_t i = 0; i < m->n; i++) {
        for (size_t r = 0; r < m->sinks[i].n_runs; r++) {
            char freq = m->sinks[i].runs[r].freq;
            if (dataset->freq == 0) dataset->freq = freq;
            mixed |= freq != dataset->freq;
        }
    }
    if (!mixed) return IC_OK;
    dataset->freq = 0;
    IC_TRY(ic_block_make(&dataset->freqs, m->total, 1));
    size_t row = 0;
    for (size_t i = 0; i < m->n; i++) {
        for (size_t r = 0; r < m->sinks[i].n_runs; r++) {
            size_t length = ic_run_length(&m->sinks[i], r);
            memset((char *)dataset->freqs.data + row, m->sinks[i].runs[r].freq, length);
            row += length;
        }
    }
    return IC_OK;
}

/* Takes the rows `drop` (ascending) out of a column. */
static void squeeze(void *data, size_t size, size_t rows, const uint64_t *drop, size_t n_drop) {
    size_t to = n_drop == 0 ? rows : (size_t)drop[0];
    for (size_t k = 0; k < n_drop; k++) {
        size_t from = (size_t)drop[k] + 1, until = k + 1 < n_drop ? (size_t)drop[k + 1] : rows;
        memmove((char *)data + to * size, (char *)data + from * size, (until - from) * size);
        to += until - from;
    }
}

static void drop_rows(ic_merge *m, const uint64_t *drop, size_t n_drop) {
    ic_dataset *dataset = m->dataset;
    for (size_t d = 0; d < dataset->n_dims; d++)
        squeeze(dataset->positions[d].data, dataset->widths[d], m->total, drop, n_drop);
    squeeze(dataset->ordinals.data, sizeof(int32_t), m->total, drop, n_drop);
    squeeze(dataset->values.data, sizeof(double), m->total, drop, n_drop);
    if (dataset->flags.data != NULL) squeeze(dataset->flags.data, sizeof(uint32_t), m->total, drop, n_drop);
    if (dataset->freqs.data != NULL) squeeze(dataset->freqs.data, 1, m->total, drop, n_drop);
    for (size_t a = 0; a < dataset->n_attributes; a++)
        if (dataset->attributes[a].rows != NULL)
            squeeze(dataset->attributes[a].rows, sizeof(uint32_t), m->total, drop, n_drop);
    dataset->rows = m->total - n_drop;
}

static ic_status merge(ic_merge *m, ic_columns *columns) {
    ic_dataset *dataset = m->dataset;
    fill f = {m, columns};
    uint32_t any_flags = 0;
    for (size_t i = 0; i < m->n; i++) any_flags |= m->sinks[i].any_flags;
    ic_parallel_for(any_flags != 0 ? 3 : 2, m->options->threads, close_gaps, &f);
    ic_block_trim(&columns->ordinals, m->total * sizeof(int32_t));
    ic_block_trim(&columns->values, m->total * sizeof(double));
    ic_block_trim(&columns->flags, m->total * sizeof(uint32_t));
    if (any_flags == 0) ic_block_free(&columns->flags);
    m->ordinals = columns->ordinals.data;
    IC_TRY(merge_codes(m));
    IC_TRY(number_series(m));
    IC_TRY(merge_decimals(m));
    uint64_t *drop = NULL;
    size_t n_drop = 0;
    ic_status status = ic_merge_duplicates(m, columns->values.data, columns->flags.data, &drop, &n_drop);
    if (status == IC_OK) status = look_up(m);
    if (status == IC_OK) status = make_positions(m, &f);
    if (status == IC_OK) status = look_up(m);
    if (status == IC_OK) status = merge_frequencies(m);
    if (status == IC_OK) status = ic_merge_attributes(m);
    if (status == IC_OK) status = look_up(m);
    if (status == IC_OK) {
        dataset->ordinals = columns->ordinals;
        dataset->values = columns->values;
        dataset->flags = columns->flags;
        *columns = (ic_columns){0};
        dataset->rows = m->total;
        if (n_drop > 0) drop_rows(m, drop, n_drop);
    }
    ic_free(drop);
    return status;
}

ic_status ic_sink_notes(ic_dataset *dataset, const ic_sink *sink) {
    for (int c = 0; c < 256; c++) {
        char letter = (char)c;
        IC_TRY(ic_dataset_note(dataset, "unknown_flags", &letter, 1, sink->unknown_marks[c]));
    }
    for (size_t k = 0; k < sink->aside.n_notes; k++) {
        const ic_note *note = &sink->aside.notes[k];
        IC_TRY(ic_dataset_note(dataset, note->name, note->text, strlen(note->text), note->count));
    }
    return IC_OK;
}

static ic_status merge_notes(ic_merge *m) {
    for (size_t i = 0; i < m->n; i++) IC_TRY(ic_sink_notes(m->dataset, &m->sinks[i]));
    return IC_OK;
}

ic_status ic_sinks_merge(ic_dataset *dataset, ic_columns *columns, ic_sink *sinks, size_t n, const ic_options *options,
                         const ic_source *source, uint64_t first_line, ic_error *error) {
    ic_merge m = {.dataset = dataset,
                  .sinks = sinks,
                  .n = n,
                  .options = options,
                  .source = source,
                  .first_line = first_line,
                  .error = error};
    for (size_t i = 0; i < n; i++) m.total += sinks[i].used;
    m.codes = ic_alloc_zeroed(n * dataset->n_dims, sizeof *m.codes);
    m.run_series = ic_alloc_zeroed(n, sizeof *m.run_series);
    ic_status status = m.codes == NULL || m.run_series == NULL ? IC_MEMORY : merge(&m, columns);
    if (status == IC_OK) status = merge_notes(&m);
    for (size_t i = 0; m.codes != NULL && i < n * dataset->n_dims; i++) ic_free(m.codes[i]);
    for (size_t i = 0; m.run_series != NULL && i < n; i++) ic_free(m.run_series[i]);
    ic_free(m.codes);
    ic_free(m.run_series);
    return status == IC_MEMORY ? ic_fail_memory(error) : status;
}
