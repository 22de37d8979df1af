/* The shapes of call that only the room region has. */
#ifndef IB_LOOPS_REGION_H
#define IB_LOOPS_REGION_H

#include "bind/loops.h"
#include "core/region/region.h"

/* ---- "(n),(),()->(n)": ranks; how equal figures are ranked, and whether from the largest ----------------------- */

static void ib_rank(char **args, npy_intp const *dimensions, npy_intp const *steps, void *data) {
    const ic_rank kernel = *(const ic_rank *)((const ib_ufunc *)data)->kernel.own;
    const npy_intp count = dimensions[0], n = dimensions[1], unit = (npy_intp)sizeof(double);
    if (count == 0 || n == 0) return;
    double *space = ic_alloc(ic_sorted_space((size_t)n), sizeof(double));
    if (space == NULL) {
        ib_no_memory();
        return;
    }
    const npy_intp together = steps[1] == 0 && steps[2] == 0 ? IC_RANK_COLUMNS : 1;
    for (npy_intp s = 0; s < count; s += together) {
        const double ties = *(const double *)(const void *)(args[1] + s * steps[1]);
        const double descending = *(const double *)(const void *)(args[2] + s * steps[2]);
        ic_ranking what = {
            .n = (size_t)n,
            .columns = (size_t)(count - s < together ? count - s : together),
            .in = (const double *)(const void *)(args[0] + s * steps[0]),
            .in_across = steps[0] / unit,
            .in_along = steps[4] / unit,
            .out = (double *)(void *)(args[3] + s * steps[3]),
            .out_across = steps[3] / unit,
            .out_along = steps[5] / unit,
            .descending = descending > 0,
            .space = ib_at_line(space),
        };
        if (ties >= 0 && ties < IC_TIES_COUNT && ties == floor(ties) && descending == descending) {
            what.ties = (ic_ties)ties;
            kernel(&what);
        } else {
            for (size_t c = 0; c < what.columns; c++)
                for (npy_intp t = 0; t < n; t++)
                    what.out[(npy_intp)c * what.out_across + t * what.out_along] = (double)NAN;
        }
    }
    ic_free(space);
    ib_quiet();
}

/* ---- "(n),(n)->(n),(n)": a pair of series into a pair ------------------------------------------------------------ */

static void ib_rank_bounds(char **args, npy_intp const *dimensions, npy_intp const *steps, void *data) {
    const ic_rank_bounds kernel = *(const ic_rank_bounds *)((const ib_ufunc *)data)->kernel.own;
    const npy_intp count = dimensions[0], n = dimensions[1];
    if (count == 0 || n == 0) return;
    double *space = ic_alloc((size_t)n, 6 * sizeof(double));
    if (space == NULL) {
        ib_no_memory();
        return;
    }
    double *const made = space + 2 * n;
    for (npy_intp s = 0; s < count; s++) {
        for (int k = 0; k < 2; k++) ib_gather(made + k * n, args[k] + s * steps[k], steps[4 + k], n);
        kernel((size_t)n, made, made + n, made + 2 * n, made + 3 * n, space);
        for (int k = 2; k < 4; k++) ib_scatter(args[k] + s * steps[k], steps[4 + k], made + k * n, n);
    }
    ic_free(space);
    ib_quiet();
}

#endif
