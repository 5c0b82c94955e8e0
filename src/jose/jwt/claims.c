/* SPDX-License-Identifier: Apache-2.0 */
/* The registered claims (RFC 7519 §4.1) and their types. */
#include "jose/jwt/claims.h"

#include "base/shown.h"
#include "jose/compact.h"
#include "jose/jwt/numeric_date.h"

#define NAME_MAX_BYTES 2048 /* of iss, sub, jti and each audience */
#define AUDIENCES_MAX 1024

static ost_result wrong_type(const ost_json *claim, const char *expected, ost_error *error)
{
    return ost_error_set(error, OST_E_CLAIM_TYPE, "\"%.*s\" is not %s",
                         SHOWN(ost_json_name(claim), 32), expected);
}

static ost_result read_name(const ost_json *claim, ost_text *ret_name, ost_error *error)
{
    ost_text name;
    if (!ost_json_text(claim, &name) || name.len > NAME_MAX_BYTES)
        return wrong_type(claim, "a string of at most 2048 bytes", error);
    *ret_name = name;
    return OST_OK;
}

static ost_result read_time(const ost_json *claim, bool digits, claims_time *ret_time,
                            ost_error *error)
{
    int64_t seconds;
    if (!numeric_date_read(claim, &seconds) &&
        !(digits && numeric_date_read_digits(claim, &seconds)))
        return wrong_type(claim, "a number of seconds from 0 to 2^53", error);
    *ret_time = (claims_time){seconds, true};
    return OST_OK;
}

/* A token may have been valid for ever. */
static ost_result read_not_before(const ost_json *claim, bool digits, claims_time *ret_time,
                                  ost_error *error)
{
    int64_t seconds;
    if (!numeric_date_read_any(claim, &seconds) &&
        !(digits && numeric_date_read_digits(claim, &seconds)))
        return wrong_type(claim, "a number of seconds from -2^53 to 2^53", error);
    *ret_time = (claims_time){seconds, true};
    return OST_OK;
}

static ost_result read_audience(const ost_json *claim, const ost_json **ret_audience,
                                ost_error *error)
{
    static const char expected[] = "a string or a short array of strings";
    bool is_array = ost_json_is(claim, OST_JSON_ARRAY);
    ost_text name;
    if (is_array && ost_json_count(claim) > AUDIENCES_MAX)
        return wrong_type(claim, expected, error);
    const ost_json *at = is_array ? ost_json_first(claim) : claim;
    for (; at != NULL; at = is_array ? ost_json_next(at) : NULL) {
        if (!ost_json_text(at, &name) || name.len > NAME_MAX_BYTES)
            return wrong_type(claim, expected, error);
    }
    *ret_audience = claim;
    return OST_OK;
}

static ost_result read_claim(const ost_json *claim, bool digits, ost_claims *claims,
                             ost_error *error)
{
    ost_text token_id;
    switch (short_name(ost_json_name(claim))) {
    case SHORT_NAME('i', 's', 's', 0):
        return read_name(claim, &claims->issuer, error);
    case SHORT_NAME('s', 'u', 'b', 0):
        return read_name(claim, &claims->subject, error);
    case SHORT_NAME('a', 'u', 'd', 0):
        return read_audience(claim, &claims->audience, error);
    case SHORT_NAME('e', 'x', 'p', 0):
        return read_time(claim, digits, &claims->expires, error);
    case SHORT_NAME('n', 'b', 'f', 0):
        return read_not_before(claim, digits, &claims->not_before, error);
    case SHORT_NAME('i', 'a', 't', 0):
        return read_time(claim, digits, &claims->issued, error);
    case SHORT_NAME('j', 't', 'i', 0):
        return read_name(claim, &token_id, error);
    default:
        return OST_OK;
    }
}

static ost_result claims_read(ost_text verified_payload, bool digits, ost_arena *arena,
                              const ost_claims **ret_claims, ost_error *error)
{
    if (ret_claims == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no place for the claims");
    ost_claims *claims = ost_arena_alloc(arena, sizeof *claims);
    if (claims == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = compact_claims(verified_payload, arena, &claims->json, error);
    const ost_json *claim = ost_json_first(claims->json);
    for (; result == OST_OK && claim != NULL; claim = ost_json_next(claim))
        result = read_claim(claim, digits, claims, error);
    if (result == OST_OK && !claims->expires.given)
        result = ost_error_set(error, OST_E_CLAIM_MISSING, "the token has no \"exp\"");
    if (result == OST_OK)
        *ret_claims = claims;
    return result;
}

ost_result ost_claims_read(ost_text verified_payload, ost_arena *arena,
                           const ost_claims **ret_claims, ost_error *error)
{
    return claims_read(verified_payload, false, arena, ret_claims, error);
}

ost_result claims_read_digits(ost_text verified_payload, ost_arena *arena,
                              const ost_claims **ret_claims, ost_error *error)
{
    return claims_read(verified_payload, true, arena, ret_claims, error);
}

bool claims_issued_at(const ost_claims *claims, int64_t *ret_seconds)
{
    if (claims == NULL || !claims->issued.given)
        return false;
    *ret_seconds = claims->issued.seconds;
    return true;
}

const ost_json *ost_claims_json(const ost_claims *claims)
{
    return claims != NULL ? claims->json : NULL;
}

const ost_json *ost_claims_get(const ost_claims *claims, const char *name)
{
    return ost_json_get(ost_claims_json(claims), name);
}

ost_text ost_claims_text(const ost_claims *claims, const char *name)
{
    ost_text text = {0};
    return ost_json_text(ost_claims_get(claims, name), &text) ? text : (ost_text){0};
}

ost_text ost_claims_issuer(const ost_claims *claims)
{
    return claims != NULL ? claims->issuer : (ost_text){0};
}

ost_text ost_claims_subject(const ost_claims *claims)
{
    return claims != NULL ? claims->subject : (ost_text){0};
}

int64_t ost_claims_expiry(const ost_claims *claims)
{
    return claims != NULL ? claims->expires.seconds : 0;
}

bool ost_claims_has_audience(const ost_claims *claims, ost_text audience)
{
    if (claims == NULL)
        return false;
    if (!ost_json_is(claims->audience, OST_JSON_ARRAY))
        return ost_json_equals(claims->audience, audience);
    const ost_json *at = ost_json_first(claims->audience);
    while (at != NULL && !ost_json_equals(at, audience))
        at = ost_json_next(at);
    return at != NULL;
}
