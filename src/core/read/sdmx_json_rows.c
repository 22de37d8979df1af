/* Observations, one by one, whatever their shape: in series, flat, or across other dimensions than time. */
#include "core/read/sdmx_json_rows.h"
#include "core/base/flags.h"
#include "core/number/number.h"

#include <math.h>
#include <string.h>

typedef ic_sj_rows_part part;

static int is(const ic_json *json, const char *word) {
    return json->length == strlen(word) && memcmp(json->text, word, json->length) == 0;
}

static ic_status next(part *p) { return ic_json_next(p->json, p->error); }
static ic_status pass(part *p) { return ic_json_pass(p->json, p->error); }

static ic_status expected(part *p, const char *where, const char *what) {
    return ic_json_expected(p->json, where, what, p->error);
}

/* ---- keys ------------------------------------------------------------------------------------------------------ */

/* Where the dimensions of a level begin among the positions. */
size_t ic_sj_base_of(const part *p, ic_sj_level level) {
    return level == IC_SJ_SERIES        ? ic_sj_dims_of(p, IC_SJ_DATASET)
           : level == IC_SJ_OBSERVATION ? ic_sj_dims_of(p, IC_SJ_DATASET) + ic_sj_dims_of(p, IC_SJ_SERIES)
                                        : 0;
}

/* The event is a key, "0:12:3": the positions of all dimensions of a level. */
static ic_status read_key(part *p, ic_sj_level level) {
    const ic_json *json = p->json;
    const ic_sj_list *dims = &p->structure->dims[level];
    size_t base = ic_sj_base_of(p, level), i = 0;
    for (size_t d = 0; d < dims->n; d++) {
        uint64_t position = 0;
        size_t start = i;
        while (i < json->length && i - start < 10 && json->text[i] >= '0' && json->text[i] <= '9')
            position = 10 * position + (uint64_t)(json->text[i++] - '0');
        int ends = i == json->length ? d + 1 == dims->n : d + 1 < dims->n && json->text[i] == ':';
        if (i == start || !ends) return expected(p, "", "a key with a position for each dimension, such as \"0:1\"");
        if (position >= dims->items[d].n_values)
            return ic_sj_no_such_value(p, &dims->items[d].id, dims->items[d].n_values);
        p->positions[base + d] = (uint32_t)position;
        i++;
    }
    if (dims->n == 0 && json->length > 0 && !is(json, "0")) return expected(p, "", "a key without positions");
    return IC_OK;
}

/* Puts the codes of a level's dimensions into p->codes; 0: one of them is not wanted. */
static int take_codes(part *p, ic_sj_level level) {
    const ic_sj_list *dims = &p->structure->dims[level];
    size_t base = ic_sj_base_of(p, level);
    int wanted = 1;
    for (size_t d = 0; d < dims->n; d++) {
        const ic_sj_component *dim = &dims->items[d];
        if (dim->is_time) continue;
        uint32_t code = dim->codes[p->positions[base + d]];
        p->codes[dim->dim] = code;
        wanted &= code != IC_ABSENT;
    }
    return wanted;
}

/* The key of p->codes, whose last one is the measure if there are several. */
ic_status ic_sj_find_key(part *p, uint32_t *key) {
    size_t n = p->sink->n_dims;
    if (p->key != IC_ABSENT && (n == 0 || memcmp(p->codes, p->last_codes, n * sizeof *p->codes) == 0)) {
        *key = p->key;
        return IC_OK;
    }
    size_t known = p->keys.count;
    IC_TRY(ic_intern_add(&p->keys, (const char *)p->codes, n * sizeof *p->codes, key));
    if (*key == known) IC_TRY(ic_sink_key(p->sink, p->codes, key));
    if (n > 0) memcpy(p->last_codes, p->codes, n * sizeof *p->codes);
    p->key = *key;
    return IC_OK;
}

ic_status ic_sj_find_tail(part *p) {
    size_t n = p->sink->n_attributes;
    if (p->tail != IC_ABSENT && (n == 0 || memcmp(p->of_row, p->tail_last, n * sizeof *p->of_row) == 0)) return IC_OK;
    if (p->tails.count > 16 * IC_VALUES_MOST) ic_intern_free(&p->tails); /* free texts by row: start the table anew */
    size_t known = p->tails.count;
    uint32_t number = 0, tail = 0;
    IC_TRY(ic_intern_add(&p->tails, (const char *)p->of_row, n * sizeof *p->of_row, &number));
    if (number == known) IC_TRY(ic_sink_tail(p->sink, p->of_row, &tail));
    if (n > 0) memcpy(p->tail_last, p->of_row, n * sizeof *p->of_row);
    p->tail = (uint32_t)(p->sink->tails - p->tails.count) + number;
    return IC_OK;
}

/* ---- periods ----------------------------------------------------------------------------------------------------- */

static void place_period(const part *p, const ic_text *text, char freq, ic_sj_period *to) {
    ic_period period = {0};
    const ic_period_style style = {freq, 0};
    switch (ic_period_parse(text->text, text->length, &style, &period)) {
    case IC_PERIOD_OK:
        to->placed = ic_period_wanted(p->s->options, period.freq, period.ordinal) ? IC_SJ_WANTED : IC_SJ_UNWANTED;
        break;
    case IC_PERIOD_UNPLACED: to->placed = IC_SJ_UNPLACED; break;
    case IC_PERIOD_UNSUPPORTED: to->placed = IC_SJ_UNSUPPORTED; break;
    default: to->placed = IC_SJ_NO_SUCH; break;
    }
    to->freq = period.freq;
    to->ordinal = period.ordinal;
    to->joint = period.flags != 0;
}

/* The frequency that the row's FREQ names, or 0. */
char ic_sj_frequency(const part *p) {
    const ic_sj_component *freq = p->structure->freq;
    if (freq == NULL) return 0;
    const ic_text *code = &freq->values[p->positions[freq->number]].id;
    return code->length == 1 ? code->text[0] : 0;
}

/* The row's period; NULL where the row goes without one, and was counted if need be. */
ic_status ic_sj_row_period(part *p, const ic_sj_period **period) {
    static const ic_sj_period none = {0, IC_SJ_NO_PERIOD, IC_SJ_WANTED, 0};
    const ic_sj_component *time = p->structure->time;
    *period = &none;
    if (time == NULL) return IC_OK;
    unsigned char freq = (unsigned char)ic_sj_frequency(p);
    uint32_t v = p->positions[time->number];
    if (p->periods[freq] == NULL) {
        p->periods[freq] = ic_alloc_zeroed(time->n_values, sizeof **p->periods);
        if (p->periods[freq] == NULL) return IC_MEMORY;
    }
    ic_sj_period *found = &p->periods[freq][v];
    const ic_text *text = &time->values[v].id;
    char word[60];
    if (found->placed == IC_SJ_UNREAD) place_period(p, text, (char)freq, found);
    *period = found->placed == IC_SJ_WANTED ? found : NULL;
    if (found->placed == IC_SJ_UNPLACED)
        return ic_dataset_note(&p->sink->aside, "unplaced", text->text, text->length, 1);
    if (found->placed != IC_SJ_UNSUPPORTED && found->placed != IC_SJ_NO_SUCH) return IC_OK;
    ic_json_place(p->json, p->json->offset, p->error);
    ic_quote(word, sizeof word, text->text, text->length);
    return found->placed == IC_SJ_UNSUPPORTED
               ? ic_fail(p->error, IC_UNSUPPORTED, "%s: the frequency of \"%s\" is not one of A, S, Q, M, W, D",
                         time->id.text, word)
               : ic_fail(p->error, IC_FORMAT, "%s: expected a period, not \"%s\"", time->id.text, word);
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static ic_status make_room(part *p) {
    if (!p->may_grow) return ic_fail(p->error, IC_FORMAT, "more rows than the size allows");
    size_t room = p->sink->room + p->sink->room / 2 + 4096;
    if (p->sink->used >= p->s->options->limits.cells) {
        ic_json_place(p->json, p->json->offset, p->error);
        return ic_fail(p->error, IC_LIMIT, "more than %llu rows (limits={\"cells\": ...} allows more)",
                       (unsigned long long)p->s->options->limits.cells);
    }
    if (room > p->s->options->limits.cells) room = (size_t)p->s->options->limits.cells;
    IC_TRY(ic_columns_grow(&p->s->columns, p->sink->used, room));
    p->sink->room = room;
    return IC_OK;
}

ic_status ic_sj_put(part *p, uint32_t key, const ic_sj_period *period, const ic_number *number, uint32_t flags) {
    ic_sink *sink = p->sink;
    if (sink->used >= sink->room) IC_TRY(make_room(p));
    const ic_run *last = sink->n_runs == 0 ? NULL : &sink->runs[sink->n_runs - 1];
    if (!p->run_open || last->key != key || last->tail != p->tail || last->freq != period->freq) {
        uint64_t line = p->s->quick ? 0 : ic_json_line(p->json); /* only errors need it */
        IC_TRY(ic_sink_run(sink, key, p->tail, period->freq, line));
        sink->runs[sink->n_runs - 1].step = 0; /* rows are no lines */
        p->run_open = 1;
    }
    ic_run *run = &sink->runs[sink->n_runs - 1];
    if (run->row == sink->used)
        run->first = period->ordinal;
    else
        run->rising &= period->ordinal > run->last;
    run->last = period->ordinal;
    if (number->decimals > run->decimals) run->decimals = number->decimals;
    if (number->digits > run->digits) run->digits = number->digits;
    size_t row = sink->base + sink->used++;
    ((int32_t *)p->s->columns.ordinals.data)[row] = period->ordinal;
    ((double *)p->s->columns.values.data)[row] = number->value;
    ((uint32_t *)p->s->columns.flags.data)[row] = flags;
    sink->any_flags |= flags;
    return IC_OK;
}

/* The event is the value of a measure. */
static ic_status read_measure(part *p, const ic_sj_component *measure, ic_number *number) {
    const ic_json *json = p->json;
    *number = (ic_number){.value = NAN, .decimals = -1};
    if (json->event == IC_JSON_NULL || (json->event == IC_JSON_STRING && (json->length == 0 || is(json, "NaN"))))
        return IC_OK;
    const char *text = json->text;
    size_t length = json->length;
    if (json->event == IC_JSON_NUMBER && measure->coded) {
        uint64_t position = 0;
        IC_TRY(ic_sj_whole(p->s, "a position, a whole number", &position));
        if (position >= measure->n_values) return ic_sj_no_such_value(p, &measure->id, measure->n_values);
        text = measure->values[position].id.text;
        length = measure->values[position].id.length;
    }
    if ((json->event == IC_JSON_NUMBER || json->event == IC_JSON_STRING) && ic_number_parse(text, length, NULL, number))
        return IC_OK;
    return expected(p, measure->id.text, "a number or null");
}

static ic_status skip_row(part *p, const char *why) {
    p->run_open = 0;
    IC_TRY(pass(p));
    return ic_dataset_note(&p->sink->aside, "skipped", why, strlen(why), 1);
}

/* The event begins an observation, whose key is read: [values of measures, of attributes, annotations]. */
static ic_status read_observation(part *p, int wanted) {
    const ic_sj_list *measures = &p->structure->measures;
    const ic_sj_list *attributes = &p->structure->attributes[IC_SJ_OBSERVATION];
    const ic_sj_period *period = NULL;
    if (p->deleted) return skip_row(p, "rows with the action D (delete)");
    if (p->json->event == IC_JSON_NULL) return IC_OK;
    if (p->json->event != IC_JSON_ARRAY) return expected(p, "", "an observation, an array");
    if (wanted) IC_TRY(ic_sj_row_period(p, &period));
    size_t n = p->sink->n_attributes, n_measures = measures->n;
    if (n > 0) memcpy(p->of_row, p->of_series, n * sizeof *p->of_row);
    p->flags_of_row = p->flags_of_series;
    ic_number few[4], *numbers = few;
    if (n_measures > sizeof few / sizeof *few) {
        numbers = ic_alloc(n_measures, sizeof *numbers);
        if (numbers == NULL) return IC_MEMORY;
    }
    for (size_t m = 0; m < n_measures; m++) numbers[m] = (ic_number){.value = NAN, .decimals = -1};
    ic_status status = IC_OK;
    for (size_t i = 0; status == IC_OK; i++) {
        status = next(p);
        if (status != IC_OK || p->json->event == IC_JSON_ARRAY_END) break;
        if (i < n_measures)
            status = read_measure(p, &measures->items[i], &numbers[i]);
        else if (i < n_measures + attributes->n)
            status = period == NULL
                         ? pass(p)
                         : ic_sj_read_attribute(p, &attributes->items[i - n_measures], p->of_row, &p->flags_of_row);
        else if (p->structure->n_annotations > 0)
            status = ic_sj_read_annotations(p, p->of_row);
        else
            status = expected(p, "", "no more values than measures and attributes in the structure");
    }
    if (status == IC_OK && period == NULL) p->run_open = 0;
    if (status == IC_OK && period != NULL) status = ic_sj_of_groups(p, 1, p->of_row);
    if (status == IC_OK && period != NULL) status = ic_sj_find_tail(p);
    for (size_t m = 0; status == IC_OK && period != NULL && m < n_measures; m++) {
        uint32_t key = 0, flags = p->flags_of_row | (period->joint ? IC_FLAG_JOINT : 0);
        if (measures->items[m].measure == IC_SJ_NONE || (isnan(numbers[m].value) && flags == 0)) continue;
        if (p->s->measures.count > 1) p->codes[p->s->n_dims] = (uint32_t)measures->items[m].measure;
        status = ic_sj_find_key(p, &key);
        if (status == IC_OK) status = ic_sj_put(p, key, period, &numbers[m], flags);
    }
    if (numbers != few) ic_free(numbers);
    return status;
}

/* The key is the next part's. */
static int stops(part *p, ic_sj_level level) {
    ic_sj_level divided = p->set->series.there ? IC_SJ_SERIES : IC_SJ_OBSERVATION;
    if (p->until == 0 || level != divided || p->json->offset < p->until) return 0;
    p->stopped = p->json->offset;
    return 1;
}

/* "observations": {"0": [...], ...} of a series, or of the set. */
static ic_status read_observations(part *p, int wanted) {
    if (p->json->event == IC_JSON_NULL) return IC_OK;
    if (p->json->event != IC_JSON_OBJECT) return expected(p, "observations", "an object");
    for (;;) {
        if (p->s->quick) IC_TRY(ic_sj_quick(p, wanted));
        IC_TRY(next(p));
        if (p->json->event == IC_JSON_OBJECT_END || stops(p, IC_SJ_OBSERVATION)) return IC_OK;
        IC_TRY(read_key(p, IC_SJ_OBSERVATION));
        int all = take_codes(p, IC_SJ_OBSERVATION) & wanted;
        IC_TRY(next(p));
        IC_TRY(read_observation(p, all));
    }
}

/* ---- series -------------------------------------------------------------------------------------------------------- */

static ic_status begin_series(part *p) {
    size_t n = p->sink->n_attributes;
    if (n > 0) memcpy(p->of_series, p->of_set, n * sizeof *p->of_series);
    p->flags_of_series = p->flags_of_set;
    p->generation++;
    return ic_sj_of_groups(p, 0, p->of_series);
}

/* The event begins a series, whose key is read. Observations before attributes are passed over and read behind them. */
static ic_status read_series_one(part *p, int wanted) {
    ic_json *json = p->json;
    ic_json_spot later = {0}, end;
    int has_rows = 0, has_later = 0;
    if (json->event != IC_JSON_OBJECT) return expected(p, "series", "an object");
    IC_TRY(begin_series(p));
    int settled = p->structure->attributes[IC_SJ_SERIES].n == 0 && p->structure->n_annotations == 0;
    for (;;) {
        IC_TRY(next(p));
        if (json->event == IC_JSON_OBJECT_END) break;
        int attributes = is(json, "attributes"), annotations = is(json, "annotations");
        int observations = is(json, "observations");
        IC_TRY(next(p));
        if (attributes) {
            IC_TRY(
                ic_sj_read_attributes(p, &p->structure->attributes[IC_SJ_SERIES], p->of_series, &p->flags_of_series));
            settled = 1;
            p->generation++;
        } else if (annotations) {
            IC_TRY(ic_sj_read_annotations(p, p->of_series));
            p->generation++;
        } else if (observations && json->event == IC_JSON_OBJECT) {
            has_rows = 1;
            if (settled) {
                IC_TRY(read_observations(p, wanted));
            } else {
                has_later = 1;
                ic_json_save(json, &later);
                IC_TRY(pass(p));
            }
        } else {
            IC_TRY(pass(p));
        }
    }
    if (has_later) {
        ic_json_save(json, &end);
        ic_json_return(json, &later);
        IC_TRY(read_observations(p, wanted));
        ic_json_return(json, &end);
    }
    if (p->deleted && !has_rows) {
        static const char why[] = "rows with the action D (delete)";
        return ic_dataset_note(&p->sink->aside, "skipped", why, strlen(why), 1);
    }
    return IC_OK;
}

static ic_status read_series(part *p, int wanted) {
    for (;;) {
        IC_TRY(next(p));
        if (p->json->event == IC_JSON_OBJECT_END || stops(p, IC_SJ_SERIES)) return IC_OK;
        IC_TRY(read_key(p, IC_SJ_SERIES));
        int all = take_codes(p, IC_SJ_SERIES) & wanted;
        IC_TRY(next(p));
        IC_TRY(read_series_one(p, all));
    }
}

/* ---- sets ---------------------------------------------------------------------------------------------------------- */

static ic_status visit(part *p, const ic_sj_place *place) {
    ic_json_visit(p->json, place->offset);
    return next(p);
}

/* Goes to the first entry of series or observations, or of the part's share of them. */
static ic_status begin_entries(part *p, const ic_sj_place *place, const ic_json_spot *spot) {
    if (p->until == 0) return visit(p, place);
    ic_json_return(p->json, spot);
    p->json->event = IC_JSON_OBJECT; /* it has begun, here or in a part before */
    return IC_OK;
}

static void end_set(part *p) {
    for (size_t g = 0; g < p->n_groups; g++) {
        ic_intern_free(&p->groups[g].keys);
        ic_free(p->groups[g].numbers);
    }
    p->n_groups = 0;
    for (size_t f = 0; f < 256; f++) {
        ic_free(p->periods[f]);
        p->periods[f] = NULL;
    }
    ic_free(p->heads);
    p->heads = NULL;
}

ic_status ic_sj_part_set(part *p, const ic_sj_set *set) {
    ic_json_spot spot; /* of the part's first entry */
    ic_json_save(p->json, &spot);
    p->set = set;
    p->structure = &p->s->structures[set->structure];
    p->deleted = set->action.length > 0 && (set->action.text[0] == 'D' || set->action.text[0] == 'd');
    p->key = p->tail = IC_ABSENT;
    p->run_open = 0;
    p->flags_of_set = 0;
    memset(p->of_set, 0xFF, p->sink->n_attributes * sizeof *p->of_set);
    memset(p->positions, 0, 64 * sizeof *p->positions);
    memset(p->codes, 0, p->sink->n_dims * sizeof *p->codes);
    for (size_t d = 0; d < ic_sj_dims_of(p, IC_SJ_DATASET); d++) {
        const ic_sj_component *dim = &p->structure->dims[IC_SJ_DATASET].items[d];
        if (dim->n_values != 1 && (set->series.there || set->observations.there)) {
            ic_json_at(p->json, &dim->place, p->error);
            return ic_fail(p->error, IC_FORMAT, "%s: expected one value for the whole data set, not %zu", dim->id.text,
                           dim->n_values);
        }
    }
    int wanted = set->series.there || set->observations.there ? take_codes(p, IC_SJ_DATASET) : 0;
    if (set->attributes.there) {
        IC_TRY(visit(p, &set->attributes));
        IC_TRY(ic_sj_read_attributes(p, &p->structure->attributes[IC_SJ_DATASET], p->of_set, &p->flags_of_set));
    }
    if (set->annotations.there) {
        IC_TRY(visit(p, &set->annotations));
        IC_TRY(ic_sj_read_annotations(p, p->of_set));
    }
    if (set->groups.there) {
        IC_TRY(visit(p, &set->groups));
        IC_TRY(ic_sj_read_groups(p));
    }
    if (set->series.there) {
        IC_TRY(begin_entries(p, &set->series, &spot));
        IC_TRY(read_series(p, wanted));
        p->ended = p->stopped == 0 ? p->json->offset + 1 : 0;
    }
    if (set->observations.there) {
        if (ic_sj_dims_of(p, IC_SJ_SERIES) > 0) {
            ic_json_at(p->json, &set->place, p->error);
            return ic_fail(p->error, IC_FORMAT, "expected \"series\", since the structure has dimensions of series");
        }
        IC_TRY(begin_series(p));
        IC_TRY(begin_entries(p, &set->observations, &spot));
        IC_TRY(read_observations(p, wanted));
    }
    return IC_OK;
}

ic_status ic_sj_part_open(part *p, ic_sj *s, ic_sink *sink) {
    *p = (part){.s = s, .json = &s->json, .error = s->error, .sink = sink, .key = IC_ABSENT, .tail = IC_ABSENT};
    size_t n = sink->n_attributes + 1;
    p->positions = ic_arena_take(&s->arena, 64 * sizeof *p->positions);
    p->codes = ic_arena_take(&s->arena, 64 * sizeof *p->codes);
    p->last_codes = ic_arena_take(&s->arena, 64 * sizeof *p->last_codes);
    p->of_set = ic_arena_take(&s->arena, n * sizeof *p->of_set);
    p->of_series = ic_arena_take(&s->arena, n * sizeof *p->of_series);
    p->of_row = ic_arena_take(&s->arena, n * sizeof *p->of_row);
    p->tail_last = ic_arena_take(&s->arena, n * sizeof *p->tail_last);
    return p->positions == NULL || p->codes == NULL || p->last_codes == NULL || p->of_set == NULL ||
                   p->of_series == NULL || p->of_row == NULL || p->tail_last == NULL
               ? IC_MEMORY
               : IC_OK;
}

void ic_sj_part_close(part *p) {
    end_set(p);
    ic_intern_free(&p->keys);
    ic_intern_free(&p->tails);
    ic_free(p->scratch);
}

ic_status ic_sj_rows(ic_sj *s, ic_sink *sink) {
    part p;
    ic_status status = ic_sj_part_open(&p, s, sink);
    p.may_grow = 1;
    for (size_t i = 0; i < s->n_sets && status == IC_OK; i++) {
        if (s->chosen[i]) status = ic_sj_part_set(&p, &s->sets[i]);
        end_set(&p);
    }
    ic_sj_part_close(&p);
    return status;
}
