/* SPDX-License-Identifier: Apache-2.0 */
/* Who an administrator is, for a console to show them what they may do. */
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/file/master_clients.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

static const char *display_name(admin_call *a, const store_user *user, const ost_json *document)
{
    ost_text first = part_text(document, "firstName"), last = part_text(document, "lastName");
    if (first.len + last.len == 0)
        return ost_arena_copy(a->arena, user->username);
    return ost_arena_format(a->arena, "%.*s%s%.*s", (int)first.len, first.len > 0 ? first.data : "",
                            first.len > 0 && last.len > 0 ? " " : "", (int)last.len,
                            last.len > 0 ? last.data : "");
}

/* Over the realm that they work on, which for a user of master may be another one. */
static void put_access(const admin_call *a, ost_json_writer *w)
{
    ost_text own = text_of(a->call->realm->name), current = admin_parameter(a, "currentRealm");
    if (current.len == 0)
        current = own;
    ost_json_put_name(w, OST_TEXT("realm_access"));
    ost_json_open_object(w);
    if (text_equal(current, own) || text_is(own, MASTER_REALM)) {
        ost_json_put_name(w, current);
        admin_rights_put(admin_right_over(&a->asker, current), w);
    }
    ost_json_close_object(w);
}

ost_result admin_read_whoami(admin_call *a)
{
    store_user user;
    const ost_json *document;
    const char *name = NULL;
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    if (!text_is(a->realm.row.name, a->call->realm->name)) /* the token is of another realm */
        return admin_refuse(a, 401, "error", "HTTP 401 Unauthorized");
    ost_result result =
        store_user_get(a->realm.store, a->realm.row.name, a->call->event.user, a->arena, &user);
    if (result == OST_OK)
        result = ost_json_read(user.document, NULL, a->arena, &document, NULL);
    if (result == OST_OK && (name = display_name(a, &user, document)) == NULL)
        result = OST_E_MEMORY;
    if (result != OST_OK)
        return result;
    ost_json_open_object(w);
    ost_json_member_text(w, "userId", user.id);
    ost_json_member_string(w, "realm", a->call->realm->name);
    ost_json_member_string(w, "displayName", name);
    ost_json_member_string(w, "locale", "en");
    ost_json_member_boolean(w, "createRealm", admin_may(a, RIGHT_CREATE_REALM));
    put_access(a, w);
    ost_json_close_object(w);
    return admin_answer(a, w);
}
