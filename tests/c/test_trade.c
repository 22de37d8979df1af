/* Every level gives the bits of the scalar twin, every number of threads those of one; allocations may fail anywhere. */
#include <math.h>
#include <string.h>

#include "check.h"
#include "core/base/memory.h"
#include "core/trade/bits.h"
#include "core/trade/trade.h"

#define YEARS   2
#define ROWS    70
#define COLUMNS 131
#define WORDS   3

typedef struct results {
    double advantage[YEARS * ROWS * COLUMNS], country[YEARS * ROWS], product[YEARS * COLUMNS];
    double facts[YEARS * IC_COMPLEXITY_FACTS], by_country[YEARS * ROWS], by_product[YEARS * COLUMNS];
    double near[YEARS * COLUMNS * COLUMNS], spread[YEARS * ROWS * COLUMNS], all[YEARS * COLUMNS];
    double fitness[YEARS * ROWS], complexity[YEARS * COLUMNS], calm[YEARS * IC_FITNESS_FACTS];
    uint64_t bits[YEARS * ROWS * WORDS];
    int32_t diversity[YEARS * ROWS], ubiquity[YEARS * COLUMNS], country_part[YEARS * ROWS],
        product_part[YEARS * COLUMNS];
    int64_t unfit;
} results;

static double figures[YEARS * ROWS * COLUMNS];
static results want, got;

static void fill(size_t rows, size_t columns) {
    for (size_t i = 0; i < YEARS * rows * columns; i++) {
        const uint32_t hash = (uint32_t)(i * 2654435761u) ^ (uint32_t)(i >> 3) * 40503u;
        const size_t r = i / columns % rows, k = i % columns;
        figures[i] = hash % 5 == 0 ? (double)NAN : (double)(hash % 9973) * (double)(1 + r) / (double)(1 + (r + k) % 17);
        if (r == 3 || k == 7) figures[i] = 0;
    }
}

static ic_status work_out(size_t rows, size_t columns, int threads, results *to) {
    const ic_exports exports = {YEARS, rows, columns, figures};
    const ic_presence presence = {YEARS, rows, columns, to->bits};
    static double ones[YEARS * COLUMNS];
    for (size_t k = 0; k < YEARS * COLUMNS; k++) ones[k] = 1 + (double)(k % 3);
    memset(to, 0, sizeof *to);
    IC_TRY(ic_trade_advantage(&exports, to->advantage, &to->unfit, threads));
    IC_TRY(ic_trade_presence(&exports, 1, 0, to->bits, to->diversity, to->ubiquity, &to->unfit, threads));
    IC_TRY(ic_trade_complexity(&presence, to->country, to->product, to->country_part, to->product_part, to->facts,
                               threads));
    IC_TRY(ic_trade_sums(&presence, ones, to->by_country, ones, to->by_product, threads));
    IC_TRY(ic_trade_proximity(&presence, to->near, threads));
    IC_TRY(ic_trade_spread(&presence, ones, to->spread, to->all, threads));
    return ic_trade_fitness(&presence, 1e-12, 0, 50, to->fitness, to->complexity, to->calm, threads);
}

static void levels(size_t rows, size_t columns) {
    static const char *const names[] = {"scalar", "sse2", "avx2", "avx512", "neon"};
    fill(rows, columns);
    ic_trade_select(IC_CPU_SCALAR);
    CHECK(work_out(rows, columns, 1, &want) == IC_OK);
    CHECK(want.unfit == -1);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const int level = ic_cpu_named(names[i]);
        if (level < 0) continue;
        ic_trade_select((ic_cpu)level);
        for (int threads = 1; threads <= 3; threads += 2) {
            CHECK(work_out(rows, columns, threads, &got) == IC_OK);
            CHECK(memcmp(&want, &got, sizeof want) == 0);
        }
    }
}

static void eigenvectors(size_t rows,
                         size_t columns) { /* country = D^-1 M product, product = U^-1 M' country / second */
    fill(rows, columns);
    CHECK(work_out(rows, columns, 1, &got) == IC_OK);
    for (size_t y = 0; y < YEARS; y++) {
        const double second = got.facts[y * IC_COMPLEXITY_FACTS];
        const uint64_t *const bits = got.bits + y * rows * ic_trade_words(columns);
        double back[COLUMNS] = {0}, weighted = 0;
        CHECK(second > 0 && second < 1 && got.facts[y * IC_COMPLEXITY_FACTS + 1] <= second);
        for (size_t r = 0; r < rows; r++) {
            double sum = 0;
            const double mine = got.country[y * rows + r], many = got.diversity[y * rows + r];
            CHECK((many == 0) == (got.country_part[y * rows + r] == -1));
            if (many == 0) continue;
            IC_EACH_BIT(k, bits + r * ic_trade_words(columns), ic_trade_words(columns)) {
                sum += got.product[y * columns + k];
                back[k] += mine;
            }
            CHECK(fabs(sum / many - mine) < 1e-13);
            weighted += many * mine * mine;
        }
        CHECK(fabs(weighted - 1) < 1e-12);
        for (size_t k = 0; k < columns; k++)
            if (got.ubiquity[y * columns + k] > 0)
                CHECK(fabs(back[k] / got.ubiquity[y * columns + k] / second - got.product[y * columns + k]) < 1e-12);
    }
}

static void parts(void) { /* {0, 2} with columns 0, 1; {1} with column 2; {3} with nothing; column 3 of nobody */
    const uint64_t bits[] = {3, 4, 1, 0};
    const ic_presence presence = {1, 4, 4, bits};
    double country[4], product[4], facts[IC_COMPLEXITY_FACTS];
    int32_t of_country[4], of_product[4];
    CHECK(ic_trade_complexity(&presence, country, product, of_country, of_product, facts, 1) == IC_OK);
    CHECK(facts[2] == 2);
    CHECK(of_country[0] == 0 && of_country[1] == 1 && of_country[2] == 0 && of_country[3] == -1);
    CHECK(of_product[0] == 0 && of_product[1] == 0 && of_product[2] == 1 && of_product[3] == -1);
    CHECK(isnan(country[1]) && isnan(country[3]) && isnan(product[2]) && isnan(product[3]));
    CHECK(fabs(facts[0] - 0.25) < 1e-15);
    const uint64_t empty[4] = {0};
    const ic_presence none = {1, 4, 4, empty};
    CHECK(ic_trade_complexity(&none, country, product, of_country, of_product, facts, 1) == IC_OK);
    CHECK(facts[2] == 0 && isnan(country[0]) && isnan(product[0]) && of_country[0] == -1);
}

static void third_of_a_multiple_one(void) { /* a circle: its second eigenvalue comes twice */
    double matrix[25] = {0}, first[5], vector[5];
    ic_second found;
    for (size_t i = 0; i < 5; i++) {
        first[i] = 1 / sqrt(5);
        matrix[i * 5 + (i + 1) % 5] = matrix[i * 5 + (i + 4) % 5] = 0.5;
    }
    CHECK(ic_trade_second(5, matrix, first, vector, &found) == IC_OK);
    CHECK(fabs(found.second - cos(2 * 3.14159265358979323846 / 5)) < 1e-15 && fabs(found.second - found.third) < 1e-12);
}

static void unfit(void) {
    static uint64_t bits[YEARS * ROWS * WORDS];
    static int32_t diversity[YEARS * ROWS], ubiquity[YEARS * COLUMNS];
    const ic_exports exports = {YEARS, ROWS, COLUMNS, figures};
    static const double odd[] = {-1, INFINITY, -INFINITY};
    int64_t at;
    for (size_t k = 0; k < 3; k++) {
        fill(ROWS, COLUMNS);
        figures[ROWS * COLUMNS + 20] = figures[YEARS * ROWS * COLUMNS - 1] = odd[k];
        CHECK(ic_trade_presence(&exports, 1, 0, bits, diversity, ubiquity, &at, 2) == IC_OK);
        CHECK(at == ROWS * COLUMNS + 20);
        CHECK(ic_trade_advantage(&exports, got.advantage, &at, 2) == IC_OK);
        CHECK(at == ROWS * COLUMNS + 20);
    }
}

static void failures(void) {
    fill(ROWS, COLUMNS);
    for (long k = 1; k < 200; k++) {
        ic_test_fail_at = k;
        const ic_status status = work_out(ROWS, COLUMNS, 1, &got);
        const int failed = ic_test_fail_at <= 0;
        ic_test_fail_at = 0;
        CHECK(ic_test_live == 0);
        if (!failed) {
            CHECK(status == IC_OK);
            return;
        }
        CHECK(status == IC_MEMORY);
    }
    CHECK(0);
}

int main(void) {
    levels(ROWS, COLUMNS);
    levels(COLUMNS / 2, ROWS / 2);
    levels(64, 128);
    levels(2, 3);
    eigenvectors(ROWS, COLUMNS);
    eigenvectors(ROWS, 40); /* products are fewer */
    parts();
    third_of_a_multiple_one();
    unfit();
    failures();
    REPORT();
}
