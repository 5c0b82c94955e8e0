/* SPDX-License-Identifier: Apache-2.0 */
/* Scopes of a grant: what is always there, what must be asked for, what is refused. */
#include "fixture.h"

static fixture *f;

static void assert_scope(const char *client, const char *requested, const char *granted)
{
    call *c = fixture_call(f, "x", client);
    grant g = {.client = c->client};
    bool fine = grant_choose_scopes(c, text_of(requested), &g);
    assert_int_equal(fine, granted != NULL);
    if (!fine) {
        assert_int_equal(c->error.status, 400);
        assert_string_equal(c->error.error, "invalid_scope");
        assert_string_equal(c->error.description, call_format(c, "Invalid scopes: %s", requested));
        return;
    }
    assert_string_equal(call_format(c, "%.*s", (int)g.scope.len, g.scope.data), granted);
}

static void defaults_are_always_there(void **state)
{
    (void)state;
    assert_scope("web", "", "a");
    assert_scope("web", "a", "a");
    assert_scope("web", "hidden", "a");
    assert_scope("none", "", "");
}

static void optional_ones_when_asked_for(void **state)
{
    (void)state;
    assert_scope("web", "b", "a b");
    assert_scope("web", "openid b b  a", "openid a b");
    assert_scope("none", "openid", "openid");
}

static void others_are_refused_as_a_whole(void **state)
{
    (void)state;
    assert_scope("web", "b nothing", NULL);
    assert_scope("web", "A", NULL);
    assert_scope("web", "openid\tb", NULL);
    assert_scope("none", "a", NULL);
    assert_scope("web", "OPENID", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_always_there),
        cmocka_unit_test(optional_ones_when_asked_for),
        cmocka_unit_test(others_are_refused_as_a_whole),
    };
    f = fixture_new();
    int failed = cmocka_run_group_tests_name("scope", tests, NULL, NULL);
    fixture_free(f);
    return failed;
}
