/* What stands before the data of a px file: statements KEYWORD[language]("sub","sub")=value,value; without any meaning.
   Texts are quoted, have no escapes, and go on in the next quotes where nothing but white space comes between. */
#ifndef IC_PX_SYNTAX_H
#define IC_PX_SYNTAX_H

#include "core/base/arena.h"

typedef struct ic_px_text {
    const char *text;
    size_t length;
    size_t place; /* of its first byte in the head */
    char before;  /* what separates it from the one before it: ',' '-' ':' '('; 0 for the first one */
    uint8_t quoted;
    uint8_t depth; /* parentheses that are open around it */
} ic_px_text;

typedef struct ic_px_statement {
    ic_px_text keyword;  /* in capitals; of length 0: the head has ended without data */
    ic_px_text language; /* of length 0: none */
    const ic_px_text *subs, *values;
    size_t n_subs, n_values;
} ic_px_statement;

typedef struct ic_px {
    const char *text; /* of the head, UTF-8; the statements point into it */
    size_t length;
    size_t at;       /* the next byte */
    ic_arena *arena; /* for what is not in one piece */
    ic_px_text *texts;
    size_t n_texts, room;
} ic_px;

/* The next statement. Its arrays are valid until the arena is freed. The last one is DATA, without values: px->at is then
   behind its '='. IC_FORMAT: error->offset is the place in the head, see ic_px_place. */
ic_status ic_px_next(ic_px *px, ic_px_statement *statement, ic_error *error) IC_CHECKED;
void ic_px_free(ic_px *px);

/* Fills error->line and ->column for a place in a head. */
void ic_px_place(ic_error *error, const char *text, size_t place);

/* Looks for the data before the head is there in full. Zeroed to begin with. */
typedef struct ic_px_finder {
    size_t at;
    int quoted; /* within quotes */
    int inside; /* within a statement */
} ic_px_finder;

/* The place behind "DATA=", or 0 if it does not come in these bytes, of which there may be more in the next call. */
size_t ic_px_find_data(ic_px_finder *finder, const char *text, size_t length);

#endif
