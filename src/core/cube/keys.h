/* Inside the room: rows turned into the number of their cell, a block at a time. */
#ifndef IC_CUBE_KEYS_H
#define IC_CUBE_KEYS_H

#include "core/cube/cube.h"

/* Rows per block: keys and what is read beside them stay in the first-level cache. */
#define IC_CUBE_BLOCK 1024

typedef struct ic_cube_keys {
    size_t n_axes;
    const ic_cube_axis *axes;
    uint64_t strides[IC_CUBE_AXES];
    uint64_t cells; /* product of the sizes, at most 2^62 */
} ic_cube_keys;

/* Whether the axes together span at most 2^62 cells. */
int ic_cube_fits(const ic_cube_axis *axes, size_t n_axes);

/* Strides in C order. IC_LIMIT when there are more axes or cells than can be, or more cells than `limit`. */
ic_status ic_cube_keys_make(ic_cube_keys *k, const ic_cube_axis *axes, size_t n_axes, uint64_t limit,
                            ic_error *error) IC_CHECKED;

/* What is known about a block of keys beside them. */
enum {
    IC_CUBE_CONSTANT = 1, /* all are equal (for certain; without it they may be, too) */
    IC_CUBE_RISING = 2    /* each is larger than the one before */
};

/* Keys of the rows begin .. begin+n-1 (n <= IC_CUBE_BLOCK). Returns how many of them come before the first row that has
   a position beyond its axis: n if none has. `traits` (may be NULL) is about the keys returned. */
size_t ic_cube_keys_block(const ic_cube_keys *k, size_t begin, size_t n, uint64_t *keys, int *traits);

/* The error for a row that ic_cube_keys_block() stopped at. */
ic_status ic_cube_keys_fail(const ic_cube_keys *k, size_t row, ic_error *error);

/* As many threads as there is work for. */
int ic_cube_threads(int threads, size_t rows);

#if defined(__GNUC__) || defined(__clang__)
#define IC_CUBE_PREFETCH(p) __builtin_prefetch((p), 1)
#else
#define IC_CUBE_PREFETCH(p) ((void)0)
#endif

#endif
