/* SPDX-License-Identifier: Apache-2.0 */
/* Proof keys; see pkce.h. */
#include "provider/token/pkce.h"

#include "base/base64url.h"
#include "base/percent.h"
#include "base/text.h"

#define KEY_MIN 43
#define KEY_MAX 128

bool pkce_is_key(ost_text text)
{
    return text.len >= KEY_MIN && text.len <= KEY_MAX && percent_is_unreserved(text);
}

static bool refuse_request(call *c, const char *why)
{
    return call_refuse(c, 400, "invalid_request", why);
}

static bool check_required(call *c, ost_text challenge, ost_text method)
{
    ost_text wanted = {0};
    if (!ost_json_text(ost_json_get(c->client->attributes, "pkce.code.challenge.method"), &wanted))
        return call_refuse(c, 500, "server_error", NULL);
    if (method.data == NULL)
        return refuse_request(c, "Missing parameter: code_challenge_method");
    if (!text_equal(method, wanted))
        return refuse_request(c, "Invalid parameter: code challenge method is not configured one");
    return challenge.data != NULL || refuse_request(c, "Missing parameter: code_challenge");
}

/* A parameter without a value counts as left out (RFC 6749 §3.1). */
static ost_text given(const call *c, const char *name)
{
    ost_text value = call_parameter(c, name);
    return value.len > 0 ? value : (ost_text){NULL, 0};
}

bool pkce_read(call *c, ost_text *ret_challenge, ost_text *ret_method)
{
    ost_text challenge = given(c, "code_challenge"), method = given(c, "code_challenge_method");
    if (c->client->pkce_required && !check_required(c, challenge, method))
        return false;
    if (challenge.data == NULL && method.data != NULL)
        return refuse_request(c, "Missing parameter: code_challenge");
    if (challenge.data != NULL && !pkce_is_key(challenge))
        return refuse_request(c, "Invalid parameter: code_challenge");
    if (method.data != NULL && !text_is(method, "S256") && !text_is(method, "plain"))
        return refuse_request(c, "Invalid parameter: code_challenge_method");
    *ret_challenge = challenge;
    *ret_method = method;
    return true;
}

static bool refuse_grant(call *c, const char *why)
{
    return call_refuse(c, 400, "invalid_grant", why);
}

bool pkce_check(call *c, ost_text challenge, ost_text method)
{
    unsigned char hash[32];
    char text[BASE64URL_LEN(sizeof hash)];
    ost_text verifier = call_parameter(c, "code_verifier"), made = verifier;
    if (challenge.len == 0)
        return verifier.data == NULL ||
               refuse_grant(c, "PKCE code verifier specified but challenge not present in "
                               "authorization");
    if (verifier.data == NULL)
        return refuse_grant(c, "PKCE code verifier not specified");
    if (!pkce_is_key(verifier))
        return refuse_grant(c, "PKCE invalid code verifier");
    if (text_is(method, "S256")) {
        if (ost_sha256(verifier, hash) != OST_OK)
            return call_refuse(c, 500, "server_error", NULL);
        made = (ost_text){text, base64url_encode(hash, sizeof hash, text)};
    }
    return text_equal_secret(made, challenge) || refuse_grant(c, "PKCE verification failed");
}
