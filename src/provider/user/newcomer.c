/* SPDX-License-Identifier: Apache-2.0 */
/* New users; see newcomer.h. */
#include "provider/user/newcomer.h"

#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/realm/group.h"
#include "provider/user/required_action.h"

static ost_result put_list(const char *name, const ost_json *list, ost_arena *arena,
                           const ost_json **document)
{
    return list != NULL ? document_put(*document, text_of(name), list, arena, document) : OST_OK;
}

ost_result newcomer_put_gifts(const realm *r, bool agreed, ost_arena *arena,
                              const ost_json **document)
{
    const ost_json *roles = NULL, *groups = NULL, *actions = NULL;
    ost_text path;
    ost_result result = document_add_text(NULL, text_of(r->default_role), arena, &roles);
    for (const ost_json *at = ost_json_first(ost_json_get(r->document, "defaultGroups"));
         at != NULL && result == OST_OK; at = ost_json_next(at)) {
        if (ost_json_text(at, &path) && group_exists(r, path))
            result = document_add_text(groups, path, arena, &groups);
    }
    if (result == OST_OK)
        result = required_action_defaults(r, NULL, arena, &actions);
    if (result == OST_OK && actions != NULL && agreed)
        result = required_action_drop(actions, ACTION_TERMS, arena, &actions);
    if (result == OST_OK)
        result = put_list("realmRoles", roles, arena, document);
    if (result == OST_OK)
        result = put_list("groups", groups, arena, document);
    return result == OST_OK ? put_list("requiredActions", actions, arena, document) : result;
}
