/* SPDX-License-Identifier: Apache-2.0 */
/* What users have granted: scopes gather, a withdrawal ends what the client has, and nothing of
 * anybody else. */
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "store/grant/store_code.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"
#include "store/realm/store_realm_change.h"
#include "store/session/store_session.h"
#include "store/store.h"
#include "store/user/store_consent.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"
#include "temporary.h"
#include "test.h"

static store *db;
static ost_arena *arena;

static const store_consent given = {
    .client = {"imported", 8},
    .scopes = {"profile roles", 13},
    .created = 1700000000123,
    .updated = 1700000000456,
};
static const store_user users[] = {
    {.id = {"u1", 2},
     .realm = {"r", 1},
     .username = {"alice", 5},
     .document = {"{}", 2},
     .enabled = true,
     .consents = &given,
     .consent_count = 1},
    {.id = {"u2", 2}, .realm = {"r", 1}, .username = {"bob", 3}, .document = {"{}", 2}},
};

static ost_result log_in(const char *session, const char *user, const char *client)
{
    const store_session s = {.id = text_of(session),
                             .realm = OST_TEXT("r"),
                             .user_id = text_of(user),
                             .ends = 1000,
                             .idle_ends = 500,
                             .notes = OST_TEXT("{}")};
    const store_client_session part = {
        .session_id = text_of(session), .client_id = text_of(client), .notes = OST_TEXT("{}")};
    const store_code code = {.id = text_of(ost_arena_format(arena, "%s-%s", session, client)),
                             .realm = OST_TEXT("r"),
                             .session_id = text_of(session),
                             .client_id = text_of(client),
                             .expires = 100};
    return store_login(db, &s, &part, &code);
}

static int setup(void **state)
{
    const store_realm realm = {OST_TEXT("id"), OST_TEXT("r"), OST_TEXT("{}"), 1};
    (void)state;
    arena = ost_arena_new(1 << 20);
    return store_open(temporary_store(), &db, NULL) == OST_OK &&
                   store_realm_create(db, &realm, users, 2, NULL, 0, NULL) == OST_OK &&
                   log_in("s1", "u1", "app") == OST_OK && log_in("s1", "u1", "other") == OST_OK &&
                   log_in("s2", "u2", "app") == OST_OK
               ? 0
               : -1;
}

static int teardown(void **state)
{
    (void)state;
    store_close(db);
    ost_arena_free(arena);
    return 0;
}

static store_consent consent_of(const char *user, const char *scopes, int64_t time)
{
    return (store_consent){.realm = OST_TEXT("r"),
                           .user_id = text_of(user),
                           .client = OST_TEXT("app-uuid"),
                           .scopes = text_of(scopes),
                           .created = time,
                           .updated = time};
}

static void grant(const char *user, const char *scopes, int64_t time)
{
    const store_consent consent = consent_of(user, scopes, time);
    assert_int_equal(store_consent_grant(db, &consent, arena), OST_OK);
}

static void what_is_granted_gathers(void **state)
{
    store_consent read;
    (void)state;
    grant("u1", "profile email", 1000);
    grant("u1", "email address", 2000);
    assert_int_equal(
        store_consent_get(db, OST_TEXT("r"), OST_TEXT("u1"), OST_TEXT("app-uuid"), arena, &read),
        OST_OK);
    assert_true(text_is(read.scopes, "profile email address"));
    assert_int_equal(read.created, 1000);
    assert_int_equal(read.updated, 2000);
    assert_int_equal(
        store_consent_get(db, OST_TEXT("r"), OST_TEXT("u2"), OST_TEXT("app-uuid"), arena, &read),
        OST_E_NOT_FOUND);
}

static void nobody_who_is_not_there_grants(void **state)
{
    const store_consent consent = consent_of("nobody", "profile", 1000);
    (void)state;
    assert_int_equal(store_consent_grant(db, &consent, arena), OST_E_NOT_FOUND);
}

static void one_consent_has_a_ceiling(void **state)
{
    store_consent consent = consent_of("u1", "", 1000), read;
    char *many = malloc(CONSENT_MAX + 1);
    (void)state;
    assert_non_null(many);
    memset(many, 'x', CONSENT_MAX + 1);
    consent.scopes = (ost_text){many, CONSENT_MAX + 1};
    assert_int_equal(store_consent_grant(db, &consent, arena), OST_E_CEILING);
    free(many);
    assert_int_equal(
        store_consent_get(db, OST_TEXT("r"), OST_TEXT("u1"), OST_TEXT("app-uuid"), arena, &read),
        OST_E_NOT_FOUND);
}

static void a_new_user_brings_theirs(void **state)
{
    store_consent *list;
    size_t count;
    (void)state;
    grant("u1", "profile", 1000);
    assert_int_equal(store_consent_list(db, OST_TEXT("r"), OST_TEXT("u1"), arena, &list, &count),
                     OST_OK);
    assert_int_equal(count, 2);
    assert_true(text_is(list[0].client, "app-uuid"));
    assert_true(text_is(list[1].client, "imported"));
    assert_true(text_is(list[1].scopes, "profile roles"));
    assert_int_equal(list[1].created, given.created);
    assert_int_equal(list[1].updated, given.updated);
}

static bool has_part(const char *session, const char *client)
{
    store_client_session part;
    return store_client_session_get(db, text_of(session), text_of(client), arena, &part) == OST_OK;
}

static void a_withdrawal_ends_what_the_client_has_of_the_user(void **state)
{
    store_code code;
    store_session session;
    (void)state;
    grant("u1", "profile", 1000);
    grant("u2", "profile", 1000);
    assert_int_equal(store_consent_revoke(db, OST_TEXT("r"), OST_TEXT("u1"), OST_TEXT("app-uuid"),
                                          OST_TEXT("app")),
                     OST_OK);
    assert_false(has_part("s1", "app"));
    assert_true(has_part("s1", "other"));
    assert_true(has_part("s2", "app"));
    assert_int_equal(store_code_take(db, OST_TEXT("r"), OST_TEXT("s1-app"), arena, &code),
                     OST_E_NOT_FOUND);
    assert_int_equal(store_code_take(db, OST_TEXT("r"), OST_TEXT("s1-other"), arena, &code),
                     OST_OK);
    assert_int_equal(store_code_take(db, OST_TEXT("r"), OST_TEXT("s2-app"), arena, &code), OST_OK);
    assert_int_equal(store_session_get(db, OST_TEXT("r"), OST_TEXT("s1"), arena, &session), OST_OK);
}

static ost_result lend(const char *client, const char *from, int64_t since)
{
    const store_client_session part = {
        .session_id = OST_TEXT("s1"),
        .client_id = text_of(client),
        .started = 50,
        .from = text_of(from),
        .since = since,
        .notes = text_of(ost_arena_format(arena, "{\"from\":\"%s\"}", from))};
    return store_login(db, NULL, &part, NULL);
}

static void what_was_made_of_a_part_ends_with_it(void **state)
{
    (void)state;
    assert_int_equal(lend("api", "app", 10), OST_OK);
    assert_int_equal(lend("backend", "api", 60), OST_OK);
    assert_int_equal(lend("mine", "other", 10), OST_OK);
    assert_int_equal(store_client_end(db, OST_TEXT("r"), OST_TEXT("u2"), OST_TEXT("app")), OST_OK);
    assert_true(has_part("s1", "backend"));
    assert_int_equal(store_client_end(db, OST_TEXT("r"), OST_TEXT("u1"), OST_TEXT("app")), OST_OK);
    assert_false(has_part("s1", "app") || has_part("s1", "api") || has_part("s1", "backend"));
    assert_true(has_part("s1", "other") && has_part("s1", "mine"));
}

static void what_was_made_of_a_part_goes_with_its_client(void **state)
{
    const ost_text client = OST_TEXT("app");
    store_realm_change change = {.realm = {OST_TEXT("id"), OST_TEXT("r"), OST_TEXT("{}"), 2}};
    (void)state;
    change.removed_clients = &client;
    change.removed_client_count = 1;
    assert_int_equal(lend("api", "app", 10), OST_OK);
    assert_int_equal(lend("backend", "api", 60), OST_OK);
    assert_int_equal(store_realm_apply(db, &change, NULL), OST_OK);
    assert_false(has_part("s1", "app") || has_part("s1", "api") || has_part("s1", "backend"));
    assert_true(has_part("s1", "other"));
    assert_false(has_part("s2", "app"));
}

static void nothing_is_made_of_a_part_that_has_ended(void **state)
{
    const store_client_session again = {.session_id = OST_TEXT("s1"),
                                        .client_id = OST_TEXT("app"),
                                        .started = 100,
                                        .notes = OST_TEXT("{}")};
    (void)state;
    assert_int_equal(store_client_session_end(db, OST_TEXT("s1"), OST_TEXT("app")), OST_OK);
    assert_int_equal(lend("api", "app", 99), OST_E_NOT_FOUND);
    /* By a token of before it began again, neither. */
    assert_int_equal(store_login(db, NULL, &again, NULL), OST_OK);
    assert_int_equal(lend("api", "app", 99), OST_E_NOT_FOUND);
    assert_false(has_part("s1", "api"));
    assert_int_equal(lend("api", "app", 100), OST_OK);
}

static void what_was_never_granted_is_not_withdrawn(void **state)
{
    (void)state;
    assert_int_equal(store_consent_revoke(db, OST_TEXT("r"), OST_TEXT("u1"), OST_TEXT("app-uuid"),
                                          OST_TEXT("app")),
                     OST_E_NOT_FOUND);
    assert_true(has_part("s1", "app"));
}

static void consents_go_with_their_user(void **state)
{
    store_consent *list;
    size_t count = 1;
    (void)state;
    grant("u1", "profile", 1000);
    assert_int_equal(store_user_delete(db, OST_TEXT("r"), OST_TEXT("u1")), OST_OK);
    assert_int_equal(store_consent_list(db, OST_TEXT("r"), OST_TEXT("u1"), arena, &list, &count),
                     OST_OK);
    assert_int_equal(count, 0);
}

/* A statement that fails when it is used for the first time is as good as any the next time. */
static void a_first_failure_is_not_the_last(void **state)
{
    store_consent consent = {.realm = OST_TEXT("r"),
                             .user_id = OST_TEXT("nobody"),
                             .client = OST_TEXT("c"),
                             .scopes = OST_TEXT("a")};
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(store_consent_put(db, &consent), OST_E_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_first_failure_is_not_the_last, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_granted_gathers, setup, teardown),
        cmocka_unit_test_setup_teardown(nobody_who_is_not_there_grants, setup, teardown),
        cmocka_unit_test_setup_teardown(one_consent_has_a_ceiling, setup, teardown),
        cmocka_unit_test_setup_teardown(a_new_user_brings_theirs, setup, teardown),
        cmocka_unit_test_setup_teardown(a_withdrawal_ends_what_the_client_has_of_the_user, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_was_made_of_a_part_ends_with_it, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_made_of_a_part_goes_with_its_client, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(nothing_is_made_of_a_part_that_has_ended, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_never_granted_is_not_withdrawn, setup, teardown),
        cmocka_unit_test_setup_teardown(consents_go_with_their_user, setup, teardown),
    };
    return cmocka_run_group_tests_name("store/consent", tests, NULL, NULL);
}
