/* Parts over a tile, and what a kernel makes of them: taken in twice by growth_powers.c, with PART a loop for vectors or
   for one element at a time, and NAME the name of either. No header guard. */

/* Whether the operands are out of range somewhere, NaN included; *near: all exponents are the same. */
IC_INLINE int NAME(part_quotient)(size_t m, const double *a, const double *b, tile *t, int *near, int fused) {
    uint64_t odd = 0, apart = IC_APART;
    PART(m) {
        ONE;
        const ic_parted parted = ic_parted_quotient(a[i], b[i], fused);
        const double least = a[i] < b[i] ? a[i] : b[i], most = b[i] > a[i] ? b[i] : a[i]; /* one is NaN if a or b is */
        t->s[i] = parted.s;
        t->s_lo[i] = parted.s_lo;
        t->apart[i] = parted.apart;
        apart |= parted.apart & IC_APART_TOP;
        odd |= (uint64_t)!(least >= IC_QUICK_LEAST) | (uint64_t)!(most <= IC_QUICK_MOST);
    }
    *near = apart == IC_APART;
    return odd != 0;
}

IC_INLINE int NAME(part_one_plus)(size_t m, const double *x, tile *t, int *near, int fused) {
    uint64_t odd = 0, apart = IC_APART;
    PART(m) {
        ONE;
        const ic_parted parted = ic_parted_one_plus(x[i], fused);
        t->s[i] = parted.s;
        t->s_lo[i] = parted.s_lo;
        t->apart[i] = parted.apart;
        apart |= parted.apart & IC_APART_TOP;
        odd |= (uint64_t)!(x[i] > -1) | (uint64_t)!(x[i] <= IC_QUICK_MOST) | (uint64_t)!(fabs(x[i]) >= SMALL_RATE);
    }
    *near = apart == IC_APART;
    return odd != 0;
}

/* Whether some logarithm times or over `third` is out of reach; *near: all are small enough to be their own remainder. */
IC_INLINE int NAME(part_log)(size_t m, tile *t, const double *third, size_t step, use how, int same, int *near,
                             int fused) {
    uint64_t odd = 0, wide = 0;
    PART(m) {
        ONE;
        const ic_two log = ic_quick_log((ic_parted){t->s[i], t->s_lo[i], t->apart[i]}, same);
        const double by = third[i * step];
        ic_two y;
        if (how == OVER) {
            const double over = 1 / by;
            y.hi = log.hi * over;
            y.lo = (ic_left_over(log.hi, y.hi, by, fused) + log.lo) * over;
        } else {
            y = ic_two_product(log.hi, by, fused);
            y.lo += log.lo * by;
        }
        t->y[i] = y.hi;
        t->y_lo[i] = y.lo;
        wide |= (uint64_t)!(fabs(y.hi) <= IC_REDUCED_NEAR);
        odd |= (uint64_t)!within_reach(y.hi, by, how);
    }
    *near = wide == 0;
    return odd != 0;
}

IC_INLINE void NAME(part_log_alone)(size_t m, const tile *t, double *out, int same) {
    PART(m) {
        ONE;
        const ic_two log = ic_quick_log((ic_parted){t->s[i], t->s_lo[i], t->apart[i]}, same);
        out[i] = log.hi + log.lo;
    }
}

IC_INLINE void NAME(part_reduce)(size_t m, tile *t) {
    PART(m) {
        ONE;
        const ic_reduced reduced = ic_reduced_of((ic_two){t->y[i], t->y_lo[i]});
        t->x[i] = reduced.x.hi;
        t->x_lo[i] = reduced.x.lo;
        t->scale[i] = reduced.scale;
    }
}

IC_INLINE void NAME(part_less_one)(size_t m, const tile *t, double *out, int fused) {
    PART(m) {
        ONE;
        out[i] = ic_quick_less_one((ic_reduced){{t->x[i], t->x_lo[i]}, t->scale[i]}, 0, fused);
    }
}

IC_INLINE void NAME(part_less_one_near)(size_t m, const tile *t, double *out, int fused) {
    PART(m) {
        ONE;
        const ic_two x = ic_two_sum_ordered(t->y[i], t->y_lo[i]);
        out[i] = ic_quick_less_one((ic_reduced){x, 1}, 1, fused);
    }
}

/* Whether quotients are odd: out of range, or above what all whole powers of are doubles. */
IC_INLINE int NAME(part_whole_of)(size_t m, const double *now, const double *base, tile *t, int fused) {
    uint64_t odd = 0;
    PART(m) {
        ONE;
        const ic_two of = ic_quick_quotient(now[i], base[i], fused);
        const double least = now[i] < base[i] ? now[i] : base[i], most = base[i] > now[i] ? base[i] : now[i];
        t->of[i] = of.hi;
        t->of_lo[i] = of.lo;
        odd |= (uint64_t)!(least >= IC_QUICK_LEAST) | (uint64_t)!(most <= IC_QUICK_MOST) |
               (uint64_t)!(of.hi <= WHOLE_LIMIT);
    }
    return odd != 0;
}

IC_INLINE int NAME(part_whole_of_rate)(size_t m, const double *rate, tile *t) {
    uint64_t odd = 0;
    PART(m) {
        ONE;
        const ic_two of = ic_two_sum(1, rate[i]);
        t->of[i] = of.hi;
        t->of_lo[i] = of.lo;
        odd |= (uint64_t)!(rate[i] > -1) | (uint64_t)!(fabs(rate[i]) >= SMALL_RATE) | (uint64_t)!(of.hi <= WHOLE_LIMIT);
    }
    return odd != 0;
}

/* The powers that turn halves, quarters and months into years, from figures to result without a tile in between: as
   part_whole_of, and what part_whole_same makes of it. */
IC_INLINE int NAME(part_usual)(size_t m, const double *now, const double *base, unsigned power, double *out,
                               int fused) {
    uint64_t odd = 0;
#if defined(__clang__) /* makes no vectors of this, and would complain of being asked */
    for (size_t i = 0; i < m; i++) {
#else
    PART(m) {
#endif
        ONE;
        const ic_two of = ic_quick_quotient(now[i], base[i], fused);
        const double least = now[i] < base[i] ? now[i] : base[i], most = base[i] > now[i] ? base[i] : now[i];
        ic_two a = ic_quick_squared(of, fused);
        if (power == 12) a = ic_quick_times(a, of, fused);
        if (power > 2) a = ic_quick_squared(a, fused);
        if (power == 12) a = ic_quick_squared(a, fused);
        const double less_one = ic_quick_whole_less_one(a);
        const uint64_t flat = ALL_IF(now[i] == base[i]); /* in figures that are published, often */
        out[i] = ic_double_of(ic_bits_of(less_one) & ~flat);
        odd |= ALL_IF(!(least >= IC_QUICK_LEAST)) | ALL_IF(!(most <= IC_QUICK_MOST)) | ALL_IF(!(of.hi <= WHOLE_LIMIT)) |
               (ALL_IF(!(fabs(less_one) >= IC_WHOLE_LEAST)) & ~flat);
    }
    return odd != 0;
}

/* From the top bit of a whole power down: squared, and multiplied where the bit is set. Whether some are next to 0. */
IC_INLINE int NAME(part_whole_same)(size_t m, tile *t, unsigned power, double *out, int fused) {
    const double *from = t->of, *from_lo = t->of_lo;
    uint64_t odd = 0;
    unsigned bit = 1;
    while (bit <= power / 2) bit *= 2;
    while (bit /= 2) {
        if (power & bit) PART(m) {
                ONE;
                const ic_two a = ic_quick_squared((ic_two){from[i], from_lo[i]}, fused);
                const ic_two more = ic_quick_times(a, (ic_two){t->of[i], t->of_lo[i]}, fused);
                t->power[i] = more.hi;
                t->power_lo[i] = more.lo;
            }
        else
            PART(m) {
                ONE;
                const ic_two a = ic_quick_squared((ic_two){from[i], from_lo[i]}, fused);
                t->power[i] = a.hi;
                t->power_lo[i] = a.lo;
            }
        from = t->power, from_lo = t->power_lo;
    }
    PART(m) {
        ONE;
        out[i] = ic_quick_whole_less_one((ic_two){from[i], from_lo[i]});
        odd |= (uint64_t)!(fabs(out[i]) >= IC_WHOLE_LEAST);
    }
    return odd != 0;
}

/* The same to the bit, of powers in t->third. */
IC_INLINE void NAME(part_whole_each)(size_t m, tile *t, double *out, int fused) {
    uint64_t bits = 0;
    for (size_t i = 0; i < m; i++) {
        bits |= is_whole(t->third[i]) ? ic_bits_of(t->third[i] + 0x1p52) : 0;
        t->power[i] = 1;
        t->power_lo[i] = 0;
    }
    int bit = 7;
    while (!(bits >> (bit - 1) & 1)) bit--;
    while (bit-- > 0) {
        PART(m) {
            ONE;
            const ic_two a = ic_quick_squared((ic_two){t->power[i], t->power_lo[i]}, fused);
            const ic_two more = ic_quick_times(a, (ic_two){t->of[i], t->of_lo[i]}, fused);
            const uint64_t set = 0 - (ic_bits_of(t->third[i] + 0x1p52) >> bit & 1);
            t->power[i] = ic_double_of((ic_bits_of(more.hi) & set) | (ic_bits_of(a.hi) & ~set));
            t->power_lo[i] = ic_double_of((ic_bits_of(more.lo) & set) | (ic_bits_of(a.lo) & ~set));
        }
    }
    PART(m) {
        ONE;
        out[i] = ic_quick_whole_less_one((ic_two){t->power[i], t->power_lo[i]});
    }
}

/* ---- kernels --------------------------------------------------------------------------------------------------------- */

/* exp(y) - 1 */
IC_INLINE void NAME(power_of_log)(size_t m, tile *t, double *out, int near, int fused) {
    if (near) {
        NAME(part_less_one_near)(m, t, out, fused);
    } else {
        NAME(part_reduce)(m, t);
        NAME(part_less_one)(m, t, out, fused);
    }
}

/* Logarithms times or over a constant, or an operand of their own. */
IC_INLINE int NAME(log_times)(size_t m, tile *t, const double *third, int constant, use how, int *near, int fused) {
    const int same = *near;
    if (same && constant) return NAME(part_log)(m, t, third, 0, how, 1, near, fused);
    if (constant) return NAME(part_log)(m, t, third, 0, how, 0, near, fused);
    return NAME(part_log)(m, t, third, 1, how, 0, near, fused);
}

IC_INLINE int NAME(some_are_whole)(size_t m, const double *power, int constant) {
    int some = 0;
    for (size_t i = 0; i < (constant ? 1 : m); i++) some |= is_whole(power[i]);
    return some;
}

/* A power of logarithms, or of what whole powers have made where they are whole. */
IC_INLINE void NAME(raise_each)(size_t m, tile *t, const plan *how, double *out, int fused) {
    if (how->whole) NAME(part_whole_each)(m, t, t->of_whole, fused);
    NAME(power_of_log)(m, t, out, how->near, fused);
    if (!how->whole) return;
    PART(m) {
        ONE;
        out[i] = is_whole(t->third[i]) ? t->of_whole[i] : out[i];
    }
}

IC_INLINE int NAME(cagr_run)(size_t m, const double *const *in, double *out, int fused) {
    (void)m, (void)in, (void)out, (void)fused;
    return 0;
}

IC_INLINE void NAME(cagr_tile)(size_t m, const double *const *in, double *out, tile *t, int fused) {
    const double *first = in[0], *last = in[1], *years = in[2];
    int near;
    int odd = NAME(part_quotient)(m, last, first, t, &near, fused);
    odd |= NAME(log_times)(m, t, years, is_constant(m, years), OVER, &near, fused);
    if (odd) keep(m, t->now, last), keep(m, t->base, first), keep(m, t->third, years);
    NAME(power_of_log)(m, t, out, near, fused);
    if (!odd) return;
    uint64_t far = 0;
    PART(m) {
        ONE;
        const double now = t->now[i], base = t->base[i], told = power_of_quotient(out[i], now, base, t->third[i]);
        const int taken = in_range(now, base) & within_reach(t->y[i], t->third[i], OVER);
        far |= t->far[i] = (uint64_t)!taken & (uint64_t)(now >= DBL_MIN) & (uint64_t)(base >= DBL_MIN);
        out[i] = told;
    }
    for (size_t i = 0; far && i < m; i++)
        if (t->far[i]) out[i] = far_cagr(t->now[i], t->base[i], t->third[i]);
}

/* The same usual power of all, by which of them; whether some are odd. */
IC_INLINE int NAME(usual_power)(size_t m, const double *now, const double *base, double power, double *out, int fused) {
    if (power == 2) return NAME(part_usual)(m, now, base, 2, out, fused);
    if (power == 4) return NAME(part_usual)(m, now, base, 4, out, fused);
    return NAME(part_usual)(m, now, base, 12, out, fused);
}

/* Done at once, where nothing is odd and `out` is no operand. Else as if nothing had been done. */
IC_INLINE int NAME(annualised_run)(size_t m, const double *const *in, double *out, int fused) {
    const double power = in[2][0];
    if (out == in[0] || out == in[1] || out == in[2] || !(power == 2 || power == 4 || power == 12)) return 0;
    return is_constant(m, in[2]) && !NAME(usual_power)(m, in[0], in[1], power, out, fused);
}

IC_INLINE void NAME(annualised_tile)(size_t m, const double *const *in, double *out, tile *t, int fused) {
    const double *now = in[0], *base = in[1], *power = in[2];
    plan how = {is_constant(m, power), 0, 0, 0};
    how.whole = NAME(some_are_whole)(m, power, how.constant);
    const int same = how.whole && how.constant;
    if (same) {
        how.odd = NAME(part_whole_of)(m, now, base, t, fused);
        how.odd |= NAME(part_whole_same)(m, t, (unsigned)power[0], t->of_whole, fused);
    } else {
        how.odd = how.whole; /* as some may be next to 0 */
        if (how.whole) NAME(part_whole_of)(m, now, base, t, fused);
        how.odd |= NAME(part_quotient)(m, now, base, t, &how.near, fused);
        how.odd |= NAME(log_times)(m, t, power, how.constant, TIMES, &how.near, fused);
    }
    if (how.odd) keep(m, t->now, now), keep(m, t->base, base), keep(m, t->third, power);
    if (same)
        keep(m, out, t->of_whole);
    else
        NAME(raise_each)(m, t, &how, out, fused);
    if (!how.odd) return;
    for (size_t i = 0; i < m && same; i++) t->y[i] = 0; /* which no part has made */
    uint64_t far = 0;
    PART(m) {
        ONE;
        const double a = t->now[i], b = t->base[i], by = t->third[i], made = a == b ? 0 : out[i];
        const double told = power_of_quotient(made, a, b, by);
        const int apart = (fabs(made) >= IC_WHOLE_LEAST) | (a == b), whole = (a * (1 / b) <= WHOLE_LIMIT) & apart;
        const int reached = is_whole(by) ? whole : within_reach(t->y[i], by, TIMES);
        far |= t->far[i] = (uint64_t)!(in_range(a, b) & reached) & (uint64_t)(a >= DBL_MIN) & (uint64_t)(b >= DBL_MIN);
        out[i] = told;
    }
    for (size_t i = 0; far && i < m; i++)
        if (t->far[i]) out[i] = far_annualised(t->now[i], t->base[i], t->third[i]);
}

IC_INLINE int NAME(compound_run)(size_t m, const double *const *in, double *out, int fused) {
    (void)m, (void)in, (void)out, (void)fused;
    return 0;
}

IC_INLINE void NAME(compound_tile)(size_t m, const double *const *in, double *out, tile *t, int fused) {
    const double *rate = in[0], *power = in[1];
    plan how = {is_constant(m, power), 0, 0, 0};
    how.whole = NAME(some_are_whole)(m, power, how.constant);
    const int same = how.whole && how.constant;
    if (how.whole) how.odd = NAME(part_whole_of_rate)(m, rate, t) || !how.constant; /* as some may be next to 0 */
    if (same) {
        how.odd |= NAME(part_whole_same)(m, t, (unsigned)power[0], t->of_whole, fused);
    } else {
        how.odd |= NAME(part_one_plus)(m, rate, t, &how.near, fused);
        how.odd |= NAME(log_times)(m, t, power, how.constant, TIMES, &how.near, fused);
    }
    if (how.odd) keep(m, t->now, rate), keep(m, t->third, power);
    if (same)
        keep(m, out, t->of_whole);
    else
        NAME(raise_each)(m, t, &how, out, fused);
    if (!how.odd) return;
    for (size_t i = 0; i < m && same; i++) t->y[i] = 0; /* which no part has made */
    uint64_t far = 0;
    PART(m) {
        ONE;
        const double r = t->now[i], by = t->third[i], told = power_of_rate(out[i], r, by);
        const int ranged = (fabs(r) >= SMALL_RATE) & (r <= IC_QUICK_MOST);
        const int whole = (1 + r <= WHOLE_LIMIT) & (fabs(out[i]) >= IC_WHOLE_LEAST);
        const int reached = is_whole(by) ? whole : within_reach(t->y[i], by, TIMES);
        far |= t->far[i] = (uint64_t)!(ranged & reached) & (uint64_t)(r > -1) & (uint64_t)(r != 0);
        out[i] = told;
    }
    for (size_t i = 0; far && i < m; i++)
        if (t->far[i]) out[i] = far_compound(t->now[i], t->third[i]);
}

IC_INLINE int NAME(log_rate_run)(size_t m, const double *const *in, double *out, int fused) {
    (void)m, (void)in, (void)out, (void)fused;
    return 0;
}

IC_INLINE void NAME(log_rate_tile)(size_t m, const double *const *in, double *out, tile *t, int fused) {
    const double *now = in[0], *base = in[1];
    int near;
    const int odd = NAME(part_quotient)(m, now, base, t, &near, fused);
    if (odd) keep(m, t->now, now), keep(m, t->base, base);
    if (near)
        NAME(part_log_alone)(m, t, out, 1);
    else
        NAME(part_log_alone)(m, t, out, 0);
    if (!odd) return;
    uint64_t far = 0;
    PART(m) {
        ONE;
        const double a = t->now[i], b = t->base[i];
        far |= t->far[i] = (uint64_t)!in_range(a, b) & (uint64_t)(a >= DBL_MIN) & (uint64_t)(b >= DBL_MIN);
        out[i] = log_of_quotient(out[i], a, b);
    }
    for (size_t i = 0; far && i < m; i++)
        if (t->far[i]) out[i] = far_log_rate(t->now[i], t->base[i]);
}
