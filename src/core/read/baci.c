/* baci: CEPII's bilateral trade by product, one file for each year: t,i,j,k,v,q. */
#include "core/base/utf8.h"
#include "core/read/fan.h"
#include "core/read/long.h"

#include <string.h>

static const char head_row[] = "t,i,j,k,v,q";

int ic_baci_sniff(const char *head, size_t length) {
    size_t at = ic_utf8_mark(head, length);
    const char *name = head_row;
    for (; at < length && head[at] != '\r' && head[at] != '\n'; at++) {
        if (head[at] == '"' || head[at] == ' ') continue;
        if (*name == '\0' || head[at] != *name++) return 0;
    }
    return *name == '\0' && at < length ? 97 : 0;
}

static char comma(const char *head, size_t length) {
    (void)head, (void)length;
    return ',';
}

static const struct {
    const char *name, *title;
    ic_column_kind kind;
} known[] = {
    {"t", "year", IC_COLUMN_TIME},   {"i", "exporter", IC_COLUMN_DIM}, {"j", "importer", IC_COLUMN_DIM},
    {"k", "product", IC_COLUMN_DIM}, {"v", "value", IC_COLUMN_VALUE},  {"q", "quantity", IC_COLUMN_ATTRIBUTE},
};

static ic_status read_head(ic_long_plan *plan, const ic_row *head, const ic_options *options, ic_error *error) {
    IC_TRY(ic_long_plan_columns(plan, head, error));
    for (size_t i = 0; i < plan->n_columns; i++) {
        ic_column *column = &plan->columns[i];
        column->kind = IC_COLUMN_ATTRIBUTE;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
            if (strcmp(column->name, known[k].name) != 0) continue;
            column->kind = known[k].kind;
            column->title = known[k].title;
        }
    }
    plan->words = 1; /* quantities are NA where they are not known */
    ic_long_plan_ask(plan, options);
    return IC_OK;
}

/* Thousands of current dollars, and metric tons. */
static ic_status say_units(ic_dataset *dataset, const ic_options *options) {
    static const ic_text units[] = {{"USD", 3, 0}, {"t", 1, 0}}, powers[] = {{"3", 1, 0}, {"0", 1, 0}};
    if (options->measures.count == 0) {
        IC_TRY(ic_dataset_say(dataset, "UNIT_MEASURE", "USD", 3));
        return ic_dataset_say(dataset, "UNIT_MULT", "3", 1);
    }
    ic_text said[2][2] = {{{0}}};
    const size_t n = options->measures.count;
    if (n > 2) return IC_OK;
    for (size_t m = 0; m < n; m++) {
        const char *name = options->measures.texts[m];
        const size_t which = strcmp(name, "v") == 0 ? 0 : strcmp(name, "q") == 0 ? 1 : 2;
        if (which == 2) return IC_OK;
        if (n == 1) {
            IC_TRY(ic_dataset_say(dataset, "UNIT_MEASURE", units[which].text, units[which].length));
            return ic_dataset_say(dataset, "UNIT_MULT", powers[which].text, powers[which].length);
        }
        said[0][which] = units[which];
        said[1][which] = powers[which];
    }
    IC_TRY(ic_dataset_say_by_code(dataset, dataset->n_dims - 1, "UNIT_MEASURE", said[0]));
    return ic_dataset_say_by_code(dataset, dataset->n_dims - 1, "UNIT_MULT", said[1]);
}

ic_status ic_baci_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error) {
    const ic_long_format format = {.separator = comma, .head = read_head, .rows = ic_fan_read};
    IC_TRY(ic_long_read_file(&format, source, options, dataset, error));
    return say_units(dataset, options) == IC_OK ? IC_OK : ic_fail_memory(error);
}
