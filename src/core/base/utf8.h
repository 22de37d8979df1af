/* UTF-8 (RFC 3629): no surrogates, no overlong forms, nothing beyond U+10FFFF. */
#ifndef IC_UTF8_H
#define IC_UTF8_H

#include <stddef.h>

/* Length in bytes (1 to 4) of the well-formed character at `text`, 0 if there is none. */
size_t ic_utf8_step(const char *text, size_t length);

/* Bytes up to the first ill-formed character; `length` if there is none. */
size_t ic_utf8_valid(const char *text, size_t length);

/* The largest n <= length at which no character is cut. */
size_t ic_utf8_whole(const char *text, size_t length);

/* Number of characters; ill-formed bytes count as one each. */
size_t ic_utf8_count(const char *text, size_t length);

/* Bytes of the mark that a text may begin with: 3 or 0. */
size_t ic_utf8_mark(const char *text, size_t length);

#endif
