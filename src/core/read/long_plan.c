#include "core/read/long_plan.h"
#include "core/base/utf8.h"
#include "core/number/number.h"
#include "core/read/concepts.h"

#include <string.h>

static int listed(const ic_texts *list, const char *name) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->texts[i], name) == 0) return 1;
    return 0;
}

ic_status ic_long_plan_columns(ic_long_plan *plan, const ic_row *head, ic_error *error) {
    plan->columns = ic_alloc_zeroed(head->count, sizeof *plan->columns);
    if (plan->columns == NULL) return ic_fail_memory(error);
    plan->n_columns = head->count;
    for (size_t i = 0; i < head->count; i++) {
        const ic_field *field = &head->fields[i];
        if (ic_utf8_valid(field->text, field->length) != field->length ||
            memchr(field->text, '\0', field->length) != NULL)
            return ic_fail(error, IC_FORMAT, "the name of column %zu is no UTF-8 text", i + 1);
        plan->columns[i] = (ic_column){.kind = IC_COLUMN_DIM,
                                       .attribute = IC_NO_ATTRIBUTE,
                                       .name = ic_arena_text(&plan->arena, field->text, field->length)};
        if (plan->columns[i].name == NULL) return ic_fail_memory(error);
    }
    return IC_OK;
}

void ic_long_plan_ask(ic_long_plan *plan, const ic_options *options) {
    for (size_t i = 0; i < plan->n_columns; i++) {
        ic_column *column = &plan->columns[i];
        if (options->measures.count > 0 && column->kind == IC_COLUMN_VALUE) column->kind = IC_COLUMN_ATTRIBUTE;
        if (options->dims.count > 0 && column->kind == IC_COLUMN_DIM) column->kind = IC_COLUMN_ATTRIBUTE;
        if (options->time != NULL && column->kind == IC_COLUMN_TIME) column->kind = IC_COLUMN_ATTRIBUTE;
        if (options->no_time && column->kind == IC_COLUMN_TIME) column->kind = IC_COLUMN_DIM;
        if (listed(&options->measures, column->name)) column->kind = IC_COLUMN_VALUE;
        if (listed(&options->dims, column->name)) column->kind = IC_COLUMN_DIM;
        if (options->time != NULL && strcmp(options->time, column->name) == 0) column->kind = IC_COLUMN_TIME;
    }
}

static void number(ic_long_plan *plan, const ic_options *options) {
    plan->freq_dim = SIZE_MAX;
    for (size_t i = 0; i < plan->n_columns; i++) {
        ic_column *column = &plan->columns[i];
        if (column->kind == IC_COLUMN_DIM) {
            if (ic_concept_is(column->name, "FREQ") || ic_concept_is(column->name, "FREQUENCY") ||
                ic_concept_is(column->name, "freqCode"))
                plan->freq_dim = plan->n_dims;
            column->number = plan->n_dims++;
        }
        if (column->kind == IC_COLUMN_VALUE) column->number = plan->n_measures++;
        if (column->kind == IC_COLUMN_TIME) plan->has_time = 1;
        if (column->kind == IC_COLUMN_ATTRIBUTE || column->kind == IC_COLUMN_STRUCTURE ||
            listed(&options->attributes, column->name))
            column->attribute = plan->n_attributes++;
    }
    if (plan->freq_dim == SIZE_MAX) plan->freq_dim = plan->n_dims;
    for (size_t i = 0; i < plan->n_columns; i++) {
        ic_column *column = &plan->columns[i];
        if (column->kind != IC_COLUMN_LABEL) continue;
        const ic_column *named = &plan->columns[column->number];
        column->number = named->number;
        if (named->kind != IC_COLUMN_DIM) column->kind = IC_COLUMN_SKIPPED;
    }
}

static int in_core(ic_column_kind kind) {
    return kind == IC_COLUMN_TIME || kind == IC_COLUMN_VALUE || kind == IC_COLUMN_STATUS ||
           kind == IC_COLUMN_CONFIDENTIAL || kind == IC_COLUMN_SYMBOL;
}

static void lay_out(ic_long_plan *plan) {
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
static ic_status check_names(ic_long_plan *plan, ic_error *error) {
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

static ic_status check(ic_long_plan *plan, const ic_options *options, ic_error *error) {
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

ic_status ic_long_plan_settle(ic_long_plan *plan, const ic_options *options, ic_error *error) {
    number(plan, options);
    lay_out(plan);
    return check(plan, options, error);
}

ic_status ic_long_plan_filters(const ic_long_plan *plan, const ic_options *options, ic_error *error) {
    char word[60];
    for (size_t f = 0; f < options->n_filters; f++) {
        const char *dim = options->filters[f].dim;
        int found = 0;
        for (size_t i = 0; i < plan->n_columns; i++)
            found |= plan->columns[i].kind == IC_COLUMN_DIM && ic_dimension_is(plan->columns[i].name, dim);
        if (!found)
            return ic_fail(error, IC_ARGUMENT, "where names \"%s\": there is no such dimension",
                           ic_quote(word, sizeof word, dim, strlen(dim)));
    }
    int by_digits = 0;
    for (size_t i = 0; i < plan->n_columns; i++) by_digits |= plan->columns[i].by_digits;
    if (options->level > 0 && !by_digits)
        return ic_fail(error, IC_ARGUMENT, "level=: no dimension of the file has codes whose digits make levels");
    if (options->days != NULL && !plan->has_time)
        return ic_fail(error, IC_ARGUMENT, "where names \"time\": the file has none");
    return IC_OK;
}

ic_status ic_long_plan_decimal(ic_long_plan *plan, const char *rows, const char *end, ic_row *scratch) {
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

ic_status ic_long_plan_name(const ic_long_plan *plan, ic_dataset *dataset) {
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

void ic_long_plan_free(ic_long_plan *plan) {
    ic_free(plan->columns);
    ic_arena_free(&plan->arena);
    *plan = (ic_long_plan){0};
}
