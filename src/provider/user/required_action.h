/* SPDX-License-Identifier: Apache-2.0 */
/* What users have to do before a login of theirs is complete: Keycloak's required actions, those
 * that their own representation lists and those that follow from the state of the realm. */
#ifndef REQUIRED_ACTION_H
#define REQUIRED_ACTION_H

#include "provider/realm/realm.h"

typedef enum required_action {
    ACTION_NONE,
    ACTION_TERMS,    /* TERMS_AND_CONDITIONS */
    ACTION_TOTP,     /* CONFIGURE_TOTP */
    ACTION_PASSWORD, /* UPDATE_PASSWORD */
    ACTION_PROFILE,  /* UPDATE_PROFILE */
    ACTION_VERIFY_PROFILE,
    ACTION_KEY,      /* webauthn-register */
    ACTION_PASSKEY,  /* webauthn-register-passwordless */
    ACTION_RECOVERY, /* CONFIGURE_RECOVERY_AUTHN_CODES */
    ACTION_EMAIL,    /* VERIFY_EMAIL, where a mail can be sent */
    ACTION_LINK,     /* idp_link:ALIAS, of a client: an account at an identity provider */
    ACTION_OTHER,    /* one that has no page here: nobody can do it */
} required_action;

typedef struct acting_user {
    const ost_json *document;
    bool has_password;
    const char *factor_action; /* the login asks for a second factor, and they have none: what
                                  gives them one; NULL: it does not, or they have */
    int64_t password_since;    /* milliseconds; 0: unknown */
    int64_t now;               /* seconds */
    ost_arena *arena;          /* for what is read meanwhile */
} acting_user;

/* What the user has to do next, in the order of the realm's priorities. ACTION_OTHER as soon as
 * there is one of these, so that nobody does the rest for nothing. */
required_action required_action_next(const realm *realm, const acting_user *user);

/* The one of the alias, in any letter case; ACTION_OTHER for those without a page. */
required_action required_action_of(ost_text alias);
/* "UPDATE_PASSWORD"; NULL for ACTION_NONE, ACTION_OTHER, and ACTION_LINK, which names more. */
const char *required_action_alias(required_action action);

/* The identity provider of "idp_link:ALIAS"; empty: the action is another one. */
ost_text required_action_provider(ost_text alias);

/* Whether the realm has the action of the alias done. */
bool required_action_is_on(const realm *realm, ost_text alias);

/* Whether there is any action of the alias, as it is spelled; and all aliases, NULL at the end. */
bool required_action_exists(ost_text alias);
const char *const *required_action_aliases(void);

/* The one that a client may ask for by `kc_action`; ACTION_NONE: it is off, or has no page here. */
required_action required_action_initiated(const realm *realm, ost_text alias);

/* The actions that the realm gives to new users, added to those of the array (NULL: none). */
OST_MUST_CHECK ost_result required_action_defaults(const realm *realm, const ost_json *actions,
                                                   ost_arena *arena, const ost_json **ret_actions);

/* The actions (an array of a user's representation; NULL: none) without this one, in whatever
 * letter case it stands there. */
OST_MUST_CHECK ost_result required_action_drop(const ost_json *actions, required_action action,
                                               ost_arena *arena, const ost_json **ret_actions);

#endif
