/* SPDX-License-Identifier: Apache-2.0 */
/* How the response of an HTTP/2 stream goes. */
#ifndef HTTP2_RESPONSE_H
#define HTTP2_RESPONSE_H

#include "http/http2/http2_state.h"

/* Lets go of what has not been sent. */
void http2_response_drop(http2_stream *stream);

/* The exchange's protocol, see exchange.h. */
void http2_send(http_exchange *exchange, const http_response *response);
void http2_ended(http_exchange *exchange);

#endif
