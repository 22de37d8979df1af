#include "core/scan/scan.h"
#include "core/base/status.h"

#if defined(IC_X86)
#include <immintrin.h>
#elif defined(IC_ARM)
#include <arm_neon.h>
#endif

#define block_equal block_equal_scalar
#include "core/scan/scan_scalar.h"
#undef block_equal
#define NAME(x) x##_scalar
#define TARGET
#define BLOCK(p, byte) block_equal_scalar(p, byte)
#include "core/scan/scan_loops.h"

#if defined(IC_X86)
#define block_equal block_equal_sse2
#include "core/scan/scan_sse2.h"
#undef block_equal
#define NAME(x) x##_sse2
#define TARGET
#define BLOCK(p, byte) block_equal_sse2(p, byte)
#include "core/scan/scan_loops.h"

#include "core/scan/scan_avx2.h"
#define NAME(x)        x##_avx2
#define TARGET         IC_TARGET("avx2,bmi,bmi2,popcnt")
#define BLOCK(p, byte) block_equal_avx2(p, byte)
#include "core/scan/scan_loops.h"

#include "core/scan/scan_avx512.h"
#define NAME(x)        x##_avx512
#define TARGET         IC_TARGET("avx512bw,avx512vl,bmi,bmi2,popcnt")
#define BLOCK(p, byte) block_equal_avx512(p, byte)
#include "core/scan/scan_loops.h"
#elif defined(IC_ARM)
#define block_equal block_equal_neon
#include "core/scan/scan_neon.h"
#undef block_equal
#define NAME(x) x##_neon
#define TARGET
#define BLOCK(p, byte) block_equal_neon(p, byte)
#include "core/scan/scan_loops.h"
#endif

#define TABLE(isa)                                                                                                     \
    (ic_scan_table) { level, count_##isa, find_##isa, find_any_##isa, after_last_##isa }

ic_scan_table ic_scan = {IC_CPU_SCALAR, count_scalar, find_scalar, find_any_scalar, after_last_scalar};

void ic_scan_select(ic_cpu level) {
    switch (level) {
#if defined(IC_X86)
    case IC_CPU_SSE2: ic_scan = TABLE(sse2); break;
    case IC_CPU_AVX2: ic_scan = TABLE(avx2); break;
    case IC_CPU_AVX512: ic_scan = TABLE(avx512); break;
#elif defined(IC_ARM)
    case IC_CPU_NEON: ic_scan = TABLE(neon); break;
#endif
    default: ic_scan = TABLE(scalar); break;
    }
}
