/* Drives one fuzz target, `int ic_fuzz_one(const uint8_t *data, size_t size)` of fuzz_<word>.c.

   Without a fuzzer: every file named on the command line as it is, cut at every length, and with every single
   byte changed (each bit flipped, and a few values that formats care about). Large seeds are cut and changed
   at evenly spaced places. With -DIC_LIBFUZZER: the entry that libFuzzer wants.

   Every input lies in memory of exactly its size, so that the sanitizer sees a read of the byte behind it,
   and must leave no allocation behind. What an input was is told when it breaks something. */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/memory.h"

int ic_fuzz_one(const uint8_t *data, size_t size);

static const char *seed_name = "";
static size_t place;
static int change = -1; /* -2: cut; -1: whole; else the byte's new value */
static long inputs;

static void tell(void) {
    if (change == -2) {
        fprintf(stderr, "input: %s, cut after %zu bytes\n", seed_name, place);
    } else if (change >= 0) {
        fprintf(stderr, "input: %s, byte %zu changed to 0x%02x\n", seed_name, place, (unsigned)change);
    } else {
        fprintf(stderr, "input: %s\n", seed_name);
    }
}

static void feed(const uint8_t *data, size_t size) {
    uint8_t *copy = malloc(size ? size : 1);
    if (copy == NULL) abort();
    memcpy(copy, data, size);
#ifdef IC_TEST_ALLOCATION
    long live = ic_test_live;
#endif
    (void)ic_fuzz_one(size ? copy : copy + 1, size);
#ifdef IC_TEST_ALLOCATION
    if (ic_test_live != live) {
        fprintf(stderr, "%ld allocations were not freed\n", ic_test_live - live);
        abort();
    }
#endif
    free(copy);
    inputs++;
}

#ifdef IC_LIBFUZZER

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    (void)tell; /* libFuzzer keeps the input itself */
    feed(data, size);
    return 0;
}

#else

#define EVERY_BYTE 1500 /* larger seeds are cut and changed at about so many places */

void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void aborted(int number) {
    tell();
    signal(number, SIG_DFL);
    raise(number);
}

static void replay(uint8_t *data, size_t size) {
    static const uint8_t values[] = {0,   '\t', '\n', '\r', ' ', '"', '\'', '&', ',', '-', '.', '/',
                                     '0', '9',  ':',  ';',  '<', '=', '>',  'e', '[', ']', '{', 0xff};
    size_t step = size / EVERY_BYTE + 1;
    change = -1;
    feed(data, size);
    for (place = 0; place < size; place += step) {
        change = -2;
        feed(data, place);
        uint8_t was = data[place];
        for (int bit = 0; bit < 8; bit++) {
            data[place] = (uint8_t)(was ^ (1u << bit));
            change = data[place];
            feed(data, size);
        }
        for (size_t i = 0; i < sizeof values; i++) {
            if (values[i] == was) continue;
            data[place] = values[i];
            change = data[place];
            feed(data, size);
        }
        data[place] = was;
    }
}

int main(int count, char **names) {
    if (__sanitizer_set_death_callback) __sanitizer_set_death_callback(tell);
    signal(SIGABRT, aborted);
    seed_name = "nothing at all";
    feed((const uint8_t *)"", 0);
    for (int i = 1; i < count; i++) {
        seed_name = names[i];
        FILE *file = fopen(names[i], "rb");
        if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
            perror(names[i]);
            return 2;
        }
        size_t size = (size_t)ftell(file);
        rewind(file);
        uint8_t *data = malloc(size ? size : 1);
        if (data == NULL || fread(data, 1, size, file) != size) {
            perror(names[i]);
            return 2;
        }
        fclose(file);
        replay(data, size);
        free(data);
    }
    printf("%ld passed, 0 failed\n", inputs);
    return 0;
}

#endif
