#include "bind/bind.h"

#include <string.h>

/* FormatError(message, path=, line=, column=, offset=, format=), and likewise its two siblings */
static void set_placed(PyObject *class, const ic_error *error, PyObject *path, const char *format) {
    PyObject *message = PyUnicode_DecodeUTF8(error->message, (Py_ssize_t)strlen(error->message), "replace");
    if (message == NULL) return;
    PyObject *place = Py_BuildValue("{sOsKsKsKsz}", "path", path == NULL ? Py_None : path, "line",
                                    (unsigned long long)error->line, "column", (unsigned long long)error->column,
                                    "offset", (unsigned long long)error->offset, "format", format);
    PyObject *arguments = PyTuple_Pack(1, message);
    if (place != NULL && arguments != NULL) {
        PyObject *value = PyObject_Call(class, arguments, place);
        if (value != NULL) PyErr_SetObject(class, value);
        Py_XDECREF(value);
    }
    Py_XDECREF(arguments);
    Py_XDECREF(place);
    Py_DECREF(message);
}

PyObject *ib_raise(PyObject *module, const ic_error *error, PyObject *path, const char *format) {
    ib_state *state = ib_state_of(module);
    switch (error->status) {
    case IC_FORMAT: set_placed(state->format_error, error, path, format); break;
    case IC_LIMIT: set_placed(state->limit_error, error, path, format); break;
    case IC_UNSUPPORTED: set_placed(state->unsupported_error, error, path, format); break;
    case IC_ARGUMENT: PyErr_SetString(PyExc_ValueError, error->message); break;
    case IC_MEMORY: PyErr_NoMemory(); break;
    case IC_SOURCE:
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_OSError, error->message);
        break;
    case IC_STOPPED:
        if (!PyErr_Occurred()) PyErr_SetNone(PyExc_KeyboardInterrupt);
        break;
    case IC_OK: PyErr_SetString(PyExc_SystemError, "an error without a status"); break;
    }
    return NULL;
}
