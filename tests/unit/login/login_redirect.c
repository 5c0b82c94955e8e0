/* SPDX-License-Identifier: Apache-2.0 */
/* Browsers on their way out: to log in, and to log out. */
#include "base/array.h"
#include "login/login_cookies.h"
#include "login/login_core.h"
#include "login/login_pack.h"
#include "login_fakes.h"

typedef struct fixture {
    ost_login_config config;
    ost_login *login;
    ost_arena *arena;
    fake_browser browser;
} fixture;

static int set_up(void **state)
{
    fixture *made = calloc(1, sizeof *made);
    made->config = fake_config();
    made->login = fake_login(&made->config);
    made->arena = ost_arena_new(1 << 22);
    *state = made;
    return 0;
}

static int tear_down(void **state)
{
    fixture *made = *state;
    ost_login_free(made->login);
    ost_arena_free(made->arena);
    free(made);
    return 0;
}

/* The value of one parameter of a URL, still encoded. */
static ost_text parameter(ost_text url, const char *name)
{
    ost_text rest = text_slice(url, text_find(url, '?', 0) + 1, url.len), piece;
    while (text_next(&rest, '&', &piece)) {
        size_t equals = text_find(piece, '=', 0);
        if (text_is(text_slice(piece, 0, equals), name))
            return text_slice(piece, equals + 1, piece.len);
    }
    return (ost_text){0};
}

/* Opens the transaction that a step holds. */
static login_transaction transaction_of(fixture *with, const ost_login_step *step)
{
    const ost_login_cookie *cookie = &step->cookies[step->cookie_count - 1];
    login_transaction transaction = {0};
    ost_text packed;
    assert_int_equal(cookie->max_age, 600);
    assert_int_equal(login_seal_open(&with->login->transactions, cookie->name, cookie->value,
                                     with->arena, &packed),
                     OST_OK);
    assert_int_equal(login_unpack_transaction(packed, &transaction), OST_OK);
    return transaction;
}

static void login_url(void **state)
{
    fixture *with = *state;
    ost_login_step step;
    assert_int_equal(ost_login_begin(with->login, BASE, OST_TEXT("/items/?a=1"), NULL,
                                     &with->browser.jar, with->arena, &step),
                     OST_OK);
    assert_true(text_starts(step.location, ISSUER "/auth?response_type=code&"));
    assert_true(text_is(parameter(step.location, "client_id"), "my%20api"));
    assert_true(
        text_is(parameter(step.location, "redirect_uri"), "http%3A%2F%2Flocalhost%3A8000%2Fauth"));
    assert_true(text_is(parameter(step.location, "scope"), "openid"));
    assert_true(text_is(parameter(step.location, "code_challenge_method"), "S256"));
    assert_null(parameter(step.location, "max_age").data);
    assert_null(parameter(step.location, "resource").data);

    login_transaction transaction = transaction_of(with, &step);
    assert_true(text_equal(parameter(step.location, "state"), transaction.state));
    assert_true(text_equal(parameter(step.location, "nonce"), transaction.nonce));
    assert_int_equal(transaction.verifier.len, 43);
    assert_true(text_is(transaction.wanted, "/items/?a=1") && !transaction.demanded);
    assert_true(text_equal(transaction.base, BASE));
    unsigned char digest[32];
    assert_int_equal(ost_sha256(transaction.verifier, digest), OST_OK);
    assert_int_equal(parameter(step.location, "code_challenge").len, 43);
    /* Neither the verifier nor the cookie's content is in the URL. */
    assert_null(memmem(step.location.data, step.location.len, transaction.verifier.data, 43));
}

/* "resource" of RFC 8707 §2.1. */
static void a_resource_is_named(void **state)
{
    fixture *with = *state;
    ost_login_step step;
    with->config.resource = "https://api.example/a?b";
    ost_login *login = fake_login(&with->config);
    assert_int_equal(
        ost_login_begin(login, BASE, OST_TEXT("/"), NULL, &with->browser.jar, with->arena, &step),
        OST_OK);
    assert_true(text_is(parameter(step.location, "resource"), "https%3A%2F%2Fapi.example%2Fa%3Fb"));
    ost_login_free(login);
}

/* RFC 7636 appendix B. */
static void challenge_of_the_rfc(void **state)
{
    (void)state;
    unsigned char digest[32];
    assert_int_equal(ost_sha256(OST_TEXT("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), digest),
                     OST_OK);
    assert_int_equal(digest[0], 19);
    assert_int_equal(digest[31], 195);
}

static void two_tabs_do_not_disturb_each_other(void **state)
{
    fixture *with = *state;
    ost_login_step first, second;
    assert_int_equal(ost_login_begin(with->login, BASE, OST_TEXT("/a"), NULL, &with->browser.jar,
                                     with->arena, &first),
                     OST_OK);
    fake_keep(&with->browser, &first);
    assert_int_equal(ost_login_begin(with->login, BASE, OST_TEXT("/b"), NULL, &with->browser.jar,
                                     with->arena, &second),
                     OST_OK);
    fake_keep(&with->browser, &second);
    assert_int_equal(with->browser.jar.count, 2);
    assert_false(
        text_equal(parameter(first.location, "state"), parameter(second.location, "state")));
    assert_true(text_is(transaction_of(with, &first).wanted, "/a"));
    assert_true(text_is(transaction_of(with, &second).wanted, "/b"));
}

static void wanted_stays_here(void **state)
{
    fixture *with = *state;
    const char *const paths[] = {
        "//evil.example", "/\\evil.example",     "https://evil.example", "/\r\nX: y", "",
        "/auth",          "/auth?code=a&state=b"};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        ost_login_step step;
        assert_int_equal(ost_login_begin(with->login, BASE, text_of(paths[i]), NULL,
                                         &with->browser.jar, with->arena, &step),
                         OST_OK);
        assert_true(text_is(transaction_of(with, &step).wanted, "/"));
    }
}

static void demands(void **state)
{
    fixture *with = *state;
    const char *const values[] = {"gold", "silver plus", NULL};
    const ost_login_demand demand = {.acr_values = values, .max_age = 300};
    ost_login_step step;
    assert_int_equal(ost_login_begin(with->login, BASE, OST_TEXT("/"), &demand, &with->browser.jar,
                                     with->arena, &step),
                     OST_OK);
    assert_true(text_is(parameter(step.location, "acr_values"), "gold%20silver%20plus"));
    assert_true(text_is(parameter(step.location, "max_age"), "300"));
    assert_true(transaction_of(with, &step).demanded);
}

static void over_https_cookies_are_bound_to_the_host(void **state)
{
    fixture *with = *state;
    ost_login_step step;
    assert_int_equal(ost_login_begin(with->login, SECURE, OST_TEXT("/"), NULL, &with->browser.jar,
                                     with->arena, &step),
                     OST_OK);
    assert_true(text_starts(step.cookies[0].name, "__Host-ostiary-login-"));
}

/* A browser that forgets its session would be sent round for ever. */
static void loops_end(void **state)
{
    fixture *with = *state;
    const ost_login_pair pairs[] = {{OST_TEXT("ostiary-back"), OST_TEXT("1")},
                                    {OST_TEXT("ostiary"), OST_TEXT("1.forged")}};
    ost_login_step step = {.cookie_count = 77};
    for (size_t count = 1; count <= 2; count++) {
        const ost_login_jar jar = {pairs, count};
        assert_int_equal(
            ost_login_begin(with->login, BASE, OST_TEXT("/"), NULL, &jar, with->arena, &step),
            OST_E_CONFLICT);
        assert_int_equal(step.cookie_count, 77);
    }
}

static void not_ready(void **state)
{
    fixture *with = *state;
    ost_login *early = NULL;
    ost_login_step step;
    assert_int_equal(ost_login_new(&with->config, &early, NULL), OST_OK);
    assert_false(ost_login_is_ready(early));
    assert_int_equal(
        ost_login_begin(early, BASE, OST_TEXT("/"), NULL, &with->browser.jar, with->arena, &step),
        OST_E_STATE);
    ost_login_free(early);
}

static void many_unfinished_logins(void **state)
{
    fixture *with = *state;
    ost_login_step step;
    for (size_t i = 0; i < 30; i++) {
        assert_int_equal(ost_login_begin(with->login, BASE, OST_TEXT("/"), NULL, &with->browser.jar,
                                         with->arena, &step),
                         OST_OK);
        fake_keep(&with->browser, &step);
        assert_true(with->browser.jar.count <= LOGIN_TRANSACTIONS);
    }
}

static void logout_url(void **state)
{
    fixture *with = *state;
    const ost_login_session session = {.access_token = OST_TEXT("a"),
                                       .id_token = OST_TEXT("i.d.t")};
    const ost_login_pair pairs[] = {{OST_TEXT("ostiary"), OST_TEXT("2.x")},
                                    {OST_TEXT("ostiary-1"), OST_TEXT("y")},
                                    {OST_TEXT("ostiary-back"), OST_TEXT("1")},
                                    {OST_TEXT("theirs"), OST_TEXT("stays")}};
    const ost_login_jar jar = {pairs, 4};
    ost_login_step step;
    assert_int_equal(ost_login_end(with->login, BASE, &session, &jar, with->arena, &step), OST_OK);
    assert_true(text_is(step.location,
                        ISSUER "/logout?client_id=my%20api&post_logout_redirect_uri="
                               "http%3A%2F%2Flocalhost%3A8000%2F&id_token_hint=i.d.t"));
    assert_int_equal(step.cookie_count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(step.cookies[i].max_age, 0);
    /* Without a session there is nothing to hint at and nothing to delete. */
    const ost_login_jar empty = {0};
    assert_int_equal(ost_login_end(with->login, BASE, NULL, &empty, with->arena, &step), OST_OK);
    assert_null(parameter(step.location, "id_token_hint").data);
    assert_int_equal(step.cookie_count, 0);
}

/* Where the provider has no logout, or is not known yet, the session ends here all the same. */
static void logout_without_endpoint(void **state)
{
    fixture *with = *state;
    ost_login *early = NULL;
    ost_login_step step;
    const ost_login_pair pairs[] = {{OST_TEXT("ostiary"), OST_TEXT("1.x")}};
    const ost_login_jar jar = {pairs, 1};
    assert_int_equal(ost_login_new(&with->config, &early, NULL), OST_OK);
    assert_int_equal(ost_login_end(early, BASE, NULL, &jar, with->arena, &step), OST_OK);
    assert_true(text_is(step.location, "http://localhost:8000/"));
    assert_int_equal(step.cookie_count, 1);
    ost_login_free(early);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(login_url),
        TEST(a_resource_is_named),
        TEST(challenge_of_the_rfc),
        TEST(two_tabs_do_not_disturb_each_other),
        TEST(wanted_stays_here),
        TEST(demands),
        TEST(over_https_cookies_are_bound_to_the_host),
        TEST(loops_end),
        TEST(not_ready),
        TEST(many_unfinished_logins),
        TEST(logout_url),
        TEST(logout_without_endpoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
