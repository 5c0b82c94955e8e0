/* SPDX-License-Identifier: Apache-2.0 */
/* What the issuer answers when it is asked about a token (RFC 7662 §2.2), as JSON or signed
 * (RFC 9701 §5). */
#ifndef INTROSPECTION_ANSWER_H
#define INTROSPECTION_ANSWER_H

#include <ostiary/jose.h>

#include "net/net.h"

#define INTROSPECTION_BODY_MAX ((size_t)64 << 10)
#define INTROSPECTION_ARENA ((size_t)2 << 20) /* enough to read any answer */

typedef struct introspection_rules {
    const char *issuer, *client_id;
    ost_algs algorithms;
    bool require_signed;
    unsigned leeway;        /* seconds */
    const ost_keyset *keys; /* NULL: none to be had */
} introspection_rules;

/* Whose fault it is that there is no answer: would asking about other tokens meet it, too? */
typedef enum answer_blame {
    BLAME_TOKEN,  /* maybe not: what a stranger made up may be at fault */
    BLAME_EITHER, /* nothing came back: it looks like the issuer, but a firewall may have hung up */
    BLAME_ISSUER,
} answer_blame;

typedef struct introspection_answer {
    ost_text claims;     /* the answer's claims as a token would carry them; `iss` filled in */
    size_t claims_bytes; /* what reading them takes of an arena */
    int64_t expiry;
    answer_blame blame;
    ost_text kid; /* of a signed answer, once it is known */
} introspection_answer;

/* OST_OK: the token is active; whether it is good enough is for the checks of every request to say.
 * OST_E_INACTIVE, OST_E_EXPIRED, OST_E_TOKEN_TYPE, OST_E_SENDER, OST_E_CLAIM_…,
 * OST_E_TOKEN_FORMAT: the token is refused. Anything else: there is no answer, with
 * ret_answer->blame set; claims only with OST_OK. In the arena. */
ost_result introspection_answer_read(const introspection_rules *rules, const net_response *response,
                                     int64_t now, ost_arena *arena,
                                     introspection_answer *ret_answer, ost_error *error);

/* True for the results that say something of the token, not of the issuer. */
bool introspection_is_verdict(ost_result result);

#endif
