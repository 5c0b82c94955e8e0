/* SPDX-License-Identifier: Apache-2.0 */
/* Challenges, and what goes to browsers and comes back; see key_ceremony.h. */
#include "provider/session/key_ceremony.h"

#include "base/base64url.h"
#include "base/context.h"
#include "base/text.h"
#include "provider/session/internal_token.h"
#include "store/memory/store_memory.h"

#define CHALLENGE_TYPE "KeyChallenge"
#define CHALLENGE_SIZE 32
#define PARAMETER_MAX 100000 /* characters */

/* ---- the challenge ---- */

static const char *purpose_of(const key_ceremony *k)
{
    return k->making ? "register" : "use";
}

bool key_challenge_make(call *c, const key_ceremony *k, ost_text *ret_challenge,
                        ost_text *ret_proof)
{
    unsigned char random[CHALLENGE_SIZE];
    ost_json_writer *w = call_writer(c);
    ost_text challenge, claims;
    if (w == NULL || context_random(c->provider->context, random, sizeof random) != OST_OK ||
        base64url_encode_to(c->arena, text_of_bytes(random, sizeof random), &challenge) != OST_OK)
        return false;
    ost_json_open_object(w);
    ost_json_member_integer(w, "exp", k->expires);
    ost_json_member_string(w, "iss", c->issuer);
    ost_json_member_string(w, "typ", CHALLENGE_TYPE);
    ost_json_member_text(w, "sub", k->user);
    ost_json_member_text(w, "login", k->login);
    ost_json_member_string(w, "for", purpose_of(k));
    ost_json_member_string(w, "type", key_credential_type(k->use));
    ost_json_member_text(w, "challenge", challenge);
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &claims) != OST_OK ||
        !internal_token_make(c, claims, NULL, ret_proof))
        return false;
    *ret_challenge = challenge;
    return true;
}

bool key_challenge_open(call *c, const key_ceremony *k, webauthn_ceremony *ret_expected)
{
    const webauthn_policy *policy = &c->realm->keys[k->use];
    const ost_claims *claims;
    if (internal_token_read(c, call_parameter(c, "code"), CHALLENGE_TYPE, &claims) != OST_OK ||
        !text_equal(ost_claims_subject(claims), k->user) ||
        !text_equal(ost_claims_text(claims, "login"), k->login) ||
        !text_is(ost_claims_text(claims, "for"), purpose_of(k)) ||
        !text_is(ost_claims_text(claims, "type"), key_credential_type(k->use)) ||
        ost_claims_expiry(claims) <= c->now)
        return false;
    *ret_expected = (webauthn_ceremony){.challenge = ost_claims_text(claims, "challenge"),
                                        .rp_id = key_party_id(c, policy),
                                        .origin = realm_uri_origin(text_of(c->base)),
                                        .extra_origins = policy->origins,
                                        .verified = policy->verified};
    return true;
}

ost_result key_challenge_spend(call *c, const webauthn_ceremony *expected)
{
    const char *owner = call_format(c, "challenge of %s", c->realm->name);
    return owner != NULL ? store_use_once(c->provider->store, text_of(owner), expected->challenge,
                                          c->now + c->realm->lifespans.login +
                                              c->realm->lifespans.user_action)
                         : OST_E_MEMORY;
}

/* ---- the form ---- */

bool key_parameter(call *c, const char *name, ost_text *ret_bytes)
{
    ost_text text = call_parameter(c, name);
    return text.len > 0 && text.len <= PARAMETER_MAX &&
           base64url_decode_to(c->arena, text, ret_bytes) == OST_OK;
}

/* ---- what the browser is asked for ---- */

/* The host alone (WebAuthn §5.1.3). */
ost_text key_party_id(call *c, const webauthn_policy *policy)
{
    ost_text origin = realm_uri_origin(text_of(c->base));
    if (policy->rp_id.len > 0)
        return policy->rp_id;
    size_t from = text_find(origin, '/', 0) + 2;
    ost_text host = text_slice(origin, from, origin.len);
    return text_slice(host, 0, text_find(host, ':', 0));
}

void key_put_list(ost_json_writer *w, const char *name, const key_credential *keys, size_t count,
                  ost_arena *arena)
{
    ost_json_put_name(w, text_of(name));
    ost_json_open_array(w);
    for (size_t i = 0; i < count; i++) {
        ost_text id;
        if (!keys[i].readable || base64url_encode_to(arena, keys[i].key_id, &id) != OST_OK)
            continue;
        ost_json_open_object(w);
        ost_json_member_string(w, "type", "public-key");
        ost_json_member_text(w, "id", id);
        ost_json_close_object(w);
    }
    ost_json_close_array(w);
}

ost_result key_request_options(call *c, const webauthn_policy *policy, ost_text challenge,
                               const key_credential *keys, size_t count, ost_text *ret_options)
{
    ost_json_writer *w = ost_json_writer_new(c->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_text(w, "challenge", challenge);
    ost_json_member_text(w, "rpId", key_party_id(c, policy));
    key_put_list(w, "allowCredentials", keys, count, c->arena);
    if (policy->verification.len > 0)
        ost_json_member_text(w, "userVerification", policy->verification);
    if (policy->timeout > 0)
        ost_json_member_integer(w, "timeout", policy->timeout * 1000);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_options);
}

/* Of the browser: who it is nobody knows yet. */
bool key_passkey_begin(call *c, ost_text browser, key_ceremony *ret)
{
    *ret =
        (key_ceremony){.use = WEBAUTHN_PASSWORDLESS, .expires = c->now + c->realm->lifespans.login};
    return call_hash(c, browser, &ret->login) == OST_OK;
}

bool key_passkey_ask(call *c, ost_text browser, ost_text *ret_options, ost_text *ret_proof)
{
    key_ceremony ceremony;
    ost_text challenge;
    return key_passkey_begin(c, browser, &ceremony) &&
           key_challenge_make(c, &ceremony, &challenge, ret_proof) &&
           key_request_options(c, &c->realm->keys[WEBAUTHN_PASSWORDLESS], challenge, NULL, 0,
                               ret_options) == OST_OK;
}
