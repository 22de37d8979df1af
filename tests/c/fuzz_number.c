/* Any bytes, under every style: never a read beyond them; what is a number has the value that the C library gives it,
   whatever the engine, and reads back from its shortest text. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/number/number_scan.h"

int ic_fuzz_one(const uint8_t *data, size_t size);

static uint64_t bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, 8);
    return bits;
}

/* The text without its separators and with a point, as strtod wants it. The locale of a program that sets none is C. */
static double by_library(const char *text, size_t length, char decimal) {
    char *plain = malloc(length + 1);
    size_t used = 0;
    if (plain == NULL) abort();
    for (size_t i = 0; i < length; i++)
        if (strchr("0123456789+-eE", text[i]) != NULL && text[i] != '\0') {
            plain[used++] = text[i];
        } else if (text[i] == decimal) {
            plain[used++] = '.';
        }
    plain[used] = '\0';
    char *end;
    double value = strtod(plain, &end);
    if (end != plain + used) abort();
    free(plain);
    return value;
}

static void check_scan(const char *text, size_t length, const char *end, const ic_number *number) {
    ic_number parsed;
    if (end == NULL) return;
    if ((size_t)(end - text) > length || !ic_number_parse(text, (size_t)(end - text), NULL, &parsed)) abort();
    if (bits_of(parsed.value) != bits_of(number->value) || parsed.decimals != number->decimals ||
        parsed.digits != number->digits)
        abort();
}

int ic_fuzz_one(const uint8_t *data, size_t size) {
    static const ic_number_style styles[] = {{'.', 0},   {',', 0},   {'.', ','},  {',', '.'},
                                             {'.', ' '}, {',', ' '}, {'.', '\''}, {',', '\''}};
    const char *text = (const char *)data;
    ic_number number;
    for (size_t i = 0; i < sizeof styles / sizeof *styles; i++) {
        if (!ic_number_parse(text, size, &styles[i], &number)) continue;
        if (bits_of(number.value) != bits_of(by_library(text, size, styles[i].decimal))) abort();
        if (number.decimals < 0 || number.digits < 1) abort();
        char out[IC_NUMBER_TEXT];
        ic_number again;
        size_t length = ic_number_format(number.value, out);
        if (length != strlen(out) || length > 24) abort();
        if (isfinite(number.value) &&
            (!ic_number_parse(out, length, NULL, &again) || bits_of(again.value) != bits_of(number.value)))
            abort();
    }
    /* a scan may read 32 bytes from where it starts; they are those of the text and the zeros behind it */
    char *padded = calloc(size + 32, 1);
    if (padded == NULL) abort();
    memcpy(padded, data, size);
    for (size_t at = 0; at <= size && at < 40; at++) {
        const char *p = padded + at;
        const char *plain = ic_number_scan_plain(p, &number);
        check_scan(p, size - at, plain, &number);
        const char *end = ic_number_scan(p, &number);
        check_scan(p, size - at, end, &number);
        if (end != plain) abort();
        static ic_cpu best = IC_CPU_SCALAR;
        if (best == IC_CPU_SCALAR) best = ic_cpu_best();
        ic_number_select(best);
        end = ic_number_scan(p, &number);
        ic_number_select(IC_CPU_SCALAR);
        check_scan(p, size - at, end, &number);
        if (end != plain) abort();
#ifdef IC_NUMBER_WORDS
        end = ic_number_scan_words(p, &number);
        check_scan(p, size - at, end, &number);
        if (end != plain) abort();
#endif
    }
    free(padded);
    return 0;
}
