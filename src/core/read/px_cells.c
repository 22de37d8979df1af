/* px: from bytes to cells. Figures and symbols are told apart by their first byte; dots are counted in a word. */
#include "core/number/number_scan.h"
#include "core/read/marks.h"
#include "core/read/px.h"

#include <math.h>
#include <string.h>

/* ---- one cell, whatever it is ---------------------------------------------------------------------------------- */

static void no_value(ic_px_cells *cells, uint32_t flags) {
    cells->values[cells->n] = NAN;
    if (flags != 0) {
        cells->flags[cells->n] = flags;
        cells->any_flags |= flags;
    }
    if (cells->decimals != NULL) {
        cells->decimals[cells->n] = -1;
        cells->digits[cells->n] = 0;
    }
    cells->n++;
}

static void nil(ic_px_cells *cells) {
    no_value(cells, IC_FLAG_ZERO);
    cells->values[cells->n - 1] = 0.0;
}

static void figure(ic_px_cells *cells, const ic_number *number) {
    cells->values[cells->n] = number->value;
    if (cells->decimals != NULL) {
        cells->decimals[cells->n] = number->decimals;
        cells->digits[cells->n] = number->digits;
    }
    cells->n++;
}

int ic_px_cell_read(const ic_px_table *table, const char *text, size_t length, ic_px_cells *cells) {
    if (length >= 2 && text[0] == '"' && text[length - 1] == '"') {
        text++;
        length -= 2;
    }
    while (length > 0 && *text == ' ') text++, length--;
    while (length > 0 && text[length - 1] == ' ') length--;
    size_t dots = 0;
    while (dots < length && text[dots] == '.') dots++;
    if (dots == length && dots > 0 && dots < IC_PX_SYMBOLS) {
        no_value(cells, table->reasons[dots]);
        return 1;
    }
    if (length == 1 && *text == '-') {
        nil(cells);
        return 1;
    }
    const ic_number_style style = {table->decimal, 0};
    ic_number number;
    uint32_t flags;
    if (ic_number_parse(text, length, &style, &number)) {
        figure(cells, &number);
        return 1;
    }
    for (size_t i = 0; i < IC_PX_SYMBOLS; i++) {
        const ic_text *symbol = &table->symbols[i];
        if (symbol->length == 0 || symbol->length != length || memcmp(symbol->text, text, length) != 0) continue;
        if (i == 0)
            nil(cells);
        else
            no_value(cells, table->reasons[i]);
        return 1;
    }
    if (ic_marks_missing(text, length, &flags)) {
        no_value(cells, flags);
        return 1;
    }
    return 0;
}

const char *ic_px_cell_end(const ic_px_table *table, const char *p, const char *end) {
    if (*p == '"') {
        const char *quote = memchr(p + 1, '"', (size_t)(end - p - 1));
        if (quote == NULL) return NULL;
        p = quote + 1;
    }
    while (p < end && !ic_px_separates(table, *p)) p++;
    return p;
}

/* ---- many cells ------------------------------------------------------------------------------------------------ */

/* What a byte is where a cell may begin. */
enum { OTHER, SPACE, DIGIT, QUOTE, DOT };

static void classify(const ic_px_table *table, uint8_t kinds[256]) {
    for (unsigned c = 0; c < 256; c++) kinds[c] = ic_px_separates(table, (char)c) ? SPACE : OTHER;
    for (unsigned c = '0'; c <= '9'; c++) kinds[c] = DIGIT;
    kinds['-'] = DIGIT;
    kinds['"'] = QUOTE;
    kinds['.'] = DOT;
}

/* How many of the eight bytes from p on are dots before another one comes. */
IC_INLINE size_t dots_at(const char *p) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t word;
    memcpy(&word, p, 8);
    word ^= UINT64_C(0x2E2E2E2E2E2E2E2E);
    return word == 0 ? 8 : (size_t)__builtin_ctzll(word) >> 3;
#else
    size_t n = 0;
    while (n < 8 && p[n] == '.') n++;
    return n;
#endif
}

/* With where decimals are wanted, without where they are not: the loop is written once. */
IC_INLINE const char *read_cells(const ic_px_table *table, const char *p, const char *end, size_t most,
                                 ic_px_cells *cells, const char **bad, const int with_decimals) {
    uint8_t kinds[256];
    classify(table, kinds);
    double *const values = cells->values;
    uint32_t *const flags = cells->flags;
    size_t n = cells->n;
    uint32_t any = 0;
    const int plain = table->options->plain, points = table->decimal == '.';
    while (n < most) {
        while (kinds[(unsigned char)*p] == SPACE && p < end) p++;
        if (p >= end) break;
        const unsigned kind = plain ? OTHER : kinds[(unsigned char)*p];
        if (kind == DIGIT) {
            ic_number number;
            const char *behind = ic_number_scan(p, &number);
            if (IC_LIKELY(behind != NULL && kinds[(unsigned char)*behind] == SPACE && points)) {
                values[n] = number.value;
                if (with_decimals) {
                    cells->decimals[n] = number.decimals;
                    cells->digits[n] = number.digits;
                }
                n++;
                p = behind;
                continue;
            }
        } else if (kind == QUOTE || kind == DOT) {
            const size_t quote = kind == QUOTE, dots = dots_at(p + quote);
            const char *behind = p + dots + 2 * quote;
            if (dots > 0 && dots < IC_PX_SYMBOLS && (!quote || behind[-1] == '"') &&
                kinds[(unsigned char)*behind] == SPACE) {
                values[n] = NAN;
                flags[n] = table->reasons[dots];
                any |= table->reasons[dots];
                if (with_decimals) {
                    cells->decimals[n] = -1;
                    cells->digits[n] = 0;
                }
                n++;
                p = behind;
                continue;
            }
        }
        const char *stop = ic_px_cell_end(table, p, end);
        if (stop == NULL) break;
        cells->n = n;
        if (!ic_px_cell_read(table, p, (size_t)(stop - p), cells)) {
            cells->any_flags |= any;
            *bad = p;
            return NULL;
        }
        n++;
        p = stop;
    }
    cells->n = n;
    cells->any_flags |= any;
    return p;
}

const char *ic_px_cells_read(const ic_px_table *table, const char *p, const char *end, size_t most, ic_px_cells *cells,
                             const char **bad) {
    if (cells->decimals != NULL) return read_cells(table, p, end, most, cells, bad, 1);
    return read_cells(table, p, end, most, cells, bad, 0);
}

/* ---- counting --------------------------------------------------------------------------------------------------- */

static void count_bytes(const ic_px_table *table, ic_px_count *count, const char *p, const char *end) {
    for (; p < end; p++) {
        if (*p == '"') count->quoted = !count->quoted;
        const int inside = count->quoted || !ic_px_separates(table, *p);
        count->cells += (uint64_t)(inside && !count->in_cell);
        count->in_cell = inside;
    }
}

#if defined(__SSE2__)
#include <emmintrin.h>

/* Bit k: the k-th of 64 bytes is a quote. */
IC_INLINE uint64_t quotes_of(const char *p) {
    uint64_t bits = 0;
    for (int i = 0; i < 4; i++) {
        const __m128i text = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(text, _mm_set1_epi8('"'))) << (16 * i);
    }
    return bits;
}

IC_INLINE uint64_t separators_of(const char *p, __m128i comma) {
    uint64_t bits = 0;
    for (int i = 0; i < 4; i++) {
        const __m128i text = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        const __m128i low = _mm_sub_epi8(text, _mm_set1_epi8(1)); /* 1 to 32 become 0 to 31 */
        const __m128i blank = _mm_cmpeq_epi8(_mm_min_epu8(low, _mm_set1_epi8(31)), low);
        const __m128i mark = _mm_or_si128(_mm_cmpeq_epi8(text, comma), _mm_cmpeq_epi8(text, _mm_set1_epi8(';')));
        bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_or_si128(blank, mark)) << (16 * i);
    }
    return bits;
}

/* Bit k: an odd number of the bits up to k is set. */
IC_INLINE uint64_t parity_of(uint64_t bits) {
    for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
    return bits;
}

void ic_px_cells_count(const ic_px_table *table, ic_px_count *count, const char *p, const char *end) {
    const __m128i comma = _mm_set1_epi8(table->decimal == ',' ? ';' : ',');
    uint64_t cells = 0, quoted = count->quoted ? ~UINT64_C(0) : 0, in_cell = (uint64_t)count->in_cell;
    for (; end - p >= 64; p += 64) {
        /* the closing quote is none of the bits of `inside`, but no separator either */
        const uint64_t quotes = quotes_of(p), inside = (quotes == 0 ? 0 : parity_of(quotes)) ^ quoted;
        const uint64_t cell = ~separators_of(p, comma) | inside;
        cells += (uint64_t)__builtin_popcountll(cell & ~(cell << 1 | in_cell));
        in_cell = cell >> 63;
        quoted = (uint64_t)((int64_t)inside >> 63);
    }
    count->cells += cells;
    count->quoted = quoted != 0;
    count->in_cell = (int)in_cell;
    count_bytes(table, count, p, end);
}
#else
void ic_px_cells_count(const ic_px_table *table, ic_px_count *count, const char *p, const char *end) {
    count_bytes(table, count, p, end);
}
#endif
