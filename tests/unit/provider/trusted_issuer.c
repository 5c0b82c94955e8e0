/* SPDX-License-Identifier: Apache-2.0 */
/* Which identity providers are issuers of assertions, for whom, and how strict they are unless told
 * otherwise. */
#include "provider/proof/trusted_issuer.h"

#include "base/text.h"
#include "test.h"

#define KIND "\"providerId\":\"jwt-authorization-grant\","

static ost_arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = ost_arena_new(1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ost_arena_free(arena);
    return 0;
}

static const ost_json *json(const char *text)
{
    const ost_json *value = NULL;
    assert_int_equal(ost_json_read(text_of(text), NULL, arena, &value, NULL), OST_OK);
    return value;
}

static size_t count(const char *providers)
{
    trusted_issuers issuers = trusted_issuers_load(json(providers), arena);
    size_t count = issuers.count;
    trusted_issuers_clear(&issuers);
    return count;
}

static void only_what_is_configured_is_trusted(void **state)
{
    (void)state;
    assert_int_equal(count("[{\"alias\":\"a\"," KIND "\"config\":{\"issuer\":\"i\"}}]"), 1);
    assert_int_equal(count("[{\"alias\":\"a\",\"providerId\":\"oidc\",\"config\":{\"issuer\":\"i\","
                           "\"jwtAuthorizationGrantEnabled\":\"true\"}}]"),
                     1);
    static const char *const none[] = {
        "{}",
        "7",
        "[7,null,[]]",
        "[{\"alias\":\"a\"," KIND "\"config\":{}}]",
        "[{" KIND "\"config\":{\"issuer\":\"i\"}}]",
        "[{\"alias\":\"a\"," KIND "\"enabled\":false,\"config\":{\"issuer\":\"i\"}}]",
        "[{\"alias\":\"a\"," KIND "\"enabled\":\"x\",\"config\":{\"issuer\":\"i\"}}]",
        "[{\"alias\":\"a\"," KIND "\"config\":{\"issuer\":\"i\","
        "\"jwtAuthorizationGrantEnabled\":\"false\"}}]",
        "[{\"alias\":\"a\",\"providerId\":\"oidc\",\"config\":{\"issuer\":\"i\"}}]",
        "[{\"alias\":\"a\",\"providerId\":\"saml\",\"config\":{\"issuer\":"
        "\"i\",\"jwtAuthorization"
        "GrantEnabled\":\"true\"}}]",
    };
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_int_equal(count(none[i]), 0);
}

static void what_is_not_said_is_strict(void **state)
{
    (void)state;
    trusted_issuers issuers = trusted_issuers_load(
        json("[{\"alias\":\"a\"," KIND "\"config\":{\"issuer\":\"i\"}},"
             "{\"alias\":\"b\"," KIND "\"config\":{\"issuer\":\"j\","
             "\"jwtAuthorizationGrantMaxAllowedAssertionExpiration\":\"99999999\","
             "\"jwtAuthorizationGrantAllowedClockSkew\":\"-1\","
             "\"jwtAuthorizationGrantAssertionSignatureAlg\":\"HS256\"}},"
             "{\"alias\":\"c\"," KIND "\"config\":{\"issuer\":\"j\"}}]"),
        arena);
    assert_int_equal(issuers.count, 3);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(issuers.list[i].max_lifetime, 300);
        assert_int_equal(issuers.list[i].leeway, 0);
        assert_false(issuers.list[i].reusable);
        assert_null(issuers.list[i].keys);
        assert_null(issuers.list[i].single_key);
    }
    assert_int_equal(issuers.list[0].algorithms, OST_ALGS_DEFAULT);
    assert_int_equal(issuers.list[1].algorithms, 0);
    assert_ptr_equal(trusted_issuers_find(&issuers, OST_TEXT("i")), &issuers.list[0]);
    assert_null(trusted_issuers_find(&issuers, OST_TEXT("j"))); /* two */
    assert_null(trusted_issuers_find(&issuers, OST_TEXT("I")));
    assert_null(trusted_issuers_find(&issuers, (ost_text){0}));
    trusted_issuers_clear(&issuers);
}

static bool serves(const char *alias, const char *aliases)
{
    const trusted_issuer issuer = {.alias = text_of(alias)};
    const char *text = ost_arena_format(
        arena, "{\"attributes\":{\"oauth2.jwt.authorization.grant.idp\":\"%s\"}}", aliases);
    return trusted_issuer_serves(&issuer, json(text));
}

static void a_client_names_its_issuers(void **state)
{
    (void)state;
    assert_true(serves("a", "a"));
    assert_true(serves("a", "b##a"));
    assert_true(serves("a", "a##b"));
    assert_true(serves("b#c", "a##b#c##d"));
    assert_false(serves("a", ""));
    assert_false(serves("a", "ab##ba##A"));
    assert_false(serves("a", "a#b"));
    assert_false(serves("b", "a#b"));
    assert_false(serves("a", "#a"));
    assert_false(trusted_issuer_serves(&(trusted_issuer){.alias = OST_TEXT("a")}, json("{}")));
}

static bool audience(const char *attribute, ost_text *ret)
{
    const trusted_issuer issuer = {.alias = OST_TEXT("a")};
    const char *text = ost_arena_format(
        arena, "{\"attributes\":{\"oauth2.jwt.authorization.grant.audience\":\"%s\"}}", attribute);
    return trusted_issuer_audience(&issuer, json(text), arena, ret);
}

static void a_client_may_have_an_audience_of_its_own(void **state)
{
    ost_text own;
    (void)state;
    assert_true(audience("", &own) && own.len == 0);
    assert_true(audience("[]", &own) && own.len == 0);
    assert_true(audience("[{\\\"key\\\":\\\"b\\\",\\\"value\\\":\\\"x\\\"}]", &own) &&
                own.len == 0);
    assert_true(audience("[{\\\"key\\\":\\\"a\\\",\\\"value\\\":\\\"x\\\"}]", &own));
    assert_true(text_is(own, "x"));
    assert_false(audience("{}", &own));
    assert_false(audience("x", &own));
    assert_false(audience("[{\\\"key\\\":\\\"a\\\"}]", &own));
    assert_false(audience("[{\\\"key\\\":\\\"a\\\",\\\"value\\\":\\\"\\\"}]", &own));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_configured_is_trusted),
        cmocka_unit_test(what_is_not_said_is_strict),
        cmocka_unit_test(a_client_names_its_issuers),
        cmocka_unit_test(a_client_may_have_an_audience_of_its_own),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
