/* SPDX-License-Identifier: Apache-2.0 */
/* Errors: the table, and details that are fit for a log and a terminal. */
#include <stdio.h>
#include <string.h>

#include <ostiary/types.h>

#include "base/array.h"
#include "base/error_sentence.h"
#include "base/text.h"
#include "test.h"

static void the_table_is_complete(void **state)
{
    static const struct {
        ost_result code;
        const char *name, *category;
    } table[] = {
#define ROW(name, number, category, sentence) {name, #name, #category},
        OST_RESULTS(ROW)
#undef ROW
    };
    static const char *const categories[] = {"usage", "resource", "input", "key",
                                             "token", "remote",   "store"};
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        assert_string_equal(ost_result_name(table[i].code), table[i].name);
        assert_string_equal(ost_result_category(table[i].code), table[i].category);
        assert_true(strlen(ost_result_sentence(table[i].code)) > 0);
        /* The hundreds of the number are the category. */
        if (table[i].code != OST_OK)
            assert_string_equal(table[i].category, categories[table[i].code / 100 - 1]);
        assert_true(i == 0 || table[i].code > table[i - 1].code);
    }
    assert_string_equal(ost_result_name((ost_result)9999), "unknown");
    assert_string_equal(ost_result_category((ost_result)9999), "unknown");
    assert_string_equal(ost_result_sentence((ost_result)9999), "unknown");
}

static void check_detail(const char *seen, const char *expected)
{
    ost_error error = {0};
    assert_int_equal(ost_error_set(&error, OST_E_FORMAT, "%s", seen), OST_E_FORMAT);
    assert_int_equal(error.code, OST_E_FORMAT);
    assert_string_equal(error.detail, expected);
}

static void details_are_printable(void **state)
{
    check_detail("", "");
    check_detail("caf\xc3\xa9 \xf0\x9f\x98\x80", "caf\xc3\xa9 \xf0\x9f\x98\x80");
    check_detail("a\n\x1b[2J\x7f", "a??[2J?");
    check_detail("\xc2\x9b"
                 "2J\xc2\x80\xc2\x9f\xc2\xa0",
                 "??2J????\xc2\xa0"); /* C1 */
    check_detail("\x9b"
                 "2J",
                 "?2J");
    /* What turns the direction of text around or ends a line; their neighbours stay. */
    check_detail("a\xe2\x80\xae"
                 "b\xe2\x81\xa6\xd8\x9c\xe2\x80\xa8",
                 "a???b????????");
    check_detail("\xe2\x80\x8d\xe2\x80\xaf\xe2\x81\xaa\xd8\x9b\xe2\x82\xac",
                 "\xe2\x80\x8d\xe2\x80\xaf\xe2\x81\xaa\xd8\x9b\xe2\x82\xac");
    check_detail("\xff\xfe\xc3", "???");
    check_detail("\xed\xa0\x80x\xc0\xaf", "???x??");
    assert_int_equal(ost_error_set(NULL, OST_E_FORMAT, "%s", "x"), OST_E_FORMAT);
}

/* A character of each length, cut at each of its bytes. */
static void details_are_cut_between_characters(void **state)
{
    static const char *const characters[] = {"x", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    for (size_t before = 248; before < 262; before++) {
        for (size_t i = 0; i < 4; i++) {
            char seen[300];
            ost_error error;
            memset(seen, 'a', before);
            snprintf(seen + before, sizeof seen - before, "%sbbbbbbbbb", characters[i]);
            (void)ost_error_set(&error, OST_E_FORMAT, "%s", seen);
            size_t len = strlen(error.detail);
            assert_true(len <= 255 && (len >= 251 || len == strlen(seen)));
            assert_memory_equal(error.detail, seen, len); /* nothing became a '?' */
            assert_true(text_is_utf8(text_of(error.detail)));
        }
    }
    char tail[300];
    memset(tail, 0x80, sizeof tail - 1);
    tail[sizeof tail - 1] = '\0';
    ost_error error;
    (void)ost_error_set(&error, OST_E_FORMAT, "%s", tail);
    assert_true(strspn(error.detail, "?") >= 252);
}

#if OST_VERSION_NUMBER < OST_VERSION_OF(0, 1, 0) ||                                                \
    OST_VERSION_OF(1, 0, 0) <= OST_VERSION_OF(0, 999, 999)
#error "versions cannot be compared"
#endif

static void an_error_says_what_it_is(void **state)
{
    ost_error error = {OST_E_BUSY, "as before"};
    assert_int_equal(error_set_sentence(&error, OST_OK), OST_OK);
    assert_string_equal(error.detail, "as before");
    assert_int_equal(error_set_sentence(&error, OST_E_MEMORY), OST_E_MEMORY);
    assert_int_equal(error.code, OST_E_MEMORY);
    assert_string_equal(error.detail, ost_result_sentence(OST_E_MEMORY));
    assert_int_equal(error_set_sentence(NULL, OST_E_BUSY), OST_E_BUSY);
}

static void headers_and_library_are_of_one_version(void **state)
{
    char version[32];
    snprintf(version, sizeof version, "%d.%d.%d", OST_VERSION_MAJOR, OST_VERSION_MINOR,
             OST_VERSION_PATCH);
    assert_string_equal(ost_version(), version);
}

static void the_version_has_three_numbers(void **state)
{
    ost_text rest = text_of(ost_version()), piece;
    uint64_t number;
    int pieces = 0;
    for (; text_next(&rest, '.', &piece); pieces++)
        assert_true(text_to_unsigned(piece, 1000, &number));
    assert_int_equal(pieces, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_complete),
        cmocka_unit_test(details_are_printable),
        cmocka_unit_test(details_are_cut_between_characters),
        cmocka_unit_test(an_error_says_what_it_is),
        cmocka_unit_test(headers_and_library_are_of_one_version),
        cmocka_unit_test(the_version_has_three_numbers),
    };
    return cmocka_run_group_tests_name("base-error", tests, NULL, NULL);
}
