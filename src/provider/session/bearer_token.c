/* SPDX-License-Identifier: Apache-2.0 */
/* Access tokens presented to the provider; see bearer_token.h. */
#include "provider/session/bearer_token.h"

#include "base/text.h"
#include "provider/realm/realm_key.h"
#include "provider/session/authentication.h"
#include "provider/session/internal_token.h"
#include "provider/session/proof_of_certificate.h"
#include "provider/session/proof_of_key.h"
#include "store/memory/store_memory.h"
#include "store/session/store_session.h"

static ost_result verify(call *c, ost_text token, const char *issuer, const char *kind,
                         const ost_claims **ret_claims)
{
    const ost_claims_rules rules = {
        .issuer = issuer,
        .insecure_any_audience = true, /* it is meant for APIs; here it is judged by its issuer */
        .leeway = NODES_APART, /* of what was issued at another node; its end is looked at below */
        .algorithms = REALM_KEY_ALGS,
    };
    const ost_claims *claims;
    ost_result result = ost_jwt_verify(token, key_ring_verifiers(c->entry->keys), &rules, c->now,
                                       c->arena, &claims, NULL);
    if (result != OST_OK)
        return result;
    if (ost_claims_expiry(claims) <= c->now || call_is_stale(c, claims))
        return OST_E_EXPIRED;
    /* Answers that the realm signs have no `typ`, and are no tokens. */
    ost_text typ = ost_claims_text(claims, "typ");
    if (typ.len == 0 || (kind != NULL && !text_is(typ, kind)) ||
        ost_claims_get(claims, CHANNEL_CLAIM) != NULL)
        return OST_E_TOKEN_TYPE;
    if (kind != NULL && !proof_of_certificate_holds(c, claims))
        return OST_E_SENDER;
    *ret_claims = claims;
    return OST_OK;
}

ost_result bearer_token_verify(call *c, ost_text token, const char *kind,
                               const ost_claims **ret_claims)
{
    return verify(c, token, c->issuer, kind, ret_claims);
}

bool bearer_token_find(const call *c, shown_token *ret_token)
{
    bearer_outcome came = call_bearer(c, &ret_token->text);
    ret_token->by_dpop = came == BEARER_DPOP;
    return http_request_field_count(c->request, "authorization") == 1 &&
           (came == BEARER_TOKEN || came == BEARER_DPOP);
}

/* One that is bound to a key says so by its type, and is no bearer token. */
ost_result bearer_token_verify_shown(call *c, const shown_token *shown,
                                     const ost_claims **ret_claims)
{
    const ost_claims *claims;
    ost_result result = verify(c, shown->text, c->issuer, NULL, &claims);
    if (result != OST_OK)
        return result;
    ost_text typ = ost_claims_text(claims, "typ");
    if (!text_is(typ, "Bearer") && !text_is(typ, "DPoP"))
        return OST_E_TOKEN_TYPE;
    result = proof_of_key_check(c, shown->text, claims, shown->by_dpop);
    if (result == OST_OK)
        *ret_claims = claims;
    return result;
}

/* Its own, if that is the realm at any address. */
static ost_result read_issuer(call *c, ost_text token, const char **ret_issuer)
{
    ost_unverified_token read;
    ost_text issuer;
    ost_result result = ost_jwt_read_unverified(token, c->arena, &read, NULL);
    if (result != OST_OK)
        return result;
    if (!ost_json_text(ost_json_get(read.claims, "iss"), &issuer))
        return OST_E_ISSUER;
    result = internal_token_check_realm(c, issuer);
    if (result != OST_OK)
        return result;
    *ret_issuer = ost_arena_copy(c->arena, issuer);
    return *ret_issuer != NULL ? OST_OK : OST_E_MEMORY;
}

ost_result bearer_token_find_ending(call *c, ost_text token, const ost_claims **ret_claims)
{
    const char *issuer;
    ost_result result = read_issuer(c, token, &issuer);
    if (result == OST_OK)
        result = verify(c, token, issuer, NULL, ret_claims);
    switch (result) {
    case OST_E_KEY_UNKNOWN:
        return internal_token_seek_key(c, token);
    case OST_E_NOT_YET: /* of a node whose clock is ahead: it will be good */
    case OST_E_CRYPTO:
        return OST_E_BUSY;
    default:
        return result;
    }
}

ost_result bearer_token_session(call *c, const ost_claims *claims)
{
    store_session session;
    store_client_session client_session;
    ost_text id = ost_claims_text(claims, "sid");
    if (id.data == NULL)
        return store_token_check(c->provider->store, ost_claims_text(claims, "jti"));
    ost_result result = session_load(c, id, &session);
    if (result == OST_OK)
        result = store_client_session_get(c->provider->store, id, ost_claims_text(claims, "azp"),
                                          c->arena, &client_session);
    if (result == OST_OK && call_issued_at(claims) < client_session.started)
        result = OST_E_NOT_FOUND; /* of an earlier life, which was ended */
    return result;
}

bool bearer_token_is_lightweight(const ost_claims *claims)
{
    return text_starts(ost_claims_text(claims, "jti"), LIGHTWEIGHT_ID);
}
