/* SPDX-License-Identifier: Apache-2.0 */
/* What the store promises of realms and their users: whole or not at all, also when they change, in
 * memory and in a file. */
#include <stdio.h>

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "store/grant/store_code.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_key.h"
#include "store/realm/store_realm.h"
#include "store/realm/store_realm_change.h"
#include "store/session/store_session.h"
#include "store/user/store_user.h"
#include "store/user/user_link.h"
#include "store/user/user_record.h"
#include "store_fixture.h"

static void a_realm_comes_whole_or_not_at_all(void **state)
{
    const store_realm realm = {OST_TEXT("id2"), OST_TEXT("two"), OST_TEXT("{}"), 1};
    store_user users[2] = {alice, alice};
    store_realm read;
    ost_error error = {0};
    (void)state;
    users[0].realm = users[1].realm = realm.name;
    users[1].id = OST_TEXT("u2");
    assert_int_equal(store_realm_create(db, &realm, users, 2, NULL, 0, &error), OST_E_CONFLICT);
    assert_non_null(error.detail);
    assert_int_equal(store_realm_get(db, realm.name, arena, &read), OST_E_NOT_FOUND);
    assert_int_equal(store_realm_create(db, &realm, users, 1, NULL, 0, &error), OST_OK);
    assert_int_equal(store_realm_create(db, &realm, NULL, 0, NULL, 0, &error), OST_E_CONFLICT);
}

static void realms_are_named_without_their_documents(void **state)
{
    store_realm *rows, whole;
    size_t count;
    assert_int_equal(store_realm_names(db, arena, &rows, &count), OST_OK);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(store_realm_get(db, rows[i].name, arena, &whole), OST_OK);
        assert_true(text_equal(rows[i].id, whole.id) && rows[i].version == whole.version);
        assert_true(rows[i].document.len == 0 && whole.document.len > 0);
    }
}

static void users_are_found_by_name_and_address(void **state)
{
    store_user found;
    (void)state;
    assert_int_equal(store_user_find(db, OST_TEXT("r"), OST_TEXT("ALICE"), false, arena, &found),
                     OST_OK);
    assert_true(text_is(found.id, "u1"));
    assert_int_equal(
        store_user_find(db, OST_TEXT("r"), OST_TEXT("Alice@example.com"), true, arena, &found),
        OST_OK);
    assert_int_equal(
        store_user_find(db, OST_TEXT("r"), OST_TEXT("alice@example.com"), false, arena, &found),
        OST_E_NOT_FOUND);
    assert_int_equal(store_user_find(db, OST_TEXT("r"), OST_TEXT(""), true, arena, &found),
                     OST_E_NOT_FOUND);
    assert_int_equal(
        store_user_find(db, OST_TEXT("r"), OST_TEXT("' OR 1=1 --"), true, arena, &found),
        OST_E_NOT_FOUND);
    assert_int_equal(store_user_create(db, &alice), OST_E_CONFLICT);
}

static void an_address_is_one_users_unless_it_is_shared(void **state)
{
    store_user other = alice, read;
    (void)state;
    other.id = OST_TEXT("u7");
    other.username = OST_TEXT("other");
    assert_int_equal(store_user_create(db, &other), OST_E_CONFLICT);
    other.email_shared = true;
    assert_int_equal(store_user_create(db, &other), OST_OK);
    assert_int_equal(store_user_get(db, alice.realm, other.id, arena, &read), OST_OK);
    assert_true(read.email_shared);
    assert_int_equal(store_user_get(db, alice.realm, alice.id, arena, &read), OST_OK);
    assert_false(read.email_shared);
}

static void users_are_listed_by_name(void **state)
{
    store_user user = alice, *users;
    size_t count;
    char name[16];
    (void)state;
    user.email = (ost_text){0};
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "user%02d", i);
        user.id = user.username = text_of(name);
        assert_int_equal(store_user_create(db, &user), OST_OK);
    }
    assert_int_equal(store_user_list(db, alice.realm, arena, &users, &count), OST_OK);
    assert_int_equal(count, 102);
    for (size_t i = 1; i < count; i++)
        assert_true(strcmp(users[i - 1].username.data, users[i].username.data) < 0);
    assert_int_equal(store_user_list(db, OST_TEXT("nowhere"), arena, &users, &count), OST_OK);
    assert_int_equal(count, 0);
}

static void whoever_does_not_exist_has_a_neighbour(void **state)
{
    store_user bob = alice, found;
    (void)state;
    bob.id = OST_TEXT("u9");
    bob.username = OST_TEXT("bob");
    bob.email = (ost_text){0};
    bob.password = OST_TEXT("{}");
    assert_int_equal(store_user_neighbour(db, OST_TEXT("nowhere"), OST_TEXT("a"), arena, &found),
                     OST_E_NOT_FOUND);
    assert_int_equal(store_user_create(db, &bob), OST_OK);
    static const char *const ids[] = {"", "a", "u2", "u9", "zz"};
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        assert_int_equal(store_user_neighbour(db, alice.realm, text_of(ids[i]), arena, &found),
                         OST_OK);
        assert_true(found.password.len > 0);
    }
}

static void a_password_changes_only_from_what_it_was(void **state)
{
    (void)state;
    ost_text realm = OST_TEXT("r"), id = OST_TEXT("u1");
    assert_int_equal(store_user_set_password(db, realm, id, OST_TEXT(""), OST_TEXT("a")), OST_OK);
    assert_int_equal(store_user_set_password(db, realm, id, OST_TEXT(""), OST_TEXT("b")),
                     OST_E_CONFLICT);
}

/* A realm of two users, each with a session in which the client "c" has a part. */
static void make_four(store_realm *realm, store_user *users)
{
    static const char *const names[] = {"ann4", "bob4"};
    *realm = (store_realm){OST_TEXT("id4"), OST_TEXT("four"), OST_TEXT("{}"), 1};
    for (size_t i = 0; i < 2; i++) {
        users[i] = alice;
        users[i].realm = realm->name;
        users[i].id = users[i].username = users[i].email = text_of(names[i]);
    }
    assert_int_equal(store_realm_create(db, realm, users, 2, NULL, 0, NULL), OST_OK);
    for (size_t i = 0; i < 2; i++) {
        store_session s = session;
        store_client_session part = client_session;
        store_code c = code;
        s.id = part.session_id = c.session_id = c.id = s.user_id = users[i].id;
        s.realm = c.realm = realm->name;
        assert_int_equal(store_login(db, &s, &part, &c), OST_OK);
    }
}

static void a_realm_is_changed_whole_or_not_at_all(void **state)
{
    store_realm realm, read;
    store_user users[2], new_users[2], found;
    const store_key key = {.kid = OST_TEXT("k4"), .realm = OST_TEXT("four"), .jwk = OST_TEXT("{}")};
    const ost_text client = OST_TEXT("c");
    ost_error error = {0};
    (void)state;
    make_four(&realm, users);
    const store_user *const before[] = {&users[0], &users[1]};
    for (size_t i = 0; i < 2; i++) { /* they swap names and addresses */
        new_users[i] = users[i];
        new_users[i].username = new_users[i].email = users[1 - i].id;
        new_users[i].document = OST_TEXT("{\"new\":1}");
    }
    store_realm_change change = {.realm = realm, .users = new_users, .before = before};
    change.user_count = 2;
    change.keys = &key;
    change.key_count = 1;
    change.removed_clients = &client;
    change.removed_client_count = 1;
    change.realm.document = OST_TEXT("{\"x\":1}");
    change.realm.version = 3;
    assert_int_equal(store_realm_apply(db, &change, &error), OST_E_CONFLICT);
    change.realm.version = 2;
    users[1].document = OST_TEXT("{\"elsewhere\":1}"); /* not what stands there */
    assert_int_equal(store_realm_apply(db, &change, &error), OST_E_CONFLICT);
    users[1].document = alice.document;
    assert_int_equal(store_realm_get(db, realm.name, arena, &read), OST_OK);
    assert_true(text_is(read.document, "{}") && read.version == 1);
    assert_int_equal(store_user_find(db, realm.name, OST_TEXT("ann4"), true, arena, &found),
                     OST_OK);
    assert_true(text_is(found.id, "ann4") && text_is(found.document, "{}"));
    assert_int_equal(store_realm_apply(db, &change, &error), OST_OK);
    assert_int_equal(store_user_find(db, realm.name, OST_TEXT("ann4"), true, arena, &found),
                     OST_OK);
    assert_true(text_is(found.id, "bob4") && text_is(found.email, "ann4"));
}

static void a_realm_comes_and_goes_with_a_change_of_another(void **state)
{
    const store_realm master = {OST_TEXT("id6"), OST_TEXT("six"), OST_TEXT("{}"), 1};
    const store_realm realm = {OST_TEXT("id7"), OST_TEXT("seven"), OST_TEXT("{}"), 1};
    const store_renaming roles = {.kind = STORE_LINK_CLIENT_ROLE, .owner = OST_TEXT("seven-realm")};
    store_user user = alice, given, found;
    const store_user *const before[] = {&user};
    store_realm read;
    (void)state;
    user.realm = master.name;
    given = user;
    given.document = OST_TEXT("{\"clientRoles\":{\"seven-realm\":[\"view-users\"]}}");
    assert_int_equal(store_realm_create(db, &master, &user, 1, NULL, 0, NULL), OST_OK);
    store_realm_change change = {
        .realm = master, .users = &given, .before = before, .user_count = 1};
    change.realm.version = 3; /* somebody else was faster */
    assert_int_equal(store_realm_create_beside(db, &realm, NULL, 0, NULL, 0, &change, NULL),
                     OST_E_CONFLICT);
    assert_int_equal(store_realm_get(db, realm.name, arena, &read), OST_E_NOT_FOUND);
    change.realm.version = 2;
    assert_int_equal(store_realm_create_beside(db, &realm, NULL, 0, NULL, 0, &change, NULL),
                     OST_OK);
    assert_int_equal(store_user_get(db, master.name, user.id, arena, &found), OST_OK);
    assert_true(text_equal(found.document, given.document));
    assert_int_equal(store_realm_delete_beside(db, realm.name, &change.realm, &roles),
                     OST_E_CONFLICT);
    assert_int_equal(store_realm_get(db, realm.name, arena, &read), OST_OK);
    change.realm.version = 3;
    assert_int_equal(store_realm_delete_beside(db, OST_TEXT("none"), &change.realm, &roles),
                     OST_E_NOT_FOUND);
    assert_int_equal(store_realm_delete_beside(db, realm.name, &change.realm, &roles), OST_OK);
    assert_int_equal(store_realm_get(db, realm.name, arena, &read), OST_E_NOT_FOUND);
    assert_int_equal(store_user_get(db, master.name, user.id, arena, &found), OST_OK);
    assert_true(text_is(found.document, "{\"clientRoles\":{}}"));
}

static void a_changed_realm_keeps_the_sessions_of_those_who_stay(void **state)
{
    const store_realm realm = {OST_TEXT("id5"), OST_TEXT("four"), OST_TEXT("{}"), 3};
    const ost_text gone = OST_TEXT("bob4");
    const store_key retired = {
        .kid = OST_TEXT("k4"), .realm = realm.name, .state = STORE_KEY_PASSIVE, .ends = 9};
    const store_realm_change change = {.realm = realm,
                                       .removed_users = &gone,
                                       .removed_user_count = 1,
                                       .keys = &retired,
                                       .key_count = 1};
    store_session read;
    store_client_session part;
    store_realm row;
    store_key *keys;
    size_t count;
    (void)state;
    assert_int_equal(store_realm_apply(db, &change, NULL), OST_OK);
    assert_int_equal(store_session_get(db, realm.name, OST_TEXT("ann4"), arena, &read), OST_OK);
    assert_int_equal(store_session_get(db, realm.name, gone, arena, &read), OST_E_NOT_FOUND);
    /* The client was removed before. */
    assert_int_equal(store_client_session_get(db, OST_TEXT("ann4"), OST_TEXT("c"), arena, &part),
                     OST_E_NOT_FOUND);
    assert_int_equal(store_realm_get(db, realm.name, arena, &row), OST_OK);
    assert_true(text_is(row.id, "id5"));
    assert_int_equal(store_key_list(db, realm.name, arena, &keys, &count), OST_OK);
    assert_true(count == 1 && keys[0].state == STORE_KEY_PASSIVE && keys[0].ends == 9);
    assert_true(text_is(keys[0].jwk, "{}"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_realm_comes_whole_or_not_at_all),
        cmocka_unit_test(realms_are_named_without_their_documents),
        cmocka_unit_test(users_are_found_by_name_and_address),
        cmocka_unit_test(an_address_is_one_users_unless_it_is_shared),
        cmocka_unit_test(users_are_listed_by_name),
        cmocka_unit_test(whoever_does_not_exist_has_a_neighbour),
        cmocka_unit_test(a_password_changes_only_from_what_it_was),
        cmocka_unit_test(a_realm_is_changed_whole_or_not_at_all),
        cmocka_unit_test(a_changed_realm_keeps_the_sessions_of_those_who_stay),
        cmocka_unit_test(a_realm_comes_and_goes_with_a_change_of_another),
    };
    return run_on_stores("realms", tests, ARRAY_LEN(tests));
}
