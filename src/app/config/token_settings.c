/* SPDX-License-Identifier: Apache-2.0 */
/* Reads --introspect and its kin; see token_settings.h. */
#include "app/config/token_settings.h"

#include <string.h>

#include "base/config/secret_file.h"
#include "base/text.h"

static ost_result read_mode(const char *mode, ost_introspection *introspection, ost_error *error)
{
    introspection->every_token = strcmp(mode, "every") == 0;
    if (introspection->every_token || strcmp(mode, "opaque") == 0)
        return OST_OK;
    return ost_error_set(error, OST_E_ARGUMENT, "--introspect: \"%s\" is neither opaque nor every",
                         mode);
}

static ost_result read_credentials(const option_values *values, ost_arena *arena,
                                   token_settings *settings, ost_error *error)
{
    ost_introspection *introspection = &settings->introspection;
    ost_text line;
    const char *secret = options_get(values, "introspection-secret-file");
    const char *key = options_get(values, "introspection-key-file");
    introspection->client_id = options_get(values, "introspection-client");
    if (introspection->client_id == NULL || (secret == NULL) == (key == NULL))
        return ost_error_set(error, OST_E_CONFIG,
                             "--introspect needs --introspection-client and one of "
                             "--introspection-secret-file and --introspection-key-file");
    ost_result result = secret_file_read(secret != NULL ? secret : key, arena, &line, error);
    if (result != OST_OK)
        return result;
    const char *copy = ost_arena_copy(arena, line);
    if (copy == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    if (secret != NULL)
        introspection->client_secret = copy;
    else
        settings->key = text_of(copy);
    introspection->auth = secret != NULL ? OST_CLIENT_SECRET_BASIC : OST_PRIVATE_KEY_JWT;
    return OST_OK;
}

static ost_result read_introspection(const option_values *values, ost_arena *arena,
                                     token_settings *settings, ost_error *error)
{
    uint64_t lifetime;
    const char *mode = options_get(values, "introspect");
    if (mode == NULL && (options_has(values, "introspection-client") ||
                         options_has(values, "introspection-secret-file") ||
                         options_has(values, "introspection-key-file")))
        return ost_error_set(error, OST_E_CONFIG,
                             "--introspect is missing: it says which tokens the issuer is "
                             "asked about");
    if (mode == NULL)
        return OST_OK;
    ost_result result = read_mode(mode, &settings->introspection, error);
    if (result == OST_OK)
        result = read_credentials(values, arena, settings, error);
    if (result == OST_OK)
        result = options_number(values, "introspection-lifetime", 0, 0, 3600, &lifetime, error);
    if (result == OST_OK)
        settings->introspection.lifetime = (unsigned)lifetime;
    return result;
}

ost_result token_settings_read(const option_values *values, ost_arena *arena,
                               token_settings *ret_settings, ost_error *error)
{
    token_settings s = {0};
    ost_result result = read_introspection(values, arena, &s, error);
    if (result != OST_OK)
        return result;
    for (const char *origin;
         (origin = options_nth(values, "status-origin", s.origin_count)) != NULL;
         s.origin_count++) {
        if (s.origin_count == TOKEN_SETTINGS_ORIGINS)
            return ost_error_set(error, OST_E_CONFIG, "--status-origin: 8 at most");
        s.origins[s.origin_count] = origin;
    }
    *ret_settings = s;
    return OST_OK;
}
