#include "core/interval/interval.h"

#include "core/interval/operations.h"

/* A printed figure is a whole number of units of its last digit, and its ends are odd numbers of half units. Doubles
   hold those exactly, so that one quotient makes an end of it. Powers of ten that are doubles end at the 22nd. */
#define POWERS 22

static const double powers[POWERS + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                          1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* What decimals and a multiplier say of a figure: figure = whole / up * down, an end = half units * step / parts. */
typedef struct unit {
    double up, down;
    double step, parts;
    double half;             /* below minus half a unit */
    double scale, scale_end; /* the multiplier, between the two */
} unit;

static unit unit_of(double decimals, double multiplier) {
    const double shift = decimals - multiplier;
    if (!(fabs(decimals) <= POWERS && fabs(multiplier) <= POWERS && fabs(shift) <= POWERS && decimals != -1 &&
          decimals == rint(decimals) && multiplier == rint(multiplier))) /* unknown, which is neither printed nor not */
        return (unit){1, 1, 1, (double)NAN, (double)NAN, 1, 1};
    const int d = (int)decimals, m = (int)multiplier, s = d - m;
    unit u = {
        powers[d > 0 ? d : 0], powers[d < 0 ? -d : 0], powers[s < 0 ? -s : 0], 2 * powers[s > 0 ? s : 0], 0, 1, 1};
    u.half = floor_quotient_usual(-u.step, u.parts, SPLIT);
    u.scale = m > 0 ? powers[m] : floor_quotient_usual(1, powers[-m], SPLIT);
    u.scale_end = m > 0 ? powers[m] : -floor_quotient_usual(-1, powers[-m], SPLIT);
    return u;
}

/* The units of a block: one for all, or one each, kept from block to block while they don't change. */
typedef struct units {
    double decimals, multiplier; /* what `one` was made of; NaN: nothing yet */
    unit one;
    int fine; /* `one` holds for all, and is a unit of at most one; else see the arrays */
    double up[BLOCK], down[BLOCK], step[BLOCK], parts[BLOCK], half[BLOCK], scale[BLOCK], scale_end[BLOCK];
} units;

IC_INLINE unit unit_at(const units *all, size_t i) {
    return (unit){all->up[i],   all->down[i],  all->step[i],     all->parts[i],
                  all->half[i], all->scale[i], all->scale_end[i]};
}

static void put_unit(units *all, size_t i) {
    all->up[i] = all->one.up;
    all->down[i] = all->one.down;
    all->step[i] = all->one.step;
    all->parts[i] = all->one.parts;
    all->half[i] = all->one.half;
    all->scale[i] = all->one.scale;
    all->scale_end[i] = all->one.scale_end;
}

IC_INLINE void change_unit(units *all, double decimals, double multiplier) {
    if (decimals == all->decimals && multiplier == all->multiplier) return;
    all->decimals = decimals;
    all->multiplier = multiplier;
    all->one = unit_of(decimals, multiplier);
}

static void fill_units(units *all, size_t m, const double *decimals, const double *multiplier) {
    uint64_t mixed = 0;
    for (size_t i = 1; i < m; i++) mixed |= (uint64_t)((decimals[i] != decimals[0]) | (multiplier[i] != multiplier[0]));
    change_unit(all, decimals[0], multiplier[0]);
    all->fine = !mixed && all->one.down == 1 && all->one.step == 1;
    if (all->fine) return;
    for (size_t i = 0; i < m; i++) {
        change_unit(all, decimals[i], multiplier[i]);
        put_unit(all, i);
    }
}

/* To the nearest whole number, ties to even, for sizes below 2^51, without an instruction of its own: larger ones stay as
   large, infinity and NaN what they are. */
IC_INLINE double nearest(double x) { return (x + 0x1.8p52) - 0x1.8p52; }

typedef struct printed {
    double low, minus_high;
    int known, as_printed;
} printed;

/* `any`, by a constant: units above one need more operations. */
IC_INLINE printed printed_of(double x, unit u, int any, arithmetic way) {
    const double whole = nearest(any ? x * u.up / u.down : x * u.up);
    const double again = any ? whole / u.up * u.down : whole / u.up;
    double under = 2 * whole - 1, over = -2 * whole - 1;
    if (any) {
        under = floor_product_usual(under, u.step, way);
        over = floor_product_usual(over, u.step, way);
    }
    return (printed){floor_quotient_usual(under, u.parts, way), floor_quotient_usual(over, u.parts, way),
                     (u.parts == u.parts) & (fabs(x) < (double)INFINITY), (again == x) & (fabs(whole) < 0x1p51)};
}

/* A figure that isn't printed with so many decimals: half a unit around it as it is. */
IC_INLINE interval around_of(double x, unit u, arithmetic way) {
    const double low = floor_product(x, pick(x >= 0, u.scale, u.scale_end), way) + 0.0;
    const double minus_high = floor_product(-x, pick(x >= 0, u.scale_end, u.scale), way) + 0.0;
    return (interval){floor_sum(low, u.half) + 0.0, 0.0 - floor_sum(minus_high, u.half)};
}

/* Whether some figure isn't printed so: `odd` says which. */
#define FIGURES(level, target, way, how, each, name, any, OF)                                                          \
    target static int name##_##level(size_t m, const double *x, const units *all, double *low, double *high,           \
                                     double *odd) {                                                                    \
        const unit one = all->one;                                                                                     \
        (void)one;                                                                                                     \
        uint64_t some = 0;                                                                                             \
        how for (size_t i = 0; i < m; i++) {                                                                           \
            each;                                                                                                      \
            const printed p = printed_of(x[i], OF(i), any, way);                                                       \
            const interval r = enclosed(p.known, p.low, p.minus_high);                                                 \
            const int other = p.known & !p.as_printed;                                                                 \
            low[i] = r.low;                                                                                            \
            high[i] = r.high;                                                                                          \
            odd[i] = pick(other, 1, 0);                                                                                \
            some |= other ? 1 : 0;                                                                                     \
        }                                                                                                              \
        return some != 0;                                                                                              \
    }

/* Whether some of the odd ones need care. */
#define AROUND(level, target, way, how, each, name, OF)                                                                \
    target static int name##_##level(size_t m, const double *x, const units *all, double *low, double *high,           \
                                     const double *odd) {                                                              \
        const unit one = all->one;                                                                                     \
        (void)one;                                                                                                     \
        uint64_t some = 0;                                                                                             \
        how for (size_t i = 0; i < m; i++) {                                                                           \
            each;                                                                                                      \
            const interval r = around_of(x[i], OF(i), way);                                                            \
            low[i] = pick(odd[i] != 0, r.low, low[i]);                                                                 \
            high[i] = pick(odd[i] != 0, r.high, high[i]);                                                              \
            some |= ((odd[i] != 0) & unusual(x[i])) ? 1 : 0;                                                           \
        }                                                                                                              \
        return some != 0;                                                                                              \
    }

static IC_NOINLINE void mend(size_t m, const double *x, const units *all, double *low, double *high,
                             const double *odd) {
    for (size_t i = 0; i < m; i++) {
        if (!(odd[i] != 0 && unusual(x[i]))) continue;
        const interval r = around_of(x[i], all->fine ? all->one : unit_at(all, i), CAREFUL);
        low[i] = r.low;
        high[i] = r.high;
    }
}

#define FROM_DECIMALS(level, target, way, how, each, name)                                                             \
    static void name##_##level(size_t n, const double *const *in, double *low, double *high) {                         \
        units all;                                                                                                     \
        double lows[BLOCK], highs[BLOCK], odd[BLOCK];                                                                  \
        all.decimals = all.multiplier = (double)NAN;                                                                   \
        for (size_t start = 0; start < n; start += BLOCK) {                                                            \
            const size_t m = n - start < BLOCK ? n - start : BLOCK;                                                    \
            const double *x = in[0] + start;                                                                           \
            fill_units(&all, m, in[1] + start, in[2] + start);                                                         \
            const int some =                                                                                           \
                all.fine ? fine_##level(m, x, &all, lows, highs, odd) : coarse_##level(m, x, &all, lows, highs, odd);  \
            const int more = some && (all.fine ? around_fine_##level(m, x, &all, lows, highs, odd)                     \
                                               : around_coarse_##level(m, x, &all, lows, highs, odd));                 \
            if (more) mend(m, x, &all, lows, highs, odd);                                                              \
            memcpy(low + start, lows, m * sizeof *lows);                                                               \
            memcpy(high + start, highs, m * sizeof *highs);                                                            \
        }                                                                                                              \
    }

#define ONE(i)  one
#define EACH(i) unit_at(all, i)

EVERY_LEVEL(FIGURES, fine, 0, ONE)
EVERY_LEVEL(FIGURES, coarse, 1, EACH)
EVERY_LEVEL(AROUND, around_fine, ONE)
EVERY_LEVEL(AROUND, around_coarse, EACH)
EVERY_LEVEL(FROM_DECIMALS, from_decimals)

/* ---- verdicts ------------------------------------------------------------------------------------------------------- */

/* Three comparisons that follow from one another: how many hold is the verdict. None of them holds of what is unknown. */
IC_INLINE interval verdict_of(interval said, interval implied, double step) {
    const int both = known(said) & known(implied);
    const int meet = both & (said.low <= implied.high) & (implied.low <= said.high);
    const int within = both & (said.low <= implied.low) & (implied.high <= said.high);
    const double above = said.low - implied.high, below = said.high - implied.low;
    const double gap = pick(above > 0, above, pick(below < 0, below, 0)) / step;
    return (interval){pick(both, 1, 0) + pick(meet, 1, 0) + pick(within, 1, 0),
                      pick(meet, 0, pick(both & (gap == gap), gap, (double)NAN))};
}

#define VERDICT(level, target, way, how, each, name)                                                                   \
    target static void name##_##level(size_t n, const double *const *in, double *verdict, double *distance) {          \
        const double *a = in[0], *b = in[1], *c = in[2], *d = in[3], *step = in[4];                                    \
        how for (size_t i = 0; i < n; i++) {                                                                           \
            each;                                                                                                      \
            const interval r = verdict_of((interval){a[i], b[i]}, (interval){c[i], d[i]}, step[i]);                    \
            verdict[i] = r.low;                                                                                        \
            distance[i] = r.high;                                                                                      \
        }                                                                                                              \
    }

EVERY_LEVEL(VERDICT, verdict)

/* ---- choice ---------------------------------------------------------------------------------------------------------- */

void ic_interval_select_figures(ic_cpu level) {
    ic_interval.from_decimals = OF_LEVEL(from_decimals, level);
    ic_interval.verdict = OF_LEVEL(verdict, level);
}
