/* What runs here: instruction set, pages, build. */
#include "bind/bind.h"

#include <stdlib.h>

#include "core/cube/cube.h"
#include "core/deflation/deflation.h"
#include "core/disaggregation/disaggregation.h"
#include "core/growth/growth.h"
#include "core/index/index.h"
#include "core/interval/interval.h"
#include "core/number/number.h"
#include "core/read/px.h"
#include "core/region/region.h"
#include "core/scan/scan.h"
#include "core/trade/trade.h"
#include "core/tree/tree.h"

int ib_config_init(PyObject *module) {
    ib_state *state = ib_state_of(module);
    state->cpu = ic_cpu_best();
    const char *forced = getenv("INDICIA_SIMD");
    if (forced != NULL && forced[0] != '\0') {
        int level = ic_cpu_named(forced);
        if (level < 0) {
            PyErr_Format(PyExc_ImportError,
                         "INDICIA_SIMD=%s: expected scalar, sse2, avx2, avx512 or neon, and one that this machine has "
                         "(best: %s)",
                         forced, ic_cpu_name(ic_cpu_best()));
            return -1;
        }
        state->cpu = (ic_cpu)level;
    }
    ic_cube_select(state->cpu);
    ic_deflation_select(state->cpu);
    ic_disaggregation_select(state->cpu);
    ic_growth_select(state->cpu);
    ic_index_select(state->cpu);
    ic_interval_select(state->cpu);
    ic_number_select(state->cpu);
    ic_px_select(state->cpu);
    ic_region_select(state->cpu);
    ic_scan_select(state->cpu);
    ic_trade_select(state->cpu);
    ic_tree_select(state->cpu);
    return 0;
}

static PyObject *config(PyObject *module, PyObject *Py_UNUSED(ignored)) {
#if defined(__clang__)
    const char *compiler = "clang " __clang_version__;
#elif defined(__GNUC__)
    const char *compiler = "gcc " __VERSION__;
#else
    const char *compiler = "unknown";
#endif
#if defined(Py_LIMITED_API)
    const char *abi = "abi3 (3.11)";
#else
    const char *abi = "full";
#endif
    return Py_BuildValue("{ssssssssss}", "simd", ic_cpu_name(ib_state_of(module)->cpu), "simd_best",
                         ic_cpu_name(ic_cpu_best()), "pages", ic_block_mode(), "compiler", compiler, "abi", abi);
}

PyMethodDef ib_config_functions[] = {
    {"config", config, METH_NOARGS, "What runs here, as a dict of texts."},
    {NULL, NULL, 0, NULL},
};
