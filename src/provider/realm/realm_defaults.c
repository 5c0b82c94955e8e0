/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in parts of a realm, from realm_defaults.json, which is embedded at build time. */
#include "provider/realm/realm_defaults.h"

#include <string.h>

#include "base/percent.h"
#include "base/text.h"

extern const unsigned char realm_defaults_json[];
extern const size_t realm_defaults_json_len;

ost_text realm_defaults_document(void)
{
    return (ost_text){(const char *)realm_defaults_json, realm_defaults_json_len};
}

/* What stands in the place of a mark of the built-in parts; NULL data: there is none. */
static ost_text value_of_mark(ost_text realm_path, ost_text default_role, ost_text here,
                              size_t *ret_len)
{
    static const char name[] = "%REALM%", role[] = "%DEFAULT_ROLE%";
    *ret_len = text_starts(here, name) ? sizeof name - 1 : sizeof role - 1;
    return text_starts(here, name)   ? realm_path
           : text_starts(here, role) ? default_role
                                     : (ost_text){0};
}

ost_result realm_defaults_load(ost_text realm_name, ost_text default_role, ost_arena *arena,
                               const ost_json **ret_defaults)
{
    ost_text source = realm_defaults_document(), path = percent_encode(arena, realm_name);
    size_t room = source.len + 64 * (path.len + default_role.len), len = 0;
    char *text = ost_arena_alloc(arena, room + 1);
    if (text == NULL || path.data == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < source.len;) {
        size_t mark;
        ost_text value =
            value_of_mark(path, default_role, text_slice(source, i, source.len), &mark);
        bool here = value.data != NULL;
        if (len + (here ? value.len : 1) > room)
            return OST_E_CEILING;
        memcpy(text + len, here ? value.data : source.data + i, here ? value.len : 1);
        len += here ? value.len : 1;
        i += here ? mark : 1;
    }
    return ost_json_read((ost_text){text, len}, NULL, arena, ret_defaults, NULL);
}
