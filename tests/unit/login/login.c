/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration of a login: what is refused, and what is optional. */
#include "login/login_core.h"
#include "login_fakes.h"

static void refused(const ost_login_config *config)
{
    ost_login *login = NULL;
    ost_error error = {0};
    assert_int_equal(ost_login_new(config, &login, &error), OST_E_CONFIG);
    assert_null(login);
    assert_true(error.detail[0] != '\0');
}

static void incomplete_configurations(void **state)
{
    (void)state;
    ost_login_config config = {0};
    refused(&config);
    config = fake_config(), config.issuer = NULL, refused(&config);
    config = fake_config(), config.issuer = "http://idp.example", refused(&config);
    config = fake_config(), config.client_id = "", refused(&config);
    config = fake_config(), config.redirect_path = NULL, refused(&config);
    config = fake_config(), config.redirect_path = "auth", refused(&config);
    config = fake_config(), config.redirect_path = "/auth?x", refused(&config);
    config = fake_config(), config.cookie_name = "", refused(&config);
    config = fake_config(), config.cookie_name = "a;b", refused(&config);
    config = fake_config(), config.cookie_name = "a=b", refused(&config);
    config = fake_config(), config.cookie_name = "0123456789012345678901234567890123",
    refused(&config);
    config = fake_config(), config.secret = (ost_text){0}, refused(&config);
    config = fake_config(), config.secret.len = 31, refused(&config);
    config = fake_config(), config.older_secret = OST_TEXT("short"), refused(&config);
    config = fake_config(), config.guard = NULL, refused(&config);
}

/* "an absolute URI ... MUST NOT include a fragment component" (RFC 8707 §2). */
static void resources(void **state)
{
    (void)state;
    static char long_one[2100];
    memset(long_one, 'a', sizeof long_one - 1);
    memcpy(long_one, "urn:", 4);
    const char *const good[] = {"https://api.example", "https://api.example/a?b=c%20d",
                                "urn:example:api", "api://a1b2/c.d", "https://[::1]:8443/"};
    const char *const bad[] = {"",
                               "api",
                               "/api",
                               "//api.example",
                               ":x",
                               "https:",
                               "1a:b",
                               "https://api.example#",
                               "https://api.example/#a",
                               "https://api.example/a b",
                               " https://api.example",
                               "https://api.example\n",
                               "https://api.example/\xc3\xa9",
                               "https://api.example/%",
                               "https://api.example/%4",
                               "https://api.example/%zz",
                               "https://api.example/\"",
                               "https://api.example/\\",
                               "https://api.example,https://b.example\x7f",
                               long_one};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ost_login_config config = fake_config();
        config.resource = good[i];
        ost_login *login = fake_login(&config);
        assert_string_equal(login->resource, good[i]);
        ost_login_free(login);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ost_login_config config = fake_config();
        config.resource = bad[i];
        refused(&config);
    }
}

/* Without a client nobody logs in, but the endpoints can be told. */
static void endpoints_only(void **state)
{
    (void)state;
    const ost_login_config config = {.issuer = ISSUER};
    ost_arena *arena = ost_arena_new(1 << 16);
    ost_text authorization, token;
    ost_login *login = NULL;
    ost_login_step step;
    ost_login_session session;
    const ost_login_jar jar = {0};
    assert_int_equal(ost_login_new(&config, &login, NULL), OST_OK);
    assert_int_equal(ost_login_describe(login, arena, &authorization, &token), OST_E_STATE);
    fake_run_timer();
    fake_answer(200, OST_TEXT(DISCOVERY));
    assert_int_equal(ost_login_describe(login, arena, &authorization, &token), OST_OK);
    assert_true(text_is(authorization, ISSUER "/auth"));
    assert_true(text_is(token, ISSUER "/token"));
    assert_int_equal(ost_login_begin(login, BASE, OST_TEXT("/"), NULL, &jar, arena, &step),
                     OST_E_STATE);
    assert_int_equal(ost_login_open(login, BASE, &jar, arena, &session), OST_E_NOT_FOUND);
    assert_int_equal(ost_login_end(login, BASE, NULL, &jar, arena, &step), OST_E_STATE);
    ost_login_free(login);
    ost_arena_free(arena);
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    const ost_login_config config = fake_config();
    ost_login *login = NULL;
    for (uint64_t n = 1; login == NULL && n < 100; n++) {
        memory_fail_at(n);
        ost_result result = ost_login_new(&config, &login, NULL);
        memory_fail_at(0);
        assert_true(result == OST_OK || (result == OST_E_MEMORY && login == NULL));
    }
    assert_non_null(login);
    ost_login_free(login);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(incomplete_configurations),
        cmocka_unit_test(resources),
        cmocka_unit_test(endpoints_only),
        cmocka_unit_test(every_allocation_fails_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
