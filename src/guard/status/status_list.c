/* SPDX-License-Identifier: Apache-2.0 */
/* Reads status lists; see status_list.h. */
#include "guard/status/status_list.h"

#include "base/base64url.h"
#include "base/text.h"
#include "guard/keys/issuer_statement.h"
#include "jose/compressed.h"
#include "jose/jwt/numeric_date.h"

#define TYPE "statuslist+jwt"
#define MAX_TTL 86400 /* seconds; whatever the list says */
#define MIN_TTL 1
#define ZLIB_HEAD 2
#define ZLIB_TAIL 4

/* ---- the claim of a token ---- */

bool status_is_given(const ost_claims *claims)
{
    return ost_json_is(ost_claims_get(claims, "status"), OST_JSON_OBJECT);
}

ost_result status_reference_read(const ost_claims *claims, status_reference *ret_reference,
                                 ost_error *error)
{
    const ost_json *list = ost_json_get(ost_claims_get(claims, "status"), "status_list");
    int64_t index;
    ost_text uri;
    if (!ost_json_integer(ost_json_get(list, "idx"), &index) || index < 0 ||
        !ost_json_text(ost_json_get(list, "uri"), &uri) || uri.len == 0 ||
        uri.len > STATUS_URI_MAX) {
        return ost_error_set(error, OST_E_STATUS,
                             "the token's status is not a reference to a status list");
    }
    *ret_reference = (status_reference){(uint64_t)index, uri};
    return OST_OK;
}

/* ---- the bytes (§4.1): DEFLATE in the form of RFC 1950 ---- */

/* RFC 1950 §8.2; so many bytes can be added up before the sums might overflow. */
static uint32_t adler32_of(ost_text bytes)
{
    enum { MODULUS = 65521, BLOCK = 5552 };
    uint32_t a = 1, b = 0;
    for (size_t i = 0; i < bytes.len;) {
        size_t end = bytes.len - i < BLOCK ? bytes.len : i + BLOCK;
        for (; i < end; i++) {
            a += (unsigned char)bytes.data[i];
            b += a;
        }
        a %= MODULUS;
        b %= MODULUS;
    }
    return b << 16 | a;
}

static unsigned byte_at(ost_text text, size_t i)
{
    return (unsigned char)text.data[i];
}

/* RFC 1950 §2.2: DEFLATE, no preset dictionary, and a check of the head. */
static bool is_zlib_head(ost_text data)
{
    return data.len > ZLIB_HEAD + ZLIB_TAIL && (byte_at(data, 0) & 15) == 8 &&
           (byte_at(data, 0) * 256 + byte_at(data, 1)) % 31 == 0 && (byte_at(data, 1) & 32) == 0;
}

static bool inflate_list(ost_text data, size_t max, ost_arena *arena, ost_text *ret_bytes)
{
    ost_text bytes;
    if (!is_zlib_head(data))
        return false;
    size_t tail = data.len - ZLIB_TAIL;
    const uint32_t expected = (uint32_t)byte_at(data, tail) << 24 | byte_at(data, tail + 1) << 16 |
                              byte_at(data, tail + 2) << 8 | byte_at(data, tail + 3);
    ost_text deflated = text_slice(data, ZLIB_HEAD, tail - ZLIB_HEAD);
    if (compressed_read(deflated, max, arena, &bytes) != OST_OK || adler32_of(bytes) != expected)
        return false;
    *ret_bytes = bytes;
    return true;
}

static ost_result read_bits(const ost_json *object, size_t max, ost_arena *arena, status_list *list,
                            ost_error *error)
{
    int64_t bits;
    ost_text encoded, data;
    if (!ost_json_integer(ost_json_get(object, "bits"), &bits) ||
        (bits != 1 && bits != 2 && bits != 4 && bits != 8))
        return ost_error_set(error, OST_E_REMOTE, "bits is not 1, 2, 4 or 8");
    if (!ost_json_text(ost_json_get(object, "lst"), &encoded) ||
        base64url_decode_to(arena, encoded, &data) != OST_OK ||
        !inflate_list(data, max, arena, &list->bytes))
        return ost_error_set(error, OST_E_REMOTE,
                             "lst is not a compressed list of at most %zu bytes", max);
    list->bits = (unsigned)bits;
    return OST_OK;
}

/* ---- the token (§5.1) ---- */

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* A number that, where it is given, must be one of sense. */
static bool read_seconds(const ost_json *claims, const char *name, int64_t fallback, int64_t *ret)
{
    const ost_json *value = ost_json_get(claims, name);
    if (value == NULL) {
        *ret = fallback;
        return true;
    }
    return numeric_date_read(value, ret);
}

static ost_result read_times(const status_rules *rules, const ost_json *claims, int64_t now,
                             status_list *list, ost_error *error)
{
    int64_t ttl;
    if (ost_json_get(claims, "iat") == NULL || !read_seconds(claims, "iat", 0, &list->issued) ||
        !read_seconds(claims, "exp", INT64_MAX, &list->expires) ||
        !read_seconds(claims, "ttl", rules->lifetime, &ttl))
        return ost_error_set(error, OST_E_REMOTE, "iat, exp or ttl are not times");
    if (list->issued > now + rules->leeway)
        return ost_error_set(error, OST_E_REMOTE, "the list is of the future (iat)");
    if (list->expires <= now)
        return ost_error_set(error, OST_E_REMOTE, "the list has expired");
    ttl = ttl < MIN_TTL ? MIN_TTL : least(ttl, MAX_TTL);
    list->fresh_until = least(now + ttl, list->expires);
    return OST_OK;
}

static ost_result check_names(const status_rules *rules, const ost_json *claims, ost_error *error)
{
    const ost_json *named = ost_json_get(claims, "iss");
    if (!ost_json_equals(ost_json_get(claims, "sub"), text_of(rules->uri)))
        return ost_error_set(error, OST_E_REMOTE, "the list is another one (sub)");
    if (named != NULL && !ost_json_equals(named, text_of(rules->issuer)))
        return ost_error_set(error, OST_E_REMOTE, "the list is of another issuer");
    return OST_OK;
}

/* Inflating takes twice the room, and the token, decoded twice, some more. */
size_t status_list_arena(size_t max_list)
{
    return 2 * max_list + ((size_t)2 << 20);
}

ost_result status_list_read(const status_rules *rules, ost_text token, int64_t now,
                            ost_arena *arena, status_list *ret_list, ost_text *ret_kid,
                            ost_error *error)
{
    status_list list = {0};
    const ost_json *claims;
    ost_result result = issuer_statement_read(text_trim(token), TYPE, rules->algorithms,
                                              rules->keys, arena, &claims, ret_kid, error);
    if (result == OST_OK)
        result = check_names(rules, claims, error);
    if (result == OST_OK)
        result = read_times(rules, claims, now, &list, error);
    if (result == OST_OK) {
        result =
            read_bits(ost_json_get(claims, "status_list"), rules->max_list, arena, &list, error);
    }
    if (result == OST_OK)
        *ret_list = list;
    return result;
}

/* ---- looking (§4.1): the first status is in the lowest bits of the first byte ---- */

ost_result status_list_look(unsigned bits, ost_text bytes, uint64_t index, ost_error *error)
{
    static const char *const names[] = {"valid", "revoked", "suspended"};
    unsigned in_byte = 8 / bits;
    if (index / in_byte >= bytes.len)
        return ost_error_set(error, OST_E_STATUS, "the token's status is not in the list");
    unsigned byte = byte_at(bytes, index / in_byte);
    unsigned status = byte >> (unsigned)(index % in_byte) * bits & ((1U << bits) - 1);
    if (status == 0)
        return OST_OK;
    return ost_error_set(error, OST_E_STATUS, "the token's status is %u (%s)", status,
                         status < 3 ? names[status] : "of the issuer's own");
}
