/* A pipe between a Python thread that makes bytes (inflates, transcodes, reads a file object) and the core that scans them. */
#ifndef IB_PIPE_H
#define IB_PIPE_H

#include "bind/bind.h"

typedef struct ib_pipe ib_pipe;

/* The pipe of a `Pipe` object, or NULL if it is none. */
ib_pipe *ib_pipe_of(PyObject *module, PyObject *object);
/* For ic_source: `context` is an ib_pipe_reader. Waits in pieces of 50 ms, between which it polls. */
typedef struct ib_pipe_reader {
    ib_pipe *pipe;
    int (*poll)(void *context, uint64_t done);
    void *poll_context;
} ib_pipe_reader;
int64_t ib_pipe_read(void *context, void *buffer, size_t size, uint64_t offset);
/* The reader goes away: writers return at once from now on. */
void ib_pipe_leave(ib_pipe *pipe);

/* Adds the type to the module and its state. */
int ib_pipe_init(PyObject *module);

#endif
