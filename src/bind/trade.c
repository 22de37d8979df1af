/* The tables of core/trade: checked here, once, for the functions that Python calls. */
#include "bind/bind.h"

#include "core/trade/trade.h"

static PyArrayObject *make(int ndim, npy_intp a, npy_intp b, npy_intp c, int type) {
    const npy_intp shape[3] = {a, b, c};
    return (PyArrayObject *)PyArray_SimpleNew(ndim, shape, type);
}

/* Large results: in huge pages where there are any. */
static PyObject *large(npy_intp a, npy_intp b, npy_intp c) {
    const npy_intp shape[3] = {a, b, c};
    ic_block block = {0};
    if (b != 0 && c > PY_SSIZE_T_MAX / 8 / b) return PyErr_NoMemory();
    if (a != 0 && b * c > PY_SSIZE_T_MAX / 8 / a) return PyErr_NoMemory();
    if (ic_block_make(&block, (size_t)(a * b * c), sizeof(double)) != IC_OK) return PyErr_NoMemory();
    return ib_array_from_block(&block, 3, shape, NPY_DOUBLE);
}

static PyObject *failed(ic_status status) {
    (void)status; /* memory is all that can fail */
    return PyErr_NoMemory();
}

static int exports_of(PyArrayObject *array, ic_exports *to) {
    *to = (ic_exports){(size_t)PyArray_DIM(array, 0), (size_t)PyArray_DIM(array, 1), (size_t)PyArray_DIM(array, 2),
                       PyArray_DATA(array)};
    if (to->rows < INT32_MAX && to->columns < INT32_MAX / 2) return 0;
    PyErr_SetString(PyExc_ValueError, "more countries or products than can be counted");
    return -1;
}

/* Bits as a (years, countries, words) array of uint64, and how many products they are for. */
static PyArrayObject *presence_of(PyObject *object, Py_ssize_t columns, ic_presence *to) {
    PyArrayObject *const array = ib_array_of(object, NPY_UINT64, 3, "bits");
    if (array == NULL) return NULL;
    *to = (ic_presence){(size_t)PyArray_DIM(array, 0), (size_t)PyArray_DIM(array, 1), (size_t)columns,
                        PyArray_DATA(array)};
    const size_t words = (size_t)PyArray_DIM(array, 2);
    int fits = columns >= 0 && columns < INT32_MAX / 2 && words == ic_trade_words(to->columns) && to->rows < INT32_MAX;
    if (fits && to->columns % IC_TRADE_BITS != 0) /* what lies beyond the last product must be empty */
        for (size_t r = 0; r < to->years * to->rows; r++)
            fits &= to->bits[(r + 1) * words - 1] >> (to->columns % IC_TRADE_BITS) == 0;
    if (fits) return array;
    PyErr_SetString(PyExc_ValueError, "bits don't fit the number of products");
    Py_DECREF((PyObject *)array);
    return NULL;
}

/* ---- advantage ------------------------------------------------------------------------------------------------------ */

static PyObject *advantage(PyObject *Py_UNUSED(module), PyObject *args, PyObject *kwargs) {
    static char *names[] = {"exports", "threads", NULL};
    PyObject *object, *result = NULL;
    int threads = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O$i:trade_advantage", names, &object, &threads)) return NULL;
    PyArrayObject *const given = ib_array_of(object, NPY_DOUBLE, 3, "exports");
    ic_exports exports;
    if (given == NULL || exports_of(given, &exports) < 0) goto done;
    PyObject *const out = large(PyArray_DIM(given, 0), PyArray_DIM(given, 1), PyArray_DIM(given, 2));
    if (out == NULL) goto done;
    int64_t unfit;
    ic_status status;
    Py_BEGIN_ALLOW_THREADS;
    status = ic_trade_advantage(&exports, PyArray_DATA((PyArrayObject *)out), &unfit, threads);
    Py_END_ALLOW_THREADS;
    result = status == IC_OK ? Py_BuildValue("(OL)", out, (long long)unfit) : failed(status);
    Py_DECREF(out);
done:
    Py_XDECREF((PyObject *)given);
    return result;
}

static PyObject *presence(PyObject *Py_UNUSED(module), PyObject *args, PyObject *kwargs) {
    static char *names[] = {"exports", "threshold", "as_given", "threads", NULL};
    PyObject *object, *result = NULL;
    int as_given = 0, threads = 1;
    double threshold;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "Od$pi:trade_presence", names, &object, &threshold, &as_given,
                                     &threads))
        return NULL;
    PyArrayObject *const given = ib_array_of(object, NPY_DOUBLE, 3, "exports");
    PyArrayObject *made[3] = {NULL};
    ic_exports exports;
    if (given == NULL || exports_of(given, &exports) < 0) goto done;
    const npy_intp years = PyArray_DIM(given, 0), rows = PyArray_DIM(given, 1), columns = PyArray_DIM(given, 2);
    made[0] = make(3, years, rows, (npy_intp)ic_trade_words((size_t)columns), NPY_UINT64);
    made[1] = make(2, years, rows, 0, NPY_INT32);
    made[2] = make(2, years, columns, 0, NPY_INT32);
    if (made[0] == NULL || made[1] == NULL || made[2] == NULL) goto done;
    int64_t unfit;
    ic_status status;
    Py_BEGIN_ALLOW_THREADS;
    status = ic_trade_presence(&exports, threshold, as_given, PyArray_DATA(made[0]), PyArray_DATA(made[1]),
                               PyArray_DATA(made[2]), &unfit, threads);
    Py_END_ALLOW_THREADS;
    result = status == IC_OK ? Py_BuildValue("(OOOL)", made[0], made[1], made[2], (long long)unfit) : failed(status);
done:
    Py_XDECREF((PyObject *)given);
    for (size_t k = 0; k < 3; k++) Py_XDECREF((PyObject *)made[k]);
    return result;
}

/* ---- what follows from presence ----------------------------------------------------------------------------------------- */

static PyObject *complexity(PyObject *Py_UNUSED(module), PyObject *args, PyObject *kwargs) {
    static char *names[] = {"bits", "columns", "threads", NULL};
    PyObject *object, *result = NULL;
    Py_ssize_t columns;
    int threads = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "On$i:trade_complexity", names, &object, &columns, &threads))
        return NULL;
    ic_presence of;
    PyArrayObject *const given = presence_of(object, columns, &of), *made[5] = {NULL};
    if (given == NULL) return NULL;
    const npy_intp years = PyArray_DIM(given, 0), rows = PyArray_DIM(given, 1);
    const npy_intp widths[] = {rows, columns, rows, columns, IC_COMPLEXITY_FACTS};
    static const int types[] = {NPY_DOUBLE, NPY_DOUBLE, NPY_INT32, NPY_INT32, NPY_DOUBLE};
    for (size_t k = 0; k < 5; k++)
        if ((made[k] = make(2, years, widths[k], 0, types[k])) == NULL) goto done;
    ic_status status;
    Py_BEGIN_ALLOW_THREADS;
    status = ic_trade_complexity(&of, PyArray_DATA(made[0]), PyArray_DATA(made[1]), PyArray_DATA(made[2]),
                                 PyArray_DATA(made[3]), PyArray_DATA(made[4]), threads);
    Py_END_ALLOW_THREADS;
    result = status == IC_OK ? Py_BuildValue("(OOOOO)", made[0], made[1], made[2], made[3], made[4]) : failed(status);
done:
    Py_DECREF((PyObject *)given);
    for (size_t k = 0; k < 5; k++) Py_XDECREF((PyObject *)made[k]);
    return result;
}

static PyObject *sums(PyObject *Py_UNUSED(module), PyObject *args, PyObject *kwargs) {
    static char *names[] = {"bits", "columns", "product", "country", "threads", NULL};
    PyObject *objects[3], *result = NULL;
    Py_ssize_t columns;
    int threads = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OnOO$i:trade_sums", names, &objects[0], &columns, &objects[1],
                                     &objects[2], &threads))
        return NULL;
    ic_presence of;
    PyArrayObject *const given = presence_of(objects[0], columns, &of), *product = NULL, *country = NULL,
                         *made[2] = {NULL};
    if (given == NULL) return NULL;
    const npy_intp years = PyArray_DIM(given, 0), rows = PyArray_DIM(given, 1);
    if ((product = ib_array_of(objects[1], NPY_DOUBLE, 2, "product")) == NULL ||
        (country = ib_array_of(objects[2], NPY_DOUBLE, 2, "country")) == NULL)
        goto done;
    if (PyArray_DIM(product, 0) != years || PyArray_DIM(product, 1) != columns || PyArray_DIM(country, 0) != years ||
        PyArray_DIM(country, 1) != rows) {
        PyErr_SetString(PyExc_ValueError, "bits, products and countries don't fit");
        goto done;
    }
    made[0] = make(2, years, rows, 0, NPY_DOUBLE);
    made[1] = make(2, years, columns, 0, NPY_DOUBLE);
    if (made[0] == NULL || made[1] == NULL) goto done;
    ic_status status;
    Py_BEGIN_ALLOW_THREADS;
    status = ic_trade_sums(&of, PyArray_DATA(product), PyArray_DATA(made[0]), PyArray_DATA(country),
                           PyArray_DATA(made[1]), threads);
    Py_END_ALLOW_THREADS;
    result = status == IC_OK ? Py_BuildValue("(OO)", made[0], made[1]) : failed(status);
done:
    Py_DECREF((PyObject *)given);
    Py_XDECREF((PyObject *)product);
    Py_XDECREF((PyObject *)country);
    for (size_t k = 0; k < 2; k++) Py_XDECREF((PyObject *)made[k]);
    return result;
}

static PyObject *proximity(PyObject *Py_UNUSED(module), PyObject *args, PyObject *kwargs) {
    static char *names[] = {"bits", "columns", "threads", NULL};
    PyObject *object;
    Py_ssize_t columns;
    int threads = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "On$i:trade_proximity", names, &object, &columns, &threads))
        return NULL;
    ic_presence of;
    PyArrayObject *const given = presence_of(object, columns, &of);
    if (given == NULL) return NULL;
    PyObject *out = large(PyArray_DIM(given, 0), columns, columns);
    if (out != NULL) {
        ic_status status;
        Py_BEGIN_ALLOW_THREADS;
        status = ic_trade_proximity(&of, PyArray_DATA((PyArrayObject *)out), threads);
        Py_END_ALLOW_THREADS;
        if (status != IC_OK) {
            Py_DECREF(out);
            out = failed(status);
        }
    }
    Py_DECREF((PyObject *)given);
    return out;
}

static PyObject *spread(PyObject *Py_UNUSED(module), PyObject *args, PyObject *kwargs) {
    static char *names[] = {"bits", "columns", "weight", "threads", NULL};
    PyObject *objects[2], *out = NULL, *result = NULL;
    Py_ssize_t columns;
    int threads = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OnO$i:trade_spread", names, &objects[0], &columns, &objects[1],
                                     &threads))
        return NULL;
    ic_presence of;
    PyArrayObject *const given = presence_of(objects[0], columns, &of), *weight = NULL, *all = NULL;
    if (given == NULL) return NULL;
    const npy_intp years = PyArray_DIM(given, 0), rows = PyArray_DIM(given, 1);
    if ((weight = ib_array_of(objects[1], NPY_DOUBLE, 2, "weight")) == NULL) goto done;
    if (PyArray_DIM(weight, 0) != years || PyArray_DIM(weight, 1) != columns) {
        PyErr_SetString(PyExc_ValueError, "bits and weights don't fit");
        goto done;
    }
    if ((all = make(2, years, columns, 0, NPY_DOUBLE)) == NULL || (out = large(years, rows, columns)) == NULL)
        goto done;
    ic_status status;
    Py_BEGIN_ALLOW_THREADS;
    status = ic_trade_spread(&of, PyArray_DATA(weight), PyArray_DATA((PyArrayObject *)out), PyArray_DATA(all), threads);
    Py_END_ALLOW_THREADS;
    result = status == IC_OK ? Py_BuildValue("(OO)", out, all) : failed(status);
done:
    Py_DECREF((PyObject *)given);
    Py_XDECREF((PyObject *)weight);
    Py_XDECREF((PyObject *)all);
    Py_XDECREF(out);
    return result;
}

static PyObject *fitness(PyObject *Py_UNUSED(module), PyObject *args, PyObject *kwargs) {
    static char *names[] = {"bits", "columns", "tolerance", "floor", "most", "threads", NULL};
    PyObject *object, *result = NULL;
    Py_ssize_t columns, most;
    double tolerance, least;
    int threads = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "Onddn$i:trade_fitness", names, &object, &columns, &tolerance,
                                     &least, &most, &threads))
        return NULL;
    ic_presence of;
    PyArrayObject *const given = presence_of(object, columns, &of), *made[3] = {NULL};
    if (given == NULL) return NULL;
    const npy_intp years = PyArray_DIM(given, 0), rows = PyArray_DIM(given, 1);
    made[0] = make(2, years, rows, 0, NPY_DOUBLE);
    made[1] = make(2, years, columns, 0, NPY_DOUBLE);
    made[2] = make(2, years, IC_FITNESS_FACTS, 0, NPY_DOUBLE);
    if (made[0] == NULL || made[1] == NULL || made[2] == NULL) goto done;
    ic_status status;
    Py_BEGIN_ALLOW_THREADS;
    status = ic_trade_fitness(&of, tolerance, least, most < 1 ? 1 : (size_t)most, PyArray_DATA(made[0]),
                              PyArray_DATA(made[1]), PyArray_DATA(made[2]), threads);
    Py_END_ALLOW_THREADS;
    result = status == IC_OK ? Py_BuildValue("(OOO)", made[0], made[1], made[2]) : failed(status);
done:
    Py_DECREF((PyObject *)given);
    for (size_t k = 0; k < 3; k++) Py_XDECREF((PyObject *)made[k]);
    return result;
}

#define ROW(function, text)                                                                                            \
    {"trade_" #function, (PyCFunction)(void (*)(void))function, METH_VARARGS | METH_KEYWORDS, text}

PyMethodDef ib_trade_functions[] = {
    ROW(advantage, "trade_advantage(exports, *, threads) -> (advantage, unfit)\n--\n\nSee core/trade."),
    ROW(presence,
        "trade_presence(exports, threshold, *, as_given, threads) -> (bits, diversity, ubiquity, unfit)\n--\n\n"
        "See core/trade."),
    ROW(complexity,
        "trade_complexity(bits, columns, *, threads) -> (country, product, country_part, product_part, facts)\n"
        "--\n\nSee core/trade."),
    ROW(sums,
        "trade_sums(bits, columns, product, country, *, threads) -> (by_country, by_product)\n--\n\nSee core/trade."),
    ROW(proximity, "trade_proximity(bits, columns, *, threads) -> proximity\n--\n\nSee core/trade."),
    ROW(spread, "trade_spread(bits, columns, weight, *, threads) -> (spread, all)\n--\n\nSee core/trade."),
    ROW(fitness,
        "trade_fitness(bits, columns, tolerance, floor, most, *, threads) -> (fitness, complexity, facts)\n--\n\n"
        "See core/trade."),
    {NULL, NULL, 0, NULL},
};
