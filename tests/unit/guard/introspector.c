/* Opaque tokens: the issuer is asked, once, within bounds, and its word is checked like a token's.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base64url.h"
#include "context.h"
#include "online.h"
#include "prover.h"
#include "status_token.h"

#define ACTIVE "ostiary_issuer_introspections_total{outcome=\"active\","

static const ost_introspection by_secret = {.client_id = "my api", .client_secret = "s&cret"};
static _Atomic int64_t held_now;

static int64_t held_clock(void *user)
{
    return atomic_load((_Atomic int64_t *)user);
}

static const ost_context held_context = {.now = held_clock, .user = &held_now};

/* What the issuer says of a good token, and more. */
static const char *good(online *o, const char *more)
{
    return ost_arena_format(o->arena,
                            "{\"active\":true,\"iss\":\"%s\",\"aud\":\"myapi\",\"sub\":\"alice\","
                            "\"exp\":%lld,\"token_type\":\"Bearer\"%s}",
                            o->issuer->name, (long long)atomic_load(&held_now) + 300, more);
}

/* A guard whose clock the test holds. */
static ost_guard *guard_of(online *o, ost_issuer config)
{
    static const char *const audiences[] = {"myapi"};
    ost_guard *guard;
    ost_error error = {0};
    config.issuer = o->issuer->name;
    if (!config.insecure_any_audience) {
        config.audiences = audiences;
        config.audience_count = 1;
    }
    if (config.introspection.client_id == NULL)
        config.introspection = by_secret;
    const ost_guard_config all = {
        .issuers = &config, .issuer_count = 1, .context = &held_context, .realm = "items"};
    if (ost_guard_new(&all, &guard, &error) != OST_OK)
        fail_msg("%s", error.detail);
    return guard;
}

static int start(void **state)
{
    atomic_store(&held_now, ost_now(NULL));
    int failed = online_start(state);
    online *o = *state;
    fake_issuer_answer(o->issuer, FAKE_GOOD, good(o, ""));
    return failed;
}

static void begin(online *o, ost_introspection config)
{
    o->guard = guard_of(o, (ost_issuer){.introspection = config});
    assert_true(ost_guard_wait_ready(o->guard, 5));
}

static int questions(online *o)
{
    return atomic_load(&o->issuer->questions);
}

static void expect(online *o, const char *token, ost_result reason, int status)
{
    ost_verdict verdict = online_check(o, o->guard, text_of(token));
    if (verdict.reason != reason || verdict.status != status)
        fail_msg("%s: %s %d %.*s", token, ost_result_name(verdict.reason), verdict.status,
                 (int)verdict.explanation.len, verdict.explanation.data);
    assert_int_equal(verdict.decision == OST_ALLOW, status == 200);
    assert_int_equal(verdict.identity != NULL, status == 200);
    assert_int_equal(verdict.retry_after > 0, status == 503);
    assert_int_equal(verdict.challenge.len > 0, status == 401 || status == 400);
}

static bool asked(online *o, const char *part)
{
    pthread_mutex_lock(&o->issuer->lock);
    bool found =
        strstr(o->issuer->asked_head, part) != NULL || strstr(o->issuer->asked_body, part) != NULL;
    pthread_mutex_unlock(&o->issuer->lock);
    return found;
}

/* ---- the good way ---- */

static void an_opaque_token_is_asked_about_once(void **state)
{
    online *o = *state;
    begin(o, by_secret);
    assert_int_equal(online_check_now(o, o->guard, OST_TEXT("opaque-1"), true).decision, OST_WAIT);
    ost_verdict verdict = online_check(o, o->guard, OST_TEXT("opaque-1"));
    assert_int_equal(verdict.decision, OST_ALLOW);
    assert_true(text_is(ost_identity_subject(verdict.identity), "alice"));
    assert_null(ost_claims_get(ost_identity_claims(verdict.identity), "active"));
    for (int i = 0; i < 100; i++) {
        verdict = online_check_now(o, o->guard, OST_TEXT("opaque-1"), true);
        assert_int_equal(verdict.decision, OST_ALLOW);
    }
    assert_int_equal(questions(o), 1);
    assert_true(asked(o, "POST /realms/a/protocol/openid-connect/token/introspect "));
    assert_true(asked(o, "Authorization: Basic bXklMjBhcGk6cyUyNmNyZXQ=\r\n"));
    assert_true(asked(o, "Accept: application/json\r\n"));
    assert_true(asked(o, "token=opaque-1&token_type_hint=access_token"));
}

static void the_claims_are_checked_on_every_request(void **state)
{
    online *o = *state;
    static const char *const write[] = {"write", NULL};
    const ost_policy policy = {.scopes = write};
    const ost_credentials credentials = {.bearer = OST_TEXT("opaque")};
    ost_verdict verdict;
    fake_issuer_answer(o->issuer, FAKE_GOOD, good(o, ",\"scope\":\"read\""));
    begin(o, by_secret);
    expect(o, "opaque", OST_OK, 200);
    ost_guard_check(o->guard, &policy, &credentials, false, o->arena, &verdict);
    assert_int_equal(verdict.reason, OST_E_SCOPE);
    assert_int_equal(verdict.status, 403);
    /* No signature was seen, so that no route that insists on one is served. */
    const ost_policy strict = {.algorithms = OST_ALG_BIT(OST_ES256)};
    ost_guard_check(o->guard, &strict, &credentials, false, o->arena, &verdict);
    assert_int_equal(verdict.reason, OST_E_ALGORITHM);
    assert_int_equal(questions(o), 1);
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
    begin(o, by_secret);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char said[512], answer[600], token[32];
        const char *at = strstr(cases[i].said, "%lld");
        if (at != NULL)
            snprintf(said, sizeof said, "%.*s%lld%s", (int)(at - cases[i].said), cases[i].said,
                     (long long)atomic_load(&held_now) + 300, at + 4);
        else
            snprintf(said, sizeof said, "%s", cases[i].said);
        snprintf(answer, sizeof answer, "{\"active\":true,%s}", said);
        snprintf(token, sizeof token, "opaque-%zu", i);
        fake_issuer_answer(o->issuer, FAKE_GOOD, answer);
        expect(o, token, cases[i].reason, 401);
    }
}

static void an_issuer_that_is_not_named_is_the_one_that_was_asked(void **state)
{
    online *o = *state;
    char said[256];
    snprintf(said, sizeof said, "{\"active\":true,\"aud\":[\"myapi\"],\"exp\":%lld}",
             (long long)atomic_load(&held_now) + 300);
    fake_issuer_answer(o->issuer, FAKE_GOOD, said);
    begin(o, by_secret);
    ost_verdict verdict = online_check(o, o->guard, OST_TEXT("opaque"));
    assert_int_equal(verdict.decision, OST_ALLOW);
    assert_true(text_is(ost_identity_issuer(verdict.identity), o->issuer->name));
}

/* RFC 9449 §6.2: the answer says to which key an opaque token is bound. */
static void a_bound_token_needs_its_proof(void **state)
{
    online *o = *state;
    fixture prover = {.arena = o->arena, .ec = o->keys[2], .now = atomic_load(&held_now)};
    const ost_text token = OST_TEXT("opaque");
    char *more = ost_arena_format(o->arena, ",\"cnf\":{\"jkt\":\"%s\"}",
                                  prover_thumbprint(o->arena, o->keys[2]));
    fake_issuer_answer(o->issuer, FAKE_GOOD, good(o, more));
    begin(o, by_secret);
    expect(o, "opaque", OST_E_SENDER, 401);
    const ost_text proof = prover_proof(&prover, token, (proof_parts){0});
    ost_verdict verdict = prover_show(&prover, o->guard, &fixture_any, token, proof);
    assert_int_equal(verdict.decision, OST_ALLOW);
    verdict = prover_show(&prover, o->guard, &fixture_any, token, proof); /* a replay */
    assert_int_equal(verdict.decision, OST_REFUSE);
    const ost_text foreign = prover_proof(&prover, token, (proof_parts){.key = o->keys[3]});
    verdict = prover_show(&prover, o->guard, &fixture_any, token, foreign);
    assert_int_equal(verdict.decision, OST_REFUSE);
    assert_int_equal(questions(o), 1);
}

/* ---- time ---- */

static void answers_count_for_their_lifetime(void **state)
{
    online *o = *state;
    begin(o, by_secret);
    expect(o, "opaque", OST_OK, 200);
    atomic_fetch_add(&held_now, 23);
    expect(o, "opaque", OST_OK, 200);
    assert_int_equal(questions(o), 1);
    atomic_fetch_add(&held_now, 7); /* 30: too old */
    assert_int_equal(online_check_now(o, o->guard, OST_TEXT("opaque"), true).decision, OST_WAIT);
    expect(o, "opaque", OST_OK, 200);
    assert_int_equal(questions(o), 2);
}

static void answers_are_renewed_before_they_are_old(void **state)
{
    online *o = *state;
    begin(o, by_secret);
    expect(o, "opaque", OST_OK, 200);
    atomic_fetch_add(&held_now, 25);
    assert_int_equal(online_check_now(o, o->guard, OST_TEXT("opaque"), true).decision, OST_ALLOW);
    assert_true(online_until_number(&o->issuer->questions, 2, 5));
    for (int i = 0; i < 500 && online_metric(o, o->guard, ACTIVE) < 2; i++)
        usleep(10000);
    atomic_fetch_add(&held_now, 20);
    assert_int_equal(online_check_now(o, o->guard, OST_TEXT("opaque"), true).decision, OST_ALLOW);
}

static void no_answer_counts_past_exp(void **state)
{
    online *o = *state;
    char said[256];
    snprintf(said, sizeof said, "{\"active\":true,\"aud\":\"myapi\",\"exp\":%lld}",
             (long long)atomic_load(&held_now) + 5);
    fake_issuer_answer(o->issuer, FAKE_GOOD, said);
    begin(o, by_secret);
    expect(o, "opaque", OST_OK, 200);
    atomic_fetch_add(&held_now, 5);
    expect(o, "opaque", OST_E_EXPIRED, 401); /* asked again, and the answer has expired, too */
    assert_int_equal(questions(o), 2);
}

static void what_was_revoked_is_refused_when_its_answer_is_old(void **state)
{
    online *o = *state;
    begin(o, by_secret);
    expect(o, "opaque", OST_OK, 200);
    fake_issuer_answer(o->issuer, FAKE_GOOD, "{\"active\":false}");
    expect(o, "opaque", OST_OK, 200);
    atomic_fetch_add(&held_now, 30);
    expect(o, "opaque", OST_E_INACTIVE, 401);
    fake_issuer_answer(o->issuer, FAKE_DOWN, "");
    atomic_fetch_add(&held_now, 10);
    expect(o, "opaque", OST_E_REMOTE, 503); /* the answer before it does not come back */
}

static void a_no_is_remembered_for_a_short_time(void **state)
{
    online *o = *state;
    fake_issuer_answer(o->issuer, FAKE_GOOD, "{\"active\":false,\"exp\":99999999999}");
    begin(o, by_secret);
    for (int i = 0; i < 10; i++)
        expect(o, "opaque", OST_E_INACTIVE, 401);
    assert_int_equal(questions(o), 1);
    fake_issuer_answer(o->issuer, FAKE_GOOD, good(o, ""));
    atomic_fetch_add(&held_now, 10);
    expect(o, "opaque", OST_OK, 200);
    assert_int_equal(questions(o), 2);
}

/* ---- an issuer in trouble ---- */

static void no_answer_lets_nobody_in(void **state)
{
    online *o = *state;
    static const fake_mode modes[] = {FAKE_DOWN, FAKE_ERROR, FAKE_REDIRECT, FAKE_HTML, FAKE_LARGE};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        fake_issuer_answer(o->issuer, modes[i], good(o, ""));
        begin(o, by_secret);
        expect(o, "opaque", OST_E_REMOTE, 503);
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
        begin(o, by_secret);
        expect(o, "opaque", OST_E_REMOTE, 503);
        if (i + 1 < sizeof answers / sizeof answers[0])
            ost_guard_free(o->guard);
    }
}

static void an_issuer_that_fails_is_left_in_peace(void **state)
{
    online *o = *state;
    begin(o, by_secret);
    expect(o, "remembered", OST_OK, 200);
    fake_issuer_answer(o->issuer, FAKE_ERROR, "");
    expect(o, "opaque-0", OST_E_REMOTE, 503);
    for (int i = 0; i < 200; i++) {
        char token[32];
        snprintf(token, sizeof token, "opaque-%d", i);
        expect(o, token, OST_E_REMOTE, 503);
        expect(o, "remembered", OST_OK, 200);
    }
    assert_int_equal(questions(o), 1 + 16); /* enough to know that it is not the tokens */
    ost_text said = {0};
    assert_true(ost_json_text(
        ost_json_get(online_state(o, o->guard, 0, "introspection"), "last_error"), &said));
    assert_true(text_ends(said, "answered 500"));
    fake_issuer_answer(o->issuer, FAKE_GOOD, good(o, ""));
    usleep(1200000);
    atomic_fetch_add(&held_now, 2);
    expect(o, "opaque-0", OST_OK, 200);
    expect(o, "opaque-1", OST_OK, 200);
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
        ost_introspection asking = by_secret;
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
    const ost_guard_config config = {.issuers = all, .issuer_count = 32, .context = &held_context};
    assert_int_equal(ost_guard_new(&config, &o->guard, NULL), OST_OK);
    for (int i = 1; i < 32; i++) {
        for (int k = 0; k < 16; k++) {
            ost_text token = text_of(ost_arena_format(o->arena, "p%02d-%d", i, k));
            assert_int_equal(online_check_now(o, o->guard, token, true).decision, OST_WAIT);
        }
    }
    assert_true(online_until_number(&hanging->questions, 250, 20));
    expect(o, "p00-good", OST_OK, 200);
    ost_guard_free(o->guard);
    o->guard = NULL;
    fake_issuer_stop(hanging);
}

/* "No" is an answer too: the issuer is well, and is said to be. */
static void the_last_error_ends_with_any_answer(void **state)
{
    online *o = *state;
    int64_t seconds = -1;
    begin(o, by_secret);
    const ost_json *asking = online_state(o, o->guard, 0, "introspection");
    assert_null(ost_json_get(asking, "failing"));
    fake_issuer_answer(o->issuer, FAKE_DOWN, "");
    expect(o, "opaque-0", OST_E_REMOTE, 503);
    usleep(1100000);
    asking = online_state(o, o->guard, 0, "introspection");
    assert_non_null(ost_json_get(asking, "last_error"));
    assert_true(ost_json_integer(ost_json_get(asking, "failing"), &seconds));
    assert_in_range(seconds, 1, 60);
    assert_true(online_metric(o, o->guard, "ostiary_issuer_introspection_failing_seconds{") >= 1);
    fake_issuer_answer(o->issuer, FAKE_GOOD, "{\"active\":false}");
    expect(o, "opaque-1", OST_E_INACTIVE, 401);
    asking = online_state(o, o->guard, 0, "introspection");
    assert_null(ost_json_get(asking, "last_error"));
    assert_null(ost_json_get(asking, "failing"));
    assert_int_equal(online_metric(o, o->guard, "ostiary_issuer_introspection_failing_seconds{"),
                     0);
    expect(o, "opaque-0", OST_E_REMOTE, 503); /* for a moment still, and says why */
}

/* Whatever one token makes the issuer, or a firewall before it, answer. */
static void a_poisoned_token_stops_nobody_else(void **state)
{
    static const char *const claims[] = {",\"name\":\"a\\u0000b\"", ",\"name\":\"a\\ud83d\"",
                                         ",\"name\":\"a\",\"name\":\"b\""};
    online *o = *state;
    begin(o, by_secret);
    for (size_t i = 0; i < 8; i++) {
        const char *poison = ost_arena_format(o->arena, "poison-%zu", i);
        if (i < 3) {
            fake_issuer_answer(o->issuer, FAKE_GOOD, good(o, claims[i]));
        } else {
            static const int statuses[] = {403, 404, 500, 502};
            o->issuer->ask_status = i < 7 ? statuses[i - 3] : 200;
            fake_issuer_answer(o->issuer, i < 7 ? FAKE_GOOD : FAKE_LARGE, "");
        }
        expect(o, poison, OST_E_REMOTE, 503);
        o->issuer->ask_status = 200;
        fake_issuer_answer(o->issuer, FAKE_GOOD, good(o, ""));
        expect(o, ost_arena_format(o->arena, "good-%zu", i), OST_OK, 200);
    }
}

/* A firewall may also hang up. */
static void one_connection_that_ends_stops_nobody_else(void **state)
{
    online *o = *state;
    begin(o, by_secret);
    fake_issuer_answer(o->issuer, FAKE_DOWN, "");
    expect(o, "poison", OST_E_REMOTE, 503);
    fake_issuer_answer(o->issuer, FAKE_GOOD, good(o, ""));
    expect(o, "good", OST_OK, 200);
}

static void a_clock_that_is_set_back_makes_answers_old(void **state)
{
    online *o = *state;
    begin(o, by_secret);
    expect(o, "opaque", OST_OK, 200);
    fake_issuer_answer(o->issuer, FAKE_GOOD, "{\"active\":false}");
    /* A check may have begun in the second before the answer came. */
    atomic_fetch_sub(&held_now, 1);
    expect(o, "opaque", OST_OK, 200);
    atomic_fetch_sub(&held_now, 1);
    expect(o, "opaque", OST_E_INACTIVE, 401);
}

/* What failed just before is asked about again: not only when the clock has come so far again. */
static void a_clock_that_is_set_back_ends_pauses(void **state)
{
    online *o = *state;
    begin(o, by_secret);
    fake_issuer_answer(o->issuer, FAKE_GOOD, "[]");
    expect(o, "opaque", OST_E_REMOTE, 503);
    fake_issuer_answer(o->issuer, FAKE_GOOD, good(o, ""));
    atomic_fetch_sub(&held_now, 1800);
    expect(o, "opaque", OST_OK, 200);
}

/* What is full makes room: a good token is never refused because its answer cannot be kept. */
static void every_answer_finds_room(void **state)
{
    online *o = *state;
    ost_introspection small = by_secret;
    small.cache_bytes = (size_t)256 << 10;
    char *roles = ost_arena_alloc(o->arena, 4096), *at = roles;
    for (int i = 0; i < 60; i++)
        at += sprintf(at, "\"role-number-%d\",", i);
    fake_issuer_answer(o->issuer, FAKE_GOOD,
                       good(o, ost_arena_format(o->arena, ",\"roles\":[%s\"last\"]", roles)));
    begin(o, small);
    for (int i = 0; i < 500; i++)
        expect(o, ost_arena_format(o->arena, "opaque-%d", i), OST_OK, 200);
}

static void a_token_that_the_issuer_chokes_on_harms_no_other(void **state)
{
    online *o = *state;
    o->issuer->ask_status = 400;
    begin(o, by_secret);
    for (int i = 0; i < 20; i++)
        expect(o, "poison", OST_E_REMOTE, 503);
    assert_int_equal(questions(o), 1);
    o->issuer->ask_status = 200;
    expect(o, "opaque", OST_OK, 200);
}

static void without_an_endpoint_nobody_can_be_asked(void **state)
{
    online *o = *state;
    snprintf(o->issuer->discovery, sizeof o->issuer->discovery,
             "{\"issuer\":\"%s\",\"jwks_uri\":\"%s\"}", o->issuer->name,
             fake_issuer_url(o->issuer, "/realms/a/protocol/openid-connect/certs"));
    o->guard = guard_of(o, (ost_issuer){0});
    assert_true(online_until_number(&o->issuer->key_fetches, 1, 5));
    expect(o, "opaque", OST_E_REMOTE, 503);
    assert_false(ost_guard_is_ready(o->guard));
    assert_int_equal(questions(o), 0);
}

static void a_token_may_come_before_the_discovery_is_done(void **state)
{
    online *o = *state;
    fake_issuer_serve(o->issuer, FAKE_SLOW, FAKE_GOOD);
    o->guard = guard_of(o, (ost_issuer){0});
    ost_verdict verdict = online_check_now(o, o->guard, OST_TEXT("opaque"), true);
    assert_int_equal(verdict.decision, OST_WAIT);
    assert_true(verdict.ticket != 0);
    fake_issuer_release(o->issuer);
    expect(o, "opaque", OST_OK, 200);
}

static void a_discovery_that_fails_ends_the_waiting(void **state)
{
    online *o = *state;
    fake_issuer_serve(o->issuer, FAKE_ERROR, FAKE_GOOD);
    o->guard = guard_of(o, (ost_issuer){0});
    expect(o, "opaque", OST_E_REMOTE, 503);
    assert_int_equal(questions(o), 0);
}

/* ---- many ---- */

static void count(void *user)
{
    atomic_fetch_add((atomic_int *)user, 1);
}

static void one_question_for_all_who_wait(void **state)
{
    online *o = *state;
    atomic_int told = 0;
    fake_issuer_answer(o->issuer, FAKE_SLOW, good(o, ""));
    begin(o, by_secret);
    for (int i = 0; i < 1001; i++) {
        ost_verdict verdict = online_check_now(o, o->guard, OST_TEXT("opaque"), true);
        assert_int_equal(verdict.decision, OST_WAIT);
        assert_int_equal(ost_guard_wait(o->guard, &verdict, count, &told),
                         i < 1000 ? OST_OK : OST_E_BUSY);
        ost_arena_reset(o->arena);
    }
    fake_issuer_release(o->issuer);
    assert_true(online_until_number(&told, 1000, 5));
    assert_int_equal(online_check_now(o, o->guard, OST_TEXT("opaque"), false).decision, OST_ALLOW);
    assert_int_equal(questions(o), 1);
    /* It is over: whoever still has the verdict of the wait checks again at once. */
    const ost_verdict late = {.decision = OST_WAIT, .ticket = 1};
    assert_int_equal(ost_guard_wait(o->guard, &late, count, &told), OST_E_BUSY);
}

static void a_flood_of_garbage_is_held_back(void **state)
{
    online *o = *state;
    int held_back = 0, refused = 0;
    begin(o, by_secret);
    expect(o, "remembered", OST_OK, 200);
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
    assert_true(questions(o) <= 1 + 256 + 20 * (int)seconds);
    /* Nor when its answer has become old. */
    fake_issuer_answer(o->issuer, FAKE_GOOD, good(o, ""));
    atomic_fetch_add(&held_now, 30);
    expect(o, "remembered", OST_OK, 200);
}

static void good_tokens_cost_nothing_of_the_budget(void **state)
{
    online *o = *state;
    begin(o, by_secret);
    for (int i = 0; i < 600; i++) {
        char token[32];
        snprintf(token, sizeof token, "opaque-%d", i);
        expect(o, token, OST_OK, 200);
        ost_arena_reset(o->arena);
    }
    assert_int_equal(questions(o), 600);
}

/* ---- which tokens ---- */

static void what_cannot_be_a_token_is_not_asked_about(void **state)
{
    online *o = *state;
    begin(o, by_secret);
    char *large = ost_arena_alloc(o->arena, 17000);
    memset(large, 'a', 16 * 1024 + 1);
    expect(o, large, OST_E_CEILING, 401);
    const ost_text header = OST_TEXT("Bearer a,b");
    const ost_credentials credentials = {.authorization = &header, .authorization_count = 1};
    ost_verdict verdict;
    ost_guard_check(o->guard, &fixture_any, &credentials, true, o->arena, &verdict);
    assert_int_equal(verdict.status, 400);
    expect(o, "a\"b", OST_E_TOKEN_FORMAT, 401);
    assert_int_equal(questions(o), 0);
}

static void jwts_speak_for_themselves(void **state)
{
    online *o = *state;
    begin(o, by_secret);
    ost_text token = online_token(o, o->issuer, o->keys[0]);
    assert_int_equal(online_check(o, o->guard, token).decision, OST_ALLOW);
    expect(o, "eyJhbGciOiJub25lIn0.e30.", OST_E_TOKEN_FORMAT, 401);
    assert_int_equal(questions(o), 0);
    expect(o, "ya29.not.jwt", OST_OK, 200);
    expect(o, "eyJhbGciOiJub25lIn0.e30", OST_OK, 200);
    assert_int_equal(questions(o), 2);
}

static void every_token_is_verified_and_asked_about(void **state)
{
    online *o = *state;
    ost_introspection config = by_secret;
    config.every_token = true;
    fake_issuer_answer(o->issuer, FAKE_GOOD, good(o, ",\"scope\":\"from_issuer\""));
    begin(o, config);
    ost_text token = online_token(o, o->issuer, o->keys[0]);
    ost_text forged = online_token(o, o->issuer, o->keys[1]);
    assert_int_equal(online_check(o, o->guard, forged).reason, OST_E_KEY_UNKNOWN);
    assert_int_equal(questions(o), 0);
    for (int i = 0; i < 3; i++) {
        ost_verdict verdict = online_check(o, o->guard, token);
        assert_int_equal(verdict.decision, OST_ALLOW);
        assert_true(ost_identity_has_scope(verdict.identity, "from_issuer"));
    }
    assert_int_equal(questions(o), 1);
    assert_int_equal(
        online_metric(o, o->guard, "ostiary_guard_signature_cache_total{outcome=\"hit\"}"), 2);
    fake_issuer_answer(o->issuer, FAKE_GOOD, "{\"active\":false}");
    atomic_fetch_add(&held_now, 30);
    assert_int_equal(online_check(o, o->guard, token).reason, OST_E_INACTIVE);
}

static void an_issuer_may_have_no_keys(void **state)
{
    online *o = *state;
    ost_introspection config = by_secret;
    config.no_keys = true;
    config.endpoint =
        fake_issuer_url(o->issuer, "/realms/a/protocol/openid-connect/token/introspect");
    begin(o, config);
    expect(o, "opaque", OST_OK, 200);
    ost_text token = online_token(o, o->issuer, o->keys[0]);
    assert_int_equal(online_check(o, o->guard, token).decision, OST_ALLOW);
    assert_int_equal(questions(o), 2);
    assert_int_equal(atomic_load(&o->issuer->discoveries), 0);
    assert_int_equal(atomic_load(&o->issuer->key_fetches), 0);
}

/* ---- which issuer ---- */

static void the_prefix_decides_whom_to_ask(void **state)
{
    online *o = *state;
    static const char *const audiences[] = {"myapi"};
    fake_issuer *others[2] = {fake_issuer_start(), fake_issuer_start()};
    const ost_issuer issuers[] = {
        {.issuer = others[0]->name,
         .audiences = audiences,
         .audience_count = 1,
         .introspection = {.client_id = "a", .client_secret = "b", .token_prefix = "a_"}},
        {.issuer = o->issuer->name,
         .audiences = audiences,
         .audience_count = 1,
         .introspection = {.client_id = "a", .client_secret = "b"}},
        {.issuer = others[1]->name, .audiences = audiences, .audience_count = 1},
    };
    const ost_guard_config config = {
        .issuers = issuers, .issuer_count = 3, .context = &held_context};
    assert_int_equal(ost_guard_new(&config, &o->guard, NULL), OST_OK);
    expect(o, "a_1", OST_E_INACTIVE, 401);
    assert_int_equal(atomic_load(&others[0]->questions), 1);
    assert_int_equal(questions(o), 0);
    expect(o, "b_1", OST_OK, 200);
    expect(o, others[1]->name, OST_E_TOKEN_FORMAT, 401); /* ':' */
    assert_int_equal(questions(o), 1);
    assert_int_equal(atomic_load(&others[0]->questions), 1);
    assert_int_equal(atomic_load(&others[1]->questions), 0);
    ost_guard_free(o->guard);
    o->guard = NULL;
    fake_issuer_stop(others[0]);
    fake_issuer_stop(others[1]);
}

/* It would be shown what the others signed. */
static void an_issuer_without_keys_is_not_shown_the_tokens_of_others(void **state)
{
    static const char *const audiences[] = {"myapi"};
    ost_issuer issuers[] = {
        {.issuer = "https://a.example",
         .audiences = audiences,
         .audience_count = 1,
         .jwks_url = "http://127.0.0.1:1/"},
        {.issuer = "https://b.example",
         .audiences = audiences,
         .audience_count = 1,
         .introspection = {.client_id = "a",
                           .client_secret = "b",
                           .endpoint = "http://127.0.0.1:1/",
                           .no_keys = true}},
    };
    const ost_guard_config config = {.issuers = issuers, .issuer_count = 2};
    ost_guard *guard = NULL;
    assert_int_equal(ost_guard_new(&config, &guard, NULL), OST_E_CONFIG);
    issuers[1].introspection.token_prefix = "b_";
    assert_int_equal(ost_guard_new(&config, &guard, NULL), OST_OK);
    ost_guard_free(guard);
}

static void prefixes_must_tell_issuers_apart(void **state)
{
    static const char *const audiences[] = {"myapi"};
    static const struct {
        const char *first, *second;
        ost_result expected;
    } cases[] = {
        {NULL, NULL, OST_E_CONFIG}, {"a", "a", OST_E_CONFIG}, {"a", "ab", OST_E_CONFIG},
        {"ab", "a", OST_E_CONFIG},  {"a", "b", OST_OK},       {NULL, "b", OST_OK},
        {"a", NULL, OST_OK},        {"", "b", OST_E_CONFIG},  {"a b", NULL, OST_E_CONFIG},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ost_issuer issuers[2] = {0};
        const char *const prefixes[] = {cases[i].first, cases[i].second};
        for (int k = 0; k < 2; k++) {
            issuers[k] = (ost_issuer){
                .issuer = k == 0 ? "https://a.example" : "https://b.example",
                .audiences = audiences,
                .audience_count = 1,
                .jwks_url = "http://127.0.0.1:1/",
                .introspection = {.client_id = "a",
                                  .client_secret = "b",
                                  .endpoint = "http://127.0.0.1:1/",
                                  .token_prefix = prefixes[k]},
            };
        }
        ost_guard *guard = NULL;
        ost_error error = {0};
        const ost_guard_config config = {.issuers = issuers, .issuer_count = 2};
        assert_int_equal(ost_guard_new(&config, &guard, &error), cases[i].expected);
        ost_guard_free(guard);
    }
}

/* ---- who asks ---- */

static void a_secret_may_go_into_the_body(void **state)
{
    online *o = *state;
    ost_introspection config = by_secret;
    config.auth = OST_CLIENT_SECRET_POST;
    begin(o, config);
    expect(o, "opaque", OST_OK, 200);
    assert_true(asked(o, "&client_id=my%20api&client_secret=s%26cret"));
    assert_false(asked(o, "Authorization"));
}

static void a_key_may_prove_who_asks(void **state)
{
    online *o = *state;
    const ost_introspection config = {
        .client_id = "my-api", .auth = OST_PRIVATE_KEY_JWT, .key = o->keys[2]};
    ost_keyset *keys;
    const ost_claims *claims;
    ost_error error = {0};
    begin(o, config);
    expect(o, "opaque", OST_OK, 200);
    assert_true(asked(o, "&client_id=my-api&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3A"
                         "client-assertion-type%3Ajwt-bearer&client_assertion=ey"));
    ost_text assertion = text_of(strstr(o->issuer->asked_body, "client_assertion=") + 17);
    assertion = text_slice(assertion, 0, text_find(assertion, '&', 0));
    const ost_claims_rules rules = {.issuer = "my-api",
                                    .audiences = (const char *const[]){o->issuer->name},
                                    .audience_count = 1,
                                    .max_age = 60};
    assert_int_equal(ost_keyset_new(&o->keys[2], 1, &keys), OST_OK);
    if (ost_jwt_verify(assertion, keys, &rules, atomic_load(&held_now), o->arena, &claims,
                       &error) != OST_OK)
        fail_msg("%s", error.detail);
    assert_true(text_is(ost_claims_subject(claims), "my-api"));
    assert_int_equal(ost_claims_expiry(claims), atomic_load(&held_now) + 60);
    assert_int_equal(ost_claims_text(claims, "jti").len, 22);
    ost_keyset_unref(keys);
}

/* RFC 9701, end to end. */
static void answers_may_have_to_be_signed(void **state)
{
    online *o = *state;
    ost_introspection config = by_secret;
    config.require_signed = true;
    begin(o, config);
    expect(o, "unsigned", OST_E_REMOTE, 503);
    assert_true(asked(o, "Accept: application/token-introspection+jwt\r\n"));
    ost_guard_free(o->guard);
    char *claims =
        ost_arena_format(o->arena,
                         "{\"iss\":\"%s\",\"aud\":\"my api\",\"iat\":%lld,"
                         "\"token_introspection\":%s}",
                         o->issuer->name, (long long)atomic_load(&held_now), good(o, ""));
    ost_text said = status_token_sign(o->arena, o->keys[0], "token-introspection+jwt", claims);
    snprintf(o->issuer->ask_type, sizeof o->issuer->ask_type,
             "application/token-introspection+jwt");
    fake_issuer_answer(o->issuer, FAKE_GOOD, said.data);
    begin(o, config);
    expect(o, "signed", OST_OK, 200);
    /* By a key that is not known yet: it is fetched, and the next question finds it. */
    said = status_token_sign(o->arena, o->keys[1], "token-introspection+jwt", claims);
    fake_issuer_answer(o->issuer, FAKE_GOOD, said.data);
    fake_issuer_publish(o->issuer, (ost_key *const[]){o->keys[0], o->keys[1], NULL});
    expect(o, "rotated", OST_E_REMOTE, 503);
    usleep(1200000);
    expect(o, "rotated", OST_OK, 200);
}

static void configurations_that_make_no_sense(void **state)
{
    online *o = *state;
    ost_key *secret;
    assert_int_equal(ost_key_generate(OST_HS256, 0, "s", &secret, NULL), OST_OK);
    const struct {
        ost_introspection introspection;
        const char *jwks_url;
    } cases[] = {
        {{.client_secret = "x"}, NULL},
        {{.every_token = true}, NULL},
        {{.require_signed = true}, NULL},
        {{.client_id = ""}, NULL},
        {{.client_id = "a"}, NULL},
        {{.client_id = "a", .client_secret = ""}, NULL},
        {{.client_id = "a", .client_secret = "b", .key = o->keys[0]}, NULL},
        {{.client_id = "a", .client_secret = "b", .auth = (ost_client_auth)7}, NULL},
        {{.client_id = "a", .auth = OST_PRIVATE_KEY_JWT}, NULL},
        {{.client_id = "a", .auth = OST_PRIVATE_KEY_JWT, .key = secret}, NULL},
        {{.client_id = "a", .auth = OST_PRIVATE_KEY_JWT, .key = o->keys[0], .client_secret = "b"},
         NULL},
        {{.client_id = "a",
          .auth = OST_PRIVATE_KEY_JWT,
          .key = o->keys[0],
          .key_algorithm = OST_RS256},
         NULL},
        {{.client_id = "a", .client_secret = "b"}, "https://id.example/keys"},
        {{.client_id = "a", .client_secret = "b", .endpoint = "http://id.example/"}, NULL},
        {{.client_id = "a", .client_secret = "b", .endpoint = "x"}, NULL},
        {{.client_id = "a", .client_secret = "b", .no_keys = true}, NULL},
        {{.client_id = "a",
          .client_secret = "b",
          .no_keys = true,
          .every_token = true,
          .endpoint = "https://id.example/"},
         NULL},
        {{.client_id = "a",
          .client_secret = "b",
          .no_keys = true,
          .require_signed = true,
          .endpoint = "https://id.example/"},
         NULL},
        {{.client_id = "a", .client_secret = "b", .lifetime = 3601}, NULL},
        {{.client_id = "a", .client_secret = "b", .inactive_rate = 10001}, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const ost_issuer issuer = {.issuer = "https://id.example",
                                   .insecure_any_audience = true,
                                   .jwks_url = cases[i].jwks_url,
                                   .introspection = cases[i].introspection};
        const ost_guard_config config = {.issuers = &issuer, .issuer_count = 1};
        ost_guard *guard = NULL;
        ost_error error = {0};
        if (ost_guard_new(&config, &guard, &error) != OST_E_CONFIG)
            fail_msg("case %zu", i);
        assert_true(error.detail[0] != '\0');
        assert_null(guard);
    }
    ost_key_unref(secret);
}

/* ---- the end, and memory ---- */

static void whoever_waits_is_told_of_the_end(void **state)
{
    online *o = *state;
    atomic_int told = 0;
    fake_issuer_answer(o->issuer, FAKE_SLOW, good(o, ""));
    begin(o, by_secret);
    for (int i = 0; i < 40; i++) { /* more than are in the air at once */
        char token[32];
        snprintf(token, sizeof token, "opaque-%d", i);
        ost_verdict verdict = online_check_now(o, o->guard, text_of(token), true);
        assert_int_equal(verdict.decision, OST_WAIT);
        assert_int_equal(ost_guard_wait(o->guard, &verdict, count, &told), OST_OK);
    }
    ost_guard_free(o->guard);
    o->guard = NULL;
    assert_int_equal(atomic_load(&told), 40);
}

static void every_allocation_may_fail(void **state)
{
    online *o = *state;
    static const char *const audiences[] = {"myapi"};
    ost_introspection asking = by_secret;
    asking.token_prefix = "a";
    const ost_issuer issuer = {.issuer = o->issuer->name,
                               .audiences = audiences,
                               .audience_count = 1,
                               .introspection = asking};
    const ost_guard_config config = {.issuers = &issuer, .issuer_count = 1};
    for (uint64_t n = 1;; n++) {
        ost_guard *guard = NULL;
        memory_fail_at(n);
        ost_result result = ost_guard_new(&config, &guard, NULL);
        memory_fail_at(0);
        if (result == OST_OK) {
            ost_guard_free(guard);
            break;
        }
        assert_int_equal(result, OST_E_MEMORY);
    }
    begin(o, by_secret);
    memory_fail_at(1);
    ost_verdict verdict = online_check_now(o, o->guard, OST_TEXT("opaque"), true);
    memory_fail_at(0);
    assert_true(verdict.decision == OST_WAIT || verdict.status == 503);
    expect(o, "opaque", OST_OK, 200);
}

static void an_answer_that_cannot_be_kept_is_none(void **state)
{
    online *o = *state;
    ost_introspection config = by_secret;
    config.cache_bytes = 64; /* nothing fits */
    begin(o, config);
    expect(o, "opaque", OST_E_MEMORY, 503);
    expect(o, "opaque", OST_E_MEMORY, 503);
    assert_int_equal(questions(o), 1);
}

/* ---- a JWT that is asked about ---- */

static ost_verdict show_jwt(online *o, const char *more, ost_text certificate)
{
    ost_text token = {0};
    const char *claims = ost_arena_format(
        o->arena, "{\"iss\":\"%s\",\"aud\":\"myapi\",\"sub\":\"alice\",\"exp\":%lld%s}",
        o->issuer->name, (long long)atomic_load(&held_now) + 3600, more);
    assert_int_equal(ost_jws_sign(text_of(claims), o->keys[0], OST_ES256, "JWT", o->arena, &token),
                     OST_OK);
    const ost_credentials credentials = {.bearer = token, .certificate = certificate};
    ost_verdict verdict = online_check(o, o->guard, token);
    if (certificate.len > 0) /* the answer is there by now */
        ost_guard_check(o->guard, &fixture_any, &credentials, false, o->arena, &verdict);
    return verdict;
}

/* The issuer answers for the token, and leaves things out. */
static void what_a_jwt_says_of_itself_remains_true(void **state)
{
    static const char *const clients[] = {"web"};
    static const struct {
        const char *more;
        ost_result expected;
    } cases[] = {
        {"", OST_OK},
        {",\"azp\":\"web\"", OST_OK},
        {",\"typ\":\"ID\",\"nonce\":\"n\"", OST_E_TOKEN_TYPE},
        {",\"typ\":\"Refresh\"", OST_E_TOKEN_TYPE},
        {",\"events\":{}", OST_E_TOKEN_TYPE},
        {",\"azp\":\"evil\"", OST_E_CLIENT},
        {",\"status\":{\"status_list\":{\"idx\":1,\"uri\":\"https://a/b\"}}", OST_E_STATUS},
        {",\"cnf\":{\"x5t#S256\":\"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I\"}", OST_E_SENDER},
    };
    online *o = *state;
    ost_introspection config = by_secret;
    config.every_token = true;
    fake_issuer_answer(o->issuer, FAKE_GOOD, good(o, ",\"client_id\":\"web\""));
    o->guard =
        guard_of(o, (ost_issuer){.introspection = config, .clients = clients, .client_count = 1});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ost_verdict verdict = show_jwt(o, cases[i].more, (ost_text){0});
        if (verdict.reason != cases[i].expected)
            fail_msg("%s: %s", cases[i].more, ost_result_name(verdict.reason));
    }
}

/* By a certificate, says the token; by a key, or by another certificate, says the issuer. */
static void what_both_say_of_the_sender_is_checked(void **state)
{
    static const char *const others[] = {"jkt", "x5t#S256"};
    const ost_text der = OST_TEXT("this stands for the DER of a certificate");
    online *o = *state;
    unsigned char hash[32];
    char x5t[44];
    ost_introspection config = by_secret;
    config.every_token = true;
    assert_int_equal(ost_sha256(der, hash), OST_OK);
    x5t[base64url_encode(hash, sizeof hash, x5t)] = '\0';
    const char *own = ost_arena_format(o->arena, ",\"cnf\":{\"x5t#S256\":\"%s\"}", x5t);
    begin(o, config);
    assert_int_equal(show_jwt(o, own, der).reason, OST_OK);
    fake_issuer_answer(o->issuer, FAKE_GOOD, good(o, own)); /* twice the same */
    assert_int_equal(show_jwt(o, own, der).reason, OST_OK);
    for (size_t i = 0; i < 2; i++) {
        const char *said = ost_arena_format(
            o->arena, ",\"cnf\":{\"%s\":\"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I\"}",
            others[i]);
        fake_issuer_answer(o->issuer, FAKE_GOOD, good(o, said));
        assert_int_equal(show_jwt(o, own, der).reason, OST_E_SENDER);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, online_end)

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
        TEST(a_no_is_remembered_for_a_short_time),
        TEST(no_answer_lets_nobody_in),
        TEST(an_issuer_that_fails_is_left_in_peace),
        TEST(issuers_that_hang_leave_the_others_alone),
        TEST(the_last_error_ends_with_any_answer),
        TEST(a_token_that_the_issuer_chokes_on_harms_no_other),
        TEST(a_poisoned_token_stops_nobody_else),
        TEST(one_connection_that_ends_stops_nobody_else),
        TEST(a_clock_that_is_set_back_makes_answers_old),
        TEST(a_clock_that_is_set_back_ends_pauses),
        TEST(every_answer_finds_room),
        TEST(what_a_jwt_says_of_itself_remains_true),
        TEST(what_both_say_of_the_sender_is_checked),
        TEST(without_an_endpoint_nobody_can_be_asked),
        TEST(a_token_may_come_before_the_discovery_is_done),
        TEST(a_discovery_that_fails_ends_the_waiting),
        TEST(one_question_for_all_who_wait),
        TEST(a_flood_of_garbage_is_held_back),
        TEST(good_tokens_cost_nothing_of_the_budget),
        TEST(what_cannot_be_a_token_is_not_asked_about),
        TEST(jwts_speak_for_themselves),
        TEST(every_token_is_verified_and_asked_about),
        TEST(an_issuer_may_have_no_keys),
        TEST(the_prefix_decides_whom_to_ask),
        TEST(an_issuer_without_keys_is_not_shown_the_tokens_of_others),
        TEST(prefixes_must_tell_issuers_apart),
        TEST(a_secret_may_go_into_the_body),
        TEST(a_key_may_prove_who_asks),
        TEST(answers_may_have_to_be_signed),
        TEST(configurations_that_make_no_sense),
        TEST(whoever_waits_is_told_of_the_end),
        TEST(every_allocation_may_fail),
        TEST(an_answer_that_cannot_be_kept_is_none),
    };
    return cmocka_run_group_tests_name("guard-introspector", tests, online_make_keys,
                                       online_free_keys);
}
