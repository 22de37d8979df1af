#include "core/syntax/json_chunks.h"
#include "core/base/cpu.h"
#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/syntax/json.h"

#include <string.h>

#if defined(IC_X86)
#include <emmintrin.h> /* SSE2 is every x86-64's */
#endif

size_t ic_json_chunks_count(const ic_json_chunks *chunks) {
    return (size_t)((chunks->end - chunks->start + IC_JSON_CHUNK - 1) / IC_JSON_CHUNK);
}

static int flag(const int *place) { return __atomic_load_n(place, __ATOMIC_RELAXED); }
static void raise_flag(int *place) { __atomic_store_n(place, 1, __ATOMIC_RELAXED); }
static int over(const ic_json_chunks *c) { return flag(&c->odd) || flag(&c->stopped) || flag(&c->no_memory); }

/* Lowers the number of the last piece. */
static void end_at(ic_json_chunks *c, size_t number) {
    size_t last = __atomic_load_n(&c->last, __ATOMIC_RELAXED);
    while (number < last &&
           !__atomic_compare_exchange_n(&c->last, &last, number, 1, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
}

static void look_up(void *context) {
    ic_json_chunks *c = context;
    size_t next = __atomic_load_n(&c->next, __ATOMIC_RELAXED);
    uint64_t at = c->start + next * IC_JSON_CHUNK;
    if (c->source->poll == NULL || over(c)) return;
    if (c->source->poll(c->source->context, at < c->end ? at : c->end) != 0) raise_flag(&c->stopped);
}

static void work(void *context, size_t thread) {
    ic_json_chunks *c = context;
    char *buffer = ic_alloc(IC_JSON_CHUNK + IC_JSON_OVERLAP + IC_JSON_PADDING, 1);
    if (buffer == NULL) {
        raise_flag(&c->no_memory);
        return;
    }
    while (!over(c)) {
        if (thread == 0) look_up(c);
        size_t k = __atomic_fetch_add(&c->next, 1, __ATOMIC_RELAXED);
        if (k >= c->n || k > __atomic_load_n(&c->last, __ATOMIC_RELAXED)) break;
        ic_json_chunk chunk = {.number = k, .offset = c->start + k * IC_JSON_CHUNK, .text = buffer};
        uint64_t left = c->end - chunk.offset;
        size_t want = left < IC_JSON_CHUNK + IC_JSON_OVERLAP ? (size_t)left : IC_JSON_CHUNK + IC_JSON_OVERLAP;
        int64_t got = c->source->read(c->source->context, buffer, want, chunk.offset);
        if (got != (int64_t)want) {
            raise_flag(&c->odd);
            break;
        }
        chunk.seen = want;
        chunk.size = want < IC_JSON_CHUNK ? want : IC_JSON_CHUNK;
        memset(buffer + want, 0, IC_JSON_PADDING);
        switch (c->look(c->context, &chunk)) {
        case IC_JSON_LAST: end_at(c, k); break;
        case IC_JSON_ODD: raise_flag(&c->odd); break;
        default: break;
        }
    }
    ic_free(buffer);
}

ic_status ic_json_chunks_run(ic_json_chunks *c, int *odd) {
    c->n = c->last = ic_json_chunks_count(c);
    c->next = 0;
    c->odd = c->stopped = c->no_memory = 0;
    size_t threads = c->threads < 1 ? 1 : (size_t)c->threads;
    ic_parallel_watched(threads < c->n ? threads : c->n, c->threads, work, look_up, c);
    *odd = c->odd;
    return c->stopped ? IC_STOPPED : c->no_memory ? IC_MEMORY : IC_OK;
}

/* ---- the end of a value ----------------------------------------------------------------------------------------- */

/* Only brackets of the kind that it begins with are counted: in a value that is well-formed, the others can't matter. */
typedef struct hop {
    char opens, closes;
    uint64_t depth;
    uint64_t inside; /* all bits: within a text */
    int escaped;     /* the next byte is */
} hop;

/* What stands in 64 bytes, a bit for each. */
typedef struct masks {
    uint64_t quotes, slashes, opens, closes;
} masks;

#if defined(IC_X86)
static uint64_t equal(const __m128i x[4], char c) {
    const __m128i byte = _mm_set1_epi8(c);
    uint64_t a = (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(x[0], byte));
    uint64_t b = (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(x[1], byte));
    uint64_t d = (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(x[2], byte));
    uint64_t e = (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(x[3], byte));
    return a | b << 16 | d << 32 | e << 48;
}
#endif

static masks look_at(const hop *h, const char *text) {
#if defined(IC_X86)
    __m128i x[4];
    for (int i = 0; i < 4; i++) x[i] = _mm_loadu_si128((const __m128i *)(const void *)(text + 16 * i));
    masks m = {equal(x, '"'), equal(x, '\\'), equal(x, h->opens), equal(x, h->closes)};
#else
    masks m = {0, 0, 0, 0};
    for (unsigned i = 0; i < 64; i++) {
        m.quotes |= (uint64_t)(text[i] == '"') << i;
        m.slashes |= (uint64_t)(text[i] == '\\') << i;
        m.opens |= (uint64_t)(text[i] == h->opens) << i;
        m.closes |= (uint64_t)(text[i] == h->closes) << i;
    }
#endif
    return m;
}

/* One byte after the other; where it ends, or SIZE_MAX. */
static size_t step(hop *h, const char *text, size_t size) {
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (h->escaped) {
            h->escaped = 0;
        } else if (h->inside) {
            h->escaped = c == '\\';
            if (c == '"') h->inside = 0;
        } else if (c == '"') {
            h->inside = UINT64_MAX;
        } else if (c == h->opens) {
            h->depth++;
        } else if (c == h->closes && --h->depth == 0) {
            return i + 1;
        }
    }
    return SIZE_MAX;
}

static size_t leap(hop *h, const char *text, size_t size) {
    size_t i = 0;
    for (; size - i >= 64; i += 64) {
        masks m = look_at(h, text + i);
        if ((m.slashes | m.opens | m.closes) == 0 && !h->escaped) {
            if (__builtin_parityll(m.quotes)) h->inside = ~h->inside;
            continue;
        }
        size_t end = step(h, text + i, 64);
        if (end != SIZE_MAX) return i + end;
    }
    size_t end = step(h, text + i, size - i);
    return end == SIZE_MAX ? SIZE_MAX : i + end;
}

ic_status ic_json_find_end(const ic_source *source, uint64_t offset, uint64_t *end) {
    char *buffer = ic_alloc(IC_JSON_CHUNK, 1);
    hop h = {0, 0, 0, 0, 0};
    *end = 0;
    if (buffer == NULL) return IC_MEMORY;
    ic_status status = IC_OK;
    for (;;) {
        if (source->poll != NULL && source->poll(source->context, offset) != 0) {
            status = IC_STOPPED;
            break;
        }
        int64_t got = source->read(source->context, buffer, IC_JSON_CHUNK, offset);
        if (got <= 0) break;
        if (h.opens == 0) {
            h.opens = buffer[0];
            h.closes = buffer[0] == '[' ? ']' : '}';
        }
        size_t found = leap(&h, buffer, (size_t)got);
        if (found != SIZE_MAX) {
            *end = offset + found;
            break;
        }
        offset += (uint64_t)got;
    }
    ic_free(buffer);
    return status;
}
