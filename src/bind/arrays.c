#include "bind/bind.h"

static void release(PyObject *capsule) {
    ic_block *block = PyCapsule_GetPointer(capsule, "indicia.block");
    if (block == NULL) return;
    ic_block_free(block);
    ic_free(block);
}

PyObject *ib_array_from_block(ic_block *block, int ndim, const npy_intp *shape, int typenum) {
    PyObject *capsule = NULL, *array = NULL;
    ic_block *kept = ic_alloc(1, sizeof *kept);
    if (kept == NULL) {
        ic_block_free(block);
        return PyErr_NoMemory();
    }
    *kept = *block;
    *block = (ic_block){0};
    capsule = PyCapsule_New(kept, "indicia.block", release);
    if (capsule == NULL) {
        ic_block_free(kept);
        ic_free(kept);
        return NULL;
    }
    array = PyArray_SimpleNewFromData(ndim, (npy_intp *)shape, typenum, kept->data);
    if (array == NULL) {
        Py_DECREF(capsule);
        return NULL;
    }
    if (PyArray_SetBaseObject((PyArrayObject *)array, capsule) < 0) { /* takes the capsule even when it fails */
        Py_DECREF(array);
        return NULL;
    }
    return array;
}

PyArrayObject *ib_array_of(PyObject *object, int type, int ndim, const char *name) {
    PyArrayObject *array =
        (PyArrayObject *)PyArray_FromAny(object, PyArray_DescrFromType(type), 0, 0, NPY_ARRAY_CARRAY_RO, NULL);
    if (array != NULL && PyArray_NDIM(array) != ndim) {
        PyErr_Format(PyExc_ValueError, "%s: expected %d dimensions, got %d", name, ndim, PyArray_NDIM(array));
        Py_DECREF((PyObject *)array);
        return NULL;
    }
    return array;
}
