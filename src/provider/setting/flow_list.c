/* SPDX-License-Identifier: Apache-2.0 */
/* Flows as an administrator changes them; see flow_list.h. */
#include "provider/setting/flow_list.h"

#include "base/json/json_list.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/flow/flow_read.h"
#include "provider/realm/uuid.h"
#include "provider/setting/sign_in.h"

#define FLOWS "authenticationFlows"
#define CONFIGS "authenticatorConfig"
#define STEPS "authenticationExecutions"

ost_result flow_list_read(admin_call *a, flow_list *ret_list)
{
    const ost_json *document = a->realm.realm->document;
    flow_list list = {.admin = a, .document = document};
    ost_result result = sign_in_read(a, FLOWS, &list.flows);
    if (result == OST_OK && list.flows == ost_json_get(document, FLOWS))
        list.configs = ost_json_get(document, CONFIGS);
    else if (result == OST_OK)
        result = sign_in_read(a, CONFIGS, &list.configs);
    *ret_list = list;
    return result;
}

ost_result flow_list_store(const flow_list *l)
{
    admin_call *a = l->admin;
    const json_share_member members[] = {{OST_TEXT(FLOWS), l->flows},
                                         {OST_TEXT(CONFIGS), l->configs}};
    const ost_json *document;
    if (ost_json_count(l->flows) > FLOW_LIST_MAX)
        return admin_refuse(a, 400, "errorMessage", "The realm has too many flows");
    ost_result result =
        document_put_members(l->document, members, l->configs != NULL ? 2 : 1, a->arena, &document);
    if (result == OST_OK)
        result = admin_store(a, document);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}

/* ---- finding ---- */

ost_text flow_list_id(const admin_call *a, const ost_json *flow)
{
    return part_id_or(a->realm.row.id, part_text(flow, "id"), part_text(flow, "alias"), a->arena);
}

static const ost_json *find_id(const flow_list *l, const ost_json *list, ost_text id)
{
    const ost_json *at = ost_json_first(list);
    while (at != NULL && !text_equal(flow_list_id(l->admin, at), id))
        at = ost_json_next(at);
    return at;
}

const ost_json *flow_list_with_id(const flow_list *l, ost_text id)
{
    return find_id(l, l->flows, id);
}

const ost_json *flow_list_config_with_id(const flow_list *l, ost_text id)
{
    return find_id(l, l->configs, id);
}

ost_text flow_list_part(const ost_json *step)
{
    return part_text(step, "flowAlias");
}

/* Of names in two spellings, of which Keycloak writes both. */
static ost_text kind_of(const ost_json *step)
{
    ost_text part = flow_list_part(step);
    return part.len > 0 ? part : part_text(step, "authenticator");
}

ost_text flow_list_step_id(const flow_list *l, const ost_json *flow, const ost_json *step)
{
    ost_text alias = part_text(flow, "alias"), kind = kind_of(step);
    unsigned before = 0;
    for (const ost_json *at = ost_json_first(ost_json_get(flow, STEPS)); at != NULL && at != step;
         at = ost_json_next(at))
        before += text_equal(kind_of(at), kind);
    const char *name = ost_arena_format(l->admin->arena, "step %.*s\n%.*s\n%u", OST_FORMAT(alias),
                                        OST_FORMAT(kind), before);
    return name != NULL ? uuid_of_name(l->admin->realm.row.id, text_of(name), l->admin->arena)
                        : (ost_text){0};
}

bool flow_list_find_step(const flow_list *l, ost_text id, flow_place *ret_place)
{
    for (const ost_json *flow = ost_json_first(l->flows); flow != NULL;
         flow = ost_json_next(flow)) {
        for (const ost_json *at = ost_json_first(ost_json_get(flow, STEPS)); at != NULL;
             at = ost_json_next(at)) {
            if (text_equal(flow_list_step_id(l, flow, at), id)) {
                *ret_place = (flow_place){flow, at};
                return true;
            }
        }
    }
    return false;
}

const ost_json **flow_list_sorted(const flow_list *l, const ost_json *flow, size_t *ret_count)
{
    size_t count = 0, room = ost_json_count(ost_json_get(flow, STEPS)) + 1;
    const ost_json **steps = ost_arena_alloc(l->admin->arena, room * sizeof *steps);
    for (const ost_json *at = flow_step_after(flow, NULL); steps != NULL && at != NULL;
         at = flow_step_after(flow, at))
        steps[count++] = at;
    *ret_count = count;
    return steps;
}

/* ---- changing ---- */

static ost_result put(ost_arena *arena, const ost_json **list, const ost_json *old,
                      const ost_json *value)
{
    return old != NULL ? document_replace(*list, old, value, arena, list)
                       : document_append(*list, value, arena, list);
}

ost_result flow_list_put(flow_list *l, const ost_json *old, const ost_json *flow)
{
    return put(l->admin->arena, &l->flows, old, flow);
}

ost_result flow_list_put_step(flow_list *l, const flow_place *place, const ost_json *step)
{
    const ost_json *steps = ost_json_get(place->flow, STEPS), *flow;
    ost_result result = put(l->admin->arena, &steps, place->step, step);
    if (result == OST_OK)
        result = document_put(place->flow, OST_TEXT(STEPS), steps, l->admin->arena, &flow);
    return result == OST_OK ? flow_list_put(l, place->flow, flow) : result;
}

/* Whether a step of any flow names it, by that member. */
static bool is_named(const flow_list *l, const char *member, ost_text alias)
{
    const ost_json *flow = ost_json_first(l->flows);
    while (flow != NULL && json_list_find(ost_json_get(flow, STEPS), member, alias) == NULL)
        flow = ost_json_next(flow);
    return flow != NULL;
}

static ost_result drop_config(flow_list *l, ost_text alias)
{
    const ost_json *config = json_list_find(l->configs, "alias", alias);
    return alias.len == 0 || config == NULL || is_named(l, CONFIGS, alias)
               ? OST_OK
               : put(l->admin->arena, &l->configs, config, NULL);
}

ost_result flow_list_unset_config(flow_list *l, ost_text alias)
{
    ost_result result = OST_OK;
    while (result == OST_OK && is_named(l, CONFIGS, alias)) {
        flow_place place = {ost_json_first(l->flows), NULL};
        const ost_json *step;
        while ((place.step = json_list_find(ost_json_get(place.flow, STEPS), CONFIGS, alias)) ==
               NULL)
            place.flow = ost_json_next(place.flow);
        result = document_put(place.step, OST_TEXT(CONFIGS), NULL, l->admin->arena, &step);
        if (result == OST_OK)
            result = flow_list_put_step(l, &place, step);
    }
    return result;
}

/* Each turn takes one flow out, so that flows which are within each other come to an end. */
ost_result flow_list_drop(flow_list *l, ost_text alias)
{
    const ost_json *flow = json_list_find(l->flows, "alias", alias);
    if (flow == NULL || json_true_of(flow, "builtIn") || is_named(l, "flowAlias", alias))
        return OST_OK;
    ost_result result = flow_list_put(l, flow, NULL);
    for (const ost_json *at = ost_json_first(ost_json_get(flow, STEPS));
         at != NULL && result == OST_OK; at = ost_json_next(at)) {
        result = drop_config(l, part_text(at, CONFIGS));
        if (result == OST_OK && flow_list_part(at).len > 0)
            result = flow_list_drop(l, flow_list_part(at));
    }
    return result;
}

ost_result flow_list_drop_step(flow_list *l, const flow_place *place)
{
    ost_text part = flow_list_part(place->step), config = part_text(place->step, CONFIGS);
    ost_result result = flow_list_put_step(l, place, NULL);
    if (result == OST_OK)
        result = drop_config(l, config);
    return result == OST_OK && part.len > 0 ? flow_list_drop(l, part) : result;
}
