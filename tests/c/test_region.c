/* Every level gives the bits of the scalar twin; a series alone those of the same series among neighbours. */
#include <math.h>
#include <string.h>

#include "check.h"
#include "core/base/memory.h"
#include "core/numeric/order.h"
#include "core/region/region.h"

#define ROWS  700
#define WIDTH 300

static double figures[3][ROWS * WIDTH], got[4][WIDTH], want[4][WIDTH], one[4];

static const double awkward[] = {0.0, -0.0, 1.0, -1.0, 5e-324, 1.7e308, INFINITY, -INFINITY, NAN, 1e-300, 1e200};
#define AWKWARD (sizeof awkward / sizeof *awkward)

/* kind 0: usual figures; 1: with holes and zeros; 2: awkward ones now and then */
static void fill(int kind) {
    for (int k = 0; k < 3; k++)
        for (size_t i = 0; i < ROWS * WIDTH; i++) {
            double x = (double)((i * 2654435761u + (size_t)k * 40503u) % 9973) / 7 + 0.25;
            if (kind == 1 && i % 37 == 0) x = i % 2 ? (double)NAN : 0;
            if (kind == 2 && i % 1009 == 0) x = awkward[i / 1009 % AWKWARD];
            figures[k][i] = x;
        }
}

static int same(const double *a, const double *b, size_t n) { return memcmp(a, b, n * sizeof *a) == 0; }

/* Folds of `operands` figures and then `numbers`, of which the last is how many figures there must be. */
static void compare(ic_fold ours, ic_fold scalar, int operands, int numbers, int results) {
    static double of[3][WIDTH];
    static const size_t lengths[] = {0, 1, 2, 15, 16, 17, 100, 511, 512, 513, ROWS};
    for (int k = 0; k < 3; k++)
        for (size_t s = 0; s < WIDTH; s++) of[k][s] = k + 1 == numbers ? 0 : 0.5 + (double)(s % 3);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        for (size_t width = 1; width <= WIDTH; width += width < 3 ? 1 : 148) {
            const double *in[6] = {NULL}, *row[6] = {NULL}, *single[6] = {NULL};
            ptrdiff_t step[6] = {0}, along[6] = {0};
            static double line[3][ROWS];
            for (int k = 0; k < operands; k++) {
                in[k] = figures[k];
                step[k] = WIDTH;
                single[k] = line[k];
                along[k] = 1;
            }
            for (int k = 0; k < numbers; k++) in[operands + k] = single[operands + k] = of[k];
            memset(got, 0x55, sizeof got);
            memset(want, 0x55, sizeof want);
            scalar(lengths[i], width, in, step, (double *const[]){want[0], want[1], want[2], want[3]});
            ours(lengths[i], width, in, step, (double *const[]){got[0], got[1], got[2], got[3]});
            for (int r = 0; r < 4; r++) CHECK(same(got[r], want[r], WIDTH));
            for (size_t s = 0; s < width; s += 97) { /* alone: strided, and then figure after figure */
                for (int k = 0; k < operands; k++) {
                    row[k] = figures[k] + s;
                    for (size_t t = 0; t < lengths[i]; t++) line[k][t] = figures[k][t * WIDTH + s];
                }
                for (int k = 0; k < numbers; k++) row[operands + k] = single[operands + k] = of[k] + s;
                ours(lengths[i], 1, row, step, (double *const[]){one, one + 1, one + 2, one + 3});
                for (int r = 0; r < results; r++) CHECK(same(one + r, want[r] + s, 1));
                ours(lengths[i], 1, single, along, (double *const[]){one, one + 1, one + 2, one + 3});
                for (int r = 0; r < results; r++) CHECK(same(one + r, want[r] + s, 1));
            }
        }
}

static void compare_sorted(ic_sorted_fold ours, ic_sorted_fold scalar, int operands, int numbers) {
    static double of[2][WIDTH], space[10 * ROWS + 72];
    static const size_t lengths[] = {1, 2, 7, 8, 9, 64, 65, 511, 513, ROWS};
    for (size_t s = 0; s < WIDTH; s++) {
        of[0][s] = numbers == 2 ? (double)(s % 5 + 1) : 0;
        of[1][s] = 0;
    }
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        for (size_t width = 1; width <= 20; width += width < 9 ? 1 : 5) {
            const double *in[4] = {NULL};
            ptrdiff_t step[4] = {0};
            for (int k = 0; k < operands; k++) {
                in[k] = figures[k];
                step[k] = WIDTH;
            }
            for (int k = 0; k < numbers; k++) in[operands + k] = of[k];
            memset(got, 0x55, sizeof got);
            memset(want, 0x55, sizeof want);
            scalar(lengths[i], width, in, step, (double *const[]){want[0]}, space);
            ours(lengths[i], width, in, step, (double *const[]){got[0]}, space);
            CHECK(same(got[0], want[0], WIDTH));
            for (size_t s = 0; s < width; s++) {
                const double *row[4] = {in[0] + s, in[1] ? in[1] + s : NULL, in[2] ? in[2] + s : NULL, NULL};
                ours(lengths[i], 1, row, step, (double *const[]){one}, space);
                CHECK(same(one, want[0] + s, 1));
            }
        }
}

static void compare_ranks(ic_rank ours, ic_rank scalar) {
    static double space[10 * ROWS + 72], a[8 * ROWS], b[8 * ROWS];
    static const size_t lengths[] = {1, 2, 8, 9, 31, 300, 513, ROWS};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        for (size_t columns = 1; columns <= 8; columns += 7)
            for (int ties = 0; ties < IC_TIES_COUNT; ties++) {
                ic_ranking what = {lengths[i], columns, figures[0], 1, WIDTH, a, 1, 8, (ic_ties)ties, ties % 2, space};
                memset(a, 0x55, sizeof a);
                memset(b, 0x55, sizeof b);
                ours(&what);
                what.out = b;
                scalar(&what);
                CHECK(same(a, b, 8 * ROWS));
            }
}

static void test_levels(void) {
    static const char *const levels[] = {"scalar", "sse2", "avx2", "avx512", "neon"};
    ic_region_select(IC_CPU_SCALAR);
    const ic_region_table scalar = ic_region;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        const int level = ic_cpu_named(levels[i]);
        if (level < 0) continue;
        ic_region_select((ic_cpu)level);
        printf("%s\n", levels[i]);
        for (int kind = 0; kind < 3; kind++) {
            fill(kind);
            compare(ic_region.total, scalar.total, 1, 1, 1);
            compare(ic_region.hhi, scalar.hhi, 1, 1, 1);
            compare(ic_region.entropy, scalar.entropy, 1, 1, 1);
            compare(ic_region.hoover, scalar.hoover, 2, 1, 1);
            compare(ic_region.hachman, scalar.hachman, 2, 1, 1);
            compare(ic_region.theil, scalar.theil, 2, 1, 1);
            compare(ic_region.theil_l, scalar.theil_l, 2, 1, 1);
            compare(ic_region.variation, scalar.variation, 2, 1, 1);
            compare(ic_region.log_deviation, scalar.log_deviation, 2, 1, 1);
            if (kind == 0) compare(ic_region.atkinson, scalar.atkinson, 2, 2, 1);
            compare(ic_region.shift_share, scalar.shift_share, 3, 1, 4);
            compare_sorted(ic_region.gini, scalar.gini, 1, 1);
            compare_sorted(ic_region.median, scalar.median, 1, 1);
            compare_sorted(ic_region.leaders, scalar.leaders, 1, 2);
            compare_sorted(ic_region.gini_weighted, scalar.gini_weighted, 2, 1);
            compare_ranks(ic_region.rank, scalar.rank);
        }
    }
}

static void test_sorting(void) {
    static double rows[ROWS + 8][IC_COLUMNS];
    for (size_t n = 0; n <= ROWS; n += n < 40 ? 1 : 111) {
        for (size_t i = 0; i < n; i++)
            for (size_t c = 0; c < IC_COLUMNS; c++) rows[i][c] = (double)((i * 7919 + c * 104729) % 1009);
        ic_sort_columns(ic_exchange, n, rows);
        for (size_t i = 1; i < n; i++)
            for (size_t c = 0; c < IC_COLUMNS; c++) CHECK(rows[i - 1][c] <= rows[i][c]);
    }
    static ic_keyed keyed[ROWS], spare[ROWS];
    for (size_t i = 0; i < ROWS; i++) keyed[i] = (ic_keyed){ic_order_key((double)(i * 7919 % 101) - 50), i};
    ic_sort_keyed(ROWS, keyed, spare);
    for (size_t i = 1; i < ROWS; i++) {
        CHECK(keyed[i - 1].key <= keyed[i].key);
        CHECK(keyed[i - 1].key < keyed[i].key || keyed[i - 1].index < keyed[i].index);
    }
    CHECK(ic_order_value(ic_order_key(-1.5)) == -1.5 && ic_order_key(-1.5) < ic_order_key(-0.0));
    CHECK(ic_order_key(-0.0) == ic_order_key(0.0) && ic_order_key(0.0) < ic_order_key(5e-324));
}

int main(void) {
    test_sorting();
    test_levels();
    REPORT();
}
