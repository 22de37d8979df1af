/* An array that a source gives as a whole: dimensions with their codes in order, and a cell for every combination, of which the
   last dimension runs fastest. Which dimension is time, where every cell goes, and what becomes of it: a cube with time last and
   without gaps, or rows. */
#ifndef IC_DENSE_H
#define IC_DENSE_H

#include "core/period/period.h"
#include "core/read/read.h"

#define IC_NOWHERE UINT64_MAX /* of a cell that is not wanted */

typedef struct ic_dense_dim {
    const char *name, *title; /* the source's; title may be NULL */
    ic_intern codes;          /* all different, in order */
    ic_text *labels;          /* per code, text NULL where there is none; or NULL */
    int said_time;            /* the source says that it is time */
    /* found by ic_dense_lay_out: */
    ic_period *periods; /* of time's codes */
    uint32_t *places;   /* per code: where along the result's axis, IC_ABSENT: not wanted */
    uint64_t stride;    /* of the result's axis, in cells */
    size_t kept;        /* codes that are wanted */
} ic_dense_dim;

typedef struct ic_dense {
    ic_dense_dim *dims;
    size_t n_dims;
    size_t time;    /* which of them is, or n_dims */
    int mixed;      /* time has several frequencies: its codes are taken as they stand, and rows are made */
    uint64_t cells; /* of the source */
    uint64_t room;  /* cells of the result */
    size_t width;   /* periods of a series; 1 without time */
    char freq;
    int32_t first;
    int natural; /* a cell has the same number in the source and in the result */
    ic_block values, flags;
    uint32_t any_flags;
    int8_t *decimals; /* by series of the result: printed at most; -1: no figure yet; IC_UNROUNDED */
} ic_dense;

#define IC_UNROUNDED 127 /* a figure of more than IC_PRINTED_DIGITS digits is among them */

/* Decides which dimension is time, checks sizes against the limits, and gives `dataset` its dimensions. Nothing the size of the
   array is allocated. An error has no place yet. */
ic_status ic_dense_lay_out(ic_dense *dense, ic_dataset *dataset, const ic_options *options, ic_error *error) IC_CHECKED;
/* Makes room. `holes`: not every cell will be put, so all are missing before. */
ic_status ic_dense_make(ic_dense *dense, int holes) IC_CHECKED;

/* Where cell `k` of the source goes, or IC_NOWHERE. */
uint64_t ic_dense_place(const ic_dense *dense, uint64_t k);

/* The decimals of a figure, as they count in `decimals`. */
#define IC_DENSE_DECIMALS(number)                                                                                      \
    ((number).digits > IC_PRINTED_DIGITS || (number).decimals == IC_UNROUNDED ? (int8_t)IC_UNROUNDED                   \
                                                                              : (number).decimals)

/* A figure at a place of the result. */
IC_INLINE void ic_dense_put(ic_dense *dense, uint64_t place, double value, int8_t decimals) {
    ((double *)dense->values.data)[place] = value;
    int8_t *most = &dense->decimals[place / dense->width];
    if (decimals > *most) *most = decimals;
}

/* More decimals of a series; by any thread. */
IC_INLINE void ic_dense_raise(ic_dense *dense, uint64_t series, int8_t decimals) {
    int8_t *most = &dense->decimals[series], now = __atomic_load_n(most, __ATOMIC_RELAXED);
    while (decimals > now &&
           !__atomic_compare_exchange_n(most, &now, decimals, 1, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
}

/* The values of cells from `k` on, and their decimals, at their places; by any thread. */
void ic_dense_scatter(ic_dense *dense, uint64_t k, const double *values, const int8_t *decimals, size_t n);

/* Makes the array part of `dataset`, whose dims are set: a cube, or rows if options->want_long or time has several
   frequencies. */
ic_status ic_dense_finish(ic_dense *dense, ic_dataset *dataset, const ic_options *options) IC_CHECKED;
void ic_dense_free(ic_dense *dense);

/* between dense.c and dense_rows.c */
ic_status ic_dense_to_rows(ic_dense *dense, ic_dataset *dataset, const ic_options *options) IC_CHECKED;

#endif
