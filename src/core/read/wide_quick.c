/* Rows of a wide table that are plain, which most are: known texts in front, then figures and empty cells. */
#include "core/base/utf8.h"
#include "core/number/number_shape.h"
#include "core/read/wide_part.h"
#include "core/scan/scan.h"

#include <math.h>
#include <string.h>

#define SAID_BYTES ((size_t)4 << 20) /* of texts that are kept to be known again */
#define SAID_CODES ((uint32_t)1 << 17)

typedef ic_wide_part part;

/* ---- the key: the texts in front of the cells --------------------------------------------------------------------- */

/* How many bytes at `q` are what the column said with this code, its separator included; 0 if it said something else. */
IC_INLINE size_t said_again(const part *p, size_t c, uint32_t code, const char *q, const char *end) {
    const struct ic_wide_said *said = &p->said[c];
    if (code >= said->room || said->texts[code].text == NULL) return 0;
    const size_t length = said->texts[code].length;
    return length <= (size_t)(end - q) && memcmp(q, said->texts[code].text, length) == 0 ? length : 0;
}

/* A key whose codes are those of the row before, or the ones that first came behind these, or the first of all: most are. Gives
   where the cells begin, NULL if the texts must be read. */
static const char *known_key(part *p, const char *q, const char *end) {
    const ic_wide *w = p->wide;
    for (size_t c = 0; c < w->first_cell; c++) {
        const ic_wide_column *column = &w->columns[c];
        uint32_t *code = &p->codes[column->dim];
        if (column->kind == IC_WIDE_SKIPPED) return NULL;
        size_t length = said_again(p, c, *code, q, end);
        if (length == 0 && column->leads) {
            length = said_again(p, c, ++*code, q, end);
            if (length == 0) length = said_again(p, c, *code = 0, q, end);
        }
        if (length == 0) return NULL;
        q += length;
    }
    return q;
}

static ic_status remember(part *p) {
    const ic_wide *w = p->wide;
    for (size_t c = 0; c < w->first_cell; c++) {
        struct ic_wide_said *said = &p->said[c];
        const uint32_t code = p->codes[w->columns[c].dim];
        if (w->columns[c].kind == IC_WIDE_SKIPPED) return IC_OK;
        const size_t before = said->room, length = (size_t)(p->starts[c + 1] - p->starts[c]);
        if (code >= SAID_CODES || length > SAID_BYTES - p->said_bytes) continue;
        void *texts = said->texts;
        const ic_status status = ic_grow(&texts, &said->room, (size_t)code + 1, sizeof *said->texts);
        said->texts = texts;
        if (status != IC_OK) return ic_fail_memory(&p->error);
        for (size_t i = before; i < said->room; i++) said->texts[i] = (ic_text){0};
        if (said->texts[code].text != NULL) continue;
        const char *text = ic_arena_text(&p->said_arena, p->starts[c], length);
        if (text == NULL) return ic_fail_memory(&p->error);
        said->texts[code] = (ic_text){text, (uint32_t)length, 0};
        p->said_bytes += length;
    }
    return IC_OK;
}

/* The text of the field at `q`, and where it ends; NULL if it needs more than a look (doubled quotes, line feeds). */
static const char *text_of(const char *q, const char *end, char separator, ic_field *field) {
    if (*q != '"') {
        const char *stop = q + ic_scan.find_any(q, (size_t)(end - q), separator, '\n', separator);
        if (stop < end && *stop == '\n' && stop > q && stop[-1] == '\r') stop--;
        *field = (ic_field){q, (size_t)(stop - q), q};
        return stop;
    }
    const char *stop = q + 1 + ic_scan.find_any(q + 1, (size_t)(end - q - 1), '"', '\n', '"');
    if (stop >= end || *stop != '"' || (stop[1] != separator && stop[1] != '\n' && stop[1] != '\r')) return NULL;
    *field = (ic_field){q + 1, (size_t)(stop - q - 1), q};
    return stop + 1;
}

/* The codes and labels of the row; NULL if they need more than a look, else where its cells begin. */
static const char *read_key(part *p, const char *q, const char *end) {
    const ic_wide *w = p->wide;
    for (size_t c = 0; c < w->first_cell; c++) {
        const ic_wide_column *column = &w->columns[c];
        ic_field field;
        p->starts[c] = q;
        q = text_of(q, end, w->separator, &field);
        if (q == NULL || *q++ != w->separator) return NULL;
        if (ic_utf8_valid(field.text, field.length) != field.length || memchr(field.text, 0, field.length) != NULL)
            return NULL;
        field = ic_wide_trimmed(field);
        if (column->kind == IC_WIDE_DIM && field.length == 0) return NULL;
        if (column->kind == IC_WIDE_DIM) p->texts[column->dim] = field;
        if (column->kind == IC_WIDE_LABEL) p->texts[w->n_dims + column->dim] = field;
    }
    p->starts[w->first_cell] = q;
    return q;
}

/* ---- cells -------------------------------------------------------------------------------------------------------- */

/* What follows the row, whose cells are at `q` and of no interest; NULL unless they are as many as they should. */
static const char *skip_cells(const part *p, const char *q, const char *end) {
    const ic_wide *w = p->wide;
    const size_t wanted = w->n_columns - w->first_cell;
    size_t fields = 0, line_feeds = 0;
    const char *next = ic_row_skip(q, end, w->separator, &fields, &line_feeds);
    if (next == NULL || line_feeds > 0) return NULL;
    const char *last = next - 1;
    if (last > q && last[-1] == '\r') last--;
    for (; w->spare && fields > wanted && last > q && last[-1] == w->separator; last--) fields--;
    return fields == wanted ? next : NULL;
}

/* A cell that is no plain figure, and where it ends; NULL if it needs more than a look, or is nothing that a cell may be. */
static IC_NOINLINE const char *odd_cell(part *p, size_t c, const char *q, ic_number *number) {
    const ic_wide *w = p->wide;
    ic_field field;
    uint32_t flags;
    q = text_of(q, p->window.rows_end, w->separator, &field);
    if (q == NULL || !ic_wide_cell(w, field, number, &flags)) return NULL;
    if (flags != 0 && w->columns[c].slot != IC_WIDE_NOWHERE) {
        ic_grid_flags(p->grid, &p->sink)[w->columns[c].slot] = flags;
        p->any |= flags;
    }
    return q;
}

/* The figure of a cell that has one, in quotes or not; gives where the cell ends, NULL if there is something else. */
IC_INLINE const char *figure(const char *q, ic_number_shape *shape, ic_number *number) {
    if (*q != '"') return ic_number_scan_shaped(q, shape, number);
    if (q[1] == '"') return q + 2;
    q = ic_number_scan_shaped(q + 1, shape, number);
    return q != NULL && *q == '"' ? q + 1 : NULL;
}

/* The cells from `q` on: figures, in quotes or not, and empty ones. Gives what follows the row, NULL for anything else. */
IC_INLINE const char *read_cells(part *p, const char *q) {
    const ic_wide *w = p->wide;
    const size_t n = w->n_columns;
    const char separator = w->separator;
    const uint32_t *slots = w->slots;
    double *values = ic_grid_values(p->grid, &p->sink);
    int decimals = -1;
    unsigned digits = 0;
    ic_number_shape shape = p->shape; /* a copy, which the stores to the grid can't alias */
    for (size_t c = w->first_cell; c < n; c++) {
        ic_number number = {.value = NAN, .decimals = -1};
        if (*q == separator || *q == '\n' || *q == '\r') {
#ifdef IC_NUMBER_WORDS
            while (w->straight && c + 8 < n && ic_number_load(q) == IC_NUMBER_EACH((unsigned char)separator)) {
                for (size_t k = 0; k < 8; k++) values[slots[c] + k] = NAN;
                q += 8;
                c += 8;
            }
            if (*q != separator && *q != '\n' && *q != '\r') {
                c--;
                continue;
            }
#endif
        } else {
            const char *cell = q;
            q = figure(cell, &shape, &number);
            if (IC_UNLIKELY(q == NULL || (*q != separator && *q != '\n' && *q != '\r'))) {
                ic_number other; /* so that `number` may live in registers */
                q = odd_cell(p, c, cell, &other);
                if (q == NULL) return NULL;
                number = other;
            }
        }
        if (slots[c] != IC_WIDE_NOWHERE) {
            values[slots[c]] = number.value;
            decimals = number.decimals > decimals ? number.decimals : decimals;
            digits = number.digits > digits ? number.digits : digits;
        }
        if (c + 1 < n && *q++ != separator) return NULL;
    }
    while (w->spare && *q == separator) q++;
    if (*q == '\r') q++;
    if (*q != '\n') return NULL;
    p->shape = shape;
    p->about.decimals = (int8_t)decimals;
    p->about.digits = (uint8_t)digits;
    return q + 1;
}

#if defined(IC_X86)
/* the same code with the shifts and bit scans of newer machines */
IC_TARGET("avx2,bmi,bmi2,popcnt")
static const char *read_cells_avx2(part *p, const char *q) { return read_cells(p, q); }
#endif

static const char *read_cells_here(part *p, const char *q) {
#if defined(IC_X86)
    if (ic_scan.level >= IC_CPU_AVX2) return read_cells_avx2(p, q);
#endif
    return read_cells(p, q);
}

ic_status ic_wide_quick(ic_wide_part *p, const char **next) {
    const ic_wide *w = p->wide;
    const char *row = p->window.begin, *end = p->window.rows_end;
    *next = NULL;
    if (!w->quick || w->row != NULL || w->style.decimal != '.' || p->options->plain) return IC_OK;
    if (w->marked != NULL && w->marked(row, (size_t)(end - row))) return IC_OK;
    const char *cells = known_key(p, row, end);
    const int known = cells != NULL;
    if (!known) {
        cells = read_key(p, row, end);
        if (cells == NULL) return IC_OK;
        if (p->options->n_filters > 0 && !ic_wide_wanted(p)) {
            *next = skip_cells(p, cells, end);
            return IC_OK;
        }
    }
    IC_TRY(ic_wide_begin_cells(p));
    *next = read_cells_here(p, cells);
    if (*next == NULL) return IC_OK;
    IC_TRY(ic_wide_end_row(p, known));
    return known ? IC_OK : remember(p);
}
