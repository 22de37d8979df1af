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
    double one_up, one_part; /* 1 / up, 1 / parts; only of what is the same for a block */
} unit;

static unit unit_of(double decimals, double multiplier) {
    const double shift = decimals - multiplier;
    if (!(fabs(decimals) <= POWERS && fabs(multiplier) <= POWERS && fabs(shift) <= POWERS && decimals != -1 &&
          decimals == rint(decimals) && multiplier == rint(multiplier))) /* unknown, which is neither printed nor not */
        return (unit){1, 1, 1, (double)NAN, (double)NAN, 1, 1, 1, (double)NAN};
    const int d = (int)decimals, m = (int)multiplier, s = d - m;
    unit u = {.up = powers[d > 0 ? d : 0], .down = powers[d < 0 ? -d : 0]};
    u.step = powers[s < 0 ? -s : 0];
    u.parts = 2 * powers[s > 0 ? s : 0];
    u.half = floor_quotient_usual(-u.step, u.parts, SPLIT);
    u.scale = m > 0 ? powers[m] : floor_quotient_usual(1, powers[-m], SPLIT);
    u.scale_end = m > 0 ? powers[m] : -floor_quotient_usual(-1, powers[-m], SPLIT);
    u.one_up = 1 / u.up;
    u.one_part = 1 / u.parts;
    return u;
}

/* The units of a block: one for all, or one each. Each is made once for a multiplier, at its decimals; the last is the
   unknown one. */
#define UNITS (2 * POWERS + 2)

typedef struct units {
    double multiplier; /* of the table; NaN: none yet */
    uint64_t made;     /* which of the table are */
    unit table[UNITS], one;
    int fine; /* `one` holds for all, and is a unit of at most one; else see the arrays */
    double up[BLOCK], down[BLOCK], step[BLOCK], parts[BLOCK], half[BLOCK], scale[BLOCK], scale_end[BLOCK];
} units;

IC_INLINE unit unit_at(const units *all, size_t i) {
    return (unit){
        all->up[i], all->down[i], all->step[i], all->parts[i], all->half[i], all->scale[i], all->scale_end[i], 0, 0};
}

static void put_unit(units *all, size_t i, const unit *u) {
    all->up[i] = u->up;
    all->down[i] = u->down;
    all->step[i] = u->step;
    all->parts[i] = u->parts;
    all->half[i] = u->half;
    all->scale[i] = u->scale;
    all->scale_end[i] = u->scale_end;
}

static const unit *find_unit(units *all, double decimals, double multiplier) {
    if (!(multiplier == all->multiplier)) {
        all->multiplier = multiplier;
        all->made = 0;
    }
    const int whole = fabs(decimals) <= POWERS && decimals == rint(decimals);
    const int k = whole ? (int)decimals + POWERS : UNITS - 1;
    if (!(all->made >> k & 1)) {
        all->table[k] = unit_of(decimals, multiplier);
        all->made |= (uint64_t)1 << k;
    }
    return &all->table[k];
}

/* All n are the same, to the bit. */
static int steady(const double *x, size_t n) { return n < 2 || memcmp(x, x + 1, (n - 1) * sizeof *x) == 0; }

static void fill_units(units *all, size_t m, const double *decimals, const double *multiplier) {
    all->one = *find_unit(all, decimals[0], multiplier[0]);
    all->fine = all->one.down == 1 && all->one.step == 1 && steady(decimals, m) && steady(multiplier, m);
    if (all->fine) return;
    for (size_t i = 0; i < m; i++) put_unit(all, i, find_unit(all, decimals[i], multiplier[i]));
}

/* To the nearest whole number, ties to even, for sizes below 2^51, without an instruction of its own: larger ones stay as
   large, infinity and NaN what they are. */
IC_INLINE double nearest(double x) { return (x + 0x1.8p52) - 0x1.8p52; }

typedef struct printed {
    double low, minus_high;
    int known, as_printed;
} printed;

/* Without a division, FUSED: x is whole / up to nearest where the remainder of it, times the inverse, leaves it as it is
   (Markstein 1990: that is how a quotient that is off by less than a unit in the last place is rounded; one that is further
   off is moved). */
IC_INLINE int is_quotient(double x, double whole, unit u) { return FMA(FMA(-x, u.up, whole), u.one_up, x) == x; }

/* The floor of an odd number of half units over `parts`: a quotient by the inverse, corrected by its remainder. */
IC_INLINE double floor_part(double odd, unit u) {
    const double about = odd * u.one_part, q = FMA(FMA(-about, u.parts, odd), u.one_part, about);
    return below_if(q, FMA(-q, u.parts, odd));
}

/* `any`, by a constant: units above one need more operations. */
IC_INLINE printed printed_of(double x, unit u, int any, arithmetic way) {
    const double whole = nearest(any ? x * u.up / u.down : x * u.up);
    const int known = (u.parts == u.parts) & (fabs(x) < (double)INFINITY), digits = fabs(whole) < 0x1p51;
    double under = 2 * whole - 1, over = -2 * whole - 1;
    if (way == FUSED && !any)
        return (printed){floor_part(under, u), floor_part(over, u), known, is_quotient(x, whole, u) & digits};
    const double again = any ? whole / u.up * u.down : whole / u.up;
    if (any) {
        under = floor_product_usual(under, u.step, way);
        over = floor_product_usual(over, u.step, way);
    }
    return (printed){floor_quotient_usual(under, u.parts, way), floor_quotient_usual(over, u.parts, way), known,
                     (again == x) & digits};
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
        all.multiplier = (double)NAN;                                                                                  \
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
