#include "core/syntax/px.h"
#include "core/base/memory.h"
#include "core/base/utf8.h"
#include "core/scan/scan.h"

#include <string.h>

#define DEPTH_MOST 16

static int is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static int is_keyword(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

size_t ic_px_find_data(ic_px_finder *finder, const char *text, size_t length) {
    while (finder->at < length) {
        const char *p = text + finder->at, *end = text + length;
        if (finder->quoted) {
            finder->at += ic_scan.find(p, (size_t)(end - p), '"');
            if (finder->at == length) return 0;
            finder->quoted = 0;
            finder->at++;
        } else if (finder->inside) {
            finder->at += ic_scan.find_any(p, (size_t)(end - p), '"', ';', ';');
            if (finder->at == length) return 0;
            finder->quoted = text[finder->at] == '"';
            finder->inside = finder->quoted;
            finder->at++;
        } else {
            while (p < end && is_space(*p)) p++;
            finder->at = (size_t)(p - text);
            const char *word = p;
            while (p < end && is_keyword(*p)) p++;
            const char *behind = p;
            while (p < end && is_space(*p)) p++;
            if (p == end) return 0; /* the statement may go on */
            int data = behind - word == 4 && (word[0] | 32) == 'd' && (word[1] | 32) == 'a' && (word[2] | 32) == 't' &&
                       (word[3] | 32) == 'a';
            if (data && *p == '=') return (size_t)(p - text) + 1;
            finder->inside = 1;
        }
    }
    return 0;
}

void ic_px_place(ic_error *error, const char *text, size_t place) {
    const char *start = text;
    error->line = 1;
    for (const char *p = text; p < text + place; p++) {
        if (*p != '\n') continue;
        error->line++;
        start = p + 1;
    }
    error->column = ic_utf8_count(start, (size_t)(text + place - start)) + 1;
}

/* ---- statements ------------------------------------------------------------------------------------------------ */

static ic_status expected(const ic_px *px, const char *what, ic_error *error) {
    char found[48];
    error->offset = px->at;
    if (px->at == px->length) return ic_fail(error, IC_FORMAT, "the file ends here; expected %s", what);
    size_t n = 0; /* the rest of the line tells where this is */
    while (n < 24 && px->at + n < px->length && px->text[px->at + n] != '\n' && px->text[px->at + n] != '\r') n++;
    n = ic_utf8_whole(px->text + px->at, n);
    return ic_fail(error, IC_FORMAT, "expected %s, got \"%s\"", what,
                   ic_quote(found, sizeof found, px->text + px->at, n == 0 ? 1 : n));
}

static char skip_space(ic_px *px) {
    while (px->at < px->length && is_space(px->text[px->at])) px->at++;
    return px->at < px->length ? px->text[px->at] : '\0';
}

static ic_status add(ic_px *px, ic_px_text text, ic_error *error) {
    void *texts = px->texts;
    ic_status status = ic_grow(&texts, &px->room, px->n_texts + 1, sizeof *px->texts);
    px->texts = texts;
    if (status != IC_OK) return ic_fail_memory(error);
    px->texts[px->n_texts++] = text;
    return IC_OK;
}

/* "one piece" or "several" "pieces" */
static ic_status quoted(ic_px *px, ic_px_text *out, ic_error *error) {
    const size_t first = px->at;
    char *joined = NULL;
    size_t length = 0, pieces = 0;
    for (int round = 0; round < 2; round++) { /* how long they are; then, if there are several, their bytes */
        px->at = first;
        length = pieces = 0;
        do {
            size_t start = px->at + 1;
            size_t n = ic_scan.find(px->text + start, px->length - start, '"');
            if (start + n == px->length) {
                error->offset = px->at;
                return ic_fail(error, IC_FORMAT, "this quote is never closed");
            }
            if (joined != NULL) memcpy(joined + length, px->text + start, n);
            length += n;
            pieces++;
            px->at = start + n + 1;
        } while (skip_space(px) == '"');
        if (pieces == 1) break;
        if (joined == NULL) joined = ic_arena_take(px->arena, length + 1);
        if (joined == NULL) return ic_fail_memory(error);
    }
    if (joined != NULL) joined[length] = '\0';
    *out = (ic_px_text){
        .text = joined != NULL ? joined : px->text + first + 1, .length = length, .place = first, .quoted = 1};
    return IC_OK;
}

/* YES, 2010, TLIST, 20050217 18:34 */
static ic_status word(ic_px *px, const char *what, ic_px_text *out, ic_error *error) {
    const size_t first = px->at;
    size_t end = first;
    while (px->at < px->length && strchr("\",;()=\n\r", px->text[px->at]) == NULL) {
        if (!is_space(px->text[px->at])) end = px->at + 1;
        px->at++;
    }
    if (end == first) return expected(px, what, error);
    *out = (ic_px_text){.text = px->text + first, .length = end - first, .place = first};
    return IC_OK;
}

static ic_status item(ic_px *px, char before, uint8_t depth, ic_error *error) {
    ic_px_text text;
    if (skip_space(px) == '"')
        IC_TRY(quoted(px, &text, error));
    else
        IC_TRY(word(px, "a text in quotes or a word", &text, error));
    text.before = before;
    text.depth = depth;
    return add(px, text, error);
}

/* What stands in px->texts, kept. */
static ic_status keep(ic_px *px, const ic_px_text **kept, size_t *n, ic_error *error) {
    ic_px_text *copy = ic_arena_take(px->arena, px->n_texts * sizeof *copy + 1);
    if (copy == NULL) return ic_fail_memory(error);
    if (px->n_texts > 0) memcpy(copy, px->texts, px->n_texts * sizeof *copy);
    *kept = copy;
    *n = px->n_texts;
    px->n_texts = 0;
    return IC_OK;
}

static ic_status subs(ic_px *px, ic_px_statement *statement, ic_error *error) {
    char c;
    do {
        px->at++; /* the parenthesis or the comma */
        IC_TRY(item(px, px->n_texts > 0 ? ',' : '\0', 0, error));
        c = skip_space(px);
    } while (c == ',');
    if (c != ')') return expected(px, "\",\" or \")\"", error);
    px->at++;
    return keep(px, &statement->subs, &statement->n_subs, error);
}

static ic_status language(ic_px *px, ic_px_statement *statement, ic_error *error) {
    px->at++;
    (void)skip_space(px);
    const size_t first = px->at;
    while (px->at < px->length && is_keyword(px->text[px->at])) px->at++;
    statement->language = (ic_px_text){.text = px->text + first, .length = px->at - first, .place = first};
    if (skip_space(px) != ']' || statement->language.length == 0) return expected(px, "a language and \"]\"", error);
    px->at++;
    return IC_OK;
}

static ic_status values(ic_px *px, ic_px_statement *statement, ic_error *error) {
    uint8_t depth = 0;
    char c = skip_space(px), before = '\0';
    while (c != ';' || px->n_texts > 0) {
        IC_TRY(item(px, before, depth, error));
        const ic_px_text *last = &px->texts[px->n_texts - 1];
        int closed = last->quoted;
        c = skip_space(px);
        if (c == '(' && !closed && depth < DEPTH_MOST) {
            depth++;
        } else {
            while (c == ')' && depth > 0) {
                depth--;
                closed = 1;
                px->at++;
                c = skip_space(px);
            }
            if (c == ';' && depth == 0) break;
            if (c != ',' && !(closed && (c == '-' || c == ':')))
                return expected(px, depth > 0 ? "\",\" or \")\"" : "\",\" or \";\"", error);
        }
        before = c;
        px->at++;
    }
    px->at++;
    return keep(px, &statement->values, &statement->n_values, error);
}

ic_status ic_px_next(ic_px *px, ic_px_statement *statement, ic_error *error) {
    *statement = (ic_px_statement){0};
    px->n_texts = 0;
    if (skip_space(px) == '\0' && px->at == px->length) return IC_OK;
    const size_t first = px->at;
    while (px->at < px->length && is_keyword(px->text[px->at])) px->at++;
    const size_t n = px->at - first;
    if (n == 0) return expected(px, "a keyword", error);
    char *keyword = ic_arena_text(px->arena, px->text + first, n);
    if (keyword == NULL) return ic_fail_memory(error);
    for (size_t i = 0; i < n; i++)
        if (keyword[i] >= 'a' && keyword[i] <= 'z') keyword[i] = (char)(keyword[i] - 32);
    statement->keyword = (ic_px_text){.text = keyword, .length = n, .place = first};
    char c = skip_space(px);
    if (c == '[') IC_TRY(language(px, statement, error));
    if ((c = skip_space(px)) == '(') IC_TRY(subs(px, statement, error));
    if ((c = skip_space(px)) == '[' && statement->language.length == 0) IC_TRY(language(px, statement, error));
    if (skip_space(px) != '=') return expected(px, "\"=\"", error);
    px->at++;
    if (n == 4 && memcmp(keyword, "DATA", 4) == 0) return IC_OK;
    return values(px, statement, error);
}

void ic_px_free(ic_px *px) {
    ic_free(px->texts);
    px->texts = NULL;
    px->room = 0;
}
