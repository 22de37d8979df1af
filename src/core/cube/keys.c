#include "core/cube/keys.h"

#include <inttypes.h>
#include <string.h>

#define CELLS_MAX ((uint64_t)1 << 62) /* differences of keys keep their sign */

int ic_cube_width(uint64_t size) {
    return size <= (uint64_t)1 << 8 ? 1 : size <= (uint64_t)1 << 16 ? 2 : size <= (uint64_t)1 << 32 ? 4 : 8;
}

int ic_cube_threads(int threads, size_t rows) {
    size_t useful = rows >> 16; /* a thread costs what some ten thousand rows do */
    if (threads < 1 || useful <= 1) return 1;
    if (threads > 64) threads = 64;
    return useful < (size_t)threads ? (int)useful : threads;
}

int ic_cube_fits(const ic_cube_axis *axes, size_t n_axes) {
    uint64_t cells = 1;
    for (size_t a = 0; a < n_axes; a++)
        if (axes[a].size == 0) return 1;
    for (size_t a = 0; a < n_axes; a++) {
        if (cells > CELLS_MAX / axes[a].size) return 0;
        cells *= axes[a].size;
    }
    return 1;
}

ic_status ic_cube_keys_make(ic_cube_keys *k, const ic_cube_axis *axes, size_t n_axes, uint64_t limit, ic_error *error) {
    if (n_axes > IC_CUBE_AXES)
        return ic_fail(error, IC_LIMIT, "%zu axes: at most %d are possible", n_axes, IC_CUBE_AXES);
    if (!ic_cube_fits(axes, n_axes)) return ic_fail(error, IC_LIMIT, "more than 2^62 cells");
    k->axes = axes;
    k->n_axes = n_axes;
    k->cells = 1;
    for (size_t a = 0; a < n_axes; a++)
        if (axes[a].size == 0) k->cells = 0; /* before any product, which could be too large without it */
    uint64_t stride = 1;
    for (size_t a = n_axes; a-- > 0;) {
        k->strides[a] = k->cells == 0 ? 0 : stride;
        stride = k->cells == 0 ? 0 : stride * axes[a].size;
    }
    if (k->cells != 0) k->cells = stride;
    if (k->cells > limit)
        return ic_fail(error, IC_LIMIT, "%" PRIu64 " cells: more than the limit of %" PRIu64, k->cells, limit);
    return IC_OK;
}

static uint64_t position(const ic_cube_axis *axis, size_t row) {
    switch (axis->width) {
    case 1: return ((const uint8_t *)axis->positions)[row];
    case 2: return ((const uint16_t *)axis->positions)[row];
    case 4: return ((const uint32_t *)axis->positions)[row] - (uint32_t)axis->first; /* wraps below the first */
    default: return ((const uint64_t *)axis->positions)[row];
    }
}

static int all_equal(const ic_cube_axis *axis, size_t begin, size_t n) {
    size_t w = (size_t)axis->width;
    const unsigned char *p = (const unsigned char *)axis->positions + begin * w;
    /* the two ends first: they differ where most blocks of a varying column would be compared in vain */
    return memcmp(p, p + (n - 1) * w, w) == 0 && memcmp(p, p + w, (n - 1) * w) == 0;
}

/* Largest position of a block; one loop per width, each of which compilers turn into vectors. */
static uint64_t largest(const ic_cube_axis *axis, size_t begin, size_t n) {
    if (axis->width == 1) {
        const uint8_t *p = (const uint8_t *)axis->positions + begin;
        uint8_t top = 0;
        for (size_t i = 0; i < n; i++) top = p[i] > top ? p[i] : top;
        return top;
    }
    if (axis->width == 2) {
        const uint16_t *p = (const uint16_t *)axis->positions + begin;
        uint16_t top = 0;
        for (size_t i = 0; i < n; i++) top = p[i] > top ? p[i] : top;
        return top;
    }
    if (axis->width == 4) {
        const uint32_t *p = (const uint32_t *)axis->positions + begin;
        uint32_t top = 0, first = (uint32_t)axis->first;
        for (size_t i = 0; i < n; i++) top = p[i] - first > top ? p[i] - first : top;
        return top;
    }
    const uint64_t *p = (const uint64_t *)axis->positions + begin;
    uint64_t top = 0;
    for (size_t i = 0; i < n; i++) top = p[i] > top ? p[i] : top;
    return top;
}

#define ADD(type, first)                                                                                               \
    do {                                                                                                               \
        const type *p = (const type *)axis->positions + begin;                                                         \
        if (stride <= UINT32_MAX) { /* 32 by 32 bits: the product that vectors have */                                 \
            uint32_t by = (uint32_t)stride;                                                                            \
            for (size_t i = 0; i < n; i++)                                                                             \
                keys[i] += (uint64_t)(uint32_t)((uint32_t)p[i] - (uint32_t)(first)) * (uint64_t)by;                    \
        } else {                                                                                                       \
            for (size_t i = 0; i < n; i++)                                                                             \
                keys[i] += (uint64_t)(uint32_t)((uint32_t)p[i] - (uint32_t)(first)) * stride;                          \
        }                                                                                                              \
    } while (0)

static void add(const ic_cube_axis *axis, uint64_t stride, size_t begin, size_t n, uint64_t *keys) {
    switch (axis->width) {
    case 1: ADD(uint8_t, 0); break;
    case 2: ADD(uint16_t, 0); break;
    case 4: ADD(uint32_t, axis->first); break;
    default: {
        const uint64_t *p = (const uint64_t *)axis->positions + begin;
        for (size_t i = 0; i < n; i++) keys[i] += p[i] * stride;
    }
    }
}

size_t ic_cube_keys_block(const ic_cube_keys *k, size_t begin, size_t n, uint64_t *keys, int *constant) {
    uint64_t base = 0;
    size_t varying[IC_CUBE_AXES], n_varying = 0;
    if (n == 0) return 0;
    for (size_t a = 0; a < k->n_axes; a++) {
        const ic_cube_axis *axis = &k->axes[a];
        if (all_equal(axis, begin, n)) { /* most columns of sorted rows, most of the time */
            uint64_t at = position(axis, begin);
            if (at >= axis->size) return 0;
            base += at * k->strides[a];
            continue;
        }
        if ((axis->width == 8 || axis->size >> (8 * axis->width) == 0) && largest(axis, begin, n) >= axis->size) {
            size_t i = 0;
            while (position(axis, begin + i) < axis->size) i++;
            if ((n = i) == 0) return 0;
        }
        varying[n_varying++] = a;
    }
    for (size_t i = 0; i < n; i++) keys[i] = base;
    for (size_t v = 0; v < n_varying; v++) add(&k->axes[varying[v]], k->strides[varying[v]], begin, n, keys);
    if (constant != NULL) *constant = n_varying == 0;
    return n;
}

ic_status ic_cube_keys_fail(const ic_cube_keys *k, size_t row, ic_error *error) {
    for (size_t a = 0; a < k->n_axes; a++) {
        const ic_cube_axis *axis = &k->axes[a];
        uint64_t at = position(axis, row);
        if (at < axis->size) continue;
        if (axis->is_time)
            return ic_fail(error, IC_ARGUMENT,
                           "row %zu: ordinal %" PRId32 " lies outside the %" PRIu64 " periods from %" PRId32, row,
                           ((const int32_t *)axis->positions)[row], axis->size, axis->first);
        return ic_fail(error, IC_ARGUMENT,
                       "row %zu: position %" PRIu64 " lies beyond the %" PRIu64 " codes of axis %zu", row, at,
                       axis->size, a);
    }
    return ic_fail(error, IC_ARGUMENT, "row %zu: no position is wrong", row);
}
