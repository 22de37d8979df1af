/* SDMX-ML, element by element: what stands around an observation, until it ends. */
#include "core/base/utf8.h"
#include "core/number/number.h"
#include "core/read/marks.h"
#include "core/read/sdmx_ml.h"

#include <math.h>
#include <string.h>

static int is(const ic_ml_part *p, const char *word) {
    return ic_xml_is(p->xml.name + p->xml.prefix, p->xml.name_length - p->xml.prefix, word);
}

ic_status ic_ml_no_memory(ic_ml_part *p) { return ic_fail_memory(&p->error); }

ic_status ic_ml_at(ic_ml_part *p, const char *place) { return ic_xml_at(&p->xml, &p->error, place); }

static ic_status wrong(ic_ml_part *p, const char *message) {
    ic_fail(&p->error, IC_FORMAT, "%s", message);
    return ic_ml_at(p, p->xml.token);
}

/* ---- collected texts -------------------------------------------------------------------------------------- */

static int collects(ic_ml_kind kind) {
    switch (kind) {
    case IC_ML_HEADER_TEXT:
    case IC_ML_STRUCTURE_REF:
    case IC_ML_STRUCTURE_URN:
    case IC_ML_FOOTER_TEXT:
    case IC_ML_KEY_FAMILY:
    case IC_ML_TIME_TEXT:
    case IC_ML_COMPONENT_VALUE:
    case IC_ML_KEY_FIELD:
    case IC_ML_OBS_FIELD: return 1;
    default: return 0;
    }
}

static ic_status collect(ic_ml_part *p, const char *text, size_t length) {
    void *kept = p->text;
    ic_status status = ic_grow(&kept, &p->text_room, p->text_used + length + 1, 1);
    p->text = kept;
    if (status != IC_OK) return ic_ml_no_memory(p);
    if (length > 0) memcpy(p->text + p->text_used, text, length);
    p->text_used += length;
    p->text[p->text_used] = '\0';
    return IC_OK;
}

static ic_status keep_name(ic_ml_part *p, const char *name, size_t length) {
    void *kept = p->name;
    ic_status status = ic_grow(&kept, &p->name_room, length + 1, 1);
    p->name = kept;
    if (status != IC_OK) return ic_ml_no_memory(p);
    memcpy(p->name, name, length);
    p->name_length = length;
    return IC_OK;
}

static void trim(const char **text, size_t *length) {
    while (*length > 0 && (unsigned char)(*text)[0] <= ' ') ++*text, --*length;
    while (*length > 0 && (unsigned char)(*text)[*length - 1] <= ' ') --*length;
}

static ic_status on_text(ic_ml_part *p) {
    ic_ml_kind kind = (ic_ml_kind)p->frames[p->xml.depth].kind;
    if (collects(kind)) {
        if (p->text_pieces++ == 0) p->text_offset = p->xml.window.offset - p->xml.length;
        if (p->xml.text != p->xml.window.begin - p->xml.length) p->text_pieces++; /* not as it stands in the file */
        return collect(p, p->xml.text, p->xml.length);
    }
    if (kind == IC_ML_EMBEDDED) return ic_ml_embedded(p);
    if (kind < IC_ML_DATASET) return IC_OK;
    const char *text = p->xml.text;
    size_t length = p->xml.length;
    trim(&text, &length);
    return length == 0 ? IC_OK : wrong(p, "a text among the data; expected an element");
}

/* ---- pairs, periods and figures -------------------------------------------------------------------------- */

static ic_status set_time(ic_ml_part *p, const char *text, size_t length, const char *place) {
    trim(&text, &length);
    if (p->time_length > 0) {
        ic_fail(&p->error, IC_FORMAT, "a second period for one observation");
        return ic_ml_at(p, place);
    }
    ic_period period;
    char word[60];
    ic_period_result result = ic_period_parse(text, length, NULL, &period);
    if (length >= sizeof p->time || length == 0 || result == IC_PERIOD_NONE) {
        ic_fail(&p->error, IC_FORMAT, "expected a period, not \"%s\"", ic_quote(word, sizeof word, text, length));
        return ic_ml_at(p, place);
    }
    if (result == IC_PERIOD_UNSUPPORTED) {
        ic_fail(&p->error, IC_UNSUPPORTED, "the frequency of the period \"%s\" is not one of A, S, Q, M, W, D",
                ic_quote(word, sizeof word, text, length));
        return ic_ml_at(p, place);
    }
    memcpy(p->time, text, length);
    p->time_length = length;
    p->time_on_obs = p->in_obs;
    return IC_OK;
}

/* A field that the quick path may read: one that stands in the file as it was read. */
static void field(ic_ml_part *p, ic_ml_field_kind kind, uint64_t offset, size_t length, int plain) {
    if (!plain || p->n_fields == IC_ML_FIELDS)
        p->learnable = 0;
    else
        p->fields[p->n_fields++] = (ic_ml_field){offset, length, kind};
}

/* One component of whatever is open: by its word, a period, a figure, flags or a pair. `raw` is the value as it stands in the
   window, or NULL. */
static ic_status component(ic_ml_part *p, const char *name, size_t name_length, const char *value, size_t length,
                           const char *raw, size_t raw_length, const char *place, uint32_t met) {
    uint32_t number = 0;
    const int plain = raw == value && raw_length == length && raw != NULL;
    const uint64_t offset = raw == NULL ? 0 : p->xml.window.offset - (uint64_t)(p->xml.window.begin - raw);
    IC_TRY(ic_ml_concept_of(p, name, name_length, &number));
    ic_ml_concept *concept = &p->concepts[number];
    switch (concept->word) {
    case IC_ML_TIME:
        if (met & (IC_ML_ATTRIBUTES | IC_ML_ON_GROUP | IC_ML_ON_DATASET)) break;
        if (p->in_obs) field(p, IC_ML_FIELD_TIME, offset, length, plain);
        return set_time(p, value, length, place);
    case IC_ML_VALUE:
        if (!p->in_obs) break;
        IC_TRY(ic_ml_figure(p, concept->measure, value, length, place));
        if (!isnan(p->figures[concept->measure].value)) field(p, IC_ML_FIELD_VALUE, offset, length, plain);
        return IC_OK;
    case IC_ML_STATUS:
    case IC_ML_CONFIDENTIAL: {
        uint32_t flags;
        if (!p->in_obs && !p->in_series) break;
        const int letter = concept->word == IC_ML_STATUS && length == 1;
        flags = concept->word == IC_ML_STATUS ? ic_ml_status(p, value, length) : ic_marks_confidential(value, length);
        p->flags |= flags;
        if (letter && !concept->asked)
            field(p, IC_ML_FIELD_STATUS, offset, length, plain);
        else
            p->fixed_flags |= flags;
        if (!concept->asked) return IC_OK;
        break;
    }
    default: break;
    }
    if (length == 0 && concept->word != IC_ML_DIMENSION) return IC_OK;
    return ic_ml_pair_add(p, number, value, length, met);
}

static ic_status component_of(ic_ml_part *p, const ic_xml_attribute *a, uint32_t met) {
    return component(p, a->name, a->name_length, a->value, a->length, a->raw, a->raw_length, a->raw, met);
}

/* ---- structure-specific elements ---------------------------------------------------------------------------------- */

/* The measures, by the first observation that has figures: what is asked for; OBS_VALUE; or, since SDMX 3.0, the attributes
   behind the period that are numbers and not known for anything else. */
static ic_status find_measures(ic_ml_part *p) {
    ic_ml_head *head = p->head;
    uint32_t number = 0;
    int timed = p->time_length > 0;
    if (head->measured || p->options->measures.count > 0 || ic_ml_attribute(p, "OBS_VALUE") != NULL) return IC_OK;
    for (size_t i = 0; i < p->xml.n_attributes && head->version == 3; i++) {
        const ic_xml_attribute *a = &p->xml.attributes[i];
        ic_number figure;
        uint32_t concept = 0;
        if (a->prefix > 0) continue;
        IC_TRY(ic_ml_concept_of(p, a->name, a->name_length, &concept));
        timed |= p->concepts[concept].word == IC_ML_TIME;
        if (!timed || p->concepts[concept].word != IC_ML_DIMENSION || p->concepts[concept].freq ||
            (p->at_observation != NULL && ic_xml_is(a->name, a->name_length, p->at_observation)) ||
            !ic_number_parse(a->value, a->length, NULL, &figure))
            continue;
        if (head->measures.count == 1 && !head->measured) ic_intern_free(&head->measures);
        head->measured = 1;
        if (ic_intern_add(&head->measures, a->name, a->name_length, &number) != IC_OK) return ic_ml_no_memory(p);
        p->concepts[concept].word = IC_ML_VALUE;
        p->concepts[concept].measure = number;
    }
    return ic_ml_reserve_figures(p);
}

static ic_status on_attributes(ic_ml_part *p, uint32_t met) {
    uint32_t behind = 0;
    const uint32_t first = (uint32_t)p->n_pairs;
    int at_obs = 0;
    for (size_t i = 0; i < p->xml.n_attributes; i++) {
        const ic_xml_attribute *a = &p->xml.attributes[i];
        if (a->prefix > 0 || ic_xml_is(a->name, a->name_length, "xmlns")) continue;
        if (p->xml.depth == 2 && ic_ml_dataset_word(a->name, a->name_length)) continue;
        uint32_t number = 0, evidence = met | behind;
        IC_TRY(ic_ml_concept_of(p, a->name, a->name_length, &number));
        if (p->at_observation != NULL && (met & IC_ML_ON_OBS) &&
            ic_xml_is(a->name, a->name_length, p->at_observation)) {
            evidence |= IC_ML_AT_OBS;
            at_obs = 1;
        }
        const ic_ml_word word = p->concepts[number].word;
        IC_TRY(component_of(p, a, evidence));
        if (word != IC_ML_DIMENSION && word != IC_ML_TIME && p->head->root != IC_ML_CROSS) behind = IC_ML_BEHIND;
    }
    if ((met & IC_ML_ON_OBS) && p->in_series && p->time_on_obs) {
        for (size_t i = first; i < p->n_pairs; i++) { /* beside their period */
            uint32_t *all = &p->concepts[p->pairs[i].concept].met;
            *all |= IC_ML_BESIDE_TIME;
        }
    }
    const ic_xml_attribute *type = met & IC_ML_ON_OBS ? ic_ml_attribute(p, "type") : NULL;
    if (at_obs || type == NULL || type->prefix == 0 || p->at_observation == NULL || p->time_on_obs ||
        strcmp(p->at_observation, "AllDimensions") == 0 || strcmp(p->at_observation, "TIME_PERIOD") == 0)
        return IC_OK;
    /* an explicit measure: its code is the type's name */
    const char *colon = memchr(type->value, ':', type->length);
    const char *code = colon == NULL ? type->value : colon + 1;
    p->learnable = 0;
    return component(p, p->at_observation, strlen(p->at_observation), code, (size_t)(type->value + type->length - code),
                     NULL, 0, type->raw, IC_ML_KEY);
}

/* CrossSectionalData: <FLOWS value="1.5" .../>, whose name is the measure. */
static ic_status on_cross_obs(ic_ml_part *p) {
    p->learnable = 0;
    if (!is(p, "OBS_VALUE"))
        IC_TRY(component(p, "measure", 7, p->xml.name + p->xml.prefix, p->xml.name_length - p->xml.prefix, NULL, 0,
                         p->xml.token, IC_ML_KEY));
    for (size_t i = 0; i < p->xml.n_attributes; i++) {
        const ic_xml_attribute *a = &p->xml.attributes[i];
        if (a->prefix > 0 || ic_xml_is(a->name, a->name_length, "xmlns")) continue;
        if (ic_xml_is(a->name, a->name_length, "value"))
            IC_TRY(ic_ml_figure(p, 0, a->value, a->length, a->raw));
        else
            IC_TRY(component_of(p, a, IC_ML_ON_OBS));
    }
    return IC_OK;
}

/* ---- generic elements ------------------------------------------------------------------------------------------------ */

/* <Value id="FREQ" value="M"/>; in SDMX 2.0 concept= is id=. */
static ic_status on_value(ic_ml_part *p, uint32_t met) {
    const ic_xml_attribute *id = ic_ml_attribute(p, "id"), *value = ic_ml_attribute(p, "value");
    if (id == NULL) id = ic_ml_attribute(p, "concept");
    if (id == NULL || value == NULL) return wrong(p, "expected id= and value=");
    return component(p, id->value, id->length, value->value, value->length, value->raw, value->raw_length, value->raw,
                     met);
}

static ic_status on_obs_dimension(ic_ml_part *p) {
    const ic_xml_attribute *id = ic_ml_attribute(p, "id"), *value = ic_ml_attribute(p, "value");
    if (value == NULL) return wrong(p, "expected value=");
    const char *name = id != NULL ? id->value : p->at_observation != NULL ? p->at_observation : "TIME_PERIOD";
    size_t length = id != NULL ? id->length : strlen(name);
    return component(p, name, length, value->value, value->length, value->raw, value->raw_length, value->raw,
                     IC_ML_KEY);
}

static ic_status on_obs_value(ic_ml_part *p) {
    const ic_xml_attribute *value = ic_ml_attribute(p, "value");
    if (value == NULL) return IC_OK;
    return component(p, "OBS_VALUE", 9, value->value, value->length, value->raw, value->raw_length, value->raw, 0);
}

/* ---- where elements begin ---------------------------------------------------------------------------------------------- */

static void obs_start(ic_ml_part *p) {
    p->in_obs = 1;
    p->obs_offset = p->xml.window.offset - (uint64_t)(p->xml.window.begin - p->xml.token);
    p->obs_line = p->xml.token_line;
    p->n_fields = p->n_given = 0;
    p->time_on_obs = 0;
    p->fixed_flags = 0;
    p->status_length = 0;
    p->learnable = p->flags == 0;
    memset(p->given, 0, p->head->measures.count);
}

/* What the attributes of an element say about their concepts; in UtilityData, keys are elements. */
static uint32_t met_on(const ic_ml_part *p, uint32_t met) {
    if (p->head->root == IC_ML_UTILITY) return IC_ML_ATTRIBUTES;
    return p->head->root == IC_ML_CROSS && met < IC_ML_ON_SERIES ? IC_ML_ON_SERIES : met;
}

static int is_generic(const ic_ml_part *p) { return p->head->root == IC_ML_GENERIC; }

/* The kind of an element that begins within the data. */
static ic_ml_kind data_kind(const ic_ml_part *p, ic_ml_kind parent) {
    if (is(p, "Annotations") || is(p, "DataProvider")) return IC_ML_SKIPPED;
    switch (parent) {
    case IC_ML_DATASET:
    case IC_ML_GROUP:
        if (p->head->root == IC_ML_CROSS) return ic_ml_attribute(p, "value") != NULL ? IC_ML_OBS : IC_ML_GROUP;
        if (is(p, "Series")) return IC_ML_SERIES;
        if (is(p, "Obs")) return IC_ML_OBS;
        if (is(p, "KeyFamilyRef")) return IC_ML_KEY_FAMILY;
        if (is(p, "Comp")) return IC_ML_COMPONENT;
        if (is_generic(p)) {
            if (is(p, "GroupKey")) return IC_ML_KEYS;
            return is(p, "Attributes") ? IC_ML_ATTRIBUTE_LIST : is(p, "Group") ? IC_ML_GROUP : IC_ML_SKIPPED;
        }
        return parent == IC_ML_DATASET ? IC_ML_GROUP : IC_ML_SKIPPED;
    case IC_ML_SERIES:
        if (is(p, "Obs")) return IC_ML_OBS;
        if (is(p, "Comp")) return IC_ML_COMPONENT;
        if (p->head->root == IC_ML_UTILITY && is(p, "Key")) return IC_ML_KEYS;
        if (is_generic(p))
            return is(p, "SeriesKey") ? IC_ML_KEYS : is(p, "Attributes") ? IC_ML_ATTRIBUTE_LIST : IC_ML_SKIPPED;
        return IC_ML_SKIPPED;
    case IC_ML_OBS:
        if (is(p, "Comp")) return IC_ML_COMPONENT;
        if (p->head->root == IC_ML_UTILITY) return IC_ML_OBS_FIELD;
        if (!is_generic(p)) return IC_ML_SKIPPED;
        if (is(p, "ObsKey")) return IC_ML_KEYS;
        if (is(p, "Attributes")) return IC_ML_ATTRIBUTE_LIST;
        if (is(p, "Time")) return IC_ML_TIME_TEXT;
        return is(p, "ObsDimension") || is(p, "ObsValue") ? IC_ML_LEAF : IC_ML_SKIPPED;
    case IC_ML_KEYS:
        if (p->head->root == IC_ML_UTILITY) return IC_ML_KEY_FIELD;
        return is(p, "Value") ? IC_ML_LEAF : IC_ML_SKIPPED;
    case IC_ML_ATTRIBUTE_LIST: return is(p, "Value") ? IC_ML_LEAF : IC_ML_SKIPPED;
    case IC_ML_COMPONENT: return is(p, "Value") ? IC_ML_COMPONENT_VALUE : IC_ML_SKIPPED;
    default: return IC_ML_SKIPPED;
    }
}

static ic_status component_start(ic_ml_part *p) {
    const ic_xml_attribute *id = ic_ml_attribute(p, "id");
    if (id == NULL) return wrong(p, "expected id=");
    p->text_used = 0;
    p->learnable = 0;
    return keep_name(p, id->value, id->length);
}

static int deletes(const ic_ml_part *p) {
    const ic_xml_attribute *action = ic_ml_attribute(p, "action");
    return action != NULL && action->length > 0 && (action->value[0] | 0x20) == 'd';
}

static ic_status data_start(ic_ml_part *p, ic_ml_kind kind, ic_ml_kind parent) {
    ic_ml_frame *frame = &p->frames[p->xml.depth];
    const int holds = kind == IC_ML_SERIES || kind == IC_ML_OBS || (kind == IC_ML_GROUP && parent == IC_ML_GROUP);
    if (holds) frame[-1].held = 1;
    switch (kind) {
    case IC_ML_DATASET:
        frame->deleted = (uint8_t)deletes(p);
        p->base = p->xml.depth;
        p->epoch++;
        return is_generic(p) ? IC_OK : on_attributes(p, met_on(p, IC_ML_ON_DATASET));
    case IC_ML_GROUP: p->epoch++; return is_generic(p) ? IC_OK : on_attributes(p, met_on(p, IC_ML_ON_GROUP));
    case IC_ML_SERIES:
        frame->deleted |= (uint8_t)deletes(p);
        p->in_series = 1;
        p->epoch++;
        return is_generic(p) ? IC_OK : on_attributes(p, met_on(p, IC_ML_ON_SERIES));
    case IC_ML_OBS:
        obs_start(p);
        frame->deleted |= (uint8_t)deletes(p);
        if (frame->deleted) p->learnable = 0;
        if (is_generic(p)) return IC_OK;
        if (p->head->root == IC_ML_CROSS) return on_cross_obs(p);
        IC_TRY(find_measures(p));
        return on_attributes(p, met_on(p, IC_ML_ON_OBS));
    case IC_ML_LEAF:
        if (parent == IC_ML_KEYS) return on_value(p, IC_ML_KEY);
        if (parent == IC_ML_ATTRIBUTE_LIST) return on_value(p, IC_ML_ATTRIBUTES);
        return is(p, "ObsDimension") ? on_obs_dimension(p) : on_obs_value(p);
    case IC_ML_COMPONENT: return component_start(p);
    case IC_ML_COMPONENT_VALUE: return p->text_used > 0 ? collect(p, ";", 1) : IC_OK;
    case IC_ML_KEY_FIELD:
    case IC_ML_OBS_FIELD: return keep_name(p, p->xml.name + p->xml.prefix, p->xml.name_length - p->xml.prefix);
    default: return IC_OK;
    }
}

static ic_status on_start(ic_ml_part *p) {
    const unsigned depth = p->xml.depth;
    ic_ml_frame *frame = &p->frames[depth];
    const ic_ml_kind parent = depth > 1 ? (ic_ml_kind)frame[-1].kind : IC_ML_SKIPPED;
    ic_ml_kind kind = IC_ML_SKIPPED;
    *frame = (ic_ml_frame){.mark = (uint32_t)p->n_pairs, .time_length = p->time_length, .flags = p->flags};
    frame->deleted = depth > 1 ? frame[-1].deleted : 0;
    if (parent >= IC_ML_DATASET)
        kind = data_kind(p, parent);
    else if (depth == 1 || parent != IC_ML_SKIPPED)
        IC_TRY(ic_ml_head_start(p, parent, &kind));
    frame->kind = (uint8_t)kind;
    if (collects(kind) && kind != IC_ML_COMPONENT_VALUE) p->text_used = p->text_pieces = 0;
    if (collects(kind) && p->text_used == 0) IC_TRY(collect(p, "", 0));
    return kind >= IC_ML_DATASET ? data_start(p, kind, parent) : IC_OK;
}

/* ---- where they end ---------------------------------------------------------------------------------------------------- */

static ic_status keep_group(ic_ml_part *p, const ic_ml_frame *frame) {
    const size_t n = p->n_pairs - frame->mark;
    if (n == 0) return IC_OK;
    void *groups = p->groups, *kept = p->kept;
    ic_status status = ic_grow(&groups, &p->groups_room, p->n_groups + 1, sizeof *p->groups);
    p->groups = groups;
    if (status == IC_OK) status = ic_grow(&kept, &p->kept_room, p->n_kept + n, sizeof *p->kept);
    p->kept = kept;
    if (status != IC_OK) return ic_ml_no_memory(p);
    p->groups[p->n_groups++] = (ic_ml_group){p->n_kept, (uint32_t)n, p->dataset};
    memcpy(p->kept + p->n_kept, p->pairs + frame->mark, n * sizeof *p->kept);
    p->n_kept += n;
    return IC_OK;
}

static ic_status text_end(ic_ml_part *p, ic_ml_kind kind) {
    const char *text = p->text;
    size_t length = p->text_used;
    trim(&text, &length);
    switch (kind) {
    case IC_ML_KEY_FAMILY: return ic_ml_dataset_named(p, text, length, p->dataset_names.count == 0);
    case IC_ML_TIME_TEXT:
        field(p, IC_ML_FIELD_TIME, p->text_offset + (uint64_t)(text - p->text), length, p->text_pieces == 1);
        return p->options->no_time ? component(p, "Time", 4, text, length, NULL, 0, p->xml.token, IC_ML_KEY)
                                   : set_time(p, text, length, p->xml.token);
    case IC_ML_KEY_FIELD: return component(p, p->name, p->name_length, text, length, NULL, 0, p->xml.token, IC_ML_KEY);
    default: break;
    }
    /* in an observation of UtilityData the period comes first, then the figure, whatever their names */
    uint32_t number = 0;
    p->learnable = 0;
    IC_TRY(ic_ml_concept_of(p, p->name, p->name_length, &number));
    if (p->time_length == 0 && !p->options->no_time && p->concepts[number].word != IC_ML_VALUE)
        return set_time(p, text, length, p->xml.token);
    return ic_ml_figure(p, 0, text, length, p->xml.token);
}

static ic_status obs_end(ic_ml_part *p) {
    uint32_t set = IC_ABSENT;
    IC_TRY(ic_ml_row(p, &set));
    if (p->learnable && !p->options->plain) IC_TRY(ic_ml_learn(p, set));
    return IC_OK;
}

static ic_status data_end(ic_ml_part *p, ic_ml_kind kind, ic_ml_frame *frame) {
    switch (kind) {
    case IC_ML_OBS: IC_TRY(obs_end(p)); break;
    case IC_ML_SERIES: {
        uint32_t set;
        if (!frame->held && !frame->deleted) IC_TRY(ic_ml_set_of(p, p->xml.token_line, &set)); /* its codes are there */
        p->in_series = 0;
        break;
    }
    case IC_ML_GROUP:
        if (!frame->held && p->head->root != IC_ML_CROSS) IC_TRY(keep_group(p, frame));
        break;
    case IC_ML_DATASET: break;
    case IC_ML_COMPONENT:
        p->epoch += !p->in_obs;
        return component(p, p->name, p->name_length, p->text == NULL ? "" : p->text, p->text_used, NULL, 0,
                         p->xml.token, IC_ML_ATTRIBUTES);
    case IC_ML_KEY_FAMILY:
    case IC_ML_TIME_TEXT:
    case IC_ML_KEY_FIELD:
    case IC_ML_OBS_FIELD: return text_end(p, kind);
    default: p->epoch += !p->in_obs; return IC_OK; /* a key or a list of attributes: more pairs around observations */
    }
    p->n_pairs = frame->mark;
    p->time_length = frame->time_length;
    p->flags = frame->flags;
    if (kind == IC_ML_OBS)
        p->in_obs = 0;
    else
        p->epoch++;
    return IC_OK;
}

static ic_status on_end(ic_ml_part *p) {
    ic_ml_frame *frame = &p->frames[p->xml.depth + 1];
    const ic_ml_kind kind = (ic_ml_kind)frame->kind;
    return kind >= IC_ML_DATASET ? data_end(p, kind, frame) : ic_ml_head_end(p, kind);
}

/* ---- the part ------------------------------------------------------------------------------------------------------------- */

/* Whether the next part begins here, or has begun. */
static int ends_here(ic_ml_part *p) {
    if (p->xml.window.offset < p->until || p->until == IC_SIZE_UNKNOWN) return 0;
    if (p->xml.window.offset == p->until && p->xml.empty) return 0; /* an END comes first */
    p->reached = p->xml.window.offset == p->until && p->xml.depth == p->base && !p->xml.empty;
    return 1;
}

ic_status ic_ml_part_read(ic_ml_part *p, int first) {
    for (;;) {
        if (ends_here(p)) return IC_OK;
        const ic_ml_kind kind = (ic_ml_kind)p->frames[p->xml.depth].kind;
        if ((kind == IC_ML_SERIES || kind == IC_ML_DATASET) && p->templates.used > 0 && !p->xml.empty) {
            IC_TRY(ic_ml_quick(p));
            if (ends_here(p)) return IC_OK;
        }
        IC_TRY(ic_xml_next(&p->xml, &p->error));
        switch (p->xml.event) {
        case IC_XML_START: IC_TRY(on_start(p)); break;
        case IC_XML_END: {
            const int obs = p->frames[p->xml.depth + 1].kind == IC_ML_OBS;
            IC_TRY(on_end(p));
            if (first && obs && p->head->measured && p->head->timed != 0) return IC_OK;
            break;
        }
        case IC_XML_TEXT: IC_TRY(on_text(p)); break;
        case IC_XML_DONE: p->finished = 1; return IC_OK;
        }
    }
}
