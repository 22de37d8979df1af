#include "core/read/grid.h"
#include "core/base/parallel.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- filling ---------------------------------------------------------------------------------------------- */

ic_status ic_grid_make(ic_grid *grid, size_t rows) {
    if (grid->width != 0 && rows > PTRDIFF_MAX / sizeof(double) / grid->width) return IC_MEMORY;
    ic_status status = ic_block_make(&grid->values, rows * grid->width, sizeof(double));
    if (status == IC_OK) status = ic_block_make(&grid->flags, rows * grid->width, sizeof(uint32_t));
    if (status != IC_OK) ic_grid_free(grid);
    grid->room = rows;
    return status;
}

ic_status ic_grid_grow(ic_grid *grid, size_t used, size_t rows) {
    if (grid->width != 0 && rows > PTRDIFF_MAX / sizeof(double) / grid->width) return IC_MEMORY;
    IC_TRY(ic_block_grow(&grid->values, used * grid->width * sizeof(double), rows * grid->width * sizeof(double)));
    IC_TRY(ic_block_grow(&grid->flags, used * grid->width * sizeof(uint32_t), rows * grid->width * sizeof(uint32_t)));
    grid->room = rows;
    return IC_OK;
}

void ic_grid_free(ic_grid *grid) {
    ic_block_free(&grid->values);
    ic_block_free(&grid->flags);
}

ic_status ic_grid_part_open(ic_grid_part *part, size_t n_dims) {
    part->n_dims = n_dims;
    part->dims = ic_alloc_zeroed(n_dims, sizeof *part->dims);
    return part->dims == NULL ? IC_MEMORY : IC_OK;
}

void ic_grid_part_close(ic_grid_part *part) {
    for (size_t d = 0; part->dims != NULL && d < part->n_dims; d++) {
        ic_intern_free(&part->dims[d].codes);
        ic_free(part->dims[d].labels);
    }
    ic_free(part->dims);
    ic_free(part->codes);
    ic_free(part->rows);
    ic_arena_free(&part->arena);
    ic_dataset_free(&part->aside);
    *part = (ic_grid_part){0};
}

ic_status ic_grid_add(ic_grid_part *part, const uint32_t *codes, ic_grid_row row) {
    void *table = part->codes;
    ic_status status = ic_grow(&table, &part->codes_room, (part->used + 1) * part->n_dims, sizeof *part->codes);
    part->codes = table;
    IC_TRY(status);
    table = part->rows;
    status = ic_grow(&table, &part->rows_room, part->used + 1, sizeof *part->rows);
    part->rows = table;
    IC_TRY(status);
    memcpy(part->codes + part->used * part->n_dims, codes, part->n_dims * sizeof *codes);
    part->rows[part->used++] = row;
    return IC_OK;
}

/* ---- all parts as one --------------------------------------------------------------------------------------- */

static void close_gaps(void *context, size_t task) {
    ic_gridded *g = context;
    ic_block *block = task == 0 ? &g->grid->values : &g->grid->flags;
    size_t size = g->grid->width * (task == 0 ? sizeof(double) : sizeof(uint32_t)), row = 0;
    for (size_t i = 0; i < g->n; i++) {
        const ic_grid_part *part = &g->parts[i];
        if (row != part->base) ic_block_lower(block, row * size, part->base * size, part->used * size);
        row += part->used;
    }
}

static ic_status merge_codes(ic_gridded *g, const ic_grid_part *part, uint32_t *to) {
    ic_dataset *dataset = g->dataset;
    for (size_t d = 0; d < part->n_dims; d++) {
        const ic_dimension *local = &part->dims[d];
        uint32_t *map = ic_alloc(local->codes.count, sizeof *map);
        if (map == NULL) return IC_MEMORY;
        ic_status status = IC_OK;
        for (size_t c = 0; c < local->codes.count && status == IC_OK; c++) {
            const ic_text *code = &local->codes.items[c];
            status = ic_intern_add(&dataset->dims[d].codes, code->text, code->length, &map[c]);
            if (status == IC_OK && c < local->labels_capacity && local->labels[c].text != NULL)
                status = ic_dimension_label(&dataset->dims[d], &dataset->arena, map[c], local->labels[c].text,
                                            local->labels[c].length);
        }
        for (size_t r = 0; r < part->used && status == IC_OK; r++)
            to[r * part->n_dims + d] = map[part->codes[r * part->n_dims + d]];
        ic_free(map);
        IC_TRY(status);
    }
    return IC_OK;
}

static ic_status merge_parts(ic_gridded *g, uint64_t line) {
    size_t n_dims = g->dataset->n_dims, row = 0;
    g->codes = ic_alloc(g->rows * n_dims, sizeof *g->codes);
    g->about = ic_alloc(g->rows, sizeof *g->about);
    g->gone = ic_alloc_zeroed(g->rows, 1);
    if (g->codes == NULL || g->about == NULL || g->gone == NULL) return IC_MEMORY;
    for (size_t i = 0; i < g->n; i++) {
        const ic_grid_part *part = &g->parts[i];
        IC_TRY(merge_codes(g, part, g->codes + row * n_dims));
        for (size_t r = 0; r < part->used; r++) {
            g->about[row + r] = part->rows[r];
            g->about[row + r].line += line;
        }
        for (int c = 0; c < 256; c++) {
            char letter = (char)c;
            IC_TRY(ic_dataset_note(g->dataset, "unknown_flags", &letter, 1, part->unknown_marks[c]));
        }
        for (size_t k = 0; k < part->aside.n_notes; k++) {
            const ic_note *note = &part->aside.notes[k];
            IC_TRY(ic_dataset_note(g->dataset, note->name, note->text, strlen(note->text), note->count));
        }
        row += part->used;
        line += part->lines;
    }
    return IC_OK;
}

/* ---- the same key twice ----------------------------------------------------------------------------------------- */

static ic_status twice(ic_gridded *g, size_t earlier, size_t later) {
    char key[IC_MESSAGE_SIZE / 2] = "", code[40];
    size_t used = 0;
    for (size_t d = 0; d < g->dataset->n_dims && used < sizeof key; d++) {
        const ic_text *text = &g->dataset->dims[d].codes.items[g->codes[later * g->dataset->n_dims + d]];
        int n = snprintf(key + used, sizeof key - used, "%s%s=%s", d == 0 ? "" : ", ", g->dataset->dims[d].name,
                         ic_quote(code, sizeof code, text->text, text->length));
        used += n < 0 ? 0 : (size_t)n;
    }
    g->error->line = g->about[later].line;
    g->error->column = 1;
    return ic_fail(
        g->error, IC_FORMAT,
        "%s is there twice, on line %llu and line %llu (duplicates=\"first\", \"last\" or \"sum\" settles it)", key,
        (unsigned long long)g->about[earlier].line, (unsigned long long)g->about[later].line);
}

static void add_row(ic_gridded *g, size_t to, size_t from) {
    const size_t width = g->grid->width;
    double *a = (double *)g->grid->values.data + to * width;
    const double *b = (const double *)g->grid->values.data + from * width;
    uint32_t *f = g->any_flags ? (uint32_t *)g->grid->flags.data + to * width : NULL;
    const uint32_t *h = g->any_flags ? (const uint32_t *)g->grid->flags.data + from * width : NULL;
    /* nothing at all adds nothing, what is missing for a reason makes a sum missing */
    for (size_t k = 0; k < width; k++) {
        const uint32_t of_a = f != NULL ? f[k] : 0, of_b = h != NULL ? h[k] : 0;
        a[k] = isnan(a[k]) && of_a == 0 ? b[k] : isnan(b[k]) && of_b == 0 ? a[k] : a[k] + b[k];
        if (f != NULL) f[k] |= of_b;
    }
}

ic_status ic_grid_settle(ic_gridded *g) {
    ic_intern table = {0};
    ic_status status = IC_OK;
    size_t n_dims = g->dataset->n_dims;
    uint32_t *row_of = ic_alloc(g->rows, sizeof *row_of);
    if (row_of == NULL) return IC_MEMORY;
    for (size_t r = 0; r < g->rows && status == IC_OK; r++) {
        uint32_t number = 0;
        size_t known = table.count;
        status = ic_intern_add(&table, (const char *)(g->codes + r * n_dims), n_dims * sizeof *g->codes, &number);
        if (status != IC_OK) break;
        if (number == known) {
            row_of[number] = (uint32_t)r;
            continue;
        }
        switch (g->options->duplicates) {
        case IC_DUPLICATES_ERROR: status = twice(g, row_of[number], r); break;
        case IC_DUPLICATES_FIRST: g->gone[r] = 1; break;
        case IC_DUPLICATES_LAST:
            g->gone[row_of[number]] = 1;
            row_of[number] = (uint32_t)r;
            break;
        case IC_DUPLICATES_SUM:
            add_row(g, row_of[number], r);
            g->gone[r] = 1;
            break;
        }
    }
    ic_intern_free(&table);
    ic_free(row_of);
    return status;
}

static ic_status finish(ic_gridded *g, uint64_t first_line) {
    for (size_t i = 0; i < g->n; i++) g->any_flags |= g->parts[i].any_flags;
    ic_parallel_for(g->any_flags ? 2 : 1, g->options->threads, close_gaps, g);
    if (g->any_flags == 0) ic_block_free(&g->grid->flags);
    ic_block_trim(&g->grid->values, g->rows * g->grid->width * sizeof(double));
    ic_block_trim(&g->grid->flags, g->rows * g->grid->width * sizeof(uint32_t));
    IC_TRY(merge_parts(g, first_line));
    g->dataset->has_time = 1;
    g->dataset->freq = g->grid->freq;
    if (g->options->want_long || g->grid->columns != NULL) {
        IC_TRY(ic_grid_settle(g));
        return ic_grid_to_rows(g);
    }
    return ic_grid_to_cube(g);
}

ic_status ic_grid_finish(ic_dataset *dataset, ic_grid *grid, ic_grid_part *parts, size_t n, const ic_options *options,
                         uint64_t first_line, ic_error *error) {
    ic_gridded g = {.dataset = dataset, .grid = grid, .parts = parts, .n = n, .options = options, .error = error};
    for (size_t i = 0; i < n; i++) g.rows += parts[i].used;
    ic_status status = g.rows >= IC_ABSENT ? ic_fail(error, IC_LIMIT, "%zu rows", g.rows) : finish(&g, first_line);
    ic_free(g.codes);
    ic_free(g.about);
    ic_free(g.gone);
    return status == IC_MEMORY ? ic_fail_memory(error) : status;
}
