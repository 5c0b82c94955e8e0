/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a store: what is refused, what is left alone, what an older program wrote. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/context.h"
#include "base/text.h"
#include "store/schema.h"
#include "store/search/user_query.h"
#include "store/search/user_search.h"
#include "store/session/store_refresh.h"
#include "store/session/store_session.h"
#include "store/store.h"
#include "store/upgrade_watch.h"
#include "store/user/store_consent.h"
#include "store/user/store_user.h"
#include "store/user/user_link.h"
#include "store/user/user_record.h"
#include "temporary.h"
#include "test.h"

static int teardown(void **state)
{
    (void)state;
    temporary_remove();
    return 0;
}

static ost_result open_and_close(const char *path, ost_error *error)
{
    store *s;
    ost_result result = store_open(path, &s, error);
    if (result == OST_OK)
        store_close(s);
    return result;
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void write_bytes(const char *path, const char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

/* The whole file, to be freed. */
static char *read_bytes(const char *path, size_t *ret_size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *bytes = malloc(1 << 20);
    *ret_size = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    return bytes;
}

static void only_its_owner_can_read_it(void **state)
{
    const char *path = temporary_path("mode.db");
    struct stat status;
    store *s;
    (void)state;
    assert_int_equal(store_open(path, &s, NULL), OST_OK);
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        char name[600];
        snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
        assert_int_equal(stat(name, &status), 0);
        assert_int_equal(status.st_mode & 0777, 0600);
    }
    store_close(s);
    /* A copy that was made under a lax umask. */
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(open_and_close(path, NULL), OST_OK);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void what_cannot_be_a_store_is_refused(void **state)
{
    ost_error error = {0};
    char link_path[600];
    (void)state;
    assert_int_equal(open_and_close(temporary_path("nowhere/x.db"), &error), OST_E_STORE);
    assert_non_null(strstr(error.detail, "No such file"));
    assert_int_equal(mkdir(temporary_path("folder.db"), 0700), 0);
    assert_int_equal(open_and_close(temporary_path("folder.db"), &error), OST_E_STORE);
    assert_non_null(strstr(error.detail, "folder.db"));
    assert_int_equal(mkfifo(temporary_path("fifo.db"), 0600), 0);
    assert_int_equal(open_and_close(temporary_path("fifo.db"), &error), OST_E_STORE);
    assert_non_null(strstr(error.detail, "not a file"));
    snprintf(link_path, sizeof link_path, "%s", temporary_path("link.db"));
    assert_int_equal(symlink(temporary_path("target.db"), link_path), 0);
    assert_int_equal(open_and_close(link_path, &error), OST_E_STORE);
    assert_int_equal(access(temporary_path("target.db"), F_OK), -1);
}

static void assert_left_alone(const char *path, ost_result expected, const char *told)
{
    ost_error error = {0};
    size_t size, size_after;
    char *before = read_bytes(path, &size);
    assert_int_equal(open_and_close(path, &error), expected);
    assert_non_null(strstr(error.detail, told));
    assert_non_null(strstr(error.detail, path));
    char *after = read_bytes(path, &size_after);
    assert_int_equal(size, size_after);
    assert_memory_equal(before, after, size);
    free(before);
    free(after);
}

static void what_is_somebody_elses_is_left_alone(void **state)
{
    char path[600];
    (void)state;
    static const char text[] =
        "this is not a database, but text, and longer than its header would be "
        "if it were one, so that it is read";
    snprintf(path, sizeof path, "%s", temporary_path("text.db"));
    write_bytes(path, text, sizeof text);
    assert_left_alone(path, OST_E_STORE, "not a database");

    snprintf(path, sizeof path, "%s", temporary_path("other.db"));
    run_sql(path, "CREATE TABLE t (x)");
    assert_left_alone(path, OST_E_STORE, "another program");

    snprintf(path, sizeof path, "%s", temporary_path("other2.db"));
    run_sql(path, "CREATE TABLE t (x); PRAGMA application_id = 7; PRAGMA user_version = 3");
    assert_left_alone(path, OST_E_STORE, "another program");

    snprintf(path, sizeof path, "%s", temporary_path("negative.db"));
    run_sql(path, "CREATE TABLE t (x); PRAGMA user_version = -4");
    assert_left_alone(path, OST_E_STORE, "another program");
}

static void a_newer_programs_store_is_left_alone(void **state)
{
    char path[600];
    (void)state;
    snprintf(path, sizeof path, "%s", temporary_path("newer.db"));
    assert_int_equal(open_and_close(path, NULL), OST_OK);
    run_sql(path, "PRAGMA user_version = 1000");
    assert_left_alone(path, OST_E_SCHEMA, "newer program");
}

/* As the first schema had it. */
static const char first_schema[] =
    "CREATE TABLE realm (name TEXT PRIMARY KEY NOT NULL, id TEXT NOT NULL, document TEXT NOT NULL,"
    "  version INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE user (realm TEXT NOT NULL REFERENCES realm(name) ON DELETE CASCADE,"
    "  id TEXT NOT NULL, username TEXT NOT NULL, email TEXT NOT NULL, document TEXT NOT NULL,"
    "  password TEXT NOT NULL, enabled INTEGER NOT NULL, created INTEGER NOT NULL,"
    "  PRIMARY KEY (realm, id), UNIQUE (realm, username)) WITHOUT ROWID;"
    "CREATE TABLE key (realm TEXT NOT NULL REFERENCES realm(name) ON DELETE CASCADE,"
    "  kid TEXT NOT NULL, algorithm TEXT NOT NULL, use TEXT NOT NULL, jwk TEXT NOT NULL,"
    "  certificate TEXT NOT NULL, state INTEGER NOT NULL, created INTEGER NOT NULL,"
    "  signs_from INTEGER NOT NULL, ends INTEGER NOT NULL, PRIMARY KEY (realm, kid)) WITHOUT ROWID;"
    "CREATE TABLE session (id TEXT PRIMARY KEY NOT NULL, realm TEXT NOT NULL,"
    "  user_id TEXT NOT NULL, auth_time INTEGER NOT NULL, started INTEGER NOT NULL,"
    "  last_access INTEGER NOT NULL, ends INTEGER NOT NULL, idle_ends INTEGER NOT NULL,"
    "  remembered INTEGER NOT NULL, notes TEXT NOT NULL,"
    "  FOREIGN KEY (realm, user_id) REFERENCES user(realm, id) ON DELETE CASCADE) WITHOUT ROWID;"
    "CREATE TABLE client_session (session_id TEXT NOT NULL REFERENCES session(id)"
    "  ON DELETE CASCADE, client_id TEXT NOT NULL, scope TEXT NOT NULL, nonce TEXT NOT NULL,"
    "  redirect_uri TEXT NOT NULL, refresh_id TEXT NOT NULL, refresh_uses INTEGER NOT NULL,"
    "  started INTEGER NOT NULL, last_access INTEGER NOT NULL, notes TEXT NOT NULL,"
    "  PRIMARY KEY (session_id, client_id)) WITHOUT ROWID;"
    "CREATE TABLE code (id TEXT PRIMARY KEY NOT NULL, realm TEXT NOT NULL,"
    "  session_id TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE,"
    "  client_id TEXT NOT NULL, redirect_uri TEXT NOT NULL, scope TEXT NOT NULL,"
    "  nonce TEXT NOT NULL, challenge TEXT NOT NULL, challenge_method TEXT NOT NULL,"
    "  expires INTEGER NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;"
    "INSERT INTO realm VALUES ('r', 'id', '{}', 1);"
    "INSERT INTO user VALUES ('r', 'u1', 'a', 'a@x', '{\"firstName\":\"Ann\",\"groups\":[\"/g\"],"
    "\"clientRoles\":{\"c\":[\"r\"]},\"federatedIdentities\":[\"x\",{\"userId\":1},"
    "{\"identityProvider\":\"p\",\"userId\":\"7\",\"userName\":\"n\"}]}', '', 1, 0);"
    "INSERT INTO user VALUES ('r', 'u2', 'b', 'same@x', '{\"federatedIdentities\":7}', '', 1, 0);"
    "INSERT INTO user VALUES ('r', 'u3', 'c', 'same@x', '{}', '', 1, 0);"
    "INSERT INTO user VALUES ('r', 'u4', '\xC3\x84nne', '\xC3\x84@x', '{}', '', 1, 0);"
    "INSERT INTO user VALUES ('r', 'u5', '\xC3\x96l', '\xC3\x96@x', '{}', '', 1, 0);"
    "INSERT INTO user VALUES ('r', 'u6', '\xC3\xB6l', '\xC3\xB6@x', '{}', '', 1, 0);"
    "INSERT INTO session VALUES ('s', 'r', 'u1', 0, 0, 0, 100, 100, 0, '{}');"
    "INSERT INTO client_session VALUES ('s', 'c', '', '', '', 't1', 0, 0, 0, '{}');"
    "PRAGMA user_version = 1;";

/* Of the users of the first schema, the one that has it. */
static void expect_only(store *s, ost_arena *arena, store_renaming what)
{
    store_user *users;
    size_t count;
    assert_int_equal(store_user_linked(s, OST_TEXT("r"), &what, 0, 9, arena, &users, &count),
                     OST_OK);
    assert_int_equal(count, 1);
    assert_true(text_is(users[0].id, "u1"));
}

static void expect_first_name(store *s, ost_arena *arena)
{
    const store_user_word ann = {STORE_USER_FIRST_NAME, OST_TEXT("ann"), true};
    const store_user_query query = {.realm = OST_TEXT("r"), .words = &ann, .word_count = 1};
    int64_t count = 0;
    assert_int_equal(store_user_count(s, &query, arena, &count), OST_OK);
    assert_int_equal(count, 1);
}

static void an_old_store_is_brought_up_to_date(void **state)
{
    char path[600];
    store *s;
    store_user user;
    store_session session;
    ost_arena *arena = ost_arena_new(1 << 20);
    (void)state;
    snprintf(path, sizeof path, "%s", temporary_path("old.db"));
    run_sql(path, first_schema);
    assert_int_equal(store_open(path, &s, NULL), OST_OK);
    assert_int_equal(store_user_find(s, OST_TEXT("r"), OST_TEXT("a@x"), true, arena, &user),
                     OST_OK);
    assert_false(user.email_shared);
    assert_int_equal(store_user_get(s, OST_TEXT("r"), OST_TEXT("u3"), arena, &user), OST_OK);
    assert_true(user.email_shared); /* as it is */
    expect_only(s, arena, (store_renaming){.kind = STORE_LINK_GROUP, .from = OST_TEXT("/g")});
    expect_only(s, arena,
                (store_renaming){STORE_LINK_CLIENT_ROLE, OST_TEXT("c"), OST_TEXT("r"), {0}});
    expect_only(s, arena,
                (store_renaming){STORE_LINK_FEDERATED, OST_TEXT("p"), OST_TEXT("7"), {0}});
    expect_first_name(s, arena);
    store_refresh turn = {.realm = OST_TEXT("r"),
                          .session_id = OST_TEXT("s"),
                          .client_id = OST_TEXT("c"),
                          .presented = OST_TEXT("t1"),
                          .next = OST_TEXT("t2"),
                          .now = 1,
                          .idle_ends = 2};
    assert_int_equal(store_refresh_use(s, &turn), OST_OK);
    turn.next = OST_TEXT("t3");
    assert_int_equal(store_refresh_use(s, &turn), OST_E_CONFLICT);
    /* What refers to users still goes with them. */
    assert_int_equal(store_session_get(s, OST_TEXT("r"), OST_TEXT("s"), arena, &session), OST_OK);
    assert_int_equal(store_user_delete(s, OST_TEXT("r"), OST_TEXT("u1")), OST_OK);
    assert_int_equal(store_session_get(s, OST_TEXT("r"), OST_TEXT("s"), arena, &session),
                     OST_E_NOT_FOUND);
    store_close(s);
    ost_arena_free(arena);
}

static void remember_step(void *user, const store_upgrade_step *step)
{
    store_upgrade_step *last = user;
    assert_true(step->number >= last->number && step->size > 0 && step->ms >= 0);
    assert_true(step->number > last->number || step->written >= last->written);
    *last = *step;
}

static void n1_an_upgrade_tells_how_far_it_is(void **state)
{
    char path[600];
    ost_error error = {0};
    store_upgrade_step last = {0};
    (void)state;
    snprintf(path, sizeof path, "%s", temporary_path("watched.db"));
    run_sql(path, first_schema);
    run_sql(path, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
                  " INSERT INTO user SELECT 'r', 'n' || i, 'n' || i, 'n' || i || '@x', '{}', '', 1,"
                  " 0 FROM n");
    store_upgrade_watch(remember_step, &last);
    assert_int_equal(open_and_close(path, &error), OST_OK);
    store_upgrade_watch(NULL, NULL);
    assert_true(last.number > 1 && last.number <= SCHEMA);
    memset(&last, 0, sizeof last);
    assert_int_equal(open_and_close(path, &error), OST_OK);
    assert_int_equal(last.number, 0); /* nothing is left to do, and nobody listens */
}

static void p13_names_of_an_old_store_are_folded(void **state)
{
    static const char *const names[] = {"\xC3\x84NNE", "\xC3\xA4nne", "\xC3\xA4@X"};
    char path[600];
    store *s;
    store_user user;
    ost_arena *arena = ost_arena_new(1 << 20);
    (void)state;
    snprintf(path, sizeof path, "%s", temporary_path("names.db"));
    run_sql(path, first_schema);
    assert_int_equal(store_open(path, &s, NULL), OST_OK);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(store_user_find(s, OST_TEXT("r"), text_of(names[i]), true, arena, &user),
                         OST_OK);
        assert_true(text_is(user.id, "u4"));
    }
    /* Two who are one now: nobody is lost, and the name is the one's who had it so. */
    assert_int_equal(store_user_find(s, OST_TEXT("r"), OST_TEXT("\xC3\x96L"), false, arena, &user),
                     OST_OK);
    assert_true(text_is(user.id, "u6"));
    assert_int_equal(store_user_get(s, OST_TEXT("r"), OST_TEXT("u5"), arena, &user), OST_OK);
    store_close(s);
    ost_arena_free(arena);
}

/* Consents stood in the users' documents; those to clients that are gone stay there. */
static void consents_get_a_place_of_their_own(void **state)
{
    char path[600];
    store *s;
    store_consent *list;
    size_t count;
    ost_arena *arena = ost_arena_new(1 << 20);
    (void)state;
    snprintf(path, sizeof path, "%s", temporary_path("consents.db"));
    run_sql(path, first_schema);
    run_sql(path, "UPDATE realm SET document = '{\"clients\":[{\"clientId\":\"app\","
                  "\"id\":\"app-uuid\"},{\"clientId\":\"other\"}]}' WHERE name = 'r';"
                  "UPDATE user SET document = '{\"clientConsents\":[{\"clientId\":\"app\","
                  "\"grantedClientScopes\":[\"profile\",\"email\"],\"createdDate\":7},"
                  "{\"clientId\":\"gone\"}]}' WHERE id = 'u3';"
                  "UPDATE user SET document = 'not JSON' WHERE id = 'u1'");
    assert_int_equal(store_open(path, &s, NULL), OST_OK);
    assert_int_equal(store_consent_list(s, OST_TEXT("r"), OST_TEXT("u3"), arena, &list, &count),
                     OST_OK);
    assert_int_equal(count, 1);
    assert_true(text_is(list[0].client, "app-uuid"));
    assert_true(text_is(list[0].scopes, "profile email"));
    assert_int_equal(list[0].created, 7);
    assert_int_equal(list[0].updated, 7);
    store_close(s);
    ost_arena_free(arena);
}

/* A migration that cannot be finished leaves the store at the one before. */
static void a_migration_happens_whole_or_not_at_all(void **state)
{
    char path[600];
    ost_error error = {0};
    (void)state;
    snprintf(path, sizeof path, "%s", temporary_path("half.db"));
    run_sql(path, first_schema);
    run_sql(path, "CREATE TABLE generation (in_the_way)");
    assert_int_equal(open_and_close(path, &error), OST_E_STORE);
    assert_non_null(strstr(error.detail, "migration 3"));
    run_sql(path, "DROP TABLE generation; SELECT * FROM refresh_token");
    assert_int_equal(open_and_close(path, &error), OST_OK);
}

static void many_processes_may_open_a_new_store_at_once(void **state)
{
    char path[600];
    pid_t children[8];
    (void)state;
    snprintf(path, sizeof path, "%s", temporary_path("together.db"));
    for (size_t i = 0; i < 8; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            ost_error error = {0};
            ost_result result = open_and_close(path, &error);
            if (result != OST_OK)
                fprintf(stderr, "%s\n", error.detail);
            _exit(result != OST_OK);
        }
    }
    for (size_t i = 0; i < 8; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
}

static void any_allocation_may_fail(void **state)
{
    ost_result result = OST_E_MEMORY;
    (void)state;
    for (uint64_t n = 1; result != OST_OK; n++) {
        memory_fail_at(n);
        result = open_and_close(temporary_path("memory.db"), NULL);
        memory_fail_at(0);
        assert_true(result == OST_OK || result == OST_E_MEMORY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_its_owner_can_read_it),
        cmocka_unit_test(what_cannot_be_a_store_is_refused),
        cmocka_unit_test(what_is_somebody_elses_is_left_alone),
        cmocka_unit_test(a_newer_programs_store_is_left_alone),
        cmocka_unit_test(an_old_store_is_brought_up_to_date),
        cmocka_unit_test(n1_an_upgrade_tells_how_far_it_is),
        cmocka_unit_test(p13_names_of_an_old_store_are_folded),
        cmocka_unit_test(consents_get_a_place_of_their_own),
        cmocka_unit_test(a_migration_happens_whole_or_not_at_all),
        cmocka_unit_test(many_processes_may_open_a_new_store_at_once),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("store-store", tests, NULL, teardown);
}
