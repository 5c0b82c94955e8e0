/* SPDX-License-Identifier: Apache-2.0 */
/* A user as the store has them. */
#ifndef USER_RECORD_H
#define USER_RECORD_H

#include <ostiary/types.h>

typedef struct store_consent store_consent;

typedef struct store_user {
    ost_text id, realm; /* realm: its name */
    ost_text username;  /* folded (base/fold.h), unique in the realm */
    ost_text email;     /* folded; empty: none; unique among those that are not shared */
    ost_text document;  /* Keycloak's UserRepresentation as JSON, without credentials */
    ost_text password;  /* the password credential as JSON; empty: none */
    bool enabled;
    bool email_shared; /* others may have the same address */
    int64_t created;
    const store_consent *consents; /* what a new user has granted; never read back */
    size_t consent_count;
    const struct user_index *index; /* store_user_prepare; NULL: made when it is stored */
} store_user;
/* Does beforehand, on any thread, what takes most of the time of storing a new user who does not
 * change any more. In the arena. OST_E_MEMORY. */
OST_MUST_CHECK ost_result store_user_prepare(store_user *user, ost_arena *arena);

#endif
