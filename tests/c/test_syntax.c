/* syntax: rows and fields, and the window through which a file is seen. */
#include "check.h"

#include "core/base/memory.h"
#include "core/syntax/delimited.h"
#include "core/syntax/window.h"

#include <stdlib.h>
#include <string.h>

static int field_is(const ic_row *row, size_t i, const char *text) {
    return i < row->count && row->fields[i].length == strlen(text) &&
           memcmp(row->fields[i].text, text, strlen(text)) == 0;
}

static ic_row_result split(ic_row *row, const char *text, const char **next) {
    return ic_row_split(row, text, text + strlen(text), ',', 5, next);
}

static void test_rows(void) {
    ic_row row = {0};
    const char *next = NULL, *text = "a,,\"b,\"\"c\"\"\n\",d\r\nrest";
    CHECK(split(&row, text, &next) == IC_ROW_WHOLE && row.count == 4 && strcmp(next, "rest") == 0);
    CHECK(field_is(&row, 0, "a") && field_is(&row, 1, "") && field_is(&row, 2, "b,\"c\"\n") && field_is(&row, 3, "d"));
    CHECK(row.line_feeds == 1);
    CHECK(split(&row, "\n", &next) == IC_ROW_WHOLE && row.count == 1 && field_is(&row, 0, ""));
    CHECK(split(&row, "a\"b,c\n", &next) == IC_ROW_WHOLE && field_is(&row, 0, "a\"b"));
    CHECK(split(&row, "a,b", &next) == IC_ROW_CUT);
    CHECK(split(&row, "a,\"b\n", &next) == IC_ROW_UNCLOSED && *next == '"');
    CHECK(split(&row, "\"a\"b,c\n", &next) == IC_ROW_STRAY && *next == 'b');
    CHECK(split(&row, "1,2,3,4,5\n", &next) == IC_ROW_WHOLE && row.count == 5);
    CHECK(split(&row, "1,2,3,4,5,6\n", &next) == IC_ROW_TOO_WIDE);
    size_t feeds = 0, fields = 0;
    CHECK(strcmp(ic_row_skip(text, text + strlen(text), ',', &fields, &feeds), "rest") == 0 && feeds == 1 &&
          fields == 4);
    const char *cut = "a,b";
    CHECK(ic_row_skip(cut, cut + 3, ',', &fields, &feeds) == NULL);
    ic_row_free(&row);
    for (long k = 1; k <= 3; k++) { /* whichever allocation fails */
        ic_row fresh = {0};
        ic_test_fail_at = k;
        ic_row_result result = split(&fresh, text, &next);
        CHECK(result == IC_ROW_WHOLE || result == IC_ROW_NO_MEMORY);
        ic_test_fail_at = 0;
        ic_row_free(&fresh);
    }
}

/* Walks a text through a small window; the rows come out as they went in, with their offsets. */
static int walks(const char *text, size_t size, size_t buffer) {
    ic_span span = {text, size};
    ic_source source = {.context = &span, .read = ic_span_read, .size = size, .seekable = 1};
    ic_window window;
    ic_error error = {0};
    if (ic_window_open(&window, &source, 0, buffer, 1000, &error) != IC_OK) return 0;
    size_t seen = 0;
    int good = 1;
    do {
        if (ic_window_fill(&window, &error) != IC_OK) {
            good = 0;
            break;
        }
        size_t rows = (size_t)(window.rows_end - window.begin);
        size_t real = rows - (size_t)(window.unended && window.finished && window.rows_end == window.end && rows > 0);
        good &= window.offset == seen && seen + real <= size && memcmp(window.begin, text + seen, real) == 0;
        /* one byte of the padding may be the last row's line feed */
        for (size_t i = 0; i < IC_WINDOW_PADDING - 1; i++) good &= window.end[i] == (i == 0 ? '\n' : '\0');
        seen += real;
        ic_window_advance(&window, window.rows_end);
    } while (good && !(window.finished && window.begin == window.end));
    ic_window_close(&window);
    return good && seen == size;
}

static void test_windows(void) {
    char text[4000];
    for (size_t i = 0; i < sizeof text; i++) text[i] = i % 37 == 36 || i % 101 == 0 ? '\n' : (char)('a' + i % 26);
    for (size_t size = 1; size < sizeof text; size += 1 + size / 9)
        for (size_t buffer = 128; buffer <= 4096; buffer *= 2) CHECK(walks(text, size, buffer));
    memset(text, 'x', sizeof text); /* one row, and too long a one */
    ic_span span = {text, sizeof text};
    ic_source source = {.context = &span, .read = ic_span_read, .size = sizeof text, .seekable = 1};
    ic_window window;
    ic_error error = {0};
    CHECK(ic_window_open(&window, &source, 0, 256, 1000, &error) == IC_OK);
    CHECK(ic_window_fill(&window, &error) == IC_LIMIT);
    ic_window_close(&window);
}

int main(void) {
    test_rows();
    test_windows();
    REPORT();
}
