/* weo: the IMF's World Economic Outlook database, a tab-separated text (called .xls) with a row for each country and subject.
   The last column says after which year figures are estimates: these become FORECAST. */
#include "core/base/flags.h"
#include "core/read/wide_head.h"

#include <string.h>

int ic_weo_sniff(const char *head, size_t length);
ic_status ic_weo_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error);

#define EXTRA_MOST 16 /* columns that are kept as attributes of series */

typedef struct weo {
    ic_wide wide;
    ic_dataset said;
    ic_row row;
    size_t estimates;         /* the column "Estimates Start After", or n_columns */
    size_t scale;             /* the column "Scale", or n_columns */
    size_t extra[EXTRA_MOST]; /* columns that become attributes */
    size_t n_extra;
    ic_intern keys;    /* the codes of rows, joined */
    ic_intern texts;   /* what their extra columns say */
    uint32_t *numbers; /* n_extra per key, of texts */
    size_t numbers_room;
    char *key;
    size_t key_room;
} weo;

/* ---- recognising ----------------------------------------------------------------------------------------------- */

static int is_head(const ic_row *row) {
    int country = 0, subject = 0;
    for (size_t i = 0; i < row->count && i < 12; i++) {
        const char *text = row->fields[i].text;
        const size_t length = row->fields[i].length;
        country |= ic_wide_is(text, length, "Country") || ic_wide_is(text, length, "WEO Country Code") ||
                   ic_wide_is(text, length, "ISO") || ic_wide_is(text, length, "WEO Country Group Code") ||
                   ic_wide_is(text, length, "Country Group Name");
        subject |= ic_wide_is(text, length, "Subject Descriptor") || ic_wide_is(text, length, "WEO Subject Code");
    }
    return country && subject;
}

int ic_weo_sniff(const char *head, size_t length) { return ic_wide_sniff(head, length, "\t,;", is_head) ? 97 : 0; }

/* ---- columns ----------------------------------------------------------------------------------------------------- */

static ic_status column(void *context, ic_wide_column *given, ic_error *error) {
    (void)context, (void)error;
    given->kind = IC_WIDE_SKIPPED; /* until all are known */
    return IC_OK;
}

static size_t column_named(const ic_wide *w, const char *name) {
    size_t c = 0;
    while (c < w->n_columns &&
           (w->columns[c].kind == IC_WIDE_CELL || !ic_wide_is(w->columns[c].name, strlen(w->columns[c].name), name)))
        c++;
    return c;
}

/* The first of the names is the code's column, the last that is there its label's. */
static void make_dim(ic_wide *w, const char *dim, const char *const *names, size_t n) {
    size_t code = w->n_columns, label = w->n_columns;
    for (size_t i = 0; i < n; i++) {
        const size_t c = column_named(w, names[i]);
        if (c == w->n_columns) continue;
        if (code == w->n_columns)
            code = c;
        else
            label = c;
    }
    if (code == w->n_columns) return;
    w->columns[code].kind = IC_WIDE_DIM;
    w->columns[code].dim = w->n_dims;
    if (label < w->n_columns) {
        w->columns[label].kind = IC_WIDE_LABEL;
        w->columns[label].dim = w->n_dims;
    }
    w->dims[w->n_dims++].name = dim;
}

static ic_status settle_columns(weo *w, ic_error *error) {
    static const char *const countries[] = {"ISO", "WEO Country Code", "WEO Country Group Code", "Country",
                                            "Country Group Name"};
    static const char *const subjects[] = {"WEO Subject Code", "Subject Descriptor"};
    ic_wide *wide = &w->wide;
    make_dim(wide, "country", countries, 5);
    make_dim(wide, "subject", subjects, 2);
    /* one descriptor has several units; where there are no codes, they tell the series apart */
    static const char *const units[] = {"Units"};
    if (column_named(wide, "WEO Subject Code") == wide->n_columns) make_dim(wide, "unit", units, 1);
    w->estimates = column_named(wide, "Estimates Start After");
    w->scale = column_named(wide, "Scale");
    for (size_t c = 0; c < wide->n_columns; c++) {
        if (wide->columns[c].kind != IC_WIDE_SKIPPED || c == w->estimates || wide->columns[c].name[0] == '\0') continue;
        if (w->n_extra == EXTRA_MOST)
            return ic_fail(error, IC_FORMAT, "more than %d columns that are neither country, subject nor period",
                           EXTRA_MOST);
        w->extra[w->n_extra++] = c;
    }
    return IC_OK;
}

/* ---- the decimal mark ---------------------------------------------------------------------------------------------- */

/* Decided once for the file, by the figures of its first rows: the last mark of those that have both, or that have other than
   three digits behind it. "4,367" alone is a figure of three decimals: these tables print no large whole numbers. */
static char decimal_mark(const ic_window *window, char separator) {
    size_t sure[2] = {0, 0}, seen[2] = {0, 0}; /* of '.' and ',' */
    const char *p = window->begin, *end = window->rows_end;
    while (p < end) {
        const char *last = NULL, *q = p;
        int kinds = 0, digits = 0;
        for (; q < end && *q != separator && *q != '\n'; q++) {
            if (*q >= '0' && *q <= '9') {
                digits++;
            } else if (*q == '.' || *q == ',') {
                kinds |= *q == '.' ? 1 : 2;
                last = q;
            } else if (*q != '-' && *q != '"' && *q != ' ' && *q != '\r') {
                digits = -1000000; /* a text */
            }
        }
        if (last != NULL && digits > 0) {
            size_t behind = 0;
            while (last + 1 + behind < q && last[1 + behind] >= '0' && last[1 + behind] <= '9') behind++;
            seen[*last == ','] += 1;
            sure[*last == ','] += kinds == 3 || behind != 3;
        }
        p = q + 1;
    }
    if (sure[0] != sure[1]) return sure[1] > sure[0] ? ',' : '.';
    return seen[1] > seen[0] ? ',' : '.';
}

/* ---- rows ---------------------------------------------------------------------------------------------------------- */

/* The codes as one text. */
static ic_status join(weo *w, const ic_field *codes, size_t *length) {
    size_t n = 0;
    for (size_t d = 0; d < w->wide.n_dims; d++) {
        void *key = w->key;
        const ic_status status = ic_grow(&key, &w->key_room, n + codes[d].length + 1, 1);
        w->key = key;
        IC_TRY(status);
        if (codes[d].length > 0) memcpy(w->key + n, codes[d].text, codes[d].length);
        n += codes[d].length;
        w->key[n++] = '\x1F';
    }
    *length = n;
    return IC_OK;
}

static ic_status row_read(void *context, const ic_row *row, const ic_field *codes, const double *values,
                          uint32_t *flags, uint32_t *any) {
    weo *w = context;
    const ic_wide *wide = &w->wide;
    if (w->estimates < wide->n_columns && wide->grid.freq == 'A') {
        const ic_field *field = &row->fields[w->estimates];
        ic_period last;
        const int known = ic_period_parse(field->text, field->length, NULL, &last) == IC_PERIOD_OK && last.freq == 'A';
        for (size_t t = 0; known && t < wide->grid.width; t++) {
            if (wide->grid.first + (int64_t)t <= last.ordinal || values[t] != values[t]) continue;
            flags[t] |= IC_FLAG_FORECAST;
            *any |= IC_FLAG_FORECAST;
        }
    }
    size_t length;
    uint32_t key = 0;
    IC_TRY(join(w, codes, &length));
    IC_TRY(ic_intern_add(&w->keys, w->key, length, &key));
    void *numbers = w->numbers;
    const ic_status status =
        ic_grow(&numbers, &w->numbers_room, (size_t)(key + 1) * (w->n_extra + 1), sizeof *w->numbers);
    w->numbers = numbers;
    IC_TRY(status);
    for (size_t e = 0; e < w->n_extra; e++) {
        const ic_field *field = &row->fields[w->extra[e]];
        uint32_t *number = &w->numbers[key * w->n_extra + e];
        *number = IC_ABSENT;
        if (field->length > 0) IC_TRY(ic_intern_add(&w->texts, field->text, field->length, number));
    }
    return IC_OK;
}

/* ---- around the table --------------------------------------------------------------------------------------------------- */

static ic_status title(void *context, const ic_row *row) {
    weo *w = context;
    const ic_field *first = &row->fields[0];
    static const char publisher[] = "International Monetary Fund";
    if (first->length >= sizeof publisher - 1 && memcmp(first->text, publisher, sizeof publisher - 1) == 0)
        return ic_dataset_say(&w->said, "source", first->text, first->length);
    return ic_dataset_note(&w->said, "notes", first->text, first->length, first->length > 0);
}

static ic_status line_behind(void *context, const char *line, size_t length) {
    weo *w = context;
    const char *next;
    const ic_row_result result =
        ic_row_split(&w->row, line, line + length + 1, w->wide.separator, w->wide.n_columns + 1, &next);
    if (result == IC_ROW_NO_MEMORY) return IC_MEMORY;
    if (result != IC_ROW_WHOLE) return ic_dataset_note(&w->said, "notes", line, length, length > 0);
    size_t filled = 0;
    for (size_t i = 1; i < w->row.count; i++) filled += w->row.fields[i].length > 0;
    return filled > 1 ? IC_FORMAT : title(w, &w->row);
}

/* Nothing but a first text, or nothing at all: the table has ended. */
static int ends(const ic_wide *wide, const ic_row *row) {
    (void)wide;
    for (size_t i = 1; i < row->count; i++)
        if (row->fields[i].length > 0) return 0;
    return 1;
}

/* ---- all of it ----------------------------------------------------------------------------------------------------------- */

/* "Billions" -> "9" */
static ic_text power_of(const ic_text *scale) {
    static const struct {
        const char *word, *power;
    } scales[] = {{"Units", "0"}, {"Thousands", "3"}, {"Millions", "6"}, {"Billions", "9"}, {"Trillions", "12"}};
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++)
        if (ic_wide_is(scale->text, scale->length, scales[i].word))
            return (ic_text){scales[i].power, (uint32_t)strlen(scales[i].power), 0};
    return (ic_text){0};
}

/* What the extra columns say becomes attributes of series. */
static ic_status say_by_series(weo *w, ic_dataset *dataset) {
    ic_text *texts = ic_alloc_zeroed(dataset->series, sizeof *texts);
    uint32_t *keys = ic_alloc(dataset->series, sizeof *keys);
    ic_field codes[8];
    ic_status status = texts == NULL || keys == NULL ? IC_MEMORY : IC_OK;
    for (size_t s = 0; s < dataset->series && status == IC_OK; s++) {
        size_t length = 0;
        for (size_t d = 0; d < dataset->n_dims; d++) {
            const ic_text *code = &dataset->dims[d].codes.items[ic_dataset_series_code(dataset, s, d)];
            codes[d] = (ic_field){code->text, code->length, code->text};
        }
        status = join(w, codes, &length);
        if (status == IC_OK) keys[s] = ic_intern_find(&w->keys, w->key, length);
    }
    for (size_t e = 0; e < w->n_extra && status == IC_OK; e++) {
        const size_t c = w->extra[e];
        const char *name = ic_wide_is(w->wide.columns[c].name, strlen(w->wide.columns[c].name), "Units")
                               ? "unit"
                               : w->wide.columns[c].name;
        for (int powers = 0; powers <= (c == w->scale) && status == IC_OK; powers++) {
            for (size_t s = 0; s < dataset->series; s++) {
                const uint32_t number = keys[s] == IC_ABSENT ? IC_ABSENT : w->numbers[keys[s] * w->n_extra + e];
                texts[s] = number == IC_ABSENT ? (ic_text){0} : w->texts.items[number];
                if (powers && number != IC_ABSENT) texts[s] = power_of(&w->texts.items[number]);
            }
            status = ic_dataset_say_by_series(dataset, powers ? "multiplier" : name, texts);
        }
    }
    ic_free(texts);
    ic_free(keys);
    return status;
}

static ic_status finish(weo *w, ic_dataset *dataset) {
    IC_TRY(say_by_series(w, dataset));
    for (size_t i = 0; i < w->said.n_attributes; i++) {
        const ic_text *text = &w->said.attributes[i].values.items[0];
        IC_TRY(ic_dataset_say(dataset, w->said.attributes[i].name, text->text, text->length));
    }
    for (size_t i = 0; i < w->said.n_notes; i++) {
        const ic_note *note = &w->said.notes[i];
        IC_TRY(ic_dataset_note(dataset, note->name, note->text, strlen(note->text), note->count));
    }
    return IC_OK;
}

/* What this format has not got can't be asked for. */
static ic_status check_options(const ic_options *options, ic_error *error) {
    const char *word = options->attributes.count > 0               ? "attributes"
                       : options->measures.count > 0               ? "measures"
                       : options->dims.count > 0                   ? "dims"
                       : options->dataset != NULL                  ? "dataset"
                       : options->time != NULL || options->no_time ? "time"
                                                                   : NULL;
    return word == NULL ? IC_OK : ic_fail(error, IC_ARGUMENT, "%s=: weo has no choice of it", word);
}

ic_status ic_weo_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error) {
    char given[2] = {options->separator, '\0'};
    weo w = {0};
    const ic_wide_head head = {.wide = &w.wide,
                               .separators = options->separator != 0 ? given : "\t,;",
                               .expected = "Country, Subject Descriptor and the like",
                               .is_head = is_head,
                               .title = title,
                               .column = column,
                               .context = &w};
    w.wide.spare = 1;
    w.wide.line = 1;
    w.wide.ends = ends;
    w.wide.behind = line_behind;
    w.wide.row = row_read;
    w.wide.context = &w;
    ic_window window = {0};
    IC_TRY(check_options(options, error));
    ic_status status = ic_window_open(&window, source, 0, 0, (size_t)options->limits.line, error);
    window.polls = 1;
    if (status == IC_OK) status = ic_wide_head_read(&head, &window, options, error);
    if (status == IC_OK) status = settle_columns(&w, error);
    if (status == IC_OK) {
        if (window.begin == window.rows_end) status = ic_window_fill(&window, error);
        const char mark = options->decimal != 0 ? options->decimal : decimal_mark(&window, w.wide.separator);
        w.wide.style = (ic_number_style){mark, mark == '.' ? ',' : '.'};
    }
    if (status == IC_OK) status = ic_wide_lay_out(&w.wide, options, error);
    if (status != IC_OK && status != IC_MEMORY && error->line == 0) {
        error->line = w.wide.line;
        error->column = 1;
    }
    if (status == IC_OK) status = ic_wide_read(&w.wide, &window, options, dataset, error);
    if (status == IC_OK && finish(&w, dataset) != IC_OK) status = ic_fail_memory(error);
    ic_window_close(&window);
    ic_row_free(&w.row);
    ic_dataset_free(&w.said);
    ic_intern_free(&w.keys);
    ic_intern_free(&w.texts);
    ic_free(w.numbers);
    ic_free(w.key);
    ic_wide_free(&w.wide);
    return status;
}
