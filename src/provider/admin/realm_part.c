/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a realm's representation that its document need not have; see realm_part.h. */
#include "provider/admin/realm_part.h"

#include "base/json/json_list.h"
#include "base/text.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/role_part.h"
#include "provider/realm/role.h"

ost_result realm_part_put_unset(ost_json_writer *w, const ost_json *document, ost_arena *arena)
{
    extern const unsigned char realm_unset_json[];
    extern const size_t realm_unset_json_len;
    const ost_json *unset;
    ost_result result = ost_json_read(text_of_bytes(realm_unset_json, realm_unset_json_len), NULL,
                                      arena, &unset, NULL);
    for (const ost_json *at = ost_json_first(unset); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        if (ost_json_get_text(document, ost_json_name(at)) != NULL)
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    return result;
}

void realm_part_put_default_role(ost_json_writer *w, const ost_json *document, ost_arena *arena)
{
    const ost_json *role = json_list_find(ost_json_get(ost_json_get(document, "roles"), "realm"),
                                          "name", role_default_name(document, arena));
    role_part part = {.name = part_text(role, "name"), .document = role};
    if (role == NULL)
        return;
    ost_json_put_name(w, OST_TEXT("defaultRole"));
    role_part_put(part_text(document, "id"), &part, true, w);
}
