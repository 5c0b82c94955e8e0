/* SPDX-License-Identifier: Apache-2.0 */
/* A browser's way through login, with the provider in the test's hands: what login_call.c and
 * login_call_session.c begin with. */
#ifndef LOGIN_WAY_H
#define LOGIN_WAY_H

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

FAKE int set_up(void **state)
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

FAKE int tear_down(void **state)
{
    fixture *made = *state;
    ost_login_free(made->login);
    ost_arena_free(made->arena);
    ost_keyset_unref(fake_keys);
    fake_keys = NULL;
    free(made);
    return 0;
}

FAKE void done(ost_login_call *call, void *user)
{
    fixture *with = user;
    with->ended = call;
    with->all[with->done++ % 8] = call;
}

FAKE ost_text parameter(ost_text url, const char *name)
{
    ost_text rest = text_slice(url, text_find(url, '?', 0) + 1, url.len), piece;
    while (text_next(&rest, '&', &piece)) {
        if (text_is(text_slice(piece, 0, text_find(piece, '=', 0)), name))
            return text_slice(piece, text_find(piece, '=', 0) + 1, piece.len);
    }
    return (ost_text){0};
}

FAKE void begin(fixture *with, const char *wanted)
{
    assert_int_equal(ost_login_begin(with->login, BASE, text_of(wanted), NULL, &with->browser.jar,
                                     with->arena, &with->step),
                     OST_OK);
    with->state = parameter(with->step.location, "state");
    with->nonce = parameter(with->step.location, "nonce");
    fake_keep(&with->browser, &with->step);
}

FAKE ost_result finish(fixture *with, const char *query)
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

FAKE ost_result end(fixture *with)
{
    ost_login_call *call = with->ended;
    assert_non_null(call);
    with->ended = NULL;
    with->error = (ost_error){0};
    return ost_login_call_end(call, with->arena, &with->step, &with->session, &with->error);
}

/* An ID token as the provider would sign it; "%N" in `claims` is the nonce. */
FAKE ost_text id_token(fixture *with, const char *claims)
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

FAKE void answer_tokens(fixture *with, ost_text id, const char *more)
{
    const char *body = ost_arena_format(
        with->arena,
        "{\"access_token\":\"e30.e30.AAAA\",\"token_type\":\"Bearer\",\"expires_in\":300,"
        "\"refresh_expires_in\":1800%s%.*s%s%s}",
        id.len > 0 ? ",\"id_token\":\"" : "", (int)id.len, id.data, id.len > 0 ? "\"" : "", more);
    fake_answer(200, text_of(body));
}

/* A browser that has logged in. */
FAKE void log_in(fixture *with, const char *wanted)
{
    begin(with, wanted);
    assert_int_equal(finish(with, query(with, "code=c1")), OST_OK);
    answer_tokens(with, id_token(with, CLAIMS(",\"nonce\":\"%N\"")), ",\"refresh_token\":\"r1\"");
    assert_int_equal(end(with), OST_OK);
    fake_keep(&with->browser, &with->step);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
