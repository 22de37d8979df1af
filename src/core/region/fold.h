/* What the folds of this room share: passes over the figures, in one order of additions for every layout and level.

   The figures of a chunk go to LANES sums in turn, which are then added in pairs; chunks are added with what each addition
   rounds off. A series whose figures follow one another has its lanes in a vector; neighbours that lie side by side are
   taken together, a lane at a time. Both do the same additions. */
#ifndef IC_REGION_FOLD_H
#define IC_REGION_FOLD_H

#include <math.h>

#include "core/base/kernel.h"
#include "core/numeric/logarithm.h"

#define LANES 16
#define CHUNK (LANES * 32)
#define WIDTH 256 /* neighbours that are folded together */
#define SUMS  4   /* that a pass makes, at most */
#define GIVEN 3   /* numbers that it is given for each neighbour, at most */

typedef double sums[SUMS][WIDTH];

/* Up to two operands of figures. */
typedef struct figures {
    const double *x, *w;
    ptrdiff_t x_step, w_step;
} figures;

IC_INLINE figures figures_from(figures at, size_t t) {
    return (figures){at.x + (ptrdiff_t)t * at.x_step, at.w + (ptrdiff_t)t * at.w_step, at.x_step, at.w_step};
}

/* Adds `rows` rows of `width` figures to the sums. */
typedef void (*pass_rows)(size_t rows, size_t width, figures from, sums given, sums to);

IC_INLINE void sums_clear(sums a, int count, size_t width) {
    for (int k = 0; k < count; k++)
        for (size_t s = 0; s < width; s++) a[k][s] = 0;
}

/* One chunk of a series whose figures follow one another: its lanes are neighbours. */
IC_INLINE void chunk_alone(pass_rows rows, int count, size_t n, figures from, sums given, sums to) {
    sums lanes;
    figures apart = from;
    apart.x_step = apart.w_step = LANES;
    sums_clear(lanes, count, LANES);
    rows(n / LANES, LANES, apart, given, lanes);
    if (n % LANES != 0) rows(1, n % LANES, figures_from(apart, n / LANES), given, lanes);
    for (int k = 0; k < count; k++) {
        for (size_t half = LANES / 2; half > 0; half /= 2)
            for (size_t s = 0; s < half; s++) lanes[k][s] += lanes[k][s + half];
        to[k][0] = lanes[k][0];
    }
}

/* One chunk of neighbours, a lane at a time, in the order in which lanes are added in pairs. */
IC_INLINE void chunk_beside(pass_rows rows, int count, size_t n, size_t width, figures from, sums given, sums to) {
    static const unsigned char order[LANES] = {0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15};
    sums stack[5]; /* sums of 1, 2, 4, ... lanes that wait for their other half */
    int depth = 0, filled[5] = {0};
    figures apart = from;
    apart.x_step *= LANES;
    apart.w_step *= LANES;
    for (size_t i = 0; i < LANES; i++) {
        const size_t lane = order[i];
        filled[depth] = lane < n;
        if (filled[depth]) {
            figures start = figures_from(from, lane);
            start.x_step = apart.x_step;
            start.w_step = apart.w_step;
            sums_clear(stack[depth], count, width);
            rows((n - lane + LANES - 1) / LANES, width, start, given, stack[depth]);
        }
        depth++;
        for (size_t done = i + 1; done % 2 == 0; done /= 2) {
            depth--;
            if (!filled[depth]) continue; /* the other half of an empty lane may be there, never the other way round */
            for (int k = 0; k < count; k++)
                for (size_t s = 0; s < width; s++) stack[depth - 1][k][s] += stack[depth][k][s];
        }
    }
    for (int k = 0; k < count; k++)
        for (size_t s = 0; s < width; s++) to[k][s] = filled[0] ? stack[0][k][s] : 0;
}

/* All n figures of up to WIDTH neighbours; `given` holds as many numbers as there are lanes where they are alone. */
IC_INLINE void pass_over(pass_rows rows, int count, size_t n, size_t width, figures from, sums given, sums to) {
    const int alone = width == 1 && from.x_step == 1 && from.w_step == 1;
    sums part, rest;
    sums_clear(to, count, width);
    if (n > CHUNK) sums_clear(rest, count, width);
    for (size_t t = 0; t < n; t += CHUNK) {
        const size_t m = n - t < CHUNK ? n - t : CHUNK;
        double (*into)[WIDTH] = n > CHUNK ? part : to;
        if (alone) {
            chunk_alone(rows, count, m, figures_from(from, t), given, into);
        } else {
            chunk_beside(rows, count, m, width, figures_from(from, t), given, into);
        }
        for (int k = 0; n > CHUNK && k < count; k++)
            for (size_t s = 0; s < width; s++) {
                const ic_two sum = ic_two_sum(to[k][s], part[k][s]);
                to[k][s] = sum.hi;
                rest[k][s] += sum.lo;
            }
    }
    for (int k = 0; n > CHUNK && k < count; k++)
        for (size_t s = 0; s < width; s++) {
            const double whole = to[k][s] + rest[k][s];
            to[k][s] = whole == whole ? whole : to[k][s]; /* infinite sums leave NaN behind */
        }
}

/* MAKE(level, target, pragma before each loop, statement in each loop, ...) */
#if defined(IC_X86)
#define EVERY_LEVEL(MAKE, ...)                                                                                         \
    MAKE(scalar, , , IC_ONE_BY_ONE, __VA_ARGS__)                                                                       \
    MAKE(base, , IC_INDEPENDENT, , __VA_ARGS__)                                                                        \
    MAKE(avx2, IC_TARGET("avx2"), IC_INDEPENDENT, , __VA_ARGS__)                                                       \
    MAKE(avx512, IC_TARGET("avx512f,avx512bw,avx512vl"), IC_INDEPENDENT, , __VA_ARGS__)
#define OF_LEVEL(name, level)                                                                                          \
    ((level) == IC_CPU_SCALAR   ? name##_scalar                                                                        \
     : (level) == IC_CPU_AVX2   ? name##_avx2                                                                          \
     : (level) == IC_CPU_AVX512 ? name##_avx512                                                                        \
                                : name##_base)
#else
#define EVERY_LEVEL(MAKE, ...)                                                                                         \
    MAKE(scalar, , , IC_ONE_BY_ONE, __VA_ARGS__)                                                                       \
    MAKE(base, , IC_INDEPENDENT, , __VA_ARGS__)
#define OF_LEVEL(name, level) ((level) == IC_CPU_SCALAR ? name##_scalar : name##_base)
#endif

/* A pass: what is done sees x, w and the numbers GIVEN(0), ..., and adds to SUM(0), ... */
#define GIVEN_TO(k) given[k][s]
#define SUM_OF(k)   to[k][s]
#define PASS(level, target, how, each, name, ...)                                                                      \
    target IC_INLINE void name##_##level(size_t rows, size_t width, figures from, sums given, sums to) {               \
        for (size_t t = 0; t < rows; t++) {                                                                            \
            const double *xs = from.x + (ptrdiff_t)t * from.x_step, *ws = from.w + (ptrdiff_t)t * from.w_step;         \
            how for (size_t s = 0; s < width; s++) {                                                                   \
                each;                                                                                                  \
                const double x = xs[s], w = ws[s];                                                                     \
                (void)w, (void)given;                                                                                  \
                __VA_ARGS__                                                                                            \
            }                                                                                                          \
        }                                                                                                              \
    }

#endif
