#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* pread with 64-bit offsets */
#endif
#include "core/base/source.h"

#include <errno.h>
#include <string.h>

#if defined(_WIN32)
#include <io.h>
#include <windows.h>
#else
#include <sys/types.h>
#include <unistd.h>
#endif

#define READ_MAX ((size_t)1 << 30) /* some systems refuse more in one call */

int64_t ic_file_read(void *context, void *buffer, size_t size, uint64_t offset) {
    ic_file *file = context;
    size_t done = 0;
    while (done < size) { /* a short read is not the end, nor is a signal */
        size_t want = size - done < READ_MAX ? size - done : READ_MAX;
#if defined(_WIN32)
        OVERLAPPED place = {0};
        place.Offset = (DWORD)(offset + done);
        place.OffsetHigh = (DWORD)((offset + done) >> 32);
        DWORD got = 0;
        if (!ReadFile((HANDLE)_get_osfhandle(file->descriptor), (char *)buffer + done, (DWORD)want, &got, &place) &&
            GetLastError() != ERROR_HANDLE_EOF) {
            file->failure = EIO;
            return -1;
        }
        int64_t n = got;
#else
        int64_t n = pread(file->descriptor, (char *)buffer + done, want, (off_t)(offset + done));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            file->failure = errno;
            return -1;
        }
#endif
        if (n == 0) break;
        done += (size_t)n;
    }
    return (int64_t)done;
}

int64_t ic_span_read(void *context, void *buffer, size_t size, uint64_t offset) {
    const ic_span *span = context;
    if (offset >= span->size) return 0;
    size_t n = span->size - (size_t)offset < size ? span->size - (size_t)offset : size;
    memcpy(buffer, span->data + offset, n);
    return (int64_t)n;
}
