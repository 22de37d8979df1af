#include "core/read/sdmx_csv_plan.h"
#include "core/base/utf8.h"
#include "core/number/number.h"

#include <string.h>

/* Concepts that are attributes wherever they stand (SDMX cross-domain concepts and what large producers add). */
static const char *const attributes[] = {
    "DECIMALS", "UNIT_MULT", "UNIT_MULTIPLIER", "TIME_FORMAT", "TITLE",       "TITLE_COMPL", "OBS_COM",
    "COMMENT",  "COMMENTS",  "COMMENT_OBS",     "COMMENT_TS",  "LAST UPDATE", "LAST_UPDATE", "OBS_PRE_BREAK",
    "UPDATED",  "SOURCE",    "PRECISION",       "COLLECTION",  "COMPILATION", "EMBARGO_TIME"};
static const char *const skipped[] = {"SERIES_KEY", "OBS_KEY", "STRUCTURE_NAME", "KEY"};
static const char *const statuses[] = {"OBS_STATUS", "OBS_FLAG"};
static const char *const confidential[] = {"CONF_STATUS", "OBS_CONF"};

#define AMONG(list, name) among(list, sizeof list / sizeof *list, name)

static int same_word(const char *a, const char *b) { /* ASCII letters in either case */
    for (;; a++, b++) {
        char x = *a >= 'a' && *a <= 'z' ? (char)(*a - 32) : *a, y = *b >= 'a' && *b <= 'z' ? (char)(*b - 32) : *b;
        if (x != y) return 0;
        if (x == '\0') return 1;
    }
}

static int among(const char *const *list, size_t n, const char *name) {
    for (size_t i = 0; i < n; i++)
        if (same_word(list[i], name)) return 1;
    return 0;
}

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

/* ---- names ------------------------------------------------------------------------------------------------ */

/* "FREQ: Frequency" -> name FREQ, title Frequency; "ATTR[en;fr]" -> name ATTR. */
static ic_status name_column(ic_sdmx_csv_plan *plan, ic_column *column, const ic_field *field) {
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
    column->attribute = IC_NO_ATTRIBUTE;
    return IC_OK;
}

static int is_measure(const ic_options *options, const char *name, int plain_measure) {
    if (options->measures.count > 0) return listed(&options->measures, name);
    return plain_measure ? same_word(name, "OBS_VALUE") : starts(name, "OBS_VALUE");
}

/* What a column is by its name alone; IC_COLUMN_DIM where the name says nothing. */
static ic_column_kind kind_by_name(const ic_options *options, const ic_column *column, size_t i, int plain_measure) {
    const char *name = column->name;
    if (listed(&options->dims, name)) return IC_COLUMN_DIM;
    if (options->time != NULL ? strcmp(name, options->time) == 0 : !options->no_time && same_word(name, "TIME_PERIOD"))
        return IC_COLUMN_TIME;
    if (is_measure(options, name, plain_measure)) return IC_COLUMN_VALUE;
    if (i == 0 && same_word(name, "STRUCTURE")) return IC_COLUMN_SKIPPED;
    if ((i == 0 && same_word(name, "DATAFLOW")) || (i <= 1 && same_word(name, "STRUCTURE_ID")))
        return IC_COLUMN_STRUCTURE;
    if (i <= 3 && same_word(name, "ACTION")) return IC_COLUMN_ACTION;
    if (AMONG(skipped, name)) return IC_COLUMN_SKIPPED;
    if (AMONG(statuses, name)) return IC_COLUMN_STATUS;
    if (AMONG(confidential, name)) return IC_COLUMN_CONFIDENTIAL;
    if (AMONG(attributes, name) || options->dims.count > 0) return IC_COLUMN_ATTRIBUTE;
    return IC_COLUMN_DIM;
}

/* labels=name: from STRUCTURE_NAME on, every column has its names in the next one. */
static int has_name_columns(const ic_sdmx_csv_plan *plan) {
    for (size_t i = 0; i < plan->n_columns && i < 4; i++)
        if (same_word(plan->columns[i].name, "STRUCTURE_NAME")) return 1;
    return 0;
}

static void classify(ic_sdmx_csv_plan *plan, const ic_options *options) {
    int plain_measure = 0;
    for (size_t i = 0; i < plan->n_columns; i++) plain_measure |= same_word(plan->columns[i].name, "OBS_VALUE");
    int names = has_name_columns(plan), in_pairs = 0;
    for (size_t i = 0; i < plan->n_columns; i++) {
        ic_column *column = &plan->columns[i];
        column->kind = kind_by_name(options, column, i, plain_measure);
        if (!names || i < 2) continue;
        if (in_pairs) {
            ic_column *code = column - 1;
            column->kind = code->kind == IC_COLUMN_DIM ? IC_COLUMN_LABEL : IC_COLUMN_SKIPPED;
            code->title = column->name;
        }
        int heads = same_word(column->name, "STRUCTURE_NAME") || column->kind == IC_COLUMN_ACTION;
        in_pairs = !heads && !in_pairs;
    }
    if (options->dims.count > 0) return;
    /* behind the first measure stand attributes, unless no dimension stands before it (the order is free, and the file
       does not say which is which: what is not named like an attribute is then a dimension) */
    size_t measure = plan->n_columns, before = 0;
    for (size_t i = plan->n_columns; i-- > 0;)
        if (plan->columns[i].kind == IC_COLUMN_VALUE) measure = i;
    for (size_t i = 0; i < measure; i++) before += plan->columns[i].kind == IC_COLUMN_DIM;
    for (size_t i = measure; i < plan->n_columns; i++) {
        ic_column *column = &plan->columns[i];
        if (column->kind == IC_COLUMN_LABEL && column[-1].kind == IC_COLUMN_ATTRIBUTE) column->kind = IC_COLUMN_SKIPPED;
        if (column->kind == IC_COLUMN_DIM &&
            (before > 0 || starts(column->name, "ATTR") || starts(column->name, "COMMENT")))
            column->kind = IC_COLUMN_ATTRIBUTE;
    }
}

static void number(ic_sdmx_csv_plan *plan, const ic_options *options) {
    plan->freq_dim = SIZE_MAX;
    for (size_t i = 0; i < plan->n_columns; i++) {
        ic_column *column = &plan->columns[i];
        if (column->kind == IC_COLUMN_DIM) {
            if (same_word(column->name, "FREQ") || same_word(column->name, "FREQUENCY")) plan->freq_dim = plan->n_dims;
            column->number = plan->n_dims++;
        }
        if (column->kind == IC_COLUMN_LABEL && !plan->table) column->number = column[-1].number;
        if (column->kind == IC_COLUMN_VALUE) column->number = plan->n_measures++;
        if (column->kind == IC_COLUMN_TIME) plan->has_time = 1;
        if (column->kind == IC_COLUMN_ATTRIBUTE || column->kind == IC_COLUMN_STRUCTURE ||
            listed(&options->attributes, column->name))
            column->attribute = plan->n_attributes++;
    }
    if (plan->freq_dim == SIZE_MAX) plan->freq_dim = plan->n_dims;
}

static int in_core(ic_column_kind kind) {
    return kind == IC_COLUMN_TIME || kind == IC_COLUMN_VALUE || kind == IC_COLUMN_STATUS ||
           kind == IC_COLUMN_CONFIDENTIAL;
}

static void lay_out(ic_sdmx_csv_plan *plan) {
    size_t n = plan->n_columns;
    plan->prefix = n;
    for (size_t i = n; i-- > 0;)
        if (in_core(plan->columns[i].kind)) plan->prefix = i;
    for (size_t i = 0; i < n; i++)
        if (in_core(plan->columns[i].kind)) plan->core_end = i + 1;
    plan->fast = plan->n_measures == 1 && plan->prefix > 0;
    plan->key_in_front = 1;
    for (size_t i = plan->core_end; i < n; i++) {
        ic_column_kind kind = plan->columns[i].kind;
        if (kind == IC_COLUMN_DIM || kind == IC_COLUMN_STRUCTURE || kind == IC_COLUMN_ACTION) plan->key_in_front = 0;
    }
    for (size_t i = plan->prefix; i < plan->core_end; i++) {
        const ic_column *column = &plan->columns[i];
        if ((!in_core(column->kind) && column->kind != IC_COLUMN_SKIPPED) || column->attribute != IC_NO_ATTRIBUTE)
            plan->fast = 0;
    }
}

static ic_status twice(const char *name, ic_error *error) {
    char word[60];
    return ic_fail(error, IC_FORMAT, "two columns are called %s", ic_quote(word, sizeof word, name, strlen(name)));
}

/* No two columns may have one name, nor two dimensions the same one in the result ("value" becomes "value_"). */
static ic_status check_names(ic_sdmx_csv_plan *plan, ic_error *error) {
    ic_intern names = {0}, dims = {0};
    ic_status status = IC_OK;
    uint32_t number = 0;
    if (plan->n_measures > 1) status = ic_intern_add(&dims, "measure", strlen("measure"), &number);
    for (size_t i = 0; i < plan->n_columns && status == IC_OK; i++) {
        const ic_column *column = &plan->columns[i];
        size_t known = names.count, known_dims = dims.count;
        status = ic_intern_add(&names, column->name, strlen(column->name), &number);
        if (status == IC_OK && number != known && column->kind != IC_COLUMN_SKIPPED && column->kind != IC_COLUMN_LABEL)
            status = twice(column->name, error);
        if (status != IC_OK || column->kind != IC_COLUMN_DIM) continue;
        const char *name = ic_dimension_name(&plan->arena, column->name, strlen(column->name));
        status = name == NULL ? IC_MEMORY : ic_intern_add(&dims, name, strlen(name), &number);
        if (status == IC_OK && number != known_dims) status = twice(name, error);
    }
    ic_intern_free(&names);
    ic_intern_free(&dims);
    return status == IC_MEMORY ? ic_fail_memory(error) : status;
}

static ic_status check(ic_sdmx_csv_plan *plan, const ic_options *options, ic_error *error) {
    char word[60];
    size_t times = 0, structures = 0;
    for (size_t i = 0; i < plan->n_columns; i++) {
        const ic_column *column = &plan->columns[i];
        times += column->kind == IC_COLUMN_TIME;
        structures += column->kind == IC_COLUMN_STRUCTURE;
    }
    IC_TRY(check_names(plan, error));
    if (times > 1) return ic_fail(error, IC_FORMAT, "two columns hold the period");
    if (options->time != NULL && times == 0)
        return ic_fail(error, IC_ARGUMENT, "time=\"%s\": there is no such column",
                       ic_quote(word, sizeof word, options->time, strlen(options->time)));
    if (options->dataset != NULL && structures == 0)
        return ic_fail(error, IC_ARGUMENT, "dataset=\"%s\": the file has no column that names its structure",
                       ic_quote(word, sizeof word, options->dataset, strlen(options->dataset)));
    const ic_texts *lists[] = {&options->measures, &options->dims, &options->attributes};
    static const char *const names[] = {"measures", "dims", "attributes"};
    for (size_t l = 0; l < 3; l++) {
        for (size_t i = 0; i < lists[l]->count; i++) {
            int found = 0;
            for (size_t k = 0; k < plan->n_columns; k++)
                found |= strcmp(plan->columns[k].name, lists[l]->texts[i]) == 0;
            if (!found)
                return ic_fail(error, IC_ARGUMENT, "%s names \"%s\": there is no such column", names[l],
                               ic_quote(word, sizeof word, lists[l]->texts[i], lists[l]->lengths[i]));
        }
    }
    if (plan->n_measures == 0)
        return ic_fail(error, IC_FORMAT, "no column OBS_VALUE (measures=[...] names the columns that hold values)");
    return IC_OK;
}

ic_status ic_sdmx_csv_plan_settle(ic_sdmx_csv_plan *plan, const ic_options *options, ic_error *error) {
    number(plan, options);
    lay_out(plan);
    return check(plan, options, error);
}

ic_status ic_sdmx_csv_plan_make(ic_sdmx_csv_plan *plan, const ic_row *head, const ic_options *options,
                                ic_error *error) {
    plan->columns = ic_alloc_zeroed(head->count, sizeof *plan->columns);
    if (plan->columns == NULL) return ic_fail_memory(error);
    plan->n_columns = head->count;
    for (size_t i = 0; i < head->count; i++) {
        const ic_field *field = &head->fields[i];
        if (ic_utf8_valid(field->text, field->length) != field->length ||
            memchr(field->text, '\0', field->length) != NULL)
            return ic_fail(error, IC_FORMAT, "the name of column %zu is no UTF-8 text", i + 1);
        if (name_column(plan, &plan->columns[i], field) != IC_OK) return ic_fail_memory(error);
        plan->labelled |= plan->columns[i].title != NULL;
    }
    classify(plan, options);
    return ic_sdmx_csv_plan_settle(plan, options, error);
}

ic_status ic_sdmx_csv_plan_decimal(ic_sdmx_csv_plan *plan, const char *rows, const char *end, ic_row *scratch) {
    size_t points = 0, commas = 0;
    const char *next;
    plan->decimal = '.';
    if (plan->separator == ',') return IC_OK; /* a decimal comma would need quotes in every row */
    for (; rows < end; rows = next) {
        ic_row_result result = ic_row_split(scratch, rows, end, plan->separator, plan->n_columns, &next);
        if (result == IC_ROW_NO_MEMORY) return IC_MEMORY;
        if (result != IC_ROW_WHOLE) break; /* told when it is read */
        for (size_t i = 0; i < scratch->count; i++) {
            if (plan->columns[i].kind != IC_COLUMN_VALUE) continue;
            ic_number value;
            const ic_number_style comma = {',', 0};
            const ic_field *field = &scratch->fields[i];
            points += memchr(field->text, '.', field->length) != NULL &&
                      ic_number_parse(field->text, field->length, NULL, &value);
            commas += memchr(field->text, ',', field->length) != NULL &&
                      ic_number_parse(field->text, field->length, &comma, &value);
        }
    }
    if (commas > 0 && points == 0) plan->decimal = ',';
    return IC_OK;
}

ic_status ic_sdmx_csv_plan_name(const ic_sdmx_csv_plan *plan, ic_dataset *dataset) {
    size_t n_dims = plan->n_dims + (plan->n_measures > 1);
    dataset->dims = ic_alloc_zeroed(n_dims, sizeof *dataset->dims);
    dataset->attributes = ic_alloc_zeroed(plan->n_attributes, sizeof *dataset->attributes);
    if (dataset->dims == NULL || dataset->attributes == NULL) return IC_MEMORY;
    dataset->n_dims = n_dims;
    dataset->n_attributes = plan->n_attributes;
    dataset->has_time = plan->has_time;
    for (size_t i = 0; i < plan->n_columns; i++) {
        const ic_column *column = &plan->columns[i];
        if (column->kind == IC_COLUMN_DIM) {
            ic_dimension *dim = &dataset->dims[column->number];
            dim->name = ic_dimension_name(&dataset->arena, column->name, strlen(column->name));
            if (dim->name == NULL) return IC_MEMORY;
            if (column->title != NULL &&
                (dim->title = ic_arena_text(&dataset->arena, column->title, strlen(column->title))) == NULL)
                return IC_MEMORY;
        }
        if (column->attribute != IC_NO_ATTRIBUTE) {
            char *name = ic_arena_text(&dataset->arena, column->name, strlen(column->name));
            if (name == NULL) return IC_MEMORY;
            dataset->attributes[column->attribute].name = name;
        }
    }
    if (plan->n_measures > 1) dataset->dims[plan->n_dims].name = "measure";
    return IC_OK;
}

void ic_sdmx_csv_plan_free(ic_sdmx_csv_plan *plan) {
    ic_free(plan->columns);
    ic_arena_free(&plan->arena);
    *plan = (ic_sdmx_csv_plan){0};
}
