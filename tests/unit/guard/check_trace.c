/* SPDX-License-Identifier: Apache-2.0 */
/* What the guard tells of its walk: every kind of token has the steps that it came to, the first
 * that failed is the verdict's, and looking further changes nothing. */
#include <stdio.h>
#include <string.h>

#include "forge.h"
#include "guard/check/check_trace.h"
#include "inquiry.h"
#include "prover.h"
#include "status_token.h"

static check_trace trace;

static ost_verdict traced(fixture *f, ost_guard *guard, const ost_policy *policy, ost_text token,
                          bool past_failure)
{
    const ost_credentials credentials = {.bearer = token};
    ost_verdict verdict;
    trace = (check_trace){.past_failure = past_failure};
    guard_check_traced(guard, policy, &credentials, false, &trace, f->arena, &verdict);
    return verdict;
}

/* The steps that were made, in order, each with its outcome: "size+ form+ algorithm-". */
static const char *walk(void)
{
    static char text[512];
    size_t len = 0;
    text[0] = '\0';
    for (check_step step = STEP_SIZE; step < CHECK_STEPS; step++) {
        if (trace.steps[step].made)
            len += (size_t)snprintf(text + len, sizeof text - len, "%s%s%c", len > 0 ? " " : "",
                                    check_step_name(step),
                                    trace.steps[step].reason == OST_OK ? '+' : '-');
    }
    return text;
}

#define READ "size+ form+ algorithm+ header+ "
#define VERIFIED READ "key+ signature+ "

static void a_good_token_passes_every_step(void **state)
{
    fixture *f = *state;
    ost_text token = fixture_token(f, "{" GOOD_CLAIMS "}");
    for (int past = 0; past < 2; past++) {
        ost_verdict verdict = traced(f, f->guard, &fixture_any, token, past);
        assert_int_equal(verdict.decision, OST_ALLOW);
        assert_null(verdict.check);
        /* The second time it is remembered. */
        assert_string_equal(walk(), past == 0 ? VERIFIED
                                        "issuer+ audience+ time+ revocation+ type+ client+ sender+ "
                                        "policy+"
                                              : "issuer+ audience+ time+ revocation+ type+ client+ "
                                                "sender+ policy+");
        assert_true(trace.verified);
        assert_int_equal(trace.decided, CHECK_STEPS);
    }
}

static void the_walk_ends_at_the_first_failure(void **state)
{
    fixture *f = *state;
    ost_text token =
        fixture_token(f, "{\"exp\":1600000000," GOOD_NAMES ",\"aud\":\"other\",\"typ\":\"ID\"}");
    ost_verdict verdict = traced(f, f->guard, &fixture_any, token, false);
    assert_string_equal(walk(), VERIFIED "issuer+ audience-");
    assert_int_equal(verdict.reason, OST_E_AUDIENCE);
    assert_string_equal(verdict.check, "audience");
    assert_int_equal(trace.decided, STEP_AUDIENCE);
    assert_true(text_is(trace.steps[STEP_AUDIENCE].expected, "myapi"));
    assert_true(text_is(trace.steps[STEP_AUDIENCE].seen, "\"other\""));
}

static void looking_further_shows_every_failure_and_the_same_verdict(void **state)
{
    fixture *f = *state;
    ost_text token =
        fixture_token(f, "{\"exp\":1600000000," GOOD_NAMES ",\"aud\":\"other\",\"typ\":\"ID\"}");
    ost_verdict verdict = traced(f, f->guard, &fixture_any, token, true);
    assert_string_equal(walk(),
                        VERIFIED "issuer+ audience- time- revocation+ type- client+ sender+ "
                                 "policy+");
    assert_int_equal(verdict.decision, OST_REFUSE);
    assert_int_equal(verdict.reason, OST_E_AUDIENCE);
    char *said = ost_arena_copy(f->arena, verdict.explanation);
    assert_non_null(strstr(said, "expected audience \"myapi\""));
}

/* Whatever is looked at after it: what was forged stays outside, and is not remembered. */
static void a_forged_token_is_never_let_in_by_looking_further(void **state)
{
    fixture *f = *state;
    ost_text token;
    assert_int_equal(ost_jws_sign(OST_TEXT("{" GOOD_CLAIMS "}"), f->rsa_foreign, OST_RS256, "JWT",
                                  f->arena, &token),
                     OST_OK);
    for (int i = 0; i < 3; i++) {
        ost_verdict verdict = traced(f, f->guard, &fixture_any, token, true);
        assert_int_equal(verdict.decision, OST_REFUSE);
        assert_null(verdict.identity);
        assert_int_equal(verdict.reason, OST_E_SIGNATURE);
        assert_string_equal(walk(),
                            READ "key+ signature- issuer+ audience+ time+ revocation+ type+ "
                                 "client+ sender+ policy+");
        assert_false(trace.verified);
    }
    fixture_refuses(f, token, OST_E_SIGNATURE);
    ost_text unsigned_token = text_of(ost_arena_format(
        f->arena, "%s.%s.AA", "eyJhbGciOiJub25lIn0",
        strchr(ost_arena_copy(f->arena, fixture_token(f, "{" GOOD_CLAIMS "}")), '.') + 1));
    unsigned_token.len = text_find(unsigned_token, '.', 30) + 3;
    ost_verdict verdict = traced(f, f->guard, &fixture_any, unsigned_token, true);
    assert_int_equal(verdict.decision, OST_REFUSE);
    assert_int_equal(trace.decided, STEP_ALGORITHM);
    assert_string_equal(verdict.check, "algorithm");
}

static void revoked_tokens_have_a_step(void **state)
{
    fixture *f = *state;
    const ost_issuer issuer = {0};
    ost_guard *guard = fixture_guard(f, issuer, (ost_guard_config){0});
    const ost_revocation all = {.kind = OST_REVOKED_SUBJECT, .value = OST_TEXT("alice")};
    ost_text token = fixture_token(f, "{" GOOD_CLAIMS "}");
    assert_int_equal(ost_guard_revoke(guard, &all), OST_OK);
    ost_verdict verdict = traced(f, guard, &fixture_any, token, false);
    assert_int_equal(verdict.reason, OST_E_REVOKED);
    assert_string_equal(verdict.check, "revocation");
    assert_string_equal(walk(), VERIFIED "issuer+ audience+ time+ revocation-");
    ost_guard_free(guard);
}

static void encrypted_tokens_have_a_step(void **state)
{
    fixture *f = *state;
    ost_key *own = NULL;
    ost_keyset *keys = NULL;
    ost_text token, damaged;
    const ost_jwe_options options = {.cty = "JWT"};
    assert_int_equal(ost_key_generate(OST_ECDH_ES_A128KW, 0, "own", &own, NULL), OST_OK);
    assert_int_equal(ost_keyset_new(&own, 1, &keys), OST_OK);
    ost_guard *guard =
        fixture_guard(f, (ost_issuer){0}, (ost_guard_config){.decryption_keys = keys});
    assert_int_equal(ost_jwe_encrypt(fixture_token(f, "{" GOOD_CLAIMS "}"), own, OST_ECDH_ES_A128KW,
                                     OST_A256GCM, &options, f->arena, &token, NULL),
                     OST_OK);
    assert_int_equal(traced(f, guard, &fixture_any, token, false).decision, OST_ALLOW);
    assert_int_equal(
        strncmp(walk(), "size+ decryption+ form+ algorithm+ header+ key+ signature+ ", 58), 0);
    char *copy = ost_arena_copy(f->arena, token);
    copy[token.len - 1] = copy[token.len - 1] == 'A' ? 'Q' : 'A';
    damaged = text_of(copy);
    ost_verdict verdict = traced(f, guard, &fixture_any, damaged, true);
    assert_int_equal(verdict.decision, OST_REFUSE);
    assert_string_equal(verdict.check, "decryption");
    assert_string_equal(walk(), "size+ decryption-");
    ost_guard_free(guard);
    ost_keyset_unref(keys);
    ost_key_unref(own);
}

/* It is looked at, and can be used all the same once the token is good. */
static void a_proof_is_not_used_up_by_a_token_that_is_refused(void **state)
{
    fixture *f = *state;
    static const char *const writing[] = {"write", NULL};
    const ost_policy wanted = {.scopes = writing};
    ost_text token = prover_token(f, f->ec, "");
    ost_text proof = prover_proof(f, token, (proof_parts){0});
    ost_text field = text_of(ost_arena_format(f->arena, "DPoP %.*s", OST_FORMAT(token)));
    const ost_credentials credentials = {.authorization = &field,
                                         .authorization_count = 1,
                                         .method = OST_TEXT("GET"),
                                         .url = OST_TEXT(PROVER_URL),
                                         .dpop = &proof,
                                         .dpop_count = 1};
    ost_verdict verdict;
    for (int i = 0; i < 2; i++) {
        trace = (check_trace){.past_failure = true};
        guard_check_traced(f->guard, &wanted, &credentials, false, &trace, f->arena, &verdict);
        assert_int_equal(verdict.reason, OST_E_SCOPE);
        assert_int_equal(trace.steps[STEP_SENDER].reason, OST_OK);
    }
    prover_allowed(prover_show(f, f->guard, &fixture_any, token, proof));
    trace = (check_trace){.past_failure = true};
    guard_check_traced(f->guard, &fixture_any, &credentials, false, &trace, f->arena, &verdict);
    prover_refused(verdict, OST_E_PROOF);
    assert_string_equal(verdict.check, "sender");
}

static void what_refused_is_counted_by_its_step(void **state)
{
    fixture *f = *state;
    ost_guard *guard = fixture_guard(f, (ost_issuer){0}, (ost_guard_config){0});
    ost_text text;
    const ost_json *described;
    int64_t count = 0;
    for (int i = 0; i < 3; i++)
        (void)fixture_check(f, guard, &fixture_any,
                            fixture_token(f, "{" GOOD_TIMES "," GOOD_NAMES ",\"aud\":\"x\"}"));
    (void)fixture_check(f, guard, &fixture_any, OST_TEXT("x"));
    ost_json_writer *writer = ost_json_writer_new(f->arena, 0);
    ost_guard_describe(guard, writer);
    assert_int_equal(ost_json_writer_finish(writer, &text), OST_OK);
    assert_int_equal(ost_json_read(text, NULL, f->arena, &described, NULL), OST_OK);
    const ost_json *refused = ost_json_get(described, "refused");
    assert_true(ost_json_integer(ost_json_get(refused, "audience"), &count));
    assert_int_equal(count, 3);
    assert_true(ost_json_integer(ost_json_get(refused, "form"), &count));
    assert_int_equal(count, 1);
    assert_null(ost_json_get(refused, "signature"));
    ost_guard_free(guard);
}

static void what_is_no_token_has_its_step(void **state)
{
    fixture *f = *state;
    const ost_text fields[] = {OST_TEXT("Bearer a"), OST_TEXT("Bearer b")};
    const ost_credentials none = {0}, twice = {.authorization = fields, .authorization_count = 2};
    ost_verdict verdict;
    guard_check_traced(f->guard, &fixture_any, &none, false, &trace, f->arena, &verdict);
    assert_int_equal(verdict.reason, OST_E_TOKEN_MISSING);
    assert_null(verdict.check);
    guard_check_traced(f->guard, &fixture_any, &twice, false, &trace, f->arena, &verdict);
    assert_int_equal(verdict.reason, OST_E_FORMAT);
    assert_string_equal(walk(), "form-");
}

/* ---- whom the guard asks ---- */

static ost_verdict asked(online *o, const char *token)
{
    const ost_credentials credentials = {.bearer = text_of(token)};
    ost_verdict verdict;
    (void)online_check(o, o->guard, credentials.bearer); /* waits for the answer */
    trace = (check_trace){.past_failure = true};
    guard_check_traced(o->guard, &fixture_any, &credentials, false, &trace, o->arena, &verdict);
    return verdict;
}

static void opaque_tokens_have_a_step(void **state)
{
    online *o = *state;
    inquiry_begin(o, inquiry_by_secret);
    assert_int_equal(asked(o, "an-opaque-token").decision, OST_ALLOW);
    assert_string_equal(walk(), "size+ form+ introspection+ issuer+ audience+ time+ revocation+ "
                                "type+ client+ sender+ policy+");
    assert_true(trace.verified);
    fake_issuer_answer(o->issuer, FAKE_GOOD, "{\"active\":false}");
    ost_verdict verdict = asked(o, "another-one");
    assert_int_equal(verdict.reason, OST_E_INACTIVE);
    assert_string_equal(verdict.check, "introspection");
    assert_string_equal(walk(), "size+ form+ introspection-");
    assert_false(trace.verified);
}

static void jwts_that_are_asked_about_have_both(void **state)
{
    online *o = *state;
    ost_introspection every = inquiry_by_secret;
    every.every_token = true;
    inquiry_begin(o, every);
    const char *token = ost_arena_copy(o->arena, online_token(o, o->issuer, o->keys[0]));
    assert_int_equal(asked(o, token).decision, OST_ALLOW);
    /* Its signature is remembered by then. */
    assert_string_equal(walk(), "introspection+ issuer+ audience+ time+ revocation+ type+ client+ "
                                "sender+ policy+");
    assert_true(trace.verified);
}

static void tokens_of_a_status_list_have_a_step(void **state)
{
    online *o = *state;
    static const char *const audiences[] = {"myapi"};
    const char *origins[] = {fake_issuer_url(o->issuer, "")};
    const char *list = fake_issuer_url(o->issuer, "/lists/1");
    int64_t now = atomic_load(&inquiry_now);
    const ost_issuer issuer = {.issuer = o->issuer->name,
                               .audiences = audiences,
                               .audience_count = 1,
                               .status_lists = {.origins = origins, .origin_count = 1}};
    const ost_guard_config config = {
        .issuers = &issuer, .issuer_count = 1, .context = &inquiry_context};
    fake_issuer_list(o->issuer, FAKE_GOOD,
                     status_token(o->arena, o->keys[0], list, now, "", 1, "\x02", 1));
    assert_int_equal(ost_guard_new(&config, &o->guard, NULL), OST_OK);
    assert_true(ost_guard_wait_ready(o->guard, 5));
    for (int index = 0; index < 2; index++) {
        ost_text token;
        const char *claims =
            ost_arena_format(o->arena,
                             "{\"iss\":\"%s\",\"aud\":\"myapi\",\"sub\":\"alice\",\"exp\":%lld,"
                             "\"status\":{\"status_list\":{\"idx\":%d,\"uri\":\"%s\"}}}",
                             o->issuer->name, (long long)now + 1000, index, list);
        assert_int_equal(
            ost_jws_sign(text_of(claims), o->keys[0], OST_ES256, "JWT", o->arena, &token), OST_OK);
        ost_verdict verdict = asked(o, ost_arena_copy(o->arena, token));
        assert_int_equal(verdict.reason, index == 0 ? OST_OK : OST_E_STATUS);
        assert_int_equal(trace.steps[STEP_STATUS].made, true);
        assert_int_equal(trace.steps[STEP_STATUS].reason, verdict.reason);
        assert_int_equal(trace.decided, index == 0 ? CHECK_STEPS : STEP_STATUS);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, fixture_reset)
#define ASKING(name) cmocka_unit_test_setup_teardown(name, inquiry_start, online_end)
    const struct CMUnitTest tests[] = {
        TEST(a_good_token_passes_every_step),
        TEST(the_walk_ends_at_the_first_failure),
        TEST(looking_further_shows_every_failure_and_the_same_verdict),
        TEST(a_forged_token_is_never_let_in_by_looking_further),
        TEST(revoked_tokens_have_a_step),
        TEST(encrypted_tokens_have_a_step),
        TEST(a_proof_is_not_used_up_by_a_token_that_is_refused),
        TEST(what_refused_is_counted_by_its_step),
        TEST(what_is_no_token_has_its_step),
    };
    const struct CMUnitTest asking[] = {
        ASKING(opaque_tokens_have_a_step),
        ASKING(jwts_that_are_asked_about_have_both),
        ASKING(tokens_of_a_status_list_have_a_step),
    };
    int failed =
        cmocka_run_group_tests_name("guard-check-trace", tests, fixture_start, fixture_end);
    return failed + cmocka_run_group_tests_name("guard-check-trace-asking", asking,
                                                online_make_keys, online_free_keys);
}
