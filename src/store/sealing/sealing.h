/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets of the store that lie sealed under a master key: the private keys of realms, and the
 * realms' documents, which hold the secrets of clients, and of users those that hold any. A table
 * of the store names the master keys that are in use; the one that seals is the same for every
 * program that works with the store. */
#ifndef SEALING_H
#define SEALING_H

#include <pthread.h>

#include "store/driver.h"
#include "store/sealing/master_key.h"

/* Where a program has its master keys from. Asked again when the store has moved on to a key that
 * is not among them: who runs need not be started again. `ret_keys` has room for MASTER_KEYS_MAX.
 */
typedef struct master_key_source {
    ost_result (*read)(void *user, master_key *ret_keys, size_t *ret_count, ost_error *error);
    void *user;
} master_key_source;

typedef struct sealing {
    pthread_mutex_t lock;
    const master_key_source *source;
    master_key *keys; /* in memory that is guarded; NULL: none */
    size_t count;
    int64_t looked; /* monotonic milliseconds: when the source was read */
} sealing;
/* NULL: out of memory. */
OST_MUST_CHECK sealing *sealing_new(void);
void sealing_free(sealing *sealing); /* NULL is fine */
/* With the lock held, as what follows: asks the source, which is there. */
OST_MUST_CHECK ost_result sealing_read(sealing *sealing, ost_error *error);
const master_key *sealing_find(const sealing *sealing, ost_text id); /* NULL: not at hand */

/* The id of the key that seals, as the store says; empty: none. */
OST_MUST_CHECK ost_result sealing_current(database *database, char ret_id[MASTER_KEY_ID + 1]);

/* A text as it is to be stored. */
typedef struct sealed_text {
    ost_text text;
    char *memory;
} sealed_text;
#define sealed_text_auto __attribute__((cleanup(sealed_text_free))) sealed_text
void sealed_text_free(sealed_text *text);

/* Within the transaction that stores it. OST_E_KEY_UNKNOWN: the store is sealed under a key that
 * this program does not have. */
OST_MUST_CHECK ost_result sealing_seal(database *database, const sealed_place *place,
                                       ost_text plain, sealed_text *ret_text);
/* The plain text of what is stored. OST_E_KEY_UNKNOWN; OST_E_DECRYPTION: it is not what was sealed
 * for this place, or lies in clear in a store that has nothing in clear. */
OST_MUST_CHECK ost_result sealing_open(database *database, const sealed_place *place,
                                       ost_text stored, ost_arena *arena, ost_text *ret_plain);

#endif
