/* Sums without error: in whatever order and by however many threads figures are added, what comes out is the exact sum of
   these doubles, rounded once (to nearest, ties to even), as Python's math.fsum has it.

   Two doubles hold nearly every sum of nearly every table exactly: what an addition rounds off is caught by Knuth's TwoSum
   and added to the second double, and what that rounds off is nothing, unless the figures' bits span more than about 106
   places. Then the rest goes into a number wide enough for any. */
#ifndef IC_NUMERIC_TOTAL_H
#define IC_NUMERIC_TOTAL_H

#include <math.h>

#include "core/base/status.h"

typedef struct ic_total {
    double high, low; /* the sum is theirs, and that of what was left over; a zeroed one is 0 */
} ic_total;

#define IC_TOTAL_MOST 0x1p1000 /* beyond it nothing is added to `high`: it might overflow */

/* Adds x, which is no NaN. Gives what is left over: mostly 0, else the caller must ic_total_wide_add it. */
IC_INLINE double ic_total_add(ic_total *total, double x) {
    const double high = total->high + x, by = high - total->high;
    const double rest = (total->high - (high - by)) + (x - by);
    const double low = total->low + rest, low_by = low - total->low;
    const double left = (total->low - (low - low_by)) + (rest - low_by);
    if (IC_UNLIKELY(!(fabs(high) < IC_TOTAL_MOST))) return x;
    total->high = high;
    total->low = low;
    return left;
}

/* Bits from 2^-1074 to 2^1024, 32 to a limb, and room for carries. */
#define IC_WIDE_LIMBS 69

typedef struct ic_total_wide {
    int64_t limbs[IC_WIDE_LIMBS]; /* each counts 2^(32 i - 1074); carries are settled late */
    double beyond;                /* the sum of the infinities, or 0 */
    uint32_t unsettled;           /* additions since the carries were settled */
} ic_total_wide;

/* Adds x, which is no NaN, to a number that began as zero bytes. */
void ic_total_wide_add(ic_total_wide *wide, double x);

/* Adds another one. */
void ic_total_wide_join(ic_total_wide *wide, const ic_total_wide *other);

/* The sum of both, rounded once; `wide` may be NULL. */
double ic_total_round(const ic_total *total, const ic_total_wide *wide);

#endif
