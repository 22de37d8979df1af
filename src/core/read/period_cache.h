/* Periods seen before: a file has few distinct ones and many rows. Direct-mapped by the text's first 16 bytes. */
#ifndef IC_PERIOD_CACHE_H
#define IC_PERIOD_CACHE_H

#include "core/period/period.h"
#include "core/read/read.h"

#include <string.h>

#define IC_PERIOD_CACHE_SIZE 512

typedef struct ic_cached_period {
    uint64_t low, high; /* the text, zeros behind it; both 0: empty */
    int32_t ordinal;
    char freq;
    uint8_t wanted; /* by the options' days */
    uint16_t joint; /* IC_FLAG_JOINT applies */
} ic_cached_period;

typedef struct ic_period_cache {
    ic_cached_period entries[IC_PERIOD_CACHE_SIZE];
    ic_period_style style;
} ic_period_cache;

IC_INLINE uint64_t ic_load8(const char *p) {
    uint64_t word;
    memcpy(&word, p, 8);
    return word;
}

/* High bit of every byte of `word` that is zero, exact up to and including the lowest one. */
IC_INLINE uint64_t ic_zero_bytes(uint64_t word) {
    return (word - UINT64_C(0x0101010101010101)) & ~word & UINT64_C(0x8080808080808080);
}

IC_INLINE ic_cached_period *ic_period_slot(ic_period_cache *cache, uint64_t low, uint64_t high) {
    uint64_t h = (low ^ (high * UINT64_C(0xD6E8FEB86659FD93))) * UINT64_C(0x9E3779B97F4A7C15);
    return &cache->entries[h >> 55];
}

/* The entry of a text that was seen before and ends at `separator` within 16 bytes, or NULL; *length is its length.
   Reads 16 bytes. */
IC_INLINE const ic_cached_period *ic_period_cached(ic_period_cache *cache, const char *text, char separator, size_t *length) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t mark = (uint64_t)(unsigned char)separator * UINT64_C(0x0101010101010101);
    uint64_t low = ic_load8(text), high = 0, found = ic_zero_bytes(low ^ mark);
    if (IC_LIKELY(found != 0)) {
        unsigned bits = (unsigned)__builtin_ctzll(found) & 56u;
        if (bits == 0) return NULL;
        low &= (UINT64_C(1) << bits) - 1;
        *length = bits / 8;
    } else {
        high = ic_load8(text + 8);
        found = ic_zero_bytes(high ^ mark);
        if (found == 0) return NULL;
        unsigned bits = (unsigned)__builtin_ctzll(found) & 56u;
        high &= (UINT64_C(1) << bits) - 1;
        *length = 8 + bits / 8;
    }
    const ic_cached_period *entry = ic_period_slot(cache, low, high);
    return entry->low == low && entry->high == high ? entry : NULL;
#else
    (void)cache, (void)text, (void)separator, (void)length;
    return NULL;
#endif
}

/* Keeps a period for ic_period_cached. */
IC_INLINE void ic_period_keep(ic_period_cache *cache, const ic_options *options, const char *text, size_t length,
                              const ic_period *period) {
    char padded[16] = {0};
    if (length == 0 || length > 15) return;
    memcpy(padded, text, length);
    uint64_t low = ic_load8(padded), high = ic_load8(padded + 8);
    ic_cached_period *entry = ic_period_slot(cache, low, high);
    *entry = (ic_cached_period){low, high, period->ordinal, period->freq,
                                (uint8_t)ic_period_wanted(options, period->freq, period->ordinal), period->flags != 0};
}

IC_INLINE void ic_period_forget(ic_period_cache *cache) { memset(cache->entries, 0, sizeof cache->entries); }

#endif
