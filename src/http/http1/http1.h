/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/1.1 over a connection: RFC 9112. One exchange at a time; pipelined requests wait in the
 * input until their turn. */
#ifndef HTTP1_H
#define HTTP1_H

#include "http/connection/connection_state.h"

extern const connection_protocol http1_protocol;

#endif
