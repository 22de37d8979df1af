static inline uint64_t block_equal(const char *block, char byte) {
    const __m128i b = _mm_set1_epi8(byte);
    const __m128i *p = (const __m128i *)(const void *)block;
    uint64_t m0 = (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(p), b));
    uint64_t m1 = (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(p + 1), b));
    uint64_t m2 = (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(p + 2), b));
    uint64_t m3 = (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(p + 3), b));
    return m0 | m1 << 16 | m2 << 32 | m3 << 48;
}
