/* SPDX-License-Identifier: Apache-2.0 */
/* Logout tokens: an issuer tells that a session is over (OpenID Connect Back-Channel Logout 1.0).
 */
#ifndef OSTIARY_LOGOUT_H
#define OSTIARY_LOGOUT_H

#include <ostiary/guard.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whose logout tokens a program takes. */
typedef struct ost_logout_rules {
    const char *const *clients; /* one of these must be in `aud`: clients whose sessions bring
                                   tokens to this API; at least one */
    size_t client_count;
} ost_logout_rules;

/* Checks the logout token that an issuer has sent (§2.6): signature, `iss`, `aud`, `exp`, `iat` (of
 * the last ten minutes), `events`, no `nonce`, a `jti` that has not been seen before, `sid` or
 * `sub`; and takes back what it names, as ost_guard_revoke does: every token of the session, or,
 * without `sid`, every token of the user that was issued up to the logout token's `iat`. Always
 * sets *ret_verdict: OST_ALLOW, status 200: done, and from now on refused. OST_REFUSE: `status` 400
 * with `message` for error_description, or 503, and the issuer had better send it again. OST_WAIT,
 * if `may_wait`: as of ost_guard_check, with ost_guard_wait. `challenge` and `identity` are empty.
 * The body of the answer, when there is one, must not be cached (§2.8). Texts live in the arena,
 * of which 1 MiB is enough. Any thread. */
OST_PUBLIC void ost_guard_logout(ost_guard *guard, ost_text logout_token,
                                 const ost_logout_rules *rules, bool may_wait, ost_arena *arena,
                                 ost_verdict *ret_verdict);

/* Whether a session that a program keeps itself is over by what the guard was told: `sid`, `sub`
 * and `iat` are those of the ID token that it began with, of the named issuer (NULL: the only one);
 * empty and 0: not known. Any thread, without locks. Errors: OST_E_REVOKED (it is), OST_E_ISSUER
 * (not ours), OST_E_ARGUMENT. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_guard_check_session(ost_guard *guard, const char *issuer,
                                                             ost_text sid, ost_text sub,
                                                             int64_t iat);

#ifdef __cplusplus
}
#endif

#endif
