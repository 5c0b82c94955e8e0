/* SPDX-License-Identifier: Apache-2.0 */
/* The required action TERMS_AND_CONDITIONS; see action_page.h. Who has accepted has the time of it
 * among their attributes, as in Keycloak. */
#include "base/text.h"
#include "provider/action_page/action_page.h"
#include "provider/admin/document_edit.h"
#include "provider/user/user_change.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

#define ATTRIBUTE "terms_and_conditions"

void action_terms_put(call *c, page *p)
{
    p->template = PAGE_TERMS_AND_CONDITIONS;
    realm_page_say(c, p, PAGE_HEADING, "termsTitle");
    realm_page_say(c, p, PAGE_MESSAGE, "termsText");
}

/* When they were accepted; NULL: never. */
static ost_result put_acceptance(call *c, const ost_json **document, bool accepted)
{
    const ost_json *attributes = ost_json_get(*document, "attributes"), *when = NULL;
    ost_result result = OST_OK;
    if (!accepted && ost_json_get(attributes, ATTRIBUTE) == NULL)
        return OST_OK;
    if (accepted)
        result = document_add_text(NULL, text_of(call_format(c, "%lld", (long long)c->now)),
                                   c->arena, &when);
    if (result == OST_OK)
        result = document_put(attributes, OST_TEXT(ATTRIBUTE), when, c->arena, &attributes);
    return result == OST_OK
               ? document_put(*document, OST_TEXT("attributes"), attributes, c->arena, document)
               : result;
}

static ost_result answer(call *c, bool accepted)
{
    const browser_login *login = c->job;
    store_user user;
    const ost_json *document, *actions;
    ost_result result = store_user_get(c->provider->store, text_of(c->realm->name), login->user.id,
                                       c->arena, &user);
    if (result == OST_OK)
        result = ost_json_read(user.document, NULL, c->arena, &document, NULL);
    if (result == OST_OK)
        result = put_acceptance(c, &document, accepted);
    if (result == OST_OK && accepted) {
        result = required_action_drop(ost_json_get(document, "requiredActions"), ACTION_TERMS,
                                      c->arena, &actions);
        if (result == OST_OK)
            result =
                document_put(document, OST_TEXT("requiredActions"), actions, c->arena, &document);
    }
    return result == OST_OK
               ? user_change_store(c->provider->store, c->realm, &user, document, c->arena)
               : result;
}

/* Only a clear yes is one. */
bool action_terms_take(call *c)
{
    action_job *job = c->job;
    bool accepted =
        call_parameter(c, "accept").data != NULL && call_parameter(c, "cancel").data == NULL;
    ost_result result = answer(c, accepted);
    if (result == OST_E_CONFLICT)
        return action_show_again(c, ACTION_CHANGED, NULL);
    if (result != OST_OK) {
        browser_login_break(c);
        return false;
    }
    if (accepted)
        return true;
    action_page_name(c);
    c->event.error = "rejected_by_user";
    job->login.outcome = LOGIN_REFUSED;
    job->login.refused_as = EVENT_CUSTOM_REQUIRED_ACTION;
    call_refuse(c, 302, "access_denied", NULL);
    browser_login_undo(c);
    return false;
}
