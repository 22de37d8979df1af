/* From NumPy's loops to the kernels of the core: one adapter per shape of call. All of them get the row of
   the ufunc table as `data`, take doubles at any stride, and leave the floating-point status clean, so that
   no input ever makes a RuntimeWarning: what is undefined is NaN, and that is the whole message. */
#ifndef IB_LOOPS_H
#define IB_LOOPS_H

#include "bind/bind.h"

#include <fenv.h>

#include "core/base/kernel.h"

#define IB_INPUTS 3
#define IB_TILE   1024 /* doubles: a few tiles fit into the smallest first-level cache */

typedef struct ib_ufunc {
    const char *name;
    int nin, nout;
    const char *signature; /* NULL: elementwise */
    PyUFuncGenericFunction loop;
    union { /* a slot of the room's dispatch table, read at each call */
        const ic_map *map;
        const ic_series *series;
    } kernel;
} ib_ufunc;

/* NumPy looks at these four after each call. Asking is cheap, clearing is not. */
IC_INLINE void ib_quiet(void) {
    const int watched = FE_DIVBYZERO | FE_OVERFLOW | FE_UNDERFLOW | FE_INVALID;
    if (fetestexcept(watched)) feclearexcept(watched);
}

IC_INLINE void ib_gather(double *tile, const char *from, npy_intp step, npy_intp n) {
    for (npy_intp i = 0; i < n; i++) tile[i] = *(const double *)(const void *)(from + i * step);
}

IC_INLINE void ib_scatter(char *to, npy_intp step, const double *tile, npy_intp n) {
    for (npy_intp i = 0; i < n; i++) *(double *)(void *)(to + i * step) = tile[i];
}

/* ---- elementwise: any number of inputs up to IB_INPUTS, one output
 * ------------------------------------------- */

/* Contiguous operands are handed to the kernel as they are, a constant (stride 0) is spread into a tile once,
   anything else goes through tiles.

   Large outputs are written by ordinary stores. Streaming ones save the read of the line that is overwritten,
   and were tried: on AMD Zen 3 they cost 1.4x into memory that is in use and 1.3x into fresh pages, which the
   system has just zeroed, so that they are still in the cache. */
static void ib_map(char **args, npy_intp const *dimensions, npy_intp const *steps, void *data) {
    const ib_ufunc *row = data;
    const ic_map kernel = *row->kernel.map;
    const int nin = row->nin;
    const npy_intp n = dimensions[0], unit = (npy_intp)sizeof(double);
    const double *in[IB_INPUTS];
    int whole = 1;
    for (int k = 0; k <= nin; k++) whole &= steps[k] == unit;
    if (whole || n == 1) {
        for (int k = 0; k < nin; k++) in[k] = (const double *)(const void *)args[k];
        double *out = (double *)(void *)args[nin];
        /* NumPy's arrays begin 16 bytes into a line: a vector of 32 then straddles two, every other time */
        npy_intp head = n < 64 ? 0 : (npy_intp)((64 - ((uintptr_t)out & 63)) / sizeof(double)) & 7;
        if (head > 0) kernel((size_t)head, in, out);
        for (int k = 0; k < nin; k++) in[k] += head;
        kernel((size_t)(n - head), in, out + head);
        ib_quiet();
        return;
    }
    double tiles[IB_INPUTS + 1][IB_TILE];
    for (int k = 0; k < nin; k++)
        if (steps[k] == 0) ib_gather(tiles[k], args[k], 0, n < IB_TILE ? n : IB_TILE);
    for (npy_intp i = 0; i < n; i += IB_TILE) {
        const npy_intp m = n - i < IB_TILE ? n - i : IB_TILE;
        for (int k = 0; k < nin; k++) {
            const char *from = args[k] + i * steps[k];
            in[k] = steps[k] == unit ? (const double *)(const void *)from : tiles[k];
            if (steps[k] != unit && steps[k] != 0) ib_gather(tiles[k], from, steps[k], m);
        }
        char *to = args[nin] + i * steps[nin];
        kernel((size_t)m, in, steps[nin] == unit ? (double *)(void *)to : tiles[nin]);
        if (steps[nin] != unit) ib_scatter(to, steps[nin], tiles[nin], m);
    }
    ib_quiet();
}

/* ---- one series in, one series out: "(t)->(t)"
 * ------------------------------------------------------------- */

/* The second-level cache holds what a tile has in and out. Many neighbours, as every period is another page.
 */
#define IB_SERIES_WIDTH 64 /* turned together */
#define IB_SERIES_BYTES 131072
#define IB_SERIES_MANY  2048 /* done together by kernels that can */

/* `width` series of `length` periods: time runs down in the operand, along the tile. Eight periods at a time,
   so that both sides are touched by whole lines. */
IC_INLINE void ib_turn_in(double *tile, const char *from, npy_intp step, npy_intp across, npy_intp length,
                          npy_intp width) {
    for (npy_intp t = 0; t < length; t += 8) {
        const npy_intp rows = length - t < 8 ? length - t : 8;
        for (npy_intp s = 0; s < width; s++)
            ib_gather(tile + s * length + t, from + t * step + s * across, step, rows);
    }
}

IC_INLINE void ib_turn_out(char *to, npy_intp step, npy_intp across, const double *tile, npy_intp length,
                           npy_intp width) {
    for (npy_intp t = 0; t < length; t += 8) {
        const npy_intp rows = length - t < 8 ? length - t : 8;
        for (npy_intp s = 0; s < width; s++)
            ib_scatter(to + t * step + s * across, step, tile + s * length + t, rows);
    }
}

/* Called without the GIL. */
IC_INLINE void ib_no_memory(void) {
    NPY_ALLOW_C_API_DEF
    NPY_ALLOW_C_API;
    PyErr_NoMemory();
    NPY_DISABLE_C_API;
}

static void ib_series(char **args, npy_intp const *dimensions, npy_intp const *steps, void *data) {
    const ib_ufunc *row = data;
    const ic_series *kernel = row->kernel.series;
    const npy_intp count = dimensions[0], length = dimensions[1], unit = (npy_intp)sizeof(double);
    if (length == 0 || count == 0) return;
    if (length == 1 || (steps[2] == unit && steps[3] == unit)) {
        for (npy_intp s = 0; s < count; s++)
            kernel->one((size_t)length, (const double *)(const void *)(args[0] + s * steps[0]),
                        (double *)(void *)(args[1] + s * steps[1]));
        ib_quiet();
        return;
    }
    if (kernel->many != NULL && (count == 1 || (steps[0] == unit && steps[1] == unit))) {
        for (npy_intp s = 0; s < count; s += IB_SERIES_MANY)
            kernel->many((size_t)length, (size_t)(count - s < IB_SERIES_MANY ? count - s : IB_SERIES_MANY),
                         (const double *)(const void *)args[0] + s, steps[2] / unit,
                         (double *)(void *)args[1] + s, steps[3] / unit);
        ib_quiet();
        return;
    }
    npy_intp width = IB_SERIES_BYTES / unit / length;
    width = width < 8 ? 8 : width > IB_SERIES_WIDTH ? IB_SERIES_WIDTH : width;
    if (width > count) width = count;
    double *in = ic_alloc((size_t)length, (size_t)width * 2 * sizeof(double));
    if (in == NULL) {
        ib_no_memory();
        return;
    }
    double *out = in + length * width;
    for (npy_intp s = 0; s < count; s += width) {
        const npy_intp m = count - s < width ? count - s : width;
        ib_turn_in(in, args[0] + s * steps[0], steps[2], steps[0], length, m);
        for (npy_intp k = 0; k < m; k++) kernel->one((size_t)length, in + k * length, out + k * length);
        ib_turn_out(args[1] + s * steps[1], steps[3], steps[1], out, length, m);
    }
    ic_free(in);
    ib_quiet();
}

#endif
