/* Long tables in which hardly two neighbouring rows are of one series, but many are in all dimensions but one: trade by
   product. A fan is a run of such rows. What they have in common, its handle, is kept by run; by row only the code of the
   varying dimension and the value. fan.c divides the rows among threads, fan_rows.c reads one thread's part, fan_merge.c
   makes one data set of them, fan_twice.c looks for keys that are there twice. Where rows are folded into cells, fan_fold.c takes
   them from a part that is small and used again and again. */
#ifndef IC_FAN_H
#define IC_FAN_H

#include "core/number/number_scan.h"
#include "core/period/period.h"
#include "core/read/collapse.h"
#include "core/read/long_plan.h"
#include "core/read/parts.h"
#include "core/read/sink.h"
#include "core/syntax/window.h"

/* Which columns do what: those before `vary` are the handle's or skipped, between it and the value, and behind that, all are
   skipped. */
typedef struct ic_fan_shape {
    size_t vary, value; /* columns */
    size_t dim;         /* the varying dimension */
} ic_fan_shape;

/* The codes of one dimension, found by their text as a word of up to seven bytes. */
typedef struct ic_fan_codes {
    ic_intern codes;
    uint64_t *words;   /* open addressing; 0: empty */
    uint32_t *numbers; /* of the codes; IC_ABSENT: not wanted */
    size_t mask, held;
} ic_fan_codes;

typedef struct ic_fan_run {
    uint64_t row;  /* its first one, within the part */
    uint64_t line; /* of that row, within the part; the run's rows are on lines that follow it */
    uint32_t handle;
    uint32_t rising;      /* every varying code is, as a text, greater than the one before */
    uint64_t first, last; /* of those texts, first bytes high; for longer ones, not rising */
} ic_fan_run;

/* Whether rows of the last handle are wanted: they aren't, they are, or they will be with the first wanted varying code. */
typedef enum ic_fan_state { IC_FAN_UNWANTED, IC_FAN_WANTED, IC_FAN_PENDING } ic_fan_state;

typedef struct ic_fan_part {
    const ic_long_plan *plan;
    const ic_fan_shape *shape;
    const ic_options *options;
    const ic_source *source;
    uint64_t from, until;
    int inside;            /* `from` may lie inside a row: begin behind the next line feed */
    uint64_t began, ended; /* the start of the first row, and of the one behind the last */
    int again;             /* read once more, by the thread that may poll */
    const int *cancel;
    ic_window window;
    ic_row row;
    ic_fan_codes *dims; /* per dimension */
    ic_intern handles;  /* the codes of all dimensions but the varying one, and the period, as int32 */
    int32_t *handle;    /* of the last row */
    char freq;          /* of all periods; 0: none yet */
    uint32_t number;    /* of the handle, if that is wanted */
    ic_fan_state state;
    int run_open;              /* the next row of this handle may go on with the last run */
    char prefix[16], mask[16]; /* what rows of this handle begin with */
    size_t prefix_length;      /* 0: not known, or too long */
    ic_fan_run *runs;
    size_t n_runs, run_room;
    uint16_t *narrow;    /* per row: the varying code ... */
    uint32_t *wide;      /* ... once there are more of them than fit */
    ic_block varying;    /* where those are */
    ic_columns *columns; /* values and flags, from `base` on; ordinals are not used */
    int may_grow;
    size_t base, used, room;
    int8_t decimals;
    uint8_t digits;
    uint32_t any_flags;
    ic_dataset aside;
    uint64_t lines;
    ic_error error;
    ic_status status;
    const ic_fold_plan *folding; /* rows are folded, or NULL: they are kept */
    ic_fold fold;
    uint32_t *groups; /* by handle: the fold's; IC_REFUSED, or IC_ABSENT: not asked yet */
    size_t n_groups, group_room;
    int32_t *xs; /* scratch: the new codes of a buffer's rows */
} ic_fan_part;

/* Reads the rows of a long table as ic_long_read does; tables that are not of this kind, it leaves to that. */
ic_status ic_fan_read(ic_long_plan *plan, ic_window *window, uint64_t lines, const ic_source *source,
                      const ic_options *options, ic_dataset *dataset, ic_error *error) IC_CHECKED;

ic_status ic_fan_part_open(ic_fan_part *part) IC_CHECKED;
ic_status ic_fan_part_read(ic_fan_part *part) IC_CHECKED;
void ic_fan_part_close(ic_fan_part *part);

/* fan_fold.c: a part that folds its rows, which its columns and runs are a buffer for. */
ic_status ic_fan_fold_open(ic_fan_part *part) IC_CHECKED;
/* Folds the rows in the buffer, and empties it. */
ic_status ic_fan_fold(ic_fan_part *part) IC_CHECKED;
void ic_fan_fold_close(ic_fan_part *part);

typedef struct ic_fans {
    ic_fan_part *parts;
    size_t n, rows;
    const ic_fan_shape *shape;
    const ic_options *options;
    const ic_source *source;
    uint64_t first_line;
    uint32_t **codes;   /* [part * n_dims + dim][local code] -> code */
    uint32_t **handles; /* [part][local handle] -> handle */
    ic_intern table;    /* of all handles */
    ic_dataset *dataset;
    ic_error *error;
} ic_fans;

/* Makes the data set of the parts; its dims and attributes are named. */
ic_status ic_fans_merge(ic_fans *fans, ic_columns *columns) IC_CHECKED;
/* The same of parts that folded their rows. */
ic_status ic_fans_merge_folds(ic_fans *fans) IC_CHECKED;
/* Settles keys that are there twice, as the options have it, in a data set that has all columns but flags that nobody needs. */
ic_status ic_fans_twice(ic_fans *fans) IC_CHECKED;

#endif
