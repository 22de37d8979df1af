/* Four cells at once, if each has at most eight bytes, one separator behind it, and is a plain figure or, in quotes, a symbol of
   one to three dots or the minus for nil. Each has a lane of eight bytes, its first character in the lowest. Nothing branches on
   which of them it is: where figures and symbols are mixed such branches are not foreseen.

   A figure's sign becomes a leading zero, its mark is squeezed out, and zeros fill the lane up to eight digits, as in
   number_scan.h: the divisor depends on the place of the mark alone, and both are exact, so the quotient is correctly rounded. */

/* Constants of four lanes, read from memory: a compiler would make each of them anew, by three instructions. */
enum {
    QUOTED_1,
    QUOTED_2,
    QUOTED_3,
    QUOTED_NIL,
    BLANKS,
    ZERO_CHARACTER,
    NINE,
    ONE,
    DOT,
    MINUS,
    FIRST,
    ONE_LANE,
    EIGHT,
    NOT_A_NUMBER,
    PAIRS,
    FOURS,
    EIGHTS,
    EVEN,
    TENS
};

#define LANES(word) {UINT64_C(word), UINT64_C(word), UINT64_C(word), UINT64_C(word)}
static const uint64_t lanes[][4] = {
    /* blanks behind: what no cell has behind its closing quote */
    [QUOTED_1] = LANES(0x2020202020222E22),
    [QUOTED_2] = LANES(0x20202020222E2E22),
    [QUOTED_3] = LANES(0x202020222E2E2E22),
    [QUOTED_NIL] = LANES(0x2020202020222D22),
    [BLANKS] = LANES(0x2020202020202020),
    [ZERO_CHARACTER] = LANES(0x3030303030303030),
    [NINE] = LANES(0x0909090909090909),
    [ONE] = LANES(0x0101010101010101),
    [DOT] = LANES(0x2E2E2E2E2E2E2E20), /* not the first: that is never a blank */
    [MINUS] = LANES(0x2D2D2D2D2D2D2D2D),
    [FIRST] = LANES(0xFF),
    [ONE_LANE] = LANES(1),
    [EIGHT] = LANES(0x0000000800000008),
    [NOT_A_NUMBER] = LANES(0x7FF8000000000000),
    [PAIRS] = LANES(0x010A010A010A010A),
    [FOURS] = LANES(0x0001006400010064),
    [EIGHTS] = LANES(0x0001271000012710),
    [EVEN] = {UINT64_C(2) << 32, UINT64_C(6) << 32 | 4, UINT64_C(2) << 32, UINT64_C(6) << 32 | 4},
    /* 10^(8 - whole) as floats, which are exact; of eight digits without a mark, 10^0 in the place of none */
    [TENS] = {UINT64_C(0x4B1896803F800000), UINT64_C(0x47C3500049742400), UINT64_C(0x447A0000461C4000),
              UINT64_C(0x4120000042C80000)},
};

/* What the symbols give, as lanes, and the union of what they gave. */
typedef struct four_reasons {
    uint64_t of[4][4]; /* nil, and one to three dots */
    uint64_t any[4];
} four_reasons;

static void four_begin(const ic_px_table *table, four_reasons *reasons) {
    for (size_t k = 0; k < 4; k++)
        for (size_t i = 0; i < 4; i++) reasons->of[k][i] = table->reasons[k];
    memset(reasons->any, 0, sizeof reasons->any);
}
static uint32_t four_end(const four_reasons *reasons) {
    return (uint32_t)(reasons->any[0] | reasons->any[1] | reasons->any[2] | reasons->any[3]);
}

/* 1: values[0..3] are written, and flags[0..3] where one of them has any. starts[4] is that of the next cell. */
IC_TARGET("avx2,bmi,bmi2,popcnt")
static inline int four_avx2(four_reasons *said, const char *p, const uint32_t *starts, double *values,
                            uint32_t *flags) {
    const uint64_t (*in_memory)[4] = lanes;
    __asm__("" : "+r"(in_memory)); /* so that the compiler does not know what is there */
#define LANE(name) _mm256_loadu_si256((const __m256i *)(const void *)in_memory[name])
    const __m256i none = _mm256_setzero_si256(), all = _mm256_cmpeq_epi64(none, none);
    uint64_t words[4];
    for (int i = 0; i < 4; i++) memcpy(&words[i], p + starts[i], 8);
    const __m256i w =
        _mm256_set_epi64x((long long)words[3], (long long)words[2], (long long)words[1], (long long)words[0]);
    /* as long as one separator comes before the next */
    const __m128i here = _mm_loadu_si128((const __m128i *)(const void *)starts);
    const __m128i next = _mm_loadu_si128((const __m128i *)(const void *)(starts + 1));
    const __m128i length = _mm_add_epi32(_mm_sub_epi32(next, here), _mm_set1_epi32(-1));
    const __m256i is_long = _mm256_cvtepi32_epi64(_mm_cmpgt_epi32(length, _mm256_castsi256_si128(LANE(EIGHT))));
    const __m256i outside = _mm256_sllv_epi64(all, _mm256_slli_epi64(_mm256_cvtepu32_epi64(length), 3));
    const __m256i inside = _mm256_xor_si256(outside, all);
    /* what its characters are */
    const __m256i x = _mm256_sub_epi8(w, LANE(ZERO_CHARACTER));
    const __m256i digits = _mm256_and_si256(inside, _mm256_cmpeq_epi8(_mm256_min_epu8(x, LANE(NINE)), x));
    const __m256i dots = _mm256_and_si256(inside, _mm256_cmpeq_epi8(w, LANE(DOT)));
    const __m256i minus = _mm256_and_si256(LANE(FIRST), _mm256_cmpeq_epi8(w, LANE(MINUS)));
    const __m256i known = _mm256_or_si256(digits, _mm256_or_si256(dots, minus));
    const __m256i n_dots = _mm256_sad_epu8(_mm256_and_si256(dots, LANE(ONE)), none);
    const __m256i is_odd =
        _mm256_or_si256(_mm256_cmpeq_epi64(digits, none), _mm256_cmpgt_epi64(n_dots, LANE(ONE_LANE)));
    const __m256i is_figure = _mm256_andnot_si256(_mm256_or_si256(is_odd, is_long), _mm256_cmpeq_epi64(known, inside));
    /* its value */
    const __m256i marks = _mm256_or_si256(dots, outside);
    const __m256i before = _mm256_add_epi64(_mm256_and_si256(marks, _mm256_sub_epi64(none, marks)), all);
    const __m256i filled = _mm256_and_si256(x, digits);
    const __m256i behind = _mm256_srli_epi64(_mm256_andnot_si256(before, filled), 8);
    const __m256i v = _mm256_or_si256(_mm256_and_si256(filled, before), behind);
    const __m256i two = _mm256_maddubs_epi16(v, LANE(PAIRS)), four = _mm256_madd_epi16(two, LANE(FOURS));
    const __m256i eight = _mm256_madd_epi16(_mm256_packus_epi32(four, four), LANE(EIGHTS));
    const __m128i numbers = _mm256_castsi256_si128(_mm256_permute4x64_epi64(eight, 8));
    const __m256i whole =
        _mm256_permutevar8x32_epi32(_mm256_sad_epu8(_mm256_and_si256(before, LANE(ONE)), none), LANE(EVEN));
    const __m256 tens = _mm256_permutevar8x32_ps(_mm256_castsi256_ps(LANE(TENS)), whole);
    const __m256d quotient = _mm256_div_pd(_mm256_cvtepi32_pd(numbers), _mm256_cvtps_pd(_mm256_castps256_ps128(tens)));
    const __m256i value = _mm256_xor_si256(_mm256_castpd_si256(quotient), _mm256_slli_epi64(minus, 63));
    /* or its reason */
    const __m256i text = _mm256_blendv_epi8(LANE(BLANKS), w, inside);
#define REASON(k) _mm256_loadu_si256((const __m256i *)(const void *)said->of[k])
    const __m256i is_1 = _mm256_cmpeq_epi64(text, LANE(QUOTED_1)), is_2 = _mm256_cmpeq_epi64(text, LANE(QUOTED_2));
    const __m256i is_3 = _mm256_cmpeq_epi64(text, LANE(QUOTED_3)), is_nil = _mm256_cmpeq_epi64(text, LANE(QUOTED_NIL));
    const __m256i is_missing = _mm256_or_si256(is_1, _mm256_or_si256(is_2, is_3));
    const __m256i reasons =
        _mm256_or_si256(_mm256_or_si256(_mm256_and_si256(is_1, REASON(1)), _mm256_and_si256(is_2, REASON(2))),
                        _mm256_or_si256(_mm256_and_si256(is_3, REASON(3)), _mm256_and_si256(is_nil, REASON(0))));
#undef REASON
    const __m256i usual = _mm256_or_si256(is_figure, _mm256_or_si256(is_missing, is_nil));
    if (IC_UNLIKELY(_mm256_movemask_pd(_mm256_castsi256_pd(usual)) != 15)) return 0;
    const __m256i result = _mm256_blendv_epi8(_mm256_andnot_si256(is_nil, value), LANE(NOT_A_NUMBER), is_missing);
    _mm256_storeu_si256((__m256i *)(void *)values, result);
    uint32_t nowhere[4]; /* flags are left alone where there are none: their pages may never be touched */
    uint32_t *out = _mm256_testz_si256(reasons, reasons) ? nowhere : flags;
    const __m128i packed = _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(reasons, LANE(EVEN)));
    _mm_storeu_si128((__m128i *)(void *)out, packed);
    __m256i *any = (__m256i *)(void *)said->any;
    _mm256_storeu_si256(any, _mm256_or_si256(_mm256_loadu_si256(any), reasons));
    return 1;
#undef LANE
}
