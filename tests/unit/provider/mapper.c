/* SPDX-License-Identifier: Apache-2.0 */
/* Protocol mappers: one client with one mapper of each kind, and what they write. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fixture.h"

#include "base/array.h"
#include "store/store.h"

static fixture *f;

static ost_text access_token(call *c, const char *username)
{
    grant g = fixture_grant(c, username, "");
    minted m;
    assert_true(mint_tokens(c, &g, false, &m));
    return m.access_token;
}

static void each_mapper_writes_its_claim(void **state)
{
    static const struct {
        const char *claim, *value;
    } expected[] = {
        {"age", "41"},
        {"not_int", ""},
        {"agent", "7"},
        {"below", "-12345678901"},
        {"beyond", ""},
        {"fraction", ""},
        {"bool", "true"},
        {"data", "{\"k\":1}"},
        {"first_word", "\"x\""},
        {"calls", "\"Ann\""},
        {"deep", "{\"words\":[\"x\",\"y\"]}"},
        {"verified", "false"},
        {"name", "\"Ann\""},
        {"address", "{\"street_address\":\"Main St\",\"country\":\"NO\"}"},
        {"groups", "[\"/a/b\"]"},
        {"teams", "[\"b\",\"x\",\"y\"]"},
        {"roles", "[\"R_r\",\"R_extra\",\"x\",\"y\"]"},
        {"access", "{\"my.api\":{\"roles\":[\"read\",\"write\"]}}"},
        {"aud", "[\"urn:x\",\"my.api\",\"by-name\"]"},
        {"list", "[1,{}]"},
        {"login_at", "1699999990"},
        {"allowed-origins", "[\"https://a.example\"]"},
        {"never", ""},
        {"off", ""},
    };
    call *c = fixture_call(f, "x", "web");
    ost_text token = access_token(c, "ann");
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        const char *seen = fixture_claim(c, token, expected[i].claim);
        if (strcmp(seen, expected[i].value) != 0)
            fail_msg("%s: %s instead of %s", expected[i].claim, seen, expected[i].value);
    }
}

static void what_a_user_lacks_is_left_out(void **state)
{
    static const char *const absent[] = {"age",   "bool", "data",   "deep",
                                         "calls", "name", "groups", NULL};
    call *c = fixture_call(f, "x", "web");
    ost_text token = access_token(c, "bare");
    (void)state;
    for (size_t i = 0; absent[i] != NULL; i++)
        assert_string_equal(fixture_claim(c, token, absent[i]), "");
    assert_string_equal(fixture_claim(c, token, "address"), "{}");
    assert_string_equal(fixture_claim(c, token, "roles"), "[\"R_extra\"]");
}

/* Files of Keycloak before 24 do not say where these mappers work. */
static void older_files_resolve_audiences_too(void **state)
{
    call *c = fixture_call(f, "x", "old");
    (void)state;
    assert_string_equal(fixture_claim(c, access_token(c, "ann"), "aud"), "\"my.api\"");
}

/* Before any is added: what a mapper adds keeps its name. */
static void roles_get_other_names(void **state)
{
    call *c = fixture_call(f, "x", "renaming");
    ost_text token = access_token(c, "ann"), bare = access_token(c, "bare");
    (void)state;
    assert_string_equal(fixture_claim(c, token, "roles"), "[\"s\"]");
    assert_string_equal(fixture_claim(c, token, "of"),
                        "{\"old\":[\"see\"],\"my.api\":[\"write\"]}");
    assert_string_equal(fixture_claim(c, bare, "roles"), "");
    assert_string_equal(fixture_claim(c, bare, "of"), "{\"my.api\":[\"write\"]}");
}

/* A store whose sessions cannot be read. */
static store *store_without_sessions(const char *path)
{
    store *broken;
    sqlite3 *file;
    ost_error error;
    assert_int_equal(store_open(path, &broken, &error), OST_OK);
    assert_int_equal(sqlite3_open(path, &file), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(file, "ALTER TABLE session RENAME TO elsewhere", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(file), SQLITE_OK);
    return broken;
}

/* Where the session cannot be read the call is refused; where there is none the claim is absent. */
static void a_note_that_cannot_be_read_is_not_missing(void **state)
{
    char folder[] = "/tmp/mapper-XXXXXX";
    call *c = fixture_call(f, "x", "web");
    store *whole = f->provider.store;
    grant g = fixture_grant(c, "ann", "");
    minted m;
    (void)state;
    g.auth_time = 0;
    g.session_id = "00000000-0000-4000-8000-000000000000";
    assert_true(mint_tokens(c, &g, false, &m));
    assert_string_equal(fixture_claim(c, m.access_token, "login_at"), "");
    assert_non_null(mkdtemp(folder));
    const char *path = call_format(c, "%s/store", folder);
    f->provider.store = store_without_sessions(path);
    assert_false(mint_tokens(c, &g, false, &m));
    assert_int_equal(c->error.status, 503);
    assert_string_equal(c->error.error, "temporarily_unavailable");
    store_close(f->provider.store);
    f->provider.store = whole;
    assert_int_equal(remove(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mapper_writes_its_claim),
        cmocka_unit_test(what_a_user_lacks_is_left_out),
        cmocka_unit_test(older_files_resolve_audiences_too),
        cmocka_unit_test(roles_get_other_names),
        cmocka_unit_test(a_note_that_cannot_be_read_is_not_missing),
    };
    f = fixture_new();
    int failed = cmocka_run_group_tests_name("mapper", tests, NULL, NULL);
    fixture_free(f);
    return failed;
}
