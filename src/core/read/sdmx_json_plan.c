/* What the result of a message will be: which data sets, which dimensions in which order, their codes, attributes, measures. */
#include "core/read/sdmx_json.h"

#include <string.h>

static int listed(const ic_texts *list, const char *name) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->texts[i], name) == 0) return 1;
    return 0;
}

static void at(const ic_sj *s, const ic_json_mark *place) { ic_json_at(&s->json, place, s->error); }

static const ic_sj_structure *structure_of(const ic_sj *s, size_t set) {
    return &s->structures[s->sets[set].structure];
}

/* ---- choosing data sets ------------------------------------------------------------------------------------------------ */

static const char *name_of(const ic_sj *s, size_t set) {
    const ic_sj_structure *structure = structure_of(s, set);
    return s->sets[set].link.length > 0   ? s->sets[set].link.text
           : structure->link.length > 0   ? structure->link.text
           : structure->name.text != NULL ? structure->name.text
                                          : "without a name";
}

/* "...Dataflow=ECB:EXR(1.0)" may be asked for by its end too. */
static int ends_in(const ic_text *text, const char *asked) {
    size_t n = strlen(asked);
    if (text->text == NULL || n == 0 || n > text->length || strcmp(text->text + text->length - n, asked) != 0) return 0;
    return n == text->length || text->text[text->length - n - 1] == '=' || text->text[text->length - n - 1] == '/';
}

static int is_called(const ic_sj *s, size_t set, const char *asked) {
    char digits[24];
    size_t n = sizeof digits, number = set;
    const ic_sj_structure *structure = structure_of(s, set);
    digits[--n] = '\0';
    do {
        digits[--n] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    if (structure->name.text != NULL && strcmp(structure->name.text, asked) == 0) return 1;
    return strcmp(digits + n, asked) == 0 || ends_in(&s->sets[set].link, asked) || ends_in(&structure->link, asked);
}

static void list_sets(const ic_sj *s, char *text, size_t size) {
    size_t used = 0;
    for (size_t i = 0; i < s->n_sets && used + 110 < size; i++) {
        const char *name = name_of(s, i);
        if (i > 0) {
            memcpy(text + used, ", ", 2);
            used += 2;
        }
        text[used++] = '"';
        ic_quote(text + used, 100, name, strlen(name));
        used += strlen(text + used);
        text[used++] = '"';
    }
    text[used] = '\0';
}

static ic_status choose(ic_sj *s) {
    char names[IC_MESSAGE_SIZE / 2], word[60];
    size_t found = 0;
    s->chosen = ic_arena_take(&s->arena, s->n_sets + 1);
    if (s->chosen == NULL) return IC_MEMORY;
    for (size_t i = 0; i < s->n_sets; i++) {
        if (s->sets[i].structure >= s->n_structures) {
            at(s, &s->sets[i].place);
            return ic_fail(s->error, IC_FORMAT, "expected one of the message's %zu structures, not number %llu",
                           s->n_structures, (unsigned long long)s->sets[i].structure);
        }
        s->chosen[i] = s->options->dataset == NULL || is_called(s, i, s->options->dataset);
        found += s->chosen[i];
    }
    if (found > 0 || s->options->dataset == NULL) return IC_OK;
    list_sets(s, names, sizeof names);
    return ic_fail(s->error, IC_ARGUMENT, "dataset=\"%s\": there is no such data set; the file has %s",
                   ic_quote(word, sizeof word, s->options->dataset, strlen(s->options->dataset)),
                   s->n_sets == 0 ? "none" : names);
}

/* ---- dimensions ----------------------------------------------------------------------------------------------------- */

static int is_time(const ic_sj *s, const ic_sj_component *dim) {
    if (s->options->no_time) return 0;
    if (s->options->time != NULL) return strcmp(dim->id.text, s->options->time) == 0;
    return ic_concept_is(dim->id.text, "TIME_PERIOD") || dim->said_time;
}

/* All dimensions of a structure in the order of the result: that of the key, if every one has its position, else the message's. */
static size_t in_order(ic_sj_structure *structure, ic_sj_component **dims) {
    size_t n = 0;
    int positions = 1;
    for (size_t l = 0; l < IC_SJ_LEVELS; l++) {
        for (size_t i = 0; i < structure->dims[l].n && n <= IC_SJ_DIMS; i++) {
            dims[n] = &structure->dims[l].items[i];
            dims[n]->number = n;
            n++;
            positions &= dims[n - 1]->position >= 0 || dims[n - 1]->said_time ||
                         ic_concept_is(dims[n - 1]->id.text, "TIME_PERIOD");
        }
    }
    for (size_t i = 1; positions && n <= IC_SJ_DIMS && i < n; i++) { /* insertion: as it was where they are equal */
        ic_sj_component *dim = dims[i];
        size_t k = i;
        for (; k > 0 && dims[k - 1]->position > dim->position; k--) dims[k] = dims[k - 1];
        dims[k] = dim;
    }
    return n;
}

static ic_status no_agreement(ic_sj *s, size_t set, const char *name) {
    char names[IC_MESSAGE_SIZE / 2], word[60];
    list_sets(s, names, sizeof names);
    at(s, &s->sets[set].place);
    return ic_fail(s->error, IC_FORMAT,
                   "expected data sets of the same dimensions (\"%s\" is not in all); dataset= says which: %s",
                   ic_quote(word, sizeof word, name, strlen(name)), names);
}

static const ic_filter *filter_of(const ic_sj *s, const char *name) {
    for (size_t f = 0; f < s->options->n_filters; f++)
        if (ic_dimension_is(name, s->options->filters[f].dim)) return &s->options->filters[f];
    return NULL;
}

/* The result's codes of a dimension, in the order of the first structure that has them. */
static ic_status number_codes(ic_sj *s, ic_sj_component *from, ic_dimension *to, const ic_filter *filter) {
    from->codes = ic_arena_take(&s->arena, (from->n_values + 1) * sizeof *from->codes);
    if (from->codes == NULL) return IC_MEMORY;
    for (size_t v = 0; v < from->n_values; v++) {
        const ic_text *id = &from->values[v].id, *name = &from->values[v].name;
        int wanted = filter == NULL;
        for (size_t i = 0; !wanted && i < filter->codes.count; i++)
            wanted =
                filter->codes.lengths[i] == id->length && memcmp(filter->codes.texts[i], id->text, id->length) == 0;
        from->codes[v] = IC_ABSENT;
        if (!wanted) continue;
        IC_TRY(ic_intern_add(&to->codes, id->text, id->length, &from->codes[v]));
        if (name->length > 0 && (name->length != id->length || memcmp(name->text, id->text, id->length) != 0))
            IC_TRY(ic_dimension_label(to, &s->dataset->arena, from->codes[v], name->text, name->length));
    }
    return IC_OK;
}

/* Gives the result the dimensions of the first structure, in their order. */
static ic_status take_dims(ic_sj *s, ic_sj_component **dims, size_t n) {
    char word[60];
    s->dims = ic_alloc_zeroed(n + 1, sizeof *s->dims);
    if (s->dims == NULL) return IC_MEMORY;
    for (size_t i = 0; i < n; i++) {
        if (is_time(s, dims[i])) {
            if (s->has_time) {
                at(s, &dims[i]->place);
                return ic_fail(s->error, IC_FORMAT, "expected one dimension that is time; time= says which");
            }
            s->has_time = 1;
            continue;
        }
        ic_dimension *dim = &s->dims[s->n_dims];
        dim->name = ic_dimension_name(&s->dataset->arena, dims[i]->id.text, dims[i]->id.length);
        if (dim->name == NULL) return IC_MEMORY;
        for (size_t k = 0; k < s->n_dims; k++) {
            if (strcmp(s->dims[k].name, dim->name) != 0) continue;
            at(s, &dims[i]->place);
            return ic_fail(s->error, IC_FORMAT, "two dimensions are called \"%s\"",
                           ic_quote(word, sizeof word, dim->name, strlen(dim->name)));
        }
        if (dims[i]->name.length > 0) {
            dim->title = ic_arena_text(&s->dataset->arena, dims[i]->name.text, dims[i]->name.length);
            if (dim->title == NULL) return IC_MEMORY;
        }
        s->n_dims++;
    }
    if (s->options->time != NULL && !s->has_time)
        return ic_fail(s->error, IC_ARGUMENT, "time=\"%s\": there is no such dimension",
                       ic_quote(word, sizeof word, s->options->time, strlen(s->options->time)));
    for (size_t f = 0; f < s->options->n_filters; f++) {
        size_t d = 0;
        while (d < s->n_dims && !ic_dimension_is(s->dims[d].name, s->options->filters[f].dim)) d++;
        if (d < s->n_dims) continue;
        return ic_fail(s->error, IC_ARGUMENT, "where names \"%s\": there is no such dimension",
                       ic_quote(word, sizeof word, s->options->filters[f].dim, strlen(s->options->filters[f].dim)));
    }
    if (s->options->days != NULL && !s->has_time)
        return ic_fail(s->error, IC_ARGUMENT, "where names \"time\": the data have none");
    return IC_OK;
}

static ic_status plan_dims(ic_sj *s, size_t set) {
    ic_sj_structure *structure = &s->structures[s->sets[set].structure];
    ic_sj_component *dims[IC_SJ_DIMS + 1];
    size_t n = in_order(structure, dims), found = 0;
    if (n > IC_SJ_DIMS) {
        at(s, &structure->place);
        return ic_fail(s->error, IC_LIMIT, "more than %d dimensions", IC_SJ_DIMS);
    }
    if (s->dims == NULL) IC_TRY(take_dims(s, dims, n));
    for (size_t i = 0; i < n; i++) {
        ic_sj_component *dim = dims[i];
        dim->dim = IC_SJ_NONE;
        dim->is_time = is_time(s, dim);
        if (ic_concept_is(dim->id.text, "FREQ") || ic_concept_is(dim->id.text, "FREQUENCY")) structure->freq = dim;
        if (dim->is_time) {
            if (structure->time != NULL || !s->has_time) return no_agreement(s, set, dim->id.text);
            structure->time = dim;
            continue;
        }
        size_t d = 0;
        const char *name = ic_dimension_name(&s->arena, dim->id.text, dim->id.length);
        if (name == NULL) return IC_MEMORY;
        while (d < s->n_dims && strcmp(s->dims[d].name, name) != 0) d++;
        if (d == s->n_dims) return no_agreement(s, set, dim->id.text);
        dim->dim = d;
        found++;
        IC_TRY(number_codes(s, dim, &s->dims[d], filter_of(s, name)));
    }
    if (found != s->n_dims || (structure->time != NULL) != s->has_time)
        return no_agreement(s, set, found != s->n_dims ? s->dims[found].name : "time");
    return IC_OK;
}

/* ---- attributes and measures ------------------------------------------------------------------------------------------ */

static ic_status column_of(ic_sj *s, const ic_text *name, size_t *column) {
    uint32_t number = 0;
    IC_TRY(ic_intern_add(&s->attributes, name->text, name->length, &number));
    *column = number;
    return IC_OK;
}

static ic_status plan_attributes(ic_sj *s, ic_sj_structure *structure) {
    for (size_t l = 0; l < IC_SJ_LEVELS; l++) {
        for (size_t i = 0; i < structure->attributes[l].n; i++) {
            ic_sj_component *attribute = &structure->attributes[l].items[i];
            attribute->concept = ic_concept_of(attribute->id.text);
            attribute->column = IC_SJ_NONE;
            int mark = attribute->concept == IC_CONCEPT_STATUS || attribute->concept == IC_CONCEPT_CONFIDENTIAL;
            if (!mark || listed(&s->options->attributes, attribute->id.text))
                IC_TRY(column_of(s, &attribute->id, &attribute->column));
        }
    }
    const ic_text annotations = {"annotations", 11, 0};
    if (structure->n_annotations > 0) IC_TRY(column_of(s, &annotations, &s->annotations));
    return IC_OK;
}

/* A message without "measures" has one, OBS_VALUE. */
static ic_status plan_measures(ic_sj *s, ic_sj_structure *structure) {
    ic_sj_list *list = &structure->measures;
    if (list->n == 0) {
        list->items = ic_alloc_zeroed(1, sizeof *list->items);
        if (list->items == NULL) return IC_MEMORY;
        list->n = list->room = 1;
        list->items[0] = (ic_sj_component){.id = {"OBS_VALUE", 9, 0}, .place = structure->place, .position = -1};
    }
    for (size_t i = 0; i < list->n; i++) {
        ic_sj_component *measure = &list->items[i];
        measure->measure = IC_SJ_NONE;
        if (s->options->measures.count > 0 && !listed(&s->options->measures, measure->id.text)) continue;
        uint32_t m = 0;
        IC_TRY(ic_intern_add(&s->measures, measure->id.text, measure->id.length, &m));
        measure->measure = m;
    }
    return IC_OK;
}

static ic_status check_lists(ic_sj *s) {
    char word[60];
    for (int l = 0; l < 2; l++) {
        const ic_texts *list = l == 0 ? &s->options->attributes : &s->options->measures;
        const ic_intern *names = l == 0 ? &s->attributes : &s->measures;
        for (size_t i = 0; i < list->count; i++) {
            if (ic_intern_find(names, list->texts[i], list->lengths[i]) == IC_ABSENT)
                return ic_fail(s->error, IC_ARGUMENT, "%s names \"%s\": there is no such one",
                               l == 0 ? "attributes" : "measures",
                               ic_quote(word, sizeof word, list->texts[i], list->lengths[i]));
        }
    }
    return IC_OK;
}

ic_status ic_sj_plan_make(ic_sj *s) {
    s->annotations = IC_SJ_NONE;
    if (s->n_sets == 0) {
        s->error->line = s->error->column = 1;
        if (s->failure.length > 0) {
            char words[IC_MESSAGE_SIZE - 60];
            return ic_fail(s->error, IC_FORMAT, "the provider says: %s",
                           ic_quote(words, sizeof words, s->failure.text, s->failure.length));
        }
        return ic_fail(s->error, IC_FORMAT, "expected \"dataSets\" with a data set");
    }
    IC_TRY(choose(s));
    uint8_t *planned = ic_arena_take(&s->arena, s->n_structures + 1);
    if (planned == NULL) return IC_MEMORY;
    memset(planned, 0, s->n_structures + 1);
    for (size_t i = 0; i < s->n_sets; i++) {
        size_t number = (size_t)s->sets[i].structure;
        if (!s->chosen[i] || planned[number]++) continue;
        IC_TRY(plan_dims(s, i));
        IC_TRY(plan_attributes(s, &s->structures[number]));
        IC_TRY(plan_measures(s, &s->structures[number]));
    }
    return check_lists(s);
}

/* ---- the result --------------------------------------------------------------------------------------------------------- */

ic_status ic_sj_sink_open(const ic_sj *s, ic_sink *sink) {
    size_t n = s->n_dims + (s->measures.count > 1);
    uint32_t number;
    IC_TRY(ic_sink_open(sink, n, s->attributes.count));
    for (size_t d = 0; d < s->n_dims; d++) {
        const ic_dimension *dim = &s->dims[d];
        for (size_t c = 0; c < dim->codes.count; c++)
            IC_TRY(ic_intern_add(&sink->dims[d].codes, dim->codes.items[c].text, dim->codes.items[c].length, &number));
    }
    for (size_t m = 0; s->measures.count > 1 && m < s->measures.count; m++)
        IC_TRY(ic_intern_add(&sink->dims[s->n_dims].codes, s->measures.items[m].text, s->measures.items[m].length,
                             &number));
    return IC_OK;
}

ic_status ic_sj_plan_name(ic_sj *s) {
    ic_dataset *dataset = s->dataset;
    size_t n = s->n_dims + (s->measures.count > 1);
    dataset->dims = ic_alloc_zeroed(n, sizeof *dataset->dims);
    dataset->attributes = ic_alloc_zeroed(s->attributes.count, sizeof *dataset->attributes);
    if (dataset->dims == NULL || dataset->attributes == NULL) return IC_MEMORY;
    dataset->n_dims = n;
    dataset->n_attributes = s->attributes.count;
    dataset->has_time = s->has_time;
    for (size_t d = 0; d < s->n_dims; d++) { /* codes come from the sinks, labels from here */
        ic_dimension *from = &s->dims[d], *to = &dataset->dims[d];
        to->name = from->name;
        to->title = from->title;
        to->labels = from->labels;
        to->labels_capacity = from->labels_capacity;
        from->labels = NULL;
    }
    if (s->measures.count > 1) dataset->dims[s->n_dims].name = "measure";
    for (size_t a = 0; a < s->attributes.count; a++) {
        dataset->attributes[a].name =
            ic_arena_text(&dataset->arena, s->attributes.items[a].text, s->attributes.items[a].length);
        if (dataset->attributes[a].name == NULL) return IC_MEMORY;
    }
    return IC_OK;
}

void ic_sj_plan_free(ic_sj *s) {
    for (size_t d = 0; s->dims != NULL && d < s->n_dims + 1; d++) {
        ic_intern_free(&s->dims[d].codes);
        ic_free(s->dims[d].labels);
    }
    ic_free(s->dims);
    ic_intern_free(&s->attributes);
    ic_intern_free(&s->measures);
    ic_columns_free(&s->columns);
}
