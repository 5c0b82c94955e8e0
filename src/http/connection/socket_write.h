/* SPDX-License-Identifier: Apache-2.0 */
/* The way into the socket, below TLS. */
#ifndef SOCKET_WRITE_H
#define SOCKET_WRITE_H

#include "http/connection/connection_state.h"

/* Sends bytes as they are. `second` may be empty. They are copied, or sent, before this returns. */
void socket_write(connection *c, ost_text first, ost_text second);

/* True while the socket has not taken everything. */
bool socket_blocked(const connection *c);

#endif
