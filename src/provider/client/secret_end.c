/* SPDX-License-Identifier: Apache-2.0 */
/* Ends of secrets in a realm's document; see secret_end.h. */
#include "provider/client/secret_end.h"

#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/admin/served_realm.h"
#include "provider/proof/attribute.h"
#include "provider/proof/secret_rule.h"
#include "store/store_try.h"

#define MAX_REALM ((size_t)512 << 20) /* of memory, while a realm is changed */

/* The same client, if its secret has no end. */
static const realm_client *find_endless(const realm *r, const char *id)
{
    const realm_client *client = realm_find_client_by_uuid(r, text_of(id));
    return client != NULL && attribute_text(client->document, SECRET_ENDS).len == 0 ? client : NULL;
}

static ost_result change(realm_admin *admin, const char *id, int64_t end, ost_arena *arena)
{
    const realm_client *client = find_endless(admin->realm, id);
    const char *seconds = ost_arena_format(arena, "%lld", (long long)end);
    const ost_json *document, *attributes;
    if (client == NULL)
        return OST_OK;
    ost_result result = seconds == NULL
                            ? OST_E_MEMORY
                            : document_put_text(ost_json_get(client->document, "attributes"),
                                                SECRET_ENDS, text_of(seconds), arena, &attributes);
    if (result == OST_OK)
        result =
            document_put(client->document, OST_TEXT("attributes"), attributes, arena, &document);
    return result == OST_OK ? realm_admin_store_client(admin, client, document, NULL) : result;
}

static ost_result attempt(call *c)
{
    realm_admin admin;
    ost_arena *arena = ost_arena_new(MAX_REALM);
    ost_result result =
        arena == NULL ? OST_E_MEMORY
                      : served_realm_open(c->provider, text_of(c->realm->name), arena, &admin);
    if (result == OST_OK) {
        result = change(&admin, c->client->id, c->secret_ends, arena);
        served_realm_close(c->provider, &admin);
    }
    ost_arena_free(arena);
    return result;
}

/* Of many requests at once the first one changes the realm, and the others see that. */
static bool is_due(const call *c)
{
    const realm_entry *entry =
        c->secret_ends != 0 ? provider_realm(c->provider, text_of(c->realm->name), c->arena) : NULL;
    return entry != NULL && find_endless(entry->realm, c->client->id) != NULL;
}

void secret_end_store(call *c)
{
    ost_result result = OST_OK;
    unsigned tried = 0;
    if (!is_due(c))
        return;
    pthread_mutex_lock(&c->provider->change_lock);
    if (is_due(c)) {
        do
            result = attempt(c);
        while (store_try_again(result, &tried));
    }
    pthread_mutex_unlock(&c->provider->change_lock);
    if (result == OST_OK)
        provider_publish(c->provider);
}
