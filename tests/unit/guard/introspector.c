/* SPDX-License-Identifier: Apache-2.0 */
/* Opaque tokens: the issuer is asked, once, and its word is checked like a token's, for as long as
 * it counts.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/context.h"
#include "inquiry.h"
#include "prover.h"

#define ACTIVE "ostiary_issuer_introspections_total{outcome=\"active\","

/* ---- the good way ---- */

static void an_opaque_token_is_asked_about_once(void **state)
{
    online *o = *state;
    inquiry_begin(o, inquiry_by_secret);
    assert_int_equal(online_check_now(o, o->guard, OST_TEXT("opaque-1"), true).decision, OST_WAIT);
    ost_verdict verdict = online_check(o, o->guard, OST_TEXT("opaque-1"));
    assert_int_equal(verdict.decision, OST_ALLOW);
    assert_true(text_is(ost_identity_subject(verdict.identity), "alice"));
    assert_null(ost_claims_get(ost_identity_claims(verdict.identity), "active"));
    for (int i = 0; i < 100; i++) {
        verdict = online_check_now(o, o->guard, OST_TEXT("opaque-1"), true);
        assert_int_equal(verdict.decision, OST_ALLOW);
    }
    assert_int_equal(inquiry_questions(o), 1);
    assert_true(inquiry_asked(o, "POST /realms/a/protocol/openid-connect/token/introspect "));
    assert_true(inquiry_asked(o, "Authorization: Basic bXklMjBhcGk6cyUyNmNyZXQ=\r\n"));
    assert_true(inquiry_asked(o, "Accept: application/json\r\n"));
    assert_true(inquiry_asked(o, "token=opaque-1&token_type_hint=access_token"));
}

static void the_claims_are_checked_on_every_request(void **state)
{
    online *o = *state;
    static const char *const write[] = {"write", NULL};
    const ost_policy policy = {.scopes = write};
    const ost_credentials credentials = {.bearer = OST_TEXT("opaque")};
    ost_verdict verdict;
    fake_issuer_answer(o->issuer, FAKE_GOOD, inquiry_good(o, ",\"scope\":\"read\""));
    inquiry_begin(o, inquiry_by_secret);
    inquiry_expect(o, "opaque", OST_OK, 200);
    ost_guard_check(o->guard, &policy, &credentials, false, o->arena, &verdict);
    assert_int_equal(verdict.reason, OST_E_SCOPE);
    assert_int_equal(verdict.status, 403);
    /* No signature was seen, so that no route that insists on one is served. */
    const ost_policy strict = {.algorithms = OST_ALG_BIT(OST_ES256)};
    ost_guard_check(o->guard, &strict, &credentials, false, o->arena, &verdict);
    assert_int_equal(verdict.reason, OST_E_ALGORITHM);
    assert_int_equal(inquiry_questions(o), 1);
}

static void whoever_is_named_must_be_us(void **state)
{
    online *o = *state;
    static const struct {
        const char *said;
        ost_result reason;
    } cases[] = {
        {"\"iss\":\"https://other.example\",\"aud\":\"myapi\",\"exp\":%lld", OST_E_ISSUER},
        {"\"iss\":7,\"aud\":\"myapi\",\"exp\":%lld", OST_E_CLAIM_TYPE},
        {"\"aud\":\"other\",\"exp\":%lld", OST_E_AUDIENCE},
        {"\"aud\":[\"other\",\"myapi2\"],\"exp\":%lld", OST_E_AUDIENCE},
        {"\"exp\":%lld", OST_E_AUDIENCE},
        {"\"aud\":\"myapi\"", OST_E_CLAIM_MISSING},
        {"\"aud\":\"myapi\",\"exp\":\"%lld\"", OST_E_CLAIM_TYPE},
        {"\"aud\":\"myapi\",\"exp\":1", OST_E_EXPIRED},
        {"\"aud\":\"myapi\",\"exp\":%lld,\"nbf\":9000000000", OST_E_NOT_YET},
        {"\"aud\":\"myapi\",\"exp\":%lld,\"typ\":\"ID\"", OST_E_TOKEN_TYPE},
        {"\"aud\":\"myapi\",\"exp\":%lld,\"typ\":\"Refresh\"", OST_E_TOKEN_TYPE},
        {"\"aud\":\"myapi\",\"exp\":%lld,\"token_type\":\"Refresh\"", OST_E_TOKEN_TYPE},
        {"\"aud\":\"myapi\",\"exp\":%lld,\"token_use\":\"refresh_token\"", OST_E_TOKEN_TYPE},
        {"\"aud\":\"myapi\",\"exp\":%lld,\"token_type\":\"DPoP\"", OST_E_SENDER},
        {"\"aud\":\"myapi\",\"exp\":%lld,\"cnf\":{\"jkt\":\"x\"}", OST_E_SENDER},
        {"\"aud\":\"myapi\",\"exp\":%lld,\"cnf\":{\"x5t#S256\":\"x\"},\"token_type\":\"Bearer\"",
         OST_E_SENDER},
    };
    inquiry_begin(o, inquiry_by_secret);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char said[512], answer[600], token[32];
        const char *at = strstr(cases[i].said, "%lld");
        if (at != NULL)
            snprintf(said, sizeof said, "%.*s%lld%s", (int)(at - cases[i].said), cases[i].said,
                     (long long)atomic_load(&inquiry_now) + 300, at + 4);
        else
            snprintf(said, sizeof said, "%s", cases[i].said);
        snprintf(answer, sizeof answer, "{\"active\":true,%s}", said);
        snprintf(token, sizeof token, "opaque-%zu", i);
        fake_issuer_answer(o->issuer, FAKE_GOOD, answer);
        inquiry_expect(o, token, cases[i].reason, 401);
    }
}

static void an_issuer_that_is_not_named_is_the_one_that_was_asked(void **state)
{
    online *o = *state;
    char said[256];
    snprintf(said, sizeof said, "{\"active\":true,\"aud\":[\"myapi\"],\"exp\":%lld}",
             (long long)atomic_load(&inquiry_now) + 300);
    fake_issuer_answer(o->issuer, FAKE_GOOD, said);
    inquiry_begin(o, inquiry_by_secret);
    ost_verdict verdict = online_check(o, o->guard, OST_TEXT("opaque"));
    assert_int_equal(verdict.decision, OST_ALLOW);
    assert_true(text_is(ost_identity_issuer(verdict.identity), o->issuer->name));
}

/* RFC 9449 §6.2: the answer says to which key an opaque token is bound. */
static void a_bound_token_needs_its_proof(void **state)
{
    online *o = *state;
    fixture prover = {.arena = o->arena, .ec = o->keys[2], .now = atomic_load(&inquiry_now)};
    const ost_text token = OST_TEXT("opaque");
    char *more = ost_arena_format(o->arena, ",\"cnf\":{\"jkt\":\"%s\"}",
                                  prover_thumbprint(o->arena, o->keys[2]));
    fake_issuer_answer(o->issuer, FAKE_GOOD, inquiry_good(o, more));
    inquiry_begin(o, inquiry_by_secret);
    inquiry_expect(o, "opaque", OST_E_SENDER, 401);
    const ost_text proof = prover_proof(&prover, token, (proof_parts){0});
    ost_verdict verdict = prover_show(&prover, o->guard, &fixture_any, token, proof);
    assert_int_equal(verdict.decision, OST_ALLOW);
    verdict = prover_show(&prover, o->guard, &fixture_any, token, proof); /* a replay */
    assert_int_equal(verdict.decision, OST_REFUSE);
    const ost_text foreign = prover_proof(&prover, token, (proof_parts){.key = o->keys[3]});
    verdict = prover_show(&prover, o->guard, &fixture_any, token, foreign);
    assert_int_equal(verdict.decision, OST_REFUSE);
    assert_int_equal(inquiry_questions(o), 1);
}

/* ---- time ---- */

static void answers_count_for_their_lifetime(void **state)
{
    online *o = *state;
    inquiry_begin(o, inquiry_by_secret);
    inquiry_expect(o, "opaque", OST_OK, 200);
    atomic_fetch_add(&inquiry_now, 23);
    inquiry_expect(o, "opaque", OST_OK, 200);
    assert_int_equal(inquiry_questions(o), 1);
    atomic_fetch_add(&inquiry_now, 7); /* 30: too old */
    assert_int_equal(online_check_now(o, o->guard, OST_TEXT("opaque"), true).decision, OST_WAIT);
    inquiry_expect(o, "opaque", OST_OK, 200);
    assert_int_equal(inquiry_questions(o), 2);
}

static void answers_are_renewed_before_they_are_old(void **state)
{
    online *o = *state;
    inquiry_begin(o, inquiry_by_secret);
    inquiry_expect(o, "opaque", OST_OK, 200);
    atomic_fetch_add(&inquiry_now, 25);
    assert_int_equal(online_check_now(o, o->guard, OST_TEXT("opaque"), true).decision, OST_ALLOW);
    assert_true(online_until_number(&o->issuer->questions, 2, 5));
    for (int i = 0; i < 500 && online_metric(o, o->guard, ACTIVE) < 2; i++)
        usleep(10000);
    atomic_fetch_add(&inquiry_now, 20);
    assert_int_equal(online_check_now(o, o->guard, OST_TEXT("opaque"), true).decision, OST_ALLOW);
}

static void no_answer_counts_past_exp(void **state)
{
    online *o = *state;
    char said[256];
    snprintf(said, sizeof said, "{\"active\":true,\"aud\":\"myapi\",\"exp\":%lld}",
             (long long)atomic_load(&inquiry_now) + 5);
    fake_issuer_answer(o->issuer, FAKE_GOOD, said);
    inquiry_begin(o, inquiry_by_secret);
    inquiry_expect(o, "opaque", OST_OK, 200);
    atomic_fetch_add(&inquiry_now, 5);
    inquiry_expect(o, "opaque", OST_E_EXPIRED,
                   401); /* asked again, and the answer has expired, too */
    assert_int_equal(inquiry_questions(o), 2);
}

static void what_was_revoked_is_refused_when_its_answer_is_old(void **state)
{
    online *o = *state;
    inquiry_begin(o, inquiry_by_secret);
    inquiry_expect(o, "opaque", OST_OK, 200);
    fake_issuer_answer(o->issuer, FAKE_GOOD, "{\"active\":false}");
    inquiry_expect(o, "opaque", OST_OK, 200);
    atomic_fetch_add(&inquiry_now, 30);
    inquiry_expect(o, "opaque", OST_E_INACTIVE, 401);
    fake_issuer_answer(o->issuer, FAKE_DOWN, "");
    atomic_fetch_add(&inquiry_now, 10);
    inquiry_expect(o, "opaque", OST_E_REMOTE, 503); /* the answer before it does not come back */
}

/* Not with a clock either that is set back to when its answer was new. */
static void what_was_revoked_does_not_come_back(void **state)
{
    online *o = *state;
    inquiry_begin(o, inquiry_by_secret);
    inquiry_expect(o, "opaque", OST_OK, 200);
    fake_issuer_answer(o->issuer, FAKE_GOOD, "{\"active\":false}");
    atomic_fetch_add(&inquiry_now, 30);
    inquiry_expect(o, "opaque", OST_E_INACTIVE, 401);
    fake_issuer_answer(o->issuer, FAKE_DOWN, "");
    atomic_fetch_sub(&inquiry_now, 29);
    inquiry_expect(o, "opaque", OST_E_REMOTE, 503);
}

static void a_no_is_remembered_for_a_short_time(void **state)
{
    online *o = *state;
    fake_issuer_answer(o->issuer, FAKE_GOOD, "{\"active\":false,\"exp\":99999999999}");
    inquiry_begin(o, inquiry_by_secret);
    for (int i = 0; i < 10; i++)
        inquiry_expect(o, "opaque", OST_E_INACTIVE, 401);
    assert_int_equal(inquiry_questions(o), 1);
    fake_issuer_answer(o->issuer, FAKE_GOOD, inquiry_good(o, ""));
    atomic_fetch_add(&inquiry_now, 10);
    inquiry_expect(o, "opaque", OST_OK, 200);
    assert_int_equal(inquiry_questions(o), 2);
}

static void a_clock_that_is_set_back_makes_answers_old(void **state)
{
    online *o = *state;
    inquiry_begin(o, inquiry_by_secret);
    inquiry_expect(o, "opaque", OST_OK, 200);
    fake_issuer_answer(o->issuer, FAKE_GOOD, "{\"active\":false}");
    /* A check may have begun in the second before the answer came. */
    atomic_fetch_sub(&inquiry_now, 1);
    inquiry_expect(o, "opaque", OST_OK, 200);
    atomic_fetch_sub(&inquiry_now, 1);
    inquiry_expect(o, "opaque", OST_E_INACTIVE, 401);
}

/* What failed just before is asked about again: not only when the clock has come so far again. */
static void a_clock_that_is_set_back_ends_pauses(void **state)
{
    online *o = *state;
    inquiry_begin(o, inquiry_by_secret);
    fake_issuer_answer(o->issuer, FAKE_GOOD, "[]");
    inquiry_expect(o, "opaque", OST_E_REMOTE, 503);
    fake_issuer_answer(o->issuer, FAKE_GOOD, inquiry_good(o, ""));
    atomic_fetch_sub(&inquiry_now, 1800);
    inquiry_expect(o, "opaque", OST_OK, 200);
}

/* ---- room ---- */

/* What is full makes room: a good token is never refused because its answer cannot be kept. */
static void every_answer_finds_room(void **state)
{
    online *o = *state;
    ost_introspection small = inquiry_by_secret;
    small.cache_bytes = (size_t)256 << 10;
    char *roles = ost_arena_alloc(o->arena, 4096), *at = roles;
    for (int i = 0; i < 60; i++)
        at += sprintf(at, "\"role-number-%d\",", i);
    fake_issuer_answer(
        o->issuer, FAKE_GOOD,
        inquiry_good(o, ost_arena_format(o->arena, ",\"roles\":[%s\"last\"]", roles)));
    inquiry_begin(o, small);
    for (int i = 0; i < 500; i++)
        inquiry_expect(o, ost_arena_format(o->arena, "opaque-%d", i), OST_OK, 200);
}

static void an_answer_that_cannot_be_kept_is_none(void **state)
{
    online *o = *state;
    ost_introspection config = inquiry_by_secret;
    config.cache_bytes = 64; /* nothing fits */
    inquiry_begin(o, config);
    inquiry_expect(o, "opaque", OST_E_MEMORY, 503);
    inquiry_expect(o, "opaque", OST_E_MEMORY, 503);
    assert_int_equal(inquiry_questions(o), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, inquiry_start, online_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_opaque_token_is_asked_about_once),
        TEST(the_claims_are_checked_on_every_request),
        TEST(whoever_is_named_must_be_us),
        TEST(an_issuer_that_is_not_named_is_the_one_that_was_asked),
        TEST(a_bound_token_needs_its_proof),
        TEST(answers_count_for_their_lifetime),
        TEST(answers_are_renewed_before_they_are_old),
        TEST(no_answer_counts_past_exp),
        TEST(what_was_revoked_is_refused_when_its_answer_is_old),
        TEST(what_was_revoked_does_not_come_back),
        TEST(a_no_is_remembered_for_a_short_time),
        TEST(a_clock_that_is_set_back_makes_answers_old),
        TEST(a_clock_that_is_set_back_ends_pauses),
        TEST(every_answer_finds_room),
        TEST(an_answer_that_cannot_be_kept_is_none),
    };
    return cmocka_run_group_tests_name("guard-introspector", tests, online_make_keys,
                                       online_free_keys);
}
