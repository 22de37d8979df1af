/* Sums over windows and over years, and the rates of such sums. */
#include <math.h>

#include "core/growth/growth.h"
#include "core/numeric/power.h"

/* A running sum and what its roundings have lost. An infinite or missing sum has lost nothing that could be told. */
IC_INLINE void add(ic_two *sum, double x) {
    const ic_two next = ic_two_sum(sum->hi, x);
    sum->hi = next.hi;
    sum->lo += next.lo;
}

IC_INLINE double rounded(ic_two sum) { return sum.lo == sum.lo ? sum.hi + sum.lo : sum.hi; }

IC_INLINE double rate_of(double now, double base) { return base > 0 ? (now - base) / base : (double)NAN; }

static void blank(size_t n, double *out) {
    for (size_t t = 0; t < n; t++) out[t] = (double)NAN;
}

/* Periods of a window, or 0 where it is none or longer than the series. */
IC_INLINE size_t window_of(double window, size_t n) {
    return window >= 1 && window <= (double)n && window == floor(window) ? (size_t)window : 0;
}

/* Cut into blocks of the window's length, a window is the end of one block and the beginning of the next: a sum that
   runs backwards and one that runs forwards (van Herk, Gil and Werman). Two additions a figure, whatever the window,
   and nothing is ever subtracted. */
static void window_sum(size_t n, const double *in, const double *const *guide, double *out) {
    const size_t window = window_of(guide[0][0], n);
    blank(window == 0 ? n : window - 1, out);
    if (window == 0) return;
    for (size_t start = 0; start < n; start += window) {
        const size_t end = n - start < window ? n : start + window;
        ic_two sum = {0, 0};
        for (size_t t = start; t < end; t++) {
            add(&sum, in[t]);
            if (t == start + window - 1)
                out[t] = rounded(sum);
            else if (start > 0)
                out[t] += rounded(sum); /* to what is left below */
        }
        if (end - start < window) return;
        sum = (ic_two){0, 0};
        for (size_t t = end - 1; t > start; t--) {
            add(&sum, in[t]);
            if (n - t > window - 1) out[t + window - 1] = rounded(sum);
        }
    }
}

static void average_rate(size_t n, const double *in, const double *const *guide, double *out) {
    window_sum(n, in, guide, out);
    const size_t window = window_of(guide[0][0], n);
    if (window == 0) return;
    for (size_t t = n - 1; t >= window; t--) out[t] = rate_of(out[t], out[t - window]);
    blank(window, out);
}

static void ytd(size_t n, const double *in, const double *const *guide, double *out) {
    const double *place = guide[0];
    ic_two sum = {(double)NAN, 0};
    for (size_t t = 0; t < n; t++) {
        if (place[t] == 0) sum = (ic_two){0, 0};
        add(&sum, in[t]);
        out[t] = rounded(sum);
    }
}

static void from_ytd(size_t n, const double *in, const double *const *guide, double *out) {
    const double *place = guide[0];
    double before = (double)NAN;
    for (size_t t = 0; t < n; t++) {
        const int joint = place[t] == 1 && t > 0 && place[t - 1] == 0 && before != before;
        out[t] = place[t] == 0 || joint ? in[t] : in[t] - before;
        before = in[t];
    }
}

/* How the year stands: what it has summed up to so far, and what the year before had in all. */
typedef struct year {
    ic_two sum, last;
} year;

IC_INLINE void year_begins(year *y, int whole) {
    y->last = whole ? y->sum : (ic_two){(double)NAN, 0};
    y->sum = (ic_two){0, 0};
}

static void carry_over(size_t n, const double *in, const double *const *guide, double *out) {
    const double *place = guide[0], *length = guide[1];
    ic_two sum = {(double)NAN, 0};
    for (size_t t = 0; t < n; t++) {
        if (place[t] == 0) sum = (ic_two){0, 0};
        add(&sum, in[t]);
        /* length * x over sum + left * x: the difference is taken without what both have */
        const double passed = place[t] + 1, left = length[t] - passed;
        const ic_two stays = ic_two_product(passed, in[t], 0);
        const double base = rounded(sum) + left * in[t];
        const double more = (stays.hi - sum.hi) + (stays.lo - sum.lo);
        out[t] = base > 0 ? more / base : (double)NAN;
    }
}

static void carry_over_this(size_t n, const double *in, const double *const *guide, double *out) {
    const double *place = guide[0], *length = guide[1];
    year y = {{(double)NAN, 0}, {(double)NAN, 0}};
    for (size_t t = 0; t < n; t++) {
        if (place[t] == 0) year_begins(&y, t > 0 && place[t - 1] + 1 == length[t - 1]);
        add(&y.sum, in[t]);
        const ic_two rest = ic_two_product(length[t] - place[t] - 1, in[t], 0);
        const ic_two all = ic_two_sum(y.sum.hi, rest.hi);
        const double base = rounded(y.last);
        const double more = (all.hi - y.last.hi) + (all.lo + (rest.lo + y.sum.lo - y.last.lo));
        out[t] = base > 0 ? more / base : (double)NAN;
    }
}

/* ---- neighbours, a few lines at a time: the same sums, of which each keeps its own ------------------------------- */

#define ACROSS 256

typedef struct row {
    double hi[ACROSS], lo[ACROSS];
} row;

#define EACH(width, ...)                                                                                               \
    IC_INDEPENDENT for (size_t s = 0; s < (width); s++) { __VA_ARGS__; }

static void row_set(row *sums, size_t width, double to) { EACH(width, sums->hi[s] = to; sums->lo[s] = 0) }

static void row_add(row *sums, size_t width, const double *x) {
    EACH(width, ic_two sum = {sums->hi[s], sums->lo[s]}; add(&sum, x[s]); sums->hi[s] = sum.hi; sums->lo[s] = sum.lo)
}

static void row_round(const row *sums, size_t width, double *out) {
    EACH(width, const ic_two sum = {sums->hi[s], sums->lo[s]}; out[s] = rounded(sum))
}

static void row_round_onto(const row *sums, size_t width, double *out) {
    EACH(width, const ic_two sum = {sums->hi[s], sums->lo[s]}; out[s] += rounded(sum))
}

static void window_sum_some(size_t n, size_t width, const double *in, ptrdiff_t in_step, size_t window, double *out,
                            ptrdiff_t out_step) {
    row sums;
    for (size_t t = 0; t < (window == 0 ? n : window - 1); t++) blank(width, out + (ptrdiff_t)t * out_step);
    if (window == 0) return;
    for (size_t start = 0; start < n; start += window) {
        const size_t end = n - start < window ? n : start + window;
        row_set(&sums, width, 0);
        for (size_t t = start; t < end; t++) {
            double *to = out + (ptrdiff_t)t * out_step;
            row_add(&sums, width, in + (ptrdiff_t)t * in_step);
            if (t == start + window - 1)
                row_round(&sums, width, to);
            else if (start > 0)
                row_round_onto(&sums, width, to);
        }
        if (end - start < window) return;
        row_set(&sums, width, 0);
        for (size_t t = end - 1; t > start; t--) {
            row_add(&sums, width, in + (ptrdiff_t)t * in_step);
            if (n - t > window - 1) row_round(&sums, width, out + (ptrdiff_t)(t + window - 1) * out_step);
        }
    }
}

#define IN_PARTS(width)                                                                                                \
    for (size_t from = 0, m; m = (width) - from < ACROSS ? (width) - from : ACROSS, from < (width); from += m)

static void window_sum_many(size_t n, size_t width, const double *in, ptrdiff_t in_step, const double *const *guide,
                            double *out, ptrdiff_t out_step) {
    const size_t window = window_of(guide[0][0], n);
    IN_PARTS(width) window_sum_some(n, m, in + from, in_step, window, out + from, out_step);
}

static void average_rate_many(size_t n, size_t width, const double *in, ptrdiff_t in_step, const double *const *guide,
                              double *out, ptrdiff_t out_step) {
    const size_t window = window_of(guide[0][0], n);
    IN_PARTS(width) {
        window_sum_some(n, m, in + from, in_step, window, out + from, out_step);
        for (size_t t = n; window > 0 && t-- > window;) {
            double *now = out + from + (ptrdiff_t)t * out_step;
            const double *base = now - (ptrdiff_t)window * out_step;
            EACH(m, now[s] = rate_of(now[s], base[s]))
        }
        for (size_t t = 0; t < window; t++) blank(m, out + from + (ptrdiff_t)t * out_step);
    }
}

static void ytd_many(size_t n, size_t width, const double *in, ptrdiff_t in_step, const double *const *guide,
                     double *out, ptrdiff_t out_step) {
    const double *place = guide[0];
    row sums;
    IN_PARTS(width) {
        row_set(&sums, m, (double)NAN);
        for (size_t t = 0; t < n; t++) {
            if (place[t] == 0) row_set(&sums, m, 0);
            row_add(&sums, m, in + from + (ptrdiff_t)t * in_step);
            row_round(&sums, m, out + from + (ptrdiff_t)t * out_step);
        }
    }
}

static void from_ytd_many(size_t n, size_t width, const double *in, ptrdiff_t in_step, const double *const *guide,
                          double *out, ptrdiff_t out_step) {
    const double *place = guide[0];
    for (size_t t = 0; t < n; t++, in += in_step, out += out_step) {
        const double *now = in, *before = in - (t > 0 ? in_step : 0);
        double *to = out;
        if (place[t] == 0) {
            EACH(width, to[s] = now[s])
        } else if (t == 0) {
            blank(width, to);
        } else if (place[t] == 1 && place[t - 1] == 0) {
            EACH(width, const double more = now[s] - before[s]; to[s] = before[s] == before[s] ? more : now[s])
        } else {
            EACH(width, to[s] = now[s] - before[s])
        }
    }
}

void ic_growth_select_sums(void) {
    ic_growth.window_sum = (ic_guided){window_sum, window_sum_many};
    ic_growth.average_rate = (ic_guided){average_rate, average_rate_many};
    ic_growth.ytd = (ic_guided){ytd, ytd_many};
    ic_growth.from_ytd = (ic_guided){from_ytd, from_ytd_many};
    ic_growth.carry_over = (ic_guided){carry_over, NULL};
    ic_growth.carry_over_this = (ic_guided){carry_over_this, NULL};
}
