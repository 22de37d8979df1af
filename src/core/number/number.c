#include "core/number/number.h"
#include "core/number/number_powers.h"
#include "core/number/number_scan.h"

#include <float.h>
#include <string.h>

#define E(k) 1e##k
#define TENS(s)                                                                                                        \
    s E(0), s E(1), s E(2), s E(3), s E(4), s E(5), s E(6), s E(7), s E(8), s E(9), s E(10), s E(11), s E(12),         \
        s E(13), s E(14), s E(15), s E(16), s E(17), s E(18), s E(19), s E(20), s E(21), s E(22)

const double ic_number_tens[2 * IC_NUMBER_MINUS] = {TENS(+), [IC_NUMBER_MINUS] = TENS(-)};

const uint8_t ic_number_decimals[IC_NUMBER_RUN + 1] = {0,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                                                       12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23};

const double ic_number_fill[16] = {1e16, 1e15, 1e14, 1e13, 1e12, 1e11, 1e10, 1e9,
                                   1e8,  1e7,  1e6,  1e5,  1e4,  1e3,  1e2,  1e1};

/* Opaque here, since compilers would replace the product by more instructions. */
_Alignas(16) const uint16_t ic_number_pairs[8] = {2561, 2561, 2561, 2561, 2561, 2561, 2561, 2561};

#define EIGHT(x)     x, x, x, x, x, x, x, x
#define ALL_BYTES(x) {EIGHT(x), EIGHT(x), EIGHT(x), EIGHT(x)}
_Alignas(64) const ic_number_bytes ic_number_constants = {
    .before = {EIGHT(0xFF), EIGHT(0xFF), EIGHT(0xFF), EIGHT(0xFF)},
    .first = ALL_BYTES('-'),
    .beyond = ALL_BYTES(0x80 - 13),
    .points = ALL_BYTES('.'),
    .zeros = ALL_BYTES('0'),
    .marks = ALL_BYTES(0x10),
    .minus = {'-', EIGHT(0xFF), EIGHT(0xFF), EIGHT(0xFF), 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF},
    .two = {10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 100, 10, 1},
    .four = {100, 1, 100, 1, 100, 1, 100, 1, 1, 1},
    .eight = {10000, 1, 10000, 1, 0, 0, 0, 0, 1},
    .sixteen = {100000000, 0, 1},
};

#define FIRST(k) ((UINT64_C(1) << (8 * (k))) - 1)
#define ALL      UINT64_MAX
_Alignas(64) const uint64_t ic_number_first[24][2] = {
    {0, 0},          {FIRST(1), 0},   {FIRST(2), 0},   {FIRST(3), 0},   {FIRST(4), 0},   {FIRST(5), 0},
    {FIRST(6), 0},   {FIRST(7), 0},   {ALL, 0},        {ALL, FIRST(1)}, {ALL, FIRST(2)}, {ALL, FIRST(3)},
    {ALL, FIRST(4)}, {ALL, FIRST(5)}, {ALL, FIRST(6)}, {ALL, FIRST(7)}, {ALL, ALL},      {ALL, ALL},
    {ALL, ALL},      {ALL, ALL},      {ALL, ALL},      {ALL, ALL},      {ALL, ALL},      {ALL, ALL},
};

#define MANTISSA_DIGITS 19 /* as many as always fit into 64 bits */
#define EXACT           (UINT64_C(1) << 53)

/* One product or quotient of exact doubles is rounded once, where doubles are computed as doubles (not on x87). */
#if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD == 0
#define ONE_ROUNDING 1
#else
#define ONE_ROUNDING 0
#endif

static double from_bits(uint64_t bits, int minus) {
    double value;
    bits |= (uint64_t)(minus != 0) << 63;
    memcpy(&value, &bits, 8);
    return value;
}

#define INFINITE UINT64_C(0x7FF0000000000000)

/* D. Lemire, "Number parsing at a gigabyte per second" (2021), with N. Mushtak and D. Lemire, "Fast number
   parsing without fallback" (2023): 128 bits of the power always decide for a mantissa of 64 bits. */
IC_INLINE uint64_t scale(uint64_t mantissa, int64_t exponent) {
    if (mantissa == 0 || exponent < IC_POWER_FIRST) return 0; /* 2^64 * 10^-343 is less than half the least double */
    if (exponent > 308) return INFINITE;
    const int ten = (int)exponent;
    const uint64_t *power = ic_number_powers[ten - IC_POWER_FIRST];
    const unsigned shift = ic_number_leading_zeros(mantissa);
    mantissa <<= shift;
    ic_product p = ic_number_multiply(mantissa, power[0]);
    /* The low half of the power matters only if it may carry into the 55 bits that are used. */
    if (IC_UNLIKELY((p.high & 0x1FF) == 0x1FF)) {
        uint64_t carry = ic_number_multiply(mantissa, power[1]).high;
        p.low += carry;
        p.high += p.low < carry;
    }
    const unsigned upper = (unsigned)(p.high >> 63);
    uint64_t kept = p.high >> (upper + 9); /* 53 bits and the one that rounds */
    int biased = ic_number_log2_of_ten(ten) + 63 + (int)upper - (int)shift + 1023;
    if (IC_UNLIKELY(biased <= 0)) { /* subnormal, or rounded up to the least normal number; no ties this far down */
        if (biased < -63 + 1) return 0;
        kept >>= 1 - biased;
        return (kept + 1) >> 1;
    }
    /* Halfway exactly, and below an even number? Only small powers allow it. */
    if (IC_UNLIKELY(p.low <= 1 && (kept & 3) == 1 && ten >= -4 && ten <= 23 && kept << (upper + 9) == p.high)) kept--;
    kept = (kept + 1) >> 1;
    /* Adding instead of joining carries a mantissa of 2^53 into the exponent. */
    uint64_t bits = ((uint64_t)biased << 52) + (kept - (UINT64_C(1) << 52));
    return bits < INFINITE ? bits : INFINITE;
}

uint64_t ic_number_scale(uint64_t mantissa, int64_t exponent) { return scale(mantissa, exponent); }

/* ---- any text
 * ----------------------------------------------------------------------------------------------- */

typedef struct figure {
    uint64_t mantissa;   /* the first 19 significant digits */
    int64_t significant; /* digits from the first that is not 0 */
    int64_t digits;      /* all */
    const char *first;   /* the first that is not 0 */
} figure;

IC_INLINE int digit_of(char c, unsigned *digit) {
    *digit = (unsigned)(unsigned char)c - '0';
    return *digit < 10;
}

IC_INLINE const char *take_digits(figure *f, const char *p, const char *end) {
    unsigned digit;
    const char *start = p;
    if (f->significant == 0) {
        while (p < end && *p == '0') p++;
        f->first = p;
    }
    const int64_t room = f->significant < MANTISSA_DIGITS ? MANTISSA_DIGITS - f->significant : 0;
    const char *first = p, *last = end - p > room ? p + room : end;
    for (; p < last && digit_of(*p, &digit); p++) f->mantissa = f->mantissa * 10 + digit;
    if (IC_UNLIKELY(p == last))
        while (p < end && digit_of(*p, &digit)) p++;
    f->significant += p - first;
    f->digits += p - start;
    return p;
}

/* Bytes of the separator at p, 0 if there is none that could be followed by a group. */
static size_t separator(const char *p, const char *end, char thousands) {
    if (end - p < 4) return 0;
    if (*p == thousands) return 1;
    if (thousands == ' ') {
        if (memcmp(p, "\xC2\xA0", 2) == 0) return 2;
        if (memcmp(p, "\xE2\x80\x89", 3) == 0 || memcmp(p, "\xE2\x80\xAF", 3) == 0) return 3;
    }
    return thousands == '\'' && memcmp(p, "\xE2\x80\x99", 3) == 0 ? 3 : 0;
}

/* The digits before the mark, in groups if there is a separator; NULL for groups that are none. */
static const char *take_groups(figure *f, const char *p, const char *end, char thousands) {
    const char *start = p, *group = p;
    p = take_digits(f, p, end);
    size_t skip = separator(p, end, thousands);
    if (skip == 0) return p;
    if (p == group || p - group > 3 || *start == '0') return NULL;
    do {
        group = p + skip;
        p = take_digits(f, group, end);
        if (p - group != 3) return NULL;
        skip = separator(p, end, thousands);
    } while (skip != 0);
    return p;
}

#define EXPONENT_LIMIT INT64_C(100000000000000000)

/* What follows 'e': 0 if it is no exponent up to the end of the text. */
static int take_exponent(const char *p, const char *end, int64_t *exponent) {
    unsigned digit;
    int minus = 0;
    if (p < end && (*p == '-' || *p == '+')) minus = *p++ == '-';
    if (p == end) return 0;
    int64_t value = 0;
    for (; p < end && digit_of(*p, &digit); p++)
        if (value < EXPONENT_LIMIT) value = value * 10 + digit;
    *exponent = minus ? -value : value;
    return p == end;
}

/* More digits than a word holds: the first ones decide, unless the number lies near the middle between two
 * doubles. */
static IC_NOINLINE uint64_t scale_long(const figure *f, int64_t last) {
    int64_t exponent = last + f->significant - MANTISSA_DIGITS;
    uint64_t below = scale(f->mantissa, exponent), above = scale(f->mantissa + 1, exponent);
    if (below == above) return below;
    int order = ic_number_compare_half(f->first, f->significant, last, below);
    return below + (order > 0 || (order == 0 && (below & 1)));
}

int ic_number_parse(const char *text, size_t length, const ic_number_style *style, ic_number *out) {
    const char *p = text, *end = text + length;
    const char decimal = style != NULL ? style->decimal : '.', thousands = style != NULL ? style->thousands : 0;
    figure f = {0};
    int64_t after = 0, exponent = 0;
    int minus = 0;
    if (p < end && (*p == '-' || *p == '+')) minus = *p++ == '-';
    p = thousands != 0 ? take_groups(&f, p, end, thousands) : take_digits(&f, p, end);
    if (p == NULL) return 0;
    if (p < end && *p == decimal) {
        const char *mark = p;
        p = take_digits(&f, p + 1, end);
        after = p - mark - 1;
    }
    if (f.digits == 0) return 0;
    if (p < end && ((*p | 0x20) != 'e' || !take_exponent(p + 1, end, &exponent))) return 0;
    const int64_t last = exponent - after; /* the last digit stands for 10^last */
    if (ONE_ROUNDING && f.significant <= MANTISSA_DIGITS && f.mantissa <= EXACT && last >= -IC_NUMBER_TENS &&
        last <= IC_NUMBER_TENS) {
        const double value = (double)(int64_t)f.mantissa, *tens = ic_number_tens + (minus ? IC_NUMBER_MINUS : 0);
        out->value = last < 0 ? value / tens[-last] : value * tens[last];
    } else {
        out->value =
            from_bits(f.significant <= MANTISSA_DIGITS ? scale(f.mantissa, last) : scale_long(&f, last), minus);
    }
    out->decimals = (int8_t)(last >= 0 ? 0 : last < -127 ? 127 : -last);
    out->digits = (uint8_t)(f.significant == 0 ? 1 : f.significant > 255 ? 255 : f.significant);
    return 1;
}

/* ---- longer runs in a scan
 * ---------------------------------------------------------------------------------- */

const char *ic_number_scan_plain(const char *p, ic_number *out) {
    size_t length = 0;
    while (length < IC_NUMBER_RUN && ((unsigned char)p[length] - 0x2Du) < 13) length++;
    if (length == IC_NUMBER_RUN || length == 0) return NULL;
    size_t marks = 0;
    for (size_t i = 0; i < length; i++) marks += p[i] == '.';
    if (length - marks - (p[0] == '-') > MANTISSA_DIGITS) return NULL;
    return ic_number_parse(p, length, NULL, out) ? p + length : NULL;
}

#ifdef IC_NUMBER_WORDS

/* 16 bytes at once, otherwise as in ic_number_scan. */
static const char *scan_16(const char *p, unsigned length, unsigned minus, ic_number *out) {
    typedef unsigned __int128 wide;
    const uint64_t zeros = IC_NUMBER_EACH('0'), tens = IC_NUMBER_EACH(0x10);
    const char *end_of_run = p + length;
    p += minus;
    length -= minus;
    const wide x = (wide)(ic_number_load(p + 8) ^ zeros) << 64 | (ic_number_load(p) ^ zeros);
    const wide end = (wide)0x10 << (8 * length);
    const wide inner = x & ((wide)tens << 64 | tens) & (end - 1);
    const wide marks = inner | end, first = marks & (0 - marks), more = marks ^ first;
    const unsigned digits = length - (unsigned)(more != 0);
    if (IC_UNLIKELY(((more & (more - 1)) | (inner & x << 4)) != 0)) return NULL;
    const wide before = (first >> 4) - 1;
    const wide v = ((x & before) | (x >> 8 & ~before)) << (128 - 8 * digits);
    const uint64_t head = (uint64_t)v, tail = (uint64_t)(v >> 64), low = (uint64_t)first;
    const unsigned place =
        low != 0 ? (unsigned)ic_number_lowest(low) : 64 + (unsigned)ic_number_lowest((uint64_t)(first >> 64));
    const unsigned zero_bits =
        head != 0 ? (unsigned)ic_number_lowest(head) : 64 + (unsigned)ic_number_lowest(tail | UINT64_C(1) << 63);
    const unsigned decimals = digits - (place >> 3);
    const uint64_t mantissa = ic_number_eight(head) * 100000000 + ic_number_eight(tail);
    out->value = (double)(int64_t)mantissa / ic_number_tens[decimals + IC_NUMBER_MINUS * minus];
    out->decimals = (int8_t)decimals;
    out->digits = (uint8_t)(16 - (zero_bits >> 3));
    return end_of_run;
}

const char *ic_number_scan_24(const char *p, ic_number *out) {
    const uint64_t stop = ic_number_stop(ic_number_load(p + 16));
    if (IC_UNLIKELY(stop == 0)) return NULL;
    const size_t length = 16 + (ic_number_lowest(stop) >> 3);
    const ic_number_wide wide = ic_number_wide_any(p, length);
    if (IC_UNLIKELY(wide.print < 0)) return NULL;
    *out = (ic_number){wide.value, (int8_t)wide.print, (uint8_t)(wide.print >> 8)};
    return p + length;
}

const char *ic_number_scan_long(const char *p, ic_number *out) {
    const uint64_t stop = ic_number_stop(ic_number_load(p + 8));
    if (IC_UNLIKELY(stop == 0)) return ic_number_scan_24(p, out);
    return scan_16(p, 8 + ((unsigned)ic_number_lowest(stop) >> 3), *p == '-', out);
}

#else

const char *ic_number_scan_long(const char *p, ic_number *out) { return ic_number_scan_plain(p, out); }

#endif
