/* SPDX-License-Identifier: Apache-2.0 */
/* Origins among the settings; see origin_settings.h. */
#include "app/config/origin_settings.h"

#include <string.h>

#include "app/config/origin.h"
#include "base/text.h"

static ost_result refuse(const char *name, ost_text origin, ost_error *error)
{
    return ost_error_set(
        error, OST_E_CONFIG,
        "--%s: \"%.*s\" is not an origin such as https://api.example.org, in lower "
        "case and without a path",
        name, OST_FORMAT(origin));
}

static ost_result keep(ost_arena *arena, ost_text origin, const char **ret, ost_error *error)
{
    *ret = ost_arena_copy(arena, origin);
    return *ret != NULL ? OST_OK : ost_error_set(error, OST_E_MEMORY, "out of memory");
}

static ost_result take(ost_arena *arena, ost_text given, const char **origins, size_t *count,
                       ost_error *error)
{
    ost_text origin = given;
    if (*count == CORS_ORIGINS_MAX)
        return ost_error_set(error, OST_E_CONFIG, "--cors-origin: %d at most", CORS_ORIGINS_MAX);
    if (!text_is(given, "*") && origin_read(given, &origin) != OST_OK &&
        !origin_is_of_program(given))
        return refuse("cors-origin", given, error);
    return keep(arena, origin, &origins[(*count)++], error);
}

ost_result cors_origins_read(ost_arena *arena, const char **origins, size_t *count,
                             ost_error *error)
{
    const char *given[CORS_ORIGINS_MAX];
    size_t of = *count;
    ost_result result = OST_OK;
    memcpy(given, origins, of * sizeof given[0]);
    *count = 0;
    for (size_t i = 0; i < of && result == OST_OK; i++) {
        ost_text rest = text_of(given[i]), piece;
        while (result == OST_OK && text_next(&rest, ',', &piece))
            result = take(arena, text_trim(piece), origins, count, error);
    }
    return result;
}

ost_result base_url_read(ost_arena *arena, const char **url, ost_error *error)
{
    ost_text origin;
    if (*url == NULL)
        return OST_OK;
    if (origin_read(text_of(*url), &origin) != OST_OK)
        return refuse("base-url", text_of(*url), error);
    return keep(arena, origin, url, error);
}
