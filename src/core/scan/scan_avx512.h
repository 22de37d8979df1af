IC_TARGET("avx512bw,avx512vl,bmi,bmi2,popcnt") static inline uint64_t block_equal_avx512(const char *block, char byte) {
    return _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(block), _mm512_set1_epi8(byte));
}
