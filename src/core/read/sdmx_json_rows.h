/* One thread's reading of observations. */
#ifndef IC_SDMX_JSON_ROWS_H
#define IC_SDMX_JSON_ROWS_H

#include "core/number/number_shape.h"
#include "core/read/sdmx_json.h"

/* Attributes of some dimensions together: a table for each set of dimensions that is met. */
typedef struct ic_sj_groups {
    uint64_t mask;     /* which dimensions have a position, in the message's order */
    ic_intern keys;    /* positions */
    uint32_t *numbers; /* per key and group attribute: the value's number in its column */
    size_t room;
    int of_rows; /* a dimension of observations is among them */
} ic_sj_groups;

#define IC_SJ_GROUPS 64 /* sets of dimensions, at most */

/* What stands behind the value of an observation, up to the bracket, as it was met before. */
typedef struct ic_sj_tail {
    uint64_t low, high;
    uint32_t length, generation; /* generation 0: empty; else that of the series */
    uint32_t flags, tail;
} ic_sj_tail;

#define IC_SJ_MEMO 16

/* What an observation begins with, a comma before it: ,"12":[ */
typedef struct ic_sj_head {
    uint64_t text, mask;
    uint32_t length;
} ic_sj_head;

typedef struct ic_sj_rows_part {
    ic_sj *s;
    ic_json *json;
    ic_error *error;
    ic_sink *sink;
    const ic_sj_set *set;
    const ic_sj_structure *structure;
    int deleted;         /* the set's rows are only counted */
    uint32_t *positions; /* of a row: per dimension of the structure, in the message's order */
    uint32_t *codes;     /* of a row: per dimension of the result */
    ic_intern keys;      /* codes; the number is the sink's key */
    uint32_t key;        /* the last one */
    uint32_t *last_codes;
    ic_intern tails; /* values of attributes; the number is the sink's tail */
    uint32_t tail;
    uint32_t *tail_last;
    uint32_t *of_set, *of_series, *of_row; /* values of attributes, at each level and what lies above it */
    uint32_t flags_of_set, flags_of_series, flags_of_row;
    ic_sj_groups groups[IC_SJ_GROUPS];
    size_t n_groups;
    ic_sj_period *periods[256]; /* by letter of frequency: what the time's values are */
    char *scratch;              /* a text made of several */
    size_t scratch_length, scratch_room;
    int run_open;
    int may_grow;
    /* one of several that share a set */
    uint64_t until,
        stopped;    /* entries that start there or later are the next one's; where the first of them does, or 0 */
    uint64_t ended; /* one behind the last bracket of series or observations, or 0 */
    /* the quick way */
    ic_sj_tail memo[IC_SJ_MEMO];
    uint32_t generation;
    ic_sj_head *heads; /* by position of time, or NULL */
    ic_number_shape shape;
} ic_sj_rows_part;

ic_status ic_sj_part_open(ic_sj_rows_part *p, ic_sj *s, ic_sink *sink) IC_CHECKED;
void ic_sj_part_close(ic_sj_rows_part *p);
/* Reads a set; or of its series or observations what lies in front of p->until, whose first entry is next. */
ic_status ic_sj_part_set(ic_sj_rows_part *p, const ic_sj_set *set) IC_CHECKED;

/* Between sdmx_json_rows.c and sdmx_json_quick.c: takes rows from the window, as long as they are as most are; passes over them if
   they are not `wanted`. */
ic_status ic_sj_quick(ic_sj_rows_part *p, int wanted) IC_CHECKED;
ic_status ic_sj_row_period(ic_sj_rows_part *p, const ic_sj_period **period) IC_CHECKED;
ic_status ic_sj_find_key(ic_sj_rows_part *p, uint32_t *key) IC_CHECKED;
ic_status ic_sj_find_tail(ic_sj_rows_part *p) IC_CHECKED;
ic_status ic_sj_put(ic_sj_rows_part *p, uint32_t key, const ic_sj_period *period, const ic_number *number,
                    uint32_t flags) IC_CHECKED;
char ic_sj_frequency(const ic_sj_rows_part *p);

IC_INLINE size_t ic_sj_dims_of(const ic_sj_rows_part *p, ic_sj_level level) { return p->structure->dims[level].n; }
/* Where the dimensions of a level begin among the positions. */
size_t ic_sj_base_of(const ic_sj_rows_part *p, ic_sj_level level);

/* ---- sdmx_json_attributes.c ---- */
/* "expected a position below 3", at the event. */
ic_status ic_sj_no_such_value(ic_sj_rows_part *p, const ic_text *id, size_t n);
/* The event is the value of an attribute: its number into `numbers`, by column, and its flags into *flags. */
ic_status ic_sj_read_attribute(ic_sj_rows_part *p, const ic_sj_component *attribute, uint32_t *numbers,
                               uint32_t *flags) IC_CHECKED;
/* The same for value number `v` of a coded attribute. */
ic_status ic_sj_take_value(ic_sj_rows_part *p, const ic_sj_component *attribute, size_t v, uint32_t *numbers,
                           uint32_t *flags) IC_CHECKED;
/* The event is "attributes" of a series or data set: an array of values. */
ic_status ic_sj_read_attributes(ic_sj_rows_part *p, const ic_sj_list *list, uint32_t *numbers,
                                uint32_t *flags) IC_CHECKED;
/* The event is an annotation's number, or an array of them. */
ic_status ic_sj_read_annotations(ic_sj_rows_part *p, uint32_t *numbers) IC_CHECKED;
/* The event is "dimensionGroupAttributes". */
ic_status ic_sj_read_groups(ic_sj_rows_part *p) IC_CHECKED;
/* What the groups say about a row, or about all rows of a series. */
ic_status ic_sj_of_groups(ic_sj_rows_part *p, int of_rows, uint32_t *numbers) IC_CHECKED;

#endif
