/* A grid as rows: one for every cell with a value or a flag, in the file's order of series and the calendar's of periods. */
#include "core/base/parallel.h"
#include "core/read/grid.h"

#include <math.h>
#include <string.h>

#define SLICE_BYTES ((size_t)4 << 20) /* of values that one task takes */

typedef struct spread {
    ic_gridded *g;
    size_t slice;     /* rows of the grid that one task takes */
    uint64_t *starts; /* first row of the result, per row of the grid; one more at the end */
} spread;

static size_t slice_end(const spread *s, size_t task) {
    size_t end = (task + 1) * s->slice;
    return end < s->g->rows ? end : s->g->rows;
}

static void count(void *context, size_t task) {
    spread *s = context;
    ic_gridded *g = s->g;
    size_t width = g->grid->width;
    for (size_t r = task * s->slice; r < slice_end(s, task); r++) {
        const double *values = (const double *)g->grid->values.data + r * width;
        const uint32_t *flags = g->any_flags ? (const uint32_t *)g->grid->flags.data + r * width : NULL;
        uint64_t n = 0;
        if (!g->gone[r])
            for (size_t k = 0; k < width; k++) n += !isnan(values[k]) || (flags != NULL && flags[k] != 0);
        s->starts[r + 1] = n;
    }
}

static void fill_cells(ic_gridded *g, size_t r, size_t row) {
    ic_dataset *dataset = g->dataset;
    size_t width = g->grid->width;
    const double *values = (const double *)g->grid->values.data + r * width;
    const uint32_t *flags = g->any_flags ? (const uint32_t *)g->grid->flags.data + r * width : NULL;
    for (size_t k = 0; k < width; k++) {
        if (isnan(values[k]) && (flags == NULL || flags[k] == 0)) continue;
        ((double *)dataset->values.data)[row] = values[k];
        if (flags != NULL) ((uint32_t *)dataset->flags.data)[row] = flags[k];
        if (g->grid->columns == NULL) {
            ((int32_t *)dataset->ordinals.data)[row] = g->grid->first + (int32_t)k;
        } else {
            ((int32_t *)dataset->ordinals.data)[row] = g->grid->columns[k].ordinal;
            ((char *)dataset->freqs.data)[row] = g->grid->columns[k].freq;
        }
        row++;
    }
}

static void fill(void *context, size_t task) {
    spread *s = context;
    ic_gridded *g = s->g;
    ic_dataset *dataset = g->dataset;
    for (size_t r = task * s->slice; r < slice_end(s, task); r++) {
        size_t row = (size_t)s->starts[r], length = (size_t)(s->starts[r + 1] - s->starts[r]);
        if (length == 0) continue;
        for (size_t d = 0; d < dataset->n_dims; d++) {
            uint32_t code = g->codes[r * dataset->n_dims + d];
            void *data = dataset->positions[d].data;
            switch (dataset->widths[d]) {
            case 1: memset((uint8_t *)data + row, (int)code, length); break;
            case 2:
                for (size_t k = 0; k < length; k++) ((uint16_t *)data)[row + k] = (uint16_t)code;
                break;
            default:
                for (size_t k = 0; k < length; k++) ((uint32_t *)data)[row + k] = code;
            }
        }
        fill_cells(g, r, row);
    }
    /* given back as it is used, so that the grid and the rows are never there in full */
    size_t width = g->grid->width, from = task * s->slice * width, to = slice_end(s, task) * width;
    ic_block_forget(&g->grid->values, from * sizeof(double), to * sizeof(double));
    ic_block_forget(&g->grid->flags, from * sizeof(uint32_t), to * sizeof(uint32_t));
}

static ic_status make_columns(ic_gridded *g) {
    ic_dataset *dataset = g->dataset;
    size_t rows = dataset->rows;
    dataset->positions = ic_alloc_zeroed(dataset->n_dims, sizeof *dataset->positions);
    dataset->widths = ic_alloc_zeroed(dataset->n_dims, 1);
    if (dataset->positions == NULL || dataset->widths == NULL) return IC_MEMORY;
    for (size_t d = 0; d < dataset->n_dims; d++) {
        dataset->widths[d] = ic_width_for(dataset->dims[d].codes.count);
        IC_TRY(ic_block_make(&dataset->positions[d], rows, dataset->widths[d]));
    }
    IC_TRY(ic_block_make(&dataset->ordinals, rows, sizeof(int32_t)));
    IC_TRY(ic_block_make(&dataset->values, rows, sizeof(double)));
    if (g->any_flags) IC_TRY(ic_block_make(&dataset->flags, rows, sizeof(uint32_t)));
    if (g->grid->columns != NULL) IC_TRY(ic_block_make(&dataset->freqs, rows, 1));
    return IC_OK;
}

/* Series are numbered by their first row, so those without any are left out. */
static ic_status make_series(ic_gridded *g, const uint64_t *starts) {
    ic_dataset *dataset = g->dataset;
    size_t n_dims = dataset->n_dims;
    dataset->decimals = ic_alloc(g->rows, 1);
    dataset->series_codes = ic_alloc(g->rows * n_dims, sizeof *dataset->series_codes);
    if (dataset->decimals == NULL || dataset->series_codes == NULL) return IC_MEMORY;
    for (size_t r = 0; r < g->rows; r++) {
        if (starts[r + 1] == starts[r]) continue;
        if (n_dims > 0)
            memcpy(dataset->series_codes + dataset->series * n_dims, g->codes + r * n_dims, n_dims * sizeof *g->codes);
        dataset->decimals[dataset->series++] = g->about[r].digits <= IC_PRINTED_DIGITS ? g->about[r].decimals : -1;
    }
    return IC_OK;
}

ic_status ic_grid_to_rows(ic_gridded *g) {
    spread s = {g, SLICE_BYTES / sizeof(double) / (g->grid->width + 1) + 1,
                ic_alloc_zeroed(g->rows + 1, sizeof *s.starts)};
    if (s.starts == NULL) return IC_MEMORY;
    size_t tasks = (g->rows + s.slice - 1) / s.slice;
    ic_parallel_for(tasks, g->options->threads, count, &s);
    for (size_t r = 0; r < g->rows; r++) s.starts[r + 1] += s.starts[r];
    g->dataset->rows = (size_t)s.starts[g->rows];
    ic_status status = make_columns(g);
    if (status == IC_OK) status = make_series(g, s.starts);
    if (status == IC_OK) ic_parallel_for(tasks, g->options->threads, fill, &s);
    ic_free(s.starts);
    if (status == IC_OK && g->grid->columns != NULL) g->dataset->freq = 0;
    return status;
}
