/* SPDX-License-Identifier: Apache-2.0 */
/* One call to the token endpoint, and who waits for it. Calls that carry the same refresh token
 * share a request while it is under way and for some seconds after, so that several tabs of one
 * browser do not spend a refresh token that may be spent once (RFC 9700 §4.14.2). */
#ifndef LOGIN_TOKEN_REQUESTS_H
#define LOGIN_TOKEN_REQUESTS_H

#include "net/net.h"

#define LOGIN_TOKEN_REQUESTS_MAX 1024      /* requests remembered at a time, of 64 KiB at most */
#define LOGIN_TOKEN_REQUESTS_KEEP_MS 30000 /* how long an answer serves those who come late */
#define LOGIN_TOKEN_REQUESTS_BODY_MAX ((size_t)64 << 10)

typedef struct login_token_requests login_token_requests;

/* What came back: immutable from the moment that the waiters are called. */
typedef struct login_token_request {
    ost_result result; /* OST_OK: an answer was read, whatever its status */
    long status;
    ost_text body;
    char detail[128]; /* a sentence when result is not OST_OK */
} login_token_request;

/* Embedded in who waits; called once, without a lock held. */
typedef struct login_waiter {
    void (*done)(struct login_waiter *waiter);
    struct login_waiter *next;
} login_waiter;

typedef enum login_request_place {
    LOGIN_REQUEST_NEW, /* a new request: the caller makes the call and hands over what comes back */
    LOGIN_REQUEST_SHARED, /* somebody else's: the waiter will be called */
    LOGIN_REQUEST_DONE,   /* it is over already: the waiter is not called */
} login_request_place;

/* Any thread may call any of these. */
OST_MUST_CHECK login_token_requests *login_token_requests_new(void); /* NULL: out of memory */
void login_token_requests_free(login_token_requests *requests);

/* Takes the request of this digest, or makes one (always, when `digest` is NULL). Every success is
 * given back by login_token_request_unref. OST_E_BUSY: LOGIN_TOKEN_REQUESTS_MAX are under way. */
OST_MUST_CHECK ost_result login_token_requests_join(login_token_requests *requests,
                                                    const unsigned char *digest,
                                                    login_waiter *waiter,
                                                    login_request_place *ret_place,
                                                    login_token_request **ret_request);

/* Records the answer and calls every waiter. Answers of the kind that another attempt could change
 * are not kept for others. */
void login_token_request_finish(login_token_requests *requests, login_token_request *request,
                                const net_response *response);

void login_token_request_unref(login_token_request *request); /* NULL is fine; the last one wipes */

#endif
