/* SPDX-License-Identifier: Apache-2.0 */
/* What a partial import gives to whom, judged in the realm as it would be then; see
 * partial_import.h. */
#include "base/text.h"
#include "provider/admin/admin_part.h"
#include "provider/directory/admin_grant.h"
#include "provider/directory/admin_role.h"
#include "provider/realm/document_limit.h"
#include "provider/transfer/partial_import.h"

static ost_result check_role(admin_call *then, const partial_result *r, json_finder *finder,
                             bool *ret_may)
{
    const realm_client *client =
        r->owner.len > 0 ? realm_find_client(then->realm.realm, r->owner) : NULL;
    role_part role;
    *ret_may = (r->owner.len == 0 || client != NULL) &&
               role_part_named(then->realm.realm, client, r->name, finder, &role);
    return *ret_may ? admin_may_grant(then, &role, ret_may) : OST_OK;
}

/* How deep groups are, the reader has bounded. */
static ost_result check_group(admin_call *then, const ost_json *group, bool *ret_may)
{
    ost_result result = admin_may_grant_document(then, group, ret_may);
    for (const ost_json *at = ost_json_first(ost_json_get(group, "subGroups"));
         at != NULL && result == OST_OK && *ret_may; at = ost_json_next(at))
        result = check_group(then, at, ret_may);
    return result;
}

static ost_result check(admin_call *then, const partial_result *r, json_finder *finder,
                        bool *ret_may)
{
    *ret_may = true;
    if (r->action == PARTIAL_SKIPPED)
        return OST_OK;
    if (r->kind == &partial_realm_role || r->kind == &partial_client_role)
        return check_role(then, r, finder, ret_may);
    if (r->kind == &partial_group)
        return check_group(then, r->object, ret_may);
    return r->kind == &partial_user ? admin_may_grant_document(then, r->object, ret_may) : OST_OK;
}

ost_result partial_check_grants(partial_import *p)
{
    admin_call *a = p->admin, then = *a;
    ost_error error = {0};
    ost_text text;
    bool may = true;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (admin_may(a, RIGHT_ADMIN))
        return OST_OK;
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_put_value(w, p->document);
    ost_result result = ost_json_writer_finish(w, &text);
    if (result == OST_OK)
        result = realm_load(text, a->realm.row.version, &then.realm.realm, &error);
    if (result != OST_OK)
        return admin_refuse_result(a, result, &error);
    json_finder *finder = json_finder_in(a->arena);
    for (const partial_result *r = p->first; r != NULL && result == OST_OK && may; r = r->next)
        result = check(&then, r, finder, &may);
    realm_unref(then.realm.realm);
    return result == OST_OK && !may ? admin_forbid(a) : result;
}
