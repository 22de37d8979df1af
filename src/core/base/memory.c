#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* madvise, MAP_ANONYMOUS */
#endif
#include "core/base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__linux__)
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
#define IC_MAPPED 1
#endif

#ifdef IC_TEST_ALLOCATION
long ic_test_fail_at, ic_test_live;
int ic_test_fail_on;
static long ic_count(long by) { return __atomic_add_fetch(&ic_test_live, by, __ATOMIC_SEQ_CST); }
static int ic_deny(void) {
    if (__atomic_load_n(&ic_test_fail_at, __ATOMIC_SEQ_CST) == 0) return 0;
    long left = __atomic_sub_fetch(&ic_test_fail_at, 1, __ATOMIC_SEQ_CST);
    if (left > 0) return 0;
    if (left == 0 && ic_test_fail_on) __atomic_store_n(&ic_test_fail_at, 1, __ATOMIC_SEQ_CST);
    return left == 0;
}
#else
#define ic_count(by) ((void)0)
#define ic_deny()    0
#endif

static int overflows(size_t count, size_t size) { return size != 0 && count > PTRDIFF_MAX / size; }

void *ic_alloc(size_t count, size_t size) {
    if (overflows(count, size) || ic_deny()) return NULL;
    void *p = malloc(count * size == 0 ? 1 : count * size);
    if (p != NULL) ic_count(1);
    return p;
}

void *ic_alloc_zeroed(size_t count, size_t size) {
    if (overflows(count, size) || ic_deny()) return NULL;
    void *p = calloc(count == 0 ? 1 : count, size == 0 ? 1 : size);
    if (p != NULL) ic_count(1);
    return p;
}

void *ic_resize(void *pointer, size_t count, size_t size) {
    if (overflows(count, size) || ic_deny()) return NULL;
    void *p = realloc(pointer, count * size == 0 ? 1 : count * size);
    if (p != NULL && pointer == NULL) ic_count(1);
    return p;
}

void ic_free(void *pointer) {
    if (pointer != NULL) ic_count(-1);
    free(pointer);
}

ic_status ic_grow(void **pointer, size_t *capacity, size_t need, size_t size) {
    if (need <= *capacity) return IC_OK;
    size_t bigger = *capacity < 8 ? 8 : *capacity + *capacity / 2;
    if (bigger < need) bigger = need;
    void *p = ic_resize(*pointer, bigger, size);
    if (p == NULL) return IC_MEMORY;
    *pointer = p;
    *capacity = bigger;
    return IC_OK;
}

#define HUGE_PAGE ((size_t)2 << 20)

#ifdef IC_MAPPED
/* What the system gives back memory by: 4 KiB on x86-64, up to 64 on ARM. */
static size_t small_page(void) {
    long size = sysconf(_SC_PAGESIZE);
    return size > 0 ? (size_t)size : HUGE_PAGE;
}
#endif

ic_status ic_block_make(ic_block *block, size_t count, size_t size) {
    *block = (ic_block){0};
    if (overflows(count, size)) return IC_MEMORY;
    size_t bytes = count * size;
#ifdef IC_MAPPED
    if (bytes >= 2 * HUGE_PAGE) {
        if (ic_deny()) return IC_MEMORY;
        /* one page more, so that the data can start on a huge page */
        size_t reserved = (bytes + 2 * HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
        char *p = mmap(NULL, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (p == MAP_FAILED) return IC_MEMORY;
        size_t skip = (HUGE_PAGE - (uintptr_t)p % HUGE_PAGE) % HUGE_PAGE;
        if (skip > 0) munmap(p, skip);
        (void)madvise(p + skip, reserved - skip, MADV_HUGEPAGE);
        ic_count(1);
        *block = (ic_block){p + skip, bytes, reserved - skip};
        return IC_OK;
    }
#endif
    void *p = ic_alloc_zeroed(count, size);
    if (p == NULL) return IC_MEMORY;
    *block = (ic_block){p, bytes, 0};
    return IC_OK;
}

ic_status ic_block_grow(ic_block *block, size_t used, size_t new_size) {
    if (new_size <= block->size) return IC_OK;
#ifdef IC_MAPPED
    if (block->reserved > 0) { /* the system moves the pages, not what is in them */
        if (new_size > PTRDIFF_MAX - HUGE_PAGE || ic_deny()) return IC_MEMORY;
        size_t reserved = (new_size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
        void *p = mremap(block->data, block->reserved, reserved, MREMAP_MAYMOVE);
        if (p == MAP_FAILED) return IC_MEMORY;
        (void)madvise(p, reserved, MADV_HUGEPAGE);
        *block = (ic_block){p, new_size, reserved};
        return IC_OK;
    }
#endif
    ic_block bigger;
    IC_TRY(ic_block_make(&bigger, new_size, 1));
    if (used > 0) memcpy(bigger.data, block->data, used);
    ic_block_free(block);
    *block = bigger;
    return IC_OK;
}

void ic_block_trim(ic_block *block, size_t used) {
#ifdef IC_MAPPED
    if (block->reserved > 0) {
        size_t page = small_page(); /* huge pages are split by the system where they must be */
        size_t keep = (used + page - 1) / page * page;
        if (keep == 0) keep = page;
        if (keep < block->reserved) {
            munmap((char *)block->data + keep, block->reserved - keep);
            block->reserved = keep;
        }
        block->size = used;
        return;
    }
#endif
    if (used < block->size && block->data != NULL) {
        void *p = realloc(block->data, used == 0 ? 1 : used);
        if (p != NULL) block->data = p;
        block->size = used;
    }
}

void ic_block_forget(ic_block *block, size_t from, size_t to) {
#ifdef IC_MAPPED
    const size_t page = small_page(); /* a huge page goes when all of it has been forgotten */
    from = (from + page - 1) / page * page;
    to = to / page * page;
    if (block->reserved > 0 && from < to) (void)madvise((char *)block->data + from, to - from, MADV_DONTNEED);
#else
    (void)block, (void)from, (void)to;
#endif
}

void ic_block_lower(ic_block *block, size_t to, size_t from, size_t size) {
    char *data = block->data;
    for (size_t done = 0, n; done < size; done += n) {
        const size_t most = 2 * HUGE_PAGE, source = from + done;
        n = size - done < most ? size - done : most;
        memmove(data + to + done, data + source, n);
        const size_t end = to + done + n; /* of what stays */
        ic_block_forget(block, source > end ? source : end, source + n);
    }
}

void ic_block_free(ic_block *block) {
#ifdef IC_MAPPED
    if (block->reserved > 0) {
        munmap(block->data, block->reserved);
        ic_count(-1);
        *block = (ic_block){0};
        return;
    }
#endif
    ic_free(block->data);
    *block = (ic_block){0};
}

const char *ic_block_mode(void) {
#ifdef IC_MAPPED
    FILE *file = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "r");
    char text[64] = "";
    if (file == NULL) return "huge pages: unknown";
    size_t n = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[n] = '\0';
    if (strstr(text, "[always]")) return "huge pages: always";
    if (strstr(text, "[madvise]")) return "huge pages: madvise (asked for)";
    return "huge pages: never";
#else
    return "huge pages: not asked for";
#endif
}
