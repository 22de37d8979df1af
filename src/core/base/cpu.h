/* Which instructions this machine has; asked once. Functions that use more than the baseline are marked
   IC_TARGET("avx2") and reached through a table that is filled by ic_cpu_level() and never written again. */
#ifndef IC_CPU_H
#define IC_CPU_H

#if (defined(__x86_64__) || defined(_M_X64)) && (defined(__GNUC__) || defined(__clang__))
#define IC_X86         1
#define IC_TARGET(isa) __attribute__((target(isa)))
#elif defined(__aarch64__)
#define IC_ARM 1
#define IC_TARGET(isa)
#else
#define IC_TARGET(isa)
#endif

typedef enum ic_cpu {
    IC_CPU_SCALAR = 0,
    IC_CPU_SSE2,
    IC_CPU_AVX2,   /* with BMI1, BMI2, LZCNT, POPCNT, FMA */
    IC_CPU_AVX512, /* with BW and VL */
    IC_CPU_NEON
} ic_cpu;

/* The best level of this machine. */
ic_cpu ic_cpu_best(void);
/* The level with this name ("scalar" "sse2" "avx2" "avx512" "neon"), or -1 if there is none or this machine lacks it. */
int ic_cpu_named(const char *name);
const char *ic_cpu_name(ic_cpu level);

#endif
