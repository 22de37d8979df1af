#include "core/index/index.h"

#include <math.h>
#include <string.h>

#include "core/index/folds.h"
#include "core/numeric/ratio.h"

/* ---- the driver ---------------------------------------------------------------------------------------------------- */

typedef struct sums {
    double acc[SUMS][LANES][SPAN];
    ic_two total[SUMS][SPAN];
} sums;

/* A compensated sum of blocks. */
IC_INLINE void add_block(ic_two *total, double x) {
    const ic_two sum = ic_two_sum(total->hi, x);
    total->hi = sum.hi;
    total->lo += sum.lo;
}

/* Lanes that nothing was added to are zero, and change nothing. */
static void put_together(sums *all, int count, size_t lanes, size_t m) {
    for (int k = 0; k < count; k++) {
        for (size_t half = lanes / 2; half > 0; half /= 2)
            for (size_t l = 0; l < half; l++)
                for (size_t s = 0; s < m; s++) all->acc[k][l][s] += all->acc[k][l + half][s];
        for (size_t s = 0; s < m; s++) add_block(&all->total[k][s], all->acc[k][0][s]);
        for (size_t l = 0; l < lanes; l++) memset(all->acc[k][l], 0, m * sizeof(double));
    }
}

static void add_neighbours(sums *all, rows_of rows, int count, size_t n, size_t m, const double *const *in,
                           const ptrdiff_t *step) {
    size_t lanes = 1;
    while (lanes < LANES && lanes < n) lanes *= 2;
    for (int k = 0; k < count; k++) {
        for (size_t l = 0; l < lanes; l++) memset(all->acc[k][l], 0, m * sizeof(double));
        for (size_t s = 0; s < m; s++) all->total[k][s] = (ic_two){0, 0};
    }
    for (size_t t = 0; t < n; t += BLOCK) {
        const double *from[INPUTS];
        for (int k = 0; k < INPUTS; k++) from[k] = in[k] + (ptrdiff_t)t * step[k];
        rows(n - t < BLOCK ? n - t : BLOCK, m, from, step, &all->acc[0][0][0], SPAN);
        put_together(all, count, lanes, m);
    }
}

/* One neighbour: its figures that follow one another are a row of lanes. */
static void add_one(sums *all, rows_of rows, int count, size_t n, const double *const *in, const ptrdiff_t *step) {
    double tiles[INPUTS][BLOCK];
    for (int k = 0; k < count; k++) {
        memset(all->acc[k][0], 0, LANES * sizeof(double));
        all->total[k][0] = (ic_two){0, 0};
    }
    for (size_t t = 0; t < n; t += BLOCK) {
        const size_t some = n - t < BLOCK ? n - t : BLOCK, whole = some / LANES;
        const double *from[INPUTS];
        ptrdiff_t rise[INPUTS];
        for (int k = 0; k < INPUTS; k++) {
            rise[k] = step[k] == 0 ? 0 : LANES;
            from[k] = step[k] == 1 ? in[k] + t : tiles[k];
            if (step[k] == 0) {
                for (size_t i = 0; t == 0 && i < LANES; i++) tiles[k][i] = in[k][0];
            } else if (step[k] != 1) {
                for (size_t i = 0; i < some; i++) tiles[k][i] = in[k][(ptrdiff_t)(t + i) * step[k]];
            }
        }
        if (whole > 0) rows(whole, LANES, from, rise, &all->acc[0][0][0], 0);
        for (int k = 0; k < INPUTS; k++) from[k] += (ptrdiff_t)whole * rise[k];
        if (some % LANES > 0) rows(1, some % LANES, from, rise, &all->acc[0][0][0], 0);
        for (int k = 0; k < count; k++) {
            double *x = all->acc[k][0];
            for (size_t half = LANES / 2; half > 0; half /= 2)
                for (size_t l = 0; l < half; l++) x[l] += x[l + half];
            add_block(&all->total[k][0], x[0]);
            memset(x, 0, LANES * sizeof(double));
        }
    }
}

static void add(sums *all, rows_of rows, int count, size_t n, size_t m, const double *const *in,
                const ptrdiff_t *step) {
    if (m == 1)
        add_one(all, rows, count, n, in, step);
    else
        add_neighbours(all, rows, count, n, m, in, step);
}

void ic_index_fold(const recipe *how, size_t n, size_t width, const double *const *in, const ptrdiff_t *step,
                   double *out) {
    sums all;
    double first[2][SPAN];
    for (size_t start = 0; start < width; start += SPAN) {
        const size_t m = width - start < SPAN ? width - start : SPAN;
        const double *from[INPUTS];
        ptrdiff_t rise[INPUTS] = {0};
        for (int k = 0; k < INPUTS; k++) {
            const int given = k < how->nin;
            from[k] = given ? in[k] + start : in[0] + start; /* what a kernel doesn't read */
            rise[k] = given ? step[k] : 0;
        }
        if (how->first != NULL) {
            add(&all, how->first, 2, n, m, from, rise);
            for (int k = 0; k < 2; k++) {
                for (size_t s = 0; s < m; s++) first[k][s] = all.total[k][s].hi + all.total[k][s].lo;
                from[4 + k] = first[k];
            }
        }
        add(&all, how->rows, how->sums, n, m, from, rise);
        for (size_t s = 0; s < m; s++) {
            double of[SUMS] = {0};
            for (int k = 0; k < how->sums; k++) of[k] = all.total[k][s].hi + all.total[k][s].lo;
            const double x = how->finish(of, n == 0 ? (double)NAN : from[how->nin - 1][s]);
            out[start + s] = x == x ? x : (double)NAN;
        }
    }
}

/* ---- of prices alone ----------------------------------------------------------------------------------------------- */

#define TWO_OF(name) IC_INLINE terms name##_of(double p0, double p1, double u, double v, double y, double z)
#define NOTHING_ELSE UNUSED(u), UNUSED(v), UNUSED(y), UNUSED(z)

TWO_OF(relatives) {
    NOTHING_ELSE;
    const int good = price(p0) & price(p1), all = known(p0, p1);
    return (terms){counted(good, all, p1 / p0), counted(good, all, p0 / p1), counted(good, all, 1), 0};
}

TWO_OF(logarithms) {
    NOTHING_ELSE;
    const int good = price(p0) & price(p1), all = known(p0, p1);
    return (terms){counted(good, all, ic_log_ratio(p1, p0)), counted(good, all, 1), 0, 0};
}

TWO_OF(prices) {
    NOTHING_ELSE;
    const int good = price(p0) & price(p1), all = known(p0, p1);
    return (terms){counted(good, all, p1), counted(good, all, p0), 0, 0};
}

EVERY_ROWS(relatives, 4)
EVERY_ROWS(logarithms, 2)
EVERY_ROWS(prices, 2)

FROM(matched) {
    UNUSED(constant);
    return x[1];
}
FROM(carli) {
    UNUSED(constant);
    return x[0] / x[2];
}
FROM(harmonic) {
    UNUSED(constant);
    return x[2] / x[1];
}
FROM(cswd) {
    UNUSED(constant);
    return sqrt(x[0] / x[1]);
}
FROM(jevons) {
    UNUSED(constant);
    return exp(x[0] / x[1]);
}
INDEX_FROM_QUOTIENT(dutot)

INDEX_OF(matched, 2, logarithms, 2, NO_FIRST)
INDEX_OF(carli, 2, relatives, 4, NO_FIRST)
INDEX_OF(harmonic, 2, relatives, 4, NO_FIRST)
INDEX_OF(cswd, 2, relatives, 4, NO_FIRST)
INDEX_OF(jevons, 2, logarithms, 2, NO_FIRST)
INDEX_OF(dutot, 2, prices, 2, NO_FIRST)

ic_index_table ic_index;

void ic_index_select(ic_cpu level) {
    ic_index.matched = OF_LEVEL(matched, level);
    ic_index.carli = OF_LEVEL(carli, level);
    ic_index.harmonic = OF_LEVEL(harmonic, level);
    ic_index.cswd = OF_LEVEL(cswd, level);
    ic_index.jevons = OF_LEVEL(jevons, level);
    ic_index.dutot = OF_LEVEL(dutot, level);
    ic_index_select_weighted(level);
    ic_index_select_both(level);
    ic_index_select_chain(level);
}
