/* Temporal disaggregation and benchmarking: a series of years (benchmarks) is told as one of quarters or months that adds up
   to it, along indicators where there are some.

   All methods are one: the series is a regression on columns plus an error, the error is u[t] (times the indicator, where
   it is scaled by it), u is a process of at most two lags, and the benchmarks are weighted sums of the series that must
   hold exactly.

       Denton             u a walk (or a walk of walks) that begins at zero, about the indicator
       Denton-Cholette    the same with a free beginning: one or two columns more, whose coefficients take it up
       Chow-Lin           u autoregressive of order one
       Fernandez          u a walk; Litterman: a walk whose steps are autoregressive
       least squares      u without memory

   The error's covariance is never written down. A Kalman filter over u and the running sum of the year turns benchmarks
   into independent innovations, in time and memory linear in the length; regression and likelihood are those of ordinary
   least squares on them, and one pass back and one forth spread them over the periods. */
#ifndef IC_DISAGGREGATION_H
#define IC_DISAGGREGATION_H

#include "core/base/cpu.h"
#include "core/base/status.h"

typedef enum ic_memory_of {
    IC_WITHOUT_MEMORY,
    IC_WALK,
    IC_WALK_OF_WALKS,
    IC_AUTOREGRESSIVE,
    IC_WALK_AUTOREGRESSIVE
} ic_memory_of;

typedef enum ic_rho_rule { IC_RHO_GIVEN, IC_RHO_MAX_LOG, IC_RHO_MIN_RSS } ic_rho_rule;

#define IC_DISAGGREGATION_COLUMNS 16 /* of the regression, at most */
#define IC_DISAGGREGATION_FACTS   4  /* rho, variance of a step of u, logarithm of the likelihood, benchmarks used */

typedef struct ic_disaggregation {
    size_t n, lows;       /* periods, benchmarks */
    const int32_t *low;   /* n: the benchmark that a period belongs to, or -1; periods of one follow one another */
    const double *weight; /* n: with which weight */
    size_t indicators;    /* of each series */
    int about;            /* the first indicator is not regressed on: the series is it, plus the error */
    int scaled;           /* the error is u times the first indicator */
    int polynomial;       /* columns 1, t, ... (times the first indicator if scaled): so many */
    ic_memory_of memory;
    ic_rho_rule rule;
    double rho, rho_low, rho_high; /* as given, or where it is sought */
} ic_disaggregation;

/* How many columns the regression has; more than IC_DISAGGREGATION_COLUMNS can't be. */
size_t ic_disaggregation_columns(const ic_disaggregation *how);

/* `series` of them. Benchmarks stand in rows of `lows` (NaN: not known, nothing to add up to), indicators in `indicators`
   rows of `n` for each series, the first at indicators + i * step (a step of 0: all have the same). Results: values in
   rows of n, coefficients in rows of columns, facts in rows of IC_DISAGGREGATION_FACTS, and standard errors in rows of n,
   unless NULL.

   A series is NaN throughout where an indicator is not finite, where fewer benchmarks are known than columns and one
   (none, without columns), where columns can't be told apart, or where a benchmark can't be met: its indicator is zero
   in all its periods. Only memory fails. The same bits for every number of threads and level. */
ic_status ic_disaggregation_run(const ic_disaggregation *how, size_t series, const double *benchmarks,
                                const double *indicators, size_t step, double *values, double *coefficients,
                                double *facts, double *errors, int threads) IC_CHECKED;

/* Written once, at import. */
void ic_disaggregation_select(ic_cpu level);

#endif
