/* Observations from the window, as long as they are as most are: one value, then positions of attributes or nulls. What is not
   like that is left where it stands, to the plain way. */
#include "core/base/cpu.h"
#include "core/base/flags.h"
#include "core/read/marks.h"
#include "core/read/period_cache.h"
#include "core/read/sdmx_json_rows.h"
#include "core/scan/scan.h"
#include "core/syntax/json_figure.h"

#if defined(IC_X86)
#include <emmintrin.h> /* SSE2 is every x86-64's */
#endif

typedef ic_sj_rows_part part;

#define TAIL_MOST 15

/* Bytes up to the next ']', 16 if there is none among the first 16. */
IC_INLINE unsigned to_bracket(const char *p) {
#if defined(IC_X86)
    const __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
    return (unsigned)__builtin_ctz((unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, _mm_set1_epi8(']'))) | 1u << 16);
#else
    unsigned n = 0;
    while (n < 16 && p[n] != ']') n++;
    return n;
#endif
}

/* A tail that was not met in this series: positions and nulls, each behind a comma. *known is 0 if it is not like that. */
static ic_status read_tail(part *p, const char *text, size_t length, ic_sj_tail *to, int *known) {
    const ic_sj_list *attributes = &p->structure->attributes[IC_SJ_OBSERVATION];
    const char *at = text, *end = text + length;
    size_t n = p->sink->n_attributes;
    uint32_t flags = p->flags_of_series;
    uint64_t unknown[256] = {0};
    *known = 0;
    if (n > 0) memcpy(p->of_row, p->of_series, n * sizeof *p->of_row);
    for (size_t a = 0; at < end; a++) {
        uint64_t v = 0;
        if (*at != ',' || a >= attributes->n || !attributes->items[a].coded) return IC_OK;
        at = ic_json_past_blanks(at + 1);
        if (end - at >= 4 && memcmp(at, "null", 4) == 0) {
            at = ic_json_past_blanks(at + 4);
            continue;
        }
        const char *digits = at;
        while (at < end && *at >= '0' && *at <= '9') v = 10 * v + (uint64_t)(*at++ - '0');
        if (at == digits || (*digits == '0' && at - digits > 1) || v >= attributes->items[a].n_values) return IC_OK;
        const ic_text *word = &attributes->items[a].values[v].id;
        if (attributes->items[a].concept == IC_CONCEPT_STATUS &&
            (ic_marks_read(word->text, word->length, unknown) & IC_FLAG_OTHER) != 0)
            return IC_OK; /* each one is counted, but not here */
        IC_TRY(ic_sj_take_value(p, &attributes->items[a], (size_t)v, p->of_row, &flags));
        at = ic_json_past_blanks(at);
    }
    IC_TRY(ic_sj_find_tail(p));
    to->flags = flags;
    to->tail = p->tail;
    *known = 1;
    return IC_OK;
}

/* Makes p->heads for `n` positions (0: none), unless they are there. */
static ic_status make_heads(part *p, size_t n) {
    if (n == 0 || n > 1000 || p->heads != NULL) return IC_OK;
    p->heads = ic_alloc(n, sizeof *p->heads);
    if (p->heads == NULL) return IC_MEMORY;
    for (size_t i = 0; i < n; i++) {
        char text[8] = {',', '"'}, mask[8] = {0};
        size_t used = 2;
        if (i >= 100) text[used++] = (char)('0' + i / 100);
        if (i >= 10) text[used++] = (char)('0' + i / 10 % 10);
        text[used++] = (char)('0' + i % 10);
        memcpy(text + used, "\":[", 3);
        used += 3;
        memset(mask, 0xFF, used);
        p->heads[i] = (ic_sj_head){ic_load8(text), ic_load8(mask), (uint32_t)used};
    }
    return IC_OK;
}

typedef struct key {
    const ic_sj_list *dims;
    uint32_t *positions;
    size_t n;
} key;

/* The positions of a key whose first digit is at r: the byte behind its quote, or NULL. */
IC_INLINE const char *read_positions(const key *k, const char *r) {
    for (size_t d = 0; d < k->n; d++) {
        uint32_t v = 0;
        const char *digits = r;
        while ((unsigned char)(*r - '0') < 10) v = 10 * v + (uint32_t)(*r++ - '0');
        if (r == digits || r - digits > 9 || v >= k->dims->items[d].n_values) return NULL;
        k->positions[d] = v;
        if (*r++ != (d + 1 == k->n ? '"' : ':')) return NULL;
    }
    return r;
}

/* The run that rows are added to, and the columns: kept in registers as long as it goes on. */
typedef struct writer {
    int32_t *ordinals;
    double *values;
    uint32_t *flags;
    size_t used, room;
    ic_run *run;
    int32_t last;
    int rising, decimals, digits;
    uint32_t any_flags;
} writer;

static void take_up(writer *w, const part *p) {
    const ic_sink *sink = p->sink;
    w->ordinals = (int32_t *)p->s->columns.ordinals.data + sink->base;
    w->values = (double *)p->s->columns.values.data + sink->base;
    w->flags = (uint32_t *)p->s->columns.flags.data + sink->base;
    w->used = sink->used;
    w->room = sink->room;
    w->run = p->run_open && sink->n_runs > 0 ? &sink->runs[sink->n_runs - 1] : NULL;
    if (w->run == NULL) return;
    w->last = w->run->last;
    w->rising = w->run->rising;
    w->decimals = w->run->decimals;
    w->digits = w->run->digits;
}

static void put_down(const writer *w, part *p) {
    p->sink->used = w->used;
    p->sink->any_flags |= w->any_flags;
    if (w->run == NULL) return;
    w->run->last = w->last;
    w->run->rising = (uint8_t)w->rising;
    w->run->decimals = (int8_t)w->decimals;
    w->run->digits = (uint8_t)w->digits;
}

IC_INLINE ic_status read_rows(part *p, int wanted) {
    const ic_sj_structure *structure = p->structure;
    const ic_sj_component *time = structure->time, *measure = &structure->measures.items[0];
    ic_json *json = p->json;
    if (structure->measures.n != 1 || measure->coded || measure->measure == IC_SJ_NONE || p->s->measures.count != 1 ||
        p->deleted || structure->dims[IC_SJ_OBSERVATION].n == 0)
        return IC_OK;
    for (size_t g = 0; g < p->n_groups; g++)
        if (p->groups[g].of_rows) return IC_OK;
    const size_t base = ic_sj_base_of(p, IC_SJ_OBSERVATION);
    const key k = {&structure->dims[IC_SJ_OBSERVATION], p->positions + base, structure->dims[IC_SJ_OBSERVATION].n};
    const int timed = time != NULL && time->number >= base,
              freq_varies = structure->freq != NULL && structure->freq->number >= base;
    const int codes_vary = k.n > (timed ? 1u : 0u);
    const ic_sj_period *fixed = NULL, *table = NULL;
    if (!timed && wanted) {
        IC_TRY(ic_sj_row_period(p, &fixed));
        if (fixed == NULL) return IC_OK;
    }
    if (timed && !freq_varies) table = p->periods[(unsigned char)ic_sj_frequency(p)];
    const char *limit = json->end;
    if (p->until != 0 && !p->set->series.there && p->until < json->base + (uint64_t)(json->end - json->buffer))
        limit = p->until > json->base ? json->buffer + (p->until - json->base) : json->buffer;
    uint32_t number_of_key = 0;
    if (!codes_vary && wanted) IC_TRY(ic_sj_find_key(p, &number_of_key));
    int comma = ic_json_between(json), any = 0;
    writer w = {0};
    take_up(&w, p);
    ic_number_shape shape = p->shape; /* a copy, which the stores to the columns can't alias */
    const char *q = json->p;
    IC_TRY(make_heads(p, timed && k.n == 1 ? time->n_values : 0));
    const ic_sj_head *head = NULL; /* that of the position behind the last one */
    const ic_sj_head *const last_head = p->heads == NULL ? NULL : p->heads + time->n_values;
    for (;;) {
        const char *r = q;
        if (head != NULL && ((ic_load8(q) ^ head->text) & head->mask) == 0 && q < limit) {
            r += head->length;
            *k.positions = (uint32_t)(head - p->heads);
            head = head + 1 == last_head ? NULL : head + 1;
        } else {
            r = ic_json_past_blanks(q);
            if (comma) {
                if (*r != ',') break;
                r = ic_json_past_blanks(r + 1);
            }
            if (*r != '"' || r >= limit) break;
            r = read_positions(&k, r + 1);
            if (IC_UNLIKELY(r == NULL)) break;
            r = ic_json_past_blanks(r);
            if (*r != ':') break;
            r = ic_json_past_blanks(r + 1);
            if (*r++ != '[') break;
            head = p->heads == NULL || *k.positions + 1 == time->n_values ? NULL : &p->heads[*k.positions + 1];
        }
        const char *value = ic_json_past_blanks(r);
        const unsigned all = to_bracket(value); /* where the next one begins hangs on this alone */
        ic_number number;
        r = ic_json_figure_shaped(value, &shape, &number);
        if (IC_UNLIKELY(r == NULL)) break;
        r = ic_json_past_blanks(r);
        const ic_sj_period *period = fixed;
        if (timed && wanted) {
            if (freq_varies) table = p->periods[(unsigned char)ic_sj_frequency(p)];
            if (table == NULL) break;
            period = &table[p->positions[time->number]];
            if (IC_UNLIKELY(period->placed != IC_SJ_WANTED)) break;
        }
        const unsigned length = all < 16 ? all - (unsigned)(r - value) : to_bracket(r);
        const char *behind = all < 16 ? value + all + 1 : r + length + 1;
        if (IC_UNLIKELY(length > TAIL_MOST)) break;
        uint64_t low = ic_load8(r), high = ic_load8(r + 8);
        if (length < 8) {
            low &= (UINT64_C(1) << 8 * length) - 1;
            high = 0;
        } else {
            high &= (UINT64_C(1) << 8 * (length - 8)) - 1;
        }
        ic_sj_tail *tail = &p->memo[((low ^ high) * UINT64_C(0x9E3779B97F4A7C15)) >> 60];
        if (IC_UNLIKELY(tail->generation != p->generation || tail->low != low || tail->high != high ||
                        tail->length != length)) {
            int known = 0;
            tail->generation = 0;
            IC_TRY(read_tail(p, r, length, tail, &known));
            if (!known) break;
            tail->low = low;
            tail->high = high;
            tail->length = length;
            tail->generation = p->generation;
        }
        if (codes_vary && wanted) {
            int every = 1;
            for (size_t d = 0; d < k.n; d++) {
                const ic_sj_component *dim = &k.dims->items[d];
                if (dim->is_time) continue;
                uint32_t code = dim->codes[k.positions[d]];
                p->codes[dim->dim] = code;
                every &= code != IC_ABSENT;
            }
            if (!every) break;
            IC_TRY(ic_sj_find_key(p, &number_of_key));
        }
        q = behind;
        comma = any = 1;
        if (!wanted) continue;
        p->tail = tail->tail;
        uint32_t flags = tail->flags | (period->joint ? IC_FLAG_JOINT : 0);
        if (isnan(number.value) && flags == 0) continue;
        if (IC_LIKELY(w.run != NULL && w.used < w.room && w.run->key == number_of_key && w.run->tail == tail->tail &&
                      w.run->freq == period->freq)) {
            w.rising &= period->ordinal > w.last;
            w.last = period->ordinal;
            w.decimals = number.decimals > w.decimals ? number.decimals : w.decimals;
            w.digits = number.digits > w.digits ? number.digits : w.digits;
            w.ordinals[w.used] = period->ordinal;
            w.values[w.used] = number.value;
            w.flags[w.used++] = flags;
            w.any_flags |= flags;
            continue;
        }
        put_down(&w, p);
        IC_TRY(ic_sj_put(p, number_of_key, period, &number, flags));
        take_up(&w, p);
    }
    put_down(&w, p);
    p->shape = shape;
    if (any) ic_json_taken(json, q);
    return IC_OK;
}

#if defined(IC_X86)
/* the same code with the shifts and bit scans of newer machines */
IC_TARGET("avx2,bmi,bmi2,popcnt")
static ic_status read_rows_avx2(part *p, int wanted) { return read_rows(p, wanted); }
#endif

ic_status ic_sj_quick(part *p, int wanted) {
#if defined(IC_X86)
    if (ic_scan.level >= IC_CPU_AVX2) return read_rows_avx2(p, wanted);
#endif
    return read_rows(p, wanted);
}
