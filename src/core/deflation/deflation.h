/* Core measures of the change of prices: what is left of the items' rates when the outermost are cut off by weight.

   Operands are folded over the items of one period. A pair of which the rate or the weight is missing is left out; `least`
   says how many pairs there must be. NaN where fewer are, a weight is negative or infinite, or all weights are 0.

   An item stands at a boundary where the weight up to it differs from what is to be cut off by no more than IC_AT_BOUNDARY of
   the total: a dozen weights of one decimal don't sum up to half of their total otherwise. */
#ifndef IC_DEFLATION_H
#define IC_DEFLATION_H

#include "core/base/kernel.h"

#define IC_AT_BOUNDARY 1e-12

typedef struct ic_deflation_table {
    /* x, weight, lower, upper, whole, least: the mean under the weights, without the shares `lower` and `upper` of the weight
       in the tails. Of an item that stands across a cut, the part within counts (whole = 0), all (1), or nothing (-1). Where
       the shares leave nothing, the percentile there: the limit. NaN if one is negative, or both are more than 1. */
    ic_sorted_fold trimmed_mean;
    /* x, weight, share, side, least: the rate up to which stands that share of the weight. At a boundary the mean of the rates
       on both sides (side = 0), the lower (-1) or the upper one (1). NaN for a share outside 0 to 1. */
    ic_sorted_fold percentile;
    /* x, weight, low, high, least: the shares of the weight of rates below `low`, and of those above `high`. */
    ic_fold breadth;
} ic_deflation_table;

/* Written once, by ic_deflation_select at import. */
extern ic_deflation_table ic_deflation;
void ic_deflation_select(ic_cpu level);

#endif
