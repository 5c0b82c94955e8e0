/* SPDX-License-Identifier: Apache-2.0 */
/* Mails of the admin REST API: links by which users update their accounts, and the trial of a mail
 * server. The answer waits for that server, as Keycloak's does. */
#include "base/array.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/action/action_mail.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/document_edit.h"
#include "provider/directory/admin_user.h"
#include "provider/member/masked.h"
#include "provider/realm/password.h"
#include "provider/user/required_action.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

#define LINKS_MAX 100 /* of one user that wait: what administrators send may last for days */
#define NO_MAILER "Mails are sent by a running server alone"

typedef struct sending {
    call call; /* in the realm of the user */
    store_user user;
    const ost_json *document;
    action_token token;
    int64_t lifespan;
} sending;

static bool mail_refuse(admin_call *a, const char *why)
{
    admin_refuse(a, 400, "errorMessage", why);
    return false;
}

/* ---- what the request says ---- */

static bool read_client(admin_call *a, sending *s)
{
    ost_text redirect = admin_parameter(a, "redirect_uri"), id = admin_parameter(a, "client_id");
    if (redirect.data != NULL && id.data == NULL)
        return mail_refuse(a, "Client id missing");
    if (id.data == NULL)
        id = OST_TEXT("account");
    s->call.client = realm_find_client(s->call.realm, id);
    if (s->call.client == NULL)
        return mail_refuse(a, "Client doesn't exist");
    if (!s->call.client->enabled)
        return mail_refuse(a, "Client is not enabled");
    if (redirect.data != NULL && !call_redirect_allowed(&s->call, redirect))
        return mail_refuse(a, "Invalid redirect uri.");
    s->token.client = id;
    s->token.redirect_uri = redirect;
    return true;
}

static bool read_user(admin_call *a, sending *s)
{
    s->token.user = s->user.id;
    s->token.email = json_text_of(s->document, "email");
    if (s->token.email.len == 0)
        return mail_refuse(a, "User email missing");
    if (!s->user.enabled)
        return mail_refuse(a, "User is disabled");
    s->token.password_since = password_since(s->user.password, a->arena);
    return true;
}

/* False in *ret_good: the call is refused. */
static ost_result mail_begin(admin_call *a, action_purpose purpose, sending *s, bool *ret_good)
{
    *s = (sending){.token.purpose = purpose};
    ost_result result = admin_user_find(a, &s->user, &s->document, ret_good);
    if (result != OST_OK || !*ret_good)
        return result;
    *ret_good = false;
    if (a->call->provider->mails == NULL) {
        admin_refuse(a, 501, "error", NO_MAILER);
        return OST_OK;
    }
    if (!admin_enter_realm(a, &s->call))
        return OST_E_MEMORY;
    s->call.arena = a->arena;
    *ret_good = read_user(a, s) && read_client(a, s) &&
                admin_number(a, "lifespan", action_lifespan_of_admin(s->call.realm), &s->lifespan);
    return OST_OK;
}

/* The log tells why, the answer no more than `unsent`, as Keycloak does. */
static ost_result refuse_unwritten(admin_call *a, const ost_error *error, const char *unsent)
{
    const char *why = ost_arena_copy(a->call->arena, text_of(error->detail));
    http_add_detail(a->call->exchange, "mail", text_of(why));
    return admin_refuse(a, 500, "errorMessage", unsent);
}

static ost_result mail_finish(admin_call *a, sending *s, const char *unsent)
{
    ost_error error = {0};
    mail_letter *letter = ost_arena_alloc(a->arena, sizeof *letter);
    if (letter == NULL)
        return OST_E_MEMORY;
    ost_result result = action_mail_link(&s->call, &s->token, s->lifespan, LINKS_MAX, s->document,
                                         NULL, letter, &error);
    if (call_is_busy(result) && result != OST_E_BUSY)
        return result;
    if (result != OST_OK)
        return refuse_unwritten(a, &error, unsent);
    a->letter = letter;
    a->unsent = unsent;
    return admin_answer_done(a);
}

/* ---- the operations ---- */

/* Those that a page is there for, and the address, which the link itself proves. */
static bool read_actions(admin_call *a, const ost_json *list, ost_text *ret)
{
    const char *joined = "";
    ost_text alias;
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (!ost_json_text(at, &alias) || !required_action_exists(alias))
            return mail_refuse(a, "Provided invalid required actions");
        if (required_action_of(alias) == ACTION_OTHER)
            return mail_refuse(a, "A required action has no page here");
        joined = ost_arena_format(a->arena, "%s%s%.*s", joined, *joined != '\0' ? " " : "",
                                  OST_FORMAT(alias));
        if (joined == NULL)
            return mail_refuse(a, "Provided invalid required actions");
    }
    *ret = text_of(joined);
    return true;
}

ost_result admin_execute_actions_email(admin_call *a)
{
    sending s;
    bool good;
    ost_result result = mail_begin(a, ACTION_EXECUTE, &s, &good);
    if (result != OST_OK || !good)
        return result;
    if (a->body != NULL && !ost_json_is(a->body, OST_JSON_ARRAY))
        return admin_refuse(a, 400, "error", "Cannot parse the JSON");
    return read_actions(a, a->body, &s.token.actions)
               ? mail_finish(a, &s, "Failed to send execute actions email")
               : OST_OK;
}

ost_result admin_reset_password_email(admin_call *a)
{
    sending s;
    bool good;
    ost_result result = mail_begin(a, ACTION_EXECUTE, &s, &good);
    if (result != OST_OK || !good)
        return result;
    s.token.actions = OST_TEXT("UPDATE_PASSWORD");
    s.lifespan = action_lifespan_of_admin(s.call.realm);
    return mail_finish(a, &s, "Failed to send execute actions email");
}

ost_result admin_send_verify_email(admin_call *a)
{
    sending s;
    bool good;
    ost_result result = mail_begin(a, ACTION_VERIFY, &s, &good);
    return result == OST_OK && good ? mail_finish(a, &s, "Failed to send verify email") : result;
}

/* ---- the trial ---- */

/* The password that is stored goes to the server that it is stored for, and to no other. */
static ost_result unmask(admin_call *a, const ost_json **smtp)
{
    static const char *const same[] = {"host", "port", "user"};
    const ost_json *stored = ost_json_get(a->realm.realm->document, "smtpServer");
    if (!ost_json_equals(ost_json_get(*smtp, "password"), OST_TEXT(MASK)))
        return OST_OK;
    for (size_t i = 0; i < ARRAY_LEN(same); i++) {
        if (!text_equal(smtp_value(*smtp, same[i]), smtp_value(stored, same[i])))
            return OST_E_ARGUMENT;
    }
    return document_put(*smtp, OST_TEXT("password"), ost_json_get(stored, "password"), a->arena,
                        smtp);
}

static ost_result write_trial(admin_call *a, const ost_json *smtp, mail_letter *letter,
                              ost_error *error)
{
    page_words words;
    store_user user;
    const ost_json *document;
    call c = *a->call;
    const mail_text text = {.kind = MAIL_TEST, .realm = a->realm.realm, .words = &words};
    c.arena = a->arena;
    ost_result result =
        store_user_get(a->realm.store, text_of(c.realm->name), a->asker.user, a->arena, &user);
    if (result == OST_OK)
        result = ost_json_read(user.document, NULL, a->arena, &document, NULL);
    if (result == OST_OK && json_text_of(document, "email").len == 0)
        return ost_error_set(error, OST_E_ARGUMENT, "the administrator has no mail address");
    if (result == OST_OK)
        result = unmask(a, &smtp);
    if (result != OST_OK)
        return ost_error_set(error, result, "the stored password is for another server");
    mail_text_words(a->realm.realm, document, NULL, &words);
    result = action_mail_write(&c, smtp, &text, json_text_of(document, "email"), letter, error);
    letter->realm = a->realm.row.name;
    letter->trial = true;
    return result;
}

ost_result admin_test_smtp(admin_call *a)
{
    static const char unsent[] = "Failed to send email";
    ost_error error = {0};
    mail_letter *letter = ost_arena_alloc(a->arena, sizeof *letter);
    if (letter == NULL)
        return OST_E_MEMORY;
    if (a->call->provider->mails == NULL)
        return admin_refuse(a, 501, "error", NO_MAILER);
    if (!ost_json_is(a->body, OST_JSON_OBJECT))
        return admin_refuse(a, 400, "error", "Cannot parse the JSON");
    ost_result result = write_trial(a, a->body, letter, &error);
    if (call_is_busy(result))
        return result;
    if (result != OST_OK)
        return refuse_unwritten(a, &error, unsent);
    a->letter = letter;
    a->unsent = unsent;
    return admin_answer_done(a);
}
