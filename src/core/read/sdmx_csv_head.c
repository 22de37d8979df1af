/* What the columns of an SDMX-CSV file are, by their names in the head row. */
#include "core/base/utf8.h"
#include "core/read/concepts.h"
#include "core/read/sdmx_csv.h"

#include <string.h>

static const char *const skipped[] = {"SERIES_KEY", "OBS_KEY", "STRUCTURE_NAME", "KEY"};

static int listed(const ic_texts *list, const char *name) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->texts[i], name) == 0) return 1;
    return 0;
}

static int starts(const char *text, const char *with) { return strncmp(text, with, strlen(with)) == 0; }

char ic_sdmx_csv_separator(const char *head, size_t length) {
    static const char marks[] = ",;\t|";
    size_t at = length > 0 && head[0] == '"' ? 1 : 0, best = 0;
    for (size_t k = 0; k < 2; k++) {
        const char *word = k == 0 ? "STRUCTURE" : "DATAFLOW";
        size_t n = strlen(word), i = at + n;
        if (length < i || memcmp(head + at, word, n) != 0) continue;
        if (i + 2 < length && head[i] == '[' && head[i + 2] == ']')
            i += 3; /* [;]: what separates values within a field */
        if (i < length && head[i] == '"') i++;
        if (i < length && strchr(marks, head[i]) != NULL && head[i] != '\0') return head[i];
    }
    char separator = 0;
    for (const char *mark = marks; *mark != '\0'; mark++) {
        size_t n = 0;
        for (size_t i = 0; i < length; i++) n += head[i] == *mark;
        if (n > best) {
            best = n;
            separator = *mark;
        }
    }
    return separator;
}

/* "FREQ: Frequency" -> name FREQ, title Frequency; "ATTR[en;fr]" -> name ATTR. */
static ic_status name_column(ic_long_plan *plan, ic_column *column, const ic_field *field) {
    size_t length = field->length, colon = length;
    for (size_t i = 0; i + 1 < length; i++) {
        if (field->text[i] != ':' || field->text[i + 1] != ' ') continue;
        colon = i;
        break;
    }
    if (colon < length) {
        column->title = ic_arena_text(&plan->arena, field->text + colon + 2, length - colon - 2);
        if (column->title == NULL) return IC_MEMORY;
    }
    size_t end = colon;
    if (end > 0 && field->text[end - 1] == ']') {
        size_t bracket = end - 1;
        while (bracket > 0 && field->text[bracket] != '[') bracket--;
        if (bracket > 0) end = bracket;
    }
    char *name = ic_arena_text(&plan->arena, field->text, end);
    if (name == NULL) return IC_MEMORY;
    column->name = name;
    return IC_OK;
}

static int is_measure(const ic_options *options, const char *name, int plain_measure) {
    if (options->measures.count > 0) return listed(&options->measures, name);
    return plain_measure ? ic_concept_is(name, "OBS_VALUE") : starts(name, "OBS_VALUE");
}

/* What a column is by its name alone; IC_COLUMN_DIM where the name says nothing. */
static ic_column_kind kind_by_name(const ic_options *options, const ic_column *column, size_t i, int plain_measure) {
    const char *name = column->name;
    if (listed(&options->dims, name)) return IC_COLUMN_DIM;
    if (options->time != NULL ? strcmp(name, options->time) == 0
                              : !options->no_time && ic_concept_is(name, "TIME_PERIOD"))
        return IC_COLUMN_TIME;
    if (is_measure(options, name, plain_measure)) return IC_COLUMN_VALUE;
    if (i == 0 && ic_concept_is(name, "STRUCTURE")) return IC_COLUMN_SKIPPED;
    if ((i == 0 && ic_concept_is(name, "DATAFLOW")) || (i <= 1 && ic_concept_is(name, "STRUCTURE_ID")))
        return IC_COLUMN_STRUCTURE;
    if (i <= 3 && ic_concept_is(name, "ACTION")) return IC_COLUMN_ACTION;
    for (size_t s = 0; s < sizeof skipped / sizeof *skipped; s++)
        if (ic_concept_is(name, skipped[s])) return IC_COLUMN_SKIPPED;
    switch (ic_concept_of(name)) {
    case IC_CONCEPT_STATUS: return IC_COLUMN_STATUS;
    case IC_CONCEPT_CONFIDENTIAL: return IC_COLUMN_CONFIDENTIAL;
    case IC_CONCEPT_ATTRIBUTE: return IC_COLUMN_ATTRIBUTE;
    default: return options->dims.count > 0 ? IC_COLUMN_ATTRIBUTE : IC_COLUMN_DIM;
    }
}

/* labels=name: from STRUCTURE_NAME on, every column has its names in the next one. */
static int has_name_columns(const ic_long_plan *plan) {
    for (size_t i = 0; i < plan->n_columns && i < 4; i++)
        if (ic_concept_is(plan->columns[i].name, "STRUCTURE_NAME")) return 1;
    return 0;
}

static void classify(ic_long_plan *plan, const ic_options *options) {
    int plain_measure = 0;
    for (size_t i = 0; i < plan->n_columns; i++) plain_measure |= ic_concept_is(plan->columns[i].name, "OBS_VALUE");
    int names = has_name_columns(plan), in_pairs = 0;
    for (size_t i = 0; i < plan->n_columns; i++) {
        ic_column *column = &plan->columns[i];
        column->kind = kind_by_name(options, column, i, plain_measure);
        if (!names || i < 2) continue;
        if (in_pairs) {
            ic_column *code = column - 1;
            column->kind = code->kind == IC_COLUMN_DIM ? IC_COLUMN_LABEL : IC_COLUMN_SKIPPED;
            column->number = i - 1;
            code->title = column->name;
        }
        int heads = ic_concept_is(column->name, "STRUCTURE_NAME") || column->kind == IC_COLUMN_ACTION;
        in_pairs = !heads && !in_pairs;
    }
    if (options->dims.count > 0) return;
    /* behind the first measure stand attributes, unless no dimension stands before it (the order is free, and the file
       does not say which is which: what is not named like an attribute is then a dimension) */
    size_t measure = plan->n_columns, before = 0;
    for (size_t i = plan->n_columns; i-- > 0;)
        if (plan->columns[i].kind == IC_COLUMN_VALUE) measure = i;
    for (size_t i = 0; i < measure; i++) before += plan->columns[i].kind == IC_COLUMN_DIM;
    if (plan->n_columns > 0 && plan->columns[0].kind == IC_COLUMN_SKIPPED && measure > 0)
        before += plan->columns[measure - 1].kind == IC_COLUMN_TIME; /* 2.0, and time is the one dimension */
    for (size_t i = measure; i < plan->n_columns; i++) {
        ic_column *column = &plan->columns[i];
        if (column->kind == IC_COLUMN_LABEL && column[-1].kind == IC_COLUMN_ATTRIBUTE) column->kind = IC_COLUMN_SKIPPED;
        if (column->kind == IC_COLUMN_DIM &&
            (before > 0 || starts(column->name, "ATTR") || starts(column->name, "COMMENT")))
            column->kind = IC_COLUMN_ATTRIBUTE;
    }
}

ic_status ic_sdmx_csv_head(ic_long_plan *plan, const ic_row *head, const ic_options *options, ic_error *error) {
    IC_TRY(ic_long_plan_columns(plan, head, error));
    for (size_t i = 0; i < head->count; i++) {
        if (name_column(plan, &plan->columns[i], &head->fields[i]) != IC_OK) return ic_fail_memory(error);
        plan->labelled |= plan->columns[i].title != NULL;
    }
    classify(plan, options);
    return IC_OK;
}
