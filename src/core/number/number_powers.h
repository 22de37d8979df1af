/* Powers of ten to 128 bits, and the product that goes with them. For this room only. */
#ifndef IC_NUMBER_POWERS_H
#define IC_NUMBER_POWERS_H

#include "core/base/status.h"

#define IC_POWER_FIRST (-342)
#define IC_POWER_LAST  324

/* See number_powers.c, which make_powers.py writes. */
extern const uint64_t ic_number_powers[IC_POWER_LAST - IC_POWER_FIRST + 1][2];

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

/* floor(log2(10^k)), for |k| <= 1233 */
IC_INLINE int ic_number_log2_of_ten(int k) { return (int)((k * INT32_C(1741647)) >> 19); }

#endif
