/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the provider's config file; see provider_settings.h. */
#include "cli/provider/provider_settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/config/secret_file.h"
#include "cli/provider/keycloak_variables.h"

ost_result device_pin_read(const option_values *values, ost_arena *arena, ost_text *ret_pin,
                           ost_error *error)
{
    const char *path = options_get(values, "pkcs11-pin-file");
    *ret_pin = (ost_text){0};
    if (path != NULL && !options_has(values, "pkcs11-module"))
        return ost_error_set(error, OST_E_CONFIG, "--pkcs11-pin-file needs --pkcs11-module");
    return path != NULL ? secret_file_read(path, arena, ret_pin, error) : OST_OK;
}

static void say(void *user, const char *sentence)
{
    command_say("%s", sentence);
}

ost_result provider_settings_read(bool development, ost_arena *arena, option_values *values,
                                  ost_error *error)
{
    const config_file_rules rules = {
        .path = development ? NULL : PROVIDER_CONFIG_FILE,
        .profile = development ? "dev" : "prod",
        .is_let_pass = keycloak_setting_is_known,
        .say = say,
    };
    return config_file_read(&rules, arena, values, error);
}

/* ---- what was given in vain ---- */

static void tell_port(const option_values *values, bool tls)
{
    static const struct {
        const char *name;
        bool of_tls;
    } settings[] = {{"http-port", false},
                    {"https-port", true},
                    {"https-protocols", true},
                    {"https-cipher-suites", true}};
    for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
        if (settings[i].of_tls != tls && options_has(values, settings[i].name))
            command_say("--%s has no effect: there is one port, %s", settings[i].name,
                        tls ? "with the certificate --https-port"
                            : "without a certificate "
                              "--http-port");
    }
}

static void tell_lonely(const option_values *values)
{
    static const struct {
        const char *name, *needs;
    } settings[] = {
        {"db-username", "db-url"},
        {"db-password", "db-url"},
        {"db-pool-max-size", "db-url"},
        {"otlp-headers", "otlp-endpoint"},
        {"otlp-certificate", "otlp-endpoint"},
        {"otlp-protocol", "otlp-endpoint"},
        {"service-name", "otlp-endpoint"},
        {"trace-sampler", "otlp-endpoint"},
        {"trace-sampler-arg", "otlp-endpoint"},
        {"spi-x509cert-lookup-nginx-ssl-client-cert", "spi-x509cert-lookup-provider"},
        {"spi-x509cert-lookup-haproxy-ssl-client-cert", "spi-x509cert-lookup-provider"},
        {"spi-x509cert-lookup-apache-ssl-client-cert", "spi-x509cert-lookup-provider"},
    };
    for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
        if (options_has(values, settings[i].name) && !options_has(values, settings[i].needs))
            command_say("--%s has no effect: there is no --%s", settings[i].name,
                        settings[i].needs);
    }
}

/* KC_HOSTNAME beside KC_HOSTNAME_URL: one of them counts. */
static void tell_shadowed(const option *options)
{
    for (const option *at = options; at->name != NULL; at++) {
        const char *counts = at->variable != NULL ? getenv(at->variable) : NULL;
        const char *other = at->variable2 != NULL ? getenv(at->variable2) : NULL;
        if (counts != NULL && other != NULL && strcmp(counts, other) != 0)
            command_say("%s has no effect: %s counts", at->variable2, at->variable);
    }
}

void settings_tell_unused(const option_values *values, bool tls)
{
    tell_port(values, tls);
    tell_lonely(values);
    tell_shadowed(values->options);
}
