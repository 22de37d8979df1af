/* comtrade: UN Comtrade's CSV, with the names of before 2023 ("Reporter Code") and of today ("reporterCode"). */
#include "core/read/concepts.h"
#include "core/read/long.h"
#include "core/read/sdmx_csv.h"

#include <string.h>

/* What a column is, unless it is an attribute. */
typedef struct known {
    const char *name;
    ic_column_kind kind;
    const char *names;  /* LABEL: of which column's codes */
    const char *totals; /* DIM: codes of sums over others, with blanks around; or NULL */
} known;

static const known today[] = {
    {"typeCode", IC_COLUMN_DIM, NULL, NULL},
    {"freqCode", IC_COLUMN_DIM, NULL, NULL},
    {"period", IC_COLUMN_TIME, NULL, NULL},
    {"reporterCode", IC_COLUMN_DIM, NULL, NULL},
    {"reporterDesc", IC_COLUMN_LABEL, "reporterCode", NULL},
    {"flowCode", IC_COLUMN_DIM, NULL, NULL},
    {"flowDesc", IC_COLUMN_LABEL, "flowCode", NULL},
    {"partnerCode", IC_COLUMN_DIM, NULL, " 0 "},
    {"partnerDesc", IC_COLUMN_LABEL, "partnerCode", NULL},
    {"partner2Code", IC_COLUMN_DIM, NULL, " 0 "},
    {"partner2Desc", IC_COLUMN_LABEL, "partner2Code", NULL},
    {"classificationCode", IC_COLUMN_DIM, NULL, NULL},
    {"cmdCode", IC_COLUMN_DIM, NULL, " TOTAL "},
    {"cmdDesc", IC_COLUMN_LABEL, "cmdCode", NULL},
    {"customsCode", IC_COLUMN_DIM, NULL, " C00 "},
    {"customsDesc", IC_COLUMN_LABEL, "customsCode", NULL},
    {"mosCode", IC_COLUMN_DIM, NULL, " 0 "},
    {"motCode", IC_COLUMN_DIM, NULL, " 0 "},
    {"motDesc", IC_COLUMN_LABEL, "motCode", NULL},
    {"primaryValue", IC_COLUMN_VALUE, NULL, NULL},
};

/* 2nd partner, customs procedure and mode of transport were never filled. */
static const known before[] = {
    {"Classification", IC_COLUMN_DIM, NULL, NULL},      {"Period", IC_COLUMN_TIME, NULL, NULL},
    {"Trade Flow Code", IC_COLUMN_DIM, NULL, NULL},     {"Trade Flow", IC_COLUMN_LABEL, "Trade Flow Code", NULL},
    {"Reporter Code", IC_COLUMN_DIM, NULL, NULL},       {"Reporter", IC_COLUMN_LABEL, "Reporter Code", NULL},
    {"Partner Code", IC_COLUMN_DIM, NULL, " 0 "},       {"Partner", IC_COLUMN_LABEL, "Partner Code", NULL},
    {"Commodity Code", IC_COLUMN_DIM, NULL, " TOTAL "}, {"Commodity", IC_COLUMN_LABEL, "Commodity Code", NULL},
    {"Trade Value (US$)", IC_COLUMN_VALUE, NULL, NULL},
};

#define TODAY  (sizeof today / sizeof *today)
#define BEFORE (sizeof before / sizeof *before)

static int has(const char *head, size_t length, const char *name) {
    const size_t n = strlen(name);
    for (size_t i = 0; i + n <= length && head[i] != '\n'; i++)
        if (memcmp(head + i, name, n) == 0) return 1;
    return 0;
}

int ic_comtrade_sniff(const char *head, size_t length) {
    if (has(head, length, "reporterCode") && has(head, length, "cmdCode") && has(head, length, "primaryValue"))
        return 96;
    return has(head, length, "Reporter Code") && has(head, length, "Commodity Code") &&
                   has(head, length, "Trade Value (US$)")
               ? 96
               : 0;
}

static const known *known_as(const char *name) {
    for (size_t k = 0; k < TODAY; k++)
        if (strcmp(name, today[k].name) == 0) return &today[k];
    for (size_t k = 0; k < BEFORE; k++)
        if (strcmp(name, before[k].name) == 0) return &before[k];
    return NULL;
}

static size_t column_named(const ic_long_plan *plan, const char *name) {
    size_t i = 0;
    while (i < plan->n_columns && strcmp(plan->columns[i].name, name) != 0) i++;
    return i;
}

static ic_status read_head(ic_long_plan *plan, const ic_row *head, const ic_options *options, ic_error *error) {
    IC_TRY(ic_long_plan_columns(plan, head, error));
    for (size_t i = 0; i < plan->n_columns; i++) {
        ic_column *column = &plan->columns[i];
        const known *k = known_as(column->name);
        column->kind = k == NULL ? IC_COLUMN_ATTRIBUTE : k->kind;
        column->by_digits = strcmp(column->name, "cmdCode") == 0 || strcmp(column->name, "Commodity Code") == 0;
        if (k == NULL || k->kind != IC_COLUMN_LABEL) continue;
        column->number = column_named(plan, k->names);
        if (column->number == plan->n_columns) column->kind = IC_COLUMN_ATTRIBUTE;
    }
    const size_t year = column_named(plan, "Year");
    if (column_named(plan, "Period") == plan->n_columns && column_named(plan, "period") == plan->n_columns &&
        year < plan->n_columns)
        plan->columns[year].kind = IC_COLUMN_TIME;
    plan->words = 1;
    ic_long_plan_ask(plan, options);
    return IC_OK;
}

/* Rows of today's files end in a comma, which the head row does not; months are written 202301, and the files of before have no
   column that says so. */
static ic_status read_first(ic_long_plan *plan, const ic_row *row, ic_error *error) {
    for (size_t i = 0; i < plan->n_columns && i < row->count; i++)
        if (plan->columns[i].kind == IC_COLUMN_TIME && row->fields[i].length == 6) plan->freq = 'M';
    if (row->count != plan->n_columns + 1 || row->fields[plan->n_columns].length > 0) return IC_OK;
    ic_column *columns = ic_resize(plan->columns, row->count, sizeof *columns);
    if (columns == NULL) return ic_fail_memory(error);
    columns[plan->n_columns] = (ic_column){.kind = IC_COLUMN_SKIPPED, .name = "", .attribute = IC_NO_ATTRIBUTE};
    plan->columns = columns;
    plan->n_columns = row->count;
    return IC_OK;
}

/* Which codes are sums over others, so that nobody adds them up with those. */
static ic_status say_totals(ic_dataset *dataset, const char *dim, const ic_intern *codes) {
    char name[40] = "totals/", word[16] = " ";
    const known *k = known_as(dim);
    if (k == NULL || k->totals == NULL) return IC_OK;
    memcpy(name + 7, k->name, strlen(k->name) + 1);
    for (size_t c = 0; c < codes->count && codes->count > 1; c++) {
        const ic_text *code = &codes->items[c];
        if (code->length + 3 > sizeof word) continue;
        memcpy(word + 1, code->text, code->length);
        memcpy(word + 1 + code->length, " ", 2);
        if (strstr(k->totals, word) == NULL) continue;
        IC_TRY(ic_dataset_note(dataset, name, code->text, code->length, 1));
    }
    return IC_OK;
}

static ic_status say_all_totals(ic_dataset *dataset) {
    for (size_t d = 0; d < dataset->n_dims; d++)
        IC_TRY(say_totals(dataset, dataset->dims[d].name, &dataset->dims[d].codes));
    for (size_t i = 0; i < dataset->n_folded; i++)
        IC_TRY(say_totals(dataset, dataset->folded[i].name, &dataset->folded[i].codes));
    return IC_OK;
}

ic_status ic_comtrade_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error) {
    const ic_long_format format = {
        .separator = ic_sdmx_csv_separator, .head = read_head, .first = read_first, .rows = ic_long_read};
    IC_TRY(ic_long_read_file(&format, source, options, dataset, error));
    ic_status status = say_all_totals(dataset);
    if (status == IC_OK && options->measures.count == 0) status = ic_dataset_say(dataset, "UNIT_MEASURE", "USD", 3);
    return status == IC_OK ? IC_OK : ic_fail_memory(error);
}
