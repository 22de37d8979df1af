/* Regions side by side: ranks, concentration, inequality. What a measure does not allow (a negative figure, a total of zero)
   gives NaN, never 0 or infinity.

   Folds run over the figures of one period: regions, or the industries of one region. An operand `least` says how many
   figures there must be: NaN where fewer are. A pair with a weight is missing where one of the two is. */
#ifndef IC_REGION_H
#define IC_REGION_H

#include "core/base/kernel.h"

/* How figures are ranked that are equal: the words of the Python face in their order. */
typedef enum ic_ties { IC_TIES_AVERAGE, IC_TIES_MIN, IC_TIES_MAX, IC_TIES_DENSE, IC_TIES_FIRST, IC_TIES_COUNT } ic_ties;

#define IC_RANK_COLUMNS 8

/* Series to be ranked, each by itself: figure t of series c at in[c * across + t * along]. */
typedef struct ic_ranking {
    size_t n, columns; /* up to IC_RANK_COLUMNS */
    const double *in;
    ptrdiff_t in_across, in_along;
    double *out; /* overlaps nothing */
    ptrdiff_t out_across, out_along;
    ic_ties ties;
    int descending;
    double *space; /* ic_sorted_space(n) doubles */
} ic_ranking;

typedef void (*ic_rank)(const ic_ranking *what);

/* Places that intervals may have, as of ic_interval; 1 is the largest. `space` is 2n doubles. */
typedef void (*ic_rank_bounds)(size_t n, const double *low, const double *high, double *best, double *worst,
                               double *space);

typedef struct ic_region_table {
    /* ---- x, least */

    /* The sum. Negative figures are figures here. */
    ic_fold total;
    /* Sum of squared shares. */
    ic_fold hhi;
    /* -sum s ln s of shares s. */
    ic_fold entropy;
    /* Gini's coefficient: the mean absolute difference of all pairs, over twice the mean. */
    ic_sorted_fold gini;
    ic_sorted_fold median;

    /* ---- x, k, least */

    /* The share of the k largest; k is a whole number from 1 on. */
    ic_sorted_fold leaders;

    /* ---- x, weight, least */

    ic_sorted_fold gini_weighted;
    /* Theil's T, sum w r ln r / sum w, and L, -sum w ln r / sum w, where r = x / mean. L is NaN where an x is 0. */
    ic_fold theil;
    ic_fold theil_l;
    /* The standard deviation over the mean. Negative figures are figures here; the mean must be above 0. */
    ic_fold variation;
    /* Half the sum of |share of x - share of weight|. */
    ic_fold hoover;
    /* 1 / sum (share of x)^2 / share of weight. */
    ic_fold hachman;
    /* The standard deviation of ln x. */
    ic_fold log_deviation;

    /* ---- x, weight, aversion, least */

    /* 1 - (sum w r^(1 - aversion) / sum w)^(1 / (1 - aversion)); aversion above 0. */
    ic_fold atkinson;

    /* ---- before, after, rate of each industry, rate of all: see shift.c; four results: the change, and its parts */

    ic_fold shift_share;

    /* ---- not folds */

    ic_rank rank;
    ic_rank_bounds rank_bounds;
} ic_region_table;

/* Written once, by ic_region_select at import. */
extern ic_region_table ic_region;
void ic_region_select(ic_cpu level);

/* The parts that have files of their own, called by ic_region_select. */
void ic_region_select_shares(ic_cpu level);
void ic_region_select_spread(ic_cpu level);
void ic_region_select_sorted(ic_cpu level);
void ic_region_select_shift(ic_cpu level);

#endif
