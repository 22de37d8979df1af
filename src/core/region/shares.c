/* Folds of shares: sums, concentration, and how far two sets of shares are apart. */
#include <float.h>

#include "core/region/fold.h"
#include "core/region/region.h"

/* A missing figure is 0 and not counted; a negative one turns the sum to NaN. */
#define SEEN  const double seen = x == x ? 1.0 : 0.0;
#define LEVEL const double not_negative = x < 0 ? (double)NAN : 0.0, v = x >= 0 ? x : not_negative;
/* The same of a pair. */
#define SEEN_BOTH const double seen = ((x == x) & (w == w)) ? 1.0 : 0.0;
#define LEVELS                                                                                                         \
    const double refused = ((x < 0) | (w < 0)) ? (double)NAN : 0.0;                                                    \
    const double v = seen > 0 ? x + refused : 0.0, u = seen > 0 ? w + refused : 0.0;

#define TOTAL                                                                                                          \
    SEEN SUM_OF(0) += x == x ? x : 0.0;                                                                                \
    SUM_OF(1) += seen;
/* Squares of figures far from 1 leave the doubles: they are scaled by a power of two then. */
#define SQUARES                                                                                                        \
    SEEN LEVEL const double scaled = v * GIVEN_TO(0);                                                                  \
    SUM_OF(0) += scaled;                                                                                               \
    SUM_OF(1) += seen;                                                                                                 \
    SUM_OF(2) += scaled * scaled;
/* The same where nothing is missing or negative, or the sums say so: one turns to NaN, one below zero. */
#define SQUARES_SEEN                                                                                                   \
    SUM_OF(0) += x;                                                                                                    \
    SUM_OF(1) = x < SUM_OF(1) ? x : SUM_OF(1);                                                                         \
    SUM_OF(2) += x * x;
#define SUM_OF_LEVELS                                                                                                  \
    SEEN LEVEL SUM_OF(0) += v;                                                                                         \
    SUM_OF(1) += seen;
#define SURPRISE /* given: the total */                                                                                \
    LEVEL const double part = v / GIVEN_TO(0);                                                                         \
    SUM_OF(0) -= part * ic_log(part);
#define SUM_OF_BOTH                                                                                                    \
    SEEN_BOTH LEVELS SUM_OF(0) += v;                                                                                   \
    SUM_OF(1) += u;                                                                                                    \
    SUM_OF(2) += seen;
#define APART /* given: both totals */ SEEN_BOTH LEVELS SUM_OF(0) += fabs(v / GIVEN_TO(0) - u / GIVEN_TO(1));
#define RATIO                                                                                                          \
    SEEN_BOTH LEVELS const double part = v / GIVEN_TO(0), whole = u / GIVEN_TO(1);                                     \
    SUM_OF(0) += v == 0 ? 0.0 : part * part / whole;

EVERY_LEVEL(PASS, total, TOTAL)
EVERY_LEVEL(PASS, squares, SQUARES)
EVERY_LEVEL(PASS, squares_seen, SQUARES_SEEN)
EVERY_LEVEL(PASS, levels, SUM_OF_LEVELS)
EVERY_LEVEL(PASS, surprise, SURPRISE)
EVERY_LEVEL(PASS, both, SUM_OF_BOTH)
EVERY_LEVEL(PASS, apart, APART)
EVERY_LEVEL(PASS, ratio, RATIO)

/* The neighbours from `start` on, up to WIDTH of them. */
#define BLOCKS                                                                                                         \
    sums given, a, b;                                                                                                  \
    for (size_t start = 0, m; m = width - start < WIDTH ? width - start : WIDTH, start < width; start += m)
#define ONE_OPERAND  ((figures){in[0] + start, in[0] + start, step[0], step[0]})
#define TWO_OPERANDS ((figures){in[0] + start, in[1] + start, step[0], step[1]})
#define GIVE(k, what)                                                                                                  \
    for (size_t s = 0; s < m; s++) given[k][s] = what;                                                                 \
    for (size_t s = 1; m == 1 && s < LANES; s++) given[k][s] = given[k][0];

#define TOTALS(level, target, how, each, name)                                                                         \
    target static void name##_##level(size_t n, size_t width, const double *const *in, const ptrdiff_t *step,          \
                                      double *const *out) {                                                            \
        BLOCKS {                                                                                                       \
            GIVE(0, 0)                                                                                                 \
            pass_over(total_##level, 2, n, m, ONE_OPERAND, given, a);                                                  \
            for (size_t s = 0; s < m; s++) out[0][start + s] = a[1][s] >= in[1][start + s] ? a[0][s] : (double)NAN;    \
        }                                                                                                              \
        (void)b;                                                                                                       \
    }

#define USUAL(x)                                                                                                       \
    (((x) >= 0x1p-460) & ((x) <= 0x1p460)) /* so that squares of sums, and of parts that matter, are doubles */

#define HHI(level, target, how, each, name)                                                                            \
    target static IC_NOINLINE void name##_slow_##level(size_t n, size_t m, figures from, sums a) {                     \
        sums given;                                                                                                    \
        GIVE(0, 1)                                                                                                     \
        pass_over(squares_##level, 3, n, m, from, given, a);                                                           \
        int again = 0;                                                                                                 \
        for (size_t s = 0; s < m; s++) again |= (a[0][s] > 0) & !USUAL(a[0][s]);                                       \
        if (!again) return;                                                                                            \
        GIVE(0, USUAL(a[0][s]) || !(a[0][s] > 0) ? 1 : a[0][s] > 1 ? 0x1p-1000 : 0x1p+1000)                            \
        pass_over(squares_##level, 3, n, m, from, given, a);                                                           \
    }                                                                                                                  \
    target static void name##_##level(size_t n, size_t width, const double *const *in, const ptrdiff_t *step,          \
                                      double *const *out) {                                                            \
        sums a;                                                                                                        \
        for (size_t start = 0, m; m = width - start < WIDTH ? width - start : WIDTH, start < width; start += m) {      \
            pass_over(squares_seen_##level, 3, n, m, ONE_OPERAND, NULL, a);                                            \
            int odd = 0;                                                                                               \
            for (size_t s = 0; s < m; s++) {                                                                           \
                odd |= !USUAL(a[0][s]) | (a[1][s] < 0);                                                                \
                a[1][s] = (double)n;                                                                                   \
            }                                                                                                          \
            if (odd) name##_slow_##level(n, m, ONE_OPERAND, a);                                                        \
            for (size_t s = 0; s < m; s++) {                                                                           \
                const int there = (a[1][s] >= in[1][start + s]) & (a[0][s] > 0);                                       \
                out[0][start + s] = there ? a[2][s] / (a[0][s] * a[0][s]) : (double)NAN;                               \
            }                                                                                                          \
        }                                                                                                              \
    }

#define ENTROPY(level, target, how, each, name)                                                                        \
    target static void name##_##level(size_t n, size_t width, const double *const *in, const ptrdiff_t *step,          \
                                      double *const *out) {                                                            \
        BLOCKS {                                                                                                       \
            GIVE(0, 0)                                                                                                 \
            pass_over(levels_##level, 2, n, m, ONE_OPERAND, given, a);                                                 \
            GIVE(0, a[0][s])                                                                                           \
            pass_over(surprise_##level, 1, n, m, ONE_OPERAND, given, b);                                               \
            for (size_t s = 0; s < m; s++) {                                                                           \
                const int there = (a[1][s] >= in[1][start + s]) & (a[0][s] > 0);                                       \
                out[0][start + s] = there ? b[0][s] + 0.0 : (double)NAN;                                               \
            }                                                                                                          \
        }                                                                                                              \
    }

/* Both totals first, then what the shares are compared by. */
#define COMPARE(level, target, how, each, name, second, result)                                                        \
    target static void name##_##level(size_t n, size_t width, const double *const *in, const ptrdiff_t *step,          \
                                      double *const *out) {                                                            \
        BLOCKS {                                                                                                       \
            GIVE(0, 0)                                                                                                 \
            GIVE(1, 0)                                                                                                 \
            pass_over(both_##level, 3, n, m, TWO_OPERANDS, given, a);                                                  \
            GIVE(0, a[0][s])                                                                                           \
            GIVE(1, a[1][s])                                                                                           \
            pass_over(second##_##level, 1, n, m, TWO_OPERANDS, given, b);                                              \
            for (size_t s = 0; s < m; s++) {                                                                           \
                const int there = (a[2][s] >= in[2][start + s]) & (a[0][s] > 0) & (a[1][s] > 0);                       \
                const double found = b[0][s], made = result;                                                           \
                out[0][start + s] = (there & (fabs(made) <= DBL_MAX)) ? made : (double)NAN;                            \
            }                                                                                                          \
        }                                                                                                              \
    }

EVERY_LEVEL(TOTALS, totals)
EVERY_LEVEL(HHI, hhi)
EVERY_LEVEL(ENTROPY, entropy)
EVERY_LEVEL(COMPARE, hoover, apart, 0.5 * found)
EVERY_LEVEL(COMPARE, hachman, ratio, found < (double)INFINITY ? 1 / found : (double)NAN)

void ic_region_select_shares(ic_cpu level) {
    ic_region.total = OF_LEVEL(totals, level);
    ic_region.hhi = OF_LEVEL(hhi, level);
    ic_region.entropy = OF_LEVEL(entropy, level);
    ic_region.hoover = OF_LEVEL(hoover, level);
    ic_region.hachman = OF_LEVEL(hachman, level);
}
