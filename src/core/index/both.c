#include <math.h>

#include "core/index/folds.h"
#include "core/numeric/ratio.h"

#define OF(name)     IC_INLINE terms name##_of(double p0, double p1, double q0, double q1, double y, double z)
#define NOTHING_ELSE UNUSED(y), UNUSED(z)

/* Whether an item counts, and whether all of it is known. */
#define GOOD price(p0) & price(p1) & amount(q0) & amount(q1)
#define ALL  known(p0, p1) & known(q0, q1)
#define TERMS(a, b, c, d)                                                                                              \
    (terms) { counted(good, all, a), counted(good, all, b), counted(good, all, c), counted(good, all, d) }
#define PAIR(a, b) (terms){counted(good, all, a), counted(good, all, b), 0, 0}

/* ---- from the four values ------------------------------------------------------------------------------------------ */

OF(cross) {
    NOTHING_ELSE;
    const int good = GOOD, all = ALL;
    return TERMS(p0 * q0, p1 * q0, p0 * q1, p1 * q1);
}

FROM(fisher) {
    UNUSED(constant);
    return sqrt((x[1] / x[0]) * (x[3] / x[2]));
}
FROM(drobisch) {
    UNUSED(constant);
    return 0.5 * (x[1] / x[0] + x[3] / x[2]);
}
FROM(marshall_edgeworth) {
    UNUSED(constant);
    return (x[1] + x[3]) / (x[0] + x[2]);
}
FROM(banerjee) {
    UNUSED(constant);
    return x[3] / x[0] * ((x[0] + x[1]) / (x[2] + x[3]));
}
FROM(stuvel) {
    UNUSED(constant);
    const double d = 0.5 * (x[1] - x[2]) / x[0], root = sqrt(d * d + x[3] / x[0]);
    return d > 0 ? d + root : x[3] / x[0] / (root - d); /* no cancellation */
}

EVERY_ROWS(cross, 4)
INDEX_OF(fisher, 4, cross, 4, NO_FIRST)
INDEX_OF(drobisch, 4, cross, 4, NO_FIRST)
INDEX_OF(marshall_edgeworth, 4, cross, 4, NO_FIRST)
INDEX_OF(banerjee, 4, cross, 4, NO_FIRST)
INDEX_OF(stuvel, 4, cross, 4, NO_FIRST)

/* ---- at quantities between the two --------------------------------------------------------------------------------- */

OF(walsh) {
    NOTHING_ELSE;
    const int good = GOOD, all = ALL;
    const double q = sqrt(q0) * sqrt(q1);
    return PAIR(p1 * q, p0 * q);
}

OF(geary_khamis) {
    NOTHING_ELSE;
    const int good = GOOD, all = ALL;
    const double sum = q0 + q1, mean = q0 * (q1 / sum), q = sum > 0 ? mean : 0.0;
    return PAIR(p1 * q, p0 * q);
}

INDEX_FROM_QUOTIENT(walsh)
INDEX_FROM_QUOTIENT(geary_khamis)
INDEX(walsh, 4, 2)
INDEX(geary_khamis, 4, 2)

/* ---- the change of the value over that of a quantity --------------------------------------------------------------- */

OF(davies) {
    NOTHING_ELSE;
    const int good = GOOD, all = ALL;
    const double p = sqrt(p0) * sqrt(p1);
    return TERMS(p0 * q0, p1 * q1, q0 * p, q1 * p);
}

OF(lehr) {
    NOTHING_ELSE;
    const int good = GOOD, all = ALL;
    const double v0 = p0 * q0, v1 = p1 * q1, sum = q0 + q1, mean = (v0 + v1) / sum, p = sum > 0 ? mean : 0.0;
    return TERMS(v0, v1, q0 * p, q1 * p);
}

FROM(davies) {
    UNUSED(constant);
    return x[1] / x[0] * (x[2] / x[3]);
}
FROM(lehr) {
    UNUSED(constant);
    return x[1] / x[0] * (x[2] / x[3]);
}
INDEX(davies, 4, 4)
INDEX(lehr, 4, 4)

/* ---- logarithms ------------------------------------------------------------------------------------------------------ */

OF(tornqvist) {
    NOTHING_ELSE;
    const int good = GOOD, all = ALL;
    const double v0 = p0 * q0, v1 = p1 * q1, log = ic_log_ratio(p1, p0);
    return TERMS(v0 * log, v1 * log, v0, v1);
}

FROM(tornqvist) {
    UNUSED(constant);
    return exp(0.5 * (x[0] / x[2] + x[1] / x[3]));
}
INDEX(tornqvist, 4, 4)

OF(montgomery_vartia) {
    NOTHING_ELSE;
    const int good = GOOD, all = ALL;
    const double v0 = p0 * q0, v1 = p1 * q1;
    return TERMS(ic_log_mean(v1, v0) * ic_log_ratio(p1, p0), 1, v0, v1);
}

FROM(montgomery_vartia) {
    UNUSED(constant);
    return exp(x[0] / ic_log_mean(x[3], x[2]));
}
FROM(montgomery) {
    UNUSED(constant);
    return x[1] > 0 ? x[0] : (double)NAN;
}
INDEX(montgomery_vartia, 4, 4)
INDEX_OF(montgomery, 4, montgomery_vartia, 4, NO_FIRST)

OF(bennet) {
    NOTHING_ELSE;
    const int good = GOOD, all = ALL;
    return PAIR(0.5 * (q0 + q1) * (p1 - p0), 1);
}

FROM(bennet) {
    UNUSED(constant);
    return x[1] > 0 ? x[0] : (double)NAN;
}
INDEX(bennet, 4, 2)

/* ---- shares: a first pass makes the totals --------------------------------------------------------------------------- */

OF(values) {
    NOTHING_ELSE;
    const int good = GOOD, all = ALL;
    return PAIR(p0 * q0, p1 * q1);
}

OF(sato_vartia) {
    const int good = GOOD, all = ALL;
    const double weight = ic_log_mean(p1 * q1 / z, p0 * q0 / y);
    return PAIR(weight * ic_log_ratio(p1, p0), weight);
}

OF(product_dummy) {
    const int good = GOOD, all = ALL;
    const double s0 = p0 * q0 / y, s1 = p1 * q1 / z, sum = s0 + s1, mean = s0 * (s1 / sum);
    const double weight = sum > 0 ? mean : 0.0;
    return PAIR(weight * ic_log_ratio(p1, p0), weight);
}

INDEX_FROM_LOG(sato_vartia)
INDEX_FROM_LOG(product_dummy)
EVERY_ROWS(values, 2)
EVERY_ROWS(sato_vartia, 2)
EVERY_ROWS(product_dummy, 2)
INDEX_OF(sato_vartia, 4, sato_vartia, 2, FIRST)
INDEX_OF(product_dummy, 4, product_dummy, 2, FIRST)

void ic_index_select_both(ic_cpu level) {
    ic_index.fisher = OF_LEVEL(fisher, level);
    ic_index.drobisch = OF_LEVEL(drobisch, level);
    ic_index.marshall_edgeworth = OF_LEVEL(marshall_edgeworth, level);
    ic_index.banerjee = OF_LEVEL(banerjee, level);
    ic_index.stuvel = OF_LEVEL(stuvel, level);
    ic_index.walsh = OF_LEVEL(walsh, level);
    ic_index.geary_khamis = OF_LEVEL(geary_khamis, level);
    ic_index.davies = OF_LEVEL(davies, level);
    ic_index.lehr = OF_LEVEL(lehr, level);
    ic_index.tornqvist = OF_LEVEL(tornqvist, level);
    ic_index.montgomery_vartia = OF_LEVEL(montgomery_vartia, level);
    ic_index.montgomery = OF_LEVEL(montgomery, level);
    ic_index.bennet = OF_LEVEL(bennet, level);
    ic_index.sato_vartia = OF_LEVEL(sato_vartia, level);
    ic_index.product_dummy = OF_LEVEL(product_dummy, level);
}
