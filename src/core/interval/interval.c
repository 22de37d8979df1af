#include "core/interval/interval.h"

#include "core/interval/operations.h"

#define OPERAND(k, i) ((interval){in[2 * (k)][i], in[2 * (k) + 1][i]})
#define ODD(k, i)     (unusual(in[2 * (k)][i]) | unusual(in[2 * (k) + 1][i]))

#define OF_2(f, i, way) f(OPERAND(0, i), OPERAND(1, i), way)
#define OF_3(f, i, way) f(OPERAND(0, i), OPERAND(1, i), OPERAND(2, i), way)
#define ODD_0(i)        0 /* no operand needs care */
#define ODD_2(i)        (ODD(0, i) | ODD(1, i))
#define ODD_3(i)        (ODD_2(i) | ODD(2, i))

#define KERNEL(level, target, way, how, each, name, f, of, odd)                                                        \
    target static void name##_##level(size_t n, const double *const *in, double *low, double *high) {                  \
        double lows[BLOCK], highs[BLOCK];                                                                              \
        for (size_t start = 0; start < n; start += BLOCK) {                                                            \
            const size_t m = n - start < BLOCK ? n - start : BLOCK;                                                    \
            uint64_t some = 0;                                                                                         \
            how for (size_t i = 0; i < m; i++) {                                                                       \
                each;                                                                                                  \
                some |= odd(start + i) ? 1 : 0;                                                                        \
                const interval r = of(f, start + i, way);                                                              \
                lows[i] = r.low;                                                                                       \
                highs[i] = r.high;                                                                                     \
            }                                                                                                          \
            if (IC_UNLIKELY(some)) name##_mend(start, m, in, lows, highs);                                             \
            memcpy(low + start, lows, m * sizeof *lows);                                                               \
            memcpy(high + start, highs, m * sizeof *highs);                                                            \
        }                                                                                                              \
    }

#define KERNEL_MEND(name, f, of, odd)                                                                                  \
    static IC_NOINLINE void name##_mend(size_t start, size_t m, const double *const *in, double *lows,                 \
                                        double *highs) {                                                               \
        for (size_t i = 0; i < m; i++) {                                                                               \
            if (!(odd(start + i))) continue;                                                                           \
            const interval r = of(f, start + i, CAREFUL);                                                              \
            lows[i] = r.low;                                                                                           \
            highs[i] = r.high;                                                                                         \
        }                                                                                                              \
    }

#define KERNELS(name, f, of, odd)                                                                                      \
    KERNEL_MEND(name, f, of, odd)                                                                                      \
    EVERY_LEVEL(KERNEL, name, f, of, odd)

KERNELS(add, add_of, OF_2, ODD_0)
KERNELS(sub, sub_of, OF_2, ODD_0)
KERNELS(mul, mul_of, OF_2, ODD_2)
KERNELS(div, div_of, OF_2, ODD_2)
KERNELS(rate_any, rate_of, OF_2, ODD_2)
KERNELS(implied_base, implied_base_of, OF_2, ODD_2)
KERNELS(implied_level, implied_level_of, OF_2, ODD_2)
KERNELS(contribution, contribution_of, OF_3, ODD_3)

/* A block with a figure that the quick way isn't sure of is done again. */
#define RATE(level, target, way, how, each, name)                                                                      \
    target static int name##_quick_##level(size_t m, const double *const *in, double *low, double *high) {             \
        uint64_t some = 0;                                                                                             \
        how for (size_t i = 0; i < m; i++) {                                                                           \
            each;                                                                                                      \
            int sure;                                                                                                  \
            const interval r = rate_quick(OPERAND(0, i), OPERAND(1, i), &sure);                                        \
            some |= ((sure == 0) | ODD_2(i)) ? 1 : 0;                                                                  \
            low[i] = r.low;                                                                                            \
            high[i] = r.high;                                                                                          \
        }                                                                                                              \
        return some != 0;                                                                                              \
    }                                                                                                                  \
    static void name##_##level(size_t n, const double *const *in, double *low, double *high) {                         \
        if (way == SPLIT) {                                                                                            \
            name##_any_##level(n, in, low, high);                                                                      \
            return;                                                                                                    \
        }                                                                                                              \
        double lows[BLOCK], highs[BLOCK];                                                                              \
        for (size_t start = 0; start < n; start += BLOCK) {                                                            \
            const size_t m = n - start < BLOCK ? n - start : BLOCK;                                                    \
            const double *part[4] = {in[0] + start, in[1] + start, in[2] + start, in[3] + start};                      \
            if (name##_quick_##level(m, part, lows, highs)) name##_any_##level(m, part, lows, highs);                  \
            memcpy(low + start, lows, m * sizeof *lows);                                                               \
            memcpy(high + start, highs, m * sizeof *highs);                                                            \
        }                                                                                                              \
    }

EVERY_LEVEL(RATE, rate)

ic_interval_table ic_interval;

void ic_interval_select(ic_cpu level) {
    ic_interval.add = OF_LEVEL(add, level);
    ic_interval.sub = OF_LEVEL(sub, level);
    ic_interval.mul = OF_LEVEL(mul, level);
    ic_interval.div = OF_LEVEL(div, level);
    ic_interval.rate = OF_LEVEL(rate, level);
    ic_interval.implied_base = OF_LEVEL(implied_base, level);
    ic_interval.implied_level = OF_LEVEL(implied_level, level);
    ic_interval.contribution = OF_LEVEL(contribution, level);
    ic_interval_select_figures(level);
    ic_interval_select_sums(level);
}
