/* SPDX-License-Identifier: Apache-2.0 */
/* The CIBA grant (CIBA Core §10.1): a client asks for the tokens of a user who has been
 * authenticated on a device of theirs. The login is of the moment in which it gets them. */
#include "base/text.h"
#include "provider/detail/authorization_details.h"
#include "provider/session/authentication.h"
#include "provider/session/consent.h"
#include "provider/token/device_poll.h"
#include "provider/token/grant.h"
#include "provider/token/login_grant.h"
#include "provider/token/resource.h"
#include "provider/token/token.h"
#include "store/grant/store_code.h"

static const device_words words = {
    .parameter = "auth_req_id",
    .unknown = "Invalid auth_req_id",
    .expired = "authentication timed out",
    .pending = "The authorization request is still pending as the end-user hasn't yet been "
               "authenticated.",
    .denied = "not authorized",
    .slow_down = "too early to access",
};

static bool refuse(call *c, const char *why)
{
    return call_refuse(c, 400, "invalid_grant", why);
}

static bool load_user(call *c, ost_text id, authenticated_user *ret_user)
{
    ost_result result = authentication_load_user(c, id, ret_user);
    c->event.user = id;
    if (result == OST_E_NOT_FOUND)
        return refuse(c, "Could not identify user");
    if (result == OST_E_STATE)
        return refuse(c, "User disabled");
    if (result != OST_OK)
        return call_refuse_busy(c);
    return ret_user->complete || refuse(c, "Account is not fully set up");
}

/* The channel has shown its user what is asked for: who approves there, consents. */
static bool keep_consent(call *c, const grant *g)
{
    consent_list missing;
    ost_result result = consent_missing(c, g->user_id, g->scopes, false, &missing);
    if (result == OST_OK && missing.count > 0)
        result = consent_grant(c, g->user_id, &missing, consent_names(c, &missing));
    return result == OST_OK || call_refuse_busy(c);
}

void grant_ciba(call *c)
{
    grant g = {
        .client = c->client, .may_be_offline = true, .auth_time = c->now, .interactive = true};
    store_device device;
    authenticated_user user;
    if (!c->client->ciba.on) {
        refuse(c, "Client not allowed OIDC CIBA Grant");
        return;
    }
    if (device_poll(c, DEVICE_CIBA, &words, &device) && load_user(c, device.user_id, &user) &&
        grant_choose_scopes(c, device.scope, &g) &&
        resources_narrow(c, device.resources, &g.resources) &&
        details_narrow(c, device.details, &g.details) &&
        grant_set_user(c, user.document, user.id, &g) && grant_check_offline(c, &g) &&
        keep_consent(c, &g)) {
        const store_single_use once = {STORE_SINGLE_USE_DEVICE, device.realm, device.id};
        g.granted_resources = device.resources;
        g.granted_details = device.details;
        login_grant_begin(
            c, &g, &once, words.unknown,
            text_of(call_format(c, "{\"acr\":\"1\",\"since\":%lld}", (long long)c->now)));
    }
}
