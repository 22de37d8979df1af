/* Distinct texts, numbered by first appearance: the codes of a dimension, the keys of series. */
#ifndef IC_INTERN_H
#define IC_INTERN_H

#include "core/base/arena.h"

typedef struct ic_text {
    const char *text; /* NUL behind it; may hold NULs itself */
    uint32_t length;
    uint32_t hash;
} ic_text;

typedef struct ic_intern {
    ic_text *items;
    uint32_t *slots; /* item + 1, or 0 */
    size_t count, capacity, mask;
    ic_arena arena;
} ic_intern;

#define IC_ABSENT UINT32_MAX

/* The number of `text`, new or known. At most 2^31 texts. A zeroed ic_intern is empty. */
ic_status ic_intern_add(ic_intern *table, const char *text, size_t length, uint32_t *number) IC_CHECKED;
/* The number of `text`, or IC_ABSENT. */
uint32_t ic_intern_find(const ic_intern *table, const char *text, size_t length);
void ic_intern_free(ic_intern *table);

/* Spreads the bytes of short texts well; not for keys chosen by an enemy beyond what the linear probe bears. */
uint32_t ic_hash(const char *text, size_t length);

#endif
