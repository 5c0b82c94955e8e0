/* SPDX-License-Identifier: Apache-2.0 */
/* Paths as clients send them: what is read, what is refused, and how the forgiving read it. */
#include "gate/gate_path.h"

#include "base/array.h"
#include "base/text.h"
#include "test.h"

#define ARENA_MAX ((size_t)1 << 20)

static void paths_are_decoded_once(void **state)
{
    static const char *const cases[][2] = {
        {"/", "/"},
        {"/a/b", "/a/b"},
        {"/a/b/", "/a/b/"},
        {"/a?b/../c", "/a"},
        {"/%61", "/a"},
        {"/stra%C3%9Fe", "/stra\xc3\x9f"
                         "e"},
        {"/a%25", "/a%"},
        {"/a%25x", "/a%x"},
        {"/a%3Fb", "/a?b"},
        {"/a.b/..c", "/a.b/..c"},
        {"/a:b@c,d=e+f*g!$&'()~", "/a:b@c,d=e+f*g!$&'()~"},
    };
    (void)state;
    ost_arena *arena = ost_arena_new(ARENA_MAX);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ost_text path;
        const char *why = gate_path_read(text_of(cases[i][0]), arena, &path);
        if (why != NULL || !text_is(path, cases[i][1]))
            fail_msg("%s: %s", cases[i][0], why);
    }
    ost_arena_free(arena);
}

static void attack_45_paths_with_two_readings(void **state)
{
    static const char *const cases[] = {
        "",       "a",         "*",       "?a",        "http://h/a",  "//h/a",      "/a//b",
        "/a/",    "/a/.",      "/a/..",   "/./a",      "/a/%2e%2e/b", "/a/.%2E",    "/a%2fb",
        "/a%5cb", "/a\\b",     "/a;b",    "/a%3bb",    "/a%00",       "/a%0a",      "/a%7f",
        "/a\tb",  "/a b",      "/a%252e", "/a%25%32e", "/a%u002e",    "/a%25u002e", "/a%zz",
        "/a%",    "/a%4",      "/a.",     "/a./b",     "/a%20",       "/a%20/b",    "/a#b",
        "/a|b",   "/\xc3\xa4", "/%c0%ae", "/%ff",      "/%ed%a0%80",  "/a?b#c",     "/a?\x01",
    };
    (void)state;
    ost_arena *arena = ost_arena_new(ARENA_MAX);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ost_text path = OST_TEXT("untouched");
        const char *why = gate_path_read(text_of(cases[i]), arena, &path);
        bool is_folder = text_is(text_of(cases[i]), "/a/");
        if ((why == NULL) != is_folder)
            fail_msg("\"%s\" %s", cases[i], why);
        if (why != NULL)
            assert_true(text_is(path, "untouched"));
    }
    ost_arena_free(arena);
}

static void how_the_forgiving_read_it(void **state)
{
    static const char *const cases[][2] = {
        {"/", ""},
        {"/A/b/", "/a/b"},
        {"/a?b", "/a"},
        {"/a#b", "/a"},
        {"/\xe2\x84\xaa", "/k"},
        {"/a/?b", "/a"},
        {"/\xc5\xbf", "/s"},
        {"/\xef\xbc\xa1"
         "dmin",
         "/admin"},                          /* a wide A */
        {"/admin\xef\xbc\x8fx", "/admin/x"}, /* a wide slash */
        {"/con\xef\xac\x81g", "/config"},    /* a ligature */
        {"/\xf0\x9d\x90\x9a"
         "dmin",
         "/admin"}, /* a bold a of formulas */
        {"/a\xef\xbc\x9f"
         "b",
         "/a"},                      /* a wide ? */
        {"/adm\xc4\xb1n", "/admin"}, /* without its dot */
        {"/ADM\xc4\xb0N", "/admin"}, /* with a dot */
        {"/pa\xc3\x9f", "/pass"},    /* a sharp s */
        {"/stra\xe1\xba\x9e"
         "e",
         "/strasse"},                                       /* a large one */
        {"/b\xe2\x84\x80", "/ba/c"},                        /* "account of" */
        {"/\xe6\x97\xa5\xc3\xa9", "/\xe6\x97\xa5\xc3\xa9"}, /* no ASCII in them */
    };
    (void)state;
    ost_arena *arena = ost_arena_new(ARENA_MAX);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ost_text loose = gate_path_loose(text_of(cases[i][0]), arena);
        assert_non_null(loose.data);
        if (!text_is(loose, cases[i][1]))
            fail_msg("%s: %.*s", cases[i][0], OST_FORMAT(loose));
    }
    ost_arena_free(arena);
}

static void what_the_forgiving_may_not_read(void **state)
{
    static const struct {
        const char *path;
        bool refused;
    } cases[] = {
        {"/a/\xef\xbc\x8e\xef\xbc\x8e/b", true}, /* two wide dots */
        {"/a/\xe2\x80\xa5/b", true},             /* a leader of two dots */
        {"/a\xef\xbc\x8f\xef\xbc\x8e\xef\xbc\x8f", true},
        {"/a\xef\xbc\xbc"
         "b",
         true},               /* a wide backslash */
        {"/a\xc2\xa0", true}, /* a blank that keeps words together */
        {"/a\xe3\x80\x80/b", true},
        {"/a\xc2\xa0"
         "b",
         false},
        {"/\xe2\x80\xa6", false}, /* an ellipsis is a name */
        {"/a\xef\xbc\x8f"
         "b\xef\xbc\x9b",
         false},
        {"/a/b", false},
    };
    (void)state;
    ost_arena *arena = ost_arena_new(ARENA_MAX);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ost_text loose = gate_path_loose(text_of(cases[i].path), arena);
        assert_non_null(loose.data);
        if ((gate_path_check_loose(loose) != NULL) != cases[i].refused)
            fail_msg("%s", cases[i].path);
    }
    ost_arena_free(arena);
}

static void without_memory(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(64);
    ost_text path = OST_TEXT("untouched");
    static char long_path[300] = "/";
    for (size_t i = 1; i < sizeof long_path - 1; i++)
        long_path[i] = 'a';
    assert_non_null(gate_path_read(text_of(long_path), arena, &path));
    assert_true(text_is(path, "untouched"));
    assert_null(gate_path_loose(text_of(long_path), arena).data);
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_decoded_once),
        cmocka_unit_test(attack_45_paths_with_two_readings),
        cmocka_unit_test(how_the_forgiving_read_it),
        cmocka_unit_test(what_the_forgiving_may_not_read),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
