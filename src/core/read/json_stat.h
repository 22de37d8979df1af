/* JSON-stat: what a file says about its data sets, and where their values are. json_stat.c finds the data sets,
   json_stat_head.c reads what describes one, json_stat_cells.c its values and statuses. */
#ifndef IC_JSON_STAT_H
#define IC_JSON_STAT_H

#include "core/read/dense.h"
#include "core/syntax/json.h"

#define IC_STAT_SETS  10000 /* data sets in one file, at most */
#define IC_STAT_ALIKE 100   /* dimensions of data sets that are put together, at most */

/* What is said about a category, by the order in which they are first mentioned. */
typedef struct ic_stat_code {
    ic_text label, unit, base;
    int16_t multiplier; /* power of ten; INT16_MIN: not said */
    int8_t decimals;    /* -1: not said */
    uint64_t position;  /* in the index; IC_NOWHERE */
} ic_stat_code;

typedef struct ic_stat_dim {
    const char *name, *label;
    int described;      /* its object was met */
    ic_json_mark place; /* of that object */
    ic_intern codes;    /* by first mention */
    ic_stat_code *about;
    size_t room;
    int indexed; /* the order is said */
    size_t n;    /* entries of the index */
    int said_time;
    char *children; /* "parent US child US child RS parent ..." */
    size_t children_length, children_room;
} ic_stat_dim;

/* Where an array or object starts that is read later. */
typedef struct ic_stat_place {
    int there;
    uint64_t offset;
    char bracket; /* '[', '{', or '"': text */
    ic_text text;
    uint64_t end;     /* one behind it, if it was passed over quickly; else 0 */
    uint32_t *commas; /* of a plain array of values: in each piece; else NULL */
    size_t pieces;
} ic_stat_place;

typedef struct ic_stat_set {
    const char *name; /* in a bundle, or NULL */
    ic_text label, source, updated, href, title;
    ic_json_mark place, size_place;
    ic_intern names;
    ic_stat_dim *dims; /* by names */
    size_t dims_room;
    uint32_t *ids; /* the order of the dimensions */
    uint64_t *sizes;
    size_t n_ids, ids_room, n_sizes, sizes_room;
    int has_ids, has_sizes;
    ic_stat_place value, status;
    ic_stat_code all; /* extension: unit, multiplier and decimals of all */
    char *notes;
    size_t notes_length, notes_room;
} ic_stat_set;

typedef struct ic_stat {
    ic_json json;
    ic_arena arena;
    const ic_options *options;
    int quick; /* whatever goes wrong is told by going through the file once more, without haste */
    ic_stat_set *sets;
    size_t n_sets, sets_room;
    int several;    /* data sets of the same dimensions, of which this is the first */
    uint64_t links; /* items of a collection that hold nothing */
    ic_error *error;
    /* the data set that is read */
    ic_stat_set *set;
    ic_dense dense;
    uint64_t unknown_marks[256];
    ic_dataset *dataset;
} ic_stat;

/* Reads the object that has just begun, which may be a data set: one more of s->sets, if it is. `depth`: how many may stand
   within each other. */
ic_status ic_stat_object(ic_stat *s, const char *name, int depth) IC_CHECKED;
/* Reads a "dimension" object that has just begun into the set. */
ic_status ic_stat_dimensions(ic_stat *s, ic_stat_set *set) IC_CHECKED;
/* "id", "size" and "role", wherever they stand; their array or object has just begun. */
ic_status ic_stat_ids(ic_stat *s, ic_stat_set *set) IC_CHECKED;
ic_status ic_stat_sizes(ic_stat *s, ic_stat_set *set) IC_CHECKED;
ic_status ic_stat_roles(ic_stat *s, ic_stat_set *set) IC_CHECKED;
/* "extension": its "unit", if it has one of all values, as write_json_stat writes it. */
ic_status ic_stat_extension(ic_stat *s, ic_stat_set *set) IC_CHECKED;
/* A "note", an array or object of texts or a text, whose first event has come. */
ic_status ic_stat_note(ic_stat *s, ic_stat_set *set, const char *about) IC_CHECKED;
/* Puts codes in order and gives the dimensions to s->dense. */
ic_status ic_stat_settle(ic_stat *s, ic_stat_set *set) IC_CHECKED;
/* Units, hierarchies, notes and titles into the data set, whose array is there. */
ic_status ic_stat_finish(ic_stat *s, ic_stat_set *set) IC_CHECKED;

/* Reads values and statuses into s->dense. */
ic_status ic_stat_cells(ic_stat *s) IC_CHECKED;

/* ---- json_stat_quick.c: what is as it mostly is, on several threads. *odd: the plain way must tell ---- */

/* Passes over a value or statuses whose first bracket is the event. */
ic_status ic_stat_hop(ic_stat *s, ic_stat_place *place, int is_value, int *odd) IC_CHECKED;
ic_status ic_stat_quick_array(ic_stat *s, int *odd) IC_CHECKED;
/* "status" if `status`, else "value". */
ic_status ic_stat_quick_object(ic_stat *s, int status, int *odd) IC_CHECKED;

/* What a status says: letters, or a symbol of px. 0: it is a word, which is to be counted as OTHER. */
int ic_stat_flags(const char *text, size_t length, uint64_t unknown[256], uint32_t *flags);

/* A whole number, or a text that is one; `what` is expected. */
ic_status ic_stat_whole(ic_stat *s, const char *what, uint64_t *number) IC_CHECKED;
/* A copy of the event's text. Texts with a NUL are refused, as are bytes US and RS, which separate texts here. */
ic_status ic_stat_text(ic_stat *s, const char *what, ic_text *text) IC_CHECKED;

#endif
