/* SPDX-License-Identifier: Apache-2.0 */
/* The required action UPDATE_PASSWORD; see action_page.h. */
#include "base/text.h"
#include "provider/action_page/action_page.h"
#include "provider/user/password_change.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

/* A page that the user has not asked for says why it comes. */
void action_password_put(call *c, page *p)
{
    const action_job *job = c->job;
    p->template = PAGE_UPDATE_PASSWORD;
    realm_page_say(c, p, PAGE_HEADING, "updatePasswordTitle");
    if (!job->optional)
        realm_page_say(c, p, PAGE_MESSAGE, "updatePasswordMessage");
    page_put_flag(p, PAGE_END_SESSIONS, !job->keep_sessions);
}

static bool store_password(call *c, const store_user *user, const ost_json *document,
                           ost_text password)
{
    ost_error error = {0};
    const password_change change = {.realm = c->realm,
                                    .user = user,
                                    .document = document,
                                    .password = password,
                                    .context = c->provider->context};
    ost_result result = password_change_store(c->provider->store, &change, c->arena, &error);
    if (result == OST_OK)
        return true;
    if (result == OST_E_ARGUMENT || result == OST_E_UNSUPPORTED) {
        const char *why = error.detail[0] != '\0' ? error.detail : "Invalid password.";
        return action_show_again(c, ost_arena_copy(c->arena, text_of(why)), "password_rejected");
    }
    if (result == OST_E_CONFLICT)
        return action_show_again(c, ACTION_CHANGED, NULL);
    browser_login_break(c);
    return false;
}

/* The user as they are now: what was shown may be old. */
static bool change_password(call *c, ost_text password)
{
    action_job *job = c->job;
    store_user user;
    const ost_json *document;
    ost_result result = store_user_get(c->provider->store, text_of(c->realm->name),
                                       job->login.user.id, c->arena, &user);
    if (result == OST_OK)
        result = ost_json_read(user.document, NULL, c->arena, &document, NULL);
    if (result == OST_OK)
        return store_password(c, &user, document, password);
    browser_login_break(c);
    return false;
}

bool action_password_take(call *c)
{
    action_job *job = c->job;
    ost_text password = call_parameter(c, "password-new");
    job->keep_sessions = call_parameter(c, "logout-sessions").data == NULL;
    if (password.len == 0)
        return action_show_again(c, "Please specify password.", "password_missing");
    if (!text_equal_secret(password, call_parameter(c, "password-confirm")))
        return action_show_again(c, "Passwords don't match.", "password_confirm_error");
    return change_password(c, password) && action_page_end_others(c);
}
