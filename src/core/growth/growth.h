/* Growth: rates, changes, sums over windows and years, shares and contributions. Rates are fractions. No branch on data, no status: what is undefined is
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
    /* now - base. */
    ic_map change;
    /* The base that leads to the level at this rate: level / (1 + rate); NaN where that isn't a positive number, as
       no rate is measured from such a base. Within one unit in the last place. */
    ic_map implied_base;
    /* base * (1 + rate); NaN where base is not > 0. Within one unit in the last place. */
    ic_map implied_level;

    /* The four below are within 0.8 units in the last place (1.0 is what is promised), whole powers up to 64 within 0.52.
       Subnormal levels count as 0. */

    /* ln(now / base); NaN where one of the two is not > 0. */
    ic_map log_rate;
    /* (last / first)^(1 / years) - 1, in the order first, last, years; NaN where first is not > 0, last < 0, or years is
       not > 0 or infinite. */
    ic_map cagr;
    /* (now / base)^power - 1; NaN as in cagr. */
    ic_map annualised;
    /* (1 + rate)^power - 1; NaN where rate < -1, or power is not > 0 or infinite. */
    ic_map compound;

    /* A window is a whole number of periods from 1 on, for the whole series; anything else gives NaN throughout. Sums
       are compensated and made anew for every window, so that nothing drifts and no missing or infinite figure
       outlives its window. */

    /* The sum of the window that ends at t; NaN before the first whole one. */
    ic_guided window_sum;
    /* The rate of that sum over the one before it, that ends at t - window. */
    ic_guided average_rate;

    /* A place is that of a period in its year, from 0 on, one for each period; a year begins where it is 0. Before the
       first beginning all is NaN. */

    /* The sum of the year up to t. */
    ic_guided ytd;
    /* What t adds to such sums. Where the first period of a year has none and the second has, the second's stands for
       both. */
    ic_guided from_ytd;
    /* Guides: place, and how many periods the year of t has. The rate of next year's mean over this year's, if the level
       stays as it is at t. */
    ic_guided carry_over;
    /* The same of this year's mean over last year's. */
    ic_guided carry_over_this;

    /* Twelve rows, ends low and high of: the sum of the year so far, the flow of the period, both as revised later, and
       the ratios of sums and flows to those of `lag` periods before, as revised later. Unbounded is infinite. Guides:
       place; where the later figures are the same as the first; and the lag (one for the series). Narrowed until nothing
       moves by a part in 4096 or each period has been looked at 60 times, ends rounded outwards, so that no figures that fit are lost. If none fit, a low end above its high end
       stays somewhere. A ratio that is bounded says that its base is not below zero. */
    ic_narrowing untangle;

    /* The last value at or before t that is not NaN; NaN before the first one. */
    ic_series last_observed;
} ic_growth_table;

/* Written once, by ic_growth_select at import. */
extern ic_growth_table ic_growth;
void ic_growth_select(ic_cpu level);

/* The parts that have files of their own, called by ic_growth_select. */
void ic_growth_select_powers(ic_cpu level);
void ic_growth_select_sums(ic_cpu level);
void ic_growth_select_untangle(void);

#endif
