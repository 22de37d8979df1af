/* px: from the statements of the head to dimensions, and where in the result the cells of the file go. */
#include "core/base/utf8.h"
#include "core/read/px.h"

#include <string.h>

#define CELLS_MOST ((uint64_t)1 << 62)

void ic_px_at(ic_px_table *table, size_t place) {
    ic_px_place(table->error, table->text, place);
    table->error->offset = table->start + (table->transcoded ? ic_utf8_count(table->text, place) : place);
}

const char *ic_px_quote(char out[IC_PX_QUOTED], const ic_px_text *text) {
    return ic_quote(out, IC_PX_QUOTED, text->text, text->length);
}

static ic_px_text trimmed(const ic_px_text *given) {
    ic_px_text text = *given;
    while (text.length > 0 && *text.text == ' ') text.text++, text.length--;
    while (text.length > 0 && text.text[text.length - 1] == ' ') text.length--;
    return text;
}

int ic_px_same(const ic_px_text *text, const ic_px_text *other) {
    const ic_px_text a = trimmed(text), b = trimmed(other);
    return a.length == b.length && memcmp(a.text, b.text, a.length) == 0;
}

int ic_px_says(const ic_px_text *text, const char *word) {
    const ic_px_text a = trimmed(text);
    for (size_t i = 0; i < a.length; i++) {
        char c = a.text[i], w = word[i];
        if (w == '\0') return 0;
        c = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
        w = w >= 'a' && w <= 'z' ? (char)(w - 32) : w;
        if (c != w) return 0;
    }
    return word[a.length] == '\0';
}

int ic_px_is(const ic_px_statement *statement, const char *keyword, const ic_px_text *sub) {
    if (strcmp(statement->keyword.text, keyword) != 0) return 0;
    if (sub == NULL) return statement->n_subs == 0;
    return statement->n_subs == 1 && ic_px_same(&statement->subs[0], sub);
}

static int same_language(const ic_px_text *a, const ic_px_text *b) {
    if (a->length != b->length) return 0;
    for (size_t i = 0; i < a->length; i++)
        if ((a->text[i] | 32) != (b->text[i] | 32)) return 0;
    return 1;
}

int ic_px_spoken(const ic_px_table *table, const ic_px_statement *statement) {
    if (statement->language.length == 0 || same_language(&statement->language, &table->usual)) return 1;
    return same_language(&statement->language, &table->language) ? 2 : 0;
}

const ic_px_statement *ic_px_find(const ic_px_table *table, const char *keyword, const ic_px_text *sub,
                                  const ic_px_text *usual) {
    const ic_px_statement *second = NULL;
    for (size_t i = 0; i < table->n_statements; i++) {
        const ic_px_statement *statement = &table->statements[i];
        const int spoken = ic_px_spoken(table, statement);
        if (spoken == 2 && ic_px_is(statement, keyword, sub)) return statement;
        if (spoken == 1 && second == NULL && ic_px_is(statement, keyword, usual)) second = statement;
    }
    return second;
}

ic_status ic_px_position(ic_px_table *table, ic_px_dim *dim, const ic_px_statement *among, const ic_px_text *text,
                         uint32_t *position) {
    if (dim->indexed != among) {
        ic_intern_free(&dim->index);
        dim->index = (ic_intern){0};
        dim->indexed = among;
        dim->first_of = ic_arena_take(&table->arena, among->n_values * sizeof *dim->first_of + 1);
        if (dim->first_of == NULL) return ic_fail_memory(table->error);
        for (size_t i = 0; i < among->n_values; i++) {
            const size_t before = dim->index.count;
            uint32_t number = 0;
            if (ic_intern_add(&dim->index, among->values[i].text, among->values[i].length, &number) != IC_OK)
                return ic_fail_memory(table->error);
            if (number == before) dim->first_of[number] = (uint32_t)i;
        }
    }
    const uint32_t number = ic_intern_find(&dim->index, text->text, text->length);
    *position = number == IC_ABSENT ? IC_ABSENT : dim->first_of[number];
    return IC_OK;
}

/* ---- statements ------------------------------------------------------------------------------------------------ */

static ic_status parse(ic_px_table *table) {
    ic_px px = {.text = table->text, .length = table->length, .arena = &table->arena};
    size_t room = 0;
    ic_status status = IC_OK;
    for (;;) {
        void *statements = table->statements;
        status = ic_grow(&statements, &room, table->n_statements + 1, sizeof *table->statements);
        table->statements = statements;
        if (status != IC_OK) {
            status = ic_fail_memory(table->error);
            break;
        }
        ic_px_statement *statement = &table->statements[table->n_statements];
        status = ic_px_next(&px, statement, table->error);
        if (status != IC_OK) {
            ic_px_at(table, (size_t)table->error->offset);
            break;
        }
        if (statement->keyword.length == 0) {
            ic_px_at(table, table->length);
            status = ic_fail(table->error, IC_FORMAT, "the file ends here; expected DATA=");
            break;
        }
        if (strcmp(statement->keyword.text, "DATA") == 0) {
            table->data_place = statement->keyword.place;
            break;
        }
        table->n_statements++;
    }
    ic_px_free(&px);
    return status;
}

static ic_status find_language(ic_px_table *table) {
    for (size_t i = 0; i < table->n_statements; i++)
        if (ic_px_is(&table->statements[i], "LANGUAGE", NULL) && table->statements[i].n_values > 0)
            table->usual = table->statements[i].values[0];
    table->language = table->usual;
    if (table->options->language == NULL) return IC_OK;
    const ic_px_text wanted = {.text = table->options->language, .length = strlen(table->options->language)};
    if (same_language(&wanted, &table->usual)) return IC_OK;
    char word[IC_PX_QUOTED], there[400] = "";
    size_t used = 0;
    const ic_px_text *last = &table->usual;
    if (table->usual.length > 0) used = strlen(ic_quote(there, sizeof there, table->usual.text, table->usual.length));
    for (size_t i = 0; i < table->n_statements; i++) {
        const ic_px_text *language = &table->statements[i].language;
        if (language->length == 0) continue;
        if (same_language(language, &wanted)) {
            table->language = wanted;
            return IC_OK;
        }
        if (same_language(language, last) || used + language->length + 3 > sizeof there) continue;
        int known = 0; /* the list is short: it is told in an error */
        for (size_t k = 0; k + language->length <= used; k++)
            known |= memcmp(there + k, language->text, language->length) == 0;
        last = language;
        if (known) continue;
        if (used > 0) used += strlen(strcpy(there + used, ", "));
        used += strlen(ic_quote(there + used, sizeof there - used, language->text, language->length));
    }
    return ic_fail(table->error, IC_ARGUMENT, "language=\"%s\": the file has %s", ic_px_quote(word, &wanted),
                   used > 0 ? there : "one language, which it does not name");
}

/* Texts or words, all separated by commas. */
static ic_status check_list(ic_px_table *table, const ic_px_statement *statement) {
    for (size_t i = 0; i < statement->n_values; i++) {
        const ic_px_text *text = &statement->values[i];
        if (text->depth == 0 && (text->before == ',' || i == 0)) continue;
        ic_px_at(table, text->place);
        return ic_fail(table->error, IC_FORMAT, "\"%c\" in front of this one of %s; expected \",\"", text->before,
                       statement->keyword.text);
    }
    return IC_OK;
}

/* ---- dimensions ------------------------------------------------------------------------------------------------ */

static ic_status add_dims(ic_px_table *table, const char *keyword) {
    const ic_px_statement *named = ic_px_find(table, keyword, NULL, NULL), *usual = NULL;
    for (size_t i = 0; i < table->n_statements && usual == NULL; i++)
        if (ic_px_is(&table->statements[i], keyword, NULL) && ic_px_spoken(table, &table->statements[i]) == 1)
            usual = &table->statements[i];
    if (named == NULL) return IC_OK;
    if (usual == NULL) usual = named;
    IC_TRY(check_list(table, named));
    IC_TRY(check_list(table, usual));
    if (named->n_values != usual->n_values) {
        ic_px_at(table, named->keyword.place);
        return ic_fail(table->error, IC_FORMAT, "%s has %zu names in this language, expected %zu as in the file's own",
                       keyword, named->n_values, usual->n_values);
    }
    for (size_t i = 0; i < named->n_values; i++) {
        if (named->n_values == 1 && named->values[0].length == 0) break; /* HEADING=""; */
        if (table->n_dims == IC_PX_DIMS) {
            ic_px_at(table, named->values[i].place);
            return ic_fail(table->error, IC_UNSUPPORTED, "more than %d dimensions", IC_PX_DIMS);
        }
        if (named->values[i].length == 0) {
            ic_px_at(table, named->values[i].place);
            return ic_fail(table->error, IC_FORMAT, "a dimension of %s without a name", keyword);
        }
        for (size_t d = 0; d < table->n_dims; d++) {
            char word[IC_PX_QUOTED];
            if (!ic_px_same(&named->values[i], table->dims[d].name)) continue;
            ic_px_at(table, named->values[i].place);
            return ic_fail(table->error, IC_FORMAT, "two dimensions are called \"%s\"",
                           ic_px_quote(word, &named->values[i]));
        }
        table->dims[table->n_dims++] = (ic_px_dim){.name = &named->values[i], .usual = &usual->values[i]};
    }
    return IC_OK;
}

/* The statement about a dimension in the file's own language. */
static const ic_px_statement *usual_of(const ic_px_table *table, const char *keyword, const ic_px_dim *dim) {
    for (size_t i = 0; i < table->n_statements; i++)
        if (ic_px_spoken(table, &table->statements[i]) == 1 && ic_px_is(&table->statements[i], keyword, dim->usual))
            return &table->statements[i];
    return NULL;
}

static ic_status check_codes(ic_px_table *table, const ic_px_dim *dim) {
    char word[IC_PX_QUOTED];
    ic_intern seen = {0};
    ic_status status = IC_OK;
    for (size_t i = 0; i < dim->n && status == IC_OK; i++) {
        uint32_t number = 0;
        if (ic_intern_add(&seen, dim->texts[i].text, dim->texts[i].length, &number) != IC_OK) {
            status = ic_fail_memory(table->error);
        } else if (number != i) {
            ic_px_at(table, dim->texts[i].place);
            status =
                ic_fail(table->error, IC_FORMAT, "the code \"%s\" is there twice", ic_px_quote(word, &dim->texts[i]));
        }
    }
    ic_intern_free(&seen);
    return status;
}

static ic_status read_keys(ic_px_table *table, ic_px_dim *dim) {
    const ic_px_statement *keys = ic_px_find(table, "KEYS", dim->name, dim->usual);
    if (keys == NULL) return IC_OK;
    const int by_codes = keys->n_values == 1 && ic_px_says(&keys->values[0], "CODES");
    if (keys->n_values != 1 || (!by_codes && !ic_px_says(&keys->values[0], "VALUES"))) {
        ic_px_at(table, keys->keyword.place);
        return ic_fail(table->error, IC_FORMAT, "KEYS is neither VALUES nor CODES");
    }
    const ic_px_statement *from = by_codes && dim->codes != NULL ? dim->codes : dim->values;
    dim->keys = from->values;
    table->keyed = 1;
    return IC_OK;
}

static ic_status read_dim(ic_px_table *table, ic_px_dim *dim) {
    char word[IC_PX_QUOTED];
    dim->values = usual_of(table, "VALUES", dim);
    dim->labels = ic_px_find(table, "VALUES", dim->name, dim->usual);
    dim->codes = usual_of(table, "CODES", dim);
    if (dim->codes == NULL) dim->codes = ic_px_find(table, "CODES", dim->name, dim->usual);
    if (dim->values == NULL) dim->values = dim->labels;
    if (dim->values == NULL) dim->values = dim->codes;
    if (dim->values == NULL) {
        ic_px_at(table, dim->usual->place);
        return ic_fail(table->error, IC_FORMAT, "there is no VALUES(\"%s\")", ic_px_quote(word, dim->usual));
    }
    if (dim->labels == NULL) dim->labels = dim->values;
    const ic_px_statement *all[] = {dim->values, dim->labels, dim->codes};
    dim->n = dim->values->n_values;
    for (size_t i = 0; i < 3; i++) {
        if (all[i] == NULL) continue;
        IC_TRY(check_list(table, all[i]));
        if (all[i]->n_values == dim->n && dim->n > 0) continue;
        ic_px_at(table, all[i]->keyword.place);
        if (dim->n == 0) return ic_fail(table->error, IC_FORMAT, "%s without a value", all[i]->keyword.text);
        return ic_fail(table->error, IC_FORMAT, "%s has %zu values, expected %zu like VALUES(\"%s\")",
                       all[i]->keyword.text, all[i]->n_values, dim->n, ic_px_quote(word, dim->usual));
    }
    dim->texts = dim->codes != NULL ? dim->codes->values : dim->values->values;
    IC_TRY(check_codes(table, dim));
    return read_keys(table, dim);
}

static ic_status check_keys(ic_px_table *table) {
    char word[IC_PX_QUOTED];
    for (size_t d = 0; d < table->n_dims && table->keyed; d++) {
        const ic_px_dim *dim = &table->dims[d];
        if ((d < table->n_stub) == (dim->keys != NULL)) continue;
        ic_px_at(table, dim->name->place);
        return ic_fail(table->error, IC_FORMAT,
                       dim->keys == NULL ? "there is no KEYS(\"%s\"), but there are others"
                                         : "KEYS(\"%s\"): only dimensions of STUB can have keys",
                       ic_px_quote(word, dim->name));
    }
    return IC_OK;
}

/* ---- layout ---------------------------------------------------------------------------------------------------- */

static ic_status filter(ic_px_table *table, ic_px_dim *dim, const ic_filter *wanted) {
    ic_intern codes = {0};
    ic_status status = IC_OK;
    for (size_t i = 0; i < wanted->codes.count && status == IC_OK; i++) {
        uint32_t number;
        status = ic_intern_add(&codes, wanted->codes.texts[i], wanted->codes.lengths[i], &number);
    }
    dim->slots = ic_arena_take(&table->arena, dim->n * sizeof *dim->slots);
    if (status == IC_OK && dim->slots == NULL) status = IC_MEMORY;
    dim->kept = 0;
    for (size_t i = 0; i < dim->n && status == IC_OK; i++) {
        const int is_wanted = ic_intern_find(&codes, dim->texts[i].text, dim->texts[i].length) != IC_ABSENT;
        dim->slots[i] = is_wanted ? (uint32_t)dim->kept++ : IC_ABSENT;
    }
    ic_intern_free(&codes);
    return status == IC_OK ? IC_OK : ic_fail_memory(table->error);
}

static ic_status apply_filters(ic_px_table *table) {
    const ic_options *options = table->options;
    for (size_t d = 0; d < table->n_dims; d++)
        if (d != table->time) table->dims[d].kept = table->dims[d].n;
    for (size_t f = 0; f < options->n_filters; f++) {
        const ic_filter *wanted = &options->filters[f];
        size_t d = 0;
        for (; d < table->n_dims; d++) {
            const ic_px_text *name = table->dims[d].name;
            char *text = ic_arena_text(&table->arena, name->text, name->length);
            if (text == NULL) return ic_fail_memory(table->error);
            if (d != table->time && ic_dimension_is(text, wanted->dim)) break;
        }
        if (d == table->n_dims) {
            char word[IC_PX_QUOTED];
            return ic_fail(table->error, IC_ARGUMENT, "where names \"%s\": there is no such dimension",
                           ic_quote(word, sizeof word, wanted->dim, strlen(wanted->dim)));
        }
        IC_TRY(filter(table, &table->dims[d], wanted));
    }
    return IC_OK;
}

/* "4 x 12 x 300" */
static const char *sizes_text(const ic_px_table *table, char *out, size_t room) {
    size_t used = 0;
    out[0] = '\0';
    for (size_t d = 0; d < table->n_dims && used + 32 < room; d++) {
        char digits[24];
        size_t n = 0, value = table->dims[d].n;
        do digits[n++] = (char)('0' + value % 10);
        while ((value /= 10) > 0);
        if (d > 0) used += strlen(strcpy(out + used, " x "));
        while (n > 0) out[used++] = digits[--n];
        out[used] = '\0';
    }
    return out;
}

ic_status ic_px_miscounted(const ic_px_table *table, uint64_t got, int more, ic_error *error) {
    char sizes[160];
    return ic_fail(error, IC_FORMAT, "DATA has %s%llu cells, expected %llu (%s)", more ? "more than " : "",
                   (unsigned long long)got, (unsigned long long)table->cells, sizes_text(table, sizes, sizeof sizes));
}

static ic_status too_large(ic_px_table *table) {
    char sizes[160];
    ic_px_at(table, table->data_place);
    return ic_fail(table->error, IC_LIMIT, "%s cells; limits={\"cells\": ...} allows more than %llu",
                   sizes_text(table, sizes, sizeof sizes), (unsigned long long)table->options->limits.cells);
}

static ic_status lay_out(ic_px_table *table) {
    table->cells = 1;
    table->natural = table->time >= table->n_dims || table->time + 1 == table->n_dims;
    uint64_t series = 1;
    for (size_t d = 0; d < table->n_dims; d++) {
        const ic_px_dim *dim = &table->dims[d];
        if (table->cells > CELLS_MOST / dim->n) return too_large(table);
        table->cells *= dim->n;
        if (d != table->time) series *= dim->kept; /* no more than cells */
        if (dim->slots == NULL) continue;
        for (size_t i = 0; i < dim->n && table->natural; i++) table->natural = dim->slots[i] == i;
        if (d == table->time) table->natural &= dim->n == table->periods;
    }
    if (table->periods > 0 && series > table->options->limits.cells / table->periods) return too_large(table);
    table->size = series * table->periods;
    if (table->natural) return IC_OK;
    uint64_t stride = table->periods;
    for (size_t d = table->n_dims; d-- > 0;) {
        ic_px_dim *dim = &table->dims[d];
        const uint64_t step = d == table->time ? 1 : stride;
        dim->offsets = ic_arena_take(&table->arena, dim->n * sizeof *dim->offsets);
        if (dim->offsets == NULL) return ic_fail_memory(table->error);
        for (size_t i = 0; i < dim->n; i++) {
            const uint32_t slot = dim->slots == NULL ? (uint32_t)i : dim->slots[i];
            dim->offsets[i] = slot == IC_ABSENT ? IC_PX_NOWHERE : slot * step;
        }
        if (d != table->time) stride *= dim->kept;
    }
    return IC_OK;
}

ic_status ic_px_head_read(ic_px_table *table) {
    IC_TRY(parse(table));
    IC_TRY(find_language(table));
    table->dims = ic_arena_take(&table->arena, IC_PX_DIMS * sizeof *table->dims);
    if (table->dims == NULL) return ic_fail_memory(table->error);
    IC_TRY(add_dims(table, "STUB"));
    table->n_stub = table->n_dims;
    IC_TRY(add_dims(table, "HEADING"));
    if (table->n_dims == 0) {
        ic_px_at(table, table->data_place);
        return ic_fail(table->error, IC_FORMAT, "neither STUB nor HEADING names a dimension of these data");
    }
    for (size_t d = 0; d < table->n_dims; d++) IC_TRY(read_dim(table, &table->dims[d]));
    IC_TRY(check_keys(table));
    table->periods = 1;
    IC_TRY(ic_px_time_find(table));
    IC_TRY(apply_filters(table));
    return lay_out(table);
}

void ic_px_head_free(ic_px_table *table) {
    for (size_t d = 0; d < table->n_dims; d++) ic_intern_free(&table->dims[d].index);
    ic_intern_free(&table->unplaced);
    ic_free(table->statements);
    ic_free(table->text);
    ic_arena_free(&table->arena);
}
