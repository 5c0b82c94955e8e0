/* SPDX-License-Identifier: Apache-2.0 */
/* Whether claims are good for us, now: RFC 7519 §4.1, RFC 8725 §3.8–3.9, RFC 9068 §2.2. */
#include "base/array.h"
#include "base/or_default.h"
#include "base/shown.h"
#include "base/text.h"
#include "jose/jwt/claims.h"

#define DEFAULT_LEEWAY 30
#define LAST_SECOND ((int64_t)1 << 60) /* far beyond what a claim may say; sums do not overflow */

static ost_result check_rules(const ost_claims_rules *rules, ost_error *error)
{
    if (rules == NULL || rules->issuer == NULL || rules->issuer[0] == '\0')
        return ost_error_set(error, OST_E_CONFIG, "the rules name no issuer");
    if (rules->insecure_any_audience ? rules->audience_count > 0 : rules->audience_count == 0) {
        return ost_error_set(error, OST_E_CONFIG,
                             "the rules name no audience, or one although any is accepted");
    }
    for (size_t i = 0; i < rules->audience_count; i++) {
        if (rules->audiences == NULL || rules->audiences[i] == NULL ||
            rules->audiences[i][0] == '\0')
            return ost_error_set(error, OST_E_CONFIG, "the rules name an empty audience");
    }
    if (rules->no_leeway && rules->leeway > 0)
        return ost_error_set(error, OST_E_CONFIG, "the rules give a leeway and forbid one");
    return OST_OK;
}

ost_result claims_check_issuer(const ost_claims *claims, const ost_claims_rules *rules,
                               ost_error *error)
{
    if (text_is(claims->issuer, rules->issuer))
        return OST_OK;
    return ost_error_set(error, OST_E_ISSUER, "expected issuer \"%.64s\", the token names \"%.*s\"",
                         rules->issuer, SHOWN(claims->issuer, 64));
}

ost_result claims_check_audience(const ost_claims *claims, const ost_claims_rules *rules,
                                 ost_error *error)
{
    if (rules->insecure_any_audience)
        return OST_OK;
    for (size_t i = 0; i < rules->audience_count; i++) {
        if (ost_claims_has_audience(claims, text_of(rules->audiences[i])))
            return OST_OK;
    }
    if (claims->audience == NULL) {
        return ost_error_set(error, OST_E_AUDIENCE,
                             "expected audience \"%.64s\", the token names none",
                             rules->audiences[0]);
    }
    ost_text seen = ost_json_source(claims->audience);
    return ost_error_set(error, OST_E_AUDIENCE,
                         "expected audience \"%.64s\", the token is for %.*s", rules->audiences[0],
                         SHOWN(seen, 64));
}

ost_result claims_check_times(const ost_claims *claims, const ost_claims_rules *rules, int64_t now,
                              ost_error *error)
{
    now = now < -LAST_SECOND ? -LAST_SECOND : now > LAST_SECOND ? LAST_SECOND : now;
    int64_t leeway = rules->no_leeway ? 0 : OR_DEFAULT(rules->leeway, DEFAULT_LEEWAY);
    if (claims->expires.seconds <= now - leeway) {
        return ost_error_set(error, OST_E_EXPIRED, "expired %lld seconds ago",
                             (long long)(now - claims->expires.seconds));
    }
    if (claims->not_before.given && claims->not_before.seconds > now + leeway) {
        return ost_error_set(error, OST_E_NOT_YET, "valid in %lld seconds",
                             (long long)(claims->not_before.seconds - now));
    }
    if (claims->issued.given && claims->issued.seconds > now + leeway) {
        return ost_error_set(error, OST_E_NOT_YET, "issued %lld seconds in the future",
                             (long long)(claims->issued.seconds - now));
    }
    if (rules->max_age == 0)
        return OST_OK;
    if (!claims->issued.given)
        return ost_error_set(error, OST_E_CLAIM_MISSING, "the token has no \"iat\"");
    if (now - claims->issued.seconds > (int64_t)rules->max_age + leeway) {
        return ost_error_set(error, OST_E_EXPIRED, "issued %lld seconds ago, %u may be",
                             (long long)(now - claims->issued.seconds), rules->max_age);
    }
    return OST_OK;
}

/* RFC 9068 §2.2. iss, exp and aud are asked for anyway, aud unless it was switched off. */
ost_result claims_check_profile(const ost_claims *claims, const ost_claims_rules *rules,
                                ost_error *error)
{
    static const char *const required[] = {"sub", "client_id", "jti"};
    if (!rules->access_token_profile)
        return OST_OK;
    for (size_t i = 0; i < ARRAY_LEN(required); i++) {
        if (ost_claims_text(claims, required[i]).len == 0) {
            return ost_error_set(error, OST_E_CLAIM_MISSING, "the token has no \"%s\"",
                                 required[i]);
        }
    }
    return claims->issued.given
               ? OST_OK
               : ost_error_set(error, OST_E_CLAIM_MISSING, "the token has no \"iat\"");
}

ost_result ost_claims_check(const ost_claims *claims, const ost_claims_rules *rules, int64_t now,
                            ost_error *error)
{
    if (claims == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "there are no claims");
    ost_result result = check_rules(rules, error);
    if (result == OST_OK)
        result = claims_check_issuer(claims, rules, error);
    if (result == OST_OK)
        result = claims_check_audience(claims, rules, error);
    if (result == OST_OK)
        result = claims_check_times(claims, rules, now, error);
    if (result == OST_OK)
        result = claims_check_profile(claims, rules, error);
    return result;
}
