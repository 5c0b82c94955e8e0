/* SPDX-License-Identifier: Apache-2.0 */
/* The first steps of a connection: who it is, and what it speaks below HTTP. */
#ifndef CONNECTION_BEGIN_H
#define CONNECTION_BEGIN_H

#include "http/connection/connection_state.h"

/* The one at the other end of the socket, be it client or proxy. False: it is not to be served. */
OST_MUST_CHECK bool connection_meet_socket(connection *c);
/* The client's address is known: trusted, counted. False: it is not to be served. */
OST_MUST_CHECK bool connection_meet(connection *c, const ip_address *peer);
/* TLS or HTTP begins. False: out of memory. */
OST_MUST_CHECK bool connection_begin(connection *c);

#endif
