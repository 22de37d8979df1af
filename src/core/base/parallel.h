/* Threads made for one large call and joined before it returns. */
#ifndef IC_PARALLEL_H
#define IC_PARALLEL_H

#include "core/base/status.h"

/* Calls task(context, i) for i in 0 .. tasks-1, each once, on at most `threads` threads, of which the caller's is one
   (it takes task 0 first). Where no thread can be made the caller does the work alone: the result is the same. */
void ic_parallel_for(size_t tasks, int threads, void (*task)(void *context, size_t i), void *context);

/* The same; while the caller waits for the other threads it calls watch(context), every 20 ms: for a source's poll. */
void ic_parallel_watched(size_t tasks, int threads, void (*task)(void *context, size_t i), void (*watch)(void *context),
                         void *context);

#endif
