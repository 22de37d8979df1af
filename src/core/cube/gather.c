#include "core/cube/keys.h"

#include "core/base/parallel.h"

#include <inttypes.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

typedef struct gather {
    const double *values;
    const uint32_t *flags;
    const uint64_t *sizes;
    uint64_t strides[IC_CUBE_AXES];
    int widths[IC_CUBE_AXES];
    size_t n_axes, cells, tasks;
    size_t starts[65]; /* first pass: rows of task c in starts[c+1]; then: where they begin */
    uint32_t marks[64];
    void *positions[IC_CUBE_AXES];
    double *out_values;
    uint32_t *out_flags;
} gather;

static size_t first_cell(const gather *g, size_t task) {
    size_t blocks = g->cells / IC_CUBE_BLOCK;
    if (task == g->tasks) return g->cells;
    return (blocks / g->tasks * task + blocks % g->tasks * task / g->tasks) * IC_CUBE_BLOCK;
}

/* Which of up to 64 cells have a row: bit i for cell i. */
static uint64_t present(const double *v, const uint32_t *f, size_t n) {
    uint64_t mask = 0;
#if defined(__SSE2__)
    if (n == 64) {
        for (int i = 0; i < 64; i += 8) {
            const __m128d a = _mm_loadu_pd(v + i), b = _mm_loadu_pd(v + i + 2);
            const __m128d c = _mm_loadu_pd(v + i + 4), d = _mm_loadu_pd(v + i + 6);
            const __m128i ab = _mm_castps_si128(
                _mm_shuffle_ps(_mm_castpd_ps(_mm_cmpord_pd(a, a)), _mm_castpd_ps(_mm_cmpord_pd(b, b)), 0x88));
            const __m128i cd = _mm_castps_si128(
                _mm_shuffle_ps(_mm_castpd_ps(_mm_cmpord_pd(c, c)), _mm_castpd_ps(_mm_cmpord_pd(d, d)), 0x88));
            const __m128i eight = _mm_packs_epi32(ab, cd);
            uint64_t bits = (uint64_t)(_mm_movemask_epi8(_mm_packs_epi16(eight, eight)) & 0xff);
            if (f != NULL) {
                const __m128i zero = _mm_setzero_si128();
                const __m128i e = _mm_cmpeq_epi32(_mm_loadu_si128((const __m128i *)(const void *)(f + i)), zero);
                const __m128i g = _mm_cmpeq_epi32(_mm_loadu_si128((const __m128i *)(const void *)(f + i + 4)), zero);
                const __m128i none = _mm_packs_epi32(e, g);
                bits |= (uint64_t)(~_mm_movemask_epi8(_mm_packs_epi16(none, none)) & 0xff);
            }
            mask |= bits << i;
        }
        return mask;
    }
#endif
    for (size_t i = 0; i < n; i++) {
        int is = v[i] == v[i] || (f != NULL && f[i] != 0);
        mask |= (uint64_t)is << i;
    }
    return mask;
}

static size_t bits_in(uint64_t x) {
#if defined(__GNUC__) || defined(__clang__)
    return (size_t)__builtin_popcountll(x);
#else
    size_t n = 0;
    for (; x != 0; x &= x - 1) n++;
    return n;
#endif
}

static unsigned lowest_bit(uint64_t x) {
#if defined(__GNUC__) || defined(__clang__)
    return (unsigned)__builtin_ctzll(x);
#else
    unsigned n = 0;
    for (; (x & 1) == 0; x >>= 1) n++;
    return n;
#endif
}

static size_t minimum(size_t a, size_t b) { return a < b ? a : b; }

static void count(void *context, size_t task) {
    gather *g = context;
    size_t stop = first_cell(g, task + 1), n = 0;
    uint32_t marks = 0;
    for (size_t cell = first_cell(g, task); cell < stop; cell += 64) {
        size_t m = minimum(stop - cell, 64);
        n += bits_in(present(g->values + cell, g->flags == NULL ? NULL : g->flags + cell, m));
        if (g->flags != NULL)
            for (size_t i = 0; i < m; i++) marks |= g->flags[cell + i];
    }
    g->starts[task + 1] = n;
    g->marks[task] = marks;
}

/* Positions on one axis of n cells in a row: the first `left` are at `index`, then come runs of `stride`. */
#define LAY(type)                                                                                                      \
    do {                                                                                                               \
        type *p = out, at = (type)index;                                                                               \
        if (stride == 1) {                                                                                             \
            while (i < n) {                                                                                            \
                size_t run = (size_t)minimum(n - i, (size_t)(size - at));                                              \
                for (size_t j = 0; j < run; j++) p[i + j] = (type)(at + j);                                            \
                i += run;                                                                                              \
                at = 0;                                                                                                \
            }                                                                                                          \
            break;                                                                                                     \
        }                                                                                                              \
        while (i < n) {                                                                                                \
            size_t run = left < n - i ? (size_t)left : n - i;                                                          \
            for (size_t j = 0; j < run; j++) p[i + j] = at;                                                            \
            i += run;                                                                                                  \
            left = stride;                                                                                             \
            at = (type)((uint64_t)at + 1 == size ? 0 : at + 1);                                                        \
        }                                                                                                              \
    } while (0)

static void lay(void *out, int width, uint64_t stride, uint64_t size, uint64_t index, uint64_t left, size_t n) {
    size_t i = 0;
    switch (width) {
    case 1: LAY(uint8_t); break;
    case 2: LAY(uint16_t); break;
    default: LAY(uint32_t); break;
    }
}

#define PICK(type)                                                                                                     \
    do {                                                                                                               \
        const type *p = from;                                                                                          \
        type *q = to;                                                                                                  \
        for (size_t i = 0; i < n; i++) q[i] = p[which[i]];                                                             \
    } while (0)

static void pick(void *to, const void *from, int width, const uint16_t *which, size_t n) {
    switch (width) {
    case 1: PICK(uint8_t); break;
    case 2: PICK(uint16_t); break;
    case 4: PICK(uint32_t); break;
    default: PICK(uint64_t); break;
    }
}

static void write_rows(void *context, size_t task) {
    gather *g = context;
    size_t stop = first_cell(g, task + 1), row = g->starts[task];
    uint16_t which[IC_CUBE_BLOCK];
    uint32_t laid[IC_CUBE_BLOCK];
    for (size_t cell = first_cell(g, task); cell < stop; cell += IC_CUBE_BLOCK) {
        size_t n = minimum(stop - cell, IC_CUBE_BLOCK), m = 0;
        const double *v = g->values + cell;
        const uint32_t *f = g->flags == NULL ? NULL : g->flags + cell;
        for (size_t i = 0; i < n; i += 64) {
            uint64_t mask = present(v + i, f == NULL ? NULL : f + i, minimum(n - i, 64));
            if (mask == UINT64_MAX) {
                for (size_t j = 0; j < 64; j++) which[m + j] = (uint16_t)(i + j);
                m += 64;
            } else {
                for (; mask != 0; mask &= mask - 1) which[m++] = (uint16_t)(i + lowest_bit(mask));
            }
        }
        if (m == 0) continue;
        if (m == n) { /* nothing is missing: no detour */
            memcpy(g->out_values + row, v, n * sizeof *v);
            if (g->out_flags != NULL) memcpy(g->out_flags + row, f, n * sizeof *f);
        } else {
            pick(g->out_values + row, v, 8, which, m);
            if (g->out_flags != NULL) pick(g->out_flags + row, f, 4, which, m);
        }
        for (size_t a = 0; a < g->n_axes; a++) {
            char *out = (char *)g->positions[a] + row * (size_t)g->widths[a];
            uint64_t stride = g->strides[a], size = g->sizes[a];
            uint64_t index = cell / stride % size, left = stride - cell % stride;
            if (left >= n || m == n) { /* one position for the whole block, or no hole in it */
                lay(out, g->widths[a], stride, size, index, left, m);
            } else {
                lay(laid, g->widths[a], stride, size, index, left, n);
                pick(out, laid, g->widths[a], which, m);
            }
        }
        row += m;
    }
}

static void free_all(ic_block *positions, size_t n, ic_block *values, ic_block *flags) {
    for (size_t a = 0; a < n; a++) ic_block_free(&positions[a]);
    ic_block_free(values);
    ic_block_free(flags);
}

ic_status ic_cube_gather(const double *values, const uint32_t *flags, const uint64_t *sizes, size_t n_axes,
                         size_t time_axis, int threads, ic_block *positions, ic_block *out_values, ic_block *out_flags,
                         size_t *rows, ic_error *error) {
    gather g = {.values = values, .flags = flags, .sizes = sizes, .n_axes = n_axes};
    ic_cube_axis axes[IC_CUBE_AXES] = {{0}};
    ic_cube_keys keys;
    for (size_t a = 0; a < n_axes; a++) positions[a] = (ic_block){0};
    *out_values = *out_flags = (ic_block){0};
    *rows = 0;
    for (size_t a = 0; a < n_axes && a < IC_CUBE_AXES; a++) {
        axes[a].size = sizes[a];
        g.widths[a] = a == time_axis ? 4 : ic_cube_width(sizes[a]);
        if (g.widths[a] == 8 || (a == time_axis && sizes[a] > INT32_MAX))
            return ic_fail(error, IC_LIMIT, "axis %zu: %" PRIu64 " positions are too many", a, sizes[a]);
    }
    IC_TRY(ic_cube_keys_make(&keys, axes, n_axes, SIZE_MAX / sizeof(double), error));
    if (n_axes > 0) memcpy(g.strides, keys.strides, n_axes * sizeof *g.strides);
    g.cells = (size_t)keys.cells;
    g.tasks = (size_t)ic_cube_threads(threads, g.cells);

    ic_parallel_for(g.tasks, threads, count, &g);
    uint32_t marks = 0;
    for (size_t t = 0; t < g.tasks; t++) {
        g.starts[t + 1] += g.starts[t];
        marks |= g.marks[t];
    }
    size_t n = g.starts[g.tasks];
    ic_status status = ic_block_make(out_values, n, sizeof(double));
    if (status == IC_OK && marks != 0) status = ic_block_make(out_flags, n, sizeof(uint32_t));
    for (size_t a = 0; a < n_axes && status == IC_OK; a++) {
        status = ic_block_make(&positions[a], n, (size_t)g.widths[a]);
        g.positions[a] = positions[a].data;
    }
    if (status != IC_OK) {
        free_all(positions, n_axes, out_values, out_flags);
        return ic_fail_memory(error);
    }
    g.out_values = out_values->data;
    g.out_flags = out_flags->data;
    ic_parallel_for(g.tasks, threads, write_rows, &g);
    *rows = n;
    return IC_OK;
}
