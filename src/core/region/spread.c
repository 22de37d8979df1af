/* Folds of figures around their mean, each figure with a weight. */
#include <float.h>

#include "core/region/fold.h"
#include "core/region/region.h"

#define SEEN                                                                                                           \
    const ic_four_bits seen = (x == x) & (w == w);                                                                     \
    const ic_four u = ic_four_where(seen, ic_four_if(w < 0, ic_four_of((double)NAN), w));
#define COUNT  ic_four_where(seen, ic_four_of(1))
#define FIGURE const ic_four level = ic_four_where(seen, x);
#define LEVEL  const ic_four level = ic_four_where(seen, ic_four_if(x < 0, ic_four_of((double)NAN), x));
/* Parts of the mean near to 1 keep their digits: r ln r - (r - 1) is never negative, where r ln r would cancel. */
#define PART /* given: mean, aversion, 1 / mean */                                                                     \
    const ic_four r = level * GIVEN_TO(2);                                                                             \
    LOG(r)
#define LOG(of)                                                                                                        \
    ic_four ln;                                                                                                        \
    ic_four_log(&ln, &of);

#define WEIGHTED                                                                                                       \
    SEEN LEVEL SUM_OF(0) += u;                                                                                         \
    SUM_OF(1) += u * level;                                                                                            \
    SUM_OF(2) += COUNT;
#define WEIGHTED_ANY                                                                                                   \
    SEEN FIGURE SUM_OF(0) += u;                                                                                        \
    SUM_OF(1) += u * level;                                                                                            \
    SUM_OF(2) += COUNT;
#define WEIGHTED_LOG /* a figure that has no logarithm spoils the sum */                                               \
    SEEN FIGURE LOG(level) const ic_four none = ic_four_where(seen, ic_four_of((double)NAN));                          \
    SUM_OF(0) += u;                                                                                                    \
    SUM_OF(1) += u * ic_four_if((level >= DBL_MIN) & (level <= DBL_MAX), ln, none);                                    \
    SUM_OF(2) += COUNT;
/* The same where all is there and nothing negative, or the sums say so: one turns to NaN, one below zero. */
#define WEIGHTED_SEEN                                                                                                  \
    SUM_OF(0) += w;                                                                                                    \
    SUM_OF(1) += w * x;                                                                                                \
    SUM_OF(2) = ic_four_less(ic_four_less(x, w), SUM_OF(2));
#define TERM  SUM_OF(0) += x;
#define THEIL SEEN LEVEL PART SUM_OF(0) += u * (r * ln - (r - 1));
#define THEIL_L                                                                                                        \
    SEEN LEVEL PART const ic_four none = ic_four_where(u > 0, ic_four_of((double)NAN));                                \
    SUM_OF(0) += ic_four_if(r >= DBL_MIN, u * ((r - 1) - ln), none);
#define SQUARE                                                                                                         \
    SEEN FIGURE const ic_four apart = ic_four_where(seen, (level - GIVEN_TO(0)) / GIVEN_TO(0));                        \
    SUM_OF(0) += u * (apart * apart);
#define LOG_SQUARE                                                                                                     \
    SEEN FIGURE LOG(level) const ic_four apart = ic_four_where(seen, ln - GIVEN_TO(0));                                \
    SUM_OF(0) += u * (apart * apart);
#define POWER /* given besides: aversion; libm's, which is the same for all levels */                                  \
    SEEN LEVEL const ic_four r = level / GIVEN_TO(0), least = 1 - GIVEN_TO(1);                                         \
    ic_four raised = u;                                                                                                \
    for (int i = 0; i < 4; i++)                                                                                        \
        if (u[i] > 0) raised[i] = u[i] * (least[i] == 0 ? log(r[i]) : pow(r[i], least[i]));                            \
    SUM_OF(0) += raised;

EVERY_LEVEL(PASS, weighted, 3, WEIGHTED)
EVERY_LEVEL(PASS, weighted_seen, 3, WEIGHTED_SEEN)
EVERY_LEVEL(PASS, term, 1, TERM)
EVERY_LEVEL(PASS, weighted_any, 3, WEIGHTED_ANY)
EVERY_LEVEL(PASS, weighted_log, 3, WEIGHTED_LOG)
EVERY_LEVEL(PASS, of_theil, 1, THEIL)
EVERY_LEVEL(PASS, of_theil_l, 1, THEIL_L)
EVERY_LEVEL(PASS, square, 1, SQUARE)
EVERY_LEVEL(PASS, log_square, 1, LOG_SQUARE)
EVERY_LEVEL(PASS, power, 1, POWER)

/* r ln r - (r - 1). */
#define THEIL_TERMS(level, target, name)                                                                               \
    target static void name##_##level(size_t n, double *x) {                                                           \
        ic_four_parts parts[TERM_TILE];                                                                                \
        ic_four tail[TERM_TILE];                                                                                       \
        for (size_t start = 0; start < n; start += 4 * TERM_TILE) {                                                    \
            double *r = x + start;                                                                                     \
            const size_t m = (n - start < 4 * TERM_TILE ? n - start : 4 * TERM_TILE) / 4;                              \
            for (size_t i = 0; i < m; i++) ic_four_log_parts(parts + i, (const ic_four *)(r + 4 * i));                 \
            for (size_t i = 0; i < m; i++) ic_four_log_tail(tail + i, &parts[i].s);                                    \
            for (size_t i = 0; i < m; i++) {                                                                           \
                ic_four ln, of = ic_four_at(r + 4 * i);                                                                \
                ic_four_log_whole(&ln, parts + i, tail + i);                                                           \
                ic_four_to(r + 4 * i, of * ln - (of - 1));                                                             \
            }                                                                                                          \
        }                                                                                                              \
    }

#define TERM_TILE 64 /* fours */
EVERY_LEVEL(THEIL_TERMS, theil_terms)

/* Theil's T of figures that are all there, which most are; false where some are not. */
#define WHOLE_THEIL(level, target, name)                                                                               \
    target static int name##_##level(size_t n, size_t m, const figures *from, sums a, sums given, sums b) {            \
        int odd = n == 0;                                                                                              \
        ic_region_pass(&weighted_seen_##level, n, m, from, NULL, a);                                                   \
        for (size_t s = 0; s < m; s++) {                                                                               \
            const double mean = a[1][s] / a[0][s];                                                                     \
            given[0][s] = mean;                                                                                        \
            given[1][s] = 0;                                                                                           \
            given[2][s] = 1 / mean;                                                                                    \
            odd |= !(mean > 0) | !(mean <= DBL_MAX) | (a[2][s] < 0);                                                   \
            a[2][s] = (double)n;                                                                                       \
        }                                                                                                              \
        if (!odd) ic_region_pass_terms(&term_##level, theil_terms_##level, n, m, from, given, b);                      \
        return !odd;                                                                                                   \
    }

/* Others have no such way. */
#define NEVER(level, target, name)                                                                                     \
    IC_INLINE int name##_##level(size_t n, size_t m, const figures *from, sums a, sums given, sums b) {                \
        (void)n, (void)m, (void)from, (void)a, (void)given, (void)b;                                                   \
        return 0;                                                                                                      \
    }

EVERY_LEVEL(WHOLE_THEIL, theil_whole)
EVERY_LEVEL(NEVER, never)

/* `first` sums weights, weighted figures and counts; `second` what is made of each figure and the mean; `quick`
   does both where it can. */
#define AROUND(level, target, name, quick, first, second, least, aversion, valid, result)                              \
    target static void name##_##level(size_t n, size_t width, const double *const *in, const ptrdiff_t *step,          \
                                      double *const *out) {                                                            \
        sums given, a, b;                                                                                              \
        for (size_t start = 0, m; m = width - start < WIDTH ? width - start : WIDTH, start < width; start += m) {      \
            const figures from = FIGURES(0, 1, 1);                                                                     \
            if (!quick##_##level(n, m, &from, a, given, b)) {                                                          \
                ic_region_pass(&first##_##level, n, m, &from, NULL, a);                                                \
                for (size_t s = 0; s < m; s++) {                                                                       \
                    given[0][s] = a[1][s] / a[0][s];                                                                   \
                    given[1][s] = aversion;                                                                            \
                    given[2][s] = 1 / given[0][s];                                                                     \
                }                                                                                                      \
                ic_region_pass(&second##_##level, n, m, &from, given, b);                                              \
            }                                                                                                          \
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

EVERY_LEVEL(AROUND, theil, theil_whole, weighted, of_theil, 2, 0, mean > 0, LEAST_ZERO(found))
EVERY_LEVEL(AROUND, theil_l, never, weighted, of_theil_l, 2, 0, mean > 0, LEAST_ZERO(found))
EVERY_LEVEL(AROUND, variation, never, weighted_any, square, 2, 0, mean > 0, sqrt(found))
EVERY_LEVEL(AROUND, log_deviation, never, weighted_log, log_square, 2, 0, mean == mean, sqrt(found))
EVERY_LEVEL(AROUND, atkinson, never, weighted, power, 3, in[2][start + s], (mean > 0) & (power < 1),
            1 - (power == 0 ? exp(found) : pow(found, 1 / power)))

void ic_region_select_spread(ic_cpu level) {
    ic_region.theil = OF_LEVEL(theil, level);
    ic_region.theil_l = OF_LEVEL(theil_l, level);
    ic_region.variation = OF_LEVEL(variation, level);
    ic_region.log_deviation = OF_LEVEL(log_deviation, level);
    ic_region.atkinson = OF_LEVEL(atkinson, level);
}
