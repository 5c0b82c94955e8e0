/* SPDX-License-Identifier: Apache-2.0 */
/* One step of a flow in the admin REST API, by its id, and its configuration. */
#include "base/json/json_list.h"
#include "base/json/json_member.h"
#include "base/json/json_writer.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/realm/uuid.h"
#include "provider/setting/flow_list.h"

#define CONFIG "authenticatorConfig"

/* False: there is no such step, and the call is refused; or *ret_result is an error. */
static bool step_find(admin_call *a, flow_list *l, ost_text id, flow_place *ret_place,
                      ost_result *ret_result)
{
    *ret_result = flow_list_read(a, l);
    if (*ret_result != OST_OK)
        return false;
    if (flow_list_find_step(l, id, ret_place))
        return true;
    admin_refuse(a, 404, "error", "Illegal execution");
    return false;
}

/* What the body says of it, and nothing else. */
ost_result admin_update_flow_step(admin_call *a)
{
    static const char *const known[] = {"REQUIRED", "CONDITIONAL", "ALTERNATIVE", "DISABLED", NULL};
    flow_list l;
    flow_place place;
    int64_t priority;
    ost_result result = flow_list_read(a, &l);
    if (result != OST_OK)
        return result;
    if (json_list_find(l.flows, "alias", a->values[1]) == NULL)
        return admin_refuse(a, 404, "error", "flow not found");
    if (!step_find(a, &l, part_text(a->body, "id"), &place, &result))
        return result;
    ost_text requirement = part_text(a->body, "requirement");
    const ost_json *step = place.step;
    if (requirement.len > 0 && !text_is_one_of(requirement, known))
        return admin_refuse(a, 400, "errorMessage", "There is no such requirement");
    if (requirement.len > 0)
        result = document_put_text(step, "requirement", requirement, a->arena, &step);
    if (result == OST_OK && ost_json_integer(ost_json_get(a->body, "priority"), &priority))
        result = document_put_integer(step, "priority", priority, a->arena, &step);
    if (result == OST_OK)
        result = flow_list_put_step(&l, &place, step);
    return result == OST_OK ? flow_list_store(&l) : result;
}

ost_result admin_read_flow_step(admin_call *a)
{
    flow_list l;
    flow_place place;
    ost_result result;
    int64_t priority = 0;
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    if (!step_find(a, &l, a->values[1], &place, &result))
        return result;
    ost_text part = flow_list_part(place.step), config = part_text(place.step, CONFIG);
    const ost_json *flow = part.len > 0 ? json_list_find(l.flows, "alias", part) : NULL;
    const ost_json *settings = json_list_find(l.configs, "alias", config);
    ost_json_open_object(w);
    ost_json_member_text(w, "id", a->values[1]);
    if (part.len == 0)
        ost_json_member_text(w, "authenticator", part_text(place.step, "authenticator"));
    if (settings != NULL)
        ost_json_member_text(w, CONFIG, flow_list_id(a, settings));
    if (flow != NULL)
        ost_json_member_text(w, "flowId", flow_list_id(a, flow));
    ost_json_member_text(w, "parentFlow", flow_list_id(a, place.flow));
    ost_json_member_boolean(w, "authenticatorFlow", part.len > 0);
    ost_json_member_boolean(w, "autheticatorFlow", part.len > 0);
    ost_json_member_text(w, "requirement", part_text(place.step, "requirement"));
    if (!ost_json_integer(ost_json_get(place.step, "priority"), &priority))
        priority = 0;
    ost_json_member_integer(w, "priority", priority);
    ost_json_close_object(w);
    return admin_answer(a, w);
}

static bool refuse_built_in(admin_call *a, const flow_place *place, const char *why)
{
    bool built_in = json_true_of(place->flow, "builtIn");
    if (built_in)
        admin_refuse(a, 400, "error", why);
    return built_in;
}

ost_result admin_delete_flow_step(admin_call *a)
{
    flow_list l;
    flow_place place;
    ost_result result;
    if (!step_find(a, &l, a->values[1], &place, &result) ||
        refuse_built_in(a, &place, "It is illegal to remove execution from a built in flow"))
        return result;
    result = flow_list_drop_step(&l, &place);
    return result == OST_OK ? flow_list_store(&l) : result;
}

/* ---- their order ---- */

/* All get the priorities of their places, so that of two alike one comes before the other, too. */
static ost_result exchange(admin_call *a, flow_list *l, const flow_place *place, bool up)
{
    size_t count, at = 0;
    const ost_json **sorted = flow_list_sorted(l, place->flow, &count), *steps = NULL, *flow, *step;
    if (sorted == NULL)
        return OST_E_MEMORY;
    while (at < count && sorted[at] != place->step)
        at++;
    if (up ? at == 0 : at + 1 >= count)
        return OST_OK;
    size_t other = up ? at - 1 : at + 1;
    sorted[at] = sorted[other];
    sorted[other] = place->step;
    ost_result result = OST_OK;
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        result = document_put_integer(sorted[i], "priority", (int64_t)i * 10, a->arena, &step);
        if (result == OST_OK)
            result = document_append(steps, step, a->arena, &steps);
    }
    if (result == OST_OK)
        result =
            document_put(place->flow, OST_TEXT("authenticationExecutions"), steps, a->arena, &flow);
    return result == OST_OK ? flow_list_put(l, place->flow, flow) : result;
}

static ost_result move(admin_call *a, bool up)
{
    flow_list l;
    flow_place place;
    ost_result result;
    if (!step_find(a, &l, a->values[1], &place, &result) ||
        refuse_built_in(a, &place, "It is illegal to modify execution in a built in flow"))
        return result;
    result = exchange(a, &l, &place, up);
    return result == OST_OK ? flow_list_store(&l) : result;
}

ost_result admin_raise_flow_step(admin_call *a)
{
    return move(a, true);
}

ost_result admin_lower_flow_step(admin_call *a)
{
    return move(a, false);
}

/* ---- configurations ---- */

static ost_result write_config(admin_call *a, ost_text id, ost_text alias,
                               const ost_json **ret_config)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_text(w, "id", id);
    ost_json_member_text(w, "alias", alias);
    admin_put_settings(w, "config", ost_json_get(a->body, "config"), NULL);
    ost_json_close_object(w);
    return json_writer_read(w, NULL, ret_config, NULL);
}

/* `self` (may be NULL) is the one that keeps its alias. Refuses and returns false. */
static bool check_config(admin_call *a, const flow_list *l, ost_text alias, const ost_json *self)
{
    const ost_json *same = json_list_find(l->configs, "alias", alias);
    if (alias.len > 0 && (same == NULL || same == self))
        return true;
    admin_refuse(a, 409, "errorMessage",
                 alias.len == 0 ? "A configuration needs an alias"
                                : "A configuration of that alias exists already");
    return false;
}

ost_result admin_create_flow_config(admin_call *a)
{
    flow_list l;
    flow_place place;
    ost_result result;
    const ost_json *config, *step;
    ost_text alias = part_text(a->body, "alias");
    if (!step_find(a, &l, a->values[1], &place, &result) || !check_config(a, &l, alias, NULL))
        return result;
    ost_text id = uuid_text(a->call->provider->context, a->arena);
    result = id.data != NULL ? write_config(a, id, alias, &config) : OST_E_MEMORY;
    if (result == OST_OK)
        result = document_append(l.configs, config, a->arena, &l.configs);
    if (result == OST_OK)
        result = document_put_text(place.step, CONFIG, alias, a->arena, &step);
    if (result == OST_OK)
        result = flow_list_put_step(&l, &place, step);
    if (result == OST_OK)
        result = flow_list_store(&l);
    if (result != OST_OK || a->status != 204)
        return result;
    a->status = 0;
    return admin_answer_created(
        a, ost_arena_format(a->arena, "/realms/%s/authentication/config/%.*s",
                            percent_encode(a->arena, a->realm.row.name).data, OST_FORMAT(id)));
}

static const ost_json *config_find(admin_call *a, flow_list *l, ost_result *ret_result)
{
    *ret_result = flow_list_read(a, l);
    const ost_json *config =
        *ret_result == OST_OK ? flow_list_config_with_id(l, a->values[1]) : NULL;
    if (*ret_result == OST_OK && config == NULL)
        admin_refuse(a, 404, "error", "Could not find authenticator config");
    return config;
}

ost_result admin_read_flow_config(admin_call *a)
{
    flow_list l;
    ost_result result;
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    const ost_json *config = config_find(a, &l, &result);
    if (config == NULL)
        return result;
    ost_json_open_object(w);
    ost_json_member_text(w, "id", a->values[1]);
    ost_json_member_text(w, "alias", part_text(config, "alias"));
    admin_put_settings(w, "config", ost_json_get(config, "config"), NULL);
    ost_json_close_object(w);
    return admin_answer(a, w);
}

/* A configuration keeps its alias, by which steps name it. */
ost_result admin_update_flow_config(admin_call *a)
{
    flow_list l;
    ost_result result;
    const ost_json *changed, *config = config_find(a, &l, &result);
    if (config == NULL)
        return result;
    result = write_config(a, a->values[1], part_text(config, "alias"), &changed);
    if (result == OST_OK)
        result = document_replace(l.configs, config, changed, a->arena, &l.configs);
    return result == OST_OK ? flow_list_store(&l) : result;
}

ost_result admin_delete_flow_config(admin_call *a)
{
    flow_list l;
    ost_result result;
    const ost_json *config = config_find(a, &l, &result);
    if (config == NULL)
        return result;
    ost_text alias = part_text(config, "alias");
    result = document_replace(l.configs, config, NULL, a->arena, &l.configs);
    if (result == OST_OK)
        result = flow_list_unset_config(&l, alias);
    return result == OST_OK ? flow_list_store(&l) : result;
}
