/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the provider's config file; see provider_settings.h. */
#include "cli/provider/provider_settings.h"

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
