/* Words behind a table: sources, notes, footnotes. */
#ifndef IC_REMARKS_H
#define IC_REMARKS_H

#include "core/read/dataset.h"
#include "core/syntax/delimited.h"

#define IC_REMARKS_MOST 1000 /* lines behind a table; more of them are no remarks */

/* Whether the row of a table of `n_columns` is no row but the first line of what stands behind it: too short, with nothing but a
   text in its first field; or that begins like a remark ("Source:", "Note", "*") and the row is not as it should be: of another
   length, or with nothing else in it, or with a colon and an empty field. */
int ic_remarks_begin(const ic_row *row, size_t n_columns);

/* Whether a row that starts like this may be one. */
int ic_remarks_marked(const char *row, size_t length);

/* Keeps a line behind the table as a note of `aside`. IC_FORMAT: it has as many filled fields as the table has columns, so that
   the table seems to go on. A line feed stands behind the line; `row` is scratch. */
ic_status ic_remarks_keep(ic_dataset *aside, const char *line, size_t length, char separator, size_t n_columns,
                          ic_row *row) IC_CHECKED;

#endif
