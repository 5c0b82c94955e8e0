/* SPDX-License-Identifier: Apache-2.0 */
/* What a realm and a client say of backchannel authentication (CIBA Core §4), as their attributes
 * have it. */
#ifndef CLIENT_CIBA_H
#define CLIENT_CIBA_H

#include <ostiary/jose.h>

typedef enum ciba_hint {
    CIBA_LOGIN_HINT,       /* login_hint: a user name or mail address */
    CIBA_ID_TOKEN_HINT,    /* id_token_hint */
    CIBA_LOGIN_HINT_TOKEN, /* login_hint_token, of which nothing is known here: no user is found */
} ciba_hint;

/* Of a realm. */
typedef struct ciba_policy {
    int64_t lifespan; /* cibaExpiresIn: seconds that a request waits */
    int64_t interval; /* cibaInterval: seconds between two polls; 0: any */
    ciba_hint hint;   /* cibaAuthRequestedUserHint: how requests name the user */
    bool ping;        /* cibaBackchannelTokenDeliveryMode, of clients that do not say */
} ciba_policy;

/* Of a client. All zero: it has no such requests. */
typedef struct client_ciba {
    bool on;             /* oidc.ciba.grant.enabled, in a delivery mode that is there */
    bool ping;           /* it is told when the user has answered, */
    ost_text notified;   /* here; the text of the client's document */
    ost_algs algorithms; /* that it may sign requests by: one, or none */
} client_ciba;

/* CIBA §7.1.1: signed by a key pair. */
#define CIBA_REQUEST_ALGS OST_ALGS_DEFAULT

/* Of a RealmRepresentation. */
ciba_policy ciba_policy_load(const ost_json *realm);
/* Of a ClientRepresentation. */
client_ciba client_ciba_load(const ciba_policy *policy, const ost_json *client);

#endif
