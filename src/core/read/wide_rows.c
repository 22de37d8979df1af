/* Rows of a wide table as they become a grid, and the lines behind the table. */
#include "core/base/utf8.h"
#include "core/read/marks.h"
#include "core/read/remarks.h"
#include "core/read/wide_part.h"
#include "core/scan/scan.h"

#include <math.h>
#include <string.h>

typedef ic_wide_part part;

static ic_status at(part *p, const char *place) {
    ic_error_place(&p->error, p->window.begin, p->window.offset, p->sink.lines, place);
    return p->error.status;
}

static ic_status no_memory(part *p) { return ic_fail_memory(&p->error); }

/* ---- the key --------------------------------------------------------------------------------------------------- */

static int is_wanted(const ic_filter *filter, const char *text, size_t length) {
    if (filter == NULL) return 1;
    for (size_t c = 0; c < filter->codes.count; c++)
        if (filter->codes.lengths[c] == length && memcmp(filter->codes.texts[c], text, length) == 0) return 1;
    return 0;
}

int ic_wide_wanted(const ic_wide_part *p) {
    for (size_t d = 0; d < p->wide->n_dims; d++)
        if (!is_wanted(p->filters[d], p->texts[d].text, p->texts[d].length)) return 0;
    return 1;
}

ic_field ic_wide_trimmed(ic_field field) {
    while (field.length > 0 && field.text[0] == ' ') field.text++, field.length--;
    while (field.length > 0 && field.text[field.length - 1] == ' ') field.length--;
    return field;
}

static ic_status check_text(part *p, const ic_field *field, const char *name) {
    size_t valid = ic_utf8_valid(field->text, field->length);
    int nul = memchr(field->text, '\0', field->length) != NULL;
    if (valid == field->length && !nul) return IC_OK;
    ic_fail(&p->error, IC_FORMAT, nul ? "%s: a NUL byte" : "%s: bytes that are no UTF-8 (encoding= names another)",
            name);
    return at(p, field->raw);
}

static ic_status check_key(part *p) {
    const ic_wide *w = p->wide;
    for (size_t d = 0; d < w->n_dims; d++) {
        IC_TRY(check_text(p, &p->texts[d], w->dims[d].name));
        IC_TRY(check_text(p, &p->texts[w->n_dims + d], w->dims[d].name));
    }
    return IC_OK;
}

/* ---- cells ------------------------------------------------------------------------------------------------------- */

static ic_status make_room(part *p) {
    if (p->sink.used < p->sink.room && p->sink.used < p->most) return IC_OK;
    if (p->sink.used >= p->most) {
        ic_fail(&p->error, IC_LIMIT, "more than %llu cells (limits={\"cells\": ...} allows more)",
                (unsigned long long)p->options->limits.cells);
        return at(p, p->window.begin);
    }
    if (!p->may_grow) return ic_fail(&p->error, IC_FORMAT, "more rows than were counted; the file has changed");
    size_t room = p->sink.room + p->sink.room / 2 + 64;
    if (ic_grid_grow(p->grid, p->sink.used, room) != IC_OK) return no_memory(p);
    p->sink.room = room;
    return IC_OK;
}

ic_status ic_wide_begin_cells(ic_wide_part *p) {
    IC_TRY(make_room(p));
    p->about = (ic_grid_row){.line = p->sink.lines, .decimals = -1};
    p->any = 0;
    double *values = ic_grid_values(p->grid, &p->sink);
    if (p->wide->gaps)
        for (size_t k = 0; k < p->grid->width; k++) values[k] = NAN;
    return IC_OK;
}

int ic_wide_cell(const ic_wide *wide, ic_field field, ic_number *number, uint32_t *flags) {
    *number = (ic_number){.value = NAN, .decimals = -1};
    *flags = 0;
    field = ic_wide_trimmed(field);
    return field.length == 0 || ic_marks_missing(field.text, field.length, flags) ||
           ic_number_parse(field.text, field.length, &wide->style, number);
}

static ic_status bad_cell(part *p, const ic_wide_column *column, ic_field field) {
    char text[60];
    field = ic_wide_trimmed(field);
    ic_fail(&p->error, IC_FORMAT, "%s: \"%s\" is no number", column->name,
            ic_quote(text, sizeof text, field.text, field.length));
    return at(p, field.raw);
}

static ic_status keep(part *p, const ic_wide_column *column, const ic_number *number, uint32_t flags) {
    if (column->slot == IC_WIDE_NOWHERE) {
        if (!column->unplaced || (isnan(number->value) && flags == 0)) return IC_OK;
        return ic_dataset_note(&p->sink.aside, "unplaced", column->name, strlen(column->name), 1) == IC_OK
                   ? IC_OK
                   : no_memory(p);
    }
    ic_grid_values(p->grid, &p->sink)[column->slot] = number->value;
    if (flags != 0) ic_grid_flags(p->grid, &p->sink)[column->slot] = flags;
    p->any |= flags;
    if (number->decimals > p->about.decimals) p->about.decimals = number->decimals;
    if (number->digits > p->about.digits) p->about.digits = number->digits;
    return IC_OK;
}

/* ---- rows --------------------------------------------------------------------------------------------------------- */

ic_status ic_wide_end_row(ic_wide_part *p, int known) {
    const size_t n_dims = p->wide->n_dims;
    for (size_t d = 0; d < n_dims && !known; d++) {
        const ic_field *code = &p->texts[d], *label = &p->texts[n_dims + d];
        ic_dimension *dim = &p->sink.dims[d];
        if (ic_intern_add(&dim->codes, code->text, code->length, &p->codes[d]) != IC_OK) return no_memory(p);
        if (label->length > 0 &&
            ic_dimension_label(dim, &p->sink.arena, p->codes[d], label->text, label->length) != IC_OK)
            return no_memory(p);
    }
    p->sink.any_flags |= p->any;
    return ic_grid_add(&p->sink, p->codes, p->about) == IC_OK ? IC_OK : no_memory(p);
}

static ic_status wrong_count(part *p, size_t n) {
    ic_fail(&p->error, IC_FORMAT, "%zu fields, expected %zu as in the head row", n, p->wide->n_columns);
    return at(p, p->row.fields[n > p->wide->n_columns ? p->wide->n_columns : n - 1].raw);
}

/* The row in p->row, which is whole. */
static ic_status plain_row(part *p) {
    const ic_wide *w = p->wide;
    size_t n = p->row.count;
    if (n == 1 && ic_wide_trimmed(p->row.fields[0]).length == 0) return IC_OK; /* an empty line */
    if (w->ends(w, &p->row)) {
        p->behind = 1;
        return IC_OK;
    }
    while (w->spare && n > w->n_columns && p->row.fields[n - 1].length == 0) n--;
    if (n != w->n_columns) return wrong_count(p, n);
    for (size_t c = 0; c < n; c++) {
        const ic_wide_column *column = &w->columns[c];
        if (column->kind == IC_WIDE_DIM) p->texts[column->dim] = ic_wide_trimmed(p->row.fields[c]);
        if (column->kind == IC_WIDE_LABEL) p->texts[w->n_dims + column->dim] = ic_wide_trimmed(p->row.fields[c]);
    }
    IC_TRY(check_key(p));
    if (!ic_wide_wanted(p)) return IC_OK;
    IC_TRY(ic_wide_begin_cells(p));
    for (size_t c = 0; c < n; c++) {
        const ic_wide_column *column = &w->columns[c];
        ic_number number;
        uint32_t flags;
        if (column->kind != IC_WIDE_CELL) continue;
        if (!ic_wide_cell(w, p->row.fields[c], &number, &flags)) return bad_cell(p, column, p->row.fields[c]);
        if (!isnan(number.value)) flags = column->period.flags;
        IC_TRY(keep(p, column, &number, flags));
    }
    if (w->row != NULL && w->row(w->context, &p->row, p->texts, ic_grid_values(p->grid, &p->sink),
                                 ic_grid_flags(p->grid, &p->sink), &p->any) != IC_OK)
        return no_memory(p);
    return ic_wide_end_row(p, 0);
}

static ic_status split_failed(part *p, ic_row_result result, const char *place) {
    switch (result) {
    case IC_ROW_NO_MEMORY: return no_memory(p);
    case IC_ROW_UNCLOSED: ic_fail(&p->error, IC_FORMAT, "a quote that is opened here is never closed"); break;
    case IC_ROW_STRAY:
        ic_fail(&p->error, IC_FORMAT, "text behind a closing quote; expected \"%c\" or the end of the line",
                p->wide->separator);
        break;
    default:
        place = p->window.begin;
        ic_fail(&p->error, IC_LIMIT, "more than %llu fields (limits={\"columns\": ...} allows more)",
                (unsigned long long)p->options->limits.columns);
    }
    return at(p, place);
}

static ic_status read_row(part *p) {
    const char *next = NULL;
    IC_TRY(ic_wide_quick(p, &next));
    if (next != NULL) {
        p->sink.lines++;
        ic_window_advance(&p->window, next);
        return IC_OK;
    }
    for (;;) {
        ic_row_result result = ic_row_split(&p->row, p->window.begin, p->window.rows_end, p->wide->separator,
                                            (size_t)p->options->limits.columns, &next);
        if (result == IC_ROW_WHOLE) {
            IC_TRY(plain_row(p));
            if (p->behind) return IC_OK; /* this line is the first that stands behind */
            p->sink.lines += 1 + p->row.line_feeds;
            ic_window_advance(&p->window, next);
            return IC_OK;
        }
        if ((result != IC_ROW_CUT && result != IC_ROW_UNCLOSED) || p->window.finished)
            return split_failed(p, result, next);
        IC_TRY(ic_window_fill(&p->window, &p->error));
    }
}

static ic_status line_behind(part *p) {
    const char *text = p->window.begin;
    size_t length = ic_scan.find(text, (size_t)(p->window.rows_end - text), '\n');
    ic_field line = {text, length, text};
    if (++p->remarks > IC_REMARKS_MOST) {
        ic_fail(&p->error, IC_FORMAT, "more than %d lines behind the table", IC_REMARKS_MOST);
        return at(p, text);
    }
    IC_TRY(check_text(p, &line, "behind the table"));
    ic_status status = p->wide->behind(p->wide->context, text, length);
    if (status == IC_MEMORY) return no_memory(p);
    if (status != IC_OK) {
        ic_fail(&p->error, status, "a row behind the remarks that end the table");
        return at(p, text);
    }
    p->sink.lines++;
    ic_window_advance(&p->window, text + length + 1);
    return IC_OK;
}

/* ---- the part ------------------------------------------------------------------------------------------------------ */

/* Up to the end of the part or the table; then, if `behind`, up to the end of the file. */
static ic_status each_line(part *p, int behind) {
    ic_window *window = &p->window;
    for (;;) {
        if (window->begin == window->rows_end) {
            IC_TRY(ic_window_fill(window, &p->error));
            if (window->begin == window->end) return IC_OK;
        }
        while (window->begin < window->rows_end) {
            if (behind) {
                IC_TRY(line_behind(p));
                continue;
            }
            if (window->offset >= p->until) return IC_OK;
            IC_TRY(read_row(p));
            if (p->behind) return IC_OK;
        }
    }
}

static ic_status begin(part *p) {
    if (p->window.buffer == NULL) /* the first part has the head's */
        IC_TRY(ic_window_open(&p->window, p->source, p->inside ? p->from - 1 : p->from, 0,
                              (size_t)p->options->limits.line, &p->error));
    p->window.cancel = p->cancel;
    if (p->polls) p->window.polls = 1;
    if (p->inside) IC_TRY(ic_window_to_next_row(&p->window, &p->error));
    p->began = p->window.offset;
    return IC_OK;
}

static ic_status placed(part *p, ic_status status) {
    if (status != IC_OK && p->error.column == 0) { /* no field's place, but a row's */
        p->error.status = status;
        p->error.offset = p->window.offset;
        p->error.line = p->sink.lines;
        p->error.column = 1;
    }
    return status;
}

ic_status ic_wide_part_open(ic_wide_part *p) {
    const ic_wide *w = p->wide;
    p->texts = ic_alloc_zeroed(2 * w->n_dims, sizeof *p->texts);
    p->codes = ic_alloc_zeroed(w->n_dims, sizeof *p->codes);
    p->said = ic_alloc_zeroed(w->first_cell, sizeof *p->said);
    p->starts = ic_alloc_zeroed(w->first_cell + 1, sizeof *p->starts);
    if (p->texts == NULL || p->codes == NULL || p->said == NULL || p->starts == NULL) return IC_MEMORY;
    for (size_t d = 0; d < w->n_dims; d++) {
        const char *code = w->dims[d].fixed == NULL ? "" : w->dims[d].fixed;
        p->texts[d] = (ic_field){code, strlen(code), code};
        p->texts[w->n_dims + d] = (ic_field){"", 0, ""};
    }
    return ic_grid_part_open(&p->sink, w->n_dims);
}

ic_status ic_wide_part_read(ic_wide_part *p) {
    ic_status status = begin(p);
    if (status == IC_OK) status = each_line(p, 0);
    status = placed(p, status);
    const uint64_t size = p->source->size;
    p->ended = p->window.offset < size ? p->window.offset : size; /* not behind an added line feed */
    if (status != IC_OK || !p->behind) ic_window_close(&p->window);
    return status;
}

ic_status ic_wide_part_behind(ic_wide_part *p) {
    p->window.cancel = NULL;
    p->window.polls = 1;
    ic_status status = placed(p, each_line(p, 1));
    ic_window_close(&p->window);
    return status;
}

void ic_wide_part_close(ic_wide_part *p) {
    ic_window_close(&p->window);
    ic_grid_part_close(&p->sink);
    ic_row_free(&p->row);
    ic_free(p->texts);
    ic_free(p->codes);
    for (size_t c = 0; p->said != NULL && c < p->wide->first_cell; c++) ic_free(p->said[c].texts);
    ic_free(p->said);
    ic_free(p->starts);
    ic_arena_free(&p->said_arena);
    *p = (ic_wide_part){.wide = p->wide};
}
