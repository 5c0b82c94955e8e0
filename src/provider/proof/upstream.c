/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration of identity providers; see upstream.h. What would weaken a login, or is not done
 * here, bars it, rather than being passed over. */
#include "provider/proof/upstream.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "net/net_url.h"
#include "provider/proof/single_key.h"

#define LONGEST_LEEWAY 600
#define LONGEST_VALIDITY 86400
#define USUAL_VALIDITY 5

/* What an identity provider of a kind is where its configuration does not say. */
typedef struct preset {
    const char *kind;
    const char *authorization_url, *token_url, *userinfo_url, *issuer, *keys_url;
    const char *scope, *name;
} preset;

static const preset presets[] = {
    {.kind = "oidc", .scope = "openid"},
    {.kind = "keycloak-oidc", .scope = "openid"},
    {.kind = "google",
     .name = "Google",
     .authorization_url = "https://accounts.google.com/o/oauth2/v2/auth",
     .token_url = "https://oauth2.googleapis.com/token",
     .userinfo_url = "https://openidconnect.googleapis.com/v1/userinfo",
     .issuer = "https://accounts.google.com",
     .keys_url = "https://www.googleapis.com/oauth2/v3/certs",
     .scope = "openid profile email"},
};

static const preset *preset_of(ost_text kind)
{
    for (size_t i = 0; i < ARRAY_LEN(presets); i++) {
        if (text_is(kind, presets[i].kind))
            return &presets[i];
    }
    return NULL;
}

/* Those of Keycloak 24 and 26, most of which are stored and log nobody in. */
static const char *const known_kinds[] = {"oidc",
                                          "keycloak-oidc",
                                          "saml",
                                          "oauth2",
                                          "kubernetes",
                                          "spiffe",
                                          "default-trust",
                                          "jwt-authorization-grant",
                                          "bitbucket",
                                          "facebook",
                                          "github",
                                          "gitlab",
                                          "google",
                                          "instagram",
                                          "linkedin-openid-connect",
                                          "microsoft",
                                          "openshift-v3",
                                          "openshift-v4",
                                          "paypal",
                                          "stackoverflow",
                                          "twitter",
                                          NULL};

static const struct {
    const char *member, *name; /* Keycloak's for it in what it says */
} addresses[] = {{"authorizationUrl", "authorization_url"},
                 {"tokenUrl", "token_url"},
                 {"logoutUrl", "logout_url"},
                 {"jwksUrl", "jwks_url"},
                 {"userInfoUrl", "userinfo_url"}};

/* No more than that it can be asked: an address may be a template yet. */
static bool is_address(ost_text url)
{
    size_t end = text_find(url, ':', 0);
    ost_text scheme = text_slice(url, 0, end);
    return text_starts(text_slice(url, end, url.len), "://") &&
           (text_equal_ignoring_case(scheme, OST_TEXT("https")) ||
            text_equal_ignoring_case(scheme, OST_TEXT("http")));
}

static const char *address_fault(const ost_json *config, ost_arena *arena)
{
    ost_text url;
    for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
        if (ost_json_text(ost_json_get(config, addresses[i].member), &url) && url.len > 0 &&
            !is_address(url))
            return ost_arena_format(arena, "The url [%s] is malformed", addresses[i].name);
    }
    return NULL;
}

const char *upstream_kind_fault(const ost_json *provider, ost_arena *arena)
{
    ost_text kind = {0};
    (void)!ost_json_text(ost_json_get(provider, "providerId"), &kind);
    if (text_is_one_of(kind, known_kinds))
        return address_fault(ost_json_get(provider, "config"), arena);
    return kind.len == 0 ? "Invalid identity provider id [null]"
                         : ost_arena_format(arena, "Invalid identity provider id [%.*s]",
                                            (int)(kind.len < 255 ? kind.len : 255), kind.data);
}

bool upstream_maps(ost_text type)
{
    static const char *const types[] = {
        "oidc-user-attribute-idp-mapper",    "hardcoded-attribute-idp-mapper",
        "oidc-hardcoded-role-idp-mapper",    "oidc-role-idp-mapper",
        "oidc-advanced-role-idp-mapper",     "oidc-hardcoded-group-idp-mapper",
        "oidc-advanced-group-idp-mapper",    "keycloak-oidc-role-to-role-idp-mapper",
        "oidc-username-idp-mapper",          "hardcoded-user-session-attribute-idp-mapper",
        "oidc-user-session-note-idp-mapper", NULL};
    return text_is_one_of(type, types);
}

/* ---- single settings ---- */

static ost_text config_text(const ost_json *provider, const char *name)
{
    return text_trim(json_text_of(ost_json_get(provider, "config"), name));
}

static bool config_is(const ost_json *provider, const char *name, const char *value)
{
    return text_equal_ignoring_case(config_text(provider, name), text_of(value));
}

static bool config_true(const ost_json *provider, const char *name)
{
    return config_is(provider, name, "true");
}

/* NULL: neither says. */
static const char *string_of(const ost_json *provider, const char *name, const char *otherwise,
                             ost_arena *arena)
{
    ost_text text = config_text(provider, name);
    return text.len > 0 ? ost_arena_copy(arena, text) : otherwise;
}

static bool is_enabled(const ost_json *provider)
{
    const ost_json *flag = ost_json_get(provider, "enabled");
    bool enabled = true;
    return flag == NULL || (ost_json_boolean(flag, &enabled) && enabled);
}

/* One that was made for assertions alone has no addresses of logins. */
static bool is_for_logins(const ost_json *provider)
{
    return text_is(json_text_of(provider, "providerId"), "google") ||
           config_text(provider, "authorizationUrl").len > 0 ||
           config_text(provider, "tokenUrl").len > 0 ||
           !config_true(provider, "jwtAuthorizationGrantEnabled");
}

/* ---- what bars a login ---- */

/* Switches of Keycloak's that take a check away, or ask for what is not there. */
static const char *barred_by_switch(const ost_json *provider)
{
    static const struct {
        const char *name, *value, *why;
    } switches[] = {
        {"validateSignature", "false", "validateSignature is off"},
        {"disableNonce", "true", "disableNonce is on"},
        {"doNotStoreUsers", "true", "doNotStoreUsers is not there"},
        {"disableTypeClaimCheck", "true", "disableTypeClaimCheck is on"},
        {"requiresShortStateParameter", "true", "requiresShortStateParameter is not there"},
    };
    for (size_t i = 0; i < ARRAY_LEN(switches); i++) {
        if (config_is(provider, switches[i].name, switches[i].value))
            return switches[i].why;
    }
    if (config_true(provider, "filteredByClaim") &&
        config_text(provider, "claimFilterName").len == 0)
        return "claimFilterName is missing";
    if (config_is(provider, "pkceEnabled", "true") && config_is(provider, "pkceMethod", "plain"))
        return "pkceMethod is \"plain\"";
    if (text_starts(config_text(provider, "clientSecret"), "${vault."))
        return "the secret is in a vault";
    return NULL;
}

/* Whom a provider knows somebody as is its sub, which it never gives to anybody else. */
static bool replaces_id(const ost_json *mapper)
{
    return text_is(json_text_of(ost_json_get(mapper, "config"), "target"), "BROKER_ID");
}

static const char *barred_by_mapper(const ost_json *provider, const ost_json *mappers,
                                    ost_arena *arena)
{
    for (const ost_json *at = ost_json_first(mappers); at != NULL; at = ost_json_next(at)) {
        ost_text type = json_text_of(at, "identityProviderMapper");
        if (!text_equal(json_text_of(at, "identityProviderAlias"), json_text_of(provider, "alias")))
            continue;
        if (replaces_id(at))
            return "a mapper has the target BROKER_ID";
        if (!upstream_maps(type)) {
            const char *why = ost_arena_format(arena, "mappers of the type \"%.*s\" are not there",
                                               (int)(type.len < 100 ? type.len : 100), type.data);
            return why != NULL ? why : "a mapper is not there";
        }
    }
    return NULL;
}

static const char *barred_by_address(const upstream *u)
{
    const struct {
        const char *url, *missing, *bad;
        bool needed;
    } urls[] = {
        {u->authorization_url, "authorizationUrl is missing", "authorizationUrl is no web address",
         true},
        {u->token_url, "tokenUrl is missing", "tokenUrl is no web address", true},
        {u->userinfo_url, NULL, "userInfoUrl is no web address", false},
        {u->logout_url, NULL, "logoutUrl is no web address", false},
        {u->keys_url, NULL, "jwksUrl is no web address", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
        if (urls[i].url == NULL && urls[i].needed)
            return urls[i].missing;
        if (urls[i].url != NULL && net_url_check(text_of(urls[i].url), true) != OST_OK)
            return urls[i].bad;
    }
    return NULL;
}

static const char *barred_by_parts(const upstream *u)
{
    if (u->issuer == NULL)
        return "issuer is missing";
    if (u->client_id == NULL)
        return "clientId is missing";
    if (u->keys_url == NULL && u->single_key == NULL && u->key_set == NULL)
        return "there are no keys: neither jwksUrl nor publicKeySignatureVerifier is good";
    if (u->proof != UPSTREAM_PRIVATE_KEY_JWT && u->client_secret.len == 0)
        return "clientSecret is missing";
    if (u->assertion_alg == OST_ALG_UNSET)
        return "clientAssertionSigningAlg is not known";
    return NULL;
}

/* ---- loading ---- */

static void load_addresses(const ost_json *provider, const preset *p, ost_arena *arena, upstream *u)
{
    u->authorization_url = string_of(provider, "authorizationUrl", p->authorization_url, arena);
    u->token_url = string_of(provider, "tokenUrl", p->token_url, arena);
    u->issuer = string_of(provider, "issuer", p->issuer, arena);
    u->logout_url = string_of(provider, "logoutUrl", NULL, arena);
    if (!config_true(provider, "disableUserInfo"))
        u->userinfo_url = string_of(provider, "userInfoUrl", p->userinfo_url, arena);
}

static void load_keys(const ost_json *provider, const preset *p, ost_arena *arena, upstream *u)
{
    ost_text brought = config_text(provider, "publicKeySignatureVerifier");
    if (p->keys_url != NULL || !config_is(provider, "useJwksUrl", "false")) {
        u->keys_url = string_of(provider, "jwksUrl", p->keys_url, arena);
        if (u->keys_url != NULL || config_true(provider, "useJwksUrl"))
            return;
    }
    if (text_starts(brought, "{"))
        (void)!client_key_set_read(brought, &u->key_set);
    else if (brought.len > 0)
        u->single_key = single_key_read(brought, arena);
}

/* false: the method is not known. */
static bool load_proof(const ost_json *provider, ost_arena *arena, upstream *u)
{
    static const char *const methods[] = {[UPSTREAM_SECRET_POST] = "client_secret_post",
                                          [UPSTREAM_SECRET_BASIC] = "client_secret_basic",
                                          [UPSTREAM_SECRET_JWT] = "client_secret_jwt",
                                          [UPSTREAM_PRIVATE_KEY_JWT] = "private_key_jwt"};
    ost_text method = config_text(provider, "clientAuthMethod");
    ost_text alg = config_text(provider, "clientAssertionSigningAlg");
    u->client_id = string_of(provider, "clientId", NULL, arena);
    u->client_secret = config_text(provider, "clientSecret");
    size_t i = 0;
    while (method.len > 0 && i < ARRAY_LEN(methods) && !text_is(method, methods[i]))
        i++;
    if (i == ARRAY_LEN(methods))
        return false;
    u->proof = (upstream_proof)i;
    bool secret = u->proof == UPSTREAM_SECRET_JWT;
    ost_alg named = ost_alg_of(alg);
    ost_algs fitting =
        secret ? OST_ALG_BIT(OST_HS256) | OST_ALG_BIT(OST_HS384) | OST_ALG_BIT(OST_HS512)
               : OST_ALGS_DEFAULT;
    u->assertion_alg = alg.len == 0 ? secret ? OST_HS256 : OST_RS256
                       : named != OST_ALG_UNSET && (OST_ALG_BIT(named) & fitting) != 0
                           ? named
                           : OST_ALG_UNSET;
    return true;
}

static void load_request(const ost_json *provider, const preset *p, ost_arena *arena, upstream *u)
{
    ost_text scope = config_text(provider, "defaultScope");
    if (scope.len == 0)
        scope = text_of(p->scope);
    if (!text_list_has(scope, OST_TEXT("openid")))
        scope = text_of(ost_arena_format(arena, "openid %.*s", (int)scope.len, scope.data));
    u->scope = scope;
    u->prompt = config_text(provider, "prompt");
    u->hosted =
        text_is(text_of(p->kind), "google") ? config_text(provider, "hostedDomain") : (ost_text){0};
    if (text_is(u->hosted, "*"))
        u->hosted = (ost_text){0};
    u->offline = text_is(text_of(p->kind), "google") && config_true(provider, "offlineAccess");
    if (config_true(provider, "filteredByClaim")) {
        u->filter_claim = config_text(provider, "claimFilterName");
        u->filter = json_text_of(ost_json_get(provider, "config"), "claimFilterValue");
    }
    u->pkce = !config_is(provider, "pkceEnabled", "false");
    u->forwards_hint = config_true(provider, "loginHint");
    u->forwards_languages = config_true(provider, "uiLocales");
    u->forwards_silence = config_true(provider, "acceptsPromptNoneForwardFromClient");
    u->forwarded = config_text(provider, "forwardParameters");
    u->tells_token = !config_is(provider, "sendIdTokenOnLogout", "false");
    u->tells_client = config_true(provider, "sendClientIdOnLogout");
}

static int64_t config_number(const ost_json *provider, const char *name, int64_t most,
                             int64_t otherwise)
{
    uint64_t number;
    return text_to_unsigned(config_text(provider, name), (uint64_t)most, &number) ? (int64_t)number
                                                                                  : otherwise;
}

static bool load(const ost_json *provider, const ost_json *mappers, ost_arena *arena,
                 upstream *ret_upstream)
{
    const preset *p = preset_of(json_text_of(provider, "providerId"));
    upstream u = {.alias = json_text_of(provider, "alias")};
    if (p == NULL || u.alias.len == 0 || !is_enabled(provider) || !is_for_logins(provider))
        return false;
    ost_text shown = json_text_of(provider, "displayName"),
             sync = config_text(provider, "syncMode");
    u.name = shown.len > 0 ? shown : p->name != NULL ? text_of(p->name) : u.alias;
    u.validity =
        (unsigned)config_number(provider, "minValidityToken", LONGEST_VALIDITY, USUAL_VALIDITY);
    u.first_flow = json_text_of(provider, "firstBrokerLoginFlowAlias");
    u.post_flow = json_text_of(provider, "postBrokerLoginFlowAlias");
    u.keeps_tokens = json_true_of(provider, "storeToken");
    u.gives_reader = json_true_of(provider, "addReadTokenRoleOnCreate");
    u.hidden = json_true_of(provider, "hideOnLogin") || config_true(provider, "hideOnLoginPage");
    u.link_only = json_true_of(provider, "linkOnly");
    u.trust_email = json_true_of(provider, "trustEmail");
    u.sync = text_is(sync, "FORCE")    ? UPSTREAM_FORCE
             : text_is(sync, "IMPORT") ? UPSTREAM_IMPORT
                                       : UPSTREAM_LEGACY;
    u.order = config_number(provider, "guiOrder", INT32_MAX, INT64_MAX);
    u.leeway = (unsigned)config_number(provider, "allowedClockSkew", LONGEST_LEEWAY, 0);
    u.access_claims = text_is(text_of(p->kind), "keycloak-oidc");
    load_addresses(provider, p, arena, &u);
    load_keys(provider, p, arena, &u);
    load_request(provider, p, arena, &u);
    bool proves = load_proof(provider, arena, &u);
    u.barred = barred_by_switch(provider);
    if (u.barred == NULL && !proves)
        u.barred = "clientAuthMethod is not known";
    if (u.barred == NULL)
        u.barred = barred_by_address(&u);
    if (u.barred == NULL)
        u.barred = barred_by_parts(&u);
    if (u.barred == NULL)
        u.barred = barred_by_mapper(provider, mappers, arena);
    *ret_upstream = u;
    return true;
}

static int by_order(const void *one, const void *other)
{
    const upstream *a = one, *b = other;
    return a->order != b->order ? (a->order < b->order ? -1 : 1) : text_compare(a->alias, b->alias);
}

upstreams upstreams_load(const ost_json *providers, const ost_json *mappers, ost_arena *arena)
{
    upstreams all = {0};
    size_t count = ost_json_is(providers, OST_JSON_ARRAY) ? ost_json_count(providers) : 0;
    if (count > 0)
        all.list = ost_arena_alloc(arena, count * sizeof *all.list);
    if (all.list == NULL)
        return all;
    for (const ost_json *at = ost_json_first(providers); at != NULL; at = ost_json_next(at)) {
        if (load(at, mappers, arena, &all.list[all.count]))
            all.count++;
    }
    qsort(all.list, all.count, sizeof *all.list, by_order);
    return all;
}

static void upstream_clear(upstream *u)
{
    ost_keyset_unref(u->single_key);
    client_key_set_unref(u->key_set);
}

void upstreams_clear(upstreams *all)
{
    for (size_t i = 0; i < all->count; i++)
        upstream_clear(&all->list[i]);
    all->count = 0;
}

const upstream *upstreams_find(const upstreams *all, ost_text alias)
{
    for (size_t i = 0; i < all->count; i++) {
        if (text_equal(all->list[i].alias, alias))
            return &all->list[i];
    }
    return NULL;
}

const char *upstream_barred(const ost_json *provider, const ost_json *mappers, ost_arena *arena)
{
    upstream u;
    if (!load(provider, mappers, arena, &u))
        return NULL;
    upstream_clear(&u);
    return u.barred;
}
