/* Where a reader of long files puts its rows. Each thread fills a sink of its own; ic_sinks_merge makes one data set of them,
   the same for any number of sinks.

   Long files repeat themselves, so keys are kept by run: neighbouring rows of one series, frequency and set of attributes. Only
   period, value and flags are written per row; positions are filled in from the runs at the end, as narrow as they can be. */
#ifndef IC_SINK_H
#define IC_SINK_H

#include "core/read/read.h"

#define IC_VALUES_MOST ((size_t)1 << 16) /* of an attribute that nobody asked for */

typedef struct ic_run {
    uint64_t row;        /* its first row, within the sink */
    uint64_t line;       /* of that row, within the sink's part of the file */
    uint32_t step;       /* lines from one of its rows to the next */
    uint32_t key;        /* number of the key */
    uint32_t tail;       /* number of the set of attributes */
    int32_t first, last; /* ordinals */
    char freq;
    uint8_t rising;  /* every ordinal is greater than the one before */
    int8_t decimals; /* printed at most; -1: no figure yet */
    uint8_t digits;  /* significant ones, printed at most */
} ic_run;

/* The columns that all sinks of one file write into, each from its own base on. */
typedef struct ic_columns {
    ic_block ordinals, values, flags;
    size_t room; /* rows */
} ic_columns;

typedef struct ic_sink {
    size_t n_dims, n_attributes;
    ic_dimension *dims; /* codes by first appearance here */
    ic_arena arena;
    uint32_t *key_codes; /* n_dims per key */
    size_t keys, key_room;
    ic_intern *attributes;  /* values by first appearance here */
    uint32_t *tail_numbers; /* n_attributes per tail */
    size_t tails, tail_room;
    uint8_t *varied; /* per attribute: more than IC_VALUES_MOST values, and nobody asked for them */
    size_t base;     /* of this sink's rows in the columns */
    size_t used, room;
    ic_run *runs;
    size_t n_runs, run_room;
    uint32_t any_flags;
    uint64_t unknown_marks[256];
    ic_dataset aside; /* its notes: what was met and counted instead of kept */
    uint64_t lines;   /* of the file that this sink has consumed */
} ic_sink;

ic_status ic_columns_make(ic_columns *columns, size_t rows) IC_CHECKED;
ic_status ic_columns_grow(ic_columns *columns, size_t used, size_t rows) IC_CHECKED;
void ic_columns_free(ic_columns *columns);

ic_status ic_sink_open(ic_sink *sink, size_t n_dims, size_t n_attributes) IC_CHECKED;
void ic_sink_close(ic_sink *sink);

/* A new key from its codes' numbers in sink->dims. */
ic_status ic_sink_key(ic_sink *sink, const uint32_t *codes, uint32_t *key) IC_CHECKED;
/* A new set of attributes from the values' numbers in sink->attributes. */
ic_status ic_sink_tail(ic_sink *sink, const uint32_t *numbers, uint32_t *tail) IC_CHECKED;
/* Starts a run at the next row. */
ic_status ic_sink_run(ic_sink *sink, uint32_t key, uint32_t tail, char freq, uint64_t line) IC_CHECKED;

/* Counts in the data set what was met and counted instead of kept. */
ic_status ic_sink_notes(ic_dataset *dataset, const ic_sink *sink) IC_CHECKED;

/* Makes the columns part of `dataset`, whose dims (names), attributes (names) and has_time are set. Keys that are there twice:
   as options->duplicates says; an error names both lines, of which the first of the sinks' is `first_line`. The source is only
   polled. */
ic_status ic_sinks_merge(ic_dataset *dataset, ic_columns *columns, ic_sink *sinks, size_t n, const ic_options *options,
                         const ic_source *source, uint64_t first_line, ic_error *error) IC_CHECKED;

/* ---- between merge.c, merge_attributes.c and merge_duplicates.c ---- */
typedef struct ic_merge {
    ic_dataset *dataset;
    ic_sink *sinks;
    size_t n, total;
    const ic_options *options;
    uint32_t **codes;      /* [sink * n_dims + dim][local code] -> code */
    uint32_t **run_series; /* [sink][run] -> series */
    const int32_t *ordinals;
    const ic_source *source;
    uint64_t first_line;
    ic_error *error;
} ic_merge;

/* Rows of run `r`, counted within its sink. */
IC_INLINE size_t ic_run_length(const ic_sink *sink, size_t r) {
    return (size_t)((r + 1 < sink->n_runs ? sink->runs[r + 1].row : sink->used) - sink->runs[r].row);
}

ic_status ic_merge_attributes(ic_merge *merge) IC_CHECKED;
/* Rows to drop, ascending, or none; *drop is the caller's to free. */
ic_status ic_merge_duplicates(ic_merge *merge, double *values, uint32_t *flags, uint64_t **drop,
                              size_t *n_drop) IC_CHECKED;

#endif
