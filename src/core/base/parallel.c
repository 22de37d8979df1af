#include "core/base/parallel.h"

#include <stddef.h>

#if defined(_WIN32)
#include <process.h>
#include <windows.h>
typedef HANDLE ic_thread;
#define IC_THREAD_RESULT unsigned __stdcall
#else
#include <pthread.h>
typedef pthread_t ic_thread;
#define IC_THREAD_RESULT void *
#endif

#define THREADS_MAX 64

typedef struct team {
    size_t tasks;
    size_t next; /* first task nobody has taken, changed atomically */
    void (*task)(void *context, size_t i);
    void *context;
} team;

static void work(team *t) {
    for (;;) {
        size_t i = __atomic_fetch_add(&t->next, 1, __ATOMIC_RELAXED);
        if (i >= t->tasks) return;
        t->task(t->context, i);
    }
}

static IC_THREAD_RESULT run(void *argument) {
    work(argument);
    return 0;
}

static int start(ic_thread *thread, team *t) {
#if defined(_WIN32)
    *thread = (HANDLE)_beginthreadex(NULL, 0, run, t, 0, NULL);
    return *thread != 0;
#else
    return pthread_create(thread, NULL, run, t) == 0;
#endif
}

static void join(ic_thread thread) {
#if defined(_WIN32)
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
#else
    pthread_join(thread, NULL);
#endif
}

void ic_parallel_for(size_t tasks, int threads, void (*task)(void *context, size_t i), void *context) {
    team t = {tasks, 1, task, context};
    ic_thread others[THREADS_MAX];
    size_t want = threads < 1 ? 1 : (size_t)threads, n = 0;
    if (tasks == 0) return;
    if (want > tasks) want = tasks;
    if (want > THREADS_MAX) want = THREADS_MAX;
    while (n + 1 < want && start(&others[n], &t)) n++;
    task(context, 0);
    work(&t);
    for (size_t i = 0; i < n; i++) join(others[i]);
}
