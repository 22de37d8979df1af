/* Every level gives the bits of the scalar twin: all lengths around vectors and blocks, in place, and all pairs of
   awkward numbers; a few results that can be checked by hand. (tests/test_interval.py holds them against rational
   numbers.) */
#include <float.h>
#include <math.h>
#include <string.h>

#include "check.h"
#include "core/interval/interval.h"

#define SPACE 600

static const double awkward[] = {
    0.0,     -0.0,    1.0,      -1.0,      1.5,  3.0, 100.1, -100.1,  1e-300,         5e-324,
    DBL_MAX, DBL_MIN, INFINITY, -INFINITY, NAN,  0.1, 1e17,  -5e-324, -1.0 + 0x1p-53, -DBL_MAX,
    1e60,    1e61,    0x1p-200, 0x1p-201,  -1e61};
#define AWKWARD (sizeof awkward / sizeof *awkward)

static int same(const double *a, const double *b, size_t n) { return memcmp(a, b, n * sizeof *a) == 0; }

static double operands[6][SPACE], low[SPACE], high[SPACE], want_low[SPACE], want_high[SPACE];

static void all_alike(ic_pair_map ours, ic_pair_map scalar, size_t n, size_t offset) {
    const double *in[6];
    for (size_t k = 0; k < 6; k++) in[k] = operands[k] + (offset * (k + 1)) % 9;
    memset(want_low, 0x55, sizeof want_low);
    memset(want_high, 0x55, sizeof want_high);
    memcpy(low, want_low, sizeof low);
    memcpy(high, want_high, sizeof high);
    scalar(n, in, want_low + offset, want_high);
    ours(n, in, low + offset, high);
    CHECK(same(low, want_low, SPACE) && same(high, want_high, SPACE)); /* and nothing beyond the n is touched */
}

static void in_place(ic_pair_map ours, size_t n, size_t nin) {
    for (size_t j = 0; j < nin; j++)
        for (size_t k = 0; k < nin; k++) {
            if (j == k) continue;
            const double *in[6];
            for (size_t i = 0; i < 6; i++) in[i] = operands[i];
            ours(n, in, want_low, want_high);
            memcpy(low, operands[j], sizeof low);
            memcpy(high, operands[k], sizeof high);
            in[j] = low;
            in[k] = high;
            ours(n, in, low, high);
            CHECK(same(low, want_low, n) && same(high, want_high, n));
        }
}

static void compare(ic_pair_map ours, ic_pair_map scalar, size_t nin) {
    for (size_t i = 0; i < SPACE; i++)
        for (size_t k = 0; k < 6; k++) {
            double x = awkward[(i * (k + 3) + i / 7) % AWKWARD];
            operands[k][i] = i % 3 == 0 ? x : (double)(i % 97) - 20 + (double)k / 2; /* whole blocks, and mended ones */
        }
    for (size_t n = 0; n <= 70; n++)
        for (size_t offset = 0; offset < 9; offset++) all_alike(ours, scalar, n, offset);
    for (size_t n = 250; n <= 520; n += 3) all_alike(ours, scalar, n, n % 9);
    in_place(ours, SPACE, nin);
    for (size_t i = 0; i < AWKWARD; i++)
        for (size_t j = 0; j < AWKWARD; j++) {
            for (size_t k = 0; k < SPACE; k++) {
                operands[0][k] = awkward[i] < awkward[j] ? awkward[i] : awkward[j];
                operands[1][k] = awkward[i] < awkward[j] ? awkward[j] : awkward[i];
                operands[2][k] = awkward[k % AWKWARD];
                operands[3][k] = k % 2 ? awkward[k % AWKWARD] : awkward[k / AWKWARD];
                operands[4][k] = awkward[(k * 3) % AWKWARD];
                operands[5][k] = awkward[(k * 7 + 2) % AWKWARD];
            }
            all_alike(ours, scalar, SPACE - 9, 1);
        }
}

/* Figures with one unit for a block, with many, and with none. */
static void compare_figures(ic_pair_map ours, ic_pair_map scalar) {
    for (size_t kind = 0; kind < 4; kind++) {
        for (size_t i = 0; i < SPACE; i++) {
            const double printed = (double)(i * 37 % 1000) / 10 - 20;
            operands[0][i] = i % 5 == 0 && kind != 2 ? awkward[(i * 7 + 1) % AWKWARD] : printed;
            operands[1][i] = kind == 0 ? 1 : kind == 1 ? (double)(i % 9) - 3 : i < 300 ? 1 : -2;
            operands[2][i] = kind == 0 ? -2 : i < 256 ? 0 : (double)(i % 4) - 2;
            if (kind == 3 && i % 50 == 0) operands[1 + i % 2][i] = awkward[i % AWKWARD];
        }
        for (size_t n = 0; n <= 70; n++) all_alike(ours, scalar, n, n % 9);
        for (size_t n = 250; n <= 580; n += 11) all_alike(ours, scalar, n, n % 9);
        in_place(ours, SPACE, 3);
    }
}

/* Sums of `n` neighbours that lie side by side, of which some need more than two doubles. */
static void compare_sums(ic_fold ours, ic_fold scalar) {
    static double parts[2][40 * SPACE];
    for (size_t i = 0; i < 40 * SPACE; i++) {
        const double x = i % 91 == 0 ? awkward[i % AWKWARD] : ldexp((double)(i % 89), (int)(i * i % 61) - 40);
        parts[0][i] = x;
        parts[1][i] = x + (double)(i % 3);
    }
    const double *in[2] = {parts[0], parts[1]};
    const ptrdiff_t step[2] = {SPACE, SPACE};
    for (size_t n = 0; n <= 40; n += n < 4 ? 1 : 12)
        for (size_t width = 0; width <= SPACE; width += width < 20 ? 1 : 58) {
            memset(want_low, 0x55, sizeof want_low);
            memset(want_high, 0x55, sizeof want_high);
            memcpy(low, want_low, sizeof low);
            memcpy(high, want_high, sizeof high);
            scalar(n, width, in, step, (double *const[]){want_low, want_high});
            ours(n, width, in, step, (double *const[]){low, high});
            CHECK(same(low, want_low, SPACE) && same(high, want_high, SPACE));
            for (size_t s = 0; n > 0 && s < width && s < 3; s++) { /* alone, along its own steps */
                const double *one[2] = {parts[0] + s, parts[1] + s};
                double l, h;
                ours(n, 1, one, step, (double *const[]){&l, &h});
                CHECK(same(&l, want_low + s, 1) && same(&h, want_high + s, 1));
            }
        }
}

static void test_levels(void) {
    static const char *const levels[] = {"scalar", "sse2", "avx2", "avx512", "neon"};
    ic_interval_select(IC_CPU_SCALAR);
    const ic_interval_table scalar = ic_interval;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        int level = ic_cpu_named(levels[i]);
        if (level < 0) continue;
        ic_interval_select((ic_cpu)level);
        printf("%s\n", levels[i]);
        compare(ic_interval.add, scalar.add, 4);
        compare(ic_interval.sub, scalar.sub, 4);
        compare(ic_interval.mul, scalar.mul, 4);
        compare(ic_interval.div, scalar.div, 4);
        compare(ic_interval.rate, scalar.rate, 4);
        compare(ic_interval.implied_base, scalar.implied_base, 4);
        compare(ic_interval.implied_level, scalar.implied_level, 4);
        compare(ic_interval.contribution, scalar.contribution, 6);
        compare(ic_interval.verdict, scalar.verdict, 5);
        compare_figures(ic_interval.from_decimals, scalar.from_decimals);
        compare_sums(ic_interval.sum, scalar.sum);
    }
    ic_interval_select(ic_cpu_best());
}

static int gives(ic_pair_map map, double a, double b, double c, double d, double want, double also) {
    const double *in[4] = {&a, &b, &c, &d};
    double l = 0, h = 0;
    map(1, in, &l, &h);
    return want == want ? l == want && h == also && !signbit(l == 0 ? l : 1) && !signbit(h == 0 ? h : 1)
                        : l != l && h != h;
}

static double above(double x) { return nextafter(x, (double)INFINITY); }
static double below(double x) { return nextafter(x, -(double)INFINITY); }

static void test_values(void) {
    const double inf = (double)INFINITY, nan = (double)NAN, eps = DBL_EPSILON;
    CHECK(gives(ic_interval.add, 1, 1, 0x1p-60, 0x1p-60, 1, 1 + eps));
    CHECK(gives(ic_interval.sub, 1, 1, 0x1p-60, 0x1p-60, 1 - eps / 2, 1));
    CHECK(gives(ic_interval.add, DBL_MAX, DBL_MAX, 1, 1, DBL_MAX, inf));
    CHECK(gives(ic_interval.add, -DBL_MAX, DBL_MAX, -DBL_MAX, DBL_MAX, -inf, inf));
    CHECK(gives(ic_interval.add, 209, inf, -inf, 1, -inf, inf));
    CHECK(gives(ic_interval.sub, 1, 1, 1, 1, 0, 0));
    CHECK(gives(ic_interval.mul, -2, 3, -5, 7, -15, 21));
    CHECK(gives(ic_interval.mul, 0, 0, -inf, inf, 0, 0));
    CHECK(gives(ic_interval.mul, 5e-324, 5e-324, 0.5, 0.5, 0, 5e-324));
    CHECK(gives(ic_interval.mul, -5e-324, -5e-324, 0.5, 0.5, -5e-324, 0));
    CHECK(gives(ic_interval.mul, 1e200, 1e200, 1e200, 1e200, DBL_MAX, inf));
    CHECK(gives(ic_interval.div, 1, 1, 3, 3, 1.0 / 3, above(1.0 / 3)));
    CHECK(gives(ic_interval.div, 1, 2, -1, 1, -inf, inf));
    CHECK(gives(ic_interval.div, 0, 0, -1, 1, 0, 0));
    CHECK(gives(ic_interval.div, 1, 2, 0, 4, 0.25, inf));
    CHECK(gives(ic_interval.div, 1, 2, -4, -0.0, -inf, -0.25));
    CHECK(gives(ic_interval.div, 1, 2, 0, 0, nan, nan));
    CHECK(gives(ic_interval.div, 1, inf, 2, inf, 0, inf));
    CHECK(gives(ic_interval.rate, 107, 107, 100, 100, below(0.07), 0.07) ||
          gives(ic_interval.rate, 107, 107, 100, 100, 0.07, above(0.07)));
    CHECK(gives(ic_interval.rate, 3, 3, 2, 2, 0.5, 0.5));
    CHECK(gives(ic_interval.rate, 0, 3, -1, 2, -1, inf));
    CHECK(gives(ic_interval.rate, 1, 3, -1, 0, nan, nan));
    CHECK(gives(ic_interval.rate, 3, 1, 1, 2, nan, nan));
    CHECK(gives(ic_interval.rate, 1, 3, nan, 2, nan, nan));
    CHECK(gives(ic_interval.rate, inf, inf, 1, 2, nan, nan));
    CHECK(gives(ic_interval.implied_base, 3, 3, 0.5, 2, 1, 2));
    CHECK(gives(ic_interval.implied_base, 3, 3, -2, 2, 1, inf));
    CHECK(gives(ic_interval.implied_base, 3, 3, -2, -1, nan, nan));
    CHECK(gives(ic_interval.implied_level, 2, 4, 0.5, 2, 3, 12));
}

int main(void) {
    test_levels();
    test_values();
    REPORT();
}
