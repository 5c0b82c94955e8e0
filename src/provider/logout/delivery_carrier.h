/* SPDX-License-Identifier: Apache-2.0 */
/* What brings deliveries to clients: it makes the message and hands it to the HTTP client. On one
 * thread. */
#ifndef DELIVERY_CARRIER_H
#define DELIVERY_CARRIER_H

#include "net/net.h"
#include "provider/call/provider_state.h"
#include "provider/logout/logout_peer.h"

#define LOGOUT_TRANSFERS 64    /* at a time */
#define LOGOUT_TIMEOUT 5000    /* milliseconds, for everything */
#define LOGOUT_ANSWER_MAX 4096 /* bytes that are read of an answer */

typedef struct delivery_carrier {
    provider *provider;
    net_client *net; /* NULL: nothing has been sent yet */
    char *ca_file;   /* its own; NULL: the system's authorities */
} delivery_carrier;

/* How a delivery ended, on the HTTP client's thread. */
typedef void delivery_done(const net_response *response, void *delivery);

/* OST_E_MEMORY; delivery_carrier_end is good all the same. */
OST_MUST_CHECK ost_result delivery_carrier_init(delivery_carrier *carrier, provider *of,
                                                const char *ca_file);

/* `done` is called with the delivery. OST_E_NOT_FOUND: nobody is to be
 * told any more. After that, or any other error, it is not called. */
OST_MUST_CHECK ost_result delivery_send(delivery_carrier *carrier, delivery *d,
                                        delivery_done *done);

void delivery_carrier_stop(delivery_carrier *carrier); /* ends what is under way, by `done` */
void delivery_carrier_end(delivery_carrier *carrier);

#endif
