/* SPDX-License-Identifier: Apache-2.0 */
/* The user of a login by an identity provider: the one who is linked with whom it knows; else a new
 * one. Whoever has the name or the address already is asked to show that they are both: an address
 * that somebody else says is nobody's proof. See broker_job.h. */
#include <stdio.h>

#include "base/json/json_list.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/broker/broker_job.h"
#include "provider/call/call_event.h"
#include "provider/factor/code_step.h"
#include "provider/flow/broker_flow.h"
#include "provider/flow/flow_read.h"
#include "provider/login/subject_request.h"
#include "provider/profile/profile_rules.h"
#include "provider/realm/brute_force.h"
#include "provider/realm/user_row.h"
#include "provider/user/newcomer.h"
#include "provider/user/required_action.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

#define TEXT_MAX 255 /* bytes of names and addresses in the store */
#define CHANGED "Your account has been changed meanwhile. Please try again."
#define EXISTS "An account of this name or address is there already, and cannot be linked."
#define LINKED "The account is linked with another one already."

/* ---- those who are known ---- */

/* Whose password may not be tried now does not come in by another door. */
static bool is_blocked(call *c, ost_text user_id, bool *ret_blocked)
{
    const brute_force_attempt attempt = {.realm = c->realm,
                                         .rule = &c->realm->brute_force,
                                         .user_id = user_id,
                                         .address = c->request->peer};
    return brute_force_judge(c->provider->store, &attempt, ATTEMPT_NEITHER, ret_blocked) == OST_OK;
}

/* Whom the provider knows them as, for the rest of the login. */
static bool carry(call *c)
{
    broker_job *job = c->job;
    return broker_mappers_note(c, job->newcomer, &job->identity.notes) == OST_OK &&
           upstream_identity_write(c, &job->identity, &job->login.request.identity);
}

/* As after a password: second factors, required actions and consent are asked for as ever. */
static void enter(call *c)
{
    broker_job *job = c->job;
    browser_login *login = &job->login;
    c->event.user = login->user.id;
    c->event.username = login->user.username;
    if (!carry(c)) {
        browser_login_break(c);
    } else if (login->user.barred) {
        login->request.identity = (ost_text){0};
        (void)broker_refuse(c, LOGIN_BARRED, "resolve_required_actions");
    } else if (!upstream_lets(c, (ost_text){0}, login->request.user, &login->user) ||
               !subject_request_allows(c->client, login->request.subject, login->user.id)) {
        login->request.identity = (ost_text){0};
        (void)broker_refuse(c, "The application asks for another user.", NULL);
    } else {
        /* In whose place it stands. */
        code_step_begin(c, c->client->browser_password ? OST_TEXT(PROVED_BY_PASSWORD)
                                                       : OST_TEXT(PROVED_BY_PASSKEY));
        if (!login->asks_code && login->outcome != LOGIN_DENIED)
            provider_count(c->provider, COUNT_LOGINS);
    }
}

static void log_in(call *c, ost_text user_id)
{
    broker_job *job = c->job;
    bool blocked = false;
    ost_result result = authentication_load_user(c, user_id, &job->login.user);
    if (result == OST_E_STATE) {
        (void)broker_refuse(c, "Account is disabled, contact your administrator.", "user_disabled");
    } else if (result != OST_OK || !is_blocked(c, user_id, &blocked)) {
        browser_login_break(c);
    } else if (blocked) {
        provider_count(c->provider, COUNT_LOGINS_BLOCKED);
        (void)broker_refuse(c, BROKER_FAILED, "user_temporarily_disabled");
    } else {
        broker_user_update(c);
        broker_keep(c, user_id, true);
        enter(c);
    }
}

/* ---- those who have an account already ---- */

static void deny(call *c, const flow_verdict *verdict, const char *usual, const char *error)
{
    const char *own = verdict->message.len > 0 ? ost_arena_copy(c->arena, verdict->message) : NULL;
    (void)broker_refuse(c, own != NULL ? own : usual, error);
}

/* The provider vouches for the address, and the flow wants no more. */
static void link_at_once(call *c)
{
    broker_job *job = c->job;
    ost_text owner = job->identity.link;
    upstream_entry entry = upstream_link(c, &job->identity, &job->login.user);
    job->identity.link = (ost_text){0};
    if (entry == UPSTREAM_ENTERS)
        log_in(c, owner);
    else if (entry == UPSTREAM_IS_BUSY)
        browser_login_break(c);
    else
        (void)broker_refuse(c, entry == UPSTREAM_IS_LINKED ? LINKED : CHANGED,
                            "federated_identity_account_exists");
}

/* A flow of the realm's own says whether the owner is to prove it; false: they are. */
static bool go_by_flow(call *c, const store_user *owner)
{
    broker_job *job = c->job;
    authenticated_user *user = &job->login.user;
    ost_text alias = job->upstream->first_flow;
    if (flow_find_named(c->realm->document, alias) == NULL)
        return false;
    ost_result result = authentication_load_user(c, owner->id, user);
    if (result == OST_E_STATE) {
        (void)broker_refuse(c, EXISTS, "user_disabled");
        return true;
    }
    if (result != OST_OK) {
        browser_login_break(c);
        return true;
    }
    flow_verdict verdict =
        authentication_walk_first(c, user, alias, upstream_vouches(&job->identity, user, c->arena));
    if (verdict.outcome == FLOW_ASKS && (verdict.asks & PROOF_PASSWORD) != 0)
        return false;
    if (verdict.outcome == FLOW_ENTERS && verdict.setup == 0)
        link_at_once(c);
    else
        deny(c, &verdict, EXISTS, "federated_identity_account_exists");
    return true;
}

/* By their password here, or a mail to their address (the way of a forgotten one). What they typed
 * at the provider is shown, and nothing that only the account knows. */
static void ask_owner(call *c, const store_user *owner, ost_text shown)
{
    broker_job *job = c->job;
    browser_login *login = &job->login;
    const ost_json *document;
    if (ost_json_read(owner->document, NULL, c->arena, &document, NULL) != OST_OK) {
        browser_login_break(c);
        return;
    }
    if (json_list_find(ost_json_get(document, "federatedIdentities"), "identityProvider",
                       job->identity.alias) != NULL) {
        (void)broker_refuse(c, LINKED, "federated_identity_account_exists");
        return;
    }
    job->identity.link = owner->id;
    if (go_by_flow(c, owner))
        return;
    if (login->request.prompt_none) {
        (void)broker_refuse(c, EXISTS, "federated_identity_account_exists");
        return;
    }
    login->request.user = shown;
    if (!broker_user_carry_update(c, owner, document) || !carry(c)) {
        browser_login_break(c);
        return;
    }
    broker_keep(c, owner->id, false);
    event_tell_before(c, EVENT_IDENTITY_PROVIDER_FIRST_LOGIN);
    (void)broker_refuse(c,
                        call_format(c, "Authenticate to link your account with %.*s",
                                    OST_FORMAT(job->upstream->name)),
                        NULL);
}

/* ---- those who are new ---- */

/* Nobody else's, and none that a person would take. */
static ost_text made_name(call *c)
{
    const broker_job *job = c->job;
    unsigned char hash[32];
    char hex[33];
    if (ost_sha256(job->identity.id, hash) != OST_OK)
        return (ost_text){0};
    for (size_t i = 0; i < 16; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    return text_of(
        call_format(c, "%.*s.%s", OST_FORMAT(text_slice(job->identity.alias, 0, 64)), hex));
}

static bool is_good_name(call *c, ost_text name)
{
    ost_text folded = user_row_fold(name, c->arena);
    size_t length = profile_length(name);
    return folded.data != NULL && length >= 3 && name.len <= TEXT_MAX &&
           profile_is_username(name) && !text_starts(folded, SERVICE_ACCOUNT);
}

static ost_result choose_name(call *c, ost_text *ret_name)
{
    const broker_job *job = c->job;
    ost_text name = job->username, email = broker_person_email(c);
    if (c->realm->registration.email_is_name)
        name = email;
    else if (name.len == 0)
        name = job->identity.name;
    *ret_name = is_good_name(c, name) ? name : made_name(c);
    return ret_name->len > 0 ? OST_OK : OST_E_MEMORY;
}

/* Who has the address, or the name. Where people log in by address, a name that is somebody's
 * address would be found in its place. */
static ost_result find_owner(call *c, ost_text name, store_user *ret_owner, ost_text *ret_shown)
{
    ost_text email = broker_person_email(c);
    ost_result result = OST_E_NOT_FOUND;
    if (email.len > 0 && !c->realm->duplicate_emails) {
        result = broker_person_find(c, email, true, (ost_text){0}, ret_owner);
        *ret_shown = c->realm->login_with_email ? email : (ost_text){0};
    }
    if (result != OST_E_NOT_FOUND)
        return result;
    *ret_shown = name;
    return broker_person_find(c, name, c->realm->login_with_email, (ost_text){0}, ret_owner);
}

static ost_result put_profile(call *c, ost_text name, const ost_json **document)
{
    ost_text email = broker_person_email(c);
    ost_result result = document_put_text(NULL, "username", name, c->arena, document);
    if (result == OST_OK && email.len > 0)
        result = document_put_text(*document, "email", email, c->arena, document);
    if (result == OST_OK)
        result = broker_person_put_names(c, document);
    if (result == OST_OK)
        result = document_put_boolean(*document, "enabled", true, c->arena, document);
    return result == OST_OK ? document_put_boolean(*document, "emailVerified",
                                                   email.len > 0 && broker_person_is_verified(c),
                                                   c->arena, document)
                            : result;
}

static ost_result create(call *c, ost_text name, ost_text *ret_id)
{
    const broker_job *job = c->job;
    const ost_json *document;
    store_user row;
    ost_result result = put_profile(c, name, &document);
    if (result == OST_OK)
        result = newcomer_put_gifts(c->realm, false, c->arena, &document);
    if (result == OST_OK)
        result = broker_mappers_apply(c, true, &document);
    if (result == OST_OK)
        result = upstream_identity_link(&job->identity, document, c->arena, &document);
    if (result == OST_OK)
        result = upstream_put_reader(c, job->upstream, &document);
    if (result == OST_OK)
        result = broker_ask_for_rest(c, &document);
    const user_row_home home = {
        .realm = c->realm, .context = c->provider->context, .arena = c->arena};
    if (result == OST_OK)
        result = user_row_read(&home, document, 0, &row, NULL);
    if (result != OST_OK)
        return result;
    row.email_shared = c->realm->duplicate_emails;
    *ret_id = row.id;
    return store_user_create(c->provider->store, &row);
}

static void make(call *c, ost_text name)
{
    broker_job *job = c->job;
    ost_text id;
    ost_result result = create(c, name, &id);
    if (result == OST_E_CONFLICT) { /* somebody else was faster */
        (void)broker_refuse(c, CHANGED, "federated_identity_account_exists");
        return;
    }
    if (result != OST_OK) {
        browser_login_break(c);
        return;
    }
    c->event.user = id;
    c->event.username = name;
    c->event.email = broker_person_email(c);
    event_tell_before(c, EVENT_REGISTER);
    c->event.email = (ost_text){0};
    job->newcomer = true;
    log_in(c, id);
}

static void make_by_flow(call *c, ost_text name)
{
    const broker_job *job = c->job;
    flow_verdict verdict = authentication_walk_first(c, NULL, job->upstream->first_flow, false);
    if (verdict.outcome == FLOW_ENTERS)
        make(c, name);
    else
        deny(c, &verdict, "There is no account here that you could sign in to.", "user_not_found");
}

/* Whoever is to prove again who they are is nobody new. */
static void first_login(call *c)
{
    const broker_job *job = c->job;
    store_user owner;
    ost_text name, shown;
    ost_result result = choose_name(c, &name);
    if (result == OST_OK)
        result = find_owner(c, name, &owner, &shown);
    bool known = job->login.request.user.len > 0;
    if (known && (result == OST_E_NOT_FOUND ||
                  (result == OST_OK && !text_equal(owner.username, job->login.request.user))))
        (void)broker_refuse(c, "The application asks for another user.", NULL);
    else if (result == OST_OK)
        ask_owner(c, &owner, shown);
    else if (result == OST_E_NOT_FOUND)
        make_by_flow(c, name);
    else
        browser_login_break(c);
}

void broker_user_log_in(call *c)
{
    const broker_job *job = c->job;
    ost_text user_id;
    broker_identity_read(c);
    ost_result result = broker_mappers_name(c);
    if (result == OST_OK)
        result = upstream_identity_find(c, job->identity.alias, job->identity.id, &user_id);
    if (result == OST_OK)
        log_in(c, user_id);
    else if (result == OST_E_NOT_FOUND)
        first_login(c);
    else if (result == OST_E_CONFLICT)
        (void)broker_fail(c, "several users are linked with who it says they are");
    else
        browser_login_break(c);
}
