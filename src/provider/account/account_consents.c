/* SPDX-License-Identifier: Apache-2.0 */
/* What a user has granted to one application, in the account REST API. */
#include "base/buffer.h"
#include "base/text.h"
#include "provider/account/account_application.h"
#include "provider/admin/admin_part.h"
#include "provider/realm/consent_row.h"
#include "store/user/store_consent.h"

/* The key of the client of the path; empty: there is none, and the call is refused. */
static ost_text find_client(account_call *a)
{
    ost_text key = consent_key_of(a->call->realm, a->value);
    if (key.len > 0)
        return key;
    const char *why = ost_arena_format(a->call->arena, "No client with clientId: %.*s found.",
                                       OST_FORMAT(a->value));
    account_refuse(a, 404, "errorMessage", why != NULL ? why : "No such client");
    return key;
}

static ost_result answer_consent(account_call *a, ost_text key, const store_consent *row)
{
    ost_json_writer *w = ost_json_writer_new(a->call->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    account_put_consent_members(a, key, row, w);
    return account_answer(a, w);
}

static ost_result load(account_call *a, ost_text key, store_consent *ret_row)
{
    return store_consent_get(a->call->provider->store, text_of(a->call->realm->name), a->user.id,
                             key, a->call->arena, ret_row);
}

ost_result account_read_consent(account_call *a)
{
    store_consent row;
    ost_text key = find_client(a);
    if (key.len == 0)
        return OST_OK;
    ost_result result = load(a, key, &row);
    if (result == OST_E_NOT_FOUND)
        return account_done(a);
    return result == OST_OK ? answer_consent(a, key, &row) : result;
}

/* ---- granting ---- */

static bool has_scope(const realm_scope *const *scopes, ost_text id, ost_text *ret_name)
{
    for (size_t i = 0; scopes != NULL && scopes[i] != NULL; i++) {
        if (!text_equal(part_text(scopes[i]->document, "id"), id))
            continue;
        *ret_name = text_of(scopes[i]->name);
        return true;
    }
    return false;
}

/* The id is one of the client's scopes, or the client's own. */
static bool find_scope(const realm_client *client, ost_text id, ost_text *ret_name)
{
    if (id.len > 0 && text_is(id, client->id)) {
        *ret_name = id;
        return true;
    }
    return id.len > 0 && (has_scope(client->default_scopes, id, ret_name) ||
                          has_scope(client->optional_scopes, id, ret_name));
}

/* The names of the scopes that the body lists; NULL data: the call is refused. */
static ost_text read_scopes(account_call *a, const realm_client *client)
{
    const ost_json *list = ost_json_get(a->body, "grantedScopes");
    buffer_auto buffer b = {0};
    ost_text name;
    if (!ost_json_is(list, OST_JSON_ARRAY)) {
        account_refuse(a, 400, "error", "unknown_error");
        return (ost_text){0};
    }
    buffer_init(&b, CONSENT_MAX);
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (!find_scope(client, part_text(at, "id"), &name)) {
            account_refuse(a, 400, "errorMessage", "Scope does not exist for the client.");
            return (ost_text){0};
        }
        if (text_list_has(buffer_text(&b), name))
            continue;
        if (b.len > 0)
            buffer_append_byte(&b, ' ');
        buffer_append(&b, name);
    }
    char *copy = b.failed == OST_OK ? ost_arena_copy(a->call->arena, buffer_text(&b)) : NULL;
    if (copy == NULL)
        account_refuse(a, 503, "error", "temporarily_unavailable");
    return (ost_text){copy, copy != NULL ? b.len : 0};
}

/* An application that needs consent itself would grant to itself, or to its kind, what its users
 * have not been asked for. */
static bool may_grant(const account_call *a)
{
    return !a->call->client->consent_required;
}

ost_result account_put_consent(account_call *a)
{
    store_consent row;
    ost_text key = find_client(a);
    const realm_client *client = realm_find_client(a->call->realm, a->value);
    if (key.len == 0)
        return OST_OK;
    if (client == NULL || !may_grant(a)) /* of one that is not registered no scopes are known */
        return account_refuse(a, 403, "error", "unknown_error");
    ost_text scopes = read_scopes(a, client);
    if (scopes.data == NULL)
        return OST_OK;
    ost_result result = load(a, key, &row);
    if (result != OST_OK && result != OST_E_NOT_FOUND)
        return result;
    bool new = result == OST_E_NOT_FOUND;
    int64_t now = a->call->now * 1000;
    row = (store_consent){.realm = text_of(a->call->realm->name),
                          .user_id = a->user.id,
                          .client = key,
                          .scopes = scopes,
                          .created = new ? now : row.created,
                          .updated = now};
    result = store_consent_put(a->call->provider->store, &row);
    if (result != OST_OK)
        return result;
    account_tell(a, new ? EVENT_GRANT_CONSENT : EVENT_UPDATE_CONSENT);
    return answer_consent(a, key, &row);
}

/* ---- taking back ---- */

/* The application has nothing of the user any more, consent or not. */
ost_result account_revoke_consent(account_call *a)
{
    ost_text realm_name = text_of(a->call->realm->name), key = find_client(a);
    if (key.len == 0)
        return OST_OK;
    ost_result result =
        store_consent_revoke(a->call->provider->store, realm_name, a->user.id, key, a->value);
    if (result == OST_E_NOT_FOUND)
        result = store_client_end(a->call->provider->store, realm_name, a->user.id, a->value);
    if (result != OST_OK)
        return result;
    logout_bell_ring(&a->call->provider->logouts_bell);
    account_tell(a, EVENT_REVOKE_GRANT);
    return account_done(a);
}
