#include "core/syntax/window.h"
#include "core/base/memory.h"
#include "core/scan/scan.h"

#include <string.h>

/* The padding, and the line feed that a last row without one is given. */
#define BEHIND (IC_WINDOW_PADDING + 1)

ic_status ic_window_open(ic_window *window, const ic_source *source, uint64_t offset, size_t size, size_t row_limit,
                         ic_error *error) {
    *window = (ic_window){0};
    window->source = source;
    window->capacity = size == 0 ? IC_WINDOW_SIZE : size;
    if (row_limit < window->capacity) window->capacity = row_limit + 1; /* a row too long does not fit, see widen */
    window->row_limit = row_limit;
    window->offset = window->next = offset;
    window->stop = source->size;
    window->buffer = ic_alloc(window->capacity + BEHIND, 1);
    if (window->buffer == NULL) return ic_fail_memory(error);
    window->begin = window->end = window->rows_end = window->buffer;
    return IC_OK;
}

ic_status ic_window_to_next_row(ic_window *window, ic_error *error) {
    for (int inside = 1; inside;) {
        IC_TRY(ic_window_fill(window, error));
        const size_t held = (size_t)(window->end - window->begin), i = ic_scan.find(window->begin, held, '\n');
        inside = i == held;
        ic_window_advance(window, inside ? window->end : window->begin + i + 1);
        if (window->finished && window->begin == window->end) break;
    }
    const uint64_t size = window->source->size;
    if (window->offset > size) window->offset = size; /* behind the line feed that was added */
    return IC_OK;
}

void ic_window_close(ic_window *window) {
    ic_free(window->buffer);
    window->buffer = NULL;
}

static ic_status too_long(ic_window *window, ic_error *error) {
    error->offset = window->offset;
    return ic_fail(error, IC_LIMIT, "a row of more than %zu bytes (limits={\"line\": ...} allows longer ones)",
                   window->row_limit);
}

/* Room for more behind a row that fills the buffer. */
static ic_status widen(ic_window *window, ic_error *error) {
    size_t held = (size_t)(window->end - window->buffer);
    if (held > window->row_limit) return too_long(window, error);
    size_t bigger = window->row_limit / 2 < window->capacity ? window->row_limit + 1 : 2 * window->capacity;
    char *buffer = ic_resize(window->buffer, bigger + BEHIND, 1);
    if (buffer == NULL) return ic_fail_memory(error);
    window->buffer = buffer;
    window->capacity = bigger;
    window->begin = buffer;
    window->end = buffer + held;
    return IC_OK;
}

static ic_status read_some(ic_window *window, size_t *got, ic_error *error) {
    const ic_source *source = window->source;
    size_t room = window->capacity - (size_t)(window->end - window->buffer);
    if (window->stop - window->next < room) room = (size_t)(window->stop - window->next);
    int64_t n = room == 0 ? 0 : source->read(source->context, window->end, room, window->next);
    if (n < 0) {
        error->offset = window->next;
        return ic_fail(error, error->status != IC_OK ? error->status : IC_SOURCE,
                       "the source could not be read at byte %llu", (unsigned long long)window->next);
    }
    if (n == 0 && room > 0 && window->stop != IC_SIZE_UNKNOWN) {
        error->offset = window->next;
        return ic_fail(error, IC_FORMAT, "the file ends at byte %llu; it had %llu bytes when it was opened",
                       (unsigned long long)window->next, (unsigned long long)window->stop);
    }
    window->next += (uint64_t)n;
    window->end += n;
    *got = (size_t)n;
    return IC_OK;
}

/* Whether to go on; then moves what is left to the front. */
static ic_status turn(ic_window *window, ic_error *error) {
    size_t held = (size_t)(window->end - window->begin);
    if (window->polls && window->source->poll != NULL &&
        window->source->poll(window->source->context, window->offset * (uint64_t)window->polls) != 0)
        return ic_fail(error, IC_STOPPED, "stopped");
    if (window->cancel != NULL && __atomic_load_n(window->cancel, __ATOMIC_RELAXED))
        return ic_fail(error, IC_STOPPED, "stopped");
    memmove(window->buffer, window->begin, held);
    window->begin = window->buffer;
    window->end = window->buffer + held;
    return IC_OK;
}

static void pad(ic_window *window) {
    window->end[0] = '\n';
    memset(window->end + 1, 0, IC_WINDOW_PADDING - 1);
}

ic_status ic_window_fill(ic_window *window, ic_error *error) {
    IC_TRY(turn(window, error));
    size_t searched =
        (size_t)(window->end - window->begin); /* the caller has seen these: the next row must end behind them */
    for (;;) {
        size_t got = 0;
        if (window->finished) break;
        if ((size_t)(window->end - window->buffer) >= window->capacity) IC_TRY(widen(window, error));
        IC_TRY(read_some(window, &got, error));
        if (got == 0) {
            window->finished = 1;
            if (window->end > window->begin && window->end[-1] != '\n') {
                *window->end++ = '\n'; /* the padding has room for it */
                window->unended = 1;
            }
            break;
        }
        if (window->loose) break;
        size_t fresh = (size_t)(window->end - window->buffer) - searched;
        size_t last = ic_scan.after_last(window->buffer + searched, fresh, '\n');
        if (last > 0) break;
        searched += fresh;
    }
    size_t whole = (size_t)(window->end - window->begin);
    window->rows_end = window->loose ? window->end : window->begin + ic_scan.after_last(window->begin, whole, '\n');
    pad(window);
    return IC_OK;
}

ic_status ic_window_more(ic_window *window, ic_error *error) {
    IC_TRY(turn(window, error));
    const size_t held = (size_t)(window->end - window->begin);
    while (!window->finished) {
        size_t got = 0, now = (size_t)(window->end - window->begin);
        if (now > held && (now >= 2 * held || now >= window->capacity)) break;
        if (now >= window->capacity) IC_TRY(widen(window, error));
        IC_TRY(read_some(window, &got, error));
        window->finished = got == 0;
    }
    window->rows_end = window->end;
    pad(window);
    return IC_OK;
}
