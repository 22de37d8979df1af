/* The arrays of core/disaggregation: checked here, once, for the one function that Python calls. */
#include "bind/bind.h"

#include "core/disaggregation/disaggregation.h"

static const double *doubles(PyArrayObject *array) { return PyArray_DATA(array); }

/* Periods of one benchmark follow one another, and benchmarks rise. */
static int calendar_fits(const ic_disaggregation *how) {
    int64_t highest = -1;
    for (size_t t = 0; t < how->n; t++) {
        const int64_t low = how->low[t], before = t == 0 ? -1 : how->low[t - 1];
        if (low < 0 || low == before) continue;
        if (low <= highest || low >= (int64_t)how->lows) return 0;
        highest = low;
    }
    return 1;
}

static PyObject *disaggregate(PyObject *Py_UNUSED(module), PyObject *args, PyObject *kwargs) {
    static char *names[] = {"benchmarks", "indicators", "low",    "weight",  "about",
                            "scaled",     "polynomial", "memory", "rule",    "rho",
                            "rho_low",    "rho_high",   "errors", "threads", NULL};
    PyObject *objects[4], *result = NULL;
    ic_disaggregation how = {0};
    int memory, rule, errors, threads = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOOO$ppiiidddpi:disaggregate", names, &objects[0], &objects[1],
                                     &objects[2], &objects[3], &how.about, &how.scaled, &how.polynomial, &memory, &rule,
                                     &how.rho, &how.rho_low, &how.rho_high, &errors, &threads))
        return NULL;
    how.memory = (ic_memory_of)memory;
    how.rule = (ic_rho_rule)rule;
    PyArrayObject *given[4], *made[4] = {NULL};
    static const int types[] = {NPY_DOUBLE, NPY_DOUBLE, NPY_INT32, NPY_DOUBLE}, ndims[] = {2, 3, 1, 1};
    size_t held = 0;
    while (held < 4 && (given[held] = ib_array_of(objects[held], types[held], ndims[held], names[held])) != NULL)
        held++;
    if (held < 4) goto done;
    const npy_intp series = PyArray_DIM(given[0], 0), shared = PyArray_DIM(given[1], 0), n = PyArray_DIM(given[2], 0);
    how.n = (size_t)n;
    how.lows = (size_t)PyArray_DIM(given[0], 1);
    how.indicators = (size_t)PyArray_DIM(given[1], 1);
    how.low = PyArray_DATA(given[2]);
    how.weight = doubles(given[3]);
    const int needs_one = how.about || how.scaled;
    if (PyArray_DIM(given[3], 0) != n || PyArray_DIM(given[1], 2) != n || (shared != series && shared != 1) ||
        (needs_one && how.indicators < 1) || !calendar_fits(&how)) {
        PyErr_SetString(PyExc_ValueError, "benchmarks, indicators and calendar don't fit");
        goto done;
    }
    const size_t columns = ic_disaggregation_columns(&how);
    if (how.polynomial < 0 || columns > IC_DISAGGREGATION_COLUMNS) {
        PyErr_Format(PyExc_ValueError, "%zd columns to regress on: at most %d are possible", (Py_ssize_t)columns,
                     IC_DISAGGREGATION_COLUMNS);
        goto done;
    }
    const npy_intp shapes[4][2] = {
        {series, n}, {series, (npy_intp)columns}, {series, IC_DISAGGREGATION_FACTS}, {series, n}};
    for (size_t k = 0; k < (errors ? 4 : 3); k++) {
        made[k] = (PyArrayObject *)PyArray_SimpleNew(2, shapes[k], NPY_DOUBLE);
        if (made[k] == NULL) goto done;
    }
    const size_t step = shared == 1 ? 0 : how.indicators * how.n;
    ic_status status;
    Py_BEGIN_ALLOW_THREADS;
    status = ic_disaggregation_run(&how, (size_t)series, doubles(given[0]), doubles(given[1]), step,
                                   PyArray_DATA(made[0]), PyArray_DATA(made[1]), PyArray_DATA(made[2]),
                                   errors ? PyArray_DATA(made[3]) : NULL, threads);
    Py_END_ALLOW_THREADS;
    if (status == IC_OK)
        result = Py_BuildValue("(OOOO)", made[0], made[1], made[2], errors ? (PyObject *)made[3] : Py_None);
    else
        PyErr_NoMemory();
done:
    for (size_t k = 0; k < held; k++) Py_DECREF((PyObject *)given[k]);
    for (size_t k = 0; k < 4; k++) Py_XDECREF((PyObject *)made[k]);
    return result;
}

PyMethodDef ib_disaggregation_functions[] = {
    {"disaggregate", (PyCFunction)(void (*)(void))disaggregate, METH_VARARGS | METH_KEYWORDS,
     "disaggregate(benchmarks, indicators, low, weight, *, about, scaled, polynomial, memory, rule, rho, rho_low,\n"
     "rho_high, errors, threads) -> (values, coefficients, facts, errors)\n--\n\nSee core/disaggregation."},
    {NULL, NULL, 0, NULL},
};
