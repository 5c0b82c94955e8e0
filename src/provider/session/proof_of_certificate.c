/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates that tokens are bound to; see proof_of_certificate.h. */
#include "provider/session/proof_of_certificate.h"

#include "base/base64url.h"
#include "base/text.h"

#define DIGEST 32

bool proof_of_certificate_read(call *c, ost_text *ret_x5t)
{
    unsigned char hash[DIGEST];
    *ret_x5t = (ost_text){0};
    if (c->certificate.len == 0)
        return true;
    char *text = ost_arena_alloc(c->arena, BASE64URL_LEN(DIGEST) + 1);
    if (text == NULL || ost_sha256(c->certificate, hash) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    *ret_x5t = (ost_text){text, base64url_encode(hash, sizeof hash, text)};
    return true;
}

static const ost_json *binding_of(const ost_claims *claims)
{
    return ost_json_get(ost_claims_get(claims, "cnf"), "x5t#S256");
}

bool proof_of_certificate_is_bound(const ost_claims *claims)
{
    return binding_of(claims) != NULL;
}

bool proof_of_certificate_holds(call *c, const ost_claims *claims)
{
    const ost_json *bound = binding_of(claims);
    ost_text wanted, seen;
    call_error before = c->error;
    if (bound == NULL)
        return true;
    bool holds = proof_of_certificate_read(c, &seen) && seen.len > 0 &&
                 ost_json_text(bound, &wanted) && text_equal_secret(wanted, seen);
    c->error = before;
    return holds;
}

bool proof_of_certificate_check_refresh(call *c, const ost_claims *claims)
{
    return proof_of_certificate_holds(c, claims) ||
           call_refuse(c, 401, "unauthorized_client",
                       "Client certificate missing, or its thumbprint and one in the refresh "
                       "token did NOT match");
}
