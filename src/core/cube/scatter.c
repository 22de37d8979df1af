#include "core/cube/keys.h"

#include "core/base/parallel.h"

#include <math.h>
#include <string.h>

typedef struct scatter {
    const ic_cube_rows *in;
    const ic_cube_keys *keys;
    double *values;
    uint32_t *flags; /* NULL: none */
    int threads;
    /* rows that rise */
    uint64_t starts[65]; /* cells of task c: starts[c] .. starts[c+1]-1 */
    int failed;          /* atomic: some task met a row that does not rise, or a wrong one */
    /* rows in any order */
    ic_cube_duplicates duplicates;
    uint64_t *taken;            /* a bit per cell */
    double *errors;             /* what the sums have lost, a double per cell */
    int summed;                 /* atomic: some cell has more than one row */
    size_t stop;                /* atomic: lowest row known to be an error */
    size_t bad[64], second[64]; /* by task: first row with a wrong position, first row for a taken cell */
} scatter;

static size_t minimum(size_t a, size_t b) { return a < b ? a : b; }

/* ---- rows that rise ---------------------------------------------------------------------------------------- */

static size_t first_row(const scatter *s, size_t task) { /* without the overflow of rows * task */
    size_t share = s->in->rows / (size_t)s->threads, rest = s->in->rows % (size_t)s->threads;
    return share * task + minimum(task, rest);
}

static void fill(double *p, uint64_t n) {
    for (uint64_t i = 0; i < n; i++) p[i] = NAN;
}

static void write_rising(void *context, size_t task) {
    scatter *s = context;
    uint64_t keys[IC_CUBE_BLOCK], at = s->starts[task], end = s->starts[task + 1];
    size_t stop = first_row(s, task + 1);
    double *values = s->values;
    for (size_t row = first_row(s, task); row < stop; row += IC_CUBE_BLOCK) {
        if (__atomic_load_n(&s->failed, __ATOMIC_RELAXED)) return;
        size_t n = minimum(stop - row, IC_CUBE_BLOCK);
        int traits;
        size_t good = ic_cube_keys_block(s->keys, row, n, keys, &traits);
        if (good < n || !(traits & IC_CUBE_RISING) || keys[0] < at || keys[n - 1] >= end) {
            __atomic_store_n(&s->failed, 1, __ATOMIC_RELAXED);
            return;
        }
        const double *in = s->in->values + row;
        const uint32_t *marks = s->flags == NULL ? NULL : s->in->flags + row;
        if (keys[n - 1] - keys[0] == n - 1) {
            fill(values + at, keys[0] - at);
            memcpy(values + keys[0], in, n * sizeof *in);
            if (marks != NULL) memcpy(s->flags + keys[0], marks, n * sizeof *marks);
        } else {
            uint64_t cell = at;
            for (size_t i = 0; i < n; i++) {
                while (cell < keys[i]) values[cell++] = NAN;
                values[cell++] = in[i];
            }
            if (marks != NULL)
                for (size_t i = 0; i < n; i++) s->flags[keys[i]] = marks[i];
        }
        at = keys[n - 1] + 1;
    }
    fill(values + at, end - at);
}

/* 1: done. 0: the rows do not rise, or one is wrong. What was written then needs no cleaning: each of those cells has a
   row, which is going to be written there again. */
static int scatter_rising(scatter *s) {
    s->starts[0] = 0;
    for (int t = 1; t < s->threads; t++) {
        size_t row = first_row(s, (size_t)t);
        if (row >= s->in->rows) /* fewer rows than threads: the rest of the cells is the last row's */
            s->starts[t] = s->keys->cells;
        else if (ic_cube_keys_block(s->keys, row, 1, &s->starts[t], NULL) == 0)
            return 0;
        if (s->starts[t] < s->starts[t - 1]) return 0;
    }
    s->starts[s->threads] = s->keys->cells;
    ic_parallel_for((size_t)s->threads, s->threads, write_rising, s);
    return !s->failed;
}

/* ---- rows in any order ------------------------------------------------------------------------------------- */

static void found(scatter *s, size_t row) { /* lowers `stop` to row */
    size_t known = __atomic_load_n(&s->stop, __ATOMIC_RELAXED);
    while (row < known && !__atomic_compare_exchange_n(&s->stop, &known, row, 1, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
}

/* Neumaier's sum: what each addition loses is kept beside it. An infinite or missing sum loses nothing. */
static void add_to(scatter *s, uint64_t cell, double x) {
    double sum = s->values[cell], t = sum + x;
    if (isfinite(t)) s->errors[cell] += fabs(sum) >= fabs(x) ? (sum - t) + x : (x - t) + sum;
    s->values[cell] = t;
}

/* The word of bits at hand: neighbouring cells come one after the other more often than not, and a word that is stored
   and loaded again for each would be the slowest part of it all. */
typedef struct bits {
    uint64_t *words, at, word;
} bits;

/* Takes a cell; returns whether it was taken before. */
IC_INLINE int take(bits *b, uint64_t cell) {
    if (cell >> 6 != b->at) {
        b->words[b->at] = b->word;
        b->at = cell >> 6;
        b->word = b->words[b->at];
    }
    uint64_t bit = (uint64_t)1 << (cell & 63);
    int taken = (b->word & bit) != 0;
    b->word |= bit;
    return taken;
}

/* Writes one row; 0 if its cell is taken and may not be. `rule` is a constant where this is inlined. */
IC_INLINE int write_row(scatter *s, ic_cube_duplicates rule, bits *b, uint64_t cell, size_t row, int *summed) {
    if (IC_UNLIKELY(take(b, cell)) && rule != IC_CUBE_LAST) {
        if (rule == IC_CUBE_ERROR) return 0;
        if (rule == IC_CUBE_FIRST) return 1;
        *summed = 1;
        add_to(s, cell, s->in->values[row]);
        if (s->flags != NULL) s->flags[cell] |= s->in->flags[row];
        return 1;
    }
    s->values[cell] = s->in->values[row];
    if (s->flags != NULL) s->flags[cell] = s->in->flags[row];
    return 1;
}

/* NaN into the cells without a row. */
static void fill_holes(scatter *s, uint64_t low, uint64_t high) {
    for (uint64_t cell = low; cell < high; cell += 64) {
        uint64_t holes = ~s->taken[cell >> 6], n = high - cell < 64 ? high - cell : 64;
        if (holes == 0) continue;
        if (holes == UINT64_MAX)
            fill(s->values + cell, n);
        else
            for (uint64_t i = 0; i < n; i++)
                if (holes >> i & 1) s->values[cell + i] = NAN;
    }
}

#define AHEAD 24 /* rows between asking for a cell and writing it */

/* Writes the rows whose cells lie in low .. low+span-1. */
IC_INLINE void write_any(scatter *s, size_t task, ic_cube_duplicates rule, uint64_t low, uint64_t span) {
    uint64_t keys[IC_CUBE_BLOCK + AHEAD];
    uint16_t mine[IC_CUBE_BLOCK + AHEAD];
    bits b = {s->taken, low >> 6, s->taken[low >> 6]};
    int all = span == s->keys->cells, summed = 0;
    for (size_t row = 0; row < s->in->rows; row += IC_CUBE_BLOCK) {
        if (row > __atomic_load_n(&s->stop, __ATOMIC_RELAXED)) return; /* the lowest error is behind us */
        size_t n = minimum(s->in->rows - row, IC_CUBE_BLOCK), m = 0, wrong = SIZE_MAX;
        size_t good = ic_cube_keys_block(s->keys, row, n, keys, NULL);
        if (all) {
            for (size_t i = 0; i < AHEAD && good > 0; i++) keys[good + i] = keys[good - 1];
            for (size_t i = 0; i < good && wrong == SIZE_MAX; i++) {
                IC_CUBE_PREFETCH(&s->values[keys[i + AHEAD]]);
                if (IC_UNLIKELY(!write_row(s, rule, &b, keys[i], row + i, &summed))) wrong = row + i;
            }
        } else {
            for (size_t i = 0; i < good; i++) { /* without a branch: every other row is somebody else's */
                mine[m] = (uint16_t)i;
                m += keys[i] - low < span;
            }
            for (size_t i = 0; i < AHEAD && m > 0; i++) mine[m + i] = mine[m - 1];
            for (size_t j = 0; j < m && wrong == SIZE_MAX; j++) {
                IC_CUBE_PREFETCH(&s->values[keys[mine[j + AHEAD]]]);
                if (IC_UNLIKELY(!write_row(s, rule, &b, keys[mine[j]], row + mine[j], &summed))) wrong = row + mine[j];
            }
        }
        if (wrong != SIZE_MAX) {
            s->second[task] = wrong;
            found(s, wrong);
            return;
        }
        if (good < n) {
            s->bad[task] = row + good;
            found(s, row + good);
            return;
        }
    }
    b.words[b.at] = b.word;
    if (summed) __atomic_store_n(&s->summed, 1, __ATOMIC_RELAXED);
    fill_holes(s, low, low + span);
}

/* Tasks share the cells at multiples of 64, so that no two write to one word of bits. */
static uint64_t first_cell(const scatter *s, size_t task) {
    uint64_t words = s->keys->cells / 64, tasks = (uint64_t)s->threads;
    if (task == (size_t)s->threads) return s->keys->cells;
    return (words / tasks * task + words % tasks * task / tasks) * 64;
}

static void write_cells(void *context, size_t task) {
    scatter *s = context;
    uint64_t low = first_cell(s, task), span = first_cell(s, task + 1) - low;
    s->bad[task] = s->second[task] = SIZE_MAX;
    if (s->keys->cells == 0 && s->in->rows > 0) s->bad[task] = 0; /* nowhere to put it */
    if (span == 0) return;
    switch (s->duplicates) { /* each its own loop */
    case IC_CUBE_ERROR: write_any(s, task, IC_CUBE_ERROR, low, span); break;
    case IC_CUBE_FIRST: write_any(s, task, IC_CUBE_FIRST, low, span); break;
    case IC_CUBE_LAST: write_any(s, task, IC_CUBE_LAST, low, span); break;
    case IC_CUBE_SUM: write_any(s, task, IC_CUBE_SUM, low, span); break;
    }
}

static void correct_sums(void *context, size_t task) {
    scatter *s = context;
    uint64_t end = first_cell(s, task + 1);
    for (uint64_t cell = first_cell(s, task); cell < end; cell++)
        if (s->errors[cell] != 0) s->values[cell] += s->errors[cell];
}

/* The first row for the cell of `row`. */
static size_t partner(const scatter *s, size_t row) {
    uint64_t keys[IC_CUBE_BLOCK], key;
    if (ic_cube_keys_block(s->keys, row, 1, &key, NULL) == 0) return row;
    for (size_t begin = 0; begin < row; begin += IC_CUBE_BLOCK) {
        size_t n = ic_cube_keys_block(s->keys, begin, minimum(row - begin, IC_CUBE_BLOCK), keys, NULL);
        for (size_t i = 0; i < n; i++)
            if (keys[i] == key) return begin + i;
    }
    return row;
}

static ic_status scatter_any(scatter *s, size_t pair[2], ic_error *error) {
    ic_block taken = {0}, errors = {0};
    ic_status status = ic_block_make(&taken, (size_t)(s->keys->cells / 64 + 1), 8);
    /* untouched pages cost nothing: only cells with several rows are ever written here */
    if (status == IC_OK && s->duplicates == IC_CUBE_SUM)
        status = ic_block_make(&errors, (size_t)s->keys->cells, sizeof(double));
    if (status != IC_OK) {
        ic_block_free(&taken);
        return ic_fail_memory(error);
    }
    s->taken = taken.data;
    s->errors = errors.data;
    s->stop = SIZE_MAX;
    ic_parallel_for((size_t)s->threads, s->threads, write_cells, s);
    if (s->summed) ic_parallel_for((size_t)s->threads, s->threads, correct_sums, s);
    ic_block_free(&taken);
    ic_block_free(&errors);

    size_t bad = SIZE_MAX, second = SIZE_MAX;
    for (int t = 0; t < s->threads; t++) {
        bad = minimum(bad, s->bad[t]);
        second = minimum(second, s->second[t]);
    }
    if (second < bad) {
        pair[0] = partner(s, second);
        pair[1] = second;
        return ic_fail(error, IC_ARGUMENT, "rows %zu and %zu are for the same cell", pair[0], pair[1]);
    }
    return bad != SIZE_MAX ? ic_cube_keys_fail(s->keys, bad, error) : IC_OK;
}

static int any_flag(const uint32_t *flags, size_t rows) {
    for (size_t i = 0; i < rows; i += IC_CUBE_BLOCK) { /* in blocks: the first one with a flag ends it */
        size_t stop = minimum(rows, i + IC_CUBE_BLOCK);
        uint32_t all = 0;
        for (size_t j = i; j < stop; j++) all |= flags[j];
        if (all != 0) return 1;
    }
    return 0;
}

ic_status ic_cube_scatter(const ic_cube_rows *in, ic_cube_duplicates duplicates, uint64_t limit, int threads,
                          ic_block *values, ic_block *flags, size_t pair[2], ic_error *error) {
    ic_cube_keys keys;
    *values = *flags = (ic_block){0};
    pair[0] = pair[1] = SIZE_MAX;
    if (limit > SIZE_MAX / sizeof(double)) limit = SIZE_MAX / sizeof(double);
    IC_TRY(ic_cube_keys_make(&keys, in->axes, in->n_axes, limit, error));

    ic_status status = ic_block_make(values, (size_t)keys.cells, sizeof(double));
    if (status == IC_OK && in->flags != NULL && any_flag(in->flags, in->rows))
        status = ic_block_make(flags, (size_t)keys.cells, sizeof(uint32_t));
    if (status != IC_OK) {
        ic_block_free(values);
        return ic_fail_memory(error);
    }
    size_t work = keys.cells > in->rows ? (size_t)keys.cells : in->rows;
    scatter s = {.in = in, .keys = &keys, .values = values->data, .flags = flags->data, .duplicates = duplicates};
    s.threads = ic_cube_threads(threads, work);
    if (!scatter_rising(&s)) status = scatter_any(&s, pair, error);
    if (status != IC_OK) {
        ic_block_free(values);
        ic_block_free(flags);
    }
    return status;
}
