/* px: the cells, all of them, in the order of the file. Long data are divided by bytes: the cells in front of each part are
   counted, then the parts are read at once. */
#include "core/base/parallel.h"
#include "core/read/parts.h"
#include "core/read/px.h"

#include <string.h>

#define ALIGN_MOST 4096 /* bytes that are searched for the end of a cell */

typedef struct part {
    ic_px_reader reader;
    uint64_t index; /* in the file, of the cell that comes next */
    int is_last;
    uint32_t any_flags;
    int8_t *decimals; /* per series, or NULL */
    uint8_t *digits;
    ic_status status;
} part;

typedef struct piece { /* of what is counted */
    uint64_t from, until, cells;
    int quoted; /* a quote is open at its end */
    ic_status status;
    ic_error error;
} piece;

typedef struct whole {
    const ic_px_table *table;
    const ic_source *source;
    part *parts;
    piece *pieces;
    size_t n, n_pieces;
    int cancel, stopped;
} whole;

/* ---- one part -------------------------------------------------------------------------------------------------- */

typedef struct buffers {
    double values[IC_PX_CHUNK];
    uint32_t flags[IC_PX_CHUNK];
    int8_t decimals[IC_PX_CHUNK];
    uint8_t digits[IC_PX_CHUNK];
} buffers;

/* The cells in the window. */
static ic_status read_window(part *p, buffers *b, const char **behind) {
    const ic_px_table *table = p->reader.table;
    const int direct = table->natural && p->decimals == NULL;
    const char *at = p->reader.window.begin, *bad = NULL;
    while (at < p->reader.end) {
        while (at < p->reader.end && ic_px_separates(table, *at)) at++;
        if (at == p->reader.end) break;
        if (p->index >= table->cells) {
            ic_px_reader_at(&p->reader, at);
            return ic_px_miscounted(table, table->cells, 1, &p->reader.error);
        }
        const uint64_t left = table->cells - p->index;
        ic_px_cells cells = {b->values, b->flags, p->decimals == NULL ? NULL : b->decimals, b->digits, 0, 0};
        if (direct) {
            cells.values = (double *)table->values.data + p->index;
            cells.flags = (uint32_t *)table->flags.data + p->index;
        }
        const uint64_t most = direct || left < IC_PX_CHUNK ? left : IC_PX_CHUNK;
        const char *next = ic_px_cells_read(table, at, p->reader.end, (size_t)most, &cells, &bad);
        if (next == NULL) return ic_px_bad_cell(&p->reader, bad);
        ic_px_put(table, p->index, &cells, p->decimals, p->digits);
        if (!direct && cells.any_flags) memset(b->flags, 0, cells.n * sizeof *b->flags);
        p->any_flags |= cells.any_flags;
        p->index += cells.n;
        at = next;
        if (cells.n == 0) break; /* a quoted cell is cut off */
    }
    *behind = at;
    return IC_OK;
}

static ic_status read_part_into(part *p, buffers *b) {
    ic_px_reader *reader = &p->reader;
    const char *behind = reader->window.begin;
    for (;;) {
        IC_TRY(ic_px_reader_fill(reader, behind));
        if (reader->end == reader->window.begin) break;
        IC_TRY(read_window(p, b, &behind));
        if (behind < reader->end && reader->window.finished) {
            ic_px_reader_at(reader, behind);
            return ic_fail(&reader->error, IC_FORMAT, "this quote is never closed");
        }
        if (reader->window.finished) break;
    }
    if (!p->is_last || p->index == p->reader.table->cells) return IC_OK;
    const char *end = reader->window.end - (reader->window.unended ? 1 : 0);
    ic_px_reader_at(reader, end);
    return ic_px_miscounted(reader->table, p->index, 0, &reader->error);
}

static void read_part(void *context, size_t i) {
    whole *w = context;
    part *p = &w->parts[i];
    buffers *b = ic_alloc_zeroed(1, sizeof *b);
    p->status = b == NULL ? ic_fail_memory(&p->reader.error) : read_part_into(p, b);
    ic_free(b);
    if (i == 0 && p->status != IC_OK) __atomic_store_n(&w->cancel, 1, __ATOMIC_RELAXED);
}

/* While the caller's thread waits for others. */
static void look_up(void *context) {
    whole *w = context;
    if (w->source->poll == NULL || __atomic_load_n(&w->cancel, __ATOMIC_RELAXED)) return;
    if (w->source->poll(w->source->context, w->source->size) == 0) return;
    w->stopped = 1;
    __atomic_store_n(&w->cancel, 1, __ATOMIC_RELAXED);
}

/* ---- dividing --------------------------------------------------------------------------------------------------- */

static void count_piece(void *context, size_t i) {
    whole *w = context;
    piece *p = &w->pieces[i];
    ic_window window;
    ic_px_count count = {0};
    p->status = ic_window_open(&window, w->source, p->from, 0, IC_WINDOW_SIZE, &p->error);
    window.loose = 1;
    window.stop = p->until;
    window.polls = i == 0;
    window.cancel = i > 0 ? &w->cancel : NULL;
    while (p->status == IC_OK && !window.finished) {
        p->status = ic_window_fill(&window, &p->error);
        ic_px_cells_count(w->table, &count, window.begin, window.end);
        ic_window_advance(&window, window.end);
    }
    p->cells = count.cells;
    p->quoted = count.quoted;
    ic_window_close(&window);
}

/* The first separator from `offset` on, or 0. */
static uint64_t aligned(const whole *w, uint64_t offset) {
    char bytes[ALIGN_MOST];
    const int64_t n = w->source->read(w->source->context, bytes, sizeof bytes, offset);
    for (int64_t i = 0; i < n; i++)
        if (ic_px_separates(w->table, bytes[i])) return offset + (uint64_t)i;
    return 0;
}

/* Cuts [start, end) into w->n parts, each but the last into as many pieces. 0: that can't be done. */
static int cut(whole *w, uint64_t start, uint64_t end) {
    const uint64_t n = w->n, bytes = (end - start) / n;
    uint64_t from = start;
    for (size_t i = 0; i < w->n_pieces; i++) {
        piece *p = &w->pieces[i];
        p->from = from;
        p->until = aligned(w, start + bytes / n * (i % n + 1) + bytes * (i / n));
        if (p->until <= from || p->until >= end) return 0;
        from = p->until;
    }
    return 1;
}

/* 1: the parts are known, and how many cells are in front of each. */
static ic_status divide(whole *w, uint64_t start, ic_error *error, int *divided) {
    *divided = 0;
    w->n_pieces = w->n * (w->n - 1);
    w->pieces = ic_alloc_zeroed(w->n_pieces, sizeof *w->pieces);
    if (w->pieces == NULL) return ic_fail_memory(error);
    if (!cut(w, start, w->source->size)) return IC_OK;
    ic_parallel_watched(w->n_pieces, w->table->options->threads, count_piece, look_up, w);
    if (w->stopped) return ic_fail(error, IC_STOPPED, "stopped");
    for (size_t i = 0; i < w->n_pieces; i++) {
        if (w->pieces[i].status == IC_STOPPED || w->pieces[i].status == IC_MEMORY) {
            *error = w->pieces[i].error;
            return w->pieces[i].status;
        }
        if (w->pieces[i].status != IC_OK || w->pieces[i].quoted) return IC_OK; /* in one part: it will tell where */
    }
    *divided = 1;
    return IC_OK;
}

static ic_status open_parts(whole *w, ic_window *window, ic_error *error) {
    const ic_source *source = w->source;
    uint64_t cells = 0;
    for (size_t i = 0; i < w->n; i++) {
        part *p = &w->parts[i];
        if (w->n > 1) { /* the given one may have read on behind the first part */
            const uint64_t from = i == 0 ? w->table->data_start : w->pieces[i * w->n - 1].until;
            ic_window_close(window);
            IC_TRY(ic_window_open(window, source, from, 0, window->row_limit, error));
            window->loose = 1;
        }
        if (i + 1 < w->n) window->stop = w->pieces[(i + 1) * w->n - 1].until;
        window->polls = i == 0 ? (int)w->n : 0;
        window->cancel = i > 0 ? &w->cancel : NULL;
        ic_px_reader_open(&p->reader, w->table, window);
        p->index = cells;
        p->is_last = i + 1 == w->n;
        for (size_t k = i * w->n; i + 1 < w->n && k < (i + 1) * w->n; k++) cells += w->pieces[k].cells;
        if (w->table->declared >= 0) continue;
        const size_t series = (size_t)(w->table->periods == 0 ? 0 : w->table->size / w->table->periods);
        p->decimals = ic_alloc(series, 1);
        p->digits = ic_alloc_zeroed(series, 1);
        if (p->decimals == NULL || p->digits == NULL) return ic_fail_memory(error);
        memset(p->decimals, -1, series);
    }
    return IC_OK;
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

static ic_status settle(ic_px_table *table, whole *w) {
    if (w->stopped) return ic_fail(table->error, IC_STOPPED, "stopped");
    for (size_t i = 0; i < w->n; i++) {
        part *p = &w->parts[i];
        table->any_flags |= p->any_flags;
        if (p->status == IC_OK) continue;
        if (p->status == IC_FORMAT || p->status == IC_LIMIT) ic_px_reader_locate(&p->reader);
        *table->error = p->reader.error;
        return p->status;
    }
    if (table->declared >= 0 || table->periods == 0) return IC_OK;
    table->decimals = w->parts[0].decimals;
    table->digits = w->parts[0].digits;
    w->parts[0].decimals = NULL;
    w->parts[0].digits = NULL;
    for (size_t i = 1; i < w->n; i++) {
        for (uint64_t s = 0; s < table->size / table->periods; s++) {
            if (w->parts[i].decimals[s] > table->decimals[s]) table->decimals[s] = w->parts[i].decimals[s];
            if (w->parts[i].digits[s] > table->digits[s]) table->digits[s] = w->parts[i].digits[s];
        }
    }
    return IC_OK;
}

ic_status ic_px_data_read(ic_px_table *table, ic_window *window) {
    whole w = {.table = table, .source = window->source, .n = 1};
    const ic_source *source = window->source;
    const int threads = table->options->threads;
    ic_status status = IC_OK;
    if (source->seekable && source->size != IC_SIZE_UNKNOWN && threads > 1 && !table->options->plain) {
        const uint64_t most = (source->size - table->data_start) / IC_PART_LEAST;
        w.n = most < (uint64_t)threads ? (size_t)most : (size_t)threads;
        if (w.n == 0) w.n = 1;
    }
    if (w.n > 1) {
        int divided = 0;
        status = divide(&w, table->data_start, table->error, &divided);
        if (!divided) w.n = 1;
    }
    if (status == IC_OK) {
        w.parts = ic_alloc_zeroed(w.n, sizeof *w.parts);
        status = w.parts == NULL ? ic_fail_memory(table->error) : open_parts(&w, window, table->error);
    }
    if (status == IC_OK) {
        ic_parallel_watched(w.n, threads, read_part, look_up, &w);
        status = settle(table, &w);
    }
    for (size_t i = 0; w.parts != NULL && i < w.n; i++) {
        ic_px_reader_close(&w.parts[i].reader);
        ic_free(w.parts[i].decimals);
        ic_free(w.parts[i].digits);
    }
    ic_free(w.parts);
    ic_free(w.pieces);
    if (status == IC_OK) ic_px_fill_holes(table);
    return status;
}
