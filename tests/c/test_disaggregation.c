/* Sums are met, levels and threads agree on every bit, and memory may fail at any call. */
#include <math.h>
#include <string.h>

#include "check.h"
#include "core/base/memory.h"
#include "core/disaggregation/disaggregation.h"

enum { LOWS = 7, PER = 4, N = LOWS * PER + 3, SERIES = 19, INDICATORS = 2, MOST = 4 };

static int32_t low[N];
static double weight[N], benchmarks[SERIES][LOWS], indicators[SERIES][INDICATORS][N];

typedef struct outcome {
    double values[SERIES][N], coefficients[SERIES * MOST], facts[SERIES][IC_DISAGGREGATION_FACTS], errors[SERIES][N];
} outcome;

static void make_figures(void) {
    uint64_t state = 88172645463325252;
    for (size_t t = 0; t < N; t++) low[t] = t < 2 || t == N - 1 ? -1 : (int32_t)((t - 2) / PER), weight[t] = 1;
    for (size_t s = 0; s < SERIES; s++) {
        for (size_t k = 0; k < LOWS; k++) benchmarks[s][k] = 400 + 10.0 * (double)((s * 5 + k * 7) % 23);
        for (size_t i = 0; i < INDICATORS; i++)
            for (size_t t = 0; t < N; t++) {
                state ^= state << 13, state ^= state >> 7, state ^= state << 17;
                indicators[s][i][t] = 50 + (double)(state >> 40) / 65536.0 * 0.2;
            }
    }
    benchmarks[3][2] = (double)NAN;
    indicators[5][0][9] = (double)NAN;
    for (size_t t = 2 + PER; t < 2 + 2 * PER; t++) indicators[6][0][t] = 0;
}

static ic_status run(const ic_disaggregation *how, outcome *to, int threads, int errors) {
    memset(to, 0, sizeof *to);
    return ic_disaggregation_run(how, SERIES, &benchmarks[0][0], &indicators[0][0][0], INDICATORS * N,
                                 &to->values[0][0], to->coefficients, &to->facts[0][0],
                                 errors ? &to->errors[0][0] : NULL, threads);
}

static const ic_disaggregation methods[] = {
    {.about = 1, .scaled = 1, .memory = IC_WALK},
    {.about = 1, .scaled = 1, .memory = IC_WALK_OF_WALKS, .polynomial = 2},
    {.about = 1, .memory = IC_WITHOUT_MEMORY},
    {.polynomial = 1, .memory = IC_AUTOREGRESSIVE, .rho = 0.5},
    {.polynomial = 1, .memory = IC_WALK_AUTOREGRESSIVE, .rule = IC_RHO_MAX_LOG, .rho_high = 0.999},
    {.polynomial = 1, .memory = IC_AUTOREGRESSIVE, .rule = IC_RHO_MIN_RSS, .rho_low = -0.9, .rho_high = 0.999},
};
#define METHODS (sizeof methods / sizeof *methods)

static ic_disaggregation method(size_t m) {
    ic_disaggregation how = methods[m];
    how.n = N;
    how.lows = LOWS;
    how.low = low;
    how.weight = weight;
    how.indicators = INDICATORS;
    return how;
}

static void sums_are_met(const ic_disaggregation *how, const outcome *o) {
    for (size_t s = 0; s < SERIES; s++) {
        if (isnan(o->values[s][0])) {
            CHECK(s == 5 || (s == 6 && how->scaled)); /* a hole in the indicator; a year of nothing */
            continue;
        }
        for (size_t k = 0; k < LOWS; k++) {
            double sum = 0;
            for (size_t t = 0; t < N; t++) sum += low[t] == (int32_t)k ? o->values[s][t] : 0;
            CHECK(isnan(benchmarks[s][k]) || fabs(sum - benchmarks[s][k]) < 1e-10 * benchmarks[s][k]);
        }
    }
}

int main(void) {
    static const char *levels[] = {"scalar", "sse2", "avx2", "avx512", "neon"};
    static outcome first, other;
    make_figures();
    for (size_t m = 0; m < METHODS; m++) {
        const ic_disaggregation how = method(m);
        ic_disaggregation_select(IC_CPU_SCALAR);
        CHECK(run(&how, &first, 1, 1) == IC_OK);
        sums_are_met(&how, &first);
        for (size_t l = 0; l < sizeof levels / sizeof *levels; l++)
            for (int threads = 1; threads < 5; threads++) {
                if (ic_cpu_named(levels[l]) < 0) continue;
                ic_disaggregation_select((ic_cpu)ic_cpu_named(levels[l]));
                CHECK(run(&how, &other, threads, 1) == IC_OK);
                CHECK(memcmp(&first, &other, sizeof first) == 0);
            }
        CHECK(run(&how, &other, 2, 0) == IC_OK); /* standard errors change nothing else */
        CHECK(memcmp(first.values, other.values, sizeof first.values) == 0);
        ic_status status = IC_MEMORY;
        const long before = ic_test_live;
        for (long k = 1; status == IC_MEMORY && k < 100; k++) {
            ic_test_fail_at = k;
            status = run(&how, &other, 3, 1);
            ic_test_fail_at = 0;
            CHECK(ic_test_live == before);
        }
        CHECK(status == IC_OK);
    }
    REPORT();
}
