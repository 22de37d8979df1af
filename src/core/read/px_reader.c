/* px: the data through a window, and the line and column of a place in them. */
#include "core/base/utf8.h"
#include "core/read/px.h"
#include "core/scan/scan.h"

#include <string.h>

/* Counts lines and, behind the last line feed, characters. */
static void track(const ic_px_table *table, uint64_t *line, uint64_t *column, const char *p, size_t n) {
    const size_t last = ic_scan.after_last(p, n, '\n');
    *line += ic_scan.count(p, last, '\n');
    if (last > 0) *column = 0;
    for (size_t i = last; i < n; i++) *column += table->transcoded || ((unsigned char)p[i] & 0xC0) != 0x80;
}

/* Where the data begin. */
static void start(const ic_px_reader *reader, uint64_t *line, uint64_t *column) {
    ic_error error;
    ic_px_place(&error, reader->table->text, reader->table->length);
    *line = error.line;
    *column = error.column - 1;
}

void ic_px_reader_open(ic_px_reader *reader, const ic_px_table *table, ic_window *window) {
    *reader = (ic_px_reader){.table = table, .window = *window, .end = window->begin};
    window->buffer = NULL;
    reader->tracks = !window->source->seekable;
    start(reader, &reader->line, &reader->column);
}

static const char *cells_end(const ic_px_reader *reader) {
    const ic_window *window = &reader->window;
    const char *end = window->end;
    while (!window->finished && end > window->begin && !ic_px_separates(reader->table, end[-1])) end--;
    return end;
}

ic_status ic_px_reader_fill(ic_px_reader *reader, const char *to) {
    ic_window *window = &reader->window;
    if (reader->tracks)
        track(reader->table, &reader->line, &reader->column, window->begin, (size_t)(to - window->begin));
    ic_window_advance(window, to);
    do IC_TRY(ic_window_fill(window, &reader->error));
    while ((reader->end = cells_end(reader)) == window->begin && !window->finished);
    return IC_OK;
}

void ic_px_reader_at(ic_px_reader *reader, const char *place) {
    const ic_window *window = &reader->window;
    reader->error.offset = window->offset + (uint64_t)(place - window->begin);
    if (!reader->tracks) return;
    uint64_t line = reader->line, column = reader->column;
    track(reader->table, &line, &column, window->begin, (size_t)(place - window->begin));
    reader->error.line = line;
    reader->error.column = column + 1;
}

void ic_px_reader_locate(ic_px_reader *reader) {
    const ic_source *source = reader->window.source;
    uint64_t line, column;
    if (reader->error.line > 0) return;
    if (reader->tracks) {
        reader->error.line = reader->line;
        reader->error.column = reader->column + 1;
        return;
    }
    start(reader, &line, &column);
    uint64_t offset = reader->table->data_start;
    char *buffer = ic_alloc(IC_WINDOW_SIZE, 1);
    while (buffer != NULL && offset < reader->error.offset) { /* without memory the line is that of the data */
        const uint64_t left = reader->error.offset - offset;
        const size_t room = left < IC_WINDOW_SIZE ? (size_t)left : IC_WINDOW_SIZE;
        const int64_t n = source->read(source->context, buffer, room, offset);
        if (n <= 0) break;
        track(reader->table, &line, &column, buffer, (size_t)n);
        offset += (uint64_t)n;
    }
    ic_free(buffer);
    reader->error.line = line;
    reader->error.column = column + 1;
}

ic_status ic_px_bad_cell(ic_px_reader *reader, const char *bad) {
    char word[IC_PX_QUOTED];
    const char *end = ic_px_cell_end(reader->table, bad, reader->end);
    ic_px_reader_at(reader, bad);
    return ic_fail(&reader->error, IC_FORMAT, "\"%s\" is neither a figure nor a symbol",
                   ic_quote(word, sizeof word, bad, (size_t)(end - bad)));
}

void ic_px_reader_close(ic_px_reader *reader) { ic_window_close(&reader->window); }
