/* The structure of a message: dimensions, attributes, measures and annotations, each with what its numbers stand for. */
#include "core/read/sdmx_json.h"

#include <string.h>

static int is(const ic_json *json, const char *word) {
    return json->length == strlen(word) && memcmp(json->text, word, json->length) == 0;
}

static ic_status next(ic_sj *s) { return ic_json_next(&s->json, s->error); }
static ic_status pass(ic_sj *s) { return ic_json_pass(&s->json, s->error); }

static ic_status expected(ic_sj *s, const char *where, const char *what) {
    return ic_json_expected(&s->json, where, what, s->error);
}

ic_status ic_sj_text(ic_sj *s, const char *what, ic_text *text) {
    ic_json *json = &s->json;
    if (json->event != IC_JSON_STRING && json->event != IC_JSON_KEY && json->event != IC_JSON_NUMBER)
        return expected(s, "", what);
    if (json->length > 0 && memchr(json->text, '\0', json->length) != NULL) {
        ic_json_place(json, json->offset, s->error);
        return ic_fail(s->error, IC_FORMAT, "expected %s, not a text with a NUL", what);
    }
    char *copy = ic_arena_text(&s->arena, json->text, json->length);
    if (copy == NULL) return IC_MEMORY;
    *text = (ic_text){copy, (uint32_t)json->length, 0};
    return IC_OK;
}

/* A text, or one of an object of texts by language; `wanted`: it is in the language that is asked for. */
static ic_status localised(ic_sj *s, ic_text *text, int *wanted) {
    int best = 0;
    *wanted = 0;
    if (s->json.event == IC_JSON_STRING) return ic_sj_text(s, "a text", text);
    if (s->json.event != IC_JSON_OBJECT) return pass(s);
    for (;;) {
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_OBJECT_END) break;
        const int rank = ic_language_rank(s->options->language, s->json.text, s->json.length);
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_STRING && rank > best) {
            best = rank;
            IC_TRY(ic_sj_text(s, "a text", text));
        } else {
            IC_TRY(pass(s));
        }
    }
    *wanted = best >= IC_LANGUAGE_WANTED;
    return IC_OK;
}

ic_status ic_sj_localised(ic_sj *s, ic_text *text) {
    int wanted;
    return localised(s, text, &wanted);
}

/* "name" is in the language that the provider chose, "names" by language: those count if the wanted one is among them. */
static ic_status read_name(ic_sj *s, int is_name, ic_text *name, ic_text *names, int *wanted) {
    int ignored;
    return localised(s, is_name ? name : names, is_name ? &ignored : wanted);
}

ic_status ic_sj_whole(ic_sj *s, const char *what, uint64_t *number) {
    const ic_json *json = &s->json;
    uint64_t n = 0;
    if ((json->event != IC_JSON_NUMBER && json->event != IC_JSON_STRING) || json->length == 0 || json->length > 18)
        return expected(s, "", what);
    for (size_t i = 0; i < json->length; i++) {
        if (json->text[i] < '0' || json->text[i] > '9') return expected(s, "", what);
        n = 10 * n + (uint64_t)(json->text[i] - '0');
    }
    *number = n;
    return IC_OK;
}

/* "links": what the data follow, a dataflow if there is one. */
ic_status ic_sj_links(ic_sj *s, ic_text *link) {
    if (s->json.event != IC_JSON_ARRAY) return pass(s);
    int has_flow = 0;
    for (;;) {
        ic_text urn = {0}, href = {0};
        int flow = 0, self = 0;
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_ARRAY_END) return IC_OK;
        if (s->json.event != IC_JSON_OBJECT) return expected(s, "links", "an object");
        for (;;) {
            IC_TRY(next(s));
            if (s->json.event == IC_JSON_OBJECT_END) break;
            int is_urn = is(&s->json, "urn"), is_href = is(&s->json, "href"), is_rel = is(&s->json, "rel");
            IC_TRY(next(s));
            if (s->json.event == IC_JSON_STRING && (is_urn || is_href)) {
                IC_TRY(ic_sj_text(s, "a link", is_urn ? &urn : &href));
            } else if (s->json.event == IC_JSON_STRING && is_rel) {
                flow = is(&s->json, "dataflow");
                self = is(&s->json, "self");
            } else {
                IC_TRY(pass(s));
            }
        }
        if (has_flow || self || (link->length > 0 && !flow)) continue;
        *link = urn.length > 0 ? urn : href;
        has_flow = flow;
    }
}

/* ---- components --------------------------------------------------------------------------------------------------- */

static ic_status read_value(ic_sj *s, ic_sj_component *component) {
    ic_sj_value value = {{"", 0, 0}, {"", 0, 0}};
    ic_text text = {0}, id = {0}, name = {0}, names = {0};
    int wanted = 0;
    if (s->json.event == IC_JSON_STRING || s->json.event == IC_JSON_NUMBER) {
        IC_TRY(ic_sj_text(s, "a value", &id));
    } else if (s->json.event == IC_JSON_OBJECT) {
        for (;;) {
            IC_TRY(next(s));
            if (s->json.event == IC_JSON_OBJECT_END) break;
            int is_id = is(&s->json, "id"), is_value = is(&s->json, "value"), is_name = is(&s->json, "name");
            int is_names = is(&s->json, "names");
            IC_TRY(next(s));
            int simple = s->json.event == IC_JSON_STRING || s->json.event == IC_JSON_NUMBER;
            if ((is_id || is_value) && simple)
                IC_TRY(ic_sj_text(s, "a value", is_id ? &id : &text));
            else if (is_value)
                IC_TRY(ic_sj_localised(s, &text));
            else if (is_name || is_names)
                IC_TRY(read_name(s, is_name, &name, &names, &wanted));
            else
                IC_TRY(pass(s));
        }
    } else if (s->json.event != IC_JSON_NULL) {
        return expected(s, component->id.text == NULL ? "values" : component->id.text, "a value, an object");
    }
    if (name.text == NULL || wanted) name = names;
    if (id.text == NULL) id = text;
    if (id.text == NULL) id = name;
    if (id.text != NULL) value.id = id;
    if (name.text != NULL) value.name = name;
    void *values = component->values;
    ic_status status = ic_grow(&values, &component->room, component->n_values + 1, sizeof *component->values);
    component->values = values;
    IC_TRY(status);
    component->values[component->n_values++] = value;
    return IC_OK;
}

static ic_status read_roles(ic_sj *s, ic_sj_component *component) {
    int array = s->json.event == IC_JSON_ARRAY;
    if (!array && s->json.event != IC_JSON_STRING) return pass(s);
    for (;;) {
        if (array) IC_TRY(next(s));
        if (s->json.event == IC_JSON_ARRAY_END) return IC_OK;
        if (s->json.event == IC_JSON_STRING)
            component->said_time |= is(&s->json, "TIME_PERIOD") || is(&s->json, "time") || is(&s->json, "TIME");
        else
            IC_TRY(pass(s));
        if (!array) return IC_OK;
    }
}

static ic_status read_component(ic_sj *s, ic_sj_component *component) {
    ic_text names = {0};
    int wanted = 0;
    for (;;) {
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_OBJECT_END) break;
        int id = is(&s->json, "id"), name = is(&s->json, "name"), is_names = is(&s->json, "names");
        int position = is(&s->json, "keyPosition"), role = is(&s->json, "role") || is(&s->json, "roles");
        int values = is(&s->json, "values");
        uint64_t number = 0;
        IC_TRY(next(s));
        if (id && s->json.event == IC_JSON_STRING) {
            IC_TRY(ic_sj_text(s, "an id", &component->id));
        } else if (name || is_names) {
            IC_TRY(read_name(s, name, &component->name, &names, &wanted));
        } else if (position && s->json.event == IC_JSON_NUMBER) {
            IC_TRY(ic_sj_whole(s, "a position, a whole number", &number));
            component->position = (int64_t)number;
        } else if (role) {
            IC_TRY(read_roles(s, component));
        } else if (values && s->json.event == IC_JSON_ARRAY) {
            for (;;) {
                IC_TRY(next(s));
                if (s->json.event == IC_JSON_ARRAY_END) break;
                IC_TRY(read_value(s, component));
            }
            component->coded = component->n_values > 0;
        } else {
            IC_TRY(pass(s));
        }
    }
    if (component->name.text == NULL || wanted) component->name = names;
    if (component->id.length > 0) return IC_OK;
    ic_json_at(&s->json, &component->place, s->error);
    return ic_fail(s->error, IC_FORMAT, "expected an \"id\" in the description of a dimension or attribute");
}

/* An array of components, whose first event has come. */
static ic_status read_components(ic_sj *s, ic_sj_list *list) {
    if (s->json.event == IC_JSON_NULL) return IC_OK;
    if (s->json.event != IC_JSON_ARRAY) return expected(s, "structure", "an array of dimensions or attributes");
    for (;;) {
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_ARRAY_END) return IC_OK;
        if (s->json.event != IC_JSON_OBJECT) return expected(s, "structure", "a dimension or attribute, an object");
        if (list->n >= s->options->limits.columns) {
            ic_json_place(&s->json, s->json.offset, s->error);
            return ic_fail(s->error, IC_LIMIT, "more than %llu dimensions or attributes (limits={\"columns\": ...})",
                           (unsigned long long)s->options->limits.columns);
        }
        void *items = list->items;
        ic_status status = ic_grow(&items, &list->room, list->n + 1, sizeof *list->items);
        list->items = items;
        IC_TRY(status);
        list->items[list->n] = (ic_sj_component){.position = -1, .place = ic_json_here(&s->json)};
        IC_TRY(read_component(s, &list->items[list->n++]));
    }
}

/* An object with a list for each level, whose first event has come. */
enum { DIMENSIONS, ATTRIBUTES, MEASURES };

static ic_status read_levels(ic_sj *s, ic_sj_list *lists, int what) {
    if (s->json.event == IC_JSON_NULL) return IC_OK;
    if (s->json.event != IC_JSON_OBJECT) return expected(s, "structure", "an object");
    for (;;) {
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_OBJECT_END) return IC_OK;
        size_t level = is(&s->json, "dataSet")          ? IC_SJ_DATASET
                       : is(&s->json, "dimensionGroup") ? IC_SJ_GROUP
                       : is(&s->json, "series")         ? IC_SJ_SERIES
                       : is(&s->json, "observation")    ? IC_SJ_OBSERVATION
                                                        : IC_SJ_LEVELS;
        IC_TRY(next(s));
        if (level == IC_SJ_LEVELS || (what == DIMENSIONS && level == IC_SJ_GROUP) ||
            (what == MEASURES && level != IC_SJ_OBSERVATION))
            IC_TRY(pass(s));
        else
            IC_TRY(read_components(s, what == MEASURES ? lists : &lists[level]));
    }
}

/* ---- annotations ------------------------------------------------------------------------------------------------------ */

static ic_status read_annotation(ic_sj *s, ic_sj_structure *structure) {
    ic_text title = {0}, text = {0}, texts = {0}, value = {0};
    int wanted = 0;
    if (s->json.event != IC_JSON_OBJECT) return expected(s, "annotations", "an object");
    for (;;) {
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_OBJECT_END) break;
        ic_text *to = is(&s->json, "title")   ? &title
                      : is(&s->json, "text")  ? &text
                      : is(&s->json, "texts") ? &texts
                      : is(&s->json, "value") ? &value
                                              : NULL;
        IC_TRY(next(s));
        if (to != NULL)
            IC_TRY(read_name(s, to != &texts, to, to, &wanted));
        else
            IC_TRY(pass(s));
    }
    text = wanted || text.length == 0 ? texts : text;
    text = text.length > 0 ? text : value.length > 0 ? value : title;
    if (text.text == NULL) text.text = "";
    void *annotations = structure->annotations;
    ic_status status = ic_grow(&annotations, &structure->annotations_room, structure->n_annotations + 1,
                               sizeof *structure->annotations);
    structure->annotations = annotations;
    IC_TRY(status);
    structure->annotations[structure->n_annotations++] = text;
    return IC_OK;
}

ic_status ic_sj_read_structure(ic_sj *s) {
    void *structures = s->structures;
    ic_status status = ic_grow(&structures, &s->structures_room, s->n_structures + 1, sizeof *s->structures);
    s->structures = structures;
    IC_TRY(status);
    size_t number = s->n_structures++;
    s->structures[number] = (ic_sj_structure){.place = ic_json_here(&s->json)};
    ic_sj_structure *structure = &s->structures[number];
    ic_text names = {0};
    int wanted = 0;
    for (;;) {
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_OBJECT_END) break;
        int dims = is(&s->json, "dimensions"), attributes = is(&s->json, "attributes");
        int measures = is(&s->json, "measures"), annotations = is(&s->json, "annotations");
        int name = is(&s->json, "name"), is_names = is(&s->json, "names"), links = is(&s->json, "links");
        IC_TRY(next(s));
        if (dims || attributes || measures) {
            ic_sj_list *lists = dims ? structure->dims : attributes ? structure->attributes : &structure->measures;
            IC_TRY(read_levels(s, lists, dims ? DIMENSIONS : attributes ? ATTRIBUTES : MEASURES));
        } else if (annotations && s->json.event == IC_JSON_ARRAY) {
            for (;;) {
                IC_TRY(next(s));
                if (s->json.event == IC_JSON_ARRAY_END) break;
                IC_TRY(read_annotation(s, structure));
            }
        } else if (name || is_names) {
            IC_TRY(read_name(s, name, &structure->name, &names, &wanted));
        } else if (links) {
            IC_TRY(ic_sj_links(s, &structure->link));
        } else {
            IC_TRY(pass(s));
        }
    }
    if (structure->name.text == NULL || wanted) structure->name = names;
    return IC_OK;
}
