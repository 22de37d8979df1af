/* One data set divided by its bytes among threads, each with a sink of its own. */
#include "core/base/parallel.h"
#include "core/read/parts.h"
#include "core/read/sdmx_json_rows.h"
#include "core/scan/scan.h"

#include <string.h>

#define SEARCH ((size_t)64 << 10)  /* how far a key is looked for */
#define PIECE  ((size_t)256 << 10) /* of a part, when its rows are counted */

typedef struct one {
    ic_source source; /* that of the message, without its poll: but for the first part */
    struct all *all;
    ic_sj own; /* the message, with a window, an arena and an error of its own */
    ic_sj_rows_part part;
    const ic_sj_set *set;
    uint64_t from;
    size_t brackets; /* that open an array: there are no more rows */
    ic_error error;
    ic_status status;
} one;

typedef struct all {
    const ic_source *source;
    int stop; /* the source's poll said so */
    one *ones;
} all;

static int64_t read_source(void *context, void *buffer, size_t size, uint64_t offset) {
    const ic_source *source = ((one *)context)->all->source;
    return source->read(source->context, buffer, size, offset);
}

static void look_up(void *context) {
    all *a = context;
    const ic_source *source = a->source;
    if (source->poll != NULL && source->poll(source->context, source->size) != 0)
        __atomic_store_n(&a->stop, 1, __ATOMIC_RELAXED);
}

static int poll_source(void *context, uint64_t done) {
    one *o = context;
    const ic_source *source = o->all->source;
    if (o == o->all->ones && source->poll != NULL && source->poll(source->context, done) != 0)
        __atomic_store_n(&o->all->stop, 1, __ATOMIC_RELAXED);
    return __atomic_load_n(&o->all->stop, __ATOMIC_RELAXED);
}

/* Where the first key of the divided object starts from `at` on: a quote, digits and colons, a quote, a colon and the bracket. No
   text can hold that, since its quotes would be escaped. 0: there is none near. */
static ic_status find_key(const ic_source *source, uint64_t at, uint64_t end, char bracket, uint64_t *found) {
    char *text = ic_alloc(SEARCH + 1, 1);
    *found = 0;
    if (text == NULL) return IC_MEMORY;
    size_t want = end - at < SEARCH ? (size_t)(end - at) : SEARCH;
    int64_t n = source->read(source->context, text, want, at);
    text[n < 0 ? 0 : n] = '\0';
    for (const char *p = text, *stop = text + (n < 0 ? 0 : n); p < stop && *found == 0; p++) {
        if (*p != '"' || p[1] < '0' || p[1] > '9') continue;
        const char *q = p + 1;
        while ((*q >= '0' && *q <= '9') || *q == ':') q++;
        if (*q++ != '"') continue;
        while (*q == ' ' || *q == '\n' || *q == '\r' || *q == '\t') q++;
        if (*q++ != ':') continue;
        while (*q == ' ' || *q == '\n' || *q == '\r' || *q == '\t') q++;
        if (*q == bracket) *found = at + (uint64_t)(p - text);
    }
    ic_free(text);
    return IC_OK;
}

static ic_status open_one(one *o, all *a, ic_sj *s, ic_sink *sink, const ic_sj_set *set, const uint64_t *starts,
                          int first) {
    o->all = a;
    o->source = *a->source;
    o->source.context = o;
    o->source.read = read_source;
    o->source.poll = poll_source;
    o->own = *s;
    o->own.arena = (ic_arena){0};
    o->own.json = (ic_json){0};
    o->own.error = &o->error;
    o->set = set;
    IC_TRY(ic_json_open_within(&o->own.json, &o->source, starts[0], first, (size_t)s->options->limits.line, &o->error));
    IC_TRY(ic_sj_part_open(&o->part, &o->own, sink));
    o->from = starts[0];
    o->part.until = starts[1];
    return IC_OK;
}

static void read_one(void *context, size_t i) {
    one *o = &((all *)context)->ones[i];
    o->status = ic_sj_part_set(&o->part, o->set);
}

static void count_one(void *context, size_t i) {
    one *o = &((all *)context)->ones[i];
    char *text = ic_alloc(PIECE, 1);
    o->status = text == NULL ? IC_MEMORY : IC_OK;
    for (uint64_t at = o->from; o->status == IC_OK && at < o->part.until;) {
        const size_t want = o->part.until - at < PIECE ? (size_t)(o->part.until - at) : PIECE;
        const int64_t got = read_source(o, text, want, at);
        if (got <= 0) o->status = IC_FORMAT; /* the plain way tells */
        if (i == 0 && poll_source(o, 0) != 0) o->status = IC_STOPPED;
        o->brackets += got <= 0 ? 0 : ic_scan.count(text, (size_t)got, '[');
        at += (uint64_t)got;
    }
    ic_free(text);
}

static void close_one(one *o) {
    ic_sj_part_close(&o->part);
    ic_json_close(&o->own.json);
    ic_arena_free(&o->own.arena);
}

/* The only chosen set, if it is worth dividing; else NULL. */
static const ic_sj_set *divisible(const ic_sj *s, const ic_sj_place **place) {
    const ic_sj_set *found = NULL;
    for (size_t i = 0; i < s->n_sets; i++) {
        if (!s->chosen[i]) continue;
        if (found != NULL) return NULL;
        found = &s->sets[i];
    }
    if (found == NULL || found->series.there == found->observations.there) return NULL;
    *place = found->series.there ? &found->series : &found->observations;
    return (*place)->end != 0 ? found : NULL;
}

static ic_status make_sinks(ic_sj *s, ic_sink **sinks, size_t n) {
    *sinks = ic_alloc_zeroed(n, sizeof **sinks);
    if (*sinks == NULL) return IC_MEMORY;
    for (size_t i = 0; i < n; i++) IC_TRY(ic_sj_sink_open(s, &(*sinks)[i]));
    return IC_OK;
}

static ic_status run_parts(ic_sj *s, const ic_sj_set *set, const uint64_t *starts, size_t n, ic_sink *sinks) {
    all a = {s->json.source, 0, ic_alloc_zeroed(n, sizeof *a.ones)};
    ic_status status = a.ones == NULL ? IC_MEMORY : IC_OK;
    size_t base = 0;
    uint64_t rows = 0;
    for (size_t i = 0; i < n && status == IC_OK; i++)
        status = open_one(&a.ones[i], &a, s, &sinks[i], set, &starts[i], i == 0);
    if (status == IC_OK) ic_parallel_watched(n, s->options->threads, count_one, look_up, &a);
    for (size_t i = 0; i < n && status == IC_OK; i++) {
        status = a.stop ? IC_STOPPED : a.ones[i].status;
        sinks[i].base = base;
        sinks[i].room = a.ones[i].brackets * s->measures.count;
        base += sinks[i].room;
    }
    if (status == IC_OK) status = ic_columns_make(&s->columns, base);
    for (size_t i = 0; i < n && status == IC_OK; i++) a.ones[i].own.columns = s->columns;
    if (status == IC_OK) ic_parallel_watched(n, s->options->threads, read_one, look_up, &a);
    if (a.stop) status = IC_STOPPED;
    for (size_t i = 0; i < n && status == IC_OK; i++) {
        uint64_t next = i + 1 < n ? starts[i + 1] : 0;
        status = a.ones[i].status;
        if (status == IC_OK && a.ones[i].part.stopped != next)
            status = IC_FORMAT; /* what looked like a key was none: once more, in one piece */
        if (status == IC_OK && next == 0 && s->guessed && a.ones[i].part.ended != starts[n])
            status = IC_FORMAT; /* the series end elsewhere: once more without guessing */
        rows += sinks[i].used;
    }
    if (status == IC_OK && rows > s->options->limits.cells) status = IC_LIMIT;
    for (size_t i = 0; a.ones != NULL && i < n; i++) close_one(&a.ones[i]);
    ic_free(a.ones);
    return status;
}

ic_status ic_sj_read_rows(ic_sj *s, ic_sink **sinks, size_t *n) {
    const ic_sj_place *place = NULL;
    const ic_sj_set *set = s->quick ? divisible(s, &place) : NULL;
    uint64_t bytes = set == NULL ? 0 : place->end - place->offset;
    *n = bytes / IC_PART_LEAST < (uint64_t)s->options->threads ? (size_t)(bytes / IC_PART_LEAST)
                                                               : (size_t)s->options->threads;
    if (*n == 0) *n = 1;
    if (*n > 1 || bytes >= IC_PART_LEAST) {
        uint64_t *starts = ic_arena_take(&s->arena, (*n + 1) * sizeof *starts);
        if (starts == NULL) return IC_MEMORY;
        starts[0] = place->offset + 1;
        for (size_t i = 1; i < *n; i++) {
            IC_TRY(find_key(s->json.source, place->offset + bytes / *n * i, place->end, set->series.there ? '{' : '[',
                            &starts[i]));
            if (starts[i] == 0 || starts[i] <= starts[i - 1]) *n = i; /* then with fewer */
        }
        starts[*n] = place->end;
        IC_TRY(make_sinks(s, sinks, *n));
        return run_parts(s, set, starts, *n, *sinks);
    }
    if (s->guessed) return IC_FORMAT;
    *n = 1;
    IC_TRY(make_sinks(s, sinks, 1));
    IC_TRY(ic_columns_make(&s->columns, s->options->limits.cells < 4096 ? (size_t)s->options->limits.cells : 4096));
    (*sinks)->room = s->columns.room;
    return ic_sj_rows(s, *sinks);
}
