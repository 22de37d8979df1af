#include "core/read/remarks.h"

#include <string.h>

static int begins(const char *text, size_t length) {
    static const char *const words[] = {"source",   "note",   "remark", "footnote", "quelle",   "anmerkung",
                                        "hinweis",  "fuente", "nota",   "fonte",    "*",        "(c)",
                                        "\xC2\xA9", "1)",     "(1)",    "[1]",      "数据来源", "资料来源",
                                        "来源",     "注",     "说明",   "备注",     "Источник", "Примечани"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i]), k = 0;
        if (length < n) continue;
        for (; k < n; k++) {
            char c = text[k];
            if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
            if (c != words[i][k] && text[k] != words[i][k]) break;
        }
        if (k == n) return 1;
    }
    return 0;
}

int ic_remarks_marked(const char *row, size_t length) {
    size_t quoted = length > 0 && row[0] == '"';
    return begins(row + quoted, length - quoted);
}

static int has_colon(const ic_field *field) {
    if (memchr(field->text, ':', field->length) != NULL) return 1;
    for (size_t i = 0; i + 3 <= field->length; i++)
        if (memcmp(field->text + i, "：", 3) == 0) return 1;
    return 0;
}

int ic_remarks_begin(const ic_row *row, size_t n_columns) {
    size_t filled = 0;
    if (n_columns < 2 || row->fields[0].length == 0) return 0;
    for (size_t i = 0; i < row->count; i++) filled += row->fields[i].length > 0;
    if (filled == 1 && row->count < n_columns) return 1;
    if (!begins(row->fields[0].text, row->fields[0].length)) return 0;
    return filled == 1 || row->count != n_columns || (filled < n_columns && has_colon(&row->fields[0]));
}

ic_status ic_remarks_keep(ic_dataset *aside, const char *line, size_t length, char separator, size_t n_columns,
                          ic_row *row) {
    const char *next = NULL, *end = line + length; /* the line feed is behind it */
    ic_row_result result = ic_row_split(row, line, end + 1, separator, n_columns + 1, &next);
    if (result == IC_ROW_NO_MEMORY) return IC_MEMORY;
    if (result == IC_ROW_WHOLE && row->count == n_columns) {
        size_t filled = 0;
        for (size_t i = 0; i < row->count; i++) filled += row->fields[i].length > 0;
        if (filled == n_columns && !begins(line, length)) return IC_FORMAT;
    }
    while (length > 0 && (line[length - 1] == separator || line[length - 1] == '\r' || line[length - 1] == ' '))
        length--;
    if (result == IC_ROW_WHOLE && row->count > 0 && row->fields[0].text != row->fields[0].raw) { /* in quotes */
        size_t others = 0;
        for (size_t i = 1; i < row->count; i++) others += row->fields[i].length > 0;
        if (others == 0)
            return ic_dataset_note(aside, "notes", row->fields[0].text, row->fields[0].length,
                                   row->fields[0].length > 0);
    }
    return ic_dataset_note(aside, "notes", line, length, length > 0);
}
