/* A grid's rows at their place in the cube of all codes. */
#include "core/base/parallel.h"
#include "core/read/grid.h"

#include <math.h>
#include <string.h>

/* The product of the dimensions' codes, 0 if the cube would have more than `most` cells. */
static size_t count_series(const ic_dataset *dataset, size_t width, uint64_t most) {
    uint64_t n = 1;
    for (size_t d = 0; d < dataset->n_dims; d++) {
        uint64_t codes = dataset->dims[d].codes.count;
        if (codes == 0) return 0;
        if (n > most / codes) return 0;
        n *= codes;
    }
    return width != 0 && n > most / width ? 0 : (size_t)n;
}

static size_t place_of(const ic_gridded *g, size_t row) {
    size_t place = 0;
    for (size_t d = 0; d < g->dataset->n_dims; d++)
        place = place * g->dataset->dims[d].codes.count + g->codes[row * g->dataset->n_dims + d];
    return place;
}

static ic_status scatter(ic_gridded *g, size_t series, const uint8_t *filled) {
    size_t width = g->grid->width, row_bytes = width * sizeof(double), flag_bytes = width * sizeof(uint32_t);
    ic_block values = {0}, flags = {0};
    IC_TRY(ic_block_make(&values, series * width, sizeof(double)));
    if (g->any_flags && ic_block_make(&flags, series * width, sizeof(uint32_t)) != IC_OK) {
        ic_block_free(&values);
        return IC_MEMORY;
    }
    /* the source is given back as it is moved, so that both are never there in full */
    const size_t step = ((size_t)8 << 20) / (row_bytes + 1) + 1;
    for (size_t r = 0; r < g->rows; r++) {
        if (!g->gone[r]) {
            size_t place = place_of(g, r);
            memcpy((char *)values.data + place * row_bytes, (char *)g->grid->values.data + r * row_bytes, row_bytes);
            if (g->any_flags)
                memcpy((char *)flags.data + place * flag_bytes, (char *)g->grid->flags.data + r * flag_bytes,
                       flag_bytes);
        }
        if ((r + 1) % step == 0) {
            ic_block_forget(&g->grid->values, (r + 1 - step) * row_bytes, (r + 1) * row_bytes);
            ic_block_forget(&g->grid->flags, (r + 1 - step) * flag_bytes, (r + 1) * flag_bytes);
        }
    }
    for (size_t s = 0; s < series; s++)
        for (size_t k = 0; !filled[s] && k < width; k++) ((double *)values.data)[s * width + k] = NAN;
    ic_grid_free(g->grid);
    g->grid->values = values;
    g->grid->flags = flags;
    return IC_OK;
}

ic_status ic_grid_to_cube(ic_gridded *g) {
    ic_dataset *dataset = g->dataset;
    size_t series = count_series(dataset, g->grid->width, g->options->limits.cells);
    if (series == 0 && g->rows > 0)
        return ic_fail(g->error, IC_LIMIT,
                       "a cube of all codes and periods has more than %llu cells (limits={\"cells\": ...} allows more; "
                       "read_observations needs no cube)",
                       (unsigned long long)g->options->limits.cells);
    uint8_t *filled = ic_alloc_zeroed(series, 1);
    dataset->decimals = ic_alloc(series, 1);
    if (filled == NULL || dataset->decimals == NULL) {
        ic_free(filled);
        return IC_MEMORY;
    }
    int natural = g->rows == series, repeated = 0;
    for (size_t r = 0; r < g->rows; r++) {
        size_t place = place_of(g, r);
        natural &= place == r;
        repeated |= filled[place];
        filled[place] = 1;
    }
    ic_status status = repeated ? ic_grid_settle(g) : IC_OK;
    memset(dataset->decimals, -1, series);
    for (size_t r = 0; r < g->rows; r++)
        if (!g->gone[r] && g->about[r].digits <= IC_PRINTED_DIGITS)
            dataset->decimals[place_of(g, r)] = g->about[r].decimals;
    if (status == IC_OK && !natural) status = scatter(g, series, filled);
    ic_free(filled);
    IC_TRY(status);
    dataset->dense = 1;
    dataset->series = series;
    dataset->first = g->grid->first;
    dataset->periods = g->grid->width;
    dataset->values = g->grid->values;
    dataset->flags = g->grid->flags;
    g->grid->values = g->grid->flags = (ic_block){0};
    return IC_OK;
}
