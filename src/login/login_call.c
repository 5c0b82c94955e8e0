/* SPDX-License-Identifier: Apache-2.0 */
/* The two calls to the token endpoint, from the browser's request until the answer is there; see
 * <ostiary/login.h>. What the answer means is told in login_outcome.c, on the caller's thread. */
#include "login/login_call.h"

#include "base/context.h"
#include "base/text.h"
#include "guard/guard_keys.h"
#include "login/login_callback.h"
#include "login/login_cookies.h"
#include "login/login_exchange.h"

#define CALL_ARENA ((size_t)512 << 10)

void login_call_free(ost_login_call *call)
{
    if (call == NULL)
        return;
    login_token_request_unref(call->request);
    login_provider_give(call->endpoints);
    ost_arena_free(call->arena);
    memory_free(call);
}

static void told(login_waiter *waiter);

static ost_login_call *call_new(ost_login *login, const login_place *place,
                                const ost_login_jar *jar, ost_login_done done, void *user)
{
    ost_login_call *call = memory_alloc(sizeof *call);
    if (call == NULL)
        return NULL;
    call->login = login;
    call->place = *place;
    call->jar = jar;
    call->done = done;
    call->user = user;
    call->waiter.done = told;
    call->arena = ost_arena_new(CALL_ARENA);
    call->endpoints = login_provider_take(login->provider);
    if (call->endpoints == NULL)
        login_provider_want(login->provider);
    if (call->arena == NULL) {
        login_call_free(call);
        return NULL;
    }
    return call;
}

/* ---- on the way ---- */

static void tell(void *user)
{
    ost_login_call *call = user;
    call->done(call, call->user);
}

static bool read_tokens(const ost_login_call *call, login_tokens *ret_tokens)
{
    const login_token_request *request = call->request;
    return request->result == OST_OK && login_tokens_read(request->status, request->body,
                                                          call->arena, ret_tokens, NULL) == OST_OK;
}

/* A login's access token is checked before the browser is sent on. */
static bool await_access(ost_login_call *call)
{
    static const ost_policy any = {0};
    login_tokens tokens;
    ost_verdict verdict;
    if (call->session != NULL || !read_tokens(call, &tokens))
        return false;
    const ost_credentials credentials = {.bearer = tokens.access_token};
    ost_guard_check(call->login->guard, &any, &credentials, true, call->arena, &verdict);
    return verdict.decision == OST_WAIT &&
           ost_guard_wait(call->login->guard, &verdict, tell, call) == OST_OK;
}

static void id_key_came(void *user)
{
    ost_login_call *call = user;
    if (!await_access(call))
        tell(call);
}

static bool await_id_key(ost_login_call *call)
{
    const ost_login *login = call->login;
    login_tokens tokens;
    ost_unverified_jws jws;
    if (!read_tokens(call, &tokens) || tokens.id_token.len == 0 ||
        ost_jws_read_unverified(tokens.id_token, OST_ALGS_DEFAULT, call->arena, &jws, NULL) !=
            OST_OK)
        return false;
    return guard_keys_await(login->guard, text_of(login->issuer), jws.kid, jws.alg, id_key_came,
                            call);
}

/* A token signed by a key that the guard has not seen yet makes it fetch keys: the outcome is
 * awaited here, so that the browser's login does not fail for it, and no refresh throws tokens away
 * that the provider gives once. */
static void told(login_waiter *waiter)
{
    ost_login_call *call = (ost_login_call *)waiter;
    if (!await_id_key(call) && !await_access(call))
        tell(call);
}

static void answered(const net_response *response, void *user)
{
    ost_login_call *call = user;
    /* The waiters may end the call, so the table and the request are read first. */
    login_token_requests *requests = call->login->requests;
    login_token_request *request = call->request;
    login_token_request_finish(requests, request, response);
}

/* Sends the request of a call that has begun a new request. When it cannot be sent, that is what
 * those who wait are told: another request may have joined by now. */
static void send_request(ost_login_call *call, login_exchange *exchange)
{
    ost_error error = {0};
    ost_result result = net_fetch(call->login->net, &exchange->request, answered, call, &error);
    login_exchange_clear(exchange);
    if (result != OST_OK) {
        const net_response failure = {.result = result, .max_age = -1, .detail = error.detail};
        answered(&failure, call);
    }
}

/* ---- beginning ---- */

/* Opens the transaction that the callback belongs to. */
static ost_result find_transaction(const ost_login *login, const login_callback *callback,
                                   ost_login_call *call, ost_error *error)
{
    ost_text host_name = login_place_host_cookie(&call->place, login->cookie_name, call->arena);
    ost_text name = login_cookies_transaction(call->arena, host_name, callback->state), begun = {0};
    if (name.data != NULL)
        begun = login_place_begun(&call->place, name, call->arena);
    if (host_name.data == NULL || begun.data == NULL)
        return OST_E_MEMORY;
    if (login_cookies_get(call->jar, name).data == NULL)
        return ost_error_set(error, OST_E_STATE,
                             "no login of this state was begun by this browser, or too long ago");
    ost_result result = OST_E_FORMAT;
    for (size_t i = 0; i < LOGIN_CHOICES && result != OST_OK && result != OST_E_MEMORY; i++) {
        ost_text sealed = login_cookies_nth(call->jar, name, i), packed;
        if (sealed.data == NULL)
            break;
        result = login_seal_open(&login->transactions, begun, sealed, call->arena, &packed);
        if (result == OST_OK)
            result = login_unpack_transaction(packed, &call->transaction);
    }
    if (result == OST_E_MEMORY)
        return result;
    if (result != OST_OK || !text_equal_secret(call->transaction.state, callback->state) ||
        !text_equal(call->transaction.base, call->place.base))
        return ost_error_set(error, OST_E_STATE, "the login's cookie is not one of ours");
    return OST_OK;
}

static ost_result check_callback(const ost_login *login, const login_callback *callback,
                                 const login_endpoints *endpoints, ost_error *error)
{
    bool named = callback->issuer.data != NULL;
    if (named && !text_is(callback->issuer, login->issuer))
        return ost_error_set(error, OST_E_ISSUER, "the callback is of another issuer than \"%s\"",
                             login->issuer);
    if (!named && endpoints->issuer_in_callback)
        return ost_error_set(error, OST_E_ISSUER, "the callback names no issuer");
    if (callback->error.data != NULL)
        return ost_error_set(error, OST_E_REMOTE, "%.*s", (int)callback->error.len,
                             callback->error.data);
    return OST_OK;
}

static ost_result prepare_finish(ost_login_call *call, ost_text query, login_exchange *ret_exchange,
                                 ost_error *error)
{
    ost_login *login = call->login;
    if (login->client_id == NULL || call->endpoints == NULL)
        return ost_error_set(error, OST_E_STATE, "the provider's endpoints are not known yet");
    login_callback callback;
    ost_result result = login_callback_read(query, call->arena, &callback);
    if (result != OST_OK)
        return ost_error_set(error, result, "this is not an answer of a provider to a login");
    result = find_transaction(login, &callback, call, error);
    if (result == OST_OK)
        result = check_callback(login, &callback, call->endpoints, error);
    if (result == OST_OK)
        result = login_exchange_code(login, &call->place, call->endpoints, &call->transaction,
                                     callback.code, ret_exchange);
    return result;
}

/* Makes the call's request, or joins one of the same digest; ends the call when it cannot. */
static ost_result exchange_begin(ost_login_call *call, const unsigned char *digest,
                                 login_exchange *exchange, ost_error *error)
{
    login_request_place place;
    ost_result result = login_token_requests_join(call->login->requests, digest, &call->waiter,
                                                  &place, &call->request);
    if (result == OST_OK && place == LOGIN_REQUEST_NEW) {
        send_request(call, exchange);
        return OST_OK;
    }
    login_exchange_clear(exchange);
    if (result != OST_OK) {
        login_call_free(call);
        return ost_error_set(error, result, "%s", ost_result_sentence(result));
    }
    if (place == LOGIN_REQUEST_DONE)
        told(&call->waiter);
    return OST_OK;
}

ost_result login_tell(ost_result result, const ost_error *said, ost_error *error)
{
    if (result != OST_OK && said->code == result)
        return ost_error_set(error, result, "%s", said->detail);
    if (result != OST_OK)
        return ost_error_set(error, result, "%s", ost_result_sentence(result));
    return result;
}

ost_result login_finish(ost_login *login, const login_place *place, ost_text query,
                        const ost_login_jar *jar, ost_login_done done, void *user, ost_error *error)
{
    if (login == NULL || jar == NULL || done == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no login, no jar, or nobody to tell");
    ost_login_call *call = call_new(login, place, jar, done, user);
    if (call == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    login_exchange exchange;
    ost_error said = {0};
    ost_result result = prepare_finish(call, query, &exchange, &said);
    if (result != OST_OK) {
        login_call_free(call);
        return login_tell(result, &said, error);
    }
    return exchange_begin(call, NULL, &exchange, error);
}

ost_result ost_login_finish(ost_login *login, ost_text base, ost_text query,
                            const ost_login_jar *jar, ost_login_done done, void *user,
                            ost_error *error)
{
    const login_place place = login_place_of(base);
    return login_finish(login, &place, query, jar, done, user, error);
}

static ost_result prepare_refresh(ost_login_call *call, unsigned char digest[32],
                                  login_exchange *ret_exchange, ost_error *error)
{
    ost_text token = call->session->refresh_token;
    if (token.len == 0)
        return ost_error_set(error, OST_E_STATE, "the session has no refresh token");
    if (call->login->client_id == NULL || call->endpoints == NULL)
        return ost_error_set(error, OST_E_STATE, "the provider's endpoints are not known yet");
    ost_result result = ost_sha256(token, digest);
    if (result == OST_OK)
        result =
            login_exchange_refresh(call->login, &call->place, call->endpoints, token, ret_exchange);
    return result;
}

ost_result login_refresh(ost_login *login, const login_place *place,
                         const ost_login_session *session, const ost_login_jar *jar,
                         ost_login_done done, void *user, ost_error *error)
{
    if (login == NULL || session == NULL || jar == NULL || done == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no login, session or jar, or nobody to tell");
    if (!login_place_is_good(place))
        return ost_error_set(error, OST_E_ARGUMENT, "the base is no origin");
    ost_login_call *call = call_new(login, place, jar, done, user);
    if (call == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    call->session = session;
    unsigned char digest[32];
    login_exchange exchange;
    ost_error said = {0};
    ost_result result = prepare_refresh(call, digest, &exchange, &said);
    if (result != OST_OK) {
        login_call_free(call);
        return login_tell(result, &said, error);
    }
    return exchange_begin(call, digest, &exchange, error);
}

ost_result ost_login_refresh(ost_login *login, ost_text base, const ost_login_session *session,
                             const ost_login_jar *jar, ost_login_done done, void *user,
                             ost_error *error)
{
    const login_place place = login_place_of(base);
    return login_refresh(login, &place, session, jar, done, user, error);
}
