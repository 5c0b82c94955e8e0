/* SPDX-License-Identifier: Apache-2.0 */
/* What a client's secret is good for, as its representation says: until when, and by which of the
 * two ways of RFC 6749 §2.3.1 it is taken. */
#ifndef SECRET_RULE_H
#define SECRET_RULE_H

#include <ostiary/json.h>

typedef enum secret_way {
    SECRET_BASIC,     /* client_secret_basic */
    SECRET_POST,      /* client_secret_post */
    SECRET_SIGNATURE, /* client_secret_jwt: the secret itself is not sent */
} secret_way;

/* Zeroes: a secret without an end, by every way. */
typedef struct secret_rule {
    int64_t ends;           /* client.secret.expiration.time, in seconds; 0: never */
    ost_text method;        /* client.secret.authentication.allowed.method; empty: either */
    bool no_basic, no_post; /* what it leaves out */
    ost_text before;        /* client.secret.rotated: the one before; empty: none */
    int64_t before_ends;    /* seconds; 0: it is over */
} secret_rule;

/* Of one that is made here, before it is written as base64url. */
#define SECRET_BYTES 24

/* The attributes that say so. */
#define SECRET_ENDS "client.secret.expiration.time"
#define SECRET_BEFORE "client.secret.rotated"
#define SECRET_BEFORE_SINCE "client.secret.rotated.creation.time"
#define SECRET_BEFORE_ENDS "client.secret.rotated.expiration.time"
#define SECRET_METHOD "client.secret.authentication.allowed.method"

/* Of a ClientRepresentation, as long as which it lives. A time that is no number has passed; a
 * method that is neither leaves out both, as in Keycloak. */
secret_rule secret_rule_load(const ost_json *client);

/* Whether the secret may be given this way, and whether it still counts. */
bool secret_rule_allows(const secret_rule *rule, secret_way way);
bool secret_rule_holds(const secret_rule *rule, int64_t now);
/* Whether the one before still does, where the realm's policies let it. One without an end does
 * not.
 */
bool secret_rule_holds_before(const secret_rule *rule, int64_t now);

#endif
