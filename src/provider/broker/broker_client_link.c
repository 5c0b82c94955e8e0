/* SPDX-License-Identifier: Apache-2.0 */
/* Links that a client begins by itself (Keycloak's client-initiated account linking): it sends the
 * browser of somebody who is signed in with a nonce and SHA-256(nonce, id of the session, client,
 * alias), which tells that it knows their session; nobody else's browser has that. Each is good
 * once. What follows is a link as by kc_action (broker_link.c). */
#include "base/text.h"
#include "provider/broker/broker_endpoint.h"
#include "provider/broker/broker_job.h"
#include "provider/call/call_event.h"
#include "provider/client/client_find.h"
#include "provider/login/realm_page.h"
#include "provider/session/browser_session.h"
#include "store/memory/store_memory.h"
#include "store/session/store_session.h"

#define WORD_MAX 512 /* bytes of a nonce, and of a hash */

typedef struct link_job {
    broker_job broker; /* first: it is that of the way there too */
    const char *error; /* Keycloak's word; NULL: they go there */
    bool told;         /* to the client, too, and not on a page alone */
    ost_text hash;     /* that is to come */
} link_job;

/* On a page: whoever asks is no client of ours that could be told. */
static bool refuse_link(call *c, const char *error)
{
    link_job *job = c->job;
    job->error = error;
    return false;
}

static bool tell_client(call *c, const char *error)
{
    link_job *job = c->job;
    job->told = true;
    return refuse_link(c, error);
}

/* ---- what it came with ---- */

static bool read_query(call *c)
{
    auth_request *r = &((browser_login *)c->job)->request;
    ost_text hash = call_parameter(c, "hash");
    *r = (auth_request){.max_age = -1,
                        .redirect_uri = call_parameter(c, "redirect_uri"),
                        .nonce = call_parameter(c, "nonce")};
    c->client = client_find(c, call_parameter(c, "client_id"));
    if (c->client == NULL)
        return refuse_link(c, "client_not_found");
    if (!c->client->enabled)
        return refuse_link(c, "client_disabled");
    if (r->redirect_uri.len == 0 || !call_redirect_allowed(c, r->redirect_uri))
        return refuse_link(c, "invalid_redirect_uri");
    return (r->nonce.len > 0 && r->nonce.len <= WORD_MAX && hash.len > 0 && hash.len <= WORD_MAX) ||
           refuse_link(c, "invalid_request");
}

/* ---- who is signed in ---- */

static bool find_user(call *c)
{
    browser_login *login = c->job;
    ost_result result = browser_session_load(c, &login->session);
    if (result == OST_OK)
        result = authentication_load_user(c, login->session.user_id, &login->user);
    if (result == OST_E_NOT_FOUND || result == OST_E_STATE)
        return tell_client(c, "not_logged_in");
    if (result != OST_OK)
        return refuse_link(c, "temporarily_unavailable");
    c->event.user = login->user.id;
    c->event.username = login->user.username;
    c->event.session = login->session.id;
    return true;
}

/* The client has a part in the session, and so may know its id. */
static bool find_part(call *c)
{
    browser_login *login = c->job;
    store_client_session part;
    ost_result result = store_client_session_get(c->provider->store, login->session.id,
                                                 text_of(c->client->client_id), c->arena, &part);
    if (result == OST_E_NOT_FOUND)
        return refuse_link(c, "invalid_token");
    if (result != OST_OK)
        return refuse_link(c, "temporarily_unavailable");
    login->request.scope = c->scope = part.scope;
    return true;
}

static bool check_hash(call *c)
{
    link_job *job = c->job;
    const browser_login *login = &job->broker.login;
    ost_text alias = http_parameter(c->exchange, "alias"), given = call_parameter(c, "hash");
    const char *whole =
        call_format(c, "%.*s%.*s%s%.*s", OST_FORMAT(login->request.nonce),
                    OST_FORMAT(login->session.id), c->client->client_id, OST_FORMAT(alias));
    if (whole == NULL || call_hash(c, text_of(whole), &job->hash) != OST_OK)
        return refuse_link(c, "temporarily_unavailable");
    if (given.len == job->hash.len + 1 && text_ends(given, "="))
        given.len--;
    return text_equal_secret(given, job->hash) || refuse_link(c, "invalid_token");
}

/* ---- what is to be linked ---- */

/* Whoever finds the address later, in a history or a log, links nothing by it. */
static bool spend_hash(call *c)
{
    const link_job *job = c->job;
    const char *owner = call_format(c, "account link of %s", c->realm->name);
    int64_t until = job->broker.login.session.ends + NODES_APART;
    ost_result result = owner != NULL
                            ? store_use_once(c->provider->store, text_of(owner), job->hash, until)
                            : OST_E_MEMORY;
    if (result == OST_E_CONFLICT)
        return refuse_link(c, "invalid_token");
    return result == OST_OK || refuse_link(c, "temporarily_unavailable");
}

static bool prepare(call *c)
{
    broker_job *job = c->job;
    auth_request *r = &job->login.request;
    ost_text alias = http_parameter(c->exchange, "alias");
    c->event.identity_provider = alias;
    if (!browser_login_may_link(c))
        return tell_client(c, "not_allowed");
    job->upstream = broker_linkable(c, alias);
    if (job->upstream == NULL)
        return tell_client(c, "unknown_identity_provider");
    r->session = job->login.session.id;
    r->action = r->kc_action = text_of(call_format(c, "idp_link:%.*s", OST_FORMAT(alias)));
    return r->action.len > 0 || refuse_link(c, "temporarily_unavailable");
}

static void judge(call *c)
{
    (void)(find_user(c) && find_part(c) && check_hash(c) && prepare(c) && spend_hash(c));
}

/* ---- the answer ---- */

static void answer(call *c)
{
    const link_job *job = c->job;
    event_tell(c, EVENT_CLIENT_INITIATED_ACCOUNT_LINKING, job->error);
    if (job->error == NULL)
        broker_leave(c, job->broker.upstream);
    else if (job->told)
        broker_link_tell(c, job->error);
    else if (text_is(text_of(job->error), "temporarily_unavailable"))
        page_send_error(c, 503, "The login cannot go on now. Please try again.");
    else
        page_send_error(c, 400, "Invalid Request");
}

static void begin_link(call *c)
{
    if (read_query(c))
        call_work(c, judge, answer);
    else
        answer(c);
}

void broker_link_endpoint(http_exchange *exchange, void *user)
{
    browser_login_begin(exchange, user, sizeof(link_job), begin_link);
}
