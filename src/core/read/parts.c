#include "core/read/parts.h"
#include "core/base/parallel.h"
#include "core/scan/scan.h"
#include "core/syntax/window.h"

#ifdef IC_TEST_ALLOCATION
uint64_t ic_test_part_least = (uint64_t)1 << 20;
#endif

ic_parts ic_parts_of(const ic_source *source, uint64_t start, int threads) {
    ic_parts parts = {.source = source, .n = 1, .start = start, .done = source->size};
    parts.known = source->size != IC_SIZE_UNKNOWN && source->seekable;
    if (!parts.known) return parts;
    const uint64_t bytes = start < source->size ? source->size - start : 0, most = bytes / IC_PART_LEAST;
    if (threads > 1 && most > 1) parts.n = (size_t)(most < (uint64_t)threads ? most : (uint64_t)threads);
    parts.step = bytes / parts.n;
    return parts;
}

uint64_t ic_parts_from(const ic_parts *parts, size_t i) { return parts->start + parts->step * i; }

uint64_t ic_parts_until(const ic_parts *parts, size_t i) {
    if (!parts->known) return IC_SIZE_UNKNOWN;
    return i + 1 == parts->n ? parts->source->size : ic_parts_from(parts, i + 1);
}

const int *ic_parts_cancel(const ic_parts *parts, size_t i) { return i > 0 ? &parts->cancel : NULL; }

ic_status ic_parts_count(const ic_parts *parts, size_t i, uint64_t *rows, ic_error *error) {
    ic_window window = {0};
    const ic_source *source = parts->source;
    const uint64_t from = ic_parts_from(parts, i), until = ic_parts_until(parts, i), last = until - 1;
    ic_status status = ic_window_open(&window, source, i > 0 ? from - 1 : from, 0, SIZE_MAX / 2, error);
    window.loose = 1; /* as long as they are */
    window.cancel = ic_parts_cancel(parts, i);
    *rows = i == 0 && from < until;
    while (status == IC_OK && window.offset < last) {
        /* the first part is counted by the thread that may poll; nothing is done yet */
        if (i == 0 && source->poll != NULL && source->poll(source->context, 0) != 0)
            status = ic_fail(error, IC_STOPPED, "stopped");
        if (status == IC_OK) status = ic_window_fill(&window, error);
        if (status != IC_OK || window.begin == window.end) break;
        const size_t held = (size_t)(window.end - window.begin),
                     n = last - window.offset < held ? (size_t)(last - window.offset) : held;
        *rows += ic_scan.count(window.begin, n, '\n');
        ic_window_advance(&window, window.end);
    }
    ic_window_close(&window);
    return status;
}

typedef struct running {
    ic_parts *parts;
    ic_status (*task)(void *context, size_t i);
    void *context;
} running;

static void run_one(void *context, size_t i) {
    const running *r = context;
    if (r->task(r->context, i) != IC_OK && i == 0) __atomic_store_n(&r->parts->cancel, 1, __ATOMIC_RELAXED);
}

/* While the caller's thread waits for others. */
static void look_up(void *context) {
    ic_parts *parts = ((const running *)context)->parts;
    const ic_source *source = parts->source;
    if (source->poll == NULL || __atomic_load_n(&parts->cancel, __ATOMIC_RELAXED)) return;
    if (source->poll(source->context, parts->done) == 0) return;
    parts->stopped = 1;
    __atomic_store_n(&parts->cancel, 1, __ATOMIC_RELAXED);
}

ic_status ic_parts_run(ic_parts *parts, int threads, ic_status (*task)(void *context, size_t i), void *context,
                       ic_error *error) {
    running r = {parts, task, context};
    ic_parallel_watched(parts->n, threads, run_one, look_up, &r);
    return parts->stopped ? ic_fail(error, IC_STOPPED, "stopped") : IC_OK;
}
