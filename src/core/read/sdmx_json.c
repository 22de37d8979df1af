/* sdmx-json: messages of SDMX-JSON 1.0 and 2.0. The message is gone through once: its structures are read, and where the rows of
   its data sets start is remembered, since most providers write them before the structure that explains them. */
#include "core/read/parts.h"
#include "core/read/sdmx_json.h"
#include "core/syntax/json_chunks.h"

#include <string.h>

int ic_sdmx_json_sniff(const char *head, size_t length);
ic_status ic_sdmx_json_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error);

#define SETS_MOST 10000             /* data sets in one message */
#define TAIL_MOST ((size_t)1 << 20) /* bytes at a message's end in which its structure is looked for */

static int is(const ic_json *json, const char *word) {
    return json->length == strlen(word) && memcmp(json->text, word, json->length) == 0;
}

static ic_status next(ic_sj *s) { return ic_json_next(&s->json, s->error); }
static ic_status pass(ic_sj *s) { return ic_json_pass(&s->json, s->error); }

static ic_status expected(ic_sj *s, const char *where, const char *what) {
    return ic_json_expected(&s->json, where, what, s->error);
}

int ic_sdmx_json_sniff(const char *head, size_t length) {
    ic_span span = {head, length};
    ic_source source = {.context = &span, .read = ic_span_read, .size = length, .seekable = 1};
    ic_json json;
    ic_error error = {0};
    int sets = 0, header = 0, prepared = 0, sender = 0, structure = 0, schema = 0;
    size_t i = 0;
    while (i < length && i < 16 && memchr(" \n\r\t\xEF\xBB\xBF", head[i], 7) != NULL) i++;
    if (i == length || head[i] != '{') return 0;
    if (ic_json_open(&json, &source, 0, length + 64, &error) != IC_OK) {
        ic_json_close(&json);
        return 0;
    }
    while (ic_json_next(&json, &error) == IC_OK && json.event != IC_JSON_DONE) {
        if (json.event == IC_JSON_STRING)
            for (size_t k = 0; k + 13 < json.length && json.depth <= 2; k++)
                schema |= memcmp(json.text + k, "json.sdmx.org", 13) == 0;
        if (json.event != IC_JSON_KEY || json.depth > 2) continue;
        sets |= is(&json, "dataSets");
        structure |= is(&json, "structure") || is(&json, "structures");
        header |= json.depth == 1 && (is(&json, "header") || is(&json, "meta"));
        prepared |= is(&json, "prepared");
        sender |= is(&json, "sender");
    }
    ic_json_close(&json);
    return sets ? 97 : schema ? 95 : header && prepared && (sender || structure) ? 92 : 0;
}

/* ---- the message ---------------------------------------------------------------------------------------------------- */

static const char *before_blanks(const char *p, const char *start) {
    while (p > start && (p[-1] == ' ' || p[-1] == '\n' || p[-1] == '\r' || p[-1] == '\t')) p--;
    return p;
}

/* The last series of a message's only data set is followed by its structure: }}}], "structure". Finding that from behind is
   much less than going through all series; whoever reads them sees whether they really end there. */
static ic_status guess_end(ic_sj *s, ic_sj_place *place) {
    static const char closing[] = ",]}}}"; /* backwards: of the data sets, the set, the series, the last of them */
    const ic_source *source = s->json.source;
    const uint64_t left = source->size - place->offset;
    if (source->size == IC_SIZE_UNKNOWN || left < 4 * IC_PART_LEAST) return IC_OK;
    const size_t size = left < TAIL_MOST ? (size_t)left : TAIL_MOST;
    const uint64_t offset = source->size - size;
    char *text = ic_alloc_zeroed(size + 16, 1);
    if (text == NULL) return IC_MEMORY;
    const int64_t got = source->read(source->context, text, size, offset);
    for (const char *p = text + (got < 0 ? 0 : got), *key; place->end == 0 && p > text; p = key) {
        for (key = p - 1; key > text && memcmp(key, "\"structure", 10) != 0;) key--;
        const char *q = key;
        uint64_t end = 0;
        for (size_t i = 0; i < sizeof closing - 1 && q > text; i++) {
            q = before_blanks(q, text);
            if (q == text || q[-1] != closing[i]) {
                end = 0;
                break;
            }
            if (i == 3) end = offset + (uint64_t)(q - text);
            q--;
        }
        place->end = end;
    }
    ic_free(text);
    s->guessed = place->end != 0;
    return IC_OK;
}

static ic_status remember(ic_sj *s, ic_sj_place *place, int series) {
    if (s->json.event == IC_JSON_NULL) return IC_OK;
    place->there = 1;
    place->offset = s->json.offset;
    if (!s->quick || (s->json.event != IC_JSON_OBJECT && s->json.event != IC_JSON_ARRAY)) return pass(s);
    if (s->guess && series) IC_TRY(guess_end(s, place));
    if (place->end == 0) IC_TRY(ic_json_find_end(s->json.source, place->offset, &place->end));
    if (place->end == 0) return IC_FORMAT;
    ic_json_leap(&s->json, place->end);
    return IC_OK;
}

static ic_status read_set(ic_sj *s) {
    if (s->n_sets == SETS_MOST) {
        ic_json_place(&s->json, s->json.offset, s->error);
        return ic_fail(s->error, IC_LIMIT, "more than %d data sets in one message", SETS_MOST);
    }
    void *sets = s->sets;
    ic_status status = ic_grow(&sets, &s->sets_room, s->n_sets + 1, sizeof *s->sets);
    s->sets = sets;
    IC_TRY(status);
    ic_sj_set *set = &s->sets[s->n_sets++];
    *set = (ic_sj_set){.place = ic_json_here(&s->json)};
    for (;;) {
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_OBJECT_END) return IC_OK;
        ic_sj_place *place = is(&s->json, "series")                     ? &set->series
                             : is(&s->json, "observations")             ? &set->observations
                             : is(&s->json, "attributes")               ? &set->attributes
                             : is(&s->json, "dimensionGroupAttributes") ? &set->groups
                             : is(&s->json, "annotations")              ? &set->annotations
                                                                        : NULL;
        int structure = is(&s->json, "structure"), action = is(&s->json, "action"), links = is(&s->json, "links");
        int object = place == &set->series || place == &set->observations;
        IC_TRY(next(s));
        if (place != NULL) {
            if (object && s->json.event != IC_JSON_OBJECT && s->json.event != IC_JSON_NULL)
                return expected(s, place == &set->series ? "series" : "observations", "an object");
            if (place->there) return expected(s, "dataSets", "every part of a data set once");
            IC_TRY(remember(s, place, place == &set->series));
        } else if (structure && (s->json.event == IC_JSON_NUMBER || s->json.event == IC_JSON_STRING)) {
            IC_TRY(ic_sj_whole(s, "the number of a structure", &set->structure));
        } else if (action && s->json.event == IC_JSON_STRING) {
            IC_TRY(ic_sj_text(s, "an action", &set->action));
        } else if (links) {
            IC_TRY(ic_sj_links(s, &set->link));
        } else {
            IC_TRY(pass(s));
        }
    }
}

/* "dataSets", "structures": an array of objects, or (1.0's structure) one. */
static ic_status read_objects(ic_sj *s, ic_status (*read)(ic_sj *)) {
    if (s->json.event == IC_JSON_NULL) return IC_OK;
    if (s->json.event == IC_JSON_OBJECT) return read(s);
    if (s->json.event != IC_JSON_ARRAY) return expected(s, "", "an array of objects");
    for (;;) {
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_ARRAY_END) return IC_OK;
        if (s->json.event != IC_JSON_OBJECT) return expected(s, "", "an object");
        IC_TRY(read(s));
    }
}

static ic_status read_header(ic_sj *s) {
    if (s->json.event != IC_JSON_OBJECT) return pass(s);
    for (;;) {
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_OBJECT_END) return IC_OK;
        int prepared = is(&s->json, "prepared"), sender = is(&s->json, "sender");
        IC_TRY(next(s));
        if (prepared && s->json.event == IC_JSON_STRING) {
            IC_TRY(ic_sj_text(s, "a time", &s->prepared));
        } else if (sender && s->json.event == IC_JSON_OBJECT) {
            ic_text id = {0}, name = {0};
            for (;;) {
                IC_TRY(next(s));
                if (s->json.event == IC_JSON_OBJECT_END) break;
                ic_text *to = is(&s->json, "name") ? &name : is(&s->json, "id") ? &id : NULL;
                IC_TRY(next(s));
                IC_TRY(to != NULL ? ic_sj_localised(s, to) : pass(s));
            }
            s->sender = name.length > 0 ? name : id;
        } else {
            IC_TRY(pass(s));
        }
    }
}

/* "errors": the text of the first one. */
static ic_status read_errors(ic_sj *s) {
    if (s->json.event != IC_JSON_ARRAY) return pass(s);
    for (;;) {
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_ARRAY_END) return IC_OK;
        if (s->json.event == IC_JSON_STRING && s->failure.length == 0) {
            IC_TRY(ic_sj_text(s, "a text", &s->failure));
            continue;
        }
        if (s->json.event != IC_JSON_OBJECT) {
            IC_TRY(pass(s));
            continue;
        }
        for (;;) {
            IC_TRY(next(s));
            if (s->json.event == IC_JSON_OBJECT_END) break;
            int words = is(&s->json, "title") || is(&s->json, "titles") || is(&s->json, "detail") ||
                        is(&s->json, "details") || is(&s->json, "message");
            IC_TRY(next(s));
            IC_TRY(words && s->failure.length == 0 ? ic_sj_localised(s, &s->failure) : pass(s));
        }
    }
}

static ic_status read_message(ic_sj *s, int depth) {
    for (;;) {
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_OBJECT_END) return IC_OK;
        int sets = is(&s->json, "dataSets"), structures = is(&s->json, "structures") || is(&s->json, "structure");
        int data = depth == 0 && is(&s->json, "data"), errors = is(&s->json, "errors");
        int header = depth == 0 && (is(&s->json, "header") || is(&s->json, "meta"));
        IC_TRY(next(s));
        if (sets) {
            IC_TRY(ic_json_hold(&s->json, s->error));
            IC_TRY(read_objects(s, read_set));
        } else if (structures) {
            IC_TRY(read_objects(s, ic_sj_read_structure));
        } else if (data && s->json.event == IC_JSON_OBJECT) {
            IC_TRY(read_message(s, 1));
        } else if (errors) {
            IC_TRY(read_errors(s));
        } else if (header) {
            IC_TRY(read_header(s));
        } else {
            IC_TRY(pass(s));
        }
    }
}

/* ---- the result --------------------------------------------------------------------------------------------------------- */

static ic_status say(ic_sj *s, const char *name, const ic_text *text) {
    return text->length == 0 ? IC_OK : ic_dataset_say(s->dataset, name, text->text, text->length);
}

static ic_status finish(ic_sj *s, ic_sink *sinks, size_t n) {
    IC_TRY(ic_sj_plan_name(s));
    IC_TRY(ic_sinks_merge(s->dataset, &s->columns, sinks, n, s->options, s->json.source, 1, s->error));
    if (!s->has_time) s->dataset->freq = 0;
    size_t first = 0;
    while (first < s->n_sets && !s->chosen[first]) first++;
    const ic_sj_structure *structure = &s->structures[s->sets[first].structure];
    IC_TRY(say(s, "title", &structure->name));
    IC_TRY(say(s, "structure", structure->link.length > 0 ? &structure->link : &s->sets[first].link));
    IC_TRY(say(s, "sender", &s->sender));
    return say(s, "prepared", &s->prepared);
}

/* What nobody reads is looked at all the same. */
static ic_status check_set(ic_sj *s, const ic_sj_set *set) {
    const ic_sj_place *places[] = {&set->attributes, &set->groups, &set->annotations, &set->series, &set->observations};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (!places[i]->there || places[i]->end == 0) continue;
        ic_json_visit(&s->json, places[i]->offset);
        IC_TRY(next(s));
        IC_TRY(pass(s));
    }
    return IC_OK;
}

static ic_status read_all(ic_sj *s) {
    IC_TRY(next(s));
    if (s->json.event != IC_JSON_OBJECT) return expected(s, "", "an object");
    IC_TRY(read_message(s, 0));
    IC_TRY(next(s)); /* nothing but white space is left */
    if (s->guessed && s->n_sets > 1) return IC_FORMAT;
    IC_TRY(ic_sj_plan_make(s));
    for (size_t i = 0; s->quick && i < s->n_sets; i++)
        if (!s->chosen[i]) IC_TRY(check_set(s, &s->sets[i]));
    ic_sink *sinks = NULL;
    size_t n = 0;
    ic_status status = ic_sj_read_rows(s, &sinks, &n);
    if (status == IC_OK) status = finish(s, sinks, n);
    for (size_t i = 0; sinks != NULL && i < n; i++) ic_sink_close(&sinks[i]);
    ic_free(sinks);
    return status;
}

static ic_status check_options(const ic_options *options, ic_error *error) {
    const char *word = options->dims.count > 0                            ? "dims"
                       : options->separator != 0                          ? "separator"
                       : options->decimal != 0 && options->decimal != '.' ? "decimal"
                                                                          : NULL;
    return word == NULL ? IC_OK : ic_fail(error, IC_ARGUMENT, "%s=: sdmx-json has no choice of it", word);
}

static void free_list(ic_sj_list *list) {
    for (size_t i = 0; i < list->n; i++) ic_free(list->items[i].values);
    ic_free(list->items);
}

static ic_status read_once(const ic_source *source, const ic_options *options, int quick, int *guess,
                           ic_dataset *dataset, ic_error *error) {
    ic_sj s = {
        .source = source, .options = options, .quick = quick, .guess = *guess, .dataset = dataset, .error = error};
    ic_status status = ic_json_open(&s.json, source, 0, (size_t)options->limits.line, error);
    if (status == IC_OK) status = read_all(&s);
    for (size_t i = 0; i < s.n_structures; i++) {
        for (size_t l = 0; l < IC_SJ_LEVELS; l++) {
            free_list(&s.structures[i].dims[l]);
            free_list(&s.structures[i].attributes[l]);
        }
        free_list(&s.structures[i].measures);
        ic_free(s.structures[i].annotations);
    }
    *guess = s.guessed;
    ic_free(s.structures);
    ic_free(s.sets);
    ic_sj_plan_free(&s);
    ic_json_close(&s.json);
    ic_arena_free(&s.arena);
    return status;
}

ic_status ic_sdmx_json_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error) {
    ic_status status = check_options(options, error);
    if (status != IC_OK) return status;
    int quick = source->seekable && !options->plain, guess = quick;
    for (;;) {
        const int guesses = guess;
        status = read_once(source, options, quick, &guess, dataset, error);
        if (!quick || status == IC_OK || status == IC_MEMORY || status == IC_SOURCE || status == IC_STOPPED) break;
        ic_dataset_free(dataset); /* once more without guessing, or to tell what it is and where */
        *error = (ic_error){0};
        quick = guesses && guess;
        guess = 0;
    }
    if (status == IC_STOPPED) return ic_fail(error, status, "stopped");
    return status == IC_MEMORY ? ic_fail_memory(error) : status;
}
