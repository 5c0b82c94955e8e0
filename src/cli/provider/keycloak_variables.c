/* SPDX-License-Identifier: Apache-2.0 */
/* Keycloak's variables: what a compose file brings along; see keycloak_variables.h. */
#include "cli/provider/keycloak_variables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/text.h"
#include "cli/command.h"

#define NO_DATABASE "there is no database server: everything lives in --data"
#define NAME_PROXY "name the proxy with KC_PROXY_TRUSTED_ADDRESSES: nobody else is believed"
#define ONE_URL "KC_HOSTNAME may be a URL with port and path"

/* The first that the name begins with decides. */
static const struct {
    const char *name;
    const char *why; /* NULL: nothing is lost */
} variables[] = {
    {"KC_BOOTSTRAP_ADMIN_USERNAME", NULL},
    {"KC_BOOTSTRAP_ADMIN_PASSWORD", NULL},
    {"KC_HEALTH_ENABLED", NULL},
    {"KC_METRICS_ENABLED", NULL},
    {"KC_CACHE", NULL},
    {"KC_LOG", NULL},
    {"KC_RUN_IN_CONTAINER", NULL},
    {"KC_TRANSACTION_", NULL},
    {"KC_HTTP_POOL_", NULL},
    {"KC_HTTP_MAX_QUEUED_REQUESTS", NULL},
    {"KC_HOSTNAME_STRICT_", NULL},
    {"KC_HOSTNAME_BACKCHANNEL_DYNAMIC", NULL},
    {"KC_HOSTNAME_DEBUG", NULL},
    {"KC_HOSTNAME_ADMIN", NULL},
    {"KC_HOSTNAME_", ONE_URL},
    {"KC_DB", NO_DATABASE},
    {"KC_PROXY", NAME_PROXY},
    {"KC_SPI_", "there are no providers to plug in"},
    {"KC_FEATURES", "there are no features to switch"},
    {"KC_", "it is not known here"},
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

/* "dev-file" and "dev-mem" ask for no server. */
static bool is_harmless(ost_text name, ost_text value)
{
    return (text_is(name, "KC_DB") && text_starts(value, "dev-")) ||
           (text_starts(name, "KC_PROXY") && getenv("KC_PROXY_TRUSTED_ADDRESSES") != NULL);
}

static void tell(ost_text name, ost_text value)
{
    size_t i = 0;
    while (!text_starts(name, variables[i].name))
        i++;
    if (variables[i].why != NULL && !is_harmless(name, value))
        command_say("%.*s has no effect: %s", OST_FORMAT(name), variables[i].why);
}

void keycloak_variables_tell(const option *options)
{
    for (char **at = environ; *at != NULL; at++) {
        ost_text line = text_of(*at), name = text_slice(line, 0, text_find(line, '=', 0));
        if (text_starts(name, "KC_") && !is_option(options, name))
            tell(name, text_slice(line, name.len + 1, line.len));
    }
}
