/* Rows of Eurostat TSV: the codes up to the first tab, then a cell per period: a figure or ':', then letters. */
#include "core/base/utf8.h"
#include "core/number/number.h"
#include "core/number/number_shape.h"
#include "core/read/eurostat_tsv.h"
#include "core/read/marks.h"
#include "core/scan/scan.h"

#include <math.h>
#include <string.h>

typedef ic_tsv_part part;

static ic_status at(part *p, const char *place) {
    ic_error_place(&p->error, p->window.begin, p->window.offset, p->sink.lines, place);
    return p->error.status;
}

static ic_status no_memory(part *p) { return ic_fail_memory(&p->error); }

/* ---- the key ------------------------------------------------------------------------------------------------- */

static int is_wanted(const ic_filter *filter, const char *text, size_t length) {
    if (filter == NULL) return 1;
    for (size_t c = 0; c < filter->codes.count; c++)
        if (filter->codes.lengths[c] == length && memcmp(filter->codes.texts[c], text, length) == 0) return 1;
    return 0;
}

static ic_status key_texts_valid(part *p, const char *text, const char *end) {
    size_t length = (size_t)(end - text), valid = ic_utf8_valid(text, length);
    const char *nul = memchr(text, '\0', length);
    if (nul != NULL) {
        ic_fail(&p->error, IC_FORMAT, "a NUL byte among the codes");
        return at(p, nul);
    }
    if (valid == length) return IC_OK;
    ic_fail(&p->error, IC_FORMAT, "bytes that are no UTF-8 among the codes (encoding= names another)");
    return at(p, text + valid);
}

/* The codes in [text, end): *wanted says whether the filters let them pass; only then are they kept. */
static ic_status read_key(part *p, const char *text, const char *end, int *wanted) {
    const ic_tsv_head *head = p->head;
    *wanted = 1;
    IC_TRY(key_texts_valid(p, text, end));
    const char *code = text;
    for (int pass = 0; pass < (p->options->n_filters > 0 ? 2 : 1) && *wanted; pass++) {
        int keep = pass == 1 || p->options->n_filters == 0;
        code = text;
        for (size_t d = 0; d < head->n_dims; d++) {
            const char *stop = code + ic_scan.find(code, (size_t)(end - code), ',');
            if ((stop == end) != (d + 1 == head->n_dims)) {
                size_t codes = 1;
                for (const char *c = text; c < end; c++) codes += *c == ',';
                ic_fail(&p->error, IC_FORMAT, "%zu codes before the first tab, expected %zu as in the head row", codes,
                        head->n_dims);
                return at(p, text);
            }
            const char *last = stop;
            while (last > code && last[-1] == ' ') last--;
            while (code < last && *code == ' ') code++;
            if (!is_wanted(p->filters[d], code, (size_t)(last - code))) *wanted = 0;
            if (keep && ic_intern_add(&p->sink.dims[d].codes, code, (size_t)(last - code), &p->codes[d]) != IC_OK)
                return no_memory(p);
            code = stop + 1;
        }
    }
    return IC_OK;
}

/* ---- a cell that is not a plain figure ------------------------------------------------------------------------ */

static ic_status bad_cell(part *p, size_t column, const char *cell, const char *end) {
    char text[60];
    ic_fail(&p->error, IC_FORMAT, "%s: \"%s\" is neither a number nor \":\"", p->head->texts[column],
            ic_quote(text, sizeof text, cell, (size_t)(end - cell)));
    return at(p, cell);
}

/* [cell, end) without the tab or line end */
static ic_status plain_cell(part *p, size_t column, const char *cell, const char *end, ic_number *number,
                            uint32_t *flags) {
    uint64_t uncounted[256] = {0}; /* a cell without a place is not kept */
    uint64_t *unknown = p->head->slots[column] == IC_NO_SLOT ? uncounted : p->sink.unknown_marks;
    const char *text = cell, *stop;
    *flags = 0;
    *number = (ic_number){.value = NAN, .decimals = -1};
    while (text < end && *text == ' ') text++;
    while (end > text && (end[-1] == ' ' || end[-1] == '\r')) end--;
    if (text == end) return IC_OK;
    for (stop = text; stop < end && *stop != ' ';) stop++;
    if (*text == ':') {
        stop = text + 1; /* letters may follow at once */
    } else if (!ic_number_parse(text, (size_t)(stop - text), NULL, number)) {
        /* "0n", "0s": zero by rounding */
        const char *letter = stop - 1;
        if (letter == text || (*letter != 'n' && *letter != 's') ||
            !ic_number_parse(text, (size_t)(letter - text), NULL, number) || number->value != 0)
            return bad_cell(p, column, text, stop);
        *flags = IC_FLAG_LESS_THAN_HALF;
    }
    for (const char *c = stop; c < end; c++) /* "1 234.5" is no 1 with odd marks */
        if (*c != ' ' && !((*c | 0x20) >= 'a' && (*c | 0x20) <= 'z')) return bad_cell(p, column, text, end);
    *flags |= ic_marks_read(stop, (size_t)(end - stop), unknown);
    return IC_OK;
}

/* ---- a row -------------------------------------------------------------------------------------------------------- */

static ic_status wrong_count(part *p, size_t have, int more, const char *place) {
    ic_fail(&p->error, IC_FORMAT, "%s%zu cells, expected %zu as in the head row", more ? "more than " : "", have,
            p->head->n_columns);
    return at(p, place);
}

/* A cell that has no place: counted if it says something and its period is on no calendar (others are not wanted). */
static ic_status unplaced(part *p, size_t column, const ic_number *number, uint32_t flags) {
    const char *text = p->head->texts[column];
    if (!p->head->unplaced[column] || (isnan(number->value) && flags == 0)) return IC_OK;
    return ic_dataset_note(&p->sink.aside, "unplaced", text, strlen(text), 1) == IC_OK ? IC_OK : no_memory(p);
}

/* Whatever is no plain figure with at most one letter: the cell at `cell`, and where it ends. */
static IC_NOINLINE ic_status odd_cell(part *p, size_t column, const char *cell, const char **end, ic_number *number,
                                      uint32_t *flags) {
    const char stop = column + 1 < p->head->n_columns ? '\t' : '\n';
    *end = cell + ic_scan.find_any(cell, (size_t)(p->window.rows_end - cell), '\t', '\n', '\n');
    if (**end != stop) return wrong_count(p, column + 1, **end == '\t', **end == '\t' ? *end : cell);
    IC_TRY(plain_cell(p, column, cell, *end, number, flags));
    return p->head->slots[column] == IC_NO_SLOT ? unplaced(p, column, number, *flags) : IC_OK;
}

/* The letters behind a figure and its blank, up to `stop`; NULL if that is more than one letter that is known. */
IC_INLINE const char *one_letter(const char *q, char stop, uint32_t *flags) {
    uint32_t bits = ic_mark_flags[(unsigned char)*q];
    if (!((*q | 0x20) >= 'a' && (*q | 0x20) <= 'z') || (bits & IC_MARK_UNKNOWN)) return NULL;
    q++;
    if (*q == ' ') q++;
    *flags = bits;
    return *q == stop ? q : NULL;
}

/* The cells from `q` (behind the first tab) to the end of the row; *next is behind its line feed. */
IC_INLINE ic_status read_cells(part *p, const char *q, const char **next, ic_grid_row *about) {
    const size_t n = p->head->n_columns;
    const uint32_t *slots = p->head->slots;
    double *values = ic_grid_values(p->grid, &p->sink);
    uint32_t *all_flags = ic_grid_flags(p->grid, &p->sink), any = 0;
    int decimals = -1;
    unsigned digits = 0;
    ic_number_shape shape = p->shape; /* a copy, which the stores to the grid can't alias */
    if (p->head->gaps)
        for (size_t k = 0; k < p->grid->width; k++) values[k] = NAN;
    for (size_t c = 0; c < n; c++) {
        const char *cell = q, stop = c + 1 < n ? '\t' : '\n';
        ic_number number = {.value = NAN, .decimals = -1};
        uint32_t flags = 0;
        if (IC_UNLIKELY(*cell == ':')) {
            q = cell[1] == ' ' ? cell + 2 : cell + 1;
            if (*q != stop) q = one_letter(q, stop, &flags);
        } else {
            q = ic_number_scan_shaped(cell, &shape, &number);
            if (IC_LIKELY(q != NULL)) {
                if (*q == ' ') q++;
                if (IC_UNLIKELY(*q != stop)) q = q[-1] == ' ' ? one_letter(q, stop, &flags) : NULL;
            }
        }
        if (IC_UNLIKELY(q == NULL || slots[c] == IC_NO_SLOT)) {
            ic_number other; /* so that `number` may live in registers */
            IC_TRY(odd_cell(p, c, cell, &q, &other, &flags));
            number = other;
            if (slots[c] == IC_NO_SLOT) {
                q++;
                continue;
            }
        }
        values[slots[c]] = number.value;
        if (IC_UNLIKELY(flags != 0)) all_flags[slots[c]] = flags;
        any |= flags;
        decimals = number.decimals > decimals ? number.decimals : decimals;
        digits = number.digits > digits ? number.digits : digits;
        q++;
    }
    p->shape = shape;
    p->sink.any_flags |= any;
    about->decimals = (int8_t)decimals;
    about->digits = (uint8_t)digits;
    *next = q;
    return IC_OK;
}

#if defined(IC_X86)
/* the same code with the shifts and bit scans of newer machines */
IC_TARGET("avx2,bmi,bmi2,popcnt")
static ic_status read_cells_avx2(part *p, const char *q, const char **next, ic_grid_row *about) {
    return read_cells(p, q, next, about);
}
#endif

static ic_status read_cells_here(part *p, const char *q, const char **next, ic_grid_row *about) {
#if defined(IC_X86)
    if (ic_scan.level >= IC_CPU_AVX2) return read_cells_avx2(p, q, next, about);
#endif
    return read_cells(p, q, next, about);
}

static ic_status make_room(part *p) {
    size_t room = p->sink.room + p->sink.room / 2 + 64;
    if (p->grid->width > 0 && p->sink.used >= p->options->limits.cells / p->grid->width)
        return ic_fail(&p->error, IC_LIMIT, "more than %llu cells (limits={\"cells\": ...} allows more)",
                       (unsigned long long)p->options->limits.cells);
    if (!p->may_grow) return ic_fail(&p->error, IC_FORMAT, "more rows than were counted; the file has changed");
    if (p->grid->width > 0 && room > p->options->limits.cells / p->grid->width)
        room = (size_t)(p->options->limits.cells / p->grid->width);
    if (ic_grid_grow(p->grid, p->sink.used, room) != IC_OK) return no_memory(p);
    p->sink.room = room;
    return IC_OK;
}

/* The row at window.begin, which is whole. */
static ic_status read_row(part *p) {
    const char *row = p->window.begin, *next = NULL;
    size_t length = (size_t)(p->window.rows_end - row);
    size_t tab = ic_scan.find_any(row, length, '\t', '\n', '\n');
    if (row[tab] == '\n') {
        if (tab > 0 && !(tab == 1 && row[0] == '\r')) return wrong_count(p, 0, 0, row);
        next = row + tab + 1; /* an empty line */
    } else {
        int wanted = 0;
        IC_TRY(read_key(p, row, row + tab, &wanted));
        if (!wanted) {
            next = row + ic_scan.find(row, length, '\n') + 1;
        } else {
            ic_grid_row about = {.line = p->sink.lines};
            if (p->sink.used >= p->sink.room) IC_TRY(make_room(p));
            IC_TRY(read_cells_here(p, row + tab + 1, &next, &about));
            if (ic_grid_add(&p->sink, p->codes, about) != IC_OK) return no_memory(p);
        }
    }
    p->sink.lines++;
    ic_window_advance(&p->window, next);
    return IC_OK;
}

/* ---- the part ------------------------------------------------------------------------------------------------------ */

static ic_status open_window(part *p) {
    if (p->window.buffer == NULL)
        IC_TRY(ic_window_open(&p->window, p->source, p->inside ? p->from - 1 : p->from, 0,
                              (size_t)p->options->limits.line, &p->error));
    p->window.cancel = p->cancel;
    for (int inside = p->inside; inside;) {
        IC_TRY(ic_window_fill(&p->window, &p->error));
        size_t held = (size_t)(p->window.end - p->window.begin), i = ic_scan.find(p->window.begin, held, '\n');
        inside = i == held && held > 0;
        ic_window_advance(&p->window, p->window.begin + (i < held ? i + 1 : held));
    }
    return IC_OK;
}

static ic_status each_row(part *p) {
    IC_TRY(open_window(p));
    for (;;) {
        if (p->window.begin == p->window.rows_end) {
            IC_TRY(ic_window_fill(&p->window, &p->error));
            if (p->window.begin == p->window.end) return IC_OK;
        }
        while (p->window.begin < p->window.rows_end) {
            if (p->window.offset >= p->until) return IC_OK;
            IC_TRY(read_row(p));
        }
    }
}

ic_status ic_tsv_part_read(ic_tsv_part *p) {
    ic_status status = each_row(p);
    if (status != IC_OK && p->error.column == 0) { /* no cell's place, but a row's */
        p->error.status = status;
        p->error.offset = p->window.offset;
        p->error.line = p->sink.lines;
        p->error.column = 1;
    }
    ic_window_close(&p->window);
    return status;
}
