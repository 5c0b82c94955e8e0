/* SPDX-License-Identifier: Apache-2.0 */
/* A store whose secrets are sealed: nobody opens it without its master key, what lay in clear is
 * gone from its files, and it moves to another key while programs work with it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/context.h"
#include "base/text.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_key.h"
#include "store/realm/store_realm.h"
#include "store/reseal/reseal.h"
#include "store/store.h"
#include "temporary.h"
#include "test.h"

#define FIRST "VGhpcyBpcyBhIG1hc3RlciBrZXkgZm9yIHRlc3RzISE="
#define SECOND "-_-_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxw"
#define PRIVATE "{\"kid\":\"k1\",\"d\":\"the-private-part-of-a-key\"}"
#define DOCUMENT "{\"clients\":[{\"secret\":\"the-secret-of-a-client\"}]}"

static ost_result read_text(void *user, master_key *ret_keys, size_t *ret_count, ost_error *error)
{
    return master_keys_read(text_of(*(const char **)user), ret_keys, ret_count, error);
}

static store *open_with(const char *path, const master_key_source *source)
{
    store *s;
    assert_int_equal(store_open(path, &s, NULL), OST_OK);
    assert_int_equal(store_unlock(s, source, NULL), OST_OK);
    return s;
}

static void fill(store *s)
{
    const store_realm realm = {OST_TEXT("id"), OST_TEXT("r"), OST_TEXT(DOCUMENT), 1};
    const store_key key = {.kid = OST_TEXT("k1"),
                           .realm = OST_TEXT("r"),
                           .algorithm = OST_TEXT("RS256"),
                           .use = OST_TEXT("sig"),
                           .jwk = OST_TEXT(PRIVATE)};
    assert_int_equal(store_realm_create(s, &realm, NULL, 0, &key, 1, NULL), OST_OK);
}

static void check_content(store *s)
{
    ost_arena *arena = ost_arena_new(4 << 20);
    store_realm realm;
    store_key *keys;
    size_t count = 0;
    assert_int_equal(store_realm_get(s, OST_TEXT("r"), arena, &realm), OST_OK);
    assert_true(text_is(realm.document, DOCUMENT));
    assert_int_equal(store_key_list(s, OST_TEXT("r"), arena, &keys, &count), OST_OK);
    assert_int_equal(count, 1);
    assert_true(text_is(keys[0].jwk, PRIVATE));
    ost_arena_free(arena);
}

static bool file_has(const char *path, const char *suffix, const char *text)
{
    char name[600];
    static char bytes[4 << 20];
    snprintf(name, sizeof name, "%s%s", path, suffix);
    FILE *file = fopen(name, "rb");
    if (file == NULL)
        return false;
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return memmem(bytes, len, text, strlen(text)) != NULL;
}

static bool files_have(const char *path, const char *text)
{
    return file_has(path, "", text) || file_has(path, "-wal", text);
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void what_lay_in_clear_is_sealed_and_gone(void **state)
{
    const char *path = temporary_path("clear.db"), *text = FIRST;
    const master_key_source source = {read_text, &text};
    reseal_count count = {0};
    (void)state;
    store *s = open_with(path, NULL);
    fill(s);
    check_content(s);
    assert_true(files_have(path, "the-private-part") && files_have(path, "the-secret-of"));
    store_close(s);
    s = open_with(path, &source);
    check_content(s); /* a command with the key changes nothing by itself */
    assert_int_equal(store_seal_clear(s, &count, NULL), OST_OK);
    assert_int_equal(count.keys, 1);
    assert_int_equal(count.realms, 1);
    assert_true(count.overwritten);
    assert_false(files_have(path, "the-private-part") || files_have(path, "the-secret-of"));
    check_content(s);
    assert_int_equal(store_seal_clear(s, &count, NULL), OST_OK);
    assert_int_equal(count.keys + count.realms, 0);
    store_close(s);
    s = open_with(path, &source);
    check_content(s);
    store_close(s);
}

static void nobody_opens_it_without_its_key(void **state)
{
    const char *path = temporary_path("sealed.db"), *text = FIRST, *wrong = SECOND;
    const master_key_source source = {read_text, &text}, other = {read_text, &wrong};
    reseal_count count;
    ost_error error = {0};
    (void)state;
    store *s = open_with(path, &source);
    assert_int_equal(store_seal_clear(s, &count, NULL), OST_OK); /* there is nothing yet */
    fill(s);
    check_content(s);
    store_close(s);
    assert_false(files_have(path, "the-private-part") || files_have(path, "the-secret-of"));
    assert_int_equal(store_open(path, &s, NULL), OST_OK);
    assert_int_equal(store_unlock(s, NULL, &error), OST_E_KEY_UNKNOWN);
    assert_non_null(strstr(error.detail, "none was given"));
    assert_int_equal(store_unlock(s, &other, &error), OST_E_KEY_UNKNOWN);
    assert_non_null(strstr(error.detail, "the one that was given is"));
    assert_int_equal(store_unlock(s, &source, &error), OST_OK);
    check_content(s);
    store_close(s);
}

static void nothing_can_be_put_in_another_place(void **state)
{
    const char *path = temporary_path("moved.db"), *text = FIRST;
    const master_key_source source = {read_text, &text};
    reseal_count count;
    store_key *keys;
    size_t key_count;
    ost_arena *arena = ost_arena_new(4 << 20);
    (void)state;
    store *s = open_with(path, &source);
    assert_int_equal(store_seal_clear(s, &count, NULL), OST_OK);
    fill(s);
    store_close(s);
    run_sql(path, "UPDATE key SET kid = 'k2'");
    s = open_with(path, &source);
    assert_int_equal(store_key_list(s, OST_TEXT("r"), arena, &keys, &key_count), OST_E_DECRYPTION);
    store_close(s);
    /* Nor a key of somebody's own, in clear. */
    run_sql(path, "UPDATE key SET kid = 'k1', jwk = '{\"kid\":\"k1\"}'");
    s = open_with(path, &source);
    assert_int_equal(store_key_list(s, OST_TEXT("r"), arena, &keys, &key_count), OST_E_DECRYPTION);
    store_close(s);
    ost_arena_free(arena);
}

static void it_moves_to_another_key_under_a_running_program(void **state)
{
    const char *path = temporary_path("other.db"), *running_text = FIRST, *both = SECOND "\n" FIRST,
               *second = SECOND, *first = FIRST;
    const master_key_source running_source = {read_text, &running_text},
                            mover_source = {read_text, &both}, after = {read_text, &second},
                            before = {read_text, &first};
    reseal_count count;
    ost_error error = {0};
    (void)state;
    store *running = open_with(path, &running_source);
    assert_int_equal(store_seal_clear(running, &count, NULL), OST_OK);
    fill(running);
    store *mover = open_with(path, &mover_source);
    assert_int_equal(store_reseal(mover, &count, &error), OST_OK);
    assert_int_equal(count.keys, 1);
    assert_int_equal(count.realms, 1);
    check_content(mover);
    store_close(mover);
    /* Who runs looks again where it has its keys from, and not in every request. */
    const store_key more = {
        .kid = OST_TEXT("k2"), .realm = OST_TEXT("r"), .jwk = OST_TEXT(PRIVATE)};
    assert_int_equal(store_key_create(running, &more), OST_E_KEY_UNKNOWN);
    running_text = both;
    running->sealing->looked = INT64_MIN / 2;
    check_content(running);
    assert_int_equal(store_key_create(running, &more), OST_OK);
    store_close(running);
    store *s;
    assert_int_equal(store_open(path, &s, NULL), OST_OK);
    assert_int_equal(store_unlock(s, &before, NULL), OST_E_KEY_UNKNOWN);
    assert_int_equal(store_unlock(s, &after, NULL), OST_OK);
    store_close(s);
}

static void what_was_interrupted_is_taken_up_again(void **state)
{
    const char *path = temporary_path("half.db"), *text = FIRST, *both = SECOND "\n" FIRST;
    const master_key_source source = {read_text, &text}, mover = {read_text, &both};
    reseal_count count;
    (void)state;
    store *s = open_with(path, NULL);
    fill(s);
    store_close(s);
    /* As it is when a power cut comes after the first step. */
    s = open_with(path, &source);
    char begun[200];
    snprintf(begun, sizeof begun,
             "INSERT INTO master_key VALUES ('', 0); INSERT INTO master_key VALUES ('%s', 1)",
             s->sealing->keys[0].id);
    run_sql(path, begun);
    check_content(s);
    store_close(s);
    assert_int_equal(store_open(path, &s, NULL), OST_OK);
    assert_int_equal(store_unlock(s, NULL, NULL), OST_E_KEY_UNKNOWN);
    store_close(s);
    s = open_with(path, &source);
    assert_int_equal(store_seal_clear(s, &count, NULL), OST_OK);
    assert_int_equal(count.keys + count.realms, 2);
    store_close(s);
    /* And between two master keys. */
    s = open_with(path, &mover);
    char moving[300];
    snprintf(moving, sizeof moving,
             "UPDATE master_key SET state = 0; INSERT INTO master_key VALUES ('%s', 1)",
             s->sealing->keys[0].id);
    run_sql(path, moving);
    check_content(s);
    assert_int_equal(store_reseal(s, &count, NULL), OST_OK);
    assert_int_equal(count.keys + count.realms, 2);
    check_content(s);
    store_close(s);
}

static void nobody_seals_without_a_key(void **state)
{
    reseal_count count;
    (void)state;
    store *s = open_with(":memory:", NULL);
    assert_int_equal(store_reseal(s, &count, NULL), OST_E_STATE);
    assert_int_equal(store_seal_clear(s, &count, NULL), OST_OK);
    fill(s);
    check_content(s);
    store_close(s);
}

static int teardown(void **state)
{
    (void)state;
    temporary_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_lay_in_clear_is_sealed_and_gone),
        cmocka_unit_test(nobody_opens_it_without_its_key),
        cmocka_unit_test(nothing_can_be_put_in_another_place),
        cmocka_unit_test(it_moves_to_another_key_under_a_running_program),
        cmocka_unit_test(what_was_interrupted_is_taken_up_again),
        cmocka_unit_test(nobody_seals_without_a_key),
    };
    return cmocka_run_group_tests_name("store-sealing", tests, NULL, teardown);
}
