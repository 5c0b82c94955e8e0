/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials in the account REST API: the password, which is changed by who knows it. */
#include "base/text.h"
#include "provider/account/account_call.h"
#include "provider/account/account_user.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/session/authentication.h"

#define MAX_LABEL 255 /* bytes */

static ost_result read_password(account_call *a, const ost_json **ret_password)
{
    *ret_password = NULL;
    return a->user.password.len > 0
               ? ost_json_read(a->user.password, NULL, a->call->arena, ret_password, NULL)
               : OST_OK;
}

/* Without what proves anything. */
static void put_password(const account_call *a, ost_json_writer *w, const ost_json *password)
{
    static const char *const shown[] = {"type", "userLabel", "createdDate", "credentialData"};
    ost_json_put_name(w, OST_TEXT("userCredentialMetadatas"));
    ost_json_open_array(w);
    if (password != NULL) {
        ost_json_open_object(w);
        ost_json_put_name(w, OST_TEXT("credential"));
        ost_json_open_object(w);
        ost_json_member_text(w, "id", part_id(a->user.id, password, a->call->arena));
        for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
            const ost_json *value = ost_json_get(password, shown[i]);
            if (value != NULL)
                ost_json_member_value(w, shown[i], value);
        }
        ost_json_close_object(w);
        ost_json_close_object(w);
    }
    ost_json_close_array(w);
}

ost_result account_list_credentials(account_call *a)
{
    const ost_json *password;
    ost_text type = http_form_get(&a->query, "type");
    ost_json_writer *w = ost_json_writer_new(a->call->arena, 0);
    ost_result result = w != NULL ? read_password(a, &password) : OST_E_MEMORY;
    if (result != OST_OK)
        return result;
    ost_json_open_array(w);
    if (type.len == 0 || text_is(type, "password")) {
        ost_json_open_object(w);
        ost_json_member_string(w, "type", "password");
        ost_json_member_string(w, "category", "basic-authentication");
        ost_json_member_string(w, "displayName", "password-display-name");
        ost_json_member_string(w, "helptext", "password-help-text");
        ost_json_member_string(w, "iconCssClass", "kcAuthenticatorPasswordClass");
        ost_json_member_string(w, password != NULL ? "updateAction" : "createAction",
                               "UPDATE_PASSWORD");
        ost_json_member_boolean(w, "removeable", false);
        if (!account_asks(a, "user-credentials", "false"))
            put_password(a, w, password);
        ost_json_close_object(w);
    }
    ost_json_close_array(w);
    return account_answer(a, w);
}

/* Whether there is one and since when; beside Keycloak's members, what a new one has to be. */
ost_result account_read_password(account_call *a)
{
    const ost_json *password;
    int64_t since = 0;
    ost_json_writer *w = ost_json_writer_new(a->call->arena, 0);
    ost_result result = w != NULL ? read_password(a, &password) : OST_E_MEMORY;
    if (result != OST_OK)
        return result;
    ost_json_open_object(w);
    ost_json_member_boolean(w, "registered", password != NULL);
    if (ost_json_integer(ost_json_get(password, "createdDate"), &since))
        ost_json_member_integer(w, "lastUpdate", since);
    if (a->call->realm->password_policy != NULL)
        ost_json_member_string(w, "policy", a->call->realm->password_policy);
    ost_json_close_object(w);
    return account_answer(a, w);
}

/* The credential that the path names; NULL: there is none, and the call is refused. */
static ost_result find_password(account_call *a, const ost_json **ret_password)
{
    ost_result result = read_password(a, ret_password);
    if (result != OST_OK ||
        (*ret_password != NULL &&
         text_equal(part_id(a->user.id, *ret_password, a->call->arena), a->value)))
        return result;
    *ret_password = NULL;
    return account_refuse(a, 404, "error", "Credential not found");
}

ost_result account_label_credential(account_call *a)
{
    const ost_json *password;
    ost_text label = {0};
    ost_result result = find_password(a, &password);
    if (result != OST_OK || password == NULL)
        return result;
    if (!ost_json_text(a->body, &label) || label.len > MAX_LABEL)
        return account_refuse(a, 400, "errorMessage", "invalidRequestMessage");
    result = document_put_text(password, "userLabel", label, a->call->arena, &password);
    if (result == OST_OK)
        result = store_user_set_password(a->call->provider->store, text_of(a->call->realm->name),
                                         a->user.id, a->user.password, ost_json_source(password));
    return result == OST_OK ? account_done(a) : result;
}

ost_result account_delete_credential(account_call *a)
{
    const ost_json *password;
    ost_result result = find_password(a, &password);
    if (result != OST_OK || password == NULL)
        return result;
    return account_refuse(a, 400, "error", "Credential type cannot be removed");
}

/* A token alone changes no password: whoever has taken one would lock the user out with it. */
ost_result account_change_password(account_call *a)
{
    ost_text current = part_text(a->body, "currentPassword");
    ost_text wanted = part_text(a->body, "newPassword");
    const ost_json *confirmation = ost_json_get(a->body, "confirmation");
    if (!ost_json_is(a->body, OST_JSON_OBJECT) || wanted.len == 0)
        return account_refuse(a, 400, "errorMessage", "missingPasswordMessage");
    if (confirmation != NULL && !ost_json_equals(confirmation, wanted))
        return account_refuse(a, 400, "errorMessage", "notMatchPasswordMessage");
    switch (authentication_confirm(a->call, &a->user, current)) {
    case AUTHENTICATED:
        return account_store_password(a, wanted);
    case AUTHENTICATION_BUSY:
        return OST_E_BUSY;
    case AUTHENTICATION_WRONG:
    case AUTHENTICATION_DISABLED:
        break;
    }
    return account_refuse(a, 400, "errorMessage", "invalidPasswordExistingMessage");
}
