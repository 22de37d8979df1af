/* JSON divided among threads, and JSON that comes from a pipe: whatever stands in it, any number of parts and a pipe of which little
   is kept give what one part gives by the plain path. */
#include "fuzz_reader.h"

#include "check.h"
#include "core/syntax/json.h"

#include <stdarg.h>

static uint32_t state = 2463534242u;
static uint32_t chance(uint32_t n) {
    state ^= state << 13, state ^= state >> 17, state ^= state << 5;
    return state % n;
}

typedef struct text {
    char *bytes;
    size_t length, room;
} text;

#if defined(__GNUC__) || defined(__clang__)
__attribute__((format(printf, 2, 3)))
#endif
static void put(text *t, const char *format, ...) {
    if (t->room - t->length < 256) {
        t->room = 2 * t->room + 4096;
        t->bytes = realloc(t->bytes, t->room);
        if (t->bytes == NULL) abort();
    }
    va_list arguments;
    va_start(arguments, format);
    t->length += (size_t)vsnprintf(t->bytes + t->length, t->room - t->length, format, arguments);
    va_end(arguments);
}

static void agree_on(const reading *plain, reading *other) {
    AGREE(plain->status == other->status);
    if (plain->status == IC_OK) {
        agree_on_data(&plain->dataset, &other->dataset);
    } else {
        AGREE(plain->error.line == other->error.line && plain->error.column == other->error.column);
        AGREE(plain->error.offset == other->error.offset);
        AGREE(strcmp(plain->error.message, other->error.message) == 0);
    }
    ic_dataset_free(&other->dataset);
}

static long begun; /* how often pipes were begun again */

static ic_status agree(const char *name, const text *t, ic_options *options, int most_threads, uint64_t least) {
    const ic_format *format = ic_format_named(name);
    reading plain, fast;
    ic_test_part_least = UINT64_MAX;
    options->threads = options->plain = 1;
    read_it(&plain, format, (const uint8_t *)t->bytes, t->length, options);
    options->plain = 0;
    for (options->threads = 1; options->threads <= most_threads; options->threads++) {
        ic_test_part_least = least == 0 ? 1 + chance(400) : least;
        read_it(&fast, format, (const uint8_t *)t->bytes, t->length, options);
        agree_on(&plain, &fast);
    }
    options->threads = 1;
    for (int can = 0; can < 2; can++) {
        const size_t step = least == 0 ? 1 + chance(300) : 1 + chance(100000);
        ic_test_kept = step + chance(2000);
        begun += read_stream(&fast, format, (const uint8_t *)t->bytes, t->length, step, can, options);
        agree_on(&plain, &fast);
    }
    ic_test_kept = IC_JSON_KEPT;
    ic_dataset_free(&plain.dataset);
    return plain.status;
}

/* ---- SDMX-JSON ---------------------------------------------------------------------------------------------------- */

#define MONTHS 12

static const char *blank(void) { return chance(30) == 0 ? "\n " : ""; }

static void put_structure(text *t) {
    put(t, "\"structure\":{\"dimensions\":{\"series\":[{\"id\":\"FREQ\",\"values\":[{\"id\":\"M\"}]},{\"id\":\"GEO\","
           "\"values\":[");
    for (int k = 0; k < 40; k++) put(t, "%s{\"id\":\"G%d\"}", k > 0 ? "," : "", k);
    put(t, "]}],\"observation\":[{\"id\":\"TIME_PERIOD\",\"values\":[");
    for (int k = 0; k < MONTHS; k++) put(t, "%s{\"id\":\"2020-%02d\"}", k > 0 ? "," : "", k + 1);
    put(t,
        "]}]},\"attributes\":{\"series\":[{\"id\":\"DECIMALS\",\"values\":[{\"id\":\"1\"}]}],\"observation\":[{\"id\":"
        "\"OBS_STATUS\",\"values\":[{\"id\":\"A\"},{\"id\":\"P\"},{\"id\":\"E\"}]}]}}");
}

static void put_series(text *t, uint32_t spoil) {
    static const char *const figures[] = {"94.4", "101.2", "-3.1", "0.5", "12", "null", "1e3", "66.97379057729758",
                                          "0"};
    static const char *const bad[] = {"05", "x", "1.", "\"a\"", "[1]", "12]"};
    const int late = chance(20) == 0;
    put(t, "{");
    if (!late) put(t, "\"attributes\":%s[0],", blank());
    put(t, "\"observations\":{");
    for (int m = 0, any = 0; m < MONTHS; m++) {
        if (chance(10) == 0) continue;
        put(t, "%s%s\"%d\":[%s%s,%d]", any++ ? "," : "", blank(), m,
            spoil > 0 && chance(spoil) == 0 ? bad[chance(6)] : figures[chance(9)], blank(),
            (int)chance(40) == 0 ? 1 : 0);
    }
    put(t, "}%s", blank());
    if (late) put(t, ",\"attributes\":[0]");
    put(t, "}");
}

/* `odd`: what else stands behind the series, so that these do not end where they seem to. */
static void make_message(text *t, uint32_t spoil, uint32_t odd) {
    const int before = chance(4) == 0, series = 1 + (int)chance(40);
    t->length = 0;
    put(t, "{\"header\":{\"prepared\":\"2026\"},%s", blank());
    if (before) put_structure(t), put(t, ",");
    put(t, "\"dataSets\":[{\"action\":\"Replace\",");
    if (odd == 1) put(t, "\"dimensionGroupAttributes\":{\"0:1\":[0]},");
    put(t, "\"series\":{");
    for (int k = 0; k < series; k++) {
        put(t, "%s\"0:%d\":", k > 0 ? "," : "", odd == 6 ? (int)chance(41) : k);
        put_series(t, spoil);
    }
    put(t, "}%s", blank());
    if (odd == 2) put(t, ",\"x\":{\"y\":{\"z\":{}}}");
    if (odd == 3)
        put(t, "},{\"action\":\"Replace\",\"series\":{\"0:39\":{\"attributes\":[0],\"observations\":{\"1\":[7]}}}");
    if (odd == 4) put(t, ",\"series\":{}");
    put(t, "}%s]", blank());
    if (!before) put(t, "%s,%s", blank(), blank()), put_structure(t);
    put(t, odd == 5 ? ",\"a\":{\"b\":{\"c\":[{\"d\":{\"e\":{\"f\":{}}}}],\"structure\":1}}}" : "}");
}

static void test_messages(void) {
    text t = {0};
    int seen[8] = {0};
    for (int k = 0; k < 300; k++) {
        make_message(&t, chance(3) == 0 ? 300 : 0, chance(14));
        ic_options options = {.limits = {1 << 20, 100, 1 << 16}};
        options.duplicates = chance(3) == 0 ? IC_DUPLICATES_ERROR : IC_DUPLICATES_LAST;
        if (chance(5) == 0) options.limits.cells = chance(100);
        seen[agree("sdmx-json", &t, &options, 4, 0)]++;
    }
    CHECK(seen[IC_OK] > 20 && seen[IC_FORMAT] > 20 && begun > 100);
    free(t.bytes);
}

static void test_failing_allocations(void) {
    text t = {0};
    make_message(&t, 0, 9);
    int failed = 0;
    const ic_format *format = ic_format_named("sdmx-json");
    ic_test_kept = 1000;
    for (int threads = 0; threads <= 2; threads++) { /* 0: from a pipe */
        for (long k = 1, done = 0; !done; k++) {
            ic_options options = {.threads = threads, .duplicates = IC_DUPLICATES_SUM};
            options.limits = (ic_limits){1 << 20, 100, 1 << 16};
            reading r;
            ic_test_part_least = 500;
            ic_test_fail_at = k;
            if (threads == 0)
                (void)read_stream(&r, format, (const uint8_t *)t.bytes, t.length, 100, 1, &options);
            else
                read_it(&r, format, (const uint8_t *)t.bytes, t.length, &options);
            done = ic_test_fail_at > 0;
            ic_test_fail_at = 0;
            CHECK(r.status == IC_OK || r.status == IC_MEMORY);
            failed += r.status == IC_MEMORY;
            ic_dataset_free(&r.dataset);
        }
    }
    ic_test_kept = IC_JSON_KEPT;
    CHECK(failed > 50 && ic_test_live == 0);
    free(t.bytes);
}

/* ---- JSON-stat ------------------------------------------------------------------------------------------------------ */

/* Arrays that are longer than the pieces that threads take. */
static void make_cube(text *t, uint32_t spoil) {
    const int codes = 2000, years = 60;
    t->length = 0;
    put(t, "{\"version\":\"2.0\",\"class\":\"dataset\",\"id\":[\"geo\",\"time\"],\"size\":[%d,%d],\"dimension\":{",
        codes, years);
    put(t, "\"geo\":{\"category\":{\"index\":[");
    for (int k = 0; k < codes; k++) put(t, "%s\"G%d\"", k > 0 ? "," : "", k);
    put(t, "]}},\"time\":{\"category\":{\"index\":[");
    for (int k = 0; k < years; k++) put(t, "%s\"%d\"", k > 0 ? "," : "", 1960 + k);
    put(t, "]}}},\"value\":[");
    for (int k = 0; k < codes * years; k++)
        put(t, "%s%s", k > 0 ? "," : "", spoil > 0 && chance(spoil) == 0 ? "x" : k % 7 == 0 ? "null" : "104.5");
    put(t, "],\"status\":{");
    for (int k = 0, any = 0; k < codes * years; k++)
        if (chance(4) == 0) put(t, "%s\"%d\":\"%s\"", any++ ? "," : "", k, chance(2) == 0 ? "p" : "e");
    put(t, "}}");
}

static void test_cubes(void) {
    text t = {0};
    int seen[8] = {0};
    for (int k = 0; k < 4; k++) {
        make_cube(&t, k < 2 ? 0 : 100000);
        ic_options options = {.limits = {1 << 20, 100, 1 << 24}};
        seen[agree("json-stat", &t, &options, 3, 1)]++;
    }
    CHECK(seen[IC_OK] >= 2);
    free(t.bytes);
}

int main(void) {
    test_messages();
    test_failing_allocations();
    test_cubes();
    REPORT();
}
