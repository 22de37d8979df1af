/* px: from bytes to cells. Figures and symbols are told apart by their first byte; dots are counted in a word. */
#include "core/number/number_scan.h"
#include "core/base/flags.h"
#include "core/read/marks.h"
#include "core/read/px.h"

#include <math.h>
#include <string.h>

#if defined(IC_X86)
#include <immintrin.h>
#endif

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

/* Bit k of a word is about the k-th of 64 bytes. */
typedef struct block {
    uint64_t quotes, separators;
} block;

/* What is known behind a block. */
typedef struct state {
    uint64_t quoted;  /* all bits: within quotes */
    uint64_t in_cell; /* 1 or 0 */
} state;

/* First where cells begin, then what they are: so that no cell waits for the length of the one before. */
#define INDEXED 4096 /* bytes at a time */

typedef struct cell_index {
    uint32_t starts[INDEXED / 2 + 32]; /* more are written than count */
    size_t n;
} cell_index;

/* Bit k: an odd number of the bits up to k is set. */
IC_INLINE uint64_t parity_of(uint64_t bits) {
    for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
    return bits;
}

/* The place of the lowest bit; anything where there is none. */
IC_INLINE uint32_t lowest_bit(uint64_t bits) {
#if defined(IC_NUMBER_WORDS)
    return (uint32_t)ic_number_lowest(bits);
#else
    return bits != 0 ? (uint32_t)__builtin_ctzll(bits) : 0;
#endif
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

#if defined(IC_X86)
IC_INLINE block block_sse2(const char *p, char comma) {
    block b = {0, 0};
    for (int i = 0; i < 4; i++) {
        const __m128i text = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        const __m128i low = _mm_sub_epi8(text, _mm_set1_epi8(1)); /* 1 to 32 become 0 to 31 */
        const __m128i blank = _mm_cmpeq_epi8(_mm_min_epu8(low, _mm_set1_epi8(31)), low);
        const __m128i commas = _mm_cmpeq_epi8(text, _mm_set1_epi8(comma));
        const __m128i mark = _mm_or_si128(commas, _mm_cmpeq_epi8(text, _mm_set1_epi8(';')));
        const __m128i quote = _mm_cmpeq_epi8(text, _mm_set1_epi8('"'));
        b.separators |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_or_si128(blank, mark)) << (16 * i);
        b.quotes |= (uint64_t)(uint32_t)_mm_movemask_epi8(quote) << (16 * i);
    }
    return b;
}
IC_TARGET("avx2,bmi,bmi2,popcnt") static inline block block_avx2(const char *p, char comma) {
    block b = {0, 0};
    for (int i = 0; i < 2; i++) {
        const __m256i text = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32 * i));
        const __m256i low = _mm256_sub_epi8(text, _mm256_set1_epi8(1));
        const __m256i blank = _mm256_cmpeq_epi8(_mm256_min_epu8(low, _mm256_set1_epi8(31)), low);
        const __m256i commas = _mm256_cmpeq_epi8(text, _mm256_set1_epi8(comma));
        const __m256i mark = _mm256_or_si256(commas, _mm256_cmpeq_epi8(text, _mm256_set1_epi8(';')));
        const __m256i quote = _mm256_cmpeq_epi8(text, _mm256_set1_epi8('"'));
        b.separators |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_or_si256(blank, mark)) << (32 * i);
        b.quotes |= (uint64_t)(uint32_t)_mm256_movemask_epi8(quote) << (32 * i);
    }
    return b;
}
#include "core/read/px_four_avx2.h"
#else
typedef int four_reasons; /* nothing reads four cells at once */
static void four_begin(const ic_px_table *table, four_reasons *reasons) { (void)table, *reasons = 0; }
static uint32_t four_end(const four_reasons *reasons) { return (uint32_t)*reasons; }
IC_INLINE block block_scalar(const char *p, char comma) {
    block b = {0, 0};
    for (unsigned i = 0; i < 64; i++) {
        const unsigned char c = (unsigned char)p[i];
        b.separators |= (uint64_t)((c <= ' ' && c != 0) || c == ';' || c == (unsigned char)comma) << i;
        b.quotes |= (uint64_t)(c == '"') << i;
    }
    return b;
}
#endif

#define NAME(x) x##_base
#define TARGET
#define FOUR(...) 0
#if defined(IC_X86)
#define BLOCK block_sse2
#else
#define BLOCK block_scalar
#endif
#include "core/read/px_loops.h"
#undef NAME
#undef TARGET
#undef FOUR
#undef BLOCK

#if defined(IC_X86)
#define NAME(x) x##_avx2
#define TARGET  IC_TARGET("avx2,bmi,bmi2,popcnt")
#define FOUR    four_avx2
#define BLOCK   block_avx2
#include "core/read/px_loops.h"
#undef NAME
#undef TARGET
#undef FOUR
#undef BLOCK
#endif

/* Written by ic_px_select alone. */
static const char *(*read_cells)(const ic_px_table *table, const char *p, const char *end, size_t most,
                                 ic_px_cells *cells, const char **bad) = read_cells_base;
static void (*count_cells)(const ic_px_table *table, ic_px_count *count, const char *p,
                           const char *end) = count_cells_base;

void ic_px_select(ic_cpu level) {
    read_cells = read_cells_base;
    count_cells = count_cells_base;
#if defined(IC_X86)
    if (level == IC_CPU_AVX2 || level == IC_CPU_AVX512) {
        read_cells = read_cells_avx2;
        count_cells = count_cells_avx2;
    }
#else
    (void)level;
#endif
}

void ic_px_cells_count(const ic_px_table *table, ic_px_count *count, const char *p, const char *end) {
    count_cells(table, count, p, end);
}

/* The same, one cell after the other: for tests. */
static const char *read_plainly(const ic_px_table *table, const char *p, const char *end, size_t most,
                                ic_px_cells *cells, const char **bad) {
    while (cells->n < most) {
        while (p < end && ic_px_separates(table, *p)) p++;
        const char *stop = p == end ? NULL : ic_px_cell_end(table, p, end);
        if (stop == NULL) break;
        if (!ic_px_cell_read(table, p, (size_t)(stop - p), cells)) {
            *bad = p;
            return NULL;
        }
        p = stop;
    }
    return p;
}

const char *ic_px_cells_read(const ic_px_table *table, const char *p, const char *end, size_t most, ic_px_cells *cells,
                             const char **bad) {
    if (table->options->plain) return read_plainly(table, p, end, most, cells, bad);
    return read_cells(table, p, end, most, cells, bad);
}
