#include "core/disaggregation/batch.h"

#include <math.h>

/* A choice by lane: C has no ?: of vectors. */
#define PICK(mask, yes, no) ((ic_lanes)(((mask) & (ic_lane_mask)(yes)) | (~(mask) & (ic_lane_mask)(no))))
#define ZERO                ((ic_lanes){0})
#define ONE                 ((ic_lanes){1, 1, 1, 1})

/* u[t] = one u[t-1] + two u[t-2] + a step of variance 1; the first u has the variance `start`. */
typedef struct process {
    ic_lanes one, two, start;
} process;

IC_INLINE void process_of(ic_memory_of memory, const ic_lanes *rho, process *p) {
    *p = (process){ZERO, ZERO, ONE};
    if (memory == IC_WALK) p->one = ONE;
    if (memory == IC_WALK_OF_WALKS) p->one = ONE + ONE, p->two = -ONE;
    if (memory == IC_AUTOREGRESSIVE) p->one = *rho, p->start = ONE / (ONE - *rho * *rho);
    if (memory == IC_WALK_AUTOREGRESSIVE) p->one = ONE + *rho, p->two = -*rho;
}

IC_INLINE int begins(const ic_disaggregation *how, size_t t) { return t == 0 || how->low[t] != how->low[t - 1]; }
IC_INLINE int ends(const ic_disaggregation *how, size_t t) {
    return how->low[t] >= 0 && (t + 1 == how->n || how->low[t + 1] != how->low[t]);
}

/* ---- the filter ------------------------------------------------------------------------------------------------ */

/* The variances, which no figure changes: gains of all benchmarks. */
IC_INLINE void gains(const ic_disaggregation *how, ic_batch *b, const process *p, int keep) {
    ic_lanes uu = ZERO, ub = ZERO, bb = ZERO, us = ZERO, bs = ZERO, ss = ZERO;
    for (size_t t = 0; t < how->n; t++) {
        const ic_lanes load = b->load[t], step = t == 0 ? p->start : ONE;
        if (begins(how, t)) us = bs = ss = ZERO;
        const ic_lanes now =
            p->one * p->one * uu + (p->one * p->two * ub + p->one * p->two * ub) + p->two * p->two * bb + step;
        const ic_lanes with_sum = p->one * us + p->two * bs, carried = us;
        ub = p->one * uu + p->two * ub;
        bb = uu;
        uu = now;
        us = with_sum + load * uu;
        bs = carried + load * ub;
        ss = ss + (load * with_sum + load * with_sum) + load * load * uu;
        if (keep) b->variances[t] = (ic_spread){uu, ub, bb, us, bs, ss};
        if (!ends(how, t)) continue;
        const int32_t k = how->low[t];
        const ic_lane_mask seen = (b->known[k] > ZERO) & (ss > ZERO);
        const ic_lanes by_now = PICK(seen, us / ss, ZERO), by_before = PICK(seen, bs / ss, ZERO);
        b->gain[k] = (ic_gain){PICK(seen, ss, ZERO), by_now, by_before};
        uu = uu - by_now * us;
        ub = ub - by_now * bs;
        bb = bb - by_before * bs;
    }
}

/* What each of `sums` brings that those before it did not tell; 0 where a benchmark is not known. */
IC_INLINE void innovations(const ic_disaggregation *how, const ic_batch *b, const process *p, const ic_lanes *sums,
                           ic_lanes *out) {
    ic_lanes u = ZERO, before = ZERO, sum = ZERO;
    for (size_t t = 0; t < how->n; t++) {
        const ic_lanes now = p->one * u + p->two * before;
        before = u;
        u = now;
        sum = begins(how, t) ? b->load[t] * u : sum + b->load[t] * u;
        if (!ends(how, t)) continue;
        const int32_t k = how->low[t];
        const ic_gain *gain = &b->gain[k];
        const ic_lanes news = PICK(gain->variance > ZERO, sums[k] - sum, ZERO);
        out[k] = news;
        u = u + gain->now * news;
        before = before + gain->before * news;
    }
}

/* Spreads `sums` over the periods: the likeliest u that adds up to them. */
IC_INLINE void spread(const ic_disaggregation *how, const ic_batch *b, const process *p, const ic_lanes *sums,
                      ic_lanes *news, ic_lanes *out) {
    innovations(how, b, p, sums, news);
    /* back: what each benchmark pulls with (its row of the inverse covariance), and what that pulls each step by */
    ic_lanes u = ZERO, before = ZERO, sum = ZERO, pull = ZERO, next = ZERO, after = ZERO;
    for (size_t t = how->n; t-- > 0;) {
        if (how->low[t] < 0) {
            pull = ZERO;
        } else if (ends(how, t)) {
            const ic_gain *gain = &b->gain[how->low[t]];
            const ic_lanes own = news[how->low[t]] / gain->variance - (gain->now * u + gain->before * before);
            pull = sum = PICK(gain->variance > ZERO, own, ZERO);
        }
        const ic_lanes step = b->load[t] * pull + p->one * next + p->two * after;
        out[t] = step;
        after = next;
        next = step;
        const ic_lanes all = u + b->load[t] * sum;
        u = p->one * all + before;
        before = p->two * all;
        if (begins(how, t)) sum = ZERO;
    }
    ic_lanes last = ZERO, older = ZERO; /* and forth: steps into u */
    for (size_t t = 0; t < how->n; t++) {
        const ic_lanes now = (t == 0 ? p->start * out[t] : out[t]) + p->one * last + p->two * older;
        out[t] = now;
        older = last;
        last = now;
    }
}

/* ---- the regression -------------------------------------------------------------------------------------------- */

/* A column of periods as benchmarks see it. */
IC_INLINE void lowered(const ic_disaggregation *how, const ic_lanes *column, ic_lanes *sums) {
    ic_lanes sum = ZERO, lost = ZERO;
    for (size_t t = 0; t < how->n; t++) {
        if (how->low[t] < 0) continue;
        if (begins(how, t)) sum = lost = ZERO;
        const ic_lanes x = how->weight[t] * column[t], next = sum + x, by = next - sum; /* TwoSum */
        lost = lost + ((sum - (next - by)) + (x - by));
        sum = next;
        if (ends(how, t)) sums[how->low[t]] = sum + lost;
    }
}

#define ALIKE 1e-24 /* what a column keeps of its square where the others say the same to twelve digits */

/* By a pointer: vectors as results have no agreed place on machines without them. */
IC_INLINE void squares(const ic_lanes *x, size_t n, ic_lanes *sum) {
    *sum = ZERO;
    for (size_t k = 0; k < n; k++) *sum = *sum + x[k] * x[k];
}

/* Least squares on whitened columns by the modified Gram-Schmidt method; the column behind the last is what is explained.
   `norms` are those of the columns, each without what the earlier ones explain; `by` is what is taken off. */
IC_INLINE void regress(const ic_disaggregation *how, ic_batch *b, size_t columns, ic_lanes *norms,
                       ic_lanes by[][IC_DISAGGREGATION_COLUMNS + 1]) {
    for (size_t j = 0; j < columns; j++) squares(b->whitened + j * how->lows, how->lows, &norms[j]);
    for (size_t j = 0; j <= columns; j++) {
        ic_lanes *q = b->whitened + j * how->lows;
        ic_lanes norm;
        squares(q, how->lows, &norm);
        norms[j] = j < columns ? PICK(norm > ALIKE * norms[j], norm, ZERO / ZERO) : norm;
        for (size_t l = j + 1; l <= columns && j < columns; l++) {
            ic_lanes *x = b->whitened + l * how->lows, dot = ZERO;
            for (size_t k = 0; k < how->lows; k++) dot = dot + q[k] * x[k];
            dot = dot / norms[j];
            by[j][l] = dot;
            for (size_t k = 0; k < how->lows; k++) x[k] = x[k] - dot * q[k];
        }
    }
    for (size_t j = columns; j-- > 0;) {
        ic_lanes sum = by[j][columns];
        for (size_t l = j + 1; l < columns; l++) sum = sum - by[j][l] * b->coefficient[l];
        b->coefficient[j] = sum;
    }
}

/* Variance and likelihood under a process whose gains are known. */
IC_INLINE void weigh(const ic_disaggregation *how, ic_batch *b, const process *p, size_t columns, ic_lanes *norms,
                     ic_lanes by[][IC_DISAGGREGATION_COLUMNS + 1], int logarithms) {
    ic_lanes sizes = ZERO;
    for (size_t j = 0; j <= columns; j++) {
        ic_lanes *out = b->whitened + j * how->lows;
        innovations(how, b, p, j < columns ? b->low_column + j * how->lows : b->rest, out);
    }
    for (size_t k = 0; k < how->lows; k++) {
        ic_lanes root = ONE;
        for (int s = 0; s < IC_LANES; s++) {
            const double variance = b->gain[k].variance[s];
            if (!(variance > 0)) continue;
            root[s] = sqrt(variance);
            if (logarithms) sizes[s] += log(variance);
        }
        for (size_t j = 0; j <= columns; j++) b->whitened[j * how->lows + k] /= root;
    }
    regress(how, b, columns, norms, by);
    b->variance = norms[columns] / b->used;
    for (int s = 0; s < IC_LANES && logarithms; s++)
        b->likelihood[s] = -0.5 * (b->used[s] * (log(2 * 3.14159265358979323846 * b->variance[s]) + 1) + sizes[s]);
}

#define GRID   24
#define GOLDEN 40
#define RATIO  0.6180339887498949

/* What the rule wants to be high. */
IC_INLINE void rated(const ic_disaggregation *how, ic_batch *b, size_t columns, const ic_lanes *rho, ic_lanes *rate) {
    ic_lanes norms[IC_DISAGGREGATION_COLUMNS + 1], by[IC_DISAGGREGATION_COLUMNS + 1][IC_DISAGGREGATION_COLUMNS + 1];
    process p;
    process_of(how->memory, rho, &p);
    gains(how, b, &p, 0);
    weigh(how, b, &p, columns, norms, by, how->rule == IC_RHO_MAX_LOG);
    *rate = how->rule == IC_RHO_MAX_LOG ? b->likelihood : -b->variance;
}

/* The best of a grid, then the golden section between its neighbours; an end stays one if nothing within beats it. */
IC_INLINE void seek_rho(const ic_disaggregation *how, ic_batch *b, size_t columns) {
    const ic_lanes low = ZERO + how->rho_low, high = ZERO + how->rho_high, width = (high - low) / GRID;
    ic_lanes best = low, rate, top;
    rated(how, b, columns, &best, &top);
    for (int i = 1; i <= GRID; i++) {
        const ic_lanes rho = i == GRID ? high : low + width * i;
        rated(how, b, columns, &rho, &rate);
        const ic_lane_mask better = rate > top;
        best = PICK(better, rho, best);
        top = PICK(better, rate, top);
    }
    ic_lanes from = PICK(best - width > low, best - width, low), to = PICK(best + width < high, best + width, high);
    ic_lanes left = to - RATIO * (to - from), right = from + RATIO * (to - from), at_left, at_right;
    rated(how, b, columns, &left, &at_left);
    rated(how, b, columns, &right, &at_right);
    for (int i = 0; i < GOLDEN; i++) {
        const ic_lane_mask leftwards = at_left > at_right;
        from = PICK(leftwards, from, left);
        to = PICK(leftwards, right, to);
        const ic_lanes fresh = PICK(leftwards, to - RATIO * (to - from), from + RATIO * (to - from));
        rated(how, b, columns, &fresh, &rate);
        const ic_lanes kept = PICK(leftwards, left, right), at_kept = PICK(leftwards, at_left, at_right);
        left = PICK(leftwards, fresh, kept);
        right = PICK(leftwards, kept, fresh);
        at_left = PICK(leftwards, rate, at_kept);
        at_right = PICK(leftwards, at_kept, rate);
    }
    const ic_lanes inner = PICK(at_left > at_right, left, right),
                   at_inner = PICK(at_left > at_right, at_left, at_right);
    b->rho = PICK(at_inner > top, inner, best);
}

/* ---- standard errors ------------------------------------------------------------------------------------------- */

#define EXACT 1e-12 /* what rounding leaves of the variance of a figure that benchmarks tell exactly (stocks) */

/* Of the series, given the process: of u once all benchmarks are seen, and of the coefficients. Back over the periods goes
   the information (nuu ... nss) that later benchmarks have of the state. */
IC_INLINE void standard_errors(const ic_disaggregation *how, ic_batch *b, const process *p, size_t columns,
                               const ic_lanes *norms, ic_lanes by[][IC_DISAGGREGATION_COLUMNS + 1]) {
    const ic_lanes step_variance = norms[columns] / (b->used - (double)columns);
    ic_lanes nuu = ZERO, nub = ZERO, nbb = ZERO, nus = ZERO, nbs = ZERO, nss = ZERO;
    for (size_t t = how->n; t-- > 0;) {
        const ic_spread *v = &b->variances[t];
        if (ends(how, t)) {
            const ic_gain *g = &b->gain[how->low[t]];
            const ic_lanes own = PICK(g->variance > ZERO, ONE / g->variance, ZERO);
            nus = -(g->now * nuu + g->before * nub);
            nbs = -(g->now * nub + g->before * nbb);
            nss = own - (g->now * nus + g->before * nbs);
        }
        ic_lanes left = v->uu - (v->uu * (v->uu * nuu + v->ub * nub + v->us * nus) +
                                 v->ub * (v->uu * nub + v->ub * nbb + v->us * nbs) +
                                 v->us * (v->uu * nus + v->ub * nbs + v->us * nss));
        left = PICK(left > EXACT * v->uu, left, ZERO);
        const ic_lanes scale = how->scaled ? b->first[t] : ONE;
        ic_lanes sum = scale * scale * left;
        ic_lanes solved[IC_DISAGGREGATION_COLUMNS];
        for (size_t j = 0; j < columns; j++) { /* what benchmarks don't tell of column j, through the triangle */
            ic_lanes x = b->column[j * how->n + t] - scale * b->shift[j * how->n + t];
            for (size_t i = 0; i < j; i++) x = x - by[i][j] * solved[i];
            solved[j] = x;
            sum = sum + x * x / norms[j];
        }
        for (int s = 0; s < IC_LANES; s++) b->spread[t][s] = sqrt(sum[s] * step_variance[s]);
        /* one period back: the state before is (one, two, 0; 1, 0, 0; load one, load two, 1) of it */
        const ic_lanes load = b->load[t];
        const ic_lanes auu = nuu + load * nus + load * (nus + load * nss), aub = nub + load * nbs;
        const ic_lanes aus = nus + load * nss;
        nss = begins(how, t) ? ZERO : nss;
        const ic_lanes old_bs = nbs;
        nus = begins(how, t) ? ZERO : p->one * aus + old_bs;
        nbs = begins(how, t) ? ZERO : p->two * aus;
        const ic_lanes old_bb = nbb;
        nuu = p->one * p->one * auu + (p->one * aub + p->one * aub) + old_bb;
        nub = p->one * p->two * auu + p->two * aub;
        nbb = p->two * p->two * auu;
    }
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

IC_INLINE void add(const ic_disaggregation *how, ic_batch *b) {
    for (size_t t = 0; t < how->n; t++)
        b->value[t] = b->value[t] + (how->scaled ? b->first[t] * b->spread[t] : b->spread[t]);
}

/* What benchmarks have beyond the value. */
IC_INLINE void left_over(const ic_disaggregation *how, ic_batch *b) {
    lowered(how, b->value, b->rest);
    for (size_t k = 0; k < how->lows; k++) b->rest[k] = b->benchmark[k] - b->rest[k];
}

IC_INLINE void run(const ic_disaggregation *how, ic_batch *b) {
    const size_t columns = ic_disaggregation_columns(how);
    ic_lanes norms[IC_DISAGGREGATION_COLUMNS + 1], by[IC_DISAGGREGATION_COLUMNS + 1][IC_DISAGGREGATION_COLUMNS + 1];
    process p;
    for (size_t t = 0; t < how->n; t++) b->value[t] = how->about ? b->first[t] : ZERO;
    left_over(how, b);
    b->used = ZERO;
    for (size_t k = 0; k < how->lows; k++) b->used = b->used + b->known[k];
    for (size_t j = 0; j < columns; j++) lowered(how, b->column + j * how->n, b->low_column + j * how->lows);
    b->rho = ZERO + how->rho;
    if (how->rule != IC_RHO_GIVEN) seek_rho(how, b, columns);
    process_of(how->memory, &b->rho, &p);
    gains(how, b, &p, b->variances != NULL);
    weigh(how, b, &p, columns, norms, by, 1);
    for (size_t j = 0; j < columns; j++)
        for (size_t t = 0; t < how->n; t++) b->value[t] = b->value[t] + b->coefficient[j] * b->column[j * how->n + t];
    /* twice: the second time for what rounding has left */
    for (int round = 0; round < 2; round++) {
        left_over(how, b);
        spread(how, b, &p, b->rest, b->innovation, b->spread);
        add(how, b);
    }
    left_over(how, b);
    if (b->variances == NULL) return;
    for (size_t j = 0; j < columns; j++)
        spread(how, b, &p, b->low_column + j * how->lows, b->innovation, b->shift + j * how->n);
    standard_errors(how, b, &p, columns, norms, by);
}

static void run_base(const ic_disaggregation *how, ic_batch *b) { run(how, b); }
#if defined(IC_X86)
IC_TARGET("avx2") static void run_avx2(const ic_disaggregation *how, ic_batch *b) { run(how, b); }
IC_TARGET("avx512f,avx512bw,avx512vl") static void run_avx512(const ic_disaggregation *how, ic_batch *b) {
    run(how, b);
}
#endif

ic_batch_run ic_batch_for(ic_cpu level) {
#if defined(IC_X86)
    if (level == IC_CPU_AVX2) return run_avx2;
    if (level == IC_CPU_AVX512) return run_avx512;
#endif
    (void)level;
    return run_base;
}
