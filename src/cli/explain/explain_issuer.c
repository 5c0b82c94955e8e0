/* SPDX-License-Identifier: Apache-2.0 */
/* How to mend an issuer that is another than expected. */
#include <string.h>

#include "base/text.h"
#include "cli/explain/explain.h"

/* An issuer's URL in three parts; without "://" all of it is the path. */
typedef struct issuer_url {
    ost_text scheme, authority, path;
} issuer_url;

static issuer_url split(ost_text url)
{
    const char *end = url.len > 0 ? memmem(url.data, url.len, "://", 3) : NULL;
    if (end == NULL)
        return (issuer_url){.path = url};
    ost_text scheme = {url.data, (size_t)(end - url.data)};
    ost_text rest = text_slice(url, scheme.len + 3, url.len);
    size_t slash = text_find(rest, '/', 0);
    return (issuer_url){scheme, text_slice(rest, 0, slash), text_slice(rest, slash, rest.len)};
}

static ost_text without_slash(ost_text url)
{
    return text_ends(url, "/") ? text_slice(url, 0, url.len - 1) : url;
}

static ost_text without_port(const issuer_url *url)
{
    const char *usual = text_is(url->scheme, "https") ? ":443" : ":80";
    return text_ends(url->authority, usual)
               ? text_slice(url->authority, 0, url->authority.len - strlen(usual))
               : url->authority;
}

static ost_text without_auth(ost_text path)
{
    return text_starts(path, "/auth/") ? text_slice(path, 5, path.len) : path;
}

static ost_text advise_path(const issuer_url *a, const issuer_url *b)
{
    if (text_equal(without_auth(a->path), without_auth(b->path)))
        return OST_TEXT("They differ in /auth, which Keycloak has before version 17 and with "
                        "--http-relative-path=/auth alone. Configure exactly what the token says.");
    if (text_is(a->path, "/realms/master") || text_is(b->path, "/realms/master"))
        return OST_TEXT("One of them is the realm master: the client asks the wrong realm for "
                        "tokens, or the guard trusts the wrong one.");
    return OST_TEXT("The same host, but another realm (or tenant): the client asks the wrong one "
                    "for tokens, or the guard trusts the wrong one.");
}

ost_text explain_advice_issuer(const explain_step *step)
{
    ost_text expected = step->expected, seen = step->seen;
    issuer_url a = split(expected), b = split(seen);
    if (text_is(seen, "no iss"))
        return OST_TEXT("The token does not say who issued it. Keycloak's always do: this is "
                        "something else, or something has taken the claim out.");
    if (b.scheme.len == 0)
        return OST_TEXT("The issuer is not a URL: this looks like a token that a client has made "
                        "for itself (a client assertion). It must send the access token that it "
                        "is given.");
    if (text_equal(without_slash(expected), without_slash(seen)))
        return OST_TEXT(
            "They differ by a slash at the end. Configure exactly what the token says.");
    if (text_equal_ignoring_case(expected, seen))
        return OST_TEXT("They differ in upper and lower case. Configure exactly what the token "
                        "says.");
    if (text_equal(a.authority, b.authority) && text_equal(a.path, b.path))
        return OST_TEXT(
            "They differ in http and https. Behind a proxy, tell the provider its public "
            "URL (Keycloak: KC_HOSTNAME, KC_PROXY_HEADERS; Ostiary: --hostname, "
            "--proxy-trusted-addresses).");
    if (text_equal(without_port(&a), without_port(&b)) && text_equal(a.path, b.path))
        return OST_TEXT("They differ in a port that goes without saying. Configure exactly what "
                        "the token says.");
    if (text_equal(a.authority, b.authority))
        return advise_path(&a, &b);
    if (text_equal(without_auth(a.path), without_auth(b.path)))
        return OST_TEXT(
            "Another host or port, but the same path: likely the same provider by a "
            "container's name and by the browser's. Give it one name with KC_HOSTNAME, or "
            "configure the issuer that the tokens name, and the address that can be reached "
            "from here as discovery URL.");
    return OST_TEXT("The token is of a provider that is not trusted here. Configure its issuer, "
                    "or have the client ask the one that is expected.");
}
