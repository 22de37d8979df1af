#include "core/period/calendar.h"
#include "core/period/period.h"

enum { EPOCH = 1970, YEARS_BEFORE = EPOCH - 1, YEARS_FROM = 9999 - EPOCH + 1 };

/* Periods in a year, 0 for W, D and for what is no frequency. */
static int32_t per_year(char freq) {
    switch (freq) {
    case 'A': return 1;
    case 'S': return 2;
    case 'Q': return 4;
    case 'M': return 12;
    default: return 0;
    }
}

int ic_period_valid(char freq, int32_t ordinal) {
    int32_t n = per_year(freq);
    if (n != 0) return ordinal >= -YEARS_BEFORE * n && ordinal < YEARS_FROM * n;
    if (freq == 'D') return ordinal >= IC_FIRST_DAY && ordinal <= IC_LAST_DAY;
    return freq == 'W' && ordinal >= -102736 && ordinal <= 418986; /* 0001-W01, 9999-W52 */
}

/* Year and part of it (from 0) of a valid period of A, S, Q or M. */
static int32_t split(int32_t ordinal, int32_t n, int32_t *part) {
    int32_t from_year_1 = ordinal + YEARS_BEFORE * n;
    *part = from_year_1 % n;
    return from_year_1 / n + 1;
}

size_t ic_period_width(char freq) {
    switch (freq) {
    case 'A': return 4;
    case 'S':
    case 'Q':
    case 'M': return 7;
    case 'W': return 8;
    case 'D': return 10;
    default: return 0;
    }
}

static void put2(char *out, int32_t value) {
    out[0] = (char)('0' + value / 10);
    out[1] = (char)('0' + value % 10);
}

static void put_year(char *out, int32_t year) {
    put2(out, year / 100);
    put2(out + 2, year % 100);
    out[4] = '-';
}

size_t ic_period_format(char freq, int32_t ordinal, char out[IC_PERIOD_TEXT]) {
    size_t width = ic_period_valid(freq, ordinal) ? ic_period_width(freq) : 0;
    out[width] = '\0';
    if (width == 0) return 0;
    if (freq == 'D') {
        ic_date date = ic_date_of_day(ordinal);
        put_year(out, date.year);
        put2(out + 5, date.month);
        out[7] = '-';
        put2(out + 8, date.day);
    } else if (freq == 'W') {
        int32_t year = ic_week_year(ordinal);
        put_year(out, year);
        out[5] = 'W';
        put2(out + 6, ordinal - ic_week_first(year) + 1);
    } else {
        int32_t part, year = split(ordinal, per_year(freq), &part);
        put_year(out, year);
        if (freq == 'A') {
            out[4] = '\0';
        } else if (freq == 'M') {
            put2(out + 5, part + 1);
        } else {
            out[5] = freq;
            out[6] = (char)('1' + part);
        }
    }
    return width;
}

int64_t ic_period_first_day(char freq, int32_t ordinal) {
    if (!ic_period_valid(freq, ordinal)) return IC_PERIOD_NO_DAY;
    if (freq == 'D') return ordinal;
    if (freq == 'W') return ic_week_monday(ordinal);
    int32_t n = per_year(freq), part, year = split(ordinal, n, &part);
    return ic_day_of_date(year, 12 / n * part + 1, 1);
}

int64_t ic_period_last_day(char freq, int32_t ordinal) {
    if (!ic_period_valid(freq, ordinal)) return IC_PERIOD_NO_DAY;
    if (freq == 'D') return ordinal;
    if (freq == 'W') return ic_week_monday(ordinal) + 6;
    int32_t n = per_year(freq), part, year = split(ordinal, n, &part), month = 12 / n * (part + 1);
    return ic_day_of_date(year, month, ic_month_days(year, month));
}

int ic_period_of_day(char freq, int64_t day, int32_t *ordinal) {
    /* 9999-W52 ends in the year 10000 */
    if (day < IC_FIRST_DAY || day > IC_LAST_DAY + (freq == 'W' ? 2 : 0)) return 0;
    int32_t n = per_year(freq);
    if (n != 0) {
        ic_date date = ic_date_of_day((int32_t)day);
        *ordinal = (date.year - EPOCH) * n + (date.month - 1) * n / 12;
    } else if (freq == 'W') {
        *ordinal = ic_week_of_day((int32_t)day);
    } else if (freq == 'D') {
        *ordinal = (int32_t)day;
    } else {
        return 0;
    }
    return 1;
}

int32_t ic_period_year(char freq, int32_t ordinal) {
    if (!ic_period_valid(freq, ordinal)) return 0;
    if (freq == 'D') return ic_date_of_day(ordinal).year;
    if (freq == 'W') return ic_week_year(ordinal);
    int32_t part;
    return split(ordinal, per_year(freq), &part);
}

int ic_period_year_before(char freq, int32_t ordinal, int32_t *before) {
    if (!ic_period_valid(freq, ordinal)) return 0;
    int32_t found;
    if (freq == 'D') {
        ic_date date = ic_date_of_day(ordinal);
        if (date.year == 1 || (date.month == 2 && date.day == 29)) return 0;
        found = ic_day_of_date(date.year - 1, date.month, date.day);
    } else if (freq == 'W') {
        int32_t year = ic_week_year(ordinal), week = ordinal - ic_week_first(year);
        if (year == 1 || week == 52) return 0; /* no two years of 53 weeks follow each other */
        found = ic_week_first(year - 1) + week;
    } else {
        found = ordinal - per_year(freq);
        if (!ic_period_valid(freq, found)) return 0;
    }
    *before = found;
    return 1;
}
