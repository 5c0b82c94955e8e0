/* SPDX-License-Identifier: Apache-2.0 */
/* Slows down who guesses passwords, where the realm says so (bruteForceProtected), without handing
 * strangers a way to lock people out: failures count for a user as seen from one network, for the
 * user from everywhere (ten times as many), and for the network. Counted in the store: at whichever
 * node somebody tries, and whether or not it has started anew. Uses the store: on the pool alone.
 *
 * An attempt is judged when it has been made, so that of many at once none is judged before those
 * that have failed by then are counted. */
#ifndef BRUTE_FORCE_H
#define BRUTE_FORCE_H

#include "provider/realm/realm.h"
#include "store/store.h"

/* What somebody may do too often. Only passwords are counted for users as well. */
typedef enum brute_force_target {
    TARGET_PASSWORDS,
    TARGET_CODES,        /* of devices, that are guessed */
    TARGET_MAILS,        /* that are asked for */
    TARGET_REGISTRATIONS /* accounts that are made, and names that are tried for them */
} brute_force_target;

/* One attempt. `user_id` is empty when there is no such user. */
typedef struct brute_force_attempt {
    const realm *realm;
    const realm_brute_force *rule; /* the realm's for passwords */
    brute_force_target target;
    ost_text user_id, address;
    int64_t now_ms; /* milliseconds since the epoch; 0: now, by the clock that nodes share */
} brute_force_attempt;

/* What came of it, by itself. */
typedef enum brute_force_outcome {
    ATTEMPT_FAILED,
    ATTEMPT_SUCCEEDED, /* forgets this network's failures for this user; from here, strangers cannot
                          lock the user out for a week */
    ATTEMPT_NEITHER,   /* nothing is counted */
} brute_force_outcome;

/* Counts the attempt. *ret_blocked: it has to fail whatever came of it, and was not counted.
 * Anything but OST_OK: nobody knows, and it may not succeed. For passwords the store is given the
 * same work whether there is such a user or not, and whether they are blocked. */
OST_MUST_CHECK ost_result brute_force_judge(store *store, const brute_force_attempt *attempt,
                                            brute_force_outcome outcome, bool *ret_blocked);

/* What is remembered of a user, from all networks. Milliseconds; 0: none. */
typedef struct brute_force_status {
    int64_t failures; /* since the last success, each network's added up */
    int64_t last_ms;
    int64_t blocked_until_ms; /* the longest of all networks' */
    ost_text address;         /* of the last one, in the arena */
    bool blocked;             /* now, somewhere */
} brute_force_status;
/* `now_ms` as above. */
OST_MUST_CHECK ost_result brute_force_read(store *store, const realm *realm, ost_text user_id,
                                           int64_t now_ms, ost_arena *arena,
                                           brute_force_status *ret_status);

/* Forgets the failures of a user, from all networks; or (empty) those of the whole realm, also what
 * was counted for a network with all users. Whom we know stays known. */
OST_MUST_CHECK ost_result brute_force_lift(store *store, const realm *realm, ost_text user_id);

#endif
