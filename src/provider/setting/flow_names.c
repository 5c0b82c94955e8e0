/* SPDX-License-Identifier: Apache-2.0 */
/* What goes by a flow, and follows it when it gets another alias; see flow_list.h. */
#include "base/array.h"
#include "base/json/json_list.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/setting/flow_list.h"

#define STEPS "authenticationExecutions"
#define PROVIDERS "identityProviders"

static const char *const bindings[] = {
    "browserFlow",          "directGrantFlow",          "registrationFlow",
    "resetCredentialsFlow", "clientAuthenticationFlow", "dockerAuthenticationFlow",
    "firstBrokerLoginFlow"};
static const char *const provider_flows[] = {"firstBrokerLoginFlowAlias",
                                             "postBrokerLoginFlowAlias"};

/* A step of a flow is no use of it by itself: what it is within may be unused. */
bool flow_list_is_used(const flow_list *l, const ost_json *flow)
{
    static const char *const overrides[] = {"browser", "direct_grant"};
    ost_text alias = part_text(flow, "alias"), id = flow_list_id(l->admin, flow);
    for (size_t i = 0; i < ARRAY_LEN(bindings); i++) {
        if (ost_json_equals(ost_json_get(l->document, bindings[i]), alias))
            return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(provider_flows); i++) {
        if (json_list_find(ost_json_get(l->document, PROVIDERS), provider_flows[i], alias) != NULL)
            return true;
    }
    for (const ost_json *at = ost_json_first(ost_json_get(l->document, "clients")); at != NULL;
         at = ost_json_next(at)) {
        const ost_json *own = ost_json_get(at, "authenticationFlowBindingOverrides");
        for (size_t i = 0; i < ARRAY_LEN(overrides); i++) {
            const ost_json *named = ost_json_get(own, overrides[i]);
            if (ost_json_equals(named, id) || ost_json_equals(named, alias))
                return true;
        }
    }
    return false;
}

/* Every object of a list whose member is the old alias gets the new one. */
static ost_result rename_in(admin_call *a, const ost_json **list, const char *member, ost_text old,
                            ost_text alias)
{
    const ost_json *found, *changed;
    ost_result result = OST_OK;
    while (result == OST_OK && (found = json_list_find(*list, member, old)) != NULL) {
        result = document_put_text(found, member, alias, a->arena, &changed);
        if (result == OST_OK)
            result = document_replace(*list, found, changed, a->arena, list);
    }
    return result;
}

static const ost_json *flow_with_part(const flow_list *l, ost_text part)
{
    const ost_json *flow = ost_json_first(l->flows);
    while (flow != NULL && json_list_find(ost_json_get(flow, STEPS), "flowAlias", part) == NULL)
        flow = ost_json_next(flow);
    return flow;
}

static ost_result rename_steps(flow_list *l, ost_text old, ost_text alias)
{
    const ost_json *flow, *changed;
    ost_result result = OST_OK;
    while (result == OST_OK && (flow = flow_with_part(l, old)) != NULL) {
        const ost_json *steps = ost_json_get(flow, STEPS);
        result = rename_in(l->admin, &steps, "flowAlias", old, alias);
        if (result == OST_OK)
            result = document_put(flow, OST_TEXT(STEPS), steps, l->admin->arena, &changed);
        if (result == OST_OK)
            result = flow_list_put(l, flow, changed);
    }
    return result;
}

static ost_result rename_bindings(flow_list *l, ost_text old, ost_text alias)
{
    ost_arena *arena = l->admin->arena;
    const ost_json *providers = ost_json_get(l->document, PROVIDERS);
    ost_result result = OST_OK;
    for (size_t i = 0; i < ARRAY_LEN(bindings) && result == OST_OK; i++) {
        if (ost_json_equals(ost_json_get(l->document, bindings[i]), old))
            result = document_put_text(l->document, bindings[i], alias, arena, &l->document);
    }
    for (size_t i = 0; i < ARRAY_LEN(provider_flows) && result == OST_OK; i++)
        result = rename_in(l->admin, &providers, provider_flows[i], old, alias);
    return result == OST_OK && providers != NULL
               ? document_put(l->document, OST_TEXT(PROVIDERS), providers, arena, &l->document)
               : result;
}

/* Its id stays, by which clients name it. */
ost_result flow_list_rename(flow_list *l, const ost_json *flow, ost_text alias)
{
    ost_arena *arena = l->admin->arena;
    ost_text old = part_text(flow, "alias"), id = flow_list_id(l->admin, flow);
    const ost_json *changed;
    ost_result result = document_put_text(flow, "id", id, arena, &changed);
    if (result == OST_OK)
        result = document_put_text(changed, "alias", alias, arena, &changed);
    if (result == OST_OK)
        result = flow_list_put(l, flow, changed);
    if (result == OST_OK)
        result = rename_steps(l, old, alias);
    return result == OST_OK ? rename_bindings(l, old, alias) : result;
}
