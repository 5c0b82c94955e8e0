/* SPDX-License-Identifier: Apache-2.0 */
/* Keycloak's password policies: "length(8) and digits(1) and notUsername". */
#ifndef PASSWORD_POLICY_H
#define PASSWORD_POLICY_H

#include <ostiary/types.h>

/* Whether a password may be set for the user, by a policy (NULL: none). OST_E_ARGUMENT with
 * Keycloak's sentence; OST_E_UNSUPPORTED: the policy asks for what cannot be judged here, so that
 * no password is good enough. What says how to hash, and for how long a password is good, is not
 * about the password and passed over. */
OST_MUST_CHECK ost_result password_policy_check(const char *policy, ost_text password,
                                                ost_text username, ost_text email,
                                                ost_error *error);

/* The number of a policy that is not about the password alone: "passwordHistory(3)"; `usual`: where
 * it says none. *ret_number is untouched when the policy is not there, or below zero, which is the
 * same. OST_E_UNSUPPORTED: it is no number. */
OST_MUST_CHECK ost_result password_policy_number(const char *policy, const char *name,
                                                 int64_t usual, int64_t *ret_number,
                                                 ost_error *error);

/* What stands in the brackets of a part of the policy (may be NULL), of the last one where there
 * are several. Empty: the part is not there, or says nothing. */
ost_text password_policy_argument(const char *policy, const char *name);

/* Whether every part of the policy can be judged here. OST_E_UNSUPPORTED with the part's name: if
 * not, every password is refused. */
OST_MUST_CHECK ost_result password_policy_read(const char *policy, ost_error *error);

#endif
