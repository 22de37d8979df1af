/* Values and statuses of a data set, one after the other. json_stat_quick.c does the same for what is as it mostly is. */
#include "core/number/number.h"
#include "core/read/json_stat.h"
#include "core/read/marks.h"

#include <math.h>
#include <string.h>

static ic_status next(ic_stat *s) { return ic_json_next(&s->json, s->error); }

static ic_status expected(ic_stat *s, const char *where, const char *what) {
    return ic_json_expected(&s->json, where, what, s->error);
}

/* "24 cells (2 x 3 x 4)" */
static const char *shape_of(const ic_stat *s, char *text, size_t size) {
    size_t used = 0;
    char one[40];
    for (size_t d = 0; d < s->dense.n_dims; d++) {
        size_t n = s->dense.dims[d].codes.count, digits = sizeof one;
        do {
            one[--digits] = (char)('0' + n % 10);
            n /= 10;
        } while (n > 0);
        if (used + 3 + (sizeof one - digits) + 1 > size) break;
        if (d > 0) {
            memcpy(text + used, " x ", 3);
            used += 3;
        }
        memcpy(text + used, one + digits, sizeof one - digits);
        used += sizeof one - digits;
    }
    text[used] = '\0';
    return text;
}

static ic_status wrong_count(ic_stat *s, const char *what, uint64_t n, int more) {
    char shape[120];
    ic_json_place(&s->json, s->json.offset, s->error);
    return ic_fail(s->error, IC_FORMAT, "expected %llu %s (%s), not %s%llu", (unsigned long long)s->dense.cells, what,
                   shape_of(s, shape, sizeof shape), more ? "more than " : "", (unsigned long long)n);
}

/* The cell that a key names. */
static ic_status cell_named(ic_stat *s, const char *where, uint64_t *cell) {
    const ic_json *json = &s->json;
    uint64_t k = 0;
    int number = json->length > 0 && json->length <= 18;
    for (size_t i = 0; number && i < json->length; i++) {
        number = json->text[i] >= '0' && json->text[i] <= '9';
        k = 10 * k + (uint64_t)(json->text[i] - '0');
    }
    *cell = k;
    if (number && k < s->dense.cells) return IC_OK;
    char what[60] = "the number of a cell below ", digits[24];
    size_t n = sizeof digits;
    uint64_t rest = s->dense.cells;
    do {
        digits[--n] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    size_t used = strlen(what);
    memcpy(what + used, digits + n, sizeof digits - n);
    what[used + sizeof digits - n] = '\0';
    return expected(s, where, what);
}

/* ---- values ----------------------------------------------------------------------------------------------------- */

static void put_flags(ic_stat *s, uint64_t place, uint32_t flags) {
    if (flags == 0) return;
    ((uint32_t *)s->dense.flags.data)[place] |= flags;
    s->dense.any_flags |= flags;
}

/* The event is the value of cell `k`: a number, null, a text that is a number or says that there is none. */
static ic_status read_value(ic_stat *s, uint64_t k) {
    const ic_json *json = &s->json;
    ic_number number;
    uint32_t flags = 0;
    uint64_t place = ic_dense_place(&s->dense, k);
    int is_number = (json->event == IC_JSON_NUMBER || json->event == IC_JSON_STRING) &&
                    ic_number_parse(json->text, json->length, NULL, &number);
    int missing = json->event == IC_JSON_NULL ||
                  (json->event == IC_JSON_STRING && !is_number && ic_marks_missing(json->text, json->length, &flags));
    if (!is_number && !missing) return expected(s, "value", "a number or null");
    if (place == IC_NOWHERE) return IC_OK;
    if (is_number)
        ic_dense_put(&s->dense, place, number.value, IC_DENSE_DECIMALS(number));
    else
        ic_dense_put(&s->dense, place, NAN, -1);
    put_flags(s, place, flags);
    return IC_OK;
}

static ic_status read_value_array(ic_stat *s) {
    uint64_t n = 0;
    for (;;) {
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_ARRAY_END) break;
        if (n == s->dense.cells) return wrong_count(s, "values", n, 1);
        IC_TRY(read_value(s, n++));
    }
    return n == s->dense.cells ? IC_OK : wrong_count(s, "values", n, 0);
}

static ic_status read_value_object(ic_stat *s) {
    ic_block met = {0}; /* a bit for every cell */
    if (ic_block_make(&met, (size_t)(s->dense.cells / 8 + 1), 1) != IC_OK) return IC_MEMORY;
    uint8_t *bits = met.data;
    ic_status status;
    while ((status = next(s)) == IC_OK && s->json.event != IC_JSON_OBJECT_END) {
        uint64_t cell = 0;
        status = cell_named(s, "value", &cell);
        if (status != IC_OK) break;
        int again = bits[cell / 8] >> cell % 8 & 1;
        if (again && s->options->duplicates != IC_DUPLICATES_FIRST && s->options->duplicates != IC_DUPLICATES_LAST) {
            status = expected(s, "value", "every cell once (duplicates=\"first\" or \"last\" settles it)");
            break;
        }
        bits[cell / 8] |= (uint8_t)(1u << cell % 8);
        status = next(s);
        if (status == IC_OK && again && s->options->duplicates == IC_DUPLICATES_FIRST)
            status = ic_json_pass(&s->json, s->error);
        else if (status == IC_OK)
            status = read_value(s, cell);
        if (status != IC_OK) break;
    }
    ic_block_free(&met);
    return status;
}

/* ---- statuses ----------------------------------------------------------------------------------------------------- */

int ic_stat_flags(const char *text, size_t length, uint64_t unknown[256], uint32_t *flags) {
    static const struct {
        const char *text;
        uint32_t flags;
    } symbols[] = {{"-", IC_FLAG_ZERO},
                   {".", IC_FLAG_NOT_APPLICABLE},
                   {"..", IC_FLAG_NOT_AVAILABLE},
                   {"...", IC_FLAG_NOT_YET},
                   {":", 0},
                   {"", 0}};
    size_t letters = 0;
    const uint32_t named = ic_marks_names(text, &length); /* as write_json_stat writes what has no letter */
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        if (strlen(symbols[i].text) != length || memcmp(symbols[i].text, text, length) != 0) continue;
        *flags = symbols[i].flags | named;
        return 1;
    }
    if (text[0] == ':') { /* ": c" */
        text++;
        length--;
    }
    *flags = IC_FLAG_OTHER | named;
    char clean[16];
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i], lower = (unsigned char)(c | 0x20);
        int letter = lower >= 'a' && lower <= 'z';
        letters += (size_t)letter;
        if ((!letter && c != ' ' && c != ';' && c != ',') || letters > 4) return 0;
        if (letter) clean[n++] = text[i];
    }
    *flags = ic_marks_read(clean, n, unknown) | named;
    return 1;
}

static ic_status flags_of(ic_stat *s, const char *text, size_t length, uint32_t *flags) {
    if (ic_stat_flags(text, length, s->unknown_marks, flags) || s->dataset->n_notes > 1000) return IC_OK;
    return ic_dataset_note(s->dataset, "unknown_flags", text, length, 1);
}

/* The event is the status of cell `k`. */
static ic_status read_status(ic_stat *s, uint64_t k) {
    uint32_t flags = 0;
    if (s->json.event == IC_JSON_NULL) return IC_OK;
    if (s->json.event != IC_JSON_STRING && s->json.event != IC_JSON_NUMBER)
        return expected(s, "status", "a text or null");
    uint64_t place = ic_dense_place(&s->dense, k);
    if (place == IC_NOWHERE) return IC_OK;
    IC_TRY(flags_of(s, s->json.text, s->json.length, &flags));
    put_flags(s, place, flags);
    return IC_OK;
}

static ic_status read_status_array(ic_stat *s) {
    uint64_t n = 0;
    for (;;) {
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_ARRAY_END) break;
        if (n == s->dense.cells) return wrong_count(s, "statuses", n, 1);
        IC_TRY(read_status(s, n++));
    }
    return n <= 1 || n == s->dense.cells ? IC_OK : wrong_count(s, "statuses", n, 0);
}

static ic_status read_status_object(ic_stat *s) {
    for (;;) {
        uint64_t cell = 0;
        IC_TRY(next(s));
        if (s->json.event == IC_JSON_OBJECT_END) return IC_OK;
        if (s->json.length == 5 && memcmp(s->json.text, "value", 5) == 0) { /* an old service of Eurostat's */
            IC_TRY(next(s));
            if (s->json.event != IC_JSON_ARRAY) return expected(s, "status", "an array");
            IC_TRY(read_status_array(s));
            continue;
        }
        if (s->json.length == 8 && memcmp(s->json.text, "category", 8) == 0) { /* what the letters mean, there */
            IC_TRY(ic_json_pass(&s->json, s->error));
            continue;
        }
        IC_TRY(cell_named(s, "status", &cell));
        IC_TRY(next(s));
        IC_TRY(read_status(s, cell));
    }
}

/* One status for all cells that have a value. */
static ic_status status_of_all(ic_stat *s) {
    uint32_t flags = 0;
    const ic_text *text = &s->set->status.text;
    const double *values = s->dense.values.data;
    IC_TRY(flags_of(s, text->text, text->length, &flags));
    for (uint64_t k = 0; flags != 0 && k < s->dense.room; k++)
        if (!isnan(values[k])) put_flags(s, k, flags);
    return IC_OK;
}

/* ---- both --------------------------------------------------------------------------------------------------------- */

/* The array or object, plainly. */
static ic_status read_place(ic_stat *s, const ic_stat_place *place, ic_status (*array)(ic_stat *),
                            ic_status (*object)(ic_stat *)) {
    ic_json_visit(&s->json, place->offset);
    IC_TRY(next(s));
    return place->bracket == '[' ? array(s) : object(s);
}

ic_status ic_stat_cells(ic_stat *s) {
    const ic_stat_place *value = &s->set->value, *status = &s->set->status;
    int odd = 0;
    if (value->commas != NULL) { /* nothing is made for an array that has not got its size */
        uint64_t n = 1;
        for (size_t k = 0; k < value->pieces; k++) n += value->commas[k];
        if (n != s->dense.cells) return IC_FORMAT;
    }
    IC_TRY(ic_dense_make(&s->dense, value->bracket == '{' || !value->there));
    if (value->there && value->commas != NULL)
        IC_TRY(ic_stat_quick_array(s, &odd));
    else if (value->there && value->end != 0 && value->bracket == '{')
        IC_TRY(ic_stat_quick_object(s, 0, &odd));
    else if (value->there)
        IC_TRY(read_place(s, value, read_value_array, read_value_object));
    if (odd) return IC_FORMAT;
    if (status->there && status->bracket == '"') return status_of_all(s);
    if (status->there && status->end != 0 && status->bracket == '{')
        IC_TRY(ic_stat_quick_object(s, 1, &odd));
    else if (status->there)
        IC_TRY(read_place(s, status, read_status_array, read_status_object));
    return odd ? IC_FORMAT : IC_OK;
}
