/* nbs: what the National Bureau of Statistics of China's site exports. Title lines, a head row with the periods (the newest
   first), a row per region or indicator, then notes and the source. Indicators carry their unit in brackets. */
#include "core/base/utf8.h"
#include "core/read/wide.h"
#include "core/scan/scan.h"

#include <string.h>

int ic_nbs_sniff(const char *head, size_t length);
ic_status ic_nbs_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error);

#define TITLES_MOST 64 /* lines before the head row */

typedef struct span {
    const char *text;
    size_t length;
} span;

static int starts(span text, const char *with) {
    size_t n = strlen(with);
    return text.length >= n && memcmp(text.text, with, n) == 0;
}

static int is(span text, const char *word) { return text.length == strlen(word) && starts(text, word); }

static int ends_in(span text, const char *with) {
    size_t n = strlen(with);
    return text.length >= n && memcmp(text.text + text.length - n, with, n) == 0;
}

static span cut(span text, size_t n) { return (span){text.text + n, text.length - n}; }

/* Without blanks (the wide one of Chinese texts too), and without quotes around it. */
static span bare(span text) {
    for (size_t before = SIZE_MAX; before != text.length;) {
        before = text.length;
        if (text.length > 0 && (text.text[0] == ' ' || text.text[0] == '\t')) text = cut(text, 1);
        if (starts(text, "　")) text = cut(text, 3);
        if (text.length > 0 && (text.text[text.length - 1] == ' ' || text.text[text.length - 1] == '\t')) text.length--;
        if (ends_in(text, "　")) text.length -= 3;
    }
    if (text.length >= 2 && text.text[0] == '"' && text.text[text.length - 1] == '"')
        return (span){text.text + 1, text.length - 2};
    return text;
}

/* "指标：..." -> the word before the colon and what follows it; 0 if there is no colon. */
static int divided(span text, span *key, span *rest) {
    for (size_t i = 0; i < text.length; i++) {
        span here = cut(text, i);
        size_t colon = starts(here, "：") ? 3 : text.text[i] == ':' ? 1 : 0;
        if (colon == 0) continue;
        *key = bare((span){text.text, i});
        *rest = bare(cut(here, colon));
        return key->length > 0;
    }
    return 0;
}

/* What title lines begin with, and the attribute that they become. */
static const struct title {
    const char *key, *name;
} titles[] = {{"数据库", "database"}, {"指标", "indicator"}, {"地区", "region"}, {"时间", "range"},
              {"单位", "unit"},       {"频率", "frequency"}, {"表名", "title"},  {"更新时间", "updated"}};

static const char *title_name(span key) {
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        if (is(key, titles[i].key)) return titles[i].name;
    return NULL;
}

/* The lines behind the table begin with one of these. */
static int is_remark(span text) {
    static const char *const words[] = {"注", "数据来源", "资料来源", "说明", "备注", "来源"};
    if (text.length > 0 && text.text[0] == '"') text = cut(text, 1);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i]);
        if (!starts(text, words[i])) continue;
        span rest = cut(text, n);
        if (starts(rest, "：") || starts(rest, ":") || starts(rest, "1")) return 1;
    }
    return 0;
}

static int is_period(span text, ic_period *period) {
    text = bare(text);
    return ic_period_parse(text.text, text.length, NULL, period) == IC_PERIOD_OK;
}

/* ---- sniffing ------------------------------------------------------------------------------------------------- */

static span next_line(const char *text, size_t length, size_t *start) {
    size_t from = *start, end = from;
    while (end < length && text[end] != '\n') end++;
    *start = end < length ? end + 1 : length;
    if (end > from && text[end - 1] == '\r') end--;
    return (span){text + from, end - from};
}

static span without_mark(span line) { return starts(line, "\xEF\xBB\xBF") ? cut(line, 3) : line; }

int ic_nbs_sniff(const char *head, size_t length) {
    size_t start = 0;
    int known = 0;
    for (size_t i = 0; i < TITLES_MOST && start < length; i++) {
        span line = next_line(head, length, &start), key, rest;
        if (i == 0) line = without_mark(line);
        size_t n = 0;
        while (n < line.length && line.text[n] != ',' && line.text[n] != ';' && line.text[n] != '\t') n++;
        span first = bare((span){line.text, n});
        if (divided(first, &key, &rest)) {
            known += title_name(key) != NULL;
            continue;
        }
        if (n == line.length) continue;
        if (!is(first, "地区") && !is(first, "指标")) return known > 1 ? 80 : 0;
        span second = cut(line, n + 1);
        for (n = 0; n < second.length && second.text[n] != ',' && second.text[n] != ';' && second.text[n] != '\t';) n++;
        second = bare((span){second.text, n});
        ic_period period;
        return is_period(second, &period) && second.length > 4 ? 97 : known > 1 ? 80 : 0;
    }
    return known > 1 ? 80 : 0;
}

/* ---- what is said around the table ----------------------------------------------------------------------------- */

typedef struct remark {
    const char *name;
    char *text;
    size_t length, room;
} remark;

typedef struct nbs {
    ic_wide wide;
    remark *remarks; /* title lines and what stands behind the table, by name */
    size_t n_remarks, remarks_room;
    const char *separators; /* that the head row may have */
} nbs;

static const remark *said(const nbs *n, const char *name) {
    for (size_t i = 0; i < n->n_remarks; i++)
        if (strcmp(n->remarks[i].name, name) == 0) return &n->remarks[i];
    return NULL;
}

/* Several lines of one name are kept as lines of one text. */
static ic_status say(nbs *n, span name, span text) {
    remark *found = NULL;
    for (size_t i = 0; i < n->n_remarks && found == NULL; i++)
        if (is(name, n->remarks[i].name)) found = &n->remarks[i];
    if (found == NULL) {
        void *grown = n->remarks;
        ic_status status = ic_grow(&grown, &n->remarks_room, n->n_remarks + 1, sizeof *n->remarks);
        n->remarks = grown;
        IC_TRY(status);
        found = &n->remarks[n->n_remarks];
        *found = (remark){.name = ic_arena_text(&n->wide.arena, name.text, name.length)};
        if (found->name == NULL) return IC_MEMORY;
        n->n_remarks++;
    }
    void *grown = found->text;
    ic_status status = ic_grow(&grown, &found->room, found->length + text.length + 1, 1);
    found->text = grown;
    IC_TRY(status);
    if (found->length > 0) found->text[found->length++] = '\n';
    memcpy(found->text + found->length, text.text, text.length);
    found->length += text.length;
    return IC_OK;
}

static span named(const char *name) { return (span){name, strlen(name)}; }

static ic_status title_line(nbs *n, span line) {
    span key, rest;
    if (line.length == 0) return IC_OK;
    if (!divided(line, &key, &rest)) return say(n, named("title"), line);
    const char *name = title_name(key);
    return say(n, name != NULL ? named(name) : key, rest);
}

static ic_status line_behind(void *context, const char *text, size_t length) {
    nbs *n = context;
    while (length > 0 && (text[length - 1] == '\r' || text[length - 1] == n->wide.separator)) length--;
    span line = bare((span){text, length}), key, rest;
    if (line.length == 0) return IC_OK;
    int source = divided(line, &key, &rest) && ends_in(key, "来源");
    return source ? say(n, named("source"), rest) : say(n, named("notes"), line);
}

static int marked(const char *row, size_t length) { return is_remark((span){row, length}); }

/* A remark by its first word, or a text without any cell. */
static int ends(const ic_wide *wide, const ic_row *row) {
    return is_remark(bare((span){row->fields[0].text, row->fields[0].length})) ||
           (row->count == 1 && wide->n_columns > 1);
}

/* ---- the head ---------------------------------------------------------------------------------------------------- */

static ic_status bad(const ic_window *window, const nbs *n, const char *place, ic_error *error, const char *what,
                     span text) {
    char quoted[60];
    ic_error_place(error, window->begin, window->offset, n->wide.line, place);
    return ic_fail(error, IC_FORMAT, what, ic_quote(quoted, sizeof quoted, text.text, text.length));
}

/* The columns of the head row: names of dimensions up to the first period, then periods, then perhaps nothing. */
static ic_status read_columns(nbs *n, const ic_window *window, const ic_row *row, ic_error *error) {
    ic_wide *w = &n->wide;
    size_t count = row->count;
    while (count > 0 && bare((span){row->fields[count - 1].text, row->fields[count - 1].length}).length == 0) count--;
    w->columns = ic_alloc_zeroed(count, sizeof *w->columns);
    w->dims = ic_alloc_zeroed(count + 2, sizeof *w->dims);
    if (w->columns == NULL || w->dims == NULL) return ic_fail_memory(error);
    w->n_columns = count;
    int periods = 0;
    for (size_t c = 0; c < count; c++) {
        ic_wide_column *column = &w->columns[c];
        const ic_field *field = &row->fields[c];
        span name = bare((span){field->text, field->length});
        if (ic_utf8_valid(name.text, name.length) != name.length || memchr(name.text, '\0', name.length) != NULL)
            return bad(window, n, field->raw, error, "the head's \"%s\" is no UTF-8 (encoding= names another)", name);
        column->name = ic_arena_text(&w->arena, name.text, name.length);
        if (column->name == NULL) return ic_fail_memory(error);
        ic_period_result result =
            c == 0 ? IC_PERIOD_NONE : ic_period_parse(name.text, name.length, NULL, &column->period);
        if (result == IC_PERIOD_UNSUPPORTED) {
            bad(window, n, field->raw, error, "\"%s\" is a period that none of A, S, Q, M, W, D can hold", name);
            return error->status = IC_UNSUPPORTED;
        }
        if (result != IC_PERIOD_NONE) {
            column->kind = IC_WIDE_CELL;
            column->unplaced = result == IC_PERIOD_UNPLACED;
            periods = 1;
            continue;
        }
        if (periods || name.length == 0) return bad(window, n, field->raw, error, "\"%s\" is no period", name);
        ic_wide_dim *dim = &w->dims[w->n_dims];
        dim->name = is(name, "地区") ? "region" : is(name, "指标") ? "indicator" : column->name;
        dim->title = dim->name == column->name ? NULL : column->name;
        for (size_t d = 0; d < w->n_dims; d++)
            if (strcmp(w->dims[d].name, dim->name) == 0)
                return bad(window, n, field->raw, error, "two columns are called \"%s\"", name);
        column->kind = IC_WIDE_DIM;
        column->dim = w->n_dims++;
    }
    return IC_OK;
}

/* A region or an indicator that only a title line names is a dimension of one code. */
static ic_status add_fixed(nbs *n, const char *name, ic_error *error) {
    ic_wide *w = &n->wide;
    const remark *text = said(n, name);
    for (size_t d = 0; d < w->n_dims; d++)
        if (strcmp(w->dims[d].name, name) == 0) return IC_OK;
    if (text == NULL) return IC_OK;
    char *code = ic_arena_text(&w->arena, text->text, text->length);
    if (code == NULL) return ic_fail_memory(error);
    w->dims[w->n_dims++] = (ic_wide_dim){.name = name, .fixed = code};
    return IC_OK;
}

static int has_period(const ic_row *row) {
    ic_period period;
    for (size_t i = 1; i < row->count; i++)
        if (is_period((span){row->fields[i].text, row->fields[i].length}, &period)) return 1;
    return 0;
}

/* Title lines and the head row; the window is then at the first row. */
static ic_status read_head(nbs *n, ic_window *window, const ic_options *options, ic_row *row, ic_error *error) {
    for (size_t i = 0; i < TITLES_MOST; i++) {
        if (window->begin == window->rows_end) IC_TRY(ic_window_fill(window, error));
        if (window->offset == 0) {
            span first = without_mark((span){window->begin, (size_t)(window->end - window->begin)});
            ic_window_advance(window, first.text);
        }
        if (window->begin == window->end) break;
        for (const char *separator = n->separators; *separator != '\0'; separator++) {
            const char *next = NULL;
            ic_row_result result =
                ic_row_split(row, window->begin, window->rows_end, *separator, (size_t)options->limits.columns, &next);
            if (result == IC_ROW_NO_MEMORY) return ic_fail_memory(error);
            if (result == IC_ROW_TOO_WIDE)
                return ic_fail(error, IC_LIMIT, "more than %llu columns (limits={\"columns\": ...} allows more)",
                               (unsigned long long)options->limits.columns);
            if (result != IC_ROW_WHOLE || !has_period(row)) continue;
            n->wide.separator = *separator;
            IC_TRY(read_columns(n, window, row, error));
            n->wide.line += 1 + row->line_feeds;
            ic_window_advance(window, next);
            return IC_OK;
        }
        size_t length = ic_scan.find(window->begin, (size_t)(window->rows_end - window->begin), '\n');
        span line = {window->begin, length};
        while (line.length > 0 && strchr("\r,;\t", line.text[line.length - 1]) != NULL &&
               line.text[line.length - 1] != '\0')
            line.length--;
        line = bare(line);
        if (ic_utf8_valid(line.text, line.length) != line.length || memchr(line.text, '\0', line.length) != NULL)
            return bad(window, n, line.text, error, "\"%s\" is no UTF-8 (encoding= names another)", line);
        if (title_line(n, line) != IC_OK) return ic_fail_memory(error);
        n->wide.line++;
        ic_window_advance(window, window->begin + length + 1);
    }
    error->line = n->wide.line;
    error->column = 1;
    error->offset = window->offset;
    return ic_fail(error, IC_FORMAT, "no head row; expected 地区 or 指标, then periods");
}

/* ---- units --------------------------------------------------------------------------------------------------------- */

/* "国内生产总值(亿元)": where the last bracket opens, and what stands in it; 0 if the text does not end in one. */
static size_t unit_of(span code, span *unit) {
    size_t close = ends_in(code, ")") ? 1 : ends_in(code, "）") ? 3 : 0, depth = 0;
    if (close == 0) return 0;
    for (size_t i = code.length; i-- > 0;) {
        span here = cut(code, i);
        if (here.text[0] == ')' || starts(here, "）")) depth++;
        size_t open = here.text[0] == '(' ? 1 : starts(here, "（") ? 3 : 0;
        if (open == 0 || --depth > 0) continue;
        *unit = (span){here.text + open, here.length - open - close};
        return unit->length > 0 && i > 0 ? i : 0;
    }
    return 0;
}

/* The brackets of indicators are units, and what stands before them is a label. A title line with a unit speaks for all. */
static ic_status units(nbs *n, ic_dataset *dataset) {
    const remark *whole = said(n, "unit");
    for (size_t d = 0; d < dataset->n_dims; d++) {
        ic_dimension *dim = &dataset->dims[d];
        if (strcmp(dim->name, "indicator") != 0) continue;
        ic_text *texts = ic_alloc_zeroed(dim->codes.count, sizeof *texts);
        ic_status status = texts == NULL ? IC_MEMORY : IC_OK;
        size_t found = 0;
        for (size_t c = 0; c < dim->codes.count && status == IC_OK; c++) {
            span code = {dim->codes.items[c].text, dim->codes.items[c].length}, unit = {0};
            size_t name = unit_of(code, &unit);
            if (name == 0) continue;
            found++;
            texts[c] = (ic_text){unit.text, (uint32_t)unit.length, 0};
            status = ic_dimension_label(dim, &dataset->arena, (uint32_t)c, code.text, name);
        }
        if (status == IC_OK && found > 0) status = ic_dataset_say_by_code(dataset, d, "unit", texts);
        ic_free(texts);
        if (status != IC_OK || found > 0) return status;
    }
    return whole == NULL ? IC_OK : ic_dataset_say(dataset, "unit", whole->text, whole->length);
}

static ic_status finish(nbs *n, ic_dataset *dataset) {
    IC_TRY(units(n, dataset));
    const remark *title = said(n, "title");
    if (title == NULL) title = said(n, "indicator");
    if (title == NULL) title = said(n, "database");
    if (title != NULL) IC_TRY(ic_dataset_say(dataset, "title", title->text, title->length));
    for (size_t i = 0; i < n->n_remarks; i++) {
        const remark *r = &n->remarks[i];
        int told = strcmp(r->name, "title") == 0 || strcmp(r->name, "unit") == 0;
        for (size_t d = 0; d < n->wide.n_dims; d++)
            told |= n->wide.dims[d].fixed != NULL && strcmp(r->name, n->wide.dims[d].name) == 0;
        if (!told) IC_TRY(ic_dataset_say(dataset, r->name, r->text, r->length));
    }
    return IC_OK;
}

/* What this format has not got can't be asked for. */
static ic_status check_options(const ic_options *options, ic_error *error) {
    const char *word = options->attributes.count > 0               ? "attributes"
                       : options->measures.count > 0               ? "measures"
                       : options->dims.count > 0                   ? "dims"
                       : options->dataset != NULL                  ? "dataset"
                       : options->time != NULL || options->no_time ? "time"
                                                                   : NULL;
    return word == NULL ? IC_OK : ic_fail(error, IC_ARGUMENT, "%s=: nbs has no choice of it", word);
}

ic_status ic_nbs_read(const ic_source *source, const ic_options *options, ic_dataset *dataset, ic_error *error) {
    char given[2] = {options->separator, '\0'};
    nbs n = {.separators = options->separator != 0 ? given : ",\t;"};
    n.wide.style = (ic_number_style){options->decimal != 0 ? options->decimal : '.', 0};
    n.wide.spare = 1;
    n.wide.line = 1;
    n.wide.ends = ends;
    n.wide.marked = marked;
    n.wide.behind = line_behind;
    n.wide.context = &n;
    ic_window window;
    ic_row row = {0};
    ic_status status = ic_window_open(&window, source, 0, 0, (size_t)options->limits.line, error);
    window.polls = 1;
    if (status == IC_OK) status = check_options(options, error);
    if (status == IC_OK) status = read_head(&n, &window, options, &row, error);
    if (status == IC_OK) status = add_fixed(&n, "region", error);
    if (status == IC_OK) status = add_fixed(&n, "indicator", error);
    if (status == IC_OK) status = ic_wide_lay_out(&n.wide, options, error);
    if (status != IC_OK && status != IC_MEMORY && error->line == 0) {
        error->line = n.wide.line;
        error->column = 1;
    }
    if (status == IC_OK) status = ic_wide_read(&n.wide, &window, options, dataset, error);
    if (status == IC_OK && finish(&n, dataset) != IC_OK) status = ic_fail_memory(error);
    ic_window_close(&window);
    ic_row_free(&row);
    for (size_t i = 0; i < n.n_remarks; i++) ic_free(n.remarks[i].text);
    ic_free(n.remarks);
    ic_wide_free(&n.wide);
    return status;
}
