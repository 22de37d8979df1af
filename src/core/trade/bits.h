/* Rows of bits, and what the files of this room share about them. */
#ifndef IC_TRADE_BITS_H
#define IC_TRADE_BITS_H

#include "core/trade/trade.h"

/* The lowest bit that is set, in a word that is not 0. */
IC_INLINE unsigned ic_bit_lowest(uint64_t word) { return (unsigned)__builtin_ctzll(word); }

/* Without an instruction for it: the same number. */
IC_INLINE unsigned ic_bit_count(uint64_t x) {
    x = x - ((x >> 1) & 0x5555555555555555u);
    x = (x & 0x3333333333333333u) + ((x >> 2) & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (unsigned)((x * 0x0101010101010101u) >> 56);
}

/* for every bit k of `count` words, in rising order */
#define IC_EACH_BIT(k, words, count)                                                                                   \
    for (size_t ic_w_ = 0; ic_w_ < (count); ic_w_++)                                                                   \
        for (uint64_t ic_left_ = (words)[ic_w_]; ic_left_ != 0; ic_left_ &= ic_left_ - 1)                              \
            for (size_t k = ic_w_ * IC_TRADE_BITS + ic_bit_lowest(ic_left_), ic_once_ = 1; ic_once_ != 0; ic_once_ = 0)

/* Bits turned about: `out` has `columns` rows of ic_trade_words(rows) words. */
void ic_bits_turn(size_t rows, size_t columns, const uint64_t *bits, uint64_t *out);

/* sum over the columns k that both rows have of 1 / (how many rows have column k); an n by n matrix, both halves.
   `count` gets how many rows have each column. */
ic_status ic_trade_cross(size_t n, size_t columns, const uint64_t *bits, uint32_t *count, double *out) IC_CHECKED;

/* Of a symmetric matrix with the eigenvector `first` (of length 1) to its largest eigenvalue: the second eigenvalue, a vector of
   length 1 to it, and the third eigenvalue, which equals the second where that is a multiple one. n from 2 on; with n = 2 the
   third is NaN. `steps` says how many products with the matrix it took. */
typedef struct ic_second {
    double second, third;
    size_t steps;
} ic_second;
ic_status ic_trade_second(size_t n, const double *matrix, const double *first, double *vector,
                          ic_second *found) IC_CHECKED;

/* The smallest part of the work that a thread takes reports failure here, as the first one did. */
typedef struct ic_trade_team {
    ic_status status; /* written by whoever fails */
} ic_trade_team;
IC_INLINE void ic_trade_failed(ic_trade_team *team, ic_status status) {
    if (status != IC_OK) __atomic_store_n(&team->status, status, __ATOMIC_RELAXED);
}

void ic_advantage_select(ic_cpu level);
void ic_cross_select(ic_cpu level);
void ic_second_select(ic_cpu level);
void ic_proximity_select(ic_cpu level);

#endif
