/* SPDX-License-Identifier: Apache-2.0 */
/* New passwords; see password_change.h. */
#include "provider/user/password_change.h"

#include "base/error_sentence.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/proof/password_policy.h"
#include "provider/realm/password.h"
#include "provider/realm/user_row.h"
#include "provider/user/password_history.h"
#include "provider/user/required_action.h"
#include "store/user/store_user.h"

/* A password that is not temporary ends the wish for another one. */
static ost_result put_actions(const password_change *change, ost_arena *arena,
                              const ost_json **document)
{
    const ost_json *actions = ost_json_get(*document, "requiredActions");
    ost_result result = OST_OK;
    if (change->temporary)
        result = document_add_text(actions, OST_TEXT("UPDATE_PASSWORD"), arena, &actions);
    else if (actions != NULL)
        result = required_action_drop(actions, ACTION_PASSWORD, arena, &actions);
    return result == OST_OK && actions != NULL
               ? document_put(*document, OST_TEXT("requiredActions"), actions, arena, document)
               : result;
}

ost_result password_change_store(store *s, const password_change *change, ost_arena *arena,
                                 ost_error *error)
{
    const store_user *user = change->user;
    const ost_json *document = change->document;
    const password_history history = {.policy = change->realm->password_policy,
                                      .document = document,
                                      .current = user->password,
                                      .now = ost_now(change->context)};
    store_user row;
    ost_text credential;
    ost_result result = password_policy_check(change->realm->password_policy, change->password,
                                              user->username, user->email, error);
    if (result == OST_OK)
        result = password_history_check(&history, change->password, arena, error);
    if (result == OST_OK)
        result = password_history_keep(&history, change->context, arena, &document);
    if (result == OST_OK)
        result = put_actions(change, arena, &document);
    const user_row_home home = {.realm = change->realm, .arena = arena};
    const password_form form = password_form_of(change->realm->password_policy);
    if (result == OST_OK)
        result = password_hash(change->password, &form, change->context, arena, &credential);
    if (result == OST_OK)
        result = user_row_read(&home, document, 0, &row, error);
    if (result != OST_OK)
        return result;
    row.id = user->id;
    row.email_shared = change->realm->duplicate_emails;
    row.password = credential;
    return error_set_sentence(error, store_user_replace(s, &row, user));
}
