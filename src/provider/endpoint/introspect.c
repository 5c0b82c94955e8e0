/* SPDX-License-Identifier: Apache-2.0 */
/* Introspection (RFC 7662), also with a signed answer (RFC 9701). */
#include <string.h>

#include "base/text.h"
#include "provider/call/call_event.h"
#include "provider/call/call_policy.h"
#include "provider/client/client_find.h"
#include "provider/endpoint/endpoints.h"
#include "provider/realm/realm_defaults.h"
#include "provider/session/authentication.h"
#include "provider/session/bearer_token.h"
#include "provider/session/internal_token.h"
#include "provider/session/token_user.h"
#include "provider/token/acr_level.h"
#include "provider/token/answer_token.h"
#include "provider/token/client_auth.h"
#include "provider/token/grant.h"

#define SIGNED_TYPE "application/token-introspection+jwt"

static bool wants_signed(const call *c)
{
    ost_text rest = http_request_field(c->request, "accept"), one;
    while (text_next(&rest, ',', &one)) {
        ost_text type = text_trim(text_slice(one, 0, text_find(one, ';', 0)));
        if (text_equal_ignoring_case(type, OST_TEXT(SIGNED_TYPE)))
            return true;
    }
    return false;
}

static void send(call *c)
{
    event_tell_outcome(c, EVENT_INTROSPECT_TOKEN);
    if (c->error.status != 0 || !wants_signed(c)) {
        call_send_json(c);
        return;
    }
    call_no_store(c);
    http_respond(c->exchange, 200, SIGNED_TYPE, c->answer);
}

/* For the client that asks, and nobody else (RFC 9701 §5). */
static bool sign_answer(call *c)
{
    const ost_json *answer;
    ost_text claims;
    ost_json_writer *w = call_writer(c);
    if (w == NULL || ost_json_read(c->answer, NULL, c->arena, &answer, NULL) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    ost_json_open_object(w);
    ost_json_member_string(w, "iss", c->issuer);
    ost_json_member_string(w, "aud", c->client->client_id);
    ost_json_member_integer(w, "iat", c->now);
    ost_json_member_value(w, "token_introspection", answer);
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &claims) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    return answer_sign(c, claims, c->realm->signature_alg, "token-introspection+jwt", &c->answer);
}

/* What the token's user is called (RFC 7662 §2.2); empty: nobody says, or nobody of that subject is
 * there, as where subjects are pairwise. */
static ost_result find_username(call *c, const ost_json *claims, ost_text *ret_name)
{
    authenticated_user user;
    ost_text subject;
    if (ost_json_text(ost_json_get(claims, "preferred_username"), ret_name))
        return OST_OK;
    *ret_name = (ost_text){0};
    if (!ost_json_text(ost_json_get(claims, "sub"), &subject))
        return OST_OK;
    ost_result result = authentication_load_user(c, subject, &user);
    if (result == OST_OK)
        *ret_name = user.username;
    return call_is_busy(result) ? result : OST_OK;
}

/* Everything that the token says, or stands for, and that it is alive. */
static bool write_active(call *c, const ost_json *claims)
{
    ost_text azp = {0}, name, typ = {0};
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return false;
    if (find_username(c, claims, &name) != OST_OK)
        return call_refuse_busy(c);
    (void)!ost_json_text(ost_json_get(claims, "azp"), &azp);
    (void)!ost_json_text(ost_json_get(claims, "typ"), &typ);
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(claims); at != NULL; at = ost_json_next(at)) {
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    if (ost_json_get(claims, "client_id") == NULL)
        ost_json_member_text(w, "client_id", azp);
    if (name.len > 0)
        ost_json_member_text(w, "username", name);
    ost_json_member_text(w, "token_type", typ);
    ost_json_member_boolean(w, "active", true);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, &c->answer) == OST_OK ||
           call_refuse(c, 500, "server_error", NULL);
}

/* What a lightweight token leaves to be asked for. OST_E_NOT_FOUND: nothing, its client or its user
 * is gone. */
static ost_result find_meant(call *c, const ost_claims *claims, const ost_json **ret_all)
{
    grant g = {.client = client_find(c, ost_claims_text(claims, "azp"))};
    authenticated_user user;
    ost_text user_id, json;
    if (g.client == NULL || !g.client->enabled)
        return OST_E_NOT_FOUND;
    ost_text session = ost_claims_text(claims, "sid");
    g.session_id = session.data != NULL ? ost_arena_copy(c->arena, session) : NULL;
    ost_result result = token_user(c, g.client, claims, &user_id);
    if (result == OST_OK)
        result = authentication_load_user(c, user_id, &user);
    if (result == OST_OK)
        result = acr_level_of_token(c, claims, &g.acr);
    if (result != OST_OK)
        return result;
    ost_text scope = ost_claims_text(claims, "scope");
    g.may_be_offline = text_list_has(scope, OST_TEXT(OFFLINE_ACCESS));
    if (!grant_choose_scopes(c, scope, &g) || !grant_set_user(c, user.document, user.id, &g) ||
        !mint_introspection(c, &g, claims, &json))
        return OST_E_STATE;
    return ost_json_read(json, NULL, c->arena, ret_all, NULL);
}

static void answer_active(call *c, const ost_claims *claims)
{
    const ost_json *all = ost_claims_json(claims);
    ost_result result = OST_OK;
    if (bearer_token_is_lightweight(claims))
        result = find_meant(c, claims, &all);
    if (call_is_busy(result))
        call_refuse_busy(c);
    else if (result == OST_OK)
        (void)write_active(c, all);
    else if (c->error.status < 500) { /* a scope that is gone, a user */
        c->error = (call_error){0};
        c->answer = OST_TEXT("{\"active\":false}");
    }
}

static void work(call *c)
{
    const ost_claims *claims;
    ost_text token = call_parameter(c, "token");
    ost_result result = bearer_token_verify(c, token, NULL, &claims);
    if (result != OST_OK)
        result = internal_token_find_refresh(c, token, &claims);
    if (call_is_busy(result)) {
        call_refuse_busy(c);
        return;
    }
    if (result == OST_OK && ost_claims_expiry(claims) <= c->now)
        result = OST_E_EXPIRED;
    if (result == OST_OK) {
        result = bearer_token_session(c, claims);
        if (call_is_busy(result)) {
            call_refuse_busy(c); /* whether it is active is not known */
            return;
        }
    }
    if (result == OST_OK)
        answer_active(c, claims);
    else
        c->answer = OST_TEXT("{\"active\":false}");
    if (c->error.status == 0 && wants_signed(c))
        (void)sign_answer(c);
}

/* A resource server that does not prove who it is hears 401 (RFC 7662 §2.3), whatever it tried. */
static bool authenticate_client(call *c)
{
    if (client_authenticate(c))
        return true;
    if (c->error.status >= 500)
        return false;
    if (strcmp(c->error.error, "invalid_client") != 0)
        c->error = (call_error){401, "invalid_client", "Client authentication failed."};
    c->error.status = 401;
    return false;
}

/* Once the client can be known. */
static void introspection_begin(call *c)
{
    if (c->error.status == 0)
        (void)authenticate_client(c);
    if (c->error.status == 0 && c->client->public_client)
        call_refuse(c, 403, "invalid_request", "Client not allowed.");
    if (c->error.status == 0 && call_policy_check(c, POLICY_INTROSPECT) &&
        call_parameter(c, "token").data == NULL)
        call_refuse(c, 400, "invalid_request", "Token not provided.");
    call_work(c, work, send);
}

void introspect_endpoint(http_exchange *exchange, void *user)
{
    client_auth_begin(exchange, user, true, introspection_begin);
}
