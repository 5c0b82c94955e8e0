/* SPDX-License-Identifier: Apache-2.0 */
/* Guessing: how long who has to wait, and whom nobody can lock out. */
#include <stdio.h>

#include "../store/temporary.h"
#include "base/text.h"
#include "provider/realm/brute_force.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"
#include "store/store.h"
#include "test.h"

static store *kept;
static ost_arena *arena;
static realm rule, other;

static int setup(void **state)
{
    (void)state;
    rule = (realm){.name = "x",
                   .brute_force = {.on = true,
                                   .failures = 5,
                                   .wait = 60,
                                   .max_wait = 150,
                                   .quick_ms = 1000,
                                   .quick_wait = 7,
                                   .window = 3600}};
    other = rule;
    other.name = "y";
    arena = ost_arena_new((size_t)1 << 20);
    if (arena == NULL || store_open(temporary_store(), &kept, NULL) != OST_OK)
        return -1;
    for (int i = 0; i < 2; i++) {
        const store_realm row = {.id = text_of(i == 0 ? "x" : "y"),
                                 .name = text_of(i == 0 ? "x" : "y"),
                                 .version = 1,
                                 .document = OST_TEXT("{}")};
        if (store_realm_create(kept, &row, NULL, 0, NULL, 0, NULL) != OST_OK)
            return -1;
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    store_close(kept);
    ost_arena_free(arena);
    return 0;
}

static brute_force_attempt at(const char *user, const char *address, int64_t second)
{
    return (brute_force_attempt){.realm = &rule,
                                 .rule = &rule.brute_force,
                                 .user_id = text_of(user),
                                 .address = text_of(address),
                                 .now_ms = second * 1000};
}

static bool judge(const brute_force_attempt *attempt, brute_force_outcome outcome)
{
    bool blocked = false;
    assert_int_equal(brute_force_judge(kept, attempt, outcome, &blocked), OST_OK);
    return blocked;
}

static void fail_once(const brute_force_attempt *attempt)
{
    (void)judge(attempt, ATTEMPT_FAILED);
}

/* Unhurried. What follows is as long after it. */
static void fail_times(int count, const char *user, const char *address, int64_t second)
{
    int64_t quick = rule.brute_force.quick_ms;
    brute_force_attempt a = at(user, address, second);
    rule.brute_force.quick_ms = 0;
    for (int i = 0; i < count; i++)
        fail_once(&a);
    rule.brute_force.quick_ms = quick;
}

static bool blocks(const char *user, const char *address, int64_t second)
{
    brute_force_attempt a = at(user, address, second);
    return judge(&a, ATTEMPT_NEITHER);
}

static void succeed(const char *user, const char *address, int64_t second)
{
    brute_force_attempt a = at(user, address, second);
    assert_false(judge(&a, ATTEMPT_SUCCEEDED));
}

static brute_force_status status_of(const char *user)
{
    brute_force_status status;
    assert_int_equal(brute_force_read(kept, &rule, text_of(user), 130000, arena, &status), OST_OK);
    return status;
}

static void the_wait_grows_with_the_failures_up_to_its_limit(void **state)
{
    (void)state;
    fail_times(4, "ann", "10.0.0.1", 100);
    assert_false(blocks("ann", "10.0.0.1", 100));
    fail_times(1, "ann", "10.0.0.1", 100);
    assert_true(blocks("ann", "10.0.0.1", 159));
    assert_false(blocks("ann", "10.0.0.1", 160));
    for (int i = 0; i < 4; i++) {
        fail_times(1, "ann", "10.0.0.1", 200 + i * 100);
        assert_true(blocks("ann", "10.0.0.1", 259 + i * 100));
        assert_false(blocks("ann", "10.0.0.1", 260 + i * 100));
    }
    fail_times(1, "ann", "10.0.0.1", 600);
    assert_true(blocks("ann", "10.0.0.1", 719));
    assert_false(blocks("ann", "10.0.0.1", 720));
    for (int i = 0; i < 5; i++)
        fail_times(1, "ann", "10.0.0.1", 1000 + i * 200);
    assert_true(blocks("ann", "10.0.0.1", 1949));
    assert_false(blocks("ann", "10.0.0.1", 1950));
}

static void others_are_not_touched(void **state)
{
    (void)state;
    fail_times(5, "ann", "10.0.0.1", 100);
    assert_false(blocks("bob", "10.0.0.1", 101));
    assert_false(blocks("ann", "10.0.0.2", 101));
    brute_force_attempt a = at("ann", "10.0.0.1", 101);
    a.realm = &other;
    assert_false(judge(&a, ATTEMPT_NEITHER));
}

static void two_in_quick_succession_wait(void **state)
{
    brute_force_attempt a = at("ann", "10.0.0.1", 100);
    (void)state;
    fail_once(&a);
    a.now_ms += 999;
    fail_once(&a);
    assert_true(blocks("ann", "10.0.0.1", 107));
    assert_false(blocks("ann", "10.0.0.1", 108));
    a.now_ms += 8000;
    fail_once(&a);
    assert_false(blocks("ann", "10.0.0.1", 109));
}

/* One that looked at the clock before another, and counts behind it. */
static void clocks_may_cross(void **state)
{
    (void)state;
    fail_times(1, "ann", "10.0.0.1", 101);
    fail_times(1, "ann", "10.0.0.1", 100);
    assert_false(blocks("ann", "10.0.0.1", 101));
    assert_int_equal(status_of("ann").last_ms, 101000);
}

/* Nobody waits for a time that the clock was set back from; the next failure counts all the same.
 */
static void c6_a_clock_that_is_set_back_locks_nobody_out_for_long(void **state)
{
    (void)state;
    fail_times(5, "ann", "10.0.0.1", 100000);
    assert_true(blocks("ann", "10.0.0.1", 100000));
    assert_true(blocks("ann", "10.0.0.1", 99950));
    assert_false(blocks("ann", "10.0.0.1", 1000));
    fail_times(1, "ann", "10.0.0.1", 1000);
    assert_true(blocks("ann", "10.0.0.1", 1001));
    assert_false(blocks("ann", "10.0.0.1", 1060));
    fail_times(1, "ann", "10.0.0.1", 1060);
    assert_true(blocks("ann", "10.0.0.1", 1061));
}

static void old_failures_are_forgotten(void **state)
{
    (void)state;
    fail_times(4, "ann", "10.0.0.1", 100);
    fail_times(1, "ann", "10.0.0.1", 100 + 3601);
    assert_false(blocks("ann", "10.0.0.1", 100 + 3602));
}

static void success_starts_anew(void **state)
{
    (void)state;
    fail_times(4, "ann", "10.0.0.1", 100);
    succeed("ann", "10.0.0.1", 101);
    fail_times(4, "ann", "10.0.0.1", 102);
    assert_false(blocks("ann", "10.0.0.1", 103));
}

static void strangers_cannot_lock_out_whom_we_know(void **state)
{
    char address[32];
    (void)state;
    succeed("ann", "192.0.2.7", 50);
    for (int i = 0; i < 50; i++) {
        snprintf(address, sizeof address, "203.0.113.%d", i);
        fail_times(1, "ann", address, 100);
    }
    assert_true(blocks("ann", "198.51.100.1", 101)); /* from everywhere else */
    assert_false(blocks("ann", "192.0.2.7", 101));   /* but not from home */
    fail_times(5, "ann", "192.0.2.7", 102);
    assert_true(blocks("ann", "192.0.2.7", 103)); /* which may guess no more than others */
}

static void one_network_cannot_try_everybody(void **state)
{
    char user[32];
    (void)state;
    for (int i = 0; i < 100; i++) {
        snprintf(user, sizeof user, "user%d", i);
        fail_times(1, i % 2 == 0 ? user : "", "10.0.0.1", 100);
    }
    assert_true(blocks("ann", "10.0.0.1", 101));
    assert_true(blocks("", "10.0.0.1", 101));
    assert_false(blocks("ann", "10.0.0.2", 101));
}

static void an_ipv6_network_counts_as_one(void **state)
{
    (void)state;
    fail_times(3, "ann", "2001:db8:1:2:aaaa::1", 100);
    fail_times(2, "ann", "2001:db8:1:2:bbbb:1:2:3", 100);
    assert_true(blocks("ann", "2001:db8:1:2::9", 101));
    assert_false(blocks("ann", "2001:db8:1:3::9", 101));
    fail_times(5, "bob", "2001:db8::1", 100);
    assert_true(blocks("bob", "2001:db8::2", 101));
    fail_times(5, "eve", "::1", 100);
    assert_true(blocks("eve", "::1", 101));
}

static void permanent_means_from_everywhere_and_for_long(void **state)
{
    (void)state;
    rule.brute_force.permanent = true;
    fail_times(4, "ann", "10.0.0.1", 100);
    assert_false(blocks("ann", "10.0.0.2", 101));
    fail_times(1, "ann", "10.0.0.3", 100);
    assert_true(blocks("ann", "10.0.0.2", 100 + 3599));
}

static void nothing_happens_unless_the_realm_says_so(void **state)
{
    (void)state;
    rule.brute_force.on = false;
    fail_times(500, "ann", "10.0.0.1", 100);
    assert_false(blocks("ann", "10.0.0.1", 100));
}

/* Names that nobody has leave one row for each network, which goes with its time. */
static void a_flood_of_names_is_borne(void **state)
{
    char address[32];
    (void)state;
    for (int i = 0; i < 1000; i++) {
        snprintf(address, sizeof address, "10.0.%d.%d", i / 100, i % 100);
        fail_times(1, "", address, 100);
    }
    fail_times(5, "ann", "10.0.0.2", 300);
    assert_true(blocks("ann", "10.0.0.2", 301));
    size_t rows;
    assert_int_equal(store_sweep(kept, 100 + 3601, &rows), OST_OK);
    assert_in_range(rows, 1000, 1000 + 2 * 100);
    assert_true(blocks("ann", "10.0.0.2", 301));
    assert_int_equal(store_sweep(kept, 300 + 3602, &rows), OST_OK);
    assert_int_equal(rows, 3 + 3); /* and what took the time */
    assert_false(blocks("ann", "10.0.0.2", 301));
}

static void what_is_remembered_is_told(void **state)
{
    (void)state;
    brute_force_status none = status_of("ann");
    assert_true(none.failures == 0 && none.last_ms == 0 && none.blocked_until_ms == 0);
    assert_false(none.blocked);
    fail_times(5, "ann", "10.0.0.1", 100);
    fail_times(2, "ann", "10.0.0.2", 110);
    fail_times(1, "bob", "10.0.0.3", 120);
    brute_force_status ann = status_of("ann");
    assert_int_equal(ann.failures, 7);
    assert_int_equal(ann.last_ms, 110000);
    assert_int_equal(ann.blocked_until_ms, 160000);
    assert_true(ann.blocked && text_is(ann.address, "10.0.0.2"));
    succeed("ann", "10.0.0.2", 130);
    assert_int_equal(status_of("ann").failures, 5);
    assert_int_equal(brute_force_read(kept, &other, OST_TEXT("ann"), 0, arena, &ann), OST_OK);
    assert_int_equal(ann.failures, 0);
}

static void a_block_is_lifted(void **state)
{
    (void)state;
    char address[24];
    fail_times(5, "ann", "10.0.0.1", 100);
    for (int i = 0; i < 45; i++) { /* from everywhere, too */
        snprintf(address, sizeof address, "10.1.0.%d", i);
        fail_times(1, "ann", address, 100);
    }
    fail_times(5, "bob", "10.0.0.2", 100);
    assert_int_equal(brute_force_lift(kept, &rule, OST_TEXT("ann")), OST_OK);
    assert_false(blocks("ann", "10.0.0.1", 101));
    assert_false(blocks("ann", "10.0.0.9", 101));
    assert_int_equal(status_of("ann").failures, 0);
    assert_true(blocks("bob", "10.0.0.2", 101));
    assert_int_equal(brute_force_lift(kept, &other, (ost_text){0}), OST_OK);
    assert_true(blocks("bob", "10.0.0.2", 101));
    assert_int_equal(brute_force_lift(kept, &rule, (ost_text){0}), OST_OK);
    assert_false(blocks("bob", "10.0.0.2", 101));
}

static void a_network_is_lifted_with_the_realm_alone(void **state)
{
    (void)state;
    char name[16];
    for (int i = 0; i < 120; i++) {
        snprintf(name, sizeof name, "user%d", i);
        fail_times(1, name, "10.0.0.1", 100);
    }
    assert_true(blocks("ann", "10.0.0.1", 101));
    assert_int_equal(brute_force_lift(kept, &rule, OST_TEXT("ann")), OST_OK);
    assert_true(blocks("ann", "10.0.0.1", 101));
    assert_int_equal(brute_force_lift(kept, &rule, (ost_text){0}), OST_OK);
    assert_false(blocks("ann", "10.0.0.1", 101));
}

static void whom_we_know_stays_known(void **state)
{
    (void)state;
    succeed("ann", "10.0.0.1", 100);
    assert_int_equal(brute_force_lift(kept, &rule, OST_TEXT("ann")), OST_OK);
    for (int i = 0; i < 60; i++) {
        char address[24];
        snprintf(address, sizeof address, "10.1.0.%d", i);
        fail_times(1, "ann", address, 110);
    }
    assert_true(blocks("ann", "10.2.0.1", 111));
    assert_false(blocks("ann", "10.0.0.1", 111));
}

/* Who is right among many that were tried at once, is so too late. */
static void a_right_password_after_too_many_wrong_ones_fails(void **state)
{
    (void)state;
    fail_times(5, "ann", "10.0.0.1", 100);
    brute_force_attempt late = at("ann", "10.0.0.1", 100);
    assert_true(judge(&late, ATTEMPT_SUCCEEDED));
    assert_int_equal(status_of("ann").failures, 5);
}

static void what_is_blocked_counts_no_more(void **state)
{
    (void)state;
    fail_times(50, "ann", "10.0.0.1", 100);
    assert_int_equal(status_of("ann").failures, 5);
    assert_false(blocks("ann", "10.0.0.1", 160));
}

static void codes_of_devices_are_counted_apart(void **state)
{
    (void)state;
    const realm_brute_force codes = {
        .on = true, .failures = 1, .wait = 60, .max_wait = 900, .window = 3600};
    brute_force_attempt a = at("", "10.0.0.1", 100);
    a.rule = &codes;
    a.target = TARGET_CODES;
    for (int i = 0; i < 19; i++)
        assert_false(judge(&a, ATTEMPT_FAILED));
    assert_false(judge(&a, ATTEMPT_NEITHER));
    fail_once(&a);
    assert_true(judge(&a, ATTEMPT_NEITHER));
    assert_false(blocks("", "10.0.0.1", 100));
    assert_int_equal(brute_force_lift(kept, &rule, (ost_text){0}), OST_OK);
    assert_true(judge(&a, ATTEMPT_NEITHER));
}

/* Whatever a realm's file says. */
static void no_number_is_too_large(void **state)
{
    (void)state;
    rule.brute_force = (realm_brute_force){.on = true,
                                           .failures = INT64_MAX,
                                           .wait = INT64_MAX,
                                           .max_wait = INT64_MAX,
                                           .quick_ms = INT64_MAX,
                                           .quick_wait = INT64_MAX,
                                           .window = INT64_MAX};
    fail_times(3, "ann", "10.0.0.1", 100);
    assert_false(blocks("ann", "10.0.0.1", 101));
    rule.brute_force.failures = -1;
    fail_times(1, "ann", "10.0.0.1", 102);
    rule.brute_force.failures = 1;
    fail_times(1, "ann", "10.0.0.1", 103);
    assert_true(blocks("ann", "10.0.0.1", 300000000));
}

/* Such a realm is gone, or nothing can be read: it does not pass. */
static void what_cannot_be_counted_does_not_succeed(void **state)
{
    (void)state;
    bool blocked = false;
    const realm gone = {.name = "z", .brute_force = rule.brute_force};
    brute_force_attempt a = at("ann", "10.0.0.1", 100);
    a.realm = &gone;
    assert_int_equal(brute_force_judge(kept, &a, ATTEMPT_FAILED, &blocked), OST_E_NOT_FOUND);
    assert_int_equal(brute_force_judge(kept, &a, ATTEMPT_SUCCEEDED, &blocked), OST_E_NOT_FOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_wait_grows_with_the_failures_up_to_its_limit),
        TEST(others_are_not_touched),
        TEST(two_in_quick_succession_wait),
        TEST(clocks_may_cross),
        TEST(c6_a_clock_that_is_set_back_locks_nobody_out_for_long),
        TEST(old_failures_are_forgotten),
        TEST(success_starts_anew),
        TEST(strangers_cannot_lock_out_whom_we_know),
        TEST(one_network_cannot_try_everybody),
        TEST(an_ipv6_network_counts_as_one),
        TEST(permanent_means_from_everywhere_and_for_long),
        TEST(nothing_happens_unless_the_realm_says_so),
        TEST(a_flood_of_names_is_borne),
        TEST(what_is_remembered_is_told),
        TEST(a_block_is_lifted),
        TEST(a_network_is_lifted_with_the_realm_alone),
        TEST(whom_we_know_stays_known),
        TEST(a_right_password_after_too_many_wrong_ones_fails),
        TEST(what_is_blocked_counts_no_more),
        TEST(codes_of_devices_are_counted_apart),
        TEST(no_number_is_too_large),
        TEST(what_cannot_be_counted_does_not_succeed),
    };
    return cmocka_run_group_tests_name("brute_force", tests, NULL, NULL);
}
