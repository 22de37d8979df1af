/* Cells: where rows are added up. */
#include "core/base/flags.h"
#include "core/base/memory.h"
#include "core/read/collapse.h"

#define SLOTS_LEAST 64

#if defined(__GNUC__) || defined(__clang__)
#define FETCH(place) __builtin_prefetch(place)
#else
#define FETCH(place) ((void)(place))
#endif
#define FAR  16 /* rows ahead */
#define NEAR 8

/* ---- finding ------------------------------------------------------------------------------------------------------ */

IC_INLINE size_t home_of(const ic_cells *cells, uint32_t group, int32_t x) {
    const uint64_t key = (uint64_t)group << 32 | (uint32_t)x;
    return (size_t)((key ^ key >> 29) * UINT64_C(0x9E3779B97F4A7C15) >> 24) & cells->mask;
}

IC_INLINE size_t slot_of(const ic_cells *cells, uint32_t group, int32_t x) {
    for (size_t slot = home_of(cells, group, x);; slot = (slot + 1) & cells->mask) {
        if (cells->slots[slot] == 0) return slot;
        const ic_cell *cell = &cells->cells[cells->slots[slot] - 1];
        if (cell->group == group && cell->x == x) return slot;
    }
}

static ic_status make_slots(ic_cells *cells) {
    const size_t size = cells->slots == NULL ? SLOTS_LEAST : 2 * (cells->mask + 1);
    ic_block block;
    IC_TRY(ic_block_make(&block, size, sizeof *cells->slots));
    ic_block_free(&cells->slot_block);
    cells->slot_block = block;
    cells->slots = block.data;
    cells->mask = size - 1;
    for (size_t c = 0; c < cells->count; c++)
        cells->slots[slot_of(cells, cells->cells[c].group, cells->cells[c].x)] = (uint32_t)c + 1;
    return IC_OK;
}

static ic_status make_room(ic_cells *cells) {
    const size_t room = cells->room == 0 ? SLOTS_LEAST : cells->room + cells->room / 2;
    if (cells->count >= (size_t)1 << 31) return IC_LIMIT;
    IC_TRY(ic_block_grow(&cells->cell_block, cells->count * sizeof *cells->cells, room * sizeof *cells->cells));
    cells->cells = cells->cell_block.data;
    cells->room = room;
    return IC_OK;
}

static IC_NOINLINE ic_status find_new(ic_cells *cells, uint32_t group, int32_t x, uint32_t *cell) {
    if (cells->slots == NULL || 2 * (cells->count + 1) > cells->mask) IC_TRY(make_slots(cells));
    if (cells->count == cells->room) IC_TRY(make_room(cells));
    cells->cells[cells->count] = (ic_cell){.group = group, .x = x};
    *cell = (uint32_t)cells->count;
    cells->slots[slot_of(cells, group, x)] = (uint32_t)++cells->count;
    return IC_OK;
}

IC_INLINE ic_status find(ic_cells *cells, uint32_t group, int32_t x, uint32_t *cell) {
    if (IC_UNLIKELY(cells->slots == NULL)) return find_new(cells, group, x, cell);
    const size_t slot = slot_of(cells, group, x);
    if (cells->slots[slot] == 0) return find_new(cells, group, x, cell);
    *cell = cells->slots[slot] - 1;
    return IC_OK;
}

ic_status ic_cells_find(ic_cells *cells, uint32_t group, int32_t x, uint32_t *cell) {
    return find(cells, group, x, cell);
}

void ic_cells_forget(ic_cells *cells, size_t count) {
    ic_block_free(&cells->slot_block);
    cells->slots = NULL;
    ic_block_forget(&cells->cell_block, 0, count * sizeof *cells->cells);
}

/* ---- adding ------------------------------------------------------------------------------------------------------- */

static ic_status more_of(ic_cells *cells, uint32_t cell, ic_cell_more **more) {
    if (cells->cells[cell].more == 0) {
        void *grown = cells->more;
        const ic_status status = ic_grow(&grown, &cells->more_room, cells->n_more + 1, sizeof *cells->more);
        cells->more = grown;
        IC_TRY(status);
        cells->more[cells->n_more] = (ic_cell_more){0};
        cells->cells[cell].more = (uint32_t)++cells->n_more;
    }
    *more = &cells->more[cells->cells[cell].more - 1];
    return IC_OK;
}

static ic_status wide_of(ic_cells *cells, uint32_t cell, ic_total_wide **wide) {
    ic_cell_more *more;
    IC_TRY(more_of(cells, cell, &more));
    if (more->wide == 0) {
        void *grown = cells->wides;
        const ic_status status = ic_grow(&grown, &cells->wide_room, cells->n_wides + 1, sizeof *cells->wides);
        cells->wides = grown;
        IC_TRY(status);
        cells->wides[cells->n_wides] = (ic_total_wide){0};
        more->wide = (uint32_t)++cells->n_wides;
    }
    *wide = &cells->wides[more->wide - 1];
    return IC_OK;
}

static IC_NOINLINE ic_status add_left(ic_cells *cells, uint32_t cell, double left) {
    ic_total_wide *wide;
    IC_TRY(wide_of(cells, cell, &wide));
    ic_total_wide_add(wide, left);
    return IC_OK;
}

/* Puts a value among the `valued` ones that are there. */
IC_INLINE ic_status add_value(ic_cells *cells, uint32_t number, double value) {
    ic_cell *cell = &cells->cells[number];
    const uint32_t before = cell->valued++;
    if (cells->rule == IC_RULE_SUM) {
        const double left = ic_total_add(&cell->total, value);
        return IC_LIKELY(left == 0) ? IC_OK : add_left(cells, number, left);
    }
    value += 0.0; /* there is one zero only */
    if (cells->rule == IC_RULE_MIN && (before == 0 || value < cell->total.high)) cell->total.high = value;
    if (cells->rule == IC_RULE_MAX && (before == 0 || value > cell->total.high)) cell->total.high = value;
    return IC_OK;
}

ic_status ic_cells_add(ic_cells *cells, uint32_t cell, double value, uint32_t flags) {
    const int missing = isnan(value);
    if (missing || flags != 0) {
        ic_cell_more *more;
        IC_TRY(more_of(cells, cell, &more));
        more->missing += (uint32_t)missing;
        *(missing ? &more->reasons : &more->flags) |= flags;
    }
    return missing ? IC_OK : add_value(cells, cell, value);
}

ic_status ic_cells_join(ic_cells *cells, uint32_t cell, const ic_cells *others, uint32_t other) {
    const ic_cell *from = &others->cells[other];
    if (from->more != 0) {
        const ic_cell_more *said = &others->more[from->more - 1];
        ic_cell_more *more;
        IC_TRY(more_of(cells, cell, &more));
        more->flags |= said->flags;
        more->reasons |= said->reasons;
        more->missing += said->missing;
        if (said->wide != 0) {
            ic_total_wide *wide;
            IC_TRY(wide_of(cells, cell, &wide));
            ic_total_wide_join(wide, &others->wides[said->wide - 1]);
        }
    }
    if (from->valued == 0) return IC_OK;
    IC_TRY(add_value(cells, cell, from->total.high));
    if (cells->rule == IC_RULE_SUM) IC_TRY(add_value(cells, cell, from->total.low));
    cells->cells[cell].valued += from->valued - (cells->rule == IC_RULE_SUM ? 2 : 1);
    return IC_OK;
}

double ic_cells_value(const ic_cells *cells, uint32_t number, double coverage, uint32_t *flags) {
    const ic_cell *cell = &cells->cells[number];
    const ic_cell_more *more = cell->more != 0 ? &cells->more[cell->more - 1] : NULL;
    const uint32_t missing = more != NULL ? more->missing : 0;
    *flags = more != NULL ? more->flags : 0;
    if (cells->rule == IC_RULE_COUNT) return cell->valued;
    if (missing > 0) {
        *flags |= IC_FLAG_PARTIAL;
        if (cell->valued == 0 || cell->valued < coverage * ((double)cell->valued + missing)) {
            *flags |= more->reasons;
            return NAN;
        }
    }
    if (cells->rule != IC_RULE_SUM) return cell->total.high;
    return ic_total_round(&cell->total, more != NULL && more->wide != 0 ? &cells->wides[more->wide - 1] : NULL);
}

void ic_rule_decimals(ic_rule rule, int8_t *decimals) {
    if (rule == IC_RULE_SUM) *decimals = -1;
    if (rule == IC_RULE_COUNT) *decimals = 0;
}

void ic_cells_free(ic_cells *cells) {
    ic_block_free(&cells->cell_block);
    ic_block_free(&cells->slot_block);
    ic_free(cells->more);
    ic_free(cells->wides);
    *cells = (ic_cells){0};
}

/* ---- rows --------------------------------------------------------------------------------------------------------- */

/* All into one cell: its sum stays in registers. */
static ic_status fold_same(ic_cells *cells, uint32_t number, const double *values, const uint32_t *flags, size_t n) {
    size_t r = 0;
    while (r < n) {
        if (cells->rule == IC_RULE_SUM && flags == NULL) {
            ic_cell *cell = &cells->cells[number];
            ic_total total = cell->total;
            double left = 0;
            const size_t before = r;
            while (r < n && left == 0 && !isnan(values[r])) left = ic_total_add(&total, values[r++]);
            cell->total = total;
            cell->valued += (uint32_t)(r - before);
            if (left != 0) IC_TRY(add_left(cells, number, left));
            if (r == n || left != 0) continue;
        }
        IC_TRY(ic_cells_add(cells, number, values[r], flags != NULL ? flags[r] : 0));
        r++;
    }
    return IC_OK;
}

ic_status ic_fold_rows(ic_fold *fold, uint32_t group, const int32_t *xs, int32_t same, const double *values,
                       const uint32_t *flags, size_t n) {
    ic_cells *cells = &fold->cells;
    uint32_t number = 0;
    fold->rows += n;
    if (fold->rows > UINT32_MAX) return IC_LIMIT;
    if (xs == NULL) {
        if (n == 0) return IC_OK;
        IC_TRY(find(cells, group, same, &number));
        return fold_same(cells, number, values, flags, n);
    }
    /* what will be looked at soon is fetched: first the slots, then the cells that they name */
    for (size_t r = 0; r < n && r < FAR && cells->slots != NULL; r++)
        FETCH(&cells->slots[home_of(cells, group, xs[r])]);
    for (size_t r = 0; r < n; r++) {
        if (cells->slots != NULL && r + FAR < n) {
            FETCH(&cells->slots[home_of(cells, group, xs[r + FAR])]);
            FETCH(&cells->cells[cells->slots[home_of(cells, group, xs[r + NEAR])]]);
        }
        if (r == 0 || xs[r] != xs[r - 1]) IC_TRY(find(cells, group, xs[r], &number));
        if (IC_LIKELY(flags == NULL && !isnan(values[r])))
            IC_TRY(add_value(cells, number, values[r]));
        else
            IC_TRY(ic_cells_add(cells, number, values[r], flags != NULL ? flags[r] : 0));
    }
    return IC_OK;
}
