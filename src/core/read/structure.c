/* SDMX-ML structure messages. */
#include "core/read/structure.h"
#include "core/base/memory.h"
#include "core/read/concepts.h"

#include <string.h>

/* What an element is. Those that merely hold others, such as Structures, are OUTSIDE. */
typedef enum element {
    OUTSIDE,
    IGNORED,
    LIST,
    ITEM,
    REPRESENTATION,
    CODES_REFERENCE, /* collected, like all that follow: in SDMX 3.0 the reference is a text */
    CONCEPT_REFERENCE,
    STRUCTURE_REFERENCE,
    REFERENCE_TEXT, /* within one: its URN, or the ID of SDMX 2.0 */
    WORDS
} element;

static int named(const ic_xml *x, const char *word) {
    return ic_xml_is(x->name + x->prefix, x->name_length - x->prefix, word);
}

static int one_of(const ic_xml *x, const char *const *words) {
    while (*words != NULL)
        if (named(x, *words++)) return 1;
    return 0;
}

static const ic_xml_attribute *attribute(const ic_xml *x, const char *name) {
    for (size_t i = 0; i < x->n_attributes; i++)
        if (ic_xml_is(x->attributes[i].name, x->attributes[i].name_length, name)) return &x->attributes[i];
    return NULL;
}

/* The first of two that is there: names of SDMX 2.1 and of 2.0. */
static const ic_xml_attribute *either(const ic_xml *x, const char *name, const char *other) {
    const ic_xml_attribute *a = attribute(x, name);
    return a != NULL ? a : attribute(x, other);
}

static ic_status keep(ic_structures *s, const ic_xml_attribute *a, const char **text) {
    if (a == NULL) return IC_OK;
    *text = ic_arena_text(&s->arena, a->value, a->length);
    return *text == NULL ? IC_MEMORY : IC_OK;
}

/* "AGENCY:ID(VERSION).ITEM" of what is said of it. */
static ic_status refer(ic_structures *s, const ic_xml_attribute *agency, const ic_xml_attribute *id,
                       const ic_xml_attribute *version, const ic_xml_attribute *item, const char **text) {
    const struct {
        const char *before;
        const ic_xml_attribute *what;
        const char *behind;
    } pieces[] = {{"", agency, ":"}, {"", id, ""}, {"(", version, ")"}, {".", item, ""}};
    size_t size = 1;
    for (size_t i = 0; i < 4; i++)
        if (pieces[i].what != NULL) size += pieces[i].what->length + 2;
    char *p = ic_arena_take(&s->arena, size);
    if (p == NULL) return IC_MEMORY;
    *text = p;
    for (size_t i = 0; i < 4; i++) {
        if (pieces[i].what == NULL) continue;
        for (const char *c = pieces[i].before; *c != '\0'; c++) *p++ = *c;
        memcpy(p, pieces[i].what->value, pieces[i].what->length);
        p += pieces[i].what->length;
        for (const char *c = pieces[i].behind; *c != '\0'; c++) *p++ = *c;
    }
    *p = '\0';
    return IC_OK;
}

/* ---- lists and items --------------------------------------------------------------------------------------------- */

static ic_status new_list(ic_structures *s, ic_structure_kind kind, ic_structure_list **list) {
    void *lists = s->lists;
    ic_status status = ic_grow(&lists, &s->lists_room, s->n_lists + 1, sizeof *s->lists);
    s->lists = lists;
    IC_TRY(status);
    *list = &s->lists[s->n_lists++];
    **list = (ic_structure_list){.kind = kind, .first = s->n_items};
    s->list_rank = 0;
    return IC_OK;
}

static ic_structure_list *list_of(ic_structures *s) { return &s->lists[s->n_lists - 1]; }
static ic_structure_item *item_of(ic_structures *s) { return &s->items[s->n_items - 1]; }

static ic_status list_start(ic_structures *s, const ic_xml *x, ic_structure_kind kind) {
    ic_structure_list *list = NULL;
    IC_TRY(new_list(s, kind, &list));
    return refer(s, either(x, "agencyID", "agency"), attribute(x, "id"), attribute(x, "version"), NULL, &list->name);
}

static ic_status item_start(ic_structures *s, const ic_xml *x) {
    void *items = s->items;
    ic_status status = ic_grow(&items, &s->items_room, s->n_items + 1, sizeof *s->items);
    s->items = items;
    IC_TRY(status);
    ic_structure_item *item = &s->items[s->n_items++];
    *item = (ic_structure_item){0};
    list_of(s)->n++;
    s->rank = 0;
    const ic_xml_attribute *concept = attribute(x, "conceptRef"), *codes = attribute(x, "codelist");
    const ic_xml_attribute *id = either(x, "id", "value");
    IC_TRY(keep(s, id != NULL ? id : concept, &item->id));
    if (codes != NULL) /* SDMX 2.0 */
        IC_TRY(refer(s, attribute(x, "codelistAgency"), codes, attribute(x, "codelistVersion"), NULL, &item->codes));
    if (concept == NULL) return IC_OK;
    return refer(s, either(x, "conceptSchemeAgency", "conceptAgency"), attribute(x, "conceptSchemeRef"),
                 attribute(x, "conceptSchemeVersion"), concept, &item->concept);
}

/* ---- references ------------------------------------------------------------------------------------------------------- */

/* Where what is referred to is written. */
static const char **referred(ic_structures *s, element kind) {
    return kind == STRUCTURE_REFERENCE ? &list_of(s)->of
           : kind == CODES_REFERENCE   ? &item_of(s)->codes
                                       : &item_of(s)->concept;
}

/* <Ref agencyID= id= version= maintainableParentID=/> */
static ic_status by_attributes(ic_structures *s, const ic_xml *x, element kind) {
    const ic_xml_attribute *agency = attribute(x, "agencyID"), *id = attribute(x, "id");
    const ic_xml_attribute *parent = attribute(x, "maintainableParentID");
    const ic_xml_attribute *version = either(x, "version", "maintainableParentVersion");
    const char **text = referred(s, kind);
    if (kind == CONCEPT_REFERENCE) return refer(s, agency, parent, version, id, text);
    return refer(s, agency, id, version, NULL, text);
}

/* urn:sdmx:org.sdmx.infomodel.codelist.Codelist=ECB:CL_FREQ(1.0), or the bare ID of SDMX 2.0. */
static ic_status by_text(ic_structures *s, element kind, int whole) {
    const char *text = s->text, *end = text + s->text_used;
    while (text < end && *text <= ' ') text++;
    while (end > text && end[-1] <= ' ') end--;
    const char *equals = text < end ? memchr(text, '=', (size_t)(end - text)) : NULL;
    if (equals == NULL && !whole) return IC_OK; /* the blanks around <Ref/> */
    if (equals != NULL) text = equals + 1;
    if (text == end) return IC_OK;
    const char **to = referred(s, kind);
    *to = ic_arena_text(&s->arena, text, (size_t)(end - text));
    return *to == NULL ? IC_MEMORY : IC_OK;
}

/* ---- words ----------------------------------------------------------------------------------------------------------- */

/* How good a label is: a name before a description, the wanted language before its relatives, English, and the rest. */
static int rank_of(const ic_structures *s, const ic_xml *x, int name) {
    const ic_xml_attribute *a = attribute(x, "xml:lang"); /* English, by the schemas, where there is none */
    const int rank =
        a == NULL ? ic_language_rank(s->language, "en", 2) : ic_language_rank(s->language, a->value, a->length);
    return rank + (name ? 10 : 0);
}

static ic_status words_end(ic_structures *s, element parent) {
    int *rank = parent == ITEM ? &s->rank : &s->list_rank;
    const char *text = s->text, *end = text + s->text_used;
    while (text < end && *text <= ' ' && *text >= 0) text++;
    while (end > text && end[-1] <= ' ' && end[-1] >= 0) end--;
    if (s->word_rank <= *rank || text == end) return IC_OK;
    const char *kept = ic_arena_text(&s->arena, text, (size_t)(end - text));
    if (kept == NULL) return IC_MEMORY;
    *rank = s->word_rank;
    *(parent == ITEM ? &item_of(s)->label : &list_of(s)->label) = kept;
    return IC_OK;
}

/* ---- elements ---------------------------------------------------------------------------------------------------------- */

static const char *const code_lists[] = {"Codelist",           "CodeList",        "ValueList",
                                         "GeographicCodelist", "GeoGridCodelist", NULL};
static const char *const codes[] = {"Code", "ValueItem", "GeoFeatureSetCode", "GeoGridCode", NULL};
static const char *const dimensions[] = {"Dimension", "MeasureDimension", "TimeDimension", NULL};
static const char *const components[] = {"DataStructureComponents", "DimensionList", "Components", NULL};
static const char *const representations[] = {"LocalRepresentation", "CoreRepresentation", NULL};

static element within_outside(const ic_xml *x, ic_structure_kind *kind) {
    *kind = one_of(x, code_lists)                                ? IC_STRUCTURE_CODES
            : named(x, "ConceptScheme")                          ? IC_STRUCTURE_CONCEPTS
            : named(x, "DataStructure") || named(x, "KeyFamily") ? IC_STRUCTURE_DATA
                                                                 : IC_STRUCTURE_FLOW;
    if (*kind != IC_STRUCTURE_FLOW || named(x, "Dataflow")) return LIST;
    if (named(x, "Concept")) return ITEM;
    return named(x, "Header") ? IGNORED : OUTSIDE;
}

static element within_list(const ic_xml *x, ic_structure_kind kind) {
    if (named(x, "Name") || named(x, "Description")) return WORDS;
    switch (kind) {
    case IC_STRUCTURE_CODES: return one_of(x, codes) ? ITEM : IGNORED;
    case IC_STRUCTURE_CONCEPTS: return named(x, "Concept") ? ITEM : IGNORED;
    case IC_STRUCTURE_DATA: return one_of(x, dimensions) ? ITEM : one_of(x, components) ? LIST : IGNORED;
    case IC_STRUCTURE_FLOW: break;
    }
    return named(x, "Structure") || named(x, "KeyFamilyRef") ? STRUCTURE_REFERENCE : IGNORED;
}

static element within(ic_structures *s, const ic_xml *x, element parent, ic_structure_kind *kind) {
    switch (parent) {
    case OUTSIDE: return within_outside(x, kind);
    case LIST: return within_list(x, list_of(s)->kind);
    case ITEM:
        if (named(x, "Name") || named(x, "Description")) return WORDS;
        if (one_of(x, representations)) return REPRESENTATION;
        return named(x, "ConceptIdentity") ? CONCEPT_REFERENCE : IGNORED;
    case REPRESENTATION: return named(x, "Enumeration") ? CODES_REFERENCE : IGNORED;
    case CODES_REFERENCE:
    case CONCEPT_REFERENCE:
    case STRUCTURE_REFERENCE: return named(x, "URN") || named(x, "KeyFamilyID") ? REFERENCE_TEXT : IGNORED;
    case REFERENCE_TEXT:
    case WORDS:
    case IGNORED: break;
    }
    return IGNORED;
}

static ic_status on_start(ic_structures *s, const ic_xml *x) {
    const element parent = (element)s->kinds[x->depth - 1];
    ic_structure_kind kind = IC_STRUCTURE_CODES;
    const element own = within(s, x, parent, &kind);
    s->kinds[x->depth] = (uint8_t)own;
    if (own >= CODES_REFERENCE) s->text_used = 0;
    switch (own) {
    case LIST: return parent == OUTSIDE ? list_start(s, x, kind) : IC_OK;
    case ITEM:
        if (parent == OUTSIDE && (s->n_lists == 0 || list_of(s)->name != NULL)) { /* SDMX 2.0: in no scheme */
            ic_structure_list *list = NULL;
            IC_TRY(new_list(s, IC_STRUCTURE_CONCEPTS, &list));
        }
        return item_start(s, x);
    case WORDS: s->word_rank = rank_of(s, x, named(x, "Name")); return IC_OK;
    case IGNORED:
        if (parent >= CODES_REFERENCE && parent <= STRUCTURE_REFERENCE && named(x, "Ref"))
            return by_attributes(s, x, parent);
        return IC_OK;
    default: return IC_OK;
    }
}

static ic_status on_end(ic_structures *s, const ic_xml *x) {
    const element own = (element)s->kinds[x->depth + 1], parent = (element)s->kinds[x->depth];
    switch (own) {
    case CODES_REFERENCE:
    case CONCEPT_REFERENCE:
    case STRUCTURE_REFERENCE: return by_text(s, own, 0);
    case REFERENCE_TEXT:
        IC_TRY(by_text(s, parent, 1));
        s->text_used = 0;
        return IC_OK;
    case WORDS: return words_end(s, parent);
    case ITEM: {
        ic_structure_item *item = item_of(s);
        const char *dot = item->id == NULL && item->concept != NULL ? strrchr(item->concept, '.') : NULL;
        if (dot != NULL) item->id = dot + 1; /* a dimension is called as its concept is */
        return IC_OK;
    }
    default: return IC_OK;
    }
}

static ic_status on_text(ic_structures *s, const ic_xml *x) {
    if (s->kinds[x->depth] < CODES_REFERENCE) return IC_OK;
    void *text = s->text;
    ic_status status = ic_grow(&text, &s->text_room, s->text_used + x->length + 1, 1);
    s->text = text;
    IC_TRY(status);
    memcpy(s->text + s->text_used, x->text, x->length);
    s->text_used += x->length;
    return IC_OK;
}

int ic_structures_begin(const ic_xml *xml) {
    static const char *const holders[] = {"Structures",  "CodeLists",      "Codelists", "Concepts",
                                          "KeyFamilies", "DataStructures", "Dataflows", NULL};
    return one_of(xml, holders);
}

ic_status ic_structures_take(ic_structures *s, const ic_xml *xml) {
    switch (xml->event) {
    case IC_XML_START: return on_start(s, xml);
    case IC_XML_END: return on_end(s, xml);
    case IC_XML_TEXT: return on_text(s, xml);
    case IC_XML_DONE: break;
    }
    return IC_OK;
}

ic_status ic_structures_read(ic_structures *s, const ic_source *source, size_t limit, ic_error *error) {
    ic_xml xml = {0};
    ic_status status = ic_xml_open(&xml, source, limit, error);
    while (status == IC_OK) {
        status = ic_xml_next(&xml, error);
        if (status != IC_OK) {
            error->line++; /* the scanner counts from 0 */
            break;
        }
        if (xml.event == IC_XML_DONE) break;
        if (ic_structures_take(s, &xml) != IC_OK) status = ic_fail_memory(error);
    }
    ic_xml_close(&xml);
    return status;
}

void ic_structures_free(ic_structures *s) {
    ic_free(s->lists);
    ic_free(s->items);
    ic_free(s->text);
    ic_arena_free(&s->arena);
    *s = (ic_structures){0};
}
