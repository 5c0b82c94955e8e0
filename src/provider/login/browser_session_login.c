/* SPDX-License-Identifier: Apache-2.0 */
/* Logins by the session that the browser has already; see browser_login.h. */
#include "base/text.h"
#include "provider/login/browser_login.h"
#include "provider/login/realm_language.h"
#include "provider/login/subject_request.h"
#include "provider/proof/pairwise_subject.h"
#include "provider/proof/password_policy.h"
#include "provider/session/authentication.h"
#include "provider/session/browser_session.h"
#include "provider/upstream/upstream_enter.h"
#include "store/session/store_session.h"

/* Is it about the one whose session it is, and not about somebody who is yet to be chosen? */
static bool is_meant(const call *c, const browser_login *login)
{
    const auth_request *r = &login->request;
    return !r->prompt_select_account &&
           subject_request_allows(c->client, r->subject, login->session.user_id) &&
           (!r->hinted ||
            pairwise_subject_is(&c->client->pairwise, r->hint_subject, login->session.user_id));
}

/* What a client wants done is done by whoever has just logged in, and not at a screen that somebody
 * has left. */
#define ACTION_MAX_AGE 300 /* seconds */

static int64_t max_age_of(const call *c, ost_text action)
{
    int64_t age = ACTION_MAX_AGE;
    if (required_action_of(action) == ACTION_PASSWORD &&
        password_policy_number(c->realm->password_policy, "maxAuthAge", ACTION_MAX_AGE, &age,
                               NULL) != OST_OK)
        return 0;
    return age;
}

int64_t browser_login_fresh_since(const call *c, const auth_request *r)
{
    int64_t age = r->max_age;
    if (r->kc_action.len > 0 && (age < 0 || age > max_age_of(c, r->kc_action)))
        age = max_age_of(c, r->kc_action);
    if (r->prompt_login || r->acr_proved || (c->level.asked && c->level.level > 0) ||
        !c->client->browser_session)
        age = 0;
    return age < 0 ? 0 : age < c->now ? c->now - age : 1;
}

/* Is the browser's session good enough for what is asked? */
static bool session_serves(const call *c, const browser_login *login)
{
    const auth_request *r = &login->request;
    bool fresh =
        r->max_age < 0 || (r->max_age > 0 && login->session.auth_time + r->max_age >= c->now);
    if (r->kc_action.len > 0)
        fresh = fresh && login->session.auth_time + max_age_of(c, r->kc_action) >= c->now;
    return c->client->browser_session && fresh && !r->prompt_login && !r->acr_proved &&
           is_meant(c, login);
}

static void refuse_to_ask(call *c)
{
    browser_login *login = c->job;
    call_refuse(c, 302, "login_required", NULL);
    login->outcome = LOGIN_REFUSED;
}

/* Whom the client means by an ID token is all that it may be told of, from wherever they come. */
static bool keep_hint(auth_request *r)
{
    bool one =
        r->hint_subject.len > 0 && (r->subject.len == 0 || text_equal(r->subject, r->hint_subject));
    if (r->hinted && one)
        r->subject = r->hint_subject;
    return !r->hinted || one;
}

/* Where nobody may be asked here, a provider may know them, which is asked as silently. */
static bool may_ask_there(browser_login *login)
{
    return login->hint != NULL && login->hint->forwards_silence && !login->request.registering &&
           keep_hint(&login->request);
}

void browser_login_ask(call *c)
{
    browser_login *login = c->job;
    if (login->request.prompt_none) {
        if (may_ask_there(login))
            login->outcome = LOGIN_AWAY;
        else
            refuse_to_ask(c);
    } else {
        login->outcome = login->request.registering ? LOGIN_REGISTER
                         : login->hint != NULL      ? LOGIN_AWAY
                                                    : LOGIN_PAGE;
    }
}

/* Who they are is known, and not enough of it. */
static void ask_more(call *c)
{
    browser_login *login = c->job;
    if (login->request.prompt_none) {
        refuse_to_ask(c);
        return;
    }
    login->request.stepping = login->session.id;
    login->request.proofs = (ost_text){0};
    login->remember = login->session.remembered;
    if (browser_login_begin_half(c))
        login->outcome = LOGIN_FACTOR;
}

static void ask_anew(call *c)
{
    browser_login *login = c->job;
    login->request.user = login->user.username;
    realm_language_know_user(c, login->user.document);
    browser_login_ask(c);
}

/* The flow as it is now, and the user as they are: whoever has a session is not past it. */
static void go_by_flow(call *c)
{
    browser_login *login = c->job;
    const flow_standing standing = {.flow = REALM_FLOW_BROWSER, .session = &login->session};
    login->came = true;
    flow_verdict verdict = authentication_walk(c, &login->user, &standing);
    if (verdict.outcome == FLOW_ASKS && (verdict.asks & PROOF_FACTORS) != 0) {
        ask_more(c);
    } else if (verdict.outcome == FLOW_DENIES) {
        browser_login_deny(c, &verdict);
    } else if (verdict.outcome != FLOW_ENTERS ||
               (verdict.setup != 0 && login->user.action == ACTION_NONE)) {
        /* What the session has of levels stays, until it is known who comes. */
        login->request.stepping = c->client->browser_leveled ? login->session.id : (ost_text){0};
        ask_anew(c);
    } else if (browser_login_take_levels(c, &verdict)) {
        (void)!store_session_touch(c->provider->store, text_of(c->realm->name), login->session.id,
                                   c->now, session_idle_ends(c, login->session.remembered));
        browser_login_complete(c, false);
    }
}

void browser_login_by_session(call *c)
{
    browser_login *login = c->job;
    ost_result result = browser_session_load(c, &login->session);
    if (result == OST_OK)
        result = authentication_load_user(c, login->session.user_id, &login->user);
    if (result != OST_OK && result != OST_E_NOT_FOUND && result != OST_E_STATE) {
        browser_login_break(c);
        return;
    }
    login->forget_session = result != OST_OK;
    if (result != OST_OK || !session_serves(c, login)) {
        if (result == OST_OK && is_meant(c, login)) {
            login->request.user = login->user.username;
            realm_language_know_user(c, login->user.document);
        }
        browser_login_ask(c);
        return;
    }
    go_by_flow(c);
}

/* ---- those who have proved who they are ---- */

/* Who logs in again goes on in the same session, with what other clients have in it; but the
 * browser may have been somebody else's before. */
static bool choose(call *c, ost_text user_id)
{
    browser_login *login = c->job;
    store_session before;
    ost_result result = browser_session_load(c, &before);
    bool found = result == OST_OK;
    login->new_session = true;
    if (found && text_equal(before.user_id, user_id)) {
        login->session = before;
        login->session.auth_time = login->session.last_access = c->now;
        login->session.idle_ends = session_idle_ends(c, before.remembered);
        return true;
    }
    if (found)
        result = store_session_end(c->provider->store, before.realm, before.id);
    if (result != OST_OK && result != OST_E_NOT_FOUND) {
        browser_login_break(c);
        return false;
    }
    login->session = session_begin(c, user_id, login->remember && c->realm->remember_me);
    login->begun = true;
    return true;
}

/* They have proved who they are when they did so there. Where they have yet shown that they are
 * both, it is here, and now. */
static void keep_auth_time(call *c, const upstream_identity *identity)
{
    browser_login *login = c->job;
    uint64_t time;
    if (identity->link.len == 0 && text_to_unsigned(identity->auth_time, INT64_MAX, &time) &&
        (int64_t)time < c->now)
        login->session.auth_time = (int64_t)time;
}

bool browser_login_choose_session(call *c, ost_text user_id)
{
    browser_login *login = c->job;
    upstream_identity identity;
    if (!choose(c, user_id))
        return false;
    if (!upstream_identity_read(c, login->request.identity, &identity))
        return true;
    c->event.identity_provider = identity.alias;
    c->event.identity = identity.name;
    login->request.identity = (ost_text){0}; /* the session has it from here on */
    keep_auth_time(c, &identity);
    if (upstream_identity_note(c, &identity, login->session.notes, &login->session.notes))
        return true;
    browser_login_break(c);
    return false;
}

void browser_login_enter(call *c)
{
    static const char *const words[] = {
        [UPSTREAM_IS_ANOTHER] = "Please sign in to the account that you want to link.",
        [UPSTREAM_IS_GONE] = BROKER_FAILED,
        [UPSTREAM_IS_LINKED] = "The account is linked with another one already.",
        [UPSTREAM_HAS_CHANGED] = "Your account has been changed meanwhile. Please try again."};
    browser_login *login = c->job;
    upstream_entry entry = upstream_enter(c, login->request.identity, &login->user);
    if (entry == UPSTREAM_IS_BUSY) {
        browser_login_break(c);
    } else if (entry == UPSTREAM_ENTERS) {
        if (browser_login_choose_session(c, login->user.id))
            browser_login_complete(c, true);
    } else {
        login->outcome = LOGIN_PAGE;
        login->alert = words[entry];
        login->asks_code = false;
        login->request.half = login->request.since = (ost_text){0};
        if (!upstream_awaits_proof(c, login->request.identity) || entry == UPSTREAM_IS_GONE)
            login->request.identity = (ost_text){0};
    }
}
