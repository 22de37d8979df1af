/* Periods: text <-> (frequency, ordinal), and where they lie on the calendar.

   Frequencies are one letter: A year, S half-year, Q quarter, M month, W ISO week, D day. Ordinals count
   periods so that neighbours differ by one; they are pandas' for A, Q, M, W-SUN and D, and 2 * (year - 1970)
   + half - 1 for S. The calendar is the proleptic Gregorian one, years 0001 to 9999; days count from
   1970-01-01. */
#ifndef IC_PERIOD_H
#define IC_PERIOD_H

#include "core/base/status.h"

typedef struct ic_period {
    int32_t ordinal;
    char freq;      /* A S Q M W D */
    uint32_t flags; /* IC_FLAG_JOINT: two months together (2023年1-2月), stored as the last of them; else 0 */
} ic_period;

typedef struct ic_period_style {
    char freq;     /* a FREQ code, 0 if none: decides where the text is only a start date */
    int day_first; /* 31/01/2023, 31.01.2023 and 31-01-2023 are days */
} ic_period_style;

typedef enum ic_period_result {
    IC_PERIOD_OK,
    IC_PERIOD_NONE,       /* the text is no period: 2023-13, 2023-02-30, total */
    IC_PERIOD_UNPLACED,   /* spelled as one, but on no calendar: 2023-W99 (the "unknown week"), 2023-W53 */
    IC_PERIOD_UNSUPPORTED /* a period, but none that the six letters can hold: FREQ H, N, I (hours and finer)
                             or T (four months), PT1H, 2023-T1, a quarter that starts in February, January to
                             September together */
} ic_period_result;

/* The whole text (surrounding blanks are the caller's to strip) -> *out, which is written only with
   IC_PERIOD_OK. `style` may be NULL. Letters in either case, years of four digits:

   - A: 2023, 2023A, 2023A1, 2023-A1, YR2023, 2023 [YR2023], 2023年, 2023年度
   - S: 2023-S1, 2023S1, 2023-H1, 2023H1, H1 2023, 1H2023, 2023年上半年, 2023年下半年
   - Q: 2023-Q1, 2023Q1, 2023 Q1, Q1 2023, Q1-2023, 1Q2023, 2023K1 (Nordic), 2023年第一季度, 2023年1季度
   - M: 2023-01, 2023M01, 2023-M01, 2023M1, Jan 2023, Jan-2023, January 2023, 2023 Jan, 2023年1月;
     2023年1-2月 is joint
   - W: 2023-W05, 2023W05, 2023-W5
   - D: 2023-01-31, 2023-D031, 2015M07D03, 2023年1月31日; 31/01/2023 with day_first; 2023-01-31T00:00:00, also
     with a blank for T, a fraction, Z or an offset: the day as written, any time of day
   - start/duration: 2023-01-01/P1Y, P12M (A), P6M (S), P3M (Q), P1M (M), P7D, P1W (W), P1D (D)

   Where the text is only a start date (2023, 2023-01, 2023-01-31 with or without a time, 31/01/2023) and
   style->freq is coarser, the period of that frequency that begins there is meant: FREQ=A, 2000-01 -> A 2000;
   FREQ=Q, 2000-04-01 -> 2000-Q2; FREQ=W, a Monday -> its week. A start date that begins no such period is
   UNSUPPORTED (it would be a fiscal year or the like); one that is coarser than style->freq stays what it
   says. B reads as D. FREQ=H, N, I and T make every start date UNSUPPORTED; any other code decides nothing.
   Text that names its own frequency wins over style->freq, but for T: 2023-T1 is SDMX's trimester (four
   months, UNSUPPORTED), yet a quarter under FREQ=Q, as in Romance languages.

   Digits alone could be product codes. They are periods only under a code: 202301 and 20230131 as start
   dates, 202305 as a week under W, 20231 as a part of the year under Q and S (px's TIMEVAL). */
ic_period_result ic_period_parse(const char *text, size_t length, const ic_period_style *style,
                                 ic_period *out) IC_CHECKED;

/* Whether `freq` is one of A S Q M W D and the ordinal lies in the years 0001 to 9999 (of weeks: ISO years).
 */
int ic_period_valid(char freq, int32_t ordinal);

#define IC_PERIOD_TEXT 24

/* The canonical text, 2023 2023-S1 2023-Q1 2023-01 2023-W05 2023-01-31, ended by NUL; returns its length (at
   most 10), 0 and "" if the period is not valid. It parses back to the same period. */
size_t ic_period_format(char freq, int32_t ordinal, char out[IC_PERIOD_TEXT]);

/* Length of the canonical text: 4, 7, 8 or 10; 0 for what is no frequency. */
size_t ic_period_width(char freq);

#define IC_PERIOD_NO_DAY INT64_MIN

/* Days since 1970-01-01, both inclusive; IC_PERIOD_NO_DAY if the period is not valid. */
int64_t ic_period_first_day(char freq, int32_t ordinal);
int64_t ic_period_last_day(char freq, int32_t ordinal);

/* The period that holds the day: 1, or 0 if there is none. */
int ic_period_of_day(char freq, int64_t day, int32_t *ordinal);

/* The calendar year, of weeks the ISO year; 0 if the period is not valid. */
int32_t ic_period_year(char freq, int32_t ordinal);

/* The period a year before: 1, or 0 if there is none. A S Q M: the same part of the year before; W: the ISO
   week of the same number (none for week 53); D: the same date (none for 29 February). */
int ic_period_year_before(char freq, int32_t ordinal, int32_t *before);

#endif
