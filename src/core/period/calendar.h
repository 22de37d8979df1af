/* Exact integer arithmetic on the proleptic Gregorian calendar. Days count from 1970-01-01. Inside the room
 * only. */
#ifndef IC_CALENDAR_H
#define IC_CALENDAR_H

#include "core/base/status.h"

#define IC_FIRST_DAY (-719162) /* 0001-01-01 */
#define IC_LAST_DAY  2932896   /* 9999-12-31 */

typedef struct ic_date {
    int32_t year, month, day; /* month and day from 1 */
} ic_date;

IC_INLINE int ic_leap_year(int32_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

/* Days of a month, which counts from 1 to 12. */
IC_INLINE int32_t ic_month_days(int32_t year, int32_t month) {
    return month == 2 ? 28 + ic_leap_year(year) : 30 + ((month ^ month >> 3) & 1);
}

/* The day of a date, years 1 to 10000. Years are counted from March, so that the leap day comes last. */
IC_INLINE int32_t ic_day_of_date(int32_t year, int32_t month, int32_t day) {
    int32_t y = year - (month <= 2), m = month + (month <= 2 ? 9 : -3), century = y / 100;
    return 365 * y + y / 4 - century + century / 4 + (153 * m + 2) / 5 + day - 1 - 719468;
}

/* The date of a day between IC_FIRST_DAY and IC_LAST_DAY. Divisions by constants only: the Euclidean affine
   functions of Neri and Schneider, "Euclidean affine functions and their application to calendar algorithms"
   (2023). */
IC_INLINE ic_date ic_date_of_day(int32_t day) {
    uint32_t n = 4 * (uint32_t)(day + 719468) + 3;
    uint32_t century = n / 146097, in_century = n % 146097 / 4;
    uint64_t p = UINT64_C(2939745) * (4 * in_century + 3);
    uint32_t in_year = (uint32_t)p / 2939745 / 4;
    uint32_t q = 2141 * in_year + 197913;
    uint32_t late = in_year >= 306; /* January and February */
    return (ic_date){(int32_t)(100 * century + (uint32_t)(p >> 32) + late), (int32_t)((q >> 16) - 12 * late),
                     (int32_t)((q & 0xFFFF) / 2141 + 1)};
}

/* Ordinal of the week (Monday to Sunday) that holds the day; the week of 1970-01-01 is 1. */
IC_INLINE int32_t ic_week_of_day(int32_t day) {
    /* 0001-01-01 is a Monday: count from there, where nothing is negative */
    return (day - IC_FIRST_DAY) / 7 - 102736;
}

IC_INLINE int32_t ic_week_monday(int32_t week) { return (week + 102736) * 7 + IC_FIRST_DAY; }

/* Ordinal of week 1 of an ISO year from 1 to 10000: the week of 4 January. */
IC_INLINE int32_t ic_week_first(int32_t year) { return ic_week_of_day(ic_day_of_date(year, 1, 4)); }

/* The ISO year of a week: that of its Thursday. */
IC_INLINE int32_t ic_week_year(int32_t week) { return ic_date_of_day(ic_week_monday(week) + 3).year; }

#endif
