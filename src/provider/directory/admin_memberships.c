/* SPDX-License-Identifier: Apache-2.0 */
/* Who is in which group: joining and leaving, and the groups that new users get, in the admin REST
 * API. */
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/directory/admin_grant.h"
#include "provider/directory/admin_group.h"
#include "provider/directory/admin_user.h"
#include "provider/realm/document_limit.h"
#include "store/user/user_record.h"

#define NO_GROUP "Group not found"

/* ---- one user ---- */

static ost_result change_membership(admin_call *a, bool join)
{
    admin_groups groups;
    store_user user;
    ost_error error = {0};
    const ost_json *document, *paths;
    bool found, may = true;
    ost_result result = admin_user_find(a, &user, &document, &found);
    if (result != OST_OK || !found)
        return result;
    result = admin_groups_load(a, &groups);
    const admin_group *group =
        result == OST_OK ? admin_groups_of_path(a, &groups, 2, NO_GROUP) : NULL;
    if (group == NULL)
        return result;
    if (join)
        result = admin_may_grant_group(a, text_of(group->key), &may);
    if (result != OST_OK || !may)
        return result != OST_OK ? result : admin_forbid(a);
    const ost_json *own = ost_json_get(document, "groups");
    result = join ? document_add_text(own, text_of(group->key), a->arena, &paths)
                  : document_remove_text(own, text_of(group->key), a->arena, &paths);
    if (result == OST_OK)
        result = document_put(document, OST_TEXT("groups"), paths, a->arena, &document);
    if (result == OST_OK)
        result = realm_admin_store_user(&a->realm, &user, document, &error);
    a->changed = true;
    return result == OST_OK ? admin_answer_done(a) : admin_refuse_result(a, result, &error);
}

ost_result admin_join_group(admin_call *a)
{
    return change_membership(a, true);
}

ost_result admin_leave_group(admin_call *a)
{
    return change_membership(a, false);
}

/* ---- new users ---- */

ost_result admin_list_default_groups(admin_call *a)
{
    admin_groups groups;
    ost_text path;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    ost_result result = w != NULL ? admin_groups_load(a, &groups) : OST_E_MEMORY;
    if (result != OST_OK)
        return result;
    ost_json_open_array(w);
    for (const ost_json *at =
             ost_json_first(ost_json_get(a->realm.realm->document, "defaultGroups"));
         at != NULL; at = ost_json_next(at)) {
        const admin_group *group = ost_json_text(at, &path) ? admin_groups_at(&groups, path) : NULL;
        if (group != NULL)
            admin_group_put(a, w, group, GROUP_BRIEF);
    }
    ost_json_close_array(w);
    return admin_answer(a, w);
}

static ost_result change_default(admin_call *a, bool add)
{
    admin_groups groups;
    const ost_json *paths, *own = ost_json_get(a->realm.realm->document, "defaultGroups");
    bool may = true;
    ost_result result = admin_groups_load(a, &groups);
    const admin_group *group =
        result == OST_OK ? admin_groups_of_path(a, &groups, 1, NO_GROUP) : NULL;
    if (group == NULL)
        return result;
    if (add)
        result = admin_may_grant_group(a, text_of(group->key), &may);
    if (result != OST_OK || !may)
        return result != OST_OK ? result : admin_forbid(a);
    result = add ? document_add_text(own, text_of(group->key), a->arena, &paths)
                 : document_remove_text(own, text_of(group->key), a->arena, &paths);
    if (result == OST_OK)
        result = admin_store_member(a, "defaultGroups", paths);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}

ost_result admin_add_default_group(admin_call *a)
{
    return change_default(a, true);
}

ost_result admin_remove_default_group(admin_call *a)
{
    return change_default(a, false);
}
