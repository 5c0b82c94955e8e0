/* SPDX-License-Identifier: Apache-2.0 */
/* What a realm says of itself: discovery (OpenID Connect Discovery §3), its key set, its name. */
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/call/call.h"
#include "provider/detail/authorization_details.h"
#include "provider/endpoint/endpoints.h"
#include "provider/proof/attribute.h"
#include "provider/token/acr_level.h"
#include "provider/token/grant.h"

#define PROTOCOL "/protocol/openid-connect/"

static void put_url(call *c, ost_json_writer *w, const char *member, const char *path)
{
    ost_json_member_string(w, member, call_format(c, "%s" PROTOCOL "%s", c->issuer, path));
}

static void put_registration(call *c, ost_json_writer *w)
{
    ost_json_member_string(w, "registration_endpoint",
                           call_format(c, "%s/clients-registrations/openid-connect", c->issuer));
}

static void put_list(ost_json_writer *w, const char *member, const char *const *list)
{
    ost_json_put_name(w, text_of(member));
    ost_json_open_array(w);
    for (size_t i = 0; list[i] != NULL; i++)
        ost_json_put_text(w, text_of(list[i]));
    ost_json_close_array(w);
}

static void put_scopes(call *c, ost_json_writer *w)
{
    ost_json_put_name(w, OST_TEXT("scopes_supported"));
    ost_json_open_array(w);
    ost_json_put_text(w, OST_TEXT("openid"));
    for (size_t i = 0; i < c->realm->scope_count; i++) {
        const ost_json *scope = c->realm->scopes[i].document;
        ost_text shown = attribute_text(scope, "include.in.openid.provider.metadata");
        if (!ost_json_equals(ost_json_get(scope, "protocol"), OST_TEXT("saml")) &&
            (shown.len == 0 || text_says_true(shown)))
            ost_json_put_text(w, text_of(c->realm->scopes[i].name));
    }
    ost_json_close_array(w);
}

/* What the realm has keys for. */
static void put_algorithms(const call *c, ost_json_writer *w, const char *member)
{
    ost_json_put_name(w, text_of(member));
    ost_json_open_array(w);
    for (ost_alg alg = OST_RS256; alg <= OST_EDDSA; alg++) {
        if (key_ring_signer(c->entry->keys, alg) != NULL)
            ost_json_put_text(w, text_of(ost_alg_name(alg)));
    }
    ost_json_close_array(w);
}

static void put_contents(ost_json_writer *w, const char *member)
{
    ost_json_put_name(w, text_of(member));
    ost_json_open_array(w);
    for (ost_enc at = OST_A128CBC_HS256; at <= OST_A256GCM; at++)
        ost_json_put_text(w, text_of(ost_enc_name(at)));
    ost_json_close_array(w);
}

/* What is signed for clients, and what is encrypted for those that have keys. */
static void put_answers(call *c, ost_json_writer *w)
{
    static const char *const kinds[] = {"id_token", "userinfo", "authorization", "introspection"};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        const char *signing = call_format(c, "%s_signing_alg_values_supported", kinds[i]);
        const char *alg = call_format(c, "%s_encryption_alg_values_supported", kinds[i]);
        const char *enc = call_format(c, "%s_encryption_enc_values_supported", kinds[i]);
        if (signing == NULL || alg == NULL || enc == NULL)
            return;
        put_algorithms(c, w, signing);
        if (i + 1 == ARRAY_LEN(kinds))
            return;
        ost_json_put_name(w, text_of(alg));
        ost_json_open_array(w);
        for (ost_alg at = OST_RSA_OAEP; at <= OST_ECDH_ES_A256KW; at++) {
            if ((CLIENT_ANSWER_ALGS & OST_ALG_BIT(at)) != 0)
                ost_json_put_text(w, text_of(ost_alg_name(at)));
        }
        ost_json_close_array(w);
        put_contents(w, enc);
    }
}

/* Of proofs of possession (RFC 9449 §5.1). */
static void put_proof_algorithms(const call *c, ost_json_writer *w)
{
    ost_json_put_name(w, OST_TEXT("dpop_signing_alg_values_supported"));
    ost_json_open_array(w);
    for (ost_alg alg = OST_RS256; alg <= OST_EDDSA; alg++) {
        if ((c->provider->senders.algorithms & OST_ALG_BIT(alg)) != 0)
            ost_json_put_text(w, text_of(ost_alg_name(alg)));
    }
    ost_json_close_array(w);
}

/* What a client may sign with: a key of its own, or its secret. */
static void put_signed_by_clients(ost_json_writer *w, const char *member)
{
    ost_json_put_name(w, text_of(member));
    ost_json_open_array(w);
    for (ost_alg alg = OST_RS256; alg <= OST_HS512; alg++)
        ost_json_put_text(w, text_of(ost_alg_name(alg)));
    ost_json_close_array(w);
}

/* What a client may encrypt for the realm. */
static void put_request_objects(const call *c, ost_json_writer *w)
{
    put_signed_by_clients(w, "request_object_signing_alg_values_supported");
    ost_json_put_name(w, OST_TEXT("request_object_encryption_alg_values_supported"));
    ost_json_open_array(w);
    for (ost_alg at = OST_RSA_OAEP; at <= OST_ECDH_ES_A256KW; at++) {
        if ((CLIENT_REQUEST_ALGS & OST_ALG_BIT(at)) != 0 && key_ring_decrypts(c->entry->keys, at))
            ost_json_put_text(w, text_of(ost_alg_name(at)));
    }
    ost_json_close_array(w);
    put_contents(w, "request_object_encryption_enc_values_supported");
}

/* How clients prove themselves, at each endpoint where they do. */
static void put_client_authentication(call *c, ost_json_writer *w)
{
    static const char *const endpoints[] = {"token", "introspection", "revocation"};
    const char *methods[7] = {"client_secret_basic", "client_secret_post", "client_secret_jwt",
                              "private_key_jwt"};
    size_t count = 4;
    if (c->provider->sees_certificates && c->provider->trusts_authorities)
        methods[count++] = "tls_client_auth";
    if (c->provider->sees_certificates)
        methods[count++] = CERTIFICATE_METHOD_SELF_SIGNED;
    for (size_t i = 0; i < ARRAY_LEN(endpoints); i++) {
        const char *of_methods = call_format(c, "%s_endpoint_auth_methods_supported", endpoints[i]);
        const char *of_algorithms =
            call_format(c, "%s_endpoint_auth_signing_alg_values_supported", endpoints[i]);
        if (of_methods == NULL || of_algorithms == NULL)
            return;
        put_list(w, of_methods, methods);
        put_signed_by_clients(w, of_algorithms);
    }
}

/* Where clients show certificates (RFC 8705 §5): at the same addresses. */
static void put_mutual_tls(call *c, ost_json_writer *w)
{
    if (!c->provider->sees_certificates)
        return;
    ost_json_member_boolean(w, "tls_client_certificate_bound_access_tokens", true);
    ost_json_put_name(w, OST_TEXT("mtls_endpoint_aliases"));
    ost_json_open_object(w);
    put_url(c, w, "token_endpoint", "token");
    put_url(c, w, "revocation_endpoint", "revoke");
    put_url(c, w, "introspection_endpoint", "token/introspect");
    put_url(c, w, "device_authorization_endpoint", "auth/device");
    put_registration(c, w);
    put_url(c, w, "userinfo_endpoint", "userinfo");
    put_url(c, w, "pushed_authorization_request_endpoint", "ext/par/request");
    ost_json_close_object(w);
}

static void put_level(call *c, ost_json_writer *w, int64_t level)
{
    ost_json_put_text(w, text_of(call_format(c, "%lld", (long long)level)));
}

/* The levels of authentication, by number and by the realm's names for those that can be had. */
static void put_acr_values(call *c, ost_json_writer *w)
{
    realm_levels levels = realm_flow_levels_of(c->realm->document, NULL);
    const ost_json *at = NULL;
    ost_text name;
    int64_t level;
    if (levels.count == 0)
        levels = (realm_levels){{ACR_LEVEL_PROVED}, 1};
    const int64_t highest = levels.list[levels.count - 1];
    ost_json_put_name(w, OST_TEXT("acr_values_supported"));
    ost_json_open_array(w);
    put_level(c, w, ACR_LEVEL_SESSION);
    for (size_t i = 0; i < levels.count; i++) {
        if (levels.list[i] != ACR_LEVEL_SESSION)
            put_level(c, w, levels.list[i]);
    }
    while ((at = acr_name_after(c, at, &name)) != NULL) {
        if (acr_level_of(c, NULL, name, &level) && level <= highest)
            ost_json_put_text(w, name);
    }
    ost_json_close_array(w);
}

/* What begins elsewhere than in a browser of the client's (CIBA Core §4): where there is a channel
 * by which users are authenticated. */
static void put_backchannel(call *c, ost_json_writer *w)
{
    static const char *const modes[] = {"poll", "ping", NULL};
    if (c->provider->channel == NULL)
        return;
    put_url(c, w, "backchannel_authentication_endpoint", "ext/ciba/auth");
    put_list(w, "backchannel_token_delivery_modes_supported", modes);
    ost_json_put_name(w,
                      OST_TEXT("backchannel_authentication_request_signing_alg_values_supported"));
    ost_json_open_array(w);
    for (ost_alg alg = OST_RS256; alg <= OST_EDDSA; alg++) {
        if ((CIBA_REQUEST_ALGS & OST_ALG_BIT(alg)) != 0)
            ost_json_put_text(w, text_of(ost_alg_name(alg)));
    }
    ost_json_close_array(w);
}

static void put_grants(const call *c, ost_json_writer *w)
{
    static const char *const grants[] = {"authorization_code",
                                         "implicit",
                                         "refresh_token",
                                         "password",
                                         "client_credentials",
                                         "urn:ietf:params:oauth:grant-type:device_code",
                                         "urn:ietf:params:oauth:grant-type:jwt-bearer",
                                         "urn:ietf:params:oauth:grant-type:token-exchange",
                                         "urn:openid:params:grant-type:ciba"};
    size_t count = ARRAY_LEN(grants) - (c->provider->channel == NULL ? 1 : 0);
    ost_json_put_name(w, OST_TEXT("grant_types_supported"));
    ost_json_open_array(w);
    for (size_t i = 0; i < count; i++)
        ost_json_put_text(w, text_of(grants[i]));
    ost_json_close_array(w);
}

/* What assertions may be grants of (draft-ietf-oauth-identity-assertion-authz-grant §7.2): where
 * the realm trusts an issuer. */
static void put_grant_profiles(const call *c, ost_json_writer *w)
{
    static const char *const profiles[] = {"urn:ietf:params:oauth:grant-profile:id-jag", NULL};
    if (c->realm->issuers.count > 0)
        put_list(w, "authorization_grant_profiles_supported", profiles);
}

/* What a token exchange gives for other servers (the same, §7.1): where a client may have it. */
static void put_chained_types(const call *c, ost_json_writer *w)
{
    static const char *const types[] = {TOKEN_TYPE_IDENTITY_ASSERTION, NULL};
    size_t i = 0;
    while (i < c->realm->client_count && c->realm->clients[i]->identity_audiences.len == 0)
        i++;
    if (i < c->realm->client_count)
        put_list(w, "identity_chaining_requested_token_types_supported", types);
}

/* The types of authorization details that clients of the realm may ask for (RFC 9396 §10). */
static void put_details_types(const call *c, ost_json_writer *w)
{
    ost_text types[DETAILS_TYPES_MAX];
    size_t count = details_types_of(c->realm, types);
    if (count == 0)
        return;
    ost_json_put_name(w, OST_TEXT("authorization_details_types_supported"));
    ost_json_open_array(w);
    for (size_t i = 0; i < count; i++)
        ost_json_put_text(w, types[i]);
    ost_json_close_array(w);
}

/* "create" where people make accounts for themselves (OpenID Connect Initiating User
 * Registration §4). */
static void put_prompts(const call *c, ost_json_writer *w)
{
    static const char *const prompts[] = {"none", "login", "select_account", "consent", NULL};
    static const char *const open[] = {"none",    "login",  "select_account",
                                       "consent", "create", NULL};
    put_list(w, "prompt_values_supported", c->realm->registration.allowed ? open : prompts);
}

/* Only what there is: a client that reads it must be able to rely on it. */
static void put_capabilities(const call *c, ost_json_writer *w)
{
    static const struct {
        const char *member;
        const char *list[12];
    } lists[] = {
        {"response_types_supported",
         {"code", "none", "id_token", "token", "id_token token", "code id_token", "code token",
          "code id_token token"}},
        {"subject_types_supported", {"public", "pairwise"}},
        {"response_modes_supported",
         {"query", "fragment", "form_post", "query.jwt", "fragment.jwt", "form_post.jwt", "jwt"}},
        {"claims_supported",
         {"aud", "sub", "iss", "auth_time", "name", "given_name", "family_name",
          "preferred_username", "email", "acr"}},
        {"claim_types_supported", {"normal"}},
        {"code_challenge_methods_supported", {"S256", "plain"}},
    };
    static const struct {
        const char *member;
        bool value;
    } flags[] = {
        {"claims_parameter_supported", true},
        {"request_parameter_supported", true},
        {"request_uri_parameter_supported", true},
        {"require_request_uri_registration", true},
        {"require_pushed_authorization_requests", false},
        {"authorization_response_iss_parameter_supported", true},
        {"frontchannel_logout_supported", true},
        {"frontchannel_logout_session_supported", true},
        {"backchannel_logout_supported", true},
        {"backchannel_logout_session_supported", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        put_list(w, lists[i].member, lists[i].list);
    for (size_t i = 0; i < ARRAY_LEN(flags); i++)
        ost_json_member_boolean(w, flags[i].member, flags[i].value);
    /* Where it is off, nothing says so, as in Keycloak. */
    if (c->realm->client_documents)
        ost_json_member_boolean(w, "client_id_metadata_document_supported", true);
}

void discovery_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin(exchange, user);
    ost_json_writer *w = c != NULL ? call_writer(c) : NULL;
    if (w == NULL)
        return;
    ost_json_open_object(w);
    ost_json_member_string(w, "issuer", c->issuer);
    put_url(c, w, "authorization_endpoint", "auth");
    put_url(c, w, "token_endpoint", "token");
    put_url(c, w, "introspection_endpoint", "token/introspect");
    put_url(c, w, "userinfo_endpoint", "userinfo");
    put_url(c, w, "end_session_endpoint", "logout");
    put_url(c, w, "jwks_uri", "certs");
    put_url(c, w, "check_session_iframe", "login-status-iframe.html");
    put_url(c, w, "revocation_endpoint", "revoke");
    put_url(c, w, "device_authorization_endpoint", "auth/device");
    put_url(c, w, "pushed_authorization_request_endpoint", "ext/par/request");
    put_registration(c, w);
    put_scopes(c, w);
    put_answers(c, w);
    put_proof_algorithms(c, w);
    put_client_authentication(c, w);
    put_request_objects(c, w);
    put_acr_values(c, w);
    put_grants(c, w);
    put_grant_profiles(c, w);
    put_chained_types(c, w);
    put_details_types(c, w);
    put_capabilities(c, w);
    put_prompts(c, w);
    put_mutual_tls(c, w);
    put_backchannel(c, w);
    ost_json_close_object(w);
    call_allow_origin(c, NULL);
    (void)!http_set_field(exchange, "Cache-Control",
                          OST_TEXT("no-cache, must-revalidate, no-transform, no-store"));
    http_respond_json(exchange, 200, w);
}

void certs_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin(exchange, user);
    if (c == NULL)
        return;
    call_allow_origin(c, NULL);
    /* HTTP's caches heed "no-cache" (RFC 9111 §5.2.2.4). Verifiers that read the age alone, and
     * keep the set for half a day or for good without one, learn of a new key in time. */
    const char *age = call_format(c, "no-cache, max-age=%d", KEY_SET_SECONDS);
    (void)!http_set_field(exchange, "Cache-Control", text_of(age));
    http_respond(exchange, 200, "application/json", key_ring_document(c->entry->keys));
}

void realm_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin(exchange, user);
    ost_json_writer *w = c != NULL ? call_writer(c) : NULL;
    if (w == NULL)
        return;
    ost_json_open_object(w);
    ost_json_member_string(w, "realm", c->realm->name);
    ost_json_member_text(w, "public_key", key_ring_public_key(c->entry->keys));
    ost_json_member_string(w, "token-service",
                           call_format(c, "%s/protocol/openid-connect", c->issuer));
    ost_json_member_string(w, "account-service", call_format(c, "%s/account", c->issuer));
    ost_json_member_integer(w, "tokens-not-before", c->realm->not_before);
    ost_json_close_object(w);
    call_allow_origin(c, NULL);
    http_respond_json(exchange, 200, w);
}

/* CORS (Fetch §3.2.2): the answer itself decides which origins may read it. */
void preflight_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin(exchange, user);
    if (c == NULL)
        return;
    call_allow_origin(c, NULL);
    (void)!http_set_field(exchange, "Access-Control-Allow-Methods", OST_TEXT("GET, POST, OPTIONS"));
    (void)!http_set_field(exchange, "Access-Control-Allow-Headers",
                          OST_TEXT("Origin, Accept, X-Requested-With, Content-Type, Authorization, "
                                   "DPoP, MCP-Protocol-Version"));
    (void)!http_set_field(exchange, "Access-Control-Max-Age", OST_TEXT("3600"));
    http_respond(exchange, 200, NULL, (ost_text){0});
}
