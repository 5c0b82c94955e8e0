/* SPDX-License-Identifier: Apache-2.0 */
/* What a realm file makes of a realm that exists: its document, users and keys at once. */
#ifndef STORE_REALM_CHANGE_H
#define STORE_REALM_CHANGE_H

#include "store/realm/realm_record.h"
#include "store/realm/store_key.h"
#include "store/store.h"
#include "store/user/user_record.h"

typedef struct store_within store_within; /* user/store_user.h */

/* Users of a change that are too many to be held. First come the ids of those who are removed and
 * of those who get another name or address, until there are no more; then `next` gives some of
 * those who are added or written over, as `users` and `before` below, which live until it is called
 * again; none: there are no more. `begin` comes before, and again where somebody else's work stood
 * in the way. None of them may use the store, but for `within`. */
typedef struct store_change_feed {
    ost_result (*begin)(void *user, ost_error *error);
    bool (*removed)(void *user, ost_text *ret_id);
    bool (*renamed)(void *user, ost_text *ret_id);
    ost_result (*next)(void *user, store_within *within, const store_user **ret_users,
                       const store_user *const **ret_before, size_t *ret_count, ost_error *error);
    void *user;
} store_change_feed;

typedef struct store_realm_change {
    store_realm realm;               /* its version: the one that was read, and one */
    const store_user *users;         /* added, or written over */
    const store_user *const *before; /* each as it was read, of the same id; NULL: it is added */
    size_t user_count;
    const ost_text *removed_users; /* their ids */
    size_t removed_user_count;
    const store_change_feed *feed;     /* has more of them; NULL: there are none */
    const ost_text *removed_clients;   /* their client_ids */
    const ost_text *removed_providers; /* of identity: their aliases; users' links go with them */
    size_t removed_client_count, removed_provider_count;
    const store_key *keys; /* added, or of another state and times */
    size_t key_count;
} store_realm_change;

/* What a realm file makes of a realm that exists, in one transaction: all of it or nothing.
 * Sessions stay, but for those of users who are removed, and the parts of clients that are.
 * OST_E_CONFLICT: the realm, or a user, has changed since it was read, or a user of the name, id or
 * address stands there; OST_E_NOT_FOUND: the realm is gone. The detail says which. */
OST_MUST_CHECK ost_result store_realm_apply(store *store, const store_realm_change *change,
                                            ost_error *error);

#endif
