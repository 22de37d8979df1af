/* M U^-1 M' of a table of bits, counted: columns that equally many rows have weigh the same, so they stand together, each kind in
   words of its own, and a word's count is multiplied by its weight once. */
#include <string.h>

#include "core/base/memory.h"
#include "core/trade/bits.h"

#if defined(IC_X86)
#include <immintrin.h>
#endif

#define LANES 8 /* word k is added to lane k % 8 */

typedef void (*cross_row)(size_t words, const uint64_t *a, size_t n, const uint64_t *rows, const double *weight,
                          double *out);

IC_INLINE double together(const double *sum) {
    return ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

/* Row `a` with each of n others; `words` is a multiple of LANES. */
static void row_scalar(size_t words, const uint64_t *a, size_t n, const uint64_t *rows, const double *weight,
                       double *out) {
    for (size_t j = 0; j < n; j++) {
        const uint64_t *const b = rows + j * words;
        double sum[LANES] = {0};
        for (size_t k = 0; k < words; k++) sum[k % LANES] += (double)ic_bit_count(a[k] & b[k]) * weight[k];
        out[j] = together(sum);
    }
}

#if defined(IC_X86)
IC_TARGET("avx2")
IC_INLINE __m256d counts_of(__m256i x) { /* a vector of four counts, as doubles */
    const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2,
                                           2, 3, 2, 3, 3, 4);
    const __m256i low = _mm256_set1_epi8(15), magic = _mm256_set1_epi64x(0x4330000000000000); /* 2^52 */
    const __m256i bytes = _mm256_add_epi8(_mm256_shuffle_epi8(table, _mm256_and_si256(x, low)),
                                          _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(x, 4), low)));
    const __m256i count = _mm256_sad_epu8(bytes, _mm256_setzero_si256());
    return _mm256_sub_pd(_mm256_castsi256_pd(_mm256_or_si256(count, magic)), _mm256_castsi256_pd(magic));
}

IC_TARGET("avx2")
static void row_avx2(size_t words, const uint64_t *a, size_t n, const uint64_t *rows, const double *weight,
                     double *out) {
    for (size_t j = 0; j < n; j++) {
        const uint64_t *const b = rows + j * words;
        __m256d low = _mm256_setzero_pd(), high = _mm256_setzero_pd();
        for (size_t k = 0; k < words; k += LANES) {
            const __m256i x = _mm256_and_si256(_mm256_loadu_si256((const __m256i *)(const void *)(a + k)),
                                               _mm256_loadu_si256((const __m256i *)(const void *)(b + k)));
            const __m256i y = _mm256_and_si256(_mm256_loadu_si256((const __m256i *)(const void *)(a + k + 4)),
                                               _mm256_loadu_si256((const __m256i *)(const void *)(b + k + 4)));
            low = _mm256_add_pd(low, _mm256_mul_pd(counts_of(x), _mm256_loadu_pd(weight + k)));
            high = _mm256_add_pd(high, _mm256_mul_pd(counts_of(y), _mm256_loadu_pd(weight + k + 4)));
        }
        double sum[LANES];
        _mm256_storeu_pd(sum, low);
        _mm256_storeu_pd(sum + 4, high);
        out[j] = together(sum);
    }
}
#endif

static struct {
    cross_row row;
} table = {row_scalar};

void ic_cross_select(ic_cpu level) {
    table.row = row_scalar;
#if defined(IC_X86)
    if (level == IC_CPU_AVX2 || level == IC_CPU_AVX512) table.row = row_avx2;
#else
    (void)level;
#endif
}

/* Where column k goes: kinds in rising order, each from a word of its own on. Returns how many words there are. */
static size_t places_of(size_t n, size_t columns, const uint32_t *count, uint32_t *place, uint32_t *first) {
    size_t words = 0;
    memset(first, 0, (n + 1) * sizeof *first);
    for (size_t k = 0; k < columns; k++) first[count[k]]++;
    for (size_t kind = 1; kind <= n; kind++) {
        const uint32_t there = first[kind];
        first[kind] = (uint32_t)(words * IC_TRADE_BITS);
        words += ic_trade_words(there);
    }
    for (size_t k = 0; k < columns; k++)
        if (count[k] > 0) place[k] = first[count[k]]++;
    return (words + LANES - 1) / LANES * LANES;
}

ic_status ic_trade_cross(size_t n, size_t columns, const uint64_t *bits, uint32_t *count, double *out) {
    const size_t words = ic_trade_words(columns);
    ic_status status = IC_MEMORY;
    uint32_t *const place = ic_alloc(columns + n + 1, sizeof *place);
    uint64_t *wide = NULL;
    double *weight = NULL;
    if (place == NULL) return IC_MEMORY;
    memset(count, 0, columns * sizeof *count);
    for (size_t r = 0; r < n; r++) IC_EACH_BIT(k, bits + r * words, words) {
            count[k]++;
        }
    const size_t broad = places_of(n, columns, count, place, place + columns);
    wide = ic_alloc_zeroed(n * broad, sizeof *wide);
    weight = ic_alloc_zeroed(broad, sizeof *weight);
    if (wide == NULL || weight == NULL) goto done;
    for (size_t k = 0; k < columns; k++)
        if (count[k] > 0) weight[place[k] / IC_TRADE_BITS] = 1 / (double)count[k];
    for (size_t r = 0; r < n; r++) {
        uint64_t *const row = wide + r * broad;
        IC_EACH_BIT(k, bits + r * words, words) {
            row[place[k] / IC_TRADE_BITS] |= (uint64_t)1 << (place[k] % IC_TRADE_BITS);
        }
    }
    for (size_t i = 0; i < n; i++) {
        double *const line = out + i * n;
        table.row(broad, wide + i * broad, n - i, wide + i * broad, weight, line + i);
        for (size_t j = i + 1; j < n; j++) out[j * n + i] = line[j];
    }
    status = IC_OK;
done:
    ic_free(weight);
    ic_free(wide);
    ic_free(place);
    return status;
}
