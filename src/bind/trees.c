/* Rows and arrays added up along a tree. Checks and arrays here, the work in core/tree. */
#include "bind/bind.h"

#include "core/tree/tree.h"

static PyObject *kept(PyArrayObject *array, PyObject *held) {
    if (array == NULL) return NULL;
    const int failed = PyList_Append(held, (PyObject *)array);
    Py_DECREF((PyObject *)array);
    return failed ? NULL : (PyObject *)array;
}

/* (positions, number of codes, map or None, number of groups) */
static int axis_of(PyObject *item, ic_tree_axis *axis, npy_intp n, PyObject *held) {
    PyObject *positions, *map;
    Py_ssize_t codes, size;
    if (!PyArg_ParseTuple(item, "OnOn", &positions, &codes, &map, &size)) return -1;
    if (!PyArray_Check(positions) || PyArray_NDIM((PyArrayObject *)positions) != 1 ||
        PyArray_SIZE((PyArrayObject *)positions) != n || codes < 0 || size < 0) {
        PyErr_SetString(PyExc_ValueError, "positions: expected one for each value");
        return -1;
    }
    const int type = PyArray_TYPE((PyArrayObject *)positions);
    if (type != NPY_UINT8 && type != NPY_UINT16 && type != NPY_UINT32) {
        PyErr_SetString(PyExc_TypeError, "positions: expected uint8, uint16 or uint32");
        return -1;
    }
    PyObject *at = kept(ib_array_of(positions, type, 1, "positions"), held);
    if (at == NULL) return -1;
    *axis = (ic_tree_axis){.positions = PyArray_DATA((PyArrayObject *)at),
                           .width = type == NPY_UINT8    ? 1
                                    : type == NPY_UINT16 ? 2
                                                         : 4,
                           .codes = (size_t)codes,
                           .size = (size_t)size};
    if (map == Py_None) {
        if (codes == size) return 0;
        PyErr_SetString(PyExc_ValueError, "without a map there are as many groups as codes");
        return -1;
    }
    PyObject *groups = kept(ib_array_of(map, NPY_UINT32, 1, "map"), held);
    if (groups == NULL) return -1;
    axis->map = PyArray_DATA((PyArrayObject *)groups);
    int fits = PyArray_SIZE((PyArrayObject *)groups) == codes;
    for (Py_ssize_t k = 0; fits && k < codes; k++) fits = axis->map[k] < axis->size || axis->map[k] == IC_TREE_NOWHERE;
    if (!fits) PyErr_SetString(PyExc_ValueError, "map: expected a group for each code");
    return fits ? 0 : -1;
}

static PyObject *tree_sums(PyObject *module, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"axes", "values", "flags", "threads", NULL};
    (void)module;
    PyObject *axes, *values, *flags, *result = NULL, *made[5] = {NULL};
    ic_tree_axis taken[IC_TREE_AXES];
    ic_tree_rows rows = {.axes = taken};
    int threads = 1;
    npy_intp cells = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!OO|$i:tree_sums", names, &PyTuple_Type, &axes, &values, &flags,
                                     &threads))
        return NULL;
    PyObject *held = PyList_New(0);
    if (held == NULL) return NULL;
    PyObject *array = kept(ib_array_of(values, NPY_DOUBLE, 1, "values"), held);
    if (array == NULL) goto done;
    rows.values = PyArray_DATA((PyArrayObject *)array);
    rows.n = (size_t)PyArray_SIZE((PyArrayObject *)array);
    if (flags != Py_None) {
        PyObject *bits = kept(ib_array_of(flags, NPY_UINT32, 1, "flags"), held);
        if (bits == NULL) goto done;
        rows.flags = PyArray_DATA((PyArrayObject *)bits);
        if ((size_t)PyArray_SIZE((PyArrayObject *)bits) != rows.n) {
            PyErr_SetString(PyExc_ValueError, "flags: expected one for each value");
            goto done;
        }
    }
    if (PyTuple_Size(axes) > IC_TREE_AXES) {
        PyErr_Format(PyExc_ValueError, "%zd columns: at most %d are possible", PyTuple_Size(axes), IC_TREE_AXES);
        goto done;
    }
    rows.n_axes = (size_t)PyTuple_Size(axes);
    for (size_t a = 0; a < rows.n_axes; a++) {
        if (axis_of(PyTuple_GetItem(axes, (Py_ssize_t)a), &taken[a], (npy_intp)rows.n, held) < 0) goto done;
        const size_t size = taken[a].size;
        if (size != 0 && (size_t)cells > IC_TREE_CELLS / size) {
            PyErr_SetString(PyExc_ValueError, "too many cells");
            goto done;
        }
        cells *= (npy_intp)size;
    }
    static const int types[] = {NPY_DOUBLE, NPY_UINT64, NPY_UINT64, NPY_UINT32, NPY_UINT32};
    for (size_t k = 0; k < (rows.flags != NULL ? 5U : 3U); k++)
        if ((made[k] = PyArray_SimpleNew(1, &cells, types[k])) == NULL) goto done;
    ic_tree_cells out = {PyArray_DATA((PyArrayObject *)made[0]), PyArray_DATA((PyArrayObject *)made[1]),
                         PyArray_DATA((PyArrayObject *)made[2]), NULL, NULL};
    if (rows.flags != NULL) {
        out.flags = PyArray_DATA((PyArrayObject *)made[3]);
        out.reasons = PyArray_DATA((PyArrayObject *)made[4]);
    }
    ic_status status;
    Py_BEGIN_ALLOW_THREADS;
    status = ic_tree_sums(&rows, &out, threads);
    Py_END_ALLOW_THREADS;
    if (status == IC_OK)
        result = Py_BuildValue("(OOOOO)", made[0], made[1], made[2], made[3] != NULL ? made[3] : Py_None,
                               made[4] != NULL ? made[4] : Py_None);
    else if (status == IC_MEMORY)
        PyErr_NoMemory();
    else
        PyErr_SetString(PyExc_ValueError, "positions: one that is no code's");
done:
    for (size_t k = 0; k < 5; k++) Py_XDECREF(made[k]);
    Py_DECREF(held);
    return result;
}

static int steps_fit(const ic_tree_plan *plan) {
    for (size_t k = 0; k < plan->n_steps; k++) {
        const ic_tree_step *step = &plan->steps[k];
        const size_t most = step->verb == IC_TREE_ADD    ? plan->codes
                            : step->verb == IC_TREE_JOIN ? plan->slots
                            : step->verb == IC_TREE_END  ? plan->nodes
                                                         : 1;
        if (step->verb < IC_TREE_BEGIN || step->verb > IC_TREE_END || step->slot < 0 || step->at < 0 ||
            (size_t)step->slot >= plan->slots || (size_t)step->at >= most ||
            (step->verb == IC_TREE_JOIN && step->at == step->slot))
            return 0;
    }
    return 1;
}

static PyObject *tree_roll(PyObject *module, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"values", "flags", "steps",    "weights", "slots",
                            "nodes",  "how",   "coverage", "threads", NULL};
    (void)module;
    PyObject *values, *flags, *steps, *weights, *result = NULL, *made[2] = {NULL, NULL};
    Py_ssize_t slots, nodes;
    int how, threads = 1;
    ic_tree_plan plan = {0};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOOOnnid|$i:tree_roll", names, &values, &flags, &steps, &weights,
                                     &slots, &nodes, &how, &plan.coverage, &threads))
        return NULL;
    PyObject *held = PyList_New(0), *bits = NULL;
    if (held == NULL) return NULL;
    PyObject *x = kept(ib_array_of(values, NPY_DOUBLE, 3, "values"), held);
    PyObject *w = x == NULL ? NULL : kept(ib_array_of(weights, NPY_DOUBLE, 1, "weights"), held);
    PyObject *s = w == NULL ? NULL : kept(ib_array_of(steps, NPY_INT32, 2, "steps"), held);
    if (s == NULL) goto done;
    if (flags != Py_None && (bits = kept(ib_array_of(flags, NPY_UINT32, 3, "flags"), held)) == NULL) goto done;
    const npy_intp *shape = PyArray_DIMS((PyArrayObject *)x);
    plan.steps = PyArray_DATA((PyArrayObject *)s);
    plan.weights = PyArray_DATA((PyArrayObject *)w);
    plan.n_steps = (size_t)PyArray_DIM((PyArrayObject *)s, 0);
    plan.slots = (size_t)slots;
    plan.nodes = (size_t)nodes;
    plan.how = (ic_tree_how)how;
    plan.outer = (size_t)shape[0];
    plan.codes = (size_t)shape[1];
    plan.inner = (size_t)shape[2];
    if (slots < 1 || nodes < 0 || how < 0 || how > IC_TREE_COVERAGE || PyArray_DIM((PyArrayObject *)s, 1) != 3 ||
        PyArray_DIM((PyArrayObject *)w, 0) != PyArray_DIM((PyArrayObject *)s, 0) || !steps_fit(&plan) ||
        (bits != NULL && !PyArray_SAMESHAPE((PyArrayObject *)x, (PyArrayObject *)bits))) {
        PyErr_SetString(PyExc_ValueError, "values, flags, steps and weights don't fit");
        goto done;
    }
    const npy_intp to[3] = {shape[0], nodes, shape[2]};
    if ((made[0] = PyArray_SimpleNew(3, to, NPY_DOUBLE)) == NULL ||
        (made[1] = PyArray_SimpleNew(3, to, NPY_UINT32)) == NULL)
        goto done;
    ic_status status;
    Py_BEGIN_ALLOW_THREADS;
    status =
        ic_tree_roll(&plan, PyArray_DATA((PyArrayObject *)x), bits == NULL ? NULL : PyArray_DATA((PyArrayObject *)bits),
                     PyArray_DATA((PyArrayObject *)made[0]), PyArray_DATA((PyArrayObject *)made[1]), threads);
    Py_END_ALLOW_THREADS;
    if (status == IC_OK)
        result = PyTuple_Pack(2, made[0], made[1]);
    else
        PyErr_NoMemory();
done:
    Py_XDECREF(made[0]);
    Py_XDECREF(made[1]);
    Py_DECREF(held);
    return result;
}

PyMethodDef ib_tree_functions[] = {
    {"tree_sums", (PyCFunction)(void (*)(void))tree_sums, METH_VARARGS | METH_KEYWORDS,
     "tree_sums(axes, values, flags, *, threads) -> (sums, valued, missing, flags, reasons)\n--\n\nSee core/tree."},
    {"tree_roll", (PyCFunction)(void (*)(void))tree_roll, METH_VARARGS | METH_KEYWORDS,
     "tree_roll(values, flags, steps, weights, slots, nodes, how, coverage, *, threads) -> (values, flags)\n--\n\n"
     "See core/tree."},
    {NULL, NULL, 0, NULL},
};
