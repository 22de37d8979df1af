/* The twin that the others are held against: eight bytes of a block at a time would be the same, only less plain. */
static inline uint64_t block_equal(const char *block, char byte) {
    uint64_t mask = 0;
    for (unsigned i = 0; i < 64; i++) mask |= (uint64_t)(block[i] == byte) << i;
    return mask;
}
