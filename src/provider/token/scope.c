/* SPDX-License-Identifier: Apache-2.0 */
/* Scopes of a grant; see grant.h. */
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "provider/realm/realm_defaults.h"
#include "provider/session/consent.h"
#include "provider/token/grant.h"

#define MAX_SCOPES 128
#define MAX_SCOPE_TEXT 4096

static const realm_scope *scope_find(const realm_scope *const *list, ost_text name)
{
    for (size_t i = 0; list != NULL && list[i] != NULL; i++) {
        if (text_is(name, list[i]->name))
            return list[i];
    }
    return NULL;
}

static bool refuse_scope(call *c, ost_text requested)
{
    return call_refuse(c, 400, "invalid_scope",
                       call_format(c, "Invalid scopes: %.*s", (int)requested.len, requested.data));
}

static bool is_offered(const realm_client *client, ost_text name)
{
    return scope_find(client->optional_scopes, name) != NULL ||
           scope_find(client->default_scopes, name) != NULL;
}

static bool add_requested(call *c, ost_text requested, grant *g, const realm_scope **chosen,
                          size_t *count)
{
    ost_text rest = requested, word;
    while (text_next(&rest, ' ', &word)) {
        const realm_scope *optional = scope_find(g->client->optional_scopes, word);
        if (word.len == 0)
            continue;
        if (text_is(word, "openid"))
            g->openid = true;
        else if (text_is(word, OFFLINE_ACCESS) && is_offered(g->client, word) && !g->may_be_offline)
            continue;
        else if (optional != NULL && *count < MAX_SCOPES && scope_find(chosen, word) == NULL)
            chosen[(*count)++] = optional;
        else if (optional == NULL && scope_find(g->client->default_scopes, word) == NULL)
            return refuse_scope(c, requested);
    }
    return true;
}

/* The names of what was granted; `all`: of the optional ones also those that tokens do not show. */
static bool write_scope(call *c, const grant *g, bool all, ost_text *ret_scope)
{
    buffer_auto buffer b = {0};
    buffer_init(&b, MAX_SCOPE_TEXT);
    if (g->openid)
        buffer_append_string(&b, "openid");
    for (size_t i = 0; g->scopes[i] != NULL; i++) {
        ost_text name = text_of(g->scopes[i]->name);
        if (!g->scopes[i]->in_token_scope && !(all && scope_find(g->client->optional_scopes, name)))
            continue;
        if (b.len > 0)
            buffer_append_byte(&b, ' ');
        buffer_append(&b, name);
    }
    return call_keep(c, &b, ret_scope);
}

static bool is_for_tokens(const realm_scope *scope)
{
    const ost_json *protocol = ost_json_get(scope->document, "protocol");
    return protocol == NULL || ost_json_equals(protocol, OST_TEXT("openid-connect"));
}

bool grant_choose_scopes(call *c, ost_text requested, grant *g)
{
    const realm_scope **chosen = ost_arena_alloc(c->arena, (MAX_SCOPES + 1) * sizeof *chosen);
    size_t count = 0;
    if (chosen == NULL)
        return call_refuse(c, 500, "server_error", NULL);
    for (size_t i = 0; g->client->default_scopes[i] != NULL && count < MAX_SCOPES; i++) {
        /* role_list is of another protocol */
        if (is_for_tokens(g->client->default_scopes[i]) &&
            (g->may_be_offline || strcmp(g->client->default_scopes[i]->name, OFFLINE_ACCESS) != 0))
            chosen[count++] = g->client->default_scopes[i];
    }
    if (!add_requested(c, requested, g, chosen, &count))
        return false;
    g->scopes = chosen;
    g->offline = g->client->refresh_tokens && scope_find(chosen, OST_TEXT(OFFLINE_ACCESS)) != NULL;
    return write_scope(c, g, false, &g->scope) && write_scope(c, g, true, &g->lasting_scope);
}

bool grant_narrow_scopes(call *c, ost_text lasting, ost_text requested, grant *g)
{
    buffer_auto buffer both = {0};
    grant whole = {.client = g->client, .may_be_offline = g->may_be_offline};
    ost_text rest = requested, word, kept;
    if (!grant_choose_scopes(c, requested, g) || !grant_choose_scopes(c, lasting, &whole))
        return false;
    buffer_init(&both, MAX_SCOPE_TEXT);
    while (text_next(&rest, ' ', &word)) {
        if (!text_list_has(lasting, word))
            continue;
        buffer_append(&both, word);
        buffer_append_byte(&both, ' ');
    }
    if (!call_keep(c, &both, &kept))
        return false;
    g->openid = false;
    if (!grant_choose_scopes(c, requested.len > 0 ? kept : lasting, g))
        return false;
    g->lasting_scope = whole.lasting_scope;
    return true;
}

bool grant_offered(call *c, const realm_client *client, ost_text names, ost_text *ret_names)
{
    buffer_auto buffer offered = {0};
    ost_text word;
    buffer_init(&offered, MAX_SCOPE_TEXT);
    while (text_next(&names, ' ', &word)) {
        if (!text_is(word, "openid") && !is_offered(client, word))
            continue;
        buffer_append(&offered, word);
        buffer_append_byte(&offered, ' ');
    }
    return call_keep(c, &offered, ret_names);
}

bool grant_choose_within(call *c, ost_text allowed, ost_text requested, grant *g)
{
    const realm_scope **kept = ost_arena_alloc(c->arena, (MAX_SCOPES + 1) * sizeof *kept);
    size_t count = 0;
    ost_text rest = requested, word;
    if (kept == NULL)
        return call_refuse(c, 500, "server_error", NULL);
    while (text_next(&rest, ' ', &word)) {
        if (word.len > 0 && !text_list_has(allowed, word))
            return refuse_scope(c, requested);
    }
    if (!grant_choose_scopes(c, requested, g))
        return false;
    for (size_t i = 0; g->scopes[i] != NULL; i++) {
        if (!g->scopes[i]->in_token_scope || text_list_has(allowed, text_of(g->scopes[i]->name)))
            kept[count++] = g->scopes[i];
    }
    kept[count] = NULL;
    g->scopes = kept;
    g->offline = g->offline && scope_find(kept, OST_TEXT(OFFLINE_ACCESS)) != NULL;
    return write_scope(c, g, false, &g->scope) && write_scope(c, g, true, &g->lasting_scope);
}

/* Whoever has the role, and only with a client that sees it. */
bool grant_check_offline(call *c, const grant *g)
{
    if (!g->offline)
        return true;
    for (size_t i = 0; g->roles.realm_roles != NULL && g->roles.realm_roles[i] != NULL; i++) {
        if (strcmp(g->roles.realm_roles[i], OFFLINE_ACCESS) == 0)
            return true;
    }
    return call_refuse(c, 400, "not_allowed", "Offline tokens not allowed for the user or client");
}

bool grant_check_consent(call *c, const grant *g, const char *who)
{
    consent_list missing;
    /* Users are asked about details each time, and never before. */
    if (g->client->consent_required && g->details.len > 0)
        return call_refuse(c, 400, "invalid_authorization_details",
                           call_format(c, "Missing consents for %s %s", who, c->client->client_id));
    if (consent_missing(c, g->user_id, g->scopes, false, &missing) != OST_OK)
        return call_refuse_busy(c);
    return missing.count == 0 ||
           call_refuse(c, 400, "invalid_scope",
                       call_format(c, "Missing consents for %s %s", who, c->client->client_id));
}

/* Of names those that are not of scopes that were `asked` for and are not granted. */
static bool drop_ungranted(call *c, const grant *g, const realm_scope *const *asked,
                           ost_text *names)
{
    buffer_auto buffer kept = {0};
    ost_text rest = *names, word;
    buffer_init(&kept, MAX_SCOPE_TEXT);
    while (text_next(&rest, ' ', &word)) {
        if (word.len == 0 ||
            (scope_find(asked, word) != NULL && scope_find(g->scopes, word) == NULL))
            continue;
        if (kept.len > 0)
            buffer_append_byte(&kept, ' ');
        buffer_append(&kept, word);
    }
    return call_keep(c, &kept, names);
}

bool grant_set_roles(call *c, const realm_roles *roles, grant *g)
{
    const realm_scope *const *asked = g->scopes;
    if (realm_scopes_for_roles(c->realm, asked, roles, c->arena, &g->scopes) != OST_OK ||
        realm_roles_for_client(c->realm, g->client, g->scopes, roles, c->arena, &g->roles) !=
            OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    return g->scopes == asked || (drop_ungranted(c, g, asked, &g->scope) &&
                                  drop_ungranted(c, g, asked, &g->lasting_scope));
}

bool grant_set_user(call *c, const ost_json *user, ost_text user_id, grant *g)
{
    realm_roles all;
    g->user = user;
    g->user_id = user_id;
    if (realm_user_roles(c->realm, user, c->arena, &all) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    return grant_set_roles(c, &all, g);
}
