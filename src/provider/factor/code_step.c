/* SPDX-License-Identifier: Apache-2.0 */
/* Second factors at a login; see code_step.h. */
#include "provider/factor/code_step.h"

#include "base/text.h"
#include "provider/call/call_event.h"
#include "provider/factor/factor_page.h"
#include "provider/factor/key_step.h"
#include "provider/login/realm_language.h"
#include "provider/login/realm_page.h"
#include "provider/login/subject_request.h"
#include "provider/realm/uuid.h"
#include "provider/session/browser_session.h"
#include "provider/upstream/upstream_enter.h"
#include "provider/user/user_factor.h"
#include "store/memory/store_memory.h"

/* ---- which ---- */

/* The factor of a type, if the user has it and it will do here. */
static realm_factor one_of_theirs(const call *c, ost_text type)
{
    const browser_login *login = c->job;
    realm_factor factor = user_factor_of_type(type);
    return (login->factors & factor) != 0 ? factor : FACTOR_NONE;
}

static realm_factor first_of_theirs(const call *c)
{
    const browser_login *login = c->job;
    realm_factor list[FACTORS] = {FACTOR_NONE};
    (void)user_factors_list(login->user.document, login->factors, list);
    return list[0];
}

/* ---- asking ---- */

static void ask(call *c)
{
    browser_login *login = c->job;
    realm_language_know_user(c, login->user.document);
    login->factor = first_of_theirs(c);
    login->asks_code = true;
}

/* Where they stand by what they have brought; `more` (empty: nothing) beside it. */
static flow_verdict walk(call *c, ost_text more)
{
    browser_login *login = c->job;
    ost_text proofs = login->request.proofs;
    flow_standing standing = {.flow = REALM_FLOW_BROWSER};
    if (login->request.stepping.len > 0)
        standing.session = &login->session;
    upstream_put_flows(c, login->request.identity, &login->user, &standing);
    standing.proofs =
        more.len == 0 ? proofs
        : proofs.len == 0
            ? more
            : text_of(call_format(c, "%.*s %.*s", OST_FORMAT(proofs), OST_FORMAT(more)));
    return authentication_walk(c, &login->user, &standing);
}

/* Who lacks what they would have to set up has been found before (authentication_lacks); whom the
 * flow means in another way than that does not come in. */
static bool may_enter(const browser_login *login, const flow_verdict *verdict)
{
    return verdict->outcome == FLOW_ENTERS &&
           (verdict->setup == 0 || login->user.action != ACTION_NONE);
}

/* The session that the flow wants more than: it is theirs, and the browser still has it. */
static bool load_session(call *c, ost_text user_id)
{
    browser_login *login = c->job;
    const auth_request *r = &login->request;
    return r->stepping.len == 0 || (browser_session_load(c, &login->session) == OST_OK &&
                                    text_equal(login->session.id, r->stepping) &&
                                    text_equal(login->session.user_id, user_id));
}

void code_step_begin(call *c, ost_text proof)
{
    browser_login *login = c->job;
    auth_request *r = &login->request;
    r->proofs = (ost_text){0}; /* of whoever was here before */
    if (!load_session(c, login->user.id))
        r->stepping = (ost_text){0};
    flow_verdict verdict = walk(c, proof);
    r->proofs = proof;
    login->factors = verdict.asks & PROOF_FACTORS;
    if (may_enter(login, &verdict)) {
        r->proofs = r->stepping = (ost_text){0};
        if (browser_login_take_levels(c, &verdict))
            browser_login_enter(c);
    } else if (verdict.outcome == FLOW_ASKS && login->factors != 0) {
        if (browser_login_begin_half(c))
            ask(c);
    } else {
        browser_login_deny(c, &verdict);
    }
}

static void ask_again(call *c, const char *alert)
{
    browser_login *login = c->job;
    login->asks_code = true;
    login->alert = alert;
}

/* From the password on. */
static void begin_again(call *c, const char *alert)
{
    browser_login *login = c->job;
    login->outcome = LOGIN_PAGE;
    login->alert = alert;
    login->request.half = login->request.since = (ost_text){0};
    login->request.proofs = login->request.stepping = (ost_text){0};
    if (!upstream_awaits_proof(c, login->request.identity))
        login->request.identity = (ost_text){0};
}

/* ---- the form ---- */

/* Whether the flow still asks them for a factor, and for which. */
static bool is_asked(call *c)
{
    browser_login *login = c->job;
    flow_verdict verdict = walk(c, (ost_text){0});
    login->factors = verdict.outcome == FLOW_ASKS ? verdict.asks & PROOF_FACTORS : 0;
    return login->factors != 0;
}

/* The user as they are now. False: the outcome is set. */
static bool load_user(call *c)
{
    browser_login *login = c->job;
    const auth_request *r = &login->request;
    ost_result result = authentication_load_user(c, r->half, &login->user);
    if (result == OST_OK) {
        ost_text since = browser_login_since(c);
        bool same = text_equal(since, r->since) && load_session(c, r->half) && is_asked(c);
        if (same)
            realm_language_know_user(c, login->user.document);
        else
            begin_again(c, "Your login attempt timed out. Login will start from the beginning.");
        return same;
    }
    if (result == OST_E_STATE) {
        c->event.error = "user_disabled";
        begin_again(c, "Account is disabled, contact your administrator.");
    } else if (result == OST_E_NOT_FOUND) {
        begin_again(c, NULL);
    } else {
        browser_login_break(c);
    }
    return false;
}

/* Of two who bring codes to one page, one goes on. */
static bool complete_once(call *c)
{
    browser_login *login = c->job;
    const auth_request *r = &login->request;
    const char *owner = call_format(c, "login of %s", c->realm->name);
    if (owner == NULL) {
        browser_login_break(c);
        return false;
    }
    ost_result result =
        store_use_once(c->provider->store, text_of(owner), r->half_id, r->half_ends);
    if (result == OST_E_CONFLICT)
        begin_again(c, "Your login attempt timed out. Login will start from the beginning.");
    else if (result != OST_OK)
        browser_login_break(c);
    return result == OST_OK;
}

static bool load_used(call *c)
{
    browser_login *login = c->job;
    if (authentication_load_user(c, login->request.half, &login->user) == OST_OK)
        return true;
    browser_login_break(c);
    return false;
}

static void enter(call *c, const flow_verdict *verdict)
{
    browser_login *login = c->job;
    if (!complete_once(c) || !browser_login_take_levels(c, verdict))
        return;
    login->remember = login->request.remember;
    login->request.half = login->request.since = (ost_text){0};
    login->request.proofs = login->request.stepping = (ost_text){0};
    browser_login_enter(c);
}

/* The factor was right: the next step. */
static void go_on(call *c, const flow_verdict *verdict)
{
    browser_login *login = c->job;
    if (login->user.barred) {
        c->event.error = "resolve_required_actions";
        begin_again(c, LOGIN_BARRED);
    } else if (!subject_request_allows(c->client, login->request.subject, login->user.id)) {
        begin_again(c, "The application asks for another user.");
    } else if (may_enter(login, verdict)) {
        enter(c, verdict);
    } else if (verdict->outcome == FLOW_ASKS && (verdict->asks & PROOF_FACTORS) != 0) {
        login->factors = verdict->asks & PROOF_FACTORS;
        ask(c);
    } else {
        browser_login_deny(c, verdict);
    }
}

/* That of the page's address, which says what was shown. */
static void choose_shown(call *c)
{
    browser_login *login = c->job;
    login->factor = one_of_theirs(c, login->factor_type);
    if (login->factor == FACTOR_NONE)
        login->factor = first_of_theirs(c);
}

/* True: the form is about which factor it is to be. */
static bool choose(call *c)
{
    browser_login *login = c->job;
    ost_text type = call_parameter(c, "authenticationExecution");
    choose_shown(c);
    login->chooses_factor = call_parameter(c, "tryAnotherWay").data != NULL;
    if (one_of_theirs(c, type) != FACTOR_NONE)
        login->factor = one_of_theirs(c, type);
    return login->chooses_factor || type.data != NULL;
}

static authentication_outcome check(call *c, bool halfway)
{
    const browser_login *login = c->job;
    if (login->factor == FACTOR_KEY)
        return key_step_take(c, halfway);
    return login->factor == FACTOR_RECOVERY
               ? authentication_check_recovery(c, &login->user,
                                               call_parameter(c, "recoveryCodeInput"), halfway)
               : authentication_check_code(c, &login->user,
                                           call_parameter(c, "selectedCredentialId"),
                                           call_parameter(c, "otp"), halfway);
}

/* As they are now: a key counts on, and whoever has used the last code makes new ones. */
static void take(call *c)
{
    browser_login *login = c->job;
    ost_text word = text_of(user_factor_type(login->factor));
    if (login->factor != FACTOR_CODE && !load_used(c))
        return;
    flow_verdict verdict = walk(c, word);
    ost_text before = login->request.proofs;
    login->request.proofs =
        before.len == 0
            ? word
            : text_of(call_format(c, "%.*s %.*s", OST_FORMAT(before), OST_FORMAT(word)));
    if (login->request.proofs.data == NULL)
        browser_login_break(c);
    else
        go_on(c, &verdict);
}

static void work_form(call *c)
{
    browser_login *login = c->job;
    if (!load_user(c))
        return;
    if (choose(c)) {
        ask_again(c, NULL);
        return;
    }
    switch (check(c, walk(c, text_of(user_factor_type(login->factor))).outcome != FLOW_ENTERS)) {
    case AUTHENTICATED:
        take(c);
        break;
    case AUTHENTICATION_BUSY:
        login->busy = true;
        ask_again(c, "The service is busy. Please try again in a moment.");
        break;
    case AUTHENTICATION_WRONG:
    case AUTHENTICATION_DISABLED:
    case AUTHENTICATION_DENIED:
        login->wrong = true;
        ask_again(c, login->factor == FACTOR_RECOVERY ? "Invalid recovery authentication code"
                     : login->factor == FACTOR_KEY
                         ? "The security key could not be used. Please try again."
                         : "Invalid authenticator code.");
        break;
    }
}

static void work_show(call *c)
{
    if (!load_user(c))
        return;
    choose_shown(c);
    ask_again(c, NULL);
}

/* c->form is the address's query. */
void code_step_open(call *c)
{
    browser_login *login = c->job;
    login->factor_type = call_parameter(c, "execution");
    if (c->request->method != HTTP_POST)
        call_work(c, work_show, code_step_send);
    else if (call_read_form(c))
        call_work(c, work_form, code_step_send);
    else
        page_send_error(c, 400, "Invalid Request");
}

/* ---- the page ---- */

void code_step_send(call *c)
{
    const browser_login *login = c->job;
    if (!login->asks_code) {
        browser_login_send(c);
        return;
    }
    if (c->event.error != NULL)
        event_tell(c, EVENT_LOGIN, c->event.error);
    factor_page_send(c);
}
