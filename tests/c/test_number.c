/* The room number: texts against their bits, every engine of the scan against ic_number_parse. */
#include "check.h"

#include "core/base/memory.h"
#include "core/number/number.h"
#include "core/number/number_scan.h"
#include "core/number/number_shape.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint64_t bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, 8);
    return bits;
}

static uint64_t random_state = 0x9E3779B97F4A7C15;

static uint64_t random_bits(void) { /* xorshift64* */
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * 0x2545F4914F6CDD1D;
}

static unsigned below(unsigned n) { return (unsigned)(random_bits() >> 33) % n; }

/* ---- ic_number_parse
 * ---------------------------------------------------------------------------------------- */

static void check_value(const char *text, double value, int decimals, int digits) {
    ic_number number = {0};
    int found = ic_number_parse(text, strlen(text), NULL, &number);
    int right =
        found && bits_of(number.value) == bits_of(value) && number.decimals == decimals && number.digits == digits;
    if (!right) fprintf(stderr, "\"%.60s\": %d %a %d %d\n", text, found, number.value, number.decimals, number.digits);
    CHECK(right);
}

static void test_values(void) {
    check_value("104.3", 104.3, 1, 4);
    check_value("104.30", 104.3, 2, 5);
    check_value("0", 0.0, 0, 1);
    check_value("-0", -0.0, 0, 1);
    check_value("-0.00", -0.0, 2, 1);
    check_value("+7", 7, 0, 1);
    check_value(".5", 0.5, 1, 1);
    check_value("5.", 5, 0, 1);
    check_value("007", 7, 0, 1);
    check_value("0.05", 0.05, 2, 1);
    check_value("1e5", 1e5, 0, 1);
    check_value("1E-3", 1e-3, 3, 1);
    check_value("1.25e+1", 12.5, 1, 3);
    check_value("1.5e3", 1500, 0, 2);
    check_value("1e-200", 1e-200, 127, 1);
    check_value("0e99999999999999999999", 0, 0, 1);
    check_value("-0e-99999999999999999999", -0.0, 127, 1);
    /* the ends of the range, and what lies beyond */
    check_value("1.7976931348623157e308", 0x1.fffffffffffffp1023, 0, 17);
    check_value("1.7976931348623158e308", 0x1.fffffffffffffp1023, 0, 17);
    check_value("1.7976931348623159e308", INFINITY, 0, 17);
    check_value("-1e309", -INFINITY, 0, 1);
    check_value("1e99999999999999999999", INFINITY, 0, 1);
    check_value("5e-324", 0x1p-1074, 127, 1);
    check_value("2.4703282292062328e-324", 0x1p-1074, 127, 17);
    check_value("2.4703282292062327e-324", 0, 127, 17);
    check_value("1e-400", 0, 127, 1);
    check_value("2.2250738585072011e-308", 0x0.fffffffffffffp-1022, 127, 17);
    check_value("2.2250738585072012e-308", 0x1p-1022, 127, 17);
    /* halfway between two doubles, and a digit to either side */
    check_value("9007199254740993", 9007199254740992.0, 0, 16);
    check_value("9007199254740995", 9007199254740996.0, 0, 16);
    check_value("9007199254740993.0000000000000000000000000000000000000001", 9007199254740994.0, 40, 56);
    check_value("9007199254740992.9999999999999999999999999999999999999999", 9007199254740992.0, 40, 56);
    check_value("1.00000000000000011102230246251565404236316680908203125", 1.0, 53, 54);
    check_value("1.00000000000000011102230246251565404236316680908203126", 0x1.0000000000001p0, 53, 54);
    check_value("1.00000000000000033306690738754696212708950042724609375", 0x1.0000000000002p0, 53, 54);
}

static void test_refused(void) {
    static const char *const texts[] = {
        "",     "-",     "+",     ".",     "-.",    "e5",    ".e5", "1e", "1e+", "1e-",   "1e5.",    "1ee5",
        "1.2.", "1..2",  "--1",   "+-1",   "1-",    "1+",    " 1",  "1 ", "NaN", "nan",   "inf",     "-inf",
        "0x10", "0x1p3", "1_000", "1,000", "1 000", "1'000", ":",   "..", "...", "1e5e5", "2023-01", "\xE2\x88\x92\x31",
        "1f",   "1d",    "\t1",   "1\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        ic_number number = {.value = 42, .decimals = 42, .digits = 42};
        CHECK(!ic_number_parse(texts[i], strlen(texts[i]), NULL, &number));
        CHECK(bits_of(number.value) == bits_of(42) && number.decimals == 42 && number.digits == 42);
    }
    ic_number number;
    CHECK(!ic_number_parse("1\0", 2, NULL, &number));
    CHECK(ic_number_parse("12", 1, NULL, &number) && bits_of(number.value) == bits_of(1));
}

static void check_style(char decimal, char thousands, const char *text, double value, int decimals) {
    const ic_number_style style = {decimal, thousands};
    ic_number number = {0};
    int found = ic_number_parse(text, strlen(text), &style, &number);
    int right = isnan(value) ? !found : found && bits_of(number.value) == bits_of(value) && number.decimals == decimals;
    if (!right) fprintf(stderr, "\"%s\" with %c %c: %d %a\n", text, decimal, thousands, found, number.value);
    CHECK(right);
}

static void test_styles(void) {
    check_style(',', 0, "104,3", 104.3, 1);
    check_style(',', 0, "104.3", NAN, 0);
    check_style('.', ',', "1,234,567.8", 1234567.8, 1);
    check_style('.', ',', "-12,345", -12345, 0);
    check_style('.', ',', "1234567.8", 1234567.8, 1);
    check_style('.', ',', "1,234e2", 123400, 0);
    check_style('.', ',', "1,234.", 1234, 0);
    check_style(',', '.', "1.234.567,25", 1234567.25, 2);
    check_style('.', '\'', "1'234", 1234, 0);
    check_style('.', '\'',
                "1\xE2\x80\x99"
                "234",
                1234, 0);
    check_style(',', ' ',
                "1 234\xC2\xA0"
                "567\xE2\x80\xAF"
                "890\xE2\x80\x89"
                "123,5",
                1234567890123.5, 1);
    static const char *const refused[] = {"1,23",    "1,2345",  "1234,567",      ",123",      "0,123",
                                          "012,345", "1,234,5", "1,,234",        "1,234,",    "1,",
                                          ",",       "1.5,000", "1,234,567.8,9", "1,234 567", "1,234e1,000"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) check_style('.', ',', refused[i], NAN, 0);
    check_style('.', ' ', "1\xC2", NAN, 0);
    check_style('.', ' ', "1\xE2\x80", NAN, 0);
    check_style('.', ' ',
                "1\xE2\x80\x99"
                "234",
                NAN, 0);
}

/* A text as long as memory allows: the digits that do not fit anywhere still decide. */
static void test_long(void) {
    enum { LENGTH = 5000 };
    static char text[LENGTH + 1];
    memset(text, '0', LENGTH);
    memcpy(text, "9007199254740993.", 17);
    check_value(text, 9007199254740992.0, 127, 255);
    text[LENGTH - 1] = '1';
    check_value(text, 9007199254740994.0, 127, 255);
    memset(text, '0', LENGTH);
    text[1] = '.';
    memcpy(text + LENGTH - 6, "1e4994", 6); /* the 1 is digit 4993 after the mark */
    check_value(text, 10, 0, 1);
    memcpy(text, "1.", 2);
    memcpy(text + LENGTH - 6, "0e-999", 6);
    check_value(text, 0, 127, 255);
}

/* ---- ic_number_scan
 * ----------------------------------------------------------------------------------------- */

typedef const char *scanner(const char *, ic_number *);

static const char *scan(const char *p, ic_number *out) { return ic_number_scan(p, out); }

#ifdef IC_NUMBER_WORDS
static const char *scan_words(const char *p, ic_number *out) { return ic_number_scan_words(p, out); }
#endif
#ifdef IC_NUMBER_SSE2
static const char *scan_sse2(const char *p, ic_number *out) { return ic_number_scan_sse2(p, out); }
static const char *scan_best(const char *p, ic_number *out) {
    static ic_cpu best = IC_CPU_SCALAR;
    if (best == IC_CPU_SCALAR) best = ic_cpu_best();
    ic_number_select(best);
    p = ic_number_scan_sse2(p, out);
    ic_number_select(IC_CPU_SSE2);
    return p;
}
#endif

static const struct {
    const char *name;
    scanner *scan;
} engines[] = {
    {"default", scan},     {"plain", ic_number_scan_plain},
#ifdef IC_NUMBER_WORDS
    {"words", scan_words},
#endif
#ifdef IC_NUMBER_SSE2
    {"sse2", scan_sse2},   {"sse2, wide runs by the best", scan_best},
#endif
};

/* The length of the plain figure at p, as number_scan.h words it; 0 if there is none. */
static size_t plain_length(const char *p) {
    size_t run = strspn(p, "-./0123456789"), i = p[0] == '-', digits = 0, marks = 0;
    for (; i < run; i++) {
        if (p[i] == '.') {
            marks++;
        } else if (p[i] >= '0' && p[i] <= '9') {
            digits++;
        } else {
            return 0;
        }
    }
    return run < 24 && marks <= 1 && digits >= 1 && digits <= 19 ? run : 0;
}

/* `text` at the start of 32 bytes that end where the heap block ends, then whatever comes. */
static void check_scan(const char *text, size_t length) {
    char *block = malloc(32), copy[33];
    if (block == NULL) exit(2);
    for (size_t i = 0; i < 32; i++) block[i] = i < length ? text[i] : (char)random_bits();
    memcpy(copy, block, 32);
    copy[32] = '\0';
    const size_t plain = plain_length(copy);
    ic_number expected = {0};
    CHECK(plain == 0 || ic_number_parse(block, plain, NULL, &expected));
    for (size_t e = 0; e < sizeof engines / sizeof *engines; e++) {
        ic_number number = {0};
        const char *end = engines[e].scan(block, &number);
        int right = plain == 0 ? end == NULL
                               : end == block + plain && bits_of(number.value) == bits_of(expected.value) &&
                                     number.decimals == expected.decimals && number.digits == expected.digits;
        if (!right && checks_failed < 20)
            fprintf(stderr, "%s: \"%.32s\" gave %d of %d, %a %d %d\n", engines[e].name, copy,
                    end == NULL ? -1 : (int)(end - block), (int)plain, number.value, number.decimals, number.digits);
        CHECK(right);
    }
    /* by the shape of whatever came before, and by its own */
    static ic_number_shape before;
    ic_number_shape own = {0};
    for (int round = 0; round < 3; round++) {
        ic_number number = {0};
        const char *end = ic_number_scan_shaped(block, round == 0 ? &before : &own, &number);
        CHECK(plain == 0 ? end == NULL
                         : end == block + plain && bits_of(number.value) == bits_of(expected.value) &&
                               number.decimals == expected.decimals && number.digits >= expected.digits);
    }
    free(block);
}

/* Every length, place of the mark, sign and byte that may follow. */
static void test_scan_layouts(void) {
    for (size_t digits = 0; digits <= 24; digits++)
        for (size_t mark = 0; mark <= digits + 1; mark++) /* digits + 1: none */
            for (int minus = 0; minus < 2; minus++)
                for (int kind = 0; kind < 3; kind++) {
                    char text[32];
                    size_t length = 0;
                    if (minus) text[length++] = '-';
                    for (size_t i = 0; i <= digits; i++) {
                        if (i == mark) text[length++] = '.';
                        if (i < digits) text[length++] = kind == 0 ? '0' : kind == 1 ? '9' : (char)('0' + below(10));
                    }
                    check_scan(text, length);
                    if (kind != 2) continue;
                    for (int next = 0; next < 256; next++) {
                        text[length] = (char)next;
                        check_scan(text, length + 1);
                    }
                }
}

static void test_scan_random(void) {
    static const char alphabet[] = "0123456789012345678900000.-/,e+ \n\x80\xFF\xBA\xB0:";
    for (int round = 0; round < 100000; round++) {
        char text[32];
        const size_t length = 1 + below(32);
        const unsigned kinds = below(4) == 0 ? sizeof alphabet - 1 : below(2) ? 26 : 25; /* mostly figures */
        for (size_t i = 0; i < length; i++) text[i] = alphabet[below(kinds)];
        if (below(3) == 0) text[0] = '-';
        check_scan(text, length);
    }
}

/* Doubles with all their digits, and what lies exactly on one, halfway between two, or next to that. */
static void test_scan_doubles(void) {
    for (int round = 0; round < 100000; round++) {
        const uint64_t odd = (random_bits() >> 11) | UINT64_C(1) << 53 | 1; /* 54 bits: halfway */
        const unsigned halves = below(4), kind = below(6);
        char text[64];
        if (kind == 0) {
            snprintf(text, sizeof text, "%.17g", (double)odd / (double)(UINT64_C(1) << below(63)));
        } else if (kind == 1) {
            snprintf(text, sizeof text, "%s%.*f", below(2) ? "-" : "", 8 + (int)below(10),
                     (double)odd / (double)(UINT64_C(1) << (50 + below(8))));
        } else if (kind == 2) {
            snprintf(text, sizeof text, "%.*f", (int)below(4), (double)(odd >> below(3)) * (halves ? 1 : 16));
        } else { /* exact in at most 19 digits */
            static const unsigned parts[4] = {0, 5, 25, 125};
            const unsigned part = (unsigned)(odd & ((1u << halves) - 1)) * parts[halves];
            const uint64_t whole = odd >> halves << (halves == 0 ? below(9) : 0);
            int length = snprintf(text, sizeof text, halves ? "%llu.%0*u" : "%llu", (unsigned long long)whole,
                                  (int)halves, part);
            if (kind == 4) text[length - 1] = (char)(text[length - 1] == '9' ? '8' : text[length - 1] + 1);
            if (kind == 5) text[length - 1] = (char)(text[length - 1] == '0' ? '1' : text[length - 1] - 1);
        }
        if (strlen(text) < 32) check_scan(text, strlen(text) + 1);
    }
}

/* ---- ic_number_format
 * --------------------------------------------------------------------------------------- */

static void check_format(double value, const char *text) {
    char out[IC_NUMBER_TEXT];
    size_t length = ic_number_format(value, out);
    if (strcmp(out, text) != 0) fprintf(stderr, "%a: %s, not %s\n", value, out, text);
    CHECK(strcmp(out, text) == 0 && length == strlen(text));
}

static void test_format(void) {
    check_format(104.3, "104.3");
    check_format(0.0, "0");
    check_format(-0.0, "-0");
    check_format(-25, "-25");
    check_format(100000, "100000");
    check_format(0.1 + 0.2, "0.30000000000000004");
    check_format(1e15, "1000000000000000");
    check_format(9999999999999998.0, "9999999999999998");
    check_format(1e16, "1e+16");
    check_format(1.5e16, "1.5e+16");
    check_format(0.0001, "0.0001");
    check_format(0.00012, "0.00012");
    check_format(0.00001, "1e-05");
    check_format(1e22, "1e+22");
    check_format(1e23, "1e+23");
    check_format(-1.7976931348623157e308, "-1.7976931348623157e+308");
    check_format(0x1p-1022, "2.2250738585072014e-308");
    check_format(0x1p-1074, "5e-324");
    check_format(0x1p54, "1.8014398509481984e+16"); /* the interval below is half as wide */
    check_format(9.5367431640625e-07, "9.5367431640625e-07");
    check_format((double)NAN, "nan");
    check_format((double)INFINITY, "inf");
    check_format((double)-INFINITY, "-inf");
    for (int round = 0; round < 100000; round++) {
        uint64_t bits = random_bits();
        double value;
        char out[IC_NUMBER_TEXT];
        ic_number number;
        if (round % 2) bits = bits_of((double)((int64_t)bits >> below(60)) / ic_number_tens[below(8)]);
        memcpy(&value, &bits, 8);
        if (!isfinite(value)) continue;
        size_t length = ic_number_format(value, out);
        CHECK(length <= 24 && out[length] == '\0');
        CHECK(ic_number_parse(out, length, NULL, &number) && bits_of(number.value) == bits);
    }
}

static void test_padded(void) {
    static const struct {
        double value;
        int decimals;
        const char *text;
    } cases[] = {{2, 0, "2"},        {2, 1, "2.0"},      {-0.5, 3, "-0.500"}, {0.1234, 2, "0.1234"},
                 {-0.0, 2, "-0.00"}, {1e22, 2, "1e+22"}, {1e-7, 9, "1e-07"},  {INFINITY, 1, "inf"},
                 {NAN, 1, "nan"},    {1.5, -1, "1.5"}};
    char out[IC_NUMBER_PADDED];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t length = ic_number_format_padded(cases[i].value, cases[i].decimals, out);
        CHECK(strcmp(out, cases[i].text) == 0 && length == strlen(out));
    }
    CHECK(ic_number_format_padded(1234567890123456.0, 500, out) ==
          17 + 127); /* no more than the type of decimals holds */
}

int main(void) {
    test_values();
    test_refused();
    test_styles();
    test_long();
    test_scan_layouts();
    test_scan_random();
    test_scan_doubles();
    test_format();
    test_padded();
    CHECK(ic_test_live == 0); /* nothing here needs the heap */
    REPORT();
}
