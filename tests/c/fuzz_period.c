/* Any bytes, under every style: a result, and an OK period is valid and reads back from its own text. */
#include <stdlib.h>
#include <string.h>

#include "core/base/flags.h"
#include "core/period/period.h"

int ic_fuzz_one(const uint8_t *data, size_t size);
int ic_fuzz_one(const uint8_t *data, size_t size) {
    static const char codes[] = {0, 'A', 'S', 'Q', 'M', 'W', 'D', 'B', 'H', 'T', 'U'};
    for (size_t i = 0; i < sizeof codes; i++) {
        ic_period_style style = {codes[i], (int)(i & 1)};
        ic_period period, again;
        char text[IC_PERIOD_TEXT];
        if (ic_period_parse((const char *)data, size, &style, &period) != IC_PERIOD_OK) continue;
        size_t n = ic_period_format(period.freq, period.ordinal, text);
        if (n == 0 || n != strlen(text) || n != ic_period_width(period.freq)) abort();
        if (ic_period_parse(text, n, NULL, &again) != IC_PERIOD_OK) abort();
        if (again.freq != period.freq || again.ordinal != period.ordinal || again.flags != 0) abort();
        if ((period.flags & ~(uint32_t)IC_FLAG_JOINT) != 0) abort();
        int64_t first = ic_period_first_day(period.freq, period.ordinal);
        int32_t found;
        if (!ic_period_of_day(period.freq, first, &found) || found != period.ordinal) abort();
    }
    return 0;
}
