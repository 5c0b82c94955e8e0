/* SPDX-License-Identifier: Apache-2.0 */
/* Users of the admin REST API. */
#include <string.h>

#include "base/percent.h"
#include "base/text.h"
#include "provider/admin/admin_call.h"
#include "provider/admin/document_edit.h"
#include "provider/member/review.h"
#include "provider/realm/user_row.h"

#define DEFAULT_PAGE 100
#define VIEW (RIGHT_VIEW_USERS | RIGHT_MANAGE_USERS)

static bool is_one_of(ost_text name, const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        if (text_is(name, names[i]))
            return true;
    }
    return false;
}

static ost_result find(admin_call *a, store_user *ret_user, const ost_json **ret_document)
{
    ost_result result =
        store_user_get(a->realm.store, a->realm.row.name, a->values[1], a->arena, ret_user);
    if (result == OST_OK)
        result = ost_json_read(ret_user->document, NULL, a->arena, ret_document, NULL);
    if (result == OST_E_NOT_FOUND)
        admin_refuse(a, 404, "error", "User not found");
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

/* ---- reading ---- */

static void put_access(const admin_call *a, ost_json_writer *w)
{
    bool manage = admin_may(a, RIGHT_MANAGE_USERS);
    ost_json_put_name(w, OST_TEXT("access"));
    ost_json_open_object(w);
    ost_json_member_boolean(w, "manageGroupMembership", manage);
    ost_json_member_boolean(w, "view", admin_may(a, VIEW));
    ost_json_member_boolean(w, "mapRoles", manage);
    ost_json_member_boolean(w, "impersonate", false);
    ost_json_member_boolean(w, "manage", manage);
    ost_json_close_object(w);
}

static void put_user(const admin_call *a, ost_json_writer *w, const store_user *user,
                     const ost_json *document, bool brief)
{
    static const char *const shown[] = {"firstName", "lastName", "email", NULL};
    static const char *const whole[] = {"attributes", "requiredActions", "federationLink",
                                        "serviceAccountClientId", NULL};
    bool verified = false;
    ost_json_open_object(w);
    ost_json_member_text(w, "id", user->id);
    ost_json_member_text(w, "username", user->username);
    for (const ost_json *at = ost_json_first(document); at != NULL; at = ost_json_next(at)) {
        if (!is_one_of(ost_json_name(at), shown) && (brief || !is_one_of(ost_json_name(at), whole)))
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    if (!ost_json_boolean(ost_json_get(document, "emailVerified"), &verified))
        verified = false;
    ost_json_member_boolean(w, "emailVerified", verified);
    ost_json_member_integer(w, "createdTimestamp", user->created * 1000);
    ost_json_member_boolean(w, "enabled", user->enabled);
    if (!brief) {
        if (ost_json_get(document, "requiredActions") == NULL) {
            ost_json_put_name(w, OST_TEXT("requiredActions"));
            ost_json_open_array(w);
            ost_json_close_array(w);
        }
        ost_json_member_boolean(w, "totp",
                                ost_json_count(ost_json_get(document, "credentials")) > 0);
        ost_json_put_name(w, OST_TEXT("disableableCredentialTypes"));
        ost_json_open_array(w);
        ost_json_close_array(w);
        ost_json_member_integer(w, "notBefore", 0);
    }
    put_access(a, w);
    ost_json_close_object(w);
}

ost_result admin_read_user(admin_call *a)
{
    store_user user;
    const ost_json *document;
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    ost_result result = w != NULL ? find(a, &user, &document) : OST_E_MEMORY;
    if (result != OST_OK || a->status != 0)
        return result;
    put_user(a, w, &user, document, false);
    return admin_answer(a, w);
}

/* ---- lists ---- */

static bool contains(ost_text text, ost_text part)
{
    return part.len == 0 ||
           (text.len >= part.len && memmem(text.data, text.len, part.data, part.len) != NULL);
}

/* What the query narrows a list to. */
typedef struct filter {
    ost_text username, email, first_name, last_name, search; /* lower case; empty: any */
    bool exact;
    ost_text enabled; /* "true", "false", or any */
} filter;

static filter read_filter(admin_call *a)
{
    return (filter){
        .username = user_row_fold(admin_parameter(a, "username"), a->arena),
        .email = user_row_fold(admin_parameter(a, "email"), a->arena),
        .first_name = user_row_fold(admin_parameter(a, "firstName"), a->arena),
        .last_name = user_row_fold(admin_parameter(a, "lastName"), a->arena),
        .search = user_row_fold(admin_parameter(a, "search"), a->arena),
        .exact = text_is(admin_parameter(a, "exact"), "true"),
        .enabled = admin_parameter(a, "enabled"),
    };
}

static bool part_fits(ost_text value, ost_text wanted, bool exact)
{
    return wanted.len == 0 || (exact ? text_equal(value, wanted) : contains(value, wanted));
}

/* A search finds how names begin; with asterisks, anything. */
static bool search_fits(ost_text value, ost_text search)
{
    bool anywhere = text_starts(search, "*");
    while (text_starts(search, "*"))
        search = text_slice(search, 1, search.len);
    while (text_ends(search, "*"))
        search.len--;
    return anywhere
               ? contains(value, search)
               : value.len >= search.len && text_equal(text_slice(value, 0, search.len), search);
}

static bool fits(admin_call *a, const filter *f, const store_user *user, const ost_json *document)
{
    ost_text first = {0}, last = {0};
    (void)!ost_json_text(ost_json_get(document, "firstName"), &first);
    (void)!ost_json_text(ost_json_get(document, "lastName"), &last);
    first = user_row_fold(first, a->arena);
    last = user_row_fold(last, a->arena);
    if (ost_json_get(document, "serviceAccountClientId") != NULL)
        return false;
    if (f->enabled.len > 0 && user->enabled != text_is(f->enabled, "true"))
        return false;
    if (f->search.len > 0)
        return search_fits(user->username, f->search) || search_fits(user->email, f->search) ||
               search_fits(first, f->search) || search_fits(last, f->search);
    return part_fits(user->username, f->username, f->exact) &&
           part_fits(user->email, f->email, f->exact) &&
           part_fits(first, f->first_name, f->exact) && part_fits(last, f->last_name, f->exact);
}

/* Writes the users of the page, or (NULL) counts all that fit. */
static ost_result each_user(admin_call *a, ost_json_writer *w, int64_t first, int64_t max,
                            int64_t *ret_count)
{
    store_user *users;
    size_t count;
    const filter f = read_filter(a);
    const ost_json *document;
    bool brief = text_is(admin_parameter(a, "briefRepresentation"), "true");
    ost_result result =
        store_user_list(a->realm.store, a->realm.row.name, a->arena, &users, &count);
    *ret_count = 0;
    for (size_t i = 0; i < count && result == OST_OK && *ret_count < first + max; i++) {
        result = ost_json_read(users[i].document, NULL, a->arena, &document, NULL);
        if (result != OST_OK || !fits(a, &f, &users[i], document))
            continue;
        if (w != NULL && *ret_count >= first)
            put_user(a, w, &users[i], document, brief);
        ++*ret_count;
    }
    return result;
}

ost_result admin_list_users(admin_call *a)
{
    int64_t first, max, count;
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    if (!admin_number(a, "first", 0, &first) || !admin_number(a, "max", DEFAULT_PAGE, &max))
        return OST_OK;
    ost_json_open_array(w);
    ost_result result = admin_may(a, VIEW) ? each_user(a, w, first, max, &count) : OST_OK;
    ost_json_close_array(w);
    return result == OST_OK ? admin_answer(a, w) : result;
}

ost_result admin_count_users(admin_call *a)
{
    int64_t count = 0;
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    ost_result result = admin_may(a, VIEW) ? each_user(a, NULL, 0, INT32_MAX, &count) : OST_OK;
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_put_integer(w, count);
    return result == OST_OK ? admin_answer(a, w) : result;
}

/* ---- changing ---- */

/* What an administrator of users may write; roles and groups have operations of their own. */
static ost_result merge(admin_call *a, bool new, const ost_json **document)
{
    static const char *const settable[] = {"username",        "email",      "firstName",
                                           "lastName",        "enabled",    "emailVerified",
                                           "requiredActions", "attributes", NULL};
    ost_result result = OST_OK;
    for (const ost_json *at = ost_json_first(a->body); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        ost_text name = ost_json_name(at);
        bool taken = is_one_of(name, settable) || (new &&text_is(name, "credentials"));
        if (taken && !ost_json_is(at, OST_JSON_NULL))
            result = document_put(*document, name, at, a->arena, document);
    }
    return result;
}

/* Another user of the address; the store has the last word. */
static bool is_taken(admin_call *a, const ost_json *document, const char *what, ost_text own_id)
{
    store_user other;
    ost_text value;
    bool email = strcmp(what, "email") == 0;
    if ((email && a->realm.realm->duplicate_emails) ||
        !ost_json_text(ost_json_get(document, what), &value) || value.len == 0 ||
        store_user_find(a->realm.store, a->realm.row.name, value, email, a->arena, &other) !=
            OST_OK ||
        text_equal(other.id, own_id))
        return false;
    admin_refuse(a, 409, "errorMessage",
                 email ? "User exists with same email" : "User exists with same username");
    return true;
}

/* The checks that Keycloak's user profile makes; refuses and returns false. */
static bool check_name(admin_call *a, ost_text name)
{
    static const char *const why = "{\"field\":\"username\",\"errorMessage\":"
                                   "\"error-invalid-length\",\"params\":[\"username\",3,255]}";
    if (name.len >= 3 && name.len <= 255)
        return true;
    a->answer = text_of(why);
    a->status = 400;
    return false;
}

static bool names_groups(admin_call *a)
{
    if (ost_json_count(ost_json_get(a->body, "groups")) == 0)
        return false;
    admin_refuse(a, 501, "error", "Groups of a user are not given here");
    return true;
}

static ost_result write_new(admin_call *a, const ost_json **ret_document)
{
    const ost_json *roles;
    ost_result result = ost_json_read(OST_TEXT("{}"), NULL, a->arena, ret_document, NULL);
    if (result == OST_OK)
        result = merge(a, true, ret_document);
    if (result == OST_OK)
        result = document_add_text(NULL, text_of(a->realm.realm->default_role), a->arena, &roles);
    return result == OST_OK
               ? document_put(*ret_document, OST_TEXT("realmRoles"), roles, a->arena, ret_document)
               : result;
}

static ost_result store_new(admin_call *a, const ost_json *document)
{
    ost_error error = {0};
    store_user row;
    ost_result result =
        review_object(document, &member_user, "", false, a->arena, NULL, &document, &error);
    if (result == OST_OK)
        result = user_row_read(document, 0, a->realm.row.name, a->call->provider->context, a->arena,
                               &row, &error);
    if (result != OST_OK)
        return admin_refuse_result(a, result, &error);
    row.email_shared = a->realm.realm->duplicate_emails;
    result = store_user_create(a->realm.store, &row);
    if (result == OST_E_CONFLICT)
        return admin_refuse(a, 409, "errorMessage", "User exists with same username or email");
    if (result != OST_OK)
        return result;
    return admin_answer_created(a,
                                ost_arena_format(a->arena, "/realms/%s/users/%.*s",
                                                 percent_encode(a->arena, a->realm.row.name).data,
                                                 (int)row.id.len, row.id.data));
}

ost_result admin_create_user(admin_call *a)
{
    const ost_json *document;
    ost_text name = {0};
    if (!ost_json_is(a->body, OST_JSON_OBJECT))
        return admin_refuse(a, 400, "errorMessage", "unable to read contents from stream");
    if (!ost_json_text(ost_json_get(a->body, "username"), &name) || name.len == 0)
        return admin_refuse(a, 400, "errorMessage", "User name is missing");
    if (names_groups(a) || !check_name(a, name))
        return OST_OK;
    ost_result result = write_new(a, &document);
    if (result != OST_OK)
        return result;
    if (is_taken(a, document, "username", (ost_text){0}) ||
        is_taken(a, document, "email", (ost_text){0}))
        return OST_OK;
    return store_new(a, document);
}

ost_result admin_update_user(admin_call *a)
{
    ost_error error = {0};
    store_user user;
    const ost_json *document, *name;
    ost_result result = find(a, &user, &document);
    if (result != OST_OK || a->status != 0)
        return result;
    if (!ost_json_is(a->body, OST_JSON_OBJECT))
        return admin_refuse(a, 400, "errorMessage", "unable to read contents from stream");
    name = ost_json_get(a->body, "username");
    if (name != NULL && !ost_json_is(name, OST_JSON_NULL) &&
        !ost_json_equals(name, user.username)) {
        a->answer = OST_TEXT("{\"field\":\"username\",\"errorMessage\":"
                             "\"error-user-attribute-read-only\",\"params\":[\"username\"]}");
        a->status = 400;
        return OST_OK;
    }
    result = merge(a, false, &document);
    if (result != OST_OK || is_taken(a, document, "email", user.id))
        return result;
    result = realm_admin_store_user(&a->realm, &user, document, &error);
    a->changed = true; /* it may be the account of a client, which is kept in memory */
    return result == OST_OK ? admin_answer_done(a) : admin_refuse_result(a, result, &error);
}

ost_result admin_delete_user(admin_call *a)
{
    store_user user;
    const ost_json *document;
    ost_result result = find(a, &user, &document);
    if (result != OST_OK || a->status != 0)
        return result;
    result = store_user_delete(a->realm.store, a->realm.row.name, user.id);
    if (result == OST_E_NOT_FOUND)
        return admin_refuse(a, 404, "error", "User not found");
    a->changed = true;
    return result == OST_OK ? admin_answer_done(a) : result;
}

/* A password that is not temporary ends the wish for another one. */
static ost_result drop_action(admin_call *a, const store_user *user, const ost_json *document,
                              ost_error *error)
{
    const ost_json *actions = ost_json_get(document, "requiredActions"), *at, *left;
    for (at = ost_json_first(actions);
         at != NULL && !ost_json_equals(at, OST_TEXT("UPDATE_PASSWORD")); at = ost_json_next(at))
        ;
    if (at == NULL)
        return OST_OK;
    ost_result result = document_replace(actions, at, NULL, a->arena, &left);
    if (result == OST_OK)
        result = document_put(document, OST_TEXT("requiredActions"), left, a->arena, &document);
    return result == OST_OK ? realm_admin_store_user(&a->realm, user, document, error) : result;
}

ost_result admin_reset_password(admin_call *a)
{
    ost_error error = {0};
    store_user user;
    const ost_json *document, *value = ost_json_get(a->body, "value");
    bool temporary = false;
    ost_text password = {0};
    ost_result result = find(a, &user, &document);
    if (result != OST_OK || a->status != 0)
        return result;
    if (!ost_json_is(a->body, OST_JSON_OBJECT) || value == NULL ||
        ost_json_is(value, OST_JSON_NULL))
        return admin_refuse(a, 400, "error", "No password provided");
    if (!ost_json_text(value, &password) || password.len == 0)
        return admin_refuse(a, 400, "error", "Empty password not allowed");
    if (!ost_json_boolean(ost_json_get(a->body, "temporary"), &temporary))
        temporary = false;
    result = realm_admin_set_password(&a->realm, &user, document, password, temporary, &error);
    if (result == OST_OK && !temporary)
        result = drop_action(a, &user, document, &error);
    return result == OST_OK ? admin_answer_done(a) : admin_refuse_result(a, result, &error);
}
