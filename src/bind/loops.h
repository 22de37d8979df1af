/* From NumPy's loops to the kernels of the core: one adapter per shape of call. All of them get the row of
   the ufunc table as `data`, take doubles at any stride, and leave the floating-point status clean, so that
   no input ever makes a RuntimeWarning: what is undefined is NaN, and that is the whole message. */
#ifndef IB_LOOPS_H
#define IB_LOOPS_H

#include "bind/bind.h"

#include <fenv.h>
#include <math.h>
#include <string.h>

#include "core/base/kernel.h"

#define IB_INPUTS  6
#define IB_RESULTS 4
#define IB_TILE    1024 /* doubles: a few tiles fit into the smallest first-level cache */

typedef struct ib_ufunc {
    const char *name;
    int nin, nout;
    const char *signature; /* NULL: elementwise */
    PyUFuncGenericFunction loop;
    union { /* a slot of the room's dispatch table, read at each call */
        const ic_map *map;
        const ic_pair_map *pair;
        const ic_fold *fold;
        const ic_sorted_fold *sorted;
        const ic_series *series;
        const ic_guided *guided;
        const ic_narrowing *narrowing;
        const void *own; /* of a shape that has a header of its own */
    } kernel;
} ib_ufunc;

/* NumPy looks at these four after each call. Asking is cheap, clearing is not. */
IC_INLINE void ib_quiet(void) {
    const int watched = FE_DIVBYZERO | FE_OVERFLOW | FE_UNDERFLOW | FE_INVALID;
    if (fetestexcept(watched)) feclearexcept(watched);
}

/* Called without the GIL. */
IC_INLINE void ib_no_memory(void) {
    NPY_ALLOW_C_API_DEF
    NPY_ALLOW_C_API;
    PyErr_NoMemory();
    NPY_DISABLE_C_API;
}

IC_INLINE void ib_gather(double *tile, const char *from, npy_intp step, npy_intp n) {
    for (npy_intp i = 0; i < n; i++) tile[i] = *(const double *)(const void *)(from + i * step);
}

IC_INLINE void ib_scatter(char *to, npy_intp step, const double *tile, npy_intp n) {
    for (npy_intp i = 0; i < n; i++) *(double *)(void *)(to + i * step) = tile[i];
}

/* The first double at a whole line, within 8 doubles. */
IC_INLINE double *ib_at_line(double *space) { return space + (8 - ((uintptr_t)space / sizeof(double) & 7)); }

/* NumPy's arrays begin 16 bytes into a line: a vector of 32 then straddles two, every other time. */
IC_INLINE void ib_whole(ic_map kernel, int nin, const double *const *from, double *out, npy_intp n) {
    const double *in[IB_INPUTS] = {NULL};
    npy_intp head = n < 64 ? 0 : (npy_intp)((64 - ((uintptr_t)out & 63)) / sizeof(double)) & 7;
    if (head > 0) kernel((size_t)head, from, out);
    for (int k = 0; k < nin; k++) in[k] = from[k] + head;
    kernel((size_t)(n - head), in, out + head);
}

/* ---- elementwise: up to IB_INPUTS inputs, one output ------------------------------------------------------ */

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
    const double *in[IB_INPUTS] = {NULL};
    int whole = 1;
    for (int k = 0; k <= nin; k++) whole &= steps[k] == unit;
    if (whole || n == 1) {
        for (int k = 0; k < nin; k++) in[k] = (const double *)(const void *)args[k];
        ib_whole(kernel, nin, in, (double *)(void *)args[nin], n);
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

/* ---- elementwise: up to IB_INPUTS inputs, two outputs ------------------------------------------------------ */

/* As ib_map, but for the head that brings outputs to whole lines: two of them rarely agree on one. */
static void ib_pair(char **args, npy_intp const *dimensions, npy_intp const *steps, void *data) {
    const ib_ufunc *row = data;
    const ic_pair_map kernel = *row->kernel.pair;
    const int nin = row->nin, nargs = nin + 2;
    const npy_intp n = dimensions[0], unit = (npy_intp)sizeof(double);
    double tiles[IB_INPUTS + 2][IB_TILE];
    double *at[IB_INPUTS + 2] = {NULL};
    int whole = 1;
    for (int k = 0; k < nargs; k++) whole &= steps[k] == unit;
    whole |= n == 1;
    const npy_intp tile = whole ? n : IB_TILE;
    for (int k = 0; k < nin; k++)
        if (!whole && steps[k] == 0) ib_gather(tiles[k], args[k], 0, n < tile ? n : tile);
    for (npy_intp i = 0; i < n; i += tile) {
        const npy_intp m = n - i < tile ? n - i : tile;
        for (int k = 0; k < nargs; k++) {
            char *from = args[k] + i * steps[k];
            const int direct = whole || steps[k] == unit;
            at[k] = direct ? (double *)(void *)from : tiles[k];
            if (!direct && steps[k] != 0 && k < nin) ib_gather(tiles[k], from, steps[k], m);
        }
        const double *in[IB_INPUTS] = {NULL};
        for (int k = 0; k < nin; k++) in[k] = at[k];
        kernel((size_t)m, in, at[nin], at[nin + 1]);
        for (int k = nin; k < nargs; k++)
            if (at[k] == tiles[k]) ib_scatter(args[k] + i * steps[k], steps[k], tiles[k], m);
    }
    ib_quiet();
}

/* ---- "(n)->()", "(n),()->(),()" and the like: operands folded into results --------------------------------------- */

/* figures up to which neighbours that don't lie side by side are turned, to be folded together */
#define IB_FOLD_ROWS 64
/* doubles of an operand that are turned at once: they stay in the first-level cache */
#define IB_FOLD_TURN 4096
/* the same of one that all neighbours share: in the second level, where others lie side by side */
#define IB_FOLD_SHARE 65536

/* the same of one that is sorted: eight neighbours at a time, but rows are read by several lines */
#define IB_FOLD_SORT 8192

typedef struct ib_fold_call {
    ic_fold kernel;
    ic_sorted_fold sorted; /* or this one, with its space */
    double *space;
    int nin, nout;
    npy_intp count, n;
    char *data[IB_INPUTS + IB_RESULTS];
    npy_intp across[IB_INPUTS + IB_RESULTS]; /* bytes from neighbour to neighbour */
    npy_intp along[IB_INPUTS];               /* bytes from figure to figure; 0 for "()", a constant along the fold */
} ib_fold_call;

static ib_fold_call ib_fold_of(char **args, npy_intp const *dimensions, npy_intp const *steps, const ib_ufunc *row) {
    ib_fold_call call = {NULL, NULL, NULL, row->nin, row->nout, dimensions[0], dimensions[1], {NULL}, {0}, {0}};
    const npy_intp *core = steps + row->nin + row->nout;
    const char *shape = row->signature;
    for (int k = 0; k < row->nin + row->nout; k++) {
        call.data[k] = args[k];
        call.across[k] = steps[k];
    }
    for (int k = 0; k < row->nin; k++) { /* "(n),(),(n)->": what stands after the k-th bracket */
        while (*shape++ != '(') continue;
        if (*shape == ')') continue;
        call.along[k] = *core++;
        if (call.n == 0)
            call.along[k] = sizeof(double); /* its step may be 0, and it isn't a constant: nothing is there */
    }
    return call;
}

/* `m` neighbours from `s` on, as they are or, where `turned` says so, copied into the operand's tile. */
static void ib_fold_some(const ib_fold_call *call, npy_intp s, npy_intp m, const int *turned, double *const *tiles) {
    const npy_intp unit = (npy_intp)sizeof(double);
    const double *in[IB_INPUTS] = {NULL};
    ptrdiff_t step[IB_INPUTS] = {0};
    double *out[IB_RESULTS] = {NULL}, made[IB_RESULTS][IB_TILE];
    for (int k = 0; k < call->nin; k++) {
        const char *from = call->data[k] + s * call->across[k];
        in[k] = (const double *)(const void *)from;
        step[k] = call->along[k] / unit;
        if (!turned[k]) continue;
        const npy_intp rows = call->along[k] == 0 ? 1 : call->n;
        double *tile = tiles[k];
        in[k] = tile;
        step[k] = rows == 1 ? 0 : m;
        if (call->across[k] == 0 && s > 0) continue; /* the same for all: there already */
        if (call->across[k] == unit) {               /* side by side: rows */
            for (npy_intp t = 0; t < rows; t++)
                memcpy(tile + t * m, from + t * call->along[k], (size_t)m * sizeof(double));
            continue;
        }
        npy_intp i = 0;
        for (; i + 8 <= m; i += 8, from += 8 * call->across[k]) /* whole lines of the tile */
            for (npy_intp t = 0; t < rows; t++) {
                /* eight places at once are more than a processor foresees: ask for the next eight series in time */
                for (npy_intp j = 8; t % 8 == 0 && call->along[k] == unit && j < 16; j++)
                    IC_PREFETCH((uintptr_t)from + (uintptr_t)(j * call->across[k] + t * unit));
                for (npy_intp j = 0; j < 8; j++)
                    tile[t * m + i + j] =
                        *(const double *)(const void *)(from + j * call->across[k] + t * call->along[k]);
            }
        for (; i < m; i++, from += call->across[k])
            for (npy_intp t = 0; t < rows; t++)
                tile[t * m + i] = *(const double *)(const void *)(from + t * call->along[k]);
    }
    for (int k = 0; k < call->nout; k++) {
        const int direct = call->across[call->nin + k] == unit || m == 1;
        out[k] = direct ? (double *)(void *)(call->data[call->nin + k] + s * call->across[call->nin + k]) : made[k];
    }
    if (call->sorted != NULL) {
        call->sorted((size_t)call->n, (size_t)m, in, step, out, call->space);
    } else {
        call->kernel((size_t)call->n, (size_t)m, in, step, out);
    }
    for (int k = 0; k < call->nout; k++) {
        const npy_intp across = call->across[call->nin + k];
        if (out[k] == made[k]) ib_scatter(call->data[call->nin + k] + s * across, across, made[k], m);
    }
}

/* Neighbours that lie side by side are folded together as they are; others are turned, where they are short or are to be
   sorted (long ones go one by one). */
static void ib_fold_all(const ib_fold_call *call) {
    const npy_intp unit = (npy_intp)sizeof(double);
    int turned[IB_INPUTS] = {0}, side = 0;
    npy_intp copied = 0; /* doubles to copy for one neighbour */
    for (int k = 0; k < call->nin; k++) side |= call->along[k] != 0 && call->across[k] == unit;
    npy_intp width = call->count > 1 && (side || call->sorted != NULL || call->n <= IB_FOLD_ROWS) ? IB_TILE : 1;
    for (int k = 0; k < call->nin && width > 1; k++) {
        const int far = call->sorted != NULL && call->along[k] != 0; /* eight at a time from rows that lie far apart */
        turned[k] = call->across[k] != unit || far;
        if (turned[k] && call->along[k] != 0 && call->n > copied) copied = call->n;
    }
    if (copied > 0) {
        const npy_intp most = !side ? IB_FOLD_TURN : call->sorted != NULL ? IB_FOLD_SORT : IB_FOLD_SHARE;
        const npy_intp fit = call->sorted != NULL && !side ? 8 : most / copied / 8 * 8;
        width = fit < 8 ? 8 : fit > IB_TILE ? IB_TILE : fit;
    }
    if (width > call->count) width = call->count;
    double *tiles[IB_INPUTS] = {NULL}, *space = NULL;
    npy_intp doubles = 0;
    for (int k = 0; k < call->nin; k++)
        if (turned[k]) doubles += (call->along[k] == 0 ? 1 : call->n) * width;
    if (doubles > 0) {
        space = ic_alloc((size_t)doubles, sizeof(double));
        if (space == NULL) {
            ib_no_memory();
            return;
        }
        double *next = space;
        for (int k = 0; k < call->nin; k++)
            if (turned[k]) {
                tiles[k] = next;
                next += (call->along[k] == 0 ? 1 : call->n) * width;
            }
    }
    npy_intp s = 0;
    for (; s + width <= call->count; s += width) ib_fold_some(call, s, width, turned, tiles);
    if (s < call->count) { /* tiles that are shared are as wide as before: fill them anew */
        ib_fold_call rest = *call;
        for (int k = 0; k < call->nin + call->nout; k++) rest.data[k] += s * call->across[k];
        rest.count = call->count - s;
        ib_fold_some(&rest, 0, rest.count, turned, tiles);
    }
    ic_free(space);
    ib_quiet();
}

static void ib_fold(char **args, npy_intp const *dimensions, npy_intp const *steps, void *data) {
    ib_fold_call call = ib_fold_of(args, dimensions, steps, data);
    call.kernel = *((const ib_ufunc *)data)->kernel.fold;
    ib_fold_all(&call);
}

static void ib_sorted_fold(char **args, npy_intp const *dimensions, npy_intp const *steps, void *data) {
    ib_fold_call call = ib_fold_of(args, dimensions, steps, data);
    call.sorted = *((const ib_ufunc *)data)->kernel.sorted;
    double *space = ic_alloc(ic_sorted_space((size_t)call.n), sizeof(double));
    if (space == NULL) {
        ib_no_memory();
        return;
    }
    call.space = ib_at_line(space);
    ib_fold_all(&call);
    ic_free(space);
}

/* ---- series: time has a step of its own in each operand ------------------------------------------------------- */

/* An operand: `count` series of `length` periods. Steps are in doubles. */
typedef struct ib_panel {
    double *data;
    npy_intp across, along;
} ib_panel;

IC_INLINE ib_panel ib_panel_of(char *data, npy_intp across, npy_intp along) {
    const npy_intp unit = (npy_intp)sizeof(double);
    return (ib_panel){(double *)(void *)data, across / unit, along / unit};
}

/* The second-level cache holds what a tile has in and out. Many neighbours, as every period is another page. */
#define IB_SERIES_WIDTH 64 /* turned together */
#define IB_SERIES_BYTES 131072
#define IB_SERIES_MANY  2048 /* done together by kernels that can */

/* Where time is the longer step, eight periods at a time, so that both sides are touched by whole lines. */
IC_INLINE npy_intp ib_turn_rows(ib_panel panel, npy_intp length) {
    return panel.along * panel.along > panel.across * panel.across ? 8 : length;
}

IC_INLINE void ib_turn_in(double *tile, ib_panel from, npy_intp length, npy_intp width) {
    const npy_intp rows = ib_turn_rows(from, length);
    for (npy_intp t = 0; t < length; t += rows) {
        const npy_intp end = length - t < rows ? length : t + rows;
        for (npy_intp s = 0; s < width; s++)
            for (npy_intp i = t; i < end; i++) tile[s * length + i] = from.data[s * from.across + i * from.along];
    }
}

IC_INLINE void ib_turn_out(ib_panel to, const double *tile, npy_intp length, npy_intp width) {
    const npy_intp rows = ib_turn_rows(to, length);
    for (npy_intp t = 0; t < length; t += rows) {
        const npy_intp end = length - t < rows ? length : t + rows;
        for (npy_intp s = 0; s < width; s++)
            for (npy_intp i = t; i < end; i++) to.data[s * to.across + i * to.along] = tile[s * length + i];
    }
}

/* Any steps: turns tiles of neighbouring series and calls work(context, width, length, in, out) on each, where series
   follow one another without gaps. */
static void ib_tiles(ib_panel in, ib_panel out, npy_intp count, npy_intp length,
                     void (*work)(const void *context, npy_intp width, npy_intp length, const double *in, double *out),
                     const void *context) {
    npy_intp width = IB_SERIES_BYTES / (npy_intp)sizeof(double) / length;
    width = width < 8 ? 8 : width > IB_SERIES_WIDTH ? IB_SERIES_WIDTH : width;
    if (ib_turn_rows(in, length) == length && ib_turn_rows(out, length) == length) width = 1;
    if (width > count) width = count;
    double *tile = ic_alloc((size_t)length, (size_t)width * 2 * sizeof(double));
    if (tile == NULL) {
        ib_no_memory();
        return;
    }
    double *made = tile + length * width;
    for (npy_intp s = 0; s < count; s += width) {
        const npy_intp m = count - s < width ? count - s : width;
        ib_turn_in(tile, in, length, m);
        work(context, m, length, tile, made);
        ib_turn_out(out, made, length, m);
        in.data += width * in.across;
        out.data += width * out.across;
    }
    ic_free(tile);
}

/* ---- "(t)->(t)": one series in, one series out ---------------------------------------------------------------- */

static void ib_series_work(const void *context, npy_intp width, npy_intp length, const double *in, double *out) {
    const ic_series *kernel = context;
    for (npy_intp s = 0; s < width; s++) kernel->one((size_t)length, in + s * length, out + s * length);
}

static void ib_series(char **args, npy_intp const *dimensions, npy_intp const *steps, void *data) {
    const ib_ufunc *row = data;
    const ic_series *kernel = row->kernel.series;
    const npy_intp count = dimensions[0], length = dimensions[1];
    const ib_panel in = ib_panel_of(args[0], steps[0], steps[2]), out = ib_panel_of(args[1], steps[1], steps[3]);
    if (length == 0 || count == 0) return;
    if (length == 1 || (in.along == 1 && out.along == 1)) {
        for (npy_intp s = 0; s < count; s++)
            kernel->one((size_t)length, in.data + s * in.across, out.data + s * out.across);
    } else if (kernel->many != NULL && (count == 1 || (in.across == 1 && out.across == 1))) {
        for (npy_intp s = 0; s < count; s += IB_SERIES_MANY) {
            const npy_intp m = count - s < IB_SERIES_MANY ? count - s : IB_SERIES_MANY;
            kernel->many((size_t)length, (size_t)m, in.data + s, in.along, out.data + s, out.along);
        }
    } else {
        ib_tiles(in, out, count, length, ib_series_work, kernel);
    }
    ib_quiet();
}

/* ---- "(t),(t)->(t)" and the like: a series and its guides ------------------------------------------------------ */

typedef struct ib_guided_call {
    const ic_guided *kernel;
    const double *guide[IB_INPUTS - 1];
} ib_guided_call;

static void ib_guided_work(const void *context, npy_intp width, npy_intp length, const double *in, double *out) {
    const ib_guided_call *call = context;
    if (call->kernel->rows != NULL) {
        call->kernel->rows((size_t)length, (size_t)width, in, length, call->guide, out, length);
        return;
    }
    for (npy_intp s = 0; s < width; s++)
        call->kernel->one((size_t)length, in + s * length, call->guide, out + s * length);
}

static void ib_guided_panel(const ib_guided_call *call, ib_panel in, ib_panel out, npy_intp count, npy_intp length) {
    const ic_guided *kernel = call->kernel;
    if (kernel->rows != NULL && in.along == 1 && out.along == 1) {
        kernel->rows((size_t)length, (size_t)count, in.data, in.across, call->guide, out.data, out.across);
    } else if (length == 1 || (in.along == 1 && out.along == 1)) {
        for (npy_intp s = 0; s < count; s++)
            kernel->one((size_t)length, in.data + s * in.across, call->guide, out.data + s * out.across);
    } else if (kernel->many != NULL && (count == 1 || (in.across == 1 && out.across == 1))) {
        for (npy_intp s = 0; s < count; s += IB_SERIES_MANY) {
            const npy_intp m = count - s < IB_SERIES_MANY ? count - s : IB_SERIES_MANY;
            kernel->many((size_t)length, (size_t)m, in.data + s, in.along, call->guide, out.data + s, out.along);
        }
    } else {
        ib_tiles(in, out, count, length, ib_guided_work, call);
    }
}

static void ib_guided(char **args, npy_intp const *dimensions, npy_intp const *steps, void *data) {
    const ib_ufunc *row = data;
    const npy_intp count = dimensions[0], length = dimensions[1], unit = (npy_intp)sizeof(double);
    const int guides = row->nin - 1, each = row->signature[5] == 't'; /* "(t),(t)...": one per period */
    /* steps: from series to series for each operand; then from period to period for those that have periods */
    const npy_intp *along = steps + row->nin + 1;
    const npy_intp along_out = along[1 + (each ? guides : 0)];
    ib_panel in = ib_panel_of(args[0], steps[0], along[0]);
    ib_panel out = ib_panel_of(args[row->nin], steps[row->nin], along_out);
    if (length == 0 || count == 0) return;
    double *packed = NULL; /* guides whose periods don't follow one another */
    npy_intp together = count;
    for (int k = 0; k < guides; k++) {
        if (steps[1 + k] != 0) together = 1; /* series with guides of their own go one by one */
        if (each && along[1 + k] != unit && packed == NULL) {
            packed = ic_alloc((size_t)length, (size_t)guides * sizeof(double));
            if (packed == NULL) {
                ib_no_memory();
                return;
            }
        }
    }
    for (npy_intp s = 0; s < count; s += together) {
        ib_guided_call call = {row->kernel.guided, {NULL}};
        for (int k = 0; k < guides; k++) {
            const char *from = args[1 + k] + s * steps[1 + k];
            call.guide[k] = (const double *)(const void *)from;
            if (each && along[1 + k] != unit) {
                ib_gather(packed + k * length, from, along[1 + k], length);
                call.guide[k] = packed + k * length;
            }
        }
        ib_guided_panel(&call, in, out, together, length);
        in.data += in.across;
        out.data += out.across;
    }
    ic_free(packed);
    ib_quiet();
}

/* ---- "(t),()->(t)": a map of two over each period and the one `lag` before ------------------------------------- */

/* `lag` is a whole number of periods from 1 on; anything else, or a lag beyond the series, gives NaN throughout. */
IC_INLINE npy_intp ib_lag_of(double lag, npy_intp length) {
    return lag >= 1 && lag < (double)length && lag == floor(lag) ? (npy_intp)lag : length;
}

IC_INLINE void ib_blank(double *out, npy_intp n) {
    for (npy_intp i = 0; i < n; i++) out[i] = (double)NAN;
}

typedef struct ib_lagged {
    ic_map kernel;
    npy_intp lag;
} ib_lagged;

/* Series that follow one another are taken as one: the first figures of each are compared with the end of its neighbour,
   and blanked while they are in the cache. So short series cost no more than long ones. */
static void ib_lag_work(const void *context, npy_intp width, npy_intp length, const double *in, double *out) {
    const ib_lagged *how = context;
    const npy_intp lag = how->lag, end = width * length;
    npy_intp block = IB_TILE * 2 / length * length;
    if (block < length) block = length;
    npy_intp done = lag < end ? lag : end;
    for (npy_intp start = 0; start < end; start += block) {
        const npy_intp stop = end - start < block ? end : start + block;
        if (lag < length && stop > done) {
            const double *pair[2] = {in + done, in + done - lag};
            ib_whole(how->kernel, 2, pair, out + done, stop - done);
            done = stop;
        }
        for (npy_intp s = start; s < stop; s += length) ib_blank(out + s, lag);
    }
}

static void ib_lag_panel(const ib_lagged *how, ib_panel in, ib_panel out, npy_intp count, npy_intp length) {
    const npy_intp lag = how->lag;
    if (in.along == 1 && out.along == 1) {
        if (in.across == length && out.across == length) {
            ib_lag_work(how, count, length, in.data, out.data);
        } else {
            for (npy_intp s = 0; s < count; s++)
                ib_lag_work(how, 1, length, in.data + s * in.across, out.data + s * out.across);
        }
    } else if (count > 1 && in.across == 1 &&
               out.across == 1) { /* neighbours lie side by side: a lag is a distance in memory */
        for (npy_intp t = 0; t < lag; t++) ib_blank(out.data + t * out.along, count);
        const int gapless = in.along == count && out.along == count;
        const npy_intp n = gapless ? (length - lag) * count : count;
        for (npy_intp t = lag; t < length; t += gapless ? length : 1) {
            const double *pair[2] = {in.data + t * in.along, in.data + (t - lag) * in.along};
            ib_whole(how->kernel, 2, pair, out.data + t * out.along, n);
        }
    } else {
        ib_tiles(in, out, count, length, ib_lag_work, how);
    }
}

static void ib_lag(char **args, npy_intp const *dimensions, npy_intp const *steps, void *data) {
    const ib_ufunc *row = data;
    const npy_intp count = dimensions[0], length = dimensions[1];
    ib_panel in = ib_panel_of(args[0], steps[0], steps[3]), out = ib_panel_of(args[2], steps[2], steps[4]);
    if (length == 0 || count == 0) return;
    /* series with a lag each go one by one */
    const npy_intp together = steps[1] == 0 ? count : 1;
    for (npy_intp s = 0; s < count; s += together) {
        const double lag = *(const double *)(const void *)(args[1] + s * steps[1]);
        const ib_lagged how = {*row->kernel.map, ib_lag_of(lag, length)};
        ib_lag_panel(&how, in, out, together, length);
        in.data += in.across;
        out.data += out.across;
    }
    ib_quiet();
}

#endif
