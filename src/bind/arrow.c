/* Tables handed out as an Arrow stream, by the C data and stream interfaces and the PyCapsule protocol.

   Everything that a consumer gets points into one `table`, which counts its users and holds the Python objects whose
   memory it shows: values, flags and positions are never copied (a column of positions with missing ones is). Consumers
   release what they got in any order and on any thread, long after the capsule, so the last one out takes the GIL. */
#include "bind/bind.h"

#include <errno.h> /* ENOMEM: what the stream interface answers with */
#include <string.h>

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE           2
#define ARROW_FLAG_MAP_KEYS_SORTED    4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

#endif

/* ---- the table that all share ------------------------------------------------------------------------------ */

typedef struct column {
    char *name;
    char *format; /* of the values, or of the positions */
    PyObject *array;
    const void *data;
    void *own;         /* NULL, or the copy of the positions that `data` is */
    uint8_t *validity; /* NULL: nothing is missing */
    int64_t missing;
    /* a dictionary of texts, where `offsets` is not NULL */
    void *offsets; /* int32_t, or int64_t where `large` */
    char *text;
    int64_t n_codes;
    int large;
} column;

typedef struct table {
    size_t users; /* changed atomically */
    int64_t rows;
    int64_t batch; /* rows per batch, at least 1 */
    size_t n;
    column *columns;
} table;

static table *use(table *t) {
    __atomic_add_fetch(&t->users, 1, __ATOMIC_RELAXED);
    return t;
}

static void leave(table *t) {
    if (__atomic_sub_fetch(&t->users, 1, __ATOMIC_ACQ_REL) != 0) return;
    if (Py_IsInitialized()) { /* after the interpreter's end there is nobody left to give the arrays back to */
        PyGILState_STATE gil = PyGILState_Ensure();
        for (size_t i = 0; i < t->n; i++) Py_CLEAR(t->columns[i].array);
        PyGILState_Release(gil);
    }
    for (size_t i = 0; i < t->n; i++) {
        column *c = &t->columns[i];
        ic_free(c->name);
        ic_free(c->format);
        ic_free(c->own);
        ic_free(c->validity);
        ic_free(c->offsets);
        ic_free(c->text);
    }
    ic_free(t->columns);
    ic_free(t);
}

/* ---- schemas ----------------------------------------------------------------------------------------------- */

static void release_schema(struct ArrowSchema *schema) {
    for (int64_t i = 0; i < schema->n_children; i++) {
        struct ArrowSchema *child = schema->children[i];
        if (child != NULL && child->release != NULL) child->release(child);
        ic_free(child);
    }
    if (schema->dictionary != NULL && schema->dictionary->release != NULL)
        schema->dictionary->release(schema->dictionary);
    ic_free(schema->dictionary);
    ic_free(schema->children);
    schema->release = NULL;
    leave(schema->private_data);
}

static void begin_schema(struct ArrowSchema *out, table *t, const char *format, const char *name) {
    *out = (struct ArrowSchema){.format = format, .name = name, .release = release_schema, .private_data = use(t)};
}

static int column_schema(struct ArrowSchema *out, table *t, const column *c) {
    begin_schema(out, t, c->format, c->name);
    out->flags = ARROW_FLAG_NULLABLE;
    if (c->offsets == NULL) return 1;
    if ((out->dictionary = ic_alloc_zeroed(1, sizeof *out->dictionary)) == NULL) return 0;
    begin_schema(out->dictionary, t, c->large ? "U" : "u", "");
    out->dictionary->flags = ARROW_FLAG_NULLABLE;
    return 1;
}

static int table_schema(struct ArrowSchema *out, table *t) {
    begin_schema(out, t, "+s", "");
    if ((out->children = ic_alloc_zeroed(t->n, sizeof *out->children)) == NULL) goto failed;
    out->n_children = (int64_t)t->n;
    for (size_t i = 0; i < t->n; i++) {
        if ((out->children[i] = ic_alloc_zeroed(1, sizeof **out->children)) == NULL) goto failed;
        if (!column_schema(out->children[i], t, &t->columns[i])) goto failed;
    }
    return 1;
failed:
    release_schema(out);
    return 0;
}

/* ---- arrays ------------------------------------------------------------------------------------------------ */

typedef struct owner { /* private data of an array */
    table *table;
    const void *buffers[3];
} owner;

static void release_array(struct ArrowArray *array) {
    owner *o = array->private_data;
    for (int64_t i = 0; i < array->n_children; i++) {
        struct ArrowArray *child = array->children[i];
        if (child != NULL && child->release != NULL) child->release(child);
        ic_free(child);
    }
    if (array->dictionary != NULL && array->dictionary->release != NULL) array->dictionary->release(array->dictionary);
    ic_free(array->dictionary);
    ic_free(array->children);
    array->release = NULL;
    leave(o->table);
    ic_free(o);
}

static int begin_array(struct ArrowArray *out, table *t, int64_t length, int64_t n_buffers) {
    owner *o = ic_alloc_zeroed(1, sizeof *o);
    *out = (struct ArrowArray){0};
    if (o == NULL) return 0;
    o->table = use(t);
    *out = (struct ArrowArray){
        .length = length, .n_buffers = n_buffers, .buffers = o->buffers, .release = release_array, .private_data = o};
    return 1;
}

static int column_array(struct ArrowArray *out, table *t, const column *c, int64_t row, int64_t length) {
    if (!begin_array(out, t, length, 2)) return 0;
    out->offset = row;
    out->null_count = c->validity == NULL ? 0 : length == t->rows ? c->missing : -1; /* -1: not counted */
    out->buffers[0] = c->validity;
    out->buffers[1] = c->data;
    if (c->offsets == NULL) return 1;
    if ((out->dictionary = ic_alloc_zeroed(1, sizeof *out->dictionary)) == NULL) return 0;
    if (!begin_array(out->dictionary, t, c->n_codes, 3)) return 0;
    out->dictionary->buffers[1] = c->offsets;
    out->dictionary->buffers[2] = c->text;
    return 1;
}

static int table_array(struct ArrowArray *out, table *t, int64_t row, int64_t length) {
    if (!begin_array(out, t, length, 1)) return 0;
    if ((out->children = ic_alloc_zeroed(t->n, sizeof *out->children)) == NULL) goto failed;
    out->n_children = (int64_t)t->n;
    for (size_t i = 0; i < t->n; i++) {
        if ((out->children[i] = ic_alloc_zeroed(1, sizeof **out->children)) == NULL) goto failed;
        if (!column_array(out->children[i], t, &t->columns[i], row, length)) goto failed;
    }
    return 1;
failed:
    release_array(out);
    return 0;
}

/* ---- the stream -------------------------------------------------------------------------------------------- */

typedef struct cursor { /* private data of a stream */
    table *table;
    int64_t row;
    int failed;
} cursor;

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
    cursor *at = stream->private_data;
    at->failed = !table_schema(out, at->table);
    return at->failed ? ENOMEM : 0;
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
    cursor *at = stream->private_data;
    int64_t left = at->table->rows - at->row, length = left < at->table->batch ? left : at->table->batch;
    *out = (struct ArrowArray){0}; /* released: the end */
    if (left == 0) return 0;
    at->failed = !table_array(out, at->table, at->row, length);
    if (at->failed) return ENOMEM;
    at->row += length;
    return 0;
}

static const char *get_last_error(struct ArrowArrayStream *stream) {
    cursor *at = stream->private_data;
    return at->failed ? "out of memory" : NULL;
}

static void release_stream(struct ArrowArrayStream *stream) {
    cursor *at = stream->private_data;
    leave(at->table);
    ic_free(at);
    stream->release = NULL;
}

static const char capsule_name[] = "arrow_array_stream";

static void release_capsule(PyObject *capsule) {
    struct ArrowArrayStream *stream = PyCapsule_GetPointer(capsule, capsule_name);
    if (stream == NULL) {
        PyErr_Clear();
        return;
    }
    if (stream->release != NULL) stream->release(stream); /* else a consumer has moved it out */
    ic_free(stream);
}

/* ---- from Python ------------------------------------------------------------------------------------------- */

static char *copy_of(PyObject *text) {
    Py_ssize_t size;
    const char *bytes = PyUnicode_AsUTF8AndSize(text, &size);
    if (bytes == NULL) return NULL;
    if (memchr(bytes, 0, (size_t)size) != NULL) { /* names and formats end at their first NUL */
        PyErr_Format(PyExc_ValueError, "column name %R: contains a NUL", text);
        return NULL;
    }
    char *copy = ic_alloc((size_t)size + 1, 1);
    if (copy == NULL) return (char *)PyErr_NoMemory();
    memcpy(copy, bytes, (size_t)size + 1);
    return copy;
}

/* The bits of the elements that are not missing. Nothing is allocated where all are there: -1 without memory. */
static int64_t note_missing(uint8_t **validity, int64_t rows, int type, const void *data, uint64_t n_codes) {
    int64_t missing = 0;
#define MISSING(is_missing)                                                                                            \
    for (int64_t i = 0; i < rows; i++) missing += (is_missing)
    const double *f = data;
    const uint8_t *u1 = data;
    const uint16_t *u2 = data;
    const uint32_t *u4 = data;
    switch (type) {
    case NPY_FLOAT64: MISSING(f[i] != f[i]); break;
    case NPY_UINT8: MISSING(u1[i] >= n_codes); break;
    case NPY_UINT16: MISSING(u2[i] >= n_codes); break;
    default: MISSING(u4[i] >= n_codes); break;
    }
#undef MISSING
    if (missing == 0) return 0;
    uint8_t *bits = *validity = ic_alloc_zeroed((size_t)rows / 8 + 1, 1);
    if (bits == NULL) return -1;
#define NOTE(is_there)                                                                                                 \
    for (int64_t at = 0; at < rows; at += 8) { /* a byte at a time: it is never read back */                           \
        unsigned byte = 0;                                                                                             \
        for (int64_t i = at, end = at + 8 < rows ? at + 8 : rows; i < end; i++)                                        \
            byte |= (unsigned)(is_there) << (i - at);                                                                  \
        bits[at >> 3] = (uint8_t)byte;                                                                                 \
    }
    switch (type) {
    case NPY_FLOAT64: NOTE(f[i] == f[i]); break;
    case NPY_UINT8: NOTE(u1[i] < n_codes); break;
    case NPY_UINT16: NOTE(u2[i] < n_codes); break;
    default: NOTE(u4[i] < n_codes); break;
    }
#undef NOTE
    return missing;
}

/* Texts end to end and where each begins. */
static int take_codes(column *c, PyObject *codes) {
    PyObject *list = PySequence_Tuple(codes);
    if (list == NULL) return 0;
    Py_ssize_t n = PyTuple_Size(list), size, bytes = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *code = PyTuple_GetItem(list, i);
        if (!PyUnicode_Check(code)) {
            PyErr_Format(PyExc_TypeError, "column '%s': code %zd is no text: %R", c->name, i, code);
            goto failed;
        }
        if (PyUnicode_AsUTF8AndSize(code, &size) == NULL) goto failed;
        bytes += size;
    }
    c->n_codes = n;
    c->large = bytes > INT32_MAX;
    c->offsets = ic_alloc((size_t)n + 1, c->large ? 8 : 4);
    c->text = ic_alloc((size_t)bytes, 1);
    if (c->offsets == NULL || c->text == NULL) {
        PyErr_NoMemory();
        goto failed;
    }
    bytes = 0;
    for (Py_ssize_t i = 0; i <= n; i++) {
        if (c->large)
            ((int64_t *)c->offsets)[i] = bytes;
        else
            ((int32_t *)c->offsets)[i] = (int32_t)bytes;
        if (i == n) break;
        const char *code = PyUnicode_AsUTF8AndSize(PyTuple_GetItem(list, i), &size);
        memcpy(c->text + bytes, code, (size_t)size);
        bytes += size;
    }
    Py_DECREF(list);
    return 1;
failed:
    Py_DECREF(list);
    return 0;
}

/* Positions may be one more than the last code, which says that there is none. Consumers look up the position of a
   missing element all the same, so those become 0, in a copy. */
static int take_positions(column *c, int64_t rows, int type) {
    size_t width = type == NPY_UINT8 ? 1 : type == NPY_UINT16 ? 2 : 4;
    uint64_t n = (uint64_t)c->n_codes, top = 0;
    const uint8_t *u1 = c->data;
    const uint16_t *u2 = c->data;
    const uint32_t *u4 = c->data;
    if (width == 1)
        for (int64_t i = 0; i < rows; i++) top = u1[i] > top ? u1[i] : top;
    else if (width == 2)
        for (int64_t i = 0; i < rows; i++) top = u2[i] > top ? u2[i] : top;
    else
        for (int64_t i = 0; i < rows; i++) top = u4[i] > top ? u4[i] : top;
    if (top > n) {
        PyErr_Format(PyExc_ValueError, "column '%s': position %zd lies beyond the %zd codes", c->name, (Py_ssize_t)top,
                     (Py_ssize_t)n);
        return 0;
    }
    if (top < n || rows == 0) return 1;
    if ((c->missing = note_missing(&c->validity, rows, type, c->data, n)) < 0 ||
        (c->own = ic_alloc((size_t)rows, width)) == NULL) {
        PyErr_NoMemory();
        return 0;
    }
    if (width == 1)
        for (int64_t i = 0; i < rows; i++) ((uint8_t *)c->own)[i] = u1[i] < n ? u1[i] : 0;
    else if (width == 2)
        for (int64_t i = 0; i < rows; i++) ((uint16_t *)c->own)[i] = u2[i] < n ? u2[i] : 0;
    else
        for (int64_t i = 0; i < rows; i++) ((uint32_t *)c->own)[i] = u4[i] < n ? u4[i] : 0;
    c->data = c->own;
    return 1;
}

static const char *format_of(int type) {
    switch (type) {
    case NPY_FLOAT64: return "g";
    case NPY_UINT8: return "C";
    case NPY_UINT16: return "S";
    case NPY_UINT32: return "I";
    case NPY_INT32: return "i";
    case NPY_INT64: return "l";
    default: return NULL;
    }
}

/* PyArray_EquivTypenums(): long and long long are one where they are as long */
static int plain_type(PyArrayObject *array) {
    static const int types[] = {NPY_FLOAT64, NPY_UINT8, NPY_UINT16, NPY_UINT32, NPY_INT32, NPY_INT64};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (PyArray_EquivTypenums(PyArray_TYPE(array), types[i])) return types[i];
    return -1;
}

static int take_column(table *t, column *c, PyObject *item) {
    PyObject *name, *array, *third = NULL;
    if (!PyTuple_Check(item)) {
        PyErr_SetString(PyExc_TypeError, "columns: expected tuples (name, array[, codes or format])");
        return 0;
    }
    if (!PyArg_ParseTuple(item, "UO|O:arrow_stream column", &name, &array, &third)) return 0;
    if ((c->name = copy_of(name)) == NULL) return 0;
    int type = PyArray_Check(array) ? plain_type((PyArrayObject *)array) : -1;
    if (type < 0 || PyArray_NDIM((PyArrayObject *)array) != 1) {
        PyErr_Format(PyExc_TypeError,
                     "column '%s': expected a 1-d array of float64, uint8, uint16, uint32, int32 or int64", c->name);
        return 0;
    }
    c->array = PyArray_FROM_OF(array, NPY_ARRAY_CARRAY_RO | NPY_ARRAY_NOTSWAPPED);
    if (c->array == NULL) return 0;
    c->data = PyArray_DATA((PyArrayObject *)c->array);
    int64_t rows = (int64_t)PyArray_SIZE((PyArrayObject *)c->array);
    if (t->rows < 0) t->rows = rows;
    if (rows != t->rows) {
        PyErr_Format(PyExc_ValueError, "column '%s': %zd rows, where the others have %zd", c->name, (Py_ssize_t)rows,
                     (Py_ssize_t)t->rows);
        return 0;
    }
    PyObject *format =
        third != NULL && PyUnicode_Check(third) ? Py_NewRef(third) : PyUnicode_FromString(format_of(type));
    if (format == NULL) return 0;
    c->format = copy_of(format);
    Py_DECREF(format);
    if (c->format == NULL) return 0;
    if (third != NULL && third != Py_None && !PyUnicode_Check(third)) {
        if (type != NPY_UINT8 && type != NPY_UINT16 && type != NPY_UINT32) {
            PyErr_Format(PyExc_TypeError, "column '%s': positions are uint8, uint16 or uint32", c->name);
            return 0;
        }
        return take_codes(c, third) && take_positions(c, rows, type);
    }
    if (third != NULL && PyUnicode_Check(third) && !(strcmp(c->format, "tdD") == 0 && type == NPY_INT32)) {
        PyErr_Format(PyExc_ValueError, "column '%s': the one format that can be asked for is 'tdD', of int32", c->name);
        return 0;
    }
    if (type == NPY_FLOAT64 && (c->missing = note_missing(&c->validity, rows, type, c->data, 0)) < 0) {
        PyErr_NoMemory();
        return 0;
    }
    return 1;
}

static PyObject *arrow_stream(PyObject *Py_UNUSED(module), PyObject *args, PyObject *kwargs) {
    static char *names[] = {"columns", "batch", NULL};
    PyObject *columns, *capsule = NULL;
    Py_ssize_t batch = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!|$n:arrow_stream", names, &PyList_Type, &columns, &batch))
        return NULL;
    if (batch < 0) {
        PyErr_Format(PyExc_ValueError, "batch: %zd is no number of rows", batch);
        return NULL;
    }
    table *t = ic_alloc_zeroed(1, sizeof *t);
    if (t == NULL) return PyErr_NoMemory();
    t->users = 1;
    t->rows = -1;
    struct ArrowArrayStream *stream = NULL;
    cursor *at = NULL;
    size_t n = (size_t)PyList_Size(columns);
    if ((t->columns = ic_alloc_zeroed(n, sizeof *t->columns)) == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    t->n = n;
    for (size_t i = 0; i < n; i++)
        if (!take_column(t, &t->columns[i], PyList_GetItem(columns, (Py_ssize_t)i))) goto done;
    if (t->rows < 0) t->rows = 0;
    t->batch = batch > 0 ? batch : t->rows > 0 ? t->rows : 1;
    stream = ic_alloc_zeroed(1, sizeof *stream);
    at = ic_alloc_zeroed(1, sizeof *at);
    if (stream == NULL || at == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    if ((capsule = PyCapsule_New(stream, capsule_name, release_capsule)) == NULL) goto done;
    at->table = use(t);
    *stream = (struct ArrowArrayStream){get_schema, get_next, get_last_error, release_stream, at};
    stream = NULL; /* the capsule's now */
    at = NULL;
done:
    ic_free(stream);
    ic_free(at);
    leave(t);
    return capsule;
}

PyMethodDef ib_arrow_functions[] = {
    {"arrow_stream", (PyCFunction)(void (*)(void))arrow_stream, METH_VARARGS | METH_KEYWORDS,
     "arrow_stream(columns, *, batch=0) -> PyCapsule 'arrow_array_stream'\n\n"
     "Columns are tuples: (name, array); (name, positions, codes) for a dictionary of utf8, where a position equal to\n"
     "len(codes) is null; (name, days, 'tdD') for date32. A NaN of float64 is null: missing is NaN here. Arrays are "
     "not\n"
     "copied and live as long as a consumer keeps them. `batch` rows come at a time, all at once by default."},
    {NULL, NULL, 0, NULL},
};
