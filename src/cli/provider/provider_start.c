/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary provider start` and `start-dev`: the identity provider, with Keycloak's option and
 * variable names where it has them. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/context.h"
#include "base/text.h"
#include "base/thread.h"
#include "cli/command.h"
#include "cli/provider/keycloak_variables.h"
#include "cli/provider/progress.h"
#include "cli/provider/service_manager.h"
#include "http/log/access_log.h"
#include "http/log/log_sink.h"
#include "provider/file/bootstrap_admin.h"
#include "provider/file/realm_import.h"
#include "provider/provider.h"
#include "store/store.h"

#define MAX_PROXIES 32

/* Everything a running provider holds, so that one place ends it. */
typedef struct run_state {
    store *store;
    log_sink *log;
    provider *provider;
    const char *address;
    bool development, tls;
    char *proxies[MAX_PROXIES];
    size_t proxy_count;
} run_state;

static void run_state_clear(run_state *state)
{
    for (size_t i = 0; i < state->proxy_count; i++)
        memory_free(state->proxies[i]);
    provider_free(state->provider);
    log_sink_free(state->log);
    store_close(state->store);
}

typedef struct import_shown {
    progress progress;
    size_t realms;
} import_shown;

static void show_progress(void *user, size_t done, size_t count)
{
    import_shown *shown = user;
    progress_tell(&shown->progress, done, count);
}

static void show_realm(void *user, const realm_import_result *result)
{
    import_shown *shown = user;
    if (result->outcome == REALM_IMPORTED)
        progress_tell_realms(&shown->progress, ++shown->realms);
}

/* --import-realm alone means DATA/import, as in Keycloak; with a value, that file or folder. */
static ost_result import_realms(const option_values *values, store *db, ost_error *error)
{
    if (!options_has(values, "import-realm"))
        return OST_OK;
    const char *path = options_get(values, "import-realm");
    const char *data = options_get(values, "data");
    char folder[600];
    if (path[0] == '\0' || strcmp(path, "true") == 0) {
        snprintf(folder, sizeof folder, "%s/import", data != NULL ? data : "data");
        path = folder;
    }
    size_t imported = 0, skipped = 0;
    import_shown shown = {0};
    const realm_import_options options = {
        .tell = show_realm, .progress = show_progress, .user = &shown};
    ost_result result = realm_import_path(db, path, &options, NULL, &imported, &skipped, error);
    progress_clear(&shown.progress);
    if (result == OST_OK && imported > 0)
        command_say("%zu realm%s imported from %s", imported, imported == 1 ? "" : "s", path);
    return result;
}

static bool administrator_given(void)
{
    return getenv("KC_BOOTSTRAP_ADMIN_USERNAME") != NULL || getenv("KEYCLOAK_ADMIN") != NULL;
}

/* The first administrator, from the environment only: a password has no place on a command line. */
static ost_result bootstrap(store *db, ost_error *error)
{
    const char *name = getenv("KC_BOOTSTRAP_ADMIN_USERNAME");
    const char *password = getenv("KC_BOOTSTRAP_ADMIN_PASSWORD");
    if (name == NULL)
        name = getenv("KEYCLOAK_ADMIN");
    if (password == NULL)
        password = getenv("KEYCLOAK_ADMIN_PASSWORD");
    if (name == NULL && password == NULL)
        return OST_OK;
    if (name == NULL || password == NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "the first administrator needs both KC_BOOTSTRAP_ADMIN_USERNAME and "
                             "KC_BOOTSTRAP_ADMIN_PASSWORD");
    return bootstrap_admin(db, text_of(name), text_of(password), NULL, error);
}

/* "--http-enabled", "--http-enabled=true" */
static bool is_on(const option_values *values, const char *name)
{
    const char *value = options_get(values, name);
    return value != NULL && strcmp(value, "false") != 0;
}

static bool is_off(const option_values *values, const char *name)
{
    const char *value = options_get(values, name);
    return value != NULL && strcmp(value, "false") == 0;
}

/* How the provider listens: in production over TLS, or in plain text behind a proxy when
 * --http-enabled says so. */
static ost_result configure_listener(const option_values *values, bool development,
                                     provider_config *config, ost_error *error)
{
    bool tls = options_has(values, "https-certificate-file");
    bool http = development || is_on(values, "http-enabled");
    uint64_t port;
    if (tls != options_has(values, "https-certificate-key-file"))
        return ost_error_set(error, OST_E_CONFIG,
                             "--https-certificate-file and --https-certificate-key-file go "
                             "together");
    if (!tls && !http)
        return ost_error_set(error, OST_E_CONFIG,
                             "production needs --https-certificate-file and "
                             "--https-certificate-key-file, or --http-enabled=true behind a proxy "
                             "that ends TLS");
    if (!development && !is_off(values, "hostname-strict") &&
        options_get(values, "hostname") == NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "production needs --hostname: the URL under which browsers and APIs "
                             "reach the provider, such as https://id.example.org");
    ost_result result = tls ? options_number(values, "https-port", 8443, 1, 65535, &port, error)
                            : options_number(values, "http-port", 8080, 1, 65535, &port, error);
    if (result != OST_OK)
        return result;
    config->port = (unsigned)port;
    config->address = options_get(values, "http-host");
    if (config->address == NULL)
        config->address = development ? "127.0.0.1" : "0.0.0.0";
    config->tls_certificate = options_get(values, "https-certificate-file");
    config->tls_key = options_get(values, "https-certificate-key-file");
    config->ca_file = options_get(values, "ca-file");
    if (config->ca_file != NULL && access(config->ca_file, R_OK) != 0)
        return ost_error_set(error, OST_E_CONFIG, "--ca-file %s: %s", config->ca_file,
                             strerror(errno));
    return OST_OK;
}

static ost_result configure_log(const option_values *values, run_state *state,
                                provider_config *config, ost_error *error)
{
    ost_text format = text_of(options_get(values, "log-format"));
    if (format.len == 0 || text_is(format, "text"))
        config->access_log = access_log_text;
    else if (text_is(format, "json"))
        config->access_log = access_log_json;
    else if (!text_is(format, "off"))
        return ost_error_set(error, OST_E_CONFIG, "--log-format is text, json or off");
    ost_result result = log_sink_new(STDERR_FILENO, "ostiary", &state->log);
    config->log = state->log;
    return result == OST_OK ? OST_OK : ost_error_set(error, result, "the log cannot be started");
}

/* One address or block, or several with commas between them. */
static bool add_proxies(run_state *state, ost_text list)
{
    ost_text one;
    while (text_next(&list, ',', &one)) {
        if (state->proxy_count == MAX_PROXIES ||
            (state->proxies[state->proxy_count] = memory_copy(text_trim(one))) == NULL)
            return false;
        state->proxy_count++;
    }
    return true;
}

static ost_result configure(const option_values *values, bool development, run_state *state,
                            provider_config *config, ost_error *error)
{
    uint64_t loops, hash_threads;
    ost_result result = configure_listener(values, development, config, error);
    if (result == OST_OK)
        result = options_number(values, "loops", 0, 0, 256, &loops, error);
    if (result == OST_OK)
        result = options_number(values, "hash-threads", 0, 0, 256, &hash_threads, error);
    if (result != OST_OK)
        return result;
    config->development = development;
    config->hostname = options_get(values, "hostname");
    config->relative_path = options_get(values, "http-relative-path");
    config->any_host = is_off(values, "hostname-strict");
    config->loops = (unsigned)loops;
    config->hash_threads = (unsigned)hash_threads;
    for (size_t i = 0; i < MAX_PROXIES; i++) {
        const char *value = options_nth(values, "proxy-trusted-addresses", i);
        if (value == NULL)
            break;
        if (!add_proxies(state, text_of(value)))
            return ost_error_set(error, OST_E_CONFIG, "too many trusted proxies");
    }
    config->trusted_proxy_count = state->proxy_count;
    config->trusted_proxies = (const char *const *)state->proxies;
    return configure_log(values, state, config, error);
}

static void say_listening(void *user)
{
    const run_state *state = user;
    service_manager_tell("READY=1");
    if (strcmp(state->address, "passed") == 0) {
        command_say("listening on the sockets that have been passed");
        return;
    }
    bool v6 = text_find(text_of(state->address), ':', 0) < strlen(state->address);
    command_say("listening on %s://%s%s%s:%u%s", state->tls ? "https" : "http", v6 ? "[" : "",
                state->address, v6 ? "]" : "", provider_port(state->provider),
                state->development ? " (development mode: not for production)" : "");
}

/* A provider of an empty store has nothing to serve: in production that is more likely a folder
 * that was mistyped. */
static store_wanted store_of(const option_values *values, bool development)
{
    bool filled = options_has(values, "import-realm") || administrator_given();
    return development || filled ? STORE_ANYWHERE : STORE_IN_FOLDER;
}

static int start_provider(const option_values *values, bool development)
{
    memory_start();
    signal_ignore(SIGPIPE); /* who reads what is said here may go away */
    service_manager_find();
    keycloak_variables_tell(values->options);
    run_state state = {0};
    ost_error error = {0};
    provider_config config = {0};
    ost_result result = configure(values, development, &state, &config, &error);
    if (result != OST_OK)
        return command_usage_error("%s", error.detail);
    result = command_open_store(values, store_of(values, development), &state.store, &error);
    if (result == OST_OK)
        result = import_realms(values, state.store, &error);
    if (result == OST_OK)
        result = bootstrap(state.store, &error);
    config.store = state.store;
    if (result == OST_OK)
        result = provider_new(&config, &state.provider, &error);
    if (result == OST_OK) {
        state.address = config.address;
        state.development = development;
        state.tls = config.tls_certificate != NULL;
        result = provider_run(state.provider, say_listening, &state, &error);
    }
    run_state_clear(&state);
    return result == OST_OK ? EXIT_DONE : command_fail(&error, "provider");
}

static int run_start(const option_values *values)
{
    return start_provider(values, false);
}

static int run_start_dev(const option_values *values)
{
    return start_provider(values, true);
}

static const option options[] = {
    {"http-port", "PORT", "KC_HTTP_PORT", NULL, "port for plain HTTP (8080)"},
    {"http-host", "ADDRESS", "KC_HTTP_HOST", NULL,
     "address to listen on (start-dev: 127.0.0.1; start: 0.0.0.0); unix:PATH, or passed for the "
     "sockets of a service manager"},
    {"http-enabled", "[true]", "KC_HTTP_ENABLED", NULL,
     "serve plain HTTP in production, behind a proxy that ends TLS"},
    {"https-port", "PORT", "KC_HTTPS_PORT", NULL, "port for HTTPS (8443)"},
    {"https-certificate-file", "FILE", "KC_HTTPS_CERTIFICATE_FILE", NULL, "PEM certificate chain"},
    {"https-certificate-key-file", "FILE", "KC_HTTPS_CERTIFICATE_KEY_FILE", NULL, "its PEM key"},
    {"ca-file", "FILE", NULL, NULL,
     "PEM of the authorities to trust when clients' metadata is fetched (the system's)"},
    {"hostname", "URL", "KC_HOSTNAME_URL", "KC_HOSTNAME",
     "public base URL, or a host whose scheme and port are the request's; required in production"},
    {"hostname-strict", "[false]", "KC_HOSTNAME_STRICT", NULL,
     "false: the Host of each request is believed, in production too"},
    {"http-relative-path", "PATH", "KC_HTTP_RELATIVE_PATH", NULL,
     "everything stands below this path, such as /auth"},
    {"proxy-trusted-addresses", "ADDRESS", "KC_PROXY_TRUSTED_ADDRESSES", NULL,
     "a proxy whose X-Forwarded-* is believed: address or CIDR block, several with commas; "
     "repeatable"},
    {"import-realm", "[PATH]", "OSTIARY_IMPORT_REALM", NULL,
     "import realm files that do not exist yet, from DATA/import or PATH"},
    COMMAND_DATA_OPTION,
    {"loops", "N", NULL, NULL, "event loops (one per core)"},
    {"hash-threads", "N", NULL, NULL, "passwords that are checked at a time (one per core)"},
    {"log-format", "FORMAT", "OSTIARY_LOG_FORMAT", NULL,
     "the access log: text, json or off (text)"},
    {0},
};

const command command_provider_start = {
    .words = "provider start",
    .operands = "",
    .summary = "Run the identity provider in production: TLS or a proxy, and a fixed host name.",
    .options = options,
    .run = run_start,
};

const command command_provider_start_dev = {
    .words = "provider start-dev",
    .operands = "",
    .summary = "Run the identity provider for development: plain HTTP on the loopback address.",
    .options = options,
    .run = run_start_dev,
};
