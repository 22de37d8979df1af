/* Any table in delimited text. table.c finds the dialect and the head and reads the rows; table_roles.c decides what the columns
   are. Whatever is guessed is said, and can be overruled; of two guesses that are equally good none is made. */
#ifndef IC_TABLE_H
#define IC_TABLE_H

#include "core/number/number.h"
#include "core/period/period.h"
#include "core/read/read.h"
#include "core/syntax/delimited.h"

typedef enum ic_table_role {
    IC_TABLE_DIM,
    IC_TABLE_LABEL, /* of: the column whose codes it names */
    IC_TABLE_TIME,
    IC_TABLE_VALUE,
    IC_TABLE_CELL, /* a wide table's: the head is a period */
    IC_TABLE_ATTRIBUTE,
    IC_TABLE_SYMBOL /* of Statistics Canada */
} ic_table_role;

typedef struct ic_table_column {
    const char *name;
    ic_table_role role;
    size_t of;
    ic_period period; /* of the head */
    ic_period_result head;
    const char *unit; /* from a row of units, or NULL */
    /* what the sample says */
    ic_intern values; /* distinct texts */
    size_t filled;    /* rows that say something */
    int numeric;      /* all that say something are figures, and no codes such as "001" */
    int whole;        /* ... without decimals */
    int periods;      /* all that say something are periods */
    int consecutive; /* ... of four digits, one a year without a gap, from 1800 to 2200; or spelled as no bare number */
} ic_table_column;

typedef struct ic_table {
    ic_arena arena;
    char separator;
    ic_number_style style;
    ic_table_column *columns;
    size_t n_columns;
    int wide;
    uint32_t *sample; /* per row and column: the text's number in values */
    size_t n_rows;
} ic_table;

/* Decides the decimal mark and the separator of thousands from the sample, and with them which columns hold figures. */
ic_status ic_table_style(ic_table *table, const ic_options *options, ic_error *error) IC_CHECKED;
/* Gives every column its role. */
ic_status ic_table_roles(ic_table *table, const ic_options *options, ic_error *error) IC_CHECKED;

/* Whether a text is a figure in some style, and no code such as "001". */
int ic_table_is_figure(const char *text, size_t length);

/* Whether the name of a column or dimension has a word for time in it. */
int ic_table_names_time(const char *name);

/* Whether a code stands for a total: "Total", "World", ... */
int ic_table_is_total(const char *text, size_t length);

#endif
