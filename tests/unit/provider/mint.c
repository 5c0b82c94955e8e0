/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens: claims in Keycloak's order, lifetimes within the session's, kinds that differ. */
#include "fixture.h"

static fixture *f;

static minted mint(call *c, const grant *g, bool refresh)
{
    minted m;
    assert_true(mint_tokens(c, g, refresh, &m));
    return m;
}

static void claims_stand_in_keycloaks_order(void **state)
{
    call *c = fixture_call(f, "x", "web");
    grant g = fixture_grant(c, "ann", "openid");
    (void)state;
    g.interactive = true;
    g.nonce = OST_TEXT("n");
    minted m = mint(c, &g, true);
    const char *access = fixture_names(c, fixture_claims(c, m.access_token));
    const char *first = "exp iat auth_time jti iss aud sub typ azp nonce session_state acr "
                        "allowed-origins realm_access resource_access scope sid ";
    assert_memory_equal(access, first, strlen(first));
    const char *id = fixture_names(c, fixture_claims(c, m.id_token));
    first = "exp iat auth_time jti iss aud sub typ azp nonce session_state at_hash acr sid ";
    assert_memory_equal(id, first, strlen(first));
    assert_null(strstr(id, "realm_access"));
    assert_string_equal(fixture_names(c, fixture_claims(c, m.refresh_token)),
                        "exp iat auth_time jti iss aud sub typ azp nonce session_state scope sid");
}

static void a_direct_grant_has_no_login_time(void **state)
{
    call *c = fixture_call(f, "x", "web");
    grant g = fixture_grant(c, "ann", "openid");
    (void)state;
    minted m = mint(c, &g, true);
    assert_string_equal(fixture_claim(c, m.access_token, "auth_time"), "");
    assert_string_equal(fixture_claim(c, m.id_token, "auth_time"), "0");
}

static void kinds_and_lifetimes_are_nobody_elses_to_choose(void **state)
{
    call *c = fixture_call(f, "x", "web");
    grant g = fixture_grant(c, "ann", "openid");
    (void)state;
    minted m = mint(c, &g, true);
    assert_string_equal(fixture_claim(c, m.id_token, "typ"), "\"ID\"");
    assert_string_equal(fixture_claim(c, m.refresh_token, "typ"), "\"Refresh\"");
    assert_string_equal(fixture_claim(c, m.access_token, "exp"), "1700000300");
    assert_string_equal(fixture_claim(c, m.id_token, "exp"), "1700000300");
}

static void the_audience_is_what_the_roles_are_of(void **state)
{
    call *c = fixture_call(f, "x", "web");
    grant g = fixture_grant(c, "ann", "openid");
    (void)state;
    minted m = mint(c, &g, false);
    assert_string_equal(fixture_claim(c, m.access_token, "aud"), "\"api\"");
    assert_string_equal(fixture_claim(c, m.id_token, "aud"), "\"web\"");
    assert_string_equal(fixture_claim(c, m.access_token, "resource_access"),
                        "{\"api\":{\"roles\":[\"read\"]},\"web\":{\"roles\":[\"own\"]}}");
    assert_string_equal(fixture_claim(c, m.access_token, "allowed-origins"),
                        "[\"https://web.example\"]");
    g = fixture_grant(c, "bare", "");
    m = mint(c, &g, false);
    assert_string_equal(fixture_claim(c, m.access_token, "aud"), "");
    assert_string_equal(fixture_claim(c, m.access_token, "realm_access"), "");
}

static void no_token_outlives_its_session(void **state)
{
    call *c = fixture_call(f, "x", "web");
    grant g = fixture_grant(c, "ann", "openid");
    (void)state;
    g.session_ends = c->now + 7;
    minted m = mint(c, &g, true);
    assert_int_equal(m.expires_in, 7);
    assert_int_equal(m.refresh_expires_in, 7);
    assert_string_equal(fixture_claim(c, m.access_token, "exp"), "1700000007");
    assert_string_equal(fixture_claim(c, m.id_token, "exp"), "1700000007");
    assert_string_equal(fixture_claim(c, m.refresh_token, "exp"), "1700000007");
}

static void lifetimes_come_from_grant_client_realm(void **state)
{
    call *c = fixture_call(f, "x", "api");
    grant g = fixture_grant(c, "ann", "");
    (void)state;
    assert_int_equal(mint(c, &g, false).expires_in, 60);
    g.lifespan = 900;
    assert_int_equal(mint(c, &g, false).expires_in, 900);
}

static void an_account_of_its_own_has_no_session(void **state)
{
    call *c = fixture_call(f, "x", "web");
    grant g = fixture_grant(c, NULL, "");
    (void)state;
    minted m = mint(c, &g, false);
    const char *names = fixture_names(c, fixture_claims(c, m.access_token));
    assert_null(strstr(names, "session_state"));
    assert_null(strstr(names, "sid"));
    assert_string_equal(fixture_claim(c, m.access_token, "client_id"), "\"web\"");
    assert_string_equal(fixture_claim(c, m.access_token, "clientAddress"), "\"127.0.0.1\"");
    assert_string_equal(fixture_claim(c, m.access_token, "preferred_username"),
                        "\"service-account-web\"");
    assert_true(mint_answer(c, &g, &m));
    assert_null(strstr(c->answer.data, "\"refresh_token\""));
    assert_null(strstr(c->answer.data, "session_state"));
    assert_non_null(strstr(c->answer.data, "\"refresh_expires_in\":0"));
}

static void hashes_bind_an_id_token_to_what_comes_with_it(void **state)
{
    call *c = fixture_call(f, "x", "web");
    grant g = fixture_grant(c, "ann", "openid");
    ost_text id_token;
    (void)state;
    g.state = OST_TEXT("state");
    assert_true(mint_id_token(c, &g, OST_TEXT("token"), OST_TEXT("code"), c->now + 5, &id_token));
    const char *names = fixture_names(c, fixture_claims(c, id_token));
    assert_non_null(strstr(names, "at_hash c_hash acr s_hash sid"));
    assert_int_equal(strlen(fixture_claim(c, id_token, "at_hash")), 22 + 2);
}

static void every_token_has_an_id_of_its_own(void **state)
{
    call *c = fixture_call(f, "x", "web");
    grant g = fixture_grant(c, "ann", "openid");
    (void)state;
    minted m = mint(c, &g, true), again = mint(c, &g, true);
    assert_string_not_equal(fixture_claim(c, m.access_token, "jti"),
                            fixture_claim(c, m.id_token, "jti"));
    assert_string_not_equal(fixture_claim(c, m.refresh_token, "jti"),
                            fixture_claim(c, again.refresh_token, "jti"));
    const char *jti = call_format(c, "\"%.*s\"", (int)m.refresh_id.len, m.refresh_id.data);
    assert_string_equal(fixture_claim(c, m.refresh_token, "jti"), jti);
}

static void userinfo_tells_of_the_person_alone(void **state)
{
    call *c = fixture_call(f, "x", "web");
    grant g = fixture_grant(c, "ann", "openid");
    ost_text json;
    const ost_json *read;
    (void)state;
    assert_true(mint_userinfo(c, &g, &json));
    assert_int_equal(ost_json_read(json, NULL, c->arena, &read, NULL), OST_OK);
    const char *names = fixture_names(c, read);
    assert_memory_equal(names, "sub ", 4);
    assert_non_null(strstr(names, "preferred_username"));
    assert_null(strstr(names, "acr"));
    assert_null(strstr(names, "realm_access"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_stand_in_keycloaks_order),
        cmocka_unit_test(a_direct_grant_has_no_login_time),
        cmocka_unit_test(kinds_and_lifetimes_are_nobody_elses_to_choose),
        cmocka_unit_test(the_audience_is_what_the_roles_are_of),
        cmocka_unit_test(no_token_outlives_its_session),
        cmocka_unit_test(lifetimes_come_from_grant_client_realm),
        cmocka_unit_test(an_account_of_its_own_has_no_session),
        cmocka_unit_test(hashes_bind_an_id_token_to_what_comes_with_it),
        cmocka_unit_test(every_token_has_an_id_of_its_own),
        cmocka_unit_test(userinfo_tells_of_the_person_alone),
    };
    f = fixture_new();
    int failed = cmocka_run_group_tests_name("mint", tests, NULL, NULL);
    fixture_free(f);
    return failed;
}
