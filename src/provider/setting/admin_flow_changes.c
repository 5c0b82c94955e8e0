/* SPDX-License-Identifier: Apache-2.0 */
/* Authentication flows in the admin REST API: made, copied, named otherwise and ended. */
#include "base/array.h"
#include "base/json/json_list.h"
#include "base/json/json_member.h"
#include "base/json/json_writer.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/flow/flow_read.h"
#include "provider/member/member.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/uuid.h"
#include "provider/setting/flow_list.h"

#define STEPS "authenticationExecutions"
#define ALIAS_MAX 255

static ost_result answer_created(admin_call *a, const flow_list *l, ost_text id)
{
    ost_result result = flow_list_store(l);
    if (result != OST_OK || a->status != 204)
        return result;
    a->status = 0;
    return admin_answer_created(
        a, ost_arena_format(a->arena, "/realms/%s/authentication/flows/%.*s",
                            percent_encode(a->arena, a->realm.row.name).data, OST_FORMAT(id)));
}

/* Refuses and returns false. `what`: "create", "update". */
static bool check_alias(admin_call *a, ost_text alias, const char *what)
{
    if (alias.len > 0 && alias.len <= ALIAS_MAX)
        return true;
    const char *why = ost_arena_format(a->arena,
                                       alias.len == 0 ? "Failed to %s flow with empty alias name"
                                                      : "Failed to %s flow with so long an alias",
                                       what);
    admin_refuse(a, 409, "errorMessage", why != NULL ? why : "unknown_error");
    return false;
}

/* ---- making ---- */

static ost_result write_new(admin_call *a, ost_text id, ost_text alias, const ost_json **ret_flow)
{
    ost_text kind = part_text(a->body, "providerId");
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_text(w, "id", id);
    ost_json_member_text(w, "alias", alias);
    ost_json_member_text(w, "description", part_text(a->body, "description"));
    ost_json_member_text(w, "providerId", kind.len > 0 ? kind : OST_TEXT("basic-flow"));
    ost_json_member_boolean(w, "topLevel", json_true_of(a->body, "topLevel"));
    ost_json_member_boolean(w, "builtIn", false);
    ost_json_put_name(w, OST_TEXT(STEPS));
    ost_json_open_array(w);
    ost_json_close_array(w);
    ost_json_close_object(w);
    return json_writer_read(w, NULL, ret_flow, NULL);
}

ost_result admin_create_flow(admin_call *a)
{
    flow_list l;
    const ost_json *flow;
    ost_text alias = part_text(a->body, "alias");
    ost_result result = flow_list_read(a, &l);
    if (result != OST_OK || !admin_body_of(a, &member_flow) || !check_alias(a, alias, "create"))
        return result;
    if (json_list_find(l.flows, "alias", alias) != NULL) {
        const char *why = ost_arena_format(a->arena, "Flow %.*s already exists", OST_FORMAT(alias));
        return admin_refuse(a, 409, "errorMessage", why != NULL ? why : "conflict");
    }
    ost_text id = uuid_text(a->call->provider->context, a->arena);
    result = id.data != NULL ? write_new(a, id, alias, &flow) : OST_E_MEMORY;
    if (result == OST_OK)
        result = flow_list_put(&l, NULL, flow);
    return result == OST_OK ? answer_created(a, &l, id) : result;
}

/* ---- copying ---- */

/* "NEW PART" for a part of a flow that is copied as NEW. */
static ost_text copied_alias(admin_call *a, ost_text name, ost_text part)
{
    return text_of(ost_arena_format(a->arena, "%.*s %.*s", OST_FORMAT(name), OST_FORMAT(part)));
}

static ost_result copy_flow(flow_list *l, ost_text from, ost_text to, ost_text name, unsigned depth,
                            ost_text *ret_id);

/* With a configuration of its own, and a copy of the flow that it is. */
static ost_result copy_step(flow_list *l, const ost_json *step, ost_text name, unsigned depth,
                            const ost_json **ret_step)
{
    admin_call *a = l->admin;
    ost_text part = flow_list_part(step), config = part_text(step, "authenticatorConfig"), id;
    const ost_json *settings = json_list_find(l->configs, "alias", config), *copy;
    ost_result result = OST_OK;
    *ret_step = step;
    if (part.len > 0) {
        ost_text alias = copied_alias(a, name, part);
        result =
            alias.data != NULL ? copy_flow(l, part, alias, name, depth + 1, &id) : OST_E_MEMORY;
        return result == OST_OK ? document_put_text(step, "flowAlias", alias, a->arena, ret_step)
                                : result;
    }
    if (config.len == 0 || settings == NULL)
        return OST_OK;
    ost_text alias = copied_alias(a, name, config);
    result = alias.data != NULL ? document_put_text(settings, "alias", alias, a->arena, &copy)
                                : OST_E_MEMORY;
    if (result == OST_OK)
        result = document_put(copy, OST_TEXT("id"), NULL, a->arena, &copy);
    if (result == OST_OK)
        result = document_append(l->configs, copy, a->arena, &l->configs);
    return result == OST_OK
               ? document_put_text(step, "authenticatorConfig", alias, a->arena, ret_step)
               : result;
}

static ost_result copy_steps(flow_list *l, const ost_json *flow, ost_text name, unsigned depth,
                             const ost_json **ret_steps)
{
    const ost_json *copy;
    ost_result result = OST_OK;
    *ret_steps = NULL;
    for (const ost_json *at = ost_json_first(ost_json_get(flow, STEPS));
         at != NULL && result == OST_OK; at = ost_json_next(at)) {
        result = copy_step(l, at, name, depth, &copy);
        if (result == OST_OK)
            result = document_append(*ret_steps, copy, l->admin->arena, ret_steps);
    }
    return result;
}

/* What is within itself, or too deep, is copied as far as it would be walked. */
static ost_result copy_flow(flow_list *l, ost_text from, ost_text to, ost_text name, unsigned depth,
                            ost_text *ret_id)
{
    admin_call *a = l->admin;
    const ost_json *flow = json_list_find(l->flows, "alias", from), *steps;
    if (flow == NULL || depth > FLOW_DEPTH_MAX || json_list_find(l->flows, "alias", to) != NULL)
        return OST_OK;
    *ret_id = uuid_text(a->call->provider->context, a->arena);
    ost_result result = ret_id->data != NULL
                            ? document_put_text(flow, "id", *ret_id, a->arena, &flow)
                            : OST_E_MEMORY;
    if (result == OST_OK)
        result = document_put_text(flow, "alias", to, a->arena, &flow);
    if (result == OST_OK)
        result = document_put_boolean(flow, "builtIn", false, a->arena, &flow);
    if (result == OST_OK)
        result = flow_list_put(l, NULL, flow);
    if (result == OST_OK)
        result = copy_steps(l, flow, name, depth, &steps);
    if (result == OST_OK && steps != NULL)
        result = document_put(flow, OST_TEXT(STEPS), steps, a->arena, &flow);
    return result == OST_OK ? flow_list_put(l, json_list_find(l->flows, "alias", to), flow)
                            : result;
}

ost_result admin_copy_flow(admin_call *a)
{
    flow_list l;
    ost_text name = part_text(a->body, "newName"), id = {0};
    ost_result result = flow_list_read(a, &l);
    if (result != OST_OK || !check_alias(a, name, "copy"))
        return result;
    if (json_list_find(l.flows, "alias", name) != NULL)
        return admin_refuse(a, 409, "errorMessage", "New flow alias name already exists");
    if (json_list_find(l.flows, "alias", a->values[1]) == NULL)
        return admin_refuse(a, 404, "error", "Flow not found");
    result = copy_flow(&l, a->values[1], name, name, 0, &id);
    return result == OST_OK ? answer_created(a, &l, id) : result;
}

/* ---- changing ---- */

ost_result admin_update_flow(admin_call *a)
{
    flow_list l;
    ost_text alias = part_text(a->body, "alias");
    ost_result result = flow_list_read(a, &l);
    if (result != OST_OK || !admin_body_of(a, &member_flow) || !check_alias(a, alias, "update"))
        return result;
    const ost_json *flow = flow_list_with_id(&l, a->values[1]);
    const ost_json *same = json_list_find(l.flows, "alias", alias), *changed;
    if (flow == NULL)
        return admin_refuse(a, 404, "error", "Could not find flow with id");
    if (same != NULL && same != flow)
        return admin_refuse(a, 409, "errorMessage", "Flow alias name already exists");
    result = document_put_text(flow, "description", part_text(a->body, "description"), a->arena,
                               &changed);
    if (result == OST_OK)
        result = flow_list_put(&l, flow, changed);
    if (result == OST_OK && same == NULL)
        result = flow_list_rename(&l, flow_list_with_id(&l, a->values[1]), alias);
    return result == OST_OK ? flow_list_store(&l) : result;
}

ost_result admin_delete_flow(admin_call *a)
{
    flow_list l;
    ost_result result = flow_list_read(a, &l);
    if (result != OST_OK)
        return result;
    const ost_json *flow = flow_list_with_id(&l, a->values[1]);
    if (flow == NULL)
        return admin_refuse(a, 404, "error", "Flow not found");
    if (json_true_of(flow, "builtIn"))
        return admin_refuse(a, 400, "error", "Can't delete built in flow");
    size_t before = ost_json_count(l.flows);
    bool used = flow_list_is_used(&l, flow);
    result = used ? OST_OK : flow_list_drop(&l, part_text(flow, "alias"));
    if (result == OST_OK && ost_json_count(l.flows) == before) /* or it is within another */
        return admin_refuse(a, 400, "error",
                            "Cannot remove authentication flow, it is currently in use");
    return result == OST_OK ? flow_list_store(&l) : result;
}
