/* Growth: rates, shares and contributions, as fractions. No branch on data, no status: what is undefined is
   NaN, and infinity comes from infinite input or from a result beyond the doubles only. */
#ifndef IC_GROWTH_H
#define IC_GROWTH_H

#include "core/base/kernel.h"

typedef struct ic_growth_table {
    /* (now - base) / base; NaN where base is not > 0. Not now / base - 1: the quotient is rounded to a step
       of 2^-53 next to 1, and the subtraction then shows that step: a rate of 0.001 would keep 13 digits. now
       - base is exact while the two are within a factor of two (Sterbenz), so the rate is within one unit in
       the last place. Same cost: one division. */
    ic_map rate;
    /* (now - base) / |base|: positive where now > base, on either side of zero; NaN where base is 0 or NaN.
     */
    ic_map rate_abs;
    /* part / total; NaN where total is 0 or NaN. A negative total (a balance) is a total: shares still add up
     * to 1. */
    ic_map share;
    /* (part_now - part_base) / total_base; NaN where total_base is not > 0. Over all parts they add up to the
       rate of the total. */
    ic_map contribution;
    /* The last value at or before t that is not NaN; NaN before the first one. */
    ic_series last_observed;
} ic_growth_table;

/* Written once, by ic_growth_select at import. */
extern ic_growth_table ic_growth;
void ic_growth_select(ic_cpu level);

#endif
