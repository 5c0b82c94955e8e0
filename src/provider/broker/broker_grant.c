/* SPDX-License-Identifier: Apache-2.0 */
/* Roles and groups that identity providers' mappers give, and take back; see broker_mapper.h. */
#include "base/array.h"
#include "base/json/json_list.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/broker/broker_mapper.h"
#include "provider/realm/group.h"
#include "provider/realm/role.h"

/* ---- what it takes ---- */

/* All of them. One that asks for nothing gives nothing. Keycloak gives it to everybody. */
static bool all_fit(call *c, const ost_json *mapper)
{
    bool pattern = text_is(broker_mapper_setting(mapper, "are.claim.values.regex"), "true");
    const ost_json *at = ost_json_first(broker_mapper_claims(c, mapper));
    if (at == NULL)
        return false;
    for (; at != NULL; at = ost_json_next(at)) {
        if (!broker_mapper_fits(broker_claim(c, json_text_of(at, "key")), json_text_of(at, "value"),
                                pattern))
            return false;
    }
    return true;
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

typedef struct grant_kind {
    const char *type;
    const char *target; /* the setting that names it: a role, or a group */
    bool (*applies)(call *c, const ost_json *mapper);
    bool keeps; /* what was left as Keycloak once did it (LEGACY) gives nobody anything who was here
                   before */
} grant_kind;

static bool everybody(call *c, const ost_json *mapper)
{
    return c != NULL && mapper != NULL;
}

static bool claim_fits(call *c, const ost_json *mapper)
{
    return broker_mapper_fits(broker_claim(c, broker_mapper_setting(mapper, "claim")),
                              broker_mapper_setting(mapper, "claim.value"), false);
}

static bool role_is_there(call *c, const ost_json *mapper)
{
    return has_there(c, broker_mapper_setting(mapper, "external.role"));
}

static const grant_kind kinds[] = {
    {"oidc-hardcoded-role-idp-mapper", "role", everybody, true},
    {"oidc-role-idp-mapper", "role", claim_fits, true},
    {"keycloak-oidc-role-to-role-idp-mapper", "role", role_is_there, true},
    {"oidc-advanced-role-idp-mapper", "role", all_fit, true},
    {"oidc-hardcoded-group-idp-mapper", "group", everybody, false},
    {"oidc-advanced-group-idp-mapper", "group", all_fit, false},
};

static const grant_kind *kind_of(const ost_json *mapper)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (broker_mapper_is(mapper, kinds[i].type))
            return &kinds[i];
    }
    return NULL;
}

/* Whether another one gives the same: it is taken back by none then. */
static bool another_gives(call *c, const ost_json *mapper, const grant_kind *kind)
{
    for (const ost_json *at = broker_mapper_next(c, NULL); at != NULL;
         at = broker_mapper_next(c, at)) {
        const grant_kind *other = kind_of(at);
        if (at != mapper && other != NULL && text_is(text_of(other->target), kind->target) &&
            text_equal(broker_mapper_setting(at, other->target),
                       broker_mapper_setting(mapper, kind->target)) &&
            broker_mapper_sync(c, at) != UPSTREAM_IMPORT && other->applies(c, at))
            return true;
    }
    return false;
}

/* ---- what comes of it ---- */

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

static ost_result change_group(call *c, ost_text path, bool add, const ost_json **document)
{
    const ost_json *groups = ost_json_get(*document, "groups");
    if (!group_exists(c->realm, path) || json_list_has(groups, path) == add)
        return OST_OK;
    ost_result result = change_list(groups, path, add, c->arena, &groups);
    return result == OST_OK
               ? document_put(*document, OST_TEXT("groups"), groups, c->arena, document)
               : result;
}

/* A claim that is gone takes back what it gave, but where only newcomers are looked at. */
ost_result broker_mapper_grant(call *c, const ost_json *mapper, bool newcomer,
                               const ost_json **document)
{
    const grant_kind *kind = kind_of(mapper);
    if (kind == NULL)
        return OST_OK;
    bool has = kind->applies(c, mapper), legacy = broker_mapper_sync(c, mapper) == UPSTREAM_LEGACY;
    ost_text named = broker_mapper_setting(mapper, kind->target);
    if (has ? !newcomer && legacy && kind->keeps
            : newcomer || (!(legacy && kind->keeps) && another_gives(c, mapper, kind)))
        return OST_OK;
    return text_is(text_of(kind->target), "role") ? change_role(c, named, has, document)
                                                  : change_group(c, named, has, document);
}
