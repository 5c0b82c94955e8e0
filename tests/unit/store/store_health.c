/* SPDX-License-Identifier: Apache-2.0 */
/* A store that fails says why until it works again; what is only somebody's mistake is no fault of
 * it. */
#include "store/store_health.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/context.h"
#include "base/text.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"
#include "store/sqlite/sqlite_store.h"
#include "store/store.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"
#include "temporary.h"
#include "test.h"

static char path[600], away[620];
static store *db;

static int setup(void **state)
{
    (void)state;
    const store_realm realm = {OST_TEXT("id"), OST_TEXT("r"), OST_TEXT("{}"), 1};
    snprintf(path, sizeof path, "%s", temporary_path("health.db"));
    snprintf(away, sizeof away, "%s.away", path);
    if (store_open(path, &db, NULL) != OST_OK)
        return 1;
    store_probe(db);
    return store_realm_create(db, &realm, NULL, 0, NULL, 0, NULL) != OST_OK;
}

static int teardown(void **state)
{
    (void)state;
    store_close(db);
    temporary_remove();
    return 0;
}

static store_health health(void)
{
    store_health read;
    store_health_read(db, &read);
    return read;
}

static ost_result change(void)
{
    store_realm row = {0};
    ost_arena *arena = ost_arena_new(1 << 16);
    ost_result result = store_realm_get(db, OST_TEXT("r"), arena, &row);
    row.version++;
    if (result == OST_OK)
        result = store_realm_update(db, &row);
    ost_arena_free(arena);
    return result;
}

static void wait_until_quiet(void)
{
    const struct timespec pause = {1, 10000000};
    store_probe(db);
    assert_int_not_equal(health().fault, STORE_WORKS); /* not yet */
    nanosleep(&pause, NULL);
    store_probe(db);
    assert_int_equal(health().fault, STORE_WORKS);
    assert_int_equal(change(), OST_OK);
}

static void mistakes_are_no_faults(void **state)
{
    (void)state;
    const store_realm again = {OST_TEXT("id"), OST_TEXT("r"), OST_TEXT("{}"), 1};
    const store_user lost = {.id = OST_TEXT("u"), .realm = OST_TEXT("none"), .username = again.id};
    int64_t before = store_generation(db);
    assert_int_equal(store_realm_create(db, &again, NULL, 0, NULL, 0, NULL), OST_E_CONFLICT);
    assert_int_equal(store_user_create(db, &lost), OST_E_NOT_FOUND);
    assert_int_equal(store_realm_delete(db, OST_TEXT("none")), OST_E_NOT_FOUND);
    store_probe(db);
    store_health seen = health();
    assert_int_equal(seen.fault, STORE_WORKS);
    for (unsigned i = 0; i < STORE_FAULTS; i++)
        assert_int_equal(seen.failures[i], 0);
    assert_int_equal(store_generation(db), before); /* looking changes nothing */
}

static void a_locked_store_refuses_soon_once_it_is_known(void **state)
{
    (void)state;
    sqlite3 *other;
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(change(), OST_E_BUSY);
    assert_int_equal(health().fault, STORE_LOCKED);
    int64_t begun = monotonic_ms();
    for (int i = 0; i < 3; i++)
        assert_int_equal(change(), OST_E_BUSY);
    assert_true(monotonic_ms() - begun < 4000);
    store_probe(db);
    assert_int_equal(health().failures[STORE_LOCKED], 5);
    assert_true(health().since_ms > 0 && health().since_ms <= monotonic_ms());
    sqlite3_close(other);
    wait_until_quiet();
    assert_int_equal(health().failures[STORE_LOCKED], 5);
}

static void a_moved_file_takes_nothing_that_would_be_lost(void **state)
{
    (void)state;
    sqlite3 *other;
    assert_int_equal(rename(path, away), 0);
    store_probe(db);
    assert_int_equal(health().fault, STORE_MOVED);
    assert_int_equal(change(), OST_E_STORE);
    assert_int_equal(rename(away, path), 0);
    wait_until_quiet();
    assert_int_equal(rename(path, away), 0);
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK); /* another of that name */
    assert_int_equal(sqlite3_exec(other, "CREATE TABLE t (c)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    store_probe(db);
    assert_int_equal(change(), OST_E_STORE);
    /* That one has taken the log away, in which the last changes are. */
    assert_int_equal(rename(away, path), 0);
    store_probe(db);
    assert_int_equal(health().fault, STORE_MOVED);
    assert_int_equal(change(), OST_E_STORE);
}

static void every_fault_has_words(void **state)
{
    (void)state;
    for (unsigned i = 0; i < STORE_FAULTS; i++) {
        assert_non_null(store_fault_sentence((store_fault)i));
        const char *word = store_fault_word((store_fault)i);
        assert_int_equal(strspn(word, "abcdefghijklmnopqrstuvwxyz-"), strlen(word));
        for (unsigned k = 0; k < i; k++)
            assert_string_not_equal(word, store_fault_word((store_fault)k));
    }
}

static int writer_pages(void)
{
    int bytes = 0, most = 0;
    sqlite3_db_status(((sqlite_store *)db)->writer.db, SQLITE_DBSTATUS_CACHE_USED, &bytes, &most,
                      0);
    return bytes;
}

static void what_changes_read_is_given_back_when_no_other_follows(void **state)
{
    (void)state;
    assert_int_equal(change(), OST_OK);
    store_probe(db); /* there was one since the last */
    int before = writer_pages();
    store_probe(db);
    assert_true(writer_pages() < before / 2);
    assert_int_equal(change(), OST_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(mistakes_are_no_faults, setup, teardown),
        cmocka_unit_test_setup_teardown(a_locked_store_refuses_soon_once_it_is_known, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_moved_file_takes_nothing_that_would_be_lost, setup,
                                        teardown),
        cmocka_unit_test(every_fault_has_words),
        cmocka_unit_test_setup_teardown(what_changes_read_is_given_back_when_no_other_follows,
                                        setup, teardown),
    };
    return cmocka_run_group_tests_name("store-health", tests, NULL, NULL);
}
