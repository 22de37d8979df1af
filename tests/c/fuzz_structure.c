/* Structure messages: however few bytes come at a time the lists are the same, and a failing allocation is an error like any
   other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/memory.h"
#include "core/read/structure.h"

#define AGREE(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                            \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

typedef struct drip {
    const char *data;
    size_t size, step;
} drip;

static int64_t drip_read(void *context, void *buffer, size_t size, uint64_t offset) {
    const drip *d = context;
    const size_t left = offset < d->size ? d->size - (size_t)offset : 0;
    size_t n = left < size ? left : size;
    if (n > d->step) n = d->step;
    if (n > 0) memcpy(buffer, d->data + offset, n);
    return (int64_t)n;
}

static int same(const char *a, const char *b) { return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0; }

static void agree(const ic_structures *a, const ic_structures *b) {
    AGREE(a->n_lists == b->n_lists && a->n_items == b->n_items);
    size_t items = 0;
    for (size_t i = 0; i < a->n_lists; i++) {
        const ic_structure_list *x = &a->lists[i], *y = &b->lists[i];
        AGREE(x->kind == y->kind && x->first == items && y->first == items && x->n == y->n);
        AGREE(same(x->name, y->name) && same(x->label, y->label) && same(x->of, y->of));
        items += x->n;
    }
    AGREE(items == a->n_items);
    for (size_t i = 0; i < a->n_items; i++) {
        const ic_structure_item *x = &a->items[i], *y = &b->items[i];
        AGREE(same(x->id, y->id) && same(x->label, y->label) && same(x->codes, y->codes));
        AGREE(same(x->concept, y->concept));
    }
}

int ic_fuzz_one(const uint8_t *data, size_t size);
int ic_fuzz_one(const uint8_t *data, size_t size) {
    static const char *const languages[] = {NULL, "de", "fr-CA", "en"};
    unsigned sum = 0;
    for (size_t i = 0; i < size; i++) sum += data[i];
    drip d = {(const char *)data, size, size + 1};
    const ic_source source = {.context = &d, .read = drip_read, .size = size, .seekable = 1};
    ic_structures whole = {.language = languages[sum % 4]}, pieces = {.language = languages[sum % 4]};
    ic_error error = {0}, other = {0};
    const ic_status status = ic_structures_read(&whole, &source, 1 << 16, &error);
    AGREE(status == IC_OK || (error.line >= 1 && error.offset <= size));
    d.step = 1 + sum % 7;
    AGREE(ic_structures_read(&pieces, &source, 1 << 16, &other) == status);
    AGREE(error.line == other.line && error.column == other.column);
    agree(&whole, &pieces);
    ic_structures_free(&pieces);
    ic_structures_free(&whole);
#ifdef IC_TEST_ALLOCATION
    ic_test_fail_at = 1 + (long)(sum / 4 % 20);
    const ic_status failed = ic_structures_read(&pieces, &source, 1 << 16, &other);
    AGREE(failed == IC_MEMORY || failed == status);
    ic_test_fail_at = 0;
    ic_structures_free(&pieces);
#endif
    return 0;
}
