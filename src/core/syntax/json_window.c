#include "core/syntax/json_window.h"
#include "core/scan/scan.h"

#include <string.h>

/* ---- bytes and places -------------------------------------------------------------------------------------------------- */

static void count_places(ic_json_mark *mark, const char *text, size_t size) {
    size_t start = ic_scan.after_last(text, size, '\n');
    if (start > 0) {
        mark->line += ic_scan.count(text, start, '\n');
        mark->column = 0;
    }
    size_t n = 0;
    for (size_t i = start; i < size; i++) n += ((unsigned char)text[i] & 0xC0) != 0x80; /* a character's first byte */
    mark->column += n;
    mark->offset += size;
}

/* Counts on to a place in the buffer. */
static void carry_mark(ic_json *json, uint64_t offset) {
    if (offset <= json->mark.offset) return;
    count_places(&json->mark, json->buffer + (json->mark.offset - json->base), (size_t)(offset - json->mark.offset));
}

/* What places from `offset` on are counted from: where the event begins, if the mark has had to go past that. */
static const ic_json_mark *place_of(const ic_json *json, uint64_t offset) {
    return offset < json->mark.offset && offset == json->began.offset ? &json->began : &json->mark;
}

ic_json_mark ic_json_here(ic_json *json) {
    if (json->source->seekable) return (ic_json_mark){json->offset, IC_JSON_UNCOUNTED, 0};
    carry_mark(json, json->offset);
    return *place_of(json, json->offset);
}

void ic_json_at(const ic_json *json, const ic_json_mark *place, ic_error *error) {
    if (place->line == IC_JSON_UNCOUNTED) {
        ic_json_place(json, place->offset, error);
        return;
    }
    error->offset = place->offset;
    error->line = place->line + 1;
    error->column = place->column + 1;
}

void ic_json_place(const ic_json *json, uint64_t offset, ic_error *error) {
    ic_json_mark mark = *place_of(json, offset);
    uint64_t end = json->base + (uint64_t)(json->end - json->buffer);
    if (!json->source->seekable) { /* then the mark is in the buffer */
        uint64_t to = offset < end ? offset : end;
        if (to > mark.offset)
            count_places(&mark, json->buffer + (mark.offset - json->base), (size_t)(to - mark.offset));
    } else {
        char piece[4096];
        while (mark.offset < offset) {
            uint64_t want = offset - mark.offset < sizeof piece ? offset - mark.offset : sizeof piece;
            int64_t n = json->source->read(json->source->context, piece, (size_t)want, mark.offset);
            if (n <= 0) break;
            count_places(&mark, piece, (size_t)n);
        }
    }
    error->offset = offset;
    error->line = mark.line + 1;
    error->column = mark.column + 1;
}

static ic_status read_on(ic_json *json, size_t *got, ic_error *error) {
    const ic_source *source = json->source;
    uint64_t at = ic_json_offset(json, json->end);
    size_t room = json->capacity - (size_t)(json->end - json->buffer);
    if (source->poll != NULL && source->poll(source->context, at) != 0) return ic_fail(error, IC_STOPPED, "stopped");
    if (source->size != IC_SIZE_UNKNOWN && source->size - at < room) room = (size_t)(source->size - at);
    int64_t n = room == 0 ? 0 : source->read(source->context, json->end, room, at);
    if (n < 0 || (n == 0 && room > 0 && source->size != IC_SIZE_UNKNOWN)) {
        ic_json_place(json, at, error);
        if (n < 0)
            return ic_fail(error, error->status != IC_OK ? error->status : IC_SOURCE,
                           "the source could not be read at byte %llu", (unsigned long long)at);
        return ic_fail(error, IC_FORMAT, "the file ends at byte %llu; it had %llu bytes when it was opened",
                       (unsigned long long)at, (unsigned long long)source->size);
    }
    json->end += n;
    memset(json->end, 0, IC_JSON_PADDING);
    *got = (size_t)n;
    return IC_OK;
}

/* What stands before `offset` leaves the buffer, maybe with the beginning of the event: behind a key a colon is looked for. */
static void leave_behind(ic_json *json, uint64_t offset) {
    if (json->offset >= json->mark.offset && json->offset < offset) {
        carry_mark(json, json->offset);
        json->began = json->mark;
    }
    carry_mark(json, offset);
}

/* Reads on behind what is there from `json->p` on, which moves to the front. */
ic_status ic_json_more(ic_json *json, ic_error *error) {
    size_t held = (size_t)(json->end - json->p), got = 0;
    if (json->p > json->buffer) {
        if (!json->source->seekable) leave_behind(json, ic_json_offset(json, json->p));
        json->base = ic_json_offset(json, json->p);
        memmove(json->buffer, json->p, held + IC_JSON_PADDING);
        json->p = json->buffer;
        json->end = json->buffer + held;
    } else if (held == json->capacity) {
        if (held >= json->limit) {
            ic_json_place(json, json->base, error);
            return ic_fail(error, IC_LIMIT, "a text of more than %zu bytes (limits={\"line\": ...} allows longer ones)",
                           json->limit);
        }
        size_t bigger = json->limit / 2 < held ? json->limit : 2 * held;
        char *buffer = ic_resize(json->buffer, bigger + IC_JSON_PADDING, 1);
        if (buffer == NULL) return ic_fail_memory(error);
        json->buffer = json->p = buffer;
        json->end = buffer + held;
        json->capacity = bigger;
    }
    IC_TRY(read_on(json, &got, error));
    json->finished = got == 0;
    return IC_OK;
}

ic_status ic_json_open(ic_json *json, const ic_source *source, size_t window, size_t limit, ic_error *error) {
    *json = (ic_json){.source = source, .limit = limit < 64 ? 64 : limit};
    json->capacity = window == 0 ? IC_JSON_WINDOW : window;
    if (json->capacity > json->limit) json->capacity = json->limit;
    json->buffer = ic_alloc(json->capacity + IC_JSON_PADDING, 1);
    if (json->buffer == NULL) return ic_fail_memory(error);
    json->p = json->end = json->buffer;
    memset(json->end, 0, IC_JSON_PADDING);
    json->state = IC_JSON_AT_VALUE;
    while (!json->finished && json->end - json->p < 3) IC_TRY(ic_json_more(json, error));
    if (json->end - json->p >= 3 && memcmp(json->p, "\xEF\xBB\xBF", 3) == 0) {
        json->p += 3;
        json->mark = (ic_json_mark){3, 0, 0}; /* the mark is no character of the text */
        memmove(json->buffer, json->p, (size_t)(json->end - json->p) + IC_JSON_PADDING);
        json->base = 3;
        json->end -= 3;
        json->p = json->buffer;
    }
    return IC_OK;
}

ic_status ic_json_open_within(ic_json *json, const ic_source *source, uint64_t offset, int first, size_t limit,
                              ic_error *error) {
    *json = (ic_json){.source = source, .limit = limit < 64 ? 64 : limit, .base = offset, .visiting = 1, .depth = 1};
    json->capacity = IC_JSON_WINDOW < json->limit ? IC_JSON_WINDOW : json->limit;
    json->buffer = ic_alloc(json->capacity + IC_JSON_PADDING, 1);
    if (json->buffer == NULL) return ic_fail_memory(error);
    json->p = json->end = json->buffer;
    memset(json->end, 0, IC_JSON_PADDING);
    json->objects[0] = 1;
    json->state = first ? IC_JSON_AT_FIRST_KEY : IC_JSON_AT_KEY;
    return IC_OK;
}

int ic_json_between(const ic_json *json) { return json->state == IC_JSON_AT_AFTER; }

void ic_json_taken(ic_json *json, const char *p) {
    json->p += p - json->p;
    json->state = IC_JSON_AT_AFTER;
}

void ic_json_close(ic_json *json) {
    ic_free(json->buffer);
    ic_free(json->scratch);
    ic_block_free(&json->held.block);
    json->buffer = json->scratch = NULL;
}

/* ---- going back ---------------------------------------------------------------------------------------------------------- */

#define BEGUN_MOST 8 /* times that a source is begun again before all of it is kept */

#ifdef IC_TEST_ALLOCATION
size_t ic_test_kept = IC_JSON_KEPT;
#define KEPT ic_test_kept
#else
#define KEPT IC_JSON_KEPT
#endif

/* Room for more behind what is held: the older half goes, unless it would not come again. */
static ic_status make_room(ic_json_held *held) {
    const int comes_again = held->behind.again != NULL && held->begun < BEGUN_MOST;
    if (comes_again && held->room >= KEPT) {
        const size_t older = held->size - held->size / 2;
        memmove(held->block.data, (char *)held->block.data + older, held->size - older);
        held->start += older;
        held->size -= older;
        return IC_OK;
    }
    const size_t room = comes_again && held->room > KEPT / 2 ? KEPT : 2 * held->room;
    if (ic_block_grow(&held->block, held->size, room) != IC_OK) return ic_fail_memory(held->error);
    held->room = room;
    return IC_OK;
}

static ic_status hold_more(ic_json_held *held) {
    const ic_source *behind = &held->behind;
    if (held->size == held->room) IC_TRY(make_room(held));
    const size_t left = held->room - held->size, piece = left < IC_JSON_WINDOW ? left : IC_JSON_WINDOW;
    const uint64_t at = held->start + held->size;
    if (behind->poll != NULL && behind->poll(behind->context, at) != 0)
        return ic_fail(held->error, IC_STOPPED, "stopped");
    const int64_t n = behind->read(behind->context, (char *)held->block.data + held->size, piece, at);
    if (n < 0) return IC_SOURCE; /* the reader tells where */
    held->size += (size_t)n;
    held->ended = n == 0;
    return IC_OK;
}

static int64_t held_read(void *context, void *buffer, size_t size, uint64_t offset) {
    ic_json_held *held = context;
    if (held->stopped) return -1;
    if (offset < held->start) {
        if (held->behind.again == NULL || held->behind.again(held->behind.context) != 0) return -1;
        held->begun++;
        held->start = held->size = 0;
        held->ended = 0;
    }
    while (offset >= held->start + held->size && !held->ended) {
        const ic_status status = hold_more(held);
        held->stopped = status != IC_OK && status != IC_SOURCE;
        if (status != IC_OK) return -1;
    }
    const uint64_t at = offset - held->start;
    if (at >= held->size) return 0;
    const size_t n = held->size - (size_t)at < size ? held->size - (size_t)at : size;
    memcpy(buffer, (const char *)held->block.data + at, n);
    return (int64_t)n;
}

static int held_poll(void *context, uint64_t done) {
    const ic_json_held *held = context;
    return held->behind.poll == NULL ? 0 : held->behind.poll(held->behind.context, done);
}

ic_status ic_json_hold(ic_json *json, ic_error *error) {
    ic_json_held *held = &json->held;
    if (json->source->seekable) return IC_OK;
    *held = (ic_json_held){.behind = *json->source, .error = error};
    held->start = json->base; /* the mark is in the buffer */
    held->size = (size_t)(json->end - json->buffer);
    held->room = held->size + (KEPT < IC_JSON_WINDOW ? KEPT : IC_JSON_WINDOW);
    if (ic_block_make(&held->block, held->room, 1) != IC_OK) return ic_fail_memory(error);
    memcpy(held->block.data, json->buffer, held->size);
    json->held_source =
        (ic_source){.context = held, .read = held_read, .poll = held_poll, .size = IC_SIZE_UNKNOWN, .seekable = 1};
    json->source = &json->held_source;
    return IC_OK;
}

static void go_to(ic_json *json, uint64_t offset) {
    if (offset >= json->base && offset <= ic_json_offset(json, json->end)) {
        json->p = json->buffer + (offset - json->base);
        return;
    }
    json->base = offset;
    json->p = json->end = json->buffer;
    memset(json->end, 0, IC_JSON_PADDING);
    json->finished = 0;
}

void ic_json_leap(ic_json *json, uint64_t offset) {
    go_to(json, offset);
    json->depth--;
    json->state = IC_JSON_AT_AFTER;
}

void ic_json_save(const ic_json *json, ic_json_spot *spot) {
    spot->event = json->event;
    spot->offset = ic_json_offset(json, json->p);
    spot->state = json->state;
    spot->visiting = json->visiting;
    spot->depth = json->depth;
    memcpy(spot->objects, json->objects, sizeof spot->objects);
}

void ic_json_return(ic_json *json, const ic_json_spot *spot) {
    go_to(json, spot->offset);
    json->event = spot->event;
    json->state = spot->state;
    json->visiting = spot->visiting;
    json->depth = spot->depth;
    memcpy(json->objects, spot->objects, sizeof spot->objects);
}

uint64_t ic_json_line(ic_json *json) {
    char piece[4096];
    ic_json_mark *trail = &json->trail;
    if (trail->offset < json->mark.offset || trail->offset > json->offset) *trail = json->mark;
    while (trail->offset < json->base && trail->offset < json->offset) { /* no longer in the buffer */
        uint64_t left = (json->base < json->offset ? json->base : json->offset) - trail->offset;
        size_t want = left < sizeof piece ? (size_t)left : sizeof piece;
        int64_t n = json->source->read(json->source->context, piece, want, trail->offset);
        if (n <= 0) return trail->line;
        count_places(trail, piece, (size_t)n);
    }
    if (trail->offset < json->offset)
        count_places(trail, json->buffer + (trail->offset - json->base), (size_t)(json->offset - trail->offset));
    return trail->line;
}

void ic_json_visit(ic_json *json, uint64_t offset) {
    go_to(json, offset);
    json->depth = 0;
    json->state = IC_JSON_AT_VALUE;
    json->visiting = 1;
}
