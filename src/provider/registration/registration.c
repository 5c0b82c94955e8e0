/* SPDX-License-Identifier: Apache-2.0 */
/* What clients ask for that register themselves; see registration.h. */
#include "provider/registration/registration.h"

#include <string.h>

#include "base/json/json_list.h"
#include "base/text.h"
#include "provider/realm/uuid.h"
#include "provider/registration/registration_draft.h"
#include "provider/session/registration_token.h"

static bool check_scopes(call *c, const client_metadata *m)
{
    ost_text rest = m->scope, word;
    const ost_json *document = c->realm->document;
    while (text_next(&rest, ' ', &word)) {
        if (word.len > 0 && !text_is(word, "openid") &&
            !json_list_has(ost_json_get(document, "defaultDefaultClientScopes"), word) &&
            !json_list_has(ost_json_get(document, "defaultOptionalClientScopes"), word))
            return call_refuse(c, 403, "insufficient_scope",
                               "Policy 'Allowed Client Scopes' rejected request to "
                               "client-registration service. Details: Not permitted to use "
                               "specified clientScope");
    }
    return true;
}

static bool answer_client(call *c, const realm_client *client, ost_text token, bool is_new)
{
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return false;
    ost_json_open_object(w);
    client_metadata_write(c, client, w);
    if (is_new)
        ost_json_member_integer(w, "client_id_issued_at", c->now);
    ost_json_member_string(
        w, "registration_client_uri",
        call_format(c, "%s/clients-registrations/openid-connect/%s", c->issuer, client->client_id));
    if (token.len > 0)
        ost_json_member_text(w, "registration_access_token", token);
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &c->answer) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    return c->error.status == 0;
}

/* The answer is made of what is stored now. */
static bool answer_stored(call *c, ost_text client_id, ost_text token, bool is_new)
{
    const realm_entry *entry = provider_realm(c->provider, text_of(c->realm->name), c->arena);
    const realm_client *client = entry != NULL ? realm_find_client(entry->realm, client_id) : NULL;
    return client != NULL ? answer_client(c, client, token, is_new) : call_refuse_busy(c);
}

bool registration_create(call *c, const client_metadata *metadata, const registrant *by)
{
    registration_draft d = {.metadata = metadata,
                            .by = by,
                            .anonymous = strcmp(by->how, BY_ANYBODY) == 0,
                            .id = uuid_text(c->provider->context, c->arena),
                            .token_id = uuid_text(c->provider->context, c->arena)};
    ost_text token;
    if (d.id.data == NULL || d.token_id.data == NULL)
        return call_refuse(c, 500, "server_error", NULL);
    c->event.client = d.id;
    if (client_updater_read(c, c->realm, by->how, by->user, &d.updater) != OST_OK)
        return call_refuse_busy(c);
    if (d.anonymous && !registration_policy_check(c, metadata, true, &d.policy))
        return false;
    return check_scopes(c, metadata) && registration_token_make(c, d.token_id, &token) &&
           registration_draft_store(c, &d) && c->error.status == 0 &&
           answer_stored(c, d.id, token, true);
}

bool registration_read(call *c, ost_text token, const registrant *by)
{
    return answer_client(c, c->client, by->user.len > 0 ? (ost_text){0} : token, false);
}

static bool make_token(call *c, registration_draft *d, ost_text *ret_token)
{
    d->token_id = uuid_text(c->provider->context, c->arena);
    return d->token_id.data != NULL ? registration_token_make(c, d->token_id, ret_token)
                                    : call_refuse(c, 500, "server_error", NULL);
}

bool registration_update(call *c, const client_metadata *metadata, ost_text presented,
                         const registrant *by)
{
    bool own = by->user.len == 0; /* the client's own token */
    bool anonymous =
        own && !ost_json_equals(ost_json_get(c->client->attributes, REGISTRATION_ANONYMOUS),
                                OST_TEXT("false"));
    registration_draft d = {.metadata = metadata, .by = by, .anonymous = anonymous};
    ost_text token = {0}, client_id = text_of(c->client->client_id);
    if (client_updater_read(c, c->realm, by->how, by->user, &d.updater) != OST_OK)
        return call_refuse_busy(c);
    if (anonymous && !registration_policy_check(c, metadata, false, &d.policy))
        return false;
    return check_scopes(c, metadata) && (!own || make_token(c, &d, &token)) &&
           registration_draft_store(c, &d) && c->error.status == 0 &&
           answer_stored(c, client_id, d.keeps_token ? presented : token, false);
}

bool registration_delete(call *c)
{
    return registration_draft_store(c, NULL) && c->error.status == 0;
}
