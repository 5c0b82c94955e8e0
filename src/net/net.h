/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP client, which brings mails to their server too: the only place that opens a connection
 * to another machine. One thread of its own drives all transfers (libcurl's multi interface), so no
 * caller ever blocks. */
#ifndef NET_H
#define NET_H

#include "net/net_message.h"
#include "net/net_url.h"

typedef struct net_client net_client;

/* For so many transfers at a time; 0: 256. */
OST_MUST_CHECK ost_result net_client_new(size_t transfers, net_client **ret_client);

/* Begins one transfer; everything in `request` is copied. `done` is called once, on the client's
 * thread, also when the client is freed before the end (OST_E_STATE). OST_E_BUSY: as many are under
 * way as may be. OST_E_ARGUMENT: not a URL, http where https is required, or a header with a line
 * break. Any thread. */
OST_MUST_CHECK ost_result net_fetch(net_client *client, const net_request *request,
                                    void (*done)(const net_response *response, void *user),
                                    void *user, ost_error *error);

/* The same for a mail (SMTP, RFC 5321): the answer's status is the server's last reply, and its
 * result OST_OK once the server has taken the message, that is, answers for it. OST_E_ARGUMENT: no
 * host, or an address that could not stand in a command. */
OST_MUST_CHECK ost_result net_send_mail(net_client *client, const net_mail *mail,
                                        void (*done)(const net_response *response, void *user),
                                        void *user, ost_error *error);

/* A timer that is made once and then set as often as needed: setting it cannot fail. */
typedef struct net_timer net_timer;

/* Calls `call` on the client's thread when the time set has come. Freed with the client, without a
 * last call. OST_E_STATE: the client is being freed. Any thread. */
OST_MUST_CHECK ost_result net_timer_new(net_client *client, void (*call)(void *user), void *user,
                                        net_timer **ret_timer);

/* Sets it to fire once after `delay_ms`; an earlier setting is forgotten. Any thread, until the
 * client has been freed. */
void net_timer_set(net_timer *timer, unsigned delay_ms);

/* Ends the thread; every callback has been called when it returns, and nothing can be begun from
 * then on. Once. Not from a callback. */
void net_client_stop(net_client *client);

/* The same, unless it has been done, and frees it. NULL is fine. */
void net_client_free(net_client *client);

#endif
