/* Where a reader of wide files puts its rows: one series per row, one period per column. Each thread fills a part; the values
   go straight to their place in one array, which becomes the cube when the rows come in the cube's order. */
#ifndef IC_GRID_H
#define IC_GRID_H

#include "core/period/period.h"
#include "core/read/read.h"

typedef struct ic_grid {
    size_t width; /* cells of a row, in the order of time */
    int32_t first;
    char freq;                /* of the contiguous axis from `first` on, or 0: */
    const ic_period *columns; /* then every cell of a row has a period of its own; else NULL */
    ic_block values, flags;   /* doubles, uint32; flags are zero where nothing was written */
    size_t room;              /* rows */
} ic_grid;

typedef struct ic_grid_row {
    uint64_t line; /* within the part */
    int8_t decimals;
    uint8_t digits;
} ic_grid_row;

typedef struct ic_grid_part {
    size_t n_dims;
    ic_dimension *dims; /* codes by first appearance here */
    ic_arena arena;
    uint32_t *codes; /* n_dims per row */
    size_t codes_room;
    ic_grid_row *rows;
    size_t rows_room;
    size_t base, used, room; /* rows of the grid */
    uint32_t any_flags;
    uint64_t unknown_marks[256];
    ic_dataset aside; /* its notes */
    uint64_t lines;
} ic_grid_part;

ic_status ic_grid_make(ic_grid *grid, size_t rows) IC_CHECKED;
ic_status ic_grid_grow(ic_grid *grid, size_t used, size_t rows) IC_CHECKED;
void ic_grid_free(ic_grid *grid);

ic_status ic_grid_part_open(ic_grid_part *part, size_t n_dims) IC_CHECKED;
void ic_grid_part_close(ic_grid_part *part);

/* Adds a row: its codes' numbers in part->dims. Its cells are at (part->base + number) * width. */
ic_status ic_grid_add(ic_grid_part *part, const uint32_t *codes, ic_grid_row row) IC_CHECKED;

IC_INLINE double *ic_grid_values(const ic_grid *grid, const ic_grid_part *part) {
    return (double *)grid->values.data + (part->base + part->used) * grid->width;
}
IC_INLINE uint32_t *ic_grid_flags(const ic_grid *grid, const ic_grid_part *part) {
    return (uint32_t *)grid->flags.data + (part->base + part->used) * grid->width;
}

/* Makes the grid part of `dataset`, whose dims (names) are set: a cube, or rows if options->want_long or the columns have
   several frequencies. `first_line` is that of the first part. */
ic_status ic_grid_finish(ic_dataset *dataset, ic_grid *grid, ic_grid_part *parts, size_t n, const ic_options *options,
                         uint64_t first_line, ic_error *error) IC_CHECKED;

/* ---- between grid.c, grid_cube.c and grid_rows.c: all parts as one ---- */
typedef struct ic_gridded {
    ic_dataset *dataset;
    ic_grid *grid;
    ic_grid_part *parts;
    size_t n, rows;
    const ic_options *options;
    uint32_t *codes;    /* n_dims per row: numbers in dataset->dims */
    ic_grid_row *about; /* per row; line counted in the file */
    uint8_t *gone;      /* per row: a duplicate that was dropped */
    uint32_t any_flags;
    ic_error *error;
} ic_gridded;

/* Marks rows as gone whose key is there twice, or says where, as options->duplicates has it. */
ic_status ic_grid_settle(ic_gridded *g) IC_CHECKED;
ic_status ic_grid_to_cube(ic_gridded *g) IC_CHECKED;
ic_status ic_grid_to_rows(ic_gridded *g) IC_CHECKED;

#endif
