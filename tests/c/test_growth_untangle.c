/* Sums, flows and growth narrow each other, outwards to the last bit, whatever the layout. */
#include <math.h>

#include "check.h"
#include "core/growth/growth.h"

#define N    30
#define STEP 3

static double store[12][N * STEP];
static double *rows[12];
static double place[N], same[N], lag = 12;

static void unbounded(void) {
    for (int k = 0; k < 12; k++) {
        rows[k] = store[k];
        for (size_t t = 0; t < N * STEP; t++) store[k][t] = k % 2 ? (double)INFINITY : -(double)INFINITY;
    }
    for (size_t t = 0; t < N; t++) {
        place[t] = (double)(t % 12);
        same[t] = 1;
    }
}

static void set(int row, size_t t, double low, double high) {
    store[row][t * STEP] = low;
    store[row + 1][t * STEP] = high;
}

static void run(size_t n) {
    const double *const guide[3] = {place, same, &lag};
    ic_growth.untangle(n, rows, STEP, guide);
}

static int is(int row, size_t t, double low, double high) {
    return store[row][t * STEP] == low && store[row + 1][t * STEP] == high;
}

static int empty(void) {
    for (int k = 0; k < 12; k += 2)
        for (size_t t = 0; t < N; t++)
            if (store[k][t * STEP] > store[k + 1][t * STEP]) return 1;
    return 0;
}

static void test_sums(void) {
    unbounded();
    set(0, 0, 9.5, 10.5);
    set(0, 1, 14.5, 15.5);
    set(0, 12, 1, 1);
    run(N);
    CHECK(is(2, 0, 9.5, 10.5) && is(2, 1, 4, 6) && is(2, 12, 1, 1));
    CHECK(is(4, 1, 14.5, 15.5) && is(6, 1, 4, 6));
    CHECK(is(2, 2, -(double)INFINITY, (double)INFINITY));
    CHECK(!empty());
    for (size_t n = 0; n < 4; n++) run(n);
}

static void test_growth(void) {
    unbounded();
    set(2, 3, 99.5, 100.5);
    set(10, 15, 1.05, 1.06); /* growth of one month */
    run(N);
    const double low = store[2][15 * STEP], high = store[3][15 * STEP];
    CHECK(low <= 99.5 * 1.05 && low > 99.5 * 1.05 - 1e-12 && high >= 100.5 * 1.06 && high < 100.5 * 1.06 + 1e-12);
    unbounded();
    set(2, 15, 105, 105);
    set(10, 15, 1.05, 1.05);
    same[3] = 0;
    run(N);
    CHECK(store[6][3 * STEP] <= 100 && store[7][3 * STEP] >= 100 && store[7][3 * STEP] - store[6][3 * STEP] < 1e-12);
    CHECK(is(2, 3, -(double)INFINITY, (double)INFINITY)); /* as first published it may have been anything */
}

static void test_contradictions(void) {
    unbounded();
    set(0, 0, 1, 2);
    set(0, 1, 3, 4);
    set(2, 1, 4, 5);
    run(N);
    CHECK(empty());
    unbounded();
    set(0, 0, 1, 2);
    set(0, 1, 3, 4);
    set(2, 1, 3, 5); /* touches */
    run(N);
    CHECK(!empty() && is(0, 0, 1, 1) && is(0, 1, 4, 4));
}

/* No value makes it hang or lose its way. */
static void test_awkward(void) {
    const double awkward[] = {0, -0.0, 1, -1, 1e308, -1e308, 5e-324, (double)INFINITY, -(double)INFINITY, (double)NAN};
    for (size_t seed = 0; seed < 400; seed++) {
        unbounded();
        size_t x = seed * 2654435761u + 1;
        for (int k = 0; k < 12; k++)
            for (size_t t = 0; t < N; t++) {
                x = x * 6364136223846793005u + 1442695040888963407u;
                if ((x >> 60) < 3) store[k][t * STEP] = awkward[(x >> 40) % 10];
            }
        place[3] = awkward[seed % 10];
        run(N);
    }
    const double lags[] = {0, -1, 0.5, 1, 1e300, (double)NAN};
    for (size_t i = 0; i < 6; i++) {
        unbounded();
        set(10, 15, 1.05, 1.06);
        lag = lags[i];
        run(N);
    }
    lag = 12;
    CHECK(1);
}

int main(void) {
    ic_growth_select(IC_CPU_SCALAR);
    test_sums();
    test_growth();
    test_contradictions();
    test_awkward();
    REPORT();
}
