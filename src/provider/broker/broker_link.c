/* SPDX-License-Identifier: Apache-2.0 */
/* Linking an account at an identity provider with that of somebody who is signed in here: nobody is
 * logged in by it; but for the link their account changes as by a login. A client has asked for it
 * in an authorization request (kc_action=idp_link:ALIAS), and is told what has come of it as of
 * other actions; or by itself (broker_client_link.c). */
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

/* No authorization request is answered by it. */
static bool is_by_itself(const auth_request *r)
{
    return r->response_type.len == 0 && r->device.len == 0;
}

void broker_link_tell(call *c, const char *error)
{
    const browser_login *login = c->job;
    auth_parameters told = {0};
    if (error != NULL) {
        auth_parameter_add(&told, "link_error", text_of(error));
        auth_parameter_add(&told, "nonce", login->request.nonce);
    }
    auth_response_send(c, &login->request, &told);
}

/* The session is the one that was there before, or the login begins again. */
static bool find_user(call *c)
{
    broker_job *job = c->job;
    if (browser_login_load_user(c))
        return true;
    if (is_by_itself(&job->login.request) && job->login.outcome == LOGIN_AGAIN) {
        job->ended = true;
        job->link_error = "not_logged_in";
    }
    return false;
}

static void end(call *c, const char *status, const char *error)
{
    broker_job *job = c->job;
    auth_request *r = &job->login.request;
    job->ended = true;
    job->link_error = error;
    job->login.alert = NULL;
    if (is_by_itself(r))
        return;
    r->kc_action = r->action = (ost_text){0};
    r->kc_action_status = text_of(status);
    browser_login_complete(c, r->proved);
}

void broker_link(call *c)
{
    broker_job *job = c->job;
    broker_identity_read(c);
    if (!find_user(c))
        return;
    job->identity.link = job->login.user.id;
    c->event.user = job->login.user.id;
    upstream_entry entry = upstream_link(c, &job->identity, &job->login.user);
    if (entry == UPSTREAM_ENTERS) {
        broker_user_update(c);
        broker_keep(c, job->login.user.id, true);
    }
    if (entry == UPSTREAM_IS_BUSY)
        browser_login_break(c);
    else
        end(c, entry == UPSTREAM_ENTERS ? "success" : "error",
            entry == UPSTREAM_ENTERS ? NULL : "federated_identity_account_exists");
}

void broker_link_fail(call *c)
{
    const broker_job *job = c->job;
    if (find_user(c))
        end(c, job->denied ? "cancelled" : "error",
            job->denied ? "access_denied" : "identity_provider_login_failure");
}

bool broker_link_send(call *c)
{
    const broker_job *job = c->job;
    if (!broker_links(c) || !job->ended || !is_by_itself(&job->login.request))
        return false;
    broker_link_tell(c, job->link_error);
    return true;
}
