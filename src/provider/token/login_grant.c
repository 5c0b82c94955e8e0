/* SPDX-License-Identifier: Apache-2.0 */
/* Grants of logins; see login_grant.h. */
#include "provider/token/login_grant.h"

#include "base/text.h"
#include "provider/flow/flow_limit.h"
#include "provider/session/authentication.h"
#include "provider/session/offline_session.h"

bool login_grant_load(call *c, ost_text session_id, const char *gone, grant *g)
{
    store_session session;
    authenticated_user user;
    ost_result result = session_load(c, session_id, &session);
    if (result == OST_OK)
        result = authentication_load_user(c, session.user_id, &user);
    if (result == OST_E_NOT_FOUND)
        return call_refuse(c, 400, "invalid_grant", gone);
    if (result == OST_E_STATE)
        return call_refuse(c, 400, "invalid_grant", "User disabled");
    if (result != OST_OK)
        return call_refuse_busy(c);
    g->session_id = session.id.data;
    g->login_notes = session.notes;
    g->session_ends = session.ends;
    g->idle_ends = session_idle_ends(c, session.remembered);
    g->auth_time = session.auth_time;
    g->interactive = true;
    return grant_set_user(c, user.document, user.id, g);
}

bool login_grant_go_offline(call *c, ost_text code, grant *g, store_session *ret_offline)
{
    if (!g->offline)
        return true;
    if (!grant_check_offline(c, g))
        return false;
    *ret_offline = offline_session_begin(c, offline_session_id(c, code), g->user_id,
                                         text_of(g->session_id), g->login_notes, g->auth_time);
    g->login_session_id = g->session_id;
    g->session_id = ret_offline->id.data;
    g->session_ends = ret_offline->ends;
    g->idle_ends = ret_offline->idle_ends;
    return c->error.status == 0;
}

static bool check_kept(call *c, ost_result result, const char *gone)
{
    if (result == OST_E_NOT_FOUND)
        return call_refuse(c, 400, "invalid_grant", gone);
    return result == OST_OK || call_refuse_busy(c);
}

bool login_grant_keep(call *c, const store_single_use *once, const char *gone,
                      store_client_session *part, const store_session *offline, const minted *m)
{
    bool begins = offline->id.len > 0;
    part->refresh_id = c->realm->revoke_refresh_token ? m->refresh_id : (ost_text){0};
    part->last_access = c->now;
    if (begins) {
        part->session_id = offline->id;
        part->started = c->now;
    }
    return check_kept(c, store_exchange(c->provider->store, once, begins ? offline : NULL, part),
                      gone);
}

/* Somebody else may have come in since the flow was walked. */
static bool check_room(call *c, ost_result result)
{
    if (result != OST_E_CEILING)
        return result == OST_OK || call_refuse_busy(c);
    c->event.error = AUTHENTICATION_TOO_MANY_SESSIONS;
    return call_refuse(c, 403, "access_denied", FLOW_TOO_MANY_SESSIONS);
}

static store_session begin_session(call *c, const grant *g)
{
    return g->offline ? offline_session_begin(c, offline_session_id(c, (ost_text){0}), g->user_id,
                                              (ost_text){0}, (ost_text){0}, c->now)
                      : session_begin(c, g->user_id, false);
}

void login_grant_begin(call *c, grant *g, const store_single_use *once, const char *gone,
                       ost_text notes)
{
    minted m;
    store_session session = begin_session(c, g);
    g->client_started = c->now;
    g->session_id = session.id.data;
    g->session_ends = session.ends;
    g->idle_ends = session.idle_ends;
    if (c->error.status != 0 || !mint_tokens(c, g, true, &m))
        return;
    const store_client_session part = {
        .session_id = session.id,
        .client_id = text_of(c->client->client_id),
        .scope = g->scope,
        .refresh_id = c->realm->revoke_refresh_token ? m.refresh_id : (ost_text){0},
        .started = c->now,
        .last_access = c->now,
        .notes = notes,
        .issuer = text_of(c->issuer),
    };
    struct store *to = c->provider->store;
    /* The user may have been deleted a moment ago. */
    if (once != NULL ? check_kept(c, store_exchange(to, once, &session, &part), gone)
                     : check_room(c, store_login_within(to, g->room, &session, &part, NULL)))
        (void)mint_answer(c, g, &m);
}
