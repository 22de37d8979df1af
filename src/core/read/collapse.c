/* What becomes of dimensions and codes when rows are folded. */
#include "core/base/memory.h"
#include "core/read/collapse.h"

#include <string.h>

/* ---- the plan -------------------------------------------------------------------------------------------------- */

static ic_fold_dim *dim_called(const ic_fold_plan *plan, const char *asked) {
    for (size_t d = 0; d < plan->n_dims; d++)
        if (ic_dimension_is(plan->dims[d].name, asked)) return &plan->dims[d];
    return NULL;
}

static ic_status no_dimension(const char *option, const char *name, ic_error *error) {
    char word[60];
    return ic_fail(error, IC_ARGUMENT, "%s names \"%s\": there is no such dimension", option,
                   ic_quote(word, sizeof word, name, strlen(name)));
}

static ic_status keep_texts(ic_intern *table, const ic_texts *texts) {
    uint32_t number;
    for (size_t c = 0; c < texts->count; c++) IC_TRY(ic_intern_add(table, texts->texts[c], texts->lengths[c], &number));
    return IC_OK;
}

static ic_status settle(ic_fold_plan *plan, ic_error *error) {
    const ic_collapse *asked = plan->asked;
    for (size_t i = 0; i < asked->n_recodes; i++) {
        ic_fold_dim *dim = dim_called(plan, asked->recodes[i].dim);
        if (dim == NULL) return no_dimension("recode", asked->recodes[i].dim, error);
        dim->recode = &asked->recodes[i];
        dim->refuses = dim->recode->others == IC_OTHERS_REFUSED;
        for (size_t c = 0; c < dim->recode->from.count; c++) dim->refuses |= dim->recode->to[c] == IC_OTHERS_REFUSED;
        if (keep_texts(&dim->from, &dim->recode->from) != IC_OK ||
            keep_texts(&dim->codes, &dim->recode->codes) != IC_OK)
            return ic_fail_memory(error);
    }
    for (size_t i = 0; i < asked->dims.count; i++) {
        ic_fold_dim *dim = dim_called(plan, asked->dims.texts[i]);
        if (dim == NULL) return no_dimension("collapse", asked->dims.texts[i], error);
        dim->kept = IC_GONE;
    }
    for (size_t d = 0; d < plan->n_dims; d++)
        if (plan->dims[d].kept != IC_GONE) plan->dims[d].kept = plan->n_kept++;
    return IC_OK;
}

ic_status ic_fold_plan_make(ic_fold_plan *plan, const ic_long_plan *columns, const ic_options *options,
                            ic_error *error) {
    *plan = (ic_fold_plan){.asked = options->collapse, .n_dims = columns->n_dims + (columns->n_measures > 1)};
    plan->dims = ic_alloc_zeroed(plan->n_dims, sizeof *plan->dims);
    if (plan->dims == NULL) return ic_fail_memory(error);
    for (size_t i = 0; i < columns->n_columns; i++)
        if (columns->columns[i].kind == IC_COLUMN_DIM)
            plan->dims[columns->columns[i].number].name = columns->columns[i].name;
    if (columns->n_measures > 1) plan->dims[columns->n_dims].name = "measure";
    return settle(plan, error);
}

void ic_fold_plan_free(ic_fold_plan *plan) {
    for (size_t d = 0; plan->dims != NULL && d < plan->n_dims; d++) {
        ic_intern_free(&plan->dims[d].from);
        ic_intern_free(&plan->dims[d].codes);
    }
    ic_free(plan->dims);
    *plan = (ic_fold_plan){0};
}

uint32_t ic_fold_recoded(const ic_fold_dim *dim, const char *text, size_t length) {
    const ic_recode *recode = dim->recode;
    if (recode == NULL) return IC_OTHERS_STAY;
    const uint32_t place = ic_intern_find(&dim->from, text, length);
    const uint32_t becomes = place != IC_ABSENT ? recode->to[place] : recode->others;
    return becomes == IC_OTHERS_REFUSED ? IC_REFUSED : becomes;
}

/* ---- one thread's ------------------------------------------------------------------------------------------------ */

ic_status ic_fold_open(ic_fold *fold, const ic_fold_plan *plan) {
    const size_t n = plan->n_dims;
    *fold = (ic_fold){.plan = plan};
    fold->cells.rule = plan->asked->rule;
    fold->codes = ic_alloc_zeroed(n, sizeof *fold->codes);
    fold->to = ic_alloc_zeroed(n, sizeof *fold->to);
    fold->known = ic_alloc_zeroed(n, sizeof *fold->known);
    fold->to_room = ic_alloc_zeroed(n, sizeof *fold->to_room);
    fold->refused = ic_alloc_zeroed(n, sizeof *fold->refused);
    fold->n_refused = ic_alloc_zeroed(n, sizeof *fold->n_refused);
    fold->key = ic_alloc_zeroed(plan->n_kept + 2, sizeof *fold->key);
    if (fold->codes == NULL || fold->to == NULL || fold->known == NULL || fold->to_room == NULL ||
        fold->refused == NULL || fold->n_refused == NULL || fold->key == NULL)
        return IC_MEMORY;
    for (size_t d = 0; d < n; d++)
        if (plan->dims[d].recode != NULL) IC_TRY(keep_texts(&fold->codes[d], &plan->dims[d].recode->codes));
    return IC_OK;
}

ic_status ic_fold_learn(ic_fold *fold, size_t d, const ic_intern *codes) {
    const ic_fold_dim *dim = &fold->plan->dims[d];
    if (dim->recode == NULL || fold->known[d] == codes->count) return IC_OK;
    void *to = fold->to[d];
    const ic_status status = ic_grow(&to, &fold->to_room[d], codes->count, sizeof **fold->to);
    fold->to[d] = to;
    IC_TRY(status);
    for (; fold->known[d] < codes->count; fold->known[d]++) {
        const ic_text *code = &codes->items[fold->known[d]];
        uint32_t *becomes = &fold->to[d][fold->known[d]];
        *becomes = ic_fold_recoded(dim, code->text, code->length);
        if (*becomes == IC_OTHERS_STAY) IC_TRY(ic_intern_add(&fold->codes[d], code->text, code->length, becomes));
    }
    return IC_OK;
}

ic_status ic_fold_refuse(ic_fold *fold, size_t d, uint32_t code, uint64_t rows) {
    if (code >= fold->n_refused[d]) {
        const size_t before = fold->n_refused[d];
        void *refused = fold->refused[d];
        const ic_status status = ic_grow(&refused, &fold->n_refused[d], (size_t)code + 1, sizeof **fold->refused);
        fold->refused[d] = refused;
        IC_TRY(status);
        memset(fold->refused[d] + before, 0, (fold->n_refused[d] - before) * sizeof **fold->refused);
    }
    fold->refused[d][code] += rows;
    return IC_OK;
}

ic_status ic_fold_group(ic_fold *fold, uint32_t *group) {
    return ic_intern_add(&fold->groups, (const char *)fold->key, (fold->plan->n_kept + 2) * sizeof *fold->key, group);
}

ic_status ic_fold_unit(ic_fold *fold, uint32_t group, size_t unit, uint32_t text, uint32_t *before) {
    const size_t had = fold->unit_room, place = group * fold->n_units + unit;
    if (place >= had) {
        void *units = fold->units;
        const ic_status status = ic_grow(&units, &fold->unit_room, place + 1, sizeof *fold->units);
        fold->units = units;
        IC_TRY(status);
        memset(fold->units + had, 0xFF, (fold->unit_room - had) * sizeof *fold->units);
    }
    *before = fold->units[place];
    if (*before == IC_ABSENT) fold->units[place] = text;
    return IC_OK;
}

void ic_fold_close(ic_fold *fold) {
    const size_t n = fold->plan != NULL ? fold->plan->n_dims : 0;
    for (size_t d = 0; d < n; d++) {
        if (fold->codes != NULL) ic_intern_free(&fold->codes[d]);
        if (fold->to != NULL) ic_free(fold->to[d]);
        if (fold->refused != NULL) ic_free(fold->refused[d]);
    }
    ic_free(fold->codes);
    ic_free(fold->to);
    ic_free(fold->known);
    ic_free(fold->to_room);
    ic_free(fold->refused);
    ic_free(fold->n_refused);
    ic_free(fold->key);
    ic_free(fold->units);
    ic_intern_free(&fold->groups);
    ic_cells_free(&fold->cells);
    *fold = (ic_fold){0};
}
