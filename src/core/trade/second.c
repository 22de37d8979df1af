/* The second eigenvector of a small symmetric matrix whose first is known: Lanczos' method with the first one left out, every new
   direction made orthogonal to all before, until the last direction no longer matters. */
#include <math.h>
#include <string.h>

#include "core/base/memory.h"
#include "core/trade/bits.h"

#define LANES  8
#define ENOUGH 1e-16 /* what is left of a vector outside of the space, relative to the largest eigenvalue, 1 */
#define ROUGH  1e-7  /* the same for the third eigenvalue, whose error is the square of it */

/* ---- vectors, in one order of additions --------------------------------------------------------------------------------- */

IC_INLINE double dot_plain(size_t n, const double *a, const double *b) {
    double sum[LANES] = {0}, rest = 0;
    const size_t whole = n - n % LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t l = 0; l < LANES; l++) sum[l] += a[i + l] * b[i + l];
    for (size_t i = whole; i < n; i++) rest += a[i] * b[i];
    return (((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]))) + rest;
}

#define VECTORS(level, target)                                                                                         \
    target static double dot_##level(size_t n, const double *a, const double *b) { return dot_plain(n, a, b); }        \
    target static void product_##level(size_t n, const double *matrix, const double *x, double *out) {                 \
        for (size_t i = 0; i < n; i++) out[i] = dot_plain(n, matrix + i * n, x);                                       \
    }                                                                                                                  \
    target static void less_##level(size_t n, double factor, const double *x, double *from) {                          \
        for (size_t i = 0; i < n; i++) from[i] -= factor * x[i];                                                       \
    }

VECTORS(base, )
#if defined(IC_X86)
VECTORS(avx2, IC_TARGET("avx2"))
VECTORS(avx512, IC_TARGET("avx512f,avx512bw,avx512vl"))
#endif

static struct {
    double (*dot)(size_t, const double *, const double *);
    void (*product)(size_t, const double *, const double *, double *);
    void (*less)(size_t, double, const double *, double *);
} table = {dot_base, product_base, less_base};

void ic_second_select(ic_cpu level) {
    table.dot = dot_base, table.product = product_base, table.less = less_base;
#if defined(IC_X86)
    if (level == IC_CPU_AVX2) table.dot = dot_avx2, table.product = product_avx2, table.less = less_avx2;
    if (level == IC_CPU_AVX512) table.dot = dot_avx512, table.product = product_avx512, table.less = less_avx512;
#else
    (void)level;
#endif
}

/* ---- a tridiagonal matrix ----------------------------------------------------------------------------------------------- */

/* How many eigenvalues lie below x. */
static size_t below(size_t n, const double *diagonal, const double *beside, double x) {
    size_t count = 0;
    double pivot = 1;
    for (size_t i = 0; i < n; i++) {
        const double b = i == 0 ? 0 : beside[i - 1];
        pivot = diagonal[i] - x - b * b / (pivot != 0 ? pivot : 1e-300);
        count += pivot < 0;
    }
    return count;
}

/* The largest eigenvalue. All lie within [-2, 2]: the matrix is a part of one whose largest is 1. */
static double largest(size_t n, const double *diagonal, const double *beside) {
    double low = -2, high = 2;
    for (;;) {
        const double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) return middle;
        if (below(n, diagonal, beside, middle) == n)
            high = middle;
        else
            low = middle;
    }
}

/* Its eigenvector, of length 1, from both ends: what the two recurrences agree in where they meet is not needed, as they are
   joined where the first is largest. `back` is n numbers of space. */
static void vector_of(size_t n, const double *diagonal, const double *beside, double value, double *out, double *back) {
    double *const ahead = out; /* pivots from the top, then the vector */
    double least = INFINITY;
    size_t twist = 0;
    for (size_t i = 0; i < n; i++) {
        ahead[i] = diagonal[i] - value;
        if (i > 0) ahead[i] -= beside[i - 1] * beside[i - 1] / (ahead[i - 1] != 0 ? ahead[i - 1] : -1e-300);
    }
    for (size_t i = n; i-- > 0;) {
        back[i] = diagonal[i] - value;
        if (i + 1 < n) back[i] -= beside[i] * beside[i] / (back[i + 1] != 0 ? back[i + 1] : -1e-300);
    }
    for (size_t i = 0; i < n; i++) {
        const double gap = fabs(ahead[i] + back[i] - (diagonal[i] - value));
        if (gap < least) least = gap, twist = i;
    }
    double size = 1;
    for (size_t i = twist; i-- > 0;) { /* row i: ahead[i] v[i] + beside[i] v[i+1] = 0 */
        const double next = i + 1 == twist ? 1 : out[i + 1];
        out[i] = -beside[i] / (ahead[i] != 0 ? ahead[i] : -1e-300) * next;
        size += out[i] * out[i];
    }
    out[twist] = 1;
    for (size_t i = twist + 1; i < n; i++) {
        out[i] = -beside[i - 1] / (back[i] != 0 ? back[i] : -1e-300) * out[i - 1];
        size += out[i] * out[i];
    }
    for (size_t i = 0; i < n; i++) out[i] /= sqrt(size);
}

/* ---- Lanczos ---------------------------------------------------------------------------------------------------------------- */

typedef struct space {
    size_t n, known; /* vectors that are left out */
    double *basis;   /* row after row: the ones left out, then the directions; a row more than there can be */
    double *diagonal, *beside, *small, *back;
} space;

/* Numbers that no structure of the matrix is orthogonal to. */
static void scatter(size_t n, double *out) {
    uint64_t state = 0x9e3779b97f4a7c15u;
    for (size_t i = 0; i < n; i++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        out[i] = (double)(state >> 11) * 0x1p-53 - 0.5;
    }
}

/* Makes x orthogonal to the first `count` rows, twice, which is enough; returns its length after that. */
static double apart(const space *s, size_t count, double *x) {
    for (int twice = 0; twice < 2; twice++)
        for (size_t k = 0; k < count; k++)
            table.less(s->n, table.dot(s->n, s->basis + k * s->n, x), s->basis + k * s->n, x);
    return sqrt(table.dot(s->n, x, x));
}

/* The largest eigenvalue of what is left, and if `vector` isn't NULL its vector; returns the steps. */
static size_t iterate(space *s, const double *matrix, double enough, double *value, double *vector) {
    const size_t n = s->n, most = n - s->known;
    double *q = s->basis + s->known * n;
    scatter(n, q);
    double length = apart(s, s->known, q);
    for (size_t i = 0; i < n; i++) q[i] /= length;
    size_t steps = 0, next = 6;
    for (;;) {
        double *const new = q + n;
        table.product(n, matrix, q, new);
        s->diagonal[steps] = table.dot(n, q, new);
        length = apart(s, s->known + steps + 1, new);
        s->beside[steps] = length;
        steps++;
        const int over = steps == most || length <= ENOUGH; /* the space is whole, or nothing leads out of it */
        if (over || steps == next) {
            *value = largest(steps, s->diagonal, s->beside);
            vector_of(steps, s->diagonal, s->beside, *value, s->small, s->back);
            if (over || length * fabs(s->small[steps - 1]) <= enough) break;
            next += 2 + next / 8;
        }
        for (size_t i = 0; i < n; i++) new[i] /= length;
        q = new;
    }
    if (vector != NULL) {
        memset(vector, 0, n * sizeof *vector);
        for (size_t k = 0; k < steps; k++) table.less(n, -s->small[k], s->basis + (s->known + k) * n, vector);
        length = sqrt(table.dot(n, vector, vector));
        for (size_t i = 0; i < n; i++) vector[i] /= length;
    }
    return steps;
}

ic_status ic_trade_second(size_t n, const double *matrix, const double *first, double *vector, ic_second *found) {
    double *const all = ic_alloc((n + 2) * n + 4 * n, sizeof *all);
    if (all == NULL) return IC_MEMORY;
    double *const more = all + (n + 2) * n;
    space s = {n, 1, all, more, more + n, more + 2 * n, more + 3 * n};
    memcpy(all, first, n * sizeof *all);
    found->steps = iterate(&s, matrix, ENOUGH, &found->second, vector);
    found->third = (double)NAN;
    if (n > 2) {
        s.known = 2;
        memcpy(all + n, vector, n * sizeof *all);
        found->steps += iterate(&s, matrix, ROUGH, &found->third, NULL);
    }
    ic_free(all);
    return IC_OK;
}
