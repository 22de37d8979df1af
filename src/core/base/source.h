/* Where bytes come from: a file (pread), memory, or whatever the binding offers (a pipe from an inflating thread). */
#ifndef IC_SOURCE_H
#define IC_SOURCE_H

#include "core/base/status.h"

#define IC_SIZE_UNKNOWN UINT64_MAX

typedef struct ic_source {
    void *context;
    /* Up to `size` bytes from `offset` on into `buffer`; returns how many (0: the end), -1 on failure. A source that is
       not `seekable` is read in order, by one thread. A seekable one may be read by several threads at once. */
    int64_t (*read)(void *context, void *buffer, size_t size, uint64_t offset);
    /* Called by the thread that started the reading, at least every 50 ms, with the bytes done so far; anything but 0
       means stop (IC_STOPPED). May be NULL. */
    int (*poll)(void *context, uint64_t done);
    uint64_t size; /* bytes, or IC_SIZE_UNKNOWN */
    int seekable;
    uint64_t
        expected; /* bytes that somebody has said to expect where the size is unknown; not to be relied on; 0: nobody has */
    /* Of a source that is not seekable: begins anew, so that the next byte read is the first one; called by the thread that reads.
       Anything but 0: it failed, and nothing more can be read. NULL where that can't be. */
    int (*again)(void *context);
} ic_source;

/* A file by its descriptor, which stays the caller's. `context` must outlive the source. */
typedef struct ic_file {
    int descriptor;
    int failure; /* errno of a failed read, 0 otherwise */
} ic_file;
int64_t ic_file_read(void *context, void *buffer, size_t size, uint64_t offset);

/* Memory that stays the caller's. */
typedef struct ic_span {
    const char *data;
    size_t size;
} ic_span;
int64_t ic_span_read(void *context, void *buffer, size_t size, uint64_t offset);

#endif
