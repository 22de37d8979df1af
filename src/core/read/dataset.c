#include "core/read/dataset.h"
#include "core/read/structure.h"

#include <string.h>

ic_status ic_dataset_note(ic_dataset *dataset, const char *name, const char *text, size_t length, uint64_t count) {
    if (count == 0) return IC_OK;
    for (size_t i = 0; i < dataset->n_notes; i++) {
        ic_note *note = &dataset->notes[i];
        if (strcmp(note->name, name) == 0 && strlen(note->text) == length && memcmp(note->text, text, length) == 0) {
            note->count += count;
            return IC_OK;
        }
    }
    void *notes = dataset->notes;
    ic_status status = ic_grow(&notes, &dataset->notes_capacity, dataset->n_notes + 1, sizeof *dataset->notes);
    dataset->notes = notes;
    IC_TRY(status);
    char *kept_name = ic_arena_text(&dataset->arena, name, strlen(name));
    char *kept_text = ic_arena_text(&dataset->arena, text, length);
    if (kept_name == NULL || kept_text == NULL) return IC_MEMORY;
    dataset->notes[dataset->n_notes++] = (ic_note){kept_name, kept_text, count};
    return IC_OK;
}

ic_status ic_dimension_label(ic_dimension *dim, ic_arena *arena, uint32_t code, const char *label, size_t length) {
    size_t before = dim->labels_capacity;
    void *labels = dim->labels;
    ic_status status = ic_grow(&labels, &dim->labels_capacity, (size_t)code + 1, sizeof *dim->labels);
    dim->labels = labels;
    IC_TRY(status);
    for (size_t i = before; i < dim->labels_capacity; i++) dim->labels[i] = (ic_text){0};
    if (dim->labels[code].text != NULL) return IC_OK;
    char *text = ic_arena_text(arena, label, length);
    if (text == NULL) return IC_MEMORY;
    dim->labels[code] = (ic_text){text, (uint32_t)length, 0};
    return IC_OK;
}

static ic_status add_attribute(ic_dataset *dataset, const char *name, ic_level level, size_t n, ic_attribute **added) {
    ic_attribute *attributes = ic_resize(dataset->attributes, dataset->n_attributes + 1, sizeof *dataset->attributes);
    if (attributes == NULL) return IC_MEMORY;
    dataset->attributes = attributes;
    ic_attribute *attribute = &attributes[dataset->n_attributes++];
    *attribute = (ic_attribute){.level = level};
    attribute->name = ic_arena_text(&dataset->arena, name, strlen(name));
    attribute->numbers = ic_alloc(n, sizeof *attribute->numbers);
    *added = attribute;
    return attribute->name == NULL || attribute->numbers == NULL ? IC_MEMORY : IC_OK;
}

ic_status ic_dataset_say(ic_dataset *dataset, const char *name, const char *text, size_t length) {
    ic_attribute *attribute = NULL;
    IC_TRY(add_attribute(dataset, name, IC_LEVEL_DATASET, 1, &attribute));
    return ic_intern_add(&attribute->values, text, length, &attribute->numbers[0]);
}

size_t ic_dataset_series_code(const ic_dataset *dataset, size_t series, size_t dim) {
    if (dataset->series_codes != NULL) return dataset->series_codes[series * dataset->n_dims + dim];
    for (size_t d = dataset->n_dims; d-- > dim + 1;) series /= dataset->dims[d].codes.count;
    return series % dataset->dims[dim].codes.count;
}

ic_status ic_dataset_say_by_code(ic_dataset *dataset, size_t dim, const char *name, const ic_text *texts) {
    ic_attribute *attribute = NULL;
    IC_TRY(add_attribute(dataset, name, IC_LEVEL_SERIES, dataset->series, &attribute));
    for (size_t s = 0; s < dataset->series; s++) {
        const ic_text *text = &texts[ic_dataset_series_code(dataset, s, dim)];
        attribute->numbers[s] = IC_ABSENT;
        if (text->text != NULL)
            IC_TRY(ic_intern_add(&attribute->values, text->text, text->length, &attribute->numbers[s]));
    }
    return IC_OK;
}

void ic_dataset_round(ic_dataset *dataset, size_t dim, const int8_t *decimals) {
    for (size_t s = 0; s < dataset->series; s++) {
        int8_t declared = decimals[ic_dataset_series_code(dataset, s, dim)];
        if (declared >= 0) dataset->decimals[s] = declared;
    }
}

ic_status ic_dataset_say_by_series(ic_dataset *dataset, const char *name, const ic_text *texts) {
    ic_attribute *attribute = NULL;
    IC_TRY(add_attribute(dataset, name, IC_LEVEL_SERIES, dataset->series, &attribute));
    for (size_t s = 0; s < dataset->series; s++) {
        attribute->numbers[s] = IC_ABSENT;
        if (texts[s].text != NULL)
            IC_TRY(ic_intern_add(&attribute->values, texts[s].text, texts[s].length, &attribute->numbers[s]));
    }
    return IC_OK;
}

uint8_t ic_width_for(size_t n) { return n <= UINT8_MAX ? 1 : n <= UINT16_MAX ? 2 : 4; }

void ic_dataset_free(ic_dataset *dataset) {
    for (size_t i = 0; dataset->dims != NULL && i < dataset->n_dims; i++) {
        ic_intern_free(&dataset->dims[i].codes);
        ic_free(dataset->dims[i].labels);
    }
    for (size_t i = 0; dataset->positions != NULL && i < dataset->n_dims; i++) ic_block_free(&dataset->positions[i]);
    for (size_t i = 0; i < dataset->n_attributes; i++) {
        ic_intern_free(&dataset->attributes[i].values);
        ic_free(dataset->attributes[i].numbers);
        ic_free(dataset->attributes[i].rows);
    }
    for (size_t i = 0; i < dataset->n_folded; i++) {
        ic_intern_free(&dataset->folded[i].codes);
        ic_free(dataset->folded[i].refused);
    }
    ic_free(dataset->folded);
    ic_block_free(&dataset->ordinals);
    ic_block_free(&dataset->freqs);
    ic_block_free(&dataset->values);
    ic_block_free(&dataset->flags);
    ic_free(dataset->dims);
    ic_free(dataset->positions);
    ic_free(dataset->widths);
    ic_free(dataset->decimals);
    ic_free(dataset->series_codes);
    ic_free(dataset->attributes);
    ic_free(dataset->notes);
    if (dataset->structures != NULL) ic_structures_free(dataset->structures);
    ic_free(dataset->structures);
    ic_arena_free(&dataset->arena);
    *dataset = (ic_dataset){0};
}
