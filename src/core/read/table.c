/* table: the format of last resort. Where its head is, what separates its fields, and the way from there to the readers of long
   and of wide tables. */
#include "core/read/table.h"
#include "core/base/utf8.h"
#include "core/read/remarks.h"
#include "core/read/long.h"
#include "core/read/wide.h"
#include "core/scan/scan.h"

#include <string.h>

int ic_table_sniff(const char *head, size_t length);
ic_status ic_table_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error);

#define SAMPLE_ROWS  1000
#define DIALECT_ROWS 200 /* by which separators are compared */
#define WIDTH_MOST   100000

/* ---- the dialect ------------------------------------------------------------------------------------------------- */

typedef struct dialect {
    char separator;
    size_t fields; /* of the head row */
    size_t titles; /* rows before it, empty ones not counted */
    size_t rows;   /* of the sample that are as long as it is */
    size_t others; /* that are not */
    int cut;       /* a row could not be split */
} dialect;

static int is_empty(const ic_row *row) { return row->count == 1 && row->fields[0].length == 0; }

/* The number of fields that most rows have, of those with more than one; the larger of two. */
static size_t commonest(const size_t *counts, size_t n) {
    size_t best = 0, most = 0;
    for (size_t i = 0; i < n; i++) {
        size_t times = 0;
        if (counts[i] < 2 || counts[i] == best) continue;
        for (size_t k = i; k < n; k++) times += counts[k] == counts[i];
        if (times > most || (times == most && counts[i] > best)) {
            best = counts[i];
            most = times;
        }
    }
    return best;
}

/* The head is the first row that is as long as most rows are. */
static ic_status look(dialect *d, ic_row *row, const char *text, const char *end, size_t most) {
    size_t counts[DIALECT_ROWS], n = 0;
    uint8_t named[DIALECT_ROWS]; /* more than one field says something: a title has one */
    const char *next = NULL, *start = text;
    for (; n < DIALECT_ROWS && text < end; text = next) {
        ic_row_result result = ic_row_split(row, text, end, d->separator, most, &next);
        if (result == IC_ROW_NO_MEMORY) return IC_MEMORY;
        d->cut = result == IC_ROW_STRAY || result == IC_ROW_TOO_WIDE;
        if (result != IC_ROW_WHOLE) break;
        if (is_empty(row)) continue;
        size_t filled = 0;
        for (size_t i = 0; i < row->count; i++) filled += row->fields[i].length > 0;
        named[n] = filled > 1;
        counts[n++] = row->count;
    }
    d->fields = commonest(counts, n);
    while (d->titles < n && (counts[d->titles] != d->fields || !named[d->titles])) d->titles++;
    if (d->titles == n) d->fields = 0;
    text = start;
    for (size_t i = 0; i < n; text = next) {
        if (ic_row_split(row, text, end, d->separator, most, &next) != IC_ROW_WHOLE) break;
        if (is_empty(row)) continue;
        if (i++ < d->titles) continue;
        if (row->count != d->fields && ic_remarks_begin(row, d->fields)) break; /* the table has ended */
        if (row->count == d->fields)
            d->rows++;
        else
            d->others++;
    }
    return IC_OK;
}

/* The separator whose rows are all as long as the head; of several the one that gives more fields, unless both do it well. */
static ic_status find_dialect(dialect *best, ic_row *row, const char *text, const char *end, const ic_options *options,
                              int *ambiguous) {
    static const char marks[] = ",;\t|";
    *best = (dialect){0};
    *ambiguous = 0;
    for (const char *mark = marks; *mark != '\0'; mark++) {
        dialect d = {.separator = options->separator != 0 ? options->separator : *mark};
        size_t most = options->limits.columns < WIDTH_MOST ? (size_t)options->limits.columns : WIDTH_MOST;
        IC_TRY(look(&d, row, text, end, most));
        if (options->separator != 0) {
            *best = d;
            return IC_OK;
        }
        if (d.fields < 2 || d.rows < 2 || d.cut || d.others * 10 > d.rows) continue;
        if (best->fields > 0 && d.others == best->others && d.titles == best->titles) {
            *ambiguous = 1;
        } else if (best->fields > 0 &&
                   (d.others > best->others || (d.others == best->others && d.titles > best->titles))) {
            continue;
        } else {
            *ambiguous = 0;
        }
        *best = d;
    }
    return IC_OK;
}

/* ---- sniffing ------------------------------------------------------------------------------------------------------ */

static int has_figure(const ic_row *row) {
    for (size_t i = 0; i < row->count; i++)
        if (ic_table_is_figure(row->fields[i].text, row->fields[i].length)) return 1;
    return 0;
}

int ic_table_sniff(const char *head, size_t length) {
    size_t start = ic_utf8_mark(head, length), last = ic_scan.after_last(head, length, '\n');
    if (memchr(head, '\0', length) != NULL || last <= start) return 0;
    if (ic_utf8_valid(head, last) != last || strchr("<{[", head[start]) != NULL) return 0;
    const ic_options options = {.limits = {UINT64_MAX, WIDTH_MOST, UINT64_MAX}};
    ic_row row = {0};
    dialect d;
    int ambiguous = 0, figures = 0;
    size_t heads = 0;
    if (find_dialect(&d, &row, head + start, head + last, &options, &ambiguous) != IC_OK) d.fields = 0;
    const char *text = head + start, *end = head + last, *next = NULL;
    for (size_t i = 0; d.fields > 1 && i < SAMPLE_ROWS && text < end && !figures; i++, text = next) {
        if (ic_row_split(&row, text, end, d.separator, WIDTH_MOST, &next) != IC_ROW_WHOLE) break;
        if (row.count == d.fields) figures = heads++ > 0 && has_figure(&row);
    }
    ic_row_free(&row);
    return figures ? 10 : 0;
}

/* ---- the head and the sample ----------------------------------------------------------------------------------------- */

typedef struct reading {
    ic_table table;
    ic_window window;
    ic_row row, scratch;
    const ic_source *source;
    const ic_options *options;
    ic_dataset *dataset;
    ic_error *error;
    uint64_t lines;    /* before window.begin */
    ic_dataset titles; /* notes: the lines before the head */
    ic_dataset behind; /* notes: those behind the table, of a wide one */
} reading;

static ic_status fail_at(reading *r, const char *place, const char *what) {
    ic_error_place(r->error, r->window.begin, r->window.offset, r->lines + 1, place);
    return ic_fail(r->error, IC_FORMAT, "%s", what);
}

/* Reads until the window has a sample of rows, or the source ends. */
static ic_status fill(reading *r) {
    ic_window *w = &r->window;
    size_t enough = w->row_limit < IC_WINDOW_SIZE / 4 ? w->row_limit : IC_WINDOW_SIZE / 4;
    do IC_TRY(ic_window_fill(w, r->error));
    while (!w->finished && (size_t)(w->rows_end - w->begin) < enough);
    ic_window_advance(w, w->begin + ic_utf8_mark(w->begin, (size_t)(w->end - w->begin)));
    return w->begin == w->end || (w->end - w->begin == 1 && w->unended)
               ? fail_at(r, w->begin, "the file is empty; expected a table")
               : IC_OK;
}

static ic_status split(reading *r, const char *text, const char **next) {
    ic_row_result result =
        ic_row_split(&r->row, text, r->window.rows_end, r->table.separator, (size_t)r->options->limits.columns, next);
    switch (result) {
    case IC_ROW_WHOLE: return IC_OK;
    case IC_ROW_NO_MEMORY: return ic_fail_memory(r->error);
    case IC_ROW_TOO_WIDE:
        fail_at(r, text, "");
        return ic_fail(r->error, IC_LIMIT, "more than %llu columns (limits={\"columns\": ...} allows more)",
                       (unsigned long long)r->options->limits.columns);
    case IC_ROW_STRAY: return fail_at(r, *next, "text behind a closing quote in the head row");
    default: return fail_at(r, text, "the head row does not end");
    }
}

/* Lines before the head: the first is the title, the others are notes. */
static ic_status read_titles(reading *r, size_t n) {
    for (size_t i = 0;;) {
        const char *text = r->window.begin, *next = NULL;
        IC_TRY(split(r, text, &next));
        if (!is_empty(&r->row) && i++ == n) return IC_OK;
        for (size_t k = 0; k < r->row.count; k++) {
            const ic_field *field = &r->row.fields[k];
            if (ic_utf8_valid(field->text, field->length) != field->length ||
                memchr(field->text, '\0', field->length) != NULL)
                return fail_at(r, field->raw, "bytes that are no UTF-8 text (encoding= names another)");
            if (ic_dataset_note(&r->titles, "titles", field->text, field->length, field->length > 0) != IC_OK)
                return ic_fail_memory(r->error);
        }
        r->lines += 1 + r->row.line_feeds;
        ic_window_advance(&r->window, next);
    }
}

static ic_status name_column(reading *r, size_t c) {
    const ic_field *field = &r->row.fields[c];
    ic_table_column *column = &r->table.columns[c];
    if (ic_utf8_valid(field->text, field->length) != field->length || memchr(field->text, '\0', field->length) != NULL)
        return fail_at(r, field->raw, "the name of a column is no UTF-8 text (encoding= names another)");
    const char *text = field->text, *end = field->text + field->length;
    while (text < end && *text == ' ') text++;
    while (end > text && end[-1] == ' ') end--;
    if (text == end) { /* a table's index, mostly */
        char made[] = "column 000000";
        size_t n = c + 1;
        for (size_t k = sizeof made - 2; n > 0; k--, n /= 10) made[k] = (char)('0' + n % 10);
        size_t zeros = 7;
        while (made[zeros] == '0') zeros++;
        memmove(made + 7, made + zeros, sizeof made - zeros);
        column->name = ic_arena_text(&r->table.arena, made, strlen(made));
    } else {
        column->name = ic_arena_text(&r->table.arena, text, (size_t)(end - text));
    }
    if (column->name == NULL) return ic_fail_memory(r->error);
    column->head = ic_period_parse(column->name, strlen(column->name), NULL, &column->period);
    if (column->head == IC_PERIOD_UNSUPPORTED) column->head = IC_PERIOD_NONE;
    return IC_OK;
}

static ic_status read_head(reading *r) {
    dialect d;
    int ambiguous = 0;
    if (find_dialect(&d, &r->row, r->window.begin, r->window.rows_end, r->options, &ambiguous) != IC_OK)
        return ic_fail_memory(r->error);
    if (ambiguous) {
        fail_at(r, r->window.begin, "");
        return ic_fail(r->error, IC_FORMAT, "several bytes could separate the fields; separator= says which");
    }
    r->table.separator = d.separator != 0 ? d.separator : ',';
    const char *next = NULL;
    if (d.fields < 2) IC_TRY(split(r, r->window.begin, &next)); /* which may say more */
    if (d.fields < 2)
        return fail_at(
            r, r->window.begin,
            "no table: expected a head row and rows of as many fields, separated by comma, semicolon, tab or bar "
            "(separator= says which)");
    IC_TRY(read_titles(r, d.titles));
    IC_TRY(split(r, r->window.begin, &next));
    r->table.columns = ic_alloc_zeroed(r->row.count, sizeof *r->table.columns);
    if (r->table.columns == NULL) return ic_fail_memory(r->error);
    r->table.n_columns = r->row.count;
    for (size_t c = 0; c < r->row.count; c++) {
        ic_number number;
        IC_TRY(name_column(r, c));
        const ic_table_column *column = &r->table.columns[c];
        if (column->head == IC_PERIOD_NONE &&
            ic_number_parse(r->row.fields[c].text, r->row.fields[c].length, NULL, &number))
            return fail_at(r, r->row.fields[c].raw, "a figure where the names of the columns are expected");
    }
    ic_intern names = {0};
    ic_status status = IC_OK;
    for (size_t c = 0; c < r->table.n_columns && status == IC_OK; c++) {
        uint32_t number = 0;
        const char *name = r->table.columns[c].name;
        status = ic_intern_add(&names, name, strlen(name), &number);
        if (status == IC_OK && number != c) status = fail_at(r, r->row.fields[c].raw, "two columns have the same name");
    }
    ic_intern_free(&names);
    if (status != IC_OK) return status == IC_MEMORY ? ic_fail_memory(r->error) : status;
    r->lines += 1 + r->row.line_feeds;
    ic_window_advance(&r->window, next);
    return IC_OK;
}

static ic_status take_sample(reading *r) {
    ic_table *t = &r->table;
    const char *next = NULL;
    size_t room = 0;
    void *sample = NULL;
    for (const char *text = r->window.begin; text < r->window.rows_end && t->n_rows < SAMPLE_ROWS; text = next) {
        ic_row_result result = ic_row_split(&r->row, text, r->window.rows_end, t->separator, t->n_columns + 1, &next);
        if (result == IC_ROW_NO_MEMORY) return ic_fail_memory(r->error);
        if (result != IC_ROW_WHOLE) break; /* told when it is read */
        if (is_empty(&r->row)) continue;
        if (r->row.count != t->n_columns || ic_remarks_begin(&r->row, t->n_columns)) break;
        sample = t->sample;
        ic_status status = ic_grow(&sample, &room, (t->n_rows + 1) * t->n_columns, sizeof *t->sample);
        t->sample = sample;
        for (size_t c = 0; c < t->n_columns && status == IC_OK; c++) {
            ic_table_column *column = &t->columns[c];
            const ic_field *field = &r->row.fields[c];
            column->filled += field->length > 0;
            status =
                ic_intern_add(&column->values, field->text, field->length, &t->sample[t->n_rows * t->n_columns + c]);
        }
        if (status != IC_OK) return ic_fail_memory(r->error);
        t->n_rows++;
    }
    return t->n_rows > 0 ? IC_OK : fail_at(r, r->window.begin, "no row behind the head row");
}

/* The first row holds units if no column of figures has one in it. Its texts then count no more. */
static ic_status take_units(reading *r) {
    ic_table *t = &r->table;
    size_t numeric = 0, texts = 0;
    if (t->n_rows < 2) return IC_OK;
    for (size_t c = 0; c < t->n_columns; c++) {
        const ic_table_column *column = &t->columns[c];
        const ic_text *first = &column->values.items[t->sample[c]];
        size_t figures = 0, others = 0;
        if (first->length == 0) continue;
        for (size_t v = 0; v < column->values.count; v++) {
            const ic_text *text = &column->values.items[v];
            if (v == t->sample[c] || text->length == 0) continue;
            figures += (size_t)ic_table_is_figure(text->text, text->length);
            others++;
        }
        if (figures == 0 || figures < others) continue;
        numeric++;
        texts += !ic_table_is_figure(first->text, first->length) && first->length < 40;
    }
    if (numeric == 0 || texts < numeric) return IC_OK;
    const char *next = NULL;
    IC_TRY(split(r, r->window.begin, &next));
    if (is_empty(&r->row) || r->row.count != t->n_columns) return IC_OK;
    for (size_t c = 0; c < t->n_columns; c++) {
        const ic_field *field = &r->row.fields[c];
        if (ic_utf8_valid(field->text, field->length) != field->length) return IC_OK; /* told when it is read */
        t->columns[c].unit = field->length == 0 ? NULL : ic_arena_text(&t->arena, field->text, field->length);
        if (field->length > 0 && t->columns[c].unit == NULL) return ic_fail_memory(r->error);
    }
    for (size_t c = 0; c < t->n_columns; c++) {
        ic_intern_free(&t->columns[c].values);
        t->columns[c].filled = 0;
    }
    t->n_rows = 0;
    ic_free(t->sample);
    t->sample = NULL;
    r->lines += 1 + r->row.line_feeds;
    ic_window_advance(&r->window, next);
    return take_sample(r);
}

/* ---- what was guessed ---------------------------------------------------------------------------------------------- */

#define BETWEEN "\x1F" /* between the parts of a list */

static ic_status say_list(reading *r, const char *name, ic_table_role role) {
    size_t length = 0, n = 0;
    void *text = NULL;
    size_t room = 0;
    ic_status status = IC_OK;
    for (size_t c = 0; c < r->table.n_columns && status == IC_OK; c++) {
        const ic_table_column *column = &r->table.columns[c];
        size_t more = strlen(column->name);
        if (column->role != role) continue;
        status = ic_grow(&text, &room, length + more + 1, 1);
        if (status != IC_OK) break;
        if (n++ > 0) ((char *)text)[length++] = BETWEEN[0];
        memcpy((char *)text + length, column->name, more);
        length += more;
    }
    if (status == IC_OK && n > 0) status = ic_dataset_say(r->dataset, name, text, length);
    ic_free(text);
    return status;
}

static ic_status say_char(reading *r, const char *name, char value) {
    return value == 0 ? IC_OK : ic_dataset_say(r->dataset, name, &value, 1);
}

static ic_status say_totals(reading *r) {
    ic_dataset *dataset = r->dataset;
    for (size_t d = 0; d < dataset->n_dims; d++) {
        const ic_dimension *dim = &dataset->dims[d];
        char name[200] = "totals/";
        size_t n = strlen(dim->name), whole = n < sizeof name - 8 ? n : ic_utf8_whole(dim->name, sizeof name - 8);
        memcpy(name + 7, dim->name, whole);
        name[7 + whole] = '\0';
        for (size_t c = 0; c < dim->codes.count; c++) {
            const ic_text *code = &dim->codes.items[c], *label = c < dim->labels_capacity ? &dim->labels[c] : code;
            if (ic_table_is_total(code->text, code->length) ||
                (label->text != NULL && ic_table_is_total(label->text, label->length)))
                IC_TRY(ic_dataset_note(dataset, name, code->text, code->length, 1));
        }
    }
    return IC_OK;
}

static ic_status say_units(reading *r) {
    const ic_table *t = &r->table;
    size_t n = 0;
    const char *whole = NULL;
    for (size_t c = 0; c < t->n_columns; c++) {
        const ic_table_column *column = &t->columns[c];
        if (column->role != IC_TABLE_VALUE && column->role != IC_TABLE_CELL) continue;
        if (n++ == 0 || (whole != NULL && column->unit != NULL && strcmp(whole, column->unit) == 0))
            whole = column->unit;
        else
            whole = NULL;
    }
    if (whole != NULL) return ic_dataset_say(r->dataset, "unit", whole, strlen(whole));
    size_t last = r->dataset->n_dims - 1;
    if (t->wide || n < 2) return IC_OK;
    ic_text *texts = ic_alloc_zeroed(n, sizeof *texts);
    if (texts == NULL) return IC_MEMORY;
    size_t some = 0, code = 0;
    for (size_t c = 0; c < t->n_columns; c++) {
        const ic_table_column *column = &t->columns[c];
        if (column->role != IC_TABLE_VALUE) continue;
        if (column->unit != NULL) {
            texts[code] = (ic_text){column->unit, (uint32_t)strlen(column->unit), 0};
            some = 1;
        }
        code++;
    }
    ic_status status = some ? ic_dataset_say_by_code(r->dataset, last, "unit", texts) : IC_OK;
    ic_free(texts);
    return status;
}

static ic_status say(reading *r) {
    const ic_table *t = &r->table;
    IC_TRY(say_units(r));
    IC_TRY(say_char(r, "guesses/separator", t->separator));
    IC_TRY(say_char(r, "guesses/decimal", t->style.decimal));
    IC_TRY(say_char(r, "guesses/thousands", t->style.thousands));
    IC_TRY(ic_dataset_say(r->dataset, "guesses/layout", t->wide ? "wide" : "long", 4));
    IC_TRY(say_list(r, "guesses/time", t->wide ? IC_TABLE_CELL : IC_TABLE_TIME));
    IC_TRY(say_list(r, "guesses/dims", IC_TABLE_DIM));
    IC_TRY(say_list(r, "guesses/labels", IC_TABLE_LABEL));
    IC_TRY(say_list(r, "guesses/measures", IC_TABLE_VALUE));
    IC_TRY(say_list(r, "guesses/attributes", IC_TABLE_ATTRIBUTE));
    IC_TRY(say_totals(r));
    const ic_dataset *from[] = {&r->titles, &r->behind};
    for (size_t f = 0; f < 2; f++) {
        for (size_t i = 0; i < from[f]->n_notes; i++) {
            const ic_note *note = &from[f]->notes[i];
            if (f == 0 && i == 0)
                IC_TRY(ic_dataset_say(r->dataset, "title", note->text, strlen(note->text)));
            else
                IC_TRY(ic_dataset_note(r->dataset, "notes", note->text, strlen(note->text), note->count));
        }
    }
    return IC_OK;
}

/* ---- rows ------------------------------------------------------------------------------------------------------------ */

static ic_status read_long(reading *r) {
    const ic_table *t = &r->table;
    ic_long_plan plan = {.separator = t->separator,
                         .decimal = t->style.decimal,
                         .thousands = t->style.thousands,
                         .words = 1,
                         .remarks = 1,
                         .n_columns = t->n_columns};
    static const ic_column_kind kinds[] = {
        [IC_TABLE_DIM] = IC_COLUMN_DIM,      [IC_TABLE_LABEL] = IC_COLUMN_LABEL,
        [IC_TABLE_TIME] = IC_COLUMN_TIME,    [IC_TABLE_VALUE] = IC_COLUMN_VALUE,
        [IC_TABLE_CELL] = IC_COLUMN_VALUE,   [IC_TABLE_ATTRIBUTE] = IC_COLUMN_ATTRIBUTE,
        [IC_TABLE_SYMBOL] = IC_COLUMN_SYMBOL};
    plan.columns = ic_alloc_zeroed(t->n_columns, sizeof *plan.columns);
    if (plan.columns == NULL) return ic_fail_memory(r->error);
    for (size_t c = 0; c < t->n_columns; c++)
        plan.columns[c] = (ic_column){.kind = kinds[t->columns[c].role],
                                      .number = t->columns[c].of,
                                      .name = t->columns[c].name,
                                      .attribute = IC_NO_ATTRIBUTE};
    ic_status status = ic_long_plan_settle(&plan, r->options, r->error);
    if (status == IC_OK)
        status = ic_long_read(&plan, &r->window, r->lines, r->source, r->options, r->dataset, r->error);
    ic_long_plan_free(&plan);
    return status;
}

static int wide_ends(const ic_wide *wide, const ic_row *row) { return ic_remarks_begin(row, wide->n_columns); }

static ic_status wide_behind(void *context, const char *line, size_t length) {
    reading *r = context;
    return ic_remarks_keep(&r->behind, line, length, r->table.separator, r->table.n_columns, &r->scratch);
}

static ic_status read_wide(reading *r) {
    const ic_table *t = &r->table;
    ic_wide wide = {.n_columns = t->n_columns,
                    .separator = t->separator,
                    .style = t->style,
                    .line = r->lines + 1,
                    .ends = wide_ends,
                    .marked = ic_remarks_marked,
                    .behind = wide_behind,
                    .context = r};
    wide.columns = ic_alloc_zeroed(t->n_columns, sizeof *wide.columns);
    wide.dims = ic_alloc_zeroed(t->n_columns, sizeof *wide.dims);
    ic_status status = wide.columns == NULL || wide.dims == NULL ? ic_fail_memory(r->error) : IC_OK;
    for (int labels = 0; labels < 2 && status == IC_OK; labels++) {
        for (size_t c = 0; c < t->n_columns; c++) {
            const ic_table_column *from = &t->columns[c];
            ic_wide_column *to = &wide.columns[c];
            to->name = from->name;
            if (from->role == IC_TABLE_DIM && !labels) {
                to->kind = IC_WIDE_DIM;
                to->dim = wide.n_dims;
                wide.dims[wide.n_dims++].name = from->name;
            } else if (from->role == IC_TABLE_LABEL && labels) {
                to->kind = IC_WIDE_LABEL;
                to->dim = wide.columns[from->of].dim;
            } else if (from->role == IC_TABLE_CELL) {
                to->kind = IC_WIDE_CELL;
                to->period = from->period;
                to->unplaced = from->head == IC_PERIOD_UNPLACED;
            }
        }
    }
    if (status == IC_OK) status = ic_wide_lay_out(&wide, r->options, r->error);
    if (status == IC_OK) status = ic_wide_read(&wide, &r->window, r->options, r->dataset, r->error);
    ic_wide_free(&wide);
    return status;
}

static ic_status read_table(reading *r) {
    IC_TRY(fill(r));
    IC_TRY(read_head(r));
    IC_TRY(take_sample(r));
    IC_TRY(take_units(r));
    IC_TRY(ic_table_style(&r->table, r->options, r->error));
    IC_TRY(ic_table_roles(&r->table, r->options, r->error));
    if (r->options->dataset != NULL) return ic_fail(r->error, IC_ARGUMENT, "dataset=: a table is one data set");
    IC_TRY(r->table.wide ? read_wide(r) : read_long(r));
    return say(r) == IC_OK ? IC_OK : ic_fail_memory(r->error);
}

ic_status ic_table_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error) {
    reading r = {.source = source, .options = options, .dataset = dataset, .error = error};
    ic_status status = ic_window_open(&r.window, source, 0, 0, (size_t)options->limits.line, error);
    r.window.polls = 1;
    if (status == IC_OK) status = read_table(&r);
    if (status != IC_OK && error->line == 0) {
        error->line = r.lines + 1;
        error->column = 1;
    }
    ic_window_close(&r.window);
    ic_row_free(&r.row);
    ic_row_free(&r.scratch);
    for (size_t c = 0; r.table.columns != NULL && c < r.table.n_columns; c++)
        ic_intern_free(&r.table.columns[c].values);
    ic_free(r.table.columns);
    ic_free(r.table.sample);
    ic_arena_free(&r.table.arena);
    ic_dataset_free(&r.titles);
    ic_dataset_free(&r.behind);
    return status;
}
