/* SPDX-License-Identifier: Apache-2.0 */
/* Finding identity providers in a realm's document; see identity_provider.h. */
#include "provider/broker/identity_provider.h"

#include "base/json/json_list.h"
#include "provider/admin/admin_part.h"

const ost_json *identity_provider_find(admin_call *a, ost_text alias)
{
    const ost_json *list = ost_json_get(a->realm.realm->document, PROVIDERS);
    const ost_json *found = json_list_find(list, "alias", alias);
    if (found == NULL)
        admin_refuse(a, 404, "error", "HTTP 404 Not Found");
    return found;
}

ost_text identity_provider_id(const admin_call *a, const ost_json *idp)
{
    return part_id_or(a->realm.row.id, part_text(idp, "internalId"), part_text(idp, "alias"),
                      a->arena);
}
