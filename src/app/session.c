/* SPDX-License-Identifier: Apache-2.0 */
/* Uses and renews browsers' sessions; see session.h. */
#include "app/session.h"

#include "app/notice.h"
#include "app/refuse.h"
#include "base/text.h"

/* What a refresh goes back to. */
typedef struct renewal {
    ost_request *request;
    void (*next)(ost_request *request);
    ost_login_call *call;
    ost_result failed; /* the call could not be made */
} renewal;

void session_open(ost_request *request)
{
    browser_side *side = &request->browser;
    ost_arena *arena = http_arena(request->exchange);
    side->place = browser_place(request->server->settings, request->exchange);
    if (side->place.base.len == 0 || browser_cookies(request->http, arena, &side->jar) != OST_OK)
        return;
    side->has_session = login_open(request->server->login, &side->place, &side->jar, arena,
                                   &side->session) == OST_OK;
}

/* ---- refreshing ---- */

static void take_outcome(ost_request *request, ost_login_call *call)
{
    browser_side *side = &request->browser;
    ost_login_step step = {0};
    ost_error error = {0};
    ost_result result =
        ost_login_call_end(call, http_arena(request->exchange), &step, &side->session, &error);
    if (result != OST_OK)
        http_set_reason(request->exchange, "the session was not refreshed: %s", error.detail);
    side->renewal = result;
    /* The provider has ended it; in all other cases the token serves as long as it is good. */
    if (result == OST_E_EXPIRED)
        side->has_session = false;
    if (browser_set_cookies(request->exchange, &side->place, &step) != OST_OK)
        http_set_reason(request->exchange, "the session's cookies could not be set");
}

static void refresh_ended(http_exchange *exchange, void *user)
{
    (void)exchange;
    renewal *over = user;
    ost_request *request = over->request;
    request->browser.renewal = over->failed;
    if (over->call != NULL)
        take_outcome(request, over->call);
    else
        http_set_reason(exchange, "the session could not be refreshed: %s",
                        ost_result_sentence(over->failed));
    if (request->browser.has_session)
        request->credentials.bearer = request->browser.session.access_token;
    else
        request->credentials.bearer = (ost_text){0};
    over->next(request);
}

static void refresh_done(ost_login_call *call, void *user)
{
    renewal *over = user;
    over->call = call;
    http_resume(over->request->exchange, refresh_ended, over);
}

/* False: without memory there is no refresh. */
static bool refresh(ost_request *request, void (*next)(ost_request *request))
{
    browser_side *side = &request->browser;
    renewal *begun = ost_arena_alloc(http_arena(request->exchange), sizeof *begun);
    side->refreshed = true;
    if (begun == NULL)
        return false;
    *begun = (renewal){.request = request, .next = next};
    http_suspend(request->exchange);
    begun->failed = login_refresh(request->server->login, &side->place, &side->session, &side->jar,
                                  refresh_done, begun, NULL);
    if (begun->failed != OST_OK)
        http_resume(request->exchange, refresh_ended, begun);
    return true;
}

void session_take(ost_request *request, void (*next)(ost_request *request))
{
    browser_side *side = &request->browser;
    session_open(request);
    if (side->has_session) {
        request->credentials.bearer = side->session.access_token;
        if (ost_login_is_due(request->server->login, &side->session) && refresh(request, next))
            return;
    }
    next(request);
}

/* ---- signing in ---- */

static void show_no_login(ost_request *request, ost_result result)
{
    const notice waiting = {
        .status = 503,
        .title = "Login is not possible right now",
        .text = "The login service cannot be reached. Please try again in a moment.",
        .link = ost_arena_copy(http_arena(request->exchange),
                               browser_target(request->http, http_arena(request->exchange))),
        .link_text = "Try again",
    };
    const notice forgetful = {
        .status = 400,
        .title = "Your browser does not keep you signed in",
        .text = "You have just signed in, but your browser came back without its cookies. Allow "
                "cookies for this site, then try again.",
        .link = waiting.link,
        .link_text = "Try again",
    };
    char why[256];
    ost_login_trouble(request->server->login, why);
    http_set_reason(request->exchange, "no login was begun: %s",
                    result == OST_E_CONFLICT                  ? "the browser keeps no cookies"
                    : result == OST_E_STATE && why[0] != '\0' ? why
                                                              : ost_result_sentence(result));
    if (result == OST_E_CONFLICT) {
        notice_send(request->exchange, request->server, &forgetful);
    } else {
        request_set(request->exchange, "Retry-After", OST_TEXT("5"));
        notice_send(request->exchange, request->server, &waiting);
    }
}

static void begin_login(ost_request *request)
{
    const ost_policy *policy = request->route->guard;
    const ost_login_demand demand = {.acr_values = policy->acr_values, .max_age = policy->max_age};
    ost_arena *arena = http_arena(request->exchange);
    browser_side *side = &request->browser;
    ost_login_step step = {0};
    ost_result result = login_begin(
        request->server->login, &side->place, browser_target(request->http, arena),
        request->verdict.reason == OST_E_STEP_UP ? &demand : NULL, &side->jar, arena, &step);
    if (result == OST_OK)
        result = browser_set_cookies(request->exchange, &side->place, &step);
    if (result != OST_OK) {
        show_no_login(request, result);
        return;
    }
    http_set_reason(request->exchange, "sent to sign in");
    request_set(request->exchange, "Cache-Control", OST_TEXT("no-store"));
    http_redirect(request->exchange, 302, step.location);
}

bool session_is_fresh_for(const ost_request *request)
{
    const browser_side *side = &request->browser;
    if (!side->has_session || !ost_login_is_fresh(request->server->login, &side->session))
        return false;
    return request->verdict.reason != OST_E_STEP_UP || side->session.demanded;
}

static void refuse_person(ost_request *request)
{
    const browser_side *side = &request->browser;
    bool provider_is_away = side->has_session && side->renewal != OST_OK;
    if (request->verdict.status == 401 && provider_is_away) {
        show_no_login(request, side->renewal);
    } else if (request->verdict.status == 401 && side->place.base.len == 0) {
        refuse_with_page(request, "Login is not possible under this address",
                         "This API does not know its own address. Open it as localhost, or have "
                         "its operator set --base-url.");
    } else if (request->verdict.status == 401 && !session_is_fresh_for(request)) {
        begin_login(request);
    } else if (request->verdict.status == 401) {
        refuse_with_page(request, "Your login is not accepted",
                         "You are signed in, but this API does not accept your login. If that is "
                         "unexpected, tell the people who run it.");
    } else if (request->verdict.status == 403) {
        refuse_with_page(request, "You may not see this",
                         "You are signed in, but your account lacks a right that this page asks "
                         "for.");
    } else {
        refuse_with_page(request, "This is not possible right now",
                         "Please try again in a moment.");
    }
}

void session_refused(ost_request *request, void (*next)(ost_request *request))
{
    browser_side *side = &request->browser;
    bool expired = side->has_session && request->verdict.reason == OST_E_EXPIRED;
    if (expired && !side->refreshed && side->session.refresh_token.len > 0 &&
        refresh(request, next))
        return;
    if (browser_navigates(request->http))
        refuse_person(request);
    else
        refuse_by_verdict(request);
}
