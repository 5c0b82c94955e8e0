/* SPDX-License-Identifier: Apache-2.0 */
/* Asks one issuer about tokens (RFC 7662), in the background, and remembers what it said: each
 * token once at a time, within a budget, and not while the issuer fails. Remembered are digests and
 * claims, never tokens. */
#ifndef INTROSPECTOR_H
#define INTROSPECTOR_H

#include <ostiary/guard.h>

#include "guard/keys/key_source.h"

#define INTROSPECTOR_ASKED 16 /* questions at a time */

typedef struct introspector introspector;

/* For an issuer whose own configuration has been copied. NULL when introspection is off.
 * OST_E_CONFIG with a sentence. */
OST_MUST_CHECK ost_result introspector_new(const ost_issuer *config, key_source *source,
                                           introspector **ret_introspector, ost_error *error);
/* The net client has been freed before. NULL is fine, also below. */
void introspector_free(introspector *in);
/* Tells everyone who waits, for the end of the guard. */
void introspector_end(introspector *in);

/* The discovery document was read, or could not be; `url` is NULL or the introspector's from here
 * on, to be freed by memory_free: it cannot get lost for want of memory. And: the fetch that this
 * was a part of has ended, so that nobody need wait for it. On the net client's thread. `in` may be
 * NULL. */
void introspector_discovered(introspector *in, char *url);
void introspector_fetch_ended(introspector *in);
bool introspector_has_endpoint(introspector *in);

/* Which tokens it is for. */
const char *introspector_prefix(const introspector *in); /* NULL: none */
bool introspector_wants_jwts(const introspector *in);

typedef struct introspection {
    const ost_claims *claims; /* valid until the arena is reset */
    uint64_t ticket;          /* not 0: the issuer is being asked; for introspector_wait */
    unsigned retry_after;     /* seconds; not 0: nobody can tell now */
} introspection;

/* What the issuer says of the token at `now`. OST_OK: active, with claims that are still to be
 * checked. A reason without retry_after: the token is refused. Any thread. */
OST_MUST_CHECK ost_result introspector_ask(introspector *in, ost_text token, int64_t now,
                                           ost_arena *arena, introspection *ret, ost_error *error);

/* Calls `ready` when the answer is there. OST_E_BUSY: it is already, or too many wait. */
OST_MUST_CHECK ost_result introspector_wait(introspector *in, uint64_t ticket,
                                            void (*ready)(void *user), void *user);

/* For metrics. */
typedef struct introspector_state {
    bool has_endpoint;
    unsigned failures; /* in a row */
    int64_t failing;   /* seconds since questions began to go without an answer; -1: they do not */
    size_t under_way, bytes;
    unsigned long long active, inactive, failed; /* answers */
    unsigned long long hits, misses, held_back;  /* checks; held back: 503 by budget or pause */
    char last_error[256];
} introspector_state;
void introspector_read_state(introspector *in, introspector_state *ret_state);

#endif
