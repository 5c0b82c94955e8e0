/* SPDX-License-Identifier: Apache-2.0 */
/* When a client's assertion is good, to the second. */
#include "provider/token/client_assertion.h"

#include <stdio.h>

#include "base/array.h"
#include "fixture.h"

#define SECRET "0123456789abcdef0123456789abcdef"
#define TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

static fixture *f;

static bool check(const char *client, const char *id, const char *times)
{
    static http_pair pairs[2];
    ost_key *key;
    ost_text token;
    call *c = fixture_call(f, "x", NULL);
    const char *claims = call_format(c,
                                     "{\"iss\":\"%s\",\"sub\":\"%s\",\"jti\":\"%s\","
                                     "\"aud\":\"http://localhost/realms/x\",%s}",
                                     client, client, id, times);
    assert_int_equal(ost_key_import_secret(OST_TEXT(SECRET), OST_HS256, NULL, &key, NULL), OST_OK);
    assert_int_equal(ost_jws_sign(text_of(claims), key, OST_HS256, "JWT", c->arena, &token),
                     OST_OK);
    ost_key_unref(key);
    pairs[0] = (http_pair){OST_TEXT("client_assertion"), token};
    pairs[1] = (http_pair){OST_TEXT("client_assertion_type"), OST_TEXT(TYPE)};
    c->form = (http_form){.pairs = pairs, .count = 2};
    return client_assertion_check(c, realm_find_client(c->realm, text_of(client)));
}

static bool check_times(const char *client, int64_t iat, int64_t exp)
{
    static int number;
    char id[20], times[100];
    snprintf(id, sizeof id, "times %d", ++number);
    if (iat != 0)
        snprintf(times, sizeof times, "\"iat\":%lld,\"exp\":%lld", (long long)(FIXTURE_NOW + iat),
                 (long long)(FIXTURE_NOW + exp));
    else
        snprintf(times, sizeof times, "\"exp\":%lld", (long long)(FIXTURE_NOW + exp));
    return check(client, id, times);
}

static void it_is_good_for_a_minute(void **state)
{
    static const struct {
        const char *client;
        int64_t iat, exp; /* from now; iat 0: not given */
        bool good;
    } cases[] = {
        {"mac", -1, 60, true},   {"mac", -1, -14, true},     {"mac", -1, -15, false},
        {"mac", 15, 60, true},   {"mac", 16, 60, false},     {"mac", -75, 60, true},
        {"mac", -76, 60, false}, {"mac", -1, 1 << 30, true}, {"mac", 0, 75, true},
        {"mac", 0, 76, false},   {"mac", 0, -14, true},      {"mac", 0, -15, false},
        {"slow", -76, 60, true}, {"slow", -615, 60, true},   {"slow", -616, 60, false},
        {"slow", 0, 615, true},  {"slow", 0, 616, false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        if (check_times(cases[i].client, cases[i].iat, cases[i].exp) != cases[i].good)
            fail_msg("case %zu: %s", i, f->call.error.description);
    }
}

/* PHP's lcobucci/jwt and Python's time.time() write parts of seconds, keystonemiddleware texts. */
static void times_are_written_in_several_ways(void **state)
{
    static const struct {
        const char *iat, *exp; /* FIXTURE_NOW is 1700000000 */
        bool good;
    } cases[] = {
        {"1699999999.75", "1700000060.25", true},    {"1700000015.9", "1700000060", true},
        {"1700000016.1", "1700000060", false},       {"1699999925.5", "1700000060", true},
        {"1699999924.9", "1700000060", false},       {"1.7e9", "1700000060", true},
        {"\"1700000000\"", "\"1700000060\"", true},  {"\"1699999924\"", "\"1700000060\"", false},
        {"\"1700000016\"", "\"1700000060\"", false}, {"\"1699999990\"", "\"1699999985\"", false},
        {"\"1700000000.5\"", "1700000060", false},   {"\"\"", "1700000060", false},
        {"1700000000", "\"soon\"", false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char id[20], times[100];
        snprintf(id, sizeof id, "written %zu", i);
        snprintf(times, sizeof times, "\"iat\":%s,\"exp\":%s", cases[i].iat, cases[i].exp);
        if (check("mac", id, times) != cases[i].good)
            fail_msg("%s: %s", times, f->call.error.description);
    }
}

static void it_is_remembered_as_long_as_it_is_good(void **state)
{
    char times[100];
    (void)state;
    snprintf(times, sizeof times, "\"iat\":%d,\"exp\":%d", FIXTURE_NOW, FIXTURE_NOW + 3600);
    assert_true(check("mac", "once", times));
    for (int64_t after = 0; after <= 75; after += 5) {
        fixture_time = FIXTURE_NOW + after;
        assert_false(check("mac", "once", times));
        assert_non_null(strstr(f->call.error.description, "reuse"));
    }
    fixture_time = FIXTURE_NOW + 76;
    assert_false(check("mac", "once", times));
    assert_non_null(strstr(f->call.error.description, "too far in the past"));
    fixture_time = FIXTURE_NOW;
}

static void what_was_made_before_the_start_may_have_been_used(void **state)
{
    (void)state;
    f->provider.started = FIXTURE_NOW - 10;
    assert_true(check_times("mac", -10, 60));
    assert_false(check_times("mac", -11, 60));
    assert_true(check_times("mac", 0, 50));
    assert_false(check_times("mac", 0, 49));
    f->provider.started = 0;
}

static void a_full_memory_lets_nobody_in(void **state)
{
    size_t good = 0, busy = 0;
    char id[20];
    (void)state;
    for (int i = 0; i < 3000; i++) {
        snprintf(id, sizeof id, "full %d", i);
        if (check("mac", id, "\"iat\":1700000000,\"exp\":1700000060"))
            good++;
        else if (f->call.error.status == 503)
            busy++;
    }
    assert_int_equal(good + busy, 3000);
    assert_true(busy > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_good_for_a_minute),
        cmocka_unit_test(times_are_written_in_several_ways),
        cmocka_unit_test(it_is_remembered_as_long_as_it_is_good),
        cmocka_unit_test(what_was_made_before_the_start_may_have_been_used),
        cmocka_unit_test(a_full_memory_lets_nobody_in),
    };
    f = fixture_new();
    int failed = cmocka_run_group_tests_name("client_assertion", tests, NULL, NULL);
    fixture_free(f);
    return failed;
}
