/* SPDX-License-Identifier: Apache-2.0 */
/* Passkeys at a login; see passkey_step.h. */
#include "provider/factor/passkey_step.h"

#include "base/text.h"
#include "provider/call/call_event.h"
#include "provider/factor/key_use.h"
#include "provider/login/realm_page.h"
#include "provider/session/browser_session.h"
#include "provider/upstream/upstream_enter.h"

bool passkey_step_is(call *c)
{
    return text_is(call_parameter(c, "execution"), PASSKEY_STEP) &&
           c->client->browser_passkey != PASSKEY_NONE;
}

/* ---- the page ---- */

/* Its own address; and where a password will do, that of the page for one, or where somebody signs
 * in again, that of anybody. */
static bool put_addresses(call *c, page *p)
{
    const browser_login *login = c->job;
    auth_request other = login->request;
    ost_text code, address, again;
    if (!auth_request_seal(c, &login->request, browser_id(c, true), &code))
        return false;
    address = again = browser_login_address(c, "authenticate", code);
    if (!c->client->browser_password) {
        other.user = (ost_text){0};
        if (!auth_request_seal(c, &other, browser_id(c, true), &code))
            return false;
        again = browser_login_address(c, "authenticate", code);
    }
    page_put_url(p, PAGE_RESTART,
                 c->client->browser_password || login->request.user.len > 0 ? again
                                                                            : (ost_text){0});
    page_put_flag(p, PAGE_KNOWN_USER, !c->client->browser_password);
    address = text_of(call_format(c, "%.*s&execution=%s", OST_FORMAT(address), PASSKEY_STEP));
    page_put_url(p, PAGE_ACTION, address);
    realm_page_offer_languages(c, p, address);
    return true;
}

void passkey_step_send(call *c)
{
    const browser_login *login = c->job;
    page p = {.template = PAGE_SECURITY_KEY,
              .status = login->busy ? 503 : 200,
              .leads_away = login->request.device.len == 0};
    ost_text proof, options;
    if (c->event.error != NULL)
        event_tell(c, EVENT_LOGIN, c->event.error);
    if (!key_passkey_ask(c, browser_id(c, true), &options, &proof) || !put_addresses(c, &p)) {
        page_send_error(c, 500, "The login cannot be shown now. Please try again.");
        return;
    }
    page_put(&p, PAGE_OPTIONS, options);
    page_put(&p, PAGE_CODE, proof);
    page_put(&p, PAGE_CLIENT, browser_login_client_name(c));
    page_put_flag(&p, PAGE_PASSKEY, true);
    page_put(&p, PAGE_USERNAME, login->request.user);
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
    if (result == OST_OK &&
        !upstream_lets(c, login->request.identity, login->request.user, &login->user))
        return OST_E_NOT_FOUND;
    return result;
}

static bool is_halfway(call *c)
{
    const browser_login *login = c->job;
    const flow_standing standing = {.flow = REALM_FLOW_BROWSER,
                                    .proofs = OST_TEXT(PROVED_BY_PASSKEY)};
    return authentication_walk(c, &login->user, &standing).outcome != FLOW_ENTERS;
}

authentication_outcome passkey_step_take(call *c)
{
    browser_login *login = c->job;
    key_ceremony ceremony;
    c->event.credential_type = text_of(key_credential_type(WEBAUTHN_PASSWORDLESS));
    ost_result result =
        key_passkey_begin(c, browser_id(c, true), &ceremony) ? find_user(c) : OST_E_MEMORY;
    if (result == OST_OK)
        result = key_use_check(c, &ceremony, &login->user);
    authentication_outcome outcome = authentication_conclude(
        c, &login->user, authentication_outcome_of(result), result == OST_OK && is_halfway(c));
    /* As they are now: the key has counted on. */
    if (outcome == AUTHENTICATED &&
        authentication_load_user(c, login->user.id, &login->user) != OST_OK)
        outcome = AUTHENTICATION_BUSY;
    return outcome;
}
