/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets in forms; see form_secret.h. */
#include "provider/session/form_secret.h"

#include "base/text.h"
#include "provider/session/internal_token.h"

bool form_secret_sign(call *c, const form_secret *secret, ost_text *ret_proof)
{
    ost_json_writer *w = call_writer(c);
    ost_text hash, claims;
    if (w == NULL || call_hash(c, secret->text, &hash) != OST_OK)
        return false;
    ost_json_open_object(w);
    ost_json_member_integer(w, "exp", c->now + c->realm->lifespans.login);
    ost_json_member_string(w, "iss", c->issuer);
    ost_json_member_string(w, "typ", secret->kind);
    ost_json_member_text(w, "sub", secret->user);
    ost_json_member_text(w, "sid", secret->session);
    ost_json_member_text(w, "key", hash);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, &claims) == OST_OK &&
           internal_token_make(c, claims, NULL, ret_proof);
}

bool form_secret_check(call *c, const form_secret *secret, ost_text proof, ost_text *ret_hash)
{
    const ost_claims *claims;
    return internal_token_read(c, proof, secret->kind, &claims) == OST_OK &&
           call_hash(c, secret->text, ret_hash) == OST_OK &&
           text_equal_secret(*ret_hash, ost_claims_text(claims, "key")) &&
           text_equal(ost_claims_text(claims, "sub"), secret->user) &&
           text_equal(ost_claims_text(claims, "sid"), secret->session) &&
           ost_claims_expiry(claims) > c->now;
}
