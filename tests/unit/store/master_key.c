/* SPDX-License-Identifier: Apache-2.0 */
/* Master keys: what is read as one, and that nothing sealed can be changed, moved or read with
 * another. */
#include <string.h>

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"
#include "store/sealing/master_key.h"
#include "test.h"

#define FIRST "VGhpcyBpcyBhIG1hc3RlciBrZXkgZm9yIHRlc3RzISE="
#define FIRST_HEX "546869732069732061206d6173746572206b657920666f722074657374732121"
#define FIRST_RAW "This is a master key for tests!!"
#define SECOND "-_-_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxw"
#define SECOND_PLAIN "+/+/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxw="

static const sealed_place place = {SEALED_KEY, {"acme", 4}, {"kid-1", 5}};

static size_t read_keys(const char *text, master_key keys[MASTER_KEYS_MAX])
{
    size_t count = 0;
    assert_int_equal(master_keys_read(text_of(text), keys, &count, NULL), OST_OK);
    return count;
}

static void forms_of_one_key_are_one_key(void **state)
{
    static const char *const forms[] = {FIRST, FIRST "\n", FIRST_HEX "\r\n",
                                        "# the key\n\n  " FIRST_HEX "\n"};
    master_key first[MASTER_KEYS_MAX], keys[MASTER_KEYS_MAX];
    (void)state;
    assert_int_equal(read_keys(FIRST, first), 1);
    assert_int_equal(strlen(first[0].id), MASTER_KEY_ID);
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        assert_int_equal(read_keys(forms[i], keys), 1);
        assert_memory_equal(keys[0].secret, FIRST_RAW, MASTER_KEY_BYTES);
        assert_string_equal(keys[0].id, first[0].id);
    }
    assert_int_equal(read_keys(SECOND "\n" SECOND_PLAIN "\n" FIRST, keys), 3);
    assert_string_equal(keys[0].id, keys[1].id);
    assert_string_equal(keys[2].id, first[0].id);
    assert_string_not_equal(keys[0].id, first[0].id);
}

static void raw_bytes_are_a_key_unless_somebody_has_typed_them(void **state)
{
    master_key second[MASTER_KEYS_MAX], keys[MASTER_KEYS_MAX];
    ost_error error = {0};
    size_t count = 77;
    (void)state;
    assert_int_equal(read_keys(SECOND, second), 1);
    ost_text raw = {(const char *)second[0].secret, MASTER_KEY_BYTES};
    assert_int_equal(master_keys_read(raw, keys, &count, NULL), OST_OK);
    assert_int_equal(count, 1);
    assert_string_equal(keys[0].id, second[0].id);

    count = 77;
    assert_int_equal(master_keys_read(OST_TEXT(FIRST_RAW), keys, &count, &error), OST_E_KEY_WEAK);
    assert_int_equal(count, 77);
    assert_non_null(strstr(error.detail, "passphrase"));
    assert_null(strstr(error.detail, FIRST_RAW));
    assert_int_equal(
        master_keys_read(OST_TEXT("This is a master key for a test\n"), keys, &count, NULL),
        OST_E_KEY_WEAK);
    assert_int_equal(
        master_keys_read(OST_TEXT("This is a master key for tests\r\n"), keys, &count, NULL),
        OST_E_KEY_WEAK);
}

static void what_is_no_key_is_refused(void **state)
{
    static const struct {
        const char *text;
        ost_result result;
    } cases[] = {
        {"", OST_E_KEY_FORMAT},
        {"# nothing\n", OST_E_KEY_FORMAT},
        {"hunter2", OST_E_KEY_FORMAT},
        {"VGhpcyBpcyBhIG1hc3RlciBrZXkgZm9yIHRlc3RzIQ==", OST_E_KEY_FORMAT}, /* 31 bytes */
        {FIRST_HEX "00", OST_E_KEY_FORMAT},
        {FIRST "\nhunter2\n", OST_E_KEY_FORMAT},
        {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", OST_E_KEY_WEAK},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", OST_E_KEY_WEAK},
    };
    master_key keys[MASTER_KEYS_MAX];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        size_t count = 77;
        ost_error error = {0};
        assert_int_equal(master_keys_read(text_of(cases[i].text), keys, &count, &error),
                         cases[i].result);
        assert_int_equal(count, 77);
        assert_null(strstr(error.detail, "hunter2"));
        assert_int_equal(error.code, cases[i].result);
    }
    char many[(MASTER_KEYS_MAX + 1) * sizeof FIRST] = "";
    for (size_t i = 0; i <= MASTER_KEYS_MAX; i++)
        memcpy(many + i * sizeof FIRST, FIRST "\n", sizeof FIRST);
    size_t count;
    assert_int_equal(master_keys_read((ost_text){many, sizeof many}, keys, &count, NULL),
                     OST_E_CEILING);
}

static void what_is_sealed_is_opened_at_its_place_alone(void **state)
{
    static const sealed_place others[] = {
        {SEALED_REALM, {"acme", 4}, {"kid-1", 5}},
        {SEALED_KEY, {"acme", 4}, {"kid-2", 5}},
        {SEALED_KEY, {"acmek", 5}, {"id-1", 4}},
    };
    master_key keys[MASTER_KEYS_MAX];
    ost_arena *arena = ost_arena_new(1 << 20);
    ost_text plain, secret = OST_TEXT("{\"d\":\"the private part\"}");
    char *sealed, *again;
    (void)state;
    assert_int_equal(read_keys(FIRST "\n" SECOND, keys), 2);
    assert_int_equal(master_key_seal(&keys[0], &place, secret, &sealed), OST_OK);
    assert_int_equal(master_key_seal(&keys[0], &place, secret, &again), OST_OK);
    assert_string_not_equal(sealed, again);
    assert_null(strstr(sealed, "private"));
    assert_int_equal(master_key_open(&keys[0], &place, text_of(sealed), arena, &plain), OST_OK);
    assert_true(text_equal(plain, secret));
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        assert_int_equal(master_key_open(&keys[0], &others[i], text_of(sealed), arena, &plain),
                         OST_E_DECRYPTION);
    assert_int_equal(master_key_open(&keys[1], &place, text_of(sealed), arena, &plain),
                     OST_E_DECRYPTION);
    /* The id of the other key, put in by hand. */
    memcpy(sealed + strlen("sealed.1."), keys[1].id, MASTER_KEY_ID);
    assert_int_equal(master_key_open(&keys[1], &place, text_of(sealed), arena, &plain),
                     OST_E_DECRYPTION);
    memory_free(sealed);
    memory_free(again);
    ost_arena_free(arena);
}

static void no_byte_can_be_changed_or_left_out(void **state)
{
    master_key keys[MASTER_KEYS_MAX];
    ost_arena *arena = ost_arena_new(1 << 20);
    ost_text plain, empty = OST_TEXT("");
    char *sealed;
    (void)state;
    assert_int_equal(read_keys(FIRST, keys), 1);
    assert_int_equal(master_key_seal(&keys[0], &place, empty, &sealed), OST_OK);
    size_t len = strlen(sealed);
    for (size_t i = 0; i < len; i++) {
        char kept = sealed[i];
        sealed[i] = kept == 'A' ? 'B' : 'A';
        assert_int_not_equal(
            master_key_open(&keys[0], &place, (ost_text){sealed, len}, arena, &plain), OST_OK);
        sealed[i] = kept;
        assert_int_not_equal(
            master_key_open(&keys[0], &place, (ost_text){sealed, i}, arena, &plain), OST_OK);
    }
    assert_int_equal(master_key_open(&keys[0], &place, text_of(sealed), arena, &plain), OST_OK);
    assert_int_equal(plain.len, 0);
    memory_free(sealed);
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_of_one_key_are_one_key),
        cmocka_unit_test(raw_bytes_are_a_key_unless_somebody_has_typed_them),
        cmocka_unit_test(what_is_no_key_is_refused),
        cmocka_unit_test(what_is_sealed_is_opened_at_its_place_alone),
        cmocka_unit_test(no_byte_can_be_changed_or_left_out),
    };
    return cmocka_run_group_tests_name("store-master-key", tests, NULL, NULL);
}
