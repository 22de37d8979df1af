#include "core/base/intern.h"
#include "core/base/memory.h"

#include <string.h>

uint32_t ic_hash(const char *text, size_t length) {
    const uint64_t k = UINT64_C(0x9E3779B97F4A7C15);
    uint64_t h = (uint64_t)length * k, block;
    while (length >= 8) {
        memcpy(&block, text, 8);
        h = (h ^ block) * k;
        h ^= h >> 29;
        text += 8;
        length -= 8;
    }
    block = 0;
    for (size_t i = 0; i < length; i++) block |= (uint64_t)(unsigned char)text[i] << (8 * i);
    h = (h ^ block) * k;
    h ^= h >> 32;
    h *= k;
    return (uint32_t)(h >> 32);
}

static size_t probe(const ic_intern *table, const char *text, size_t length, uint32_t hash) {
    size_t slot = hash & table->mask;
    while (table->slots[slot] != 0) {
        const ic_text *item = &table->items[table->slots[slot] - 1];
        if (item->hash == hash && item->length == length && (length == 0 || memcmp(item->text, text, length) == 0))
            break;
        slot = (slot + 1) & table->mask;
    }
    return slot;
}

static ic_status rehash(ic_intern *table) {
    size_t size = table->slots == NULL ? 16 : 2 * (table->mask + 1);
    uint32_t *slots = ic_alloc_zeroed(size, sizeof *slots);
    if (slots == NULL) return IC_MEMORY;
    ic_free(table->slots);
    table->slots = slots;
    table->mask = size - 1;
    for (size_t i = 0; i < table->count; i++) {
        size_t slot = table->items[i].hash & table->mask;
        while (slots[slot] != 0) slot = (slot + 1) & table->mask;
        slots[slot] = (uint32_t)i + 1;
    }
    return IC_OK;
}

ic_status ic_intern_add(ic_intern *table, const char *text, size_t length, uint32_t *number) {
    if (length > UINT32_MAX || table->count >= (size_t)1 << 31) return IC_LIMIT;
    if (table->slots == NULL || 2 * (table->count + 1) > table->mask + 1) IC_TRY(rehash(table));
    uint32_t hash = ic_hash(text, length);
    size_t slot = probe(table, text, length, hash);
    if (table->slots[slot] == 0) {
        void *items = table->items;
        ic_status status = ic_grow(&items, &table->capacity, table->count + 1, sizeof *table->items);
        table->items = items;
        IC_TRY(status);
        char *copy = ic_arena_text(&table->arena, text, length);
        if (copy == NULL) return IC_MEMORY;
        table->items[table->count] = (ic_text){copy, (uint32_t)length, hash};
        table->slots[slot] = (uint32_t)++table->count;
    }
    *number = table->slots[slot] - 1;
    return IC_OK;
}

uint32_t ic_intern_find(const ic_intern *table, const char *text, size_t length) {
    if (table->slots == NULL || length > UINT32_MAX) return IC_ABSENT;
    return table->slots[probe(table, text, length, ic_hash(text, length))] - 1; /* 0 - 1 is IC_ABSENT */
}

void ic_intern_free(ic_intern *table) {
    ic_free(table->items);
    ic_free(table->slots);
    ic_arena_free(&table->arena);
    *table = (ic_intern){0};
}
