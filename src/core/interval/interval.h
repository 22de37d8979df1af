/* Intervals: what is certain where figures are rounded. An operand is two inputs, low and high, closed; a result
   is two outputs: the tightest doubles that enclose every value that the formula takes on the operands, as
   rational numbers. No rounding mode is touched: each end is computed to nearest, the sign of what is left is
   found without error (exact.h), and says whether the neighbour is meant.

   An end may be infinite: [209, inf] has no upper end. What is no interval (an end is NaN, low > high, [inf, inf])
   is unknown, and so is everything computed from it: NaN, NaN. A result is unknown too where the formula has no
   value on its operands. Zero is +0. All levels give the same bits. */
#ifndef IC_INTERVAL_H
#define IC_INTERVAL_H

#include "core/base/kernel.h"

typedef struct ic_interval_table {
    ic_pair_map add;
    ic_pair_map sub;
    ic_pair_map mul;
    /* {x / y : y != 0}. Where y has zero inside, two half-lines remain: their hull is everything, unless x is
       [0, 0]. Where y ends at zero, one half-line; where y is [0, 0], nothing: unknown. */
    ic_pair_map div;
    /* now / base - 1 for base > 0: now and base rise against one another, so that each end takes the two opposite
       ends. What of base is not > 0 is left out; unknown where nothing is left. */
    ic_pair_map rate;
    /* level / (1 + rate) for rate > -1; what of rate is less is left out. */
    ic_pair_map implied_base;
    /* base * (1 + rate), for any of both */
    ic_pair_map implied_level;
    /* (part_now - part_base) / total_base for total_base > 0; three operands */
    ic_pair_map contribution;
    /* What a printed figure stands for; three numbers: the figure, its decimals, a multiplier. Half a unit of the last
       digit to both sides of the decimal that was printed, times 10^multiplier; of a figure that isn't one of so many
       decimals (or has more than 15 digits) to both sides of the double itself. Decimals and multiplier are whole
       numbers, and no more than 22 apart nor in size; -1 decimals are unknown, as is everything else. */
    ic_pair_map from_decimals;
    /* Two operands and a step: what is said, what is implied, the unit of the last digit said. Two results that are
       no interval: 0 where an operand is unknown, 1 where they have nothing in common, 2 where they meet, 3 where what is
       implied lies within what is said; and by how many steps they are apart, above zero where too much is said. */
    ic_pair_map verdict;
    /* The sum over all n */
    ic_fold sum;
} ic_interval_table;

/* Written once, by ic_interval_select at import. */
extern ic_interval_table ic_interval;
void ic_interval_select(ic_cpu level);

/* The parts that have files of their own, called by ic_interval_select. */
void ic_interval_select_figures(ic_cpu level);
void ic_interval_select_sums(ic_cpu level);

#endif
