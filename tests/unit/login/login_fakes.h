/* SPDX-License-Identifier: Apache-2.0 */
/* What the login stands on, in the test's own hands: a clock, a network that answers when told to,
 * and a guard that says what it is told to say. The definitions take the place of the libraries'.
 * Every test program of the login includes this once. */
#ifndef LOGIN_FAKES_H
#define LOGIN_FAKES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include <ostiary/logout.h>

#include "guard/guard_keys.h"
#include "net/net.h"
#include "test.h"
#include <ostiary/login.h>

/* Not every test needs all of it. */
#define FAKE __attribute__((unused)) static

#define ISSUER "http://localhost:8080/realms/test"
#define BASE OST_TEXT("http://localhost:8000")
#define SECURE OST_TEXT("https://api.example")
#define SECRET OST_TEXT("0123456789abcdef0123456789abcdef")

/* ---- clock and randomness ---- */

static int64_t fake_time = 1800000000;
static unsigned char fake_byte;

static int64_t fake_now(void *user)
{
    (void)user;
    return fake_time;
}

/* No two calls alike. */
static bool fake_random(void *user, unsigned char *ret, size_t n)
{
    (void)user;
    for (size_t i = 0; i < n; i++)
        ret[i] = (unsigned char)(fake_byte + i * 7);
    fake_byte++;
    return true;
}

FAKE const ost_context fake_context = {.now = fake_now, .random = fake_random};

/* ---- the network ---- */

typedef struct fake_call {
    char url[512];
    char body[4096];
    char headers[1024];
    void (*done)(const net_response *response, void *user);
    void *user;
} fake_call;

static fake_call fake_calls[16];
static size_t fake_call_count;
static ost_result fake_fetch_result; /* not OST_OK: no call can be made */
static unsigned fake_delay;          /* of the last timer */
static void (*fake_timer)(void *user);
static void *fake_timer_user;
static bool fake_timer_is_set;

ost_result net_client_new(size_t transfers, net_client **ret_client)
{
    (void)transfers;
    *ret_client = (net_client *)(void *)&fake_calls;
    return OST_OK;
}

ost_result net_url_check(ost_text url, bool insecure_http)
{
    return text_starts(url, "https://") || text_starts(url, "http://localhost") ||
                   (insecure_http && text_starts(url, "http://"))
               ? OST_OK
               : OST_E_ARGUMENT;
}

ost_result net_fetch(net_client *client, const net_request *request,
                     void (*done)(const net_response *response, void *user), void *user,
                     ost_error *error)
{
    (void)client;
    if (fake_fetch_result != OST_OK)
        return ost_error_set(error, fake_fetch_result, "told to fail");
    assert_true(fake_call_count < 16);
    fake_call *call = &fake_calls[fake_call_count++];
    memset(call, 0, sizeof *call);
    assert_true(text_to_string(text_of(request->url), call->url, sizeof call->url));
    assert_true(text_to_string(request->body, call->body, sizeof call->body));
    for (size_t i = 0; request->headers != NULL && request->headers[i] != NULL; i++) {
        size_t used = strlen(call->headers);
        snprintf(call->headers + used, sizeof call->headers - used, "%s\n", request->headers[i]);
    }
    call->done = done;
    call->user = user;
    return OST_OK;
}

ost_result net_timer_new(net_client *client, void (*call)(void *user), void *user,
                         net_timer **ret_timer)
{
    (void)client;
    fake_timer = call;
    fake_timer_user = user;
    *ret_timer = (net_timer *)(void *)&fake_timer;
    return OST_OK;
}

void net_timer_set(net_timer *timer, unsigned delay_ms)
{
    (void)timer;
    fake_delay = delay_ms;
    fake_timer_is_set = true;
}

/* The client answers what is open when it is stopped. */
void net_client_stop(net_client *client)
{
    (void)client;
    const net_response gone = {.result = OST_E_STATE, .max_age = -1, .detail = "freed"};
    for (; fake_call_count > 0; fake_call_count--)
        fake_calls[fake_call_count - 1].done(&gone, fake_calls[fake_call_count - 1].user);
    fake_timer_is_set = false;
}

void net_client_free(net_client *client)
{
    if (client != NULL)
        net_client_stop(client);
}

FAKE void fake_run_timer(void)
{
    assert_true(fake_timer_is_set);
    fake_timer_is_set = false;
    fake_timer(fake_timer_user);
}

/* Answers the call that has waited longest. */
FAKE void fake_respond(const net_response *response)
{
    assert_true(fake_call_count > 0);
    fake_call call = fake_calls[0];
    memmove(fake_calls, fake_calls + 1, --fake_call_count * sizeof call);
    call.done(response, call.user);
}

FAKE void fake_answer(long status, ost_text body)
{
    const net_response response = {.status = status, .body = body, .max_age = -1};
    fake_respond(&response);
}

FAKE void fake_fail(ost_result result)
{
    const net_response response = {.result = result, .max_age = -1, .detail = "no answer"};
    fake_respond(&response);
}

/* ---- the guard ---- */

static ost_decision fake_decision = OST_ALLOW;
static ost_result fake_reason;
static ost_keyset *fake_keys; /* NULL: not known */
static void (*fake_ready)(void *user);
static void *fake_ready_user;

void ost_guard_check(ost_guard *guard, const ost_policy *policy, const ost_credentials *credentials,
                     bool may_wait, ost_arena *arena, ost_verdict *ret_verdict)
{
    (void)guard, (void)policy, (void)arena;
    assert_true(credentials->bearer.len > 0);
    ost_decision decision = fake_decision;
    if (decision == OST_WAIT && !may_wait)
        decision = OST_ALLOW;
    *ret_verdict = (ost_verdict){.decision = decision, .reason = fake_reason};
    ret_verdict->explanation = OST_TEXT("as told");
}

ost_result ost_guard_wait(ost_guard *guard, const ost_verdict *verdict, void (*ready)(void *user),
                          void *user)
{
    (void)guard, (void)verdict;
    fake_ready = ready;
    fake_ready_user = user;
    return OST_OK;
}

/* The session of this sid is over. */
static const char *fake_over;

ost_result ost_guard_check_session(ost_guard *guard, const char *issuer, ost_text sid, ost_text sub,
                                   int64_t iat)
{
    (void)guard, (void)sub, (void)iat;
    assert_string_equal(issuer, ISSUER);
    return fake_over != NULL && text_is(sid, fake_over) ? OST_E_REVOKED : OST_OK;
}

ost_result guard_keys(ost_guard *guard, ost_text issuer, ost_keyset **ret_keys)
{
    (void)guard;
    assert_true(text_is(issuer, ISSUER));
    if (fake_keys == NULL)
        return OST_E_STATE;
    *ret_keys = ost_keyset_ref(fake_keys);
    return OST_OK;
}

static bool fake_key_may_come;

ost_result guard_keys_issuer(ost_guard *guard, ost_text issuer, const ost_keyset *keys,
                             ost_text token, ost_arena *arena, const char **ret_name,
                             ost_error *error)
{
    assert_true(text_is(issuer, ISSUER));
    *ret_name = ISSUER;
    return OST_OK;
}

bool guard_keys_await(ost_guard *guard, ost_text issuer, ost_text kid, ost_alg alg,
                      void (*ready)(void *user), void *user)
{
    (void)guard, (void)kid, (void)alg;
    assert_true(text_is(issuer, ISSUER));
    if (!fake_key_may_come)
        return false;
    fake_ready = ready;
    fake_ready_user = user;
    return true;
}

/* ---- a login on top of it ---- */

#define DISCOVERY                                                                                  \
    "{\"issuer\":\"" ISSUER "\",\"authorization_endpoint\":\"" ISSUER "/auth\","                   \
    "\"token_endpoint\":\"" ISSUER "/token\",\"end_session_endpoint\":\"" ISSUER "/logout\"}"

FAKE ost_login_config fake_config(void)
{
    return (ost_login_config){
        .issuer = ISSUER,
        .client_id = "my api",
        .client_secret = "s:cret",
        .redirect_path = "/auth",
        .secret = SECRET,
        .guard = (ost_guard *)(void *)&fake_decision,
        .context = &fake_context,
    };
}

/* A login whose endpoints are known. */
FAKE ost_login *fake_login(const ost_login_config *config)
{
    ost_login *login = NULL;
    assert_int_equal(ost_login_new(config, &login, NULL), OST_OK);
    fake_run_timer();
    fake_answer(200, OST_TEXT(DISCOVERY));
    assert_true(ost_login_is_ready(login));
    return login;
}

/* What a browser would keep of the step's cookies, on top of what it has. */
typedef struct fake_browser {
    ost_login_pair pairs[64];
    ost_login_jar jar;
} fake_browser;

FAKE void fake_keep(fake_browser *browser, const ost_login_step *step)
{
    size_t count = browser->jar.count;
    for (size_t i = 0; i < step->cookie_count; i++) {
        const ost_login_cookie *cookie = &step->cookies[i];
        size_t at = 0;
        while (at < count && !text_equal(browser->pairs[at].name, cookie->name))
            at++;
        if (cookie->max_age == 0) {
            if (at < count) {
                memmove(&browser->pairs[at], &browser->pairs[at + 1],
                        (count - at - 1) * sizeof(ost_login_pair));
                count--;
            }
        } else {
            browser->pairs[at] = (ost_login_pair){cookie->name, cookie->value};
            count += at == count;
        }
    }
    browser->jar = (ost_login_jar){browser->pairs, count};
}

#endif
