/* SPDX-License-Identifier: Apache-2.0 */
/* What a user's own profile may hold: each rule on both sides of its border. */
#include "provider/profile/profile_check.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

static const char *first(const profile_faults *faults)
{
    return faults->count > 0 ? faults->list[0].message : "";
}

static void addresses_are_judged(void **state)
{
    (void)state;
    static const char *const good[] = {"ann@example.com",     "a.b+c@example.co",
                                       "änne@bücher.example", "a@localhost",
                                       "o'neil@x-y.example",  "1@2.example"};
    static const char *const bad[] = {
        "ann",           "@example.com",   "ann@",    "a@b@example.com",
        "a b@x.example", "a..b@x.example", ".a@x.y",  "a.@x.y",
        "a@x..y",        "a@-x.y",         "a@x-.y",  "a@x.y.",
        "a@[127.0.0.1]", "a@x_y",          "<a>@x.y", "\"a\"@x.y",
        "a@x.y\n",       "a\x7f@x.y",      "a@.x.y",  "a,b@x.y"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        profile_faults faults = {0};
        profile_check_email(text_of(good[i]), &faults);
        assert_string_equal(first(&faults), "");
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        profile_faults faults = {0};
        profile_check_email(text_of(bad[i]), &faults);
        assert_string_equal(first(&faults), "error-invalid-email");
    }
}

static void names_have_no_signs_of_markup(void **state)
{
    (void)state;
    static const char *const good[] = {"Ann", "Änne-Marie", "O'Neil, jr.", "李", "a b", "_"};
    static const char *const bad[] = {"<b>", "a&b",  "\"a\"", "a$",        "a;",      "x|y",
                                      "a=b", "[a]",  "{a}",   "(a)",       "a\x1f",   "a\x7f",
                                      "a/b", "a\\b", "a\tb",  "a\xc2\x85", "\xc2\xa7"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        profile_faults faults = {0};
        profile_check_name("firstName", text_of(good[i]), &faults);
        assert_string_equal(first(&faults), "");
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        profile_faults faults = {0};
        profile_check_name("firstName", text_of(bad[i]), &faults);
        assert_string_equal(first(&faults), "error-person-name-invalid-character");
    }
}

static void lengths_count_characters(void **state)
{
    (void)state;
    char name[2 * 256 + 1] = "";
    for (size_t i = 0; i < 255; i++)
        memcpy(name + 2 * i, "\xc3\xa4", 3);
    profile_faults faults = {0};
    profile_check_name("lastName", text_of(name), &faults);
    assert_int_equal(faults.count, 0);
    memcpy(name + 510, "\xc3\xa4", 3);
    profile_check_name("lastName", text_of(name), &faults);
    assert_string_equal(first(&faults), "error-invalid-length-too-long");
    faults.count = 0;
    profile_check_username(OST_TEXT("abc"), &faults);
    assert_int_equal(faults.count, 0);
    profile_check_username(OST_TEXT("ab"), &faults);
    assert_string_equal(first(&faults), "error-invalid-length");
    faults.count = 0;
    profile_check_username(OST_TEXT("a'bc"), &faults);
    assert_string_equal(first(&faults), "error-username-invalid-character");
}

static void one_fault_stands_beside_the_list(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(1 << 16);
    profile_faults faults = {0};
    ost_text text;
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    profile_check_email(OST_TEXT("x"), &faults);
    profile_faults_write(&faults, w);
    assert_int_equal(ost_json_writer_finish(w, &text), OST_OK);
    assert_string_equal(
        text.data, "{\"field\":\"email\",\"errorMessage\":\"error-invalid-email\","
                   "\"params\":[\"${email}\",\"x\"],\"errors\":[{\"field\":\"email\","
                   "\"errorMessage\":\"error-invalid-email\",\"params\":[\"${email}\",\"x\"]}]}");
    profile_check_name("lastName", (ost_text){0}, &faults);
    w = ost_json_writer_new(arena, 0);
    profile_faults_write(&faults, w);
    assert_int_equal(ost_json_writer_finish(w, &text), OST_OK);
    assert_true(text_starts(text, "{\"errors\":[{\"field\":\"email\""));
    for (unsigned i = 0; i < 2 * PROFILE_FAULTS; i++)
        profile_check_name("lastName", (ost_text){0}, &faults);
    assert_int_equal(faults.count, PROFILE_FAULTS);
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_judged),
        cmocka_unit_test(names_have_no_signs_of_markup),
        cmocka_unit_test(lengths_count_characters),
        cmocka_unit_test(one_fault_stands_beside_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
