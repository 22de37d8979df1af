/* What products have in common: the countries that have both, counted in bits, over the larger ubiquity. */
#include <math.h>
#include <string.h>

#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/trade/bits.h"

#if defined(IC_X86)
#include <immintrin.h>
#endif

#define TILE 64 /* products beside one another: a word of a country's bits */

/* Product rows of a year: word w of product p at words[w * across + p], so that neighbours are side by side; `across` is a
   multiple of TILE and what lies beyond the last product is empty. */
typedef struct products {
    size_t n, across, tall;
    uint64_t *words;
    double *ubiquity;
} products;

/* out[k] = shared countries of p and from + k, over the larger ubiquity; 0 / 0 where both are empty. */
typedef void (*near_row)(const products *of, size_t p, size_t from, double *out);

static void near_scalar(const products *of, size_t p, size_t from, double *out) {
    const double mine = of->ubiquity[p];
    for (size_t k = 0; k < TILE; k++) {
        unsigned count = 0;
        for (size_t w = 0; w < of->tall; w++)
            count += ic_bit_count(of->words[w * of->across + p] & of->words[w * of->across + from + k]);
        const double other = of->ubiquity[from + k];
        out[k] = (double)count / (mine > other ? mine : other);
    }
}

#if defined(IC_X86)
#define BYTES_HOLD 31 /* words whose counts, up to 8 in a byte, fit into bytes */

IC_TARGET("avx2")
static void near_avx2(const products *of, size_t p, size_t from, double *out) {
    const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2,
                                           2, 3, 2, 3, 3, 4);
    const __m256i low = _mm256_set1_epi8(15), magic = _mm256_set1_epi64x(0x4330000000000000); /* 2^52 */
    const __m256i nothing = _mm256_setzero_si256();
    const __m256d mine = _mm256_set1_pd(of->ubiquity[p]);
    for (size_t k = 0; k < TILE; k += 4) {
        __m256i total = nothing;
        for (size_t w = 0; w < of->tall;) {
            const size_t end = of->tall - w < BYTES_HOLD ? of->tall : w + BYTES_HOLD;
            __m256i bytes = nothing;
            for (; w < end; w++) {
                const uint64_t *const line = of->words + w * of->across;
                const __m256i x =
                    _mm256_and_si256(_mm256_set1_epi64x((long long)line[p]),
                                     _mm256_loadu_si256((const __m256i *)(const void *)(line + from + k)));
                bytes = _mm256_add_epi8(bytes, _mm256_shuffle_epi8(table, _mm256_and_si256(x, low)));
                bytes =
                    _mm256_add_epi8(bytes, _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(x, 4), low)));
            }
            total = _mm256_add_epi64(total, _mm256_sad_epu8(bytes, nothing));
        }
        const __m256d count =
            _mm256_sub_pd(_mm256_castsi256_pd(_mm256_or_si256(total, magic)), _mm256_castsi256_pd(magic));
        _mm256_storeu_pd(out + k, _mm256_div_pd(count, _mm256_max_pd(mine, _mm256_loadu_pd(of->ubiquity + from + k))));
    }
}
#endif

/* ---- sums of what a country has --------------------------------------------------------------------------------------- */

#define PART 32 /* products whose sums are kept in registers */

/* near[q * PART + k], q up to TILE, added up over the bits of `has`, and the sum added to out[0 .. PART) */
#define GATHER(level, target)                                                                                          \
    target static void gather_##level(uint64_t has, const double *near, double *out) {                                 \
        double sum[PART] = {0};                                                                                        \
        for (; has != 0; has &= has - 1) {                                                                             \
            const double *const line = near + ic_bit_lowest(has) * PART;                                               \
            for (size_t k = 0; k < PART; k++) sum[k] += line[k];                                                       \
        }                                                                                                              \
        for (size_t k = 0; k < PART; k++) out[k] += sum[k];                                                            \
    }

GATHER(base, )
#if defined(IC_X86)
IC_TARGET("avx2")
static void gather_avx2(uint64_t has, const double *near, double *out) {
    __m256d a = _mm256_setzero_pd(), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
    for (; has != 0; has &= has - 1) {
        const double *const line = near + ic_bit_lowest(has) * PART;
        a = _mm256_add_pd(a, _mm256_loadu_pd(line)), b = _mm256_add_pd(b, _mm256_loadu_pd(line + 4));
        c = _mm256_add_pd(c, _mm256_loadu_pd(line + 8)), d = _mm256_add_pd(d, _mm256_loadu_pd(line + 12));
        e = _mm256_add_pd(e, _mm256_loadu_pd(line + 16)), f = _mm256_add_pd(f, _mm256_loadu_pd(line + 20));
        g = _mm256_add_pd(g, _mm256_loadu_pd(line + 24)), h = _mm256_add_pd(h, _mm256_loadu_pd(line + 28));
    }
    const __m256d sums[] = {a, b, c, d, e, f, g, h};
    for (size_t k = 0; k < 8; k++) _mm256_storeu_pd(out + 4 * k, _mm256_add_pd(_mm256_loadu_pd(out + 4 * k), sums[k]));
}
#endif

static struct {
    near_row near;
    void (*gather)(uint64_t, const double *, double *);
} table = {near_scalar, gather_base};

void ic_proximity_select(ic_cpu level) {
    table.near = near_scalar, table.gather = gather_base;
#if defined(IC_X86)
    if (level == IC_CPU_AVX2 || level == IC_CPU_AVX512) table.near = near_avx2, table.gather = gather_avx2;
#else
    (void)level;
#endif
}

/* ---- a year's products -------------------------------------------------------------------------------------------------- */

static ic_status products_of(const ic_presence *presence, size_t y, products *to) {
    const size_t rows = presence->rows, words = ic_trade_words(presence->columns);
    const uint64_t *const bits = presence->bits + y * rows * words;
    to->n = presence->columns;
    to->across = (words + 1) * TILE; /* a tile may begin at the last product */
    to->tall = ic_trade_words(rows);
    to->words = ic_alloc_zeroed(to->tall * to->across, sizeof *to->words);
    to->ubiquity = ic_alloc_zeroed(to->across, sizeof *to->ubiquity);
    if (to->words == NULL || to->ubiquity == NULL) return IC_MEMORY;
    for (size_t r = 0; r < rows; r++) {
        uint64_t *const line = to->words + r / IC_TRADE_BITS * to->across;
        IC_EACH_BIT(p, bits + r * words, words) {
            line[p] |= (uint64_t)1 << (r % IC_TRADE_BITS);
            to->ubiquity[p]++;
        }
    }
    return IC_OK;
}

static void forget(products *of) {
    ic_free(of->words);
    ic_free(of->ubiquity);
}

/* ---- proximity ---------------------------------------------------------------------------------------------------------------- */

typedef struct pairs {
    const products *of;
    double *out;
} pairs;

/* The pairs of products in tile i with those in tiles i, i + 1, ...: both halves are written, a tile at a time. */
static void tile_row(void *context, size_t i) {
    const pairs *const w = context;
    const size_t n = w->of->n, tiles = ic_trade_words(n), top = i * TILE, high = n - top < TILE ? n - top : TILE;
    double tile[TILE][TILE];
    for (size_t j = i; j < tiles; j++) {
        const size_t left = j * TILE, wide = n - left < TILE ? n - left : TILE;
        for (size_t p = 0; p < high; p++) {
            table.near(w->of, top + p, left, tile[p]);
            memcpy(w->out + (top + p) * n + left, tile[p], wide * sizeof(double));
        }
        if (i == j) continue; /* the tile is its own mirror */
        for (size_t q = 0; q < wide; q++) {
            double *const to = w->out + (left + q) * n + top;
            for (size_t p = 0; p < high; p++) to[p] = tile[p][q];
        }
    }
}

static void empty_rows(const products *of, double *out) {
    for (size_t p = 0; p < of->n; p++) {
        if (of->ubiquity[p] > 0) continue;
        for (size_t q = 0; q < of->n; q++) out[p * of->n + q] = out[q * of->n + p] = (double)NAN;
    }
}

ic_status ic_trade_proximity(const ic_presence *presence, double *out, int threads) {
    const size_t n = presence->columns;
    ic_status status = IC_OK;
    for (size_t y = 0; y < presence->years && status == IC_OK; y++) {
        products of = {0};
        status = products_of(presence, y, &of);
        if (status == IC_OK) {
            pairs w = {&of, out + y * n * n};
            ic_parallel_for(ic_trade_words(n), threads, tile_row, &w);
            empty_rows(&of, w.out);
        }
        forget(&of);
    }
    return status;
}

/* ---- spread ------------------------------------------------------------------------------------------------------------------- */

typedef struct spread {
    ic_trade_team team;
    const products *of;
    size_t rows;
    const uint64_t *bits;
    const double *weight;
    double *out, *all;
} spread;

/* Products [i * PART, i * PART + PART) of all countries. Proximities are made a tile at a time, used and forgotten. */
static void spread_part(void *context, size_t i) {
    spread *const w = context;
    const size_t n = w->of->n, words = ic_trade_words(n), left = i * PART, wide = n - left < PART ? n - left : PART;
    double *const space = ic_alloc_zeroed((w->rows + 1) * PART + TILE * PART, sizeof *space);
    if (space == NULL) {
        ic_trade_failed(&w->team, IC_MEMORY);
        return;
    }
    double *const near = space + (w->rows + 1) * PART, *const whole = space + w->rows * PART;
    for (size_t word = 0; word < words; word++) {
        uint64_t there = 0;
        for (size_t q = 0; q < TILE && word * TILE + q < n; q++) {
            const size_t at = word * TILE + q;
            double line[TILE];
            if (!(w->of->ubiquity[at] > 0)) continue;
            there |= (uint64_t)1 << q;
            table.near(w->of, at, left, line);
            for (size_t k = 0; k < PART; k++) near[q * PART + k] = line[k] * w->weight[at];
        }
        table.gather(there, near, whole);
        for (size_t r = 0; r < w->rows; r++) {
            const uint64_t has = w->bits[r * words + word];
            if (has != 0) table.gather(has, near, space + r * PART);
        }
    }
    memcpy(w->all + left, whole, wide * sizeof(double));
    for (size_t r = 0; r < w->rows; r++) memcpy(w->out + r * n + left, space + r * PART, wide * sizeof(double));
    ic_free(space);
}

ic_status ic_trade_spread(const ic_presence *presence, const double *weight, double *out, double *all, int threads) {
    const size_t n = presence->columns, rows = presence->rows;
    ic_status status = IC_OK;
    for (size_t y = 0; y < presence->years && status == IC_OK; y++) {
        products of = {0};
        status = products_of(presence, y, &of);
        if (status == IC_OK) {
            spread w = {.of = &of,
                        .rows = rows,
                        .bits = presence->bits + y * rows * ic_trade_words(n),
                        .weight = weight + y * n,
                        .out = out + y * rows * n,
                        .all = all + y * n};
            ic_parallel_for((n + PART - 1) / PART, threads, spread_part, &w);
            status = w.team.status;
        }
        forget(&of);
    }
    return status;
}
