/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of a completion write alike: objects with ids, and lists of them. */
#include "provider/completion/completion.h"

#include "base/json/json_list.h"
#include "base/text.h"
#include "provider/completion/default_role.h"
#include "provider/realm/uuid.h"

void completion_put_members(completion *c, const ost_json *object, const char *const *left_out)
{
    for (const ost_json *at = ost_json_first(object); at != NULL; at = ost_json_next(at)) {
        if (text_is_one_of(ost_json_name(at), left_out))
            continue;
        ost_json_put_name(c->writer, ost_json_name(at));
        ost_json_put_value(c->writer, at);
    }
}

void completion_put_id(completion *c, const ost_json *before, const char *member, ost_text name)
{
    ost_text id;
    if (!ost_json_text(ost_json_get(json_finder_find(&c->finder, before, member, name), "id"), &id))
        id = uuid_text(c->context, c->arena);
    ost_json_member_text(c->writer, "id", id);
}

void completion_put_new_id(completion *c, const ost_json *object, const ost_json *before,
                           const char *member)
{
    ost_text name = {0};
    (void)!ost_json_text(ost_json_get(object, member), &name);
    if (ost_json_get(object, "id") == NULL)
        completion_put_id(c, before, member, name);
}

void completion_put_entry(completion *c, const ost_json *entry, const ost_json *before)
{
    static const char *const nothing[] = {NULL};
    static const char *const composites[] = {"composite", "composites", NULL};
    bool is_default = c->old_roles && c->in_realm_roles &&
                      ost_json_equals(ost_json_get(entry, "name"), c->default_role);
    ost_json_open_object(c->writer);
    completion_put_new_id(c, entry, before, "name");
    completion_put_members(c, entry, is_default ? composites : nothing);
    if (is_default)
        default_role_put_composites(
            c->file, entry,
            json_list_find(ost_json_get(ost_json_get(c->file, "roles"), "realm"), "name",
                           c->default_role) == NULL,
            c->writer);
    ost_json_close_object(c->writer);
}

void completion_put_entries(completion *c, const ost_json *own, const ost_json *defaults,
                            const ost_json *before)
{
    ost_text name;
    ost_json_open_array(c->writer);
    for (int pass = 0; pass < 2; pass++) {
        const ost_json *list = pass == 0 ? own : defaults;
        for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
            if (pass == 1 && ost_json_text(ost_json_get(at, "name"), &name) &&
                json_finder_find(&c->finder, own, "name", name) != NULL)
                continue;
            completion_put_entry(c, at, before);
        }
    }
}

void completion_put_list(completion *c, const ost_json *own, const ost_json *defaults,
                         const ost_json *before)
{
    completion_put_entries(c, own, defaults, before);
    ost_json_close_array(c->writer);
}

/* Rights over master itself are roles of its client master-realm; see master_clients.h. */
bool completion_is_built_in(const completion *c, ost_text client)
{
    return !c->master || !text_is(client, "realm-management");
}
