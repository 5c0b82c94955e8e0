/* One trusted issuer; see issuer.h. */
#include "issuer.h"

#include <stdio.h>
#include <string.h>

#include "context.h"
#include "text.h"

#define DISCOVERY_PATH "/.well-known/openid-configuration"
#define HMAC_ALGS (OST_ALG_BIT(OST_HS256) | OST_ALG_BIT(OST_HS384) | OST_ALG_BIT(OST_HS512))

static unsigned or_default(unsigned value, unsigned fallback)
{
    return value > 0 ? value : fallback;
}

static ost_result copy_string(const char *from, char **ret_copy)
{
    if (from == NULL)
        return OST_OK;
    *ret_copy = memory_copy(text_of(from));
    return *ret_copy != NULL ? OST_OK : OST_E_MEMORY;
}

static ost_result copy_list(const char *const *from, size_t count, const char **list,
                            size_t *ret_count)
{
    if (count > ISSUER_LISTS)
        return OST_E_CONFIG;
    for (size_t i = 0; i < count; i++) {
        char *copy = NULL;
        if (from[i] == NULL || from[i][0] == '\0')
            return OST_E_CONFIG;
        if (copy_string(from[i], &copy) != OST_OK)
            return OST_E_MEMORY;
        list[i] = copy;
        *ret_count = i + 1;
    }
    return OST_OK;
}

static ost_result check_url(const issuer *i, const char *what, const char *url,
                            ost_error *ret_error)
{
    if (url == NULL || net_url_is_safe(text_of(url)))
        return OST_OK;
    if (i->insecure_http && text_starts(text_of(url), "http://"))
        return OST_OK;
    return ost_error_set(ret_error, OST_E_CONFIG,
                         "%s \"%.150s\": https is required, except for this machine "
                         "(or insecure_http)",
                         what, url);
}

static ost_result check(const issuer *i, const ost_issuer *config, ost_error *ret_error)
{
    bool hmac = (config->algorithms & HMAC_ALGS) != 0;
    if (i->name == NULL || i->name[0] == '\0')
        return ost_error_set(ret_error, OST_E_CONFIG, "an issuer needs its name");
    if (i->audience_count == 0 && !i->insecure_any_audience)
        return ost_error_set(ret_error, OST_E_CONFIG,
                             "issuer %.100s: name the audience that tokens must be meant for",
                             i->name);
    if (hmac != (config->hmac_secret.len > 0))
        return ost_error_set(ret_error, OST_E_CONFIG,
                             "issuer %.100s: HS algorithms and a secret go together", i->name);
    if (hmac && ((config->algorithms & ~HMAC_ALGS) != 0 || config->jwks_url != NULL))
        return ost_error_set(ret_error, OST_E_CONFIG,
                             "issuer %.100s: a shared secret excludes public keys", i->name);
    ost_result result = check_url(i, "discovery", i->discovery_url, ret_error);
    if (result == OST_OK)
        result = check_url(i, "key set", i->fixed_jwks_url, ret_error);
    return result;
}

/* A shared secret is a key set of its own, published for good. */
static ost_result use_secret(issuer *i, const ost_issuer *config, ost_error *ret_error)
{
    ost_key *keys[3] = {0};
    size_t count = 0;
    ost_result result = OST_OK;
    for (int alg = OST_HS256; alg <= OST_HS512 && result == OST_OK; alg++) {
        if ((config->algorithms & OST_ALG_BIT(alg)) != 0)
            result = ost_key_import_secret(config->hmac_secret, (ost_alg)alg, NULL, &keys[count++],
                                           ret_error);
    }
    key_snapshot *snapshot = result == OST_OK ? memory_alloc(sizeof *snapshot) : NULL;
    if (result == OST_OK && snapshot == NULL)
        result = OST_E_MEMORY;
    if (result == OST_OK)
        result = ost_keyset_new(keys, count, &snapshot->keys);
    for (size_t k = 0; k < count; k++)
        ost_key_unref(keys[k]);
    if (result != OST_OK) {
        memory_free(snapshot);
        return result;
    }
    i->symmetric = true;
    (void)published_replace(&i->keys, snapshot);
    return OST_OK;
}

static ost_result configure(issuer *i, const ost_issuer *config, ost_error *ret_error)
{
    ost_result result = copy_string(config->issuer, &i->name);
    if (result == OST_OK)
        result = copy_string(config->jwks_url, &i->fixed_jwks_url);
    if (result == OST_OK)
        result = copy_string(config->ca_file, &i->ca_file);
    if (result == OST_OK)
        result = copy_string(config->seed_file, &i->seed_file);
    if (result == OST_OK)
        result =
            copy_list(config->audiences, config->audience_count, i->audiences, &i->audience_count);
    if (result == OST_OK)
        result = copy_list(config->clients, config->client_count, i->clients, &i->client_count);
    if (result == OST_OK && config->hmac_secret.len == 0 && i->fixed_jwks_url == NULL &&
        i->name != NULL) {
        size_t len = strlen(i->name);
        bool slash = len > 0 && i->name[len - 1] == '/';
        char url[2048];
        snprintf(url, sizeof url, "%.*s" DISCOVERY_PATH, (int)(slash ? len - 1 : len), i->name);
        result = copy_string(config->discovery_url != NULL ? config->discovery_url : url,
                             &i->discovery_url);
    }
    if (result != OST_OK)
        return ost_error_set(ret_error, result, "issuer %.100s: %s",
                             i->name != NULL ? i->name : "?", ost_result_sentence(result));
    i->insecure_any_audience = config->insecure_any_audience;
    i->insecure_http = config->insecure_http;
    i->algorithms = config->algorithms != 0 ? config->algorithms : OST_ALGS_DEFAULT;
    i->leeway = or_default(config->leeway, 30);
    i->lifetime = or_default(config->key_lifetime, 300);
    i->stale_limit = config->stale_limit > 3600 ? config->stale_limit : 3600;
    i->fetch_timeout = or_default(config->fetch_timeout, 5);
    result = check(i, config, ret_error);
    if (result == OST_OK && config->hmac_secret.len > 0)
        result = use_secret(i, config, ret_error);
    return result;
}

ost_result issuer_new(const ost_issuer *config, net_client *net, issuer **ret_issuer,
                      ost_error *ret_error)
{
    issuer *made = memory_alloc(sizeof *made);
    if (made == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    pthread_mutex_init(&made->lock, NULL);
    made->net = net;
    ost_result result = configure(made, config, ret_error);
    if (result != OST_OK) {
        issuer_free(made);
        return result;
    }
    if (!made->symmetric && made->seed_file != NULL)
        seed_load(made);
    *ret_issuer = made;
    return OST_OK;
}

void issuer_free(issuer *i)
{
    if (i == NULL)
        return;
    key_snapshot *snapshot = atomic_load(&i->keys.current);
    if (snapshot != NULL)
        ost_keyset_unref(snapshot->keys);
    memory_free(snapshot);
    for (size_t k = 0; k < ISSUER_LISTS; k++) {
        memory_free((void *)(uintptr_t)i->audiences[k]);
        memory_free((void *)(uintptr_t)i->clients[k]);
    }
    memory_free(i->name);
    memory_free(i->discovery_url);
    memory_free(i->fixed_jwks_url);
    memory_free(i->jwks_url);
    memory_free(i->ca_file);
    memory_free(i->seed_file);
    pthread_mutex_destroy(&i->lock);
    memory_free(i);
}

bool issuer_keys_usable(const issuer *i, const key_snapshot *snapshot, int64_t now_ms)
{
    return snapshot != NULL &&
           (i->symmetric || now_ms - snapshot->obtained <= (int64_t)i->stale_limit * 1000);
}

bool issuer_is_ready(issuer *i)
{
    published_place place;
    const key_snapshot *snapshot = published_enter(&i->keys, &place);
    bool ready = issuer_keys_usable(i, snapshot, monotonic_ms());
    published_leave(&i->keys, place);
    return ready;
}
