#include "core/trade/trade.h"

#include "core/trade/bits.h"

void ic_trade_select(ic_cpu level) {
    ic_advantage_select(level);
    ic_cross_select(level);
    ic_second_select(level);
    ic_proximity_select(level);
}

void ic_bits_turn(size_t rows, size_t columns, const uint64_t *bits, uint64_t *out) {
    const size_t words = ic_trade_words(columns), tall = ic_trade_words(rows);
    for (size_t k = 0; k < columns * tall; k++) out[k] = 0;
    for (size_t r = 0; r < rows; r++) {
        const uint64_t bit = (uint64_t)1 << (r % IC_TRADE_BITS);
        IC_EACH_BIT(k, bits + r * words, words) { out[k * tall + r / IC_TRADE_BITS] |= bit; }
    }
}
