/* SPDX-License-Identifier: Apache-2.0 */
/* Backchannel authentication requests; see ciba_request.h. */
#include "provider/ciba/ciba_request.h"

#include "base/ascii.h"
#include "base/b64token.h"
#include "base/base64url.h"
#include "base/context.h"
#include "base/text.h"
#include "provider/call/call_policy.h"
#include "provider/ciba/channel_token.h"
#include "provider/detail/authorization_details.h"
#include "provider/login/request_object.h"
#include "provider/realm/uuid.h"
#include "provider/session/id_token_hint.h"
#include "provider/session/token_user.h"
#include "provider/token/grant.h"
#include "provider/token/resource.h"
#include "store/grant/store_device.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

#define SCOPE_MAX 8192 /* bytes, as of authorization requests */
#define HINT_MAX 16384 /* bytes: an ID token is long */
#define ACR_MAX 1024   /* bytes */
#define BINDING_MAX 50 /* characters */
#define NOTIFICATION_MAX 1024
#define PENDING_MAX 5000    /* of one client */
#define REQUEST_ID_BYTES 32 /* CIBA §7.3 asks for 128 bits at least, and had rather 160 */

static bool ciba_refuse(call *c, const char *why)
{
    return call_refuse(c, 400, "invalid_request", why);
}

/* ---- reading ---- */

static bool has(const call *c, const char *name)
{
    return call_parameter(c, name).data != NULL;
}

/* §7.1: one hint and no more; which one, is the realm's to say. */
static bool read_hint(call *c, ost_text *ret_hint)
{
    static const char *const names[] = {
        [CIBA_LOGIN_HINT] = "login_hint",
        [CIBA_ID_TOKEN_HINT] = "id_token_hint",
        [CIBA_LOGIN_HINT_TOKEN] = "login_hint_token",
    };
    const char *wanted = names[c->realm->ciba.hint];
    if (!has(c, wanted))
        return ciba_refuse(c, call_format(c, "missing parameter : %s", wanted));
    for (size_t i = 0; i <= CIBA_LOGIN_HINT_TOKEN; i++) {
        if (names[i] != wanted && has(c, names[i]))
            return ciba_refuse(c, "more than one hint of the user");
    }
    *ret_hint = call_parameter(c, wanted);
    return ret_hint->len <= HINT_MAX || ciba_refuse(c, "a parameter is too long");
}

static bool is_plain(ost_text message)
{
    const ost_text more = OST_TEXT("-._+/!?#");
    for (size_t i = 0; i < message.len; i++) {
        char at = message.data[i];
        if (!ascii_is_alphanumeric(at) && text_find(more, at, 0) == more.len)
            return false;
    }
    return message.len > 0 && message.len <= BINDING_MAX;
}

static bool read_binding_message(call *c, ost_text *ret_message)
{
    *ret_message = call_parameter(c, "binding_message");
    return ret_message->data == NULL || is_plain(*ret_message) ||
           call_refuse(c, 400, "invalid_binding_message",
                       "the binding_message value has to be max 50 characters in length and must "
                       "contain only basic plain-text characters without spaces");
}

/* At most what the realm gives: the client may want less. */
static bool read_lifespan(call *c, int64_t *ret_lifespan)
{
    uint64_t wanted = 0;
    ost_text text = call_parameter(c, "requested_expiry");
    *ret_lifespan = c->realm->ciba.lifespan;
    if (text.data == NULL)
        return true;
    if (!text_to_unsigned(text, INT32_MAX, &wanted) || wanted == 0)
        return ciba_refuse(c, "requested_expiry is not a positive number");
    if ((int64_t)wanted < *ret_lifespan)
        *ret_lifespan = (int64_t)wanted;
    return true;
}

static bool read_notification(call *c, ost_text *ret_token)
{
    ost_text token = call_parameter(c, "client_notification_token");
    *ret_token = token;
    bool ping = c->client->ciba.ping;
    if (token.data == NULL)
        return !ping ||
               ciba_refuse(c, "Client Notification token needs to be provided with the ping mode");
    if (!ping)
        return ciba_refuse(c, "Client Notification token supported only for the ping mode");
    if (token.len > NOTIFICATION_MAX)
        return ciba_refuse(c, "Client Notification token length is limited to 1024 characters");
    /* §7.1: we show it as a bearer token. */
    return text_is_b64token(token) ||
           ciba_refuse(c, "Client Notification token is no bearer token");
}

static bool read_scope(call *c, ost_text *ret_scope)
{
    grant g = {.client = c->client, .may_be_offline = true};
    *ret_scope = call_parameter(c, "scope");
    if (text_trim(*ret_scope).len == 0) /* RFC 6749 §3.1: without a value it is not there */
        return ciba_refuse(c, "missing parameter : scope");
    if (ret_scope->len > SCOPE_MAX)
        return ciba_refuse(c, "a parameter is too long");
    return grant_choose_scopes(c, *ret_scope, &g);
}

/* What is signed is known by now. */
static bool check_policies(call *c, const ciba_request *r)
{
    if (!call_has_policies(c))
        return true;
    policy_case is = call_policy_case(c, POLICY_CIBA_REQUEST);
    is.binding = r->question.binding_message.data != NULL;
    return call_policy_allows(c, &is);
}

bool ciba_request_read(call *c, ciba_request *ret_request)
{
    ciba_request r = {0};
    if (has(c, "request_uri"))
        return ciba_refuse(c, "Specified 'request_uri' not allowed for this client.");
    if (!request_object_read_backchannel(c, c->client) || !read_hint(c, &r.hint) ||
        !read_scope(c, &r.question.scope) || !details_read(c, &r.question.details) ||
        !read_binding_message(c, &r.question.binding_message) || !read_lifespan(c, &r.lifespan) ||
        !read_notification(c, &r.notification_token))
        return false;
    if (has(c, "user_code"))
        return ciba_refuse(c, "User code not supported");
    r.question.acr_values = call_parameter(c, "acr_values");
    if (r.question.acr_values.len > ACR_MAX)
        return ciba_refuse(c, "a parameter is too long");
    if (!check_policies(c, &r))
        return false;
    *ret_request = r;
    return true;
}

/* ---- keeping ---- */

static ost_result find_by_token(call *c, ost_text hint, store_user *ret_user)
{
    const ost_claims *claims;
    ost_text id;
    ost_result result = id_token_hint_read(c, hint, &claims);
    if (result == OST_OK)
        result =
            token_user(c, realm_find_client(c->realm, ost_claims_text(claims, "azp")), claims, &id);
    if (result == OST_OK)
        result =
            store_user_get(c->provider->store, text_of(c->realm->name), id, c->arena, ret_user);
    return result == OST_OK || call_is_busy(result) ? result : OST_E_NOT_FOUND;
}

static bool find_user(call *c, ost_text hint, store_user *ret_user)
{
    ost_result result = OST_E_NOT_FOUND;
    if (c->realm->ciba.hint == CIBA_LOGIN_HINT && hint.len > 0)
        result = store_user_find(c->provider->store, text_of(c->realm->name), hint, true, c->arena,
                                 ret_user);
    else if (c->realm->ciba.hint == CIBA_ID_TOKEN_HINT)
        result = find_by_token(c, hint, ret_user);
    if (call_is_busy(result))
        return call_refuse_busy(c);
    return (result == OST_OK && ret_user->enabled) || ciba_refuse(c, "invalid user");
}

/* What is not stored: who reads the store gets no tokens, and answers nothing. */
static bool hash_text(call *c, ost_text text, ost_text *ret_hash)
{
    return call_hash(c, text, ret_hash) == OST_OK || call_refuse(c, 500, "server_error", NULL);
}

static bool make_id(call *c, ciba_request *r)
{
    unsigned char bytes[REQUEST_ID_BYTES];
    if (context_random(c->provider->context, bytes, sizeof bytes) != OST_OK ||
        base64url_encode_to(c->arena, text_of_bytes(bytes, sizeof bytes), &r->auth_req_id) !=
            OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    return hash_text(c, r->auth_req_id, &r->id);
}

static bool keep(call *c, ciba_request *r, const store_user *user, ost_text channel_id)
{
    store_device device = {
        .id = r->id,
        .realm = text_of(c->realm->name),
        .client_id = text_of(c->client->client_id),
        .kind = DEVICE_CIBA,
        .scope = r->question.scope,
        .details = r->question.details,
        .expires = c->now + r->lifespan,
        .interval = c->realm->ciba.interval,
        .user_id = user->id,
    };
    if (c->client->ciba.ping) {
        device.auth_req_id = r->auth_req_id;
        device.notification_token = r->notification_token;
    }
    return hash_text(c, channel_id, &device.user_code) && resources_read(c, &device.resources) &&
           (store_device_create(c->provider->store, &device, PENDING_MAX, c->now) == OST_OK ||
            call_refuse_busy(c));
}

bool ciba_request_keep(call *c, ciba_request *r)
{
    store_user user;
    ost_text channel_id = uuid_text(c->provider->context, c->arena);
    if (channel_id.data == NULL)
        return call_refuse(c, 500, "server_error", NULL);
    return find_user(c, r->hint, &user) && make_id(c, r) &&
           channel_token_make(c, channel_id, user.id, c->now + r->lifespan, &r->channel_token) &&
           channel_question_write(c, &r->question, user.username, &r->channel_body) &&
           keep(c, r, &user, channel_id);
}

void ciba_request_withdraw(call *c, const ciba_request *r)
{
    (void)!store_device_withdraw(c->provider->store, text_of(c->realm->name), r->id);
}

bool ciba_request_answer(call *c, const ciba_request *r)
{
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return false;
    ost_json_open_object(w);
    ost_json_member_text(w, "auth_req_id", r->auth_req_id);
    ost_json_member_integer(w, "expires_in", r->lifespan);
    if (c->realm->ciba.interval > 0)
        ost_json_member_integer(w, "interval", c->realm->ciba.interval);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, &c->answer) == OST_OK ||
           call_refuse(c, 500, "server_error", NULL);
}
