#include "core/interval/interval.h"

#include "core/interval/exact.h"

/* Which end of an operand an end of the result takes follows from signs alone; no value is branched on. A high end is
   the negative of a floor: `minus_high` below. */

typedef struct interval {
    double low, high;
} interval;

IC_INLINE int known(interval a) {
    return (a.low <= a.high) & (a.low < (double)INFINITY) & (a.high > -(double)INFINITY);
}

/* With zeros as +0, whatever made them. */
IC_INLINE interval enclosed(int valid, double low, double minus_high) {
    return (interval){pick(valid, low + 0.0, (double)NAN), pick(valid, 0.0 - minus_high, (double)NAN)};
}

IC_INLINE double smaller(double a, double b) { return pick(a < b, a, b); }

IC_INLINE interval add_of(interval a, interval b, int careful) {
    (void)careful;
    return enclosed(known(a) & known(b), floor_sum(a.low, b.low), floor_sum(-a.high, -b.high));
}

IC_INLINE interval sub_of(interval a, interval b, int careful) {
    (void)careful;
    return enclosed(known(a) & known(b), floor_sum(a.low, -b.high), floor_sum(-a.high, b.low));
}

/* The least x * y over y, for each end x, is at the low y of a positive x, at the high y of a negative one. */
IC_INLINE interval mul_of(interval a, interval b, int careful) {
    const double low = smaller(floor_product(a.low, pick(a.low >= 0, b.low, b.high), careful),
                               floor_product(a.high, pick(a.high >= 0, b.low, b.high), careful));
    const double minus_high = smaller(floor_product(-a.low, pick(a.low >= 0, b.high, b.low), careful),
                                      floor_product(-a.high, pick(a.high >= 0, b.high, b.low), careful));
    return enclosed(known(a) & known(b), low, minus_high);
}

/* a / b for b > 0, whose low end may be zero, left out: a then runs to infinity. Never 0 / 0: an end of a that is zero
   takes the other end of b. */
IC_INLINE interval quotient_of(interval a, interval b, int careful) {
    return (interval){floor_quotient(a.low, pick(a.low >= 0, b.high, b.low), careful),
                      floor_quotient(-a.high, pick(a.high > 0, b.low, b.high), careful)};
}

IC_INLINE interval div_of(interval a, interval b, int careful) {
    const int turned = b.high <= 0, around = (b.low < 0) & (b.high > 0), none = (b.low == 0) & (b.high == 0);
    const interval over = {pick(turned, -a.high, a.low), pick(turned, -a.low, a.high)};
    const interval under = {pick(turned, -b.high, b.low) + 0.0, pick(turned, -b.low, b.high)}; /* -0 would turn inf */
    const interval q = quotient_of(over, under, careful);                                      /* low, minus high */
    const double all = pick((a.low < 0) | (a.high > 0), -(double)INFINITY, 0);
    return enclosed(known(a) & known(b) & !none, pick(around, all, q.low), pick(around, all, q.high));
}

/* now / base - 1 as (now - base) / base: exact, and so equal. */
IC_INLINE interval rate_of(interval now, interval base, int careful) {
    const int valid = known(now) & known(base) & (base.high > 0);
    base.low = pick(base.low > 0, base.low, 0);
    const double under = pick(now.low >= 0, base.high, base.low), over = pick(now.high > 0, base.low, base.high);
    return enclosed(valid, floor_ratio(now.low, -under, under, careful), floor_ratio(-now.high, over, over, careful));
}

IC_INLINE interval implied_base_of(interval level, interval rate, int careful) {
    const int valid = known(level) & known(rate) & (rate.high > -1);
    rate.low = pick(rate.low > -1, rate.low, -1);
    return enclosed(valid, floor_scaled_down(level.low, pick(level.low >= 0, rate.high, rate.low), careful),
                    floor_scaled_down(-level.high, pick(level.high > 0, rate.low, rate.high), careful));
}

IC_INLINE interval implied_level_of(interval base, interval rate, int careful) {
    const double low = smaller(floor_scaled_up(base.low, pick(base.low >= 0, rate.low, rate.high), careful),
                               floor_scaled_up(base.high, pick(base.high >= 0, rate.low, rate.high), careful));
    const double minus_high = smaller(floor_scaled_up(-base.low, pick(base.low >= 0, rate.high, rate.low), careful),
                                      floor_scaled_up(-base.high, pick(base.high >= 0, rate.high, rate.low), careful));
    return enclosed(known(base) & known(rate), low, minus_high);
}

IC_INLINE interval contribution_of(interval now, interval base, interval total, int careful) {
    const int valid = known(now) & known(base) & known(total) & (total.high > 0);
    total.low = pick(total.low > 0, total.low, 0);
    const double low = pick(now.low >= base.high, total.high, total.low);
    const double high = pick(now.high > base.low, total.low, total.high);
    return enclosed(valid, floor_ratio(now.low, -base.high, low, careful),
                    floor_ratio(-now.high, base.low, high, careful));
}

/* ---- kernels ------------------------------------------------------------------------------------------------------- */

/* A block is computed as if all its operands were usual, and its unusual elements once more, carefully, before the
   inputs are overwritten: an output may be an input. */
#define BLOCK 256

#define OPERAND(k, i) ((interval){in[2 * (k)][i], in[2 * (k) + 1][i]})
#define ODD(k, i)     (unusual(in[2 * (k)][i]) | unusual(in[2 * (k) + 1][i]))

#define OF_2(f, i, careful) f(OPERAND(0, i), OPERAND(1, i), careful)
#define OF_3(f, i, careful) f(OPERAND(0, i), OPERAND(1, i), OPERAND(2, i), careful)
#define ODD_0(i)            0 /* no operand needs care */
#define ODD_2(i)            (ODD(0, i) | ODD(1, i))
#define ODD_3(i)            (ODD_2(i) | ODD(2, i))

#define KERNEL(name, f, of, odd, level, target, how, each)                                                             \
    target static void name##_##level(size_t n, const double *const *in, double *low, double *high) {                  \
        double lows[BLOCK], highs[BLOCK];                                                                              \
        for (size_t start = 0; start < n; start += BLOCK) {                                                            \
            const size_t m = n - start < BLOCK ? n - start : BLOCK;                                                    \
            uint64_t some = 0;                                                                                         \
            how for (size_t i = 0; i < m; i++) {                                                                       \
                each;                                                                                                  \
                some |= odd(start + i) ? 1 : 0;                                                                        \
                const interval r = of(f, start + i, 0);                                                                \
                lows[i] = r.low;                                                                                       \
                highs[i] = r.high;                                                                                     \
            }                                                                                                          \
            if (IC_UNLIKELY(some)) name##_mend(start, m, in, lows, highs);                                             \
            memcpy(low + start, lows, m * sizeof *lows);                                                               \
            memcpy(high + start, highs, m * sizeof *highs);                                                            \
        }                                                                                                              \
    }

#define KERNEL_MEND(name, f, of, odd)                                                                                  \
    static IC_NOINLINE void name##_mend(size_t start, size_t m, const double *const *in, double *lows,                 \
                                        double *highs) {                                                               \
        for (size_t i = 0; i < m; i++) {                                                                               \
            if (!(odd(start + i))) continue;                                                                           \
            const interval r = of(f, start + i, 1);                                                                    \
            lows[i] = r.low;                                                                                           \
            highs[i] = r.high;                                                                                         \
        }                                                                                                              \
    }

#if defined(IC_X86)
#define KERNELS(name, f, of, odd)                                                                                      \
    KERNEL_MEND(name, f, of, odd)                                                                                      \
    KERNEL(name, f, of, odd, scalar, , , IC_ONE_BY_ONE)                                                                \
    KERNEL(name, f, of, odd, base, , IC_INDEPENDENT, )                                                                 \
    KERNEL(name, f, of, odd, avx2, IC_TARGET("avx2"), IC_INDEPENDENT, )                                                \
    KERNEL(name, f, of, odd, avx512, IC_TARGET("avx512f,avx512bw,avx512vl"), IC_INDEPENDENT, )                         \
    static ic_pair_map name##_for(ic_cpu level) {                                                                      \
        return level == IC_CPU_SCALAR   ? name##_scalar                                                                \
               : level == IC_CPU_AVX2   ? name##_avx2                                                                  \
               : level == IC_CPU_AVX512 ? name##_avx512                                                                \
                                        : name##_base;                                                                 \
    }
#else
#define KERNELS(name, f, of, odd)                                                                                      \
    KERNEL_MEND(name, f, of, odd)                                                                                      \
    KERNEL(name, f, of, odd, scalar, , , IC_ONE_BY_ONE)                                                                \
    KERNEL(name, f, of, odd, base, , IC_INDEPENDENT, )                                                                 \
    static ic_pair_map name##_for(ic_cpu level) { return level == IC_CPU_SCALAR ? name##_scalar : name##_base; }
#endif

KERNELS(add, add_of, OF_2, ODD_0)
KERNELS(sub, sub_of, OF_2, ODD_0)
KERNELS(mul, mul_of, OF_2, ODD_2)
KERNELS(div, div_of, OF_2, ODD_2)
KERNELS(rate, rate_of, OF_2, ODD_2)
KERNELS(implied_base, implied_base_of, OF_2, ODD_2)
KERNELS(implied_level, implied_level_of, OF_2, ODD_2)
KERNELS(contribution, contribution_of, OF_3, ODD_3)

ic_interval_table ic_interval;

void ic_interval_select(ic_cpu level) {
    ic_interval.add = add_for(level);
    ic_interval.sub = sub_for(level);
    ic_interval.mul = mul_for(level);
    ic_interval.div = div_for(level);
    ic_interval.rate = rate_for(level);
    ic_interval.implied_base = implied_base_for(level);
    ic_interval.implied_level = implied_level_for(level);
    ic_interval.contribution = contribution_for(level);
}
