/* SPDX-License-Identifier: Apache-2.0 */
/* Administrators who look at things as one of the realm's users does: a session of that user, for
 * the browser that asks. */
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/call/logout_bell.h"
#include "provider/directory/admin_grant.h"
#include "provider/directory/admin_user.h"
#include "provider/session/authentication.h"
#include "store/grant/store_code.h"
#include "store/session/store_session.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

static ost_result refuse(admin_call *a, const char *why)
{
    return admin_refuse(a, 400, "errorMessage", why);
}

/* A user who is somebody, and may do no more than the administrator. */
static ost_result check(admin_call *a, const store_user *user, const ost_json *document)
{
    bool may = false;
    if (!user->enabled)
        return refuse(a, "User is disabled");
    if (ost_json_get(document, "serviceAccountClientId") != NULL)
        return refuse(a, "Service accounts cannot be impersonated");
    ost_result result = admin_may_grant_document(a, document, &may);
    return result == OST_OK && !may ? admin_forbid(a) : result;
}

/* One browser is one user of a realm: the administrator's own session there ends. */
static ost_result end_own(admin_call *a)
{
    ost_text id = ost_claims_text(a->asker.claims, "sid");
    ost_result result =
        id.len > 0 ? store_session_end(a->realm.store, a->realm.row.name, id) : OST_E_NOT_FOUND;
    if (result == OST_OK)
        logout_bell_ring(&a->call->provider->logouts_bell);
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

static ost_result name_of_asker(admin_call *a, ost_text *ret_name)
{
    store_user asker;
    ost_result result = store_user_get(a->realm.store, text_of(a->asker.realm->name), a->asker.user,
                                       a->call->arena, &asker);
    if (result == OST_OK)
        *ret_name = asker.username;
    return result;
}

static ost_result begin(admin_call *a, const store_user *user)
{
    call *c = ost_arena_alloc(a->call->arena, sizeof *c);
    ost_text impersonator;
    if (c == NULL || !admin_enter_realm(a, c))
        return OST_E_MEMORY;
    ost_result result = name_of_asker(a, &impersonator);
    /* The log is written when the arena of the operation is gone. */
    ost_text id = text_of(call_format(c, "%.*s", OST_FORMAT(user->id)));
    ost_text name = text_of(call_format(c, "%.*s", OST_FORMAT(user->username)));
    a->begun = session_begin(c, id, false);
    if (a->begun.id.data == NULL || id.data == NULL || name.data == NULL)
        return OST_E_MEMORY;
    c->client = NULL;
    c->event = (call_event){.user = id,
                            .username = name,
                            .session = a->begun.id,
                            .impersonator = impersonator,
                            .impersonator_realm = text_of(a->asker.realm->name)};
    if (result == OST_OK)
        result = store_login(a->realm.store, &a->begun, NULL, NULL);
    if (result == OST_OK)
        a->entered = c;
    return result;
}

static ost_result answer(admin_call *a, bool same)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    char *page = ost_arena_format(a->arena, "%s/account", a->entered->issuer);
    if (w == NULL || page == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_boolean(w, "sameRealm", same);
    ost_json_member_string(w, "redirect", page);
    ost_json_close_object(w);
    return admin_answer(a, w);
}

ost_result admin_impersonate(admin_call *a)
{
    store_user user;
    const ost_json *document;
    bool found;
    if (a->asker.everything)
        return admin_refuse(a, 501, "error", "Only a browser can be somebody else's");
    bool same = text_equal(text_of(a->asker.realm->name), a->realm.row.name);
    ost_result result = admin_user_find(a, &user, &document, &found);
    if (result != OST_OK || !found)
        return result;
    result = check(a, &user, document);
    if (result != OST_OK || a->status != 0)
        return result;
    result = same ? end_own(a) : OST_OK;
    if (result == OST_OK)
        result = begin(a, &user);
    return result == OST_OK ? answer(a, same) : result;
}
