/* Four doubles side by side, said in vectors, of which a compiler makes what a level has: one register of 32 bytes, two of 16,
   or four numbers. Every compiler that this is built with knows them (clang-cl on Windows).

   Each operation is that of four doubles, so all levels give the same bits. No function takes or gives a vector by
   itself, as callers of another level would pass it in another way: hence macros, and pointers. */
#ifndef IC_NUMERIC_VECTOR_H
#define IC_NUMERIC_VECTOR_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/status.h"
#include "core/numeric/power.h"

#if defined(__clang__) /* of what is always inlined, so that no convention is asked */
#pragma clang diagnostic ignored "-Wpsabi"
#elif defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wpsabi"
#endif

typedef double ic_four __attribute__((vector_size(32), aligned(8), may_alias));
typedef int64_t ic_four_bits __attribute__((vector_size(32), aligned(8), may_alias));
typedef uint64_t ic_four_words __attribute__((vector_size(32), aligned(8), may_alias));

#define ic_four_of(x)     ((ic_four){x, x, x, x})
#define ic_four_at(from)  (*(const ic_four *)(from))
#define ic_four_to(to, x) ((void)(*(ic_four *)(to) = (x)))
#define ic_four_abs(x)    ((ic_four)((ic_four_bits)(x) & INT64_MAX))

/* The first of them, `count` up to 4; the others are 0. */
IC_INLINE void ic_four_some(ic_four *to, const double *from, size_t count) {
    ic_four x = {0, 0, 0, 0};
    for (size_t i = 0; i < 4; i++)
        if (i < count) x[i] = from[i];
    *to = x;
}

/* As ?: has it, and with 0 for what is not picked; a mask is what a comparison gives. */
#define ic_four_if(mask, then, otherwise)                                                                              \
    ((ic_four)(((ic_four_bits)(then) & (mask)) | ((ic_four_bits)(otherwise) & ~(mask))))
#define ic_four_where(mask, then) ((ic_four)((ic_four_bits)(then) & (mask)))

/* a < b ? a : b and a < b ? b : a. (Said one number after the other gcc takes vectors for it in some places and single
   numbers in others.) */
#define ic_four_less(a, b) ic_four_if((a) < (b), a, b)
#define ic_four_more(a, b) ic_four_if((a) < (b), b, a)

/* ic_log of logarithm.h, and its bits, in three steps of short chains: where many logarithms are wanted each step runs over
   a tile, as a processor's window holds few long chains. */
typedef struct ic_four_parts {
    ic_four f, exponent, s; /* x is (1 + f) * 2^exponent, s is f / (2 + f) */
} ic_four_parts;

IC_INLINE void ic_four_log_parts(ic_four_parts *to, const ic_four *x) {
    const uint64_t least = 0x3fe6a09e667f3bcd, bias = 0x8000000000000000;
    const ic_four_words bits = (ic_four_words)*x, k = (bits - least + bias) >> 52;
    const ic_four m = (ic_four)(bits - ((k - 0x800) << 52)), f = m - 1;
    to->f = f;
    to->exponent = (ic_four)(k | 0x4330000000000000) - (0x1p52 + 0x800);
    to->s = f / (2 + f);
}

IC_INLINE void ic_four_log_tail(ic_four *to, const ic_four *s) {
    const ic_four w = *s * *s, w2 = w * w;
    const ic_four low4 =
        (0x1.9999999999999p-3 + w * 0x1.249249249298bp-3) + w2 * (0x1.c71c71c5d6904p-4 + w * 0x1.745d1843b1670p-4);
    const ic_four top4 =
        (0x1.3b13504ab7d6dp-4 + w * 0x1.11251ae1e50bap-4) + w2 * (0x1.dd51f9a3ae513p-5 + w * 0x1.f3606dbd5cc8dp-5);
    const ic_four tail = low4 + (w2 * w2) * top4;
    *to = w * (2.0 / 3 + 2 * (w * tail));
}

IC_INLINE void ic_four_log_whole(ic_four *to, const ic_four_parts *x, const ic_four *tail) {
    const ic_four half = 0.5 * x->f * x->f;
    *to = x->exponent * IC_LN2_HI - ((half - (x->s * (half + *tail) + x->exponent * IC_LN2_LO)) - x->f);
}

IC_INLINE void ic_four_log(ic_four *to, const ic_four *x) {
    ic_four_parts parts;
    ic_four tail;
    ic_four_log_parts(&parts, x);
    ic_four_log_tail(&tail, &parts.s);
    ic_four_log_whole(to, &parts, &tail);
}

#endif
