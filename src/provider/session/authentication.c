/* SPDX-License-Identifier: Apache-2.0 */
/* Users and sessions; see authentication.h. */
#include "provider/session/authentication.h"

#include "base/text.h"
#include "provider/realm/brute_force.h"
#include "provider/realm/password.h"
#include "provider/realm/uuid.h"
#include "provider/session/authentication_flow.h"
#include "provider/session/user_agent.h"
#include "provider/user/otp_check.h"
#include "provider/user/recovery_codes.h"
#include "provider/user/user_change.h"
#include "provider/user/user_factor.h"
#include "store/user/store_user.h"

/* What gives a factor to somebody who lacks one of those that their login demands. */
static const char *setup_of(unsigned lacking)
{
    return (lacking & FACTOR_CODE) != 0       ? "CONFIGURE_TOTP"
           : (lacking & FACTOR_KEY) != 0      ? "webauthn-register"
           : (lacking & FACTOR_RECOVERY) != 0 ? RECOVERY_ACTION
                                              : NULL;
}

static ost_result fill(call *c, const store_user *row, authenticated_user *ret_user)
{
    ost_result result = ost_json_read(row->document, NULL, c->arena, &ret_user->document, NULL);
    store_user *kept = ost_arena_alloc(c->arena, sizeof *kept);
    ret_user->id = row->id;
    ret_user->username = row->username;
    if (result != OST_OK || kept == NULL)
        return result != OST_OK ? result : OST_E_MEMORY;
    *kept = *row;
    ret_user->row = kept;
    ret_user->password_since = password_since(row->password, c->arena);
    acting_user acting = {.document = ret_user->document,
                          .has_password = row->password.len > 0,
                          .password_since = ret_user->password_since,
                          .now = c->now,
                          .arena = c->arena};
    ret_user->action = required_action_next(c->realm, &acting);
    ret_user->factors = user_factors_of(ret_user->document);
    ret_user->complete = ret_user->action == ACTION_NONE &&
                         ost_json_count(ost_json_get(ret_user->document, "requiredActions")) == 0;
    /* Elsewhere than at a browser nobody can set a device up, and none is asked for by its flow. */
    acting.factor_action = setup_of(authentication_lacks(c, ret_user));
    if (acting.factor_action != NULL)
        ret_user->action = required_action_next(c->realm, &acting);
    ret_user->barred = ret_user->action == ACTION_OTHER;
    return OST_OK;
}

/* Best effort: should another login be faster, its hash is as good. */
static void upgrade(call *c, const store_user *row, ost_text password)
{
    ost_text credential;
    const password_form form = password_form_of(c->realm->password_policy);
    if (password_rehash(password, row->password, &form, c->provider->context, c->arena,
                        &credential) == OST_OK)
        (void)!store_user_set_password(c->provider->store, row->realm, row->id, row->password,
                                       credential);
}

/* The password, whatever is known about the user: the work is the same for everybody. */
static authentication_outcome check_password(call *c, ost_text password, const store_user *row,
                                             bool exists, authenticated_user *ret_user)
{
    bool fits = false, old = false;
    const password_form form = password_form_of(c->realm->password_policy);
    ost_result checked = password_verify(password, row->password, &form, c->arena, &fits, &old);
    if (checked == OST_E_MEMORY)
        return AUTHENTICATION_BUSY;
    if (!exists)
        return AUTHENTICATION_WRONG;
    *ret_user = (authenticated_user){.password_fits = checked == OST_OK && fits};
    if (fill(c, row, ret_user) != OST_OK)
        return AUTHENTICATION_BUSY;
    if (!ret_user->password_fits)
        return AUTHENTICATION_WRONG;
    if (!row->enabled) /* which only who knows the password may know */
        return AUTHENTICATION_DISABLED;
    if (old)
        upgrade(c, row, password);
    return AUTHENTICATED;
}

/* As the realm says of guessing; what cannot be counted does not succeed. Who has yet to bring a
 * code has not succeeded: it would forget the codes that were guessed before. */
static authentication_outcome judge(call *c, ost_text user_id, authentication_outcome outcome,
                                    bool halfway, bool *ret_blocked)
{
    const brute_force_attempt attempt = {.realm = c->realm,
                                         .rule = &c->realm->brute_force,
                                         .user_id = user_id,
                                         .address = c->request->peer};
    brute_force_outcome counted = outcome == AUTHENTICATED
                                      ? halfway ? ATTEMPT_NEITHER : ATTEMPT_SUCCEEDED
                                  : outcome == AUTHENTICATION_WRONG ? ATTEMPT_FAILED
                                                                    : ATTEMPT_NEITHER;
    if (brute_force_judge(c->provider->store, &attempt, counted, ret_blocked) != OST_OK)
        return AUTHENTICATION_BUSY;
    return *ret_blocked ? AUTHENTICATION_WRONG : outcome;
}

authentication_outcome authentication_outcome_of(ost_result result)
{
    return result == OST_OK                                   ? AUTHENTICATED
           : call_is_busy(result) || result == OST_E_CONFLICT ? AUTHENTICATION_BUSY
                                                              : AUTHENTICATION_WRONG;
}

static authentication_outcome try_code(call *c, const authenticated_user *user, ost_text credential,
                                       ost_text code)
{
    const otp_attempt attempt = {.realm = c->realm,
                                 .user = user->row,
                                 .document = user->document,
                                 .credential = credential,
                                 .code = code,
                                 .now = c->now};
    return authentication_outcome_of(otp_check(c->provider->store, &attempt, c->arena));
}

/* Each code counts once: a flow that asks for two is not gone through by one request. */
static authentication_outcome demand_direct(call *c, authenticated_user *user)
{
    flow_standing standing = {.flow = REALM_FLOW_DIRECT_GRANT,
                              .proofs = OST_TEXT(PROVED_BY_PASSWORD)};
    flow_verdict verdict = authentication_walk(c, user, &standing);
    ost_text code = call_parameter(c, "otp");
    if (code.data == NULL)
        code = call_parameter(c, "totp");
    if (verdict.outcome == FLOW_ASKS && (verdict.asks & FACTOR_CODE) != 0) {
        authentication_outcome tried = try_code(c, user, (ost_text){0}, code);
        if (tried != AUTHENTICATED)
            return tried;
        standing.proofs = OST_TEXT(PROVED_BY_PASSWORD " otp");
        verdict = authentication_walk(c, user, &standing);
    }
    user->denial = verdict.message;
    user->too_many_sessions = verdict.too_many_sessions;
    user->room = verdict.room;
    user->leveled = verdict.level != FLOW_LEVEL_NONE;
    user->level = user->leveled ? verdict.level : 0;
    return verdict.outcome == FLOW_ENTERS   ? AUTHENTICATED
           : verdict.outcome == FLOW_DENIES ? AUTHENTICATION_DENIED
                                            : AUTHENTICATION_WRONG;
}

/* What the flow demands of somebody whose password is right. */
static authentication_outcome demand_more(call *c, realm_flow flow, authenticated_user *user)
{
    const flow_standing standing = {.flow = flow, .proofs = OST_TEXT(PROVED_BY_PASSWORD)};
    if (flow == REALM_FLOW_DIRECT_GRANT)
        return demand_direct(c, user);
    user->halfway = authentication_walk(c, user, &standing).outcome != FLOW_ENTERS;
    return AUTHENTICATED;
}

static const char *denial_of(const authenticated_user *user)
{
    return user->too_many_sessions ? AUTHENTICATION_TOO_MANY_SESSIONS : "access_denied";
}

authentication_outcome authenticate(call *c, realm_flow flow, ost_text username, ost_text password,
                                    authenticated_user *ret_user)
{
    store_user row = {0};
    authenticated_user user = {0};
    ost_result found = username.len > 0
                           ? store_user_find(c->provider->store, text_of(c->realm->name), username,
                                             c->realm->login_with_email, c->arena, &row)
                           : OST_E_NOT_FOUND;
    if (found != OST_OK && found != OST_E_NOT_FOUND)
        return AUTHENTICATION_BUSY;
    c->event.username = username;
    c->event.user = row.id;
    bool blocked = false;
    authentication_outcome outcome = check_password(c, password, &row, found == OST_OK, &user);
    if (outcome == AUTHENTICATED)
        outcome = demand_more(c, flow, &user);
    outcome = judge(c, row.id, outcome, user.halfway, &blocked);
    c->event.error = blocked                              ? "user_temporarily_disabled"
                     : outcome == AUTHENTICATION_BUSY     ? "temporarily_unavailable"
                     : found != OST_OK                    ? "user_not_found"
                     : outcome == AUTHENTICATION_WRONG    ? "invalid_user_credentials"
                     : outcome == AUTHENTICATION_DISABLED ? "user_disabled"
                     : outcome == AUTHENTICATION_DENIED   ? denial_of(&user)
                                                          : NULL;
    if (blocked) { /* says nothing, not even that somebody has to wait */
        provider_count(c->provider, COUNT_LOGINS_BLOCKED);
        return outcome;
    }
    if (outcome == AUTHENTICATION_WRONG)
        provider_count(c->provider, COUNT_LOGINS_FAILED);
    else if (outcome == AUTHENTICATED && !user.halfway)
        provider_count(c->provider, COUNT_LOGINS);
    *ret_user = user;
    return outcome;
}

authentication_outcome authentication_conclude(call *c, const authenticated_user *user,
                                               authentication_outcome tried, bool halfway)
{
    bool blocked = false;
    authentication_outcome outcome = judge(c, user->id, tried, halfway, &blocked);
    c->event.username = user->username;
    c->event.user = user->id;
    c->event.error = blocked                           ? "user_temporarily_disabled"
                     : outcome == AUTHENTICATION_BUSY  ? "temporarily_unavailable"
                     : outcome == AUTHENTICATION_WRONG ? "invalid_user_credentials"
                                                       : NULL;
    if (outcome != AUTHENTICATION_BUSY)
        provider_count(c->provider, blocked                    ? COUNT_LOGINS_BLOCKED
                                    : outcome == AUTHENTICATED ? COUNT_LOGINS
                                                               : COUNT_LOGINS_FAILED);
    return outcome;
}

authentication_outcome authentication_check_code(call *c, const authenticated_user *user,
                                                 ost_text credential, ost_text code, bool halfway)
{
    return authentication_conclude(c, user, try_code(c, user, credential, code), halfway);
}

/* Of two who bring one code the document changes for one. */
static ost_result use_recovery(call *c, const authenticated_user *user, ost_text code)
{
    recovery_codes codes;
    const ost_json *document;
    ost_result result = recovery_codes_read(user->document, c->arena, &codes);
    if (result == OST_OK)
        result = recovery_codes_use(user->document, user->id, &codes, code, c->arena, &document);
    return result == OST_OK
               ? user_change_store(c->provider->store, c->realm, user->row, document, c->arena)
               : result;
}

authentication_outcome authentication_check_recovery(call *c, const authenticated_user *user,
                                                     ost_text code, bool halfway)
{
    c->event.credential_type = OST_TEXT(RECOVERY_TYPE);
    return authentication_conclude(c, user, authentication_outcome_of(use_recovery(c, user, code)),
                                   halfway);
}

authentication_outcome authentication_confirm(call *c, const store_user *user, ost_text password)
{
    authenticated_user again = {0};
    bool blocked = false;
    authentication_outcome outcome = check_password(c, password, user, true, &again);
    return judge(c, user->id, outcome, again.factors != 0, &blocked);
}

ost_result authentication_load_user(call *c, ost_text id, authenticated_user *ret_user)
{
    store_user row;
    ost_result result =
        store_user_get(c->provider->store, text_of(c->realm->name), id, c->arena, &row);
    if (result != OST_OK)
        return result;
    if (!row.enabled)
        return OST_E_STATE;
    *ret_user = (authenticated_user){0};
    return fill(c, &row, ret_user);
}

int64_t session_idle_ends(const call *c, bool remembered)
{
    return c->now +
           (remembered ? c->realm->lifespans.sso_idle_remember : c->realm->lifespans.sso_idle);
}

/* Where the user was and with what, as administrators and they themselves see it. */
static ost_text session_notes(call *c)
{
    ost_json_writer *w = call_writer(c);
    ost_text notes;
    user_agent agent;
    if (w == NULL)
        return OST_TEXT("{}");
    ost_json_open_object(w);
    if (text_is_utf8(c->request->peer))
        ost_json_member_text(w, "ip", c->request->peer);
    user_agent_read(http_request_field(c->request, "user-agent"), &agent);
    ost_json_member_string(w, "browser", agent.browser);
    ost_json_member_string(w, "os", agent.os);
    ost_json_member_string(w, "osVersion", agent.version);
    ost_json_member_string(w, "device", agent.device);
    ost_json_member_boolean(w, "mobile", agent.mobile);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, &notes) == OST_OK ? notes : OST_TEXT("{}");
}

store_session session_begin(call *c, ost_text user_id, bool remember)
{
    int64_t max = remember ? c->realm->lifespans.sso_max_remember : c->realm->lifespans.sso_max;
    store_session session = {
        .id = uuid_text(c->provider->context, c->arena),
        .realm = text_of(c->realm->name),
        .user_id = user_id,
        .auth_time = c->now,
        .started = c->now,
        .last_access = c->now,
        .ends = c->now + max,
        .idle_ends = session_idle_ends(c, remember),
        .remembered = remember,
        .notes = session_notes(c),
    };
    if (session.id.data == NULL)
        call_refuse(c, 500, "server_error", NULL);
    return session;
}

/* So many in one go, in memory that each go has anew: a user may have very many. */
#define SESSIONS_AT_ONCE 100
#define SESSIONS_ARENA ((size_t)4 << 20)

static ost_result end_some(call *c, const store_session_filter *filter, ost_text kept,
                           ost_arena *arena, bool *ret_any)
{
    store_found_session *sessions;
    size_t count = 0;
    ost_result result = store_session_find(c->provider->store, filter, arena, &sessions, &count);
    *ret_any = false;
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        if (text_equal(sessions[i].id, kept))
            continue;
        *ret_any = true;
        result = store_session_end(c->provider->store, filter->realm, sessions[i].id);
        if (result == OST_E_NOT_FOUND) /* somebody else was faster */
            result = OST_OK;
    }
    return result;
}

ost_result session_end_others(call *c, ost_text user_id, ost_text kept)
{
    const store_session_filter filter = {.realm = text_of(c->realm->name),
                                         .user_id = user_id,
                                         .now = c->now,
                                         .max = SESSIONS_AT_ONCE};
    ost_arena *arena = ost_arena_new(SESSIONS_ARENA);
    ost_result result = arena != NULL ? OST_OK : OST_E_MEMORY;
    for (bool any = true; any && result == OST_OK; ost_arena_reset(arena))
        result = end_some(c, &filter, kept, arena, &any);
    ost_arena_free(arena);
    logout_bell_ring(&c->provider->logouts_bell);
    return result;
}

int64_t client_session_since(call *c, const store_client_session *session)
{
    const ost_json *notes;
    int64_t since;
    if (ost_json_read(session->notes, NULL, c->arena, &notes, NULL) != OST_OK ||
        !ost_json_integer(ost_json_get(notes, "since"), &since))
        return session->started;
    return since > session->started ? since : session->started;
}
