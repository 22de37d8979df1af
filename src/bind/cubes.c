/* Rows to cubes and back: what the containers of Python stand on. Checks and arrays here, the work in core/cube. */
#include "bind/bind.h"

#include "core/cube/cube.h"

#include <string.h>

#define CELLS_LIMIT ((unsigned long long)1 << 30) /* 8 GB of values: more has to be asked for */

/* Columns and the arrays that they point into. */
typedef struct columns {
    ic_cube_axis axes[IC_CUBE_AXES];
    PyArrayObject *held[IC_CUBE_AXES];
    size_t n;
} columns;

static void columns_free(columns *c) {
    for (size_t i = 0; i < c->n; i++) Py_XDECREF((PyObject *)c->held[i]);
    c->n = 0;
}

/* `object` as an aligned, contiguous 1-d array in native byte order: itself wherever it is one. A type that is not
   one of `types` (ended by -1) is a TypeError, never a cast. */
static PyArrayObject *column(PyObject *object, const char *name, const int *types, const char *expected) {
    if (!PyArray_Check(object)) {
        PyErr_Format(PyExc_TypeError, "%s: expected an array of %s", name, expected);
        return NULL;
    }
    PyArrayObject *array = (PyArrayObject *)object;
    int type = PyArray_TYPE(array), known = 0;
    for (; *types >= 0; types++) known |= PyArray_EquivTypenums(type, *types);
    if (!known) {
        PyErr_Format(PyExc_TypeError, "%s: expected %s, got %S", name, expected, (PyObject *)PyArray_DESCR(array));
        return NULL;
    }
    if (PyArray_NDIM(array) != 1) {
        PyErr_Format(PyExc_ValueError, "%s: expected one dimension, got %d", name, PyArray_NDIM(array));
        return NULL;
    }
    return (PyArrayObject *)PyArray_FROM_OF(object, NPY_ARRAY_CARRAY_RO | NPY_ARRAY_NOTSWAPPED);
}

static const int unsigned_types[] = {NPY_UINT8, NPY_UINT16, NPY_UINT32, -1};
static const int float64_type[] = {NPY_FLOAT64, -1}, uint32_type[] = {NPY_UINT32, -1}, int32_type[] = {NPY_INT32, -1};

static int same_length(PyArrayObject *array, const char *name, npy_intp rows) {
    if (PyArray_SIZE(array) == rows) return 1;
    PyErr_Format(PyExc_ValueError, "%s: %zd elements for %zd rows", name, (Py_ssize_t)PyArray_SIZE(array),
                 (Py_ssize_t)rows);
    return 0;
}

/* A number of things, from any integer: those of NumPy too. */
static int count_of(PyObject *object, const char *name, uint64_t *out) {
    PyObject *index = PyNumber_Index(object);
    if (index == NULL) return 0;
    unsigned long long count = PyLong_AsUnsignedLongLong(index);
    Py_DECREF(index);
    if (count == (unsigned long long)-1 && PyErr_Occurred()) {
        PyErr_Format(PyExc_ValueError, "%s: %S is no number of things", name, object);
        return 0;
    }
    *out = count;
    return 1;
}

/* Two sequences of one length: positions and sizes. `*rows` is -1 before the first column. */
static int columns_of(columns *c, PyObject *positions, PyObject *sizes, npy_intp *rows) {
    if (!PyTuple_Check(positions) || !PyTuple_Check(sizes)) {
        PyErr_SetString(PyExc_TypeError, "positions and sizes: expected a tuple each");
        return 0;
    }
    Py_ssize_t n = PyTuple_Size(positions);
    if (n != PyTuple_Size(sizes)) {
        PyErr_Format(PyExc_ValueError, "%zd columns of positions, but %zd sizes", n, PyTuple_Size(sizes));
        return 0;
    }
    if (n >= IC_CUBE_AXES) { /* one is left for time */
        PyErr_Format(PyExc_ValueError, "%zd dimensions: fewer than %d are possible", n, IC_CUBE_AXES);
        return 0;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        char name[40];
        PyOS_snprintf(name, sizeof name, "positions[%d]", (int)i);
        PyArrayObject *array = column(PyTuple_GetItem(positions, i), name, unsigned_types, "uint8, uint16 or uint32");
        if (array == NULL) return 0;
        c->held[c->n++] = array;
        uint64_t size;
        if (!count_of(PyTuple_GetItem(sizes, i), "sizes", &size)) return 0;
        if (*rows < 0) *rows = PyArray_SIZE(array);
        if (!same_length(array, name, *rows)) return 0;
        c->axes[c->n - 1] =
            (ic_cube_axis){.positions = PyArray_DATA(array), .width = (int)PyArray_ITEMSIZE(array), .size = size};
    }
    return 1;
}

static void free_blocks(ic_block *blocks, size_t n) {
    for (size_t i = 0; i < n; i++) ic_block_free(&blocks[i]);
}

/* ---- series_index ------------------------------------------------------------------------------------------ */

static PyObject *series_index(PyObject *module, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"positions", "sizes", "rows", "threads", NULL};
    PyObject *positions, *sizes, *result = NULL;
    Py_ssize_t stated = -1;
    int threads = 1, width = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO|$ni:series_index", names, &positions, &sizes, &stated, &threads))
        return NULL;
    columns c = {.n = 0};
    npy_intp rows = stated;
    ic_block blocks[2] = {{0}};
    size_t n_series = 0;
    ic_error error;
    ic_status status;
    if (!columns_of(&c, positions, sizes, &rows)) goto done;
    if (rows < 0) {
        PyErr_SetString(PyExc_ValueError, "without dimensions, rows= has to say how many rows there are");
        goto done;
    }
    Py_BEGIN_ALLOW_THREADS status =
        ic_cube_series(c.axes, c.n, (size_t)rows, threads, &blocks[0], &width, &blocks[1], &n_series, &error);
    Py_END_ALLOW_THREADS if (status != IC_OK) {
        ib_raise(module, &error, NULL, NULL);
        goto done;
    }
    npy_intp count = (npy_intp)n_series;
    PyObject *index = ib_array_from_block(&blocks[0], 1, &rows, width == 4 ? NPY_INT32 : NPY_INT64);
    PyObject *first = index == NULL ? NULL : ib_array_from_block(&blocks[1], 1, &count, NPY_INT64);
    if (first != NULL) result = PyTuple_Pack(2, index, first);
    Py_XDECREF(index);
    Py_XDECREF(first);
done:
    free_blocks(blocks, 2);
    columns_free(&c);
    return result;
}

/* ---- scatter ----------------------------------------------------------------------------------------------- */

static int duplicates_of(const char *word, ic_cube_duplicates *out) {
    static const char *const words[] = {"error", "first", "last", "sum"}; /* as in ic_cube_duplicates */
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i]) == 0) {
            *out = (ic_cube_duplicates)i;
            return 1;
        }
    PyErr_Format(PyExc_ValueError, "duplicates: expected 'error', 'first', 'last' or 'sum', got '%s'", word);
    return 0;
}

static void raise_duplicate(const size_t pair[2], const char *message) {
    PyObject *errors = PyImport_ImportModule("indicia.errors");
    PyObject *class = errors == NULL ? NULL : PyObject_GetAttrString(errors, "DuplicateError");
    PyObject *value = NULL;
    if (class != NULL) value = PyObject_CallFunction(class, "s(nn)", message, (Py_ssize_t)pair[0], (Py_ssize_t)pair[1]);
    if (value != NULL) PyErr_SetObject(class, value);
    Py_XDECREF(value);
    Py_XDECREF(class);
    Py_XDECREF(errors);
}

static PyObject *scatter(PyObject *module, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"positions", "sizes",      "ordinals", "first", "periods", "values",
                            "flags",     "duplicates", "threads",  "limit", NULL};
    PyObject *positions, *sizes, *ordinals, *values, *flags, *limit_object = Py_None, *result = NULL;
    const char *word;
    int threads = 1, first;
    Py_ssize_t periods;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOOinOOs|$iO:scatter", names, &positions, &sizes, &ordinals, &first,
                                     &periods, &values, &flags, &word, &threads, &limit_object))
        return NULL;
    ic_cube_duplicates duplicates;
    uint64_t limit = CELLS_LIMIT;
    columns c = {.n = 0};
    ic_block blocks[2] = {{0}};
    size_t pair[2];
    ic_error error;
    ic_status status;
    if (!duplicates_of(word, &duplicates)) return NULL;
    if (limit_object != Py_None && !count_of(limit_object, "limit", &limit)) return NULL;
    PyArrayObject *marks = NULL, *figures = column(values, "values", float64_type, "float64");
    if (figures == NULL) return NULL;
    npy_intp rows = PyArray_SIZE(figures);
    if (!columns_of(&c, positions, sizes, &rows)) goto done;
    if (flags != Py_None) {
        if ((marks = column(flags, "flags", uint32_type, "uint32")) == NULL) goto done;
        if (!same_length(marks, "flags", rows)) goto done;
    }
    if (ordinals != Py_None) {
        PyArrayObject *array = column(ordinals, "ordinals", int32_type, "int32");
        if (array == NULL) goto done;
        c.held[c.n++] = array;
        if (!same_length(array, "ordinals", rows)) goto done;
        if (periods < 0 || periods > (Py_ssize_t)UINT32_MAX) {
            PyErr_Format(PyExc_ValueError, "periods: %zd is no number of periods", periods);
            goto done;
        }
        c.axes[c.n - 1] = (ic_cube_axis){
            .positions = PyArray_DATA(array), .width = 4, .is_time = 1, .first = first, .size = (uint64_t)periods};
    }
    ic_cube_rows in = {.axes = c.axes,
                       .n_axes = c.n,
                       .rows = (size_t)rows,
                       .values = PyArray_DATA(figures),
                       .flags = marks == NULL ? NULL : PyArray_DATA(marks)};
    Py_BEGIN_ALLOW_THREADS status =
        ic_cube_scatter(&in, duplicates, limit, threads, &blocks[0], &blocks[1], pair, &error);
    Py_END_ALLOW_THREADS if (status != IC_OK) {
        if (pair[1] != SIZE_MAX)
            raise_duplicate(pair, error.message);
        else
            ib_raise(module, &error, NULL, NULL);
        goto done;
    }
    npy_intp shape[IC_CUBE_AXES];
    for (size_t i = 0; i < c.n; i++) shape[i] = (npy_intp)c.axes[i].size;
    int has_flags = blocks[1].data != NULL;
    PyObject *cells = ib_array_from_block(&blocks[0], (int)c.n, shape, NPY_FLOAT64), *reasons = NULL;
    if (cells != NULL)
        reasons = has_flags ? ib_array_from_block(&blocks[1], (int)c.n, shape, NPY_UINT32) : Py_NewRef(Py_None);
    if (reasons != NULL) result = PyTuple_Pack(2, cells, reasons);
    Py_XDECREF(cells);
    Py_XDECREF(reasons);
done:
    free_blocks(blocks, 2);
    columns_free(&c);
    Py_XDECREF((PyObject *)marks);
    Py_DECREF((PyObject *)figures);
    return result;
}

/* ---- gather ------------------------------------------------------------------------------------------------ */

static PyArrayObject *cells_of(PyObject *object, const char *name, int type, const char *expected) {
    if (!PyArray_Check(object) || !PyArray_EquivTypenums(PyArray_TYPE((PyArrayObject *)object), type)) {
        PyErr_Format(PyExc_TypeError, "%s: expected an array of %s", name, expected);
        return NULL;
    }
    return (PyArrayObject *)PyArray_FROM_OF(object, NPY_ARRAY_CARRAY_RO | NPY_ARRAY_NOTSWAPPED);
}

/* positions, time, values, flags of `rows` rows; empties the blocks */
static PyObject *gathered(ic_block *blocks, size_t n_positions, int has_time, int has_flags, const int *types,
                          size_t rows) {
    npy_intp count = (npy_intp)rows;
    PyObject *positions = PyTuple_New((Py_ssize_t)n_positions), *rest[3] = {NULL, NULL, NULL}, *result = NULL;
    if (positions == NULL) return NULL;
    for (size_t i = 0; i < n_positions; i++) {
        PyObject *array = ib_array_from_block(&blocks[i], 1, &count, types[i]);
        if (array == NULL || PyTuple_SetItem(positions, (Py_ssize_t)i, array) < 0) goto done;
    }
    ic_block *block = blocks + n_positions;
    rest[0] = has_time ? ib_array_from_block(block++, 1, &count, NPY_INT32) : Py_NewRef(Py_None);
    if (rest[0] == NULL) goto done;
    if ((rest[1] = ib_array_from_block(block++, 1, &count, NPY_FLOAT64)) == NULL) goto done;
    rest[2] = has_flags ? ib_array_from_block(block, 1, &count, NPY_UINT32) : Py_NewRef(Py_None);
    if (rest[2] != NULL) result = PyTuple_Pack(4, positions, rest[0], rest[1], rest[2]);
done:
    Py_DECREF(positions);
    for (int i = 0; i < 3; i++) Py_XDECREF(rest[i]);
    return result;
}

static PyObject *gather(PyObject *module, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"values", "flags", "has_time", "threads", NULL};
    PyObject *values, *flags, *result = NULL;
    int has_time, threads = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOp|$i:gather", names, &values, &flags, &has_time, &threads))
        return NULL;
    PyArrayObject *marks = NULL, *cells = cells_of(values, "values", NPY_FLOAT64, "float64");
    if (cells == NULL) return NULL;
    size_t n = (size_t)PyArray_NDIM(cells), rows = 0;
    ic_block blocks[IC_CUBE_AXES + 2] = {{0}};
    uint64_t sizes[IC_CUBE_AXES];
    int types[IC_CUBE_AXES];
    ic_error error;
    ic_status status;
    if (has_time && n == 0) {
        PyErr_SetString(PyExc_ValueError, "values: no axis for time");
        goto done;
    }
    if (flags != Py_None) {
        if ((marks = cells_of(flags, "flags", NPY_UINT32, "uint32")) == NULL) goto done;
        if (PyArray_NDIM(marks) != (int)n || !PyArray_SAMESHAPE(marks, cells)) {
            PyErr_SetString(PyExc_ValueError, "flags: expected the shape of values");
            goto done;
        }
    }
    for (size_t i = 0; i < n; i++) {
        sizes[i] = (uint64_t)PyArray_DIM(cells, (int)i);
        int width = ic_cube_width(sizes[i]);
        types[i] = width == 1 ? NPY_UINT8 : width == 2 ? NPY_UINT16 : NPY_UINT32;
    }
    Py_BEGIN_ALLOW_THREADS status =
        ic_cube_gather(PyArray_DATA(cells), marks == NULL ? NULL : PyArray_DATA(marks), sizes, n, has_time ? n - 1 : n,
                       threads, blocks, &blocks[n], &blocks[n + 1], &rows, &error);
    Py_END_ALLOW_THREADS if (status != IC_OK) ib_raise(module, &error, NULL, NULL);
    else result = gathered(blocks, has_time ? n - 1 : n, has_time, blocks[n + 1].data != NULL, types, rows);
done:
    free_blocks(blocks, IC_CUBE_AXES + 2);
    Py_XDECREF((PyObject *)marks);
    Py_DECREF((PyObject *)cells);
    return result;
}

PyMethodDef ib_cube_functions[] = {
    {"series_index", (PyCFunction)(void (*)(void))series_index, METH_VARARGS | METH_KEYWORDS,
     "series_index(positions, sizes, *, rows=-1, threads=1) -> (index, first)\n\n"
     "Rows numbered by distinct positions in order of first appearance: int32 (int64 beyond 2**31 rows), and the "
     "first\n"
     "row of each series, int64. `rows` is needed only without dimensions."},
    {"scatter", (PyCFunction)(void (*)(void))scatter, METH_VARARGS | METH_KEYWORDS,
     "scatter(positions, sizes, ordinals, first, periods, values, flags, duplicates, *, threads=1, limit=None)\n"
     "-> (values, flags)\n\n"
     "Rows written into an array of shape sizes + (periods,), or sizes where ordinals is None: NaN where there is no\n"
     "row; flags are None when no row has any. duplicates: 'error' (DuplicateError with .rows), 'first', 'last', "
     "'sum'.\n"
     "More than `limit` cells (default 2**30) raise LimitError."},
    {"gather", (PyCFunction)(void (*)(void))gather, METH_VARARGS | METH_KEYWORDS,
     "gather(values, flags, has_time, *, threads=1) -> (positions, time_index, values, flags)\n\n"
     "The cells that have a value or flags, as rows in C order; time_index is an int32 index into the last axis, or\n"
     "None; flags are None when no cell has any."},
    {NULL, NULL, 0, NULL},
};
