/* px: what the head says (px_head.c, px_time.c), what a cell is (px_cells.c), cells at their place (px_place.c), the threads
   (px_data.c), rows with keys (px_keys.c), and the words that go into attrs (px_words.c). */
#ifndef IC_PX_H
#define IC_PX_H

#include "core/base/cpu.h"
#include "core/number/number.h"
#include "core/read/read.h"
#include "core/syntax/px.h"
#include "core/syntax/window.h"

#define IC_PX_DIMS    63 /* NumPy has 64 axes, one of them for time */
#define IC_PX_NOWHERE UINT64_MAX
#define IC_PX_SYMBOLS 8    /* one to seven dots, and the minus for nil in front */
#define IC_PX_CHUNK   4096 /* cells that are read before they are put to their place */

typedef struct ic_px_dim {
    const ic_px_text *name;                 /* in the language asked for */
    const ic_px_text *usual;                /* in the file's own */
    const ic_px_statement *values, *labels; /* VALUES in the file's own language, and in the one asked for */
    const ic_px_statement *codes;           /* or NULL */
    const ic_px_text *texts;                /* what the codes are: CODES or VALUES */
    size_t n;
    const ic_px_text *keys; /* what rows name this dimension by, or NULL */
    uint64_t *offsets;      /* per code: cells from the start of the result, or IC_PX_NOWHERE */
    uint32_t *slots;        /* per code: number in the result, or IC_ABSENT */
    size_t kept;            /* codes of the result; of time: those that have a place */
    ic_intern index;        /* of the texts looked up last: `indexed`; numbers are those of `first_of` */
    const ic_px_statement *indexed;
    uint32_t *first_of;
} ic_px_dim;

typedef struct ic_px_table {
    ic_arena arena;
    const ic_options *options;
    ic_error *error;
    /* the head */
    char *text;
    size_t length;
    uint64_t start; /* of the text in the file: 3 behind a mark of byte order */
    int transcoded; /* one character was one byte in the file */
    ic_px_statement *statements;
    size_t n_statements;
    size_t data_place;          /* of "DATA" in the head */
    uint64_t data_start;        /* of what follows "DATA=", in the file */
    ic_px_text usual, language; /* the file's own language (or empty), the one asked for */
    /* what it says */
    ic_px_dim *dims; /* in the order of the file */
    size_t n_dims, n_stub;
    size_t time; /* which one is time, n_dims if none */
    int guessed; /* ... because it looks like it */
    char freq;
    int32_t first;
    size_t periods;     /* of the result; 1 without time */
    int holes;          /* some periods of the result are not in the file */
    uint8_t *filled;    /* per period, where there are holes */
    ic_intern unplaced; /* periods on no calendar */
    uint64_t cells;     /* of the file */
    uint64_t size;      /* of the result */
    int natural;        /* the result has the order of the file */
    int keyed;
    uint32_t reasons[IC_PX_SYMBOLS]; /* flags of "-", ".", "..", ... */
    ic_text symbols[IC_PX_SYMBOLS];  /* other texts that mean the same, or of length 0 */
    char decimal;                    /* the decimal mark; a comma is then no separator */
    int declared;                    /* DECIMALS, or -1: the figures tell */
    /* the data */
    ic_block values, flags;
    uint32_t any_flags;
    int8_t *decimals; /* per series: printed at most; only where nothing is declared */
    uint8_t *digits;
} ic_px_table;

/* ---- px_head.c -------------------------------------------------------------------------------------------------- */

/* Fills the error's line, column and offset for a place in the head. */
void ic_px_at(ic_px_table *table, size_t place);
/* Whether a text is this one, blanks around both aside; letters in either case. */
int ic_px_same(const ic_px_text *text, const ic_px_text *other);
int ic_px_says(const ic_px_text *text, const char *word);
/* Whether the statement is this one, without subs, or with this one sub (not NULL). */
int ic_px_is(const ic_px_statement *statement, const char *keyword, const ic_px_text *sub);
#define IC_PX_QUOTED 60
const char *ic_px_quote(char out[IC_PX_QUOTED], const ic_px_text *text);
/* 1: in the file's own language; 2: in the one asked for, which is another one; 0: in a third one. */
int ic_px_spoken(const ic_px_table *table, const ic_px_statement *statement);
/* The statement in the language asked for, else in the file's own, else NULL. `usual` is the sub in that language. */
const ic_px_statement *ic_px_find(const ic_px_table *table, const char *keyword, const ic_px_text *sub,
                                  const ic_px_text *usual);
/* The position of a text among the values of a statement about the dimension, or IC_ABSENT. */
ic_status ic_px_position(ic_px_table *table, ic_px_dim *dim, const ic_px_statement *among, const ic_px_text *text,
                         uint32_t *position) IC_CHECKED;
/* Bytes of a code page as UTF-8; `out` has room for four times as many. Returns its length. */
size_t ic_px_decode(const uint32_t *codepage, const char *text, size_t length, char *out);
/* From the head's text to the dimensions and the layout. */
ic_status ic_px_head_read(ic_px_table *table) IC_CHECKED;
void ic_px_head_free(ic_px_table *table);

/* px_time.c: finds the dimension that is time, and gives its codes their place on the axis. */
ic_status ic_px_time_find(ic_px_table *table) IC_CHECKED;

/* px_words.c: symbols and digits; then, with the data, dimensions, units, decimals and attributes. */
void ic_px_prepare(ic_px_table *table);
ic_status ic_px_describe(ic_px_table *table, ic_dataset *dataset) IC_CHECKED;

/* px_flags.c: the flags that a statement FLAGS("BREAK") gives to cells by their numbers, or 0; and all of them to the result. */
uint32_t ic_px_flags_named(const ic_px_statement *statement);
ic_status ic_px_flags_read(ic_px_table *table) IC_CHECKED;

/* ---- px_cells.c ------------------------------------------------------------------------------------------------- */

/* 1: separates cells. */
IC_INLINE int ic_px_separates(const ic_px_table *table, char c) {
    return ((unsigned char)c <= ' ' && c != '\0') || c == ';' || (c == ',' && table->decimal != ',');
}

/* Where cells go. */
typedef struct ic_px_cells {
    double *values;
    uint32_t *flags;  /* zero before */
    int8_t *decimals; /* or NULL; -1: no figure */
    uint8_t *digits;
    size_t n; /* cells */
    uint32_t any_flags;
} ic_px_cells;

/* Cells from `p` on, at most `most`, until `end`, where none is cut off (but for a quoted one) and behind which 64 bytes are
   readable. Returns the place behind the last one, or of the one that is cut off; or NULL, and *bad is one that is neither
   figure nor symbol. */
const char *ic_px_cells_read(const ic_px_table *table, const char *p, const char *end, size_t most, ic_px_cells *cells,
                             const char **bad);
/* One cell as a text; 0 if it is neither figure nor symbol. */
int ic_px_cell_read(const ic_px_table *table, const char *text, size_t length, ic_px_cells *cells);
/* The end of a cell that begins at p; NULL where its quote is not closed before `end`. */
const char *ic_px_cell_end(const ic_px_table *table, const char *p, const char *end);

/* Written once, at import. */
void ic_px_select(ic_cpu level);

/* Cells that begin in some bytes, and what must be known behind them. Zeroed to begin with. */
typedef struct ic_px_count {
    uint64_t cells;
    int quoted; /* within quotes */
    int in_cell;
} ic_px_count;
void ic_px_cells_count(const ic_px_table *table, ic_px_count *count, const char *p, const char *end);

/* ---- px_place.c ------------------------------------------------------------------------------------------------- */

/* Puts cells, of which the first has this number in the file, to their place in the result. `decimals` and `digits` are the
   caller's own per series, or NULL. */
void ic_px_put(const ic_px_table *table, uint64_t first, const ic_px_cells *cells, int8_t *decimals, uint8_t *digits);
/* Reason for no value, NaN, where the file has no cell at all. */
void ic_px_fill_holes(ic_px_table *table);

/* ---- px_data.c, px_keys.c ---------------------------------------------------------------------------------------- */

/* The data, seen through a window. */
typedef struct ic_px_reader {
    const ic_px_table *table;
    ic_window window;
    const char *end; /* of the cells in the window that are not cut off */
    ic_error error;
    int tracks;      /* the source can't be read twice, so lines are counted as bytes are left behind: */
    uint64_t line;   /* of window.begin */
    uint64_t column; /* characters in front of window.begin on that line */
} ic_px_reader;

/* The window is the reader's from here on, and begins with the first byte of the data. */
void ic_px_reader_open(ic_px_reader *reader, const ic_px_table *table, ic_window *window);
/* Leaves behind what comes before `to`, and fills the window. Nothing more: end == window.begin. */
ic_status ic_px_reader_fill(ic_px_reader *reader, const char *to) IC_CHECKED;
/* Fills the error's place; its line and column by a second reading where the source allows that. */
void ic_px_reader_at(ic_px_reader *reader, const char *place);
void ic_px_reader_locate(ic_px_reader *reader);
ic_status ic_px_bad_cell(ic_px_reader *reader, const char *bad);
void ic_px_reader_close(ic_px_reader *reader);

/* Reads the cells from the window, which begins with the first byte of the data. */
ic_status ic_px_data_read(ic_px_table *table, ic_window *window) IC_CHECKED;
ic_status ic_px_keys_read(ic_px_table *table, ic_window *window) IC_CHECKED;
/* "DATA has 41 cells, expected 48 (4 x 12)": `got` of them, "more than" if some are left. */
ic_status ic_px_miscounted(const ic_px_table *table, uint64_t got, int more, ic_error *error);

#endif
