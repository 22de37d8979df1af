/* The logarithm of a quotient, and a power less one, within an ulp, for maps: no branches, no tables, no fma, so
   that every level vectorises them and gives the same bits.

   A number of type ic_two is the unevaluated sum of two doubles. ic_log_quotient has a relative error below 2^-63 also
   where the quotient is next to 1, because it never forms the quotient: ln(a / b) = 2 atanh((a - b) / (a + b)), and with
   exponents taken apart the difference is exact (Sterbenz). What is left of the error of a power is its last
   rounding: measured 0.55 ulp, 0.65 after ic_log_one_plus. A libm's pow() would round before the 1 is subtracted. */
#ifndef IC_NUMERIC_POWER_H
#define IC_NUMERIC_POWER_H

#include <stdint.h>
#include <string.h>

#include "core/base/status.h"

typedef struct ic_two {
    double hi, lo;
} ic_two;

IC_INLINE uint64_t ic_bits_of(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

IC_INLINE double ic_double_of(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* a + b, exactly. */
IC_INLINE ic_two ic_two_sum(double a, double b) {
    const double sum = a + b, of_b = sum - a;
    return (ic_two){sum, (a - (sum - of_b)) + (b - of_b)};
}

/* The same where |a| >= |b| or a == 0. */
IC_INLINE ic_two ic_two_sum_ordered(double a, double b) {
    const double sum = a + b;
    return (ic_two){sum, (a - sum) + b};
}

/* A sum, and what its additions have rounded off. */
typedef struct ic_running {
    double value, rest;
} ic_running;

IC_INLINE void ic_running_add(ic_running *sum, double x) {
    const ic_two whole = ic_two_sum(sum->value, x);
    sum->value = whole.hi;
    sum->rest += whole.lo;
}

/* The leading bits of x: 53 - s of them for factor 2^s + 1 (Veltkamp). */
#define IC_LEAD_26 0x1.0000002p27
#define IC_LEAD_17 0x1.000000001p36
IC_INLINE double ic_leading(double x, double factor) {
    const double wide = x * factor;
    return wide - (wide - x);
}

/* a * b, exactly, for |a|, |b| < 2^990 and products above 2^-960: by fma where `fused` says that there is one, which
   gives the same bits in a tenth of the steps, else Dekker's way. */
IC_INLINE ic_two ic_two_product(double a, double b, int fused) {
    if (fused) return (ic_two){a * b, __builtin_fma(a, b, -(a * b))};
    const double a1 = ic_leading(a, IC_LEAD_26), a2 = a - a1, b1 = ic_leading(b, IC_LEAD_26), b2 = b - b1;
    const double product = a * b;
    return (ic_two){product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2};
}

#define IC_LN2_HI 0x1.62e42feep-1 /* 32 bits: its product with an exponent is exact */
#define IC_LN2_LO 0x1.a39ef35793c76p-33
#define IC_ROUND  0x1.8p52 /* added and subtracted again, it rounds to an integer, which then stands in the low bits */

/* 2^n for a whole n from -1022 to 1023. */
IC_INLINE double ic_power_of_two(double n) { return ic_double_of((ic_bits_of(n + IC_ROUND) + 1023) << 52); }

/* A positive finite x that is not subnormal as mantissa * 2^exponent, the mantissa in [1, 2). */
IC_INLINE double ic_mantissa(double x, double *exponent) {
    const uint64_t bits = ic_bits_of(x);
    *exponent = ic_double_of((bits >> 52) | 0x4330000000000000) - (0x1p52 + 1023);
    return ic_double_of((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
}

/* 2 atanh(d / t) + k ln 2, for |d / t| <= 0.2. */
IC_INLINE ic_two ic_log_of_parts(ic_two d, ic_two t, double k, int fused) {
    const double over = 1 / t.hi, s = d.hi * over; /* what that is wrong by stands in s_lo */
    const ic_two back = ic_two_product(s, t.hi, fused);
    const double s_lo = (((d.hi - back.hi) - back.lo) + (d.lo - s * t.lo)) * over;
    /* s^3 / 3 to twice the digits: the cube of the leading 17 bits is exact, and so is the remainder of its third */
    const double lead = ic_leading(s, IC_LEAD_17), rest = (s - lead) + s_lo;
    const double cube = lead * lead * lead, third = cube * (1.0 / 3);
    const double third_lo = ((cube - 2 * third) - third) * (1.0 / 3);
    const double cube_rest = rest * (lead * lead + rest * (lead + rest * (1.0 / 3)));
    /* 1/5 + w/7 + w^2/9 + ... for w up to 0.04, within 2^-54 (by interpolation at Chebyshev's nodes); in pairs, so
       that few steps wait for each other */
    const double w = s * s, w2 = w * w;
    const double low4 =
        (0x1.9999999999999p-3 + w * 0x1.249249249298bp-3) + w2 * (0x1.c71c71c5d6904p-4 + w * 0x1.745d1843b1670p-4);
    const double top4 =
        (0x1.3b13504ab7d6dp-4 + w * 0x1.11251ae1e50bap-4) + w2 * (0x1.dd51f9a3ae513p-5 + w * 0x1.f3606dbd5cc8dp-5);
    const double tail = low4 + (w2 * w2) * top4;
    const ic_two head = ic_two_sum_ordered(s, third);
    const double low = head.lo + (s_lo + ((third_lo + cube_rest) + s * (w2 * tail)));
    const ic_two sum = ic_two_sum_ordered(k * IC_LN2_HI, 2 * head.hi);
    return ic_two_sum_ordered(sum.hi, sum.lo + (k * IC_LN2_LO + 2 * low));
}

/* ln(a / b) for positive finite a and b, neither subnormal. */
IC_INLINE ic_two ic_log_quotient(double a, double b, int fused) {
    /* Bits are a logarithm to the base 2, nearly: with their difference rounded to k, b * 2^k is between 2/3 and 3/2 of
       a. (It is rounded as an integer, kept above zero by a bias.) */
    const uint64_t mantissa = 0x000fffffffffffff, one = 0x3ff0000000000000, bias = 0x8008000000000000;
    const uint64_t apart = ic_bits_of(a) - ic_bits_of(b) + bias, k = apart >> 52;
    const uint64_t of_b = (ic_bits_of(b) & mantissa) | one;
    const double b1 = ic_double_of(of_b), a1 = ic_double_of(of_b + (apart - bias) - ((k - 0x800) << 52));
    const double exponent = ic_double_of(k | 0x4330000000000000) - (0x1p52 + 0x800);
    return ic_log_of_parts((ic_two){a1 - b1, 0}, ic_two_sum(a1, b1), exponent, fused);
}

/* ln(1 + x) for finite x > -1. */
IC_INLINE ic_two ic_log_one_plus(double x, int fused) {
    const ic_two sum = ic_two_sum(1, x);
    double exponent;
    const double mantissa = ic_mantissa(sum.hi, &exponent);
    const int above = mantissa > 1.4142135623730951;
    const double half = above ? 0.5 : 1.0;
    const double scale = ic_power_of_two(exponent > 1000 ? 0 : -exponent) * half; /* sum.lo is 0 by then */
    const double one = mantissa * half, low = sum.lo * scale;
    const ic_two two = ic_two_sum(one, 1);
    return ic_log_of_parts(ic_two_sum(one - 1, low), (ic_two){two.hi, two.lo + low}, exponent + (above ? 1.0 : 0.0),
                           fused);
}

/* exp(y) - 1 for y = log * power, where power.hi is at most 2^64. */
IC_INLINE double ic_power_less_one(ic_two log, ic_two power, int fused) {
    const ic_two product = ic_two_product(log.hi, power.hi, fused);
    const double whole = product.lo + (log.hi * power.lo + log.lo * power.hi);
    /* exp(710) is infinite, and exp(-60) nothing beside 1 */
    const double below = product.hi < 710 ? product.hi : 710.0, y = below > -60 ? below : -60.0;
    const double whole_below = whole < 1 ? whole : 1.0, y_lo = whole_below > -1 ? whole_below : -1.0;
    const double n = (y * 1.4426950408889634 + IC_ROUND) - IC_ROUND;
    const ic_two r = ic_two_sum_ordered(y - n * IC_LN2_HI, y_lo - n * IC_LN2_LO);
    const double x = r.hi;
    /* 1/3! + x/4! + x^2/5! + ... for |x| up to 0.3467, within 2^-52 */
    const double x2 = x * x, x4 = x2 * x2;
    const double low4 =
        (0x1.5555555555556p-3 + x * 0x1.5555555555555p-5) + x2 * (0x1.11111111109afp-7 + x * 0x1.6c16c16c167dfp-10);
    const double mid4 =
        (0x1.a01a01a7c73c0p-13 + x * 0x1.a01a01a47ccd9p-16) + x2 * (0x1.71de0da24602dp-19 + x * 0x1.27e4e1ed9933ep-22);
    const double tail = low4 + x4 * (mid4 + x4 * (0x1.af38c67fbb53ep-26 + x * 0x1.1f66eff4fc984p-29));
    const ic_two square = ic_two_product(x, 0.5 * x, fused);
    const double low = r.lo + (x * r.lo + (square.lo + x * x2 * tail));
    /* half of it all, as 2^n may lie beyond the doubles where exp(y) does not */
    const double scale = ic_power_of_two(n - 1);
    const ic_two less_one = ic_two_sum_ordered(scale, -0.5), first = ic_two_sum_ordered(less_one.hi, scale * x),
                 second = ic_two_sum_ordered(first.hi, scale * square.hi);
    return (second.hi + (second.lo + (first.lo + (less_one.lo + scale * low)))) * 2;
}

#endif
