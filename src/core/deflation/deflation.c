/* Weighted selection: halves are made until the item is found at which the weight passes a share, as in quickselect, so that
   thousands of items needn't be sorted; what a bad choice of pivots leaves is sorted, so that the time is never square.

   All levels run the same code but for breadth: a partition has nothing to vectorise. Sums are compensated and made in the
   order of the items, whatever the pivots were. */
#include "core/deflation/deflation.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/numeric/order.h"
#include "core/numeric/power.h"
#include "core/numeric/vector.h"

typedef struct pair {
    double x, w;
} pair;

/* The pairs of one period that are there and have a weight. */
typedef struct items {
    size_t known; /* those without a weight too */
    size_t count;
    double total;     /* of the weights; NaN where they are refused */
    const pair *pair; /* in the order of the items */
    pair *spare[2];   /* as long */
    ic_keyed *keyed;  /* twice as long */
} items;

/* Of ic_sorted_space(n): three times n pairs, and 2n keyed ones. */
static items items_of(size_t n, const double *x, ptrdiff_t x_step, const double *w, ptrdiff_t w_step, double *space) {
    pair *const all = (pair *)(void *)space;
    items made = {0, 0, 0, all, {all + n, all + 2 * n}, (ic_keyed *)(void *)(all + 3 * n)};
    ic_running total = {0, 0};
    double refused = 0;
    for (size_t t = 0; t < n; t++) {
        const pair one = {x[(ptrdiff_t)t * x_step], w[(ptrdiff_t)t * w_step]};
        const int there = (one.x == one.x) & (one.w == one.w);
        all[made.count] = one;
        made.known += (size_t)there;
        made.count += (size_t)(there & (one.w > 0));
        if (!there) continue;
        ic_running_add(&total, one.w);
        refused = one.w >= 0 && one.w <= DBL_MAX ? refused : (double)NAN;
    }
    made.total = total.value + total.rest + refused;
    if (made.total > DBL_MAX) made.total = (double)NAN;
    return made;
}

/* Where the weight passes `target`: the rate, the weight below it and that of all items that have it. */
typedef struct place {
    double x, below, at;
} place;

IC_INLINE double middle_of(double a, double b, double c) {
    const double low = a < b ? a : b, high = a < b ? b : a;
    return c < low ? low : c > high ? high : c;
}

static double pivot_of(const pair *in, size_t n) {
    const size_t step = n / 8;
    if (n < 64) return middle_of(in[0].x, in[n / 2].x, in[n - 1].x);
    return middle_of(middle_of(in[0].x, in[step].x, in[2 * step].x),
                     middle_of(in[3 * step].x, in[4 * step].x, in[5 * step].x),
                     middle_of(in[6 * step].x, in[7 * step].x, in[n - 1].x));
}

/* The same of items in order. */
static place found_in_order(const ic_keyed *keyed, size_t n, const pair *in, double target, place best, double below) {
    for (size_t k = 0, end; k < n; k = end) {
        double at = 0;
        const double x = ic_order_value(keyed[k].key);
        for (end = k; end < n && keyed[end].key == keyed[k].key; end++) at += in[keyed[end].index].w;
        best = (place){x, below, at};
        below += at;
        if (target < below) break;
    }
    return best;
}

/* The item at which the weight passes `target`; the last one if it never does. */
static place passed(const items *all, double target) {
    const pair *in = all->pair;
    size_t n = all->count, rounds = 24;
    for (size_t m = n; m > 0; m /= 2) rounds += 4;
    place best = {(double)NAN, 0, 0};
    double below = 0;
    for (int turn = 0; n > 0; turn ^= 1) {
        if (rounds-- == 0) {
            for (size_t i = 0; i < n; i++) all->keyed[i] = (ic_keyed){ic_order_key(in[i].x), i};
            ic_sort_keyed(n, all->keyed, all->keyed + n);
            return found_in_order(all->keyed, n, in, target, best, below);
        }
        const double pivot = pivot_of(in, n);
        pair *const to = all->spare[turn];
        size_t less = 0, more = n - 1;
        double lighter = 0, at = 0;
        for (size_t i = 0; i < n; i++) { /* both are written, one is kept: no branch to be foretold */
            const pair one = in[i];
            to[less] = one;
            to[more] = one;
            less += (size_t)(one.x < pivot);
            more -= (size_t)(one.x > pivot);
            lighter += one.x < pivot ? one.w : 0.0;
            at += one.x == pivot ? one.w : 0.0;
        }
        if (target < below + lighter) {
            in = to;
            n = less;
            continue;
        }
        best = (place){pivot, below + lighter, at};
        below += lighter + at;
        if (target < below) break;
        in = to + more + 1;
        n = n - 1 - more;
    }
    return best;
}

/* The next rate, upwards or downwards; itself where there is none. */
static double next_to(const items *all, double x, int up) {
    double next = up ? (double)INFINITY : -(double)INFINITY;
    int found = 0;
    for (size_t i = 0; i < all->count; i++) {
        const pair one = all->pair[i];
        const int beyond = up ? (one.x > x) & (one.x <= next) : (one.x < x) & (one.x >= next);
        if (!beyond) continue;
        next = one.x;
        found = 1;
    }
    return found ? next : x;
}

static double percentile_of(const items *all, double share, double side) {
    if (!(share >= 0 && share <= 1) || !(side == 0 || side == 1 || side == -1)) return (double)NAN;
    const double target = share * all->total, near = IC_AT_BOUNDARY * all->total;
    const place at = passed(all, target);
    double low = at.x, high = at.x;
    if (target - at.below <= near) {
        low = next_to(all, at.x, 0);
    } else if (at.below + at.at - target <= near) {
        high = next_to(all, at.x, 1);
    }
    return side < 0 ? low : side > 0 ? high : low == high ? low : 0.5 * low + 0.5 * high;
}

static double mean_of(const items *all) {
    ic_running sum = {0, 0};
    for (size_t i = 0; i < all->count; i++) ic_running_add(&sum, all->pair[i].w * all->pair[i].x);
    return (sum.value + sum.rest) / all->total;
}

/* How much of the items at a cut counts: their weight within, out of their whole weight. */
IC_INLINE double part_of(double within, double at, double near, double whole) {
    const double part = within <= 0 ? 0.0 : within >= at ? 1.0 : within / at;
    if (whole == 0) return part;
    return within <= near ? 0.0 : within >= at - near || whole > 0 ? 1.0 : 0.0;
}

static double trimmed_mean_of(const items *all, double lower, double upper, double whole) {
    if (!(lower >= 0 && upper >= 0 && lower + upper <= 1 + IC_AT_BOUNDARY)) return (double)NAN;
    if (!(whole == 0 || whole == 1 || whole == -1)) return (double)NAN;
    if (lower + upper >= 1 - IC_AT_BOUNDARY) return percentile_of(all, lower < 1 ? lower : 1.0, 0);
    if (lower == 0 && upper == 0) return mean_of(all);
    const double near = IC_AT_BOUNDARY * all->total, from = lower * all->total, until = all->total - upper * all->total;
    const place low = passed(all, from), high = passed(all, until);
    const double first = part_of(low.below + low.at - from, low.at, near, whole);
    const double last = part_of(until - high.below, high.at, near, whole);
    ic_running sum = {0, 0}, weight = {0, 0};
    if (low.x == high.x) return whole < 0 && until - from < low.at - near ? (double)NAN : low.x;
    for (size_t i = 0; i < all->count; i++) {
        const pair one = all->pair[i];
        const double part = one.x < low.x || one.x > high.x ? 0.0
                            : one.x == low.x                ? first
                            : one.x == high.x               ? last
                                                            : 1.0;
        const double w = part * one.w;
        if (!(w > 0)) continue; /* what is cut off may be infinite */
        ic_running_add(&weight, w);
        ic_running_add(&sum, w * one.x);
    }
    const double kept = weight.value + weight.rest;
    return kept > 0 ? (sum.value + sum.rest) / kept : (double)NAN;
}

static double allowed(const items *all, double least, double made) {
    return (double)all->known >= least && all->count > 0 && all->total > 0 && fabs(made) <= DBL_MAX ? made
                                                                                                    : (double)NAN;
}

static void trimmed_mean(size_t n, size_t width, const double *const *in, const ptrdiff_t *step, double *const *out,
                         double *space) {
    for (size_t s = 0; s < width; s++) {
        const items all = items_of(n, in[0] + s, step[0], in[1] + s, step[1], space);
        double made = (double)NAN;
        if (all.total > 0) made = trimmed_mean_of(&all, in[2][s], in[3][s], in[4][s]);
        out[0][s] = allowed(&all, in[5][s], made);
    }
}

static void percentile(size_t n, size_t width, const double *const *in, const ptrdiff_t *step, double *const *out,
                       double *space) {
    for (size_t s = 0; s < width; s++) {
        const items all = items_of(n, in[0] + s, step[0], in[1] + s, step[1], space);
        double made = (double)NAN;
        if (all.total > 0) made = percentile_of(&all, in[2][s], in[3][s]);
        out[0][s] = allowed(&all, in[4][s], made);
    }
}

/* ---- breadth: neighbours side by side, CHUNK items at a time, chunks added with what each addition rounds off -------- */

#define WIDTH 256 /* whole rows of most tables, so that memory is read in order */
#define CHUNK 64
#define SUMS  4 /* weights below, above, of all, and how many there are */

typedef double sums[SUMS][WIDTH];

typedef void (*adds_chunk)(size_t rows, size_t width, const double *const *in, const ptrdiff_t *step, sums to);

IC_INLINE double where(int keep, double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits &= 0 - (uint64_t)keep;
    memcpy(&x, &bits, sizeof bits);
    return x;
}

/* Of one neighbour, sums stay in registers. */
IC_INLINE void add_column(size_t rows, const double *const *in, const ptrdiff_t *step, ptrdiff_t t, size_t s, sums to) {
    const double *x = in[0] + t * step[0] + s, *w = in[1] + t * step[1] + s, low = in[2][s], high = in[3][s];
    double sum[SUMS] = {to[0][s], to[1][s], to[2][s], to[3][s]};
    for (size_t i = 0; i < rows; i++, x += step[0], w += step[1]) {
        const int there = (*x == *x) & (*w == *w), refused = (*w < 0) | (*w > DBL_MAX);
        const double weight = where(there, *w) + where(there & refused, (double)NAN);
        sum[0] += where(*x < low, weight);
        sum[1] += where(*x > high, weight);
        sum[2] += weight;
        sum[3] += where(there, 1.0);
    }
    for (int k = 0; k < SUMS; k++) to[k][s] = sum[k];
}

/* Masks, no branches, as nobody can foretell which rates are below. A refused weight makes all sums that it is in NaN. */
IC_INLINE void add_rows(size_t rows, size_t width, const double *const *in, const ptrdiff_t *step, sums to) {
    const double *const low = in[2], *const high = in[3];
    for (size_t s = 0; width < 4 && s < width; s++) add_column(rows, in, step, 0, s, to);
    for (size_t t = 0; width >= 4 && t < rows; t++) {
        const double *x = in[0] + (ptrdiff_t)t * step[0], *w = in[1] + (ptrdiff_t)t * step[1];
        size_t s = 0;
        for (; s + 4 <= width; s += 4) {
            const ic_four rate = ic_four_at(x + s), given = ic_four_at(w + s);
            const ic_four_bits there = (rate == rate) & (given == given), refused = (given < 0) | (given > DBL_MAX);
            const ic_four weight = (ic_four)((ic_four_bits)ic_four_where(there, given) | (there & refused));
            ic_four_to(to[0] + s, ic_four_at(to[0] + s) + ic_four_where(rate < ic_four_at(low + s), weight));
            ic_four_to(to[1] + s, ic_four_at(to[1] + s) + ic_four_where(rate > ic_four_at(high + s), weight));
            ic_four_to(to[2] + s, ic_four_at(to[2] + s) + weight);
            ic_four_to(to[3] + s, ic_four_at(to[3] + s) + ic_four_where(there, ic_four_of(1.0)));
        }
        for (; s < width; s++) add_column(1, in, step, (ptrdiff_t)t, s, to);
    }
}

IC_INLINE void breadth_by(adds_chunk add_chunk, size_t n, size_t width, const double *const *in, const ptrdiff_t *step,
                          double *const *out) {
    sums all, rest, part;
    for (size_t start = 0, m; start < width; start += m) {
        m = width - start < WIDTH ? width - start : WIDTH;
        memset(all, 0, sizeof all);
        memset(rest, 0, sizeof rest);
        for (size_t t = 0; t < n; t += CHUNK) {
            const size_t rows = n - t < CHUNK ? n - t : CHUNK;
            const double *from[4] = {in[0] + start + (ptrdiff_t)t * step[0], in[1] + start + (ptrdiff_t)t * step[1],
                                     in[2] + start, in[3] + start};
            for (int k = 0; k < SUMS; k++)
                for (size_t s = 0; s < m; s++) part[k][s] = 0;
            add_chunk(rows, m, from, step, part);
            for (int k = 0; k < SUMS; k++)
                for (size_t s = 0; s < m; s++) {
                    const ic_two sum = ic_two_sum(all[k][s], part[k][s]);
                    all[k][s] = sum.hi;
                    rest[k][s] += sum.lo;
                }
        }
        for (size_t s = 0; s < m; s++) {
            const double total = all[2][s] + rest[2][s];
            const int allowed = total > 0 && total <= DBL_MAX && all[3][s] >= in[4][start + s];
            for (int k = 0; k < 2; k++) {
                const double share = (all[k][s] + rest[k][s]) / total;
                out[k][start + s] = !allowed ? (double)NAN : share > 1 ? 1.0 : share;
            }
        }
    }
}

#define BREADTH(level, target)                                                                                         \
    target static void add_chunk_##level(size_t rows, size_t width, const double *const *in, const ptrdiff_t *step,    \
                                         sums to) {                                                                    \
        add_rows(rows, width, in, step, to);                                                                           \
    }                                                                                                                  \
    static void breadth_##level(size_t n, size_t width, const double *const *in, const ptrdiff_t *step,                \
                                double *const *out) {                                                                  \
        breadth_by(add_chunk_##level, n, width, in, step, out);                                                        \
    }

BREADTH(base, )
#if defined(IC_X86)
BREADTH(avx2, IC_TARGET("avx2"))
#endif

ic_deflation_table ic_deflation;

void ic_deflation_select(ic_cpu level) {
    ic_deflation.trimmed_mean = trimmed_mean;
    ic_deflation.percentile = percentile;
    ic_deflation.breadth = breadth_base;
#if defined(IC_X86)
    if (level == IC_CPU_AVX2 || level == IC_CPU_AVX512) ic_deflation.breadth = breadth_avx2;
#else
    (void)level;
#endif
}
