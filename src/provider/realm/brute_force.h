/* SPDX-License-Identifier: Apache-2.0 */
/* Slows down who guesses passwords, where the realm says so (bruteForceProtected), without handing
 * strangers a way to lock people out: failures count for a user as seen from one network, for the
 * user from everywhere (ten times as many), and for the network. In memory, of fixed size. */
#ifndef BRUTE_FORCE_H
#define BRUTE_FORCE_H

#include "provider/realm/realm.h"

typedef struct brute_force brute_force;

/* One attempt. `user_id` is empty when there is no such user. */
typedef struct brute_force_attempt {
    const realm *realm;
    ost_text user_id, address;
    int64_t now;    /* seconds */
    int64_t now_ms; /* monotonic, for attempts in quick succession */
} brute_force_attempt;

/* NULL: no memory or no randomness. */
OST_MUST_CHECK brute_force *brute_force_new(const ost_context *context);
void brute_force_free(brute_force *table);

/* True when the attempt has to fail whatever the password. Any thread, as the two below. */
bool brute_force_blocks(brute_force *table, const brute_force_attempt *attempt);
void brute_force_failed(brute_force *table, const brute_force_attempt *attempt);
/* Forgets this network's failures for this user; from here, strangers cannot lock the user out. */
void brute_force_succeeded(brute_force *table, const brute_force_attempt *attempt);

/* What is remembered of a user, from all networks. */
typedef struct brute_force_status {
    uint64_t failures;     /* since the last success, each network's added up */
    int64_t last;          /* seconds; 0: none */
    int64_t blocked_until; /* the longest of all networks'; 0: none */
    char address[64];      /* of the last one */
} brute_force_status;
void brute_force_read(brute_force *table, const realm *realm, ost_text user_id,
                      brute_force_status *ret_status);

/* Forgets the failures of a user, from all networks; or (empty) those of the whole realm, also what
 * was counted for a network with all users. Whom we know stays known. */
void brute_force_lift(brute_force *table, const realm *realm, ost_text user_id);

#endif
