#include "core/numeric/total.h"

#include <string.h>

#define LIMB_BITS 32
#define LIMB_MASK ((int64_t)0xFFFFFFFF)
#define LOWEST    (-1074)             /* the exponent of bit 0 */
#define UNSETTLED ((uint32_t)1 << 30) /* so many additions fit into a limb beside its 32 bits */

/* Makes every limb but the last one of 0 .. 2^32 - 1; the last one has the sign. */
static void settle(ic_total_wide *wide) {
    int64_t carry = 0;
    for (size_t i = 0; i + 1 < IC_WIDE_LIMBS; i++) {
        const int64_t limb = wide->limbs[i] + carry, low = limb & LIMB_MASK;
        carry = (limb - low) / (LIMB_MASK + 1);
        wide->limbs[i] = low;
    }
    wide->limbs[IC_WIDE_LIMBS - 1] += carry;
    wide->unsettled = 0;
}

void ic_total_wide_add(ic_total_wide *wide, double x) {
    uint64_t bits;
    if (!isfinite(x)) {
        wide->beyond += x;
        return;
    }
    memcpy(&bits, &x, sizeof bits);
    const unsigned exponent = (unsigned)(bits >> 52) & 0x7FF;
    uint64_t digits = bits & ((UINT64_C(1) << 52) - 1);
    if (exponent > 0) digits |= UINT64_C(1) << 52;
    const unsigned place = exponent > 0 ? exponent - 1 : 0, shift = place % LIMB_BITS;
    const uint64_t low = (digits & (uint64_t)LIMB_MASK) << shift;
    const uint64_t high = ((digits >> LIMB_BITS) << shift) + (low >> LIMB_BITS);
    const int64_t sign = bits >> 63 != 0 ? -1 : 1;
    int64_t *limb = wide->limbs + place / LIMB_BITS;
    limb[0] += sign * (int64_t)(low & (uint64_t)LIMB_MASK);
    limb[1] += sign * (int64_t)(high & (uint64_t)LIMB_MASK);
    limb[2] += sign * (int64_t)(high >> LIMB_BITS);
    if (++wide->unsettled >= UNSETTLED) settle(wide);
}

void ic_total_wide_join(ic_total_wide *wide, const ic_total_wide *other) {
    ic_total_wide settled = *other;
    settle(&settled);
    if (wide->unsettled > 0) settle(wide);
    for (size_t i = 0; i < IC_WIDE_LIMBS; i++) wide->limbs[i] += settled.limbs[i];
    wide->beyond += settled.beyond;
    wide->unsettled = 2;
}

/* 64 bits of a settled number that is not negative, the lowest one at `place`. */
static uint64_t bits_at(const ic_total_wide *wide, size_t place) {
    const size_t limb = place / LIMB_BITS, shift = place % LIMB_BITS;
    uint64_t bits = (uint64_t)wide->limbs[limb] >> shift;
    for (size_t i = 1; i < 3 && limb + i < IC_WIDE_LIMBS; i++) {
        const size_t up = i * LIMB_BITS - shift;
        if (up < 64) bits |= (uint64_t)wide->limbs[limb + i] << up;
    }
    return bits;
}

static int any_below(const ic_total_wide *wide, size_t place) {
    const size_t limb = place / LIMB_BITS, shift = place % LIMB_BITS;
    for (size_t i = 0; i < limb; i++)
        if (wide->limbs[i] != 0) return 1;
    return ((uint64_t)wide->limbs[limb] & ((UINT64_C(1) << shift) - 1)) != 0;
}

/* A settled number that is not negative, to the nearest double. */
static double rounded(const ic_total_wide *wide) {
    size_t top = IC_WIDE_LIMBS, length = 0; /* limbs, then bits */
    while (top > 0 && wide->limbs[top - 1] == 0) top--;
    if (top == 0) return 0;
    for (uint64_t limb = (uint64_t)wide->limbs[top - 1]; limb > 0; limb >>= 1) length++;
    length += (top - 1) * LIMB_BITS;
    if (length <= 53) return ldexp((double)bits_at(wide, 0), LOWEST);
    const size_t place = length - 53;
    uint64_t digits = bits_at(wide, place) & ((UINT64_C(1) << 53) - 1);
    const int half = (int)(bits_at(wide, place - 1) & 1);
    if (half && ((digits & 1) != 0 || any_below(wide, place - 1))) digits++;
    return ldexp((double)digits, (int)place + LOWEST);
}

double ic_total_round(const ic_total *total, const ic_total_wide *wide) {
    if (wide == NULL) return total->high + total->low; /* both are exact, so this rounds once */
    if (wide->beyond != 0) return wide->beyond;        /* a NaN too, of infinities of both signs */
    ic_total_wide sum = *wide;
    ic_total_wide_add(&sum, total->high);
    ic_total_wide_add(&sum, total->low);
    settle(&sum);
    if (sum.limbs[IC_WIDE_LIMBS - 1] >= 0) return rounded(&sum);
    for (size_t i = 0; i < IC_WIDE_LIMBS; i++) sum.limbs[i] = -sum.limbs[i];
    settle(&sum);
    return -rounded(&sum);
}
