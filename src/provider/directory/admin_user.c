/* SPDX-License-Identifier: Apache-2.0 */
/* Users of the admin REST API as it finds and shows them; see admin_user.h. */
#include "provider/directory/admin_user.h"

#include "base/json/json_member.h"
#include "base/text.h"
#include "store/user/store_user.h"

#define VIEW (RIGHT_VIEW_USERS | RIGHT_MANAGE_USERS)

ost_result admin_user_find(admin_call *a, store_user *ret_user, const ost_json **ret_document,
                           bool *ret_found)
{
    ost_result result =
        store_user_get(a->realm.store, a->realm.row.name, a->values[1], a->arena, ret_user);
    if (result == OST_OK)
        result = ost_json_read(ret_user->document, NULL, a->arena, ret_document, NULL);
    *ret_found = result == OST_OK;
    if (result == OST_E_NOT_FOUND)
        return admin_refuse(a, 404, "error", "User not found");
    return result;
}

static void put_access(const admin_call *a, ost_json_writer *w)
{
    bool manage = admin_may(a, RIGHT_MANAGE_USERS);
    ost_json_put_name(w, OST_TEXT("access"));
    ost_json_open_object(w);
    ost_json_member_boolean(w, "manageGroupMembership", manage);
    ost_json_member_boolean(w, "view", admin_may(a, VIEW));
    ost_json_member_boolean(w, "mapRoles", manage);
    ost_json_member_boolean(w, "impersonate", admin_may(a, RIGHT_IMPERSONATION));
    ost_json_member_boolean(w, "manage", manage);
    ost_json_close_object(w);
}

static void put_empty(ost_json_writer *w, const char *name)
{
    ost_json_put_name(w, text_of(name));
    ost_json_open_array(w);
    ost_json_close_array(w);
}

static bool has_otp(const ost_json *document)
{
    const ost_json *at = ost_json_first(ost_json_get(document, "credentials"));
    while (at != NULL && !ost_json_equals(ost_json_get(at, "type"), OST_TEXT("otp")))
        at = ost_json_next(at);
    return at != NULL;
}

static void put_rest(ost_json_writer *w, const ost_json *document)
{
    if (ost_json_get(document, "requiredActions") == NULL)
        put_empty(w, "requiredActions");
    ost_json_member_boolean(w, "totp", has_otp(document));
    put_empty(w, "disableableCredentialTypes");
    ost_json_member_integer(w, "notBefore", 0);
}

/* Attributes that have values: a list of none is no attribute. */
static void put_attributes(ost_json_writer *w, const ost_json *attributes)
{
    bool open = false;
    for (const ost_json *at = ost_json_first(attributes); at != NULL; at = ost_json_next(at)) {
        if (ost_json_is(at, OST_JSON_ARRAY) && ost_json_count(at) == 0)
            continue;
        if (!open) {
            ost_json_put_name(w, OST_TEXT("attributes"));
            ost_json_open_object(w);
            open = true;
        }
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    if (open)
        ost_json_close_object(w);
}

void admin_user_put(const admin_call *a, ost_json_writer *w, const store_user *user,
                    const ost_json *document, bool brief, bool access)
{
    static const char *const shown[] = {"firstName", "lastName", "email", NULL};
    static const char *const whole[] = {"attributes", "requiredActions", "federationLink",
                                        "serviceAccountClientId", NULL};
    ost_json_open_object(w);
    ost_json_member_text(w, "id", user->id);
    ost_json_member_text(w, "username", user->username);
    for (const ost_json *at = ost_json_first(document); at != NULL; at = ost_json_next(at)) {
        if (!text_is_one_of(ost_json_name(at), shown) &&
            (brief || !text_is_one_of(ost_json_name(at), whole)))
            continue;
        if (text_is(ost_json_name(at), "attributes")) {
            put_attributes(w, at);
            continue;
        }
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    ost_json_member_boolean(w, "emailVerified", json_true_of(document, "emailVerified"));
    ost_json_member_integer(w, "createdTimestamp", user->created * 1000);
    ost_json_member_boolean(w, "enabled", user->enabled);
    if (!brief)
        put_rest(w, document);
    if (access)
        put_access(a, w);
    ost_json_close_object(w);
}

ost_result admin_user_answer(admin_call *a, const store_user *users, size_t count, bool brief,
                             bool access)
{
    const ost_json *document;
    ost_result result = OST_OK;
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        result = ost_json_read(users[i].document, NULL, a->arena, &document, NULL);
        if (result == OST_OK)
            admin_user_put(a, w, &users[i], document, brief, access);
    }
    ost_json_close_array(w);
    return result == OST_OK ? admin_answer(a, w) : result;
}

bool admin_user_page(admin_call *a, int64_t *ret_first, int64_t *ret_max)
{
    bool all = text_is(admin_parameter(a, "max"), "-1");
    return admin_number(a, "first", 0, ret_first) &&
           admin_number(a, "max", all ? INT32_MAX : ADMIN_USER_PAGE, ret_max);
}
