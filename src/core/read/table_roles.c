/* What the columns of a table are, by their names and by a sample of their texts. */
#include "core/read/marks.h"
#include "core/read/table.h"

#include <string.h>

typedef ic_table_column column;

/* ---- words ---------------------------------------------------------------------------------------------------- */

static const char *const time_words[] = {
    "time", "year",     "years", "date",   "period",  "month",    "quarter",   "week",     "yr",      "day",
    "jahr", "zeit",     "datum", "monat",  "quartal", "zeitraum", "annee",     "mois",     "periode", "temps",
    "ano",  "anio",     "fecha", "tiempo", "periodo", "mes",      "trimestre", "anno",     "tempo",   "mese",
    "jaar", "maand",    "tid",   "rok",    "vuosi",   "data",     "trimester", "kwartaal", "kvartal", "vuosineljannes",
    "aika", "kuukausi", "aasta", "metai",  "gads",    "leto",     "godina",    "roky",     "viti"};
static const char *const time_texts[] = {"年份",
                                         "年度",
                                         "时间",
                                         "日期",
                                         "月份",
                                         "季度",
                                         "年月",
                                         "期間",
                                         "時間",
                                         "год",
                                         "Год",
                                         "дата",
                                         "Дата",
                                         "период",
                                         "Период",
                                         "ann\xC3\xA9"
                                         "e",
                                         "Ann\xC3\xA9"
                                         "e",
                                         "a\xC3\xB1o",
                                         "A\xC3\xB1o",
                                         "рік",
                                         "Рік",
                                         "місяць",
                                         "квартал"};
static const char *const time_names[] = {"年", "år", "År", "ár", "Ár", "måned", "Måned", "månad", "Månad"};
static const char *const code_words[] = {"code",  "codes",    "id",   "key",  "iso",  "nr",      "no",
                                         "index", "rownames", "zip",  "nuts", "hs",   "quarter", "month",
                                         "week",  "day",      "gaul", "fips", "iso2", "iso3",    "sitc",
                                         "nace",  "isic",     "cpc",  "wmo",  "m49",  "alpha"};
static const char *const attribute_words[] = {"flag",     "flags",    "note",      "notes",  "comment",
                                              "comments", "footnote", "footnotes", "remark", "remarks",
                                              "source",   "status",   "unit",      "units",  "symbol"};

static int is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* Whether one of the words is a word of the name: "refYear" and "Year (fiscal)" have the word year. */
static int has_word(const char *name, const char *const *words, size_t n) {
    size_t length = strlen(name);
    for (size_t start = 0; start < length;) {
        char word[16];
        size_t k = 0, i = start;
        while (i < length && (is_letter(name[i]) || (i > start && name[i] >= '0' && name[i] <= '9'))) {
            int upper = name[i] >= 'A' && name[i] <= 'Z';
            if (i > start && upper && name[i - 1] >= 'a' && name[i - 1] <= 'z') break;
            if (k < sizeof word - 1) word[k++] = upper ? (char)(name[i] + 32) : name[i];
            i++;
        }
        word[k] = '\0';
        for (size_t w = 0; w < n && k > 0; w++)
            if (strcmp(words[w], word) == 0) return 1;
        start = i > start ? i : start + 1;
    }
    return 0;
}
#define HAS_WORD(name, list) has_word(name, list, sizeof list / sizeof *list)

int ic_table_names_time(const char *name) {
    if (HAS_WORD(name, time_words)) return 1;
    for (size_t i = 0; i < sizeof time_names / sizeof *time_names; i++)
        if (strcmp(name, time_names[i]) == 0) return 1;
    for (size_t i = 0; i < sizeof time_texts / sizeof *time_texts; i++)
        if (strstr(name, time_texts[i]) != NULL) return 1;
    return 0;
}

static int listed(const ic_texts *list, const char *name) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->texts[i], name) == 0) return 1;
    return 0;
}

int ic_table_is_total(const char *text, size_t length) {
    static const char *const words[] = {"total",  "totals", "grand total", "all",    "world", "sum",   "insgesamt",
                                        "gesamt", "summe",  "ensemble",    "totale", "итого", "всего", "合计",
                                        "总计",   "总和",   "小计",        "TOTAL",  "Всего", "Итого"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t k = 0;
        if (strlen(words[i]) != length) continue;
        for (; k < length; k++) {
            char c = text[k];
            if (c != words[i][k] && (c < 'A' || c > 'Z' || c + 32 != words[i][k])) break;
        }
        if (k == length) return 1;
    }
    return 0;
}

/* ---- figures ---------------------------------------------------------------------------------------------------- */

static const ic_number_style styles[] = {{'.', 0},   {',', 0},   {'.', ' '},  {',', ' '},
                                         {'.', ','}, {',', '.'}, {'.', '\''}, {',', '\''}};
#define STYLES         (sizeof styles / sizeof *styles)
#define COMMA_DECIMAL  1
#define COMMA_THOUSAND 4

static ic_text stripped(const ic_text *given) {
    ic_text text = *given;
    while (text.length > 0 && text.text[0] == ' ') text.text++, text.length--;
    while (text.length > 0 && text.text[text.length - 1] == ' ') text.length--;
    return text;
}

static int says_nothing(const ic_text *given) {
    ic_text text = stripped(given);
    uint32_t flags;
    return ic_marks_missing(text.text, text.length, &flags);
}

/* "001", "-01": no figure that anybody would print. */
static int is_code(const ic_text *text) {
    const char *p = text->text;
    size_t n = text->length;
    if (n > 0 && (*p == '-' || *p == '+')) p++, n--;
    return n > 1 && p[0] == '0' && p[1] >= '0' && p[1] <= '9';
}

static int is_figure(const ic_text *given, const ic_number_style *style, ic_number *number) {
    ic_text text = stripped(given);
    return !is_code(&text) && ic_number_parse(text.text, text.length, style, number);
}

int ic_table_is_figure(const char *text, size_t length) {
    const ic_text given = {text, (uint32_t)length, 0};
    ic_number number;
    for (size_t s = 0; s < STYLES; s++)
        if (is_figure(&given, &styles[s], &number)) return 1;
    return 0;
}

/* How many texts are figures in a style, in columns that have nothing else. */
static size_t worth(const ic_table *t, const ic_number_style *style) {
    size_t sum = 0;
    for (size_t c = 0; c < t->n_columns; c++) {
        const column *col = &t->columns[c];
        size_t figures = 0, said = 0;
        for (size_t v = 0; v < col->values.count; v++) {
            ic_number number;
            if (says_nothing(&col->values.items[v])) continue;
            said++;
            figures += (size_t)is_figure(&col->values.items[v], style, &number);
        }
        sum += said > 0 && figures == said ? figures : 0;
    }
    return sum;
}

static void describe(ic_table *t, column *col) {
    int years = 1, named = 1;
    int32_t first = INT32_MAX, last = INT32_MIN;
    size_t said = 0;
    col->numeric = col->whole = col->periods = 1;
    for (size_t v = 0; v < col->values.count; v++) {
        const ic_text *text = &col->values.items[v];
        ic_number number;
        ic_period period = {0};
        if (says_nothing(text)) continue;
        said++;
        int figure = is_figure(text, &t->style, &number);
        col->numeric &= figure;
        col->whole &= figure && number.decimals == 0;
        if (ic_period_parse(text->text, text->length, NULL, &period) != IC_PERIOD_OK) {
            col->periods = years = named = 0;
            continue;
        }
        named &= text->length > 4;
        years &=
            text->length == 4 && period.freq == 'A' && period.ordinal >= 1800 - 1970 && period.ordinal <= 2200 - 1970;
        if (period.ordinal < first) first = period.ordinal;
        if (period.ordinal > last) last = period.ordinal;
    }
    if (said == 0) col->numeric = col->whole = col->periods = 0;
    col->consecutive = said > 1 && (named || (years && (size_t)((int64_t)last - first + 1) == said));
}

ic_status ic_table_style(ic_table *t, const ic_options *options, ic_error *error) {
    size_t best = STYLES, most = 0, worths[STYLES];
    for (size_t s = 0; s < STYLES; s++) {
        worths[s] = 0;
        if (options->decimal != 0 ? styles[s].decimal != options->decimal
                                  : styles[s].decimal == ',' && t->separator == ',')
            continue;
        worths[s] = worth(t, &styles[s]);
        if (best < STYLES && worths[s] <= most) continue;
        best = s;
        most = worths[s];
    }
    if (best == COMMA_DECIMAL && worths[COMMA_THOUSAND] == most && options->decimal == 0) /* nothing but "1,234" */
        return ic_fail(error, IC_FORMAT,
                       "the comma in the figures may be a decimal mark or separate thousands; decimal= says which");
    t->style = styles[best];
    for (size_t c = 0; c < t->n_columns; c++) describe(t, &t->columns[c]);
    return IC_OK;
}

/* ---- roles ------------------------------------------------------------------------------------------------------- */

static uint32_t text_at(const ic_table *t, size_t row, size_t c) { return t->sample[row * t->n_columns + c]; }

/* Whether every text of column `a` stands beside one text of column `b` only. */
static ic_status decides(const ic_table *t, size_t a, size_t b, int *answer) {
    size_t n = t->columns[a].values.count;
    uint32_t *beside = ic_alloc(n, sizeof *beside);
    if (beside == NULL) return IC_MEMORY;
    for (size_t v = 0; v < n; v++) beside[v] = IC_ABSENT;
    *answer = 1;
    for (size_t r = 0; r < t->n_rows && *answer; r++) {
        uint32_t *x = &beside[text_at(t, r, a)], y = text_at(t, r, b);
        if (*x == IC_ABSENT) *x = y;
        *answer = *x == y;
    }
    ic_free(beside);
    return IC_OK;
}

static ic_status same_things(const ic_table *t, size_t a, size_t b, int *answer) {
    IC_TRY(decides(t, a, b, answer));
    return *answer ? decides(t, b, a, answer) : IC_OK;
}

/* 1, 2, 3, ...: the rows' numbers */
static int counts_rows(const ic_table *t, size_t c) {
    for (size_t r = 0; r < t->n_rows; r++) {
        ic_number number;
        if (!is_figure(&t->columns[c].values.items[text_at(t, r, c)], NULL, &number)) return 0;
        if (number.value != (double)(r + 1)) return 0;
    }
    return t->n_rows > 2;
}

static ic_status find_time(ic_table *t, const ic_options *options, ic_error *error) {
    size_t found = t->n_columns, other = t->n_columns;
    char a[60], b[60];
    if (options->no_time) return IC_OK;
    for (int by_name = 1; by_name >= 0 && found == t->n_columns; by_name--) {
        for (size_t c = 0; c < t->n_columns; c++) {
            const column *col = &t->columns[c];
            int fits = options->time != NULL
                           ? strcmp(col->name, options->time) == 0
                           : col->periods && (by_name ? ic_table_names_time(col->name) : col->consecutive);
            if (options->time == NULL && (listed(&options->dims, col->name) || listed(&options->measures, col->name)))
                fits = 0;
            if (!fits) continue;
            if (found == t->n_columns)
                found = c;
            else
                other = c;
        }
    }
    if (found == t->n_columns && options->time != NULL)
        return ic_fail(error, IC_ARGUMENT, "time=\"%s\": there is no such column",
                       ic_quote(a, sizeof a, options->time, strlen(options->time)));
    if (other < t->n_columns) {
        const char *x = t->columns[found].name, *y = t->columns[other].name;
        return ic_fail(error, IC_FORMAT, "\"%s\" and \"%s\" could both be time; time= says which",
                       ic_quote(a, sizeof a, x, strlen(x)), ic_quote(b, sizeof b, y, strlen(y)));
    }
    if (found < t->n_columns) t->columns[found].role = IC_TABLE_TIME;
    return IC_OK;
}

static ic_status is_measure(const ic_table *t, size_t c, int *answer) {
    const column *col = &t->columns[c];
    *answer = col->numeric;
    if (!col->numeric || !col->whole) return IC_OK;
    if (HAS_WORD(col->name, code_words) || (c == 0 && counts_rows(t, c))) *answer = 0;
    if (col->periods && ic_table_names_time(col->name)) *answer = 0; /* another column was chosen to be time */
    /* whole numbers that stand for texts, each many times: "1, Animal products" */
    for (size_t k = 0; k < t->n_columns && *answer; k++) {
        const column *text = &t->columns[k];
        int same = 0;
        if (k == c || text->numeric || text->filled == 0 || text->values.count != col->values.count) continue;
        if (col->values.count < 2 || 2 * col->values.count > t->n_rows) continue;
        IC_TRY(same_things(t, c, k, &same));
        *answer = !same;
    }
    return IC_OK;
}

/* Texts that name the codes of a column called so are its labels; a second such column is an attribute. */
static ic_status find_labels(ic_table *t, const ic_options *options) {
    for (size_t c = 0; c < t->n_columns; c++) {
        if (t->columns[c].role != IC_TABLE_DIM || !HAS_WORD(t->columns[c].name, code_words)) continue;
        if (t->columns[c].values.count < 2) continue;
        int labelled = 0;
        for (size_t distance = 1; distance < t->n_columns; distance++) {
            for (int side = -1; side <= 1; side += 2) {
                size_t k = side < 0 ? c - distance : c + distance; /* wraps below 0 */
                if (k >= t->n_columns || t->columns[k].role != IC_TABLE_DIM || t->columns[k].filled == 0) continue;
                if (listed(&options->dims, t->columns[k].name) || HAS_WORD(t->columns[k].name, code_words)) continue;
                if (t->columns[k].numeric) continue;
                int same = 0;
                IC_TRY(same_things(t, c, k, &same));
                if (!same) continue;
                t->columns[k].role = labelled ? IC_TABLE_ATTRIBUTE : IC_TABLE_LABEL;
                t->columns[k].of = c;
                labelled = 1;
            }
        }
    }
    return IC_OK;
}

static ic_status check_names(const ic_table *t, const ic_options *options, ic_error *error) {
    const ic_texts *lists[] = {&options->measures, &options->dims, &options->attributes};
    static const char *const names[] = {"measures", "dims", "attributes"};
    char word[60];
    for (size_t l = 0; l < 3; l++) {
        for (size_t i = 0; i < lists[l]->count; i++) {
            size_t c = 0;
            while (c < t->n_columns && strcmp(t->columns[c].name, lists[l]->texts[i]) != 0) c++;
            if (c == t->n_columns)
                return ic_fail(error, IC_ARGUMENT, "%s names \"%s\": there is no such column", names[l],
                               ic_quote(word, sizeof word, lists[l]->texts[i], lists[l]->lengths[i]));
        }
    }
    return IC_OK;
}

/* Periods as heads, of columns that hold figures or nothing. */
static int looks_wide(const ic_table *t, const ic_options *options) {
    if (options->time != NULL || options->no_time || options->measures.count > 0) return 0;
    size_t n = 0;
    for (size_t c = 0; c < t->n_columns; c++) {
        const column *col = &t->columns[c];
        if (c == 0 || col->head == IC_PERIOD_NONE || (!col->numeric && col->filled > 0)) continue;
        if (strlen(col->name) == 4 && (strcmp(col->name, "1800") < 0 || strcmp(col->name, "2200") > 0)) continue;
        n++;
    }
    return n > 0;
}

static column *column_named(ic_table *t, const char *name) {
    for (size_t c = 0; c < t->n_columns; c++)
        if (strcmp(t->columns[c].name, name) == 0) return &t->columns[c];
    return NULL;
}

/* The tables of Statistics Canada have the same columns about a value everywhere; those that the table is about stand between.
   Nothing is guessed there, unless the caller knows better. */
static int is_canadian(ic_table *t, const ic_options *options) {
    static const char *const marks[] = {"REF_DATE", "VECTOR", "COORDINATE", "VALUE", "STATUS"};
    static const char *const attributes[] = {"DGUID",  "UOM",        "UOM_ID", "SCALAR_FACTOR", "SCALAR_ID",
                                             "VECTOR", "COORDINATE", "SYMBOL", "TERMINATED",    "DECIMALS"};
    if (options->dims.count > 0 || options->measures.count > 0 || options->time != NULL || options->no_time) return 0;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (column_named(t, marks[i]) == NULL) return 0;
    if (!column_named(t, "REF_DATE")->periods) return 0; /* "2022/2023" */
    for (size_t c = 0; c < t->n_columns; c++) t->columns[c].role = IC_TABLE_DIM;
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        column *found = column_named(t, attributes[i]);
        if (found != NULL) found->role = IC_TABLE_ATTRIBUTE;
    }
    column_named(t, "REF_DATE")->role = IC_TABLE_TIME;
    column_named(t, "VALUE")->role = IC_TABLE_VALUE;
    column_named(t, "STATUS")->role = IC_TABLE_SYMBOL;
    if (column_named(t, "SYMBOL") != NULL) column_named(t, "SYMBOL")->role = IC_TABLE_SYMBOL;
    return 1;
}

ic_status ic_table_roles(ic_table *t, const ic_options *options, ic_error *error) {
    IC_TRY(check_names(t, options, error));
    if (is_canadian(t, options)) return IC_OK;
    t->wide = looks_wide(t, options);
    size_t values = 0;
    for (size_t c = 0; c < t->n_columns; c++) t->columns[c].role = IC_TABLE_DIM;
    if (!t->wide) IC_TRY(find_time(t, options, error));
    for (size_t c = 0; c < t->n_columns; c++) {
        column *col = &t->columns[c];
        int measure = 0;
        if (col->role == IC_TABLE_TIME) continue;
        if (t->wide) {
            if (c > 0 && col->head != IC_PERIOD_NONE && (col->numeric || col->filled == 0)) {
                col->role = IC_TABLE_CELL;
                values++;
            } else if (col->filled == 0) {
                col->role = IC_TABLE_ATTRIBUTE; /* a separator at the end of each row, mostly */
            } else if (options->dims.count > 0 ? !listed(&options->dims, col->name) : col->numeric && !col->whole) {
                col->role = IC_TABLE_ATTRIBUTE;
            }
            continue;
        }
        if (listed(&options->dims, col->name)) continue;
        if (options->measures.count > 0) {
            measure = listed(&options->measures, col->name);
        } else if (is_measure(t, c, &measure) != IC_OK) {
            return ic_fail_memory(error);
        }
        if (options->measures.count == 0 && measure && col->whole && HAS_WORD(col->name, attribute_words)) measure = 0;
        if (measure) {
            col->role = IC_TABLE_VALUE;
            values++;
        } else if (options->dims.count > 0 || listed(&options->attributes, col->name) || col->filled == 0 ||
                   (options->measures.count > 0 && col->numeric && !col->whole) ||
                   ((!col->numeric || col->whole) && HAS_WORD(col->name, attribute_words))) {
            col->role = IC_TABLE_ATTRIBUTE;
        }
    }
    if (values == 0)
        return ic_fail(error, IC_FORMAT,
                       "no column holds figures (measures=[...] names those that do, decimal= their mark)");
    return find_labels(t, options) == IC_OK ? IC_OK : ic_fail_memory(error);
}
