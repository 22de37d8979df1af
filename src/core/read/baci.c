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

static const struct {
    const char *column;
    ic_text unit, power; /* thousands of current dollars, and metric tons */
} units[] = {{"v", {"USD", 3, 0}, {"3", 1, 0}}, {"q", {"t", 1, 0}, {"0", 1, 0}}};

/* The place of a column in `units`, or 2. */
static size_t unit_of(const char *column) {
    size_t i = 0;
    while (i < 2 && strcmp(units[i].column, column) != 0) i++;
    return i;
}

static ic_status say_unit(ic_dataset *dataset, size_t which) {
    if (which == 2) return IC_OK;
    IC_TRY(ic_dataset_say(dataset, "UNIT_MEASURE", units[which].unit.text, units[which].unit.length));
    return ic_dataset_say(dataset, "UNIT_MULT", units[which].power.text, units[which].power.length);
}

/* By the codes of the dimension of measures: one that stands for something else, or for both, has none. */
static ic_status say_units(ic_dataset *dataset, const ic_options *options) {
    ic_text said[2][2] = {{{0}}};
    if (options->measures.count == 0) return say_unit(dataset, 0);
    if (options->measures.count == 1) return say_unit(dataset, unit_of(options->measures.texts[0]));
    const size_t d = dataset->n_dims - 1;
    if (dataset->n_dims == 0 || strcmp(dataset->dims[d].name, "measure") != 0) return IC_OK; /* folded away */
    const ic_intern *codes = &dataset->dims[d].codes;
    for (size_t c = 0; c < codes->count; c++) {
        const size_t which = unit_of(codes->items[c].text);
        if (c >= 2 || which == 2) return IC_OK;
        said[0][c] = units[which].unit;
        said[1][c] = units[which].power;
    }
    IC_TRY(ic_dataset_say_by_code(dataset, d, "UNIT_MEASURE", said[0]));
    return ic_dataset_say_by_code(dataset, d, "UNIT_MULT", said[1]);
}

ic_status ic_baci_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error) {
    const ic_long_format format = {.separator = comma, .head = read_head, .rows = ic_fan_read};
    IC_TRY(ic_long_read_file(&format, source, options, dataset, error));
    return say_units(dataset, options) == IC_OK ? IC_OK : ic_fail_memory(error);
}
