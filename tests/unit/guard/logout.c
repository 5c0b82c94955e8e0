/* SPDX-License-Identifier: Apache-2.0 */
/* Logout tokens: what they end, and what does not pass for one (OpenID Connect Back-Channel Logout
 * 1.0 §2.6). */
#include <ostiary/logout.h>

#include "base/array.h"
#include "fixture.h"
#include "forge.h"

#define EVENT "\"http://schemas.openid.net/event/backchannel-logout\""
#define EVENTS "\"events\":{" EVENT ":{}}"
#define TIMES "\"exp\":1700000120,\"iat\":1700000000"
#define BODY(jti)                                                                                  \
    TIMES ",\"iss\":\"" FIXTURE_ISSUER "\",\"aud\":\"web\"," EVENTS ",\"jti\":\"" jti "\""
#define SESSION_TOKEN "\"sid\":\"session-1\",\"iat\":1699999990"

static const char *const clients[] = {"other", "web"};
static const ost_logout_rules rules = {clients, ARRAY_LEN(clients)};

static ost_verdict receive(fixture *f, ost_text token)
{
    ost_verdict verdict;
    ost_guard_logout(f->guard, token, &rules, false, f->arena, &verdict);
    return verdict;
}

static ost_text make(fixture *f, const char *header, const char *claims)
{
    const char *all = ost_arena_format(f->arena, "{%s}", claims);
    return forge(f->arena, header, all, f->ec, FORGE_PKCS1);
}

static ost_verdict receive_claims(fixture *f, const char *claims)
{
    return receive(f, make(f, "{\"alg\":\"ES256\",\"typ\":\"logout+jwt\",\"kid\":\"ec\"}", claims));
}

static void refuses(fixture *f, const char *claims, ost_result reason)
{
    ost_verdict verdict = receive_claims(f, claims);
    if (verdict.decision != OST_REFUSE || verdict.reason != reason || verdict.status != 400)
        fail_msg("%s: %d %s %.*s", claims, verdict.status, ost_result_name(verdict.reason),
                 OST_FORMAT(verdict.explanation));
}

static ost_result check(fixture *f, const char *members)
{
    const char *claims =
        ost_arena_format(f->arena,
                         "{\"exp\":1700000300,\"iss\":\"" FIXTURE_ISSUER "\",\"aud\":\"myapi\","
                         "\"typ\":\"Bearer\",%s}",
                         members);
    return fixture_check_claims(f, &fixture_any, claims).reason;
}

static void a_session_ends(void **state)
{
    fixture *f = *state;
    assert_int_equal(check(f, "\"sid\":\"session-1\",\"sub\":\"alice\""), OST_OK);
    ost_verdict verdict = receive_claims(f, BODY("a-1") ",\"sid\":\"session-1\",\"sub\":\"alice\"");
    assert_int_equal(verdict.decision, OST_ALLOW);
    assert_int_equal(verdict.status, 200);
    assert_int_equal(check(f, "\"sid\":\"session-1\",\"iat\":1700000010"), OST_E_REVOKED);
    /* The user's other sessions go on. */
    assert_int_equal(check(f, "\"sid\":\"session-2\",\"sub\":\"alice\""), OST_OK);
    assert_int_equal(
        ost_guard_check_session(f->guard, NULL, OST_TEXT("session-1"), OST_TEXT("alice"), NOW),
        OST_E_REVOKED);
    assert_int_equal(ost_guard_check_session(f->guard, FIXTURE_ISSUER, OST_TEXT("session-2"),
                                             OST_TEXT("alice"), NOW),
                     OST_OK);
    assert_int_equal(
        ost_guard_check_session(f->guard, "https://no", (ost_text){0}, (ost_text){0}, 0),
        OST_E_ISSUER);
}

static void a_user_is_logged_out_everywhere(void **state)
{
    fixture *f = *state;
    assert_int_equal(receive_claims(f, BODY("b-1") ",\"sub\":\"bob\"").status, 200);
    assert_int_equal(check(f, "\"sub\":\"bob\",\"sid\":\"any\",\"iat\":1700000000"), OST_E_REVOKED);
    assert_int_equal(check(f, "\"sub\":\"bob\""), OST_E_REVOKED);
    /* Logged in again since. */
    assert_int_equal(check(f, "\"sub\":\"bob\",\"iat\":1700000001"), OST_OK);
    assert_int_equal(ost_guard_check_session(f->guard, NULL, (ost_text){0}, OST_TEXT("bob"), NOW),
                     OST_E_REVOKED);
    assert_int_equal(
        ost_guard_check_session(f->guard, NULL, (ost_text){0}, OST_TEXT("bob"), NOW + 1), OST_OK);
}

static void what_is_no_logout_token_ends_nothing(void **state)
{
#define ENDS ",\"sid\":\"kept\",\"sub\":\"carol\""
#define ISS "\"iss\":\"" FIXTURE_ISSUER "\""
    static const struct {
        const char *claims;
        ost_result reason;
    } rows[] = {
        {TIMES "," ISS ",\"aud\":\"foreign\"," EVENTS ",\"jti\":\"1\"" ENDS, OST_E_AUDIENCE},
        {TIMES "," ISS "," EVENTS ",\"jti\":\"1\"" ENDS, OST_E_AUDIENCE},
        {TIMES ",\"iss\":\"https://evil.example\",\"aud\":\"web\"," EVENTS ",\"jti\":\"1\"" ENDS,
         OST_E_ISSUER},
        {TIMES ",\"aud\":\"web\"," EVENTS ",\"jti\":\"1\"" ENDS, OST_E_ISSUER},
        /* an ID token */
        {TIMES "," ISS ",\"aud\":\"web\",\"jti\":\"1\",\"typ\":\"ID\",\"nonce\":\"n\"" ENDS,
         OST_E_TOKEN_TYPE},
        {TIMES "," ISS ",\"aud\":\"web\",\"jti\":\"1\"" ENDS, OST_E_TOKEN_TYPE},
        {BODY("1") ",\"nonce\":\"n\"" ENDS, OST_E_TOKEN_TYPE},
        {BODY("1") ",\"nonce\":null" ENDS, OST_E_TOKEN_TYPE},
        {BODY("1") ",\"typ\":\"ID\"" ENDS, OST_E_TOKEN_TYPE},
        {BODY("1") ",\"typ\":\"Bearer\"" ENDS, OST_E_TOKEN_TYPE},
        /* events that are none */
        {TIMES "," ISS ",\"aud\":\"web\",\"jti\":\"1\",\"events\":{}" ENDS, OST_E_TOKEN_TYPE},
        {TIMES "," ISS ",\"aud\":\"web\",\"jti\":\"1\",\"events\":[" EVENT "]" ENDS,
         OST_E_TOKEN_TYPE},
        {TIMES "," ISS ",\"aud\":\"web\",\"jti\":\"1\",\"events\":{" EVENT ":true}" ENDS,
         OST_E_TOKEN_TYPE},
        /* nobody, or nothing to know it by */
        {BODY("1"), OST_E_CLAIM_MISSING},
        {BODY("1") ",\"sid\":\"\"", OST_E_CLAIM_TYPE},
        {BODY("1") ",\"sid\":7,\"sub\":\"carol\"", OST_E_CLAIM_TYPE},
        {TIMES "," ISS ",\"aud\":\"web\"," EVENTS ENDS, OST_E_CLAIM_MISSING},
        /* times */
        {"\"exp\":1699999900,\"iat\":1699999800," ISS ",\"aud\":\"web\"," EVENTS
         ",\"jti\":\"1\"" ENDS,
         OST_E_EXPIRED},
        {"\"exp\":1800000000,\"iat\":1699999000," ISS ",\"aud\":\"web\"," EVENTS
         ",\"jti\":\"1\"" ENDS,
         OST_E_EXPIRED},
        {"\"exp\":1800000000,\"iat\":1700000900," ISS ",\"aud\":\"web\"," EVENTS
         ",\"jti\":\"1\"" ENDS,
         OST_E_NOT_YET},
        {"\"exp\":1700000120," ISS ",\"aud\":\"web\"," EVENTS ",\"jti\":\"1\"" ENDS,
         OST_E_CLAIM_MISSING},
        {"\"iat\":1700000000," ISS ",\"aud\":\"web\"," EVENTS ",\"jti\":\"1\"" ENDS,
         OST_E_CLAIM_MISSING},
    };
    fixture *f = *state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        refuses(f, rows[i].claims, rows[i].reason);
    assert_int_equal(check(f, "\"sid\":\"kept\",\"sub\":\"carol\""), OST_OK);
    /* And what they could have been. */
    assert_int_equal(receive_claims(f, BODY("1") ENDS).status, 200);
    assert_int_equal(check(f, "\"sid\":\"kept\",\"sub\":\"carol\""), OST_E_REVOKED);
}

static void it_is_signed_by_the_issuer(void **state)
{
#define HELD "{" BODY("c-1") ",\"sid\":\"held\"}"
    fixture *f = *state;
    assert_int_equal(
        receive(f, forge(f->arena, RSA_HEADER, HELD, f->rsa_foreign, FORGE_PKCS1)).reason,
        OST_E_SIGNATURE);
    assert_int_equal(
        receive(f, forge(f->arena, "{\"alg\":\"none\"}", HELD, NULL, FORGE_NOTHING)).reason,
        OST_E_TOKEN_FORMAT);
    assert_int_equal(receive(f, forge_hmac(f->arena, "{\"alg\":\"HS256\",\"kid\":\"rsa\"}", HELD,
                                           OST_TEXT("public key")))
                         .reason,
                     OST_E_ALGORITHM);
    assert_int_equal(
        receive(f, forge(f->arena, "{\"alg\":\"ES256\",\"kid\":\"ec\",\"typ\":\"at+jwt\"}", HELD,
                         f->ec, FORGE_PKCS1))
            .reason,
        OST_E_TOKEN_TYPE);
    assert_int_equal(receive(f, OST_TEXT("a.b")).status, 400);
    assert_int_equal(receive(f, (ost_text){0}).reason, OST_E_TOKEN_MISSING);
    assert_int_equal(check(f, "\"sid\":\"held\""), OST_OK);
    assert_int_equal(receive(f, forge(f->arena, EC_HEADER, HELD, f->ec, FORGE_PKCS1)).status, 200);
}

static void it_counts_once(void **state)
{
    fixture *f = *state;
    const char *claims = BODY("d-1") ",\"sid\":\"once\"";
    assert_int_equal(receive_claims(f, claims).status, 200);
    refuses(f, claims, OST_E_CONFLICT);
    assert_int_equal(receive_claims(f, BODY("d-2") ",\"sid\":\"once\"").status, 200);
}

static void what_the_program_forgot(void **state)
{
    static const char *const none[] = {"web", ""};
    fixture *f = *state;
    ost_verdict verdict;
    ost_guard_logout(NULL, OST_TEXT("a"), &rules, false, f->arena, &verdict);
    assert_int_equal(verdict.status, 500);
    ost_guard_logout(f->guard, OST_TEXT("a"), NULL, false, f->arena, &verdict);
    assert_int_equal(verdict.status, 500);
    ost_guard_logout(f->guard, OST_TEXT("a"), &(ost_logout_rules){none, 2}, false, f->arena,
                     &verdict);
    assert_int_equal(verdict.status, 500);
    ost_guard_logout(f->guard, OST_TEXT("a"), &(ost_logout_rules){0}, false, f->arena, &verdict);
    assert_int_equal(verdict.status, 500);
    ost_guard_logout(f->guard, OST_TEXT("a"), &rules, false, NULL, &verdict);
    assert_int_equal(verdict.status, 503);
    assert_int_equal(ost_guard_check_session(NULL, NULL, (ost_text){0}, (ost_text){0}, 0),
                     OST_E_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_session_ends, fixture_reset),
        cmocka_unit_test_setup(a_user_is_logged_out_everywhere, fixture_reset),
        cmocka_unit_test_setup(what_is_no_logout_token_ends_nothing, fixture_reset),
        cmocka_unit_test_setup(it_is_signed_by_the_issuer, fixture_reset),
        cmocka_unit_test_setup(it_counts_once, fixture_reset),
        cmocka_unit_test_setup(what_the_program_forgot, fixture_reset),
    };
    return cmocka_run_group_tests(tests, fixture_start, fixture_end);
}
