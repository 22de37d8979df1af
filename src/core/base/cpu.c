#include "core/base/cpu.h"

#include <string.h>

#if defined(IC_X86)
#include <cpuid.h>

static int has_lzcnt(void) { /* not every compiler's __builtin_cpu_supports knows it */
    unsigned a, b, c, d;
    return __get_cpuid(0x80000001, &a, &b, &c, &d) && (c & 1u << 5) != 0;
}
#endif

static const char *const names[] = {"scalar", "sse2", "avx2", "avx512", "neon"};

ic_cpu ic_cpu_best(void) {
#if defined(IC_X86)
    __builtin_cpu_init();
    int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
               __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("fma") && has_lzcnt();
    if (avx2 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) return IC_CPU_AVX512;
    return avx2 ? IC_CPU_AVX2 : IC_CPU_SSE2;
#elif defined(IC_ARM)
    return IC_CPU_NEON;
#else
    return IC_CPU_SCALAR;
#endif
}

int ic_cpu_named(const char *name) {
    ic_cpu best = ic_cpu_best();
    for (int level = 0; level <= IC_CPU_NEON; level++) {
        if (strcmp(name, names[level]) != 0) continue;
        if (level == IC_CPU_SCALAR) return level;
        if (best == IC_CPU_NEON || level == IC_CPU_NEON) return (int)best == level ? level : -1;
        return level <= (int)best ? level : -1;
    }
    return -1;
}

const char *ic_cpu_name(ic_cpu level) { return names[level]; }
