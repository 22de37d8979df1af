/* The parts of a rate's logarithm, of a power less one and of a whole power less one, in so few steps that rates cost
   little more than moving their figures; the words of power.h, without its reserve. No part has a branch or a table, and
   no fma but where it gives the bits of what stands beside it, so that every level gives the same. A kernel runs each
   part over a tile: what stands between two parts is little, and a processor's window holds many short chains.

   Error of a logarithm: 2^-57 of itself, for what is beyond its first term is no more than a 75th of it, and taken in
   doubles. Within a power that error grows with the power, which is why there are bounds. */
#ifndef IC_NUMERIC_POWER_QUICK_H
#define IC_NUMERIC_POWER_QUICK_H

#include <math.h>

#include "core/numeric/power.h"

/* a - q * b, rounded once, where q is within two units of a / b: by fma, or Dekker's way, which then gives its bits. */
IC_INLINE double ic_left_over(double a, double q, double b, int fused) {
    if (fused) return __builtin_fma(-q, b, a);
    const ic_two back = ic_two_product(q, b, 0);
    return (a - back.hi) - back.lo;
}

/* ---- logarithms ------------------------------------------------------------------------------------------------ */

/* Levels from 2^-800 to 2^900 leave room for the parts of all products. */
#define IC_QUICK_LEAST 0x1p-800
#define IC_QUICK_MOST  0x1p900

/* ln(x) = 2 atanh(s / 2) + k ln 2, s = 2 (x - 1) / (x + 1) with what its rounding lost; `apart` holds k in its top bits,
   IC_APART where k is 0. */
typedef struct ic_parted {
    double s, s_lo;
    uint64_t apart;
} ic_parted;

#define IC_APART     UINT64_C(0x8000000000000000)
#define IC_APART_TOP UINT64_C(0xfff0000000000000)

/* Of 1 + half / base, where `twice` is 2 base, and half_lo belongs to half. */
IC_INLINE ic_parted ic_parted_of(double half, double half_lo, double sum, double twice, uint64_t apart, int fused) {
    const double d = half + half, over = 1 / sum, s = d * over;
    const double sum_lo = (half - (sum - twice)) + half_lo;
    const double s_lo = (ic_left_over(d, s, sum, fused) + ((half_lo + half_lo) - s * sum_lo)) * over;
    return (ic_parted){s, s_lo, apart};
}

/* Of a / b, which stay as they are but for b's exponent: bits are a logarithm to the base 2, nearly, so that with their
   difference rounded to k, b * 2^k is between 2/3 and 3/2 of a, and the difference of those two is exact. The bias of k
   turns b's sign. */
IC_INLINE ic_parted ic_parted_quotient(double a, double b, int fused) {
    const uint64_t apart = ic_bits_of(a) - ic_bits_of(b) + (IC_APART | 0x0008000000000000);
    const double less = ic_double_of(ic_bits_of(b) + (apart & IC_APART_TOP)), half = a + less;
    const double sum = a - less, twice = less + less, d = half + half, over = 1 / sum, s = d * over;
    const double s_lo = (ic_left_over(d, s, sum, fused) - s * (half - (sum + twice))) * over;
    return (ic_parted){s, s_lo, apart};
}

/* Of 1 + x, x > -1. */
IC_INLINE ic_parted ic_parted_one_plus(double x, int fused) {
    const ic_two one = ic_two_sum(1, x);
    const uint64_t unit = 0x3ff0000000000000;
    const uint64_t apart = ic_bits_of(one.hi) - unit + (IC_APART | 0x0008000000000000);
    const uint64_t exponent = (apart & IC_APART_TOP) - IC_APART;
    const double a = ic_double_of(ic_bits_of(one.hi) - exponent), low = one.lo * ic_double_of(unit - exponent);
    const ic_two half = ic_two_sum_ordered(a - 1, low);
    const double sum = a + 1, d = half.hi + half.hi, over = 1 / sum, s = d * over;
    const double sum_lo = ((a - 1) - (sum - 2)) + low;
    const double s_lo = (ic_left_over(d, s, sum, fused) + ((half.lo + half.lo) - s * sum_lo)) * over;
    return (ic_parted){s, s_lo, apart};
}

/* The logarithm itself. Where all k are 0 a kernel may say `near`: the bits are the same. */
IC_INLINE ic_two ic_quick_log(ic_parted of, int near) {
    /* atanh(s / 2) * 2 / s - 1 over s^2, for |s| up to 0.4, within 2^-53 (by interpolation at Chebyshev's nodes) */
    const double s = of.s, w = s * s, w2 = w * w;
    const double low4 =
        (0x1.5555555555555p-4 + w * 0x1.9999999999f1dp-7) + w2 * (0x1.24924923ddbdap-9 + w * 0x1.c71c72e03f075p-12);
    const double top4 =
        (0x1.745cabfcd8faep-14 + w * 0x1.3b29db5d09c0ep-16) + w2 * (0x1.0e8b7b16a2806p-18 + w * 0x1.16a2cb1fffb11p-20);
    const double low = of.s_lo + (s * w) * (low4 + (w2 * w2) * top4);
    if (near) return (ic_two){s, low};
    const double k = ic_double_of((of.apart >> 52) | 0x4330000000000000) - (0x1p52 + 0x800);
    const double whole = k * IC_LN2_HI, hi = whole + s;
    return (ic_two){hi, (s - (hi - whole)) + (k * IC_LN2_LO + low)};
}

/* ---- powers ---------------------------------------------------------------------------------------------------- */

/* y = x + n ln 2, and 2^n */
typedef struct ic_reduced {
    ic_two x;
    double scale;
} ic_reduced;

#define IC_REDUCED_NEAR 0.34 /* up to here n is 0 */

/* For |y| up to 40. */
IC_INLINE ic_reduced ic_reduced_of(ic_two y) {
    const double round = IC_ROUND + 1023, sum = (y.hi + y.lo) * 1.4426950408889634 + round, n = sum - round;
    const ic_two x = ic_two_sum_ordered(y.hi - n * IC_LN2_HI, y.lo - n * IC_LN2_LO);
    return (ic_reduced){x, ic_double_of(ic_bits_of(sum) << 52)};
}

/* scale * exp(x) - 1; where all scales are 1, `near` gives the same bits. */
IC_INLINE double ic_quick_less_one(ic_reduced of, int near, int fused) {
    /* 1/3! + x/4! + x^2/5! + ... for |x| up to 0.3475, within 2^-52 */
    const double x = of.x.hi, x2 = x * x, x4 = x2 * x2;
    const double low4 =
        (0x1.5555555555556p-3 + x * 0x1.5555555555555p-5) + x2 * (0x1.111111111098cp-7 + x * 0x1.6c16c16c167cbp-10);
    const double mid4 =
        (0x1.a01a01a7e29cdp-13 + x * 0x1.a01a01a48c71bp-16) + x2 * (0x1.71de0d383914ap-19 + x * 0x1.27e4e1b1031a7p-22);
    const double tail = low4 + x4 * (mid4 + x4 * (0x1.af39c20098071p-26 + x * 0x1.1f677fa3c3901p-29));
    const double square = 0.5 * x2,
                 square_lo = fused ? __builtin_fma(x, 0.5 * x, -square) : ic_two_product(x, 0.5 * x, 0).lo;
    const double low = square + ((of.x.lo + x * of.x.lo) + (square_lo + (x * x2) * tail));
    if (near) return x + low;
    const double less_one = of.scale - 1, step = of.scale * x, sum = less_one + step;
    return sum + ((step - (sum - less_one)) + of.scale * low);
}

/* ---- whole powers: a quotient multiplied by itself -----------------------------------------------------------------

   What both parts leave out is some 2^-105 of the power for each time that it has been multiplied: nothing to a power
   less one that is not below IC_WHOLE_LEAST. */

#define IC_WHOLE_LEAST 0x1p-36

/* now / base */
IC_INLINE ic_two ic_quick_quotient(double now, double base, int fused) {
    const double over = 1 / base, quotient = now * over;
    return (ic_two){quotient, ic_left_over(now, quotient, base, fused) * over};
}

IC_INLINE ic_two ic_quick_squared(ic_two a, int fused) {
    const ic_two square = ic_two_product(a.hi, a.hi, fused);
    return (ic_two){square.hi, square.lo + (a.hi + a.hi) * a.lo};
}

IC_INLINE ic_two ic_quick_times(ic_two a, ic_two b, int fused) {
    const ic_two product = ic_two_product(a.hi, b.hi, fused);
    return (ic_two){product.hi, product.lo + (a.hi * b.lo + a.lo * b.hi)};
}

IC_INLINE double ic_quick_whole_less_one(ic_two a) {
    const ic_two less_one = ic_two_sum(a.hi, -1);
    return less_one.hi + (less_one.lo + a.lo);
}

#endif
