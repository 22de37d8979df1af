/* The room "cube": rows to a dense array and back, and rows numbered by series.

   A row is a position on every axis and what stands there: a value and its flags. The axes come as columns, each as
   narrow as it is; cells are numbered in C order, the last axis fastest. Nothing here knows names or codes.

   All functions give the same result, and the same error, to the bit for every number of threads. */
#ifndef IC_CUBE_H
#define IC_CUBE_H

#include "core/base/cpu.h"
#include "core/base/memory.h"
#include "core/base/status.h"

#define IC_CUBE_AXES 64 /* NumPy has no more either */

typedef struct ic_cube_axis {
    const void *positions; /* one per row, aligned: uint8_t, uint16_t, uint32_t (int32_t when it is time) or uint64_t */
    int width;             /* 1, 2, 4 or 8 bytes */
    int is_time;           /* positions are ordinals (width 4), `first` the one that stands at 0 */
    int32_t first;         /* 0 unless time */
    uint64_t size;         /* positions less `first` lie in 0 .. size-1, or the row is an error */
} ic_cube_axis;

/* Chooses the loops for this level: called once, before anything else here is. */
void ic_cube_select(ic_cpu level);

/* ---- series ------------------------------------------------------------------------------------------------ */

/* Rows with the same positions are one series; series are numbered from 0 by their first row.
   Gives index[row], int32_t (`*index_width` 4) when there are at most INT32_MAX rows, else int64_t, and first[series],
   int64_t: its first row, rising. A run of equal rows costs a comparison each; the rest is a table lookup when the
   axes span few cells, a hash otherwise, and nothing has to fit 64 bits: axes are numbered together in groups.
   Errors: IC_ARGUMENT (the lowest row with a position beyond its axis), IC_LIMIT, IC_MEMORY; then both are empty. */
ic_status ic_cube_series(const ic_cube_axis *axes, size_t n_axes, size_t rows, int threads, ic_block *index,
                         int *index_width, ic_block *first, size_t *n_series, ic_error *error) IC_CHECKED;

/* ---- scatter ----------------------------------------------------------------------------------------------- */

typedef enum ic_cube_duplicates {
    IC_CUBE_ERROR, /* two rows for one cell are an error */
    IC_CUBE_FIRST, /* the first row stays */
    IC_CUBE_LAST,  /* the last row stays */
    IC_CUBE_SUM    /* values are added (compensated, NaN wins), flags united */
} ic_cube_duplicates;

typedef struct ic_cube_rows {
    const ic_cube_axis *axes;
    size_t n_axes;
    size_t rows;
    const double *values;
    const uint32_t *flags; /* NULL: none */
} ic_cube_rows;

/* What is written where: row by row into cells that hold NaN and no flags. `values` and `flags` become blocks of as
   many cells as the axes span; `flags` stays empty when no row has any. More cells than `limit` are IC_LIMIT.

   Rows whose cells rise are written in one pass, holes filled on the way; other rows cost a bit per cell, because a NaN
   in a cell does not say that no row was there. Threads take rows in the first case and cells in the second.

   Errors: the lowest offending row decides. A position beyond its axis is IC_ARGUMENT; a row for a cell that has
   one already is IC_ARGUMENT too, with pair[0] < pair[1] the first row of that cell and the offending one (else both
   are SIZE_MAX). On any error both blocks are empty. */
ic_status ic_cube_scatter(const ic_cube_rows *in, ic_cube_duplicates duplicates, uint64_t limit, int threads,
                          ic_block *values, ic_block *flags, size_t pair[2], ic_error *error) IC_CHECKED;

/* ---- gather ------------------------------------------------------------------------------------------------ */

/* The way back: every cell with a value that is not NaN, or with flags (a reason), in C order. positions[k] becomes a
   column of ic_cube_width(sizes[k]) bytes each; where `time_axis` is k, int32_t indices instead (pass n_axes for none).
   `out_flags` stays empty when `flags` is NULL or no such cell has any. On error all blocks are empty. */
ic_status ic_cube_gather(const double *values, const uint32_t *flags, const uint64_t *sizes, size_t n_axes,
                         size_t time_axis, int threads, ic_block *positions, ic_block *out_values, ic_block *out_flags,
                         size_t *rows, ic_error *error) IC_CHECKED;

/* Bytes of the narrowest position that tells `size` codes apart: 1, 2, 4, or 8 (which gather refuses). */
int ic_cube_width(uint64_t size);

#endif
