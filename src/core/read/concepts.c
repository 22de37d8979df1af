#include "core/read/concepts.h"

#include <string.h>

#include <stddef.h>

/* SDMX cross-domain concepts and what large producers add. */
static const char *const attributes[] = {
    "DECIMALS",    "UNIT_MULT",     "UNIT_MULTIPLIER", "TIME_FORMAT", "TITLE",      "TITLE_COMPL",
    "OBS_COM",     "COMMENT",       "COMMENTS",        "COMMENT_OBS", "COMMENT_TS", "LAST UPDATE",
    "LAST_UPDATE", "OBS_PRE_BREAK", "UPDATED",         "SOURCE",      "PRECISION",  "COLLECTION",
    "COMPILATION", "EMBARGO_TIME",  "AVAILABILITY",    "COLL_METHOD"};
static const char *const statuses[] = {"OBS_STATUS", "OBS_FLAG"};
static const char *const confidential[] = {"CONF_STATUS", "CONF_STATUS_OBS", "OBS_CONF"};

static char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 32) : c; }

int ic_concept_is(const char *name, const char *other) {
    for (; upper(*name) == upper(*other); name++, other++)
        if (*name == '\0') return 1;
    return 0;
}

static int among(const char *const *list, size_t n, const char *name) {
    for (size_t i = 0; i < n; i++)
        if (ic_concept_is(name, list[i])) return 1;
    return 0;
}

#define AMONG(list, name) among(list, sizeof list / sizeof *list, name)

ic_concept ic_concept_of(const char *name) {
    if (AMONG(statuses, name)) return IC_CONCEPT_STATUS;
    if (AMONG(confidential, name)) return IC_CONCEPT_CONFIDENTIAL;
    return AMONG(attributes, name) ? IC_CONCEPT_ATTRIBUTE : IC_CONCEPT_OTHER;
}

static int is_language(const char *language, size_t length, const char *main, size_t n) {
    return length >= n && memcmp(language, main, n) == 0 && (length == n || language[n] == '-');
}

int ic_language_rank(const char *wanted, const char *language, size_t length) {
    if (wanted != NULL) {
        if (length == strlen(wanted) && memcmp(language, wanted, length) == 0) return IC_LANGUAGE_WANTED + 1;
        if (is_language(language, length, wanted, strcspn(wanted, "-_"))) return IC_LANGUAGE_WANTED;
    }
    return is_language(language, length, "en", 2) ? 2 : 1;
}
