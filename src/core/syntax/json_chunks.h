/* A long array or object, read piece by piece on several threads. What the pieces mean is the caller's: here is how they are handed
   out, in order, each with some bytes of the next one behind it. */
#ifndef IC_JSON_CHUNKS_H
#define IC_JSON_CHUNKS_H

#include "core/base/source.h"

#define IC_JSON_CHUNK   ((size_t)256 << 10)
#define IC_JSON_OVERLAP ((size_t)4096) /* what a value that begins in a piece may need behind it */

/* One piece: `size` bytes of its own, `seen` with those of the next one, then 64 zeros. */
typedef struct ic_json_chunk {
    size_t number;
    uint64_t offset; /* of its first byte in the source */
    const char *text;
    size_t size, seen;
} ic_json_chunk;

typedef enum ic_json_verdict {
    IC_JSON_GO_ON,
    IC_JSON_LAST, /* nothing behind this piece matters */
    IC_JSON_ODD   /* out of the ordinary: the plain way must tell */
} ic_json_verdict;

typedef struct ic_json_chunks {
    const ic_source *source;
    uint64_t start, end;
    int threads;
    ic_json_verdict (*look)(void *context, const ic_json_chunk *chunk);
    void *context;
    /* inside */
    size_t n, next, last;
    int odd, stopped, no_memory;
} ic_json_chunks;

/* The number of pieces. */
size_t ic_json_chunks_count(const ic_json_chunks *chunks);

/* Has every piece looked at once, up to the first that is said to be the last. *odd: one was out of the ordinary, or could not be
   read; then the others may not all have been looked at. IC_STOPPED, IC_MEMORY. */
ic_status ic_json_chunks_run(ic_json_chunks *chunks, int *odd) IC_CHECKED;

/* The end of the array or object whose first bracket is at `offset`: one behind its last one; 0 where there is none. Brackets and
   quotes are counted, and nothing else is checked. */
ic_status ic_json_find_end(const ic_source *source, uint64_t offset, uint64_t *end) IC_CHECKED;

#endif
