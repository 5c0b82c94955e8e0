/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a connection once it is there. */
#ifndef CONNECTION_H
#define CONNECTION_H

#include "http/connection/connection_state.h"

/* What exchanges ask of a connection. */
extern const exchange_client_calls connection_client_calls;

/* Goes on with what there is: input, a finished exchange, a drained output. */
void connection_advance(connection *c);

/* Nothing more is read as HTTP; closes when all output has been sent. */
void connection_finish(connection *c);

/* Closes now. */
void connection_close(connection *c);

#endif
