/* The only door to the heap. Sizes are overflow-checked; tests make the k-th call fail. */
#ifndef IC_MEMORY_H
#define IC_MEMORY_H

#include "core/base/status.h"

/* `count` * `size` bytes, not zeroed; NULL if that overflows or fails. A count of 0 gives a valid pointer. */
void *ic_alloc(size_t count, size_t size) IC_CHECKED;
void *ic_alloc_zeroed(size_t count, size_t size) IC_CHECKED;
/* Like realloc: on failure NULL, and `pointer` is still valid. */
void *ic_resize(void *pointer, size_t count, size_t size) IC_CHECKED;
void ic_free(void *pointer);

/* Room for one more element, doubling: makes *pointer hold at least `need` elements of `size` bytes.
   On failure *pointer and *capacity are unchanged. */
ic_status ic_grow(void **pointer, size_t *capacity, size_t need, size_t size) IC_CHECKED;

/* Large columns. Untouched pages cost nothing, touched ones come as huge pages where the system gives them,
   and all of it reads as zero before it is written. */
typedef struct ic_block {
    void *data;
    size_t size;     /* bytes that may be touched */
    size_t reserved; /* what the system was asked for; 0: data came from ic_alloc_zeroed */
} ic_block;

ic_status ic_block_make(ic_block *block, size_t count, size_t size) IC_CHECKED;
/* Makes the block larger, keeping the first `used` bytes. On failure it is unchanged. */
ic_status ic_block_grow(ic_block *block, size_t used, size_t new_size) IC_CHECKED;
/* Gives back what lies beyond `used` bytes. Never fails. */
void ic_block_trim(ic_block *block, size_t used);
/* The bytes [from, to) will not be read again: whole pages of them are given back. */
void ic_block_forget(ic_block *block, size_t from, size_t to);
/* Moves `size` bytes that lie at `from` to `to`, which is less, piece by piece: what each leaves behind is given back. */
void ic_block_lower(ic_block *block, size_t to, size_t from, size_t size);
/* Frees and empties; an empty block may be freed again. */
void ic_block_free(ic_block *block);

/* "huge pages: madvise" or the like: what large blocks get here, for benchmarks to print. */
const char *ic_block_mode(void);

#ifdef IC_TEST_ALLOCATION
/* Tests only. `ic_test_fail_at` > 0: that many calls from now one fails (and all that follow, if
   ic_test_fail_on is set). `ic_test_live` counts what is not freed yet. */
extern long ic_test_fail_at, ic_test_live;
extern int ic_test_fail_on;
#endif

#endif
