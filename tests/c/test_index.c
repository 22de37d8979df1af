/* Every level gives the bits of the scalar twin, for neighbours side by side as one by one. */
#include <math.h>
#include <string.h>

#include "check.h"
#include "core/index/index.h"
#include "core/numeric/ratio.h"

#define ITEMS 2100
#define WIDTH 300
#define KINDS 28

static ic_fold all(const ic_index_table *table, int k) {
    const ic_fold of[KINDS] = {table->matched,
                               table->carli,
                               table->harmonic,
                               table->cswd,
                               table->jevons,
                               table->dutot,
                               table->lowe,
                               table->young,
                               table->geometric_young,
                               table->palgrave,
                               table->fisher,
                               table->geometric_laspeyres,
                               table->drobisch,
                               table->stuvel,
                               table->banerjee,
                               table->geometric_paasche,
                               table->walsh,
                               table->tornqvist,
                               table->davies,
                               table->marshall_edgeworth,
                               table->lehr,
                               table->bennet,
                               table->montgomery,
                               table->montgomery_vartia,
                               table->sato_vartia,
                               table->lloyd_moulton,
                               table->geary_khamis,
                               table->product_dummy};
    return of[k];
}

static double figures[4][64 * WIDTH], turned[4][64 * WIDTH], long_ones[4][ITEMS];
static uint64_t state = 88172645463325252;

static double uniform(void) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (double)(state >> 11) * 0x1p-53;
}

static double figure(int k) {
    const double x = uniform();
    if (x < 0.1) return (double)NAN;
    if (k >= 2 && x < 0.2) return 0;
    if (x < 0.1002) return k == 0 ? 0 : -1;
    return exp(4 * (uniform() - 0.5));
}

static int same(const double *a, const double *b, size_t n) { return memcmp(a, b, n * sizeof *a) == 0; }

static void compare(const ic_index_table *scalar, const ic_index_table *ours) {
    static double want[WIDTH], got[WIDTH];
    static const size_t widths[] = {1, 2, 7, 31, 256, 257, WIDTH};
    for (int k = 0; k < KINDS; k++) {
        for (size_t n = 0; n <= 64; n = n * 2 + 1)
            for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
                const double *in[4] = {figures[0], figures[1], figures[2], figures[3]};
                const ptrdiff_t step[4] = {WIDTH, WIDTH, WIDTH, WIDTH}, one[4] = {1, 1, 1, 1};
                double *to[1] = {want};
                memset(want, 0x55, sizeof want);
                memset(got, 0x55, sizeof got);
                all(scalar, k)(n, widths[w], in, step, to);
                to[0] = got;
                all(ours, k)(n, widths[w], in, step, to);
                CHECK(same(got, want, WIDTH)); /* and nothing beyond */
                for (size_t s = 0; s < widths[w] && n > 0; s += 13) {
                    double alone;
                    double *there[1] = {&alone};
                    const double *strided[4], *packed[4];
                    for (int j = 0; j < 4; j++) strided[j] = figures[j] + s, packed[j] = turned[j] + s * 64;
                    all(ours, k)(n, 1, strided, step, there);
                    CHECK(same(&alone, want + s, 1));
                    /* its last operand is a constant in use; a step of 1 would do as well as any */
                    all(ours, k)(n, 1, packed, one, there);
                    CHECK(same(&alone, want + s, 1));
                }
            }
        const ptrdiff_t one[4] = {1, 1, 1, 1};
        for (size_t n = 1000; n <= ITEMS; n += 275) {
            const double *in[4] = {long_ones[0], long_ones[1], long_ones[2], long_ones[3]};
            double *to[1] = {want};
            all(scalar, k)(n, 1, in, one, to);
            to[0] = got;
            all(ours, k)(n, 1, in, one, to);
            CHECK(same(got, want, 1));
        }
    }
}

static void test_logarithms(void) {
    CHECK(ic_log_ratio(5, 5) == 0);
    for (int i = 0; i < 20000; i++) {
        const double b = exp(20 * (uniform() - 0.5)),
                     a = i % 2 ? b * exp(10 * (uniform() - 0.5)) : b * (1 + 1e-6 * uniform());
        const ic_two exact = ic_log_quotient(a, b, 0);
        const double size = fabs(exact.hi);
        CHECK(fabs((ic_log_ratio(a, b) - exact.hi) - exact.lo) <= 2 * (nextafter(size, INFINITY) - size));
    }
    CHECK(ic_log_ratio(0x1p-1022, 0x1.fffffffffffffp1023) < -1418 && ic_log_ratio(0x1p1023, 0x1p-1022) > 1417);
    CHECK(ic_log_mean(3, 3) == 3 && ic_log_mean(0, 3) == 0 && ic_log_mean(3, 0) == 0 && ic_log_mean(0, 0) == 0);
    CHECK(fabs(ic_log_mean(1, 2) - 1.4426950408889634) < 1e-15);
}

static void test_values(void) {
    static const double p0[] = {1, 2}, p1[] = {1.5, 2}, q0[] = {4, 3}, q1[] = {2, 3};
    const double *in[4] = {p0, p1, q0, q1};
    const ptrdiff_t one[4] = {1, 1, 1, 1};
    double x;
    double *to[1] = {&x};
    ic_index.fisher(2, 1, in, one, to);
    CHECK(fabs(x - sqrt(12.0 / 10 * 9 / 8)) < 1e-15);
    ic_index.carli(2, 1, in, one, to);
    CHECK(x == 1.25);
    ic_index.fisher(0, 1, in, one, to);
    CHECK(isnan(x));
    ic_index.matched(0, 1, in, one, to);
    CHECK(x == 0);
}

/* Seven series beside one another, of which each begins elsewhere: the bits of one at a time. */
static void test_chains(void) {
    enum { SERIES = 7, MOST = 260, APART = MOST + 3 };
    static double in[SERIES * APART], want[MOST], got[SERIES * APART];
    for (size_t n = 1; n <= MOST; n += n < 70 ? 1 : 19)
        for (int rates = 0; rates < 2; rates++) {
            const ic_guided *kernel = rates ? &ic_index.chain_rates : &ic_index.chain;
            if (kernel->rows == NULL) return;
            for (size_t s = 0; s < SERIES; s++)
                for (size_t t = 0; t < n; t++) {
                    const double link = 1 + 0.1 * (uniform() - 0.5);
                    const int gone = t < s * s * n / 40 || (s == 5 && t == n / 2);
                    in[s * APART + t] = gone ? (double)NAN : rates ? link - 1 : link;
                }
            const double first = (double)(n / 2), last = (double)(n / 2 + n / 3), level = 100;
            const double *guide[3] = {&first, &last, &level};
            kernel->rows(n, SERIES, in, APART, guide, got, APART);
            for (size_t s = 0; s < SERIES; s++) {
                kernel->one(n, in + s * APART, guide, want);
                for (size_t t = 0; t < n; t++)
                    CHECK(got[s * APART + t] == want[t] || (isnan(got[s * APART + t]) && isnan(want[t])));
            }
        }
}

static void test_chain(void) {
    static double links[500], rates[500], out[500];
    for (size_t n = 0; n <= 500; n = n < 70 ? n + 1 : n + 43)
        for (size_t head = 0; head <= n; head += n < 40 ? 1 : 17) {
            for (size_t t = 0; t < n; t++) {
                rates[t] = t < head ? (double)NAN : 0.1 * (uniform() - 0.5);
                links[t] = 1 + rates[t];
            }
            const double first = (double)(n / 2), last = (double)(n / 2 + n / 3), level = 100;
            const double *guide[3] = {&first, &last, &level};
            double sum = 0, run = 1, level_of = 0;
            for (int round = 0; round < 2; round++) {
                run = 1;
                if (round == 0) ic_index.chain.one(n, links, guide, out);
                if (round == 1) ic_index.chain_rates.one(n, rates, guide, out);
                const int undefined = head == n || (n / 3 > 0 && head > n / 2 + 1);
                sum = 0;
                level_of = 0;
                for (size_t t = n / 2; t < n / 2 + n / 3; t++) sum += out[t];
                if (n / 3 > 0 && !undefined) level_of = sum / (double)(n / 3);
                CHECK(n / 3 == 0 || undefined || fabs(level_of - 100) < 1e-11);
                const double start = head == 0 ? NAN : out[head - 1];
                for (size_t t = 0; t < n; t++) {
                    if (t + 1 < head || undefined) CHECK(isnan(out[t]));
                    if (t >= head) run *= links[t];
                    if (t >= head && head > 0 && !undefined) CHECK(fabs(out[t] / start - run) < 1e-12);
                    if (t > 0 && t >= head && head == 0 && !undefined)
                        CHECK(fabs(out[t] / out[t - 1] - links[t]) < 1e-12);
                }
            }
        }
    const double bad[] = {-1, 2, 100, 3, 2, 100, 0, 501, 100};
    for (size_t k = 0; k < 3; k++) {
        const double *guide[3] = {bad + 3 * k, bad + 3 * k + 1, bad + 3 * k + 2};
        ic_index.chain.one(500, links, guide, out);
        CHECK(isnan(out[0]) && isnan(out[499]));
    }
}

int main(void) {
    ic_index_select(IC_CPU_SCALAR);
    const ic_index_table scalar = ic_index;
    for (int k = 0; k < 4; k++) {
        for (size_t i = 0; i < 64; i++)
            for (size_t s = 0; s < WIDTH; s++) turned[k][s * 64 + i] = figures[k][i * WIDTH + s] = figure(k);
        for (size_t i = 0; i < ITEMS; i++) long_ones[k][i] = figure(k);
    }
    static const char *const levels[] = {"scalar", "sse2", "avx2", "avx512", "neon"};
    for (size_t k = 0; k < sizeof levels / sizeof *levels; k++) {
        const int level = ic_cpu_named(levels[k]);
        if (level < 0) continue;
        ic_index_select((ic_cpu)level);
        const ic_index_table ours = ic_index;
        compare(&scalar, &ours);
        test_values();
        test_chain();
        test_chains();
    }
    test_logarithms();
    REPORT();
}
