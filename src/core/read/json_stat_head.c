/* What describes a data set: its dimensions, their categories, units, hierarchies and notes, in whatever order they come. */
#include "core/read/json_stat.h"
#include "core/number/number.h"

#include <string.h>

static int is(const ic_json *json, const char *word) {
    return json->length == strlen(word) && memcmp(json->text, word, json->length) == 0;
}

static ic_status expected(ic_stat *s, const char *where, const char *what) {
    return ic_json_expected(&s->json, where, what, s->error);
}

static ic_status next(ic_stat *s) { return ic_json_next(&s->json, s->error); }

ic_status ic_stat_text(ic_stat *s, const char *what, ic_text *text) {
    ic_json *json = &s->json;
    if (json->event != IC_JSON_STRING && json->event != IC_JSON_KEY && json->event != IC_JSON_NUMBER)
        return expected(s, "", what);
    for (size_t i = 0; i < json->length; i++) {
        if (json->text[i] != '\0' && json->text[i] != '\x1e' && json->text[i] != '\x1f') continue;
        ic_json_place(json, json->offset, s->error);
        return ic_fail(s->error, IC_FORMAT, "expected %s, not a text with a control character", what);
    }
    char *copy = ic_arena_text(&s->arena, json->text, json->length);
    if (copy == NULL) return IC_MEMORY;
    *text = (ic_text){copy, (uint32_t)json->length, 0};
    return IC_OK;
}

ic_status ic_stat_whole(ic_stat *s, const char *what, uint64_t *number) {
    const ic_json *json = &s->json;
    int text = json->event == IC_JSON_NUMBER || json->event == IC_JSON_STRING;
    uint64_t n = 0;
    if (!text || json->length == 0 || json->length > 18) return expected(s, "", what);
    for (size_t i = 0; i < json->length; i++) {
        if (json->text[i] < '0' || json->text[i] > '9') return expected(s, "", what);
        n = 10 * n + (uint64_t)(json->text[i] - '0');
    }
    *number = n;
    return IC_OK;
}

static ic_status append(char **buffer, size_t *length, size_t *room, const char *text, size_t n) {
    void *grown = *buffer;
    ic_status status = ic_grow(&grown, room, *length + n + 1, 1);
    *buffer = grown;
    IC_TRY(status);
    memcpy(*buffer + *length, text, n);
    *length += n;
    return IC_OK;
}

/* ---- dimensions -------------------------------------------------------------------------------------------------- */

/* The dimension that the event names, new or known. */
static ic_status named(ic_stat *s, ic_stat_set *set, uint32_t *number) {
    ic_text name = {0};
    size_t known = set->names.count;
    IC_TRY(ic_stat_text(s, "the name of a dimension", &name));
    IC_TRY(ic_intern_add(&set->names, name.text, name.length, number));
    if (*number < known) return IC_OK;
    if (known >= s->options->limits.columns) {
        ic_json_place(&s->json, s->json.offset, s->error);
        return ic_fail(s->error, IC_LIMIT, "more than %llu dimensions (limits={\"columns\": ...} allows more)",
                       (unsigned long long)s->options->limits.columns);
    }
    void *dims = set->dims;
    ic_status status = ic_grow(&dims, &set->dims_room, known + 1, sizeof *set->dims);
    set->dims = dims;
    IC_TRY(status);
    set->dims[known] = (ic_stat_dim){.name = name.text};
    return IC_OK;
}

ic_status ic_stat_ids(ic_stat *s, ic_stat_set *set) {
    if (s->json.event != IC_JSON_ARRAY) return expected(s, "id", "an array of names");
    for (;;) {
        uint32_t number;
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_ARRAY_END) break;
        if (s->json.event != IC_JSON_STRING) return expected(s, "id", "the name of a dimension");
        IC_TRY(named(s, set, &number));
        void *ids = set->ids;
        ic_status status = ic_grow(&ids, &set->ids_room, set->n_ids + 1, sizeof *set->ids);
        set->ids = ids;
        IC_TRY(status);
        for (size_t i = 0; i < set->n_ids && i < 64; i++)
            if (set->ids[i] == number) return expected(s, "id", "names that are all different");
        set->ids[set->n_ids++] = number;
    }
    set->has_ids = 1;
    return IC_OK;
}

ic_status ic_stat_sizes(ic_stat *s, ic_stat_set *set) {
    if (s->json.event != IC_JSON_ARRAY) return expected(s, "size", "an array of numbers");
    set->size_place = ic_json_here(&s->json);
    for (;;) {
        uint64_t size = 0;
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_ARRAY_END) break;
        IC_TRY(ic_stat_whole(s, "a size, a whole number", &size));
        void *sizes = set->sizes;
        ic_status status = ic_grow(&sizes, &set->sizes_room, set->n_sizes + 1, sizeof *set->sizes);
        set->sizes = sizes;
        IC_TRY(status);
        set->sizes[set->n_sizes++] = size;
    }
    set->has_sizes = 1;
    return IC_OK;
}

ic_status ic_stat_roles(ic_stat *s, ic_stat_set *set) {
    if (s->json.event == IC_JSON_NULL) return IC_OK;
    if (s->json.event != IC_JSON_OBJECT) return expected(s, "role", "an object");
    for (;;) {
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_OBJECT_END) return IC_OK;
        int time = is(&s->json, "time");
        IC_TRY(next(s));
        if (!time || s->json.event != IC_JSON_ARRAY) {
            IC_TRY(ic_json_pass(&s->json, s->error));
            continue;
        }
        for (;;) {
            uint32_t number;
            IC_TRY(next(s));
            if (s->json.event == IC_JSON_ARRAY_END) break;
            if (s->json.event != IC_JSON_STRING) return expected(s, "role", "the name of a dimension");
            IC_TRY(named(s, set, &number));
            set->dims[number].said_time = 1;
        }
    }
}

/* ---- notes ---------------------------------------------------------------------------------------------------------- */

static ic_status keep_note(ic_stat *s, ic_stat_set *set, const char *about, const char *code) {
    if (s->json.event != IC_JSON_STRING) return ic_json_pass(&s->json, s->error);
    ic_text text;
    IC_TRY(ic_stat_text(s, "a note", &text));
    char **buffer = &set->notes;
    size_t *length = &set->notes_length, *room = &set->notes_room;
    if (*length > 0) IC_TRY(append(buffer, length, room, "\n", 1));
    if (about[0] != '\0') IC_TRY(append(buffer, length, room, about, strlen(about)));
    if (code[0] != '\0') {
        IC_TRY(append(buffer, length, room, "=", 1));
        IC_TRY(append(buffer, length, room, code, strlen(code)));
    }
    if (about[0] != '\0') IC_TRY(append(buffer, length, room, ": ", 2));
    return append(buffer, length, room, text.text, text.length);
}

ic_status ic_stat_note(ic_stat *s, ic_stat_set *set, const char *about) {
    int object = s->json.event == IC_JSON_OBJECT;
    if (!object && s->json.event != IC_JSON_ARRAY) return keep_note(s, set, about, "");
    for (;;) {
        ic_text code = {"", 0, 0};
        IC_TRY(next(s));
        if (s->json.event == (object ? IC_JSON_OBJECT_END : IC_JSON_ARRAY_END)) return IC_OK;
        if (object) {
            IC_TRY(ic_stat_text(s, "a code", &code));
            IC_TRY(next(s));
        }
        if (s->json.event != IC_JSON_ARRAY) {
            IC_TRY(keep_note(s, set, about, code.text));
            continue;
        }
        for (;;) { /* the notes of one code */
            IC_TRY(next(s));
            if (s->json.event == IC_JSON_ARRAY_END) break;
            IC_TRY(keep_note(s, set, about, code.text));
        }
    }
}

/* ---- categories ------------------------------------------------------------------------------------------------------- */

/* The category that the event names, new or known. */
static ic_status coded(ic_stat *s, ic_stat_dim *dim, uint32_t *number) {
    ic_text code = {0};
    IC_TRY(ic_stat_text(s, "a code", &code));
    size_t known = dim->codes.count;
    if (known >= s->options->limits.cells) {
        ic_json_place(&s->json, s->json.offset, s->error);
        return ic_fail(s->error, IC_LIMIT, "more than %llu codes (limits={\"cells\": ...} allows more)",
                       (unsigned long long)s->options->limits.cells);
    }
    IC_TRY(ic_intern_add(&dim->codes, code.text, code.length, number));
    if (*number < known) return IC_OK;
    void *about = dim->about;
    ic_status status = ic_grow(&about, &dim->room, known + 1, sizeof *dim->about);
    dim->about = about;
    IC_TRY(status);
    dim->about[known] = (ic_stat_code){.multiplier = INT16_MIN, .decimals = -1, .position = IC_NOWHERE};
    return IC_OK;
}

static ic_status twice(ic_stat *s, const ic_stat_dim *dim) {
    char name[60], code[60];
    ic_json_place(&s->json, s->json.offset, s->error);
    return ic_fail(s->error, IC_FORMAT, "%s: expected codes that are all different, not \"%s\" once more",
                   ic_quote(name, sizeof name, dim->name, strlen(dim->name)),
                   ic_quote(code, sizeof code, s->json.text, s->json.length));
}

static ic_status read_index(ic_stat *s, ic_stat_dim *dim) {
    int object = s->json.event == IC_JSON_OBJECT;
    if (!object && s->json.event != IC_JSON_ARRAY) return expected(s, "index", "an array of codes, or an object");
    if (dim->indexed) return expected(s, dim->name, "one index");
    for (;;) {
        uint32_t number;
        uint64_t position = dim->n;
        IC_TRY(next(s));
        if (s->json.event == (object ? IC_JSON_OBJECT_END : IC_JSON_ARRAY_END)) break;
        if (!object && s->json.event != IC_JSON_STRING && s->json.event != IC_JSON_NUMBER)
            return expected(s, "index", "a code");
        IC_TRY(coded(s, dim, &number));
        if (dim->about[number].position != IC_NOWHERE) return twice(s, dim);
        if (object) {
            IC_TRY(next(s));
            IC_TRY(ic_stat_whole(s, "the position of a code, a whole number", &position));
        }
        dim->about[number].position = position;
        dim->n++;
    }
    dim->indexed = 1;
    return IC_OK;
}

static ic_status read_labels(ic_stat *s, ic_stat_dim *dim) {
    if (s->json.event != IC_JSON_OBJECT) return ic_json_pass(&s->json, s->error);
    for (;;) {
        uint32_t number;
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_OBJECT_END) return IC_OK;
        IC_TRY(coded(s, dim, &number));
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_STRING || s->json.event == IC_JSON_NUMBER)
            IC_TRY(ic_stat_text(s, "a label", &dim->about[number].label));
        else
            IC_TRY(ic_json_pass(&s->json, s->error));
    }
}

static ic_status small_number(ic_stat *s, long least, long most, long *number) {
    ic_number value;
    int is_number = (s->json.event == IC_JSON_NUMBER || s->json.event == IC_JSON_STRING) &&
                    ic_number_parse(s->json.text, s->json.length, NULL, &value);
    if (!is_number) return ic_json_pass(&s->json, s->error);
    if (value.value >= (double)least && value.value <= (double)most && value.value == (double)(long)value.value)
        *number = (long)value.value;
    return IC_OK;
}

static ic_status read_unit(ic_stat *s, ic_stat_code *about) {
    ic_text label = {0}, base = {0}, symbol = {0};
    if (s->json.event == IC_JSON_STRING) return ic_stat_text(s, "a unit", &about->unit);
    if (s->json.event != IC_JSON_OBJECT) return ic_json_pass(&s->json, s->error);
    for (;;) {
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_OBJECT_END) break;
        ic_text *text = is(&s->json, "label")    ? &label
                        : is(&s->json, "base")   ? &base
                        : is(&s->json, "symbol") ? &symbol
                                                 : NULL;
        int decimals = is(&s->json, "decimals"), multiplier = is(&s->json, "multiplier");
        long number = INT16_MIN;
        IC_TRY(next(s));
        if (decimals || multiplier) {
            IC_TRY(small_number(s, decimals ? 0 : -126, 126, &number));
            if (number != INT16_MIN && decimals) about->decimals = (int8_t)number;
            if (multiplier) about->multiplier = (int16_t)number;
        } else if (text != NULL && s->json.event == IC_JSON_STRING) {
            IC_TRY(ic_stat_text(s, "a unit", text));
        } else {
            IC_TRY(ic_json_pass(&s->json, s->error));
        }
    }
    about->unit = label.length > 0 ? label : base.length > 0 ? base : symbol;
    about->base = base;
    return IC_OK;
}

ic_status ic_stat_extension(ic_stat *s, ic_stat_set *set) {
    for (;;) {
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_OBJECT_END) return IC_OK;
        int unit = is(&s->json, "unit");
        IC_TRY(next(s));
        IC_TRY(unit && s->json.event == IC_JSON_OBJECT ? read_unit(s, &set->all) : ic_json_pass(&s->json, s->error));
    }
}

static ic_status read_units(ic_stat *s, ic_stat_dim *dim) {
    if (s->json.event != IC_JSON_OBJECT) return ic_json_pass(&s->json, s->error);
    for (;;) {
        uint32_t number;
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_OBJECT_END) return IC_OK;
        IC_TRY(coded(s, dim, &number));
        IC_TRY(next(s));
        IC_TRY(read_unit(s, &dim->about[number]));
    }
}

static ic_status read_children(ic_stat *s, ic_stat_dim *dim) {
    if (s->json.event != IC_JSON_OBJECT) return ic_json_pass(&s->json, s->error);
    char **buffer = &dim->children;
    size_t *length = &dim->children_length, *room = &dim->children_room;
    for (;;) {
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_OBJECT_END) return IC_OK;
        ic_text code = {0};
        IC_TRY(ic_stat_text(s, "a code", &code));
        if (*length > 0) IC_TRY(append(buffer, length, room, "\x1e", 1));
        IC_TRY(append(buffer, length, room, code.text, code.length));
        IC_TRY(next(s));
        if (s->json.event != IC_JSON_ARRAY) {
            IC_TRY(ic_json_pass(&s->json, s->error));
            continue;
        }
        for (;;) {
            IC_TRY(next(s));
            if (s->json.event == IC_JSON_ARRAY_END) break;
            IC_TRY(ic_stat_text(s, "a code", &code));
            IC_TRY(append(buffer, length, room, "\x1f", 1));
            IC_TRY(append(buffer, length, room, code.text, code.length));
        }
    }
}

static ic_status read_category(ic_stat *s, ic_stat_set *set, ic_stat_dim *dim) {
    if (s->json.event != IC_JSON_OBJECT) return expected(s, "category", "an object");
    for (;;) {
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_OBJECT_END) return IC_OK;
        ic_status (*read)(ic_stat *, ic_stat_dim *) = is(&s->json, "index")   ? read_index
                                                      : is(&s->json, "label") ? read_labels
                                                      : is(&s->json, "unit")  ? read_units
                                                      : is(&s->json, "child") ? read_children
                                                                              : NULL;
        int note = is(&s->json, "note");
        IC_TRY(next(s));
        if (read != NULL)
            IC_TRY(read(s, dim));
        else if (note)
            IC_TRY(ic_stat_note(s, set, dim->name));
        else
            IC_TRY(ic_json_pass(&s->json, s->error));
    }
}

static ic_status read_dimension(ic_stat *s, ic_stat_set *set, ic_stat_dim *dim) {
    if (dim->described) return expected(s, dim->name, "to be described once");
    dim->described = 1;
    dim->place = ic_json_here(&s->json);
    for (;;) {
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_OBJECT_END) return IC_OK;
        int category = is(&s->json, "category"), label = is(&s->json, "label"), note = is(&s->json, "note");
        ic_text text = {0};
        IC_TRY(next(s));
        if (category) {
            IC_TRY(read_category(s, set, dim));
        } else if (label && s->json.event == IC_JSON_STRING) {
            IC_TRY(ic_stat_text(s, "a label", &text));
            dim->label = text.text;
        } else if (note) {
            IC_TRY(ic_stat_note(s, set, dim->name));
        } else {
            IC_TRY(ic_json_pass(&s->json, s->error));
        }
    }
}

ic_status ic_stat_dimensions(ic_stat *s, ic_stat_set *set) {
    if (s->json.event != IC_JSON_OBJECT) return expected(s, "dimension", "an object");
    for (;;) {
        uint32_t number;
        char first;
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_OBJECT_END) return IC_OK;
        int ids = is(&s->json, "id"), sizes = is(&s->json, "size"), roles = is(&s->json, "role");
        ic_text name = {0};
        IC_TRY(ic_stat_text(s, "the name of a dimension", &name));
        IC_TRY(ic_json_peek(&s->json, &first, s->error));
        if (roles || ((ids || sizes) && first == '[')) { /* JSON-stat 1.x has them here */
            IC_TRY(next(s));
            IC_TRY(ids ? ic_stat_ids(s, set) : sizes ? ic_stat_sizes(s, set) : ic_stat_roles(s, set));
            continue;
        }
        s->json.text = name.text;
        s->json.length = name.length;
        IC_TRY(named(s, set, &number));
        IC_TRY(next(s));
        if (s->json.event != IC_JSON_OBJECT) return expected(s, name.text, "a dimension, an object");
        IC_TRY(read_dimension(s, set, &set->dims[number]));
    }
}
