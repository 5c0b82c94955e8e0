/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/2 over a connection (RFC 9113), framing by libnghttp2. Many exchanges at a time. */
#ifndef HTTP2_H
#define HTTP2_H

#include "http/connection/connection_state.h"

extern const connection_protocol http2_protocol;

#endif
