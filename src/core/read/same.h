/* Whether two texts are the same, for texts of some ten to a hundred bytes that nearly always are. */
#ifndef IC_SAME_H
#define IC_SAME_H

#include "core/base/cpu.h"
#include "core/base/status.h"

#include <string.h>

#if defined(IC_X86)
#include <emmintrin.h> /* SSE2 is every x86-64's */
#elif defined(IC_ARM)
#include <arm_neon.h>
#endif

IC_INLINE int ic_same(const char *a, const char *b, size_t length) {
    size_t i = 0;
#if defined(IC_X86)
    if (length >= 16) { /* whole blocks, then the last 16 bytes, which may overlap */
        __m128i all = _mm_set1_epi8(-1);
        for (; i + 16 < length; i += 16)
            all = _mm_and_si128(all, _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(a + i)),
                                                    _mm_loadu_si128((const __m128i *)(const void *)(b + i))));
        i = length - 16;
        all = _mm_and_si128(all, _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(a + i)),
                                                _mm_loadu_si128((const __m128i *)(const void *)(b + i))));
        return _mm_movemask_epi8(all) == 0xFFFF;
    }
#elif defined(IC_ARM)
    if (length >= 16) {
        uint8x16_t all = vdupq_n_u8(0xFF);
        for (; i + 16 < length; i += 16)
            all = vandq_u8(all, vceqq_u8(vld1q_u8((const uint8_t *)a + i), vld1q_u8((const uint8_t *)b + i)));
        i = length - 16;
        all = vandq_u8(all, vceqq_u8(vld1q_u8((const uint8_t *)a + i), vld1q_u8((const uint8_t *)b + i)));
        return vminvq_u8(all) == 0xFF;
    }
#endif
    uint64_t different = 0, x, y;
    if (length >= 8) {
        for (; i + 8 < length; i += 8) {
            memcpy(&x, a + i, 8);
            memcpy(&y, b + i, 8);
            different |= x ^ y;
        }
        memcpy(&x, a + length - 8, 8);
        memcpy(&y, b + length - 8, 8);
        return (different | (x ^ y)) == 0;
    }
    for (; i < length; i++)
        if (a[i] != b[i]) return 0;
    return 1;
}

#endif
