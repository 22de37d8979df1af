/* px: flags that no symbol stands for. FLAGS("PROVISIONAL")="0","12"-"15"; is indicia's own keyword (other programs pass over it):
   the numbers of the cells, in the order of the data, from 0 on, that have the flag; names are apart by ';'. */
#include "core/read/marks.h"
#include "core/read/px.h"

#include <string.h>

/* Where a cell of the file is in the result, or IC_PX_NOWHERE. */
static uint64_t place_of(const ic_px_table *table, uint64_t cell) {
    uint64_t place = 0;
    if (table->natural) return cell;
    for (size_t d = table->n_dims; d-- > 0;) {
        const ic_px_dim *dim = &table->dims[d];
        const uint64_t offset = dim->offsets[cell % dim->n];
        if (offset == IC_PX_NOWHERE) return IC_PX_NOWHERE;
        cell /= dim->n;
        place += offset;
    }
    return place;
}

static ic_status cell_number(ic_px_table *table, const ic_px_text *text, uint64_t *cell) {
    char word[IC_PX_QUOTED];
    int valid = text->length > 0 && text->length < 19;
    *cell = 0;
    for (size_t i = 0; i < text->length && valid; i++) {
        valid = text->text[i] >= '0' && text->text[i] <= '9';
        *cell = 10 * *cell + (uint64_t)(text->text[i] - '0');
    }
    if (valid && *cell < table->cells) return IC_OK;
    ic_px_at(table, text->place);
    return ic_fail(table->error, IC_FORMAT, "FLAGS: \"%s\" is no number of a cell, of which there are %llu",
                   ic_px_quote(word, text), (unsigned long long)table->cells);
}

/* A cell has all its flags in one statement, so that no file makes this longer than its data. */
static ic_status count(ic_px_table *table, const ic_px_text *text, uint64_t more, uint64_t *cells) {
    *cells += more;
    if (*cells <= table->cells && *cells <= table->options->limits.cells) return IC_OK;
    ic_px_at(table, text->place);
    if (*cells > table->cells) return ic_fail(table->error, IC_FORMAT, "FLAGS: more cells than there are");
    return ic_fail(table->error, IC_LIMIT, "FLAGS: more than %llu cells (limits={\"cells\": ...} allows more)",
                   (unsigned long long)table->options->limits.cells);
}

uint32_t ic_px_flags_named(const ic_px_statement *statement) {
    if (strcmp(statement->keyword.text, "FLAGS") != 0 || statement->n_subs != 1) return 0;
    size_t length = statement->subs[0].length;
    const uint32_t flags = ic_marks_names(statement->subs[0].text, &length);
    return length == 0 ? flags : 0;
}

ic_status ic_px_flags_read(ic_px_table *table) {
    uint32_t *flags = table->flags.data;
    uint64_t cells = 0;
    for (size_t s = 0; s < table->n_statements; s++) {
        const ic_px_statement *statement = &table->statements[s];
        const uint32_t named = ic_px_flags_named(statement);
        for (size_t i = 0; named != 0 && i < statement->n_values; i++) {
            uint64_t first, last;
            IC_TRY(cell_number(table, &statement->values[i], &first));
            last = first;
            if (i + 1 < statement->n_values && statement->values[i + 1].before == '-')
                IC_TRY(cell_number(table, &statement->values[++i], &last));
            if (last >= first) IC_TRY(count(table, &statement->values[i], last - first + 1, &cells));
            for (uint64_t cell = first; cell <= last; cell++) {
                const uint64_t place = place_of(table, cell);
                if (place == IC_PX_NOWHERE) continue;
                flags[place] |= named;
                table->any_flags |= named;
            }
        }
    }
    return IC_OK;
}
