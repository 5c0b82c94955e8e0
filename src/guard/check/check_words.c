/* SPDX-License-Identifier: Apache-2.0 */
/* The words of each step: what is expected of a token there, and what this one has; see
 * check_words.h. */
#include "guard/check/check_words.h"

#include "base/base64url.h"
#include "base/json/json_member.h"
#include "base/shown.h"
#include "base/text.h"
#include "guard/claims_lookup.h"

#define KEYS_NAMED 8

static const issuer *issuer_of(const check *c)
{
    return c->guard->issuers[c->issuer];
}

static ost_text or_text(ost_text text, const char *fallback)
{
    return text.len > 0 ? text : text_of(fallback);
}

static ost_text header_text(const check *c, const char *name)
{
    return json_text_of(c->trace->header, name);
}

static ost_text claim_text(const check *c, const char *name, const char *fallback)
{
    const ost_json *claim = c->claims != NULL ? ost_claims_get(c->claims, name) : NULL;
    return claim != NULL ? ost_json_source(claim) : text_of(fallback);
}

static ost_text list_names(const check *c, char *const *names, size_t count)
{
    const char *text = "";
    for (size_t i = 0; i < count && text != NULL; i++)
        text = ost_arena_format(c->arena, "%s%s%s", text, i > 0 ? " or " : "", names[i]);
    return text_of(text);
}

static ost_text list_algorithms(const check *c)
{
    const char *text = "";
    ost_algs accepted = issuer_of(c)->source.algorithms;
    if (accepted == OST_ALGS_DEFAULT)
        return OST_TEXT("an asymmetric signature: RS, PS, ES 256 to 512, EdDSA");
    for (int alg = 1; alg < 64 && text != NULL; alg++) {
        if ((accepted & OST_ALG_BIT(alg)) != 0)
            text = ost_arena_format(c->arena, "%s%s%s", text, text[0] != '\0' ? " or " : "",
                                    ost_alg_name((ost_alg)alg));
    }
    return text_of(text);
}

/* ---- what is expected ---- */

static ost_text expected_issuer(const check *c, const issuer *i)
{
    if (!i->tenants.many)
        return text_of(i->source.name);
    return text_of(ost_arena_format(c->arena, "%s, tenantid being the tid of %s, by a key for it",
                                    i->source.name,
                                    i->tenants.any ? "any tenant" : "a tenant of the list"));
}

static ost_text expected_of_claims(const check *c, check_step step)
{
    const issuer *i = issuer_of(c);
    switch (step) {
    case STEP_ISSUER:
        return expected_issuer(c, i);
    case STEP_AUDIENCE:
        return i->insecure_any_audience ? OST_TEXT("any")
                                        : list_names(c, i->audiences, i->audience_count);
    case STEP_TIME:
        return OST_TEXT("not expired, and not of the future");
    case STEP_REVOCATION:
        return OST_TEXT("a token, session and subject that have not been revoked");
    case STEP_TYPE:
        return i->access_token_profile
                   ? OST_TEXT("an access token with sub, client_id, jti and iat (RFC 9068)")
                   : OST_TEXT("an access token");
    case STEP_CLIENT:
        return i->client_count == 0 ? OST_TEXT("any") : list_names(c, i->clients, i->client_count);
    case STEP_SENDER:
        return OST_TEXT("a bearer token, or one with its sender's proof");
    case STEP_POLICY:
        return OST_TEXT("what was asked for: scopes, roles, claims");
    default:
        return OST_TEXT("valid by the issuer's status list");
    }
}

static ost_text expected_of(const check *c, check_step step)
{
    switch (step) {
    case STEP_SIZE:
        return text_of(ost_arena_format(c->arena, "at most %zu bytes", c->guard->max_token));
    case STEP_DECRYPTION:
        return OST_TEXT("encrypted for a key of this API, with a signed token in it");
    case STEP_FORM:
        return OST_TEXT("a signed token: three parts of strict base64url and JSON");
    case STEP_ALGORITHM:
        return list_algorithms(c);
    case STEP_HEADER:
        return OST_TEXT("typ JWT, at+jwt or none; nothing critical");
    case STEP_KEY:
        return or_text(c->trace->keys, "the issuer's keys");
    case STEP_SIGNATURE:
        return OST_TEXT("made with that key");
    case STEP_INTROSPECTION:
        return OST_TEXT("active, by its issuer's word");
    default:
        return expected_of_claims(c, step);
    }
}

/* ---- what is seen ---- */

static ost_text seen_signature(const check *c)
{
    size_t len = c->trace->signature.len, usual = c->trace->signature_usual;
    if (usual == 0 || len == usual)
        return OST_TEXT("it is not");
    return text_of(
        ost_arena_format(c->arena, "it is %zu characters long, rather than %zu", len, usual));
}

static ost_text seen_issuer(const check *c)
{
    if (c->claims != NULL)
        return ost_claims_issuer(c->claims);
    return json_text_of(c->trace->claims, "iss");
}

/* The values themselves say more than that they are wrong; else the words of the error. */
static ost_text seen_failing(const check *c, check_step step)
{
    ost_text words = text_of(ost_arena_copy(c->arena, text_of(c->error.detail)));
    switch (step) {
    case STEP_ALGORITHM:
        return header_text(c, "alg");
    case STEP_KEY:
        return c->trace->keys.len == 0 ? words : or_text(header_text(c, "kid"), "no kid");
    case STEP_SIGNATURE:
        return c->error.code == OST_E_CRYPTO ? words : seen_signature(c);
    case STEP_ISSUER:
        return or_text(seen_issuer(c), "no iss");
    case STEP_AUDIENCE:
        return claim_text(c, "aud", "no aud");
    case STEP_CLIENT:
        return or_text(claims_client(c->claims), "neither azp nor client_id");
    default:
        return words;
    }
}

static ost_text seen_claims(const check *c, check_step step)
{
    switch (step) {
    case STEP_ISSUER:
        return ost_claims_issuer(c->claims);
    case STEP_AUDIENCE:
        return claim_text(c, "aud", "no aud");
    case STEP_TIME:
        return text_of(ost_arena_format(c->arena, "%lld seconds are left",
                                        (long long)(ost_claims_expiry(c->claims) - c->now)));
    case STEP_REVOCATION:
        return OST_TEXT("none of them");
    case STEP_TYPE:
        return OST_TEXT("an access token");
    case STEP_CLIENT:
        return or_text(claims_client(c->claims), "neither azp nor client_id");
    case STEP_SENDER:
        return claim_text(c, "cnf", "a bearer token");
    case STEP_POLICY:
        return OST_TEXT("all there");
    default:
        return OST_TEXT("valid");
    }
}

static ost_text seen_passing(const check *c, check_step step)
{
    switch (step) {
    case STEP_SIZE:
        return text_of(ost_arena_format(c->arena, "%zu bytes", c->token.len));
    case STEP_DECRYPTION:
        return OST_TEXT("a signed token was in it");
    case STEP_FORM:
        return c->trace->header != NULL ? OST_TEXT("three parts") : OST_TEXT("an opaque token");
    case STEP_ALGORITHM:
        return header_text(c, "alg");
    case STEP_HEADER:
        return or_text(header_text(c, "typ"), "no typ");
    case STEP_KEY:
        return or_text(header_text(c, "kid"), "no kid");
    case STEP_SIGNATURE:
        return OST_TEXT("so it is");
    case STEP_INTROSPECTION:
        return OST_TEXT("active");
    default:
        return seen_claims(c, step);
    }
}

/* ---- taking it down ---- */

/* There was nothing to look at. */
static bool is_idle(const check *c, check_step step, ost_result result)
{
    const ost_json *status = c->claims != NULL ? ost_claims_get(c->claims, "status") : NULL;
    return step == STEP_STATUS && result == OST_OK && !ost_json_is(status, OST_JSON_OBJECT);
}

void trace_step(check *c, check_step step, ost_result result)
{
    traced_step *at = &c->trace->steps[step];
    bool has_failed = at->made && at->reason != OST_OK;
    if (has_failed || is_idle(c, step, result))
        return;
    *at = (traced_step){
        .made = true,
        .reason = result,
        .expected = expected_of(c, step),
        .seen = result == OST_OK ? seen_passing(c, step) : seen_failing(c, step),
    };
    if (step == STEP_SIZE && result != OST_OK)
        at->seen = seen_passing(c, step);
}

/* A token that a strict reader refuses may be readable all the same. */
void trace_reading(check *c, const ost_unverified_jws *jws)
{
    check_trace *trace = c->trace;
    ost_unverified_token read = {0};
    trace->readable = ost_jwt_read_unverified(c->signed_token, c->arena, &read, NULL);
    trace->header = jws != NULL ? jws->header : read.header;
    trace->claims = read.claims;
    if (jws != NULL)
        trace->signature = jws->signature_encoded;
}

/* The ids, so that one that is missing shows. */
void trace_keys(check *c, const ost_keyset *keys, const keyset_left_out *left_out)
{
    size_t count = ost_keyset_count(keys);
    const char *text = "one of the issuer's keys:";
    for (size_t i = 0; i < count && i < KEYS_NAMED && text != NULL; i++) {
        ost_text kid = or_text(ost_key_kid(ost_keyset_at(keys, i)), "(one without an id)");
        text = ost_arena_format(c->arena, "%s%s %.*s", text, i > 0 ? "," : "", OST_FORMAT(kid));
    }
    if (left_out->count > 0 && text != NULL)
        text = ost_arena_format(c->arena, "%s; left out: %s", text, left_out->first);
    c->trace->keys = text_of(text);
}

void trace_chosen(check *c, const ost_key *key)
{
    size_t bytes = (ost_key_bits(key) + 7) / 8;
    size_t len = ost_key_type_of(key) == OST_KEY_RSA  ? bytes
                 : ost_key_type_of(key) == OST_KEY_EC ? 2 * bytes
                                                      : 0;
    c->trace->signature_usual = (len * 4 + 2) / 3;
}

bool trace_payload(check *c, ost_text *ret_payload)
{
    if (!check_is_past_failure(c) || (c->guard->issuer_count > 1 && c->refused == OST_E_ISSUER))
        return false;
    size_t first = text_find(c->signed_token, '.', 0);
    ost_text encoded = text_slice(c->signed_token, first + 1, SIZE_MAX);
    encoded = text_slice(encoded, 0, text_find(encoded, '.', 0));
    return c->trace->header != NULL &&
           base64url_decode_to(c->arena, encoded, ret_payload) == OST_OK;
}
