/* Text -> period. ic_period_parse tries the five spellings that fill files (2023, 2023Q1, 2023-Q1, 2023-01,
   2023M01, 2023-01-31) by fixed offsets; everything else goes through read_rest(), a cursor that only ever
   moves forward. */
#include "core/period/period.h"

#include "core/base/flags.h"
#include "core/period/calendar.h"

#include <string.h>

#define OK          IC_PERIOD_OK
#define NONE        IC_PERIOD_NONE
#define UNPLACED    IC_PERIOD_UNPLACED
#define UNSUPPORTED IC_PERIOD_UNSUPPORTED

static const ic_period_style no_style = {0};

/* ---- from parts to a period
 * ---------------------------------------------------------------------------------- */

IC_INLINE ic_period_result give(ic_period *out, char freq, int32_t ordinal) {
    *out = (ic_period){.ordinal = ordinal, .freq = freq};
    return OK;
}

static ic_period_result give_week(ic_period *out, int32_t year, int32_t week) {
    if (week == 99) return UNPLACED;
    if (week < 1 || week > 53) return NONE;
    int32_t first = ic_week_first(year);
    if (week == 53 && first + 52 == ic_week_first(year + 1)) return UNPLACED;
    return give(out, 'W', first + week - 1);
}

IC_INLINE int is_date(int32_t year, int32_t month, int32_t day) {
    /* the length of the month is asked for only where it matters */
    return month >= 1 && month <= 12 && day >= 1 && (day <= 28 || day <= ic_month_days(year, month));
}

/* A valid start date, exact to the year, month or day ('A', 'M' or 'D') -> a period of the FREQ code `freq`.
 */
static ic_period_result give_start_as(ic_period *out, char freq, char exact, int32_t year, int32_t month, int32_t day) {
    int32_t n = 0; /* periods in a year */
    switch (freq) {
    case 'A': n = 1; break;
    case 'S': n = 2; break;
    case 'Q': n = 4; break;
    case 'M': n = 12; break;
    case 'W':
        if (exact == 'D') {
            int32_t start = ic_day_of_date(year, month, day), week = ic_week_of_day(start);
            return ic_week_monday(week) == start ? give(out, 'W', week) : UNSUPPORTED;
        }
        break;
    case 'H':
    case 'I':
    case 'N':
    case 'T': return UNSUPPORTED;
    default: break;
    }
    if (n != 0 && (exact == 'D' || (exact == 'M' && n < 12))) {
        int32_t months = 12 / n;
        if (day != 1 || (month - 1) % months != 0) return UNSUPPORTED;
        return give(out, freq, (year - 1970) * n + (month - 1) / months);
    }
    if (exact == 'A') return give(out, 'A', year - 1970);
    if (exact == 'M') return give(out, 'M', (year - 1970) * 12 + month - 1);
    return give(out, 'D', ic_day_of_date(year, month, day));
}

IC_INLINE ic_period_result give_start(ic_period *out, const ic_period_style *style, char exact, int32_t year,
                                      int32_t month, int32_t day) {
    if (style->freq != 0) return give_start_as(out, style->freq, exact, year, month, day);
    if (exact == 'A') return give(out, 'A', year - 1970);
    if (exact == 'M') return give(out, 'M', (year - 1970) * 12 + month - 1);
    return give(out, 'D', ic_day_of_date(year, month, day));
}

/* ---- fixed-width pieces
 * --------------------------------------------------------------------------------------- */

/* The number in two or four digits, else a negative one. */
IC_INLINE int32_t two_digits(const char *p) {
    unsigned a = (unsigned)(unsigned char)p[0] - '0', b = (unsigned)(unsigned char)p[1] - '0';
    return ((a > 9) | (b > 9)) ? -1 : (int32_t)(a * 10 + b);
}

IC_INLINE int32_t four_digits(const char *p) {
    int32_t a = two_digits(p), b = two_digits(p + 2);
    return (a | b) < 0 ? -1 : a * 100 + b;
}

/* ---- a cursor
 * ------------------------------------------------------------------------------------------------- */

typedef struct cursor {
    const char *p, *end;
} cursor;

IC_INLINE size_t left(const cursor *c) { return (size_t)(c->end - c->p); }

IC_INLINE int at_end(const cursor *c) { return c->p == c->end; }

IC_INLINE char peek(const cursor *c) { return c->p == c->end ? '\0' : *c->p; }

static int take(cursor *c, char wanted) {
    if (at_end(c) || *c->p != wanted) return 0;
    c->p++;
    return 1;
}

static int take_text(cursor *c, const char *wanted) {
    size_t n = strlen(wanted);
    if (left(c) < n || memcmp(c->p, wanted, n) != 0) return 0;
    c->p += n;
    return 1;
}

static int is_digit(char c) { return c >= '0' && c <= '9'; }

/* ASCII only: 'a' for 'A', and 0 for what is no letter. */
static char lower(char c) {
    if (c >= 'A' && c <= 'Z') return (char)(c + ('a' - 'A'));
    return c >= 'a' && c <= 'z' ? c : '\0';
}

static char upper(char c) {
    char l = lower(c);
    return l == '\0' ? l : (char)(l - ('a' - 'A'));
}

/* The digits here, as many as there are; their number is in *count, and 0 to 9999 is returned where it is at
 * most 4. */
static int32_t take_digits(cursor *c, int *count) {
    int32_t value = 0;
    *count = 0;
    while (!at_end(c) && is_digit(*c->p)) {
        if (++*count <= 4) value = value * 10 + (*c->p - '0');
        c->p++;
    }
    return value;
}

/* A number of `least` to `most` digits (at most 4), else -1. */
static int32_t take_number(cursor *c, int least, int most) {
    int count;
    int32_t value = take_digits(c, &count);
    return count >= least && count <= most ? value : -1;
}

/* A year, 0001 to 9999, of four digits; 0 if there is none. */
static int32_t take_year(cursor *c) {
    int32_t year = take_number(c, 4, 4);
    return year < 0 ? 0 : year;
}

static int take_separator(cursor *c) { return take(c, '-') || take(c, ' '); }

/* A name of a month, in full or its first three letters (or "sept"): 1 to 12, or 0. */
static int32_t take_month_name(cursor *c) {
    static const char names[12][10] = {"january", "february", "march",     "april",   "may",      "june",
                                       "july",    "august",   "september", "october", "november", "december"};
    char word[10] = {0};
    size_t n = 0;
    while (n < left(c) && lower(c->p[n]) != '\0') {
        if (n == sizeof word - 1) return 0;
        word[n] = lower(c->p[n]);
        n++;
    }
    if (n < 3) return 0;
    for (int32_t m = 0; m < 12; m++) {
        if (memcmp(word, names[m], n) != 0) continue;
        if (n != 3 && names[m][n] != '\0' && !(m == 8 && n == 4)) return 0;
        c->p += n;
        return m + 1;
    }
    return 0;
}

/* ---- date-times and durations
 * ----------------------------------------------------------------------------------- */

/* Nothing, Z, or an offset of at most 14 hours */
static int take_zone(cursor *c) {
    if (take(c, 'Z') || (peek(c) != '+' && peek(c) != '-')) return 1;
    c->p++;
    int32_t hours = take_number(c, 2, 2);
    if (!take(c, ':')) return 0;
    int32_t minutes = take_number(c, 2, 2);
    return hours >= 0 && minutes >= 0 && minutes <= 59 && hours * 60 + minutes <= 14 * 60;
}

/* hh:mm[:ss[.f...]]; *midnight says whether all of it is zero */
static int take_time(cursor *c, int *midnight) {
    int32_t hour = take_number(c, 2, 2);
    if (hour < 0 || hour > 23 || !take(c, ':')) return 0;
    int32_t minute = take_number(c, 2, 2), second = 0;
    if (minute < 0 || minute > 59) return 0;
    *midnight = hour == 0 && minute == 0;
    if (!take(c, ':')) return 1;
    second = take_number(c, 2, 2);
    if (second < 0 || second > 59) return 0;
    *midnight = *midnight && second == 0;
    if (!take(c, '.')) return 1;
    const char *start = c->p;
    for (; is_digit(peek(c)); c->p++) *midnight = *midnight && *c->p == '0';
    return c->p != start;
}

/* ISO 8601: P[nY][nM][nW][nD][T[nH][nM][n[.f]S]], at least one part, numbers of at most four digits. Where it
   is as long as a period of a frequency, that letter; '?' where it is well formed, but is not; 0 where it is
   no duration. */
static char take_duration(cursor *c) {
    static const char units[] = "YMWD", clock[] = "HMS";
    int32_t amount[4] = {0};
    const char *unit = units;
    int parts = 0, any = 0;
    if (!take(c, 'P')) return 0;
    for (; is_digit(peek(c)); parts++) {
        int32_t value = take_number(c, 1, 4);
        while (*unit != '\0' && *unit != peek(c)) unit++;
        if (value < 0 || *unit == '\0') return 0;
        amount[unit++ - units] = value;
        any |= value != 0;
        c->p++;
    }
    if (take(c, 'T')) {
        unit = clock;
        if (!is_digit(peek(c))) return 0;
        for (; is_digit(peek(c)); parts++) {
            int32_t value = take_number(c, 1, 4);
            if (value >= 0 && take(c, '.')) {
                if (!is_digit(peek(c))) return 0;
                while (is_digit(peek(c))) any |= *c->p++ != '0';
                if (peek(c) != 'S') return 0;
            }
            while (*unit != '\0' && *unit != peek(c)) unit++;
            if (value < 0 || *unit == '\0') return 0;
            unit++;
            any |= value != 0;
            c->p++;
        }
        return any ? '?' : 0;
    }
    if (parts == 0 || !any) return 0;
    int32_t months = 12 * amount[0] + amount[1], days = 7 * amount[2] + amount[3];
    if (months != 0 && days != 0) return '?';
    switch (months) {
    case 0: return days == 7 ? 'W' : days == 1 ? 'D' : '?';
    case 1: return 'M';
    case 3: return 'Q';
    case 6: return 'S';
    case 12: return 'A';
    default: return '?';
    }
}

/* What may follow a valid day: a time of day, a zone, a duration, to the end. */
static ic_period_result read_after_day(cursor *c, const ic_period_style *style, int32_t year, int32_t month,
                                       int32_t day, ic_period *out) {
    int midnight = 1;
    if ((take(c, 'T') || take(c, ' ')) && !take_time(c, &midnight)) return NONE;
    if (!take_zone(c)) return NONE;
    if (at_end(c)) return give_start(out, style, 'D', year, month, day);
    if (!take(c, '/')) return NONE;
    char freq = take_duration(c);
    if (freq == 0 || !at_end(c)) return NONE;
    return freq == '?' || !midnight ? UNSUPPORTED : give_start_as(out, freq, 'D', year, month, day);
}

/* ---- year, letter, number
 * ---------------------------------------------------------------------------------------- */

/* Q1, K1, S2, H1, T1 of a year, already read; `letter` in upper case. */
static ic_period_result give_part(ic_period *out, const ic_period_style *style, char letter, int32_t year,
                                  int32_t part) {
    if (part < 1 || year < 1) return NONE;
    switch (letter) {
    case 'S':
    case 'H': return part <= 2 ? give(out, 'S', (year - 1970) * 2 + part - 1) : NONE;
    case 'T':
        if (part <= 4 && style->freq != 'Q') return UNSUPPORTED;
        break;
    case 'K': /* kvartal */
    case 'Q': break;
    default: return NONE;
    }
    return part <= 4 ? give(out, 'Q', (year - 1970) * 4 + part - 1) : NONE;
}

/* After a year and perhaps a separator: A, A1, S1, H1, T1, Q1, K1, M01, M1, W05, W5, D031, M07D03 or the name of
 * a month */
static ic_period_result read_letter(cursor *c, const ic_period_style *style, int32_t year, ic_period *out) {
    int32_t month = take_month_name(c);
    if (month != 0) return at_end(c) ? give(out, 'M', (year - 1970) * 12 + month - 1) : NONE;
    char letter = upper(peek(c));
    if (letter == '\0') return NONE;
    c->p++;
    if (letter == 'A' && at_end(c)) return give(out, 'A', year - 1970);
    int count;
    int32_t number = take_digits(c, &count);
    if (letter == 'M' && count >= 1 && count <= 2 && upper(peek(c)) == 'D') {
        c->p++;
        int32_t day = take_number(c, 2, 2);
        if (!at_end(c) || !is_date(year, number, day)) return NONE;
        return give(out, 'D', ic_day_of_date(year, number, day));
    }
    if (!at_end(c)) return NONE;
    switch (letter) {
    case 'A': return count == 1 && number == 1 ? give(out, 'A', year - 1970) : NONE;
    case 'M':
        if (count < 1 || count > 2 || number < 1 || number > 12) return NONE;
        return give(out, 'M', (year - 1970) * 12 + number - 1);
    case 'W': return count == 1 || count == 2 ? give_week(out, year, number) : NONE;
    case 'D':
        if (count != 3 || number < 1 || number > 365 + ic_leap_year(year)) return NONE;
        return give(out, 'D', ic_day_of_date(year, 1, 1) + number - 1);
    default: return count == 1 ? give_part(out, style, letter, year, number) : NONE;
    }
}

/* ---- Chinese
 * ------------------------------------------------------------------------------------------------------ */

/* 1 to 4 as a digit or a numeral, else 0 */
static int32_t take_quarter_numeral(cursor *c) {
    static const char *const numerals[] = {"一", "二", "三", "四"};
    for (int32_t i = 0; i < 4; i++)
        if (take_text(c, numerals[i]) || take(c, (char)('1' + i))) return i + 1;
    return 0;
}

static int take_range_mark(cursor *c) {
    static const char *const marks[] = {"-", "—", "–", "～", "~", "至", "－"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (take_text(c, marks[i])) return 1;
    return 0;
}

/* 第一季度, 一季度, 1季度; and together 前三季度, 1-3季度 */
static ic_period_result read_chinese_quarter(cursor *c, int32_t year, ic_period *out) {
    int together = take_text(c, "前");
    if (!together) (void)take_text(c, "第");
    int32_t first = together ? 1 : take_quarter_numeral(c), last = first;
    if (!together && take_range_mark(c)) together = 1;
    if (together) last = take_text(c, "两") ? 2 : take_quarter_numeral(c);
    if (first == 0 || last < first + together || !take_text(c, "季度") || !at_end(c)) return NONE;
    return together ? UNSUPPORTED : give(out, 'Q', (year - 1970) * 4 + first - 1);
}

/* After 年. Figures for several months: two neighbours are joint (January-February), more are cumulative. */
static ic_period_result read_chinese(cursor *c, int32_t year, ic_period *out) {
    if (at_end(c) || (take_text(c, "度") && at_end(c))) return give(out, 'A', year - 1970);
    if (take_text(c, "上半年")) return at_end(c) ? give(out, 'S', (year - 1970) * 2) : NONE;
    if (take_text(c, "下半年")) return at_end(c) ? give(out, 'S', (year - 1970) * 2 + 1) : NONE;
    cursor months = *c;
    int32_t first = take_number(c, 1, 2), month = first;
    int together = first >= 0 && take_range_mark(c);
    if (together) month = take_number(c, 1, 2);
    if (first < 0 || month < 0 || !take_text(c, "月")) {
        *c = months;
        return read_chinese_quarter(c, year, out);
    }
    if (first < 1 || month > 12 || month < first + together) return NONE;
    if (together) {
        if (!at_end(c)) return NONE;
        if (month > first + 1) return UNSUPPORTED;
        *out = (ic_period){.ordinal = (year - 1970) * 12 + month - 1, .freq = 'M', .flags = IC_FLAG_JOINT};
        return OK;
    }
    if (at_end(c)) return month < 1 ? NONE : give(out, 'M', (year - 1970) * 12 + month - 1);
    int32_t day = take_number(c, 1, 2);
    if (!take_text(c, "日") || !at_end(c) || !is_date(year, month, day)) return NONE;
    return give(out, 'D', ic_day_of_date(year, month, day));
}

/* ---- all other spellings
 * ------------------------------------------------------------------------------------------- */

/* After a year that four digits begin the text with */
static ic_period_result read_after_year(cursor *c, const ic_period_style *style, int32_t year, ic_period *out) {
    if (at_end(c)) return give_start(out, style, 'A', year, 1, 1);
    if (take_text(c, "年")) return read_chinese(c, year, out);
    if (left(c) >= 3 && c->p[0] == '-' && is_digit(c->p[1])) {
        int32_t month = two_digits(c->p + 1), day;
        if (month < 1 || month > 12) return NONE;
        c->p += 3;
        if (at_end(c)) return give_start(out, style, 'M', year, month, 1);
        if (left(c) < 3 || c->p[0] != '-' || !is_date(year, month, day = two_digits(c->p + 1))) return NONE;
        c->p += 3;
        return read_after_day(c, style, year, month, day, out);
    }
    (void)take_separator(c);
    return read_letter(c, style, year, out);
}

/* 202301 and 20230131; under W 202305, under Q and S 20231 (px's TIMEVAL) */
static ic_period_result read_compact(const char *text, size_t length, const ic_period_style *style, ic_period *out) {
    static const char codes[] = "ASQMWDBHINT";
    int32_t year = four_digits(text);
    if (year < 1 || style->freq == 0 || strchr(codes, style->freq) == NULL) return NONE;
    if (length == 5)
        return style->freq == 'Q' || style->freq == 'S' ? give_part(out, style, style->freq, year, text[4] - '0')
                                                        : NONE;
    int32_t month = two_digits(text + 4), day = length == 8 ? two_digits(text + 6) : 1;
    if (length == 6 && style->freq == 'W') return give_week(out, year, month);
    if (!is_date(year, month, day)) return NONE;
    return give_start(out, style, length == 8 ? 'D' : 'M', year, month, day);
}

/* After one or two digits: 1Q2023, 1H 2023, 31/01/2023 */
static ic_period_result read_after_number(cursor *c, const ic_period_style *style, int32_t number, int digits,
                                          ic_period *out) {
    char mark = peek(c), letter = upper(mark);
    c->p++;
    if (digits == 1 && letter != '\0') {
        (void)take_separator(c);
        int32_t year = take_year(c);
        return at_end(c) ? give_part(out, style, letter, year, number) : NONE;
    }
    if (!style->day_first || (mark != '/' && mark != '.' && mark != '-')) return NONE;
    int32_t month = take_number(c, 1, 2);
    if (!take(c, mark)) return NONE;
    int32_t year = take_year(c);
    if (!at_end(c) || year < 1 || !is_date(year, month, number)) return NONE;
    return give_start(out, style, 'D', year, month, number);
}

/* Q1 2023, H1-2023, Jan 2023, YR2023 */
static ic_period_result read_letters_first(cursor *c, const ic_period_style *style, ic_period *out) {
    if (take_text(c, "YR")) {
        int32_t year = take_year(c);
        return year < 1 || !at_end(c) ? NONE : give(out, 'A', year - 1970);
    }
    int32_t month = take_month_name(c), part = 0;
    char letter = '\0';
    if (month == 0) {
        letter = upper(peek(c));
        c->p++;
        part = take_number(c, 1, 1);
    }
    if (!take_separator(c)) return NONE;
    int32_t year = take_year(c);
    if (year < 1 || !at_end(c)) return NONE;
    return month != 0 ? give(out, 'M', (year - 1970) * 12 + month - 1) : give_part(out, style, letter, year, part);
}

static ic_period_result read_plain(const char *text, size_t length, const ic_period_style *style, ic_period *out) {
    cursor c = {text, text + length};
    if (lower(peek(&c)) != '\0') return read_letters_first(&c, style, out);
    int digits;
    int32_t number = take_digits(&c, &digits);
    if (at_end(&c) && (digits == 5 || digits == 6 || digits == 8)) return read_compact(text, length, style, out);
    if (digits == 4 && number > 0) return read_after_year(&c, style, number, out);
    if ((digits == 1 || digits == 2) && !at_end(&c)) return read_after_number(&c, style, number, digits, out);
    return NONE;
}

/* The rest, also "2023 [YR2023]" and "2023Q1 [2023Q1]": code and name of one period */
static IC_NOINLINE ic_period_result read_rest(const char *text, size_t length, const ic_period_style *style,
                                              ic_period *out) {
    const char *open = length == 0 || text[length - 1] != ']' ? NULL : memchr(text, '[', length);
    if (open == NULL) return read_plain(text, length, style, out);
    if (open == text || open[-1] != ' ') return NONE;
    const char *inner = open + 1, *close = text + length - 1;
    if (close - inner > 3 && inner[0] == 'Y' && inner[1] == 'R' && is_digit(inner[2])) inner += 2;
    ic_period name, code;
    ic_period_result result = read_plain(text, (size_t)(open - 1 - text), style, &name);
    if (result != OK) return result;
    result = read_plain(inner, (size_t)(close - inner), style, &code);
    if (result != OK || name.freq != code.freq || name.ordinal != code.ordinal) return NONE;
    *out = name;
    return OK;
}

ic_period_result ic_period_parse(const char *text, size_t length, const ic_period_style *style, ic_period *out) {
    if (style == NULL) style = &no_style;
    int32_t year = length < 4 ? 0 : four_digits(text);
    if (IC_UNLIKELY(year < 1)) return read_rest(text, length, style, out);
    int32_t month, day;
    switch (length) {
    case 4: return give_start(out, style, 'A', year, 1, 1);
    case 6:
        if (text[4] == 'Q' && text[5] >= '1' && text[5] <= '4')
            return give(out, 'Q', (year - 1970) * 4 + (text[5] - '1'));
        break;
    case 7:
        month = two_digits(text + 5);
        if (month >= 1 && month <= 12) {
            if (text[4] == '-') return give_start(out, style, 'M', year, month, 1);
            if (text[4] == 'M') return give(out, 'M', (year - 1970) * 12 + month - 1);
        } else if (text[4] == '-' && text[5] == 'Q' && text[6] >= '1' && text[6] <= '4') {
            return give(out, 'Q', (year - 1970) * 4 + (text[6] - '1'));
        }
        break;
    case 10:
        month = two_digits(text + 5), day = two_digits(text + 8);
        if (text[4] == '-' && text[7] == '-' && is_date(year, month, day))
            return give_start(out, style, 'D', year, month, day);
        break;
    default: break;
    }
    return read_rest(text, length, style, out);
}
