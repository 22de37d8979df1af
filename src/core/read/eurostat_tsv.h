/* One thread's part of a Eurostat TSV file. eurostat_tsv.c reads the head and divides the file, eurostat_tsv_rows.c reads
   the rows. */
#ifndef IC_EUROSTAT_TSV_H
#define IC_EUROSTAT_TSV_H

#include "core/number/number_shape.h"
#include "core/read/grid.h"
#include "core/read/parts.h"
#include "core/syntax/window.h"

#define IC_NO_SLOT UINT32_MAX

typedef struct ic_tsv_head {
    ic_arena arena;
    const char **dims;
    size_t n_dims, n_columns;
    uint32_t *
        slots; /* per column: its cell in the grid's rows, or IC_NO_SLOT if its period is not wanted or on no calendar */
    const char **texts; /* per column: the period as written */
    uint8_t *unplaced;  /* per column: it is on no calendar */
    int gaps;           /* some cells of the grid's rows belong to no column */
    ic_period *columns; /* several frequencies: the cells' periods */
    uint64_t lines;     /* the head's: one */
} ic_tsv_head;

typedef struct ic_tsv_part {
    const ic_tsv_head *head;
    const ic_options *options;
    const ic_source *source;
    ic_grid *grid;
    uint64_t from, until; /* rows that start here or later, but before `until` */
    int inside;           /* `from` may lie inside a row: begin behind the next line feed */
    uint64_t rows;        /* that start in the part (empty ones too), once they were counted */
    int may_grow;         /* the grid belongs to this part alone */
    ic_window window;
    ic_grid_part sink;
    uint32_t *codes;           /* of the row */
    const ic_filter **filters; /* per dimension, or NULL */
    ic_number_shape shape;
    ic_error error;
    ic_status status;
    const int *cancel; /* set: the first part has failed, which is all that will be told */
} ic_tsv_part;

ic_status ic_tsv_part_read(ic_tsv_part *part) IC_CHECKED;

#endif
