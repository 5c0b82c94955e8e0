/* SPDX-License-Identifier: Apache-2.0 */
/* Required actions; see required_action.h. */
#include "provider/user/required_action.h"

#include "base/array.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/profile/profile_rules.h"
#include "provider/proof/password_policy.h"

#define LINK_PREFIX "idp_link:"

typedef struct action_type {
    required_action action;
    const char *alias;
    int64_t priority; /* of a new realm */
    bool initiated;   /* a client may ask for it */
} action_type;

/* Those with a page. */
static const action_type types[] = {
    {ACTION_TOTP, "CONFIGURE_TOTP", 10, true},
    {ACTION_TERMS, "TERMS_AND_CONDITIONS", 20, false},
    {ACTION_PASSWORD, "UPDATE_PASSWORD", 30, true},
    {ACTION_PROFILE, "UPDATE_PROFILE", 40, true},
    {ACTION_EMAIL, "VERIFY_EMAIL", 50, false},
    {ACTION_RECOVERY, "CONFIGURE_RECOVERY_AUTHN_CODES", 70, true},
    {ACTION_KEY, "webauthn-register", 70, true},
    {ACTION_PASSKEY, "webauthn-register-passwordless", 80, true},
    {ACTION_VERIFY_PROFILE, "VERIFY_PROFILE", 90, false},
};

static const action_type *find_type(ost_text alias)
{
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (text_equal_ignoring_case(alias, text_of(types[i].alias)))
            return &types[i];
    }
    return NULL;
}

ost_text required_action_provider(ost_text alias)
{
    return text_starts(alias, LINK_PREFIX) ? text_slice(alias, sizeof LINK_PREFIX - 1, alias.len)
                                           : (ost_text){0};
}

required_action required_action_of(ost_text alias)
{
    if (required_action_provider(alias).len > 0)
        return ACTION_LINK;
    const action_type *type = find_type(alias);
    return type != NULL ? type->action : ACTION_OTHER;
}

const char *required_action_alias(required_action action)
{
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (types[i].action == action)
            return types[i].alias;
    }
    return NULL;
}

/* Keycloak's, with a page here or without one. */
const char *const *required_action_aliases(void)
{
    static const char *const known[] = {"CONFIGURE_RECOVERY_AUTHN_CODES",
                                        "CONFIGURE_TOTP",
                                        "TERMS_AND_CONDITIONS",
                                        "UPDATE_EMAIL",
                                        "UPDATE_PASSWORD",
                                        "UPDATE_PROFILE",
                                        "VERIFY_EMAIL",
                                        "VERIFY_PROFILE",
                                        "delete_account",
                                        "delete_credential",
                                        "idp_link",
                                        "update_user_locale",
                                        "webauthn-register",
                                        "webauthn-register-passwordless",
                                        NULL};
    return known;
}

bool required_action_exists(ost_text alias)
{
    return text_is_one_of(alias, required_action_aliases()) || text_starts(alias, LINK_PREFIX);
}

/* ---- the realm's ---- */

/* What the realm says about the action; NULL: nothing. */
static const ost_json *find_setting(const realm *r, ost_text alias)
{
    const ost_json *at = ost_json_first(ost_json_get(r->document, "requiredActions"));
    ost_text listed;
    while (at != NULL && !(ost_json_text(ost_json_get(at, "alias"), &listed) &&
                           text_equal_ignoring_case(listed, alias)))
        at = ost_json_next(at);
    return at;
}

/* Those that the realm does not list are on. */
static bool is_on(const ost_json *setting)
{
    bool on = true;
    return !ost_json_boolean(ost_json_get(setting, "enabled"), &on) || on;
}

bool required_action_is_on(const realm *r, ost_text alias)
{
    return is_on(find_setting(r, alias));
}

static int64_t priority_of(const ost_json *setting, const action_type *type)
{
    int64_t priority;
    return ost_json_integer(ost_json_get(setting, "priority"), &priority) ? priority
                                                                          : type->priority;
}

/* ---- the user's ---- */

typedef struct pending {
    const realm *realm;
    const ost_json *user;
    required_action first;
    int64_t priority; /* of the first */
} pending;

/* By a mail: whoever has no address, or is of a realm without a mail server, needs an
 * administrator.
 */
static bool can_be_asked(const pending *p)
{
    ost_text email;
    return p->realm->has_mail_server && ost_json_text(ost_json_get(p->user, "email"), &email) &&
           email.len > 0;
}

static void pending_add(pending *p, ost_text alias)
{
    const ost_json *setting = find_setting(p->realm, alias);
    const action_type *type = find_type(alias);
    if (!is_on(setting) || p->first == ACTION_OTHER || text_is(alias, "update_user_locale"))
        return; /* nobody has to do anything for that: user_language.h */
    if (type != NULL && type->action == ACTION_EMAIL && json_true_of(p->user, "emailVerified"))
        return; /* somebody else has seen to it */
    if (type == NULL || (type->action == ACTION_EMAIL && !can_be_asked(p))) {
        p->first = ACTION_OTHER;
        return;
    }
    int64_t priority = priority_of(setting, type);
    if (p->first == ACTION_NONE || priority < p->priority) {
        p->first = type->action;
        p->priority = priority;
    }
}

/* A password of which nobody knows how old it is counts as too old. */
static bool has_expired(const realm *r, const acting_user *user)
{
    int64_t days = -1;
    ost_result result =
        password_policy_number(r->password_policy, "forceExpiredPasswordChange", 365, &days, NULL);
    if (result != OST_OK) /* unreadable: the usual time */
        days = 365;
    if (!user->has_password || days < 0)
        return false;
    return user->password_since == 0 ||
           user->now * 1000 - user->password_since > days * 86400 * 1000;
}

/* Whether the realm asks for what is missing: by listing the action, as exports do, or by a profile
 * of its own where it lists none. Users of a small file need neither address nor name. */
static ost_result asks_for_profiles(const realm *r, ost_arena *arena, bool *ret_asks)
{
    const ost_json *own = NULL;
    *ret_asks = find_setting(r, OST_TEXT("VERIFY_PROFILE")) != NULL;
    if (*ret_asks || ost_json_get(r->document, "requiredActions") != NULL)
        return OST_OK;
    ost_result result = profile_rules_of(r->document, arena, &own);
    *ret_asks = own != NULL;
    return result;
}

/* What lacks memory to be judged is judged again at the next look. */
static bool lacks_profile(const realm *r, const acting_user *user)
{
    profile_faults faults = {0};
    bool asks;
    ost_result result = asks_for_profiles(r, user->arena, &asks);
    if (result == OST_OK && asks)
        result = profile_check_of(r, user->document, user->arena, &faults);
    return result != OST_OK || faults.count > 0;
}

required_action required_action_next(const realm *r, const acting_user *user)
{
    pending p = {.realm = r, .user = user->document};
    ost_text alias;
    for (const ost_json *at = ost_json_first(ost_json_get(user->document, "requiredActions"));
         at != NULL; at = ost_json_next(at)) {
        if (ost_json_text(at, &alias))
            pending_add(&p, alias);
    }
    if (r->verify_email && !json_true_of(user->document, "emailVerified"))
        pending_add(&p, OST_TEXT("VERIFY_EMAIL"));
    if (has_expired(r, user))
        pending_add(&p, OST_TEXT("UPDATE_PASSWORD"));
    if (lacks_profile(r, user))
        pending_add(&p, OST_TEXT("VERIFY_PROFILE"));
    if (user->factor_action != NULL) {
        pending_add(&p, text_of(user->factor_action));
        if (p.first == ACTION_NONE) /* it is off: nobody gets one */
            p.first = ACTION_OTHER;
    }
    return p.first;
}

/* One that nobody logs in by is linked all the same, as long as what it says can be trusted. */
static required_action initiated_link(const realm *r, ost_text provider)
{
    const upstream *u = upstreams_find(&r->upstreams, provider);
    return u != NULL && u->barred == NULL && is_on(find_setting(r, OST_TEXT("idp_link")))
               ? ACTION_LINK
               : ACTION_NONE;
}

required_action required_action_initiated(const realm *r, ost_text alias)
{
    if (required_action_provider(alias).len > 0)
        return initiated_link(r, required_action_provider(alias));
    const action_type *type = find_type(alias);
    return type != NULL && type->initiated && is_on(find_setting(r, alias)) ? type->action
                                                                            : ACTION_NONE;
}

ost_result required_action_defaults(const realm *r, const ost_json *actions, ost_arena *arena,
                                    const ost_json **ret_actions)
{
    const ost_json *at = ost_json_first(ost_json_get(r->document, "requiredActions"));
    ost_result result = OST_OK;
    ost_text alias;
    for (; at != NULL && result == OST_OK; at = ost_json_next(at)) {
        if (json_true_of(at, "defaultAction") && is_on(at) &&
            ost_json_text(ost_json_get(at, "alias"), &alias))
            result = document_add_text(actions, alias, arena, &actions);
    }
    if (result == OST_OK)
        *ret_actions = actions;
    return result;
}

ost_result required_action_drop(const ost_json *actions, required_action action, ost_arena *arena,
                                const ost_json **ret_actions)
{
    const ost_json *left;
    ost_text alias;
    ost_result result = ost_json_read(OST_TEXT("[]"), NULL, arena, &left, NULL);
    for (const ost_json *at = ost_json_first(actions); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        if (ost_json_text(at, &alias) && required_action_of(alias) != action)
            result = document_add_text(left, alias, arena, &left);
    }
    if (result == OST_OK)
        *ret_actions = left;
    return result;
}
