/* See fuzz_reader.h. */
#include "fuzz_reader.h"

int ic_fuzz_one(const uint8_t *data, size_t size);
int ic_fuzz_one(const uint8_t *data, size_t size) {
    fuzz_folding_reader("comtrade", data, size, "partnerCode", "cmdCode", "8507", "TOTAL");
    return 0;
}
