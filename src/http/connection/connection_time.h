/* SPDX-License-Identifier: Apache-2.0 */
/* How long a connection may take, and that its loop stops. */
#ifndef CONNECTION_TIME_H
#define CONNECTION_TIME_H

#include "http/connection/connection_state.h"

/* The loop stops: closes when idle, otherwise after what is in flight. */
void connection_stop(connection *c);

/* Called every tick: closes what has taken too long. */
void connection_check_time(connection *c, uint64_t now);

#endif
