/* SPDX-License-Identifier: Apache-2.0 */
/* Consents; see consent.h. */
#include "provider/session/consent.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/text.h"
#include "provider/realm/consent_row.h"
#include "store/user/store_consent.h"

/* Keycloak's own scopes say what they are by keys of its messages. */
ost_text consent_words(const char *text)
{
    static const struct {
        const char *key, *words;
    } messages[] = {
        {"${profileScopeConsentText}", "User profile"},
        {"${emailScopeConsentText}", "Email address"},
        {"${addressScopeConsentText}", "Address"},
        {"${phoneScopeConsentText}", "Phone number"},
        {"${offlineAccessScopeConsentText}", "Offline Access"},
        {"${samlRoleListScopeConsentText}", "My Roles"},
        {"${rolesScopeConsentText}", "User roles"},
        {"${organizationScopeConsentText}", "Organization"},
    };
    for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
        if (text_is(text_of(text), messages[i].key))
            return text_of(messages[i].words);
    }
    return text_of(text);
}

static void add(consent_list *list, ost_text granted, ost_text name, const char *text,
                int64_t order)
{
    if (list->count < ARRAY_LEN(list->items) && !text_list_has(granted, name))
        list->items[list->count++] = (consent_item){name, text_of(text), order};
}

/* qsort keeps no order of equals, so the place before counts too. */
static int by_order(const void *a, const void *b)
{
    const consent_item *one = a, *other = b;
    if (one->order != other->order)
        return one->order < other->order ? -1 : 1;
    return text_compare(one->name, other->name);
}

static ost_result load_granted(call *c, ost_text user_id, ost_text *ret_granted)
{
    store_consent consent;
    ost_result result = store_consent_get(c->provider->store, text_of(c->realm->name), user_id,
                                          consent_key(c->client), c->arena, &consent);
    if (result == OST_OK)
        *ret_granted = consent.scopes;
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

static void list_all(const call *c, const realm_scope *const *scopes, ost_text granted,
                     consent_list *ret_list)
{
    ret_list->count = 0;
    for (size_t i = 0; scopes != NULL && scopes[i] != NULL; i++) {
        if (scopes[i]->on_consent_screen)
            add(ret_list, granted, text_of(scopes[i]->name), scopes[i]->consent_text,
                scopes[i]->gui_order);
    }
    if (c->client->on_consent_screen)
        add(ret_list, granted, consent_key(c->client), c->client->consent_text, -1);
    if (ret_list->count > 0)
        qsort(ret_list->items, ret_list->count, sizeof ret_list->items[0], by_order);
}

void consent_all(const call *c, const realm_scope *const *scopes, consent_list *ret_list)
{
    list_all(c, scopes, (ost_text){0}, ret_list);
}

ost_result consent_missing(call *c, ost_text user_id, const realm_scope *const *scopes, bool all,
                           consent_list *ret_missing)
{
    ost_text granted = {0};
    ret_missing->count = 0;
    if (!c->client->consent_required)
        return OST_OK;
    ost_result result = all ? OST_OK : load_granted(c, user_id, &granted);
    if (result == OST_OK)
        list_all(c, scopes, granted, ret_missing);
    return result;
}

static ost_text join(call *c, const consent_list *list, const ost_text *among)
{
    buffer_auto buffer b = {0};
    buffer_init(&b, CONSENT_MAX);
    for (size_t i = 0; i < list->count; i++) {
        if (among != NULL && !text_list_has(*among, list->items[i].name))
            continue;
        if (b.len > 0)
            buffer_append_byte(&b, ' ');
        buffer_append(&b, list->items[i].name);
    }
    char *copy = b.failed == OST_OK ? ost_arena_copy(c->arena, buffer_text(&b)) : NULL;
    return (ost_text){copy, copy != NULL ? b.len : 0};
}

ost_text consent_names(call *c, const consent_list *list)
{
    return join(c, list, NULL);
}

ost_result consent_grant(call *c, ost_text user_id, const consent_list *list, ost_text names)
{
    const store_consent consent = {
        .realm = text_of(c->realm->name),
        .user_id = user_id,
        .client = consent_key(c->client),
        .scopes = join(c, list, &names),
        .created = c->now * 1000,
        .updated = c->now * 1000,
    };
    if (consent.scopes.data == NULL)
        return OST_E_MEMORY;
    return store_consent_grant(c->provider->store, &consent, c->arena);
}

bool consent_holds(call *c, ost_text user_id, const realm_scope *const *scopes)
{
    consent_list missing;
    if (consent_missing(c, user_id, scopes, false, &missing) != OST_OK)
        return call_refuse_busy(c);
    return missing.count == 0 ||
           call_refuse(c, 400, "invalid_scope", "Client no longer has requested consent from user");
}
