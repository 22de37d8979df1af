/* The natural logarithm to within an ulp, for kernels: no branch, no table, no fma, so that every level vectorises it and
   gives the same bits. Where two doubles are wanted (a rate next to 0), ic_log_quotient of power.h has them. */
#ifndef IC_NUMERIC_LOGARITHM_H
#define IC_NUMERIC_LOGARITHM_H

#include "core/numeric/power.h"

/* ln(x) of a positive, finite x that is not subnormal; some finite number for 0.

   x is m * 2^k with m from sqrt(1/2) to sqrt(2), f = m - 1 is exact, and ln(m) = f - f^2/2 + s (f^2/2 + r), where
   s = f / (2 + f) and r = 2 s^2 (1/3 + s^2/5 + ...): what rounds is small beside f. */
IC_INLINE double ic_log(double x) {
    const uint64_t least = 0x3fe6a09e667f3bcd, bias = 0x8000000000000000; /* sqrt(1/2); keeps the shift unsigned */
    const uint64_t bits = ic_bits_of(x), k = (bits - least + bias) >> 52;
    const double m = ic_double_of(bits - ((k - 0x800) << 52));
    const double exponent = ic_double_of(k | 0x4330000000000000) - (0x1p52 + 0x800);
    const double f = m - 1, s = f / (2 + f), w = s * s, w2 = w * w;
    /* 1/5 + w/7 + w^2/9 + ..., as in power.h */
    const double low4 =
        (0x1.9999999999999p-3 + w * 0x1.249249249298bp-3) + w2 * (0x1.c71c71c5d6904p-4 + w * 0x1.745d1843b1670p-4);
    const double top4 =
        (0x1.3b13504ab7d6dp-4 + w * 0x1.11251ae1e50bap-4) + w2 * (0x1.dd51f9a3ae513p-5 + w * 0x1.f3606dbd5cc8dp-5);
    const double tail = low4 + (w2 * w2) * top4;
    const double r = w * (2.0 / 3 + 2 * (w * tail)), half = 0.5 * f * f;
    /* the leading part of ln 2 has zeros enough at its end for products with an exponent to be exact */
    return exponent * IC_LN2_HI - ((half - (s * (half + r) + exponent * IC_LN2_LO)) - f);
}

#endif
