/* What structure messages say, as lists. */
#include "bind/bind.h"
#include "core/read/structure.h"

#include <string.h>

static PyObject *text_of(const char *text) {
    if (text == NULL) Py_RETURN_NONE;
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "strict");
}

/* {code: label}, of those that have both; what comes first counts. */
static PyObject *code_dict(const ic_structure_item *items, size_t n) {
    PyObject *dict = PyDict_New();
    for (size_t i = 0; dict != NULL && i < n; i++) {
        if (items[i].id == NULL || items[i].label == NULL) continue;
        PyObject *code = text_of(items[i].id), *label = text_of(items[i].label);
        const int there = code == NULL || label == NULL ? -1 : PyDict_Contains(dict, code);
        if (there < 0 || (there == 0 && PyDict_SetItem(dict, code, label) < 0)) Py_CLEAR(dict);
        Py_XDECREF(code);
        Py_XDECREF(label);
    }
    return dict;
}

/* [(id, label, codes, concept), ...] */
static PyObject *item_list(const ic_structure_item *items, size_t n) {
    PyObject *list = PyList_New((Py_ssize_t)n);
    for (size_t i = 0; list != NULL && i < n; i++) {
        PyObject *entry = Py_BuildValue("(zzzz)", items[i].id, items[i].label, items[i].codes, items[i].concept);
        if (entry == NULL || PyList_SetItem(list, (Py_ssize_t)i, entry) < 0) Py_CLEAR(list);
    }
    return list;
}

PyObject *ib_structures_list(const ic_structures *structures) {
    static const char *const kinds[] = {"codes", "concepts", "data", "flow"};
    PyObject *list = PyList_New((Py_ssize_t)structures->n_lists);
    for (size_t i = 0; list != NULL && i < structures->n_lists; i++) {
        const ic_structure_list *one = &structures->lists[i];
        const ic_structure_item *first = structures->items == NULL ? NULL : structures->items + one->first;
        PyObject *items = one->kind == IC_STRUCTURE_CODES ? code_dict(first, one->n) : item_list(first, one->n);
        PyObject *entry = items == NULL ? NULL
                                        : Py_BuildValue("(szzzN)", kinds[one->kind], one->name == NULL ? "" : one->name,
                                                        one->label, one->of, items);
        if (entry == NULL || PyList_SetItem(list, (Py_ssize_t)i, entry) < 0) Py_CLEAR(list);
    }
    return list;
}

static PyObject *read_structures(PyObject *module, PyObject *args) {
    Py_buffer view = {0};
    const char *language = NULL;
    unsigned long long limit = 0;
    ic_error error = {0};
    if (!PyArg_ParseTuple(args, "y*zK", &view, &language, &limit)) return NULL;
    ic_span span = {view.buf, (size_t)view.len};
    ic_source source = {.context = &span, .read = ic_span_read, .size = (uint64_t)view.len, .seekable = 1};
    ic_structures structures = {.language = language};
    ic_status status;
    Py_BEGIN_ALLOW_THREADS status = ic_structures_read(&structures, &source, (size_t)limit, &error);
    Py_END_ALLOW_THREADS PyObject *result = NULL;
    if (status == IC_OK)
        result = ib_structures_list(&structures);
    else
        ib_raise(module, &error, NULL, "sdmx-ml");
    ic_structures_free(&structures);
    PyBuffer_Release(&view);
    return result;
}

PyMethodDef ib_structure_functions[] = {
    {"structures", read_structures, METH_VARARGS,
     "structures(data, language, limit) -> [(kind, name, label, of, items), ...]: an SDMX-ML structure message."},
    {NULL, NULL, 0, NULL},
};
