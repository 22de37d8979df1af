#include "core/base/arena.h"
#include "core/base/memory.h"

#include <stdint.h>
#include <string.h>

typedef struct ic_arena_chunk {
    struct ic_arena_chunk *next;
    size_t size;
    double data[]; /* aligned for anything the core keeps */
} ic_arena_chunk;

#define CHUNK_MIN ((size_t)1 << 14)
#define CHUNK_MAX ((size_t)1 << 20)

void *ic_arena_take(ic_arena *arena, size_t size) {
    if (size > PTRDIFF_MAX / 2) return NULL;
    size = (size + 15) & ~(size_t)15;
    if (arena->chunks == NULL || arena->size - arena->used < size) {
        size_t next = arena->chunks == NULL ? CHUNK_MIN : 2 * arena->chunks->size;
        if (next > CHUNK_MAX) next = CHUNK_MAX;
        if (next < size) next = size;
        ic_arena_chunk *chunk = ic_alloc(sizeof *chunk + next, 1);
        if (chunk == NULL) return NULL;
        chunk->next = arena->chunks;
        chunk->size = next;
        arena->chunks = chunk;
        arena->used = 0;
        arena->size = next;
    }
    void *p = (char *)arena->chunks->data + arena->used;
    arena->used += size;
    return p;
}

char *ic_arena_text(ic_arena *arena, const char *text, size_t length) {
    char *p = ic_arena_take(arena, length + 1);
    if (p == NULL) return NULL;
    if (length > 0) memcpy(p, text, length);
    p[length] = '\0';
    return p;
}

void ic_arena_free(ic_arena *arena) {
    while (arena->chunks != NULL) {
        ic_arena_chunk *next = arena->chunks->next;
        ic_free(arena->chunks);
        arena->chunks = next;
    }
    *arena = (ic_arena){0};
}
