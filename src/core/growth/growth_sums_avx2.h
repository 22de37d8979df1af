/* The sums of growth_sums.c for four series at once: each is a chain of additions, which a vector makes four of. Time runs
   along memory, so that figures are turned in the registers, four periods of four series at a time. Every series gets the
   operations of `one`, in its order, and so its bits. No header guard: growth_sums.c takes it in once. */
#include <immintrin.h>

#define FOUR         IC_TARGET("avx2,fma") IC_INLINE
#define FOUR_PERIODS 512 /* of a group that is turned before it is summed; longer series go one by one */

typedef __m256d four;

typedef struct four_two {
    four hi, lo;
} four_two;

FOUR four four_of(double x) { return _mm256_set1_pd(x); }

FOUR four_two four_nothing(double x) { return (four_two){four_of(x), four_of(0)}; }

FOUR four four_if(four mask, four then, four otherwise) { return _mm256_blendv_pd(otherwise, then, mask); }

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

/* Four periods of four series, either way. */
FOUR void four_turn(four v[4]) {
    const four a = _mm256_unpacklo_pd(v[0], v[1]), b = _mm256_unpackhi_pd(v[0], v[1]);
    const four c = _mm256_unpacklo_pd(v[2], v[3]), d = _mm256_unpackhi_pd(v[2], v[3]);
    v[0] = _mm256_permute2f128_pd(a, c, 0x20);
    v[1] = _mm256_permute2f128_pd(b, d, 0x20);
    v[2] = _mm256_permute2f128_pd(a, c, 0x31);
    v[3] = _mm256_permute2f128_pd(b, d, 0x31);
}

FOUR void four_load(size_t t, const double *in, ptrdiff_t across, four x[4]) {
    for (int s = 0; s < 4; s++) x[s] = _mm256_loadu_pd(in + s * across + (ptrdiff_t)t);
    four_turn(x);
}

FOUR void four_store(size_t t, four x[4], double *out, ptrdiff_t across) {
    four_turn(x);
    for (int s = 0; s < 4; s++) _mm256_storeu_pd(out + s * across + (ptrdiff_t)t, x[s]);
}

/* The last periods, from t to n, where they are fewer than four. */
FOUR void four_few_in(size_t n, size_t t, const double *in, ptrdiff_t across, four *x) {
    for (size_t i = 0; t + i < n; i++) {
        const double *at = in + t + i;
        x[i] = _mm256_setr_pd(at[0], at[across], at[2 * across], at[3 * across]);
    }
}

FOUR void four_few_out(size_t n, size_t t, const four *x, double *out, ptrdiff_t across) {
    for (size_t i = 0; t + i < n; i++) {
        double each[4];
        _mm256_storeu_pd(each, x[i]);
        for (int s = 0; s < 4; s++) out[s * across + (ptrdiff_t)(t + i)] = each[s];
    }
}

/* ---- what goes forwards: a step for each period ------------------------------------------------------------------ */

typedef struct four_state {
    four_two sum, last;
    four base;
} four_state;

FOUR four ytd_step(four_state *now, four x, size_t t, const double *const *guide) {
    if (guide[0][t] == 0) now->sum = four_nothing(0);
    four_add(&now->sum, x);
    return four_rounded(now->sum);
}

/* times() by fma, which gives its bits: the product is exact either way. */
FOUR four_two four_times(double n, four x) {
    const four by = four_of(n), product = by * x;
    return (four_two){product, _mm256_fmsub_pd(by, x, product)};
}

FOUR four carry_over_step(four_state *now, four x, size_t t, const double *const *guide) {
    const double place = guide[0][t], left = guide[1][t] - place - 1;
    if (place == 0) now->sum = four_nothing(0);
    four_add(&now->sum, x);
    const four_two stays = four_times(place + 1, x);
    const four more = (stays.hi - now->sum.hi) + (stays.lo - now->sum.lo);
    return four_rate(more, four_rounded(now->sum) + four_of(left) * x);
}

FOUR four carry_over_this_step(four_state *now, four x, size_t t, const double *const *guide) {
    const double place = guide[0][t], left = guide[1][t] - place - 1;
    if (place == 0) {
        now->last = is_whole(guide[0], guide[1], t) ? now->sum : four_nothing((double)NAN);
        now->base = four_rounded(now->last);
        now->sum = four_nothing(0);
    }
    four_add(&now->sum, x);
    const four_two rest = four_times(left, x);
    const four all = now->sum.hi + rest.hi, of_rest = all - now->sum.hi;
    const four low = (now->sum.hi - (all - of_rest)) + (rest.hi - of_rest);
    return four_rate((all - now->last.hi) + (low + ((rest.lo + now->sum.lo) - now->last.lo)), now->base);
}

#define ROWS(name)                                                                                                     \
    IC_TARGET("avx2,fma")                                                                                              \
    static void name##_rows_avx2(size_t n, size_t width, const double *in, ptrdiff_t in_across,                        \
                                 const double *const *guide, double *out, ptrdiff_t out_across) {                      \
        for (; width >= 4; width -= 4, in += 4 * in_across, out += 4 * out_across) {                                   \
            const four_two none = four_nothing((double)NAN);                                                           \
            four_state now = {none, none, none.hi};                                                                    \
            four x[4];                                                                                                 \
            size_t t = 0;                                                                                              \
            for (; t + 4 <= n; t += 4) {                                                                               \
                four_load(t, in, in_across, x);                                                                        \
                for (size_t i = 0; i < 4; i++) x[i] = name##_step(&now, x[i], t + i, guide);                           \
                four_store(t, x, out, out_across);                                                                     \
            }                                                                                                          \
            four_few_in(n, t, in, in_across, x);                                                                       \
            for (size_t i = 0; t + i < n; i++) x[i] = name##_step(&now, x[i], t + i, guide);                           \
            four_few_out(n, t, x, out, out_across);                                                                    \
        }                                                                                                              \
        for (; width > 0; width--, in += in_across, out += out_across) name##_one_avx2(n, in, guide, out);             \
    }

ROWS(ytd)
ROWS(carry_over)
ROWS(carry_over_this)

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
