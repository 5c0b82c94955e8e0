/* SPDX-License-Identifier: Apache-2.0 */
/* Events; see call_event.h. */
#include "provider/call/call_event.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/call/event_error.h"
#include "store/store_event.h"

#define DETAIL_MAX 1000 /* bytes of a value that somebody sent */

static const char *const names[EVENTS][2] = {
    [EVENT_LOGIN] = {"LOGIN", "LOGIN_ERROR"},
    [EVENT_LOGOUT] = {"LOGOUT", "LOGOUT_ERROR"},
    [EVENT_DEVICE_AUTH] = {"OAUTH2_DEVICE_AUTH", "OAUTH2_DEVICE_AUTH_ERROR"},
    [EVENT_DEVICE_VERIFY_USER_CODE] = {"OAUTH2_DEVICE_VERIFY_USER_CODE",
                                       "OAUTH2_DEVICE_VERIFY_USER_CODE_ERROR"},
    [EVENT_DEVICE_CODE_TO_TOKEN] = {"OAUTH2_DEVICE_CODE_TO_TOKEN",
                                    "OAUTH2_DEVICE_CODE_TO_TOKEN_ERROR"},
    [EVENT_AUTHREQID_TO_TOKEN] = {"AUTHREQID_TO_TOKEN", "AUTHREQID_TO_TOKEN_ERROR"},
    [EVENT_CODE_TO_TOKEN] = {"CODE_TO_TOKEN", "CODE_TO_TOKEN_ERROR"},
    [EVENT_REFRESH_TOKEN] = {"REFRESH_TOKEN", "REFRESH_TOKEN_ERROR"},
    [EVENT_CLIENT_LOGIN] = {"CLIENT_LOGIN", "CLIENT_LOGIN_ERROR"},
    [EVENT_INTROSPECT_TOKEN] = {"INTROSPECT_TOKEN", "INTROSPECT_TOKEN_ERROR"},
    [EVENT_PUSHED_AUTHORIZATION_REQUEST] = {"PUSHED_AUTHORIZATION_REQUEST",
                                            "PUSHED_AUTHORIZATION_REQUEST_ERROR"},
    [EVENT_REVOKE_GRANT] = {"REVOKE_GRANT", "REVOKE_GRANT_ERROR"},
    [EVENT_TOKEN_EXCHANGE] = {"TOKEN_EXCHANGE", "TOKEN_EXCHANGE_ERROR"},
    [EVENT_USER_INFO_REQUEST] = {"USER_INFO_REQUEST", "USER_INFO_REQUEST_ERROR"},
    [EVENT_UPDATE_PROFILE] = {"UPDATE_PROFILE", "UPDATE_PROFILE_ERROR"},
    [EVENT_UPDATE_PASSWORD] = {"UPDATE_PASSWORD", "UPDATE_PASSWORD_ERROR"},
    [EVENT_UPDATE_TOTP] = {"UPDATE_TOTP", "UPDATE_TOTP_ERROR"},
    [EVENT_REMOVE_TOTP] = {"REMOVE_TOTP", "REMOVE_TOTP_ERROR"},
    [EVENT_UPDATE_CREDENTIAL] = {"UPDATE_CREDENTIAL", "UPDATE_CREDENTIAL_ERROR"},
    [EVENT_REMOVE_CREDENTIAL] = {"REMOVE_CREDENTIAL", "REMOVE_CREDENTIAL_ERROR"},
    [EVENT_VERIFY_PROFILE] = {"VERIFY_PROFILE", "VERIFY_PROFILE_ERROR"},
    [EVENT_CUSTOM_REQUIRED_ACTION] = {"CUSTOM_REQUIRED_ACTION", "CUSTOM_REQUIRED_ACTION_ERROR"},
    [EVENT_GRANT_CONSENT] = {"GRANT_CONSENT", "GRANT_CONSENT_ERROR"},
    [EVENT_UPDATE_CONSENT] = {"UPDATE_CONSENT", "UPDATE_CONSENT_ERROR"},
    [EVENT_IMPERSONATE] = {"IMPERSONATE", "IMPERSONATE_ERROR"},
    [EVENT_REGISTER] = {"REGISTER", "REGISTER_ERROR"},
    [EVENT_EXECUTE_ACTION_TOKEN] = {"EXECUTE_ACTION_TOKEN", "EXECUTE_ACTION_TOKEN_ERROR"},
    [EVENT_EXECUTE_ACTIONS] = {"EXECUTE_ACTIONS", "EXECUTE_ACTIONS_ERROR"},
    [EVENT_SEND_VERIFY_EMAIL] = {"SEND_VERIFY_EMAIL", "SEND_VERIFY_EMAIL_ERROR"},
    [EVENT_VERIFY_EMAIL] = {"VERIFY_EMAIL", "VERIFY_EMAIL_ERROR"},
    [EVENT_SEND_RESET_PASSWORD] = {"SEND_RESET_PASSWORD", "SEND_RESET_PASSWORD_ERROR"},
    [EVENT_RESET_PASSWORD] = {"RESET_PASSWORD", "RESET_PASSWORD_ERROR"},
    [EVENT_CLIENT_REGISTER] = {"CLIENT_REGISTER", "CLIENT_REGISTER_ERROR"},
    [EVENT_CLIENT_INFO] = {"CLIENT_INFO", "CLIENT_INFO_ERROR"},
    [EVENT_CLIENT_UPDATE] = {"CLIENT_UPDATE", "CLIENT_UPDATE_ERROR"},
    [EVENT_CLIENT_DELETE] = {"CLIENT_DELETE", "CLIENT_DELETE_ERROR"},
    [EVENT_IDENTITY_PROVIDER_LOGIN] = {"IDENTITY_PROVIDER_LOGIN", "IDENTITY_PROVIDER_LOGIN_ERROR"},
    [EVENT_IDENTITY_PROVIDER_FIRST_LOGIN] = {"IDENTITY_PROVIDER_FIRST_LOGIN",
                                             "IDENTITY_PROVIDER_FIRST_LOGIN_ERROR"},
    [EVENT_IDENTITY_PROVIDER_LINK_ACCOUNT] = {"IDENTITY_PROVIDER_LINK_ACCOUNT",
                                              "IDENTITY_PROVIDER_LINK_ACCOUNT_ERROR"},
    [EVENT_IDENTITY_PROVIDER_RETRIEVE_TOKEN] = {"IDENTITY_PROVIDER_RETRIEVE_TOKEN",
                                                "IDENTITY_PROVIDER_RETRIEVE_TOKEN_ERROR"},
    [EVENT_CLIENT_INITIATED_ACCOUNT_LINKING] = {"CLIENT_INITIATED_ACCOUNT_LINKING",
                                                "CLIENT_INITIATED_ACCOUNT_LINKING_ERROR"},
};

const char *event_name(event_type type, bool failed)
{
    return names[type][failed];
}

bool event_is_kept(event_type type)
{
    return type != EVENT_REFRESH_TOKEN && type != EVENT_INTROSPECT_TOKEN &&
           type != EVENT_USER_INFO_REQUEST && type != EVENT_CLIENT_INFO &&
           type != EVENT_IDENTITY_PROVIDER_RETRIEVE_TOKEN;
}

static bool is_wanted(const realm *r, event_type type, const char *name)
{
    const ost_json *types = ost_json_get(r->document, "enabledEventTypes");
    if (ost_json_count(types) == 0)
        return event_is_kept(type);
    for (const ost_json *at = ost_json_first(types); at != NULL; at = ost_json_next(at)) {
        if (ost_json_equals(at, text_of(name)))
            return true;
    }
    return false;
}

static void put_some(ost_json_writer *w, const char *name, ost_text value)
{
    if (value.len > 0 && value.len <= DETAIL_MAX && text_is_utf8(value))
        ost_json_member_text(w, name, value);
}

static ost_text client_of(const call *c)
{
    if (c->client != NULL)
        return text_of(c->client->client_id);
    return c->event.client.len > 0 ? c->event.client : call_parameter(c, "client_id");
}

/* For administrators who look later: without what proves anything. */
static void keep(call *c, event_type type, const char *error)
{
    const char *name = names[type][error != NULL];
    ost_text document, client = client_of(c);
    ost_json_writer *w;
    if (!c->realm->events || !is_wanted(c->realm, type, name) ||
        (w = ost_json_writer_new(c->arena, 0)) == NULL)
        return;
    ost_json_open_object(w);
    ost_json_member_integer(w, "time", c->now * 1000);
    ost_json_member_string(w, "type", name);
    ost_json_member_string(w, "realmId", c->realm->id);
    put_some(w, "clientId", client);
    put_some(w, "userId", c->event.user);
    put_some(w, "sessionId", c->event.session);
    put_some(w, "ipAddress", c->request->peer);
    put_some(w, "error", text_of(error));
    ost_json_put_name(w, OST_TEXT("details"));
    ost_json_open_object(w);
    put_some(w, "auth_method", OST_TEXT("openid-connect"));
    put_some(w, "grant_type", call_parameter(c, "grant_type"));
    put_some(w, "username", c->event.username);
    put_some(w, "email", c->event.email);
    put_some(w, "credential_type", c->event.credential_type);
    put_some(w, "custom_required_action", c->event.action);
    put_some(w, "identity_provider", c->event.identity_provider);
    put_some(w, "identity_provider_identity", c->event.identity);
    if (type == EVENT_REGISTER)
        ost_json_member_string(w, "register_method",
                               c->event.identity_provider.len > 0 ? "broker" : "form");
    put_some(w, "impersonator", c->event.impersonator);
    put_some(w, "impersonator_realm", c->event.impersonator_realm);
    ost_json_close_object(w);
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &document) != OST_OK)
        return;
    const store_event event = {
        .realm = text_of(c->realm->name),
        .time = c->now * 1000,
        .expires = c->realm->event_lifetime > 0 ? c->now + c->realm->event_lifetime : 0,
        .type = text_of(name),
        .client = client.len <= DETAIL_MAX ? client : (ost_text){0},
        .user = c->event.user,
        .address = c->request->peer,
        .document = document,
    };
    event_queue_add(&c->provider->waiting_events, &event);
}

/* What has a newer name in Keycloak 26, which tells it by both. */
static const struct renamed {
    event_type type, newer;
    const char *credential_type;
} renamed[] = {
    {EVENT_UPDATE_PASSWORD, EVENT_UPDATE_CREDENTIAL, "password"},
    {EVENT_UPDATE_TOTP, EVENT_UPDATE_CREDENTIAL, "otp"},
    {EVENT_REMOVE_TOTP, EVENT_REMOVE_CREDENTIAL, "otp"},
};

static const struct renamed *find_renamed(event_type type)
{
    for (size_t i = 0; i < ARRAY_LEN(renamed); i++) {
        if (renamed[i].type == type)
            return &renamed[i];
    }
    return NULL;
}

/* `as`: how the log calls it. */
static void note(call *c, event_type type, const char *error, const char *as)
{
    bool failed = error != NULL;
    atomic_fetch_add_explicit(&c->provider->events[type][failed], 1, memory_order_relaxed);
    http_add_detail(c->exchange, as, text_of(names[type][failed]));
    keep(c, type, error);
}

/* By all of its names: the older one first, as in Keycloak, which has errors the other way. */
static void note_all(call *c, event_type type, const char *error, const char *as)
{
    const struct renamed *by = find_renamed(type);
    if (by != NULL && c->event.credential_type.len == 0)
        c->event.credential_type = text_of(by->credential_type);
    if (by != NULL && error != NULL)
        note(c, by->newer, error, "also");
    note(c, type, error, as);
    if (by != NULL && error == NULL)
        note(c, by->newer, error, "also");
}

void event_tell(call *c, event_type type, const char *error)
{
    http_add_detail(c->exchange, "realm", text_of(c->realm->name));
    http_add_detail(c->exchange, "client", client_of(c));
    http_add_detail(c->exchange, "grant", call_parameter(c, "grant_type"));
    http_add_detail(c->exchange, "username", c->event.username);
    http_add_detail(c->exchange, "session", c->event.session);
    http_add_detail(c->exchange, "impersonator", c->event.impersonator);
    http_add_detail(c->exchange, "identity_provider", c->event.identity_provider);
    http_add_detail(c->exchange, "error", text_of(error));
    if (c->event.user.len > 0)
        http_set_subject(c->exchange, c->event.user);
    note_all(c, type, error, "event");
}

void event_tell_before(call *c, event_type type)
{
    note_all(c, type, NULL, "before");
}

void event_tell_failed_before(call *c, event_type type, const char *error)
{
    note_all(c, type, error, "before");
}

/* A page that asks with prompt=none whether somebody is logged in is answered: nobody has failed.
 */
static bool is_question(event_type type, const char *error)
{
    static const char *const answers[] = {"login_required", "interaction_required",
                                          "account_selection_required"};
    for (size_t i = 0; type == EVENT_LOGIN && i < ARRAY_LEN(answers); i++) {
        if (strcmp(error, answers[i]) == 0)
            return true;
    }
    return false;
}

void event_tell_outcome(call *c, event_type type)
{
    const char *error = NULL;
    if (c->error.status != 0)
        error = c->event.error != NULL ? c->event.error : event_error_word(type, &c->error);
    if (error == NULL || c->event.error != NULL || !is_question(type, error))
        event_tell(c, type, error);
}
