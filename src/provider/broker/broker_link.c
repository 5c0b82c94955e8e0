/* SPDX-License-Identifier: Apache-2.0 */
/* Linking an account at an identity provider with that of somebody who is signed in here
 * (kc_action=idp_link:ALIAS): nobody is logged in by it, and nothing but the link changes. What has
 * come of it is told to the client, as of other actions that it asks for. */
#include "base/text.h"
#include "provider/broker/broker_job.h"
#include "provider/user/required_action.h"

bool broker_links(const call *c)
{
    const broker_job *job = c->job;
    const auth_request *r = &job->login.request;
    return r->session.len > 0 && required_action_of(r->action) == ACTION_LINK;
}

const upstream *broker_linkable(const call *c, ost_text alias)
{
    const upstream *u = upstreams_find(&c->realm->upstreams, alias);
    return u != NULL && u->barred == NULL ? u : NULL;
}

static void end(call *c, const char *status)
{
    broker_job *job = c->job;
    auth_request *r = &job->login.request;
    job->ended = true;
    job->login.alert = NULL;
    r->kc_action = r->action = (ost_text){0};
    r->kc_action_status = text_of(status);
    browser_login_complete(c, r->proved);
}

/* The session is the one that was there before, or the login begins again. */
void broker_link(call *c)
{
    broker_job *job = c->job;
    broker_identity_read(c);
    if (!browser_login_load_user(c))
        return;
    job->identity.link = job->login.user.id;
    c->event.user = job->login.user.id;
    upstream_entry entry = upstream_link(c, &job->identity, &job->login.user);
    if (entry == UPSTREAM_ENTERS)
        broker_keep(c, job->login.user.id, true);
    if (entry == UPSTREAM_IS_BUSY)
        browser_login_break(c);
    else
        end(c, entry == UPSTREAM_ENTERS ? "success" : "error");
}

void broker_link_fail(call *c)
{
    const broker_job *job = c->job;
    if (browser_login_load_user(c))
        end(c, job->denied ? "cancelled" : "error");
}
