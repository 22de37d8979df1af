/* px: the file from its first byte to the data set. */
#include "core/read/px.h"
#include "core/base/utf8.h"

#include <string.h>

/* ---- recognising ----------------------------------------------------------------------------------------------- */

static int is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

int ic_px_sniff(const char *head, size_t length) {
    static const char *const first[] = {"CHARSET",       "AXIS-VERSION", "CODEPAGE",     "LANGUAGE",     "LANGUAGES",
                                        "CREATION-DATE", "NEXT-UPDATE",  "SUBJECT-AREA", "SUBJECT-CODE", "MATRIX",
                                        "TITLE",         "CONTENTS",     "DECIMALS",     "SHOWDECIMALS", "DESCRIPTION",
                                        "UNITS",         "STUB",         "HEADING",      "COPYRIGHT",    "TABLEID",
                                        "DATABASE",      "SOURCE",       "DEFAULT-GRAPH"};
    size_t i = ic_utf8_mark(head, length);
    while (i < length && is_blank(head[i])) i++;
    const size_t start = i;
    while (i < length && ((head[i] >= 'A' && head[i] <= 'Z') || head[i] == '-')) i++;
    const size_t n = i - start;
    while (i < length && is_blank(head[i])) i++;
    if (n == 0 || i == length || (head[i] != '=' && head[i] != '[' && head[i] != '(')) return 0;
    for (size_t k = 0; k < sizeof first / sizeof *first; k++)
        if (strlen(first[k]) == n && memcmp(first[k], head + start, n) == 0) return 96;
    /* another keyword first: then one of those without which there are no data must come at the start of a line */
    for (; i + 9 < length; i++)
        if (head[i] == '\n' && (memcmp(head + i + 1, "STUB=", 5) == 0 || memcmp(head + i + 1, "HEADING=", 8) == 0 ||
                                memcmp(head + i + 1, "VALUES(", 7) == 0))
            return 90;
    return 0;
}

/* ---- the head --------------------------------------------------------------------------------------------------- */

size_t ic_px_decode(const uint32_t *codepage, const char *text, size_t length, char *out) {
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        const unsigned char byte = (unsigned char)text[i];
        const uint32_t c = byte < 0x80 ? byte : codepage[byte - 0x80];
        if (c < 0x80) {
            out[n++] = (char)c;
        } else if (c < 0x800) {
            out[n++] = (char)(0xC0 | c >> 6);
            out[n++] = (char)(0x80 | (c & 0x3F));
        } else {
            out[n++] = (char)(0xE0 | c >> 12);
            out[n++] = (char)(0x80 | (c >> 6 & 0x3F));
            out[n++] = (char)(0x80 | (c & 0x3F));
        }
    }
    return n;
}

/* The bytes of the head as the table's text: what is valid UTF-8 is UTF-8, whatever CODEPAGE says. */
static ic_status take_text(ic_px_table *table, const char *text, size_t length) {
    const size_t valid = ic_utf8_valid(text, length);
    const uint32_t *codepage = table->options->codepage;
    table->transcoded = valid < length && codepage != NULL;
    table->text = ic_alloc((table->transcoded ? 4 * length : length) + 1, 1);
    if (table->text == NULL) return ic_fail_memory(table->error);
    if (table->transcoded)
        table->length = ic_px_decode(codepage, text, length, table->text);
    else
        memcpy(table->text, text, table->length = length);
    table->text[table->length] = '\0';
    if (valid < length && codepage == NULL) {
        ic_px_at(table, valid);
        return ic_fail(table->error, IC_FORMAT, "bytes that are no UTF-8; encoding= says what they are");
    }
    const char *nul = memchr(table->text, '\0', table->length);
    if (nul == NULL) return IC_OK;
    ic_px_at(table, (size_t)(nul - table->text));
    return ic_fail(table->error, IC_FORMAT, "a NUL byte");
}

/* Fills the window until the data begin, and leaves it there. */
static ic_status read_head(ic_px_table *table, ic_window *window) {
    ic_px_finder finder = {0};
    size_t found = 0;
    ic_status status = IC_OK;
    while (found == 0 && status == IC_OK && !window->finished) {
        status = ic_window_fill(window, table->error);
        if (status != IC_OK && status != IC_LIMIT) return status;
        const size_t held = (size_t)(window->end - window->begin);
        if (table->start == 0 && window->offset == 0) {
            table->start = ic_utf8_mark(window->begin, held);
            ic_window_advance(window, window->begin + table->start);
        }
        found = ic_px_find_data(&finder, window->begin, (size_t)(window->end - window->begin));
    }
    size_t length = found > 0 ? found : (size_t)(window->end - window->begin);
    if (found == 0 && window->unended) length--;
    if (length == 0) {
        table->error->line = table->error->column = 1;
        return ic_fail(table->error, IC_FORMAT, "the file is empty; expected keywords");
    }
    const ic_error too_long = *table->error;
    IC_TRY(take_text(table, window->begin, length));
    table->data_start = window->offset + length;
    ic_window_advance(window, window->begin + length);
    const ic_status read = ic_px_head_read(table);
    if (status == IC_OK || read == IC_MEMORY) return read;
    if (read == IC_FORMAT && table->error->offset < table->data_start) return read; /* that is why no data are found */
    *table->error = too_long;
    table->error->line = table->error->column = 1;
    return ic_fail(table->error, IC_LIMIT,
                   "more than %llu bytes in front of DATA= (limits={\"line\": ...} allows more of them)",
                   (unsigned long long)table->options->limits.line);
}

/* What this format has not got can't be asked for. */
static ic_status check_options(const ic_options *options, ic_error *error) {
    const char *word = options->attributes.count > 0 ? "attributes"
                       : options->measures.count > 0 ? "measures"
                       : options->dims.count > 0     ? "dims"
                       : options->dataset != NULL    ? "dataset"
                       : options->separator != 0     ? "separator"
                                                     : NULL;
    return word == NULL ? IC_OK : ic_fail(error, IC_ARGUMENT, "%s=: px has no choice of it", word);
}

static ic_status read_data(ic_px_table *table, ic_window *window) {
    if (ic_block_make(&table->values, (size_t)table->size, sizeof(double)) != IC_OK ||
        ic_block_make(&table->flags, (size_t)table->size, sizeof(uint32_t)) != IC_OK)
        return ic_fail_memory(table->error);
    IC_TRY(table->keyed ? ic_px_keys_read(table, window) : ic_px_data_read(table, window));
    return ic_px_flags_read(table);
}

ic_status ic_px_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error) {
    ic_px_table table = {.options = options, .error = error};
    ic_window window = {0};
    IC_TRY(check_options(options, error));
    ic_status status = ic_window_open(&window, source, 0, 0, (size_t)options->limits.line, error);
    window.polls = 1;
    window.loose = 1;
    if (status == IC_OK) status = read_head(&table, &window);
    if (status == IC_OK) {
        ic_px_prepare(&table);
        status = read_data(&table, &window);
    }
    if (status == IC_OK) {
        status = ic_px_describe(&table, dataset);
        if (status == IC_MEMORY) (void)ic_fail_memory(error);
    }
    if (status == IC_OK) {
        dataset->values = table.values;
        table.values = (ic_block){0};
        if (table.any_flags) {
            dataset->flags = table.flags;
            table.flags = (ic_block){0};
        }
    } else if ((status == IC_FORMAT || status == IC_LIMIT || status == IC_UNSUPPORTED) && error->line == 0) {
        error->line = error->column = 1;
    }
    ic_window_close(&window);
    ic_block_free(&table.values);
    ic_block_free(&table.flags);
    ic_free(table.decimals);
    ic_free(table.digits);
    ic_px_head_free(&table);
    return status;
}
