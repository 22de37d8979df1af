/* The quick path of SDMX-ML. Neighbouring observations differ in little but period, figure and status: how one is written, but for
   these, is kept as a path through a small tree of literal texts, and the next ones are compared with it as they stand. */
#include "core/number/number_shape.h"
#include "core/read/marks.h"
#include "core/read/same.h"
#include "core/read/sdmx_ml.h"
#include "core/scan/scan.h"

#include <math.h>

#define BEHIND        16 /* readable bytes behind the literals */
#define SIBLINGS_MOST 8  /* more ways to go on than this, and one more is not kept */

static int is_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

/* ---- learning --------------------------------------------------------------------------------------------------- */

static void forget(ic_ml_templates *t) {
    t->used = 0;
    t->root = -1;
    t->literals_used = t->n_pairs = t->longest = 0;
}

/* The child of `parent` (-1: a root) that goes on like this, new if need be; -1: there is no room. */
static int node_for(ic_ml_templates *t, int parent, const char *text, size_t length, ic_ml_field_kind kind,
                    char behind) {
    int *first = parent < 0 ? &t->root : &t->nodes[parent].child, siblings = 0, last = -1;
    for (int i = *first; i >= 0; last = i, i = t->nodes[i].sibling, siblings++) {
        const ic_ml_node *node = &t->nodes[i];
        if (node->kind == kind && node->behind == behind && node->length == length &&
            memcmp(t->literals + node->literal, text, length) == 0)
            return i;
    }
    if (t->used == IC_ML_NODES || siblings == SIBLINGS_MOST || IC_ML_LITERALS - t->literals_used < length) return -1;
    ic_ml_node *node = &t->nodes[t->used];
    *node = (ic_ml_node){.literal = (uint32_t)t->literals_used,
                         .length = (uint32_t)length,
                         .line_feeds = (uint32_t)ic_scan.count(text, length, '\n'),
                         .kind = kind,
                         .behind = behind,
                         .mask = length < 16 ? (1u << length) - 1 : 0xFFFF,
                         .child = -1,
                         .sibling = -1};
    memcpy(t->literals + t->literals_used, text, length);
    t->literals_used += length;
    if (parent < 0 || last < 0) { /* of the beginnings the newest is tried first, of what may follow the oldest */
        node->sibling = *first;
        *first = t->used;
    } else {
        t->nodes[last].sibling = t->used;
    }
    return t->used++;
}

/* Keeps the pairs that the observation itself has, and what is the same in all that are written like it. */
static ic_status end_node(ic_ml_part *p, ic_ml_node *node, int valued, uint32_t set) {
    ic_ml_templates *t = &p->templates;
    const size_t first = p->frames[p->xml.depth + 1].mark, n = p->n_pairs - first;
    if (node->n == 0 && n > 0) {
        void *pairs = t->pairs;
        ic_status status = ic_grow(&pairs, &t->pairs_room, t->n_pairs + n, sizeof *t->pairs);
        t->pairs = pairs;
        if (status != IC_OK) return ic_ml_no_memory(p);
        memcpy(t->pairs + t->n_pairs, p->pairs + first, n * sizeof *t->pairs);
        node->first = t->n_pairs;
        node->n = (uint32_t)n;
        t->n_pairs += n;
    }
    node->valued = valued;
    node->flags = p->fixed_flags;
    node->epoch = p->epoch;
    node->set = set;
    return IC_OK;
}

ic_status ic_ml_learn(ic_ml_part *p, uint32_t set) {
    ic_ml_templates *t = &p->templates;
    const ic_window *window = &p->xml.window;
    const uint64_t held =
        window->offset - (uint64_t)(window->begin - window->buffer); /* offset of the buffer's first byte */
    if (p->obs_offset < held || p->head->measures.count != 1 || set == IC_ABSENT) return IC_OK;
    const char *at = window->buffer + (p->obs_offset - held), *end = window->begin;
    while (end < window->end && (unsigned char)*end <= ' ') end++;
    if (end == window->end || *end != '<' || (size_t)(end - at) > IC_ML_LITERALS / 4) return IC_OK;
    if (t->literals == NULL && (t->literals = ic_alloc_zeroed(IC_ML_LITERALS + BEHIND, 1)) == NULL)
        return ic_ml_no_memory(p);
    int node = -1, periods = 0, values = 0;
    for (size_t i = 0; i < p->n_fields; i++) {
        const ic_ml_field *field = &p->fields[i];
        periods += field->kind == IC_ML_FIELD_TIME;
        values += field->kind == IC_ML_FIELD_VALUE;
    }
    if (periods != 1 || values > 1) return IC_OK;
    for (int again = 0; again < 2; again++) {
        const char *text = at;
        node = -1;
        for (size_t i = 0; i <= p->n_fields; i++) {
            const ic_ml_field *field = i < p->n_fields ? &p->fields[i] : NULL;
            const char *next = field == NULL ? end : window->buffer + (field->offset - held);
            if (next < text) return IC_OK;
            node = node_for(t, node, text, (size_t)(next - text), field == NULL ? IC_ML_FIELD_END : field->kind,
                            field == NULL ? '<' : next[field->length]);
            if (node < 0) break;
            text = field == NULL ? end : next + field->length;
        }
        if (node >= 0) {
            const size_t length = (size_t)(end - at) + IC_WINDOW_PADDING;
            if (length > t->longest) t->longest = length;
            return end_node(p, &t->nodes[node], values, set);
        }
        forget(t); /* no room: what is written now counts more than what was */
    }
    return IC_OK;
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

typedef struct cells { /* what an observation says, and what the next one is expected to look like */
    const ic_cached_period *period, *expected;
    ic_number_shape shape;
    ic_number number;
    uint32_t flags, line_feeds;
} cells;

/* A literal; copied from its node, it stays in registers. */
typedef struct literal {
    const char *text;
    size_t length;
    unsigned mask;
    uint32_t line_feeds;
} literal;

static literal literal_of(const ic_ml_templates *t, int node) {
    if (node < 0) return (literal){0};
    const ic_ml_node *n = &t->nodes[node];
    return (literal){t->literals + n->literal, n->length, n->mask, n->line_feeds};
}

/* Whether it stands at `q`; 16 bytes are readable there in any case, and all of it if it is longer. */
IC_INLINE int stands(const literal *l, const char *q) {
#if defined(IC_X86)
    const __m128i same = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)q),
                                        _mm_loadu_si128((const __m128i *)(const void *)l->text));
    if ((~(unsigned)_mm_movemask_epi8(same) & l->mask) != 0) return 0;
    return l->length <= 16 || ic_same(q, l->text, l->length);
#else
    return ic_same(q, l->text, l->length);
#endif
}

/* Period, figure, perhaps a status: how nearly all observations are written. Its nodes, -1 where there is none. */
typedef struct straight {
    int end, status_end; /* nodes */
    literal time, value, ends, status, status_ends;
    char behind_time;
} straight;

static int child_of(const ic_ml_templates *t, int i, ic_ml_field_kind kind) {
    while (i >= 0 && t->nodes[i].kind != kind) i = t->nodes[i].sibling;
    return i;
}

static straight straight_of(const ic_ml_templates *t) {
    straight s = {.end = -1, .status_end = -1};
    const int time = t->root;
    if (time < 0 || t->nodes[time].kind != IC_ML_FIELD_TIME) return s;
    const int value = child_of(t, t->nodes[time].child, IC_ML_FIELD_VALUE);
    if (value < 0) return s;
    const int status = child_of(t, t->nodes[value].child, IC_ML_FIELD_STATUS);
    s.end = child_of(t, t->nodes[value].child, IC_ML_FIELD_END);
    s.status_end = status < 0 ? -1 : child_of(t, t->nodes[status].child, IC_ML_FIELD_END);
    s.time = literal_of(t, time);
    s.value = literal_of(t, value);
    s.ends = literal_of(t, s.end);
    s.status = literal_of(t, status);
    s.status_ends = literal_of(t, s.status_end);
    s.behind_time = t->nodes[time].behind;
    return s;
}

/* The observation at `q`, if it is written so: as read_cells. */
IC_INLINE const ic_ml_node *read_straight(ic_ml_part *p, const straight *s, const char *q, cells *c,
                                          const char **next) {
    if (s->end < 0 && s->status_end < 0) return NULL;
    if (!stands(&s->time, q)) return NULL;
    q += s->time.length;
    c->period = ic_period_cached(&p->periods, c->expected, q, s->behind_time);
    if (c->period == NULL) return NULL;
    q += c->period->length;
    if (!stands(&s->value, q)) return NULL;
    q = ic_number_scan_shaped(q + s->value.length, &c->shape, &c->number);
    if (q == NULL) return NULL;
    c->line_feeds = s->time.line_feeds + s->value.line_feeds;
    const int ends = s->end >= 0 && stands(&s->ends, q) && q[s->ends.length] == '<';
    if (ends) {
        c->flags = 0;
        c->line_feeds += s->ends.line_feeds;
        c->expected = c->period + 1;
        *next = q + s->ends.length;
        return &p->templates.nodes[s->end];
    }
    if (s->status_end < 0 || !stands(&s->status, q)) return NULL;
    q += s->status.length;
    c->flags = ic_mark_flags[(unsigned char)*q];
    if (!is_letter(*q++) || (c->flags & IC_MARK_UNKNOWN) || !stands(&s->status_ends, q) ||
        q[s->status_ends.length] != '<')
        return NULL;
    c->line_feeds += s->status.line_feeds + s->status_ends.line_feeds;
    c->expected = c->period + 1;
    *next = q + s->status_ends.length;
    return &p->templates.nodes[s->status_end];
}

/* The observation at `q`: the node that it ends with; *next is the byte behind it. NULL: it is out of the ordinary. */
static IC_NOINLINE const ic_ml_node *read_cells(ic_ml_part *p, const char *q, cells *c, const char **next) {
    const ic_ml_templates *t = &p->templates;
    int i = t->root;
    c->flags = c->line_feeds = 0;
    while (i >= 0) {
        const ic_ml_node *node = &t->nodes[i];
        const literal l = literal_of(t, i);
        if (!stands(&l, q) || (node->kind == IC_ML_FIELD_END && q[node->length] != '<')) {
            i = node->sibling; /* (blanks up to the next tag are part of an end) */
            continue;
        }
        q += node->length;
        c->line_feeds += node->line_feeds;
        switch (node->kind) {
        case IC_ML_FIELD_END: *next = q; return node;
        case IC_ML_FIELD_TIME:
            c->period = ic_period_cached(&p->periods, c->expected, q, node->behind);
            if (c->period == NULL) return NULL;
            c->expected = c->period + 1;
            q += c->period->length;
            break;
        case IC_ML_FIELD_VALUE:
            q = ic_number_scan_shaped(q, &c->shape, &c->number);
            if (q == NULL) return NULL;
            break;
        case IC_ML_FIELD_STATUS: {
            const uint32_t flags = ic_mark_flags[(unsigned char)*q];
            if (!is_letter(*q) || (flags & IC_MARK_UNKNOWN)) return NULL;
            c->flags |= flags;
            q++;
            break;
        }
        }
        i = node->child;
    }
    return NULL;
}

/* The set of what ends with this node, in the current series. */
static ic_status set_for(ic_ml_part *p, ic_ml_node *node, uint64_t line) {
    const size_t before = p->n_pairs;
    void *pairs = p->pairs;
    ic_status status = ic_grow(&pairs, &p->pairs_room, before + node->n, sizeof *p->pairs);
    p->pairs = pairs;
    if (status != IC_OK) return ic_ml_no_memory(p);
    if (node->n > 0) memcpy(p->pairs + before, p->templates.pairs + node->first, node->n * sizeof *p->pairs);
    p->n_pairs += node->n;
    status = ic_ml_set_of(p, line, &node->set);
    p->n_pairs = before;
    node->epoch = p->epoch;
    return status;
}

IC_INLINE ic_status quick(ic_ml_part *p) {
    ic_sink *sink = &p->sink;
    const char *row = p->xml.window.begin, *end = p->xml.window.end, *until = end;
    const int flat = p->xml.depth == p->base;
    /* no observation is longer than the longest one that was learnt, but for its fields: all of it lies in the window */
    const size_t longest = p->templates.longest;
    if ((size_t)(end - row) <= longest) return IC_OK;
    until = end - longest;
    if (flat && p->until - p->xml.window.offset < (uint64_t)(until - row))
        until = row + (p->until - p->xml.window.offset);
    int32_t *const ordinals = (int32_t *)p->columns->ordinals.data + sink->base;
    double *const values = (double *)p->columns->values.data + sink->base;
    uint32_t *const all_flags = (uint32_t *)p->columns->flags.data + sink->base;
    cells c = {.expected = &p->periods.entries[p->periods.next], .shape = p->shape};
    c.shape.soon = 4 * (uint32_t)longest;
    const straight usual = straight_of(&p->templates);
    uint32_t set = IC_ABSENT, any_flags = 0;
    uint64_t line = p->xml.line, expected_line = 0;
    ic_run *run = NULL;
    ic_run now = {0};
    size_t used = sink->used;
    const size_t room = sink->room;
    ic_status status = IC_OK;
    int wanted = 0;
    while (row < until && used < room) {
        const char *next = NULL;
        const ic_ml_node *node = read_straight(p, &usual, row, &c, &next);
        if (IC_UNLIKELY(node == NULL)) {
            cells slow = c; /* so that *c may live in registers elsewhere */
            node = read_cells(p, row, &slow, &next);
            c = slow;
        }
        if (node == NULL) break;
        if (IC_UNLIKELY(node->epoch != p->epoch)) {
            status = set_for(p, &p->templates.nodes[node - p->templates.nodes], line);
            if (status != IC_OK) break;
        }
        if (IC_UNLIKELY(node->set != set)) {
            if (p->sets[node->set].style != p->style) break; /* periods must be read anew */
            set = node->set;
            wanted = p->sets[set].wanted;
            if (run != NULL) *run = now;
            run = NULL;
        }
        const uint32_t flags = c.flags | node->flags | (c.period->joint ? IC_FLAG_JOINT : 0);
        if (!node->valued) c.number = (ic_number){.value = NAN, .decimals = -1};
        if (IC_LIKELY(wanted && c.period->wanted && (node->valued || (c.flags | node->flags) != 0))) {
            const int32_t ordinal = c.period->ordinal;
            if (IC_UNLIKELY(run == NULL || now.freq != c.period->freq || line != expected_line)) {
                if (run != NULL) *run = now;
                sink->used = used;
                status = ic_ml_run(p, set, c.period->freq, line);
                if (status != IC_OK) break;
                run = &sink->runs[sink->n_runs - 1];
                now = *run;
                expected_line = line;
                if (now.row == used) {
                    now.first = ordinal;
                    now.step = c.line_feeds;
                    now.last = INT32_MIN;
                    now.rising = 1;
                } else {
                    now.rising &= ordinal > now.last;
                }
            } else if (IC_UNLIKELY(ordinal <= now.last)) {
                now.rising = 0;
            }
            now.last = ordinal;
            if (IC_UNLIKELY(c.number.decimals > now.decimals)) now.decimals = c.number.decimals;
            if (IC_UNLIKELY(c.number.digits > now.digits)) now.digits = c.number.digits;
            ordinals[used] = ordinal;
            values[used] = c.number.value;
            all_flags[used] = flags;
            any_flags |= flags;
            expected_line += now.step;
            used++;
        }
        line += c.line_feeds;
        row = next;
    }
    if (run != NULL) *run = now;
    p->periods.next = (uint32_t)(c.expected - p->periods.entries);
    p->shape = c.shape;
    sink->used = used;
    sink->any_flags |= any_flags;
    p->xml.line = line;
    ic_window_advance(&p->xml.window, row);
    return status;
}

#if defined(IC_X86)
IC_TARGET("avx2,bmi,bmi2,popcnt")
static ic_status quick_avx2(ic_ml_part *p) { return quick(p); }
#endif

static ic_status quick_as_it_may(ic_ml_part *p) {
#if defined(IC_X86)
    if (ic_scan.level >= IC_CPU_AVX2) return quick_avx2(p);
#endif
    return quick(p);
}

ic_status ic_ml_quick(ic_ml_part *p) {
    if (p->flags != 0 || p->time_length != 0 || p->frames[p->xml.depth].deleted) return IC_OK;
    for (;;) {
        const uint64_t before = p->xml.window.offset;
        IC_TRY(quick_as_it_may(p));
        if (p->xml.window.offset >= p->until && p->xml.depth == p->base) return IC_OK;
        /* the window may have ended within an observation: once more with all of it */
        if ((size_t)(p->xml.window.end - p->xml.window.begin) >= IC_ML_LITERALS / 4 || p->xml.window.finished)
            return IC_OK;
        if (p->xml.window.offset == before && p->refilled == before) return IC_OK;
        IC_TRY(ic_xml_more(&p->xml, &p->error));
        p->refilled = p->xml.window.offset;
    }
}
