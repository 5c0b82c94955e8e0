/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding base64url 32 characters at a time with AVX2; see base64url_wide.h. */
#include "base/base64url_wide.h"

#include "base/cpu.h"

#if defined(__x86_64__)
#include <immintrin.h>

/* A block writes 32 bytes, of which 24 count. A caller with this many characters left to decode has
 * room for the other eight too. */
#define LEFT_AT_LEAST 48

#define AVX2 __attribute__((target("avx2")))

/* All ones where `from` <= byte <= `to`. Bytes above 0x7F are negative, and in no range. */
AVX2 static inline __m256i within(__m256i bytes, char from, char to)
{
    return _mm256_andnot_si256(_mm256_cmpgt_epi8(bytes, _mm256_set1_epi8(to)),
                               _mm256_cmpgt_epi8(bytes, _mm256_set1_epi8((char)(from - 1))));
}

AVX2 static inline __m256i shifted(__m256i mask, int shift)
{
    return _mm256_and_si256(mask, _mm256_set1_epi8((char)shift));
}

/* Characters to values of six bits; false when one is not of the alphabet. */
AVX2 static inline bool to_values(__m256i bytes, __m256i *values)
{
    __m256i upper = within(bytes, 'A', 'Z'), lower = within(bytes, 'a', 'z');
    __m256i digit = within(bytes, '0', '9');
    __m256i minus = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('-'));
    __m256i under = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('_'));
    __m256i letters = _mm256_or_si256(upper, lower), signs = _mm256_or_si256(minus, under);
    __m256i known = _mm256_or_si256(_mm256_or_si256(letters, signs), digit);
    __m256i shift = _mm256_or_si256(shifted(upper, -'A'), shifted(lower, 26 - 'a'));
    shift = _mm256_or_si256(shift, shifted(digit, 52 - '0'));
    shift = _mm256_or_si256(shift, shifted(minus, 62 - '-'));
    shift = _mm256_or_si256(shift, shifted(under, 63 - '_'));
    *values = _mm256_add_epi8(bytes, shift);
    return _mm256_movemask_epi8(known) == -1;
}

/* Four values of six bits to three bytes, eight times: pairs to 12 bits, pairs of those to 24, then
 * the bytes into order, within each half and across both. */
AVX2 static inline __m256i to_bytes(__m256i values)
{
    const __m256i order = _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1,
                                           2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
    __m256i twelve = _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
    __m256i whole = _mm256_madd_epi16(twelve, _mm256_set1_epi32(0x00011000));
    return _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(whole, order),
                                       _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 7, 7));
}

AVX2 static size_t decode_avx2(ost_text text, unsigned char *ret)
{
    size_t read = 0;
    for (; text.len - read >= LEFT_AT_LEAST; read += 32, ret += 24) {
        __m256i values;
        __m256i bytes = _mm256_loadu_si256((const __m256i_u *)(text.data + read));
        if (!to_values(bytes, &values))
            break;
        _mm256_storeu_si256((__m256i_u *)ret, to_bytes(values));
    }
    return read;
}

size_t base64url_decode_wide(ost_text text, unsigned char *ret)
{
    return text.len >= LEFT_AT_LEAST && cpu_has_avx2() ? decode_avx2(text, ret) : 0;
}

#else

size_t base64url_decode_wide(ost_text text, unsigned char *ret)
{
    (void)text;
    (void)ret;
    return 0;
}

#endif
