/* Rows of fans folded into cells: a group is the handle's codes as they have become, x the varying dimension's. */
#include "core/base/memory.h"
#include "core/read/fan.h"

#include <string.h>

typedef ic_fan_part part;

ic_status ic_fan_fold_open(part *p) {
    p->xs = ic_alloc(p->room, sizeof *p->xs);
    return p->xs == NULL ? IC_MEMORY : ic_fold_open(&p->fold, p->folding);
}

void ic_fan_fold_close(part *p) {
    ic_fold_close(&p->fold);
    ic_free(p->groups);
    ic_free(p->xs);
}

IC_INLINE uint32_t varying(const part *p, size_t row) { return p->wide != NULL ? p->wide[row] : p->narrow[row]; }

static size_t run_end(const part *p, size_t r) { return (size_t)(r + 1 < p->n_runs ? p->runs[r + 1].row : p->used); }

static int32_t handle_part(const part *p, uint32_t handle, size_t i) {
    int32_t number;
    memcpy(&number, p->handles.items[handle].text + i * sizeof number, sizeof number);
    return number;
}

/* The group of a handle, or IC_REFUSED. */
static ic_status make_group(part *p, uint32_t handle, uint32_t *group) {
    ic_fold *fold = &p->fold;
    const ic_fold_plan *plan = p->folding;
    *group = IC_REFUSED;
    for (size_t d = 0; d < plan->n_dims; d++) {
        if (d == p->shape->dim) continue;
        const uint32_t code = ic_fold_code(fold, d, (uint32_t)handle_part(p, handle, d));
        if (code == IC_REFUSED) return IC_OK;
        if (plan->dims[d].kept != IC_GONE) fold->key[plan->dims[d].kept] = (int32_t)code;
    }
    if (plan->dims[p->shape->dim].kept != IC_GONE) fold->key[plan->dims[p->shape->dim].kept] = 0;
    fold->key[plan->n_kept] = handle_part(p, handle, plan->n_dims);
    fold->key[plan->n_kept + 1] = p->freq;
    return ic_fold_group(fold, group);
}

static ic_status group_of(part *p, uint32_t handle, uint32_t *group) {
    if (handle >= p->n_groups) {
        void *groups = p->groups;
        const ic_status status = ic_grow(&groups, &p->group_room, p->handles.count, sizeof *p->groups);
        p->groups = groups;
        IC_TRY(status);
        memset(p->groups + p->n_groups, 0xFF, (p->handles.count - p->n_groups) * sizeof *p->groups);
        p->n_groups = p->handles.count;
    }
    if (p->groups[handle] == IC_ABSENT) IC_TRY(make_group(p, handle, &p->groups[handle]));
    *group = p->groups[handle];
    return IC_OK;
}

/* Counts the rows of a run by their codes that are refused. */
static ic_status refuse(part *p, uint32_t handle, size_t from, size_t to) {
    for (size_t d = 0; d < p->folding->n_dims; d++) {
        for (size_t row = from; row < to; row++) {
            const uint32_t code = d == p->shape->dim ? varying(p, row) : (uint32_t)handle_part(p, handle, d);
            if (ic_fold_code(&p->fold, d, code) == IC_REFUSED) IC_TRY(ic_fold_refuse(&p->fold, d, code, 1));
        }
    }
    return IC_OK;
}

/* Moves the rows of a run that are refused behind the others. */
static ic_status sort_out(part *p, size_t from, size_t *to, double *values, uint32_t *flags) {
    size_t kept = from;
    for (size_t row = from; row < *to; row++) {
        const uint32_t code = varying(p, row);
        if (ic_fold_code(&p->fold, p->shape->dim, code) == IC_REFUSED) {
            IC_TRY(ic_fold_refuse(&p->fold, p->shape->dim, code, 1));
            continue;
        }
        if (p->wide != NULL)
            p->wide[kept] = code;
        else
            p->narrow[kept] = (uint16_t)code;
        values[kept] = values[row];
        if (flags != NULL) flags[kept] = flags[row];
        kept++;
    }
    *to = kept;
    return IC_OK;
}

static ic_status fold_run(part *p, size_t r) {
    const ic_fold_dim *dim = &p->folding->dims[p->shape->dim];
    const uint32_t handle = p->runs[r].handle;
    const size_t from = (size_t)p->runs[r].row;
    double *values = (double *)p->columns->values.data + p->base;
    uint32_t *flags = p->any_flags != 0 ? (uint32_t *)p->columns->flags.data + p->base : NULL;
    size_t to = run_end(p, r);
    uint32_t group;
    IC_TRY(group_of(p, handle, &group));
    if (group == IC_REFUSED) return refuse(p, handle, from, to);
    if (dim->refuses) IC_TRY(sort_out(p, from, &to, values, flags));
    const int32_t *xs = NULL;
    if (dim->kept != IC_GONE) {
        const uint32_t *becomes = p->fold.to[p->shape->dim];
        for (size_t row = from; row < to; row++) {
            const uint32_t code = varying(p, row);
            p->xs[row] = (int32_t)(becomes != NULL ? becomes[code] : code);
        }
        xs = p->xs + from;
    }
    return ic_fold_rows(&p->fold, group, xs, 0, values + from, flags != NULL ? flags + from : NULL, to - from);
}

static ic_status fold_runs(part *p) {
    for (size_t d = 0; d < p->folding->n_dims; d++) IC_TRY(ic_fold_learn(&p->fold, d, &p->dims[d].codes));
    for (size_t r = 0; r < p->n_runs; r++) IC_TRY(fold_run(p, r));
    return IC_OK;
}

ic_status ic_fan_fold(part *p) {
    const ic_status status = fold_runs(p);
    if (status == IC_MEMORY) return ic_fail_memory(&p->error);
    if (status != IC_OK || p->fold.cells.count > p->options->limits.cells)
        return ic_fail(&p->error, IC_LIMIT, "%zu cells of %llu rows (limits={\"cells\": ...} allows more cells)",
                       p->fold.cells.count, (unsigned long long)p->fold.rows);
    if (p->any_flags != 0) memset((uint32_t *)p->columns->flags.data + p->base, 0, p->used * sizeof(uint32_t));
    p->any_flags = 0;
    p->used = p->n_runs = 0;
    p->run_open = 0;
    if (p->handles.count <= IC_FOLD_KEYS) return IC_OK;
    ic_intern_free(&p->handles);
    p->n_groups = 0;
    p->prefix_length = 0; /* the next row finds its handle anew */
    return IC_OK;
}
