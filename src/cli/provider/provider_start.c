/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary provider start` and `start-dev`: the identity provider, with Keycloak's option and
 * variable names where it has them. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "base/config/secret_file.h"
#include "base/context.h"
#include "base/text.h"
#include "base/thread.h"
#include "cli/command.h"
#include "cli/import_text.h"
#include "cli/provider/client_tls.h"
#include "cli/provider/keycloak_variables.h"
#include "cli/provider/master_source.h"
#include "cli/provider/progress.h"
#include "cli/provider/provider_settings.h"
#include "cli/provider/service_manager.h"
#include "http/log/access_log.h"
#include "http/log/log_sink.h"
#include "provider/file/bootstrap_admin.h"
#include "provider/file/master_clients.h"
#include "provider/file/realm_import.h"
#include "provider/provider.h"
#include "provider/realm/realm_key.h"
#include "provider/realm/user_row.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"
#include "store/store.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

#define MAX_PROXIES 32

/* This program, also when its file has been replaced by a newer one. */
static const char *const signing_command[] = {"/proc/self/exe", "signing-process", NULL};

/* Everything a running provider holds, so that one place ends it. */
typedef struct run_state {
    store *store;
    log_sink *log;
    provider *provider;
    tracer *tracer;
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
    tracer_free(state->tracer);
    log_sink_free(state->log);
    store_close(state->store);
}

typedef struct import_shown {
    progress progress;
    size_t realms;
} import_shown;

static void show_progress(void *user, const char *what, size_t done, size_t count)
{
    import_shown *shown = user;
    progress_tell(&shown->progress, what, done, count);
}

static void show_realm(void *user, const realm_import_result *result)
{
    import_shown *shown = user;
    if (result->outcome != REALM_IMPORTED)
        return;
    if (import_text_has(result->report)) {
        progress_clear(&shown->progress);
        command_say("%s: not all of it is here as in Keycloak:", result->path);
        import_text_write(stderr, result->report, "ostiary realm import --dry-run --json");
    }
    progress_tell_realms(&shown->progress, ++shown->realms);
}

#define IMPORT_PATH_MAX 600

/* --import-realm alone means DATA/import, as in Keycloak; with a value, that file or folder. NULL:
 * nothing is to be imported. */
static const char *import_path(const option_values *values, char folder[IMPORT_PATH_MAX])
{
    const char *path =
        options_has(values, "import-realm") ? options_get(values, "import-realm") : "false";
    if (strcasecmp(path, "false") == 0)
        return NULL;
    if (path[0] != '\0' && strcasecmp(path, "true") != 0)
        return path;
    const char *data = options_get(values, "data");
    snprintf(folder, IMPORT_PATH_MAX, "%s/import", data != NULL ? data : "data");
    return folder;
}

/* A store that was made for a program that cannot run would be in the way: what may be wrong is
 * found before. */
static ost_result check_start(const option_values *values, const provider_config *config,
                              ost_error *error)
{
    char folder[IMPORT_PATH_MAX];
    const char *path = import_path(values, folder);
    if (path != NULL && access(path, R_OK) != 0)
        return ost_error_set(error, OST_E_SYSTEM, "--import-realm: %s: %s", path, strerror(errno));
    return provider_check(config, error);
}

static ost_result import_realms(const option_values *values, store *db, ost_error *error)
{
    char folder[IMPORT_PATH_MAX];
    const char *path = import_path(values, folder);
    if (path == NULL)
        return OST_OK;
    size_t imported = 0, skipped = 0;
    import_shown shown = {0};
    const realm_import_options options = {
        .tell = show_realm, .progress = show_progress, .user = &shown};
    ost_result result = realm_import_path(db, path, &options, NULL, &imported, &skipped, error);
    progress_clear(&shown.progress);
    if (result == OST_OK && imported > 0)
        command_say("%zu realm%s imported from %s", imported, imported == 1 ? "" : "s", path);
    if (result == OST_OK && imported + skipped == 0)
        command_say("there is no realm file in %s", path);
    return result;
}

/* The first administrator's password: of a file, of the environment or of the config file, for
 * everyone on this machine reads a command line. Empty: none was given. */
static ost_result read_admin_password(const option_values *values, ost_arena *arena,
                                      ost_text *ret_password, ost_error *error)
{
    option_origin given = options_origin(values, "bootstrap-admin-password");
    const char *path = options_get(values, "bootstrap-admin-password-file");
    if (given.source == OPTION_IS_GIVEN)
        return ost_error_set(error, OST_E_CONFIG,
                             "--bootstrap-admin-password: everyone on this machine reads a command "
                             "line: use KC_BOOTSTRAP_ADMIN_PASSWORD, the config file or "
                             "--bootstrap-admin-password-file");
    if (given.value != NULL && path != NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "the first administrator's password and a file with it exclude each "
                             "other");
    *ret_password = text_of(given.value);
    return path != NULL ? secret_file_read(path, arena, ret_password, error) : OST_OK;
}

/* The first one is made once: who names another later would wait for them, and who gives another
 * password would try that. */
static void tell_of_administrators(store *db, const char *name, bool were_there, ost_arena *arena)
{
    store_user found;
    ost_text folded = user_row_fold(text_of(name), arena);
    ost_result result = folded.data != NULL
                            ? store_user_find(db, OST_TEXT("master"), folded, false, arena, &found)
                            : OST_E_MEMORY;
    if (result == OST_E_NOT_FOUND)
        command_say("--bootstrap-admin-username has no effect: the realm master is there, without "
                    "this user (ostiary user add --realm master)");
    else if (result == OST_OK && were_there)
        command_say("the password that is given for the first administrator has no effect: who is "
                    "there keeps their own (ostiary user set-password NAME --realm master)");
}

static ost_result bootstrap(const option_values *values, store *db, ost_arena *arena,
                            ost_error *error)
{
    const char *name = options_get(values, "bootstrap-admin-username");
    ost_text password;
    ost_result result = read_admin_password(values, arena, &password, error);
    if (result != OST_OK || (name == NULL && password.data == NULL))
        return result;
    if (name == NULL || password.data == NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "the first administrator needs both KC_BOOTSTRAP_ADMIN_USERNAME and "
                             "KC_BOOTSTRAP_ADMIN_PASSWORD");
    store_realm row;
    bool were_there = store_realm_version(db, OST_TEXT("master"), arena, &row) == OST_OK;
    result = bootstrap_admin(db, text_of(name), password, NULL, error);
    if (result == OST_OK)
        tell_of_administrators(db, name, were_there, arena);
    return result;
}

/* How the provider is reached: in production over TLS, or in plain text behind a proxy when
 * --http-enabled says so. */
static ost_result check_ways(const option_values *values, bool development, bool tls,
                             provider_config *config, ost_error *error)
{
    bool plain, strict;
    ost_result result = options_switch(values, "http-enabled", development, &plain, error);
    if (result == OST_OK)
        result = options_switch(values, "hostname-strict", true, &strict, error);
    if (result != OST_OK)
        return result;
    if (tls != options_has(values, "https-certificate-key-file"))
        return ost_error_set(error, OST_E_CONFIG,
                             "--https-certificate-file and --https-certificate-key-file go "
                             "together");
    if (!tls && !plain && !development)
        return ost_error_set(error, OST_E_CONFIG,
                             "production needs --https-certificate-file and "
                             "--https-certificate-key-file, or --http-enabled=true behind a proxy "
                             "that ends TLS");
    if (!development && strict && options_get(values, "hostname") == NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "production needs --hostname: the URL under which browsers and APIs "
                             "reach the provider, such as https://id.example.org");
    settings_tell_unused(values, tls);
    if (tls && plain && !development)
        command_say("--http-enabled has no effect: there is one port, with the certificate "
                    "--https-port");
    config->any_host = !strict;
    return OST_OK;
}

static ost_result configure_listener(const option_values *values, bool development,
                                     provider_config *config, ost_error *error)
{
    bool tls = options_has(values, "https-certificate-file");
    uint64_t port;
    ost_result result = check_ways(values, development, tls, config, error);
    if (result == OST_OK)
        result = tls ? options_number(values, "https-port", 8443, 1, 65535, &port, error)
                     : options_number(values, "http-port", 8080, 1, 65535, &port, error);
    if (result != OST_OK)
        return result;
    config->port = (unsigned)port;
    config->address = options_get(values, "http-host");
    if (config->address == NULL)
        config->address = development ? "127.0.0.1" : "0.0.0.0";
    config->tls_certificate = options_get(values, "https-certificate-file");
    config->tls_key = options_get(values, "https-certificate-key-file");
    config->tls_protocols = options_get(values, "https-protocols");
    config->tls_cipher_suites = options_get(values, "https-cipher-suites");
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
    bool apart;
    ost_result result = configure_listener(values, development, config, error);
    if (result == OST_OK)
        result = client_tls_configure(values, config, error);
    if (result == OST_OK)
        result = options_number(values, "loops", 0, 0, 256, &loops, error);
    if (result == OST_OK)
        result = options_number(values, "hash-threads", 0, 0, 256, &hash_threads, error);
    if (result == OST_OK)
        result = options_switch(values, "signing-process", false, &apart, error);
    if (result != OST_OK)
        return result;
    config->development = development;
    config->hostname = options_get(values, "hostname");
    config->relative_path = options_get(values, "http-relative-path");
    config->authentication_channel = options_get(
        values, "spi-ciba-auth-channel-ciba-http-auth-channel-http-authentication-channel-uri");
    config->loops = (unsigned)loops;
    config->hash_threads = (unsigned)hash_threads;
    if (apart)
        config->signing_command = signing_command;
    config->pkcs11_module = options_get(values, "pkcs11-module");
    const char *interval = options_get(values, "key-rotation");
    if (interval != NULL && !realm_key_interval_read(text_of(interval), &config->key_interval))
        return ost_error_set(error, OST_E_CONFIG,
                             "--key-rotation is a duration of a minute to ten years, such as 90d, "
                             "or never");
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

#define EARLIEST ((int64_t)1767225600) /* 2026: this program is not older */

/* What goes on for now, and lets nobody in. */
static void say_times(const run_state *state)
{
    struct tm day;
    int64_t now = ost_now(NULL), end = provider_certificate_expiry(state->provider);
    time_t at = (time_t)end;
    if (now < EARLIEST) {
        at = (time_t)now;
        gmtime_r(&at, &day);
        command_say(
            "the clock of this machine says %04d-%02d-%02d: set it, for tokens are dated by it",
            day.tm_year + 1900, day.tm_mon + 1, day.tm_mday);
    } else if (end > 0 && end <= now && gmtime_r(&at, &day) != NULL) {
        command_say("the TLS certificate ended on %04d-%02d-%02d, clients refuse it: SIGHUP reads "
                    "a new one",
                    day.tm_year + 1900, day.tm_mon + 1, day.tm_mday);
    }
}

static void say_listening(void *user)
{
    const run_state *state = user;
    service_manager_tell("READY=1");
    say_times(state);
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
    bool filled =
        options_has(values, "import-realm") || options_has(values, "bootstrap-admin-username");
    return development || filled ? STORE_ANYWHERE : STORE_IN_FOLDER;
}

/* Until it is told to end. */
static int run_provider(const option_values *values, bool development, ost_arena *arena)
{
    run_state state = {0};
    ost_error error = {0};
    provider_config config = {0};
    ost_result result = configure(values, development, &state, &config, &error);
    if (result == OST_OK)
        result = trace_settings_read(values, "ostiary", arena, &state.tracer, &error);
    if (result == OST_OK)
        result = device_pin_read(values, arena, &config.pkcs11_pin, &error);
    config.tracer = state.tracer;
    if (result != OST_OK) {
        run_state_clear(&state);
        return command_usage_error("%s", error.detail);
    }
    result = check_start(values, &config, &error);
    if (result == OST_OK)
        result = command_open_store(values, store_of(values, development), &state.store, &error);
    if (result == OST_OK)
        result = master_source_seal_clear(state.store, &error);
    if (result == OST_OK)
        result = import_realms(values, state.store, &error);
    if (result == OST_OK)
        result = bootstrap(values, state.store, arena, &error);
    if (result == OST_OK)
        result = master_clients_follow(state.store, NULL, &error);
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

static int start_provider(const option_values *given, bool development)
{
    memory_start();
    signal_ignore(SIGPIPE); /* who reads what is said here may go away */
    service_manager_find();
    keycloak_variables_tell(given->options);
    option_values values = *given;
    ost_error error = {0};
    ost_arena *arena = ost_arena_new(PROVIDER_SETTINGS_ARENA);
    if (arena == NULL)
        return command_fail(&(ost_error){.code = OST_E_MEMORY}, "provider");
    ost_result result = provider_settings_read(development, arena, &values, &error);
    int status = result == OST_OK ? run_provider(&values, development, arena)
                                  : command_usage_error("%s", error.detail);
    ost_arena_free(arena);
    return status;
}

static int run_start(const option_values *values)
{
    return start_provider(values, false);
}

static int run_start_dev(const option_values *values)
{
    return start_provider(values, true);
}

static const option options[] = {PROVIDER_SETTINGS, {0}};

const command command_provider_start = {
    .words = "provider start",
    .operands = "",
    .summary = "Run the identity provider in production: TLS or a proxy, and a fixed host name.",
    .options = options,
    .run = run_start,
    .why_none = keycloak_setting_why,
};

const command command_provider_start_dev = {
    .words = "provider start-dev",
    .operands = "",
    .summary = "Run the identity provider for development: plain HTTP on the loopback address.",
    .options = options,
    .run = run_start_dev,
    .why_none = keycloak_setting_why,
};
