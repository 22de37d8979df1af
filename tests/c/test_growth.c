/* Every level gives the bits of the scalar twin: all lengths around the vector widths, all offsets within a
   line, in place, and all pairs of awkward numbers. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "check.h"
#include "core/growth/growth.h"

#define SPACE 160

static const double awkward[] = {0.0,      -0.0,      1.0,    -1.0,    1.5,     3.0,      100.1,
                                 -100.1,   1e-300,    5e-324, -5e-324, DBL_MAX, -DBL_MAX, DBL_MIN,
                                 INFINITY, -INFINITY, NAN,    0.1,     1e17,    104.3};
#define AWKWARD (sizeof awkward / sizeof *awkward)

static int same(const double *a, const double *b, size_t n) { return memcmp(a, b, n * sizeof *a) == 0; }

static void compare(ic_map ours, ic_map scalar, int nin) {
    static double a[SPACE], b[SPACE], c[SPACE], got[SPACE], want[SPACE];
    for (size_t i = 0; i < SPACE; i++) {
        a[i] = awkward[i % AWKWARD];
        b[i] = awkward[(i / AWKWARD + i * 7) % AWKWARD];
        c[i] = awkward[(i * 3 + 1) % AWKWARD];
    }
    for (size_t n = 0; n <= 70; n++)
        for (size_t offset = 0; offset < 9; offset++) {
            const double *in[3] = {a + offset, b + (offset * 5) % 9, c + (offset * 2) % 9};
            memset(got, 0x55, sizeof got);
            memset(want, 0x55, sizeof want);
            scalar(n, in, want + offset);
            ours(n, in, got + offset);
            CHECK(same(got, want, SPACE));  /* and nothing beyond the n is touched */
            for (int k = 0; k < nin; k++) { /* in place */
                const double *inside[3] = {in[0], in[1], in[2]};
                memset(got, 0x55, sizeof got);
                memcpy(got + offset, in[k], n * sizeof *got);
                inside[k] = got + offset;
                ours(n, inside, got + offset);
                CHECK(same(got, want, SPACE));
            }
        }
    for (size_t i = 0; i < AWKWARD; i++)
        for (size_t j = 0; j < AWKWARD; j++) {
            for (size_t k = 0; k < SPACE; k++) a[k] = awkward[i], b[k] = awkward[j], c[k] = awkward[k % AWKWARD];
            const double *in[3] = {a, b, c};
            scalar(SPACE, in, want);
            ours(SPACE, in, got);
            CHECK(same(got, want, SPACE));
        }
}

static double map2(ic_map map, double a, double b) {
    const double *in[2] = {&a, &b};
    double out = 0;
    map(1, in, &out);
    return out;
}

static void test_levels(void) {
    static const char *const levels[] = {"scalar", "sse2", "avx2", "avx512", "neon"};
    ic_growth_select(IC_CPU_SCALAR);
    ic_growth_table scalar = ic_growth;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        int level = ic_cpu_named(levels[i]);
        if (level < 0) continue;
        ic_growth_select((ic_cpu)level);
        printf("%s\n", levels[i]);
        compare(ic_growth.rate, scalar.rate, 2);
        compare(ic_growth.rate_abs, scalar.rate_abs, 2);
        compare(ic_growth.share, scalar.share, 2);
        compare(ic_growth.contribution, scalar.contribution, 3);
    }
    ic_growth_select(ic_cpu_best());
}

static void test_values(void) {
    CHECK(map2(ic_growth.rate, 107.0, 100.0) == 0.07);
    CHECK(map2(ic_growth.rate, 100.1, 100.0) == (100.1 - 100.0) / 100.0);
    CHECK(map2(ic_growth.rate, 0.0, 100.0) == -1.0);
    CHECK(map2(ic_growth.rate, -50.0, 100.0) == -1.5);
    CHECK(isnan(map2(ic_growth.rate, 1.0, 0.0)));
    CHECK(isnan(map2(ic_growth.rate, 1.0, -0.0)));
    CHECK(isnan(map2(ic_growth.rate, 1.0, -2.0)));
    CHECK(isnan(map2(ic_growth.rate, 1.0, NAN)));
    CHECK(isnan(map2(ic_growth.rate, NAN, 1.0)));
    CHECK(map2(ic_growth.rate_abs, 1.0, -2.0) == 1.5);
    CHECK(map2(ic_growth.rate_abs, -3.0, -2.0) == -0.5);
    CHECK(isnan(map2(ic_growth.rate_abs, 1.0, 0.0)));
    CHECK(map2(ic_growth.share, 1.0, 4.0) == 0.25);
    CHECK(map2(ic_growth.share, 1.0, -4.0) == -0.25);
    CHECK(isnan(map2(ic_growth.share, 0.0, 0.0)));
}

static void test_last_observed(void) {
    double in[] = {NAN, 1, NAN, NAN, 2, 3, NAN}, out[7];
    ic_growth.last_observed.one(7, in, out);
    CHECK(isnan(out[0]) && out[1] == 1 && out[2] == 1 && out[3] == 1 && out[4] == 2 && out[5] == 3 && out[6] == 3);
    ic_growth.last_observed.one(0, in, out);
    ic_growth.last_observed.many(0, 5, in, 5, out, 5);
}

/* Many series at once give the bits of one after the other, whatever the steps, up and down. */
static void compare_series(const ic_series *kernel) {
    enum { N = 9, WIDTH = 37, STEP = 40 };
    static double in[N * STEP], got[N * STEP], one[N], want[N];
    for (size_t i = 0; i < N * STEP; i++) in[i] = awkward[(i * i + i / 7) % AWKWARD];
    for (size_t n = 1; n <= N; n++)
        for (size_t width = 1; width <= WIDTH; width++)
            for (int down = 0; down < 2; down++) {
                ptrdiff_t step = down ? -STEP : STEP;
                size_t start = down ? (n - 1) * STEP : 0;
                memset(got, 0x55, sizeof got);
                kernel->many(n, width, in + start, step, got + start, step);
                for (size_t s = 0; s < width; s++) {
                    for (size_t t = 0; t < n; t++) one[t] = in[(down ? n - 1 - t : t) * STEP + s];
                    kernel->one(n, one, want);
                    for (size_t t = 0; t < n; t++) one[t] = got[(down ? n - 1 - t : t) * STEP + s];
                    CHECK(same(one, want, n));
                }
                unsigned char beyond[sizeof(double)];
                memcpy(beyond, &got[start + width], sizeof beyond);
                CHECK(beyond[0] == 0x55 && beyond[7] == 0x55);
            }
}

int main(void) {
    test_levels();
    test_values();
    test_last_observed();
    compare_series(&ic_growth.last_observed);
    REPORT();
}
