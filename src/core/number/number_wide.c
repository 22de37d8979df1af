/* Runs of 16 bytes or more in a scan: mostly doubles that were printed with all their digits.

   As in number_scan.h the digits stay where they are, the mark is squeezed out, and zeros fill up what is left, here
   of 19 places, since 19 digits always fit into 64 bits. So the power of ten to multiply by depends on the place of
   the mark alone, and nothing branches on sign, length or place of the mark. */
#include "core/number/number_powers.h"
#include "core/number/number_scan.h"

#ifdef IC_NUMBER_WORDS

#define PLACES 19
#define NONE   (ic_number_wide){.print = -1}

/* What value_of leaves. */
static IC_NOINLINE ic_number_wide decide(uint64_t mantissa, size_t whole, uint64_t sign, int64_t print) {
    if (mantissa == 0) print = (print & 0xFF) | 1 << 8;
    const uint64_t bits = ic_number_scale(mantissa, (int)whole - PLACES) | sign;
    ic_number_wide wide = {.print = print};
    memcpy(&wide.value, &bits, 8);
    return wide;
}

/* mantissa * 10^(whole - 19), `zero_bits` being the leading ones of the mantissa; 0 where decide() must be asked.

   The product with the power is rounded by its conversion to a double. It takes 62 or 63 bits (or is 2^61 - 1), so the
   lowest one can stand for all that are cut off. As the power is cut off too, the upper word may be too small by
   one. Where that matters, which is once in 256 figures and for each that is exactly a double or halfway between
   two, this does not decide. */
IC_INLINE int value_of(uint64_t mantissa, size_t whole, unsigned zero_bits, uint64_t sign, double *value) {
    const uint64_t *power = ic_number_filled[whole];
    const uint64_t high = ic_number_multiply(mantissa << (zero_bits & 63), power[0]).high;
    if (IC_UNLIKELY((uint8_t)(high + 1) == 0 || mantissa == 0)) return 0;
    const uint64_t bits = (power[1] - ((uint64_t)zero_bits << 52)) | sign;
    double two; /* to a power, negative after a sign */
    memcpy(&two, &bits, 8);
    *value = (double)(int64_t)(high | 1) * two;
    return 1;
}

/* ---- any machine ------------------------------------------------------------------------------------------------- */

static const uint64_t tens[20] = {
    UINT64_C(1),
    UINT64_C(10),
    UINT64_C(100),
    UINT64_C(1000),
    UINT64_C(10000),
    UINT64_C(100000),
    UINT64_C(1000000),
    UINT64_C(10000000),
    UINT64_C(100000000),
    UINT64_C(1000000000),
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
    UINT64_C(1000000000000000000),
    UINT64_C(10000000000000000000),
};

/* 0xFF in those of the bytes k*8 to k*8+7 that are among the first n. */
IC_INLINE uint64_t among(size_t n, unsigned k) {
    return ic_number_load((const char *)ic_number_constants.before + 32 - n + 8 * k);
}

/* The digits k*8 to k*8+7, skipping the mark at `place`, and zeros where there are no more. */
IC_INLINE uint64_t without_mark(const char *p, unsigned k, size_t place, size_t digits) {
    const uint64_t before = among(place, k);
    const uint64_t v = (ic_number_load(p + 8 * k) & before) | (ic_number_load(p + 8 * k + 1) & ~before);
    return (v ^ IC_NUMBER_EACH('0')) & among(digits, k);
}

/* The place of the first '.' in the run, its length if there is none. */
IC_INLINE size_t place_of_mark(const char *p, size_t length) {
#ifdef IC_NUMBER_SSE2
    const __m128i point = IC_NUMBER_ALL(points);
    const unsigned low = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)p), point));
    const unsigned high =
        (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadl_epi64((const __m128i *)(p + 16)), point));
    return ic_number_lowest(low | (uint64_t)high << 16 | UINT64_C(1) << length);
#else
    const char *mark = memchr(p, '.', length);
    return mark != NULL ? (size_t)(mark - p) : length;
#endif
}

ic_number_wide ic_number_wide_any(const char *p, size_t length) {
    const unsigned minus = *p == '-';
    p += minus;
    length -= minus;
    const size_t whole = place_of_mark(p, length), decimals = ic_number_decimals[length - whole];
    const size_t digits = whole + decimals;
    if (IC_UNLIKELY(digits > PLACES)) return NONE;
    const uint64_t tail = without_mark(p, 2, whole, digits);
#ifdef IC_NUMBER_SSE2
    const __m128i *const first = (const __m128i *)ic_number_first;
    const __m128i text = _mm_loadu_si128((const __m128i *)p), next = _mm_loadu_si128((const __m128i *)(p + 1));
    const __m128i squeezed = _mm_xor_si128(next, _mm_and_si128(_mm_xor_si128(text, next), first[whole]));
    const __m128i v = _mm_and_si128(_mm_xor_si128(squeezed, IC_NUMBER_ALL(zeros)), first[digits]);
    const uint64_t marks = (tail & IC_NUMBER_EACH(0x10)) | (unsigned)_mm_movemask_epi8(_mm_slli_epi16(v, 3));
    const uint64_t eights = (uint64_t)_mm_cvtsi128_si64(ic_number_eights(v));
    const uint64_t head = (eights & UINT32_MAX) * 100000000 + (eights >> 32);
#else
    const uint64_t x0 = without_mark(p, 0, whole, digits), x1 = without_mark(p, 1, whole, digits);
    const uint64_t marks = (x0 | x1 | tail) & IC_NUMBER_EACH(0x10);
    const uint64_t head = ic_number_eight(x0) * 100000000 + ic_number_eight(x1);
#endif
    if (IC_UNLIKELY(marks != 0)) return NONE; /* another one than a '.' */
    const uint64_t mantissa = head * 1000 + ic_number_eight(tail << 40), sign = (uint64_t)minus << 63;
    const unsigned zero_bits = ic_number_leading_zeros(mantissa | 1);
    const unsigned below = ((64 - zero_bits) * 1233) >> 12; /* log10(2) = 1233 / 4096, nearly */
    const unsigned first_digit = PLACES - below - (mantissa >= tens[below]);
    const int64_t print = (int64_t)((digits - first_digit) << 8 | decimals);
    ic_number_wide wide = {.print = print};
    return value_of(mantissa, whole, zero_bits, sign, &wide.value) ? wide : decide(mantissa, whole, sign, print);
}

ic_number_wide (*ic_number_scan_wide)(const char *p, size_t length) = ic_number_wide_any;

/* ---- AVX2, with BMI2 and LZCNT: all at once ---------------------------------------------------------------------- */

#ifdef IC_NUMBER_SSE2

#include <immintrin.h>

#define ALL(constant) _mm256_load_si256((const __m256i *)ic_number_constants.constant)
/* 0xFF in the first k of 32 bytes */
#define FIRST(k) _mm256_loadu_si256((const __m256i *)(ic_number_constants.before + 32 - (k)))

IC_TARGET("avx2,bmi,bmi2,lzcnt")
static ic_number_wide wide_avx2(const char *p, size_t length) {
    const __m256i text = _mm256_loadu_si256((const __m256i *)p);
    const uint64_t points = (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(text, ALL(points)));
    const size_t whole = ic_number_lowest(points | UINT64_C(1) << length);
    const size_t decimals = ic_number_decimals[length - whole], places = whole + decimals;
    /* 0xFF where a '-' comes first (the other bytes never equal their partner inside a run): it turns into a zero */
    const __m256i minus = _mm256_cmpeq_epi8(text, ALL(minus));
    const __m256i inside = _mm256_and_si256(_mm256_xor_si256(text, ALL(zeros)), FIRST(length));
    const __m256i filled = _mm256_andnot_si256(minus, inside);
    const __m256i next = _mm256_alignr_epi8(_mm256_permute2x128_si256(filled, filled, 0x81), filled, 1);
    const __m256i v = _mm256_blendv_epi8(next, filled, FIRST(whole));
    if (IC_UNLIKELY(!_mm256_testz_si256(v, ALL(marks)))) return NONE; /* another one than a '.' */
    if (IC_UNLIKELY(places > PLACES)) return ic_number_wide_any(p, length);
    /* numbers of two digits, of four and of eight; of the three in the upper half */
    const __m256i two = _mm256_maddubs_epi16(v, ALL(two));
    const __m256i four = _mm256_madd_epi16(two, ALL(four));
    const __m256i eight = _mm256_madd_epi16(_mm256_packus_epi32(four, four), ALL(eight));
    const __m256i all = _mm256_add_epi64(_mm256_mul_epu32(eight, ALL(sixteen)), _mm256_srli_epi64(eight, 32));
    const uint64_t head = (uint64_t)_mm_cvtsi128_si64(_mm256_castsi256_si128(all));
    const uint64_t mantissa = head * 1000 + (uint64_t)_mm_cvtsi128_si64(_mm256_extracti128_si256(all, 1));
    const uint64_t sign = (uint64_t)_mm_cvtsi128_si64(_mm256_castsi256_si128(minus)) << 63;
    const unsigned nonzero = (unsigned)_mm256_movemask_epi8(_mm256_cmpgt_epi8(v, _mm256_setzero_si256()));
    const int64_t print = (int64_t)((places - ic_number_lowest(nonzero)) << 8 | decimals);
    ic_number_wide wide = {.print = print};
    if (IC_UNLIKELY(!value_of(mantissa, whole, (unsigned)_lzcnt_u64(mantissa), sign, &wide.value)))
        return decide(mantissa, whole, sign, print);
    return wide;
}

void ic_number_select(ic_cpu level) {
    ic_number_scan_wide = level == IC_CPU_AVX2 || level == IC_CPU_AVX512 ? wide_avx2 : ic_number_wide_any;
}

#else

void ic_number_select(ic_cpu level) { (void)level; }

#endif

#else

void ic_number_select(ic_cpu level) { (void)level; }

#endif
