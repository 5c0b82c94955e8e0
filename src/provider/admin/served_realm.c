/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a realm that is served; see served_realm.h. */
#include "provider/admin/served_realm.h"

#include "base/text.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"

/* Of the row's version, with a reference; NULL: it has to be read. */
static realm *find(provider *p, const store_realm *row, ost_arena *arena)
{
    realm *r = realm_offer_find(&p->offers, row);
    if (r != NULL)
        return r;
    const realm_entry *entry = provider_realm(p, row->name, arena);
    return entry != NULL && entry->realm->version == row->version &&
                   text_is(row->id, entry->realm->id)
               ? realm_ref(entry->realm)
               : NULL;
}

ost_result served_realm_open(provider *p, ost_text name, ost_arena *arena, realm_admin *ret_admin)
{
    store_realm row;
    ost_result result = store_realm_version(p->store, name, arena, &row);
    if (result != OST_OK)
        return result;
    realm *r = find(p, &row, arena);
    if (r == NULL)
        return realm_admin_open(p->store, name, arena, ret_admin, NULL);
    realm_admin_begin(p->store, &row, r, arena, ret_admin);
    realm_unref(r);
    return OST_OK;
}

void served_realm_close(provider *p, realm_admin *admin)
{
    realm_offer(&p->offers, admin->stored);
    realm_admin_close(admin);
}
