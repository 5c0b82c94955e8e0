/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of required actions, one table; see action_page.h. */
#include "provider/action_page/action_page.h"

#include "base/array.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/call/call_event.h"
#include "provider/session/browser_session.h"
#include "provider/user/user_change.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

/* idp_link:ALIAS, which a client may ask for. Whoever is signed in is asked first: a page of
 * somebody else's may have sent them here, to link an account of its own. */
static void link_put(call *c, page *p)
{
    const browser_login *login = c->job;
    ost_text alias = required_action_provider(login->request.action);
    const upstream *u = upstreams_find(&c->realm->upstreams, alias);
    ost_text name = u != NULL ? u->name : alias;
    p->template = PAGE_TERMS_AND_CONDITIONS;
    realm_page_say_of(c, p, PAGE_HEADING, "linkIdpActionTitle", name);
    realm_page_say_of(c, p, PAGE_MESSAGE, "linkIdpActionMessage", name);
}

/* What comes of it is known when they come back. */
static bool link_take(call *c)
{
    action_job *job = c->job;
    job->leaves = true;
    return false;
}

typedef struct action_page {
    required_action action;
    void (*put)(call *c, page *p);
    bool (*take)(call *c);
    event_type event; /* EVENTS: none of its own */
} action_page;

static const action_page pages[] = {
    {ACTION_TOTP, action_totp_put, action_totp_take, EVENT_UPDATE_TOTP},
    {ACTION_TERMS, action_terms_put, action_terms_take, EVENT_CUSTOM_REQUIRED_ACTION},
    {ACTION_PASSWORD, action_password_put, action_password_take, EVENT_UPDATE_PASSWORD},
    {ACTION_PROFILE, action_profile_put, action_profile_take, EVENT_UPDATE_PROFILE},
    {ACTION_RECOVERY, action_recovery_put, action_recovery_take, EVENT_UPDATE_CREDENTIAL},
    {ACTION_EMAIL, action_email_put, action_email_take, EVENTS},
    {ACTION_LINK, link_put, link_take, EVENTS},
    {ACTION_KEY, action_webauthn_put, action_webauthn_take, EVENT_UPDATE_CREDENTIAL},
    {ACTION_PASSKEY, action_webauthn_put, action_webauthn_take, EVENT_UPDATE_CREDENTIAL},
    {ACTION_VERIFY_PROFILE, action_profile_put, action_profile_take, EVENT_UPDATE_PROFILE},
};

static const action_page *page_of(const call *c)
{
    const action_job *job = c->job;
    size_t i = 0;
    while (i + 1 < ARRAY_LEN(pages) && pages[i].action != job->action)
        i++;
    return &pages[i];
}

bool action_show_again(call *c, const char *alert, const char *error)
{
    action_job *job = c->job;
    job->alert = alert;
    job->shown = true;
    c->event.error = error;
    return false;
}

bool action_page_take(call *c)
{
    return page_of(c)->take(c);
}

void action_page_name(call *c)
{
    const action_job *job = c->job;
    c->event.action = text_of(required_action_alias(job->action));
}

void action_page_tell(call *c)
{
    event_type event = page_of(c)->event;
    if (event == EVENTS)
        return;
    action_page_name(c);
    if (c->event.error != NULL)
        event_tell(c, event, c->event.error);
    else
        event_tell_before(c, event);
}

void action_page_send(call *c)
{
    action_job *job = c->job;
    page p = {.status = job->login.busy ? 503 : 200,
              .leads_away = job->login.request.device.len == 0};
    ost_text code;
    ost_text address = job->address;
    if (address.len == 0 &&
        !auth_request_seal(c, &job->login.request, browser_id(c, true), &code)) {
        page_send_error(c, 500, "The page cannot be shown now. Please try again.");
        return;
    }
    if (address.len == 0)
        address = browser_login_address(c, "required-action", code);
    page_of(c)->put(c, &p);
    page_put(&p, PAGE_USERNAME, job->login.user.username);
    realm_page_tell(c, &p, PAGE_ALERT, job->alert);
    page_put_flag(&p, PAGE_WRONG, job->alert != NULL);
    page_put_flag(&p, PAGE_CANCEL, job->optional);
    page_put_url(&p, PAGE_ACTION, address);
    page_put_url(&p, PAGE_LINK, job->action == ACTION_EMAIL ? address : (ost_text){0});
    realm_page_offer_languages(c, &p, address);
    realm_page_send(c, &p);
}

/* The user as stored now, and the document without the action. */
static ost_result page_drop(call *c, required_action action, store_user *ret_user,
                            const ost_json **ret_document)
{
    const action_job *job = c->job;
    const ost_json *document, *actions;
    ost_result result = store_user_get(c->provider->store, text_of(c->realm->name),
                                       job->login.user.id, c->arena, ret_user);
    if (result == OST_OK)
        result = ost_json_read(ret_user->document, NULL, c->arena, &document, NULL);
    if (result == OST_OK)
        result = required_action_drop(ost_json_get(document, "requiredActions"), action, c->arena,
                                      &actions);
    return result == OST_OK ? document_put(document, OST_TEXT("requiredActions"), actions, c->arena,
                                           ret_document)
                            : result;
}

ost_result action_page_store(call *c, required_action action, action_edit *edit, const void *what)
{
    store_user user;
    const ost_json *document;
    ost_result result = page_drop(c, action, &user, &document);
    if (result == OST_OK)
        result = edit(document, what, c->arena, &document);
    return result == OST_OK
               ? user_change_store(c->provider->store, c->realm, &user, document, c->arena)
               : result;
}

bool action_page_end_others(call *c)
{
    const action_job *job = c->job;
    const browser_login *login = &job->login;
    if (job->keep_sessions || session_end_others(c, login->user.id, login->session.id) == OST_OK)
        return true;
    browser_login_break(c);
    return false;
}
