/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials in the account REST API: the password, which is changed by who knows it, and devices
 * for one-time codes, which are set up at a login. */
#include "base/array.h"
#include "base/text.h"
#include "provider/account/account_call.h"
#include "provider/account/account_user.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/session/authentication.h"
#include "provider/user/otp_credential.h"

#define MAX_LABEL 255 /* bytes */
#define OTP "otp"
#define SETUP "CONFIGURE_TOTP"

static ost_result read_password(account_call *a, const ost_json **ret_password)
{
    *ret_password = NULL;
    return a->user.password.len > 0
               ? ost_json_read(a->user.password, NULL, a->call->arena, ret_password, NULL)
               : OST_OK;
}

/* Without what proves anything. */
static void put_credential(ost_json_writer *w, ost_text id, const ost_json *credential)
{
    static const char *const shown[] = {"type", "userLabel", "createdDate", "credentialData"};
    ost_json_open_object(w);
    ost_json_put_name(w, OST_TEXT("credential"));
    ost_json_open_object(w);
    ost_json_member_text(w, "id", id);
    for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
        const ost_json *value = ost_json_get(credential, shown[i]);
        if (value != NULL)
            ost_json_member_value(w, shown[i], value);
    }
    ost_json_close_object(w);
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
    ost_json_open_object(w);
    ost_json_member_string(w, "type", OTP);
    ost_json_member_string(w, "category", "two-factor");
    ost_json_member_string(w, "displayName", "otp-display-name");
    ost_json_member_string(w, "helptext", "otp-help-text");
    ost_json_member_string(w, "iconCssClass", "kcAuthenticatorOTPClass");
    if (required_action_is_on(a->call->realm, OST_TEXT(SETUP)))
        ost_json_member_string(w, "createAction", SETUP);
    ost_json_member_boolean(w, "removeable", true);
    if (!account_asks(a, "user-credentials", "false")) {
        ost_json_put_name(w, OST_TEXT("userCredentialMetadatas"));
        ost_json_open_array(w);
        for (size_t i = 0; i < count; i++)
            put_credential(w, devices[i].id, devices[i].credential);
        ost_json_close_array(w);
    }
    ost_json_close_object(w);
}

/* A kind that no login of the realm asks for is offered to nobody. */
static bool offers_codes(const account_call *a)
{
    realm_flow_demand demand =
        realm_flow_demand_of(a->call->realm->document, NULL, REALM_FLOW_BROWSER);
    return demand == FLOW_CODE || demand == FLOW_CODE_OF_OWNER;
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
    if ((type.len == 0 || text_is(type, OTP)) && (count > 0 || offers_codes(a)))
        put_devices(a, w, devices, count);
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

/* The credential that the path names: the password, or a device. Neither: the call is refused. */
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

static ost_result find(account_call *a, found *ret_found)
{
    otp_credential *devices;
    const ost_json *document;
    size_t count = 0;
    ost_result result = read_password(a, &ret_found->password);
    ret_found->device = NULL;
    if (result != OST_OK ||
        (ret_found->password != NULL &&
         text_equal(part_id(a->user.id, ret_found->password, a->call->arena), a->value)))
        return result;
    ret_found->password = NULL;
    result = name_all(a, ret_found, &document);
    if (result == OST_OK)
        result = otp_credentials_read(document, a->user.id, a->call->arena, &devices, &count);
    for (size_t i = 0; i < count && result == OST_OK && ret_found->device == NULL; i++) {
        if (text_equal(devices[i].id, a->value))
            ret_found->device = devices[i].credential;
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
    ost_result result = find(a, &is);
    const ost_json *credential = is.password != NULL ? is.password : is.device;
    if (result != OST_OK || credential == NULL)
        return result;
    if (!ost_json_text(a->body, &label) || label.len > MAX_LABEL)
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
    ost_result result = find(a, &is);
    if (result != OST_OK || (is.password == NULL && is.device == NULL))
        return result;
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
        break;
    }
    return account_refuse(a, 400, "errorMessage", "invalidPasswordExistingMessage");
}
