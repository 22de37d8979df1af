/* What is said about observations: attributes at every level, by group, and annotations. */
#include "core/read/marks.h"
#include "core/read/sdmx_json_rows.h"

#include <string.h>

typedef ic_sj_rows_part part;

static ic_status next(part *p) { return ic_json_next(p->json, p->error); }
static ic_status pass(part *p) { return ic_json_pass(p->json, p->error); }

static ic_status expected(part *p, const char *where, const char *what) {
    return ic_json_expected(p->json, where, what, p->error);
}

/* ---- attributes ----------------------------------------------------------------------------------------------- */

static ic_status add_text(part *p, const char *text, size_t length) {
    void *scratch = p->scratch;
    ic_status status = ic_grow(&scratch, &p->scratch_room, p->scratch_length + length + 3, 1);
    p->scratch = scratch;
    IC_TRY(status);
    if (p->scratch_length > 0) {
        memcpy(p->scratch + p->scratch_length, "; ", 2);
        p->scratch_length += 2;
    }
    memcpy(p->scratch + p->scratch_length, text, length);
    p->scratch_length += length;
    return IC_OK;
}

/* "expected a position below 3" */
ic_status ic_sj_no_such_value(part *p, const ic_text *id, size_t n) {
    char what[48] = "a position below ", digits[24];
    size_t d = sizeof digits, used = strlen(what);
    do {
        digits[--d] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    memcpy(what + used, digits + d, sizeof digits - d);
    what[used + sizeof digits - d] = '\0';
    return expected(p, id->text, what);
}

/* The event is a value of an attribute, or the begin of several: its text into the scratch; *there is 0 for null. `annotation`:
   the numbers stand for the structure's annotations. */
static ic_status value_text(part *p, const ic_sj_component *attribute, int annotation, int *there) {
    ic_json *json = p->json;
    const ic_text annotations = {"annotations", 11, 0};
    int coded = annotation || attribute->coded;
    size_t n = annotation ? p->structure->n_annotations : attribute->n_values;
    const ic_text *id = annotation ? &annotations : &attribute->id;
    *there = 0;
    p->scratch_length = 0;
    size_t brackets = 0;
    do {
        uint64_t number = 0;
        ic_text text = {0};
        if (json->event == IC_JSON_NUMBER && coded) {
            IC_TRY(ic_sj_whole(p->s, "a position, a whole number", &number));
            if (number >= n) return ic_sj_no_such_value(p, id, n);
            text = annotation ? p->structure->annotations[number] : attribute->values[number].id;
            if (text.length > 0 || annotation) IC_TRY(add_text(p, text.text, text.length));
            *there |= text.length > 0;
        } else if (json->event == IC_JSON_STRING || json->event == IC_JSON_NUMBER) {
            if (json->length > 0 && memchr(json->text, '\0', json->length) != NULL)
                return expected(p, id->text, "a text without NUL");
            IC_TRY(add_text(p, json->text, json->length));
            *there = 1;
        } else if (json->event == IC_JSON_TRUE || json->event == IC_JSON_FALSE) {
            int yes = json->event == IC_JSON_TRUE;
            IC_TRY(add_text(p, yes ? "true" : "false", yes ? 4 : 5));
            *there = 1;
        } else if (json->event == IC_JSON_OBJECT) {
            IC_TRY(ic_sj_localised(p->s, &text));
            if (text.length > 0) IC_TRY(add_text(p, text.text, text.length));
            *there |= text.length > 0;
        } else if (json->event == IC_JSON_ARRAY) {
            brackets++;
        } else if (json->event == IC_JSON_ARRAY_END) {
            brackets--;
        }
        if (brackets > 0) IC_TRY(next(p));
    } while (brackets > 0);
    return IC_OK;
}

static int asked_for(const part *p, size_t column) {
    const ic_texts *asked = &p->s->options->attributes;
    const ic_text *name = &p->s->attributes.items[column];
    for (size_t i = 0; i < asked->count; i++)
        if (asked->lengths[i] == name->length && memcmp(asked->texts[i], name->text, name->length) == 0) return 1;
    return 0;
}

/* The number of the scratch's text among the values of a column. */
static ic_status number_value(part *p, size_t column, uint32_t *number) {
    ic_intern *values = &p->sink->attributes[column];
    *number = IC_ABSENT;
    if (p->sink->varied[column]) return IC_OK;
    if (values->count >= IC_VALUES_MOST && !asked_for(p, column)) {
        *number = ic_intern_find(values, p->scratch, p->scratch_length);
        if (*number == IC_ABSENT) p->sink->varied[column] = 1;
        return IC_OK;
    }
    return ic_intern_add(values, p->scratch, p->scratch_length, number);
}

/* The scratch is the text of a value. */
static ic_status take_scratch(part *p, const ic_sj_component *attribute, uint32_t *numbers, uint32_t *flags) {
    if (attribute->concept == IC_CONCEPT_STATUS)
        *flags |= ic_marks_read(p->scratch, p->scratch_length, p->sink->unknown_marks);
    if (attribute->concept == IC_CONCEPT_CONFIDENTIAL) *flags |= ic_marks_confidential(p->scratch, p->scratch_length);
    return attribute->column == IC_SJ_NONE ? IC_OK : number_value(p, attribute->column, &numbers[attribute->column]);
}

ic_status ic_sj_read_attribute(part *p, const ic_sj_component *attribute, uint32_t *numbers, uint32_t *flags) {
    int there = 0;
    IC_TRY(value_text(p, attribute, 0, &there));
    return there ? take_scratch(p, attribute, numbers, flags) : IC_OK;
}

ic_status ic_sj_take_value(part *p, const ic_sj_component *attribute, size_t v, uint32_t *numbers, uint32_t *flags) {
    const ic_text *text = &attribute->values[v].id;
    p->scratch_length = 0;
    if (text->length == 0) return IC_OK;
    IC_TRY(add_text(p, text->text, text->length));
    return take_scratch(p, attribute, numbers, flags);
}

ic_status ic_sj_read_annotations(part *p, uint32_t *numbers) {
    int there = 0;
    if (p->s->annotations == IC_SJ_NONE) return pass(p);
    IC_TRY(value_text(p, NULL, 1, &there));
    return there ? number_value(p, p->s->annotations, &numbers[p->s->annotations]) : IC_OK;
}

/* The event is "attributes" of a series or data set: an array of values. */
ic_status ic_sj_read_attributes(part *p, const ic_sj_list *list, uint32_t *numbers, uint32_t *flags) {
    if (p->json->event == IC_JSON_NULL) return IC_OK;
    if (p->json->event != IC_JSON_ARRAY) return expected(p, "attributes", "an array");
    for (size_t i = 0;; i++) {
        IC_TRY(next(p));
        if (p->json->event == IC_JSON_ARRAY_END) return IC_OK;
        if (i >= list->n) return expected(p, "attributes", "no more values than attributes in the structure");
        IC_TRY(ic_sj_read_attribute(p, &list->items[i], numbers, flags));
    }
}

/* ---- groups -------------------------------------------------------------------------------------------------------- */

static size_t n_positions(const part *p) {
    return ic_sj_dims_of(p, IC_SJ_DATASET) + ic_sj_dims_of(p, IC_SJ_SERIES) + ic_sj_dims_of(p, IC_SJ_OBSERVATION);
}

/* The positions that a mask picks, one behind the other. */
static size_t pick(const part *p, uint64_t mask, const uint32_t *positions, uint32_t *to) {
    size_t n = 0;
    for (size_t d = 0; d < n_positions(p); d++)
        if (mask >> d & 1) to[n++] = positions[d];
    return n;
}

/* What the groups say about a row, or about all rows of a series. */
ic_status ic_sj_of_groups(part *p, int of_rows, uint32_t *numbers) {
    const ic_sj_list *attributes = &p->structure->attributes[IC_SJ_GROUP];
    uint32_t key[64];
    for (size_t g = 0; g < p->n_groups; g++) {
        const ic_sj_groups *groups = &p->groups[g];
        if (groups->of_rows != of_rows) continue;
        size_t n = pick(p, groups->mask, p->positions, key);
        uint32_t found = ic_intern_find(&groups->keys, (const char *)key, n * sizeof *key);
        for (size_t a = 0; found != IC_ABSENT && a < attributes->n; a++) {
            uint32_t number = groups->numbers[found * attributes->n + a];
            size_t column = attributes->items[a].column;
            if (number != IC_ABSENT && column != IC_SJ_NONE) numbers[column] = number;
        }
    }
    return IC_OK;
}

/* The event is a group's key, "0::3": which dimensions, and their positions. */
static ic_status read_group_key(part *p, uint64_t *mask, uint32_t *positions) {
    const ic_json *json = p->json;
    size_t i = 0, n = n_positions(p), d = 0;
    *mask = 0;
    for (int l = 0; l < IC_SJ_LEVELS; l++) {
        for (size_t k = 0; k < p->structure->dims[l].n; k++, d++) {
            const ic_sj_component *dim = &p->structure->dims[l].items[k];
            uint64_t position = 0;
            size_t start = i;
            while (i < json->length && i - start < 10 && json->text[i] >= '0' && json->text[i] <= '9')
                position = 10 * position + (uint64_t)(json->text[i++] - '0');
            int ends = i == json->length ? d + 1 == n : d + 1 < n && json->text[i] == ':';
            if (!ends) return expected(p, "", "a group's key with a place for each dimension, such as \"0::1\"");
            if (i > start && position >= dim->n_values) return ic_sj_no_such_value(p, &dim->id, dim->n_values);
            if (i > start) {
                positions[d] = (uint32_t)position;
                *mask |= UINT64_C(1) << d;
            }
            i++;
        }
    }
    return IC_OK;
}

static ic_status groups_of(part *p, uint64_t mask, ic_sj_groups **groups) {
    size_t g = 0;
    while (g < p->n_groups && p->groups[g].mask != mask) g++;
    if (g == IC_SJ_GROUPS) {
        ic_json_place(p->json, p->json->offset, p->error);
        return ic_fail(p->error, IC_LIMIT, "groups of more than %d sets of dimensions", IC_SJ_GROUPS);
    }
    if (g == p->n_groups)
        p->groups[p->n_groups++] =
            (ic_sj_groups){.mask = mask, .of_rows = mask >> ic_sj_base_of(p, IC_SJ_OBSERVATION) != 0};
    *groups = &p->groups[g];
    return IC_OK;
}

ic_status ic_sj_read_groups(part *p) {
    const ic_sj_list *attributes = &p->structure->attributes[IC_SJ_GROUP];
    uint32_t positions[64] = {0}, key[64], number = 0, flags = 0;
    if (p->json->event != IC_JSON_OBJECT) return pass(p);
    uint32_t *values = ic_arena_take(&p->s->arena, (p->sink->n_attributes + 1) * sizeof *values);
    if (values == NULL) return IC_MEMORY;
    for (;;) {
        uint64_t mask = 0;
        ic_sj_groups *groups = NULL;
        IC_TRY(next(p));
        if (p->json->event == IC_JSON_OBJECT_END) return IC_OK;
        IC_TRY(read_group_key(p, &mask, positions));
        IC_TRY(groups_of(p, mask, &groups));
        size_t n = pick(p, mask, positions, key), known = groups->keys.count;
        IC_TRY(ic_intern_add(&groups->keys, (const char *)key, n * sizeof *key, &number));
        IC_TRY(next(p));
        memset(values, 0xFF, p->sink->n_attributes * sizeof *values);
        IC_TRY(ic_sj_read_attributes(p, attributes, values, &flags));
        if (number < known) continue; /* once more: the first one counts */
        void *numbers = groups->numbers;
        ic_status status = ic_grow(&numbers, &groups->room, (known + 1) * (attributes->n + 1), sizeof *groups->numbers);
        groups->numbers = numbers;
        IC_TRY(status);
        for (size_t a = 0; a < attributes->n; a++) {
            size_t column = attributes->items[a].column;
            groups->numbers[known * attributes->n + a] = column == IC_SJ_NONE ? IC_ABSENT : values[column];
        }
    }
}
