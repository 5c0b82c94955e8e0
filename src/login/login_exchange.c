/* SPDX-License-Identifier: Apache-2.0 */
/* Writes token requests and reads their answers; see login_exchange.h. */
#include "login/login_exchange.h"

#include "base/base64url.h"
#include "base/percent.h"
#include "base/text.h"
#include "jose/jwt/numeric_date.h"
#include "jose/jwt/private_key_jwt.h"

#define BODY_MAX ((size_t)32 << 10)
#define CREDENTIALS_MAX ((size_t)4096)
#define LIFETIME_DEFAULT 300  /* when the provider names none */
#define SESSION_DEFAULT 36000 /* when it does not say how long it can be refreshed */
#define LIFETIME_MAX 2592000  /* whatever it says */

/* "client_id and client_secret, each form-encoded, joined by a colon" (RFC 6749 §2.3.1). */
static ost_result add_basic(const login_client *client, buffer *ret_line)
{
    buffer_auto buffer pair = {0};
    buffer_init(&pair, CREDENTIALS_MAX);
    percent_append(&pair, text_of(client->id));
    buffer_append_byte(&pair, ':');
    percent_append(&pair, text_of(client->secret));
    if (pair.failed != OST_OK)
        return pair.failed;
    char encoded[(CREDENTIALS_MAX + 2) / 3 * 4];
    size_t len = base64_encode((const unsigned char *)pair.data, pair.len, encoded);
    buffer_append_string(ret_line, "Authorization: Basic ");
    buffer_append(ret_line, (ost_text){encoded, len});
    wipe(encoded, sizeof encoded);
    return ret_line->failed;
}

static void begin_form(login_exchange *exchange, const char *grant)
{
    *exchange = (login_exchange){0};
    buffer_init(&exchange->body, BODY_MAX);
    buffer_init(&exchange->authorization, 2 * CREDENTIALS_MAX);
    form_append(&exchange->body, "grant_type", text_of(grant));
}

/* RFC 7523 §2.2: who it is, signed. */
static ost_result add_assertion(const ost_login *login, const login_client *client, buffer *body)
{
    const private_key_jwt made = {
        .context = login->context,
        .audience = login->issuer,
        .client_id = client->id,
        .key = client->key,
        .alg = private_key_jwt_alg(client->key),
    };
    return private_key_jwt_append(&made, body);
}

/* Shows who asks: by a key, by a secret, or, a public client, by its name alone. */
static ost_result add_client(const ost_login *login, const login_client *client,
                             const login_endpoints *endpoints, login_exchange *exchange,
                             size_t *headers)
{
    if (client->key != NULL)
        return add_assertion(login, client, &exchange->body);
    if (client->secret != NULL && !endpoints->secret_in_body) {
        ost_result result = add_basic(client, &exchange->authorization);
        exchange->headers[(*headers)++] = exchange->authorization.data;
        return result;
    }
    form_append(&exchange->body, "client_id", text_of(client->id));
    if (client->secret != NULL)
        form_append(&exchange->body, "client_secret", text_of(client->secret));
    return exchange->body.failed;
}

static ost_result exchange_finish(const ost_login *login, const login_place *place,
                                  const login_endpoints *endpoints, login_exchange *exchange)
{
    size_t headers = 0;
    const char *resource = login_resource_at(login, place);
    /* Said again, for a token of several resources is nobody's (RFC 8707 §2.2). */
    if (resource != NULL)
        form_append(&exchange->body, "resource", text_of(resource));
    exchange->headers[headers++] = "Accept: application/json";
    exchange->headers[headers++] = "Content-Type: application/x-www-form-urlencoded";
    const login_client client = login_client_at(login, place);
    ost_result result = add_client(login, &client, endpoints, exchange, &headers);
    if (result == OST_OK)
        result = exchange->body.failed;
    if (result != OST_OK) {
        login_exchange_clear(exchange);
        return result;
    }
    exchange->request = (net_request){
        .url = endpoints->token,
        .method = "POST",
        .headers = exchange->headers,
        .body = buffer_text(&exchange->body),
        .ca_file = login->ca_file,
        .proxy = login->proxy,
        .no_proxy = login->no_proxy,
        .insecure_http = login->insecure_http,
        .max_body = LOGIN_TOKEN_REQUESTS_BODY_MAX,
    };
    return OST_OK;
}

ost_result login_exchange_code(const ost_login *login, const login_place *place,
                               const login_endpoints *endpoints,
                               const login_transaction *transaction, ost_text code,
                               login_exchange *ret_exchange)
{
    begin_form(ret_exchange, "authorization_code");
    buffer_auto buffer uri = {0};
    buffer_init(&uri, CREDENTIALS_MAX);
    buffer_append(&uri, transaction->base);
    buffer_append_string(&uri, login_client_at(login, place).redirect_path);
    buffer *body = &ret_exchange->body;
    form_append(body, "code", code);
    form_append(body, "redirect_uri", buffer_text(&uri));
    form_append(body, "code_verifier", transaction->verifier);
    if (uri.failed != OST_OK) {
        login_exchange_clear(ret_exchange);
        return uri.failed;
    }
    return exchange_finish(login, place, endpoints, ret_exchange);
}

ost_result login_exchange_refresh(const ost_login *login, const login_place *place,
                                  const login_endpoints *endpoints, ost_text refresh_token,
                                  login_exchange *ret_exchange)
{
    begin_form(ret_exchange, "refresh_token");
    form_append(&ret_exchange->body, "refresh_token", refresh_token);
    return exchange_finish(login, place, endpoints, ret_exchange);
}

void login_exchange_clear(login_exchange *exchange)
{
    buffer_free(&exchange->body);
    buffer_free(&exchange->authorization);
}

/* {"error": …} of RFC 6749 §5.2. */
static ost_result read_refusal(long status, const ost_json *root, ost_error *error)
{
    ost_text code = OST_TEXT("no error code");
    if (!ost_json_text(ost_json_get(root, "error"), &code))
        return ost_error_set(error, OST_E_REMOTE, "the token endpoint answered %ld", status);
    /* A session that began before the resource was named has none of it: another login has. */
    bool over = text_is(code, "invalid_grant") || text_is(code, "invalid_target");
    ost_text shown = text_slice(code, 0, 64);
    return ost_error_set(error, over ? OST_E_EXPIRED : OST_E_REMOTE,
                         "the token endpoint answered %ld \"%.*s\"", status, (int)shown.len,
                         shown.data);
}

/* Whole seconds within what is sane; `fallback` when absent, no number, or "never" (0). */
static int64_t read_seconds(const ost_json *root, const char *name, int64_t fallback)
{
    int64_t seconds = 0;
    if (!numeric_date_read(ost_json_get(root, name), &seconds) || seconds == 0)
        return fallback;
    return seconds < LIFETIME_MAX ? seconds : LIFETIME_MAX;
}

static ost_text read_token(const ost_json *root, const char *name)
{
    ost_text token = {0};
    if (!ost_json_text(ost_json_get(root, name), &token))
        return (ost_text){0};
    return token;
}

ost_result login_tokens_read(long status, ost_text body, ost_arena *arena, login_tokens *ret_tokens,
                             ost_error *error)
{
    const ost_json *root = NULL;
    ost_result result = ost_json_read(body, NULL, arena, &root, NULL);
    if (result == OST_E_MEMORY)
        return result;
    if (status != 200)
        return read_refusal(status, root, error);
    ost_text type = read_token(root, "token_type");
    login_tokens tokens = {
        .access_token = read_token(root, "access_token"),
        .refresh_token = read_token(root, "refresh_token"),
        .id_token = read_token(root, "id_token"),
        .lifetime = read_seconds(root, "expires_in", LIFETIME_DEFAULT),
        .refresh_lifetime = read_seconds(root, "refresh_expires_in", SESSION_DEFAULT),
    };
    if (tokens.access_token.len == 0 || !text_equal_ignoring_case(type, OST_TEXT("Bearer")))
        return ost_error_set(error, OST_E_REMOTE,
                             "the token endpoint answered 200 without a bearer token");
    *ret_tokens = tokens;
    return OST_OK;
}
