/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the operator's settings; see settings.h. */
#include "app/config/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/config/origin_settings.h"
#include "app/config/settings_table.h"
#include "base/array.h"
#include "base/config/config_file.h"
#include "base/config/secret_file.h"
#include "base/loopback.h"
#include "base/text.h"
#include "http/http.h"
#include "trace/trace_settings.h"

const option settings_options[] = {
    CONFIG_FILE_OPTION(" (none)"),
    SETTINGS_ISSUER_OPTIONS,
    {"require-dpop-nonce", NULL, "OSTIARY_REQUIRE_DPOP_NONCE", NULL,
     "DPoP proofs must carry a nonce of this API"},
    {"dpop-nonce-secret-file", "FILE", "OSTIARY_DPOP_NONCE_SECRET_FILE", NULL,
     "the secret of these nonces, the same on every machine (one of its own)"},
    SETTINGS_CERTIFICATE_OPTIONS,
    {"resource", "URL", "OSTIARY_RESOURCE", NULL,
     "this API's identifier, for clients that look for its metadata by RFC 9728"},
    {"resource-name", "NAME", "OSTIARY_RESOURCE_NAME", NULL, "its name for people (the title)"},
    {"resource-documentation", "URL", "OSTIARY_RESOURCE_DOCUMENTATION", NULL,
     "where developers read about it"},
    SETTINGS_LOGIN_OPTIONS,
    {"base-url", "URL", "OSTIARY_BASE_URL", NULL,
     "origin under which browsers reach this API (Host, when that is this machine)"},
    {"cors-origin", "ORIGIN...", "OSTIARY_CORS_ORIGIN", NULL,
     "whose pages may read answers and send tokens, as https://host, or * for any (none)"},
    SETTINGS_COOKIE_OPTIONS,
    {"docs-client-id", "ID", "OSTIARY_DOCS_CLIENT_ID", NULL,
     "public client at the first issuer, for the Authorize button of /docs"},
    {"docs-assets", "FOLDER", "OSTIARY_DOCS_ASSETS", NULL,
     "where swagger-ui-bundle.js and swagger-ui.css are (a public CDN)"},
    {"no-docs", NULL, "OSTIARY_NO_DOCS", NULL, "no /docs and no /openapi.json"},
    SETTINGS_SERVER_OPTIONS,
    TRACE_OPTIONS,
    {"show-config", NULL, NULL, NULL, "print each setting, its value and where that comes from"},
    {"json", NULL, NULL, NULL, "print it as JSON"},
    {"version", NULL, NULL, NULL, "print the version"},
    {0},
};

/* ---- small checks ---- */

static bool is_port(ost_text text)
{
    uint64_t port;
    return text_to_unsigned(text, 65535, &port);
}

/* Letters, digits, hyphens and dots. */
static bool is_host_name(ost_text name)
{
    return text_is_made_of(name, "-.");
}

bool settings_host_is_local(ost_text host)
{
    ost_text name = host;
    if (text_starts(host, "[")) {
        size_t end = text_find(host, ']', 0);
        ost_text port = text_slice(host, end + 1, host.len);
        return text_is(text_slice(host, 0, end + 1), "[::1]") &&
               (port.len == 0 || (port.data[0] == ':' && is_port(text_slice(port, 1, port.len))));
    }
    size_t colon = text_find(host, ':', 0);
    if (colon < host.len) {
        if (!is_port(text_slice(host, colon + 1, host.len)))
            return false;
        name = text_slice(host, 0, colon);
    }
    if (host_is_loopback(name))
        return true;
    const ost_text suffix = OST_TEXT(".localhost");
    return name.len > suffix.len && is_host_name(name) &&
           text_equal_ignoring_case(text_slice(name, name.len - suffix.len, suffix.len), suffix);
}

static ost_result read_list(const option_values *values, const char *name, const char **list,
                            size_t max, size_t *ret_count, ost_error *error)
{
    size_t count = 0;
    for (const char *value; (value = options_nth(values, name, count)) != NULL; count++) {
        if (value[0] == '\0')
            return ost_error_set(error, OST_E_CONFIG, "--%s is empty", name);
        if (count == max)
            return ost_error_set(error, OST_E_CONFIG, "--%s: %zu at most", name, max);
        list[count] = value;
    }
    *ret_count = count;
    return OST_OK;
}

/* ---- secrets ---- */

/* A value that was given as an argument is seen by everyone on the machine: it is overwritten as
 * soon as it has been copied. */
static void hide_argument(option_values *values, const char *name)
{
    for (size_t i = 0; i < values->given_count; i++) {
        char *value = (char *)(uintptr_t)values->given[i].value;
        if (strcmp(values->given[i].option->name, name) == 0 && value != NULL)
            wipe(value, strlen(value));
    }
}

static ost_result read_client_secret(option_values *values, ost_arena *arena, app_settings *s,
                                     ost_error *error)
{
    const char *given = options_get(values, "client-secret");
    const char *path = options_get(values, "client-secret-file");
    if (given != NULL && path != NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "--client-secret and --client-secret-file exclude each other");
    ost_text secret = text_of(given);
    if (path != NULL) {
        ost_result result = secret_file_read(path, arena, &secret, error);
        if (result != OST_OK)
            return result;
    }
    if (secret.len == 0)
        return OST_OK;
    s->client_secret = ost_arena_copy(arena, secret);
    hide_argument(values, "client-secret");
    return s->client_secret != NULL ? OST_OK : ost_error_set(error, OST_E_MEMORY, "out of memory");
}

/* What is missing is made, if the program can run: its folder too, where that is ours to make. */
static ost_result open_cookie_secret(const char *path, const char *folder, ost_arena *arena,
                                     app_settings *s, ost_error *error)
{
    ost_result result =
        access(path, F_OK) == 0 ? OST_OK : http_port_check(s->address, s->port, error);
    if (result == OST_OK && folder != NULL && mkdir(folder, 0700) != 0 && errno != EEXIST)
        result = ost_error_set(error, OST_E_SYSTEM, "--data: cannot make %s: %s", folder,
                               strerror(errno));
    return result == OST_OK
               ? secret_file_open(path, arena, &s->cookie_secret, &s->older_secret, error)
               : result;
}

static ost_result read_cookie_secret(const option_values *values, ost_arena *arena, app_settings *s,
                                     ost_error *error)
{
    const char *variable = getenv("OSTIARY_COOKIE_SECRET");
    const char *path = options_get(values, "cookie-secret-file");
    const char *data = options_get(values, "data");
    if (path != NULL)
        return open_cookie_secret(path, NULL, arena, s, error);
    if (variable != NULL) {
        const char *copy = ost_arena_copy(arena, text_of(variable));
        return copy != NULL
                   ? secret_split(text_of(copy), &s->cookie_secret, &s->older_secret, error)
                   : ost_error_set(error, OST_E_MEMORY, "out of memory");
    }
    if (data != NULL) {
        path = ost_arena_format(arena, "%s/cookie-secret", data);
        return path != NULL ? open_cookie_secret(path, data, arena, s, error)
                            : ost_error_set(error, OST_E_MEMORY, "out of memory");
    }
    s->passing_secret = true;
    ost_result result = secret_make(arena, &s->cookie_secret);
    return result == OST_OK ? OST_OK
                            : ost_error_set(error, result, "no cookie secret could be made");
}

static ost_result read_nonce_secret(const option_values *values, ost_arena *arena, app_settings *s,
                                    ost_error *error)
{
    const char *path = options_get(values, "dpop-nonce-secret-file");
    if (path == NULL)
        return OST_OK;
    ost_result result = secret_file_read(path, arena, &s->dpop_nonce_secret, error);
    if (result == OST_OK && s->dpop_nonce_secret.len < 32)
        return ost_error_set(error, OST_E_CONFIG,
                             "--dpop-nonce-secret-file: at least 32 characters are needed");
    return result;
}

/* ---- all of it ---- */

static ost_result read_numbers(const option_values *values, app_settings *s, ost_error *error)
{
    uint64_t port, loops;
    ost_result result = options_number(values, "port", 8000, 0, 65535, &port, error);
    if (result == OST_OK)
        result = options_number(values, "loops", 0, 0, 256, &loops, error);
    if (result != OST_OK)
        return result;
    s->port = (unsigned)port;
    s->loops = (unsigned)loops;
    return OST_OK;
}

static ost_result read_log(const option_values *values, app_settings *s, ost_error *error)
{
    const char *format = options_get(values, "log-format");
    if (format == NULL || strcmp(format, "text") == 0)
        s->log = SETTINGS_LOG_TEXT;
    else if (strcmp(format, "json") == 0)
        s->log = SETTINGS_LOG_JSON;
    else if (strcmp(format, "off") == 0)
        s->log = SETTINGS_LOG_OFF;
    else
        return ost_error_set(error, OST_E_ARGUMENT, "--log-format: \"%s\" is not text, json or off",
                             format);
    return OST_OK;
}

static void read_texts(const option_values *values, app_settings *s)
{
    s->address = options_get(values, "address");
    if (s->address == NULL)
        s->address = "127.0.0.1";
    s->jwks_url = options_get(values, "jwks-url");
    s->any_tenant = options_has(values, "any-tenant");
    s->client_is_audience = options_has(values, "client-is-audience");
    s->ca_file = options_get(values, "ca-file");
    s->insecure_http = options_has(values, "insecure-http");
    s->insecure_explain = options_has(values, "insecure-explain");
    s->require_dpop_nonce = options_has(values, "require-dpop-nonce");
    s->client_certificates = options_has(values, "client-certificates");
    s->client_certificate_field = options_get(values, "client-certificate-field");
    s->revocation_file = options_get(values, "revocation-file");
    s->resource = options_get(values, "resource");
    s->resource_name = options_get(values, "resource-name");
    s->resource_documentation = options_get(values, "resource-documentation");
    s->client_id = options_get(values, "client-id");
    s->scope = options_get(values, "scope");
    s->login_resource = options_get(values, "login-resource");
    s->base_url = options_get(values, "base-url");
    s->docs_client_id = options_get(values, "docs-client-id");
    s->docs_assets = options_get(values, "docs-assets");
    s->no_docs = options_has(values, "no-docs");
    s->no_monitoring = options_has(values, "no-monitoring");
    s->tls_certificate = options_get(values, "tls-certificate");
    s->tls_key = options_get(values, "tls-key");
}

/* The usual names of these variables are in small letters as well, and where one is empty the other
 * may say it; an option that is empty says that there is none. */
static const char *proxy_setting(const option_values *values, const char *name, const char *small)
{
    option_origin origin = options_origin(values, name);
    bool said = origin.value != NULL && origin.value[0] != '\0';
    const char *other = getenv(small);
    if (origin.source == OPTION_IS_GIVEN || (origin.source == OPTION_IS_VARIABLE && said))
        return origin.value;
    return other != NULL ? other : origin.value;
}

/* A password in the URL is hidden where it was an argument. */
static ost_result read_proxy(option_values *values, ost_arena *arena, app_settings *s,
                             ost_error *error)
{
    const char *proxy = proxy_setting(values, "proxy", "https_proxy");
    if (proxy == NULL || proxy[0] == '\0')
        return OST_OK;
    s->no_proxy = proxy_setting(values, "no-proxy", "no_proxy");
    s->proxy = ost_arena_copy(arena, text_of(proxy));
    if (s->proxy == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    if (strchr(proxy, '@') != NULL)
        hide_argument(values, "proxy");
    return OST_OK;
}

static ost_result check_settings(const option_values *values, const app_settings *s,
                                 ost_error *error)
{
    if (values->operand_count > 0)
        return ost_error_set(error, OST_E_ARGUMENT, "unexpected argument \"%s\"",
                             values->operands[0]);
    if ((s->tls_certificate == NULL) != (s->tls_key == NULL))
        return ost_error_set(error, OST_E_CONFIG, "--tls-certificate and --tls-key go together");
    if (s->issuer_count > 0 && s->audience_count == 0)
        return ost_error_set(error, OST_E_CONFIG,
                             "--audience is missing: what tokens for this API name in their aud");
    if (s->discovery_url_count > s->issuer_count)
        return ost_error_set(error, OST_E_CONFIG,
                             "--discovery-url: one for each --issuer at most, in their order");
    if (s->client_id != NULL && s->issuer_count == 0)
        return ost_error_set(error, OST_E_CONFIG, "--client-id needs an --issuer to sign in at");
    if (s->client_certificates && s->tls_certificate == NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "--client-certificates needs --tls-certificate and --tls-key");
    if (s->client_certificate_field != NULL && s->proxy_count == 0)
        return ost_error_set(error, OST_E_CONFIG,
                             "--client-certificate-field needs a --trusted-proxy to believe");
    if (s->resource != NULL && s->issuer_count == 0)
        return ost_error_set(error, OST_E_CONFIG, "--resource needs an --issuer to point at");
    return OST_OK;
}

static ost_result read_lists(const option_values *values, app_settings *s, ost_error *error)
{
    const struct {
        const char *name, **list;
        size_t max, *count;
    } lists[] = {
        {"issuer", s->issuers, SETTINGS_ISSUERS, &s->issuer_count},
        {"discovery-url", s->discovery_urls, SETTINGS_ISSUERS, &s->discovery_url_count},
        {"tenant", s->tenants, SETTINGS_TENANTS, &s->tenant_count},
        {"audience", s->audiences, SETTINGS_AUDIENCES, &s->audience_count},
        {"logout-client", s->logout_clients, SETTINGS_LOGOUT_CLIENTS, &s->logout_client_count},
        {"trusted-proxy", s->proxies, SETTINGS_PROXIES, &s->proxy_count},
        {"cors-origin", s->cors_origins, CORS_ORIGINS_MAX, &s->cors_origin_count},
    };
    ost_result result = OST_OK;
    for (size_t i = 0; i < ARRAY_LEN(lists) && result == OST_OK; i++)
        result =
            read_list(values, lists[i].name, lists[i].list, lists[i].max, lists[i].count, error);
    return result;
}

ost_result settings_read(option_values *values, ost_arena *arena, app_settings *ret_settings,
                         ost_error *error)
{
    app_settings s = {0};
    read_texts(values, &s);
    ost_result result = read_numbers(values, &s, error);
    if (result == OST_OK)
        result = read_log(values, &s, error);
    if (result == OST_OK)
        result = read_proxy(values, arena, &s, error);
    if (result == OST_OK)
        result = read_lists(values, &s, error);
    if (result == OST_OK)
        result = token_settings_read(values, arena, &s.tokens, error);
    if (result == OST_OK)
        result = check_settings(values, &s, error);
    if (result == OST_OK)
        result = base_url_read(arena, &s.base_url, error);
    if (result == OST_OK)
        result = cors_origins_read(arena, s.cors_origins, &s.cors_origin_count, error);
    if (result == OST_OK)
        result = read_nonce_secret(values, arena, &s, error);
    if (result == OST_OK && s.client_id != NULL) {
        result = read_client_secret(values, arena, &s, error);
        if (result == OST_OK)
            result = read_cookie_secret(values, arena, &s, error);
    }
    if (result == OST_OK)
        *ret_settings = s;
    return result;
}
