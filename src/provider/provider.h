/* SPDX-License-Identifier: Apache-2.0 */
/* The identity provider as a program runs it. */
#ifndef PROVIDER_H
#define PROVIDER_H

#include <ostiary/types.h>

#include "http/http.h"
#include "http/log/log_sink.h"
#include "store/store.h"

typedef struct provider provider;

typedef struct provider_config {
    store *store;         /* outlives the provider */
    const char *address;  /* NULL: 127.0.0.1 */
    unsigned port;        /* 0: any free one */
    const char *hostname; /* public base URL, "https://id.example.org", or a host alone; NULL: from
                             the request's Host, which needs `development` or `any_host` */
    const char *relative_path; /* NULL: none; "/auth": everything stands below it */
    bool any_host;             /* the Host of requests is believed in production too */
    bool development;          /* start-dev: plain http, Host believed, errors explained */
    const char *tls_certificate, *tls_key;
    const char *tls_protocols, *tls_cipher_suites; /* as in http_config; NULL: all that are good */
    bool client_certificates, client_certificates_required; /* of TLS clients, see http.h */
    const char *client_authorities;       /* PEM: who vouches for them; NULL: nobody */
    const char *client_certificate_field; /* where trusted proxies tell them; NULL: nowhere */
    bool client_certificate_base64;       /* see http.h */
    const char *const *trusted_proxies;
    size_t trusted_proxy_count;
    const char
        *ca_file; /* PEM: authorities to trust when something is fetched; NULL: the system's */
    const char *authentication_channel; /* URL that users are authenticated through whom a client
                                           asks for in the backchannel (CIBA); NULL: none */
    unsigned loops;                     /* 0: one per core */
    const char *const *signing_command; /* the program that holds the private keys and signs, and
                                            its arguments, NULL at the end; NULL: this one does */
    const char *pkcs11_module; /* shared library through which a device with private keys is
                                  reached; NULL: none */
    ost_text pkcs11_pin;       /* of its tokens' user; copied */
    int64_t key_interval;      /* seconds that keys sign in realms that do not say; 0: for good */
    unsigned hash_threads;     /* password hashing at a time; 0: cores */
    void (*access_log)(const http_log_entry *entry, void *log); /* NULL: none */
    struct tracer *tracer; /* outlives the provider; NULL: nothing is traced */
    log_sink *log;         /* for it, and for what the provider says of itself; NULL: nothing */
    const ost_context *context;
} provider_config;

/* Whether it could serve: addresses, certificates, and a port that is free. To be asked before a
 * store is made for it; `store` is not looked at. */
OST_MUST_CHECK ost_result provider_check(const provider_config *config, ost_error *error);
OST_MUST_CHECK ost_result provider_new(const provider_config *config, provider **ret_provider,
                                       ost_error *error);
unsigned provider_port(const provider *provider);
/* When the first of its TLS certificates ends, in seconds since 1970; 0: there is no TLS. */
int64_t provider_certificate_expiry(const provider *provider);
/* Serves until SIGINT or SIGTERM; `serving` as in http_server_run. */
OST_MUST_CHECK ost_result provider_run(provider *provider, void (*serving)(void *user), void *user,
                                       ost_error *error);
void provider_free(provider *provider);

#endif
