/* SPDX-License-Identifier: Apache-2.0 */
/* A browser's way through login and its failures. */
#include "base/array.h"
#include "login_way.h"

static void logs_in(void **state)
{
    fixture *with = *state;
    log_in(with, "/items/?page=2");
    assert_int_equal(with->done, 1);
    assert_true(text_is(with->step.location, "/items/?page=2"));
    assert_int_equal(with->browser.jar.count, 2); /* session and mark; no transaction any more */

    ost_login_session session;
    assert_int_equal(ost_login_open(with->login, BASE, &with->browser.jar, with->arena, &session),
                     OST_OK);
    assert_true(text_is(session.access_token, "e30.e30.AAAA"));
    assert_true(text_is(session.refresh_token, "r1"));
    assert_true(session.id_token.len > 0);
    assert_int_equal(session.started, fake_time);
    assert_int_equal(session.access_expiry, fake_time + 300);
    assert_int_equal(session.refresh_at, fake_time + 270);
    assert_true(ost_login_is_fresh(with->login, &session));
    fake_time += 30;
    assert_false(ost_login_is_fresh(with->login, &session));
    fake_time -= 30;

    /* The same callback again: its transaction is gone. */
    assert_int_equal(finish(with, query(with, "code=c1")), OST_E_STATE);
    /* The session is of this origin and this cookie only. */
    assert_int_equal(ost_login_open(with->login, SECURE, &with->browser.jar, with->arena, &session),
                     OST_E_NOT_FOUND);
    fake_time += 1801;
    assert_int_equal(ost_login_open(with->login, BASE, &with->browser.jar, with->arena, &session),
                     OST_E_FORMAT);
    fake_time -= 1801;
}

static void sends_the_verifier_and_the_code(void **state)
{
    fixture *with = *state;
    begin(with, "/");
    assert_int_equal(finish(with, query(with, "code=c%2F1")), OST_OK);
    assert_string_equal(fake_calls[0].url, ISSUER "/token");
    assert_non_null(strstr(fake_calls[0].body, "code=c%2F1&"));
    assert_non_null(strstr(fake_calls[0].body, "&code_verifier="));
    assert_non_null(strstr(fake_calls[0].headers, "Authorization: Basic "));
    fake_fail(OST_E_TIMEOUT);
    assert_int_equal(end(with), OST_E_TIMEOUT);
    /* The user may reload: the transaction is still there. */
    assert_int_equal(with->step.cookie_count, 0);
    assert_int_equal(finish(with, query(with, "code=c%2F1")), OST_OK);
    fake_answer(400, OST_TEXT("{\"error\":\"invalid_grant\"}"));
    assert_int_equal(end(with), OST_E_EXPIRED);
    assert_int_equal(with->step.cookie_count, 1);
    assert_int_equal(with->step.cookies[0].max_age, 0);
}

static void callbacks_of_others_are_refused(void **state)
{
    fixture *with = *state;
    assert_int_equal(finish(with, "code=c&state=unknown"), OST_E_STATE);
    begin(with, "/");
    const char *const bad[] = {"code=c&code=d", "x=y", "code=c&error=e"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(finish(with, query(with, bad[i])), OST_E_FORMAT);
    assert_int_equal(finish(with, query(with, "code=c&iss=https%3A%2F%2Fevil.example")),
                     OST_E_ISSUER);
    assert_int_equal(finish(with, query(with, "error=access_denied")), OST_E_REMOTE);
    assert_string_equal(with->error.detail, "access_denied");
    assert_int_equal(fake_call_count, 0);

    /* Another login's cookie under this state's name. */
    ost_text mine = with->browser.pairs[0].value, state1 = with->state;
    begin(with, "/");
    with->browser.pairs[1].value = mine;
    assert_int_equal(finish(with, query(with, "code=c")), OST_E_STATE);
    with->state = state1;
    /* Too late. */
    fake_time += 601;
    assert_int_equal(finish(with, query(with, "code=c")), OST_E_STATE);
    fake_time -= 601;
    /* On another origin than it was begun. */
    assert_int_equal(ost_login_finish(with->login, OST_TEXT("http://127.0.0.1:8000"),
                                      text_of(query(with, "code=c")), &with->browser.jar, done,
                                      with, NULL),
                     OST_E_STATE);
    assert_int_equal(finish(with, query(with, "code=c&iss=http%3A%2F%2Flocalhost%3A8080%2Frealms%2F"
                                              "test")),
                     OST_OK);
    fake_fail(OST_E_REMOTE);
    assert_int_equal(end(with), OST_E_REMOTE);
}

static void an_error_needs_its_state_too(void **state)
{
    fixture *with = *state;
    assert_int_equal(finish(with, "state=made-up&error=access_denied"), OST_E_STATE);
}

static void issuer_must_be_named_where_promised(void **state)
{
    fixture *with = *state;
    fake_run_timer();
    fake_answer(200, OST_TEXT("{\"issuer\":\"" ISSUER "\",\"authorization_endpoint\":\"" ISSUER
                              "/auth\",\"token_endpoint\":\"" ISSUER "/token\","
                              "\"authorization_response_iss_parameter_supported\":true}"));
    begin(with, "/");
    assert_int_equal(finish(with, query(with, "code=c")), OST_E_ISSUER);
}

static void bad_id_tokens_are_refused(void **state)
{
    fixture *with = *state;
    const struct {
        const char *claims;
        ost_result result;
    } cases[] = {
        {CLAIMS(",\"nonce\":\"other\""), OST_E_CLAIM_TYPE},
        {CLAIMS(""), OST_E_CLAIM_TYPE},
        {CLAIMS(",\"nonce\":\"%N\",\"azp\":\"another\""), OST_E_CLIENT},
        {CLAIMS(",\"nonce\":\"%N\",\"at_hash\":\"AAAA\""), OST_E_CLAIM_TYPE},
        {"{\"iss\":\"" ISSUER "\",\"aud\":[\"my api\",\"b\"],\"sub\":\"u\",\"exp\":1800000300,"
         "\"iat\":1800000000,\"nonce\":\"%N\"}",
         OST_E_CLIENT},
        {"{\"iss\":\"" ISSUER "\",\"aud\":\"other\",\"sub\":\"u\",\"exp\":1800000300,"
         "\"iat\":1800000000,\"nonce\":\"%N\"}",
         OST_E_AUDIENCE},
        {"{\"iss\":\"https://evil\",\"aud\":\"my api\",\"sub\":\"u\",\"exp\":1800000300,"
         "\"iat\":1800000000,\"nonce\":\"%N\"}",
         OST_E_ISSUER},
        {"{\"iss\":\"" ISSUER "\",\"aud\":\"my api\",\"sub\":\"u\",\"exp\":1799990000,"
         "\"iat\":1799980000,\"nonce\":\"%N\"}",
         OST_E_EXPIRED},
        /* G5: OpenID Connect Core §2 */
        {"{\"iss\":\"" ISSUER "\",\"aud\":\"my api\",\"exp\":1800000300,"
         "\"iat\":1800000000,\"nonce\":\"%N\"}",
         OST_E_CLAIM_MISSING},
        {"{\"iss\":\"" ISSUER "\",\"aud\":\"my api\",\"sub\":\"\",\"exp\":1800000300,"
         "\"iat\":1800000000,\"nonce\":\"%N\"}",
         OST_E_CLAIM_MISSING},
        {"{\"iss\":\"" ISSUER "\",\"aud\":\"my api\",\"sub\":\"u\",\"exp\":1800000300,"
         "\"nonce\":\"%N\"}",
         OST_E_CLAIM_MISSING},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        begin(with, "/");
        assert_int_equal(finish(with, query(with, "code=c")), OST_OK);
        answer_tokens(with, id_token(with, cases[i].claims), "");
        assert_int_equal(end(with), cases[i].result);
    }
    begin(with, "/");
    assert_int_equal(finish(with, query(with, "code=c")), OST_OK);
    answer_tokens(with, (ost_text){0}, "");
    assert_int_equal(end(with), OST_E_CLAIM_MISSING);
}

#define ID_TOKEN(MEMBERS) "{\"iss\":\"" ISSUER "\",\"nonce\":\"%N\"," MEMBERS "}"
#define TIMES "\"iat\":1800000000,\"exp\":1800000300"

/* G5: what has to be there (OpenID Connect Core §2) is of its type, too, and null is nothing. */
static void g5_id_tokens_that_say_nothing_of_use_are_refused(void **state)
{
    fixture *with = *state;
    static const char *const cases[] = {
        ID_TOKEN("\"aud\":\"my api\",\"sub\":null," TIMES),
        ID_TOKEN("\"aud\":\"my api\",\"sub\":7," TIMES),
        ID_TOKEN("\"aud\":\"my api\",\"sub\":[\"u\"]," TIMES),
        ID_TOKEN("\"aud\":\"my api\",\"sub\":{}," TIMES),
        ID_TOKEN("\"aud\":\"my api\",\"sub\":\"u\",\"exp\":1800000300,\"iat\":null"),
        ID_TOKEN("\"aud\":\"my api\",\"sub\":\"u\",\"exp\":1800000300,\"iat\":\"1800000000\""),
        ID_TOKEN("\"aud\":\"my api\",\"sub\":\"u\",\"exp\":1800000300,\"iat\":1900000000"),
        ID_TOKEN("\"aud\":\"my api\",\"sub\":\"u\",\"iat\":1800000000"),
        ID_TOKEN("\"aud\":\"my api\",\"sub\":\"u\",\"iat\":1800000000,\"exp\":null"),
        ID_TOKEN("\"sub\":\"u\"," TIMES),
        ID_TOKEN("\"aud\":null,\"sub\":\"u\"," TIMES),
        ID_TOKEN("\"aud\":[],\"sub\":\"u\"," TIMES),
        ID_TOKEN("\"aud\":\"\",\"sub\":\"u\"," TIMES),
        ID_TOKEN("\"aud\":[\"my api\",\"b\"],\"sub\":\"u\",\"azp\":null," TIMES),
        ID_TOKEN("\"aud\":\"my api\",\"sub\":\"u\",\"azp\":[\"my api\"]," TIMES),
        ID_TOKEN("\"aud\":\"my api\",\"sub\":\"u\",\"at_hash\":7," TIMES),
        ID_TOKEN("\"aud\":\"my api\",\"sub\":\"u\",\"at_hash\":\"\"," TIMES),
        "{\"iss\":\"" ISSUER "\",\"aud\":\"my api\",\"sub\":\"u\",\"nonce\":[\"%N\"]," TIMES "}",
        "{\"iss\":\"" ISSUER "\",\"aud\":\"my api\",\"sub\":\"u\",\"nonce\":null," TIMES "}",
        "{\"aud\":\"my api\",\"sub\":\"u\",\"nonce\":\"%N\"," TIMES "}",
        "{\"iss\":[\"" ISSUER "\"],\"aud\":\"my api\",\"sub\":\"u\",\"nonce\":\"%N\"," TIMES "}",
        "{\"iss\":\"" ISSUER "/\",\"aud\":\"my api\",\"sub\":\"u\",\"nonce\":\"%N\"," TIMES "}",
        "{}",
        "[]",
        "null",
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        begin(with, "/");
        assert_int_equal(finish(with, query(with, "code=c")), OST_OK);
        answer_tokens(with, id_token(with, cases[i]), "");
        if (end(with) == OST_OK)
            fail_msg("accepted: %s", cases[i]);
    }
}

static void forged_id_tokens_are_refused(void **state)
{
    fixture *with = *state;
    ost_key *other = NULL;
    assert_int_equal(ost_key_generate(OST_ES256, 0, "k", &other, NULL), OST_OK);
    begin(with, "/");
    ost_key *mine = provider_key;
    provider_key = other;
    ost_text forged = id_token(with, CLAIMS(",\"nonce\":\"%N\""));
    provider_key = mine;
    ost_key_unref(other);
    assert_int_equal(finish(with, query(with, "code=c")), OST_OK);
    answer_tokens(with, forged, "");
    assert_int_equal(end(with), OST_E_SIGNATURE);
    assert_int_equal(finish(with, query(with, "code=c")), OST_OK);
    answer_tokens(with, OST_TEXT("eyJhbGciOiJub25lIn0.e30."), "");
    assert_true(end(with) != OST_OK);
}

/* A token that the guard would refuse on every route ends the login at once. */
static void tokens_the_guard_refuses_make_no_session(void **state)
{
    fixture *with = *state;
    begin(with, "/");
    assert_int_equal(finish(with, query(with, "code=c")), OST_OK);
    fake_decision = OST_REFUSE;
    fake_reason = OST_E_AUDIENCE;
    answer_tokens(with, id_token(with, CLAIMS(",\"nonce\":\"%N\"")), "");
    assert_int_equal(end(with), OST_E_AUDIENCE);
    assert_non_null(strstr(with->error.detail, "as told"));
    fake_reason = OST_OK;
}

/* The signing key is newer than the guard's: the login waits for the keys. */
static void waits_for_keys(void **state)
{
    fixture *with = *state;
    begin(with, "/");
    assert_int_equal(finish(with, query(with, "code=c")), OST_OK);
    fake_decision = OST_WAIT;
    answer_tokens(with, id_token(with, CLAIMS(",\"nonce\":\"%N\"")), "");
    assert_int_equal(with->done, 0);
    assert_non_null(fake_ready);
    fake_decision = OST_ALLOW;
    fake_ready(fake_ready_user);
    assert_int_equal(with->done, 1);
    assert_int_equal(end(with), OST_OK);
}

/* Where access tokens are opaque, only the ID token tells of a new key. */
static void waits_for_the_key_of_the_id_token(void **state)
{
    fixture *with = *state;
    begin(with, "/");
    assert_int_equal(finish(with, query(with, "code=c")), OST_OK);
    fake_key_may_come = true;
    fake_decision = OST_WAIT; /* and for the access token's, after it */
    answer_tokens(with, id_token(with, CLAIMS(",\"nonce\":\"%N\"")), "");
    fake_key_may_come = false;
    assert_int_equal(with->done, 0);
    fake_ready(fake_ready_user);
    assert_int_equal(with->done, 0);
    fake_decision = OST_ALLOW;
    fake_ready(fake_ready_user);
    assert_int_equal(with->done, 1);
    assert_int_equal(end(with), OST_OK);
}

/* Whoever waits when the login is freed is told. */
static void freeing_tells_everyone(void **state)
{
    fixture *with = *state;
    ost_login *other = fake_login(&with->config);
    ost_login_step step;
    assert_int_equal(
        ost_login_begin(other, BASE, OST_TEXT("/"), NULL, &with->browser.jar, with->arena, &step),
        OST_OK);
    fake_keep(&with->browser, &step);
    with->state = parameter(step.location, "state");
    assert_int_equal(ost_login_finish(other, BASE, text_of(query(with, "code=c")),
                                      &with->browser.jar, done, with, NULL),
                     OST_OK);
    net_client_free(other->net);
    assert_int_equal(with->done, 1);
    assert_int_equal(end(with), OST_E_STATE);
    other->net = NULL;
    ost_login_free(other);
}

/* Fails every allocation in turn: no crash, no leak, no session out of nothing. */
static void every_allocation_fails_once(void **state)
{
    fixture *with = *state;
    begin(with, "/");
    bool ended = false;
    for (uint64_t n = 1; !ended && n < 500; n++) {
        const char *callback = query(with, "code=c");
        ost_text id = id_token(with, CLAIMS(",\"nonce\":\"%N\""));
        with->step = (ost_login_step){0};
        memory_fail_at(n);
        ost_result result = finish(with, callback);
        if (result == OST_OK) {
            answer_tokens(with, id, ",\"refresh_token\":\"r1\"");
            result = end(with);
        }
        ended = result == OST_OK;
        assert_true(ended || with->step.cookie_count == 0 || result == OST_E_EXPIRED);
        memory_fail_at(0);
    }
    assert_true(ended);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(logs_in),
        TEST(sends_the_verifier_and_the_code),
        TEST(callbacks_of_others_are_refused),
        TEST(an_error_needs_its_state_too),
        TEST(issuer_must_be_named_where_promised),
        TEST(bad_id_tokens_are_refused),
        TEST(g5_id_tokens_that_say_nothing_of_use_are_refused),
        TEST(forged_id_tokens_are_refused),
        TEST(tokens_the_guard_refuses_make_no_session),
        TEST(waits_for_keys),
        TEST(waits_for_the_key_of_the_id_token),
        TEST(freeing_tells_everyone),
        TEST(every_allocation_fails_once),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    ost_key_unref(provider_key);
    return failed;
}
