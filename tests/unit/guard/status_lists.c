/* SPDX-License-Identifier: Apache-2.0 */
/* Status lists of an issuer: fetched when a token needs one, held, renewed, and never taken for
 * granted. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"
#include "guard/monitoring/trouble.h"
#include "online.h"
#include "status_token.h"

static _Atomic int64_t held_now;

static int64_t held_clock(void *user)
{
    return atomic_load((_Atomic int64_t *)user);
}

static const ost_context held_context = {.now = held_clock, .user = &held_now};
static const char *origins[1];

static int start(void **state)
{
    static char origin[128];
    atomic_store(&held_now, ost_now(NULL));
    int failed = online_start(state);
    online *o = *state;
    snprintf(origin, sizeof origin, "%s", fake_issuer_url(o->issuer, ""));
    origins[0] = origin;
    return failed;
}

static void begin(online *o, ost_status_lists config)
{
    static const char *const audiences[] = {"myapi"};
    const ost_issuer from = {.issuer = o->issuer->name,
                             .audiences = audiences,
                             .audience_count = 1,
                             .status_lists = config};
    const ost_guard_config all = {.issuers = &from, .issuer_count = 1, .context = &held_context};
    ost_error error = {0};
    if (ost_guard_new(&all, &o->guard, &error) != OST_OK)
        fail_msg("%s", error.detail);
    assert_true(ost_guard_wait_ready(o->guard, 5));
}

static void begin_with_lists(online *o)
{
    begin(o, (ost_status_lists){.origins = origins, .origin_count = 1});
}

/* What the issuer publishes under /lists/1: statuses of one bit. */
static void publish(online *o, const char *more, const char *bytes, size_t len)
{
    fake_issuer_list(o->issuer, FAKE_GOOD,
                     status_token(o->arena, o->keys[0], fake_issuer_url(o->issuer, "/lists/1"),
                                  atomic_load(&held_now), more, 1, bytes, len));
}

static ost_text token_with(online *o, const char *status)
{
    ost_text token;
    char *claims =
        ost_arena_format(o->arena,
                         "{\"iss\":\"%s\",\"aud\":\"myapi\",\"sub\":\"alice\","
                         "\"exp\":%lld%s}",
                         o->issuer->name, (long long)atomic_load(&held_now) + 100000, status);
    assert_int_equal(ost_jws_sign(text_of(claims), o->keys[0], OST_ES256, "JWT", o->arena, &token),
                     OST_OK);
    return token;
}

static ost_text token_at(online *o, unsigned long long index, const char *path)
{
    return token_with(o, ost_arena_format(o->arena,
                                          ",\"status\":{\"status_list\":{\"idx\":%llu,"
                                          "\"uri\":\"%s\"}}",
                                          index, fake_issuer_url(o->issuer, path)));
}

static void expect(online *o, ost_text token, ost_result reason, int status)
{
    ost_verdict verdict = online_check(o, o->guard, token);
    if (verdict.reason != reason || verdict.status != status)
        fail_msg("%s %d %.*s", ost_result_name(verdict.reason), verdict.status,
                 (int)verdict.explanation.len, verdict.explanation.data);
    assert_int_equal(verdict.decision == OST_ALLOW, status == 200);
    assert_int_equal(verdict.retry_after > 0, status == 503);
}

static int fetches(online *o)
{
    return atomic_load(&o->issuer->list_fetches);
}

static void the_list_decides(void **state)
{
    online *o = *state;
    publish(o, "", "\x02", 1);
    begin_with_lists(o);
    for (int i = 0; i < 10; i++) {
        expect(o, token_at(o, 0, "/lists/1"), OST_OK, 200);
        expect(o, token_at(o, 1, "/lists/1"), OST_E_STATUS, 401);
        expect(o, token_at(o, 8, "/lists/1"), OST_E_STATUS, 401); /* not in it */
        expect(o, token_at(o, 1ULL << 52, "/lists/1"), OST_E_STATUS, 401);
        expect(o, token_with(o, ""), OST_OK, 200);
        expect(o, token_with(o, ",\"status\":\"active\""), OST_OK, 200); /* another claim */
        expect(o, token_with(o, ",\"status\":{}"), OST_E_STATUS, 401);
    }
    assert_int_equal(fetches(o), 1);
    assert_int_equal(online_metric(o, o->guard, "ostiary_issuer_status_lists{"), 1);
    assert_int_equal(
        online_metric(o, o->guard, "ostiary_issuer_status_list_fetches_total{outcome=\"good\""), 1);
}

static void without_configuration_a_status_is_refused(void **state)
{
    online *o = *state;
    begin(o, (ost_status_lists){0});
    expect(o, token_at(o, 0, "/lists/1"), OST_E_STATUS, 401);
    expect(o, token_with(o, ",\"status\":\"active\""), OST_OK, 200);
    ost_guard_free(o->guard);
    begin(o, (ost_status_lists){.insecure_ignore = true});
    expect(o, token_at(o, 0, "/lists/1"), OST_OK, 200);
    assert_int_equal(fetches(o), 0);
}

static void lists_come_from_where_they_may(void **state)
{
    online *o = *state;
    static const char *const elsewhere[] = {
        "https://other.example/lists/1",
        "http://other.example/lists/1",
        "file:///lists/1",
        "HTTP://127.0.0.1/lists/1",
    };
    publish(o, "", "\0", 1);
    begin_with_lists(o);
    for (size_t i = 0; i < ARRAY_LEN(elsewhere); i++)
        expect(o,
               token_with(o, ost_arena_format(o->arena,
                                              ",\"status\":{\"status_list\":{\"idx\":0,"
                                              "\"uri\":\"%s\"}}",
                                              elsewhere[i])),
               OST_E_STATUS, 401);
    /* The origin and more of a host name, a user name, or a fragment. */
    expect(o, token_at(o, 0, "1/lists/1"), OST_E_STATUS, 401);
    expect(o, token_at(o, 0, ".evil.example/lists/1"), OST_E_STATUS, 401);
    expect(o, token_at(o, 0, "@evil.example/lists/1"), OST_E_STATUS, 401);
    expect(o, token_at(o, 0, ""), OST_E_STATUS, 401);
    expect(o, token_at(o, 0, "/lists/1#x"), OST_E_STATUS, 401);
    assert_int_equal(fetches(o), 0);
}

static void a_token_that_is_refused_anyway_has_nothing_fetched(void **state)
{
    online *o = *state;
    static const char *const admin[] = {"admin", NULL};
    const ost_policy policy = {.scopes = admin};
    publish(o, "", "\0", 1);
    begin_with_lists(o);
    const ost_credentials credentials = {.bearer = token_at(o, 0, "/lists/1")};
    ost_verdict verdict;
    ost_guard_check(o->guard, &policy, &credentials, true, o->arena, &verdict);
    assert_int_equal(verdict.reason, OST_E_SCOPE);
    assert_int_equal(fetches(o), 0);
}

static void no_list_lets_nobody_in(void **state)
{
    online *o = *state;
    static const fake_mode modes[] = {FAKE_DOWN, FAKE_ERROR, FAKE_REDIRECT, FAKE_LARGE};
    begin_with_lists(o);
    for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
        publish(o, "", "\0", 1);
        o->issuer->list_mode = modes[i];
        expect(o, token_at(o, 0, "/lists/1"), OST_E_REMOTE, 503);
        expect(o, token_at(o, 0, "/lists/1"), OST_E_REMOTE, 503);
        assert_int_equal(fetches(o), i + 1); /* not more often than every five seconds */
        atomic_fetch_add(&held_now, 5);
    }
    publish(o, "", "\0", 1);
    snprintf(o->issuer->list_type, sizeof o->issuer->list_type, "application/json");
    expect(o, token_at(o, 0, "/lists/1"), OST_E_REMOTE, 503);
    atomic_fetch_add(&held_now, 5);
    snprintf(o->issuer->list_type, sizeof o->issuer->list_type, "application/statuslist+jwt;v=1");
    /* Of another URI, and signed by somebody else. */
    expect(o, token_at(o, 0, "/lists/2"), OST_E_REMOTE, 503);
    fake_issuer_list(o->issuer, FAKE_GOOD,
                     status_token(o->arena, o->keys[1], fake_issuer_url(o->issuer, "/lists/3"),
                                  atomic_load(&held_now), "", 1, "\0", 1));
    expect(o, token_at(o, 0, "/lists/3"), OST_E_REMOTE, 503);
    publish(o, "", "\0", 1);
    expect(o, token_at(o, 0, "/lists/1"), OST_OK, 200);
}

static void it_is_told_since_when_they_fail(void **state)
{
    online *o = *state;
    int64_t seconds = -1;
    begin_with_lists(o);
    fake_issuer_list(o->issuer, FAKE_DOWN, (ost_text){0});
    expect(o, token_at(o, 0, "/lists/1"), OST_E_REMOTE, 503);
    usleep(1100000);
    const ost_json *lists = online_state(o, o->guard, 0, "status_lists");
    assert_true(ost_json_integer(ost_json_get(lists, "failing"), &seconds));
    assert_in_range(seconds, 1, 60);
    ost_text said = {0};
    assert_true(ost_json_text(ost_json_get(lists, "last_error"), &said));
    const char *told = ost_arena_copy(o->arena, said);
    assert_true(text_starts(said, "status list: http"));
    assert_non_null(strstr(told, "/lists/1: "));
    assert_true(online_metric(o, o->guard, "ostiary_issuer_status_list_failing_seconds{") >= 1);
    char why[TROUBLE_WHY] = "";
    assert_true(guard_part_fails(o->guard, 0, GUARD_STATUS_LISTS, why));
    assert_true(ost_json_equals(ost_json_get(lists, "last_error"), text_of(why)));
    assert_false(guard_part_fails(o->guard, 0, GUARD_KEYS, why));
    assert_false(guard_part_fails(o->guard, 0, GUARD_INTROSPECTION, why)); /* not used */
    publish(o, "", "\0", 1);
    atomic_fetch_add(&held_now, 5);
    expect(o, token_at(o, 0, "/lists/1"), OST_OK, 200);
    lists = online_state(o, o->guard, 0, "status_lists");
    assert_null(ost_json_get(lists, "failing"));
    assert_null(ost_json_get(lists, "last_error"));
    assert_false(guard_part_fails(o->guard, 0, GUARD_STATUS_LISTS, why));
    assert_int_equal(online_metric(o, o->guard, "ostiary_issuer_status_list_failing_seconds{"), 0);
}

static void lists_are_renewed(void **state)
{
    online *o = *state;
    publish(o, ",\"ttl\":100", "\0", 1);
    begin_with_lists(o);
    ost_text token = token_at(o, 0, "/lists/1");
    expect(o, token, OST_OK, 200);
    atomic_fetch_add(&held_now, 79);
    expect(o, token, OST_OK, 200);
    assert_int_equal(fetches(o), 1);
    /* Ahead of time, while the old one serves. */
    atomic_fetch_add(&held_now, 1);
    publish(o, ",\"ttl\":100", "\x01", 1);
    assert_int_equal(online_check_now(o, o->guard, token, false).decision, OST_ALLOW);
    assert_true(online_until_number(&o->issuer->list_fetches, 2, 5));
    for (int i = 0; i < 500; i++) {
        if (online_check_now(o, o->guard, token, false).decision == OST_REFUSE)
            break;
        usleep(10000);
        ost_arena_reset(o->arena);
        token = token_at(o, 0, "/lists/1");
    }
    expect(o, token, OST_E_STATUS, 401);
}

static void an_old_list_serves_only_if_it_may(void **state)
{
    online *o = *state;
    publish(o, ",\"ttl\":100", "\0", 1);
    begin_with_lists(o);
    ost_text token = token_at(o, 0, "/lists/1");
    expect(o, token, OST_OK, 200);
    fake_issuer_list(o->issuer, FAKE_DOWN, (ost_text){0});
    atomic_fetch_add(&held_now, 100);
    expect(o, token, OST_E_REMOTE, 503);
    ost_guard_free(o->guard);

    begin(o, (ost_status_lists){.origins = origins, .origin_count = 1, .insecure_stale_limit = 50});
    char *more = ost_arena_format(o->arena, ",\"ttl\":100,\"exp\":%lld",
                                  (long long)atomic_load(&held_now) + 130);
    publish(o, more, "\x02", 1);
    expect(o, token, OST_OK, 200);
    fake_issuer_list(o->issuer, FAKE_DOWN, (ost_text){0});
    atomic_fetch_add(&held_now, 129);
    expect(o, token, OST_OK, 200);
    expect(o, token_at(o, 1, "/lists/1"), OST_E_STATUS, 401);
    atomic_fetch_add(&held_now, 1); /* never past its exp */
    expect(o, token, OST_E_REMOTE, 503);
}

/* It would serve for as long as the clock was set back, whatever is revoked meanwhile. */
static void a_clock_that_is_set_back_makes_lists_old(void **state)
{
    online *o = *state;
    publish(o, ",\"ttl\":100", "\0", 1);
    begin_with_lists(o);
    ost_text token = token_at(o, 0, "/lists/1");
    expect(o, token, OST_OK, 200);
    fake_issuer_list(o->issuer, FAKE_DOWN, (ost_text){0});
    /* A check may have begun in the second before the list came. */
    atomic_fetch_sub(&held_now, 1);
    expect(o, token, OST_OK, 200);
    atomic_fetch_sub(&held_now, 1);
    expect(o, token, OST_E_REMOTE, 503);
    assert_int_equal(fetches(o), 2);
    /* Nor does it pause the next attempt for so long. */
    atomic_fetch_sub(&held_now, 100000);
    expect(o, token, OST_E_REMOTE, 503);
    assert_int_equal(fetches(o), 3);
}

/* Lists that are renewed do not make the guard forget those that made way. */
static void renewals_do_not_bring_back_what_made_way(void **state)
{
    online *o = *state;
    char path[32];
    begin_with_lists(o);
    for (int i = 0; i < 65; i++) { /* the first one makes way */
        snprintf(path, sizeof path, "/lists/%d", i);
        fake_issuer_list(o->issuer, FAKE_GOOD,
                         status_token(o->arena, o->keys[0], fake_issuer_url(o->issuer, path),
                                      atomic_load(&held_now), ",\"ttl\":10", 1, "\1", 1));
        atomic_fetch_add(&held_now, 1);
        expect(o, token_at(o, 0, path), OST_E_STATUS, 401);
    }
    for (int i = 0; i < 300; i++) {
        ost_arena_reset(o->arena);
        fake_issuer_list(o->issuer, FAKE_GOOD,
                         status_token(o->arena, o->keys[0], fake_issuer_url(o->issuer, path),
                                      atomic_load(&held_now), ",\"ttl\":10", 1, "\1", 1));
        atomic_fetch_add(&held_now, 10);
        expect(o, token_at(o, 0, path), OST_E_STATUS, 401);
    }
    fake_issuer_list(o->issuer, FAKE_GOOD,
                     status_token(o->arena, o->keys[0], fake_issuer_url(o->issuer, "/lists/0"),
                                  atomic_load(&held_now) - 5000, ",\"ttl\":10", 1, "\0", 1));
    expect(o, token_at(o, 0, "/lists/0"), OST_E_REMOTE, 503);
}

/* A list from before a revocation must not come back. */
static void an_older_list_does_not_replace_a_newer_one(void **state)
{
    online *o = *state;
    publish(o, ",\"ttl\":10", "\x01", 1);
    begin_with_lists(o);
    expect(o, token_at(o, 0, "/lists/1"), OST_E_STATUS, 401);
    fake_issuer_list(o->issuer, FAKE_GOOD,
                     status_token(o->arena, o->keys[0], fake_issuer_url(o->issuer, "/lists/1"),
                                  atomic_load(&held_now) - 1, "", 1, "\0", 1));
    atomic_fetch_add(&held_now, 10);
    expect(o, token_at(o, 0, "/lists/1"), OST_E_REMOTE, 503);
}

/* Nor does it count as a fetch that was good, any more than one that cannot be read; the list that
 * was to be renewed stays in use. */
static void a_renewal_that_fails_leaves_the_list_in_use(void **state)
{
    static const char bad[] = "ostiary_issuer_status_list_fetches_total{outcome=\"bad\"",
                      good[] = "ostiary_issuer_status_list_fetches_total{outcome=\"good\"";
    static const char *const words[] = {"older than the one before it", "three parts"};
    online *o = *state;
    int64_t issued = atomic_load(&held_now);
    publish(o, ",\"ttl\":1000", "\x01", 1);
    begin_with_lists(o);
    expect(o, token_at(o, 0, "/lists/1"), OST_E_STATUS, 401);
    for (int i = 0; i < 2; i++) {
        ost_text said = {0};
        fake_issuer_list(o->issuer, FAKE_GOOD,
                         i == 0 ? status_token(o->arena, o->keys[0],
                                               fake_issuer_url(o->issuer, "/lists/1"), issued - 1,
                                               ",\"ttl\":1000", 1, "\x02", 1)
                                : OST_TEXT("no list"));
        atomic_fetch_add(&held_now, i == 0 ? 800 : 5);
        expect(o, token_at(o, 1, "/lists/1"), OST_OK, 200); /* has it renewed */
        for (int n = 0; n < 500 && online_metric(o, o->guard, bad) < i + 1; n++)
            usleep(10000);
        assert_int_equal(online_metric(o, o->guard, bad), i + 1);
        assert_int_equal(online_metric(o, o->guard, good), 1);
        assert_int_equal(online_metric(o, o->guard, "ostiary_issuer_status_lists{"), 1);
        expect(o, token_at(o, 0, "/lists/1"), OST_E_STATUS, 401);
        expect(o, token_at(o, 1, "/lists/1"), OST_OK, 200);
        assert_int_equal(fetches(o), i + 2);
        const ost_json *lists = online_state(o, o->guard, 0, "status_lists");
        assert_true(ost_json_text(ost_json_get(lists, "last_error"), &said));
        if (strstr(ost_arena_copy(o->arena, said), words[i]) == NULL)
            fail_msg("%.*s", (int)said.len, said.data);
    }
}

static void few_lists_are_held(void **state)
{
    online *o = *state;
    char path[32];
    begin_with_lists(o);
    for (int i = 0; i < 100; i++) {
        snprintf(path, sizeof path, "/lists/%d", i);
        fake_issuer_list(o->issuer, FAKE_GOOD,
                         status_token(o->arena, o->keys[0], fake_issuer_url(o->issuer, path),
                                      atomic_load(&held_now), ",\"ttl\":1000", 1, "\0", 1));
        atomic_fetch_add(&held_now, 1);
        expect(o, token_at(o, 0, path), OST_OK, 200);
    }
    assert_int_equal(online_metric(o, o->guard, "ostiary_issuer_status_lists{"), 64);
    expect(o, token_at(o, 0, "/lists/40"), OST_OK, 200);
    assert_int_equal(fetches(o), 100);
    /* One that made way comes again, but not as it was before. */
    fake_issuer_list(o->issuer, FAKE_GOOD,
                     status_token(o->arena, o->keys[0], fake_issuer_url(o->issuer, "/lists/20"),
                                  atomic_load(&held_now) - 1000, "", 1, "\0", 1));
    expect(o, token_at(o, 0, "/lists/20"), OST_E_REMOTE, 503);
    assert_int_equal(fetches(o), 101);
    atomic_fetch_add(&held_now, 10);
    fake_issuer_list(o->issuer, FAKE_GOOD,
                     status_token(o->arena, o->keys[0], fake_issuer_url(o->issuer, "/lists/20"),
                                  atomic_load(&held_now), "", 1, "\0", 1));
    expect(o, token_at(o, 0, "/lists/20"), OST_OK, 200);
}

static void count(void *user)
{
    atomic_fetch_add((atomic_int *)user, 1);
}

static void one_fetch_for_all_who_wait(void **state)
{
    online *o = *state;
    atomic_int told = 0;
    publish(o, "", "\0", 1);
    o->issuer->list_mode = FAKE_SLOW;
    begin_with_lists(o);
    for (int i = 0; i < 100; i++) {
        ost_verdict verdict = online_check_now(o, o->guard, token_at(o, 0, "/lists/1"), true);
        assert_int_equal(verdict.decision, OST_WAIT);
        assert_int_equal(ost_guard_wait(o->guard, &verdict, count, &told), OST_OK);
    }
    fake_issuer_release(o->issuer);
    assert_true(online_until_number(&told, 100, 5));
    expect(o, token_at(o, 0, "/lists/1"), OST_OK, 200);
    assert_int_equal(fetches(o), 1);
}

static void whoever_waits_is_told_of_the_end(void **state)
{
    online *o = *state;
    atomic_int told = 0;
    publish(o, "", "\0", 1);
    o->issuer->list_mode = FAKE_SLOW;
    begin_with_lists(o);
    ost_verdict verdict = online_check_now(o, o->guard, token_at(o, 0, "/lists/1"), true);
    assert_int_equal(ost_guard_wait(o->guard, &verdict, count, &told), OST_OK);
    ost_guard_free(o->guard);
    o->guard = NULL;
    assert_int_equal(atomic_load(&told), 1);
}

static void configurations_that_make_no_sense(void **state)
{
    static const char *const wrong[] = {"http://id.example",
                                        "https://id.example/",
                                        "https://id.example?",
                                        "id.example",
                                        "https://u@id.example",
                                        "https://",
                                        ""};
    static const char *const good[] = {"https://id.example:8443"};
    const ost_status_lists cases[] = {
        {.origins = good, .origin_count = 1, .insecure_ignore = true},
        {.origins = good, .origin_count = 9},
        {.origins = good, .origin_count = 1, .lifetime = 86401},
        {.origins = good, .origin_count = 1, .insecure_stale_limit = 86401},
        {.origins = good, .origin_count = 1, .max_list = (size_t)65 << 20},
    };
    size_t count_wrong = ARRAY_LEN(wrong);
    size_t count_all = count_wrong + ARRAY_LEN(cases);
    for (size_t i = 0; i <= count_all; i++) {
        ost_issuer from = {.issuer = "https://id.example", .insecure_any_audience = true};
        if (i < count_wrong)
            from.status_lists = (ost_status_lists){.origins = &wrong[i], .origin_count = 1};
        else if (i < count_all)
            from.status_lists = cases[i - count_wrong];
        else
            from.status_lists = (ost_status_lists){.origins = good, .origin_count = 1};
        const ost_guard_config config = {.issuers = &from, .issuer_count = 1};
        ost_guard *guard = NULL;
        ost_error error = {0};
        if (ost_guard_new(&config, &guard, &error) != (i < count_all ? OST_E_CONFIG : OST_OK))
            fail_msg("case %zu: %s", i, error.detail);
        ost_guard_free(guard);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, online_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_list_decides),
        TEST(without_configuration_a_status_is_refused),
        TEST(lists_come_from_where_they_may),
        TEST(a_token_that_is_refused_anyway_has_nothing_fetched),
        TEST(no_list_lets_nobody_in),
        TEST(it_is_told_since_when_they_fail),
        TEST(lists_are_renewed),
        TEST(an_old_list_serves_only_if_it_may),
        TEST(a_clock_that_is_set_back_makes_lists_old),
        TEST(renewals_do_not_bring_back_what_made_way),
        TEST(an_older_list_does_not_replace_a_newer_one),
        TEST(a_renewal_that_fails_leaves_the_list_in_use),
        TEST(few_lists_are_held),
        TEST(one_fetch_for_all_who_wait),
        TEST(whoever_waits_is_told_of_the_end),
        TEST(configurations_that_make_no_sense),
    };
    return cmocka_run_group_tests_name("guard-status-lists", tests, online_make_keys,
                                       online_free_keys);
}
