/* SPDX-License-Identifier: Apache-2.0 */
/* A user who logs in, or has. */
#ifndef AUTHENTICATED_USER_H
#define AUTHENTICATED_USER_H

#include "provider/flow/flow_limit.h"
#include "provider/user/required_action.h"
#include "store/user/user_record.h"

/* Of somebody who has too many sessions, in answers and in the log, by Keycloak's word. */
#define AUTHENTICATION_TOO_MANY_SESSIONS "generic_authentication_error"

typedef struct authenticated_user {
    ost_text id;
    ost_text username;
    const ost_json *document;
    int64_t password_since; /* milliseconds; 0: unknown, or they have none */
    bool password_fits;
    required_action action; /* what they have to do next before a login of theirs is complete */
    bool complete;          /* nothing is left to be done: the password alone lets them in */
    bool barred;            /* what is left has no page here */
    unsigned factors;       /* that they have beside a password: bits of realm_factor; */
    bool leveled;           /* a direct grant's flow has levels, */
    int64_t level;          /* and they have come up to this one */
    bool halfway;           /* the flow does not let them in by the password alone */
    ost_text denial;        /* what it says to those whom it denies; empty: the usual */
    bool too_many_sessions; /* they have too many sessions */
    flow_room room;         /* of a direct grant: what a session that begins is held to */
    const struct store_user *row; /* as they are stored; in the arena */
} authenticated_user;

#endif
