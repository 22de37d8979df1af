/* Periods: every spelling, every near miss of a spelling, and the calendar day by day. */
#include "check.h"

#include "core/base/flags.h"
#include "core/base/memory.h"
#include "core/period/calendar.h"
#include "core/period/period.h"

#include <string.h>

/* Parses from a heap block of exactly the text's length, so that the sanitizer sees a byte read too far. */
static ic_period_result parse(const char *text, size_t length, const ic_period_style *style, ic_period *out) {
    char *exact = ic_alloc(length, 1);
    if (exact == NULL) return IC_PERIOD_NONE;
    memcpy(exact, text, length);
    ic_period_result result = ic_period_parse(exact, length, style, out);
    ic_free(exact);
    return result;
}

/* text, FREQ (0: none), day_first -> canonical text, or "none" "unplaced" "unsupported" */
static const struct {
    const char *text;
    char freq;
    int day_first;
    const char *wanted;
} spellings[] = {
    {"2023", 0, 0, "2023"},
    {"0001", 0, 0, "0001"},
    {"9999", 0, 0, "9999"},
    {"2023A", 0, 0, "2023"},
    {"2023A1", 0, 0, "2023"},
    {"2023-A1", 0, 0, "2023"},
    {"2023a1", 0, 0, "2023"},
    {"2023-A2", 0, 0, "none"},
    {"2023-A01", 0, 0, "none"},
    {"YR2023", 0, 0, "2023"},
    {"2023 [YR2023]", 0, 0, "2023"},
    {"2023 [YR2024]", 0, 0, "none"},
    {"2023[YR2023]", 0, 0, "none"},
    {"2023x[YR2023]", 0, 0, "none"},
    {"2023Q1 [2023Q1]", 0, 0, "2023-Q1"},
    {"2020M01 [2020M01]", 0, 0, "2020-01"},
    {"2023-S1", 0, 0, "2023-S1"},
    {"2023S2", 0, 0, "2023-S2"},
    {"2023-H1", 0, 0, "2023-S1"},
    {"2023h2", 0, 0, "2023-S2"},
    {"H1 2023", 0, 0, "2023-S1"},
    {"1H2023", 0, 0, "2023-S1"},
    {"2023-S3", 0, 0, "none"},
    {"2023-S0", 0, 0, "none"},
    {"2023-Q1", 0, 0, "2023-Q1"},
    {"2023Q4", 0, 0, "2023-Q4"},
    {"2023q4", 0, 0, "2023-Q4"},
    {"2023 Q1", 0, 0, "2023-Q1"},
    {"Q1 2023", 0, 0, "2023-Q1"},
    {"Q1-2023", 0, 0, "2023-Q1"},
    {"1Q2023", 0, 0, "2023-Q1"},
    {"3Q 2023", 0, 0, "2023-Q3"},
    {"Q12023", 0, 0, "none"},
    {"2023-Q5", 0, 0, "none"},
    {"2023-Q0", 0, 0, "none"},
    {"2023-Q01", 0, 0, "none"},
    {"2023-Q1 ", 0, 0, "none"},
    {" 2023", 0, 0, "none"},
    {"2023-T1", 0, 0, "unsupported"},
    {"2023-T4", 0, 0, "unsupported"},
    {"2023-T5", 0, 0, "none"},
    {"2023T2", 'Q', 0, "2023-Q2"},
    {"2023-T1", 'T', 0, "unsupported"},
    {"2023-01", 0, 0, "2023-01"},
    {"2023M01", 0, 0, "2023-01"},
    {"2023-M12", 0, 0, "2023-12"},
    {"2023M1", 0, 0, "2023-01"},
    {"2023-13", 0, 0, "none"},
    {"2023-00", 0, 0, "none"},
    {"2023M13", 0, 0, "none"},
    {"2023M0", 0, 0, "none"},
    {"2023-1", 0, 0, "none"},
    {"Jan 2023", 0, 0, "2023-01"},
    {"Jan-2023", 0, 0, "2023-01"},
    {"SEPT 2023", 0, 0, "2023-09"},
    {"May 2023", 0, 0, "2023-05"},
    {"december 2023", 0, 0, "2023-12"},
    {"2023 JAN", 0, 0, "2023-01"},
    {"Janu 2023", 0, 0, "none"},
    {"Ja 2023", 0, 0, "none"},
    {"Jan  2023", 0, 0, "none"},
    {"Jan-23", 0, 0, "none"},
    {"2023-W05", 0, 0, "2023-W05"},
    {"2023W05", 0, 0, "2023-W05"},
    {"2023-W5", 0, 0, "2023-W05"},
    {"2020-W53", 0, 0, "2020-W53"},
    {"2023-W53", 0, 0, "unplaced"},
    {"2023-W99", 0, 0, "unplaced"},
    {"2023W99", 0, 0, "unplaced"},
    {"2023-W54", 0, 0, "none"},
    {"2023-W00", 0, 0, "none"},
    {"2023-W005", 0, 0, "none"},
    {"2023-01-31", 0, 0, "2023-01-31"},
    {"2024-02-29", 0, 0, "2024-02-29"},
    {"2023-02-29", 0, 0, "none"},
    {"1900-02-29", 0, 0, "none"},
    {"2000-02-29", 0, 0, "2000-02-29"},
    {"2023-02-30", 0, 0, "none"},
    {"2023-04-31", 0, 0, "none"},
    {"2023-01-00", 0, 0, "none"},
    {"2023-D001", 0, 0, "2023-01-01"},
    {"2024-D366", 0, 0, "2024-12-31"},
    {"2023-D366", 0, 0, "none"},
    {"2023-D000", 0, 0, "none"},
    {"2023-D31", 0, 0, "none"},
    {"2015M07D03", 0, 0, "2015-07-03"},
    {"2015M02D30", 0, 0, "none"},
    {"31/01/2023", 0, 0, "none"},
    {"31/01/2023", 0, 1, "2023-01-31"},
    {"1.2.2023", 0, 1, "2023-02-01"},
    {"31-01-2023", 0, 1, "2023-01-31"},
    {"31/01-2023", 0, 1, "none"},
    {"01/31/2023", 0, 1, "none"},
    {"01/04/2023", 'Q', 1, "2023-Q2"},
    {"202301", 0, 0, "none"},
    {"20230131", 0, 0, "none"},
    {"202301", 'M', 0, "2023-01"},
    {"20230131", 'D', 0, "2023-01-31"},
    {"202305", 'W', 0, "2023-W05"},
    {"202353", 'W', 0, "unplaced"},
    {"20234", 'Q', 0, "2023-Q4"},
    {"20235", 'Q', 0, "none"},
    {"20232", 'S', 0, "2023-S2"},
    {"20233", 'S', 0, "none"},
    {"20231", 'M', 0, "none"},
    {"20231", 0, 0, "none"},
    {"2006K1", 0, 0, "2006-Q1"},
    {"2006K5", 0, 0, "none"},
    {"20230131", 'U', 0, "none"},
    {"20230132", 'D', 0, "none"},
    {"2023-01-31T00:00:00", 0, 0, "2023-01-31"},
    {"2023-01-31T23:59:59.999Z", 0, 0, "2023-01-31"},
    {"2023-01-31 12:30", 0, 0, "2023-01-31"},
    {"2023-01-31T00:00:00+01:00", 0, 0, "2023-01-31"},
    {"2023-01-31-05:00", 0, 0, "2023-01-31"},
    {"2023-01-31Z", 0, 0, "2023-01-31"},
    {"2023-01-31T24:00:00", 0, 0, "none"},
    {"2023-01-31T00:60:00", 0, 0, "none"},
    {"2023-01-31T00:00:00+15:00", 0, 0, "none"},
    {"2023-01-31T00:00:00.", 0, 0, "none"},
    {"2023-01-31T", 0, 0, "none"},
    {"2023-01-01T00:00:00", 'M', 0, "2023-01"},
    {"2023-01-01/P1Y", 0, 0, "2023"},
    {"2023-01-01/P12M", 0, 0, "2023"},
    {"2023-07-01/P6M", 0, 0, "2023-S2"},
    {"2023-04-01/P3M", 0, 0, "2023-Q2"},
    {"2023-02-01/P1M", 0, 0, "2023-02"},
    {"2023-01-30/P7D", 0, 0, "2023-W05"},
    {"2023-01-30/P1W", 0, 0, "2023-W05"},
    {"2023-01-31/P1D", 0, 0, "2023-01-31"},
    {"2023-01-01T00:00:00/P1M", 0, 0, "2023-01"},
    {"2023-01-01T01:00:00/P1M", 0, 0, "unsupported"},
    {"2023-01-01T00:00:01/P1M", 0, 0, "unsupported"},
    {"2023-01-01T00:00:00.5/P1M", 0, 0, "unsupported"},
    {"2023-01-01T10:00:00/PT1H", 0, 0, "unsupported"},
    {"2023-01-01T10:00:00/PT0.5S", 0, 0, "unsupported"},
    {"2023-07-01/P1Y", 0, 0, "unsupported"},
    {"2023-01-31/P7D", 0, 0, "unsupported"},
    {"2023-01-01/P4M", 0, 0, "unsupported"},
    {"2023-01-01/P1Y1D", 0, 0, "unsupported"},
    {"2023-01-01/P1M1Y", 0, 0, "none"},
    {"2023-01-01/P", 0, 0, "none"},
    {"2023-01-01/P0D", 0, 0, "none"},
    {"2023-01-01/PT", 0, 0, "none"},
    {"2023-01-01/P1", 0, 0, "none"},
    {"2023-01-01/", 0, 0, "none"},
    {"2023年", 0, 0, "2023"},
    {"2023年度", 0, 0, "2023"},
    {"2023年第一季度", 0, 0, "2023-Q1"},
    {"2023年第4季度", 0, 0, "2023-Q4"},
    {"2023年1季度", 0, 0, "2023-Q1"},
    {"2023年三季度", 0, 0, "2023-Q3"},
    {"2023年第五季度", 0, 0, "none"},
    {"2023年上半年", 0, 0, "2023-S1"},
    {"2023年下半年", 0, 0, "2023-S2"},
    {"2023年1月", 0, 0, "2023-01"},
    {"2023年12月", 0, 0, "2023-12"},
    {"2023年13月", 0, 0, "none"},
    {"2023年0月", 0, 0, "none"},
    {"2023年1月31日", 0, 0, "2023-01-31"},
    {"2023年2月30日", 0, 0, "none"},
    {"2023年1-2月", 0, 0, "2023-02"},
    {"2023年1—2月", 0, 0, "2023-02"},
    {"2023年1至2月", 0, 0, "2023-02"},
    {"2023年1-9月", 0, 0, "unsupported"},
    {"2023年2-1月", 0, 0, "none"},
    {"2023年前三季度", 0, 0, "unsupported"},
    {"2023年前两季度", 0, 0, "unsupported"},
    {"2023年1-3季度", 0, 0, "unsupported"},
    {"2023年第两季度", 0, 0, "none"},
    /* FREQ and start dates */
    {"2000-01", 'A', 0, "2000"},
    {"2000-01-01", 'A', 0, "2000"},
    {"2000-04-01", 'A', 0, "unsupported"},
    {"2000-04", 'Q', 0, "2000-Q2"},
    {"2000-04-01", 'Q', 0, "2000-Q2"},
    {"2000-02", 'Q', 0, "unsupported"},
    {"2000-04-02", 'Q', 0, "unsupported"},
    {"2000-07", 'S', 0, "2000-S2"},
    {"2000-01-01", 'M', 0, "2000-01"},
    {"2000-01-02", 'M', 0, "unsupported"},
    {"2023-01-30", 'W', 0, "2023-W05"},
    {"2023-01-31", 'W', 0, "unsupported"},
    {"2023-01-31", 'B', 0, "2023-01-31"},
    {"2023-01", 'D', 0, "2023-01"},
    {"2023", 'M', 0, "2023"},
    {"2023-01-31T10:00:00", 'H', 0, "unsupported"},
    {"2023-01", 'N', 0, "unsupported"},
    {"2023", 'I', 0, "unsupported"},
    {"2023-13", 'H', 0, "none"},
    {"2023-Q1", 'A', 0, "2023-Q1"},
    {"2023-S1", 'H', 0, "2023-S1"},
    {"2023M01", 'A', 0, "2023-01"},
    {"2023", 'Z', 0, "2023"},
    {"", 0, 0, "none"},
    {"0000", 0, 0, "none"},
    {"0000-01", 0, 0, "none"},
    {"202", 0, 0, "none"},
    {"20230", 0, 0, "none"},
    {"total", 0, 0, "none"},
    {"]", 0, 0, "none"},
    {" []", 0, 0, "none"},
    {"2023 []", 0, 0, "none"},
    {"2023 [YR]", 0, 0, "none"},
    {"12345678901234567890", 'D', 0, "none"},
};

enum { SPELLINGS = sizeof spellings / sizeof *spellings };

static void check_spellings(void) {
    for (size_t i = 0; i < SPELLINGS; i++) {
        ic_period_style style = {spellings[i].freq, spellings[i].day_first};
        ic_period period = {-7, 'x', 99};
        char text[IC_PERIOD_TEXT] = "";
        ic_period_result result = parse(spellings[i].text, strlen(spellings[i].text), &style, &period);
        const char *got = result == IC_PERIOD_OK         ? text
                          : result == IC_PERIOD_NONE     ? "none"
                          : result == IC_PERIOD_UNPLACED ? "unplaced"
                                                         : "unsupported";
        if (result == IC_PERIOD_OK)
            (void)ic_period_format(period.freq, period.ordinal, text);
        else
            CHECK(period.ordinal == -7 && period.freq == 'x' && period.flags == 99);
        CHECK(strcmp(got, spellings[i].wanted) == 0);
        if (strcmp(got, spellings[i].wanted) != 0)
            fprintf(stderr, "%s: %s, not %s\n", spellings[i].text, got, spellings[i].wanted);
    }
    ic_period joint;
    CHECK(parse("2023年1-2月", strlen("2023年1-2月"), NULL, &joint) == IC_PERIOD_OK);
    CHECK(joint.flags == IC_FLAG_JOINT && joint.freq == 'M' && joint.ordinal == 53 * 12 + 1);
    CHECK(parse("2023", 4, NULL, &joint) == IC_PERIOD_OK && joint.flags == 0);
}

/* Whatever the text: one of the four results, and an OK period is valid, formats, and reads back as itself.
 */
static ic_period_result check_sane(const char *text, size_t length, const ic_period_style *style) {
    ic_period period, again;
    char canonical[IC_PERIOD_TEXT];
    ic_period_result result = parse(text, length, style, &period);
    int sane = 1;
    if (result == IC_PERIOD_OK) {
        size_t n = ic_period_format(period.freq, period.ordinal, canonical);
        sane = ic_period_valid(period.freq, period.ordinal) && n == ic_period_width(period.freq) &&
               n == strlen(canonical) && parse(canonical, n, NULL, &again) == IC_PERIOD_OK &&
               again.freq == period.freq && again.ordinal == period.ordinal &&
               (period.flags == 0 || period.flags == IC_FLAG_JOINT);
    }
    CHECK(sane && result >= IC_PERIOD_OK && result <= IC_PERIOD_UNSUPPORTED);
    return result;
}

static void check_near_misses(void) {
    static const char styles[] = {0, 'A', 'S', 'Q', 'M', 'W', 'D', 'B', 'H', 'U'};
    for (size_t i = 0; i < SPELLINGS; i++) {
        const char *text = spellings[i].text;
        size_t length = strlen(text);
        char changed[64];
        for (size_t s = 0; s < sizeof styles; s++) {
            ic_period_style style = {styles[s], (int)(s & 1)};
            for (size_t n = 0; n <= length; n++) {
                (void)check_sane(text, n, &style);
                (void)check_sane(text + n, length - n, &style);
            }
            if (s > 1) continue;
            for (size_t k = 0; k < length; k++)
                for (int byte = 0; byte < 256; byte++) {
                    memcpy(changed, text, length);
                    changed[k] = (char)byte;
                    (void)check_sane(changed, length, &style);
                }
        }
    }
}

/* Random texts over the alphabet of periods, so that deep paths are reached often */
static void check_soup(void) {
    static const char alphabet[] = "0123456789--  //::..TZPYMWDHSQA[]R+年月日季度第一1-2";
    uint64_t state = 88172645463325252u;
    char text[24];
    size_t ok = 0;
    for (int round = 0; round < 300000; round++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        size_t length = (size_t)(state % 17) + 3, year = (state >> 20) % 4;
        if (year != 0) memcpy(text, "2024", 4);
        uint64_t bits = state;
        for (size_t k = year != 0 ? 4 : 0; k < length; k++) {
            bits = bits * 6364136223846793005u + 1442695040888963407u;
            text[k] = alphabet[(bits >> 33) % (sizeof alphabet - 1)];
        }
        ok += check_sane(text, length, NULL) == IC_PERIOD_OK;
    }
    CHECK(ok > 100); /* else the soup is too thin to mean anything */
}

/* Every day from 0001-01-01 to 9999-12-31, stepped by hand. */
static void check_days(void) {
    int32_t year = 1, month = 1, date = 1, week = -102736, weekday = 0, week_year = 1, week_number = 1;
    int bad = 0;
    for (int32_t day = IC_FIRST_DAY; day <= IC_LAST_DAY; day++) {
        ic_date d = ic_date_of_day(day);
        bad += d.year != year || d.month != month || d.day != date || ic_day_of_date(year, month, date) != day;
        int32_t a, s, q, m, w;
        bad += !ic_period_of_day('A', day, &a) || a != year - 1970;
        bad += !ic_period_of_day('S', day, &s) || s != 2 * (year - 1970) + (month > 6);
        bad += !ic_period_of_day('Q', day, &q) || q != 4 * (year - 1970) + (month - 1) / 3;
        bad += !ic_period_of_day('M', day, &m) || m != 12 * (year - 1970) + month - 1;
        bad += !ic_period_of_day('W', day, &w) || w != week;
        bad += weekday == 0 && ic_period_first_day('W', w) != day;
        bad += weekday == 6 && ic_period_last_day('W', w) != day;
        if (weekday == 0) {
            char text[IC_PERIOD_TEXT], wanted[40];
            (void)ic_period_format('W', week, text);
            snprintf(wanted, sizeof wanted, "%04d-W%02d", week_year, week_number);
            bad += strcmp(text, wanted) != 0 || ic_period_year('W', week) != week_year;
        }
        int32_t length = month == 2 ? (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28)
                         : month == 4 || month == 6 || month == 9 || month == 11 ? 30
                                                                                 : 31;
        bad += ic_month_days(year, month) != length;
        if (date == 1) bad += ic_period_first_day('M', m) != day;
        if (date == length) bad += ic_period_last_day('M', m) != day;
        if (date == length && month % 3 == 0) bad += ic_period_last_day('Q', q) != day;
        if (date == 1 && month == 7) bad += ic_period_first_day('S', s) != day;
        if (date == 31 && month == 12) bad += ic_period_last_day('A', a) != day || ic_period_last_day('S', s) != day;
        if (date++ == length) date = 1, month++;
        if (month == 13) month = 1, year++;
        if (++weekday == 7) {
            weekday = 0, week++, week_number++;
            /* a week belongs to the year that holds its Thursday, three days on from the Monday we now stand
             * on */
            if (month == 1 && date <= 4 && week_number > 50) week_number = 1, week_year = year;
            if (month == 12 && date >= 29) week_number = 1, week_year = year + 1;
        }
    }
    CHECK(bad == 0);
}

static void check_edges(void) {
    static const char freqs[] = "ASQMWD";
    for (int i = 0; i < 6; i++) {
        char f = freqs[i], text[IC_PERIOD_TEXT];
        int32_t low = 0, high = 0, before = 0;
        CHECK(ic_period_of_day(f, IC_FIRST_DAY, &low) && ic_period_of_day(f, IC_LAST_DAY, &high));
        CHECK(ic_period_valid(f, low) && !ic_period_valid(f, low - 1));
        CHECK(ic_period_valid(f, high) && !ic_period_valid(f, high + 1));
        CHECK(!ic_period_of_day(f, IC_FIRST_DAY - 1, &before));
        CHECK(!ic_period_of_day(f, ic_period_last_day(f, high) + 1, &before));
        CHECK(!ic_period_of_day(f, INT64_MAX, &before) && !ic_period_of_day(f, INT64_MIN, &before));
        CHECK(ic_period_of_day(f, ic_period_last_day(f, high), &before) && before == high);
        CHECK(ic_period_format(f, high + 1, text) == 0 && text[0] == '\0');
        CHECK(ic_period_format(f, INT32_MAX, text) == 0 && ic_period_format(f, INT32_MIN, text) == 0);
        CHECK(ic_period_first_day(f, low - 1) == IC_PERIOD_NO_DAY &&
              ic_period_last_day(f, high + 1) == IC_PERIOD_NO_DAY);
        CHECK(ic_period_first_day(f, low) == IC_FIRST_DAY && ic_period_year(f, low) == 1 &&
              ic_period_year(f, high) == 9999);
        CHECK(ic_period_year(f, low - 1) == 0 && !ic_period_year_before(f, low, &before));
        CHECK(ic_period_year_before(f, high, &before) && ic_period_year(f, before) == 9998);
        for (int32_t o = low; o < high; o += 1 + (high - low) / 5000) {
            size_t n = ic_period_format(f, o, text);
            ic_period period;
            CHECK(parse(text, n, NULL, &period) == IC_PERIOD_OK && period.freq == f && period.ordinal == o);
            CHECK(ic_period_last_day(f, o) + 1 == ic_period_first_day(f, o + 1));
        }
    }
    int32_t before;
    ic_period p;
    CHECK(parse("2020-W53", 8, NULL, &p) == IC_PERIOD_OK && !ic_period_year_before('W', p.ordinal, &before));
    CHECK(parse("2021-W01", 8, NULL, &p) == IC_PERIOD_OK && ic_period_year_before('W', p.ordinal, &before));
    CHECK(before == p.ordinal - 53);
    CHECK(parse("2024-02-29", 10, NULL, &p) == IC_PERIOD_OK && !ic_period_year_before('D', p.ordinal, &before));
    CHECK(parse("2025-02-28", 10, NULL, &p) == IC_PERIOD_OK && ic_period_year_before('D', p.ordinal, &before));
    CHECK(before == p.ordinal - 366);
    CHECK(!ic_period_valid('X', 0) && ic_period_width('X') == 0 && !ic_period_of_day('X', 0, &before));
    CHECK(ic_period_first_day(0, 0) == IC_PERIOD_NO_DAY);
}

int main(void) {
    check_spellings();
    check_near_misses();
    check_soup();
    check_days();
    check_edges();
    REPORT();
}
