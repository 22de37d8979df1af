#include "core/read/dense.h"
#include "core/read/table.h"

#include <math.h>
#include <string.h>

/* ---- time ---------------------------------------------------------------------------------------------------------- */

/* The periods of a dimension's codes, or else of its labels. IC_FORMAT: they are none. */
static ic_status parse_periods(ic_dense_dim *dim, ic_arena *arena) {
    size_t n = dim->codes.count;
    if (dim->periods != NULL) return IC_OK;
    ic_period *periods = ic_arena_take(arena, (n + 1) * sizeof *periods);
    if (periods == NULL) return IC_MEMORY;
    for (int labels = 0; labels < 2; labels++) {
        const ic_text *texts = labels ? dim->labels : dim->codes.items;
        size_t c = 0;
        if (n == 0 || texts == NULL) continue;
        while (c < n && texts[c].text != NULL &&
               ic_period_parse(texts[c].text, texts[c].length, NULL, &periods[c]) == IC_PERIOD_OK)
            c++;
        if (c < n) continue;
        dim->periods = periods;
        return IC_OK;
    }
    return IC_FORMAT;
}

/* Whether the codes are consecutive years, each of four digits, from 1800 to 2200. */
static int are_years(const ic_dense_dim *dim) {
    long last = 0;
    for (size_t c = 0; c < dim->codes.count; c++) {
        const ic_text *code = &dim->codes.items[c];
        long year = 0;
        if (code->length != 4) return 0;
        for (size_t i = 0; i < 4; i++) {
            if (code->text[i] < '0' || code->text[i] > '9') return 0;
            year = 10 * year + (code->text[i] - '0');
        }
        if (year < 1800 || year > 2200 || (c > 0 && year != last + 1)) return 0;
        last = year;
    }
    return dim->codes.count > 1;
}

static ic_status no_periods(const ic_dense_dim *dim, ic_error *error) {
    char word[60], code[60] = "";
    for (size_t c = 0; c < dim->codes.count; c++) {
        ic_period period;
        const ic_text *text = &dim->codes.items[c];
        if (ic_period_parse(text->text, text->length, NULL, &period) == IC_PERIOD_OK) continue;
        ic_quote(code, sizeof code, text->text, text->length);
        break;
    }
    return ic_fail(error, IC_ARGUMENT, "time=\"%s\": its code \"%s\" is no period",
                   ic_quote(word, sizeof word, dim->name, strlen(dim->name)), code);
}

static ic_status find_time(ic_dense *dense, ic_arena *arena, const ic_options *options, ic_error *error) {
    char a[60], b[60];
    dense->time = dense->n_dims;
    if (options->no_time) return IC_OK;
    for (size_t d = 0; options->time != NULL && d < dense->n_dims; d++) {
        ic_dense_dim *dim = &dense->dims[d];
        if (!ic_dimension_is(dim->name, options->time) && strcmp(dim->name, options->time) != 0) continue;
        ic_status status = parse_periods(dim, arena);
        dense->time = d;
        return status == IC_FORMAT ? no_periods(dim, error) : status;
    }
    if (options->time != NULL)
        return ic_fail(error, IC_ARGUMENT, "time=\"%s\": there is no such dimension",
                       ic_quote(a, sizeof a, options->time, strlen(options->time)));
    for (int by = 0; by < 3 && dense->time == dense->n_dims; by++) { /* what it says; its name; its codes */
        for (size_t d = 0; d < dense->n_dims; d++) {
            ic_dense_dim *dim = &dense->dims[d];
            int fits = by == 0 ? dim->said_time : by == 1 ? ic_table_names_time(dim->name) : are_years(dim);
            if (!fits) continue;
            ic_status status = parse_periods(dim, arena);
            if (status == IC_FORMAT) continue; /* it is called so, but stays an ordinary dimension */
            IC_TRY(status);
            if (dense->time < dense->n_dims)
                return ic_fail(
                    error, IC_FORMAT, "\"%s\" and \"%s\" could both be time; time= says which",
                    ic_quote(a, sizeof a, dense->dims[dense->time].name, strlen(dense->dims[dense->time].name)),
                    ic_quote(b, sizeof b, dim->name, strlen(dim->name)));
            dense->time = d;
        }
    }
    return IC_OK;
}

/* ---- places ---------------------------------------------------------------------------------------------------------- */

/* The calendar: one axis without gaps, or the codes as they stand where they have several frequencies. */
static ic_status place_time(ic_dense *dense, ic_arena *arena, const ic_options *options, ic_error *error) {
    ic_dense_dim *dim = &dense->dims[dense->time];
    int64_t first = INT64_MAX, last = INT64_MIN;
    size_t n = dim->codes.count;
    dense->mixed = 0;
    dense->freq = 0;
    for (size_t c = 0; c < n; c++) {
        const ic_period *period = &dim->periods[c];
        dim->places[c] = ic_period_wanted(options, period->freq, period->ordinal) ? 0 : IC_ABSENT;
        if (dim->places[c] == IC_ABSENT) continue;
        dense->mixed |= dense->freq != 0 && dense->freq != period->freq;
        dense->freq = period->freq;
        if (period->ordinal < first) first = period->ordinal;
        if (period->ordinal > last) last = period->ordinal;
        dim->kept++;
    }
    dense->width = dim->kept == 0 ? 0 : dense->mixed ? n : (size_t)(last - first + 1);
    dense->first = dim->kept == 0 || dense->mixed ? 0 : (int32_t)first;
    if (dense->width > options->limits.cells)
        return ic_fail(error, IC_LIMIT, "the periods span %zu; limits={\"cells\": ...} allows more than %llu",
                       dense->width, (unsigned long long)options->limits.cells);
    uint8_t *taken = ic_arena_take(arena, dense->width + 1);
    if (taken == NULL) return IC_MEMORY;
    memset(taken, 0, dense->width + 1);
    for (size_t c = 0; c < n; c++) {
        if (dim->places[c] == IC_ABSENT) continue;
        dim->places[c] = dense->mixed ? (uint32_t)c : (uint32_t)(dim->periods[c].ordinal - first);
        if (!dense->mixed && taken[dim->places[c]]++) {
            char code[60];
            return ic_fail(error, IC_FORMAT, "two codes of time mean the same period, of which \"%s\" is the second",
                           ic_quote(code, sizeof code, dim->codes.items[c].text, dim->codes.items[c].length));
        }
    }
    return IC_OK;
}

static ic_status find_filters(const ic_dense *dense, const ic_options *options, const ic_filter **filters,
                              ic_error *error) {
    char word[60];
    for (size_t f = 0; f < options->n_filters; f++) {
        const char *name = options->filters[f].dim;
        size_t d = 0;
        while (d < dense->n_dims && (d == dense->time || !ic_dimension_is(dense->dims[d].name, name))) d++;
        if (d == dense->n_dims)
            return ic_fail(error, IC_ARGUMENT, "where names \"%s\": there is no such dimension",
                           ic_quote(word, sizeof word, name, strlen(name)));
        filters[d] = &options->filters[f];
    }
    return IC_OK;
}

/* The wanted codes of an ordinary dimension become the result's. */
static ic_status place_codes(ic_dense_dim *dim, ic_dimension *result, ic_arena *arena, const ic_filter *filter) {
    size_t n = dim->codes.count;
    uint32_t number;
    for (size_t c = 0; c < n; c++) dim->places[c] = filter == NULL ? 0 : IC_ABSENT;
    for (size_t i = 0; filter != NULL && i < filter->codes.count; i++) {
        number = ic_intern_find(&dim->codes, filter->codes.texts[i], filter->codes.lengths[i]);
        if (number != IC_ABSENT) dim->places[number] = 0;
    }
    for (size_t c = 0; c < n; c++) {
        if (dim->places[c] == IC_ABSENT) continue;
        IC_TRY(ic_intern_add(&result->codes, dim->codes.items[c].text, dim->codes.items[c].length, &number));
        dim->places[c] = number;
        dim->kept++;
        if (dim->labels != NULL && dim->labels[c].text != NULL)
            IC_TRY(ic_dimension_label(result, arena, number, dim->labels[c].text, dim->labels[c].length));
    }
    return IC_OK;
}

static ic_status name_dims(ic_dense *dense, ic_dataset *dataset, ic_error *error) {
    ic_intern names = {0};
    ic_status status = IC_OK;
    uint32_t number = 0;
    size_t next = 0;
    for (size_t d = 0; d < dense->n_dims && status == IC_OK; d++) {
        if (d == dense->time) continue;
        ic_dimension *result = &dataset->dims[next];
        result->name = ic_dimension_name(&dataset->arena, dense->dims[d].name, strlen(dense->dims[d].name));
        result->title = dense->dims[d].title;
        if (result->name == NULL)
            status = IC_MEMORY;
        else
            status = ic_intern_add(&names, result->name, strlen(result->name), &number);
        if (status == IC_OK && number != next++)
            status = ic_fail(error, IC_FORMAT, "two dimensions are called \"%s\"", result->name);
    }
    ic_intern_free(&names);
    return status;
}

static ic_status too_many(ic_error *error, const ic_options *options) {
    return ic_fail(error, IC_LIMIT, "the sizes multiply to more than %llu cells (limits={\"cells\": ...} allows more)",
                   (unsigned long long)options->limits.cells);
}

/* Sizes of the source and of the result, strides, and whether the two are laid out alike. */
static ic_status measure(ic_dense *dense, const ic_options *options, ic_error *error) {
    uint64_t stride = dense->width, n = 1;
    dense->natural = 1;
    for (size_t d = dense->n_dims; d-- > 0;) {
        ic_dense_dim *dim = &dense->dims[d];
        size_t axis = d == dense->time ? dense->width : dim->kept;
        if (d != dense->time) dim->stride = stride;
        if (d != dense->time && axis != 0 && stride > options->limits.cells / axis) return too_many(error, options);
        if (d != dense->time) stride *= axis;
    }
    if (dense->time < dense->n_dims) dense->dims[dense->time].stride = 1;
    dense->room = stride;
    for (size_t d = dense->n_dims; d-- > 0;) {
        ic_dense_dim *dim = &dense->dims[d];
        if (dim->codes.count > 1 && dim->stride != n) dense->natural = 0;
        for (size_t c = 0; c < dim->codes.count; c++)
            if (dim->places[c] != c) dense->natural = 0;
        n *= dim->codes.count; /* checked against the limit before */
    }
    if (dense->room != dense->cells) dense->natural = 0;
    return IC_OK;
}

ic_status ic_dense_lay_out(ic_dense *dense, ic_dataset *dataset, const ic_options *options, ic_error *error) {
    ic_arena *arena = &dataset->arena;
    dense->cells = 1;
    for (size_t d = 0; d < dense->n_dims; d++) { /* an empty one empties all, however large the others are */
        size_t n = dense->dims[d].codes.count;
        if (n != 0 && dense->cells > options->limits.cells / n) return too_many(error, options);
        dense->cells *= n;
    }
    IC_TRY(find_time(dense, arena, options, error));
    int has_time = dense->time < dense->n_dims;
    size_t n_dims = dense->n_dims - (size_t)has_time;
    const ic_filter **filters = ic_arena_take(arena, (dense->n_dims + 1) * sizeof *filters);
    dataset->dims = ic_alloc_zeroed(n_dims, sizeof *dataset->dims);
    if (filters == NULL || dataset->dims == NULL) return IC_MEMORY;
    memset(filters, 0, (dense->n_dims + 1) * sizeof *filters);
    dataset->n_dims = n_dims;
    dataset->has_time = has_time;
    IC_TRY(name_dims(dense, dataset, error));
    IC_TRY(find_filters(dense, options, filters, error));
    dense->width = 1;
    size_t next = 0;
    for (size_t d = 0; d < dense->n_dims; d++) {
        ic_dense_dim *dim = &dense->dims[d];
        dim->places = ic_arena_take(arena, (dim->codes.count + 1) * sizeof *dim->places);
        if (dim->places == NULL) return IC_MEMORY;
        dim->kept = 0;
        IC_TRY(d == dense->time ? place_time(dense, arena, options, error)
                                : place_codes(dim, &dataset->dims[next++], arena, filters[d]));
    }
    return measure(dense, options, error);
}

ic_status ic_dense_make(ic_dense *dense, int holes) {
    size_t series = dense->width == 0 ? 0 : (size_t)(dense->room / dense->width);
    IC_TRY(ic_block_make(&dense->values, (size_t)dense->room, sizeof(double)));
    IC_TRY(ic_block_make(&dense->flags, (size_t)dense->room, sizeof(uint32_t)));
    dense->decimals = ic_alloc(series, 1);
    if (dense->decimals == NULL) return IC_MEMORY;
    memset(dense->decimals, -1, series);
    double *values = dense->values.data;
    if (holes || !dense->natural)
        for (uint64_t k = 0; k < dense->room; k++) values[k] = NAN;
    return IC_OK;
}

uint64_t ic_dense_place(const ic_dense *dense, uint64_t k) {
    uint64_t place = 0;
    if (dense->natural) return k;
    for (size_t d = dense->n_dims; d-- > 0;) {
        const ic_dense_dim *dim = &dense->dims[d];
        uint32_t at = dim->places[k % dim->codes.count];
        if (at == IC_ABSENT) return IC_NOWHERE;
        k /= dim->codes.count;
        place += at * dim->stride;
    }
    return place;
}

void ic_dense_scatter(ic_dense *dense, uint64_t k, const double *values, const int8_t *decimals, size_t n) {
    double *cells = dense->values.data;
    if (dense->n_dims == 0) {
        if (n > 0) cells[0] = values[0];
        if (n > 0) ic_dense_raise(dense, 0, decimals[0]);
        return;
    }
    const ic_dense_dim *last = &dense->dims[dense->n_dims - 1];
    const size_t length = last->codes.count;
    for (size_t i = 0; i < n;) { /* runs along the last dimension */
        size_t c = (size_t)((k + i) % length), run = length - c < n - i ? length - c : n - i;
        uint64_t base = 0, row = (k + i) / length;
        int wanted = 1;
        for (size_t d = dense->n_dims - 1; d-- > 0;) {
            const ic_dense_dim *dim = &dense->dims[d];
            uint32_t at = dim->places[row % dim->codes.count];
            wanted &= at != IC_ABSENT;
            row /= dim->codes.count;
            base += at * dim->stride;
        }
        for (size_t r = 0; wanted && r < run; r++) {
            uint32_t at = last->places[c + r];
            if (at == IC_ABSENT) continue;
            uint64_t place = base + at * last->stride;
            cells[place] = values[i + r];
            ic_dense_raise(dense, place / dense->width, decimals[i + r]);
        }
        i += run;
    }
}

ic_status ic_dense_finish(ic_dense *dense, ic_dataset *dataset, const ic_options *options) {
    size_t series = dense->width == 0 ? 0 : (size_t)(dense->room / dense->width);
    for (size_t s = 0; s < series; s++)
        if (dense->decimals[s] == IC_UNROUNDED) dense->decimals[s] = -1;
    if (dense->any_flags == 0) ic_block_free(&dense->flags);
    dataset->freq = dense->freq;
    if (options->want_long || dense->mixed) return ic_dense_to_rows(dense, dataset, options);
    dataset->dense = 1;
    dataset->first = dense->first;
    dataset->periods = dense->width;
    dataset->series = series;
    if (dense->width == 0) { /* no period is wanted: the series are there all the same */
        dataset->series = 1;
        for (size_t d = 0; d < dataset->n_dims; d++) dataset->series *= dataset->dims[d].codes.count;
        int8_t *decimals = ic_resize(dense->decimals, dataset->series, 1);
        if (decimals == NULL) return IC_MEMORY;
        dense->decimals = decimals;
        memset(decimals, -1, dataset->series);
    }
    dataset->decimals = dense->decimals;
    dataset->values = dense->values;
    dataset->flags = dense->flags;
    dense->decimals = NULL;
    dense->values = dense->flags = (ic_block){0};
    return IC_OK;
}

void ic_dense_free(ic_dense *dense) {
    for (size_t d = 0; dense->dims != NULL && d < dense->n_dims; d++) ic_intern_free(&dense->dims[d].codes);
    ic_block_free(&dense->values);
    ic_block_free(&dense->flags);
    ic_free(dense->decimals);
    dense->decimals = NULL;
}
