#include <math.h>

#include "core/index/folds.h"
#include "core/numeric/ratio.h"

#define OF(name)     IC_INLINE terms name##_of(double p0, double p1, double q, double v, double y, double z)
#define NOTHING_ELSE UNUSED(v), UNUSED(y), UNUSED(z)

/* Whether an item counts, and whether all of it is known. */
#define GOOD price(p0) & price(p1) & amount(q)
#define ALL  known(p0, p1) & (q == q)

OF(lowe) {
    NOTHING_ELSE;
    const int good = GOOD, all = ALL;
    return (terms){counted(good, all, p1 * q), counted(good, all, p0 * q), 0, 0};
}

OF(young) {
    NOTHING_ELSE;
    const int good = GOOD, all = ALL;
    return (terms){counted(good, all, q * (p1 / p0)), counted(good, all, q), 0, 0};
}

OF(geometric_young) {
    NOTHING_ELSE;
    const int good = GOOD, all = ALL;
    return (terms){counted(good, all, q * ic_log_ratio(p1, p0)), counted(good, all, q), 0, 0};
}

OF(geometric_laspeyres) {
    NOTHING_ELSE;
    const int good = GOOD, all = ALL;
    const double value = p0 * q;
    return (terms){counted(good, all, value * ic_log_ratio(p1, p0)), counted(good, all, value), 0, 0};
}

OF(geometric_paasche) {
    NOTHING_ELSE;
    const int good = GOOD, all = ALL;
    const double value = p1 * q;
    return (terms){counted(good, all, value * ic_log_ratio(p1, p0)), counted(good, all, value), 0, 0};
}

OF(palgrave) {
    NOTHING_ELSE;
    const int good = GOOD, all = ALL;
    const double value = p1 * q;
    return (terms){counted(good, all, value * (p1 / p0)), counted(good, all, value), 0, 0};
}

/* The mean of (r^(1 - sigma) - 1) / (1 - sigma), which is that of ln r at 1, and loses no digits near it. */
OF(lloyd_moulton) {
    UNUSED(y), UNUSED(z);
    const double power = 1 - v, value = p0 * q, log = ic_log_ratio(p1, p0);
    const int good = GOOD & (fabs(v) <= MOST), all = ALL & (v == v);
    const double less_one = ic_power_less_one(ic_log_quotient(p1, p0, 0), (ic_two){power, 0}, 0);
    const double term = power == 0 ? log : less_one;
    return (terms){counted(good, all, value * term), counted(good, all, value), 0, 0};
}

INDEX_FROM_QUOTIENT(lowe)
INDEX_FROM_QUOTIENT(young)
INDEX_FROM_QUOTIENT(palgrave)
INDEX_FROM_LOG(geometric_young)
INDEX_FROM_LOG(geometric_laspeyres)
INDEX_FROM_LOG(geometric_paasche)

FROM(lloyd_moulton) {
    const double mean = x[0] / x[1], power = 1 - constant;
    return power == 0 ? exp(mean) : exp(log1p(mean) / power);
}

INDEX(lowe, 3, 2)
INDEX(young, 3, 2)
INDEX(geometric_young, 3, 2)
INDEX(geometric_laspeyres, 3, 2)
INDEX(geometric_paasche, 3, 2)
INDEX(palgrave, 3, 2)
INDEX(lloyd_moulton, 4, 2)

void ic_index_select_weighted(ic_cpu level) {
    ic_index.lowe = OF_LEVEL(lowe, level);
    ic_index.young = OF_LEVEL(young, level);
    ic_index.geometric_young = OF_LEVEL(geometric_young, level);
    ic_index.geometric_laspeyres = OF_LEVEL(geometric_laspeyres, level);
    ic_index.geometric_paasche = OF_LEVEL(geometric_paasche, level);
    ic_index.palgrave = OF_LEVEL(palgrave, level);
    ic_index.lloyd_moulton = OF_LEVEL(lloyd_moulton, level);
}
