/* Rows folded into cells while they are read, so that a file of any size becomes a table of the size that was asked for. A
   reader fills a small buffer of rows, and empties it into an ic_fold, one for each thread; collapse_merge.c makes one data
   set of those. Sums are exact until they are rounded once, so that neither the threads nor the order of the rows can be
   seen in the result. */
#ifndef IC_COLLAPSE_H
#define IC_COLLAPSE_H

#include "core/base/memory.h"
#include "core/numeric/total.h"
#include "core/read/long_plan.h"

#define IC_FOLD_ROWS ((size_t)4096)    /* of a buffer: it stays in the first cache but one */
#define IC_FOLD_KEYS ((size_t)1 << 16) /* keys that a buffer's rows may have gathered before they are forgotten */

/* ---- cells ------------------------------------------------------------------------------------------------------- */

/* The rows of one group and one x. */
typedef struct ic_cell {
    ic_total total; /* SUM; MIN and MAX are in `high` */
    uint32_t group;
    int32_t x;       /* what changes from row to row: the period's ordinal, or a code */
    uint32_t valued; /* rows that have a value */
    uint32_t more;   /* 0, or 1 + its place in ic_cells.more */
} ic_cell;

typedef struct ic_cell_more {
    uint32_t flags;   /* of rows that have a value */
    uint32_t reasons; /* flags of those that have none */
    uint32_t missing; /* how many they are */
    uint32_t wide;    /* 0, or 1 + its place in ic_cells.wides */
} ic_cell_more;

typedef struct ic_cells {
    ic_rule rule;
    ic_cell *cells; /* by first appearance */
    size_t count, room;
    uint32_t *slots; /* cell + 1, or 0: open addressing */
    size_t mask;
    ic_block cell_block, slot_block; /* where those are */
    ic_cell_more *more;
    size_t n_more, more_room;
    ic_total_wide *wides;
    size_t n_wides, wide_room;
} ic_cells;

/* The cell's number, new or known. */
ic_status ic_cells_find(ic_cells *cells, uint32_t group, int32_t x, uint32_t *cell) IC_CHECKED;
/* Adds a row's value, NaN for none, and flags. */
ic_status ic_cells_add(ic_cells *cells, uint32_t cell, double value, uint32_t flags) IC_CHECKED;
/* Adds all that a cell of other cells holds. */
ic_status ic_cells_join(ic_cells *cells, uint32_t cell, const ic_cells *others, uint32_t other) IC_CHECKED;
/* What comes of a cell. A value is missing where rows without one are more than `coverage` allows. */
double ic_cells_value(const ic_cells *cells, uint32_t cell, double coverage, uint32_t *flags);
/* Cells before `count` won't be asked for again, nor found. */
void ic_cells_forget(ic_cells *cells, size_t count);
void ic_cells_free(ic_cells *cells);

/* The decimals of what comes of figures with so many: a sum of rounded figures isn't rounded as they are. */
void ic_rule_decimals(ic_rule rule, int8_t *decimals);

/* ---- codes ------------------------------------------------------------------------------------------------------- */

#define IC_GONE    SIZE_MAX         /* a dimension that the result doesn't have */
#define IC_REFUSED (UINT32_MAX - 3) /* in the place of a code: of a row that is counted, not folded */

/* What becomes of the source's dimensions; shared by all threads. */
typedef struct ic_fold_dim {
    const char *name;
    size_t kept;             /* its number in the result, or IC_GONE */
    const ic_recode *recode; /* or NULL */
    int refuses;             /* some code or other */
    ic_intern from;          /* its codes of the source */
    ic_intern codes;         /* its new ones */
} ic_fold_dim;

typedef struct ic_fold_plan {
    const ic_collapse *asked;
    ic_fold_dim *dims;
    size_t n_dims, n_kept;
} ic_fold_plan;

/* From a plan with named columns. IC_ARGUMENT: there is no such dimension. */
ic_status ic_fold_plan_make(ic_fold_plan *plan, const ic_long_plan *columns, const ic_options *options,
                            ic_error *error) IC_CHECKED;
void ic_fold_plan_free(ic_fold_plan *plan);
/* What a code becomes: IC_ABSENT (dropped), IC_REFUSED, a number in dim->codes, or IC_OTHERS_STAY for one of its own. */
uint32_t ic_fold_recoded(const ic_fold_dim *dim, const char *text, size_t length);

/* One thread's codes, groups and cells. */
typedef struct ic_fold {
    const ic_fold_plan *plan;
    ic_intern *codes; /* per dimension of the source that is recoded: the result's */
    uint32_t **to;    /* per dimension of the source and code in it: the result's, or IC_REFUSED */
    size_t *known, *to_room;
    uint64_t **refused; /* per dimension and code: rows */
    size_t *n_refused;
    ic_intern groups; /* n_kept codes, the ordinal where it isn't x, the frequency: all int32 */
    int32_t *key;     /* scratch: a group */
    ic_cells cells;
    uint64_t rows; /* that were folded */
    uint32_t
        *units; /* n_units per group: what its figures are measured in, as numbers of texts; IC_ABSENT: nothing said */
    size_t n_units, unit_room;
} ic_fold;

ic_status ic_fold_open(ic_fold *fold, const ic_fold_plan *plan) IC_CHECKED;
/* Learns what has become of the codes of a dimension that are new since it was last asked. */
ic_status ic_fold_learn(ic_fold *fold, size_t dim, const ic_intern *codes) IC_CHECKED;
/* Counts rows with a code that is refused. */
ic_status ic_fold_refuse(ic_fold *fold, size_t dim, uint32_t code, uint64_t rows) IC_CHECKED;
/* The number of the group in fold->key. */
ic_status ic_fold_group(ic_fold *fold, uint32_t *group) IC_CHECKED;
/* Folds rows of one group: their x, or `same` for all where xs is NULL; flags may be NULL. */
ic_status ic_fold_rows(ic_fold *fold, uint32_t group, const int32_t *xs, int32_t same, const double *values,
                       const uint32_t *flags, size_t n) IC_CHECKED;
/* Says what figures of a group are measured in; *before is what was said before. Both are the same, or it was IC_ABSENT, if
   they may be added up. */
ic_status ic_fold_unit(ic_fold *fold, uint32_t group, size_t unit, uint32_t text, uint32_t *before) IC_CHECKED;
void ic_fold_close(ic_fold *fold);

/* What a code of the source has become; learnt before. */
IC_INLINE uint32_t ic_fold_code(const ic_fold *fold, size_t dim, uint32_t code) {
    return fold->to[dim] != NULL ? fold->to[dim][code] : code;
}

/* ---- the result -------------------------------------------------------------------------------------------------- */

typedef struct ic_fold_end {
    const ic_fold_plan *plan;
    ic_fold *const *folds; /* of the threads, in the order of the file; they are emptied on the way */
    size_t n;
    const ic_intern *const *codes;     /* [fold * n_dims + dim]: of the source */
    const ic_dimension *const *labels; /* the same, where labels may be; or NULL */
    size_t x_dim;                      /* the dimension of the result that x is a code of; IC_GONE: none */
    int x_time;                        /* x is the period's ordinal */
    const size_t *units;               /* [n_units]: attributes of the data set */
    int by_series;                     /* series are told apart, by groups */
    int8_t decimals;                   /* of all series */
    const ic_options *options;
    ic_dataset *dataset; /* named, with the source's dimensions */
    ic_error *error;
} ic_fold_end;

/* Figures of both would be added up. */
ic_status ic_folds_differ(const ic_fold_end *end, size_t unit, uint32_t text, uint32_t other) IC_CHECKED;
/* Makes the data set's rows and dimensions of the cells, and says what became of the others. */
ic_status ic_folds_merge(ic_fold_end *end) IC_CHECKED;

#endif
