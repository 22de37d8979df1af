#include "core/syntax/xml.h"
#include "core/base/intern.h"
#include "core/base/memory.h"
#include "core/base/utf8.h"
#include "core/scan/scan.h"
#include "core/syntax/xml_chars.h"

#include <string.h>

static size_t prefix_of(const char *name, size_t length) {
    const char *colon = memchr(name, ':', length);
    return colon == NULL ? 0 : (size_t)(colon - name) + 1;
}

int ic_xml_is(const char *name, size_t length, const char *word) {
    return strlen(word) == length && memcmp(name, word, length) == 0;
}

/* ---- places --------------------------------------------------------------------------------------------------- */

static size_t characters(const char *p, const char *end) {
    size_t n = 0;
    for (; p < end; p++) n += ((unsigned char)*p & 0xC0) != 0x80;
    return n;
}

static const char *pointer(const ic_xml *x, uint64_t offset) {
    return x->window.begin - (ptrdiff_t)(x->window.offset - offset);
}

/* Counts the column up to `to`, which is not before what is counted. */
static void count_to(ic_xml *x, const char *to) {
    const char *from = pointer(x, x->counted);
    size_t behind = ic_scan.after_last(from, (size_t)(to - from), '\n');
    if (behind > 0) {
        x->column = 0;
        x->first_line = 0;
    }
    x->column += characters(from + behind, to);
    x->counted += (uint64_t)(to - from);
}

/* The characters before `opened` in its line: told by the source, which can be sought, as nothing is opened within it else. */
static uint64_t before_opening(const ic_xml *x) {
    const ic_source *source = x->window.source;
    char piece[512];
    uint64_t n = 0, at = x->opened;
    while (at > 0) {
        size_t size = at < sizeof piece ? (size_t)at : sizeof piece;
        if (source->read(source->context, piece, size, at - size) != (int64_t)size) return n;
        size_t behind = ic_scan.after_last(piece, size, '\n');
        n += characters(piece + behind, piece + size);
        if (behind > 0) return n;
        at -= size;
    }
    return n;
}

ic_status ic_xml_at(ic_xml *x, ic_error *error, const char *place) {
    const char *from = place < x->window.begin ? x->token : x->window.begin;
    error->line = place < x->window.begin ? x->token_line : x->line;
    error->line += ic_scan.count(from, (size_t)(place - from), '\n');
    error->offset = x->window.offset - (uint64_t)(x->window.begin - place);
    ic_xml until = *x; /* what is counted stays as it is */
    count_to(&until, place);
    error->column = until.column + 1 + (until.first_line ? before_opening(x) : 0);
    return error->status;
}

/* ---- the window ----------------------------------------------------------------------------------------------- */

ic_status ic_xml_more(ic_xml *x, ic_error *error) {
    if (x->window.finished) return IC_OK;
    count_to(x, x->window.begin);
    ic_status status = ic_window_more(&x->window, error);
    if (status == IC_LIMIT) {
        ic_fail(error, IC_LIMIT, "a tag or text of more than %zu bytes (limits={\"line\": ...} allows longer ones)",
                x->window.row_limit);
        (void)ic_xml_at(x, error, x->window.begin);
    }
    return status;
}

static void advance(ic_xml *x, const char *to) {
    size_t n = (size_t)(to - x->window.begin);
    x->token = x->window.begin;
    x->token_line = x->line;
    x->line += ic_scan.count(x->window.begin, n, '\n');
    ic_window_advance(&x->window, to);
}

ic_status ic_xml_open(ic_xml *x, const ic_source *source, size_t limit, ic_error *error) {
    *x = (ic_xml){0};
    IC_TRY(ic_window_open(&x->window, source, 0, 0, limit, error));
    x->window.polls = 1;
    x->token = x->window.begin;
    while (x->window.end - x->window.begin < 3 && !x->window.finished) IC_TRY(ic_xml_more(x, error));
    if (x->window.end - x->window.begin >= 3 && memcmp(x->window.begin, "\xEF\xBB\xBF", 3) == 0) {
        ic_window_advance(&x->window, x->window.begin + 3);
        x->counted = x->opened = 3;
    }
    return IC_OK;
}

ic_status ic_xml_open_at(ic_xml *x, const ic_xml *like, unsigned depth, uint64_t offset, size_t limit,
                         ic_error *error) {
    *x = (ic_xml){.first_line = 1, .rooted = 1, .depth = depth, .counted = offset, .opened = offset};
    IC_TRY(ic_window_open(&x->window, like->window.source, offset, 0, limit, error));
    x->token = x->window.begin;
    x->names_used = x->names_room = depth < like->depth ? like->starts[depth] : like->names_used;
    x->names = ic_alloc(x->names_room, 1);
    if (x->names == NULL) return ic_fail_memory(error);
    memcpy(x->names, like->names, x->names_used);
    memcpy(x->starts, like->starts, depth * sizeof *x->starts);
    return IC_OK;
}

void ic_xml_close(ic_xml *x) {
    ic_window_close(&x->window);
    ic_free(x->attributes);
    ic_free(x->names);
    ic_free(x->scratch);
    x->attributes = NULL;
    x->names = x->scratch = NULL;
}

/* ---- errors ---------------------------------------------------------------------------------------------------- */

/* What a piece of markup can be, as far as the window shows it. */
typedef enum outcome { WHOLE, CUT /* more bytes are needed */, FAILED /* the error is filled in */ } outcome;

static outcome wrong(ic_xml *x, ic_error *error, const char *place, const char *message) {
    ic_fail(error, IC_FORMAT, "%s", message);
    (void)ic_xml_at(x, error, place);
    return FAILED;
}

/* Where `expected` should stand, something else does, or the window ends. */
static outcome unexpected(ic_xml *x, ic_error *error, const char *place, const char *expected) {
    char word[12];
    if (place >= x->window.end) return CUT;
    size_t left = (size_t)(x->window.end - place), step = ic_utf8_step(place, left);
    if (step == 0 && left < 4 && ic_utf8_whole(place, left) < left && !x->window.finished) return CUT;
    if (step == 0)
        ic_fail(error, IC_FORMAT, "bytes that are no UTF-8 text; expected %s", expected);
    else
        ic_fail(error, IC_FORMAT, "expected %s, not \"%s\"", expected, ic_quote(word, sizeof word, place, step));
    (void)ic_xml_at(x, error, place);
    return FAILED;
}

/* A text in the window that was looked for to its end may hold no other than characters of XML. */
static outcome check_chars(ic_xml *x, ic_error *error, const char *p, const char *end) {
    const char *bad = ic_xml_chars_end(p, end);
    if (bad == end) return WHOLE;
    int control = (unsigned char)*bad < 0x80 || ic_utf8_step(bad, (size_t)(end - bad)) > 0;
    return wrong(x, error, bad,
                 control ? "a character that XML doesn't allow"
                         : "bytes that are no UTF-8 text (encoding= names another)");
}

/* ---- texts ------------------------------------------------------------------------------------------------------ */

static int scratch_room(ic_xml *x, size_t more) {
    void *scratch = x->scratch;
    ic_status status = ic_grow(&scratch, &x->scratch_room, x->scratch_used + more, 1);
    x->scratch = scratch;
    return status == IC_OK;
}

static void put_code_point(ic_xml *x, uint32_t c) {
    char *out = x->scratch + x->scratch_used;
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    if (n == 1) {
        out[0] = (char)c;
    } else {
        for (size_t i = n; i-- > 1; c >>= 6) out[i] = (char)(0x80 | (c & 0x3F));
        out[0] = (char)((0xF00u >> n & 0xFFu) | c);
    }
    x->scratch_used += n;
}

/* The reference at `p` ('&') up to `end`: resolved into scratch; the byte behind it, or NULL with an error. */
static const char *reference(ic_xml *x, ic_error *error, const char *p, const char *end) {
    static const struct {
        const char *name;
        char character;
    } known[] = {{"amp;", '&'}, {"lt;", '<'}, {"gt;", '>'}, {"quot;", '"'}, {"apos;", '\''}};
    size_t left = (size_t)(end - p - 1);
    if (left >= 2 && p[1] == '#') {
        int hex = p[2] == 'x';
        uint32_t c = 0;
        const char *q = p + 2 + hex, *first = q;
        for (; q < end; q++) {
            int digit = *q >= '0' && *q <= '9'          ? *q - '0'
                        : hex && *q >= 'a' && *q <= 'f' ? *q - 'a' + 10
                        : hex && *q >= 'A' && *q <= 'F' ? *q - 'A' + 10
                                                        : -1;
            if (digit < 0) break;
            if (c < 0x110000) c = c * (hex ? 16 : 10) + (uint32_t)digit;
        }
        if (q > first && q < end && *q == ';' && ic_xml_is_char(c)) {
            put_code_point(x, c);
            return q + 1;
        }
        wrong(x, error, p, "a reference to a character that there is not");
        return NULL;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t n = strlen(known[i].name);
        if (left < n || memcmp(p + 1, known[i].name, n) != 0) continue;
        x->scratch[x->scratch_used++] = known[i].character;
        return p + 1 + n;
    }
    wrong(x, error, p, "a reference that is none of &amp; &lt; &gt; &quot; &apos; and numbers of characters");
    return NULL;
}

/* Resolves references and line ends of [p, end) into scratch; in a value, tabs and line ends become blanks. */
static outcome decode(ic_xml *x, ic_error *error, const char *p, const char *end, int value, int references) {
    if (!scratch_room(x, (size_t)(end - p))) { /* nothing grows */
        ic_fail_memory(error);
        return FAILED;
    }
    while (p < end) {
        if (*p == '&' && references) {
            p = reference(x, error, p, end);
            if (p == NULL) return FAILED;
            continue;
        }
        char c = *p++;
        if (c == '\r') {
            c = '\n';
            if (p < end && *p == '\n') p++;
        }
        if (value && (c == '\n' || c == '\t')) c = ' ';
        x->scratch[x->scratch_used++] = c;
    }
    return WHOLE;
}

static outcome tell(ic_xml *x, ic_error *error, const char *p, const char *end, int references) {
    x->event = IC_XML_TEXT;
    x->text = p;
    x->length = (size_t)(end - p);
    if (memchr(p, '\r', x->length) == NULL && !(references && memchr(p, '&', x->length) != NULL)) return WHOLE;
    x->scratch_used = 0;
    outcome o = decode(x, error, p, end, 0, references);
    x->text = x->scratch;
    x->length = x->scratch_used;
    return o;
}

static outcome text(ic_xml *x, ic_error *error, int *told) {
    const char *p = x->window.begin;
    size_t held = (size_t)(x->window.end - p), n = ic_scan.find(p, held, '<');
    if (n == held && !x->window.finished) return CUT;
    if (x->depth == 0) {
        const char *q = ic_xml_spaces_end(p, p + n);
        if (q < p + n)
            return x->rooted ? unexpected(x, error, q, "nothing behind the root element")
                             : unexpected(x, error, q, "a tag, as the document begins");
        advance(x, p + n);
        return WHOLE;
    }
    if (n == held) return wrong(x, error, p + n, "the file ends before its root element does");
    outcome o = check_chars(x, error, p, p + n);
    if (o != WHOLE) return o;
    for (const char *q = p; (q = memchr(q, '>', (size_t)(p + n - q))) != NULL; q++)
        if (q - p >= 2 && q[-1] == ']' && q[-2] == ']') return wrong(x, error, q - 2, "\"]]>\" in a text");
    o = tell(x, error, p, p + n, 1);
    if (o == WHOLE) advance(x, p + n);
    *told = 1;
    return o;
}

/* ---- markup ---------------------------------------------------------------------------------------------------- */

/* Whether `word` stands at `p`; CUT if the window ends before that is known. */
static outcome starts(const ic_xml *x, const char *p, const char *word, int *yes) {
    size_t n = strlen(word), held = (size_t)(x->window.end - p);
    *yes = memcmp(p, word, held < n ? held : n) == 0;
    return *yes && held < n ? CUT : WHOLE;
}

/* The first `word` from `p` on, or NULL. */
static const char *find(const ic_xml *x, const char *p, const char *word) {
    size_t n = strlen(word);
    for (; p < x->window.end && (p = memchr(p, word[0], (size_t)(x->window.end - p))) != NULL; p++)
        if ((size_t)(x->window.end - p) >= n && memcmp(p, word, n) == 0) return p;
    return NULL;
}

static outcome comment(ic_xml *x, ic_error *error) {
    const char *p = x->window.begin + 4, *q = find(x, p, "--");
    if (q == NULL || q + 2 >= x->window.end) return CUT;
    outcome o = check_chars(x, error, p, q);
    if (o != WHOLE) return o;
    if (q[2] != '>') return wrong(x, error, q, "\"--\" in a comment");
    advance(x, q + 3);
    return WHOLE;
}

static outcome cdata(ic_xml *x, ic_error *error, int *told) {
    const char *p = x->window.begin + 9, *q = find(x, p, "]]>");
    if (x->depth == 0) return wrong(x, error, x->window.begin, "a CDATA section outside of the root element");
    if (q == NULL) return CUT;
    outcome o = check_chars(x, error, p, q);
    if (o == WHOLE && q > p) o = tell(x, error, p, q, 0);
    *told = q > p;
    if (o == WHOLE) advance(x, q + 3);
    return o;
}

/* One pseudo-attribute of the XML declaration, with the space before it: the byte behind it; NULL if it is not there. */
static const char *said(const char *p, const char *end, const char *name, const char **value, size_t *length) {
    const char *q = ic_xml_spaces_end(p, end);
    size_t n = strlen(name);
    if (q == p || (size_t)(end - q) <= n || memcmp(q, name, n) != 0) return NULL;
    q = ic_xml_spaces_end(q + n, end);
    if (q == end || *q != '=') return NULL;
    q = ic_xml_spaces_end(q + 1, end);
    if (q == end || (*q != '"' && *q != '\'')) return NULL;
    const char *close = memchr(q + 1, *q, (size_t)(end - q - 1));
    if (close == NULL) return NULL;
    *value = q + 1;
    *length = (size_t)(close - q) - 1;
    return close + 1;
}

/* Letters, digits and marks as in versions and encodings. */
static int plain_word(const char *p, size_t n) {
    for (size_t i = 0; i < n; i++) {
        int letter = (p[i] | 0x20) >= 'a' && (p[i] | 0x20) <= 'z';
        if (!letter && !((p[i] >= '0' && p[i] <= '9') || p[i] == '.' || p[i] == '_' || p[i] == '-')) return 0;
    }
    return 1;
}

/* <?xml version="1.0" encoding="..." standalone="..."?>, behind "<?xml". */
static int declaration(const char *p, const char *end) {
    const char *value, *q;
    size_t n;
    if ((p = said(p, end, "version", &value, &n)) == NULL) return 0;
    if (!plain_word(value, n)) return 0; /* what is not of version 1.0 may still be read */
    if ((q = said(p, end, "encoding", &value, &n)) != NULL) {
        if (n == 0 || !plain_word(value, n) || (*value | 0x20) < 'a' || *value == '_') return 0;
        p = q;
    }
    if ((q = said(p, end, "standalone", &value, &n)) != NULL) {
        if (!ic_xml_is(value, n, "yes") && !ic_xml_is(value, n, "no")) return 0;
        p = q;
    }
    return ic_xml_spaces_end(p, end) == end;
}

static outcome instruction(ic_xml *x, ic_error *error) {
    const char *p = x->window.begin + 2, *q = find(x, p, "?>"), *name = ic_xml_name_end(p, x->window.end);
    if (name == p) return unexpected(x, error, p, "the name of a processing instruction");
    if (q == NULL) return CUT;
    if (name > q) name = q;
    outcome o = check_chars(x, error, p, q);
    if (o != WHOLE) return o;
    if (name < q && !(ic_xml_kind(name) & IC_XML_SPACE)) return unexpected(x, error, name, "a blank or \"?>\"");
    if (name - p == 3 && (p[0] | 0x20) == 'x' && (p[1] | 0x20) == 'm' && (p[2] | 0x20) == 'l') {
        if (x->window.offset != x->opened || x->rooted)
            return wrong(x, error, x->window.begin, "an XML declaration that is not the document's first byte");
        if (memcmp(p, "xml", 3) != 0 || !declaration(name, q))
            return wrong(x, error, x->window.begin, "no XML declaration; expected <?xml version=\"1.0\"?>");
    }
    advance(x, q + 2);
    return WHOLE;
}

static outcome end_tag(ic_xml *x, ic_error *error) {
    const char *p = x->window.begin + 2, *name = ic_xml_name_end(p, x->window.end),
               *q = ic_xml_spaces_end(name, x->window.end);
    if (name == p) return unexpected(x, error, p, "a name behind \"</\"");
    if (q >= x->window.end) return CUT;
    if (*q != '>') return unexpected(x, error, q, "\">\"");
    if (x->depth == 0) return wrong(x, error, x->window.begin, "an end tag outside of the root element");
    uint32_t start = x->starts[x->depth - 1];
    size_t length = x->names_used - start;
    if ((size_t)(name - p) != length || memcmp(p, x->names + start, length) != 0) {
        char word[80];
        ic_fail(error, IC_FORMAT, "expected the end tag of \"%s\"",
                ic_quote(word, sizeof word, x->names + start, length));
        (void)ic_xml_at(x, error, x->window.begin);
        return FAILED;
    }
    advance(x, q + 1);
    return WHOLE;
}

static void end_element(ic_xml *x) { /* the name stays where it is until the next element begins */
    uint32_t start = x->starts[--x->depth];
    x->event = IC_XML_END;
    x->name = x->names + start;
    x->name_length = x->names_used - start;
    x->prefix = prefix_of(x->name, x->name_length);
    x->names_used = start;
}

/* The attribute at `p`; *next is the byte behind it. */
static outcome attribute(ic_xml *x, ic_error *error, const char *p, const char **next) {
    const char *end = x->window.end, *name = ic_xml_name_end(p, end), *q = ic_xml_spaces_end(name, end);
    if (name == p) return unexpected(x, error, p, "the name of an attribute, \">\" or \"/>\"");
    if (q >= end || *q != '=') return unexpected(x, error, q, "\"=\"");
    q = ic_xml_spaces_end(q + 1, end);
    if (q >= end || (*q != '"' && *q != '\'')) return unexpected(x, error, q, "a value in quotes");
    const char quote = *q, *value = ++q;
    int plain = 1;
    for (;; q++) {
        while (!(ic_xml_kind(q) & IC_XML_STOP)) q++; /* the line feed behind the window stops it */
        if (q >= end) return CUT;
        if (*q == quote) break;
        if (*q == '<') return wrong(x, error, q, "\"<\" in the value of an attribute");
        if (*q == '&' || ic_xml_kind(q) & IC_XML_SPACE) plain = 0;
    }
    outcome o = check_chars(x, error, value, q);
    if (o != WHOLE) return o;
    void *attributes = x->attributes;
    ic_status status = ic_grow(&attributes, &x->attributes_room, x->n_attributes + 1, sizeof *x->attributes);
    x->attributes = attributes;
    if (status != IC_OK) {
        ic_fail_memory(error);
        return FAILED;
    }
    ic_xml_attribute *a = &x->attributes[x->n_attributes++];
    *a = (ic_xml_attribute){
        .name = p, .name_length = (size_t)(name - p), .raw = value, .raw_length = (size_t)(q - value)};
    a->prefix = prefix_of(p, a->name_length);
    a->value = plain ? value : NULL; /* scratch may still move: see settle */
    a->length = a->raw_length;
    if (!plain) {
        size_t before = x->scratch_used;
        o = decode(x, error, value, q, 1, 1);
        a->length = x->scratch_used - before;
    }
    *next = q + 1;
    return o;
}

static int same_name(const ic_xml_attribute *a, const ic_xml_attribute *b) {
    return a->name_length == b->name_length && memcmp(a->name, b->name, a->name_length) == 0;
}

#define FEW 24 /* attributes that are compared pair by pair */

/* An attribute whose name is there before it, or NULL. */
static ic_status twice(const ic_xml *x, const ic_xml_attribute **found) {
    const ic_xml_attribute *list = x->attributes;
    ic_intern names = {0};
    ic_status status = IC_OK;
    *found = NULL;
    for (size_t i = 0; i < x->n_attributes && status == IC_OK && *found == NULL; i++) {
        uint32_t number = 0;
        size_t known = names.count;
        for (size_t k = 0; k < i && x->n_attributes <= FEW; k++)
            if (same_name(&list[i], &list[k])) *found = &list[i];
        if (x->n_attributes <= FEW) continue;
        status = ic_intern_add(&names, list[i].name, list[i].name_length, &number);
        if (status == IC_OK && number != known) *found = &list[i];
    }
    ic_intern_free(&names);
    return status;
}

/* The tag is whole: its element is open. */
static outcome begin_element(ic_xml *x, ic_error *error, const char *name, size_t length) {
    const ic_xml_attribute *again = NULL;
    if (x->depth == 0 && x->rooted) return wrong(x, error, x->window.begin, "a second root element");
    if (x->depth == IC_XML_DEPTH) {
        ic_fail(error, IC_LIMIT, "elements nested more than %d deep", IC_XML_DEPTH);
        (void)ic_xml_at(x, error, x->window.begin);
        return FAILED;
    }
    void *names = x->names;
    ic_status status = ic_grow(&names, &x->names_room, x->names_used + length, 1);
    x->names = names;
    if (status == IC_OK) status = twice(x, &again);
    if (status != IC_OK) {
        ic_fail_memory(error);
        return FAILED;
    }
    if (again != NULL) return wrong(x, error, again->name, "an attribute that is there twice");
    x->event = IC_XML_START;
    x->rooted = 1;
    x->starts[x->depth++] = (uint32_t)x->names_used;
    memcpy(x->names + x->names_used, name, length);
    x->names_used += length;
    x->name = name;
    x->name_length = length;
    x->prefix = prefix_of(name, length);
    const char *resolved = x->scratch;
    for (size_t i = 0; i < x->n_attributes; i++) {
        ic_xml_attribute *a = &x->attributes[i];
        if (a->value != NULL) continue;
        a->value = resolved;
        resolved += a->length;
    }
    return WHOLE;
}

static outcome start_tag(ic_xml *x, ic_error *error) {
    const char *p = x->window.begin + 1, *end = x->window.end, *name = ic_xml_name_end(p, end), *q = name;
    if (name == p) return unexpected(x, error, p, "the name of an element, \"/\", \"!\" or \"?\" behind \"<\"");
    x->n_attributes = x->scratch_used = 0;
    for (;;) {
        const char *next = ic_xml_spaces_end(q, end);
        if (next >= end) return CUT;
        if (*next == '>' || *next == '/') {
            q = next;
            break;
        }
        if (next == q) return unexpected(x, error, q, "a blank, \">\" or \"/>\"");
        outcome o = attribute(x, error, next, &q);
        if (o != WHOLE) return o;
    }
    const int empty = *q == '/';
    if (empty && (++q >= end || *q != '>')) return unexpected(x, error, q, "\">\" behind \"/\"");
    outcome o = begin_element(x, error, p, (size_t)(name - p));
    if (o != WHOLE) return o;
    x->empty = empty;
    advance(x, q + 1);
    return WHOLE;
}

static outcome exclamation(ic_xml *x, ic_error *error, int *told) {
    const char *p = x->window.begin;
    int yes = 0;
    outcome o = starts(x, p, "<!--", &yes);
    if (yes) return o == WHOLE ? comment(x, error) : o;
    o = starts(x, p, "<![CDATA[", &yes);
    if (yes) return o == WHOLE ? cdata(x, error, told) : o;
    o = starts(x, p, "<!DOCTYPE", &yes);
    if (yes && o == WHOLE) return wrong(x, error, p, "a document type declaration (DOCTYPE), which is refused");
    return yes ? o : unexpected(x, error, p + 2, "a comment or a CDATA section behind \"<!\"");
}

static outcome markup(ic_xml *x, ic_error *error, int *told) {
    if (x->window.end - x->window.begin < 2) return CUT;
    outcome o;
    switch (x->window.begin[1]) {
    case '!': return exclamation(x, error, told);
    case '?': return instruction(x, error);
    case '/':
        o = end_tag(x, error);
        if (o == WHOLE) end_element(x);
        break;
    default: o = start_tag(x, error);
    }
    *told = o == WHOLE;
    return o;
}

static ic_status done(ic_xml *x, ic_error *error) {
    x->event = IC_XML_DONE;
    if (x->rooted && x->depth == 0) return IC_OK;
    wrong(x, error, x->window.begin,
          x->rooted ? "the file ends before its root element does" : "the file is empty; expected an XML document");
    return IC_FORMAT;
}

ic_status ic_xml_next(ic_xml *x, ic_error *error) {
    if (x->empty) {
        x->empty = 0;
        end_element(x);
        return IC_OK;
    }
    for (;;) {
        int told = 0;
        outcome o = CUT;
        if (x->window.begin < x->window.end)
            o = *x->window.begin == '<' ? markup(x, error, &told) : text(x, error, &told);
        else if (x->window.finished)
            return done(x, error);
        if (o == FAILED) return error->status;
        if (told) return IC_OK;
        if (o == WHOLE) continue;
        if (x->window.finished) {
            wrong(x, error, x->window.begin, "the file ends within the markup that begins here");
            return IC_FORMAT;
        }
        IC_TRY(ic_xml_more(x, error));
    }
}
