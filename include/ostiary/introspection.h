/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the issuer about a token (RFC 7662), for tokens that say nothing by themselves, or whose
 * word is not to be taken. */
#ifndef OSTIARY_INTROSPECTION_H
#define OSTIARY_INTROSPECTION_H

#include <ostiary/key.h>
#include <ostiary/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How this API proves to the issuer who it is (RFC 7662 §2.1). */
typedef enum ost_client_auth {
    OST_CLIENT_SECRET_BASIC = 0,
    OST_CLIENT_SECRET_POST,
    OST_PRIVATE_KEY_JWT, /* RFC 7523 §2.2, signed with `key`; its audience is the issuer */
} ost_client_auth;

/* Part of an ost_issuer. All zero: tokens of this issuer are JWTs, and nothing is asked. Strings
 * are copied.
 *
 * Which tokens: those that are not JWS; with `every_token`, JWTs too, once they have been verified
 * by the issuer's keys; with `no_keys`, all of them. Which issuer, when the guard has several: the
 * one whose `token_prefix` the token begins with, else the one that has none (two of those are
 * refused by ost_guard_new). What else a token says does not count. */
typedef struct ost_introspection {
    const char *client_id; /* NULL: off, and nothing else may be set */
    const char *endpoint;  /* NULL: introspection_endpoint of the discovery document */
    ost_client_auth auth;
    const char *client_secret; /* for the first two ways, required */
    ost_key *key;              /* private, for the third, required; gains a reference */
    ost_alg key_algorithm;     /* 0: the first signature that the key serves */
    const char *token_prefix;
    bool every_token;
    bool no_keys;        /* the issuer publishes no keys; needs `endpoint`, and beside other
                            issuers a `token_prefix`, so that it is not shown their tokens */
    bool require_signed; /* answers must be signed by the issuer's keys (RFC 9701) */
    /* 0 takes the default named. */
    unsigned lifetime;          /* seconds an answer counts, never past `exp`; 30 */
    unsigned inactive_lifetime; /* seconds a "no" is remembered; 10 */
    unsigned inactive_rate;     /* questions a second that may end in a "no"; 20 */
    size_t cache_entries;       /* remembered answers; 10,000 */
    size_t cache_bytes;         /* 16 MiB */
} ost_introspection;

#ifdef __cplusplus
}
#endif

#endif
