/* The inner loops of keys.c, included once for each instruction set: LOOP(name) is the name there, LOOP_TARGET its
   attribute. Plain C that compilers turn into vectors; 32 bits, because that is the product which vectors have. */

/* sums[i] += (p[i] - first) * by; returns the largest p[i] - first, before anything is known to be in range. */
#define LOOP_ADD(name, type)                                                                                           \
    LOOP_TARGET static uint32_t LOOP(name)(const void *positions, uint32_t first, uint32_t by, uint32_t *sums,         \
                                           size_t n) {                                                                 \
        const type *p = positions;                                                                                     \
        uint32_t top = 0;                                                                                              \
        for (size_t i = 0; i < n; i++) {                                                                               \
            uint32_t at = p[i] - first;                                                                                \
            top = at > top ? at : top;                                                                                 \
            sums[i] += at * by;                                                                                        \
        }                                                                                                              \
        return top;                                                                                                    \
    }

LOOP_ADD(add8, uint8_t)
LOOP_ADD(add16, uint16_t)
LOOP_ADD(add32, uint32_t)
#undef LOOP_ADD

/* Widens n sums, all below 2^31, and returns whether each is larger than the one before. */
LOOP_TARGET static int LOOP(widen)(const uint32_t *sums, uint64_t *keys, size_t n) {
    uint32_t sign = 0; /* a step that is not up has the top bit of step - 1 */
    keys[0] = sums[0];
    for (size_t i = 1; i < n; i++) {
        sign |= sums[i] - sums[i - 1] - 1;
        keys[i] = sums[i];
    }
    return sign >> 31 == 0;
}
