/* SPDX-License-Identifier: Apache-2.0 */
/* The client scopes of a realm, and what clients have in common with them: mappers, and words for
 * the page that asks for consent. */
#include "base/text.h"
#include "provider/proof/attribute.h"
#include "provider/realm/realm_load.h"

/* It puts nothing into tokens, whatever its type, as in Keycloak. */
static bool is_of_others(const ost_json *mapper)
{
    ost_text protocol;
    return ost_json_text(ost_json_get(mapper, "protocol"), &protocol) && protocol.len > 0 &&
           !text_is(protocol, "openid-connect");
}

void realm_mappers_load(realm_loader *l, const ost_json *owner, const realm_mapper **ret_mappers,
                        size_t *ret_count)
{
    const ost_json *list = loader_array(l, owner, "protocolMappers");
    realm_mapper *mappers = loader_alloc(l, ost_json_count(list) * sizeof *mappers);
    size_t count = 0;
    for (const ost_json *at = ost_json_first(list); at != NULL && !loader_failed(l);
         at = ost_json_next(at)) {
        realm_mapper *m = &mappers[count];
        loader_enter(l, "protocolMappers", count);
        m->name = loader_string(l, at, "name");
        m->type = loader_string(l, at, "protocolMapper");
        m->config = ost_json_get(at, "config");
        if (m->type == NULL)
            loader_fail(l, "protocolMapper", "the mapper's type is missing");
        else
            m->known = is_of_others(at) ? MAPPER_UNKNOWN : mapper_type_of(m->type);
        count++;
        loader_leave(l);
    }
    *ret_mappers = mappers;
    *ret_count = count;
}

const char *realm_consent_text_load(realm_loader *l, const ost_json *attributes, const char *name)
{
    ost_text text;
    return ost_json_text(ost_json_get(attributes, "consent.screen.text"), &text) &&
                   text_trim(text).len > 0
               ? loader_copy(l, text)
               : name;
}

static void load_consent(realm_loader *l, realm_scope *s)
{
    const ost_json *attributes = ost_json_get(s->document, "attributes");
    const ost_json *shown = ost_json_get(attributes, "display.on.consent.screen");
    ost_text order, flag;
    uint64_t number;
    s->on_consent_screen = !ost_json_text(shown, &flag) || text_says_true(flag);
    s->consent_text = realm_consent_text_load(l, attributes, s->name);
    s->gui_order = ost_json_text(ost_json_get(attributes, "gui.order"), &order) &&
                           text_to_unsigned(order, INT32_MAX, &number)
                       ? (int64_t)number
                       : INT64_MAX;
}

static void mark_for_roles(const ost_json *mappings, const realm *r, realm_scope *scopes)
{
    ost_text name;
    for (const ost_json *at = ost_json_first(mappings); at != NULL; at = ost_json_next(at)) {
        const realm_scope *scope = ost_json_first(ost_json_get(at, "roles")) != NULL &&
                                           ost_json_text(ost_json_get(at, "clientScope"), &name)
                                       ? realm_find_scope(r, name)
                                       : NULL;
        if (scope != NULL)
            scopes[scope - r->scopes].for_roles = true;
    }
}

void realm_scopes_load(realm_loader *l, const ost_json *d, realm *r)
{
    const ost_json *list = loader_array(l, d, "clientScopes");
    realm_scope *scopes = loader_alloc(l, ost_json_count(list) * sizeof *scopes);
    for (const ost_json *at = ost_json_first(list); at != NULL && !loader_failed(l);
         at = ost_json_next(at)) {
        realm_scope *s = &scopes[r->scope_count];
        loader_enter(l, "clientScopes", r->scope_count);
        s->name = loader_string(l, at, "name");
        s->document = at;
        ost_text named = attribute_text(at, "include.in.token.scope");
        s->in_token_scope = named.len == 0 || text_says_true(named);
        realm_mappers_load(l, at, &s->mappers, &s->mapper_count);
        load_consent(l, s);
        if (s->name == NULL)
            loader_fail(l, "name", "the scope's name is missing");
        r->scope_count++;
        loader_leave(l);
    }
    r->scopes = scopes;
    mark_for_roles(ost_json_get(d, "scopeMappings"), r, scopes);
    for (const ost_json *at = ost_json_first(ost_json_get(d, "clientScopeMappings")); at != NULL;
         at = ost_json_next(at))
        mark_for_roles(at, r, scopes);
}

const realm_scope *const *realm_scope_list_load(realm_loader *l, const ost_json *client,
                                                const char *member, const realm *r)
{
    const char *const *names = loader_strings(l, client, member);
    size_t count = 0, found = 0;
    while (names != NULL && names[count] != NULL)
        count++;
    const realm_scope **scopes = loader_alloc(l, (count + 1) * sizeof *scopes);
    for (size_t i = 0; i < count && scopes != NULL; i++) {
        const realm_scope *scope = realm_find_scope(r, text_of(names[i]));
        if (scope != NULL)
            scopes[found++] = scope;
    }
    return scopes;
}
