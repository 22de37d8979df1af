/* The characters of XML 1.0: which there are, and which names are made of. */
#ifndef IC_XML_CHARS_H
#define IC_XML_CHARS_H

#include "core/base/status.h"

#define IC_XML_NAME_START 1
#define IC_XML_NAME       2
#define IC_XML_SPACE      4
#define IC_XML_STOP                                                                                                    \
    8 /* ends or interrupts the plain part of an attribute's value: quotes, & < and control characters */

/* By byte; nothing is said of those beyond ASCII. */
extern const uint8_t ic_xml_kinds[256];

IC_INLINE uint8_t ic_xml_kind(const char *p) { return ic_xml_kinds[(unsigned char)*p]; }

IC_INLINE const char *ic_xml_spaces_end(const char *p, const char *end) {
    while (p < end && ic_xml_kind(p) & IC_XML_SPACE) p++;
    return p;
}

int ic_xml_is_char(uint32_t c);

/* The first byte that begins no character of XML, or `end`. */
const char *ic_xml_chars_end(const char *p, const char *end);

/* The end of the name at `p` (as the fifth edition has names), which is `p` if there is none. `end` may cut it. */
const char *ic_xml_name_end(const char *p, const char *end);

#endif
