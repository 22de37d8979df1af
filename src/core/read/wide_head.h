/* The head of a wide table whose columns have known names: lines in front of it, its texts, its periods. */
#ifndef IC_WIDE_HEAD_H
#define IC_WIDE_HEAD_H

#include "core/read/wide.h"

typedef struct ic_wide_head {
    ic_wide *wide;
    const char *separators; /* that the head row may have, the likeliest first */
    const char *expected;   /* for the error: what the head row should begin with */
    int (*is_head)(const ic_row *row);
    ic_status (*title)(void *context, const ic_row *row); /* a row in front of it */
    /* What a column that is no period is: fills kind and dim. IC_FORMAT: it can't be (the error is filled, but for its place). */
    ic_status (*column)(void *context, ic_wide_column *column, ic_error *error);
    void *context;
} ic_wide_head;

/* Reads up to the head row, and leaves the window at the first row behind it. The columns and one dim for each of them are
   allocated, `dims` empty. */
ic_status ic_wide_head_read(const ic_wide_head *head, ic_window *window, const ic_options *options,
                            ic_error *error) IC_CHECKED;

/* Whether a field is this word, blanks around it and the case of letters aside. */
int ic_wide_is(const char *text, size_t length, const char *word);
/* For sniffing: whether one of the first lines of a file is a head row: names, and then periods. */
int ic_wide_sniff(const char *head, size_t length, const char *separators, int (*is_head)(const ic_row *row));

#endif
