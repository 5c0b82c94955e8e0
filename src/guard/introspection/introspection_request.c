/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the request; see introspection_request.h. */
#include "guard/introspection/introspection_request.h"

#include "base/base64url.h"
#include "base/context.h"
#include "base/percent.h"
#include "base/text.h"

#define BODY_MAX ((size_t)256 << 10) /* a token of 64 KiB, every byte escaped, and an assertion */
#define CREDENTIALS_MAX ((size_t)4096)
#define ASSERTION_LIFETIME 60 /* seconds */
#define ASSERTION_ARENA ((size_t)256 << 10)
#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

static ost_result add_basic(const introspection_asker *asker, buffer *line)
{
    char encoded[(CREDENTIALS_MAX + 2) / 3 * 4];
    buffer_auto buffer pair = {0};
    buffer_init(&pair, CREDENTIALS_MAX);
    percent_append(&pair, text_of(asker->client_id));
    buffer_append_byte(&pair, ':');
    percent_append(&pair, text_of(asker->client_secret));
    if (pair.failed != OST_OK)
        return pair.failed;
    size_t len = base64_encode((const unsigned char *)pair.data, pair.len, encoded);
    buffer_append_string(line, "Authorization: Basic ");
    buffer_append(line, (ost_text){encoded, len});
    wipe(encoded, sizeof encoded);
    return line->failed;
}

/* RFC 7523 §3: iss and sub are the client, aud is the issuer, jti is used once. No nbf: it would
 * only set two clocks against each other. */
static ost_result write_claims(const introspection_asker *asker, ost_arena *arena,
                               ost_text *ret_claims)
{
    unsigned char random[16];
    ost_text id;
    int64_t now = ost_now(asker->context);
    ost_result result = context_random(asker->context, random, sizeof random);
    if (result == OST_OK)
        result = base64url_encode_to(arena, (ost_text){(const char *)random, sizeof random}, &id);
    if (result != OST_OK)
        return result;
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    if (writer == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(writer);
    ost_json_member_string(writer, "iss", asker->client_id);
    ost_json_member_string(writer, "sub", asker->client_id);
    ost_json_member_string(writer, "aud", asker->issuer);
    ost_json_member_text(writer, "jti", id);
    ost_json_member_integer(writer, "iat", now);
    ost_json_member_integer(writer, "exp", now + ASSERTION_LIFETIME);
    ost_json_close_object(writer);
    return ost_json_writer_finish(writer, ret_claims);
}

static ost_result add_assertion(const introspection_asker *asker, buffer *body)
{
    ost_text claims, assertion;
    ost_arena *arena = ost_arena_new(ASSERTION_ARENA);
    if (arena == NULL)
        return OST_E_MEMORY;
    ost_result result = write_claims(asker, arena, &claims);
    if (result == OST_OK)
        result = ost_jws_sign(claims, asker->key, asker->key_algorithm, "JWT", arena, &assertion);
    if (result == OST_OK) {
        form_append(body, "client_id", text_of(asker->client_id));
        form_append(body, "client_assertion_type", OST_TEXT(ASSERTION_TYPE));
        form_append(body, "client_assertion", assertion);
    }
    ost_arena_free(arena);
    return result;
}

ost_result introspection_request_write(const introspection_asker *asker, ost_text token,
                                       introspection_request *ret)
{
    size_t headers = 0;
    ost_result result = OST_OK;
    *ret = (introspection_request){0};
    buffer_init(&ret->body, BODY_MAX);
    buffer_init(&ret->authorization, 2 * CREDENTIALS_MAX);
    form_append(&ret->body, "token", token);
    form_append(&ret->body, "token_type_hint", OST_TEXT("access_token"));
    ret->headers[headers++] = asker->require_signed
                                  ? "Accept: application/token-introspection+jwt" /* RFC 9701 §4 */
                                  : "Accept: application/json";
    ret->headers[headers++] = "Content-Type: application/x-www-form-urlencoded";
    if (asker->auth == OST_CLIENT_SECRET_BASIC) {
        result = add_basic(asker, &ret->authorization);
        ret->headers[headers++] = ret->authorization.data;
    } else if (asker->auth == OST_CLIENT_SECRET_POST) {
        form_append(&ret->body, "client_id", text_of(asker->client_id));
        form_append(&ret->body, "client_secret", text_of(asker->client_secret));
    } else {
        result = add_assertion(asker, &ret->body);
    }
    if (result == OST_OK)
        result = ret->body.failed;
    ret->request = (net_request){
        .method = "POST",
        .headers = ret->headers,
        .body = buffer_text(&ret->body),
    };
    return result;
}

void introspection_request_clear(introspection_request *request)
{
    buffer_free(&request->body);
    buffer_free(&request->authorization);
}
