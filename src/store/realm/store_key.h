/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of realms, and how one follows the other. */
#ifndef STORE_KEY_H
#define STORE_KEY_H

#include "store/store.h"

typedef struct store_realm store_realm; /* realm/realm_record.h */

typedef enum store_key_state {
    STORE_KEY_NEXT,     /* published, does not sign yet */
    STORE_KEY_ACTIVE,   /* signs */
    STORE_KEY_PASSIVE,  /* published until its last token has expired */
    STORE_KEY_DISABLED, /* kept, and neither published nor used */
} store_key_state;

typedef struct store_key {
    ost_text kid, realm;
    ost_text algorithm;   /* "RS256", "HS512" … */
    ost_text use;         /* "sig" or "enc" */
    ost_text jwk;         /* private */
    ost_text certificate; /* DER in base64url, for x5c; empty: none */
    store_key_state state;
    int64_t created;
    int64_t signs_from; /* a NEXT key becomes ACTIVE then */
    int64_t ends;       /* a PASSIVE key is deleted then; 0: not set */
    ost_text component; /* how administrators know it, as JSON; empty: nobody has said */
} store_key;
OST_MUST_CHECK ost_result store_key_list(store *store, ost_text realm, ost_arena *arena,
                                         store_key **ret_keys, size_t *ret_count);
/* The keys of all realms, in the order of the realms' names and as those are listed, but of each
 * only what says that it has changed: realm, kid, state, times. */
OST_MUST_CHECK ost_result store_key_states(store *store, ost_arena *arena, store_key **ret_keys,
                                           size_t *ret_count);
/* Whether the realm has a signature key of that name and algorithm that is not disabled.
 * OST_E_NOT_FOUND: it has none. */
OST_MUST_CHECK ost_result store_key_find(store *store, ost_text realm, ost_text kid,
                                         ost_text algorithm);
/* What follows adds keys. OST_E_CEILING: the realm would have more than 100.
 * Adds one. OST_E_CONFLICT: the kid is there. */
OST_MUST_CHECK ost_result store_key_create(store *store, const store_key *key);
/* Adds a NEXT key in the place of the key `active`, if that still is the ACTIVE one of its
 * algorithm and no other one waits: of several who do it at once, one does. OST_E_CONFLICT: it is
 * not, or one does. */
OST_MUST_CHECK ost_result store_key_succeed(store *store, const store_key *next, ost_text active);
/* Adds or replaces keys of the realm, and deletes the one of the kid `removed` (empty: none), if
 * the realm is still of the version that was read; its version grows. OST_E_CONFLICT: it is not. */
OST_MUST_CHECK ost_result store_key_change(store *store, const store_realm *realm,
                                           const store_key *keys, size_t count, ost_text removed);
/* Makes a NEXT key the ACTIVE one of its algorithm and use, and the one before PASSIVE until
 * `ends`. OST_E_NOT_FOUND: it is not waiting, perhaps no longer. Ended keys are deleted by
 * store_sweep. */
OST_MUST_CHECK ost_result store_key_promote(store *store, ost_text realm, ost_text kid,
                                            int64_t ends);

#endif
