/* Figures that look like the one before: the cells of a file of statistics, where a column or a row has one number of
   decimals and its lengths change now and then. What depends on the shape alone (where the mark is, what to divide by, where
   the figure ends) is kept, and a figure is only checked against it: then nothing waits for the search for its end, and a third
   of the work of ic_number_scan is left. Where shapes change all the time, that is noticed and ic_number_scan does it. */
#ifndef IC_NUMBER_SHAPE_H
#define IC_NUMBER_SHAPE_H

#include "core/number/number_scan.h"

typedef struct ic_number_shape {
    uint64_t until;       /* all bits below the high bit of the byte that ends the run; 0: no shape */
    uint64_t mask, marks; /* '.' and '-' are where they were, and nothing else than digits between them */
    uint64_t inside;      /* bits of the run, but for a sign */
    uint64_t before;      /* bits before the mark; all if there is none */
    double divisor;       /* negative after a sign */
    size_t length;
    int8_t decimals;
    uint8_t digits;
    uint8_t near;  /* misses that came soon after another */
    uint16_t rest; /* figures to leave to ic_number_scan before another shape is tried */
    uint32_t soon; /* bytes that are soon: set it to about four figures' distance, 0 for those of a dense row */
    const char *missed;
} ic_number_shape;

/* Does what ic_number_scan does, and takes the figure's shape. */
const char *ic_number_reshape(const char *p, ic_number_shape *shape, ic_number *out);

/* As ic_number_scan, but `digits` counts leading zeros too. A zeroed shape is none. */
IC_INLINE const char *ic_number_scan_shaped(const char *p, ic_number_shape *shape, ic_number *out) {
    if (IC_UNLIKELY(shape->rest != 0)) {
        shape->rest--;
        return ic_number_scan(p, out);
    }
#ifdef IC_NUMBER_WORDS
    const uint64_t word = ic_number_load(p), x = word ^ IC_NUMBER_EACH('0'), stop = ic_number_stop(word);
    if (IC_LIKELY((~stop & (stop - 1)) == shape->until && (x & shape->mask) == shape->marks)) {
        const uint64_t filled = x & shape->inside, v = (filled >> 8) ^ ((filled ^ filled >> 8) & shape->before);
        out->value = (double)(int64_t)ic_number_eight(v) / shape->divisor;
        out->decimals = shape->decimals;
        out->digits = shape->digits;
        return p + shape->length;
    }
#endif
    ic_number number; /* so that *out may live in registers elsewhere */
    p = ic_number_reshape(p, shape, &number);
    *out = number;
    return p;
}

#endif
