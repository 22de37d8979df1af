/* A number or null at a known place, for the hot loops over arrays of them. */
#ifndef IC_JSON_FIGURE_H
#define IC_JSON_FIGURE_H

#include "core/number/number_shape.h"

#include <math.h>

/* Where the number ends that starts at `text`, by JSON's grammar, or NULL; what number_scan has not got: exponents, many digits.
   Zeros stand behind the text. */
const char *ic_json_figure_plain(const char *text, ic_number *number);

/* The figure at p: the byte behind it, or NULL if there is none that is a number as JSON writes it, or null, which is NaN with
   -1 decimals. 32 bytes from p must be readable. */
IC_INLINE const char *ic_json_figure(const char *p, ic_number *number) {
    static const char null[4] = {'n', 'u', 'l', 'l'};
    if (IC_UNLIKELY(*p == 'n')) {
        number->value = NAN;
        number->decimals = -1;
        number->digits = 0;
        return memcmp(p, null, 4) == 0 ? p + 4 : NULL;
    }
    const char *end = ic_number_scan(p, number);
    if (IC_UNLIKELY(end == NULL || (*end | 0x20) == 'e')) return ic_json_figure_plain(p, number);
    /* JSON has neither ".5" nor "5." nor "05" */
    const char *digits = p + (*p == '-');
    unsigned first = (unsigned)(unsigned char)digits[0] - '0', second = (unsigned)(unsigned char)digits[1] - '0';
    int wrong = (first > 9) | ((first == 0) & (second <= 9)) | (end[-1] == '.');
    return IC_UNLIKELY(wrong) ? NULL : end;
}

/* As ic_json_figure, for figures that look like the one before; `digits` counts leading zeros too. */
IC_INLINE const char *ic_json_figure_shaped(const char *p, ic_number_shape *shape, ic_number *number) {
    const unsigned first = (unsigned)(unsigned char)p[*p == '-'] - '0',
                   second = (unsigned)(unsigned char)p[1 + (*p == '-')] - '0';
    if (IC_UNLIKELY((first > 9) | ((first == 0) & (second <= 9)))) return ic_json_figure(p, number);
    const char *end = ic_number_scan_shaped(p, shape, number);
    return IC_LIKELY(end != NULL && (*end | 0x20) != 'e' && end[-1] != '.') ? end : ic_json_figure(p, number);
}

IC_INLINE int ic_json_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

IC_INLINE const char *ic_json_past_blanks(const char *p) {
    while (IC_UNLIKELY(ic_json_blank(*p))) p++;
    return p;
}

#endif
