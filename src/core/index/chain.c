/* Products of links along time. A product waits for the one before; so a series is cut into parts whose products are
   made side by side, and what the parts before come to is multiplied in with the level, while the series is in the
   cache. */
#include <math.h>

#include "core/index/folds.h"

#define PARTS    8
#define SHORTEST 4 /* figures of a part that is worth making */

IC_INLINE double link_of(double x, int rates) { return rates ? 1 + x : x; }

/* The mean of the product over the places `from` up to `to`; 1 where there are none, NaN where they aren't places or
   lie before `begin`. */
IC_INLINE double mean_over(const double *out, size_t n, size_t part, const double *before, size_t begin, double from,
                           double to) {
    if (from == to) return 1;
    if (!(from >= (double)begin && to > from && to <= (double)n)) return (double)NAN;
    const size_t start = (size_t)from, end = (size_t)to;
    double sum = 0;
    for (size_t t = start; t < end; t++) {
        const size_t k = part == 0 ? PARTS : t / part;
        sum += out[t] * before[k < PARTS ? k : PARTS];
    }
    return sum / (double)(end - start);
}

IC_INLINE void chain_one(size_t n, const double *in, const double *const *guide, double *out, int rates) {
    size_t head = 0;
    while (head < n && in[head] != in[head]) head++; /* links before the first: the index is 1 */
    const size_t part = n / PARTS >= SHORTEST ? n / PARTS : 0;
    const double level = guide[2][0];
    double run[PARTS], before[PARTS + 1];
    for (int k = 0; k < PARTS; k++) run[k] = 1;
    size_t t = 0;
    for (; t < part && head > 0; t++)
        for (size_t k = 0; k < PARTS; k++) {
            const size_t i = k * part + t;
            if (i >= head) run[k] *= link_of(in[i], rates);
            out[i] = run[k];
        }
    if (head == 0) {
        double a = 1, b = 1, c = 1, d = 1, e = 1, f = 1, g = 1, h = 1;
        for (; t < part; t++) {
            const double *x = in + t;
            double *y = out + t;
            y[0] = a *= link_of(x[0], rates);
            y[part] = b *= link_of(x[part], rates);
            y[2 * part] = c *= link_of(x[2 * part], rates);
            y[3 * part] = d *= link_of(x[3 * part], rates);
            y[4 * part] = e *= link_of(x[4 * part], rates);
            y[5 * part] = f *= link_of(x[5 * part], rates);
            y[6 * part] = g *= link_of(x[6 * part], rates);
            y[7 * part] = h *= link_of(x[7 * part], rates);
        }
        const double ends[PARTS] = {a, b, c, d, e, f, g, h};
        for (int k = 0; k < PARTS; k++) run[k] = ends[k];
    }
    before[0] = 1;
    for (int k = 0; k < PARTS; k++) before[k + 1] = before[k] * run[k];
    double last = 1;
    for (t = PARTS * part; t < n; t++) {
        if (t >= head) last *= link_of(in[t], rates);
        out[t] = last;
    }
    const double mean = mean_over(out, n, part, before, head > 0 ? head - 1 : 0, guide[0][0], guide[1][0]),
                 scale = level / mean;
    for (size_t k = 0; k <= PARTS; k++) {
        const size_t start = k * part, end = k < PARTS ? start + part : n;
        const double by = before[k] * scale;
        IC_INDEPENDENT for (size_t i = start; i < end; i++) out[i] *= by;
    }
    for (t = 0; t + 1 < head; t++) out[t] = (double)NAN;
    if (head == n && n > 0) out[n - 1] = (double)NAN;
}

static void chain(size_t n, const double *in, const double *const *guide, double *out) {
    chain_one(n, in, guide, out, 0);
}

static void chain_rates(size_t n, const double *in, const double *const *guide, double *out) {
    chain_one(n, in, guide, out, 1);
}

void ic_index_select_chain(ic_cpu level) {
    (void)level; /* the memory is the limit at any */
    ic_index.chain = (ic_guided){chain, NULL, NULL};
    ic_index.chain_rates = (ic_guided){chain_rates, NULL, NULL};
}
