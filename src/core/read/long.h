/* Long tables in delimited text: a row for each observation. The format reads the head and says in a plan what the columns are;
   long.c divides the rows among threads, long_rows.c and long_quick.c read one thread's part. */
#ifndef IC_LONG_H
#define IC_LONG_H

#include "core/number/number_shape.h"
#include "core/read/collapse.h"
#include "core/read/period_cache.h"
#include "core/read/long_plan.h"
#include "core/read/parts.h"
#include "core/read/sink.h"
#include "core/syntax/window.h"

typedef struct ic_long_part {
    const ic_long_plan *plan;
    const ic_options *options;
    const ic_source *source;
    uint64_t from;         /* rows that start here ... */
    uint64_t until;        /* ... or later, but before this */
    int inside;            /* `from` may lie inside a row: begin behind the next line feed */
    uint64_t began, ended; /* the start of the first row, and of the one behind the last */
    ic_columns *columns;
    int may_grow; /* the columns belong to this part alone */
    ic_window window;
    ic_row row;
    ic_sink sink;
    ic_intern key_texts, tail_texts;
    uint32_t *key_numbers; /* by key text: the sink's key, IC_ABSENT if the filters do not want it */
    size_t key_numbers_room;
    uint32_t *numbers; /* scratch: codes of a key or values of a tail */
    char *scratch;     /* texts of a key or a tail, one behind the other */
    size_t scratch_room;
    uint32_t key, tail;
    int run_open;          /* the next row of (key, tail) may go on with the last run */
    int skipping;          /* rows like the last one are not wanted */
    char *prefix, *suffix; /* what the last row began and ended with, as it stands in the file */
    size_t prefix_length, prefix_room, suffix_length, suffix_room;
    int remembered; /* prefix and suffix are valid */
    ic_period_cache periods;
    ic_number_shape shape;
    ic_error error;
    ic_status status;
    int behind;                  /* the table has ended: what follows are remarks */
    size_t remarks;              /* how many there were, in earlier parts too */
    int again;                   /* read once more, by the thread that may poll */
    const int *cancel;           /* set: the first part has failed, which is all that will be told */
    const ic_fold_plan *folding; /* rows are folded, or NULL: they are kept */
    ic_fold fold;
    uint32_t *groups;  /* by key of the sink: the fold's; IC_ABSENT: not asked yet */
    char *group_freqs; /* ... at this frequency */
    size_t n_groups, group_room, freq_room;
    size_t *units;       /* attributes of the sink that say what figures are measured in */
    uint32_t *constants; /* per attribute: its value in all rows so far, or that it varies */
    size_t tails_seen;
    int any_tail;
    int8_t decimals;
    uint8_t digits;
} ic_long_part;

/* What a format knows of its head row. */
typedef struct ic_long_format {
    char (*separator)(const char *head, size_t length); /* 0: there is none */
    /* Sets the plan's columns but for their numbers. An error has no place yet. */
    ic_status (*head)(ic_long_plan *plan, const ic_row *head, const ic_options *options, ic_error *error);
    /* What the first row says about the columns; or NULL. */
    ic_status (*first)(ic_long_plan *plan, const ic_row *row, ic_error *error);
    /* What reads the rows: ic_long_read, or one that takes the same. */
    ic_status (*rows)(ic_long_plan *plan, ic_window *window, uint64_t lines, const ic_source *source,
                      const ic_options *options, ic_dataset *dataset, ic_error *error);
} ic_long_format;

ic_status ic_long_read_file(const ic_long_format *format, const ic_source *source, const ic_options *options,
                            ic_dataset *dataset, ic_error *error) IC_CHECKED;

/* Reads the rows of a long table from window->begin on, by a plan that is complete; `lines` stand before them. Closes window and
   plan. */
ic_status ic_long_read(ic_long_plan *plan, ic_window *window, uint64_t lines, const ic_source *source,
                       const ic_options *options, ic_dataset *dataset, ic_error *error) IC_CHECKED;

ic_status ic_long_part_open(ic_long_part *part) IC_CHECKED;
/* Reads the part; the place of an error counts lines from the part's first one. */
ic_status ic_long_part_read(ic_long_part *part) IC_CHECKED;
/* Empties it, so that it can be read again from another place. */
ic_status ic_long_part_again(ic_long_part *part, uint64_t from) IC_CHECKED;
void ic_long_part_close(ic_long_part *part);

/* long_fold.c: a part that folds its rows, which its sink is a buffer for. */
ic_status ic_long_fold_open(ic_long_part *part) IC_CHECKED;
/* Folds the rows in the buffer and empties it; keys and tails are forgotten when they have become many. */
ic_status ic_long_fold(ic_long_part *part) IC_CHECKED;
void ic_long_fold_close(ic_long_part *part);
/* Makes the data set of parts that have folded their rows; its dims and attributes are named. */
ic_status ic_long_folds_merge(ic_long_part *parts, size_t n, ic_dataset *dataset, ic_error *error) IC_CHECKED;

/* Whether it is time to. */
IC_INLINE int ic_long_fold_due(const ic_long_part *part) {
    return part->sink.room - part->sink.used < part->plan->n_measures || part->key_texts.count > IC_FOLD_KEYS ||
           part->sink.tails > IC_FOLD_KEYS;
}

#define IC_NO_TIME '-' /* the frequency of rows without a period */

/* Reads rows from `row` on that begin and end like the last one, as long as nothing in them is out of the ordinary and they
   start before `until`; gives the first row that it leaves to the plain path. Writes nothing of a row that it leaves. */
const char *ic_long_quick(ic_long_part *part, const char *row, const char *until);
/* Passes over rows that begin like the last one, whose key is not wanted. */
const char *ic_long_skip(ic_long_part *part, const char *row, const char *until);

#endif
