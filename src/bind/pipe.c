#include "bind/pipe.h"

#include <string.h>

#if defined(_WIN32)
#include <windows.h>
typedef CRITICAL_SECTION lock_type;
typedef CONDITION_VARIABLE signal_type;
#else
#include <pthread.h>
#include <time.h>
typedef pthread_mutex_t lock_type;
typedef pthread_cond_t signal_type;
#endif

#define RING_SIZE ((size_t)4 << 20)
#define WAIT_MS   50

struct ib_pipe {
    PyObject ob_base; /* PyObject_HEAD: this is the object itself */
    lock_type lock;
    signal_type changed;
    char *ring;
    size_t start, held;
    int closed;   /* no more will be written */
    int failed;   /* ... because the writer failed */
    int told;     /* ... and the reader has come to that place */
    int deserted; /* nobody reads any more */
    uint64_t passed;
};

#if defined(_WIN32)
static void lock(ib_pipe *p) { EnterCriticalSection(&p->lock); }
static void unlock(ib_pipe *p) { LeaveCriticalSection(&p->lock); }
static void announce(ib_pipe *p) { WakeAllConditionVariable(&p->changed); }
static void wait_for_change(ib_pipe *p) { SleepConditionVariableCS(&p->changed, &p->lock, WAIT_MS); }
#else
static void lock(ib_pipe *p) { pthread_mutex_lock(&p->lock); }
static void unlock(ib_pipe *p) { pthread_mutex_unlock(&p->lock); }
static void announce(ib_pipe *p) { pthread_cond_broadcast(&p->changed); }
static void wait_for_change(ib_pipe *p) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += WAIT_MS * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_cond_timedwait(&p->changed, &p->lock, &until);
}
#endif

/* ---- the reader's side: no GIL ------------------------------------------------------------------------------ */

int64_t ib_pipe_read(void *context, void *buffer, size_t size, uint64_t offset) {
    ib_pipe_reader *reader = context;
    ib_pipe *p = reader->pipe;
    lock(p);
    while (p->held == 0 && !p->closed) {
        wait_for_change(p);
        if (p->held > 0 || p->closed) break;
        unlock(p); /* poll takes the GIL, which a writer may hold while it waits for the lock */
        if (reader->poll(reader->poll_context, offset) != 0) return -1;
        lock(p);
    }
    size_t n = p->held < size ? p->held : size, first = RING_SIZE - p->start;
    if (first > n) first = n;
    memcpy(buffer, p->ring + p->start, first);
    memcpy((char *)buffer + first, p->ring, n - first);
    p->start = (p->start + n) % RING_SIZE;
    p->held -= n;
    int failed = n == 0 && p->failed;
    p->told |= failed;
    announce(p);
    unlock(p);
    return failed ? -1 : (int64_t)n;
}

void ib_pipe_leave(ib_pipe *p) {
    lock(p);
    p->deserted = 1;
    announce(p);
    unlock(p);
}

/* ---- the writer's side ----------------------------------------------------------------------------------------- */

static int put(ib_pipe *p, const char *bytes, size_t size) {
    lock(p);
    while (size > 0 && !p->deserted) {
        if (p->held == RING_SIZE) {
            wait_for_change(p);
            continue;
        }
        size_t end = (p->start + p->held) % RING_SIZE;
        size_t n = end >= p->start ? RING_SIZE - end : p->start - end; /* up to the ring's end, or to what is held */
        if (n > size) n = size;
        memcpy(p->ring + end, bytes, n);
        p->held += n;
        p->passed += n;
        bytes += n;
        size -= n;
        announce(p);
    }
    int deserted = p->deserted;
    unlock(p);
    return !deserted;
}

static PyObject *pipe_write(PyObject *self, PyObject *data) {
    Py_buffer view;
    int goes_on;
    if (PyObject_GetBuffer(data, &view, PyBUF_SIMPLE) < 0) return NULL;
    Py_BEGIN_ALLOW_THREADS goes_on = put((ib_pipe *)self, view.buf, (size_t)view.len);
    Py_END_ALLOW_THREADS PyBuffer_Release(&view);
    return PyBool_FromLong(goes_on);
}

static PyObject *pipe_close(PyObject *self, PyObject *args) {
    int failed = 0;
    ib_pipe *p = (ib_pipe *)self;
    if (!PyArg_ParseTuple(args, "|p", &failed)) return NULL;
    Py_BEGIN_ALLOW_THREADS lock(p);
    p->closed = 1;
    p->failed |= failed;
    announce(p);
    unlock(p);
    Py_END_ALLOW_THREADS Py_RETURN_NONE;
}

static PyObject *pipe_broken(PyObject *self, PyObject *Py_UNUSED(ignored)) {
    ib_pipe *p = (ib_pipe *)self;
    int told;
    Py_BEGIN_ALLOW_THREADS lock(p);
    told = p->told;
    unlock(p);
    Py_END_ALLOW_THREADS return PyBool_FromLong(told);
}

static PyObject *pipe_desert(PyObject *self, PyObject *Py_UNUSED(ignored)) {
    Py_BEGIN_ALLOW_THREADS ib_pipe_leave((ib_pipe *)self);
    Py_END_ALLOW_THREADS Py_RETURN_NONE;
}

/* ---- the type ----------------------------------------------------------------------------------------------------- */

static PyObject *pipe_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    if (!PyArg_ParseTuple(args, "") || (kwargs != NULL && PyDict_Size(kwargs) > 0)) return NULL;
    allocfunc alloc = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    ib_pipe *p = (ib_pipe *)alloc(type, 0);
    if (p == NULL) return NULL;
    p->ring = ic_alloc(RING_SIZE, 1);
#if defined(_WIN32)
    InitializeCriticalSection(&p->lock);
    InitializeConditionVariable(&p->changed);
#else
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
#endif
    if (p->ring == NULL) {
        Py_DECREF(p);
        return PyErr_NoMemory();
    }
    return (PyObject *)p;
}

static void pipe_dealloc(PyObject *self) {
    ib_pipe *p = (ib_pipe *)self;
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    ic_free(p->ring);
#if defined(_WIN32)
    DeleteCriticalSection(&p->lock);
#else
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->changed);
#endif
    release(self);
    Py_DECREF(type);
}

static PyMethodDef methods[] = {
    {"write", pipe_write, METH_O, "Pass bytes on; waits for room. False if nobody reads any more."},
    {"desert", pipe_desert, METH_NOARGS, "Nobody reads any more: writers return at once."},
    {"broken", pipe_broken, METH_NOARGS, "Whether the reader has met the end that close(True) made."},
    {"close", pipe_close, METH_VARARGS, "Nothing more comes; close(True): because of a failure."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot type_slots[] = {
    {Py_tp_new, (void *)pipe_new},
    {Py_tp_dealloc, (void *)pipe_dealloc},
    {Py_tp_methods, methods},
    {Py_tp_doc, "Bytes from a Python thread to the core, through a ring of 4 MiB."},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "indicia._core.Pipe",
    .basicsize = sizeof(ib_pipe),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = type_slots,
};

ib_pipe *ib_pipe_of(PyObject *module, PyObject *object) {
    PyTypeObject *type = (PyTypeObject *)ib_state_of(module)->pipe_type;
    return type != NULL && PyObject_TypeCheck(object, type) ? (ib_pipe *)object : NULL;
}

int ib_pipe_init(PyObject *module) {
    PyObject *type = PyType_FromModuleAndSpec(module, &spec, NULL);
    if (type == NULL) return -1;
    ib_state_of(module)->pipe_type = Py_NewRef(type);
    int result = PyModule_AddObjectRef(module, "Pipe", type);
    Py_DECREF(type);
    return result;
}
