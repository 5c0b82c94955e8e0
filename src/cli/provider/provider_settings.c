/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the provider's config file; see provider_settings.h. */
#include "cli/provider/provider_settings.h"

#include "cli/provider/keycloak_variables.h"

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
