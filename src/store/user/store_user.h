/* SPDX-License-Identifier: Apache-2.0 */
/* Users, with what they prove themselves by. */
#ifndef STORE_USER_H
#define STORE_USER_H

#include "store/store.h"
#include "store/user/user_record.h"

/* OST_E_CONFLICT: the id, the name, or the address that is not to be shared, stands there. */
OST_MUST_CHECK ost_result store_user_create(store *store, const store_user *user);
OST_MUST_CHECK ost_result store_user_get(store *store, ost_text realm, ost_text id,
                                         ost_arena *arena, store_user *ret_user);
/* By user name or, when `or_email`, by e-mail address (any letter case). OST_E_NOT_FOUND. */
OST_MUST_CHECK ost_result store_user_find(store *store, ost_text realm, ost_text name,
                                          bool or_email, ost_arena *arena, store_user *ret_user);
/* Some user with a password, the same for the same `id`: to compare with when there is none of that
 * id, so that unknown users cost what known ones do. OST_E_NOT_FOUND: the realm has none. */
OST_MUST_CHECK ost_result store_user_neighbour(store *store, ost_text realm, ost_text id,
                                               ost_arena *arena, store_user *ret_user);
OST_MUST_CHECK ost_result store_user_list(store *store, ost_text realm, ost_arena *arena,
                                          store_user **ret_users, size_t *ret_count);
/* Those who have one of the ids, of the (folded) names, or of the addresses as theirs alone: in any
 * order, and one may be there twice. Of what nobody has nothing is told. */
typedef struct store_user_wanted {
    ost_text realm;
    const ost_text *ids, *names, *addresses;
    size_t id_count, name_count, address_count;
} store_user_wanted;
OST_MUST_CHECK ost_result store_user_pick(store *store, const store_user_wanted *wanted,
                                          ost_arena *arena, store_user **ret_users,
                                          size_t *ret_count);
/* At most `max` in the order of their names, from the one behind `name` (empty: from the first). */
OST_MUST_CHECK ost_result store_user_behind(store *store, ost_text realm, ost_text name,
                                            int64_t max, ost_arena *arena, store_user **ret_users,
                                            size_t *ret_count);
/* Writes name, address, document and whether they are enabled, if the document is still `old`.
 * OST_E_CONFLICT: it is not, or the name or address is somebody else's. OST_E_NOT_FOUND. */
OST_MUST_CHECK ost_result store_user_update(store *store, const store_user *user, ost_text old);
/* With their sessions. OST_E_NOT_FOUND. */
OST_MUST_CHECK ost_result store_user_delete(store *store, ost_text realm, ost_text id);
/* The same for document and password, if both are still those of `before`. OST_E_CONFLICT likewise,
 * and when the user is gone. */
OST_MUST_CHECK ost_result store_user_replace(store *store, const store_user *user,
                                             const store_user *before);
/* Replaces the password credential only if it is still `old`: OST_E_CONFLICT otherwise. */
OST_MUST_CHECK ost_result store_user_set_password(store *store, ost_text realm, ost_text id,
                                                  ost_text old, ost_text password);

/* The transaction that stores a change, for who gives it its users. */
typedef struct store_within store_within;
/* The users of these ids, as the transaction finds them; see store_user_pick. */
OST_MUST_CHECK ost_result store_within_users(store_within *within, ost_text realm,
                                             const ost_text *ids, size_t count, ost_arena *arena,
                                             store_user **ret_users, size_t *ret_count);

#endif
