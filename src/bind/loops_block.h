/* "(t),(t),(),(k,t)->(k,t)": a block of rows for each series, narrowed in place in the output, under two guides of one
   double per period and one of one per series. Contract and helpers are those of bind/loops.h. */
#ifndef IB_LOOPS_BLOCK_H
#define IB_LOOPS_BLOCK_H

#include "bind/loops.h"

#define IB_ROWS 12

static void ib_block(char **args, npy_intp const *dimensions, npy_intp const *steps, void *data) {
    const ib_ufunc *row = data;
    const ic_narrowing kernel = *row->kernel.narrowing;
    const npy_intp count = dimensions[0], length = dimensions[1], height = dimensions[2];
    const npy_intp *along = steps + 5; /* of both guides; then from row to row and period to period, in and out */
    if (length == 0 || count == 0 || height > IB_ROWS) return;
    double *packed = ic_alloc((size_t)length, 2 * sizeof(double));
    if (packed == NULL) {
        ib_no_memory();
        return;
    }
    for (npy_intp s = 0; s < count; s++) {
        double *rows[IB_ROWS] = {NULL};
        const char *in = args[3] + s * steps[3];
        char *out = args[4] + s * steps[4];
        for (npy_intp k = 0; k < height; k++) {
            rows[k] = (double *)(void *)(out + k * along[4]);
            for (npy_intp t = 0; t < length; t++)
                rows[k][t * (along[5] / (npy_intp)sizeof(double))] =
                    *(const double *)(const void *)(in + k * along[2] + t * along[3]);
        }
        for (int k = 0; k < 2; k++) ib_gather(packed + k * length, args[k] + s * steps[k], along[k], length);
        const double *guide[3] = {packed, packed + length, (const double *)(const void *)(args[2] + s * steps[2])};
        kernel((size_t)length, rows, along[5] / (npy_intp)sizeof(double), guide);
    }
    ic_free(packed);
    ib_quiet();
}

#endif
