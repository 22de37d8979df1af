#include "core/region/region.h"

ic_region_table ic_region;

void ic_region_select(ic_cpu level) {
    ic_region_select_shares(level);
    ic_region_select_spread(level);
    ic_region_select_sorted(level);
    ic_region_select_shift(level);
}
