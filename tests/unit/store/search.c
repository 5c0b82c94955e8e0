/* SPDX-License-Identifier: Apache-2.0 */
/* Users are found by their names, and by the roles, groups and attributes that they have; these
 * follow every change of a document, of a role's name and of a group's place. */
#include <string.h>

#include <sqlite3.h>

#include "base/array.h"
#include "base/text.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"
#include "store/search/user_query.h"
#include "store/search/user_search.h"
#include "store/store.h"
#include "store/user/store_user.h"
#include "store/user/user_link.h"
#include "store/user/user_record.h"
#include "store/user/user_within.h"
#include "temporary.h"
#include "test.h"

static store *db;
static ost_arena *arena;
static const store_realm row = {{"id", 2}, {"r", 1}, {"{}", 2}, 1};

static void add(const char *name, const char *email, const char *document)
{
    const store_user user = {.id = text_of(name),
                             .realm = row.name,
                             .username = text_of(name),
                             .email = text_of(email),
                             .document = text_of(document),
                             .enabled = strcmp(name, "dora") != 0};
    assert_int_equal(store_user_create(db, &user), OST_OK);
}

static int setup(void **state)
{
    (void)state;
    arena = ost_arena_new(16 << 20);
    if (store_open(temporary_store(), &db, NULL) != OST_OK ||
        store_realm_create(db, &row, NULL, 0, NULL, 0, NULL) != OST_OK)
        return -1;
    add("ann", "a@one.example",
        "{\"firstName\":\"Ann\",\"lastName\":\"North\",\"emailVerified\":true,"
        "\"realmRoles\":[\"buyer\",\"seller\"],\"groups\":[\"/a\",\"/a/b\"],"
        "\"clientRoles\":{\"app\":[\"buyer\"],\"x\":[\"y\"]},"
        "\"attributes\":{\"city\":[\"Rome\"],\"k\":[\"1\",\"2\"]},"
        "\"federatedIdentities\":[{\"identityProvider\":\"p\",\"userId\":\"7\"}]}");
    add("bert", "b@two.example",
        "{\"firstName\":\"Anna\",\"groups\":[\"/ab\"],"
        "\"attributes\":{\"city\":[\"Rome\"]},\"realmRoles\":[\"seller\"]}");
    add("carl", "", "{\"lastName\":\"An*\",\"groups\":[\"/a/b/c\"],\"realmRoles\":\"buyer\"}");
    add("dora", "d@one.example", "[]");
    add("service-account-app", "",
        "{\"serviceAccountClientId\":\"app\",\"realmRoles\":[\"buyer\"]}");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    store_close(db);
    ost_arena_free(arena);
    return 0;
}

/* The names of users, separated by spaces. */
static const char *names(const store_user *users, size_t count)
{
    static char text[200];
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        strncat(text, i > 0 ? " " : "", sizeof text - strlen(text) - 1);
        strncat(text, users[i].username.data, sizeof text - strlen(text) - 1);
    }
    return text;
}

static void expect(store_user_query query, const char *wanted)
{
    store_user *users;
    size_t count;
    int64_t all = -1;
    query.realm = row.name;
    assert_int_equal(store_user_page(db, &query, 0, 100, arena, &users, &count), OST_OK);
    assert_string_equal(names(users, count), wanted);
    assert_int_equal(store_user_count(db, &query, arena, &all), OST_OK);
    assert_int_equal(all, count);
}

static void expect_word(store_user_field field, const char *pattern, bool exact, const char *wanted)
{
    const store_user_word word = {field, text_of(pattern), exact};
    expect((store_user_query){.words = &word, .word_count = 1}, wanted);
}

static void expect_linked(store_link kind, const char *owner, const char *name, const char *wanted)
{
    const store_renaming what = {.kind = kind, .owner = text_of(owner), .from = text_of(name)};
    store_user *users;
    size_t count;
    assert_int_equal(store_user_linked(db, row.name, &what, 0, 100, arena, &users, &count), OST_OK);
    assert_string_equal(names(users, count), wanted);
}

static void words_fit_names(void **state)
{
    (void)state;
    expect((store_user_query){0}, "ann bert carl dora");
    expect_word(STORE_USER_ANY, "an*", false, "ann bert carl");
    expect_word(STORE_USER_ANY, "*nn*", false, "ann bert");
    expect_word(STORE_USER_ANY, "*one.example", false, "ann dora");
    expect_word(STORE_USER_ANY, "a*@*.e*e", false, "ann");
    expect_word(STORE_USER_ANY, "ann", false, "ann");
    expect_word(STORE_USER_ANY, "*", false, "ann bert carl dora");
    expect_word(STORE_USER_ANY, "%", false, "");
    expect_word(STORE_USER_ANY, "_nn", false, "");
    expect_word(STORE_USER_ANY, "n@o", false, "");
    expect_word(STORE_USER_NAME, "*r*", false, "bert carl dora");
    expect_word(STORE_USER_EMAIL, "*one*", false, "ann dora");
    expect_word(STORE_USER_FIRST_NAME, "ann", true, "ann");
    expect_word(STORE_USER_FIRST_NAME, "ann*", false, "ann bert");
    expect_word(STORE_USER_LAST_NAME, "an*", true, "carl");
    expect_word(STORE_USER_LAST_NAME, "north", true, "ann");
    const store_user_word both[] = {{STORE_USER_ANY, OST_TEXT("ann*"), false},
                                    {STORE_USER_ANY, OST_TEXT("nor*"), false}};
    expect((store_user_query){.words = both, .word_count = ARRAY_LEN(both)}, "ann");
}

/* By the index, whatever else is asked for. */
static void who_is_known_is_found(void **state)
{
    const store_user_attribute rome = {OST_TEXT_INIT("city"), OST_TEXT_INIT("Rome")};
    const store_user_word both[] = {{STORE_USER_EMAIL, OST_TEXT("b@two.example"), true},
                                    {STORE_USER_NAME, OST_TEXT("bert"), true}};
    const store_user_word apart[] = {{STORE_USER_NAME, OST_TEXT("ann"), true},
                                     {STORE_USER_EMAIL, OST_TEXT("b@two.example"), true}};
    (void)state;
    expect_word(STORE_USER_NAME, "bert", true, "bert");
    expect_word(STORE_USER_NAME, "ber", true, "");
    expect_word(STORE_USER_NAME, "b*", true, "");
    expect_word(STORE_USER_NAME, "service-account-app", true, "");
    expect_word(STORE_USER_EMAIL, "a@one.example", true, "ann");
    expect_word(STORE_USER_EMAIL, "one.example", true, "");
    expect_word(STORE_USER_EMAIL, "", true, "carl");
    expect((store_user_query){.words = both, .word_count = 2}, "bert");
    expect((store_user_query){.words = apart, .word_count = 2}, "");
    for (size_t i = 0; i < ARRAY_LEN(both); i++) {
        store_user_query query = {
            .words = &both[i], .word_count = 1, .attributes = &rome, .attribute_count = 1};
        expect(query, "bert");
        query.enabled = STORE_NO;
        expect(query, "");
    }
    const store_user dan = {.id = OST_TEXT("dan"),
                            .realm = row.name,
                            .username = OST_TEXT("dan"),
                            .email = OST_TEXT("a@one.example"),
                            .email_shared = true,
                            .document = OST_TEXT("{}")};
    assert_int_equal(store_user_create(db, &dan), OST_OK);
    expect_word(STORE_USER_EMAIL, "a@one.example", true, "ann dan");
}

static void flags_and_attributes_narrow(void **state)
{
    static const store_user_attribute rome = {OST_TEXT_INIT("city"), OST_TEXT_INIT("Rome")};
    static const store_user_attribute both[] = {{OST_TEXT_INIT("city"), OST_TEXT_INIT("Rome")},
                                                {OST_TEXT_INIT("k"), OST_TEXT_INIT("2")}};
    static const store_user_attribute none[] = {{OST_TEXT_INIT("city"), OST_TEXT_INIT("Rome")},
                                                {OST_TEXT_INIT("k"), OST_TEXT_INIT("3")}};
    (void)state;
    expect((store_user_query){.enabled = STORE_NO}, "dora");
    expect((store_user_query){.enabled = STORE_YES}, "ann bert carl");
    expect((store_user_query){.verified = STORE_YES}, "ann");
    expect((store_user_query){.verified = STORE_NO, .enabled = STORE_YES}, "bert carl");
    expect((store_user_query){.attributes = &rome, .attribute_count = 1}, "ann bert");
    expect((store_user_query){.attributes = both, .attribute_count = 2}, "ann");
    expect((store_user_query){.attributes = none, .attribute_count = 2}, "");
}

static void pages_are_cut_in_the_order_of_names(void **state)
{
    const store_user_query all = {.realm = row.name};
    store_user *users;
    size_t count;
    (void)state;
    assert_int_equal(store_user_page(db, &all, 1, 2, arena, &users, &count), OST_OK);
    assert_string_equal(names(users, count), "bert carl");
    assert_int_equal(store_user_page(db, &all, 9, 2, arena, &users, &count), OST_OK);
    assert_int_equal(count, 0);
    assert_int_equal(store_user_page(db, &all, 0, 0, arena, &users, &count), OST_OK);
    assert_int_equal(count, 0);
}

static void links_follow_the_document(void **state)
{
    store_user user;
    (void)state;
    expect_linked(STORE_LINK_REALM_ROLE, "", "buyer", "ann service-account-app");
    expect_linked(STORE_LINK_CLIENT_ROLE, "app", "buyer", "ann");
    expect_linked(STORE_LINK_CLIENT_ROLE, "x", "buyer", "");
    expect_linked(STORE_LINK_GROUP, "", "/a", "ann");
    expect_linked(STORE_LINK_GROUP, "", "/a/b", "ann");
    expect_linked(STORE_LINK_FEDERATED, "p", "7", "ann");
    expect_linked(STORE_LINK_FEDERATED, "q", "7", "");
    assert_int_equal(store_user_get(db, row.name, OST_TEXT("ann"), arena, &user), OST_OK);
    const ost_text old = user.document;
    user.username = OST_TEXT("zoe");
    user.document = OST_TEXT("{\"realmRoles\":[\"seller\"],\"groups\":[\"/a\",\"/a\"]}");
    assert_int_equal(store_user_update(db, &user, old), OST_OK);
    assert_int_equal(store_user_update(db, &user, old), OST_E_CONFLICT);
    expect_linked(STORE_LINK_REALM_ROLE, "", "buyer", "service-account-app");
    expect_linked(STORE_LINK_REALM_ROLE, "", "seller", "bert zoe");
    expect_linked(STORE_LINK_GROUP, "", "/a", "zoe");
    expect_linked(STORE_LINK_FEDERATED, "p", "7", "");
    expect_word(STORE_USER_ANY, "zo*", false, "zoe");
    expect_word(STORE_USER_ANY, "nor*", false, "");
    assert_int_equal(store_user_delete(db, row.name, OST_TEXT("ann")), OST_OK);
    expect_linked(STORE_LINK_GROUP, "", "/a", "");
    assert_int_equal(store_realm_delete(db, row.name), OST_OK);
    expect_linked(STORE_LINK_REALM_ROLE, "", "seller", "");
}

/* What the user's document is after the renaming; each works on the document of the one before. */
static void expect_renamed(store_renaming renaming, const char *name, const char *wanted)
{
    static int64_t version;
    store_realm next = row;
    store_user user;
    version = renaming.to.len == 1 ? 2 : version + 1; /* a name of one letter begins */
    next.version = version;
    assert_int_equal(store_realm_rename(db, &next, &renaming), OST_OK);
    assert_int_equal(store_user_get(db, row.name, text_of(name), arena, &user), OST_OK);
    assert_non_null(strstr(user.document.data, wanted));
}

static void users_follow_a_name(void **state)
{
    store_renaming r = {STORE_LINK_REALM_ROLE, {0}, OST_TEXT("seller"), OST_TEXT("s")};
    (void)state;
    expect_renamed(r, "ann", "\"realmRoles\":[\"buyer\",\"s\"]");
    expect_linked(STORE_LINK_REALM_ROLE, "", "s", "ann bert");
    expect_linked(STORE_LINK_REALM_ROLE, "", "seller", "");
    r = (store_renaming){STORE_LINK_REALM_ROLE, {0}, OST_TEXT("s"), {0}};
    expect_renamed(r, "ann", "\"realmRoles\":[\"buyer\"]");
    expect_linked(STORE_LINK_REALM_ROLE, "", "s", "");
    r = (store_renaming){STORE_LINK_CLIENT_ROLE, OST_TEXT("app"), OST_TEXT("buyer"),
                         OST_TEXT("bb")};
    expect_renamed(r, "ann", "\"clientRoles\":{\"app\":[\"bb\"],\"x\":[\"y\"]}");
    expect_linked(STORE_LINK_CLIENT_ROLE, "app", "bb", "ann");
    r = (store_renaming){STORE_LINK_CLIENT_ROLE, OST_TEXT("app"), {0}, {0}};
    expect_renamed(r, "ann", "\"clientRoles\":{\"x\":[\"y\"]}");
    expect_linked(STORE_LINK_CLIENT_ROLE, "app", "bb", "");
    expect_linked(STORE_LINK_CLIENT_ROLE, "x", "y", "ann");
    r = (store_renaming){STORE_LINK_GROUP, {0}, OST_TEXT("/a"), OST_TEXT("/q/a")};
    expect_renamed(r, "ann", "\"groups\":[\"/q/a\",\"/q/a/b\"]");
    expect_linked(STORE_LINK_GROUP, "", "/q/a/b/c", "carl");
    expect_linked(STORE_LINK_GROUP, "", "/ab", "bert");
    r = (store_renaming){STORE_LINK_GROUP, {0}, OST_TEXT("/q/a/b"), {0}};
    expect_renamed(r, "carl", "\"groups\":[]");
    expect_renamed(r, "ann", "\"groups\":[\"/q/a\"]");
    expect_linked(STORE_LINK_GROUP, "", "/q/a", "ann");
    expect_linked(STORE_LINK_GROUP, "", "/q/a/b/c", "");
}

/* A login with an unknown name asks for an address, too: nobody's patience is long enough for a
 * look at all users of a realm. */
static void an_address_is_found_by_its_index(void **state)
{
    sqlite3 *file;
    sqlite3_stmt *st;
    store *s;
    (void)state;
    assert_int_equal(store_open(temporary_path("plan.db"), &s, NULL), OST_OK);
    store_close(s);
    assert_int_equal(sqlite3_open(temporary_path("plan.db"), &file), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(file, "EXPLAIN QUERY PLAN " USER_BY_EMAIL, -1, &st, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    const char *step = (const char *)sqlite3_column_text(st, 3);
    assert_non_null(strstr(step, "user_by_email (realm=? AND email=?)"));
    sqlite3_finalize(st);
    sqlite3_close(file);
    temporary_remove();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(words_fit_names, setup, teardown),
        cmocka_unit_test_setup_teardown(who_is_known_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(flags_and_attributes_narrow, setup, teardown),
        cmocka_unit_test_setup_teardown(pages_are_cut_in_the_order_of_names, setup, teardown),
        cmocka_unit_test_setup_teardown(links_follow_the_document, setup, teardown),
        cmocka_unit_test_setup_teardown(users_follow_a_name, setup, teardown),
        cmocka_unit_test(an_address_is_found_by_its_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
