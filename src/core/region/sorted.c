/* What needs the figures in order: ranks, medians, the largest ones, Gini's coefficient.

   Figures are sorted as eight series side by side. Where it matters which figure went where, the last bits of each are
   replaced by its place; figures that differ in those bits alone are put right afterwards. */
#include <float.h>

#include "core/numeric/order.h"
#include "core/region/fold.h"
#include "core/region/region.h"

#define NETWORK_MOST  4096 /* figures that a network sorts */
#define NETWORK_ALONE 512  /* the same where not all eight columns are used */
#define COLUMNS       IC_COLUMNS

#define EXCHANGE_base   ic_exchange
#define EXCHANGE_avx2   ic_exchange_avx2
#define EXCHANGE_avx512 ic_exchange_avx2

/* ---- a series in order ------------------------------------------------------------------------------------------------ */

typedef struct in_order {
    size_t count; /* of the figures that are there */
    double *value;
    uint32_t *index;
} in_order;

/* ic_sorted_space(n): eight columns of keys in whole eights (or keyed figures, and the same again: 4n), then values and
   places. */

static in_order in_order_of(void *space, size_t n) {
    double *const value = (double *)space + COLUMNS * ic_sorted_rows(n);
    return (in_order){0, value, (uint32_t *)(void *)(value + n)};
}

IC_INLINE uint64_t mask_of(size_t n) {
    uint64_t mask = 1;
    while (mask < n) mask = 2 * mask;
    return mask - 1;
}

/* The place stands turned about in a negative number, so that equal ones are in the order of their places. */
IC_INLINE void key_of(double *to, const double *from, double sign, uint64_t place, uint64_t mask) {
    const ic_four x = sign * ic_four_at(from);
    const ic_four low = ic_four_if(x < DBL_MAX, x + 0.0, ic_four_of(DBL_MAX));
    const ic_four within = ic_four_if(low > -DBL_MAX, low, ic_four_of(-DBL_MAX));
    const ic_four_words bits = (ic_four_words)within, turned = place ^ ((0 - (bits >> 63)) & mask);
    const ic_four key = (ic_four)((bits & ~mask) | turned);
    ic_four_to(to, ic_four_if(x == x, key, ic_four_of((double)INFINITY)));
}

IC_INLINE size_t place_of(double key, uint64_t mask) {
    const uint64_t bits = ic_bits_of(key);
    return (size_t)((bits ^ (0 - (bits >> 63))) & mask);
}

/* From keys in order to figures in order. */
static void unpack(in_order *to, size_t n, const double *keys, const double *in, ptrdiff_t along, double sign) {
    const uint64_t mask = mask_of(n);
    size_t k = 0;
    for (; k < n && keys[k * COLUMNS] < (double)INFINITY; k++) {
        const size_t place = place_of(keys[k * COLUMNS], mask);
        const double x = sign * in[(ptrdiff_t)place * along];
        size_t at = k;
        for (; at > 0 && (to->value[at - 1] > x || (to->value[at - 1] == x && to->index[at - 1] > place)); at--) {
            to->value[at] = to->value[at - 1];
            to->index[at] = to->index[at - 1];
        }
        to->value[at] = x;
        to->index[at] = (uint32_t)place;
    }
    to->count = k;
}

/* The same of one series of any length, by its digits. */
static void sort_one(in_order *to, size_t n, const double *in, const double *weight, ptrdiff_t along,
                     ptrdiff_t weight_along, double sign, void *space) {
    ic_keyed *const keyed = space;
    size_t m = 0;
    for (size_t t = 0; t < n; t++) {
        const double x = in[(ptrdiff_t)t * along];
        const int weighted =
            weight == NULL || weight[(ptrdiff_t)t * weight_along] == weight[(ptrdiff_t)t * weight_along];
        if (x == x && weighted) keyed[m++] = (ic_keyed){ic_order_key(sign * x), t};
    }
    ic_sort_keyed(m, keyed, keyed + n);
    to->count = m;
    for (size_t k = 0; k < m; k++) {
        to->value[k] = ic_order_value(keyed[k].key);
        to->index[k] = (uint32_t)keyed[k].index;
    }
}

/* ---- ranks -------------------------------------------------------------------------------------------------------------- */

static void give_ranks(const ic_ranking *r, size_t c, const in_order *order) {
    double *const out = r->out + (ptrdiff_t)c * r->out_across;
    for (size_t t = 0; order->count < r->n && t < r->n; t++) out[(ptrdiff_t)t * r->out_along] = (double)NAN;
    size_t group = 0;
    for (size_t k = 0, end; k < order->count; k = end) {
        for (end = k + 1; end < order->count && order->value[end] == order->value[k];) end++;
        group++;
        double rank = r->ties == IC_TIES_AVERAGE ? 0.5 * (double)(k + 1 + end)
                      : r->ties == IC_TIES_MAX   ? (double)end
                      : r->ties == IC_TIES_DENSE ? (double)group
                                                 : (double)(k + 1);
        for (size_t i = k; i < end; i++) {
            out[(ptrdiff_t)order->index[i] * r->out_along] = rank;
            if (r->ties == IC_TIES_FIRST) rank++;
        }
    }
}

/* All figures differ in more than the bits that were replaced. */
static void give_plain_ranks(const ic_ranking *r, size_t c, const double *keys) {
    double *const out = r->out + (ptrdiff_t)c * r->out_across;
    const uint64_t mask = mask_of(r->n);
    size_t count = r->n;
    while (count > 0 && !(keys[(count - 1) * COLUMNS] < (double)INFINITY)) count--;
    for (size_t t = 0; count < r->n && t < r->n; t++) out[(ptrdiff_t)t * r->out_along] = (double)NAN;
    for (size_t k = 0; k < count; k++)
        out[(ptrdiff_t)place_of(keys[k * COLUMNS], mask) * r->out_along] = (double)(k + 1);
}

/* Series to be sorted with their places; a figure whose weight is missing is missing too. */
typedef struct unsorted {
    size_t n, columns;
    const double *in, *weight; /* or NULL */
    ptrdiff_t in_across, in_along, weight_along;
    double sign;
} unsorted;

/* Whether the network sorts them. */
static int for_network(const unsorted *x) { return x->n <= (x->columns == COLUMNS ? NETWORK_MOST : NETWORK_ALONE); }

/* Sorts the keys; `close` says of each column whether two keys differ in nothing but the places. */
#define KEYS(level, target, name)                                                                                      \
    target static void name##_##level(const unsorted *x, double (*rows)[COLUMNS], uint64_t *close) {                   \
        const size_t n = x->n;                                                                                         \
        const uint64_t mask = mask_of(n);                                                                              \
        const int side = x->columns == COLUMNS && x->in_across == 1 && x->weight == NULL;                              \
        for (size_t t = 0; t < n; t++) {                                                                               \
            const double *in = x->in + (ptrdiff_t)t * x->in_along;                                                     \
            double v[COLUMNS];                                                                                         \
            for (size_t c = 0; !side && c < COLUMNS; c++)                                                              \
                v[c] = c < x->columns ? in[(ptrdiff_t)c * x->in_across] : (double)NAN;                                 \
            if (x->weight != NULL) {                                                                                   \
                const double *w = x->weight + (ptrdiff_t)t * x->weight_along;                                          \
                for (size_t c = 0; c < x->columns; c++) v[c] = w[c] == w[c] ? v[c] : (double)NAN;                      \
            }                                                                                                          \
            if (side) IC_PREFETCH((uintptr_t)in + sizeof v); /* the next eight, mostly */                              \
            const double *from = side ? in : v;                                                                        \
            key_of(rows[t], from, x->sign, t, mask);                                                                   \
            key_of(rows[t] + 4, from + 4, x->sign, t, mask);                                                           \
        }                                                                                                              \
        ic_sort_columns(EXCHANGE_##level, n, rows);                                                                    \
        for (size_t c = 0; c < COLUMNS; c += 4) {                                                                      \
            ic_four_bits some = {0, 0, 0, 0};                                                                          \
            for (size_t t = 0; t + 1 < n; t++) {                                                                       \
                const ic_four a = ic_four_at(rows[t] + c), b = ic_four_at(rows[t + 1] + c);                            \
                const ic_four_words apart = ((ic_four_words)a ^ (ic_four_words)b) & ~mask;                             \
                some |= (apart == 0) & (b < (double)INFINITY);                                                         \
            }                                                                                                          \
            for (size_t i = 0; i < 4; i++) close[c + i] = some[i] != 0;                                                \
        }                                                                                                              \
    }

EVERY_LEVEL(KEYS, keys)

typedef void (*sort_keys)(const unsorted *x, double (*rows)[COLUMNS], uint64_t *close);

static void rank_all(const ic_ranking *r, sort_keys keys) {
    const unsorted x = {r->n, r->columns, r->in, NULL, r->in_across, r->in_along, 0, r->descending ? -1 : 1};
    in_order order = in_order_of(r->space, r->n);
    uint64_t close[COLUMNS];
    double (*const rows)[COLUMNS] = (void *)r->space;
    const int network = for_network(&x);
    if (network) keys(&x, rows, close);
    for (size_t c = 0; c < r->columns; c++) {
        const double *in = r->in + (ptrdiff_t)c * r->in_across;
        if (network && close[c] == 0) {
            give_plain_ranks(r, c, rows[0] + c);
            continue;
        }
        if (network) {
            unpack(&order, r->n, rows[0] + c, in, r->in_along, x.sign);
        } else {
            sort_one(&order, r->n, in, NULL, r->in_along, 0, x.sign, r->space);
        }
        give_ranks(r, c, &order);
    }
}

#define RANK(level, target, name)                                                                                      \
    static void name##_##level(const ic_ranking *r) { rank_all(r, keys_##level); }

EVERY_LEVEL(RANK, rank)

/* ---- places of intervals -------------------------------------------------------------------------------------------------- */

/* How many of the n in order are above x (with `equal`: or equal to it). */
static size_t above(size_t n, const double *sorted, double x) {
    size_t low = 0;
    for (size_t rest = n; rest > 0;) {
        const size_t half = rest / 2;
        const int behind = sorted[low + half] <= x;
        low += behind ? half + 1 : 0;
        rest = behind ? rest - half - 1 : half;
    }
    return n - low;
}

static void sort_up(size_t n, double *x) { /* Shell's way: no space, no branch that matters for some hundreds */
    size_t gap = 1;
    while (gap < n / 3) gap = 3 * gap + 1;
    for (; gap > 0; gap /= 3)
        for (size_t i = gap; i < n; i++) {
            const double v = x[i];
            size_t at = i;
            for (; at >= gap && x[at - gap] > v; at -= gap) x[at] = x[at - gap];
            x[at] = v;
        }
}

static void rank_bounds(size_t n, const double *low, const double *high, double *best, double *worst, double *space) {
    double *const lows = space, *const highs = space + n;
    size_t m = 0;
    for (size_t t = 0; t < n; t++) {
        if (!(low[t] <= high[t])) continue;
        lows[m] = low[t];
        highs[m++] = high[t];
    }
    sort_up(m, lows);
    sort_up(m, highs);
    for (size_t t = 0; t < n; t++) {
        const int known = low[t] <= high[t];
        const size_t itself = low[t] < high[t];
        best[t] = known ? (double)(1 + above(m, lows, high[t])) : (double)NAN;
        worst[t] = known ? (double)(1 + above(m, highs, low[t]) - itself) : (double)NAN;
    }
}

/* ---- folds ------------------------------------------------------------------------------------------------------------------ */

/* What is made of sorted columns, of which figure t of column c stands at rows[t][c]. */
typedef enum made_of { GINI, MEDIAN, LEADERS } made_of;

/* Adds what is not larger than the sum so far, of numbers that are not negative. */
IC_INLINE void add_less(ic_running *sum, double x) {
    const double whole = sum->value + x;
    sum->rest += x - (whole - sum->value);
    sum->value = whole;
}

/* The sum of the largest `most` of `count`. */
static double largest_of(size_t count, size_t most, const double *x) {
    ic_running sum = {0, 0};
    for (size_t i = 0; i < most; i++) add_less(&sum, x[(count - 1 - i) * COLUMNS]);
    return sum.value + sum.rest;
}

/* Sums over pairs, the widest first: of the figures, and of their differences, none of which is negative. The largest comes
   first, so that all the others are no larger than what there is; and so do the differences times their number. */
static void pairs_of(size_t count, const double *x, double *total, double *apart) {
    ic_running of_all = {0, 0}, between = {0, 0};
    for (size_t i = 0; i < count / 2; i++) {
        const double low = x[i * COLUMNS], high = x[(count - 1 - i) * COLUMNS];
        add_less(&of_all, high);
        add_less(&of_all, low);
        add_less(&between, (double)(count - 1 - 2 * i) * (high - low));
    }
    if (count % 2 != 0) add_less(&of_all, x[count / 2 * COLUMNS]);
    *total = of_all.value + of_all.rest;
    *apart = between.value + between.rest;
}

/* The same of all columns at once. */
typedef struct running_four {
    ic_four value, rest;
} running_four;

IC_INLINE void add_less_four(running_four *sum, const ic_four *x) {
    const ic_four whole = sum->value + *x;
    sum->rest += *x - (whole - sum->value);
    sum->value = whole;
}

IC_INLINE void all_pairs_of(size_t n, const double (*rows)[COLUMNS], double *total, double *apart) {
    const running_four none = {{0, 0, 0, 0}, {0, 0, 0, 0}};
    running_four a = none, b = none, a_between = none, b_between = none;
    for (size_t i = 0; i < n / 2; i++) {
        const double *low = rows[i], *high = rows[n - 1 - i], weight = (double)(n - 1 - 2 * i);
        const ic_four a_low = ic_four_at(low), b_low = ic_four_at(low + 4);
        const ic_four a_high = ic_four_at(high), b_high = ic_four_at(high + 4);
        add_less_four(&a, &a_high);
        add_less_four(&b, &b_high);
        add_less_four(&a, &a_low);
        add_less_four(&b, &b_low);
        const ic_four a_apart = weight * (a_high - a_low), b_apart = weight * (b_high - b_low);
        add_less_four(&a_between, &a_apart);
        add_less_four(&b_between, &b_apart);
    }
    if (n % 2 != 0) {
        add_less_four(&a, (const ic_four *)rows[n / 2]);
        add_less_four(&b, (const ic_four *)(rows[n / 2] + 4));
    }
    ic_four_to(total, a.value + a.rest);
    ic_four_to(total + 4, b.value + b.rest);
    ic_four_to(apart, a_between.value + a_between.rest);
    ic_four_to(apart + 4, b_between.value + b_between.rest);
}

/* Up to eight neighbours. */
#define OF_SORTED(level, target, name)                                                                                 \
    target static void name##_##level(made_of what, size_t n, size_t m, const double *in, ptrdiff_t step,              \
                                      const double *ks, const double *least, double *out, double *space) {             \
        double (*const rows)[COLUMNS] = (void *)space;                                                                 \
        double totals[COLUMNS] = {0}, aparts[COLUMNS] = {0};                                                           \
        in_order order = in_order_of(space, n);                                                                        \
        const ic_four none = ic_four_of((double)INFINITY);                                                             \
        const int alone = n > (m == COLUMNS ? NETWORK_MOST : NETWORK_ALONE);                                           \
        int whole = 0; /* eight columns without a hole */                                                              \
        if (!alone) {                                                                                                  \
            for (size_t t = 0; t < n; t++) {                                                                           \
                const double *from = in + (ptrdiff_t)t * step;                                                         \
                double some[COLUMNS];                                                                                  \
                if (m < COLUMNS) {                                                                                     \
                    for (size_t c = 0; c < COLUMNS; c++) some[c] = c < m ? from[c] : (double)INFINITY;                 \
                    from = some;                                                                                       \
                }                                                                                                      \
                const ic_four a = ic_four_at(from), b = ic_four_at(from + 4);                                          \
                ic_four_to(rows[t], ic_four_if(a == a, a, none));                                                      \
                ic_four_to(rows[t] + 4, ic_four_if(b == b, b, none));                                                  \
            }                                                                                                          \
            ic_sort_columns(EXCHANGE_##level, n, rows);                                                                \
            whole = n > 0 && m == COLUMNS;                                                                             \
            for (size_t c = 0; whole && c < COLUMNS; c++) whole = rows[n - 1][c] < (double)INFINITY;                   \
        }                                                                                                              \
        if (whole && what == GINI) all_pairs_of(n, (const double (*)[COLUMNS])rows, totals, aparts);                   \
        for (size_t c = 0; c < m; c++) {                                                                               \
            const double *x = space + (alone ? 0 : c);                                                                 \
            size_t count = n;                                                                                          \
            if (alone) {                                                                                               \
                sort_one(&order, n, in + c, NULL, step, 0, 1, space);                                                  \
                for (size_t i = 0; i < n; i++) rows[i][0] = i < order.count ? order.value[i] : (double)INFINITY;       \
            }                                                                                                          \
            while (count > 0 && x[(count - 1) * COLUMNS] == (double)INFINITY) count--; /* infinite ones are missing */ \
            double made = (double)NAN;                                                                                 \
            if (count > 0 && (double)count >= least[c] && (what == MEDIAN || x[0] >= 0) && ks[c] >= 1) {               \
                const size_t most = ks[c] < (double)count ? (size_t)ks[c] : count;                                     \
                double total = totals[c], apart = aparts[c];                                                           \
                if (!whole && what == GINI) pairs_of(count, x, &total, &apart);                                        \
                made = what == MEDIAN    ? 0.5 * x[(count - 1) / 2 * COLUMNS] + 0.5 * x[count / 2 * COLUMNS]           \
                       : what == LEADERS ? largest_of(count, most, x) / largest_of(count, count, x)                    \
                                         : apart / ((double)count * total);                                            \
            }                                                                                                          \
            out[c] = fabs(made) <= DBL_MAX ? made : (double)NAN;                                                       \
        }                                                                                                              \
    }

EVERY_LEVEL(OF_SORTED, of_sorted)

typedef void (*sorted_columns)(made_of what, size_t n, size_t m, const double *in, ptrdiff_t step, const double *ks,
                               const double *least, double *out, double *space);

IC_INLINE void fold_sorted(sorted_columns columns, made_of what, size_t n, size_t width, const double *const *in,
                           const ptrdiff_t *step, double *const *out, double *space) {
    static const double ones[COLUMNS] = {1, 1, 1, 1, 1, 1, 1, 1};
    const int last = what == LEADERS ? 2 : 1;
    for (size_t s = 0; s < width; s += COLUMNS) {
        const size_t m = width - s < COLUMNS ? width - s : COLUMNS;
        columns(what, n, m, in[0] + s, step[0], what == LEADERS ? in[1] + s : ones, in[last] + s, out[0] + s, space);
    }
}

/* The sum of all pairs' differences, each pair weighted, from one pass in order; figures are taken from the middle one, so
   that what they have in common does not cancel. */
static double weighted_gini(const in_order *order, const double *weight, ptrdiff_t along) {
    ic_running total = {0, 0}, whole = {0, 0}, apart = {0, 0};
    if (order->count == 0 || order->value[0] < 0) return (double)NAN;
    const double middle = order->value[order->count / 2];
    for (size_t i = 0; i < order->count; i++) {
        const double w = weight[(ptrdiff_t)order->index[i] * along];
        if (w < 0) return (double)NAN;
        ic_running_add(&total, w);
        ic_running_add(&whole, w * order->value[i]);
    }
    const double all = total.value + total.rest;
    ic_running below = {0, 0};
    for (size_t i = 0; i < order->count; i++) {
        const double w = weight[(ptrdiff_t)order->index[i] * along], before = below.value + below.rest;
        ic_running_add(&below, w);
        ic_running_add(&apart, w * (order->value[i] - middle) * (before + (below.value + below.rest) - all));
    }
    const double found = (apart.value + apart.rest) / (all * (whole.value + whole.rest));
    return found < 0 ? 0.0 : found;
}

static void fold_weighted(sort_keys keys, size_t n, size_t width, const double *const *in, const ptrdiff_t *step,
                          double *const *out, double *space) {
    double (*const rows)[COLUMNS] = (void *)space;
    in_order order = in_order_of(space, n);
    uint64_t close[COLUMNS];
    for (size_t s = 0; s < width; s += COLUMNS) {
        const size_t m = width - s < COLUMNS ? width - s : COLUMNS;
        const unsorted x = {n, m, in[0] + s, in[1] + s, 1, step[0], step[1], 1};
        const int network = for_network(&x);
        if (network) keys(&x, rows, close);
        for (size_t c = 0; c < m; c++) {
            const double *weight = in[1] + s + c;
            if (network) {
                unpack(&order, n, rows[0] + c, x.in + c, step[0], 1);
            } else {
                sort_one(&order, n, x.in + c, weight, step[0], step[1], 1, space);
            }
            const double made = weighted_gini(&order, weight, step[1]);
            const int allowed = (double)order.count >= in[2][s + c] && fabs(made) <= DBL_MAX;
            out[0][s + c] = allowed ? made : (double)NAN;
        }
    }
}

#define FOLD_SORTED(level, target, name, what)                                                                         \
    static void name##_##level(size_t n, size_t width, const double *const *in, const ptrdiff_t *step,                 \
                               double *const *out, double *space) {                                                    \
        fold_sorted(of_sorted_##level, what, n, width, in, step, out, space);                                          \
    }
#define FOLD_WEIGHTED(level, target, name)                                                                             \
    static void name##_##level(size_t n, size_t width, const double *const *in, const ptrdiff_t *step,                 \
                               double *const *out, double *space) {                                                    \
        fold_weighted(keys_##level, n, width, in, step, out, space);                                                   \
    }

EVERY_LEVEL(FOLD_SORTED, gini, GINI)
EVERY_LEVEL(FOLD_SORTED, median, MEDIAN)
EVERY_LEVEL(FOLD_SORTED, leaders, LEADERS)
EVERY_LEVEL(FOLD_WEIGHTED, gini_weighted)

void ic_region_select_sorted(ic_cpu level) {
    ic_region.gini = OF_LEVEL(gini, level);
    ic_region.gini_weighted = OF_LEVEL(gini_weighted, level);
    ic_region.median = OF_LEVEL(median, level);
    ic_region.leaders = OF_LEVEL(leaders, level);
    ic_region.rank = OF_LEVEL(rank, level);
    ic_region.rank_bounds = rank_bounds;
}
