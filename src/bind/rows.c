/* Rows of text, joined from columns: what the writers of formats stand on. The columns say what stands between the fields, so
   that one loop serves all formats. */
#include "bind/bind.h"
#include "core/number/number.h"

#include <math.h>
#include <string.h>

#define COLUMNS_MOST 4096

typedef enum kind { CONSTANT, CODED, FIGURES } kind;

typedef struct column {
    kind kind;
    const char *text; /* the constant, or all texts one behind the other */
    size_t length;
    const int64_t *offsets; /* of the texts: n_texts + 1 */
    npy_intp n_texts;
    const void *positions; /* of the text of each row; of figures: NULL, or 0 for the figure itself */
    int width;             /* bytes of a position */
    const double *values;
    const int8_t *decimals; /* by row, or NULL: `digits` in all of them */
    int digits;
    PyObject *held[4]; /* what keeps the above alive */
} column;

static void columns_free(column *columns, Py_ssize_t n) {
    for (Py_ssize_t i = 0; i < n; i++)
        for (size_t k = 0; k < 4; k++) Py_XDECREF(columns[i].held[k]);
    ic_free(columns);
}

/* A contiguous array of one dimension that holds `stop` elements. */
static const void *data_of(PyObject *object, int type, npy_intp stop, PyObject **held) {
    PyArrayObject *array =
        (PyArrayObject *)PyArray_FromAny(object, PyArray_DescrFromType(type), 1, 1, NPY_ARRAY_CARRAY_RO, NULL);
    *held = (PyObject *)array;
    if (array == NULL) return NULL;
    if (PyArray_SIZE(array) < stop) {
        PyErr_Format(PyExc_ValueError, "a column of %zd elements, expected %zd", (Py_ssize_t)PyArray_SIZE(array),
                     (Py_ssize_t)stop);
        return NULL;
    }
    return PyArray_DATA(array);
}

static int take_positions(column *c, PyObject *object, npy_intp stop) {
    const int type = PyArray_Check(object) ? PyArray_TYPE((PyArrayObject *)object) : NPY_UINT32;
    const int is_narrow = type == NPY_UINT8 || type == NPY_UINT16;
    c->width = type == NPY_UINT8 ? 1 : type == NPY_UINT16 ? 2 : 4;
    c->positions = data_of(object, is_narrow ? type : NPY_UINT32, stop, &c->held[0]);
    return c->positions != NULL;
}

/* (bytes, offsets): texts one behind the other. */
static int take_texts(column *c, PyObject *blob, PyObject *offsets) {
    char *text;
    Py_ssize_t length;
    if (PyBytes_AsStringAndSize(blob, &text, &length) < 0) return 0;
    c->offsets = data_of(offsets, NPY_INT64, 1, &c->held[1]);
    if (c->offsets == NULL) return 0;
    c->held[2] = Py_NewRef(blob);
    c->text = text;
    c->n_texts = PyArray_SIZE((PyArrayObject *)c->held[1]) - 1;
    int64_t before = 0;
    for (npy_intp i = 0; i <= c->n_texts; i++) {
        if (c->offsets[i] < before || c->offsets[i] > length) {
            PyErr_SetString(PyExc_ValueError, "offsets that do not rise to the length of the texts");
            return 0;
        }
        before = c->offsets[i];
    }
    return 1;
}

static int take_figures(column *c, PyObject *item, npy_intp stop) {
    PyObject *decimals = PyTuple_GetItem(item, 1), *marks = PyTuple_GetItem(item, 2);
    c->kind = FIGURES;
    c->values = data_of(PyTuple_GetItem(item, 0), NPY_DOUBLE, stop, &c->held[3]);
    if (c->values == NULL) return 0;
    if (marks != Py_None && !take_positions(c, marks, stop)) return 0;
    if (!take_texts(c, PyTuple_GetItem(item, 3), PyTuple_GetItem(item, 4))) return 0;
    if (c->n_texts < 1) {
        PyErr_SetString(PyExc_ValueError, "figures need a text for none");
        return 0;
    }
    if (PyLong_Check(decimals)) {
        const long digits = PyLong_AsLong(decimals);
        if (digits == -1 && PyErr_Occurred()) return 0;
        c->digits = digits < 0 ? 0 : digits > INT8_MAX ? INT8_MAX : (int)digits;
        return 1;
    }
    PyObject *held = NULL; /* the fifth thing to hold: kept by a tuple with the values */
    c->decimals = data_of(decimals, NPY_INT8, stop, &held);
    if (c->decimals == NULL) {
        Py_XDECREF(held);
        return 0;
    }
    PyObject *both = PyTuple_Pack(2, c->held[3], held);
    Py_DECREF(held);
    if (both == NULL) return 0;
    Py_DECREF(c->held[3]);
    c->held[3] = both;
    return 1;
}

/* bytes; (positions, texts, offsets); (values, decimals, positions or None, texts, offsets) */
static int take_column(column *c, PyObject *item, npy_intp stop) {
    if (PyBytes_Check(item)) {
        char *text;
        Py_ssize_t length;
        if (PyBytes_AsStringAndSize(item, &text, &length) < 0) return 0;
        c->held[0] = Py_NewRef(item);
        c->text = text;
        c->length = (size_t)length;
        return 1;
    }
    if (PyTuple_Check(item) && PyTuple_Size(item) == 3) {
        c->kind = CODED;
        return take_positions(c, PyTuple_GetItem(item, 0), stop) &&
               take_texts(c, PyTuple_GetItem(item, 1), PyTuple_GetItem(item, 2));
    }
    if (PyTuple_Check(item) && PyTuple_Size(item) == 5) return take_figures(c, item, stop);
    PyErr_SetString(PyExc_TypeError, "a column is bytes, (positions, texts, offsets), or "
                                     "(values, decimals, positions or None, texts, offsets)");
    return 0;
}

typedef struct text {
    char *bytes;
    size_t used, room;
} text;

static int append(text *out, const char *bytes, size_t length) {
    if (IC_UNLIKELY(out->room - out->used < length)) {
        void *grown = out->bytes;
        const ic_status status = ic_grow(&grown, &out->room, out->used + length, 1);
        out->bytes = grown;
        if (status != IC_OK) return 0;
    }
    memcpy(out->bytes + out->used, bytes, length);
    out->used += length;
    return 1;
}

IC_INLINE uint32_t position_at(const column *c, npy_intp row) {
    if (c->width == 1) return ((const uint8_t *)c->positions)[row];
    return c->width == 2 ? ((const uint16_t *)c->positions)[row] : ((const uint32_t *)c->positions)[row];
}

/* 1: written; 0: no memory; -1: a position without a text */
static int write_field(const column *c, npy_intp row, text *out) {
    if (c->kind == CONSTANT) return append(out, c->text, c->length);
    uint32_t position = c->positions == NULL ? 0 : position_at(c, row);
    if (c->kind == FIGURES && position == 0 && !isnan(c->values[row])) {
        char figure[IC_NUMBER_PADDED];
        const int decimals = c->decimals == NULL ? c->digits : c->decimals[row];
        return append(out, figure, ic_number_format_padded(c->values[row], decimals, figure));
    }
    if (position >= (size_t)c->n_texts) return -1;
    const int64_t from = c->offsets[position];
    return append(out, c->text + from, (size_t)(c->offsets[position + 1] - from));
}

static int write_rows(const column *columns, Py_ssize_t n, npy_intp start, npy_intp stop, text *out) {
    for (npy_intp row = start; row < stop; row++) {
        for (Py_ssize_t i = 0; i < n; i++) {
            const int written = write_field(&columns[i], row, out);
            if (written != 1) return written;
        }
    }
    return 1;
}

static PyObject *join_rows(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *list, *result = NULL;
    Py_ssize_t start, stop;
    text out = {0};
    int written = 0;
    if (!PyArg_ParseTuple(args, "O!nn:join_rows", &PyTuple_Type, &list, &start, &stop)) return NULL;
    const Py_ssize_t n = PyTuple_Size(list);
    if (start < 0 || stop < start || n > COLUMNS_MOST)
        return PyErr_Format(PyExc_ValueError, "rows %zd to %zd of %zd columns", start, stop, n);
    column *columns = ic_alloc_zeroed((size_t)n + 1, sizeof *columns);
    if (columns == NULL) return PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < n; i++)
        if (!take_column(&columns[i], PyTuple_GetItem(list, i), stop)) goto done;
    PyThreadState *state = PyEval_SaveThread();
    written = write_rows(columns, n, start, stop, &out);
    PyEval_RestoreThread(state);
    if (written == 1) {
        result = PyBytes_FromStringAndSize(out.bytes, (Py_ssize_t)out.used);
    } else if (written == 0) {
        (void)PyErr_NoMemory();
    } else {
        PyErr_SetString(PyExc_ValueError, "a position lies behind the last of its texts");
    }
done:
    ic_free(out.bytes);
    columns_free(columns, n);
    return result;
}

PyMethodDef ib_row_functions[] = {
    {"join_rows", join_rows, METH_VARARGS,
     "join_rows(columns, start, stop) -> bytes: the fields of some rows, one behind the other. A column is bytes that "
     "stand in every row,\n(positions, texts, offsets), or figures with the texts of those that are none, the first "
     "one "
     "for NaN:\n(values, decimals, positions or None, texts, offsets). texts are bytes one behind the other."},
    {NULL, NULL, 0, NULL},
};
