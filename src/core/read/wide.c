/* The calendar of a wide table, and its rows as they become a grid. */
#include "core/read/wide.h"
#include "core/base/utf8.h"
#include "core/number/number_shape.h"
#include "core/read/marks.h"
#include "core/read/remarks.h"
#include "core/scan/scan.h"

#include <math.h>
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
    uint8_t *taken = ic_alloc_zeroed(w->grid.width, 1);
    ic_intern seen = {0}; /* several frequencies: by letter and ordinal */
    ic_status status = taken == NULL || (mixed && w->periods == NULL) ? IC_MEMORY : IC_OK;
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
    w->gaps = n_wanted < w->grid.width;
    w->grid.columns = w->periods;
    return status == IC_MEMORY ? ic_fail_memory(error) : status;
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

typedef struct reading {
    ic_wide *wide;
    const ic_options *options;
    ic_window *window;
    ic_grid_part part;
    ic_row row;
    ic_number_shape shape;
    ic_field *texts; /* per dimension: the row's code; then its label */
    uint32_t *codes;
    const ic_filter **filters; /* per dimension, or NULL */
    ic_error *error;
    ic_grid_row about;
    uint32_t any;
    int behind; /* the table has ended */
    size_t remarks;
} reading;

static ic_status at(reading *r, const char *place) {
    ic_error_place(r->error, r->window->begin, r->window->offset, r->wide->line, place);
    return r->error->status;
}

static ic_status no_memory(reading *r) { return ic_fail_memory(r->error); }

static int is_wanted(const ic_filter *filter, const char *text, size_t length) {
    if (filter == NULL) return 1;
    for (size_t c = 0; c < filter->codes.count; c++)
        if (filter->codes.lengths[c] == length && memcmp(filter->codes.texts[c], text, length) == 0) return 1;
    return 0;
}

static ic_status check_text(reading *r, const ic_field *field, const char *name) {
    size_t valid = ic_utf8_valid(field->text, field->length);
    int nul = memchr(field->text, '\0', field->length) != NULL;
    if (valid == field->length && !nul) return IC_OK;
    ic_fail(r->error, IC_FORMAT, nul ? "%s: a NUL byte" : "%s: bytes that are no UTF-8 (encoding= names another)",
            name);
    return at(r, field->raw);
}

static ic_field trimmed(ic_field field) {
    while (field.length > 0 && field.text[0] == ' ') field.text++, field.length--;
    while (field.length > 0 && field.text[field.length - 1] == ' ') field.length--;
    return field;
}

static ic_status bad_cell(reading *r, const ic_wide_column *column, const ic_field *field) {
    char text[60];
    ic_fail(r->error, IC_FORMAT, "%s: \"%s\" is no number", column->name,
            ic_quote(text, sizeof text, field->text, field->length));
    return at(r, field->raw);
}

/* A cell that is no plain figure. */
static ic_status plain_cell(reading *r, const ic_wide_column *column, ic_field field, ic_number *number,
                            uint32_t *flags) {
    *number = (ic_number){.value = NAN, .decimals = -1};
    *flags = 0;
    field = trimmed(field);
    if (field.length == 0 || ic_marks_missing(field.text, field.length, flags)) return IC_OK;
    if (!ic_number_parse(field.text, field.length, &r->wide->style, number)) return bad_cell(r, column, &field);
    *flags = column->period.flags;
    return IC_OK;
}

static ic_status keep(reading *r, const ic_wide_column *column, const ic_number *number, uint32_t flags) {
    if (column->slot == IC_WIDE_NOWHERE) {
        if (!column->unplaced || (isnan(number->value) && flags == 0)) return IC_OK;
        return ic_dataset_note(&r->part.aside, "unplaced", column->name, strlen(column->name), 1) == IC_OK
                   ? IC_OK
                   : no_memory(r);
    }
    ic_grid_values(&r->wide->grid, &r->part)[column->slot] = number->value;
    if (flags != 0) ic_grid_flags(&r->wide->grid, &r->part)[column->slot] = flags;
    r->any |= flags;
    if (number->decimals > r->about.decimals) r->about.decimals = number->decimals;
    if (number->digits > r->about.digits) r->about.digits = number->digits;
    return IC_OK;
}

static ic_status make_room(reading *r) {
    const ic_grid *grid = &r->wide->grid;
    uint64_t most = grid->width == 0 ? UINT64_MAX : r->options->limits.cells / grid->width;
    if (r->part.used < r->part.room && r->part.used < most) return IC_OK;
    if (r->part.used >= most) {
        ic_fail(r->error, IC_LIMIT, "more than %llu cells (limits={\"cells\": ...} allows more)",
                (unsigned long long)r->options->limits.cells);
        return at(r, r->window->begin);
    }
    size_t room = r->part.room + r->part.room / 2 + 64;
    if (ic_grid_grow(&r->wide->grid, r->part.used, room) != IC_OK) return no_memory(r);
    r->part.room = room;
    return IC_OK;
}

/* Whether the filters let the row's codes pass. */
static int key_wanted(const reading *r) {
    for (size_t d = 0; d < r->wide->n_dims; d++)
        if (!is_wanted(r->filters[d], r->texts[d].text, r->texts[d].length)) return 0;
    return 1;
}

static ic_status check_key(reading *r) {
    for (size_t d = 0; d < r->wide->n_dims; d++) {
        IC_TRY(check_text(r, &r->texts[d], r->wide->dims[d].name));
        IC_TRY(check_text(r, &r->texts[r->wide->n_dims + d], r->wide->dims[d].name));
    }
    return IC_OK;
}

/* A place for the cells. */
static ic_status begin_cells(reading *r) {
    const ic_wide *w = r->wide;
    IC_TRY(make_room(r));
    r->about = (ic_grid_row){.line = w->line, .decimals = -1};
    r->any = 0;
    double *values = ic_grid_values(&w->grid, &r->part);
    if (w->gaps)
        for (size_t k = 0; k < w->grid.width; k++) values[k] = NAN;
    return IC_OK;
}

static ic_status end_row(reading *r) {
    size_t n_dims = r->wide->n_dims;
    for (size_t d = 0; d < n_dims; d++) {
        const ic_field *code = &r->texts[d], *label = &r->texts[n_dims + d];
        ic_dimension *dim = &r->part.dims[d];
        if (ic_intern_add(&dim->codes, code->text, code->length, &r->codes[d]) != IC_OK) return no_memory(r);
        if (label->length > 0 &&
            ic_dimension_label(dim, &r->part.arena, r->codes[d], label->text, label->length) != IC_OK)
            return no_memory(r);
    }
    r->part.any_flags |= r->any;
    return ic_grid_add(&r->part, r->codes, r->about) == IC_OK ? IC_OK : no_memory(r);
}

static ic_status wrong_count(reading *r, size_t n) {
    ic_fail(r->error, IC_FORMAT, "%zu fields, expected %zu as in the head row", n, r->wide->n_columns);
    return at(r, r->row.fields[n > r->wide->n_columns ? r->wide->n_columns : n - 1].raw);
}

/* The row in r->row, which is whole. */
static ic_status plain_row(reading *r) {
    const ic_wide *w = r->wide;
    size_t n = r->row.count;
    if (n == 1 && trimmed(r->row.fields[0]).length == 0) return IC_OK; /* an empty line */
    if (w->ends(w, &r->row)) {
        r->behind = 1;
        return IC_OK;
    }
    while (w->spare && n > w->n_columns && r->row.fields[n - 1].length == 0) n--;
    if (n != w->n_columns) return wrong_count(r, n);
    for (size_t c = 0; c < n; c++) {
        const ic_wide_column *column = &w->columns[c];
        if (column->kind == IC_WIDE_DIM) r->texts[column->dim] = trimmed(r->row.fields[c]);
        if (column->kind == IC_WIDE_LABEL) r->texts[w->n_dims + column->dim] = trimmed(r->row.fields[c]);
    }
    IC_TRY(check_key(r));
    if (!key_wanted(r)) return IC_OK;
    IC_TRY(begin_cells(r));
    for (size_t c = 0; c < n; c++) {
        ic_number number;
        uint32_t flags;
        if (w->columns[c].kind != IC_WIDE_CELL) continue;
        IC_TRY(plain_cell(r, &w->columns[c], r->row.fields[c], &number, &flags));
        IC_TRY(keep(r, &w->columns[c], &number, flags));
    }
    if (w->row != NULL && w->row(w->context, &r->row, r->texts, ic_grid_values(&w->grid, &r->part),
                                 ic_grid_flags(&w->grid, &r->part), &r->any) != IC_OK)
        return no_memory(r);
    return end_row(r);
}

/* The text of the field at `p` that ends at `stop`; NULL if it needs more than a look (doubled quotes, line feeds). */
static const char *quick_text(const char *p, const char *end, char separator, ic_field *field) {
    field->raw = p;
    if (*p != '"') {
        const char *q = p + ic_scan.find_any(p, (size_t)(end - p), separator, '\n', separator);
        *field = (ic_field){p, (size_t)(q - p), p};
        if (q < end && *q == '\n' && q > p && q[-1] == '\r') {
            field->length--;
            q--;
        }
        return q;
    }
    const char *q = p + 1 + ic_scan.find_any(p + 1, (size_t)(end - p - 1), '"', '\n', '"');
    if (q >= end || *q != '"' || (q[1] != separator && q[1] != '\n' && q[1] != '\r')) return NULL;
    *field = (ic_field){p + 1, (size_t)(q - p - 1), p};
    return q + 1;
}

/* The codes and labels of the row; NULL if they need more than a look, else where its cells begin. */
static const char *quick_key(reading *r, const char *p, const char *end) {
    const ic_wide *w = r->wide;
    for (size_t c = 0; c < w->first_cell; c++) {
        const ic_wide_column *column = &w->columns[c];
        ic_field field;
        p = quick_text(p, end, w->separator, &field);
        if (p == NULL || *p++ != w->separator) return NULL;
        if (ic_utf8_valid(field.text, field.length) != field.length || memchr(field.text, 0, field.length) != NULL)
            return NULL;
        field = trimmed(field);
        if (column->kind == IC_WIDE_DIM && field.length == 0) return NULL;
        if (column->kind == IC_WIDE_DIM) r->texts[column->dim] = field;
        if (column->kind == IC_WIDE_LABEL) r->texts[w->n_dims + column->dim] = field;
    }
    return key_wanted(r) ? p : NULL;
}

/* The cells from `p` on: figures, in quotes or not, and empty ones. Gives what follows the row, NULL for anything else. */
static const char *quick_cells(reading *r, const char *p) {
    const ic_wide *w = r->wide;
    double *values = ic_grid_values(&w->grid, &r->part);
    const char separator = w->separator;
    int decimals = -1;
    unsigned digits = 0;
    ic_number_shape shape = r->shape; /* a copy, which the stores to the grid can't alias */
    for (size_t c = w->first_cell; c < w->n_columns; c++) {
        ic_number number = {.value = NAN, .decimals = -1};
        if (*p != separator && *p != '\n' && *p != '\r') {
            const int quoted = *p == '"';
            if (quoted && p[1] == '"') {
                p++;
            } else {
                const char *first = p + quoted + (p[quoted] == '-');
                p = ic_number_scan_shaped(p + quoted, &shape, &number);
                if (p == NULL) return NULL;
                if (number.digits > IC_PRINTED_DIGITS && *first == '0') return NULL; /* leading zeros were counted */
            }
            if (quoted && *p++ != '"') return NULL;
        }
        if (w->columns[c].slot != IC_WIDE_NOWHERE) {
            values[w->columns[c].slot] = number.value;
            decimals = number.decimals > decimals ? number.decimals : decimals;
            digits = number.digits > digits ? number.digits : digits;
        }
        if (c + 1 < w->n_columns && *p++ != separator) return NULL;
    }
    while (w->spare && *p == separator) p++;
    if (*p == '\r') p++;
    if (*p != '\n') return NULL;
    r->shape = shape;
    r->about.decimals = (int8_t)decimals;
    r->about.digits = (uint8_t)digits;
    return p + 1;
}

/* A row of plain texts, figures and empty cells: *next is behind it, or NULL where the plain path must read it. */
static ic_status quick_row(reading *r, const char **next) {
    const ic_wide *w = r->wide;
    const char *row = r->window->begin, *end = r->window->rows_end;
    *next = NULL;
    if (!w->quick || w->row != NULL || w->style.decimal != '.' || r->options->plain) return IC_OK;
    if (w->marked != NULL && w->marked(row, (size_t)(end - row))) return IC_OK;
    const char *cells = quick_key(r, row, end);
    if (cells == NULL) return IC_OK;
    IC_TRY(begin_cells(r));
    *next = quick_cells(r, cells);
    return *next == NULL ? IC_OK : end_row(r);
}

static ic_status split_failed(reading *r, ic_row_result result, const char *place) {
    switch (result) {
    case IC_ROW_NO_MEMORY: return no_memory(r);
    case IC_ROW_UNCLOSED: ic_fail(r->error, IC_FORMAT, "a quote that is opened here is never closed"); break;
    case IC_ROW_STRAY:
        ic_fail(r->error, IC_FORMAT, "text behind a closing quote; expected \"%c\" or the end of the line",
                r->wide->separator);
        break;
    default:
        place = r->window->begin;
        ic_fail(r->error, IC_LIMIT, "more than %llu fields (limits={\"columns\": ...} allows more)",
                (unsigned long long)r->options->limits.columns);
    }
    return at(r, place);
}

static ic_status line_behind(reading *r) {
    const char *p = r->window->begin;
    size_t length = ic_scan.find(p, (size_t)(r->window->rows_end - p), '\n');
    ic_field line = {p, length, p};
    if (++r->remarks > IC_REMARKS_MOST) {
        ic_fail(r->error, IC_FORMAT, "more than %d lines behind the table", IC_REMARKS_MOST);
        return at(r, p);
    }
    IC_TRY(check_text(r, &line, "behind the table"));
    ic_status status = r->wide->behind(r->wide->context, p, length);
    if (status == IC_MEMORY) return no_memory(r);
    if (status != IC_OK) {
        ic_fail(r->error, status, "a row behind the remarks that end the table");
        return at(r, p);
    }
    r->wide->line++;
    ic_window_advance(r->window, p + length + 1);
    return IC_OK;
}

static ic_status read_row(reading *r) {
    const char *next = NULL;
    if (r->behind) return line_behind(r);
    IC_TRY(quick_row(r, &next));
    if (next != NULL) {
        r->wide->line++;
        ic_window_advance(r->window, next);
        return IC_OK;
    }
    for (;;) {
        ic_row_result result = ic_row_split(&r->row, r->window->begin, r->window->rows_end, r->wide->separator,
                                            (size_t)r->options->limits.columns, &next);
        if (result == IC_ROW_WHOLE) {
            IC_TRY(plain_row(r));
            if (r->behind) return IC_OK; /* this line is the first that stands behind */
            r->wide->line += 1 + r->row.line_feeds;
            ic_window_advance(r->window, next);
            return IC_OK;
        }
        if ((result != IC_ROW_CUT && result != IC_ROW_UNCLOSED) || r->window->finished)
            return split_failed(r, result, next);
        IC_TRY(ic_window_fill(r->window, r->error));
    }
}

static ic_status read_rows(reading *r) {
    for (;;) {
        if (r->window->begin == r->window->rows_end) {
            IC_TRY(ic_window_fill(r->window, r->error));
            if (r->window->begin == r->window->end) return IC_OK;
        }
        while (r->window->begin < r->window->rows_end) IC_TRY(read_row(r));
    }
}

/* ---- all of it ---------------------------------------------------------------------------------------------------- */

static ic_status find_filters(reading *r) {
    char word[60];
    const ic_wide *w = r->wide;
    for (size_t f = 0; f < r->options->n_filters; f++) {
        const char *dim = r->options->filters[f].dim;
        size_t d = 0;
        while (d < w->n_dims && !ic_dimension_is(w->dims[d].name, dim)) d++;
        if (d == w->n_dims)
            return ic_fail(r->error, IC_ARGUMENT, "where names \"%s\": there is no such dimension",
                           ic_quote(word, sizeof word, dim, strlen(dim)));
        r->filters[d] = &r->options->filters[f];
    }
    return IC_OK;
}

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

static ic_status open_reading(reading *r) {
    ic_wide *w = r->wide;
    r->texts = ic_alloc_zeroed(2 * w->n_dims, sizeof *r->texts);
    r->codes = ic_alloc_zeroed(w->n_dims, sizeof *r->codes);
    r->filters = ic_alloc_zeroed(w->n_dims, sizeof *r->filters);
    if (r->texts == NULL || r->codes == NULL || r->filters == NULL) return no_memory(r);
    if (ic_grid_part_open(&r->part, w->n_dims) != IC_OK) return no_memory(r);
    for (size_t d = 0; d < w->n_dims; d++) {
        const char *code = w->dims[d].fixed == NULL ? "" : w->dims[d].fixed;
        r->texts[d] = (ic_field){code, strlen(code), code};
        r->texts[w->n_dims + d] = (ic_field){"", 0, ""};
    }
    r->part.room = w->grid.width > (size_t)1 << 20 ? 1 : 64;
    return ic_grid_make(&w->grid, r->part.room) == IC_OK ? IC_OK : no_memory(r);
}

ic_status ic_wide_read(ic_wide *wide, ic_window *window, const ic_options *options, ic_dataset *dataset,
                       ic_error *error) {
    reading r = {.wide = wide, .options = options, .window = window, .error = error};
    ic_status status = open_reading(&r);
    if (status == IC_OK) status = find_filters(&r);
    if (status == IC_OK) status = read_rows(&r);
    if (status != IC_OK && error->column == 0) { /* no field's place, but a row's */
        error->status = status;
        error->offset = window->offset;
        error->line = wide->line;
        error->column = 1;
    }
    if (status == IC_OK && name_dims(wide, dataset) != IC_OK) status = no_memory(&r);
    if (status == IC_OK) status = ic_grid_finish(dataset, &wide->grid, &r.part, 1, options, 0, error);
    ic_grid_part_close(&r.part);
    ic_row_free(&r.row);
    ic_free(r.texts);
    ic_free(r.codes);
    ic_free(r.filters);
    return status;
}

void ic_wide_free(ic_wide *wide) {
    ic_free(wide->columns);
    ic_free(wide->dims);
    ic_grid_free(&wide->grid);
    ic_arena_free(&wide->arena);
    *wide = (ic_wide){0};
}
