/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the request; see introspection_request.h. */
#include "guard/introspection/introspection_request.h"

#include "base/base64url.h"
#include "base/context.h"
#include "base/percent.h"
#include "base/text.h"
#include "jose/jwt/private_key_jwt.h"

#define BODY_MAX ((size_t)256 << 10) /* a token of 64 KiB, every byte escaped, and an assertion */
#define CREDENTIALS_MAX ((size_t)4096)

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
        const private_key_jwt made = {
            .context = asker->context,
            .audience = asker->issuer,
            .client_id = asker->client_id,
            .key = asker->key,
            .alg = asker->key_algorithm,
        };
        result = private_key_jwt_append(&made, &ret->body);
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
