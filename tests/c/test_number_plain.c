/* The tests of the room number once more, with the engine that works on any machine. */
#define IC_NUMBER_NO_WORDS
#define ic_number_parse      again_parse
#define ic_number_tens       again_tens
#define ic_number_fill       again_fill
#define ic_number_first      again_first
#define ic_number_pairs      again_pairs
#define ic_number_decimals   again_decimals
#define ic_number_constants  again_constants
#define ic_number_scan_plain again_scan_plain
#define ic_number_scan_long  again_scan_long
#define ic_number_scan_24    again_scan_24
#define ic_number_scan_wide  again_scan_wide
#define ic_number_wide_any   again_wide_any
#define ic_number_select     again_select
#define ic_number_scale      again_scale
#include "test_number.c"

#include "core/number/number.c"
#include "core/number/number_wide.c"
