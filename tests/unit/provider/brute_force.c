/* SPDX-License-Identifier: Apache-2.0 */
/* Guessing: how long who has to wait, and whom nobody can lock out. */
#include <stdio.h>

#include "base/text.h"
#include "provider/realm/brute_force.h"
#include "test.h"

static brute_force *table;
static realm rule;

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
    table = brute_force_new(NULL);
    return table != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    brute_force_free(table);
    return 0;
}

static brute_force_attempt at(const char *user, const char *address, int64_t second)
{
    return (brute_force_attempt){.realm = &rule,
                                 .user_id = text_of(user),
                                 .address = text_of(address),
                                 .now = second,
                                 .now_ms = second * 1000};
}

static void fail_times(int count, const char *user, const char *address, int64_t second)
{
    for (int i = 0; i < count; i++) {
        brute_force_attempt a = at(user, address, second);
        a.now_ms += i * 2000; /* unhurried */
        brute_force_failed(table, &a);
    }
}

static bool blocks(const char *user, const char *address, int64_t second)
{
    brute_force_attempt a = at(user, address, second);
    return brute_force_blocks(table, &a);
}

static void the_wait_grows_with_the_failures_up_to_its_limit(void **state)
{
    (void)state;
    fail_times(4, "ann", "10.0.0.1", 100);
    assert_false(blocks("ann", "10.0.0.1", 100));
    fail_times(1, "ann", "10.0.0.1", 100);
    assert_true(blocks("ann", "10.0.0.1", 159));
    assert_false(blocks("ann", "10.0.0.1", 160));
    fail_times(5, "ann", "10.0.0.1", 200);
    assert_true(blocks("ann", "10.0.0.1", 319));
    assert_false(blocks("ann", "10.0.0.1", 320));
    fail_times(10, "ann", "10.0.0.1", 400);
    assert_true(blocks("ann", "10.0.0.1", 549));
    assert_false(blocks("ann", "10.0.0.1", 550));
}

static void others_are_not_touched(void **state)
{
    (void)state;
    fail_times(5, "ann", "10.0.0.1", 100);
    assert_false(blocks("bob", "10.0.0.1", 101));
    assert_false(blocks("ann", "10.0.0.2", 101));
    realm other = rule;
    other.name = "y";
    brute_force_attempt a = at("ann", "10.0.0.1", 101);
    a.realm = &other;
    assert_false(brute_force_blocks(table, &a));
}

static void two_in_quick_succession_wait(void **state)
{
    brute_force_attempt a = at("ann", "10.0.0.1", 100);
    (void)state;
    brute_force_failed(table, &a);
    a.now_ms += 999;
    brute_force_failed(table, &a);
    assert_true(blocks("ann", "10.0.0.1", 106));
    assert_false(blocks("ann", "10.0.0.1", 107));
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
    brute_force_attempt a = at("ann", "10.0.0.1", 101);
    (void)state;
    fail_times(4, "ann", "10.0.0.1", 100);
    brute_force_succeeded(table, &a);
    fail_times(4, "ann", "10.0.0.1", 102);
    assert_false(blocks("ann", "10.0.0.1", 103));
}

static void strangers_cannot_lock_out_whom_we_know(void **state)
{
    char address[32];
    brute_force_attempt home = at("ann", "192.0.2.7", 50);
    (void)state;
    brute_force_succeeded(table, &home);
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

/* However many names are tried, the table stays as large as it is. */
static void a_flood_of_names_is_borne(void **state)
{
    char user[32];
    (void)state;
    for (int i = 0; i < 100000; i++) {
        snprintf(user, sizeof user, "user%d", i);
        fail_times(1, user, "10.0.0.1", 100 + i / 1000);
    }
    fail_times(5, "ann", "10.0.0.2", 300);
    assert_true(blocks("ann", "10.0.0.2", 301));
}

static brute_force_status status_of(const char *user)
{
    brute_force_status status;
    brute_force_read(table, &rule, text_of(user), &status);
    return status;
}

static void what_is_remembered_is_told(void **state)
{
    (void)state;
    brute_force_status none = status_of("ann");
    assert_true(none.failures == 0 && none.last == 0 && none.blocked_until == 0);
    assert_string_equal(none.address, "");
    fail_times(5, "ann", "10.0.0.1", 100);
    fail_times(2, "ann", "10.0.0.2", 110);
    fail_times(1, "bob", "10.0.0.3", 120);
    brute_force_status ann = status_of("ann");
    assert_int_equal(ann.failures, 7);
    assert_int_equal(ann.last, 110);
    assert_int_equal(ann.blocked_until, 160);
    assert_string_equal(ann.address, "10.0.0.2");
    brute_force_attempt success = at("ann", "10.0.0.2", 130);
    brute_force_succeeded(table, &success);
    assert_int_equal(status_of("ann").failures, 5);
    const realm other = {.name = "y", .brute_force = rule.brute_force};
    brute_force_read(table, &other, text_of("ann"), &ann);
    assert_int_equal(ann.failures, 0);
}

static void a_block_is_lifted(void **state)
{
    (void)state;
    fail_times(60, "ann", "10.0.0.1", 100); /* from everywhere, too */
    fail_times(5, "bob", "10.0.0.2", 100);
    brute_force_lift(table, &rule, OST_TEXT("ann"));
    assert_false(blocks("ann", "10.0.0.1", 101));
    assert_false(blocks("ann", "10.0.0.9", 101));
    assert_int_equal(status_of("ann").failures, 0);
    assert_true(blocks("bob", "10.0.0.2", 101));
    const realm other = {.name = "y", .brute_force = rule.brute_force};
    brute_force_lift(table, &other, (ost_text){0});
    assert_true(blocks("bob", "10.0.0.2", 101));
    brute_force_lift(table, &rule, (ost_text){0});
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
    brute_force_lift(table, &rule, OST_TEXT("ann"));
    assert_true(blocks("ann", "10.0.0.1", 101));
    brute_force_lift(table, &rule, (ost_text){0});
    assert_false(blocks("ann", "10.0.0.1", 101));
}

static void whom_we_know_stays_known(void **state)
{
    (void)state;
    brute_force_attempt success = at("ann", "10.0.0.1", 100);
    brute_force_succeeded(table, &success);
    brute_force_lift(table, &rule, OST_TEXT("ann"));
    for (int i = 0; i < 60; i++) {
        char address[16];
        snprintf(address, sizeof address, "10.1.0.%d", i);
        fail_times(1, "ann", address, 110);
    }
    assert_true(blocks("ann", "10.2.0.1", 111));
    assert_false(blocks("ann", "10.0.0.1", 111));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_wait_grows_with_the_failures_up_to_its_limit),
        TEST(others_are_not_touched),
        TEST(two_in_quick_succession_wait),
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
    };
    return cmocka_run_group_tests_name("brute_force", tests, NULL, NULL);
}
