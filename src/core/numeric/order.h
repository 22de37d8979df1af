/* Sorting: many short series side by side, by a network without a branch; or one of any length, by its digits. */
#ifndef IC_NUMERIC_ORDER_H
#define IC_NUMERIC_ORDER_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/kernel.h"
#include "core/numeric/vector.h"

#if defined(IC_X86)
#include <immintrin.h>
#endif

#define IC_COLUMNS 8

/* The smaller of each pair to the first. gcc makes a comparison and two blends of it where two instructions do, so that
   levels which have these say so; the bits are the same. */
typedef void (*ic_exchanging)(ic_four *a, ic_four *b);

IC_INLINE void ic_exchange(ic_four *a, ic_four *b) {
    const ic_four x = *a, y = *b;
    *a = ic_four_less(x, y);
    *b = ic_four_more(x, y);
}

#if defined(IC_X86)
IC_TARGET("avx2") IC_INLINE void ic_exchange_avx2(ic_four *a, ic_four *b) {
    const __m256d x = (__m256d)*a, y = (__m256d)*b;
    *a = (ic_four)_mm256_min_pd(x, y);
    *b = (ic_four)_mm256_max_pd(y, x);
}
#endif

/* Eight rows of four columns are in registers for what is done among them. */
typedef struct ic_eight {
    ic_four a, b, c, d, e, f, g, h;
} ic_eight;

IC_INLINE ic_eight ic_eight_at(double (*rows)[IC_COLUMNS]) {
    return (ic_eight){ic_four_at(rows[0]), ic_four_at(rows[1]), ic_four_at(rows[2]), ic_four_at(rows[3]),
                      ic_four_at(rows[4]), ic_four_at(rows[5]), ic_four_at(rows[6]), ic_four_at(rows[7])};
}

IC_INLINE void ic_eight_to(double (*rows)[IC_COLUMNS], ic_eight x) {
    ic_four_to(rows[0], x.a), ic_four_to(rows[1], x.b), ic_four_to(rows[2], x.c), ic_four_to(rows[3], x.d);
    ic_four_to(rows[4], x.e), ic_four_to(rows[5], x.f), ic_four_to(rows[6], x.g), ic_four_to(rows[7], x.h);
}

/* Nineteen exchanges, the least that sort eight. */
IC_INLINE void ic_sort_eight(ic_exchanging exchange, double (*rows)[IC_COLUMNS]) {
    ic_eight x = ic_eight_at(rows);
    exchange(&x.a, &x.c), exchange(&x.b, &x.d), exchange(&x.e, &x.g), exchange(&x.f, &x.h);
    exchange(&x.a, &x.e), exchange(&x.b, &x.f), exchange(&x.c, &x.g), exchange(&x.d, &x.h);
    exchange(&x.a, &x.b), exchange(&x.c, &x.d), exchange(&x.e, &x.f), exchange(&x.g, &x.h);
    exchange(&x.c, &x.e), exchange(&x.d, &x.f);
    exchange(&x.b, &x.e), exchange(&x.d, &x.g);
    exchange(&x.b, &x.c), exchange(&x.d, &x.e), exchange(&x.f, &x.g);
    ic_eight_to(rows, x);
}

/* The last three steps of a merge: rows that are 4, 2 and 1 apart. */
IC_INLINE void ic_merge_eight(ic_exchanging exchange, double (*rows)[IC_COLUMNS]) {
    ic_eight x = ic_eight_at(rows);
    exchange(&x.a, &x.e), exchange(&x.b, &x.f), exchange(&x.c, &x.g), exchange(&x.d, &x.h);
    exchange(&x.a, &x.c), exchange(&x.b, &x.d), exchange(&x.e, &x.g), exchange(&x.f, &x.h);
    exchange(&x.a, &x.b), exchange(&x.c, &x.d), exchange(&x.e, &x.f), exchange(&x.g, &x.h);
    ic_eight_to(rows, x);
}

/* Exchanges rows 0 and 2, 1 and 3, 0 and 1, 2 and 3, of which those from number `there` on are not there: they would be
   larger than all. */
IC_INLINE void ic_exchange_four(ic_exchanging exchange, double *a, double *b, double *c, double *d, int there) {
    ic_four x = ic_four_at(a), y = ic_four_at(b);
    if (there == 4) {
        ic_four z = ic_four_at(c), w = ic_four_at(d);
        exchange(&x, &z);
        exchange(&y, &w);
        exchange(&x, &y);
        exchange(&z, &w);
        ic_four_to(c, z);
        ic_four_to(d, w);
    } else {
        if (there == 3) {
            ic_four z = ic_four_at(c);
            exchange(&x, &z);
            ic_four_to(c, z);
        }
        exchange(&x, &y);
    }
    ic_four_to(a, x);
    ic_four_to(b, y);
}

/* Merges two sorted runs of `half` rows each, 16 or more, of which the second may end early, at `n`. */
IC_INLINE void ic_merge_runs(ic_exchanging exchange, size_t n, size_t half, double (*rows)[IC_COLUMNS]) {
    const size_t end = n < 2 * half ? n : 2 * half;
    /* the second run turned about, and then the halves of both */
    for (size_t i = 0; i < half / 2; i++) {
        const size_t mirror = 2 * half - 1 - i, nearer = mirror - half / 2;
        double *const a = rows[i], *const b = rows[i + half / 2];
        if (mirror < end) {
            ic_four x = ic_four_at(a), y = ic_four_at(b), z = ic_four_at(rows[nearer]), w = ic_four_at(rows[mirror]);
            exchange(&x, &w);
            exchange(&y, &z);
            exchange(&x, &y);
            exchange(&z, &w);
            ic_four_to(rows[nearer], z);
            ic_four_to(rows[mirror], w);
            ic_four_to(a, x);
            ic_four_to(b, y);
        } else {
            ic_four x = ic_four_at(a), y = ic_four_at(b);
            if (nearer < end) {
                ic_four z = ic_four_at(rows[nearer]);
                exchange(&y, &z);
                ic_four_to(rows[nearer], z);
            }
            exchange(&x, &y);
            ic_four_to(a, x);
            ic_four_to(b, y);
        }
    }
    size_t apart = half / 4;
    for (; apart >= 16; apart /= 4) /* two steps at once */
        for (size_t from = 0; from < end; from += 2 * apart)
            for (size_t i = from; i < from + apart / 2 && i + apart / 2 < end; i++) {
                const size_t third = i + apart, fourth = third + apart / 2;
                ic_exchange_four(exchange, rows[i], rows[i + apart / 2], rows[third], rows[fourth],
                                 fourth < end  ? 4
                                 : third < end ? 3
                                               : 2);
            }
    if (apart >= 8)
        for (size_t from = 0; from + apart < end; from += 2 * apart)
            for (size_t i = from; i < from + apart && i + apart < end; i++) {
                ic_four x = ic_four_at(rows[i]), y = ic_four_at(rows[i + apart]);
                exchange(&x, &y);
                ic_four_to(rows[i], x);
                ic_four_to(rows[i + apart], y);
            }
    for (size_t i = 0; i < end; i += 8) ic_merge_eight(exchange, rows + i);
}

/* The rows that ic_sort_columns needs. */
IC_INLINE size_t ic_sorted_rows(size_t n) { return (n + 7) / 8 * 8; }

/* Sorts each of eight columns of n rows, of which none is NaN, upwards: a network of Batcher's for n in eights, in which
   what would stand beyond the end is larger than all. Rows up to ic_sorted_rows(n) are overwritten. It takes about
   n (log n)^2 / 4 exchanges, two of three in registers: for n up to some thousands. */
IC_INLINE void ic_sort_columns(ic_exchanging exchange, size_t n, double (*rows)[IC_COLUMNS]) {
    const size_t whole = ic_sorted_rows(n);
    for (size_t i = n; i < whole; i++)
        for (size_t c = 0; c < IC_COLUMNS; c++) rows[i][c] = (double)INFINITY;
    for (size_t c = 0; c < IC_COLUMNS; c += 4) {
        double (*const from)[IC_COLUMNS] = (double (*)[IC_COLUMNS])(rows[0] + c);
        for (size_t i = 0; i < whole; i += 8) ic_sort_eight(exchange, from + i);
        for (size_t i = 0; i + 8 < whole; i += 16) {
            for (size_t k = 0; k < 8; k++) {
                double *const a = from[i + k], *const b = from[i + 15 - k];
                ic_four x = ic_four_at(a), y = ic_four_at(b);
                exchange(&x, &y);
                ic_four_to(a, x);
                ic_four_to(b, y);
            }
            ic_merge_eight(exchange, from + i);
            ic_merge_eight(exchange, from + i + 8);
        }
        for (size_t half = 16; half < whole; half *= 2)
            for (size_t i = 0; i + half < whole; i += 2 * half) ic_merge_runs(exchange, whole - i, half, from + i);
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
