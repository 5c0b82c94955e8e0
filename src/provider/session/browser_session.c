/* SPDX-License-Identifier: Apache-2.0 */
/* The cookies of single sign-on; see browser_session.h. */
#include "provider/session/browser_session.h"

#include "base/text.h"
#include "provider/realm/uuid.h"
#include "provider/session/internal_token.h"
#include "provider/session/live_session.h"

#define BROWSER_COOKIE "AUTH_SESSION_ID"
#define IDENTITY_COOKIE "KEYCLOAK_IDENTITY"
#define SESSION_COOKIE "KEYCLOAK_SESSION" /* readable by script, for session checks; no secret */

ost_text browser_id(call *c, bool make)
{
    ost_text id = http_request_cookie(c->request, BROWSER_COOKIE);
    if ((id.data != NULL && id.len >= UUID_LEN && id.len <= 128) || !make)
        return id;
    id = uuid_text(c->provider->context, c->arena);
    call_set_cookie(c, BROWSER_COOKIE, id, -1, true);
    return id;
}

bool browser_has_identity(const call *c)
{
    return http_request_cookie(c->request, IDENTITY_COOKIE).len > 0;
}

ost_result browser_session_load(call *c, store_session *ret_session)
{
    const ost_claims *claims;
    ost_text cookie = http_request_cookie(c->request, IDENTITY_COOKIE);
    if (cookie.len == 0)
        return OST_E_NOT_FOUND;
    ost_result result = internal_token_find(c, cookie, "Serialized-ID", &claims);
    if (call_is_busy(result))
        return result; /* it may be a good one */
    if (result != OST_OK || ost_claims_expiry(claims) <= c->now || call_is_stale(c, claims))
        return OST_E_NOT_FOUND;
    store_session session;
    result = session_load(c, ost_claims_text(claims, "sid"), &session);
    if (result == OST_OK && !text_equal(session.user_id, ost_claims_subject(claims)))
        result = OST_E_NOT_FOUND;
    if (result == OST_OK)
        *ret_session = session;
    return result;
}

void browser_session_set(call *c, const store_session *session)
{
    ost_text claims, token;
    int64_t max_age = session->remembered ? session->ends - c->now : -1;
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return;
    ost_json_open_object(w);
    ost_json_member_integer(w, "exp", session->ends);
    ost_json_member_integer(w, "iat", c->now);
    ost_json_member_string(w, "iss", c->issuer);
    ost_json_member_text(w, "sub", session->user_id);
    ost_json_member_string(w, "typ", "Serialized-ID");
    ost_json_member_text(w, "session_state", session->id);
    ost_json_member_text(w, "sid", session->id);
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &claims) != OST_OK ||
        !internal_token_make(c, claims, NULL, &token))
        return;
    call_set_cookie(c, IDENTITY_COOKIE, token, max_age, true);
    const char *visible =
        call_format(c, "\"%s/%.*s/%.*s\"", c->realm_path, (int)session->user_id.len,
                    session->user_id.data, (int)session->id.len, session->id.data);
    if (visible != NULL)
        call_set_cookie(c, SESSION_COOKIE, text_of(visible), session->ends - c->now, false);
}

void browser_session_clear(call *c)
{
    call_set_cookie(c, IDENTITY_COOKIE, (ost_text){0}, 0, true);
    call_set_cookie(c, SESSION_COOKIE, (ost_text){0}, 0, false);
}
