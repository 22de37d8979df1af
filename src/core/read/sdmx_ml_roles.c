/* SDMX-ML: what the concepts are, once the whole file is known, and what the rows' sets become by that. */
#include "core/read/concepts.h"
#include "core/read/sdmx_ml.h"

#include <string.h>

typedef struct fact { /* a concept, over all parts */
    const char *name;
    ic_ml_word word;
    uint32_t met;
    int asked;
    int weak; /* an attribute by doubtful evidence: 1 by its place, 2 by its name; a dimension if series need it to differ */
    int lacking; /* some sets of a data set have it, others don't */
    int dim, promoted;
    size_t number, attribute; /* SIZE_MAX: not numbered */
    ic_intern values;
} fact;

typedef struct settling {
    ic_ml_part *const *parts;
    size_t n;
    const ic_options *options;
    ic_dataset *dataset;
    ic_error *error;
    ic_intern names;
    fact *facts;
    uint32_t **concepts; /* [part][local concept] */
    uint32_t ***values;  /* [part][local concept][local value] */
    size_t n_dims, n_attributes;
    uint32_t *row;   /* by concept: the value that a set has, or IC_ABSENT */
    uint32_t *bytes; /* scratch, as long as there are concepts, and one more */
} settling;

static ic_status no_memory(settling *s) { return ic_fail_memory(s->error); }

/* ---- one numbering for all parts ------------------------------------------------------------------------------ */

static ic_status collect(settling *s) {
    size_t most = 0;
    for (size_t i = 0; i < s->n; i++) most += s->parts[i]->names.count;
    s->facts = ic_alloc_zeroed(most + 1, sizeof *s->facts);
    s->row = ic_alloc(most + 1, sizeof *s->row);
    s->bytes = ic_alloc(most + 2, sizeof *s->bytes);
    s->concepts = ic_alloc_zeroed(s->n, sizeof *s->concepts);
    s->values = ic_alloc_zeroed(s->n, sizeof *s->values);
    if (s->facts == NULL || s->row == NULL || s->bytes == NULL || s->concepts == NULL || s->values == NULL)
        return no_memory(s);
    for (size_t i = 0; i < s->n; i++) {
        const ic_ml_part *part = s->parts[i];
        s->concepts[i] = ic_alloc(part->names.count + 1, sizeof **s->concepts);
        s->values[i] = ic_alloc_zeroed(part->names.count + 1, sizeof **s->values);
        if (s->concepts[i] == NULL || s->values[i] == NULL) return no_memory(s);
        for (size_t c = 0; c < part->names.count; c++) {
            const ic_ml_concept *concept = &part->concepts[c];
            const ic_text *name = &part->names.items[c];
            uint32_t *number = &s->concepts[i][c];
            if (ic_intern_add(&s->names, name->text, name->length, number) != IC_OK) return no_memory(s);
            fact *f = &s->facts[*number];
            f->name = s->names.items[*number].text;
            f->word = concept->word;
            f->asked |= concept->asked;
            f->met |= concept->met;
            uint32_t *map = s->values[i][c] = ic_alloc(concept->values.count + 1, sizeof *map);
            if (map == NULL) return no_memory(s);
            for (size_t v = 0; v < concept->values.count; v++) {
                const ic_text *text = &concept->values.items[v];
                if (ic_intern_add(&f->values, text->text, text->length, &map[v]) != IC_OK) return no_memory(s);
            }
        }
    }
    return IC_OK;
}

static void close_all(settling *s) {
    for (size_t c = 0; s->facts != NULL && c < s->names.count; c++) ic_intern_free(&s->facts[c].values);
    for (size_t i = 0; i < s->n; i++) {
        for (size_t c = 0; s->values != NULL && s->values[i] != NULL && c < s->parts[i]->names.count; c++)
            ic_free(s->values[i][c]);
        if (s->values != NULL) ic_free(s->values[i]);
        if (s->concepts != NULL) ic_free(s->concepts[i]);
    }
    ic_free(s->values);
    ic_free(s->concepts);
    ic_free(s->facts);
    ic_free(s->row);
    ic_free(s->bytes);
    ic_intern_free(&s->names);
}

/* Fills s->row with a set's values; what is further inside counts. */
static void fill_row(settling *s, size_t part, size_t first, size_t n) {
    const ic_ml_pair *pairs = s->parts[part]->kept + first;
    memset(s->row, 0xFF, s->names.count * sizeof *s->row);
    for (size_t k = 0; k < n; k++)
        s->row[s->concepts[part][pairs[k].concept]] = s->values[part][pairs[k].concept][pairs[k].value];
}

/* ---- roles -------------------------------------------------------------------------------------------------------- */

/* What is known to be a dimension wherever it stands. */
static int is_usual(const char *name) {
    static const char *const usual[] = {
        "FREQ",       "FREQUENCY", "REF_AREA", "GEO",      "COUNTRY",   "COUNTERPART_AREA",
        "SEX",        "AGE",       "CURRENCY", "LOCATION", "INDICATOR", "MEASURE",
        "ADJUSTMENT", "ACTIVITY",  "SUBJECT",  "PARTNER",  "REPORTER"};
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (ic_concept_is(name, usual[i])) return 1;
    return 0;
}

static int listed(const ic_texts *list, const char *name) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->texts[i], name) == 0) return 1;
    return 0;
}

static int is_dimension(const settling *s, fact *f) {
    const uint32_t met = f->met, on_data = IC_ML_ON_SERIES | IC_ML_ON_OBS;
    if (listed(&s->options->dims, f->name)) return 1;
    if (s->options->dims.count > 0) return strcmp(f->name, "measure") == 0 && (met & IC_ML_KEY);
    if (met & IC_ML_KEY) return 1;
    if (met & IC_ML_ATTRIBUTES) return 0;
    if (met & IC_ML_AT_OBS) return 1;
    if (ic_concept_is(f->name, "COLLECTION")) f->weak = 2;
    if (f->word != IC_ML_DIMENSION) return 0;
    if ((met & IC_ML_ON_GROUP) && (met & on_data)) return 1;
    if (!(met & on_data) || (met & IC_ML_BESIDE_TIME) || f->lacking) return 0;
    if (is_usual(f->name)) return 1;
    f->weak = met & IC_ML_BEHIND ? 1 : 0;
    return !f->weak;
}

/* A dimension is there in every set; data set by data set, as they may differ. */
static ic_status find_lacking(settling *s) {
    const size_t n = s->names.count;
    uint32_t *count = ic_alloc_zeroed(n + 1, sizeof *count), dataset = IC_ABSENT, sets = 0;
    if (count == NULL) return no_memory(s);
    for (size_t i = 0; i <= s->n; i++) {
        const size_t n_sets = i < s->n ? s->parts[i]->set_keys.count : 1;
        for (size_t k = 0; k < n_sets; k++) {
            const ic_ml_set *set = i < s->n ? &s->parts[i]->sets[k] : NULL;
            if (set != NULL && !set->dataset_wanted) continue;
            if (set == NULL || set->dataset != dataset) {
                for (size_t c = 0; c < n; c++) {
                    s->facts[c].lacking |= count[c] > 0 && count[c] < sets;
                    count[c] = 0;
                }
                dataset = set == NULL ? IC_ABSENT : set->dataset;
                sets = 0;
            }
            if (set == NULL) continue;
            sets++;
            fill_row(s, i, set->first, set->n);
            for (size_t c = 0; c < n; c++) count[c] += s->row[c] != IC_ABSENT;
        }
    }
    ic_free(count);
    return IC_OK;
}

static size_t dims_of_row(const settling *s, uint32_t dataset) {
    size_t n = 0;
    s->bytes[n++] = dataset;
    for (size_t c = 0; c < s->names.count; c++)
        if (s->facts[c].dim) s->bytes[n++] = s->row[c];
    return n;
}

static int may_become(const fact *f, int weak) { return f->weak == weak && (f->met & IC_ML_ON_SERIES) && !f->dim; }

/* Two series with one key differ in what was taken for an attribute of theirs by doubtful evidence: it is a dimension. *again:
   there was such a concept. */
static ic_status promote(settling *s, int weak, int *again) {
    ic_intern keys = {0};
    ic_status status = IC_OK;
    uint32_t *first = NULL; /* of each key: the weak concepts' values */
    size_t room = 0, n_weak = 0;
    *again = 0;
    for (size_t c = 0; c < s->names.count; c++) n_weak += (size_t)may_become(&s->facts[c], weak);
    for (size_t i = 0; i < s->n && n_weak > 0; i++) {
        for (size_t k = 0; k < s->parts[i]->set_keys.count && status == IC_OK; k++) {
            const ic_ml_set *set = &s->parts[i]->sets[k];
            if (!set->dataset_wanted) continue;
            fill_row(s, i, set->first, set->n);
            const size_t n = dims_of_row(s, set->dataset), known = keys.count;
            uint32_t key = 0;
            void *grown = first;
            status = ic_grow(&grown, &room, (known + 1) * n_weak, sizeof *first);
            first = grown;
            if (status == IC_OK) status = ic_intern_add(&keys, (const char *)s->bytes, n * sizeof *s->bytes, &key);
            for (size_t c = 0, w = 0; c < s->names.count && status == IC_OK; c++) {
                fact *f = &s->facts[c];
                if (!may_become(f, weak)) continue;
                uint32_t *value = &first[key * n_weak + w++];
                if (key == known)
                    *value = s->row[c];
                else if (*value != s->row[c])
                    f->promoted = *again = 1;
            }
        }
    }
    for (size_t c = 0; c < s->names.count; c++) s->facts[c].dim |= s->facts[c].promoted;
    ic_intern_free(&keys);
    ic_free(first);
    return status == IC_OK ? IC_OK : no_memory(s);
}

static ic_status decide(settling *s) {
    IC_TRY(find_lacking(s));
    for (size_t c = 0; c < s->names.count; c++) s->facts[c].dim = is_dimension(s, &s->facts[c]);
    if (s->options->dims.count > 0) return IC_OK;
    for (int weak = 1, again = 0; weak <= 2; weak += !again) IC_TRY(promote(s, weak, &again));
    return IC_OK;
}

/* ---- numbers and names ----------------------------------------------------------------------------------------------- */

static void number(settling *s, uint32_t concept) {
    fact *f = &s->facts[concept];
    if (f->dim && f->number == SIZE_MAX) f->number = s->n_dims++;
    if ((!f->dim || f->asked) && f->attribute == SIZE_MAX) f->attribute = s->n_attributes++;
}

/* By first appearance in the sets, then in the groups. */
static void number_all(settling *s) {
    for (size_t c = 0; c < s->names.count; c++) s->facts[c].number = s->facts[c].attribute = SIZE_MAX;
    for (size_t i = 0; i < s->n; i++) {
        const ic_ml_part *part = s->parts[i];
        for (size_t k = 0; k < part->set_keys.count; k++)
            for (size_t j = 0; j < part->sets[k].n && part->sets[k].dataset_wanted; j++)
                number(s, s->concepts[i][part->kept[part->sets[k].first + j].concept]);
    }
    for (size_t i = 0; i < s->n; i++) {
        const ic_ml_part *part = s->parts[i];
        for (size_t g = 0; g < part->n_groups; g++)
            for (size_t j = 0; j < part->groups[g].n; j++) {
                const uint32_t c = s->concepts[i][part->kept[part->groups[g].first + j].concept];
                if (!s->facts[c].dim) number(s, c);
            }
    }
}

static ic_status name_all(settling *s) {
    ic_dataset *dataset = s->dataset;
    ic_intern names = {0};
    dataset->dims = ic_alloc_zeroed(s->n_dims, sizeof *dataset->dims);
    dataset->attributes = ic_alloc_zeroed(s->n_attributes, sizeof *dataset->attributes);
    if (dataset->dims == NULL || dataset->attributes == NULL) return no_memory(s);
    dataset->n_dims = s->n_dims;
    dataset->n_attributes = s->n_attributes;
    ic_status status = IC_OK;
    for (size_t c = 0; c < s->names.count && status == IC_OK; c++) {
        const fact *f = &s->facts[c];
        uint32_t place;
        const size_t known = names.count;
        if (f->number != SIZE_MAX) {
            const char *name = ic_dimension_name(&dataset->arena, f->name, strlen(f->name));
            dataset->dims[f->number].name = name;
            status = name == NULL ? IC_MEMORY : ic_intern_add(&names, name, strlen(name), &place);
            if (status == IC_OK && place != known)
                status = ic_fail(s->error, IC_FORMAT, "two dimensions would have the name \"%s\"", name);
        }
        if (f->attribute != SIZE_MAX && status == IC_OK) {
            dataset->attributes[f->attribute].name = ic_arena_text(&dataset->arena, f->name, strlen(f->name));
            if (dataset->attributes[f->attribute].name == NULL) status = IC_MEMORY;
        }
    }
    ic_intern_free(&names);
    return status == IC_MEMORY ? no_memory(s) : status;
}

/* What the options name must be there. */
static ic_status check_names(settling *s) {
    const ic_options *options = s->options;
    char word[60];
    for (size_t i = 0; i < options->n_filters; i++) {
        int found = 0;
        for (size_t d = 0; d < s->n_dims; d++) found |= strcmp(s->dataset->dims[d].name, options->filters[i].dim) == 0;
        if (!found)
            return ic_fail(s->error, IC_ARGUMENT, "where names \"%s\": there is no such dimension",
                           ic_quote(word, sizeof word, options->filters[i].dim, strlen(options->filters[i].dim)));
    }
    const ic_texts *lists[] = {&options->measures, &options->dims, &options->attributes};
    static const char *const names[] = {"measures", "dims", "attributes"};
    for (size_t l = 0; l < 3; l++) {
        for (size_t i = 0; i < lists[l]->count; i++) {
            if (ic_intern_find(&s->names, lists[l]->texts[i], lists[l]->lengths[i]) == IC_ABSENT)
                return ic_fail(s->error, IC_ARGUMENT, "%s names \"%s\": there is no such concept", names[l],
                               ic_quote(word, sizeof word, lists[l]->texts[i], lists[l]->lengths[i]));
        }
    }
    return IC_OK;
}

/* ---- groups -------------------------------------------------------------------------------------------------------------- */

#define SHAPES_MOST 1000

typedef struct grouping { /* which groups have the key that some dimensions of a set are */
    ic_intern shapes;     /* data set, and concepts of a key: by number */
    ic_intern keys;       /* shape, and the values */
    uint32_t *newest;     /* of each key: a group + 1 */
    uint32_t *before;     /* of each group: the group + 1 with the same key that came before it */
    uint32_t *parts;      /* of each group */
    size_t newest_room, n;
} grouping;

static ic_status add_group(settling *s, grouping *g, size_t part, const ic_ml_group *group) {
    const ic_ml_part *p = s->parts[part];
    uint32_t shape = 0, key = 0;
    fill_row(s, part, group->first, group->n);
    size_t n = 0;
    s->bytes[n++] = group->dataset;
    for (size_t c = 0; c < s->names.count; c++)
        if (s->facts[c].dim && s->row[c] != IC_ABSENT) s->bytes[n++] = (uint32_t)c;
    if (ic_intern_add(&g->shapes, (const char *)s->bytes, n * sizeof *s->bytes, &shape) != IC_OK) return no_memory(s);
    if (g->shapes.count > SHAPES_MOST)
        return ic_fail(s->error, IC_LIMIT, "groups by more than %d combinations of dimensions", SHAPES_MOST);
    s->bytes[0] = shape;
    for (size_t k = 1; k < n; k++) s->bytes[k] = s->row[s->bytes[k]];
    const size_t known = g->keys.count;
    if (ic_intern_add(&g->keys, (const char *)s->bytes, n * sizeof *s->bytes, &key) != IC_OK) return no_memory(s);
    void *newest = g->newest;
    ic_status status = ic_grow(&newest, &g->newest_room, g->keys.count, sizeof *g->newest);
    g->newest = newest;
    if (status != IC_OK) return no_memory(s);
    if (key == known) g->newest[key] = 0;
    g->before[g->n] = g->newest[key];
    g->parts[g->n] = (uint32_t)part;
    g->newest[key] = (uint32_t)++g->n;
    (void)p;
    return IC_OK;
}

static ic_status make_groups(settling *s, grouping *g, const ic_ml_group ***list) {
    size_t total = 0;
    for (size_t i = 0; i < s->n; i++) total += s->parts[i]->n_groups;
    g->before = ic_alloc(total, sizeof *g->before);
    g->parts = ic_alloc(total, sizeof *g->parts);
    *list = ic_alloc(total, sizeof **list);
    if (g->before == NULL || g->parts == NULL || *list == NULL) return no_memory(s);
    for (size_t i = 0; i < s->n; i++) {
        for (size_t k = 0; k < s->parts[i]->n_groups; k++) {
            (*list)[g->n] = &s->parts[i]->groups[k];
            IC_TRY(add_group(s, g, i, &s->parts[i]->groups[k]));
        }
    }
    return IC_OK;
}

/* Gives the set whose values stand in s->row the attributes of its groups, where it has none of its own. */
static ic_status apply_groups(settling *s, const grouping *g, const ic_ml_group **list, uint32_t dataset) {
    for (uint32_t shape = 0; shape < g->shapes.count; shape++) {
        const ic_text *text = &g->shapes.items[shape];
        const size_t n = text->length / sizeof *s->bytes;
        memcpy(s->bytes, text->text, text->length);
        if (s->bytes[0] != dataset) continue;
        s->bytes[0] = shape;
        for (size_t k = 1; k < n; k++) s->bytes[k] = s->row[s->bytes[k]];
        const uint32_t key = ic_intern_find(&g->keys, (const char *)s->bytes, n * sizeof *s->bytes);
        for (uint32_t k = key == IC_ABSENT ? 0 : g->newest[key]; k != 0; k = g->before[k - 1]) {
            const size_t part = g->parts[k - 1];
            const ic_ml_pair *pairs = s->parts[part]->kept + list[k - 1]->first;
            for (size_t j = 0; j < list[k - 1]->n; j++) {
                const uint32_t c = s->concepts[part][pairs[j].concept];
                if (!s->facts[c].dim && s->row[c] == IC_ABSENT)
                    s->row[c] = s->values[part][pairs[j].concept][pairs[j].value];
            }
        }
    }
    return IC_OK;
}

/* ---- sinks ------------------------------------------------------------------------------------------------------------------ */

static ic_status no_value(settling *s, size_t part, const ic_ml_set *set, const fact *f) {
    s->error->line = set->line + 1;
    s->error->column = 1;
    for (size_t i = 0; i < part; i++) s->error->line += s->parts[i]->sink.lines;
    const ic_ml_part *last = s->parts[s->n - 1];
    if (last->dataset > 0)
        return ic_fail(s->error, IC_FORMAT,
                       "a data set without the dimension %s, which others have (dataset= chooses one of %s)", f->name,
                       s->parts[0]->datasets_listed);
    return ic_fail(s->error, IC_FORMAT, "an observation or series without the dimension %s, which others have",
                   f->name);
}

static ic_status fill_sink(settling *s, size_t i, const grouping *g, const ic_ml_group **list) {
    ic_ml_part *part = s->parts[i];
    ic_sink *sink = &part->sink;
    ic_free(sink->dims);
    ic_free(sink->attributes);
    ic_free(sink->varied);
    sink->dims = ic_alloc_zeroed(s->n_dims, sizeof *sink->dims);
    sink->attributes = ic_alloc_zeroed(s->n_attributes, sizeof *sink->attributes);
    sink->varied = ic_alloc_zeroed(s->n_attributes, 1);
    uint32_t *codes = ic_alloc_zeroed(s->n_dims, sizeof *codes),
             *values = ic_alloc_zeroed(s->n_attributes, sizeof *values);
    ic_status status = IC_OK;
    sink->n_dims = sink->dims == NULL ? 0 : s->n_dims;
    sink->n_attributes = sink->attributes == NULL ? 0 : s->n_attributes;
    if (sink->dims == NULL || sink->attributes == NULL || sink->varied == NULL || codes == NULL || values == NULL)
        status = IC_MEMORY;
    for (size_t c = 0; c < part->names.count && status == IC_OK; c++) {
        const fact *f = &s->facts[s->concepts[i][c]];
        if (part->concepts[c].varied && f->attribute != SIZE_MAX) sink->varied[f->attribute] = 1;
    }
    for (size_t k = 0; k < part->set_keys.count && status == IC_OK; k++) {
        const ic_ml_set *set = &part->sets[k];
        uint32_t key, tail;
        if (set->wanted) {
            fill_row(s, i, set->first, set->n);
            status = apply_groups(s, g, list, set->dataset);
            for (size_t c = 0; c < s->names.count && status == IC_OK; c++) {
                const fact *f = &s->facts[c];
                const ic_text *text = s->row[c] == IC_ABSENT ? NULL : &f->values.items[s->row[c]];
                if (f->number != SIZE_MAX) {
                    status = text == NULL ? no_value(s, i, set, f)
                                          : ic_intern_add(&sink->dims[f->number].codes, text->text, text->length,
                                                          &codes[f->number]);
                }
                if (f->attribute != SIZE_MAX && status == IC_OK) {
                    values[f->attribute] = IC_ABSENT;
                    if (text != NULL && text->length > 0)
                        status = ic_intern_add(&sink->attributes[f->attribute], text->text, text->length,
                                               &values[f->attribute]);
                }
            }
        }
        if (status == IC_OK) status = ic_sink_key(sink, codes, &key);
        if (status == IC_OK) status = ic_sink_tail(sink, values, &tail);
    }
    ic_free(codes);
    ic_free(values);
    return status == IC_MEMORY ? no_memory(s) : status;
}

static ic_status fill_sinks(settling *s) {
    grouping g = {0};
    const ic_ml_group **list = NULL;
    ic_status status = make_groups(s, &g, &list);
    for (size_t i = 0; i < s->n && status == IC_OK; i++) status = fill_sink(s, i, &g, list);
    ic_intern_free(&g.shapes);
    ic_intern_free(&g.keys);
    ic_free(g.newest);
    ic_free(g.before);
    ic_free(g.parts);
    ic_free(list);
    return status;
}

ic_status ic_ml_settle(ic_ml_part *const *parts, size_t n, const ic_options *options, ic_dataset *dataset,
                       ic_error *error) {
    settling s = {.parts = parts, .n = n, .options = options, .dataset = dataset, .error = error};
    ic_status status = collect(&s);
    if (status == IC_OK) status = decide(&s);
    if (status == IC_OK) {
        number_all(&s);
        status = name_all(&s);
    }
    if (status == IC_OK) status = check_names(&s);
    if (status == IC_OK) status = fill_sinks(&s);
    close_all(&s);
    return status;
}
