/* SPDX-License-Identifier: Apache-2.0 */
/* Realms: what the importer fills in, what it refuses, who has which role. */
#include <string.h>

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"
#include "provider/file/realm_import.h"
#include "provider/realm/key_ring.h"
#include "provider/realm/realm.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_key.h"
#include "store/realm/store_realm.h"
#include "store/store.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"
#include "test.h"

static store *db;
static ost_arena *arena;

static const char file[] =
    "{\"realm\":\"x\",\"enabled\":true,\"unknown\":{\"kept\":[1]},"
    "\"roles\":{\"realm\":[{\"name\":\"a\",\"composites\":{\"realm\":[\"b\"],\"client\":{\"api\":"
    "[\"r\"]}}},{\"name\":\"b\",\"composites\":{\"realm\":[\"a\"]}},{\"name\":\"c\"}],"
    "\"client\":{\"api\":[{\"name\":\"r\"}]}},"
    "\"groups\":[{\"name\":\"g\",\"realmRoles\":[\"c\"],\"subGroups\":[{\"name\":\"h\","
    "\"clientRoles\":{\"api\":[\"r\"]}}]}],"
    "\"clients\":[{\"clientId\":\"api\",\"serviceAccountsEnabled\":true,\"redirectUris\":[\"https:"
    "//a/*\"]},{\"clientId\":\"narrow\",\"publicClient\":true,\"fullScopeAllowed\":false}],"
    "\"users\":[{\"username\":\"Ann\",\"enabled\":true,\"realmRoles\":[\"a\",\"ghost\"],"
    "\"groups\":[\"/g/h\"],\"credentials\":[{\"type\":\"password\",\"value\":\"p\"}]}]}";

static int setup(void **state)
{
    ost_error error = {0};
    (void)state;
    arena = ost_arena_new(64 << 20);
    if (store_open(":memory:", &db, &error) != OST_OK)
        return -1;
    ost_result result = realm_import_document(db, text_of(file), NULL, &error);
    if (result != OST_OK)
        print_error("%s\n", error.detail);
    return (int)result;
}

static int teardown(void **state)
{
    (void)state;
    store_close(db);
    ost_arena_free(arena);
    return 0;
}

static realm *load(void)
{
    store_realm row;
    realm *r;
    assert_int_equal(store_realm_get(db, OST_TEXT("x"), arena, &row), OST_OK);
    assert_int_equal(realm_load(row.document, row.version, &r, NULL), OST_OK);
    return r;
}

static void what_is_left_out_is_filled_in(void **state)
{
    realm *r = load();
    store_user user;
    (void)state;
    const realm_client *api = realm_find_client(r, OST_TEXT("api"));
    assert_non_null(api);
    assert_non_null(api->id);
    assert_true(strlen(api->secret) >= 32);
    assert_true(api->mapper_count == 3); /* those of a service account */
    assert_non_null(realm_find_client(r, OST_TEXT("account")));
    assert_null(realm_find_client(r, OST_TEXT("narrow"))->secret);
    assert_non_null(realm_find_scope(r, OST_TEXT("profile")));
    assert_non_null(ost_json_get(r->document, "unknown"));
    assert_null(ost_json_get(r->document, "users"));
    assert_int_equal(
        store_user_find(db, OST_TEXT("x"), OST_TEXT("service-account-api"), false, arena, &user),
        OST_OK);
    assert_int_equal(store_user_find(db, OST_TEXT("x"), OST_TEXT("ann"), false, arena, &user),
                     OST_OK);
    assert_null(strstr(user.document.data, "credentials"));
    assert_non_null(strstr(user.password.data, "argon2"));
    realm_unref(r);
}

static bool has(const char *const *names, const char *name)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

static void clients_are_found_in_whatever_order_they_stand(void **state)
{
    static const char *const names[] = {"b", "a", "ab", "c", "B", "aa"};
    ost_error error = {0};
    const ost_json *document;
    realm *r;
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        ost_json_writer *w = ost_json_writer_new(arena, 0);
        ost_json_open_object(w);
        ost_json_member_string(w, "realm", "o");
        ost_json_member_string(w, "id", "o");
        ost_json_put_name(w, OST_TEXT("clients"));
        ost_json_open_array(w);
        for (size_t n = 0; n < ARRAY_LEN(names) + 2 * i; n++) {
            ost_json_open_object(w);
            ost_json_member_string(w, "clientId", names[n % ARRAY_LEN(names)]);
            ost_json_close_object(w);
        }
        ost_json_close_array(w);
        ost_json_close_object(w);
        ost_text text;
        assert_int_equal(ost_json_writer_finish(w, &text), OST_OK);
        assert_int_equal(ost_json_read(text, NULL, arena, &document, NULL), OST_OK);
        ost_result result = realm_load(ost_json_source(document), 1, &r, &error);
        if (i == 1) { /* of several that are there twice, the first is told */
            assert_int_equal(result, OST_E_FORMAT);
            assert_string_equal(error.detail,
                                "clients[6].clientId: another client has the same id");
            break;
        }
        assert_int_equal(result, OST_OK);
        for (size_t n = 0; n < ARRAY_LEN(names); n++)
            assert_ptr_equal(realm_find_client(r, text_of(names[n])), r->clients[n]);
        assert_null(realm_find_client(r, OST_TEXT("abc")));
        assert_null(realm_find_client(r, (ost_text){0}));
        realm_unref(r);
    }
}

static void roles_follow_composites_and_groups(void **state)
{
    realm *r = load();
    store_user user;
    const ost_json *document;
    realm_roles all, narrow;
    (void)state;
    assert_int_equal(store_user_find(db, OST_TEXT("x"), OST_TEXT("ann"), false, arena, &user),
                     OST_OK);
    assert_int_equal(ost_json_read(user.document, NULL, arena, &document, NULL), OST_OK);
    assert_int_equal(realm_user_roles(r, document, arena, &all), OST_OK);
    assert_true(has(all.realm_roles, "a") && has(all.realm_roles, "b") &&
                has(all.realm_roles, "c"));
    assert_true(has(all.realm_roles, "ghost")); /* made for who has it */
    assert_int_equal(all.client_count, 1);
    assert_string_equal(all.clients[0].client_id, "api");
    assert_true(has(all.clients[0].roles, "r"));
    assert_int_equal(realm_roles_for_client(r, realm_find_client(r, OST_TEXT("narrow")), NULL, &all,
                                            arena, &narrow),
                     OST_OK);
    assert_null(narrow.realm_roles[0]);
    assert_int_equal(narrow.client_count, 0);
    realm_unref(r);
}

static void a_new_key_signs_when_its_time_has_come(void **state)
{
    ost_text name = OST_TEXT("x");
    store_key *keys;
    size_t count;
    key_ring *before, *waiting, *after;
    int64_t now = ost_now(NULL);
    (void)state;
    assert_int_equal(store_key_list(db, name, arena, &keys, &count), OST_OK);
    assert_int_equal(key_ring_load(keys, count, NULL, &before, NULL), OST_OK);
    assert_int_equal(key_ring_rotate(db, name, OST_TEXT("RS256"), NULL, now, 60, NULL), OST_OK);
    assert_int_equal(key_ring_rotate(db, name, OST_TEXT("RS256"), NULL, now, 60, NULL),
                     OST_E_CONFLICT);
    assert_int_equal(key_ring_rotate(db, OST_TEXT("none"), OST_TEXT("RS256"), NULL, now, 60, NULL),
                     OST_E_NOT_FOUND);

    assert_int_equal(key_ring_advance(db, name, now + 59, 300, NULL, NULL), OST_OK);
    assert_int_equal(store_key_list(db, name, arena, &keys, &count), OST_OK);
    assert_int_equal(key_ring_load(keys, count, NULL, &waiting, NULL), OST_OK);
    assert_int_equal(ost_keyset_count(key_ring_verifiers(waiting)), 2);
    ost_text signer = ost_key_kid(key_ring_signer(waiting, OST_RS256));
    assert_true(text_equal(signer, ost_key_kid(key_ring_signer(before, OST_RS256))));

    assert_int_equal(key_ring_due(before), INT64_MAX);
    assert_int_equal(key_ring_due(waiting), now + 60);
    assert_int_equal(key_ring_advance(db, name, now + 60, 300, NULL, NULL), OST_OK);
    assert_int_equal(store_key_list(db, name, arena, &keys, &count), OST_OK);
    assert_int_equal(key_ring_load(keys, count, NULL, &after, NULL), OST_OK);
    assert_int_equal(ost_keyset_count(key_ring_verifiers(after)), 2);
    assert_false(text_equal(signer, ost_key_kid(key_ring_signer(after, OST_RS256))));

    size_t rows;
    assert_int_equal(store_sweep(db, now + 60 + 299, &rows), OST_OK);
    assert_int_equal(rows, 0);
    assert_int_equal(store_sweep(db, now + 60 + 300, &rows), OST_OK);
    assert_int_equal(rows, 1);
    key_ring_unref(before);
    key_ring_unref(waiting);
    key_ring_unref(after);
}

static void nothing_private_is_published(void **state)
{
    store_key *keys;
    size_t count;
    key_ring *ring;
    (void)state;
    assert_int_equal(store_key_list(db, OST_TEXT("x"), arena, &keys, &count), OST_OK);
    assert_int_equal(key_ring_load(keys, count, NULL, &ring, NULL), OST_OK);
    const char *document = key_ring_document(ring).data;
    static const char *const private_members[] = {"\"d\"",  "\"p\"",  "\"q\"", "\"dp\"",
                                                  "\"dq\"", "\"qi\"", "\"k\"", "HS512"};
    for (size_t i = 0; i < ARRAY_LEN(private_members); i++)
        assert_null(strstr(document, private_members[i]));
    ost_keyset *set;
    size_t skipped;
    assert_int_equal(ost_keyset_import(key_ring_document(ring), 0, &set, &skipped, NULL), OST_OK);
    ost_keyset_unref(set);
    key_ring_unref(ring);
}

/* Any allocation may fail: then nothing is stored, and nothing leaks. Making keys is left out: it
 * is OpenSSL's memory. */
static void a_failed_import_stores_nothing(void **state)
{
    (void)state;
    for (uint64_t n = 1; n < 12; n++) {
        store *other;
        store_realm row;
        assert_int_equal(store_open(":memory:", &other, NULL), OST_OK);
        memory_fail_at(n);
        ost_result result = realm_import_document(other, text_of(file), NULL, NULL);
        memory_fail_at(0);
        assert_true((result == OST_OK) ==
                    (store_realm_get(other, OST_TEXT("x"), arena, &row) == OST_OK));
        store_close(other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_left_out_is_filled_in),
        cmocka_unit_test(clients_are_found_in_whatever_order_they_stand),
        cmocka_unit_test(roles_follow_composites_and_groups),
        cmocka_unit_test(a_new_key_signs_when_its_time_has_come),
        cmocka_unit_test(nothing_private_is_published),
        cmocka_unit_test(a_failed_import_stores_nothing),
    };
    return cmocka_run_group_tests_name("provider-realm", tests, setup, teardown);
}
