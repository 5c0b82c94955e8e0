/* SPDX-License-Identifier: Apache-2.0 */
/* How connections begin. */
#ifndef CONNECTION_ACCEPT_H
#define CONNECTION_ACCEPT_H

#include "http/connection/event_loop.h"

/* Takes the next connection of a listening stream. */
void connection_accept(event_loop *loop, uv_stream_t *listener);

#endif
