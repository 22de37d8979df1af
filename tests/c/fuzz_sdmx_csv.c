/* See fuzz_reader.h. */
#include "fuzz_reader.h"

int ic_fuzz_one(const uint8_t *data, size_t size);
int ic_fuzz_one(const uint8_t *data, size_t size) {
    fuzz_folding_reader("sdmx-csv", data, size, "FREQ", "REF_AREA", "DE", "FR");
    return 0;
}
