/* SPDX-License-Identifier: Apache-2.0 */
/* An issuer that fails when it is asked: what becomes of the question, whose fault it is, and what
 * that means for the next ones.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/context.h"
#include "inquiry.h"

/* ---- an issuer in trouble ---- */

static void no_answer_lets_nobody_in(void **state)
{
    online *o = *state;
    static const fake_mode modes[] = {FAKE_DOWN, FAKE_ERROR, FAKE_REDIRECT, FAKE_HTML, FAKE_LARGE};
    for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
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
    for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
        fake_issuer_answer(o->issuer, FAKE_GOOD, answers[i]);
        inquiry_begin(o, inquiry_by_secret);
        inquiry_expect(o, "opaque", OST_E_REMOTE, 503);
        if (i + 1 < ARRAY_LEN(answers))
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
    ost_text said = {0};
    assert_true(ost_json_text(ost_json_get(asking, "last_error"), &said));
    assert_true(text_starts(said, "introspection: http"));
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
            fake_issuer_status(o->issuer, i < 7 ? statuses[i - 3] : 200);
            fake_issuer_answer(o->issuer, i < 7 ? FAKE_GOOD : FAKE_LARGE, "");
        }
        inquiry_expect(o, poison, OST_E_REMOTE, 503);
        fake_issuer_status(o->issuer, 200);
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
    fake_issuer_status(o->issuer, 400);
    inquiry_begin(o, inquiry_by_secret);
    for (int i = 0; i < 20; i++)
        inquiry_expect(o, "poison", OST_E_REMOTE, 503);
    assert_int_equal(inquiry_questions(o), 1);
    fake_issuer_status(o->issuer, 200);
    inquiry_expect(o, "opaque", OST_OK, 200);
}

/* 64 KiB, of which most is white space. */
static void long_answers_are_read_up_to_a_ceiling(void **state)
{
    enum { MOST = 65536 };
    online *o = *state;
    const char *said = inquiry_good(o, "");
    char *answer = ost_arena_alloc(o->arena, MOST + 2);
    inquiry_begin(o, inquiry_by_secret);
    for (size_t more = 0; more < 2; more++) {
        memset(answer, ' ', MOST + 1);
        memcpy(answer, said, strlen(said));
        answer[MOST + more] = '\0';
        fake_issuer_answer(o->issuer, FAKE_GOOD, answer);
        inquiry_expect(o, more == 0 ? "long" : "too-long", more == 0 ? OST_OK : OST_E_REMOTE,
                       more == 0 ? 200 : 503);
    }
    fake_issuer_answer(o->issuer, FAKE_GOOD, said); /* its own fault alone */
    inquiry_expect(o, "other", OST_OK, 200);
}

static void an_answer_has_its_time(void **state)
{
    online *o = *state;
    fake_issuer_answer(o->issuer, FAKE_SLOW, inquiry_good(o, ""));
    o->guard = inquiry_guard(o, (ost_issuer){.fetch_timeout = 1});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    int64_t before = monotonic_ms();
    inquiry_expect(o, "opaque", OST_E_REMOTE, 503);
    assert_in_range(monotonic_ms() - before, 900, 3500); /* by itself it would be five seconds */
}

/* ---- whose fault it is ---- */

/* What is about all questions pauses them all, and is not held against the one that met it. */
static void some_failures_are_the_issuers(void **state)
{
    static const int statuses[] = {401, 429, 503};
    online *o = *state;
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        inquiry_begin(o, inquiry_by_secret);
        int before = inquiry_questions(o);
        fake_issuer_status(o->issuer, statuses[i]);
        inquiry_expect(o, "first", OST_E_REMOTE, 503);
        fake_issuer_status(o->issuer, 200);
        inquiry_expect(o, "other", OST_E_REMOTE, 503);
        assert_int_equal(inquiry_questions(o), before + 1);
        usleep(1200000);
        inquiry_expect(o, "first", OST_OK, 200);
        inquiry_expect(o, "other", OST_OK, 200);
        ost_guard_free(o->guard);
        o->guard = NULL;
    }
}

/* Another status is the token's, which is not asked about for two seconds. */
static void other_failures_are_the_tokens(void **state)
{
    online *o = *state;
    inquiry_begin(o, inquiry_by_secret);
    fake_issuer_status(o->issuer, 403);
    inquiry_expect(o, "poison", OST_E_REMOTE, 503);
    fake_issuer_status(o->issuer, 200);
    atomic_fetch_add(&inquiry_now, 1);
    inquiry_expect(o, "poison", OST_E_REMOTE, 503);
    assert_int_equal(inquiry_questions(o), 1);
    atomic_fetch_add(&inquiry_now, 1);
    inquiry_expect(o, "poison", OST_OK, 200);
    assert_int_equal(inquiry_questions(o), 2);
}

/* Who hung up, the issuer or a firewall, nobody knows. The token waits; two in a row are enough. */
static void two_connections_that_end_are_the_issuers(void **state)
{
    online *o = *state;
    inquiry_begin(o, inquiry_by_secret);
    fake_issuer_answer(o->issuer, FAKE_DOWN, "");
    inquiry_expect(o, "first", OST_E_REMOTE, 503);
    inquiry_expect(o, "first", OST_E_REMOTE, 503);
    assert_int_equal(inquiry_questions(o), 1);
    inquiry_expect(o, "second", OST_E_REMOTE, 503);
    fake_issuer_answer(o->issuer, FAKE_GOOD, inquiry_good(o, ""));
    inquiry_expect(o, "third", OST_E_REMOTE, 503);
    assert_int_equal(inquiry_questions(o), 2);
    usleep(1200000);
    inquiry_expect(o, "third", OST_OK, 200);
}

/* What a stranger can send again and again is paid for; what may be the issuer's fault is not. */
static void what_is_the_tokens_fault_costs(void **state)
{
    static const struct {
        int status;
        fake_mode mode;
        bool costs;
    } failures[] = {{404, FAKE_GOOD, true}, {200, FAKE_DOWN, false}};
    online *o = *state;
    ost_introspection config = inquiry_by_secret;
    config.inactive_rate = 1;
    for (size_t i = 0; i < 2; i++) {
        int busy = 0;
        inquiry_begin(o, config);
        for (int n = 0; n < 320; n++) {
            fake_issuer_status(o->issuer, failures[i].status);
            fake_issuer_answer(o->issuer, failures[i].mode, "");
            ost_text token = text_of(ost_arena_format(o->arena, "poison-%d", n));
            ost_verdict verdict = online_check(o, o->guard, token);
            assert_int_equal(verdict.status, 503);
            busy += verdict.reason == OST_E_BUSY;
            /* One that is good, so that there is no pause. */
            fake_issuer_status(o->issuer, 200);
            fake_issuer_answer(o->issuer, FAKE_GOOD, inquiry_good(o, ""));
            token = text_of(ost_arena_format(o->arena, "good-%d", n));
            (void)online_check(o, o->guard, token);
        }
        if (failures[i].costs)
            assert_true(busy > 0);
        else
            assert_int_equal(busy, 0);
        ost_guard_free(o->guard);
        o->guard = NULL;
    }
}

/* Nor do those pay that nobody could be asked about. */
static void what_was_given_up_costs_nothing(void **state)
{
    online *o = *state;
    ost_introspection config = inquiry_by_secret;
    ost_verdict verdict = {0};
    atomic_int told = 0;
    const char *discovery = ost_arena_copy(o->arena, text_of(o->issuer->discovery));
    config.inactive_rate = 1;
    fake_issuer_serve(o->issuer, FAKE_SLOW, FAKE_GOOD);
    o->guard = inquiry_guard(o, (ost_issuer){.introspection = config});
    for (int i = 0; i < 250; i++) {
        ost_text token = text_of(ost_arena_format(o->arena, "early-%d", i));
        verdict = online_check_now(o, o->guard, token, true);
        assert_int_equal(verdict.decision, OST_WAIT);
        assert_int_equal(ost_guard_wait(o->guard, &verdict, online_count, &told), OST_OK);
    }
    snprintf(o->issuer->discovery, sizeof o->issuer->discovery, "{}");
    fake_issuer_release(o->issuer);
    assert_true(online_until_number(&told, 250, 5));
    assert_int_equal(inquiry_questions(o), 0);
    snprintf(o->issuer->discovery, sizeof o->issuer->discovery, "%s", discovery);
    fake_issuer_serve(o->issuer, FAKE_GOOD, FAKE_GOOD);
    fake_issuer_answer(o->issuer, FAKE_GOOD, "{\"active\":false}");
    assert_true(ost_guard_wait_ready(o->guard, 5));
    usleep(1200000);
    for (int i = 0; i < 200; i++)
        inquiry_expect(o, ost_arena_format(o->arena, "late-%d", i), OST_E_INACTIVE, 401);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, inquiry_start, online_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_answer_lets_nobody_in),
        TEST(an_issuer_that_fails_is_left_in_peace),
        TEST(the_last_error_ends_with_any_answer),
        TEST(a_poisoned_token_stops_nobody_else),
        TEST(one_connection_that_ends_stops_nobody_else),
        TEST(a_token_that_the_issuer_chokes_on_harms_no_other),
        TEST(long_answers_are_read_up_to_a_ceiling),
        TEST(an_answer_has_its_time),
        TEST(some_failures_are_the_issuers),
        TEST(other_failures_are_the_tokens),
        TEST(two_connections_that_end_are_the_issuers),
        TEST(what_is_the_tokens_fault_costs),
        TEST(what_was_given_up_costs_nothing),
    };
    return cmocka_run_group_tests_name("guard-introspector_fetch", tests, online_make_keys,
                                       online_free_keys);
}
