/* Four series at once, side by side in the lanes of a vector: what disaggregation.c runs and batch.c works out. Not eight:
   comparisons of vectors wider than a register are made one figure at a time. */
#ifndef IC_DISAGGREGATION_BATCH_H
#define IC_DISAGGREGATION_BATCH_H

#include "core/disaggregation/disaggregation.h"

#define IC_LANES 4

typedef double ic_lanes __attribute__((vector_size(IC_LANES * sizeof(double)), aligned(sizeof(double))));
typedef int64_t ic_lane_mask __attribute__((vector_size(IC_LANES * sizeof(double)), aligned(sizeof(double))));

/* What the filter knows of one benchmark before it is seen: the variance of its innovation, and by how much u and the u
   before it move with one. */
typedef struct ic_gain {
    ic_lanes variance, now, before;
} ic_gain;

/* The filter's variances of (u, u before, running sum) before a period's benchmark is seen. */
typedef struct ic_spread {
    ic_lanes uu, ub, bb, us, bs, ss;
} ic_spread;

typedef struct ic_batch {
    ic_lanes *load;       /* n: with which weight u counts towards the benchmark */
    ic_lanes *first;      /* n: the first indicator, or NULL */
    ic_lanes *column;     /* columns of n */
    ic_lanes *value;      /* n: the result */
    ic_lanes *spread;     /* n: the error as it is spread; then the standard error */
    ic_lanes *benchmark;  /* lows */
    ic_lanes *known;      /* lows: 1, or 0 */
    ic_lanes *rest;       /* lows: what is to be spread */
    ic_lanes *innovation; /* lows */
    ic_lanes *low_column; /* columns of lows: columns as benchmarks see them */
    ic_lanes *whitened;   /* columns and one of lows */
    ic_gain *gain;        /* lows */
    ic_spread *variances; /* n, or NULL without standard errors */
    ic_lanes *shift;      /* columns of n: what of the columns benchmarks don't tell; NULL without standard errors */
    ic_lanes coefficient[IC_DISAGGREGATION_COLUMNS];
    ic_lanes rho, variance, likelihood, used;
} ic_batch;

typedef void (*ic_batch_run)(const ic_disaggregation *how, ic_batch *batch);

/* From load, first, column, benchmark and known to the rest. */
ic_batch_run ic_batch_for(ic_cpu level);

#endif
