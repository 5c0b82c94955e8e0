/* SPDX-License-Identifier: Apache-2.0 */
/* What ends or begins something is cut off at every message to the server, or at every step of a
 * statement: it is told as done when it is, and else as failed, never as having found nothing; and
 * what comes next on the same connection is not touched by it. */
#include <stdio.h>
#include <string.h>

#include <sqlite3.h>

#include "base/array.h"
#include "base/text.h"
#include "cut_connection.h"
#include "store/grant/store_code.h"
#include "store/session/store_refresh.h"
#include "store/session/store_session.h"
#include "store/user/store_consent.h"
#include "store_fixture.h"
#include "temporary.h"

#define NOW 10
#define STEPS_MAX 200

/* Another one, which nobody touches but to see that it can be ended. */
static const store_session other = {
    .id = {"s2", 2},
    .realm = {"r", 1},
    .user_id = {"u1", 2},
    .ends = 1000,
    .idle_ends = 500,
    .notes = {"{}", 2},
};
static const store_client_session other_part = {
    .session_id = {"s2", 2},
    .client_id = {"c", 1},
    .notes = {"{}", 2},
};
static const store_consent consent = {
    .realm = {"r", 1}, .user_id = {"u1", 2}, .client = {"c", 1}, .scopes = {"one", 3}};
static const store_single_use once = {STORE_SINGLE_USE_CODE, {"r", 1}, {"code", 4}};

/* ---- what there is ---- */

static bool has_session(ost_text id)
{
    store_session read;
    ost_result result = store_session_get(db, OST_TEXT("r"), id, arena, &read);
    assert_true(result == OST_OK || result == OST_E_NOT_FOUND);
    return result == OST_OK;
}

static bool has_part(ost_text session_id)
{
    store_client_session read;
    ost_result result =
        store_client_session_get(db, session_id, client_session.client_id, arena, &read);
    assert_true(result == OST_OK || result == OST_E_NOT_FOUND);
    return result == OST_OK;
}

static bool is_code_used(void)
{
    store_code read;
    store_client_session part;
    return store_code_get(db, code.realm, code.id, arena, &read, &part) == OST_E_CONFLICT;
}

static bool has_consent(void)
{
    store_consent read;
    ost_result result =
        store_consent_get(db, consent.realm, consent.user_id, consent.client, arena, &read);
    assert_true(result == OST_OK || result == OST_E_NOT_FOUND);
    return result == OST_OK;
}

static bool is_gone(void)
{
    return !has_session(session.id) && !has_part(session.id);
}

static bool is_without_part(void)
{
    return !has_part(session.id);
}

static bool are_gone(void)
{
    return is_gone() && !has_session(other.id);
}

static bool is_taken_back(void)
{
    return !has_consent() && !has_part(session.id) && !has_part(other.id);
}

static bool is_there(void)
{
    return has_session(session.id) && has_part(session.id);
}

static bool is_used(void)
{
    return is_code_used() && is_there();
}

/* ---- what is cut off ---- */

static ost_result begin_again(void)
{
    return store_login(db, &session, &client_session, &code);
}

static ost_result end(void)
{
    return store_session_end(db, session.realm, session.id);
}

static ost_result leave(void)
{
    return store_session_leave(db, session.realm, session.id, client_session.client_id);
}

static ost_result end_part(void)
{
    return store_client_session_end(db, session.id, client_session.client_id);
}

static ost_result end_all(void)
{
    return store_session_end_all(db, session.realm, session.user_id);
}

static ost_result end_client(void)
{
    return store_client_end(db, session.realm, session.user_id, client_session.client_id);
}

static ost_result take_back(void)
{
    return store_consent_revoke(db, consent.realm, consent.user_id, consent.client,
                                client_session.client_id);
}

static ost_result touch(void)
{
    return store_session_touch(db, session.realm, session.id, NOW, 600);
}

static ost_result refresh(void)
{
    return store_refresh_use(db, &(store_refresh){.realm = session.realm,
                                                  .session_id = session.id,
                                                  .client_id = client_session.client_id,
                                                  .presented = client_session.refresh_id,
                                                  .next = OST_TEXT("t2"),
                                                  .now = NOW,
                                                  .idle_ends = 600});
}

static bool is_refreshed(void)
{
    return refresh() == OST_E_CONFLICT;
}

static ost_result take_code(void)
{
    store_code taken;
    return store_code_take(db, code.realm, code.id, arena, &taken);
}

static ost_result exchange(void)
{
    static const store_client_session part = {.session_id = {"s1", 2},
                                              .client_id = {"c", 1},
                                              .refresh_id = {"t2", 2},
                                              .notes = {"{}", 2}};
    return store_exchange(db, &once, NULL, &part);
}

static ost_result exchange_for_more(void)
{
    static const store_session more = {
        .id = {"s3", 2}, .realm = {"r", 1}, .user_id = {"u1", 2}, .ends = 1000, .notes = {"{}", 2}};
    static const store_client_session part = {
        .session_id = {"s3", 2}, .client_id = {"c", 1}, .notes = {"{}", 2}};
    return store_exchange(db, &once, &more, &part);
}

static bool is_exchanged_for_more(void)
{
    return is_code_used() && has_session(OST_TEXT("s3")) && has_part(OST_TEXT("s3"));
}

static const struct {
    const char *name;
    ost_result (*run)(void);
    bool (*is_done)(void);
    bool anew; /* there is no such session before */
} deeds[] = {
    {"a login", begin_again, is_there, true},
    {"the end of a session", end, is_gone, false},
    {"a client that leaves", leave, is_gone, false},
    {"the end of a client's part", end_part, is_without_part, false},
    {"the end of all sessions", end_all, are_gone, false},
    {"the end of a client's parts", end_client, is_without_part, false},
    {"a consent that is taken back", take_back, is_taken_back, false},
    {"a session's use", touch, is_there, false},
    {"a refresh token's use", refresh, is_refreshed, false},
    {"a code that is taken", take_code, is_code_used, false},
    {"a code's exchange", exchange, is_used, false},
    {"a code's exchange for a session", exchange_for_more, is_exchanged_for_more, false},
};

static void prepare_rows(bool anew)
{
    assert_int_equal(store_session_end_all(db, session.realm, session.user_id), OST_OK);
    assert_int_equal(store_login(db, &other, &other_part, NULL), OST_OK);
    if (!anew)
        assert_int_equal(begin_again(), OST_OK);
    assert_int_equal(store_consent_grant(db, &consent, arena), OST_OK);
}

/* Whoever takes the connection next reads, and ends what is to end. */
static void others_are_not_touched(void)
{
    store_session read;
    ost_result result = store_session_get(db, other.realm, other.id, arena, &read);
    if (result == OST_E_NOT_FOUND) { /* it has been ended with the others */
        assert_int_equal(store_login(db, &other, &other_part, NULL), OST_OK);
        result = store_session_get(db, other.realm, other.id, arena, &read);
    }
    assert_int_equal(result, OST_OK);
    assert_int_equal(store_session_leave(db, other.realm, other.id, other_part.client_id), OST_OK);
    assert_false(has_part(other.id));
    assert_false(has_session(other.id));
}

/* Whether it was cut off at all. */
static bool cut_off(size_t deed, cut_kind kind, unsigned at)
{
    prepare_rows(deeds[deed].anew);
    cut_begin(kind, at);
    ost_result result = deeds[deed].run();
    bool was = cut_end();
    if (was && result != OST_OK && result != OST_E_STORE)
        fail_msg("%s, %s %u: told as %d", deeds[deed].name, cut_name(kind), at, (int)result);
    if (!was && result != OST_OK)
        fail_msg("%s: %d", deeds[deed].name, (int)result);
    others_are_not_touched();
    if (result == OST_OK && !deeds[deed].is_done())
        fail_msg("%s, %s %u: told as done", deeds[deed].name, cut_name(kind), at);
    if (has_session(session.id) != has_part(session.id) && deeds[deed].run != end_part &&
        deeds[deed].run != end_client && deeds[deed].run != take_back)
        fail_msg("%s, %s %u: half of it is done", deeds[deed].name, cut_name(kind), at);
    ost_arena_reset(arena);
    return was;
}

static void what_is_cut_off_is_told_as_failed(void **state)
{
    (void)state;
    for (cut_kind kind = 0; kind < CUT_KINDS; kind++) {
        for (size_t deed = 0; deed < ARRAY_LEN(deeds); deed++) {
            unsigned at = 1;
            while (cut_off(deed, kind, at))
                assert_true(++at < STEPS_MAX);
            assert_true(at > 2 || !cut_is_of(db, kind));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_cut_off_is_told_as_failed),
    };
    return run_on_stores("cuts", tests, ARRAY_LEN(tests));
}
