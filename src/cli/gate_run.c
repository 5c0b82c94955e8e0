/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary gate`: the forward-auth service for proxies. */
#include <signal.h>

#include "app/config/settings_table.h"
#include "base/config/config_file.h"
#include "base/config/config_show.h"
#include "base/thread.h"
#include "cli/command.h"
#include "cli/provider/service_manager.h"
#include "gate/gate.h"
#include "trace/trace_settings.h"

#define SETTINGS_ARENA ((size_t)16 << 20)

static const option options[] = {
    CONFIG_FILE_OPTION(" (none)"),
    GATE_OPTIONS,
    SETTINGS_ISSUER_OPTIONS,
    SETTINGS_CERTIFICATE_OPTIONS,
    SETTINGS_LOGIN_OPTIONS,
    SETTINGS_COOKIE_OPTIONS,
    SETTINGS_SERVER_OPTIONS,
    TRACE_OPTIONS,
    {"show-config", NULL, NULL, NULL, "print each setting, its value and where that comes from"},
    {"json", NULL, NULL, NULL, "print it as JSON"},
    {0},
};

static void say(void *user, const char *sentence)
{
    (void)user;
    command_say("%s", sentence);
}

static void tell_ready(void)
{
    service_manager_tell("READY=1");
}

static int run_with(option_values *values, ost_arena *arena)
{
    ost_error error = {0};
    const config_file_rules rules = {.say = say};
    ost_result result = config_file_read(&rules, arena, values, &error);
    if (result == OST_OK && options_has(values, "show-config"))
        result = config_show(values, options_has(values, "json"), arena, &error);
    else if (result == OST_OK)
        result = gate_run(values, arena, tell_ready, &error);
    if (result == OST_OK)
        return EXIT_DONE;
    if (result == OST_E_CONFIG || result == OST_E_ARGUMENT)
        return command_usage_error("gate: %s", error.detail);
    error.code = result;
    return command_fail(&error, "gate");
}

static int run_gate(const option_values *given)
{
    option_values values = *given;
    ost_arena *arena = ost_arena_new(SETTINGS_ARENA);
    signal_ignore(SIGPIPE); /* who reads what is said here may go away */
    service_manager_find();
    if (arena == NULL)
        return command_fail(&(ost_error){.code = OST_E_MEMORY}, "gate");
    int status = run_with(&values, arena);
    ost_arena_free(arena);
    return status;
}

const command command_gate = {
    .words = "gate",
    .operands = "",
    .summary = "Run the forward-auth service that nginx, Caddy, Traefik, Envoy and HAProxy ask.",
    .options = options,
    .run = run_gate,
};
