/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of the authentication channel; see channel_answer.h. */
#include "provider/ciba/channel_answer.h"

#include "base/array.h"
#include "base/base64url.h"
#include "base/text.h"
#include "provider/ciba/channel_token.h"
#include "store/grant/store_device.h"

static bool refuse_token(call *c, int status)
{
    return call_refuse(c, status, "invalid_token", "Invalid token");
}

static bool refuse(call *c, const char *why)
{
    return call_refuse(c, 400, "invalid_request", why);
}

/* The request that the token was made for, while it waits. */
static bool find_request(call *c, ost_text id, ost_text client_id, store_device *ret_device)
{
    unsigned char hash[32];
    char code[BASE64URL_LEN(sizeof hash)];
    if (ost_sha256(id, hash) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    ost_result result = store_device_find(
        c->provider->store, DEVICE_CIBA, text_of(c->realm->name),
        (ost_text){code, base64url_encode(hash, sizeof hash, code)}, c->arena, ret_device);
    if (result == OST_E_NOT_FOUND)
        return refuse_token(c, 403);
    if (result != OST_OK)
        return call_refuse_busy(c);
    if (ret_device->state != DEVICE_PENDING || ret_device->expires <= c->now)
        return refuse_token(c, 403);
    c->client = realm_find_client(c->realm, client_id);
    if (c->client == NULL || !c->client->enabled || !c->client->ciba.on)
        return refuse(c, "Invalid token recipient");
    return text_equal(ret_device->client_id, client_id) || refuse(c, "Token recipient mismatch");
}

static bool read_token(call *c, store_device *ret_device)
{
    ost_text token, id, client_id;
    bearer_outcome bearer = call_bearer(c, &token);
    if (bearer != BEARER_TOKEN)
        return refuse_token(c, bearer == BEARER_NONE ? 401 : 403);
    ost_result result = channel_token_read(c, token, &id, &client_id);
    if (result == OST_E_MEMORY || result == OST_E_CRYPTO)
        return call_refuse(c, 500, "server_error", NULL);
    return result == OST_OK ? find_request(c, id, client_id, ret_device) : refuse_token(c, 403);
}

typedef struct channel_status {
    const char *name;
    store_device_state state;
    const char *event; /* of a user who does not log in */
} channel_status;

static const channel_status *read_status(call *c)
{
    static const channel_status statuses[] = {
        {"SUCCEED", DEVICE_APPROVED, NULL},
        {"UNAUTHORIZED", DEVICE_DENIED, "consent_denied"},
        {"CANCELLED", DEVICE_DENIED, "not_allowed"},
    };
    static const ost_json_limits limits = {
        .max_bytes = 16 << 10, .max_depth = 8, .max_values = 256};
    const ost_json *body;
    if (ost_json_read(c->request->body, &limits, c->arena, &body, NULL) != OST_OK) {
        refuse(c, "The body is not JSON");
        return NULL;
    }
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        if (ost_json_equals(ost_json_get(body, "status"), text_of(statuses[i].name)))
            return &statuses[i];
    }
    refuse(c, "Invalid authentication status");
    return NULL;
}

/* Denied is denied: an answer that comes later, or again, changes nothing. */
static bool keep_answer(call *c, const store_device *device, const channel_status *status)
{
    ost_result result = store_device_answer(c->provider->store, device->realm, device->id,
                                            status->state, NULL, NULL, c->now);
    if (result == OST_E_NOT_FOUND)
        return refuse_token(c, 403);
    if (result != OST_OK)
        return call_refuse_busy(c);
    if (c->client->ciba.ping)
        logout_bell_ring(&c->provider->logouts_bell);
    c->event.due = status->event != NULL;
    c->event.error = status->event;
    c->event.user = device->user_id;
    return true;
}

bool channel_answer_take(call *c)
{
    store_device device;
    if (!http_request_is_of(c->request, "application/json"))
        return call_refuse(c, 415, "invalid_request", "The content type is not application/json");
    if (!read_token(c, &device))
        return false;
    const channel_status *status = read_status(c);
    return status != NULL && keep_answer(c, &device, status);
}
