/* Values and statuses piece by piece, on several threads: arrays of numbers and nulls, objects of numbers or short texts by the
   number of their cell, in rising order. Everything else, and everything that is wrong, is left to the plain way. */
#include "core/base/flags.h"
#include "core/read/json_stat.h"
#include "core/scan/scan.h"
#include "core/syntax/json_chunks.h"
#include "core/syntax/json_figure.h"

#include <string.h>

/* ---- arrays ------------------------------------------------------------------------------------------------------ */

#define OPEN UINT64_MAX /* the array does not end in this piece */

typedef struct count {
    uint32_t *commas;
    uint64_t *ends; /* where the array ends in a piece, OPEN, or 0: there is something else than numbers in it */
} count;

/* Commas up to the bracket that ends the array. */
static ic_json_verdict count_chunk(void *context, const ic_json_chunk *chunk) {
    count *c = context;
    size_t end = ic_scan.find_any(chunk->text, chunk->size, ']', '"', '[');
    c->commas[chunk->number] = (uint32_t)ic_scan.count(chunk->text, end, ',');
    c->ends[chunk->number] = end == chunk->size ? OPEN : chunk->text[end] == ']' ? chunk->offset + end + 1 : 0;
    return end == chunk->size ? IC_JSON_GO_ON : IC_JSON_LAST;
}

static ic_status count_array(ic_stat *s, ic_stat_place *place) {
    ic_json_chunks chunks = {.source = s->json.source,
                             .start = place->offset + 1,
                             .end = s->json.source->size,
                             .threads = s->options->threads,
                             .look = count_chunk};
    size_t n = ic_json_chunks_count(&chunks), k = 0;
    count c = {ic_alloc(n, sizeof *c.commas), ic_alloc(n, sizeof *c.ends)};
    int odd = 0;
    chunks.context = &c;
    ic_status status = c.commas == NULL || c.ends == NULL ? IC_MEMORY : ic_json_chunks_run(&chunks, &odd);
    if (status == IC_OK && !odd) {
        while (k < n && c.ends[k] == OPEN) k++;
        if (k < n && c.ends[k] != 0) {
            place->end = c.ends[k];
            place->commas = c.commas;
            place->pieces = k + 1;
            c.commas = NULL;
        }
    }
    ic_free(c.commas);
    ic_free(c.ends);
    return status;
}

ic_status ic_stat_hop(ic_stat *s, ic_stat_place *place, int is_value, int *odd) {
    if (place->bracket == '[' && is_value) IC_TRY(count_array(s, place));
    if (place->end == 0) IC_TRY(ic_json_find_end(s->json.source, place->offset, &place->end));
    *odd = place->end == 0;
    if (!*odd) ic_json_leap(&s->json, place->end);
    return IC_OK;
}

typedef struct fill {
    ic_stat *s;
    uint64_t *firsts; /* the number of the cell behind the first comma of a piece, and of the first one in piece 0 */
} fill;

/* Cells from `cell` on, each behind a comma but the first; 0: odd. */
static int fill_cells(const fill *f, const char *p, uint64_t cell, size_t n) {
    ic_dense *dense = &f->s->dense;
    const uint64_t cells = dense->cells;
    double *values = dense->values.data;
    while (n > 0) { /* series by series, or what is left of one */
        size_t left = dense->width - (size_t)(cell % dense->width), m = left < n ? left : n;
        int decimals = -1, unrounded = 0;
        double *out = values + cell;
        for (size_t i = 0; i < m; i++) {
            ic_number number;
            p = ic_json_past_blanks(p);
            p = ic_json_figure(p, &number);
            if (IC_UNLIKELY(p == NULL)) return 0;
            out[i] = number.value;
            decimals = number.decimals > decimals ? number.decimals : decimals;
            unrounded |= number.digits > IC_PRINTED_DIGITS;
            p = ic_json_past_blanks(p);
            if (IC_UNLIKELY(*p != ',') && (*p != ']' || cell + i + 1 != cells)) return 0;
            p++;
        }
        ic_dense_raise(dense, cell / dense->width, (int8_t)(unrounded ? IC_UNROUNDED : decimals));
        cell += m;
        n -= m;
    }
    return 1;
}

#define AT_ONCE 1024 /* cells that are put to their places together */

/* The same where cells go to other places. */
static int scatter_cells(const fill *f, const char *p, uint64_t cell, size_t n) {
    ic_dense *dense = &f->s->dense;
    double values[AT_ONCE];
    int8_t decimals[AT_ONCE];
    while (n > 0) {
        size_t m = n < AT_ONCE ? n : AT_ONCE;
        for (size_t i = 0; i < m; i++) {
            ic_number number;
            p = ic_json_past_blanks(p);
            p = ic_json_figure(p, &number);
            if (IC_UNLIKELY(p == NULL)) return 0;
            values[i] = number.value;
            decimals[i] = IC_DENSE_DECIMALS(number);
            p = ic_json_past_blanks(p);
            if (IC_UNLIKELY(*p != ',') && (*p != ']' || cell + i + 1 != dense->cells)) return 0;
            p++;
        }
        ic_dense_scatter(dense, cell, values, decimals, m);
        cell += m;
        n -= m;
    }
    return 1;
}

static ic_json_verdict fill_chunk(void *context, const ic_json_chunk *chunk) {
    const fill *f = context;
    size_t n = f->s->set->value.commas[chunk->number];
    const char *p = chunk->text;
    if (chunk->number == 0) {
        n++;
    } else if (n > 0) {
        p += ic_scan.find(p, chunk->size, ',') + 1;
    }
    uint64_t cell = f->firsts[chunk->number];
    int fine = f->s->dense.natural ? fill_cells(f, p, cell, n) : scatter_cells(f, p, cell, n);
    return fine ? IC_JSON_GO_ON : IC_JSON_ODD;
}

ic_status ic_stat_quick_array(ic_stat *s, int *odd) {
    const ic_stat_place *place = &s->set->value;
    ic_json_chunks chunks = {.source = s->json.source,
                             .start = place->offset + 1,
                             .end = place->end,
                             .threads = s->options->threads,
                             .look = fill_chunk};
    fill f = {s, ic_alloc(place->pieces, sizeof *f.firsts)};
    if (f.firsts == NULL) return IC_MEMORY;
    uint64_t cell = 0;
    for (size_t k = 0; k < place->pieces; k++) {
        f.firsts[k] = k == 0 ? 0 : cell + 1;
        cell += place->commas[k];
    }
    chunks.context = &f;
    ic_status status = IC_OK;
    *odd = s->dense.width == 0 || ic_json_chunks_count(&chunks) != place->pieces;
    if (!*odd) status = ic_json_chunks_run(&chunks, odd);
    ic_free(f.firsts);
    return status;
}

/* ---- objects ------------------------------------------------------------------------------------------------------ */

/* What a piece found: from the comma before its first entry to the one behind its last. */
typedef struct found {
    uint64_t begin, end; /* OPEN: no entry begins in it */
    uint64_t first, last;
} found;

typedef struct entries {
    ic_stat *s;
    int status;
    uint64_t close; /* the offset of the bracket that ends the object */
    found *found;
    uint64_t unknown[256];
    uint32_t any_flags;
} entries;

/* "number": at p: the byte behind the colon, or NULL. */
static const char *read_cell(const char *p, uint64_t *cell) {
    uint64_t k = 0;
    if (*p != '"') return NULL;
    const char *digits = ++p;
    while (*p >= '0' && *p <= '9') k = 10 * k + (uint64_t)(*p++ - '0');
    if (p == digits || p - digits > 15 || *p != '"') return NULL;
    p = ic_json_past_blanks(p + 1);
    if (*p != ':') return NULL;
    *cell = k;
    return ic_json_past_blanks(p + 1);
}

static const char *read_status(const entries *e, const char *p, uint64_t cell, uint64_t *unknown, uint32_t *any) {
    static const char null[4] = {'n', 'u', 'l', 'l'};
    size_t length = 0;
    uint32_t flags = 0;
    if (*p == 'n') return memcmp(p, null, 4) == 0 ? p + 4 : NULL;
    if (*p++ != '"') return NULL;
    for (; length < 9 && p[length] != '"'; length++)
        if (p[length] < 0x20 || p[length] == '\\') return NULL; /* letters beyond ASCII are below zero, or plain's */
    if (length == 9 || !ic_stat_flags(p, length, unknown, &flags)) return NULL;
    uint64_t place = ic_dense_place(&e->s->dense, cell);
    if (place != IC_NOWHERE && flags != 0) {
        ((uint32_t *)e->s->dense.flags.data)[place] |= flags;
        *any |= flags;
    }
    return p + length + 1;
}

static const char *read_figure(const entries *e, const char *p, uint64_t cell) {
    ic_dense *dense = &e->s->dense;
    ic_number number;
    p = ic_json_figure(p, &number);
    uint64_t place = ic_dense_place(dense, cell);
    if (p == NULL || place == IC_NOWHERE) return p;
    ((double *)dense->values.data)[place] = number.value;
    ic_dense_raise(dense, place / dense->width, IC_DENSE_DECIMALS(number));
    return p;
}

static ic_json_verdict entries_chunk(void *context, const ic_json_chunk *chunk) {
    entries *e = context;
    found *f = &e->found[chunk->number];
    const char *p = chunk->text, *own = chunk->text + chunk->size;
    uint64_t unknown[256] = {0}, cell = 0;
    uint32_t any = 0;
    *f = (found){OPEN, OPEN, 0, 0};
    if (chunk->number > 0) { /* behind a comma, a quote and a digit begin a key, wherever that is */
        for (;;) {
            p += ic_scan.find(p, (size_t)(own - p), ',');
            if (p == own) return IC_JSON_GO_ON;
            const char *key = ic_json_past_blanks(p + 1);
            if (key[0] == '"' && key[1] >= '0' && key[1] <= '9') break;
            p++;
        }
        f->begin = chunk->offset + (uint64_t)(p - chunk->text);
        p++;
    } else {
        f->begin = chunk->offset;
    }
    for (int first = 1;; first = 0) {
        p = read_cell(ic_json_past_blanks(p), &cell);
        if (p == NULL || cell >= e->s->dense.cells || (!first && cell <= f->last)) return IC_JSON_ODD;
        if (first) f->first = cell;
        f->last = cell;
        p = e->status ? read_status(e, p, cell, unknown, &any) : read_figure(e, p, cell);
        if (p == NULL) return IC_JSON_ODD;
        p = ic_json_past_blanks(p);
        uint64_t at = chunk->offset + (uint64_t)(p - chunk->text);
        f->end = at;
        if (*p == '}' && at == e->close) break;
        if (*p != ',') return IC_JSON_ODD;
        if (p >= own) break;
        p++;
    }
    if (any != 0) (void)__atomic_fetch_or(&e->any_flags, any, __ATOMIC_RELAXED);
    for (int c = 0; (any & IC_FLAG_OTHER) != 0 && c < 256; c++)
        if (unknown[c] != 0) (void)__atomic_fetch_add(&e->unknown[c], unknown[c], __ATOMIC_RELAXED);
    return IC_JSON_GO_ON;
}

/* Whether every piece began where the one before ended, with rising cells. */
static int fits(const entries *e, size_t n) {
    uint64_t at = e->found[0].begin, last = 0;
    for (size_t k = 0; k < n; k++) {
        const found *f = &e->found[k];
        if (f->begin == OPEN) continue;
        if (f->begin != at || (k > 0 && f->first <= last)) return 0;
        at = f->end;
        last = f->last;
    }
    return at == e->close;
}

ic_status ic_stat_quick_object(ic_stat *s, int status, int *odd) {
    const ic_stat_place *place = status ? &s->set->status : &s->set->value;
    ic_json_chunks chunks = {.source = s->json.source,
                             .start = place->offset + 1,
                             .end = place->end,
                             .threads = s->options->threads,
                             .look = entries_chunk};
    size_t n = ic_json_chunks_count(&chunks);
    entries e = {.s = s, .status = status, .close = place->end - 1, .found = ic_alloc(n, sizeof *e.found)};
    if (e.found == NULL) return IC_MEMORY;
    chunks.context = &e;
    *odd = s->dense.width == 0;
    ic_status result = *odd ? IC_OK : ic_json_chunks_run(&chunks, odd);
    if (result == IC_OK && !*odd) *odd = !fits(&e, n);
    s->dense.any_flags |= e.any_flags;
    for (int c = 0; c < 256; c++) s->unknown_marks[c] += e.unknown[c];
    ic_free(e.found);
    return result;
}
