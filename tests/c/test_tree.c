/* Sums along trees: exact, on any number of threads, and with every allocation failing once. */
#include "check.h"

#include <math.h>
#include <string.h>

#include "core/base/flags.h"
#include "core/base/memory.h"
#include "core/tree/tree.h"

#define N 3000

static double values[N];
static uint16_t groups[N];
static uint32_t flags[N], map[50];

static ic_status sum(const ic_tree_axis *axis, double *sums, uint64_t *valued, uint64_t *missing, uint32_t *bits,
                     int threads) {
    const ic_tree_rows rows = {
        .n = N, .values = values, .flags = bits != NULL ? flags : NULL, .axes = axis, .n_axes = 1};
    const ic_tree_cells cells = {sums, valued, missing, bits, bits != NULL ? bits + 5 : NULL};
    return ic_tree_sums(&rows, &cells, threads);
}

static void test_rows(void) {
    for (size_t i = 0; i < N; i++) {
        values[i] = i % 11 == 0 ? NAN : ldexp((double)(i % 97) + 0.1, (int)(i % 200) - 100);
        groups[i] = (uint16_t)(i % 50);
        flags[i] = (uint32_t)1 << (i % 3);
    }
    values[17] = INFINITY;
    values[18] = 1e308;
    for (uint32_t k = 0; k < 50; k++) map[k] = k % 7 == 0 ? IC_TREE_NOWHERE : k % 5;
    const ic_tree_axis axis = {.positions = groups, .width = 2, .codes = 50, .map = map, .size = 5};
    double first[5], sums[5];
    uint64_t valued[5], missing[5], all = 0;
    uint32_t bits[10];
    CHECK(sum(&axis, first, valued, missing, bits, 1) == IC_OK);
    for (int k = 0; k < 5; k++) all += valued[k] + missing[k];
    CHECK(all == N - N / 50 * 8);
    for (int threads = 2; threads < 5; threads++) {
        CHECK(sum(&axis, sums, valued, missing, bits, threads) == IC_OK);
        CHECK(memcmp(first, sums, sizeof sums) == 0);
    }
    const ic_tree_axis wrong = {.positions = groups, .width = 2, .codes = 49, .size = 49};
    CHECK(sum(&wrong, sums, valued, missing, NULL, 2) == IC_ARGUMENT);
    long k = 0;
    for (ic_status status = IC_MEMORY; status == IC_MEMORY && k < 200; k++) {
        ic_test_fail_at = k + 1;
        status = sum(&axis, sums, valued, missing, bits, 1);
        ic_test_fail_at = 0;
        CHECK(status == IC_OK || status == IC_MEMORY);
        CHECK(ic_test_live == 0);
    }
    CHECK(k > 3 && k < 200);
}

static void test_arrays(void) {
    /* two nodes below a third: 0 + 1, 2, and all; the figures of a code stand side by side */
    const ic_tree_step steps[] = {{IC_TREE_BEGIN, 0, 0}, {IC_TREE_BEGIN, 1, 0}, {IC_TREE_ADD, 1, 0},
                                  {IC_TREE_ADD, 1, 1},   {IC_TREE_END, 1, 1},   {IC_TREE_JOIN, 0, 1},
                                  {IC_TREE_BEGIN, 1, 0}, {IC_TREE_ADD, 1, 2},   {IC_TREE_END, 1, 2},
                                  {IC_TREE_JOIN, 0, 1},  {IC_TREE_END, 0, 0}};
    double weights[sizeof steps / sizeof *steps];
    for (size_t k = 0; k < sizeof weights / sizeof *weights; k++) weights[k] = 1;
    const double x[12] = {1e300, 1, NAN, 4, -1e300, 0.1, 2, NAN, 1e-300, 0.2, 3, NAN};
    const uint32_t marks[12] = {1, 0, 2, 0, 0, 0, 0, 4, 0, 0, 0, 8};
    double out[12];
    uint32_t bits[12];
    ic_tree_plan plan = {.steps = steps,
                         .weights = weights,
                         .n_steps = sizeof steps / sizeof *steps,
                         .slots = 2,
                         .outer = 1,
                         .codes = 3,
                         .inner = 4,
                         .nodes = 3,
                         .how = IC_TREE_SUM,
                         .coverage = 0.6};
    CHECK(ic_tree_roll(&plan, x, marks, out, bits, 2) == IC_OK);
    CHECK(out[0] == 1e-300 && out[4] == 0 && out[8] == 1e-300);
    CHECK(out[1] == 1.3 && isnan(out[3]) && out[2] == 5 && isnan(out[6]) && isnan(out[11]));
    CHECK(bits[0] == 1 && bits[2] == IC_FLAG_PARTIAL && bits[3] == (IC_FLAG_PARTIAL | 4 | 8));
    plan.how = IC_TREE_COVERAGE;
    CHECK(ic_tree_roll(&plan, x, NULL, out, bits, 1) == IC_OK);
    CHECK(out[0] == 1 && out[6] == 0.5 && out[11] == 0);
    ic_test_fail_at = 1;
    CHECK(ic_tree_roll(&plan, x, NULL, out, bits, 1) == IC_MEMORY);
    ic_test_fail_at = 0;
    CHECK(ic_test_live == 0);
}

int main(void) {
    const ic_cpu levels[] = {IC_CPU_SCALAR, IC_CPU_SSE2, ic_cpu_best()};
    for (size_t k = 0; k < 3; k++) {
        ic_tree_select(levels[k]);
        test_rows();
        test_arrays();
    }
    REPORT();
}
