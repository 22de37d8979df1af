/* sdmx-ml: the message divided among threads, and what comes of it. */
#include "core/read/sdmx_ml.h"
#include "core/base/utf8.h"
#include "core/read/parts.h"
#include "core/scan/scan.h"

#include <string.h>

static int has(const char *text, size_t length, const char *word) {
    const size_t n = strlen(word);
    for (size_t i = 0; i + n <= length; i++) {
        i += ic_scan.find(text + i, length - i, word[0]);
        if (i + n <= length && memcmp(text + i, word, n) == 0) return 1;
    }
    return 0;
}

int ic_sdmx_ml_sniff(const char *head, size_t length) {
    static const char *const roots[] = {"StructureSpecificData",
                                        "StructureSpecificTimeSeriesData",
                                        "GenericData",
                                        "GenericTimeSeriesData",
                                        "CompactData",
                                        "UtilityData",
                                        "CrossSectionalData",
                                        "MessageGroup",
                                        "Structure",
                                        "RegistryInterface",
                                        "Error"};
    size_t i = ic_utf8_mark(head, length);
    for (;;) { /* to the root element: past blanks, comments and what begins with <? or <! */
        while (i < length && (unsigned char)head[i] <= ' ') i++;
        if (i + 4 >= length || head[i] != '<') return 0;
        if (head[i + 1] != '?' && head[i + 1] != '!') break;
        const int comment = memcmp(head + i, "<!--", 4) == 0;
        if (length - i >= 9 && memcmp(head + i, "<!DOCTYPE", 9) == 0) /* refused when it is read */
            return has(head, length, "sdmx") || has(head, length, "SDMX") ? 60 : 0;
        while (i < length && !(head[i] == '>' && (!comment || (head[i - 1] == '-' && head[i - 2] == '-')))) i++;
        i++;
    }
    size_t start = ++i;
    while (i < length && head[i] != ' ' && head[i] != '>' && head[i] != '/' && head[i] != '\n' && head[i] != '\r' &&
           head[i] != '\t') {
        if (head[i] == ':') start = i + 1;
        i++;
    }
    for (size_t k = 0; k < sizeof roots / sizeof *roots; k++) {
        if (!ic_xml_is(head + start, i - start, roots[k])) continue;
        const int named = has(head, length, "sdmx") || has(head, length, "SDMX");
        return named ? 100 : k < 7 ? 60 : 0;
    }
    return 0;
}

typedef struct whole {
    const ic_source *source;
    const ic_options *options;
    ic_ml_head head;
    ic_ml_part **parts;
    size_t n;
    ic_parts division;
    ic_columns columns;
    ic_status *results;
    uint64_t *begins; /* of the parts */
    ic_error *error;
} whole;

/* ---- parts ----------------------------------------------------------------------------------------------------- */

static ic_ml_part *new_part(whole *w) {
    ic_ml_part *part = ic_alloc_zeroed(1, sizeof *part);
    if (part == NULL) return NULL;
    part->head = &w->head;
    part->options = w->options;
    part->columns = &w->columns;
    return part;
}

/* Another part of the data set that the first one is in. */
static ic_status next_part(whole *w, size_t i, uint64_t offset) {
    const ic_ml_part *first = w->parts[0];
    ic_ml_part *part = w->parts[i] = new_part(w);
    if (part == NULL) return ic_fail_memory(w->error);
    w->n = i + 1;
    ic_status status = ic_ml_part_open(part);
    if (status == IC_OK)
        status =
            ic_xml_open_at(&part->xml, &first->xml, first->base, offset, (size_t)w->options->limits.line, &part->error);
    part->base = first->base;
    memcpy(part->frames, first->frames, (first->base + 1) * sizeof *part->frames);
    part->at_observation = first->at_observation;
    part->any_dataset = 1;
    part->dataset = first->dataset;
    part->dataset_wanted = part->any_wanted = first->dataset_wanted;
    part->timed = first->timed;
    part->xml.window.cancel = ic_parts_cancel(&w->division, i);
    /* what the data set says about all observations in it */
    const size_t n = first->xml.depth > first->base ? first->frames[first->base + 1].mark : first->n_pairs;
    for (size_t k = 0; k < n && status == IC_OK; k++) {
        const ic_ml_pair *pair = &first->pairs[k];
        const ic_text *name = &first->names.items[pair->concept];
        const ic_text *value = &first->concepts[pair->concept].values.items[pair->value];
        uint32_t concept = 0;
        status = ic_ml_concept_of(part, name->text, name->length, &concept);
        if (status == IC_OK) status = ic_ml_pair_add(part, concept, value->text, value->length, 0);
    }
    if (status != IC_OK) *w->error = part->error;
    return status;
}

/* The first place from `from` on where the element begins that the first observation stood in or was; SIZE_UNKNOWN: none. */
static uint64_t boundary(const whole *w, const char *tag, size_t length, uint64_t from, uint64_t until) {
    char buffer[4096];
    for (uint64_t at = from; at + length + 1 < until;) {
        const size_t size = until - at < sizeof buffer ? (size_t)(until - at) : sizeof buffer;
        const int64_t n = w->source->read(w->source->context, buffer, size, at);
        if (n <= (int64_t)length) return IC_SIZE_UNKNOWN;
        for (size_t i = 0; i + length < (size_t)n; i++) {
            i += ic_scan.find(buffer + i, (size_t)n - i, '<');
            if (i + length < (size_t)n && memcmp(buffer + i, tag, length) == 0 &&
                strchr(" \t\r\n>", buffer[i + length]) != NULL && buffer[i + length] != '\0')
                return at + i;
        }
        at += (uint64_t)n - length;
    }
    return IC_SIZE_UNKNOWN;
}

#define BOUNDARY_MOST ((uint64_t)4 << 20) /* bytes in which one is looked for */
#define ROW_LEAST     12                  /* bytes of an observation: <a value="1"/> and the like */
#define ROOM_LEAST    ((size_t)4096)

static size_t room_for(const whole *w, uint64_t bytes) {
    return (size_t)(bytes / (w->head.measures.count > 1 ? 6 : ROW_LEAST)) + 2;
}

/* The columns that all parts write into: no part can have more observations than its bytes allow. */
static ic_status make_columns(whole *w) {
    const ic_source *source = w->source;
    const int known = source->size != IC_SIZE_UNKNOWN && source->seekable;
    size_t base = 0;
    for (size_t i = 0; i < w->n; i++) {
        const uint64_t end = i + 1 < w->n ? w->begins[i + 1] : source->size;
        ic_sink *sink = &w->parts[i]->sink;
        sink->base = base;
        sink->room = known ? room_for(w, end - w->begins[i]) : room_for(w, source->expected);
        sink->room += (size_t)w->options->threads * 4; /* what the parts round up */
        if (!known && sink->room > w->options->limits.cells) sink->room = (size_t)w->options->limits.cells;
        if (!known && sink->room < ROOM_LEAST) sink->room = ROOM_LEAST;
        base += sink->room;
    }
    w->parts[0]->may_grow = w->n == 1;
    ic_status status = ic_columns_make(&w->columns, base);
    if (status != IC_OK && !known && base > ROOM_LEAST) { /* then they grow */
        w->parts[0]->sink.room = ROOM_LEAST;
        status = ic_columns_make(&w->columns, ROOM_LEAST);
    }
    return status == IC_OK ? IC_OK : ic_fail_memory(w->error);
}

/* After the first observation: further parts begin where its series, or it, has a like. */
static ic_status divide(whole *w) {
    ic_ml_part *first = w->parts[0];
    const uint64_t start = first->xml.window.offset;
    if (first->finished || first->base == 0) return IC_OK;
    w->division = ic_parts_of(w->source, start, w->options->threads);
    if (w->division.n < 2) return IC_OK;
    const char *name = first->xml.name; /* observations without series: the last one has just ended */
    size_t length = first->xml.name_length;
    if (first->xml.depth > first->base) {
        const uint32_t *starts = first->xml.starts + first->base;
        name = first->xml.names + starts[0];
        length = (first->xml.depth > first->base + 1 ? starts[1] : first->xml.names_used) - starts[0];
    }
    char tag[128] = "<";
    if (length + 2 > sizeof tag) return IC_OK;
    memcpy(tag + 1, name, length);
    for (size_t i = 1; i < w->division.n; i++) {
        const uint64_t from = ic_parts_from(&w->division, i), until = ic_parts_until(&w->division, i);
        const uint64_t at =
            boundary(w, tag, length + 1, from, until - from < BOUNDARY_MOST ? until : from + BOUNDARY_MOST);
        if (at == IC_SIZE_UNKNOWN) continue;
        w->begins[w->n] = at;
        IC_TRY(next_part(w, w->n, at));
    }
    w->division.n = w->n;
    first->xml.window.polls = (int)w->n;
    return IC_OK;
}

static ic_status read_part(void *context, size_t i) {
    whole *w = context;
    return w->results[i] = ic_ml_part_read(w->parts[i], 0);
}

/* A part that did not end where the next one begins goes on in its place: what looked like a beginning was none. */
static ic_status join(whole *w) {
    size_t last = 0;
    uint64_t lines = 0;
    for (size_t i = 0; i < w->n; i++) {
        ic_ml_part *part = w->parts[i];
        if (i > 0 && !w->parts[last]->reached) { /* it was no beginning */
            w->parts[last]->sink.room += part->sink.room;
            w->parts[last]->until = part->until;
            w->parts[last]->xml.window.polls = 1;
            w->parts[last]->xml.window.cancel = NULL;
            w->results[last] = ic_ml_part_read(w->parts[last], 0);
            ic_ml_part_close(part);
            ic_free(part);
            w->parts[i] = NULL;
        } else if (i > 0) {
            lines += w->parts[last]->xml.line;
            last++;
            if (last != i) {
                w->parts[last] = part;
                w->results[last] = w->results[i];
                w->parts[i] = NULL;
            }
        }
        if (w->results[last] != IC_OK) {
            part = w->parts[last];
            *w->error = part->error;
            w->error->status = w->results[last];
            if (w->error->column == 0) { /* no place but that which was reached */
                w->error->line = part->xml.line;
                w->error->offset = part->xml.window.offset;
            }
            if (w->error->status == IC_FORMAT || w->error->status == IC_LIMIT || w->error->status == IC_UNSUPPORTED) {
                w->error->line += lines + 1;
                w->error->column += w->error->column == 0;
            }
            return w->results[last];
        }
    }
    w->n = last + 1;
    return IC_OK;
}

/* ---- the result ------------------------------------------------------------------------------------------------- */

/* What the provider says instead of data, or because of which they are not all there. */
static ic_status provider_says(whole *w, int no_data) {
    uint64_t lines = 0;
    for (size_t i = 0; i < w->n; i++) {
        const ic_ml_part *part = w->parts[i];
        if (part->messages_used > 0 && (part->failure || no_data)) {
            char word[IC_MESSAGE_SIZE - 60];
            w->error->line = lines + part->message_line + 1;
            w->error->column = part->message_column;
            w->error->offset = part->message_offset;
            return ic_fail(w->error, IC_FORMAT, "%s: %s",
                           no_data ? "the message has no data; it says" : "the provider reports an error",
                           ic_quote(word, sizeof word, part->messages, part->messages_used));
        }
        lines += part->xml.line;
    }
    return IC_OK;
}

static ic_status list_datasets(whole *w, const char **listed) {
    size_t size = 1, used = 0;
    for (size_t i = 0; i < w->n; i++)
        for (size_t k = 0; k < w->parts[i]->dataset_names.count; k++)
            size += w->parts[i]->dataset_names.items[k].length + 2;
    char *text = ic_arena_take(&w->head.arena, size);
    if (text == NULL) return ic_fail_memory(w->error);
    for (size_t i = 0; i < w->n; i++) {
        for (size_t k = 0; k < w->parts[i]->dataset_names.count; k++) {
            const ic_text *name = &w->parts[i]->dataset_names.items[k];
            if (used > 0) used += (size_t)(memcpy(text + used, ", ", 2) != NULL) * 2;
            memcpy(text + used, name->text, name->length);
            used += name->length;
        }
    }
    text[used] = '\0';
    *listed = text;
    return IC_OK;
}

static ic_status check(whole *w, uint64_t rows) {
    const ic_options *options = w->options;
    const ic_ml_part *first = w->parts[0];
    char word[60];
    int any = 0, figures = 0;
    for (size_t i = 0; i < w->n; i++) {
        any |= w->parts[i]->any_dataset;
        figures |= w->parts[i]->any_figure;
    }
    for (size_t c = 0; c < first->names.count && rows == 0 && !figures; c++) {
        const ic_ml_concept *concept = &first->concepts[c];
        if (concept->word != IC_ML_DIMENSION || !(concept->met & (IC_ML_ON_OBS | IC_ML_BESIDE_TIME))) continue;
        w->error->line = w->error->column = 1;
        return ic_fail(w->error, IC_FORMAT,
                       "no observation has an OBS_VALUE (measures=[\"%s\"] says what holds values)",
                       ic_quote(word, sizeof word, first->names.items[c].text, first->names.items[c].length));
    }
    IC_TRY(provider_says(w, !any));
    if (!any) {
        w->error->line = w->error->column = 1;
        return ic_fail(w->error, IC_FORMAT, "the message has no data set");
    }
    if (rows > options->limits.cells)
        return ic_fail(w->error, IC_LIMIT, "%llu rows (limits={\"cells\": ...} allows more than %llu)",
                       (unsigned long long)rows, (unsigned long long)options->limits.cells);
    if (options->days != NULL && first->timed < 0)
        return ic_fail(w->error, IC_ARGUMENT, "where names \"time\": the message has none");
    if (options->time != NULL && first->timed < 0)
        return ic_fail(w->error, IC_ARGUMENT, "time=\"%s\": there is no such concept",
                       ic_quote(word, sizeof word, options->time, strlen(options->time)));
    if (options->dataset == NULL) return IC_OK;
    for (size_t i = 0; i < w->n; i++)
        if (w->parts[i]->any_wanted) return IC_OK;
    return ic_fail(w->error, IC_ARGUMENT, "dataset=\"%s\": the message has %.300s",
                   ic_quote(word, sizeof word, options->dataset, strlen(options->dataset)), first->datasets_listed);
}

static ic_status say_facts(whole *w, ic_dataset *dataset) {
    for (size_t i = 0; i < w->head.n_facts; i++)
        IC_TRY(ic_dataset_say(dataset, w->head.facts[i].name, w->head.facts[i].text, strlen(w->head.facts[i].text)));
    const char *listed = w->parts[0]->datasets_listed;
    if (listed[0] != '\0') IC_TRY(ic_dataset_say(dataset, "structure", listed, strlen(listed)));
    for (size_t i = 0; i < w->n; i++) {
        const ic_ml_part *part = w->parts[i];
        if (part->messages_used > 0) IC_TRY(ic_dataset_note(dataset, "notes", part->messages, part->messages_used, 1));
    }
    return IC_OK;
}

static ic_status finish(whole *w, ic_dataset *dataset) {
    uint64_t rows = 0;
    for (size_t i = 0; i < w->n; i++) {
        w->parts[i]->sink.lines = w->parts[i]->xml.line;
        rows += w->parts[i]->sink.used;
    }
    IC_TRY(list_datasets(w, &w->parts[0]->datasets_listed));
    IC_TRY(check(w, rows));
    IC_TRY(ic_ml_settle(w->parts, w->n, w->options, dataset, w->error));
    dataset->has_time = w->head.timed >= 0 && !w->options->no_time;
    ic_sink *sinks = ic_alloc(w->n, sizeof *sinks);
    if (sinks == NULL) return ic_fail_memory(w->error);
    for (size_t i = 0; i < w->n; i++) sinks[i] = w->parts[i]->sink;
    ic_status status = ic_sinks_merge(dataset, &w->columns, sinks, w->n, w->options, w->source, 1, w->error);
    ic_free(sinks);
    if (status == IC_OK && say_facts(w, dataset) != IC_OK) status = ic_fail_memory(w->error);
    if (status == IC_OK && !dataset->has_time) dataset->freq = 0;
    dataset->structures = w->head.carried; /* the caller frees it, whatever the status */
    w->head.carried = NULL;
    return status;
}

/* ---- the message ------------------------------------------------------------------------------------------------- */

static ic_status start(whole *w) {
    const ic_texts *asked = &w->options->measures;
    uint32_t number;
    for (size_t i = 0; i < asked->count; i++)
        if (ic_intern_add(&w->head.measures, asked->texts[i], asked->lengths[i], &number) != IC_OK)
            return ic_fail_memory(w->error);
    w->head.measured = asked->count > 0;
    if (asked->count == 0 && ic_intern_add(&w->head.measures, "OBS_VALUE", 9, &number) != IC_OK)
        return ic_fail_memory(w->error);
    const size_t most = w->options->threads > 1 ? (size_t)w->options->threads : 1;
    w->parts = ic_alloc_zeroed(most, sizeof(ic_ml_part *));
    w->results = ic_alloc_zeroed(most, sizeof *w->results);
    w->begins = ic_alloc_zeroed(most, sizeof *w->begins);
    if (w->parts == NULL || w->results == NULL || w->begins == NULL) return ic_fail_memory(w->error);
    ic_ml_part *first = w->parts[0] = new_part(w);
    if (first == NULL) return ic_fail_memory(w->error);
    w->n = 1;
    first->owns_head = 1;
    ic_status status = ic_ml_part_open(first);
    if (status == IC_OK) status = ic_xml_open(&first->xml, w->source, (size_t)w->options->limits.line, &first->error);
    if (status != IC_OK) *w->error = first->error;
    return status;
}

static ic_status read_message(whole *w, ic_dataset *dataset) {
    IC_TRY(start(w));
    IC_TRY(make_columns(w));
    w->results[0] = ic_ml_part_read(w->parts[0], 1);
    if (w->results[0] == IC_OK) {
        ic_ml_part *first = w->parts[0];
        IC_TRY(divide(w));
        if (w->n > 1) { /* the first part keeps what it has, in the same place */
            first->owns_head = 0;
            for (size_t i = 0; i < w->n; i++) w->parts[i]->until = i + 1 < w->n ? w->begins[i + 1] : IC_SIZE_UNKNOWN;
            size_t base = 0;
            for (size_t i = 0; i < w->n; i++) {
                const uint64_t end = i + 1 < w->n ? w->begins[i + 1] : w->source->size;
                w->parts[i]->sink.base = base;
                base += w->parts[i]->sink.room = room_for(w, end - w->begins[i]);
                w->parts[i]->may_grow = 0;
            }
            if (base > w->columns.room) IC_TRY(ic_columns_grow(&w->columns, first->sink.used, base));
            IC_TRY(ic_parts_run(&w->division, w->options->threads, read_part, w, w->error));
        } else if (!first->finished) {
            w->results[0] = ic_ml_part_read(first, 0);
        }
    }
    IC_TRY(join(w));
    return finish(w, dataset);
}

ic_status ic_sdmx_ml_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error) {
    whole w = {.source = source, .options = options, .error = error};
    ic_status status = read_message(&w, dataset);
    if (status == IC_MEMORY && error->status != IC_MEMORY) (void)ic_fail_memory(error);
    for (size_t i = 0; w.parts != NULL && i < w.n; i++) {
        if (w.parts[i] == NULL) continue;
        ic_ml_part_close(w.parts[i]);
        ic_free(w.parts[i]);
    }
    ic_free(w.parts);
    ic_free(w.results);
    ic_free(w.begins);
    ic_columns_free(&w.columns);
    ic_intern_free(&w.head.measures);
    ic_free(w.head.structures);
    ic_free(w.head.facts);
    if (w.head.carried != NULL) ic_structures_free(w.head.carried);
    ic_free(w.head.carried);
    ic_arena_free(&w.head.arena);
    return status;
}
