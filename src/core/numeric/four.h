/* Four series at once, for kernels whose next step waits for the last: a vector makes four chains of one. Time runs along
   memory, so that figures are turned in the registers, four periods of four series at a time. x86 with AVX2 only; a
   kernel takes it in where IC_X86 is defined, and keeps a twin for one series that gives the same bits. */
#ifndef IC_NUMERIC_FOUR_H
#define IC_NUMERIC_FOUR_H

#include <immintrin.h>

#include "core/base/cpu.h"
#include "core/base/status.h"

#define FOUR IC_TARGET("avx2,fma") IC_INLINE

typedef __m256d four;

FOUR four four_of(double x) { return _mm256_set1_pd(x); }

FOUR four four_if(four mask, four then, four otherwise) { return _mm256_blendv_pd(otherwise, then, mask); }

/* Four periods of four series, either way. */
FOUR void four_turn(four v[4]) {
    const four a = _mm256_unpacklo_pd(v[0], v[1]), b = _mm256_unpackhi_pd(v[0], v[1]);
    const four c = _mm256_unpacklo_pd(v[2], v[3]), d = _mm256_unpackhi_pd(v[2], v[3]);
    v[0] = _mm256_permute2f128_pd(a, c, 0x20);
    v[1] = _mm256_permute2f128_pd(b, d, 0x20);
    v[2] = _mm256_permute2f128_pd(a, c, 0x31);
    v[3] = _mm256_permute2f128_pd(b, d, 0x31);
}

/* Halves are put together as they are loaded, which spares the unit that turns half the work. */
FOUR void four_load(size_t t, const double *in, ptrdiff_t across, four x[4]) {
    const double *at = in + (ptrdiff_t)t;
    for (ptrdiff_t s = 0; s < 2; s++) {
        const four low = _mm256_castpd128_pd256(_mm_loadu_pd(at + s * across)),
                   high = _mm256_castpd128_pd256(_mm_loadu_pd(at + s * across + 2));
        x[s] = _mm256_insertf128_pd(low, _mm_loadu_pd(at + (s + 2) * across), 1);
        x[s + 2] = _mm256_insertf128_pd(high, _mm_loadu_pd(at + (s + 2) * across + 2), 1);
    }
    const four a = _mm256_unpacklo_pd(x[0], x[1]), b = _mm256_unpackhi_pd(x[0], x[1]);
    const four c = _mm256_unpacklo_pd(x[2], x[3]), d = _mm256_unpackhi_pd(x[2], x[3]);
    x[0] = a, x[1] = b, x[2] = c, x[3] = d;
}

/* Lines of four series further on, which are too short for the processor to find out that they will be read. */
FOUR void four_fetch(size_t t, const double *from, ptrdiff_t across) {
    const ptrdiff_t half = t & 4 ? 2 * across : 0; /* two lines each time, four lines every eight periods */
    _mm_prefetch((const char *)(from + half + (ptrdiff_t)t), _MM_HINT_T0);
    _mm_prefetch((const char *)(from + half + across + (ptrdiff_t)t), _MM_HINT_T0);
}

FOUR void four_store(size_t t, four x[4], double *out, ptrdiff_t across) {
    four_turn(x);
    for (int s = 0; s < 4; s++) _mm256_storeu_pd(out + s * across + (ptrdiff_t)t, x[s]);
}

/* The last periods, from t to n, where they are fewer than four. */
FOUR void four_few_in(size_t n, size_t t, const double *in, ptrdiff_t across, four *x) {
    for (size_t i = 0; t + i < n; i++) {
        const double *at = in + t + i;
        x[i] = _mm256_setr_pd(at[0], at[across], at[2 * across], at[3 * across]);
    }
}

FOUR void four_few_out(size_t n, size_t t, const four *x, double *out, ptrdiff_t across) {
    for (size_t i = 0; t + i < n; i++) {
        double each[4];
        _mm256_storeu_pd(each, x[i]);
        for (int s = 0; s < 4; s++) out[s * across + (ptrdiff_t)(t + i)] = each[s];
    }
}

#endif
