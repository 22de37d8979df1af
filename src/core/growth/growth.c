#include "core/growth/growth.h"

#include <math.h>
#include <string.h>

/* The value stands left and NAN right of each ':', so that NaN in `base` fails the comparison and gives the
   same NaN everywhere. */
IC_INLINE double rate_of(double now, double base) { return base > 0 ? (now - base) / base : (double)NAN; }

IC_INLINE double rate_abs_of(double now, double base) {
    double size = fabs(base);
    return size > 0 ? (now - base) / size : (double)NAN;
}

IC_INLINE double share_of(double part, double total) { return fabs(total) > 0 ? part / total : (double)NAN; }

IC_INLINE double contribution_of(double part_now, double part_base, double total_base) {
    return total_base > 0 ? (part_now - part_base) / total_base : (double)NAN;
}

IC_INLINE double change_of(double now, double base) { return now - base; }

/* 1 + rate is exact for rates from -1 to -1/2 (Sterbenz), else rounds by no more than half a unit. */
IC_INLINE double implied_base_of(double level, double rate) {
    const double factor = 1 + rate, base = level / factor;
    const int known = (fabs(factor) > 0) & (base > 0);
    return known ? base : (double)NAN;
}

/* Adding what the base has grown by keeps the digits of small rates; near -1 it would cancel them. */
IC_INLINE double implied_level_of(double base, double rate) {
    const double level = rate < -0.5 ? base * (1 + rate) : base + base * rate;
    return base > 0 ? level : (double)NAN;
}

IC_MAP_2(rate, rate_of)
IC_MAP_2(rate_abs, rate_abs_of)
IC_MAP_2(share, share_of)
IC_MAP_3(contribution, contribution_of)
IC_MAP_2(change, change_of)
IC_MAP_2(implied_base, implied_base_of)
IC_MAP_2(implied_level, implied_level_of)

/* Blends bits rather than picking by ?:, of which compilers make a branch; gaps come at random, and a branch
   on them costs four times as much. */
IC_INLINE double observed_or(double value, double last) {
    const uint64_t here = 0 - (uint64_t)(value == value);
    uint64_t a, b;
    memcpy(&a, &value, sizeof a);
    memcpy(&b, &last, sizeof b);
    a = (a & here) | (b & ~here);
    memcpy(&value, &a, sizeof a);
    return value;
}

static void last_observed(size_t n, const double *in, double *out) {
    double last = (double)NAN;
    for (size_t t = 0; t < n; t++) out[t] = last = observed_or(in[t], last);
}

static void last_observed_many(size_t n, size_t width, const double *in, ptrdiff_t in_step, double *out,
                               ptrdiff_t out_step) {
    if (n == 0) return;
    IC_INDEPENDENT for (size_t s = 0; s < width; s++) out[s] = observed_or(in[s], (double)NAN);
    for (size_t t = 1; t < n; t++) {
        const double *last = out;
        in += in_step;
        out += out_step;
        IC_INDEPENDENT for (size_t s = 0; s < width; s++) out[s] = observed_or(in[s], last[s]);
    }
}

ic_growth_table ic_growth;

void ic_growth_select(ic_cpu level) {
    ic_growth.rate = rate_for(level);
    ic_growth.rate_abs = rate_abs_for(level);
    ic_growth.share = share_for(level);
    ic_growth.contribution = contribution_for(level);
    ic_growth.change = change_for(level);
    ic_growth.implied_base = implied_base_for(level);
    ic_growth.implied_level = implied_level_for(level);
    ic_growth.last_observed = (ic_series){last_observed, last_observed_many};
    ic_growth_select_powers(level);
    ic_growth_select_sums(level);
    ic_growth_select_untangle();
}
