/* SPDX-License-Identifier: Apache-2.0 */
/* Levels of authentication in the notes of sessions and of clients' parts of them. */
#include "provider/session/session_level.h"

#include "base/array.h"
#include "base/text.h"
#include "fixture.h"

static fixture *f;

static void what_a_session_has(void **state)
{
    static const struct {
        const char *notes;
        size_t count;
        int64_t highest;
    } cases[] = {
        {"{}", 0, 0},
        {"{\"levels\":{}}", 0, 0},
        {"{\"levels\":{\"1\":5,\"20\":6}}", 2, 20},
        {"{\"levels\":{\"1\":5,\"x\":6}}", 0, 0},
        {"{\"levels\":{\"1\":\"5\"}}", 0, 0},
        {"{\"levels\":{\"-1\":5}}", 0, 0},
        {"{\"levels\":[1,2]}", 0, 0},
        {"[]", 0, 0},
        {"{", 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        flow_level levels[FLOW_LEVELS_MAX];
        call *c = fixture_call(f, "x", NULL);
        size_t count = session_levels_read(c, text_of(cases[i].notes), levels);
        if (count != cases[i].count || (count > 0 && levels[count - 1].level != cases[i].highest))
            fail_msg("%s", cases[i].notes);
    }
}

static void what_is_noted(void **state)
{
    static const struct {
        const char *before, *words, *after;
    } cases[] = {
        {"{}", "1 2", "{\"levels\":{\"1\":9,\"2\":9}}"},
        {"{\"ip\":\"::1\",\"levels\":{\"1\":5,\"2\":6},\"os\":\"x\"}", "2",
         "{\"ip\":\"::1\",\"os\":\"x\",\"levels\":{\"1\":5,\"2\":9}}"},
        {"{\"levels\":7}", "1", "{\"levels\":{\"1\":9}}"},
        {"{\"a\":1}", "", "{\"a\":1,\"levels\":{}}"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        call *c = fixture_call(f, "x", NULL);
        ost_text notes;
        assert_true(
            session_levels_note(c, text_of(cases[i].words), 9, text_of(cases[i].before), &notes));
        if (!text_is(notes, cases[i].after))
            fail_msg("%.*s", OST_FORMAT(notes));
    }
    ost_text notes;
    assert_false(
        session_levels_note(fixture_call(f, "x", NULL), OST_TEXT("1"), 9, OST_TEXT("{"), &notes));
}

static void there_is_room_for_so_many(void **state)
{
    call *c = fixture_call(f, "x", NULL);
    ost_text notes = OST_TEXT("{}");
    flow_level levels[FLOW_LEVELS_MAX];
    bool last = false;
    (void)state;
    for (int64_t i = 0; i < 2 * FLOW_LEVELS_MAX; i++)
        assert_true(
            session_levels_note(c, text_of(call_format(c, "%d", (int)i)), 100 + i, notes, &notes));
    assert_int_equal(session_levels_read(c, notes, levels), FLOW_LEVELS_MAX);
    for (size_t i = 0; i < FLOW_LEVELS_MAX; i++) {
        assert_true(levels[i].level >= FLOW_LEVELS_MAX);
        last = last || levels[i].level == 2 * FLOW_LEVELS_MAX - 1;
    }
    assert_true(last);
}

static void how_somebody_has_come_in(void **state)
{
    static const reached_level cases[] = {
        {.proved = true},
        {.leveled = true, .level = 0},
        {.proved = true, .leveled = true, .level = 3, .names = {"gold 1", 6}},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        call *c = fixture_call(f, "x", NULL);
        ost_json_writer *w = call_writer(c);
        ost_text notes;
        ost_json_open_object(w);
        reached_level_write(&cases[i], w);
        ost_json_close_object(w);
        assert_int_equal(ost_json_writer_finish(w, &notes), OST_OK);
        const reached_level *read = reached_level_read(c, notes);
        assert_non_null(read);
        assert_true(read->proved == cases[i].proved && read->leveled == cases[i].leveled &&
                    read->level == cases[i].level && text_equal(read->names, cases[i].names) &&
                    !read->lent);
    }
    call *c = fixture_call(f, "x", NULL);
    assert_null(reached_level_read(c, OST_TEXT("{}")));
    assert_null(reached_level_read(c, OST_TEXT("{")));
    assert_true(reached_level_read(c, OST_TEXT("{\"acr\":\"0\",\"from\":\"app\"}"))->lent);
}

static void what_a_login_of_its_own_is_worth(void **state)
{
    static const reached_level raised = {.leveled = true, .level = 2, .names = OST_TEXT("gold")};
    static const reached_level flat = {.proved = true};
    static const struct {
        const reached_level *of_part;
        const char *own;
        bool leveled;
        int64_t level;
    } cases[] = {
        {&raised, "1", true, 1},    {&raised, "2", true, 2},      {&raised, "0", true, 0},
        {&raised, NULL, false, 0},  {&raised, "\"2\"", false, 0}, {&raised, "-1", false, 0},
        {&raised, "2.5", false, 0}, {&flat, "1", true, 1},        {NULL, "1", true, 1},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        call *c = fixture_call(f, "x", NULL);
        const ost_json *own = NULL;
        if (cases[i].own != NULL)
            assert_int_equal(ost_json_read(text_of(cases[i].own), NULL, c->arena, &own, NULL),
                             OST_OK);
        const reached_level *found = reached_level_own(c, cases[i].of_part, own);
        if (found == NULL || found->proved || found->leveled != cases[i].leveled ||
            found->level != cases[i].level)
            fail_msg("case %zu", i);
    }
    call *c = fixture_call(f, "x", NULL);
    assert_ptr_equal(reached_level_own(c, &flat, NULL), &flat);
    assert_null(reached_level_own(c, NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_session_has),
        cmocka_unit_test(what_is_noted),
        cmocka_unit_test(there_is_room_for_so_many),
        cmocka_unit_test(how_somebody_has_come_in),
        cmocka_unit_test(what_a_login_of_its_own_is_worth),
    };
    f = fixture_new();
    int failed = cmocka_run_group_tests_name("provider-session_level", tests, NULL, NULL);
    fixture_free(f);
    return failed;
}
