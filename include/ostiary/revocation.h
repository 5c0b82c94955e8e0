/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens that are taken back before they expire. */
#ifndef OSTIARY_REVOCATION_H
#define OSTIARY_REVOCATION_H

#include <ostiary/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ost_revoked {
    OST_REVOKED_TOKEN = 1, /* one token, by `jti` */
    OST_REVOKED_SESSION,   /* every token of a session, by `sid` */
    OST_REVOKED_SUBJECT,   /* every token of a user, by `sub` */
} ost_revoked;

typedef struct ost_revocation {
    const char *issuer; /* whose tokens; NULL where the guard has one issuer */
    ost_revoked kind;
    ost_text value; /* at most 2 KiB; not kept */
    /* Tokens issued (`iat`) before this second are refused, and those that do not say when. 0: for
     * a subject, the next second from now; for the others, every token. */
    int64_t not_before;
    /* The second from which on it need not be remembered: when the last such token has expired. 0:
     * a day from now. */
    int64_t until;
} ost_revocation;

#ifdef __cplusplus
}
#endif

#endif
