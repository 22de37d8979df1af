/* px: statements, where the data begin, cells counted in blocks, and whichever allocation fails. */
#include "check.h"

#include "core/base/flags.h"
#include "core/base/memory.h"
#include "core/read/px.h"
#include "core/read/read.h"

#include <stdlib.h>
#include <string.h>

static int is(const ic_px_text *text, const char *word) {
    return text->length == strlen(word) && memcmp(text->text, word, text->length) == 0;
}

static void test_statements(void) {
    const char *text =
        " title [en] = \"a;\" \n\"b\";\nNOTE(\"x\",*)=\"y\" , YES;TIMEVAL(\"t\")=TLIST(A1,\"1\"-\"2\"),\"3\";\n"
        "TREE=\"r\":\"a\";EMPTY=;Data = 1";
    ic_arena arena = {0};
    ic_px px = {.text = text, .length = strlen(text), .arena = &arena};
    ic_px_statement s;
    ic_error error = {0};
    CHECK(ic_px_next(&px, &s, &error) == IC_OK && is(&s.keyword, "TITLE") && is(&s.language, "en"));
    CHECK(s.n_subs == 0 && s.n_values == 1 && is(&s.values[0], "a;b") && s.values[0].place == 14);
    CHECK(ic_px_next(&px, &s, &error) == IC_OK && is(&s.keyword, "NOTE") && s.language.length == 0);
    CHECK(s.n_subs == 2 && is(&s.subs[0], "x") && is(&s.subs[1], "*") && s.subs[0].quoted && !s.subs[1].quoted);
    CHECK(s.n_values == 2 && is(&s.values[0], "y") && is(&s.values[1], "YES") && s.values[1].before == ',');
    CHECK(ic_px_next(&px, &s, &error) == IC_OK && is(&s.keyword, "TIMEVAL") && s.n_values == 5);
    CHECK(is(&s.values[0], "TLIST") && s.values[1].before == '(' && s.values[1].depth == 1 && is(&s.values[1], "A1"));
    CHECK(s.values[3].before == '-' && s.values[3].depth == 1 && s.values[4].before == ',' && s.values[4].depth == 0);
    CHECK(ic_px_next(&px, &s, &error) == IC_OK && s.n_values == 2 && s.values[1].before == ':');
    CHECK(ic_px_next(&px, &s, &error) == IC_OK && is(&s.keyword, "EMPTY") && s.n_values == 0);
    CHECK(ic_px_next(&px, &s, &error) == IC_OK && is(&s.keyword, "DATA") && text[px.at] == ' ');
    ic_px_free(&px);
    ic_arena_free(&arena);
}

static void test_places(void) {
    static const struct {
        const char *text;
        size_t place, line, column;
    } wrong[] = {{"A=\"x\ny", 2, 1, 3}, {"A=\"x\"\nB", 6, 2, 1}, {"A(\"x\"=", 5, 1, 6}, {"\n\n  A\xC3\xA9=1;", 5, 3, 4},
                 {"A=x)\n;", 3, 1, 4},  {"A=(1);", 2, 1, 3},     {"A=1,;", 4, 1, 5},    {"A=\"x\"-;", 6, 1, 7},
                 {"A[b=1", 3, 1, 4},    {"A=T(1", 5, 1, 6},      {"A", 1, 1, 2},        {"A=x(\"1\"),(", 9, 1, 10}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ic_arena arena = {0};
        ic_px px = {.text = wrong[i].text, .length = strlen(wrong[i].text), .arena = &arena};
        ic_px_statement s;
        ic_error error = {0};
        CHECK(ic_px_next(&px, &s, &error) == IC_FORMAT && error.offset == wrong[i].place);
        ic_px_place(&error, wrong[i].text, wrong[i].place);
        CHECK(error.line == wrong[i].line && error.column == wrong[i].column);
        ic_px_free(&px);
        ic_arena_free(&arena);
    }
}

static void test_finder(void) {
    const char *text = "NOTE=\"; DATA=1;\";\r\n DATABASE=\"x\";VALUES(\"DATA=\")=\";\"; data = 1 2";
    const size_t length = strlen(text), place = length - 4;
    for (size_t a = 0; a <= length; a++) {
        for (size_t b = a; b <= length; b++) {
            ic_px_finder finder = {0};
            size_t found = ic_px_find_data(&finder, text, a);
            if (found == 0) found = ic_px_find_data(&finder, text, b);
            if (found == 0) found = ic_px_find_data(&finder, text, length);
            CHECK(found == place);
        }
    }
}

static void test_count(void) {
    const char letters[] = "1..\"- ,;\n\"\x00\xFF";
    ic_options options = {0};
    ic_px_table table = {.options = &options, .decimal = '.'};
    unsigned random = 1;
    for (int round = 0; round < 2000; round++) {
        char text[300];
        const size_t n = (size_t)round % sizeof text;
        for (size_t i = 0; i < n; i++) {
            random = random * 1664525 + 1013904223;
            text[i] = letters[(random >> 16) % (round % 3 == 0 ? 3 : sizeof letters - 1)];
        }
        ic_px_count whole = {0}, slow = {0};
        ic_px_select(round % 2 ? IC_CPU_SCALAR : ic_cpu_best());
        ic_px_cells_count(&table, &whole, text, text + n);
        for (size_t i = 0; i < n; i++) ic_px_cells_count(&table, &slow, text + i, text + i + 1);
        CHECK(whole.cells == slow.cells && whole.quoted == slow.quoted && whole.in_cell == slow.in_cell);
    }
}

/* Cells at random, whole and damaged: by four, one by one and plainly they become the same, or fail at the same place. */
static void test_cells(void) {
    static const char *const tokens[] = {
        "1", "0", "-0", "12.5", "-3.25", "104.3", "99999.99", "12345678", "1234567.", ".5", "-.5", "5.", "123456789",
        "1234.5678", "-1234567", "-12345678", "0.0000001", "100000.000000", "1e3", "+4", "\".\"", "\"..\"", "\"...\"",
        "\"....\"", "\"-\"", "-", ".", "..", "...", ".......", "\"\"", "\"1.5\"", "\"( )\"", "NA", "\"-1\"", "00012",
        "1234567890123456789", "12345678901234567890",
        /* and what is none */
        "........", "1.2.3", "1-2", "--1", "-", "\"..", "..\"", "\".\"x", "1x", "12 ", "1\"", "\xFF", "1\xFF", "/",
        "1/2", ":", "-.", "1\0012"};
    static const char *const between[] = {" ", " ", " ", "  ", ",", ", ", ";", "\r\n", " \r\n", "\t"};
    const size_t usual = 38, n_tokens = sizeof tokens / sizeof *tokens;
    ic_options options = {0}, plainly = {.plain = 1};
    ic_px_table table = {.options = &options, .decimal = '.', .reasons = {IC_FLAG_ZERO, 2, 4, 8, 16, 32, 64, 128}};
    table.symbols[5] = (ic_text){"( )", 3, 0};
    unsigned random = 7;
    for (int round = 0; round < 6000; round++) {
        char text[2048 + 64];
        size_t length = 0, n = 0;
        const size_t kinds = round % 4 == 0 ? n_tokens : round % 4 == 1 ? usual : 8 + 12 * (size_t)(round % 2);
        while (length < (size_t)(round % 2000)) {
            random = random * 1664525 + 1013904223;
            const char *token = tokens[(random >> 16) % (round % 4 == 0 && random >> 28 != 0 ? usual : kinds)];
            random = random * 1664525 + 1013904223;
            const char *mark = between[(random >> 16) % (round % 3 == 0 ? 1 : 10)];
            memcpy(text + length, token, strlen(token));
            memcpy(text + length + strlen(token), mark, strlen(mark));
            length += strlen(token) + strlen(mark);
            n++;
        }
        memset(text + length, 0, 64);
        text[length] = '\n';
        const size_t most = round % 5 == 0 ? n / 2 + 1 : 2 * n + 1;
        static double values[3][4096];
        static uint32_t flags[3][4096];
        static int8_t decimals[3][4096];
        static uint8_t digits[3][4096];
        const char *behind[3], *bad[3] = {NULL, NULL, NULL};
        ic_px_cells cells[3];
        memset(flags, 0, sizeof flags);
        for (int way = 0; way < 3; way++) {
            table.options = way == 0 ? &plainly : &options;
            ic_px_select(way == 1 ? IC_CPU_SCALAR : ic_cpu_best());
            cells[way] =
                (ic_px_cells){values[way], flags[way], round % 7 == 0 ? decimals[way] : NULL, digits[way], 0, 0};
            behind[way] = ic_px_cells_read(&table, text, text + length, most, &cells[way], &bad[way]);
        }
        for (int way = 1; way < 3; way++) {
            CHECK(cells[way].n == cells[0].n && cells[way].any_flags == cells[0].any_flags);
            CHECK((behind[way] == NULL) == (behind[0] == NULL));
            if (behind[0] == NULL)
                CHECK(bad[way] == bad[0]);
            else if (cells[0].n == most)
                CHECK(behind[way] == behind[0]);
            int same = memcmp(flags[way], flags[0], sizeof flags[0]) == 0;
            for (size_t i = 0; i < cells[0].n; i++) {
                const double a = values[way][i], b = values[0][i];
                same &= (a != a && b != b) || memcmp(&a, &b, sizeof a) == 0;
                if (cells[0].decimals != NULL) same &= decimals[way][i] == decimals[0][i];
            }
            CHECK(same);
        }
    }
    ic_px_select(ic_cpu_best());
}

static ic_status read_text(const char *text, long fail_at) {
    ic_span span = {text, strlen(text)};
    ic_source source = {.context = &span, .read = ic_span_read, .size = span.size, .seekable = (int)(fail_at % 2)};
    if (!source.seekable) source.size = IC_SIZE_UNKNOWN;
    ic_options options = {.threads = 1, .limits = {1000, 1000, 10000}};
    ic_dataset dataset = {0};
    ic_error error = {0};
    ic_test_fail_at = fail_at;
    const ic_status status = ic_format_named("px")->read(&source, &options, &dataset, &error);
    ic_test_fail_at = 0;
    CHECK(status == error.status || status == IC_OK);
    ic_dataset_free(&dataset);
    return status;
}

static void test_memory(void) {
    const char *const texts[] = {"LANGUAGE=\"en\";STUB=\"a\";HEADING=\"t\",\"b\";VALUES(\"a\")=\"x\" "
                                 "\"y\",\"z\";CODES(\"a\")=\"1\",\"2\";VALUES(\"t\")=\"2002\",\"2000\";"
                                 "TIMEVAL(\"t\")=TLIST(A1);VALUES(\"b\")=\"p\";CONTVARIABLE=\"b\";UNITS(\"p\")=\"kg\";"
                                 "PRECISION(\"b\",\"p\")=1;NOTE=\"n\";"
                                 "HIERARCHIES(\"a\")=\"1\":\"2\";DATA=1 . 2.5 3;",
                                 "STUB=\"a\";VALUES(\"a\")=\"x\",\"y\";KEYS(\"a\")=VALUES;DATA=\"y\" 1;"};
    for (size_t i = 0; i < 2; i++) {
        CHECK(read_text(texts[i], 0) == IC_OK);
        const long live = ic_test_live;
        long k = 1;
        for (; k < 1000; k++) {
            const ic_status status = read_text(texts[i], k);
            CHECK(ic_test_live == live);
            if (status == IC_OK) break;
            CHECK(status == IC_MEMORY);
        }
        CHECK(k > 20 && k < 1000);
    }
}

int main(void) {
    test_statements();
    test_places();
    test_finder();
    test_count();
    test_cells();
    test_memory();
    REPORT();
}
