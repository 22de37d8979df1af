/* Rates through logarithms and powers. A kernel goes in tiles and runs each part of the arithmetic over a tile: the chain
   from input to output is some 100 steps, and a processor overlaps neighbouring elements only as far as its window
   reaches. Parts that a tile doesn't need, as its logarithms are small, are left out; the bits are the same.

   What the quick parts can't take (levels or powers far from all that is ever published, and powers whose error would
   grow) is settled afterwards, figure by figure, by the parts that keep 62 bits. Which way a figure goes is a matter of
   its own operands only, never of its neighbours. */
#include <float.h>
#include <math.h>

#include "core/growth/growth.h"
#include "core/numeric/power.h"
#include "core/numeric/power_quick.h"

#define TILE 128

/* ---- what is told, and what is undefined ------------------------------------------------------------------------ */

/* The value stands left and NAN right of each last ':', as in growth.c. Comparisons are joined by &, as && is a branch. */
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

IC_INLINE double log_of_quotient(double log, double now, double base) {
    const double fallen = base > DBL_MAX ? -(double)INFINITY : log, grown = now > DBL_MAX ? (double)INFINITY : fallen;
    const int known = (now >= DBL_MIN) & (base >= DBL_MIN) & ((now <= DBL_MAX) | (base <= DBL_MAX));
    return known ? grown : (double)NAN;
}

/* ---- far figures, one by one -------------------------------------------------------------------------------------- */

/* Keeps what is refused anyway (NaN, infinite, 0) from the arithmetic, and all products of parts within the doubles. No
   number of years that matters lies beyond. */
static double within(double power) {
    const double below = power < 0x1p64 ? power : 0x1p64;
    return below > 0x1p-60 ? below : 0x1p-60;
}

static double far_cagr(double last, double first, double years) {
    const double held = within(years), by = 1 / held;
    const ic_two back = ic_two_product(by, held, 0);
    const ic_two power = {by, ((1 - back.hi) - back.lo) * by};
    return power_of_quotient(ic_power_less_one(ic_log_quotient(last, first, 0), power, 0), last, first, years);
}

static double far_annualised(double now, double base, double power) {
    const ic_two by = {within(power), 0};
    return power_of_quotient(ic_power_less_one(ic_log_quotient(now, base, 0), by, 0), now, base, power);
}

static double far_compound(double rate, double power) {
    const ic_two by = {within(power), 0};
    return power_of_rate(ic_power_less_one(ic_log_one_plus(rate, 0), by, 0), rate, power);
}

static double far_log_rate(double now, double base) {
    return log_of_quotient(ic_log_quotient(now, base, 0).hi, now, base);
}

IC_INLINE void keep(size_t m, double *to, const double *from) { memcpy(to, from, m * sizeof *to); }

/* ---- parts over a tile ---------------------------------------------------------------------------------------------- */

typedef struct tile {
    double s[TILE], s_lo[TILE];                /* parted */
    uint64_t apart[TILE];                      /* its exponents */
    double y[TILE], y_lo[TILE];                /* what the power is of */
    double x[TILE], x_lo[TILE], scale[TILE];   /* reduced */
    double of[TILE], of_lo[TILE];              /* what a whole power is of */
    double power[TILE], power_lo[TILE];        /* and what it has come to */
    double now[TILE], base[TILE], third[TILE]; /* operands, where `out` may be one of them */
    double of_whole[TILE];                     /* whole powers less one */
    uint64_t far[TILE];
} tile;

/* What to do with a logarithm. */
typedef enum { TIMES, OVER } use;

#define WHOLE_MOST  64
#define WHOLE_LIMIT 0x1p15 /* its 64th power is a double whose parts are */
#define SMALL_RATE  0x1p-400

/* A vector asks this of every element: no branches. */
IC_INLINE int is_whole(double power) {
    return (power >= 1) & (power <= WHOLE_MOST) & ((power + 0x1p52) - 0x1p52 == power);
}

/* Small where the power magnifies the logarithm's error. */
IC_INLINE int within_reach(double y, double third, use how) {
    if (how == OVER) return (third >= 0.25) & (third <= 0x1p60) & (fabs(y) <= 40);
    return (third >= 0x1p-60) & (third <= 0x1p60) & (fabs(y) <= (third <= 4 ? 40.0 : 2.0));
}

IC_INLINE int in_range(double a, double b) {
    return (a >= IC_QUICK_LEAST) & (b >= IC_QUICK_LEAST) & (a <= IC_QUICK_MOST) & (b <= IC_QUICK_MOST);
}

/* All the same, and so one operand of the loops: its reciprocal is taken once. */
IC_INLINE int is_constant(size_t m, const double *x) {
    uint64_t differ = 0;
    const uint64_t first = ic_bits_of(x[0]);
    for (size_t i = 1; i < m; i++) differ |= ic_bits_of(x[i]) ^ first;
    return differ == 0;
}

/* How powers of one tile go. All operands have been read, and kept where they are needed again, before `out` is written:
   it may be one of them. */
typedef struct plan {
    int constant, whole, odd, near; /* the same power for all; some powers are whole; what the parts have said */
} plan;

#define ALL_IF(condition) (0 - (uint64_t)(condition)) /* what a comparison of vectors gives */

#define PART(m) IC_INDEPENDENT for (size_t i = 0; i < (m); i++)
#define ONE     ((void)0)
#define NAME(x) x##_vectors
#include "core/growth/growth_powers_loops.h"
#undef PART
#undef ONE
#undef NAME
#define PART(m) for (size_t i = 0; i < (m); i++)
#define ONE     IC_ONE_BY_ONE
#define NAME(x) x##_singly
#include "core/growth/growth_powers_loops.h"

/* Longer than a tile: where there is nothing between two parts, a loop's end costs more than what a tile saves. */
#define RUN 1024

#define KERNEL(name, nin, level, target, fused, how)                                                                   \
    target static void name##_##level(size_t n, const double *const *in, double *out) {                                \
        tile t;                                                                                                        \
        for (size_t start = 0, end; start < n; start = end) {                                                          \
            end = n - start < RUN ? n : start + RUN;                                                                   \
            const double *const run[3] = {in[0] + start, in[1] + start, (nin) == 3 ? in[2] + start : NULL};            \
            if (name##_run_##how(end - start, run, out + start, fused)) continue;                                      \
            for (size_t at = start, m; m = end - at < TILE ? end - at : TILE, at < end; at += m) {                     \
                const double *const from[3] = {in[0] + at, in[1] + at, (nin) == 3 ? in[2] + at : NULL};                \
                name##_tile_##how(m, from, out + at, &t, fused);                                                       \
            }                                                                                                          \
        }                                                                                                              \
    }

/* fma gives the bits that Dekker's product gives, so that the levels may differ in it. */
#if defined(IC_X86)
#define LEVELS(name, nin)                                                                                              \
    KERNEL(name, nin, scalar, , 0, singly)                                                                             \
    KERNEL(name, nin, base, , 0, vectors)                                                                              \
    KERNEL(name, nin, avx2, IC_TARGET("avx2,fma"), 1, vectors)                                                         \
    KERNEL(name, nin, avx512, IC_TARGET("avx512f,avx512bw,avx512vl,fma"), 1, vectors)                                  \
    static ic_map name##_for(ic_cpu level) {                                                                           \
        return level == IC_CPU_SCALAR   ? name##_scalar                                                                \
               : level == IC_CPU_AVX2   ? name##_avx2                                                                  \
               : level == IC_CPU_AVX512 ? name##_avx512                                                                \
                                        : name##_base;                                                                 \
    }
#else
#define LEVELS(name, nin)                                                                                              \
    KERNEL(name, nin, scalar, , 0, singly)                                                                             \
    KERNEL(name, nin, base, , IC_HAS_FMA, vectors)                                                                     \
    static ic_map name##_for(ic_cpu level) { return level == IC_CPU_SCALAR ? name##_scalar : name##_base; }
#if defined(IC_ARM)
#define IC_HAS_FMA 1
#else
#define IC_HAS_FMA 0
#endif
#endif

LEVELS(log_rate, 2)
LEVELS(cagr, 3)
LEVELS(annualised, 3)
LEVELS(compound, 2)

void ic_growth_select_powers(ic_cpu level) {
    ic_growth.log_rate = log_rate_for(level);
    ic_growth.cagr = cagr_for(level);
    ic_growth.annualised = annualised_for(level);
    ic_growth.compound = compound_for(level);
}
