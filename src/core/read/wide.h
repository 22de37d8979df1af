/* Wide tables in delimited text: columns of texts, and a cell for each period. The format reads the head and says in an ic_wide
   what the columns are; this reads the rows into a grid, and hands what stands behind the table back to the format. */
#ifndef IC_WIDE_H
#define IC_WIDE_H

#include "core/number/number.h"
#include "core/read/grid.h"
#include "core/syntax/delimited.h"
#include "core/syntax/window.h"

#define IC_WIDE_NOWHERE UINT32_MAX

typedef enum ic_wide_kind { IC_WIDE_SKIPPED, IC_WIDE_DIM, IC_WIDE_LABEL, IC_WIDE_CELL } ic_wide_kind;

typedef struct ic_wide_column {
    ic_wide_kind kind;
    const char *name; /* the head's text */
    size_t dim;       /* DIM: which it is; LABEL: whose codes it names */
    ic_period period; /* CELL */
    int unplaced;     /* CELL: its period is on no calendar */
    uint32_t slot;    /* CELL: of the grid's row, or IC_WIDE_NOWHERE; set by ic_wide_lay_out */
    int leads;        /* DIM, LABEL: the first column that says something about its dimension; set by ic_wide_lay_out */
} ic_wide_column;

typedef struct ic_wide_dim {
    const char *name;
    const char *title; /* or NULL */
    const char *fixed; /* the one code that all rows have, or NULL: a column holds it */
} ic_wide_dim;

typedef struct ic_wide {
    ic_arena arena; /* names and periods */
    ic_wide_column *columns;
    size_t n_columns;
    ic_wide_dim *dims;
    size_t n_dims;
    char separator;
    ic_number_style style;
    int spare; /* rows may end in empty fields that the head does not have */
    /* set by ic_wide_lay_out */
    size_t first_cell;
    int gaps;           /* some cells of the grid's rows belong to no column */
    int quick;          /* behind the first cell there are only cells, of plain periods */
    int straight;       /* and each has the slot behind the one before */
    uint32_t *slots;    /* of all columns */
    ic_period *periods; /* of the grid's cells, where they have several frequencies */
    ic_grid grid;
    /* Whether a row stands behind the table: then all that follows does too, and goes to `behind` line by line. Asked about
       rows that have an empty code or are not as long as the head, and about those that `marked` (may be NULL) finds
       suspicious by their first bytes. */
    int (*ends)(const struct ic_wide *wide, const ic_row *row);
    int (*marked)(const char *row, size_t length);
    ic_status (*behind)(void *context, const char *line, size_t length);
    /* May be NULL: what else a row says, in its other fields, about its cells. `codes` are those of the dimensions; flags that
       it sets are added to *any. Rows are then read by the plain path. */
    ic_status (*row)(void *context, const ic_row *row, const ic_field *codes, const double *values, uint32_t *flags,
                     uint32_t *any);
    void *context;
    uint64_t line; /* of the row that comes next */
} ic_wide;

/* From the periods of the columns: the calendar of the grid, and each column's slot. */
ic_status ic_wide_lay_out(ic_wide *wide, const ic_options *options, ic_error *error) IC_CHECKED;

/* Reads the rows from window->begin on, and makes the data set: dimensions, values, flags, time. */
ic_status ic_wide_read(ic_wide *wide, ic_window *window, const ic_options *options, ic_dataset *dataset,
                       ic_error *error) IC_CHECKED;

void ic_wide_free(ic_wide *wide);

#endif
