/* SDMX-ML structure messages (2.0, 2.1, 3.0): code lists, schemes of concepts, and which of them a data structure's dimensions
   have. Read element by element, so that a data message may carry them too. */
#ifndef IC_STRUCTURE_H
#define IC_STRUCTURE_H

#include "core/base/arena.h"
#include "core/syntax/xml.h"

typedef enum ic_structure_kind {
    IC_STRUCTURE_CODES,    /* a code list, a value list */
    IC_STRUCTURE_CONCEPTS, /* a scheme of them; SDMX 2.0's that are in none are one without a name */
    IC_STRUCTURE_DATA,     /* a data structure, a key family: its items are the dimensions */
    IC_STRUCTURE_FLOW      /* a dataflow, which has no items but a structure */
} ic_structure_kind;

/* Texts end with a NUL; NULL: not said. What refers to something is written "AGENCY:ID(VERSION)", as far as it is said, and
   "AGENCY:SCHEME(VERSION).ID" where that is a concept. */
typedef struct ic_structure_item {
    const char *id;
    const char *label;
    const char *codes;   /* the code list of a concept or dimension */
    const char *concept; /* of a dimension */
} ic_structure_item;

typedef struct ic_structure_list {
    ic_structure_kind kind;
    const char *name;
    const char *label;
    const char *of; /* the structure of a dataflow */
    size_t first, n;
} ic_structure_list;

typedef struct ic_structures {
    const char *language; /* of labels, or NULL: English, else the first */
    ic_arena arena;
    ic_structure_list *lists;
    size_t n_lists, lists_room;
    ic_structure_item *items; /* list by list */
    size_t n_items, items_room;
    /* ---- while it is read */
    uint8_t kinds[IC_XML_DEPTH + 1]; /* of the open elements */
    int rank, list_rank;             /* of the label that the item and the list have */
    int word_rank;                   /* of the one that is being collected */
    char *text;
    size_t text_used, text_room;
} ic_structures;

/* Whether an element of a message, within its root, holds structures. */
int ic_structures_begin(const ic_xml *xml);
/* The last event of `xml`, which lies in such an element or starts it. IC_MEMORY. */
ic_status ic_structures_take(ic_structures *s, const ic_xml *xml) IC_CHECKED;

/* All of a message; `limit` bytes of one text at most. The error's place counts from 1. */
ic_status ic_structures_read(ic_structures *s, const ic_source *source, size_t limit, ic_error *error) IC_CHECKED;
void ic_structures_free(ic_structures *s);

#endif
