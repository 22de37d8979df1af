/* The smallest thing that can be called a test framework: CHECK counts, REPORT says how it went. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>

static int checks_passed, checks_failed;

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (condition) {                                                                                               \
            checks_passed++;                                                                                           \
        } else {                                                                                                       \
            checks_failed++;                                                                                           \
            if (checks_failed <= 20) fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                   \
        }                                                                                                              \
    } while (0)

/* The last statement of main. */
#define REPORT() return printf("%d passed, %d failed\n", checks_passed, checks_failed), checks_failed != 0

#endif
