/* SPDX-License-Identifier: Apache-2.0 */
/* Many questions to an issuer: one for all who wait for the same, few at a time, within a budget,
 * and none that hangs holds up another issuer's.
 */
#include <stdio.h>
#include <unistd.h>

#include "base/context.h"
#include "inquiry.h"

static void few_questions_are_in_the_air(void **state)
{
    online *o = *state;
    atomic_int told = 0;
    fake_issuer_answer(o->issuer, FAKE_SLOW, inquiry_good(o, ""));
    inquiry_begin(o, inquiry_by_secret);
    for (int i = 0; i < 40; i++) {
        ost_text token = text_of(ost_arena_format(o->arena, "opaque-%d", i));
        ost_verdict verdict = online_check_now(o, o->guard, token, true);
        assert_int_equal(verdict.decision, OST_WAIT);
        assert_int_equal(ost_guard_wait(o->guard, &verdict, online_count, &told), OST_OK);
    }
    assert_true(online_until_number(&o->issuer->questions, 16, 5));
    usleep(200000);
    assert_int_equal(inquiry_questions(o), 16);
    assert_int_equal(online_metric(o, o->guard, "ostiary_issuer_introspections_under_way{"), 40);
    fake_issuer_release(o->issuer);
    assert_true(online_until_number(&told, 40, 5));
    assert_int_equal(inquiry_questions(o), 40);
}

/* Those that wait for their turn fail with those under way, and are not asked. */
static void an_issuer_that_fails_is_not_asked_the_rest(void **state)
{
    online *o = *state;
    atomic_int told = 0;
    fake_issuer_status(o->issuer, 503);
    fake_issuer_answer(o->issuer, FAKE_SLOW, "");
    inquiry_begin(o, inquiry_by_secret);
    for (int i = 0; i < 40; i++) {
        ost_text token = text_of(ost_arena_format(o->arena, "opaque-%d", i));
        ost_verdict verdict = online_check_now(o, o->guard, token, true);
        assert_int_equal(verdict.decision, OST_WAIT);
        assert_int_equal(ost_guard_wait(o->guard, &verdict, online_count, &told), OST_OK);
    }
    assert_true(online_until_number(&o->issuer->questions, 16, 5));
    fake_issuer_release(o->issuer);
    assert_true(online_until_number(&told, 40, 5));
    assert_int_equal(inquiry_questions(o), 16);
    inquiry_expect(o, "opaque-39", OST_E_REMOTE, 503);
    assert_int_equal(inquiry_questions(o), 16);
}

static void one_question_for_all_who_wait(void **state)
{
    online *o = *state;
    atomic_int told = 0;
    fake_issuer_answer(o->issuer, FAKE_SLOW, inquiry_good(o, ""));
    inquiry_begin(o, inquiry_by_secret);
    for (int i = 0; i < 1001; i++) {
        ost_verdict verdict = online_check_now(o, o->guard, OST_TEXT("opaque"), true);
        assert_int_equal(verdict.decision, OST_WAIT);
        assert_int_equal(ost_guard_wait(o->guard, &verdict, online_count, &told),
                         i < 1000 ? OST_OK : OST_E_BUSY);
        ost_arena_reset(o->arena);
    }
    fake_issuer_release(o->issuer);
    assert_true(online_until_number(&told, 1000, 5));
    assert_int_equal(online_check_now(o, o->guard, OST_TEXT("opaque"), false).decision, OST_ALLOW);
    assert_int_equal(inquiry_questions(o), 1);
    /* It is over: whoever still has the verdict of the wait checks again at once. */
    const ost_verdict late = {.decision = OST_WAIT, .ticket = 1};
    assert_int_equal(ost_guard_wait(o->guard, &late, online_count, &told), OST_E_BUSY);
}

/* All issuers but one hang, with as many questions as each may have under way. */
static void issuers_that_hang_leave_the_others_alone(void **state)
{
    online *o = *state;
    static const char *const audiences[] = {"myapi"};
    fake_issuer *hanging = fake_issuer_start();
    fake_issuer_answer(hanging, FAKE_SLOW, "");
    ost_issuer all[32];
    for (int i = 0; i < 32; i++) {
        ost_introspection asking = inquiry_by_secret;
        asking.token_prefix = ost_arena_format(o->arena, "p%02d-", i);
        asking.endpoint = fake_issuer_url(i > 0 ? hanging : o->issuer,
                                          "/realms/a/protocol/openid-connect/token/introspect");
        asking.endpoint = ost_arena_copy(o->arena, text_of(asking.endpoint));
        asking.no_keys = true;
        all[i] = (ost_issuer){.issuer = i > 0 ? ost_arena_format(o->arena, "https://id/%d", i)
                                              : o->issuer->name,
                              .audiences = audiences,
                              .audience_count = 1,
                              .fetch_timeout = 60,
                              .introspection = asking};
    }
    const ost_guard_config config = {
        .issuers = all, .issuer_count = 32, .context = &inquiry_context};
    assert_int_equal(ost_guard_new(&config, &o->guard, NULL), OST_OK);
    for (int i = 1; i < 32; i++) {
        for (int k = 0; k < 16; k++) {
            ost_text token = text_of(ost_arena_format(o->arena, "p%02d-%d", i, k));
            assert_int_equal(online_check_now(o, o->guard, token, true).decision, OST_WAIT);
        }
    }
    assert_true(online_until_number(&hanging->questions, 250, 20));
    inquiry_expect(o, "p00-good", OST_OK, 200);
    ost_guard_free(o->guard);
    o->guard = NULL;
    fake_issuer_stop(hanging);
}

static void a_flood_of_garbage_is_held_back(void **state)
{
    online *o = *state;
    int held_back = 0, refused = 0;
    inquiry_begin(o, inquiry_by_secret);
    inquiry_expect(o, "remembered", OST_OK, 200);
    fake_issuer_answer(o->issuer, FAKE_GOOD, "{\"active\":false}");
    int64_t started = monotonic_ms();
    for (int i = 0; i < 2000; i++) {
        char token[32];
        snprintf(token, sizeof token, "garbage-%d", i);
        ost_verdict verdict = online_check(o, o->guard, text_of(token));
        assert_int_equal(verdict.decision, OST_REFUSE);
        held_back += verdict.status == 503;
        refused += verdict.status == 401;
        /* Whoever is known does not even notice. */
        verdict = online_check_now(o, o->guard, OST_TEXT("remembered"), true);
        assert_int_equal(verdict.decision, OST_ALLOW);
        ost_arena_reset(o->arena);
    }
    int64_t seconds = (monotonic_ms() - started) / 1000 + 1;
    assert_int_equal(held_back + refused, 2000);
    assert_true(held_back > 0);
    assert_true(inquiry_questions(o) <= 1 + 256 + 20 * (int)seconds);
    /* Nor when its answer has become old. */
    fake_issuer_answer(o->issuer, FAKE_GOOD, inquiry_good(o, ""));
    atomic_fetch_add(&inquiry_now, 30);
    inquiry_expect(o, "remembered", OST_OK, 200);
}

static void good_tokens_cost_nothing_of_the_budget(void **state)
{
    online *o = *state;
    inquiry_begin(o, inquiry_by_secret);
    for (int i = 0; i < 600; i++) {
        char token[32];
        snprintf(token, sizeof token, "opaque-%d", i);
        inquiry_expect(o, token, OST_OK, 200);
        ost_arena_reset(o->arena);
    }
    assert_int_equal(inquiry_questions(o), 600);
}

static void whoever_waits_is_told_of_the_end(void **state)
{
    online *o = *state;
    atomic_int told = 0;
    fake_issuer_answer(o->issuer, FAKE_SLOW, inquiry_good(o, ""));
    inquiry_begin(o, inquiry_by_secret);
    for (int i = 0; i < 40; i++) { /* more than are under way at once */
        char token[32];
        snprintf(token, sizeof token, "opaque-%d", i);
        ost_verdict verdict = online_check_now(o, o->guard, text_of(token), true);
        assert_int_equal(verdict.decision, OST_WAIT);
        assert_int_equal(ost_guard_wait(o->guard, &verdict, online_count, &told), OST_OK);
    }
    ost_guard_free(o->guard);
    o->guard = NULL;
    assert_int_equal(atomic_load(&told), 40);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, inquiry_start, online_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(few_questions_are_in_the_air),     TEST(an_issuer_that_fails_is_not_asked_the_rest),
        TEST(one_question_for_all_who_wait),    TEST(issuers_that_hang_leave_the_others_alone),
        TEST(a_flood_of_garbage_is_held_back),  TEST(good_tokens_cost_nothing_of_the_budget),
        TEST(whoever_waits_is_told_of_the_end),
    };
    return cmocka_run_group_tests_name("guard-introspector_questions", tests, online_make_keys,
                                       online_free_keys);
}
