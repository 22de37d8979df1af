/* The largest double that is not above an exact result: floor_<what>(). Its twin, the smallest one not below, is the
   negative of the floor of the negative, so that there is no second set.

   Each is an approximation q to nearest, then the sign of (exact - q) without error, from sums and products that keep
   what they round off. That holds while nothing overflows or underflows: for figures that are zero or of a size between
   IC_TINY and IC_HUGE. The `careful` ones take any operand: they scale it to [1/2, 1), where it does hold, and round the
   result once more on the way back, downwards too: the floor on a coarser grid of a floor is the floor. Vectorised code
   takes the usual ones.

   What a product rounds off is Dekker's sixteen operations (SPLIT), or one where the machine has fused multiply-add
   (FUSED); elsewhere an fma is a call to a slow function. Both are exact, so that they give the same bits. */
#ifndef IC_INTERVAL_EXACT_H
#define IC_INTERVAL_EXACT_H

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/base/status.h"

#define IC_HUGE 0x1p200
#define IC_TINY 0x1p-200

/* Blends bits, where a compiler may make a branch of ?: and then give up on vectors. */
IC_INLINE double pick(int first, double a, double b) {
    const uint64_t mask = 0 - (uint64_t)first;
    uint64_t x, y;
    memcpy(&x, &a, sizeof x);
    memcpy(&y, &b, sizeof y);
    x = (x & mask) | (y & ~mask);
    memcpy(&a, &x, sizeof a);
    return a;
}

/* NaN counts as usual: it only has to come out as NaN. */
IC_INLINE int unusual(double x) {
    const double size = fabs(x);
    return (size > IC_HUGE) | ((size < IC_TINY) & (size > 0));
}

/* An exact sum of two: `value` is it to nearest, `rest` what that leaves out. */
typedef struct exact {
    double value, rest;
} exact;

IC_INLINE exact sum(double a, double b) { /* Knuth */
    const double s = a + b, t = s - a;
    return (exact){s, (a - (s - t)) + (b - t)};
}

/* How products are taken apart; always a constant, so that one way is compiled. */
typedef enum arithmetic { SPLIT, FUSED, CAREFUL } arithmetic;

#if defined(__GNUC__) || defined(__clang__)
#define FMA(a, b, c) __builtin_fma(a, b, c)
#else
#define FMA(a, b, c) fma(a, b, c)
#endif

IC_INLINE exact product(double a, double b, arithmetic way) { /* Dekker, Veltkamp */
    if (way == FUSED) return (exact){a * b, FMA(a, b, -(a * b))};
    const double p = a * b, c = 0x1.0000002p27 * a, d = 0x1.0000002p27 * b;
    const double a1 = c - (c - a), a2 = a - a1, b1 = d - (d - b), b2 = b - b1;
    return (exact){p, a2 * b2 - (((p - a1 * b1) - a2 * b1) - a1 * b2)};
}

/* The sign of x + (y.value + y.rest), where y is as sum() leaves it. Adding to an expansion whose terms don't overlap
   leaves one whose terms don't overlap (Shewchuk 1997, theorem 10): the largest that isn't zero decides. */
IC_INLINE double sign_of_three(double x, exact y) {
    const exact a = sum(x, y.rest), b = sum(a.value, y.value);
    return b.value + (b.rest + a.rest);
}

IC_INLINE double sign_of_four(double w, double x, exact y) {
    const exact a = sum(x, y.rest), b = sum(a.value, y.value);
    const exact c = sum(w, a.rest), d = sum(c.value, b.rest), e = sum(d.value, b.value);
    return e.value + (e.rest + (d.rest + c.rest));
}

/* The double below q if the exact result is. q is not zero then: its neighbour is one bit pattern away, also where a sum
   of finite figures is infinite. */
IC_INLINE double below_if(double q, double sign) {
    uint64_t bits;
    memcpy(&bits, &q, sizeof bits);
    const uint64_t step = ((bits >> 63) << 1) - 1; /* away from zero for a negative one */
    bits += step & (0 - (uint64_t)(sign < 0));
    memcpy(&q, &bits, sizeof q);
    return q;
}

/* ---- usual operands ---------------------------------------------------------------------------------------------- */

/* a + b, for any operands: sums don't underflow, and with the larger term first no step overflows unless the sum does. */
IC_INLINE double floor_sum(double a, double b) {
    const int swap = fabs(a) < fabs(b);
    const double large = pick(swap, b, a), small = pick(swap, a, b);
    const double s = large + small;
    return below_if(s, small - (s - large));
}

IC_INLINE double floor_product_usual(double a, double b, arithmetic way) {
    const exact p = product(a, b, way);
    return below_if(p.value, p.rest);
}

/* a / b for b >= 0; a zero below gives infinity. The remainder of a quotient to nearest is a double. */
IC_INLINE double floor_quotient_usual(double a, double b, arithmetic way) {
    const double q = a / b;
    if (way == FUSED) return below_if(q, FMA(-q, b, a));
    const exact p = product(q, b, way);
    return below_if(q, (a - p.value) - p.rest);
}

/* (x + y) / b for b >= 0. The sum is of two parts, so that the first quotient may be a step off: the second is not. */
IC_INLINE double floor_ratio_usual(double x, double y, double b, arithmetic way) {
    const exact d = sum(x, y);
    const double first = d.value / b;
    const exact p = product(first, b, way);
    const double mend = (((d.value - p.value) - p.rest) + d.rest) / b;
    const double q = first + pick(mend == mend, mend, 0); /* NaN: the first is infinite */
    const exact r = product(q, b, way);
    return below_if(q, sign_of_three(d.value - r.value, sum(d.rest, -r.rest)));
}

/* a / b + one for b > 0, where one is 1 or -1: FUSED only, and only where `sure` says so. The quotient is corrected by
   its remainder until it is as good as to nearest, so that what it leaves is a double (r) and r / b the rest of the
   quotient; then the sum of three is as near as the next double, and the sign of what that leaves is found by one
   operation, as (t - q) + rest is a double too: it lies between 2^-103 and 2^-51, in the units of one. */
IC_INLINE double floor_growth_fused(double a, double b, double one, int *sure) {
    const double inverse = 1 / b, about = a * inverse;
    const double quotient = FMA(FMA(-about, b, a), inverse, about);
    const double r = FMA(-quotient, b, a);
    const exact t = sum(quotient, one);
    const double near = r * inverse, tail = FMA(FMA(-near, b, r), inverse, near);
    const double q = t.value + (t.rest + tail);
    *sure = ((fabs(quotient) >= 0x1p-50) & (fabs(quotient) <= 0x1p50)) | (a == 0);
    return below_if(q, FMA((t.value - q) + t.rest, b, r));
}

/* a * (f.value + f.rest) */
IC_INLINE double floor_scaled_up_usual(double a, exact f, arithmetic way) {
    const exact p = product(a, f.value, way), r = product(a, f.rest, way), u = sum(p.rest, r.value),
                h = sum(p.value, u.value);
    return below_if(h.value, sign_of_three(h.rest, sum(u.rest, r.rest)));
}

/* a / (f.value + f.rest), which is >= 0 */
IC_INLINE double floor_scaled_down_usual(double a, exact f, arithmetic way) {
    const double first = a / f.value;
    const exact p = product(first, f.value, way);
    const double mend = (((a - p.value) - p.rest) - first * f.rest) / f.value;
    const double q = first + pick(mend == mend, mend, 0);
    const exact r = product(q, f.value, way), s = product(q, f.rest, way);
    return below_if(q, sign_of_four(a - r.value, -s.rest, sum(-r.rest, -s.value)));
}

/* ---- any operands ------------------------------------------------------------------------------------------------ */

/* The floor of m * 2^k, where m is the floor of something finer. */
static double floor_power(double m, int k) {
    const double x = ldexp(m, k);
    if (isinf(x)) return x > 0 ? DBL_MAX : x;
    return ldexp(x, -k) > m ? nextafter(x, -(double)INFINITY) : x;
}

/* f * 2^-k, with f.value in [1/2, 1) and a rest that may be far smaller: then only its sign counts. */
static exact normalised(exact f, int *k) {
    const double value = frexp(f.value, k), rest = ldexp(f.rest, -*k);
    return (exact){value, f.rest != 0 && fabs(rest) < 0x1p-300 ? copysign(0x1p-300, f.rest) : rest};
}

static IC_NOINLINE double floor_product_careful(double a, double b) {
    if (a == 0 || b == 0) return 0; /* of infinity too: every admissible value times zero is zero */
    if (isinf(a) || isinf(b)) return a * b;
    int j, k;
    a = frexp(a, &j);
    b = frexp(b, &k);
    return floor_power(floor_product_usual(a, b, SPLIT), j + k);
}

static IC_NOINLINE double floor_ratio_careful(double x, double y, double b) {
    if (isinf(b)) return isinf(y) ? copysign(1, y) : 0; /* x / b + 1 or - 1, where y is the base itself, or x / b */
    if (isinf(x) || isinf(y)) return x + y;
    if (b == 0) return (x + y) / 0.0;
    int up = 0, j, k;
    if (fabs(x) > 0x1p1000 ||
        fabs(y) > 0x1p1000) { /* so that the sum is finite; of a far smaller term the sign counts */
        up = 100;
        x = x != 0 && fabs(x) < 0x1p-800 ? copysign(0x1p-900, x) : ldexp(x, -up);
        y = y != 0 && fabs(y) < 0x1p-800 ? copysign(0x1p-900, y) : ldexp(y, -up);
    }
    exact d = sum(x, y);
    if (d.value == 0) return 0;
    d = normalised(d, &j);
    b = frexp(b, &k);
    return floor_power(floor_ratio_usual(d.value, d.rest, b, SPLIT), j - k + up);
}

static IC_NOINLINE double floor_scaled_up_careful(double a, exact f) {
    if (a == 0 || f.value == 0) return 0;
    if (isinf(a) || isinf(f.value)) return a * f.value;
    int j, k;
    a = frexp(a, &j);
    f = normalised(f, &k);
    return floor_power(floor_scaled_up_usual(a, f, SPLIT), j + k);
}

static IC_NOINLINE double floor_scaled_down_careful(double a, exact f) {
    if (a == 0 || isinf(f.value)) return 0;
    if (isinf(a)) return a;
    if (f.value == 0) return a / 0.0;
    int j, k;
    a = frexp(a, &j);
    f = normalised(f, &k);
    return floor_power(floor_scaled_down_usual(a, f, SPLIT), j - k);
}

/* 1 + rate, of which infinity keeps no NaN as its rest */
IC_INLINE exact factor(double rate) {
    exact f = sum(1, rate);
    f.rest = pick(f.rest == f.rest, f.rest, 0);
    return f;
}

/* ---- either, by a constant ----------------------------------------------------------------------------------------- */

IC_INLINE double floor_product(double a, double b, arithmetic way) {
    return way == CAREFUL ? floor_product_careful(a, b) : floor_product_usual(a, b, way);
}

IC_INLINE double floor_quotient(double a, double b, arithmetic way) {
    return way == CAREFUL ? floor_ratio_careful(a, 0, b) : floor_quotient_usual(a, b, way);
}

IC_INLINE double floor_ratio(double x, double y, double b, arithmetic way) {
    return way == CAREFUL ? floor_ratio_careful(x, y, b) : floor_ratio_usual(x, y, b, way);
}

IC_INLINE double floor_scaled_up(double a, double rate, arithmetic way) {
    return way == CAREFUL ? floor_scaled_up_careful(a, factor(rate)) : floor_scaled_up_usual(a, factor(rate), way);
}

IC_INLINE double floor_scaled_down(double a, double rate, arithmetic way) {
    return way == CAREFUL ? floor_scaled_down_careful(a, factor(rate)) : floor_scaled_down_usual(a, factor(rate), way);
}

#endif
