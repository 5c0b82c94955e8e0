/* SPDX-License-Identifier: Apache-2.0 */
/* Which redirect URIs the executor secure-redirect-uris-enforcer takes; see policy_executor.h. No
 * name is looked up: a loopback address is one by its text. */
#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"
#include "provider/policy/policy_executor.h"
#include "provider/policy/policy_value.h"
#include "provider/proof/attribute.h"
#include "provider/proof/java_pattern.h"

#define HOST_MAX 255
#define ADDRESS_MAX 2048

typedef struct address {
    ost_text uri, scheme, host, path;
    bool has_port;
    bool asked_for; /* it stands in an authorization request; otherwise it is registered */
} address;

static const policy_refusal general = {400, "invalid_request", "Invalid Redirect Uri: invalid uri",
                                       true};
static const policy_refusal loopback = {400, "invalid_request",
                                        "Invalid Redirect Uri: invalid loopback address", true};
static const policy_refusal private_scheme = {
    400, "invalid_request", "Invalid Redirect Uri: invalid private use scheme", true};

/* ---- taking it apart ---- */

static void read_authority(address *a, ost_text rest)
{
    size_t end = 0;
    while (end < rest.len && strchr("/?#", rest.data[end]) == NULL)
        end++;
    ost_text authority = text_slice(rest, 0, end);
    a->path = text_slice(rest, end, rest.len);
    size_t bracket =
        authority.len > 0 && authority.data[0] == '[' ? text_find(authority, ']', 0) + 1 : 0;
    size_t colon = text_find(authority, ':', bracket < authority.len ? bracket : authority.len);
    a->host = text_slice(authority, 0, colon);
    a->has_port = colon < authority.len;
}

/* False: it is no absolute URI, or names a user. */
static bool read_address(ost_text uri, address *ret)
{
    size_t colon = text_find(uri, ':', 0);
    *ret = (address){.uri = uri, .scheme = text_slice(uri, 0, colon)};
    if (colon == 0 || colon == uri.len || !text_is_made_of(ret->scheme, "+-."))
        return false;
    for (size_t i = 0; i < uri.len; i++) {
        unsigned char c = (unsigned char)uri.data[i];
        if (c <= ' ' || c == 0x7F || strchr("\"<>\\^`{|}", c) != NULL)
            return false;
    }
    ost_text rest = text_slice(uri, colon + 1, uri.len);
    ret->path = rest;
    if (text_starts(rest, "//"))
        read_authority(ret, text_slice(rest, 2, rest.len));
    return text_find(ret->host, '@', 0) == ret->host.len;
}

static bool is_scheme(const address *a, const char *scheme)
{
    return text_equal_ignoring_case(a->scheme, text_of(scheme));
}

/* 127.0.0.0/8 and the name that stands for it (RFC 6761 §6.3); ::1. */
static bool is_loopback(const address *a, int family)
{
    char host[HOST_MAX + 1];
    unsigned char bytes[sizeof(struct in6_addr)];
    static const unsigned char one[sizeof(struct in6_addr)] = {[15] = 1};
    bool bracketed = a->host.len > 2 && a->host.data[0] == '[';
    ost_text name = bracketed ? text_slice(a->host, 1, a->host.len - 2) : a->host;
    if (!text_to_string(name, host, sizeof host))
        return false;
    if (family == AF_INET6)
        return bracketed && inet_pton(AF_INET6, host, bytes) == 1 &&
               memcmp(bytes, one, sizeof one) == 0;
    return text_equal_ignoring_case(name, OST_TEXT("localhost")) ||
           (!bracketed && inet_pton(AF_INET, host, bytes) == 1 && bytes[0] == 127);
}

/* ---- what is allowed ---- */

/* A wildcard may stand for a whole path, where the configuration lets it. */
static bool check_wildcard(const ost_json *configuration, const address *a, bool compliant)
{
    size_t at = text_find(a->uri, '*', 0);
    if (at == a->uri.len)
        return true;
    return !compliant && policy_switch(configuration, "allow-wildcard-context-path") &&
           text_is(a->path, "/*");
}

/* What all kinds have in common. `strict`: OAuth 2.1. */
static bool check_form(const ost_json *configuration, const address *a, bool *ret_strict)
{
    bool strict = policy_switch(configuration, "oauth-2-1-compliant");
    bool compliant = strict || policy_switch(configuration, "oauth-2-0-compliant");
    *ret_strict = strict;
    return check_wildcard(configuration, a, compliant) &&
           !(compliant && text_find(a->uri, '#', 0) < a->uri.len);
}

/* RFC 8252 §7.3: what is registered has no port, what is asked for has one, and no name. */
static bool check_loopback(const ost_json *configuration, const address *a)
{
    bool strict;
    if (!check_form(configuration, a, &strict) ||
        (is_scheme(a, "http") && !policy_switch(configuration, "allow-http-scheme")))
        return false;
    return !strict || (a->has_port == a->asked_for &&
                       !text_equal_ignoring_case(a->host, OST_TEXT("localhost")) &&
                       (a->host.data[0] != '[' || text_is(a->host, "[::1]")));
}

/* RFC 8252 §7.1: a scheme is a domain name, turned round. */
static bool check_private(const ost_json *configuration, const address *a)
{
    bool strict;
    return check_form(configuration, a, &strict) &&
           (!strict || text_find(a->scheme, '.', 0) < a->scheme.len);
}

static bool is_permitted(const ost_json *domains, ost_text host)
{
    ost_text pattern;
    const ost_json *at = ost_json_first(domains);
    while (at != NULL &&
           (!ost_json_text(at, &pattern) || java_pattern_match(pattern, host) != OST_OK))
        at = ost_json_next(at);
    return at != NULL || ost_json_count(domains) == 0;
}

static bool check_web(const ost_json *configuration, const address *a)
{
    bool strict, plain = is_scheme(a, "http");
    return check_form(configuration, a, &strict) &&
           !(plain && (strict || !policy_switch(configuration, "allow-http-scheme"))) &&
           is_permitted(ost_json_get(configuration, "allow-permitted-domains"), a->host);
}

static const policy_refusal *check_address(const ost_json *configuration, ost_text uri,
                                           bool asked_for)
{
    address a;
    if (!read_address(uri, &a))
        return &general;
    a.asked_for = asked_for;
    bool four = is_loopback(&a, AF_INET);
    if (four || is_loopback(&a, AF_INET6))
        return policy_switch(configuration, four ? "allow-ipv4-loopback-address"
                                                 : "allow-ipv6-loopback-address") &&
                       check_loopback(configuration, &a)
                   ? NULL
                   : &loopback;
    if (!is_scheme(&a, "http") && !is_scheme(&a, "https"))
        return policy_switch(configuration, "allow-private-use-uri-scheme") &&
                       check_private(configuration, &a)
                   ? NULL
                   : &private_scheme;
    return check_web(configuration, &a) ? NULL : &general;
}

/* ---- requests and clients ---- */

const policy_refusal *check_redirect_uri(const ost_json *configuration, const policy_case *c)
{
    bool concerns = c->event == POLICY_PREAUTHORIZATION || c->event == POLICY_PUSHED;
    return concerns ? check_address(configuration, c->redirect_uri, true) : NULL;
}

/* Relative ones are below the root URL. */
static const policy_refusal *check_registered(const ost_json *configuration, const ost_json *client,
                                              ost_text uri)
{
    char joined[ADDRESS_MAX + 1];
    ost_text root = policy_text(client, "rootUrl");
    if (uri.len == 0 || uri.data[0] != '/' || root.len == 0)
        return check_address(configuration, uri, false);
    if (root.len + uri.len > ADDRESS_MAX)
        return &general;
    memcpy(joined, root.data, root.len);
    memcpy(joined + root.len, uri.data, uri.len);
    return check_address(configuration, (ost_text){joined, root.len + uri.len}, false);
}

static const policy_refusal *check_after_logout(const ost_json *configuration,
                                                const ost_json *client)
{
    ost_text one, rest = attribute_text(client, "post.logout.redirect.uris");
    const policy_refusal *refusal = NULL;
    while (refusal == NULL && attribute_next(&rest, &one)) {
        if (!text_is(one, "+") && !text_is(one, "-"))
            refusal = check_registered(configuration, client, one);
    }
    return refusal;
}

const policy_refusal *propose_redirect_uris(const ost_json *configuration, const policy_case *c,
                                            policy_edits *edits)
{
    bool standard = true;
    const ost_json *list = ost_json_get(c->proposed, "redirectUris");
    const policy_refusal *refusal = NULL;
    (void)edits;
    if (!ost_json_boolean(ost_json_get(c->proposed, "standardFlowEnabled"), &standard))
        standard = true;
    if (!standard && !policy_switch(c->proposed, "implicitFlowEnabled"))
        return NULL;
    if (ost_json_count(list) == 0)
        return &general;
    for (const ost_json *at = ost_json_first(list); at != NULL && refusal == NULL;
         at = ost_json_next(at)) {
        ost_text uri = {0};
        refusal =
            ost_json_text(at, &uri) ? check_registered(configuration, c->proposed, uri) : &general;
    }
    return refusal != NULL ? refusal : check_after_logout(configuration, c->proposed);
}
