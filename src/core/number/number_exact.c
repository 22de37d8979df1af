/* The few numbers that lie so near the middle between two doubles that only all of their digits tell. Whole
   numbers of bounded size on the stack. */
#include "core/number/number.h"

/* A middle has at most 767 significant digits, so of more only the question whether one of them is not 0 is
 * left. */
#define KEPT_DIGITS 800

/* 800 digits less one, times the powers of five that a number of 10^-324 can need (10^(324 + 800)), plus a
 * word's room */
#define LIMBS 128

typedef struct whole {
    int used;
    uint32_t limb[LIMBS]; /* the least first; the last one used is not 0 */
} whole;

static void multiply_add(whole *w, uint32_t factor, uint32_t plus) {
    uint64_t carry = plus;
    for (int i = 0; i < w->used; i++) {
        carry += (uint64_t)w->limb[i] * factor;
        w->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0) w->limb[w->used++] = (uint32_t)carry;
}

static void multiply_five(whole *w, int64_t power) {
    for (; power >= 13; power -= 13) multiply_add(w, 1220703125, 0); /* 5^13 */
    for (; power > 0; power--) multiply_add(w, 5, 0);
}

static void shift_left(whole *w, int64_t bits) {
    if (w->used == 0) return;
    const int limbs = (int)(bits / 32);
    if (limbs > 0) {
        for (int i = w->used - 1; i >= 0; i--) w->limb[i + limbs] = w->limb[i];
        for (int i = 0; i < limbs; i++) w->limb[i] = 0;
        w->used += limbs;
    }
    multiply_add(w, UINT32_C(1) << bits % 32, 0);
}

static int compare(const whole *a, const whole *b) {
    if (a->used != b->used) return a->used < b->used ? -1 : 1;
    for (int i = a->used - 1; i >= 0; i--)
        if (a->limb[i] != b->limb[i]) return a->limb[i] < b->limb[i] ? -1 : 1;
    return 0;
}

int ic_number_compare_half(const char *text, int64_t count, int64_t exponent, uint64_t bits) {
    whole number = {0}, half = {0};
    int64_t taken = 0;
    int rest = 0;
    for (; taken < count && !rest; text++) {
        unsigned digit = (unsigned)(unsigned char)*text - '0';
        if (digit > 9) continue;
        if (taken < KEPT_DIGITS) {
            multiply_add(&number, 10, digit);
        } else {
            rest = digit != 0;
        }
        taken++;
    }
    if (count > KEPT_DIGITS) exponent += count - KEPT_DIGITS;

    /* number * 10^exponent against (2 * mantissa + 1) * 2^binary */
    const int biased = (int)(bits >> 52 & 0x7FF);
    const uint64_t mantissa = (bits & ((UINT64_C(1) << 52) - 1)) | (uint64_t)(biased != 0) << 52;
    int64_t binary = (biased != 0 ? biased : 1) - 1076;
    const uint64_t odd = 2 * mantissa + 1;
    half.limb[0] = (uint32_t)odd;
    half.limb[1] = (uint32_t)(odd >> 32);
    half.used = half.limb[1] != 0 ? 2 : 1;

    binary -= exponent; /* the twos of the tens; the fives go to the side that keeps whole */
    multiply_five(exponent >= 0 ? &number : &half, exponent >= 0 ? exponent : -exponent);
    shift_left(binary >= 0 ? &half : &number, binary >= 0 ? binary : -binary);
    const int order = compare(&number, &half);
    return order == 0 && rest ? 1 : order;
}
