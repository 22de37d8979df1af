#include "core/syntax/json.h"
#include "core/base/utf8.h"
#include "core/syntax/json_figure.h"
#include "core/syntax/json_window.h"

#include <string.h>

/* ---- what is wrong ------------------------------------------------------------------------------------------------- */

/* "expected <what>, not <the byte at p>" */
static ic_status unexpected(const ic_json *json, const char *what, ic_error *error) {
    char quoted[24];
    ic_json_place(json, ic_json_offset(json, json->p), error);
    if (json->p == json->end) return ic_fail(error, IC_FORMAT, "expected %s, but the file ends", what);
    size_t left = (size_t)(json->end - json->p), step = ic_utf8_step(json->p, left);
    return ic_fail(error, IC_FORMAT, "expected %s, not \"%s\"", what,
                   ic_quote(quoted, sizeof quoted, json->p, step == 0 ? 1 : step));
}

static ic_status wrong_at(const ic_json *json, const char *place, const char *what, ic_error *error) {
    ic_json_place(json, ic_json_offset(json, place), error);
    return ic_fail(error, IC_FORMAT, "%s", what);
}

ic_status ic_json_expected(const ic_json *json, const char *where, const char *what, ic_error *error) {
    static const char *const names[] = {"the end of the file",
                                        "an object",
                                        "the end of the object",
                                        "an array",
                                        "the end of the array",
                                        "the key",
                                        "the text",
                                        "the number",
                                        "true",
                                        "false",
                                        "null"};
    char quoted[60];
    int texts = json->event == IC_JSON_KEY || json->event == IC_JSON_STRING, number = json->event == IC_JSON_NUMBER;
    ic_json_place(json, json->offset, error);
    ic_quote(quoted, sizeof quoted, texts || number ? json->text : "", texts || number ? json->length : 0);
    return ic_fail(error, IC_FORMAT, "%s%sexpected %s, not %s%s%s%s", where, where[0] == '\0' ? "" : ": ", what,
                   names[json->event],
                   texts    ? " \""
                   : number ? " "
                            : "",
                   quoted, texts ? "\"" : "");
}

/* ---- tokens ------------------------------------------------------------------------------------------------------- */

static int is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

static ic_status pass_blanks(ic_json *json, ic_error *error) {
    for (;;) {
        while (is_blank(*json->p)) json->p++; /* the padding is none */
        if (json->p < json->end || json->finished) return IC_OK;
        IC_TRY(ic_json_more(json, error));
    }
}

static int hex(const char *p, unsigned *value) {
    *value = 0;
    for (int i = 0; i < 4; i++) {
        unsigned char c = (unsigned char)p[i], letter = (unsigned char)(c | 0x20);
        unsigned digit = c >= '0' && c <= '9'             ? c - (unsigned)'0'
                         : letter >= 'a' && letter <= 'f' ? letter - (unsigned)'a' + 10
                                                          : 16;
        if (digit > 15) return 0;
        *value = *value * 16 + digit;
    }
    return 1;
}

static char *put_character(char *to, unsigned c) {
    if (c < 0x80) {
        *to++ = (char)c;
    } else if (c < 0x800) {
        *to++ = (char)(0xC0 | c >> 6);
        *to++ = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        *to++ = (char)(0xE0 | c >> 12);
        *to++ = (char)(0x80 | (c >> 6 & 0x3F));
        *to++ = (char)(0x80 | (c & 0x3F));
    } else {
        *to++ = (char)(0xF0 | c >> 18);
        *to++ = (char)(0x80 | (c >> 12 & 0x3F));
        *to++ = (char)(0x80 | (c >> 6 & 0x3F));
        *to++ = (char)(0x80 | (c & 0x3F));
    }
    return to;
}

/* The text between [from, to), which has escapes, into the scratch. */
static ic_status unescape(ic_json *json, const char *from, const char *to, ic_error *error) {
    void *scratch = json->scratch;
    ic_status status = ic_grow(&scratch, &json->scratch_room, (size_t)(to - from) + 1, 1);
    json->scratch = scratch;
    if (status != IC_OK) return ic_fail_memory(error);
    char *out = json->scratch;
    static const char plain[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
    while (from < to) {
        if (*from != '\\') {
            *out++ = *from++;
            continue;
        }
        const char *found = from[1] == '\0' ? NULL : strchr(plain, from[1]);
        if (found != NULL) {
            *out++ = means[found - plain];
            from += 2;
            continue;
        }
        unsigned c, low;
        if (from[1] != 'u') return wrong_at(json, from, "expected one of \"\\/bfnrtu behind a backslash", error);
        if (to - from < 6 || !hex(from + 2, &c))
            return wrong_at(json, from, "expected four hexadecimal digits behind \\u", error);
        size_t used = 6;
        if (c >= 0xD800 && c < 0xE000) {
            int pair = c < 0xDC00 && to - from >= 12 && from[6] == '\\' && from[7] == 'u' && hex(from + 8, &low) &&
                       low >= 0xDC00 && low < 0xE000;
            if (!pair) return wrong_at(json, from, "expected both surrogates of a pair, not one alone", error);
            c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
            used = 12;
        }
        out = put_character(out, c);
        from += used;
    }
    json->text = json->scratch;
    json->length = (size_t)(out - json->scratch);
    return IC_OK;
}

static ic_status scan_string(ic_json *json, ic_error *error) {
    size_t i = 1; /* behind the opening quote */
    int escapes = 0;
    unsigned char all = 0;
    for (;;) {
        unsigned char c = (unsigned char)json->p[i];
        if (c == '"') break;
        if (c == '\\') {
            if (json->end - json->p > (ptrdiff_t)i + 1) { /* what is escaped can't end the text */
                escapes = 1;
                all |= (unsigned char)json->p[i + 1];
                if ((unsigned char)json->p[i + 1] >= 0x20) {
                    i += 2;
                    continue;
                }
                i++;
            } else {
                if (!json->finished) {
                    IC_TRY(ic_json_more(json, error));
                    continue;
                }
                i++;
            }
            c = (unsigned char)json->p[i];
        }
        if (c < 0x20) {
            if (json->p + i >= json->end && !json->finished) {
                IC_TRY(ic_json_more(json, error));
                continue;
            }
            if (json->p + i >= json->end) {
                json->p = json->end;
                return unexpected(json, "the text to be closed by \"", error);
            }
            return wrong_at(json, json->p + i, "a text holds a control character; expected it escaped", error);
        }
        all |= c;
        i++;
    }
    json->text = json->p + 1;
    json->length = i - 1;
    if (all >= 0x80) {
        size_t valid = ic_utf8_valid(json->text, json->length);
        if (valid < json->length) return wrong_at(json, json->text + valid, "expected UTF-8 in a text", error);
    }
    if (escapes) IC_TRY(unescape(json, json->text, json->text + json->length, error));
    json->p += i + 1;
    return IC_OK;
}

static int is_digit(char c) { return c >= '0' && c <= '9'; }

/* Where [-](0|digits)[.digits][(e|E)[+-]digits] ends that starts at p; *what is told where it is cut short. */
static const char *number_end(const char *p, const char **what) {
    *what = NULL;
    if (*p == '-') p++;
    if (!is_digit(*p)) {
        *what = "a digit behind the sign";
        return p;
    }
    if (*p == '0') {
        p++;
    } else {
        while (is_digit(*p)) p++;
    }
    if (*p == '.') {
        p++;
        if (!is_digit(*p)) {
            *what = "a digit behind the decimal point";
            return p;
        }
        while (is_digit(*p)) p++;
    }
    if (*p == 'e' || *p == 'E') {
        p++;
        if (*p == '+' || *p == '-') p++;
        if (!is_digit(*p)) {
            *what = "a digit in the exponent";
            return p;
        }
        while (is_digit(*p)) p++;
    }
    return p;
}

const char *ic_json_figure_plain(const char *text, ic_number *number) {
    const char *what, *end = number_end(text, &what);
    return what == NULL && ic_number_parse(text, (size_t)(end - text), NULL, number) ? end : NULL;
}

static ic_status scan_number(ic_json *json, ic_error *error) {
    size_t i = 0;
    for (;;) { /* all of it into the window */
        while (is_digit(json->p[i]) || (json->p[i] != '\0' && strchr("+-.eE", json->p[i]) != NULL)) i++;
        if (json->p + i < json->end || json->finished) break;
        IC_TRY(ic_json_more(json, error));
    }
    const char *what, *end = number_end(json->p, &what);
    json->text = json->p;
    json->length = (size_t)(end - json->p);
    json->p += json->length;
    return what == NULL ? IC_OK : unexpected(json, what, error);
}

static ic_status scan_word(ic_json *json, const char *word, ic_error *error) {
    size_t n = strlen(word);
    while ((size_t)(json->end - json->p) < n && !json->finished) IC_TRY(ic_json_more(json, error));
    if ((size_t)(json->end - json->p) < n || memcmp(json->p, word, n) != 0) return unexpected(json, "a value", error);
    json->p += n;
    return IC_OK;
}

/* ---- the grammar ----------------------------------------------------------------------------------------------------- */

static int in_object(const ic_json *json) {
    unsigned top = json->depth - 1;
    return (json->objects[top / 64] >> top % 64 & 1) != 0;
}

static ic_status open_bracket(ic_json *json, int object, ic_error *error) {
    if (json->depth == IC_JSON_DEPTH) {
        ic_json_place(json, json->offset, error);
        return ic_fail(error, IC_LIMIT, "brackets within brackets, more than %d deep", IC_JSON_DEPTH);
    }
    uint64_t bit = UINT64_C(1) << json->depth % 64, *word = &json->objects[json->depth / 64];
    *word = object ? *word | bit : *word & ~bit;
    json->depth++;
    json->p++;
    json->event = object ? IC_JSON_OBJECT : IC_JSON_ARRAY;
    json->state = object ? IC_JSON_AT_FIRST_KEY : IC_JSON_AT_FIRST;
    return IC_OK;
}

static ic_status close_bracket(ic_json *json) {
    json->event = in_object(json) ? IC_JSON_OBJECT_END : IC_JSON_ARRAY_END;
    json->p++;
    json->depth--;
    json->state = IC_JSON_AT_AFTER;
    return IC_OK;
}

static ic_status scan_value(ic_json *json, ic_error *error) {
    int known = json->state;
    json->state = IC_JSON_AT_AFTER;
    switch (*json->p) {
    case '{': return open_bracket(json, 1, error);
    case '[': return open_bracket(json, 0, error);
    case '"': json->event = IC_JSON_STRING; return scan_string(json, error);
    case 't': json->event = IC_JSON_TRUE; return scan_word(json, "true", error);
    case 'f': json->event = IC_JSON_FALSE; return scan_word(json, "false", error);
    case 'n': json->event = IC_JSON_NULL; return scan_word(json, "null", error);
    default:
        json->event = IC_JSON_NUMBER;
        if (*json->p == '-' || is_digit(*json->p)) return scan_number(json, error);
        return unexpected(json, known == IC_JSON_AT_FIRST ? "a value or ]" : "a value", error);
    }
}

static ic_status scan_key(ic_json *json, ic_error *error) {
    json->event = IC_JSON_KEY;
    IC_TRY(scan_string(json, error));
    const char *text = json->text;
    size_t length = json->length;
    if (text != json->scratch && *json->p != ':') { /* the window may move on before the colon is seen */
        void *scratch = json->scratch;
        ic_status status = ic_grow(&scratch, &json->scratch_room, length + 1, 1);
        json->scratch = scratch;
        if (status != IC_OK) return ic_fail_memory(error);
        memcpy(json->scratch, text, length);
        json->text = json->scratch;
        IC_TRY(pass_blanks(json, error));
    } else if (*json->p != ':') {
        IC_TRY(pass_blanks(json, error));
    }
    if (*json->p != ':') return unexpected(json, "a colon behind the key", error);
    json->p++;
    json->state = IC_JSON_AT_VALUE;
    return IC_OK;
}

ic_status ic_json_next(ic_json *json, ic_error *error) {
    for (;;) {
        if (json->state == IC_JSON_AT_AFTER && json->depth == 0)
            json->state = json->visiting ? IC_JSON_AT_VISITED : IC_JSON_AT_ENDED;
        if (json->state == IC_JSON_AT_VISITED) {
            json->event = IC_JSON_DONE;
            return IC_OK;
        }
        IC_TRY(pass_blanks(json, error));
        json->offset = ic_json_offset(json, json->p);
        switch (json->state) {
        case IC_JSON_AT_ENDED:
            json->event = IC_JSON_DONE;
            return json->p == json->end ? IC_OK : unexpected(json, "the end of the file", error);
        case IC_JSON_AT_AFTER:
            if (*json->p == ',') {
                json->p++;
                json->state = in_object(json) ? IC_JSON_AT_KEY : IC_JSON_AT_VALUE;
                continue;
            }
            if (*json->p == (in_object(json) ? '}' : ']')) return close_bracket(json);
            return unexpected(json, in_object(json) ? "a comma or }" : "a comma or ]", error);
        case IC_JSON_AT_FIRST_KEY:
            if (*json->p == '}') return close_bracket(json);
            if (*json->p != '"') return unexpected(json, "a key or }", error);
            return scan_key(json, error);
        case IC_JSON_AT_KEY: return *json->p == '"' ? scan_key(json, error) : unexpected(json, "a key", error);
        case IC_JSON_AT_FIRST:
            if (*json->p == ']') return close_bracket(json);
            return scan_value(json, error);
        default: return scan_value(json, error);
        }
    }
}

ic_status ic_json_pass(ic_json *json, ic_error *error) {
    if (json->event == IC_JSON_KEY) IC_TRY(ic_json_next(json, error));
    if (json->event != IC_JSON_OBJECT && json->event != IC_JSON_ARRAY) return IC_OK;
    for (unsigned outside = json->depth - 1; json->depth > outside;) IC_TRY(ic_json_next(json, error));
    return IC_OK;
}

ic_status ic_json_peek(ic_json *json, char *byte, ic_error *error) {
    IC_TRY(pass_blanks(json, error));
    *byte = *json->p;
    return IC_OK;
}
