/* A dense array as rows: one for every cell with a value or a flag, in the order of the array. */
#include "core/base/parallel.h"
#include "core/read/dense.h"

#include <math.h>
#include <string.h>

#define SLICE_CELLS ((size_t)1 << 19) /* that one task takes, about */

typedef struct slice {
    size_t series, rows; /* those with rows, and their rows; then the numbers of the first ones */
} slice;

typedef struct spread {
    ic_dense *dense;
    ic_dataset *dataset;
    size_t series; /* of the array */
    size_t step;   /* series that one task takes */
    slice *slices;
} spread;

static size_t end_of(const spread *s, size_t task) {
    size_t end = (task + 1) * s->step;
    return end < s->series ? end : s->series;
}

static int is_row(const double *values, const uint32_t *flags, size_t k) {
    return !isnan(values[k]) || (flags != NULL && flags[k] != 0);
}

static void count(void *context, size_t task) {
    spread *s = context;
    const size_t width = s->dense->width;
    const double *values = s->dense->values.data;
    const uint32_t *flags = s->dense->flags.data;
    slice n = {0, 0};
    for (size_t r = task * s->step; r < end_of(s, task); r++) {
        size_t before = n.rows;
        for (size_t k = r * width; k < (r + 1) * width; k++) n.rows += (size_t)is_row(values, flags, k);
        n.series += n.rows > before;
    }
    s->slices[task] = n;
}

static void fill_codes(const spread *s, const uint32_t *codes, size_t series, size_t row, size_t length) {
    ic_dataset *dataset = s->dataset;
    for (size_t d = 0; d < dataset->n_dims; d++) {
        void *data = dataset->positions[d].data;
        uint32_t code = codes[d];
        dataset->series_codes[series * dataset->n_dims + d] = code;
        switch (dataset->widths[d]) {
        case 1: memset((uint8_t *)data + row, (int)code, length); break;
        case 2:
            for (size_t k = 0; k < length; k++) ((uint16_t *)data)[row + k] = (uint16_t)code;
            break;
        default:
            for (size_t k = 0; k < length; k++) ((uint32_t *)data)[row + k] = code;
        }
    }
}

static void fill_cell(const spread *s, size_t cell, size_t k, size_t row) {
    const ic_dense *dense = s->dense;
    ic_dataset *dataset = s->dataset;
    ((double *)dataset->values.data)[row] = ((const double *)dense->values.data)[cell];
    if (dense->flags.data != NULL) ((uint32_t *)dataset->flags.data)[row] = ((const uint32_t *)dense->flags.data)[cell];
    if (!dataset->has_time) return;
    int32_t *ordinals = dataset->ordinals.data;
    if (!dense->mixed) {
        ordinals[row] = dense->first + (int32_t)k;
    } else {
        const ic_period *period = &dense->dims[dense->time].periods[k];
        ordinals[row] = period->ordinal;
        ((char *)dataset->freqs.data)[row] = period->freq;
    }
}

static void fill(void *context, size_t task) {
    spread *s = context;
    ic_dataset *dataset = s->dataset;
    const size_t width = s->dense->width, n_dims = dataset->n_dims;
    const double *values = s->dense->values.data;
    const uint32_t *flags = s->dense->flags.data;
    size_t series = s->slices[task].series, row = s->slices[task].rows, from = task * s->step, to = end_of(s, task);
    uint32_t codes[64] = {0};
    for (size_t d = n_dims, rest = from; d-- > 0; rest /= dataset->dims[d].codes.count)
        codes[d] = (uint32_t)(rest % dataset->dims[d].codes.count);
    for (size_t r = from; r < to; r++) {
        size_t first = row;
        for (size_t k = 0; k < width; k++)
            if (is_row(values, flags, r * width + k)) fill_cell(s, r * width + k, k, row++);
        if (row > first) {
            dataset->decimals[series] = s->dense->decimals[r];
            fill_codes(s, codes, series++, first, row - first);
        }
        for (size_t d = n_dims; d-- > 0;) {
            if (++codes[d] < dataset->dims[d].codes.count) break;
            codes[d] = 0;
        }
    }
    /* given back as it is used, so that the array and the rows are never there in full */
    ic_block_forget(&s->dense->values, from * width * sizeof(double), to * width * sizeof(double));
    ic_block_forget(&s->dense->flags, from * width * sizeof(uint32_t), to * width * sizeof(uint32_t));
}

static ic_status make_columns(ic_dense *dense, ic_dataset *dataset) {
    size_t rows = dataset->rows;
    dataset->positions = ic_alloc_zeroed(dataset->n_dims, sizeof *dataset->positions);
    dataset->widths = ic_alloc_zeroed(dataset->n_dims, 1);
    dataset->decimals = ic_alloc(dataset->series, 1);
    dataset->series_codes = ic_alloc(dataset->series * dataset->n_dims, sizeof *dataset->series_codes);
    if (dataset->positions == NULL || dataset->widths == NULL || dataset->decimals == NULL ||
        dataset->series_codes == NULL)
        return IC_MEMORY;
    for (size_t d = 0; d < dataset->n_dims; d++) {
        dataset->widths[d] = ic_width_for(dataset->dims[d].codes.count);
        IC_TRY(ic_block_make(&dataset->positions[d], rows, dataset->widths[d]));
    }
    if (dataset->has_time) IC_TRY(ic_block_make(&dataset->ordinals, rows, sizeof(int32_t)));
    IC_TRY(ic_block_make(&dataset->values, rows, sizeof(double)));
    if (dense->flags.data != NULL) IC_TRY(ic_block_make(&dataset->flags, rows, sizeof(uint32_t)));
    if (dense->mixed) IC_TRY(ic_block_make(&dataset->freqs, rows, 1));
    return IC_OK;
}

ic_status ic_dense_to_rows(ic_dense *dense, ic_dataset *dataset, const ic_options *options) {
    spread s = {.dense = dense, .dataset = dataset, .step = SLICE_CELLS / (dense->width + 1) + 1};
    s.series = dense->width == 0 ? 0 : (size_t)(dense->room / dense->width);
    size_t tasks = (s.series + s.step - 1) / s.step;
    s.slices = ic_alloc(tasks, sizeof *s.slices);
    if (s.slices == NULL) return IC_MEMORY;
    ic_parallel_for(tasks, options->threads, count, &s);
    for (size_t t = 0; t < tasks; t++) {
        slice n = s.slices[t];
        s.slices[t] = (slice){dataset->series, dataset->rows};
        dataset->series += n.series;
        dataset->rows += n.rows;
    }
    ic_status status = make_columns(dense, dataset);
    if (status == IC_OK) ic_parallel_for(tasks, options->threads, fill, &s);
    ic_free(s.slices);
    if (dense->mixed) dataset->freq = 0;
    return status;
}
