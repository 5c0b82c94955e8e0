/* SPDX-License-Identifier: Apache-2.0 */
/* Passkeys at a login; see passkey_step.h. */
#include "provider/factor/passkey_step.h"

#include "base/text.h"
#include "provider/call/call_event.h"
#include "provider/factor/key_use.h"
#include "provider/login/realm_page.h"
#include "provider/session/browser_session.h"

bool passkey_step_is(call *c)
{
    return text_is(call_parameter(c, "execution"), PASSKEY_STEP) &&
           c->client->browser_passkey != PASSKEY_NONE;
}

/* Of the browser: who it is nobody knows yet. */
static bool begin(call *c, key_ceremony *ret_ceremony)
{
    *ret_ceremony =
        (key_ceremony){.use = WEBAUTHN_PASSWORDLESS, .expires = c->now + c->realm->lifespans.login};
    return call_hash(c, browser_id(c, true), &ret_ceremony->login) == OST_OK;
}

/* ---- the page ---- */

static bool put_restart(call *c, page *p)
{
    const browser_login *login = c->job;
    ost_text code;
    if (!auth_request_seal(c, &login->request, browser_id(c, true), &code))
        return false;
    page_put_url(p, PAGE_RESTART, browser_login_address(c, "authenticate", code));
    return true;
}

void passkey_step_send(call *c)
{
    const browser_login *login = c->job;
    const webauthn_policy *policy = &c->realm->keys[WEBAUTHN_PASSWORDLESS];
    page p = {.template = PAGE_SECURITY_KEY,
              .status = login->busy ? 503 : 200,
              .leads_away = login->request.device.len == 0};
    key_ceremony ceremony;
    ost_text challenge, proof, options;
    if (c->event.error != NULL)
        event_tell(c, EVENT_LOGIN, c->event.error);
    if (!begin(c, &ceremony) || !key_challenge_make(c, &ceremony, &challenge, &proof) ||
        key_request_options(c, policy, challenge, NULL, 0, &options) != OST_OK ||
        !put_restart(c, &p)) {
        page_send_error(c, 500, "The login cannot be shown now. Please try again.");
        return;
    }
    ost_text address = text_of(
        call_format(c, "%.*s&execution=%s", OST_FORMAT(p.values[PAGE_RESTART]), PASSKEY_STEP));
    page_put(&p, PAGE_OPTIONS, options);
    page_put(&p, PAGE_CODE, proof);
    page_put(&p, PAGE_CLIENT, browser_login_client_name(c));
    page_put_url(&p, PAGE_ACTION, address);
    page_put_flag(&p, PAGE_PASSKEY, true);
    page_put(&p, PAGE_USERNAME, login->request.user);
    realm_page_offer_languages(c, &p, address);
    realm_page_tell(c, &p, PAGE_ALERT, login->alert);
    realm_page_send(c, &p);
}

/* ---- the form ---- */

/* The user handle is Keycloak's: the user's id. Whose login it is somebody else's key is not for.
 */
static ost_result find_user(call *c)
{
    browser_login *login = c->job;
    ost_text id;
    if (!key_parameter(c, "userHandle", &id) || !text_is_utf8(id))
        return OST_E_FORMAT;
    ost_result result = authentication_load_user(c, id, &login->user);
    if (result == OST_OK && login->request.user.len > 0 &&
        !text_equal(login->request.user, login->user.username))
        return OST_E_NOT_FOUND;
    return result;
}

bool passkey_step_asks_factor(call *c)
{
    const browser_login *login = c->job;
    return c->client->browser_passkey == PASSKEY_AND_FACTOR &&
           authentication_factors(c, &login->user) != FACTOR_NONE;
}

authentication_outcome passkey_step_take(call *c)
{
    browser_login *login = c->job;
    key_ceremony ceremony;
    c->event.credential_type = text_of(key_credential_type(WEBAUTHN_PASSWORDLESS));
    ost_result result = begin(c, &ceremony) ? find_user(c) : OST_E_MEMORY;
    if (result == OST_OK)
        result = key_use_check(c, &ceremony, &login->user);
    authentication_outcome outcome = authentication_conclude(
        c, &login->user, authentication_outcome_of(result), passkey_step_asks_factor(c));
    /* As they are now: the key has counted on. */
    if (outcome == AUTHENTICATED &&
        authentication_load_user(c, login->user.id, &login->user) != OST_OK)
        outcome = AUTHENTICATION_BUSY;
    return outcome;
}
