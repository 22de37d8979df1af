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

#define LOOP(name) name##_base
#define LOOP_TARGET
#include "core/cube/keys_loops.h"
#undef LOOP
#undef LOOP_TARGET

#if defined(IC_X86)
#define LOOP(name)  name##_avx2
#define LOOP_TARGET IC_TARGET("avx2")
#include "core/cube/keys_loops.h"
#undef LOOP
#undef LOOP_TARGET
#endif

typedef uint32_t add_loop(const void *positions, uint32_t first, uint32_t by, uint32_t *sums, size_t n);

static struct {
    add_loop *add8, *add16, *add32;
    int (*widen)(const uint32_t *sums, uint64_t *keys, size_t n);
} loops = {add8_base, add16_base, add32_base, widen_base};

void ic_cube_select(ic_cpu level) {
#if defined(IC_X86)
    if (level == IC_CPU_AVX2 || level == IC_CPU_AVX512) {
        loops.add8 = add8_avx2;
        loops.add16 = add16_avx2;
        loops.add32 = add32_avx2;
        loops.widen = widen_avx2;
        return;
    }
#else
    (void)level;
#endif
    loops.add8 = add8_base;
    loops.add16 = add16_base;
    loops.add32 = add32_base;
    loops.widen = widen_base;
}

/* How many of n rows come before the first with a position beyond this axis. */
static size_t good_rows(const ic_cube_axis *axis, size_t begin, size_t n) {
    size_t i = 0;
    while (i < n && position(axis, begin + i) < axis->size) i++;
    return i;
}

/* The loop for one axis of a group; returns how many rows are good. */
static size_t add_axis(const ic_cube_axis *axis, uint64_t by, size_t begin, size_t n, uint32_t *sums) {
    const char *p = (const char *)axis->positions + begin * (size_t)axis->width;
    add_loop *add = axis->width == 1 ? loops.add8 : axis->width == 2 ? loops.add16 : loops.add32;
    uint32_t top = add(p, (uint32_t)axis->first, (uint32_t)by, sums, n);
    return IC_LIKELY(top < axis->size) ? n : good_rows(axis, begin, n);
}

/* Few enough cells for 32 bits. */
static size_t narrow(const ic_cube_keys *k, const size_t *varying, size_t n_varying, uint32_t base, size_t begin,
                     size_t n, uint64_t *keys, int *traits) {
    uint32_t sums[IC_CUBE_BLOCK];
    for (size_t i = 0; i < n; i++) sums[i] = base;
    for (size_t v = 0; v < n_varying && n > 0; v++)
        n = add_axis(&k->axes[varying[v]], k->strides[varying[v]], begin, n, sums);
    if (n > 0 && loops.widen(sums, keys, n)) *traits |= IC_CUBE_RISING;
    return n;
}

/* More cells: neighbouring axes are summed together as long as 32 bits hold them, and the sums put together then. */
static size_t wide(const ic_cube_keys *k, const size_t *varying, size_t n_varying, uint64_t base, size_t begin,
                   size_t n, uint64_t *keys, int *traits) {
    uint32_t sums[IC_CUBE_BLOCK];
    for (size_t i = 0; i < n; i++) keys[i] = base;
    while (n_varying > 0 && n > 0) {
        size_t last = varying[n_varying - 1];
        uint64_t unit = k->strides[last]; /* divides the strides before it */
        if (k->axes[last].width == 8 || k->axes[last].size >> 32 != 0) {
            n = good_rows(&k->axes[last], begin, n);
            for (size_t i = 0; i < n; i++) keys[i] += position(&k->axes[last], begin + i) * unit;
            n_varying--;
            continue;
        }
        memset(sums, 0, n * sizeof *sums);
        do {
            size_t a = varying[n_varying - 1];
            if (a != last && (k->axes[a].width == 8 || k->strides[a] / unit > (UINT32_MAX >> 1) / k->axes[a].size))
                break;
            n = add_axis(&k->axes[a], k->strides[a] / unit, begin, n, sums);
        } while (--n_varying > 0 && n > 0);
        for (size_t i = 0; i < n; i++) keys[i] += sums[i] * unit;
    }
    uint64_t sign = 0; /* keys are below 2^62 */
    for (size_t i = 1; i < n; i++) sign |= keys[i] - keys[i - 1] - 1;
    if (n > 0 && sign >> 63 == 0) *traits |= IC_CUBE_RISING;
    return n;
}

size_t ic_cube_keys_block(const ic_cube_keys *k, size_t begin, size_t n, uint64_t *keys, int *traits) {
    uint64_t base = 0;
    size_t varying[IC_CUBE_AXES], n_varying = 0;
    int ignored, eight = 0;
    if (traits == NULL) traits = &ignored;
    *traits = 0;
    if (n == 0 || k->cells == 0) return 0; /* an axis without a position: no row can be right */
    for (size_t a = 0; a < k->n_axes; a++) {
        const ic_cube_axis *axis = &k->axes[a];
        if (all_equal(axis, begin, n)) { /* most columns of sorted rows, most of the time */
            uint64_t at = position(axis, begin);
            if (at >= axis->size) return 0;
            base += at * k->strides[a];
        } else {
            varying[n_varying++] = a;
            eight |= axis->width == 8;
        }
    }
    if (n_varying == 0) {
        for (size_t i = 0; i < n; i++) keys[i] = base;
        *traits = IC_CUBE_CONSTANT | (n == 1 ? IC_CUBE_RISING : 0);
        return n;
    }
    if (k->cells >> 31 == 0 && !eight) return narrow(k, varying, n_varying, (uint32_t)base, begin, n, keys, traits);
    return wide(k, varying, n_varying, base, begin, n, keys, traits);
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
