#include "core/cube/keys.h"

#include "core/base/parallel.h"

#include <string.h>

/* Keys numbered by first appearance. */
typedef struct slot {
    uint64_t key;
    int64_t id; /* one more than the series' number; 0: empty */
} slot;

typedef struct table {
    uint32_t *direct; /* by key, one more than the number; NULL: hashed */
    ic_block pages;   /* where `direct` lies */
    slot *slots;
    size_t n_slots; /* a power of two, at most two thirds filled */
    uint64_t *keys; /* by number */
    int64_t *firsts;
    size_t n, room_keys, room_firsts;
} table;

static size_t place(uint64_t key, size_t n_slots) {
    key ^= key >> 32;
    key *= 0x9e3779b97f4a7c15u; /* 2^64 over the golden ratio: neighbouring keys go far apart */
    key ^= key >> 29;
    key *= 0xbf58476d1ce4e5b9u;
    return (size_t)(key ^ key >> 32) & (n_slots - 1);
}

static void table_free(table *t) {
    ic_block_free(&t->pages);
    ic_free(t->slots);
    ic_free(t->keys);
    ic_free(t->firsts);
    *t = (table){0};
}

static ic_status table_make(table *t, uint64_t cells, size_t rows) {
    *t = (table){0};
    if (rows < UINT32_MAX && (cells <= 65536 || cells <= rows)) {
        IC_TRY(ic_block_make(&t->pages, (size_t)cells + 1, sizeof *t->direct));
        t->direct = t->pages.data;
        return IC_OK;
    }
    t->n_slots = 1024;
    t->slots = ic_alloc_zeroed(t->n_slots, sizeof *t->slots);
    return t->slots == NULL ? IC_MEMORY : IC_OK;
}

static slot *find(slot *slots, size_t n_slots, uint64_t key) {
    size_t i = place(key, n_slots);
    while (slots[i].id != 0 && slots[i].key != key) i = (i + 1) & (n_slots - 1);
    return &slots[i];
}

static ic_status spread(table *t) { /* twice as many slots */
    size_t n_slots = t->n_slots * 2;
    slot *slots = ic_alloc_zeroed(n_slots, sizeof *slots);
    if (slots == NULL) return IC_MEMORY;
    for (size_t i = 0; i < t->n; i++) *find(slots, n_slots, t->keys[i]) = (slot){t->keys[i], (int64_t)i + 1};
    ic_free(t->slots);
    t->slots = slots;
    t->n_slots = n_slots;
    return IC_OK;
}

static ic_status append(table *t, uint64_t key, int64_t row) {
    IC_TRY(ic_grow((void **)&t->keys, &t->room_keys, t->n + 1, sizeof *t->keys));
    IC_TRY(ic_grow((void **)&t->firsts, &t->room_firsts, t->n + 1, sizeof *t->firsts));
    t->keys[t->n] = key;
    t->firsts[t->n] = row;
    t->n++;
    return IC_OK;
}

/* The number of `key`, which is new at `row` unless it is known; -1 when memory is short. */
static int64_t number(table *t, uint64_t key, int64_t row) {
    if (t->direct != NULL) {
        uint32_t *id = &t->direct[key];
        if (IC_UNLIKELY(*id == 0)) {
            if (append(t, key, row) != IC_OK) return -1;
            *id = (uint32_t)t->n;
        }
        return (int64_t)*id - 1;
    }
    slot *s = find(t->slots, t->n_slots, key);
    if (IC_UNLIKELY(s->id == 0)) {
        if (t->n >= t->n_slots / 3 * 2) {
            if (spread(t) != IC_OK) return -1;
            s = find(t->slots, t->n_slots, key);
        }
        if (append(t, key, row) != IC_OK) return -1;
        *s = (slot){key, (int64_t)t->n};
    }
    return s->id - 1;
}

/* ---- one group of axes, whose keys fit 64 bits -------------------------------------------------------------- */

typedef struct series {
    const ic_cube_keys *keys;
    size_t rows, tasks;
    void *index;
    int wide; /* index is int64_t */
    table tables[64];
    int64_t *maps[64]; /* by task: its numbers to those of all */
    size_t bad[64];    /* by task: first row with a wrong position */
    ic_status status[64];
} series;

static size_t first_row(const series *s, size_t task) {
    size_t blocks = s->rows / IC_CUBE_BLOCK;
    if (task == s->tasks) return s->rows;
    return (blocks / s->tasks * task + blocks % s->tasks * task / s->tasks) * IC_CUBE_BLOCK;
}

#define AHEAD 12 /* rows between asking for a slot and looking it up */

static void number_rows(void *context, size_t task) {
    series *s = context;
    table *t = &s->tables[task];
    uint64_t keys[IC_CUBE_BLOCK + AHEAD], last = UINT64_MAX; /* no key is that large */
    int64_t id = 0;
    size_t begin = first_row(s, task), stop = first_row(s, task + 1);
    s->bad[task] = SIZE_MAX;
    if ((s->status[task] = table_make(t, s->keys->cells, stop - begin)) != IC_OK) return;
    for (size_t row = begin; row < stop; row += IC_CUBE_BLOCK) {
        size_t n = stop - row < IC_CUBE_BLOCK ? stop - row : IC_CUBE_BLOCK;
        int traits;
        size_t good = ic_cube_keys_block(s->keys, row, n, keys, &traits);
        int constant = traits & IC_CUBE_CONSTANT;
        if (good < n) {
            s->bad[task] = row + good;
            return;
        }
        for (size_t i = 0; i < AHEAD; i++) keys[n + i] = keys[n - 1];
        for (size_t i = 0; i < n; i++) {
            if (keys[i] != last) {
                if (t->direct == NULL) IC_CUBE_PREFETCH(&t->slots[place(keys[i + AHEAD], t->n_slots)]);
                last = keys[i];
                if ((id = number(t, last, (int64_t)(row + i))) < 0) {
                    s->status[task] = IC_MEMORY;
                    return;
                }
            }
            if (s->wide)
                ((int64_t *)s->index)[row + i] = id;
            else
                ((int32_t *)s->index)[row + i] = (int32_t)id;
            if (constant) break;
        }
        if (!constant) continue;
        if (s->wide)
            for (size_t i = 1; i < n; i++) ((int64_t *)s->index)[row + i] = id;
        else
            for (size_t i = 1; i < n; i++) ((int32_t *)s->index)[row + i] = (int32_t)id;
    }
}

static void map_rows(void *context, size_t task) {
    series *s = context;
    const int64_t *map = s->maps[task];
    size_t stop = first_row(s, task + 1);
    if (map == NULL) return; /* the first task's numbers are everybody's */
    if (s->wide) {
        int64_t *p = s->index;
        for (size_t i = first_row(s, task); i < stop; i++) p[i] = map[p[i]];
    } else {
        int32_t *p = s->index;
        for (size_t i = first_row(s, task); i < stop; i++) p[i] = (int32_t)map[p[i]];
    }
}

/* Numbers of the other tasks' series, in their order: the same as if one task had seen all rows. */
static ic_status merge(series *s) {
    table *all = &s->tables[0];
    for (size_t task = 1; task < s->tasks; task++) {
        const table *t = &s->tables[task];
        int64_t *map = s->maps[task] = ic_alloc(t->n, sizeof *map);
        if (map == NULL) return IC_MEMORY;
        for (size_t i = 0; i < t->n; i++)
            if ((map[i] = number(all, t->keys[i], t->firsts[i])) < 0) return IC_MEMORY;
    }
    return IC_OK;
}

static ic_status number_group(series *s, int threads, ic_block *first, size_t *n_series, ic_error *error) {
    ic_status status = IC_OK;
    size_t bad = SIZE_MAX;
    s->tasks = (size_t)ic_cube_threads(threads, s->rows);
    ic_parallel_for(s->tasks, threads, number_rows, s);
    for (size_t task = 0; task < s->tasks; task++) {
        if (s->bad[task] < bad) bad = s->bad[task];
        if (s->status[task] != IC_OK) status = s->status[task];
    }
    if (status == IC_OK && bad != SIZE_MAX) status = ic_cube_keys_fail(s->keys, bad, error);
    if (status == IC_OK && s->tasks > 1 && (status = merge(s)) == IC_OK)
        ic_parallel_for(s->tasks, threads, map_rows, s);
    if (status == IC_OK) {
        *n_series = s->tables[0].n;
        status = ic_block_make(first, *n_series, sizeof(int64_t));
        if (status == IC_OK && *n_series > 0) memcpy(first->data, s->tables[0].firsts, *n_series * sizeof(int64_t));
    }
    for (size_t task = 0; task < s->tasks; task++) {
        table_free(&s->tables[task]);
        ic_free(s->maps[task]);
    }
    return status == IC_MEMORY ? ic_fail_memory(error) : status;
}

ic_status ic_cube_series(const ic_cube_axis *axes, size_t n_axes, size_t rows, int threads, ic_block *index,
                         int *index_width, ic_block *first, size_t *n_series, ic_error *error) {
    ic_cube_axis group[IC_CUBE_AXES];
    ic_block last = {0}; /* what the groups before have been numbered to: an axis of the next group */
    ic_status status = IC_OK;
    size_t done = 0;
    *index = *first = (ic_block){0};
    *index_width = rows <= INT32_MAX ? 4 : 8;
    *n_series = 0;
    do {
        size_t n = 0;
        ic_cube_keys keys;
        if (last.data != NULL)
            group[n++] = (ic_cube_axis){.positions = last.data, .width = *index_width, .size = *n_series};
        size_t kept = n;
        while (done < n_axes && n < IC_CUBE_AXES) {
            group[n] = axes[done];
            if (!ic_cube_fits(group, n + 1)) break;
            n++;
            done++;
        }
        if (n == kept && done < n_axes) status = ic_fail(error, IC_LIMIT, "too many series for an axis of this size");
        if (status == IC_OK) status = ic_cube_keys_make(&keys, group, n, UINT64_MAX, error);
        if (status == IC_OK && ic_block_make(index, rows, (size_t)*index_width) != IC_OK)
            status = ic_fail_memory(error);
        if (status == IC_OK) {
            series *s = ic_alloc_zeroed(1, sizeof *s); /* some kilobytes: not for the stack */
            if (s == NULL) {
                status = ic_fail_memory(error);
            } else {
                *s = (series){.keys = &keys, .rows = rows, .index = index->data, .wide = *index_width == 8};
                ic_block_free(first);
                status = number_group(s, threads, first, n_series, error);
                ic_free(s);
            }
        }
        ic_block_free(&last);
        if (status == IC_OK && done < n_axes) {
            last = *index;
            *index = (ic_block){0};
        }
    } while (status == IC_OK && done < n_axes);
    if (status != IC_OK) {
        ic_block_free(index);
        ic_block_free(first);
        *n_series = 0;
    }
    return status;
}
