#include "core/syntax/delimited.h"
#include "core/base/memory.h"
#include "core/scan/scan.h"

#include <string.h>

/* The closing quote of the field whose first byte behind the opening quote is `p`, or NULL. */
static const char *closing(const char *p, const char *end, size_t *line_feeds, int *doubled) {
    const char *start = p;
    for (;;) {
        p += ic_scan.find(p, (size_t)(end - p), '"');
        if (p == end) return NULL;
        if (p + 1 < end && p[1] == '"') {
            *doubled = 1;
            p += 2;
            continue;
        }
        *line_feeds += ic_scan.count(start, (size_t)(p - start), '\n');
        return p;
    }
}

/* Scratch is one piece for the whole row, as long as the row may need, so that no field's text moves. */
static int reserve(ic_row *row, size_t size) {
    if (row->scratch_size >= size) return 1;
    char *scratch = ic_alloc(size, 1);
    if (scratch == NULL) return 0;
    ic_free(row->scratch);
    row->scratch = scratch;
    row->scratch_size = size;
    return 1;
}

static void undouble(ic_row *row, ic_field *field) {
    char *out = row->scratch + row->scratch_used;
    size_t n = 0;
    for (size_t i = 0; i < field->length; i++) {
        out[n++] = field->text[i];
        if (field->text[i] == '"') i++; /* the scanner has seen that they come in pairs */
    }
    field->text = out;
    field->length = n;
    row->scratch_used += n;
}

ic_row_result ic_row_split(ic_row *row, const char *text, const char *end, char separator, size_t most,
                           const char **next) {
    const char *p = text;
    int any_doubled = 0;
    row->count = 0;
    row->line_feeds = 0;
    for (;;) {
        if (row->count == most) return IC_ROW_TOO_WIDE;
        void *fields = row->fields;
        ic_status status = ic_grow(&fields, &row->capacity, row->count + 1, sizeof *row->fields);
        row->fields = fields;
        if (status != IC_OK) return IC_ROW_NO_MEMORY;
        ic_field *field = &row->fields[row->count++];
        field->raw = p;
        if (p < end && *p == '"') {
            int doubled = 0;
            const char *close = closing(p + 1, end, &row->line_feeds, &doubled);
            if (close == NULL) {
                *next = p;
                return IC_ROW_UNCLOSED;
            }
            field->text = p + 1;
            field->length = (size_t)(close - p - 1);
            any_doubled |= doubled;
            p = close + 1;
            if (p < end && *p == '\r' && p + 1 < end && p[1] == '\n') p++;
            if (p < end && *p != separator && *p != '\n') {
                *next = p;
                return IC_ROW_STRAY;
            }
        } else {
            field->text = p;
            p += ic_scan.find_any(p, (size_t)(end - p), separator, '\n', separator);
            field->length = (size_t)(p - field->text);
        }
        if (p == end) return IC_ROW_CUT;
        if (*p == '\n') break;
        p++;
    }
    *next = p + 1;
    ic_field *last = &row->fields[row->count - 1];
    if (last->length > 0 && last->text == last->raw && last->text[last->length - 1] == '\r') last->length--;
    if (any_doubled) {
        row->scratch_used = 0;
        if (!reserve(row, (size_t)(p - text))) return IC_ROW_NO_MEMORY;
        for (size_t i = 0; i < row->count; i++) {
            ic_field *field = &row->fields[i];
            if (field->text != field->raw && memchr(field->text, '"', field->length) != NULL) undouble(row, field);
        }
    }
    return IC_ROW_WHOLE;
}

const char *ic_row_skip(const char *text, const char *end, char separator, size_t *fields, size_t *line_feeds) {
    const char *p = text;
    int doubled = 0;
    *fields = 1;
    *line_feeds = 0;
    for (;; ++*fields) {
        if (p < end && *p == '"') {
            p = closing(p + 1, end, line_feeds, &doubled);
            if (p == NULL) return NULL;
            p++;
            if (p < end && *p == '\r' && p + 1 < end && p[1] == '\n') p++;
            if (p < end && *p != separator && *p != '\n') return NULL;
        } else {
            p += ic_scan.find_any(p, (size_t)(end - p), separator, '\n', separator);
        }
        if (p == end) return NULL;
        if (*p++ == '\n') return p;
    }
}

void ic_row_free(ic_row *row) {
    ic_free(row->fields);
    ic_free(row->scratch);
    *row = (ic_row){0};
}
