/* SPDX-License-Identifier: Apache-2.0 */
/* What users have granted to clients, in the admin REST API. */
#include "base/text.h"
#include "provider/admin/admin_call.h"
#include "provider/realm/consent_row.h"
#include "provider/realm/document_limit.h"
#include "store/user/store_consent.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

static ost_result check_user(admin_call *a)
{
    store_user user;
    ost_result result =
        store_user_get(a->realm.store, a->realm.row.name, a->values[1], a->arena, &user);
    return result == OST_E_NOT_FOUND ? admin_refuse(a, 404, "error", "User not found") : result;
}

static void put_consent(const realm *r, const store_consent *row, ost_json_writer *w)
{
    ost_text client_id = consent_client_id(r, row->client);
    if (client_id.len == 0)
        return;
    ost_json_open_object(w);
    consent_row_write(client_id, row, w);
    /* Of offline tokens the lists of sessions tell. */
    ost_json_put_name(w, OST_TEXT("additionalGrants"));
    ost_json_open_array(w);
    ost_json_close_array(w);
    ost_json_close_object(w);
}

ost_result admin_list_consents(admin_call *a)
{
    store_consent *rows;
    size_t count;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    ost_result result = w != NULL ? check_user(a) : OST_E_MEMORY;
    if (result == OST_OK && a->status == 0)
        result = store_consent_list(a->realm.store, a->realm.row.name, a->values[1], a->arena,
                                    &rows, &count);
    if (result != OST_OK || a->status != 0)
        return result;
    ost_json_open_array(w);
    for (size_t i = 0; i < count; i++)
        put_consent(a->realm.realm, &rows[i], w);
    ost_json_close_array(w);
    return admin_answer(a, w);
}

ost_result admin_revoke_consent(admin_call *a)
{
    ost_text client_id = a->values[2];
    ost_text key = consent_key_of(a->realm.realm, client_id);
    ost_result result = check_user(a);
    if (result != OST_OK || a->status != 0)
        return result;
    if (key.len == 0)
        return admin_refuse(a, 404, "error", "Client not found");
    result = store_consent_revoke(a->realm.store, a->realm.row.name, a->values[1], key, client_id);
    if (result == OST_E_NOT_FOUND)
        return admin_refuse(a, 404, "error", "Consent nor offline token not found");
    return result == OST_OK ? admin_answer_done(a) : result;
}
