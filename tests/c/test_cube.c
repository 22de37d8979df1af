/* core/cube: against loops that are too simple to be wrong, with every allocation failing once, and on threads. */
#include "check.h"

#include "core/base/flags.h"
#include "core/cube/cube.h"
#include "core/cube/keys.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 88172645463325252u;
static uint64_t draw(uint64_t below) { /* xorshift */
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

/* Three columns and a time, of exactly `rows` elements each, so that a read beyond them is caught. */
typedef struct table {
    uint8_t *a;
    uint16_t *b;
    uint32_t *c;
    int32_t *t;
    double *values;
    uint32_t *flags;
    ic_cube_axis axes[4];
    ic_cube_rows in;
} table;

static void *exactly(size_t n, size_t size) {
    void *p = malloc(n * size == 0 ? 1 : n * size);
    if (p == NULL) abort();
    return p;
}

static const uint64_t sizes[4] = {5, 301, 5, 20}; /* enough for several threads */
static const int32_t first_period = -7;

static table make(size_t rows) {
    table x = {exactly(rows, 1),
               exactly(rows, 2),
               exactly(rows, 4),
               exactly(rows, 4),
               exactly(rows, 8),
               exactly(rows, 4),
               {{0}},
               {0}};
    x.axes[0] = (ic_cube_axis){x.a, 1, 0, 0, sizes[0]};
    x.axes[1] = (ic_cube_axis){x.b, 2, 0, 0, sizes[1]};
    x.axes[2] = (ic_cube_axis){x.c, 4, 0, 0, sizes[2]};
    x.axes[3] = (ic_cube_axis){x.t, 4, 1, first_period, sizes[3]};
    x.in = (ic_cube_rows){x.axes, 4, rows, x.values, x.flags};
    return x;
}

/* The axes point into the struct: after it has been copied they are set again. */
static void settle(table *x) { x->in.axes = x->axes; }

static void drop(table *x) {
    free(x->a);
    free(x->b);
    free(x->c);
    free(x->t);
    free(x->values);
    free(x->flags);
}

static void put(table *x, size_t row, uint64_t cell, double value, uint32_t flags) {
    x->t[row] = (int32_t)(cell % sizes[3]) + first_period;
    x->c[row] = (uint32_t)(cell / sizes[3] % sizes[2]);
    x->b[row] = (uint16_t)(cell / sizes[3] / sizes[2] % sizes[1]);
    x->a[row] = (uint8_t)(cell / sizes[3] / sizes[2] / sizes[1]);
    x->values[row] = value;
    x->flags[row] = flags;
}

#define CELLS ((size_t)5 * 301 * 5 * 20)

/* `order` 0: rising, 1: the same shuffled; every cell with probability share/100 */
static table fill_table(unsigned share, int order, int marked) {
    uint32_t *chosen = exactly(CELLS, 4);
    size_t rows = 0;
    for (size_t i = 0; i < CELLS; i++)
        if (draw(100) < share) chosen[rows++] = (uint32_t)i;
    if (order)
        for (size_t i = rows; i > 1; i--) {
            size_t j = (size_t)draw(i);
            uint32_t swap = chosen[i - 1];
            chosen[i - 1] = chosen[j];
            chosen[j] = swap;
        }
    table x = make(rows);
    for (size_t i = 0; i < rows; i++) {
        uint32_t flag = marked && draw(50) == 0 ? IC_FLAG_SUPPRESSED : 0;
        put(&x, i, chosen[i], flag ? NAN : (double)chosen[i] + 0.5, flag);
    }
    free(chosen);
    return x;
}

static void scatters_and_gathers(void) {
    for (int round = 0; round < 24; round++) {
        unsigned share = (const unsigned[]){100, 80, 3}[round % 3];
        int order = round / 3 % 2, marked = round / 6 % 2, threads = (const int[]){1, 4}[round / 12];
        table x = fill_table(share, order, marked);
        settle(&x);
        double *dense = exactly(CELLS, 8);
        uint32_t *marks = exactly(CELLS, 4);
        for (size_t i = 0; i < CELLS; i++) dense[i] = NAN, marks[i] = 0;
        size_t any = 0;
        for (size_t i = 0; i < x.in.rows; i++) {
            size_t cell =
                ((x.a[i] * sizes[1] + x.b[i]) * sizes[2] + x.c[i]) * sizes[3] + (size_t)(x.t[i] - first_period);
            dense[cell] = x.values[i];
            marks[cell] = x.flags[i];
            any += x.flags[i] != 0;
        }
        ic_block values, flags;
        size_t pair[2];
        ic_error error;
        for (int rule = IC_CUBE_ERROR; rule <= IC_CUBE_SUM; rule++) {
            CHECK(ic_cube_scatter(&x.in, (ic_cube_duplicates)rule, CELLS, threads, &values, &flags, pair, &error) ==
                  IC_OK);
            CHECK(memcmp(values.data, dense, CELLS * 8) == 0);
            CHECK(any ? memcmp(flags.data, marks, CELLS * 4) == 0 : flags.data == NULL);
            ic_block_free(&values);
            ic_block_free(&flags);
        }
        ic_block positions[4], out_values, out_flags;
        size_t rows, row = 0;
        CHECK(ic_cube_gather(dense, marks, sizes, 4, 3, threads, positions, &out_values, &out_flags, &rows, &error) ==
              IC_OK);
        CHECK(rows == x.in.rows);
        CHECK((out_flags.data != NULL) == (any > 0));
        size_t wrong = 0;
        for (size_t cell = 0; cell < CELLS && row < rows; cell++) {
            if (isnan(dense[cell]) && marks[cell] == 0) continue;
            wrong += memcmp((double *)out_values.data + row, &dense[cell], 8) != 0;
            if (any) wrong += ((uint32_t *)out_flags.data)[row] != marks[cell];
            wrong += ((uint8_t *)positions[0].data)[row] != cell / 20 / 5 / 301;
            wrong += ((uint16_t *)positions[1].data)[row] != cell / 20 / 5 % 301;
            wrong += ((uint8_t *)positions[2].data)[row] != cell / 20 % 5;
            wrong += ((int32_t *)positions[3].data)[row] != (int32_t)(cell % 20);
            row++;
        }
        CHECK(row == rows && wrong == 0);
        for (int a = 0; a < 4; a++) ic_block_free(&positions[a]);
        ic_block_free(&out_values);
        ic_block_free(&out_flags);
        free(dense);
        free(marks);
        drop(&x);
    }
}

static void duplicates_and_wrong_rows(void) {
    for (int order = 0; order < 2; order++)
        for (int threads = 1; threads < 5; threads += 3) {
            table x = fill_table(100, order, 1);
            settle(&x);
            ic_block values, flags;
            size_t pair[2], n = x.in.rows;
            ic_error error;
            x.a[n - 5] = x.a[9], x.b[n - 5] = x.b[9], x.c[n - 5] = x.c[9], x.t[n - 5] = x.t[9];
            x.a[n - 9] = x.a[2000], x.b[n - 9] = x.b[2000], x.c[n - 9] = x.c[2000], x.t[n - 9] = x.t[2000];
            x.b[n - 1] = 301;
            CHECK(ic_cube_scatter(&x.in, IC_CUBE_ERROR, CELLS, threads, &values, &flags, pair, &error) == IC_ARGUMENT);
            CHECK(pair[0] == 2000 && pair[1] == n - 9 && values.data == NULL && flags.data == NULL);
            x.t[30] = first_period + 20;
            CHECK(ic_cube_scatter(&x.in, IC_CUBE_SUM, CELLS, threads, &values, &flags, pair, &error) == IC_ARGUMENT);
            CHECK(pair[1] == SIZE_MAX &&
                  strstr(error.message, "row 30: ordinal 13 lies outside the 20 periods from -7"));
            x.t[30] = first_period - 1;
            CHECK(ic_cube_scatter(&x.in, IC_CUBE_LAST, CELLS, threads, &values, &flags, pair, &error) == IC_ARGUMENT);
            CHECK(strstr(error.message, "row 30: ordinal -8") != NULL);
            CHECK(ic_cube_scatter(&x.in, IC_CUBE_LAST, CELLS - 1, threads, &values, &flags, pair, &error) == IC_LIMIT);
            CHECK(ic_test_live == 0);
            drop(&x);
        }
}

/* Axes that together need more than 64 bits, one of them 8 bytes wide, against pairwise comparison. */
static void series_of_wide_keys(void) {
    enum { ROWS = 3000 };
    static uint64_t w[ROWS];
    static uint32_t u[ROWS], v[ROWS];
    static uint16_t s[ROWS];
    for (int i = 0; i < ROWS; i++) {
        w[i] = draw(3) << 39;
        u[i] = (uint32_t)draw(4) * 0x3fffffffu;
        v[i] = UINT32_MAX - (uint32_t)draw(3);
        s[i] = (uint16_t)(65535 - draw(3));
    }
    const ic_cube_axis axes[5] = {{w, 8, 0, 0, (uint64_t)1 << 41},
                                  {u, 4, 0, 0, (uint64_t)1 << 32},
                                  {v, 4, 0, 0, (uint64_t)1 << 32},
                                  {s, 2, 0, 0, 65536},
                                  {v, 4, 0, 0, (uint64_t)1 << 32}};
    ic_block index, first;
    int width;
    size_t n, wrong = 0;
    ic_error error;
    CHECK(ic_cube_series(axes, 5, ROWS, 1, &index, &width, &first, &n, &error) == IC_OK);
    CHECK(width == 4);
    const int32_t *id = index.data;
    const int64_t *starts = first.data;
    size_t known = 0;
    for (int i = 0; i < ROWS; i++) {
        int j = 0;
        while (w[j] != w[i] || u[j] != u[i] || v[j] != v[i] || s[j] != s[i]) j++;
        if (j == i) wrong += (size_t)id[i] != known || starts[known] != i, known++;
        wrong += id[i] != id[j];
    }
    CHECK(wrong == 0 && known == n);
    ic_block_free(&index);
    ic_block_free(&first);
}

/* The loops of every level give the same keys. */
static void loops_agree(void) {
    table x = fill_table(70, 1, 0);
    settle(&x);
    ic_cube_keys k;
    uint64_t one[IC_CUBE_BLOCK], two[IC_CUBE_BLOCK];
    CHECK(ic_cube_keys_make(&k, x.axes, 4, UINT64_MAX, NULL) == IC_OK);
    for (size_t n = 1; n < 200; n++) {
        size_t begin = (size_t)draw(x.in.rows - n);
        int traits, others;
        if (n % 3 == 0) x.c[begin + n / 2] = 5 + (uint32_t)draw(9); /* and sometimes a wrong row */
        ic_cube_select(IC_CPU_SCALAR);
        size_t good = ic_cube_keys_block(&k, begin, n, one, &traits);
        ic_cube_select(ic_cpu_best());
        CHECK(ic_cube_keys_block(&k, begin, n, two, &others) == good);
        CHECK(traits == others || good == 0);
        CHECK(memcmp(one, two, good * sizeof *one) == 0);
        if (n % 3 == 0) x.c[begin + n / 2] = 0;
    }
    drop(&x);
}

/* A position of 2^32 - 1 in 256 wraps no product into range. */
static void nothing_wraps(void) {
    uint32_t far[3] = {1, UINT32_MAX, 1u << 31};
    uint8_t near[3] = {1, 2, 3};
    const ic_cube_axis axes[2] = {{near, 1, 0, 0, 4}, {far, 4, 0, 0, 65536}};
    const double v[3] = {1, 2, 3};
    const ic_cube_rows in = {axes, 2, 3, v, NULL};
    ic_block values, flags;
    size_t pair[2];
    ic_error error;
    CHECK(ic_cube_scatter(&in, IC_CUBE_LAST, UINT64_MAX, 1, &values, &flags, pair, &error) == IC_ARGUMENT);
    CHECK(strstr(error.message, "row 1: position 4294967295") != NULL);
    const ic_cube_axis huge[3] = {
        {far, 4, 0, 0, (uint64_t)1 << 32}, {far, 4, 0, 0, 0}, {far, 4, 0, 0, (uint64_t)1 << 32}};
    const ic_cube_rows none = {huge, 3, 0, v, NULL};
    CHECK(ic_cube_scatter(&none, IC_CUBE_LAST, UINT64_MAX, 1, &values, &flags, pair, &error) == IC_OK);
    CHECK(values.size == 0);
    ic_block_free(&values);
    const uint64_t eight[3] = {0, 0, 0};
    const ic_cube_axis empty[3] = {{eight, 8, 0, 0, (uint64_t)1 << 40}, {near, 1, 0, 0, 4}, {far, 4, 0, 0, 0}};
    const ic_cube_rows nowhere = {empty, 3, 3, v, NULL};
    CHECK(ic_cube_scatter(&nowhere, IC_CUBE_LAST, UINT64_MAX, 1, &values, &flags, pair, &error) == IC_ARGUMENT);
    CHECK(strstr(error.message, "row 0: position 1 lies beyond the 0 codes of axis 2") != NULL);
    const ic_cube_axis more[65] = {{0}};
    const ic_cube_rows many = {more, 65, 0, v, NULL};
    CHECK(ic_cube_scatter(&many, IC_CUBE_LAST, UINT64_MAX, 1, &values, &flags, pair, &error) == IC_LIMIT);
}

/* Does `call` until it needs no more memory than it gets, failing one allocation later each time. */
#define EVERY_FAILURE(call)                                                                                            \
    do {                                                                                                               \
        ic_status status_ = IC_MEMORY;                                                                                 \
        long k_ = 0, before_ = ic_test_live;                                                                           \
        while (status_ == IC_MEMORY && k_ < 1000) {                                                                    \
            ic_test_fail_at = ++k_;                                                                                    \
            status_ = (call);                                                                                          \
            ic_test_fail_at = 0;                                                                                       \
            CHECK(status_ == IC_OK || status_ == IC_MEMORY);                                                           \
            if (status_ == IC_MEMORY) CHECK(ic_test_live == before_);                                                  \
        }                                                                                                              \
        CHECK(status_ == IC_OK && k_ > 1);                                                                             \
    } while (0)

static void every_allocation_fails(void) {
    for (int order = 0; order < 2; order++)
        for (int threads = 1; threads < 4; threads += 2) {
            table x = fill_table(90, order, 1);
            settle(&x);
            ic_block index, first, values, flags, positions[4], out_values, out_flags;
            size_t pair[2], n, rows;
            int width;
            ic_error error;
            EVERY_FAILURE(ic_cube_scatter(&x.in, IC_CUBE_SUM, CELLS, threads, &values, &flags, pair, &error));
            EVERY_FAILURE(ic_cube_gather(values.data, flags.data, sizes, 4, 3, threads, positions, &out_values,
                                         &out_flags, &rows, &error));
            CHECK(rows == x.in.rows);
            for (int a = 0; a < 4; a++) ic_block_free(&positions[a]);
            ic_block_free(&out_values);
            ic_block_free(&out_flags);
            ic_block_free(&values);
            ic_block_free(&flags);
            EVERY_FAILURE(ic_cube_series(x.axes, 3, x.in.rows, threads, &index, &width, &first, &n, &error));
            CHECK(n <= CELLS / 20);
            ic_block_free(&index);
            ic_block_free(&first);
            x.axes[2].size = (uint64_t)1 << 32; /* hashed, and in two groups */
            x.axes[1].size = (uint64_t)1 << 32;
            EVERY_FAILURE(ic_cube_series(x.axes, 3, x.in.rows, threads, &index, &width, &first, &n, &error));
            ic_block_free(&index);
            ic_block_free(&first);
            drop(&x);
        }
    CHECK(ic_test_live == 0);
}

int main(void) {
    ic_cube_select(ic_cpu_best());
    scatters_and_gathers();
    ic_cube_select(IC_CPU_SCALAR);
    scatters_and_gathers();
    duplicates_and_wrong_rows();
    series_of_wide_keys();
    loops_agree();
    nothing_wraps();
    every_allocation_fails();
    REPORT();
}
