/* Many small pieces that are freed together. */
#ifndef IC_ARENA_H
#define IC_ARENA_H

#include "core/base/status.h"

typedef struct ic_arena {
    struct ic_arena_chunk *chunks;
    size_t used, size; /* of the newest chunk */
} ic_arena;

/* `size` bytes aligned for any type, valid until ic_arena_free; NULL if memory is short. A zeroed ic_arena is empty. */
void *ic_arena_take(ic_arena *arena, size_t size) IC_CHECKED;
/* A copy of `length` bytes with a NUL behind it. */
char *ic_arena_text(ic_arena *arena, const char *text, size_t length) IC_CHECKED;
void ic_arena_free(ic_arena *arena);

#endif
