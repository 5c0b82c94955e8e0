/* SPDX-License-Identifier: Apache-2.0 */
/* A realm's own user profile: Keycloak's component declarative-user-profile, whose setting
 * kc.user.profile.config says which attributes users have, who may see and change them, which are
 * required, and what they may hold. */
#ifndef PROFILE_RULES_H
#define PROFILE_RULES_H

#include "provider/profile/profile_check.h"
#include "provider/realm/realm.h"

/* Of a realm's components, those of the kind; and their setting. */
#define PROFILE_COMPONENTS "org.keycloak.userprofile.UserProfileProvider"
#define PROFILE_SETTING "kc.user.profile.config"

typedef enum profile_side { PROFILE_USER, PROFILE_ADMIN } profile_side;

/* The rules of a realm's document, in the arena; *ret_rules is NULL where it has none of its own,
 * or none that can be read. OST_E_MEMORY. */
OST_MUST_CHECK ost_result profile_rules_of(const ost_json *realm_document, ost_arena *arena,
                                           const ost_json **ret_rules);

/* Of a file or a request. OST_E_FORMAT, and what is wrong. *ret_odd: what of it is not looked at
 * here, as half a sentence, NULL: nothing. */
OST_MUST_CHECK ost_result profile_rules_judge(ost_text config, ost_arena *arena,
                                              const ost_json **ret_rules, const char **ret_odd,
                                              ost_error *error);

/* The attributes, one after the other. */
const ost_json *profile_rules_first(const ost_json *rules);
const ost_json *profile_rules_find(const ost_json *rules, const char *name);

/* Of an attribute; NULL: nobody may, nothing is required. */
ost_text profile_rule_name(const ost_json *rule);
ost_text profile_rule_shown(const ost_json *rule); /* what people call it */
bool profile_rule_has_many(const ost_json *rule);  /* several values */
bool profile_rule_shows(const ost_json *rule, profile_side side);
bool profile_rule_lets_edit(const ost_json *rule, profile_side side);
bool profile_rule_requires(const ost_json *rule, profile_side side);

/* What a user's representation has of it: a string, or a list of them; NULL: nothing. */
const ost_json *profile_value_of(const ost_json *user, ost_text name);

/* Adds what the rules have against a user whom this side has written, of what it may change.
 * OST_E_MEMORY. */
OST_MUST_CHECK ost_result profile_rules_check(const ost_json *rules, const ost_json *user,
                                              profile_side side, ost_arena *arena,
                                              profile_faults *faults);
/* The same for one attribute. `value`: as of profile_value_of. */
OST_MUST_CHECK ost_result profile_rule_check(const ost_json *rule, const ost_json *value,
                                             profile_side side, ost_arena *arena,
                                             profile_faults *faults);

/* By the realm's own rules, or by Keycloak's where it has none, as users themselves are held to
 * them. */
OST_MUST_CHECK ost_result profile_check_of(const realm *realm, const ost_json *user,
                                           ost_arena *arena, profile_faults *faults);

#endif
