/* SPDX-License-Identifier: Apache-2.0 */
/* The provider put together: routes, server, housekeeping; see provider.h. */
#include "provider/provider.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/context.h"
#include "base/error_sentence.h"
#include "base/text.h"
#include "provider/account/account_call.h"
#include "provider/admin/admin_call.h"
#include "provider/broker/broker_endpoint.h"
#include "provider/call/provider_state.h"
#include "provider/ciba/ciba_channel.h"
#include "provider/client/client_find.h"
#include "provider/client/client_keys.h"
#include "provider/client/client_sector.h"
#include "provider/client/document_cache.h"
#include "provider/client/request_reference.h"
#include "provider/console/console.h"
#include "provider/console/web_file.h"
#include "provider/endpoint/endpoints.h"
#include "provider/keeper.h"
#include "provider/login/realm_page.h"
#include "provider/logout/logout_post.h"
#include "provider/mail/mailer.h"
#include "provider/token/answer_token.h"
#include "provider/token/client_assertion.h"
#include "provider/token/token.h"
#include "provider/upstream/upstream_fetch.h"
#include "trace/tracer.h"

#define REALM "/realms/{realm}"
#define OIDC REALM "/protocol/openid-connect"
#define REGISTRATIONS REALM "/clients-registrations"
#define REGISTRATION REGISTRATIONS "/openid-connect"
#define REPRESENTED REGISTRATIONS "/default"
#define ADMIN "/admin/{path...}"
#define ACCOUNT REALM "/account"
#define MAX_REPRESENTATION ((size_t)2 << 20)
#define MAX_FORM ((size_t)64 << 10)
/* The form of a login has state and nonce, of 8 KiB each, in the URL that it is sent to. */
#define MAX_REQUEST_LINE ((size_t)48 << 10)
#define MAX_HEAD ((size_t)64 << 10)
#define HASH_QUEUE_PER_THREAD 16 /* a wait of about 0.2 s */
#define STORE_THREADS 16         /* writers share commits: they wait for the disk together */
#define STORE_QUEUE 1024

static const struct {
    http_method method;
    const char *path;
    http_handler handler;
} endpoints[] = {
    {HTTP_GET, "/", root_endpoint},
    {HTTP_GET, "/health", ready_endpoint},
    {HTTP_GET, "/health/live", live_endpoint},
    {HTTP_GET, "/health/ready", ready_endpoint},
    {HTTP_GET, "/health/started", live_endpoint},
    {HTTP_GET, "/metrics", metrics_endpoint},
    {HTTP_GET, REALM, realm_endpoint},
    {HTTP_GET, REALM "/.well-known/openid-configuration", discovery_endpoint},
    {HTTP_OPTIONS, REALM "/.well-known/openid-configuration", preflight_endpoint},
    /* The same for OAuth (RFC 8414), and both at the address that RFC 8414 §3.1 makes of an issuer.
     */
    {HTTP_GET, REALM "/.well-known/oauth-authorization-server", discovery_endpoint},
    {HTTP_OPTIONS, REALM "/.well-known/oauth-authorization-server", preflight_endpoint},
    {HTTP_GET, "/.well-known/oauth-authorization-server" REALM, discovery_endpoint},
    {HTTP_OPTIONS, "/.well-known/oauth-authorization-server" REALM, preflight_endpoint},
    {HTTP_GET, "/.well-known/openid-configuration" REALM, discovery_endpoint},
    {HTTP_OPTIONS, "/.well-known/openid-configuration" REALM, preflight_endpoint},
    {HTTP_GET, OIDC "/certs", certs_endpoint},
    {HTTP_OPTIONS, OIDC "/certs", preflight_endpoint},
    {HTTP_GET, OIDC "/auth", authorize_endpoint},
    {HTTP_POST, OIDC "/auth", authorize_endpoint},
    {HTTP_GET, OIDC "/registrations", registrations_endpoint},
    {HTTP_POST, OIDC "/registrations", registrations_endpoint},
    {HTTP_POST, OIDC "/auth/device", device_authorization_endpoint},
    {HTTP_OPTIONS, OIDC "/auth/device", preflight_endpoint},
    {HTTP_GET, OIDC "/auth/device", device_page_endpoint},
    {HTTP_GET, REALM "/device", device_page_endpoint},
    {HTTP_POST, REALM "/device", device_page_endpoint},
    {HTTP_GET, REALM "/device/status", device_status_endpoint},
    {HTTP_GET, REALM "/login-actions/authenticate", login_endpoint},
    {HTTP_POST, REALM "/login-actions/authenticate", login_endpoint},
    {HTTP_GET, REALM "/login-actions/registration", registration_endpoint},
    {HTTP_POST, REALM "/login-actions/registration", registration_endpoint},
    {HTTP_GET, REALM "/login-actions/required-action", action_endpoint},
    {HTTP_POST, REALM "/login-actions/required-action", action_endpoint},
    {HTTP_GET, REALM "/login-actions/action-token", action_token_endpoint},
    {HTTP_POST, REALM "/login-actions/action-token", action_token_endpoint},
    {HTTP_GET, REALM "/login-actions/reset-credentials", reset_credentials_endpoint},
    {HTTP_POST, REALM "/login-actions/reset-credentials", reset_credentials_endpoint},
    {HTTP_GET, REALM "/login-actions/consent", consent_endpoint},
    {HTTP_GET, REALM "/broker/{alias}/login", broker_login_endpoint},
    {HTTP_GET, REALM "/broker/{alias}/endpoint", broker_return_endpoint},
    {HTTP_GET, REALM "/broker/{alias}/link", broker_link_endpoint},
    {HTTP_GET, REALM "/broker/{alias}/token", broker_read_endpoint},
    {HTTP_OPTIONS, REALM "/broker/{alias}/token", broker_read_endpoint},
    {HTTP_GET, REALM "/broker/{alias}/endpoint/logout_response", broker_logout_endpoint},
    {HTTP_POST, REALM "/login-actions/consent", consent_endpoint},
    {HTTP_POST, OIDC "/token", token_endpoint},
    {HTTP_OPTIONS, OIDC "/token", preflight_endpoint},
    {HTTP_POST, OIDC "/ext/par/request", push_request_endpoint},
    {HTTP_OPTIONS, OIDC "/ext/par/request", preflight_endpoint},
    {HTTP_POST, OIDC "/ext/ciba/auth", backchannel_authentication_endpoint},
    {HTTP_POST, OIDC "/ext/ciba/auth/callback", backchannel_callback_endpoint},
    {HTTP_POST, OIDC "/token/introspect", introspect_endpoint},
    {HTTP_POST, OIDC "/revoke", revoke_endpoint},
    {HTTP_OPTIONS, OIDC "/revoke", preflight_endpoint},
    {HTTP_GET, OIDC "/userinfo", userinfo_endpoint},
    {HTTP_POST, OIDC "/userinfo", userinfo_endpoint},
    {HTTP_OPTIONS, OIDC "/userinfo", preflight_endpoint},
    {HTTP_GET, OIDC "/logout", logout_endpoint},
    {HTTP_POST, OIDC "/logout", logout_endpoint},
    {HTTP_OPTIONS, OIDC "/logout", preflight_endpoint},
    {HTTP_POST, OIDC "/logout/logout-confirm", logout_confirm_endpoint},
    {HTTP_POST, OIDC "/logout/backchannel-logout", broker_backchannel_endpoint},
    {HTTP_POST, REGISTRATION, register_endpoint},
    {HTTP_OPTIONS, REGISTRATION, preflight_endpoint},
    {HTTP_GET, REGISTRATION "/{client}", registered_client_endpoint},
    {HTTP_PUT, REGISTRATION "/{client}", update_client_endpoint},
    {HTTP_DELETE, REGISTRATION "/{client}", delete_client_endpoint},
    {HTTP_POST, REPRESENTED, register_represented_endpoint},
    {HTTP_GET, REPRESENTED "/{client}", represented_client_endpoint},
    {HTTP_PUT, REPRESENTED "/{client}", update_represented_endpoint},
    {HTTP_DELETE, REPRESENTED "/{client}", delete_represented_endpoint},
    {HTTP_GET, REGISTRATIONS "/install/{client}", installation_endpoint},
    {HTTP_POST, REGISTRATIONS "/saml2-entity-descriptor", register_saml_endpoint},
    {HTTP_GET, ACCOUNT, account_endpoint},
    {HTTP_GET, ACCOUNT "/{path...}", account_endpoint},
    {HTTP_POST, ACCOUNT, account_endpoint},
    {HTTP_POST, ACCOUNT "/{path...}", account_endpoint},
    {HTTP_PUT, ACCOUNT, account_endpoint},
    {HTTP_PUT, ACCOUNT "/{path...}", account_endpoint},
    {HTTP_DELETE, ACCOUNT, account_endpoint},
    {HTTP_DELETE, ACCOUNT "/{path...}", account_endpoint},
    {HTTP_PATCH, ACCOUNT, account_endpoint},
    {HTTP_PATCH, ACCOUNT "/{path...}", account_endpoint},
    {HTTP_OPTIONS, ACCOUNT, account_endpoint},
    {HTTP_OPTIONS, ACCOUNT "/{path...}", account_endpoint},
    {HTTP_GET, "/admin", console_root_endpoint},
    {HTTP_GET, "/resources/{version}/{file...}", resource_endpoint},
    {HTTP_GET, ADMIN, console_or_api_endpoint},
    {HTTP_POST, ADMIN, admin_endpoint},
    {HTTP_PUT, ADMIN, admin_endpoint},
    {HTTP_DELETE, ADMIN, admin_endpoint},
    {HTTP_PATCH, ADMIN, admin_endpoint},
    {HTTP_GET, OIDC "/3p-cookies/step1.html", cookies_set_endpoint},
    {HTTP_GET, OIDC "/3p-cookies/step2.html", cookies_tell_endpoint},
    {HTTP_GET, OIDC "/login-status-iframe.html", session_status_endpoint},
    {HTTP_GET, OIDC "/login-status-iframe.html/init", session_status_init_endpoint},
};
#define ENDPOINTS (ARRAY_LEN(endpoints))
#define MAX_PATH 256

static const http_field headers[] = {
    {OST_TEXT_INIT("Referrer-Policy"), OST_TEXT_INIT("no-referrer")},
    {OST_TEXT_INIT("X-Content-Type-Options"), OST_TEXT_INIT("nosniff")},
    {OST_TEXT_INIT("Strict-Transport-Security"),
     OST_TEXT_INIT("max-age=31536000; includeSubDomains")},
};

/* Everything stands below the relative path; of RFC 8414's well-known addresses, that path and the
 * realm's come last. The first page is that path itself, as slashes at the end do not count. */
static bool place_route(const char *path, const char *before, char placed[MAX_PATH])
{
    const char *below = strstr(path, "/realms/");
    size_t first =
        text_starts(text_of(path), "/.well-known/") && below != NULL ? (size_t)(below - path) : 0;
    bool is_root = strcmp(path, "/") == 0 && before[0] != '\0';
    int len = snprintf(placed, MAX_PATH, "%.*s%s%s", (int)first, path, before,
                       is_root ? "" : path + first);
    return len > 0 && len < MAX_PATH;
}

static ost_result make_server(provider *p, const provider_config *config, ost_error *error)
{
    http_route routes[ENDPOINTS];
    char paths[ENDPOINTS][MAX_PATH];
    for (size_t i = 0; i < ENDPOINTS; i++) {
        if (!place_route(endpoints[i].path, p->address.path, paths[i]))
            return ost_error_set(error, OST_E_CONFIG, "the relative path is too long");
        routes[i] = (http_route){
            .method = endpoints[i].method,
            .path = paths[i],
            .handler = endpoints[i].handler,
            .user = p,
            .max_body = endpoints[i].handler == admin_endpoint ? MAX_REPRESENTATION : MAX_FORM};
    }
    const http_config server = {
        .routes = routes,
        .route_count = ENDPOINTS,
        .fallback = not_found_endpoint,
        .fallback_user = p,
        .loose_slashes = true,
        .limits = {.request_line = MAX_REQUEST_LINE,
                   .head = MAX_HEAD,
                   .pool_threads = STORE_THREADS,
                   .pool_queue = STORE_QUEUE},
        .loops = config->loops,
        .log = config->access_log,
        .log_user = config->log,
        .sampler = tracer_sampler(config->tracer),
        .traced = tracer_take_request,
        .traced_user = config->tracer,
        .together = answer_sign_gathered,
        .trusted_proxies = config->trusted_proxies,
        .trusted_proxy_count = config->trusted_proxy_count,
        .tls_certificate = config->tls_certificate,
        .tls_key = config->tls_key,
        .tls_protocols = config->tls_protocols,
        .tls_cipher_suites = config->tls_cipher_suites,
        .client_certificates = config->client_certificates,
        .client_certificates_required = config->client_certificates_required,
        .client_authorities = config->client_authorities,
        .client_certificate_field = config->client_certificate_field,
        .client_certificate_base64 = config->client_certificate_base64,
        .headers = headers,
        .header_count = ARRAY_LEN(headers),
    };
    return http_server_new(&server, &p->server, error);
}

static ost_result make_hashing(provider *p, unsigned threads, ost_error *error)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (threads == 0)
        threads = cores > 1 ? (unsigned)cores : 1;
    return http_pool_new(threads, (size_t)threads * HASH_QUEUE_PER_THREAD, &p->hashing, error);
}

static ost_result make_memory(provider *p, ost_error *error)
{
    (void)store_generation(p->store); /* which tells what time it is */
    p->started = ost_now(p->context);
    ost_result result = proof_cache_new(p->context, CLIENT_ASSERTIONS, &p->assertions);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    return sender_rules_init(&p->senders, &(ost_dpop_rules){0}, p->context, error);
}

static ost_result set_address(provider *p, const provider_config *config, ost_error *error)
{
    if (config->hostname == NULL && !config->development && !config->any_host)
        return ost_error_set(error, OST_E_CONFIG, "a host name is needed");
    return public_url_read(config->hostname, config->relative_path, &p->address, error);
}

static ost_result make_signing(provider *p, const provider_config *config, ost_error *error)
{
    ost_error inner = {0};
    const signing_process_config signing = {.command = config->signing_command,
                                            .channels = config->loops,
                                            .log = config->log,
                                            .died = keeper_wake,
                                            .user = p};
    if (config->signing_command == NULL)
        return OST_OK;
    ost_result result = signing_process_new(&signing, &p->signing, &inner);
    return result == OST_OK ? OST_OK
                            : ost_error_set(error, result, "the signing process: %s", inner.detail);
}

static ost_result make_device(provider *p, const provider_config *config, ost_error *error)
{
    ost_error inner = {0};
    if (config->pkcs11_module == NULL)
        return OST_OK;
    ost_result result = pkcs11_module_open(config->pkcs11_module, config->pkcs11_pin, config->log,
                                           &p->device, &inner);
    return result == OST_OK ? OST_OK
                            : ost_error_set(error, result, "--pkcs11-module: %s", inner.detail);
}

static ost_result make_documents(provider *p, const char *ca_file)
{
    ost_result result = document_cache_new(&client_metadata_kind, ca_file, &p->documents);
    if (result == OST_OK)
        result = document_cache_new(&client_keys_kind, ca_file, &p->client_keys);
    if (result == OST_OK)
        result = document_cache_new(&client_sector_kind, ca_file, &p->sectors);
    if (result == OST_OK)
        result = document_cache_new(&request_reference_kind, ca_file, &p->request_objects);
    return result;
}

static const char *address_of(const provider_config *config)
{
    return config->address != NULL ? config->address : "127.0.0.1";
}

static ost_result build(provider *p, const provider_config *config, ost_error *error)
{
    ost_result result = set_address(p, config, error);
    if (result == OST_OK)
        result = make_hashing(p, config->hash_threads, error);
    if (result == OST_OK)
        result = make_memory(p, error);
    if (result == OST_OK)
        result = make_documents(p, config->ca_file);
    if (result == OST_OK)
        result = logout_post_new(p, config->ca_file, &p->logouts);
    if (result == OST_OK)
        result = upstream_client_new(config->ca_file, &p->upstreams);
    if (result == OST_OK)
        result = mailer_new(config->ca_file, config->log, &p->mails);
    if (result == OST_OK && config->authentication_channel != NULL)
        result =
            ciba_channel_new(config->authentication_channel, config->ca_file, &p->channel, error);
    if (result == OST_OK)
        result = make_signing(p, config, error);
    if (result == OST_OK)
        result = make_device(p, config, error);
    if (result == OST_OK)
        result = make_server(p, config, error);
    if (result == OST_OK)
        result = http_server_listen(p->server, address_of(config), config->port, &p->port, error);
    if (result == OST_OK)
        result = keeper_load(p, error);
    return result;
}

static int64_t shared_now(void *user)
{
    return store_now(user);
}

ost_result provider_new(const provider_config *config, provider **ret_provider, ost_error *error)
{
    provider *p = memory_alloc(sizeof *p);
    if (p == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    keeper_init(p);
    logout_bell_init(&p->logouts_bell);
    pthread_mutex_init(&p->change_lock, NULL);
    p->store = config->store;
    p->log = config->log;
    p->tracer = config->tracer;
    p->shared = (ost_context){.now = shared_now, .user = p->store};
    p->context = config->context != NULL ? config->context : &p->shared;
    p->development = config->development;
    p->sees_certificates = config->client_certificates || config->client_certificates_required ||
                           config->client_certificate_field != NULL;
    p->trusts_authorities = config->client_authorities != NULL;
    p->key_interval = config->key_interval;
    p->send_error_page = page_send_error;
    p->send_not_found = page_send_not_found;
    p->send_no_administrator = page_send_no_administrator;
    ost_result result = build(p, config, error);
    if (result != OST_OK) {
        provider_free(p);
        return result;
    }
    *ret_provider = p;
    return OST_OK;
}

/* Only what the server is made of: nothing is started, and nothing is asked of the store. Sockets
 * that were passed, and those with a name, are left for who serves them. */
ost_result provider_check(const provider_config *config, ost_error *error)
{
    provider *p = memory_alloc(sizeof *p);
    if (p == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = set_address(p, config, error);
    if (result == OST_OK)
        result = make_server(p, config, error);
    if (result == OST_OK)
        result = http_port_check(address_of(config), config->port, error);
    http_server_free(p->server);
    public_url_free(&p->address);
    memory_free(p);
    return result;
}

unsigned provider_port(const provider *p)
{
    return p->port;
}

int64_t provider_certificate_expiry(const provider *p)
{
    http_counters counters;
    http_server_counters(p->server, &counters);
    return counters.certificate_expiry;
}

ost_result provider_run(provider *p, void (*serving)(void *user), void *user, ost_error *error)
{
    ost_result result = keeper_start(p);
    if (result != OST_OK)
        return ost_error_set(error, result, "the housekeeping thread cannot be started");
    result = logout_post_start(p->logouts);
    if (result != OST_OK)
        return ost_error_set(error, result, "the thread that tells of logouts cannot be started");
    return http_server_run(p->server, serving, user, error);
}

void provider_free(provider *p)
{
    if (p == NULL)
        return;
    logout_post_free(p->logouts);
    p->logouts = NULL;
    keeper_stop(p);
    /* Who waits is answered while there is a server. */
    document_cache_stop(p->documents);
    document_cache_stop(p->client_keys);
    document_cache_stop(p->sectors);
    document_cache_stop(p->request_objects);
    ciba_channel_stop(p->channel);
    mailer_stop(p->mails);
    upstream_client_stop(p->upstreams);
    http_server_free(p->server);
    document_cache_free(p->documents);
    document_cache_free(p->client_keys);
    document_cache_free(p->sectors);
    document_cache_free(p->request_objects);
    ciba_channel_free(p->channel);
    mailer_free(p->mails);
    upstream_client_free(p->upstreams);
    http_pool_free(p->hashing);
    proof_cache_free(p->assertions);
    sender_rules_clear(&p->senders);
    realm_table_free(atomic_load(&p->realms.current));
    signing_process_free(p->signing);
    pkcs11_module_free(p->device);
    pthread_mutex_destroy(&p->change_lock);
    pthread_mutex_destroy(&p->keeper_lock);
    pthread_cond_destroy(&p->keeper_wake);
    public_url_free(&p->address);
    logout_bell_free(&p->logouts_bell);
    memory_free(p);
}
