/* Rows folded while they are read: exact sums in any order, and every allocation failing. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/memory.h"
#include "core/numeric/total.h"
#include "core/read/read.h"

#include "check.h"

/* ---- sums ---------------------------------------------------------------------------------------------------- */

static uint64_t state = 88172645463325252u;
static uint64_t next_random(void) {
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

/* Any finite double, or one near 1 for every second. */
static double any_double(unsigned kind) {
    uint64_t bits = next_random();
    double x;
    if (kind == 1) bits = (bits & UINT64_C(0x800FFFFFFFFFFFFF)) | (1023 + bits % 90 - 45) << 52;
    if (kind == 2) bits &= UINT64_C(0x801FFFFFFFFFFFFF); /* subnormal, or nearly */
    memcpy(&x, &bits, sizeof x);
    return isfinite(x) ? x : 1.5;
}

static double sum_of(const double *x, size_t n, int by_total) {
    ic_total total = {0};
    ic_total_wide wide = {0};
    int is_wide = !by_total;
    for (size_t i = 0; i < n; i++) {
        const double left = by_total ? ic_total_add(&total, x[i]) : x[i];
        if (left == 0) continue;
        is_wide = 1;
        ic_total_wide_add(&wide, left);
    }
    return ic_total_round(&total, is_wide ? &wide : NULL);
}

static int same(double a, double b) { return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b)); }

static void test_sums_in_any_order(void) {
    double x[64];
    for (int round = 0; round < 3000; round++) {
        const size_t n = 1 + next_random() % 64;
        for (size_t i = 0; i < n; i++) x[i] = any_double((unsigned)round % 3);
        if (round % 4 == 0) /* nearly all of it cancels */
            for (size_t i = 0; i + 1 < n; i += 2) x[i] = -x[i + 1];
        const double exact = sum_of(x, n, 0);
        for (int order = 0; order < 3; order++) {
            CHECK(same(sum_of(x, n, 1), exact));
            for (size_t i = n - 1; i > 0; i--) {
                const size_t k = next_random() % (i + 1);
                const double swapped = x[i];
                x[i] = x[k];
                x[k] = swapped;
            }
        }
        ic_total_wide halves[2] = {{{0}, 0, 0}, {{0}, 0, 0}};
        const ic_total none = {0};
        for (size_t i = 0; i < n; i++) ic_total_wide_add(&halves[i % 2], x[i]);
        ic_total_wide_join(&halves[0], &halves[1]);
        CHECK(same(ic_total_round(&none, &halves[0]), exact));
    }
}

#define SUM(...) sum_of((const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}) / sizeof(double), by_total)

static void test_sums_that_are_known(void) {
    for (int by_total = 0; by_total < 2; by_total++) {
        CHECK(SUM(1e16, 1, -1e16) == 1);
        CHECK(SUM(1e300, 1, 1e-300, -1e300, -1) == 1e-300);
        CHECK(SUM(0x1p53, 1, 0x1p-60) == 0x1p53 + 2); /* above the middle */
        CHECK(SUM(0x1p53, 1) == 0x1p53);              /* the middle: to even */
        CHECK(SUM(0x1p53, 3) == 0x1p53 + 4);          /* the other one */
        CHECK(SUM(-0x1p53, -1, -0x1p-60) == -0x1p53 - 2);
        CHECK(SUM(5e-324, 5e-324) == 1e-323);
        CHECK(SUM(1.7976931348623157e308, 1.7976931348623157e308, -1.7976931348623157e308) == 1.7976931348623157e308);
        CHECK(SUM(1.7976931348623157e308, 1.7976931348623157e308) == INFINITY);
        CHECK(SUM(INFINITY, 1) == INFINITY && isnan(SUM(INFINITY, -INFINITY)));
        CHECK(!signbit(SUM(-0.0, -0.0)));
        CHECK(SUM(0.1, 0.2, 0.3) == 0.6);
    }
}

/* ---- readers -------------------------------------------------------------------------------------------------- */

static const char *const gone[] = {"j"}, *const from[] = {"850760", "000007"}, *const news[] = {"cells", "cars"};
static size_t gone_lengths[] = {1}, from_lengths[] = {6, 6}, new_lengths[] = {5, 4};
static const uint32_t to[] = {0, IC_ABSENT};

static ic_status read_text(const char *format, const char *text, size_t size, const ic_options *options,
                           ic_dataset *dataset, ic_error *error) {
    ic_span span = {text, size};
    ic_source source = {.context = &span, .read = ic_span_read, .size = size, .seekable = 1};
    return ic_format_named(format)->read(&source, options, dataset, error);
}

/* Each call for memory fails in its turn, alone or with all that follow. */
static void fail_every(const char *format, const char *text, size_t size, const ic_options *options) {
    const long live = ic_test_live;
    for (int on = 0; on < 2; on++) {
        for (long k = 1; k < 100000; k++) {
            ic_error error = {0};
            ic_dataset dataset = {0};
            ic_test_fail_on = on;
            ic_test_fail_at = k;
            const ic_status status = read_text(format, text, size, options, &dataset, &error);
            const int reached = on ? ic_test_fail_at == 1 : ic_test_fail_at <= 0;
            ic_test_fail_at = 0;
            CHECK(status == IC_MEMORY || (status == IC_OK && dataset.collapsed));
            if (status == IC_MEMORY) CHECK(error.status == IC_MEMORY && error.message[0] != '\0');
            ic_dataset_free(&dataset);
            CHECK(ic_test_live == live);
            if (!reached) {
                CHECK(status == IC_OK && k > 10);
                break;
            }
        }
    }
    ic_test_fail_on = 0;
}

/* Rows with flags, without values, and such that need wide sums. */
static size_t write_baci(char *text, size_t size, int rows) {
    static const char *const values[] = {"1.5", "NA", "..", "1e300", "1e-300", "-2", "0.001", ""};
    size_t used = (size_t)snprintf(text, size, "t,i,j,k,v,q\n");
    for (int r = 0; r < rows && used < size; r++)
        used += (size_t)snprintf(text + used, size - used, "202%d,%d,%d,%06d,%s,1\n", r % 2, r / 50 % 7, r / 10 % 5,
                                 r % 3 == 0 ? 850760 : r % 11 * 7, values[(unsigned)r * 7u % 31u % 8u]);
    return used < size ? used : size;
}

static ic_options options_of(const ic_collapse *collapse, int threads, int plain) {
    return (ic_options){.threads = threads,
                        .plain = plain,
                        .limits = {1 << 20, 1000, 1 << 16},
                        .collapse = collapse,
                        .duplicates = IC_DUPLICATES_SUM};
}

static void test_failing_allocations(void) {
    static char text[1 << 16];
    const size_t size = write_baci(text, sizeof text, 350);
    ic_recode recode = {.dim = "k",
                        .from = {(const char **)from, from_lengths, 2},
                        .to = to,
                        .codes = {(const char **)news, new_lengths, 2}};
    ic_collapse collapse = {.coverage = 0.5, .dims = {(const char **)gone, gone_lengths, 1}, .recodes = &recode};
    const uint32_t others[] = {IC_OTHERS_STAY, IC_OTHERS_REFUSED, IC_ABSENT};
    for (int rule = IC_RULE_SUM; rule <= IC_RULE_MAX; rule++) {
        for (size_t i = 0; i < (rule == IC_RULE_SUM ? 3 : 1); i++) {
            collapse.rule = (ic_rule)rule;
            collapse.n_recodes = rule == IC_RULE_MIN ? 0 : 1;
            recode.others = others[i];
            const ic_options options = options_of(&collapse, 1, (int)i == 2);
            fail_every("baci", text, size, &options);
        }
    }
}

/* Series with flags, empty values, labels and two units, in the engine of long tables. */
static size_t write_sdmx_csv(char *text, size_t size, int rows) {
    static const char *const values[] = {"1.5,", "NaN,", ",M", "1e300,E", "1e-300,", "-2,P", ","};
    size_t used =
        (size_t)snprintf(text, size, "DATAFLOW,FREQ,j,k,TIME_PERIOD,OBS_VALUE,OBS_STATUS,NOTE,UNIT_MEASURE\n");
    for (int r = 0; r < rows && used < size; r++)
        used += (size_t)snprintf(text + used, size - used, "X:Y(1.0),A,%d,%06d,%d,%s,%s,%s\n", r / 10 % 5,
                                 r / 50 % 3 == 0 ? 850760 : r / 50 % 11 * 7, 2000 + r % 10,
                                 values[(unsigned)r * 7u % 31u % 7u], r % 40 == 0 ? "a note" : "",
                                 r / 50 % 3 == 0 ? "EUR" : "PC");
    return used < size ? used : size;
}

static void test_failing_allocations_of_long_tables(void) {
    static char text[1 << 16];
    const size_t size = write_sdmx_csv(text, sizeof text, 400);
    ic_recode recode = {.dim = "k",
                        .from = {(const char **)from, from_lengths, 1},
                        .to = to,
                        .codes = {(const char **)news, new_lengths, 2},
                        .others = IC_OTHERS_STAY};
    ic_collapse collapse = {.coverage = 0.5, .dims = {(const char **)gone, gone_lengths, 1}, .recodes = &recode};
    for (size_t n = 0; n < 2; n++) {
        collapse.n_recodes = n;
        ic_options options = options_of(&collapse, 1, (int)n);
        fail_every("sdmx-csv", text, size, &options);
    }
}

/* Two and more parts, whose cells are joined. */
static void test_parts(void) {
    const size_t size = (size_t)5 << 20;
    char *text = malloc(size);
    if (text == NULL) abort();
    const size_t used = write_baci(text, size, 210000);
    CHECK(used > (size_t)4 << 20 && used < size);
    ic_collapse collapse = {.coverage = 0.5, .dims = {(const char **)gone, gone_lengths, 1}};
    ic_dataset one = {0};
    ic_error error = {0};
    const ic_options alone = options_of(&collapse, 1, 1);
    CHECK(read_text("baci", text, used, &alone, &one, &error) == IC_OK && one.rows > 50);
    for (int threads = 1; threads <= 4; threads++) {
        ic_dataset other = {0};
        const ic_options options = options_of(&collapse, threads, 0);
        CHECK(read_text("baci", text, used, &options, &other, &error) == IC_OK && other.rows == one.rows);
        for (size_t r = 0; r < one.rows && r < other.rows; r++) {
            CHECK(same(((double *)one.values.data)[r], ((double *)other.values.data)[r]));
            CHECK(((uint32_t *)one.flags.data)[r] == ((uint32_t *)other.flags.data)[r]);
        }
        ic_dataset_free(&other);
    }
    ic_dataset_free(&one);
    free(text);
}

int main(void) {
    test_sums_in_any_order();
    test_sums_that_are_known();
    test_failing_allocations();
    test_failing_allocations_of_long_tables();
    test_parts();
    REPORT();
}
