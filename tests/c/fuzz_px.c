/* See fuzz_reader.h. */
#include "fuzz_reader.h"

#include "core/read/px.h"

int ic_fuzz_one(const uint8_t *data, size_t size);
int ic_fuzz_one(const uint8_t *data, size_t size) {
    ic_px_select(size % 2 ? IC_CPU_SCALAR : ic_cpu_best());
    fuzz_reader("px", data, size);
    return 0;
}
