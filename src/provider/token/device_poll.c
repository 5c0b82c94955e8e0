/* SPDX-License-Identifier: Apache-2.0 */
/* Polling for a user's answer; see device_poll.h. */
#include "provider/token/device_poll.h"

#include "base/base64url.h"
#include "base/text.h"

/* What a client hears again and again is no event. */
static bool refuse_for_now(call *c, const char *error, const char *description)
{
    c->event.due = false;
    return call_refuse(c, 400, error, description);
}

static bool refuse(call *c, const char *why)
{
    return call_refuse(c, 400, "invalid_grant", why);
}

static bool load(call *c, store_device_kind kind, const device_words *words,
                 store_device *ret_device)
{
    unsigned char hash[32];
    char id[BASE64URL_LEN(sizeof hash)];
    ost_text code = call_parameter(c, words->parameter);
    if (code.data == NULL)
        return call_refuse(c, 400, "invalid_request",
                           call_format(c, "Missing parameter: %s", words->parameter));
    if (ost_sha256(code, hash) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    ost_result result = store_device_get(c->provider->store, kind, text_of(c->realm->name),
                                         (ost_text){id, base64url_encode(hash, sizeof hash, id)},
                                         c->arena, ret_device);
    if (result == OST_E_NOT_FOUND)
        return refuse(c, words->unknown);
    if (result != OST_OK)
        return call_refuse_busy(c);
    return text_is(ret_device->client_id, c->client->client_id) || refuse(c, "unauthorized client");
}

/* Who is told when there is an answer may come for it at once (CIBA Core §10.2). */
static bool was_told(const call *c, store_device_kind kind, const store_device *device)
{
    return kind == DEVICE_CIBA && c->client->ciba.ping && device->state != DEVICE_PENDING;
}

/* The pace counts for each of the client's questions, whatever the answer would be. */
static bool check_pace(call *c, store_device_kind kind, const device_words *words,
                       const store_device *device)
{
    if (was_told(c, kind, device))
        return true;
    ost_result result = store_device_poll(c->provider->store, device->realm, device->id, c->now);
    if (result == OST_E_BUSY)
        return refuse_for_now(c, "slow_down", words->slow_down);
    if (result == OST_E_NOT_FOUND) /* taken a moment ago */
        return refuse(c, words->unknown);
    return result == OST_OK || call_refuse_busy(c);
}

static bool check_answer(call *c, const device_words *words, const store_device *device)
{
    switch (device->state) {
    case DEVICE_PENDING:
        return refuse_for_now(c, "authorization_pending", words->pending);
    case DEVICE_DENIED:
        return call_refuse(c, 400, "access_denied", words->denied);
    case DEVICE_APPROVED:
        break;
    }
    return true;
}

bool device_poll(call *c, store_device_kind kind, const device_words *words,
                 store_device *ret_device)
{
    if (!load(c, kind, words, ret_device))
        return false;
    if (ret_device->expires <= c->now)
        return call_refuse(c, 400, "expired_token", words->expired);
    return check_pace(c, kind, words, ret_device) && check_answer(c, words, ret_device);
}
