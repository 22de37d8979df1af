#include "core/disaggregation/disaggregation.h"

#include <math.h>
#include <string.h>

#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/disaggregation/batch.h"

static ic_batch_run run_batch;

void ic_disaggregation_select(ic_cpu level) { run_batch = ic_batch_for(level); }

size_t ic_disaggregation_columns(const ic_disaggregation *how) {
    return (size_t)how->polynomial + how->indicators - (how->about || how->scaled ? 1 : 0);
}

typedef struct call {
    const ic_disaggregation *how;
    size_t series, step, tasks;
    const double *benchmarks, *indicators;
    double *values, *coefficients, *facts, *errors;
    ic_status *statuses; /* of tasks */
} call;

/* ---- a batch in memory ----------------------------------------------------------------------------------------- */

/* All its arrays stand one behind the other in one piece. */
static ic_lanes *piece(ic_lanes **at, size_t count) {
    ic_lanes *here = *at;
    *at += count;
    return here;
}

static ic_status make(ic_batch *b, const ic_disaggregation *how, int errors, void **memory) {
    const size_t columns = ic_disaggregation_columns(how), n = how->n, lows = how->lows;
    const size_t gain = sizeof(ic_gain) / sizeof(ic_lanes), spread = sizeof(ic_spread) / sizeof(ic_lanes);
    const size_t per_period = 4 + columns * (errors ? 2 : 1) + (errors ? spread : 0);
    const size_t per_low = 4 + gain + 2 * columns + 1;
    if (n > SIZE_MAX / sizeof(ic_lanes) / per_period / 2 || lows > n) return IC_MEMORY;
    ic_lanes *at = *memory = ic_alloc(n * per_period + lows * per_low, sizeof(ic_lanes));
    if (at == NULL) return IC_MEMORY;
    b->load = piece(&at, n);
    b->first = piece(&at, n);
    b->value = piece(&at, n);
    b->spread = piece(&at, n);
    b->column = piece(&at, n * columns);
    b->shift = errors ? piece(&at, n * columns) : NULL;
    b->variances = errors ? (ic_spread *)piece(&at, n * spread) : NULL;
    b->benchmark = piece(&at, lows);
    b->known = piece(&at, lows);
    b->rest = piece(&at, lows);
    b->innovation = piece(&at, lows);
    b->low_column = piece(&at, lows * columns);
    b->whitened = piece(&at, lows * (columns + 1));
    b->gain = (ic_gain *)piece(&at, lows * gain);
    return IC_OK;
}

/* Lanes beyond the last series repeat it. */
static void fill_indicator(const call *c, size_t first, size_t indicator, ic_lanes *to) {
    for (size_t s = 0; s < IC_LANES; s++) {
        const size_t i = first + s < c->series ? first + s : c->series - 1;
        const double *from = c->indicators + i * c->step + indicator * c->how->n;
        for (size_t t = 0; t < c->how->n; t++) to[t][s] = from[t];
    }
}

static void fill(const call *c, size_t first, ic_batch *b) {
    const ic_disaggregation *how = c->how;
    const size_t own = how->about || how->scaled ? 1 : 0, polynomial = (size_t)how->polynomial;
    if (own) fill_indicator(c, first, 0, b->first);
    for (size_t t = 0; t < how->n; t++) {
        const double weight = how->low[t] < 0 ? 0 : how->weight[t], middle = 0.5 * (double)(how->n - 1);
        ic_lanes power = how->scaled ? b->first[t] : (ic_lanes){1, 1, 1, 1};
        b->load[t] = weight * power;
        for (size_t j = 0; j < polynomial; j++) {
            b->column[j * how->n + t] = power;
            power = power * (((double)t - middle) / (double)how->n);
        }
    }
    for (size_t k = own; k < how->indicators; k++)
        fill_indicator(c, first, k, b->column + (polynomial + k - own) * how->n);
    for (size_t s = 0; s < IC_LANES; s++) {
        const size_t i = first + s < c->series ? first + s : c->series - 1;
        const double *from = c->benchmarks + i * how->lows;
        for (size_t k = 0; k < how->lows; k++) {
            const int known = isfinite(from[k]) != 0;
            b->known[k][s] = known;
            b->benchmark[k][s] = known ? from[k] : 0;
        }
    }
}

/* Whether all benchmarks are met: one whose periods have no weight can't be, unless it is nothing. */
static int met(const ic_disaggregation *how, const ic_batch *b, size_t s) {
    const size_t columns = ic_disaggregation_columns(how);
    if (b->used[s] < (columns > 0 ? (double)columns : 1)) return 0;
    for (size_t k = 0; k < how->lows; k++)
        if (b->known[k][s] > 0 && !(b->gain[k].variance[s] > 0) &&
            !(fabs(b->rest[k][s]) <= 1e-12 * fabs(b->benchmark[k][s])))
            return 0;
    return 1;
}

static void hand_over(const call *c, size_t first, const ic_batch *b) {
    const ic_disaggregation *how = c->how;
    const size_t n = how->n, columns = ic_disaggregation_columns(how);
    for (size_t s = 0; s < IC_LANES && first + s < c->series; s++) {
        const size_t i = first + s;
        const int good = met(how, b, s);
        double *facts = c->facts + i * IC_DISAGGREGATION_FACTS;
        for (size_t t = 0; t < n; t++) c->values[i * n + t] = good ? b->value[t][s] : (double)NAN;
        for (size_t t = 0; t < n && c->errors != NULL; t++) c->errors[i * n + t] = good ? b->spread[t][s] : (double)NAN;
        for (size_t j = 0; j < columns; j++)
            c->coefficients[i * columns + j] = good ? b->coefficient[j][s] : (double)NAN;
        facts[0] = b->rho[s];
        facts[1] = good ? b->variance[s] : (double)NAN;
        facts[2] = good ? b->likelihood[s] : (double)NAN;
        facts[3] = b->used[s];
    }
}

/* ---- all series ------------------------------------------------------------------------------------------------ */

static void task(void *context, size_t i) {
    const call *c = context;
    ic_batch b;
    void *memory = NULL;
    const size_t batches = (c->series + IC_LANES - 1) / IC_LANES;
    c->statuses[i] = make(&b, c->how, c->errors != NULL, &memory);
    for (size_t k = batches * i / c->tasks; c->statuses[i] == IC_OK && k < batches * (i + 1) / c->tasks; k++) {
        fill(c, k * IC_LANES, &b);
        run_batch(c->how, &b);
        hand_over(c, k * IC_LANES, &b);
    }
    ic_free(memory);
}

ic_status ic_disaggregation_run(const ic_disaggregation *how, size_t series, const double *benchmarks,
                                const double *indicators, size_t step, double *values, double *coefficients,
                                double *facts, double *errors, int threads) {
    const size_t batches = (series + IC_LANES - 1) / IC_LANES;
    if (how->n == 0 || series == 0) return IC_OK;
    call c = {how,        series,     step,   batches < (size_t)threads ? batches : (size_t)threads,
              benchmarks, indicators, values, coefficients,
              facts,      errors,     NULL};
    c.statuses = ic_alloc_zeroed(c.tasks, sizeof *c.statuses);
    if (c.statuses == NULL) return IC_MEMORY;
    ic_parallel_for(c.tasks, threads, task, &c);
    ic_status status = IC_OK;
    for (size_t i = 0; i < c.tasks; i++)
        if (status == IC_OK) status = c.statuses[i];
    ic_free(c.statuses);
    return status;
}
