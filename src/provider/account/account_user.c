/* SPDX-License-Identifier: Apache-2.0 */
/* The user of the account REST API in the store; see account_user.h. */
#include "provider/account/account_user.h"

#include "base/text.h"
#include "provider/admin/realm_admin.h"

/* The user's realm as it is served, for changes that leave the realm itself alone. */
static realm_admin opened(account_call *a)
{
    const realm *r = a->call->realm;
    return (realm_admin){.store = a->call->provider->store,
                         .arena = a->call->arena,
                         .row = {.id = text_of(r->id), .name = text_of(r->name)},
                         .realm = a->call->entry->realm};
}

static ost_result refuse_result(account_call *a, ost_result result, const ost_error *error)
{
    if (result == OST_E_CONFLICT || call_is_busy(result))
        return result;
    const char *why = ost_arena_copy(
        a->call->arena,
        text_of(error->detail[0] != '\0' ? error->detail : ost_result_sentence(result)));
    return why != NULL ? account_refuse(a, 400, "errorMessage", why) : OST_E_MEMORY;
}

ost_result account_store_user(account_call *a, const ost_json *document, event_type event)
{
    ost_error error = {0};
    realm_admin admin = opened(a);
    ost_result result = realm_admin_store_user(&admin, &a->user, document, &error);
    if (result != OST_OK)
        return refuse_result(a, result, &error);
    if (event != EVENTS)
        account_tell(a, event);
    return account_done(a);
}

ost_result account_store_password(account_call *a, ost_text password)
{
    ost_error error = {0};
    realm_admin admin = opened(a);
    ost_result result =
        realm_admin_set_password(&admin, &a->user, a->document, password, false, &error);
    if (result != OST_OK)
        return refuse_result(a, result, &error);
    account_tell(a, EVENT_UPDATE_PASSWORD);
    return account_done(a);
}
