/* SPDX-License-Identifier: Apache-2.0 */
/* A new password of a user: by an administrator, by themselves, at a login. */
#ifndef PASSWORD_CHANGE_H
#define PASSWORD_CHANGE_H

#include "provider/realm/realm.h"
#include "store/store.h"
#include "store/user/user_record.h"

typedef struct password_change {
    const realm *realm;
    const store_user *user;   /* as they were read */
    const ost_json *document; /* theirs, and what else is changed in it */
    ost_text password;
    bool temporary;             /* it has to be changed at the next login */
    const ost_context *context; /* NULL: the system's clock and randomness */
} password_change;

/* Checks the password by the realm's policies, hashes it, and stores it and the document in one
 * transaction; the wish for another password ends with it, or begins. OST_E_ARGUMENT with
 * Keycloak's sentence: the policies refuse it. OST_E_CONFLICT: the user has been changed since they
 * were read. Slow on purpose: on the bounded pool. */
OST_MUST_CHECK ost_result password_change_store(store *store, const password_change *change,
                                                ost_arena *arena, ost_error *error);

#endif
