/* SPDX-License-Identifier: Apache-2.0 */
/* What is sent to the token endpoint, and what its answers mean. */
#include "login/login_exchange.h"
#include "base/array.h"

#include "login_fakes.h"

static const login_endpoints endpoints = {.token = ISSUER "/token"};
static const login_transaction transaction = {.verifier = OST_TEXT("verifier"), .base = BASE};

static const login_place anywhere = {0};

static ost_login make(void)
{
    static char id[] = "my api", secret[] = "s:cret", path[] = "/auth";
    return (ost_login){.client_id = id, .client_secret = secret, .redirect_path = path};
}

static void code_with_basic(void **state)
{
    (void)state;
    ost_login login = make();
    login_exchange exchange;
    assert_int_equal(login_exchange_code(&login, &anywhere, &endpoints, &transaction,
                                         OST_TEXT("c/1"), &exchange),
                     OST_OK);
    assert_string_equal(exchange.request.url, ISSUER "/token");
    assert_true(text_is(exchange.request.body,
                        "grant_type=authorization_code&code=c%2F1&redirect_uri=http%3A%2F%2F"
                        "localhost%3A8000%2Fauth&code_verifier=verifier"));
    /* base64 of "my%20api:s%3Acret" */
    assert_string_equal(exchange.headers[2], "Authorization: Basic bXklMjBhcGk6cyUzQWNyZXQ=");
    assert_null(exchange.headers[3]);
    login_exchange_clear(&exchange);
}

static void refresh_with_secret_in_body(void **state)
{
    (void)state;
    ost_login login = make();
    login_exchange exchange;
    const login_endpoints body = {.token = ISSUER "/token", .secret_in_body = true};
    assert_int_equal(login_exchange_refresh(&login, &anywhere, &body, OST_TEXT("r"), &exchange),
                     OST_OK);
    assert_true(text_is(exchange.request.body, "grant_type=refresh_token&refresh_token=r&"
                                               "client_id=my%20api&client_secret=s%3Acret"));
    assert_null(exchange.headers[2]);
    login_exchange_clear(&exchange);
}

/* In every token request (RFC 8707 §2.2). */
static void resource(void **state)
{
    (void)state;
    static char uri[] = "https://api.example/a?b";
    ost_login login = make();
    login.resource = uri;
    login_exchange exchange;
    const ost_text said = OST_TEXT("&resource=https%3A%2F%2Fapi.example%2Fa%3Fb");
    assert_int_equal(
        login_exchange_code(&login, &anywhere, &endpoints, &transaction, OST_TEXT("c"), &exchange),
        OST_OK);
    assert_non_null(
        memmem(exchange.request.body.data, exchange.request.body.len, said.data, said.len));
    login_exchange_clear(&exchange);
    assert_int_equal(
        login_exchange_refresh(&login, &anywhere, &endpoints, OST_TEXT("r"), &exchange), OST_OK);
    assert_true(text_is(exchange.request.body,
                        "grant_type=refresh_token&refresh_token=r&resource=https%3A%2F%2F"
                        "api.example%2Fa%3Fb"));
    login_exchange_clear(&exchange);
    /* A place has its own in its stead. */
    const login_place other = {.resource = "urn:other"};
    assert_int_equal(login_exchange_refresh(&login, &other, &endpoints, OST_TEXT("r"), &exchange),
                     OST_OK);
    assert_true(text_is(exchange.request.body,
                        "grant_type=refresh_token&refresh_token=r&resource=urn%3Aother"));
    login_exchange_clear(&exchange);
}

static void public_client(void **state)
{
    (void)state;
    ost_login login = make();
    login.client_secret = NULL;
    login_exchange exchange;
    assert_int_equal(
        login_exchange_refresh(&login, &anywhere, &endpoints, OST_TEXT("r"), &exchange), OST_OK);
    assert_true(text_is(exchange.request.body,
                        "grant_type=refresh_token&refresh_token=r&client_id=my%20api"));
    assert_null(exchange.headers[2]);
    login_exchange_clear(&exchange);
}

/* A client of the place's own asks in its own name, with its own proof alone. */
static void client_of_the_place(void **state)
{
    (void)state;
    ost_login login = make();
    char issuer[] = ISSUER;
    login.issuer = issuer;
    ost_key *key = NULL;
    assert_int_equal(
        ost_key_import_jwk(OST_TEXT("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":"
                                    "\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\",\"x\":"
                                    "\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"),
                           &key, NULL),
        OST_OK);
    const login_client named = {.id = "w", .redirect_path = "/cb"},
                       secret = {.id = "w", .secret = "x", .redirect_path = "/cb"},
                       signs = {.id = "w", .key = key, .redirect_path = "/cb"};
    login_exchange exchange;
    login_place place = {.client = &named};
    assert_int_equal(
        login_exchange_code(&login, &place, &endpoints, &transaction, OST_TEXT("c"), &exchange),
        OST_OK);
    assert_true(text_is(exchange.request.body,
                        "grant_type=authorization_code&code=c&redirect_uri=http%3A%2F%2F"
                        "localhost%3A8000%2Fcb&code_verifier=verifier&client_id=w"));
    assert_null(exchange.headers[2]);
    login_exchange_clear(&exchange);
    place.client = &secret;
    assert_int_equal(login_exchange_refresh(&login, &place, &endpoints, OST_TEXT("r"), &exchange),
                     OST_OK);
    assert_string_equal(exchange.headers[2], "Authorization: Basic dzp4"); /* w:x */
    login_exchange_clear(&exchange);
    place.client = &signs;
    assert_int_equal(login_exchange_refresh(&login, &place, &endpoints, OST_TEXT("r"), &exchange),
                     OST_OK);
    static const char begins[] = "grant_type=refresh_token&refresh_token=r&client_id=w&"
                                 "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-"
                                 "assertion-type%3Ajwt-bearer&client_assertion=eyJ";
    assert_true(text_starts(exchange.request.body, begins));
    assert_null(exchange.headers[2]);
    login_exchange_clear(&exchange);
    ost_key_unref(key);
}

static void tokens(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(1 << 20);
    login_tokens got;
    assert_int_equal(
        login_tokens_read(
            200,
            OST_TEXT("{\"access_token\":\"a\",\"token_type\":\"bearer\","
                     "\"expires_in\":60,\"refresh_token\":\"r\","
                     "\"refresh_expires_in\":1800,\"id_token\":\"i\",\"scope\":\"x\"}"),
            arena, &got, NULL),
        OST_OK);
    assert_true(text_is(got.access_token, "a") && text_is(got.refresh_token, "r"));
    assert_true(text_is(got.id_token, "i"));
    assert_int_equal(got.lifetime, 60);
    assert_int_equal(got.refresh_lifetime, 1800);

    const struct {
        const char *expires;
        int64_t lifetime;
    } cases[] = {{"0", 300},     {"-5", 300},  {"\"60\"", 300},
                 {"1e300", 300}, {"59.9", 59}, {"9007199254740991", 2592000}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *body = ost_arena_format(
            arena, "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":%s}",
            cases[i].expires);
        assert_int_equal(login_tokens_read(200, text_of(body), arena, &got, NULL), OST_OK);
        assert_int_equal(got.lifetime, cases[i].lifetime);
        assert_int_equal(got.refresh_token.len, 0);
    }
    ost_arena_free(arena);
}

static void refusals(void **state)
{
    (void)state;
    const struct {
        long status;
        const char *body;
        ost_result result;
    } cases[] = {
        {400, "{\"error\":\"invalid_grant\",\"error_description\":\"Code not valid\"}",
         OST_E_EXPIRED},
        {400, "{\"error\":\"invalid_target\"}", OST_E_EXPIRED},
        {401, "{\"error\":\"invalid_client\"}", OST_E_REMOTE},
        {400, "{\"error\":5}", OST_E_REMOTE},
        {500, "<html>", OST_E_REMOTE},
        {302, "", OST_E_REMOTE},
        {200, "", OST_E_REMOTE},
        {200, "[]", OST_E_REMOTE},
        {200, "{\"access_token\":\"a\"}", OST_E_REMOTE},
        {200, "{\"access_token\":\"a\",\"token_type\":\"DPoP\"}", OST_E_REMOTE},
        {200, "{\"access_token\":\"\",\"token_type\":\"Bearer\"}", OST_E_REMOTE},
        {200, "{\"access_token\":1,\"token_type\":\"Bearer\"}", OST_E_REMOTE},
        {200, "{\"access_token\":\"a\",\"access_token\":\"b\",\"token_type\":\"Bearer\"}",
         OST_E_REMOTE},
        {201, "{\"access_token\":\"a\",\"token_type\":\"Bearer\"}", OST_E_REMOTE},
    };
    ost_arena *arena = ost_arena_new(1 << 20);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        login_tokens got = {.lifetime = 7};
        ost_error error = {0};
        assert_int_equal(
            login_tokens_read(cases[i].status, text_of(cases[i].body), arena, &got, &error),
            cases[i].result);
        assert_int_equal(got.lifetime, 7);
        assert_true(error.detail[0] != '\0');
    }
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_with_basic), cmocka_unit_test(refresh_with_secret_in_body),
        cmocka_unit_test(public_client),   cmocka_unit_test(client_of_the_place),
        cmocka_unit_test(tokens),          cmocka_unit_test(refusals),
        cmocka_unit_test(resource),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
