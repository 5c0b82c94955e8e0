/* SPDX-License-Identifier: Apache-2.0 */
/* The client_credentials grant (RFC 6749 §4.4): from memory alone, but for clients that are to have
 * refresh tokens, which need a session. */
#include "provider/detail/authorization_details.h"
#include "provider/token/grant.h"
#include "provider/token/login_grant.h"
#include "provider/token/resource.h"
#include "provider/token/token.h"

static bool begin(call *c, grant *g)
{
    int64_t max = c->realm->lifespans.sso_max;
    /* No session, and yet its limits: a token lasts no longer than one that begins now. */
    *g = (grant){.client = c->client,
                 .auth_time = -1,
                 .client_started = c->now,
                 .session_ends = max > 0 ? c->now + max : 0};
    if (c->client->public_client)
        return call_refuse(c, 401, "unauthorized_client",
                           "Public client not allowed to retrieve service account");
    if (!c->client->service_account)
        return call_refuse(c, 401, "unauthorized_client",
                           "Client not enabled to retrieve service account");
    const service_account *account = realm_entry_account(c->entry, c->client->client_id);
    if (account == NULL)
        return call_refuse(c, 400, "invalid_request", "Client does not have a service account");
    if (!grant_choose_scopes(c, call_parameter(c, "scope"), g) ||
        !resources_read(c, &g->resources) || !details_read(c, &g->details))
        return false;
    g->user = account->user;
    g->user_id = account->user_id;
    return grant_set_roles(c, &account->roles, g);
}

void grant_client_credentials(call *c)
{
    grant g;
    minted m;
    if (!begin(c, &g))
        return;
    if (c->client->refreshed_credentials) {
        g.granted_resources = g.resources;
        g.granted_details = g.details;
        login_grant_begin(c, &g, NULL, NULL, OST_TEXT("{}"));
    } else if (mint_tokens(c, &g, false, &m)) {
        (void)mint_answer(c, &g, &m);
    }
}

/* ---- together with others ---- */

typedef struct awaited {
    grant grant;
    minted minted;
} awaited;

static void answer(call *c)
{
    const awaited *a = c->job;
    if (c->error.status == 0)
        (void)mint_answer(c, &a->grant, &a->minted);
    c->send(c);
}

void grant_client_credentials_with_others(call *c, void (*send)(call *c))
{
    awaited *a = ost_arena_alloc(c->arena, sizeof *a);
    c->job = a;
    c->send = send;
    if (a == NULL)
        call_refuse(c, 500, "server_error", NULL);
    if (a == NULL || !begin(c, &a->grant)) {
        send(c);
        return;
    }
    if (!a->grant.openid) {
        mint_access_with_others(c, &a->grant, &a->minted, answer);
        return;
    }
    if (mint_tokens(c, &a->grant, false, &a->minted)) /* an ID token names the access token */
        (void)mint_answer(c, &a->grant, &a->minted);
    send(c);
}
