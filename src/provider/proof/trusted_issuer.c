/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration of trusted issuers; see trusted_issuer.h. */
#include "provider/proof/trusted_issuer.h"

#include "base/json/json_list.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/proof/attribute.h"
#include "provider/proof/single_key.h"

#define ISSUERS "oauth2.jwt.authorization.grant.idp" /* aliases with ## between them */
#define AUDIENCES "oauth2.jwt.authorization.grant.audience"
#define PREFIX "jwtAuthorizationGrant" /* of the provider's configuration */
#define DEFAULT_LIFETIME 300           /* as Keycloak has it */
#define LONGEST_LIFETIME 86400
#define LONGEST_LEEWAY 600

static ost_text config_text(const ost_json *provider, const char *name)
{
    return text_trim(json_text_of(ost_json_get(provider, "config"), name));
}

static bool config_is(const ost_json *provider, const char *name, const char *value)
{
    return text_is(config_text(provider, name), value);
}

static int64_t config_seconds(const ost_json *provider, const char *name, int64_t fallback,
                              uint64_t most)
{
    uint64_t seconds;
    return text_to_unsigned(config_text(provider, name), most, &seconds) ? (int64_t)seconds
                                                                         : fallback;
}

/* One kind is for nothing else; the others do it beside logins, where they are told to. */
static bool is_meant(const ost_json *provider)
{
    bool enabled = true;
    const ost_json *kind = ost_json_get(provider, "providerId");
    const ost_json *flag = ost_json_get(provider, "enabled");
    if (flag != NULL && (!ost_json_boolean(flag, &enabled) || !enabled))
        return false;
    if (ost_json_equals(kind, OST_TEXT("jwt-authorization-grant")))
        return !config_is(provider, PREFIX "Enabled", "false");
    return (ost_json_equals(kind, OST_TEXT("oidc")) ||
            ost_json_equals(kind, OST_TEXT("keycloak-oidc"))) &&
           config_is(provider, PREFIX "Enabled", "true");
}

static void load_keys(const ost_json *provider, ost_arena *arena, trusted_issuer *issuer)
{
    ost_text brought = config_text(provider, "publicKeySignatureVerifier");
    if (config_is(provider, "useJwksUrl", "true")) {
        issuer->keys_url = ost_arena_copy(arena, config_text(provider, "jwksUrl"));
        return;
    }
    issuer->single_kid = config_text(provider, "publicKeySignatureVerifierKeyId");
    if (text_starts(brought, "{"))
        (void)!client_key_set_read(brought, &issuer->keys);
    else
        issuer->single_key = single_key_read(brought, arena);
}

/* One by name, or all that need a key pair; another one leaves none. */
static ost_algs load_algorithms(const ost_json *provider)
{
    ost_text name = config_text(provider, PREFIX "AssertionSignatureAlg");
    if (name.len == 0)
        return OST_ALGS_DEFAULT;
    ost_alg alg = ost_alg_of(name);
    return alg != OST_ALG_UNSET ? OST_ALG_BIT(alg) & OST_ALGS_DEFAULT : 0;
}

static bool load(const ost_json *provider, ost_arena *arena, trusted_issuer *ret_issuer)
{
    trusted_issuer issuer = {.issuer = config_text(provider, "issuer")};
    if (!is_meant(provider) || issuer.issuer.len == 0 ||
        !ost_json_text(ost_json_get(provider, "alias"), &issuer.alias) || issuer.alias.len == 0)
        return false;
    load_keys(provider, arena, &issuer);
    issuer.algorithms = load_algorithms(provider);
    issuer.max_lifetime = config_seconds(provider, PREFIX "MaxAllowedAssertionExpiration",
                                         DEFAULT_LIFETIME, LONGEST_LIFETIME);
    issuer.leeway = config_seconds(provider, PREFIX "AllowedClockSkew", 0, LONGEST_LEEWAY);
    issuer.reusable = config_is(provider, PREFIX "AssertionReuseAllowed", "true");
    issuer.limits_tokens = config_is(provider, PREFIX "LimitAccessTokenExp", "true");
    *ret_issuer = issuer;
    return true;
}

/* Without memory none is trusted. */
trusted_issuers trusted_issuers_load(const ost_json *providers, ost_arena *arena)
{
    trusted_issuers issuers = {0};
    size_t count = ost_json_is(providers, OST_JSON_ARRAY) ? ost_json_count(providers) : 0;
    if (count > 0)
        issuers.list = ost_arena_alloc(arena, count * sizeof *issuers.list);
    if (issuers.list == NULL)
        return issuers;
    for (const ost_json *at = ost_json_first(providers); at != NULL; at = ost_json_next(at)) {
        if (load(at, arena, &issuers.list[issuers.count]))
            issuers.count++;
    }
    return issuers;
}

void trusted_issuers_clear(trusted_issuers *issuers)
{
    for (size_t i = 0; i < issuers->count; i++) {
        client_key_set_unref(issuers->list[i].keys);
        ost_keyset_unref(issuers->list[i].single_key);
    }
    issuers->count = 0;
}

const trusted_issuer *trusted_issuers_find(const trusted_issuers *issuers, ost_text issuer)
{
    const trusted_issuer *found = NULL;
    for (size_t i = 0; i < issuers->count; i++) {
        if (!text_equal(issuer, issuers->list[i].issuer))
            continue;
        if (found != NULL)
            return NULL;
        found = &issuers->list[i];
    }
    return found;
}

static ost_text next_alias(ost_text *rest)
{
    size_t end = text_find(*rest, '#', 0);
    while (end + 1 < rest->len && rest->data[end + 1] != '#')
        end = text_find(*rest, '#', end + 1);
    if (end + 1 >= rest->len)
        end = rest->len;
    ost_text alias = text_slice(*rest, 0, end);
    *rest = text_slice(*rest, end + 2, rest->len);
    return alias;
}

bool trusted_issuer_serves(const trusted_issuer *issuer, const ost_json *client)
{
    ost_text rest = attribute_text(client, ISSUERS);
    while (rest.len > 0) {
        if (text_equal(next_alias(&rest), issuer->alias))
            return true;
    }
    return false;
}

bool trusted_issuer_audience(const trusted_issuer *issuer, const ost_json *client, ost_arena *arena,
                             ost_text *ret_audience)
{
    ost_text text = attribute_text(client, AUDIENCES);
    const ost_json *list;
    *ret_audience = (ost_text){0};
    if (text.len == 0)
        return true;
    if (ost_json_read(text, NULL, arena, &list, NULL) != OST_OK ||
        !ost_json_is(list, OST_JSON_ARRAY))
        return false;
    const ost_json *own = json_list_find(list, "key", issuer->alias);
    return own == NULL ||
           (ost_json_text(ost_json_get(own, "value"), ret_audience) && ret_audience->len > 0);
}
