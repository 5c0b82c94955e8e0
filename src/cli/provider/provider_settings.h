/* SPDX-License-Identifier: Apache-2.0 */
/* The provider's settings: one table for the command line, the environment and the config file. */
#ifndef PROVIDER_SETTINGS_H
#define PROVIDER_SETTINGS_H

#include "base/config/config_file.h"
#include "cli/command.h"
#include "trace/trace_settings.h"

#define PROVIDER_CONFIG_FILE "/etc/ostiary/ostiary.conf"

/* How a device is reached that has private keys. */
#define DEVICE_OPTIONS                                                                             \
    {"pkcs11-module", "FILE", "OSTIARY_PKCS11_MODULE", NULL,                                       \
     "shared library (PKCS#11) of a device with private keys"},                                    \
    {                                                                                              \
        "pkcs11-pin-file", "FILE", "OSTIARY_PKCS11_PIN_FILE", NULL,                                \
            "a file with the PIN of its tokens' user"                                              \
    }

#define PROVIDER_SETTINGS                                                                          \
    CONFIG_FILE_OPTION(" (start: " PROVIDER_CONFIG_FILE ")"),                                      \
        {"http-port", "PORT", "KC_HTTP_PORT", NULL, "port for plain HTTP (8080)"},                 \
        {"http-host", "ADDRESS", "KC_HTTP_HOST", NULL,                                             \
         "address to listen on, unix:PATH, or passed for the sockets of a service manager "        \
         "(start-dev: 127.0.0.1; start: 0.0.0.0)"},                                                \
        {"http-enabled", "[true]", "KC_HTTP_ENABLED", NULL,                                        \
         "serve plain HTTP in production, behind a proxy that ends TLS (start-dev: true)"},        \
        {"https-port", "PORT", "KC_HTTPS_PORT", NULL, "port for HTTPS (8443)"},                    \
        {"https-certificate-file", "FILE", "KC_HTTPS_CERTIFICATE_FILE", NULL,                      \
         "PEM certificate chain"},                                                                 \
        {"https-certificate-key-file", "FILE", "KC_HTTPS_CERTIFICATE_KEY_FILE", NULL,              \
         "its PEM key"},                                                                           \
        {"https-protocols", "LIST", "KC_HTTPS_PROTOCOLS", NULL,                                    \
         "versions of TLS that are spoken (TLSv1.3,TLSv1.2)"},                                     \
        {"https-cipher-suites", "LIST", "KC_HTTPS_CIPHER_SUITES", NULL,                            \
         "cipher suites by IANA's names, the best first (those with forward secrecy and AEAD)"},   \
        {"https-client-auth", "MODE", "KC_HTTPS_CLIENT_AUTH", NULL,                                \
         "certificates of TLS clients: none, request or required (none)"},                         \
        {"https-trust-store-file", "FILE", "KC_HTTPS_TRUST_STORE_FILE", NULL,                      \
         "PEM of the authorities whose word is taken for clients' certificates"},                  \
        {"spi-x509cert-lookup-provider", "NAME", "KC_SPI_X509CERT_LOOKUP_PROVIDER", NULL,          \
         "how trusted proxies pass clients' certificates on: nginx, haproxy, apache, rfc9440 or "  \
         "envoy"},                                                                                 \
        {"spi-x509cert-lookup-nginx-ssl-client-cert", "FIELD",                                     \
         "KC_SPI_X509CERT_LOOKUP_NGINX_SSL_CLIENT_CERT", NULL,                                     \
         "in which field (ssl-client-cert)"},                                                      \
        {"spi-x509cert-lookup-haproxy-ssl-client-cert", "FIELD",                                   \
         "KC_SPI_X509CERT_LOOKUP_HAPROXY_SSL_CLIENT_CERT", NULL,                                   \
         "in which field (ssl-client-cert)"},                                                      \
        {"spi-x509cert-lookup-apache-ssl-client-cert", "FIELD",                                    \
         "KC_SPI_X509CERT_LOOKUP_APACHE_SSL_CLIENT_CERT", NULL,                                    \
         "in which field (ssl-client-cert)"},                                                      \
        {"spi-ciba-auth-channel-ciba-http-auth-channel-http-authentication-channel-uri", "URL",    \
         "KC_SPI_CIBA_AUTH_CHANNEL_CIBA_HTTP_AUTH_CHANNEL_HTTP_AUTHENTICATION_CHANNEL_URI",        \
         "KC_SPI_CIBA_AUTH_CHANNEL__CIBA_HTTP_AUTH_CHANNEL__HTTP_AUTHENTICATION_CHANNEL_URI",      \
         "where users are authenticated (CIBA) whom clients ask for in the backchannel"},          \
        {"ca-file", "FILE", "OSTIARY_CA_FILE", NULL,                                               \
         "PEM of the authorities to trust when clients' metadata is fetched (the system's)"},      \
        {"hostname", "URL", "KC_HOSTNAME_URL", "KC_HOSTNAME",                                      \
         "public base URL, or a host whose scheme and port are the request's; required in "        \
         "production"},                                                                            \
        {"hostname-strict", "[false]", "KC_HOSTNAME_STRICT", NULL,                                 \
         "false: the Host of each request is believed, in production too (true)"},                 \
        {"http-relative-path", "PATH", "KC_HTTP_RELATIVE_PATH", NULL,                              \
         "everything stands below this path, such as /auth"},                                      \
        {"proxy-trusted-addresses", "ADDRESS...", "KC_PROXY_TRUSTED_ADDRESSES", NULL,              \
         "a proxy whose X-Forwarded-* is believed: address or CIDR block, several with commas"},   \
        {"import-realm", "[PATH]", "OSTIARY_IMPORT_REALM", NULL,                                   \
         "import realm files that do not exist yet, from DATA/import or PATH"},                    \
        {"bootstrap-admin-username", "NAME", "KC_BOOTSTRAP_ADMIN_USERNAME", "KEYCLOAK_ADMIN",      \
         "the first administrator, made in a store that has none"},                                \
        {"bootstrap-admin-password", OPTION_SECRET, "KC_BOOTSTRAP_ADMIN_PASSWORD",                 \
         "KEYCLOAK_ADMIN_PASSWORD",                                                                \
         "their password; by the variable or the config file, never on the command line"},         \
        {"bootstrap-admin-password-file", "FILE", "KC_BOOTSTRAP_ADMIN_PASSWORD_FILE", NULL,        \
         "or a file with it"},                                                                     \
        COMMAND_STORE_OPTIONS,                                                                     \
        {"signing-process", "[true]", "OSTIARY_SIGNING_PROCESS", NULL,                             \
         "private keys live in a process of their own, which has no files and no network "         \
         "(false)"},                                                                               \
        DEVICE_OPTIONS,                                                                            \
        {"key-rotation", "DURATION", "OSTIARY_KEY_ROTATION", NULL,                                 \
         "how long keys sign before new ones follow, in realms that do not say: 90d, or never "    \
         "(never)"},                                                                               \
        {"loops", "N", "OSTIARY_LOOPS", NULL, "event loops (one per core)"},                       \
        {"hash-threads", "N", "OSTIARY_HASH_THREADS", NULL,                                        \
         "passwords that are checked at a time (one per core)"},                                   \
        TRACE_OPTIONS,                                                                             \
    {                                                                                              \
        "log-format", "FORMAT", "OSTIARY_LOG_FORMAT", NULL,                                        \
            "the access log: text, json or off (text)"                                             \
    }

/* The PIN in the file that DEVICE_OPTIONS name, in the arena; empty: none is named. */
OST_MUST_CHECK ost_result device_pin_read(const option_values *values, ost_arena *arena,
                                          ost_text *ret_pin, ost_error *error);

/* Of what is read for a start. */
#define PROVIDER_SETTINGS_ARENA ((size_t)4 << 20)

/* Adds what the config file says to *values, whose options are of that table. `start` reads
 * PROVIDER_CONFIG_FILE when no file is named and it is there, start-dev only one that is named.
 * Keycloak's settings that have no effect here are told of on standard error. */
OST_MUST_CHECK ost_result provider_settings_read(bool development, ost_arena *arena,
                                                 option_values *values, ost_error *error);

/* Says on standard error which were given in vain: those of the port that is not served (`tls`: of
 * plain HTTP), those that need another one that is not there, and variables in whose place an older
 * or newer name of theirs counts. */
void settings_tell_unused(const option_values *values, bool tls);

#endif
