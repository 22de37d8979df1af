/* What an SDMX-ML message says about itself: header, data sets' names, footer. */
#include "core/read/sdmx_ml.h"

#include <string.h>

const ic_xml_attribute *ic_ml_attribute(const ic_ml_part *p, const char *name) {
    for (size_t i = 0; i < p->xml.n_attributes; i++) {
        const ic_xml_attribute *a = &p->xml.attributes[i];
        if (ic_xml_is(a->name + a->prefix, a->name_length - a->prefix, name)) return a;
    }
    return NULL;
}

static int is(const ic_ml_part *p, const char *word) {
    return ic_xml_is(p->xml.name + p->xml.prefix, p->xml.name_length - p->xml.prefix, word);
}

static int ends(const ic_ml_part *p, const char *word) {
    size_t n = strlen(word), length = p->xml.name_length;
    return length >= n && memcmp(p->xml.name + length - n, word, n) == 0;
}

/* ---- the root ----------------------------------------------------------------------------------------------- */

static ic_status root(ic_ml_part *p) {
    static const struct {
        const char *name;
        ic_ml_root root;
    } roots[] = {{"StructureSpecificData", IC_ML_SPECIFIC},
                 {"StructureSpecificTimeSeriesData", IC_ML_SPECIFIC},
                 {"GenericData", IC_ML_GENERIC},
                 {"GenericTimeSeriesData", IC_ML_GENERIC},
                 {"CompactData", IC_ML_SPECIFIC},
                 {"CrossSectionalData", IC_ML_CROSS},
                 {"UtilityData", IC_ML_UTILITY},
                 {"Error", IC_ML_FAULT}};
    p->head->version = 2;
    for (size_t i = 0; i < p->xml.n_attributes; i++) {
        const ic_xml_attribute *a = &p->xml.attributes[i];
        static const char three[] = "/schemas/v3_0/";
        for (size_t k = 0; k + sizeof three - 1 <= a->length; k++)
            if (memcmp(a->value + k, three, sizeof three - 1) == 0) p->head->version = 3;
    }
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (is(p, roots[i].name)) p->head->root = roots[i].root;
    if (p->head->root != IC_ML_NO_ROOT) return IC_OK;
    char word[60];
    ic_quote(word, sizeof word, p->xml.name, p->xml.name_length);
    if (is(p, "Structure") || is(p, "MessageGroup") || is(p, "RegistryInterface") || ends(p, "Metadata") ||
        ends(p, "MetadataSet"))
        ic_fail(&p->error, IC_UNSUPPORTED, "an SDMX message of the kind \"%s\", which holds no observations to read",
                word);
    else
        ic_fail(&p->error, IC_FORMAT, "expected the root element of an SDMX-ML data message, not \"%s\"", word);
    return ic_ml_at(p, p->xml.token);
}

/* ---- the header --------------------------------------------------------------------------------------------------- */

static ic_status fact(ic_ml_part *p, const char *name, const char *text, size_t length) {
    ic_ml_head *head = p->head;
    for (size_t i = 0; i < head->n_facts; i++)
        if (strcmp(head->facts[i].name, name) == 0) return IC_OK; /* in another language */
    if (length == 0) return IC_OK;
    void *facts = head->facts;
    ic_status status = ic_grow(&facts, &head->facts_room, head->n_facts + 1, sizeof *head->facts);
    head->facts = facts;
    const char *kept = status == IC_OK ? ic_arena_text(&head->arena, text, length) : NULL;
    if (kept == NULL) return ic_ml_no_memory(p);
    head->facts[head->n_facts++] = (ic_ml_fact){name, kept};
    return IC_OK;
}

/* The header's words that are kept, by their element. */
static const struct {
    const char *element, *name;
} kept_facts[] = {{"ID", "id"},         {"Name", "title"},        {"Prepared", "prepared"},
                  {"Source", "source"}, {"DataSetID", "dataset"}, {"Extracted", "extracted"}};

static const char *fact_of(const char *element, size_t length) {
    for (size_t i = 0; i < sizeof kept_facts / sizeof *kept_facts; i++)
        if (ic_xml_is(element, length, kept_facts[i].element)) return kept_facts[i].name;
    return NULL;
}

static ic_status new_structure(ic_ml_part *p) {
    ic_ml_head *head = p->head;
    void *structures = head->structures;
    ic_status status = ic_grow(&structures, &head->structures_room, head->n_structures + 1, sizeof *head->structures);
    head->structures = structures;
    if (status != IC_OK) return ic_ml_no_memory(p);
    ic_ml_structure *s = &head->structures[head->n_structures];
    *s = (ic_ml_structure){"", NULL, NULL};
    const ic_xml_attribute *id = ic_ml_attribute(p, "structureID"), *at = ic_ml_attribute(p, "dimensionAtObservation");
    if (id != NULL && (s->id = ic_arena_text(&head->arena, id->value, id->length)) == NULL) return ic_ml_no_memory(p);
    if (at != NULL && (s->at_observation = ic_arena_text(&head->arena, at->value, at->length)) == NULL)
        return ic_ml_no_memory(p);
    head->n_structures++;
    return IC_OK;
}

/* "ECB:EXR(1.0)" from <Ref agencyID="ECB" id="EXR" version="1.0"/>. */
static ic_status name_by_reference(ic_ml_part *p) {
    const ic_xml_attribute *agency = ic_ml_attribute(p, "agencyID"), *id = ic_ml_attribute(p, "id");
    const ic_xml_attribute *version = ic_ml_attribute(p, "version");
    if (id == NULL || p->head->n_structures == 0) return IC_OK;
    size_t n = id->length + (agency == NULL ? 0 : agency->length + 1) + (version == NULL ? 0 : version->length + 2);
    char *name = ic_arena_take(&p->head->arena, n + 1), *q = name;
    if (name == NULL) return ic_ml_no_memory(p);
    if (agency != NULL) {
        memcpy(q, agency->value, agency->length);
        q += agency->length;
        *q++ = ':';
    }
    memcpy(q, id->value, id->length);
    q += id->length;
    if (version != NULL) {
        *q++ = '(';
        memcpy(q, version->value, version->length);
        q += version->length;
        *q++ = ')';
    }
    *q = '\0';
    p->head->structures[p->head->n_structures - 1].name = name;
    return IC_OK;
}

/* The same from urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=ECB:EXR(1.0). */
static ic_status name_by_urn(ic_ml_part *p) {
    const char *text = p->text, *end = text + p->text_used;
    while (text < end && *text <= ' ') text++;
    while (end > text && end[-1] <= ' ') end--;
    const char *equals = text < end ? memchr(text, '=', (size_t)(end - text)) : NULL;
    if (equals == NULL || p->head->n_structures == 0) return IC_OK;
    char *name = ic_arena_text(&p->head->arena, equals + 1, (size_t)(end - equals) - 1);
    if (name == NULL) return ic_ml_no_memory(p);
    p->head->structures[p->head->n_structures - 1].name = name;
    return IC_OK;
}

/* ---- data sets ------------------------------------------------------------------------------------------------------ */

int ic_ml_dataset_word(const char *name, size_t length) {
    static const char *const words[] = {"action",
                                        "structureRef",
                                        "keyFamilyURI",
                                        "datasetID",
                                        "setID",
                                        "dataScope",
                                        "validFromDate",
                                        "validToDate",
                                        "reportingBeginDate",
                                        "reportingEndDate",
                                        "publicationYear",
                                        "publicationPeriod",
                                        "dataflowID",
                                        "dataflowAgencyID",
                                        "dataProviderID",
                                        "isFinal",
                                        "dataProviderSchemeId",
                                        "dataProviderSchemeAgencyId"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (ic_xml_is(name, length, words[i])) return 1;
    return 0;
}

/* "ECB:EXR(1.0)" is also asked for as "EXR". */
static int is_named(const char *name, const char *asked) {
    if (strcmp(name, asked) == 0) return 1;
    const char *colon = strchr(name, ':'), *id = colon == NULL ? name : colon + 1;
    size_t n = strcspn(id, "(");
    return strlen(asked) == n && memcmp(id, asked, n) == 0;
}

ic_status ic_ml_dataset_named(ic_ml_part *p, const char *name, size_t length, int best) {
    const char *asked = p->options->dataset, *kept = ic_arena_text(&p->sink.arena, name, length);
    uint32_t number = 0;
    if (kept == NULL) return ic_ml_no_memory(p);
    if (best && ic_intern_add(&p->dataset_names, name, length, &number) != IC_OK) return ic_ml_no_memory(p);
    p->dataset_wanted = p->dataset_wanted || (asked != NULL && is_named(kept, asked));
    p->any_wanted |= p->dataset_wanted;
    return IC_OK;
}

ic_status ic_ml_dataset_start(ic_ml_part *p) {
    const ic_xml_attribute *ref = ic_ml_attribute(p, "structureRef"), *id = ic_ml_attribute(p, "datasetID");
    int named = 0;
    if (p->any_dataset) p->dataset++;
    p->any_dataset = 1;
    p->dataset_wanted = p->options->dataset == NULL;
    p->at_observation = NULL;
    for (size_t i = 0; i < p->head->n_structures; i++) {
        const ic_ml_structure *s = &p->head->structures[i];
        if (ref != NULL ? !ic_xml_is(ref->value, ref->length, s->id) : p->head->n_structures > 1) continue;
        p->at_observation = s->at_observation;
        if (s->name != NULL) IC_TRY(ic_ml_dataset_named(p, s->name, strlen(s->name), 1));
        named = s->name != NULL;
        break;
    }
    if (ref != NULL) IC_TRY(ic_ml_dataset_named(p, ref->value, ref->length, !named));
    if (id != NULL) IC_TRY(ic_ml_dataset_named(p, id->value, id->length, !named && ref == NULL));
    return IC_OK;
}

/* ---- the footer ------------------------------------------------------------------------------------------------------- */

static ic_status say(ic_ml_part *p, const char *text, size_t length) {
    void *messages = p->messages;
    ic_status status = ic_grow(&messages, &p->messages_room, p->messages_used + length + 1, 1);
    p->messages = messages;
    if (status != IC_OK) return ic_ml_no_memory(p);
    if (length > 0) memcpy(p->messages + p->messages_used, text, length);
    p->messages_used += length;
    p->messages[p->messages_used] = '\0';
    return IC_OK;
}

static ic_status footer_message(ic_ml_part *p) {
    const ic_xml_attribute *code = ic_ml_attribute(p, "code"), *severity = ic_ml_attribute(p, "severity");
    if (p->messages_used == 0) {
        ic_error place = {0};
        (void)ic_xml_at(&p->xml, &place, p->xml.token);
        p->message_line = place.line;
        p->message_column = place.column;
        p->message_offset = place.offset;
    } else {
        IC_TRY(say(p, "; ", 2));
    }
    p->failure |=
        p->head->root == IC_ML_FAULT || (severity != NULL && ic_xml_is(severity->value, severity->length, "Error"));
    if (code == NULL) return IC_OK;
    IC_TRY(say(p, code->value, code->length));
    return say(p, ":", 1);
}

/* ---- structures ------------------------------------------------------------------------------------------------------ */

/* The same for any number of threads: what stands in front of the data is read before the message is divided. */
static int carries(const ic_ml_part *p) {
    return p->owns_head && !p->any_dataset && p->head->root != IC_ML_FAULT && ic_structures_begin(&p->xml);
}

ic_status ic_ml_embedded(ic_ml_part *p) {
    ic_ml_head *head = p->head;
    if (head->carried == NULL) {
        head->carried = ic_alloc_zeroed(1, sizeof *head->carried);
        if (head->carried == NULL) return ic_ml_no_memory(p);
        head->carried->language = p->options->language;
    }
    return ic_structures_take(head->carried, &p->xml) == IC_OK ? IC_OK : ic_ml_no_memory(p);
}

/* ---- elements ----------------------------------------------------------------------------------------------------------- */

ic_status ic_ml_head_start(ic_ml_part *p, ic_ml_kind parent, ic_ml_kind *kind) {
    *kind = IC_ML_SKIPPED;
    switch (parent) {
    case IC_ML_SKIPPED: /* above the root */ *kind = IC_ML_MESSAGE; return root(p);
    case IC_ML_MESSAGE:
        if (p->head->root == IC_ML_FAULT) {
            *kind = is(p, "ErrorMessage") ? IC_ML_FOOTER_MESSAGE : IC_ML_SKIPPED;
            return *kind == IC_ML_FOOTER_MESSAGE ? footer_message(p) : IC_OK;
        }
        *kind = is(p, "DataSet")                  ? IC_ML_DATASET
                : is(p, "Header") && p->owns_head ? IC_ML_HEADER
                : is(p, "Footer")                 ? IC_ML_FOOTER
                : carries(p)                      ? IC_ML_EMBEDDED
                                                  : IC_ML_SKIPPED;
        if (*kind == IC_ML_EMBEDDED) return ic_ml_embedded(p);
        return *kind == IC_ML_DATASET ? ic_ml_dataset_start(p) : IC_OK;
    case IC_ML_EMBEDDED: *kind = IC_ML_EMBEDDED; return ic_ml_embedded(p);
    case IC_ML_HEADER:
        if (is(p, "Structure")) {
            *kind = IC_ML_STRUCTURE;
            return new_structure(p);
        }
        if (is(p, "Sender")) {
            const ic_xml_attribute *id = ic_ml_attribute(p, "id");
            return id == NULL ? IC_OK : fact(p, "sender", id->value, id->length);
        }
        if (fact_of(p->xml.name + p->xml.prefix, p->xml.name_length - p->xml.prefix) != NULL) *kind = IC_ML_HEADER_TEXT;
        return IC_OK;
    case IC_ML_STRUCTURE:
        if (is(p, "Structure") || is(p, "StructureUsage") || ends(p, "Agrement") || ends(p, "Agreement"))
            *kind = IC_ML_STRUCTURE_REF;
        return IC_OK;
    case IC_ML_STRUCTURE_REF:
        if (is(p, "URN")) *kind = IC_ML_STRUCTURE_URN;
        return is(p, "Ref") ? name_by_reference(p) : IC_OK;
    case IC_ML_FOOTER:
        if (!is(p, "Message")) return IC_OK;
        *kind = IC_ML_FOOTER_MESSAGE;
        return footer_message(p);
    case IC_ML_FOOTER_MESSAGE: *kind = is(p, "Text") ? IC_ML_FOOTER_TEXT : IC_ML_SKIPPED; return IC_OK;
    default: return IC_OK;
    }
}

ic_status ic_ml_head_end(ic_ml_part *p, ic_ml_kind kind) {
    switch (kind) {
    case IC_ML_EMBEDDED: return ic_ml_embedded(p);
    case IC_ML_HEADER_TEXT:
        return fact(p, fact_of(p->xml.name + p->xml.prefix, p->xml.name_length - p->xml.prefix), p->text, p->text_used);
    case IC_ML_STRUCTURE_REF: /* SDMX 3.0: the URN stands there itself */
    case IC_ML_STRUCTURE_URN: return name_by_urn(p);
    case IC_ML_FOOTER_TEXT:
        if (p->messages_used > 0) IC_TRY(say(p, " ", 1));
        return say(p, p->text, p->text_used);
    default: return IC_OK;
    }
}
