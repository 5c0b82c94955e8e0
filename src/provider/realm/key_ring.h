/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of one realm: the active one signs, all of them are published; a snapshot that is
 * replaced as a whole. New keys are published before they sign; old ones stay until their last
 * token has expired. */
#ifndef KEY_RING_H
#define KEY_RING_H

#include <ostiary/jose.h>

#include "provider/pkcs11/pkcs11_module.h"
#include "provider/realm/realm.h"
#include "provider/signing/signing_process.h"
#include "store/realm/store_key.h"
#include "store/store.h"

typedef struct key_ring key_ring;

/* Who else holds private keys; both NULL: they are all here. They outlive the rings. */
typedef struct key_holders {
    signing_process *process; /* takes those of the store */
    pkcs11_module *device;    /* has those that its own tools have made */
} key_holders;

/* From publishing to signing: longer than API guards keep a key set (300 by default). */
#define KEY_PUBLISH_SECONDS 600

/* For how long a reader of the set that looks for no unknown key may keep it: it has looked again,
 * and in time once more, before a new key signs. */
#define KEY_SET_SECONDS (KEY_PUBLISH_SECONDS / 2)

/* From stored rows. Needs an active signature key and an HS512 key for refresh tokens. Without
 * holders (NULL is allowed) keys are here; with a signing process private keys go there, and only
 * the public ones stay here. OST_E_CONFIG: a key is in a device, and none is configured. */
OST_MUST_CHECK ost_result key_ring_load(const store_key *keys, size_t count,
                                        const key_holders *holders, key_ring **ret_ring,
                                        ost_error *error);
key_ring *key_ring_ref(key_ring *ring);
void key_ring_unref(key_ring *ring);

const ost_key *key_ring_signer(const key_ring *ring, ost_alg alg); /* NULL: no such key */
const ost_keyset *key_ring_verifiers(const key_ring *ring);        /* public signature keys */
const ost_keyset *key_ring_decryptors(const key_ring *ring);       /* private encryption keys */
bool key_ring_decrypts(const key_ring *ring, ost_alg alg);
const ost_key *key_ring_internal(const key_ring *ring, ost_text kid); /* HS512; empty kid: active */

/* The published set, ready to send: signature and encryption keys with x5c, x5t, x5t#S256, as
 * Keycloak publishes them. Lives as long as the ring. */
ost_text key_ring_document(const key_ring *ring);

/* The public half of the active RS256 key: SubjectPublicKeyInfo in base64, as the realm's document
 * shows it. Empty without such a key. Lives as long as the ring. */
ost_text key_ring_public_key(const key_ring *ring);

/* The rows of a new realm: those that it brings, and new ones for every algorithm that its tokens
 * are signed with, for encryption (RSA-OAEP) and for what only the provider reads (HS512), where it
 * brings none that is active. In the arena. Takes up to half a second of CPU. */
OST_MUST_CHECK ost_result key_ring_complete(const realm *realm, const store_key *brought,
                                            size_t brought_count, const ost_context *context,
                                            ost_arena *arena, store_key **ret_keys,
                                            size_t *ret_count, ost_error *error);

/* Stores new keys for the algorithms that tokens of `after`, which is about to be stored, are
 * signed with and those of `before` were not, where the realm has none that is active.
 * OST_E_CEILING: it has no room for more. */
OST_MUST_CHECK ost_result key_ring_follow(store *store, const realm *before, const realm *after,
                                          ost_arena *arena, ost_error *error);

/* Rotation: adds a NEXT key of the algorithm ("RS256") that signs from now + `delay` seconds on, so
 * that it is published first: `given`, or a new one (NULL), which does not follow one that is in a
 * device. OST_E_CONFLICT: one of it is waiting already, or is in a device.
 * OST_E_CEILING: the realm has too many keys. */
OST_MUST_CHECK ost_result key_ring_rotate(store *store, ost_text realm, ost_text algorithm,
                                          const store_key *given, int64_t now, int64_t delay,
                                          ost_error *error);

/* When a waiting key is to sign; INT64_MAX: none is waiting. */
int64_t key_ring_due(const key_ring *ring);

/* Since when the active signature key signs that has signed for longest, of those that no waiting
 * key is to follow; INT64_MAX: there is none. */
int64_t key_ring_oldest(const key_ring *ring);

/* Whether a schedule changes keys like this one: a pair for signatures, which signs, and not in a
 * device. */
bool key_ring_is_scheduled(const store_key *key);
/* Since when such a key signs. */
int64_t key_ring_signs_since(const store_key *key);

/* Moves states by the clock: a NEXT key whose time has come becomes ACTIVE, the one before PASSIVE
 * until `longest_token` seconds later. The ring is to be loaded again. `told` (may be NULL) is
 * called for each key that now signs. */
typedef void key_promoted(void *user, const store_key *key, int64_t retires);
OST_MUST_CHECK ost_result key_ring_advance(store *store, ost_text realm, int64_t now,
                                           int64_t longest_token, key_promoted *told, void *user);

#endif
