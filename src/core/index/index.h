/* Index numbers: what the prices of many items come to together, from one period to another; and links that are
   chained.

   Operands of a fold are figures of the same items in the same order: p0, p1, q0, q1 are prices and quantities in the
   base period and now. An item counts where every figure that the index takes of it is known (the matched model); the
   others are left out of both periods. Prices are positive and finite, quantities and weights not negative: one that
   isn't makes the result NaN, as does having no item left. Sums are made in 8 lanes, whose blocks are added up
   compensated. Logarithms are good to 2 units in the last place. */
#ifndef IC_INDEX_H
#define IC_INDEX_H

#include "core/base/kernel.h"

typedef struct ic_index_table {
    /* ---- of prices alone: p0, p1 ---- */
    ic_fold matched;  /* how many items have a price in both periods; 0 where none has */
    ic_fold carli;    /* the mean of p1 / p0 */
    ic_fold harmonic; /* the harmonic mean of p1 / p0 */
    ic_fold cswd;     /* the geometric mean of these two */
    ic_fold jevons;   /* the geometric mean of p1 / p0 */
    ic_fold dutot;    /* sum p1 / sum p0 */

    /* ---- with the quantities or weights of one period: p0, p1, q or w ---- */
    ic_fold lowe;            /* sum p1 q / sum p0 q: Laspeyres at q0, Paasche at q1 */
    ic_fold young;           /* sum w p1 / p0 / sum w */
    ic_fold geometric_young; /* exp(sum w ln(p1 / p0) / sum w) */
    /* values are p0 q0 and p1 q1 */
    ic_fold geometric_laspeyres; /* geometric_young at the values of the base period: p0, p1, q0 */
    ic_fold geometric_paasche;   /* at those of now: p0, p1, q1 */
    ic_fold palgrave;            /* young at the values of now: p0, p1, q1 */
    /* (sum p0 q0 (p1 / p0)^(1 - sigma) / sum p0 q0)^(1 / (1 - sigma)); p0, p1, q0, and one sigma for all items: 1 is
       the limit, geometric_laspeyres */
    ic_fold lloyd_moulton;

    /* ---- with the quantities of both: p0, p1, q0, q1 ---- */
    ic_fold fisher;             /* the geometric mean of Laspeyres and Paasche */
    ic_fold drobisch;           /* their arithmetic mean */
    ic_fold marshall_edgeworth; /* lowe at q0 + q1 */
    ic_fold walsh;              /* lowe at sqrt(q0 q1) */
    ic_fold geary_khamis;       /* lowe at q0 q1 / (q0 + q1) */
    ic_fold tornqvist;          /* the geometric mean of geometric_laspeyres and geometric_paasche */
    ic_fold
        stuvel; /* d + sqrt(d^2 + V), where V is the change of the value, and d half of what the price index of Laspeyres is above his quantity index */
    ic_fold banerjee;    /* V over the quantity index of Marshall and Edgeworth */
    ic_fold davies;      /* V over sum q1 sqrt(p0 p1) / sum q0 sqrt(p0 p1) */
    ic_fold lehr;        /* V over sum q1 z / sum q0 z, where z is (p0 q0 + p1 q1) / (q0 + q1) */
    ic_fold sato_vartia; /* geometric_young at the logarithmic mean of the two shares of the value */
    ic_fold
        montgomery_vartia; /* exp(sum m(p0 q0, p1 q1) ln(p1 / p0) / m(sum p0 q0, sum p1 q1)), m the logarithmic mean */
    ic_fold
        product_dummy; /* geometric_young at s0 s1 / (s0 + s1), the shares of the value: the weighted time product dummy of two periods */

    /* ---- indicators: parts of the change of the value, in its unit ---- */
    ic_fold bennet;     /* sum (q0 + q1) / 2 (p1 - p0) */
    ic_fold montgomery; /* sum m(p0 q0, p1 q1) ln(p1 / p0) */

    /* ---- links along time, chained ---- */

    /* Guides: `from` and `to` (places, the second exclusive) and `level`. The product of the links up to t, times what
       makes its mean over those places `level`; times `level` where `from` is `to`. The period before the first link
       that is known stands at 1, what is before it is NaN, and so is all from a missing link on. */
    ic_guided chain;
    ic_guided chain_rates; /* of links less one */
} ic_index_table;

/* Written once, by ic_index_select at import. */
extern ic_index_table ic_index;
void ic_index_select(ic_cpu level);

#endif
