/* Folds of shares: sums, concentration, and how far two sets of shares are apart. */
#include <float.h>

#include "core/region/fold.h"
#include "core/region/region.h"

/* A missing figure is 0 and not counted; a negative one turns the sum to NaN. */
#define SEEN  const ic_four_bits seen = x == x;
#define LEVEL const ic_four level = ic_four_where(seen, ic_four_if(x < 0, ic_four_of((double)NAN), x));
#define COUNT ic_four_where(seen, ic_four_of(1))
/* The same of a pair. */
#define SEEN_BOTH const ic_four_bits seen = (x == x) & (w == w);
#define LEVELS                                                                                                         \
    const ic_four refused = ic_four_where((x < 0) | (w < 0), ic_four_of((double)NAN));                                 \
    const ic_four part_of = ic_four_where(seen, x + refused), whole_of = ic_four_where(seen, w + refused);

#define TOTAL                                                                                                          \
    SEEN SUM_OF(0) += ic_four_where(seen, x);                                                                          \
    SUM_OF(1) += COUNT;
/* The same where nothing is missing, or the sum says so. */
#define TOTAL_SEEN SUM_OF(0) += x;
/* Squares of figures far from 1 leave the doubles: they are scaled by a power of two then. */
#define SQUARES                                                                                                        \
    SEEN LEVEL const ic_four scaled = level * GIVEN_TO(0);                                                             \
    SUM_OF(0) += scaled;                                                                                               \
    SUM_OF(1) += COUNT;                                                                                                \
    SUM_OF(2) += scaled * scaled;
/* The same where nothing is missing or negative, or the sums say so: one turns to NaN, one below zero. */
#define SQUARES_SEEN                                                                                                   \
    SUM_OF(0) += x;                                                                                                    \
    SUM_OF(1) = ic_four_less(x, SUM_OF(1));                                                                            \
    SUM_OF(2) += x * x;
#define SUM_OF_LEVELS                                                                                                  \
    SEEN LEVEL SUM_OF(0) += level;                                                                                     \
    SUM_OF(1) += COUNT;
#define SURPRISE /* given: the total */                                                                                \
    SEEN LEVEL const ic_four part = level / GIVEN_TO(0);                                                               \
    ic_four ln;                                                                                                        \
    ic_four_log(&ln, &part);                                                                                           \
    SUM_OF(0) -= part * ln;
#define SUM_OF_BOTH                                                                                                    \
    SEEN_BOTH LEVELS SUM_OF(0) += part_of;                                                                             \
    SUM_OF(1) += whole_of;                                                                                             \
    SUM_OF(2) += COUNT;
#define APART /* given: both totals */                                                                                 \
    SEEN_BOTH LEVELS SUM_OF(0) += ic_four_abs(part_of / GIVEN_TO(0) - whole_of / GIVEN_TO(1));
#define RATIO                                                                                                          \
    SEEN_BOTH LEVELS const ic_four part = part_of / GIVEN_TO(0), whole = whole_of / GIVEN_TO(1);                       \
    SUM_OF(0) += ic_four_where(part_of != 0, part * part / whole);

EVERY_LEVEL(PASS, total, 2, TOTAL)
EVERY_LEVEL(PASS, total_seen, 1, TOTAL_SEEN)
EVERY_LEVEL(PASS, squares, 3, SQUARES)
EVERY_LEVEL(PASS, squares_seen, 3, SQUARES_SEEN)
EVERY_LEVEL(PASS, levels, 2, SUM_OF_LEVELS)
EVERY_LEVEL(PASS, surprise, 1, SURPRISE)
EVERY_LEVEL(PASS, both, 3, SUM_OF_BOTH)
EVERY_LEVEL(PASS, apart, 1, APART)
EVERY_LEVEL(PASS, ratio, 1, RATIO)

/* The neighbours from `start` on, up to WIDTH of them. */
#define BLOCKS for (size_t start = 0, m; m = width - start < WIDTH ? width - start : WIDTH, start < width; start += m)
#define ONE_OPERAND  FIGURES(0, 0, 0)
#define TWO_OPERANDS FIGURES(0, 1, 1)
#define GIVE(k, what)                                                                                                  \
    for (size_t s = 0; s < m; s++) given[k][s] = what;

#define TOTALS(level, target, name)                                                                                    \
    target static IC_NOINLINE void name##_slow_##level(size_t n, size_t m, const figures *from, sums a) {              \
        ic_region_pass(&total_##level, n, m, from, NULL, a);                                                           \
    }                                                                                                                  \
    target static void name##_##level(size_t n, size_t width, const double *const *in, const ptrdiff_t *step,          \
                                      double *const *out) {                                                            \
        sums a;                                                                                                        \
        BLOCKS {                                                                                                       \
            const figures from = ONE_OPERAND;                                                                          \
            int odd = 0;                                                                                               \
            ic_region_pass(&total_seen_##level, n, m, &from, NULL, a);                                                 \
            for (size_t s = 0; s < m; s++) {                                                                           \
                odd |= a[0][s] != a[0][s];                                                                             \
                a[1][s] = (double)n;                                                                                   \
            }                                                                                                          \
            if (odd) name##_slow_##level(n, m, &from, a);                                                              \
            for (size_t s = 0; s < m; s++) out[0][start + s] = a[1][s] >= in[1][start + s] ? a[0][s] : (double)NAN;    \
        }                                                                                                              \
    }

#define USUAL(x)                                                                                                       \
    (((x) >= 0x1p-460) & ((x) <= 0x1p460)) /* so that squares of sums, and of parts that matter, are doubles */

#define HHI(level, target, name)                                                                                       \
    target static IC_NOINLINE void name##_slow_##level(size_t n, size_t m, const figures *from, sums a) {              \
        sums given;                                                                                                    \
        GIVE(0, 1)                                                                                                     \
        ic_region_pass(&squares_##level, n, m, from, given, a);                                                        \
        int again = 0;                                                                                                 \
        for (size_t s = 0; s < m; s++) again |= (a[0][s] > 0) & !USUAL(a[0][s]);                                       \
        if (!again) return;                                                                                            \
        GIVE(0, USUAL(a[0][s]) || !(a[0][s] > 0) ? 1 : a[0][s] > 1 ? 0x1p-1000 : 0x1p+1000)                            \
        ic_region_pass(&squares_##level, n, m, from, given, a);                                                        \
    }                                                                                                                  \
    target static void name##_##level(size_t n, size_t width, const double *const *in, const ptrdiff_t *step,          \
                                      double *const *out) {                                                            \
        sums a;                                                                                                        \
        BLOCKS {                                                                                                       \
            const figures from = ONE_OPERAND;                                                                          \
            int odd = 0;                                                                                               \
            ic_region_pass(&squares_seen_##level, n, m, &from, NULL, a);                                               \
            for (size_t s = 0; s < m; s++) {                                                                           \
                odd |= !USUAL(a[0][s]) | (a[1][s] < 0);                                                                \
                a[1][s] = (double)n;                                                                                   \
            }                                                                                                          \
            if (odd) name##_slow_##level(n, m, &from, a);                                                              \
            for (size_t s = 0; s < m; s++) {                                                                           \
                const int there = (a[1][s] >= in[1][start + s]) & (a[0][s] > 0);                                       \
                out[0][start + s] = there ? a[2][s] / (a[0][s] * a[0][s]) : (double)NAN;                               \
            }                                                                                                          \
        }                                                                                                              \
    }

#define ENTROPY(level, target, name)                                                                                   \
    target static void name##_##level(size_t n, size_t width, const double *const *in, const ptrdiff_t *step,          \
                                      double *const *out) {                                                            \
        sums a, b;                                                                                                     \
        BLOCKS {                                                                                                       \
            const figures from = ONE_OPERAND;                                                                          \
            ic_region_pass(&levels_##level, n, m, &from, NULL, a);                                                     \
            ic_region_pass(&surprise_##level, n, m, &from, a, b);                                                      \
            for (size_t s = 0; s < m; s++) {                                                                           \
                const int there = (a[1][s] >= in[1][start + s]) & (a[0][s] > 0);                                       \
                out[0][start + s] = there ? b[0][s] + 0.0 : (double)NAN;                                               \
            }                                                                                                          \
        }                                                                                                              \
    }

/* Both totals first, then what the shares are compared by. */
#define COMPARE(level, target, name, second, result)                                                                   \
    target static void name##_##level(size_t n, size_t width, const double *const *in, const ptrdiff_t *step,          \
                                      double *const *out) {                                                            \
        sums a, b;                                                                                                     \
        BLOCKS {                                                                                                       \
            const figures from = TWO_OPERANDS;                                                                         \
            ic_region_pass(&both_##level, n, m, &from, NULL, a);                                                       \
            ic_region_pass(&second##_##level, n, m, &from, a, b);                                                      \
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
