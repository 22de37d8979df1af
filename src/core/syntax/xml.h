/* XML 1.0 as a stream of events, through one reused window. Names are told as they are written and by what stands behind their
   prefix; namespaces are not looked up. CDATA and references are resolved, comments and processing instructions passed over. A
   document type declaration is refused, and with it every entity but the five that XML has. What is said about the encoding is
   not believed: the bytes are UTF-8. Every byte is looked at a fixed number of times. */
#ifndef IC_XML_H
#define IC_XML_H

#include "core/syntax/window.h"

#define IC_XML_DEPTH 200 /* elements within elements */

typedef enum ic_xml_event { IC_XML_START, IC_XML_END, IC_XML_TEXT, IC_XML_DONE } ic_xml_event;

typedef struct ic_xml_attribute {
    const char *name; /* in the window */
    size_t name_length;
    size_t prefix;     /* bytes of it up to the colon and with it; 0: there is none */
    const char *value; /* references resolved, line ends and tabs made blanks */
    size_t length;
    const char *raw; /* the value as it stands in the window */
    size_t raw_length;
} ic_xml_attribute;

typedef struct ic_xml {
    ic_window window; /* begins behind the last event */
    uint64_t line;    /* line feeds before it, since the scanner was opened */
    /* the last event; its texts are valid until the next one is asked for */
    ic_xml_event event;
    const char *token; /* its first byte, in the window; of an END without a tag of its own: that of the START */
    uint64_t token_line;
    const char *name; /* START, END */
    size_t name_length, prefix;
    ic_xml_attribute *attributes; /* START */
    size_t n_attributes;
    int empty;        /* START: the tag ends its element, whose END comes next */
    const char *text; /* TEXT: up to the next markup, so that one text may come as several */
    size_t length;
    /* ---- its own */
    size_t attributes_room;
    char *names; /* of the open elements, one behind the other */
    size_t names_used, names_room;
    uint32_t starts[IC_XML_DEPTH + 1]; /* of each in names */
    unsigned depth;                    /* open elements */
    int rooted;                        /* the root element has begun */
    char *scratch;
    size_t scratch_used, scratch_room;
    uint64_t counted; /* offset up to which `column` is counted */
    uint64_t column;  /* characters since the last line feed before it; or since the scanner was opened: */
    int first_line;   /* no line feed has been met since */
    uint64_t opened;  /* where */
} ic_xml;

/* Starts at the source's first byte, or behind a byte order mark. */
ic_status ic_xml_open(ic_xml *xml, const ic_source *source, size_t limit, ic_error *error) IC_CHECKED;
/* Starts at `offset`, where a tag begins, within the outermost `depth` of the elements that are open in `like`. */
ic_status ic_xml_open_at(ic_xml *xml, const ic_xml *like, unsigned depth, uint64_t offset, size_t limit,
                         ic_error *error) IC_CHECKED;
void ic_xml_close(ic_xml *xml);

/* The next event. IC_FORMAT with its place if the document is not well-formed, IC_LIMIT if it nests too deeply or something in
   it is longer than the limit; and as ic_window_more fails. */
ic_status ic_xml_next(ic_xml *xml, ic_error *error) IC_CHECKED;

/* Reads more behind what the window holds, unless the source has ended. */
ic_status ic_xml_more(ic_xml *xml, ic_error *error) IC_CHECKED;

/* Fills offset, line (counted from 0 since the scanner was opened) and column of a place in the window that lies in the last
   event or behind it; returns error->status. */
ic_status ic_xml_at(ic_xml *xml, ic_error *error, const char *place);

/* Whether a name without its prefix is `word`. */
int ic_xml_is(const char *name, size_t length, const char *word);

#endif
