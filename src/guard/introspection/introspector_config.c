/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an introspector: its configuration, read and checked; see introspector.h. */
#include <string.h>

#include "base/b64token.h"
#include "base/context.h"
#include "base/error_sentence.h"
#include "base/or_default.h"
#include "base/text.h"
#include "guard/introspection/introspector.h"
#include "guard/introspection/introspector_state.h"
#include "jose/jwt/private_key_jwt.h"

#define MAX_LIFETIME 3600 /* seconds */
#define MAX_RATE 10000
#define MAX_ENTRIES ((size_t)1 << 24)
#define DEFAULT_ENTRIES 10000
#define DEFAULT_BYTES ((size_t)16 << 20)
#define INTROSPECTOR_TICKETS 1 /* odd ones */

static ost_result refuse_config(const ost_issuer *config, const char *what, ost_error *error)
{
    return ost_error_set(error, OST_E_CONFIG, "issuer %.100s: introspection: %s", config->issuer,
                         what);
}

/* ---- what does not fit together ---- */

static bool is_off(const ost_introspection *c)
{
    return c->client_id == NULL;
}

static bool says_nothing(const ost_introspection *c)
{
    return c->endpoint == NULL && c->client_secret == NULL && c->key == NULL &&
           c->token_prefix == NULL && !c->every_token && !c->no_keys && !c->require_signed;
}

static ost_result check_credentials(const ost_issuer *config, ost_error *error)
{
    const ost_introspection *c = &config->introspection;
    bool by_key = c->auth == OST_PRIVATE_KEY_JWT;
    if (c->client_id[0] == '\0')
        return refuse_config(config, "the client's name is empty", error);
    if (!by_key && c->auth != OST_CLIENT_SECRET_BASIC && c->auth != OST_CLIENT_SECRET_POST)
        return refuse_config(config, "there is no such way to authenticate", error);
    if (!by_key && (c->client_secret == NULL || c->client_secret[0] == '\0' || c->key != NULL))
        return refuse_config(config, "this way to authenticate takes a secret and no key", error);
    if (by_key && (c->key == NULL || c->client_secret != NULL))
        return refuse_config(config, "private_key_jwt takes a key and no secret", error);
    if (by_key && (!ost_key_is_private(c->key) || ost_key_type_of(c->key) == OST_KEY_OCT))
        return refuse_config(config, "private_key_jwt takes a private key", error);
    return OST_OK;
}

static ost_result check_sources(const ost_issuer *config, ost_error *error)
{
    const ost_introspection *c = &config->introspection;
    bool shared = config->hmac_secret.len > 0;
    if (c->endpoint == NULL && (shared || config->jwks_url != NULL || c->no_keys))
        return refuse_config(config, "name the endpoint: there is no discovery to take it from",
                             error);
    if (c->endpoint == NULL)
        return OST_OK;
    ost_result result = net_url_check(text_of(c->endpoint), config->insecure_http);
    if (result == OST_E_ARGUMENT)
        return refuse_config(config, "the endpoint must be https, or on this machine", error);
    return result == OST_OK ? result : ost_error_set(error, result, "out of memory");
}

static ost_result check_keys(const ost_issuer *config, ost_error *error)
{
    const ost_introspection *c = &config->introspection;
    bool shared = config->hmac_secret.len > 0;
    if (c->require_signed && (shared || c->no_keys))
        return refuse_config(config, "signed answers need an issuer that publishes keys", error);
    if (c->no_keys && (shared || config->jwks_url != NULL || config->discovery_url != NULL ||
                       config->seed_file != NULL || c->every_token))
        return refuse_config(config, "no_keys excludes keys, and goes without every_token", error);
    return OST_OK;
}

static ost_result check_config(const ost_issuer *config, ost_error *error)
{
    const ost_introspection *c = &config->introspection;
    ost_result result = check_credentials(config, error);
    if (result == OST_OK)
        result = check_sources(config, error);
    if (result == OST_OK)
        result = check_keys(config, error);
    if (result != OST_OK)
        return result;
    if (c->token_prefix != NULL && !text_is_b64token(text_of(c->token_prefix)))
        return refuse_config(config, "the token prefix is empty, or none that a token can have",
                             error);
    if (c->lifetime > MAX_LIFETIME || c->inactive_lifetime > MAX_LIFETIME)
        return refuse_config(config, "answers count for an hour at most", error);
    if (c->inactive_rate > MAX_RATE || c->cache_entries > MAX_ENTRIES)
        return refuse_config(config, "at most 10,000 questions a second and 16 million answers",
                             error);
    return OST_OK;
}

/* ---- the copy ---- */

static bool copy_string(const char *from, char **ret_copy)
{
    *ret_copy = from != NULL ? memory_copy(text_of(from)) : NULL;
    return from == NULL || *ret_copy != NULL;
}

static ost_result copy_config(introspector *in, const ost_issuer *config, ost_error *error)
{
    const ost_introspection *c = &config->introspection;
    if (!copy_string(c->client_id, &in->client_id) ||
        !copy_string(c->client_secret, &in->client_secret) ||
        !copy_string(c->token_prefix, &in->prefix) || !copy_string(c->endpoint, &in->endpoint))
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    in->key = c->key != NULL ? ost_key_ref(c->key) : NULL;
    in->fixed_endpoint = c->endpoint != NULL;
    in->every_token = c->every_token;
    in->lifetime = OR_DEFAULT(c->lifetime, 30);
    in->inactive_lifetime = OR_DEFAULT(c->inactive_lifetime, 10);
    in->asker = (introspection_asker){
        .context = in->source->context,
        .issuer = in->source->name,
        .client_id = in->client_id,
        .client_secret = in->client_secret,
        .auth = c->auth,
        .key = in->key,
        .key_algorithm = c->key_algorithm,
        .require_signed = c->require_signed,
    };
    if (in->key != NULL && c->key_algorithm == OST_ALG_UNSET)
        in->asker.key_algorithm = private_key_jwt_alg(in->key);
    if (in->key != NULL && !ost_key_serves(in->key, in->asker.key_algorithm))
        return refuse_config(config, "the key does not serve that algorithm", error);
    return OST_OK;
}

static ost_result make_parts(introspector *in, const ost_introspection *c, ost_error *error)
{
    const ost_context *context = in->source->context;
    ask_budget_init(&in->budget, OR_DEFAULT(c->inactive_rate, 20), monotonic_ms());
    questions_init(&in->questions, INTROSPECTOR_QUESTIONS, INTROSPECTOR_TICKETS, 2);
    ost_result result = denied_tokens_init(&in->denied, context);
    if (result == OST_OK) {
        result = token_cache_new(context, OR_DEFAULT(c->cache_entries, DEFAULT_ENTRIES),
                                 OR_DEFAULT(c->cache_bytes, DEFAULT_BYTES), &in->answers);
    }
    if (result == OST_OK)
        result = net_timer_new(in->source->net, introspector_on_time, in, &in->timer);
    return error_set_sentence(error, result);
}

ost_result introspector_new(const ost_issuer *config, key_source *source,
                            introspector **ret_introspector, ost_error *error)
{
    if (is_off(&config->introspection))
        return says_nothing(&config->introspection)
                   ? OST_OK
                   : refuse_config(config, "it needs a client_id", error);
    ost_result result = check_config(config, error);
    if (result != OST_OK)
        return result;
    introspector *made = memory_alloc(sizeof *made);
    if (made == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    made->source = source;
    pthread_mutex_init(&made->lock, NULL);
    result = copy_config(made, config, error);
    if (result == OST_OK)
        result = make_parts(made, &config->introspection, error);
    if (result != OST_OK) {
        introspector_free(made);
        return result;
    }
    *ret_introspector = made;
    return OST_OK;
}

void introspector_free(introspector *in)
{
    if (in == NULL)
        return;
    questions_free(&in->questions);
    token_cache_free(in->answers);
    ost_key_unref(in->key);
    if (in->client_secret != NULL)
        wipe(in->client_secret, strlen(in->client_secret));
    memory_free(in->client_secret);
    memory_free(in->client_id);
    memory_free(in->prefix);
    memory_free(in->endpoint);
    pthread_mutex_destroy(&in->lock);
    memory_free(in);
}
