/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials of a user in the admin REST API: shown without what proves anything, labelled, put
 * into another order, deleted. The password is kept apart from the others, and before them. */
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/directory/admin_user.h"
#include "provider/user/otp_credential.h"
#include "provider/user/user_factor.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

typedef struct credentials {
    store_user user;
    const ost_json *document;
    const ost_json *password; /* NULL: none */
    const ost_json *others;   /* an array, each with its id */
    const ost_json *found;    /* whom the path names */
} credentials;

static ost_text id_of(const admin_call *a, const credentials *c, const ost_json *credential)
{
    return part_id(c->user.id, credential, a->arena);
}

static const ost_json *with_id(const admin_call *a, const credentials *c, ost_text id)
{
    if (c->password != NULL && text_equal(id_of(a, c, c->password), id))
        return c->password;
    return part_with_id(c->user.id, c->others, id, a->arena);
}

/* False in *ret_found: the call is refused. */
static ost_result read_all(admin_call *a, credentials *c, bool *ret_found)
{
    *c = (credentials){0};
    ost_result result = admin_user_find(a, &c->user, &c->document, ret_found);
    if (result != OST_OK || !*ret_found)
        return result;
    result = credentials_name(c->document, c->user.id, a->arena, &c->others);
    return result == OST_OK && c->user.password.len > 0
               ? ost_json_read(c->user.password, NULL, a->arena, &c->password, NULL)
               : result;
}

static ost_result credentials_find(admin_call *a, credentials *c, bool *ret_found)
{
    ost_result result = read_all(a, c, ret_found);
    if (result != OST_OK || !*ret_found)
        return result;
    c->found = with_id(a, c, a->values[2]);
    *ret_found = c->found != NULL;
    return *ret_found ? OST_OK : admin_refuse(a, 404, "error", "Credential not found");
}

static void put(const admin_call *a, ost_json_writer *w, const credentials *c, const ost_json *one)
{
    static const char *const shown[] = {"type", "userLabel", "createdDate", "credentialData", NULL};
    ost_json_open_object(w);
    ost_json_member_text(w, "id", id_of(a, c, one));
    for (size_t i = 0; shown[i] != NULL; i++) {
        const ost_json *value = ost_json_get(one, shown[i]);
        if (value != NULL)
            ost_json_member_value(w, shown[i], value);
    }
    ost_json_close_object(w);
}

ost_result admin_list_credentials(admin_call *a)
{
    credentials c;
    bool found;
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    ost_result result = w != NULL ? read_all(a, &c, &found) : OST_E_MEMORY;
    if (result != OST_OK || a->status != 0)
        return result;
    ost_json_open_array(w);
    if (c.password != NULL)
        put(a, w, &c, c.password);
    for (const ost_json *at = ost_json_first(c.others); at != NULL; at = ost_json_next(at))
        put(a, w, &c, at);
    ost_json_close_array(w);
    return admin_answer(a, w);
}

/* ---- changing ---- */

static ost_result store_others(admin_call *a, const credentials *c, const ost_json *others)
{
    ost_error error = {0};
    const ost_json *document;
    ost_result result =
        document_put(c->document, OST_TEXT("credentials"),
                     ost_json_count(others) > 0 ? others : NULL, a->arena, &document);
    if (result == OST_OK)
        result = realm_admin_store_user(&a->realm, &c->user, document, &error);
    return result == OST_OK ? admin_answer_done(a) : admin_refuse_result(a, result, &error);
}

/* NULL: deletes it. */
static ost_result replace(admin_call *a, const credentials *c, const ost_json *credential)
{
    const ost_json *others;
    ost_result result;
    if (c->found != c->password) {
        result = document_replace(c->others, c->found, credential, a->arena, &others);
        return result == OST_OK ? store_others(a, c, others) : result;
    }
    ost_text password = credential != NULL ? ost_json_source(credential) : (ost_text){0};
    result = store_user_set_password(a->realm.store, a->realm.row.name, c->user.id,
                                     c->user.password, password);
    return result == OST_OK ? admin_answer_done(a) : result;
}

ost_result admin_delete_credential(admin_call *a)
{
    credentials c;
    bool found;
    ost_result result = credentials_find(a, &c, &found);
    return result == OST_OK && found ? replace(a, &c, NULL) : result;
}

ost_result admin_label_credential(admin_call *a)
{
    credentials c;
    bool found;
    const ost_json *labelled;
    ost_result result = credentials_find(a, &c, &found);
    if (result != OST_OK || !found)
        return result;
    if (!user_factor_label_fits(a->text))
        return admin_refuse(a, 400, "errorMessage", "The label is no text of 255 bytes at most");
    result = document_put_text(c.found, "userLabel", a->text, a->arena, &labelled);
    return result == OST_OK ? replace(a, &c, labelled) : result;
}

/* The others with the one that is found behind `before`; NULL: first. */
static ost_result moved(admin_call *a, const credentials *c, const ost_json *before,
                        const ost_json **ret_others)
{
    const ost_json *others = NULL;
    ost_result result = ost_json_read(OST_TEXT("[]"), NULL, a->arena, &others, NULL);
    if (result == OST_OK && before == NULL)
        result = document_append(others, c->found, a->arena, &others);
    for (const ost_json *at = ost_json_first(c->others); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        if (at != c->found)
            result = document_append(others, at, a->arena, &others);
        if (result == OST_OK && at == before)
            result = document_append(others, c->found, a->arena, &others);
    }
    *ret_others = others;
    return result;
}

/* Behind the one of the path's last parameter, or first. The password has one place alone. */
ost_result admin_move_credential(admin_call *a)
{
    credentials c;
    bool found;
    const ost_json *others, *before = NULL;
    ost_result result = credentials_find(a, &c, &found);
    if (result != OST_OK || !found)
        return result;
    if (a->values[3].data != NULL && (before = with_id(a, &c, a->values[3])) == NULL)
        return admin_refuse(a, 404, "error", "Credential not found");
    if (c.found == c.password || c.found == before)
        return admin_answer_done(a);
    result = moved(a, &c, before == c.password ? NULL : before, &others);
    return result == OST_OK ? store_others(a, &c, others) : result;
}

/* Of Keycloak's other storages, of which there is none: nothing can be disabled, or is there. */
ost_result admin_disable_credentials(admin_call *a)
{
    store_user user;
    const ost_json *document;
    bool found;
    ost_result result = admin_user_find(a, &user, &document, &found);
    if (result != OST_OK || !found)
        return result;
    if (a->body != NULL && !admin_body_is(a, OST_JSON_ARRAY))
        return OST_OK;
    return admin_answer_done(a);
}

ost_result admin_list_storage_credentials(admin_call *a)
{
    store_user user;
    const ost_json *document;
    bool found;
    ost_result result = admin_user_find(a, &user, &document, &found);
    if (result == OST_OK && found) {
        a->answer = OST_TEXT("[]");
        a->status = 200;
    }
    return result;
}
