/* Rows into groups. What makes exact sums as quick as plain ones: a figure is cut into three parts, each a multiple of a
   power of two that is fixed for millions of rows, and parts of one kind are added up in a double each: without rounding,
   as long as their sum has not more than 53 bits. Adding a row to its group is then one load, one addition and one store of
   four doubles: the three parts, and how many rows there were.

   Figures are cut by adding and taking away 1.5 * 2^s, which leaves a multiple of 2^(s - 52). Of n <= ROWS rows whose
   figures are below 2^m: with s = m + log2(ROWS) the parts are below 2^m, their sum below 2^s, so it needs 53 bits. What is
   left of a figure is below 2^(s - 53) and is cut in the same way again. What is left after the third part (of figures that
   are smaller than the largest by a factor of about 2^40) is kept aside, and so are figures near the largest double. */
#include "core/tree/tree.h"

#include <math.h>
#include <string.h>

#if defined(IC_X86)
#include <immintrin.h>
#endif

#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/numeric/total.h"

#define LOG_ROWS 22
#define ROWS     ((size_t)1 << LOG_ROWS) /* that are added up before parts are brought home */
#define BLOCK    ((size_t)512)           /* rows that are looked at together */
#define LANES    4
#define MISSING  0x1p26 /* counted so in the last lane: a row without a value */
#define LOWEST   (-800)
#define HIGHEST  0x1p900 /* figures from here on go by themselves */
#define SLACK    3       /* a new bound is larger than it need be by 2^SLACK: the next ones may rise a little */
#define SPILLS   ((size_t)4096)

typedef struct spill {
    size_t cell;
    double x;
} spill;

/* One thread's sums. */
typedef struct part {
    const ic_tree_rows *rows;
    const ic_tree_cells *out;
    size_t from, until, cells; /* rows; `cells` is that of rows in no group, too */
    ic_block lanes;            /* [cells + 1][LANES] */
    ic_block totals;           /* [cells] */
    ic_block counts;           /* [cells][2] */
    ic_block flags;            /* [cells + 1][2] */
    ic_block places;           /* [cells]: 0, or 1 + its place among the wide ones; made when one is needed */
    ic_total_wide *wides;
    size_t n_wides, wide_room;
    spill spills[SPILLS];
    size_t n_spills, since; /* rows since parts were brought home */
    int bound;              /* figures are below 2^bound */
    double cut[3];
    ic_status status;
} part;

typedef void (*add_block)(part *p, const uint32_t *cells, double *x, size_t n);
static add_block add_rows;

static ic_status wide_of(part *p, size_t cell, ic_total_wide **wide) {
    if (p->places.data == NULL) IC_TRY(ic_block_make(&p->places, p->cells + 1, sizeof(uint32_t)));
    uint32_t *place = (uint32_t *)p->places.data + cell;
    if (*place == 0) {
        void *wides = p->wides;
        const ic_status status = ic_grow(&wides, &p->wide_room, p->n_wides + 1, sizeof *p->wides);
        p->wides = wides;
        IC_TRY(status);
        memset(&p->wides[p->n_wides], 0, sizeof *p->wides);
        *place = (uint32_t)++p->n_wides;
    }
    *wide = &p->wides[*place - 1];
    return IC_OK;
}

static ic_status add_exactly(part *p, size_t cell, double x) {
    ic_total_wide *wide;
    const double left = ic_total_add((ic_total *)p->totals.data + cell, x);
    if (left == 0) return IC_OK;
    IC_TRY(wide_of(p, cell, &wide));
    ic_total_wide_add(wide, left);
    return IC_OK;
}

static void bring_spills(part *p) {
    for (size_t i = 0; i < p->n_spills && p->status == IC_OK; i++)
        if (p->spills[i].cell < p->cells) p->status = add_exactly(p, p->spills[i].cell, p->spills[i].x);
    p->n_spills = 0;
}

static void keep_aside(part *p, size_t cell, double x) {
    if (p->n_spills == SPILLS) bring_spills(p);
    p->spills[p->n_spills++] = (spill){cell, x};
}

static void bring_home(part *p) {
    double (*lanes)[LANES] = p->lanes.data;
    uint64_t (*counts)[2] = p->counts.data;
    for (size_t c = 0; c < p->cells; c++) {
        const double all = lanes[c][3], missing = floor(all / MISSING);
        if (all == 0) continue;
        counts[c][0] += (uint64_t)(all - missing * MISSING);
        counts[c][1] += (uint64_t)missing;
        for (size_t k = 0; k < 3 && p->status == IC_OK; k++)
            if (lanes[c][k] != 0) p->status = add_exactly(p, c, lanes[c][k]);
        memset(lanes[c], 0, sizeof lanes[c]);
    }
    p->since = 0;
}

static void set_bound(part *p, double most) {
    int bound;
    (void)frexp(most, &bound);
    bound += SLACK;
    p->bound = bound < LOWEST ? LOWEST : bound;
    for (int k = 0; k < 3; k++) p->cut[k] = ldexp(1.5, p->bound + LOG_ROWS + k * (LOG_ROWS - 53));
}

/* ---- a block ------------------------------------------------------------------------------------------------------ */

static void add_one(part *p, uint32_t cell, double x) {
    double *lane = (double *)p->lanes.data + (size_t)cell * LANES;
    if (isnan(x)) {
        lane[3] += MISSING;
        return;
    }
    double left = x;
    for (size_t k = 0; k < 3; k++) {
        const double cut = (p->cut[k] + left) - p->cut[k];
        left -= cut;
        lane[k] += cut;
    }
    lane[3] += 1;
    if (left != 0) keep_aside(p, cell, left);
}

static void add_block_scalar(part *p, const uint32_t *cells, double *x, size_t n) {
    for (size_t i = 0; i < n; i++) add_one(p, cells[i], x[i]);
}

#if defined(IC_X86)
IC_TARGET("avx2") static void add_block_avx2(part *p, const uint32_t *cells, double *x, size_t n) {
    double *lanes = p->lanes.data;
    const __m256d one = _mm256_set1_pd(1), missing = _mm256_set1_pd(MISSING), zero = _mm256_setzero_pd();
    const __m256d c0 = _mm256_set1_pd(p->cut[0]), c1 = _mm256_set1_pd(p->cut[1]), c2 = _mm256_set1_pd(p->cut[2]);
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        const __m256d given = _mm256_loadu_pd(x + i), there = _mm256_cmp_pd(given, given, _CMP_ORD_Q);
        const __m256d v = _mm256_and_pd(given, there), count = _mm256_blendv_pd(missing, one, there);
        const __m256d q0 = _mm256_sub_pd(_mm256_add_pd(c0, v), c0), r0 = _mm256_sub_pd(v, q0);
        const __m256d q1 = _mm256_sub_pd(_mm256_add_pd(c1, r0), c1), r1 = _mm256_sub_pd(r0, q1);
        const __m256d q2 = _mm256_sub_pd(_mm256_add_pd(c2, r1), c2), r2 = _mm256_sub_pd(r1, q2);
        const int left = _mm256_movemask_pd(_mm256_cmp_pd(r2, zero, _CMP_NEQ_OQ));
        if (IC_UNLIKELY(left != 0)) {
            double rest[4];
            _mm256_storeu_pd(rest, r2);
            for (size_t k = 0; k < 4; k++)
                if (rest[k] != 0) keep_aside(p, cells[i + k], rest[k]);
        }
        const __m256d a = _mm256_unpacklo_pd(q0, q1), b = _mm256_unpackhi_pd(q0, q1);
        const __m256d c = _mm256_unpacklo_pd(q2, count), d = _mm256_unpackhi_pd(q2, count);
        const __m256d rows[4] = {_mm256_permute2f128_pd(a, c, 0x20), _mm256_permute2f128_pd(b, d, 0x20),
                                 _mm256_permute2f128_pd(a, c, 0x31), _mm256_permute2f128_pd(b, d, 0x31)};
        for (size_t k = 0; k < 4; k++) {
            double *lane = lanes + (size_t)cells[i + k] * LANES;
            _mm256_storeu_pd(lane, _mm256_add_pd(_mm256_loadu_pd(lane), rows[k]));
        }
    }
    for (; i < n; i++) add_one(p, cells[i], x[i]);
}
#endif

/* ---- which cell --------------------------------------------------------------------------------------------------- */

#define FIND_CELLS(name, type)                                                                                         \
    static int name(const ic_tree_axis *axis, size_t from, size_t n, uint32_t nowhere, uint32_t *cells) {              \
        const type *positions = (const type *)axis->positions + from;                                                  \
        uint32_t top = 0;                                                                                              \
        for (size_t i = 0; i < n; i++) top = positions[i] > top ? positions[i] : top;                                  \
        if (top >= axis->codes) return -1;                                                                             \
        if (axis->map == NULL) {                                                                                       \
            for (size_t i = 0; i < n; i++)                                                                             \
                cells[i] = cells[i] == nowhere ? nowhere : cells[i] * (uint32_t)axis->size + positions[i];             \
            return 0;                                                                                                  \
        }                                                                                                              \
        for (size_t i = 0; i < n; i++) {                                                                               \
            const uint32_t group = axis->map[positions[i]];                                                            \
            cells[i] =                                                                                                 \
                group == IC_TREE_NOWHERE || cells[i] == nowhere ? nowhere : cells[i] * (uint32_t)axis->size + group;   \
        }                                                                                                              \
        return 0;                                                                                                      \
    }

FIND_CELLS(find_8, uint8_t)
FIND_CELLS(find_16, uint16_t)
FIND_CELLS(find_32, uint32_t)

static int find_cells(const part *p, size_t from, size_t n, uint32_t *cells) {
    const uint32_t nowhere = (uint32_t)p->cells;
    memset(cells, 0, n * sizeof *cells);
    for (size_t a = 0; a < p->rows->n_axes; a++) {
        const ic_tree_axis *axis = &p->rows->axes[a];
        const int failed = axis->width == 1   ? find_8(axis, from, n, nowhere, cells)
                           : axis->width == 2 ? find_16(axis, from, n, nowhere, cells)
                                              : find_32(axis, from, n, nowhere, cells);
        if (failed) return -1;
    }
    return 0;
}

/* The largest figure, infinity among them; NaN is none. */
static double most_of(const double *x, size_t n) {
    double most[8] = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t k = 0; k < 8; k++) most[k] = fabs(x[i + k]) > most[k] ? fabs(x[i + k]) : most[k];
    for (; i < n; i++) most[0] = fabs(x[i]) > most[0] ? fabs(x[i]) : most[0];
    for (size_t k = 1; k < 8; k++) most[0] = most[k] > most[0] ? most[k] : most[0];
    return most[0];
}

static void add_flags(part *p, const uint32_t *cells, const double *x, const uint32_t *flags, size_t n) {
    uint32_t (*bits)[2] = p->flags.data;
    for (size_t i = 0; i < n; i++) bits[cells[i]][isnan(x[i])] |= flags[i];
}

static void add_part(void *context, size_t number) {
    part *p = (part *)context + number;
    uint32_t cells[BLOCK];
    double copy[BLOCK];
    for (size_t row = p->from; row < p->until && p->status == IC_OK; row += BLOCK) {
        const size_t n = p->until - row < BLOCK ? p->until - row : BLOCK;
        double *x = (double *)(uintptr_t)(p->rows->values + row); /* only read, unless it is the copy */
        const double most = most_of(x, n);
        if (find_cells(p, row, n, cells)) {
            p->status = IC_ARGUMENT;
            return;
        }
        if (p->rows->flags != NULL) add_flags(p, cells, x, p->rows->flags + row, n);
        if (p->since + n > ROWS) bring_home(p);
        if (IC_UNLIKELY(!(most < ldexp(1, p->bound)))) {
            if (most >= HIGHEST) {
                memcpy(copy, x, n * sizeof *copy);
                x = copy;
                for (size_t i = 0; i < n; i++) {
                    if (!(fabs(x[i]) >= HIGHEST)) continue;
                    keep_aside(p, cells[i], x[i]);
                    x[i] = 0;
                }
            }
            const double rest = most_of(x, n);
            if (!(rest < ldexp(1, p->bound))) {
                bring_home(p);
                set_bound(p, rest);
            }
        }
        add_rows(p, cells, x, n);
        p->since += n;
    }
    bring_home(p);
    bring_spills(p);
}

/* ---- all threads --------------------------------------------------------------------------------------------------- */

static ic_status part_open(part *p) {
    IC_TRY(ic_block_make(&p->lanes, (p->cells + 1) * LANES, sizeof(double)));
    IC_TRY(ic_block_make(&p->totals, p->cells + 1, sizeof(ic_total)));
    IC_TRY(ic_block_make(&p->counts, (p->cells + 1) * 2, sizeof(uint64_t)));
    if (p->rows->flags != NULL) IC_TRY(ic_block_make(&p->flags, (p->cells + 1) * 2, sizeof(uint32_t)));
    const size_t n = p->until - p->from < BLOCK ? p->until - p->from : BLOCK;
    const double most = most_of(p->rows->values + p->from, n);
    set_bound(p, most < HIGHEST ? most : HIGHEST);
    return IC_OK;
}

static void part_close(part *p) {
    ic_block_free(&p->lanes);
    ic_block_free(&p->totals);
    ic_block_free(&p->counts);
    ic_block_free(&p->flags);
    ic_block_free(&p->places);
    ic_free(p->wides);
}

/* Adds all that a part has found to the first one's. */
static ic_status join(part *to, const part *from) {
    const ic_total *totals = from->totals.data;
    const uint64_t (*counts)[2] = from->counts.data;
    const uint32_t *places = from->places.data;
    for (size_t c = 0; c < to->cells; c++) {
        if (counts[c][0] + counts[c][1] == 0) continue;
        for (size_t k = 0; k < 2; k++) {
            ((uint64_t *)to->counts.data)[2 * c + k] += counts[c][k];
            if (to->rows->flags != NULL)
                ((uint32_t *)to->flags.data)[2 * c + k] |= ((const uint32_t *)from->flags.data)[2 * c + k];
        }
        if (totals[c].high != 0) IC_TRY(add_exactly(to, c, totals[c].high));
        if (totals[c].low != 0) IC_TRY(add_exactly(to, c, totals[c].low));
        if (places == NULL || places[c] == 0) continue;
        ic_total_wide *wide;
        IC_TRY(wide_of(to, c, &wide));
        ic_total_wide_join(wide, &from->wides[places[c] - 1]);
    }
    return IC_OK;
}

static void tell(const part *p) {
    const ic_total *totals = p->totals.data;
    const uint64_t (*counts)[2] = p->counts.data;
    const uint32_t (*flags)[2] = p->flags.data;
    const uint32_t *places = p->places.data;
    for (size_t c = 0; c < p->cells; c++) {
        const ic_total_wide *wide = places != NULL && places[c] != 0 ? &p->wides[places[c] - 1] : NULL;
        p->out->sums[c] = ic_total_round(&totals[c], wide);
        p->out->valued[c] = counts[c][0];
        p->out->missing[c] = counts[c][1];
        if (flags == NULL) continue;
        p->out->flags[c] = flags[c][0];
        p->out->reasons[c] = flags[c][1];
    }
}

ic_status ic_tree_sums(const ic_tree_rows *rows, const ic_tree_cells *out, int threads) {
    size_t cells = 1, n = threads > 1 ? (size_t)threads : 1;
    for (size_t a = 0; a < rows->n_axes; a++) {
        const size_t size = rows->axes[a].size;
        if (size != 0 && cells > IC_TREE_CELLS / size) return IC_ARGUMENT;
        cells *= size;
    }
    while (n > 1 && rows->n / n < cells + BLOCK) n--; /* joining parts must not be the work */
    part *parts = ic_alloc_zeroed(n, sizeof *parts);
    if (parts == NULL) return IC_MEMORY;
    ic_status status = IC_OK;
    for (size_t i = 0; i < n && status == IC_OK; i++) {
        parts[i].rows = rows;
        parts[i].out = out;
        parts[i].cells = cells;
        parts[i].from = rows->n / n * i;
        parts[i].until = i + 1 < n ? rows->n / n * (i + 1) : rows->n;
        status = part_open(&parts[i]);
    }
    if (status == IC_OK) ic_parallel_for(n, threads, add_part, parts);
    for (size_t i = 0; i < n && status == IC_OK; i++) status = parts[i].status;
    for (size_t i = 1; i < n && status == IC_OK; i++) status = join(&parts[0], &parts[i]);
    if (status == IC_OK) tell(&parts[0]);
    for (size_t i = 0; i < n; i++) part_close(&parts[i]);
    ic_free(parts);
    return status;
}

static void select_sums(ic_cpu level) {
    add_rows = add_block_scalar;
#if defined(IC_X86)
    if (level >= IC_CPU_AVX2) add_rows = add_block_avx2;
#endif
    (void)level;
}

void ic_tree_select_roll(ic_cpu level);

void ic_tree_select(ic_cpu level) {
    select_sums(level);
    ic_tree_select_roll(level);
}
