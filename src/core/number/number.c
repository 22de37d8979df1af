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

const uint8_t ic_number_decimals[16] = {0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};

const uint8_t ic_number_mask[32] = {
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
};

#define MANTISSA_DIGITS 19 /* as many as always fit into 64 bits */
#define EXACT           (UINT64_C(1) << 53)

/* One product or quotient of exact doubles is rounded once, where doubles are computed as doubles (not on
 * x87). */
#if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD == 0
#define ONE_ROUNDING 1
#else
#define ONE_ROUNDING 0
#endif

static unsigned leading_zeros(uint64_t v) { /* v != 0 */
#if defined(__GNUC__) || defined(__clang__)
    return (unsigned)__builtin_clzll(v);
#else
    unsigned n = 0;
    for (; v >> 63 == 0; v <<= 1) n++;
    return n;
#endif
}

static double from_bits(uint64_t bits, int minus) {
    double value;
    bits |= (uint64_t)(minus != 0) << 63;
    memcpy(&value, &bits, 8);
    return value;
}

#define INFINITE UINT64_C(0x7FF0000000000000)

/* D. Lemire, "Number parsing at a gigabyte per second" (2021), with N. Mushtak and D. Lemire, "Fast number
   parsing without fallback" (2023): 128 bits of the power always decide for a mantissa of 64 bits. */
uint64_t ic_number_scale(uint64_t mantissa, int64_t exponent) {
    if (mantissa == 0 || exponent < IC_POWER_FIRST) return 0; /* 2^64 * 10^-343 is less than half the least double */
    if (exponent > 308) return INFINITE;
    const int ten = (int)exponent;
    const uint64_t *power = ic_number_powers[ten - IC_POWER_FIRST];
    const unsigned shift = leading_zeros(mantissa);
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
    for (; p < end && digit_of(*p, &digit); p++) {
        if (f->significant < MANTISSA_DIGITS) f->mantissa = f->mantissa * 10 + digit;
        if (f->significant == 0) f->first = p;
        f->significant += f->mantissa != 0;
    }
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
    uint64_t below = ic_number_scale(f->mantissa, exponent), above = ic_number_scale(f->mantissa + 1, exponent);
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
        out->value = from_bits(
            f.significant <= MANTISSA_DIGITS ? ic_number_scale(f.mantissa, last) : scale_long(&f, last), minus);
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
    const unsigned place = low != 0 ? ic_number_lowest(low) : 64 + ic_number_lowest((uint64_t)(first >> 64));
    const unsigned zero_bits = head != 0 ? ic_number_lowest(head) : 64 + ic_number_lowest(tail | UINT64_C(1) << 63);
    const unsigned decimals = digits - (place >> 3);
    const uint64_t mantissa = ic_number_eight(head) * 100000000 + ic_number_eight(tail);
    out->value = (double)(int64_t)mantissa / ic_number_tens[decimals + IC_NUMBER_MINUS * minus];
    out->decimals = (int8_t)decimals;
    out->digits = (uint8_t)(16 - (zero_bits >> 3));
    return end_of_run;
}

/* 0xFF for the bytes before place `t`, read at 24 - t */
static const unsigned char before_place[48] = {
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
};

/* The digits k*8 to k*8+7, skipping the mark at `place`. */
IC_INLINE uint64_t without_mark(const char *p, unsigned k, unsigned place) {
    const uint64_t before = ic_number_load((const char *)before_place + 24 - place + 8 * k);
    return ((ic_number_load(p + 8 * k) & before) | (ic_number_load(p + 8 * k + 1) & ~before)) ^ IC_NUMBER_EACH('0');
}

/* Bit k: is byte k of the run's word a mark? */
IC_INLINE unsigned marks_of(uint64_t x) {
    return (unsigned)((x >> 4 & IC_NUMBER_EACH(1)) * UINT64_C(0x0102040810204080) >> 56);
}

static const uint32_t small_tens[9] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

static const char *scan_24(const char *p, unsigned length, unsigned minus, ic_number *out) {
    const char *end_of_run = p + length;
    p += minus;
    length -= minus;
    const uint64_t zeros = IC_NUMBER_EACH('0');
    const uint64_t x0 = ic_number_load(p) ^ zeros, x1 = ic_number_load(p + 8) ^ zeros,
                   x2 = ic_number_load(p + 16) ^ zeros;
    const unsigned end = 1u << length;
    const unsigned inner = (marks_of(x0) | marks_of(x1) << 8 | marks_of(x2) << 16) & (end - 1);
    const unsigned odd = marks_of(x0 << 4) | marks_of(x1 << 4) << 8 | marks_of(x2 << 4) << 16;
    const unsigned marks = inner | end, more = marks & (marks - 1);
    const unsigned place = ic_number_lowest(marks), digits = length - (more != 0), decimals = digits - place;
    if (IC_UNLIKELY(((more & (more - 1)) | (inner & odd)) != 0 || digits > MANTISSA_DIGITS)) return NULL;
    /* 8 digits, then up to 8, then the rest: 14 to 19 in all */
    const unsigned second = digits < 16 ? digits - 8 : 8, third = digits - 8 - second;
    const uint64_t head = without_mark(p, 0, place), body = without_mark(p, 1, place) << (64 - 8 * second);
    const uint64_t tail = without_mark(p, 2, place) << (56 - 8 * third) << 8;
    const uint64_t mantissa = (ic_number_eight(head) * small_tens[second] + ic_number_eight(body)) * small_tens[third] +
                              ic_number_eight(tail);
    if (mantissa <= EXACT) {
        out->value = (double)(int64_t)mantissa / ic_number_tens[decimals + IC_NUMBER_MINUS * minus];
    } else {
        out->value = from_bits(ic_number_scale(mantissa, -(int64_t)decimals), (int)minus);
    }
    out->decimals = (int8_t)decimals;
    if (IC_LIKELY(head != 0)) {
        out->digits = (uint8_t)(digits - (ic_number_lowest(head) >> 3));
    } else if (body != 0) {
        out->digits = (uint8_t)(8 - (ic_number_lowest(body) >> 3) + third);
    } else {
        out->digits = (uint8_t)(8 - (ic_number_lowest(tail | UINT64_C(1) << 63) >> 3));
    }
    return end_of_run;
}

const char *ic_number_scan_long(const char *p, ic_number *out) {
    const uint64_t stop = ic_number_stop(ic_number_load(p + 8));
    const unsigned minus = *p == '-';
    if (IC_LIKELY(stop != 0)) return scan_16(p, 8 + (ic_number_lowest(stop) >> 3), minus, out);
    const uint64_t later = ic_number_stop(ic_number_load(p + 16));
    if (IC_LIKELY(later != 0)) return scan_24(p, 16 + (ic_number_lowest(later) >> 3), minus, out);
    return NULL;
}

#else

const char *ic_number_scan_long(const char *p, ic_number *out) { return ic_number_scan_plain(p, out); }

#endif
