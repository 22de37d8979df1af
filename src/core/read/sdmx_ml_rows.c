/* SDMX-ML: concepts, sets and rows. */
#include "core/number/number.h"
#include "core/read/concepts.h"
#include "core/read/marks.h"
#include "core/read/sdmx_ml.h"

#include <math.h>
#include <string.h>

static int listed(const ic_texts *list, const char *name, size_t length) {
    for (size_t i = 0; i < list->count; i++)
        if (list->lengths[i] == length && memcmp(list->texts[i], name, length) == 0) return 1;
    return 0;
}

/* ---- concepts ------------------------------------------------------------------------------------------------ */

static int ends(const char *name, const char *with) {
    size_t n = strlen(name), m = strlen(with);
    return n >= m && ic_concept_is(name + n - m, with);
}

static int named_like_attribute(const char *name) {
    static const char *const endings[] = {"_NOTE", "_NOTES", "_COMMENT", "_UPDATE",
                                          "_DATE", "_TITLE", "_METHOD",  "_DISPLAYED"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (ends(name, endings[i])) return 1;
    return strncmp(name, "TITLE", 5) == 0 || strncmp(name, "COMMENT", 7) == 0;
}

static void describe(ic_ml_part *p, ic_ml_concept *concept, const char *name, size_t length) {
    const ic_options *options = p->options;
    concept->freq = ic_concept_is(name, "FREQ") || ic_concept_is(name, "FREQUENCY");
    concept->asked = listed(&options->attributes, name, length);
    concept->measure = ic_intern_find(&p->head->measures, name, length);
    const int time = options->time != NULL
                         ? strcmp(options->time, name) == 0
                         : !options->no_time && (ic_concept_is(name, "TIME_PERIOD") || ic_concept_is(name, "TIME"));
    const ic_concept kind = ic_concept_of(name);
    if (listed(&options->dims, name, length))
        concept->word = IC_ML_DIMENSION;
    else if (time)
        concept->word = IC_ML_TIME;
    else if (concept->measure != IC_ABSENT)
        concept->word = IC_ML_VALUE;
    else if (kind == IC_CONCEPT_STATUS)
        concept->word = IC_ML_STATUS;
    else if (kind == IC_CONCEPT_CONFIDENTIAL)
        concept->word = IC_ML_CONFIDENTIAL;
    else
        concept->word = kind == IC_CONCEPT_ATTRIBUTE || named_like_attribute(name) ? IC_ML_ATTRIBUTE : IC_ML_DIMENSION;
}

ic_status ic_ml_concept_of(ic_ml_part *p, const char *name, size_t length, uint32_t *concept) {
    const size_t known = p->names.count;
    void *concepts = p->concepts; /* room first, so that there are as many as there are names */
    ic_status status = ic_grow(&concepts, &p->concepts_room, known + 1, sizeof *p->concepts);
    p->concepts = concepts;
    if (status == IC_OK) status = ic_intern_add(&p->names, name, length, concept);
    if (status != IC_OK) return ic_ml_no_memory(p);
    if (*concept < known) return IC_OK;
    p->concepts[known] = (ic_ml_concept){0};
    describe(p, &p->concepts[known], p->names.items[known].text, length);
    if (p->names.count <= IC_ML_CONCEPTS) return IC_OK;
    ic_fail(&p->error, IC_LIMIT, "more than %d concepts", IC_ML_CONCEPTS);
    return ic_ml_at(p, p->xml.token);
}

ic_status ic_ml_pair_add(ic_ml_part *p, uint32_t number, const char *value, size_t length, uint32_t met) {
    ic_ml_concept *concept = &p->concepts[number];
    concept->met |= met;
    const int attribute = concept->word != IC_ML_DIMENSION || (met & (IC_ML_ATTRIBUTES | IC_ML_BESIDE_TIME)) ||
                          (p->in_obs && p->in_series && p->time_on_obs && !(met & IC_ML_KEY));
    uint32_t kept = 0;
    if (attribute && !concept->asked && concept->values.count >= IC_VALUES_MOST) { /* texts by row that nobody wants */
        kept = ic_intern_find(&concept->values, value, length);
        if (kept == IC_ABSENT) {
            concept->varied = 1;
            return IC_OK;
        }
    } else if (ic_intern_add(&concept->values, value, length, &kept) != IC_OK) {
        return ic_ml_no_memory(p);
    }
    void *pairs = p->pairs;
    ic_status status = ic_grow(&pairs, &p->pairs_room, p->n_pairs + 1, sizeof *p->pairs);
    p->pairs = pairs;
    if (status != IC_OK) return ic_ml_no_memory(p);
    p->pairs[p->n_pairs++] = (ic_ml_pair){number, kept};
    return IC_OK;
}

/* ---- sets ------------------------------------------------------------------------------------------------------ */

static const ic_text *text_of(const ic_ml_part *p, const ic_ml_pair *pair) {
    return &p->concepts[pair->concept].values.items[pair->value];
}

/* Whether the filters want the current pairs; the innermost value of a concept counts. */
static int pairs_wanted(const ic_ml_part *p) {
    if (!p->dataset_wanted) return 0;
    for (size_t f = 0; f < p->options->n_filters; f++) {
        const ic_filter *filter = &p->options->filters[f];
        int found = 0;
        for (size_t i = p->n_pairs; i-- > 0;) {
            if (!ic_dimension_is(p->names.items[p->pairs[i].concept].text, filter->dim)) continue;
            const ic_text *text = text_of(p, &p->pairs[i]);
            found = listed(&filter->codes, text->text, text->length);
            break;
        }
        if (!found) return 0;
    }
    return 1;
}

static char style_of(const ic_ml_part *p) {
    for (size_t i = p->n_pairs; i-- > 0;) {
        if (!p->concepts[p->pairs[i].concept].freq) continue;
        const ic_text *text = text_of(p, &p->pairs[i]);
        return text->length == 1 ? text->text[0] : 0;
    }
    return 0;
}

ic_status ic_ml_set_of(ic_ml_part *p, uint64_t line, uint32_t *number) {
    const size_t known = p->set_keys.count, n = p->n_pairs;
    /* the data set stands in front, as a pair of its own */
    void *pairs = p->pairs;
    ic_status status = ic_grow(&pairs, &p->pairs_room, n + 1, sizeof *p->pairs);
    p->pairs = pairs;
    if (status != IC_OK) return ic_ml_no_memory(p);
    p->pairs[n] = (ic_ml_pair){IC_ABSENT, p->dataset};
    status = ic_intern_add(&p->set_keys, (const char *)p->pairs, (n + 1) * sizeof *p->pairs, number);
    if (status != IC_OK) return ic_ml_no_memory(p);
    if (*number < known) return IC_OK;
    void *sets = p->sets, *kept = p->kept;
    status = ic_grow(&sets, &p->sets_room, known + 1, sizeof *p->sets);
    p->sets = sets;
    if (status == IC_OK) status = ic_grow(&kept, &p->kept_room, p->n_kept + n, sizeof *p->kept);
    p->kept = kept;
    if (status != IC_OK) return ic_ml_no_memory(p);
    if (n > 0) memcpy(p->kept + p->n_kept, p->pairs, n * sizeof *p->pairs);
    p->sets[known] = (ic_ml_set){.first = p->n_kept,
                                 .n = (uint32_t)n,
                                 .dataset = p->dataset,
                                 .wanted = pairs_wanted(p),
                                 .dataset_wanted = p->dataset_wanted,
                                 .style = style_of(p),
                                 .line = line};
    p->n_kept += n;
    return IC_OK;
}

/* ---- figures and flags -------------------------------------------------------------------------------------------- */

ic_status ic_ml_reserve_figures(ic_ml_part *p) {
    void *figures = p->figures, *given = p->given;
    const size_t n = p->head->measures.count;
    ic_status status = ic_grow(&figures, &p->figures_room, n, sizeof *p->figures);
    p->figures = figures;
    if (status == IC_OK) status = ic_grow(&given, &p->given_room, n, 1);
    p->given = given;
    if (status != IC_OK) return ic_ml_no_memory(p);
    memset(p->given, 0, n);
    return IC_OK;
}

ic_status ic_ml_figure(ic_ml_part *p, uint32_t measure, const char *text, size_t length, const char *place) {
    while (length > 0 && (unsigned char)*text <= ' ') text++, length--;
    while (length > 0 && (unsigned char)text[length - 1] <= ' ') length--;
    ic_number *figure = &p->figures[measure];
    *figure = (ic_number){.value = NAN, .decimals = -1};
    p->n_given += !p->given[measure];
    p->given[measure] = 1;
    if (p->owns_head) p->head->measured = 1;
    if (length == 0 || (length == 3 && memcmp(text, "NaN", 3) == 0)) return IC_OK;
    p->any_figure = 1;
    if (ic_number_parse(text, length, NULL, figure)) return IC_OK;
    char word[60];
    ic_fail(&p->error, IC_FORMAT, "expected a number, not \"%s\"", ic_quote(word, sizeof word, text, length));
    return ic_ml_at(p, place);
}

/* Capital letters one behind the other are a code of the producer's own, such as INSEE's SD: not one letter and another. */
static int is_own_code(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (!((text[i] >= 'A' && text[i] <= 'Z') || text[i] == '_')) return 0;
    return length > 1;
}

uint32_t ic_ml_status(ic_ml_part *p, const char *text, size_t length) {
    uint64_t uncounted[256] = {0};
    const int own = is_own_code(text, length);
    const uint32_t flags = own ? IC_FLAG_OTHER : ic_marks_read(text, length, uncounted);
    if (flags & IC_FLAG_OTHER) { /* to be counted once it is known that there is a row */
        p->learnable = 0;
        p->status_length = length < sizeof p->status ? length : sizeof p->status;
        memcpy(p->status, text, p->status_length);
    }
    return flags;
}

static ic_status count_status(ic_ml_part *p) {
    if (p->status_length == 0 || !(p->flags & IC_FLAG_OTHER)) return IC_OK;
    if (!is_own_code(p->status, p->status_length)) {
        (void)ic_marks_read(p->status, p->status_length, p->sink.unknown_marks);
        return IC_OK;
    }
    return ic_dataset_note(&p->sink.aside, "unknown_flags", p->status, p->status_length, 1) == IC_OK
               ? IC_OK
               : ic_ml_no_memory(p);
}

/* ---- rows ------------------------------------------------------------------------------------------------------------ */

ic_status ic_ml_make_room(ic_ml_part *p) {
    size_t room = p->sink.room + p->sink.room / 2 + 4096;
    if (!p->may_grow)
        ic_fail(&p->error, IC_FORMAT, "more observations than the file's size allows");
    else if (p->sink.used >= p->options->limits.cells)
        ic_fail(&p->error, IC_LIMIT, "more than %llu rows (limits={\"cells\": ...} allows more)",
                (unsigned long long)p->options->limits.cells);
    else if (ic_columns_grow(p->columns, p->sink.used, room) != IC_OK)
        return ic_ml_no_memory(p);
    if (p->error.status != IC_OK) return ic_ml_at(p, p->xml.token);
    p->sink.room = room;
    return IC_OK;
}

ic_status ic_ml_run(ic_ml_part *p, uint32_t set, char freq, uint64_t line) {
    ic_sink *sink = &p->sink;
    ic_run *run = p->run_open ? &sink->runs[sink->n_runs - 1] : NULL;
    if (run != NULL && run->key == set && run->freq == freq) {
        const uint64_t rows = sink->used - run->row, lines = line - run->line;
        if (rows == 0) return IC_OK;
        if (rows == 1 && lines < UINT32_MAX) run->step = (uint32_t)lines;
        if (lines == rows * run->step) return IC_OK;
    }
    if (ic_sink_run(sink, set, set, freq, line) != IC_OK) return ic_ml_no_memory(p);
    p->run_open = 1;
    return IC_OK;
}

static ic_status put(ic_ml_part *p, uint32_t set, const ic_period *period, const ic_number *number, uint32_t flags) {
    ic_sink *sink = &p->sink;
    IC_TRY(count_status(p));
    if (sink->used >= sink->room) IC_TRY(ic_ml_make_room(p));
    IC_TRY(ic_ml_run(p, set, period->freq, p->obs_line));
    ic_run *run = &sink->runs[sink->n_runs - 1];
    if (run->row == sink->used)
        run->first = period->ordinal;
    else
        run->rising &= period->ordinal > run->last;
    run->last = period->ordinal;
    if (number->decimals > run->decimals) run->decimals = number->decimals;
    if (number->digits > run->digits) run->digits = number->digits;
    const size_t row = sink->base + sink->used++;
    ((int32_t *)p->columns->ordinals.data)[row] = period->ordinal;
    ((double *)p->columns->values.data)[row] = number->value;
    ((uint32_t *)p->columns->flags.data)[row] = flags;
    sink->any_flags |= flags;
    return IC_OK;
}

/* The period of the current observation, by the set's frequency. */
static ic_status period_of(ic_ml_part *p, char style, ic_period *period, int *placed) {
    *period = (ic_period){.freq = IC_ML_NO_TIME};
    *placed = 1;
    if (p->time_length == 0) return IC_OK;
    if (style != p->style) {
        p->style = p->periods.style.freq = style;
        ic_period_forget(&p->periods);
    }
    switch (ic_period_parse(p->time, p->time_length, &p->periods.style, period)) {
    case IC_PERIOD_OK: ic_period_keep(&p->periods, p->options, p->time, p->time_length, period); break;
    case IC_PERIOD_UNPLACED:
        *placed = 0;
        if (ic_dataset_note(&p->sink.aside, "unplaced", p->time, p->time_length, 1) != IC_OK) return ic_ml_no_memory(p);
        return IC_OK;
    default: {
        char text[60];
        ic_fail(&p->error, IC_UNSUPPORTED, "the frequency of the period \"%s\" is not one of A, S, Q, M, W, D",
                ic_quote(text, sizeof text, p->time, p->time_length));
        return ic_ml_at(p, p->xml.token);
    }
    }
    *placed = ic_period_wanted(p->options, period->freq, period->ordinal);
    return IC_OK;
}

static ic_status check_timed(ic_ml_part *p) {
    const int timed = p->time_length > 0 ? 1 : -1;
    if (p->timed == 0) p->timed = timed;
    if (p->owns_head && p->head->timed == 0) p->head->timed = timed;
    if (p->timed == timed) return IC_OK;
    ic_fail(&p->error, IC_FORMAT,
            timed < 0 ? "an observation without a period (TIME_PERIOD), which others have"
                      : "an observation with a period, which others don't have");
    return ic_ml_at(p, p->xml.token);
}

static ic_status one_measure(ic_ml_part *p, uint32_t measure, uint32_t *set) {
    const size_t before = p->n_pairs;
    const ic_intern *measures = &p->head->measures;
    if (measures->count > 1) {
        const ic_text *name = &measures->items[measure];
        uint32_t concept = 0;
        IC_TRY(ic_ml_concept_of(p, "measure", 7, &concept));
        IC_TRY(ic_ml_pair_add(p, concept, name->text, name->length, IC_ML_KEY));
    }
    IC_TRY(ic_ml_set_of(p, p->obs_line, set));
    p->n_pairs = before;
    if (!p->sets[*set].wanted) return IC_OK;
    ic_period period;
    int placed;
    IC_TRY(period_of(p, p->sets[*set].style, &period, &placed));
    const ic_number none = {.value = NAN, .decimals = -1};
    const ic_number *number = p->given[measure] ? &p->figures[measure] : &none;
    if (!placed || (isnan(number->value) && p->flags == 0)) return IC_OK; /* nothing and no reason: no row */
    return put(p, *set, &period, number, p->flags | period.flags);
}

ic_status ic_ml_row(ic_ml_part *p, uint32_t *set) {
    static const char deleted[] = "observations with the action Delete";
    if (p->frames[p->xml.depth + 1].deleted)
        return ic_dataset_note(&p->sink.aside, "skipped", deleted, sizeof deleted - 1, 1) == IC_OK ? IC_OK
                                                                                                   : ic_ml_no_memory(p);
    IC_TRY(check_timed(p));
    for (size_t m = 0; m < p->head->measures.count; m++)
        if (p->given[m] || p->n_given == 0) IC_TRY(one_measure(p, (uint32_t)m, set));
    return IC_OK;
}

/* ---- the part --------------------------------------------------------------------------------------------------------- */

ic_status ic_ml_part_open(ic_ml_part *p) {
    const size_t base = p->sink.base, room = p->sink.room;
    if (ic_sink_open(&p->sink, 0, 0) != IC_OK) return ic_ml_no_memory(p);
    p->sink.base = base;
    p->sink.room = room;
    p->until = IC_SIZE_UNKNOWN;
    p->dataset_wanted = 1;
    p->templates.root = -1;
    return ic_ml_reserve_figures(p);
}

void ic_ml_part_close(ic_ml_part *p) {
    ic_xml_close(&p->xml);
    for (size_t i = 0; i < p->names.count; i++) ic_intern_free(&p->concepts[i].values);
    ic_intern_free(&p->names);
    ic_intern_free(&p->set_keys);
    ic_intern_free(&p->dataset_names);
    ic_free(p->concepts);
    ic_free(p->pairs);
    ic_free(p->kept);
    ic_free(p->sets);
    ic_free(p->groups);
    ic_free(p->figures);
    ic_free(p->given);
    ic_free(p->text);
    ic_free(p->name);
    ic_free(p->messages);
    ic_free(p->templates.literals);
    ic_free(p->templates.pairs);
    ic_sink_close(&p->sink);
}
