/* What every file of the binding includes first. No arithmetic in this folder: loops call the core. */
#ifndef IB_BIND_H
#define IB_BIND_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#ifndef IB_OWNS_NUMPY_API /* module.c alone fills the tables */
#define NO_IMPORT_ARRAY
#define NO_IMPORT_UFUNC
#endif
#include <numpy/arrayobject.h>
#include <numpy/ufuncobject.h>

#include "core/base/cpu.h"
#include "core/base/memory.h"
#include "core/base/source.h"
#include "core/base/status.h"

/* ---- module.c: state and tables ------------------------------------------------------------------------- */

typedef struct ib_state {
    PyObject *format_error;      /* indicia.errors.FormatError */
    PyObject *limit_error;       /* LimitError */
    PyObject *unsupported_error; /* UnsupportedFormatError */
    PyObject *pipe_type;         /* indicia._core.Pipe */
    ic_cpu cpu;                  /* the level that runs */
} ib_state;

IC_INLINE ib_state *ib_state_of(PyObject *module) { return (ib_state *)PyModule_GetState(module); }

/* Each file of the binding brings its functions in one table, ended by {NULL}. */
extern PyMethodDef ib_config_functions[];
extern PyMethodDef ib_number_functions[];
extern PyMethodDef ib_period_functions[];
extern PyMethodDef ib_reader_functions[];
extern PyMethodDef ib_syntax_functions[];
extern PyMethodDef ib_structure_functions[];
extern PyMethodDef ib_cube_functions[];
extern PyMethodDef ib_arrow_functions[];
extern PyMethodDef ib_row_functions[];
extern PyMethodDef ib_fold_functions[];
extern PyMethodDef ib_disaggregation_functions[];
extern PyMethodDef ib_trade_functions[];
extern PyMethodDef ib_tree_functions[];

/* config.c: fills the dispatch tables of the core, once, at import. -1 with an exception for an unknown INDICIA_SIMD. */
int ib_config_init(PyObject *module);
/* ufuncs.c: adds every ufunc of the table to the module. */
int ib_ufuncs_init(PyObject *module);
/* pipe.c: adds the type Pipe. */
int ib_pipe_init(PyObject *module);

/* structures.c: [(kind, name, label, of, items), ...]. */
struct ic_structures;
PyObject *ib_structures_list(const struct ic_structures *structures);

/* ---- errors.c: the one map from statuses to exceptions ------------------------------------------------------ */

/* Sets the exception that `error` means and returns NULL. `path` (any object, or NULL) and `format` (or NULL) go into it.
   With IC_SOURCE and IC_STOPPED an exception that is already set is kept. */
PyObject *ib_raise(PyObject *module, const ic_error *error, PyObject *path, const char *format);

/* ---- arrays ------------------------------------------------------------------------------------------------- */

/* A contiguous array of that type with so many dimensions, or an error that names it. */
PyArrayObject *ib_array_of(PyObject *object, int type, int ndim, const char *name);

/* A 1-d or n-d array that owns the block's memory through a capsule; empties `block`. NULL with an exception (the block
   is then freed too). */
PyObject *ib_array_from_block(ic_block *block, int ndim, const npy_intp *shape, int typenum);

#endif
