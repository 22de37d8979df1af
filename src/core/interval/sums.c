#include "core/interval/interval.h"

#include "core/interval/operations.h"

/* A sum of doubles is kept as two, and what the second rounds off has to be zero: then they are the exact sum. Figures of
   a size never need a third. Where one does (or a sum overflows), the sum is made again, in the slow way. */
#define WIDTH 128 /* neighbours that are summed side by side */

typedef struct running {
    double value[WIDTH], rest[WIDTH], lost[WIDTH];
} running;

/* ---- the slow way ---------------------------------------------------------------------------------------------------- */

/* All bits that doubles have, in words of 32, from 2^-1074 on. A word has room for carries of 2^31 additions. */
#define WORDS   68 /* (1074 + 1024 + 64) / 32 */
#define WORD    32
#define CARRIES ((size_t)1 << 30)

static void carry(int64_t *words) {
    for (size_t k = 0; k + 1 < WORDS; k++) {
        const int64_t low = (int64_t)((uint64_t)words[k] & 0xffffffffu);
        words[k + 1] += (words[k] - low) / ((int64_t)1 << WORD); /* exact, be it negative */
        words[k] = low;
    }
}

static void add_bits(int64_t *words, double x) {
    int exponent;
    const double m = frexp(fabs(x), &exponent); /* x is m * 2^exponent, m has 53 bits */
    int place = exponent - 53 + 1074;
    uint64_t bits = (uint64_t)ldexp(m, 53);
    if (place < 0) { /* a subnormal one, whose last bits are zero */
        bits >>= -place;
        place = 0;
    }
    const int64_t sign = x < 0 ? -1 : 1;
    const int shift = place % WORD;
    const uint64_t low = (bits << shift) & 0xffffffffu; /* the 53 bits lie in three words */
    const uint64_t rest = shift == 0 ? bits >> WORD : bits >> (WORD - shift);
    int64_t *to = words + place / WORD;
    to[0] += sign * (int64_t)low;
    to[1] += sign * (int64_t)(rest & 0xffffffffu);
    to[2] += sign * (int64_t)(rest >> WORD);
}

/* The largest double that isn't above what the words hold, after carry(). */
static double floor_of_words(int64_t *words) {
    const int negative = words[WORDS - 1] < 0;
    if (negative) {
        for (size_t k = 0; k < WORDS; k++) words[k] = -words[k];
        carry(words);
    }
    int top = WORDS - 1;
    while (top >= 0 && words[top] == 0) top--;
    if (top < 0) return 0;
    int length = WORD * top; /* in bits */
    for (int64_t word = words[top]; word != 0; word >>= 1) length++;
    const int last = length > 53 ? length - 53 : 0; /* the place of the double's last bit */
    uint64_t bits = 0, below = 0;
    for (int k = top; k >= 0; k--) {
        const int place = WORD * k - last; /* of this word's last bit, from the double's */
        const uint64_t word = (uint64_t)words[k];
        if (place >= 0) {
            bits |= word << place;
        } else if (place > -WORD) {
            bits |= word >> -place;
            below |= word & (((uint64_t)1 << -place) - 1);
        } else {
            below |= word;
        }
    }
    if (negative && below != 0) bits++;
    const double size = ldexp((double)bits, last - 1074);
    if (isinf(size) && !negative) return DBL_MAX;
    return negative ? -size : size;
}

/* The floor of the sum of sign * in[t * step], of which there may be infinite ones. */
static double floor_of_sum(size_t n, const double *in, ptrdiff_t step, double sign) {
    int64_t words[WORDS] = {0};
    for (size_t t = 0; t < n; t++) {
        const double x = sign * in[(ptrdiff_t)t * step];
        if (isinf(x)) return -(double)INFINITY; /* no end but this one is infinite, where the intervals are known */
        add_bits(words, x);
        if (t % CARRIES == CARRIES - 1) carry(words);
    }
    carry(words);
    return floor_of_words(words);
}

static IC_NOINLINE interval sum_again(size_t n, size_t s, const double *const *in, const ptrdiff_t *step) {
    for (size_t t = 0; t < n; t++) {
        const interval x = {in[0][(ptrdiff_t)t * step[0] + (ptrdiff_t)s], in[1][(ptrdiff_t)t * step[1] + (ptrdiff_t)s]};
        if (!known(x)) return (interval){(double)NAN, (double)NAN};
    }
    return (interval){floor_of_sum(n, in[0] + s, step[0], 1) + 0.0, 0.0 - floor_of_sum(n, in[1] + s, step[1], -1)};
}

/* ---- kernels --------------------------------------------------------------------------------------------------------- */

#define SUM(level, target, way, how, each, name)                                                                       \
    target static void name##_add_##level(size_t width, const double *low, const double *high, running *a,             \
                                          running *b) {                                                                \
        how for (size_t s = 0; s < width; s++) {                                                                       \
            each;                                                                                                      \
            const exact x = sum(a->value[s], low[s]), u = sum(a->rest[s], x.rest);                                     \
            const exact y = sum(b->value[s], high[s]), v = sum(b->rest[s], y.rest);                                    \
            a->value[s] = x.value;                                                                                     \
            a->rest[s] = u.value;                                                                                      \
            b->value[s] = y.value;                                                                                     \
            b->rest[s] = v.value;                                                                                      \
            a->lost[s] = pick((u.rest == 0) & (v.rest == 0) & (low[s] <= high[s]), a->lost[s], 1);                     \
        }                                                                                                              \
    }                                                                                                                  \
    static void name##_##level(size_t n, size_t width, const double *const *in, const ptrdiff_t *step,                 \
                               double *const *out) {                                                                   \
        running a, b;                                                                                                  \
        for (size_t start = 0; start < width; start += WIDTH) {                                                        \
            const size_t m = width - start < WIDTH ? width - start : WIDTH;                                            \
            for (size_t s = 0; s < m; s++) a.value[s] = a.rest[s] = a.lost[s] = b.value[s] = b.rest[s] = 0;            \
            for (size_t t = 0; t < n; t++)                                                                             \
                name##_add_##level(m, in[0] + (ptrdiff_t)t * step[0] + start, in[1] + (ptrdiff_t)t * step[1] + start,  \
                                   &a, &b);                                                                            \
            for (size_t s = 0; s < m; s++) {                                                                           \
                const exact x = sum(a.value[s], a.rest[s]), y = sum(-b.value[s], -b.rest[s]);                          \
                interval r = {below_if(x.value, x.rest) + 0.0, 0.0 - below_if(y.value, y.rest)};                       \
                if (IC_UNLIKELY(!(a.lost[s] == 0 && x.rest == x.rest && y.rest == y.rest)))                            \
                    r = sum_again(n, start + s, in, step);                                                             \
                out[0][start + s] = r.low;                                                                             \
                out[1][start + s] = r.high;                                                                            \
            }                                                                                                          \
        }                                                                                                              \
    }

EVERY_LEVEL(SUM, total)

void ic_interval_select_sums(ic_cpu level) { ic_interval.sum = OF_LEVEL(total, level); }
