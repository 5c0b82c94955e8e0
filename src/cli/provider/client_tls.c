/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of the provider's TLS clients; see client_tls.h. */
#include "cli/provider/client_tls.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"

/* Where the proxies of Keycloak's providers put the client's certificate, if nothing else is said;
 * and the two whose fields have names of their own (RFC 9440, Envoy). */
static const struct {
    bool base64; /* that and nothing else */
    const char *name, *option, *field;
} lookups[] = {
    {false, "nginx", "spi-x509cert-lookup-nginx-ssl-client-cert", "ssl-client-cert"},
    {true, "haproxy", "spi-x509cert-lookup-haproxy-ssl-client-cert", "ssl-client-cert"},
    {false, "apache", "spi-x509cert-lookup-apache-ssl-client-cert", "ssl-client-cert"},
    {false, "rfc9440", NULL, "client-cert"},
    {false, "envoy", NULL, "x-forwarded-client-cert"},
};

static ost_result configure_lookup(const option_values *values, provider_config *config,
                                   ost_error *error)
{
    const char *name = options_get(values, "spi-x509cert-lookup-provider");
    if (name == NULL)
        return OST_OK;
    if (options_nth(values, "proxy-trusted-addresses", 0) == NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "--spi-x509cert-lookup-provider needs --proxy-trusted-addresses: "
                             "nobody else's word is taken for a certificate");
    for (size_t i = 0; i < ARRAY_LEN(lookups); i++) {
        if (strcmp(name, lookups[i].name) != 0)
            continue;
        const char *given =
            lookups[i].option != NULL ? options_get(values, lookups[i].option) : NULL;
        config->client_certificate_field = given != NULL ? given : lookups[i].field;
        config->client_certificate_base64 = lookups[i].base64;
        return OST_OK;
    }
    return ost_error_set(error, OST_E_CONFIG,
                         "--spi-x509cert-lookup-provider is nginx, haproxy, apache, rfc9440 or "
                         "envoy");
}

ost_result client_tls_configure(const option_values *values, provider_config *config,
                                ost_error *error)
{
    const char *wanted = options_get(values, "https-client-auth");
    ost_text mode = text_of(wanted != NULL ? wanted : "none");
    config->client_certificates = text_is(mode, "request");
    config->client_certificates_required = text_is(mode, "required");
    config->client_authorities = options_get(values, "https-trust-store-file");
    bool asked = config->client_certificates || config->client_certificates_required;
    if (!asked && !text_is(mode, "none"))
        return ost_error_set(error, OST_E_CONFIG,
                             "--https-client-auth is none, request or required");
    if (asked && config->tls_certificate == NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "--https-client-auth needs --https-certificate-file: behind a proxy, "
                             "see --spi-x509cert-lookup-provider");
    if (config->client_certificates_required && config->client_authorities == NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "--https-client-auth=required needs --https-trust-store-file");
    ost_result result = configure_lookup(values, config, error);
    if (result == OST_OK && config->client_authorities != NULL && !asked &&
        config->client_certificate_field == NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "--https-trust-store-file is of no use without --https-client-auth or "
                             "--spi-x509cert-lookup-provider");
    return result;
}
