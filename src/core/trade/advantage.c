/* Balassa's index and whether it reaches a threshold, in two passes over a year: sums, then quotients. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/trade/bits.h"

#if defined(IC_X86)
#include <immintrin.h>
#endif

#define LANES 8
#define CHUNK 512 /* columns that are added up side by side: they stay in the nearest cache */
#define BLOCK 16  /* rows whose sums are put together before they join the rest */

/* ---- sums ---------------------------------------------------------------------------------------------------------------- */

typedef struct totals {
    double *row, *column; /* zero at first */
    double unfit;         /* how many figures are below zero or infinite */
} totals;

/* Rows [from, to) and columns [left, right) of a table; what it adds goes to tall[right - left] and row[]. */
#define SUMS(level, target)                                                                                            \
    target static void sums_##level(size_t columns, const double *values, size_t from, size_t to, size_t left,         \
                                    size_t right, double *tall, double *row, double *unfit) {                          \
        double bad[LANES] = {0};                                                                                       \
        const size_t width = right - left, whole = width - width % LANES;                                              \
        for (size_t r = from; r < to; r++) {                                                                           \
            const double *x = values + r * columns + left;                                                             \
            double sum[LANES] = {0};                                                                                   \
            for (size_t j = 0; j < whole; j += LANES)                                                                  \
                for (size_t l = 0; l < LANES; l++) {                                                                   \
                    const double v = x[j + l] == x[j + l] ? x[j + l] : 0.0;                                            \
                    bad[l] += ((v >= 0.0) & (v <= DBL_MAX)) ? 0.0 : 1.0;                                               \
                    sum[l] += v;                                                                                       \
                    tall[j + l] += v;                                                                                  \
                }                                                                                                      \
            for (size_t j = whole; j < width; j++) {                                                                   \
                const double v = x[j] == x[j] ? x[j] : 0.0;                                                            \
                bad[j - whole] += ((v >= 0.0) & (v <= DBL_MAX)) ? 0.0 : 1.0;                                           \
                sum[j - whole] += v;                                                                                   \
                tall[j] += v;                                                                                          \
            }                                                                                                          \
            row[r] += ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));               \
        }                                                                                                              \
        for (size_t l = 0; l < LANES; l++) *unfit += bad[l];                                                           \
    }

/* ---- thresholds ------------------------------------------------------------------------------------------------------------ */

/* What must be decided by the quotients themselves: they and the products differ by a few roundings at most. */
#define NEAR 1e-14

typedef struct judged {
    uint64_t sure, close; /* surely at least the threshold; too close to it for products to tell */
} judged;

/* Of up to 64 figures x: whether x * factor is at least bar[]. With factor 1 and no margin: exact. */
IC_INLINE judged judge_plain(size_t n, const double *x, double factor, const double *bar, double above, double below) {
    judged found = {0, 0};
    for (size_t k = 0; k < n; k++) {
        const double a = x[k] * factor, b = bar[k];
        const int sure = a >= b * above, near = (a >= b * below) & !sure;
        found.sure |= (uint64_t)sure << k;
        found.close |= (uint64_t)near << k;
    }
    return found;
}

static judged judge_scalar(size_t n, const double *x, double factor, const double *bar, double above, double below) {
    return judge_plain(n, x, factor, bar, above, below);
}

#if defined(IC_X86)
IC_TARGET("avx2")
static judged judge_avx2(size_t n, const double *x, double factor, const double *bar, double above, double below) {
    const __m256d f = _mm256_set1_pd(factor), hi = _mm256_set1_pd(above), lo = _mm256_set1_pd(below);
    judged found = {0, 0};
    size_t k = 0;
    for (; k + 4 <= n; k += 4) {
        const __m256d a = _mm256_mul_pd(_mm256_loadu_pd(x + k), f), b = _mm256_loadu_pd(bar + k);
        const int sure = _mm256_movemask_pd(_mm256_cmp_pd(a, _mm256_mul_pd(b, hi), _CMP_GE_OQ));
        const int near = _mm256_movemask_pd(_mm256_cmp_pd(a, _mm256_mul_pd(b, lo), _CMP_GE_OQ)) & ~sure;
        found.sure |= (uint64_t)(unsigned)sure << k;
        found.close |= (uint64_t)(unsigned)near << k;
    }
    if (k < n) {
        const judged rest = judge_plain(n - k, x + k, factor, bar + k, above, below);
        found.sure |= rest.sure << k;
        found.close |= rest.close << k;
    }
    return found;
}
#endif

/* ---- quotients ----------------------------------------------------------------------------------------------------------- */

#define QUOTIENTS(level, target)                                                                                       \
    target static void quotients_##level(size_t n, const double *x, double row, const double *share, double *out) {    \
        for (size_t k = 0; k < n; k++) {                                                                               \
            const double v = x[k] == x[k] ? x[k] : 0.0;                                                                \
            out[k] = v / row / share[k];                                                                               \
        }                                                                                                              \
    }

SUMS(base, )
QUOTIENTS(base, )
#if defined(IC_X86)
SUMS(avx2, IC_TARGET("avx2"))
SUMS(avx512, IC_TARGET("avx512f,avx512bw,avx512vl"))
QUOTIENTS(avx2, IC_TARGET("avx2"))
QUOTIENTS(avx512, IC_TARGET("avx512f,avx512bw,avx512vl"))
#endif

static struct {
    void (*sums)(size_t, const double *, size_t, size_t, size_t, size_t, double *, double *, double *);
    judged (*judge)(size_t, const double *, double, const double *, double, double);
    void (*quotients)(size_t, const double *, double, const double *, double *);
} table = {sums_base, judge_scalar, quotients_base};

void ic_advantage_select(ic_cpu level) {
    table.sums = sums_base;
    table.judge = judge_scalar;
    table.quotients = quotients_base;
#if defined(IC_X86)
    if (level == IC_CPU_AVX2 || level == IC_CPU_AVX512) table.judge = judge_avx2;
    if (level == IC_CPU_AVX2) table.sums = sums_avx2, table.quotients = quotients_avx2;
    if (level == IC_CPU_AVX512) table.sums = sums_avx512, table.quotients = quotients_avx512;
#else
    (void)level;
#endif
}

/* ---- a year ------------------------------------------------------------------------------------------------------------------ */

static void add_up(size_t rows, size_t columns, const double *values, totals *to) {
    double tall[CHUNK];
    for (size_t from = 0; from < rows; from += BLOCK) {
        const size_t end = from + BLOCK < rows ? from + BLOCK : rows;
        for (size_t left = 0; left < columns; left += CHUNK) {
            const size_t right = left + CHUNK < columns ? left + CHUNK : columns;
            memset(tall, 0, sizeof tall);
            table.sums(columns, values, from, end, left, right, tall, to->row, &to->unfit);
            for (size_t j = left; j < right; j++) to->column[j] += tall[j - left];
        }
    }
}

/* A column's part of the total of all; NaN where nobody exports it. */
static void shares_of(size_t rows, size_t columns, const totals *sums, double *share) {
    double all = 0;
    for (size_t r = 0; r < rows; r++) all += sums->row[r];
    for (size_t j = 0; j < columns; j++) share[j] = sums->column[j] > 0 ? sums->column[j] / all : (double)NAN;
}

typedef struct work {
    ic_trade_team team;
    const ic_exports *exports;
    double threshold;
    int as_given;
    double *advantage; /* or NULL */
    uint64_t *bits;
    int32_t *diversity, *ubiquity;
    int64_t *unfit; /* of each year */
} work;

static int64_t first_unfit(size_t n, const double *x) {
    for (size_t k = 0; k < n; k++)
        if (x[k] < 0 || x[k] > DBL_MAX) return (int64_t)k;
    return -1;
}

static void mark_row(const work *w, size_t y, size_t r, const double *x, double total, const double *share,
                     const double *bar) {
    const size_t columns = w->exports->columns, words = ic_trade_words(columns), at = y * w->exports->rows + r;
    uint64_t *const bits = w->bits + at * words;
    const double margin = w->as_given ? 0 : NEAR;
    const int extreme = !w->as_given && !(total > 1e-290 && total < 1e290); /* its reciprocal is too coarse, or none */
    for (size_t k = 0; k < words; k++) {
        const size_t from = k * IC_TRADE_BITS, n = columns - from < IC_TRADE_BITS ? columns - from : IC_TRADE_BITS;
        judged found = table.judge(n, x + from, w->as_given ? 1 : 1 / total, bar + from, 1 + margin, 1 - margin);
        if (extreme) found = (judged){0, n == IC_TRADE_BITS ? ~(uint64_t)0 : ((uint64_t)1 << n) - 1};
        for (uint64_t left = found.close; left != 0; left &= left - 1) {
            const unsigned bit = ic_bit_lowest(left);
            const double exact = w->as_given ? x[from + bit] : x[from + bit] / total / share[from + bit];
            if (exact >= w->threshold) found.sure |= (uint64_t)1 << bit;
        }
        bits[k] = found.sure;
        w->diversity[at] += (int32_t)ic_bit_count(found.sure);
    }
    int32_t *const ubiquity = w->ubiquity + y * columns;
    IC_EACH_BIT(k, bits, words) { ubiquity[k]++; }
}

static void one_year(void *context, size_t y) {
    work *const w = context;
    const size_t rows = w->exports->rows, columns = w->exports->columns, words = ic_trade_words(columns);
    const double *const values = w->exports->values + y * rows * columns;
    double *const space = ic_alloc_zeroed(rows + 3 * columns, sizeof *space);
    if (space == NULL) {
        ic_trade_failed(&w->team, IC_MEMORY);
        return;
    }
    totals sums = {space, space + rows, 0};
    double *const share = sums.column + columns, *const bar = share + columns;
    w->unfit[y] = -1;
    if (!w->as_given) {
        add_up(rows, columns, values, &sums);
        if (sums.unfit != 0) {
            w->unfit[y] = first_unfit(rows * columns, values);
            ic_free(space);
            return;
        }
        shares_of(rows, columns, &sums, share);
    }
    for (size_t j = 0; j < columns; j++) bar[j] = w->as_given ? w->threshold : share[j] * w->threshold;
    if (w->bits != NULL) {
        memset(w->ubiquity + y * columns, 0, columns * sizeof *w->ubiquity);
        memset(w->diversity + y * rows, 0, rows * sizeof *w->diversity);
    }
    for (size_t r = 0; r < rows; r++) {
        const double *const x = values + r * columns;
        const int nothing = !w->as_given && !(sums.row[r] > 0);
        if (w->advantage != NULL)
            table.quotients(columns, x, nothing ? (double)NAN : sums.row[r], share,
                            w->advantage + (y * rows + r) * columns);
        else if (nothing)
            memset(w->bits + (y * rows + r) * words, 0, words * sizeof *w->bits);
        else
            mark_row(w, y, r, x, sums.row[r], share, bar);
    }
    ic_free(space);
}

static ic_status run(work *w, int64_t *unfit, int threads) {
    const size_t years = w->exports->years;
    *unfit = -1;
    w->unfit = ic_alloc(years, sizeof *w->unfit);
    if (w->unfit == NULL) return IC_MEMORY;
    ic_parallel_for(years, threads, one_year, w);
    for (size_t y = 0; y < years && w->team.status == IC_OK && *unfit < 0; y++)
        if (w->unfit[y] >= 0) *unfit = w->unfit[y] + (int64_t)(y * w->exports->rows * w->exports->columns);
    ic_free(w->unfit);
    return w->team.status;
}

ic_status ic_trade_advantage(const ic_exports *exports, double *out, int64_t *unfit, int threads) {
    work w = {.exports = exports, .advantage = out};
    return run(&w, unfit, threads);
}

ic_status ic_trade_presence(const ic_exports *exports, double threshold, int as_given, uint64_t *bits,
                            int32_t *diversity, int32_t *ubiquity, int64_t *unfit, int threads) {
    work w = {.exports = exports,
              .threshold = threshold,
              .as_given = as_given,
              .bits = bits,
              .diversity = diversity,
              .ubiquity = ubiquity};
    return run(&w, unfit, threads);
}
