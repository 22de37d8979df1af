/* Rates through logarithms and powers. A kernel goes in tiles and through three short loops rather than one long one:
   the chain from input to output is some 150 steps, and a processor overlaps neighbouring elements only as far as its
   window reaches (1.5 times as fast on AMD Zen 3). */
#include <float.h>
#include <math.h>

#include "core/growth/growth.h"
#include "core/numeric/power.h"

#define TILE 128

/* Keeps what is refused anyway (NaN, infinite, 0) from the arithmetic, and all products of parts within the doubles, so that
   Dekker's and fma's are the same. No number of years that matters lies beyond. */
IC_INLINE double within(double power) {
    const double below = power < 0x1p64 ? power : 0x1p64;
    return below > 0x1p-60 ? below : 0x1p-60;
}

IC_INLINE double reciprocal(double x, int fused, double *lo) {
    const double q = 1 / x;
    const ic_two back = ic_two_product(q, x, fused);
    *lo = ((1 - back.hi) - back.lo) * q;
    return q;
}

/* The value stands left and NaN right of each last ':', as in growth.c. Comparisons are joined by &, as && is a branch. */
IC_INLINE double power_of_quotient(double less_one, double now, double base, double power) {
    const double seen = now >= DBL_MIN ? less_one : -1.0;
    const double ended = base > DBL_MAX ? -1.0 : seen, grown = now > DBL_MAX ? (double)INFINITY : ended;
    const int known = (base >= DBL_MIN) & (now >= 0) & (power > 0) & (power <= DBL_MAX);
    const int told = known & ((now <= DBL_MAX) | (base <= DBL_MAX));
    return told ? grown : (double)NAN;
}

IC_INLINE double power_of_rate(double less_one, double rate, double power) {
    const double tiny = fabs(rate) < 0x1p-900 ? rate * power : less_one; /* and has no room for parts of products */
    const double seen = rate > -1 ? tiny : -1.0, grown = rate > DBL_MAX ? (double)INFINITY : seen;
    const int known = (rate >= -1) & (power > 0) & (power <= DBL_MAX);
    return known ? grown : (double)NAN;
}

IC_INLINE double log_rate_of(double now, double base, int fused) {
    const double log = ic_log_quotient(now, base, fused).hi;
    const double fallen = base > DBL_MAX ? -(double)INFINITY : log, grown = now > DBL_MAX ? (double)INFINITY : fallen;
    const int known = (now >= DBL_MIN) & (base >= DBL_MIN) & ((now <= DBL_MAX) | (base <= DBL_MAX));
    return known ? grown : (double)NAN;
}

IC_INLINE void log_quotient(double a, double b, int fused, double *hi, double *lo) {
    const ic_two log = ic_log_quotient(a, b, fused);
    *hi = log.hi, *lo = log.lo;
}

IC_INLINE void log_one_plus(double x, int fused, double *hi, double *lo) {
    const ic_two log = ic_log_one_plus(x, fused);
    *hi = log.hi, *lo = log.lo;
}

IC_INLINE double power_less_one(double hi, double lo, double power, double power_lo, int fused) {
    return ic_power_less_one((ic_two){hi, lo}, (ic_two){power, power_lo}, fused);
}

#define LOOP(how, each, m, what)                                                                                       \
    how for (size_t i = 0; i < (m); i++) {                                                                             \
        each;                                                                                                          \
        what;                                                                                                          \
    }

/* Everything of a tile stands on the stack until `out` is written: it may be an input, of the same element. */
#define TILES                                                                                                          \
    double hi[TILE], lo[TILE], by[TILE], by_lo[TILE];                                                                  \
    for (size_t at = 0, m; m = n - at < TILE ? n - at : TILE, at < n; at += m)

#define CAGR(how, each, fused)                                                                                         \
    TILES {                                                                                                            \
        const double *first = in[0] + at, *last = in[1] + at, *years = in[2] + at;                                     \
        double *to = out + at;                                                                                         \
        LOOP(how, each, m, by[i] = reciprocal(within(years[i]), fused, &by_lo[i]))                                     \
        LOOP(how, each, m, log_quotient(last[i], first[i], fused, &hi[i], &lo[i]))                                     \
        LOOP(how, each, m,                                                                                             \
             to[i] =                                                                                                   \
                 power_of_quotient(power_less_one(hi[i], lo[i], by[i], by_lo[i], fused), last[i], first[i], years[i])) \
    }
#define ANNUALISED(how, each, fused)                                                                                   \
    TILES {                                                                                                            \
        const double *now = in[0] + at, *base = in[1] + at, *power = in[2] + at;                                       \
        double *to = out + at;                                                                                         \
        LOOP(how, each, m, log_quotient(now[i], base[i], fused, &hi[i], &lo[i]); by[i] = within(power[i]);             \
             by_lo[i] = 0)                                                                                             \
        LOOP(how, each, m,                                                                                             \
             to[i] =                                                                                                   \
                 power_of_quotient(power_less_one(hi[i], lo[i], by[i], by_lo[i], fused), now[i], base[i], power[i]))   \
    }
#define COMPOUND(how, each, fused)                                                                                     \
    TILES {                                                                                                            \
        const double *rate = in[0] + at, *power = in[1] + at;                                                          \
        double *to = out + at;                                                                                         \
        LOOP(how, each, m, log_one_plus(rate[i], fused, &hi[i], &lo[i]); by[i] = within(power[i]); by_lo[i] = 0)       \
        LOOP(how, each, m,                                                                                             \
             to[i] = power_of_rate(power_less_one(hi[i], lo[i], by[i], by_lo[i], fused), rate[i], power[i]))           \
    }
#define LOG_RATE(how, each, fused) LOOP(how, each, n, out[i] = log_rate_of(in[0][i], in[1][i], fused))

#define KERNEL(name, body, level, target, how, each, fused)                                                            \
    target static void name##_##level(size_t n, const double *const *in, double *out) { body(how, each, fused) }

/* fma gives the bits that Dekker's product gives, so that the levels may differ in it. */
#if defined(IC_X86)
#define LEVELS(name, body)                                                                                             \
    KERNEL(name, body, scalar, , , IC_ONE_BY_ONE, 0)                                                                   \
    KERNEL(name, body, base, , IC_INDEPENDENT, , 0)                                                                    \
    KERNEL(name, body, avx2, IC_TARGET("avx2,fma"), IC_INDEPENDENT, , 1)                                               \
    KERNEL(name, body, avx512, IC_TARGET("avx512f,avx512bw,avx512vl,fma"), IC_INDEPENDENT, , 1)                        \
    static ic_map name##_for(ic_cpu level) {                                                                           \
        return level == IC_CPU_SCALAR   ? name##_scalar                                                                \
               : level == IC_CPU_AVX2   ? name##_avx2                                                                  \
               : level == IC_CPU_AVX512 ? name##_avx512                                                                \
                                        : name##_base;                                                                 \
    }
#else
#define LEVELS(name, body)                                                                                             \
    KERNEL(name, body, scalar, , , IC_ONE_BY_ONE, 0)                                                                   \
    KERNEL(name, body, base, , IC_INDEPENDENT, , IC_HAS_FMA)                                                           \
    static ic_map name##_for(ic_cpu level) { return level == IC_CPU_SCALAR ? name##_scalar : name##_base; }
#if defined(IC_ARM)
#define IC_HAS_FMA 1
#else
#define IC_HAS_FMA 0
#endif
#endif

LEVELS(log_rate, LOG_RATE)
LEVELS(cagr, CAGR)
LEVELS(annualised, ANNUALISED)
LEVELS(compound, COMPOUND)

void ic_growth_select_powers(ic_cpu level) {
    ic_growth.log_rate = log_rate_for(level);
    ic_growth.cagr = cagr_for(level);
    ic_growth.annualised = annualised_for(level);
    ic_growth.compound = compound_for(level);
}
