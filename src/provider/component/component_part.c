/* SPDX-License-Identifier: Apache-2.0 */
/* Components of a realm; see component_part.h. */
#include "provider/component/component_part.h"

#include "base/text.h"
#include "provider/admin/admin_part.h"

ost_result component_keys(admin_call *a, ost_text id, key_rows *ret_keys)
{
    store_key *rows;
    key_rows k = {.count = 0};
    ost_result result =
        store_key_list(a->realm.store, a->realm.row.name, a->arena, &rows, &k.count);
    if (result != OST_OK)
        return result;
    k.rows = ost_arena_alloc(a->arena, (k.count + 1) * sizeof *k.rows);
    if (k.rows == NULL)
        return OST_E_MEMORY;
    k.found = k.count;
    for (size_t i = 0; i < k.count && result == OST_OK; i++) {
        key_provider p;
        k.rows[i] = rows[i];
        result = key_provider_read(&rows[i], a->realm.row.id, a->arena, &p);
        if (result == OST_OK && text_equal(p.id, id)) {
            k.found = i;
            k.provider = p;
        }
    }
    if (result == OST_OK)
        *ret_keys = k;
    return result;
}

const ost_json *component_find(const admin_call *a, ost_text id, ost_text *ret_type)
{
    const ost_json *components = ost_json_get(a->realm.realm->document, "components");
    for (const ost_json *at = ost_json_first(components); at != NULL; at = ost_json_next(at)) {
        const ost_json *one = part_with_id(a->realm.row.id, at, id, a->arena);
        if (one != NULL) {
            *ret_type = ost_json_name(at);
            return one;
        }
    }
    return NULL;
}
