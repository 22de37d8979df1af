/* read: the registry, the letters, and names that are taken. What the readers make of files is tests/test_read*.py's. */
#include "check.h"

#include "core/read/marks.h"
#include "core/read/read.h"

#include <string.h>

static void test_registry(void) {
    for (size_t i = 0; i < ic_formats_count; i++) {
        const ic_format *format = &ic_formats[i];
        CHECK(ic_format_named(format->name) == format && format->title[0] != '\0' && format->suffixes[0] == '.');
        CHECK(format->sniff("", 0) == 0);
    }
    CHECK(ic_format_named("") == NULL && ic_format_named("nothing") == NULL);
    CHECK(ic_format_sniffed("", 0) == NULL);
    const char *tsv = "freq,geo\\TIME_PERIOD\t2023 \nA,DE\t1\n",
               *csv = "DATAFLOW,FREQ,TIME_PERIOD,OBS_VALUE\nX,A,2023,1\n";
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
    REPORT();
}
