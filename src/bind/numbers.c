#include "bind/bind.h"
#include "bind/texts.h"
#include "core/number/number.h"
#include "core/number/number_shape.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* "element 3", or "element (1, 2)" where the input has several axes */
static void name_element(char *out, size_t size, const ib_texts *texts, npy_intp i) {
    if (texts->ndim < 2) {
        PyOS_snprintf(out, size, texts->ndim == 0 ? "the text" : "element %zd", (Py_ssize_t)i);
        return;
    }
    npy_intp index[64];
    for (int d = texts->ndim - 1; d >= 0; d--) {
        index[d] = i % texts->shape[d];
        i /= texts->shape[d];
    }
    size_t used = (size_t)PyOS_snprintf(out, size, "element (");
    for (int d = 0; d < texts->ndim && used + 24 < size; d++)
        used += (size_t)PyOS_snprintf(out + used, size - used, d == 0 ? "%zd" : ", %zd", (Py_ssize_t)index[d]);
    PyOS_snprintf(out + used, size - used, ")");
}

static PyObject *fail_element(PyObject *module, const ib_texts *texts, npy_intp i, const char *text, size_t length) {
    char element[160], quoted[100];
    ic_error error = {0};
    name_element(element, sizeof element, texts, i);
    ic_quote(quoted, sizeof quoted, text, length);
    if (ic_fail(&error, IC_FORMAT, "%s: \"%s\" is no number", element, quoted) == IC_OK) return NULL;
    return ib_raise(module, &error, NULL, NULL);
}

static int read_mark(PyObject *object, char *mark) {
    Py_ssize_t length;
    *mark = 0;
    if (object == Py_None) return 0;
    const char *text = PyUnicode_AsUTF8AndSize(object, &length);
    if (text == NULL) return -1;
    if (length != 1) {
        PyErr_SetString(PyExc_ValueError, "decimal and thousands are one ASCII character each");
        return -1;
    }
    *mark = text[0];
    return 0;
}

static PyObject *parse_numbers(PyObject *module, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"texts", "decimal", "thousands", NULL};
    PyObject *object, *decimal, *thousands, *values = NULL, *decimals = NULL, *result = NULL;
    ic_number_style style;
    ib_texts texts;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OUO:parse_numbers", names, &object, &decimal, &thousands))
        return NULL;
    if (read_mark(decimal, &style.decimal) < 0 || read_mark(thousands, &style.thousands) < 0) return NULL;
    if (ib_texts_open(&texts, object) < 0) return NULL;
    values = PyArray_SimpleNew(texts.ndim, texts.shape, NPY_DOUBLE);
    decimals = PyArray_SimpleNew(texts.ndim, texts.shape, NPY_INT8);
    if (values == NULL || decimals == NULL) goto done;

    double *value = PyArray_DATA((PyArrayObject *)values);
    int8_t *printed = PyArray_DATA((PyArrayObject *)decimals);
    for (npy_intp i = 0; i < texts.size; i++) {
        const char *text;
        size_t length;
        ic_number number = {.value = NAN, .decimals = -1};
        int found = ib_texts_get(&texts, i, &text, &length);
        if (found < 0) goto done;
        if (found && length > 0 && !ic_number_parse(text, length, &style, &number)) {
            fail_element(module, &texts, i, text, length);
            goto done;
        }
        value[i] = number.value;
        printed[i] = number.decimals;
    }
    result = PyTuple_Pack(2, values, decimals);
done:
    Py_XDECREF(values);
    Py_XDECREF(decimals);
    ib_texts_close(&texts);
    return result;
}

static PyObject *format_numbers(PyObject *Py_UNUSED(module), PyObject *args, PyObject *kwargs) {
    static char *names[] = {"values", "missing", NULL};
    PyObject *object, *missing;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OU:format_numbers", names, &object, &missing)) return NULL;
    PyArrayObject *values =
        (PyArrayObject *)PyArray_FromAny(object, PyArray_DescrFromType(NPY_DOUBLE), 0, 0, NPY_ARRAY_CARRAY_RO, NULL);
    if (values == NULL) return NULL;
    PyObject *texts = PyArray_SimpleNew(PyArray_NDIM(values), PyArray_DIMS(values), NPY_OBJECT);
    if (texts != NULL) {
        const double *value = PyArray_DATA(values);
        PyObject **text = PyArray_DATA((PyArrayObject *)texts);
        const npy_intp size = PyArray_SIZE(values);
        for (npy_intp i = 0; i < size; i++) {
            char out[IC_NUMBER_TEXT];
            PyObject *item;
            if (isnan(value[i])) {
                item = Py_NewRef(missing);
            } else {
                size_t length = ic_number_format(value[i], out);
                item = PyUnicode_FromStringAndSize(out, (Py_ssize_t)length);
            }
            if (item == NULL) {
                Py_CLEAR(texts);
                break;
            }
            PyObject *old = text[i]; /* NULL, or None where NumPy fills it in */
            text[i] = item;
            Py_XDECREF(old);
        }
    }
    Py_DECREF(values);
    return texts;
}

/* ---- for benchmarks
 * ----------------------------------------------------------------------------------------- */

enum { ENGINE_SCAN, ENGINE_PARSE, ENGINE_STRTOD, ENGINE_FORMAT, ENGINE_SHAPED, ENGINES };

/* The line at p as a figure: its end, NULL if it is none. */
static const char *parse_line(const char *p, ic_number *number) {
    const char *stop = p;
    while (*stop != '\n') stop++;
    return ic_number_parse(p, (size_t)(stop - p), NULL, number) ? stop : NULL;
}

/* The loop of a reader: adds the figures of lines to *sum. 32 bytes behind them must be readable. -1 where one is
   none. */
IC_INLINE Py_ssize_t shaped(const char *p, const char *end, double *sum) {
    ic_number_shape shape = {0};
    Py_ssize_t count = 0;
    double total = *sum;
    for (; p < end; p++, count++) {
        ic_number number;
        const char *stop = ic_number_scan_shaped(p, &shape, &number);
        if (IC_UNLIKELY(stop == NULL || *stop != '\n')) {
            ic_number parsed; /* so that the other may live in registers */
            stop = parse_line(p, &parsed);
            if (stop == NULL) return -1;
            number = parsed;
        }
        p = stop;
        total += number.value;
    }
    *sum = total;
    return count;
}

#if defined(IC_X86) /* as readers have it */
IC_TARGET("avx2,bmi,bmi2,popcnt")
static Py_ssize_t shaped_avx2(const char *p, const char *end, double *sum) { return shaped(p, end, sum); }
#endif

/* The same with any engine. */
static Py_ssize_t add_up(const char *p, const char *end, int engine, ic_cpu level, double *sum) {
#if defined(IC_X86)
    if (engine == ENGINE_SHAPED && level >= IC_CPU_AVX2) return shaped_avx2(p, end, sum);
#endif
    (void)level;
    if (engine == ENGINE_SHAPED) return shaped(p, end, sum);
    Py_ssize_t count = 0;
    double total = *sum;
    char out[IC_NUMBER_TEXT];
    while (p < end) {
        ic_number number;
        const char *stop;
        if (engine == ENGINE_STRTOD) {
            char *after;
            number.value = strtod(p, &after);
            stop = after;
        } else {
            stop = engine == ENGINE_PARSE ? NULL : ic_number_scan(p, &number);
            if (stop == NULL || *stop != '\n') stop = parse_line(p, &number);
            if (stop == NULL) return -1;
            if (engine == ENGINE_FORMAT && ic_number_format(number.value, out) == 0) return -1;
        }
        if (stop == p || *stop != '\n') return -1;
        total += number.value;
        count++;
        p = stop + 1;
    }
    *sum = total;
    return count;
}

static double seconds(void) {
    struct timespec now;
    if (timespec_get(&now, TIME_UTC) == 0) return NAN;
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static PyObject *bench_numbers(PyObject *module, PyObject *args) {
    static const char *const engines[] = {"scan", "parse", "strtod", "format", "shaped"};
    const char *buffer, *name;
    Py_ssize_t size;
    int engine = 0;
    if (!PyArg_ParseTuple(args, "y#s:bench_numbers", &buffer, &size, &name)) return NULL;
    while (engine < ENGINES && strcmp(name, engines[engine]) != 0) engine++;
    if (engine == ENGINES)
        return PyErr_Format(PyExc_ValueError, "engine '%s': expected scan, parse, strtod, format or shaped", name);
    if (size == 0 || buffer[size - 1] != '\n') {
        PyErr_SetString(PyExc_ValueError, "expected lines, each ended by \\n");
        return NULL;
    }
    /* only the lines that end the buffer are copied: behind all others there are bytes to read */
    Py_ssize_t cut = size > 32 ? size - 32 : 0;
    while (cut > 0 && buffer[cut - 1] != '\n') cut--;
    const size_t rest = (size_t)(size - cut);
    char *padded = ic_alloc(rest + 32, 1);
    if (padded == NULL) return PyErr_NoMemory();
    memcpy(padded, buffer + cut, rest);
    memset(padded + rest, 0, 32);
    const ic_cpu level = ib_state_of(module)->cpu;
    double sum = 0, start = seconds();
    Py_ssize_t count = add_up(buffer, buffer + cut, engine, level, &sum);
    Py_ssize_t more = count < 0 ? -1 : add_up(padded, padded + rest, engine, level, &sum);
    double taken = seconds() - start;
    ic_free(padded);
    count = more < 0 ? -1 : count + more;
    if (count < 0) {
        PyErr_SetString(PyExc_ValueError, "a line is no number");
        return NULL;
    }
    return Py_BuildValue("(ndd)", count, sum, taken);
}

PyMethodDef ib_number_functions[] = {
    {"parse_numbers", (PyCFunction)(void (*)(void))parse_numbers, METH_VARARGS | METH_KEYWORDS,
     "parse_numbers(texts, decimal, thousands) -> (float64 array, int8 array of decimals)"},
    {"format_numbers", (PyCFunction)(void (*)(void))format_numbers, METH_VARARGS | METH_KEYWORDS,
     "format_numbers(values, missing) -> object array of str"},
    {"bench_numbers", bench_numbers, METH_VARARGS,
     "bench_numbers(lines, engine) -> (count, sum, seconds): for benchmarks; engine 'scan', 'parse', "
     "'strtod' (whose answers depend\n"
     "on the locale; used nowhere else), 'format' (scans and formats each) or 'shaped' (as readers scan)."},
    {NULL, NULL, 0, NULL},
};
