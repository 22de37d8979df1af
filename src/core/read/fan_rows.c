/* One thread's part of a table of fans: a quick path for rows as they mostly are, and a plain one for any row. */
#include "core/base/utf8.h"
#include "core/read/fan.h"
#include "core/read/marks.h"
#include "core/scan/scan.h"

#include <math.h>
#if defined(IC_X86)
#include <emmintrin.h>
#endif

typedef ic_fan_part part;

#define CODES_LEAST 64
#define NARROW_MOST ((size_t)1 << 16)

/* ---- errors ------------------------------------------------------------------------------------------------ */

static ic_status no_memory(part *p) { return ic_fail_memory(&p->error); }

static ic_status at(part *p, const char *place) {
    ic_error_place(&p->error, p->window.begin, p->window.offset, p->lines, place);
    return p->error.status;
}

static ic_status bad_field(part *p, size_t i, const char *expected) {
    char text[60];
    const ic_field *field = &p->row.fields[i];
    ic_fail(&p->error, IC_FORMAT, "%s: \"%s\" is no %s", p->plan->columns[i].name,
            ic_quote(text, sizeof text, field->text, field->length), expected);
    return at(p, field->raw);
}

static ic_status check_text(part *p, size_t i) {
    const ic_field *field = &p->row.fields[i];
    const size_t valid = ic_utf8_valid(field->text, field->length);
    if (valid == field->length && memchr(field->text, '\0', field->length) == NULL) return IC_OK;
    ic_fail(&p->error, IC_FORMAT,
            valid == field->length ? "%s: a NUL byte" : "%s: bytes that are no UTF-8 (encoding= names another)",
            p->plan->columns[i].name);
    return at(p, field->raw);
}

static ic_status split_failed(part *p, ic_row_result result, const char *place) {
    if (result == IC_ROW_UNCLOSED)
        ic_fail(&p->error, IC_FORMAT, "a quote that is opened here is never closed");
    else if (result == IC_ROW_STRAY)
        ic_fail(&p->error, IC_FORMAT, "text behind a closing quote; expected \"%c\" or the end of the line",
                p->plan->separator);
    else
        ic_fail(&p->error, IC_FORMAT, "more than %zu fields, expected as many as in the head row", p->plan->n_columns);
    return at(p, place);
}

/* ---- codes --------------------------------------------------------------------------------------------------- */

IC_INLINE uint64_t load8(const char *p) {
    uint64_t word;
    memcpy(&word, p, 8);
    return word;
}

/* As a number that is ordered like the text. */
IC_INLINE uint64_t high_first(uint64_t word) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return word;
#else
    return __builtin_bswap64(word);
#endif
}

IC_INLINE size_t slot_of(const ic_fan_codes *dim, uint64_t word) {
    size_t slot = (size_t)((word * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & dim->mask;
    while (dim->words[slot] != word && dim->words[slot] != 0) slot = (slot + 1) & dim->mask;
    return slot;
}

static ic_status keep_word(ic_fan_codes *dim, uint64_t word, uint32_t number) {
    if (2 * (dim->held + 1) > dim->mask) {
        const ic_fan_codes old = *dim;
        const size_t room = old.words == NULL ? CODES_LEAST : 2 * (old.mask + 1);
        dim->words = ic_alloc_zeroed(room, sizeof *dim->words);
        dim->numbers = ic_alloc(room, sizeof *dim->numbers);
        if (dim->words == NULL || dim->numbers == NULL) {
            ic_free(dim->words);
            ic_free(dim->numbers);
            *dim = old;
            return IC_MEMORY;
        }
        dim->mask = room - 1;
        for (size_t i = 0; old.words != NULL && i <= old.mask; i++) {
            if (old.words[i] == 0) continue;
            const size_t slot = slot_of(dim, old.words[i]);
            dim->words[slot] = old.words[i];
            dim->numbers[slot] = old.numbers[i];
        }
        ic_free(old.words);
        ic_free(old.numbers);
    }
    const size_t slot = slot_of(dim, word);
    dim->held += dim->words[slot] == 0;
    dim->words[slot] = word;
    dim->numbers[slot] = number;
    return IC_OK;
}

static int code_wanted(const part *p, const char *name, const char *text, size_t length) {
    for (size_t f = 0; f < p->options->n_filters; f++) {
        const ic_filter *filter = &p->options->filters[f];
        if (!ic_dimension_is(name, filter->dim)) continue;
        int found = 0;
        for (size_t c = 0; c < filter->codes.count && !found; c++)
            found = filter->codes.lengths[c] == length && memcmp(filter->codes.texts[c], text, length) == 0;
        if (!found) return 0;
    }
    return 1;
}

static ic_status find_code(part *p, size_t i, uint32_t *number) {
    const ic_field *field = &p->row.fields[i];
    ic_intern *codes = &p->dims[p->plan->columns[i].number].codes;
    return ic_intern_add(codes, field->text, field->length, number) == IC_OK ? IC_OK : no_memory(p);
}

/* A code that the quick path may find by its word next time: one that stands in the file as it is. */
static ic_status remember_code(part *p, size_t i, uint32_t number) {
    const ic_field *field = &p->row.fields[i];
    if (field->length == 0 || field->length > 7 || field->raw != field->text) return IC_OK;
    uint64_t word = 0;
    memcpy(&word, field->text, field->length);
    return keep_word(&p->dims[p->plan->columns[i].number], word, number) == IC_OK ? IC_OK : no_memory(p);
}

/* ---- rows --------------------------------------------------------------------------------------------------------- */

static ic_status make_room(part *p) {
    const size_t room = p->room + p->room / 2 + 4096;
    if (!p->may_grow) return ic_fail(&p->error, IC_FORMAT, "more rows than the file's size allows");
    if (p->used >= p->options->limits.cells)
        return ic_fail(&p->error, IC_LIMIT, "more than %llu rows (limits={\"cells\": ...} allows more)",
                       (unsigned long long)p->options->limits.cells);
    const size_t size = p->wide != NULL ? sizeof *p->wide : sizeof *p->narrow;
    if (ic_columns_grow(p->columns, p->used, room) != IC_OK ||
        ic_block_grow(&p->varying, p->used * size, room * size) != IC_OK)
        return no_memory(p);
    if (p->wide != NULL)
        p->wide = p->varying.data;
    else
        p->narrow = p->varying.data;
    p->room = room;
    return IC_OK;
}

/* More codes than 16 bits hold. */
static ic_status widen(part *p) {
    ic_block wide = {0};
    if (ic_block_make(&wide, p->room, sizeof *p->wide) != IC_OK) return no_memory(p);
    p->wide = wide.data;
    for (size_t r = 0; r < p->used; r++) p->wide[r] = p->narrow[r];
    ic_block_free(&p->varying);
    p->varying = wide;
    p->narrow = NULL;
    return IC_OK;
}

static ic_status open_run(part *p) {
    void *runs = p->runs;
    const ic_status status = ic_grow(&runs, &p->run_room, p->n_runs + 1, sizeof *p->runs);
    p->runs = runs;
    if (status != IC_OK) return no_memory(p);
    p->runs[p->n_runs++] = (ic_fan_run){p->used, p->lines, p->number, 1, UINT64_MAX, 0};
    p->run_open = 1;
    return IC_OK;
}

/* Writes one row of the handle. `order`: the varying code's text, or 0 if it is too long to say. */
static ic_status put(part *p, uint32_t code, uint64_t order, const ic_number *number, uint32_t flags) {
    if (p->used >= p->room) IC_TRY(make_room(p));
    if (p->wide == NULL && code >= NARROW_MOST) IC_TRY(widen(p));
    if (!p->run_open) IC_TRY(open_run(p));
    ic_fan_run *run = &p->runs[p->n_runs - 1];
    if (run->row == p->used) run->first = order;
    run->rising &= order > run->last;
    run->last = order;
    if (number->decimals > p->decimals) p->decimals = number->decimals;
    if (number->digits > p->digits) p->digits = number->digits;
    if (p->wide != NULL)
        p->wide[p->used] = code;
    else
        p->narrow[p->used] = (uint16_t)code;
    ((double *)p->columns->values.data)[p->base + p->used] = number->value;
    if (flags != 0) ((uint32_t *)p->columns->flags.data)[p->base + p->used] = flags;
    p->any_flags |= flags;
    p->used++;
    return IC_OK;
}

static ic_status row_period(part *p, size_t i, ic_period *period, int *placed) {
    const ic_field *field = &p->row.fields[i];
    const ic_period_style style = {p->plan->freq, 0};
    char text[60];
    *placed = 1;
    switch (ic_period_parse(field->text, field->length, &style, period)) {
    case IC_PERIOD_OK: break;
    case IC_PERIOD_UNPLACED:
        *placed = 0;
        return ic_dataset_note(&p->aside, "unplaced", field->text, field->length, 1) == IC_OK ? IC_OK : no_memory(p);
    case IC_PERIOD_UNSUPPORTED:
        ic_fail(&p->error, IC_UNSUPPORTED, "%s: the frequency of \"%s\" is not one of A, S, Q, M, W, D",
                p->plan->columns[i].name, ic_quote(text, sizeof text, field->text, field->length));
        return at(p, field->raw);
    default: return bad_field(p, i, "period");
    }
    if (p->freq == 0) p->freq = period->freq;
    if (p->freq == period->freq) return IC_OK;
    ic_fail(&p->error, IC_FORMAT, "%s: \"%s\" is of another frequency than the rows before", p->plan->columns[i].name,
            ic_quote(text, sizeof text, field->text, field->length));
    return at(p, field->raw);
}

static ic_status row_value(part *p, ic_number *number, uint32_t *flags) {
    const size_t i = p->shape->value;
    const ic_field *field = &p->row.fields[i];
    const char *text = field->text, *end = text + field->length;
    const ic_number_style style = {p->plan->decimal, p->plan->thousands};
    *number = (ic_number){.value = NAN, .decimals = -1};
    while (text < end && *text == ' ') text++;
    while (end > text && end[-1] == ' ') end--;
    const size_t length = (size_t)(end - text);
    if (length == 0 || (length == 3 && memcmp(text, "NaN", 3) == 0)) return IC_OK;
    if (p->plan->words && ic_marks_missing(text, length, flags)) return IC_OK;
    return ic_number_parse(text, length, &style, number) ? IC_OK : bad_field(p, i, "number");
}

/* Whether the filters want the codes of the columns [from, to). */
static ic_status check_codes(part *p, size_t from, size_t to, int *wanted) {
    for (size_t i = from; i < to; i++) {
        const ic_column *column = &p->plan->columns[i];
        if (column->kind != IC_COLUMN_DIM) continue;
        const ic_field *field = &p->row.fields[i];
        IC_TRY(check_text(p, i));
        *wanted &= code_wanted(p, column->name, field->text, field->length);
        if (p->folding != NULL)
            *wanted &= ic_fold_recoded(&p->folding->dims[column->number], field->text, field->length) != IC_ABSENT;
    }
    return IC_OK;
}

/* What rows begin with that agree with this one up to the varying code. */
static void remember_prefix(part *p) {
    const size_t length = (size_t)(p->row.fields[p->shape->vary].raw - p->window.begin);
    p->prefix_length = 0;
    if (length > sizeof p->prefix || p->row.line_feeds > 0) return;
    memset(p->mask, 0, sizeof p->mask);
    memset(p->mask, 0xFF, length);
    memset(p->prefix, 0, sizeof p->prefix);
    memcpy(p->prefix, p->window.begin, length);
    p->prefix_length = length;
}

/* The codes of a row that the filters want, and its handle: a row that they don't want adds none to the data set. */
static ic_status find_handle(part *p) {
    const ic_long_plan *plan = p->plan;
    ic_period period = {0};
    int placed = 1;
    for (size_t i = 0; i < p->shape->vary; i++) {
        uint32_t code = 0;
        if (plan->columns[i].kind != IC_COLUMN_DIM) continue;
        IC_TRY(find_code(p, i, &code));
        p->handle[plan->columns[i].number] = (int32_t)code;
    }
    for (size_t i = 0; i < p->shape->vary; i++)
        if (plan->columns[i].kind == IC_COLUMN_TIME) IC_TRY(row_period(p, i, &period, &placed));
    p->handle[plan->n_dims] = period.ordinal;
    p->state = IC_FAN_UNWANTED;
    if (!placed || !ic_period_wanted(p->options, period.freq, period.ordinal)) {
        if (!placed) p->prefix_length = 0; /* each of them is counted */
        return IC_OK;
    }
    p->state = IC_FAN_WANTED;
    const size_t size = (plan->n_dims + 1) * sizeof *p->handle;
    return ic_intern_add(&p->handles, (const char *)p->handle, size, &p->number) == IC_OK ? IC_OK : no_memory(p);
}

static ic_status plain_row(part *p) {
    const ic_long_plan *plan = p->plan;
    const ic_field *fields = p->row.fields;
    const size_t vary = p->shape->vary;
    p->run_open = 0;
    if (p->folding != NULL && p->used == p->room) IC_TRY(ic_fan_fold(p));
    if (p->row.count == 1 && fields[0].length == 0 && fields[0].text == fields[0].raw) return IC_OK; /* an empty line */
    if (p->row.count != plan->n_columns) {
        ic_fail(&p->error, IC_FORMAT, "%zu fields, expected %zu as in the head row", p->row.count, plan->n_columns);
        return at(p, fields[p->row.count - 1].raw);
    }
    int handle_wanted = 1, code_too = 1;
    uint32_t code = IC_ABSENT, flags = 0;
    IC_TRY(check_codes(p, 0, vary, &handle_wanted));
    IC_TRY(check_codes(p, vary, vary + 1, &code_too));
    remember_prefix(p);
    p->state = handle_wanted ? IC_FAN_PENDING : IC_FAN_UNWANTED;
    if (!code_too) return remember_code(p, vary, IC_ABSENT);
    if (!handle_wanted) return IC_OK;
    IC_TRY(find_handle(p));
    IC_TRY(find_code(p, vary, &code));
    IC_TRY(remember_code(p, vary, code));
    if (p->state != IC_FAN_WANTED) return IC_OK;
    ic_number number;
    IC_TRY(row_value(p, &number, &flags));
    if (isnan(number.value) && flags == 0 && p->folding == NULL) return IC_OK; /* nothing and no reason: no row */
    uint64_t word = 0;
    if (fields[vary].length <= 7) memcpy(&word, fields[vary].text, fields[vary].length);
    return put(p, code, high_first(word), &number, flags);
}

/* ---- the quick path ------------------------------------------------------------------------------------------------ */

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

/* Behind the line feed that ends a row with `fields` more fields, the first of which begins at `p`; NULL if there are others, or
   quotes. What is searched ends in a line feed. */
static const char *behind(const char *p, size_t fields, char separator) {
    for (;; p++) {
        if (*p == '\n') return fields == 1 ? p + 1 : NULL;
        if (*p == separator) fields--;
        if (*p == '"' || fields == 0) return NULL;
    }
}

/* The same for one field: up to 15 bytes, it is searched at once. */
IC_INLINE const char *behind_one(const char *p, char separator) {
#if defined(IC_X86)
    const __m128i text = _mm_loadu_si128((const __m128i *)(const void *)p);
    const __m128i feeds = _mm_cmpeq_epi8(text, _mm_set1_epi8('\n'));
    const __m128i others =
        _mm_or_si128(_mm_cmpeq_epi8(text, _mm_set1_epi8(separator)), _mm_cmpeq_epi8(text, _mm_set1_epi8('"')));
    const unsigned feed = (unsigned)_mm_movemask_epi8(feeds), other = (unsigned)_mm_movemask_epi8(others);
    if (IC_LIKELY(feed != 0)) {
        if ((other & (feed ^ (feed - 1))) != 0) return NULL;
        return p + __builtin_ctz(feed) + 1;
    }
#endif
    return behind(p, 1, separator);
}

/* Reads rows that begin like the last one and are plain in all else; gives the first row that it leaves. All that changes from
   row to row is kept in variables of its own, so that the compiler may keep it in registers. */
IC_INLINE const char *quick(part *p, const char *row, const char *until) {
    const char separator = p->plan->separator;
    const uint64_t each = UINT64_C(0x0101010101010101), separators = each * (uint8_t)separator;
    const size_t tail = p->plan->n_columns - p->shape->value - 1, room = p->room;
    const ic_fan_codes *dim = &p->dims[p->shape->dim];
    const uint64_t low = load8(p->prefix), high = load8(p->prefix + 8), low_mask = load8(p->mask),
                   high_mask = load8(p->mask + 8);
    const int wanted = p->state == IC_FAN_WANTED, pending = p->state == IC_FAN_PENDING;
    double *values = (double *)p->columns->values.data + p->base;
    uint16_t *codes = p->narrow;
    size_t used = p->used, lines = 0;
    int8_t decimals = p->decimals;
    uint8_t digits = p->digits;
    ic_fan_run *run = p->run_open ? &p->runs[p->n_runs - 1] : NULL;
    uint64_t last = run != NULL ? run->last : 0;
    uint32_t rising = 1;
    while (row < until && used < room) {
        if ((((load8(row) & low_mask) ^ low) | ((load8(row + 8) & high_mask) ^ high)) != 0) break;
        const char *at = row + p->prefix_length;
        const uint64_t word = load8(at), x = word ^ separators, found = (x - each) & ~x & (each * 0x80);
        if (IC_UNLIKELY(found == 0)) break;
        const unsigned bits = (unsigned)__builtin_ctzll(found) & 0x38;
        const uint64_t text = word & ((UINT64_C(1) << bits) - 1);
        const size_t slot = slot_of(dim, text);
        if (IC_UNLIKELY(text == 0 || dim->words[slot] != text)) break;
        const uint32_t code = dim->numbers[slot];
        ic_number number;
        const char *next = ic_number_scan(at + (bits >> 3) + 1, &number);
        if (IC_UNLIKELY(next == NULL)) break;
        if (tail == 1)
            next = *next == separator ? behind_one(next + 1, separator) : NULL;
        else if (tail > 1)
            next = *next == separator ? behind(next + 1, tail, separator) : NULL;
        else
            next = *next == '\n' ? next + 1 : NULL;
        if (IC_UNLIKELY(next == NULL)) break;
        if (IC_LIKELY(wanted && code != IC_ABSENT)) {
            if (run == NULL) { /* behind rows that are not wanted */
                p->used = used;
                p->lines += lines;
                lines = 0;
                if (open_run(p) != IC_OK) break; /* the plain path fails too, and says so */
                run = &p->runs[p->n_runs - 1];
                last = 0;
                rising = 1;
            }
            const uint64_t order = high_first(text);
            if (run->row == used) run->first = order;
            rising &= order > last;
            last = order;
            decimals = number.decimals > decimals ? number.decimals : decimals;
            digits = number.digits > digits ? number.digits : digits;
            codes[used] = (uint16_t)code;
            values[used++] = number.value;
        } else {
            if (pending && code != IC_ABSENT) break;
            if (run != NULL) {
                run->last = last;
                run->rising &= rising;
                run = NULL;
            }
        }
        lines++;
        row = next;
    }
    if (run != NULL) {
        run->last = last;
        run->rising &= rising;
    }
    p->run_open = run != NULL;
    p->used = used;
    p->lines += lines;
    p->decimals = decimals;
    p->digits = digits;
    return row;
}

#if defined(IC_X86)
/* the same code with the shifts and bit scans of newer machines */
IC_TARGET("avx2,bmi,bmi2")
static const char *quick_avx2(part *p, const char *row, const char *until) { return quick(p, row, until); }
#endif

static const char *quick_rows(part *p, const char *row, const char *until) {
    if (p->prefix_length == 0 || p->dims[p->shape->dim].words == NULL || p->wide != NULL ||
        p->dims[p->shape->dim].codes.count >= NARROW_MOST || p->shape->value != p->shape->vary + 1 ||
        p->plan->decimal != '.' || p->plan->thousands != 0)
        return row;
#if defined(IC_X86)
    if (ic_scan.level >= IC_CPU_AVX2) return quick_avx2(p, row, until);
#endif
    return quick(p, row, until);
}

#else

static const char *quick_rows(part *p, const char *row, const char *until) {
    (void)p, (void)until;
    return row;
}

#endif

static ic_status read_row(part *p) {
    for (;;) {
        const char *next = NULL, *begin = p->window.begin;
        const ic_row_result result =
            ic_row_split(&p->row, begin, p->window.rows_end, p->plan->separator, p->plan->n_columns + 1, &next);
        if (result == IC_ROW_WHOLE) {
            IC_TRY(plain_row(p));
            p->lines += 1 + p->row.line_feeds;
            if (p->row.line_feeds > 0) p->run_open = 0; /* rows of a run are one line each */
            ic_window_advance(&p->window, next);
            return IC_OK;
        }
        if (result == IC_ROW_NO_MEMORY) return no_memory(p);
        if ((result != IC_ROW_CUT && result != IC_ROW_UNCLOSED) || p->window.finished) {
            return split_failed(p, result, result == IC_ROW_TOO_WIDE ? begin : next);
        }
        IC_TRY(ic_window_fill(&p->window, &p->error));
    }
}

static ic_status to_first_row(part *p) {
    if (p->inside) IC_TRY(ic_window_to_next_row(&p->window, &p->error));
    p->inside = 0;
    p->began = p->window.offset;
    return IC_OK;
}

static ic_status read_rows(part *p) {
    ic_window *window = &p->window;
    IC_TRY(to_first_row(p));
    for (;;) {
        if (window->begin == window->rows_end) {
            IC_TRY(ic_window_fill(window, &p->error));
            if (window->begin == window->end) return IC_OK;
        }
        while (window->begin < window->rows_end) {
            if (window->offset >= p->until) return IC_OK;
            const char *row = window->begin, *until = window->rows_end;
            if ((uint64_t)(until - row) > p->until - window->offset) until = row + (p->until - window->offset);
            if (!p->options->plain) row = quick_rows(p, row, until);
            ic_window_advance(window, row);
            if (row < until) IC_TRY(read_row(p));
        }
    }
}

ic_status ic_fan_part_open(ic_fan_part *p) {
    p->dims = ic_alloc_zeroed(p->plan->n_dims, sizeof *p->dims);
    p->handle = ic_alloc_zeroed(p->plan->n_dims + 1, sizeof *p->handle);
    p->decimals = -1;
    p->error = (ic_error){0};
    if (p->dims == NULL || p->handle == NULL || ic_block_make(&p->varying, p->room, sizeof *p->narrow) != IC_OK)
        return no_memory(p);
    p->narrow = p->varying.data;
    if (p->folding != NULL && ic_fan_fold_open(p) != IC_OK) return no_memory(p);
    return IC_OK;
}

ic_status ic_fan_part_read(ic_fan_part *p) {
    ic_status status = IC_OK;
    if (p->window.buffer == NULL) { /* the first part has the head's */
        const uint64_t from = p->inside ? p->from - 1 : p->from;
        status = ic_window_open(&p->window, p->source, from, 0, (size_t)p->options->limits.line, &p->error);
    }
    p->window.cancel = p->cancel;
    if (p->again) p->window.polls = 1;
    if (status == IC_OK) status = read_rows(p);
    if (status == IC_OK && p->folding != NULL) status = ic_fan_fold(p);
    if (status != IC_OK && p->error.column == 0) { /* no field's place, but a row's */
        p->error.status = status;
        p->error.offset = p->window.offset;
        p->error.line = p->lines;
        p->error.column = 1;
    }
    p->ended =
        p->window.offset < p->source->size ? p->window.offset : p->source->size; /* not behind an added line feed */
    ic_window_close(&p->window);
    return p->status = status;
}

void ic_fan_part_close(ic_fan_part *p) {
    ic_window_close(&p->window);
    for (size_t d = 0; p->dims != NULL && d < p->plan->n_dims; d++) {
        ic_intern_free(&p->dims[d].codes);
        ic_free(p->dims[d].words);
        ic_free(p->dims[d].numbers);
    }
    ic_free(p->dims);
    ic_free(p->handle);
    ic_free(p->runs);
    ic_intern_free(&p->handles);
    ic_row_free(&p->row);
    ic_block_free(&p->varying);
    ic_dataset_free(&p->aside);
    ic_fan_fold_close(p);
}
