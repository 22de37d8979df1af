#include "core/number/number_shape.h"

#define RESTING 64
#define LONGEST 7 /* bytes: the one that ends the run must be in the same word */

static void take(ic_number_shape *shape, const char *p, size_t length, const ic_number *number) {
    const uint64_t run = (UINT64_C(1) << (8 * length)) - 1;
    const int minus = *p == '-';
    const char *point = memchr(p, '.', length);
    const size_t whole = point != NULL ? (size_t)(point - p) : length; /* a sign counts as a leading zero */
    shape->until = (UINT64_C(1) << (8 * length + 7)) - 1;
    shape->mask = IC_NUMBER_EACH(0x10) & run;
    shape->marks = 0;
    shape->inside = minus ? run & ~UINT64_C(0xFF) : run;
    shape->before = UINT64_MAX;
    if (minus) {
        shape->mask |= 0xFF;
        shape->marks |= '-' ^ '0';
    }
    if (point != NULL) {
        shape->before = (UINT64_C(1) << (8 * whole)) - 1;
        shape->mask |= UINT64_C(0xFF) << (8 * whole);
        shape->marks |= (uint64_t)('.' ^ '0') << (8 * whole);
    }
    shape->divisor = ic_number_tens[8 - whole + (minus ? IC_NUMBER_MINUS : 0)];
    shape->length = length;
    shape->decimals = number->decimals;
    shape->digits = (uint8_t)(length - (size_t)minus - (point != NULL));
}

const char *ic_number_reshape(const char *p, ic_number_shape *shape, ic_number *out) {
    *out = (ic_number){0};
    const char *end = ic_number_scan(p, out);
    if (end == NULL) return NULL;
    const size_t since = (size_t)(p - shape->missed), soon = shape->soon != 0 ? shape->soon : 32;
    shape->near = shape->missed != NULL && since < soon ? (uint8_t)(shape->near + 1) : 0;
    shape->missed = p;
    if (shape->near == 4 || end - p > LONGEST) {
        shape->until = 0;
        shape->near = 0;
        shape->rest = RESTING;
    } else {
        take(shape, p, (size_t)(end - p), out);
    }
    return end;
}
