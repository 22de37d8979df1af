/* Rows that are in memory, folded into cells as readers fold theirs. */
#include "bind/bind.h"

#include "core/read/collapse.h"

typedef struct rows {
    const int64_t *index;
    const double *values;
    const uint32_t *flags;
    npy_intp n, cells;
} rows;

static ic_status fold_all(ic_cells *cells, const rows *r, double coverage, double *values, uint32_t *flags) {
    uint32_t cell;
    for (npy_intp g = 0; g < r->cells; g++) IC_TRY(ic_cells_find(cells, (uint32_t)g, 0, &cell));
    for (npy_intp k = 0; k < r->n; k++) {
        if (r->index[k] < 0 || r->index[k] >= r->cells) return IC_ARGUMENT;
        IC_TRY(ic_cells_add(cells, (uint32_t)r->index[k], r->values[k], r->flags != NULL ? r->flags[k] : 0));
    }
    for (npy_intp g = 0; g < r->cells; g++) values[g] = ic_cells_value(cells, (uint32_t)g, coverage, &flags[g]);
    return IC_OK;
}

static const void *data_of(PyObject *object, int type, npy_intp n, PyObject **held) {
    *held = PyArray_FromAny(object, PyArray_DescrFromType(type), 1, 1, NPY_ARRAY_CARRAY_RO, NULL);
    if (*held == NULL) return NULL;
    if (PyArray_SIZE((PyArrayObject *)*held) == n) return PyArray_DATA((PyArrayObject *)*held);
    PyErr_SetString(PyExc_ValueError, "index, values and flags: expected the same length");
    return NULL;
}

static PyObject *fold(PyObject *module, PyObject *args) {
    PyObject *index, *values, *flags, *held[3] = {NULL, NULL, NULL}, *to = NULL, *to_flags = NULL, *result = NULL;
    Py_ssize_t n;
    int rule;
    double coverage;
    if (!PyArg_ParseTuple(args, "OnOOid:fold", &index, &n, &values, &flags, &rule, &coverage)) return NULL;
    if (n < 0 || n >= (Py_ssize_t)1 << 31 || !PyArray_Check(values))
        return PyErr_Format(PyExc_ValueError, "fold: an array of values into 0 to 2^31 cells");
    rows r = {.n = PyArray_SIZE((PyArrayObject *)values), .cells = (npy_intp)n};
    ic_cells cells = {.rule = (ic_rule)rule};
    ic_error error = {0};
    r.index = data_of(index, NPY_INT64, r.n, &held[0]);
    if (r.index != NULL) r.values = data_of(values, NPY_DOUBLE, r.n, &held[1]);
    if (r.values != NULL && flags != Py_None) r.flags = data_of(flags, NPY_UINT32, r.n, &held[2]);
    if (r.values != NULL && (flags == Py_None || r.flags != NULL)) {
        to = PyArray_SimpleNew(1, &r.cells, NPY_DOUBLE);
        to_flags = PyArray_SimpleNew(1, &r.cells, NPY_UINT32);
    }
    if (to != NULL && to_flags != NULL) {
        PyThreadState *state = PyEval_SaveThread();
        const ic_status status =
            fold_all(&cells, &r, coverage, PyArray_DATA((PyArrayObject *)to), PyArray_DATA((PyArrayObject *)to_flags));
        ic_cells_free(&cells);
        PyEval_RestoreThread(state);
        if (status == IC_OK)
            result = PyTuple_Pack(2, to, to_flags);
        else if (status == IC_MEMORY)
            ib_raise(module, (ic_fail_memory(&error), &error), NULL, NULL);
        else
            PyErr_SetString(PyExc_ValueError, "index: a number that is no cell's");
    }
    Py_XDECREF(to);
    Py_XDECREF(to_flags);
    for (size_t i = 0; i < 3; i++) Py_XDECREF(held[i]);
    return result;
}

PyMethodDef ib_fold_functions[] = {
    {"fold", fold, METH_VARARGS,
     "fold(index, n, values, flags, rule, coverage) -> (values, flags): rows folded into n cells, exactly."},
    {NULL, NULL, 0, NULL},
};
