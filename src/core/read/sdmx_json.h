/* SDMX-JSON: what a message says about its data sets, and where their rows are. sdmx_json.c goes through the message,
   sdmx_json_structure.c reads what describes it, sdmx_json_plan.c decides what dimensions and attributes the result has, and
   sdmx_json_rows.c reads the observations. */
#ifndef IC_SDMX_JSON_H
#define IC_SDMX_JSON_H

#include "core/period/period.h"
#include "core/read/concepts.h"
#include "core/read/sink.h"
#include "core/syntax/json.h"

#define IC_SJ_DIMS      62  /* dimensions of a data set, at most */
#define IC_SJ_NO_PERIOD '-' /* the frequency of rows without time */
#define IC_SJ_NONE      SIZE_MAX

/* Where a dimension or attribute is attached. */
typedef enum ic_sj_level { IC_SJ_DATASET, IC_SJ_GROUP, IC_SJ_SERIES, IC_SJ_OBSERVATION, IC_SJ_LEVELS } ic_sj_level;

typedef struct ic_sj_value {
    ic_text id, name; /* id is empty for a null */
} ic_sj_value;

/* A dimension, attribute or measure. */
typedef struct ic_sj_component {
    ic_text id, name;
    ic_json_mark place;
    int coded; /* `values` lists what its numbers mean */
    ic_sj_value *values;
    size_t n_values, room;
    int64_t position; /* in the key; -1: not said */
    int said_time;
    /* decided by ic_sj_plan_make: */
    int is_time;
    size_t number;      /* of a dimension, in the message's order */
    size_t dim;         /* the result's dimension, or IC_SJ_NONE */
    uint32_t *codes;    /* of a dimension, by value: the result's code; IC_ABSENT: not wanted */
    size_t column;      /* the result's attribute, or IC_SJ_NONE */
    size_t measure;     /* the result's measure, or IC_SJ_NONE */
    ic_concept concept; /* of an attribute */
} ic_sj_component;

typedef struct ic_sj_list {
    ic_sj_component *items;
    size_t n, room;
} ic_sj_list;

typedef struct ic_sj_structure {
    ic_json_mark place;
    ic_text name, link;
    ic_sj_list dims[IC_SJ_LEVELS], attributes[IC_SJ_LEVELS], measures;
    ic_text *annotations;
    size_t n_annotations, annotations_room;
    const ic_sj_component *time, *freq;
} ic_sj_structure;

/* Something that is read later: where it starts, if it is there. */
typedef struct ic_sj_place {
    int there;
    uint64_t offset, end; /* end: one behind it, if it was passed over quickly; else 0 */
} ic_sj_place;

typedef struct ic_sj_set {
    ic_json_mark place;
    uint64_t structure;
    ic_text action, link;
    ic_sj_place attributes, groups, annotations, series, observations;
} ic_sj_set;

/* What a period of the structure's list is. */
typedef enum ic_sj_placed {
    IC_SJ_UNREAD,
    IC_SJ_WANTED,
    IC_SJ_UNWANTED,
    IC_SJ_UNPLACED,
    IC_SJ_UNSUPPORTED,
    IC_SJ_NO_SUCH
} ic_sj_placed;

typedef struct ic_sj_period {
    int32_t ordinal;
    char freq;
    uint8_t placed; /* ic_sj_placed */
    uint8_t joint;
} ic_sj_period;

typedef struct ic_sj {
    ic_json json;
    ic_arena arena;
    const ic_source *source;
    const ic_options *options;
    ic_dataset *dataset;
    ic_error *error;
    int quick;   /* whatever goes wrong is told by going through the message once more, without haste */
    int guess;   /* where series end is looked for at the message's end, */
    int guessed; /* ... and was found there: whoever reads them sees whether it is true */
    ic_sj_structure *structures;
    size_t n_structures, structures_room;
    ic_sj_set *sets;
    size_t n_sets, sets_room;
    ic_text prepared, sender, failure; /* what the header says; the provider's error */
    /* the plan */
    uint8_t *chosen; /* per set */
    ic_dimension *dims;
    size_t n_dims;
    int has_time;
    ic_intern attributes; /* their names */
    size_t annotations;   /* the column of annotations, or IC_SJ_NONE */
    ic_intern measures;   /* their names; more than one: a dimension, behind the others */
    ic_columns columns;
} ic_sj;

/* ---- sdmx_json_structure.c: the object or array has just begun ---- */
ic_status ic_sj_read_structure(ic_sj *s) IC_CHECKED;
/* A copy of a text event; a text with a NUL is refused. */
ic_status ic_sj_text(ic_sj *s, const char *what, ic_text *text) IC_CHECKED;
/* A text, or an object with a text for each language: English, or else the first. Anything else is passed over. */
ic_status ic_sj_localised(ic_sj *s, ic_text *text) IC_CHECKED;
ic_status ic_sj_links(ic_sj *s, ic_text *link) IC_CHECKED;
ic_status ic_sj_whole(ic_sj *s, const char *what, uint64_t *number) IC_CHECKED;

/* ---- sdmx_json_plan.c ---- */
ic_status ic_sj_plan_make(ic_sj *s) IC_CHECKED;
/* Names and attributes of the data set, whose rows come next. */
ic_status ic_sj_plan_name(ic_sj *s) IC_CHECKED;
/* An empty sink that knows all codes. */
ic_status ic_sj_sink_open(const ic_sj *s, ic_sink *sink) IC_CHECKED;
void ic_sj_plan_free(ic_sj *s);

/* ---- sdmx_json_rows.c ---- */
/* Reads the rows of all chosen sets, one after the other. */
ic_status ic_sj_rows(ic_sj *s, ic_sink *sink) IC_CHECKED;

/* ---- sdmx_json_parts.c ---- */
/* The same, on several threads where that is worth it, into one sink for each. *sinks is the caller's to close and free. */
ic_status ic_sj_read_rows(ic_sj *s, ic_sink **sinks, size_t *n) IC_CHECKED;

#endif
