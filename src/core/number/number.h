/* Decimal text <-> double: correctly rounded (to nearest, ties to even), the same on every machine; no
   locale, no errno, no heap. Files are scanned with ic_number_scan (number_scan.h), which hands whatever is
   unusual to ic_number_parse. */
#ifndef IC_NUMBER_H
#define IC_NUMBER_H

#include "core/base/cpu.h"
#include "core/base/status.h"

typedef struct ic_number {
    double value;
    int8_t decimals; /* digits printed after the mark, less the exponent, 0..127: 2 for "104.30", 3 for
                        "1e-3", 0 for "1.5e3" */
    uint8_t digits;  /* printed from the first that is not 0 to the last, capped at 255; 1 for a zero: 5 for
                        "104.30" */
} ic_number;

/* How a file writes its figures; both marks are decided per file, never per cell. */
typedef struct ic_number_style {
    char decimal;   /* '.' or ',' */
    char thousands; /* 0 (none), ',', '.', ' ' or '\'', not the decimal mark; ' ' is also U+00A0, U+2009 and
                       U+202F,
                       '\'' is also U+2019 */
} ic_number_style;

/* 1 if the whole text is a number, else 0 (and `out` is untouched).

       number  = [+-] (digits [mark [digits]] | mark digits) [(e|E) [+-] digits]

   With a thousands separator the digits before the mark may come in groups: one to three digits of which the
   first is not 0, then exactly three each ("0,123" is more likely somebody's decimal comma). Neither is any
   other spelling a number: no blanks, no "NaN", no "inf", no hexadecimal, no "1_000", no U+2212; what is
   missing is the caller's to know. Beyond the range of doubles IEEE 754 rounds to infinity ("1e999") or zero
   ("1e-999"); a minus sign stays with a zero. `style` may be NULL: '.', no groups. */
int ic_number_parse(const char *text, size_t length, const ic_number_style *style, ic_number *out) IC_CHECKED;

#define IC_NUMBER_TEXT 32

/* Writes the shortest digits that read back as `value`, of those the nearest to it, ends them with '\0' and
   returns the length (at most 24). The layout is that of Python's repr without a trailing ".0": "104.3",
   "-0", "100000", "1e+16", "1e-05", "nan", "inf", "-inf". */
size_t ic_number_format(double value, char out[IC_NUMBER_TEXT]);

/* The same with zeros behind the last digit, so that there are at least `decimals` (up to 127) behind the mark; a number that is
   written with an exponent, or that is none, stays as it is. */
#define IC_NUMBER_PADDED (IC_NUMBER_TEXT + 128)
size_t ic_number_format_padded(double value, int decimals, char out[IC_NUMBER_PADDED]);

/* ---- for this room: what number_scan.h and the files here share -------------------------------------------------- */

#define IC_NUMBER_RUN 24

/* 10^0..10^22, which are exact doubles, and, from IC_NUMBER_MINUS on, the same negated. */
#define IC_NUMBER_TENS  22
#define IC_NUMBER_MINUS 32
extern const double ic_number_tens[2 * IC_NUMBER_MINUS];
extern const double ic_number_fill[16];       /* 10^(16 - k) */
extern const uint64_t ic_number_first[24][2]; /* 0xFF in the first k of 16 bytes; aligned */
extern const uint16_t ic_number_pairs[8];     /* what makes a number of two digits; aligned */

/* What vectors work with. Out of the compilers' sight, since gcc makes constants of equal bytes anew at each use, by
   three instructions, rather than read them. */
typedef struct ic_number_bytes {
    unsigned char before[64];            /* 0xFF, and from the middle on 0 */
    unsigned char first[32], beyond[32]; /* of the bytes that a run has: taken away, and then added, ... */
    unsigned char points[32], zeros[32]; /* '.', '0' */
    unsigned char marks[32];             /* the bit that tells them from digits */
    unsigned char minus[32];             /* '-', then what no byte of a run equals */
    unsigned char two[32];               /* what makes numbers of two digits, */
    uint16_t four[16], eight[16];        /* of four, of eight, */
    uint64_t sixteen[4];                 /* and of sixteen; of three in the upper half */
} ic_number_bytes;
extern const ic_number_bytes ic_number_constants; /* aligned to 64 */

/* the digits among k bytes that begin with the mark */
extern const uint8_t ic_number_decimals[IC_NUMBER_RUN + 1];

/* `count` digits (bytes '0'..'9'; any other byte is skipped, so marks may stay in) without leading zeros, the
   last of which stands for 10^`exponent`: is that value less than (-1), equal to (0) or greater than (1) the
   point halfway between the finite double with these bits and the next one up? `text` has at least `count`
   digits. The number must be within a factor of two of that double, or below the least one. */
int ic_number_compare_half(const char *text, int64_t count, int64_t exponent, uint64_t bits);

/* The bits of the double nearest to mantissa * 10^exponent. */
uint64_t ic_number_scale(uint64_t mantissa, int64_t exponent);

/* ic_number_scan without its fast path: anywhere; for runs of 8 bytes or more; of 16 or more. Runs of IC_NUMBER_RUN
   bytes or more, and more than 19 digits, give NULL. */
const char *ic_number_scan_plain(const char *p, ic_number *out);
const char *ic_number_scan_long(const char *p, ic_number *out);
const char *ic_number_scan_24(const char *p, ic_number *out);

/* An ic_number as two registers return it: `print` is decimals | digits << 8, or negative where there is no figure. */
typedef struct ic_number_wide {
    double value;
    int64_t print;
} ic_number_wide;

/* The run of `length` bytes at p, 16 to IC_NUMBER_RUN, of which 32 must be readable: the best one of this machine once
   ic_number_select was called, at import. */
extern ic_number_wide (*ic_number_scan_wide)(const char *p, size_t length);
void ic_number_select(ic_cpu level);
ic_number_wide ic_number_wide_any(const char *p, size_t length);

#endif
