#include "bind/texts.h"

#include <string.h>

static uint32_t swap(uint32_t c) { return c >> 24 | (c >> 8 & 0xFF00u) | (c << 8 & 0xFF0000u) | c << 24; }

int ib_texts_open(ib_texts *texts, PyObject *object) {
    *texts = (ib_texts){0};
    /* a list goes through objects: NumPy would make the text "nan" of a NaN among texts, and "1" of a 1 */
    PyArray_Descr *wanted = PyList_Check(object) || PyTuple_Check(object) ? PyArray_DescrFromType(NPY_OBJECT) : NULL;
    PyArrayObject *array =
        (PyArrayObject *)PyArray_FromAny(object, wanted, 0, 0, NPY_ARRAY_CARRAY_RO & ~NPY_ARRAY_ALIGNED, NULL);
    if (array == NULL) return -1;
    PyArray_Descr *descr = PyArray_DESCR(array);
    if (descr->kind == 'T') { /* StringDType: through objects, which NumPy converts */
        PyArrayObject *objects =
            (PyArrayObject *)PyArray_FromAny((PyObject *)array, PyArray_DescrFromType(NPY_OBJECT), 0, 0,
                                             NPY_ARRAY_CARRAY_RO | NPY_ARRAY_FORCECAST, NULL);
        Py_DECREF(array);
        if (objects == NULL) return -1;
        array = objects;
        descr = PyArray_DESCR(array);
    }
    texts->array = (PyObject *)array;
    texts->size = PyArray_SIZE(array);
    texts->ndim = PyArray_NDIM(array);
    texts->kind = descr->kind;
    texts->itemsize = PyDataType_ELSIZE(descr);
    texts->swapped = PyDataType_ISBYTESWAPPED(descr);
    for (int d = 0; d < texts->ndim; d++) texts->shape[d] = PyArray_DIM(array, d);
    if (texts->kind == 'f' && texts->size == 0) texts->kind = 'O'; /* an empty list */
    if (texts->kind != 'U' && texts->kind != 'S' && texts->kind != 'O') {
        PyErr_Format(PyExc_TypeError, "expected an array of text, got dtype %S", (PyObject *)descr);
        ib_texts_close(texts);
        return -1;
    }
    if (texts->kind == 'U') {
        texts->scratch = ic_alloc((size_t)texts->itemsize + 1, 1); /* 4 bytes of UCS-4 hold 4 of UTF-8 */
        if (texts->scratch == NULL) {
            ib_texts_close(texts);
            PyErr_NoMemory();
            return -1;
        }
    }
    return 0;
}

/* UCS-4 without the trailing NULs that pad it -> UTF-8 */
static int get_ucs4(ib_texts *texts, npy_intp i, const char **text, size_t *length) {
    const char *data = (const char *)PyArray_DATA((PyArrayObject *)texts->array) + i * texts->itemsize;
    size_t n = (size_t)texts->itemsize / 4, used = 0;
    char *out = texts->scratch;
    uint32_t all = 0;
    for (size_t k = 0; k < n; k++) { /* ASCII, as nearly all are: narrowed several at a time */
        uint32_t c;
        memcpy(&c, data + 4 * k, 4);
        all |= c;
        out[k] = (char)c;
    }
    if (all < 0x80) {
        while (n > 0 && out[n - 1] == '\0') n--;
        out[n] = '\0';
        *text = out;
        *length = n;
        return 1;
    }
    for (size_t k = 0; k < n; k++) {
        uint32_t c;
        memcpy(&c, data + 4 * k, 4);
        if (texts->swapped) c = swap(c);
        if (c == 0) { /* padding, unless something follows */
            size_t rest = k + 1;
            uint32_t later = 0;
            while (rest < n && later == 0) memcpy(&later, data + 4 * rest++, 4);
            if (later == 0) break;
        }
        if (c < 0x80) {
            out[used++] = (char)c;
        } else if (c < 0x800) {
            out[used++] = (char)(0xC0 | c >> 6);
            out[used++] = (char)(0x80 | (c & 0x3F));
        } else if (c < 0x10000) {
            out[used++] = (char)(0xE0 | c >> 12);
            out[used++] = (char)(0x80 | (c >> 6 & 0x3F));
            out[used++] = (char)(0x80 | (c & 0x3F));
        } else {
            out[used++] = (char)(0xF0 | (c >> 18 & 7));
            out[used++] = (char)(0x80 | (c >> 12 & 0x3F));
            out[used++] = (char)(0x80 | (c >> 6 & 0x3F));
            out[used++] = (char)(0x80 | (c & 0x3F));
        }
    }
    out[used] = '\0';
    *text = out;
    *length = used;
    return 1;
}

static int get_object(ib_texts *texts, npy_intp i, const char **text, size_t *length) {
    PyObject *item = ((PyObject **)PyArray_DATA((PyArrayObject *)texts->array))[i];
    Py_ssize_t n;
    if (item == NULL || item == Py_None) return 0;
    if (PyUnicode_Check(item)) {
        *text = PyUnicode_AsUTF8AndSize(item, &n);
        if (*text == NULL) return -1;
        *length = (size_t)n;
        return 1;
    }
    if (PyBytes_Check(item)) {
        char *bytes;
        if (PyBytes_AsStringAndSize(item, &bytes, &n) < 0) return -1;
        *text = bytes;
        *length = (size_t)n;
        return 1;
    }
    if (PyFloat_Check(item)) {
        double value = PyFloat_AsDouble(item);
        if (value != value) return 0;
    }
    PyObject *name = PyObject_GetAttrString((PyObject *)Py_TYPE(item), "__name__");
    if (name == NULL) return -1;
    int missing =
        PyUnicode_CompareWithASCIIString(name, "NAType") == 0 || PyUnicode_CompareWithASCIIString(name, "NaTType") == 0;
    if (!missing) PyErr_Format(PyExc_TypeError, "element %zd: expected text, got %U", (Py_ssize_t)i, name);
    Py_DECREF(name);
    return missing ? 0 : -1;
}

int ib_texts_get(ib_texts *texts, npy_intp i, const char **text, size_t *length) {
    if (texts->kind == 'U') return get_ucs4(texts, i, text, length);
    if (texts->kind == 'O') return get_object(texts, i, text, length);
    const char *data = (const char *)PyArray_DATA((PyArrayObject *)texts->array) + i * texts->itemsize;
    size_t n = (size_t)texts->itemsize;
    while (n > 0 && data[n - 1] == '\0') n--;
    *text = data;
    *length = n;
    return 1;
}

void ib_texts_close(ib_texts *texts) {
    Py_CLEAR(texts->array);
    ic_free(texts->scratch);
    texts->scratch = NULL;
}
