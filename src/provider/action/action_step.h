/* SPDX-License-Identifier: Apache-2.0 */
/* What a mail's link leads to, page by page: the required actions that it names, and what else its
 * user has to do. It belongs to the browser in which it was begun. */
#ifndef ACTION_STEP_H
#define ACTION_STEP_H

#include "provider/action/action_token.h"
#include "provider/action_page/action_page.h"

typedef enum run_outcome {
    RUN_REFUSED, /* an error page: status, message */
    RUN_ASKS,    /* whether to go on */
    RUN_SHOWS,   /* the page of a required action */
    RUN_GOES_ON, /* at the address `next` */
    RUN_DONE,    /* that is said */
    RUN_LOGS_IN, /* the login that it was part of has its outcome */
} run_outcome;

typedef struct action_run {
    action_job job; /* first: the pages' */
    action_token token;
    ost_text key, step; /* of the address; empty: not there */
    ost_text browser;   /* the cookie that tells this one from others */
    run_outcome outcome;
    int status;
    const char *message; /* in English */
    ost_text next;
    bool known;           /* the token is ours */
    bool spent;           /* something of it has been done */
    bool finished;        /* everything has */
    bool verified_before; /* the address was its user's already */
} action_run;

/* Always false: the run is refused. `error`: Keycloak's word in the event; NULL: it is none. */
bool action_run_refuse(call *call, int status, const char *message, const char *error);
bool action_run_refuse_result(call *call, ost_result result);

#define ACTION_LINK_USED                                                                           \
    "This link has been used already, or is no longer good. Please ask for a new one."
#define ACTION_LINK_INVALID "An error occurred, please login again through your application."

/* All on the pool, with the job's user as they are now. */

/* The first page, or the end when there is nothing to do. */
void action_step_begin(call *call);
/* Fills in the token of a page that is under way. False: it is refused. */
bool action_step_open(call *call);
void action_step_show(call *call);
void action_step_take(call *call);
/* The end: the login goes on in the browser where it began. */
void action_step_finish(call *call);

#endif
