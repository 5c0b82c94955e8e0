/* SPDX-License-Identifier: Apache-2.0 */
/* Splitting, joining and pruning of cookies. */
#include "login/login_cookies.h"
#include "base/array.h"

#include "login_fakes.h"

#define NAME OST_TEXT("ostiary")

static ost_text text_of_length(ost_arena *arena, size_t len)
{
    char *data = ost_arena_alloc(arena, len + 1);
    for (size_t i = 0; i < len; i++)
        data[i] = (char)('a' + i % 26);
    return (ost_text){data, len};
}

static void split_and_joined(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(1 << 22);
    const size_t one = LOGIN_PIECE_BYTES - 2;
    const size_t lengths[] = {1, 100, one, one + 1, 2 * one, 10000, 6 * LOGIN_PIECE_BYTES - 2};
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        fake_browser browser = {0};
        ost_login_step step = {0};
        ost_text sealed = text_of_length(arena, lengths[i]), joined;
        assert_int_equal(login_cookies_split(&browser.jar, NAME, sealed, arena, &step), OST_OK);
        assert_int_equal(step.cookie_count,
                         (lengths[i] + 2 + LOGIN_PIECE_BYTES - 1) / LOGIN_PIECE_BYTES);
        for (size_t k = 0; k < step.cookie_count; k++)
            assert_true(step.cookies[k].value.len <= LOGIN_PIECE_BYTES &&
                        step.cookies[k].max_age == -1);
        fake_keep(&browser, &step);
        assert_int_equal(login_cookies_join(&browser.jar, NAME, 0, arena, &joined), OST_OK);
        assert_true(text_equal(joined, sealed));
    }
    ost_login_step step = {0};
    const ost_login_jar empty = {0};
    assert_int_equal(login_cookies_split(&empty, NAME,
                                         text_of_length(arena, 6 * LOGIN_PIECE_BYTES - 1), arena,
                                         &step),
                     OST_E_CEILING);
    ost_arena_free(arena);
}

static void stale_pieces_are_deleted(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(1 << 22);
    fake_browser browser = {0};
    ost_login_step step = {0};
    ost_text joined, short_one = OST_TEXT("short");
    assert_int_equal(
        login_cookies_split(&browser.jar, NAME, text_of_length(arena, 15000), arena, &step),
        OST_OK);
    fake_keep(&browser, &step);
    assert_int_equal(browser.jar.count, 4);

    step = (ost_login_step){0};
    assert_int_equal(login_cookies_split(&browser.jar, NAME, short_one, arena, &step), OST_OK);
    assert_int_equal(step.cookie_count, 4);
    fake_keep(&browser, &step);
    assert_int_equal(browser.jar.count, 1);
    assert_int_equal(login_cookies_join(&browser.jar, NAME, 0, arena, &joined), OST_OK);
    assert_true(text_equal(joined, short_one));

    step = (ost_login_step){0};
    assert_int_equal(login_cookies_split(&browser.jar, NAME, (ost_text){0}, arena, &step), OST_OK);
    fake_keep(&browser, &step);
    assert_int_equal(browser.jar.count, 0);
    assert_int_equal(login_cookies_join(&browser.jar, NAME, 0, arena, &joined), OST_E_NOT_FOUND);
    ost_arena_free(arena);
}

static void broken_sets_are_refused(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(1 << 20);
    const struct {
        const char *first;
        ost_result result;
    } cases[] = {{"", OST_E_FORMAT},    {"1", OST_E_FORMAT},  {"0.x", OST_E_FORMAT},
                 {"7.x", OST_E_FORMAT}, {"1x", OST_E_FORMAT}, {"-1.x", OST_E_FORMAT},
                 {"3.x", OST_E_FORMAT}, {"2.x", OST_OK},      {"1.", OST_OK}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const ost_login_pair pairs[] = {{OST_TEXT("other"), OST_TEXT("1.no")},
                                        {NAME, text_of(cases[i].first)},
                                        {OST_TEXT("ostiary-1"), OST_TEXT("y")}};
        const ost_login_jar jar = {pairs, 3};
        ost_text joined;
        assert_int_equal(login_cookies_join(&jar, NAME, 0, arena, &joined), cases[i].result);
    }
    ost_arena_free(arena);
}

/* A neighbour host can add a cookie of the same name, but not put it in front of ours. */
static void first_of_two_counts(void **state)
{
    (void)state;
    const ost_login_pair pairs[] = {{NAME, OST_TEXT("1.a")}, {NAME, OST_TEXT("1.b")}};
    const ost_login_jar jar = {pairs, 2};
    assert_true(text_is(login_cookies_get(&jar, NAME), "1.a"));
}

/* C10: what another port, path or neighbour host has left may come first, of any piece. */
static void every_cookie_of_a_name_may_be_chosen(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(1 << 20);
    const ost_login_pair pairs[] = {
        {NAME, OST_TEXT("garbage")}, {OST_TEXT("ostiary-1"), OST_TEXT("x")},
        {NAME, OST_TEXT("2.a")},     {OST_TEXT("ostiary-1"), OST_TEXT("b")},
        {NAME, OST_TEXT("1.c")},     {OST_TEXT("ostiary-1"), OST_TEXT("d")}};
    const ost_login_jar jar = {pairs, 6}, few = {pairs, 5}, two = {pairs + 2, 2};
    ost_text joined;
    assert_int_equal(login_cookies_join(&jar, NAME, 0, arena, &joined), OST_E_FORMAT);
    assert_int_equal(login_cookies_join(&jar, NAME, 1, arena, &joined), OST_OK);
    assert_true(text_is(joined, "ab"));
    assert_int_equal(login_cookies_join(&jar, NAME, 2, arena, &joined), OST_OK);
    assert_true(text_is(joined, "c"));
    assert_int_equal(login_cookies_join(&jar, NAME, 3, arena, &joined), OST_E_NOT_FOUND);
    const ost_login_jar one_first = {(ost_login_pair[]){pairs[1], pairs[2], pairs[3]}, 3};
    assert_int_equal(login_cookies_join(&one_first, NAME, 1, arena, &joined), OST_OK);
    assert_true(text_is(joined, "ab"));
    assert_int_equal(login_cookies_join(&two, NAME, 1, arena, &joined), OST_E_NOT_FOUND);
    assert_true(text_is(login_cookies_nth(&few, NAME, 2), "1.c"));
    assert_null(login_cookies_nth(&few, NAME, 3).data);
    ost_arena_free(arena);
}

static void unfinished_logins_are_bounded(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(1 << 20);
    ost_login_pair pairs[40];
    for (size_t count = 0; count <= 40; count++) {
        for (size_t i = 0; i < count; i++) {
            ost_text number = text_of(ost_arena_format(arena, "%zu", i));
            pairs[i] =
                (ost_login_pair){login_cookies_transaction(arena, NAME, number), OST_TEXT("x")};
        }
        const ost_login_jar jar = {pairs, count};
        ost_login_step step = {0};
        assert_int_equal(login_cookies_prune(&jar, NAME, &step), OST_OK);
        size_t expected = count < LOGIN_TRANSACTIONS ? 0 : count - LOGIN_TRANSACTIONS + 1;
        if (expected > OST_LOGIN_COOKIES - 1)
            expected = OST_LOGIN_COOKIES - 1;
        assert_int_equal(step.cookie_count, expected);
        if (expected > 0)
            assert_true(text_is(step.cookies[0].name, "ostiary-login-0")); /* the oldest */
        assert_int_equal(login_cookies_add(&step, NAME, OST_TEXT("new"), 1), OST_OK);
    }
    ost_arena_free(arena);
}

static void names(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(1 << 20);
    assert_true(text_is(login_cookies_name(arena, "ostiary", false), "ostiary"));
    assert_true(text_is(login_cookies_name(arena, "ostiary", true), "__Host-ostiary"));
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(split_and_joined),
        cmocka_unit_test(stale_pieces_are_deleted),
        cmocka_unit_test(broken_sets_are_refused),
        cmocka_unit_test(first_of_two_counts),
        cmocka_unit_test(every_cookie_of_a_name_may_be_chosen),
        cmocka_unit_test(unfinished_logins_are_bounded),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
