/* SPDX-License-Identifier: Apache-2.0 */
/* The options that every program of the framework shares, for the tables of those that have more,
 * or fewer, of their own. */
#ifndef SETTINGS_TABLE_H
#define SETTINGS_TABLE_H

#include "base/options.h"

/* Where it listens, and whose tokens it takes. */
#define SETTINGS_ISSUER_OPTIONS                                                                    \
    {"port", "PORT", "OSTIARY_PORT", NULL, "port to listen on (8000)"},                            \
        {"address", "ADDRESS", "OSTIARY_ADDRESS", NULL,                                            \
         "where to listen: an address, unix:PATH, or passed by systemd (127.0.0.1)"},              \
        {"issuer", "URL...", "OSTIARY_ISSUER", NULL,                                               \
         "whose tokens are accepted, as their iss has it"},                                        \
        {"audience", "NAME...", "OSTIARY_AUDIENCE", NULL, "what their aud must name"},             \
        {"discovery-url", "URL...", "OSTIARY_DISCOVERY_URL", NULL,                                 \
         "where the issuer's discovery document is, when not at the issuer itself, in the "        \
         "issuers' order"},                                                                        \
        {"jwks-url", "URL", "OSTIARY_JWKS_URL", NULL,                                              \
         "where the first issuer's keys are; no discovery document is asked for them then"},       \
        {"client-is-audience", NULL, "OSTIARY_CLIENT_IS_AUDIENCE", NULL,                           \
         "Amazon Cognito: the first issuer's access tokens without aud are for their client_id"},  \
        {"tenant", "ID...", "OSTIARY_TENANT", NULL,                                                \
         "tenant that may come in, of issuers of Microsoft Entra ID: with {tenantid} in their "    \
         "name"},                                                                                  \
        {"any-tenant", NULL, "OSTIARY_ANY_TENANT", NULL, "or whatever tenant of these issuers"},   \
        {"ca-file", "FILE", "OSTIARY_CA_FILE", NULL,                                               \
         "PEM authorities to trust issuers by (system's)"},                                        \
        {"proxy", "URL", "OSTIARY_PROXY", "HTTPS_PROXY",                                           \
         "proxy to reach issuers over https by, as http://[user:password@]host:port; also "        \
         "https_proxy "                                                                            \
         "(none; this machine is reached without it)"},                                            \
        {"no-proxy", "HOSTS", "OSTIARY_NO_PROXY", "NO_PROXY",                                      \
         "hosts that are reached without it, separated by commas, with those below them; also "    \
         "no_proxy "                                                                               \
         "(none)"},                                                                                \
        {"logout-client", "ID...", "OSTIARY_LOGOUT_CLIENT", NULL,                                  \
         "client whose logout tokens are taken at /backchannel-logout, beside --client-id and "    \
         "the audiences"},                                                                         \
        {"revocation-file", "FILE", "OSTIARY_REVOCATION_FILE", NULL,                               \
         "where what logout tokens have ended is kept, for a restart, and for other processes of " \
         "this "                                                                                   \
         "machine that are given the same file (memory)"},                                         \
        {"introspect", "WHICH", "OSTIARY_INTROSPECT", NULL,                                        \
         "ask the first issuer about tokens: opaque (those that are not JWTs), or every"},         \
        {"introspection-client", "ID", "OSTIARY_INTROSPECTION_CLIENT", NULL,                       \
         "client of this API at the first issuer, to ask as"},                                     \
        {"introspection-secret-file", "FILE", "OSTIARY_INTROSPECTION_SECRET_FILE", NULL,           \
         "a file with its secret"},                                                                \
        {"introspection-key-file", "FILE", "OSTIARY_INTROSPECTION_KEY_FILE", NULL,                 \
         "or, for private_key_jwt, a file with its private key, a JWK on one line"},               \
        {"introspection-lifetime", "SECONDS", "OSTIARY_INTROSPECTION_LIFETIME", NULL,              \
         "how long an answer counts (30)"},                                                        \
        {"status-origin", "URL...", "OSTIARY_STATUS_ORIGIN", NULL,                                 \
         "where the first issuer's status lists may come from, as https://host"},                  \
        {"insecure-http", NULL, "OSTIARY_INSECURE_HTTP", NULL,                                     \
         "allow an issuer over plain http beyond this machine"},                                   \
    {                                                                                              \
        "insecure-explain", NULL, "OSTIARY_INSECURE_EXPLAIN", NULL,                                \
            "development: tell clients what was expected and seen"                                 \
    }

/* The certificates of clients. */
#define SETTINGS_CERTIFICATE_OPTIONS                                                               \
    {"client-certificates", NULL, "OSTIARY_CLIENT_CERTIFICATES", NULL,                             \
     "ask TLS clients for a certificate, for tokens that are bound to one"},                       \
    {                                                                                              \
        "client-certificate-field", "NAME", "OSTIARY_CLIENT_CERTIFICATE_FIELD", NULL,              \
            "field in which trusted proxies pass it on: Client-Cert, X-Forwarded-Client-Cert, or " \
            "another "                                                                             \
            "with URL-encoded PEM (none)"                                                          \
    }

/* The login of browsers. */
#define SETTINGS_LOGIN_OPTIONS                                                                     \
    {"client-id", "ID", "OSTIARY_CLIENT_ID", NULL,                                                 \
     "client at the first issuer, to log browsers in with"},                                       \
        {"client-secret", OPTION_SECRET, "OSTIARY_CLIENT_SECRET", NULL,                            \
         "its secret; better by the variable or a file"},                                          \
        {"client-secret-file", "FILE", "OSTIARY_CLIENT_SECRET_FILE", NULL,                         \
         "a file with its secret"},                                                                \
        {"scope", "SCOPES", "OSTIARY_SCOPE", NULL, "what a browser's login asks for (openid)"},    \
    {                                                                                              \
        "login-resource", "URI", "OSTIARY_LOGIN_RESOURCE", NULL,                                   \
            "resource that a browser's login asks for tokens for (RFC 8707; none)"                 \
    }

/* What seals their cookies. */
#define SETTINGS_COOKIE_OPTIONS                                                                    \
    {"data", "FOLDER", "OSTIARY_DATA", NULL, "where the cookie secret is kept (nowhere)"},         \
    {                                                                                              \
        "cookie-secret-file", "FILE", "OSTIARY_COOKIE_SECRET_FILE", NULL,                          \
            "the secret that seals cookies, and on a second line the one before; made when "       \
            "missing "                                                                             \
            "(DATA/cookie-secret)"                                                                 \
    }

/* The server. */
#define SETTINGS_SERVER_OPTIONS                                                                    \
    {"no-monitoring", NULL, "OSTIARY_NO_MONITORING", NULL, "no /health and no /metrics"},          \
        {"tls-certificate", "FILE", "OSTIARY_TLS_CERTIFICATE", NULL, "PEM chain, to serve https"}, \
        {"tls-key", "FILE", "OSTIARY_TLS_KEY", NULL, "its PEM key"},                               \
        {"trusted-proxy", "ADDRESS...", "OSTIARY_TRUSTED_PROXY", NULL,                             \
         "proxy whose X-Forwarded-* is believed: address or CIDR block"},                          \
        {"loops", "N", "OSTIARY_LOOPS", NULL, "event loops (one per core)"},                       \
    {                                                                                              \
        "log-format", "FORMAT", "OSTIARY_LOG_FORMAT", NULL, "access log: text, json or off (text)" \
    }

#endif
