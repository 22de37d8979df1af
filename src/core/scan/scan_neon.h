static inline uint64_t block_equal(const char *block, char byte) {
    const uint8x16_t b = vdupq_n_u8((uint8_t)byte);
    const uint8x16_t bits = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8_t *p = (const uint8_t *)block;
    uint8x16_t m0 = vandq_u8(vceqq_u8(vld1q_u8(p), b), bits);
    uint8x16_t m1 = vandq_u8(vceqq_u8(vld1q_u8(p + 16), b), bits);
    uint8x16_t m2 = vandq_u8(vceqq_u8(vld1q_u8(p + 32), b), bits);
    uint8x16_t m3 = vandq_u8(vceqq_u8(vld1q_u8(p + 48), b), bits);
    uint8x16_t sum = vpaddq_u8(vpaddq_u8(m0, m1), vpaddq_u8(m2, m3));
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sum, sum)), 0);
}
