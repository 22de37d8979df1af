/* Rows of a long table by the plain path, which reads any row; long_quick.c has the one for rows like the last. */
#include "core/base/utf8.h"
#include "core/number/number.h"
#include "core/read/marks.h"
#include "core/read/remarks.h"
#include "core/read/long.h"
#include "core/scan/scan.h"

#include <math.h>

typedef ic_long_part part;

/* ---- errors ----------------------------------------------------------------------------------------------- */

static ic_status at(part *p, const char *place) {
    ic_error_place(&p->error, p->window.begin, p->window.offset, p->sink.lines, place);
    return p->error.status;
}

static ic_status no_memory(part *p) { return ic_fail_memory(&p->error); }

static ic_status bad_field(part *p, size_t i, const char *expected) {
    char text[60];
    const ic_field *field = &p->row.fields[i];
    ic_fail(&p->error, IC_FORMAT, "%s: \"%s\" is no %s", p->plan->columns[i].name,
            ic_quote(text, sizeof text, field->text, field->length), expected);
    return at(p, field->raw);
}

static ic_status split_failed(part *p, ic_row_result result, const char *place) {
    switch (result) {
    case IC_ROW_NO_MEMORY: return no_memory(p);
    case IC_ROW_UNCLOSED: ic_fail(&p->error, IC_FORMAT, "a quote that is opened here is never closed"); break;
    case IC_ROW_STRAY:
        ic_fail(&p->error, IC_FORMAT, "text behind a closing quote; expected \"%c\" or the end of the line",
                p->plan->separator);
        break;
    default:
        place = p->window.begin;
        ic_fail(&p->error, IC_FORMAT, "more than %zu fields, expected as many as in the head row", p->plan->n_columns);
    }
    return at(p, place);
}

/* ---- keys --------------------------------------------------------------------------------------------------- */

static ic_status check_text(part *p, size_t i) {
    const ic_field *field = &p->row.fields[i];
    size_t valid = ic_utf8_valid(field->text, field->length);
    if (valid == field->length && memchr(field->text, '\0', field->length) == NULL) return IC_OK;
    if (valid == field->length)
        ic_fail(&p->error, IC_FORMAT, "%s: a NUL byte", p->plan->columns[i].name);
    else
        ic_fail(&p->error, IC_FORMAT, "%s: bytes that are no UTF-8 (encoding= names another)",
                p->plan->columns[i].name);
    return at(p, field->raw);
}

/* labels=both: "code: label" */
static size_t code_length(const part *p, const ic_field *field) {
    for (size_t i = 0; p->plan->labelled && i + 1 < field->length; i++)
        if (field->text[i] == ':' && field->text[i + 1] == ' ') return i;
    return field->length;
}

static int reserve(char **buffer, size_t *room, size_t need) {
    void *bytes = *buffer;
    ic_status status = ic_grow(&bytes, room, need, 1);
    *buffer = bytes;
    return status == IC_OK;
}

/* The texts of all columns that `takes` wants, one behind the other with their lengths, in part->scratch. */
static size_t join(part *p, int (*takes)(const ic_column *)) {
    size_t used = 0;
    for (size_t i = 0; i < p->plan->n_columns; i++) {
        if (!takes(&p->plan->columns[i])) continue;
        const ic_field *field = &p->row.fields[i];
        uint32_t length = (uint32_t)field->length;
        if (!reserve(&p->scratch, &p->scratch_room, used + sizeof length + field->length)) return SIZE_MAX;
        memcpy(p->scratch + used, &length, sizeof length);
        memcpy(p->scratch + used + sizeof length, field->text, field->length);
        used += sizeof length + field->length;
    }
    return used;
}

static int takes_key(const ic_column *column) {
    return column->kind == IC_COLUMN_DIM || column->kind == IC_COLUMN_STRUCTURE;
}
static int takes_tail(const ic_column *column) { return column->attribute != IC_NO_ATTRIBUTE; }

/* Whether a code is of the level that is asked for: of so many digits, or, at the lowest one, in letters. */
static int is_of_level(const char *code, size_t length, int level) {
    size_t digits = 0;
    while (digits < length && code[digits] >= '0' && code[digits] <= '9') digits++;
    return level == 1 ? length == 5 && memcmp(code, "TOTAL", 5) == 0 : digits == length && (size_t)level == length + 1;
}

/* Whether the filters want the row's codes. */
static int key_wanted(const part *p) {
    const ic_options *options = p->options;
    for (size_t i = 0; i < p->plan->n_columns; i++) {
        const ic_column *column = &p->plan->columns[i];
        const ic_field *field = &p->row.fields[i];
        if (column->by_digits && options->level > 0 && !is_of_level(field->text, code_length(p, field), options->level))
            return 0;
        if (column->kind == IC_COLUMN_DIM && p->folding != NULL &&
            ic_fold_recoded(&p->folding->dims[column->number], field->text, code_length(p, field)) == IC_ABSENT)
            return 0;
        if (column->kind == IC_COLUMN_STRUCTURE && options->dataset != NULL) {
            size_t length = code_length(p, field);
            if (strlen(options->dataset) != length || memcmp(options->dataset, field->text, length) != 0) return 0;
        }
        for (size_t f = 0; column->kind == IC_COLUMN_DIM && f < options->n_filters; f++) {
            const ic_filter *filter = &options->filters[f];
            int found = 0;
            if (!ic_dimension_is(column->name, filter->dim)) continue;
            size_t length = code_length(p, field);
            for (size_t c = 0; c < filter->codes.count && !found; c++)
                found = filter->codes.lengths[c] == length && memcmp(filter->codes.texts[c], field->text, length) == 0;
            if (!found) return 0;
        }
    }
    return 1;
}

static ic_status label(part *p, size_t dim, uint32_t code, const char *text, size_t length) {
    return ic_dimension_label(&p->sink.dims[dim], &p->sink.arena, code, text, length) == IC_OK ? IC_OK : no_memory(p);
}

/* A key that was not met before: its codes, their labels. */
static ic_status new_key(part *p, uint32_t *key) {
    const ic_long_plan *plan = p->plan;
    *key = IC_ABSENT;
    for (size_t i = 0; i < plan->n_columns; i++)
        if (takes_key(&plan->columns[i]) || plan->columns[i].kind == IC_COLUMN_LABEL) IC_TRY(check_text(p, i));
    p->run_open = 0;
    if (!key_wanted(p)) return IC_OK;
    for (size_t i = 0; i < plan->n_columns; i++) {
        const ic_column *column = &plan->columns[i];
        const ic_field *field = &p->row.fields[i];
        if (column->kind != IC_COLUMN_DIM) continue;
        size_t length = code_length(p, field);
        uint32_t *code = &p->numbers[column->number];
        if (ic_intern_add(&p->sink.dims[column->number].codes, field->text, length, code) != IC_OK) return no_memory(p);
        if (length < field->length)
            IC_TRY(label(p, column->number, *code, field->text + length + 2, field->length - length - 2));
    }
    for (size_t i = 0; i < plan->n_columns; i++) {
        const ic_column *column = &plan->columns[i];
        const ic_field *field = &p->row.fields[i];
        if (column->kind == IC_COLUMN_LABEL && field->length > 0)
            IC_TRY(label(p, column->number, p->numbers[column->number], field->text, field->length));
    }
    for (size_t m = 0; m < plan->n_measures; m++) {
        uint32_t number = 0;
        if (plan->n_measures > 1) p->numbers[plan->n_dims] = (uint32_t)m;
        if (ic_sink_key(&p->sink, p->numbers, &number) != IC_OK) return no_memory(p);
        if (m == 0) *key = number; /* the other measures' follow it */
    }
    return IC_OK;
}

static void set_frequency(part *p) {
    char freq = p->plan->freq;
    if (p->plan->freq_dim < p->plan->n_dims && p->key != IC_ABSENT) {
        uint32_t code = p->sink.key_codes[p->key * p->sink.n_dims + p->plan->freq_dim];
        const ic_text *text = &p->sink.dims[p->plan->freq_dim].codes.items[code];
        if (text->length == 1) freq = text->text[0];
    }
    if (freq == p->periods.style.freq) return;
    p->periods.style.freq = freq;
    ic_period_forget(&p->periods);
}

static ic_status find_key(part *p) {
    size_t length = join(p, takes_key);
    if (length == SIZE_MAX) return no_memory(p);
    uint32_t text = 0, key = IC_ABSENT;
    size_t known = p->key_texts.count;
    if (ic_intern_add(&p->key_texts, p->scratch, length, &text) != IC_OK) return no_memory(p);
    if (text == known) {
        IC_TRY(new_key(p, &key));
        void *numbers = p->key_numbers;
        ic_status status = ic_grow(&numbers, &p->key_numbers_room, known + 1, sizeof *p->key_numbers);
        p->key_numbers = numbers;
        if (status != IC_OK) return no_memory(p);
        p->key_numbers[text] = key;
    } else { /* in another part this key may be new */
        for (size_t i = 0; i < p->plan->n_columns; i++)
            if (p->plan->columns[i].kind == IC_COLUMN_LABEL) IC_TRY(check_text(p, i));
    }
    key = p->key_numbers[text];
    if (key != p->key) {
        p->key = key;
        p->run_open = 0;
        set_frequency(p);
    }
    return IC_OK;
}

/* ---- attributes ------------------------------------------------------------------------------------------------ */

static int asked_for(const part *p, const char *name) {
    for (size_t i = 0; i < p->options->attributes.count; i++)
        if (strcmp(p->options->attributes.texts[i], name) == 0) return 1;
    return 0;
}

static ic_status new_tail(part *p) {
    for (size_t i = 0; i < p->plan->n_columns; i++) {
        const ic_column *column = &p->plan->columns[i];
        const ic_field *field = &p->row.fields[i];
        if (column->attribute == IC_NO_ATTRIBUTE) continue;
        ic_intern *values = &p->sink.attributes[column->attribute];
        uint32_t *number = &p->numbers[column->attribute];
        *number = IC_ABSENT;
        if (field->length == 0) continue;
        IC_TRY(check_text(p, i));
        if (p->sink.varied[column->attribute]) continue;
        size_t length = code_length(p, field);
        if (values->count >= IC_VALUES_MOST && !asked_for(p, column->name) &&
            ic_intern_find(values, field->text, length) == IC_ABSENT)
            p->sink.varied[column->attribute] = 1;
        else if (ic_intern_add(values, field->text, length, number) != IC_OK)
            return no_memory(p);
    }
    uint32_t tail = 0;
    return ic_sink_tail(&p->sink, p->numbers, &tail) == IC_OK ? IC_OK : no_memory(p);
}

static ic_status find_tail(part *p) {
    uint32_t tail = 0;
    if (p->plan->n_attributes == 0 && p->sink.tails == 1) return IC_OK;
    size_t length = join(p, takes_tail), known = p->tail_texts.count;
    if (length == SIZE_MAX) return no_memory(p);
    if (known > IC_VALUES_MOST * 16) { /* free texts by row: start the table anew, numbers of values stay */
        ic_intern_free(&p->tail_texts);
        known = 0;
    }
    if (ic_intern_add(&p->tail_texts, p->scratch, length, &tail) != IC_OK) return no_memory(p);
    if (tail == known) IC_TRY(new_tail(p));
    tail += (uint32_t)(p->sink.tails - p->tail_texts.count);
    if (tail != p->tail) {
        p->tail = tail;
        p->run_open = 0;
    }
    return IC_OK;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static IC_NOINLINE ic_status make_room(part *p) {
    size_t room = p->sink.room + p->sink.room / 2 + 4096;
    if (!p->may_grow) return ic_fail(&p->error, IC_FORMAT, "more rows than the file's size allows");
    if (p->sink.used >= p->options->limits.cells)
        return ic_fail(&p->error, IC_LIMIT, "more than %llu rows (limits={\"cells\": ...} allows more)",
                       (unsigned long long)p->options->limits.cells);
    if (ic_columns_grow(p->columns, p->sink.used, room) != IC_OK) return no_memory(p);
    p->sink.room = room;
    return IC_OK;
}

/* Writes one row of (key + measure, tail). */
static ic_status put(part *p, uint32_t key, char freq, int32_t ordinal, const ic_number *number, uint32_t flags) {
    ic_sink *sink = &p->sink;
    if (sink->used >= sink->room) IC_TRY(make_room(p));
    if (!p->run_open || sink->runs[sink->n_runs - 1].key != key || sink->runs[sink->n_runs - 1].freq != freq) {
        if (ic_sink_run(sink, key, p->tail, freq, sink->lines) != IC_OK) return no_memory(p);
        p->run_open = 1;
    }
    ic_run *run = &sink->runs[sink->n_runs - 1];
    if (run->row == sink->used)
        run->first = ordinal;
    else
        run->rising &= ordinal > run->last;
    run->last = ordinal;
    if (number->decimals > run->decimals) run->decimals = number->decimals;
    if (number->digits > run->digits) run->digits = number->digits;
    size_t row = sink->base + sink->used++;
    ((int32_t *)p->columns->ordinals.data)[row] = ordinal;
    ((double *)p->columns->values.data)[row] = number->value;
    ((uint32_t *)p->columns->flags.data)[row] = flags;
    sink->any_flags |= flags;
    return IC_OK;
}

/* 1: *period is the row's; 0: the row has none that can be placed, and was counted. */
static ic_status row_period(part *p, size_t time, ic_period *period, int *placed) {
    *period = (ic_period){.freq = IC_NO_TIME};
    *placed = 1;
    if (!p->plan->has_time) return IC_OK;
    ic_field field = p->row.fields[time];
    field.length = code_length(p, &field);
    switch (ic_period_parse(field.text, field.length, &p->periods.style, period)) {
    case IC_PERIOD_OK: ic_period_keep(&p->periods, p->options, field.text, field.length, period); return IC_OK;
    case IC_PERIOD_UNPLACED:
        *placed = 0;
        if (ic_dataset_note(&p->sink.aside, "unplaced", field.text, field.length, 1) != IC_OK) return no_memory(p);
        return IC_OK;
    case IC_PERIOD_UNSUPPORTED: {
        char text[60];
        ic_fail(&p->error, IC_UNSUPPORTED, "%s: the frequency of \"%s\" is not one of A, S, Q, M, W, D",
                p->plan->columns[time].name, ic_quote(text, sizeof text, field.text, field.length));
        return at(p, field.raw);
    }
    default: return bad_field(p, time, "period");
    }
}

static ic_status row_value(part *p, size_t i, ic_number *number, uint32_t *flags) {
    const ic_field *field = &p->row.fields[i];
    size_t start = 0, end = field->length;
    *number = (ic_number){.value = NAN, .decimals = -1};
    while (start < end && field->text[start] == ' ') start++;
    while (end > start && field->text[end - 1] == ' ') end--;
    if (start == end || (end - start == 3 && memcmp(field->text + start, "NaN", 3) == 0)) return IC_OK;
    const ic_number_style style = {p->plan->decimal, p->plan->thousands}, comma = {',', 0};
    uint32_t reason = 0;
    if (p->plan->words && ic_marks_missing(field->text + start, end - start, &reason)) {
        *flags |= reason;
        return IC_OK;
    }
    if (ic_number_parse(field->text + start, end - start, &style, number)) return IC_OK;
    if (p->plan->decimal == '.' && ic_number_parse(field->text + start, end - start, &comma, number))
        return bad_field(p, i, "number (decimal=\",\" reads decimal commas)");
    return bad_field(p, i, "number");
}

/* What a row says but for its values. */
typedef struct said {
    int deleted, valued;
    size_t time;
    uint32_t flags;
} said;

/* Their letters are counted by count_marks, once it is known that the row stays. */
static said look(const part *p) {
    said s = {0};
    uint64_t uncounted[256] = {0};
    for (size_t i = 0; i < p->plan->n_columns; i++) {
        const ic_field *field = &p->row.fields[i];
        switch (p->plan->columns[i].kind) {
        case IC_COLUMN_ACTION: s.deleted = field->length > 0 && (field->text[0] == 'D' || field->text[0] == 'd'); break;
        case IC_COLUMN_TIME: s.time = i; break;
        case IC_COLUMN_VALUE: s.valued |= field->length > 0; break;
        case IC_COLUMN_STATUS: s.flags |= ic_marks_read(field->text, code_length(p, field), uncounted); break;
        case IC_COLUMN_CONFIDENTIAL: s.flags |= ic_marks_confidential(field->text, code_length(p, field)); break;
        case IC_COLUMN_SYMBOL: s.flags |= ic_marks_canada(field->text, code_length(p, field), uncounted); break;
        default: break;
        }
    }
    return s;
}

/* Counts the letters of a row that have no bit of their own, and refuses those that are no text. */
static ic_status count_marks(part *p) {
    for (size_t i = 0; i < p->plan->n_columns; i++) {
        const ic_field *field = &p->row.fields[i];
        const ic_column_kind kind = p->plan->columns[i].kind;
        if (kind != IC_COLUMN_STATUS && kind != IC_COLUMN_CONFIDENTIAL && kind != IC_COLUMN_SYMBOL) continue;
        IC_TRY(check_text(p, i));
        if (kind == IC_COLUMN_STATUS)
            (void)ic_marks_read(field->text, code_length(p, field), p->sink.unknown_marks);
        else if (kind == IC_COLUMN_SYMBOL)
            (void)ic_marks_canada(field->text, code_length(p, field), p->sink.unknown_marks);
    }
    return IC_OK;
}

static ic_status count_aside(part *p, const char *text) {
    if (!key_wanted(p)) return IC_OK;
    return ic_dataset_note(&p->sink.aside, "skipped", text, strlen(text), 1) == IC_OK ? IC_OK : no_memory(p);
}

/* Remembers how this row begins and ends, for the quick path. */
static ic_status remember(part *p, const char *next) {
    const ic_long_plan *plan = p->plan;
    const char *start = p->window.begin;
    p->remembered = 0;
    if (!plan->fast || plan->decimal != '.' || p->options->plain) return IC_OK;
    if (p->skipping && !plan->key_in_front) return IC_OK;
    const char *core = p->row.fields[plan->prefix].raw;
    const char *end = plan->core_end < plan->n_columns ? p->row.fields[plan->core_end].raw : next;
    p->prefix_length = (size_t)(core - start);
    p->suffix_length = (size_t)(next - end);
    if (!reserve(&p->prefix, &p->prefix_room, p->prefix_length) ||
        !reserve(&p->suffix, &p->suffix_room, p->suffix_length + 1))
        return no_memory(p);
    memcpy(p->prefix, start, p->prefix_length);
    memcpy(p->suffix, end, p->suffix_length);
    p->remembered = 1;
    return IC_OK;
}

/* The row that part->row holds; part->window.begin is where it starts. */
static ic_status plain_row(part *p, const char *next) {
    const ic_long_plan *plan = p->plan;
    p->remembered = p->skipping = 0;
    if (p->folding != NULL && ic_long_fold_due(p)) IC_TRY(ic_long_fold(p));
    if (p->row.count == 1 && p->row.fields[0].length == 0 && p->row.fields[0].text == p->row.fields[0].raw) {
        p->run_open = 0;
        return IC_OK; /* an empty line */
    }
    if (plan->remarks && ic_remarks_begin(&p->row, plan->n_columns)) {
        p->behind = 1;
        return IC_OK;
    }
    if (p->row.count != plan->n_columns) {
        ic_fail(&p->error, IC_FORMAT, "%zu fields, expected %zu as in the head row", p->row.count, plan->n_columns);
        return at(p, p->row.fields[p->row.count - 1].raw);
    }
    said s = look(p);
    if (s.deleted) return count_aside(p, "rows with the action D (delete)");
    if (plan->has_time && p->row.fields[s.time].length == 0 && !s.valued)
        return count_aside(p, "rows without period and value");
    IC_TRY(find_key(p));
    if (p->key == IC_ABSENT) {
        p->skipping = 1;
        return remember(p, next);
    }
    IC_TRY(find_tail(p));
    ic_period period;
    int placed = 1;
    IC_TRY(row_period(p, s.time, &period, &placed));
    if (!placed || (plan->has_time && !ic_period_wanted(p->options, period.freq, period.ordinal))) {
        p->run_open = 0;
        return IC_OK;
    }
    if (s.flags & (IC_FLAG_OTHER | IC_FLAG_CONFIDENTIAL)) IC_TRY(count_marks(p));
    for (size_t i = 0; i < plan->n_columns; i++) {
        ic_number number;
        if (plan->columns[i].kind != IC_COLUMN_VALUE) continue;
        uint32_t flags = s.flags;
        IC_TRY(row_value(p, i, &number, &flags));
        if (isnan(number.value) && flags == 0 && p->folding == NULL)
            p->run_open = 0; /* nothing and no reason: no row */
        else
            IC_TRY(put(p, p->key + (uint32_t)plan->columns[i].number, period.freq, period.ordinal, &number,
                       flags | period.flags));
    }
    return remember(p, next);
}

/* ---- the part ------------------------------------------------------------------------------------------------------ */

ic_status ic_long_part_open(ic_long_part *p) {
    const ic_long_plan *plan = p->plan;
    size_t n_dims = plan->n_dims + (plan->n_measures > 1);
    size_t base = p->sink.base, room = p->sink.room;
    if (ic_sink_open(&p->sink, n_dims, plan->n_attributes) != IC_OK) return no_memory(p);
    p->sink.base = base;
    p->sink.room = room;
    p->key = p->tail = IC_ABSENT;
    size_t most = n_dims > plan->n_attributes ? n_dims : plan->n_attributes;
    p->numbers = ic_alloc_zeroed(most + 1, sizeof *p->numbers);
    if (p->numbers == NULL) return no_memory(p);
    if (plan->n_measures > 1) { /* their names are the codes of the last dimension, in the columns' order */
        for (size_t i = 0; i < plan->n_columns; i++) {
            uint32_t code;
            if (plan->columns[i].kind != IC_COLUMN_VALUE) continue;
            if (ic_intern_add(&p->sink.dims[plan->n_dims].codes, plan->columns[i].name, strlen(plan->columns[i].name),
                              &code) != IC_OK)
                return no_memory(p);
        }
    }
    if (plan->n_attributes == 0) {
        if (ic_sink_tail(&p->sink, p->numbers, &p->tail) != IC_OK) return no_memory(p);
    }
    if (p->folding != NULL && ic_long_fold_open(p) != IC_OK) return no_memory(p);
    return IC_OK;
}

static ic_status line_behind(part *p) {
    const char *line = p->window.begin;
    size_t length = ic_scan.find(line, (size_t)(p->window.rows_end - line), '\n'), valid = ic_utf8_valid(line, length);
    if (valid < length || memchr(line, '\0', length) != NULL) {
        ic_fail(&p->error, IC_FORMAT, "behind the table: bytes that are no UTF-8 text (encoding= names another)");
        return at(p, line);
    }
    if (++p->remarks > IC_REMARKS_MOST) {
        ic_fail(&p->error, IC_FORMAT, "more than %d lines behind the table", IC_REMARKS_MOST);
        return at(p, line);
    }
    ic_status status = ic_remarks_keep(&p->sink.aside, line, length, p->plan->separator, p->plan->n_columns, &p->row);
    if (status == IC_MEMORY) return no_memory(p);
    if (status != IC_OK) {
        ic_fail(&p->error, IC_FORMAT, "a row behind the remarks that end the table");
        return at(p, line);
    }
    p->sink.lines++;
    ic_window_advance(&p->window, line + length + 1);
    return IC_OK;
}

static ic_status read_row(part *p) {
    if (p->behind) return line_behind(p);
    for (;;) {
        const char *next = NULL, *begin = p->window.begin;
        ic_row_result result =
            ic_row_split(&p->row, begin, p->window.rows_end, p->plan->separator, p->plan->n_columns + 1, &next);
        if (result == IC_ROW_WHOLE ||
            (result == IC_ROW_TOO_WIDE && p->plan->remarks && ic_remarks_begin(&p->row, p->plan->n_columns))) {
            IC_TRY(plain_row(p, next));
            if (p->behind) return IC_OK; /* this line is the first of them */
            p->sink.lines += 1 + p->row.line_feeds;
            if (p->row.line_feeds > 0) p->run_open = p->remembered = 0; /* rows of a run are one line each */
            ic_window_advance(&p->window, next);
            return IC_OK;
        }
        if ((result != IC_ROW_CUT && result != IC_ROW_UNCLOSED) || p->window.finished)
            return split_failed(p, result, next);
        IC_TRY(ic_window_fill(&p->window, &p->error));
    }
}

static ic_status to_first_row(part *p) {
    if (p->inside) IC_TRY(ic_window_to_next_row(&p->window, &p->error));
    p->inside = 0;
    p->began = p->window.offset;
    return IC_OK;
}

static ic_status read_rows(part *p) {
    ic_window *window = &p->window;
    IC_TRY(to_first_row(p));
    for (;;) {
        if (window->begin == window->rows_end) {
            IC_TRY(ic_window_fill(window, &p->error));
            if (window->begin == window->end) return IC_OK;
        }
        while (window->begin < window->rows_end) {
            if (window->offset >= p->until) return IC_OK;
            const char *row = window->begin, *until = window->rows_end;
            if ((uint64_t)(until - row) > p->until - window->offset) until = row + (p->until - window->offset);
            if (p->remembered) row = p->skipping ? ic_long_skip(p, row, until) : ic_long_quick(p, row, until);
            ic_window_advance(window, row);
            if (row < until) IC_TRY(read_row(p));
        }
    }
}

ic_status ic_long_part_read(ic_long_part *p) {
    ic_status status = IC_OK;
    if (p->window.buffer == NULL) { /* the first part has the head's */
        uint64_t from = p->inside ? p->from - 1 : p->from;
        status = ic_window_open(&p->window, p->source, from, 0, (size_t)p->options->limits.line, &p->error);
    }
    p->window.cancel = p->cancel;
    if (p->again) p->window.polls = 1;
    if (status == IC_OK) status = read_rows(p);
    if (status == IC_OK && p->folding != NULL) status = ic_long_fold(p);
    if (status != IC_OK && p->error.column == 0) { /* no field's place, but a row's */
        p->error.status = status;
        p->error.offset = p->window.offset;
        p->error.line = p->sink.lines;
        p->error.column = 1;
    }
    p->ended =
        p->window.offset < p->source->size ? p->window.offset : p->source->size; /* not behind an added line feed */
    ic_window_close(&p->window);
    return status;
}

ic_status ic_long_part_again(ic_long_part *p, uint64_t from) {
    ic_long_part fresh = {.plan = p->plan,
                          .options = p->options,
                          .source = p->source,
                          .from = from,
                          .until = p->until,
                          .columns = p->columns,
                          .may_grow = p->may_grow,
                          .folding = p->folding,
                          .again = 1};
    fresh.sink.base = p->sink.base;
    fresh.sink.room = p->sink.room;
    ic_long_part_close(p);
    *p = fresh;
    return ic_long_part_open(p);
}

void ic_long_part_close(ic_long_part *p) {
    ic_window_close(&p->window);
    ic_long_fold_close(p);
    ic_sink_close(&p->sink);
    ic_row_free(&p->row);
    ic_intern_free(&p->key_texts);
    ic_intern_free(&p->tail_texts);
    ic_free(p->key_numbers);
    ic_free(p->numbers);
    ic_free(p->scratch);
    ic_free(p->prefix);
    ic_free(p->suffix);
}
