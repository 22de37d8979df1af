/* sdmx-csv: the head row; the rows are those of any long table. */
#include "core/base/utf8.h"
#include "core/read/long.h"
#include "core/read/sdmx_csv.h"

static int word_at(const char *head, size_t length, const char *word) {
    size_t n = strlen(word);
    return length >= n && memcmp(head, word, n) == 0;
}

int ic_sdmx_csv_sniff(const char *head, size_t length) {
    size_t start = ic_utf8_mark(head, length), end = start;
    while (end < length && head[end] != '\n') end++;
    const char *row = head + start;
    size_t n = end - start, quoted = n > 0 && row[0] == '"';
    if (ic_sdmx_csv_separator(row, n) == 0) return 0;
    if (word_at(row + quoted, n - quoted, "STRUCTURE") || word_at(row + quoted, n - quoted, "DATAFLOW")) return 95;
    int period = 0, value = 0;
    for (size_t i = 0; i < n; i++) {
        period |= word_at(row + i, n - i, "TIME_PERIOD");
        value |= word_at(row + i, n - i, "OBS_VALUE");
    }
    return period && value ? 90 : 0;
}

ic_status ic_sdmx_csv_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error) {
    const ic_long_format format = {.separator = ic_sdmx_csv_separator, .head = ic_sdmx_csv_head, .rows = ic_long_read};
    return ic_long_read_file(&format, source, options, dataset, error);
}
