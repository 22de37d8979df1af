/* A file of rows, divided by its bytes among threads: where each part lies, and how all of them are run. */
#ifndef IC_PARTS_H
#define IC_PARTS_H

#include "core/base/source.h"

/* Bytes: a thread costs more than it gives below this. Tests divide shorter files. */
#ifdef IC_TEST_ALLOCATION
extern uint64_t ic_test_part_least;
#define IC_PART_LEAST ic_test_part_least
#else
#define IC_PART_LEAST ((uint64_t)1 << 20)
#endif

typedef struct ic_parts {
    const ic_source *source;
    size_t n;
    int known;      /* the source says its size, and can be read from any place; else there is one part, without end */
    uint64_t start; /* of the first row */
    uint64_t step;  /* bytes from one part's begin to the next one's */
    uint64_t done;  /* what the source's poll is told to have been read, while the caller's thread waits: its size */
    int cancel;     /* set once the first part has failed, which is all that will be told; read by the others */
    int stopped;    /* by the source's poll, while the first part was done already */
} ic_parts;

/* As many parts as threads, unless the file is small. */
ic_parts ic_parts_of(const ic_source *source, uint64_t start, int threads);

/* A part's rows start at `from` or later, but before `until`. All but the first may begin inside a row. */
uint64_t ic_parts_from(const ic_parts *parts, size_t i);
uint64_t ic_parts_until(const ic_parts *parts, size_t i);

/* Where part `i` looks whether to give up, or NULL: the first one never does. */
const int *ic_parts_cancel(const ic_parts *parts, size_t i);

/* How many line feeds stand in front of the part's last byte and behind its begin: rows that start in it, at most. The first
   part has one more, which may start at its begin. */
ic_status ic_parts_count(const ic_parts *parts, size_t i, uint64_t *rows, ic_error *error) IC_CHECKED;

/* Runs task(context, i) for every part, and keeps polling the source while the caller's thread waits. IC_STOPPED if the poll said
   so, else IC_OK, whatever the tasks returned: that is theirs to keep. */
ic_status ic_parts_run(ic_parts *parts, int threads, ic_status (*task)(void *context, size_t i), void *context,
                       ic_error *error) IC_CHECKED;

#endif
