/* Keys that are there twice. A fan that comes once, with rising codes, has none, and that is nearly every one: only where it is
   not so are all rows sorted by their keys. */
#include "core/period/period.h"
#include "core/read/fan.h"

#include <stdio.h>
#include <string.h>

/* Whether some fan is not rising, or a handle comes back with codes that aren't above those it had. */
static ic_status doubt(const ic_fans *f, int *doubtful) {
    uint64_t *last = ic_alloc_zeroed(f->table.count, sizeof *last);
    if (last == NULL) return IC_MEMORY;
    *doubtful = 0;
    for (size_t i = 0; i < f->n; i++) {
        const ic_fan_part *part = &f->parts[i];
        for (size_t r = 0; r < part->n_runs; r++) {
            const ic_fan_run *run = &part->runs[r];
            uint64_t *before = &last[f->handles[i][run->handle]];
            if (!run->rising || run->first <= *before) *doubtful = 1;
            *before = run->last;
        }
    }
    ic_free(last);
    return IC_OK;
}

/* ---- sorting -------------------------------------------------------------------------------------------------------- */

typedef struct place {
    uint32_t handle, code;
    uint64_t row;
} place;

#define DIGIT_BITS 11
#define DIGITS     ((size_t)1 << DIGIT_BITS)

static uint64_t key_of(const place *p, unsigned code_bits) { return (uint64_t)p->handle << code_bits | p->code; }

static unsigned bits_of(uint64_t v) {
    unsigned bits = 0;
    for (; v > 0; v >>= 1) bits++;
    return bits;
}

/* By handle and code; rows of one key stay in their order. The sorted places end up in *places. */
static ic_status sort(const ic_fans *f, place **places, place **spare, unsigned code_bits, unsigned bits) {
    size_t *starts = ic_alloc(DIGITS, sizeof *starts);
    if (starts == NULL) return IC_MEMORY;
    ic_status status = IC_OK;
    for (unsigned shift = 0; shift < bits && status == IC_OK; shift += DIGIT_BITS) {
        const ic_source *source = f->source;
        if (source->poll != NULL &&
            source->poll(source->context, source->size == IC_SIZE_UNKNOWN ? 0 : source->size) != 0) {
            status = ic_fail(f->error, IC_STOPPED, "stopped");
            break;
        }
        memset(starts, 0, DIGITS * sizeof *starts);
        for (size_t k = 0; k < f->rows; k++) starts[key_of(&(*places)[k], code_bits) >> shift & (DIGITS - 1)]++;
        size_t sum = 0;
        for (size_t d = 0; d < DIGITS; d++) {
            const size_t n = starts[d];
            starts[d] = sum;
            sum += n;
        }
        for (size_t k = 0; k < f->rows; k++)
            (*spare)[starts[key_of(&(*places)[k], code_bits) >> shift & (DIGITS - 1)]++] = (*places)[k];
        place *sorted = *spare;
        *spare = *places;
        *places = sorted;
    }
    ic_free(starts);
    return status;
}

static void collect(const ic_fans *f, place *places) {
    const size_t n_dims = f->dataset->n_dims;
    size_t row = 0;
    for (size_t i = 0; i < f->n; i++) {
        const ic_fan_part *part = &f->parts[i];
        const uint32_t *map = f->codes[i * n_dims + f->shape->dim];
        for (size_t run = 0, k = 0; k < part->used; k++, row++) {
            while (run + 1 < part->n_runs && part->runs[run + 1].row <= k) run++;
            const uint32_t code = part->wide != NULL ? part->wide[k] : part->narrow[k];
            places[row] = (place){f->handles[i][part->runs[run].handle], map[code], row};
        }
    }
}

static int same_key(const place *a, const place *b) { return a->handle == b->handle && a->code == b->code; }

/* ---- what comes of it --------------------------------------------------------------------------------------------- */

/* The line of a row, counted over all parts. */
static uint64_t line_of(const ic_fans *f, uint64_t row) {
    uint64_t line = f->first_line;
    for (size_t i = 0; i < f->n; i++) {
        const ic_fan_part *part = &f->parts[i];
        if (row < part->used) {
            size_t low = 0, high = part->n_runs;
            while (high - low > 1) {
                const size_t middle = low + (high - low) / 2;
                if (part->runs[middle].row <= row)
                    low = middle;
                else
                    high = middle;
            }
            return line + part->runs[low].line + (row - part->runs[low].row);
        }
        row -= part->used;
        line += part->lines;
    }
    return line;
}

/* Says what is there twice: the codes, the period, both lines. */
static ic_status twice(const ic_fans *f, const place *earlier, const place *later) {
    char key[IC_MESSAGE_SIZE / 2] = "", quoted[40], period[IC_PERIOD_TEXT] = "";
    size_t used = 0;
    const char *handle = f->table.items[later->handle].text;
    int32_t code;
    for (size_t d = 0; d < f->dataset->n_dims && used < sizeof key; d++) {
        memcpy(&code, handle + d * sizeof code, sizeof code);
        const ic_text *text = &f->dataset->dims[d].codes.items[d == f->shape->dim ? later->code : (uint32_t)code];
        ic_quote(quoted, sizeof quoted, text->text, text->length);
        const int n =
            snprintf(key + used, sizeof key - used, "%s%s=%s", d == 0 ? "" : ", ", f->dataset->dims[d].name, quoted);
        used += n < 0 ? 0 : (size_t)n;
    }
    memcpy(&code, handle + f->dataset->n_dims * sizeof code, sizeof code);
    ic_period_format(f->dataset->freq, code, period);
    f->error->line = line_of(f, later->row);
    f->error->column = 1;
    return ic_fail(f->error, IC_FORMAT,
                   "%s, %s is there twice, on line %llu and line %llu (duplicates=\"first\", \"last\" or \"sum\" "
                   "settles it)",
                   key, period, (unsigned long long)line_of(f, earlier->row), (unsigned long long)f->error->line);
}

/* Takes the rows that are marked out of a column. */
static void squeeze(void *data, size_t size, const uint8_t *gone, size_t rows) {
    char *to = data;
    for (size_t k = 0; k < rows; k++) {
        if (gone[k]) continue;
        if (to != (char *)data + k * size) memcpy(to, (char *)data + k * size, size);
        to += size;
    }
}

static ic_status settle(ic_fans *f, const place *places) {
    ic_dataset *dataset = f->dataset;
    const ic_duplicates rule = f->options->duplicates;
    double *values = dataset->values.data;
    uint32_t *flags = dataset->flags.data;
    uint8_t *gone = ic_alloc_zeroed(f->rows, 1);
    if (gone == NULL) return IC_MEMORY;
    size_t extra = 0;
    for (size_t k = 0, end; k < f->rows; k = end) {
        const uint64_t kept = places[k].row;
        for (end = k + 1; end < f->rows && same_key(&places[k], &places[end]); end++) {
            const uint64_t row = places[end].row;
            gone[rule == IC_DUPLICATES_LAST ? places[end - 1].row : row] = 1;
            extra++;
            if (rule != IC_DUPLICATES_SUM) continue;
            values[kept] += values[row];
            if (flags != NULL) flags[kept] |= flags[row];
        }
    }
    for (size_t d = 0; d < dataset->n_dims; d++) squeeze(dataset->positions[d].data, dataset->widths[d], gone, f->rows);
    squeeze(dataset->ordinals.data, sizeof(int32_t), gone, f->rows);
    squeeze(values, sizeof *values, gone, f->rows);
    if (flags != NULL) squeeze(flags, sizeof *flags, gone, f->rows);
    dataset->rows = f->rows - extra;
    ic_free(gone);
    return IC_OK;
}

/* The pair whose later row comes first in the file, or NULL. */
static const place *first_pair(const ic_fans *f, const place *places) {
    const place *found = NULL;
    for (size_t k = 1; k < f->rows; k++)
        if (same_key(&places[k - 1], &places[k]) && (found == NULL || places[k].row < found->row)) found = &places[k];
    return found;
}

ic_status ic_fans_twice(ic_fans *f) {
    int doubtful = 0;
    IC_TRY(doubt(f, &doubtful));
    if (!doubtful) return IC_OK;
    const unsigned code_bits = bits_of(f->dataset->dims[f->shape->dim].codes.count);
    place *places = ic_alloc(f->rows, sizeof *places), *spare = ic_alloc(f->rows, sizeof *spare);
    ic_status status = places == NULL || spare == NULL ? IC_MEMORY : IC_OK;
    if (status == IC_OK) {
        collect(f, places);
        status = sort(f, &places, &spare, code_bits, code_bits + bits_of(f->table.count));
    }
    if (status == IC_OK) {
        const place *pair = first_pair(f, places);
        if (pair != NULL)
            status = f->options->duplicates == IC_DUPLICATES_ERROR ? twice(f, pair - 1, pair) : settle(f, places);
    }
    ic_free(places);
    ic_free(spare);
    return status;
}
