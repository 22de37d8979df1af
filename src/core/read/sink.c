#include "core/read/sink.h"

#include <string.h>

ic_status ic_columns_make(ic_columns *columns, size_t rows) {
    *columns = (ic_columns){0};
    ic_status status = ic_block_make(&columns->ordinals, rows, sizeof(int32_t));
    if (status == IC_OK) status = ic_block_make(&columns->values, rows, sizeof(double));
    if (status == IC_OK) status = ic_block_make(&columns->flags, rows, sizeof(uint32_t));
    if (status != IC_OK) ic_columns_free(columns);
    columns->room = rows;
    return status;
}

ic_status ic_columns_grow(ic_columns *columns, size_t used, size_t rows) {
    if (rows > PTRDIFF_MAX / sizeof(double)) return IC_MEMORY;
    IC_TRY(ic_block_grow(&columns->ordinals, used * sizeof(int32_t), rows * sizeof(int32_t)));
    IC_TRY(ic_block_grow(&columns->values, used * sizeof(double), rows * sizeof(double)));
    IC_TRY(ic_block_grow(&columns->flags, used * sizeof(uint32_t), rows * sizeof(uint32_t)));
    columns->room = rows;
    return IC_OK;
}

void ic_columns_free(ic_columns *columns) {
    ic_block_free(&columns->ordinals);
    ic_block_free(&columns->values);
    ic_block_free(&columns->flags);
}

ic_status ic_sink_open(ic_sink *sink, size_t n_dims, size_t n_attributes) {
    *sink = (ic_sink){0};
    sink->n_dims = n_dims;
    sink->n_attributes = n_attributes;
    sink->dims = ic_alloc_zeroed(n_dims, sizeof *sink->dims);
    sink->attributes = ic_alloc_zeroed(n_attributes, sizeof *sink->attributes);
    sink->varied = ic_alloc_zeroed(n_attributes, 1);
    return sink->dims != NULL && sink->attributes != NULL && sink->varied != NULL ? IC_OK : IC_MEMORY;
}

void ic_sink_close(ic_sink *sink) {
    for (size_t d = 0; sink->dims != NULL && d < sink->n_dims; d++) {
        ic_intern_free(&sink->dims[d].codes);
        ic_free(sink->dims[d].labels);
    }
    for (size_t a = 0; sink->attributes != NULL && a < sink->n_attributes; a++) ic_intern_free(&sink->attributes[a]);
    ic_free(sink->dims);
    ic_free(sink->attributes);
    ic_free(sink->varied);
    ic_free(sink->key_codes);
    ic_free(sink->tail_numbers);
    ic_free(sink->runs);
    ic_arena_free(&sink->arena);
    ic_dataset_free(&sink->aside);
    *sink = (ic_sink){0};
}

/* Appends `width` numbers to a table of such rows; gives the new row's number. */
static ic_status append(uint32_t **table, size_t *rows, size_t *room, size_t width, const uint32_t *numbers,
                        uint32_t *number) {
    void *grown = *table;
    if (*rows >= IC_ABSENT) return IC_LIMIT;
    ic_status status = ic_grow(&grown, room, *rows + 1, (width == 0 ? 1 : width) * sizeof **table);
    *table = grown;
    IC_TRY(status);
    if (width > 0) memcpy(*table + *rows * width, numbers, width * sizeof **table);
    *number = (uint32_t)(*rows)++;
    return IC_OK;
}

ic_status ic_sink_key(ic_sink *sink, const uint32_t *codes, uint32_t *key) {
    return append(&sink->key_codes, &sink->keys, &sink->key_room, sink->n_dims, codes, key);
}

ic_status ic_sink_tail(ic_sink *sink, const uint32_t *numbers, uint32_t *tail) {
    return append(&sink->tail_numbers, &sink->tails, &sink->tail_room, sink->n_attributes, numbers, tail);
}

ic_status ic_sink_run(ic_sink *sink, uint32_t key, uint32_t tail, char freq, uint64_t line) {
    void *runs = sink->runs;
    ic_status status = ic_grow(&runs, &sink->run_room, sink->n_runs + 1, sizeof *sink->runs);
    sink->runs = runs;
    IC_TRY(status);
    sink->runs[sink->n_runs++] = (ic_run){.row = sink->used,
                                          .line = line,
                                          .step = 1,
                                          .key = key,
                                          .tail = tail,
                                          .first = INT32_MIN,
                                          .last = INT32_MIN,
                                          .freq = freq,
                                          .rising = 1,
                                          .decimals = -1};
    return IC_OK;
}
