/* SPDX-License-Identifier: Apache-2.0 */
/* Consents as rows; see consent_row.h. */
#include "provider/realm/consent_row.h"

#include <string.h>

#include "base/buffer.h"
#include "base/json/json_list.h"
#include "base/text.h"
#include "provider/realm/realm_defaults.h"

ost_text consent_key(const realm_client *client)
{
    return text_of(client->id != NULL ? client->id : client->client_id);
}

static bool is_address(ost_text client_id)
{
    return text_starts(client_id, "https://");
}

ost_text consent_key_of(const realm *r, ost_text client_id)
{
    const realm_client *client = realm_find_client(r, client_id);
    if (client != NULL)
        return consent_key(client);
    return is_address(client_id) ? client_id : (ost_text){0};
}

ost_text consent_client_id(const realm *r, ost_text key)
{
    const realm_client *client = realm_find_client_by_uuid(r, key);
    if (client == NULL)
        client = realm_find_client(r, key);
    if (client != NULL)
        return text_of(client->client_id);
    return is_address(key) ? key : (ost_text){0};
}

/* Before Keycloak 4 offline access was granted as a role. */
static bool grants_offline(const realm *r, const ost_json *consent, ost_text client_id)
{
    const realm_client *client = realm_find_client(r, client_id);
    const realm_scope *const *at = client != NULL ? client->optional_scopes : NULL;
    if (!json_list_has(ost_json_get(consent, "grantedRealmRoles"), OST_TEXT(OFFLINE_ACCESS)) ||
        json_list_has(ost_json_get(consent, "grantedClientScopes"), OST_TEXT(OFFLINE_ACCESS)))
        return false;
    while (at != NULL && *at != NULL && strcmp((*at)->name, OFFLINE_ACCESS) != 0)
        at++;
    return at != NULL && *at != NULL;
}

static ost_result read_scopes(const realm *r, const ost_json *consent, ost_text client_id,
                              ost_text key, ost_arena *arena, ost_text *ret_scopes,
                              ost_error *error)
{
    const ost_json *list = ost_json_get(consent, "grantedClientScopes");
    buffer_auto buffer b = {0};
    size_t n = 0;
    buffer_init(&b, CONSENT_MAX);
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at), n++) {
        ost_text name;
        if (!ost_json_text(at, &name) ||
            (!text_equal(name, client_id) && realm_find_scope(r, name) == NULL))
            return ost_error_set(error, OST_E_FORMAT,
                                 "grantedClientScopes[%zu]: no such client scope", n);
        if (b.len > 0)
            buffer_append_byte(&b, ' ');
        buffer_append(&b, text_equal(name, client_id) ? key : name);
    }
    if (grants_offline(r, consent, client_id))
        buffer_append(&b, text_of(b.len > 0 ? " " OFFLINE_ACCESS : OFFLINE_ACCESS));
    char *copy = b.failed == OST_OK ? ost_arena_copy(arena, buffer_text(&b)) : NULL;
    if (copy == NULL)
        return b.failed != OST_OK ? b.failed : OST_E_MEMORY;
    *ret_scopes = (ost_text){copy, b.len};
    return OST_OK;
}

static int64_t date_of(const ost_json *consent, const char *member, int64_t fallback)
{
    int64_t date;
    return ost_json_integer(ost_json_get(consent, member), &date) && date >= 0 ? date : fallback;
}

static ost_result read_row(const realm *r, const ost_json *consent, int64_t now, ost_arena *arena,
                           store_consent *ret_row, ost_error *error)
{
    ost_text client_id = {0};
    if (!ost_json_text(ost_json_get(consent, "clientId"), &client_id))
        return ost_error_set(error, OST_E_FORMAT, "clientId: not a string");
    store_consent row = {.client = consent_key_of(r, client_id)};
    if (row.client.len == 0)
        return ost_error_set(error, OST_E_FORMAT, "clientId: no client %.*s", (int)client_id.len,
                             client_id.data);
    row.created = date_of(consent, "createdDate", now);
    row.updated = date_of(consent, "lastUpdatedDate", row.created);
    ost_result result = read_scopes(r, consent, client_id, row.client, arena, &row.scopes, error);
    if (result == OST_OK)
        *ret_row = row;
    return result;
}

ost_result consent_rows_read(const realm *r, const ost_json *user, int64_t now, ost_arena *arena,
                             store_consent **ret_rows, size_t *ret_count, ost_error *error)
{
    const ost_json *list = ost_json_get(user, "clientConsents");
    store_consent *rows = ost_arena_alloc(arena, (ost_json_count(list) + 1) * sizeof *rows);
    size_t count = 0;
    ost_error inner = {0};
    if (rows == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        ost_result result = read_row(r, at, now, arena, &rows[count], &inner);
        if (result != OST_OK)
            return ost_error_set(error, result, "clientConsents[%zu].%s", count, inner.detail);
        count++;
    }
    *ret_rows = rows;
    *ret_count = count;
    return OST_OK;
}

void consent_row_write(ost_text client_id, const store_consent *row, ost_json_writer *w)
{
    ost_text rest = row->scopes, name;
    ost_json_member_text(w, "clientId", client_id);
    ost_json_put_name(w, OST_TEXT("grantedClientScopes"));
    ost_json_open_array(w);
    while (text_next(&rest, ' ', &name))
        ost_json_put_text(w, text_equal(name, row->client) ? client_id : name);
    ost_json_close_array(w);
    ost_json_member_integer(w, "createdDate", row->created);
    ost_json_member_integer(w, "lastUpdatedDate", row->updated);
}
