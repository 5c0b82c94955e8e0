/* SPDX-License-Identifier: Apache-2.0 */
/* What the token endpoint's answer makes of a browser's session; see ost_login_call_end in login.h.
 */
#include "base/text.h"
#include "login/login_call.h"
#include "login/login_cookies.h"
#include "login/login_exchange.h"
#include "login/login_id_token.h"
#include "login/login_pack.h"
#include <ostiary/login.h>

#define REFRESH_MARGIN 30 /* seconds before the access token runs out, or a fifth of its life */

/* The session that the tokens make. After a refresh, what did not come again stays as it was. */
static ost_login_session session_of(const ost_login_call *call, const login_tokens *tokens,
                                    int64_t now)
{
    const ost_login_session *before = call->session;
    ost_login_session session = {
        .access_token = tokens->access_token,
        .refresh_token = tokens->refresh_token,
        .id_token = tokens->id_token,
        .started = before != NULL ? before->started : now,
        .demanded = before != NULL ? before->demanded : call->transaction.demanded,
        .access_expiry = now + tokens->lifetime,
        .refresh_at = INT64_MAX,
    };
    if (before != NULL && session.refresh_token.len == 0)
        session.refresh_token = before->refresh_token;
    if (before != NULL && session.id_token.len == 0)
        session.id_token = before->id_token;
    int64_t margin = tokens->lifetime / 5 < REFRESH_MARGIN ? tokens->lifetime / 5 : REFRESH_MARGIN;
    if (session.refresh_token.len > 0)
        session.refresh_at = session.access_expiry - margin;
    return session;
}

static ost_result seal_session(const ost_login_call *call, const ost_login_session *session,
                               uint32_t life, ost_arena *arena, ost_login_step *step)
{
    ost_text name = login_place_cookie(&call->place, call->login->cookie_name, arena);
    ost_text bound = {0}, packed, sealed;
    if (name.data != NULL)
        bound = login_place_bound(&call->place, name, arena);
    if (bound.data == NULL)
        return OST_E_MEMORY;
    ost_result result = login_pack_session(session, arena, &packed);
    if (result == OST_OK)
        result = login_seal_close(&call->login->sessions, bound, packed, life, arena, &sealed);
    if (result == OST_OK)
        result = login_cookies_split(call->jar, name, sealed, arena, step);
    return result;
}

/* The guard's word on the access token before the browser is sent on with it: a token that no
 * route would accept would only send it round in circles. */
static ost_result check_access(const ost_login_call *call, const login_tokens *tokens,
                               ost_arena *arena, ost_error *error)
{
    static const ost_policy any = {0};
    const ost_credentials credentials = {.bearer = tokens->access_token};
    ost_verdict verdict;
    ost_guard_check(call->login->guard, &any, &credentials, false, arena, &verdict);
    if (verdict.decision == OST_ALLOW)
        return OST_OK;
    return ost_error_set(error, verdict.reason != OST_OK ? verdict.reason : OST_E_STATE,
                         "the guard refuses the access token: %.*s", (int)verdict.explanation.len,
                         verdict.explanation.data);
}

static ost_result check_tokens(const ost_login_call *call, const login_tokens *tokens,
                               ost_arena *arena, ost_error *error)
{
    const char *client = login_client_at(call->login, &call->place).id;
    if (call->session != NULL) {
        if (tokens->id_token.len == 0)
            return OST_OK;
        return login_id_token_check(call->login, client, tokens, (ost_text){0},
                                    call->session->id_token, arena, error);
    }
    if (tokens->id_token.len == 0)
        return ost_error_set(error, OST_E_CLAIM_MISSING,
                             "the provider sent no ID token: is \"openid\" in the scope?");
    ost_result result = login_id_token_check(call->login, client, tokens, call->transaction.nonce,
                                             (ost_text){0}, arena, error);
    return result == OST_OK ? check_access(call, tokens, arena, error) : result;
}

/* After a login: its transaction is over, and the browser goes to where it wanted. */
static ost_result add_arrival(const ost_login_call *call, ost_arena *arena, ost_login_step *step)
{
    ost_text name = login_place_host_cookie(&call->place, call->login->cookie_name, arena);
    ost_text transaction = login_cookies_transaction(arena, name, call->transaction.state);
    ost_text mark = login_mark_of(name, arena);
    ost_result result = login_cookies_add(step, transaction, OST_TEXT(""), 0);
    if (result == OST_OK)
        result = login_cookies_add(step, mark, OST_TEXT("1"), LOGIN_MARK_SECONDS);
    char *wanted = ost_arena_copy(arena, call->transaction.wanted);
    step->location = (ost_text){wanted, call->transaction.wanted.len};
    return wanted != NULL ? result : OST_E_MEMORY;
}

static ost_result build(const ost_login_call *call, ost_arena *arena, ost_login_step *step,
                        ost_login_session *ret_session, ost_error *error)
{
    const login_token_request *request = call->request;
    if (request->result != OST_OK)
        return ost_error_set(error, request->result, "the token endpoint: %s", request->detail);
    /* Tokens borrow from the text that was read, and must outlive the request. */
    ost_text body = {ost_arena_copy(arena, request->body), request->body.len};
    if (body.data == NULL)
        return OST_E_MEMORY;
    login_tokens tokens;
    ost_result result = login_tokens_read(request->status, body, arena, &tokens, error);
    if (result == OST_OK)
        result = check_tokens(call, &tokens, arena, error);
    if (result != OST_OK)
        return result;
    ost_login_session session = session_of(call, &tokens, ost_now(call->login->context));
    int64_t life = session.refresh_token.len > 0 ? tokens.refresh_lifetime : tokens.lifetime;
    result = seal_session(call, &session, (uint32_t)life, arena, step);
    if (result == OST_E_CEILING && session.id_token.len > 0) {
        /* It only serves to spare the user a question at logout. */
        session.id_token = (ost_text){0};
        step->cookie_count = 0;
        result = seal_session(call, &session, (uint32_t)life, arena, step);
    }
    if (result == OST_OK && call->session == NULL)
        result = add_arrival(call, arena, step);
    if (result == OST_OK)
        *ret_session = session;
    return result;
}

/* Deletes what is of no use any more: the session that the provider has ended, or the transaction
 * whose code is spent. */
static void add_deletions(const ost_login_call *call, ost_arena *arena, ost_login_step *step)
{
    const char *own = call->login->cookie_name;
    ost_text name = call->session != NULL ? login_place_cookie(&call->place, own, arena)
                                          : login_place_host_cookie(&call->place, own, arena);
    ost_result result = OST_OK;
    if (name.data != NULL && call->session != NULL)
        result = login_cookies_split(call->jar, name, (ost_text){0}, arena, step);
    else if (name.data != NULL)
        result = login_cookies_add(
            step, login_cookies_transaction(arena, name, call->transaction.state), OST_TEXT(""), 0);
    /* Without memory for the deletion the cookies run out by themselves. */
    if (result != OST_OK)
        step->cookie_count = 0;
}

ost_result ost_login_call_end(ost_login_call *call, ost_arena *arena, ost_login_step *ret_step,
                              ost_login_session *ret_session, ost_error *error)
{
    if (call == NULL || arena == NULL || ret_step == NULL || ret_session == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no call, or nowhere to put its outcome");
    ost_login_step step = {0};
    ost_error said = {0};
    ost_result result = build(call, arena, &step, ret_session, &said);
    if (result != OST_OK) {
        step = (ost_login_step){0};
        if (result == OST_E_EXPIRED)
            add_deletions(call, arena, &step);
    }
    *ret_step = step;
    login_call_free(call);
    return login_tell(result, &said, error);
}
