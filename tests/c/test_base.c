/* base: memory and its failures, arena, interned texts, UTF-8, sources, errors, threads, the CPU. */
#include "check.h"

#include "core/base/arena.h"
#include "core/base/cpu.h"
#include "core/base/intern.h"
#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/base/source.h"
#include "core/base/status.h"
#include "core/base/utf8.h"

#include <stdlib.h>
#include <string.h>

#if !defined(_WIN32)
#include <fcntl.h>
#include <unistd.h>
#endif

static void test_memory(void) {
    long live = ic_test_live;
    void *nothing = ic_alloc(0, 8);
    CHECK(nothing != NULL);
    ic_free(nothing);
    ic_free(NULL);
    CHECK(ic_alloc(SIZE_MAX / 4, 8) == NULL);
    CHECK(ic_alloc_zeroed((size_t)PTRDIFF_MAX, 2) == NULL);
    unsigned char *zeroed = ic_alloc_zeroed(100, 3);
    int sum = 0;
    for (int i = 0; zeroed != NULL && i < 300; i++) sum += zeroed[i];
    CHECK(zeroed != NULL && sum == 0);
    CHECK(ic_resize(zeroed, SIZE_MAX / 2, 4) == NULL); /* and zeroed is still ours */
    ic_free(zeroed);

    void *items = NULL;
    size_t capacity = 0;
    for (size_t need = 1; need < 1000; need++) {
        CHECK(ic_grow(&items, &capacity, need, sizeof(int)) == IC_OK && capacity >= need);
        ((int *)items)[need - 1] = (int)need;
    }
    CHECK(((int *)items)[0] == 1 && ((int *)items)[998] == 999);
    size_t before = capacity;
    CHECK(ic_grow(&items, &capacity, SIZE_MAX / 2, sizeof(int)) == IC_MEMORY && capacity == before);
    ic_free(items);
    CHECK(ic_test_live == live);
}

static void test_blocks(void) {
    long live = ic_test_live;
    ic_block block;
    CHECK(ic_block_make(&block, SIZE_MAX / 4, 8) == IC_MEMORY && block.data == NULL);
    const size_t sizes[] = {0, 1, 4095, 100000, (size_t)5 << 20};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        CHECK(ic_block_make(&block, sizes[i], 1) == IC_OK && block.size == sizes[i] && block.data != NULL);
        char *data = block.data;
        if (sizes[i] > 0) {
            CHECK(data[0] == 0 && data[sizes[i] - 1] == 0);
            data[0] = 'a';
            data[sizes[i] - 1] = 'z';
        }
        size_t larger = 3 * sizes[i] + 10;
        CHECK(ic_block_grow(&block, sizes[i], larger) == IC_OK && block.size == larger);
        data = block.data;
        CHECK(sizes[i] < 2 || (data[0] == 'a' && data[sizes[i] - 1] == 'z'));
        CHECK(data[larger - 1] == 0);
        ic_block_trim(&block, sizes[i] / 2 + 1);
        CHECK(block.size == sizes[i] / 2 + 1);
        CHECK(sizes[i] < 2 || ((char *)block.data)[0] == 'a');
        ic_block_free(&block);
        CHECK(block.data == NULL);
        ic_block_free(&block);
    }
    ic_test_fail_at = 1;
    CHECK(ic_block_make(&block, (size_t)5 << 20, 1) == IC_MEMORY && block.data == NULL);
    ic_test_fail_at = 0;
    CHECK(ic_test_live == live);
    CHECK(strstr(ic_block_mode(), "huge pages") != NULL);
}

static int filled(size_t texts) {
    ic_intern table = {0};
    int good = 1;
    for (size_t i = 0; good && i < texts; i++) {
        char text[16];
        int length = snprintf(text, sizeof text, "code %zu", i);
        uint32_t number;
        good = ic_intern_add(&table, text, (size_t)length, &number) == IC_OK && number == i;
    }
    ic_intern_free(&table);
    return good;
}

static void test_intern(void) {
    long live = ic_test_live;
    ic_intern table = {0};
    uint32_t a = 9, b = 9, c = 9, empty = 9;
    CHECK(ic_intern_find(&table, "a", 1) == IC_ABSENT);
    CHECK(ic_intern_add(&table, "a", 1, &a) == IC_OK && a == 0);
    CHECK(ic_intern_add(&table, "a\0b", 3, &b) == IC_OK && b == 1);
    CHECK(ic_intern_add(&table, "", 0, &empty) == IC_OK && empty == 2);
    CHECK(ic_intern_add(&table, "a", 1, &c) == IC_OK && c == a && table.count == 3);
    CHECK(ic_intern_find(&table, "a\0b", 3) == b && ic_intern_find(&table, "a\0c", 3) == IC_ABSENT);
    CHECK(strcmp(table.items[a].text, "a") == 0 && table.items[b].length == 3);
    ic_intern_free(&table);
    CHECK(filled(5000));
    for (long k = 1; k <= 12; k++) { /* the k-th allocation fails, whichever it is */
        ic_test_fail_at = k;
        int whole = filled(2000);
        CHECK(!whole || ic_test_fail_at > 0);
        ic_test_fail_at = 0;
        CHECK(ic_test_live == live);
    }
}

static void test_arena(void) {
    ic_arena arena = {0};
    char *kept = ic_arena_text(&arena, "kept", 4);
    for (size_t i = 1; i < 3000; i += 7) {
        char *p = ic_arena_take(&arena, i * 20);
        CHECK(p != NULL && (uintptr_t)p % sizeof(double) == 0);
        if (p != NULL) memset(p, 0xAA, i * 20);
    }
    CHECK(kept != NULL && strcmp(kept, "kept") == 0);
    CHECK(ic_arena_take(&arena, PTRDIFF_MAX) == NULL);
    ic_arena_free(&arena);
    CHECK(arena.chunks == NULL);
}

static void test_utf8(void) {
    CHECK(ic_utf8_step("a", 1) == 1 && ic_utf8_step("\xC3\xA9", 2) == 2);
    CHECK(ic_utf8_step("\xE4\xB8\xAD", 3) == 3 && ic_utf8_step("\xF0\x9F\x98\x80", 4) == 4);
    const char *wrong[] = {"\x80",         "\xC0\x80",         "\xC1\xBF",         "\xE0\x9F\xBF",
                           "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
                           "\xC3",         "\xE4\xB8"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) CHECK(ic_utf8_step(wrong[i], strlen(wrong[i])) == 0);
    const char text[] = "0123456789 \xC3\xA9t\xC3\xA9 \xE4\xB8\xAD\xE5\x9B\xBD";
    CHECK(ic_utf8_valid(text, sizeof text - 1) == sizeof text - 1);
    CHECK(ic_utf8_count(text, sizeof text - 1) == 17);
    CHECK(ic_utf8_valid("012345678\xFF", 10) == 9);
    CHECK(ic_utf8_whole(text, sizeof text - 2) == sizeof text - 4);
    CHECK(ic_utf8_whole(text, 11) == 11 && ic_utf8_whole(text, 12) == 11 && ic_utf8_whole(text, 13) == 13);
}

static void test_errors(void) {
    ic_error error = {0};
    CHECK(ic_fail(&error, IC_FORMAT, "%s at %d", "here", 7) == IC_FORMAT && strcmp(error.message, "here at 7") == 0);
    CHECK(ic_fail(NULL, IC_LIMIT, "nobody listens") == IC_LIMIT);
    char many[1000];
    for (size_t i = 0; i + 2 < sizeof many; i += 2) memcpy(many + i, "\xC3\xA9", 3);
    many[998] = '\0';
    CHECK(ic_fail(&error, IC_FORMAT, "x%s", many) == IC_FORMAT);
    CHECK(strlen(error.message) < IC_MESSAGE_SIZE && strlen(error.message) > IC_MESSAGE_SIZE - 4);
    CHECK(ic_utf8_valid(error.message, strlen(error.message)) == strlen(error.message));
    char out[12];
    CHECK(strcmp(ic_quote(out, sizeof out, "short", 5), "short") == 0);
    CHECK(strcmp(ic_quote(out, sizeof out, "a\nb\xFF", 4), "a?b?") == 0);
    CHECK(strcmp(ic_quote(out, sizeof out, "much longer than that", 21), "much lon...") == 0);
    CHECK(strcmp(ic_quote(out, 1, "a", 1), "") == 0);
}

static void test_sources(void) {
    ic_span span = {"0123456789", 10};
    char buffer[16] = "";
    CHECK(ic_span_read(&span, buffer, 4, 3) == 4 && memcmp(buffer, "3456", 4) == 0);
    CHECK(ic_span_read(&span, buffer, 16, 8) == 2 && ic_span_read(&span, buffer, 1, 10) == 0);
    CHECK(ic_span_read(&span, buffer, 1, UINT64_MAX) == 0);
#if !defined(_WIN32)
    ic_file file = {open("tests/c/check.h", O_RDONLY), 0};
    CHECK(file.descriptor >= 0);
    CHECK(ic_file_read(&file, buffer, 2, 0) == 2 && memcmp(buffer, "/*", 2) == 0);
    CHECK(ic_file_read(&file, buffer, 2, (uint64_t)1 << 40) == 0 && file.failure == 0);
    close(file.descriptor);
    CHECK(ic_file_read(&file, buffer, 2, 0) == -1 && file.failure != 0);
#endif
}

#define TASKS 1000
static void mark(void *context, size_t i) { ((int *)context)[i]++; }

static void test_parallel(void) {
    const int threads[] = {-1, 0, 1, 2, 3, 8, 1000};
    for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
        int done[TASKS] = {0}, once = 1;
        ic_parallel_for(TASKS, threads[t], mark, done);
        for (size_t i = 0; i < TASKS; i++) once &= done[i] == 1;
        CHECK(once);
    }
    int none = 0;
    ic_parallel_for(0, 4, mark, &none);
    CHECK(none == 0);
}

static void test_cpu(void) {
    CHECK(ic_cpu_named("scalar") == IC_CPU_SCALAR && ic_cpu_named("mmx") == -1 && ic_cpu_named("") == -1);
    CHECK(ic_cpu_named(ic_cpu_name(ic_cpu_best())) == (int)ic_cpu_best());
}

static void test_lowering(void) {
    const size_t sizes[] = {3, 4096, ((size_t)5 << 20) + 7, (size_t)20 << 20};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        for (size_t gap = 1; gap < ((size_t)9 << 20); gap = 97 * gap + 1) {
            const size_t n = sizes[k], head = 5;
            ic_block block;
            CHECK(ic_block_make(&block, head + gap + n, 1) == IC_OK);
            uint8_t *data = block.data;
            for (size_t i = 0; i < head; i++) data[i] = (uint8_t)(i + 100);
            for (size_t i = 0; i < n; i++) data[head + gap + i] = (uint8_t)(i % 251);
            ic_block_lower(&block, head, head + gap, n);
            size_t wrong = 0;
            for (size_t i = 0; i < head; i++) wrong += data[i] != i + 100;
            for (size_t i = 0; i < n; i++) wrong += data[head + i] != i % 251;
            CHECK(wrong == 0);
            ic_block_free(&block);
        }
    }
}

int main(void) {
    test_lowering();
    test_memory();
    test_blocks();
    test_intern();
    test_arena();
    test_utf8();
    test_errors();
    test_sources();
    test_parallel();
    test_cpu();
    REPORT();
}
