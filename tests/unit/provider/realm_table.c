/* SPDX-License-Identifier: Apache-2.0 */
/* C2: tables of realms share what has not changed, and notice everything that has. */
#include "fixture.h"

#include <stdio.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/file/realm_import.h"
#include "provider/realm/key_ring.h"
#include "provider/realm/realm_load.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

static fixture *f;

static int set_up(void **state)
{
    (void)state;
    f = fixture_new();
    return realm_import_document(f->provider.store, OST_TEXT("{\"realm\":\"b\",\"enabled\":true}"),
                                 f->provider.context, NULL) == OST_OK
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_free(f);
    return 0;
}

/* Loads beside the table of before, and tells which of the realms is shared. */
static void load(bool a_shared, bool b_shared)
{
    realm_table *table;
    assert_int_equal(realm_table_load(f->provider.store, f->realms, NULL, NULL, &table, NULL),
                     OST_OK);
    assert_int_equal(table->count, 2);
    const ost_text names[] = {OST_TEXT("a"), OST_TEXT("b")};
    const bool shared[] = {a_shared, b_shared};
    for (size_t i = 0; i < 2; i++) {
        const realm_entry *now = realm_table_find(table, names[i]);
        assert_non_null(now);
        assert_int_equal(now == realm_table_find(f->realms, names[i]), shared[i]);
    }
    realm_table_free(f->realms); /* what is shared lives on in the new one */
    f->realms = table;
}

static void c2_what_has_not_changed_is_shared(void **state)
{
    (void)state;
    load(true, false); /* b is new */
    load(true, true);
}

static void c2_a_changed_document_is_read(void **state)
{
    store_realm row;
    (void)state;
    assert_int_equal(store_realm_get(f->provider.store, OST_TEXT("b"), f->arena, &row), OST_OK);
    row.version++;
    assert_int_equal(store_realm_update(f->provider.store, &row), OST_OK);
    load(true, false);
}

/* What is offered as the version that the store has is served without being read: it is here
 * another one than the store's. */
static void c2_a_changed_document_that_is_offered_is_not_read(void **state)
{
    store_realm row;
    realm *offered, *found;
    realm_table *table;
    realm_offers *offers = &f->provider.offers;
    (void)state;
    assert_int_equal(store_realm_get(f->provider.store, OST_TEXT("b"), f->arena, &row), OST_OK);
    row.version++;
    assert_int_equal(store_realm_update(f->provider.store, &row), OST_OK);
    assert_int_equal(realm_load(row.document, row.version, &offered, NULL), OST_OK);
    realm_offer(offers, offered);
    const store_realm others[] = {{.name = row.name, .id = row.id, .version = row.version - 1},
                                  {.name = row.name, .id = row.name, .version = row.version},
                                  {.name = row.id, .id = row.id, .version = row.version}};
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        assert_null(realm_offer_find(offers, &others[i]));
    assert_int_equal(realm_table_load(f->provider.store, f->realms, offers, NULL, &table, NULL),
                     OST_OK);
    assert_ptr_equal(realm_table_find(table, OST_TEXT("b"))->realm, offered);
    found = realm_offer_find(offers, &row);
    assert_ptr_equal(found, offered);
    realm_unref(found);
    realm_offers_end(offers, realm_offers_number(offers) - 1); /* it came meanwhile */
    found = realm_offer_find(offers, &row);
    assert_ptr_equal(found, offered);
    realm_unref(found);
    realm_offers_end(offers, realm_offers_number(offers));
    assert_null(realm_offer_find(offers, &row));
    realm_unref(offered);
    realm_table_free(f->realms);
    f->realms = table;
}

/* What a change took is given back: a realm that shares what was read before is read as a whole
 * when it has not been changed for a while, though it is offered. */
static void c2_a_realm_that_is_not_changed_any_more_is_read_as_a_whole(void **state)
{
    store_realm row;
    realm *changed;
    const ost_json *client;
    realm_table *table;
    realm_offers *offers = &f->provider.offers;
    const realm *before = realm_table_find(f->realms, OST_TEXT("b"))->realm;
    (void)state;
    assert_int_equal(
        ost_json_read(OST_TEXT("{\"clientId\":\"new\"}"), NULL, f->arena, &client, NULL), OST_OK);
    assert_int_equal(store_realm_get(f->provider.store, OST_TEXT("b"), f->arena, &row), OST_OK);
    assert_int_equal(realm_load_after(before, NULL, client, ++row.version, &changed, NULL), OST_OK);
    row.document = ost_json_source(changed->document);
    assert_int_equal(store_realm_update(f->provider.store, &row), OST_OK);
    realm_offer(offers, changed);
    assert_int_equal(realm_table_load(f->provider.store, f->realms, offers, NULL, &table, NULL),
                     OST_OK);
    assert_ptr_equal(realm_table_find(table, OST_TEXT("b"))->realm, changed);
    realm_table_free(f->realms);
    f->realms = table;
    load(true, true);
    realm_set_age(changed, REALM_SETTLES_MS);
    assert_true(realm_is_unsettled(changed));
    assert_int_equal(realm_table_load(f->provider.store, f->realms, offers, NULL, &table, NULL),
                     OST_OK);
    realm *whole = realm_table_find(table, OST_TEXT("b"))->realm;
    assert_ptr_not_equal(whole, changed);
    assert_non_null(realm_find_client(whole, OST_TEXT("new")));
    assert_ptr_equal(realm_table_find(table, OST_TEXT("a")),
                     realm_table_find(f->realms, OST_TEXT("a")));
    realm_set_age(whole, REALM_SETTLES_MS);
    assert_false(realm_is_unsettled(whole));
    realm_offers_end(offers, realm_offers_number(offers));
    realm_table_free(f->realms);
    f->realms = table;
    realm_unref(changed);
    load(true, true);
}

/* So many are kept, and no more. */
static void c2_offers_of_many_realms_end(void **state)
{
    char text[60], name[10];
    realm *r;
    (void)state;
    for (size_t i = 0; i < 2 * (size_t)REALM_OFFERS; i++) {
        snprintf(name, sizeof name, "gone%zu", i);
        snprintf(text, sizeof text, "{\"realm\":\"%s\",\"id\":\"1\"}", name);
        assert_int_equal(realm_load(text_of(text), 7, &r, NULL), OST_OK);
        realm_offer(&f->provider.offers, r);
        realm_unref(r);
    }
    const store_realm first = {.name = OST_TEXT("gone0"), .id = OST_TEXT("1"), .version = 7};
    const store_realm last = {.name = text_of(name), .id = OST_TEXT("1"), .version = 7};
    assert_null(realm_offer_find(&f->provider.offers, &first));
    r = realm_offer_find(&f->provider.offers, &last);
    assert_non_null(r);
    realm_unref(r);
    realm_offers_end(&f->provider.offers, realm_offers_number(&f->provider.offers));
    assert_null(realm_offer_find(&f->provider.offers, &last));
}

static void c2_a_changed_key_is_read(void **state)
{
    (void)state;
    assert_int_equal(key_ring_rotate(f->provider.store, OST_TEXT("a"), OST_TEXT("ES256"), NULL,
                                     fixture_time, 60, NULL),
                     OST_OK);
    load(false, true);
    assert_int_equal(
        key_ring_advance(f->provider.store, OST_TEXT("a"), fixture_time + 60, 10, NULL, NULL),
        OST_OK);
    load(false, true);
    load(true, true);
}

static void c2_a_changed_account_is_read(void **state)
{
    store_user user;
    (void)state;
    assert_int_equal(store_user_find(f->provider.store, OST_TEXT("a"),
                                     OST_TEXT("service-account-svc"), false, f->arena, &user),
                     OST_OK);
    assert_int_equal(store_user_delete(f->provider.store, OST_TEXT("a"), user.id), OST_OK);
    load(false, true);
    assert_null(realm_entry_account(realm_table_find(f->realms, OST_TEXT("a")), "svc"));
    assert_int_equal(store_user_create(f->provider.store, &user), OST_OK);
    load(false, true);
    assert_non_null(realm_entry_account(realm_table_find(f->realms, OST_TEXT("a")), "svc"));
}

static void c2_what_has_changed_goes_with_the_last_request_that_uses_it(void **state)
{
    (void)state;
    realm_table *table;
    ost_arena *arena = ost_arena_new(1 << 16);
    (void)published_replace(&f->provider.realms, f->realms); /* as the tests before left it */
    const realm_entry *held = provider_realm(&f->provider, OST_TEXT("a"), arena);
    assert_non_null(held);
    unsigned users = atomic_load(&held->users);
    assert_ptr_equal(provider_realm(&f->provider, OST_TEXT("a"), arena), held);
    assert_int_equal(atomic_load(&held->users), users + 1);
    assert_null(provider_realm(&f->provider, OST_TEXT("none"), arena));
    assert_int_equal(realm_table_load(f->provider.store, NULL, NULL, NULL, &table, NULL), OST_OK);
    assert_ptr_equal(published_replace(&f->provider.realms, table), f->realms);
    realm_table_free(f->realms);
    f->realms = table;
    assert_ptr_not_equal(provider_realm(&f->provider, OST_TEXT("a"), arena), held);
    assert_string_equal(held->realm->name, "a"); /* it is still there */
    assert_int_equal(atomic_load(&held->users), 2);
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(c2_what_has_not_changed_is_shared),
        cmocka_unit_test(c2_a_changed_document_is_read),
        cmocka_unit_test(c2_a_changed_document_that_is_offered_is_not_read),
        cmocka_unit_test(c2_a_realm_that_is_not_changed_any_more_is_read_as_a_whole),
        cmocka_unit_test(c2_offers_of_many_realms_end),
        cmocka_unit_test(c2_a_changed_key_is_read),
        cmocka_unit_test(c2_a_changed_account_is_read),
        cmocka_unit_test(c2_what_has_changed_goes_with_the_last_request_that_uses_it),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
