/* json-stat: a data set, a bundle of them, or a collection with data sets in it. The file is gone through once; where values and
   statuses start is remembered, since the keys of an object may come in any order, and they are read when everything else is
   known. */
#include "core/read/json_stat.h"

#include <stdio.h>
#include <string.h>

int ic_json_stat_sniff(const char *head, size_t length);
ic_status ic_json_stat_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error);

static int is(const ic_json *json, const char *word) {
    return json->length == strlen(word) && memcmp(json->text, word, json->length) == 0;
}

static ic_status next(ic_stat *s) { return ic_json_next(&s->json, s->error); }

/* ---- recognising it ------------------------------------------------------------------------------------------------ */

int ic_json_stat_sniff(const char *head, size_t length) {
    ic_span span = {head, length};
    ic_source source = {.context = &span, .read = ic_span_read, .size = length, .seekable = 1};
    ic_json json;
    ic_error error = {0};
    int class = 0, version = 0, value = 0, status = 0, only = 0, dimension = 0, category = 0, sdmx = 0;
    size_t i = 0;
    while (i < length && i < 16 &&
           (head[i] == ' ' || head[i] == '\n' || head[i] == '\r' || head[i] == '\t' ||
            memchr("\xEF\xBB\xBF", head[i], 3) != NULL))
        i++;
    if (i == length || head[i] != '{') return 0;
    if (ic_json_open(&json, &source, 0, length + 64, &error) != IC_OK) {
        ic_json_close(&json);
        return 0;
    }
    char key[12] = "";
    while (ic_json_next(&json, &error) == IC_OK && json.event != IC_JSON_DONE) {
        if (json.event == IC_JSON_STRING && json.depth == 1) {
            class |= strcmp(key, "class") == 0 &&
                     (is(&json, "dataset") || is(&json, "collection") || is(&json, "dimension"));
            version |= strcmp(key, "version") == 0 && json.length == 3 && json.text[0] == '2';
        }
        if (json.event != IC_JSON_KEY) continue;
        size_t n = json.length < sizeof key ? json.length : sizeof key - 1;
        memcpy(key, json.text, n);
        key[n] = '\0';
        sdmx |= json.depth <= 2 && (is(&json, "dataSets") || is(&json, "structures"));
        if (json.depth <= 2) {
            value |= is(&json, "value");
            dimension |= is(&json, "dimension");
            status |= is(&json, "status");
            only |= json.depth == 1 && is(&json, "dataset");
        }
        category |= json.depth >= 3 && is(&json, "category");
    }
    ic_json_close(&json);
    if (sdmx) return 0;
    if (class && version) return 97;
    if (dimension && (value || category)) return 95;
    if (class) return 80;
    /* a long array of values or statuses may come first */
    return only && (value || status || dimension) ? 90 : value || status ? 30 : 0;
}

/* ---- finding the data sets --------------------------------------------------------------------------------------------- */

static ic_status add_set(ic_stat *s, const char *name, ic_stat_set **set) {
    if (s->n_sets == IC_STAT_SETS) {
        ic_json_place(&s->json, s->json.offset, s->error);
        return ic_fail(s->error, IC_LIMIT, "more than %d data sets in one file", IC_STAT_SETS);
    }
    void *sets = s->sets;
    ic_status status = ic_grow(&sets, &s->sets_room, s->n_sets + 1, sizeof *s->sets);
    s->sets = sets;
    IC_TRY(status);
    *set = &s->sets[s->n_sets++];
    **set = (ic_stat_set){.name = name};
    return IC_OK;
}

static void free_set(ic_stat_set *set) {
    for (size_t d = 0; d < set->names.count && set->dims != NULL; d++) {
        ic_intern_free(&set->dims[d].codes);
        ic_free(set->dims[d].about);
        ic_free(set->dims[d].children);
    }
    ic_intern_free(&set->names);
    ic_free(set->dims);
    ic_free(set->ids);
    ic_free(set->sizes);
    ic_free(set->notes);
    ic_free(set->value.commas);
}

/* The event begins a value or statuses: remembers where, and passes over it. */
static ic_status remember(ic_stat *s, ic_stat_place *place, int is_value) {
    ic_json *json = &s->json;
    if (place->there) return ic_json_expected(json, "", "one value and one status in a data set", s->error);
    if (json->event == IC_JSON_NULL) return IC_OK;
    place->there = 1;
    place->offset = json->offset;
    if (json->event == IC_JSON_STRING) {
        place->bracket = '"';
        return ic_stat_text(s, "a status", &place->text);
    }
    place->bracket = json->event == IC_JSON_ARRAY ? '[' : '{';
    IC_TRY(ic_json_hold(json, s->error));
    if (!s->quick) return ic_json_pass(json, s->error);
    int odd = 0;
    IC_TRY(ic_stat_hop(s, place, is_value, &odd));
    return odd ? IC_FORMAT : IC_OK;
}

/* The value and statuses that were hopped over are well-formed, too. */
static ic_status check_set(ic_stat *s, const ic_stat_set *set) {
    const ic_stat_place *places[] = {&set->value, &set->status};
    for (size_t i = 0; i < 2; i++) {
        if (!places[i]->there || places[i]->end == 0) continue;
        ic_json_visit(&s->json, places[i]->offset);
        IC_TRY(next(s));
        IC_TRY(ic_json_pass(&s->json, s->error));
    }
    return IC_OK;
}

/* "link": {"item": [{"class": "dataset", ...}, ...]} */
static ic_status read_links(ic_stat *s, int depth) {
    if (s->json.event != IC_JSON_OBJECT) return ic_json_pass(&s->json, s->error);
    for (;;) {
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_OBJECT_END) return IC_OK;
        int items = is(&s->json, "item");
        IC_TRY(next(s));
        if (!items || s->json.event != IC_JSON_ARRAY || depth == 0) {
            IC_TRY(ic_json_pass(&s->json, s->error));
            continue;
        }
        for (;;) {
            IC_TRY(next(s));
            if (s->json.event == IC_JSON_ARRAY_END) break;
            size_t before = s->n_sets;
            if (s->json.event != IC_JSON_OBJECT) return ic_json_expected(&s->json, "item", "an object", s->error);
            IC_TRY(ic_stat_object(s, NULL, depth - 1));
            s->links += s->n_sets == before;
        }
    }
}

ic_status ic_stat_object(ic_stat *s, const char *name, int depth) {
    ic_stat_set set = {.name = name, .place = ic_json_here(&s->json), .all = {.multiplier = INT16_MIN, .decimals = -1}};
    ic_json *json = &s->json;
    ic_status status = IC_OK;
    int dimension = 0;
    while (status == IC_OK) {
        status = next(s);
        if (status != IC_OK || json->event == IC_JSON_OBJECT_END) break;
        ic_text *text = is(json, "label")     ? &set.label
                        : is(json, "title")   ? &set.title
                        : is(json, "source")  ? &set.source
                        : is(json, "updated") ? &set.updated
                        : is(json, "href")    ? &set.href
                                              : NULL;
        ic_stat_place *place = is(json, "value") ? &set.value : is(json, "status") ? &set.status : NULL;
        int ids = is(json, "id"), sizes = is(json, "size"), roles = is(json, "role"), note = is(json, "note");
        int dims = is(json, "dimension"), link = is(json, "link"), extension = is(json, "extension");
        ic_text key = {0};
        if (depth > 0 && text == NULL && place == NULL) status = ic_stat_text(s, "a key", &key);
        if (status == IC_OK) status = next(s);
        if (status != IC_OK) break;
        int object = json->event == IC_JSON_OBJECT, array = json->event == IC_JSON_ARRAY;
        int string = json->event == IC_JSON_STRING;
        if (text != NULL && string) {
            status = ic_stat_text(s, "a text", text);
        } else if (place != NULL && (object || array || (string && place == &set.status))) {
            status = remember(s, place, place == &set.value);
        } else if (dims && object) {
            dimension = 1;
            status = ic_stat_dimensions(s, &set);
        } else if (ids && array) {
            status = ic_stat_ids(s, &set);
        } else if (sizes && array) {
            status = ic_stat_sizes(s, &set);
        } else if (roles && object) {
            status = ic_stat_roles(s, &set);
        } else if (note) {
            status = ic_stat_note(s, &set, "");
        } else if (link) {
            status = read_links(s, depth);
        } else if (extension && object) {
            status = ic_stat_extension(s, &set);
        } else if (object && !extension && depth > 0 && place == NULL && text == NULL) {
            status = ic_stat_object(s, key.text, depth - 1); /* of a bundle, perhaps */
        } else if (place == &set.value && json->event != IC_JSON_NULL) {
            status = ic_json_expected(json, "value", "an array or an object", s->error);
        } else {
            status = ic_json_pass(json, s->error);
        }
    }
    if (status == IC_OK && dimension && (set.value.there || set.has_ids || set.has_sizes)) {
        ic_stat_set *kept = NULL;
        status = add_set(s, name, &kept);
        if (status == IC_OK) {
            *kept = set;
            return IC_OK;
        }
    }
    if (status == IC_OK && s->quick) { /* no data set, but its value was hopped over */
        ic_json_spot spot;
        ic_json_save(json, &spot);
        status = check_set(s, &set);
        ic_json_return(json, &spot);
    }
    free_set(&set);
    return status;
}

/* ---- choosing one --------------------------------------------------------------------------------------------------------- */

/* What dataset= may call it; behind a U+001F stands its number alone, as several are asked for one by one. */
static int is_called(const ic_stat_set *set, size_t number, const char *asked) {
    char digits[24];
    size_t n = sizeof digits;
    const char *names[] = {set->name, set->label.text, set->href.text, set->title.text};
    digits[--n] = '\0';
    do {
        digits[--n] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    if (asked[0] == '\x1f') return strcmp(digits + n, asked + 1) == 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i] != NULL && strcmp(names[i], asked) == 0) return 1;
    return strcmp(digits + n, asked) == 0;
}

static const char *name_of(const ic_stat_set *set) {
    return set->name != NULL         ? set->name
           : set->label.text != NULL ? set->label.text
           : set->href.text != NULL  ? set->href.text
                                     : "without a name";
}

static void list_sets(const ic_stat *s, char *text, size_t size) {
    size_t used = 0;
    for (size_t i = 0; i < s->n_sets && used + 70 < size; i++) {
        const char *name = name_of(&s->sets[i]);
        if (i > 0) {
            memcpy(text + used, ", ", 2);
            used += 2;
        }
        text[used++] = '"';
        ic_quote(text + used, 60, name, strlen(name));
        used += strlen(text + used);
        text[used++] = '"';
    }
    text[used] = '\0';
}

/* Dimensions are ids, or else all that are described. */
static size_t n_dims(const ic_stat_set *set) { return set->has_ids ? set->n_ids : set->names.count; }
static uint32_t dim_at(const ic_stat_set *set, size_t d) { return set->has_ids ? set->ids[d] : (uint32_t)d; }

/* Whether all data sets have the same dimensions, in whatever order. */
static int same_dimensions(const ic_stat *s) {
    const ic_stat_set *first = &s->sets[0];
    for (size_t i = 1; i < s->n_sets; i++) {
        const ic_stat_set *set = &s->sets[i];
        if (n_dims(set) != n_dims(first) || n_dims(set) > IC_STAT_ALIKE) return 0;
        for (size_t d = 0; d < n_dims(set); d++) {
            const ic_text *name = &set->names.items[dim_at(set, d)];
            const uint32_t number = ic_intern_find(&first->names, name->text, name->length);
            size_t k = 0;
            while (k < n_dims(first) && dim_at(first, k) != number) k++;
            if (k == n_dims(first)) return 0;
        }
    }
    return 1;
}

/* The caller reads the others one by one, and puts them together. */
static ic_status name_sets(ic_stat *s) {
    for (size_t i = 0; i < s->n_sets; i++) {
        char text[100];
        const int n = snprintf(text, sizeof text, "%zu ", i);
        ic_quote(text + n, sizeof text - (size_t)n, name_of(&s->sets[i]), strlen(name_of(&s->sets[i])));
        IC_TRY(ic_dataset_note(s->dataset, "datasets", text, strlen(text), 1));
    }
    return IC_OK;
}

static ic_status choose(ic_stat *s) {
    char names[IC_MESSAGE_SIZE / 2] = "", word[60];
    const char *asked = s->options->dataset;
    size_t found = 0;
    for (size_t i = 0; i < s->n_sets; i++) {
        if (asked != NULL && !is_called(&s->sets[i], i, asked)) continue;
        if (found++ == 0) s->set = &s->sets[i];
    }
    list_sets(s, names, sizeof names);
    if (asked != NULL && found != 1)
        return ic_fail(s->error, IC_ARGUMENT, "dataset=\"%s\": %s; the file has %s",
                       ic_quote(word, sizeof word, asked, strlen(asked)),
                       found == 0 ? "there is no such data set" : "several data sets are called so",
                       s->n_sets == 0 ? "none" : names);
    s->several = asked == NULL && found > 1 && same_dimensions(s);
    if (found == 1 || s->several) return IC_OK;
    s->error->line = s->error->column = 1;
    if (found > 1)
        return ic_fail(s->error, IC_FORMAT, "expected one data set, not %zu: %s (dataset= says which)", found, names);
    if (s->links > 0)
        return ic_fail(s->error, IC_FORMAT, "expected a data set, not a collection of %llu links without one",
                       (unsigned long long)s->links);
    return ic_fail(s->error, IC_FORMAT, "expected a data set, an object with \"dimension\" and \"value\"");
}

/* ---- the reading --------------------------------------------------------------------------------------------------------------- */

static ic_status check_options(const ic_options *options, ic_error *error) {
    const char *word = options->attributes.count > 0                      ? "attributes"
                       : options->measures.count > 0                      ? "measures"
                       : options->dims.count > 0                          ? "dims"
                       : options->separator != 0                          ? "separator"
                       : options->decimal != 0 && options->decimal != '.' ? "decimal"
                                                                          : NULL;
    return word == NULL ? IC_OK : ic_fail(error, IC_ARGUMENT, "%s=: json-stat has no choice of it", word);
}

static ic_status read_all(ic_stat *s) {
    ic_json *json = &s->json;
    IC_TRY(next(s));
    if (json->event != IC_JSON_OBJECT) return ic_json_expected(json, "", "an object", s->error);
    IC_TRY(ic_stat_object(s, NULL, 3));
    IC_TRY(next(s)); /* nothing but white space is left */
    IC_TRY(choose(s));
    for (size_t i = 0; s->quick && i < s->n_sets; i++) /* what nobody reads is looked at all the same */
        if (&s->sets[i] != s->set) IC_TRY(check_set(s, &s->sets[i]));
    IC_TRY(ic_stat_settle(s, s->set));
    IC_TRY(ic_stat_cells(s));
    IC_TRY(ic_dense_finish(&s->dense, s->dataset, s->options));
    for (int c = 0; c < 256; c++) {
        char letter = (char)c;
        IC_TRY(ic_dataset_note(s->dataset, "unknown_flags", &letter, 1, s->unknown_marks[c]));
    }
    if (s->several) IC_TRY(name_sets(s));
    return ic_stat_finish(s, s->set);
}

static ic_status read_once(const ic_source *source, const ic_options *options, int quick, ic_dataset *dataset,
                           ic_error *error) {
    ic_stat s = {.options = options, .quick = quick, .dataset = dataset, .error = error};
    ic_status status = ic_json_open(&s.json, source, 0, (size_t)options->limits.line, error);
    if (status == IC_OK) status = read_all(&s);
    for (size_t i = 0; i < s.n_sets; i++) free_set(&s.sets[i]);
    ic_free(s.sets);
    ic_dense_free(&s.dense);
    ic_json_close(&s.json);
    ic_arena_free(&s.arena);
    return status;
}

ic_status ic_json_stat_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error) {
    ic_status status = check_options(options, error);
    if (status != IC_OK) return status;
    int quick = source->seekable && !options->plain;
    status = read_once(source, options, quick, dataset, error);
    if (quick && (status == IC_FORMAT || status == IC_LIMIT || status == IC_UNSUPPORTED || status == IC_ARGUMENT)) {
        ic_dataset_free(dataset); /* once more, to tell what it is and where */
        *error = (ic_error){0};
        status = read_once(source, options, 0, dataset, error);
    }
    if (status == IC_STOPPED) return ic_fail(error, status, "stopped");
    return status == IC_MEMORY ? ic_fail_memory(error) : status;
}
