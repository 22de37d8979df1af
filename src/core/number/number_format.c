/* Shortest digits after R. Giulietti, "The Schubfach way to render doubles" (2020). */
#include "core/number/number.h"
#include "core/number/number_powers.h"

#include <string.h>

/* floor(factor * power / 2^128), with the lowest bit set where bits were cut off */
IC_INLINE uint64_t round_to_odd(const uint64_t power[2], uint64_t factor) {
    const uint64_t carry = ic_number_multiply(power[1], factor).high;
    ic_product p = ic_number_multiply(power[0], factor);
    p.low += carry;
    p.high += p.low < carry;
    return p.high | (p.low > 1);
}

/* The shortest digits * 10^*exponent that lie nearer to mantissa * 2^binary than to any other double. */
static uint64_t shortest(uint64_t mantissa, int binary, int narrow_below, int *exponent) {
    const uint64_t even = (mantissa & 1) == 0;
    /* the largest power of ten not above the distance between the neighbouring middles */
    const int ten = (int)((binary * INT32_C(1262611) - (narrow_below ? INT32_C(524031) : 0)) >> 22);
    const int shift = binary + ic_number_log2_of_ten(-ten) + 1;
    const uint64_t *entry = ic_number_powers[-ten - IC_POWER_FIRST];
    const uint64_t power[2] = {entry[0], entry[1] + (-ten > 55)}; /* rounded up */

    /* in units of 10^ten / 4: the number and the ends of the interval that reads back as it */
    const uint64_t number = round_to_odd(power, 4 * mantissa << shift);
    const uint64_t least = round_to_odd(power, (4 * mantissa - 2 + (uint64_t)(narrow_below != 0)) << shift) + !even;
    const uint64_t most = round_to_odd(power, (4 * mantissa + 2) << shift) - !even;

    const uint64_t digits = number / 4, tenth = digits / 10;
    if (digits >= 10) {
        const int down = least <= 40 * tenth, up = 40 * tenth + 40 <= most;
        if (down != up) {
            *exponent = ten + 1;
            return tenth + (uint64_t)up;
        }
    }
    *exponent = ten;
    const int down = least <= 4 * digits, up = 4 * digits + 4 <= most;
    if (down != up) return digits + (uint64_t)up;
    const uint64_t middle = 4 * digits + 2; /* both or neither: the nearer one, of two equally near the even one */
    return digits + (number > middle || (number == middle && (digits & 1)));
}

/* Writes the digits so that they end before `end`; returns their start. */
static char *write_digits(uint64_t v, char *end) {
    do {
        *--end = (char)('0' + v % 10);
        v /= 10;
    } while (v != 0);
    return end;
}

static size_t write_word(const char *word, int minus, char *out) {
    size_t length = strlen(word);
    if (minus) *out++ = '-';
    memcpy(out, word, length + 1);
    return length + (size_t)minus;
}

size_t ic_number_format(double value, char out[IC_NUMBER_TEXT]) {
    uint64_t bits;
    memcpy(&bits, &value, 8);
    const int minus = (int)(bits >> 63), biased = (int)(bits >> 52 & 0x7FF);
    const uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    if (biased == 0x7FF) return fraction != 0 ? write_word("nan", 0, out) : write_word("inf", minus, out);
    if ((bits << 1) == 0) return write_word("0", minus, out);

    uint64_t digits;
    int exponent = 0;
    const uint64_t mantissa = biased != 0 ? fraction | UINT64_C(1) << 52 : fraction;
    const int binary = (biased != 0 ? biased : 1) - 1075;
    if (binary <= 0 && binary > -53 && (mantissa & ((UINT64_C(1) << -binary) - 1)) == 0) {
        digits = mantissa >> -binary; /* a whole number that is exact: all of its digits are needed */
    } else {
        digits = shortest(mantissa, binary, fraction == 0 && biased > 1, &exponent);
    }
    while (digits % 100000000 == 0) digits /= 100000000, exponent += 8;
    while (digits % 10 == 0) digits /= 10, exponent++;

    char buffer[24], *end = buffer + sizeof buffer, *start = write_digits(digits, end), *p = out;
    const int count = (int)(end - start), point = count + exponent; /* 0.ddd * 10^point */
    if (minus) *p++ = '-';
    if (point > 16 || point < -3) {
        *p++ = *start++;
        if (start < end) {
            *p++ = '.';
            memcpy(p, start, (size_t)(end - start));
            p += end - start;
        }
        const int power = point - 1;
        *p++ = 'e';
        *p++ = power < 0 ? '-' : '+';
        char tail[4], *tail_start = write_digits((uint64_t)(power < 0 ? -power : power), tail + 4);
        if (tail + 4 - tail_start == 1) *p++ = '0';
        memcpy(p, tail_start, (size_t)(tail + 4 - tail_start));
        p += tail + 4 - tail_start;
    } else if (point <= 0) {
        memcpy(p, "0.000", 5);
        p += 2 - point;
        memcpy(p, start, (size_t)count);
        p += count;
    } else if (point >= count) {
        memcpy(p, start, (size_t)count);
        memset(p + count, '0', (size_t)(point - count));
        p += point;
    } else {
        memcpy(p, start, (size_t)point);
        p[point] = '.';
        memcpy(p + point + 1, start + point, (size_t)(count - point));
        p += count + 1;
    }
    *p = '\0';
    return (size_t)(p - out);
}

size_t ic_number_format_padded(double value, int decimals, char out[IC_NUMBER_PADDED]) {
    size_t length = ic_number_format(value, out), mark = length;
    if (decimals <= 0) return length;
    if (decimals > INT8_MAX) decimals = INT8_MAX;
    for (size_t i = out[0] == '-'; i < length; i++) {
        if (out[i] == '.')
            mark = i;
        else if (out[i] < '0' || out[i] > '9')
            return length; /* an exponent, inf, nan */
    }
    if (mark == length) out[length++] = '.';
    while (length - mark - 1 < (size_t)decimals) out[length++] = '0';
    out[length] = '\0';
    return length;
}
