/* The shapes of call that bind/loops.h can make, and what turns one element's arithmetic into kernels for
   each level.

   A map is elementwise: out[i] = f(in[0][i], in[1][i], ...). Kernels see contiguous doubles only; strides,
   broadcasting and casts are the adapter's. `out` may be one of the inputs, but must not overlap one in any
   other way.

       IC_INLINE double rate_of(double now, double base) { ... }     no branches: ?: on values becomes a blend
       IC_MAP_2(rate, rate_of)                                       rate_scalar ... rate_avx512, and
   rate_for(level)

   All levels give the same bits, NaN included, because all do the same IEEE operations in the same order: no
   contraction, no reassociation, and no commutative operation whose two operands may both be NaN. */
#ifndef IC_KERNEL_H
#define IC_KERNEL_H

#include "core/base/cpu.h"
#include "core/base/status.h"

typedef void (*ic_map)(size_t n, const double *const *in, double *out);

/* A map with two results. They don't overlap one another; either may be one of the inputs. */
typedef void (*ic_pair_map)(size_t n, const double *const *in, double *low, double *high);

/* Operands of n figures are folded into results, `width` neighbours at once: element t of neighbour s of operand k at
   in[k][t * step[k] + s]; a step of 0 is a constant along the fold. Result j of neighbour s goes to out[j][s]; results
   overlap no operand. All levels and widths do the same operations in the same order, so that they give the same bits. */
typedef void (*ic_fold)(size_t n, size_t width, const double *const *in, const ptrdiff_t *step, double *const *out);

/* The same for kernels that sort: `space` is ic_sorted_space(n) doubles. They are quick over neighbours only. */
typedef void (*ic_sorted_fold)(size_t n, size_t width, const double *const *in, const ptrdiff_t *step,
                               double *const *out, double *space);
IC_INLINE size_t ic_sorted_space(size_t n) { return 10 * n + 72; }

/* A series is sequential: out[t] may depend on in[0] .. in[n-1]. `out` does not overlap `in`. */
typedef struct ic_series {
    void (*one)(size_t n, const double *in, double *out);
    /* `width` neighbours at once: period t of series s stands at in[t * in_step + s]. NULL where that is not
       worth writing: the adapter then turns tiles of series and calls `one`. Gives the bits of `one`. */
    void (*many)(size_t n, size_t width, const double *in, ptrdiff_t in_step, double *out, ptrdiff_t out_step);
} ic_series;

/* A guided series: what else is known stands in guides, of one double per period or of one for the whole series, as the
   kernel's contract says. `out` overlaps neither `in` nor a guide. */
typedef struct ic_guided {
    void (*one)(size_t n, const double *in, const double *const *guide, double *out);
    /* as of ic_series, under the same guides for all neighbours; or NULL */
    void (*many)(size_t n, size_t width, const double *in, ptrdiff_t in_step, const double *const *guide, double *out,
                 ptrdiff_t out_step);
    /* `width` series of consecutive periods, which begin `across` apart, under the same guides; or NULL. The bits of one. */
    void (*rows)(size_t n, size_t width, const double *in, ptrdiff_t in_across, const double *const *guide, double *out,
                 ptrdiff_t out_across);
} ic_guided;

/* Rows of a series are narrowed in place: period t of row k stands at rows[k][t * step]. Guides as of ic_guided. */
typedef void (*ic_narrowing)(size_t n, double *const *rows, ptrdiff_t step, const double *const *guide);

/* out == in is as safe for a vector as for one element, but a compiler can't know */
#if defined(__clang__)
#if __has_feature(undefined_behavior_sanitizer) || __has_feature(thread_sanitizer) /* calls and branches: no vectors */
#pragma clang diagnostic ignored "-Wpass-failed"
#endif
#define IC_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define IC_INDEPENDENT _Pragma("GCC ivdep")
#else
#define IC_INDEPENDENT
#endif

/* in a loop: one element at a time, whatever the compiler would like */
#if defined(__GNUC__) || defined(__clang__)
#define IC_ONE_BY_ONE __asm__ volatile("")
#else
#define IC_ONE_BY_ONE ((void)0)
#endif

/* An address that will be read soon; it need not be one. */
#if defined(__GNUC__) || defined(__clang__)
#define IC_PREFETCH(address) __builtin_prefetch((const void *)(address))
#else
#define IC_PREFETCH(address) ((void)0)
#endif

#define IC_MAP_BODY_1(f, how, each)                                                                                    \
    const double *a = in[0];                                                                                           \
    how for (size_t i = 0; i < n; i++) {                                                                               \
        each;                                                                                                          \
        out[i] = f(a[i]);                                                                                              \
    }
#define IC_MAP_BODY_2(f, how, each)                                                                                    \
    const double *a = in[0], *b = in[1];                                                                               \
    how for (size_t i = 0; i < n; i++) {                                                                               \
        each;                                                                                                          \
        out[i] = f(a[i], b[i]);                                                                                        \
    }
#define IC_MAP_BODY_3(f, how, each)                                                                                    \
    const double *a = in[0], *b = in[1], *c = in[2];                                                                   \
    how for (size_t i = 0; i < n; i++) {                                                                               \
        each;                                                                                                          \
        out[i] = f(a[i], b[i], c[i]);                                                                                  \
    }

#define IC_MAP_ONE(name, f, body, level, target)                                                                       \
    target static void name##_##level(size_t n, const double *const *in, double *out) { body(f, IC_INDEPENDENT, ) }
#define IC_MAP_SCALAR(name, f, body)                                                                                   \
    static void name##_scalar(size_t n, const double *const *in, double *out) { body(f, , IC_ONE_BY_ONE) }

#if defined(IC_X86)
#define IC_MAP_LEVELS(name, f, body)                                                                                   \
    IC_MAP_SCALAR(name, f, body)                                                                                       \
    IC_MAP_ONE(name, f, body, base, )                                                                                  \
    IC_MAP_ONE(name, f, body, avx2, IC_TARGET("avx2"))                                                                 \
    IC_MAP_ONE(name, f, body, avx512, IC_TARGET("avx512f,avx512bw,avx512vl"))                                          \
    static ic_map name##_for(ic_cpu level) {                                                                           \
        return level == IC_CPU_SCALAR   ? name##_scalar                                                                \
               : level == IC_CPU_AVX2   ? name##_avx2                                                                  \
               : level == IC_CPU_AVX512 ? name##_avx512                                                                \
                                        : name##_base;                                                                 \
    }
#else /* NEON is the baseline of aarch64, and others have what they have */
#define IC_MAP_LEVELS(name, f, body)                                                                                   \
    IC_MAP_SCALAR(name, f, body)                                                                                       \
    IC_MAP_ONE(name, f, body, base, )                                                                                  \
    static ic_map name##_for(ic_cpu level) { return level == IC_CPU_SCALAR ? name##_scalar : name##_base; }
#endif

#define IC_MAP_1(name, f) IC_MAP_LEVELS(name, f, IC_MAP_BODY_1)
#define IC_MAP_2(name, f) IC_MAP_LEVELS(name, f, IC_MAP_BODY_2)
#define IC_MAP_3(name, f) IC_MAP_LEVELS(name, f, IC_MAP_BODY_3)

#endif
