/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary config show`: the settings with which the provider would start, and where they come
 * from. */
#include "base/config/config_show.h"
#include "cli/provider/provider_settings.h"

static int run(const option_values *given)
{
    option_values values = *given;
    ost_error error = {0};
    ost_arena *arena = ost_arena_new(PROVIDER_SETTINGS_ARENA);
    if (arena == NULL)
        return command_fail(&(ost_error){.code = OST_E_MEMORY}, "config show");
    ost_result result = provider_settings_read(options_has(given, "dev"), arena, &values, &error);
    if (result == OST_OK)
        result = command_check_database(&values, &error);
    if (result == OST_OK)
        result = config_show(&values, options_has(given, "json"), arena, &error);
    ost_arena_free(arena);
    return result == OST_OK ? EXIT_DONE : command_fail(&error, "config show");
}

static const option options[] = {
    {"json", NULL, NULL, NULL, "one JSON object"},
    {"dev", NULL, NULL, NULL, "as start-dev would take them"},
    PROVIDER_SETTINGS,
    {0},
};

const command command_config_show = {
    .words = "config show",
    .operands = "",
    .summary = "Show each setting of the provider, its value and where that comes from.",
    .options = options,
    .run = run,
};
