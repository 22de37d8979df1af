#include "core/base/utf8.h"

#include <stdint.h>
#include <string.h>

size_t ic_utf8_step(const char *text, size_t length) {
    const unsigned char *p = (const unsigned char *)text;
    if (length == 0) return 0;
    if (p[0] < 0x80) return 1;
    if (p[0] < 0xC2) return 0;
    size_t n = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : p[0] < 0xF5 ? 4 : 0;
    if (n == 0 || n > length) return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;
    if (n == 3 && p[0] == 0xE0 && p[1] < 0xA0) return 0; /* overlong */
    if (n == 3 && p[0] == 0xED && p[1] > 0x9F) return 0; /* surrogate */
    if (n == 4 && p[0] == 0xF0 && p[1] < 0x90) return 0; /* overlong */
    if (n == 4 && p[0] == 0xF4 && p[1] > 0x8F) return 0; /* beyond U+10FFFF */
    return n;
}

size_t ic_utf8_valid(const char *text, size_t length) {
    size_t i = 0;
    while (i < length) {
        if (length - i >= 8) { /* eight ASCII bytes at a time */
            uint64_t block;
            memcpy(&block, text + i, 8);
            if ((block & UINT64_C(0x8080808080808080)) == 0) {
                i += 8;
                continue;
            }
        }
        size_t step = ic_utf8_step(text + i, length - i);
        if (step == 0) return i;
        i += step;
    }
    return length;
}

size_t ic_utf8_whole(const char *text, size_t length) {
    size_t start = length;
    while (start > 0 && length - start < 3 && ((unsigned char)text[start - 1] & 0xC0) == 0x80) start--;
    if (start == 0) return length;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t need = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    return length - (start - 1) < need ? start - 1 : length;
}

size_t ic_utf8_count(const char *text, size_t length) {
    size_t n = 0;
    for (size_t i = 0; i < length; n++) {
        size_t step = ic_utf8_step(text + i, length - i);
        i += step == 0 ? 1 : step;
    }
    return n;
}

size_t ic_utf8_mark(const char *text, size_t length) {
    return length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}
