/* SPDX-License-Identifier: Apache-2.0 */
/* Authentication flows of a realm in the admin REST API, for reading. */
#include "base/json/json_list.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/realm/document_limit.h"
#include "provider/setting/sign_in.h"

#define FLOWS "authenticationFlows"
#define DEPTH_MAX 8
#define STEPS_MAX 1000 /* of one flow with its parts: a flow may name another twice */

/* Of names in two spellings, of which Keycloak writes both. */
static bool is_part(const ost_json *step)
{
    return part_text(step, "flowAlias").len > 0;
}

/* The id of a flow: its own, or what its alias makes. */
static ost_text id_of(const admin_call *a, const ost_json *flow)
{
    return part_id_or(a->realm.row.id, part_text(flow, "id"), part_text(flow, "alias"), a->arena);
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
    ost_json_member_text(w, "id", id_of(a, flow));
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
        if (json_true_of(at, "topLevel"))
            put_flow(a, w, at);
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
    for (at = ost_json_first(flows); at != NULL && !text_equal(id_of(a, at), a->values[1]);
         at = ost_json_next(at))
        ;
    if (at == NULL)
        return admin_refuse(a, 404, "error", "Could not find flow with id");
    put_flow(a, w, at);
    return admin_answer(a, w);
}

/* ---- all steps of a flow, those of its parts below them ---- */

typedef struct listing {
    const admin_call *admin;
    ost_json_writer *writer;
    const ost_json *flows;
    unsigned steps;
} listing;

/* Steps have no ids in realm files: what tells them apart is where they stand. */
static ost_text step_id(const listing *l, const ost_json *step)
{
    const char *place = ost_arena_format(l->admin->arena, "step %u", l->steps);
    return part_id_or(l->admin->values[1], part_text(step, "id"), text_of(place), l->admin->arena);
}

static void put_steps(listing *l, const ost_json *flow, unsigned level)
{
    ost_json_writer *w = l->writer;
    int64_t index = 0;
    const ost_json *steps = ost_json_get(flow, "authenticationExecutions");
    for (const ost_json *at = ost_json_first(steps); at != NULL && l->steps < STEPS_MAX;
         at = ost_json_next(at)) {
        const ost_json *part =
            is_part(at) ? json_list_find(l->flows, "alias", part_text(at, "flowAlias")) : NULL;
        l->steps++;
        ost_json_open_object(w);
        ost_json_member_text(w, "id", step_id(l, at));
        ost_json_member_text(w, "requirement", part_text(at, "requirement"));
        ost_json_member_text(w, "displayName",
                             part_text(at, is_part(at) ? "flowAlias" : "authenticator"));
        if (part != NULL)
            ost_json_member_text(w, "flowId", id_of(l->admin, part));
        if (is_part(at))
            ost_json_member_boolean(w, "authenticationFlow", true);
        else
            ost_json_member_text(w, "providerId", part_text(at, "authenticator"));
        ost_json_member_boolean(w, "configurable", false);
        ost_json_member_integer(w, "level", level);
        ost_json_member_integer(w, "index", index++);
        ost_json_close_object(w);
        if (part != NULL && level < DEPTH_MAX)
            put_steps(l, part, level + 1);
    }
}

ost_result admin_list_flow_steps(admin_call *a)
{
    const ost_json *flows = NULL;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    ost_result result = w != NULL ? sign_in_read(a, FLOWS, &flows) : OST_E_MEMORY;
    if (result != OST_OK)
        return result;
    const ost_json *flow = json_list_find(flows, "alias", a->values[1]);
    listing l = {.admin = a, .writer = w, .flows = flows};
    if (flow == NULL)
        return admin_refuse(a, 404, "error", "Could not find flow with alias");
    ost_json_open_array(w);
    put_steps(&l, flow, 0);
    ost_json_close_array(w);
    return admin_answer(a, w);
}
