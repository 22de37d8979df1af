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

/* Parts with what those before them come to, brought to the level; NaN before the index begins, which is at the place
   before the first of `head` links that are missing. */
static void finish(size_t n, size_t part, size_t head, const double *before, const double *const *guide, double *out) {
    const double mean = mean_over(out, n, part, before, head > 0 ? head - 1 : 0, guide[0][0], guide[1][0]),
                 scale = guide[2][0] / mean;
    for (size_t k = 0; k <= PARTS; k++) {
        const size_t start = k * part, end = k < PARTS ? start + part : n;
        const double by = before[k] * scale;
        IC_INDEPENDENT for (size_t i = start; i < end; i++) out[i] *= by;
    }
    for (size_t t = 0; t + 1 < head; t++) out[t] = (double)NAN;
    if (head == n && n > 0) out[n - 1] = (double)NAN;
}

IC_INLINE size_t part_of(size_t n) { return n / PARTS >= SHORTEST ? n / PARTS : 0; }

IC_INLINE void chain_one(size_t n, const double *in, const double *const *guide, double *out, int rates) {
    size_t head = 0;
    while (head < n && in[head] != in[head]) head++; /* links before the first: the index is 1 */
    const size_t part = part_of(n);
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
    finish(n, part, head, before, guide, out);
}

static void chain(size_t n, const double *in, const double *const *guide, double *out) {
    chain_one(n, in, guide, out, 0);
}

static void chain_rates(size_t n, const double *in, const double *const *guide, double *out) {
    chain_one(n, in, guide, out, 1);
}

#if defined(IC_X86)
#include "core/numeric/four.h"

typedef struct four_chains {
    four run, begun; /* since the part began; whether there has been a link */
    double before[PARTS + 1][4];
    size_t part, next, k;
} four_chains;

FOUR four four_link(four x, int rates) {
    if (rates) x = four_of(1) + x;
    return x;
}

FOUR void four_next_part(four_chains *now) {
    const four before = _mm256_loadu_pd(now->before[now->k++]) * now->run;
    _mm256_storeu_pd(now->before[now->k], before);
    now->run = four_of(1);
    now->next = now->k < PARTS ? now->next + now->part : SIZE_MAX;
}

FOUR four four_linked(four_chains *now, four x, size_t t, int rates) {
    if (t == now->next) four_next_part(now);
    now->begun = _mm256_or_pd(now->begun, _mm256_cmp_pd(x, x, _CMP_EQ_OQ));
    now->run = now->run * four_if(now->begun, four_link(x, rates), four_of(1));
    return now->run;
}

/* The parts of four series. What one does, in its order, and so its bits. */
FOUR void four_parts(size_t n, const double *in, ptrdiff_t in_across, const double *ahead, double *out,
                     ptrdiff_t out_across, four_chains *now, int rates) {
    four x[4];
    size_t t = 0;
    for (; t + 4 <= n; t += 4) {
        four_load(t, in, in_across, x);
        four_fetch(t, ahead, in_across);
        if (t + 3 < now->next && _mm256_movemask_pd(now->begun) == 15) { /* nothing begins or ends here */
            for (size_t i = 0; i < 4; i++) x[i] = now->run = now->run * four_link(x[i], rates);
        } else {
            for (size_t i = 0; i < 4; i++) x[i] = four_linked(now, x[i], t + i, rates);
        }
        four_store(t, x, out, out_across);
    }
    four_few_in(n, t, in, in_across, x);
    for (size_t i = 0; t + i < n; i++) x[i] = four_linked(now, x[i], t + i, rates);
    four_few_out(n, t, x, out, out_across);
    if (now->next == n) four_next_part(now); /* whole parts only */
}

FOUR void chain_rows_of(size_t n, size_t width, const double *in, ptrdiff_t in_across, const double *const *guide,
                        double *out, ptrdiff_t out_across, int rates) {
    const size_t part = part_of(n);
    for (; width >= 4; width -= 4, in += 4 * in_across, out += 4 * out_across) {
        four_chains now = {four_of(1), four_of(0), {{1, 1, 1, 1}}, part, part == 0 ? SIZE_MAX : part, 0};
        for (size_t k = 1; k <= PARTS; k++)
            for (size_t s = 0; s < 4; s++) now.before[k][s] = 1;
        four_parts(n, in, in_across, width >= 8 ? in + 4 * in_across : in, out, out_across, &now, rates);
        for (ptrdiff_t s = 0; s < 4; s++) {
            const double *of = in + s * in_across;
            double before[PARTS + 1];
            size_t head = 0;
            while (head < n && of[head] != of[head]) head++;
            for (size_t k = 0; k <= PARTS; k++) before[k] = now.before[k][s];
            finish(n, part, head, before, guide, out + s * out_across);
        }
    }
    for (; width > 0; width--, in += in_across, out += out_across) chain_one(n, in, guide, out, rates);
}

IC_TARGET("avx2,fma")
static void chain_rows(size_t n, size_t width, const double *in, ptrdiff_t in_across, const double *const *guide,
                       double *out, ptrdiff_t out_across) {
    chain_rows_of(n, width, in, in_across, guide, out, out_across, 0);
}

IC_TARGET("avx2,fma")
static void chain_rates_rows(size_t n, size_t width, const double *in, ptrdiff_t in_across, const double *const *guide,
                             double *out, ptrdiff_t out_across) {
    chain_rows_of(n, width, in, in_across, guide, out, out_across, 1);
}
#endif

void ic_index_select_chain(ic_cpu level) {
    (void)level;
    ic_index.chain = (ic_guided){chain, NULL, NULL};
    ic_index.chain_rates = (ic_guided){chain_rates, NULL, NULL};
#if defined(IC_X86)
    if (level >= IC_CPU_AVX2) {
        ic_index.chain.rows = chain_rows;
        ic_index.chain_rates.rows = chain_rates_rows;
    }
#endif
}
