/* Claims of a JWT (RFC 7519 §4.1): types once, times and audience on every request. */
#include <math.h>

#include <ostiary/jose.h>

#include "text.h"

#define DEFAULT_LEEWAY 30           /* seconds */
#define MAX_TIME 9007199254740992.0 /* 2^53 */

struct ost_claims {
    const ost_json *object;
    const ost_json *audience; /* a string or an array; NULL: none */
    ost_text issuer, subject;
    double expiry, not_before, issued; /* NaN: absent */
};

static ost_result read_time(const ost_json *object, const char *name, double *ret_time,
                            ost_error *ret_error)
{
    const ost_json *member = ost_json_get(object, name);
    double time = NAN;
    if (member != NULL && (!ost_json_number(member, &time) || !(fabs(time) <= MAX_TIME)))
        return ost_error_set(ret_error, OST_E_CLAIM_TYPE, "\"%s\" is not a time in seconds", name);
    *ret_time = time;
    return OST_OK;
}

static ost_result read_text(const ost_json *object, const char *name, ost_text *ret_text,
                            ost_error *ret_error)
{
    const ost_json *member = ost_json_get(object, name);
    ost_text text = {0};
    if (member != NULL && !ost_json_text(member, &text))
        return ost_error_set(ret_error, OST_E_CLAIM_TYPE, "\"%s\" is not a string", name);
    *ret_text = text;
    return OST_OK;
}

static ost_result check_audience_type(const ost_json *audience, ost_error *ret_error)
{
    if (audience == NULL || ost_json_is(audience, OST_JSON_STRING))
        return OST_OK;
    bool good = ost_json_is(audience, OST_JSON_ARRAY);
    for (const ost_json *at = ost_json_first(audience); at != NULL; at = ost_json_next(at))
        good &= ost_json_is(at, OST_JSON_STRING);
    return good ? OST_OK
                : ost_error_set(ret_error, OST_E_CLAIM_TYPE,
                                "\"aud\" is neither a string nor an array of strings");
}

static ost_result read_registered(struct ost_claims *claims, ost_error *ret_error)
{
    ost_text id;
    const ost_json *object = claims->object;
    claims->audience = ost_json_get(object, "aud");
    ost_result result = check_audience_type(claims->audience, ret_error);
    if (result == OST_OK)
        result = read_text(object, "iss", &claims->issuer, ret_error);
    if (result == OST_OK)
        result = read_text(object, "sub", &claims->subject, ret_error);
    if (result == OST_OK)
        result = read_text(object, "jti", &id, ret_error);
    if (result == OST_OK)
        result = read_time(object, "exp", &claims->expiry, ret_error);
    if (result == OST_OK)
        result = read_time(object, "nbf", &claims->not_before, ret_error);
    if (result == OST_OK)
        result = read_time(object, "iat", &claims->issued, ret_error);
    if (result == OST_OK && isnan(claims->expiry))
        result = ost_error_set(ret_error, OST_E_CLAIM_MISSING, "\"exp\" is missing");
    return result;
}

ost_result ost_claims_read(ost_text verified_payload, ost_arena *arena,
                           const ost_claims **ret_claims, ost_error *ret_error)
{
    struct ost_claims *claims = ost_arena_alloc(arena, sizeof *claims);
    if (claims == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    ost_result result = ost_json_read(verified_payload, NULL, arena, &claims->object, ret_error);
    if (result == OST_E_MEMORY)
        return result;
    if (result != OST_OK)
        return OST_E_TOKEN_FORMAT;
    if (!ost_json_is(claims->object, OST_JSON_OBJECT))
        return ost_error_set(ret_error, OST_E_TOKEN_FORMAT, "the claims are not an object");
    result = read_registered(claims, ret_error);
    if (result == OST_OK)
        *ret_claims = claims;
    return result;
}

bool ost_claims_has_audience(const ost_claims *claims, ost_text audience)
{
    if (ost_json_equals(claims->audience, audience))
        return true;
    for (const ost_json *at = ost_json_first(claims->audience); at != NULL;
         at = ost_json_next(at)) {
        if (ost_json_equals(at, audience))
            return true;
    }
    return false;
}

static ost_result check_audience(const ost_claims *claims, const ost_claims_rules *rules,
                                 ost_error *ret_error)
{
    if (rules->insecure_any_audience)
        return OST_OK;
    for (size_t i = 0; i < rules->audience_count; i++) {
        if (ost_claims_has_audience(claims, text_of(rules->audiences[i])))
            return OST_OK;
    }
    ost_text seen = ost_json_source(claims->audience);
    return ost_error_set(ret_error, OST_E_AUDIENCE, "expected aud \"%.80s\", seen %.*s",
                         rules->audience_count > 0 ? rules->audiences[0] : "",
                         seen.len < 100 ? (int)seen.len : 100, seen.len > 0 ? seen.data : "none");
}

static ost_result check_times(const ost_claims *claims, const ost_claims_rules *rules, int64_t now,
                              ost_error *ret_error)
{
    double leeway = rules->no_leeway ? 0 : rules->leeway > 0 ? rules->leeway : DEFAULT_LEEWAY;
    double time = (double)now;
    /* RFC 7519 §4.1.4: the current time must be before the expiration time. */
    if (!(time < claims->expiry + leeway))
        return ost_error_set(ret_error, OST_E_EXPIRED, "expired %.0f seconds ago",
                             time - claims->expiry);
    if (claims->not_before > time + leeway)
        return ost_error_set(ret_error, OST_E_NOT_YET, "valid in %.0f seconds",
                             claims->not_before - time);
    if (claims->issued > time + leeway)
        return ost_error_set(ret_error, OST_E_NOT_YET, "issued %.0f seconds in the future",
                             claims->issued - time);
    if (rules->max_age > 0 && !(claims->issued + rules->max_age + leeway > time))
        return ost_error_set(ret_error, OST_E_EXPIRED, "issued too long ago");
    return OST_OK;
}

ost_result ost_claims_check(const ost_claims *claims, const ost_claims_rules *rules, int64_t now,
                            ost_error *ret_error)
{
    ost_text issuer = text_of(rules->issuer);
    if (issuer.len == 0 || (rules->audience_count == 0 && !rules->insecure_any_audience))
        return ost_error_set(ret_error, OST_E_CONFIG, "the rules name no issuer or no audience");
    if (!text_equal(claims->issuer, issuer))
        return ost_error_set(ret_error, OST_E_ISSUER, "expected iss \"%.80s\", seen \"%.*s\"",
                             rules->issuer, claims->issuer.len < 80 ? (int)claims->issuer.len : 80,
                             claims->issuer.len > 0 ? claims->issuer.data : "");
    ost_result result = check_audience(claims, rules, ret_error);
    return result == OST_OK ? check_times(claims, rules, now, ret_error) : result;
}

const ost_json *ost_claims_json(const ost_claims *claims)
{
    return claims->object;
}

const ost_json *ost_claims_get(const ost_claims *claims, const char *name)
{
    return ost_json_get(claims->object, name);
}

ost_text ost_claims_text(const ost_claims *claims, const char *name)
{
    ost_text text = {0};
    return ost_json_text(ost_json_get(claims->object, name), &text) ? text : (ost_text){0};
}

ost_text ost_claims_issuer(const ost_claims *claims)
{
    return claims->issuer;
}

ost_text ost_claims_subject(const ost_claims *claims)
{
    return claims->subject;
}

int64_t ost_claims_expiry(const ost_claims *claims)
{
    return (int64_t)claims->expiry;
}
