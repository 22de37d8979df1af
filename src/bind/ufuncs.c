/* Table 1: every ufunc of indicia, one row each. A new one is a row here and a docstring in indicia/ufuncs.py. */
#include "bind/loops.h"
#include "bind/loops_block.h"
#include "bind/loops_region.h"
#include "core/deflation/deflation.h"
#include "core/growth/growth.h"
#include "core/index/index.h"
#include "core/interval/interval.h"
#include "core/region/region.h"

/* clang-format off */
#define MAP(room, word, nin) {#room "_" #word, nin, 1, NULL, ib_map, {.map = &ic_##room.word}}
#define PAIR(room, word, slot, nin) {#room "_" #word, nin, 2, NULL, ib_pair, {.pair = &ic_##room.slot}}
#define LAG(room, word) {#room "_" #word "_lag", 2, 1, "(t),()->(t)", ib_lag, {.map = &ic_##room.word}}
#define SERIES(room, word) {#room "_" #word, 1, 1, "(t)->(t)", ib_series, {.series = &ic_##room.word}}

#define FOLD(room, word, nin, nout, shape) {#room "_" #word, nin, nout, shape, ib_fold, {.fold = &ic_##room.word}}
#define GUIDED(room, word, nin, shape) {#room "_" #word, nin, 1, shape, ib_guided, {.guided = &ic_##room.word}}
#define SORTED(room, word, nin, shape) {#room "_" #word, nin, 1, shape, ib_sorted_fold, {.sorted = &ic_##room.word}}
#define OWN(room, word, nin, nout, shape, loop) {#room "_" #word, nin, nout, shape, loop, {.own = &ic_##room.word}}
#define ONE  "(t),()->(t)"
#define EACH "(t),(t)->(t)"
#define BOTH "(t),(t),(t)->(t)"
#define SPAN "(t),(),(),()->(t)"

#define PRICES  "(n),(n)->()"
#define ONE_OF  "(n),(n),(n)->()"
#define SIGMA   "(n),(n),(n),()->()"
#define BOTH_OF "(n),(n),(n),(n)->()"

static ib_ufunc table[] = {
    /*  room    word           inputs */
    MAP(growth, rate,          2),
    MAP(growth, rate_abs,      2),
    MAP(growth, share,         2),
    MAP(growth, contribution,  3),
    MAP(growth, change,        2),
    MAP(growth, implied_base,  2),
    MAP(growth, implied_level, 2),
    MAP(growth, log_rate,      2),
    MAP(growth, cagr,          3),
    MAP(growth, annualised,    3),
    MAP(growth, compound,      2),
    /* a map of two, over each period and an earlier one */
    LAG(growth, rate),
    LAG(growth, rate_abs),
    LAG(growth, change),
    LAG(growth, log_rate),
    /*   room      word           kernel         inputs: low and high of each operand */
    PAIR(interval, add,           add,           4),
    PAIR(interval, sub,           sub,           4),
    PAIR(interval, mul,           mul,           4),
    PAIR(interval, div,           div,           4),
    PAIR(interval, rate,          rate,          4),
    PAIR(interval, share,         div,           4), /* the same set of quotients */
    PAIR(interval, implied_base,  implied_base,  4),
    PAIR(interval, implied_level, implied_level, 4),
    PAIR(interval, contribution,  contribution,  6),
    PAIR(interval, from_decimals, from_decimals, 3), /* numbers, of which two say how the first is printed */
    PAIR(interval, verdict,       verdict,       5), /* two operands and a step; results are no ends */
    FOLD(interval, sum, 2, 2, "(n),(n)->(),()"),
    /* what is sequential */
    SERIES(growth, last_observed),
    /* the same with guides: one number for a series, or one for each period */
    GUIDED(growth, window_sum,      2, ONE),
    GUIDED(growth, average_rate,    2, ONE),
    GUIDED(growth, ytd,             2, EACH),
    GUIDED(growth, from_ytd,        2, EACH),
    GUIDED(growth, carry_over,      3, BOTH),
    GUIDED(growth, carry_over_this, 3, BOTH),
    /* rows of a series, narrowed together */
    {"growth_untangle", 4, 1, "(t),(t),(),(12,t)->(12,t)", ib_block, {.narrowing = &ic_growth.untangle}},
    /* prices p0, p1 of items, then a quantity or weight, or both quantities */
    FOLD(index, matched,             2, 1, PRICES),
    FOLD(index, carli,               2, 1, PRICES),
    FOLD(index, harmonic,            2, 1, PRICES),
    FOLD(index, cswd,                2, 1, PRICES),
    FOLD(index, jevons,              2, 1, PRICES),
    FOLD(index, dutot,               2, 1, PRICES),
    FOLD(index, lowe,                3, 1, ONE_OF),
    FOLD(index, young,               3, 1, ONE_OF),
    FOLD(index, geometric_young,     3, 1, ONE_OF),
    FOLD(index, geometric_laspeyres, 3, 1, ONE_OF),
    FOLD(index, geometric_paasche,   3, 1, ONE_OF),
    FOLD(index, palgrave,            3, 1, ONE_OF),
    FOLD(index, lloyd_moulton,       4, 1, SIGMA),
    FOLD(index, fisher,              4, 1, BOTH_OF),
    FOLD(index, drobisch,            4, 1, BOTH_OF),
    FOLD(index, marshall_edgeworth,  4, 1, BOTH_OF),
    FOLD(index, walsh,               4, 1, BOTH_OF),
    FOLD(index, geary_khamis,        4, 1, BOTH_OF),
    FOLD(index, tornqvist,           4, 1, BOTH_OF),
    FOLD(index, stuvel,              4, 1, BOTH_OF),
    FOLD(index, banerjee,            4, 1, BOTH_OF),
    FOLD(index, davies,              4, 1, BOTH_OF),
    FOLD(index, lehr,                4, 1, BOTH_OF),
    FOLD(index, sato_vartia,         4, 1, BOTH_OF),
    FOLD(index, montgomery_vartia,   4, 1, BOTH_OF),
    FOLD(index, product_dummy,       4, 1, BOTH_OF),
    FOLD(index, bennet,              4, 1, BOTH_OF),
    FOLD(index, montgomery,          4, 1, BOTH_OF),
    GUIDED(index, chain,       4, SPAN), /* from, to, level */
    GUIDED(index, chain_rates, 4, SPAN),
    /* rates and weights of items, then shares, what becomes of items at a cut, and how many there must be */
    SORTED(deflation, trimmed_mean, 6, "(n),(n),(),(),(),()->()"),
    SORTED(deflation, percentile,   5, "(n),(n),(),(),()->()"),
    FOLD(deflation, breadth, 5, 2, "(n),(n),(),(),()->(),()"),
    /* folds of regions or industries; the last operand says how many figures there must be */
    FOLD(region, total,         2, 1, "(n),()->()"),
    FOLD(region, hhi,           2, 1, "(n),()->()"),
    FOLD(region, entropy,       2, 1, "(n),()->()"),
    FOLD(region, hoover,        3, 1, "(n),(n),()->()"),
    FOLD(region, hachman,       3, 1, "(n),(n),()->()"),
    FOLD(region, theil,         3, 1, "(n),(n),()->()"),
    FOLD(region, theil_l,       3, 1, "(n),(n),()->()"),
    FOLD(region, variation,     3, 1, "(n),(n),()->()"),
    FOLD(region, log_deviation, 3, 1, "(n),(n),()->()"),
    FOLD(region, atkinson,      4, 1, "(n),(n),(),()->()"),
    FOLD(region, shift_share,   4, 4, "(n),(n),(n),()->(),(),(),()"),
    SORTED(region, gini,          2, "(n),()->()"),
    SORTED(region, gini_weighted, 3, "(n),(n),()->()"),
    SORTED(region, median,        2, "(n),()->()"),
    SORTED(region, leaders,       3, "(n),(),()->()"),
    OWN(region, rank,        3, 1, "(n),(),()->(n)", ib_rank),
    OWN(region, rank_bounds, 2, 2, "(n),(n)->(n),(n)", ib_rank_bounds),
};
/* clang-format on */

/* NumPy keeps these pointers for the life of the ufunc. */
#define ROWS (sizeof table / sizeof *table)
static void *rows[ROWS];
static const char doubles[IB_INPUTS + IB_RESULTS] = {NPY_DOUBLE, NPY_DOUBLE, NPY_DOUBLE, NPY_DOUBLE, NPY_DOUBLE,
                                                     NPY_DOUBLE, NPY_DOUBLE, NPY_DOUBLE, NPY_DOUBLE, NPY_DOUBLE};

/* By default NumPy takes a loop to be done with an element's inputs once it writes the element's output, and
   so lets `out` be an input. A series is not: where the two overlap NumPy must copy (it does the same for
   matmul). */
static void forbid_overlap(PyUFuncObject *ufunc) {
    for (int k = ufunc->nin; k < ufunc->nargs; k++)
        ufunc->op_flags[k] = NPY_ITER_WRITEONLY | NPY_ITER_UPDATEIFCOPY | NPY_ITER_ALIGNED | NPY_ITER_ALLOCATE |
                             NPY_ITER_NO_BROADCAST | NPY_ITER_NO_SUBTYPE;
}

int ib_ufuncs_init(PyObject *module) {
    for (size_t i = 0; i < ROWS; i++) {
        ib_ufunc *row = &table[i];
        rows[i] = row;
        PyObject *ufunc = PyUFunc_FromFuncAndDataAndSignature(&row->loop, &rows[i], doubles, 1, row->nin, row->nout,
                                                              PyUFunc_None, row->name, NULL, 0, row->signature);
        if (ufunc == NULL) return -1;
        if (row->signature != NULL) forbid_overlap((PyUFuncObject *)ufunc);
        int failed = PyModule_AddObjectRef(module, row->name, ufunc);
        Py_DECREF(ufunc);
        if (failed < 0) return -1;
    }
    return 0;
}
