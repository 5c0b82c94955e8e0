/* SPDX-License-Identifier: Apache-2.0 */
/* What has been revoked of one issuer: a hash table that many threads read without locks while one
 * adds to it. Entries go when their time is over. When it is full, those that would go first make
 * way, and until then every token issued before that moment is refused in their place: it errs to
 * the safe side. */
#ifndef REVOCATIONS_H
#define REVOCATIONS_H

#include <ostiary/jose.h>
#include <ostiary/revocation.h>

typedef struct revocations revocations;

/* At most `entries` at a time. */
OST_MUST_CHECK ost_result revocations_new(const ost_context *context, size_t entries,
                                          revocations **ret_revocations);
void revocations_free(revocations *all); /* NULL is fine */

/* Says what is left open: until when, and from when on if that has a moment. */
void revocations_complete(ost_revocation *what, int64_t now);

/* From its return on, no check lets such a token through. OST_E_ARGUMENT, OST_E_MEMORY: then
 * nothing has been revoked. Any thread. */
OST_MUST_CHECK ost_result revocations_add(revocations *all, const ost_revocation *what,
                                          int64_t now);

/* OST_OK or OST_E_REVOKED. Any thread, without locks. */
OST_MUST_CHECK ost_result revocations_check(revocations *all, const ost_claims *claims, int64_t now,
                                            ost_error *error);

/* The same of a session that is known by these: `sid` and `sub` may be empty, `iat` 0: as old as
 * can be. */
OST_MUST_CHECK ost_result revocations_check_session(revocations *all, ost_text sid, ost_text sub,
                                                    int64_t iat, int64_t now);

typedef struct revocations_state {
    size_t entries; /* those that are over and not yet cleared away included */
    unsigned long long added, dropped;
    bool refuses_old; /* entries were dropped, and old tokens are refused in their place */
} revocations_state;
void revocations_read_state(revocations *all, int64_t now, revocations_state *ret_state);

#endif
