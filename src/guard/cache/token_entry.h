/* SPDX-License-Identifier: Apache-2.0 */
/* One remembered token: its own bytes, with what and by whom it was verified, and its claims as
 * they were signed. Immutable; each user of it counts itself, and the last one frees it. */
#ifndef TOKEN_ENTRY_H
#define TOKEN_ENTRY_H

#include <stdatomic.h>

#include <ostiary/jose.h>

/* By whom and with what a token was verified. */
typedef struct token_facts {
    size_t issuer;       /* its index in the guard */
    uint64_t generation; /* of the keys that verified it */
    ost_alg alg;
    ost_text payload; /* decoded */
    int64_t expiry;   /* seconds since the epoch */
} token_facts;

typedef struct remembered {
    token_facts facts;
    const ost_claims *claims;
} remembered;

typedef struct token_entry {
    remembered known;
    uint64_t hash;
    size_t bytes;     /* all of it */
    ost_arena *arena; /* holds the claims */
    size_t token_len;
    bool shared;           /* there may be shares in it (token_shares.h); under the table's lock */
    atomic_bool taken_out; /* of the table */
    atomic_bool used;      /* since it was last asked */
    char apart[64];        /* what all read from what all write */
    atomic_size_t references;
    unsigned found;                    /* times, in the table; under its lock, as what follows */
    struct token_entry *chain;         /* the next one of its bucket */
    struct token_entry *newer, *older; /* in the order in which they came */
    char data_apart[64];
    char data[]; /* the token, then its payload */
} token_entry;

/* With one reference, the caller's; NULL: no memory. `claims_bytes` is what reading the claims
 * takes of an arena. */
token_entry *token_entry_new(ost_text token, uint64_t hash, const token_facts *facts,
                             size_t claims_bytes);
void token_entry_ref(token_entry *e);
void token_entry_unref(void *entry); /* NULL is fine */

/* Asks the memory for what is read of an entry next: one that was found in the table has not been
 * used for a while, and its claims are a list, whose lines would come one after the other. */
void token_entry_fetch(const token_entry *e);

/* It is exactly this token's, and that has not expired. */
bool token_entry_answers(const token_entry *e, ost_text token, int64_t now);

/* Notes a use, in the table or by a share; and asks whether there was one, and forgets it. */
void token_entry_note_used(token_entry *e);
bool token_entry_take_used(token_entry *e);

#endif
