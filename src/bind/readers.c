/* indicia._core.read: options in, a dict of columns out. What they mean is python/indicia/read.py's business. */
#include "bind/bind.h"
#include "bind/pipe.h"
#include "core/read/read.h"
#include "core/scan/scan.h"
#include "core/syntax/json.h"

#include <errno.h>
#include <string.h>

#if defined(_WIN32)
#include <windows.h>
#else
#include <time.h>
#endif

/* ---- options ------------------------------------------------------------------------------------------------ */

/* A list or tuple of str; the texts live as long as the list. */
static int get_texts(ic_arena *arena, PyObject *list, ic_texts *texts) {
    Py_ssize_t n = PySequence_Size(list);
    if (n < 0) return -1;
    texts->texts = ic_arena_take(arena, (size_t)n * sizeof *texts->texts);
    texts->lengths = ic_arena_take(arena, (size_t)n * sizeof *texts->lengths);
    if (texts->texts == NULL || texts->lengths == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *item = PySequence_GetItem(list, i);
        Py_ssize_t length = 0;
        const char *text = item == NULL ? NULL : PyUnicode_AsUTF8AndSize(item, &length);
        char *copy = text == NULL ? NULL : ic_arena_text(arena, text, (size_t)length);
        Py_XDECREF(item);
        if (copy == NULL) {
            if (!PyErr_Occurred()) PyErr_NoMemory();
            return -1;
        }
        texts->texts[i] = copy;
        texts->lengths[i] = (size_t)length;
    }
    texts->count = (size_t)n;
    return 0;
}

/* [(dim, [code, ...]), ...] */
static int get_filters(ic_arena *arena, PyObject *list, ic_options *options) {
    Py_ssize_t n = PySequence_Size(list);
    if (n < 0) return -1;
    ic_filter *filters = ic_arena_take(arena, (size_t)n * sizeof *filters);
    if (filters == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *pair = PySequence_GetItem(list, i), *codes = NULL;
        const char *dim = NULL;
        int ok = pair != NULL && PyArg_ParseTuple(pair, "sO", &dim, &codes) &&
                 get_texts(arena, codes, &filters[i].codes) == 0;
        filters[i].dim = ok ? ic_arena_text(arena, dim, strlen(dim)) : NULL;
        Py_XDECREF(pair);
        if (filters[i].dim == NULL) {
            if (!PyErr_Occurred()) PyErr_NoMemory();
            return -1;
        }
    }
    options->filters = filters;
    options->n_filters = (size_t)n;
    return 0;
}

/* None or [(first day, last day, by Thursday, by Thursday), ...] */
static int get_days(ic_arena *arena, PyObject *list, ic_options *options) {
    if (list == Py_None) return 0;
    Py_ssize_t n = PySequence_Size(list);
    if (n < 0) return -1;
    ic_days *days = ic_arena_take(arena, (size_t)(n + 1) * sizeof *days);
    if (days == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *pair = PySequence_GetItem(list, i);
        long long first = 0, last = 0;
        int first_by_thursday = 0, last_by_thursday = 0;
        int ok = pair != NULL && PyArg_ParseTuple(pair, "LLpp", &first, &last, &first_by_thursday, &last_by_thursday);
        Py_XDECREF(pair);
        if (!ok) return -1;
        days[i] = (ic_days){first, last, first_by_thursday, last_by_thursday};
    }
    options->days = days;
    options->n_days = (size_t)n;
    return 0;
}

/* Numbers of new codes; -1: dropped. */
static int get_numbers(ic_arena *arena, PyObject *list, size_t n, const uint32_t **numbers) {
    uint32_t *taken = ic_arena_take(arena, n * sizeof *taken);
    if (taken == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    if (PySequence_Size(list) != (Py_ssize_t)n) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "recode: one new code for each");
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        PyObject *item = PySequence_GetItem(list, (Py_ssize_t)i);
        const long long number = item == NULL ? -1 : PyLong_AsLongLong(item);
        Py_XDECREF(item);
        if (number == -1 && PyErr_Occurred()) return -1;
        taken[i] = (uint32_t)number;
    }
    *numbers = taken;
    return 0;
}

/* (dim, codes, their new ones' numbers, new codes, the others' number) */
static int get_recode(ic_arena *arena, PyObject *tuple, ic_recode *recode) {
    PyObject *from, *to, *codes;
    const char *dim;
    long long others;
    if (tuple == NULL || !PyArg_ParseTuple(tuple, "sOOOL", &dim, &from, &to, &codes, &others) ||
        get_texts(arena, from, &recode->from) < 0 || get_texts(arena, codes, &recode->codes) < 0 ||
        get_numbers(arena, to, recode->from.count, &recode->to) < 0)
        return -1;
    for (size_t i = 0; i < recode->from.count; i++) {
        if (recode->to[i] < recode->codes.count) continue;
        if (recode->to[i] == IC_ABSENT || recode->to[i] == IC_OTHERS_REFUSED) continue;
        PyErr_SetString(PyExc_ValueError, "recode: a number without a code");
        return -1;
    }
    recode->others = (uint32_t)others;
    recode->dim = ic_arena_text(arena, dim, strlen(dim));
    if (recode->dim == NULL) PyErr_NoMemory();
    return recode->dim == NULL ? -1 : 0;
}

/* None, or (rule, coverage, [dim, ...], [recode, ...]) */
static int get_collapse(ic_arena *arena, PyObject *tuple, ic_options *options) {
    PyObject *dims, *recodes;
    int rule;
    if (tuple == Py_None) return 0;
    ic_collapse *collapse = ic_arena_take(arena, sizeof *collapse);
    if (collapse == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    *collapse = (ic_collapse){0};
    if (!PyArg_ParseTuple(tuple, "idOO", &rule, &collapse->coverage, &dims, &recodes) ||
        get_texts(arena, dims, &collapse->dims) < 0)
        return -1;
    const Py_ssize_t n = PySequence_Size(recodes);
    if (n < 0) return -1;
    ic_recode *taken = ic_arena_take(arena, (size_t)(n + 1) * sizeof *taken);
    if (taken == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *item = PySequence_GetItem(recodes, i);
        const int failed = get_recode(arena, item, &taken[i]);
        Py_XDECREF(item);
        if (failed) return -1;
    }
    collapse->rule = (ic_rule)rule;
    collapse->recodes = taken;
    collapse->n_recodes = (size_t)n;
    options->collapse = collapse;
    return 0;
}

/* ---- a reading in progress ------------------------------------------------------------------------------------- */

typedef struct reading {
    PyThreadState *thread; /* saved while the core works */
    PyObject *progress;    /* callable(done, total) or None */
    uint64_t total;
    double next_look;
    ic_file file;
    ic_span span;
    ib_pipe_reader pipe_reader;
    PyObject *begin;  /* callable() -> a Pipe with the same bytes from the first one on, or None */
    PyObject *module; /* for what it gives */
    PyObject *pipe;   /* the last one that it gave, or NULL */
    ic_source source;
} reading;

static double seconds(void) {
#if defined(_WIN32)
    return (double)GetTickCount64() / 1e3;
#else
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
#endif
}

/* Called by the core on the calling thread: Ctrl-C and progress, every 40 ms. Not oftener, since taking the GIL from a busy
   thread can take 5. */
static int look_up(reading *r, uint64_t done) {
    if (seconds() < r->next_look) return 0;
    PyEval_RestoreThread(r->thread);
    int stop = PyErr_CheckSignals() < 0;
    if (!stop && r->progress != Py_None) {
        PyObject *result =
            PyObject_CallFunction(r->progress, "KK", (unsigned long long)done, (unsigned long long)r->total);
        stop = result == NULL;
        Py_XDECREF(result);
    }
    r->thread = PyEval_SaveThread();
    r->next_look = seconds() + 0.04;
    return stop;
}

static int file_poll(void *context, uint64_t done) {
    return look_up((reading *)((char *)context - offsetof(reading, file)), done);
}
static int span_poll(void *context, uint64_t done) {
    return look_up((reading *)((char *)context - offsetof(reading, span)), done);
}
static int pipe_poll(void *context, uint64_t done) {
    return look_up((reading *)((char *)context - offsetof(reading, pipe_reader)), done);
}

/* Another pipe in the place of the one that was read. */
static int pipe_again(void *context) {
    reading *r = (reading *)((char *)context - offsetof(reading, pipe_reader));
    PyEval_RestoreThread(r->thread);
    PyObject *object =
        PyErr_Occurred() ? NULL : PyObject_CallNoArgs(r->begin); /* nothing is begun when asked to stop */
    ib_pipe *pipe = object == NULL ? NULL : ib_pipe_of(r->module, object);
    if (pipe != NULL) {
        PyObject *last = r->pipe;
        r->pipe_reader.pipe = pipe;
        r->pipe = object;
        object = last;
    }
    Py_XDECREF(object);
    r->thread = PyEval_SaveThread();
    return pipe == NULL;
}

/* The source: a descriptor (int, with its size), a Pipe, or a buffer. */
static int open_source(PyObject *module, PyObject *object, unsigned long long size, Py_buffer *view, reading *r) {
    ib_pipe *pipe = ib_pipe_of(module, object);
    if (pipe != NULL) {
        r->pipe_reader = (ib_pipe_reader){pipe, pipe_poll, &r->pipe_reader};
        r->source = (ic_source){.context = &r->pipe_reader, .read = ib_pipe_read, .poll = pipe_poll};
        r->source.size = IC_SIZE_UNKNOWN;
        r->source.expected = size;
        r->source.again = r->begin == Py_None ? NULL : pipe_again;
    } else if (PyLong_Check(object)) {
        r->file.descriptor = (int)PyLong_AsLong(object);
        if (PyErr_Occurred()) return -1;
        r->source = (ic_source){.context = &r->file, .read = ic_file_read, .poll = file_poll, .size = size};
        r->source.seekable = 1;
    } else {
        if (PyObject_GetBuffer(object, view, PyBUF_SIMPLE) < 0) return -1;
        r->span = (ic_span){view->buf, (size_t)view->len};
        r->source = (ic_source){.context = &r->span, .read = ic_span_read, .poll = span_poll, .size = r->span.size};
        r->source.seekable = 1;
    }
    r->total = size;
    return 0;
}

/* ---- results ------------------------------------------------------------------------------------------------------- */

static PyObject *text_list(const ic_intern *table) {
    PyObject *list = PyList_New((Py_ssize_t)table->count);
    for (size_t i = 0; list != NULL && i < table->count; i++) {
        PyObject *text = PyUnicode_DecodeUTF8(table->items[i].text, (Py_ssize_t)table->items[i].length, "strict");
        if (text == NULL || PyList_SetItem(list, (Py_ssize_t)i, text) < 0) Py_CLEAR(list);
    }
    return list;
}

static PyObject *label_dict(const ic_dimension *dim) {
    PyObject *dict = PyDict_New();
    for (size_t i = 0; dict != NULL && i < dim->codes.count && i < dim->labels_capacity; i++) {
        if (dim->labels[i].text == NULL) continue;
        PyObject *code =
            PyUnicode_DecodeUTF8(dim->codes.items[i].text, (Py_ssize_t)dim->codes.items[i].length, "strict");
        PyObject *label = PyUnicode_DecodeUTF8(dim->labels[i].text, (Py_ssize_t)dim->labels[i].length, "replace");
        if (code == NULL || label == NULL || PyDict_SetItem(dict, code, label) < 0) Py_CLEAR(dict);
        Py_XDECREF(code);
        Py_XDECREF(label);
    }
    return dict;
}

/* Takes the block's memory; None for an empty one. */
static PyObject *column(ic_block *block, int ndim, const npy_intp *shape, int typenum) {
    if (block->data == NULL) Py_RETURN_NONE;
    return ib_array_from_block(block, ndim, shape, typenum);
}

/* A small array copied. */
static PyObject *copied(const void *data, size_t n, int typenum, size_t size) {
    npy_intp shape = (npy_intp)n;
    PyObject *array = data == NULL ? NULL : PyArray_SimpleNew(1, &shape, typenum);
    if (data == NULL) Py_RETURN_NONE;
    if (array != NULL) memcpy(PyArray_DATA((PyArrayObject *)array), data, n * size);
    return array;
}

/* [(name, title, codes, labels, positions), ...] */
static PyObject *dims_list(ic_dataset *dataset) {
    PyObject *list = PyList_New((Py_ssize_t)dataset->n_dims);
    npy_intp rows = (npy_intp)dataset->rows;
    for (size_t d = 0; list != NULL && d < dataset->n_dims; d++) {
        ic_dimension *dim = &dataset->dims[d];
        int width = dataset->widths == NULL ? 0 : dataset->widths[d];
        int typenum = width == 1 ? NPY_UINT8 : width == 2 ? NPY_UINT16 : NPY_UINT32;
        PyObject *positions =
            dataset->positions == NULL ? Py_NewRef(Py_None) : column(&dataset->positions[d], 1, &rows, typenum);
        PyObject *codes = text_list(&dim->codes), *labels = label_dict(dim);
        PyObject *entry = NULL;
        if (positions != NULL && codes != NULL && labels != NULL)
            entry = Py_BuildValue("(szOOO)", dim->name, dim->title, codes, labels, positions);
        Py_XDECREF(positions);
        Py_XDECREF(codes);
        Py_XDECREF(labels);
        if (entry == NULL || PyList_SetItem(list, (Py_ssize_t)d, entry) < 0) Py_CLEAR(list);
    }
    return list;
}

/* [(name, level, values, numbers, rows), ...]; level "dataset", "series" or "row" */
static PyObject *attributes_list(const ic_dataset *dataset) {
    static const char *const levels[] = {"dataset", "series", "row"};
    PyObject *list = PyList_New((Py_ssize_t)dataset->n_attributes);
    for (size_t a = 0; list != NULL && a < dataset->n_attributes; a++) {
        const ic_attribute *attribute = &dataset->attributes[a];
        size_t n = attribute->level == IC_LEVEL_DATASET ? 1 : attribute->level == IC_LEVEL_SERIES ? dataset->series : 0;
        PyObject *values = text_list(&attribute->values);
        PyObject *numbers = copied(attribute->numbers, n, NPY_UINT32, sizeof(uint32_t));
        PyObject *rows = copied(attribute->rows, dataset->rows, NPY_UINT32, sizeof(uint32_t));
        PyObject *entry = NULL;
        if (values != NULL && numbers != NULL && rows != NULL)
            entry = Py_BuildValue("(ssOOO)", attribute->name, levels[attribute->level], values, numbers, rows);
        Py_XDECREF(values);
        Py_XDECREF(rows);
        Py_XDECREF(numbers);
        if (entry == NULL || PyList_SetItem(list, (Py_ssize_t)a, entry) < 0) Py_CLEAR(list);
    }
    return list;
}

static PyObject *notes_list(const ic_dataset *dataset) {
    PyObject *list = PyList_New((Py_ssize_t)dataset->n_notes);
    for (size_t k = 0; list != NULL && k < dataset->n_notes; k++) {
        const ic_note *note = &dataset->notes[k];
        PyObject *text = PyUnicode_DecodeUTF8(note->text, (Py_ssize_t)strlen(note->text), "replace");
        PyObject *entry =
            text == NULL ? NULL : Py_BuildValue("(sNK)", note->name, text, (unsigned long long)note->count);
        if (entry == NULL || PyList_SetItem(list, (Py_ssize_t)k, entry) < 0) Py_CLEAR(list);
    }
    return list;
}

/* [(name, codes, {code: rows that were refused}), ...] */
static PyObject *folded_list(const ic_dataset *dataset) {
    PyObject *list = PyList_New((Py_ssize_t)dataset->n_folded);
    for (size_t i = 0; list != NULL && i < dataset->n_folded; i++) {
        const ic_folded *folded = &dataset->folded[i];
        PyObject *codes = text_list(&folded->codes), *refused = PyDict_New();
        for (size_t c = 0; codes != NULL && refused != NULL && c < folded->codes.count; c++) {
            if (folded->refused[c] == 0) continue;
            PyObject *rows = PyLong_FromUnsignedLongLong(folded->refused[c]);
            if (rows == NULL || PyDict_SetItem(refused, PyList_GetItem(codes, (Py_ssize_t)c), rows) < 0)
                Py_CLEAR(refused);
            Py_XDECREF(rows);
        }
        PyObject *entry =
            codes == NULL || refused == NULL ? NULL : Py_BuildValue("(sOO)", folded->name, codes, refused);
        Py_XDECREF(codes);
        Py_XDECREF(refused);
        if (entry == NULL || PyList_SetItem(list, (Py_ssize_t)i, entry) < 0) Py_CLEAR(list);
    }
    return list;
}

static int put(PyObject *dict, const char *name, PyObject *value) { /* takes the value */
    int result = value == NULL ? -1 : PyDict_SetItemString(dict, name, value);
    Py_XDECREF(value);
    return result;
}

static PyObject *to_dict(ic_dataset *dataset) {
    npy_intp rows = (npy_intp)dataset->rows, shape[NPY_MAXDIMS];
    int ndim = 1;
    const npy_intp *of_values = &rows;
    if (dataset->dense) {
        if (dataset->n_dims >= NPY_MAXDIMS) {
            PyErr_Format(PyExc_ValueError, "%zu dimensions; a cube has at most %d", dataset->n_dims + 1, NPY_MAXDIMS);
            return NULL;
        }
        for (size_t d = 0; d < dataset->n_dims; d++) shape[d] = (npy_intp)dataset->dims[d].codes.count;
        ndim = (int)dataset->n_dims;
        if (dataset->has_time) shape[ndim++] = (npy_intp)dataset->periods;
        of_values = shape;
    }
    PyObject *dict = PyDict_New();
    if (dict == NULL) return NULL;
    char freq[2] = {dataset->freq, '\0'};
    if (put(dict, "dims", dims_list(dataset)) < 0 || put(dict, "dense", PyBool_FromLong(dataset->dense)) < 0 ||
        put(dict, "has_time", PyBool_FromLong(dataset->has_time)) < 0 ||
        put(dict, "freq", dataset->freq == 0 ? Py_NewRef(Py_None) : PyUnicode_FromString(freq)) < 0 ||
        put(dict, "first", PyLong_FromLong(dataset->first)) < 0 ||
        put(dict, "rows", PyLong_FromSize_t(dataset->rows)) < 0 ||
        put(dict, "series", PyLong_FromSize_t(dataset->series)) < 0 ||
        put(dict, "series_codes",
            copied(dataset->series_codes, dataset->series * dataset->n_dims, NPY_UINT32, sizeof(uint32_t))) < 0 ||
        put(dict, "decimals", copied(dataset->decimals, dataset->series, NPY_INT8, 1)) < 0 ||
        put(dict, "collapsed", PyBool_FromLong(dataset->collapsed)) < 0 ||
        put(dict, "folded", folded_list(dataset)) < 0 || put(dict, "attributes", attributes_list(dataset)) < 0 ||
        put(dict, "notes", notes_list(dataset)) < 0 ||
        put(dict, "ordinals", column(&dataset->ordinals, 1, &rows, NPY_INT32)) < 0 ||
        put(dict, "freqs", column(&dataset->freqs, 1, &rows, NPY_UINT8)) < 0 ||
        put(dict, "structures",
            dataset->structures == NULL ? Py_NewRef(Py_None) : ib_structures_list(dataset->structures)) < 0 ||
        put(dict, "values", column(&dataset->values, ndim, of_values, NPY_DOUBLE)) < 0 ||
        put(dict, "flags", column(&dataset->flags, ndim, of_values, NPY_UINT32)) < 0)
        Py_CLEAR(dict);
    return dict;
}

/* ---- functions -------------------------------------------------------------------------------------------------- */

static PyObject *read_source(PyObject *module, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"source",        "format",     "path",     "size",       "progress",  "filters",
                            "days",          "attributes", "measures", "dims",       "time",      "no_time",
                            "dataset",       "separator",  "decimal",  "duplicates", "want_long", "threads",
                            "plain",         "cells",      "columns",  "line",       "language",  "codepage",
                            "codepage_name", "collapse",   "level",    "again",      NULL};
    PyObject *object, *path = Py_None, *filters, *days, *attributes, *measures, *dims, *codepage = Py_None;
    PyObject *collapse = Py_None;
    PyObject *result = NULL;
    const char *name, *separator = "", *decimal = "";
    unsigned long long size = 0, cells = 0, columns = 0, line = 0;
    int duplicates = 0;
    ic_options options = {0};
    reading r = {.progress = Py_None, .begin = Py_None, .module = module};
    if (!PyArg_ParseTupleAndKeywords(
            args, kwargs, "OsOKOOOOOOzpzssipipKKK|zOzOiO", names, &object, &name, &path, &size, &r.progress, &filters,
            &days, &attributes, &measures, &dims, &options.time, &options.no_time, &options.dataset, &separator,
            &decimal, &duplicates, &options.want_long, &options.threads, &options.plain, &cells, &columns, &line,
            &options.language, &codepage, &options.codepage_name, &collapse, &options.level, &r.begin))
        return NULL;
    const ic_format *format = ic_format_named(name);
    if (format == NULL) return PyErr_Format(PyExc_ValueError, "format=\"%s\": there is no such format", name);
    options.separator = separator[0];
    options.decimal = decimal[0];
    options.duplicates = (ic_duplicates)duplicates;
    options.limits = (ic_limits){cells, columns, line};
    ic_arena arena = {0};
    Py_buffer view = {0};
    ic_dataset dataset = {0};
    ic_error error = {0};
    uint32_t characters[128];
    if (codepage != Py_None) {
        if (PyUnicode_GetLength(codepage) != 128)
            return PyErr_Format(PyExc_ValueError, "codepage: expected the 128 characters of the upper bytes");
        for (Py_ssize_t i = 0; i < 128; i++) characters[i] = PyUnicode_ReadChar(codepage, i);
        options.codepage = characters;
    }
    if (get_collapse(&arena, collapse, &options) == 0 && get_filters(&arena, filters, &options) == 0 &&
        get_days(&arena, days, &options) == 0 && get_texts(&arena, attributes, &options.attributes) == 0 &&
        get_texts(&arena, measures, &options.measures) == 0 && get_texts(&arena, dims, &options.dims) == 0 &&
        open_source(module, object, size, &view, &r) == 0) {
        r.next_look =
            r.progress != Py_None ? 0 : seconds() + 0.04; /* progress is told at once, however short the file */
        r.thread = PyEval_SaveThread();
        ic_status status = format->read(&r.source, &options, &dataset, &error);
        PyEval_RestoreThread(r.thread);
        if (r.pipe_reader.pipe != NULL) ib_pipe_leave(r.pipe_reader.pipe);
        Py_CLEAR(r.pipe);
        if (status == IC_SOURCE && PyErr_Occurred()) {
            /* poll asked to stop while the pipe was empty, or it could not be begun again: its exception stands */
        } else if (status == IC_SOURCE && r.file.failure != 0) {
            errno = r.file.failure;
            PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path);
        } else if (status != IC_OK) {
            if (status != IC_STOPPED) PyErr_Clear(); /* of a source that could not be begun again to find the place */
            error.status = status == IC_SOURCE ? IC_FORMAT : status; /* a pipe's end knows the reason, this the place */
            ib_raise(module, &error, path == Py_None ? NULL : path, format->name);
        } else {
            result = to_dict(&dataset);
        }
    }
    ic_dataset_free(&dataset);
    ic_arena_free(&arena);
    if (view.obj != NULL) PyBuffer_Release(&view);
    return result;
}

static PyObject *sniff(PyObject *module, PyObject *data) {
    Py_buffer view;
    (void)module;
    if (PyObject_GetBuffer(data, &view, PyBUF_SIMPLE) < 0) return NULL;
    const ic_format *format = ic_format_sniffed(view.buf, (size_t)view.len);
    PyBuffer_Release(&view);
    if (format == NULL) Py_RETURN_NONE;
    return PyUnicode_FromString(format->name);
}

static PyObject *formats(PyObject *module, PyObject *Py_UNUSED(ignored)) {
    (void)module;
    PyObject *list = PyList_New((Py_ssize_t)ic_formats_count);
    for (size_t i = 0; list != NULL && i < ic_formats_count; i++) {
        const ic_format *format = &ic_formats[i];
        PyObject *entry =
            Py_BuildValue("(sssO)", format->name, format->title, format->suffixes, format->dense ? Py_True : Py_False);
        if (entry == NULL || PyList_SetItem(list, (Py_ssize_t)i, entry) < 0) Py_CLEAR(list);
    }
    return list;
}

/* ---- for tests -------------------------------------------------------------------------------------------------- */

/* The events of a JSON text, as (number of the event, text or None). */
static PyObject *json_events(PyObject *module, PyObject *args) {
    Py_buffer view = {0};
    Py_ssize_t window = 0;
    if (!PyArg_ParseTuple(args, "y*n", &view, &window)) return NULL;
    ic_span span = {view.buf, (size_t)view.len};
    ic_source source = {.context = &span, .read = ic_span_read, .size = (uint64_t)view.len, .seekable = 1};
    ic_json json = {0};
    ic_error error = {0};
    PyObject *list = PyList_New(0);
    ic_status status = ic_json_open(&json, &source, (size_t)window, (size_t)1 << 24, &error);
    while (list != NULL && status == IC_OK) {
        status = ic_json_next(&json, &error);
        if (status != IC_OK || json.event == IC_JSON_DONE) break;
        int text = json.event == IC_JSON_KEY || json.event == IC_JSON_STRING || json.event == IC_JSON_NUMBER;
        PyObject *event = text ? Py_BuildValue("(is#)", (int)json.event, json.text, (Py_ssize_t)json.length)
                               : Py_BuildValue("(iO)", (int)json.event, Py_None);
        if (event == NULL || PyList_Append(list, event) < 0) Py_CLEAR(list);
        Py_XDECREF(event);
    }
    ic_json_close(&json);
    PyBuffer_Release(&view);
    if (list == NULL || status == IC_OK) return list;
    Py_DECREF(list);
    ib_raise(module, &error, NULL, "json");
    return NULL;
}

/* ---- for benchmarks ------------------------------------------------------------------------------------------- */

/* The least that a reader of lines must do. */
static PyObject *bench_floor(PyObject *module, PyObject *descriptor) {
    const size_t window = (size_t)1 << 20;
    ic_file file = {(int)PyLong_AsLong(descriptor), 0};
    (void)module;
    if (PyErr_Occurred()) return NULL;
    char *buffer = ic_alloc(window, 1);
    if (buffer == NULL) return PyErr_NoMemory();
    uint64_t offset = 0;
    unsigned long long lines = 0;
    int64_t n;
    Py_BEGIN_ALLOW_THREADS while ((n = ic_file_read(&file, buffer, window, offset)) > 0) {
        lines += ic_scan.count(buffer, (size_t)n, '\n');
        offset += (uint64_t)n;
    }
    Py_END_ALLOW_THREADS ic_free(buffer);
    if (n < 0) {
        errno = file.failure;
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    return PyLong_FromUnsignedLongLong(lines);
}

PyMethodDef ib_reader_functions[] = {
    {"read", (PyCFunction)(void (*)(void))read_source, METH_VARARGS | METH_KEYWORDS, "A source as a dict of columns."},
    {"sniff", sniff, METH_O, "The format that the first bytes of a file look like, or None."},
    {"formats", formats, METH_NOARGS, "[(name, title, suffixes, dense), ...]"},
    {"json_events", json_events, METH_VARARGS,
     "json_events(data, window) -> [(event, text), ...]: for tests; the events of a JSON text."},
    {"bench_floor", bench_floor, METH_O,
     "bench_floor(descriptor) -> newlines: for benchmarks; a file read through one window of 1 MiB."},
    {NULL, NULL, 0, NULL},
};
