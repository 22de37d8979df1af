/* px: which dimension is time. TIMEVAL says so; else the name of a dimension whose codes are periods, or consecutive years. */
#include "core/period/period.h"
#include "core/read/px.h"
#include "core/read/table.h"

#include <string.h>

/* What the codes of a dimension are on the calendar. */
typedef struct axis {
    ic_period *periods;
    uint8_t *placed; /* 0: on no calendar */
    char freq;
} axis;

static ic_period_result parse_one(const ic_px_text *given, const ic_period_style *style, ic_period *period) {
    const char *text = given->text;
    size_t length = given->length;
    while (length > 0 && *text == ' ') text++, length--;
    while (length > 0 && text[length - 1] == ' ') length--;
    return ic_period_parse(text, length, style, period);
}

/* Whether all texts are periods of one frequency (some may be on no calendar). */
static int parse_all(axis *a, const ic_px_text *texts, size_t n, const ic_period_style *style) {
    a->freq = 0;
    for (size_t i = 0; i < n; i++) {
        switch (parse_one(&texts[i], style, &a->periods[i])) {
        case IC_PERIOD_OK:
            if (a->periods[i].flags != 0 || (a->freq != 0 && a->periods[i].freq != a->freq)) return 0;
            a->freq = a->periods[i].freq;
            a->placed[i] = 1;
            break;
        case IC_PERIOD_UNPLACED: a->placed[i] = 0; break;
        default: return 0;
        }
    }
    return a->freq != 0;
}

/* TLIST(A1),"2001","2002" or TLIST(A1,"2001"-"2002"). */
static int parse_timeval(axis *a, const ic_px_statement *timeval, size_t n, const ic_period_style *style) {
    const ic_px_text *texts = timeval->values + 2;
    const size_t there = timeval->n_values - 2;
    ic_period end;
    if (there == n && !(n > 1 && texts[1].before == '-')) return parse_all(a, texts, n, style);
    if (there != 2 || texts[1].before != '-' || parse_one(&texts[1], style, &end) != IC_PERIOD_OK) return 0;
    if (parse_one(&texts[0], style, &a->periods[0]) != IC_PERIOD_OK || a->periods[0].freq != end.freq) return 0;
    const int64_t first = a->periods[0].ordinal;
    if ((int64_t)end.ordinal - first + 1 != (int64_t)n) return 0;
    for (size_t i = 0; i < n; i++) {
        a->periods[i] = (ic_period){.ordinal = (int32_t)(first + (int64_t)i), .freq = end.freq};
        a->placed[i] = 1;
    }
    a->freq = end.freq;
    return 1;
}

/* "2013T4": a quarter in Romance languages; in SDMX T is a third of a year, of which there is no fourth. */
static int has_fourth(const ic_px_text *texts, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const size_t k = texts[i].length;
        if (k >= 2 && (texts[i].text[k - 2] | 32) == 't' && texts[i].text[k - 1] == '4') return 1;
    }
    return 0;
}

/* By the texts of the dimension alone: its values, else its codes. */
static int parse_dim(axis *a, const ic_px_dim *dim, const ic_period_style *style) {
    const ic_px_statement *ways[] = {dim->values, dim->codes, dim->labels};
    for (size_t i = 0; i < 3; i++) {
        if (ways[i] == NULL) continue;
        if (parse_all(a, ways[i]->values, dim->n, style)) return 1;
        const ic_period_style quarters = {'Q', 0};
        if (style == NULL && has_fourth(ways[i]->values, dim->n) && parse_all(a, ways[i]->values, dim->n, &quarters))
            return 1;
    }
    return 0;
}

/* The letter of TLIST(A1), or 0. */
static char declared_freq(const ic_px_statement *timeval) {
    if (timeval == NULL || timeval->n_values < 2 || !ic_px_says(&timeval->values[0], "TLIST")) return 0;
    const ic_px_text *scale = &timeval->values[1];
    if (scale->depth != 1 || scale->length == 0) return 0;
    const char letter = (char)(scale->text[0] & ~32);
    return letter == 'H' ? 'S' : strchr("AQMWD", letter) != NULL ? letter : 0;
}

static int consecutive_years(const axis *a, size_t n) {
    int32_t first = INT32_MAX, last = INT32_MIN;
    if (a->freq != 'A') return 0;
    for (size_t i = 0; i < n; i++) {
        const int32_t year = a->periods[i].ordinal;
        if (!a->placed[i] || year < 1800 - 1970 || year > 2200 - 1970) return 0;
        if (year < first) first = year;
        if (year > last) last = year;
    }
    return n > 1 && (size_t)((int64_t)last - first + 1) == n;
}

static int named_for_time(ic_px_table *table, const ic_px_dim *dim) {
    const ic_px_text *names[] = {dim->name, dim->usual};
    for (size_t i = 0; i < 2; i++) {
        const char *text = ic_arena_text(&table->arena, names[i]->text, names[i]->length);
        if (text != NULL && ic_table_names_time(text)) return 1;
    }
    return 0;
}

static ic_status guess(ic_px_table *table, axis *a) {
    char first[IC_PX_QUOTED], second[IC_PX_QUOTED];
    for (int by_name = 1; by_name >= 0 && table->time == table->n_dims; by_name--) {
        for (size_t d = 0; d < table->n_dims; d++) {
            const ic_px_dim *dim = &table->dims[d];
            if (by_name && !named_for_time(table, dim)) continue;
            if (!parse_dim(a, dim, NULL) || (!by_name && !consecutive_years(a, dim->n))) continue;
            if (table->time == table->n_dims) {
                table->time = d;
                continue;
            }
            ic_px_at(table, dim->name->place);
            return ic_fail(table->error, IC_FORMAT, "\"%s\" and \"%s\" could both be time; time= says which",
                           ic_px_quote(first, table->dims[table->time].name), ic_px_quote(second, dim->name));
        }
    }
    table->guessed = table->time < table->n_dims;
    if (table->guessed) (void)parse_dim(a, &table->dims[table->time], NULL); /* again: it was not the last one tried */
    return IC_OK;
}

/* The dimension that was asked for. */
static ic_status named(ic_px_table *table, axis *a) {
    const char *asked = table->options->time;
    const ic_px_text name = {.text = asked, .length = strlen(asked)};
    char word[IC_PX_QUOTED];
    for (size_t d = 0; d < table->n_dims; d++) {
        const ic_px_dim *dim = &table->dims[d];
        if (!ic_px_same(dim->name, &name) && !ic_px_same(dim->usual, &name)) continue;
        const ic_px_statement *timeval = ic_px_find(table, "TIMEVAL", dim->name, dim->usual);
        const ic_period_style style = {declared_freq(timeval), 0};
        table->time = d;
        if (parse_dim(a, dim, timeval == NULL ? NULL : &style)) return IC_OK;
        if (style.freq != 0 && parse_timeval(a, timeval, dim->n, &style)) return IC_OK;
        ic_px_at(table, dim->values->keyword.place);
        return ic_fail(table->error, IC_FORMAT, "the values of \"%s\" are not all periods of one frequency",
                       ic_px_quote(word, dim->name));
    }
    return ic_fail(table->error, IC_ARGUMENT, "time=\"%s\": there is no such dimension", ic_px_quote(word, &name));
}

static ic_status find(ic_px_table *table, axis *a) {
    if (table->options->time != NULL) return named(table, a);
    int declared = 0;
    for (size_t d = 0; d < table->n_dims; d++) {
        const ic_px_dim *dim = &table->dims[d];
        const ic_px_statement *timeval = ic_px_find(table, "TIMEVAL", dim->name, dim->usual);
        if (timeval == NULL) continue;
        declared = 1; /* where its periods can't be read, no other dimension is taken for time instead */
        const ic_period_style style = {declared_freq(timeval), 0};
        if (!parse_dim(a, dim, &style) && (style.freq == 0 || !parse_timeval(a, timeval, dim->n, &style))) continue;
        table->time = d;
        return IC_OK;
    }
    return declared ? IC_OK : guess(table, a);
}

static ic_status twice(ic_px_table *table, const ic_px_dim *dim, size_t i) {
    char word[IC_PX_QUOTED];
    ic_px_at(table, dim->texts[i].place);
    return ic_fail(table->error, IC_FORMAT, "the period \"%s\" is there twice", ic_px_quote(word, &dim->texts[i]));
}

static ic_status lay_out(ic_px_table *table, const axis *a) {
    ic_px_dim *dim = &table->dims[table->time];
    int64_t first = INT64_MAX, last = INT64_MIN;
    dim->slots = ic_arena_take(&table->arena, dim->n * sizeof *dim->slots);
    if (dim->slots == NULL) return ic_fail_memory(table->error);
    for (size_t i = 0; i < dim->n; i++) {
        dim->slots[i] = IC_ABSENT;
        if (!a->placed[i]) {
            uint32_t number;
            if (ic_intern_add(&table->unplaced, dim->texts[i].text, dim->texts[i].length, &number) != IC_OK)
                return ic_fail_memory(table->error);
            continue;
        }
        if (!ic_period_wanted(table->options, a->freq, a->periods[i].ordinal)) continue;
        dim->slots[i] = 0;
        if (a->periods[i].ordinal < first) first = a->periods[i].ordinal;
        if (a->periods[i].ordinal > last) last = a->periods[i].ordinal;
    }
    table->freq = a->freq;
    table->first = first > last ? 0 : (int32_t)first;
    table->periods = first > last ? 0 : (size_t)(last - first + 1);
    if (table->periods > table->options->limits.cells) {
        ic_px_at(table, dim->values->keyword.place);
        return ic_fail(table->error, IC_LIMIT, "%zu periods; limits={\"cells\": ...} allows more than %llu",
                       table->periods, (unsigned long long)table->options->limits.cells);
    }
    table->filled = ic_arena_take(&table->arena, table->periods + 1);
    if (table->filled == NULL) return ic_fail_memory(table->error);
    memset(table->filled, 0, table->periods);
    dim->kept = 0;
    for (size_t i = 0; i < dim->n; i++) {
        if (dim->slots[i] == IC_ABSENT) continue;
        const size_t slot = (size_t)(a->periods[i].ordinal - first);
        if (table->filled[slot]) return twice(table, dim, i);
        table->filled[slot] = 1;
        dim->slots[i] = (uint32_t)slot;
        dim->kept++;
    }
    table->holes = dim->kept < table->periods;
    return IC_OK;
}

ic_status ic_px_time_find(ic_px_table *table) {
    size_t most = 1;
    axis a = {0};
    table->time = table->n_dims;
    if (table->options->no_time) return IC_OK;
    for (size_t d = 0; d < table->n_dims; d++)
        if (table->dims[d].n > most) most = table->dims[d].n;
    a.periods = ic_alloc(most, sizeof *a.periods);
    a.placed = ic_alloc(most, 1);
    ic_status status = a.periods == NULL || a.placed == NULL ? ic_fail_memory(table->error) : find(table, &a);
    if (status == IC_OK && table->time < table->n_dims) status = lay_out(table, &a);
    ic_free(a.periods);
    ic_free(a.placed);
    return status;
}
