/* What the columns of a long table are, by its head row and what the options say about it. */
#ifndef IC_LONG_PLAN_H
#define IC_LONG_PLAN_H

#include "core/read/read.h"
#include "core/syntax/delimited.h"

typedef enum ic_column_kind {
    IC_COLUMN_SKIPPED, /* SERIES_KEY, OBS_KEY, STRUCTURE_NAME, names of what has a code beside it */
    IC_COLUMN_DIM,     /* number: of the dimension */
    IC_COLUMN_LABEL,   /* number: of the dimension whose codes it names; until the plan is settled, of its column */
    IC_COLUMN_TIME,
    IC_COLUMN_VALUE,        /* number: of the measure */
    IC_COLUMN_STATUS,       /* OBS_STATUS, OBS_FLAG */
    IC_COLUMN_CONFIDENTIAL, /* CONF_STATUS, OBS_CONF */
    IC_COLUMN_SYMBOL,       /* STATUS and SYMBOL of Statistics Canada */
    IC_COLUMN_STRUCTURE,    /* DATAFLOW, STRUCTURE_ID */
    IC_COLUMN_ACTION,
    IC_COLUMN_ATTRIBUTE
} ic_column_kind;

#define IC_NO_ATTRIBUTE SIZE_MAX

typedef struct ic_column {
    ic_column_kind kind;
    size_t number;
    size_t attribute; /* its number among the attributes, whatever else it is, or IC_NO_ATTRIBUTE */
    const char *name;
    const char *title; /* labels=both: the words behind the name; or NULL */
    int by_digits;     /* codes of more digits are parts of those of fewer: level= chooses */
} ic_column;

typedef struct ic_long_plan {
    ic_arena arena;
    ic_column *columns;
    size_t n_columns, n_dims, n_measures, n_attributes;
    char separator;
    char decimal;   /* '.' or ',' */
    char thousands; /* ic_number_style's; 0: none */
    int words;      /* missing values may be words, such as NA */
    int remarks;    /* behind the rows there may be remarks */
    int labelled;   /* labels=both: cells are "code: label" */
    int has_time;
    size_t freq_dim; /* the dimension FREQ, or n_dims */
    char freq;       /* the FREQ code of all rows, where there is no such dimension; or 0 */
    /* the columns [0, prefix) and [core_end, n_columns) say the same in neighbouring rows; those between hold period,
       value and flags. `fast`: nothing else stands between them */
    size_t prefix, core_end;
    int fast;
    int key_in_front; /* all that decides whether a row is wanted stands before the core */
} ic_long_plan;

/* The columns as the head row names them: all dimensions so far. An error has no place yet. */
ic_status ic_long_plan_columns(ic_long_plan *plan, const ic_row *head, ic_error *error) IC_CHECKED;

/* The options' own words for what is a dimension, a measure and time, over what the format makes of the columns. */
void ic_long_plan_ask(ic_long_plan *plan, const ic_options *options);

/* From columns whose name, kind and attribute (or IC_NO_ATTRIBUTE) are set: numbers them, and finds what the fast path needs. */
ic_status ic_long_plan_settle(ic_long_plan *plan, const ic_options *options, ic_error *error) IC_CHECKED;

/* The filters must name dimensions that are there. */
ic_status ic_long_plan_filters(const ic_long_plan *plan, const ic_options *options, ic_error *error) IC_CHECKED;

/* Decides the decimal mark from some rows, once for the file. */
ic_status ic_long_plan_decimal(ic_long_plan *plan, const char *rows, const char *end, ic_row *scratch) IC_CHECKED;

/* Gives the data set its dimensions' and attributes' names. With several measures the last dimension is "measure". */
ic_status ic_long_plan_name(const ic_long_plan *plan, ic_dataset *dataset) IC_CHECKED;

void ic_long_plan_free(ic_long_plan *plan);

#endif
