/* The questions to an issuer: many at a time, within bounds, and what their failures mean for the
 * next ones.
 */
#include <stdio.h>
#include <unistd.h>

#include "context.h"
#include "inquiry.h"

/* ---- an issuer in trouble ---- */

static void no_answer_lets_nobody_in(void **state)
{
    online *o = *state;
    static const fake_mode modes[] = {FAKE_DOWN, FAKE_ERROR, FAKE_REDIRECT, FAKE_HTML, FAKE_LARGE};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        fake_issuer_answer(o->issuer, modes[i], inquiry_good(o, ""));
        inquiry_begin(o, inquiry_by_secret);
        inquiry_expect(o, "opaque", OST_E_REMOTE, 503);
        ost_guard_free(o->guard);
    }
    static const char *const answers[] = {
        "",
        "{}",
        "true",
        "[true]",
        "{\"active\":\"true\"}",
        "{\"active\":1}",
        "{\"active\":null}",
        "{\"active\":[true]}",
        "{\"Active\":true}",
        "{\"active\":true",
        "{\"active\":true,\"active\":true}",
        "{\"active\":true,\"exp\":1e999}",
    };
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        fake_issuer_answer(o->issuer, FAKE_GOOD, answers[i]);
        inquiry_begin(o, inquiry_by_secret);
        inquiry_expect(o, "opaque", OST_E_REMOTE, 503);
        if (i + 1 < sizeof answers / sizeof answers[0])
            ost_guard_free(o->guard);
    }
}

static void an_issuer_that_fails_is_left_in_peace(void **state)
{
    online *o = *state;
    inquiry_begin(o, inquiry_by_secret);
    inquiry_expect(o, "remembered", OST_OK, 200);
    fake_issuer_answer(o->issuer, FAKE_ERROR, "");
    inquiry_expect(o, "opaque-0", OST_E_REMOTE, 503);
    for (int i = 0; i < 200; i++) {
        char token[32];
        snprintf(token, sizeof token, "opaque-%d", i);
        inquiry_expect(o, token, OST_E_REMOTE, 503);
        inquiry_expect(o, "remembered", OST_OK, 200);
    }
    assert_int_equal(inquiry_questions(o), 1 + 16); /* enough to know that it is not the tokens */
    ost_text said = {0};
    assert_true(ost_json_text(
        ost_json_get(online_state(o, o->guard, 0, "introspection"), "last_error"), &said));
    assert_true(text_ends(said, "answered 500"));
    fake_issuer_answer(o->issuer, FAKE_GOOD, inquiry_good(o, ""));
    usleep(1200000);
    atomic_fetch_add(&inquiry_now, 2);
    inquiry_expect(o, "opaque-0", OST_OK, 200);
    inquiry_expect(o, "opaque-1", OST_OK, 200);
}

/* All issuers but one hang, with as many questions as each may have in the air. */
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

/* "No" is an answer too: the issuer is well, and is said to be. */
static void the_last_error_ends_with_any_answer(void **state)
{
    online *o = *state;
    int64_t seconds = -1;
    inquiry_begin(o, inquiry_by_secret);
    const ost_json *asking = online_state(o, o->guard, 0, "introspection");
    assert_null(ost_json_get(asking, "failing"));
    fake_issuer_answer(o->issuer, FAKE_DOWN, "");
    inquiry_expect(o, "opaque-0", OST_E_REMOTE, 503);
    usleep(1100000);
    asking = online_state(o, o->guard, 0, "introspection");
    assert_non_null(ost_json_get(asking, "last_error"));
    assert_true(ost_json_integer(ost_json_get(asking, "failing"), &seconds));
    assert_in_range(seconds, 1, 60);
    assert_true(online_metric(o, o->guard, "ostiary_issuer_introspection_failing_seconds{") >= 1);
    fake_issuer_answer(o->issuer, FAKE_GOOD, "{\"active\":false}");
    inquiry_expect(o, "opaque-1", OST_E_INACTIVE, 401);
    asking = online_state(o, o->guard, 0, "introspection");
    assert_null(ost_json_get(asking, "last_error"));
    assert_null(ost_json_get(asking, "failing"));
    assert_int_equal(online_metric(o, o->guard, "ostiary_issuer_introspection_failing_seconds{"),
                     0);
    inquiry_expect(o, "opaque-0", OST_E_REMOTE, 503); /* for a moment still, and says why */
}

/* Whatever one token makes the issuer, or a firewall before it, answer. */
static void a_poisoned_token_stops_nobody_else(void **state)
{
    static const char *const claims[] = {",\"name\":\"a\\u0000b\"", ",\"name\":\"a\\ud83d\"",
                                         ",\"name\":\"a\",\"name\":\"b\""};
    online *o = *state;
    inquiry_begin(o, inquiry_by_secret);
    for (size_t i = 0; i < 8; i++) {
        const char *poison = ost_arena_format(o->arena, "poison-%zu", i);
        if (i < 3) {
            fake_issuer_answer(o->issuer, FAKE_GOOD, inquiry_good(o, claims[i]));
        } else {
            static const int statuses[] = {403, 404, 500, 502};
            o->issuer->ask_status = i < 7 ? statuses[i - 3] : 200;
            fake_issuer_answer(o->issuer, i < 7 ? FAKE_GOOD : FAKE_LARGE, "");
        }
        inquiry_expect(o, poison, OST_E_REMOTE, 503);
        o->issuer->ask_status = 200;
        fake_issuer_answer(o->issuer, FAKE_GOOD, inquiry_good(o, ""));
        inquiry_expect(o, ost_arena_format(o->arena, "good-%zu", i), OST_OK, 200);
    }
}

/* A firewall may also hang up. */
static void one_connection_that_ends_stops_nobody_else(void **state)
{
    online *o = *state;
    inquiry_begin(o, inquiry_by_secret);
    fake_issuer_answer(o->issuer, FAKE_DOWN, "");
    inquiry_expect(o, "poison", OST_E_REMOTE, 503);
    fake_issuer_answer(o->issuer, FAKE_GOOD, inquiry_good(o, ""));
    inquiry_expect(o, "good", OST_OK, 200);
}

static void a_token_that_the_issuer_chokes_on_harms_no_other(void **state)
{
    online *o = *state;
    o->issuer->ask_status = 400;
    inquiry_begin(o, inquiry_by_secret);
    for (int i = 0; i < 20; i++)
        inquiry_expect(o, "poison", OST_E_REMOTE, 503);
    assert_int_equal(inquiry_questions(o), 1);
    o->issuer->ask_status = 200;
    inquiry_expect(o, "opaque", OST_OK, 200);
}

/* ---- many ---- */

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

/* ---- the end ---- */

static void whoever_waits_is_told_of_the_end(void **state)
{
    online *o = *state;
    atomic_int told = 0;
    fake_issuer_answer(o->issuer, FAKE_SLOW, inquiry_good(o, ""));
    inquiry_begin(o, inquiry_by_secret);
    for (int i = 0; i < 40; i++) { /* more than are in the air at once */
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
        TEST(no_answer_lets_nobody_in),
        TEST(an_issuer_that_fails_is_left_in_peace),
        TEST(issuers_that_hang_leave_the_others_alone),
        TEST(the_last_error_ends_with_any_answer),
        TEST(a_poisoned_token_stops_nobody_else),
        TEST(one_connection_that_ends_stops_nobody_else),
        TEST(a_token_that_the_issuer_chokes_on_harms_no_other),
        TEST(one_question_for_all_who_wait),
        TEST(a_flood_of_garbage_is_held_back),
        TEST(good_tokens_cost_nothing_of_the_budget),
        TEST(whoever_waits_is_told_of_the_end),
    };
    return cmocka_run_group_tests_name("guard-introspector_fetch", tests, online_make_keys,
                                       online_free_keys);
}
