/* SPDX-License-Identifier: Apache-2.0 */
/* The session of a browser that has logged in: renewed, shared by tabs, large, and ended. */
#include "base/array.h"
#include "login_way.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(refreshes),
        TEST(refreshes_wait_for_keys),
        TEST(refreshed_id_token_is_of_the_same_user),
        TEST(tabs_share_one_refresh),
        TEST(ended_sessions_are_deleted),
        TEST(a_provider_that_is_down_ends_no_session),
        TEST(garbage_before_the_real_cookies),
        TEST(large_sessions),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    ost_key_unref(provider_key);
    return failed;
}
