/* SPDX-License-Identifier: Apache-2.0 */
/* Logins by an identity provider that do not go on: what people see of it; see broker_job.h. */
#include "provider/broker/broker_job.h"

bool broker_refuse(call *c, const char *alert, const char *error)
{
    broker_job *job = c->job;
    job->login.outcome = LOGIN_PAGE;
    job->login.alert = alert;
    c->event.error = error;
    return false;
}

bool broker_fail(call *c, const char *why)
{
    broker_job *job = c->job;
    job->why = why != NULL ? why : "out of memory";
    http_set_reason(c->exchange, "identity provider: %s", job->why);
    return broker_refuse(c, BROKER_FAILED, "identity_provider_login_failure");
}
