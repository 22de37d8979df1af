#include "core/base/status.h"
#include "core/base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

ic_status ic_fail(ic_error *error, ic_status status, const char *format, ...) {
    if (error == NULL) return status;
    error->status = status;
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(error->message, IC_MESSAGE_SIZE, format, arguments);
    va_end(arguments);
    if (n < 0) error->message[0] = '\0';
    size_t length = strlen(error->message);
    /* a cut may have fallen inside a character */
    error->message[ic_utf8_whole(error->message, length)] = '\0';
    return status;
}

ic_status ic_fail_memory(ic_error *error) { return ic_fail(error, IC_MEMORY, "out of memory"); }

const char *ic_quote(char *out, size_t size, const char *text, size_t length) {
    if (size == 0) return out;
    size_t room = size - 1, n = 0, i = 0;
    while (i < length) {
        size_t step = ic_utf8_step(text + i, length - i);
        int odd = step == 0 || (unsigned char)text[i] < 0x20 || (unsigned char)text[i] == 0x7f;
        size_t take = step == 0 ? 1 : step;
        if (n + (odd ? 1 : take) > room) break;
        if (odd) {
            out[n++] = '?';
        } else {
            memcpy(out + n, text + i, take);
            n += take;
        }
        i += take;
    }
    if (i < length && room >= 3) {
        size_t end = n > room - 3 ? ic_utf8_whole(out, room - 3) : n;
        memcpy(out + end, "...", 3);
        n = end + 3;
    }
    out[n] = '\0';
    return out;
}
