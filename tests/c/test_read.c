/* The readers' core: every allocation failing, engines of the scanner, small windows, parts that begin inside quotes. */
#include <stdlib.h>
#include <string.h>

#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/read/marks.h"
#include "core/read/read.h"
#include "core/scan/scan.h"
#include "core/syntax/delimited.h"
#include "core/syntax/window.h"

#include "check.h"

/* ---- the scanner ----------------------------------------------------------------------------------------- */

static uint32_t state = 12345;
static uint32_t next_random(void) {
    state = state * 1664525u + 1013904223u;
    return state >> 8;
}

static void check_engine(ic_cpu level, const ic_scan_table *scalar) {
    static const char letters[] = ",\n\"ab\t\xFF";
    ic_scan_select(level);
    const ic_scan_table engine = ic_scan;
    CHECK(engine.level == level);
    for (size_t size = 0; size < 260; size++) {
        char *text = malloc(size + 1); /* exactly so long: reads behind the end are seen */
        if (text == NULL) abort();
        for (int round = 0; round < 8; round++) {
            unsigned rare = round == 0 ? 1 : 1 + next_random() % 200;
            for (size_t i = 0; i < size; i++) text[i] = next_random() % rare == 0 ? letters[next_random() % 7] : 'x';
            const char *p = text;
            CHECK(engine.count(p, size, '\n') == scalar->count(p, size, '\n'));
            CHECK(engine.find(p, size, '"') == scalar->find(p, size, '"'));
            CHECK(engine.find_any(p, size, ',', '\n', '"') == scalar->find_any(p, size, ',', '\n', '"'));
            CHECK(engine.after_last(p, size, '\n') == scalar->after_last(p, size, '\n'));
            CHECK(engine.find(p, size, '\xFF') == scalar->find(p, size, '\xFF'));
        }
        free(text);
    }
}

static void test_engines(void) {
    static const char *const names[] = {"scalar", "sse2", "avx2", "avx512", "neon"};
    ic_scan_select(IC_CPU_SCALAR);
    const ic_scan_table scalar = ic_scan;
    CHECK(scalar.count("a\nb\n", 4, '\n') == 2 && scalar.find("abc", 3, 'c') == 2 && scalar.find("abc", 3, 'd') == 3);
    CHECK(scalar.find_any("abc", 3, 'c', 'b', 'z') == 1 && scalar.after_last("a,b,c", 5, ',') == 4);
    CHECK(scalar.after_last("abc", 3, ',') == 0 && scalar.find("", 0, 'a') == 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int level = ic_cpu_named(names[i]);
        if (level >= 0) check_engine((ic_cpu)level, &scalar);
    }
    ic_scan_select(ic_cpu_best());
}

/* ---- windows ------------------------------------------------------------------------------------------------ */

typedef struct drip { /* gives a few bytes at a time */
    const char *text;
    size_t size, step;
} drip;

static int64_t drip_read(void *context, void *buffer, size_t size, uint64_t offset) {
    drip *d = context;
    size_t left = offset < d->size ? d->size - (size_t)offset : 0, n = left < size ? left : size;
    if (n > d->step) n = d->step;
    if (n > 0) memcpy(buffer, d->text + offset, n);
    return (int64_t)n;
}

static void check_window(const char *text, size_t size, size_t buffer, size_t step) {
    drip d = {text, size, step};
    ic_source source = {.context = &d, .read = drip_read, .size = IC_SIZE_UNKNOWN};
    ic_window window;
    ic_error error = {0};
    size_t at = 0, rows = 0;
    int ended = size == 0 || text[size - 1] == '\n';
    CHECK(ic_window_open(&window, &source, 0, buffer, 1000, &error) == IC_OK);
    for (;;) {
        if (ic_window_fill(&window, &error) != IC_OK) {
            CHECK(0);
            break;
        }
        if (window.begin == window.end) break;
        while (window.begin < window.rows_end) {
            size_t n = ic_scan.find(window.begin, (size_t)(window.rows_end - window.begin), '\n') + 1;
            size_t there = size - at < n ? size - at : n;
            if (window.offset != at || memcmp(window.begin, text + at, there) != 0) CHECK(0);
            at += n;
            rows++;
            ic_window_advance(&window, window.begin + n);
        }
        CHECK(window.end[0] == '\n'); /* the padding */
    }
    ic_window_close(&window);
    size_t expected = !ended;
    for (size_t i = 0; i < size; i++) expected += text[i] == '\n';
    CHECK(rows == expected && at == size + (size_t)!ended);
}

static void test_windows(void) {
    static const char text[] = "a\nbb\n\nlonger than any window of the smallest sizes is\n\n\nx,y,z\nthe last";
    for (size_t buffer = 1; buffer < 40; buffer++)
        for (size_t step = 1; step < 12; step += 3)
            for (size_t size = 0; size < sizeof text; size++) check_window(text, size, buffer, step);
    const size_t longest = strlen("longer than any window of the smallest sizes is");
    for (size_t limit = longest - 8; limit < longest + 8; limit++) { /* the limit is exact */
        drip d = {text, sizeof text - 1, 7};
        ic_source source = {.context = &d, .read = drip_read, .size = sizeof text - 1};
        ic_window window;
        ic_error error = {0};
        ic_status status = ic_window_open(&window, &source, 0, 16, limit, &error);
        while (status == IC_OK && (status = ic_window_fill(&window, &error)) == IC_OK && window.begin < window.end)
            ic_window_advance(&window, window.rows_end);
        CHECK(status == (limit >= longest ? IC_OK : IC_LIMIT));
        ic_window_close(&window);
    }
}

/* ---- rows ------------------------------------------------------------------------------------------------------- */

static void test_rows(void) {
    static const char *const pieces[] = {"a",        "",     "\"b\"", "\"c,d\"", "\"e\"\"f\"",
                                         "\"g\nh\"", "i\"j", "\"\"",  "\"k\"l",  "\r"};
    ic_row row = {0};
    for (size_t n = 0; n < 10000; n++) {
        char text[64] = "";
        for (size_t i = 0, k = n; i < 4; i++, k /= 10) {
            if (i > 0) strcat(text, ",");
            strcat(text, pieces[k % 10]);
        }
        strcat(text, n % 3 == 0 ? "\r\n" : "\n");
        size_t size = strlen(text), fields = 0, line_feeds = 0;
        const char *next = NULL, *skipped = ic_row_skip(text, text + size, ',', &fields, &line_feeds);
        ic_row_result result = ic_row_split(&row, text, text + size, ',', 10, &next);
        CHECK((result == IC_ROW_WHOLE) == (skipped != NULL)); /* what is passed over is what can be split */
        if (result == IC_ROW_WHOLE)
            CHECK(next == skipped && fields == row.count && line_feeds == row.line_feeds && fields == 4);
        for (size_t cut = 0; cut + 1 < size; cut++) {
            result = ic_row_split(&row, text, text + cut, ',', 10, &next);
            skipped = ic_row_skip(text, text + cut, ',', &fields, &line_feeds);
            CHECK((result == IC_ROW_WHOLE) == (skipped != NULL));
        }
    }
    ic_row_free(&row);
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

static const char tsv[] = "freq,unit,geo\\TIME_PERIOD\t2022 \t2020 \t2022-W99 \t2019 \n"
                          "A,EUR,DE\t1.5 p\t: c\t9 \t0n\nA,EUR,FR\t: \t2.25 q\t: \t-3 bd\nA,PC,DE\t1\t2\t:\t4\n";
static const char mixed[] = "geo\\time\t2022 \t2022-Q1 \t2022-01 \nDE\t1 \t2 p\t: c\nFR\t: \t: \t3 \n";
static const char csv[] = "DATAFLOW,FREQ,GEO,TIME_PERIOD,OBS_VALUE,OBS_STATUS,CONF_STATUS,UNIT_MEASURE,NOTE\n"
                          "X:Y(1.0),A,DE,2020,1.5,A,F,EUR,\nX:Y(1.0),A,DE,2021,2.5,p,F,EUR,\n"
                          "X:Y(1.0),A,\"D\"\"E\",2021,,M,N,USD,\"two\nlines\"\nX:Y(1.0),Q,FR,2021-Q1,3,q,,,third\n"
                          "X:Y(1.0),W,FR,2021-W99,3,q,,,third\nX:Y(1.0),A,DE,2020,1.25,A,F,EUR,again\n";
static const char labels[] =
    "STRUCTURE[|];STRUCTURE_ID;ACTION;GEO: Area;TIME_PERIOD: Time;OBS_VALUE: Value;OBS_STATUS: S\n"
    "dataflow;E:F(1.0): words;I;DE: Germany;2020: 2020;1,5;p: provisional\n"
    "dataflow;E:F(1.0): words;I;FR: France;2021: 2021;2,5;A: normal\n"
    "dataflow;E:F(1.0): words;D;FR: France;2022: 2022;;\n";

static ic_status read_text(const char *format, const char *text, size_t size, const ic_options *options,
                           ic_error *error) {
    ic_span span = {text, size};
    ic_source source = {.context = &span, .read = ic_span_read, .size = size, .seekable = 1};
    ic_dataset dataset = {0};
    ic_status status = ic_format_named(format)->read(&source, options, &dataset, error);
    ic_dataset_free(&dataset);
    return status;
}

/* Each call for memory fails in its turn, alone or with all that follow. */
static void fail_every(const char *format, const char *text, size_t size, ic_options options, long step) {
    ic_error error = {0};
    ic_status expected = read_text(format, text, size, &options, &error);
    long live = ic_test_live;
    for (int on = 0; on < 2; on++) {
        for (long k = 1; k < 1000000; k += step) {
            error = (ic_error){0};
            ic_test_fail_on = on;
            ic_test_fail_at = k;
            ic_status status = read_text(format, text, size, &options, &error);
            int reached = on ? ic_test_fail_at == 1 : ic_test_fail_at <= 0;
            ic_test_fail_at = 0;
            CHECK(status == IC_MEMORY || status == expected);
            if (status == IC_MEMORY) CHECK(error.status == IC_MEMORY && error.message[0] != '\0');
            CHECK(ic_test_live == live);
            if (!reached) {
                CHECK(status == expected && k > 10);
                break;
            }
        }
    }
    ic_test_fail_on = 0;
}

static void test_failing_allocations(void) {
    static const char *attributes[] = {"NOTE", "UNIT_MEASURE"};
    static size_t lengths[] = {4, 12};
    ic_options options = {.threads = 1, .limits = {1 << 20, 1000, 1 << 16}, .duplicates = IC_DUPLICATES_SUM};
    for (int k = 0; k < 8; k++) {
        options.want_long = k & 1;
        options.threads = k & 2 ? 2 : 1;
        options.plain = k & 4;
        fail_every("eurostat-tsv", tsv, sizeof tsv - 1, options, 1);
        fail_every("eurostat-tsv", mixed, sizeof mixed - 1, options, 1);
        fail_every("sdmx-csv", labels, sizeof labels - 1, options, 1);
        options.attributes = (ic_texts){attributes, lengths, 2};
        fail_every("sdmx-csv", csv, sizeof csv - 1, options, 1);
        options.attributes = (ic_texts){0};
        options.duplicates = k & 4 ? IC_DUPLICATES_LAST : IC_DUPLICATES_ERROR;
    }
}

/* More than 2 MB of rows behind a head, so that there are parts. */
static char *many(const char *head, const char *row, const char *end, size_t *size) {
    const size_t rows = ((size_t)5 << 19) / strlen(row) + 1;
    char *text = malloc(strlen(head) + rows * (strlen(row) + 8) + strlen(end) + 1), *p = text;
    if (text == NULL) abort();
    p += sprintf(p, "%s", head);
    for (size_t i = 0; i < rows; i++) p += sprintf(p, row, (unsigned)i);
    p += sprintf(p, "%s", end);
    *size = (size_t)(p - text);
    return text;
}

static int stop_at_once(void *context, uint64_t done) {
    (void)done;
    ++*(int *)((ic_span *)context + 1);
    return 1;
}

static void test_parts(void) {
    ic_options options = {.threads = 2, .limits = {1 << 22, 1000, 1 << 22}};
    static const struct {
        const char *format, *head, *row, *end;
        ic_status status;
        uint64_t extra; /* the error's line counted from the last row's */
    } files[] = {
        {"eurostat-tsv", "geo\\time\t2020\t2021\n", "G%u\t1.5 \t2.5 p\n", "", IC_OK, 0},
        {"eurostat-tsv", "geo\\time\t2020\t2021\n", "G%u\t1.5 \t2.5 p\n", "x\t1\ty\n", IC_FORMAT, 1},
        {"sdmx-csv", "GEO,TIME_PERIOD,OBS_VALUE,NOTE\n", "G%u,2020,1.5,\n", "", IC_OK, 0},
        {"sdmx-csv", "GEO,TIME_PERIOD,OBS_VALUE,NOTE\n", "G%u,2020,1.5,\"\nX,2020,y,z\n\"\n", "", IC_OK, 0},
        {"sdmx-csv", "GEO,TIME_PERIOD,OBS_VALUE,NOTE\n", "G%u,2020,1.5,\"\nX,2020,y,z\n\"\n", "x,2020,y,z\n", IC_FORMAT,
         1},
    };
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        size_t size, lines = 0;
        char *text = many(files[f].head, files[f].row, files[f].end, &size);
        for (size_t i = 0; i < size; i++) lines += text[i] == '\n';
        for (options.threads = 1; options.threads < 8; options.threads += 2) {
            for (options.want_long = 0; options.want_long < 2; options.want_long++) {
                ic_error error = {0};
                CHECK(read_text(files[f].format, text, size, &options, &error) == files[f].status);
                if (files[f].status != IC_OK) CHECK(error.line == lines);
            }
        }
        options.threads = 2;
        fail_every(files[f].format, text, size, options, 151);
        free(text);
    }
    struct {
        ic_span span;
        int polls;
    } watched = {{0}, 0};
    size_t size;
    for (int k = 0; k < 2; k++) { /* stopped by the first poll, whatever the other threads do */
        char *text = many(files[2 * k].head, files[2 * k].row, "", &size);
        watched.span = (ic_span){text, size};
        ic_source source = {
            .context = &watched, .read = ic_span_read, .poll = stop_at_once, .size = size, .seekable = 1};
        ic_dataset dataset = {0};
        ic_error error = {0};
        CHECK(ic_format_named(files[2 * k].format)->read(&source, &options, &dataset, &error) == IC_STOPPED);
        ic_dataset_free(&dataset);
        free(text);
    }
    CHECK(watched.polls == 2);
}

typedef struct job {
    int begun, watched, done;
} job;

/* The caller's task waits until others have the rest; those wait until they are watched. */
static void work(void *context, size_t i) {
    job *j = context;
    if (i > 0) __atomic_add_fetch(&j->begun, 1, __ATOMIC_SEQ_CST);
    while (i == 0 ? __atomic_load_n(&j->begun, __ATOMIC_SEQ_CST) < 2
                  : __atomic_load_n(&j->watched, __ATOMIC_SEQ_CST) < 2)
        continue;
    __atomic_add_fetch(&j->done, 1, __ATOMIC_SEQ_CST);
}
static void watch(void *context) { __atomic_add_fetch(&((job *)context)->watched, 1, __ATOMIC_SEQ_CST); }

static void test_watching(void) {
    job j = {0};
    ic_parallel_watched(3, 3, work, watch, &j);
    CHECK(j.done == 3 && j.watched >= 2);
    ic_parallel_watched(0, 3, work, watch, &j);
    CHECK(j.done == 3);
}

/* ---- the registry, the letters, names that are taken ------------------------------------------------------------- */

static void test_registry(void) {
    for (size_t i = 0; i < ic_formats_count; i++) {
        const ic_format *format = &ic_formats[i];
        CHECK(ic_format_named(format->name) == format && format->title[0] != '\0' && format->suffixes[0] == '.');
        CHECK(format->sniff("", 0) == 0);
    }
    CHECK(ic_format_named("") == NULL && ic_format_named("nothing") == NULL);
    CHECK(ic_format_sniffed("", 0) == NULL);
    CHECK(ic_format_sniffed(tsv, strlen(tsv)) == ic_format_named("eurostat-tsv"));
    CHECK(ic_format_sniffed(csv, strlen(csv)) == ic_format_named("sdmx-csv"));
}

static void test_marks(void) {
    uint64_t unknown[256] = {0};
    CHECK(ic_marks_read("bp", 2, unknown) == (IC_FLAG_BREAK | IC_FLAG_PROVISIONAL));
    CHECK(ic_marks_read(" b; e ", 6, unknown) == (IC_FLAG_BREAK | IC_FLAG_ESTIMATED));
    CHECK(ic_marks_read("A", 1, unknown) == 0 && ic_marks_read("", 0, unknown) == 0);
    for (int letter = 'A'; letter <= 'z'; letter++) /* nothing but flags leaves */
        CHECK((ic_mark_flags[letter] & ~(uint32_t)IC_MARK_UNKNOWN) < UINT32_C(1) << 29);
    CHECK(ic_marks_read("qq5", 3, unknown) == IC_FLAG_OTHER && unknown['q'] == 2 && unknown['5'] == 1 &&
          unknown['b'] == 0);
    CHECK(ic_marks_confidential("F", 1) == 0 && ic_marks_confidential("", 0) == 0);
    CHECK(ic_marks_confidential("C", 1) == IC_FLAG_CONFIDENTIAL &&
          ic_marks_confidential("FF", 2) == IC_FLAG_CONFIDENTIAL);
}

static void test_names(void) {
    ic_arena arena = {0};
    const char *names[][2] = {
        {"geo", "geo"}, {"value", "value_"}, {"time", "time_"}, {"flags", "flags_"}, {"Time", "Time"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *name = ic_dimension_name(&arena, names[i][0], strlen(names[i][0]));
        CHECK(name != NULL && strcmp(name, names[i][1]) == 0);
    }
    ic_arena_free(&arena);
    CHECK(ic_width_for(1) == 1 && ic_width_for(200) == 1 && ic_width_for(300) == 2 && ic_width_for(70000) == 4);
}

int main(void) {
    test_registry();
    test_marks();
    test_names();
    test_engines();
    test_windows();
    test_rows();
    test_failing_allocations();
    test_parts();
    test_watching();
    CHECK(ic_test_live == 0);
    REPORT();
}
