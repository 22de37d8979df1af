/* Sorting: many short series side by side, by a network without a branch; or one of any length, by its digits. */
#ifndef IC_NUMERIC_ORDER_H
#define IC_NUMERIC_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/kernel.h"

#define IC_COLUMNS 8

/* The smaller of each pair to the first. Said in vectors, of which a compiler makes what a level has: of a loop over eight it
   makes eight branches. */
#if defined(__GNUC__) || defined(__clang__)
#define IC_HAS_FOUR 1
typedef double ic_four __attribute__((vector_size(32), aligned(8), may_alias));
typedef int64_t ic_four_bits __attribute__((vector_size(32), aligned(8), may_alias));
IC_INLINE void ic_exchange(double *a, double *b) {
    for (size_t c = 0; c < IC_COLUMNS; c += 4) {
        const ic_four x = *(const ic_four *)(a + c), y = *(const ic_four *)(b + c);
        const ic_four_bits less = x < y, of_x = (ic_four_bits)x, of_y = (ic_four_bits)y;
        *(ic_four *)(a + c) = (ic_four)((of_x & less) | (of_y & ~less));
        *(ic_four *)(b + c) = (ic_four)((of_y & less) | (of_x & ~less));
    }
}
#else
#define IC_HAS_FOUR 0
IC_INLINE void ic_exchange(double *a, double *b) {
    for (size_t c = 0; c < IC_COLUMNS; c++) {
        const double x = a[c], y = b[c];
        a[c] = x < y ? x : y;
        b[c] = x < y ? y : x;
    }
}
#endif

/* Sorts each of eight columns of n rows, of which none is NaN, upwards (Batcher's odd-even merge, for any n: what would
   stand beyond the n is larger than all). Takes n (log n)^2 / 4 exchanges: for n up to some thousands. */
IC_INLINE void ic_sort_columns(size_t n, double (*rows)[IC_COLUMNS]) {
    for (size_t half = 1; half < n; half *= 2)
        for (size_t apart = half; apart > 0; apart /= 2)
            for (size_t from = apart & (half - 1); from + apart < n; from += 2 * apart) {
                const size_t end = n - apart < from + apart ? n - apart : from + apart;
                if (((from ^ (from + apart)) & ~(2 * half - 1)) != 0) continue; /* the same for all of a run */
                for (size_t i = from; i < end; i++) ic_exchange(rows[i], rows[i + apart]);
            }
}

typedef struct ic_keyed {
    uint64_t key, index;
} ic_keyed;

/* The bits of a double as an unsigned number in the order of the doubles; -0 is 0. */
uint64_t ic_order_key(double x);
double ic_order_value(uint64_t key);

/* Sorts upwards by key; equal ones stay in their order. `spare` is as long. */
void ic_sort_keyed(size_t n, ic_keyed *keyed, ic_keyed *spare);

#endif
