/* Selection against sorting: every n, ties, holes, weights of nothing, pivots at their worst. */
#include <math.h>
#include <string.h>

#include "check.h"
#include "core/base/memory.h"
#include "core/deflation/deflation.h"

#define MOST 3000

typedef struct item {
    double x, w;
} item;

static double xs[MOST], ws[MOST];
static item ordered[MOST];

/* The items with weight in order, equal rates together; how many. */
static size_t in_order(size_t n) {
    size_t m = 0;
    for (size_t t = 0; t < n; t++) {
        if (xs[t] != xs[t] || ws[t] != ws[t] || !(ws[t] > 0)) continue;
        size_t at = m++;
        for (; at > 0 && ordered[at - 1].x > xs[t]; at--) ordered[at] = ordered[at - 1];
        ordered[at] = (item){xs[t], ws[t]};
    }
    size_t kept = 0;
    for (size_t k = 0; k < m; k++) {
        if (kept > 0 && ordered[kept - 1].x == ordered[k].x) {
            ordered[kept - 1].w += ordered[k].w;
        } else {
            ordered[kept++] = ordered[k];
        }
    }
    return kept;
}

/* Weights are whole numbers: sums are exact, and so are places of cuts that are halves of them. */
static double slow_percentile(size_t n, double share, double side) {
    const size_t m = in_order(n);
    double total = 0, up_to = 0;
    for (size_t k = 0; k < m; k++) total += ordered[k].w;
    for (size_t k = 0; k < m; k++) {
        up_to += ordered[k].w;
        if (up_to == share * total && k + 1 < m) {
            const double low = ordered[k].x, high = ordered[k + 1].x;
            return side < 0 ? low : side > 0 ? high : 0.5 * low + 0.5 * high;
        }
        if (share * total < up_to || k + 1 == m) return ordered[k].x;
    }
    return (double)NAN;
}

static double slow_mean(size_t n, double lower, double upper) {
    const size_t m = in_order(n);
    double total = 0, up_to = 0, kept = 0, sum = 0;
    for (size_t k = 0; k < m; k++) total += ordered[k].w;
    const double from = lower * total, until = total - upper * total;
    for (size_t k = 0; k < m; k++) {
        const double next = up_to + ordered[k].w;
        const double inside = (next < until ? next : until) - (up_to > from ? up_to : from);
        if (inside > 0) {
            kept += inside;
            sum += inside * ordered[k].x;
        }
        up_to = next;
    }
    return sum / kept;
}

static double one_of(ic_sorted_fold kernel, size_t n, const double *numbers, int count, double *space) {
    double made = 0;
    const double *in[6] = {xs, ws, NULL, NULL, NULL, NULL};
    ptrdiff_t step[6] = {1, 1, 0, 0, 0, 0};
    for (int k = 0; k < count; k++) in[2 + k] = numbers + k;
    kernel(n, 1, in, step, (double *const[]){&made}, space);
    return made;
}

static int close_to(double a, double b) { return fabs(a - b) <= 1e-12 * (1 + fabs(b)) || (a != a && b != b); }

static void compare(size_t n, double *space) {
    static const double shares[] = {0, 0.125, 0.25, 0.5, 0.75, 1};
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
        for (int side = -1; side <= 1; side++)
            CHECK(close_to(one_of(ic_deflation.percentile, n, (double[]){shares[i], side, 1}, 3, space),
                           slow_percentile(n, shares[i], side)));
    static const double cuts[][2] = {{0, 0}, {0.0625, 0.0625}, {0.25, 0.3125}, {0, 0.5}, {0.5, 0}, {0.4375, 0.4375}};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        const double made = one_of(ic_deflation.trimmed_mean, n, (double[]){cuts[i][0], cuts[i][1], 0, 1}, 4, space);
        CHECK(close_to(made, slow_mean(n, cuts[i][0], cuts[i][1])));
    }
    const double middle = one_of(ic_deflation.trimmed_mean, n, (double[]){0.5, 0.5, 0, 1}, 4, space);
    CHECK(close_to(middle, slow_percentile(n, 0.5, 0)));
}

/* Rates for which the first, the middle and the last are always near to one end. */
static void worst(size_t n) {
    for (size_t t = 0; t < n; t++) {
        xs[t] = (double)(t % 2 == 0 ? t : n * 4 - t);
        ws[t] = 1 + (double)(t % 3);
    }
    for (size_t i = 0, m = n; m > 4; i += 2, m /= 2) xs[n / 2 > i ? n / 2 - i : 0] = -(double)i;
}

static void fill(size_t n, unsigned kind) {
    for (size_t t = 0; t < n; t++) {
        const size_t mixed = (t * 2654435761u + n * 40503u + kind) % 99991u;
        xs[t] = kind == 1 ? (double)(mixed % 5) - 2 : ((double)mixed - 50000) / 1024;
        ws[t] = (double)(mixed / 7 % 64) + 1;
        if (kind == 2 && mixed % 3 == 0) ws[t] = 0;
        if (kind == 3 && mixed % 4 == 0) xs[t] = (double)NAN;
        if (kind == 3 && mixed % 7 == 0) ws[t] = (double)NAN;
        if (kind == 4) xs[t] = (double)t;
        if (kind == 5) xs[t] = -(double)t;
        if (kind == 6) xs[t] = 0;
    }
}

/* Neighbours give the bits of each alone. */
static void beside(double *space) {
    enum { N = 41, WIDTH = 9 };
    static double x[N * WIDTH], w[N * WIDTH], of[4][WIDTH], made[WIDTH], alone;
    for (size_t i = 0; i < N * WIDTH; i++) {
        x[i] = (double)(i * 2654435761u % 1009) / 64;
        w[i] = (double)(i * 40503u % 31) + 0.1;
    }
    for (size_t s = 0; s < WIDTH; s++) {
        of[0][s] = 0.01 * (double)s;
        of[1][s] = 0.3;
        of[2][s] = (double)(s % 3) - 1;
        of[3][s] = 1;
    }
    const double *in[6] = {x, w, of[0], of[1], of[2], of[3]};
    const ptrdiff_t step[6] = {WIDTH, WIDTH, 0, 0, 0, 0};
    ic_deflation.trimmed_mean(N, WIDTH, in, step, (double *const[]){made}, space);
    for (size_t s = 0; s < WIDTH; s++) {
        const double *one[6];
        for (int k = 0; k < 6; k++) one[k] = in[k] + s;
        ic_deflation.trimmed_mean(N, 1, one, step, (double *const[]){&alone}, space);
        CHECK(memcmp(&alone, &made[s], sizeof alone) == 0);
    }
}

/* Shares below and above against sums one by one; neighbours give the bits of each alone. */
static void broad(size_t n, unsigned kind) {
    enum { WIDTH = 70 };
    static double x[MOST * WIDTH], w[MOST * WIDTH], of[3][WIDTH], below[WIDTH], above[WIDTH];
    fill(n, kind);
    for (size_t t = 0; t < n; t++)
        for (size_t s = 0; s < WIDTH; s++) {
            x[t * WIDTH + s] = xs[(t + s) % n];
            w[t * WIDTH + s] = ws[(t + s) % n];
        }
    for (size_t s = 0; s < WIDTH; s++) {
        of[0][s] = (double)(s % 5) - 2;
        of[1][s] = (double)(s % 7);
        of[2][s] = 0;
    }
    const double *in[5] = {x, w, of[0], of[1], of[2]};
    const ptrdiff_t step[5] = {WIDTH, WIDTH, 0, 0, 0};
    ic_deflation.breadth(n, WIDTH, in, step, (double *const[]){below, above});
    for (size_t s = 0; s < WIDTH; s++) {
        double low = 0, high = 0, total = 0, alone[2];
        for (size_t t = 0; t < n; t++) {
            const double a = x[t * WIDTH + s], b = w[t * WIDTH + s];
            if (a != a || b != b) continue;
            total += b;
            low += a < of[0][s] ? b : 0;
            high += a > of[1][s] ? b : 0;
        }
        CHECK(close_to(below[s], low / total) && close_to(above[s], high / total));
        const double *one[5];
        for (int k = 0; k < 5; k++) one[k] = in[k] + s;
        ic_deflation.breadth(n, 1, one, step, (double *const[]){alone, alone + 1});
        CHECK(memcmp(alone, &below[s], sizeof *alone) == 0 && memcmp(alone + 1, &above[s], sizeof *alone) == 0);
    }
}

static void refused(double *space) {
    static const double bad[][4] = {
        {-0.1, 0, 0, 1}, {0.6, 0.6, 0, 1}, {0.1, 0.1, 0.5, 1}, {0.1, 0.1, 0, 9}, {(double)NAN, 0, 0, 1}};
    fill(8, 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const double made = one_of(ic_deflation.trimmed_mean, 8, bad[i], 4, space);
        CHECK(made != made);
    }
    static const double places[][3] = {{-0.1, 0, 1}, {1.1, 0, 1}, {0.5, 2, 1}, {0.5, 0, 9}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const double made = one_of(ic_deflation.percentile, 8, places[i], 3, space);
        CHECK(made != made);
    }
    static const double weights[] = {-1, INFINITY};
    for (size_t i = 0; i < 2; i++) {
        fill(8, 0);
        ws[3] = weights[i];
        const double made = one_of(ic_deflation.trimmed_mean, 8, (double[]){0.1, 0.1, 0, 1}, 4, space);
        CHECK(made != made);
    }
    for (size_t t = 0; t < 8; t++) ws[t] = 0;
    const double none = one_of(ic_deflation.percentile, 8, (double[]){0.5, 0, 1}, 3, space);
    CHECK(none != none);
    fill(8, 0);
    xs[2] = (double)INFINITY; /* what is cut off may be infinite */
    const double made = one_of(ic_deflation.trimmed_mean, 8, (double[]){0.25, 0.25, -1, 1}, 4, space);
    CHECK(fabs(made) < 1e6);
}

int main(void) {
    ic_deflation_select(IC_CPU_SCALAR);
    double *space = ic_alloc(ic_sorted_space(MOST), sizeof(double));
    CHECK(space != NULL);
    if (space == NULL) REPORT();
    for (unsigned kind = 0; kind < 7; kind++) {
        for (size_t n = 0; n < 70; n++) {
            fill(n, kind);
            compare(n, space);
        }
        for (size_t n = 200; n <= MOST; n += 1400) {
            fill(n, kind);
            compare(n, space);
        }
    }
    for (size_t n = 3; n <= MOST; n = 3 * n + 1) {
        worst(n);
        compare(n, space);
    }
    for (unsigned kind = 0; kind < 7; kind++)
        for (size_t n = 1; n <= 200; n = 2 * n + 1) broad(n, kind);
    beside(space);
    refused(space);
    ic_free(space);
    REPORT();
}
