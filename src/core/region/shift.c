/* Shift-share: what of a region's change is the nation's growth, its mix of industries, and its own.

   Operands: before and after by industry; the growth rates of the industries in the nation; the rate of the nation. The parts
   of one industry are before * rate, before * (rate of the industry - rate) and what is left of the change. No rate of the
   region itself is formed, so that an industry which is new to it (before = 0) is all its own. An industry whose national
   rate is NaN (new to the nation) must be new to each region. */
#include <float.h>

#include "core/region/fold.h"
#include "core/region/region.h"

/* x before, w after, v the rate of the industry; given: that of the nation */
#define PARTS                                                                                                          \
    SUM_OF(0) += x;                                                                                                    \
    SUM_OF(1) += w - x;                                                                                                \
    SUM_OF(2) += ic_four_where(x != 0, x * (v - GIVEN_TO(0)));

EVERY_LEVEL(PASS, all_parts, 3, PARTS)

#define SHIFT(level, target, name)                                                                                     \
    target static void name##_##level(size_t n, size_t width, const double *const *in, const ptrdiff_t *step,          \
                                      double *const *out) {                                                            \
        sums given, a;                                                                                                 \
        for (size_t start = 0, m; m = width - start < WIDTH ? width - start : WIDTH, start < width; start += m) {      \
            const figures from = FIGURES(0, 1, 2);                                                                     \
            for (size_t s = 0; s < m; s++) given[0][s] = in[3][start + s];                                             \
            ic_region_pass(&all_parts_##level, n, m, &from, given, a);                                                 \
            for (size_t s = 0; s < m; s++) {                                                                           \
                const double nation = a[0][s] * given[0][s];                                                           \
                out[0][start + s] = a[1][s];                                                                           \
                out[1][start + s] = nation;                                                                            \
                out[2][start + s] = a[2][s] + 0.0 * a[1][s];                                                           \
                out[3][start + s] = (a[1][s] - nation) - a[2][s];                                                      \
            }                                                                                                          \
        }                                                                                                              \
    }

EVERY_LEVEL(SHIFT, shift_share)

void ic_region_select_shift(ic_cpu level) { ic_region.shift_share = OF_LEVEL(shift_share, level); }
