/* SPDX-License-Identifier: Apache-2.0 */
/* What the rows of the store promise: realms whole, codes once, refresh tokens in order, whatever
 * threads do; in memory and in a file. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"
#include "store/store.h"
#include "temporary.h"
#include "test.h"

#define THREADS 8

static store *db;
static ost_arena *arena;

static const store_user alice = {
    .id = {"u1", 2},
    .realm = {"r", 1},
    .username = {"alice", 5},
    .email = {"alice@example.com", 17},
    .document = {"{}", 2},
    .enabled = true,
};
static const store_session session = {
    .id = {"s1", 2},
    .realm = {"r", 1},
    .user_id = {"u1", 2},
    .ends = 1000,
    .idle_ends = 500,
    .notes = {"{}", 2},
};
static const store_client_session client_session = {
    .session_id = {"s1", 2},
    .client_id = {"c", 1},
    .refresh_id = {"t1", 2},
    .notes = {"{}", 2},
};
static const store_code code = {
    .id = {"code", 4},
    .realm = {"r", 1},
    .session_id = {"s1", 2},
    .client_id = {"c", 1},
    .expires = 100,
};

static int setup_with(const char *path)
{
    const store_realm realm = {OST_TEXT("id"), OST_TEXT("r"), OST_TEXT("{}"), 1};
    arena = ost_arena_new(16 << 20);
    if (store_open(path, &db, NULL) != OST_OK ||
        store_realm_create(db, &realm, &alice, 1, NULL, 0, NULL) != OST_OK)
        return -1;
    return (int)store_login(db, &session, &client_session, &code);
}

static int setup_memory(void **state)
{
    return setup_with(temporary_store());
}

static int setup_file(void **state)
{
    return setup_with(temporary_path("rows.db"));
}

static int teardown(void **state)
{
    (void)state;
    store_close(db);
    ost_arena_free(arena);
    temporary_remove();
    return 0;
}

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
    store_realm *rows, *whole;
    size_t count, all;
    assert_int_equal(store_realm_names(db, arena, &rows, &count), OST_OK);
    assert_int_equal(store_realm_list(db, arena, &whole, &all), OST_OK);
    assert_true(count == all && count > 0);
    for (size_t i = 0; i < count; i++) {
        assert_true(text_equal(rows[i].name, whole[i].name) &&
                    text_equal(rows[i].id, whole[i].id) && rows[i].version == whole[i].version);
        assert_true(rows[i].document.len == 0 && whole[i].document.len > 0);
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

static void *take_code(void *outcome)
{
    ost_arena *mine = ost_arena_new(1 << 20);
    store_code taken;
    *(ost_result *)outcome = store_code_take(db, OST_TEXT("r"), OST_TEXT("code"), mine, &taken);
    ost_arena_free(mine);
    return NULL;
}

static void c4_another_realm_does_not_take_a_code(void **state)
{
    store_code taken;
    (void)state;
    assert_int_equal(store_code_take(db, OST_TEXT("two"), OST_TEXT("code"), arena, &taken),
                     OST_E_NOT_FOUND);
}

static void a_code_is_taken_once_by_many_threads(void **state)
{
    pthread_t threads[THREADS];
    ost_result outcomes[THREADS];
    int good = 0, conflicts = 0;
    (void)state;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, take_code, &outcomes[i]);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        good += outcomes[i] == OST_OK;
        conflicts += outcomes[i] == OST_E_CONFLICT;
    }
    assert_int_equal(good, 1);
    assert_int_equal(conflicts, THREADS - 1);
}

static int64_t reuse; /* how often a token may be used again */

static ost_result use_issued_at(const char *presented, int64_t presented_at, const char *next)
{
    const store_refresh turn = {.realm = OST_TEXT("r"),
                                .session_id = OST_TEXT("s1"),
                                .client_id = OST_TEXT("c"),
                                .presented = text_of(presented),
                                .presented_at = presented_at,
                                .next = text_of(next),
                                .max_reuse = reuse,
                                .now = 10,
                                .idle_ends = 600};
    return store_refresh_use(db, &turn);
}

static ost_result use(const char *presented, const char *next)
{
    return use_issued_at(presented, 10, next);
}

static void refresh_tokens_follow_each_other(void **state)
{
    store_session read;
    (void)state;
    assert_int_equal(use("t1", "t2"), OST_OK);
    assert_int_equal(use("t1", "t3"), OST_E_CONFLICT);
    assert_int_equal(use("t2", "t3"), OST_OK);
    assert_int_equal(use("t2", "t4"), OST_E_CONFLICT);
    assert_int_equal(use("never", "t4"), OST_E_CONFLICT);
    assert_int_equal(store_session_get(db, OST_TEXT("r"), OST_TEXT("s1"), arena, &read), OST_OK);
    assert_int_equal(read.idle_ends, 600);
    assert_int_equal(store_session_get(db, OST_TEXT("other"), OST_TEXT("s1"), arena, &read),
                     OST_E_NOT_FOUND);
}

static void a_token_may_be_used_again_until_its_child_is(void **state)
{
    (void)state;
    reuse = 1;
    assert_int_equal(use("t3", "t4a"), OST_OK);
    assert_int_equal(use("t3", "t4b"), OST_OK);
    assert_int_equal(use("t3", "t4c"), OST_E_CONFLICT);
    assert_int_equal(use("t4a", "t5"), OST_OK);
    assert_int_equal(use("t3", "t4d"), OST_E_CONFLICT);
    assert_int_equal(use("t4b", "t5b"), OST_OK);
    assert_int_equal(use("t5", "t6"), OST_OK);
    reuse = 0;
}

/* A second tab logs in again in the same session: both go on, each in its own chain. */
static void each_tab_has_a_chain_of_its_own(void **state)
{
    store_client_session tab = client_session, read;
    (void)state;
    tab.refresh_id = OST_TEXT("");
    tab.started = 77;
    assert_int_equal(store_login(db, NULL, &tab, NULL), OST_OK);
    assert_int_equal(use("t6", "t7"), OST_OK);
    tab.refresh_id = OST_TEXT("other1");
    assert_int_equal(store_client_session_put(db, &tab), OST_OK);
    assert_int_equal(use("other1", "other2"), OST_OK);
    assert_int_equal(use("t7", "t8"), OST_OK);
    assert_int_equal(use("other1", "other3"), OST_E_CONFLICT);
    assert_int_equal(store_client_session_get(db, tab.session_id, tab.client_id, arena, &read),
                     OST_OK);
    assert_int_equal(read.started, client_session.started);
}

static void chains_are_bounded(void **state)
{
    char id[16];
    store_client_session tab = client_session;
    (void)state;
    for (int i = 0; i < 100; i++) {
        snprintf(id, sizeof id, "many%d", i);
        tab.refresh_id = text_of(id);
        tab.last_access = 100 + i;
        assert_int_equal(store_client_session_put(db, &tab), OST_OK);
    }
    /* C3: what made room for others is refused, and is no theft; what is newer than the oldest that
     * is left has had its turn. */
    assert_int_equal(use_issued_at("many0", 100, "x"), OST_E_EXPIRED);
    assert_int_equal(use_issued_at("many35", 135, "x"), OST_E_EXPIRED);
    assert_int_equal(use_issued_at("never", 150, "x"), OST_E_CONFLICT);
    assert_int_equal(use_issued_at("many36", 136, "x"), OST_OK);
    assert_int_equal(use_issued_at("many36", 136, "y"), OST_E_CONFLICT);
    assert_int_equal(use_issued_at("many99", 199, "x2"), OST_OK);
}

static void what_was_ended_does_not_come_back(void **state)
{
    store_client_session read;
    (void)state;
    assert_int_equal(store_client_session_end(db, OST_TEXT("s1"), OST_TEXT("c")), OST_OK);
    assert_int_equal(store_client_session_put(db, &client_session), OST_E_NOT_FOUND);
    assert_int_equal(use("many98", "x"), OST_E_CONFLICT);
    assert_int_equal(store_client_session_get(db, OST_TEXT("s1"), OST_TEXT("c"), arena, &read),
                     OST_E_NOT_FOUND);
}

/* Rotation was off when the session began: nothing is known yet. */
static void the_first_token_after_a_change_of_mind_is_taken(void **state)
{
    store_client_session fresh = client_session;
    (void)state;
    fresh.refresh_id = OST_TEXT("");
    assert_int_equal(store_login(db, NULL, &fresh, NULL), OST_OK);
    assert_int_equal(use("old", "new"), OST_OK);
    assert_int_equal(use("old", "newer"), OST_E_CONFLICT);
    assert_int_equal(use("older", "newer"), OST_E_CONFLICT);
    assert_int_equal(use("new", "newer"), OST_OK);
}

static void a_user_can_prove_anew_who_they_are(void **state)
{
    store_session again = session, read;
    (void)state;
    again.auth_time = 300;
    again.idle_ends = 700;
    again.ends = 9999;
    assert_int_equal(store_login(db, &again, &client_session, NULL), OST_OK);
    assert_int_equal(store_session_get(db, OST_TEXT("r"), OST_TEXT("s1"), arena, &read), OST_OK);
    assert_int_equal(read.auth_time, 300);
    assert_int_equal(read.idle_ends, 700);
    assert_int_equal(read.ends, session.ends); /* no session lasts longer for it */
    again.user_id = OST_TEXT("u2");
    again.auth_time = 400;
    assert_int_equal(store_login(db, &again, &client_session, NULL), OST_E_CONFLICT);
    assert_int_equal(store_session_get(db, OST_TEXT("r"), OST_TEXT("s1"), arena, &read), OST_OK);
    assert_int_equal(read.auth_time, 300);
}

static void the_end_of_a_session_takes_everything_along(void **state)
{
    store_client_session read;
    store_code taken;
    (void)state;
    assert_int_equal(store_session_end(db, OST_TEXT("r"), OST_TEXT("s1")), OST_OK);
    assert_int_equal(store_session_end(db, OST_TEXT("r"), OST_TEXT("s1")), OST_E_NOT_FOUND);
    assert_int_equal(store_client_session_get(db, OST_TEXT("s1"), OST_TEXT("c"), arena, &read),
                     OST_E_NOT_FOUND);
    assert_int_equal(store_code_take(db, OST_TEXT("r"), OST_TEXT("code"), arena, &taken),
                     OST_E_NOT_FOUND);
    assert_int_equal(store_client_session_put(db, &client_session), OST_E_NOT_FOUND);
    assert_int_equal(use("t3", "t4"), OST_E_NOT_FOUND);
}

static size_t found(ost_text user_id, ost_text client_id, int64_t now)
{
    store_found_session *sessions;
    size_t count = 99;
    const store_session_filter filter = {
        .realm = OST_TEXT("r"), .user_id = user_id, .client_id = client_id, .now = now, .max = 10};
    assert_int_equal(store_session_find(db, &filter, arena, &sessions, &count), OST_OK);
    if (count > 0)
        assert_true(text_is(sessions[0].username, "alice"));
    return count;
}

static void sessions_are_found_by_user_and_by_client(void **state)
{
    store_session_count *clients;
    size_t count;
    int64_t number = -1;
    (void)state;
    assert_int_equal(store_login(db, &session, &client_session, NULL), OST_OK);
    assert_int_equal(found(OST_TEXT("u1"), (ost_text){0}, 1), 1);
    assert_int_equal(found(OST_TEXT("u2"), (ost_text){0}, 1), 0);
    assert_int_equal(found((ost_text){0}, OST_TEXT("c"), 499), 1);
    assert_int_equal(found((ost_text){0}, OST_TEXT("c"), 500), 0); /* it has been idle */
    assert_int_equal(store_session_count_of(db, session.realm, OST_TEXT("c"), false, 1, &number),
                     OST_OK);
    assert_int_equal(number, 1);
    assert_int_equal(store_session_stats(db, session.realm, 1, arena, &clients, &count), OST_OK);
    assert_int_equal(count, 1);
    assert_int_equal(store_session_clients(db, session.id, arena, &clients, &count), OST_OK);
    assert_true(count == 1 && text_is(clients[0].client_id, "c"));
    assert_int_equal(store_session_end_all(db, OST_TEXT("other"), (ost_text){0}), OST_OK);
    assert_int_equal(store_session_end_all(db, session.realm, OST_TEXT("u2")), OST_OK);
    assert_int_equal(found(OST_TEXT("u1"), (ost_text){0}, 1), 1);
    assert_int_equal(store_session_end_all(db, session.realm, (ost_text){0}), OST_OK);
    assert_int_equal(found(OST_TEXT("u1"), (ost_text){0}, 1), 0);
}

static void a_session_ends_with_the_last_of_its_clients(void **state)
{
    store_session shared = session, read;
    store_client_session first = client_session, second = client_session;
    (void)state;
    shared.id = first.session_id = second.session_id = OST_TEXT("shared");
    second.client_id = OST_TEXT("d");
    assert_int_equal(store_login(db, &shared, &first, NULL), OST_OK);
    assert_int_equal(store_login(db, NULL, &second, NULL), OST_OK);
    assert_int_equal(store_session_leave(db, shared.realm, shared.id, OST_TEXT("c")), OST_OK);
    assert_int_equal(store_session_leave(db, shared.realm, shared.id, OST_TEXT("c")), OST_OK);
    assert_int_equal(store_session_get(db, shared.realm, shared.id, arena, &read), OST_OK);
    /* The last one's part is gone already, and the session of another realm is not meant. */
    assert_int_equal(store_client_session_end(db, shared.id, OST_TEXT("d")), OST_OK);
    assert_int_equal(store_session_leave(db, OST_TEXT("other"), shared.id, OST_TEXT("d")), OST_OK);
    assert_int_equal(store_session_get(db, shared.realm, shared.id, arena, &read), OST_OK);
    assert_int_equal(store_session_leave(db, shared.realm, shared.id, OST_TEXT("d")), OST_OK);
    assert_int_equal(store_session_get(db, shared.realm, shared.id, arena, &read), OST_E_NOT_FOUND);
}

static void a_login_into_a_session_that_is_gone_fails(void **state)
{
    store_session orphan = session;
    (void)state;
    assert_int_equal(store_login(db, NULL, &client_session, &code), OST_E_NOT_FOUND);
    orphan.user_id = OST_TEXT("nobody");
    assert_int_equal(store_login(db, &orphan, &client_session, &code), OST_E_NOT_FOUND);
    assert_int_equal(store_session_create(db, &orphan), OST_E_NOT_FOUND);
}

/* More than one portion of a sweep. */
static void a_thousand_ended_sessions_are_swept(void **state)
{
    size_t rows = 0;
    char id[16], code_id[16];
    (void)state;
    for (int i = 0; i < 1100; i++) {
        store_session many = session;
        store_client_session part = client_session;
        store_code last = code;
        snprintf(id, sizeof id, "m%d", i);
        snprintf(code_id, sizeof code_id, "mc%d", i);
        many.id = part.session_id = last.session_id = text_of(id);
        last.id = text_of(code_id);
        last.expires = 5;
        many.ends = i < 1000 ? 10 : 99;
        assert_int_equal(store_login(db, &many, &part, &last), OST_OK);
    }
    assert_int_equal(store_sweep(db, 10, &rows), OST_OK);
    assert_int_equal(rows, 1000); /* their codes went with them */
    assert_int_equal(store_sweep(db, 98, &rows), OST_OK);
    assert_int_equal(rows, 0);
    assert_int_equal(store_sweep(db, 605, &rows), OST_OK);
    assert_int_equal(rows, 100);
}

static void what_is_over_is_swept(void **state)
{
    size_t rows = 0;
    store_session read;
    (void)state;
    assert_int_equal(store_login(db, &session, &client_session, &code), OST_OK);
    assert_int_equal(store_sweep(db, 499, &rows), OST_OK);
    assert_int_equal(rows, 0);
    assert_int_equal(store_sweep(db, 500, &rows), OST_OK);
    assert_int_equal(rows, 1);
    assert_int_equal(store_session_get(db, OST_TEXT("r"), OST_TEXT("s1"), arena, &read),
                     OST_E_NOT_FOUND);
}

static size_t events(store_event_filter filter)
{
    ost_text *documents;
    size_t count = 99;
    filter.realm = OST_TEXT("r");
    filter.to = filter.to == 0 ? INT64_MAX : filter.to;
    filter.max = 10;
    assert_int_equal(store_event_find(db, &filter, arena, &documents, &count), OST_OK);
    return count;
}

static void events_are_found_and_expire(void **state)
{
    const store_event rows[] = {
        {.realm = OST_TEXT("r"),
         .time = 1000,
         .expires = 50,
         .type = OST_TEXT("LOGIN"),
         .client = OST_TEXT("c"),
         .user = OST_TEXT("u1"),
         .document = OST_TEXT("{}")},
        {.realm = OST_TEXT("r"),
         .time = 2000,
         .type = OST_TEXT("LOGIN_ERROR"),
         .document = OST_TEXT("{}")},
        {.realm = OST_TEXT("r"),
         .admin = true,
         .time = 3000,
         .type = OST_TEXT("UPDATE"),
         .resource = OST_TEXT("CLIENT"),
         .path = OST_TEXT("clients/a_b"),
         .document = OST_TEXT("{}")},
        {.realm = OST_TEXT("gone"),
         .time = 1000,
         .type = OST_TEXT("LOGIN"),
         .document = OST_TEXT("{}")},
    };
    size_t swept;
    (void)state;
    assert_int_equal(store_event_add(db, rows, ARRAY_LEN(rows)), OST_OK);
    assert_int_equal(events((store_event_filter){0}), 2);
    assert_int_equal(events((store_event_filter){.types = OST_TEXT("LOGIN")}), 1);
    assert_int_equal(events((store_event_filter){.types = OST_TEXT("LOGIN LOGIN_ERROR")}), 2);
    assert_int_equal(events((store_event_filter){.types = OST_TEXT("LOG")}), 0);
    assert_int_equal(events((store_event_filter){.user = OST_TEXT("u1")}), 1);
    assert_int_equal(events((store_event_filter){.from = 1001}), 1);
    assert_int_equal(events((store_event_filter){.to = 2000}), 1);
    assert_int_equal(events((store_event_filter){.admin = true, .path = OST_TEXT("clients/%")}), 1);
    assert_int_equal(events((store_event_filter){.admin = true, .path = OST_TEXT("clients/a\\_c")}),
                     0);
    assert_int_equal(store_sweep(db, 49, &swept), OST_OK);
    assert_int_equal(events((store_event_filter){0}), 2);
    assert_int_equal(store_sweep(db, 50, &swept), OST_OK);
    assert_int_equal(events((store_event_filter){0}), 1);
    assert_int_equal(store_event_clear(db, OST_TEXT("r"), true), OST_OK);
    assert_int_equal(events((store_event_filter){.admin = true}), 0);
    assert_int_equal(events((store_event_filter){0}), 1);
}

static void keys_move_from_state_to_state(void **state)
{
    const store_key key = {.kid = OST_TEXT("k"),
                           .realm = OST_TEXT("r"),
                           .algorithm = OST_TEXT("RS256"),
                           .use = OST_TEXT("sig"),
                           .jwk = OST_TEXT("{}"),
                           .state = STORE_KEY_NEXT};
    store_key *keys;
    size_t count, rows;
    (void)state;
    assert_int_equal(store_key_create(db, &key), OST_OK);
    assert_int_equal(store_key_create(db, &key), OST_E_CONFLICT);
    store_key second = key;
    second.kid = OST_TEXT("k2");
    assert_int_equal(store_key_promote(db, key.realm, key.kid, 9), OST_OK);
    assert_int_equal(store_key_promote(db, key.realm, key.kid, 9), OST_E_NOT_FOUND);
    assert_int_equal(store_key_create(db, &second), OST_OK);
    assert_int_equal(store_key_promote(db, key.realm, second.kid, 9), OST_OK);
    assert_int_equal(store_sweep(db, 8, &rows), OST_OK);
    assert_int_equal(store_key_list(db, key.realm, arena, &keys, &count), OST_OK);
    assert_int_equal(count, 2);
    assert_int_equal(store_sweep(db, 9, &rows), OST_OK);
    assert_int_equal(store_key_list(db, key.realm, arena, &keys, &count), OST_OK);
    assert_int_equal(count, 1);
    assert_true(text_is(keys[0].kid, "k2"));
}

static void of_several_who_add_the_next_key_one_does(void **state)
{
    store_key key = {.kid = OST_TEXT("now"),
                     .realm = OST_TEXT("r"),
                     .algorithm = OST_TEXT("ES256"),
                     .use = OST_TEXT("sig"),
                     .jwk = OST_TEXT("{}"),
                     .state = STORE_KEY_ACTIVE};
    store_key next = key, other = key;
    (void)state;
    next.kid = OST_TEXT("next");
    other.kid = OST_TEXT("other");
    next.state = other.state = STORE_KEY_NEXT;
    assert_int_equal(store_key_create(db, &key), OST_OK);
    assert_int_equal(store_key_succeed(db, &next, OST_TEXT("nobody")), OST_E_CONFLICT);
    assert_int_equal(store_key_succeed(db, &next, key.kid), OST_OK);
    assert_int_equal(store_key_succeed(db, &other, key.kid), OST_E_CONFLICT);
    assert_int_equal(store_key_promote(db, key.realm, next.kid, 100000), OST_OK);
    assert_int_equal(store_key_succeed(db, &other, key.kid), OST_E_CONFLICT);
    assert_int_equal(store_key_succeed(db, &other, next.kid), OST_OK);
}

static void what_programs_remember_has_a_generation(void **state)
{
    const store_realm realm = {OST_TEXT("id3"), OST_TEXT("three"), OST_TEXT("{}"), 1};
    store_realm changed = realm;
    store_user user = alice;
    const store_key key = {.kid = OST_TEXT("k3"), .realm = realm.name, .jwk = OST_TEXT("{}")};
    int64_t before = store_generation(db), now;
    (void)state;
    assert_true(before > 0);
    assert_int_equal(store_realm_create(db, &realm, NULL, 0, NULL, 0, NULL), OST_OK);
    assert_true((now = store_generation(db)) > before);
    before = now;
    changed.document = OST_TEXT("{\"x\":1}");
    changed.version = 2;
    assert_int_equal(store_realm_update(db, &changed), OST_OK);
    assert_int_equal(store_realm_update(db, &changed), OST_E_CONFLICT); /* of another reader */
    assert_true((now = store_generation(db)) > before);
    before = now;
    assert_int_equal(store_key_create(db, &key), OST_OK);
    assert_true((now = store_generation(db)) > before);
    before = now;
    user.realm = realm.name;
    assert_int_equal(store_user_create(db, &user), OST_OK);
    assert_true(store_generation(db) == before);
    user.id = user.username = OST_TEXT("service-account-c");
    user.email = (ost_text){0};
    assert_int_equal(store_user_create(db, &user), OST_OK);
    assert_true((now = store_generation(db)) > before);
    before = now;
    assert_int_equal(store_user_set_password(db, user.realm, user.id, OST_TEXT(""), OST_TEXT("x")),
                     OST_OK);
    assert_true(store_generation(db) == before);
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

static ost_result begin_pushed(const store_pushed *pushed, ost_text client, int64_t now)
{
    ost_text parameters = {0};
    ost_result result =
        store_pushed_begin(db, pushed->realm, client, pushed->id, now, 200, arena, &parameters);
    assert_true(result != OST_OK || text_is(parameters, "a=b"));
    return result;
}

static void a_pushed_request_is_spent_once_by_its_client(void **state)
{
    store_pushed pushed = {.id = OST_TEXT("p1"),
                           .realm = OST_TEXT("r"),
                           .client_id = OST_TEXT("c"),
                           .parameters = OST_TEXT("a=b"),
                           .expires = 100};
    ost_text taken;
    (void)state;
    assert_int_equal(store_pushed_create(db, &pushed, 2, 10), OST_OK);
    assert_int_equal(store_pushed_create(db, &pushed, 2, 10), OST_E_CONFLICT);
    assert_int_equal(store_pushed_spend(db, pushed.realm, OST_TEXT("p2"), 10), OST_E_NOT_FOUND);
    assert_int_equal(begin_pushed(&pushed, OST_TEXT("d"), 10), OST_E_NOT_FOUND);
    assert_int_equal(
        store_pushed_begin(db, OST_TEXT("s"), pushed.client_id, pushed.id, 10, 200, arena, &taken),
        OST_E_NOT_FOUND);
    assert_int_equal(begin_pushed(&pushed, pushed.client_id, 100), OST_E_NOT_FOUND);
    assert_int_equal(begin_pushed(&pushed, pushed.client_id, 99), OST_OK);
    assert_int_equal(begin_pushed(&pushed, pushed.client_id, 99), OST_OK);
    assert_int_equal(store_pushed_spend(db, OST_TEXT("s"), pushed.id, 99), OST_E_NOT_FOUND);
    assert_int_equal(store_pushed_spend(db, pushed.realm, pushed.id, 150), OST_OK);
    assert_int_equal(store_pushed_spend(db, pushed.realm, pushed.id, 150), OST_E_NOT_FOUND);
    assert_int_equal(begin_pushed(&pushed, pushed.client_id, 99), OST_E_NOT_FOUND);
}

/* However long the login takes, up to its end; what waits is not counted among what is pushed. */
static void a_login_outlasts_its_pushed_request(void **state)
{
    store_pushed pushed = {.id = OST_TEXT("p1"),
                           .realm = OST_TEXT("r"),
                           .client_id = OST_TEXT("c"),
                           .parameters = OST_TEXT("a=b"),
                           .expires = 100};
    size_t rows = 0;
    (void)state;
    assert_int_equal(store_pushed_create(db, &pushed, 1, 10), OST_OK);
    assert_int_equal(begin_pushed(&pushed, pushed.client_id, 50), OST_OK);
    assert_int_equal(store_sweep(db, 150, &rows), OST_OK);
    pushed.id = OST_TEXT("p2");
    pushed.expires = 160;
    assert_int_equal(store_pushed_create(db, &pushed, 1, 150), OST_OK);
    assert_int_equal(store_pushed_spend(db, pushed.realm, OST_TEXT("p1"), 199), OST_OK);
    assert_int_equal(begin_pushed(&pushed, pushed.client_id, 150), OST_OK);
    assert_int_equal(store_pushed_spend(db, pushed.realm, pushed.id, 200), OST_E_NOT_FOUND);
    assert_int_equal(store_pushed_spend(db, pushed.realm, pushed.id, 199), OST_OK);
}

static void a_client_has_so_many_requests_waiting(void **state)
{
    store_pushed pushed = {.realm = OST_TEXT("r"),
                           .client_id = OST_TEXT("c"),
                           .parameters = OST_TEXT("a=b"),
                           .expires = 100};
    const char *ids[] = {"p1", "p2", "p3", "p4"};
    size_t rows = 0;
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        pushed.id = text_of(ids[i]);
        assert_int_equal(store_pushed_create(db, &pushed, 2, 10), OST_OK);
    }
    pushed.id = text_of(ids[2]);
    assert_int_equal(store_pushed_create(db, &pushed, 2, 99), OST_E_BUSY);
    assert_int_equal(store_pushed_create(db, &pushed, 2, 100), OST_OK);
    pushed.client_id = OST_TEXT("d");
    pushed.id = text_of(ids[3]);
    assert_int_equal(store_pushed_create(db, &pushed, 2, 10), OST_OK);
    assert_int_equal(store_sweep(db, 99, &rows), OST_OK);
    assert_int_equal(store_sweep(db, 100, &rows), OST_OK);
    assert_int_equal(rows, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_realm_comes_whole_or_not_at_all),
        cmocka_unit_test(realms_are_named_without_their_documents),
        cmocka_unit_test(users_are_found_by_name_and_address),
        cmocka_unit_test(an_address_is_one_users_unless_it_is_shared),
        cmocka_unit_test(users_are_listed_by_name),
        cmocka_unit_test(whoever_does_not_exist_has_a_neighbour),
        cmocka_unit_test(a_password_changes_only_from_what_it_was),
        cmocka_unit_test(c4_another_realm_does_not_take_a_code),
        cmocka_unit_test(a_code_is_taken_once_by_many_threads),
        cmocka_unit_test(refresh_tokens_follow_each_other),
        cmocka_unit_test(a_token_may_be_used_again_until_its_child_is),
        cmocka_unit_test(each_tab_has_a_chain_of_its_own),
        cmocka_unit_test(chains_are_bounded),
        cmocka_unit_test(what_was_ended_does_not_come_back),
        cmocka_unit_test(the_first_token_after_a_change_of_mind_is_taken),
        cmocka_unit_test(a_user_can_prove_anew_who_they_are),
        cmocka_unit_test(the_end_of_a_session_takes_everything_along),
        cmocka_unit_test(sessions_are_found_by_user_and_by_client),
        cmocka_unit_test(a_session_ends_with_the_last_of_its_clients),
        cmocka_unit_test(a_login_into_a_session_that_is_gone_fails),
        cmocka_unit_test(a_thousand_ended_sessions_are_swept),
        cmocka_unit_test(what_is_over_is_swept),
        cmocka_unit_test(events_are_found_and_expire),
        cmocka_unit_test(keys_move_from_state_to_state),
        cmocka_unit_test(of_several_who_add_the_next_key_one_does),
        cmocka_unit_test(what_programs_remember_has_a_generation),
        cmocka_unit_test(a_realm_is_changed_whole_or_not_at_all),
        cmocka_unit_test(a_changed_realm_keeps_the_sessions_of_those_who_stay),
        cmocka_unit_test(a_realm_comes_and_goes_with_a_change_of_another),
        cmocka_unit_test(a_pushed_request_is_spent_once_by_its_client),
        cmocka_unit_test(a_login_outlasts_its_pushed_request),
        cmocka_unit_test(a_client_has_so_many_requests_waiting),
    };
    return cmocka_run_group_tests_name("store-rows-memory", tests, setup_memory, teardown) +
           cmocka_run_group_tests_name("store-rows-file", tests, setup_file, teardown);
}
