/* Reads --introspect and its kin; see token_settings.h. */
#include "token_settings.h"

#include <string.h>

#include "secret_file.h"
#include "text.h"

static ost_result read_mode(const char *mode, ost_introspection *introspection,
                            ost_error *ret_error)
{
    introspection->every_token = strcmp(mode, "every") == 0;
    if (introspection->every_token || strcmp(mode, "opaque") == 0)
        return OST_OK;
    return ost_error_set(ret_error, OST_E_ARGUMENT,
                         "--introspect: \"%s\" is none of opaque and "
                         "every",
                         mode);
}

static ost_result read_secret(const option_values *values, ost_arena *arena,
                              ost_introspection *introspection, ost_error *ret_error)
{
    ost_text secret;
    const char *path = options_get(values, "introspection-secret-file");
    introspection->client_id = options_get(values, "introspection-client");
    if (path == NULL || introspection->client_id == NULL)
        return ost_error_set(ret_error, OST_E_CONFIG,
                             "--introspect needs --introspection-client and "
                             "--introspection-secret-file: who asks?");
    ost_result result = secret_file_read(path, arena, &secret, ret_error);
    if (result != OST_OK)
        return result;
    introspection->client_secret = ost_arena_copy(arena, secret);
    return introspection->client_secret != NULL
               ? OST_OK
               : ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
}

static ost_result read_introspection(const option_values *values, ost_arena *arena,
                                     ost_introspection *introspection, ost_error *ret_error)
{
    uint64_t lifetime;
    const char *mode = options_get(values, "introspect");
    if (mode == NULL && (options_has(values, "introspection-client") ||
                         options_has(values, "introspection-secret-file")))
        return ost_error_set(ret_error, OST_E_CONFIG,
                             "--introspect is missing: about which "
                             "tokens is the issuer asked?");
    if (mode == NULL)
        return OST_OK;
    ost_result result = read_mode(mode, introspection, ret_error);
    if (result == OST_OK)
        result = read_secret(values, arena, introspection, ret_error);
    if (result == OST_OK)
        result = options_number(values, "introspection-lifetime", 0, 0, 3600, &lifetime, ret_error);
    if (result == OST_OK)
        introspection->lifetime = (unsigned)lifetime;
    return result;
}

ost_result token_settings_read(const option_values *values, ost_arena *arena,
                               token_settings *ret_settings, ost_error *ret_error)
{
    token_settings s = {0};
    ost_result result = read_introspection(values, arena, &s.introspection, ret_error);
    if (result != OST_OK)
        return result;
    for (const char *origin;
         (origin = options_nth(values, "status-origin", s.origin_count)) != NULL;
         s.origin_count++) {
        if (s.origin_count == TOKEN_SETTINGS_ORIGINS)
            return ost_error_set(ret_error, OST_E_CONFIG, "--status-origin: 8 at most");
        s.origins[s.origin_count] = origin;
    }
    *ret_settings = s;
    return OST_OK;
}
