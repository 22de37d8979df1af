/* Powers of ten to 128 bits, and the product that goes with them. For this room only. */
#ifndef IC_NUMBER_POWERS_H
#define IC_NUMBER_POWERS_H

#include "core/base/cpu.h"
#include "core/base/status.h"

#include <string.h>

#define IC_POWER_FIRST (-342)
#define IC_POWER_LAST  324

/* See number_powers.c, which make_powers.py writes. */
extern const uint64_t ic_number_powers[IC_POWER_LAST - IC_POWER_FIRST + 1][2];

/* What a number of 19 places is to be multiplied by if the mark stands after the first k of them, k <= IC_NUMBER_RUN:
   10^(k - 19) cut off to 63 bits, but one less where it is exact, and the power of two that makes up for it, as a
   double. */
extern const uint64_t ic_number_filled[25][2];

typedef struct ic_product {
    uint64_t high, low;
} ic_product;

IC_INLINE ic_product ic_number_multiply(uint64_t a, uint64_t b) {
#if defined(__SIZEOF_INT128__)
    unsigned __int128 product = (unsigned __int128)a * b;
    return (ic_product){(uint64_t)(product >> 64), (uint64_t)product};
#else
    uint64_t a1 = a >> 32, a0 = a & 0xFFFFFFFFu, b1 = b >> 32, b0 = b & 0xFFFFFFFFu;
    uint64_t low = a0 * b0, m = a1 * b0 + (low >> 32), n = a0 * b1 + (m & 0xFFFFFFFFu);
    return (ic_product){a1 * b1 + (m >> 32) + (n >> 32), n << 32 | (low & 0xFFFFFFFFu)};
#endif
}

IC_INLINE unsigned ic_number_leading_zeros(uint64_t v) { /* v != 0 */
#if defined(IC_X86)
    if (v >> 11 != 0) { /* the exponent of an exact double: AMD's bsr takes eight steps, lzcnt is not every machine's */
        const double top = (double)(int64_t)(v >> 11);
        uint64_t bits;
        memcpy(&bits, &top, 8);
        return 1023 + 52 - (unsigned)(bits >> 52);
    }
#endif
#if defined(__GNUC__) || defined(__clang__)
    return (unsigned)__builtin_clzll(v);
#else
    unsigned n = 0;
    for (; v >> 63 == 0; v <<= 1) n++;
    return n;
#endif
}

/* floor(log2(10^k)), for |k| <= 1233 */
IC_INLINE int ic_number_log2_of_ten(int k) { return (int)((k * INT32_C(1741647)) >> 19); }

#endif
