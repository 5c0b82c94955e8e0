/* SPDX-License-Identifier: Apache-2.0 */
/* Authentication flows of a realm in the admin REST API: reading them. */
#include "base/json/json_list.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/realm/document_limit.h"
#include "provider/setting/flow_list.h"
#include "provider/setting/sign_in.h"

#define FLOWS "authenticationFlows"
#define DEPTH_MAX 8
#define STEPS_MAX 1000 /* of one flow with its parts: a flow may name another twice */

/* Of names in two spellings, of which Keycloak writes both. */
static bool is_part(const ost_json *step)
{
    return part_text(step, "flowAlias").len > 0;
}

static void put_step(ost_json_writer *w, const ost_json *step)
{
    static const char *const shown[] = {"authenticator", "authenticatorConfig", "flowAlias",
                                        "requirement", NULL};
    int64_t priority = 0;
    ost_json_open_object(w);
    for (size_t i = 0; shown[i] != NULL; i++) {
        if (part_text(step, shown[i]).len > 0)
            ost_json_member_text(w, shown[i], part_text(step, shown[i]));
    }
    if (!ost_json_integer(ost_json_get(step, "priority"), &priority))
        priority = 0;
    ost_json_member_integer(w, "priority", priority);
    ost_json_member_boolean(w, "authenticatorFlow", is_part(step));
    ost_json_member_boolean(w, "autheticatorFlow", is_part(step));
    ost_json_member_boolean(w, "userSetupAllowed", json_true_of(step, "userSetupAllowed"));
    ost_json_close_object(w);
}

static void put_flow(const admin_call *a, ost_json_writer *w, const ost_json *flow)
{
    const ost_json *steps = ost_json_get(flow, "authenticationExecutions");
    ost_json_open_object(w);
    ost_json_member_text(w, "id", flow_list_id(a, flow));
    ost_json_member_text(w, "alias", part_text(flow, "alias"));
    if (part_text(flow, "description").len > 0)
        ost_json_member_text(w, "description", part_text(flow, "description"));
    ost_json_member_text(w, "providerId", part_text(flow, "providerId"));
    ost_json_member_boolean(w, "topLevel", json_true_of(flow, "topLevel"));
    ost_json_member_boolean(w, "builtIn", json_true_of(flow, "builtIn"));
    ost_json_put_name(w, OST_TEXT("authenticationExecutions"));
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(steps); at != NULL; at = ost_json_next(at))
        put_step(w, at);
    ost_json_close_array(w);
    ost_json_close_object(w);
}

ost_result admin_list_flows(admin_call *a)
{
    const ost_json *flows;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    ost_result result = w != NULL ? sign_in_read(a, FLOWS, &flows) : OST_E_MEMORY;
    if (result != OST_OK)
        return result;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(flows); at != NULL; at = ost_json_next(at)) {
        if (json_true_of(at, "topLevel") && !text_is(part_text(at, "alias"), "saml ecp"))
            put_flow(a, w, at); /* Keycloak does not list that one either */
    }
    ost_json_close_array(w);
    return admin_answer(a, w);
}

ost_result admin_read_flow(admin_call *a)
{
    const ost_json *flows, *at;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    ost_result result = w != NULL ? sign_in_read(a, FLOWS, &flows) : OST_E_MEMORY;
    if (result != OST_OK)
        return result;
    for (at = ost_json_first(flows); at != NULL && !text_equal(flow_list_id(a, at), a->values[1]);
         at = ost_json_next(at))
        ;
    if (at == NULL)
        return admin_refuse(a, 404, "error", "Could not find flow with id");
    put_flow(a, w, at);
    return admin_answer(a, w);
}

/* ---- all steps of a flow, those of its parts below them ---- */

typedef struct listing {
    flow_list list;
    ost_json_writer *writer;
    unsigned steps;
} listing;

static void put_listed(const listing *l, const ost_json *flow, const ost_json *step)
{
    ost_json_writer *w = l->writer;
    ost_text alias = flow_list_part(step), config = part_text(step, "authenticatorConfig");
    const ost_json *part = alias.len > 0 ? json_list_find(l->list.flows, "alias", alias) : NULL;
    const ost_json *settings = json_list_find(l->list.configs, "alias", config);
    int64_t priority = 0;
    ost_json_member_text(w, "id", flow_list_step_id(&l->list, flow, step));
    ost_json_member_text(w, "requirement", part_text(step, "requirement"));
    ost_json_member_text(w, "displayName",
                         alias.len > 0 ? alias : part_text(step, "authenticator"));
    if (part != NULL && part_text(part, "description").len > 0)
        ost_json_member_text(w, "description", part_text(part, "description"));
    if (part != NULL)
        ost_json_member_text(w, "flowId", flow_list_id(l->list.admin, part));
    if (alias.len > 0)
        ost_json_member_boolean(w, "authenticationFlow", true);
    else
        ost_json_member_text(w, "providerId", part_text(step, "authenticator"));
    if (settings != NULL) {
        ost_json_member_text(w, "alias", config);
        ost_json_member_text(w, "authenticationConfig", flow_list_id(l->list.admin, settings));
    }
    ost_json_member_boolean(w, "configurable", false);
    if (!ost_json_integer(ost_json_get(step, "priority"), &priority))
        priority = 0;
    ost_json_member_integer(w, "priority", priority);
}

static bool put_steps(listing *l, const ost_json *flow, unsigned level)
{
    ost_json_writer *w = l->writer;
    size_t count;
    const ost_json **steps = flow_list_sorted(&l->list, flow, &count);
    bool done = steps != NULL;
    for (size_t i = 0; done && i < count && l->steps < STEPS_MAX; i++) {
        const ost_json *part =
            json_list_find(l->list.flows, "alias", part_text(steps[i], "flowAlias"));
        l->steps++;
        ost_json_open_object(w);
        put_listed(l, flow, steps[i]);
        ost_json_member_integer(w, "level", level);
        ost_json_member_integer(w, "index", (int64_t)i);
        ost_json_close_object(w);
        if (part != NULL && level < DEPTH_MAX)
            done = put_steps(l, part, level + 1);
    }
    return done;
}

ost_result admin_list_flow_steps(admin_call *a)
{
    listing l = {.writer = ost_json_writer_new(a->arena, DOCUMENT_MAX)};
    ost_result result = l.writer != NULL ? flow_list_read(a, &l.list) : OST_E_MEMORY;
    if (result != OST_OK)
        return result;
    const ost_json *flow = json_list_find(l.list.flows, "alias", a->values[1]);
    if (flow == NULL)
        return admin_refuse(a, 404, "error", "Could not find flow with alias");
    ost_json_open_array(l.writer);
    if (!put_steps(&l, flow, 0))
        return OST_E_MEMORY;
    ost_json_close_array(l.writer);
    return admin_answer(a, l.writer);
}
