/* One thread's part of a wide table. wide.c divides the file, wide_rows.c reads the rows, wide_quick.c those of them that are
   plain. */
#ifndef IC_WIDE_PART_H
#define IC_WIDE_PART_H

#include "core/number/number_shape.h"
#include "core/read/wide.h"

typedef struct ic_wide_part {
    const ic_wide *wide;
    const ic_options *options;
    const ic_source *source;
    ic_grid *grid;
    const ic_filter **filters; /* per dimension, or NULL */
    uint64_t from, until;      /* rows that start here or later, but before `until` */
    int inside;                /* `from` may lie inside a row: begin behind the next line feed */
    uint64_t counted;          /* rows that start in the part, at most */
    uint64_t most;             /* that it may have */
    int may_grow;              /* the grid belongs to this part alone */
    int polls;
    const int *cancel; /* see ic_parts_cancel */
    ic_window window;
    ic_grid_part sink;
    uint64_t began, ended; /* in the file */
    int behind;            /* the table has ended at the window's begin */
    size_t remarks;        /* lines behind it */
    ic_status status;
    ic_error error; /* its line is counted from the part's first */
    /* the row that is read */
    ic_row row;
    ic_field *texts; /* per dimension: its code; then its label */
    uint32_t *codes; /* per dimension */
    ic_grid_row about;
    uint32_t any;
    ic_number_shape shape;
    /* what columns said in front of the cells, as bytes with their separator: by column, then by the dimension's code */
    struct ic_wide_said {
        ic_text *texts;
        size_t room;
    } *said;
    ic_arena said_arena;
    size_t said_bytes;
    const char **starts; /* of the row's columns in front of the cells; one more where these begin */
} ic_wide_part;

ic_status ic_wide_part_open(ic_wide_part *part) IC_CHECKED;
/* Reads up to the end of the part, or of the table. */
ic_status ic_wide_part_read(ic_wide_part *part) IC_CHECKED;
/* Reads what stands behind the table, up to the end of the file. */
ic_status ic_wide_part_behind(ic_wide_part *part) IC_CHECKED;
void ic_wide_part_close(ic_wide_part *part);

/* ---- between wide_rows.c and wide_quick.c ------------------------------------------------------------------------ */

/* The row at the window's begin, which is whole, if it is plain: *next is behind it, or NULL where it isn't. */
ic_status ic_wide_quick(ic_wide_part *part, const char **next) IC_CHECKED;

ic_field ic_wide_trimmed(ic_field field);
/* Whether the filters let the row's codes pass. */
int ic_wide_wanted(const ic_wide_part *part);
/* A place for the row's cells. */
ic_status ic_wide_begin_cells(ic_wide_part *part) IC_CHECKED;
/* What a cell says that is no plain figure; 0 if that is nothing that a cell may say. */
int ic_wide_cell(const ic_wide *wide, ic_field field, ic_number *number, uint32_t *flags);
/* The row is complete: its codes' texts; or their numbers, if these are `known`. */
ic_status ic_wide_end_row(ic_wide_part *part, int known) IC_CHECKED;

#endif
