/* The logarithm of a quotient to 2 units in the last place, for sums of many: a tenth of the steps of power.h's. No
   branches, no tables, no fma, so that every level vectorises it and gives the same bits. */
#ifndef IC_NUMERIC_RATIO_H
#define IC_NUMERIC_RATIO_H

#include "core/numeric/power.h"

/* ln(a / b) for positive finite a and b, neither subnormal; also where the two are next to one another, as their
   difference is exact. Anything else gives some number. */
IC_INLINE double ic_log_ratio(double a, double b) {
    /* as in ic_log_quotient: b * 2^k is between 2/3 and 3/2 of a */
    const uint64_t mantissa = 0x000fffffffffffff, one = 0x3ff0000000000000, bias = 0x8008000000000000;
    const uint64_t apart = ic_bits_of(a) - ic_bits_of(b) + bias, shift = apart >> 52;
    const uint64_t of_b = (ic_bits_of(b) & mantissa) | one;
    const double b1 = ic_double_of(of_b), a1 = ic_double_of(of_b + (apart - bias) - ((shift - 0x800) << 52));
    const double k = ic_double_of(shift | 0x4330000000000000) - (0x1p52 + 0x800);
    /* 2 atanh(s) = 2 s (1 + w/3 + w^2/5 + ...), w up to 0.04 */
    const double s = (a1 - b1) / (a1 + b1), w = s * s, w2 = w * w, w4 = w2 * w2;
    const double low =
        (0x1.5555555555555p-2 + w * 0x1.999999999999ap-3) + w2 * (0x1.2492492492492p-3 + w * 0x1.c71c71c71c71cp-4);
    const double mid =
        (0x1.745d1745d1746p-4 + w * 0x1.3b13b13b13b14p-4) + w2 * (0x1.1111111111111p-4 + w * 0x1.e1e1e1e1e1e1ep-5);
    const double tail = low + w4 * (mid + w4 * (0x1.af286bca1af28p-5 + w * 0x1.8618618618618p-5));
    const double twice = 2 * s;
    return k * IC_LN2_HI + (twice + (twice * w * tail + k * IC_LN2_LO));
}

/* The logarithmic mean of two that are not negative: (a - b) / ln(a / b), a where they are the same, 0 where one is 0. */
IC_INLINE double ic_log_mean(double a, double b) {
    const double mean = (a - b) / ic_log_ratio(a, b);
    const double some = a == b ? a : mean;
    const int both = (a > 0) & (b > 0);
    return both ? some : 0.0;
}

#endif
