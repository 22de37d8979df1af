/* Finding bytes, 64 at a time. One header per instruction set with the same few inline functions, one scalar twin; the
   table is filled once, at import, and every entry gives exactly what the scalar one gives. */
#ifndef IC_SCAN_H
#define IC_SCAN_H

#include "core/base/cpu.h"

#include <stddef.h>
#include <stdint.h>

typedef struct ic_scan_table {
    ic_cpu level;
    /* How many of the `size` bytes are `byte`. */
    size_t (*count)(const char *text, size_t size, char byte);
    /* The first place of `byte`, or `size`. */
    size_t (*find)(const char *text, size_t size, char byte);
    /* The first place of any of the three, or `size`. */
    size_t (*find_any)(const char *text, size_t size, char a, char b, char c);
    /* One past the last `byte`, or 0. */
    size_t (*after_last)(const char *text, size_t size, char byte);
} ic_scan_table;

/* Written by ic_scan_select alone; starts as the scalar table. */
extern ic_scan_table ic_scan;

void ic_scan_select(ic_cpu level);

#endif
