/* The registry of formats, and what a reader is told. A format is one row of the table in registry.c. */
#ifndef IC_READ_H
#define IC_READ_H

#include "core/base/source.h"
#include "core/read/dataset.h"

/* Texts that the caller keeps alive. */
typedef struct ic_texts {
    const char **texts;
    size_t *lengths;
    size_t count;
} ic_texts;

/* Only rows whose code in `dim` is one of `codes`. */
typedef struct ic_filter {
    const char *dim;
    ic_texts codes;
} ic_filter;

/* Only periods that lie within one of the spans of days (both ends included). Where an end comes from a month or longer, a
   week is taken by its Thursday, as ISO 8601 gives it to a year. */
typedef struct ic_days {
    int64_t first, last;
    int first_by_thursday, last_by_thursday;
} ic_days;

typedef enum ic_duplicates {
    IC_DUPLICATES_ERROR,
    IC_DUPLICATES_FIRST,
    IC_DUPLICATES_LAST,
    IC_DUPLICATES_SUM
} ic_duplicates;

/* New codes for those of a dimension. Rows that have one code afterwards fall into one cell. */
typedef struct ic_recode {
    const char *dim;
    ic_texts from;      /* codes of the source, each once ... */
    const uint32_t *to; /* ... and which of `codes` each becomes; IC_ABSENT: its rows are dropped; IC_OTHERS_REFUSED */
    ic_texts codes;     /* each once; the result's, in this order */
    uint32_t others;    /* what a code that is not in `from` becomes: one of `codes`, IC_ABSENT, or one of these: */
} ic_recode;

#define IC_OTHERS_STAY    (UINT32_MAX - 1) /* they keep their code */
#define IC_OTHERS_REFUSED (UINT32_MAX - 2) /* their rows are counted: see ic_folded */

typedef enum ic_rule { IC_RULE_SUM, IC_RULE_COUNT, IC_RULE_MIN, IC_RULE_MAX } ic_rule;

/* Rows are folded into cells while they are read. */
typedef struct ic_collapse {
    ic_rule rule;
    double coverage; /* the share of a cell's rows that must have a value; without a 1, such a cell is PARTIAL */
    ic_texts dims;   /* that the result doesn't have */
    const ic_recode *recodes;
    size_t n_recodes;
} ic_collapse;

typedef struct ic_limits {
    uint64_t cells;   /* of a result, missing ones included */
    uint64_t columns; /* of a row */
    uint64_t line;    /* bytes of a row */
} ic_limits;

typedef struct ic_options {
    const ic_filter *filters;
    size_t n_filters;
    const ic_days *days; /* NULL: every period */
    size_t n_days;
    ic_texts attributes;       /* wanted by row, as extra columns */
    ic_texts measures;         /* columns that hold values; none: the format's own */
    ic_texts dims;             /* columns that are dimensions; none: the reader decides */
    const char *time;          /* the column or dimension that is time; NULL: the reader decides */
    int no_time;               /* there is none, whatever it looks like */
    const char *dataset;       /* only rows of this structure, or NULL */
    const char *language;      /* of names and labels, or NULL: the file's own */
    const uint32_t *codepage;  /* the characters of the bytes 128 to 255 in a text that is no UTF-8, or NULL */
    const char *codepage_name; /* what it is called */
    char separator;            /* 0: the reader decides */
    char decimal;              /* '.' or ','; 0: the reader decides, once for the file */
    ic_duplicates duplicates;
    int want_long; /* a wide file as rows, not as an array */
    int threads;
    int plain; /* every row by the plain path; the same result, slower: the twin for tests */
    ic_limits limits;
    const ic_collapse
        *collapse; /* NULL: rows stay as they are; readers that can't do it say so: ic_dataset.collapsed */
    int level;     /* 0: all codes; 1: that of the total; 1 + n: those of n digits, where digits make levels */
} ic_options;

typedef struct ic_format {
    const char *name;     /* "sdmx-csv" */
    const char *title;    /* "SDMX-CSV 1.0 and 2.0" */
    const char *suffixes; /* ".csv", more separated by blanks */
    /* 0 to 100: how sure the first bytes of a file make one that it is of this format. */
    int (*sniff)(const char *head, size_t length);
    ic_status (*read)(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error);
    int dense; /* an array comes naturally; want_long asks for rows */
} ic_format;

extern const ic_format ic_formats[];
extern const size_t ic_formats_count;

/* The format with this name, or NULL. */
const ic_format *ic_format_named(const char *name);
/* The format that is surest, or NULL if none is. */
const ic_format *ic_format_sniffed(const char *head, size_t length);

/* Fills error->line and ->column for a place in a row that starts at `row`, itself at `offset` on line `line`. */
void ic_error_place(ic_error *error, const char *row, uint64_t offset, uint64_t line, const char *place);

/* The name of a dimension: a trailing underscore for one that is called value, flags or time. */
const char *ic_dimension_name(ic_arena *arena, const char *name, size_t length);

/* Whether the dimension that is called `name` in the source is called `asked` in the result. */
int ic_dimension_is(const char *name, const char *asked);

/* Whether a period lies within the wanted days. */
int ic_period_wanted(const ic_options *options, char freq, int32_t ordinal);

#endif
