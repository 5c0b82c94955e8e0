/* SPDX-License-Identifier: Apache-2.0 */
/* Texts are bytes: what goes in comes out, is found again, and is told from what looks like it. */
#include "base/text.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"
#include "store/search/user_query.h"
#include "store/search/user_search.h"
#include "store/store.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"
#include "temporary.h"
#include "test.h"

#define BYTES(literal)                                                                             \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

/* NUL, what is no UTF-8, and what a database might take for marks of its own. */
static const ost_text odd[] = {
    BYTES("a\0b"),
    BYTES("a"),
    BYTES("a\0"),
    BYTES("\xff\xfe"),
    BYTES("\x10"),
    BYTES("\x10"
          "00"),
    BYTES("a\x10"
          "00b"),
    BYTES("\xed\xa0\x80"),
    BYTES("\xc3"),
    BYTES("'; DROP"),
    BYTES("$1 ? ?1 \""),
    BYTES("\xc3\xa4\xe2\x82\xac"),
    BYTES("%_\\"),
    BYTES("*"),
    BYTES("\r\n\t"),
};
#define COUNT (sizeof odd / sizeof *odd)

static store *db;
static ost_arena *arena;

static int setup(void **state)
{
    const store_realm realm = {OST_TEXT("id"), OST_TEXT("r"), OST_TEXT("{}"), 1};
    (void)state;
    arena = ost_arena_new(16 << 20);
    return store_open(temporary_store(), &db, NULL) == OST_OK &&
                   store_realm_create(db, &realm, NULL, 0, NULL, 0, NULL) == OST_OK
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

static void texts_come_back_as_they_were(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        const store_user user = {.id = odd[i],
                                 .realm = OST_TEXT("r"),
                                 .username = odd[i],
                                 .document = odd[i],
                                 .password = odd[i]};
        assert_int_equal(store_user_create(db, &user), OST_OK);
        assert_int_equal(store_user_create(db, &user), OST_E_CONFLICT);
    }
    for (size_t i = 0; i < COUNT; i++) {
        store_user read;
        assert_int_equal(store_user_get(db, OST_TEXT("r"), odd[i], arena, &read), OST_OK);
        assert_true(text_equal(read.id, odd[i]) && text_equal(read.username, odd[i]));
        assert_true(text_equal(read.document, odd[i]) && text_equal(read.password, odd[i]));
        assert_int_equal(store_user_delete(db, OST_TEXT("r"), odd[i]), OST_OK);
        assert_int_equal(store_user_get(db, OST_TEXT("r"), odd[i], arena, &read), OST_E_NOT_FOUND);
    }
}

/* Whatever stands in a search: it is a search. */
static void any_text_may_be_looked_for(void **state)
{
    const store_user user = {.id = OST_TEXT("u"),
                             .realm = OST_TEXT("r"),
                             .username = OST_TEXT("100%_\\"),
                             .document = OST_TEXT("{}")};
    int64_t count;
    (void)state;
    assert_int_equal(store_user_create(db, &user), OST_OK);
    for (size_t i = 0; i < COUNT; i++) {
        const store_user_word word = {STORE_USER_NAME, odd[i], false};
        const store_user_attribute attribute = {odd[i], odd[i]};
        store_user_query query = {.realm = OST_TEXT("r"), .words = &word, .word_count = 1};
        assert_int_equal(store_user_count(db, &query, arena, &count), OST_OK);
        assert_int_equal(count, text_is(odd[i], "*")); /* alone it stands for anything */
        query.attributes = &attribute;
        query.attribute_count = 1;
        assert_int_equal(store_user_count(db, &query, arena, &count), OST_OK);
        assert_int_equal(count, 0);
    }
    const store_user_word part = {STORE_USER_NAME, OST_TEXT("*%_\\"), false};
    const store_user_query query = {.realm = OST_TEXT("r"), .words = &part, .word_count = 1};
    assert_int_equal(store_user_count(db, &query, arena, &count), OST_OK);
    assert_int_equal(count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(texts_come_back_as_they_were, setup, teardown),
        cmocka_unit_test_setup_teardown(any_text_may_be_looked_for, setup, teardown),
    };
    return cmocka_run_group_tests_name("store-texts", tests, NULL, NULL);
}
