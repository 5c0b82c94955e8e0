/* SPDX-License-Identifier: Apache-2.0 */
/* What the operator says: command-line options and environment variables, read and checked once.
 * Texts are borrowed from argv, the environment and the arena. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "app/config/origin_settings.h"
#include "app/config/token_settings.h"
#include "base/options.h"
#include "http/http.h"
#include "login/login_place.h"

#define SETTINGS_ISSUERS 8
#define SETTINGS_AUDIENCES 32
#define SETTINGS_TENANTS 32
#define SETTINGS_LOGOUT_CLIENTS 32
#define SETTINGS_PROXIES 32

typedef enum settings_log { SETTINGS_LOG_TEXT, SETTINGS_LOG_JSON, SETTINGS_LOG_OFF } settings_log;

typedef struct app_settings {
    const char *program; /* its name, before what it says; NULL: "app" */
    /* where it listens */
    const char *address;
    unsigned port;
    const char *tls_certificate, *tls_key; /* both or neither */
    const char *proxies[SETTINGS_PROXIES];
    size_t proxy_count;
    unsigned loops;
    const char *base_url; /* the origin that browsers see, without a slash; NULL: from Host, when
                             that is this machine */
    /* A program of several origins: the one that this request belongs to, or one without a base;
     * good until it is over. NULL: there is one origin. */
    login_place (*place_of)(void *places, http_exchange *exchange);
    void *places;
    /* whom it trusts */
    const char *issuers[SETTINGS_ISSUERS];
    size_t issuer_count;
    const char *audiences[SETTINGS_AUDIENCES];
    size_t audience_count;
    const char *discovery_urls[SETTINGS_ISSUERS]; /* of the issuers, in their order */
    size_t discovery_url_count;
    /* clients whose logout tokens are taken, beside its own and the audiences */
    const char *revocation_file; /* NULL: in memory */
    const char *logout_clients[SETTINGS_LOGOUT_CLIENTS];
    size_t logout_client_count;
    const char *tenants[SETTINGS_TENANTS]; /* of issuers of many tenants */
    size_t tenant_count;
    bool any_tenant;
    const char *jwks_url;    /* of the first issuer */
    bool client_is_audience; /* likewise */
    const char *ca_file;
    const char *proxy, *no_proxy; /* NULL: none */
    bool insecure_http;
    bool insecure_explain;
    token_settings tokens; /* of the first issuer */
    /* senders of tokens */
    bool require_dpop_nonce;
    ost_text dpop_nonce_secret;           /* NULL data: one of this process's own */
    bool client_certificates;             /* asked for by TLS */
    const char *client_certificate_field; /* where trusted proxies tell them; NULL: nowhere */
    /* what it tells clients that look for it (RFC 9728) */
    const char *resource; /* NULL: nothing */
    const char *resource_name, *resource_documentation;
    /* whose pages may read its answers: origins, or "*" */
    const char *cors_origins[CORS_ORIGINS_MAX];
    size_t cors_origin_count;
    /* browser login */
    const char *client_id; /* NULL: no browser signs in */
    const char *client_secret;
    const char *scope;
    const char *login_resource; /* NULL: none is named */
    ost_text cookie_secret, older_secret;
    bool passing_secret; /* made for this run: sessions end with it */
    /* what it tells about itself */
    const char *docs_client_id;
    const char *docs_assets;
    bool no_docs;
    bool no_monitoring;
    settings_log log;
    struct tracer *tracer; /* of the program; NULL: nothing is traced */
} app_settings;

/* The table, for --help. */
extern const option settings_options[];

/* Reads and checks the values; opens and, where needed, makes the cookie secret's file.
 * OST_E_CONFIG or OST_E_ARGUMENT: what the operator must change; OST_E_SYSTEM: a file. `values` is
 * not const: a secret on the command line is overwritten there, so that `ps` shows it no more. */
OST_MUST_CHECK ost_result settings_read(option_values *values, ost_arena *arena,
                                        app_settings *ret_settings, ost_error *error);

/* True for localhost and its subdomains, 127.0.0.0/8 and ::1, with or without a port. */
bool settings_host_is_local(ost_text host);

#endif
