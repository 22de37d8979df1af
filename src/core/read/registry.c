#include "core/read/read.h"
#include "core/base/utf8.h"
#include "core/period/period.h"

#include <string.h>

/* one file each, of the same name */
int ic_sdmx_csv_sniff(const char *head, size_t length);
ic_status ic_sdmx_csv_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error);
int ic_eurostat_tsv_sniff(const char *head, size_t length);
ic_status ic_eurostat_tsv_read(const ic_source *source, const ic_options *options, ic_dataset *dataset,
                               ic_error *error);
int ic_sdmx_ml_sniff(const char *head, size_t length);
ic_status ic_sdmx_ml_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error);
int ic_json_stat_sniff(const char *head, size_t length);
ic_status ic_json_stat_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error);
int ic_sdmx_json_sniff(const char *head, size_t length);
ic_status ic_sdmx_json_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error);
int ic_nbs_sniff(const char *head, size_t length);
ic_status ic_nbs_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error);
int ic_comtrade_sniff(const char *head, size_t length);
ic_status ic_comtrade_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error);
int ic_baci_sniff(const char *head, size_t length);
ic_status ic_baci_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error);
int ic_px_sniff(const char *head, size_t length);
ic_status ic_px_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error);
int ic_wdi_sniff(const char *head, size_t length);
ic_status ic_wdi_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error);
int ic_weo_sniff(const char *head, size_t length);
ic_status ic_weo_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error);
int ic_table_sniff(const char *head, size_t length);
ic_status ic_table_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error);

const ic_format ic_formats[] = {
    {"eurostat-tsv", "Eurostat bulk TSV", ".tsv .tsv.gz", ic_eurostat_tsv_sniff, ic_eurostat_tsv_read, 1},
    {"sdmx-csv", "SDMX-CSV 1.0 and 2.0", ".csv .csv.gz", ic_sdmx_csv_sniff, ic_sdmx_csv_read, 0},
    {"sdmx-ml", "SDMX-ML 2.0, 2.1 and 3.0 data", ".xml .xml.gz", ic_sdmx_ml_sniff, ic_sdmx_ml_read, 0},
    {"sdmx-json", "SDMX-JSON 1.0 and 2.0", ".json", ic_sdmx_json_sniff, ic_sdmx_json_read, 0},
    {"json-stat", "JSON-stat 1.x and 2.0", ".json", ic_json_stat_sniff, ic_json_stat_read, 1},
    {"nbs", "National Bureau of Statistics of China", ".csv", ic_nbs_sniff, ic_nbs_read, 1},
    {"comtrade", "UN Comtrade", ".csv", ic_comtrade_sniff, ic_comtrade_read, 0},
    {"baci", "BACI, CEPII's bilateral trade by product", ".csv", ic_baci_sniff, ic_baci_read, 0},
    {"px", "PC-Axis", ".px", ic_px_sniff, ic_px_read, 1},
    {"wdi", "World Bank CSV", ".csv", ic_wdi_sniff, ic_wdi_read, 1},
    {"weo", "IMF World Economic Outlook", ".xls .txt", ic_weo_sniff, ic_weo_read, 1},
    {"table", "any long or wide table", ".csv .tsv .txt", ic_table_sniff, ic_table_read, 0},
};
const size_t ic_formats_count = sizeof ic_formats / sizeof *ic_formats;

const ic_format *ic_format_named(const char *name) {
    for (size_t i = 0; i < ic_formats_count; i++)
        if (strcmp(ic_formats[i].name, name) == 0) return &ic_formats[i];
    return NULL;
}

const ic_format *ic_format_sniffed(const char *head, size_t length) {
    const ic_format *best = NULL;
    int sure = 0;
    for (size_t i = 0; i < ic_formats_count; i++) {
        int s = ic_formats[i].sniff(head, length);
        if (s > sure) {
            sure = s;
            best = &ic_formats[i];
        }
    }
    return best;
}

void ic_error_place(ic_error *error, const char *row, uint64_t offset, uint64_t line, const char *place) {
    error->line = line;
    error->offset = offset + (uint64_t)(place - row);
    const char *start = row; /* the place may be behind line feeds in quotes */
    for (const char *p = row; p < place; p++) {
        if (*p != '\n') continue;
        error->line++;
        start = p + 1;
    }
    error->column = ic_utf8_count(start, (size_t)(place - start)) + 1;
}

const char *ic_dimension_name(ic_arena *arena, const char *name, size_t length) {
    static const char *const taken[] = {"value", "flags", "time"};
    int clash = 0;
    for (size_t i = 0; i < 3; i++) clash |= strlen(taken[i]) == length && memcmp(taken[i], name, length) == 0;
    char *text = ic_arena_take(arena, length + 2);
    if (text == NULL) return NULL;
    memcpy(text, name, length);
    text[length] = clash ? '_' : '\0';
    text[length + 1] = '\0';
    return text;
}

int ic_dimension_is(const char *name, const char *asked) {
    size_t n = strlen(name);
    if (strncmp(name, asked, n) != 0) return 0;
    int clash = strcmp(name, "value") == 0 || strcmp(name, "flags") == 0 || strcmp(name, "time") == 0;
    return strcmp(asked + n, clash ? "_" : "") == 0;
}

int ic_period_wanted(const ic_options *options, char freq, int32_t ordinal) {
    if (options->days == NULL) return 1;
    int64_t first = ic_period_first_day(freq, ordinal), last = ic_period_last_day(freq, ordinal);
    for (size_t i = 0; i < options->n_days; i++) {
        const ic_days *days = &options->days[i];
        int64_t early = first + (freq == 'W' && days->first_by_thursday ? 3 : 0);
        int64_t late = last - (freq == 'W' && days->last_by_thursday ? 3 : 0);
        if (early >= days->first && late <= days->last) return 1;
    }
    return 0;
}
