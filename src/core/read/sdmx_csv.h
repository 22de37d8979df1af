/* SDMX-CSV's head row -> what the columns of a long table are. */
#ifndef IC_SDMX_CSV_H
#define IC_SDMX_CSV_H

#include "core/read/long_plan.h"

/* The separator of a head row: the byte behind the first name, if that is STRUCTURE or DATAFLOW; else the one of , ; tab |
   that is there most. 0 if there is none. */
char ic_sdmx_csv_separator(const char *head, size_t length);

/* From the head row's fields. An error has no place yet. */
ic_status ic_sdmx_csv_head(ic_long_plan *plan, const ic_row *head, const ic_options *options,
                           ic_error *error) IC_CHECKED;

#endif
