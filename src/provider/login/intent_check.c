/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about intents; see intent_check.h. */
#include "provider/login/intent_check.h"

#include "base/text.h"
#include "provider/upstream/upstream_fetch.h"

#define FAILED "checking intent bound with client failed"

typedef struct intent_check {
    upstream_question sent; /* the one that is asked now */
    const policy_question *asked;
    void (*next)(call *call);
} intent_check;

static intent_check *intents_of(const call *c)
{
    return ((browser_login *)c->job)->intents;
}

static void ask_one(call *c);

static bool refuse_intent(call *c, const char *error, const char *why)
{
    ((browser_login *)c->job)->check = AUTH_REDIRECT;
    return call_refuse(c, 302, error, why);
}

/* Yes is {"is_bound": true} with the status 200, and nothing else is: Keycloak takes it with any
 * status. */
static const char *why_not(const call *c, const upstream_question *sent)
{
    const ost_json *answer;
    bool bound = false;
    if (sent->result != OST_OK || sent->status != 200 ||
        ost_json_read(sent->answer, NULL, c->arena, &answer, NULL) != OST_OK ||
        !ost_json_boolean(ost_json_get(answer, "is_bound"), &bound))
        return FAILED;
    return bound ? NULL : "The intent is not bound with the client";
}

static void answered(call *c)
{
    intent_check *i = intents_of(c);
    if (call_is_busy(i->sent.result)) {
        (void)!refuse_intent(c, "temporarily_unavailable", NULL);
        i->next(c);
        return;
    }
    const char *why = why_not(c, &i->sent);
    i->asked = i->asked->next;
    if (why == NULL && i->asked != NULL) {
        ask_one(c);
        return;
    }
    if (why != NULL)
        (void)!refuse_intent(c, "invalid_request", why);
    i->next(c);
}

static bool write_question(call *c, const policy_question *asked, ost_text *ret_body)
{
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return false;
    ost_json_open_object(w);
    ost_json_member_text(w, "intent_id", asked->intent);
    ost_json_member_string(w, "client_id", c->client->client_id);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_body) == OST_OK;
}

static void ask_one(call *c)
{
    intent_check *i = intents_of(c);
    i->sent = (upstream_question){
        .url = i->asked->url,
        .is_intent = true,
        .headers = {"Accept: application/json", "Content-Type: application/json", NULL}};
    if (write_question(c, i->asked, &i->sent.body)) {
        upstream_fetch(c, &i->sent, answered);
        return;
    }
    (void)!refuse_intent(c, "invalid_request", FAILED);
    i->next(c);
}

bool intent_check_is_due(const call *c)
{
    return ((const browser_login *)c->job)->request.questions != NULL;
}

void intent_check_await(call *c, void (*next)(call *call))
{
    browser_login *login = c->job;
    if (!intent_check_is_due(c)) {
        next(c);
        return;
    }
    login->intents = ost_arena_alloc(c->arena, sizeof *login->intents);
    if (login->intents == NULL) {
        (void)!refuse_intent(c, "temporarily_unavailable", NULL);
        next(c);
        return;
    }
    *login->intents = (intent_check){.asked = login->request.questions, .next = next};
    ask_one(c);
}
