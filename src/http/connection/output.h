/* SPDX-License-Identifier: Apache-2.0 */
/* The way out: responses are gathered in the loop's staging area and written with one call at the
 * end of the event; what the socket does not take is kept by the connection. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "http/connection/connection_state.h"

/* Appends. The bytes are copied, or sent, before this returns. */
void output_write(connection *c, ost_text text);

/* Sends what has been gathered. */
void output_flush(connection *c);

/* True while the socket has not taken everything: no further request is begun. */
bool output_blocked(const connection *c);

#endif
