/* Countries by products: who has an advantage in what, and what follows from that alone.

   A table of exports has `rows` countries and `columns` products, row after row. Whether a country has an advantage in a product
   is a bit: a row of bits is ic_trade_words(columns) words, product p is bit p % 64 of word p / 64, and bits beyond the last
   product are 0. Tables of many years stand one behind the other, and each is worked out by itself.

   Whatever has a sum in it does its additions in an order that depends on the sizes alone, so that every instruction set and
   every number of threads gives the same bits. */
#ifndef IC_TRADE_H
#define IC_TRADE_H

#include "core/base/kernel.h"

#define IC_TRADE_BITS 64
IC_INLINE size_t ic_trade_words(size_t columns) { return (columns + IC_TRADE_BITS - 1) / IC_TRADE_BITS; }

void ic_trade_select(ic_cpu level);

/* ---- advantage --------------------------------------------------------------------------------------------------------- */

typedef struct ic_exports {
    size_t years, rows, columns;
    const double *values; /* NaN counts as nothing */
} ic_exports;

/* Balassa's index, (x / row's total) / (column's total / total of all); NaN for a row or column without exports. `unfit` is the
   place of the first figure that is below zero or infinite, or -1: nothing is written then. */
ic_status ic_trade_advantage(const ic_exports *exports, double *out, int64_t *unfit, int threads) IC_CHECKED;

/* Where that index is at least `threshold` (above zero); with `as_given` where the figure itself is, whatever its sign.
   `bits` is years * rows * words; diversity years * rows; ubiquity years * columns. */
ic_status ic_trade_presence(const ic_exports *exports, double threshold, int as_given, uint64_t *bits,
                            int32_t *diversity, int32_t *ubiquity, int64_t *unfit, int threads) IC_CHECKED;

/* ---- what follows from presence ------------------------------------------------------------------------------------------ */

typedef struct ic_presence {
    size_t years, rows, columns;
    const uint64_t *bits;
} ic_presence;

#define IC_COMPLEXITY_FACTS 4 /* second and third eigenvalue, number of parts, steps that were needed */

/* The eigenvectors to the second eigenvalue of D^-1 M U^-1 M' (`country`) and U^-1 M' D^-1 M (`product`), scaled so that
   country = D^-1 M product and the country's is of length 1 under the weights D, of any sign. Found on the smaller side, in
   symmetric form. Where the graph of countries and products falls into several parts, the largest (most countries, then most
   products) is worked out alone: part 0. Others are numbered from 1 on, whatever is in no part at all is -1, and both have NaN. */
ic_status ic_trade_complexity(const ic_presence *presence, double *country, double *product, int32_t *country_part,
                              int32_t *product_part, double *facts, int threads) IC_CHECKED;

/* sum over products of M w, and sum over countries of M' v: either may be NULL together with what it is made of. */
ic_status ic_trade_sums(const ic_presence *presence, const double *product, double *by_country, const double *country,
                        double *by_product, int threads) IC_CHECKED;

/* How many countries have both products, over the larger of their ubiquities: years * columns * columns. NaN in the row and the
   column of a product that nobody has. */
ic_status ic_trade_proximity(const ic_presence *presence, double *out, int threads) IC_CHECKED;

/* sum over the products q that a country has, and (`all`, years * columns) over all, of proximity(p, q) * weight[q]; products
   that nobody has count as nothing, and get 0. `out` is years * rows * columns, weight years * columns. */
ic_status ic_trade_spread(const ic_presence *presence, const double *weight, double *out, double *all,
                          int threads) IC_CHECKED;

#define IC_FITNESS_FACTS 2 /* iterations, and the largest relative change of the last one */

/* F = M Q and Q = 1 / (M' (1 / F)), each over its mean, from 1 on, until no F (above `floor`) changes by more than `tolerance`
   of itself, at most `most` times. NaN for whoever has nothing. */
ic_status ic_trade_fitness(const ic_presence *presence, double tolerance, double floor, size_t most, double *fitness,
                           double *complexity, double *facts, int threads) IC_CHECKED;

#endif
