/* SPDX-License-Identifier: Apache-2.0 */
/* Policies of client registration; see registration_policy.h. */
#include "provider/registration/registration_policy.h"

#include "base/array.h"
#include "base/text.h"
#include "provider/proof/attribute.h"

#define POLICIES "org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy"
#define MAX_CLIENTS 200 /* Keycloak's default */

const ost_json *registration_policy_config(const call *c, const char *policy, bool anonymous)
{
    ost_text kind = anonymous ? OST_TEXT("anonymous") : OST_TEXT("authenticated");
    const ost_json *list = ost_json_get(ost_json_get(c->realm->document, "components"), POLICIES);
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (ost_json_equals(ost_json_get(at, "providerId"), text_of(policy)) &&
            ost_json_equals(ost_json_get(at, "subType"), kind))
            return ost_json_get(at, "config");
    }
    return NULL;
}

static const ost_json *find_policy(const call *c, const char *policy)
{
    return registration_policy_config(c, policy, true);
}

/* A switch of the policy, which is on unless it says "false". */
static bool is_on(const ost_json *config, const char *name)
{
    const ost_json *value = ost_json_first(ost_json_get(config, name));
    return value == NULL || !ost_json_equals(value, OST_TEXT("false"));
}

static bool refuse_host(call *c, const char *details)
{
    return call_refuse(c, 403, "insufficient_scope",
                       call_format(c,
                                   "Policy 'Trusted Hosts' rejected request to client-registration "
                                   "service. Details: %s",
                                   details));
}

/* ---- hosts ---- */

/* "*.example.org" stands for every name below it. */
static bool is_trusted(const ost_json *hosts, ost_text host)
{
    ost_text entry;
    for (const ost_json *at = ost_json_first(hosts); at != NULL; at = ost_json_next(at)) {
        if (!ost_json_text(at, &entry) || entry.len == 0)
            continue;
        if (text_equal_ignoring_case(entry, host))
            return true;
        ost_text below = text_slice(entry, 1, entry.len); /* ".example.org" */
        if (text_starts(entry, "*.") && host.len > below.len &&
            text_equal_ignoring_case(text_slice(host, host.len - below.len, below.len), below))
            return true;
    }
    return false;
}

/* Names are not looked up: an address must be written as one, and this machine has its name. */
static bool is_trusted_peer(const ost_json *hosts, ost_text peer)
{
    return is_trusted(hosts, peer) || ((text_starts(peer, "127.") || text_is(peer, "::1")) &&
                                       is_trusted(hosts, OST_TEXT("localhost")));
}

/* "scheme://host:port/path" has a host; "app:/callback" has none. */
static ost_text host_of(ost_text uri)
{
    ost_text origin = realm_uri_origin(uri);
    size_t colon = text_find(origin, ':', 0);
    if (text_find(origin, '@', 0) < origin.len)
        return (ost_text){0};
    ost_text host = text_slice(origin, colon + 3, origin.len);
    if (host.len > 0 && host.data[0] == '[')
        return text_slice(host, 1, text_find(host, ']', 0) - 1);
    return text_slice(host, 0, text_find(host, ':', 0));
}

static bool are_trusted(call *c, const ost_json *hosts, const ost_text *uris, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ost_text host = host_of(uris[i]);
        if (uris[i].len > 0 && (host.len == 0 || !is_trusted(hosts, host)))
            return refuse_host(c, "URI doesn't match any trusted host or trusted domain");
    }
    return true;
}

static bool are_requests_trusted(call *c, const ost_json *hosts, const client_metadata *m)
{
    ost_text uri, rest = m->requests.uris;
    while (attribute_next(&rest, &uri)) {
        if (!are_trusted(c, hosts, &uri, 1))
            return false;
    }
    return true;
}

static bool check_hosts(call *c, const client_metadata *m)
{
    const ost_json *config = find_policy(c, "trusted-hosts");
    const ost_json *hosts = ost_json_get(config, "trusted-hosts");
    const ost_text links[] = {m->client_uri, m->logo_uri,        m->policy_uri,
                              m->tos_uri,    m->logout.back_uri, m->logout.front_uri,
                              m->jwks_uri,   m->ciba.notified};
    if (config == NULL || (is_on(config, "host-sending-registration-request-must-match") &&
                           !is_trusted_peer(hosts, c->request->peer)))
        return refuse_host(c, "Host not trusted.");
    return !is_on(config, "client-uris-must-match") ||
           (are_trusted(c, hosts, m->redirect_uris, m->redirect_count) &&
            are_trusted(c, hosts, m->post_logout_uris, m->post_logout_count) &&
            are_trusted(c, hosts, links, ARRAY_LEN(links)) && are_requests_trusted(c, hosts, m));
}

/* ---- the whole ---- */

bool registration_policy_check(call *c, const client_metadata *metadata, bool is_new,
                               registration_policy *ret_policy)
{
    ost_text limit = {0};
    uint64_t most = MAX_CLIENTS;
    const ost_json *max = find_policy(c, "max-clients");
    if (ost_json_text(ost_json_first(ost_json_get(max, "max-clients")), &limit) &&
        !text_to_unsigned(limit, 1000000, &most))
        most = 0;
    *ret_policy = (registration_policy){
        .consent_required = find_policy(c, "consent-required") != NULL,
        .full_scope_disabled = true,
        .max_clients = (int64_t)most,
    };
    if (!check_hosts(c, metadata))
        return false;
    if (is_new && c->realm->client_count >= most)
        return call_refuse(c, 403, "insufficient_scope",
                           call_format(c,
                                       "Policy 'Max Clients Limit' rejected request to "
                                       "client-registration service. Details: It's allowed to have "
                                       "max %d clients per realm",
                                       (int)most));
    return true;
}
