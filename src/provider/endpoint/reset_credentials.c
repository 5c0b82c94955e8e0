/* SPDX-License-Identifier: Apache-2.0 */
/* Forgotten passwords: whoever comes from the page of a login says who they are, and a mail goes to
 * the address of that account. The answer is the same, and takes the same work, whether there is
 * one: for somebody who is not there a link is made too, and nobody gets it. */
#include "base/text.h"
#include "provider/action/action_mail.h"
#include "provider/call/call_event.h"
#include "provider/client/client_find.h"
#include "provider/endpoint/endpoints.h"
#include "provider/login/browser_login.h"
#include "provider/login/realm_page.h"
#include "provider/realm/brute_force.h"
#include "provider/realm/password.h"
#include "provider/realm/user_row.h"
#include "provider/upstream/upstream_enter.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

#define LINKS_MAX 3 /* of one user that wait: they last five minutes */
#define NAME_MAX_BYTES 255
#define BUSY "The service is busy. Please try again in a moment."

typedef struct reset_job {
    browser_login login; /* first: the pages of a login look for it */
    ost_text code;       /* the login that it is part of, sealed */
    ost_text username;
    const char *alert;
    bool asked; /* the form has been sent, and it is answered */
    bool busy;
} reset_job;

/* ---- the pages ---- */

static ost_text login_address(call *c)
{
    const reset_job *job = c->job;
    return browser_login_address(c, "authenticate", job->code);
}

static void send_form(call *c)
{
    const reset_job *job = c->job;
    page p = {.template = PAGE_FORGOT_PASSWORD, .status = job->busy ? 503 : 200};
    ost_text address = browser_login_address(c, "reset-credentials", job->code);
    page_put_url(&p, PAGE_ACTION, address);
    page_put_url(&p, PAGE_RESTART, job->code.len > 0 ? login_address(c) : (ost_text){0});
    realm_page_say(c, &p, PAGE_LABEL, c->realm->login_with_email ? "usernameOrEmail" : "username");
    page_put(&p, PAGE_USERNAME, job->username);
    realm_page_tell(c, &p, PAGE_ALERT, job->alert);
    realm_page_offer_languages(c, &p, address);
    realm_page_send(c, &p);
}

static void send_outcome(call *c)
{
    const reset_job *job = c->job;
    page p = {.template = PAGE_NOTICE, .status = 200};
    if (c->error.status != 0) {
        page_send_error(c, 503, BUSY);
        return;
    }
    if (!job->asked) {
        send_form(c);
        return;
    }
    event_tell(c, EVENT_SEND_RESET_PASSWORD, c->event.error);
    realm_page_say(c, &p, PAGE_HEADING, "emailForgotTitle");
    realm_page_say(c, &p, PAGE_MESSAGE, "emailSentMessage");
    page_put_url(&p, PAGE_LINK, job->code.len > 0 ? login_address(c) : (ost_text){0});
    realm_page_say(c, &p, PAGE_LINK_TEXT, "backToLogin");
    realm_page_send(c, &p);
}

/* ---- the work ---- */

/* Asking costs a mail: twenty times from one network, and it waits a minute. */
static ost_result count(call *c, bool *ret_blocked)
{
    static const realm_brute_force rule = {
        .on = true, .failures = 20, .wait = 60, .max_wait = 900, .window = 3600};
    const brute_force_attempt attempt = {
        .realm = c->realm, .rule = &rule, .target = TARGET_MAILS, .address = c->request->peer};
    return brute_force_judge(c->provider->store, &attempt, ATTEMPT_FAILED, ret_blocked);
}

/* Nobody: an account of the same name each time, so that as many links of it wait. */
static ost_result make_nobody(call *c, ost_text name, action_token *t)
{
    t->email = OST_TEXT("nobody@nobody.invalid");
    return call_hash(c, name, &t->user);
}

static const char *fault_of(const store_user *user, ost_text email)
{
    if (!user->enabled)
        return "user_disabled";
    if (text_starts(user->username, SERVICE_ACCOUNT))
        return "user_not_found";
    return mail_can_go_to(email) ? NULL : "invalid_email";
}

/* Whose account it is; the event's error says why nobody gets a mail. */
static ost_result user_find(call *c, ost_text name, action_token *t, const ost_json **ret_document)
{
    store_user user;
    const ost_json *document = NULL;
    ost_text email = {0};
    ost_result result = store_user_find(c->provider->store, text_of(c->realm->name), name,
                                        c->realm->login_with_email, c->arena, &user);
    if (result == OST_OK)
        result = ost_json_read(user.document, NULL, c->arena, &document, NULL);
    if (result == OST_E_NOT_FOUND) {
        c->event.error = "user_not_found";
        return make_nobody(c, name, t);
    }
    if (result != OST_OK)
        return result;
    (void)!ost_json_text(ost_json_get(document, "email"), &email);
    c->event.user = user.id;
    c->event.error = fault_of(&user, email);
    if (c->event.error != NULL)
        return make_nobody(c, name, t);
    c->event.email = email;
    t->user = user.id;
    t->email = email;
    t->password_since = password_since(user.password, c->arena);
    *ret_document = document;
    return OST_OK;
}

/* Whether the mail is what somebody's account waits for to be linked: theirs, and no other's. */
static bool links(call *c, const action_token *t, upstream_identity *ret)
{
    const reset_job *job = c->job;
    return c->event.error == NULL && job->code.len > 0 &&
           upstream_identity_read(c, job->login.request.identity, ret) && ret->link.len > 0 &&
           text_equal(ret->link, t->user) && upstream_takes_mails(c, job->login.request.identity);
}

static ost_result post(call *c, ost_text name)
{
    const reset_job *job = c->job;
    upstream_identity identity;
    ost_error error = {0};
    mail_letter letter = {0};
    const ost_json *document = NULL;
    action_token t = {.purpose = ACTION_RESET,
                      .client = text_of(c->client->client_id),
                      .login = job->code,
                      .actions = OST_TEXT("UPDATE_PASSWORD")};
    ost_result result = user_find(c, name, &t, &document);
    if (result == OST_OK && links(c, &t, &identity))
        t.links = &identity;
    if (result == OST_OK)
        result = action_mail_link(c, &t, action_lifespan_of_user(c->realm, ACTION_RESET), LINKS_MAX,
                                  document, c->language.picked, &letter, &error);
    letter.nobody = c->event.error != NULL;
    if (result == OST_OK)
        result = mailer_post(c->provider->mails, &letter);
    return result;
}

static void work(call *c)
{
    reset_job *job = c->job;
    bool blocked = false;
    ost_text name = user_row_fold(job->username, c->arena);
    ost_result result = name.data != NULL ? count(c, &blocked) : OST_E_MEMORY;
    if (result == OST_OK && !blocked)
        result = post(c, name);
    if (result != OST_OK && result != OST_E_BUSY && call_is_busy(result)) {
        job->busy = true;
        job->alert = BUSY;
        return;
    }
    /* What stands in the way is the log's, and not for who asks. */
    if (result != OST_OK || blocked)
        c->event.error = "email_send_failed";
    job->asked = true;
}

/* ---- the endpoint ---- */

static void reset_begin(call *c)
{
    reset_job *job = c->job;
    job->username = text_trim(call_parameter(c, "username"));
    c->event.username = job->username;
    if (job->username.len == 0 || job->username.len > NAME_MAX_BYTES) {
        job->alert = "Please specify username.";
        send_form(c);
        return;
    }
    call_work(c, work, send_outcome);
}

/* A link of an application's own, or of nobody's: there is no login to go on with. */
static bool find_client(call *c)
{
    ost_text id = call_parameter(c, "client_id");
    c->client = client_find(c, id.len > 0 ? id : OST_TEXT("account"));
    if (c->client != NULL && c->client->enabled)
        return true;
    page_send_error(c, 400, c->client == NULL ? "Client not found." : "Client disabled.");
    return false;
}

/* c->form is the address's query. */
static void open_request(call *c)
{
    reset_job *job = c->job;
    job->code = call_parameter(c, "session_code");
    if (job->code.len == 0 ? !find_client(c) : !browser_login_open(c, job->code, AUTH_STAGE_LOGIN))
        return;
    if (!browser_login_may_reset(c))
        page_send_error(c, 400, "Passwords cannot be reset here.");
    else if (c->request->method != HTTP_POST)
        send_form(c);
    else if (call_read_form(c))
        reset_begin(c);
    else
        page_send_error(c, 400, "Invalid Request");
}

void reset_credentials_endpoint(http_exchange *exchange, void *user)
{
    browser_login_begin(exchange, user, sizeof(reset_job), open_request);
}
