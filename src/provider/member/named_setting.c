/* SPDX-License-Identifier: Apache-2.0 */
/* Names of flows and policies; see named_setting.h. */
#include "provider/member/named_setting.h"

#include "base/array.h"
#include "base/json/json_finder.h"
#include "base/text.h"
#include "provider/proof/password_form.h"
#include "provider/proof/password_policy.h"
#include "provider/realm/realm_flow.h"

#define NO_MEMORY "out of memory"

/* The text of a member that is new: not empty, and not what is stored. */
static bool is_new(const ost_json *before, const ost_json *body, const char *name, ost_text *ret)
{
    return ost_json_text(ost_json_get(body, name), ret) && ret->len > 0 &&
           !ost_json_equals(ost_json_get(before, name), *ret);
}

const char *named_setting_no_flow(ost_text alias, ost_arena *arena)
{
    const char *why = ost_arena_format(arena, "No available authentication flow with alias: %.*s",
                                       (int)(alias.len < 100 ? alias.len : 100), alias.data);
    return why != NULL ? why : NO_MEMORY;
}

static const char *first_missing(const ost_json *realm, const ost_json *before,
                                 const ost_json *body, const char *const *members, size_t count,
                                 ost_arena *arena)
{
    ost_text alias;
    for (size_t i = 0; i < count; i++) {
        if (is_new(before, body, members[i], &alias) && !realm_flow_exists(realm, alias))
            return named_setting_no_flow(alias, arena);
    }
    return NULL;
}

const char *named_setting_of_realm(const ost_json *realm, const ost_json *before,
                                   const ost_json *body, ost_arena *arena)
{
    static const char *const flows[] = {
        "browserFlow",          "directGrantFlow",          "registrationFlow",
        "resetCredentialsFlow", "clientAuthenticationFlow", "dockerAuthenticationFlow",
        "firstBrokerLoginFlow"};
    const char *why = first_missing(realm, before, body, flows, ARRAY_LEN(flows), arena);
    ost_error error = {0};
    ost_text text;
    if (why != NULL || !is_new(before, body, "passwordPolicy", &text))
        return why;
    const char *policy = ost_arena_copy(arena, text);
    if (policy == NULL)
        return NO_MEMORY;
    if (password_policy_read(policy, &error) == OST_OK)
        return password_form_refusal(policy);
    why = ost_arena_copy(arena, text_of(error.detail));
    return why != NULL ? why : NO_MEMORY;
}

const char *named_setting_of_client(const ost_json *realm, const ost_json *before,
                                    const ost_json *body, ost_arena *arena)
{
    static const char name[] = "authenticationFlowBindingOverrides";
    const ost_json *old = ost_json_get(before, name);
    ost_text flow;
    for (const ost_json *at = ost_json_first(ost_json_get(body, name)); at != NULL;
         at = ost_json_next(at)) {
        ost_text which = ost_json_name(at);
        bool known = text_is(which, "browser") || text_is(which, "direct_grant");
        if (!ost_json_text(at, &flow) || flow.len == 0 ||
            ost_json_equals(ost_json_get_text(old, which), flow))
            continue;
        if (known && realm_flow_exists(realm, flow))
            continue;
        const char *why =
            ost_arena_format(arena, "Unable to resolve auth flow binding override for: %.*s",
                             (int)(which.len < 100 ? which.len : 100), which.data);
        return why != NULL ? why : NO_MEMORY;
    }
    return NULL;
}

static const char *setting_of_provider(const ost_json *realm, const ost_json *before,
                                       const ost_json *body, ost_arena *arena)
{
    static const char *const flows[] = {"firstBrokerLoginFlowAlias", "postBrokerLoginFlowAlias"};
    return first_missing(realm, before, body, flows, ARRAY_LEN(flows), arena);
}

typedef const char *(*named_setting)(const ost_json *realm, const ost_json *before,
                                     const ost_json *body, ost_arena *arena);

static const char *of_list(const ost_json *realm, const ost_json *body, const char *list,
                           const char *name, named_setting unfit, ost_arena *arena)
{
    const char *why = NULL;
    json_finder finder = {.arena = arena};
    for (const ost_json *at = ost_json_first(ost_json_get(body, list)); at != NULL && why == NULL;
         at = ost_json_next(at)) {
        ost_text own;
        const ost_json *before =
            ost_json_text(ost_json_get(at, name), &own)
                ? json_finder_find(&finder, ost_json_get(realm, list), name, own)
                : NULL;
        why = unfit(realm, before, at, arena);
    }
    return why;
}

const char *named_setting_of_lists(const ost_json *realm, const ost_json *body, ost_arena *arena)
{
    const char *why = of_list(realm, body, "clients", "clientId", named_setting_of_client, arena);
    return why != NULL
               ? why
               : of_list(realm, body, "identityProviders", "alias", setting_of_provider, arena);
}
