/* The formulas on intervals, one element each: for the kernels of this room. */
#ifndef IC_INTERVAL_OPERATIONS_H
#define IC_INTERVAL_OPERATIONS_H

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

IC_INLINE interval add_of(interval a, interval b, arithmetic way) {
    (void)way;
    return enclosed(known(a) & known(b), floor_sum(a.low, b.low), floor_sum(-a.high, -b.high));
}

IC_INLINE interval sub_of(interval a, interval b, arithmetic way) {
    (void)way;
    return enclosed(known(a) & known(b), floor_sum(a.low, -b.high), floor_sum(-a.high, b.low));
}

/* The least x * y over y, for each end x, is at the low y of a positive x, at the high y of a negative one. */
IC_INLINE interval mul_of(interval a, interval b, arithmetic way) {
    const double low = smaller(floor_product(a.low, pick(a.low >= 0, b.low, b.high), way),
                               floor_product(a.high, pick(a.high >= 0, b.low, b.high), way));
    const double minus_high = smaller(floor_product(-a.low, pick(a.low >= 0, b.high, b.low), way),
                                      floor_product(-a.high, pick(a.high >= 0, b.high, b.low), way));
    return enclosed(known(a) & known(b), low, minus_high);
}

/* a / b for b > 0, whose low end may be zero, left out: a then runs to infinity. Never 0 / 0: an end of a that is zero
   takes the other end of b. */
IC_INLINE interval quotient_of(interval a, interval b, arithmetic way) {
    return (interval){floor_quotient(a.low, pick(a.low >= 0, b.high, b.low), way),
                      floor_quotient(-a.high, pick(a.high > 0, b.low, b.high), way)};
}

IC_INLINE interval div_of(interval a, interval b, arithmetic way) {
    const int turned = b.high <= 0, around = (b.low < 0) & (b.high > 0), none = (b.low == 0) & (b.high == 0);
    const interval over = {pick(turned, -a.high, a.low), pick(turned, -a.low, a.high)};
    const interval under = {pick(turned, -b.high, b.low) + 0.0, pick(turned, -b.low, b.high)}; /* -0 would turn inf */
    const interval q = quotient_of(over, under, way);                                          /* low, minus high */
    const double all = pick((a.low < 0) | (a.high > 0), -(double)INFINITY, 0);
    return enclosed(known(a) & known(b) & !none, pick(around, all, q.low), pick(around, all, q.high));
}

/* now / base - 1 as (now - base) / base: exact, and so equal. Which base goes with which end: */
typedef struct bases {
    double under, over;
    int valid;
} bases;

IC_INLINE bases bases_of(interval now, interval base) {
    const double least = pick(base.low > 0, base.low, 0);
    return (bases){pick(now.low >= 0, base.high, least), pick(now.high > 0, least, base.high),
                   known(now) & known(base) & (base.high > 0)};
}

IC_INLINE interval rate_of(interval now, interval base, arithmetic way) {
    const bases b = bases_of(now, base);
    return enclosed(b.valid, floor_ratio(now.low, -b.under, b.under, way), floor_ratio(-now.high, b.over, b.over, way));
}

/* The same in half the time, where the machine is FUSED and the figures are usual and of about one size. */
IC_INLINE interval rate_quick(interval now, interval base, int *sure) {
    const bases b = bases_of(now, base);
    int first, second;
    const double low = floor_growth_fused(now.low, b.under, -1, &first);
    const double minus_high = floor_growth_fused(-now.high, b.over, 1, &second);
    *sure = (first & second) | !b.valid;
    return enclosed(b.valid, low, minus_high);
}

IC_INLINE interval implied_base_of(interval level, interval rate, arithmetic way) {
    const int valid = known(level) & known(rate) & (rate.high > -1);
    rate.low = pick(rate.low > -1, rate.low, -1);
    return enclosed(valid, floor_scaled_down(level.low, pick(level.low >= 0, rate.high, rate.low), way),
                    floor_scaled_down(-level.high, pick(level.high > 0, rate.low, rate.high), way));
}

IC_INLINE interval implied_level_of(interval base, interval rate, arithmetic way) {
    const double low = smaller(floor_scaled_up(base.low, pick(base.low >= 0, rate.low, rate.high), way),
                               floor_scaled_up(base.high, pick(base.high >= 0, rate.low, rate.high), way));
    const double minus_high = smaller(floor_scaled_up(-base.low, pick(base.low >= 0, rate.high, rate.low), way),
                                      floor_scaled_up(-base.high, pick(base.high >= 0, rate.high, rate.low), way));
    return enclosed(known(base) & known(rate), low, minus_high);
}

IC_INLINE interval contribution_of(interval now, interval base, interval total, arithmetic way) {
    const int valid = known(now) & known(base) & known(total) & (total.high > 0);
    total.low = pick(total.low > 0, total.low, 0);
    const double low = pick(now.low >= base.high, total.high, total.low);
    const double high = pick(now.high > base.low, total.low, total.high);
    return enclosed(valid, floor_ratio(now.low, -base.high, low, way), floor_ratio(-now.high, base.low, high, way));
}

/* ---- kernels for each level ------------------------------------------------------------------------------------------ */

/* A block is computed as if all its operands were usual, and its unusual elements once more, carefully, before the
   inputs are overwritten: an output may be an input. */
#define BLOCK 256

/* MAKE(level, target, arithmetic, pragma before each loop, statement in each loop, ...) */
#if defined(IC_X86)
#define EVERY_LEVEL(MAKE, ...)                                                                                         \
    MAKE(scalar, , SPLIT, , IC_ONE_BY_ONE, __VA_ARGS__)                                                                \
    MAKE(base, , SPLIT, IC_INDEPENDENT, , __VA_ARGS__)                                                                 \
    MAKE(avx2, IC_TARGET("avx2,fma"), FUSED, IC_INDEPENDENT, , __VA_ARGS__)                                            \
    MAKE(avx512, IC_TARGET("avx512f,avx512bw,avx512vl"), FUSED, IC_INDEPENDENT, , __VA_ARGS__)
#define OF_LEVEL(name, level)                                                                                          \
    ((level) == IC_CPU_SCALAR   ? name##_scalar                                                                        \
     : (level) == IC_CPU_AVX2   ? name##_avx2                                                                          \
     : (level) == IC_CPU_AVX512 ? name##_avx512                                                                        \
                                : name##_base)
#else
#if defined(IC_ARM)
#define BASE FUSED
#else
#define BASE SPLIT
#endif
#define EVERY_LEVEL(MAKE, ...)                                                                                         \
    MAKE(scalar, , SPLIT, , IC_ONE_BY_ONE, __VA_ARGS__)                                                                \
    MAKE(base, , BASE, IC_INDEPENDENT, , __VA_ARGS__)
#define OF_LEVEL(name, level) ((level) == IC_CPU_SCALAR ? name##_scalar : name##_base)
#endif

#endif
