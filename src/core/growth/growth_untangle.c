/* What published figures leave of a series of flows: sums of the year, single periods, growth of both, narrowed against
   each other until nothing moves. Every end is rounded outwards, so that what satisfies the figures stays inside. */
#include <math.h>

#include "core/growth/growth.h"
#include "core/numeric/power.h"

#define SWEEPS 60      /* over all periods, forth or back, at most */
#define GAIN   0x1p-12 /* of a width: less is no reason for another sweep */

typedef struct span {
    double *low, *high;
} span;

/* Whether two ends still hold something, and whether that has become noticeably less. */
typedef struct progress {
    int moved, empty;
} progress;

IC_INLINE double above(double x) {
    if (!(x < (double)INFINITY)) return x;
    if (x == 0) return 0x1p-1074;
    const uint64_t bits = ic_bits_of(x);
    return ic_double_of(x > 0 ? bits + 1 : bits - 1);
}

IC_INLINE double below(double x) { return -above(-x); }

/* The sum rounded down: exact where the sum is a double. What is infinite has no rest that could be told. */
IC_INLINE double sum_below(double a, double b) {
    const ic_two sum = ic_two_sum(a, b);
    return sum.lo < 0 ? below(sum.hi) : sum.hi;
}

IC_INLINE double sum_above(double a, double b) { return -sum_below(-a, -b); }

IC_INLINE double product_below(double a, double b) { return ((a == 0) | (b == 0)) ? 0.0 : below(a * b); }

IC_INLINE double product_above(double a, double b) { return ((a == 0) | (b == 0)) ? 0.0 : above(a * b); }

static void meet(span x, double low, double high, progress *p) {
    const double width = *x.high - *x.low;
    double gain = 0;
    if (low > *x.low) {
        gain = low - *x.low;
        *x.low = low;
    }
    if (high < *x.high) {
        const double more = *x.high - high;
        gain = more > gain ? more : gain;
        *x.high = high;
    }
    if (gain > 0) {
        const double size = width < (double)INFINITY ? width : fabs(*x.high < (double)INFINITY ? *x.high : *x.low);
        p->empty |= *x.low > *x.high;
        p->moved |= gain > size * GAIN;
    }
}

/* sum = before + flow, each of the other two */
static void add_up(span sum, span before, span flow, progress *p) {
    meet(sum, sum_below(*before.low, *flow.low), sum_above(*before.high, *flow.high), p);
    meet(flow, sum_below(*sum.low, -*before.high), sum_above(*sum.high, -*before.low), p);
    meet(before, sum_below(*sum.low, -*flow.high), sum_above(*sum.high, -*flow.low), p);
}

/* now = ratio * base, for a ratio that has been published: its base is then not below zero. */
static void grow(span now, span base, double low, double high, progress *p) {
    if (low == -(double)INFINITY && high == (double)INFINITY) return;
    meet(base, 0, (double)INFINITY, p);
    meet(now, product_below(low, low >= 0 ? *base.low : *base.high),
         product_above(high, high >= 0 ? *base.high : *base.low), p);
    if (low > 0) {
        const double least = *now.low / (*now.low >= 0 ? high : low), most = *now.high / (*now.high >= 0 ? low : high);
        meet(base, below(least), above(most), p);
    }
}

/* What is left of the ratio of two flows, or two sums. */
static void ratio_of(span ratio, span now, span base) {
    progress p = {0, 0};
    if (*base.low < 0) return;
    const double least = *now.low / (*now.low >= 0 ? *base.high : *base.low);
    const double most = *now.high / (*now.high >= 0 ? *base.low : *base.high);
    meet(ratio, below(least), above(most), &p);
}

typedef struct block {
    double *const *rows;
    ptrdiff_t step;
} block;

IC_INLINE span at(const block *b, int row, size_t t) {
    const ptrdiff_t place = (ptrdiff_t)t * b->step;
    return (span){b->rows[row] + place, b->rows[row + 1] + place};
}

enum { SUM = 0, FLOW = 2, LATER_SUM = 4, LATER_FLOW = 6, SUM_RATIO = 8, FLOW_RATIO = 10 };

static void year_so_far(const block *b, int sum, int flow, size_t t, double place, progress *p) {
    double nothing[2] = {0, 0};
    if (place == 0)
        add_up(at(b, sum, t), (span){nothing, nothing + 1}, at(b, flow, t), p);
    else if (t > 0)
        add_up(at(b, sum, t), at(b, sum, t - 1), at(b, flow, t), p);
}

static void relax(const block *b, size_t t, double place, double same, size_t lag, progress *p) {
    year_so_far(b, SUM, FLOW, t, place, p);
    if (same != 0) {
        for (int row = SUM; row <= FLOW; row += 2) {
            const span own = at(b, row, t), later = at(b, row + LATER_SUM, t);
            meet(own, *later.low, *later.high, p);
            meet(later, *own.low, *own.high, p);
        }
    } else {
        year_so_far(b, LATER_SUM, LATER_FLOW, t, place, p);
    }
    if (t >= lag) {
        const span of_sums = at(b, SUM_RATIO, t), of_flows = at(b, FLOW_RATIO, t);
        grow(at(b, SUM, t), at(b, LATER_SUM, t - lag), *of_sums.low, *of_sums.high, p);
        grow(at(b, FLOW, t), at(b, LATER_FLOW, t - lag), *of_flows.low, *of_flows.high, p);
    }
}

/* Periods whose figures may still narrow each other; series beyond LONG are looked at as a whole, each time. */
#define LONG 4096
typedef struct open_periods {
    size_t n, lag;
    unsigned char is[LONG];
} open_periods;

static void reopen(open_periods *open, size_t t, size_t back) {
    if (t >= back && t - back < open->n) open->is[t - back] = 1;
}

/* What has moved at t, the period before and the one it grew from, to all that look at these. */
static void reopen_around(open_periods *open, size_t t) {
    if (open->n > LONG) return;
    for (size_t near = 0; near < 2; near++) {
        reopen(open, t + near, 0);
        reopen(open, t, near);
        reopen(open, t + open->lag, near);
        reopen(open, t + near, open->lag);
    }
}

/* One period, if it is open or has to be; how much work that was. */
static size_t look_at(const block *b, open_periods *open, size_t t, const double *const *guide, int always,
                      progress *all) {
    if (!always && open->n <= LONG && !open->is[t]) return 0;
    progress p = {0, 0};
    if (open->n <= LONG) open->is[t] = 0;
    relax(b, t, guide[0][t], guide[1][t], open->lag, &p);
    if (p.moved) reopen_around(open, t);
    all->moved |= p.moved;
    all->empty |= p.empty;
    return 1;
}

static void untangle(size_t n, double *const *rows, ptrdiff_t step, const double *const *guide) {
    const block b = {rows, step};
    const double lag_given = guide[2][0];
    const size_t lag = lag_given >= 1 && lag_given < (double)n ? (size_t)lag_given : n;
    open_periods open;
    open.n = n;
    open.lag = lag;
    for (size_t t = 0; t < (n < LONG ? n : LONG); t++) open.is[t] = 0;
    progress p = {1, 0};
    size_t work = 0;
    for (int always = 1; p.moved && work < SWEEPS * n; always = 0) {
        p.moved = 0;
        for (size_t t = 0; t < n; t++) work += look_at(&b, &open, t, guide, always, &p);
        for (size_t t = n; t-- > 0;) work += look_at(&b, &open, t, guide, always, &p);
        if (p.empty) return;
    }
    for (size_t t = lag; t < n; t++) {
        ratio_of(at(&b, SUM_RATIO, t), at(&b, SUM, t), at(&b, LATER_SUM, t - lag));
        ratio_of(at(&b, FLOW_RATIO, t), at(&b, FLOW, t), at(&b, LATER_FLOW, t - lag));
    }
}

void ic_growth_select_untangle(void) { ic_growth.untangle = untangle; }
