#include "core/syntax/xml_chars.h"
#include "core/base/utf8.h"

#include <string.h>

#define T IC_XML_STOP
#define W IC_XML_SPACE
#define B (IC_XML_STOP | IC_XML_SPACE)
#define N IC_XML_NAME
#define L (IC_XML_NAME | IC_XML_NAME_START)

const uint8_t ic_xml_kinds[256] = {
    T, T, T, T, T, T, T, T, T, B, B, T, T, B, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T,
    W, 0, T, 0, 0, 0, T, T, 0, 0, 0, 0, 0, N, N, 0, N, N, N, N, N, N, N, N, N, N, L, 0, T, 0, 0, 0,
    0, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, 0, 0, 0, 0, L,
    0, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, 0, 0, 0, 0, 0,
};

typedef struct range {
    uint32_t first, last;
} range;

static int within(const range *ranges, size_t n, uint32_t c) {
    for (size_t i = 0; i < n; i++)
        if (c >= ranges[i].first && c <= ranges[i].last) return 1;
    return 0;
}

/* Of XML 1.0, fifth edition; those below U+0080 stand in ic_xml_kinds. */
static const range name_starts[] = {{0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x2FF},    {0x370, 0x37D},
                                    {0x37F, 0x1FFF},  {0x200C, 0x200D}, {0x2070, 0x218F}, {0x2C00, 0x2FEF},
                                    {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF}};
static const range name_others[] = {{0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}};

static uint32_t code_point(const char *p, size_t step) {
    uint32_t c = (unsigned char)p[0] & (step == 1 ? 0x7Fu : 0x7Fu >> step);
    for (size_t i = 1; i < step; i++) c = c << 6 | ((unsigned char)p[i] & 0x3Fu);
    return c;
}

int ic_xml_is_char(uint32_t c) {
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0xD800) || (c > 0xDFFF && c < 0xFFFE) ||
           (c > 0xFFFF && c < 0x110000);
}

const char *ic_xml_chars_end(const char *p, const char *end) {
    while (p < end) {
        if (end - p >= 8) { /* eight at a time, as long as they are ASCII and no control characters */
            uint64_t v;
            memcpy(&v, p, 8);
            const uint64_t each = UINT64_C(0x0101010101010101), high = each * 0x80;
            if (((v | ((v - each * 0x20) & ~v)) & high) == 0) {
                p += 8;
                continue;
            }
        }
        size_t step = ic_utf8_step(p, (size_t)(end - p));
        if (step == 0 || !ic_xml_is_char(code_point(p, step))) return p;
        p += step;
    }
    return end;
}

const char *ic_xml_name_end(const char *p, const char *end) {
    const char *start = p;
    while (p < end) {
        if ((unsigned char)*p < 0x80) {
            if (!(ic_xml_kind(p) & (p == start ? IC_XML_NAME_START : IC_XML_NAME))) break;
            p++;
            continue;
        }
        size_t step = ic_utf8_step(p, (size_t)(end - p));
        if (step == 0) break;
        uint32_t c = code_point(p, step);
        if (!within(name_starts, sizeof name_starts / sizeof *name_starts, c) &&
            (p == start || !within(name_others, sizeof name_others / sizeof *name_others, c)))
            break;
        p += step;
    }
    return p;
}
