/* A file seen through one reused buffer: rows that end inside it, and the rest carried over to the next filling. */
#ifndef IC_WINDOW_H
#define IC_WINDOW_H

#include "core/base/source.h"

#define IC_WINDOW_SIZE    ((size_t)256 << 10) /* the buffer stays in the second-level cache */
#define IC_WINDOW_PADDING 64                  /* readable bytes behind `end`: a line feed, then zeros */

typedef struct ic_window {
    const ic_source *source;
    char *buffer;
    size_t capacity;
    char *begin;       /* first byte not yet consumed */
    char *end;         /* one past the last byte in the buffer */
    char *rows_end;    /* one past the last line feed in the buffer, never before `begin` */
    uint64_t offset;   /* of `begin` in the source */
    uint64_t next;     /* offset of the next read */
    uint64_t stop;     /* nothing is read from here on: source->size, or IC_SIZE_UNKNOWN */
    int finished;      /* the source has ended; a last row without a line feed has been given one */
    int unended;       /* ... which was not in the source */
    int polls;         /* > 0: this window's thread polls, for as many windows as go on at once */
    size_t row_limit;  /* bytes that one row may have */
    const int *cancel; /* another thread failed, or NULL */
    int loose; /* set by the caller: lines mean nothing here, a filling may end anywhere, and rows_end is `end` */
} ic_window;

/* Starts at `offset`. `size` is the buffer's, 0 for IC_WINDOW_SIZE. Nothing is read yet. */
ic_status ic_window_open(ic_window *window, const ic_source *source, uint64_t offset, size_t size, size_t row_limit,
                         ic_error *error) IC_CHECKED;

/* Moves what is left to the front and reads behind it, until there is at least one line feed more than before, or the source
   ends. With nothing left and the source at its end, begin == end. Fails with IC_LIMIT when a row has more than row_limit
   bytes, IC_FORMAT when a source of known size ends early, IC_SOURCE, IC_STOPPED, IC_MEMORY. */
ic_status ic_window_fill(ic_window *window, ic_error *error) IC_CHECKED;

/* The same for a syntax without rows: reads at least as much again as there was, unless the source ends; nothing is added
   behind its end. rows_end is end. */
ic_status ic_window_more(ic_window *window, ic_error *error) IC_CHECKED;

/* Consumes up to behind the next line feed, or the end of the source: from a place that may lie inside a row. */
ic_status ic_window_to_next_row(ic_window *window, ic_error *error) IC_CHECKED;

/* Consumes up to `to`, a place in [begin, end]. */
IC_INLINE void ic_window_advance(ic_window *window, const char *to) {
    window->offset += (uint64_t)(to - window->begin);
    window->begin += to - window->begin;
}

void ic_window_close(ic_window *window);

#endif
