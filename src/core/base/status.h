/* What every fallible function of the core returns, and where an error lies. */
#ifndef IC_STATUS_H
#define IC_STATUS_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__) || defined(__clang__)
#define IC_CHECKED      __attribute__((warn_unused_result))
#define IC_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define IC_LIKELY(x)    __builtin_expect(!!(x), 1)
#define IC_UNLIKELY(x)  __builtin_expect(!!(x), 0)
#define IC_NOINLINE     __attribute__((noinline))
#define IC_INLINE       static inline __attribute__((always_inline))
#else
#define IC_CHECKED
#define IC_PRINTF(f, a)
#define IC_LIKELY(x)   (x)
#define IC_UNLIKELY(x) (x)
#define IC_NOINLINE
#define IC_INLINE static inline
#endif

typedef enum ic_status {
    IC_OK = 0,
    IC_FORMAT,      /* the bytes are not what the format says        -> FormatError */
    IC_LIMIT,       /* a size lies beyond a stated limit             -> LimitError */
    IC_UNSUPPORTED, /* understood, but not read by this library      -> UnsupportedFormatError */
    IC_ARGUMENT,    /* the caller's options do not fit the data      -> ValueError */
    IC_MEMORY,      /* an allocation failed                          -> MemoryError */
    IC_SOURCE,      /* the source failed; whoever owns it knows why  -> OSError, ... */
    IC_STOPPED      /* poll() asked to stop                          -> KeyboardInterrupt, ... */
} ic_status;

#define IC_MESSAGE_SIZE 480

/* An error and its place. `line` and `column` count from 1 (characters), 0 where there is no place;
   `offset` counts bytes from 0. */
typedef struct ic_error {
    ic_status status;
    uint64_t offset;
    uint64_t line;
    uint64_t column;
    char message[IC_MESSAGE_SIZE];
} ic_error;

/* Fills `error` (may be NULL) and returns `status`, so that a failing function can end with it.
   The message is cut, never overrun, and stays valid UTF-8 if its arguments are. */
ic_status ic_fail(ic_error *error, ic_status status, const char *format, ...) IC_PRINTF(3, 4);

/* The same for IC_MEMORY, which has one text. */
ic_status ic_fail_memory(ic_error *error);

/* Copies at most `size` - 1 bytes of text into `out` for use in a message: control bytes become '?',
   invalid UTF-8 too, and what is too long ends in "...". Returns `out`. */
const char *ic_quote(char *out, size_t size, const char *text, size_t length);

#define IC_TRY(call)                                                                                                   \
    do {                                                                                                               \
        ic_status ic_try_status_ = (call);                                                                             \
        if (IC_UNLIKELY(ic_try_status_ != IC_OK)) return ic_try_status_;                                               \
    } while (0)

#endif
