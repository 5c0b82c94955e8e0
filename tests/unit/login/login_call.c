/* SPDX-License-Identifier: Apache-2.0 */
/* A browser's way through login, refresh and their failures, with the provider in the test's
 * hands. */
#include "base/array.h"
#include "login/login_cookies.h"
#include "login/login_core.h"
#include "login_fakes.h"

typedef struct fixture {
    ost_login_config config;
    ost_login *login;
    ost_arena *arena;
    ost_key *key;
    fake_browser browser;
    ost_text state, nonce;
    ost_login_call *ended; /* what `done` was given last */
    ost_login_call *all[8];
    int done;
    ost_login_step step;
    ost_login_session session;
    ost_error error;
} fixture;

static ost_key *provider_key;

static int set_up(void **state)
{
    fixture *made = calloc(1, sizeof *made);
    if (provider_key == NULL)
        assert_int_equal(ost_key_generate(OST_ES256, 0, "k", &provider_key, NULL), OST_OK);
    assert_int_equal(ost_keyset_new(&provider_key, 1, &fake_keys), OST_OK);
    fake_decision = OST_ALLOW;
    made->config = fake_config();
    made->login = fake_login(&made->config);
    made->arena = ost_arena_new(1 << 22);
    *state = made;
    return 0;
}

static int tear_down(void **state)
{
    fixture *made = *state;
    ost_login_free(made->login);
    ost_arena_free(made->arena);
    ost_keyset_unref(fake_keys);
    fake_keys = NULL;
    free(made);
    return 0;
}

static void done(ost_login_call *call, void *user)
{
    fixture *with = user;
    with->ended = call;
    with->all[with->done++ % 8] = call;
}

static ost_text parameter(ost_text url, const char *name)
{
    ost_text rest = text_slice(url, text_find(url, '?', 0) + 1, url.len), piece;
    while (text_next(&rest, '&', &piece)) {
        if (text_is(text_slice(piece, 0, text_find(piece, '=', 0)), name))
            return text_slice(piece, text_find(piece, '=', 0) + 1, piece.len);
    }
    return (ost_text){0};
}

static void begin(fixture *with, const char *wanted)
{
    assert_int_equal(ost_login_begin(with->login, BASE, text_of(wanted), NULL, &with->browser.jar,
                                     with->arena, &with->step),
                     OST_OK);
    with->state = parameter(with->step.location, "state");
    with->nonce = parameter(with->step.location, "nonce");
    fake_keep(&with->browser, &with->step);
}

static ost_result finish(fixture *with, const char *query)
{
    with->error = (ost_error){0};
    return ost_login_finish(with->login, BASE, text_of(query), &with->browser.jar, done, with,
                            &with->error);
}

static const char *query(fixture *with, const char *rest)
{
    return ost_arena_format(with->arena, "state=%.*s&%s", (int)with->state.len, with->state.data,
                            rest);
}

static ost_result end(fixture *with)
{
    ost_login_call *call = with->ended;
    assert_non_null(call);
    with->ended = NULL;
    with->error = (ost_error){0};
    return ost_login_call_end(call, with->arena, &with->step, &with->session, &with->error);
}

/* An ID token as the provider would sign it; "%N" in `claims` is the nonce. */
static ost_text id_token(fixture *with, const char *claims)
{
    const char *mark = strstr(claims, "%N");
    ost_text payload = text_of(claims), token;
    if (mark != NULL)
        payload = text_of(ost_arena_format(with->arena, "%.*s%.*s%s", (int)(mark - claims), claims,
                                           (int)with->nonce.len, with->nonce.data, mark + 2));
    assert_int_equal(ost_jws_sign(payload, provider_key, OST_ES256, "JWT", with->arena, &token),
                     OST_OK);
    return token;
}

#define CLAIMS(more)                                                                               \
    "{\"iss\":\"" ISSUER "\",\"aud\":\"my api\",\"sub\":\"u1\",\"exp\":1800000300,"                \
    "\"iat\":1800000000" more "}"

static void answer_tokens(fixture *with, ost_text id, const char *more)
{
    const char *body = ost_arena_format(
        with->arena,
        "{\"access_token\":\"e30.e30.AAAA\",\"token_type\":\"Bearer\",\"expires_in\":300,"
        "\"refresh_expires_in\":1800%s%.*s%s%s}",
        id.len > 0 ? ",\"id_token\":\"" : "", (int)id.len, id.data, id.len > 0 ? "\"" : "", more);
    fake_answer(200, text_of(body));
}

/* A browser that has logged in. */
static void log_in(fixture *with, const char *wanted)
{
    begin(with, wanted);
    assert_int_equal(finish(with, query(with, "code=c1")), OST_OK);
    answer_tokens(with, id_token(with, CLAIMS(",\"nonce\":\"%N\"")), ",\"refresh_token\":\"r1\"");
    assert_int_equal(end(with), OST_OK);
    fake_keep(&with->browser, &with->step);
}

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

static ost_result refresh(fixture *with)
{
    return ost_login_refresh(with->login, BASE, &with->session, &with->browser.jar, done, with,
                             &with->error);
}

static void refreshes(void **state)
{
    fixture *with = *state;
    log_in(with, "/");
    ost_text id = with->session.id_token;
    fake_time += 280;
    assert_int_equal(refresh(with), OST_OK);
    assert_non_null(strstr(fake_calls[0].body, "grant_type=refresh_token&refresh_token=r1"));
    answer_tokens(with, (ost_text){0}, ",\"refresh_token\":\"r2\"");
    assert_int_equal(end(with), OST_OK);
    assert_int_equal(with->step.location.len, 0);
    assert_true(text_is(with->session.refresh_token, "r2"));
    assert_true(text_equal(with->session.id_token, id)); /* the old one serves for logout */
    assert_int_equal(with->session.started, fake_time - 280);
    assert_int_equal(with->session.access_expiry, fake_time + 300);
    fake_keep(&with->browser, &with->step);
    ost_login_session session;
    assert_int_equal(ost_login_open(with->login, BASE, &with->browser.jar, with->arena, &session),
                     OST_OK);
    assert_true(text_is(session.refresh_token, "r2"));
    fake_time -= 280;
}

/* The provider may take the refresh token once: tokens that came must not be thrown away because
 * their key is newer than the guard's. Nor are those who come later told sooner. */
static void refreshes_wait_for_keys(void **state)
{
    fixture *with = *state;
    log_in(with, "/");
    fake_ready = NULL;
    int before = with->done;
    assert_int_equal(refresh(with), OST_OK);
    fake_key_may_come = true;
    answer_tokens(with, id_token(with, CLAIMS("")), ",\"refresh_token\":\"r2\"");
    assert_int_equal(with->done, before);
    assert_non_null(fake_ready);
    void (*first)(void *user) = fake_ready;
    void *first_user = fake_ready_user;
    assert_int_equal(refresh(with), OST_OK);
    assert_int_equal(with->done, before);
    fake_key_may_come = false;
    fake_ready(fake_ready_user);
    assert_int_equal(with->done, before + 1);
    assert_int_equal(end(with), OST_OK);
    first(first_user);
    assert_int_equal(with->done, before + 2);
    assert_int_equal(end(with), OST_OK);
    assert_true(text_is(with->session.refresh_token, "r2"));
}

static void refreshed_id_token_is_of_the_same_user(void **state)
{
    fixture *with = *state;
    log_in(with, "/");
    assert_int_equal(refresh(with), OST_OK);
    answer_tokens(with,
                  id_token(with, "{\"iss\":\"" ISSUER "\",\"aud\":\"my api\",\"sub\":\"u2\","
                                 "\"exp\":1800000300,\"iat\":1800000000}"),
                  "");
    assert_int_equal(end(with), OST_E_CLAIM_TYPE);
    with->session.refresh_token = OST_TEXT("r9");
    assert_int_equal(refresh(with), OST_OK);
    answer_tokens(with, id_token(with, CLAIMS("")), "");
    assert_int_equal(end(with), OST_OK);
    assert_true(text_is(with->session.refresh_token, "r9")); /* kept when none came */
}

static void tabs_share_one_refresh(void **state)
{
    fixture *with = *state;
    log_in(with, "/");
    const ost_login_session before = with->session;
    with->done = 0;
    assert_int_equal(refresh(with), OST_OK);
    assert_int_equal(refresh(with), OST_OK);
    assert_int_equal(fake_call_count, 1);
    answer_tokens(with, (ost_text){0}, ",\"refresh_token\":\"r2\"");
    assert_int_equal(with->done, 2);
    /* A third comes late, with the old cookie: told at once, without a call. */
    assert_int_equal(
        ost_login_refresh(with->login, BASE, &before, &with->browser.jar, done, with, NULL),
        OST_OK);
    assert_int_equal(with->done, 3);
    assert_int_equal(fake_call_count, 0);
    for (size_t i = 0; i < 3; i++) {
        with->ended = with->all[i];
        assert_int_equal(end(with), OST_OK);
        assert_true(text_is(with->session.refresh_token, "r2"));
    }
}

static void ended_sessions_are_deleted(void **state)
{
    fixture *with = *state;
    log_in(with, "/");
    assert_int_equal(refresh(with), OST_OK);
    fake_answer(400, OST_TEXT("{\"error\":\"invalid_grant\"}"));
    assert_int_equal(end(with), OST_E_EXPIRED);
    assert_int_equal(with->step.cookie_count, 1);
    assert_true(text_is(with->step.cookies[0].name, "ostiary"));
    assert_int_equal(with->step.cookies[0].max_age, 0);
}

static void a_provider_that_is_down_ends_no_session(void **state)
{
    fixture *with = *state;
    log_in(with, "/");
    assert_int_equal(refresh(with), OST_OK);
    fake_fail(OST_E_TIMEOUT);
    assert_int_equal(end(with), OST_E_TIMEOUT);
    assert_int_equal(with->step.cookie_count, 0);
    assert_int_equal(refresh(with), OST_OK);
    fake_answer(502, OST_TEXT("<html>Bad gateway</html>"));
    assert_int_equal(end(with), OST_E_REMOTE);
    assert_int_equal(with->step.cookie_count, 0);
    fake_fetch_result = OST_E_BUSY;
    assert_int_equal(refresh(with), OST_OK);
    assert_int_equal(end(with), OST_E_BUSY);
    fake_fetch_result = OST_OK;
    with->session.refresh_token = (ost_text){0};
    assert_int_equal(refresh(with), OST_E_STATE);
}

/* A cookie before each of the browser's, of the same name. */
static void put_garbage_before(fixture *with)
{
    ost_login_jar *jar = &with->browser.jar;
    assert_true(jar->count * 2 <= ARRAY_LEN(with->browser.pairs));
    for (size_t i = jar->count; i-- > 0;) {
        with->browser.pairs[2 * i + 1] = with->browser.pairs[i];
        with->browser.pairs[2 * i] =
            (ost_login_pair){with->browser.pairs[i].name, OST_TEXT("1.garbage")};
    }
    jar->count *= 2;
}

static void garbage_before_the_real_cookies(void **state) /* C10 */
{
    fixture *with = *state;
    ost_login_session session;
    begin(with, "/");
    put_garbage_before(with);
    assert_int_equal(finish(with, query(with, "code=c1")), OST_OK);
    answer_tokens(with, id_token(with, CLAIMS(",\"nonce\":\"%N\"")), "");
    assert_int_equal(end(with), OST_OK);
    with->browser.jar.count = 0;
    fake_keep(&with->browser, &with->step);
    put_garbage_before(with);
    put_garbage_before(with);
    assert_int_equal(ost_login_open(with->login, BASE, &with->browser.jar, with->arena, &session),
                     OST_OK);
    assert_true(text_is(session.access_token, "e30.e30.AAAA"));
    with->browser.pairs[3] = with->browser.pairs[0];
    with->browser.jar.count = 4;
    assert_int_equal(ost_login_open(with->login, BASE, &with->browser.jar, with->arena, &session),
                     OST_E_FORMAT);
}

static void large_sessions(void **state)
{
    fixture *with = *state;
    char *large = ost_arena_alloc(with->arena, 12001);
    memset(large, 'x', 12000);
    begin(with, "/");
    assert_int_equal(finish(with, query(with, "code=c")), OST_OK);
    const char *more = ost_arena_format(with->arena, ",\"refresh_token\":\"%.*s\"", 9000, large);
    answer_tokens(with, id_token(with, CLAIMS(",\"nonce\":\"%N\"")), more);
    assert_int_equal(end(with), OST_OK);
    fake_keep(&with->browser, &with->step);
    ost_login_session session;
    assert_int_equal(ost_login_open(with->login, BASE, &with->browser.jar, with->arena, &session),
                     OST_OK);
    assert_int_equal(session.refresh_token.len, 9000);
    assert_true(session.id_token.len > 0);

    /* Together too much: the ID token is left out. */
    begin(with, "/");
    assert_int_equal(finish(with, query(with, "code=c")), OST_OK);
    const char *claims =
        ost_arena_format(with->arena, CLAIMS(",\"nonce\":\"%%N\",\"pad\":\"%.*s\""), 9000, large);
    answer_tokens(with, id_token(with, claims), more);
    assert_int_equal(end(with), OST_OK);
    assert_int_equal(with->session.id_token.len, 0);

    /* Far too much: no session, and the reason is told. */
    begin(with, "/");
    assert_int_equal(finish(with, query(with, "code=c")), OST_OK);
    char *huge = ost_arena_alloc(with->arena, 17001);
    memset(huge, 'x', 17000);
    more = ost_arena_format(with->arena, ",\"refresh_token\":\"%s\"", huge);
    answer_tokens(with, id_token(with, CLAIMS(",\"nonce\":\"%N\"")), more);
    assert_int_equal(end(with), OST_E_CEILING);
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
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(logs_in),
        TEST(sends_the_verifier_and_the_code),
        TEST(callbacks_of_others_are_refused),
        TEST(an_error_needs_its_state_too),
        TEST(issuer_must_be_named_where_promised),
        TEST(bad_id_tokens_are_refused),
        TEST(forged_id_tokens_are_refused),
        TEST(tokens_the_guard_refuses_make_no_session),
        TEST(waits_for_keys),
        TEST(waits_for_the_key_of_the_id_token),
        TEST(refreshes),
        TEST(refreshes_wait_for_keys),
        TEST(refreshed_id_token_is_of_the_same_user),
        TEST(tabs_share_one_refresh),
        TEST(ended_sessions_are_deleted),
        TEST(a_provider_that_is_down_ends_no_session),
        TEST(garbage_before_the_real_cookies),
        TEST(large_sessions),
        TEST(freeing_tells_everyone),
        TEST(every_allocation_fails_once),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    ost_key_unref(provider_key);
    return failed;
}
