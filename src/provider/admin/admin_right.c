/* SPDX-License-Identifier: Apache-2.0 */
/* Rights of administrators; see admin_right.h. */
#include "provider/admin/admin_right.h"

#include "base/array.h"
#include "base/json/json_list.h"
#include "base/text.h"
#include "provider/file/master_clients.h"
#include "provider/session/authentication.h"
#include "provider/session/bearer_token.h"
#include "provider/session/token_user.h"

#define MANAGEMENT "realm-management"
#define ANY_RIGHT (~(admin_rights)0)

/* `grants`: who may give the role to others, beside those who have it; asking what is there is
 * everybody's. */
static const struct {
    const char *role;
    admin_rights right, grants;
} rights[] = {
    {"create-client", RIGHT_CREATE_CLIENT, RIGHT_MANAGE_CLIENTS},
    {"impersonation", RIGHT_IMPERSONATION, 0},
    {"manage-authorization", RIGHT_MANAGE_AUTHORIZATION, 0},
    {"manage-clients", RIGHT_MANAGE_CLIENTS, 0},
    {"manage-events", RIGHT_MANAGE_EVENTS, 0},
    {"manage-identity-providers", RIGHT_MANAGE_IDENTITY_PROVIDERS, 0},
    {"manage-realm", RIGHT_MANAGE_REALM, 0},
    {"manage-users", RIGHT_MANAGE_USERS, 0},
    {"query-clients", RIGHT_QUERY_CLIENTS, ANY_RIGHT},
    {"query-groups", RIGHT_QUERY_GROUPS, ANY_RIGHT},
    {"query-realms", RIGHT_QUERY_REALMS, ANY_RIGHT},
    {"query-users", RIGHT_QUERY_USERS, ANY_RIGHT},
    {"view-authorization", RIGHT_VIEW_AUTHORIZATION, RIGHT_MANAGE_AUTHORIZATION},
    {"view-clients", RIGHT_VIEW_CLIENTS, RIGHT_MANAGE_CLIENTS},
    {"view-events", RIGHT_VIEW_EVENTS, RIGHT_MANAGE_EVENTS},
    {"view-identity-providers", RIGHT_VIEW_IDENTITY_PROVIDERS, RIGHT_MANAGE_IDENTITY_PROVIDERS},
    {"view-realm", RIGHT_VIEW_REALM, RIGHT_MANAGE_REALM},
    {"view-users", RIGHT_VIEW_USERS, RIGHT_MANAGE_USERS},
};

static admin_rights right_of(const char *role)
{
    for (size_t i = 0; i < ARRAY_LEN(rights); i++) {
        if (text_is(text_of(role), rights[i].role))
            return rights[i].right;
    }
    return RIGHT_OTHER;
}

void admin_rights_put(admin_rights set, ost_json_writer *w)
{
    ost_json_open_array(w);
    for (size_t i = 0; i < ARRAY_LEN(rights); i++) {
        if ((set & rights[i].right) != 0)
            ost_json_put_text(w, text_of(rights[i].role));
    }
    ost_json_close_array(w);
}

/* realm-admin is what it contains; other roles are no rights. */
admin_rights admin_right_to_grant(ost_text role)
{
    for (size_t i = 0; i < ARRAY_LEN(rights); i++) {
        if (text_is(role, rights[i].role))
            return rights[i].right | rights[i].grants;
    }
    return ANY_RIGHT;
}

admin_rights admin_right_of_master(ost_text role)
{
    return text_is(role, "admin")          ? RIGHT_ADMIN
           : text_is(role, "create-realm") ? RIGHT_CREATE_REALM | RIGHT_ADMIN
                                           : ANY_RIGHT;
}

/* The programs of administrators; their tokens list no roles. */
static bool is_for_administration(const ost_claims *claims)
{
    ost_text client = ost_claims_text(claims, "azp");
    return text_is(client, "admin-cli") || text_is(client, "security-admin-console");
}

/* Roles of the realm "master" that reach beyond it. */
static admin_rights rights_of_master(const admin_asker *asker)
{
    const char *const *roles = asker->roles.realm_roles;
    const ost_json *told = ost_json_get(ost_claims_get(asker->claims, "realm_access"), "roles");
    admin_rights found = 0;
    for (size_t i = 0; roles[i] != NULL; i++) {
        if (!asker->all && !json_list_has(told, text_of(roles[i])))
            continue;
        if (text_is(text_of(roles[i]), "admin"))
            found |= ~(admin_rights)0;
        else if (text_is(text_of(roles[i]), "create-realm"))
            found |= RIGHT_CREATE_REALM;
    }
    return found;
}

static admin_rights rights_of_client(const admin_asker *asker,
                                     const struct realm_client_roles *client)
{
    const ost_json *told = ost_json_get(
        ost_json_get(ost_claims_get(asker->claims, "resource_access"), client->client_id), "roles");
    admin_rights found = 0;
    for (size_t i = 0; client->roles[i] != NULL; i++) {
        if (asker->all || json_list_has(told, text_of(client->roles[i])))
            found |= right_of(client->roles[i]);
    }
    return found;
}

/* Whether the roles of the client, of the asker's realm, are rights over the target (empty: over
 * any realm). */
static bool reaches(const admin_asker *asker, const char *client_id, ost_text target)
{
    ost_text id = text_of(client_id), own = text_of(asker->realm->name);
    if (text_is(id, MANAGEMENT))
        return target.len == 0 || text_equal(target, own);
    if (!text_is(own, MASTER_REALM))
        return false;
    ost_text named = master_client_realm(id);
    return named.len > 0 && (target.len == 0 || text_equal(target, named)) &&
           master_client_find(asker->realm, named) != NULL;
}

admin_rights admin_right_over(const admin_asker *asker, ost_text target)
{
    if (asker->everything)
        return ANY_RIGHT;
    admin_rights found =
        text_is(text_of(asker->realm->name), MASTER_REALM) ? rights_of_master(asker) : 0;
    if ((found & RIGHT_ADMIN) != 0)
        return found;
    if (target.len > 0 && !text_is(target, MASTER_REALM)) /* no right over one that is there */
        found = 0;
    for (size_t i = 0; i < asker->roles.client_count; i++) {
        if (reaches(asker, asker->roles.clients[i].client_id, target))
            found |= rights_of_client(asker, &asker->roles.clients[i]);
    }
    return found;
}

ost_result admin_right_read(call *c, const shown_token *token, admin_asker *ret_asker)
{
    const ost_claims *claims;
    authenticated_user user;
    realm_roles roles;
    ost_text user_id;
    const realm_client *client = NULL;
    ost_result result =
        c->realm->enabled ? bearer_token_verify_shown(c, token, &claims) : OST_E_STATE;
    if (result == OST_OK)
        result = bearer_token_session(c, claims);
    if (result == OST_OK)
        client = realm_find_client(c->realm, ost_claims_text(claims, "azp"));
    if (result == OST_OK)
        result = token_user(c, client, claims, &user_id);
    if (result == OST_OK)
        result = authentication_load_user(c, user_id, &user);
    if (result == OST_OK)
        result = realm_user_roles(c->realm, user.document, c->arena, &roles);
    if (result != OST_OK)
        return result;
    if (client == NULL || !client->enabled)
        return OST_E_STATE;
    c->client = client;
    c->event.user = user_id;
    *ret_asker = (admin_asker){.realm = c->realm,
                               .user = user_id,
                               .claims = claims,
                               .roles = roles,
                               .all = is_for_administration(claims)};
    return OST_OK;
}
