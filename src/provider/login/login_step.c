/* SPDX-License-Identifier: Apache-2.0 */
/* What comes between the proof of who somebody is and the answer to the client, one step after the
 * other: required actions, then consent; see browser_login.h. */
#include "base/text.h"
#include "provider/login/browser_login.h"
#include "provider/login/realm_language.h"
#include "provider/login/user_language.h"
#include "provider/realm/uuid.h"
#include "provider/session/authentication.h"
#include "provider/session/browser_session.h"
#include "provider/session/consent.h"
#include "provider/session/live_session.h"
#include "provider/session/session_level.h"
#include "provider/token/grant.h"
#include "store/grant/store_code.h"
#include "store/memory/store_memory.h"
#include "store/session/session_limit.h"
#include "store/session/store_session.h"

void browser_login_break(call *c)
{
    browser_login *login = c->job;
    login->outcome = LOGIN_BROKEN;
    call_refuse(c, 503, "temporarily_unavailable",
                "The service is busy. Please try again in a moment.");
}

void browser_login_deny(call *c, const flow_verdict *verdict)
{
    browser_login *login = c->job;
    bool denied = verdict->outcome == FLOW_DENIES;
    login->outcome = LOGIN_DENIED;
    login->asks_code = false;
    login->denial = verdict->message;
    login->too_many_sessions = verdict->too_many_sessions;
    c->event.user = login->user.id;
    c->event.username = login->user.username;
    c->event.error = verdict->too_many_sessions ? AUTHENTICATION_TOO_MANY_SESSIONS
                     : denied                   ? "access_denied"
                                                : "invalid_user_credentials";
    if (!denied)
        http_add_detail(c->exchange, "flow", OST_TEXT("nobody like them comes through it"));
}

/* ---- levels of authentication ---- */

/* The address of a page of a login stays in the browser's history: of what was reached for it,
 * nothing comes a second time. */
static bool spend_once(call *c)
{
    browser_login *login = c->job;
    const auth_request *r = &login->request;
    const char *owner = call_format(c, "levels of %s", c->realm->name);
    if (!r->leveled || r->session.len == 0)
        return true;
    ost_result result = owner != NULL
                            ? store_use_once(c->provider->store, text_of(owner), r->levels_id,
                                             c->now + c->realm->lifespans.login)
                            : OST_E_MEMORY;
    if (result == OST_E_CONFLICT)
        login->outcome = LOGIN_AGAIN;
    else if (result != OST_OK)
        browser_login_break(c);
    return result == OST_OK;
}

static bool meets_essential(call *c)
{
    const browser_login *login = c->job;
    const auth_request *r = &login->request;
    return !c->level.asked || !c->level.essential || (r->leveled && r->level >= c->level.level) ||
           call_refuse(c, 302, "unmet_authentication_requirements",
                       "The level of authentication has not been reached");
}

/* What is yet to be set up is set up before the login is complete: until then the session has no
 * level by it. */
bool browser_login_take_levels(call *c, const flow_verdict *verdict)
{
    browser_login *login = c->job;
    auth_request *r = &login->request;
    const char *words = "";
    for (size_t i = 0; i < verdict->reached_count && words != NULL; i++)
        words = call_format(c, "%s%s%lld", words, i > 0 ? " " : "", (long long)verdict->reached[i]);
    bool given =
        verdict->level == FLOW_LEVEL_NONE && r->flowed && r->flow_level >= 0 && !login->came;
    r->level = given ? r->flow_level : verdict->level;
    r->leveled = r->level != FLOW_LEVEL_NONE;
    r->levels = text_of(words);
    r->levels_since = c->now;
    r->setup = verdict->setup;
    r->room = verdict->room;
    r->levels_id = r->leveled ? uuid_text(c->provider->context, c->arena) : (ost_text){0};
    if (words == NULL || (r->leveled && r->levels_id.data == NULL))
        browser_login_break(c);
    else if (meets_essential(c))
        return true;
    else
        login->outcome = LOGIN_REFUSED;
    return false;
}

bool browser_login_spend_levels(call *c)
{
    browser_login *login = c->job;
    const auth_request *r = &login->request;
    store_session *s = &login->session;
    bool set_up = r->setup == 0 || (r->setup & login->user.factors) != 0;
    login->outcome = LOGIN_REFUSED;
    if (!meets_essential(c))
        return false;
    if (r->leveled && !set_up)
        return call_refuse(c, 302, "access_denied", NULL);
    if (!spend_once(c))
        return false;
    if (r->levels.len == 0)
        return true;
    if (!session_levels_note(c, r->levels, r->levels_since, s->notes, &s->notes))
        return false;
    return login->new_session || /* it is yet to be stored */
           store_session_note(c->provider->store, s->realm, s->id, s->notes) == OST_OK ||
           call_refuse(c, 302, "temporarily_unavailable", NULL);
}

/* ---- between two requests ---- */

ost_text browser_login_since(call *c)
{
    const browser_login *login = c->job;
    return text_of(call_format(c, "%lld", (long long)login->user.password_since));
}

bool browser_login_begin_half(call *c)
{
    browser_login *login = c->job;
    auth_request *r = &login->request;
    r->half = login->user.id;
    r->half_id = uuid_text(c->provider->context, c->arena);
    r->half_ends = c->now + c->realm->lifespans.login;
    r->since = browser_login_since(c);
    r->remember = login->remember;
    if (r->half_id.data == NULL || r->since.data == NULL)
        browser_login_break(c);
    return r->half_id.data != NULL && r->since.data != NULL;
}

/* Somebody else has come in since the flow was walked. A session that was begun for this login is
 * not left behind, where it would take the room of another. */
static bool refuse_session(call *c)
{
    const flow_verdict verdict = {.outcome = FLOW_DENIES,
                                  .message = OST_TEXT(FLOW_TOO_MANY_SESSIONS),
                                  .too_many_sessions = true};
    browser_login_undo(c);
    browser_login_deny(c, &verdict);
    return false;
}

bool browser_login_keep(call *c, const store_client_session *part, const store_code *code)
{
    browser_login *login = c->job;
    const store_room room = session_room_of(c, login->session.user_id, &login->request.room);
    ost_result result = store_login_within(c->provider->store, &room,
                                           login->new_session ? &login->session : NULL, part, code);
    session_room_tell(c, &room);
    if (result == OST_E_CEILING)
        return refuse_session(c);
    return result == OST_OK || call_refuse(c, 302, "temporarily_unavailable", NULL);
}

/* The session is there from now on: the page is shown to its user. None of the steps is over by
 * that: whoever comes with the session finds them again. */
static bool leave(call *c, bool proved)
{
    browser_login *login = c->job;
    auth_request *r = &login->request;
    if (r->prompt_none)
        return call_refuse(c, 302, "interaction_required", NULL);
    if (login->new_session && !browser_login_keep(c, NULL, NULL))
        return false;
    r->session = login->session.id;
    r->proved = proved;
    r->begun = login->begun;
    return true;
}

bool browser_login_load_user(call *c)
{
    browser_login *login = c->job;
    ost_result result = browser_session_load(c, &login->session);
    if (result == OST_OK && !text_equal(login->session.id, login->request.session))
        result = OST_E_NOT_FOUND;
    if (result == OST_OK)
        result = authentication_load_user(c, login->session.user_id, &login->user);
    if (result == OST_OK) {
        realm_language_know_user(c, login->user.document);
        login->begun = login->request.begun;
        return true;
    }
    if (result == OST_E_NOT_FOUND || result == OST_E_STATE)
        login->outcome = LOGIN_AGAIN;
    else
        browser_login_break(c);
    return false;
}

void browser_login_undo(call *c)
{
    browser_login *login = c->job;
    if (!login->request.begun)
        return;
    login->forget_session = true;
    (void)!store_session_end(c->provider->store, login->session.realm, login->session.id);
}

/* ---- required actions ---- */

bool browser_login_may_link(call *c)
{
    const browser_login *login = c->job;
    grant g = {.client = c->client, .may_be_offline = true};
    bool known = grant_choose_scopes(c, login->request.scope, &g) &&
                 grant_set_user(c, login->user.document, login->user.id, &g);
    c->error = (call_error){0};
    return known &&
           (realm_roles_have(&g.roles, OST_TEXT("account"), OST_TEXT("manage-account")) ||
            realm_roles_have(&g.roles, OST_TEXT("account"), OST_TEXT("manage-account-links")));
}

/* What the user has to do, and after that what the client wants done. */
static required_action find_action(call *c)
{
    browser_login *login = c->job;
    auth_request *r = &login->request;
    if (login->user.action != ACTION_NONE || r->kc_action.len == 0)
        return login->user.action;
    required_action wanted = required_action_initiated(c->realm, r->kc_action);
    if (wanted == ACTION_LINK && !browser_login_may_link(c))
        wanted = ACTION_NONE;
    if (wanted == ACTION_NONE) {
        r->kc_action = (ost_text){0};
        r->kc_action_status = OST_TEXT("error");
    }
    return wanted;
}

static void act(call *c, required_action action, bool proved)
{
    browser_login *login = c->job;
    if (action == ACTION_OTHER && !login->request.prompt_none) {
        login->outcome = LOGIN_PAGE;
        login->alert = LOGIN_BARRED;
        login->request.session = (ost_text){0}; /* somebody else may log in */
        login->request.proved = login->request.begun = false;
        c->event.error = "resolve_required_actions";
        return;
    }
    login->outcome = LOGIN_REFUSED;
    if (leave(c, proved))
        login->outcome = LOGIN_ACT;
    login->request.action =
        action == ACTION_LINK ? login->request.kc_action : text_of(required_action_alias(action));
    login->request.since = browser_login_since(c);
}

/* ---- consent ---- */

/* What the user has to consent to before; false: the call is refused. */
static bool find_missing(call *c, consent_list *missing)
{
    const browser_login *login = c->job;
    grant g = {.client = c->client, .may_be_offline = true};
    missing->count = 0;
    if (!c->client->consent_required)
        return true;
    if (!grant_choose_scopes(c, login->request.scope, &g))
        return false;
    return consent_missing(c, login->session.user_id, g.scopes, login->request.prompt_consent,
                           missing) == OST_OK ||
           call_refuse(c, 302, "temporarily_unavailable", NULL);
}

/* Whoever gave the user the code of a device may be somebody else than they believe: they always
 * see who asks, and for what (RFC 8628 §5.4). Details are of one request, and asked about each
 * time. */
bool browser_login_is_unasked(const call *c)
{
    const browser_login *login = c->job;
    bool detailed = c->client->consent_required && login->request.details.len > 0;
    return (login->request.device.len > 0 || detailed) && !login->agreed;
}

static void ask(call *c, bool good, bool proved)
{
    browser_login *login = c->job;
    login->outcome = LOGIN_REFUSED;
    if (good && leave(c, proved))
        login->outcome = LOGIN_ASK;
}

static void ask_or_give(call *c, bool proved)
{
    consent_list missing;
    bool good = find_missing(c, &missing);
    if (good && missing.count == 0 && !browser_login_is_unasked(c))
        browser_login_give(c, proved);
    else
        ask(c, good, proved);
}

void browser_login_complete(call *c, bool proved)
{
    browser_login *login = c->job;
    required_action action = find_action(c);
    login->request.action = login->request.since = (ost_text){0};
    if (action != ACTION_NONE) {
        act(c, action, proved);
        return;
    }
    user_language_take(c, login->session.user_id, login->user.document);
    ask_or_give(c, proved);
}
