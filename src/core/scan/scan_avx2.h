IC_TARGET("avx2,bmi,bmi2,popcnt") static inline uint64_t block_equal_avx2(const char *block, char byte) {
    const __m256i b = _mm256_set1_epi8(byte);
    const __m256i *p = (const __m256i *)(const void *)block;
    uint64_t low = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256(p), b));
    uint64_t high = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256(p + 1), b));
    return low | high << 32;
}
