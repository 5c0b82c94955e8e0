/* SPDX-License-Identifier: Apache-2.0 */
/* The device_code grant (RFC 8628 §3.4): a device asks again and again until its user has answered
 * in a browser elsewhere. */
#include "base/text.h"
#include "provider/detail/authorization_details.h"
#include "provider/session/authentication.h"
#include "provider/session/consent.h"
#include "provider/session/session_level.h"
#include "provider/token/device_poll.h"
#include "provider/token/grant.h"
#include "provider/token/login_grant.h"
#include "provider/token/pkce.h"
#include "provider/token/resource.h"
#include "provider/token/token.h"
#include "store/grant/store_code.h"
#include "store/session/store_session.h"

#define NOT_VALID "Device code not valid"

static const device_words words = {
    .parameter = "device_code",
    .unknown = NOT_VALID,
    .expired = "Device code is expired",
    .pending = "The authorization request is still pending",
    .denied = "The end user denied the authorization request",
    .slow_down = "Slow down",
};

static bool load_part(call *c, const store_device *device, store_client_session *ret_part)
{
    ost_result result = store_client_session_get(c->provider->store, device->session_id,
                                                 device->client_id, c->arena, ret_part);
    if (result == OST_E_NOT_FOUND)
        return call_refuse(c, 400, "invalid_grant", NOT_VALID);
    return result == OST_OK || call_refuse_busy(c);
}

static void give(call *c, const store_device *device, store_client_session *part)
{
    grant g = {.client = c->client, .may_be_offline = true};
    const store_single_use once = {STORE_SINGLE_USE_DEVICE, device->realm, device->id};
    ost_text code = call_parameter(c, "device_code");
    store_session offline = {0};
    minted m;
    g.acr = reached_level_read(c, part->notes);
    if (g.acr != NULL && !text_equal(g.acr->device, device->id)) /* another login's, by now */
        g.acr = reached_level_limit(c, g.acr, FLOW_LEVEL_NONE);
    g.client_started = client_session_since(c, part);
    g.granted_resources = device->resources;
    g.granted_details = device->details;
    if (grant_choose_scopes(c, device->scope, &g) &&
        resources_narrow(c, device->resources, &g.resources) &&
        details_narrow(c, device->details, &g.details) &&
        login_grant_load(c, device->session_id, NOT_VALID, &g) &&
        consent_holds(c, g.user_id, g.scopes) && login_grant_go_offline(c, code, &g, &offline) &&
        mint_tokens(c, &g, true, &m) && login_grant_keep(c, &once, NOT_VALID, part, &offline, &m))
        (void)mint_answer(c, &g, &m);
    else if (c->error.status < 500) /* there is no use in asking again */
        (void)!store_device_take(c->provider->store, device->realm, device->id);
}

void grant_device_code(call *c)
{
    store_device device;
    store_client_session part;
    if (!c->client->device_grant) {
        call_refuse(c, 400, "invalid_grant",
                    "Client not allowed OAuth 2.0 Device Authorization Grant");
        return;
    }
    if (device_poll(c, DEVICE_GRANT, &words, &device) &&
        pkce_check(c, device.challenge, device.challenge_method) && load_part(c, &device, &part))
        give(c, &device, &part);
}
