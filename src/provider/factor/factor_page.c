/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of second factors; see factor_page.h. */
#include "provider/factor/factor_page.h"

#include "base/text.h"
#include "provider/factor/key_step.h"
#include "provider/login/realm_language.h"
#include "provider/login/realm_page.h"
#include "provider/session/browser_session.h"
#include "provider/user/otp_credential.h"
#include "provider/user/recovery_codes.h"
#include "provider/user/user_factor.h"

#define DEVICES_MAX 20 /* that are shown to choose from */

static ost_text say(call *c, const char *key)
{
    return page_words_say(realm_language_words(c), key, NULL, 0, c->arena);
}

/* ---- one-time codes ---- */

static ost_text name_of(call *c, const otp_credential *device)
{
    return device->label.len > 0 ? device->label : say(c, "loginTotpUnnamed");
}

/* Who has one device is not asked which. */
static bool put_devices(call *c, page *p)
{
    const browser_login *login = c->job;
    ost_text chosen = call_parameter(c, "selectedCredentialId");
    otp_credential *devices;
    size_t count, at = 0;
    if (otp_credentials_read(login->user.document, login->user.id, c->arena, &devices, &count) !=
        OST_OK)
        return false;
    count = count > DEVICES_MAX ? DEVICES_MAX : count;
    page_row *rows = ost_arena_alloc(c->arena, (count + 1) * sizeof *rows);
    if (rows == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        at = text_equal(devices[i].id, chosen) ? i : at;
    for (size_t i = 0; i < count; i++)
        rows[i] = (page_row){{{PAGE_ROW_NAME, name_of(c, &devices[i])},
                              {PAGE_ROW_VALUE, devices[i].id},
                              {PAGE_ROW_CURRENT, i == at ? OST_TEXT("1") : (ost_text){0}}}};
    p->rows = rows;
    p->row_count = count > 1 ? count : 0;
    return true;
}

/* ---- recovery codes ---- */

static bool put_number(call *c, page *p)
{
    const browser_login *login = c->job;
    recovery_codes codes;
    if (recovery_codes_read(login->user.document, c->arena, &codes) != OST_OK)
        return false;
    const char *number = call_format(c, "%lld", (long long)codes.number);
    if (number != NULL)
        realm_page_say_of(c, p, PAGE_LABEL, "auth-recovery-code-prompt", text_of(number));
    return number != NULL;
}

/* ---- which ---- */

static size_t list_theirs(call *c, realm_factor list[FACTORS])
{
    const browser_login *login = c->job;
    return user_factors_list(login->user.document, login->factors, list);
}

static bool put_choice(call *c, page *p)
{
    realm_factor list[FACTORS];
    size_t count = list_theirs(c, list);
    page_row *rows = ost_arena_alloc(c->arena, (count + 1) * sizeof *rows);
    if (rows == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        const char *type = user_factor_type(list[i]);
        const char *name = call_format(c, "%s-display-name", type);
        const char *help = call_format(c, "%s-help-text", type);
        if (name == NULL || help == NULL)
            return false;
        rows[i] = (page_row){{{PAGE_ROW_NAME, say(c, name)},
                              {PAGE_ROW_SUMMARY, say(c, help)},
                              {PAGE_ROW_VALUE, text_of(type)}}};
    }
    p->rows = rows;
    p->row_count = count;
    return true;
}

static bool put_factor(call *c, page *p)
{
    const browser_login *login = c->job;
    realm_factor list[FACTORS];
    page_put_flag(p, PAGE_OTHER_WAYS, list_theirs(c, list) > 1);
    if (login->chooses_factor) {
        p->template = PAGE_SELECT_AUTHENTICATOR;
        return put_choice(c, p);
    }
    if (login->factor == FACTOR_KEY)
        return key_step_put(c, p);
    if (login->factor == FACTOR_RECOVERY) {
        p->template = PAGE_RECOVERY_CODE;
        return put_number(c, p);
    }
    p->template = PAGE_ONE_TIME_CODE;
    return put_devices(c, p);
}

/* ---- every page ---- */

/* To sign in as somebody else. */
static bool put_restart(call *c, page *p)
{
    const browser_login *login = c->job;
    auth_request anybody = login->request;
    ost_text code;
    anybody.half = anybody.since = anybody.user = anybody.stepping = (ost_text){0};
    if (!auth_request_seal(c, &anybody, browser_id(c, true), &code))
        return false;
    page_put_flag(p, PAGE_KNOWN_USER, true);
    page_put_url(p, PAGE_RESTART, browser_login_address(c, "authenticate", code));
    return true;
}

/* Which factor the page is about stands in its address, as in Keycloak's. */
static ost_text address_of(call *c, ost_text code)
{
    const browser_login *login = c->job;
    ost_text address = browser_login_address(c, "authenticate", code);
    const char *type = user_factor_type(login->factor);
    return type != NULL ? text_of(call_format(c, "%.*s&execution=%s", OST_FORMAT(address), type))
                        : address;
}

void factor_page_send(call *c)
{
    const browser_login *login = c->job;
    page p = {.status = login->busy ? 503 : 200, .leads_away = login->request.device.len == 0};
    ost_text code;
    if (!auth_request_seal(c, &login->request, browser_id(c, true), &code) || !put_restart(c, &p) ||
        !put_factor(c, &p)) {
        page_send_error(c, 500, "The login cannot be shown now. Please try again.");
        return;
    }
    ost_text address = address_of(c, code);
    page_put(&p, PAGE_CLIENT, browser_login_client_name(c));
    page_put_url(&p, PAGE_ACTION, address);
    page_put(&p, PAGE_USERNAME, login->user.username);
    realm_page_offer_languages(c, &p, address);
    realm_page_tell(c, &p, PAGE_ALERT, login->alert);
    page_put_flag(&p, PAGE_WRONG, login->wrong);
    realm_page_send(c, &p);
}
