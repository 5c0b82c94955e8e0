/* SPDX-License-Identifier: Apache-2.0 */
/* Mappers of the session, of the client, and of their own configuration; see mapper.h. */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "provider/session/authentication.h"
#include "provider/session/session_note.h"
#include "provider/token/acr_level.h"
#include "provider/token/mapper.h"
#include "store/session/store_session.h"

void map_audience(mapper_work *w)
{
    ost_text name = mapper_setting(w, "included.client.audience");
    if (name.len == 0)
        name = mapper_setting(w, "included.custom.audience");
    char *copy = ost_arena_copy(w->call->arena, name);
    if (copy != NULL)
        audience_add(w->audiences, copy);
}

/* "+" stands for the origins of the redirect URIs. */
void map_allowed_origins(mapper_work *w)
{
    audience_list origins = {0};
    const realm_client *client = w->grant->client;
    for (size_t i = 0; client->web_origins != NULL && client->web_origins[i] != NULL; i++) {
        bool plus = strcmp(client->web_origins[i], "+") == 0;
        if (!plus)
            audience_add(&origins, client->web_origins[i]);
        for (size_t k = 0;
             plus && client->redirect_uris != NULL && client->redirect_uris[k] != NULL; k++) {
            ost_text origin = realm_redirect_origin(client, k);
            char *copy = origin.len > 0 ? ost_arena_copy(w->call->arena, origin) : NULL;
            if (copy != NULL)
                audience_add(&origins, copy);
        }
    }
    if (origins.count > 0)
        mapper_put_names(w, OST_TEXT("allowed-origins"), origins.names, (ost_text){0});
}

void map_acr(mapper_work *w)
{
    claim_put_text(w->tree, "acr", acr_level_name(w->call, w->grant->client, w->grant->acr));
}

/* Of a session that was not read for the grant it is read here. What cannot be read now is no claim
 * that is missing: the call is refused. */
static void map_login_note(mapper_work *w, ost_text note)
{
    const grant *g = w->grant;
    store_session session = {.notes = g->login_notes, .auth_time = g->auth_time};
    bool time = text_is(note, "AUTH_TIME");
    ost_result result = OST_OK;
    ost_text text;
    if (time ? session.auth_time == 0 : session.notes.len == 0)
        result = session_load(w->call, text_of(g->session_id), &session);
    if (call_is_busy(result))
        (void)call_refuse_busy(w->call);
    if (result != OST_OK)
        return;
    if (time && session.auth_time > 0)
        mapper_put_text(w, text_of(call_format(w->call, "%" PRId64, session.auth_time)));
    else if (!time && session_note(session.notes, note, w->call->arena, &text))
        mapper_put_text(w, text);
}

/* Notes of a client's own account tell who asked, as long as its token is made; those of a user's
 * session, when, and by whom they have come. */
void map_session_note(mapper_work *w)
{
    ost_text note = mapper_setting(w, "user.session.note");
    const grant *g = w->grant;
    if (g->session_id != NULL)
        map_login_note(w, note);
    else if (w->kind == TOKEN_USERINFO)
        return;
    else if (text_is(note, "client_id") || text_is(note, "clientId"))
        mapper_put_text(w, text_of(g->client->client_id));
    else if (text_is(note, "clientHost") || text_is(note, "clientAddress"))
        mapper_put_text(w, w->call->request->peer);
}

void map_hardcoded_claim(mapper_work *w)
{
    mapper_put_text(w, mapper_setting(w, "claim.value"));
}
