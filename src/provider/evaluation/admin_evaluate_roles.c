/* SPDX-License-Identifier: Apache-2.0 */
/* Which roles a client sees with a scope, in the admin REST API; and the table of its family. */
#include "base/array.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/role_part.h"
#include "provider/evaluation/evaluation.h"
#include "provider/realm/document_limit.h"

/* The names of all roles of a client or (NULL) of the realm; NULL: out of memory. */
static const char **all_names(admin_call *a, const realm_client *of)
{
    const ost_json *list = role_part_list(a->realm.realm, of);
    size_t count = 0;
    const char **names = ost_arena_alloc(a->arena, (ost_json_count(list) + 1) * sizeof *names);
    for (const ost_json *at = ost_json_first(list); at != NULL && names != NULL;
         at = ost_json_next(at)) {
        names[count] = ost_arena_copy(a->arena, part_text(at, "name"));
        if (names[count++] == NULL)
            return NULL;
    }
    if (names != NULL)
        names[count] = NULL;
    return names;
}

/* Those that somebody would keep, with this client and these scopes, who had all of them. */
static ost_result seen_names(admin_call *a, const evaluation *e, const realm_client *of,
                             const char *const **ret_names)
{
    static const char *const none[] = {NULL};
    const char *const *names = all_names(a, of);
    realm_roles seen;
    if (names == NULL)
        return OST_E_MEMORY;
    const struct realm_client_roles one = {of != NULL ? of->client_id : NULL, names};
    const realm_roles all = {of == NULL ? names : none, &one, of != NULL ? 1 : 0};
    ost_result result = realm_roles_for_client(a->realm.realm, e->grant.client, e->grant.scopes,
                                               &all, a->arena, &seen);
    if (result != OST_OK)
        return result;
    *ret_names = of == NULL              ? seen.realm_roles
                 : seen.client_count > 0 ? seen.clients[0].roles
                                         : none;
    return OST_OK;
}

static ost_result answer(admin_call *a, bool granted)
{
    evaluation e;
    bool found;
    const char *const *names;
    const realm *r = a->realm.realm;
    const realm_client *of = NULL;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_result result = evaluation_begin(a, &e, &found);
    if (result != OST_OK || !found)
        return result;
    if (!text_is(a->values[2], r->name)) {
        of = realm_find_client_by_uuid(r, a->values[2]);
        if (of == NULL)
            return admin_refuse(a, 404, "error", "Role Container not found");
    }
    result = seen_names(a, &e, of, &names);
    if (result != OST_OK)
        return result;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(role_part_list(r, of)); at != NULL;
         at = ost_json_next(at)) {
        role_part role = {of, part_text(at, "name"), at};
        if (text_is_one_of(role.name, names) == granted)
            role_part_put(text_of(r->id), &role, true, w);
    }
    ost_json_close_array(w);
    return admin_answer(a, w);
}

ost_result admin_evaluate_granted_roles(admin_call *a)
{
    return answer(a, true);
}

ost_result admin_evaluate_other_roles(admin_call *a)
{
    return answer(a, false);
}

#define EVALUATE CLIENT "/evaluate-scopes"

static const admin_route routes[] = {
    {HTTP_GET, EVALUATE "/protocol-mappers", VIEW_CLIENTS, admin_evaluate_mappers,
     "the mappers that tokens of a scope would be made by; scope"},
    {HTTP_GET, EVALUATE "/scope-mappings/{container}/granted", VIEW_CLIENTS,
     admin_evaluate_granted_roles,
     "the roles, of a client or of the realm by its name, that tokens could show; scope"},
    {HTTP_GET, EVALUATE "/scope-mappings/{container}/not-granted", VIEW_CLIENTS,
     admin_evaluate_other_roles, "and those that they would leave out"},
    {HTTP_GET, EVALUATE "/generate-example-access-token", VIEW_CLIENTS, admin_evaluate_access_token,
     "the claims of an access token; userId, scope, audience; needs a role for users too"},
    {HTTP_GET, EVALUATE "/generate-example-id-token", VIEW_CLIENTS, admin_evaluate_id_token,
     "the claims of an ID token"},
    {HTTP_GET, EVALUATE "/generate-example-userinfo", VIEW_CLIENTS, admin_evaluate_userinfo,
     "what userinfo would tell"},
};
const admin_table admin_evaluation_operations = {routes, ARRAY_LEN(routes)};
