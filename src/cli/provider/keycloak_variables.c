/* SPDX-License-Identifier: Apache-2.0 */
/* Keycloak's settings: what a compose file or a keycloak.conf brings along; see
 * keycloak_variables.h. */
#include "cli/provider/keycloak_variables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/text.h"
#include "cli/command.h"

#define ONE_DATABASE                                                                               \
    "KC_DB_URL is the whole URL of a PostgreSQL database, without which everything lives in "      \
    "--data"
#define NAME_PROXY "name the proxy with KC_PROXY_TRUSTED_ADDRESSES: nobody else is believed"
#define ONE_URL "KC_HOSTNAME may be a URL with port and path"
#define ONE_ADDRESS "consoles and every endpoint are below the address of KC_HOSTNAME"
#define ONE_PORT "health and metrics are served by the port that serves everything"
#define ONE_LOG "the log is on standard error, in the form of --log-format"
#define ONE_LEVEL "the log has one level"
#define PEM_ALONE "certificates and keys are PEM files"
#define NO_CACHE "there is no cache to set up: nodes meet in the database"
#define NO_VAULT "there is no vault"
#define NO_FEATURES "there are no features to switch"
#define NO_JAVA "there is no Java here"
#define OTLP_ENDPOINT "name the collector of traces with OTEL_EXPORTER_OTLP_ENDPOINT"
#define ALWAYS_THERE "they are always there"
#define ADMIN_IS_USER "the first administrator is a user: KC_BOOTSTRAP_ADMIN_USERNAME and _PASSWORD"

/* A name that ends in '_' stands for all that begin with it; the first row that fits counts. */
static const struct {
    const char *name;
    const char *why;
    const char *quiet; /* values, with commas between, that ask for what is so anyway; NULL: none */
} variables[] = {
    {"KC_HEALTH_ENABLED", ALWAYS_THERE, "true"},
    {"KC_METRICS_ENABLED", ALWAYS_THERE, "true"},
    {"KC_EVENT_METRICS_USER_ENABLED", ALWAYS_THERE, "true"},
    {"KC_EVENT_METRICS_", "metrics have the shape that they have", NULL},
    {"KC_HTTP_METRICS_", "metrics have the shape that they have", NULL},
    {"KC_CACHE", NO_CACHE, "local,ispn"},
    {"KC_CACHE_", NO_CACHE, NULL},
    {"KC_LOG", ONE_LOG, "console"},
    {"KC_LOG_LEVEL", ONE_LEVEL, "info"},
    {"KC_LOG_LEVEL_", ONE_LEVEL, NULL},
    {"KC_LOG_CONSOLE_LEVEL", ONE_LEVEL, "all,info"},
    {"KC_LOG_CONSOLE_OUTPUT", ONE_LOG, "default"},
    {"KC_LOG_CONSOLE_COLOR", ONE_LOG, "false"},
    {"KC_LOG_CONSOLE_", ONE_LOG, NULL},
    {"KC_LOG_FILE", ONE_LOG, NULL},
    {"KC_LOG_FILE_", ONE_LOG, NULL},
    {"KC_LOG_GELF_", ONE_LOG, NULL},
    {"KC_LOG_SYSLOG_", ONE_LOG, NULL},
    {"KC_LOG_SERVICE_", ONE_LOG, NULL},
    {"KC_LOG_MDC_", ONE_LOG, NULL},
    {"KC_LOG_ASYNC", ONE_LOG, "false"},
    {"KC_HTTP_ACCESS_LOG_ENABLED", ONE_LOG, "true"},
    {"KC_HTTP_ACCESS_LOG_", ONE_LOG, NULL},
    {"KC_RUN_IN_CONTAINER", "it is the same there", "true,false"},
    {"KC_TRANSACTION_XA_ENABLED", "a store is one database", "false"},
    {"KC_TRANSACTION_", "a store is one database", NULL},
    {"KC_HTTP_POOL_", "there are --loops and --hash-threads", NULL},
    {"KC_HTTP_MAX_QUEUED_REQUESTS", "who cannot be served soon is told so with 503", NULL},
    {"KC_HTTP_ACCEPT_NON_NORMALIZED_PATHS", "paths are read as they stand", "true"},
    {"KC_HTTP_MANAGEMENT_HEALTH_ENABLED", ONE_PORT, "false"},
    {"KC_HTTP_MANAGEMENT_", ONE_PORT, NULL},
    {"KC_HTTPS_MANAGEMENT_", ONE_PORT, NULL},
    {"KC_LEGACY_OBSERVABILITY_INTERFACE", ONE_PORT, "true"},
    {"KC_HOSTNAME_STRICT_BACKCHANNEL", ONE_ADDRESS, "true"},
    {"KC_HOSTNAME_STRICT_HTTPS", "KC_HOSTNAME may be a URL with its scheme", NULL},
    {"KC_HOSTNAME_BACKCHANNEL_DYNAMIC", ONE_ADDRESS, "false"},
    {"KC_HOSTNAME_DEBUG", "there is no page for it", "false"},
    {"KC_HOSTNAME_ADMIN", ONE_ADDRESS, NULL},
    {"KC_HOSTNAME_ADMIN_URL", ONE_ADDRESS, NULL},
    {"KC_HOSTNAME_PATH", ONE_URL, NULL},
    {"KC_HOSTNAME_PORT", ONE_URL, "-1"},
    {"KC_HTTPS_KEY_STORE_", PEM_ALONE, NULL},
    {"KC_HTTPS_TRUST_STORE_", PEM_ALONE, NULL},
    {"KC_HTTPS_CERTIFICATES_RELOAD_PERIOD", "SIGHUP reads them again", "-1"},
    {"KC_TRUSTSTORE_", "name a file of authorities with --ca-file", NULL},
    {"KC_TLS_HOSTNAME_VERIFIER", "names in certificates are always checked",
     "strict,default,wildcard"},
    {"KC_CONFIG_KEYSTORE", PEM_ALONE, NULL},
    {"KC_CONFIG_KEYSTORE_", PEM_ALONE, NULL},
    {"KC_VAULT", NO_VAULT, NULL},
    {"KC_VAULT_", NO_VAULT, NULL},
    {"KC_FIPS_MODE", "it is the library's matter", "disabled"},
    {"KC_DB", ONE_DATABASE, "dev-file,dev-mem"},
    {"KC_DB_POOL_", "connections are opened as they are needed", NULL},
    {"KC_DB_", ONE_DATABASE, NULL},
    {"KC_PROXY", NAME_PROXY, "none"},
    {"KC_PROXY_HEADERS", NAME_PROXY, NULL},
    {"KC_PROXY_PROTOCOL_ENABLED", "the provider does not speak it", "false"},
    {"KC_BOOTSTRAP_ADMIN_CLIENT_", ADMIN_IS_USER, NULL},
    {"KC_OPENAPI_", "the admin API is described by docs/usage/admin-api.md", "false"},
    {"KC_VERBOSE", ONE_LEVEL, "false"},
    {"KC_OPTIMIZED", "there is nothing to build beforehand", NULL},
    {"KC_SERVER_ASYNC_BOOTSTRAP", "it listens once it serves", "false"},
    {"KC_SHUTDOWN_", "what has begun is answered, for ten seconds at most", NULL},
    {"KC_TRACING_ENABLED", OTLP_ENDPOINT, "false"},
    {"KC_TRACING_", OTLP_ENDPOINT, NULL},
    {"KC_TELEMETRY_LOGS_", ONE_LOG, "false"},
    {"KC_TELEMETRY_METRICS_", "metrics are fetched from /metrics", "false"},
    {"KC_TELEMETRY_", OTLP_ENDPOINT, NULL},
    {"KC_SPI_", "there are no providers to plug in", NULL},
    {"KC_FEATURE_", NO_FEATURES, NULL},
    {"KC_FEATURES", NO_FEATURES, NULL},
    {"KC_FEATURES_", NO_FEATURES, NULL},
    {"QUARKUS_", NO_JAVA, NULL},
    {"JAVA_OPTS_APPEND", NO_JAVA, NULL},
    {"JAVA_OPTS_KC_HEAP", NO_JAVA, NULL},
    /* Of the images before Keycloak 17. */
    {"KEYCLOAK_USER", "KC_BOOTSTRAP_ADMIN_USERNAME names the first administrator", NULL},
    {"KEYCLOAK_PASSWORD", "KC_BOOTSTRAP_ADMIN_PASSWORD is the first administrator's", NULL},
    {"KEYCLOAK_IMPORT", "--import-realm names realm files", NULL},
    {"KEYCLOAK_HOSTNAME", ONE_URL, NULL},
    {"KEYCLOAK_FRONTEND_URL", ONE_URL, NULL},
    {"KEYCLOAK_LOGLEVEL", ONE_LEVEL, "info"},
    {"KEYCLOAK_STATISTICS", ALWAYS_THERE, NULL},
    {"PROXY_ADDRESS_FORWARDING", NAME_PROXY, NULL},
    {"DB_VENDOR", ONE_DATABASE, NULL},
    {"DB_ADDR", ONE_DATABASE, NULL},
};

static bool is_option(const option *options, ost_text name)
{
    for (const option *at = options; at->name != NULL; at++) {
        if ((at->variable != NULL && text_is(name, at->variable)) ||
            (at->variable2 != NULL && text_is(name, at->variable2)))
            return true;
    }
    return false;
}

static bool is_listed(const char *values, ost_text value)
{
    ost_text list = text_of(values), one;
    while (text_next(&list, ',', &one)) {
        if (text_equal_ignoring_case(one, value))
            return true;
    }
    return false;
}

/* An empty value asks for nothing, a URL says as much as "postgres", and a proxy may be named. */
static bool is_harmless(size_t row, ost_text name, ost_text value)
{
    return value.len == 0 || is_listed(variables[row].quiet, value) ||
           (text_is(name, "KC_DB") && text_is(value, "postgres") && getenv("KC_DB_URL") != NULL) ||
           (strcmp(variables[row].why, NAME_PROXY) == 0 &&
            getenv("KC_PROXY_TRUSTED_ADDRESSES") != NULL);
}

static bool is_known(ost_text variable, size_t *ret_row)
{
    for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
        bool all = text_ends(text_of(variables[i].name), "_");
        if (all ? text_starts(variable, variables[i].name) : text_is(variable, variables[i].name)) {
            *ret_row = i;
            return true;
        }
    }
    return false;
}

static void tell(ost_text name, ost_text value)
{
    size_t row;
    if (!is_known(name, &row))
        command_say("%.*s has no effect: it is not known here", OST_FORMAT(name));
    else if (!is_harmless(row, name, value))
        command_say("%.*s has no effect: %s", OST_FORMAT(name), variables[row].why);
}

#define SETTING_MAX 128

/* "db-url" is KC_DB_URL. */
static bool find_setting(ost_text name, char variable[SETTING_MAX], size_t *ret_row)
{
    size_t len = (size_t)snprintf(variable, SETTING_MAX, "KC_");
    if (name.len >= SETTING_MAX - len)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        variable[len++] = (char)(c == '-' ? '_' : c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c);
    }
    variable[len] = '\0';
    return is_known((ost_text){variable, len}, ret_row);
}

bool keycloak_setting_is_known(ost_text name, ost_text value)
{
    char variable[SETTING_MAX];
    size_t row;
    if (!find_setting(name, variable, &row))
        return false;
    if (!is_harmless(row, text_of(variable), value))
        command_say("%.*s has no effect: %s", OST_FORMAT(name), variables[row].why);
    return true;
}

const char *keycloak_setting_why(ost_text name)
{
    char variable[SETTING_MAX];
    size_t row;
    return find_setting(name, variable, &row) ? variables[row].why : NULL;
}

void keycloak_variables_tell(const option *options)
{
    size_t row;
    for (char **at = environ; *at != NULL; at++) {
        ost_text line = text_of(*at), name = text_slice(line, 0, text_find(line, '=', 0));
        bool keycloaks = text_starts(name, "KC_") || is_known(name, &row);
        if (keycloaks && !is_option(options, name))
            tell(name, text_slice(line, name.len + 1, line.len));
    }
}
