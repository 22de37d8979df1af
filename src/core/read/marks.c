#include "core/read/marks.h"

#include <string.h>

#define U (IC_FLAG_OTHER | IC_MARK_UNKNOWN)

const uint32_t ic_mark_flags[256] = {
    ['a'] = U,
    ['b'] = IC_FLAG_BREAK,
    ['c'] = IC_FLAG_CONFIDENTIAL,
    ['d'] = IC_FLAG_DEFINITION_DIFFERS,
    ['e'] = IC_FLAG_ESTIMATED,
    ['f'] = IC_FLAG_FORECAST,
    ['g'] = U,
    ['h'] = U,
    ['i'] = IC_FLAG_IMPUTED,
    ['j'] = U,
    ['k'] = U,
    ['l'] = U,
    ['m'] = U,
    ['n'] = IC_FLAG_NOT_SIGNIFICANT,
    ['o'] = U,
    ['p'] = IC_FLAG_PROVISIONAL,
    ['q'] = U,
    ['r'] = IC_FLAG_REVISED,
    ['s'] = IC_FLAG_ESTIMATED, /* "Eurostat estimate" */
    ['t'] = U,
    ['u'] = IC_FLAG_LOW_RELIABILITY,
    ['v'] = U,
    ['w'] = U,
    ['x'] = U,
    ['y'] = U,
    ['z'] = IC_FLAG_NOT_APPLICABLE,
    ['A'] = 0, /* normal value */
    ['B'] = IC_FLAG_BREAK,
    ['C'] = IC_FLAG_CONFIDENTIAL, /* not in the code list, but in files */
    ['D'] = IC_FLAG_DEFINITION_DIFFERS,
    ['E'] = IC_FLAG_ESTIMATED,
    ['F'] = IC_FLAG_FORECAST,
    ['G'] = IC_FLAG_EXPERIMENTAL,
    ['H'] = IC_FLAG_NOT_AVAILABLE, /* missing: holiday or weekend */
    ['I'] = IC_FLAG_IMPUTED,
    ['J'] = IC_FLAG_DEROGATION,
    ['K'] = IC_FLAG_INCLUDED_ELSEWHERE,
    ['L'] = IC_FLAG_NOT_COLLECTED,
    ['M'] = IC_FLAG_NOT_APPLICABLE, /* missing: cannot exist */
    ['N'] = IC_FLAG_NOT_SIGNIFICANT,
    ['O'] = IC_FLAG_NOT_AVAILABLE,
    ['P'] = IC_FLAG_PROVISIONAL,
    ['Q'] = IC_FLAG_SUPPRESSED,
    ['R'] = U,
    ['S'] = IC_FLAG_STRIKE,
    ['T'] = U,
    ['U'] = IC_FLAG_LOW_RELIABILITY,
    ['V'] = IC_FLAG_UNVALIDATED,
    ['W'] = IC_FLAG_INCLUDES_OTHER,
    ['X'] = U,
    ['Y'] = U,
    ['Z'] = U,
};

uint32_t ic_marks_names(const char *text, size_t *length) {
    static const struct {
        const char *name;
        uint32_t flag;
    } names[] = {
#define NAMED(name, bit, words) {#name, UINT32_C(1) << bit},
        IC_FLAG_LIST(NAMED)
#undef NAMED
    };
    uint32_t flags = 0;
    while (*length >= 4) { /* no name is shorter */
        size_t start = *length, n, i = 0;
        while (start > 0 && text[start - 1] != ';') start--;
        n = *length - start;
        while (i < sizeof names / sizeof *names &&
               (strlen(names[i].name) != n || memcmp(names[i].name, text + start, n) != 0))
            i++;
        if (i == sizeof names / sizeof *names) break;
        flags |= names[i].flag;
        *length = start > 0 ? start - 1 : 0;
    }
    return flags;
}

uint32_t ic_marks_read(const char *text, size_t length, uint64_t unknown[256]) {
    uint32_t flags = ic_marks_names(text, &length);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == ' ' || c == ';') continue;
        int letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        uint32_t bits = letter ? ic_mark_flags[c] : U;
        if (bits & IC_MARK_UNKNOWN) unknown[c]++;
        flags |= bits & ~IC_MARK_UNKNOWN;
    }
    return flags;
}

uint32_t ic_marks_canada(const char *text, size_t length, uint64_t unknown[256]) {
    static const struct {
        char text[4];
        uint32_t flags;
    } symbols[] = {{"", 0},
                   {"A", 0},
                   {"B", 0},
                   {"C", 0},
                   {"D", 0},
                   {"E", IC_FLAG_LOW_RELIABILITY},
                   {"F", IC_FLAG_SUPPRESSED | IC_FLAG_LOW_RELIABILITY},
                   {"x", IC_FLAG_CONFIDENTIAL},
                   {"p", IC_FLAG_PROVISIONAL},
                   {"r", IC_FLAG_REVISED},
                   {"0s", IC_FLAG_LESS_THAN_HALF},
                   {".", IC_FLAG_NOT_AVAILABLE},
                   {"..", IC_FLAG_NOT_AVAILABLE},
                   {"...", IC_FLAG_NOT_APPLICABLE}};
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
        if (strlen(symbols[i].text) == length && memcmp(symbols[i].text, text, length) == 0) return symbols[i].flags;
    unknown[(unsigned char)text[0]]++;
    return IC_FLAG_OTHER;
}

uint32_t ic_marks_confidential(const char *text, size_t length) {
    return length == 0 || (length == 1 && (text[0] == 'F' || text[0] == 'f')) ? 0 : IC_FLAG_CONFIDENTIAL;
}

int ic_marks_missing(const char *text, size_t length, uint32_t *flags) {
    static const char *const words[] = {"-",           "--",   ":",    "n/a", "N/A",
                                        "#N/A",        "NA",   "n.a.", "NaN", "nan",
                                        "null",        "NULL", "None", ".",   "\xE2\x80\x94" /* em dash */,
                                        "\xE2\x80\x93" /* en dash */};
    *flags = length == 2 && memcmp(text, "..", 2) == 0 ? IC_FLAG_NOT_AVAILABLE
             : length == 3 && (memcmp(text, "...", 3) == 0 || memcmp(text, "\xE2\x80\xA6", 3) == 0) ? IC_FLAG_NOT_YET
                                                                                                    : 0;
    if (length == 0 || *flags != 0) return 1;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == length && memcmp(words[i], text, length) == 0) return 1;
    return 0;
}
