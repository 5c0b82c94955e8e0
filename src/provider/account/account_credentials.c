/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials in the account REST API: the password, which is changed by who knows it, and second
 * factors, which are set up at a login. */
#include "base/array.h"
#include "base/text.h"
#include "provider/account/account_call.h"
#include "provider/account/account_credential.h"
#include "provider/account/account_user.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/session/authentication.h"
#include "provider/user/key_credential.h"
#include "provider/user/otp_credential.h"
#include "provider/user/recovery_codes.h"
#include "provider/user/user_factor.h"
#include "store/user/store_user.h"

#define OTP "otp"
#define SETUP "CONFIGURE_TOTP"

static ost_result read_password(account_call *a, const ost_json **ret_password)
{
    *ret_password = NULL;
    return a->user.password.len > 0
               ? ost_json_read(a->user.password, NULL, a->call->arena, ret_password, NULL)
               : OST_OK;
}

static void put_credential(ost_json_writer *w, ost_text id, const ost_json *credential)
{
    ost_json_open_object(w);
    account_put_credential(w, id, credential);
    ost_json_close_object(w);
}

static void put_password(const account_call *a, ost_json_writer *w, const ost_json *password)
{
    ost_json_open_object(w);
    ost_json_member_string(w, "type", "password");
    ost_json_member_string(w, "category", "basic-authentication");
    ost_json_member_string(w, "displayName", "password-display-name");
    ost_json_member_string(w, "helptext", "password-help-text");
    ost_json_member_string(w, "iconCssClass", "kcAuthenticatorPasswordClass");
    ost_json_member_string(w, password != NULL ? "updateAction" : "createAction",
                           "UPDATE_PASSWORD");
    ost_json_member_boolean(w, "removeable", false);
    if (!account_asks(a, "user-credentials", "false")) {
        ost_json_put_name(w, OST_TEXT("userCredentialMetadatas"));
        ost_json_open_array(w);
        if (password != NULL)
            put_credential(w, part_id(a->user.id, password, a->call->arena), password);
        ost_json_close_array(w);
    }
    ost_json_close_object(w);
}

static void put_devices(const account_call *a, ost_json_writer *w, const otp_credential *devices,
                        size_t count)
{
    static const credential_kind kind = {OTP, "two-factor", "otp-display-name", "otp-help-text",
                                         "kcAuthenticatorOTPClass"};
    account_open_kind(a, w, &kind, SETUP);
    if (!account_asks(a, "user-credentials", "false")) {
        ost_json_put_name(w, OST_TEXT("userCredentialMetadatas"));
        ost_json_open_array(w);
        for (size_t i = 0; i < count; i++)
            put_credential(w, devices[i].id, devices[i].credential);
        ost_json_close_array(w);
    }
    ost_json_close_object(w);
}

ost_result account_list_credentials(account_call *a)
{
    const ost_json *password;
    otp_credential *devices;
    size_t count;
    ost_text type = http_form_get(&a->query, "type");
    ost_json_writer *w = ost_json_writer_new(a->call->arena, 0);
    ost_result result = w != NULL ? read_password(a, &password) : OST_E_MEMORY;
    if (result == OST_OK)
        result = otp_credentials_read(a->document, a->user.id, a->call->arena, &devices, &count);
    if (result != OST_OK)
        return result;
    ost_json_open_array(w);
    if (type.len == 0 || text_is(type, "password"))
        put_password(a, w, password);
    if ((type.len == 0 || text_is(type, OTP)) && (count > 0 || account_offers(a, FACTOR_CODE)))
        put_devices(a, w, devices, count);
    if (type.len == 0 || text_is(type, RECOVERY_TYPE))
        result = account_put_recovery(a, w);
    for (webauthn_use use = 0; use < WEBAUTHN_USES && result == OST_OK; use++)
        result = account_put_keys(a, use, type, w);
    ost_json_close_array(w);
    return result == OST_OK ? account_answer(a, w) : result;
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

/* The credential that the path names: the password, or a second factor. Neither: the call is
 * refused. */
typedef struct found {
    const ost_json *password;
    const ost_json *device; /* in: */
    const ost_json *list;   /* all but the password, each with its id */
} found;

static ost_result name_all(account_call *a, found *f, const ost_json **ret_document)
{
    const ost_json *list;
    ost_result result = credentials_name(a->document, a->user.id, a->call->arena, &list);
    if (result == OST_OK)
        result =
            document_put(a->document, OST_TEXT("credentials"), list, a->call->arena, ret_document);
    if (result == OST_OK)
        f->list = ost_json_get(*ret_document, "credentials");
    return result;
}

/* What users see and may remove: second factors, and passkeys. */
static bool is_theirs(ost_text type)
{
    return user_factor_of_type(type) != FACTOR_NONE ||
           text_is(type, key_credential_type(WEBAUTHN_PASSWORDLESS));
}

static ost_result credential_find(account_call *a, found *ret_found)
{
    const ost_json *document;
    ost_result result = read_password(a, &ret_found->password);
    ret_found->device = NULL;
    if (result != OST_OK ||
        (ret_found->password != NULL &&
         text_equal(part_id(a->user.id, ret_found->password, a->call->arena), a->value)))
        return result;
    ret_found->password = NULL;
    result = name_all(a, ret_found, &document);
    for (const ost_json *at = result == OST_OK ? ost_json_first(ret_found->list) : NULL;
         at != NULL && ret_found->device == NULL; at = ost_json_next(at)) {
        if (is_theirs(part_text(at, "type")) && text_equal(part_text(at, "id"), a->value))
            ret_found->device = at;
    }
    return result != OST_OK || ret_found->device != NULL
               ? result
               : account_refuse(a, 404, "error", "Credential not found");
}

/* NULL: without it. */
static ost_result replace_device(account_call *a, const found *f, const ost_json *device,
                                 event_type event)
{
    const ost_json *list, *document;
    ost_result result = document_replace(f->list, f->device, device, a->call->arena, &list);
    if (result == OST_OK)
        result = document_put(a->document, OST_TEXT("credentials"),
                              ost_json_count(list) > 0 ? list : NULL, a->call->arena, &document);
    return result == OST_OK ? account_store_user(a, document, event) : result;
}

ost_result account_label_credential(account_call *a)
{
    found is;
    ost_text label = {0};
    ost_result result = credential_find(a, &is);
    const ost_json *credential = is.password != NULL ? is.password : is.device;
    if (result != OST_OK || credential == NULL)
        return result;
    if (!ost_json_text(a->body, &label) || !user_factor_label_fits(label))
        return account_refuse(a, 400, "errorMessage", "invalidRequestMessage");
    result = document_put_text(credential, "userLabel", label, a->call->arena, &credential);
    if (result == OST_OK && is.device != NULL)
        return replace_device(a, &is, credential, EVENTS);
    if (result == OST_OK)
        result = store_user_set_password(a->call->provider->store, text_of(a->call->realm->name),
                                         a->user.id, a->user.password, ost_json_source(credential));
    return result == OST_OK ? account_done(a) : result;
}

ost_result account_delete_credential(account_call *a)
{
    found is;
    ost_result result = credential_find(a, &is);
    if (result != OST_OK || (is.password == NULL && is.device == NULL))
        return result;
    if (is.device != NULL && user_factor_of_type(part_text(is.device, "type")) != FACTOR_CODE) {
        a->call->event.credential_type = part_text(is.device, "type");
        return replace_device(a, &is, NULL, EVENT_REMOVE_CREDENTIAL);
    }
    return is.device != NULL ? replace_device(a, &is, NULL, EVENT_REMOVE_TOTP)
                             : account_refuse(a, 400, "error", "Credential type cannot be removed");
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
    case AUTHENTICATION_DENIED:
        break;
    }
    return account_refuse(a, 400, "errorMessage", "invalidPasswordExistingMessage");
}
