/* Folds of figures around their mean, each figure with a weight. */
#include <float.h>

#include "core/region/fold.h"
#include "core/region/region.h"

#define SEEN                                                                                                           \
    const double seen = ((x == x) & (w == w)) ? 1.0 : 0.0, negative = w < 0 ? (double)NAN : 0.0;                       \
    const double u = seen > 0 ? w + negative : 0.0;
#define FIGURE const double v = seen > 0 ? x : 0.0;
#define LEVEL  const double refused = x < 0 ? (double)NAN : 0.0, v = seen > 0 ? x + refused : 0.0;
/* Parts of the mean near to 1 keep their digits: r ln r - (r - 1) is never negative, where r ln r would cancel. */
#define PART const double r = v * GIVEN_TO(2), ln = ic_log(r); /* given: mean, aversion, 1 / mean */

#define WEIGHTED                                                                                                       \
    SEEN LEVEL SUM_OF(0) += u;                                                                                         \
    SUM_OF(1) += u * v;                                                                                                \
    SUM_OF(2) += seen;
#define WEIGHTED_ANY                                                                                                   \
    SEEN FIGURE SUM_OF(0) += u;                                                                                        \
    SUM_OF(1) += u * v;                                                                                                \
    SUM_OF(2) += seen;
#define WEIGHTED_LOG /* a figure that has no logarithm spoils the sum */                                               \
    SEEN FIGURE const double ln = ic_log(v), none = seen > 0 ? (double)NAN : 0.0;                                      \
    SUM_OF(0) += u;                                                                                                    \
    SUM_OF(1) += u * (((v >= DBL_MIN) & (v <= DBL_MAX)) ? ln : none);                                                  \
    SUM_OF(2) += seen;
#define THEIL SEEN LEVEL PART SUM_OF(0) += u * (r * ln - (r - 1));
#define THEIL_L                                                                                                        \
    SEEN LEVEL PART const double of = (r - 1) - ln, none = u > 0 ? (double)NAN : 0.0;                                  \
    SUM_OF(0) += r >= DBL_MIN ? u * of : none;
#define SQUARE                                                                                                         \
    SEEN FIGURE const double apart = seen > 0 ? (v - GIVEN_TO(0)) / GIVEN_TO(0) : 0.0;                                 \
    SUM_OF(0) += u * (apart * apart);
#define LOG_SQUARE                                                                                                     \
    SEEN FIGURE const double ln = ic_log(v), apart = seen > 0 ? ln - GIVEN_TO(0) : 0.0;                                \
    SUM_OF(0) += u * (apart * apart);
#define POWER /* given besides: aversion; libm's, which is the same for all levels */                                  \
    SEEN LEVEL const double r = v / GIVEN_TO(0), least = 1 - GIVEN_TO(1);                                              \
    SUM_OF(0) += u > 0 ? u * (least == 0 ? log(r) : pow(r, least)) : u;

EVERY_LEVEL(PASS, weighted, WEIGHTED)
EVERY_LEVEL(PASS, weighted_any, WEIGHTED_ANY)
EVERY_LEVEL(PASS, weighted_log, WEIGHTED_LOG)
EVERY_LEVEL(PASS, of_theil, THEIL)
EVERY_LEVEL(PASS, of_theil_l, THEIL_L)
EVERY_LEVEL(PASS, square, SQUARE)
EVERY_LEVEL(PASS, log_square, LOG_SQUARE)
EVERY_LEVEL(PASS, power, POWER)

/* `first` sums weights, weighted figures and counts; `second` what is made of each figure and the mean. */
#define AROUND(level, target, how, each, name, first, second, least, aversion, valid, result)                          \
    target static void name##_##level(size_t n, size_t width, const double *const *in, const ptrdiff_t *step,          \
                                      double *const *out) {                                                            \
        sums given, a, b;                                                                                              \
        for (size_t start = 0, m; m = width - start < WIDTH ? width - start : WIDTH, start < width; start += m) {      \
            const figures from = {in[0] + start, in[1] + start, step[0], step[1]};                                     \
            const size_t copies = m == 1 ? LANES : m;                                                                  \
            pass_over(first##_##level, 3, n, m, from, given, a);                                                       \
            for (size_t s = 0; s < copies; s++) {                                                                      \
                const size_t of = m == 1 ? 0 : s;                                                                      \
                given[0][s] = a[1][of] / a[0][of];                                                                     \
                given[1][s] = aversion;                                                                                \
                given[2][s] = 1 / given[0][s];                                                                         \
            }                                                                                                          \
            pass_over(second##_##level, 1, n, m, from, given, b);                                                      \
            for (size_t s = 0; s < m; s++) {                                                                           \
                const double mean = given[0][s], power = 1 - given[1][s];                                              \
                double found = b[0][s] / a[0][s];                                                                      \
                const int there = (a[2][s] >= in[least][start + s]) & (a[0][s] > 0) & (valid);                         \
                found = result;                                                                                        \
                out[0][start + s] = (there & (fabs(found) <= DBL_MAX)) ? found : (double)NAN;                          \
                (void)power, (void)mean;                                                                               \
            }                                                                                                          \
        }                                                                                                              \
    }

#define LEAST_ZERO(x) ((x) < 0 ? 0.0 : (x)) /* what is zero but for rounding */

EVERY_LEVEL(AROUND, theil, weighted, of_theil, 2, 0, mean > 0, LEAST_ZERO(found))
EVERY_LEVEL(AROUND, theil_l, weighted, of_theil_l, 2, 0, mean > 0, LEAST_ZERO(found))
EVERY_LEVEL(AROUND, variation, weighted_any, square, 2, 0, mean > 0, sqrt(found))
EVERY_LEVEL(AROUND, log_deviation, weighted_log, log_square, 2, 0, mean == mean, sqrt(found))
EVERY_LEVEL(AROUND, atkinson, weighted, power, 3, in[2][start + of], (mean > 0) & (power < 1),
            1 - (power == 0 ? exp(found) : pow(found, 1 / power)))

void ic_region_select_spread(ic_cpu level) {
    ic_region.theil = OF_LEVEL(theil, level);
    ic_region.theil_l = OF_LEVEL(theil_l, level);
    ic_region.variation = OF_LEVEL(variation, level);
    ic_region.log_deviation = OF_LEVEL(log_deviation, level);
    ic_region.atkinson = OF_LEVEL(atkinson, level);
}
