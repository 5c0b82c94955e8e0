/* SPDX-License-Identifier: Apache-2.0 */
/* Mappers of identity providers: what claims make of a user here. Which there are says
 * upstream_maps, and one that there is not bars its provider; see broker_job.h. */
#include "base/buffer.h"
#include "base/fold.h"
#include "base/json/json_list.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/broker/broker_job.h"
#include "provider/realm/role.h"

#define VALUE_MAX 2048 /* bytes of an attribute that comes from elsewhere, */
#define VALUES_MAX 100 /* and how many of them one claim brings */
#define TEMPLATE_MAX ((size_t)1024)
#define NEVER_SET "${vault."

static const ost_json *next_mapper(const call *c, const ost_json *at)
{
    const broker_job *job = c->job;
    at = at == NULL ? ost_json_first(ost_json_get(c->realm->document, "identityProviderMappers"))
                    : ost_json_next(at);
    while (at != NULL &&
           !text_equal(json_text_of(at, "identityProviderAlias"), job->upstream->alias))
        at = ost_json_next(at);
    return at;
}

static bool is_type(const ost_json *mapper, const char *type)
{
    return text_is(json_text_of(mapper, "identityProviderMapper"), type);
}

static ost_text setting(const ost_json *mapper, const char *name)
{
    return json_text_of(ost_json_get(mapper, "config"), name);
}

static upstream_sync sync_of(const call *c, const ost_json *mapper)
{
    const broker_job *job = c->job;
    ost_text sync = setting(mapper, "syncMode");
    return text_is(sync, "FORCE")    ? UPSTREAM_FORCE
           : text_is(sync, "IMPORT") ? UPSTREAM_IMPORT
           : text_is(sync, "LEGACY") ? UPSTREAM_LEGACY
                                     : job->upstream->sync;
}

/* ---- values ---- */

/* Numbers and flags as they stand in the claim. */
static bool scalar_text(const ost_json *value, ost_text *ret_text)
{
    if (ost_json_is(value, OST_JSON_NUMBER) || ost_json_is(value, OST_JSON_BOOL))
        *ret_text = ost_json_source(value);
    else if (!ost_json_text(value, ret_text))
        return false;
    return ret_text->len > 0 && ret_text->len <= VALUE_MAX;
}

static bool value_fits(const ost_json *value, ost_text wanted)
{
    ost_text text;
    if (!ost_json_is(value, OST_JSON_ARRAY))
        return scalar_text(value, &text) && text_equal(text, wanted);
    for (const ost_json *at = ost_json_first(value); at != NULL; at = ost_json_next(at)) {
        if (scalar_text(at, &text) && text_equal(text, wanted))
            return true;
    }
    return false;
}

static ost_result list_values(const ost_json *value, ost_arena *arena, const ost_json **ret_list)
{
    const ost_json *list = NULL;
    ost_result result = OST_OK;
    ost_text text;
    size_t count = 0;
    bool many = ost_json_is(value, OST_JSON_ARRAY);
    for (const ost_json *at = many ? ost_json_first(value) : value;
         at != NULL && result == OST_OK && count < VALUES_MAX;
         at = many ? ost_json_next(at) : NULL) {
        if (scalar_text(at, &text)) {
            result = document_add_text(list, text, arena, &list);
            count++;
        }
    }
    *ret_list = list;
    return result;
}

/* ---- attributes ---- */

/* Whoever writes these would make users other ones: names and addresses have their own ways. */
static bool is_own(ost_text name)
{
    static const char *const names[] = {"username", "email", "emailVerified", "enabled", NULL};
    return text_is_one_of(name, names);
}

static ost_result put_attribute(ost_text name, const ost_json *values, ost_arena *arena,
                                const ost_json **document)
{
    const ost_json *attributes = ost_json_get(*document, "attributes");
    if (values == NULL && ost_json_get_text(attributes, name) == NULL)
        return OST_OK;
    ost_result result = document_put(attributes, name, values, arena, &attributes);
    return result == OST_OK
               ? document_put(*document, OST_TEXT("attributes"), attributes, arena, document)
               : result;
}

static ost_result import_attribute(call *c, const ost_json *mapper, const ost_json **document)
{
    ost_text name = setting(mapper, "user.attribute"), text;
    const ost_json *value = broker_claim(c, setting(mapper, "claim")), *values = NULL;
    if (name.len == 0 || is_own(name))
        return OST_OK;
    if (text_is(name, "firstName") || text_is(name, "lastName")) {
        const ost_json *first = ost_json_is(value, OST_JSON_ARRAY) ? ost_json_first(value) : value;
        return scalar_text(first, &text)
                   ? document_put_text(*document, ost_arena_copy(c->arena, name), text, c->arena,
                                       document)
                   : OST_OK;
    }
    ost_result result = list_values(value, c->arena, &values);
    return result == OST_OK ? put_attribute(name, values, c->arena, document) : result;
}

static ost_result put_hardcoded(call *c, const ost_json *mapper, const ost_json **document)
{
    ost_text name = setting(mapper, "attribute"), value = setting(mapper, "attribute.value");
    const ost_json *values;
    if (name.len == 0 || value.len == 0 || is_own(name) || text_starts(value, NEVER_SET))
        return OST_OK;
    ost_result result = document_add_text(NULL, value, c->arena, &values);
    return result == OST_OK ? put_attribute(name, values, c->arena, document) : result;
}

/* ---- roles ---- */

/* "client.role", where there is such a client, or else a role of the realm. False: no such role. */
static bool find_role(const call *c, ost_text named, ost_text *ret_client, ost_text *ret_role)
{
    for (size_t at = named.len; at-- > 0;) {
        if (named.data[at] != '.')
            continue;
        *ret_client = text_slice(named, 0, at);
        *ret_role = text_slice(named, at + 1, named.len);
        if (role_exists(c->realm, *ret_client, *ret_role))
            return true;
    }
    *ret_client = (ost_text){0};
    *ret_role = named;
    return named.len > 0 && role_exists(c->realm, *ret_client, *ret_role);
}

static ost_result change_list(const ost_json *list, ost_text role, bool add, ost_arena *arena,
                              const ost_json **ret_list)
{
    return add ? document_add_text(list, role, arena, ret_list)
               : document_remove_text(list, role, arena, ret_list);
}

static ost_result change_role(call *c, ost_text named, bool add, const ost_json **document)
{
    ost_text client, role;
    const ost_json *list;
    if (!find_role(c, named, &client, &role))
        return OST_OK;
    const ost_json *clients = ost_json_get(*document, "clientRoles");
    const ost_json *before =
        client.len > 0 ? ost_json_get_text(clients, client) : ost_json_get(*document, "realmRoles");
    if (json_list_has(before, role) == add)
        return OST_OK;
    ost_result result = change_list(before, role, add, c->arena, &list);
    if (result != OST_OK)
        return result;
    if (client.len == 0)
        return document_put(*document, OST_TEXT("realmRoles"), list, c->arena, document);
    result = document_put(clients, client, list, c->arena, &clients);
    return result == OST_OK
               ? document_put(*document, OST_TEXT("clientRoles"), clients, c->arena, document)
               : result;
}

/* Whether another Keycloak gives the role: "role" of its realm, or "client.role". */
static bool has_there(call *c, ost_text named)
{
    const ost_json *resource = broker_claim(c, OST_TEXT("resource_access"));
    if (json_list_has(broker_claim(c, OST_TEXT("realm_access.roles")), named))
        return true;
    for (size_t at = named.len; at-- > 0;) {
        if (named.data[at] != '.')
            continue;
        const ost_json *client = ost_json_get_text(resource, text_slice(named, 0, at));
        if (json_list_has(ost_json_get(client, "roles"), text_slice(named, at + 1, named.len)))
            return true;
    }
    return false;
}

/* A claim that is gone takes the role back, but where only newcomers are looked at. What is left as
 * Keycloak once did it (LEGACY) takes it back and gives it to nobody who was here before. */
static ost_result map_role(call *c, const ost_json *mapper, bool newcomer,
                           const ost_json **document)
{
    bool claimed = is_type(mapper, "oidc-role-idp-mapper");
    bool has = claimed ? value_fits(broker_claim(c, setting(mapper, "claim")),
                                    setting(mapper, "claim.value"))
                       : has_there(c, setting(mapper, "external.role"));
    if (has ? !newcomer && sync_of(c, mapper) == UPSTREAM_LEGACY : newcomer)
        return OST_OK;
    return change_role(c, setting(mapper, "role"), has, document);
}

/* ---- all of them ---- */

static ost_result apply(call *c, const ost_json *mapper, bool newcomer, const ost_json **document)
{
    if (!newcomer && sync_of(c, mapper) == UPSTREAM_IMPORT)
        return OST_OK;
    if (is_type(mapper, "oidc-user-attribute-idp-mapper"))
        return import_attribute(c, mapper, document);
    if (is_type(mapper, "hardcoded-attribute-idp-mapper"))
        return put_hardcoded(c, mapper, document);
    if (is_type(mapper, "oidc-hardcoded-role-idp-mapper"))
        return change_role(c, setting(mapper, "role"), true, document);
    if (is_type(mapper, "oidc-role-idp-mapper") ||
        is_type(mapper, "keycloak-oidc-role-to-role-idp-mapper"))
        return map_role(c, mapper, newcomer, document);
    return OST_OK; /* a user name is chosen before */
}

ost_result broker_mappers_apply(call *c, bool newcomer, const ost_json **document)
{
    ost_result result = OST_OK;
    for (const ost_json *at = next_mapper(c, NULL); at != NULL && result == OST_OK;
         at = next_mapper(c, at))
        result = apply(c, at, newcomer, document);
    return result;
}

/* ---- names ---- */

/* "${ALIAS}", "${CLAIM.email}", and either with "| lowercase", "| uppercase", "| localpart". */
static ost_text value_of(call *c, ost_text name)
{
    const broker_job *job = c->job;
    ost_text text = {0};
    size_t bar = text_find(name, '|', 0);
    ost_text change = text_trim(text_slice(name, bar + 1, name.len));
    name = text_trim(text_slice(name, 0, bar));
    if (text_is(name, "ALIAS"))
        text = job->upstream->alias;
    else if (text_is(name, "UUID"))
        text = job->nonce; /* another one each time */
    else if (text_starts(name, "CLAIM.") &&
             !scalar_text(broker_claim(c, text_slice(name, 6, name.len)), &text))
        text = (ost_text){0};
    if (text_is(change, "localpart"))
        return text_slice(text, 0, text_find(text, '@', 0));
    return text_is(change, "lowercase") ? text_lower(text, c->arena) : text;
}

static bool fill_template(call *c, ost_text template, ost_text *ret_text)
{
    buffer_auto buffer b = {0};
    buffer_init(&b, TEMPLATE_MAX);
    for (size_t at = 0; at < template.len;) {
        size_t end = text_find(template, '}', at);
        bool value =
            text_starts(text_slice(template, at, template.len), "${") && end < template.len;
        if (value) {
            buffer_append(&b, value_of(c, text_slice(template, at + 2, end - at - 2)));
            at = end + 1;
        } else {
            buffer_append_byte(&b, template.data[at++]);
        }
    }
    const char *copy = b.failed == OST_OK ? ost_arena_copy(c->arena, buffer_text(&b)) : NULL;
    *ret_text = (ost_text){copy, copy != NULL ? buffer_text(&b).len : 0};
    return copy != NULL;
}

ost_result broker_mappers_name(call *c, ost_text *ret_username)
{
    broker_job *job = c->job;
    for (const ost_json *at = next_mapper(c, NULL); at != NULL; at = next_mapper(c, at)) {
        ost_text name, target = setting(at, "target");
        if (!is_type(at, "oidc-username-idp-mapper"))
            continue;
        if (!fill_template(c, setting(at, "template"), &name))
            return OST_E_CEILING;
        if (text_is(target, "BROKER_USERNAME"))
            job->identity.name = name;
        else
            *ret_username = name;
    }
    return OST_OK;
}
