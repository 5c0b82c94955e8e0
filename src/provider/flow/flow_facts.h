/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of somebody who goes through an authentication flow. */
#ifndef FLOW_FACTS_H
#define FLOW_FACTS_H

#include <ostiary/json.h>
#include <stdint.h>

#include "provider/flow/flow_limit.h"
#include "provider/flow/flow_proof.h"

#define FLOW_PROOFS_MAX 8  /* of one login */
#define FLOW_LEVELS_MAX 16 /* of authentication, in a session */
#define FLOW_LEVEL_MAX (1u << 30)
#define FLOW_LEVEL_NONE (-1)

/* Whether something is so of a login. HOLD_ABSENT: what is asked about is not there at all;
 * HOLD_UNKNOWN: that cannot be told. */
typedef enum flow_hold { HOLD_YES, HOLD_NO, HOLD_ABSENT, HOLD_UNKNOWN } flow_hold;

/* An attribute that a condition is about. */
typedef struct flow_attribute {
    ost_text name, value;
    bool pattern; /* the value is one, Java's */
    bool groups;  /* those of the user's groups, and of what is above these, count as well */
} flow_attribute;

/* A level of authentication that somebody reached in their session, and when (seconds). */
typedef struct flow_level {
    int64_t level, time;
} flow_level;

/* Who goes through a flow of first logins at an identity provider (broker_flow.h). */
typedef enum flow_first {
    FIRST_NOBODY,   /* it is another flow */
    FIRST_NEWCOMER, /* somebody whom no account here is like */
    FIRST_OWNER,    /* of the account that has the address or the name */
} flow_first;

typedef struct flow_facts {
    const ost_json *realm; /* its document */
    bool direct;           /* of a direct grant, rather than of a browser */
    bool proved;           /* by another flow that they have come through before */
    bool vouched;          /* FIRST_OWNER: the provider is trusted, and has verified the address */
    flow_first first;
    bool offered;                     /* forms for passwords take passkeys, too */
    unsigned owned;                   /* second factors that the user has, bits of flow_proof.h */
    unsigned proofs[FLOW_PROOFS_MAX]; /* that they have brought in this login, a bit each */
    size_t proof_count;
    bool assumes;                       /* whatever they are asked for and have they bring */
    bool session;                       /* the browser has one of theirs, which may be come with; */
    flow_level levels[FLOW_LEVELS_MAX]; /* what was reached in it */
    size_t level_count;
    int64_t wanted; /* the level that is asked for; FLOW_LEVEL_NONE: none */
    int64_t now;
    /* Whether the user holds a role, "role" or "client.role". */
    flow_hold (*role)(void *user, ost_text name);
    /* Whether a client scope is one of the login: the client has it by default, or asks for it. */
    flow_hold (*scope)(void *user, ost_text name);
    /* Whether the user has an attribute with that value. */
    flow_hold (*attribute)(void *user, const flow_attribute *attribute);
    /* Whether there is room for the session that a login begins. */
    flow_hold (*room)(void *user, const flow_limit *limit);
    void *user;
} flow_facts;

#endif
