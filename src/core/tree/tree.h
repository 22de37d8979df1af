/* Figures added up along a classification: rows into groups, and the codes of a dense array into nodes. All sums are exact
   until they are rounded once, so that neither the threads nor the order of the rows can be seen in the result. */
#ifndef IC_TREE_H
#define IC_TREE_H

#include "core/base/cpu.h"
#include "core/base/status.h"

/* ---- rows -------------------------------------------------------------------------------------------------------- */

#define IC_TREE_AXES    8
#define IC_TREE_NOWHERE UINT32_MAX        /* in a map: rows of this code are in no group */
#define IC_TREE_CELLS   ((size_t)1 << 31) /* more than these are refused */

/* One column that groups are told apart by. */
typedef struct ic_tree_axis {
    const void *positions; /* of n rows, each below `codes` */
    int width;             /* 1, 2 or 4 bytes each */
    size_t codes;
    const uint32_t *map; /* the group of each code, below `size` or IC_TREE_NOWHERE; NULL: the codes are the groups */
    size_t size;
} ic_tree_axis;

typedef struct ic_tree_rows {
    size_t n;
    const double *values;  /* NaN: missing */
    const uint32_t *flags; /* or NULL */
    const ic_tree_axis *axes;
    size_t n_axes;
} ic_tree_rows;

/* A cell for each combination of groups, in C order. */
typedef struct ic_tree_cells {
    double *sums;      /* of the rows that have a value; 0 where none has */
    uint64_t *valued;  /* rows that have a value */
    uint64_t *missing; /* rows that have none */
    uint32_t *flags;   /* of rows that have a value; NULL where there are no flags */
    uint32_t *reasons; /* of those that have none; likewise */
} ic_tree_cells;

/* IC_ARGUMENT: a position that is no code's, or more than IC_TREE_CELLS cells. */
ic_status ic_tree_sums(const ic_tree_rows *rows, const ic_tree_cells *cells, int threads) IC_CHECKED;

/* ---- arrays ------------------------------------------------------------------------------------------------------ */

/* What is done, in order, to find all nodes of a tree: sums that are still open are kept in slots. */
typedef enum ic_tree_verb {
    IC_TREE_BEGIN, /* slot: 0 */
    IC_TREE_ADD,   /* slot += weight * the figures of code `at` */
    IC_TREE_JOIN,  /* slot += slot `at` */
    IC_TREE_END    /* node `at` is the slot's */
} ic_tree_verb;

typedef struct ic_tree_step {
    int32_t verb, slot, at;
} ic_tree_step;

typedef enum ic_tree_how { IC_TREE_SUM, IC_TREE_MEAN, IC_TREE_COUNT, IC_TREE_COVERAGE } ic_tree_how;

/* values[outer][codes][inner] to results[outer][nodes][inner]. Whatever a slot is made of was added to it or to slots that
   were joined to it between the slot's BEGIN and its END. */
typedef struct ic_tree_plan {
    const ic_tree_step *steps;
    const double *weights; /* of each step */
    size_t n_steps, slots;
    size_t outer, codes, inner, nodes;
    ic_tree_how how;
    double coverage; /* the share of a node's weights that must have a value */
} ic_tree_plan;

/* `flags` may be NULL, `result_flags` may not. A node with a missing part is PARTIAL; it is NaN if less than `coverage` of
   it has a value, and then has the flags of the missing ones too. */
ic_status ic_tree_roll(const ic_tree_plan *plan, const double *values, const uint32_t *flags, double *results,
                       uint32_t *result_flags, int threads) IC_CHECKED;

/* Written once, at import. */
void ic_tree_select(ic_cpu level);

#endif
