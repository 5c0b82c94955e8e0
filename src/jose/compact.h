/* SPDX-License-Identifier: Apache-2.0 */
/* The compact serialization (RFC 7515 §3.1): its parts, and the JSON objects within them. */
#ifndef COMPACT_H
#define COMPACT_H

#include <ostiary/jose.h>

#define TOKEN_MAX ((size_t)64 * 1024) /* bytes of a whole token */
#define HEADER_MAX ((size_t)8 * 1024) /* bytes of a header, encoded */
#define KID_MAX 256                   /* bytes of a `kid`, in a header and in a JWK */

typedef struct compact_parts {
    ost_text header, payload, signature; /* encoded */
    ost_text signing_input;
} compact_parts;

/* Names of up to four bytes as numbers, so that a switch can tell them apart; 0 for others. */
#define SHORT_NAME(a, b, c, d)                                                                     \
    ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))
static inline uint32_t short_name(ost_text name)
{
    uint32_t number = 0;
    for (size_t i = 0; name.len <= 4 && i < 4; i++)
        number = number << 8 | (i < name.len ? (unsigned char)name.data[i] : 0);
    return number;
}

/* Exactly three parts, of which the header is not empty. OST_E_CEILING, OST_E_TOKEN_FORMAT. */
OST_MUST_CHECK ost_result compact_split(ost_text token, compact_parts *ret_parts, ost_error *error);

/* The header's JSON object. OST_E_TOKEN_FORMAT, OST_E_MEMORY. */
OST_MUST_CHECK ost_result compact_header(ost_text encoded, ost_arena *arena,
                                         const ost_json **ret_header, ost_error *error);

/* The JSON object of a decoded payload. OST_E_TOKEN_FORMAT, OST_E_MEMORY. */
OST_MUST_CHECK ost_result compact_claims(ost_text payload, ost_arena *arena,
                                         const ost_json **ret_claims, ost_error *error);

#endif
