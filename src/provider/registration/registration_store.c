/* SPDX-License-Identifier: Apache-2.0 */
/* Storing a registered client in its realm's document. */
#include <string.h>

#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/admin/served_realm.h"
#include "provider/client_admin/client_life.h"
#include "provider/registration/registration_draft.h"
#include "provider/registration/representation.h"
#include "provider/session/registration_token.h"
#include "store/store_try.h"

#define MAX_REALM ((size_t)512 << 20) /* of memory, while a realm is changed */

/* The client of the realm that was opened, if it is still the one that was meant. */
static const realm_client *find_again(call *c, const realm_admin *admin)
{
    const realm_client *client = realm_find_client(admin->realm, text_of(c->client->client_id));
    ost_text then = {0}, now = {0};
    if (client == NULL || strcmp(client->id, c->client->id) != 0)
        return NULL;
    (void)!ost_json_text(ost_json_get(client->attributes, REGISTRATION_TOKEN_ID), &now);
    (void)!ost_json_text(ost_json_get(c->client->attributes, REGISTRATION_TOKEN_ID), &then);
    return text_equal(then, now) ? client : NULL;
}

static bool refuse_token(call *c)
{
    return call_refuse(c, 401, "invalid_token",
                       "Not authorized to update client. Maybe missing token or bad token type.");
}

static ost_result keep_token_id(call *c, const realm_client *existing, const ost_json **document)
{
    const ost_json *attributes;
    ost_result result = document_put(
        ost_json_get(*document, "attributes"), OST_TEXT(REGISTRATION_TOKEN_ID),
        ost_json_get(existing->attributes, REGISTRATION_TOKEN_ID), c->arena, &attributes);
    return result == OST_OK
               ? document_put(*document, OST_TEXT("attributes"), attributes, c->arena, document)
               : result;
}

/* As the realm's client policies have it. */
static ost_result settle(call *c, registration_draft *d, const realm *r,
                         const realm_client *existing, const ost_json **document)
{
    const policy_refusal *refusal;
    unsigned effects;
    ost_result result =
        client_proposal_settle(r, existing, &d->updater, c->arena, document, &effects, &refusal);
    if (result == OST_OK && refusal != NULL) {
        call_refuse(c, refusal->status, refusal->error, refusal->description);
        return OST_E_STATE;
    }
    d->keeps_token = existing != NULL && (effects & POLICY_KEEPS_REGISTRATION) != 0;
    return result == OST_OK && d->keeps_token ? keep_token_id(c, existing, document) : result;
}

static bool make_document(call *c, registration_draft *d, const realm_admin *admin,
                          const realm_client *client, const ost_json **ret_document)
{
    d->defaults = admin->realm->document;
    d->existing = client != NULL ? client->document : NULL;
    return d->representation != NULL
               ? representation_document(c, d, admin->realm, client, ret_document)
               : registration_draft_document(c, d, ret_document);
}

static ost_result end_client(call *c, realm_admin *admin, const realm_client *client)
{
    if (!client_is_of_realm(admin, client))
        return client_end(admin, client, NULL);
    call_refuse(c, 400, "invalid_request", "Could not delete client");
    return OST_E_STATE;
}

/* One attempt: `d` NULL ends the client. */
static ost_result change_once(call *c, registration_draft *d, realm_admin *admin)
{
    const ost_json *document = NULL;
    const realm_client *client = c->client != NULL ? find_again(c, admin) : NULL;
    if (c->client != NULL && client == NULL) {
        refuse_token(c);
        return OST_E_STATE;
    }
    if (d != NULL) {
        if (!make_document(c, d, admin, client, &document))
            return OST_E_STATE;
        ost_result result = settle(c, d, admin->realm, client, &document);
        if (result != OST_OK)
            return result;
    }
    if (d == NULL)
        return end_client(c, admin, client);
    if (d->representation != NULL)
        return representation_store(c, admin, client, document);
    return client != NULL ? realm_admin_store_client(admin, client, document, NULL)
                          : realm_admin_add_client(admin, document, NULL);
}

static ost_result attempt_change(call *c, registration_draft *d)
{
    realm_admin admin;
    ost_arena *arena = ost_arena_new(MAX_REALM);
    ost_result result =
        arena == NULL ? OST_E_MEMORY
                      : served_realm_open(c->provider, text_of(c->realm->name), arena, &admin);
    if (result == OST_OK) {
        result = change_once(c, d, &admin);
        served_realm_close(c->provider, &admin);
    }
    ost_arena_free(arena);
    return result;
}

/* One after the other: each change writes the realm's whole document. */
bool registration_draft_store(call *c, registration_draft *d)
{
    ost_result result;
    unsigned tried = 0;
    pthread_mutex_lock(&c->provider->change_lock);
    do
        result = attempt_change(c, d);
    while (store_try_again(result, &tried));
    pthread_mutex_unlock(&c->provider->change_lock);
    if (result == OST_OK)
        provider_publish(c->provider);
    return result == OST_OK || c->error.status != 0 || call_refuse_busy(c);
}
