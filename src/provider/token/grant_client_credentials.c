/* SPDX-License-Identifier: Apache-2.0 */
/* The client_credentials grant (RFC 6749 §4.4): from memory alone. */
#include "provider/detail/authorization_details.h"
#include "provider/token/grant.h"
#include "provider/token/resource.h"
#include "provider/token/token.h"

void grant_client_credentials(call *c)
{
    grant g = {.client = c->client, .auth_time = -1};
    minted m;
    if (c->client->public_client) {
        call_refuse(c, 401, "unauthorized_client",
                    "Public client not allowed to retrieve service account");
        return;
    }
    if (!c->client->service_account) {
        call_refuse(c, 401, "unauthorized_client",
                    "Client not enabled to retrieve service account");
        return;
    }
    const service_account *account = realm_entry_account(c->entry, c->client->client_id);
    if (account == NULL) {
        call_refuse(c, 400, "invalid_request", "Client does not have a service account");
        return;
    }
    if (!grant_choose_scopes(c, call_parameter(c, "scope"), &g) ||
        !resources_read(c, &g.resources) || !details_read(c, &g.details))
        return;
    g.user = account->user;
    g.user_id = account->user_id;
    if (realm_roles_for_client(c->realm, c->client, g.scopes, &account->roles, c->arena,
                               &g.roles) != OST_OK) {
        call_refuse(c, 500, "server_error", NULL);
        return;
    }
    if (mint_tokens(c, &g, false, &m))
        (void)mint_answer(c, &g, &m);
}
