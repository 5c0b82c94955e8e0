/* SPDX-License-Identifier: Apache-2.0 */
/* Steps of authentication flows in the admin REST API: added, changed, moved and taken out. */
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
#include "provider/realm/uuid.h"
#include "provider/setting/flow_list.h"

#define STEPS "authenticationExecutions"

/* Keycloak's, of 24.0.5 and 26.7.3, whether or not they are carried out here. */
static const char *const authenticators[] = {"allow-access-authenticator",
                                             "auth-conditional-otp-form",
                                             "auth-cookie",
                                             "auth-otp-form",
                                             "auth-password-form",
                                             "auth-recovery-authn-code-form",
                                             "auth-spnego",
                                             "auth-username-form",
                                             "auth-username-password-form",
                                             "auth-x509-client-username-form",
                                             "client-jwt",
                                             "client-secret",
                                             "client-secret-jwt",
                                             "client-x509",
                                             "conditional-client-scope",
                                             "conditional-credential",
                                             "conditional-level-of-authentication",
                                             "conditional-sub-flow-executed",
                                             "conditional-user-attribute",
                                             "conditional-user-configured",
                                             "conditional-user-role",
                                             "deny-access-authenticator",
                                             "direct-grant-auth-x509-username",
                                             "direct-grant-validate-otp",
                                             "direct-grant-validate-password",
                                             "direct-grant-validate-username",
                                             "docker-http-basic-authenticator",
                                             "federated-jwt",
                                             "http-basic-authenticator",
                                             "identity-provider-redirector",
                                             "idp-add-organization-member",
                                             "idp-auto-link",
                                             "idp-confirm-link",
                                             "idp-confirm-override-link",
                                             "idp-create-user-if-unique",
                                             "idp-detect-existing-broker-user",
                                             "idp-email-verification",
                                             "idp-review-profile",
                                             "idp-username-password-form",
                                             "organization",
                                             "registration-password-action",
                                             "registration-recaptcha-action",
                                             "registration-recaptcha-enterprise",
                                             "registration-terms-and-conditions",
                                             "registration-user-creation",
                                             "reset-credential-email",
                                             "reset-credentials-choose-user",
                                             "reset-otp",
                                             "reset-password",
                                             "user-session-limits",
                                             "webauthn-authenticator",
                                             "webauthn-authenticator-passwordless",
                                             NULL};

static bool read_requirement(admin_call *a, ost_text *ret_requirement)
{
    static const char *const known[] = {"REQUIRED", "CONDITIONAL", "ALTERNATIVE", "DISABLED", NULL};
    ost_text given = part_text(a->body, "requirement");
    if (given.len > 0 && !text_is_one_of(given, known)) {
        admin_refuse(a, 400, "errorMessage", "There is no such requirement");
        return false;
    }
    *ret_requirement = given;
    return true;
}

/* The flow of the path that takes steps; NULL: none does, and the call is refused. */
static const ost_json *growing_flow(admin_call *a, const flow_list *l, const char *what)
{
    const ost_json *flow = json_list_find(l->flows, "alias", a->values[1]);
    const char *why = NULL;
    if (flow == NULL)
        why = "Parent flow doesn't exist";
    else if (json_true_of(flow, "builtIn"))
        why = ost_arena_format(a->arena, "It is illegal to add %s to a built in flow", what);
    else if (ost_json_count(ost_json_get(flow, STEPS)) >= FLOW_STEPS_MAX)
        why = "The flow has too many steps";
    else
        return flow;
    admin_refuse(a, 400, "error", why != NULL ? why : "unknown_error");
    return NULL;
}

static int64_t priority_of(const ost_json *step)
{
    int64_t priority;
    return ost_json_integer(ost_json_get(step, "priority"), &priority) ? priority : 0;
}

/* ---- adding ---- */

typedef struct new_step {
    ost_text authenticator, part, requirement;
} new_step;

/* It comes last, unless the body says where. */
static ost_result write_step(admin_call *a, const ost_json *flow, const new_step *s,
                             const ost_json **ret_step)
{
    int64_t last = -1, given;
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    for (const ost_json *at = ost_json_first(ost_json_get(flow, STEPS)); at != NULL;
         at = ost_json_next(at))
        last = priority_of(at) > last ? priority_of(at) : last;
    ost_json_open_object(w);
    if (s->authenticator.len > 0)
        ost_json_member_text(w, "authenticator", s->authenticator);
    ost_json_member_boolean(w, "authenticatorFlow", s->part.len > 0);
    ost_json_member_text(w, "requirement",
                         s->requirement.len > 0 ? s->requirement : OST_TEXT("DISABLED"));
    ost_json_member_integer(w, "priority",
                            ost_json_integer(ost_json_get(a->body, "priority"), &given) ? given
                                                                                        : last + 1);
    ost_json_member_boolean(w, "autheticatorFlow", s->part.len > 0);
    if (s->part.len > 0)
        ost_json_member_text(w, "flowAlias", s->part);
    ost_json_member_boolean(w, "userSetupAllowed", false);
    ost_json_close_object(w);
    return json_writer_read(w, NULL, ret_step, NULL);
}

/* Stores what was added, and answers where it is: "executions", "flows". */
static ost_result answer_added(admin_call *a, const flow_list *l, const char *which, ost_text id)
{
    ost_result result = flow_list_store(l);
    if (result != OST_OK || a->status != 204)
        return result;
    a->status = 0;
    return admin_answer_created(a,
                                ost_arena_format(a->arena, "/realms/%s/authentication/%s/%.*s",
                                                 percent_encode(a->arena, a->realm.row.name).data,
                                                 which, OST_FORMAT(id)));
}

ost_result admin_add_flow_step(admin_call *a)
{
    flow_list l;
    const ost_json *step;
    new_step s = {.authenticator = part_text(a->body, "provider")};
    ost_result result = flow_list_read(a, &l);
    const ost_json *flow = result == OST_OK ? growing_flow(a, &l, "execution") : NULL;
    if (flow == NULL || !read_requirement(a, &s.requirement))
        return result;
    if (!text_is_one_of(s.authenticator, authenticators)) {
        const char *why = ost_arena_format(
            a->arena, "No authentication provider found for id: %.*s",
            OST_FORMAT(s.authenticator.len > 0 ? s.authenticator : OST_TEXT("null")));
        return admin_refuse(a, 400, "error", why != NULL ? why : "unknown_error");
    }
    result = write_step(a, flow, &s, &step);
    if (result == OST_OK)
        result = flow_list_put_step(&l, &(flow_place){flow, NULL}, step);
    if (result != OST_OK)
        return result;
    flow = json_list_find(l.flows, "alias", a->values[1]);
    for (const ost_json *at = ost_json_first(ost_json_get(flow, STEPS)); at != NULL;
         at = ost_json_next(at))
        step = at;
    return answer_added(a, &l, "executions", flow_list_step_id(&l, flow, step));
}

/* "basic-flow", or a form with its page ("form-flow"). */
static ost_result write_part(admin_call *a, ost_text id, ost_text alias, bool form,
                             const ost_json **ret_flow)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_text(w, "id", id);
    ost_json_member_text(w, "alias", alias);
    ost_json_member_text(w, "description", part_text(a->body, "description"));
    ost_json_member_string(w, "providerId", form ? "form-flow" : "basic-flow");
    ost_json_member_boolean(w, "topLevel", false);
    ost_json_member_boolean(w, "builtIn", false);
    ost_json_put_name(w, OST_TEXT(STEPS));
    ost_json_open_array(w);
    ost_json_close_array(w);
    ost_json_close_object(w);
    return json_writer_read(w, NULL, ret_flow, NULL);
}

ost_result admin_add_flow_part(admin_call *a)
{
    flow_list l;
    const ost_json *step, *part;
    new_step s = {.part = part_text(a->body, "alias")};
    ost_result result = flow_list_read(a, &l);
    const ost_json *flow = result == OST_OK ? growing_flow(a, &l, "sub-flow") : NULL;
    if (flow == NULL || !read_requirement(a, &s.requirement))
        return result;
    if (s.part.len == 0)
        return admin_refuse(a, 409, "errorMessage", "Failed to create flow with empty alias name");
    if (json_list_find(l.flows, "alias", s.part) != NULL)
        return admin_refuse(a, 409, "errorMessage", "New flow alias name already exists");
    bool form = text_is(part_text(a->body, "type"), "form-flow");
    if (form)
        s.authenticator = OST_TEXT("registration-page-form");
    ost_text id = uuid_text(a->call->provider->context, a->arena);
    result = id.data != NULL ? write_part(a, id, s.part, form, &part) : OST_E_MEMORY;
    if (result == OST_OK)
        result = write_step(a, flow, &s, &step);
    if (result == OST_OK)
        result = flow_list_put_step(&l, &(flow_place){flow, NULL}, step);
    if (result == OST_OK)
        result = flow_list_put(&l, NULL, part);
    return result == OST_OK ? answer_added(a, &l, "flows", id) : result;
}
