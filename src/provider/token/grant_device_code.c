/* SPDX-License-Identifier: Apache-2.0 */
/* The device_code grant (RFC 8628 §3.4): a device asks again and again until its user has answered
 * in a browser elsewhere. */
#include "base/base64url.h"
#include "base/text.h"
#include "provider/session/authentication.h"
#include "provider/session/consent.h"
#include "provider/token/grant.h"
#include "provider/token/login_grant.h"
#include "provider/token/pkce.h"
#include "provider/token/resource.h"
#include "provider/token/token.h"
#include "store/store_device.h"

#define NOT_VALID "Device code not valid"

/* What a device hears again and again is no event. */
static bool refuse_for_now(call *c, const char *error, const char *description)
{
    c->event.due = false;
    return call_refuse(c, 400, error, description);
}

static bool refuse(call *c, const char *why)
{
    return call_refuse(c, 400, "invalid_grant", why);
}

static bool load(call *c, ost_text code, store_device *ret_device)
{
    unsigned char hash[32];
    char id[BASE64URL_LEN(sizeof hash)];
    if (code.data == NULL)
        return call_refuse(c, 400, "invalid_request", "Missing parameter: device_code");
    if (ost_sha256(code, hash) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    ost_result result = store_device_get(c->provider->store, text_of(c->realm->name),
                                         (ost_text){id, base64url_encode(hash, sizeof hash, id)},
                                         c->arena, ret_device);
    if (result == OST_E_NOT_FOUND)
        return refuse(c, NOT_VALID);
    if (result != OST_OK)
        return call_refuse_busy(c);
    return text_is(ret_device->client_id, c->client->client_id) || refuse(c, "unauthorized client");
}

/* The pace counts for each of the device's questions, whatever the answer would be. */
static bool check_pace(call *c, const store_device *device)
{
    ost_result result = store_device_poll(c->provider->store, device->realm, device->id, c->now);
    if (result == OST_E_BUSY)
        return refuse_for_now(c, "slow_down", "Slow down");
    if (result == OST_E_NOT_FOUND) /* taken a moment ago */
        return refuse(c, NOT_VALID);
    return result == OST_OK || call_refuse_busy(c);
}

static bool check_answer(call *c, const store_device *device)
{
    if (device->expires <= c->now)
        return call_refuse(c, 400, "expired_token", "Device code is expired");
    switch (device->state) {
    case DEVICE_PENDING:
        return refuse_for_now(c, "authorization_pending",
                              "The authorization request is still pending");
    case DEVICE_DENIED:
        return call_refuse(c, 400, "access_denied",
                           "The end user denied the authorization request");
    case DEVICE_APPROVED:
        break;
    }
    return true;
}

/* Two requests at a time, and only one has it. */
static bool take(call *c, const store_device *device)
{
    ost_result result = store_device_take(c->provider->store, device->realm, device->id);
    if (result == OST_E_NOT_FOUND)
        return refuse(c, NOT_VALID);
    return result == OST_OK || call_refuse_busy(c);
}

static bool load_part(call *c, const store_device *device, store_client_session *ret_part)
{
    ost_result result = store_client_session_get(c->provider->store, device->session_id,
                                                 device->client_id, c->arena, ret_part);
    if (result == OST_E_NOT_FOUND)
        return refuse(c, NOT_VALID);
    return result == OST_OK || call_refuse_busy(c);
}

static void give(call *c, const store_device *device, store_client_session *part)
{
    grant g = {.client = c->client, .may_be_offline = true};
    ost_text code = call_parameter(c, "device_code");
    store_session offline = {0};
    minted m;
    g.acr = client_session_acr(c, part);
    g.client_started = client_session_since(c, part);
    g.granted_resources = device->resources;
    if (grant_choose_scopes(c, device->scope, &g) &&
        resources_narrow(c, device->resources, &g.resources) &&
        login_grant_load(c, device->session_id, NOT_VALID, &g) &&
        consent_holds(c, g.user_id, g.scopes) && login_grant_go_offline(c, code, &g, &offline) &&
        mint_tokens(c, &g, true, &m) && login_grant_keep(c, part, &offline, &m))
        (void)mint_answer(c, &g, &m);
}

void grant_device_code(call *c)
{
    store_device device;
    store_client_session part;
    if (!c->client->device_grant) {
        refuse(c, "Client not allowed OAuth 2.0 Device Authorization Grant");
        return;
    }
    if (load(c, call_parameter(c, "device_code"), &device) && check_pace(c, &device) &&
        check_answer(c, &device) && pkce_check(c, device.challenge, device.challenge_method) &&
        load_part(c, &device, &part) && take(c, &device))
        give(c, &device, &part);
}
