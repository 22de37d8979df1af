#if !defined(_WIN32) && !defined(_POSIX_C_SOURCE)
#define _POSIX_C_SOURCE 200809L /* clock_gettime under -std=c11 */
#endif
#include "core/base/parallel.h"

#include <stddef.h>

#if defined(_WIN32)
#include <process.h>
#include <windows.h>
typedef HANDLE ic_thread;
#define IC_THREAD_RESULT unsigned __stdcall
#else
#include <pthread.h>
#include <time.h>
typedef pthread_t ic_thread;
#define IC_THREAD_RESULT void *
#endif

#define THREADS_MAX 64
#define WATCH_MS    20

typedef struct team {
    size_t tasks;
    size_t next; /* first task nobody has taken, changed atomically */
    void (*task)(void *context, size_t i);
    void *context;
#if !defined(_WIN32)
    pthread_mutex_t lock;
    pthread_cond_t one_less;
    size_t running; /* other threads, under the lock */
#endif
} team;

static void work(team *t) {
    for (;;) {
        size_t i = __atomic_fetch_add(&t->next, 1, __ATOMIC_RELAXED);
        if (i >= t->tasks) return;
        t->task(t->context, i);
    }
}

static IC_THREAD_RESULT run(void *argument) {
    team *t = argument;
    work(t);
#if !defined(_WIN32)
    pthread_mutex_lock(&t->lock);
    t->running--;
    pthread_cond_signal(&t->one_less);
    pthread_mutex_unlock(&t->lock);
#endif
    return 0;
}

#if defined(_WIN32)
static int start(ic_thread *thread, team *t) {
    *thread = (HANDLE)_beginthreadex(NULL, 0, run, t, 0, NULL);
    return *thread != 0;
}

static void join(ic_thread thread) {
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
}

static void watch_over(team *t, const ic_thread *threads, size_t n, void (*watch)(void *)) {
    for (size_t i = 0; i < n; i++)
        while (WaitForSingleObject(threads[i], WATCH_MS) == WAIT_TIMEOUT) watch(t->context);
}

static void open_team(team *t) { (void)t; }
static void close_team(team *t) { (void)t; }
#else
static int start(ic_thread *thread, team *t) {
    pthread_mutex_lock(&t->lock);
    int started = pthread_create(thread, NULL, run, t) == 0;
    t->running += (size_t)started;
    pthread_mutex_unlock(&t->lock);
    return started;
}

static void join(ic_thread thread) { pthread_join(thread, NULL); }

static void watch_over(team *t, const ic_thread *threads, size_t n, void (*watch)(void *)) {
    (void)threads, (void)n;
    pthread_mutex_lock(&t->lock);
    while (t->running > 0) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += WATCH_MS * 1000000L;
        if (until.tv_nsec >= 1000000000L) {
            until.tv_sec++;
            until.tv_nsec -= 1000000000L;
        }
        if (pthread_cond_timedwait(&t->one_less, &t->lock, &until) == 0) continue;
        pthread_mutex_unlock(&t->lock);
        watch(t->context);
        pthread_mutex_lock(&t->lock);
    }
    pthread_mutex_unlock(&t->lock);
}

static void open_team(team *t) {
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->one_less, NULL);
}

static void close_team(team *t) {
    pthread_cond_destroy(&t->one_less);
    pthread_mutex_destroy(&t->lock);
}
#endif

void ic_parallel_watched(size_t tasks, int threads, void (*task)(void *context, size_t i), void (*watch)(void *context),
                         void *context) {
    team t = {.tasks = tasks, .next = 1, .task = task, .context = context};
    ic_thread others[THREADS_MAX];
    size_t want = threads < 1 ? 1 : (size_t)threads, n = 0;
    if (tasks == 0) return;
    if (want > tasks) want = tasks;
    if (want > THREADS_MAX) want = THREADS_MAX;
    open_team(&t);
    while (n + 1 < want && start(&others[n], &t)) n++;
    task(context, 0);
    work(&t);
    if (watch != NULL && n > 0) watch_over(&t, others, n, watch);
    for (size_t i = 0; i < n; i++) join(others[i]);
    close_team(&t);
}

void ic_parallel_for(size_t tasks, int threads, void (*task)(void *context, size_t i), void *context) {
    ic_parallel_watched(tasks, threads, task, NULL, context);
}
