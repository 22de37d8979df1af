/* What every fuzz target of a format does: the fast path, the plain path and several threads give the same data set, or the
   same error with a place; and a failing allocation is an error like any other. */
#ifndef FUZZ_READER_H
#define FUZZ_READER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/read/parts.h"
#include "core/read/read.h"

#define AGREE(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                            \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

static int same_texts(const ic_intern *a, const ic_intern *b) {
    if (a->count != b->count) return 0;
    for (size_t i = 0; i < a->count; i++) {
        if (a->items[i].length != b->items[i].length) return 0;
        if (memcmp(a->items[i].text, b->items[i].text, a->items[i].length) != 0) return 0;
    }
    return 1;
}

static int same_block(const ic_block *a, const ic_block *b, size_t bytes) {
    if ((a->data == NULL) != (b->data == NULL)) return 0;
    return a->data == NULL || bytes == 0 || memcmp(a->data, b->data, bytes) == 0;
}

static int same_doubles(const ic_block *a, const ic_block *b, size_t n) {
    const double *x = a->data, *y = b->data;
    for (size_t i = 0; i < n; i++)
        if (memcmp(&x[i], &y[i], sizeof *x) != 0 && !(x[i] != x[i] && y[i] != y[i])) return 0;
    return 1;
}

static size_t cells_of(const ic_dataset *d) {
    if (!d->dense) return d->rows;
    size_t n = d->has_time ? d->periods : 1;
    for (size_t i = 0; i < d->n_dims; i++) n *= d->dims[i].codes.count;
    return n;
}

static void agree_on_attributes(const ic_dataset *a, const ic_dataset *b) {
    AGREE(a->n_attributes == b->n_attributes);
    for (size_t i = 0; i < a->n_attributes; i++) {
        const ic_attribute *x = &a->attributes[i], *y = &b->attributes[i];
        size_t n = x->level == IC_LEVEL_DATASET ? 1 : x->level == IC_LEVEL_SERIES ? a->series : a->rows;
        AGREE(strcmp(x->name, y->name) == 0 && x->level == y->level);
        AGREE(same_texts(&x->values, &y->values));
        AGREE((x->numbers == NULL) == (y->numbers == NULL));
        AGREE(x->numbers == NULL || memcmp(x->numbers, y->numbers, n * sizeof *x->numbers) == 0);
        AGREE((x->rows == NULL) == (y->rows == NULL));
        AGREE(x->rows == NULL || memcmp(x->rows, y->rows, a->rows * sizeof *x->rows) == 0);
    }
    AGREE(a->n_notes == b->n_notes);
    for (size_t i = 0; i < a->n_notes; i++) {
        AGREE(strcmp(a->notes[i].name, b->notes[i].name) == 0 && strcmp(a->notes[i].text, b->notes[i].text) == 0);
        AGREE(a->notes[i].count == b->notes[i].count);
    }
}

static void agree_on_data(const ic_dataset *a, const ic_dataset *b) {
    AGREE(a->n_dims == b->n_dims && a->has_time == b->has_time && a->dense == b->dense && a->freq == b->freq);
    AGREE(a->rows == b->rows && a->series == b->series);
    size_t n = cells_of(a);
    for (size_t i = 0; i < a->n_dims; i++) {
        AGREE(strcmp(a->dims[i].name, b->dims[i].name) == 0 && same_texts(&a->dims[i].codes, &b->dims[i].codes));
        if (a->dense) continue;
        AGREE(a->widths[i] == b->widths[i]);
        AGREE(same_block(&a->positions[i], &b->positions[i], n * a->widths[i]));
    }
    if (a->dense) {
        AGREE(a->first == b->first && a->periods == b->periods);
    } else {
        AGREE(same_block(&a->ordinals, &b->ordinals, n * sizeof(int32_t)));
        AGREE(same_block(&a->freqs, &b->freqs, n));
    }
    AGREE(same_doubles(&a->values, &b->values, n));
    AGREE(same_block(&a->flags, &b->flags, n * sizeof(uint32_t)));
    AGREE((a->decimals == NULL) == (b->decimals == NULL));
    AGREE(a->decimals == NULL || memcmp(a->decimals, b->decimals, a->series) == 0);
    agree_on_attributes(a, b);
}

typedef struct reading {
    ic_dataset dataset;
    ic_error error;
    ic_status status;
} reading;

static void read_it(reading *r, const ic_format *format, const uint8_t *data, size_t size, const ic_options *options) {
    ic_span span = {(const char *)data, size};
    ic_source source = {.context = &span, .read = ic_span_read, .size = size, .seekable = 1};
    *r = (reading){0};
    r->status = format->read(&source, options, &r->dataset, &r->error);
}

/* The same bytes as they come from a pipe, at most `step` at a time; begun again as often as it is asked for, if it `can`. */
typedef struct stream {
    const uint8_t *data;
    size_t size, step, at;
    long begun;
} stream;

static int64_t stream_read(void *context, void *buffer, size_t size, uint64_t offset) {
    stream *s = context;
    size_t n = s->size - s->at < size ? s->size - s->at : size;
    AGREE(offset == s->at); /* in order */
    if (n > s->step) n = s->step;
    if (n > 0) memcpy(buffer, s->data + s->at, n);
    s->at += n;
    return (int64_t)n;
}

static int stream_again(void *context) {
    stream *s = context;
    s->at = 0;
    s->begun++;
    return 0;
}

static inline long read_stream(reading *r, const ic_format *format, const uint8_t *data, size_t size, size_t step,
                               int can, const ic_options *options) {
    stream s = {data, size, step, 0, 0};
    ic_source source = {.context = &s, .read = stream_read, .size = IC_SIZE_UNKNOWN};
    if (can) source.again = stream_again;
    *r = (reading){0};
    r->status = format->read(&source, options, &r->dataset, &r->error);
    return s.begun;
}

static inline void fuzz_reader_with(const char *name, const uint8_t *data, size_t size, const ic_collapse *collapse) {
    const ic_format *format = ic_format_named(name);
    AGREE(format != NULL);
    int sure = format->sniff((const char *)data, size);
    AGREE(sure >= 0 && sure <= 100);
    unsigned sum = 0; /* the bytes choose: rows or an array, with duplicates or not, which allocation fails */
    for (size_t i = 0; i < size; i++) sum += data[i];
    ic_options options = {0};
    options.want_long = sum & 1;
    options.duplicates = sum & 2 ? IC_DUPLICATES_ERROR : IC_DUPLICATES_SUM;
    options.collapse = collapse;
    options.threads = 1;
    options.limits = (ic_limits){1 << 20, 10000, 1 << 16};
    reading plain, fast;
    options.plain = 1;
    read_it(&plain, format, data, size, &options);
    if (plain.status == IC_FORMAT || plain.status == IC_LIMIT) {
        /* a last row without a line feed is given one, behind which a missing row would start */
        AGREE(plain.error.line >= 1 && plain.error.offset <= size + 1 && plain.error.message[0] != '\0');
    }
    options.plain = 0;
    for (int threads = 1; threads <= 3; threads += 2) {
        if (threads > 1 && (sum & 12) != 0) break;
        options.threads = threads;
#ifdef IC_TEST_ALLOCATION
        ic_test_part_least =
            (sum & 48) != 0 ? UINT64_MAX : 1 + sum / 64 % 64; /* small files are divided as large ones */
#endif
        read_it(&fast, format, data, size, &options);
        AGREE(plain.status == fast.status);
        if (plain.status != IC_OK) {
            AGREE(plain.error.line == fast.error.line && plain.error.column == fast.error.column);
            AGREE(plain.error.offset == fast.error.offset);
            AGREE(strcmp(plain.error.message, fast.error.message) == 0);
        } else {
            agree_on_data(&plain.dataset, &fast.dataset);
        }
        ic_dataset_free(&fast.dataset);
    }
#ifdef IC_TEST_ALLOCATION
    options.threads = 1;
    ic_test_fail_at = 1 + (long)(sum / 4 % 50);
    read_it(&fast, format, data, size, &options);
    AGREE(fast.status == plain.status || (fast.status == IC_MEMORY && ic_test_fail_at <= 0));
    ic_test_fail_at = 0;
    ic_dataset_free(&fast.dataset);
#endif
    ic_dataset_free(&plain.dataset);
}

static inline void fuzz_reader(const char *name, const uint8_t *data, size_t size) {
    fuzz_reader_with(name, data, size, NULL);
}

/* The same, and then with rows folded: `gone` loses its dimension, and in `coded` one code is new, one dropped. */
static inline void fuzz_folding_reader(const char *name, const uint8_t *data, size_t size, const char *gone,
                                       const char *coded, const char *first, const char *second) {
    const char *dims[] = {gone}, *from[] = {first, second}, *codes[] = {"new"};
    size_t lengths[] = {strlen(gone)}, from_lengths[] = {strlen(first), strlen(second)}, new_lengths[] = {3};
    const uint32_t to[] = {0, IC_ABSENT};
    ic_recode recode = {.dim = coded, .from = {from, from_lengths, 2}, .to = to, .codes = {codes, new_lengths, 1}};
    ic_collapse collapse = {.dims = {dims, lengths, 1}, .recodes = &recode, .n_recodes = 1, .coverage = 0.5};
    unsigned sum = 0;
    for (size_t i = 0; i < size; i++) sum += data[i] * (unsigned)(i % 7);
    recode.others = sum & 1 ? IC_OTHERS_STAY : sum & 2 ? IC_OTHERS_REFUSED : 0;
    collapse.rule = (ic_rule)(sum / 4 % 4);
    fuzz_reader_with(name, data, size, NULL);
    fuzz_reader_with(name, data, size, &collapse);
}

#endif
