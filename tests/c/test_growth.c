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

/* Levels that differ in fma must still agree on every bit: many figures of all sizes, longer than a tile. */
static void compare_random(ic_map ours, ic_map scalar) {
    enum { N = 1000 };
    static double in[3][N], got[N], want[N];
    uint64_t state = 88172645463325252;
    for (int round = 0; round < 20; round++) {
        for (size_t k = 0; k < 3; k++)
            for (size_t i = 0; i < N; i++) {
                state ^= state << 13, state ^= state >> 7, state ^= state << 17;
                const double x = (double)(state >> 11) * 0x1p-53;
                in[k][i] = round % 4 == 0 ? ldexp(1 + x, (int)(state % 600) - 300) : round % 4 == 1 ? 1 + x : 100 * x;
                if (round % 4 == 3) in[k][i] = 1 + (x - 0.5) * 1e-9;
            }
        const double *pointers[3] = {in[0], in[1], in[2]};
        scalar(N, pointers, want);
        ours(N, pointers, got);
        CHECK(same(got, want, N));
    }
}

static double map2(ic_map map, double a, double b) {
    const double *in[2] = {&a, &b};
    double out = 0;
    map(1, in, &out);
    return out;
}

static double map3(ic_map map, double a, double b, double c) {
    const double *in[3] = {&a, &b, &c};
    double out = 0;
    map(1, in, &out);
    return out;
}

static int within_ulps(double got, double want, double ulps) {
    return fabs(got - want) <= ulps * (nextafter(fabs(want), INFINITY) - fabs(want));
}

/* Against constants of forty digits, and at the edges of what is defined. */
static void test_powers(void) {
    ic_map cagr = ic_growth.cagr, annualised = ic_growth.annualised, compound = ic_growth.compound;
    CHECK(map2(ic_growth.log_rate, 2, 1) == 0.693147180559945309417);
    CHECK(map2(ic_growth.log_rate, 1, 3) == -1.09861228866810969140);
    CHECK(map2(ic_growth.log_rate, 1 + 0x1p-52, 1) == 0x1.fffffffffffffp-53);
    CHECK(map2(ic_growth.log_rate, 5, 5) == 0);
    CHECK(map2(ic_growth.log_rate, INFINITY, 5) == (double)INFINITY);
    CHECK(map2(ic_growth.log_rate, 5, INFINITY) == -(double)INFINITY);
    CHECK(isnan(map2(ic_growth.log_rate, 0, 5)) && isnan(map2(ic_growth.log_rate, 5, 0)));
    CHECK(isnan(map2(ic_growth.log_rate, -1, -1)) && isnan(map2(ic_growth.log_rate, 5e-324, 1)));
    CHECK(isnan(map2(ic_growth.log_rate, NAN, 1)) && isnan(map2(ic_growth.log_rate, 1, NAN)));
    CHECK(within_ulps(map3(cagr, 1, 2, 10), 0.0717734625362931642130, 1));
    CHECK(within_ulps(map3(cagr, 10000000, 42998000, 8), 0.199999408345886873108626, 1));
    CHECK(within_ulps(map3(cagr, 7, 9, 1), 2.0 / 7, 1));
    CHECK(map3(annualised, 9, 7, 1) == map2(ic_growth.rate, 9, 7));
    CHECK(map3(cagr, 100, 0, 3) == -1 && map3(cagr, 3, 3, 3) == 0);
    CHECK(map3(cagr, 1e-300, 1e300, 1) == (double)INFINITY && map3(cagr, 1e300, 1e-300, 1) == -1);
    CHECK(map3(cagr, 1, INFINITY, 2) == (double)INFINITY && map3(cagr, INFINITY, 1, 2) == -1);
    CHECK(isnan(map3(cagr, 0, 1, 2)) && isnan(map3(cagr, -1, 1, 2)) && isnan(map3(cagr, 1, -1, 2)));
    CHECK(isnan(map3(cagr, 1, 2, 0)) && isnan(map3(cagr, 1, 2, -1)) && isnan(map3(cagr, 1, 2, INFINITY)));
    CHECK(isnan(map3(cagr, INFINITY, INFINITY, 1)) && isnan(map3(cagr, 1, 2, NAN)));
    CHECK(within_ulps(map3(annualised, 101, 100, 4), 0.04060401, 1));
    CHECK(within_ulps(map2(compound, 0.01, 4), 0.04060401, 1.5)); /* 0.01 isn't quite one per cent */
    static const double rates[] = {0.05, -0.3, 1e-9, -0.999, 7e10, 3e-17, -0.5, 2};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) CHECK(map2(compound, rates[i], 1) == rates[i]);
    CHECK(map2(compound, -1, 3) == -1 && map2(compound, 0, 3) == 0 && map2(compound, 1, 10) == 1023);
    CHECK(isnan(map2(compound, -1.5, 2)) && isnan(map2(compound, 0.1, 0)) && isnan(map2(compound, 0.1, -1)));
    CHECK(map2(compound, 1, 1e9) == (double)INFINITY && map2(compound, -0.5, 1e9) == -1);
}

#define LONGEST 1101 /* more than kernels keep of guides */

/* A guided kernel, series by series and side by side, against another's, bit for bit. */
static void compare_guided(ic_guided kernel, ic_guided twin, const double *const *guide, size_t periods) {
    enum { PERIODS = LONGEST, SERIES = 21 };
    static double in[SERIES][PERIODS], across[PERIODS][SERIES], want[PERIODS], got[PERIODS], many[PERIODS][SERIES];
    static const double odd[] = {NAN, INFINITY, -INFINITY, 0, -0.0, 1e308, -1e308, 5e-324};
    for (size_t s = 0; s < SERIES; s++)
        for (size_t t = 0; t < periods; t++) {
            const uint64_t bits = (uint64_t)(s * 7919 + t * 104729 + 1) * UINT64_C(0x9E3779B97F4A7C15);
            in[s][t] = bits >> 60 == 0 && s % 3 == 0 ? odd[bits >> 56 & 7] : 100 + (double)(bits >> 40) * 0x1p-20;
            across[t][s] = in[s][t];
        }
    static double rows[SERIES][PERIODS + 3];
    kernel.many(periods, SERIES, &across[0][0], SERIES, guide, &many[0][0], SERIES);
    if (kernel.rows != NULL) kernel.rows(periods, SERIES, in[0], PERIODS, guide, rows[0], PERIODS + 3);
    for (size_t s = 0; s < SERIES; s++) {
        twin.one(periods, in[s], guide, want);
        kernel.one(periods, in[s], guide, got);
        for (size_t t = 0; t < periods; t++) {
            CHECK(got[t] == want[t] || (isnan(got[t]) && isnan(want[t])));
            CHECK(many[t][s] == want[t] || (isnan(many[t][s]) && isnan(want[t])));
            if (kernel.rows != NULL) CHECK(rows[s][t] == want[t] || (isnan(rows[s][t]) && isnan(want[t])));
        }
    }
}

static void compare_sums_of(const ic_growth_table *twin, size_t periods, double window) {
    static double place[LONGEST], length[LONGEST];
    const double *const years[] = {place, length}, *const windows[] = {&window};
    for (size_t t = 0; t < periods; t++) place[t] = (double)((t + 5) % 12), length[t] = 12;
    compare_guided(ic_growth.window_sum, twin->window_sum, windows, periods);
    compare_guided(ic_growth.average_rate, twin->average_rate, windows, periods);
    compare_guided(ic_growth.ytd, twin->ytd, years, periods);
    compare_guided(ic_growth.from_ytd, twin->from_ytd, years, periods);
    compare_guided(ic_growth.carry_over, twin->carry_over, years, periods);
    compare_guided(ic_growth.carry_over_this, twin->carry_over_this, years, periods);
}

static void compare_sums(const ic_growth_table *twin) {
    static const double windows[] = {12, 1, 4, 5, 7, 16, 20, 63, 64, 65, 200};
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) compare_sums_of(twin, 53, windows[i]);
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) compare_sums_of(twin, 514 + i, windows[i]);
    compare_sums_of(twin, LONGEST, 12);
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
        compare(ic_growth.change, scalar.change, 2);
        compare(ic_growth.implied_base, scalar.implied_base, 2);
        compare(ic_growth.implied_level, scalar.implied_level, 2);
        compare(ic_growth.log_rate, scalar.log_rate, 2);
        compare(ic_growth.cagr, scalar.cagr, 3);
        compare(ic_growth.annualised, scalar.annualised, 3);
        compare(ic_growth.compound, scalar.compound, 2);
        compare_random(ic_growth.log_rate, scalar.log_rate);
        compare_random(ic_growth.cagr, scalar.cagr);
        compare_random(ic_growth.annualised, scalar.annualised);
        compare_random(ic_growth.compound, scalar.compound);
        compare_sums(&scalar);
        test_powers();
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

static void test_implied(void) {
    CHECK(map2(ic_growth.implied_base, 106, 0.06) == 100 && map2(ic_growth.implied_level, 100, 0.06) == 106);
    CHECK(isnan(map2(ic_growth.implied_base, 5, -1)) && isnan(map2(ic_growth.implied_base, 5, -1.5)));
    CHECK(map2(ic_growth.implied_base, -50, -1.5) == 100); /* what rate() says of -50 over 100 */
    CHECK(isnan(map2(ic_growth.implied_base, 0, 0.1)) && isnan(map2(ic_growth.implied_base, -5, 0.1)));
    CHECK(map2(ic_growth.implied_level, 100, -1) == 0 && isnan(map2(ic_growth.implied_level, 0, 0.1)));
    CHECK(isnan(map2(ic_growth.implied_level, -100, 0.1)) && isnan(map2(ic_growth.implied_level, 100, NAN)));
    CHECK(map2(ic_growth.change, 3, 5) == -2);
}

/* One series, and neighbours of it at once. */
static void guided(const ic_guided *kernel, size_t n, const double *in, const double *a, const double *b,
                   const double *want) {
    double got[32];
    const double *guide[2] = {a, b};
    kernel->one(n, in, guide, got);
    for (size_t t = 0; t < n; t++) CHECK(got[t] == want[t] || (isnan(got[t]) && isnan(want[t])));
    if (kernel->many == NULL) return;
    enum { WIDTH = 5 };
    double wide[32 * WIDTH], made[32 * WIDTH];
    for (size_t t = 0; t < n; t++)
        for (size_t s = 0; s < WIDTH; s++) wide[t * WIDTH + s] = in[t];
    kernel->many(n, WIDTH, wide, WIDTH, guide, made, WIDTH);
    for (size_t t = 0; t < n; t++)
        for (size_t s = 0; s < WIDTH; s++) CHECK(memcmp(&made[t * WIDTH + s], &got[t], sizeof *got) == 0);
}

static void test_sums(void) {
    const double x = (double)NAN, far = 1e16;
    const double in[] = {1, 2, 4, 8, x, 16, 32, 64, INFINITY, 1, 2, 3};
    guided(&ic_growth.window_sum, 12, in, &(double){3}, NULL,
           (double[]){x, x, 7, 14, x, x, x, 112, INFINITY, INFINITY, INFINITY, 6});
    guided(&ic_growth.window_sum, 12, in, &(double){1}, NULL, in);
    guided(&ic_growth.window_sum, 3, in, &(double){3}, NULL, (double[]){x, x, 7});
    static const double none[] = {0, -1, 1.5, 13, NAN, INFINITY};
    for (size_t i = 0; i < 6; i++) guided(&ic_growth.window_sum, 4, in, &none[i], NULL, (double[]){x, x, x, x});
    guided(&ic_growth.window_sum, 0, in, &(double){1}, NULL, NULL);
    /* what rounding has lost comes back when the large part goes */
    guided(&ic_growth.window_sum, 4, (double[]){far, 1, 1, -far}, &(double){4}, NULL, (double[]){x, x, x, 2});
    guided(&ic_growth.average_rate, 6, (double[]){100, 100, 103, 109, x, 1}, &(double){2}, NULL,
           (double[]){x, x, x, 0.06, x, x});
    guided(&ic_growth.average_rate, 4, (double[]){1, -1, 1, 1}, &(double){2}, NULL, (double[]){x, x, x, x});
    const double place[] = {2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1};
    const double four[] = {4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4};
    const double y[] = {9, 9, 1, 2, 3, 4, x, 7, 1, 1, 5, 6}, of_year[] = {x, x, 1, 3, 6, 10, x, x, x, x, 5, 11};
    guided(&ic_growth.ytd, 12, y, place, NULL, of_year);
    guided(&ic_growth.from_ytd, 12, of_year, place, NULL, (double[]){x, x, 1, 2, 3, 4, x, x, x, x, 5, 6});
    /* the second figure stands for both where the first is missing, not where the first lies before all figures */
    guided(&ic_growth.from_ytd, 3, (double[]){x, 7, 8}, (double[]){0, 1, 2}, NULL, (double[]){x, 7, 1});
    guided(&ic_growth.from_ytd, 2, (double[]){7, 8}, (double[]){1, 2}, NULL, (double[]){x, 1});
    guided(&ic_growth.ytd, 3, (double[]){far, 1, 1}, (double[]){0, 1, 2}, NULL, (double[]){far, far, far + 2});
    guided(&ic_growth.carry_over, 8, (double[]){100, 100, 100, 100, 100, 100, 100, 500}, place + 2, four,
           (double[]){0, 0, 0, 0, 0, 0, 0, 1.5});
    guided(&ic_growth.carry_over, 4, (double[]){100, 101, -203, 1}, place + 2, four, (double[]){0, 1.0 / 403, x, x});
    guided(&ic_growth.carry_over_this, 10, (double[]){1, 1, 10, 10, 10, 10, 11, 13, 10, 10}, place, four,
           (double[]){x, x, x, x, x, x, 0.1, 0.25, 0.1, 0.1});
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
    test_implied();
    test_sums();
    test_last_observed();
    compare_series(&ic_growth.last_observed);
    REPORT();
}
