/* Wide tables divided among threads: whatever stands in them, any number of parts gives what one part gives by the plain path. */
#include "fuzz_reader.h"

#include "check.h"

static uint32_t state = 2463534242u;
static uint32_t chance(uint32_t n) {
    state ^= state << 13, state ^= state >> 17, state ^= state << 5;
    return state % n;
}

typedef struct text {
    char *bytes;
    size_t length, room;
} text;

static void put(text *t, const char *piece) {
    const size_t n = strlen(piece);
    if (t->length + n > t->room) {
        t->room = 2 * (t->length + n);
        t->bytes = realloc(t->bytes, t->room);
        if (t->bytes == NULL) abort();
    }
    memcpy(t->bytes + t->length, piece, n);
    t->length += n;
}

/* Cells as they are, as they may be, and (one in `spoil`) as they can't be. */
static void put_cell(text *t, uint32_t spoil) {
    static const char *const plain[] = {"",     "",         "",     "1",        "\"66.97379057729758\"",   "104.3",
                                        "-0.5", "\"0.25\"", "\"\"", "12345678", "\"0.01234567890123456\"", "5."};
    static const char *const odd[] = {"..", "\"..\"", "1e-05", "\"2.5E+03\"", " 7 ", "n/a", "12345678901234567890123"};
    static const char *const bad[] = {"x", "1.2.3", "\"1\"2", "\"", "1,2"};
    put(t, spoil > 0 && chance(spoil) == 0 ? bad[chance(5)] : chance(12) == 0 ? odd[chance(7)] : plain[chance(12)]);
}

/* `rows` rows of 12 years; names with line feeds and doubled quotes among them. */
static void make_table(text *t, int rows, uint32_t spoil) {
    static const char *const names[] = {"\"GDP (current US$)\"", "\"Growth, \"\"real\"\"\"", "Two\xC3\xA9",
                                        "\"Exports\nof goods\"", "\"a,\n\"\"b\"\"\n,c\"",    "\" School \""};
    char code[40];
    t->length = 0;
    put(t, "Country Name,Country Code,Indicator Name,Indicator Code");
    for (int year = 2000; year < 2012; year++) {
        (void)snprintf(code, sizeof code, ",%d", year);
        put(t, code);
    }
    put(t, "\n");
    for (int r = 0; r < rows; r++) {
        const int name = chance(40) == 0 ? 3 + (int)chance(2) : r % 3;
        if (chance(60) == 0) put(t, "\n");
        (void)snprintf(code, sizeof code, "\"Country %d\",\"C%d\",", r / 9, r / 9);
        put(t, code);
        put(t, names[name]);
        (void)snprintf(code, sizeof code, ",%sI%d%s,", chance(30) == 0 ? " " : "", chance(50) == 0 ? 99 : r % 9,
                       chance(30) == 0 ? " " : "");
        put(t, code);
        for (int year = 0; year < 12; year++) {
            put_cell(t, spoil);
            if (year < 11) put(t, ",");
        }
        put(t, chance(20) == 0 ? ",,\n" : chance(20) == 0 ? "\r\n" : "\n");
        if (spoil > 0 && chance(200) == 0) put(t, "Last Updated: 2024\n");
    }
    if (chance(2) == 0) put(t, "\n\nData from database: World Development Indicators,,\nLast Updated: 12/16/2024\n");
}

/* Whether a reading succeeds, given the others. */
static ic_status agree(const text *t, ic_options *options, int most_threads) {
    const ic_format *wdi = ic_format_named("wdi");
    reading plain, fast;
    ic_test_part_least = UINT64_MAX;
    options->threads = options->plain = 1;
    read_it(&plain, wdi, (const uint8_t *)t->bytes, t->length, options);
    options->plain = 0;
    for (options->threads = 1; options->threads <= most_threads; options->threads++) {
        ic_test_part_least = 1 + chance(300);
        read_it(&fast, wdi, (const uint8_t *)t->bytes, t->length, options);
        AGREE(plain.status == fast.status);
        if (plain.status == IC_OK) {
            agree_on_data(&plain.dataset, &fast.dataset);
        } else {
            AGREE(plain.error.line == fast.error.line && plain.error.column == fast.error.column);
            AGREE(plain.error.offset == fast.error.offset);
            AGREE(strcmp(plain.error.message, fast.error.message) == 0);
        }
        ic_dataset_free(&fast.dataset);
    }
    ic_dataset_free(&plain.dataset);
    return plain.status;
}

static void test_parts(void) {
    text t = {0};
    int seen[8] = {0};
    static const char *only[] = {"C1", "C4", "C5"};
    static size_t lengths[] = {2, 2, 2};
    const ic_filter filter = {"country", {only, lengths, 3}};
    for (int k = 0; k < 150; k++) {
        make_table(&t, 1 + (int)chance(120), chance(2) == 0 ? 0 : 100 + chance(2000));
        ic_options options = {.want_long = (int)chance(2), .limits = {1 << 20, 100, 1 << 16}};
        options.duplicates = chance(3) == 0 ? IC_DUPLICATES_ERROR : IC_DUPLICATES_LAST;
        if (chance(4) == 0) options.limits.cells = 12 * chance(100);
        if (chance(3) == 0) options.filters = &filter, options.n_filters = 1;
        seen[agree(&t, &options, 5)]++;
    }
    CHECK(seen[IC_OK] > 20 && seen[IC_FORMAT] > 20 && seen[IC_LIMIT] > 10);
    free(t.bytes);
}

static void test_failing_allocations(void) {
    text t = {0};
    make_table(&t, 40, 0);
    int failed = 0;
    for (int threads = 1; threads <= 2; threads++) {
        for (long k = 1, done = 0; !done; k++) {
            ic_options options = {.threads = threads, .duplicates = IC_DUPLICATES_SUM};
            options.limits = (ic_limits){1 << 20, 100, 1 << 16};
            reading r;
            ic_test_part_least = 500;
            ic_test_fail_at = k;
            read_it(&r, ic_format_named("wdi"), (const uint8_t *)t.bytes, t.length, &options);
            done = ic_test_fail_at > 0;
            ic_test_fail_at = 0;
            CHECK(r.status == IC_OK || r.status == IC_MEMORY);
            failed += r.status == IC_MEMORY;
            ic_dataset_free(&r.dataset);
        }
    }
    CHECK(failed > 50 && ic_test_live == 0);
    free(t.bytes);
}

int main(void) {
    test_parts();
    test_failing_allocations();
    REPORT();
}
