/* SPDX-License-Identifier: Apache-2.0 */
/* How much of the room for proofs one key may have, and how many of each key's there are where
 * nobody can tell when one makes way: told by a few counters for all keys, never fewer than there
 * are, and more only for a key whose counters all happen to be others' as well. */
#ifndef PROOF_SHARES_H
#define PROOF_SHARES_H

#include <ostiary/types.h>

#include <stdatomic.h>

/* Of what is free a key may have so many times as much: by itself four fifths of the room, of two
 * that ask for all there is four ninths each, of n 4/(4n + 1) each; and 1/(4n + 1) stays free for
 * whoever comes. */
#define PROOF_SHARES_FACTOR 4
/* Of all the room, whatever is free: below that, and what the counters may say too much, a key is
 * refused for lack of room alone. */
#define PROOF_SHARES_LEAST 1024

/* Whether a key that has `own` of the `taken` proofs may have one more, of `size` in all; `width`
 * is how many counters keys have in each row. */
bool proof_shares_allow(uint64_t own, uint64_t taken, uint64_t size, uint64_t width);

/* Another hash for each `row`, of what is a keyed hash already. */
uint64_t proof_shares_mix(uint64_t hash, uint64_t row);

/* ---- counters that age by themselves ---- */

#define PROOF_SHARES_SPANS 32 /* of 16 seconds: what counts for longer counts in the last one */
#define PROOF_SHARES_ROWS 4
#define PROOF_SHARES_MIN 64 /* counters: one for each span, and eight in each row */

/* They may be in memory that processes share; all zero at first. Any thread. A proof is counted for
 * up to 16 seconds longer than it counts. */
typedef struct proof_shares {
    atomic_uint_least64_t *counters;
    size_t count; /* PROOF_SHARES_MIN at least */
} proof_shares;

/* Whether the key whose hash it is may show one more proof, of `size` that there is room for. */
bool proof_shares_has_room(const proof_shares *shares, uint64_t owner, uint64_t size, int64_t now);

/* One more, which counts until then. */
void proof_shares_add(const proof_shares *shares, uint64_t owner, int64_t until, int64_t now);

#endif
