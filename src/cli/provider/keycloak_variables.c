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

#define PEM_ALONE "certificates and keys are PEM files"

/* A name that ends in '_' stands for all that begin with it. */
static const struct {
    const char *name;
    const char *why; /* NULL: nothing is lost */
} variables[] = {
    {"KC_HEALTH_ENABLED", NULL},
    {"KC_METRICS_ENABLED", NULL},
    {"KC_CACHE", NULL},
    {"KC_CACHE_", NULL},
    {"KC_LOG", NULL},
    {"KC_LOG_LEVEL", NULL},
    {"KC_LOG_LEVEL_", NULL},
    {"KC_LOG_CONSOLE_", NULL},
    {"KC_LOG_FILE", NULL},
    {"KC_LOG_FILE_", NULL},
    {"KC_LOG_GELF_", NULL},
    {"KC_LOG_SYSLOG_", NULL},
    {"KC_RUN_IN_CONTAINER", NULL},
    {"KC_TRANSACTION_", NULL},
    {"KC_HTTP_POOL_", NULL},
    {"KC_HTTP_MAX_QUEUED_REQUESTS", NULL},
    {"KC_HTTP_METRICS_", NULL},
    {"KC_HOSTNAME_STRICT_", NULL},
    {"KC_HOSTNAME_BACKCHANNEL_DYNAMIC", NULL},
    {"KC_HOSTNAME_DEBUG", NULL},
    {"KC_HOSTNAME_ADMIN", NULL},
    {"KC_HOSTNAME_ADMIN_URL", NULL},
    {"KC_HOSTNAME_PATH", ONE_URL},
    {"KC_HOSTNAME_PORT", ONE_URL},
    {"KC_HTTPS_KEY_STORE_", PEM_ALONE},
    {"KC_HTTPS_TRUST_STORE_", PEM_ALONE},
    {"KC_TRUSTSTORE_PATHS", "name a file of authorities with --ca-file"},
    {"KC_TLS_HOSTNAME_VERIFIER", "names in certificates are always checked"},
    {"KC_CONFIG_KEYSTORE", PEM_ALONE},
    {"KC_CONFIG_KEYSTORE_", PEM_ALONE},
    {"KC_VAULT", "there is no vault"},
    {"KC_VAULT_", "there is no vault"},
    {"KC_FIPS_MODE", "it is the library's matter"},
    {"KC_DB", ONE_DATABASE},
    {"KC_DB_POOL_INITIAL_SIZE", NULL},
    {"KC_DB_POOL_MIN_SIZE", NULL},
    {"KC_DB_", ONE_DATABASE},
    {"KC_PROXY", NAME_PROXY},
    {"KC_PROXY_HEADERS", NAME_PROXY},
    {"KC_SPI_", "there are no providers to plug in"},
    {"KC_FEATURE_", "there are no features to switch"},
    {"KC_FEATURES", "there are no features to switch"},
    {"KC_FEATURES_", "there are no features to switch"},
    /* Of the images before Keycloak 17. */
    {"KEYCLOAK_USER", "KC_BOOTSTRAP_ADMIN_USERNAME names the first administrator"},
    {"KEYCLOAK_PASSWORD", "KC_BOOTSTRAP_ADMIN_PASSWORD is the first administrator's"},
    {"KEYCLOAK_IMPORT", "--import-realm names realm files"},
    {"KEYCLOAK_HOSTNAME", ONE_URL},
    {"KEYCLOAK_FRONTEND_URL", ONE_URL},
    {"PROXY_ADDRESS_FORWARDING", NAME_PROXY},
    {"DB_VENDOR", ONE_DATABASE},
    {"DB_ADDR", ONE_DATABASE},
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

/* "dev-file" and "dev-mem" ask for no server, and a URL says as much as "postgres". */
static bool is_harmless(ost_text name, ost_text value)
{
    bool url = getenv("KC_DB_URL") != NULL;
    return (text_is(name, "KC_DB") &&
            (text_starts(value, "dev-") || (text_is(value, "postgres") && url))) ||
           (text_starts(name, "KC_PROXY") && getenv("KC_PROXY_TRUSTED_ADDRESSES") != NULL);
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
    else if (variables[row].why != NULL && !is_harmless(name, value))
        command_say("%.*s has no effect: %s", OST_FORMAT(name), variables[row].why);
}

#define SETTING_MAX 128

bool keycloak_setting_is_known(ost_text name, ost_text value)
{
    char variable[SETTING_MAX] = "KC_";
    size_t len = strlen(variable), row;
    if (name.len >= SETTING_MAX - len)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        variable[len++] = (char)(c == '-' ? '_' : c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c);
    }
    ost_text as_variable = {variable, len};
    if (!is_known(as_variable, &row))
        return false;
    if (variables[row].why != NULL && !is_harmless(as_variable, value))
        command_say("%.*s has no effect: %s", OST_FORMAT(name), variables[row].why);
    return true;
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
