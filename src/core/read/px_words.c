/* px: what is said about the cells: symbols, digits, units, labels, and all else as attributes. */
#include "core/base/flags.h"
#include "core/read/px.h"

#include <string.h>

/* ---- before the data ------------------------------------------------------------------------------------------- */

/* What producers write for a symbol, by a part of the words. The file's word wins over the number of dots. */
static const struct {
    const char *part;
    uint32_t flag;
} reasons[] = {
    {"not applicable", IC_FLAG_NOT_APPLICABLE},
    {"not relevant", IC_FLAG_NOT_APPLICABLE},
    {"inte relevant", IC_FLAG_NOT_APPLICABLE},
    {"cannot occur", IC_FLAG_NOT_APPLICABLE},
    {"can not occur", IC_FLAG_NOT_APPLICABLE},
    {"logically", IC_FLAG_NOT_APPLICABLE},
    {"not yet", IC_FLAG_NOT_YET},
    {"noch nicht", IC_FLAG_NOT_YET},
    {"confidential", IC_FLAG_CONFIDENTIAL},
    {"secre", IC_FLAG_CONFIDENTIAL},
    {"hidden", IC_FLAG_CONFIDENTIAL},
    {"protected", IC_FLAG_CONFIDENTIAL},
    {"classified", IC_FLAG_CONFIDENTIAL},
    {"geheim", IC_FLAG_CONFIDENTIAL},
    {"salais", IC_FLAG_CONFIDENTIAL},
    {"sekret", IC_FLAG_CONFIDENTIAL},
    {"suppress", IC_FLAG_SUPPRESSED},
    {"too few", IC_FLAG_SUPPRESSED},
    {"uncertain", IC_FLAG_LOW_RELIABILITY},
    {"unreliable", IC_FLAG_LOW_RELIABILITY},
    {"not available", IC_FLAG_NOT_AVAILABLE},
    {"n.a", IC_FLAG_NOT_AVAILABLE},
    {"missing", IC_FLAG_NOT_AVAILABLE},
    {"unknown", IC_FLAG_NOT_AVAILABLE},
    {"no data", IC_FLAG_NOT_AVAILABLE},
    {"saknas", IC_FLAG_NOT_AVAILABLE},
    {"not collected", IC_FLAG_NOT_COLLECTED},
    {"not asked", IC_FLAG_NOT_COLLECTED},
};

static int has_part(const ic_px_text *text, const char *part) {
    const size_t n = strlen(part);
    for (size_t i = 0; i + n <= text->length; i++) {
        size_t k = 0;
        while (k < n) {
            char c = text->text[i + k];
            if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
            if (c != part[k]) break;
            k++;
        }
        if (k == n) return 1;
    }
    return 0;
}

static void read_symbol(ic_px_table *table, size_t i, const char *keyword) {
    const ic_px_statement *statement = ic_px_find(table, keyword, NULL, NULL);
    if (statement == NULL || statement->n_values == 0) return;
    const ic_px_text *text = &statement->values[0];
    table->symbols[i] = (ic_text){text->text, (uint32_t)text->length, 0};
    for (size_t r = 0; r < sizeof reasons / sizeof *reasons && i > 0; r++) {
        if (!has_part(text, reasons[r].part)) continue;
        table->reasons[i] = reasons[r].flag;
        return;
    }
}

/* A whole number from 0 to 127, or -1. */
static int small_number(const ic_px_text *text) {
    ic_number number;
    if (!ic_number_parse(text->text, text->length, NULL, &number)) return -1;
    const int whole = number.value >= 0 && number.value <= 127 ? (int)number.value : -1;
    return (double)whole == number.value ? whole : -1;
}

void ic_px_prepare(ic_px_table *table) {
    static const char *const keywords[IC_PX_SYMBOLS] = {"DATASYMBOLNIL", "DATASYMBOL1", "DATASYMBOL2", "DATASYMBOL3",
                                                        "DATASYMBOL4",   "DATASYMBOL5", "DATASYMBOL6", "DATASYMBOLSUM"};
    static const uint32_t usual[IC_PX_SYMBOLS] = {IC_FLAG_ZERO,    IC_FLAG_NOT_APPLICABLE, IC_FLAG_NOT_AVAILABLE,
                                                  IC_FLAG_NOT_YET, IC_FLAG_OTHER,          IC_FLAG_OTHER,
                                                  IC_FLAG_OTHER,   IC_FLAG_OTHER};
    for (size_t i = 0; i < IC_PX_SYMBOLS; i++) {
        table->reasons[i] = usual[i];
        read_symbol(table, i, keywords[i]);
    }
    table->decimal = table->options->decimal != 0 ? table->options->decimal : '.';
    const ic_px_statement *decimals = ic_px_find(table, "DECIMALS", NULL, NULL);
    table->declared = decimals == NULL || decimals->n_values != 1 ? -1 : small_number(&decimals->values[0]);
}

/* ---- dimensions ------------------------------------------------------------------------------------------------- */

static ic_status describe_dim(ic_px_table *table, ic_px_dim *given, ic_dataset *dataset, ic_dimension *dim) {
    dim->name = ic_dimension_name(&dataset->arena, given->name->text, given->name->length);
    if (dim->name == NULL) return IC_MEMORY;
    for (size_t other = 0; &dataset->dims[other] < dim; other++) { /* "time" and "time_" */
        char word[IC_PX_QUOTED];
        if (strcmp(dataset->dims[other].name, dim->name) != 0) continue;
        ic_px_at(table, given->name->place);
        return ic_fail(table->error, IC_FORMAT, "two dimensions are called \"%s\"",
                       ic_quote(word, sizeof word, dim->name, strlen(dim->name)));
    }
    const int labelled = given->codes != NULL || given->labels != given->values;
    for (size_t i = 0; i < given->n; i++) {
        uint32_t number;
        if (given->slots != NULL && given->slots[i] == IC_ABSENT) continue;
        IC_TRY(ic_intern_add(&dim->codes, given->texts[i].text, given->texts[i].length, &number));
        const ic_px_text *label = &given->labels->values[i];
        if (labelled && (label->length != given->texts[i].length ||
                         memcmp(label->text, given->texts[i].text, label->length) != 0)) /* else it says nothing */
            IC_TRY(ic_dimension_label(dim, &dataset->arena, number, label->text, label->length));
    }
    return IC_OK;
}

/* The dimension's number in the data set; of time: none. */
static size_t number_of(const ic_px_table *table, size_t d) {
    return d == table->time ? SIZE_MAX : d > table->time ? d - 1 : d;
}

/* Finds what a statement about a value is about: UNITS("value"), PRECISION("dim","value"). 0: nothing in the result. */
static ic_status value_of(ic_px_table *table, const ic_px_statement *statement, size_t d, uint32_t *slot, int *found) {
    ic_px_dim *dim = &table->dims[d];
    const ic_px_text *value = &statement->subs[statement->n_subs - 1];
    const ic_px_statement *first = ic_px_spoken(table, statement) == 2 ? dim->labels : dim->values;
    const ic_px_statement *ways[] = {first, first == dim->values ? dim->labels : dim->values, dim->codes};
    uint32_t position = IC_ABSENT;
    for (size_t i = 0; i < 3 && position == IC_ABSENT; i++)
        if (ways[i] != NULL) IC_TRY(ic_px_position(table, dim, ways[i], value, &position));
    *slot = position == IC_ABSENT || dim->slots == NULL ? position : dim->slots[position];
    *found = *slot != IC_ABSENT && d != table->time;
    return IC_OK;
}

static size_t dim_named(const ic_px_table *table, const ic_px_text *name) {
    size_t d = 0;
    while (d < table->n_dims && !ic_px_same(table->dims[d].name, name) && !ic_px_same(table->dims[d].usual, name)) d++;
    return d;
}

/* ---- digits ----------------------------------------------------------------------------------------------------- */

static void set_decimals(const ic_px_table *table, ic_dataset *dataset, size_t d, uint32_t slot, int8_t decimals) {
    uint64_t inner = 1;
    for (size_t k = d + 1; k < table->n_dims; k++)
        if (k != table->time) inner *= table->dims[k].kept;
    const uint64_t step = inner * table->dims[d].kept;
    for (uint64_t s = slot * inner; s < dataset->series; s += step) memset(dataset->decimals + s, decimals, inner);
}

static ic_status describe_decimals(ic_px_table *table, ic_dataset *dataset) {
    dataset->decimals = ic_alloc(dataset->series, 1);
    if (dataset->decimals == NULL) return IC_MEMORY;
    memset(dataset->decimals, table->declared, dataset->series);
    for (size_t s = 0; s < dataset->series && table->declared < 0 && table->decimals != NULL; s++)
        dataset->decimals[s] = table->digits[s] <= IC_PRINTED_DIGITS ? table->decimals[s] : (int8_t)-1;
    for (size_t i = 0; i < table->n_statements; i++) {
        const ic_px_statement *statement = &table->statements[i];
        uint32_t slot;
        int found;
        if (strcmp(statement->keyword.text, "PRECISION") != 0 || statement->n_subs != 2) continue;
        const size_t d = dim_named(table, &statement->subs[0]);
        if (statement->n_values != 1 || d == table->n_dims || ic_px_spoken(table, statement) == 0) continue;
        const int decimals = small_number(&statement->values[0]);
        IC_TRY(value_of(table, statement, d, &slot, &found));
        if (found && decimals >= 0) set_decimals(table, dataset, d, slot, (int8_t)decimals);
    }
    return IC_OK;
}

/* ---- attributes --------------------------------------------------------------------------------------------------- */

typedef struct writer {
    char *text;
    size_t length, room;
} writer;

/* Adds a text; in notes '#' ends a line. */
static ic_status put(writer *w, const char *text, size_t length, int is_note) {
    void *buffer = w->text;
    const ic_status status = ic_grow(&buffer, &w->room, w->length + length + 1, 1);
    w->text = buffer;
    IC_TRY(status);
    for (size_t i = 0; i < length; i++) w->text[w->length++] = is_note && text[i] == '#' ? '\n' : text[i];
    w->text[w->length] = '\0';
    return IC_OK;
}

static int is_note(const char *keyword) {
    const size_t n = strlen(keyword);
    return strcmp(keyword, "CONTACT") == 0 || strcmp(keyword, "INFO") == 0 ||
           (n >= 4 && strcmp(keyword + n - 4, "NOTE") == 0) || (n >= 5 && strcmp(keyword + n - 5, "NOTEX") == 0);
}

/* The values, apart by \x1F; where ':' stands between two of them, by \x1E. */
static ic_status put_values(writer *w, const ic_px_statement *statement) {
    for (size_t i = 0; i < statement->n_values; i++) {
        const ic_px_text *value = &statement->values[i];
        if (i > 0) IC_TRY(put(w, value->before == ':' ? "\x1E" : "\x1F", 1, 0));
        IC_TRY(put(w, value->text, value->length, is_note(statement->keyword.text)));
    }
    return put(w, "", 0, 0);
}

/* What has become something else already. */
static int is_used(const ic_px_statement *statement) {
    static const char *const words[] = {"STUB", "HEADING", "VALUES", "CODES", "TIMEVAL", "KEYS"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(statement->keyword.text, words[i]) == 0) return 1;
    if (ic_px_flags_named(statement) != 0 || strcmp(statement->keyword.text, "UNIT-MULT") == 0) return 1;
    return strcmp(statement->keyword.text, "UNITS") == 0 && statement->n_subs == 0;
}

/* Whether another statement says the same in the language asked for. */
static int is_translated(const ic_px_table *table, const ic_px_statement *statement) {
    for (size_t i = 0; i < table->n_statements; i++) {
        const ic_px_statement *other = &table->statements[i];
        if (ic_px_spoken(table, other) == 2 && strcmp(other->keyword.text, statement->keyword.text) == 0 &&
            other->n_subs == statement->n_subs)
            return 1;
    }
    return 0;
}

static ic_status say_one(const ic_px_statement *statement, ic_dataset *dataset, writer *name, writer *text) {
    const char *keyword = statement->keyword.text;
    name->length = text->length = 0;
    const int tree = strcmp(keyword, "HIERARCHIES") == 0 && statement->n_subs == 1;
    if (statement->n_subs > 0) {
        if (!tree) IC_TRY(put(name, "keywords\x1F", 9, 0));
        IC_TRY(put(name, tree ? "hierarchies" : keyword, strlen(tree ? "hierarchies" : keyword), 0));
        for (size_t i = 0; i < statement->n_subs; i++) {
            IC_TRY(put(name, "\x1F", 1, 0));
            IC_TRY(put(name, statement->subs[i].text, statement->subs[i].length, 0));
        }
    } else {
        IC_TRY(put(name, keyword, strlen(keyword), 0));
        for (size_t i = 0; i < name->length; i++)
            name->text[i] = name->text[i] == '-'                           ? '_'
                            : name->text[i] >= 'A' && name->text[i] <= 'Z' ? (char)(name->text[i] + 32)
                                                                           : name->text[i];
    }
    IC_TRY(put_values(text, statement));
    return text->length == 0 ? IC_OK : ic_dataset_say(dataset, name->text, text->text, text->length);
}

/* NOTEX (which must be shown) and NOTE of the whole table, as lines. */
static ic_status say_notes(const ic_px_table *table, ic_dataset *dataset, writer *text) {
    text->length = 0;
    for (int rank = 0; rank < 2; rank++) {
        const ic_px_statement *notes = ic_px_find(table, rank == 0 ? "NOTEX" : "NOTE", NULL, NULL);
        if (notes == NULL || notes->n_values == 0 || notes->values[0].length == 0) continue;
        if (text->length > 0) IC_TRY(put(text, "\n", 1, 0));
        IC_TRY(put_values(text, notes));
    }
    return text->length == 0 ? IC_OK : ic_dataset_say(dataset, "notes", text->text, text->length);
}

/* Where only single values have a date: the latest. */
static ic_status say_updated(const ic_px_table *table, ic_dataset *dataset) {
    const ic_px_text *latest = NULL;
    for (size_t i = 0; i < table->n_statements; i++) {
        const ic_px_statement *statement = &table->statements[i];
        if (strcmp(statement->keyword.text, "LAST-UPDATED") != 0 || statement->n_values != 1) continue;
        if (statement->n_subs == 0) return IC_OK;
        const ic_px_text *date = &statement->values[0];
        if (date->length == 0) continue;
        if (latest == NULL || (date->length == latest->length && memcmp(date->text, latest->text, date->length) > 0))
            latest = date;
    }
    return latest == NULL ? IC_OK : ic_dataset_say(dataset, "last_updated", latest->text, latest->length);
}

static ic_status say_words(const ic_px_table *table, ic_dataset *dataset, writer *name, writer *text) {
    IC_TRY(say_notes(table, dataset, text));
    IC_TRY(say_updated(table, dataset));
    const int translated = ic_px_spoken(table, &(ic_px_statement){.language = table->language}) == 2;
    for (size_t i = 0; i < table->n_statements; i++) {
        const ic_px_statement *statement = &table->statements[i];
        const int spoken = ic_px_spoken(table, statement);
        if (spoken == 0 || is_used(statement) || (spoken == 1 && translated && is_translated(table, statement)))
            continue;
        if (statement->n_subs == 0 && (ic_px_is(statement, "NOTE", NULL) || ic_px_is(statement, "NOTEX", NULL)))
            continue;
        IC_TRY(say_one(statement, dataset, name, text));
    }
    if (table->time < table->n_dims) {
        const ic_px_text *time = table->dims[table->time].name;
        IC_TRY(ic_dataset_say(dataset, "titles/time", time->text, time->length));
        if (table->guessed) IC_TRY(ic_dataset_say(dataset, "guesses/time", time->text, time->length));
    }
    if (table->transcoded && table->options->codepage_name != NULL)
        IC_TRY(
            ic_dataset_say(dataset, "encoding", table->options->codepage_name, strlen(table->options->codepage_name)));
    for (size_t i = 0; i < table->unplaced.count; i++) {
        const uint64_t cells = table->cells / table->dims[table->time].n;
        IC_TRY(ic_dataset_note(dataset, "unplaced", table->unplaced.items[i].text, table->unplaced.items[i].length,
                               cells));
    }
    return IC_OK;
}

/* UNITS of the table, or of the values of one dimension (CONTVARIABLE); so too UNIT-MULT, indicia's own keyword for the power of
   ten. */
static ic_status say_units(ic_px_table *table, ic_dataset *dataset, const char *keyword, const char *name) {
    const ic_px_statement *all = ic_px_find(table, keyword, NULL, NULL);
    const ic_px_text *unit = all != NULL && all->n_values == 1 && all->values[0].length > 0 ? &all->values[0] : NULL;
    const ic_px_statement *contents = ic_px_find(table, "CONTVARIABLE", NULL, NULL);
    const size_t d =
        contents == NULL || contents->n_values != 1 ? table->n_dims : dim_named(table, &contents->values[0]);
    int varied = 0;
    if (d < table->n_dims && d != table->time) {
        ic_text *texts = ic_arena_take(&table->arena, (table->dims[d].kept + 1) * sizeof *texts);
        if (texts == NULL) return IC_MEMORY;
        for (size_t i = 0; i < table->dims[d].kept; i++)
            texts[i] = unit == NULL ? (ic_text){0} : (ic_text){unit->text, (uint32_t)unit->length, 0};
        for (int spoken = 1; spoken <= 2; spoken++) {
            for (size_t i = 0; i < table->n_statements; i++) {
                const ic_px_statement *statement = &table->statements[i];
                uint32_t slot;
                int found;
                if (strcmp(statement->keyword.text, keyword) != 0 || statement->n_subs != 1) continue;
                if (statement->n_values != 1 || ic_px_spoken(table, statement) != spoken) continue;
                IC_TRY(value_of(table, statement, d, &slot, &found));
                if (!found) continue;
                texts[slot] = (ic_text){statement->values[0].text, (uint32_t)statement->values[0].length, 0};
                varied = 1;
            }
        }
        if (varied) return ic_dataset_say_by_code(dataset, number_of(table, d), name, texts);
    }
    return unit == NULL ? IC_OK : ic_dataset_say(dataset, name, unit->text, unit->length);
}

ic_status ic_px_describe(ic_px_table *table, ic_dataset *dataset) {
    const size_t n = table->n_dims - (table->time < table->n_dims);
    dataset->dims = ic_alloc_zeroed(n, sizeof *dataset->dims);
    if (dataset->dims == NULL) return IC_MEMORY;
    dataset->n_dims = n;
    dataset->dense = 1;
    dataset->has_time = table->time < table->n_dims;
    dataset->freq = table->freq;
    dataset->first = table->first;
    dataset->periods = table->periods;
    dataset->series = 1;
    for (size_t d = 0; d < table->n_dims; d++) {
        if (d == table->time) continue;
        IC_TRY(describe_dim(table, &table->dims[d], dataset, &dataset->dims[number_of(table, d)]));
        dataset->series *= table->dims[d].kept;
    }
    IC_TRY(describe_decimals(table, dataset));
    IC_TRY(say_units(table, dataset, "UNITS", "unit"));
    IC_TRY(say_units(table, dataset, "UNIT-MULT", "multiplier"));
    writer name = {0}, text = {0};
    const ic_status status = say_words(table, dataset, &name, &text);
    ic_free(name.text);
    ic_free(text.text);
    return status;
}
