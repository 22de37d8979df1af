/* JSON (RFC 8259) as a stream of events, from one reused buffer: every byte is checked once, in linear time, and nothing of
   the file is kept. Where in the file something stands is remembered as an offset, to which a source that can be sought (or one
   that can't, from where it is held on) can be brought back. */
#ifndef IC_JSON_H
#define IC_JSON_H

#include "core/base/memory.h"
#include "core/base/source.h"

#define IC_JSON_WINDOW  ((size_t)256 << 10)
#define IC_JSON_PADDING 64   /* readable bytes behind `end`, which are zero */
#define IC_JSON_DEPTH   1024 /* brackets within brackets */

typedef enum ic_json_event {
    IC_JSON_DONE, /* the file has ended, where it may */
    IC_JSON_OBJECT,
    IC_JSON_OBJECT_END,
    IC_JSON_ARRAY,
    IC_JSON_ARRAY_END,
    IC_JSON_KEY,    /* text; its value follows */
    IC_JSON_STRING, /* text */
    IC_JSON_NUMBER, /* text, as it is written */
    IC_JSON_TRUE,
    IC_JSON_FALSE,
    IC_JSON_NULL
} ic_json_event;

/* A place, with line and column (in characters) or IC_JSON_UNCOUNTED; all three count from 0. */
typedef struct ic_json_mark {
    uint64_t offset, line, column;
} ic_json_mark;
#define IC_JSON_UNCOUNTED UINT64_MAX

/* What was read last of a source that can't be sought: all of it from some place on; or, where it can be begun again, at most
   IC_JSON_KEPT bytes, and whoever goes back further waits until it has come there once more. */
#define IC_JSON_KEPT ((size_t)24 << 20)

typedef struct ic_json_held {
    ic_block block;
    size_t room, size;
    uint64_t start; /* offset of its first byte */
    int ended;      /* the source has nothing behind it */
    int begun;      /* how often it was begun again */
    int stopped;    /* nothing more is read: the error tells why */
    ic_source behind;
    ic_error *error;
} ic_json_held;

#ifdef IC_TEST_ALLOCATION
extern size_t ic_test_kept; /* tests only: instead of IC_JSON_KEPT */
#endif

typedef struct ic_json {
    const ic_source *source;
    char *buffer;
    size_t capacity;
    char *p, *end;      /* the bytes that are not consumed yet */
    uint64_t base;      /* offset of the buffer's first byte */
    int finished;       /* nothing is left to read */
    size_t limit;       /* bytes of one text or number */
    ic_json_mark mark;  /* counted; from here on others are. It goes along where the source can't be sought */
    ic_json_mark began; /* of the event, if the mark has gone past it */
    ic_json_mark trail; /* of ic_json_line */
    ic_json_held held;
    ic_source held_source;
    /* the event */
    ic_json_event event;
    const char *text; /* of KEY, STRING (unescaped, UTF-8) and NUMBER: valid until the next call */
    size_t length;
    uint64_t offset; /* of the event's first byte */
    char *scratch;
    size_t scratch_room;
    /* the grammar */
    int state;
    int visiting;
    unsigned depth; /* open brackets */
    uint64_t objects[IC_JSON_DEPTH / 64];
} ic_json;

/* Starts at the source's first byte, behind a byte order mark. `window` is the buffer's size, 0 for IC_JSON_WINDOW; a text that
   is longer makes it grow, up to `limit` bytes. */
ic_status ic_json_open(ic_json *json, const ic_source *source, size_t window, size_t limit, ic_error *error) IC_CHECKED;
void ic_json_close(ic_json *json);

/* Starts in the middle: at `offset` lies a key of an object, or what follows the bracket that began it (`first`). Behind the
   object's end comes DONE. */
ic_status ic_json_open_within(ic_json *json, const ic_source *source, uint64_t offset, int first, size_t limit,
                              ic_error *error) IC_CHECKED;

/* The next event, in json->event. IC_FORMAT: with line, column and what was expected instead of what. IC_LIMIT: a text is
   longer than the limit, or brackets stand deeper than IC_JSON_DEPTH. IC_SOURCE, IC_STOPPED, IC_MEMORY. */
ic_status ic_json_next(ic_json *json, ic_error *error) IC_CHECKED;

/* For readers that take entries of an object from the window themselves, from json->p on: 1 where a comma comes before the next
   entry, 0 where none does; and what they have taken, up to json->p, ended with an entry. */
int ic_json_between(const ic_json *json);
void ic_json_taken(ic_json *json, const char *p);

/* The event is a KEY or the beginning of a value: passes over (the rest of) the value. Then the next event is what follows
   it. */
ic_status ic_json_pass(ic_json *json, ic_error *error) IC_CHECKED;

/* What follows the last event, without consuming more than white space: the first byte of a value or a bracket, 0 at the end
   of the file. */
ic_status ic_json_peek(ic_json *json, char *byte, ic_error *error) IC_CHECKED;

/* Makes every byte from the current event's on reachable for ic_json_visit and for readers of json->source, which are this thread
   alone if the source can't be sought. `error` must live as long as `json`. */
ic_status ic_json_hold(ic_json *json, ic_error *error) IC_CHECKED;

/* The last event began an array or object, which somebody else has read: go on behind it, at `offset`. */
void ic_json_leap(ic_json *json, uint64_t offset);

/* Goes back to a value that starts at `offset`, as if it were the whole file, except that nothing is said about what follows
   it: the next event is its first one, and behind its last one comes DONE. */
void ic_json_visit(ic_json *json, uint64_t offset);

/* Going back to what was passed over: save remembers where the next event is, return goes there. The source can be sought, or is
   held from there on. */
typedef struct ic_json_spot {
    ic_json_event event;
    uint64_t offset;
    int state, visiting;
    unsigned depth;
    uint64_t objects[IC_JSON_DEPTH / 64];
} ic_json_spot;
void ic_json_save(const ic_json *json, ic_json_spot *spot);
void ic_json_return(ic_json *json, const ic_json_spot *spot);

/* The line of the event, from 0; cheap as long as offsets rise. The source can be sought, or is held from before the first asked
   for. */
uint64_t ic_json_line(ic_json *json);

/* Where the event is, for ic_json_at: also when the source can't be sought and has gone on. */
ic_json_mark ic_json_here(ic_json *json);
void ic_json_at(const ic_json *json, const ic_json_mark *place, ic_error *error);

/* Fills error->line, ->column and ->offset for a byte of the source, which must be the event's or come after it if the source
   can't be sought. */
void ic_json_place(const ic_json *json, uint64_t offset, ic_error *error);

/* IC_FORMAT at the current event: "<where>: expected <what>, not <the event>". `where` may be "". */
ic_status ic_json_expected(const ic_json *json, const char *where, const char *what, ic_error *error);

#endif
