/* What the scanners of syntax see, for tests that hold them against others. */
#include "bind/bind.h"
#include "core/syntax/xml.h"

#include <string.h>

/* Memory that gives `step` bytes at a time. */
typedef struct drip {
    const char *data;
    size_t size, step;
} drip;

static int64_t drip_read(void *context, void *buffer, size_t size, uint64_t offset) {
    const drip *d = context;
    size_t left = offset < d->size ? d->size - (size_t)offset : 0, n = left < size ? left : size;
    if (n > d->step) n = d->step;
    if (n > 0) memcpy(buffer, d->data + offset, n);
    return (int64_t)n;
}

static PyObject *text_of(const char *text, size_t length) {
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)length, "strict");
}

static PyObject *attributes_of(const ic_xml *xml) {
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < xml->n_attributes; i++) {
        const ic_xml_attribute *a = &xml->attributes[i];
        PyObject *name = text_of(a->name, a->name_length), *value = text_of(a->value, a->length);
        PyObject *pair = name == NULL || value == NULL ? NULL : PyTuple_Pack(2, name, value);
        if (pair == NULL || PyList_Append(list, pair) < 0) Py_CLEAR(list);
        Py_XDECREF(pair);
        Py_XDECREF(name);
        Py_XDECREF(value);
    }
    return list;
}

/* (kind, name or text, attributes or None) */
static PyObject *event_of(const ic_xml *xml) {
    static const char *const kinds[] = {"start", "end", "text"};
    PyObject *text = xml->event == IC_XML_TEXT ? text_of(xml->text, xml->length) : text_of(xml->name, xml->name_length);
    PyObject *attributes = xml->event == IC_XML_START ? attributes_of(xml) : Py_NewRef(Py_None);
    PyObject *event =
        text == NULL || attributes == NULL ? NULL : Py_BuildValue("(sOO)", kinds[xml->event], text, attributes);
    Py_XDECREF(text);
    Py_XDECREF(attributes);
    return event;
}

static PyObject *xml_events(PyObject *module, PyObject *args) {
    Py_buffer view;
    Py_ssize_t step;
    ic_error error = {0};
    ic_xml xml;
    if (!PyArg_ParseTuple(args, "y*n", &view, &step)) return NULL;
    drip d = {view.buf, (size_t)view.len, step < 1 ? 1 : (size_t)step};
    ic_source source = {.context = &d, .read = drip_read, .size = (uint64_t)view.len, .seekable = 1};
    PyObject *events = PyList_New(0);
    ic_status status = ic_xml_open(&xml, &source, (size_t)1 << 24, &error);
    while (status == IC_OK && events != NULL) {
        status = ic_xml_next(&xml, &error);
        if (status != IC_OK || xml.event == IC_XML_DONE) break;
        PyObject *event = event_of(&xml);
        if (event == NULL || PyList_Append(events, event) < 0) Py_CLEAR(events);
        Py_XDECREF(event);
    }
    ic_xml_close(&xml);
    PyBuffer_Release(&view);
    if (status == IC_OK) return events;
    Py_CLEAR(events);
    error.line++;
    ib_raise(module, &error, NULL, "xml");
    return NULL;
}

PyMethodDef ib_syntax_functions[] = {
    {"xml_events", xml_events, METH_VARARGS,
     "xml_events(data, step) -> [(kind, name or text, attributes), ...]: for tests; read `step` bytes at a time."},
    {NULL, NULL, 0, NULL},
};
