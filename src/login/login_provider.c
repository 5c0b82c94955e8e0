/* SPDX-License-Identifier: Apache-2.0 */
/* Fetches and keeps the provider's endpoints; see login_provider.h. */
#include "login/login_provider.h"

#include <ostiary/json.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/array.h"
#include "base/context.h"
#include "base/error_sentence.h"
#include "base/text.h"
#include "guard/keys/discovered_url.h"
#include "guard/keys/issuer_document.h"
#include "guard/tenants.h"
#include "net/net.h"

#define REFRESH_MS (3600 * 1000)
#define PAUSE_MIN_MS 1000
#define PAUSE_MAX_MS 60000
#define WANTED_PAUSE_MS 1000 /* between two attempts while people wait */
#define URL_MAX 2048
#define ARENA_CEILING ((size_t)1024 << 10)

struct login_provider {
    char *issuer;
    char *url;
    char *ca_file, *proxy, *no_proxy;
    bool insecure_http;
    net_client *net;
    net_timer *timer;     /* fires when it is time to ask */
    unsigned pause_ms;    /* only on the net client's thread */
    pthread_mutex_t lock; /* for what follows */
    const login_endpoints *current;
    bool asking;
    int64_t ended; /* when the last attempt did, monotonic, in ms */
    char trouble[256];
};

/* What is handed out is the first member. */
typedef struct counted_endpoints {
    login_endpoints public;
    atomic_size_t references;
    char *strings[3];
} counted_endpoints;

static void fetch(login_provider *provider);

/* ---- reading ---- */

/* Where and for whom a document is read. */
typedef struct reading {
    const ost_json *document;
    const char *from, *issuer;
    bool insecure_http;
    ost_error *error;
} reading;

/* The URL goes into headers and pages: no byte that could end it there. */
static ost_result check_url(const char *from, ost_text url, bool insecure_http)
{
    if (url.len == 0 || url.len > URL_MAX)
        return OST_E_ARGUMENT;
    for (size_t i = 0; i < url.len; i++) {
        char c = url.data[i];
        if (c <= ' ' || c > '~' || strchr("\"'<>\\^`{|};,#", c) != NULL)
            return OST_E_ARGUMENT;
    }
    bool https = text_starts(url, "https://"), http = text_starts(url, "http://");
    return https || http ? discovered_url_check(from, url, insecure_http) : OST_E_ARGUMENT;
}

static ost_result read_url(const reading *r, const char *name, char **ret_url)
{
    ost_text url;
    if (!ost_json_text(ost_json_get(r->document, name), &url))
        return ost_error_set(r->error, OST_E_REMOTE, "the discovery document names no %s", name);
    ost_result result = check_url(r->from, url, r->insecure_http);
    if (result == OST_E_ARGUMENT)
        return ost_error_set(r->error, OST_E_REMOTE,
                             "the discovery document's %s is not an https URL", name);
    *ret_url = result == OST_OK ? memory_copy(url) : NULL;
    return *ret_url != NULL ? OST_OK : OST_E_MEMORY;
}

static bool lists(const ost_json *array, const char *word)
{
    for (const ost_json *item = ost_json_first(array); item != NULL; item = ost_json_next(item)) {
        if (ost_json_equals(item, text_of(word)))
            return true;
    }
    return false;
}

static ost_result read_document(const reading *r, counted_endpoints *made)
{
    const ost_json *document = r->document;
    ost_text named;
    if (!ost_json_text(ost_json_get(document, "issuer"), &named))
        return ost_error_set(r->error, OST_E_ISSUER, "the discovery document names no issuer");
    if (!text_is(named, r->issuer))
        return issuer_document_misnamed(named, r->issuer, r->error);
    ost_result result = read_url(r, "authorization_endpoint", &made->strings[0]);
    if (result == OST_OK)
        result = read_url(r, "token_endpoint", &made->strings[1]);
    if (result == OST_OK && ost_json_get(document, "end_session_endpoint") != NULL)
        result = read_url(r, "end_session_endpoint", &made->strings[2]);
    if (result != OST_OK)
        return result;
    const ost_json *methods = ost_json_get(document, "token_endpoint_auth_methods_supported");
    bool in_callback = false;
    if (!ost_json_boolean(ost_json_get(document, "authorization_response_iss_parameter_supported"),
                          &in_callback))
        in_callback = false;
    made->public = (login_endpoints){
        .authorization = made->strings[0],
        .token = made->strings[1],
        .end_session = made->strings[2],
        .secret_in_body =
            !lists(methods, "client_secret_basic") && lists(methods, "client_secret_post"),
        .issuer_in_callback = in_callback,
    };
    return OST_OK;
}

ost_result login_endpoints_read(ost_text document, const char *from, const char *issuer,
                                bool insecure_http, const login_endpoints **ret_endpoints,
                                ost_error *error)
{
    ost_arena *arena = ost_arena_new(ARENA_CEILING);
    counted_endpoints *made = memory_alloc(sizeof *made);
    reading r = {.from = from, .issuer = issuer, .insecure_http = insecure_http, .error = error};
    ost_result result = OST_E_MEMORY;
    if (arena != NULL && made != NULL) {
        atomic_init(&made->references, 1);
        result = ost_json_read(document, NULL, arena, &r.document, error);
    }
    if (result == OST_OK)
        result = read_document(&r, made);
    ost_arena_free(arena);
    if (result != OST_OK) {
        login_provider_give(made != NULL ? &made->public : NULL);
        return result;
    }
    *ret_endpoints = &made->public;
    return OST_OK;
}

void login_provider_give(const login_endpoints *endpoints)
{
    /* Only this file makes them, and always inside a counted_endpoints, as its first member. */
    counted_endpoints *counted = (counted_endpoints *)(uintptr_t)endpoints;
    if (counted == NULL || atomic_fetch_sub(&counted->references, 1) > 1)
        return;
    for (size_t i = 0; i < ARRAY_LEN(counted->strings); i++)
        memory_free(counted->strings[i]);
    memory_free(counted);
}

const login_endpoints *login_provider_take(login_provider *provider)
{
    pthread_mutex_lock(&provider->lock);
    const login_endpoints *endpoints = provider->current;
    if (endpoints != NULL)
        atomic_fetch_add(&((counted_endpoints *)(uintptr_t)endpoints)->references, 1);
    pthread_mutex_unlock(&provider->lock);
    return endpoints;
}

/* ---- fetching, on the net client's thread ---- */

static void publish(login_provider *provider, const login_endpoints *endpoints)
{
    pthread_mutex_lock(&provider->lock);
    const login_endpoints *old = provider->current;
    provider->current = endpoints;
    pthread_mutex_unlock(&provider->lock);
    login_provider_give(old);
}

static void on_time(void *user)
{
    fetch(user);
}

static void note(login_provider *provider, const char *trouble)
{
    pthread_mutex_lock(&provider->lock);
    (void)text_to_string(text_of(trouble), provider->trouble, sizeof provider->trouble);
    pthread_mutex_unlock(&provider->lock);
}

/* An attempt has ended. */
static void schedule(login_provider *provider, bool succeeded)
{
    pthread_mutex_lock(&provider->lock);
    provider->asking = false;
    provider->ended = monotonic_ms();
    pthread_mutex_unlock(&provider->lock);
    unsigned delay = REFRESH_MS;
    if (succeeded) {
        provider->pause_ms = PAUSE_MIN_MS;
    } else {
        delay = provider->pause_ms;
        provider->pause_ms = delay * 2 < PAUSE_MAX_MS ? delay * 2 : PAUSE_MAX_MS;
    }
    net_timer_set(provider->timer, delay);
}

static ost_result read_response(const login_provider *provider, const net_response *response,
                                const login_endpoints **ret_endpoints, ost_error *error)
{
    ost_error why = {0};
    ost_result result = issuer_document_check(ISSUER_DISCOVERY, provider->url, response, &why);
    if (result == OST_OK)
        result = login_endpoints_read(response->body, provider->url, provider->issuer,
                                      provider->insecure_http, ret_endpoints, &why);
    if (result == OST_OK)
        return OST_OK;
    if (why.code != result)
        error_set_sentence(&why, result);
    return issuer_document_fail(ISSUER_DISCOVERY, provider->url, result, &why, error);
}

static void fetched(const net_response *response, void *user)
{
    login_provider *provider = user;
    if (response->result == OST_E_STATE)
        return;
    const login_endpoints *endpoints = NULL;
    ost_error error = {0};
    ost_result result = read_response(provider, response, &endpoints, &error);
    if (result == OST_OK)
        publish(provider, endpoints);
    note(provider, result == OST_OK ? "" : error.detail);
    schedule(provider, result == OST_OK);
}

static void fetch(login_provider *provider)
{
    pthread_mutex_lock(&provider->lock);
    bool asking = provider->asking;
    provider->asking = true;
    pthread_mutex_unlock(&provider->lock);
    if (asking)
        return;
    ost_error error = {0};
    const net_request request = {
        .url = provider->url,
        .ca_file = provider->ca_file,
        .proxy = provider->proxy,
        .no_proxy = provider->no_proxy,
        .insecure_http = provider->insecure_http,
    };
    if (net_fetch(provider->net, &request, fetched, provider, &error) == OST_OK)
        return;
    note(provider, error.detail);
    schedule(provider, false);
}

void login_provider_want(login_provider *provider)
{
    pthread_mutex_lock(&provider->lock);
    if (provider->current == NULL && !provider->asking) {
        int64_t passed = monotonic_ms() - provider->ended;
        net_timer_set(provider->timer,
                      passed < WANTED_PAUSE_MS ? (unsigned)(WANTED_PAUSE_MS - passed) : 0);
    }
    pthread_mutex_unlock(&provider->lock);
}

void login_provider_trouble(login_provider *provider, char ret_why[256])
{
    pthread_mutex_lock(&provider->lock);
    (void)text_to_string(text_of(provider->trouble), ret_why, sizeof provider->trouble);
    pthread_mutex_unlock(&provider->lock);
}

/* ---- making ---- */

static char *discovery_url(const login_provider_config *config)
{
    static const char path[] = "/.well-known/openid-configuration";
    if (config->discovery_url != NULL)
        return memory_copy(text_of(config->discovery_url));
    size_t len = strlen(config->issuer);
    /* "any terminating / MUST be removed before appending" (§4.1) */
    if (len > 0 && config->issuer[len - 1] == '/')
        len--;
    char *url = memory_alloc(len + sizeof path);
    if (url != NULL) {
        memcpy(url, config->issuer, len);
        memcpy(url + len, path, sizeof path);
    }
    return url;
}

/* The name of an issuer of many tenants is no URL; its document lies where the configuration says.
 */
static ost_result check_config(const login_provider_config *config, ost_error *error)
{
    if (config->issuer == NULL)
        return ost_error_set(error, OST_E_CONFIG, "a provider is found by its issuer");
    bool many = tenants_are_named(text_of(config->issuer));
    if (many && config->discovery_url == NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "with {tenantid} in the issuer's name, say where its discovery "
                             "document is");
    const char *urls[] = {many ? NULL : config->issuer, config->discovery_url};
    for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
        ost_result result =
            urls[i] != NULL ? check_url(NULL, text_of(urls[i]), config->insecure_http) : OST_OK;
        if (result == OST_E_ARGUMENT)
            return ost_error_set(error, OST_E_CONFIG,
                                 "\"%s\" is not a URL of https, or of http on this machine",
                                 urls[i]);
        if (result != OST_OK)
            return result;
    }
    return OST_OK;
}

static bool copy_strings(login_provider *provider, const login_provider_config *config)
{
    const struct {
        const char *from;
        char **to;
    } copies[] = {
        {config->issuer, &provider->issuer},
        {config->ca_file, &provider->ca_file},
        {config->proxy, &provider->proxy},
        {config->no_proxy, &provider->no_proxy},
    };
    provider->url = discovery_url(config);
    bool copied = provider->url != NULL;
    for (size_t i = 0; i < ARRAY_LEN(copies); i++) {
        if (copies[i].from != NULL)
            *copies[i].to = memory_copy(text_of(copies[i].from));
        copied &= copies[i].from == NULL || *copies[i].to != NULL;
    }
    return copied;
}

ost_result login_provider_new(const login_provider_config *config, login_provider **ret_provider,
                              ost_error *error)
{
    ost_result result = check_config(config, error);
    if (result != OST_OK)
        return result;
    login_provider *provider = memory_alloc(sizeof *provider);
    if (provider == NULL)
        return OST_E_MEMORY;
    bool copied = copy_strings(provider, config);
    provider->insecure_http = config->insecure_http;
    provider->net = config->net;
    provider->pause_ms = PAUSE_MIN_MS;
    pthread_mutex_init(&provider->lock, NULL);
    note(provider, "the discovery document has not been read yet");
    if (!copied) {
        login_provider_free(provider);
        return OST_E_MEMORY;
    }
    /* By way of a timer, so that fetching happens on the client's thread only; it is made once, so
     * that a lack of memory never ends the trying. */
    result = net_timer_new(provider->net, on_time, provider, &provider->timer);
    if (result != OST_OK) {
        login_provider_free(provider);
        return result;
    }
    net_timer_set(provider->timer, 0);
    *ret_provider = provider;
    return OST_OK;
}

void login_provider_free(login_provider *provider)
{
    if (provider == NULL)
        return;
    login_provider_give(provider->current);
    pthread_mutex_destroy(&provider->lock);
    memory_free(provider->issuer);
    memory_free(provider->url);
    memory_free(provider->ca_file);
    memory_free(provider->proxy);
    memory_free(provider->no_proxy);
    memory_free(provider);
}
