/* Shift-share: what of a region's change is the nation's growth, its mix of industries, and its own.

   Operands: before and after by industry; the growth rates of the industries in the nation; the rate of the nation. The parts
   of one industry are before * rate, before * (rate of the industry - rate) and what is left of the change. No rate of the
   region itself is formed, so that an industry which is new to it (before = 0) is all its own. An industry whose national
   rate is NaN (new to the nation) must be new to each region. */
#include <float.h>

#include "core/region/fold.h"
#include "core/region/region.h"

/* x before, w after; given is nothing: the rates of industries come as figures of a second pair. */
#define CHANGES                                                                                                        \
    SUM_OF(0) += x;                                                                                                    \
    SUM_OF(1) += w - x;
#define MIX /* x before, w the rate of the industry; given: that of the nation */                                      \
    const double apart = w - GIVEN_TO(0), part = x * apart;                                                            \
    SUM_OF(0) += x == 0 ? 0.0 : part;

EVERY_LEVEL(PASS, changes, CHANGES)
EVERY_LEVEL(PASS, mix, MIX)

#define SHIFT(level, target, how, each, name)                                                                          \
    target static void name##_##level(size_t n, size_t width, const double *const *in, const ptrdiff_t *step,          \
                                      double *const *out) {                                                            \
        sums given, a, b;                                                                                              \
        for (size_t start = 0, m; m = width - start < WIDTH ? width - start : WIDTH, start < width; start += m) {      \
            const figures both = {in[0] + start, in[1] + start, step[0], step[1]};                                     \
            const figures rates = {in[0] + start, in[2] + start, step[0], step[2]};                                    \
            for (size_t s = 0; s < (m == 1 ? LANES : m); s++) given[0][s] = in[3][start + (m == 1 ? 0 : s)];           \
            pass_over(changes_##level, 2, n, m, both, given, a);                                                       \
            pass_over(mix_##level, 1, n, m, rates, given, b);                                                          \
            for (size_t s = 0; s < m; s++) {                                                                           \
                const double nation = a[0][s] * given[0][s];                                                           \
                out[0][start + s] = a[1][s];                                                                           \
                out[1][start + s] = nation;                                                                            \
                out[2][start + s] = b[0][s] + 0.0 * a[1][s];                                                           \
                out[3][start + s] = (a[1][s] - nation) - b[0][s];                                                      \
            }                                                                                                          \
        }                                                                                                              \
    }

EVERY_LEVEL(SHIFT, shift_share)

void ic_region_select_shift(ic_cpu level) { ic_region.shift_share = OF_LEVEL(shift_share, level); }
