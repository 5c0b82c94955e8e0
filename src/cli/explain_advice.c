/* How to mend what `ostiary token explain` has found: for Keycloak, which mapper or setting. */
#include <string.h>

#include "explain.h"
#include "text.h"

static ost_text advise_form(const explain_input *in)
{
    size_t dots = text_count(in->token, '.');
    if (dots == 4)
        return OST_TEXT("Have the issuer send signed tokens to this API, or give the guard the "
                        "private key (decryption_keys). A lone encrypted token proves nothing.");
    if (in->token.len == 0)
        return OST_TEXT("Did the command that should have written the token fail?");
    if (dots == 0)
        return OST_TEXT("Configure introspection for this issuer, or have it issue JWTs as access "
                        "tokens.");
    return OST_TEXT("Look at how the client came by it: whole, without quotes, without \"Bearer\", "
                    "not cut off and not encoded again?");
}

static ost_text advise_algorithm(const explain_step *step)
{
    if (text_starts(step->seen, "HS"))
        return OST_TEXT("The token is signed with a shared secret. In Keycloak, set the client's "
                        "\"Access token signature algorithm\" (Advanced, Fine grain) to RS256 or "
                        "ES256.");
    if (text_equal_ignoring_case(step->seen, OST_TEXT("none")))
        return OST_TEXT("Nobody has signed this token. Anybody may have written it.");
    return OST_TEXT("Choose another signature algorithm for the client at the issuer, or accept "
                    "this one in the guard's configuration.");
}

static ost_text without_scheme(ost_text url)
{
    size_t at = text_find(url, ':', 0);
    return text_slice(url, at, url.len);
}

static ost_text advise_issuer(const explain_step *step)
{
    ost_text a = step->expected, b = step->seen;
    bool a_slash = text_ends(a, "/"), b_slash = text_ends(b, "/");
    if (a_slash != b_slash &&
        text_equal(text_slice(a, 0, a.len - a_slash), text_slice(b, 0, b.len - b_slash)))
        return OST_TEXT(
            "They differ by a slash at the end. Configure exactly what the token says.");
    if (text_equal_ignoring_case(a, b))
        return OST_TEXT("They differ in upper and lower case. Configure exactly what the token "
                        "says.");
    if (text_equal(without_scheme(a), without_scheme(b)))
        return OST_TEXT(
            "They differ in http and https. Behind a proxy, tell the provider its public "
            "URL (Keycloak: KC_HOSTNAME, KC_PROXY_HEADERS).");
    if (text_ends(a, "/realms/master") || text_ends(b, "/realms/master"))
        return OST_TEXT("One of them is the realm master: the client asks the wrong realm for "
                        "tokens, or the guard trusts the wrong one.");
    return OST_TEXT(
        "If it is the same provider under another host name (a container's and the "
        "browser's): give it one name with KC_HOSTNAME, or configure the issuer that "
        "tokens name and the reachable address as discovery URL. Otherwise the token is "
        "of a provider that is not trusted here.");
}

static ost_text advise_key(const explain_step *step)
{
    if (text_is(step->expected, "the issuer's keys"))
        return OST_TEXT("The keys could not be fetched. Is the issuer running, and its "
                        "/.well-known/openid-configuration reachable from here? Does that name the "
                        "same issuer? Plain http is refused but for loopback hosts.");
    if (step->reason == OST_E_KEY_USE)
        return OST_TEXT("The issuer publishes that key for something else (use, alg or key_ops).");
    return OST_TEXT(
        "The key is not (or no longer) published: the token is of before a rotation, of "
        "another realm, or of another installation with the same host name.");
}

static ost_text advise_time(const explain_step *step, const explain_input *in)
{
    if (step->reason == OST_E_EXPIRED)
        return OST_TEXT(
            "The client must refresh it. If it is fresh, compare the clocks: the machines "
            "differ by more than the leeway. In Keycloak the lifetime is \"Access Token "
            "Lifespan\" (Realm settings, Tokens).");
    if (step->reason == OST_E_NOT_YET)
        return OST_TEXT("The issuer's clock is ahead of this machine's, or somebody revoked "
                        "tokens by a not-before policy. Synchronise the clocks (chrony, ntp).");
    return OST_TEXT("An access token has exp, and claims of the types that RFC 7519 gives them.");
}

static ost_text advise_audience(const explain_input *in, const ost_json *claims)
{
    ost_text client = {0};
    (void)!ost_json_text(ost_json_get(claims, "azp"), &client);
    const char *text = ost_arena_format(
        in->arena,
        "The token is not meant for this API. In Keycloak, open Clients, \"%.*s\", Client scopes, "
        "its "
        "dedicated scope, Add mapper, By configuration, Audience; choose \"%.80s\" as Included "
        "Client Audience and leave Add to access token on. \"account\" stands there by itself, "
        "whenever the user has roles of the account console.",
        client.len < 60 ? (int)client.len : 60, client.len > 0 ? client.data : "",
        in->issuer->audience_count > 0 ? in->issuer->audiences[0] : "");
    return text_of(text);
}

static ost_text advise_type(const explain_step *step, const ost_json *claims)
{
    if (step->reason == OST_E_CLAIM_MISSING)
        return OST_TEXT(
            "The issuer does not keep to RFC 9068 here. In Keycloak, mappers add what is missing "
            "(client_id: a hardcoded claim of the client). Otherwise ask for less, without "
            "--access-token-profile.");
    const ost_json *typ = ost_json_get(claims, "typ");
    if (ost_json_equals(typ, OST_TEXT("ID")) || ost_json_get(claims, "nonce") != NULL ||
        ost_json_get(claims, "at_hash") != NULL)
        return OST_TEXT(
            "This is an ID token: it tells the client who logged in. The client must send "
            "the access_token of the same answer.");
    if (ost_json_equals(typ, OST_TEXT("Refresh")) || ost_json_equals(typ, OST_TEXT("Offline")))
        return OST_TEXT(
            "This is a refresh token: it is for the token endpoint alone. The client must "
            "send the access_token. Treat this one as leaked.");
    return OST_TEXT("The client must send an access token.");
}

static ost_text advise_policy(const explain_step *step)
{
    if (step->reason == OST_E_SCOPE)
        return OST_TEXT(
            "The client must ask for the scope (scope=…), and in Keycloak it must be one "
            "of the client's scopes, default or optional.");
    if (step->reason == OST_E_ROLE)
        return OST_TEXT(
            "In Keycloak: does the user have the role (Users, Role mapping)? Is it in the "
            "client's scope (Full scope allowed, or the dedicated scope's Scope tab)? "
            "Lightweight access tokens carry roles only if their mappers say so.");
    if (step->reason == OST_E_STEP_UP)
        return OST_TEXT("The client must send the user to a stronger or fresher login with the "
                        "acr_values and max_age of the challenge.");
    return OST_TEXT("The route asks for something that the token does not have.");
}

static ost_text advise_sender(const explain_step *step)
{
    if (step->outcome == EXPLAIN_UNKNOWN)
        return OST_TEXT(
            "The token is bound to its sender. Show here what came with it: a DPoP proof "
            "with --proof, --method and --url, a client's certificate with "
            "--certificate.");
    return OST_TEXT(
        "A token that is bound counts only with a proof by the same key, made for this "
        "method, URL and token, at most a minute old and new each time (RFC 9449), or over "
        "a connection with the same certificate (RFC 8705). Behind a proxy the API must "
        "know its public URL.");
}

ost_text explain_advice(explain_name name, const explain_step *step, const explain_input *in,
                        const ost_json *claims)
{
    switch (name) {
    case EXPLAIN_SIZE:
        return OST_TEXT(
            "Map fewer roles and groups into the token, or raise the guard's max_token.");
    case EXPLAIN_FORM:
        return advise_form(in);
    case EXPLAIN_ALGORITHM:
        return advise_algorithm(step);
    case EXPLAIN_ISSUER:
        return advise_issuer(step);
    case EXPLAIN_KEY:
        return advise_key(step);
    case EXPLAIN_SIGNATURE:
        return OST_TEXT(
            "The token was changed on its way, or signed by somebody else. A proxy or a "
            "log that shortens tokens does the first.");
    case EXPLAIN_TIME:
        return advise_time(step, in);
    case EXPLAIN_AUDIENCE:
        return advise_audience(in, claims);
    case EXPLAIN_TYPE:
        return advise_type(step, claims);
    case EXPLAIN_CLIENT:
        return OST_TEXT(
            "The token was issued to another client than the ones listed. Add it to the "
            "list, or find out who sends it.");
    case EXPLAIN_POLICY:
        return advise_policy(step);
    case EXPLAIN_SENDER:
        return advise_sender(step);
    case EXPLAIN_HEADER:
    case EXPLAIN_STEPS:
    default:
        return OST_TEXT(
            "Another kind of token, or one that asks for something that is not understood "
            "here.");
    }
}
