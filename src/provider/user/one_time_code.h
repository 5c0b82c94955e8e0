/* SPDX-License-Identifier: Apache-2.0 */
/* One-time codes: HOTP (RFC 4226) and, with the steps of time as its counter, TOTP (RFC 6238).
 * Pure: no clock and no store. */
#ifndef ONE_TIME_CODE_H
#define ONE_TIME_CODE_H

#include <ostiary/types.h>

#define CODE_DIGITS_MIN 6
#define CODE_DIGITS_MAX 8

typedef enum code_hash { CODE_SHA1, CODE_SHA256, CODE_SHA512 } code_hash;

typedef struct code_key {
    ost_text secret; /* bytes */
    code_hash hash;
    int64_t digits; /* CODE_DIGITS_MIN to CODE_DIGITS_MAX */
} code_key;

/* The code of a counter, terminated. OST_E_ARGUMENT: digits out of range, or an empty secret. */
OST_MUST_CHECK ost_result one_time_code(const code_key *key, uint64_t counter,
                                        char ret_code[CODE_DIGITS_MAX + 1]);

/* The counter from `first` to `last` whose code `typed` is, the first of several. Each is computed
 * and compared, in the same time whichever it is. OST_E_NOT_FOUND. */
OST_MUST_CHECK ost_result one_time_code_find(const code_key *key, ost_text typed, uint64_t first,
                                             uint64_t last, uint64_t *ret_counter);

/* Base32 (RFC 4648 §6), of both cases, with padding or without; as apps take a key that is typed.
 * In the arena. OST_E_FORMAT. */
OST_MUST_CHECK ost_result base32_decode_to(ost_arena *arena, ost_text text, ost_text *ret_bytes);
/* Capitals without padding. OST_E_MEMORY. */
OST_MUST_CHECK ost_result base32_encode_to(ost_arena *arena, ost_text bytes, ost_text *ret_text);

#endif
