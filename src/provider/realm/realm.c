/* SPDX-License-Identifier: Apache-2.0 */
/* What is looked up in a realm's snapshot; realm_load.c makes it. */
#include "provider/realm/realm.h"

#include "base/array.h"
#include "base/text.h"

static const realm_client *find_in_order(const realm *r, ost_text client_id)
{
    size_t from = 0, upto = r->client_count;
    while (from < upto) {
        size_t middle = from + (upto - from) / 2;
        int order = text_compare(client_id, text_of(r->clients_by_id[middle]->client_id));
        if (order == 0)
            return r->clients_by_id[middle];
        if (order < 0)
            upto = middle;
        else
            from = middle + 1;
    }
    return NULL;
}

const realm_client *realm_find_client(const realm *r, ost_text client_id)
{
    if (r->clients_by_id != NULL)
        return find_in_order(r, client_id);
    for (size_t i = 0; i < r->client_count; i++) {
        if (text_is(client_id, r->clients[i]->client_id))
            return r->clients[i];
    }
    return NULL;
}

const realm_client *realm_find_client_by_uuid(const realm *r, ost_text id)
{
    for (size_t i = 0; i < r->client_count; i++) {
        if (r->clients[i]->id != NULL && text_is(id, r->clients[i]->id))
            return r->clients[i];
    }
    return NULL;
}

const realm_scope *realm_find_scope(const realm *r, ost_text name)
{
    for (size_t i = 0; i < r->scope_count; i++) {
        if (text_is(name, r->scopes[i].name))
            return &r->scopes[i];
    }
    return NULL;
}

int64_t realm_longest_token(const realm *r)
{
    int64_t longest = r->lifespans.access_token;
    const int64_t others[] = {r->lifespans.access_token_implicit, r->lifespans.sso_max,
                              r->lifespans.sso_max_remember};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        if (others[i] > longest)
            longest = others[i];
    }
    for (size_t i = 0; i < r->client_count; i++) { /* without a session nothing else bounds it */
        if (r->clients[i]->access_lifespan > longest)
            longest = r->clients[i]->access_lifespan;
    }
    return longest;
}
