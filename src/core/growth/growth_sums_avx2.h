/* The sums of growth_sums.c for four series at once: each is a chain of additions, which a vector makes four of. Time runs
   along memory, so that figures are turned in the registers, four periods of four series at a time. Every series gets the
   operations of `one`, in its order, and so its bits. No header guard: growth_sums.c takes it in once. */
#include "core/numeric/four.h"

#define FOUR_PERIODS 512 /* of a group that is turned before it is summed; longer series go one by one */

typedef struct four_two {
    four hi, lo;
} four_two;

FOUR four_two four_nothing(double x) { return (four_two){four_of(x), four_of(0)}; }

FOUR void four_add(four_two *sum, four x) {
    const four next = sum->hi + x, of_x = next - sum->hi;
    sum->lo = sum->lo + ((sum->hi - (next - of_x)) + (x - of_x));
    sum->hi = next;
}

FOUR four four_rounded(four_two sum) {
    return four_if(_mm256_cmp_pd(sum.lo, sum.lo, _CMP_EQ_OQ), sum.hi + sum.lo, sum.hi);
}

FOUR four four_rate(four more, four base) {
    return four_if(_mm256_cmp_pd(base, four_of(0), _CMP_GT_OQ), more / base, four_of((double)NAN));
}

/* ---- what goes forwards: a step for each period ------------------------------------------------------------------ */

/* What a step wants of the guides, made once for many groups of four. */
typedef struct four_guides {
    double passed[FOUR_PERIODS], left[FOUR_PERIODS]; /* periods of its year up to it, and after it */
    unsigned char begins[FOUR_PERIODS], whole[FOUR_PERIODS];
} four_guides;

/* Of the periods from t on; how many. */
FOUR size_t four_guided(size_t n, size_t t, const double *const *guide, int lengths, four_guides *of) {
    const size_t m = n - t < FOUR_PERIODS ? n - t : FOUR_PERIODS;
    for (size_t i = 0; i < m; i++) {
        const double place = guide[0][t + i];
        of->begins[i] = place == 0;
        if (!lengths) continue;
        of->passed[i] = place + 1;
        of->left[i] = guide[1][t + i] - place - 1;
        of->whole[i] = (unsigned char)is_whole(guide[0], guide[1], t + i);
    }
    return m;
}

typedef struct four_state {
    four_two sum, last;
    four base;
} four_state;

FOUR four ytd_step(four_state *now, four x, size_t i, const four_guides *of) {
    if (of->begins[i]) now->sum = four_nothing(0);
    four_add(&now->sum, x);
    return four_rounded(now->sum);
}

/* times() by fma, which gives its bits: the product is exact either way. */
FOUR four_two four_times(const double *n, four x) {
    const four by = _mm256_broadcast_sd(n), product = by * x;
    return (four_two){product, _mm256_fmsub_pd(by, x, product)};
}

FOUR four carry_over_step(four_state *now, four x, size_t i, const four_guides *of) {
    if (of->begins[i]) now->sum = four_nothing(0);
    four_add(&now->sum, x);
    const four_two stays = four_times(of->passed + i, x);
    const four more = (stays.hi - now->sum.hi) + (stays.lo - now->sum.lo);
    const four left = _mm256_broadcast_sd(of->left + i) * x;
    return four_rate(more, (now->sum.hi + now->sum.lo) + left);
}

FOUR four carry_over_this_step(four_state *now, four x, size_t i, const four_guides *of) {
    if (of->begins[i]) {
        now->last = of->whole[i] ? now->sum : four_nothing((double)NAN);
        now->base = four_rounded(now->last);
        now->sum = four_nothing(0);
    }
    four_add(&now->sum, x);
    const four_two rest = four_times(of->left + i, x);
    const four all = now->sum.hi + rest.hi, of_rest = all - now->sum.hi;
    const four low = (now->sum.hi - (all - of_rest)) + (rest.hi - of_rest);
    const four less = (rest.lo + now->sum.lo) - now->last.lo;
    return four_rate((all - now->last.hi) + (low + less), now->base);
}

#define ROWS(name, lengths)                                                                                            \
    IC_TARGET("avx2,fma")                                                                                              \
    static void name##_rows_avx2(size_t n, size_t width, const double *in, ptrdiff_t in_across,                        \
                                 const double *const *guide, double *out, ptrdiff_t out_across) {                      \
        four_guides of;                                                                                                \
        size_t m = width < 4 ? 0 : four_guided(n, 0, guide, lengths, &of);                                             \
        for (; width >= 4; width -= 4, in += 4 * in_across, out += 4 * out_across) {                                   \
            const four_two none = four_nothing((double)NAN);                                                           \
            const ptrdiff_t ahead = width >= 8 ? 4 * in_across : 0;                                                    \
            four_state now = {none, none, none.hi};                                                                    \
            four x[4];                                                                                                 \
            for (size_t from = 0, t; from < n; from += m) {                                                            \
                if (n > FOUR_PERIODS) m = four_guided(n, from, guide, lengths, &of);                                   \
                const double *const x_from = in + (ptrdiff_t)from;                                                     \
                double *const to = out + (ptrdiff_t)from;                                                              \
                for (t = 0; t + 4 <= m; t += 4) {                                                                      \
                    four_load(t, x_from, in_across, x);                                                                \
                    four_fetch(t, x_from + ahead, in_across);                                                          \
                    for (size_t i = 0; i < 4; i++) x[i] = name##_step(&now, x[i], t + i, &of);                         \
                    four_store(t, x, to, out_across);                                                                  \
                }                                                                                                      \
                four_few_in(m, t, x_from, in_across, x);                                                               \
                for (size_t i = 0; t + i < m; i++) x[i] = name##_step(&now, x[i], t + i, &of);                         \
                four_few_out(m, t, x, to, out_across);                                                                 \
            }                                                                                                          \
        }                                                                                                              \
        for (; width > 0; width--, in += in_across, out += out_across) name##_one_avx2(n, in, guide, out);             \
    }

ROWS(ytd, 0)
ROWS(carry_over, 1)
ROWS(carry_over_this, 1)

/* ---- windows, which go back and forth: figures are turned first -------------------------------------------------- */

/* Sums stand at made[t] where the window is whole. What runs forwards and what runs backwards through a block take turns:
   neither waits for the other. */
FOUR void four_windows(size_t n, size_t window, const four *x, four *made) {
    for (size_t start = 0; start < n; start += window) {
        const size_t whole = start + window - 1;
        four_two sum = four_nothing(0), back = sum;
        for (size_t t = start, u = whole; t < (n > whole ? whole : n); t++, u--) {
            four_add(&sum, x[t]);
            if (start > 0) made[t] = made[t] + four_rounded(sum);
            if (n <= whole) continue;
            four_add(&back, x[u]);
            if (n - u > window - 1) made[u + window - 1] = four_rounded(back);
        }
        if (n <= whole) return;
        four_add(&sum, x[whole]);
        made[whole] = four_rounded(sum);
    }
}

FOUR four window_sum_of(const four *made, size_t t, size_t window) {
    return t + 1 < window ? four_of((double)NAN) : made[t];
}

FOUR four average_rate_of(const four *made, size_t t, size_t window) {
    if (t + 1 < 2 * window) return four_of((double)NAN);
    return four_rate(made[t] - made[t - window], made[t - window]);
}

#define WINDOWS(name)                                                                                                  \
    IC_TARGET("avx2,fma")                                                                                              \
    static void name##_rows_avx2(size_t n, size_t width, const double *in, ptrdiff_t in_across,                        \
                                 const double *const *guide, double *out, ptrdiff_t out_across) {                      \
        const size_t window = n <= FOUR_PERIODS ? window_of(guide[0][0], n) : 0;                                       \
        four x[FOUR_PERIODS], made[FOUR_PERIODS], v[4];                                                                \
        for (; window > 0 && width >= 4; width -= 4, in += 4 * in_across, out += 4 * out_across) {                     \
            size_t t = 0;                                                                                              \
            for (; t + 4 <= n; t += 4) four_load(t, in, in_across, x + t);                                             \
            four_few_in(n, t, in, in_across, x + t);                                                                   \
            four_windows(n, window, x, made);                                                                          \
            for (t = 0; t + 4 <= n; t += 4) {                                                                          \
                for (size_t i = 0; i < 4; i++) v[i] = name##_of(made, t + i, window);                                  \
                four_store(t, v, out, out_across);                                                                     \
            }                                                                                                          \
            for (size_t i = 0; t + i < n; i++) v[i] = name##_of(made, t + i, window);                                  \
            four_few_out(n, t, v, out, out_across);                                                                    \
        }                                                                                                              \
        for (; width > 0; width--, in += in_across, out += out_across) name##_one_avx2(n, in, guide, out);             \
    }

WINDOWS(window_sum)
WINDOWS(average_rate)
