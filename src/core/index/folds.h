/* How terms of items are added up: the same operations in the same order for every level, and for neighbours side by side
   as for figures that follow one another. */
#ifndef IC_INDEX_FOLDS_H
#define IC_INDEX_FOLDS_H

#include "core/index/index.h"

#define LANES 8 /* item t is added to lane t % LANES, so that one addition doesn't wait for the last */
#define SPAN                                                                                                           \
    256 /* neighbours that are added up side by side: whole rows of most tables, so that memory is read in order */
#define BLOCK  1024 /* items after which lanes are put together, and into a compensated sum; whole rows of lanes */
#define SUMS   4
#define INPUTS 6 /* of which the last two are sums of a first pass */

/* What one item adds to up to four sums. */
typedef struct terms {
    double a, b, c, d;
} terms;

/* acc[k][lane][s], k < SUMS, s < SPAN: `n` items of `m` neighbours. Item t goes to lane t % LANES, which are `lane`
   doubles apart; 0 where neighbours are lanes. */
typedef void (*rows_of)(size_t n, size_t m, const double *const *in, const ptrdiff_t *step, double *acc, size_t lane);

typedef struct recipe {
    int nin;
    rows_of first; /* two sums that `rows` wants as operands 4 and 5; or NULL */
    rows_of rows;
    int sums;                                                   /* 2 or 4 */
    double (*finish)(const double sums[SUMS], double constant); /* `constant` is the last operand's first figure */
} recipe;

/* Result s of all neighbours, NaN always the same. */
void ic_index_fold(const recipe *how, size_t n, size_t width, const double *const *in, const ptrdiff_t *step,
                   double *out);

/* Rows of one level: name##_of(p, q, u, v, y, z) are an item's terms of its operands. */
#define ROWS(level, target, how, each, name, nsums)                                                                    \
    target static void name##_rows_##level(size_t n, size_t m, const double *const *in, const ptrdiff_t *step,         \
                                           double *acc, size_t lane) {                                                 \
        for (size_t t = 0; t < n; t++) {                                                                               \
            const ptrdiff_t i = (ptrdiff_t)t;                                                                          \
            const double *p = in[0] + i * step[0], *q = in[1] + i * step[1], *u = in[2] + i * step[2];                 \
            const double *v = in[3] + i * step[3], *y = in[4] + i * step[4], *z = in[5] + i * step[5];                 \
            double *x = acc + t % LANES * lane;                                                                        \
            how for (size_t s = 0; s < m; s++) {                                                                       \
                each;                                                                                                  \
                const terms f = name##_of(p[s], q[s], u[s], v[s], y[s], z[s]);                                         \
                x[s] += f.a;                                                                                           \
                x[s + LANES * SPAN] += f.b;                                                                            \
                if (nsums > 2) {                                                                                       \
                    x[s + 2 * LANES * SPAN] += f.c;                                                                    \
                    x[s + 3 * LANES * SPAN] += f.d;                                                                    \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    }

#if defined(IC_X86)
#define EVERY_ROWS(name, nsums)                                                                                        \
    ROWS(scalar, , , IC_ONE_BY_ONE, name, nsums)                                                                       \
    ROWS(base, , IC_INDEPENDENT, , name, nsums)                                                                        \
    ROWS(avx2, IC_TARGET("avx2"), IC_INDEPENDENT, , name, nsums)                                                       \
    ROWS(avx512, IC_TARGET("avx512f,avx512bw,avx512vl"), IC_INDEPENDENT, , name, nsums)
#define EVERY_LEVEL(MAKE, ...)                                                                                         \
    MAKE(scalar, __VA_ARGS__) MAKE(base, __VA_ARGS__) MAKE(avx2, __VA_ARGS__) MAKE(avx512, __VA_ARGS__)
#define OF_LEVEL(name, level)                                                                                          \
    ((level) == IC_CPU_SCALAR   ? name##_scalar                                                                        \
     : (level) == IC_CPU_AVX2   ? name##_avx2                                                                          \
     : (level) == IC_CPU_AVX512 ? name##_avx512                                                                        \
                                : name##_base)
#else
#define EVERY_ROWS(name, nsums)                                                                                        \
    ROWS(scalar, , , IC_ONE_BY_ONE, name, nsums)                                                                       \
    ROWS(base, , IC_INDEPENDENT, , name, nsums)
#define EVERY_LEVEL(MAKE, ...) MAKE(scalar, __VA_ARGS__) MAKE(base, __VA_ARGS__)
#define OF_LEVEL(name, level)  ((level) == IC_CPU_SCALAR ? name##_scalar : name##_base)
#endif

#define NO_FIRST(level) NULL
#define FIRST(level)    values_rows_##level
#define FOLD_OF(level, name, nin, rows, nsums, first)                                                                  \
    static void name##_##level(size_t n, size_t width, const double *const *in, const ptrdiff_t *step,                 \
                               double *const *out) {                                                                   \
        static const recipe how = {nin, first(level), rows##_rows_##level, nsums, name##_from};                        \
        ic_index_fold(&how, n, width, in, step, out[0]);                                                               \
    }

/* An index name from the sums of `rows`, by name##_from(). */
#define INDEX_OF(name, nin, rows, nsums, first) EVERY_LEVEL(FOLD_OF, name, nin, rows, nsums, first)
#define INDEX(name, nin, nsums)                                                                                        \
    EVERY_ROWS(name, nsums)                                                                                            \
    INDEX_OF(name, nin, name, nsums, NO_FIRST)

/* The parts that have files of their own, called by ic_index_select. */
void ic_index_select_weighted(ic_cpu level);
void ic_index_select_both(ic_cpu level);
void ic_index_select_chain(ic_cpu level);

#define UNUSED(x) (void)(x)

/* The index of the sums x; `constant` stands at hand. */
#define FROM(name) static double name##_from(const double *x, double constant)
#define INDEX_FROM_QUOTIENT(name)                                                                                      \
    FROM(name) {                                                                                                       \
        UNUSED(constant);                                                                                              \
        return x[0] / x[1];                                                                                            \
    }
#define INDEX_FROM_LOG(name)                                                                                           \
    FROM(name) {                                                                                                       \
        UNUSED(constant);                                                                                              \
        return exp(x[0] / x[1]);                                                                                       \
    }

/* ---- an item ----------------------------------------------------------------------------------------------------- */

#define LEAST 0x1p-1022 /* the smallest double that is not subnormal */
#define MOST  0x1.fffffffffffffp1023

IC_INLINE int price(double p) { return (p >= LEAST) & (p <= MOST); }
IC_INLINE int amount(double q) { return (q >= 0) & (q <= MOST); }
IC_INLINE int known(double x, double y) { return (x == x) & (y == y); }

/* A term of an item that counts where `good`; NaN where all is known and isn't good, 0 where something is missing. */
IC_INLINE double counted(int good, int all, double term) {
    const double other = all ? (double)NAN : 0.0;
    return good ? term : other;
}

#endif
