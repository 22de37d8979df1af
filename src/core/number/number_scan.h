/* The hot path of file scanners: a plain figure at a known place. */
#ifndef IC_NUMBER_SCAN_H
#define IC_NUMBER_SCAN_H

#include "core/base/cpu.h"
#include "core/number/number.h"

#include <string.h>

/* Three engines: SSE2 on x86-64, words of 64 bits on other little-endian machines, and a plain one. IC_NUMBER_NO_SSE2
   and IC_NUMBER_NO_WORDS choose a later one, so that one machine can test them all. */
#if !defined(IC_NUMBER_NO_WORDS) && defined(__SIZEOF_INT128__) && defined(__BYTE_ORDER__) &&                           \
    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define IC_NUMBER_WORDS 1
#if !defined(IC_NUMBER_NO_SSE2) && defined(IC_X86)
#define IC_NUMBER_SSE2 1
#include <emmintrin.h>
#endif
#endif

#ifdef IC_NUMBER_WORDS

#define IC_NUMBER_EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

IC_INLINE uint64_t ic_number_load(const char *p) {
    uint64_t word;
    memcpy(&word, p, 8);
    return word;
}

/* The place of the lowest bit set in v; anything for v == 0. */
IC_INLINE uint64_t ic_number_lowest(uint64_t v) {
#if defined(IC_X86)
    /* Compilers write bsf here, which is slow on AMD; with this prefix it is tzcnt where the CPU has it, else bsf. */
    uint64_t place;
    __asm__("rep bsfq %1, %0" : "=r"(place) : "r"(v) : "cc");
    return place;
#else
    return v != 0 ? (uint64_t)__builtin_ctzll(v) : 64;
#endif
}

/* The high bit of the first byte that is none of "-./0123456789" is the lowest one set; bits above it mean
   nothing. (Byte values that end the run carry or borrow into the ones behind, never into the ones before.) */
IC_INLINE uint64_t ic_number_stop(uint64_t word) {
    return ((word + IC_NUMBER_EACH(0x80 - 0x3A)) | (word - IC_NUMBER_EACH(0x2D))) & IC_NUMBER_EACH(0x80);
}

/* Eight digits (values 0..9, the leading one in the lowest byte) -> their number. */
IC_INLINE uint64_t ic_number_eight(uint64_t v) {
    v = v * 10 + (v >> 8); /* pairs, in every second byte */
    const uint64_t pairs = UINT64_C(0x000000FF000000FF);
    return ((v & pairs) * ((UINT64_C(1000000) << 32) + 100) + (v >> 16 & pairs) * ((UINT64_C(10000) << 32) + 1)) >> 32;
}

/* How both engines work. In a run of "-./0123456789", bit 4 of byte ^ '0' tells marks from digits, and bit 0 tells '.'
   from '-' and '/'. A sign turns into a leading zero; the mark is squeezed out; the digits stay where they are and are
   filled up with zeros to 8 (or 16), so that the divisor depends on the place of the mark alone: "104.3" is 10430000 /
   10^5. Up to 15 digits both of these are exact doubles, so the quotient is rounded once, and correctly.
   Nothing branches on sign, length or place of the mark: figures of mixed length would mispredict every such branch.
   From one figure to the next only the search for its end is on the critical path; all else hangs off it. */

/* Runs of up to 7 bytes; longer ones go to ic_number_scan_long. */
IC_INLINE const char *ic_number_scan_words(const char *p, ic_number *out) {
    const uint64_t word = ic_number_load(p), stop = ic_number_stop(word);
    if (IC_UNLIKELY(stop == 0)) {
        ic_number number; /* so that *out may live in registers elsewhere */
        p = ic_number_scan_long(p, &number);
        if (p != NULL) *out = number;
        return p;
    }
    const unsigned bits = (unsigned)ic_number_lowest(stop) & 0x38; /* 8 * bytes in the run */
    const uint64_t inside = (stop ^ (stop - 1)) >> 8;              /* all bits of the run */
    const uint64_t tens = IC_NUMBER_EACH(0x10) & inside;
    const uint64_t signed_x = word ^ IC_NUMBER_EACH('0');
    const uint64_t minus = (word & 0xFF) == '-';
    const uint64_t x = signed_x ^ minus * ('-' ^ '0');
    const uint64_t mark = (x & tens) >> 4, before = mark - 1; /* the bits before the mark; all if there is none */
    if (IC_UNLIKELY(((mark & before) | (mark & x)) != 0 || (signed_x & tens) == tens)) return NULL;
    const uint64_t filled = x & inside, v = (filled >> 8) ^ ((filled ^ filled >> 8) & before);
    const unsigned whole = (unsigned)ic_number_lowest(mark + inside + 1); /* 8 * digits before the mark */
    const unsigned decimals = ic_number_decimals[(bits - whole) >> 3];
    out->value = (double)(int64_t)ic_number_eight(v) / ic_number_tens[8 - (whole >> 3) + IC_NUMBER_MINUS * minus];
    out->decimals = (int8_t)decimals;
    const unsigned digit_bits = whole + 8 * decimals;
    out->digits = (uint8_t)((digit_bits + 7 - ic_number_lowest(v | UINT64_C(1) << (digit_bits - 1))) >> 3);
    return p + (bits >> 3);
}

#endif

#ifdef IC_NUMBER_SSE2

/* Sixteen digits -> the numbers of the first and the last eight, as 32-bit integers (twice). */
IC_INLINE __m128i ic_number_eights(__m128i v) {
    const __m128i two = _mm_srli_epi16(_mm_mullo_epi16(v, _mm_load_si128((const __m128i *)ic_number_pairs)), 8);
    const __m128i four = _mm_madd_epi16(two, _mm_set1_epi32(0x00010064));
    return _mm_madd_epi16(_mm_packs_epi32(four, four), _mm_set1_epi32(0x00012710));
}

#define IC_NUMBER_ALL(x) _mm_load_si128((const __m128i *)ic_number_constants.x)

/* One bit for each of the 16 bytes that is none of the 13 from '-'. */
IC_INLINE unsigned ic_number_stops(__m128i text) {
    return (unsigned)_mm_movemask_epi8(_mm_adds_epu8(_mm_sub_epi8(text, IC_NUMBER_ALL(first)), IC_NUMBER_ALL(beyond)));
}

/* Runs of up to 15 bytes; longer ones go to ic_number_scan_wide once their end is known. */
IC_INLINE const char *ic_number_scan_sse2(const char *p, ic_number *out) {
    const __m128i text = _mm_loadu_si128((const __m128i *)p);
    const unsigned stop = ic_number_stops(text);
    if (IC_UNLIKELY(stop == 0)) {
        const unsigned more = ic_number_stops(_mm_loadu_si128((const __m128i *)(p + 16)));
        const size_t run = 16 + ic_number_lowest(more | 1u << (IC_NUMBER_RUN - 16));
        const ic_number_wide wide = ic_number_scan_wide(p, run);
        if (IC_UNLIKELY(wide.print < 0)) return NULL;
        out->value = wide.value;
        out->decimals = (int8_t)wide.print;
        out->digits = (uint8_t)(wide.print >> 8);
        return p + run;
    }
    const unsigned points = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(text, IC_NUMBER_ALL(points)));
    const size_t length = ic_number_lowest(stop), whole = ic_number_lowest(stop | points); /* digits before the mark */
    /* 0xFF where a '-' comes first (the other bytes never equal their partner inside a run) */
    const __m128i minus =
        _mm_cmpeq_epi8(text, _mm_setr_epi8('-', -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1));
    const __m128i *const first = (const __m128i *)ic_number_first;
    const __m128i inside = _mm_and_si128(_mm_xor_si128(text, IC_NUMBER_ALL(zeros)), first[length]);
    const __m128i filled = _mm_andnot_si128(minus, inside), next = _mm_srli_si128(filled, 1);
    const __m128i v = _mm_xor_si128(next, _mm_and_si128(_mm_xor_si128(filled, next), first[whole]));
    /* another mark than one '.'? */
    if (IC_UNLIKELY(_mm_movemask_epi8(_mm_slli_epi16(v, 3)) != 0)) return NULL;
    /* no digit, as the first byte that is no mark ends the run? */
    if (IC_UNLIKELY((((points | ((unsigned)_mm_movemask_epi8(minus) & 1)) + 1) & stop) != 0)) return NULL;
    const __m128d halves = _mm_mul_pd(_mm_cvtepi32_pd(ic_number_eights(v)), _mm_set_pd(1.0, 1e8));
    const __m128d all = _mm_add_sd(halves, _mm_unpackhi_pd(halves, halves));
    const __m128d value = _mm_div_sd(all, _mm_load_sd(ic_number_fill + whole));
    out->value = _mm_cvtsd_f64(_mm_xor_pd(value, _mm_castsi128_pd(_mm_slli_epi64(minus, 63))));
    const size_t decimals = ic_number_decimals[length - whole];
    out->decimals = (int8_t)decimals;
    const unsigned digits = (unsigned)(whole + decimals);
    const unsigned zeros = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_setzero_si128()));
    out->digits = (uint8_t)(digits - ic_number_lowest(~zeros | 1u << (digits - 1)));
    return p + length;
}

#endif

/* The plain figure [-]digits[.digits] that starts at p: returns the byte after it, which is none of "-./0123456789",
   or NULL where there is none or it is unusual (a '+', more than 19 digits, "2023-01", "1.2.3"): then ask
   ic_number_parse about the field. Ask it too where the byte returned does not end the field ("1e5", "1 234"). "5."
   and ".5" are plain.
   32 bytes from p must be readable, whatever they are. The value is what ic_number_parse gives; `out` is undefined
   after NULL. Runs of up to 15 bytes (7 without SSE2) are done in line, without a call. */
IC_INLINE const char *ic_number_scan(const char *p, ic_number *out) {
#if defined(IC_NUMBER_SSE2)
    return ic_number_scan_sse2(p, out);
#elif defined(IC_NUMBER_WORDS)
    return ic_number_scan_words(p, out);
#else
    return ic_number_scan_plain(p, out);
#endif
}

#endif
