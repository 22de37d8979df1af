/* The calendar of a wide table; the parts that threads read; what comes of them. */
#include "core/read/parts.h"
#include "core/read/wide_part.h"

#include <string.h>

/* ---- the calendar -------------------------------------------------------------------------------------------- */

static ic_status twice(const ic_wide *w, const char *name, ic_error *error) {
    char word[60];
    error->line = w->line > 1 ? w->line - 1 : 1;
    error->column = 1;
    return ic_fail(error, IC_FORMAT, "the period %s is there twice", ic_quote(word, sizeof word, name, strlen(name)));
}

ic_status ic_wide_lay_out(ic_wide *w, const ic_options *options, ic_error *error) {
    int64_t first = INT64_MAX, last = INT64_MIN;
    size_t n_wanted = 0;
    int mixed = 0;
    w->first_cell = w->n_columns;
    w->quick = 1;
    for (size_t c = 0; c < w->n_columns; c++) {
        ic_wide_column *column = &w->columns[c];
        column->slot = IC_WIDE_NOWHERE;
        if (column->kind != IC_WIDE_CELL) {
            w->quick &= w->first_cell == w->n_columns;
            column->leads = 1;
            for (size_t b = 0; b < c; b++)
                column->leads &= w->columns[b].kind == IC_WIDE_CELL || w->columns[b].dim != column->dim;
            continue;
        }
        if (w->first_cell == w->n_columns) w->first_cell = c;
        w->quick &= !column->unplaced;
        if (column->unplaced || !ic_period_wanted(options, column->period.freq, column->period.ordinal)) continue;
        w->quick &= column->period.flags == 0;
        column->slot = 0;
        if (n_wanted++ == 0) w->grid.freq = column->period.freq;
        mixed |= column->period.freq != w->grid.freq;
        if (column->period.ordinal < first) first = column->period.ordinal;
        if (column->period.ordinal > last) last = column->period.ordinal;
    }
    if (mixed) w->grid.freq = 0;
    w->grid.width = n_wanted == 0 ? 0 : mixed ? n_wanted : (size_t)(last - first + 1);
    w->grid.first = n_wanted == 0 || mixed ? 0 : (int32_t)first;
    if (w->grid.width > options->limits.cells) {
        error->line = error->column = 1;
        return ic_fail(error, IC_LIMIT,
                       "the periods of the head row span %zu; limits={\"cells\": ...} allows more than %llu",
                       w->grid.width, (unsigned long long)options->limits.cells);
    }
    w->periods = mixed ? ic_arena_take(&w->arena, n_wanted * sizeof *w->periods) : NULL;
    w->slots = ic_arena_take(&w->arena, w->n_columns * sizeof *w->slots);
    uint8_t *taken = ic_alloc_zeroed(w->grid.width, 1);
    ic_intern seen = {0}; /* several frequencies: by letter and ordinal */
    ic_status status = taken == NULL || w->slots == NULL || (mixed && w->periods == NULL) ? IC_MEMORY : IC_OK;
    size_t next = 0;
    for (size_t c = 0; c < w->n_columns && status == IC_OK; c++) {
        ic_wide_column *column = &w->columns[c];
        if (column->slot == IC_WIDE_NOWHERE) continue;
        size_t slot = mixed ? next++ : (size_t)(column->period.ordinal - first);
        column->slot = (uint32_t)slot;
        if (mixed) {
            char key[1 + sizeof(int32_t)] = {column->period.freq};
            uint32_t number = 0;
            memcpy(key + 1, &column->period.ordinal, sizeof(int32_t));
            status = ic_intern_add(&seen, key, sizeof key, &number);
            if (status == IC_OK && number != slot) status = twice(w, column->name, error);
            w->periods[slot] = column->period;
        } else if (taken[slot]) {
            status = twice(w, column->name, error);
        }
        taken[slot] = 1;
    }
    ic_free(taken);
    ic_intern_free(&seen);
    w->straight = 1;
    for (size_t c = 0; c < w->n_columns && w->slots != NULL; c++) {
        w->slots[c] = w->columns[c].slot;
        w->straight &= c < w->first_cell || w->slots[c] == w->slots[w->first_cell] + (c - w->first_cell);
    }
    w->gaps = n_wanted < w->grid.width;
    w->grid.columns = w->periods;
    return status == IC_MEMORY ? ic_fail_memory(error) : status;
}

/* ---- the parts ------------------------------------------------------------------------------------------------- */

typedef struct whole {
    ic_wide *wide;
    const ic_options *options;
    ic_parts parts;
    ic_wide_part *each; /* of the parts */
    size_t n;           /* of them that have something to say */
    const ic_filter **filters;
    ic_error *error;
} whole;

static ic_status find_filters(whole *w) {
    char word[60];
    const ic_wide *wide = w->wide;
    for (size_t f = 0; f < w->options->n_filters; f++) {
        const char *dim = w->options->filters[f].dim;
        size_t d = 0;
        while (d < wide->n_dims && !ic_dimension_is(wide->dims[d].name, dim)) d++;
        if (d == wide->n_dims)
            return ic_fail(w->error, IC_ARGUMENT, "where names \"%s\": there is no such dimension",
                           ic_quote(word, sizeof word, dim, strlen(dim)));
        w->filters[d] = &w->options->filters[f];
    }
    return IC_OK;
}

/* What is the same for every part, also when it is read again. */
static ic_status open_part(whole *w, size_t i, uint64_t from, uint64_t most) {
    ic_wide_part *part = &w->each[i];
    *part = (ic_wide_part){.wide = w->wide,
                           .options = w->options,
                           .source = w->parts.source,
                           .grid = &w->wide->grid,
                           .filters = w->filters,
                           .from = from,
                           .until = ic_parts_until(&w->parts, i),
                           .most = most,
                           .may_grow = w->parts.n == 1};
    return ic_wide_part_open(part) == IC_OK ? IC_OK : ic_fail_memory(w->error);
}

static ic_status count_part(void *context, size_t i) {
    whole *w = context;
    return ic_parts_count(&w->parts, i, &w->each[i].counted, &w->each[i].error);
}

static ic_status read_part(void *context, size_t i) {
    ic_wide_part *part = &((whole *)context)->each[i];
    return part->status = ic_wide_part_read(part);
}

/* Several parts: rows are counted first, so that each can write its own to their place at once. No part has more of them than
   line feeds, also where some of these stand in quotes. */
static ic_status place_parts(whole *w, uint64_t most, size_t *rows) {
    w->parts.done = 0;
    IC_TRY(ic_parts_run(&w->parts, w->options->threads, count_part, w, w->error));
    w->parts.done = w->parts.source->size;
    uint64_t counted = w->wide->line - 1;
    for (size_t i = 0; i < w->parts.n; i++) {
        ic_wide_part *part = &w->each[i];
        counted += part->counted;
        if (part->error.status != IC_OK) {
            *w->error = part->error;
            w->error->line = counted; /* of the row that was last begun */
            w->error->column = 1;
            return part->error.status;
        }
        part->sink.base = *rows;
        part->sink.room = (size_t)(part->counted < most ? part->counted : most);
        *rows += part->sink.room;
    }
    return IC_OK;
}

static ic_status divide(whole *w, ic_window *window) {
    const size_t width = w->wide->grid.width;
    const uint64_t most = width == 0 ? UINT64_MAX : w->options->limits.cells / width;
    size_t rows = 0;
    w->each = ic_alloc_zeroed(w->parts.n, sizeof *w->each);
    if (w->each == NULL) return ic_fail_memory(w->error);
    for (size_t i = 0; i < w->parts.n; i++) {
        IC_TRY(open_part(w, i, ic_parts_from(&w->parts, i), most));
        w->each[i].inside = i > 0;
        w->each[i].cancel = ic_parts_cancel(&w->parts, i);
    }
    if (w->parts.n > 1) {
        IC_TRY(place_parts(w, most, &rows));
    } else {
        rows = w->each[0].sink.room = width > (size_t)1 << 20 ? 1 : 64;
    }
    /* the first part goes on with the head's window: what cannot be sought is read once */
    w->each[0].window = *window;
    w->each[0].window.polls = (int)w->parts.n;
    window->buffer = NULL;
    return ic_grid_make(&w->wide->grid, rows) == IC_OK ? IC_OK : ic_fail_memory(w->error);
}

/* A part that began inside quotes, where a line feed ends no row, does not begin where the one before ended; and all parts
   together may have too many rows where none has. Then the part is read again. */
static ic_status read_again(whole *w, size_t i, uint64_t from, uint64_t most) {
    ic_wide_part *part = &w->each[i];
    const size_t base = part->sink.base, room = part->sink.room, row = w->wide->grid.width * sizeof(uint32_t);
    const size_t touched =
        part->sink.used < room ? part->sink.used + 1 : room; /* rows; only flags are zero where none is */
    memset((char *)w->wide->grid.flags.data + base * row, 0, touched * row);
    ic_wide_part_close(part);
    IC_TRY(open_part(w, i, from, most));
    part->sink.base = base;
    part->sink.room = room;
    part->polls = 1;
    part->status = ic_wide_part_read(part);
    return IC_OK;
}

/* The first error in the file is the one that is told. */
static ic_status read_parts(whole *w) {
    IC_TRY(ic_parts_run(&w->parts, w->options->threads, read_part, w, w->error));
    const uint64_t most = w->each[0].most;
    uint64_t lines = w->wide->line, rows = 0;
    for (size_t i = 0; i < w->parts.n; i++) {
        ic_wide_part *part = &w->each[i];
        if (i > 0 && part->began != part[-1].ended) IC_TRY(read_again(w, i, part[-1].ended, most - rows));
        if (part->sink.used > most - rows) IC_TRY(read_again(w, i, part->began, most - rows));
        w->n = i + 1;
        if (part->status == IC_OK && part->behind) part->status = ic_wide_part_behind(part);
        if (part->status != IC_OK) {
            *w->error = part->error;
            w->error->status = part->status;
            w->error->line += lines;
            return part->status;
        }
        if (part->behind) break; /* whatever others made of what follows */
        lines += part->sink.lines;
        rows += part->sink.used;
    }
    return IC_OK;
}

/* ---- all of it ---------------------------------------------------------------------------------------------------- */

static ic_status name_dims(const ic_wide *w, ic_dataset *dataset) {
    dataset->dims = ic_alloc_zeroed(w->n_dims, sizeof *dataset->dims);
    if (dataset->dims == NULL) return IC_MEMORY;
    dataset->n_dims = w->n_dims;
    for (size_t d = 0; d < w->n_dims; d++) {
        ic_dimension *dim = &dataset->dims[d];
        dim->name = ic_dimension_name(&dataset->arena, w->dims[d].name, strlen(w->dims[d].name));
        if (dim->name == NULL) return IC_MEMORY;
        if (w->dims[d].title == NULL) continue;
        dim->title = ic_arena_text(&dataset->arena, w->dims[d].title, strlen(w->dims[d].title));
        if (dim->title == NULL) return IC_MEMORY;
    }
    return IC_OK;
}

static ic_status finish(whole *w, ic_dataset *dataset) {
    ic_grid_part *sinks = ic_alloc(w->n, sizeof *sinks);
    if (sinks == NULL || name_dims(w->wide, dataset) != IC_OK) {
        ic_free(sinks);
        return ic_fail_memory(w->error);
    }
    for (size_t i = 0; i < w->n; i++) sinks[i] = w->each[i].sink;
    ic_status status = ic_grid_finish(dataset, &w->wide->grid, sinks, w->n, w->options, w->wide->line, w->error);
    ic_free(sinks);
    return status;
}

ic_status ic_wide_read(ic_wide *wide, ic_window *window, const ic_options *options, ic_dataset *dataset,
                       ic_error *error) {
    /* what a format keeps of its rows, it keeps in their order */
    const int threads = wide->row != NULL ? 1 : options->threads;
    whole w = {.wide = wide,
               .options = options,
               .parts = ic_parts_of(window->source, window->offset, threads),
               .filters = ic_alloc_zeroed(wide->n_dims, sizeof *w.filters),
               .error = error};
    ic_status status = w.filters == NULL ? ic_fail_memory(error) : find_filters(&w);
    if (status == IC_OK) status = divide(&w, window);
    if (status == IC_OK) status = read_parts(&w);
    if (status == IC_OK) status = finish(&w, dataset);
    for (size_t i = 0; w.each != NULL && i < w.parts.n; i++) ic_wide_part_close(&w.each[i]);
    ic_free(w.each);
    ic_free(w.filters);
    return status;
}

void ic_wide_free(ic_wide *wide) {
    ic_free(wide->columns);
    ic_free(wide->dims);
    ic_grid_free(&wide->grid);
    ic_arena_free(&wide->arena);
    *wide = (ic_wide){0};
}
