/* Fitness of countries and complexity of products: each from the other, until they stay as they are. */
#include <math.h>
#include <string.h>

#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/trade/bits.h"

/* The ones of a table in lists: entries [start[r], start[r + 1]) of row r. */
typedef struct lists {
    uint32_t *start, *entry;
} lists;

static size_t ones_of(size_t words, const uint64_t *bits) {
    size_t count = 0;
    for (size_t k = 0; k < words; k++) count += ic_bit_count(bits[k]);
    return count;
}

/* Of columns and rows; both lists rise. */
static void fill(size_t rows, size_t columns, const uint64_t *bits, const lists *by_row, const lists *by_column) {
    const size_t words = ic_trade_words(columns);
    uint32_t at = 0;
    memset(by_column->start, 0, (columns + 1) * sizeof *by_column->start);
    for (size_t r = 0; r < rows; r++) {
        by_row->start[r] = at;
        IC_EACH_BIT(k, bits + r * words, words) {
            by_row->entry[at++] = (uint32_t)k;
            by_column->start[k + 1]++;
        }
    }
    by_row->start[rows] = at;
    for (size_t k = 0; k < columns; k++) by_column->start[k + 1] += by_column->start[k];
    for (size_t r = 0; r < rows; r++) IC_EACH_BIT(k, bits + r * words, words) {
            by_column->entry[by_column->start[k]++] = (uint32_t)r;
        }
    for (size_t k = columns; k > 0; k--) by_column->start[k] = by_column->start[k - 1];
    by_column->start[0] = 0;
}

/* Four sums side by side, as one would have to wait for itself. */
static double sum_of(const lists *of, size_t r, const double *x) {
    double sum[4] = {0};
    uint32_t i = of->start[r];
    const uint32_t end = of->start[r + 1];
    for (; i + 4 <= end; i += 4)
        for (uint32_t l = 0; l < 4; l++) sum[l] += x[of->entry[i + l]];
    for (uint32_t l = 0; i < end; i++, l++) sum[l] += x[of->entry[i]];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* Over the mean of those that have anything. */
static void scale(size_t n, const lists *of, double *x) {
    double sum[4] = {0};
    size_t count = 0;
    for (size_t k = 0; k < n; k++) {
        if (of->start[k] == of->start[k + 1]) continue;
        sum[count++ % 4] += x[k];
    }
    const double mean = ((sum[0] + sum[1]) + (sum[2] + sum[3])) / (double)count;
    for (size_t k = 0; k < n; k++) x[k] /= mean;
}

static void nobody(size_t n, const lists *of, double *x) {
    for (size_t k = 0; k < n; k++)
        if (of->start[k] == of->start[k + 1]) x[k] = (double)NAN;
}

typedef struct work {
    ic_trade_team team;
    const ic_presence *presence;
    double tolerance, floor;
    size_t most;
    double *fitness, *complexity, *facts;
} work;

static void iterate(const work *w, const lists *by_row, const lists *by_column, double *f, double *q, double *facts,
                    double *space) {
    const size_t rows = w->presence->rows, columns = w->presence->columns;
    double *const made = space, *const hard = space + columns; /* the next Q; and 1 / F, then the next F */
    size_t done = 0;
    double change = (double)INFINITY;
    for (size_t r = 0; r < rows; r++) f[r] = 1;
    for (size_t k = 0; k < columns; k++) q[k] = 1;
    while (done < w->most && change > w->tolerance) {
        for (size_t r = 0; r < rows; r++) hard[r] = 1 / f[r];
        for (size_t k = 0; k < columns; k++) made[k] = 1 / sum_of(by_column, k, hard);
        for (size_t r = 0; r < rows; r++) hard[r] = sum_of(by_row, r, q);
        for (size_t k = 0; k < columns; k++) q[k] = by_column->start[k] == by_column->start[k + 1] ? 0 : made[k];
        scale(columns, by_column, q);
        scale(rows, by_row, hard);
        change = 0;
        for (size_t r = 0; r < rows; r++) {
            const double by = fabs(hard[r] - f[r]) / f[r];
            if (f[r] > w->floor && by > change) change = by;
            f[r] = hard[r];
        }
        done++;
    }
    nobody(rows, by_row, f);
    nobody(columns, by_column, q);
    facts[0] = (double)done;
    facts[1] = change;
}

static void one_year(void *context, size_t y) {
    work *const w = context;
    const size_t rows = w->presence->rows, columns = w->presence->columns, words = ic_trade_words(columns);
    const uint64_t *const bits = w->presence->bits + y * rows * words;
    const size_t ones = ones_of(rows * words, bits);
    uint32_t *const numbers = ic_alloc(2 * ones + rows + columns + 2, sizeof *numbers);
    double *const space = ic_alloc(rows + columns, sizeof *space);
    if (numbers == NULL || space == NULL) {
        ic_trade_failed(&w->team, IC_MEMORY);
    } else {
        const lists by_row = {numbers, numbers + rows + 1};
        const lists by_column = {by_row.entry + ones, by_row.entry + ones + columns + 1};
        fill(rows, columns, bits, &by_row, &by_column);
        iterate(w, &by_row, &by_column, w->fitness + y * rows, w->complexity + y * columns,
                w->facts + y * IC_FITNESS_FACTS, space);
    }
    ic_free(space);
    ic_free(numbers);
}

ic_status ic_trade_fitness(const ic_presence *presence, double tolerance, double floor, size_t most, double *fitness,
                           double *complexity, double *facts, int threads) {
    work w = {.presence = presence,
              .tolerance = tolerance,
              .floor = floor,
              .most = most,
              .fitness = fitness,
              .complexity = complexity,
              .facts = facts};
    ic_parallel_for(presence->years, threads, one_year, &w);
    return w.team.status;
}
