/* The quick path of long tables. Neighbouring rows differ in little but period, value and status: what stands before and behind
   those is compared with the last row's as it is, quotes and all, and only they are read. */
#include "core/number/number_shape.h"
#include "core/read/marks.h"
#include "core/read/same.h"
#include "core/read/long.h"
#include "core/scan/scan.h"

#include <math.h>

/* What a row says, and what the next one is expected to look like. */
typedef struct cells {
    const ic_cached_period *period, *expected;
    ic_number_shape shape;
    ic_number number;
    uint32_t flags;
    int valued;
} cells;

IC_INLINE int ends_field(char c, char separator) { return c == separator || c == '\r' || c == '\n'; }

/* One cell at `q`; the byte behind it, or NULL if it is out of the ordinary. */
IC_INLINE const char *read_cell(ic_long_part *p, ic_column_kind kind, const char *q, char separator, cells *row) {
    switch (kind) {
    case IC_COLUMN_TIME:
        row->period = ic_period_cached(&p->periods, row->expected, q, separator);
        if (row->period == NULL) return NULL;
        row->expected = row->period + 1; /* the entry behind the last one is there, and empty */
        return q + row->period->length;
    case IC_COLUMN_VALUE:
        row->valued = !ends_field(*q, separator);
        if (row->valued) return ic_number_scan_shaped(q, &row->shape, &row->number);
        row->number = (ic_number){.value = NAN, .decimals = -1};
        return q;
    case IC_COLUMN_STATUS: {
        unsigned char c = (unsigned char)*q;
        if (ends_field(*q, separator)) return q;
        int letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        if (!letter || (ic_mark_flags[c] & IC_MARK_UNKNOWN)) return NULL;
        row->flags |= ic_mark_flags[c];
        return q + 1;
    }
    case IC_COLUMN_CONFIDENTIAL:
        if (ends_field(*q, separator)) return q;
        if (!((*q | 0x20) >= 'a' && (*q | 0x20) <= 'z')) return NULL;
        if ((*q | 0x20) != 'f') row->flags |= IC_FLAG_CONFIDENTIAL;
        return q + 1;
    case IC_COLUMN_SYMBOL: return ends_field(*q, separator) ? q : NULL;
    default: /* skipped */
        if (*q == '"') return NULL;
        q += ic_scan.find_any(q, (size_t)(p->window.rows_end - q), separator, '\n', separator);
        return q[-1] == '\r' ? q - 1 : q;
    }
}

/* The cells from `q` on and whatever stands behind them; the start of the next row, or NULL. `usual`: they are period, value
   and status, in that order; `to_the_end`: nothing stands behind them. Both are constants wherever this is called. */
IC_INLINE const char *read_cells(ic_long_part *p, const char *q, char separator, int usual, int to_the_end, cells *c) {
    const ic_long_plan *plan = p->plan;
    if (usual) {
        q = read_cell(p, IC_COLUMN_TIME, q, separator, c);
        if (q == NULL || *q++ != separator) return NULL;
        q = read_cell(p, IC_COLUMN_VALUE, q, separator, c);
        if (q == NULL || *q++ != separator) return NULL;
        q = read_cell(p, IC_COLUMN_STATUS, q, separator, c);
        if (q == NULL || (!to_the_end && *q++ != separator)) return NULL;
    } else {
        for (size_t i = plan->prefix; i < plan->core_end; i++) {
            q = read_cell(p, plan->columns[i].kind, q, separator, c);
            if (q == NULL || ((i + 1 < plan->core_end || !to_the_end) && *q++ != separator)) return NULL;
        }
    }
    if (to_the_end) {
        if (*q == '\r') q++;
        return *q == '\n' ? q + 1 : NULL;
    }
    if ((size_t)(p->window.rows_end - q) < p->suffix_length || !ic_same(q, p->suffix, p->suffix_length)) return NULL;
    return q + p->suffix_length;
}

/* The period is not wanted, or a joint one; or there is neither a value nor a reason: 0 if the row is none. One that is folded is a
   missing part. */
static int is_row(cells *c, int folded) {
    if (c->period != NULL && !c->period->wanted) return 0;
    if (c->period != NULL && c->period->joint) c->flags |= IC_FLAG_JOINT;
    return c->valued || c->flags != 0 || folded;
}

IC_INLINE const char *quick(ic_long_part *p, const char *row, const char *until, int usual, int to_the_end) {
    ic_sink *sink = &p->sink;
    const char separator = p->plan->separator, *prefix = p->prefix;
    const size_t prefix_length = p->prefix_length, room = sink->room;
    int32_t *ordinals = (int32_t *)p->columns->ordinals.data + sink->base;
    double *values = (double *)p->columns->values.data + sink->base;
    uint32_t *all_flags = (uint32_t *)p->columns->flags.data + sink->base;
    ic_run *run = p->run_open ? &sink->runs[sink->n_runs - 1] : NULL;
    size_t used = sink->used;
    uint64_t lines = sink->lines;
    uint32_t any_flags = 0;
    /* copies of what changes from row to row, which the stores to the columns can't alias */
    cells c = {.expected = &p->periods.entries[p->periods.next], .shape = p->shape};
    ic_run now = run != NULL ? *run : (ic_run){0};
    c.shape.soon = 4 * (uint32_t)(prefix_length + p->suffix_length + 16);
    if ((size_t)(p->window.rows_end - row) <= prefix_length) return row;
    if (until > p->window.rows_end - prefix_length) until = p->window.rows_end - prefix_length;
    while (row < until && used < room && ic_same(row, prefix, prefix_length)) {
        c.period = NULL;
        c.flags = 0;
        if (!usual) c.valued = 0;
        const char *next = read_cells(p, row + prefix_length, separator, usual, to_the_end, &c);
        if (next == NULL) break;
        const int no_period = !usual && c.period == NULL;
        const int32_t ordinal = no_period ? 0 : c.period->ordinal;
        const char freq = no_period ? IC_NO_TIME : c.period->freq;
        if (IC_UNLIKELY(no_period || !c.period->plain || !c.valued) && !is_row(&c, p->folding != NULL)) {
            if (run != NULL) *run = now;
            run = NULL; /* no row here, so the next one's line does not follow the last one's */
        } else {
            if (IC_UNLIKELY(run == NULL || now.freq != freq)) {
                if (run != NULL) *run = now;
                run = NULL;
                sink->used = used;
                if (ic_sink_run(sink, p->key, p->tail, freq, lines) != IC_OK) break; /* the plain path says why */
                run = &sink->runs[sink->n_runs - 1];
                run->first = ordinal;
                now = *run;
            } else if (IC_UNLIKELY(ordinal <= now.last)) {
                now.rising = 0;
            }
            now.last = ordinal;
            if (IC_UNLIKELY(c.number.decimals > now.decimals)) now.decimals = c.number.decimals;
            if (IC_UNLIKELY(c.number.digits > now.digits)) now.digits = c.number.digits;
            ordinals[used] = ordinal;
            values[used] = c.number.value;
            all_flags[used] = c.flags;
            any_flags |= c.flags;
            used++;
        }
        lines++;
        row = next;
    }
    if (run != NULL) *run = now;
    p->run_open = run != NULL;
    p->periods.next = (uint32_t)(c.expected - p->periods.entries);
    p->shape = c.shape;
    sink->used = used;
    sink->lines = lines;
    sink->any_flags |= any_flags;
    return row;
}

static int is_usual(const ic_long_plan *plan) {
    const ic_column *core = plan->columns + plan->prefix;
    return plan->core_end - plan->prefix == 3 && core[0].kind == IC_COLUMN_TIME && core[1].kind == IC_COLUMN_VALUE &&
           core[2].kind == IC_COLUMN_STATUS;
}

#define SHAPES(p, row, until)                                                                                          \
    do {                                                                                                               \
        int to_the_end = (p)->plan->core_end == (p)->plan->n_columns;                                                  \
        if (!is_usual((p)->plan)) return quick(p, row, until, 0, to_the_end);                                          \
        return to_the_end ? quick(p, row, until, 1, 1) : quick(p, row, until, 1, 0);                                   \
    } while (0)

#if defined(IC_X86)
/* the same code with the shifts and bit scans of newer machines */
IC_TARGET("avx2,bmi,bmi2,popcnt")
static const char *quick_avx2(ic_long_part *p, const char *row, const char *until) { SHAPES(p, row, until); }
#endif

const char *ic_long_quick(ic_long_part *p, const char *row, const char *until) {
#if defined(IC_X86)
    if (ic_scan.level >= IC_CPU_AVX2) return quick_avx2(p, row, until);
#endif
    SHAPES(p, row, until);
}

const char *ic_long_skip(ic_long_part *p, const char *row, const char *until) {
    while (row < until && (size_t)(p->window.rows_end - row) > p->prefix_length &&
           ic_same(row, p->prefix, p->prefix_length)) {
        size_t line_feeds = 0, fields = 0;
        const char *next = ic_row_skip(row, p->window.rows_end, p->plan->separator, &fields, &line_feeds);
        if (next == NULL || fields != p->plan->n_columns) break; /* the plain path says what is wrong */
        p->sink.lines += 1 + line_feeds;
        row = next;
    }
    return row;
}
