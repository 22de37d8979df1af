/* indicia._core: the one exported symbol, PyInit__core. */
#define IB_OWNS_NUMPY_API
#include "bind/bind.h"

static int traverse(PyObject *module, visitproc visit, void *arg) {
    ib_state *state = ib_state_of(module);
    Py_VISIT(state->format_error);
    Py_VISIT(state->limit_error);
    Py_VISIT(state->unsupported_error);
    Py_VISIT(state->pipe_type);
    return 0;
}

static int clear(PyObject *module) {
    ib_state *state = ib_state_of(module);
    Py_CLEAR(state->format_error);
    Py_CLEAR(state->limit_error);
    Py_CLEAR(state->unsupported_error);
    Py_CLEAR(state->pipe_type);
    return 0;
}

static void release(void *module) { clear(module); }

static int import_errors(ib_state *state) {
    PyObject *errors = PyImport_ImportModule("indicia.errors");
    if (errors == NULL) return -1;
    state->format_error = PyObject_GetAttrString(errors, "FormatError");
    state->limit_error = PyObject_GetAttrString(errors, "LimitError");
    state->unsupported_error = PyObject_GetAttrString(errors, "UnsupportedFormatError");
    Py_DECREF(errors);
    return state->format_error && state->limit_error && state->unsupported_error ? 0 : -1;
}

static int execute(PyObject *module) {
    /* NumPy keeps global state, so sub-interpreters are refused; the slot that says so came after 3.11 */
    if (PyInterpreterState_GetID(PyInterpreterState_Get()) != 0) {
        PyErr_SetString(PyExc_ImportError, "indicia does not support sub-interpreters");
        return -1;
    }
    if (PyArray_ImportNumPyAPI() < 0 || PyUFunc_ImportUFuncAPI() < 0) return -1;
    if (import_errors(ib_state_of(module)) < 0) return -1;
    PyMethodDef *tables[] = {
        ib_config_functions,         ib_number_functions, ib_period_functions, ib_reader_functions, ib_syntax_functions,
        ib_structure_functions,      ib_cube_functions,   ib_arrow_functions,  ib_row_functions,    ib_fold_functions,
        ib_disaggregation_functions, ib_trade_functions,  ib_tree_functions};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (PyModule_AddFunctions(module, tables[i]) < 0) return -1;
    if (ib_config_init(module) < 0 || ib_ufuncs_init(module) < 0 || ib_pipe_init(module) < 0) return -1;
    return 0;
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, (void *)execute},
#if defined(Py_mod_gil) && !defined(Py_LIMITED_API)
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "indicia._core",
    .m_doc = "The C core of indicia; its public face is the package indicia.",
    .m_size = sizeof(ib_state),
    .m_slots = slots,
    .m_traverse = traverse,
    .m_clear = clear,
    .m_free = release,
};

PyMODINIT_FUNC PyInit__core(void) { return PyModuleDef_Init(&definition); }
