/* SPDX-License-Identifier: Apache-2.0 */
/* The page on which people sign in; see browser_login.h. */
#include "base/text.h"
#include "provider/login/browser_login.h"
#include "provider/login/realm_language.h"
#include "provider/login/realm_page.h"
#include "provider/session/browser_session.h"
#include "provider/session/key_ceremony.h"
#include "provider/upstream/upstream_button.h"
#include "provider/upstream/upstream_enter.h"

static ost_text form_action(call *c, ost_text code)
{
    return browser_login_address(c, "authenticate", code);
}

/* A mail leads back to us by the address that we are known by: who sends a request does not say
 * what that is. */
bool browser_login_may_reset(const call *c)
{
    const provider *p = c->provider;
    return c->realm->reset_password_allowed && c->realm->has_mail_server &&
           c->client->browser_password &&
           (p->address.url != NULL || p->address.host != NULL || p->development);
}

static bool put_forgotten(call *c, const browser_login *login, ost_text browser, page *p)
{
    ost_text code;
    if (!browser_login_may_reset(c))
        return true;
    if (!auth_request_seal(c, &login->request, browser, &code))
        return false;
    page_put_url(p, PAGE_FORGOT, browser_login_address(c, "reset-credentials", code));
    return true;
}

static bool put_registration(call *c, const browser_login *login, ost_text browser, page *p)
{
    auth_request newcomer = login->request;
    ost_text code;
    if (!auth_request_lets_register(c, &newcomer))
        return true;
    newcomer.registering = true;
    newcomer.identity = (ost_text){0};
    if (!auth_request_seal(c, &newcomer, browser, &code))
        return false;
    page_put_url(p, PAGE_REGISTER, browser_login_address(c, "registration", code));
    return true;
}

/* The account elsewhere that is to be linked, as long as it is. */
static bool put_linked(call *c, const browser_login *login, page *p)
{
    upstream_identity identity;
    if (!upstream_identity_read(c, login->request.identity, &identity))
        return false;
    const upstream *u = upstreams_find(&c->realm->upstreams, identity.alias);
    realm_page_say_of(c, p, PAGE_LINKED_LABEL, "linkIdpAccount",
                      u != NULL ? u->name : identity.alias);
    page_put(p, PAGE_LINKED_NAME, upstream_identity_shown(&identity, c->arena));
    return true;
}

/* Who signs in: anybody, by name; or the one whose session is not fresh enough. */
static bool put_person(call *c, const browser_login *login, ost_text browser, page *p)
{
    auth_request anybody = login->request;
    ost_text code;
    if (login->request.user.len == 0 && !c->client->browser_password)
        return put_registration(c, login, browser, p);
    if (login->request.user.len == 0) {
        realm_page_say(c, p, PAGE_LABEL,
                       !c->realm->login_with_email            ? "username"
                       : c->realm->registration.email_is_name ? "email"
                                                              : "usernameOrEmail");
        page_put(p, PAGE_USERNAME, login->username);
        page_put_flag(p, PAGE_REMEMBER, c->realm->remember_me);
        return put_forgotten(c, login, browser, p) && put_registration(c, login, browser, p);
    }
    anybody.user = anybody.identity = anybody.stepping = (ost_text){0};
    if (!auth_request_seal(c, &anybody, browser, &code))
        return false;
    page_put_flag(p, PAGE_KNOWN_USER, true);
    page_put(p, PAGE_USERNAME, login->request.user);
    page_put_url(p, PAGE_RESTART, form_action(c, code));
    /* The owner of an account that is to be linked may prove it by a mail; who signs in again has
     * "somebody else" first. */
    return !upstream_awaits_proof(c, login->request.identity) ||
           (put_linked(c, login, p) && put_forgotten(c, login, browser, p));
}

/* Its address; the page is in factor/passkey_step.h. */
static ost_text passkey_address(call *c, ost_text code)
{
    return text_of(
        call_format(c, "%.*s&execution=" PASSKEY_STEP, OST_FORMAT(form_action(c, code))));
}

/* Passkeys offered in the field for the name, for which the page has a form of its own. */
static bool put_offer(call *c, const browser_login *login, ost_text browser, ost_text code, page *p)
{
    ost_text options, proof;
    if (c->client->browser_passkey == PASSKEY_NONE)
        return true;
    page_put_url(p, PAGE_PASSKEY_LINK, passkey_address(c, code));
    if (!c->realm->keys[WEBAUTHN_PASSWORDLESS].offered || login->request.user.len > 0 ||
        !c->client->browser_password)
        return true;
    if (!key_passkey_ask(c, browser, &options, &proof))
        return false;
    page_put(p, PAGE_OPTIONS, options);
    page_put(p, PAGE_CODE, proof);
    return true;
}

/* Where nothing but a passkey will do there is nothing to type. */
void browser_login_show(call *c)
{
    browser_login *login = c->job;
    page p = {.template = PAGE_LOGIN,
              .status = login->busy ? 503 : 200,
              .leads_away = login->request.device.len == 0};
    ost_text code, browser = browser_id(c, true);
    bool named = login->username.len > 0 || login->request.user.len > 0;
    if (login->forget_session)
        browser_session_clear(c);
    if (!auth_request_seal(c, &login->request, browser, &code) ||
        !put_person(c, login, browser, &p) || !put_offer(c, login, browser, code, &p)) {
        page_send_error(c, c->error.status, "The login cannot be shown now. Please try again.");
        return;
    }
    if (login->request.identity.len == 0)
        upstream_put_buttons(c, code, &p);
    if (!c->client->browser_password && login->alert == NULL && p.row_count == 0) {
        call_no_store(c);
        http_redirect(c->exchange, 302, passkey_address(c, code));
        return;
    }
    page_put_flag(&p, PAGE_PASSWORD_ASKED, c->client->browser_password);
    page_put(&p, PAGE_CLIENT, browser_login_client_name(c));
    page_put_url(&p, PAGE_ACTION, form_action(c, code));
    realm_page_offer_languages(c, &p, form_action(c, code));
    realm_page_tell(c, &p, PAGE_ALERT, login->alert);
    page_put_flag(&p, PAGE_WRONG, login->wrong);
    /* The cursor starts where the next thing is to be typed. */
    page_put_flag(&p, PAGE_FOCUS_NAME, !named);
    page_put_flag(&p, PAGE_FOCUS_SECRET, named);
    realm_page_send(c, &p);
}
