/* SPDX-License-Identifier: Apache-2.0 */
/* How to mend what `ostiary token explain` has found: for Keycloak, which mapper or setting; for
 * Ostiary, which has no console, which command. */
#include <string.h>

#include "base/array.h"
#include "base/json/json_list.h"
#include "base/text.h"
#include "cli/explain/explain.h"
#include "cli/explain/explain_form.h"
#include "cli/printable.h"
#include "jose/jwt/numeric_date.h"

#define CLIENT_SET "`ostiary client set --realm REALM CLIENT` with "

/* More than this is no time in seconds, but one in thousandths. */
#define MILLISECONDS 100000000000

/* What a token is that is no access token, by its claims; empty when it may be one. Whatever else
 * is wrong with it then is not what has to be mended. */
static ost_text advise_kind(const ost_json *claims)
{
    const ost_json *typ = ost_json_get(claims, "typ");
    bool access =
        ost_json_equals(typ, OST_TEXT("Bearer")) || ost_json_equals(typ, OST_TEXT("DPoP"));
    if (ost_json_equals(typ, OST_TEXT("Refresh")) || ost_json_equals(typ, OST_TEXT("Offline")))
        return OST_TEXT(
            "This is a refresh token: it is for the token endpoint alone. The client must "
            "send the access_token. Treat this one as leaked.");
    if (ost_json_equals(typ, OST_TEXT("Logout")) || ost_json_get(claims, "events") != NULL)
        return OST_TEXT("This is a logout token: it tells a client that a session has ended. An "
                        "API is sent access tokens.");
    if (ost_json_equals(typ, OST_TEXT("ID")) ||
        (!access &&
         (ost_json_get(claims, "nonce") != NULL || ost_json_get(claims, "at_hash") != NULL)))
        return OST_TEXT(
            "This is an ID token: it tells the client who signed in, and is meant for the client "
            "alone. The client must send the access_token of the same answer.");
    return OST_TEXT("");
}

static ost_text advise_algorithm(const explain_step *step, const ost_json *claims)
{
    ost_text kind = advise_kind(claims);
    if (kind.len > 0)
        return kind;
    if (text_starts(step->seen, "HS"))
        return OST_TEXT("The token is signed with a shared secret. In Keycloak, set the client's "
                        "\"Access token signature algorithm\" (Advanced, Fine grain) to RS256 or "
                        "ES256; in Ostiary, " CLIENT_SET
                        "attributes.access.token.signed.response.alg=RS256.");
    if (text_equal_ignoring_case(step->seen, OST_TEXT("none")))
        return OST_TEXT("Nobody has signed this token. Anybody may have written it.");
    if (step->seen.len == 0)
        return OST_TEXT("The header does not say how the token is signed (alg): no provider wrote "
                        "it.");
    return OST_TEXT("Choose another signature algorithm for the client at the issuer, or accept "
                    "this one in the guard's configuration.");
}

static ost_text advise_header(const explain_step *step, const ost_json *claims)
{
    ost_text kind = advise_kind(claims);
    if (kind.len > 0)
        return kind;
    if (step->reason == OST_E_CRITICAL)
        return OST_TEXT("The header asks for an extension (crit, b64) that no access token has.");
    if (step->reason != OST_E_TOKEN_TYPE)
        return OST_TEXT("No provider writes such a header: the token was made by hand.");
    if (strstr(step->seen.data, "\"dpop+jwt\"") != NULL)
        return OST_TEXT("This is a DPoP proof. It goes into the field DPoP, the access token into "
                        "Authorization; here it is shown with --proof.");
    if (strstr(step->seen.data, "have at+jwt") != NULL)
        return OST_TEXT("The issuer does not keep to RFC 9068 here. In Keycloak, set the client's "
                        "\"Use at+jwt as access token header type\" (Advanced, Fine grain). "
                        "Otherwise ask for less, without --access-token-profile.");
    return OST_TEXT("This is a token for something else. The client must send an access token.");
}

static ost_text advise_key(const explain_step *step)
{
    if (text_is(step->expected, "the issuer's keys"))
        return OST_TEXT("The keys could not be fetched. Is the issuer running, and its "
                        "/.well-known/openid-configuration reachable from here? Does that name the "
                        "same issuer? Plain http is refused but for loopback hosts.");
    if (step->reason == OST_E_KEY_USE)
        return OST_TEXT("The issuer publishes that key for something else (use, alg or key_ops).");
    if (step->reason == OST_E_KEY_AMBIGUOUS)
        return OST_TEXT("The token does not say which key signed it (kid), and several fit. An "
                        "issuer that has several keys must name one.");
    return OST_TEXT(
        "The key is not (or no longer) published: the token is of before a rotation, of "
        "another realm, or of another installation with the same host name.");
}

static ost_text advise_signature(const explain_step *step, const explain_input *in)
{
    ost_text known = explain_form(in->token).advice;
    if (known.len > 0)
        return known;
    if (strstr(step->seen.data, "long") != NULL)
        return OST_TEXT("A signature by this key has another length: the token was cut off, or "
                        "something was added to it.");
    return OST_TEXT("The token was changed on its way, or signed by somebody else: by another "
                    "installation of the same name whose keys have the same ids, or by a forger.");
}

static bool in_milliseconds(const ost_json *claims)
{
    static const char *const names[] = {"iat", "nbf", "exp"};
    int64_t value;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (numeric_date_read(ost_json_get(claims, names[i]), &value) && value > MILLISECONDS)
            return true;
    }
    return false;
}

static ost_text advise_time(const explain_step *step, const ost_json *claims)
{
    if (step->reason == OST_E_EXPIRED)
        return OST_TEXT(
            "The client must refresh it. If it is fresh, compare the clocks: the machines "
            "differ by more than the leeway. In Keycloak the lifetime is \"Access Token "
            "Lifespan\" (Realm settings, Tokens); in Ostiary, `ostiary realm set REALM "
            "accessTokenLifespan=SECONDS`.");
    if (in_milliseconds(claims))
        return OST_TEXT(
            "The times are in milliseconds. RFC 7519 wants seconds: the program that makes the "
            "token must divide by 1000.");
    if (step->reason == OST_E_NOT_YET)
        return OST_TEXT("The issuer's clock is ahead of this machine's, or the token is made for "
                        "later (nbf). Synchronise the clocks (chrony, ntp).");
    return OST_TEXT("An access token has exp, and claims of the types that RFC 7519 gives them: "
                    "times are numbers, the others are text.");
}

static ost_text advise_audience(const explain_step *step, const explain_input *in,
                                const ost_json *claims)
{
    ost_text client = {0}, aud = {0}, kind = advise_kind(claims);
    const char *wanted = in->issuer->audience_count > 0 ? in->issuer->audiences[0] : "";
    if (kind.len > 0)
        return kind;
    if (ost_json_text(ost_json_get(claims, "aud"), &aud) &&
        text_equal_ignoring_case(aud, text_of(wanted)))
        return OST_TEXT("They differ in upper and lower case. Configure exactly what the token "
                        "says.");
    (void)!ost_json_text(ost_json_get(claims, "azp"), &client);
    const char *account = strstr(step->seen.data, "\"account\"") != NULL
                              ? " \"account\" stands there by itself, whenever the user has roles "
                                "of the account console."
                              : "";
    char *text = ost_arena_format(
        in->arena,
        "The token is not meant for this API. In Keycloak, open Clients, \"%.*s\", Client scopes, "
        "its dedicated scope, Add mapper, By configuration, Audience; choose \"%.80s\" as Included "
        "Client Audience and leave Add to access token on. In Ostiary, the same mapper "
        "(oidc-audience-mapper) stands in the realm file: `ostiary realm import --merge`.%s "
        "Elsewhere the client asks for it "
        "(audience=… or resource=…).",
        client.len < 60 ? (int)client.len : 60, client.len > 0 ? client.data : "", wanted, account);
    if (text != NULL)
        printable_make(text);
    return text_of(text);
}

static ost_text advise_type(const explain_step *step, const ost_json *claims)
{
    ost_text kind = advise_kind(claims);
    if (step->reason == OST_E_CLAIM_MISSING)
        return OST_TEXT(
            "The issuer does not keep to RFC 9068 here. In Keycloak, mappers add what is missing "
            "(client_id: a hardcoded claim of the client); in Ostiary, the same mappers do: "
            "`ostiary realm import --merge`. Otherwise ask for less, without "
            "--access-token-profile.");
    return kind.len > 0 ? kind : OST_TEXT("The client must send an access token.");
}

static ost_text advise_form(const explain_input *in)
{
    ost_text known = explain_form(in->token).advice;
    return known.len > 0
               ? known
               : OST_TEXT(
                     "Look at how the client came by it: is it whole, and is it a JWT at all?");
}

static ost_text advise_sender(const explain_step *step)
{
    if (step->outcome == EXPLAIN_UNKNOWN)
        return OST_TEXT(
            "The token is bound to its sender: sent as Bearer, without a proof, it is refused. "
            "Show "
            "here what came with it: a DPoP proof with --proof, --method and --url, a client's "
            "certificate with --certificate.");
    return OST_TEXT(
        "A token that is bound counts only with a proof by the same key, made for this "
        "method, URL and token, at most a minute old and new each time (RFC 9449), or over "
        "a connection with the same certificate (RFC 8705). Behind a proxy the API must "
        "know its public URL.");
}

static ost_text advise_decryption(const explain_step *step)
{
    if (step->reason == OST_E_TOKEN_FORMAT)
        return OST_TEXT(
            "What was encrypted is no signed token, so that nobody vouches for it. The "
            "issuer must sign first and then encrypt, and say cty JWT (RFC 7519 §5.2).");
    if (step->reason == OST_E_ALGORITHM)
        return OST_TEXT("Have the issuer encrypt by RSA-OAEP or ECDH-ES and a cipher of AES.");
    return OST_TEXT("The token is encrypted for another key than this API's, or was damaged. Does "
                    "the issuer have this API's present public key?");
}

#define IT_IS_OVER                                                                                 \
    "has expired or was revoked, its session has ended, or it is of another issuer or realm"

static bool is_for(const ost_json *claims, ost_text client)
{
    const ost_json *audience = ost_json_get(claims, "aud");
    return ost_json_equals(audience, client) || json_list_has(audience, client);
}

/* What is opaque does not tell whom it is for. */
static ost_text advise_inactive(const explain_input *in, const ost_json *claims)
{
    ost_text client = text_of(in->issuer->introspection.client_id), kind = advise_kind(claims);
    if (kind.len > 0)
        return kind;
    if (claims == NULL)
        return OST_TEXT("It " IT_IS_OVER ". Keycloak from 26.6.2 on, and others, say so too of "
                        "tokens whose aud does not name the client that asks: an audience mapper "
                        "with that client mends it.");
    if (is_for(claims, client))
        return OST_TEXT("It " IT_IS_OVER ".");
    char *text = ost_arena_format(
        in->arena,
        "Its aud does not name the client that asks, \"%.*s\": Keycloak from 26.6.2 on, and "
        "others, then say so of every token, and an audience mapper with that client mends it. "
        "Else it " IT_IS_OVER ".",
        client.len < 80 ? (int)client.len : 80, client.len > 0 ? client.data : "");
    if (text != NULL)
        printable_make(text);
    return text_of(text);
}

static ost_text advise_introspection(const explain_step *step, const explain_input *in,
                                     const ost_json *claims)
{
    if (step->reason == OST_E_INACTIVE)
        return advise_inactive(in, claims);
    if (step->reason == OST_E_REMOTE || step->reason == OST_E_BUSY)
        return OST_TEXT(
            "The issuer gave no answer that counts. Does it know this client, with this "
            "secret, and may that client ask about tokens?");
    return OST_TEXT("The issuer's answer says what the token is, and that is no access token for "
                    "this API.");
}

static ost_text advise_status(const explain_step *step)
{
    if (step->reason == OST_E_REMOTE)
        return OST_TEXT("The status list could not be had. Is its address reachable from here, and "
                        "does the issuer's key sign it?");
    return OST_TEXT("The issuer has taken the token back, or it names a list of an origin that is "
                    "not configured (here: --status-origin). The client must get a new token.");
}

/* Up to the claims. */
static ost_text advise_reading(check_step name, const explain_step *step, const explain_input *in,
                               const ost_json *claims)
{
    switch (name) {
    case STEP_SIZE:
        return OST_TEXT(
            "Map fewer roles and groups into the token, or raise the guard's max_token.");
    case STEP_DECRYPTION:
        return advise_decryption(step);
    case STEP_FORM:
        return advise_form(in);
    case STEP_ALGORITHM:
        return advise_algorithm(step, claims);
    case STEP_HEADER:
        return advise_header(step, claims);
    case STEP_KEY:
        return advise_key(step);
    case STEP_SIGNATURE:
        return advise_signature(step, in);
    default:
        return advise_introspection(step, in, claims);
    }
}

ost_text explain_advice(check_step name, const explain_step *step, const explain_input *in,
                        const ost_json *claims)
{
    switch (name) {
    case STEP_ISSUER:
        return explain_advice_issuer(step);
    case STEP_AUDIENCE:
        return advise_audience(step, in, claims);
    case STEP_TIME:
        return advise_time(step, claims);
    case STEP_REVOCATION:
        return OST_TEXT("Somebody has taken the token, its session or all tokens of its user back. "
                        "The user must sign in again.");
    case STEP_TYPE:
        return advise_type(step, claims);
    case STEP_CLIENT:
        return OST_TEXT(
            "The token was issued to another client than the ones listed. Add it to the "
            "list, or find out who sends it.");
    case STEP_SENDER:
        return advise_sender(step);
    case STEP_POLICY:
        return explain_advice_policy(step, in, claims);
    case STEP_STATUS:
        return advise_status(step);
    default:
        return advise_reading(name, step, in, claims);
    }
}
