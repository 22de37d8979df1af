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

IC_INLINE void blank(size_t n, double *out) {
    for (size_t t = 0; t < n; t++) out[t] = (double)NAN;
}

/* Periods of a window, or 0 where it is none or longer than the series. */
IC_INLINE size_t window_of(double window, size_t n) {
    return window >= 1 && window <= (double)n && window == floor(window) ? (size_t)window : 0;
}

/* Cut into blocks of the window's length, a window is the end of one block and the beginning of the next: a sum that
   runs backwards and one that runs forwards (van Herk, Gil and Werman). Two additions a figure, whatever the window,
   and nothing is ever subtracted. */
IC_INLINE void window_sum_one(size_t n, const double *in, const double *const *guide, double *out) {
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

IC_INLINE void average_rate_one(size_t n, const double *in, const double *const *guide, double *out) {
    window_sum_one(n, in, guide, out);
    const size_t window = window_of(guide[0][0], n);
    if (window == 0) return;
    for (size_t t = n - 1; t >= window; t--) out[t] = rate_of(out[t], out[t - window]);
    blank(window, out);
}

IC_INLINE void ytd_one(size_t n, const double *in, const double *const *guide, double *out) {
    const double *place = guide[0];
    ic_two sum = {(double)NAN, 0};
    for (size_t t = 0; t < n;) {
        if (place[t] == 0) sum = (ic_two){0, 0};
        do {
            add(&sum, in[t]);
            out[t] = rounded(sum);
        } while (++t < n && place[t] != 0);
    }
}

IC_INLINE void from_ytd_one(size_t n, const double *in, const double *const *guide, double *out) {
    const double *place = guide[0];
    if (n > 0) out[0] = place[0] == 0 ? in[0] : (double)NAN;
    for (size_t t = 1; t < n; t++) {
        const double now = in[t], before = in[t - 1], more = now - before;
        const int joint = (place[t] == 1) & (place[t - 1] == 0) & (before != before);
        out[t] = (place[t] == 0) | joint ? now : more;
    }
}

/* n * x, exactly, for a whole n below 2^26. The lead has the leading bits of x, cut off rather than rounded: it is finite
   where x is. */
IC_INLINE ic_two times(double n, double x) {
    const double lead = ic_double_of(ic_bits_of(x) & UINT64_C(0xfffffffffc000000)), product = n * x;
    return (ic_two){product, (n * lead - product) + n * (x - lead)};
}

/* length * x over sum + left * x: the difference is taken without what both have. */
IC_INLINE double overhang(double x, ic_two sum, double passed, double left) {
    const ic_two stays = times(passed, x);
    const double base = (sum.hi + sum.lo) + left * x; /* of an infinite sum, NaN as what is told of it */
    const double more = (stays.hi - sum.hi) + (stays.lo - sum.lo);
    return base > 0 ? more / base : (double)NAN;
}

/* The same of this year, of which `left` periods will be like x, over the last one. */
IC_INLINE double overhang_this(double x, ic_two sum, ic_two last, double left) {
    const ic_two rest = times(left, x);
    const ic_two all = ic_two_sum(sum.hi, rest.hi);
    const double base = rounded(last);
    const double more = (all.hi - last.hi) + (all.lo + (rest.lo + sum.lo - last.lo));
    return base > 0 ? more / base : (double)NAN;
}

IC_INLINE void carry_over_one(size_t n, const double *in, const double *const *guide, double *out) {
    const double *place = guide[0], *length = guide[1];
    ic_two sum = {(double)NAN, 0};
    for (size_t t = 0; t < n;) {
        if (place[t] == 0) sum = (ic_two){0, 0};
        do {
            add(&sum, in[t]);
            out[t] = overhang(in[t], sum, place[t] + 1, length[t] - place[t] - 1);
        } while (++t < n && place[t] != 0);
    }
}

IC_INLINE int is_whole(const double *place, const double *length, size_t end) {
    return end > 0 && place[end - 1] + 1 == length[end - 1];
}

IC_INLINE void carry_over_this_one(size_t n, const double *in, const double *const *guide, double *out) {
    const double *place = guide[0], *length = guide[1];
    ic_two sum = {(double)NAN, 0}, last = {(double)NAN, 0};
    for (size_t t = 0; t < n;) {
        if (place[t] == 0) {
            last = is_whole(place, length, t) ? sum : (ic_two){(double)NAN, 0};
            sum = (ic_two){0, 0};
        }
        do {
            add(&sum, in[t]);
            out[t] = overhang_this(in[t], sum, last, length[t] - place[t] - 1);
        } while (++t < n && place[t] != 0);
    }
}

/* ---- neighbours, a few lines at a time: the same sums, of which each keeps its own ------------------------------- */

#define ACROSS 256

typedef struct row {
    double hi[ACROSS], lo[ACROSS];
} row;

#define EACH(width, ...)                                                                                               \
    IC_INDEPENDENT for (size_t s = 0; s < (width); s++) { __VA_ARGS__; }

IC_INLINE void row_set(row *sums, size_t width, double to) { EACH(width, sums->hi[s] = to; sums->lo[s] = 0) }

IC_INLINE void row_add(row *sums, size_t width, const double *x) {
    EACH(width, ic_two sum = {sums->hi[s], sums->lo[s]}; add(&sum, x[s]); sums->hi[s] = sum.hi; sums->lo[s] = sum.lo)
}

IC_INLINE void row_round(const row *sums, size_t width, double *out) {
    EACH(width, const ic_two sum = {sums->hi[s], sums->lo[s]}; out[s] = rounded(sum))
}

IC_INLINE void row_round_onto(const row *sums, size_t width, double *out) {
    EACH(width, const ic_two sum = {sums->hi[s], sums->lo[s]}; out[s] += rounded(sum))
}

IC_INLINE void window_sum_some(size_t n, size_t width, const double *in, ptrdiff_t in_step, size_t window, double *out,
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

IC_INLINE void window_sum_many(size_t n, size_t width, const double *in, ptrdiff_t in_step, const double *const *guide,
                               double *out, ptrdiff_t out_step) {
    const size_t window = window_of(guide[0][0], n);
    IN_PARTS(width) window_sum_some(n, m, in + from, in_step, window, out + from, out_step);
}

IC_INLINE void average_rate_many(size_t n, size_t width, const double *in, ptrdiff_t in_step,
                                 const double *const *guide, double *out, ptrdiff_t out_step) {
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

IC_INLINE void ytd_many(size_t n, size_t width, const double *in, ptrdiff_t in_step, const double *const *guide,
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

IC_INLINE void from_ytd_many(size_t n, size_t width, const double *in, ptrdiff_t in_step, const double *const *guide,
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

IC_INLINE void carry_over_many(size_t n, size_t width, const double *in, ptrdiff_t in_step, const double *const *guide,
                               double *out, ptrdiff_t out_step) {
    const double *place = guide[0], *length = guide[1];
    row sums;
    IN_PARTS(width) {
        row_set(&sums, m, (double)NAN);
        for (size_t t = 0; t < n; t++) {
            const double passed = place[t] + 1, left = length[t] - place[t] - 1;
            const double *x = in + from + (ptrdiff_t)t * in_step;
            double *to = out + from + (ptrdiff_t)t * out_step;
            if (place[t] == 0) row_set(&sums, m, 0);
            row_add(&sums, m, x);
            EACH(m, const ic_two sum = {sums.hi[s], sums.lo[s]}; to[s] = overhang(x[s], sum, passed, left))
        }
    }
}

IC_INLINE void carry_over_this_many(size_t n, size_t width, const double *in, ptrdiff_t in_step,
                                    const double *const *guide, double *out, ptrdiff_t out_step) {
    const double *place = guide[0], *length = guide[1];
    row sums, lasts;
    IN_PARTS(width) {
        row_set(&sums, m, (double)NAN);
        row_set(&lasts, m, (double)NAN);
        for (size_t t = 0; t < n; t++) {
            const double left = length[t] - place[t] - 1;
            const double *x = in + from + (ptrdiff_t)t * in_step;
            double *to = out + from + (ptrdiff_t)t * out_step;
            if (place[t] == 0) {
                if (is_whole(place, length, t)) {
                    lasts = sums;
                } else {
                    row_set(&lasts, m, (double)NAN);
                }
                row_set(&sums, m, 0);
            }
            row_add(&sums, m, x);
            EACH(m, const ic_two sum = {sums.hi[s], sums.lo[s]}; const ic_two last = {lasts.hi[s], lasts.lo[s]};
                 to[s] = overhang_this(x[s], sum, last, left))
        }
    }
}

/* ---- levels ------------------------------------------------------------------------------------------------------- */

#define LEVEL(name, level, target)                                                                                     \
    target static void name##_one_##level(size_t n, const double *in, const double *const *guide, double *out) {       \
        name##_one(n, in, guide, out);                                                                                 \
    }                                                                                                                  \
    target static void name##_many_##level(size_t n, size_t width, const double *in, ptrdiff_t in_step,                \
                                           const double *const *guide, double *out, ptrdiff_t out_step) {              \
        name##_many(n, width, in, in_step, guide, out, out_step);                                                      \
    }
#if defined(IC_X86)
#define LEVELS(name) LEVEL(name, base, ) LEVEL(name, avx2, IC_TARGET("avx2"))
#define PLAIN(name, level)                                                                                             \
    ic_growth.name = (level) >= IC_CPU_AVX2 ? (ic_guided){name##_one_avx2, name##_many_avx2, NULL} : (ic_guided) {     \
        name##_one_base, name##_many_base, NULL                                                                        \
    }
#define SELECT(name, level)                                                                                            \
    PLAIN(name, level);                                                                                                \
    if ((level) >= IC_CPU_AVX2) ic_growth.name.rows = name##_rows_avx2
#else
#define LEVELS(name) LEVEL(name, base, )
#define PLAIN(name, level)                                                                                             \
    ic_growth.name = (ic_guided) { name##_one_base, name##_many_base, NULL }
#define SELECT PLAIN
#endif

LEVELS(window_sum)
LEVELS(average_rate)
LEVELS(ytd)
LEVELS(from_ytd)
LEVELS(carry_over)
LEVELS(carry_over_this)

#if defined(IC_X86)
#include "core/growth/growth_sums_avx2.h"
#endif

void ic_growth_select_sums(ic_cpu level) {
    (void)level;
    SELECT(window_sum, level);
    SELECT(average_rate, level);
    SELECT(ytd, level);
    PLAIN(from_ytd, level); /* no chain */
    SELECT(carry_over, level);
    SELECT(carry_over_this, level);
}
