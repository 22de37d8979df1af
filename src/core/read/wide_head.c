#include "core/read/wide_head.h"
#include "core/base/utf8.h"

#include <string.h>

#define TITLES_MOST 64   /* rows in front of the head row */
#define SNIFFED     4096 /* columns of a head row that is looked at to recognise a file */

static ic_field trimmed(ic_field field) {
    while (field.length > 0 && field.text[0] == ' ') field.text++, field.length--;
    while (field.length > 0 && field.text[field.length - 1] == ' ') field.length--;
    return field;
}

int ic_wide_is(const char *text, size_t length, const char *word) {
    const ic_field field = trimmed((ic_field){text, length, text});
    for (size_t i = 0; i < field.length; i++) {
        char a = field.text[i], b = word[i];
        if (a >= 'A' && a <= 'Z') a = (char)(a + 32);
        if (b >= 'A' && b <= 'Z') b = (char)(b + 32);
        if (b == '\0' || a != b) return 0;
    }
    return word[field.length] == '\0';
}

int ic_wide_sniff(const char *head, size_t length, const char *separators, int (*is_head)(const ic_row *row)) {
    ic_row row = {0};
    int found = 0;
    const char *p = head + ic_utf8_mark(head, length), *end = head + length;
    for (int line = 0; line < TITLES_MOST && p < end && !found; line++) {
        const char *feed = memchr(p, '\n', (size_t)(end - p)), *next;
        if (feed == NULL) break;
        for (const char *s = separators; *s != '\0' && !found; s++) {
            if (ic_row_split(&row, p, feed + 1, *s, SNIFFED, &next) != IC_ROW_WHOLE || !is_head(&row)) continue;
            for (size_t i = 0; i < row.count && !found; i++) {
                const ic_field field = trimmed(row.fields[i]);
                ic_period period;
                found = ic_period_parse(field.text, field.length, NULL, &period) == IC_PERIOD_OK;
            }
        }
        p = feed + 1;
    }
    ic_row_free(&row);
    return found;
}

static ic_status bad(const ic_wide_head *head, const ic_window *window, const ic_field *field, ic_error *error) {
    ic_error_place(error, window->begin, window->offset, head->wide->line, field->raw);
    return error->status;
}

static ic_status read_columns(const ic_wide_head *head, const ic_window *window, const ic_row *row, ic_error *error) {
    ic_wide *w = head->wide;
    char quoted[60];
    size_t n = row->count;
    while (n > 0 && trimmed(row->fields[n - 1]).length == 0) n--; /* rows may end in a separator */
    w->columns = ic_alloc_zeroed(n, sizeof *w->columns);
    w->dims = ic_alloc_zeroed(n, sizeof *w->dims);
    if (w->columns == NULL || w->dims == NULL) return ic_fail_memory(error);
    w->n_columns = n;
    for (size_t c = 0; c < n; c++) {
        ic_wide_column *column = &w->columns[c];
        const ic_field field = trimmed(row->fields[c]);
        ic_quote(quoted, sizeof quoted, field.text, field.length);
        if (ic_utf8_valid(field.text, field.length) != field.length || memchr(field.text, 0, field.length) != NULL) {
            ic_fail(error, IC_FORMAT, "the head's \"%s\" is no UTF-8 (encoding= names another)", quoted);
            return bad(head, window, &row->fields[c], error);
        }
        column->name = ic_arena_text(&w->arena, field.text, field.length);
        if (column->name == NULL) return ic_fail_memory(error);
        ic_status status = IC_OK;
        switch (ic_period_parse(field.text, field.length, NULL, &column->period)) {
        case IC_PERIOD_OK: column->kind = IC_WIDE_CELL; break;
        case IC_PERIOD_UNPLACED:
            column->kind = IC_WIDE_CELL;
            column->unplaced = 1;
            break;
        case IC_PERIOD_UNSUPPORTED:
            status =
                ic_fail(error, IC_UNSUPPORTED, "\"%s\" is a period that none of A, S, Q, M, W, D can hold", quoted);
            break;
        default: status = head->column(head->context, column, error);
        }
        if (status != IC_OK) return status == IC_MEMORY ? status : bad(head, window, &row->fields[c], error);
    }
    return IC_OK;
}

static ic_status read_head(const ic_wide_head *head, ic_window *window, const ic_options *options, ic_row *row,
                           ic_error *error) {
    ic_wide *w = head->wide;
    for (size_t i = 0; i < TITLES_MOST; i++) {
        const char *next = NULL;
        if (window->begin == window->rows_end) IC_TRY(ic_window_fill(window, error));
        if (window->offset == 0)
            ic_window_advance(window,
                              window->begin + ic_utf8_mark(window->begin, (size_t)(window->end - window->begin)));
        if (window->begin == window->end) break;
        ic_row_result result = IC_ROW_CUT, title = IC_ROW_CUT;
        const char *behind = NULL;
        for (const char *s = head->separators; *s != '\0'; s++) {
            const size_t most = (size_t)options->limits.columns;
            result = ic_row_split(row, window->begin, window->rows_end, *s, most, &next);
            if (result == IC_ROW_NO_MEMORY) return ic_fail_memory(error);
            if (result == IC_ROW_TOO_WIDE)
                return ic_fail(error, IC_LIMIT, "more than %llu columns (limits={\"columns\": ...} allows more)",
                               (unsigned long long)options->limits.columns);
            if (result != IC_ROW_WHOLE) continue;
            title = result;
            behind = next;
            if (!head->is_head(row)) continue;
            w->separator = *s;
            IC_TRY(read_columns(head, window, row, error));
            w->line += 1 + row->line_feeds;
            ic_window_advance(window, next);
            return IC_OK;
        }
        if (title != IC_ROW_WHOLE) break;
        if (result != IC_ROW_WHOLE || next != behind) /* the last separator did not split it */
            title = ic_row_split(row, window->begin, window->rows_end, head->separators[0],
                                 (size_t)options->limits.columns, &behind);
        if (title != IC_ROW_WHOLE) break;
        for (size_t c = 0; c < row->count; c++) {
            const ic_field *field = &row->fields[c];
            if (ic_utf8_valid(field->text, field->length) == field->length) continue;
            ic_fail(error, IC_FORMAT, "bytes that are no UTF-8 (encoding= names another)");
            return bad(head, window, field, error);
        }
        if (head->title(head->context, row) != IC_OK) return ic_fail_memory(error);
        w->line += 1 + row->line_feeds;
        ic_window_advance(window, behind);
    }
    error->line = w->line;
    error->column = 1;
    error->offset = window->offset;
    return ic_fail(error, IC_FORMAT, "no head row; expected %s, then periods", head->expected);
}

ic_status ic_wide_head_read(const ic_wide_head *head, ic_window *window, const ic_options *options, ic_error *error) {
    ic_row row = {0};
    ic_status status = read_head(head, window, options, &row, error);
    ic_row_free(&row);
    return status;
}
