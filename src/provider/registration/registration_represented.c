/* SPDX-License-Identifier: Apache-2.0 */
/* Clients that register by Keycloak's own representation; see registration.h. */
#include <string.h>

#include "base/text.h"
#include "provider/policy/policy_case.h"
#include "provider/realm/uuid.h"
#include "provider/registration/registration.h"
#include "provider/registration/representation.h"
#include "provider/session/registration_token.h"

/* The answer is made of what is stored now. */
static bool answer_stored(call *c, ost_text id, ost_text token)
{
    const realm_entry *entry = provider_realm(c->provider, text_of(c->realm->name), c->arena);
    const realm_client *client = entry != NULL ? realm_find_client_by_uuid(entry->realm, id) : NULL;
    return client != NULL ? representation_answer(c, client, token) : call_refuse_busy(c);
}

static bool make_token(call *c, registration_draft *d, ost_text *ret_token)
{
    d->token_id = uuid_text(c->provider->context, c->arena);
    return d->token_id.data != NULL ? registration_token_make(c, d->token_id, ret_token)
                                    : call_refuse(c, 500, "server_error", NULL);
}

bool registration_create_represented(call *c, const ost_json *representation, const registrant *by)
{
    registration_draft d = {.representation = representation,
                            .by = by,
                            .anonymous = strcmp(by->how, BY_ANYBODY) == 0,
                            .id = uuid_text(c->provider->context, c->arena)};
    const client_metadata nothing = {0};
    ost_text token;
    if (d.id.data == NULL)
        return call_refuse(c, 500, "server_error", NULL);
    if (client_updater_read(c, c->realm, by->how, by->user, &d.updater) != OST_OK)
        return call_refuse_busy(c);
    /* By whose hosts: the addresses are looked at with the rest (representation.h). */
    if (d.anonymous && !registration_policy_check(c, &nothing, true, &d.policy))
        return false;
    return make_token(c, &d, &token) && registration_draft_store(c, &d) && c->error.status == 0 &&
           answer_stored(c, d.id, token);
}

bool registration_read_represented(call *c, ost_text token, const registrant *by)
{
    return representation_answer(c, c->client, by->user.len > 0 ? (ost_text){0} : token);
}

bool registration_update_represented(call *c, const ost_json *representation, ost_text presented,
                                     const registrant *by)
{
    bool own = by->user.len == 0; /* the client's own token */
    registration_draft d = {
        .representation = representation,
        .by = by,
        .anonymous =
            own && !ost_json_equals(ost_json_get(c->client->attributes, REGISTRATION_ANONYMOUS),
                                    OST_TEXT("false"))};
    ost_text token = {0}, id = text_of(c->client->id);
    if (client_updater_read(c, c->realm, by->how, by->user, &d.updater) != OST_OK)
        return call_refuse_busy(c);
    return (!own || make_token(c, &d, &token)) && registration_draft_store(c, &d) &&
           c->error.status == 0 && answer_stored(c, id, d.keeps_token ? presented : token);
}
