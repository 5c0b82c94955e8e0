/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions; see policy_condition.h. */
#include "provider/policy/policy_condition.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/array.h"
#include "base/json/json_list.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/policy/policy_value.h"

#define NEGATIVE "is-negative-logic"
#define HOSTS "trusted-hosts"

static policy_vote vote(bool yes)
{
    return yes ? POLICY_YES : POLICY_NO;
}

static policy_vote any_client(const ost_json *configuration, const policy_case *c)
{
    (void)configuration;
    (void)c;
    return POLICY_YES;
}

/* ---- the client ---- */

static ost_text access_type(const ost_json *client)
{
    if (policy_switch(client, "publicClient"))
        return OST_TEXT("public");
    return policy_switch(client, "bearerOnly") ? OST_TEXT("bearer-only") : OST_TEXT("confidential");
}

/* A change counts by what the client is, and by what it is to be. */
static policy_vote client_access_type(const ost_json *configuration, const policy_case *c)
{
    const ost_json *types = ost_json_get(configuration, "type");
    return vote((c->client != NULL && json_list_has(types, access_type(c->client))) ||
                (c->proposed != NULL && json_list_has(types, access_type(c->proposed))));
}

/* A file may leave it out. */
static policy_vote client_protocol(const ost_json *configuration, const policy_case *c)
{
    ost_text protocol = policy_text(c->client != NULL ? c->client : c->proposed, "protocol");
    if (protocol.len == 0)
        protocol = OST_TEXT("openid-connect");
    return vote(text_equal(protocol, policy_text(configuration, "protocol")));
}

static policy_vote client_roles(const ost_json *configuration, const policy_case *c)
{
    const ost_json *at = ost_json_first(ost_json_get(configuration, "roles"));
    ost_text name;
    for (; c->client != NULL && at != NULL; at = ost_json_next(at)) {
        if (ost_json_text(at, &name) && json_list_find(c->roles, "name", name) != NULL)
            return POLICY_YES;
    }
    return c->event == POLICY_REGISTER ? POLICY_ABSTAINS : POLICY_NO;
}

/* [{"key", "value"}, …]; an attribute that is named twice is met by nobody. */
static bool has_attributes(const ost_json *client, const ost_json *wanted)
{
    const ost_json *at = ost_json_first(wanted);
    for (; at != NULL; at = ost_json_next(at)) {
        ost_text key = policy_text(at, "key"), value = policy_text(at, "value");
        const ost_json *had = ost_json_get_text(ost_json_get(client, "attributes"), key);
        if (key.data == NULL || value.data == NULL || json_list_find(wanted, "key", key) != at ||
            !ost_json_equals(had, value))
            return false;
    }
    return ost_json_is(wanted, OST_JSON_ARRAY);
}

static policy_vote client_attributes(const ost_json *configuration, const policy_case *c)
{
    return c->client == NULL
               ? POLICY_ABSTAINS
               : vote(has_attributes(c->client, ost_json_get(configuration, "attributes")));
}

/* ---- the request ---- */

/* Of the scopes that count, one that the client has in that way. */
static bool has_scope(const ost_json *configuration, const policy_case *c, const char *member,
                      bool asked_for)
{
    const ost_json *owned = ost_json_get(c->client, member);
    const ost_json *at = ost_json_first(ost_json_get(configuration, "scopes"));
    for (; at != NULL; at = ost_json_next(at)) {
        ost_text name;
        if (ost_json_text(at, &name) && json_list_has(owned, name) &&
            (!asked_for || text_list_has(c->scope, name)))
            return true;
    }
    return false;
}

static policy_vote client_scopes(const ost_json *configuration, const policy_case *c)
{
    ost_text type = policy_text(configuration, "type");
    bool any = text_is(type, "Any");
    if (!c->scoped)
        return POLICY_ABSTAINS;
    return vote(((any || text_is(type, "Default")) &&
                 has_scope(configuration, c, "defaultClientScopes", false)) ||
                ((any || text_is(type, "Optional")) &&
                 has_scope(configuration, c, "optionalClientScopes", true)));
}

/* Of the names that count, one that the other list has. */
static bool share_name(const ost_json *wanted, const ost_json *had)
{
    ost_text name;
    const ost_json *at = ost_json_first(wanted);
    while (at != NULL && !(ost_json_text(at, &name) && json_list_has(had, name)))
        at = ost_json_next(at);
    return at != NULL;
}

static policy_vote requested_acr(const ost_json *configuration, const policy_case *c)
{
    return c->event != POLICY_AUTHORIZATION && c->event != POLICY_PUSHED
               ? POLICY_ABSTAINS
               : vote(json_list_has(c->acr, policy_text(configuration, "acr-property")));
}

/* ---- who makes or changes a client ---- */

static policy_vote client_updater_context(const ost_json *configuration, const policy_case *c)
{
    return c->updater == NULL
               ? POLICY_ABSTAINS
               : vote(json_list_has(ost_json_get(configuration, "update-client-source"),
                                    text_of(c->updater)));
}

static policy_vote updater_roles(const ost_json *configuration, const policy_case *c)
{
    return c->updater == NULL
               ? POLICY_ABSTAINS
               : vote(share_name(ost_json_get(configuration, "roles"), c->updater_roles));
}

static policy_vote updater_groups(const ost_json *configuration, const policy_case *c)
{
    return c->updater == NULL
               ? POLICY_ABSTAINS
               : vote(share_name(ost_json_get(configuration, "groups"), c->updater_groups));
}

static policy_vote updater_host(const ost_json *configuration, const policy_case *c)
{
    const ost_json *hosts = ost_json_get(configuration, HOSTS);
    ost_text address = c->updater_address;
    bool this_machine = text_starts(address, "127.") || text_is(address, "::1");
    if (c->updater == NULL)
        return POLICY_ABSTAINS;
    return vote(json_list_has(hosts, address) ||
                (this_machine && json_list_has(hosts, OST_TEXT("localhost"))));
}

/* ---- the request, again ---- */

static const char *grant_of(const policy_case *c)
{
    switch (c->event) {
    case POLICY_PREAUTHORIZATION:
    case POLICY_AUTHORIZATION:
    case POLICY_PUSHED:
    case POLICY_PUSHING:
        return c->implicit && !c->only_code ? "implicit" : "authorization_code";
    case POLICY_REFRESH:
        return "refresh_token";
    case POLICY_PASSWORD:
        return "password";
    case POLICY_SERVICE_ACCOUNT:
        return "client_credentials";
    case POLICY_EXCHANGE:
        return "urn:ietf:params:oauth:grant-type:token-exchange";
    case POLICY_DEVICE_TOKEN:
        return "urn:ietf:params:oauth:grant-type:device_code";
    case POLICY_JWT_GRANT:
        return "urn:ietf:params:oauth:grant-type:jwt-bearer";
    default:
        return NULL;
    }
}

static policy_vote grant_type(const ost_json *configuration, const policy_case *c)
{
    const char *grant = grant_of(c);
    return grant == NULL
               ? POLICY_ABSTAINS
               : vote(json_list_has(ost_json_get(configuration, "grant_types"), text_of(grant)));
}

static policy_vote identity_provider_alias(const ost_json *configuration, const policy_case *c)
{
    return c->alias.len == 0
               ? POLICY_ABSTAINS
               : vote(json_list_has(ost_json_get(configuration, "identity_provider_aliases"),
                                    c->alias));
}

/* ---- all of them ---- */

static const struct {
    const char *name;
    policy_condition *ask;
} conditions[] = {
    {"acr-condition", requested_acr},
    {"any-client", any_client},
    {"client-access-type", client_access_type},
    {"client-attributes", client_attributes},
    {"client-roles", client_roles},
    {"client-scopes", client_scopes},
    {"client-type", client_protocol},
    {"client-updater-context", client_updater_context},
    {"client-updater-source-groups", updater_groups},
    {"client-updater-source-host", updater_host},
    {"client-updater-source-roles", updater_roles},
    {"grant-type", grant_type},
    {"identity-provider-alias", identity_provider_alias},
};

static policy_condition *condition_find(ost_text name)
{
    for (size_t i = 0; i < ARRAY_LEN(conditions); i++) {
        if (text_is(name, conditions[i].name))
            return conditions[i].ask;
    }
    return NULL;
}

/* The same configuration, with the attributes as they are, and not as text. */
static ost_result read_attributes(const ost_json *configuration, ost_arena *arena,
                                  const ost_json **ret_configuration)
{
    const ost_json *wanted = NULL;
    ost_text text = policy_text(configuration, "attributes");
    ost_result result = ost_json_read(text, NULL, arena, &wanted, NULL);
    if (result == OST_E_MEMORY)
        return result;
    if (result != OST_OK || !ost_json_is(wanted, OST_JSON_ARRAY))
        return OST_E_FORMAT;
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_value(w, "attributes", wanted);
    ost_json_member_boolean(w, NEGATIVE, policy_switch(configuration, NEGATIVE));
    ost_json_close_object(w);
    return json_writer_read(w, NULL, ret_configuration, NULL);
}

static bool is_address(ost_text text)
{
    char address[INET6_ADDRSTRLEN];
    unsigned char bytes[sizeof(struct in6_addr)];
    if (text.len >= sizeof address)
        return false;
    memcpy(address, text.data, text.len);
    address[text.len] = '\0';
    return inet_pton(AF_INET, address, bytes) == 1 || inet_pton(AF_INET6, address, bytes) == 1;
}

/* No name is looked up: whose machine it is must be told by addresses, or "localhost". */
static bool are_addresses(const ost_json *hosts)
{
    ost_text one;
    const ost_json *at = ost_json_first(hosts);
    while (at != NULL && ost_json_text(at, &one) && (text_is(one, "localhost") || is_address(one)))
        at = ost_json_next(at);
    return at == NULL && ost_json_is(hosts, OST_JSON_ARRAY);
}

ost_result policy_condition_read(ost_text name, const ost_json *configuration, ost_arena *arena,
                                 policy_condition **ret_condition,
                                 const ost_json **ret_configuration)
{
    static const char *const types[] = {"Any", "Default", "Optional", NULL};
    *ret_condition = condition_find(name);
    *ret_configuration = configuration;
    if (*ret_condition == NULL)
        return OST_E_NOT_FOUND;
    if (*ret_condition == client_attributes)
        return read_attributes(configuration, arena, ret_configuration);
    if (*ret_condition == updater_host && !are_addresses(ost_json_get(configuration, HOSTS)))
        return OST_E_FORMAT;
    return *ret_condition != client_scopes ||
                   text_is_one_of(policy_text(configuration, "type"), types)
               ? OST_OK
               : OST_E_FORMAT;
}

policy_vote policy_condition_ask(policy_condition *condition, const ost_json *configuration,
                                 const policy_case *c)
{
    policy_vote is = condition(configuration, c);
    if (is == POLICY_ABSTAINS || !policy_switch(configuration, NEGATIVE))
        return is;
    return is == POLICY_YES ? POLICY_NO : POLICY_YES;
}
