/* px with KEYS: every row names its place by the texts of the STUB, and rows may be left out. */
#include "core/read/px.h"

#include <math.h>
#include <string.h>

typedef struct rows {
    ic_px_table *table;
    ic_px_reader reader;
    uint64_t width;   /* cells of a row */
    uint64_t *places; /* per row that there can be: where it stands in the file, + 1 */
    uint64_t *lines;  /* ... on which line; where a place can't be looked up later */
    const char *at;
    ic_intern keys[IC_PX_DIMS];
    char *decoded;
    size_t room;
    double values[IC_PX_CHUNK];
    uint32_t flags[IC_PX_CHUNK];
    int8_t decimals[IC_PX_CHUNK];
    uint8_t digits[IC_PX_CHUNK];
} rows;

static ic_status unclosed(rows *r) {
    ic_px_reader_at(&r->reader, r->at);
    return ic_fail(&r->reader.error, IC_FORMAT, "this quote is never closed");
}

/* Skips separators; 0: the data have ended. */
static ic_status next_cell(rows *r, int *there) {
    for (;;) {
        while (r->at < r->reader.end && ic_px_separates(r->table, *r->at)) r->at++;
        *there = r->at < r->reader.end;
        if (*there && ic_px_cell_end(r->table, r->at, r->reader.end) != NULL) return IC_OK;
        if (r->reader.window.finished) return *there ? unclosed(r) : IC_OK;
        IC_TRY(ic_px_reader_fill(&r->reader, r->at));
        r->at = r->reader.window.begin;
    }
}

static ic_status cut_short(rows *r, const char *what, uint64_t got, uint64_t wanted) {
    ic_px_reader_at(&r->reader, r->reader.window.end - (r->reader.window.unended ? 1 : 0));
    return ic_fail(&r->reader.error, IC_FORMAT, "the last row has %llu %s, expected %llu", (unsigned long long)got,
                   what, (unsigned long long)wanted);
}

static ic_status read_key(rows *r, size_t d, uint64_t *row) {
    char word[IC_PX_QUOTED], name[IC_PX_QUOTED];
    const char *end = ic_px_cell_end(r->table, r->at, r->reader.end), *text = r->at;
    size_t length = (size_t)(end - text);
    if (length >= 2 && *text == '"' && text[length - 1] == '"') {
        text++;
        length -= 2;
    }
    if (r->table->transcoded) {
        void *decoded = r->decoded;
        const ic_status status = ic_grow(&decoded, &r->room, 4 * length + 1, 1);
        r->decoded = decoded;
        if (status != IC_OK) return ic_fail_memory(&r->reader.error);
        length = ic_px_decode(r->table->options->codepage, text, length, r->decoded);
        text = r->decoded;
    }
    const uint32_t number = ic_intern_find(&r->keys[d], text, length);
    if (number == IC_ABSENT) {
        ic_px_reader_at(&r->reader, r->at);
        return ic_fail(&r->reader.error, IC_FORMAT, "\"%s\" is none of the values of \"%s\"",
                       ic_quote(word, sizeof word, text, length), ic_px_quote(name, r->table->dims[d].usual));
    }
    *row = *row * r->table->dims[d].n + number;
    r->at = end;
    return IC_OK;
}

/* The cells of a row, a chunk of them at a time. */
static ic_status read_cells(rows *r, uint64_t row, int wanted) {
    ic_px_table *table = r->table;
    for (uint64_t done = 0; done < r->width;) {
        const uint64_t left = r->width - done;
        ic_px_cells cells = {r->values, r->flags, r->decimals, r->digits, 0, 0};
        const char *bad = NULL;
        int there;
        IC_TRY(next_cell(r, &there));
        if (!there) return cut_short(r, "cells", done, r->width);
        const size_t most = left < IC_PX_CHUNK ? (size_t)left : IC_PX_CHUNK;
        const char *next = ic_px_cells_read(table, r->at, r->reader.end, most, &cells, &bad);
        if (next == NULL) return ic_px_bad_cell(&r->reader, bad);
        if (wanted) {
            ic_px_put(table, row * r->width + done, &cells, table->decimals, table->digits);
            table->any_flags |= cells.any_flags;
        }
        memset(r->flags, 0, cells.n * sizeof *r->flags);
        r->at = next;
        done += cells.n;
    }
    return IC_OK;
}

static ic_status twice(rows *r, uint64_t row, const ic_error *begin) {
    r->reader.error = (ic_error){.offset = r->places[row] - 1, .line = r->lines == NULL ? 0 : r->lines[row]};
    ic_px_reader_locate(&r->reader);
    const uint64_t line = r->reader.error.line;
    r->reader.error = *begin;
    if (r->table->options->duplicates == IC_DUPLICATES_SUM)
        return ic_fail(&r->reader.error, IC_ARGUMENT, "duplicates=\"sum\": px has no choice of it");
    return ic_fail(&r->reader.error, IC_FORMAT, "a row with these keys is there already, on line %llu",
                   (unsigned long long)line);
}

static ic_status read_rows(rows *r) {
    const ic_duplicates duplicates = r->table->options->duplicates;
    const int may_repeat = duplicates == IC_DUPLICATES_FIRST || duplicates == IC_DUPLICATES_LAST;
    IC_TRY(ic_px_reader_fill(&r->reader, r->reader.window.begin));
    r->at = r->reader.window.begin;
    for (;;) {
        int there;
        uint64_t row = 0;
        IC_TRY(next_cell(r, &there));
        if (!there) return IC_OK;
        r->reader.error = (ic_error){0};
        ic_px_reader_at(&r->reader, r->at);
        const ic_error begin = r->reader.error;
        for (size_t d = 0; d < r->table->n_stub; d++) {
            IC_TRY(next_cell(r, &there));
            if (!there) return cut_short(r, "keys", d, r->table->n_stub);
            IC_TRY(read_key(r, d, &row));
        }
        if (r->places[row] != 0 && !may_repeat) return twice(r, row, &begin);
        IC_TRY(read_cells(r, row, r->places[row] == 0 || duplicates == IC_DUPLICATES_LAST));
        r->places[row] = begin.offset + 1;
        if (r->lines != NULL) r->lines[row] = begin.line;
    }
}

static ic_status prepare(rows *r) {
    ic_px_table *table = r->table;
    uint64_t n = 1;
    r->width = 1;
    for (size_t d = 0; d < table->n_dims; d++) {
        const ic_px_dim *dim = &table->dims[d];
        if (d < table->n_stub)
            n *= dim->n;
        else
            r->width *= dim->n;
        for (size_t i = 0; i < dim->n && d < table->n_stub; i++) {
            uint32_t number = 0;
            if (ic_intern_add(&r->keys[d], dim->keys[i].text, dim->keys[i].length, &number) != IC_OK) return IC_MEMORY;
            if (number == i) continue;
            char word[IC_PX_QUOTED];
            ic_px_at(table, dim->keys[i].place);
            return ic_fail(table->error, IC_FORMAT, "\"%s\" is there twice, but it is a key",
                           ic_px_quote(word, &dim->keys[i]));
        }
    }
    if (n > table->options->limits.cells) {
        ic_px_at(table, table->data_place);
        return ic_fail(table->error, IC_LIMIT, "%llu rows; limits={\"cells\": ...} allows more than %llu",
                       (unsigned long long)n, (unsigned long long)table->options->limits.cells);
    }
    r->places = ic_alloc_zeroed((size_t)n, sizeof *r->places);
    if (r->reader.tracks) r->lines = ic_alloc_zeroed((size_t)n, sizeof *r->lines);
    const size_t series = table->periods == 0 ? 0 : (size_t)(table->size / table->periods);
    table->decimals = ic_alloc(series, 1);
    table->digits = ic_alloc_zeroed(series, 1);
    if (r->places == NULL || (r->reader.tracks && r->lines == NULL) || table->decimals == NULL || table->digits == NULL)
        return IC_MEMORY;
    memset(table->decimals, -1, series);
    for (uint64_t i = 0; i < table->size; i++) ((double *)table->values.data)[i] = NAN;
    return IC_OK;
}

ic_status ic_px_keys_read(ic_px_table *table, ic_window *window) {
    rows *r = ic_alloc_zeroed(1, sizeof *r);
    if (r == NULL) return ic_fail_memory(table->error);
    r->table = table;
    ic_px_reader_open(&r->reader, table, window);
    ic_status status = prepare(r);
    if (status == IC_MEMORY) (void)ic_fail_memory(table->error);
    if (status == IC_OK) {
        status = read_rows(r);
        if (status == IC_FORMAT || status == IC_LIMIT) ic_px_reader_locate(&r->reader);
        if (status != IC_OK) *table->error = r->reader.error;
    }
    if (table->options->duplicates == IC_DUPLICATES_LAST) { /* those that were replaced count no more */
        table->any_flags = 0;
        for (uint64_t i = 0; i < table->size; i++) table->any_flags |= ((uint32_t *)table->flags.data)[i];
    }
    ic_px_reader_close(&r->reader);
    for (size_t d = 0; d < table->n_stub; d++) ic_intern_free(&r->keys[d]);
    ic_free(r->places);
    ic_free(r->lines);
    ic_free(r->decoded);
    ic_free(r);
    return status;
}
