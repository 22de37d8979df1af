#include "core/numeric/order.h"

#include <string.h>

uint64_t ic_order_key(double x) {
    uint64_t bits;
    x += 0.0;
    memcpy(&bits, &x, sizeof bits);
    return bits ^ (bits >> 63 ? ~(uint64_t)0 : (uint64_t)1 << 63);
}

double ic_order_value(uint64_t key) {
    const uint64_t bits = key ^ (key >> 63 ? (uint64_t)1 << 63 : ~(uint64_t)0);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* A byte at a time, from the last; bytes that are the same for all are passed over. */
void ic_sort_keyed(size_t n, ic_keyed *keyed, ic_keyed *spare) {
    size_t counts[8][256];
    memset(counts, 0, sizeof counts);
    for (size_t i = 0; i < n; i++)
        for (int byte = 0; byte < 8; byte++) counts[byte][keyed[i].key >> (8 * byte) & 255]++;
    ic_keyed *from = keyed, *to = spare;
    for (int byte = 0; byte < 8 && n > 0; byte++) {
        if (counts[byte][keyed[0].key >> (8 * byte) & 255] == n) continue;
        size_t place = 0;
        for (int digit = 0; digit < 256; digit++) {
            const size_t count = counts[byte][digit];
            counts[byte][digit] = place;
            place += count;
        }
        for (size_t i = 0; i < n; i++) to[counts[byte][from[i].key >> (8 * byte) & 255]++] = from[i];
        ic_keyed *const other = from;
        from = to;
        to = other;
    }
    if (from != keyed) memcpy(keyed, from, n * sizeof *keyed);
}
