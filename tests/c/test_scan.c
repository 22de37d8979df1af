/* scan: every engine of this machine gives what a loop over bytes gives, whatever the length, place and alignment. */
#include "check.h"

#include "core/scan/scan.h"

#include <stdlib.h>
#include <string.h>

static size_t count_of(const char *text, size_t size, char byte) {
    size_t n = 0;
    for (size_t i = 0; i < size; i++) n += text[i] == byte;
    return n;
}

static size_t first_of(const char *text, size_t size, char a, char b, char c) {
    for (size_t i = 0; i < size; i++)
        if (text[i] == a || text[i] == b || text[i] == c) return i;
    return size;
}

static size_t after_last_of(const char *text, size_t size, char byte) {
    while (size > 0 && text[size - 1] != byte) size--;
    return size;
}

static int agrees(const char *text, size_t size) {
    return ic_scan.count(text, size, ',') == count_of(text, size, ',') &&
           ic_scan.find(text, size, '\n') == first_of(text, size, '\n', '\n', '\n') &&
           ic_scan.find_any(text, size, ',', '"', '\n') == first_of(text, size, ',', '"', '\n') &&
           ic_scan.after_last(text, size, '\n') == after_last_of(text, size, '\n');
}

/* Memory of the exact size, so that the sanitizer sees a byte read on either side. */
static void test_level(unsigned seed) {
    int same = 1;
    for (size_t size = 0; size < 400; size += 1 + size / 70) {
        for (size_t skip = 0; skip < 3; skip++) {
            char *memory = malloc(size + skip + 1);
            if (memory == NULL) abort();
            char *text = memory + skip + 1;
            for (int rare = 1; rare <= 200; rare *= 14) {
                for (size_t i = 0; i < size; i++) {
                    seed = seed * 1664525u + 1013904223u;
                    text[i] = (int)(seed >> 16) % rare != 0 ? 'x' : ",\"\n\xff"[seed >> 30];
                }
                same &= agrees(text, size);
            }
            for (size_t at = 0; at < size; at += 1 + size / 40) { /* one alone, everywhere */
                memset(text, 'x', size);
                text[at] = '\n';
                same &= agrees(text, size) && ic_scan.find(text, size, '\n') == at;
            }
            free(memory);
        }
    }
    CHECK(same);
}

int main(void) {
    for (int level = IC_CPU_SCALAR; level <= IC_CPU_NEON; level++) {
        if (ic_cpu_named(ic_cpu_name((ic_cpu)level)) < 0) continue;
        ic_scan_select((ic_cpu)level);
        test_level(7u + (unsigned)level);
    }
    REPORT();
}
