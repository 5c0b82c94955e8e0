/* One call to the token endpoint, and who waits for it. Requests that carry the same refresh token
 * share a flight while it is in the air and for some seconds after, so that several tabs of one
 * browser do not spend a refresh token that may be spent once (RFC 9700 §4.14.2). */
#ifndef LOGIN_FLIGHTS_H
#define LOGIN_FLIGHTS_H

#include "net/net.h"

#define LOGIN_FLIGHTS_MAX 1024      /* flights remembered at a time, of 64 KiB at most */
#define LOGIN_FLIGHTS_KEEP_MS 30000 /* how long an answer serves those who come late */
#define LOGIN_FLIGHTS_BODY_MAX ((size_t)64 << 10)

typedef struct login_flights login_flights;

/* What came back: immutable from the moment that the waiters are called. */
typedef struct login_flight {
    ost_result result; /* OST_OK: an answer was read, whatever its status */
    long status;
    ost_text body;
    char detail[128]; /* a sentence when result is not OST_OK */
} login_flight;

/* Embedded in who waits; called once, without a lock held. */
typedef struct login_waiter {
    void (*landed)(struct login_waiter *waiter);
    struct login_waiter *next;
} login_waiter;

typedef enum login_boarding {
    LOGIN_FLY,     /* a new flight: the caller makes the call and hands over what comes back */
    LOGIN_WAITING, /* somebody else's: the waiter will be called */
    LOGIN_LANDED,  /* it is over already: the waiter is not called */
} login_boarding;

/* Any thread may call any of these. */
OST_MUST_CHECK login_flights *login_flights_new(void); /* NULL: out of memory */
void login_flights_free(login_flights *flights);

/* Takes the flight of this digest, or makes one (always, when `digest` is NULL). Every success is
 * given back by login_flight_leave. OST_E_BUSY: LOGIN_FLIGHTS_MAX are in the air. */
OST_MUST_CHECK ost_result login_flights_board(login_flights *flights, const unsigned char *digest,
                                              login_waiter *waiter, login_boarding *ret_boarding,
                                              login_flight **ret_flight);

/* Records the answer and calls every waiter. Answers of the kind that another attempt could change
 * are not kept for others. */
void login_flight_land(login_flights *flights, login_flight *flight, const net_response *response);

void login_flight_leave(login_flight *flight); /* NULL is fine; the last one wipes */

#endif
