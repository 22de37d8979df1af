/* Rows of fields: RFC 4180 with any separator. A field in quotes may hold separators, line feeds and doubled quotes; a
   quote inside an unquoted field is a byte like any other. Rows end in LF or CR LF. No meaning here. */
#ifndef IC_DELIMITED_H
#define IC_DELIMITED_H

#include "core/base/status.h"

typedef struct ic_field {
    const char *text; /* without quotes, doubled ones undone */
    size_t length;
    const char *raw; /* where it starts in the row */
} ic_field;

typedef struct ic_row {
    ic_field *fields;
    size_t count, capacity;
    size_t line_feeds; /* inside quotes */
    char *scratch;     /* texts of fields with doubled quotes */
    size_t scratch_used, scratch_size;
} ic_row;

typedef enum ic_row_result {
    IC_ROW_WHOLE,    /* the row is split, *next is where the next one starts */
    IC_ROW_CUT,      /* no line feed ends it before `end` */
    IC_ROW_UNCLOSED, /* the same, inside quotes; *next is the opening quote */
    IC_ROW_STRAY,    /* text behind a closing quote; *next is its place */
    IC_ROW_TOO_WIDE, /* more than `most` fields */
    IC_ROW_NO_MEMORY
} ic_row_result;

/* Splits the row that starts at `text`; fields point into it and into row->scratch, valid until the next call. */
ic_row_result ic_row_split(ic_row *row, const char *text, const char *end, char separator, size_t most,
                           const char **next);

/* One past the end of the row (behind its line feed), NULL if `end` comes first or text follows a closing quote. Counts the
   fields, and the line feeds in quotes. */
const char *ic_row_skip(const char *text, const char *end, char separator, size_t *fields, size_t *line_feeds);

void ic_row_free(ic_row *row);

#endif
