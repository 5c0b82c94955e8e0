/* SPDX-License-Identifier: Apache-2.0 */
/* Who registers clients; see registrant.h. */
#include "provider/registration/registrant.h"

#include "base/text.h"
#include "provider/admin/admin_right.h"
#include "provider/policy/policy_case.h"
#include "provider/session/internal_token.h"
#include "provider/session/registration_token.h"
#include "store/grant/store_initial_access.h"

#define VIEWERS (RIGHT_VIEW_CLIENTS | RIGHT_MANAGE_CLIENTS)
#define CREATORS (RIGHT_CREATE_CLIENT | RIGHT_MANAGE_CLIENTS)

static bool refuse_token(call *c, const char *why)
{
    return call_refuse(c, 401, "invalid_token", why);
}

bool registrant_take_initial(call *c, const shown_token *token, ost_text *ret_id)
{
    const ost_claims *claims;
    ost_text id;
    /* It is of no key: by the scheme DPoP it is no token. */
    if (token->by_dpop ||
        internal_token_read(c, token->text, INITIAL_ACCESS_TOKEN, &claims) != OST_OK)
        return false;
    id = ost_claims_text(claims, "jti");
    switch (store_initial_access_take(c->provider->store, text_of(c->realm->name), id, c->now)) {
    case OST_OK:
        *ret_id = id;
        return true;
    case OST_E_NOT_FOUND:
        return refuse_token(c, "Initial Access Token not found");
    case OST_E_CONFLICT:
        return refuse_token(c, "No remaining count on initial access token");
    case OST_E_EXPIRED:
        return refuse_token(c, "Failed decode token");
    default:
        return call_refuse_busy(c);
    }
}

void registrant_give_back(call *c, ost_text initial)
{
    if (initial.len > 0)
        (void)!store_initial_access_give_back(c->provider->store, text_of(c->realm->name), initial);
}

/* An access token whose owner has one of the rights over the realm now. */
static bool read_user(call *c, const shown_token *token, admin_rights rights, registrant *ret)
{
    admin_asker asker;
    ost_result result = admin_right_read(c, token, &asker);
    c->client = NULL; /* the program that asks is not the client that is asked about */
    if (call_is_busy(result))
        return call_refuse_busy(c);
    if (result != OST_OK)
        return refuse_token(c, "Failed decode token");
    if ((admin_right_over(&asker, text_of(c->realm->name)) & rights) == 0)
        return call_refuse(c, 403, "insufficient_scope", "Forbidden");
    *ret = (registrant){.how = BY_USER, .user = asker.user};
    return true;
}

bool registrant_read(call *c, const shown_token *token, registrant *ret)
{
    ost_text initial = {0};
    if (token->text.len == 0) {
        *ret = (registrant){.how = BY_ANYBODY};
        return true;
    }
    if (registrant_take_initial(c, token, &initial)) {
        *ret = (registrant){.how = BY_INITIAL_TOKEN, .initial = initial};
        return true;
    }
    return c->error.status == 0 && read_user(c, token, CREATORS, ret);
}

/* Its own token, the one that is valid now; of a client that is not enabled none is. */
static bool is_of_client(const realm_client *client, const ost_claims *claims)
{
    ost_text id = {0};
    return client != NULL && client->enabled &&
           ost_json_text(ost_json_get(client->attributes, REGISTRATION_TOKEN_ID), &id) &&
           id.len > 0 && text_equal_secret(id, ost_claims_text(claims, "jti"));
}

bool registrant_open(call *c, ost_text client_id, const shown_token *token, registrant_wish wish,
                     registrant *ret)
{
    static const char *const refusals[] = {
        [REGISTRANT_VIEWS] = "Not authorized to view client. Not valid token or client credentials "
                             "provided.",
        [REGISTRANT_CHANGES] =
            "Not authorized to update client. Maybe missing token or bad token type."};
    const realm_client *client = realm_find_client(c->realm, client_id);
    const ost_claims *claims;
    if (token->text.len == 0)
        return refuse_token(c, refusals[wish]);
    bool internal = !token->by_dpop;
    if (internal && internal_token_read(c, token->text, REGISTRATION_TOKEN, &claims) == OST_OK) {
        if (!is_of_client(client, claims))
            return refuse_token(c, refusals[wish]);
        *ret = (registrant){.how = BY_REGISTRATION_TOKEN};
    } else if (internal &&
               internal_token_read(c, token->text, INITIAL_ACCESS_TOKEN, &claims) == OST_OK) {
        return refuse_token(c, wish == REGISTRANT_VIEWS ? "Not initial access token allowed"
                                                        : refusals[wish]);
    } else if (!read_user(c, token, wish == REGISTRANT_VIEWS ? VIEWERS : RIGHT_MANAGE_CLIENTS,
                          ret)) {
        return false;
    }
    c->client = client;
    return client != NULL || call_refuse(c, 404, "invalid_request", "Client not found");
}
