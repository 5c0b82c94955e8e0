/* SPDX-License-Identifier: Apache-2.0 */
/* Realms: one JSON document each, in which users, keys and the secrets of sessions are not. */
#ifndef STORE_REALM_H
#define STORE_REALM_H

#include "store/realm/realm_record.h"
#include "store/store.h"
#include "store/user/user_record.h"

typedef struct store_key store_key;                   /* realm/store_key.h */
typedef struct store_realm_change store_realm_change; /* realm/store_realm_change.h */
typedef struct store_renaming store_renaming;         /* user/user_link.h */

/* Everything one realm file brings, in one transaction: all of it or nothing.
 * OST_E_CONFLICT: the realm exists. */
OST_MUST_CHECK ost_result store_realm_create(store *store, const store_realm *realm,
                                             const store_user *users, size_t user_count,
                                             const store_key *keys, size_t key_count,
                                             ost_error *error);
/* The same, and in the same transaction `beside` changes another realm (NULL: none). OST_E_CONFLICT
 * also when that has changed since it was read. */
OST_MUST_CHECK ost_result store_realm_create_beside(store *store, const store_realm *realm,
                                                    const store_user *users, size_t user_count,
                                                    const store_key *keys, size_t key_count,
                                                    const store_realm_change *beside,
                                                    ost_error *error);
/* Users that are too many to be held: `next` gives some of them, which live until it is called
 * again; none: there are no more. `begin` comes before, and again where somebody else's work stood
 * in the way and everything is done once more. Neither may use the store. */
typedef struct store_user_feed {
    ost_result (*begin)(void *user, ost_error *error);
    ost_result (*next)(void *user, const store_user **ret_users, size_t *ret_count,
                       ost_error *error);
    void *user;
} store_user_feed;
/* The same with such users. What the feed fails with is returned, and nothing has been stored. */
OST_MUST_CHECK ost_result store_realm_create_from(store *store, const store_realm *realm,
                                                  const store_user_feed *users,
                                                  const store_key *keys, size_t key_count,
                                                  const store_realm_change *beside,
                                                  ost_error *error);
/* Replaces the document of the version before. OST_E_CONFLICT: somebody else has changed the realm
 * since it was read; OST_E_NOT_FOUND. */
OST_MUST_CHECK ost_result store_realm_update(store *store, const store_realm *realm);
/* store_realm_update, and in the same transaction users' documents get its new name for something,
 * or lose it; of identity providers all ids go (`from` and `to` empty). Not for attributes. */
OST_MUST_CHECK ost_result store_realm_rename(store *store, const store_realm *realm,
                                             const store_renaming *renaming);
OST_MUST_CHECK ost_result store_realm_get(store *store, ost_text name, ost_arena *arena,
                                          store_realm *ret_realm);
/* The same without its document: whether it is still what it was. */
OST_MUST_CHECK ost_result store_realm_version(store *store, ost_text name, ost_arena *arena,
                                              store_realm *ret_realm);
/* With its users, keys and sessions. OST_E_NOT_FOUND. */
OST_MUST_CHECK ost_result store_realm_delete(store *store, ost_text name);
/* The same, and in the same transaction store_realm_rename of another realm. OST_E_CONFLICT: that
 * has changed since it was read. */
OST_MUST_CHECK ost_result store_realm_delete_beside(store *store, ost_text name,
                                                    const store_realm *other,
                                                    const store_renaming *renaming);
/* Of all realms, by name, without their documents, which take most of the time. */
OST_MUST_CHECK ost_result store_realm_names(store *store, ost_arena *arena,
                                            store_realm **ret_realms, size_t *ret_count);

#endif
