/* The head row of a long table, and what must be known of the first rows before they are read. */
#include "core/base/utf8.h"
#include "core/read/long.h"

typedef struct head {
    const ic_long_format *format;
    ic_long_plan plan;
    uint64_t lines; /* before the first row */
} head;

static ic_status split_head(head *h, ic_window *window, ic_row *row, const ic_options *options, const char **next,
                            ic_error *error) {
    for (;;) {
        IC_TRY(ic_window_fill(window, error));
        if (window->offset == 0)
            ic_window_advance(window,
                              window->begin + ic_utf8_mark(window->begin, (size_t)(window->end - window->begin)));
        if (window->begin == window->end || (window->end - window->begin == 1 && window->unended)) {
            error->line = error->column = 1;
            return ic_fail(error, IC_FORMAT, "the file is empty; expected a head row");
        }
        size_t length = 0, held = (size_t)(window->rows_end - window->begin);
        while (length < held && window->begin[length] != '\n') length++;
        h->plan.separator = options->separator != 0 ? options->separator : h->format->separator(window->begin, length);
        if (h->plan.separator == 0) h->plan.separator = ','; /* one column: what is missing is said below */
        ic_row_result result = ic_row_split(row, window->begin, window->rows_end, h->plan.separator,
                                            (size_t)options->limits.columns, next);
        if (result == IC_ROW_WHOLE) return IC_OK;
        if (result == IC_ROW_NO_MEMORY) return ic_fail_memory(error);
        error->line = error->column = 1;
        if (result == IC_ROW_TOO_WIDE)
            return ic_fail(error, IC_LIMIT, "more than %llu columns (limits={\"columns\": ...} allows more)",
                           (unsigned long long)options->limits.columns);
        if (window->finished || result == IC_ROW_STRAY) {
            ic_error_place(error, window->begin, window->offset, 1, *next == NULL ? window->begin : *next);
            return ic_fail(error, IC_FORMAT,
                           result == IC_ROW_STRAY ? "text behind a closing quote in the head row"
                                                  : "a quote in the head row is never closed");
        }
        error->line = error->column = 0;
    }
}

/* Whether the source ends here: asked when the window has been used up, since a source may not know its size. */
static ic_status ends(ic_window *window, int *end, ic_error *error) {
    if (window->begin == window->end) IC_TRY(ic_window_fill(window, error));
    *end = window->begin == window->end;
    return IC_OK;
}

#define DECIMAL_BYTES ((size_t)32 << 10) /* behind the head row, by which the decimal mark is decided */

/* The rows that are looked at are the same however the bytes arrive. */
static ic_status find_decimal(head *h, ic_window *window, ic_row *row, ic_error *error) {
    while (h->plan.separator != ',' && (size_t)(window->end - window->begin) < DECIMAL_BYTES && !window->finished) {
        size_t held = (size_t)(window->end - window->begin);
        if (held >= window->row_limit) break; /* the next row may be longer than it ought to be: told when it is read */
        IC_TRY(ic_window_fill(window, error));
    }
    size_t held = (size_t)(window->rows_end - window->begin);
    const char *end = window->begin + (held < DECIMAL_BYTES ? held : DECIMAL_BYTES);
    return ic_long_plan_decimal(&h->plan, window->begin, end, row) == IC_OK ? IC_OK : ic_fail_memory(error);
}

/* The first row may say more about the columns than their names do. */
static ic_status first_row(head *h, ic_window *window, ic_row *row, const ic_options *options, ic_error *error) {
    const char *next = NULL;
    ic_row_result result =
        ic_row_split(row, window->begin, window->rows_end, h->plan.separator, (size_t)options->limits.columns, &next);
    if (result == IC_ROW_NO_MEMORY) return ic_fail_memory(error);
    return result == IC_ROW_WHOLE ? h->format->first(&h->plan, row, error) : IC_OK; /* told when it is read */
}

static ic_status read_head(head *h, ic_window *window, const ic_options *options, ic_error *error) {
    ic_row row = {0};
    const char *next = NULL;
    ic_status status = split_head(h, window, &row, options, &next, error);
    if (status == IC_OK) {
        status = h->format->head(&h->plan, &row, options, error);
        if (status == IC_OK && h->format->first == NULL) status = ic_long_plan_settle(&h->plan, options, error);
        if (status == IC_FORMAT) error->line = error->column = 1;
    }
    if (status == IC_OK) {
        h->lines = 1 + row.line_feeds;
        ic_window_advance(window, next);
        int end = 0;
        status = ends(window, &end, error);
        if (status == IC_OK && end) {
            error->line = h->lines + 1;
            error->column = 1;
            error->offset = window->offset;
            status = ic_fail(error, IC_FORMAT, "no row behind the head row");
        }
    }
    if (status == IC_OK && h->format->first != NULL) {
        status = first_row(h, window, &row, options, error);
        if (status == IC_OK) status = ic_long_plan_settle(&h->plan, options, error);
        if (status == IC_FORMAT) error->line = error->column = 1;
    }
    if (status == IC_OK) {
        if (options->decimal != 0)
            h->plan.decimal = options->decimal;
        else
            status = find_decimal(h, window, &row, error);
    }
    ic_row_free(&row);
    return status;
}

ic_status ic_long_read_file(const ic_long_format *format, const ic_source *source, const ic_options *options,
                            ic_dataset *dataset, ic_error *error) {
    head h = {.format = format};
    ic_window window;
    ic_status status = ic_window_open(&window, source, 0, 0, (size_t)options->limits.line, error);
    window.polls = 1;
    if (status == IC_OK) status = read_head(&h, &window, options, error);
    if (status != IC_OK && error->line == 0) { /* the source's end or a row too long: behind the head, or in it */
        error->line = h.lines + 1;
        error->column = 1;
    }
    if (status == IC_OK) return format->rows(&h.plan, &window, h.lines, source, options, dataset, error);
    ic_window_close(&window);
    ic_long_plan_free(&h.plan);
    return status;
}
