/* SPDX-License-Identifier: Apache-2.0 */
/* Names that a realm file uses; see reference_check.h. */
#include "provider/file/reference_check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/error_sentence.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/flow/broker_flow.h"
#include "provider/flow/flow_code_rule.h"
#include "provider/flow/flow_condition.h"
#include "provider/flow/flow_read.h"
#include "provider/member/level_map.h"
#include "provider/profile/profile_rules.h"
#include "provider/proof/password_form.h"
#include "provider/realm/group.h"
#include "provider/realm/realm_flow.h"
#include "provider/realm/role.h"

#define MAX_DEPTH 64 /* of groups; the review bounds them, too */

static ost_result is_missing(const char *where, ost_text of, const char *what, ost_text name,
                             ost_error *error)
{
    return ost_error_set(error, OST_E_FORMAT, "%s%.*s: no %s %.*s", where, (int)of.len, of.data,
                         what, (int)name.len, name.data);
}

/* ---- names that stand twice ---- */

static int by_text(const void *a, const void *b)
{
    const ost_text *one = a, *other = b;
    return text_compare(*one, *other);
}

static ost_result check_once(const ost_json *list, const char *where, ost_arena *arena,
                             ost_error *error)
{
    size_t count = 0;
    ost_text *names = ost_arena_alloc(arena, (ost_json_count(list) + 1) * sizeof *names);
    if (names == NULL)
        return error_set_sentence(error, OST_E_MEMORY);
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at))
        count += ost_json_text(ost_json_get(at, "name"), &names[count]);
    qsort(names, count, sizeof *names, by_text);
    for (size_t i = 1; i < count; i++) {
        if (text_equal(names[i - 1], names[i]))
            return ost_error_set(error, OST_E_FORMAT, "%s: two of the name %.*s", where,
                                 (int)names[i].len, names[i].data);
    }
    return OST_OK;
}

static ost_result check_roles(const realm *r, ost_arena *arena, ost_error *error)
{
    const ost_json *roles = ost_json_get(r->document, "roles");
    ost_result result = check_once(ost_json_get(roles, "realm"), "roles.realm", arena, error);
    for (const ost_json *at = ost_json_first(ost_json_get(roles, "client"));
         at != NULL && result == OST_OK; at = ost_json_next(at))
        result = check_once(at, "roles.client", arena, error);
    return result == OST_OK ? role_composites_check(r, error) : result;
}

/* ---- groups ---- */

static ost_result check_groups(const realm *r, /* NOLINT(misc-no-recursion) */
                               const ost_json *groups, unsigned depth, ost_arena *arena,
                               ost_error *error)
{
    ost_result result = check_once(groups, "groups", arena, error);
    for (const ost_json *group = ost_json_first(groups);
         group != NULL && result == OST_OK && depth < MAX_DEPTH; group = ost_json_next(group)) {
        ost_text name = OST_TEXT("");
        (void)!ost_json_text(ost_json_get(group, "name"), &name);
        for (const ost_json *at = ost_json_first(ost_json_get(group, "clientRoles")); at != NULL;
             at = ost_json_next(at)) {
            if (realm_find_client(r, ost_json_name(at)) == NULL)
                return is_missing("groups: clientRoles of ", name, "client", ost_json_name(at),
                                  error);
        }
        result = check_groups(r, ost_json_get(group, "subGroups"), depth + 1, arena, error);
    }
    return result;
}

static ost_result check_default_groups(const realm *r, ost_error *error)
{
    ost_text path;
    for (const ost_json *at = ost_json_first(ost_json_get(r->document, "defaultGroups"));
         at != NULL; at = ost_json_next(at)) {
        if (ost_json_text(at, &path) && !group_exists(r, path))
            return is_missing("defaultGroups", OST_TEXT(""), "group", path, error);
    }
    return OST_OK;
}

/* ---- scope mappings ---- */

static ost_result check_mappings(const realm *r, const ost_json *list, const char *where,
                                 ost_error *error)
{
    ost_text name;
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (ost_json_text(ost_json_get(at, "client"), &name)) {
            if (realm_find_client(r, name) == NULL)
                return is_missing(where, OST_TEXT(""), "client", name, error);
        } else if (!ost_json_text(ost_json_get(at, "clientScope"), &name)) {
            return ost_error_set(error, OST_E_FORMAT, "%s: neither client nor clientScope", where);
        } else if (realm_find_scope(r, name) == NULL) {
            return is_missing(where, OST_TEXT(""), "client scope", name, error);
        }
    }
    return OST_OK;
}

static ost_result check_all_mappings(const realm *r, ost_error *error)
{
    static const char of_clients[] = "clientScopeMappings";
    ost_result result =
        check_mappings(r, ost_json_get(r->document, "scopeMappings"), "scopeMappings", error);
    for (const ost_json *at = ost_json_first(ost_json_get(r->document, of_clients));
         at != NULL && result == OST_OK; at = ost_json_next(at)) {
        if (realm_find_client(r, ost_json_name(at)) == NULL)
            return is_missing(of_clients, OST_TEXT(""), "client", ost_json_name(at), error);
        result = check_mappings(r, at, of_clients, error);
    }
    return result;
}

/* ---- client scopes of clients ---- */

static bool warn_of_scopes(const realm *r, const ost_json *list, const char *path,
                           import_report *report)
{
    ost_text name;
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (!ost_json_text(at, &name) || realm_find_scope(r, name) != NULL)
            continue;
        const char *which =
            ost_arena_format(report->arena, "%s %.*s", path, (int)name.len, name.data);
        if (which == NULL ||
            !import_report_warn(report, which, "no such client scope is there: it has no effect"))
            return false;
    }
    return true;
}

static bool warn_of_nameless(const ost_json *client, size_t index, import_report *report)
{
    ost_text id;
    if (!ost_json_text(ost_json_get(client, "id"), &id) ||
        !ost_json_equals(ost_json_get(client, "clientId"), id))
        return true;
    const char *path = ost_arena_format(report->arena, "clients[%zu]", index);
    return path != NULL &&
           import_report_warn(report, path, "it has no clientId: its id stands in its place");
}

static ost_result check_scopes(const realm *r, import_report *report, ost_error *error)
{
    static const char *const members[] = {"defaultClientScopes", "optionalClientScopes"};
    size_t index = 0;
    for (const ost_json *at = ost_json_first(ost_json_get(r->document, "clients")); at != NULL;
         at = ost_json_next(at), index++) {
        if (!warn_of_nameless(at, index, report))
            return error_set_sentence(error, OST_E_MEMORY);
        for (size_t i = 0; i < ARRAY_LEN(members); i++) {
            const char *path =
                ost_arena_format(report->arena, "clients[%zu].%s:", index, members[i]);
            if (path == NULL || !warn_of_scopes(r, ost_json_get(at, members[i]), path, report))
                return error_set_sentence(error, OST_E_MEMORY);
        }
    }
    return OST_OK;
}

/* ---- flows ---- */

static bool warn_of_flow(const char *path, import_report *report)
{
    return import_report_warn(report, path,
                              "the flow has steps that are not there: logins by it are refused");
}

/* A name that is no flow's, which Keycloak does not import. */
static bool is_absent_flow(const realm *r, const char *member_name)
{
    ost_text alias = json_text_of(r->document, member_name);
    return alias.len > 0 && !realm_flow_exists(r->document, alias);
}

static bool warn_of_login_flow(const realm *r, const char *path, import_report *report)
{
    return is_absent_flow(r, path)
               ? import_report_warn(report, path, "no such flow is there: logins are refused")
               : warn_of_flow(path, report);
}

static bool warn_of_absent_flows(const realm *r, import_report *report)
{
    static const char *const others[] = {"registrationFlow", "resetCredentialsFlow",
                                         "clientAuthenticationFlow", "dockerAuthenticationFlow",
                                         "firstBrokerLoginFlow"};
    bool told = true;
    for (size_t i = 0; i < ARRAY_LEN(others) && told; i++) {
        told = !is_absent_flow(r, others[i]) ||
               import_report_warn(report, others[i], "no such flow is there");
    }
    return told;
}

static bool is_followed(const realm *r, const ost_json *client, realm_flow flow)
{
    return realm_flow_demand_of(r->document, client, flow) != FLOW_REFUSED;
}

static bool warn_of_providers(const realm *r, import_report *report)
{
    size_t index = 0;
    for (const ost_json *at = ost_json_first(ost_json_get(r->document, "identityProviders"));
         at != NULL; at = ost_json_next(at), index++) {
        const char *const names[] = {"firstBrokerLoginFlowAlias", "postBrokerLoginFlowAlias"};
        for (size_t i = 0; i < 2; i++) {
            const char *why =
                broker_flow_fault(r->document, json_text_of(at, names[i]), i == 0, report->arena);
            const char *path =
                ost_arena_format(report->arena, "identityProviders[%zu].%s", index, names[i]);
            const char *told =
                why != NULL ? ost_arena_format(report->arena, "nobody signs in by it: %s", why)
                            : NULL;
            if (why != NULL &&
                (path == NULL || told == NULL || !import_report_warn(report, path, told)))
                return false;
        }
    }
    return true;
}

/* A client tells itself from the realm alone where it has a flow of its own. */
static bool warn_of_client(const realm *r, const ost_json *client, size_t index, bool browser,
                           bool direct, import_report *report)
{
    char path[80];
    if (ost_json_count(ost_json_get(client, "authenticationFlowBindingOverrides")) == 0 ||
        ((!browser || is_followed(r, client, REALM_FLOW_BROWSER)) &&
         (!direct || is_followed(r, client, REALM_FLOW_DIRECT_GRANT))))
        return true;
    snprintf(path, sizeof path, "clients[%zu].authenticationFlowBindingOverrides", index);
    return warn_of_flow(path, report);
}

/* Nobody is asked less than the file wants asked. */
static bool warn_of_registration(const realm *r, import_report *report)
{
    bool wanted = false;
    (void)!ost_json_boolean(ost_json_get(r->document, "registrationAllowed"), &wanted);
    if (wanted && !realm_flow_of_registration(r->document).followed)
        return import_report_warn(report, "registrationFlow",
                                  "the flow has steps that are not there: nobody registers");
    return !r->registration.allowed || !r->verify_email || r->has_mail_server ||
           import_report_warn(
               report, "verifyEmail",
               "there is no mail server: who registers is let in once an administrator has "
               "marked their address as verified");
}

/* What a condition names that is not there; NULL: nothing. */
static const char *missing_of(const realm *r, const ost_json *step)
{
    ost_text role, name = flow_condition_role(r->document, step);
    ost_text scope = flow_condition_scope(r->document, step);
    const ost_json *flow = flow_condition_flow(r->document, step);
    ost_text client = role_client_of(r, name, &role);
    if (name.len > 0 && !role_exists(r, client, role))
        return "role";
    if (scope.len > 0 && realm_find_scope(r, scope) == NULL)
        return "client scope";
    return flow != NULL && flow_find(r->document, flow) == NULL ? "flow" : NULL;
}

static const char *meaning_of(const realm *r, const ost_json *step)
{
    const ost_json *config = flow_config_of(r->document, step);
    if (flow_condition_flow(r->document, step) != NULL)
        return text_is(json_text_of(config, "check_result"), "not-executed") ? "it means everybody"
                                                                             : "it means nobody";
    return text_says_true(json_text_of(config, "negate")) ? "nobody comes in by it"
                                                          : "it means nobody";
}

/* Whom a condition means that names something which is not there. */
static bool warn_of_condition(const realm *r, const ost_json *step, size_t flow, size_t index,
                              import_report *report)
{
    const char *missing = missing_of(r, step);
    if (missing == NULL || flow_requirement_of(step) == STEP_DISABLED)
        return true;
    const char *path = ost_arena_format(
        report->arena, "authenticationFlows[%zu].authenticationExecutions[%zu]", flow, index);
    const char *why = ost_arena_format(report->arena, "the %s of the condition is not there: %s",
                                       missing, meaning_of(r, step));
    return path != NULL && why != NULL && import_report_warn(report, path, why);
}

/* Whom a step spares a code, or asks for one, by a role that is not there. */
static bool warn_of_code_rule(const realm *r, const ost_json *step, size_t flow, size_t index,
                              import_report *report)
{
    static const char *const words[] = {"the role that it asks is not there: it asks nobody by it",
                                        "the role that it spares is not there: it spares nobody"};
    for (size_t i = 0; i < 2; i++) {
        ost_text role, name = flow_code_rule_role(r->document, step, i == 1);
        ost_text client = role_client_of(r, name, &role);
        if (flow_requirement_of(step) == STEP_DISABLED || name.len == 0 ||
            role_exists(r, client, role))
            continue;
        const char *path = ost_arena_format(
            report->arena, "authenticationFlows[%zu].authenticationExecutions[%zu]", flow, index);
        if (path == NULL || !import_report_warn(report, path, words[i]))
            return false;
    }
    return true;
}

/* A factor that somebody may have meant to be asked for. */
static bool warn_of_factor(const ost_json *step, size_t flow, size_t index, import_report *report)
{
    if (flow_requirement_of(step) != STEP_ALTERNATIVE || flow_factor_of(step, false) == FACTOR_NONE)
        return true;
    const char *path = ost_arena_format(
        report->arena, "authenticationFlows[%zu].authenticationExecutions[%zu]", flow, index);
    return path != NULL && import_report_warn(report, path,
                                              "an alternative beside what is required does not "
                                              "count: nobody is asked for this factor by it");
}

static bool warn_of_steps(const realm *r, import_report *report)
{
    size_t flow = 0;
    bool told = true;
    for (const ost_json *at = ost_json_first(ost_json_get(r->document, "authenticationFlows"));
         at != NULL; at = ost_json_next(at), flow++) {
        size_t index = 0;
        bool required = flow_has_required(at);
        for (const ost_json *step = ost_json_first(ost_json_get(at, "authenticationExecutions"));
             step != NULL; step = ost_json_next(step), index++) {
            told = told && warn_of_condition(r, step, flow, index, report);
            told = told && warn_of_code_rule(r, step, flow, index, report);
            told = told && (!required || warn_of_factor(step, flow, index, report));
        }
    }
    return told;
}

/* Names of levels that no login by the flow reaches. */
static bool warn_of_names(const realm *r, const ost_json *client, const char *path,
                          import_report *report)
{
    const realm_levels levels = realm_flow_levels_of(r->document, client);
    const ost_json *attributes = ost_json_get(client != NULL ? client : r->document, "attributes");
    int64_t reached = levels.count > 0 ? levels.list[levels.count - 1] : 1;
    if (level_map_highest(attributes, "acr.loa.map", report->arena) <= reached)
        return true;
    const char *why = ost_arena_format(report->arena, "a login reaches level %lld, and none above",
                                       (long long)reached);
    return why != NULL && import_report_warn(report, path, why);
}

static bool warn_of_level_names(const realm *r, import_report *report)
{
    size_t index = 0;
    bool told = warn_of_names(r, NULL, "attributes.acr.loa.map", report);
    for (const ost_json *at = ost_json_first(ost_json_get(r->document, "clients"));
         at != NULL && told; at = ost_json_next(at), index++) {
        const char *path =
            ost_arena_format(report->arena, "clients[%zu].attributes.acr.loa.map", index);
        told = path != NULL && warn_of_names(r, at, path, report);
    }
    return told;
}

static ost_result check_flows(const realm *r, import_report *report, ost_error *error)
{
    bool browser = is_followed(r, NULL, REALM_FLOW_BROWSER);
    bool direct = is_followed(r, NULL, REALM_FLOW_DIRECT_GRANT);
    bool told = browser || warn_of_login_flow(r, "browserFlow", report);
    size_t index = 0;
    told = told && (direct || warn_of_login_flow(r, "directGrantFlow", report));
    told = told && warn_of_providers(r, report) && warn_of_absent_flows(r, report);
    told = told && warn_of_registration(r, report) && warn_of_steps(r, report);
    for (const ost_json *at = ost_json_first(ost_json_get(r->document, "clients"));
         at != NULL && told; at = ost_json_next(at))
        told = warn_of_client(r, at, index++, browser, direct, report);
    told = told && warn_of_level_names(r, report);
    return told ? OST_OK : error_set_sentence(error, OST_E_MEMORY);
}

/* ---- passwords ---- */

static ost_result check_password_form(const realm *r, import_report *report, ost_error *error)
{
    const char *weak = password_form_weakness(r->password_policy, report->arena);
    return weak == NULL || import_report_warn(report, "passwordPolicy", weak)
               ? OST_OK
               : error_set_sentence(error, OST_E_MEMORY);
}

/* ---- the user profile ---- */

static ost_result check_profile(const realm *r, import_report *report, ost_arena *arena,
                                ost_error *error)
{
    const ost_json *list =
                       ost_json_get(ost_json_get(r->document, "components"), PROFILE_COMPONENTS),
                   *rules;
    size_t index = 0;
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at), index++) {
        ost_text text;
        ost_error why = {0};
        const char *odd = NULL;
        const ost_json *config = ost_json_get(ost_json_get(at, "config"), PROFILE_SETTING);
        if (!ost_json_text(ost_json_first(config), &text))
            continue;
        ost_result result = profile_rules_judge(text, arena, &rules, &odd, &why);
        if (result != OST_OK)
            return ost_error_set(error, result, "components." PROFILE_COMPONENTS "[%zu]: %s", index,
                                 result == OST_E_MEMORY ? "out of memory" : why.detail);
        const char *path =
            ost_arena_format(report->arena, "components." PROFILE_COMPONENTS "[%zu]", index);
        if (path == NULL || (odd != NULL && !import_report_warn(report, path, odd)))
            return error_set_sentence(error, OST_E_MEMORY);
    }
    return OST_OK;
}

ost_result reference_check(const realm *r, import_report *report, ost_arena *arena,
                           ost_error *error)
{
    ost_result result = check_roles(r, arena, error);
    if (result == OST_OK)
        result =
            check_once(ost_json_get(r->document, "clientScopes"), "clientScopes", arena, error);
    if (result == OST_OK)
        result = check_groups(r, ost_json_get(r->document, "groups"), 0, arena, error);
    if (result == OST_OK)
        result = check_default_groups(r, error);
    if (result == OST_OK)
        result = check_all_mappings(r, error);
    if (result == OST_OK)
        result = check_scopes(r, report, error);
    if (result == OST_OK)
        result = check_profile(r, report, arena, error);
    if (result == OST_OK)
        result = check_password_form(r, report, error);
    return result == OST_OK ? check_flows(r, report, error) : result;
}
