/* SPDX-License-Identifier: Apache-2.0 */
/* The provider's endpoints as discovery tells them (OpenID Connect Discovery 1.0 §4): fetched in
 * the background, again with growing pauses until it succeeds, then every hour. What was once read
 * stays when a later attempt fails. */
#ifndef LOGIN_PROVIDER_H
#define LOGIN_PROVIDER_H

#include <ostiary/types.h>

#include "net/net.h"

typedef struct login_provider login_provider;

/* Strings are copied; `net` must be freed before the provider is. */
typedef struct login_provider_config {
    const char *issuer;
    const char *discovery_url; /* NULL: from the issuer */
    bool insecure_http;
    const char *ca_file;
    const char *proxy, *no_proxy; /* as of ost_issuer */
    net_client *net;
} login_provider_config;

/* One document's endpoints: immutable, reference-counted. */
typedef struct login_endpoints {
    const char *authorization;
    const char *token;
    const char *end_session; /* NULL: the provider has none */
    bool secret_in_body;     /* client_secret_post and not client_secret_basic */
    bool issuer_in_callback; /* RFC 9207: `iss` must be in every callback */
} login_endpoints;

/* Begins to fetch. */
OST_MUST_CHECK ost_result login_provider_new(const login_provider_config *config,
                                             login_provider **ret_provider, ost_error *error);
/* After the net client has been freed: no callback is on its way then. NULL is fine. */
void login_provider_free(login_provider *provider);

/* Somebody wants to sign in: while the endpoints are not known, the next attempt does not wait for
 * the end of its pause, only for a second after the last one. Any thread, until the net client is
 * freed. */
void login_provider_want(login_provider *provider);

/* Why the last attempt failed, as a string; empty when it did not. Any thread. */
void login_provider_trouble(login_provider *provider, char ret_why[256]);

/* The endpoints, or NULL when they are not known yet. Give them back with the other. */
const login_endpoints *login_provider_take(login_provider *provider);
void login_provider_give(const login_endpoints *endpoints);

/* Reads a discovery document that came from the URL `from`. OST_E_ISSUER: it is another issuer's;
 * OST_E_REMOTE: an endpoint is missing, or is not a URL that may be used. */
OST_MUST_CHECK ost_result login_endpoints_read(ost_text document, const char *from,
                                               const char *issuer, bool insecure_http,
                                               const login_endpoints **ret_endpoints,
                                               ost_error *error);

#endif
