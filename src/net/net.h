/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP client: the only place that opens a connection to another machine. One thread of its
 * own drives all transfers (libcurl's multi interface), so no caller ever blocks. */
#ifndef NET_H
#define NET_H

#include <ostiary/types.h>

typedef struct net_client net_client;

/* Zero takes the default named. Coded answers (gzip, deflate) are decoded; `max_body` is the
 * ceiling of what comes out, and a coding that is not known is OST_E_UNSUPPORTED. Redirects are
 * never followed: a 3xx is OST_E_REDIRECT. Proxies from the environment are not used. TLS 1.2 at
 * least, always verified. */
typedef struct net_request {
    const char *url;
    const char *method;         /* NULL: GET, or POST when there is a body */
    const char *const *headers; /* "Name: value", NULL-terminated; may be NULL */
    ost_text body;
    const char *ca_file; /* PEM, and no other authorities; NULL: the system's */
    unsigned timeout_ms; /* connecting and all; 5000 */
    size_t max_body;     /* 256 KiB: OST_E_CEILING beyond */
    bool insecure_http;  /* plain http to hosts that are not loopback */
} net_request;

typedef struct net_response {
    ost_result result; /* OST_OK: an answer was read, whatever its status */
    long status;
    ost_text body;         /* borrowed until the callback returns */
    ost_text content_type; /* empty when absent */
    long max_age;          /* of Cache-Control, less Age; -1 when absent */
    long retry_after;      /* seconds, of Retry-After; -1 when absent */
    const char *detail;    /* a sentence when result is not OST_OK */
} net_response;

/* Seconds for which the server asks to be left alone, by 429 or 503 with Retry-After, at most
 * `longest`; 0: it does not. */
unsigned net_retry_after(const net_response *response, unsigned longest);

/* For so many transfers at a time; 0: 256. */
OST_MUST_CHECK ost_result net_client_new(size_t transfers, net_client **ret_client);

/* Begins one transfer; everything in `request` is copied. `done` is called once, on the client's
 * thread, also when the client is freed before the end (OST_E_STATE). OST_E_BUSY: as many are under
 * way as may be. OST_E_ARGUMENT: not a URL, http where https is required, or a header with a line
 * break. Any thread. */
OST_MUST_CHECK ost_result net_fetch(net_client *client, const net_request *request,
                                    void (*done)(const net_response *response, void *user),
                                    void *user, ost_error *ret_error);

/* A timer that is made once and then set as often as needed: setting it cannot fail. */
typedef struct net_timer net_timer;

/* Calls `call` on the client's thread when the time set has come. Freed with the client, without a
 * last call. OST_E_STATE: the client is being freed. Any thread. */
OST_MUST_CHECK ost_result net_timer_new(net_client *client, void (*call)(void *user), void *user,
                                        net_timer **ret_timer);

/* Sets it to fire once after `delay_ms`; an earlier setting is forgotten. Any thread, until the
 * client has been freed. */
void net_timer_set(net_timer *timer, unsigned delay_ms);

/* OST_OK for https, and for http when the host is loopback (localhost, 127.0.0.0/8, ::1) or
 * `insecure_http` is set. OST_E_ARGUMENT for anything else, for what is not a URL, and for URLs
 * with a user name, a password, or a host that is not plain ASCII. OST_E_MEMORY: not found out. */
OST_MUST_CHECK ost_result net_url_check(ost_text url, bool insecure_http);

/* Ends the thread; every callback has been called when it returns, and nothing can be begun from
 * then on. Once. Not from a callback. */
void net_client_stop(net_client *client);

/* The same, unless it has been done, and frees it. NULL is fine. */
void net_client_free(net_client *client);

#endif
