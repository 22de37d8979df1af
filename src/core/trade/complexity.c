/* The second eigenvectors of countries and products, and sums over either. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/trade/bits.h"

/* ---- parts of the graph ------------------------------------------------------------------------------------------------- */

static int meet(size_t words, const uint64_t *a, const uint64_t *b) {
    uint64_t both = 0;
    for (size_t k = 0; k < words; k++) both |= a[k] & b[k];
    return both != 0;
}

/* Which part each row and column is in: 0 the largest (rows, then columns, then what comes first), others numbered by their first
   row, -1 for what is empty. Returns how many there are. `reached` is as many words as a row has, `size` twice `rows` numbers. */
static size_t parts_of(size_t rows, size_t columns, const uint64_t *bits, int32_t *row_part, int32_t *column_part,
                       uint64_t *reached, uint32_t *size) {
    const size_t words = ic_trade_words(columns);
    size_t count = 0, best = 0;
    for (size_t k = 0; k < columns; k++) column_part[k] = -1;
    for (size_t r = 0; r < rows; r++) row_part[r] = -1;
    for (size_t first = 0; first < rows; first++) {
        if (row_part[first] >= 0 || !meet(words, bits + first * words, bits + first * words)) continue;
        memset(reached, 0, words * sizeof *reached);
        size[2 * count] = size[2 * count + 1] = 0;
        for (size_t r = first, more = 1; more != 0; r = first + 1) /* a row is in as soon as it shares a column */
            for (more = 0; r < rows; r++) {
                const uint64_t *const row = bits + r * words;
                if (row_part[r] >= 0 || (r != first && !meet(words, row, reached))) continue;
                for (size_t k = 0; k < words; k++) reached[k] |= row[k];
                row_part[r] = (int32_t)count;
                size[2 * count]++;
                more = 1;
            }
        IC_EACH_BIT(k, reached, words) {
            column_part[k] = (int32_t)count;
            size[2 * count + 1]++;
        }
        if (size[2 * count] > size[2 * best] ||
            (size[2 * count] == size[2 * best] && size[2 * count + 1] > size[2 * best + 1]))
            best = count;
        count++;
    }
    for (size_t r = 0; r < rows && best > 0; r++)
        if (row_part[r] >= 0 && row_part[r] <= (int32_t)best)
            row_part[r] = row_part[r] < (int32_t)best ? row_part[r] + 1 : 0;
    for (size_t k = 0; k < columns && best > 0; k++)
        if (column_part[k] >= 0 && column_part[k] <= (int32_t)best)
            column_part[k] = column_part[k] < (int32_t)best ? column_part[k] + 1 : 0;
    return count;
}

/* ---- sums over one side ------------------------------------------------------------------------------------------------ */

static void sum_rows(size_t rows, size_t columns, const uint64_t *bits, const double *of, double *out) {
    const size_t words = ic_trade_words(columns);
    for (size_t r = 0; r < rows; r++) {
        double sum[4] = {0};
        size_t i = 0;
        IC_EACH_BIT(k, bits + r * words, words) { sum[i++ % 4] += of[k]; }
        out[r] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    }
}

static void sum_columns(size_t rows, size_t columns, const uint64_t *bits, const double *of, double *out) {
    const size_t words = ic_trade_words(columns);
    memset(out, 0, columns * sizeof *out);
    for (size_t r = 0; r < rows; r++) {
        const double x = of[r];
        IC_EACH_BIT(k, bits + r * words, words) { out[k] += x; }
    }
}

typedef struct sums {
    const ic_presence *presence;
    const double *product, *country;
    double *by_country, *by_product;
} sums;

static void sums_of_year(void *context, size_t y) {
    const sums *const s = context;
    const size_t rows = s->presence->rows, columns = s->presence->columns;
    const uint64_t *const bits = s->presence->bits + y * rows * ic_trade_words(columns);
    if (s->by_country != NULL) sum_rows(rows, columns, bits, s->product + y * columns, s->by_country + y * rows);
    if (s->by_product != NULL) sum_columns(rows, columns, bits, s->country + y * rows, s->by_product + y * columns);
}

ic_status ic_trade_sums(const ic_presence *presence, const double *product, double *by_country, const double *country,
                        double *by_product, int threads) {
    sums s = {presence, product, country, by_country, by_product};
    ic_parallel_for(presence->years, threads, sums_of_year, &s);
    return IC_OK;
}

/* ---- a year --------------------------------------------------------------------------------------------------------------- */

/* The smaller side: n rows of bits, of which `used` are in the largest part. */
typedef struct side {
    size_t n, columns;
    const uint64_t *bits;
    const int32_t *part;
} side;

/* Its eigenvector, of length 1 under the weights of how many columns a row has; NaN outside of the part. `count_of_column` gets how many of
   the part's rows have a column. */
static ic_status solve(const side *of, double *out, uint32_t *count_of_column, ic_second *found) {
    const size_t words = ic_trade_words(of->columns);
    size_t used = 0;
    for (size_t r = 0; r < of->n; r++) {
        out[r] = (double)NAN;
        used += of->part[r] == 0;
    }
    *found = (ic_second){(double)NAN, (double)NAN, 0};
    memset(count_of_column, 0, of->columns * sizeof *count_of_column);
    if (used < 2) return IC_OK;
    uint64_t *const bits = ic_alloc(used * words, sizeof *bits);
    double *const space = ic_alloc(used * used + 3 * used, sizeof *space);
    ic_status status = bits == NULL || space == NULL ? IC_MEMORY : IC_OK;
    if (status == IC_OK) {
        double *const matrix = space, *const root = space + used * used, *const first = root + used;
        double *const vector = first + used, all = 0;
        for (size_t r = 0, i = 0; r < of->n; r++) {
            if (of->part[r] != 0) continue;
            size_t count = 0;
            memcpy(bits + i * words, of->bits + r * words, words * sizeof *bits);
            for (size_t k = 0; k < words; k++) count += ic_bit_count(bits[i * words + k]);
            root[i++] = sqrt((double)count);
            all += (double)count;
        }
        status = ic_trade_cross(used, of->columns, bits, count_of_column, matrix);
        if (status == IC_OK) {
            for (size_t i = 0; i < used; i++) {
                first[i] = root[i] / sqrt(all);
                for (size_t j = 0; j < used; j++) matrix[i * used + j] /= root[i] * root[j];
            }
            status = ic_trade_second(used, matrix, first, vector, found);
        }
        const int apart = status == IC_OK && found->second > (double)used * DBL_EPSILON; /* else all have the same */
        for (size_t r = 0, i = 0; apart && r < of->n; r++)
            if (of->part[r] == 0) {
                out[r] = vector[i] / root[i];
                i++;
            }
    }
    ic_free(space);
    ic_free(bits);
    return status;
}

typedef struct work {
    ic_trade_team team;
    const ic_presence *presence;
    double *country, *product, *facts;
    int32_t *country_part, *product_part;
} work;

/* out = (sum over the other side of `of`) / (how many that are) * factor, within the largest part */
static void average(const ic_presence *of_year, int by_row, const double *of, const uint32_t *count, double factor,
                    const int32_t *part, double *out) {
    const size_t rows = of_year->rows, columns = of_year->columns, n = by_row ? rows : columns;
    (by_row ? sum_rows : sum_columns)(rows, columns, of_year->bits, of, out);
    for (size_t k = 0; k < n; k++) out[k] = part[k] == 0 ? out[k] / (double)count[k] * factor : (double)NAN;
}

static void one_year(void *context, size_t y) {
    work *const w = context;
    const size_t rows = w->presence->rows, columns = w->presence->columns, words = ic_trade_words(columns);
    const uint64_t *const bits = w->presence->bits + y * rows * words;
    double *const country = w->country + y * rows, *const product = w->product + y * columns;
    double *const facts = w->facts + y * IC_COMPLEXITY_FACTS;
    int32_t *const country_part = w->country_part + y * rows, *const product_part = w->product_part + y * columns;
    uint32_t *const numbers = ic_alloc(2 * rows + (rows > columns ? rows : columns), sizeof *numbers);
    uint64_t *const space = ic_alloc(words, sizeof *space);
    uint64_t *turned = NULL;
    ic_status status = numbers == NULL || space == NULL ? IC_MEMORY : IC_OK;
    if (status == IC_OK) {
        const size_t parts = parts_of(rows, columns, bits, country_part, product_part, space, numbers);
        const ic_presence year = {1, rows, columns, bits};
        uint32_t *const count = numbers + 2 * rows;
        ic_second found;
        if (rows <= columns) {
            status = solve(&(side){rows, columns, bits, country_part}, country, count, &found);
            if (status == IC_OK)
                average(&year, 0, country, count, found.second > 0 ? 1 / found.second : (double)NAN, product_part,
                        product);
        } else if ((turned = ic_alloc(columns * ic_trade_words(rows), sizeof *turned)) == NULL) {
            status = IC_MEMORY;
        } else {
            ic_bits_turn(rows, columns, bits, turned);
            status = solve(&(side){columns, rows, turned, product_part}, product, count, &found);
            if (status == IC_OK) {
                average(&year, 1, product, count, 1, country_part, country);
                const double scale = 1 / sqrt(found.second); /* the country's length is the root of the eigenvalue */
                for (size_t r = 0; r < rows; r++) country[r] *= scale;
                for (size_t k = 0; k < columns; k++) product[k] *= scale;
            }
        }
        if (status == IC_OK) {
            facts[0] = found.second, facts[1] = found.third;
            facts[2] = (double)parts, facts[3] = (double)found.steps;
        }
    }
    ic_free(turned);
    ic_free(space);
    ic_free(numbers);
    ic_trade_failed(&w->team, status);
}

ic_status ic_trade_complexity(const ic_presence *presence, double *country, double *product, int32_t *country_part,
                              int32_t *product_part, double *facts, int threads) {
    work w = {.presence = presence,
              .country = country,
              .product = product,
              .facts = facts,
              .country_part = country_part,
              .product_part = product_part};
    ic_parallel_for(presence->years, threads, one_year, &w);
    return w.team.status;
}
