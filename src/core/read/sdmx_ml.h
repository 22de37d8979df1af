/* SDMX-ML: what the files of its reader share.

   No structure definition is needed. Every observation belongs to a set: the pairs of concept and value that stand around it, from
   its data set down to itself. Rows are kept by set while the file is read; which concepts are dimensions and which are attributes
   is decided at the end (sdmx_ml_roles.c), when all that the file says about them is known. */
#ifndef IC_SDMX_ML_H
#define IC_SDMX_ML_H

#include "core/number/number_shape.h"
#include "core/read/period_cache.h"
#include "core/read/sink.h"
#include "core/read/structure.h"
#include "core/syntax/xml.h"

/* ---- concepts ---------------------------------------------------------------------------------------------- */

typedef enum ic_ml_word {                  /* what a name says */
                          IC_ML_DIMENSION, /* by all that is known of it */
                          IC_ML_ATTRIBUTE,
                          IC_ML_STATUS,
                          IC_ML_CONFIDENTIAL,
                          IC_ML_TIME,
                          IC_ML_VALUE
} ic_ml_word;

#define IC_ML_CONCEPTS 1000 /* of a message; what is done for every set is done for every concept */

/* Where a concept was met. */
enum {
    IC_ML_KEY = 1,        /* in SeriesKey, ObsKey, ObsDimension, Key: a dimension */
    IC_ML_ATTRIBUTES = 2, /* in Attributes, Comp: an attribute */
    IC_ML_AT_OBS = 4,     /* what the header says varies by observation */
    IC_ML_ON_DATASET = 8, /* the rest: attributes of structure-specific elements */
    IC_ML_ON_GROUP = 16,
    IC_ML_ON_SERIES = 32,
    IC_ML_ON_OBS = 64,       /* which has no series, or its period on the series */
    IC_ML_BESIDE_TIME = 128, /* on an observation of a series, that has its period there too */
    IC_ML_BEHIND = 256       /* behind what is an attribute, in one element */
};

typedef struct ic_ml_concept {
    ic_ml_word word;
    uint32_t measure; /* VALUE: its number in the head */
    int freq;         /* FREQ, FREQUENCY */
    int asked;        /* wanted by row */
    int varied;       /* more than IC_VALUES_MOST values that nobody asked for */
    uint32_t met;
    ic_intern values;
} ic_ml_concept;

typedef struct ic_ml_pair {
    uint32_t concept, value;
} ic_ml_pair;

typedef struct ic_ml_set {
    size_t first; /* pair */
    uint32_t n;
    uint32_t dataset;
    int wanted, dataset_wanted;
    char style;    /* FREQ's code, or 0 */
    uint64_t line; /* where it was met, in the part */
} ic_ml_set;

/* Pairs that belong to every set with some of them. */
typedef struct ic_ml_group {
    size_t first;
    uint32_t n;
    uint32_t dataset;
} ic_ml_group;

/* ---- what the header and the first observation say; the same for all parts ------------------------------------- */

typedef enum ic_ml_root {
    IC_ML_NO_ROOT,
    IC_ML_GENERIC,
    IC_ML_SPECIFIC,
    IC_ML_CROSS /* 2.0 */,
    IC_ML_UTILITY,
    IC_ML_FAULT
} ic_ml_root;

typedef struct ic_ml_structure {
    const char *id;
    const char *name; /* "ECB:EXR(1.0)", or NULL */
    const char *at_observation;
} ic_ml_structure;

typedef struct ic_ml_fact {
    const char *name, *text;
} ic_ml_fact;

typedef struct ic_ml_head {
    ic_arena arena;
    ic_ml_root root;
    int version; /* 2 or 3 */
    ic_ml_structure *structures;
    size_t n_structures, structures_room;
    ic_ml_fact *facts; /* attributes of the whole message */
    size_t n_facts, facts_room;
    ic_intern measures;
    int measured;           /* they are known */
    int timed;              /* 0: not known yet; 1: observations have periods; -1: they have none */
    ic_structures *carried; /* in front of the data, or NULL */
} ic_ml_head;

/* ---- templates of observations: sdmx_ml_quick.c ------------------------------------------------------------------ */

#define IC_ML_NODES    64
#define IC_ML_LITERALS ((size_t)32 << 10)
#define IC_ML_FIELDS   4

typedef enum ic_ml_field_kind {
    IC_ML_FIELD_TIME,
    IC_ML_FIELD_VALUE,
    IC_ML_FIELD_STATUS,
    IC_ML_FIELD_END
} ic_ml_field_kind;

typedef struct ic_ml_field {
    uint64_t offset; /* of the source */
    size_t length;
    ic_ml_field_kind kind;
} ic_ml_field;

/* A literal text, then a field; what may follow are the node's children. */
typedef struct ic_ml_node {
    uint32_t literal, length; /* in `literals` */
    uint32_t mask;            /* of its first 16 bytes */
    uint32_t line_feeds;
    ic_ml_field_kind kind;
    char behind;        /* the byte that ends the field */
    int child, sibling; /* nodes, or -1 */
    /* END */
    int valued;
    uint32_t flags;
    size_t first; /* of the pairs that the observation itself has, in `pairs` */
    uint32_t n;
    uint64_t epoch; /* for which `set` is known */
    uint32_t set;
} ic_ml_node;

typedef struct ic_ml_templates {
    ic_ml_node nodes[IC_ML_NODES];
    int used, root;
    char *literals; /* IC_ML_LITERALS bytes and some more */
    size_t literals_used;
    size_t longest; /* bytes of an observation, and room for its fields */
    ic_ml_pair *pairs;
    size_t n_pairs, pairs_room;
} ic_ml_templates;

/* ---- a part ------------------------------------------------------------------------------------------------------ */

typedef struct ic_ml_frame { /* of an open element */
    uint8_t kind;
    uint8_t held;       /* a group: it holds series or observations */
    uint8_t deleted;    /* its observations are */
    uint32_t mark;      /* pairs before it */
    uint32_t flags;     /* of observations around it */
    size_t time_length; /* of the period around it */
} ic_ml_frame;

typedef struct ic_ml_part {
    ic_ml_head *head;
    int owns_head; /* the first part, until the file is divided: what it meets goes into the head */
    const ic_options *options;
    ic_xml xml;
    ic_error error;
    uint64_t until; /* where the next part begins */
    int reached;    /* ... and this one ended; else it has passed it, or read everything */
    int finished;   /* the document has ended */
    unsigned base;  /* depth of the elements around the parts' boundaries: root and DataSet */
    ic_columns *columns;
    int may_grow;
    ic_ml_frame frames[IC_XML_DEPTH + 1];
    /* what was met */
    ic_intern names; /* of concepts */
    ic_ml_concept *concepts;
    size_t concepts_room;
    ic_ml_pair *pairs; /* around the current place */
    size_t n_pairs, pairs_room;
    ic_ml_pair *kept; /* those of sets and groups */
    size_t n_kept, kept_room;
    ic_intern set_keys;
    ic_ml_set *sets;
    size_t sets_room;
    ic_ml_group *groups;
    size_t n_groups, groups_room;
    ic_intern dataset_names;
    uint32_t dataset; /* the current one */
    int dataset_wanted;
    const char *at_observation; /* of it, or NULL */
    int any_dataset, any_wanted, any_figure;
    const char *datasets_listed; /* for messages */
    int timed;                   /* as ic_ml_head's, here */
    /* the current observation */
    uint64_t epoch; /* counts the changes of the pairs around observations */
    int in_obs, in_series;
    uint64_t obs_offset, obs_line;
    int time_on_obs;
    char time[64];
    size_t time_length;
    char status[32]; /* with a letter that is not in the list */
    size_t status_length;
    uint32_t flags, fixed_flags; /* the latter by what is the same in all observations that are written like this one */
    ic_number *figures;          /* by measure */
    uint8_t *given;
    size_t figures_room, given_room;
    size_t n_given;
    ic_ml_field fields[IC_ML_FIELDS];
    size_t n_fields;
    int learnable;
    uint32_t measure; /* the concept "measure" */
    /* texts that are collected */
    char *text;
    size_t text_used, text_room, text_pieces;
    uint64_t text_offset;
    int collecting;
    char *name; /* of what is collected, or its attribute */
    size_t name_length, name_room;
    /* rows */
    ic_sink sink;
    int run_open;
    char style; /* frequency that periods are read by */
    ic_period_cache periods;
    ic_number_shape shape;
    uint64_t refilled; /* offset at which the window was last filled for the quick path */
    ic_ml_templates templates;
    /* the footer */
    char *messages;
    size_t messages_used, messages_room;
    int failure; /* a message is of severity "Error" */
    uint64_t message_line, message_column, message_offset;
} ic_ml_part;

ic_status ic_ml_part_open(ic_ml_part *part) IC_CHECKED;
/* Goes on until the part ends, has passed the next one's beginning, or (`first`) has read one observation; places of errors count
   lines from 0 at the part's beginning. */
ic_status ic_ml_part_read(ic_ml_part *part, int first) IC_CHECKED;
void ic_ml_part_close(ic_ml_part *part);

/* ---- between sdmx_ml_part.c, sdmx_ml_rows.c and sdmx_ml_quick.c -------------------------------------------------- */

#define IC_ML_NO_TIME '-'

ic_status ic_ml_no_memory(ic_ml_part *part);
ic_status ic_ml_concept_of(ic_ml_part *part, const char *name, size_t length, uint32_t *concept) IC_CHECKED;
ic_status ic_ml_pair_add(ic_ml_part *part, uint32_t concept, const char *value, size_t length, uint32_t met) IC_CHECKED;
/* The set of the pairs around the current place; IC_ABSENT: it isn't wanted. */
ic_status ic_ml_set_of(ic_ml_part *part, uint64_t line, uint32_t *set) IC_CHECKED;
/* The rows of the observation that ends here. */
ic_status ic_ml_row(ic_ml_part *part, uint32_t *set) IC_CHECKED;
ic_status ic_ml_reserve_figures(ic_ml_part *part) IC_CHECKED;
ic_status ic_ml_figure(ic_ml_part *part, uint32_t measure, const char *text, size_t length,
                       const char *place) IC_CHECKED;
uint32_t ic_ml_status(ic_ml_part *part, const char *text, size_t length);
/* Starts or goes on with a run at the next row, which stands on `line`. */
ic_status ic_ml_run(ic_ml_part *part, uint32_t set, char freq, uint64_t line) IC_CHECKED;
ic_status ic_ml_make_room(ic_ml_part *part) IC_CHECKED;
/* An error at a place in the window. */
ic_status ic_ml_at(ic_ml_part *part, const char *place);

/* ---- sdmx_ml_head.c: all that is no data. Elements are of the kinds of sdmx_ml_part.c ---- */

typedef enum ic_ml_kind {
    IC_ML_SKIPPED,
    IC_ML_MESSAGE, /* the root */
    IC_ML_HEADER,
    IC_ML_HEADER_TEXT,
    IC_ML_STRUCTURE,
    IC_ML_STRUCTURE_REF,
    IC_ML_STRUCTURE_URN,
    IC_ML_FOOTER,
    IC_ML_FOOTER_MESSAGE,
    IC_ML_FOOTER_TEXT,
    IC_ML_EMBEDDED, /* structures in front of the data */
    IC_ML_DATASET,
    IC_ML_KEY_FAMILY,
    IC_ML_GROUP, /* what holds series, sections or observations in SDMX 2.0, or nothing */
    IC_ML_SERIES,
    IC_ML_OBS,
    IC_ML_KEYS, /* SeriesKey, ObsKey, GroupKey */
    IC_ML_ATTRIBUTE_LIST,
    IC_ML_LEAF,
    IC_ML_TIME_TEXT,
    IC_ML_COMPONENT, /* Comp */
    IC_ML_COMPONENT_VALUE,
    IC_ML_KEY_FIELD, /* in UtilityData: the element's name is a concept, its text the value */
    IC_ML_OBS_FIELD
} ic_ml_kind;

/* The kind of an element that begins within what is no data, by its parent's. */
ic_status ic_ml_head_start(ic_ml_part *part, ic_ml_kind parent, ic_ml_kind *kind) IC_CHECKED;
ic_status ic_ml_head_end(ic_ml_part *part, ic_ml_kind kind) IC_CHECKED;
/* The last event lies in structures that the message carries. */
ic_status ic_ml_embedded(ic_ml_part *part) IC_CHECKED;
/* A DataSet begins: which one, whether it is wanted. */
ic_status ic_ml_dataset_start(ic_ml_part *part) IC_CHECKED;
/* One of its names; the `best` one stands in messages. */
ic_status ic_ml_dataset_named(ic_ml_part *part, const char *name, size_t length, int best) IC_CHECKED;
/* What a DataSet says about itself rather than about its data. */
int ic_ml_dataset_word(const char *name, size_t length);
/* The attribute of the current START with this name behind its prefix, or NULL. */
const ic_xml_attribute *ic_ml_attribute(const ic_ml_part *part, const char *name);

/* Keeps how the observation that has ended is written, if that is ordinary. */
ic_status ic_ml_learn(ic_ml_part *part, uint32_t set) IC_CHECKED;
/* Reads observations that are written like earlier ones. */
ic_status ic_ml_quick(ic_ml_part *part) IC_CHECKED;

/* Decides what the concepts are, and makes of the parts' sets what ic_sinks_merge expects. */
ic_status ic_ml_settle(ic_ml_part *const *parts, size_t n, const ic_options *options, ic_dataset *dataset,
                       ic_error *error) IC_CHECKED;

#endif
