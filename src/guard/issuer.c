/* SPDX-License-Identifier: Apache-2.0 */
/* One trusted issuer: reading its configuration, and its end; see issuer.h. */
#include "guard/issuer.h"

#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "base/or_default.h"
#include "base/shown.h"
#include "base/text.h"
#include "guard/claims_lookup.h"

#define DISCOVERY_PATH "/.well-known/openid-configuration"
#define HMAC_ALGS (OST_ALG_BIT(OST_HS256) | OST_ALG_BIT(OST_HS384) | OST_ALG_BIT(OST_HS512))
#define MAX_LEEWAY 300          /* seconds */
#define MAX_SECONDS (7 * 86400) /* of every other duration */
#define MAX_URL 2048

static ost_result refuse_config(const ost_issuer *config, const char *what, ost_error *error)
{
    return ost_error_set(error, OST_E_CONFIG, "issuer %.100s: %s",
                         config->issuer != NULL ? config->issuer : "without a name", what);
}

/* ---- what does not fit together ---- */

static ost_result check_url(const ost_issuer *config, const char *url, ost_error *error)
{
    if (url == NULL)
        return OST_OK;
    ost_result result = net_url_check(text_of(url), config->insecure_http);
    if (result == OST_E_MEMORY)
        return ost_error_set(error, result, "out of memory");
    if (result == OST_OK)
        return result;
    if (strstr(url, "://") == NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "\"%.150s\" is no URL: it begins with https://, or on this machine "
                             "with http://",
                             url);
    return ost_error_set(error, OST_E_CONFIG,
                         "\"%.150s\" is not to be fetched: https is required, except for this "
                         "machine (or with insecure_http)",
                         url);
}

/* Not shown: it may hold a password. */
static ost_result check_proxy(const ost_issuer *config, ost_error *error)
{
    ost_result result = config->proxy != NULL ? net_proxy_check(text_of(config->proxy)) : OST_OK;
    if (result == OST_E_MEMORY)
        return ost_error_set(error, result, "out of memory");
    if (result != OST_OK)
        return refuse_config(config, "the proxy is not a URL such as http://proxy.example.org:3128",
                             error);
    if (config->proxy == NULL && config->no_proxy != NULL)
        return refuse_config(config, "no_proxy goes with a proxy", error);
    return OST_OK;
}

static ost_result check_audiences(const ost_issuer *config, ost_error *error)
{
    if (config->insecure_any_audience && config->audience_count > 0)
        return refuse_config(config, "either audiences or any audience", error);
    if (!config->insecure_any_audience && config->audience_count == 0)
        return refuse_config(config, "name the audience that tokens must be meant for", error);
    if (config->client_is_audience &&
        (config->insecure_any_audience || config->access_token_profile))
        return refuse_config(config,
                             "client_is_audience is for tokens whose client is checked in the "
                             "place of aud: neither any audience nor RFC 9068 go with it",
                             error);
    return OST_OK;
}

/* A shared secret and public keys never serve side by side: a public key would do as a secret. */
static ost_result check_algorithms(const ost_issuer *config, ost_error *error)
{
    bool hmac = (config->algorithms & HMAC_ALGS) != 0;
    if ((config->algorithms & ~OST_ALGS_SIGNATURE) != 0)
        return refuse_config(config, "there is no such algorithm", error);
    if (hmac != (config->hmac_secret.len > 0))
        return refuse_config(config, "HS algorithms and a secret go together", error);
    if (hmac && (config->algorithms & ~HMAC_ALGS) != 0)
        return refuse_config(config, "a secret excludes algorithms with public keys", error);
    if (hmac &&
        (config->jwks_url != NULL || config->discovery_url != NULL || config->seed_file != NULL))
        return refuse_config(config, "a secret excludes keys from elsewhere", error);
    return OST_OK;
}

static ost_result check_durations(const ost_issuer *config, ost_error *error)
{
    if (config->leeway > MAX_LEEWAY)
        return refuse_config(config, "the leeway may be 300 seconds at most", error);
    if (config->key_lifetime > MAX_SECONDS || config->stale_limit > MAX_SECONDS ||
        config->fetch_timeout > MAX_SECONDS)
        return refuse_config(config, "durations may be a week at most", error);
    return OST_OK;
}

static ost_result check_config(const ost_issuer *config, ost_error *error)
{
    if (config->issuer == NULL || config->issuer[0] == '\0')
        return refuse_config(config, "it must be named", error);
    ost_result result = check_audiences(config, error);
    if (result == OST_OK)
        result = check_algorithms(config, error);
    if (result == OST_OK)
        result = check_durations(config, error);
    if (result == OST_OK)
        result = check_url(config, config->discovery_url, error);
    if (result == OST_OK)
        result = check_url(config, config->jwks_url, error);
    if (result == OST_OK)
        result = check_proxy(config, error);
    return result;
}

/* ---- the copy ---- */

static ost_result copy_string(const char *from, char **ret_copy, ost_error *error)
{
    char *copy = from != NULL ? memory_copy(text_of(from)) : NULL;
    if (from != NULL && copy == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    *ret_copy = copy;
    return OST_OK;
}

static ost_result copy_list(const ost_issuer *config, const char *const *from, size_t count,
                            char **list, size_t *ret_count, ost_error *error)
{
    if (count > ISSUER_LISTS)
        return refuse_config(config, "at most 32 audiences and 32 clients", error);
    for (size_t k = 0; k < count; k++) {
        if (from == NULL || from[k] == NULL || from[k][0] == '\0')
            return refuse_config(config, "an audience or a client is empty", error);
        ost_result result = copy_string(from[k], &list[k], error);
        if (result != OST_OK)
            return result;
        *ret_count = k + 1;
    }
    return OST_OK;
}

/* OpenID Connect Discovery §4.1: a slash at the issuer's end is removed before the path. */
static ost_result find_discovery(issuer *i, const ost_issuer *config, ost_error *error)
{
    char url[MAX_URL];
    ost_text name = text_of(i->source.name);
    if (config->discovery_url != NULL)
        return copy_string(config->discovery_url, &i->source.discovery_url, error);
    if (text_ends(name, "/"))
        name.len--;
    int len = snprintf(url, sizeof url, "%.*s" DISCOVERY_PATH,
                       name.len < MAX_URL ? (int)name.len : MAX_URL, name.data);
    if (len < 0 || (size_t)len >= sizeof url)
        return refuse_config(config, "the name is too long", error);
    ost_result result = check_url(config, url, error);
    if (result == OST_OK)
        result = copy_string(url, &i->source.discovery_url, error);
    return result;
}

static ost_result copy_config(issuer *i, const ost_issuer *config, ost_error *error)
{
    ost_result result = copy_string(config->issuer, &i->source.name, error);
    if (result == OST_OK)
        result = copy_string(config->jwks_url, &i->source.fixed_jwks_url, error);
    if (result == OST_OK)
        result = copy_string(config->ca_file, &i->source.ca_file, error);
    if (result == OST_OK)
        result = copy_string(config->proxy, &i->source.proxy, error);
    if (result == OST_OK)
        result = copy_string(config->no_proxy, &i->source.no_proxy, error);
    if (result == OST_OK)
        result = copy_string(config->seed_file, &i->source.seed_file, error);
    if (result == OST_OK) {
        result = copy_list(config, config->audiences, config->audience_count, i->audiences,
                           &i->audience_count, error);
    }
    if (result == OST_OK) {
        result = copy_list(config, config->clients, config->client_count, i->clients,
                           &i->client_count, error);
    }
    i->source.no_keys = config->introspection.no_keys;
    if (result == OST_OK && config->hmac_secret.len == 0 && config->jwks_url == NULL &&
        !i->source.no_keys)
        result = find_discovery(i, config, error);
    return result;
}

static void copy_numbers(issuer *i, const ost_issuer *config)
{
    i->insecure_any_audience = config->insecure_any_audience;
    i->access_token_profile = config->access_token_profile;
    i->client_is_audience = config->client_is_audience;
    i->source.insecure_http = config->insecure_http;
    i->source.symmetric = config->hmac_secret.len > 0;
    i->source.algorithms = config->algorithms != 0 ? config->algorithms : OST_ALGS_DEFAULT;
    i->source.leeway = OR_DEFAULT(config->leeway, 30);
    i->source.lifetime = OR_DEFAULT(config->key_lifetime, 300);
    i->source.stale_limit = config->stale_limit > 3600 ? config->stale_limit : 3600;
    if (i->source.stale_limit < i->source.lifetime)
        i->source.stale_limit = i->source.lifetime;
    i->source.fetch_timeout = OR_DEFAULT(config->fetch_timeout, 5);
}

/* ---- keys to start with ---- */

static void unref_key(ost_key **key)
{
    ost_key_unref(*key);
}

#define key_auto __attribute__((cleanup(unref_key)))

/* A key is bound to one algorithm, so the secret becomes one for each that is accepted. */
static ost_result import_secret(const ost_issuer *config, ost_keyset **ret_keys, ost_error *error)
{
    key_auto ost_key *first = NULL;
    key_auto ost_key *second = NULL;
    key_auto ost_key *third = NULL;
    ost_key **const keys[] = {&first, &second, &third};
    ost_key *list[3];
    size_t count = 0;
    for (int alg = OST_HS256; alg <= OST_HS512; alg++) {
        if ((config->algorithms & OST_ALG_BIT(alg)) == 0)
            continue;
        ost_result result =
            ost_key_import_secret(config->hmac_secret, (ost_alg)alg, NULL, keys[count], error);
        if (result != OST_OK)
            return result == OST_E_MEMORY
                       ? result
                       : refuse_config(config, "the secret is shorter than its hash", error);
        list[count] = *keys[count];
        count++;
    }
    ost_result result = ost_keyset_new(list, count, ret_keys);
    return result == OST_OK ? OST_OK : ost_error_set(error, result, "out of memory");
}

/* Published for good. */
static ost_result use_secret(issuer *i, const ost_issuer *config, ost_error *error)
{
    key_snapshot *snapshot = memory_alloc(sizeof *snapshot);
    if (snapshot == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = import_secret(config, &snapshot->keys, error);
    if (result != OST_OK) {
        memory_free(snapshot);
        return result;
    }
    (void)published_replace(&i->source.keys, snapshot);
    return OST_OK;
}

/* ---- life ---- */

static ost_result configure(issuer *i, const ost_issuer *config, ost_error *error)
{
    ost_error seed_error = {0};
    ost_result result = check_config(config, error);
    if (result == OST_OK)
        result = copy_config(i, config, error);
    if (result != OST_OK)
        return result;
    copy_numbers(i, config);
    result = tenants_init(config, &i->tenants, error);
    if (result == OST_OK)
        result = introspector_new(config, &i->source, &i->introspector, error);
    if (result == OST_OK)
        result = status_lists_new(config, &i->source, &i->status_lists, error);
    if (result != OST_OK)
        return result;
    if (i->source.symmetric)
        return use_secret(i, config, error);
    if (i->source.seed_file != NULL && key_seed_load(&i->source, &seed_error) != OST_OK)
        snprintf(i->source.last_error, sizeof i->source.last_error, "%s", seed_error.detail);
    result = fetch_budget_init(&i->source.budget, i->source.context);
    return result == OST_OK ? OST_OK : ost_error_set(error, result, "no randomness");
}

static void discovered(void *user, char *introspection_url)
{
    introspector_discovered(((issuer *)user)->introspector, introspection_url);
}

static void fetch_ended(void *user)
{
    introspector_fetch_ended(((issuer *)user)->introspector);
}

ost_result issuer_new(const ost_issuer *config, const ost_context *context, net_client *net,
                      issuer **ret_issuer, ost_error *error)
{
    issuer *made = memory_alloc(sizeof *made);
    if (made == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    key_source_init(&made->source, context, net);
    made->source.listener = (key_listener){discovered, fetch_ended, made};
    ost_result result = configure(made, config, error);
    if (result != OST_OK) {
        issuer_free(made);
        return result;
    }
    *ret_issuer = made;
    return OST_OK;
}

void issuer_free(issuer *i)
{
    if (i == NULL)
        return;
    introspector_free(i->introspector);
    status_lists_free(i->status_lists);
    revocations_free(i->revocations);
    tenants_clear(&i->tenants);
    for (size_t k = 0; k < ISSUER_LISTS; k++) {
        memory_free(i->audiences[k]);
        memory_free(i->clients[k]);
    }
    key_source_clear(&i->source);
    memory_free(i);
}

bool issuer_is_ready(issuer *i)
{
    if (i->introspector != NULL && !introspector_has_endpoint(i->introspector))
        return false;
    return i->source.no_keys || key_source_is_ready(&i->source);
}

ost_result issuer_check_name(const issuer *i, ost_text iss, const ost_json *tid, ost_error *error)
{
    if (i->tenants.many)
        return tenants_check(&i->tenants, i->source.name, iss, tid, error);
    if (text_is(iss, i->source.name))
        return OST_OK;
    return ost_error_set(error, OST_E_ISSUER, "expected issuer \"%.64s\", the token names \"%.*s\"",
                         i->source.name, SHOWN(iss, 64));
}

ost_result issuer_check_client(const issuer *i, const ost_claims *claims, ost_error *error)
{
    if (i->client_count == 0)
        return OST_OK;
    ost_text client = claims_client(claims);
    for (size_t k = 0; k < i->client_count; k++) {
        if (text_is(client, i->clients[k]))
            return OST_OK;
    }
    return ost_error_set(error, OST_E_CLIENT,
                         "the token was issued to client \"%.*s\", which is not in the list",
                         SHOWN(client, 60));
}
