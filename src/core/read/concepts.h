/* What the names of SDMX concepts say by themselves, where no structure comes with the data. */
#ifndef IC_CONCEPTS_H
#define IC_CONCEPTS_H

#include <stddef.h>

typedef enum ic_concept {
    IC_CONCEPT_OTHER,        /* a dimension, as far as the name goes */
    IC_CONCEPT_STATUS,       /* OBS_STATUS, OBS_FLAG */
    IC_CONCEPT_CONFIDENTIAL, /* CONF_STATUS, CONF_STATUS_OBS, OBS_CONF */
    IC_CONCEPT_ATTRIBUTE     /* DECIMALS, TITLE, ...: an attribute wherever it stands */
} ic_concept;

ic_concept ic_concept_of(const char *name);

/* Whether two names are the same; ASCII letters in either case. */
int ic_concept_is(const char *name, const char *other);

/* How well a name's language, as "de-AT", suits who wants names in `wanted` (or NULL): better ones are greater, and from
   IC_LANGUAGE_WANTED on it is the language itself or one like it. English comes before all others. */
#define IC_LANGUAGE_WANTED 3
int ic_language_rank(const char *wanted, const char *language, size_t length);

#endif
