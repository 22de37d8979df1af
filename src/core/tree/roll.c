/* The codes of a dense array into the nodes of a tree, in one pass: a tile of neighbouring series is taken through all steps
   of the plan, so that the figures of a code are read once, and sums that are open stay in the first cache. */
#include "core/tree/tree.h"

#include <math.h>
#include <string.h>

#include "core/base/flags.h"
#include "core/base/kernel.h"
#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/numeric/total.h"

#define WIDTH ((size_t)256) /* series of a tile */

typedef struct slot_of_width {
    double high[WIDTH], low[WIDTH], left[WIDTH], valued[WIDTH], missing[WIDTH];
    uint32_t flags[WIDTH], reasons[WIDTH];
    size_t begun; /* the step that began it */
} slot_of_width;

#define LOOP(name) name##_base
#define LOOP_TARGET
#include "core/tree/roll_loops.h"
#undef LOOP
#undef LOOP_TARGET

#if defined(IC_X86)
#define LOOP(name)  name##_avx2
#define LOOP_TARGET IC_TARGET("avx2")
#include "core/tree/roll_loops.h"
#undef LOOP
#undef LOOP_TARGET
#endif

static void (*add_figures)(slot_of_width *s, const double *x, double weight, size_t width);
static void (*join_slots)(slot_of_width *s, const slot_of_width *from, size_t width);

void ic_tree_select_roll(ic_cpu level);

void ic_tree_select_roll(ic_cpu level) {
    add_figures = add_base;
    join_slots = join_base;
#if defined(IC_X86)
    if (level >= IC_CPU_AVX2) {
        add_figures = add_avx2;
        join_slots = join_avx2;
    }
#endif
    (void)level;
}

typedef struct job {
    const ic_tree_plan *plan;
    const double *values;
    const uint32_t *flags;
    double *results;
    uint32_t *result_flags;
    size_t tiles, tasks; /* of one outer; tasks in all */
    ic_status *status;   /* of each task */
} job;

static void begin(slot_of_width *s, size_t step, size_t width) {
    double *arrays[] = {s->high, s->low, s->left, s->valued, s->missing};
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++) memset(arrays[k], 0, width * sizeof(double));
    memset(s->flags, 0, width * sizeof *s->flags);
    memset(s->reasons, 0, width * sizeof *s->reasons);
    s->begun = step;
}

static void add_flags(slot_of_width *s, const double *x, const uint32_t *flags, size_t width) {
    for (size_t i = 0; i < width; i++) {
        const int there = x[i] == x[i];
        s->flags[i] |= there ? flags[i] : 0;
        s->reasons[i] |= there ? 0 : flags[i];
    }
}

/* The exact sum of one series between the step that began a slot and the one that ends it. */
static double sum_again(const job *j, size_t from, size_t until, const double *values) {
    ic_total total = {0, 0};
    ic_total_wide wide;
    memset(&wide, 0, sizeof wide);
    for (size_t k = from; k < until; k++) {
        if (j->plan->steps[k].verb != IC_TREE_ADD) continue;
        const double x = j->plan->weights[k] * values[(size_t)j->plan->steps[k].at * j->plan->inner];
        if (isnan(x)) continue;
        const double left = ic_total_add(&total, x);
        if (left != 0) ic_total_wide_add(&wide, left);
    }
    return ic_total_round(&total, &wide);
}

static void end(const job *j, const slot_of_width *s, size_t step, const double *values, size_t place, size_t width) {
    const ic_tree_plan *plan = j->plan;
    double *results = j->results + place;
    uint32_t *flags = j->result_flags + place;
    for (size_t i = 0; i < width; i++) {
        const double all = s->valued[i] + s->missing[i];
        double sum = s->high[i] + s->low[i];
        if (s->left[i] != 0) sum = sum_again(j, s->begun, step, values + i);
        flags[i] = s->flags[i];
        if (plan->how == IC_TREE_COUNT || plan->how == IC_TREE_COVERAGE) {
            results[i] = plan->how == IC_TREE_COUNT ? s->valued[i] : s->valued[i] / all;
            continue;
        }
        results[i] = plan->how == IC_TREE_MEAN ? sum / s->valued[i] : sum;
        if (s->missing[i] == 0 && all > 0) continue;
        flags[i] |= IC_FLAG_PARTIAL;
        if (s->valued[i] > 0 && s->valued[i] >= plan->coverage * all) continue;
        results[i] = NAN;
        flags[i] |= s->reasons[i];
    }
}

static void roll_tile(const job *j, slot_of_width *slots, size_t outer, size_t first, size_t width) {
    const ic_tree_plan *plan = j->plan;
    const size_t from = outer * plan->codes * plan->inner + first, to = outer * plan->nodes * plan->inner + first;
    for (size_t k = 0; k < plan->n_steps; k++) {
        const ic_tree_step *step = &plan->steps[k];
        slot_of_width *s = &slots[step->slot];
        const size_t at = (size_t)step->at;
        switch ((ic_tree_verb)step->verb) {
        case IC_TREE_BEGIN: begin(s, k, width); break;
        case IC_TREE_ADD: {
            const double *x = j->values + from + at * plan->inner;
            add_figures(s, x, plan->weights[k], width);
            if (j->flags != NULL) add_flags(s, x, j->flags + from + at * plan->inner, width);
            break;
        }
        case IC_TREE_JOIN:
            join_slots(s, &slots[at], width);
            for (size_t i = 0; i < width && j->flags != NULL; i++) {
                s->flags[i] |= slots[at].flags[i];
                s->reasons[i] |= slots[at].reasons[i];
            }
            break;
        case IC_TREE_END: end(j, s, k, j->values + from, to + at * plan->inner, width); break;
        }
    }
}

static void roll_some(void *context, size_t task) {
    const job *j = context;
    const size_t all = j->plan->outer * j->tiles;
    slot_of_width *slots = ic_alloc(j->plan->slots, sizeof *slots);
    if (slots == NULL) {
        j->status[task] = IC_MEMORY;
        return;
    }
    for (size_t tile = all * task / j->tasks; tile < all * (task + 1) / j->tasks; tile++) {
        const size_t first = tile % j->tiles * WIDTH, left = j->plan->inner - first;
        roll_tile(j, slots, tile / j->tiles, first, left < WIDTH ? left : WIDTH);
    }
    ic_free(slots);
}

ic_status ic_tree_roll(const ic_tree_plan *plan, const double *values, const uint32_t *flags, double *results,
                       uint32_t *result_flags, int threads) {
    ic_status status[64] = {IC_OK};
    job j = {plan, values, flags, results, result_flags, (plan->inner + WIDTH - 1) / WIDTH, 1, status};
    if (plan->outer == 0 || plan->inner == 0) return IC_OK;
    j.tasks = threads > 64 ? 64 : threads > 1 ? (size_t)threads : 1;
    if (j.tasks > plan->outer * j.tiles) j.tasks = plan->outer * j.tiles;
    ic_parallel_for(j.tasks, threads, roll_some, &j);
    for (size_t i = 0; i < j.tasks; i++)
        if (status[i] != IC_OK) return status[i];
    return IC_OK;
}
