/* SPDX-License-Identifier: Apache-2.0 */
/* Asking identity providers: their token endpoints and userinfo, and whom else the realm's
 * configuration names (login/intent_check.h). Addresses are the realm's
 * configuration; of those that are not public only what the realm allows is connected to, as for
 * what clients publish. No redirect is followed; size, time and number are bounded, the number by
 * shares (upstream_shares.h). */
#ifndef UPSTREAM_FETCH_H
#define UPSTREAM_FETCH_H

#include "provider/call/call.h"
#include "provider/upstream/upstream_shares.h"

#define UPSTREAM_TIMEOUT 5000 /* milliseconds, for everything */
#define UPSTREAM_ANSWER_MAX ((size_t)128 << 10)

typedef struct upstream_client upstream_client;

/* `ca_file`: PEM of the authorities to trust; NULL: the system's. */
OST_MUST_CHECK ost_result upstream_client_new(const char *ca_file, upstream_client **ret_client);
/* Ends what is under way: those who wait go on, with OST_E_STATE. NULL is fine. */
void upstream_client_stop(upstream_client *client);
void upstream_client_free(upstream_client *client); /* NULL is fine */

/* What is asked, and what has come of it. */
typedef struct upstream_question {
    const char *url;
    const char *headers[4]; /* "Name: value", up to the first NULL */
    ost_text body;          /* of a POST; empty: a GET */
    bool is_intent;         /* it is about the call's client, which has its own share */
    ost_result result;
    long status;
    ost_text answer;  /* in the call's arena */
    bool is_json;     /* its content type says so, */
    bool is_jwt;      /* or this */
    char detail[200]; /* a sentence for the operator where there is no answer */
} upstream_question;

/* Asks, and goes on with `next` on the exchange's loop, once, whatever has come of it. The question
 * lives in the call's arena. */
void upstream_fetch(call *call, upstream_question *question, void (*next)(struct call *call));

#endif
