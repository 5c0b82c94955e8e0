/* SPDX-License-Identifier: Apache-2.0 */
/* Revocations: which tokens they meet, when they end, what happens when there are too many, and
 * many threads. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "fixture.h"
#include "forge.h"
#include "guard/status/revocations.h"

#define SECRET "0123456789abcdef0123456789abcdef"
#define EXPIRES "\"exp\":1800000000"

static ost_arena *arena;

static int setup(void **state)
{
    arena = ost_arena_new((size_t)64 << 20);
    return 0;
}

static int teardown(void **state)
{
    ost_arena_free(arena);
    return 0;
}

static revocations *make(size_t entries)
{
    revocations *all;
    assert_int_equal(revocations_new(NULL, entries, &all), OST_OK);
    return all;
}

static ost_result add(revocations *all, ost_revoked kind, const char *value, int64_t not_before,
                      int64_t until)
{
    const ost_revocation what = {
        .kind = kind, .value = text_of(value), .not_before = not_before, .until = until};
    return revocations_add(all, &what, NOW);
}

static ost_result check_at(revocations *all, const char *members, int64_t now)
{
    const ost_claims *claims;
    ost_error error = {0};
    char *text = ost_arena_format(arena, "{" EXPIRES ",%s}", members);
    assert_int_equal(ost_claims_read(text_of(text), arena, &claims, NULL), OST_OK);
    ost_result result = revocations_check(all, claims, now, &error);
    assert_int_equal(result, error.code);
    return result;
}

static void expect(revocations *all, const char *members, ost_result expected)
{
    ost_result result = check_at(all, members, NOW);
    if (result != expected)
        fail_msg("%s: %s", members, ost_result_name(result));
}

static void each_kind_meets_its_claim(void **state)
{
    revocations *all = make(100);
    expect(all, "\"jti\":\"a\",\"sid\":\"a\",\"sub\":\"a\"", OST_OK);
    assert_int_equal(add(all, OST_REVOKED_TOKEN, "j", 0, 0), OST_OK);
    assert_int_equal(add(all, OST_REVOKED_SESSION, "s", 0, 0), OST_OK);
    assert_int_equal(add(all, OST_REVOKED_SUBJECT, "u", 0, 0), OST_OK);
    expect(all, "\"jti\":\"j\",\"iat\":9000000000", OST_E_REVOKED);
    expect(all, "\"sid\":\"s\",\"iat\":9000000000", OST_E_REVOKED);
    expect(all, "\"jti\":\"s\",\"sid\":\"j\",\"sub\":\"j\"", OST_OK);
    expect(all, "\"sub\":\"u\",\"iat\":1699999990", OST_E_REVOKED);
    expect(all, "\"sub\":\"u\",\"iat\":1700000000", OST_E_REVOKED); /* within this second */
    expect(all, "\"sub\":\"u\",\"iat\":1700000000.9", OST_E_REVOKED);
    expect(all, "\"sub\":\"u\",\"iat\":1700000001", OST_OK);
    expect(all, "\"sub\":\"u\"", OST_E_REVOKED); /* it does not say when */
    expect(all, "\"sub\":\"U\",\"sid\":7,\"jti\":\"\"", OST_OK);
    revocations_free(all);
    revocations_free(NULL);
}

static void a_moment_may_be_given(void **state)
{
    revocations *all = make(100);
    assert_int_equal(add(all, OST_REVOKED_SUBJECT, "u", 1600000000, 0), OST_OK);
    expect(all, "\"sub\":\"u\",\"iat\":1599999999", OST_E_REVOKED);
    expect(all, "\"sub\":\"u\",\"iat\":1600000000", OST_OK);
    assert_int_equal(add(all, OST_REVOKED_SESSION, "s", 1600000000, 0), OST_OK);
    expect(all, "\"sid\":\"s\",\"iat\":1600000000", OST_OK);
    /* Several together meet what any of them meets. */
    assert_int_equal(add(all, OST_REVOKED_SUBJECT, "u", 1650000000, 0), OST_OK);
    assert_int_equal(add(all, OST_REVOKED_SUBJECT, "u", 1500000000, 0), OST_OK);
    expect(all, "\"sub\":\"u\",\"iat\":1640000000", OST_E_REVOKED);
    expect(all, "\"sub\":\"u\",\"iat\":1650000000", OST_OK);
    revocations_free(all);
}

static void they_end(void **state)
{
    revocations *all = make(100);
    revocations_state told;
    assert_int_equal(add(all, OST_REVOKED_TOKEN, "default", 0, 0), OST_OK);
    assert_int_equal(add(all, OST_REVOKED_TOKEN, "short", 0, NOW + 10), OST_OK);
    assert_int_equal(add(all, OST_REVOKED_TOKEN, "over", 0, NOW), OST_OK);
    assert_int_equal(add(all, OST_REVOKED_TOKEN, "past", 0, 5), OST_OK);
    expect(all, "\"jti\":\"over\"", OST_OK);
    expect(all, "\"jti\":\"past\"", OST_OK);
    assert_int_equal(check_at(all, "\"jti\":\"short\"", NOW + 9), OST_E_REVOKED);
    assert_int_equal(check_at(all, "\"jti\":\"short\"", NOW + 10), OST_OK);
    assert_int_equal(check_at(all, "\"jti\":\"default\"", NOW + 86399), OST_E_REVOKED);
    assert_int_equal(check_at(all, "\"jti\":\"default\"", NOW + 86400), OST_OK);
    /* Telling it again for longer counts; for shorter it does not. */
    assert_int_equal(add(all, OST_REVOKED_TOKEN, "short", 0, NOW + 20), OST_OK);
    assert_int_equal(add(all, OST_REVOKED_TOKEN, "short", 0, NOW + 5), OST_OK);
    assert_int_equal(check_at(all, "\"jti\":\"short\"", NOW + 19), OST_E_REVOKED);
    revocations_read_state(all, NOW, &told);
    assert_int_equal(told.entries, 2);
    assert_int_equal(told.dropped, 0);
    revocations_free(all);
}

static void what_makes_no_sense_is_refused(void **state)
{
    revocations *all = make(100);
    char *large = ost_arena_alloc(arena, 2050);
    memset(large, 'a', 2049);
    assert_int_equal(add(all, OST_REVOKED_TOKEN, "", 0, 0), OST_E_ARGUMENT);
    assert_int_equal(add(all, OST_REVOKED_TOKEN, large, 0, 0), OST_E_ARGUMENT);
    assert_int_equal(add(all, 0, "a", 0, 0), OST_E_ARGUMENT);
    assert_int_equal(add(all, 4, "a", 0, 0), OST_E_ARGUMENT);
    assert_int_equal(add(all, OST_REVOKED_TOKEN, "a", -1, 0), OST_E_ARGUMENT);
    large[2048] = '\0';
    assert_int_equal(add(all, OST_REVOKED_TOKEN, large, 0, 0), OST_OK);
    char *members = ost_arena_format(arena, "\"jti\":\"%s\"", large);
    expect(all, members, OST_E_REVOKED);
    revocations_free(all);
}

static void add_numbered(revocations *all, int from, int to, int64_t until)
{
    for (int i = from; i < to; i++) {
        char name[32];
        snprintf(name, sizeof name, "t%d", i);
        assert_int_equal(add(all, OST_REVOKED_TOKEN, name, 0, until + i), OST_OK);
    }
}

static int count_revoked(revocations *all, int to, const char *iat)
{
    int count = 0;
    for (int i = 0; i < to; i++) {
        char members[96];
        snprintf(members, sizeof members, "\"jti\":\"t%d\"%s", i, iat);
        count += check_at(all, members, NOW) == OST_E_REVOKED;
        ost_arena_reset(arena);
    }
    return count;
}

static void many_are_all_remembered(void **state)
{
    revocations *all = make(20000);
    revocations_state told;
    add_numbered(all, 0, 20000, NOW + 100);
    assert_int_equal(count_revoked(all, 20000, ""), 20000);
    expect(all, "\"jti\":\"t20000\",\"iat\":5", OST_OK);
    revocations_read_state(all, NOW, &told);
    assert_int_equal(told.entries, 20000);
    assert_false(told.refuses_old);
    revocations_free(all);
}

/* Nothing that was revoked comes back because others were. */
static void too_many_err_to_the_safe_side(void **state)
{
    revocations *all = make(64);
    revocations_state told;
    add_numbered(all, 0, 65, NOW + 100);
    revocations_read_state(all, NOW, &told);
    assert_true(told.dropped >= 8 && told.dropped <= 16);
    assert_true(told.entries <= 64);
    assert_true(told.refuses_old);
    assert_int_equal(count_revoked(all, 65, ",\"iat\":1699999999"), 65);
    assert_int_equal(count_revoked(all, 65, ""), 65);
    /* The price: other tokens of that time are refused, too, until those that made way are over …
     */
    expect(all, "\"jti\":\"other\",\"iat\":1700000000", OST_E_REVOKED);
    assert_int_equal(check_at(all, "\"jti\":\"other\",\"iat\":1700000000", NOW + 107),
                     OST_E_REVOKED);
    assert_int_equal(check_at(all, "\"jti\":\"other\",\"iat\":1700000000", NOW + 108), OST_OK);
    /* … but newer ones are not. */
    expect(all, "\"jti\":\"other\",\"iat\":1700000001", OST_OK);
    revocations_free(all);
}

static void a_later_moment_survives_being_dropped(void **state)
{
    revocations *all = make(4);
    assert_int_equal(add(all, OST_REVOKED_SUBJECT, "u", NOW + 50, NOW + 60), OST_OK);
    add_numbered(all, 0, 4, NOW + 100);
    expect(all, "\"sub\":\"u\",\"iat\":1700000049", OST_E_REVOKED);
    expect(all, "\"sub\":\"u\",\"iat\":1700000050", OST_OK);
    revocations_free(all);
}

static void what_is_over_makes_way_first(void **state)
{
    revocations *all = make(64);
    revocations_state told;
    add_numbered(all, 0, 60, NOW - 59 + 1); /* the last of them at NOW + 1 */
    const ost_revocation what = {.kind = OST_REVOKED_TOKEN, .value = OST_TEXT("new")};
    for (int i = 0; i < 200; i++) {
        char name[32];
        snprintf(name, sizeof name, "n%d", i % 60);
        ost_revocation other = what;
        other.value = text_of(name);
        assert_int_equal(revocations_add(all, &other, NOW + 5), OST_OK);
    }
    revocations_read_state(all, NOW + 5, &told);
    assert_int_equal(told.dropped, 0);
    assert_false(told.refuses_old);
    assert_true(told.entries <= 64);
    revocations_free(all);
}

static void without_memory_nothing_is_said_to_be_revoked(void **state)
{
    revocations *all = NULL;
    memory_fail_at(1);
    assert_int_equal(revocations_new(NULL, 10, &all), OST_E_MEMORY);
    memory_fail_at(0);
    all = make(64);
    memory_fail_at(1);
    assert_int_equal(add(all, OST_REVOKED_TOKEN, "a", 0, 0), OST_E_MEMORY);
    memory_fail_at(0);
    add_numbered(all, 0, 64, NOW + 100);
    for (uint64_t n = 1; n <= 2; n++) {
        memory_fail_at(n);
        assert_int_equal(add(all, OST_REVOKED_TOKEN, "b", 0, 0), OST_E_MEMORY);
        memory_fail_at(0);
        assert_int_equal(count_revoked(all, 64, ",\"iat\":5"), 64);
    }
    revocations_free(all);
}

/* ---- threads: for the thread sanitizer ---- */

#define READERS 4
#define ROUNDS 3000

typedef struct race {
    revocations *all;
    atomic_int added; /* tokens below this number have been revoked */
    atomic_bool over;
    atomic_int wrong;
} race;

static void *read_all(void *user)
{
    race *r = user;
    ost_arena *own = ost_arena_new(1 << 20);
    while (!atomic_load(&r->over)) {
        int added = atomic_load(&r->added);
        for (int i = added > 50 ? added - 50 : 0; i < added; i++) {
            const ost_claims *claims;
            char *text = ost_arena_format(own, "{" EXPIRES ",\"iat\":5,\"jti\":\"t%d\"}", i);
            if (ost_claims_read(text_of(text), own, &claims, NULL) != OST_OK ||
                revocations_check(r->all, claims, NOW, NULL) != OST_E_REVOKED)
                atomic_fetch_add(&r->wrong, 1);
        }
        ost_arena_reset(own);
    }
    ost_arena_free(own);
    return NULL;
}

static void what_is_revoked_is_so_at_once_for_everybody(void **state)
{
    race r = {.all = make(1000)};
    pthread_t threads[READERS];
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_all, &r), 0);
    for (int i = 0; i < ROUNDS; i++) {
        add_numbered(r.all, i, i + 1, NOW + 100);
        atomic_store(&r.added, i + 1);
    }
    atomic_store(&r.over, true);
    for (int i = 0; i < READERS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&r.wrong), 0);
    revocations_free(r.all);
}

/* ---- the guard ---- */

static void a_guard_refuses_what_was_revoked(void **state)
{
    void *made;
    fixture_start(&made);
    fixture *f = made;
    ost_text token = fixture_token(f, "{" GOOD_CLAIMS ",\"jti\":\"j1\",\"sid\":\"s1\"}");
    fixture_allows(f, token); /* and it is remembered */
    ost_revocation what = {.kind = OST_REVOKED_SESSION, .value = OST_TEXT("s1")};
    assert_int_equal(ost_guard_revoke(f->guard, &what), OST_OK);
    fixture_refuses(f, token, OST_E_REVOKED);
    fixture_allows(f, fixture_token(f, "{" GOOD_CLAIMS ",\"jti\":\"j1\",\"sid\":\"s2\"}"));
    what = (ost_revocation){
        .issuer = FIXTURE_ISSUER, .kind = OST_REVOKED_SUBJECT, .value = OST_TEXT("alice")};
    assert_int_equal(ost_guard_revoke(f->guard, &what), OST_OK);
    fixture_refuses_claims(f, "{" GOOD_CLAIMS ",\"sid\":\"s3\"}", OST_E_REVOKED);
    f->now += 10;
    fixture_allows(f, fixture_token(f, "{\"exp\":1700000300,\"iat\":1700000005," GOOD_NAMES
                                       ",\"aud\":\"myapi\"}"));
    what.issuer = "https://other.example";
    assert_int_equal(ost_guard_revoke(f->guard, &what), OST_E_ISSUER);
    fixture_end(&made);
}

static ost_result check_of(fixture *f, ost_guard *guard, const char *issuer, const char *members)
{
    ost_verdict verdict;
    char *claims = ost_arena_format(
        f->arena, "{\"iss\":\"%s\",\"sub\":\"s\",\"aud\":\"myapi\"," GOOD_TIMES "%s}", issuer,
        members);
    ost_text token = forge_hmac(f->arena, "{\"alg\":\"HS256\"}", claims, OST_TEXT(SECRET));
    ost_text field = text_of(ost_arena_format(f->arena, "Bearer %.*s", OST_FORMAT(token)));
    const ost_credentials came = {.authorization = &field, .authorization_count = 1};
    ost_guard_check(guard, &fixture_any, &came, false, f->arena, &verdict);
    return verdict.reason;
}

/* Neither what is revoked of one issuer, nor that it is too much, is the others' business. */
static void issuers_have_revocations_of_their_own(void **state)
{
    void *made;
    fixture_start(&made);
    fixture *f = made;
    static const char *const audiences[] = {"myapi"};
    ost_issuer issuers[2] = {{.issuer = "https://a.example"}, {.issuer = "https://b.example"}};
    for (size_t i = 0; i < 2; i++) {
        issuers[i].audiences = audiences;
        issuers[i].audience_count = 1;
        issuers[i].algorithms = OST_ALG_BIT(OST_HS256);
        issuers[i].hmac_secret = OST_TEXT(SECRET);
    }
    const ost_guard_config config = {
        .issuers = issuers, .issuer_count = 2, .revocation_entries = 4, .context = &f->context};
    ost_guard *guard;
    assert_int_equal(ost_guard_new(&config, &guard, NULL), OST_OK);
    ost_revocation what = {.issuer = "https://a.example", .kind = OST_REVOKED_TOKEN};
    for (int i = 0; i < 5; i++) {
        what.value = text_of(ost_arena_format(f->arena, "t%d", i));
        what.until = NOW + 100 + i;
        assert_int_equal(ost_guard_revoke(guard, &what), OST_OK);
    }
    assert_int_equal(check_of(f, guard, "https://a.example", ",\"jti\":\"t4\""), OST_E_REVOKED);
    assert_int_equal(check_of(f, guard, "https://a.example", ""), OST_E_REVOKED); /* too many */
    assert_int_equal(check_of(f, guard, "https://b.example", ",\"jti\":\"t4\""), OST_OK);
    assert_int_equal(check_of(f, guard, "https://b.example", ""), OST_OK);
    ost_guard_free(guard);
    fixture_end(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_meets_its_claim),
        cmocka_unit_test(a_moment_may_be_given),
        cmocka_unit_test(they_end),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(many_are_all_remembered),
        cmocka_unit_test(too_many_err_to_the_safe_side),
        cmocka_unit_test(a_later_moment_survives_being_dropped),
        cmocka_unit_test(what_is_over_makes_way_first),
        cmocka_unit_test(without_memory_nothing_is_said_to_be_revoked),
        cmocka_unit_test(what_is_revoked_is_so_at_once_for_everybody),
        cmocka_unit_test(a_guard_refuses_what_was_revoked),
        cmocka_unit_test(issuers_have_revocations_of_their_own),
    };
    return cmocka_run_group_tests_name("guard-revocations", tests, setup, teardown);
}
