/* What every reader makes: labelled columns (long) or a labelled array (dense), and what was said about them. */
#ifndef IC_DATASET_H
#define IC_DATASET_H

#include "core/base/intern.h"
#include "core/base/memory.h"

typedef struct ic_dimension {
    const char *name;
    const char *title; /* the source's words for it, or NULL */
    ic_intern codes;
    ic_text *labels; /* per code, text NULL where there is none; or NULL */
    size_t labels_capacity;
} ic_dimension;

typedef enum ic_level { IC_LEVEL_DATASET, IC_LEVEL_SERIES, IC_LEVEL_ROW } ic_level;

/* A column that is no dimension, value or flag. */
typedef struct ic_attribute {
    const char *name;
    ic_level level;
    ic_intern values;
    uint32_t *numbers; /* one (DATASET) or per series (SERIES), IC_ABSENT: nothing said; NULL where it varies by row */
    uint32_t *rows;    /* per row, only if asked for */
} ic_attribute;

/* Something that was met and counted instead of kept: letters without a flag, periods on no calendar, deleted rows. */
typedef struct ic_note {
    const char *name;
    const char *text;
    uint64_t count;
} ic_note;

/* What was met in a dimension of the source that is gone from the result, or has new codes there. */
typedef struct ic_folded {
    const char *name;
    ic_intern codes;   /* the source's, of rows that were wanted */
    uint64_t *refused; /* rows by code that a recoding has no word for */
} ic_folded;

/* A figure of more significant digits than this is not rounded by print: its decimals say nothing. */
#define IC_PRINTED_DIGITS 12

typedef struct ic_dataset {
    ic_arena arena; /* names and other small things */
    ic_dimension *dims;
    size_t n_dims; /* time not counted */
    int has_time;
    int dense;
    char freq; /* of all rows, or 0: see freqs */
    /* long: one entry per row. dense: shape is the codes of each dimension, then `periods` from `first` on. */
    size_t rows;
    ic_block *positions; /* per dimension; long only */
    uint8_t *widths;     /* bytes per position: 1, 2 or 4 */
    ic_block ordinals;   /* int32; long only */
    ic_block freqs;      /* letters; only where they differ */
    ic_block values;     /* double */
    ic_block flags;      /* uint32; data NULL when no row has any */
    int32_t first;
    size_t periods;
    /* by series: the distinct keys in order of first row (long), or the cube's order without time (dense) */
    size_t series;
    int8_t *decimals;       /* printed at most; -1: unknown */
    uint32_t *series_codes; /* n_dims per series; long only */
    ic_attribute *attributes;
    size_t n_attributes;
    ic_note *notes;
    size_t n_notes, notes_capacity;
    struct ic_structures *structures; /* that the message carries, or NULL */
    int collapsed;                    /* as the options ask; else the rows are the source's */
    ic_folded *folded;
    size_t n_folded;
} ic_dataset;

/* Counts `count` more of (name, text); a count of 0 adds nothing. */
ic_status ic_dataset_note(ic_dataset *dataset, const char *name, const char *text, size_t length,
                          uint64_t count) IC_CHECKED;
/* Keeps `label` for a code of the dimension, unless it has one. */
ic_status ic_dimension_label(ic_dimension *dim, ic_arena *arena, uint32_t code, const char *label,
                             size_t length) IC_CHECKED;
/* Adds an attribute of the whole data set. */
ic_status ic_dataset_say(ic_dataset *dataset, const char *name, const char *text, size_t length) IC_CHECKED;
/* Adds an attribute of series that follows from their code in dimension `dim`: texts[code], text NULL where there is none.
   The data set is complete but for attributes. */
ic_status ic_dataset_say_by_code(ic_dataset *dataset, size_t dim, const char *name, const ic_text *texts) IC_CHECKED;
/* The decimals that are declared by code of dimension `dim` (-1: not declared) overrule what was printed. */
void ic_dataset_round(ic_dataset *dataset, size_t dim, const int8_t *decimals);
/* The same by series: texts[series]. */
ic_status ic_dataset_say_by_series(ic_dataset *dataset, const char *name, const ic_text *texts) IC_CHECKED;
/* The code that a series has in dimension `dim`. */
size_t ic_dataset_series_code(const ic_dataset *dataset, size_t series, size_t dim);
/* 1, 2 or 4: the narrowest unsigned integer that counts to `n`. */
uint8_t ic_width_for(size_t n);
void ic_dataset_free(ic_dataset *dataset);

#endif
