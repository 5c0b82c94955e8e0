/* SPDX-License-Identifier: Apache-2.0 */
/* Statements that nobody waits for: what goes wrong with one of them is the whole work's failure,
 * however many there are, and the next work knows nothing of it. */
#include <stdio.h>

#include "base/array.h"
#include "base/text.h"
#include "store/grant/store_code.h"
#include "store/search/user_query.h"
#include "store/search/user_search.h"
#include "store/session/store_refresh.h"
#include "store/session/store_session.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"
#include "store_fixture.h"

#define MANY 300 /* more than may wait at once */

static store_session session_of(const char *id)
{
    return (store_session){.id = text_of(id),
                           .realm = alice.realm,
                           .user_id = alice.id,
                           .ends = 1000,
                           .idle_ends = 1000,
                           .notes = OST_TEXT("{}")};
}

static store_client_session part_of(const char *of, const char *refresh)
{
    return (store_client_session){.session_id = text_of(of),
                                  .client_id = OST_TEXT("c"),
                                  .refresh_id = text_of(refresh),
                                  .notes = OST_TEXT("{}")};
}

static bool has_session(const char *id)
{
    store_session got;
    return store_session_get(db, alice.realm, text_of(id), arena, &got) == OST_OK;
}

static bool has_client_session(const char *id)
{
    store_client_session part;
    return store_client_session_get(db, text_of(id), OST_TEXT("c"), arena, &part) == OST_OK;
}

static void a_failure_undoes_the_whole_login(void **state)
{
    const store_session login = session_of("s4");
    const store_client_session stray = part_of("nowhere", "t4"), part = part_of("s4", "t4");
    (void)state;
    for (int i = 0; i < 2; i++) { /* prepared by then */
        assert_int_equal(store_login(db, &login, &stray, NULL), OST_E_NOT_FOUND);
        assert_false(has_session("s4"));
    }
    assert_int_equal(store_login(db, &login, &part, NULL), OST_OK);
    assert_true(has_session("s4") && has_client_session("s4"));
}

static void a_code_that_is_there_undoes_the_login(void **state)
{
    const store_session first = session_of("s2"), second = session_of("s3");
    const store_client_session one = part_of("s2", "t2"), other = part_of("s3", "t3");
    store_code brought = {.id = OST_TEXT("c2"),
                          .realm = alice.realm,
                          .session_id = first.id,
                          .client_id = one.client_id,
                          .expires = 1000},
               taken;
    (void)state;
    assert_int_equal(store_login(db, &first, &one, &brought), OST_OK);
    assert_int_equal(store_login(db, &second, &other, &brought), OST_E_CONFLICT);
    assert_false(has_session("s3") || has_client_session("s3"));
    assert_int_equal(store_code_take(db, alice.realm, brought.id, arena, &taken), OST_OK);
    assert_true(text_is(taken.session_id, "s2"));
    for (int i = 0; i < 3; i++)
        assert_int_equal(store_code_take(db, alice.realm, brought.id, arena, &taken),
                         OST_E_CONFLICT);
    assert_int_equal(store_code_take(db, OST_TEXT("other"), brought.id, arena, &taken),
                     OST_E_NOT_FOUND);
}

static ost_result refresh(const char *of, const char *presented, const char *next, int64_t now)
{
    return store_refresh_use(db, &(store_refresh){.realm = alice.realm,
                                                  .session_id = text_of(of),
                                                  .client_id = OST_TEXT("c"),
                                                  .presented = text_of(presented),
                                                  .next = text_of(next),
                                                  .now = now,
                                                  .idle_ends = 1000});
}

static void begin_with_code(const char *login_id, const char *id)
{
    const store_session login = session_of(login_id);
    const store_client_session part = part_of(login_id, "");
    const store_code brought = {.id = text_of(id),
                                .realm = alice.realm,
                                .session_id = login.id,
                                .client_id = part.client_id,
                                .expires = 1000};
    assert_int_equal(store_login(db, &login, &part, &brought), OST_OK);
}

static ost_result look(const char *id, store_client_session *ret_part)
{
    store_code got;
    ost_result result = store_code_get(db, alice.realm, text_of(id), arena, &got, ret_part);
    if (result == OST_OK || result == OST_E_CONFLICT)
        assert_true(text_is(got.id, id) && text_is(got.client_id, "c") && got.expires == 1000);
    return result;
}

static void a_code_is_exchanged_once(void **state)
{
    const store_single_use once = {STORE_SINGLE_USE_CODE, alice.realm, OST_TEXT("c8")},
                           elsewhere = {STORE_SINGLE_USE_CODE, OST_TEXT("other"), once.id};
    store_client_session part = part_of("s8", "t8"), got;
    store_code taken;
    (void)state;
    assert_int_equal(look("c8", &got), OST_E_NOT_FOUND);
    begin_with_code("s8", "c8");
    assert_int_equal(look("c8", &got), OST_OK);
    assert_true(text_is(got.session_id, "s8") && text_is(got.client_id, "c"));
    assert_int_equal(store_exchange(db, &elsewhere, NULL, &part), OST_E_NOT_FOUND);
    part.scope = OST_TEXT("mail");
    assert_int_equal(store_exchange(db, &once, NULL, &part), OST_OK);
    assert_int_equal(look("c8", &got), OST_E_CONFLICT);
    assert_true(text_is(got.scope, "mail"));
    part.scope = OST_TEXT("more");
    for (int i = 0; i < 2; i++)
        assert_int_equal(store_exchange(db, &once, NULL, &part), OST_E_NOT_FOUND);
    assert_int_equal(look("c8", &got), OST_E_CONFLICT);
    assert_true(text_is(got.scope, "mail"));
    assert_int_equal(store_code_take(db, alice.realm, once.id, arena, &taken), OST_E_CONFLICT);
    assert_int_equal(refresh("s8", "t8", "t9", 5), OST_OK);
}

/* What the code was to bring cannot be kept: the code is as it was. */
static void a_failure_leaves_the_code(void **state)
{
    const store_single_use once = {STORE_SINGLE_USE_CODE, alice.realm, OST_TEXT("c10")};
    const store_client_session part = part_of("s10", "t10"), stray = part_of("nowhere", "t10");
    store_session offline = session_of("s11");
    store_client_session got, begun = part_of("s11", "t11");
    (void)state;
    begin_with_code("s10", "c10");
    for (int i = 0; i < 2; i++) { /* prepared by then */
        assert_int_equal(store_exchange(db, &once, NULL, &stray), OST_E_NOT_FOUND);
        assert_int_equal(store_exchange(db, &once, &offline, &stray), OST_E_NOT_FOUND);
    }
    offline.user_id = OST_TEXT("nobody");
    assert_int_equal(store_exchange(db, &once, &offline, &begun), OST_E_NOT_FOUND);
    assert_false(has_session("s11"));
    assert_int_equal(store_client_session_end(db, part.session_id, part.client_id), OST_OK);
    assert_int_equal(store_exchange(db, &once, NULL, &part), OST_E_NOT_FOUND);
    assert_int_equal(look("c10", &got), OST_OK);
    assert_true(got.session_id.len == 0);
    offline.user_id = alice.id;
    assert_int_equal(store_exchange(db, &once, &offline, &begun), OST_OK);
    assert_true(has_session("s11") && has_client_session("s11"));
    assert_int_equal(look("c10", &got), OST_E_CONFLICT);
}

static int64_t last_access_of(const char *id)
{
    store_session got;
    assert_int_equal(store_session_get(db, alice.realm, text_of(id), arena, &got), OST_OK);
    return got.last_access;
}

/* What has to be there is looked for together with what comes next. */
static void a_session_that_is_gone_is_told(void **state)
{
    const store_session login = session_of("s5");
    const store_client_session part = part_of("s5", "t5");
    (void)state;
    for (int i = 0; i < 2; i++) { /* prepared by then */
        assert_int_equal(store_session_touch(db, alice.realm, login.id, 7, 7), OST_E_NOT_FOUND);
        assert_int_equal(refresh("s5", "t5", "t6", 7), OST_E_NOT_FOUND);
    }
    assert_int_equal(store_login(db, &login, &part, NULL), OST_OK);
    assert_int_equal(store_session_touch(db, OST_TEXT("other"), login.id, 7, 7), OST_E_NOT_FOUND);
    assert_int_equal(store_session_touch(db, alice.realm, login.id, 7, 7), OST_OK);
    assert_int_equal(last_access_of("s5"), 7);
    assert_int_equal(refresh("s5", "t5", "t6", 8), OST_OK);
    assert_int_equal(last_access_of("s5"), 8);
    assert_int_equal(store_session_end(db, alice.realm, login.id), OST_OK);
    assert_int_equal(refresh("s5", "t6", "t7", 9), OST_E_NOT_FOUND);
    assert_int_equal(store_session_touch(db, alice.realm, login.id, 9, 9), OST_E_NOT_FOUND);
}

/* Nor does a token that has had its turn keep its session awake. */
static void a_refused_refresh_leaves_the_session_as_it_was(void **state)
{
    const store_session login = session_of("s6");
    const store_client_session part = part_of("s6", "t1");
    (void)state;
    assert_int_equal(store_login(db, &login, &part, NULL), OST_OK);
    assert_int_equal(refresh("s6", "t1", "t2", 5), OST_OK);
    for (int i = 0; i < 2; i++)
        assert_int_equal(refresh("s6", "t1", "t3", 6 + i), OST_E_CONFLICT);
    assert_int_equal(last_access_of("s6"), 5);
    assert_int_equal(refresh("s6", "t2", "t3", 9), OST_OK);
}

/* What does not rotate is still looked for. */
static void a_token_that_stays_has_to_be_the_last_one(void **state)
{
    const store_session login = session_of("s7");
    const store_client_session part = part_of("s7", "t1");
    (void)state;
    assert_int_equal(store_login(db, &login, &part, NULL), OST_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(refresh("s7", "t1", "t1", i), OST_OK);
    assert_int_equal(last_access_of("s7"), 2);
    assert_int_equal(refresh("s7", "t1", "t2", 3), OST_OK);
    assert_int_equal(refresh("s7", "t1", "t1", 4), OST_E_CONFLICT);
    assert_int_equal(refresh("s7", "t0", "t0", 4), OST_E_CONFLICT);
    assert_int_equal(refresh("s7", "t2", "t2", 5), OST_OK);
    assert_int_equal(last_access_of("s7"), 5);
}

static char *document_with_attributes(size_t count)
{
    size_t size = 64 + count * 16, len = 0;
    char *document = ost_arena_alloc(arena, size);
    assert_non_null(document);
    len += (size_t)snprintf(document, size, "{\"attributes\":{\"badge\":[");
    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(document + len, size - len, "%s\"b%zu\"", i > 0 ? "," : "", i);
    snprintf(document + len, size - len, "]}}");
    return document;
}

/* How many users have the badge. */
static int64_t with_badge(int number)
{
    char value[16];
    int64_t count = -1;
    snprintf(value, sizeof value, "b%d", number);
    const store_user_attribute badge = {OST_TEXT("badge"), text_of(value)};
    const store_user_query query = {
        .realm = alice.realm, .attributes = &badge, .attribute_count = 1};
    assert_int_equal(store_user_count(db, &query, arena, &count), OST_OK);
    return count;
}

static void more_than_may_wait_at_once_is_kept(void **state)
{
    const store_user many = {.id = OST_TEXT("many"),
                             .realm = alice.realm,
                             .username = OST_TEXT("many"),
                             .document = text_of(document_with_attributes(MANY)),
                             .enabled = true};
    (void)state;
    assert_int_equal(store_user_create(db, &many), OST_OK);
    assert_int_equal(store_user_create(db, &many), OST_E_CONFLICT);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(with_badge(i), 1);
    assert_int_equal(store_user_delete(db, alice.realm, many.id), OST_OK);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(with_badge(i), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_undoes_the_whole_login),
        cmocka_unit_test(a_code_that_is_there_undoes_the_login),
        cmocka_unit_test(a_code_is_exchanged_once),
        cmocka_unit_test(a_failure_leaves_the_code),
        cmocka_unit_test(a_session_that_is_gone_is_told),
        cmocka_unit_test(a_refused_refresh_leaves_the_session_as_it_was),
        cmocka_unit_test(a_token_that_stays_has_to_be_the_last_one),
        cmocka_unit_test(more_than_may_wait_at_once_is_kept),
    };
    return run_on_stores("later", tests, ARRAY_LEN(tests));
}
