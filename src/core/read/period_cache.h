/* Periods seen before: a file has few distinct ones and many rows, and after one mostly comes the one that came after it
   before. Found by the text's first 16 bytes. */
#ifndef IC_PERIOD_CACHE_H
#define IC_PERIOD_CACHE_H

#include "core/period/period.h"
#include "core/read/read.h"

#include <string.h>

#define IC_PERIODS_KEPT 4096 /* eleven years of days; then the cache starts anew */

typedef struct ic_cached_period {
    uint64_t low, high;           /* the text, zeros behind it */
    uint64_t low_mask, high_mask; /* its bytes */
    int32_t ordinal;
    char freq;
    uint8_t length;
    uint8_t plain;  /* wanted, and no more to say about it: */
    uint8_t wanted; /* by the options' days */
    uint8_t joint;  /* IC_FLAG_JOINT applies */
} ic_cached_period;

typedef struct ic_period_cache {
    ic_cached_period entries[IC_PERIODS_KEPT + 2]; /* by first appearance; the last two stay empty */
    uint16_t slots[2 * IC_PERIODS_KEPT];           /* entry + 1, or 0 */
    uint32_t count, next;                          /* entries; which one is expected: that behind the last one met */
    ic_period_style style;
} ic_period_cache;

IC_INLINE uint64_t ic_load8(const char *p) {
    uint64_t word;
    memcpy(&word, p, 8);
    return word;
}

/* The slot of a text: that of its entry, or the empty one where it would go. */
IC_INLINE uint16_t *ic_period_slot(ic_period_cache *cache, uint64_t low, uint64_t high) {
    uint64_t h = (low ^ (high * UINT64_C(0xD6E8FEB86659FD93))) * UINT64_C(0x9E3779B97F4A7C15);
    size_t slot = (size_t)(h >> 51); /* 13 bits */
    while (cache->slots[slot] != 0) {
        const ic_cached_period *entry = &cache->entries[cache->slots[slot] - 1];
        if (entry->low == low && entry->high == high) break;
        slot = (slot + 1) % (2 * IC_PERIODS_KEPT);
    }
    return &cache->slots[slot];
}

/* Not the expected one: by its text. */
static IC_NOINLINE const ic_cached_period *ic_period_found(ic_period_cache *cache, const char *text, char separator) {
    char padded[16] = {0};
    size_t length = 0;
    while (length < 16 && text[length] != separator) length++;
    if (length == 0 || length == 16) return NULL;
    memcpy(padded, text, length);
    unsigned number = *ic_period_slot(cache, ic_load8(padded), ic_load8(padded + 8));
    return number == 0 ? NULL : &cache->entries[number - 1];
}

IC_INLINE int ic_period_is(const ic_cached_period *entry, const char *text, char separator) {
    uint64_t low = ic_load8(text) & entry->low_mask, high = ic_load8(text + 8) & entry->high_mask;
    return ((low ^ entry->low) | (high ^ entry->high)) == 0 && text[entry->length] == separator && entry->length != 0;
}

/* The entry of a text that was seen before and ends at `separator` within 16 bytes, or NULL. Reads 16 bytes. `expected`, an
   entry, says how long the text will be, so that what stands behind it can be read before the text has been looked at; the
   one behind it comes where a file leaves out a period. */
IC_INLINE const ic_cached_period *ic_period_cached(ic_period_cache *cache, const ic_cached_period *expected,
                                                   const char *text, char separator) {
    if (IC_LIKELY(ic_period_is(expected, text, separator))) return expected;
    if (ic_period_is(expected + 1, text, separator)) return expected + 1;
    return ic_period_found(cache, text, separator);
}

IC_INLINE void ic_period_forget(ic_period_cache *cache) {
    memset(cache->entries, 0, cache->count * sizeof *cache->entries);
    memset(cache->slots, 0, sizeof cache->slots);
    cache->count = cache->next = 0;
}

/* Keeps a period for ic_period_cached. */
IC_INLINE void ic_period_keep(ic_period_cache *cache, const ic_options *options, const char *text, size_t length,
                              const ic_period *period) {
    char padded[16] = {0};
    if (length == 0 || length > 15) return;
    memcpy(padded, text, length);
    uint64_t low = ic_load8(padded), high = ic_load8(padded + 8);
    if (*ic_period_slot(cache, low, high) != 0) return;
    if (cache->count == IC_PERIODS_KEPT) ic_period_forget(cache);
    *ic_period_slot(cache, low, high) = (uint16_t)(cache->count + 1);
    ic_cached_period *entry = &cache->entries[cache->count];
    memset(padded, 0xFF, length);
    *entry = (ic_cached_period){.low = low,
                                .high = high,
                                .low_mask = ic_load8(padded),
                                .high_mask = ic_load8(padded + 8),
                                .ordinal = period->ordinal,
                                .freq = period->freq,
                                .length = (uint8_t)length,
                                .wanted = (uint8_t)ic_period_wanted(options, period->freq, period->ordinal),
                                .joint = period->flags != 0};
    entry->plain = entry->wanted && !entry->joint;
    cache->next = ++cache->count;
}

#endif
