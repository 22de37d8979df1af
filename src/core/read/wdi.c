/* wdi: what the World Bank gives as CSV. Bulk files and single indicators ("Country Name","Country Code","Indicator Name",
   "Indicator Code","1960",...; title lines in front), and DataBank ("2010 [YR2010]", ".." for missing; lines behind). */
#include "core/read/wide_head.h"

#include <string.h>

int ic_wdi_sniff(const char *head, size_t length);
ic_status ic_wdi_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error);

typedef struct wdi {
    ic_wide wide;
    ic_dataset said; /* its attributes: what stands around the table */
    ic_row row;      /* scratch */
} wdi;

static const struct word {
    const char *head, *dim;
    int is_code;
} words[] = {{"Country Name", "country", 0},
             {"Country Code", "country", 1},
             {"Economy Name", "country", 0},
             {"Economy Code", "country", 1},
             {"Indicator Name", "indicator", 0},
             {"Indicator Code", "indicator", 1},
             {"Series Name", "indicator", 0},
             {"Series Code", "indicator", 1},
             {"Counterpart-Area Name", "counterpart", 0},
             {"Counterpart-Area Code", "counterpart", 1}};

static const struct word *word_of(const char *text, size_t length) {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (ic_wide_is(text, length, words[i].head)) return &words[i];
    return NULL;
}

static int is_head(const ic_row *row) {
    int country = 0, indicator = 0;
    for (size_t i = 0; i < row->count && i < 8; i++) {
        const struct word *word = word_of(row->fields[i].text, row->fields[i].length);
        country |= word != NULL && strcmp(word->dim, "country") == 0;
        indicator |= word != NULL && strcmp(word->dim, "indicator") == 0;
    }
    return country && indicator;
}

int ic_wdi_sniff(const char *head, size_t length) { return ic_wide_sniff(head, length, ",;\t", is_head) ? 96 : 0; }

/* ---- what stands around the table ------------------------------------------------------------------------------ */

/* "Last Updated: 12/16/2024" -> the rest behind the word and its colon, or NULL */
static const char *rest_of(const ic_field *field, const char *word, size_t *length) {
    const size_t n = strlen(word);
    if (field->length < n || memcmp(field->text, word, n) != 0) return NULL;
    const char *p = field->text + n, *end = field->text + field->length;
    while (p < end && (*p == ':' || *p == ' ')) p++;
    *length = (size_t)(end - p);
    return p;
}

static ic_status say(wdi *w, const ic_field *first, const char *text, size_t length) {
    size_t n;
    const char *rest;
    if ((rest = rest_of(first, "Data from database", &n)) != NULL) return ic_dataset_say(&w->said, "source", rest, n);
    if ((rest = rest_of(first, "Last Updated Date", &n)) != NULL && text != NULL)
        return ic_dataset_say(&w->said, "updated", text, length);
    if ((rest = rest_of(first, "Last Updated", &n)) != NULL)
        return ic_dataset_say(&w->said, "updated", text != NULL ? text : rest, text != NULL ? length : n);
    if (rest_of(first, "Data Source", &n) != NULL && text != NULL)
        return ic_dataset_say(&w->said, "source", text, length);
    return ic_dataset_note(&w->said, "notes", first->text, first->length, first->length > 0);
}

static ic_status title(void *context, const ic_row *row) {
    const ic_field *second = row->count > 1 && row->fields[1].length > 0 ? &row->fields[1] : NULL;
    if (row->fields[0].length == 0) return IC_OK;
    return say(context, &row->fields[0], second == NULL ? NULL : second->text, second == NULL ? 0 : second->length);
}

static ic_status line_behind(void *context, const char *line, size_t length) {
    wdi *w = context;
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

/* ---- the head ---------------------------------------------------------------------------------------------------- */

static ic_status column(void *context, ic_wide_column *given, ic_error *error) {
    wdi *w = context;
    const struct word *word = word_of(given->name, strlen(given->name));
    if (word == NULL)
        return ic_fail(error, IC_FORMAT, "\"%s\" is neither a period nor a name or code of country and indicator",
                       given->name);
    size_t d = 0;
    while (d < w->wide.n_dims && strcmp(w->wide.dims[d].name, word->dim) != 0) d++;
    if (d == w->wide.n_dims) w->wide.dims[w->wide.n_dims++].name = word->dim;
    given->kind = word->is_code ? IC_WIDE_DIM : IC_WIDE_LABEL;
    given->dim = d;
    for (const ic_wide_column *c = w->wide.columns; c < given; c++)
        if (c->kind == given->kind && c->dim == d)
            return ic_fail(error, IC_FORMAT, "two columns are called \"%s\"", given->name);
    return IC_OK;
}

/* Where there are names alone, these are the codes. */
static void settle_codes(ic_wide *w) {
    for (size_t d = 0; d < w->n_dims; d++) {
        ic_wide_column *name = NULL;
        int coded = 0;
        for (size_t c = 0; c < w->n_columns; c++) {
            if (w->columns[c].kind == IC_WIDE_CELL || w->columns[c].dim != d) continue;
            coded |= w->columns[c].kind == IC_WIDE_DIM;
            if (w->columns[c].kind == IC_WIDE_LABEL) name = &w->columns[c];
        }
        if (!coded && name != NULL) name->kind = IC_WIDE_DIM;
    }
}

/* What this format has not got can't be asked for. */
static ic_status check_options(const ic_options *options, ic_error *error) {
    const char *word = options->attributes.count > 0               ? "attributes"
                       : options->measures.count > 0               ? "measures"
                       : options->dims.count > 0                   ? "dims"
                       : options->dataset != NULL                  ? "dataset"
                       : options->time != NULL || options->no_time ? "time"
                                                                   : NULL;
    return word == NULL ? IC_OK : ic_fail(error, IC_ARGUMENT, "%s=: wdi has no choice of it", word);
}

/* What was said around the table becomes part of the data set. */
static ic_status finish(const wdi *w, ic_dataset *dataset) {
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

ic_status ic_wdi_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error) {
    char given[2] = {options->separator, '\0'};
    wdi w = {0};
    const ic_wide_head head = {&w.wide,
                               options->separator != 0 ? given : ",;\t",
                               "Country Name, Country Code and the like",
                               is_head,
                               title,
                               column,
                               &w};
    w.wide.style = (ic_number_style){options->decimal != 0 ? options->decimal : '.', 0};
    w.wide.spare = 1;
    w.wide.line = 1;
    w.wide.ends = ends;
    w.wide.behind = line_behind;
    w.wide.context = &w;
    ic_window window = {0};
    IC_TRY(check_options(options, error));
    ic_status status = ic_window_open(&window, source, 0, 0, (size_t)options->limits.line, error);
    window.polls = 1;
    if (status == IC_OK) status = ic_wide_head_read(&head, &window, options, error);
    if (status == IC_OK) {
        settle_codes(&w.wide);
        status = ic_wide_lay_out(&w.wide, options, error);
    }
    if (status != IC_OK && status != IC_MEMORY && error->line == 0) {
        error->line = w.wide.line;
        error->column = 1;
    }
    if (status == IC_OK) status = ic_wide_read(&w.wide, &window, options, dataset, error);
    if (status == IC_OK && finish(&w, dataset) != IC_OK) status = ic_fail_memory(error);
    ic_window_close(&window);
    ic_row_free(&w.row);
    ic_dataset_free(&w.said);
    ic_wide_free(&w.wide);
    return status;
}
