/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of identity providers that are kept: each user's own, for as long as the link is there,
 * sealed, and moved to another key with the rest. */
#include "store/user/store_kept_token.h"

#include "base/text.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"
#include "store/reseal/reseal.h"
#include "store/store.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"
#include "temporary.h"
#include "test.h"

#define FIRST "VGhpcyBpcyBhIG1hc3RlciBrZXkgZm9yIHRlc3RzISE="
#define SECOND "-_-_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxw"
#define LINKED "{\"federatedIdentities\":[{\"identityProvider\":\"up\",\"userId\":\"there\"}]}"

static store *db;
static ost_arena *arena;

static const store_user users[] = {
    {.id = {"u", 1},
     .realm = {"r", 1},
     .username = {"ann", 3},
     .document = {LINKED, sizeof LINKED - 1}},
    {.id = {"uu", 2}, .realm = {"r", 1}, .username = {"ben", 3}, .document = {"{}", 2}},
};
static const store_kept_token kept = {.realm = {"r", 1},
                                      .user_id = {"u", 1},
                                      .provider = {"up", 2},
                                      .user_there = {"there", 5},
                                      .token = {"{\"a\":1}", 7}};

static int fill(const char *path)
{
    const store_realm realm = {OST_TEXT("id"), OST_TEXT("r"), OST_TEXT("{}"), 1};
    arena = ost_arena_new(4 << 20);
    return store_open(path, &db, NULL) == OST_OK &&
                   store_realm_create(db, &realm, users, 2, NULL, 0, NULL) == OST_OK &&
                   store_kept_token_put(db, &kept) == OST_OK
               ? 0
               : -1;
}

static int setup(void **state)
{
    (void)state;
    return fill(temporary_store());
}

static int setup_file(void **state)
{
    (void)state;
    return fill(temporary_path("kept.db"));
}

static int teardown(void **state)
{
    (void)state;
    store_close(db);
    ost_arena_free(arena);
    temporary_remove();
    return 0;
}

static ost_result find(const char *user, const char *provider, store_kept_token *ret)
{
    return store_kept_token_get(db, OST_TEXT("r"), text_of(user), text_of(provider), arena, ret);
}

static void it_is_of_one_user_and_provider(void **state)
{
    store_kept_token read, changed = kept;
    (void)state;
    assert_int_equal(find("u", "up", &read), OST_OK);
    assert_true(text_equal(read.token, kept.token) && text_is(read.user_there, "there"));
    /* Names that run together are not one. */
    assert_int_equal(find("uu", "p", &read), OST_E_NOT_FOUND);
    assert_int_equal(find("u", "u", &read), OST_E_NOT_FOUND);
    changed.token = OST_TEXT("{}");
    assert_int_equal(store_kept_token_put(db, &changed), OST_OK);
    assert_int_equal(find("u", "up", &read), OST_OK);
    assert_true(text_is(read.token, "{}"));
    changed.user_id = OST_TEXT("nobody");
    assert_int_equal(store_kept_token_put(db, &changed), OST_E_NOT_FOUND);
}

static void of_two_who_renew_it_one_is_first(void **state)
{
    store_kept_token newer = kept, other = kept, read;
    (void)state;
    newer.token = OST_TEXT("{\"a\":2}");
    other.token = OST_TEXT("{\"a\":3}");
    assert_int_equal(store_kept_token_renew(db, &newer, &kept, arena), OST_OK);
    assert_int_equal(store_kept_token_renew(db, &other, &kept, arena), OST_E_CONFLICT);
    assert_int_equal(find("u", "up", &read), OST_OK);
    assert_true(text_equal(read.token, newer.token));
    other.user_id = OST_TEXT("uu");
    assert_int_equal(store_kept_token_renew(db, &other, &kept, arena), OST_E_CONFLICT);
}

static void it_goes_with_the_link(void **state)
{
    store_user user;
    store_kept_token read;
    (void)state;
    assert_int_equal(store_user_get(db, OST_TEXT("r"), OST_TEXT("u"), arena, &user), OST_OK);
    store_user named = user;
    named.username = OST_TEXT("anna");
    assert_int_equal(store_user_update(db, &named, user.document), OST_OK);
    assert_int_equal(find("u", "up", &read), OST_OK);
    named.document = OST_TEXT("{}");
    assert_int_equal(store_user_update(db, &named, user.document), OST_OK);
    assert_int_equal(find("u", "up", &read), OST_E_NOT_FOUND);
}

static void what_waits_for_a_link_in_vain_goes(void **state)
{
    store_kept_token waiting = kept, settled = kept, read;
    size_t rows;
    (void)state;
    waiting.user_id = OST_TEXT("uu");
    waiting.waits = 100;
    settled.waits = 100;
    assert_int_equal(store_kept_token_put(db, &waiting), OST_OK);
    assert_int_equal(store_kept_token_put(db, &settled), OST_OK);
    assert_int_equal(store_kept_token_settle(db, &settled), OST_OK);
    assert_int_equal(store_sweep(db, 99, &rows), OST_OK);
    assert_int_equal(find("uu", "up", &read), OST_OK);
    assert_int_equal(store_sweep(db, 100, &rows), OST_OK);
    assert_int_equal(find("uu", "up", &read), OST_E_NOT_FOUND);
    assert_int_equal(find("u", "up", &read), OST_OK);
    assert_int_equal(read.waits, 0);
}

static ost_result read_text(void *user, master_key *ret_keys, size_t *ret_count, ost_error *error)
{
    return master_keys_read(text_of(*(const char **)user), ret_keys, ret_count, error);
}

static void it_moves_to_another_master_key(void **state)
{
    const char *first = FIRST, *both = SECOND "\n" FIRST, *second = SECOND;
    const master_key_source before = {read_text, &first}, mover = {read_text, &both},
                            after = {read_text, &second};
    reseal_count count;
    store_kept_token read;
    (void)state;
    assert_int_equal(store_unlock(db, &before, NULL), OST_OK);
    assert_int_equal(store_seal_clear(db, &count, NULL), OST_OK);
    assert_int_equal(count.tokens, 1);
    store_close(db);
    assert_int_equal(store_open(temporary_path("kept.db"), &db, NULL), OST_OK);
    assert_int_equal(store_unlock(db, &mover, NULL), OST_OK);
    assert_int_equal(store_reseal(db, &count, NULL), OST_OK);
    assert_int_equal(count.tokens, 1);
    store_close(db);
    assert_int_equal(store_open(temporary_path("kept.db"), &db, NULL), OST_OK);
    assert_int_equal(store_unlock(db, &after, NULL), OST_OK);
    assert_int_equal(find("u", "up", &read), OST_OK);
    assert_true(text_equal(read.token, kept.token));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_is_of_one_user_and_provider, setup, teardown),
        cmocka_unit_test_setup_teardown(of_two_who_renew_it_one_is_first, setup, teardown),
        cmocka_unit_test_setup_teardown(it_goes_with_the_link, setup, teardown),
        cmocka_unit_test_setup_teardown(what_waits_for_a_link_in_vain_goes, setup, teardown),
        cmocka_unit_test_setup_teardown(it_moves_to_another_master_key, setup_file, teardown),
    };
    return cmocka_run_group_tests_name("store/kept_token", tests, NULL, NULL);
}
