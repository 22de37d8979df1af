/* What the folds of this room share: passes over the figures, in one order of additions for every layout and level.

   The figures of a chunk go to LANES sums in turn, which are then added in pairs; chunks are added with what each addition
   rounds off. A series whose figures follow one another has its lanes in two vectors; neighbours that lie side by side are
   taken together, a lane at a time, sixteen neighbours in registers. Both do the same additions. */
#ifndef IC_REGION_FOLD_H
#define IC_REGION_FOLD_H

#include <math.h>

#include "core/base/kernel.h"
#include "core/numeric/vector.h"

#define LANES    8
#define CHUNK    (LANES * 64)
#define WIDTH    256 /* neighbours that are folded together: memory is read in order so far */
#define SUMS     3   /* that a pass makes, at most */
#define OPERANDS 3   /* that have a figure of each region, at most */
#define GIVEN    3   /* numbers that a pass is given for each neighbour, at most */

typedef double sums[SUMS][WIDTH];

/* Figure t of operand k stands at in[k][t * step[k]]; operands that a pass doesn't use repeat another. */
typedef struct figures {
    const double *in[OPERANDS];
    ptrdiff_t step[OPERANDS];
} figures;

IC_INLINE figures figures_from(const figures *at, size_t t) {
    figures from = *at;
    for (int k = 0; k < OPERANDS; k++) from.in[k] += (ptrdiff_t)t * at->step[k];
    return from;
}

/* The operands of a kernel, from its neighbour `start` on. */
#define FIGURES(i, j, k)                                                                                               \
    {                                                                                                                  \
        {in[i] + start, in[j] + start, in[k] + start},                                                                 \
        {step[i], step[j], step[k]},                                                                                   \
    }

/* Sums of a chunk of a series whose figures follow one another; with one w for all, w is read once. */
typedef void (*sum_line)(size_t n, const figures *from, sums given, sums to);
/* Sums of `rows` rows of neighbours. */
typedef void (*sum_rows)(size_t rows, size_t width, const figures *from, sums given, sums to);

/* What is summed: PASS makes one for each level. Its three functions are the only ones that are compiled for each. */
typedef struct pass {
    int count; /* of sums */
    sum_line line, line_alike;
    sum_rows rows;
} pass;

/* All n figures of up to WIDTH neighbours. `given` has whole fours of neighbours. */
void ic_region_pass(const pass *what, size_t n, size_t width, const figures *from, sums given, sums to);

/* Makes the terms of a sum of n figures in place, n a multiple of 4. */
typedef void (*make_terms)(size_t n, double *x);

/* Sums of w * term(x * given[2]) of figures that are all there: as ic_region_pass adds them, but the terms of a chunk are
   made before. `what` sums x. */
void ic_region_pass_terms(const pass *what, make_terms terms, size_t n, size_t width, const figures *from, sums given,
                          sums to);

typedef struct fours {
    ic_four of[SUMS];
} fours;

/* Adds four figures to four sums each; GIVEN_TO(k) is given[k][0] for all four where `alone`, else given[k][s], ... */
typedef void (*add_four)(ic_four x, ic_four w, ic_four v, sums given, size_t s, int alone, fours *to);

#define NO_SUMS                                                                                                        \
    {                                                                                                                  \
        {                                                                                                              \
            {0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}                                                                   \
        }                                                                                                              \
    }

/* What is left, less than four: lanes that have no figure keep their sum. */
#define SOME(lanes)                                                                                                    \
    {                                                                                                                  \
        const size_t left = n - t;                                                                                     \
        const ic_four_bits there = (ic_four_bits){0, 1, 2, 3} < (int64_t)left;                                         \
        fours more = lanes;                                                                                            \
        ic_four x_left, w_left = w_fixed, v_left = w_fixed;                                                            \
        ic_four_some(&x_left, x + t, left);                                                                            \
        if (!w_alike) ic_four_some(&w_left, w + t, left);                                                              \
        if (!v_alike) ic_four_some(&v_left, v + t, left);                                                              \
        add(x_left, w_left, v_left, given, 0, 1, &more);                                                               \
        lanes.of[0] = ic_four_if(there, more.of[0], lanes.of[0]);                                                      \
        lanes.of[1] = ic_four_if(there, more.of[1], lanes.of[1]);                                                      \
        lanes.of[2] = ic_four_if(there, more.of[2], lanes.of[2]);                                                      \
    }

/* One chunk of a series whose figures follow one another: its lanes are neighbours. w may be one number, and v that too. */
IC_INLINE void chunk_alone(add_four add, int count, size_t n, const figures *from, int w_alike, sums given, sums to) {
    const double *x = from->in[0], *w = from->in[1], *v = from->in[2];
    const ic_four w_fixed = ic_four_of(w[0]);
    const int v_alike = w_alike && v == w;
    fours low = NO_SUMS, high = NO_SUMS;
    size_t t = 0;
    for (; t + LANES <= n; t += LANES) {
        const size_t u = t + 4;
        add(ic_four_at(x + t), w_alike ? w_fixed : ic_four_at(w + t), v_alike ? w_fixed : ic_four_at(v + t), given, 0,
            1, &low);
        add(ic_four_at(x + u), w_alike ? w_fixed : ic_four_at(w + u), v_alike ? w_fixed : ic_four_at(v + u), given, 0,
            1, &high);
    }
    if (t + 4 <= n) {
        add(ic_four_at(x + t), w_alike ? w_fixed : ic_four_at(w + t), v_alike ? w_fixed : ic_four_at(v + t), given, 0,
            1, &low);
        t += 4;
        if (t < n) SOME(high)
    } else if (t < n) {
        SOME(low)
    }
#define IN_PAIRS(k)                                                                                                    \
    if (count > k) {                                                                                                   \
        const ic_four pair = low.of[k] + high.of[k];                                                                   \
        to[k][0] = (pair[0] + pair[2]) + (pair[1] + pair[3]);                                                          \
    }
    IN_PAIRS(0)
    IN_PAIRS(1)
    IN_PAIRS(2)
}

/* `rows` rows of up to sixteen neighbours, from number s on. */
IC_INLINE void strip_of_16(add_four add, int count, size_t rows, const figures *from, sums given, size_t s, sums to) {
    fours a = NO_SUMS, b = NO_SUMS, c = NO_SUMS, d = NO_SUMS;
    const double *x = from->in[0] + s, *w = from->in[1] + s, *v = from->in[2] + s;
    for (size_t t = 0; t < rows; t++) {
        add(ic_four_at(x), ic_four_at(w), ic_four_at(v), given, s, 0, &a);
        add(ic_four_at(x + 4), ic_four_at(w + 4), ic_four_at(v + 4), given, s + 4, 0, &b);
        add(ic_four_at(x + 8), ic_four_at(w + 8), ic_four_at(v + 8), given, s + 8, 0, &c);
        add(ic_four_at(x + 12), ic_four_at(w + 12), ic_four_at(v + 12), given, s + 12, 0, &d);
        x += from->step[0], w += from->step[1], v += from->step[2];
    }
#define PUT_16(k)                                                                                                      \
    if (count > k) {                                                                                                   \
        ic_four_to(to[k] + s, a.of[k]);                                                                                \
        ic_four_to(to[k] + s + 4, b.of[k]);                                                                            \
        ic_four_to(to[k] + s + 8, c.of[k]);                                                                            \
        ic_four_to(to[k] + s + 12, d.of[k]);                                                                           \
    }
    PUT_16(0)
    PUT_16(1)
    PUT_16(2)
}

/* The same of up to four. */
IC_INLINE void strip_of_4(add_four add, int count, size_t rows, size_t width, const figures *from, sums given, size_t s,
                          sums to) {
    fours a = NO_SUMS;
    const double *x = from->in[0] + s, *w = from->in[1] + s, *v = from->in[2] + s;
    for (size_t t = 0; t < rows; t++) {
        ic_four x_some, w_some, v_some;
        ic_four_some(&x_some, x, width);
        ic_four_some(&w_some, w, width);
        ic_four_some(&v_some, v, width);
        add(x_some, w_some, v_some, given, s, 0, &a);
        x += from->step[0], w += from->step[1], v += from->step[2];
    }
#define PUT_4(k)                                                                                                       \
    if (count > k) ic_four_to(to[k] + s, a.of[k]);
    PUT_4(0)
    PUT_4(1)
    PUT_4(2)
}

IC_INLINE void strips(add_four add, int count, size_t rows, size_t width, const figures *from, sums given, sums to) {
    size_t s = 0;
    for (; s + 16 <= width; s += 16) strip_of_16(add, count, rows, from, given, s, to);
    for (; s < width; s += 4) strip_of_4(add, count, rows, width - s < 4 ? width - s : 4, from, given, s, to);
}

/* MAKE(level, target, ...) */
#if defined(IC_X86)
#define EVERY_LEVEL(MAKE, ...)                                                                                         \
    MAKE(base, , __VA_ARGS__)                                                                                          \
    MAKE(avx2, IC_TARGET("avx2"), __VA_ARGS__)                                                                         \
    MAKE(avx512, IC_TARGET("avx512f,avx512bw,avx512vl"), __VA_ARGS__)
#define OF_LEVEL(name, level)                                                                                          \
    ((level) == IC_CPU_AVX2 ? name##_avx2 : (level) == IC_CPU_AVX512 ? name##_avx512 : name##_base)
#else
#define EVERY_LEVEL(MAKE, ...) MAKE(base, , __VA_ARGS__)
#define OF_LEVEL(name, level)  ((void)(level), name##_base)
#endif

/* A pass: what is done sees x, w, v and the numbers GIVEN_TO(0), ..., and adds to SUM_OF(0), ... */
#define GIVEN_TO(k) (alone ? ic_four_of(given[k][0]) : ic_four_at(given[k] + s))
#define SUM_OF(k)   to->of[k]
#define PASS(level, target, name, sums_made, ...)                                                                      \
    target IC_INLINE void name##_add_##level(ic_four x, ic_four w, ic_four v, sums given, size_t s, int alone,         \
                                             fours *to) {                                                              \
        (void)w, (void)v, (void)given, (void)s, (void)alone;                                                           \
        __VA_ARGS__                                                                                                    \
    }                                                                                                                  \
    target static void name##_line_##level(size_t n, const figures *from, sums given, sums to) {                       \
        chunk_alone(name##_add_##level, sums_made, n, from, 0, given, to);                                             \
    }                                                                                                                  \
    target static void name##_line_alike_##level(size_t n, const figures *from, sums given, sums to) {                 \
        chunk_alone(name##_add_##level, sums_made, n, from, 1, given, to);                                             \
    }                                                                                                                  \
    target static void name##_rows_##level(size_t rows, size_t width, const figures *from, sums given, sums to) {      \
        strips(name##_add_##level, sums_made, rows, width, from, given, to);                                           \
    }                                                                                                                  \
    static const pass name##_##level = {sums_made, name##_line_##level, name##_line_alike_##level, name##_rows_##level};

#endif
