/* SPDX-License-Identifier: Apache-2.0 */
/* What the token endpoint says beside the tokens; see grant.h. */
#include <string.h>

#include "base/text.h"
#include "provider/detail/authorization_details.h"
#include "provider/token/grant.h"

static const char *bearer_word(const realm_client *client)
{
    return client->lower_case_bearer ? "bearer" : "Bearer";
}

/* An ID token that was exchanged for stands where access tokens do, and is none (RFC 8693 §2.2.1).
 */
static const char *token_type_of(const call *c, const grant *g)
{
    if (g->issued_token_type != NULL && strcmp(g->issued_token_type, TOKEN_TYPE_ID) == 0)
        return "N_A";
    return mint_access_key(c).len > 0 ? "DPoP" : bearer_word(g->client);
}

bool mint_answer(call *c, const grant *g, const minted *m)
{
    c->event.user = g->user_id;
    c->event.session = text_of(g->session_id);
    const char *login = g->login_session_id != NULL ? g->login_session_id : g->session_id;
    const ost_json *details;
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return false;
    ost_json_open_object(w);
    ost_json_member_text(w, "access_token", m->access_token);
    ost_json_member_integer(w, "expires_in", m->expires_in);
    ost_json_member_integer(w, "refresh_expires_in", m->refresh_expires_in);
    if (m->refresh_token.len > 0)
        ost_json_member_text(w, "refresh_token", m->refresh_token);
    ost_json_member_string(w, "token_type", token_type_of(c, g));
    if (g->issued_token_type != NULL)
        ost_json_member_string(w, "issued_token_type", g->issued_token_type);
    if (m->id_token.len > 0)
        ost_json_member_text(w, "id_token", m->id_token);
    ost_json_member_integer(w, "not-before-policy", c->realm->not_before);
    if (g->session_id != NULL)
        ost_json_member_string(w, "session_state", login);
    ost_json_member_text(w, "scope", g->scope);
    if (g->details.len > 0 && ost_json_read(g->details, NULL, c->arena, &details, NULL) == OST_OK)
        ost_json_member_value(w, DETAILS, details); /* RFC 9396 §7 */
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &c->answer) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    return true;
}
