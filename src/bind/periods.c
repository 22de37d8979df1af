#include "bind/bind.h"
#include "bind/texts.h"
#include "core/period/period.h"

#include <string.h>

/* Elements between two looks at Ctrl-C. */
enum { STRIDE = 1 << 16 };

static PyArray_Descr *text_descr(npy_intp width) {
    PyArray_Descr *descr = PyArray_DescrNewFromType(NPY_UNICODE);
    if (descr != NULL) PyDataType_SET_ELSIZE(descr, width * (npy_intp)sizeof(Py_UCS4));
    return descr;
}

static PyObject *new_texts(npy_intp width, int ndim, const npy_intp *shape) {
    PyArray_Descr *descr = text_descr(width);
    return descr == NULL ? NULL : PyArray_NewFromDescr(&PyArray_Type, descr, ndim, shape, NULL, NULL, 0, NULL);
}

/* ---- texts -> periods ----------------------------------------------------------------------------------------- */

typedef struct parsing {
    ib_texts texts;
    ic_period_style style;
    int32_t *ordinals;
    char first;     /* frequency of the first element, 0 before it */
    ic_block freqs; /* one char each, made when a second frequency turns up */
    ic_block flags; /* uint32 each, made when a period has one */
    /* why parse_some stopped early */
    npy_intp at;
    int got; /* what ib_texts_get said */
    ic_period_result result;
    ic_status status;
} parsing;

static ic_status keep_freq(parsing *s, npy_intp i, char freq) {
    if (s->first == 0) s->first = freq;
    if (s->freqs.data == NULL) {
        if (freq == s->first) return IC_OK;
        IC_TRY(ic_block_make(&s->freqs, (size_t)s->texts.size, 1));
        memset(s->freqs.data, s->first, (size_t)i);
    }
    ((char *)s->freqs.data)[i] = freq;
    return IC_OK;
}

static ic_status keep_flags(parsing *s, npy_intp i, uint32_t flags) {
    if (flags == 0) return IC_OK;
    if (s->flags.data == NULL) IC_TRY(ic_block_make(&s->flags, (size_t)s->texts.size, sizeof flags));
    ((uint32_t *)s->flags.data)[i] = flags;
    return IC_OK;
}

/* Elements from .. to - 1; whether all of them are periods. Needs the GIL only for texts in Python objects. */
static int parse_some(parsing *s, npy_intp from, npy_intp to) {
    ic_period period = {0};
    for (npy_intp i = from; i < to; i++) {
        const char *text;
        size_t length;
        s->at = i;
        s->got = ib_texts_get(&s->texts, i, &text, &length);
        if (IC_UNLIKELY(s->got != 1)) return 0;
        s->result = ic_period_parse(text, length, &s->style, &period);
        if (IC_UNLIKELY(s->result != IC_PERIOD_OK)) return 0;
        s->ordinals[i] = period.ordinal;
        s->status = keep_freq(s, i, period.freq);
        if (IC_LIKELY(s->status == IC_OK)) s->status = keep_flags(s, i, period.flags);
        if (IC_UNLIKELY(s->status != IC_OK)) return 0;
    }
    return 1;
}

static void raise_parsing(PyObject *module, parsing *s) {
    ic_error error = {0};
    char quoted[120], under[24] = "";
    const char *text;
    size_t length;
    if (s->got < 0) return;
    if (s->got == 0) {
        PyErr_Format(PyExc_ValueError, "element %zd is missing, and a missing period has no place in time",
                     (Py_ssize_t)s->at);
        return;
    }
    if (s->status != IC_OK) {
        (void)ic_fail_memory(&error);
        ib_raise(module, &error, NULL, NULL);
        return;
    }
    if (ib_texts_get(&s->texts, s->at, &text, &length) != 1) return;
    (void)ic_quote(quoted, sizeof quoted, text, length);
    if (s->style.freq != 0) {
        memcpy(under, " under freq='?'", sizeof " under freq='?'");
        under[13] = s->style.freq;
    }
    switch (s->result) {
    case IC_PERIOD_UNPLACED:
        (void)ic_fail(&error, IC_FORMAT, "element %lld: '%s' is on no calendar", (long long)s->at, quoted);
        break;
    case IC_PERIOD_UNSUPPORTED:
        (void)ic_fail(&error, IC_UNSUPPORTED, "element %lld: '%s'%s is a period that none of A S Q M W D can hold",
                      (long long)s->at, quoted, under);
        break;
    default: (void)ic_fail(&error, IC_FORMAT, "element %lld: '%s' is no period", (long long)s->at, quoted); break;
    }
    ib_raise(module, &error, NULL, NULL);
}

static PyObject *letters_of(const parsing *s) {
    if (s->texts.size != 0 && s->freqs.data == NULL) return PyUnicode_FromStringAndSize(&s->first, 1);
    PyObject *array = new_texts(1, s->texts.ndim, s->texts.shape);
    if (array == NULL) return NULL;
    Py_UCS4 *out = PyArray_DATA((PyArrayObject *)array);
    for (npy_intp i = 0; i < s->texts.size; i++) out[i] = (Py_UCS4)((const char *)s->freqs.data)[i];
    return array;
}

/* None or a str of one ASCII character. */
static int freq_code(PyObject *object, char *freq) {
    *freq = 0;
    if (object == Py_None) return 0;
    Py_ssize_t n = 0;
    const char *text = PyUnicode_Check(object) ? PyUnicode_AsUTF8AndSize(object, &n) : NULL;
    if (text != NULL && n == 1 && (text[0] & 0x80) == 0 && text[0] != '\0') {
        *freq = text[0];
        return 0;
    }
    if (!PyErr_Occurred()) PyErr_Format(PyExc_ValueError, "freq: expected None or one letter, got %R", object);
    return -1;
}

static PyObject *parse_periods(PyObject *module, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"texts", "day_first", "freq", NULL};
    PyObject *object, *code = Py_None, *ordinals = NULL, *freqs = NULL, *flags = NULL, *answer = NULL;
    parsing s = {0};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|pO:parse_periods", names, &object, &s.style.day_first, &code))
        return NULL;
    if (freq_code(code, &s.style.freq) < 0 || ib_texts_open(&s.texts, object) < 0) return NULL;
    ordinals = PyArray_SimpleNew(s.texts.ndim, s.texts.shape, NPY_INT32);
    if (ordinals == NULL) goto done;
    s.ordinals = PyArray_DATA((PyArrayObject *)ordinals);
    for (npy_intp from = 0; from < s.texts.size; from += STRIDE) {
        npy_intp to = s.texts.size - from < STRIDE ? s.texts.size : from + STRIDE;
        int whole;
        if (s.texts.kind == 'O') {
            whole = parse_some(&s, from, to);
        } else {
            Py_BEGIN_ALLOW_THREADS;
            whole = parse_some(&s, from, to);
            Py_END_ALLOW_THREADS;
        }
        if (!whole) {
            raise_parsing(module, &s);
            goto done;
        }
        if (PyErr_CheckSignals() < 0) goto done;
    }
    freqs = letters_of(&s);
    if (freqs == NULL) goto done;
    if (s.flags.data != NULL) {
        flags = ib_array_from_block(&s.flags, s.texts.ndim, s.texts.shape, NPY_UINT32);
        if (flags == NULL) goto done;
    }
    answer = PyTuple_Pack(3, freqs, ordinals, flags == NULL ? Py_None : flags);
done:
    ic_block_free(&s.freqs);
    ic_block_free(&s.flags);
    ib_texts_close(&s.texts);
    Py_XDECREF(ordinals);
    Py_XDECREF(freqs);
    Py_XDECREF(flags);
    return answer;
}

/* ---- periods -> whatever ---------------------------------------------------------------------------------------- */

/* Ordinals with one frequency, or one each. */
typedef struct periods {
    PyArrayObject *ordinals, *freqs; /* owned; freqs NULL where one letter holds for all */
    const int32_t *ordinal;
    const Py_UCS4 *freq;
    npy_intp size;
    char one;
} periods;

static void periods_close(periods *p) {
    Py_CLEAR(p->ordinals);
    Py_CLEAR(p->freqs);
}

static int periods_open(periods *p, PyObject *freq, PyObject *ordinals) {
    *p = (periods){0};
    if (PyUnicode_Check(freq)) {
        if (freq_code(freq, &p->one) < 0) return -1;
    } else {
        PyArray_Descr *letter = text_descr(1);
        if (letter == NULL) return -1;
        p->freqs = (PyArrayObject *)PyArray_FromAny(freq, letter, 0, 0, NPY_ARRAY_CARRAY_RO, NULL);
        if (p->freqs == NULL) return -1;
        p->freq = PyArray_DATA(p->freqs);
    }
    p->ordinals =
        (PyArrayObject *)PyArray_FromAny(ordinals, PyArray_DescrFromType(NPY_INT32), 0, 0, NPY_ARRAY_CARRAY_RO, NULL);
    if (p->ordinals == NULL) {
        periods_close(p);
        return -1;
    }
    p->ordinal = PyArray_DATA(p->ordinals);
    p->size = PyArray_SIZE(p->ordinals);
    if (p->freqs != NULL && !PyArray_SAMESHAPE(p->freqs, p->ordinals)) {
        PyErr_SetString(PyExc_ValueError, "freq and ordinals differ in shape");
        periods_close(p);
        return -1;
    }
    return 0;
}

IC_INLINE char periods_freq(const periods *p, npy_intp i) {
    if (p->freq == NULL) return p->one;
    return p->freq[i] < 0x80 ? (char)p->freq[i] : '\0';
}

static void raise_invalid(const periods *p, npy_intp i) {
    char freq = periods_freq(p, i);
    if (ic_period_width(freq) == 0)
        PyErr_Format(PyExc_ValueError, "element %zd: its frequency is none of A S Q M W D", (Py_ssize_t)i);
    else
        PyErr_Format(PyExc_ValueError, "element %zd: ordinal %d of frequency %c lies outside the years 0001 to 9999",
                     (Py_ssize_t)i, (int)p->ordinal[i], (int)freq);
}

static PyObject *format_periods(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *freq, *ordinals, *array = NULL;
    periods p;
    if (!PyArg_ParseTuple(args, "OO:format_periods", &freq, &ordinals) || periods_open(&p, freq, ordinals) < 0)
        return NULL;
    size_t width = 0;
    for (npy_intp i = 0; i < (p.freq == NULL ? 1 : p.size); i++) {
        size_t needed = ic_period_width(periods_freq(&p, i));
        if (needed > width) width = needed;
    }
    array = new_texts(width == 0 ? 1 : (npy_intp)width, PyArray_NDIM(p.ordinals), PyArray_DIMS(p.ordinals));
    npy_intp bad = -1;
    if (array != NULL) {
        Py_UCS4 *out = PyArray_DATA((PyArrayObject *)array);
        Py_BEGIN_ALLOW_THREADS;
        for (npy_intp i = 0; i < p.size; i++, out += width) {
            char text[IC_PERIOD_TEXT] = {0};
            if (ic_period_format(periods_freq(&p, i), p.ordinal[i], text) == 0) {
                bad = i;
                break;
            }
            for (size_t k = 0; k < width; k++) out[k] = (Py_UCS4)text[k];
        }
        Py_END_ALLOW_THREADS;
    }
    if (bad >= 0) {
        raise_invalid(&p, bad);
        Py_CLEAR(array);
    }
    periods_close(&p);
    return array;
}

static PyObject *period_days(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *freq, *ordinals;
    int last;
    periods p;
    if (!PyArg_ParseTuple(args, "OOp:period_days", &freq, &ordinals, &last) || periods_open(&p, freq, ordinals) < 0)
        return NULL;
    PyObject *array = PyArray_SimpleNew(PyArray_NDIM(p.ordinals), PyArray_DIMS(p.ordinals), NPY_INT64);
    if (array != NULL) {
        int64_t *out = PyArray_DATA((PyArrayObject *)array);
        for (npy_intp i = 0; i < p.size; i++) {
            char f = periods_freq(&p, i);
            out[i] = last ? ic_period_last_day(f, p.ordinal[i]) : ic_period_first_day(f, p.ordinal[i]);
            if (out[i] == IC_PERIOD_NO_DAY) {
                raise_invalid(&p, i);
                Py_CLEAR(array);
                break;
            }
        }
    }
    periods_close(&p);
    return array;
}

static PyObject *period_years(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *freq, *ordinals;
    periods p;
    if (!PyArg_ParseTuple(args, "OO:period_years", &freq, &ordinals) || periods_open(&p, freq, ordinals) < 0)
        return NULL;
    PyObject *array = PyArray_SimpleNew(PyArray_NDIM(p.ordinals), PyArray_DIMS(p.ordinals), NPY_INT32);
    if (array != NULL) {
        int32_t *out = PyArray_DATA((PyArrayObject *)array);
        for (npy_intp i = 0; i < p.size; i++) {
            out[i] = ic_period_year(periods_freq(&p, i), p.ordinal[i]);
            if (out[i] == 0) {
                raise_invalid(&p, i);
                Py_CLEAR(array);
                break;
            }
        }
    }
    periods_close(&p);
    return array;
}

static PyObject *periods_year_before(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *freq, *ordinals;
    periods p;
    if (!PyArg_ParseTuple(args, "OO:periods_year_before", &freq, &ordinals) || periods_open(&p, freq, ordinals) < 0)
        return NULL;
    PyObject *array = PyArray_SimpleNew(PyArray_NDIM(p.ordinals), PyArray_DIMS(p.ordinals), NPY_INT32);
    if (array != NULL) {
        int32_t *out = PyArray_DATA((PyArrayObject *)array);
        for (npy_intp i = 0; i < p.size; i++)
            if (!ic_period_year_before(periods_freq(&p, i), p.ordinal[i], &out[i])) out[i] = INT32_MIN;
    }
    periods_close(&p);
    return array;
}

static PyObject *periods_of_days(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *code, *object;
    char freq;
    if (!PyArg_ParseTuple(args, "UO:periods_of_days", &code, &object) || freq_code(code, &freq) < 0) return NULL;
    if (ic_period_width(freq) == 0)
        return PyErr_Format(PyExc_ValueError, "freq: expected one of A S Q M W D, got %R", code);
    PyArrayObject *days =
        (PyArrayObject *)PyArray_FromAny(object, PyArray_DescrFromType(NPY_INT64), 0, 0, NPY_ARRAY_CARRAY_RO, NULL);
    if (days == NULL) return NULL;
    PyObject *array = PyArray_SimpleNew(PyArray_NDIM(days), PyArray_DIMS(days), NPY_INT32);
    if (array != NULL) {
        const int64_t *day = PyArray_DATA(days);
        int32_t *out = PyArray_DATA((PyArrayObject *)array);
        npy_intp n = PyArray_SIZE(days);
        for (npy_intp i = 0; i < n; i++) {
            if (ic_period_of_day(freq, day[i], &out[i])) continue;
            PyErr_Format(PyExc_ValueError, "element %zd is no day in the years 0001 to 9999", (Py_ssize_t)i);
            Py_CLEAR(array);
            break;
        }
    }
    Py_DECREF(days);
    return array;
}

PyMethodDef ib_period_functions[] = {
    {"parse_periods", (PyCFunction)(void (*)(void))parse_periods, METH_VARARGS | METH_KEYWORDS,
     "parse_periods(texts, day_first=False, freq=None) -> (freq, ordinals, flags): freq one letter where all agree, "
     "else "
     "an array of U1 (always for no text at all); ordinals int32; flags uint32, or None where no period has one."},
    {"format_periods", format_periods, METH_VARARGS,
     "format_periods(freq, ordinals) -> array of str; freq one letter or an array of U1, ordinals int32."},
    {"period_days", period_days, METH_VARARGS,
     "period_days(freq, ordinals, last) -> int64 days since 1970-01-01: the first of each period, or the last."},
    {"period_years", period_years, METH_VARARGS,
     "period_years(freq, ordinals) -> int32 calendar years, of weeks ISO years."},
    {"periods_year_before", periods_year_before, METH_VARARGS,
     "periods_year_before(freq, ordinals) -> int32 ordinals of the same period a year before, -2**31 where there is "
     "none."},
    {"periods_of_days", periods_of_days, METH_VARARGS,
     "periods_of_days(freq, days) -> int32 ordinals of the periods that hold the days since 1970-01-01."},
    {NULL, NULL, 0, NULL},
};
