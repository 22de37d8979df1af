/* The letters that producers put beside a value -> bits of indicia.Flag. */
#ifndef IC_MARKS_H
#define IC_MARKS_H

#include "core/base/flags.h"

#include <stddef.h>
#include <stdint.h>

#define IC_MARK_UNKNOWN (UINT32_C(1) << 31) /* never leaves the readers: the letter is not in the list */

/* By letter: Eurostat's in lower case, SDMX CL_OBS_STATUS's in upper case. */
extern const uint32_t ic_mark_flags[256];

/* Cuts names of flags off the end of a text, each behind a ';' or alone: "bp;JOINT" leaves "bp". Their union. It is how marks
   are written that have no letter. */
uint32_t ic_marks_names(const char *text, size_t *length);

/* The union over the letters of `text`; blanks and ';' between them count nothing. A letter that is not in the list gives
   OTHER and is counted in `unknown`. Behind the letters, names of flags may stand. */
uint32_t ic_marks_read(const char *text, size_t length, uint64_t unknown[256]);

/* A symbol of Statistics Canada's, whose letters mean other things than SDMX's: "F" is too unreliable to be published, "E" to be
   used with caution. Letters of quality that say nothing against a figure, A to D, are no flag. */
uint32_t ic_marks_canada(const char *text, size_t length, uint64_t unknown[256]);

/* CONF_STATUS: CONFIDENTIAL for anything but free (F) and nothing. */
uint32_t ic_marks_confidential(const char *text, size_t length);

/* Whether a whole field of a table says that there is no value: "", -, --, n/a, NA, NaN, null and the like, without a reason;
   ".." (NOT_AVAILABLE) and "..." (NOT_YET) with one, which *flags then has. */
int ic_marks_missing(const char *text, size_t length, uint32_t *flags);

#endif
