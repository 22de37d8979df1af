/* px: cells of the file to their place in the result. */
#include "core/read/px.h"

#include <math.h>
#include <string.h>

static void note_decimals(int8_t *decimals, uint8_t *digits, uint64_t series, int8_t of_cell, uint8_t cell_digits) {
    if (of_cell > decimals[series]) decimals[series] = of_cell;
    if (cell_digits > digits[series]) digits[series] = cell_digits;
}

/* The result has the file's order: only the printed digits are to be noted where the values are there already. */
static void put_natural(const ic_px_table *table, uint64_t first, const ic_px_cells *cells, int8_t *decimals,
                        uint8_t *digits) {
    double *values = (double *)table->values.data + first;
    uint32_t *flags = (uint32_t *)table->flags.data + first;
    if (values != cells->values) {
        memcpy(values, cells->values, cells->n * sizeof *values);
        if (cells->any_flags || table->keyed) memcpy(flags, cells->flags, cells->n * sizeof *flags);
    }
    for (size_t i = 0; decimals != NULL && i < cells->n; i++)
        note_decimals(decimals, digits, (first + i) / table->periods, cells->decimals[i], cells->digits[i]);
}

void ic_px_put(const ic_px_table *table, uint64_t first, const ic_px_cells *cells, int8_t *decimals, uint8_t *digits) {
    if (cells->n == 0) return;
    if (table->natural) {
        put_natural(table, first, cells, decimals, digits);
        return;
    }
    size_t at[IC_PX_DIMS]; /* the position in each dimension */
    uint64_t rest = first;
    const size_t last = table->n_dims - 1;
    for (size_t d = table->n_dims; d-- > 0;) {
        at[d] = (size_t)(rest % table->dims[d].n);
        rest /= table->dims[d].n;
    }
    double *values = table->values.data;
    uint32_t *flags = table->flags.data;
    for (size_t i = 0; i < cells->n;) {
        uint64_t base = 0;
        int wanted = 1;
        for (size_t d = 0; d < last; d++) {
            const uint64_t offset = table->dims[d].offsets[at[d]];
            wanted &= offset != IC_PX_NOWHERE;
            base += offset;
        }
        const size_t left = table->dims[last].n - at[last], some = cells->n - i < left ? cells->n - i : left;
        const uint64_t *offsets = table->dims[last].offsets + at[last];
        for (size_t k = 0; wanted && k < some; k++) {
            if (offsets[k] == IC_PX_NOWHERE) continue;
            const uint64_t place = base + offsets[k];
            values[place] = cells->values[i + k];
            if (cells->flags[i + k] != 0 || table->keyed) flags[place] = cells->flags[i + k];
            if (decimals != NULL)
                note_decimals(decimals, digits, place / table->periods, cells->decimals[i + k], cells->digits[i + k]);
        }
        i += some;
        at[last] += some;
        for (size_t d = last; d > 0 && at[d] == table->dims[d].n; d--) {
            at[d] = 0;
            at[d - 1]++;
        }
    }
}

void ic_px_fill_holes(ic_px_table *table) {
    if (!table->holes) return;
    double *values = table->values.data;
    for (uint64_t series = 0; series < table->size / table->periods; series++)
        for (size_t t = 0; t < table->periods; t++)
            if (!table->filled[t]) values[series * table->periods + t] = NAN;
}
