/* SPDX-License-Identifier: Apache-2.0 */
/* Individual claims: what is kept of the parameter, and what the mappers make of it. */
#include "provider/session/requested_claims.h"

#include "base/array.h"
#include "fixture.h"
#include "store/session/store_session.h"

static fixture *f;

static bool keep(call *c, ost_text claims, ost_text *ret_kept)
{
    http_pair *pair = ost_arena_alloc(c->arena, sizeof *pair);
    assert_non_null(pair);
    *pair = (http_pair){OST_TEXT("claims"), claims};
    c->form = (http_form){.pairs = pair, .count = 1};
    return requested_claims_read(c, c->client, ret_kept);
}

#define INTENT "{\"id_token\":{\"intent\":{\"essential\":true,\"value\":\"%.*s\"}}}"
#define ESSENTIAL "{\"essential\":true}"

static void what_mappers_answer_is_kept(void **state)
{
    static const struct {
        const char *client, *claims, *kept;
    } cases[] = {
        {"web", "", ""},
        {"web", "garbage", ""},
        {"web", "[]", ""},
        {"web", "null", ""},
        {"web", "{\"id_token\":null,\"userinfo\":[\"name\"]}", ""},
        {"web", "{\"id_token\":{\"name\":null,\"email\":{\"essential\":false}}}", ""},
        {"web", "{\"id_token\":{\"name\":\"essential\",\"email\":{\"essential\":\"true\"}}}", ""},
        {"web", "{\"id_token\":{\"phone_number\":" ESSENTIAL "}}", ""},
        {"web", "{\"id_token\":{\"name\":" ESSENTIAL "},\"id_token\":{}}", ""},
        {"web", "{\"other\":{\"id_token\":{\"name\":" ESSENTIAL "}}}", ""},
        {"web", "{\"id_token\":{\"sub\":{\"essential\":true,\"value\":\"x\"}}}", ""},
        {"web", "{\"id_token\":{\"acr.x\":{\"essential\":true,\"value\":\"x\"}}}", ""},
        {"web", "{\"userinfo\":{\"intent\":{\"essential\":true,\"value\":\"x\"}}}", ""},
        {"web", "{\"id_token\":{\"intent\":{\"essential\":true,\"value\":7}}}", ""},
        {"web", "{\"id_token\":{\"intent\":{\"value\":\"x\"}}}", ""},
        {"deaf", "{\"id_token\":{\"name\":" ESSENTIAL "}}", ""},
        {"by_scope", "{\"id_token\":{\"name\":" ESSENTIAL ",\"nick\":" ESSENTIAL "}}",
         "{\"id_token\":{\"name\":" ESSENTIAL "}}"},
        {"web",
         "{\"id_token\":{\"intent\":{\"essential\":true,\"value\":\"x\",\"values\":[1],\"a\":{}}},"
         "\"userinfo\":{\"email\":" ESSENTIAL "}}",
         "{\"id_token\":{\"intent\":{\"essential\":true,\"value\":\"x\"}},"
         "\"userinfo\":{\"email\":" ESSENTIAL "}}"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ost_text kept;
        call *c = fixture_call(f, "x", cases[i].client);
        assert_true(keep(c, text_of(cases[i].claims), &kept));
        if (!text_is(kept, cases[i].kept))
            fail_msg("%s: %.*s", cases[i].claims, OST_FORMAT(kept));
    }
}

static void more_than_is_kept_is_refused(void **state)
{
    static char value[6000];
    ost_text kept;
    call *c = fixture_call(f, "x", "web");
    (void)state;
    memset(value, 'x', sizeof value);
    assert_true(keep(c, text_of(call_format(c, INTENT, 4000, value)), &kept));
    assert_true(kept.len > 4000);
    assert_false(keep(c, text_of(call_format(c, INTENT, 4090, value)), &kept));
}

static ost_text id_token(call *c, const char *claims)
{
    ost_text kept;
    minted m;
    store_client_session part = {0};
    grant g = fixture_grant(c, "ann", "openid");
    assert_true(keep(c, text_of(claims), &kept));
    part.notes = requested_claims_notes(c, &(reached_level){.proved = true}, kept);
    g.requested = requested_claims_of(c, &part);
    assert_true(mint_tokens(c, &g, false, &m));
    assert_string_equal(fixture_claim(c, m.access_token, "email"), "");
    return m.id_token;
}

/* The notes bring them from the login to the token endpoint. */
static void tokens_have_what_was_asked_for(void **state)
{
    static const struct {
        const char *claims, *name, *value;
    } cases[] = {
        {"{\"id_token\":{\"email\":" ESSENTIAL "}}", "email", "\"ann@example.com\""},
        {"{\"id_token\":{\"given_name\":" ESSENTIAL "}}", "given_name", "\"Ann\""},
        {"{\"id_token\":{\"name\":" ESSENTIAL "}}", "name", "\"Ann\""},
        {"{\"id_token\":{\"preferred_username\":" ESSENTIAL "}}", "preferred_username", "\"ann\""},
        {"{\"id_token\":{\"family_name\":" ESSENTIAL "}}", "family_name", ""},
        {"{\"userinfo\":{\"email\":" ESSENTIAL "}}", "email", ""},
        {"{\"id_token\":{\"intent\":{\"essential\":true,\"value\":\"\\\"x\"}}}", "intent",
         "\"\\\"x\""},
        {"{\"id_token\":{\"acr.x\":{\"essential\":true,\"value\":\"9\"}}}", "acr", ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        call *c = fixture_call(f, "x", "web");
        const char *seen = fixture_claim(c, id_token(c, cases[i].claims), cases[i].name);
        if (strcmp(seen, cases[i].value) != 0)
            fail_msg("%s: %s", cases[i].claims, seen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_mappers_answer_is_kept),
        cmocka_unit_test(more_than_is_kept_is_refused),
        cmocka_unit_test(tokens_have_what_was_asked_for),
    };
    f = fixture_new();
    int failed = cmocka_run_group_tests_name("provider-requested_claims", tests, NULL, NULL);
    fixture_free(f);
    return failed;
}
