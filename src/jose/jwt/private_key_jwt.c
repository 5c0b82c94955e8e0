/* SPDX-License-Identifier: Apache-2.0 */
/* Makes assertions of clients; see private_key_jwt.h. */
#include "jose/jwt/private_key_jwt.h"

#include "base/base64url.h"
#include "base/context.h"
#include "base/percent.h"
#include "base/text.h"

#define ASSERTION_LIFETIME 60 /* seconds */
#define ASSERTION_ARENA ((size_t)256 << 10)
#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

ost_alg private_key_jwt_alg(const ost_key *key)
{
    for (ost_alg alg = OST_RS256; alg <= OST_EDDSA; alg++) {
        if (ost_key_serves(key, alg))
            return alg;
    }
    return OST_ALG_UNSET;
}

/* RFC 7523 §3: iss and sub are the client, aud is whom it is for, jti is used once. No nbf: it
 * would only set two clocks against each other. */
static ost_result write_claims(const private_key_jwt *made, ost_arena *arena, ost_text *ret_claims)
{
    unsigned char random[16];
    ost_text id;
    int64_t now = ost_now(made->context);
    ost_result result = context_random(made->context, random, sizeof random);
    if (result == OST_OK)
        result = base64url_encode_to(arena, (ost_text){(const char *)random, sizeof random}, &id);
    if (result != OST_OK)
        return result;
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    if (writer == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(writer);
    ost_json_member_string(writer, "iss", made->client_id);
    ost_json_member_string(writer, "sub", made->client_id);
    ost_json_member_string(writer, "aud", made->audience);
    ost_json_member_text(writer, "jti", id);
    ost_json_member_integer(writer, "iat", now);
    ost_json_member_integer(writer, "exp", now + ASSERTION_LIFETIME);
    ost_json_close_object(writer);
    return ost_json_writer_finish(writer, ret_claims);
}

ost_result private_key_jwt_append(const private_key_jwt *made, buffer *form)
{
    ost_text claims, assertion;
    ost_arena *arena = ost_arena_new(ASSERTION_ARENA);
    if (arena == NULL)
        return OST_E_MEMORY;
    ost_result result = write_claims(made, arena, &claims);
    if (result == OST_OK)
        result = ost_jws_sign(claims, made->key, made->alg, "JWT", arena, &assertion);
    if (result == OST_OK) {
        form_append(form, "client_id", text_of(made->client_id));
        form_append(form, "client_assertion_type", OST_TEXT(ASSERTION_TYPE));
        form_append(form, "client_assertion", assertion);
        result = form->failed;
    }
    ost_arena_free(arena);
    return result;
}
