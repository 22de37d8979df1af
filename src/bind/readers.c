#include "bind/bind.h"

PyMethodDef ib_reader_functions[] = {
    {NULL, NULL, 0, NULL},
};

int ib_readers_init(PyObject *module) {
    (void)module;
    return 0;
}
